"""What a team chose to build on: kept in the plan, checked, and otherwise the best set."""

import pytest

import govstack_kit as kit
from govstack_kit.planning.selected import Cover, Option, Rules

A, B = "govstack:identity", "govstack:payments"


@pytest.fixture(scope="module")
def framework():
    return kit.load()


@pytest.fixture
def plan():
    made = kit.Plan.new(title="Choice")
    use_case = made.add_use_case("Fees")
    for block in (A, B):
        use_case.choose("building_block", block)
    covers = {"id": [A], "till": [B], "suite": [A, B], "gone": [A]}
    made.options = [
        Option(
            id=key,
            name=key.title(),
            covers=[Cover(key=block, fit=0.8) for block in blocks],
            build_cost=cost,
            integration_cost=0,
            annual_cost=0,
        )
        for (key, blocks), cost in zip(covers.items(), [40, 30, 60, None], strict=True)
    ]
    return made


def test_a_choice_survives_the_file(plan, framework, tmp_path):
    kit.choose(plan, ["id", "till", "id"], "=1+1 The ministry runs both.")
    plan.save(tmp_path / "choice.govplan.json")
    again = kit.Plan.open(tmp_path / "choice.govplan.json")
    assert again.chosen.options == ["id", "till"]
    assert again.chosen.reason == "=1+1 The ministry runs both."
    found = kit.chosen_set(framework, again)
    assert found.status == "chosen"
    assert found.cost == 70
    assert found.chosen["option"].tolist() == ["id", "till"]
    assert "It is what the team chose." in found.summary()
    assert "for USD 70 over 5 years" in found.summary()[0]


def test_another_set_is_chosen_as_the_table_of_alternatives_names_it(plan, framework):
    best = kit.best_set_of_plan(framework, plan)
    assert best.alternatives["options"].tolist() == ["id, till"]
    assert kit.choose(plan, best.alternatives["options"].iloc[0]).options == ["id", "till"]
    with pytest.raises(kit.ArgumentError, match="no option 'idd'"):
        kit.choose(plan, "idd, till")
    assert plan.chosen.options == ["id", "till"]


def test_without_a_choice_the_best_set_counts(plan, framework):
    found = kit.chosen_set(framework, plan)
    assert (found.status, found.cost) == ("proved", 60)
    kit.choose(plan, found)
    assert plan.chosen.options == ["suite"]
    kit.choose(plan, [])
    assert kit.chosen_set(framework, plan).status == "proved"


def test_a_choice_stands_whatever_the_rules_say(plan, framework):
    plan.rules = Rules(budget=10, leave_out=["id"], least_fit=0.9)
    kit.choose(plan, ["id", "till"])
    assert kit.chosen_set(framework, plan).cost == 70


def test_a_choice_may_cover_a_part_and_have_unknown_costs(plan, framework):
    kit.choose(plan, ["gone"])
    found = kit.chosen_set(framework, plan)
    assert found.chosen["building_block"].tolist() == [A]
    assert "unknown amount" in found.summary()[0]


def test_options_that_are_not_there_cannot_be_chosen(plan):
    with pytest.raises(kit.ArgumentError, match=r"no option 'suit'.*Did you mean suite"):
        kit.choose(plan, ["id", "suit"])
    assert plan.chosen.options == []


def test_two_choices_are_never_mixed(plan):
    other = plan.model_copy(deep=True)
    kit.choose(plan, ["id", "till"], "Both are here.")
    assert set(plan.diff(other)["where"]) == {"chosen"}
    merged, conflicts = kit.Plan.merge(plan, other)
    assert merged.chosen == plan.chosen
    assert conflicts.empty
    kit.choose(other, ["suite"], "One vendor.")
    merged, conflicts = kit.Plan.merge(plan, other)
    assert merged.chosen == plan.chosen
    assert conflicts[["field", "kept", "other"]].to_numpy().tolist() == [
        ["chosen", plan.chosen.model_dump(), other.chosen.model_dump()]
    ]


def test_a_choice_is_compared_with_the_best_set(plan, framework):
    best = kit.best_set_of_plan(framework, plan)
    kit.choose(plan, ["id", "till"], reason="They are there.")
    said = kit.recommendation(
        kit.chosen_set(framework, plan), against=best, reason=plan.chosen.reason
    )
    assert "The reason: They are there." in said
    assert "It is what the team chose." in said
    assert "The best set under the rules costs USD 10 less, with the same fit of 80 %." in said
    kit.choose(plan, best)
    same = kit.recommendation(kit.chosen_set(framework, plan), against=best)
    assert "It is the best set under the rules." in same
    kit.choose(plan, best, reason="It is cheap.")
    note = kit.recommendation_of_plan(framework, plan, best)
    assert "It is proved that no cheaper set is possible under the rules." in note
    assert "The reason: It is cheap." in note


def test_a_choice_of_a_part_is_not_compared_in_numbers(plan, framework):
    best = kit.best_set_of_plan(framework, plan)
    kit.choose(plan, ["id"])
    said = kit.recommendation(kit.chosen_set(framework, plan), against=best)
    assert said[-1] == (
        "Nothing is chosen for Payments, so its cost and fit do not compare with those of the best "
        "set."
    )


def test_rules_that_a_choice_breaks_are_told(plan, framework):
    plan.options[1].open_source = "yes"
    plan.options[2].open_source = "yes"
    plan.rules = Rules(
        open_source_only=True, leave_out=["id"], keep=["suite"], least_fit=0.9, most_options=1
    )
    kit.choose(plan, ["id", "till"])
    mine = kit.chosen_set(framework, plan)
    (said,) = mine.broken
    assert said == (
        "It breaks the least fit of 90 % (Identity has 80 % and Payments has 80 %), the rule to "
        "take open source only (Id), the limit of 1 option, the rule to keep Suite and the rule to "
        "leave out Id."
    )
    plan.rules = Rules(budget=1)
    mine = kit.chosen_set(framework, plan)
    said = kit.recommendation(mine, against=kit.best_set_of_plan(framework, plan))
    assert said[-2:] == ["It breaks the budget of 1.", "No set is possible under all rules."]
    kit.choose(plan, ["gone"])
    assert kit.chosen_set(framework, plan).broken == (
        "Its cost is not known, nor whether it keeps to the budget of 1.",
    )
    plan.rules = Rules(budget=100)
    kit.choose(plan, ["id", "till"])
    assert kit.chosen_set(framework, plan).broken == ()


def test_chosen_options_that_cover_nothing_known_are_told(plan, framework):
    plan.options[1].covers[0].fit = None
    kit.choose(plan, ["id", "till"])
    mine = kit.chosen_set(framework, plan)
    assert mine.options["option"].tolist() == ["id"]
    assert mine.broken == (
        "Till is chosen, but not known to cover any building block that is needed.",
    )
    kit.choose(plan, ["till"])
    best = kit.best_set_of_plan(framework, plan)
    assert kit.chosen_set(framework, plan).broken == (
        "Till is chosen, but not known to cover any building block that is needed.",
        "The best set stands in for what the team chose.",
    )
    said = kit.recommendation_of_plan(framework, plan, best)
    assert "The best set stands in for what the team chose." in said


def test_while_nothing_is_needed_there_is_no_set_and_no_error(framework):
    empty = kit.Plan.new(title="New")
    best = kit.best_set_of_plan(framework, empty)
    assert (best.status, len(best.chosen), len(best.options)) == ("nothing needed", 0, 0)
    (said,) = best.summary()
    assert said.startswith("Nothing is needed so far")
    assert kit.recommendation_of_plan(framework, empty, best) == [said]
    assert kit.chosen_set(framework, empty).status == "nothing needed"
    assert kit.stability_of_plan(framework, empty).empty
