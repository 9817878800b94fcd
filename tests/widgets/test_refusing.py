"""What was typed and refused: said at its field, kept there, and never taken for done."""

import re

import ipywidgets
import matplotlib as mpl
import pytest

from govstack_kit.planning.model import Actor
from govstack_kit.planning.selected import Phase, Project, System
from govstack_kit.widgets import costing, define, mapping, phasing, plans, selecting
from govstack_kit.widgets.models import Session
from govstack_kit.widgets.wizard import BLOCKED, DONE, IN_PROGRESS, NOT_STARTED

mpl.use("Agg")

USERS, NOT = "People who use it", "This is not saved"
MANY = "People who use it is 'many', which is no number. Write it as in 12,000, or leave it empty."


@pytest.fixture
def session(tmp_path, framework):
    """A plan of one service with one step, with one of all that can be listed."""
    session = Session(tmp_path / "plan", framework=framework)

    def start(plan):
        case = plan.add_from_list("School fees", "1. Payment", actors=[Actor(name="Parent")])
        case.steps[0].choose("building_block", "govstack:payments")
        case.steps[0].choose("building_block", "govstack:messaging")
        plan.systems = [System(id="till", name="Till", users=123), System(id="hub", name="Hub")]
        plan.phases = [Phase(id="pilot", name="Pilot"), Phase(id="all", name="All")]
        plan.business_case.projects = [Project(id="fees", name="Fees", build=5)]
        plan.options = [{"id": "suite", "name": "Suite"}]

    session.change("Start", start)
    return session


def every(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from every(child)


def field(wizard, label):
    return next(
        part
        for part in every(wizard._body)
        if getattr(part, "description", "").removesuffix(" (USD)") == label
    )


def press(wizard, label):
    button = next(
        part
        for part in every(wizard.widget)
        if isinstance(part, ipywidgets.Button) and part.description == label
    )
    assert not button.disabled
    button.click()


def at(wizard, key):
    wizard.go([panel.key for panel in wizard.model.panels].index(key))
    return wizard


def beneath(wizard, label):
    """Return the sentence that is shown beneath a field, and follows it on the page."""
    control = field(wizard, label)
    found = list(every(wizard._body))
    after = found[found.index(control) + 1 :]
    shown = [p for p in after if isinstance(p, ipywidgets.HTML) and p.layout.display != "none"]
    place = next(iter(shown), ipywidgets.HTML())
    if "gsk-refused" not in control._dom_classes:
        assert f'id="{control._dom_classes[-1]}"' not in place.value
        return ""
    (name,) = re.findall(r'id="(gsk-at-[0-9a-f]+)"', place.value)
    assert {"gsk-refused", name} <= set(control._dom_classes)
    return re.sub("<.*?>", "", place.value).removeprefix("⚠ ").replace("&#x27;", "'")


def state(wizard, key):
    return wizard.model.state(next(p for p in wizard.model.panels if p.key == key))


@pytest.fixture
def systems(session):
    return at(selecting.wizard(session), "systems")


# --- at the field -----------------------------------------------------------------------------


def test_what_is_wrong_is_said_beneath_the_field(systems, session):
    assert beneath(systems, USERS) == ""
    field(systems, USERS).value = "many"
    assert beneath(systems, USERS) == f"{MANY} {NOT}; your plan still says “123”."
    assert session.notice == MANY  # in the region that is read out
    field(systems, "Annual cost").value = "-1"
    assert beneath(systems, "Annual cost").endswith(f"{NOT}.")
    assert beneath(systems, USERS).startswith(MANY)


@pytest.mark.parametrize("right", ["5000", "123", ""])
def test_it_stays_until_it_is_right(systems, session, right):
    field(systems, USERS).value = "many"
    field(systems, "Who owns it").value = "Central bank"
    session.undo()
    assert (field(systems, USERS).value, session.plan.systems[0].users) == ("many", 123)
    field(systems, USERS).value = right
    assert (beneath(systems, USERS), session.notice) == ("", "")
    assert session.plan.systems[0].users == (int(right) if right else None)
    session.change("Else", lambda plan: setattr(plan.systems[0], "users", 7))
    assert field(systems, USERS).value == "7"


def test_what_is_refused_twice_is_said_anew(systems):
    field(systems, USERS).value = "many"
    field(systems, USERS).value = "1.5"
    said = beneath(systems, USERS)
    assert said.startswith("People who use it is 1.5: write a whole number")
    assert said.endswith("your plan still says “123”.")


def test_hostile_entries_are_shown_as_text(systems):
    field(systems, USERS).value = "<script>alert(1)</script>"
    shown = " ".join(p.value for p in every(systems._body) if isinstance(p, ipywidgets.HTML))
    assert "<script" not in shown
    assert "&lt;script" in shown


def test_it_belongs_to_the_entry_that_it_was_typed_for(systems, session):
    field(systems, USERS).value = "many"
    field(systems, "Systems").value = 1
    assert (field(systems, USERS).value, beneath(systems, USERS)) == ("", "")
    assert [said for said, _ in field(systems, "Systems").options] == ["1. Till ⚠", "2. Hub"]
    assert "Correct “People who use it” of “Till”" in systems._missing.value
    press(systems, "Move up")
    field(systems, "Systems").value = 1
    assert beneath(systems, USERS).startswith(MANY)
    press(systems, "Remove system")
    assert systems._missing.value == ""
    session.undo()
    field(systems, "Systems").value = 1
    assert field(systems, USERS).value == "many"


def test_it_outlasts_the_step_from_the_demonstration_to_a_plan_of_ones_own(tmp_path, framework):
    session = Session(folder=tmp_path, framework=framework)
    wizard = at(selecting.wizard(session), "systems")
    field(wizard, USERS).value = "many"
    field(wizard, "Where it is hosted").value = "Here"
    assert not session.demonstrating
    assert beneath(wizard, USERS).startswith(MANY)
    session.start("Another plan")
    session.change("Add", lambda plan: plan.add_from_list("Fees", "1. Pay"))
    session.change("Add", lambda plan: plan.add_system(session.plan.title))
    assert (field(wizard, USERS).value, beneath(wizard, USERS)) == ("", "")


# --- going on ---------------------------------------------------------------------------------


def test_the_question_is_not_done_and_next_is_closed(systems):
    press(systems, "Next")
    press(systems, "Back")
    assert state(systems, "systems") == DONE
    field(systems, USERS).value = "many"
    assert state(systems, "systems") == IN_PROGRESS
    assert systems._next.disabled
    assert "Correct “People who use it” of “Till”: what stands there" in systems._missing.value
    systems.confirm()  # a press that was on its way
    assert systems.model.panel.key == "systems"
    field(systems, USERS).value = "123"
    assert state(systems, "systems") == DONE
    press(systems, "Next")


def test_the_buttons_of_other_questions_ask_once(systems):
    keys = [panel.key for panel in systems.model.panels]
    chip = systems._chips.children[keys.index("rules")]
    field(systems, USERS).value = "many"
    chip.click()
    assert systems.model.panel.key == "systems"
    assert "is not saved. Or choose the other question once more" in systems._stay.value
    assert 'role="alert"' in systems._stay.value
    chip.click()
    assert systems.model.panel.key == "rules"
    assert systems._stay.value == ""
    systems._chips.children[keys.index("systems")].click()
    assert beneath(systems, USERS).startswith(MANY)
    chip.click()
    assert systems.model.panel.key == "systems"  # it is asked anew
    field(systems, USERS).value = "5"
    assert systems._stay.value == ""
    press(systems, "Back")
    assert systems.model.panel.key == "requirements"


def test_the_list_of_many_questions_asks_once_too(session, monkeypatch):
    monkeypatch.setattr("govstack_kit.widgets.wizard.MOST_CHIPS", 3)
    wizard = at(selecting.wizard(session), "systems")
    field(wizard, USERS).value = "many"
    for expected in (2, 4):
        wizard._list.value = 4
        assert (wizard.model.current, wizard._list.value) == (expected, expected)


# --- all the lists ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "key", "label", "wrong"),
    [
        (phasing, "phases", "Budget", "abc"),
        (phasing, "phases", "Months", "0"),
        (costing, "projects", "Build: software, once", "-5"),
        (selecting, "systems", "In use since (year)", "12"),
        (selecting, "offers", "Each year", "a lot"),
        (define, "actors", "Name", " "),
    ],
)
def test_nothing_is_added_beside_an_entry_that_is_refused(session, part, key, label, wrong):
    wizard = at(part.wizard(session), key)
    adding, before = wizard.model.panel.add_label, session.plan.model_dump()
    field(wizard, label).value = wrong
    assert NOT in beneath(wizard, label)
    field(wizard, adding).value = "Another"
    assert session.plan.model_dump() == before
    assert beneath(wizard, adding).startswith("“Another” is not added yet: first correct what is")
    assert (field(wizard, label).value, field(wizard, adding).value) == (wrong, "Another")
    field(wizard, label).value = "12" if part is not selecting or key == "offers" else "2012"
    press(wizard, f"Add {wizard.model.panel.one}")
    assert (field(wizard, adding).value, beneath(wizard, adding)) == ("", "")
    entries = wizard.model.panel.entries()
    assert [entry.name for entry in entries].count("Another") == 1


def test_a_name_that_is_there_already_is_said_at_its_field(session):
    wizard = phasing.wizard(session)
    field(wizard, "Name of a phase").value = "pilot"
    assert beneath(wizard, "Name of a phase").startswith("There is a phase called “pilot” already.")
    assert "Correct or empty “Name of a phase”" in wizard._missing.value
    field(wizard, "Name of a phase").value = ""
    assert beneath(wizard, "Name of a phase") == ""
    assert not wizard._next.disabled


def test_a_button_adds_what_stands_in_its_field_once(session):
    wizard = phasing.wizard(session)
    field(wizard, "Name of a phase").value = "Third"
    press(wizard, "Add phase")
    assert [phase.name for phase in session.plan.phases] == ["Pilot", "All", "Third"]


@pytest.mark.parametrize(
    ("part", "key", "label", "wrong"),
    [
        (phasing, "worth", "People it reaches", "1.5"),
        (costing, "scale", "Overlap (per cent)", "200"),
        (selecting, "rules", "Budget for all years together", "x"),
        (plans, "plan", "Title of this plan", " "),
        (define, "names", "Name of the service", " "),
        (define, "names", "Country", "x" * 2_001),
        (mapping, "descriptions", "What it is for", "x" * 30_001),
    ],
)
def test_every_field_says_what_is_wrong(session, part, key, label, wrong):
    wizard = at(part.wizard(session), key)
    control = field(wizard, label)
    control.value = wrong
    assert NOT in beneath(wizard, label)
    session.change("Else", lambda plan: setattr(plan, "language", "sw"))
    assert control.value == wrong
    assert state(wizard, key) in (IN_PROGRESS, NOT_STARTED)
    assert "not saved" in wizard.model.missing()[-1]


def test_what_is_refused_for_one_service_or_relation_is_not_shown_for_another(session):
    session.change("Add", lambda plan: plan.add_use_case("Grants"))
    wizard = at(phasing.wizard(session), "worth")
    field(wizard, "Worth").value = "x"
    field(wizard, "Services").value = 1
    assert (field(wizard, "Worth").value, beneath(wizard, "Worth")) == ("1", "")
    assert "of “School fees”" in wizard._missing.value
    field(wizard, "Services").value = 0
    assert field(wizard, "Worth").value == "x"


def test_a_question_that_has_to_wait_is_blocked_whatever_was_refused(session):
    wizard = at(selecting.wizard(session), "rules")
    field(wizard, "Budget for all years together").value = "x"
    session.change("Clear", lambda plan: plan.use_cases.clear())
    assert state(wizard, "rules") == BLOCKED
    assert len(wizard.model.missing()) == 1
