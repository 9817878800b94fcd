"""The guided part roadmap, through its controls."""

import pytest

from govstack_kit.widgets.guide_roadmap import guide_roadmap
from govstack_kit.widgets.wizard import BLOCKED, DONE

PAYMENTS, MESSAGING, IDENTITY = "govstack:payments", "govstack:messaging", "govstack:identity"


@pytest.fixture
def mapped(fees):
    """A service whose steps need three blocks."""

    def start(plan):
        for step, block in (
            ("registration", IDENTITY),
            ("payment", IDENTITY),
            ("payment", PAYMENTS),
            ("payment", MESSAGING),
        ):
            link = {"step": f"school-fees.{step}", "building_block": block}
            plan.add("step_building_blocks", **link)

    fees.change("Map", start)
    return fees


@pytest.fixture
def shown(mapped, page):
    return page(guide_roadmap(mapped))


def test_phases_worth_and_order_lead_to_a_roadmap(shown, mapped):
    shown.press("Next")
    assert "Name at least one phase." in str(shown.head["lacks"])
    shown.press("Start with three phases of a year")
    shown.field("Months").value = "0"
    assert "This is not saved" in shown.beneath("Months")
    shown.field("Months").value = "6"
    assert mapped.plan.phases["months"].tolist() == [6, 12, 12]
    shown.press("Next")
    shown.field("Value").value = "3"
    assert mapped.plan.rows("values")[0]["value"] == 3
    shown.press("All are worth the same")
    assert mapped.plan.rows("values") == []
    shown.press("Next")
    assert "as the kit assumes" in shown.text()
    shown.field("Building block").value = PAYMENTS
    shown.tick("Messaging")
    # What the kit assumed is the team's own now, and this too.
    pairs = {(row["building_block"], row["needs"]) for row in mapped.plan.rows("dependencies")}
    assert pairs == {(PAYMENTS, IDENTITY), (MESSAGING, IDENTITY), (PAYMENTS, MESSAGING)}
    assert "as you say" in shown.text()
    shown.tick("Identity", on=False)
    assert len(mapped.plan.dependencies) == 2
    shown.press("Back to what the kit assumes")
    assert mapped.plan.dependencies.empty
    shown.press("Next")
    shown.press("Make the roadmap")
    assert "1 use case goes live" in shown.text()
    assert "data:image/png;base64," in shown.text()
    assert "Which steps can start when, and with what" in shown.text()
    shown.press("Finish")
    assert shown.states[0] == shown.states[3] == DONE


def test_budgets_without_costs_say_what_is_missing(shown, mapped):
    mapped.change("Phase", lambda plan: plan.add("phases", name="A", budget=5))
    shown.at("result").press("Make the roadmap")
    assert "is not known, and phases have budgets" in shown.text()
    shown.press("Next")
    assert shown.states[3] != DONE


def test_the_roadmap_names_products_and_what_is_chosen_and_not_paid(shown, mapped):
    def start(plan):
        plan.add("phases", name="One", budget=200)
        for name, cost, blocks in (
            ("Suite", 100, (PAYMENTS, MESSAGING)),
            ("Payer", 40, (PAYMENTS,)),
            ("Sender", 30, (MESSAGING,)),
            ("Register", 20, (IDENTITY,)),
        ):
            costs = {"build_cost": cost, "integration_cost": 0, "annual_cost": 0}
            option = plan.add("options", name=name, **costs)
            plan.add("option_decisions", option=option, decision="chosen")
            for block in blocks:
                link = {"option": option, "building_block": block, "fit": 0.8}
                plan.add("option_building_blocks", **link)

    mapped.change("Choose", start)
    shown.at("result").press("Make the roadmap")
    found = shown.text()
    assert "3 building blocks are built for 90 USD." in found
    assert "It builds on what the team chose, 3 of 4 options." in found
    assert "no phase pays for it: Suite (100)." in found
    assert "Payer" in found


def test_nothing_is_asked_before_it_can_be_answered(session, page):
    shown = page(guide_roadmap(session))
    assert shown.states[1:] == [BLOCKED] * 3
    assert "There is no service in this plan yet" in shown.at("worth").head["help"]


def test_the_demonstration_is_marked(demonstration, page):
    shown = page(guide_roadmap(demonstration)).at("result")
    shown.press("Make the roadmap")
    assert "gsk-marked" in shown.text()
    assert demonstration.demonstrating


def test_hostile_text_is_shown_as_text(shown, mapped):
    bad = "<script>alert(1)</script>"
    mapped.change("Name", lambda plan: plan.set("use_cases", "school-fees", name=bad))
    mapped.change("Phase", lambda plan: plan.add("phases", name=bad))
    for key in ("phases", "worth", "order", "result"):
        assert "<script>" not in shown.at(key).text()
    shown.press("Make the roadmap")
    assert "<script>" not in shown.text()
