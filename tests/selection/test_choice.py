"""What a team chose to build on: kept in the plan, checked, and otherwise the best set."""

import pytest

from govstack_kit import Plan, UnknownKeyError, best_set_of_plan, load
from govstack_kit.errors import PlanError
from govstack_kit.selection.choice import cost_of_choice, decide_set, recommendation

A, B = "govstack:identity", "govstack:payments"


@pytest.fixture(scope="module")
def framework():
    return load()


@pytest.fixture
def plan():
    made = Plan.new(title="Choice")
    use_case = made.add("use_cases", name="Fees")
    for block in (A, B):
        made.add("use_case_building_blocks", use_case=use_case, building_block=block)
    covers = {"id": ([A], 40), "till": ([B], 30), "suite": ([A, B], 60), "gone": ([A], None)}
    for key, (blocks, cost) in covers.items():
        costs = {"build_cost": cost, "integration_cost": 0, "annual_cost": 0}
        made.add("options", option=key, name=key.title(), **costs)
        for block in blocks:
            made.add("option_building_blocks", option=key, building_block=block, fit=0.8)
    return made


def chosen(plan):
    return [row["option"] for row in plan.rows("option_decisions", decision="chosen")]


def decide(plan, **decisions):
    for key, decision in decisions.items():
        plan.put("option_decisions", (key, decision))


def test_a_choice_survives_the_file(plan, framework, tmp_path):
    decide_set(framework, plan, ["id", "till", "id"], "=1+1 The ministry runs both.")
    plan.save(tmp_path / "choice.govplan.json")
    again = Plan.open(tmp_path / "choice.govplan.json")
    assert chosen(again) == ["id", "till"]
    assert again.row("rules")["chosen_reason"] == "=1+1 The ministry runs both."
    found = cost_of_choice(framework, again)
    assert found.status == "chosen"
    assert found.cost == 70
    assert found.chosen["option"].tolist() == ["id", "till"]
    assert "It is what the team chose." in found.sentences()
    assert "for 70 USD over 5 years" in found.sentences()[0]


def test_another_set_is_chosen_as_the_table_of_alternatives_names_it(plan, framework):
    best = best_set_of_plan(framework, plan)
    assert best.alternatives["options"].tolist() == ["id, till"]
    assert decide_set(framework, plan, best.alternatives["options"].iloc[0]) == ["id", "till"]
    with pytest.raises(UnknownKeyError, match=r"no option in the plan 'idd'"):
        decide_set(framework, plan, "idd, till")
    assert chosen(plan) == ["id", "till"]


def test_without_a_choice_the_best_set_counts(plan, framework):
    found = cost_of_choice(framework, plan)
    assert (found.status, found.cost) == ("proved", 60)
    decide_set(framework, plan, found)
    assert chosen(plan) == ["suite"]
    decide_set(framework, plan, [])
    assert cost_of_choice(framework, plan).status == "proved"


def test_a_choice_is_one_step_of_undo_and_leaves_other_decisions(plan, framework):
    decide(plan, till="leave out")
    decide_set(framework, plan, ["suite"], "One vendor.")
    assert len(plan.option_decisions) == 2
    plan.undo()
    assert chosen(plan) == []
    assert plan.row("rules")["chosen_reason"] is None
    assert plan.option_decisions["decision"].tolist() == ["leave out"]


def test_a_choice_stands_whatever_the_rules_say(plan, framework):
    plan.set("rules", budget=10, least_fit=0.9)
    decide(plan, id="leave out")
    decide_set(framework, plan, ["id", "till"])
    assert cost_of_choice(framework, plan).cost == 70


def test_a_choice_may_cover_a_part_and_have_unknown_costs(plan, framework):
    decide_set(framework, plan, ["gone"])
    found = cost_of_choice(framework, plan)
    assert found.chosen["building_block"].tolist() == [A]
    assert "unknown amount" in found.sentences()[0]


def test_options_that_are_not_there_cannot_be_chosen(plan, framework):
    with pytest.raises(UnknownKeyError, match=r"no option in the plan 'suit'. Did you mean suite"):
        decide_set(framework, plan, ["id", "suit"])
    assert chosen(plan) == []


def test_a_set_that_is_impossible_cannot_be_chosen(plan, framework):
    plan.set("rules", budget=1)
    with pytest.raises(
        PlanError, match=r"There is no set to choose. No set of options is possible"
    ):
        decide_set(framework, plan, best_set_of_plan(framework, plan), "It is cheap.")
    assert chosen(plan) == []
    assert plan.row("rules")["chosen_reason"] is None


def test_two_choices_are_never_mixed(plan, framework):
    other = plan.copy()
    decide_set(framework, plan, ["id", "till"], "Both are here.")
    decide_set(framework, other, ["suite"], "One vendor.")
    merged, conflicts = Plan.merge(plan, other)
    assert chosen(merged) == ["id", "till"]
    assert len(conflicts)


def test_a_choice_is_compared_with_the_best_set(plan, framework):
    best = best_set_of_plan(framework, plan)
    decide_set(framework, plan, ["id", "till"], reason="They are there.")
    said = recommendation(framework, plan, best)
    assert "The reason: They are there." in said
    assert "It is what the team chose." in said
    assert (
        "The best set under the rules costs 10 USD less, with a fit of 80\xa0% against 80\xa0%."
        in said
    )
    decide_set(framework, plan, best, reason="It is cheap.")
    note = recommendation(framework, plan, best)
    assert "It is proved that no cheaper set is possible under the rules." in note
    assert "The reason: It is cheap." in note


def test_a_choice_of_a_part_is_not_compared_in_numbers(plan, framework):
    best = best_set_of_plan(framework, plan)
    decide_set(framework, plan, ["id"])
    assert recommendation(framework, plan, best)[-1] == (
        "Nothing is chosen for Payments, so its cost and fit do not compare with those of the best "
        "set."
    )


def test_rules_that_a_choice_breaks_are_told(plan, framework):
    for option in ("till", "suite"):
        plan.set("options", option, open_source="yes")
    decide(plan, id="leave out", suite="keep")
    plan.set("rules", open_source_only=True, least_fit=0.9, most_options=1)
    decide_set(framework, plan, ["id", "till"])
    (said,) = cost_of_choice(framework, plan).remarks
    assert said == (
        "It breaks the least fit of 90\xa0%, the rule to take open source only, the limit of 1 "
        "option, the rule to keep Suite and the rule to leave out Id."
    )
    plan.remove("option_decisions", ("id", "leave out"))
    plan.remove("option_decisions", ("suite", "keep"))
    plan.set("rules", budget=1, open_source_only=False, least_fit=0, most_options=None)
    said = recommendation(framework, plan, best_set_of_plan(framework, plan))
    assert said[-2:] == ["It breaks the budget of 1.", "No best set was found under all rules."]
    decide_set(framework, plan, ["gone"])
    assert cost_of_choice(framework, plan).remarks == (
        "Its cost is not known, nor whether it keeps to the budget of 1.",
    )
    plan.set("rules", budget=100)
    decide_set(framework, plan, ["id", "till"])
    assert cost_of_choice(framework, plan).remarks == ()


def test_chosen_options_that_cover_nothing_known_are_told(plan, framework):
    plan.set("option_building_blocks", ("till", B), fit=None)
    decide_set(framework, plan, ["id", "till"])
    mine = cost_of_choice(framework, plan)
    assert mine.options["option"].tolist() == ["id"]
    lost = "Till is chosen, but not known to cover any building block that is needed."
    assert mine.remarks == (lost,)
    decide_set(framework, plan, ["till"])
    stands_in = "The best set stands in for what the team chose."
    assert cost_of_choice(framework, plan).remarks == (lost, stands_in)
    assert stands_in in recommendation(framework, plan, best_set_of_plan(framework, plan))


def test_while_nothing_is_needed_there_is_no_set_and_no_error(framework):
    empty = Plan.new(title="New")
    best = best_set_of_plan(framework, empty)
    assert (best.status, len(best.chosen), len(best.options)) == ("nothing needed", 0, 0)
    (said,) = best.sentences()
    assert said.startswith("Nothing is needed so far")
    assert recommendation(framework, empty, best) == [said]
    assert cost_of_choice(framework, empty).status == "nothing needed"
    with pytest.raises(PlanError, match=r"There is no set to choose. Nothing is needed so far"):
        decide_set(framework, empty, best)
