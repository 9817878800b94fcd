"""The guided part costs, through its controls."""

import pytest

from govstack_kit.widgets.guide_costs import guide_costs
from govstack_kit.widgets.wizard import DONE


@pytest.fixture
def shown(session, page):
    return page(guide_costs(session))


def name(shown, *projects):
    for project in projects:
        shown.field("Add a project: name").value = project
        shown.field("To build").value = "100,000"


def test_a_country_puts_in_its_own_costs(shown, session):
    shown.press("Next")
    assert "Name at least one project" in str(shown.head["lacks"])
    name(shown, "Fees", "Grants")
    assert session.plan.projects["build_cost"].tolist() == [100_000, 100_000]
    shown.press("Next")
    assert "cannot be derived" in shown.text()
    shown.press("Next")
    assert "Write how much the projects have in common" in str(shown.head["lacks"])
    shown.field("Overlap").value = "50"
    assert session.plan.row("business_case")["overlap"] == 0.5
    shown.press("Next")
    assert "Sharing saves 50,000 USD" in shown.text()  # the shared half is built once
    assert "data:image/png;base64," in shown.text()
    assert "gsk-marked" not in shown.text()
    shown.press("Next")
    assert "All costs of Fees" in shown.text()
    shown.press("Finish")
    assert shown.states == [DONE] * 4
    assert "The business case is made" in shown.foot["ending"]


@pytest.mark.parametrize(
    ("label", "wrong"), [("To build", "-5"), ("To build", "many"), ("People served", "2.5")]
)
def test_what_cannot_be_read_is_said_and_nothing_is_lost(shown, session, label, wrong):
    name(shown, "Fees")
    shown.field(label).value = wrong
    assert "This is not saved" in shown.beneath(label)
    assert shown.field(label).value == wrong
    assert session.plan.row("projects", "fees")["build_cost"] == 100_000


def test_the_overlap_is_counted_from_the_services(fees, page):
    def start(plan):
        plan.add("use_cases", name="Vouchers")
        for case in ("school-fees", "vouchers"):
            link = {"use_case": case, "building_block": "govstack:payments"}
            plan.add("use_case_building_blocks", **link)
            plan.add("projects", name=case, build_cost=10)

    fees.change("Start", start)
    shown = page(guide_costs(fees)).at("scale")
    assert "Left empty, it counts as 100" in shown.text()
    assert "derived: 2 of 2 needs of 2 use cases" in shown.text()
    shown.press("Next")
    assert shown.head["question"] == "What does it cost alone, and what shared?"


def test_without_projects_the_costs_of_select_count(fees, page):
    def start(plan):
        link = {"use_case": "school-fees", "building_block": "govstack:payments"}
        plan.add("use_case_building_blocks", **link)
        costs = {"build_cost": 600, "integration_cost": 50, "annual_cost": 10}
        option = plan.add("options", name="Payer", **costs)
        plan.add("option_building_blocks", option=option, building_block="govstack:payments", fit=1)

    fees.change("Start", start)
    shown = page(guide_costs(fees)).at("projects")
    assert "each service counts as one" in shown.text()
    shown.at("outcome")
    assert "1 project costs 700 USD alone and 700 USD shared" in shown.text()


def test_numbers_of_the_demonstration_are_marked(demonstration, page):
    shown = page(guide_costs(demonstration))
    for key in ("projects", "outcome", "matters"):
        assert "gsk-marked" in shown.at(key).text()
    assert demonstration.demonstrating


def test_hostile_text_is_shown_as_text(shown, session):
    name(shown, "<script>alert(1)</script>")
    session.change("Overlap", lambda plan: plan.set("business_case", overlap=0.1))
    for key in ("projects", "scale", "outcome", "matters"):
        assert "<script>" not in shown.at(key).text()
