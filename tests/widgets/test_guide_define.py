"""The guided part define, through its controls; and what is true of every guided part."""

import time
from datetime import UTC, datetime

import pytest

import govstack_kit as gk
from govstack_kit.planning.prioritise import default_criteria
from govstack_kit.widgets.guide_define import guide_define
from govstack_kit.widgets.wizard import DONE


@pytest.fixture
def shown(session, page):
    return page(guide_define(session))


def cases(session):
    return session.plan.use_cases["name"].tolist()


def steps(session):
    return session.plan.steps["name"].tolist()


def upload_of(content):
    return {
        "name": "b.xlsx", "type": "", "size": len(content), "content": memoryview(content),
        "last_modified": datetime.now(UTC),
    }  # fmt: skip


def test_a_service_is_started_blank(shown, session):
    shown.press("Start with this")
    assert "Give the service a name" in shown.foot["notice"]
    shown.field("Name of the service").value = "School fees"
    shown.press("Start with this")
    assert cases(session) == ["School fees"]
    assert "You are describing “School fees”" in shown.text()


def test_the_first_of_the_ranking_is_offered_as_a_name(shown, session):
    with pytest.raises(AssertionError, match="no field"):
        shown.field("As you ranked them")

    def rank(plan):
        plan.add_rows({"criteria": default_criteria(session.framework)})
        for name, score in (("Land titles", 2), ("School fees", 5)):
            key = plan.add("candidates", name=name)
            for row in plan.rows("criteria"):
                at = {"candidate": key, "criterion": row["criterion"]}
                plan.add("candidate_scores", **at, score=score)

    session.change("Rank", rank)
    offered = shown.field("As you ranked them")
    assert [name for name, _ in offered.options][1:] == ["1. School fees", "2. Land titles"]
    offered.value = "School fees"
    shown.press("Start with this")
    assert cases(session) == ["School fees"]
    assert [name for name, _ in offered.options][1:] == ["1. Land titles"]


def test_a_service_is_started_from_a_published_one(demonstration, page):
    shown = page(guide_define(demonstration))
    shown.field("Start a new one").value = "published"
    shown.field("Published use case").value = "EDU-1"
    shown.press("Start with this")
    assert demonstration.plan.use_cases["based_on"].tolist() == ["EDU-1"]
    assert not demonstration.demonstrating


def test_a_service_is_started_from_a_list(shown, session):
    shown.field("Start a new one").value = "list"
    shown.field("Name of the service").value = "School fees"
    shown.press("Start with this")
    assert "No step was found" in shown.foot["notice"]
    assert cases(session) == []
    shown.field("Steps, one a line").value = "1) Apply: online\n2) Pay"
    shown.press("Start with this")
    assert steps(session) == ["Apply", "Pay"]


def test_a_service_is_started_from_a_workbook_and_taken_along(shown, session, framework):
    shown.field("Start a new one").value = "workbook"
    assert "base64," in shown.text()
    upload = shown.field("Choose the workbook")
    upload.value = [upload_of(b"no workbook")]
    assert cases(session) == []
    assert shown.foot["notice"]
    other = gk.Plan.new(title="Other")
    case = other.add("use_cases", name="School fees")
    other.add("steps", use_case=case, name="Apply")
    from govstack_kit.planning import plan_sheets
    from govstack_kit.widgets.guide_define import LINKS, SHEETS

    upload.value = [upload_of(plan_sheets.write_sheets(framework, other, SHEETS, LINKS))]
    assert (cases(session), steps(session)) == (["School fees"], ["Apply"])


def test_define_from_the_first_question_to_the_last(shown, session):
    shown.field("Name of the service").value = "School fees"
    shown.press("Start with this")
    shown.press("Next")
    shown.press("Next")
    assert shown.beneath("Sector") == "Choose the sector, or write your own."
    shown.field("Sector").value = "Education"
    shown.field("Country").value = "Kenya"
    shown.press("Next")
    shown.press("Next")
    assert shown.head["lacks"] == ["Write at least one objective."]
    shown.field("Add an objective: what gets better").value = "Parents pay by phone"
    shown.press("Next")
    shown.field("Today").value = "Queues"
    shown.press("Next")
    for name in ("Parent", "School"):
        shown.field("Add an actor: name").value = name
    shown.press("Next")
    shown.field("Add a system: name").value = "Paper register"
    shown.field("Owner").value = "The school"
    shown.press("Next")
    for name in ("Apply", "Pay"):
        shown.field("Add a step: name").value = name
    shown.tick("Parent")
    shown.tick("Paper register")
    shown.press("Move up")
    shown.press("Next")
    shown.field("Answer").value = "partly"
    shown.field("Owner").value = "Ministry of Education"
    shown.press("Next")
    assert "Parents pay by phone" in shown.text()
    shown.press("Prepare files to take along")
    assert 'download="school-fees.xlsx"' in shown.text()
    shown.press("Finish")
    assert set(shown.states) == {DONE}
    plan = gk.Plan.open(session.plan.path)
    assert plan.row("use_cases", "school-fees")["as_is"] == "Queues"
    assert plan.row("plan")["country"] == "Kenya"
    assert plan.steps["name"].tolist() == ["Pay", "Apply"]
    assert plan.step_actors.values.tolist() == [["school-fees.pay", "school-fees.parent"]]
    assert plan.step_systems.values.tolist() == [["school-fees.pay", "paper-register"]]
    assert plan.row("systems", "paper-register")["owner"] == "The school"
    assert "The service is described." in shown.foot["ending"]
    assert "Pay" in shown.text()


def test_what_is_removed_is_removed_wherever_it_is_named(fees, page):
    shown = page(guide_define(fees)).at("steps")
    shown.tick("Parent")
    shown.at("actors").press("Remove actor")
    assert fees.plan.step_actors.empty
    shown.at("systems").field("Add a system: name").value = "Till"
    shown.at("steps").tick("Till")
    shown.at("systems").press("Remove system")
    assert fees.plan.systems.empty
    assert fees.plan.step_systems.empty
    fees.undo()
    assert fees.plan.step_systems["system"].tolist() == ["till"]


def test_a_system_that_another_service_uses_stays_in_the_plan(fees, page):
    def start(plan):
        plan.add("use_cases", name="Grants")
        plan.add("systems", name="Till")
        plan.put("use_case_systems", ("grants", "till"))

    fees.change("Start", start)
    fees.use_case = "school-fees"
    shown = page(guide_define(fees)).at("systems")
    shown.field("Add a system: name").value = "Till"
    assert len(fees.plan.systems) == 1
    shown.press("Remove system")
    assert fees.plan.use_case_systems.values.tolist() == [["grants", "till"]]


def test_pasted_steps_are_added(fees, page):
    shown = page(guide_define(fees)).at("steps")
    shown.field("Or paste a numbered list, one step a line").value = "1. A: x\n2. B"
    shown.press("Add these steps")
    assert steps(fees) == ["Registration", "Payment", "A", "B"]
    assert shown.field("Or paste a numbered list, one step a line").value == ""


def test_another_service_of_the_plan_is_chosen(fees, page):
    fees.change("Add", lambda plan: plan.add("use_cases", name="Grants"))
    shown = page(guide_define(fees)).at("service")
    assert "“Grants”" in shown.text()
    shown.field("Services in this plan").value = "school-fees"
    assert "“School fees”" in shown.text()
    assert shown.at("names").field("Name").value == "School fees"


def test_a_press_is_quick(fees, page):
    shown = page(guide_define(fees)).at("steps")
    field = shown.field("What happens")
    field.value = "First"  # what is made once is made
    times = []
    for text in ("a", "ab", "abc"):
        before = time.process_time()
        field.value = text
        times.append(time.process_time() - before)
    assert min(times) < 0.2, times  # 0.05 s on a quiet machine
