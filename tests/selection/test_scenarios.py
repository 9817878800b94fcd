"""What comes out of two plans, side by side."""

import pytest

import govstack_kit as kit
from govstack_kit import Plan
from govstack_kit.errors import ArgumentError


@pytest.fixture(scope="module")
def plan():
    return Plan.demonstration()


def test_a_plan_and_itself_do_not_differ(framework, plan):
    found = kit.compare_plans(framework, plan, plan.copy())
    assert set(found["result"]) == {"needs", "best set", "roadmap"}
    known = found.dropna(subset=["a"])
    assert (known["difference"] == 0).all()
    best = kit.selection.cost_of_choice(framework, plan)
    facts = found.set_index("name")
    assert facts.loc["Cost", "a"] == best.cost
    assert facts.loc["Fit", "a"] == best.fit
    assert set(best.options["name"]) <= set(found["name"])
    needs = kit.needs(framework, plan)
    assert found[found["result"] == "needs"]["a"].tolist() == needs["steps"].tolist()


def test_what_a_scenario_changes_is_seen_in_the_results(framework, plan):
    other = plan.scenario("Without messages, cheaper")
    for row in other.rows("step_building_blocks", building_block="govstack:messaging"):
        other.remove("step_building_blocks", (row["step"], row["building_block"]))
    other.remove(
        "use_case_building_blocks",
        ("rural-advisory-service-for-farmers", "govstack:messaging"),
    )
    found = kit.compare_plans(framework, plan, other).set_index("name")
    steps = kit.needs(framework, plan).set_index("name").loc["Messaging", "steps"]
    assert found.loc["Messaging", ["a", "b", "difference"]].tolist() == [steps, 0, -steps]
    assert found.loc["Cost", "difference"] <= 0
    assert plan.rows("step_building_blocks", building_block="govstack:messaging")


def test_plans_without_results_say_nothing_on_them(framework, plan):
    empty = Plan.new(title="Empty")
    assert kit.compare_plans(framework, empty, empty).empty
    found = kit.compare_plans(framework, empty, plan)
    assert found.loc[found["result"] == "needs", "a"].eq(0).all()
    assert found.loc[found["result"] != "needs", "a"].isna().all()
    poor = plan.scenario("No money")
    poor.set("rules", budget=1)
    found = kit.compare_plans(framework, poor, plan).set_index("name")
    assert found["b"].notna().any()


def test_plans_are_asked_for(framework, plan):
    with pytest.raises(ArgumentError, match="Give two plans"):
        kit.compare_plans(framework, plan, "kenya")
