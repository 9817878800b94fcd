"""The guided parts over a plan, through their controls: what they say, change and refuse."""

import gc
import re
import socket
from datetime import UTC, datetime

import ipywidgets
import matplotlib as mpl
import pytest
from typer.testing import CliRunner

import govstack_kit as gk
from govstack_kit.cli import app as commands
from govstack_kit.planning.model import Actor, Candidate, Component, Criterion
from govstack_kit.widgets import align, app, define, mapping, plans, ranking
from govstack_kit.widgets.models import Session
from govstack_kit.widgets.wizard import BLOCKED, DONE

mpl.use("Agg")

HOSTILE = "<script>alert(1)</script> =cmd|' /C calc'!A0 رسوم 👩‍🌾"
PARTS = {"define": define, "align": align, "map": mapping, "prioritise": ranking, "plan": plans}
CONTROLS = (
    ipywidgets.Text, ipywidgets.Textarea, ipywidgets.Dropdown, ipywidgets.Select,
    ipywidgets.Checkbox, ipywidgets.ToggleButtons, ipywidgets.Combobox, ipywidgets.FileUpload,
    ipywidgets.Button,
)  # fmt: skip
UNREACHABLE = ("Accordion", "TagsInput", "Slider", "ColorPicker")


@pytest.fixture
def session(tmp_path, framework):
    return Session(tmp_path / "plan", framework=framework)


@pytest.fixture
def demonstration(tmp_path, framework):
    return Session(folder=tmp_path, framework=framework)


def start(session, steps="1. Registration: the parent registers\n2. Payment", name="School fees"):
    return session.change(
        "Start",
        lambda plan: plan.add_from_list(
            name, steps, sector="Education", objectives=["Poor children attend school"],
            actors=[Actor(name="Parent")],
        ),
        fresh=True,
    )  # fmt: skip


def every(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from every(child)


def text(wizard):
    return " ".join(
        part.value for part in every(wizard.widget) if isinstance(part, ipywidgets.HTML)
    )


def press(wizard, label, about=""):
    buttons = [
        part
        for part in every(wizard.widget)
        if isinstance(part, ipywidgets.Button)
        and part.description == label
        and (part.tooltip or "").startswith(about)
        and part.layout.display != "none"
    ]
    assert buttons, f"no button {label!r}"
    assert not buttons[0].disabled
    buttons[0].click()


def field(wizard, label):
    return next(
        part
        for part in every(wizard.widget)
        if isinstance(part, CONTROLS) and part.description == label
    )


def open_all(wizard):
    for place in range(len(wizard.model.panels)):
        wizard.go(place)
        yield wizard


# --- all parts --------------------------------------------------------------------------------


@pytest.mark.parametrize("part", PARTS)
def test_every_control_of_the_demonstration_has_a_name_and_is_reachable(demonstration, part):
    wizard = PARTS[part].wizard(demonstration)
    for opened in open_all(wizard):
        for widget in every(opened.widget):
            assert not type(widget).__name__.endswith(UNREACHABLE)
            if isinstance(widget, CONTROLS) and widget.layout.display != "none":
                assert widget.description, (widget, opened.model.panel.title)
    assert demonstration.demonstrating
    assert demonstration.notice == ""


@pytest.mark.parametrize("part", PARTS)
def test_hostile_text_is_shown_as_text(session, part):
    start(session, "\n".join(f"{n}. {HOSTILE} {n}: {HOSTILE}" for n in range(1, 6)), HOSTILE)

    def fill(plan):
        case = plan.use_cases[0]
        case.objectives = case.contributors = [HOSTILE]
        case.actors = [Actor(name=HOSTILE, role=HOSTILE, note=HOSTILE)]
        case.systems = [plan.add_system(HOSTILE, owner=HOSTILE).id]
        case.steps[0].choose("workflow", "own", printed=HOSTILE, reason=HOSTILE)
        case.steps[0].choose("workflow", "financial-services", description=HOSTILE)
        case.steps[0].own_words.append(Component(words=HOSTILE, sector_specific=True))
        plan.title = plan.country = HOSTILE
        plan.candidates = [
            {"id": f"c{n}", "name": f"{HOSTILE} {n}", "note": HOSTILE} for n in range(3)
        ]

    session.change("Fill", fill)
    wizard = PARTS[part].wizard(session)
    for opened in open_all(wizard):
        assert "<script" not in text(opened)
        assert "Traceback" not in text(opened)
    assert session.notice == ""
    assert "&lt;script&gt;" in text(wizard)


@pytest.mark.parametrize("part", PARTS)
def test_an_empty_plan_is_no_dead_end(session, part):
    wizard = PARTS[part].wizard(session)
    for opened in open_all(wizard):
        panel = opened.model.panel
        if opened.model.state(panel) == BLOCKED:
            assert len(panel.waits_for().split()) > 5
    assert session.notice == ""


def test_two_hundred_steps_have_a_question_each_and_stay_quick(session):
    start(session, "\n".join(f"{n}. Check paper {n}" for n in range(1, 201)))
    wizard = align.wizard(session)
    assert len(wizard.model.panels) == 202
    wizard.go(150)
    assert "Step 150" in text(wizard)
    built = [panel for panel in wizard.model.panels if panel.box is not None]
    assert len(built) == 2


def test_the_parts_share_what_is_said_and_one_undo(session):
    one, other = define.wizard(session), align.wizard(session)
    start(session)
    assert "School fees" in text(one)
    assert "Registration" in text(other)
    press(other, "Undo")
    assert "Registration" not in text(one)


# --- define -----------------------------------------------------------------------------------


def test_a_service_is_started_blank(session):
    wizard = define.wizard(session)
    press(wizard, "Start with this")
    assert "Give the service a name" in text(wizard)
    field(wizard, "Name of the service").value = "School fees"
    press(wizard, "Start with this")
    assert session.use_case.name == "School fees"
    assert "You are describing “School fees”" in text(wizard)


def test_a_service_is_started_from_a_published_one(demonstration):
    wizard = define.wizard(demonstration)
    field(wizard, "Start a new one").value = "published"
    field(wizard, "Published use case").value = "EDU-1"
    press(wizard, "Start with this")
    assert [case.based_on for case in demonstration.plan.use_cases] == ["EDU-1"]
    assert not demonstration.demonstrating


def test_a_service_is_started_from_a_list(session):
    wizard = define.wizard(session)
    field(wizard, "Start a new one").value = "list"
    field(wizard, "Name of the service").value = "School fees"
    press(wizard, "Start with this")
    assert "No step was found" in text(wizard)
    assert session.use_case is None
    field(wizard, "Steps, one a line").value = "1) Apply: online\n2) Pay"
    press(wizard, "Start with this")
    assert [s.name for s in session.use_case.steps] == ["Apply", "Pay"]


def test_a_service_is_started_from_a_workbook(session):
    wizard = define.wizard(session)
    field(wizard, "Start a new one").value = "workbook"
    assert "base64," in text(wizard)
    upload = field(wizard, "Choose the workbook")
    upload.value = [upload_of(b"no workbook")]
    assert session.use_case is None
    assert 'role="alert"' in text(wizard)
    other = gk.Plan.new(title="Other")
    other.add_from_list("School fees", "1. Apply\n2. Pay")
    upload.value = [upload_of(other.to_workbook("school-fees"))]
    assert [s.name for s in session.use_case.steps] == ["Apply", "Pay"]


def upload_of(content):
    return {
        "name": "b.xlsx", "type": "", "size": len(content), "content": memoryview(content),
        "last_modified": datetime.now(UTC),
    }  # fmt: skip


def test_define_from_the_first_question_to_the_last(session):
    wizard = define.wizard(session)
    field(wizard, "Name of the service").value = "School fees"
    press(wizard, "Start with this")
    press(wizard, "Next")
    assert wizard._next.disabled
    field(wizard, "Sector (choose one, or write your own)").value = "Education"
    field(wizard, "Country").value = "Kenya"
    press(wizard, "Next")
    field(wizard, "Objectives, one a line").value = "Children attend\n\n Parents pay by phone "
    press(wizard, "Next")
    field(wizard, "Today").value = "Queues"
    press(wizard, "Next")
    for name in ("Parent", "School", "Parent"):
        field(wizard, "Name of an actor").value = name
    assert "There is an actor called “Parent” already." in text(wizard)
    field(wizard, "Name of an actor").value = ""
    press(wizard, "Next")
    field(wizard, "Name of a system").value = "Paper register"
    field(wizard, "Who runs it").value = "The school"
    press(wizard, "Next")
    field(wizard, "Name of a step").value = "Apply"
    field(wizard, "Name of a step").value = "Pay"
    field(wizard, "Parent").value = True
    field(wizard, "Paper register").value = True
    press(wizard, "Move up")
    press(wizard, "Next")
    press(wizard, "Prepare files to take along")
    assert 'download="school-fees.xlsx"' in text(wizard)
    press(wizard, "Finish")
    assert {wizard.model.state(panel) for panel in wizard.model.panels} == {DONE}
    case = session.use_case
    assert (case.sector, session.plan.country, case.as_is) == ("Education", "Kenya", "Queues")
    assert case.objectives == ["Children attend", "Parents pay by phone"]
    assert [actor.name for actor in case.actors] == ["Parent", "School"]
    assert [(s.name, s.actors, s.systems) for s in case.steps] == [
        ("Pay", ["Parent"], ["paper-register"]), ("Apply", [], [])
    ]  # fmt: skip
    assert session.plan.systems[0].owner == "The school"
    assert "The service is described." in text(wizard)


def test_entries_are_renamed_moved_and_removed(session):
    start(session)
    wizard = define.wizard(session)
    wizard.go(4)
    session.change("Act", lambda plan: plan.use_cases[0].steps[0].actors.append("Parent"))
    field(wizard, "Name").value = "Guardian"
    assert session.use_case.steps[0].actors == ["Guardian"]
    field(wizard, "Name").value = " "
    assert "give it a name" in text(wizard)
    field(wizard, "Name").value = "Guardian"
    field(wizard, "Name of an actor").value = "School"
    field(wizard, "Actors").value = 0
    press(wizard, "Move down")
    assert [actor.name for actor in session.use_case.actors] == ["School", "Guardian"]
    press(wizard, "Remove actor")
    assert [actor.name for actor in session.use_case.actors] == ["School"]
    assert session.use_case.steps[0].actors == []
    wizard.go(5)
    for name in ("Register", "Till"):
        field(wizard, "Name of a system").value = name
    press(wizard, "Move up")
    assert [system.name for system in session.plan.systems] == ["Till", "Register"]
    press(wizard, "Remove system")
    assert [system.name for system in session.plan.systems] == ["Register"]
    wizard.go(6)
    press(wizard, "Remove step")
    assert [s.name for s in session.use_case.steps] == ["Payment"]
    field(wizard, "Or paste a numbered list, one step a line").value = "1. A: x\n2. B"
    press(wizard, "Add these steps")
    assert [s.name for s in session.use_case.steps] == ["Payment", "A", "B"]


# --- align ------------------------------------------------------------------------------------


def test_targets_are_found_by_objective_and_by_words(session):
    start(session)
    wizard = align.wizard(session)
    assert wizard._next.disabled
    assert "4.1 Free, good primary and secondary schooling" in text(wizard)
    field(wizard, "Or search in your own words").value = "job training"
    assert "8.6" in text(wizard) or "4.4" in text(wizard)
    field(wizard, "Or search in your own words").value = "qqqq"
    assert "No target has these words" in text(wizard)
    field(wizard, "Or search in your own words").value = "school fees"
    press(wizard, "Accept", "4.1")
    assert session.use_case.accepted("target") == ["4.1"]
    assert session.use_case.targets[0].reason
    press(wizard, "✓ Accepted", "4.1")
    assert session.use_case.targets == []
    press(wizard, "Not for us", "4.1")
    assert session.use_case.targets[0].status == "rejected"


def test_suggestions_say_why_and_nothing_is_accepted_by_itself(session):
    start(session)
    wizard = align.wizard(session)
    wizard.go(1)
    assert session.use_case.steps[0].workflows == []
    rows = wizard.model.panel.options["workflow"].rows
    assert len(rows) == align.FEW
    assert all("step" in row.option.why.lower() for row in rows)
    press(wizard, "Show more", "More suggestions: workflows")
    assert len(wizard.model.panel.options["workflow"].rows) == align.FEW + align.MORE


def test_rows_stay_where_they_are_while_people_decide(session):
    start(session)
    wizard = align.wizard(session)
    wizard.go(1)
    options = wizard.model.panel.options["workflow"]
    before = [row.option.key for row in options.rows]
    options.rows[2].yes.click()
    options.rows[0].no.click()
    assert [row.option.key for row in options.rows] == before
    assert [row.option.state for row in options.rows] == ["rejected", "", "accepted", ""]
    assert session.use_case.steps[0].accepted("workflow") == [before[2]]
    wizard.go(2)
    wizard.go(1)
    assert [row.option.key for row in options.rows][:2] == [before[2], before[0]]
    gc.collect()


def test_a_button_always_means_what_it_said_when_it_was_pressed(session):
    start(session)
    wizard = align.wizard(session)
    first = wizard.model.panel.options.rows[0]
    key = first.option.key
    field(wizard, "Or search in your own words").value = "clean water"
    assert key not in [row.option.key for row in wizard.model.panel.options.rows]
    first.yes.click()
    assert session.use_case.accepted("target") == [key]


def test_own_words_are_placed_or_specific_to_the_sector(session):
    start(session)
    wizard = align.wizard(session)
    wizard.go(1)
    field(wizard, "What do you call it?").value = "awareness campaign"
    press(wizard, "This is it", "Client communication")
    field(wizard, "What do you call it?").value = "Bursary committee"
    press(wizard, "It is specific to our sector")
    words = session.use_case.steps[0].own_words
    assert [(w.words, w.key, w.sector_specific) for w in words] == [
        ("awareness campaign", "client-communication", False), ("Bursary committee", "", True)
    ]  # fmt: skip
    assert "Workflow: Client communication" in text(wizard)
    assert "Bursary committee (own)" in text(wizard)
    press(wizard, "Remove", "Bursary committee")
    assert len(session.use_case.steps[0].own_words) == 1


def test_align_ends_when_every_step_has_something(session):
    start(session)
    wizard = align.wizard(session)
    press(wizard, "Accept", "4.1")
    for _ in range(2):
        press(wizard, "Next")
        assert wizard._next.disabled
        press(wizard, "Accept")
    press(wizard, "Next")
    press(wizard, "Finish")
    assert "Every step is aligned." in text(wizard)
    session.change("Add", lambda plan: plan.use_cases[0].add_step("Third"))
    assert len(wizard.model.panels) == 5
    assert "Every step is aligned." not in text(wizard)


# --- map --------------------------------------------------------------------------------------


def aligned(session):
    start(session)
    session.change(
        "Align",
        lambda plan: plan.use_cases[0].steps[1].choose("workflow", "financial-services"),
    )


def test_nothing_aligned_is_said_once(session):
    start(session)
    wizard = mapping.wizard(session)
    assert text(wizard).count("Nothing is aligned yet") == 1


def test_proposals_show_their_chain_and_keep_the_reason(session):
    aligned(session)
    wizard = mapping.wizard(session)
    assert re.search("Payment → Financial services → Payments", text(wizard))
    row = next(r for r in wizard.model.panel.options.rows if "Payments" in r.option.name)
    row.reason.value = "Parents asked for it"
    row.yes.click()
    (choice,) = session.use_case.steps[1].building_blocks
    assert (choice.key, choice.origin) == ("govstack:payments", "mapped")
    assert choice.reason == "Parents asked for it"
    assert choice.description
    row.reason.value = "The ministry asked for it"
    assert session.use_case.steps[1].building_blocks[0].reason == "The ministry asked for it"
    row.yes.click()
    assert session.use_case.steps[1].building_blocks == []


def test_the_links_are_followed_until_nothing_new_appears(session):
    aligned(session)
    wizard = mapping.wizard(session)
    press(wizard, "Accept", "Payments")
    for _ in range(20):
        if "Nothing new appears" in text(wizard):
            break
        panel = wizard.model.panel
        here = panel._rest.layout.display is None
        assert here != (panel._again.layout.display is None)
        press(wizard, "Reject the open ones shown here" if here else "Show the next proposals")
    assert "Nothing new appears" in text(wizard)
    press(wizard, "Next")
    field(wizard, "What it is for").value = "Parents pay <b>once</b>"
    press(wizard, "Next relation")
    press(wizard, "Next")
    assert "Nothing: all of it can be shared" in text(wizard)
    press(wizard, "Finish")
    assert "The service is mapped." in text(wizard)
    described = [
        choice.description for s in session.use_case.steps
        for choice in (*s.workflows, *s.building_blocks)
    ]  # fmt: skip
    described += [choice.description for choice in session.use_case.targets]
    assert "Parents pay <b>once</b>" in described


# --- prioritise -------------------------------------------------------------------------------


def test_candidates_are_named_weighed_scored_and_ranked(demonstration):
    wizard = ranking.wizard(demonstration)
    assert "made-up scores" in text(wizard)
    press(wizard, "Start with an empty list")
    assert demonstration.plan.candidates == []
    field(wizard, "Or paste a list, one service a line").value = "School fees\nSeed vouchers"
    press(wizard, "Add these candidates")
    field(wizard, "Name of a service").value = "school FEES"
    assert "already" in text(wizard)
    field(wizard, "Name of a service").value = ""
    press(wizard, "Next")
    field(wizard, "Users' demand").value = 3.0
    assert demonstration.plan.criteria[0].weight == 3.0
    press(wizard, "Next")
    assert wizard._next.disabled
    for score in (5.0, 1.0):
        for criterion in demonstration.plan.criteria:
            field(wizard, criterion.name).value = score
        press(wizard, "Next candidate")
    press(wizard, "Next")
    assert "data:image/png;base64," in text(wizard)
    assert "School fees: A; Seed vouchers: D" in text(wizard)
    assert "recommends at least 10" in text(wizard)
    press(wizard, "Finish")  # recommended, and no lock
    assert "The candidates are ranked." in text(wizard)


def test_criteria_that_cannot_rank_anything_are_no_dead_end(session):
    def change(plan):
        plan.criteria = [Criterion(id="gain", name="Gain", kind="importance", weight=0.7)]
        plan.candidates = [Candidate(id=key, name=key.upper()) for key in ("a", "b")]

    session.change("Own criteria", change)
    wizard = ranking.wizard(session)
    press(wizard, "Next")
    assert field(wizard, "Gain").label == "0.7 times"
    assert "no criterion of feasibility" in text(wizard)
    assert wizard._next.disabled
    press(wizard, "Use the criteria of the playbook")
    assert field(wizard, "Users' demand").value == 1.0
    assert not wizard._next.disabled


def test_a_press_makes_no_button_wider_than_was_kept_free(demonstration):
    wizard = align.wizard(demonstration)
    for row in wizard.model.panel.options.rows:
        for button in (row.yes, row.no):
            assert button.layout.min_width
    before = [row.yes.layout.min_width for row in wizard.model.panel.options.rows]
    wizard.model.panel.options.rows[0].yes.click()
    assert [row.yes.layout.min_width for row in wizard.model.panel.options.rows] == before


# --- plans and the app ------------------------------------------------------------------------


def test_another_plan_is_started_and_opened(session):
    start(session)
    wizard = plans.wizard(session)
    press(wizard, "Start a new plan")
    assert "Give the new plan a name" in text(wizard)
    field(wizard, "Name of a new plan").value = "Ministry of <b>Health</b>"
    press(wizard, "Start a new plan")
    assert session.plan.title == "Ministry of <b>Health</b>"
    assert session.path.name == "ministry-of-b-health-b.govplan.json"
    assert f'The file is <span dir="auto">{session.path}</span>' in text(wizard)
    assert session.path.is_file()
    start(session, name="Clinic")
    field(wizard, "Plans in your folder").value = str(session.folder / "plan.govplan.json")
    press(wizard, "Open this plan")
    assert session.use_case.name == "School fees"
    press(wizard, "Show the demonstration")
    assert session.demonstrating


def test_the_next_notebook_opens_what_was_opened_last(tmp_path, framework):
    first, other = (Session(folder=tmp_path, framework=framework) for _ in range(2))
    first.start("Kenya")
    other.start("Uganda")
    wizard = plans.wizard(other)
    field(wizard, "Plans in your folder").value = str(first.path)
    press(wizard, "Open this plan")
    assert Session(folder=tmp_path, framework=framework).plan.title == "Kenya"


def test_the_panel_names_the_file_before_there_is_one(tmp_path, framework):
    wizard = plans.wizard(Session(tmp_path / "kenya-health", framework=framework))
    assert "The plan is in no file yet. Your next change saves it in" in text(wizard)
    assert f"{tmp_path / 'kenya-health.govplan.json'}</span>" in text(wizard)


def test_the_app_makes_a_part_when_it_is_opened_and_keeps_only_that_current(session):
    tabs = app.tabs(session)
    assert list(tabs.titles)[:3] == ["Your plan", "Prioritise", "Define"]
    assert [len(child.children) for child in tabs.children] == [1] + [0] * 7
    tabs.selected_index = 2
    assert [len(child.children) for child in tabs.children] == [1, 0, 1] + [0] * 5
    start(session)
    tabs.selected_index = 3
    assert "Registration" in " ".join(
        part.value for part in every(tabs) if isinstance(part, ipywidgets.HTML)
    )


def test_the_app_listens_on_this_computer_only_and_finds_the_plans(tmp_path):
    command, environment = app.command(tmp_path, 8901, browser=False)
    assert "--Voila.ip=127.0.0.1" in command
    assert "--MappingKernelManager.cull_idle_timeout=300" in command
    assert app.NOTEBOOK.is_file()
    assert environment["GOVSTACK_KIT_PLANS"] == str(tmp_path / "my-plans")
    assert environment["JUPYTER_PATH"].startswith(str(app.PAGES))
    page = app.PAGES / "voila" / "templates" / app.TEMPLATE / "index.html.j2"
    assert "http" not in page.read_text(encoding="utf-8")


def test_no_file_of_the_widgets_names_another_computer():
    here = app.NOTEBOOK.parent
    files = [path for path in here.rglob("*") if path.suffix in {".js", ".css", ".j2", ".json"}]
    assert {path.suffix for path in files} == {".js", ".css", ".j2", ".json"}
    for path in files:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/", "")
        assert not re.search(r"https?:|//cdn|@import|url\(", text), path.name


def test_the_command_says_what_is_wrong_before_it_starts_anything(tmp_path, monkeypatch):
    monkeypatch.setattr(app, "ends", pytest.fail)
    (tmp_path / "file").write_text("")
    found = CliRunner().invoke(commands, ["app", str(tmp_path / "file")])
    assert "is a file. Name the folder" in str(found.exception)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = CliRunner().invoke(commands, ["app", str(tmp_path), f"--port={port}"])
    assert f"Port {port} is taken" in str(found.exception)


def test_the_command_says_where_the_app_is(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(app, "ends", lambda *what: asked.append(what) or True)
    found = CliRunner().invoke(commands, ["app", str(tmp_path), "--no-browser"])
    assert found.exit_code == 0
    assert "The app is at http://127.0.0.1:88" in found.output
    assert "--Voila.open_browser=False" in asked[0][0]
    monkeypatch.setattr(app, "ends", lambda *_: False)
    found = CliRunner().invoke(commands, ["app", str(tmp_path)])
    assert "could not run" in str(found.exception)
