"""What is true of every guided part: names, hostile text, empty plans, one undo. No browser."""

import ipywidgets
import pytest

import govstack_kit as gk
from govstack_kit.widgets.app import PARTS
from govstack_kit.widgets.guide_define import guide_define
from govstack_kit.widgets.guide_plan import guide_plan
from govstack_kit.widgets.wizard import BLOCKED

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
    return lambda session: getattr(gk, PARTS[request.param])(session).wizard


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
            assert len(question.waits(session).split()) > 5
        assert session.notice == "", question.title


def test_the_parts_share_what_is_said_and_one_undo(fees, page):
    one, other = page(guide_plan(fees)), page(guide_define(fees))
    other.at("names").field("Country").value = "Kenya"
    assert one.field("Country").value == "Kenya"
    one.press("Undo")
    assert other.field("Country").value == ""
