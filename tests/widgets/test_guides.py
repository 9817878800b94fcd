"""What is true of every guided part: names, hostile text, empty plans, one undo. No browser."""

import inspect
import json
import re
from importlib import import_module
from string import Formatter

import ipywidgets
import pytest

import govstack_kit as gk
from govstack_kit.planning.plan import DECLARED
from govstack_kit.widgets.app import PARTS
from govstack_kit.widgets.guide_define import guide_define
from govstack_kit.widgets.guide_plan import guide_plan
from govstack_kit.widgets.markup import GUIDED
from govstack_kit.widgets.wizard import BLOCKED, Guide

HOSTILE = "<script>alert(1)</script> =cmd|' /C calc'!A0 رسوم 👩‍🌾"
CONTROLS = (
    ipywidgets.Text, ipywidgets.Textarea, ipywidgets.Dropdown, ipywidgets.Select,
    ipywidgets.Checkbox, ipywidgets.ToggleButtons, ipywidgets.Combobox, ipywidgets.FileUpload,
    ipywidgets.Button,
)  # fmt: skip
UNREACHABLE = ("Accordion", "TagsInput", "Slider", "ColorPicker")


@pytest.fixture(params=PARTS)
def make(request):
    """Return what makes the wizard of a part."""
    return lambda session: getattr(gk, f"guide_{PARTS[request.param]}")(session).wizard


@pytest.fixture
def hostile(fees):
    """A plan with hostile text wherever people can write."""

    def fill(plan):
        links = {"status": "accepted", "reason": HOSTILE, "printed": HOSTILE}
        plan.set("plan", title=HOSTILE, country=HOSTILE)
        plan.set("use_cases", "school-fees", name=HOSTILE, summary=HOSTILE, sector=HOSTILE)
        plan.add("objectives", use_case="school-fees", text=HOSTILE)
        plan.add("actors", use_case="school-fees", name=HOSTILE, role=HOSTILE, note=HOSTILE)
        plan.add("systems", name=HOSTILE, owner=HOSTILE, description=HOSTILE)
        plan.add("candidates", name=HOSTILE, note=HOSTILE)
        plan.add("options", name=HOSTILE, vendor=HOSTILE, note=HOSTILE)
        plan.add("phases", name=HOSTILE)
        plan.add("projects", name=HOSTILE)
        plan.add("own_requirements", title=HOSTILE, reason=HOSTILE)
        for step in plan.rows("steps"):
            key = step["step"]
            plan.set("steps", key, name=f"{HOSTILE} {key}", description=HOSTILE)
            plan.put("step_workflows", (key, "financial-services"), description=HOSTILE, **links)
            plan.put("step_building_blocks", (key, "govstack:payments"), **links)
            plan.add("own_words", use_case="school-fees", step=key, name=HOSTILE + key)

    fees.change("Fill", fill)
    return fees


def walk(wizard):
    """Open every question of a part."""
    for place in range(len(wizard.questions)):
        wizard.go(place)
        yield wizard.question


def test_every_control_of_the_demonstration_has_a_name_and_is_reachable(demonstration, make, page):
    wizard = make(demonstration)
    shown = page(wizard)
    for question in walk(wizard):
        assert not [
            w for w in shown.all(ipywidgets.Widget) if type(w).__name__.endswith(UNREACHABLE)
        ]
        for control in shown.all(CONTROLS):
            assert control.description, (control, question.title)
        for line, _, _ in shown.lines():
            assert line["name"], question.title
        assert question.title
        assert question.help
        assert demonstration.notice == "", question.title
    assert demonstration.demonstrating


def test_hostile_text_is_shown_as_text(hostile, make, page):
    wizard = make(hostile)
    shown = page(wizard)
    for question in walk(wizard):
        assert "<script" not in shown.text(), question.title
        assert hostile.notice == "", question.title


def test_an_empty_plan_is_no_dead_end(session, make):
    wizard = make(session)
    for question in walk(wizard):
        if wizard.state(question) == BLOCKED:
            assert len(" ".join(question.waits(session)).split()) > 5
        assert session.notice == "", question.title


def test_the_parts_share_what_is_said_and_one_undo(fees, page):
    one, other = page(guide_plan(fees)), page(guide_define(fees))
    other.at("names").field("Country").value = "Kenya"
    assert one.field("Country").value == "Kenya"
    one.press("Undo")
    assert other.field("Country").value == ""


# --- the declarations -----------------------------------------------------------------------------

CALLED = ("text", "make", "press", "take", "add", "draw", "result", "while")
NEEDS = ("missing", "waits", "answered")


@pytest.fixture(params=GUIDED["guides"])
def declared(request):
    """A guided part as it is declared, and the module of its functions."""
    return GUIDED["guides"][request.param], import_module(
        f"govstack_kit.widgets.guide_{request.param}"
    )


def named(given):
    """Yield the functions that a declaration names."""
    yield from [given["beneath"]] if "beneath" in given else ()
    for question in given["questions"]:
        yield from (question[key] for key in ("each", *NEEDS) if isinstance(question.get(key), str))
        for part in question["parts"]:
            if isinstance(part, str):
                yield part
            else:
                yield from (part[key] for key in CALLED if key in part)


def texts(found):
    """Yield all texts of a declaration."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict | list):
        for one in found.values() if isinstance(found, dict) else found:
            yield from texts(one)


def test_each_function_that_is_declared_is_there_and_the_other_way_round(declared):
    given, module = declared
    assert set(named(given)) == set(module.GUIDE.functions)


def test_all_that_is_declared_says_something_and_is_said(declared):
    given, module = declared
    source = inspect.getsource(module)
    if module.GUIDE.given == GUIDED["guides"]["select"]:
        source += inspect.getsource(import_module("govstack_kit.widgets.select_offers"))
    assert all(text.strip() and "<" not in text for text in texts(given))
    keys = [question["key"] for question in given["questions"]]
    assert len(set(keys)) == len(keys)
    said = set(given.get("said", ()))
    assert set(re.findall(r"""SAID\[["']([^"']*)["']\]""", source)) <= said
    assert not [key for key in said - {"target"} if f'"{key}"' not in source.replace("'", '"')]


def test_declared_tables_and_columns_are_those_of_the_plan(declared):
    given, _ = declared
    for question in given["questions"]:
        needs = [question.get("missing"), question.get("waits"), *question.get("answered", ())]
        for part in [*question["parts"], *needs]:
            if isinstance(part, dict) and (
                table := part.get("rows") or part.get("form") or part.get("table")
            ):
                assert set(part.get("columns", ())) <= set(DECLARED[table].columns)
                assert not part.get("of_service") or "use_case" in DECLARED[table].columns


def test_a_declaration_that_names_what_is_not_there_is_no_question():
    guide = Guide("map")
    with pytest.raises(KeyError, match="steps_with_needs"):
        guide.open(None)


def test_the_declarations_are_plain_data():
    assert json.loads(json.dumps(GUIDED)) == GUIDED
    places = {name for text in texts(GUIDED) for _, name, _, _ in Formatter().parse(text) if name}
    assert all(name.isidentifier() for name in places)
