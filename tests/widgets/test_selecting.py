"""The guided parts select, costs and roadmap, through their controls."""

from datetime import UTC, datetime

import ipywidgets
import matplotlib as mpl
import pytest
from govstack_kit.planning.selected import Answer, Option, Phase
from govstack_kit.selection.answers import answer_sheet
from govstack_kit.widgets.models import Session

import govstack_kit as kit
from govstack_kit.widgets import best, costing, phasing, selecting
from govstack_kit.widgets.wizard import BLOCKED

mpl.use("Agg")

HOSTILE = "<script>alert(1)</script> =cmd|' /C calc'!A0 رسوم 👩‍🌾"
PARTS = {"select": selecting, "costs": costing, "roadmap": phasing}
CONTROLS = (
    ipywidgets.Text, ipywidgets.Textarea, ipywidgets.Dropdown, ipywidgets.Select,
    ipywidgets.Checkbox, ipywidgets.ToggleButtons, ipywidgets.FileUpload, ipywidgets.Button,
)  # fmt: skip


@pytest.fixture
def session(tmp_path, framework):
    return Session(tmp_path / "plan", framework=framework)


@pytest.fixture
def demonstration(tmp_path, framework):
    return Session(folder=tmp_path, framework=framework)


@pytest.fixture
def mapped(session):
    """A plan of one service with one step, which needs payments and messaging."""

    def start(plan):
        case = plan.add_from_list("School fees", "1. Payment")
        case.steps[0].choose("building_block", "govstack:payments")
        case.steps[0].choose("building_block", "govstack:messaging")

    session.change("Start", start)
    return session


def every(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from every(child)


def seen(widget):
    """Yield what is on the screen: nothing in a box that is hidden."""
    if widget.layout is not None and widget.layout.display == "none":
        return
    yield widget
    for child in getattr(widget, "children", ()):
        yield from seen(child)


def text(wizard):
    return " ".join(p.value for p in every(wizard.widget) if isinstance(p, ipywidgets.HTML))


def press(wizard, label, about=""):
    button = next(
        part
        for part in seen(wizard.widget)
        if isinstance(part, ipywidgets.Button)
        and part.description == label
        and (part.tooltip or "").startswith(about)
    )
    assert not button.disabled
    button.click()


def field(wizard, label):
    return next(
        part
        for part in seen(wizard.widget)
        if isinstance(part, CONTROLS) and part.description.removesuffix(" (USD)") == label
    )


def at(wizard, key):
    wizard.go([panel.key for panel in wizard.model.panels].index(key))
    return wizard


def open_all(wizard):
    for place in range(len(wizard.model.panels)):
        wizard.go(place)
        yield wizard


# --- all parts --------------------------------------------------------------------------------


@pytest.mark.parametrize("part", PARTS)
def test_every_control_of_the_demonstration_has_a_name(demonstration, part):
    wizard = PARTS[part].wizard(demonstration)
    for opened in open_all(wizard):
        for widget in seen(opened.widget):
            if isinstance(widget, CONTROLS):
                assert widget.description, (widget, opened.model.panel.title)
        assert demonstration.notice == "", opened.model.panel.title
    assert demonstration.demonstrating


@pytest.mark.parametrize("part", PARTS)
def test_an_empty_plan_is_no_dead_end(session, part):
    wizard = PARTS[part].wizard(session)
    for opened in open_all(wizard):
        panel = opened.model.panel
        if opened.model.state(panel) == BLOCKED:
            assert len(panel.waits_for().split()) > 5
    assert session.notice == ""


@pytest.mark.parametrize("part", PARTS)
def test_hostile_text_is_shown_as_text(mapped, part):
    def fill(plan):
        plan.use_cases[0].name = plan.title = HOSTILE
        system = plan.add_system(HOSTILE, owner=HOSTILE, interfaces=HOSTILE)
        system.serves = [{"key": "govstack:payments", "quality": "partly", "note": HOSTILE}]
        covers = [{"key": "govstack:payments", "fit": 0.5, "note": HOSTILE}]
        plan.options = [{"id": "x", "name": HOSTILE, "vendor": HOSTILE, "covers": covers}]
        own = {"id": "y", "building_block": "govstack:payments", "title": HOSTILE}
        plan.own_requirements = [own | {"reason": HOSTILE}]
        plan.phases = [{"id": "p", "name": HOSTILE}]
        plan.business_case.projects = [{"id": "p", "name": HOSTILE, "build": 5}]
        plan.business_case.note = f"Illustration {HOSTILE}"
        plan.business_case.overlap = 0.5

    mapped.change("Fill", fill)
    wizard = PARTS[part].wizard(mapped)
    for opened in open_all(wizard):
        assert "<script" not in text(opened)
    assert mapped.notice == ""
    assert "&lt;script&gt;" in text(wizard)


# --- what is needed ---------------------------------------------------------------------------


def test_the_blocks_wait_for_something_mapped(session):
    wizard = selecting.wizard(session)
    assert "Map a service first" in text(wizard)
    assert wizard._next.disabled


def test_the_blocks_are_shown_with_their_weight(mapped):
    found = text(selecting.wizard(mapped))
    assert "50\N{NO-BREAK SPACE}%" in found
    assert "Payments" in found


def test_requirements_have_answers_before_anybody_decides(mapped):
    wizard = at(selecting.wizard(mapped), "requirements")
    assert not wizard._next.disabled
    rows = wizard.model.panel.verdicts.rows
    assert len(rows) == 8
    assert rows[0].question.decision == "needed"
    assert not rows[0].question.decided
    assert rows[0].buttons["needed"].description == "✓ Needed"


def test_a_requirement_is_decided_and_taken_back(mapped):
    wizard = at(selecting.wizard(mapped), "requirements")
    row = wizard.model.panel.verdicts.rows[2]
    key = row.question.key
    row.buttons["later"].click()
    assert [(d.key, d.decision) for d in mapped.plan.decisions] == [(key, "later")]
    row.reason.value = "Not before 2030"
    assert mapped.plan.decisions[0].reason == "Not before 2030"
    row.buttons["later"].click()
    assert mapped.plan.decisions == []
    assert row.question.decision == "needed"


def test_what_is_left_out_needs_a_reason(mapped):
    wizard = at(selecting.wizard(mapped), "requirements")
    row = wizard.model.panel.verdicts.rows[0]
    row.buttons["not for us"].click()
    assert "Say why first" in text(wizard)
    assert mapped.plan.decisions == []
    row.reason.value = "We have no paper forms"
    row.buttons["not for us"].click()
    assert mapped.plan.decisions[0].reason == "We have no paper forms"


def test_many_are_decided_at_once(mapped, framework):
    wizard = at(selecting.wizard(mapped), "requirements")
    panel = wizard.model.panel
    panel.which.value = "govstack:payments"
    panel.filter.value = "RECOMMENDED"
    rows = framework.requirements.query("building_block == 'govstack:payments'")
    recommended = set(rows.query("level == 'RECOMMENDED'")["requirement"])
    press(wizard, "Not for us")
    assert "Say why first" in text(wizard)
    panel.reason.value = "Too early"
    press(wizard, "Not for us")
    assert {d.key for d in mapped.plan.decisions} == recommended
    assert len(panel.verdicts.rows) == 8
    panel.filter.value = ""
    press(wizard, "As the kit proposes")
    assert mapped.plan.decisions == []


def test_requirements_are_paged_and_searched(mapped):
    wizard = at(selecting.wizard(mapped), "requirements")
    panel = wizard.model.panel
    panel.which.value = "govstack:messaging"
    first = [row.question.key for row in panel.verdicts.rows]
    press(wizard, "Show the next")
    assert not set(first) & {row.question.key for row in panel.verdicts.rows}
    press(wizard, "Show those before")
    assert [row.question.key for row in panel.verdicts.rows] == first
    panel.words.value = "zzzz"
    assert "No requirement of this block is like that." in text(wizard)
    press(wizard, "Next building block")
    assert panel.which.value != "govstack:messaging"


def test_open_ones_stay_while_people_decide(mapped):
    wizard = at(selecting.wizard(mapped), "requirements")
    panel = wizard.model.panel
    panel.filter.value = "open"
    keys = [row.question.key for row in panel.verdicts.rows]
    panel.verdicts.rows[0].buttons["later"].click()
    assert [row.question.key for row in panel.verdicts.rows] == keys
    panel.filter.value = ""
    panel.filter.value = "open"
    assert keys[0] not in [row.question.key for row in panel.verdicts.rows]


def test_a_team_adds_requirements_of_its_own(mapped):
    wizard = at(selecting.wizard(mapped), "requirements")
    press(wizard, "Add requirement")
    assert "Write what the block must do" in text(wizard)
    field(wizard, "A requirement of your own").value = "Pay in <b>Swahili</b>"
    press(wizard, "Add requirement")
    assert [one.title for one in mapped.plan.own_requirements] == ["Pay in <b>Swahili</b>"]
    field(wizard, "With these words").value = "swahili"
    press(wizard, "Remove", "Pay in")
    assert mapped.plan.own_requirements == []


# --- what is there ----------------------------------------------------------------------------


def test_a_system_is_described_and_serves_blocks(mapped):
    wizard = at(selecting.wizard(mapped), "systems")
    field(wizard, "Name of a system").value = "Payment gateway"
    field(wizard, "Who owns it").value = "Central bank"
    field(wizard, "People who use it").value = "2 million"
    field(wizard, "In use since (year)").value = "2015"
    field(wizard, "Annual cost").value = "250,000"
    field(wizard, "Payments").value = "partly"
    (system,) = mapped.plan.systems
    assert (system.owner, system.users, system.since) == ("Central bank", 2_000_000, 2015)
    assert system.annual_cost == 250_000
    assert [(one.key, one.quality) for one in system.serves] == [("govstack:payments", "partly")]
    field(wizard, "Payments").value = "no"
    assert system.serves == [] or mapped.plan.systems[0].serves == []
    field(wizard, "Annual cost").value = "-3"
    assert "cannot be less than 0" in text(wizard)
    assert mapped.plan.systems[0].annual_cost == 250_000
    field(wizard, "Annual cost").value = ""
    assert mapped.plan.systems[0].annual_cost is None


def test_a_system_goes_from_the_steps_too(mapped):
    wizard = at(selecting.wizard(mapped), "systems")
    field(wizard, "Name of a system").value = "Till"
    field(wizard, "Name of a system").value = "till"
    assert "There is a system called “till” already." in text(wizard)
    mapped.change("Use", lambda plan: plan.use_cases[0].steps[0].systems.append("till"))
    press(wizard, "Remove system")
    assert mapped.plan.systems == []
    assert mapped.use_case.steps[0].systems == []


def upload_of(content, name):
    return {
        "name": name, "type": "", "size": len(content), "content": memoryview(content),
        "last_modified": datetime.now(UTC),
    }  # fmt: skip


def test_systems_come_from_a_spreadsheet_with_the_problems_said(mapped):
    wizard = at(selecting.wizard(mapped), "systems")
    field(wizard, "How do you want to list them?").value = "sheet"
    assert 'download="our-systems.xlsx"' in text(wizard)
    upload = field(wizard, "Choose the filled-in spreadsheet")
    raw = b'System,Annual cost,Building blocks\nGateway,"1,200",Payments (well)\nTill,<b>,Nothing'
    upload.value = [upload_of(raw, "Our systems.csv")]
    assert [system.name for system in mapped.plan.systems] == ["Gateway", "Till"]
    assert mapped.plan.systems[0].annual_cost == 1200
    assert "2 systems in the file: 2 added." in text(wizard)
    assert "&lt;b&gt;" in text(wizard)
    assert "to look at" in text(wizard)
    upload.value = [upload_of(b"no workbook", "x.xlsx")]
    assert 'role="alert"' in text(wizard)
    assert len(mapped.plan.systems) == 2


def test_what_is_covered_is_told_with_its_gaps(mapped):
    def add(plan):
        served = [{"key": "govstack:payments", "quality": "well"}]
        plan.add_system("Gateway", serves=served, annual_cost=10)
        plan.add_system("Till", serves=served)

    mapped.change("Add", add)
    wizard = at(selecting.wizard(mapped), "coverage")
    assert "Several systems compete for Payments." in text(wizard)
    assert "Nothing is there yet for Messaging." in text(wizard)
    assert "10 and 1 unknown cost" in text(wizard)


# --- which products ---------------------------------------------------------------------------


def test_products_are_taken_and_left(mapped):
    wizard = at(selecting.wizard(mapped), "products")
    panel = wizard.model.panel
    panel.which.value = "govstack:payments"
    press(wizard, "Take", "Mojaloop")
    (option,) = mapped.plan.options
    assert (option.product, option.licence) == ("dpg:mojaloop", "Apache-2.0")
    assert [cover.key for cover in option.covers] == ["govstack:payments"]
    assert "Payments (1 of " in str(panel.which.options)
    press(wizard, "✓ Taken", "Mojaloop")
    assert mapped.plan.options == []


def test_filters_say_what_they_leave(mapped):
    wizard = at(selecting.wizard(mapped), "products")
    panel = wizard.model.panel
    before = len(panel._filtered()[0])
    field(wizard, "Only digital public goods").value = True
    assert len(panel._filtered()[0]) < before
    assert "are like that" in panel.effect.value
    assert mapped.undoable == "Start"


def test_an_own_build_is_an_option_with_unknown_costs(mapped):
    wizard = at(selecting.wizard(mapped), "products")
    wizard.model.panel.which.value = "govstack:messaging"
    press(wizard, "Add an own build")
    press(wizard, "Add an own build")
    assert "is there already" in text(wizard)
    (option,) = mapped.plan.options
    assert (option.kind, option.build_cost) == ("own build", None)
    at(wizard, "offers")
    assert "1 option has no cost at all: Own build: Messaging." in text(wizard)
    field(wizard, "Messaging").value = "0.75"
    field(wizard, "Build or set up, once").value = "1.5 million"
    (option,) = mapped.plan.options
    assert (option.covers[0].fit, option.build_cost) == (0.75, 1_500_000)
    assert "1 option has only part of the costs" in text(wizard)


def test_an_unusual_fit_is_shown_as_it_is(mapped):
    covers = [{"key": "govstack:payments", "fit": 0.62}]
    mapped.change(
        "Add", lambda plan: setattr(plan, "options", [{"id": "x", "name": "X", "covers": covers}])
    )
    wizard = at(selecting.wizard(mapped), "offers")
    assert ("fits by 62\N{NO-BREAK SPACE}%", "0.62") in field(wizard, "Payments").options


# --- answers about an option ------------------------------------------------------------------


@pytest.fixture
def asked(mapped):
    """An option for payments, and its question on the screen."""
    covers = [{"key": "govstack:payments", "fit": 0.5}]
    hub = Option(id="hub", name="Hub", covers=covers)
    mapped.change("Add", lambda plan: plan.options.append(hub))
    return at(selecting.wizard(mapped), "offers")


def filled(tmp_path, session, framework, option="hub", answers=()):
    """Return an answer sheet as it comes back."""
    path = tmp_path / "filled.xlsx"
    made = Option(id=option, name=option, answers=list(answers))
    answer_sheet(path, framework, "govstack:payments", made, plan=session.plan)
    return upload_of(path.read_bytes(), path.name)


def test_an_answer_sheet_is_saved_beside_the_plan(asked, mapped):
    press(asked, "Save an answer sheet")
    press(asked, "Save an answer sheet")
    names = sorted(path.name for path in mapped.folder.glob("answers-*.xlsx"))
    assert names == ["answers-hub-1.xlsx", "answers-hub.xlsx"]
    assert 'download="answers-hub-1.xlsx"' in text(asked)
    field(asked, "Payments").value = "no"
    press(asked, "Save an answer sheet")
    assert "Say first which blocks it covers" in text(asked)


def test_the_fit_from_answers_is_suggested_and_taken_over(asked, mapped, framework, tmp_path):
    table = framework.requirements.query("building_block == 'govstack:payments'")
    keys = table.query("level == 'REQUIRED'")["requirement"].head(40)
    answers = [Answer(key=key, answer="met", by="<b>Vendor</b>") for key in keys]
    upload = field(asked, "Choose the filled-in answer sheet")
    upload.value = [filled(tmp_path, mapped, framework, answers=answers)]
    assert "40 answers in the sheet, 40 of them new." in text(asked)
    (option,) = mapped.plan.options
    assert (len(option.answers), option.covers[0].fit) == (40, 0.5)
    checks = int((table["level"] == "REQUIRED").sum())
    press(asked, "Take over the fit from the answers")
    assert f"40 of {checks}" in text(asked)
    assert mapped.plan.options[0].covers[0].fit == round(40 / checks, 2)
    press(asked, "Undo")
    press(asked, "Undo")
    assert mapped.plan.options[0].answers == []
    assert "What follows from the answers" not in text(asked)


def test_a_sheet_of_another_option_or_no_sheet_is_refused(asked, mapped, framework, tmp_path):
    upload = field(asked, "Choose the filled-in answer sheet")
    answers = [Answer(key="payments:6.1-01", answer="met")]
    upload.value = [filled(tmp_path, mapped, framework, "other", answers)]
    assert "This sheet was made for “other”, not for “Hub”." in text(asked)
    upload.value = [upload_of(b"no workbook", "x.xlsx")]
    assert 'role="alert"' in text(asked)
    assert mapped.plan.options[0].answers == []


# --- two windows, and what is used elsewhere --------------------------------------------------


def test_what_another_window_removed_is_not_changed(mapped, framework):
    def start(plan):
        plan.phases = [Phase(id="a", name="Pilot"), Phase(id="b", name="All")]
        plan.add_system("Gateway")

    mapped.change("Add", start)
    wizard, other = phasing.wizard(mapped), Session(mapped.path, framework=framework)
    systems = at(selecting.wizard(mapped), "systems")
    other.change("Remove", lambda plan: plan.phases.pop(0))
    field(wizard, "Months").value = "6"
    assert "“Pilot” is no longer in the plan" in mapped.notice
    other.change("Remove", lambda plan: plan.systems.clear())
    field(systems, "Annual cost").value = "6"
    assert "“Gateway” is no longer in the plan" in mapped.notice
    other.change("Remove", lambda plan: plan.use_cases.clear())
    at(wizard, "worth")
    assert "There is no service in this plan yet." in text(wizard)
    assert [phase.months for phase in mapped.plan.phases] == [12]


def test_what_is_removed_is_gone_from_rules_and_options_too(offered):
    served = [{"key": "govstack:payments", "quality": "well"}]
    offered.change("Add", lambda plan: plan.add_system("Gateway", serves=served, annual_cost=1))
    wizard = at(selecting.wizard(offered), "offers")
    press(wizard, "Compare our systems too")
    before = offered.plan.model_dump(exclude={"updated", "revision"})
    offered.change("Rule", lambda plan: setattr(plan.rules, "keep", ["suite", "gateway"]))
    at(wizard, "systems")
    press(wizard, "Remove system")
    assert [option.id for option in offered.plan.options] == ["suite", "payer", "sender"]
    assert offered.plan.rules.keep == ["suite"]
    at(wizard, "offers")
    press(wizard, "Remove option")
    assert offered.plan.rules.keep == []
    for _ in range(3):
        press(wizard, "Undo")
    assert offered.plan.model_dump(exclude={"updated", "revision"}) == before


# --- under which rules, and what comes out ----------------------------------------------------


@pytest.fixture
def offered(mapped):
    """Three products: one for both blocks, and a cheaper one for each of them."""

    def product(key, blocks, build, **more):
        covers = [{"key": f"govstack:{block}", "fit": 0.8} for block in blocks]
        costs = {"build_cost": build, "integration_cost": 0, "annual_cost": 0}
        return {"id": key, "name": key.title(), "covers": covers} | costs | more

    mapped.change(
        "Offer",
        lambda plan: setattr(
            plan,
            "options",
            [
                product("suite", ["payments", "messaging"], 100, open_source="yes"),
                product("payer", ["payments"], 30),
                product("sender", ["messaging"], 40),
            ],
        ),
    )
    return mapped


def test_the_best_set_says_what_why_and_at_what_cost(offered):
    wizard = at(selecting.wizard(offered), "best")
    found = text(wizard)
    assert "2 options cover 2 building blocks for USD 70 over 5 years" in found
    assert "It is proved that no cheaper set is possible" in found
    assert "Suite instead of" in found
    wizard.go(0)
    for _ in wizard.model.panels[1:]:
        press(wizard, "Next")
    press(wizard, "Finish")
    assert "You know the best set and what you build on." in text(wizard)


def test_rules_are_set_and_change_the_set(offered):
    wizard = at(selecting.wizard(offered), "rules")
    field(wizard, "Open source only").value = True
    field(wizard, "Budget for all years together").value = "1 thousand"
    field(wizard, "At most so many vendors").value = "0"
    assert "from 1 to 1000" in text(wizard)
    rules = offered.plan.rules
    assert (rules.open_source_only, rules.budget, rules.most_vendors) == (True, 1000, None)
    at(wizard, "best")
    assert "1 option covers 2 building blocks for USD 100" in text(wizard)
    assert "Open source only." in text(wizard)
    press(wizard, "Undo")
    assert "Spend at most" not in text(wizard)


def test_what_must_be_in_cannot_stay_out(offered):
    wizard = at(selecting.wizard(offered), "rules")
    field(wizard, "A particular product or system").value = "suite"
    field(wizard, "Its place").value = "leave_out"
    assert offered.plan.rules.leave_out == ["suite"]
    assert "Must stay out: Suite." in text(wizard)
    field(wizard, "Its place").value = "keep"
    assert (offered.plan.rules.keep, offered.plan.rules.leave_out) == (["suite"], [])


def test_rules_that_collide_are_named_and_lead_back(offered):
    offered.change("Limit", lambda plan: setattr(plan.rules, "budget", 10))
    wizard = at(selecting.wizard(offered), "best")
    assert "No set is possible." in text(wizard)
    assert "the budget" in text(wizard)
    assert wizard._next.disabled
    press(wizard, "Change the rules")
    assert wizard.model.panel.key == "rules"
    field(wizard, "Budget for all years together").value = ""
    at(wizard, "best")
    assert not wizard._next.disabled


def test_an_option_with_unknown_costs_is_named(offered):
    offered.change("Forget", lambda plan: setattr(plan.options[1], "annual_cost", None))
    wizard = at(selecting.wizard(offered), "best")
    assert "What nobody knows: 1 fact" in text(wizard)
    assert "1 option covers 2 building blocks for USD 100" in text(wizard)


def test_systems_are_compared_once_their_integration_has_a_cost(offered):
    served = [{"key": "govstack:payments", "quality": "well"}]
    offered.change("Add", lambda plan: plan.add_system("Gateway", serves=served, annual_cost=1))
    wizard = at(selecting.wizard(offered), "offers")
    assert "Left out until you say what integrating them costs: Gateway." in text(wizard)
    press(wizard, "Compare our systems too")
    assert offered.plan.options[-1].system == "gateway"
    field(wizard, "Options").value = 3
    assert field(wizard, "Payments").value == "1"
    field(wizard, "Integration, once").value = "5"
    at(wizard, "best")
    assert "Gateway" in text(wizard)
    at(wizard, "offers")
    field(wizard, "Messaging").value = "0.5"
    covers = {cover.key: cover.fit for cover in offered.plan.options[-1].covers}
    assert covers == {"govstack:payments": 1.0, "govstack:messaging": 0.5}


def test_how_sure_it_is_is_tried_when_asked_for(offered, monkeypatch):
    monkeypatch.setattr("govstack_kit.widgets.best.DRAWS", 50)
    wizard = at(selecting.wizard(offered), "sure")
    assert not wizard._next.disabled
    told = []
    wizard.model.panel._note.observe(lambda change: told.append(change["new"]), names="value")
    press(wizard, "Try it 500 times")
    assert any("50 of 50" in one for one in told)
    assert told[-1] == ""
    assert "Payer" in text(wizard)
    offered.change("Budget", lambda plan: setattr(plan.rules, "budget", 1000))
    assert wizard.model.panel.result() is None


def test_a_team_decides_what_it_builds_on_and_the_roadmap_follows(offered):
    wizard = at(selecting.wizard(offered), "chosen")
    assert "Nothing is decided yet" in text(wizard)
    assert "Payer would do Payments." in text(wizard)
    which = field(wizard, "The set to build on")
    assert [said.split(":")[0] for said, _ in which.options][:2] == ["The best set", "Number 2"]
    which.value = "suite"
    field(wizard, "Why?").value = "One contract. <script>"
    press(wizard, "Build on this set")
    assert offered.plan.chosen.options == ["suite"]
    assert offered.plan.chosen.reason == "One contract. <script>"
    found = text(wizard)
    assert "Your plan builds on: Suite." in found
    assert "Your choice, for those who decide" in found
    assert "Suite would do Messaging and Payments." in found
    assert "The best set under the rules costs" in found
    assert "<script>" not in text(wizard)
    phases = [Phase(id="one", name="One", budget=100)]
    offered.change("Phases", lambda plan: setattr(plan, "phases", phases))
    found = text(at(phasing.wizard(offered), "result"))
    assert "It builds on what the team chose, 1 option." in found
    press(at(wizard, "chosen"), "Undo")
    press(wizard, "Undo")
    assert offered.plan.chosen.options == []
    assert "Nothing is decided yet" in text(wizard)


def test_what_is_typed_as_a_reason_survives_a_look_elsewhere(offered):
    wizard = at(selecting.wizard(offered), "chosen")
    field(wizard, "Why?").value = "Because."
    at(wizard, "rules")
    at(wizard, "chosen")
    assert field(wizard, "Why?").value == "Because."


def test_a_changed_reason_is_saved_at_once(offered, framework):
    wizard = at(selecting.wizard(offered), "chosen")
    field(wizard, "Why?").value = "Before there is a choice."
    assert offered.undoable == "Offer"
    press(wizard, "Build on this set")
    field(wizard, "Why?").value = "The ministry knows both."
    later = Session(offered.path, framework=framework)
    assert later.plan.chosen.reason == "The ministry knows both."
    assert field(at(selecting.wizard(later), "chosen"), "Why?").value == "The ministry knows both."
    press(wizard, "Undo")
    assert field(wizard, "Why?").value == "Before there is a choice."


def test_the_reason_for_another_set_is_not_given_to_the_one_chosen(offered):
    wizard = at(selecting.wizard(offered), "chosen")
    press(wizard, "Build on this set")
    field(wizard, "The set to build on").value = "suite"
    field(wizard, "Why?").value = "One contract."
    assert offered.plan.chosen.reason == ""
    assert field(wizard, "Why?").value == "One contract."
    press(wizard, "Build on this set")
    assert (offered.plan.chosen.options, offered.plan.chosen.reason) == (["suite"], "One contract.")


def test_a_choice_of_the_teams_own_is_kept_and_left_open_again(offered):
    offered.change("Choose", lambda plan: setattr(plan.chosen, "options", ["suite", "payer"]))
    wizard = at(selecting.wizard(offered), "chosen")
    assert field(wizard, "The set to build on").label == "Your own choice: Suite, Payer"
    press(wizard, "Leave it open")
    assert offered.plan.chosen.options == []
    assert field(wizard, "The set to build on").label.startswith("The best set")


def test_the_roadmap_names_what_is_chosen_and_not_paid(offered):
    offered.change("Choose", lambda p: setattr(p.chosen, "options", ["suite", "payer", "sender"]))
    phases = [Phase(id="one", name="One", budget=100)]
    offered.change("Phases", lambda plan: setattr(plan, "phases", phases))
    found = text(at(phasing.wizard(offered), "result"))
    assert (
        "2 building blocks are built for USD 70." in found
    )  # with Payer and Sender, the cheaper ones
    assert "It builds on what the team chose, 2 of 3 options." in found
    assert "No building block here is built with Suite (100), which is in the set too" in found


# --- the demonstration ------------------------------------------------------------------------


def test_all_numbers_of_the_demonstration_are_marked(demonstration):
    wizard = selecting.wizard(demonstration)
    for key in ("systems", "offers"):
        assert "are made up for the demonstration" in text(at(wizard, key))
    for key in ("coverage", "best"):
        assert "Illustration only: this rests on numbers made up" in text(at(wizard, key))
    assert "Illustration only" in text(at(costing.wizard(demonstration), "outcome"))
    assert "3 phases" in text(at(phasing.wizard(demonstration), "result"))
    assert demonstration.demonstrating


def test_whatever_set_is_chosen_for_the_demonstration_its_service_goes_live(demonstration):
    framework = demonstration.framework
    best = kit.best_set_of_plan(framework, demonstration.plan, explain=False)
    sets = [best.options["option"].tolist(), *best.alternatives["options"]]
    assert len(sets) == 4
    for options in sets:
        plan = demonstration.plan.model_copy(deep=True)
        kit.choose(plan, options)
        assert kit.roadmap(framework, plan).use_cases["status"].tolist() == ["goes live"], options


def test_what_is_made_up_is_removed_from_ones_own_plan(demonstration):
    wizard = at(selecting.wizard(demonstration), "offers")
    demonstration.change("Keep", lambda plan: plan.rules.keep.append("digit"))
    assert "are made up for the demonstration" in text(wizard)
    press(wizard, "Remove what is made up")
    assert (demonstration.plan.options, demonstration.plan.rules.keep) == ([], [])
    at(wizard, "systems")
    press(wizard, "Remove what is made up")
    assert demonstration.plan.systems == []
    at(wizard, "best")
    assert "There is nothing to choose from yet." in text(wizard)


def test_the_overlap_of_the_demonstration_is_made_up_and_its_upper_bound_is_told(demonstration):
    wizard = at(costing.wizard(demonstration), "scale")
    case = demonstration.plan.business_case
    assert case.overlap == 0.5
    assert case.projects[0].use_case == demonstration.plan.use_cases[0].id
    found = text(wizard)
    assert "these costs, and the overlap, are made up" in found
    assert "Counted from the 5 published services that the projects name" in found
    assert "it would be 96\N{NO-BREAK SPACE}%." in found
    assert "That is an upper bound" in found
    assert "Your plan cannot say it yet" not in found
    assert "your plan itself has too few services to count from" in found


# --- the roadmap ------------------------------------------------------------------------------


def test_phases_worth_and_order_lead_to_a_roadmap(mapped):
    wizard = phasing.wizard(mapped)
    assert wizard._next.disabled
    press(wizard, "Start with three phases of a year")
    field(wizard, "Months").value = "0"
    assert "write a number above 0" in text(wizard)
    field(wizard, "Months").value = "6"
    assert [phase.months for phase in mapped.plan.phases] == [6, 12, 12]
    press(wizard, "Next")
    field(wizard, "Worth").value = "3"
    assert [(v.key, v.value) for v in mapped.plan.values] == [("school-fees", 3.0)]
    press(wizard, "Next")
    wizard.model.panel.which.value = "govstack:payments"
    field(wizard, "Messaging").value = True
    assert [(d.key, d.needs) for d in mapped.plan.dependencies] == [
        ("govstack:payments", ["govstack:messaging"])
    ]
    wizard.model.panel.which.value = "govstack:messaging"
    field(wizard, "Payments").value = True
    assert "circle" in text(wizard)
    assert len(mapped.plan.dependencies) == 1
    press(wizard, "Back to what the kit assumes")
    assert mapped.plan.dependencies == []
    press(wizard, "Next")
    assert "1 use case goes live" in text(wizard)
    assert "data:image/png;base64," in text(wizard)
    press(wizard, "Finish")
    assert "The roadmap is made." in text(wizard)


def test_budgets_without_costs_say_what_is_missing(mapped):
    mapped.change("Phase", lambda plan: plan.phases.append(Phase(id="a", name="A", budget=5)))
    wizard = at(phasing.wizard(mapped), "result")
    assert wizard._next.disabled
    assert "is not known, and phases have budgets" in text(wizard)


def test_what_takes_long_waits_for_a_button(mapped, monkeypatch):
    monkeypatch.setattr("govstack_kit.widgets.working.QUICK", 0)
    mapped.change("Phase", lambda plan: plan.phases.append(Phase(id="a", name="A")))
    wizard = at(phasing.wizard(mapped), "result")
    assert wizard.model.panel.result() is None
    assert "Press “Make the roadmap”." in text(wizard)
    press(wizard, "Make the roadmap")
    assert "1 use case goes live" in text(wizard)
    assert not wizard._next.disabled


# --- the business case ------------------------------------------------------------------------


def test_the_illustration_of_the_framework_is_marked_and_adds_up(session):
    wizard = costing.wizard(session)
    press(wizard, "Start with the framework's illustration")
    assert len(session.plan.business_case.projects) == 14
    assert 'class="gsk-marked"' in text(wizard)
    at(wizard, "outcome")
    assert "6,000,000" in text(wizard)
    assert "2,700,000" in text(wizard)
    at(wizard, "matters")
    assert "2,310,000" in text(wizard)


def test_a_country_puts_in_its_own_costs(session):
    wizard = costing.wizard(session)
    for name in ("Fees", "Grants"):
        field(wizard, "Name of a project").value = name
        field(wizard, "Build: software, once").value = "100,000"
    at(wizard, "scale")
    assert "Your plan cannot say it yet" in text(wizard)
    assert wizard._next.disabled
    field(wizard, "Overlap (per cent)").value = "50"
    assert session.plan.business_case.overlap == 0.5
    at(wizard, "outcome")
    assert "50,000" in text(wizard)  # the shared half of 100,000 is built once
    assert "gsk-marked" not in wizard.model.panel.marked.value


# --- while it is worked out -------------------------------------------------------------------


@pytest.mark.parametrize("fails", [False, True])
def test_the_question_and_a_note_are_there_while_the_answer_is_worked_out(
    demonstration, monkeypatch, fails
):
    wizard = selecting.wizard(demonstration)
    seen = []

    def work_out(panel):
        waiting = wizard._waiting
        seen.append(
            ("Working it out" in waiting.top.value, "gsk-waiting" in wizard._body._dom_classes)
        )
        seen.append(panel.title in wizard._question.value)
        if fails:
            raise RuntimeError
        return real(panel)

    real = best.Best.work_out
    monkeypatch.setattr(best.Best, "work_out", work_out)
    wizard._chips.children[[p.key for p in wizard.model.panels].index("best")].click()
    assert seen == [(True, True), True]
    assert (wizard._waiting.top.value, wizard._waiting.foot.value) == ("", "")
    assert "gsk-waiting" not in wizard._body._dom_classes
    assert ("Something went wrong" in demonstration.notice) == fails
    assert len(wizard._body.children) == (1 if fails else 2)  # and nothing of another question


def test_figures_of_made_up_numbers_say_so(demonstration):
    said = "Made-up systems, costs and fits"
    assert said in at(selecting.wizard(demonstration), "best").model.panel.picture.value
    panel = at(phasing.wizard(demonstration), "result").model.panel
    assert f"{said}, phases, for practice" in panel.gantt.value
    assert f"{said}, phases, for practice" in panel.curve.value
    wizard = costing.wizard(demonstration)
    for key in ("outcome", "matters"):
        assert "Made-up costs, for practice" in at(wizard, key).model.panel.picture.value


@pytest.mark.parametrize(
    ("label", "wrong", "said"),
    [
        ("Budget for all years together", "-1", "cannot be less than 0"),
        ("Budget for all years together", "1.000.000", "write 1,000,000"),
        ("Budget for all years together", "رسوم 👩‍🌾", "which is no number"),
        ("Years that are counted", "0", "a whole number from 1 to 50"),
        ("Least fit for every block (per cent)", "150", "a percentage from 0 to 100"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_lost(mapped, label, wrong, said):
    wizard = at(selecting.wizard(mapped), "rules")
    field(wizard, "Budget for all years together").value = "5000"
    field(wizard, label).value = wrong
    assert said in mapped.notice
    assert mapped.plan.rules.budget == 5000
    assert field(wizard, label).value == wrong
    field(wizard, "At most so many products").value = "3"
    assert mapped.plan.rules.most_options == 3


def test_blocks_of_two_catalogues_with_one_name_are_told_apart(mapped):
    def more(plan):
        for key in ("govstack:registration", "dif:registration"):
            plan.use_cases[0].steps[0].choose("building_block", key)

    mapped.change("More", more)
    names = [name for name, _ in at(selecting.wizard(mapped), "products").model.panel.which.options]
    assert sum(name.startswith("Registration (govstack)") for name in names) == 1
    assert sum(name.startswith("Registration (dif)") for name in names) == 1
