"""Roadmaps: what is built and goes live when, what it rests on, what stands in the way."""

import math
import sys

import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit.errors import ArgumentError, PlanError
from govstack_kit.planning.starting_points import add_published
from govstack_kit.selection.best_set import best_set_of_plan
from govstack_kit.selection.choice import decide_set
from govstack_kit.selection.needs import priorities, remarks
from govstack_kit.selection.roadmap import Roadmap, dependencies, roadmap

A, B, C, D = (f"govstack:{name}" for name in ("identity", "payments", "messaging", "wallet"))
order = sys.modules["govstack_kit.selection.roadmap"]  # the name is the function's, too
KEYS = {"A": A, "B": B, "C": C, "D": D}


def planned(cases, phases, **values):
    """Return a plan: the blocks of each use case, and (months, budget) of each phase."""
    plan = kit.Plan.new(title="Roadmap")
    for name, blocks in cases.items():
        case = plan.add("use_cases", name=name.capitalize())
        for block in blocks:
            plan.add("use_case_building_blocks", use_case=case, building_block=block)
    for number, (months, budget) in enumerate(phases, start=1):
        plan.add("phases", phase=f"p{number}", name=f"Phase {number}", months=months, budget=budget)
    for case, value in values.items():
        plan.add("values", use_case=case, value=value)
    return plan


def depend(plan, **needs):
    """Let blocks need others, by their letters: `B="A"`."""
    for block, firsts in needs.items():
        for first in firsts:
            plan.add("dependencies", building_block=KEYS[block], needs=KEYS[first])


def add_option(plan, name, cost, annual=0, **covers):
    """Add an option that costs so much once: `A=0.9` is its fit for the first block."""
    plan.add("options", option=name.lower(), name=name, build_cost=cost, integration_cost=0)
    plan.set("options", name.lower(), annual_cost=annual)
    for letter, fit in covers.items():
        links = {"option": name.lower(), "building_block": KEYS[letter]}
        plan.add("option_building_blocks", fit=fit, **links)


def add_system(plan, name, block, quality, **values):
    key = plan.add("systems", name=name, **values)
    plan.add("system_building_blocks", system=key, building_block=block, quality=quality)
    return key


def phases_of(found, table="blocks"):
    frame = getattr(found, table)
    return {
        key: None if pd.isna(phase) else int(phase)
        for key, phase in zip(frame.iloc[:, 0], frame["phase"], strict=True)
    }


def reason_of(found, key):
    return found.use_cases.set_index("use_case").loc[key, "reason"]


# --- the best order -----------------------------------------------------------------------------


def test_the_most_valuable_use_case_comes_first(framework):
    cases, phases = {"fees": [A, B], "news": [C]}, [(12, 100), (6, 100)]
    plan, costs = planned(cases, phases, fees=1, news=3), {A: 60, B: 40, C: 80}
    depend(plan, B="A")
    found = roadmap(framework, plan, costs=costs)
    assert phases_of(found) == {C: 1, A: 2, B: 2}
    assert phases_of(found, "use_cases") == {"news": 1, "fees": 2}
    # Months live up to the horizon, 12 after the 18 of the phases: 18 and 12.
    assert found.use_cases["worth"].tolist() == [3 * 18, 1 * 12]
    assert (found.worth, found.bound, found.optimal) == (66, 66, True)
    assert found.phases[["start", "end", "budget", "spent", "left"]].to_numpy().tolist() == [
        [0, 12, 100, 80, 20],
        [12, 18, 100, 100, 0],
    ]
    assert found.phases[["blocks", "use_cases"]].to_numpy().tolist() == [[1, 1], [2, 1]]
    assert found.curve.to_numpy().tolist() == [
        [0, 0, 0, 0, 0],
        [12, 1, 3, 0, 48],
        [18, 2, 4, 18, 72],
        [30, 2, 4, 66, 120],
    ]
    assert list(found.tables()) == [
        *("blocks", "use_cases", "steps", "releases"),
        *("phases", "dependencies", "curve", "risks"),
    ]
    plan.set("values", "fees", value=9)
    assert phases_of(roadmap(framework, plan, costs=costs), "use_cases") == {"fees": 1, "news": 2}


def test_the_horizon_decides_what_a_late_start_is_worth(framework):
    plan = planned({"fees": [A]}, [(6, None)])
    assert roadmap(framework, plan, costs={A: 1}, after=3).worth == 3
    assert roadmap(framework, plan, costs={A: 1}, after=30).worth == 30


def test_what_a_system_serves_well_is_there_from_the_start(framework):
    plan = planned({"fees": [A], "news": [A, C], "post": [C]}, [(12, 5)])
    add_system(plan, "NID", A, "well")
    add_system(plan, "SMS", C, "partly")
    found = roadmap(framework, plan, costs={A: 1_000, C: 5})
    assert phases_of(found) == {A: 0, C: 1}
    assert phases_of(found, "use_cases") == {"fees": 0, "news": 1, "post": 1}
    first = found.blocks.iloc[0]
    assert first[["status", "cost", "options"]].tolist() == ["there from the start", 0, "NID"]
    assert found.use_cases["month"].tolist() == [0, 12, 12]
    assert found.worth == 24 + 12 + 12
    assert found.curve["live"].tolist() == [1, 3, 3]
    assert found.sentences()[1] == "First, at once: Fees."


def test_use_cases_without_blocks_are_named_and_left_out(framework):
    plan = planned({"fees": [A], "later": []}, [(12, None)])
    found = roadmap(framework, plan, costs={A: 1}).use_cases.set_index("use_case")
    assert found.loc["later", "status"] == "no building blocks yet"
    assert found.loc["later", "worth"] == 0
    assert found.loc["fees", "status"] == "goes live"


def test_steps_start_as_soon_as_their_blocks_are_there(framework):
    plan = planned({"fees": []}, [(12, 10), (12, 10)])
    for name, block in (("Ask", A), ("Pay", B), ("Tell", C)):
        step = plan.add("steps", use_case="fees", name=name)
        plan.add("step_building_blocks", step=step, building_block=block)
    add_system(plan, "NID", A, "well")
    depend(plan, D="A")
    # Payments or Messaging could come first; one step of two can start with either.
    found = roadmap(framework, plan, costs={B: 10, C: 10})
    assert found.steps["name"].tolist() == ["Ask", "Pay", "Tell"]
    assert sorted(found.steps["phase"]) == [0, 1, 2]
    said = "Of Fees, 1 of 3 steps can start at once: Ask; with Identity; built on NID;"
    assert any(sentence.startswith(said) for sentence in found.sentences())
    # Where two steps need the one and none the other, the one comes first.
    plan.add("step_building_blocks", step="fees.pay", building_block=C)
    found = roadmap(framework, plan, costs={B: 10, C: 10})
    assert found.steps["month"].tolist() == [0, 24, 12]


def stepwise(budgets, **steps):
    """Return a plan of one service: the blocks of each step, and the budget of each year."""
    plan = planned({"fees": []}, [(12, budget) for budget in budgets])
    for name, letters in steps.items():
        step = plan.add("steps", use_case="fees", name=name.capitalize())
        for letter in letters:
            plan.add("step_building_blocks", step=step, building_block=KEYS[letter])
    return plan


def test_money_for_a_part_of_a_service_brings_a_part_of_its_value(framework):
    plan = stepwise([100, 50], ask="A", check="A", pay="AB", tell="ABCD")
    add_option(plan, "Ident", 60, A=0.9)
    add_option(plan, "Payer", 50, B=0.9)
    add_option(plan, "Rest", 999, C=0.9, D=0.9)
    found = roadmap(framework, plan)
    assert phases_of(found) == {A: 1, B: 2, C: None, D: None}
    # A quarter of the service a step: two of them for 24 months, one for 12.
    assert found.worth == pytest.approx((2 * 24 + 12) / 4)
    assert found.use_cases[["status", "worth"]].iloc[0].tolist() == ["not live", found.worth]
    assert found.curve["rate"].tolist() == [0, 0.5, 0.75, 0.75]
    assert found.curve["value"].iloc[-1] == pytest.approx(found.worth)
    releases = found.releases.fillna({"phase": 0, "month": 0}).drop(columns="safeguards")
    assert releases.drop(columns=["use_case", "phase_name"]).to_numpy().tolist() == [
        ["Fees", 1, 12, "Ask; Check", 2, 2, 4, "Identity", "Ident"],
        ["Fees", 2, 24, "Pay", 1, 3, 4, "Payments", "Payer"],
        ["Fees", 0, 0, "Tell", 1, 3, 4, "Messaging; Wallet", "Rest"],
    ]
    open_ = set(found.risks.loc[found.risks["building_block"] == A, "name"])
    assert set(found.releases["safeguards"].iloc[0].split("; ")) == open_
    assert found.blocks.set_index("building_block").loc[A, "open"] == len(open_) > 0
    said = found.sentences()
    assert any(
        one.startswith("Of Fees, 2 of 4 steps can start after 12 months: Ask") for one in said
    )
    assert any(
        "1 of 4 steps cannot start in these phases: Tell; for want of" in one for one in said
    )
    assert "In the first year, 2 of 4 steps can start." in said
    safeguard = found.risks.loc[found.risks["building_block"] == A, "safeguard"].iloc[0]
    plan.add("safeguard_answers", safeguard=safeguard, answer="yes")
    blocks = roadmap(framework, plan).blocks.set_index("building_block")
    assert blocks.loc[A, "open"] == len(open_) - 1


def test_the_block_that_lets_most_steps_start_comes_first(framework):
    plan = stepwise([10, 10, 10], tell="C", ask="A", check="A", pay="AB", settle="AB")
    costs = dict.fromkeys((A, B, C), 10)
    assert phases_of(roadmap(framework, plan, costs=costs)) == {A: 1, B: 2, C: 3}


def test_what_a_service_needs_beside_its_steps_is_one_share_more(framework):
    plan = stepwise([10, 10], ask="A")
    plan.add("use_case_building_blocks", use_case="fees", building_block=C)
    found = roadmap(framework, plan, costs={A: 10, C: 10})
    assert phases_of(found) == {A: 1, C: 2}
    assert found.worth == (24 + 12) / 2


def test_blocks_are_built_only_for_what_goes_live(framework):
    plan = planned({"fees": [A, B], "post": [C, D]}, [(12, 100), (12, 10)])
    found = roadmap(framework, plan, costs={A: 50, B: 50, C: 5, D: 200})
    assert phases_of(found) == {A: 1, B: 1, C: None, D: None}
    case = found.use_cases.set_index("use_case").loc["post"]
    assert case["waits_for"] == "Messaging, Wallet"
    assert found.phases["left"].tolist() == [0, 10]
    assert any(said.startswith("Post does not go live. ") for said in found.sentences())


def test_the_order_of_the_plan_changes_nothing(framework):
    cases = {"fees": [A, B], "news": [C, A], "post": [D]}
    plan = planned(cases, [(12, 100), (12, 100)])
    costs = dict.fromkeys((A, B, C, D), 50.0)
    turned = planned({k: v[::-1] for k, v in reversed(cases.items())}, [(12, 100), (12, 100)])
    one, other = (roadmap(framework, each, costs=costs) for each in (plan, turned))
    pd.testing.assert_frame_equal(one.blocks, other.blocks)
    pd.testing.assert_frame_equal(one.use_cases, other.use_cases)


def test_the_plan_and_the_costs_stay_as_they_are(framework):
    plan, costs = planned({"fees": [A, B]}, [(12, 100)]), {A: 1.0, B: 2.0}
    before = plan.copy()
    found = roadmap(framework, plan, costs=costs)
    assert plan.diff(before).empty
    assert costs == {A: 1.0, B: 2.0}
    assert isinstance(found, Roadmap)
    assert found.phases["spent"].tolist() == [3]


def test_a_plan_of_published_use_cases_has_a_roadmap(framework):
    plan = kit.Plan.new(title="Four services")
    for key in ("AGR-1", "AGR-2", "HLTC-2", "INST-1"):
        add_published(framework, plan, key)
    for number in range(1, 5):
        plan.add("phases", name=f"Year {number}", budget=400)
    costs = dict.fromkeys(framework.building_blocks["building_block"], 100)
    found = roadmap(framework, plan, costs=costs)
    # INST-1 needs 8 blocks, two years of four; AGR-1 and AGR-2 share 10, HLTC-2 adds 2 more.
    assert found.use_cases["month"].tolist() == [24, 36, 36, 36]
    assert found.phases["spent"].tolist() == [400, 400, 400, 0]
    phase = phases_of(found)
    for row in found.dependencies.itertuples():
        assert phase[row.needs] <= phase[row.building_block]


# --- phases and costs ---------------------------------------------------------------------------


def test_without_budgets_everything_comes_in_the_first_phase(framework):
    plan = planned({"fees": [A, B], "post": [C]}, [(12, None), (12, None)])
    found = roadmap(framework, plan)
    assert phases_of(found) == {A: 1, B: 1, C: 1}
    assert found.blocks["cost"].isna().all()
    assert found.phases[["budget", "left"]].isna().all(axis=None)
    assert math.isnan(found.phases["spent"].iloc[0])
    assert any("cost of Identity, Messaging and Payments is not known" in n for n in found.notes)
    found = roadmap(framework, planned({"fees": [A, B]}, [(12, None)]), costs={A: 7})
    assert "2 building blocks are built." in found.sentences()


def test_a_phase_without_a_budget_takes_what_the_others_cannot(framework):
    plan = planned({"fees": [A]}, [(12, 0), (12, None)])
    assert phases_of(roadmap(framework, plan, costs={A: 1e15})) == {A: 2}
    with pytest.raises(PlanError, match="The cost of Identity is not known, and phases have"):
        roadmap(framework, plan)


def test_no_unit_of_money_above_a_large_budget_is_spent(framework):
    plan = planned({"one": [A], "two": [B]}, [(12, 1e9)])
    found = roadmap(framework, plan, costs={A: 5e8, B: 5e8 + 0.5})
    assert (found.use_cases["status"] == "goes live").sum() == 1
    assert found.phases["spent"].item() <= 1e9


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        ({A: -5, B: 1}, "The cost of govstack:identity is 0 or more, not -5"),
        ({A: "ten", B: 1}, "The cost of govstack:identity is a number, not 'ten'"),
        ({"govstack:paymnts": 5, A: 1, B: 1}, "no building block 'govstack:paymnts'.*payments"),
        ({A: float("nan"), B: 1}, "not nan"),
        ({B: 1}, "cost of Identity is not known"),
    ],
)
def test_costs_that_make_no_sense_are_refused(framework, costs, said):
    plan = planned({"fees": [A, B]}, [(12, 100)])
    with pytest.raises((ArgumentError, PlanError, kit.UnknownKeyError), match=said):
        roadmap(framework, plan, costs=costs)


@pytest.mark.parametrize("given", [0, -1, "12", None, float("nan")])
@pytest.mark.parametrize("what", ["after", "seconds"])
def test_months_and_seconds_are_numbers(framework, what, given):
    plan = planned({"fees": [A]}, [(12, None)])
    with pytest.raises(ArgumentError, match=f"{what} is a number above 0"):
        roadmap(framework, plan, **{what: given})


def test_a_plan_says_what_is_missing(framework):
    with pytest.raises(PlanError, match="no phases"):
        roadmap(framework, kit.Plan.new(title="Empty"))
    with pytest.raises(PlanError, match="No use case of the plan has building blocks yet"):
        roadmap(framework, planned({"fees": []}, [(12, None)]))


def test_a_use_case_without_a_value_counts_as_the_mean_of_those_given(framework):
    plan = planned({"fees": [A], "post": [C], "news": [B]}, [(12, None)], fees=2, news=6)
    found = roadmap(framework, plan)
    values = found.use_cases.set_index("use_case")["value"].to_dict()
    assert values == {"fees": 2, "post": 4, "news": 6}
    assert "Post has no value, so it counts as the mean of those given, 4." in found.notes
    shares = priorities(framework, plan).set_index("use_case")["priority"]
    assert (shares * 4).to_dict() == values  # needs count alike
    plan.remove("values", "news")
    said = "Post and News have no value, so each counts as the mean of those given, 2."
    assert said in roadmap(framework, plan).notes


def test_use_cases_whose_values_are_all_0_count_the_same(framework):
    plan = planned({"fees": [A], "post": [C]}, [(12, None)], fees=0, post=0)
    found = roadmap(framework, plan)
    assert found.use_cases["value"].tolist() == [1, 1]
    assert found.worth == 24  # two use cases, each live for the 12 months after the phase
    assert [note for note in found.notes if "count the same" in note] == [
        "All values are 0, so all use cases count the same: give at least one a value."
    ]
    assert any("All values are 0" in said for said in remarks(framework, plan))


def test_blocks_of_2019_are_counted_as_the_needs_count_them(framework):
    plan = planned({"pay": ["dif:payments", "dif:messaging"]}, [(6, 10)])
    add_system(plan, "IFMIS", B, "well")
    found = roadmap(framework, plan, costs={C: 10})
    assert found.blocks[["building_block", "status", "cost"]].to_numpy().tolist() == [
        [B, "there from the start", 0.0],
        [C, "built", 10.0],
    ]
    # A cost under the old key is that of the block, unless the block has one itself.
    assert roadmap(framework, plan, costs={"dif:messaging": 4}).blocks["cost"].sum() == 4
    assert roadmap(framework, plan, costs={"dif:messaging": 4, C: 5}).blocks["cost"].sum() == 5
    plan.add("dependencies", building_block="dif:messaging", needs="dif:payments")
    order = dependencies(framework, plan)
    assert order[["building_block", "needs"]].to_numpy().tolist() == [[C, B]]


# --- the set of options that it builds on ---------------------------------------------------------


def with_options(cases, phases, **rules):
    """Return a plan that has a suite for two blocks, and something dearer for the first alone."""
    plan = planned(cases, phases)
    add_option(plan, "Suite", 80, A=0.5, B=0.5)
    add_option(plan, "ID", 95, A=0.5)
    add_option(plan, "Half", None, A=0.5)
    plan.set("rules", **{"least_fit": 0} | rules)
    return plan


def test_an_option_is_paid_whole_with_the_first_of_its_blocks(framework):
    plan = with_options({"fees": [A], "more": [A, B]}, [(12, 80), (12, 0)])
    found = roadmap(framework, plan)
    assert found.blocks.set_index("building_block")["cost"].to_dict() == {A: 40, B: 40}
    assert found.blocks["options"].tolist() == ["Suite", "Suite"]
    assert found.phases["spent"].tolist() == [80, 0]
    assert found.phases["blocks"].tolist() == [2, 0]
    assert set(found.use_cases["status"]) == {"goes live"}
    assert "builds on the best set under the rules, 1 option." in " ".join(found.sentences())
    plan.set("phases", "p1", budget=79)  # half of the suite cannot be bought
    late = roadmap(framework, plan)
    assert set(late.use_cases["status"]) == {"not live"}
    assert late.phases["spent"].tolist() == [0, 0]


def test_a_block_that_comes_later_costs_nothing_more(framework):
    plan = with_options({"fees": [A], "more": [B, C]}, [(12, 80), (12, 30)])
    add_option(plan, "Send", 30, C=1)
    depend(plan, B="C")
    blocks = roadmap(framework, plan).blocks.set_index("building_block")
    assert blocks["phase"].to_dict() == {A: 1, B: 2, C: 2}
    assert blocks["cost"].to_dict() == {A: 80, B: 0, C: 30}


def test_a_roadmap_builds_on_what_was_chosen_and_else_on_the_best_set(framework):
    plan = with_options({"fees": [A]}, [(12, 100)])
    assert roadmap(framework, plan).blocks["options"].tolist() == ["Suite"]
    best = best_set_of_plan(framework, plan)
    decide_set(framework, plan, ["id"], "It is here already.")
    found = roadmap(framework, plan)
    assert found.blocks[["cost", "options"]].iloc[0].tolist() == [95, "ID"]
    assert "It builds on what the team chose, 1 option." in found.sentences()
    assert roadmap(framework, plan, best_set=best).blocks["options"].tolist() == ["Suite"]


def test_one_total_agrees_with_that_of_the_set(framework):
    plan = kit.Plan.demonstration()
    plan.replace("phases", plan.phases.assign(budget=None))
    best = best_set_of_plan(framework, plan)
    options = best.tables()["options"]
    once = (options["build_cost"] + options["integration_cost"]).sum()
    found = roadmap(framework, plan)
    assert found.phases["spent"].sum() == pytest.approx(once)
    assert found.blocks["cost"].sum() == pytest.approx(once)


def test_what_select_counts_is_what_business_case_and_roadmap_count(framework):
    plan = planned({"fees": [A, B], "news": [B, C]}, [(12, None)])
    add_option(plan, "Suite", 80, annual=7, A=0.9, B=0.9)
    add_option(plan, "Send", 30, annual=2, C=0.9)
    cost = best_set_of_plan(framework, plan).cost
    assert cost == 110 + 5 * 9
    case = kit.business_case(framework, plan)
    assert case.summary["shared"].iloc[0] == cost
    found = roadmap(framework, plan)
    assert found.phases["spent"].sum() + 5 * 9 == cost
    assert "To run all of it costs 9 USD a year" in " ".join(found.notes)
    assert "so its total is another" not in " ".join(case.notes)
    plan.set("business_case", years=10)
    case = kit.business_case(framework, plan)
    assert case.summary["shared"].iloc[0] == 110 + 10 * 9
    assert any("10 years" in note and "5 years" in note for note in case.notes)


def test_what_is_assumed_is_said_wherever_it_counts(framework):
    plan = planned({"fees": [A], "news": [B]}, [(12, 100)])
    add_option(plan, "Ident", 60, A=None)
    add_option(plan, "Payer", None, B=0.9)
    with pytest.raises(PlanError, match="no set of options"):
        roadmap(framework, plan)
    plan.set("rules", assumed_fit=0.7, assumed_build_cost=40)
    said = {
        "Assumed, because nobody knows it: the fit of Ident, taken as 0.7.",
        "Assumed, because nobody knows it: the build cost of Payer, taken as 40.",
    }
    best = best_set_of_plan(framework, plan)
    assert (best.cost, best.options["option"].tolist()) == (100, ["ident", "payer"])
    found, case = roadmap(framework, plan), kit.business_case(framework, plan)
    assert found.phases["spent"].tolist() == [100]
    assert plan.row("options", "payer")["build_cost"] is None  # the plan itself still says so
    for result in (best, found, case):
        assert said <= set(result.sentences())
        _figure, axes = result.figure()
        drawn = " ".join(" ".join(text.get_text() for text in axes.texts).split())
        assert all(one in drawn for one in said)
    decide_set(framework, plan, best)
    assert said <= set(roadmap(framework, plan).sentences())


def test_what_serves_nothing_here_is_said_to_be_unpaid(framework):
    plan = planned({"fees": [A, B]}, [(12, 250)])
    add_option(plan, "X", 100, annual=7, A=0.9)
    add_option(plan, "Y", 500, annual=40, A=0.5)
    add_option(plan, "Z", 100, annual=5, B=0.8)
    decide_set(framework, plan, ["x", "y", "z"])
    said = roadmap(framework, plan).sentences()
    assert "2 building blocks are built for 200 USD." in said  # Identity with X, Payments with Z
    assert "It builds on what the team chose, 2 of 3 options." in said
    assert any("no phase pays for it: Y (500)." in one for one in said)
    assert any(one.endswith("To run all of it costs 12 USD a year beside that.") for one in said)
    plan.set("options", "z", annual_cost=None)
    assert any("at least 7 USD a year" in note for note in roadmap(framework, plan).notes)
    decide_set(framework, plan, ["x", "z"])
    said = roadmap(framework, plan).sentences()
    assert "It builds on what the team chose, 2 options." in said
    assert not any("no phase pays" in one for one in said)


def test_a_set_for_other_blocks_is_paid_for_those_of_the_plan_alone(framework):
    other = planned({"fees": [A], "post": [C]}, [(12, None)])
    add_option(other, "X", 100, A=0.9)
    add_option(other, "Y", 500, C=0.8)
    both = best_set_of_plan(framework, other)
    plan = planned({"fees": [A]}, [(12, 250)])
    said = roadmap(framework, plan, best_set=both).sentences()
    assert "It builds on the best set under the rules, 1 of 2 options." in said
    # What must be there before a block is built too, and paid.
    depend(plan, A="C")
    plan.set("phases", "p1", budget=600)
    said = roadmap(framework, plan, best_set=both).sentences()
    assert "It builds on the best set under the rules, 2 options." in said
    assert "2 building blocks are built for 600 USD." in said


def test_rules_hold_for_the_roadmap_too(framework):
    plan = with_options({"fees": [A, B]}, [(12, 500)])
    plan.add("option_decisions", option="suite", decision="leave out")
    with pytest.raises(PlanError, match="cost of Payments is not known"):
        roadmap(framework, plan)
    plan = with_options({"fees": [A, B]}, [(12, 500)], budget=10)
    with pytest.raises(PlanError, match=r"no set of options.*[Bb]udget"):
        roadmap(framework, plan)


@pytest.mark.parametrize(("integration", "status", "cost"), [(0, "there", 0), (50, "built", 50)])
def test_a_system_of_the_set_is_there_if_it_costs_nothing(framework, integration, status, cost):
    plan = planned({"fees": [A]}, [(12, 100)])
    key = add_system(plan, "NID", A, "well", integration_cost=integration)
    plan.set("systems", key, added_annual_cost=0)
    found = roadmap(framework, plan).blocks.iloc[0]
    assert found["status"].startswith(status)
    assert found["cost"] == cost


def test_a_set_decides_what_is_built_even_where_a_system_serves_well(framework):
    plan = with_options({"fees": [A]}, [(12, 100)])
    add_system(plan, "Old", A, "well")  # what using it costs is not known
    assert roadmap(framework, plan).blocks["cost"].tolist() == [80]


# --- dependencies and deadlines -----------------------------------------------------------------


def test_dependencies_bring_blocks_that_no_use_case_names(framework):
    plan = planned({"fees": [B]}, [(12, 10), (12, 10)])
    depend(plan, B="A", D="C")
    found = roadmap(framework, plan, costs={A: 10, B: 10})
    assert phases_of(found) == {A: 1, B: 2}
    assert found.blocks.set_index("building_block").loc[A, "use_cases"] == 0
    assert found.dependencies["basis"].tolist() == ["plan", "plan"]


def test_blocks_that_need_each_other_come_together(framework):
    plan = planned({"fees": [A], "post": [B]}, [(12, 10), (12, 20)])
    depend(plan, A="B", B="A")
    assert phases_of(roadmap(framework, plan, costs={A: 10, B: 10})) == {A: 2, B: 2}


def test_the_kit_puts_foundational_blocks_first_where_they_are_always_needed(framework):
    plan = planned({"fees": [A, B], "news": [A, B, C], "post": [C, "dif:security"]}, [(12, None)])
    found = dependencies(framework, plan)
    # Payments come with Identity in both use cases; Messaging comes without it in one.
    assert found[["building_block", "needs"]].to_numpy().tolist() == [[B, A]]
    assert found["basis"].tolist() == ["kit"]
    assert "the kit's own judgement" in found["reason"].item()
    old = planned({"fees": ["dif:payments", "dif:identification-and-authentication"]}, [(12, None)])
    assert dependencies(framework, old)["needs"].tolist() == [A]  # as the needs count it
    assert any("named no dependencies" in note for note in roadmap(framework, plan).notes)


def test_a_deadline_is_kept_even_if_it_costs_value(framework):
    plan = planned({"fees": [A], "post": [C]}, [(12, 10), (12, 10)], fees=5, post=1)
    costs = {A: 10, C: 10}
    found = roadmap(framework, plan, costs=costs)
    assert phases_of(found, "use_cases") == {"fees": 1, "post": 2}
    found = roadmap(framework, plan, costs=costs, deadlines={"post": "p1"})
    assert phases_of(found, "use_cases") == {"post": 1, "fees": 2}


def test_deadlines_that_cannot_be_kept_say_what_would_free_them(framework):
    plan = planned({"fees": [A, B], "post": [C]}, [(12, 100), (12, 100)])
    depend(plan, B="AD", C="A")
    costs = {A: 50, B: 50, C: 1, D: 50}
    with pytest.raises(PlanError, match="deadlines cannot be kept") as caught:
        roadmap(framework, plan, costs=costs, deadlines={"fees": "p1", "post": "p2"})
    assert caught.value.problems == [
        "the budgets of the phases",
        "Payments comes no earlier than Wallet",
        "Fees must be live by Phase 1",
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [({"fee": "p1"}, "'fee'. Did you mean fees"), ({"fees": "p9"}, "no phase 'p9'")],
)
def test_deadlines_of_what_is_not_there_are_refused(framework, given, said):
    with pytest.raises(kit.UnknownKeyError, match=said):
        roadmap(framework, planned({"fees": [A]}, [(12, None)]), deadlines=given)


# --- why not, and what is not known ---------------------------------------------------------------


def test_a_dependency_that_keeps_it_out_is_named(framework):
    # Payments (100) only fit in phase 2, which they fill; Identity (50) would fit in phase 1.
    plan = planned({"fees": [B], "news": [B, A]}, [(12, 80), (12, 100)], fees=3, news=1)
    depend(plan, A="B")
    assert reason_of(roadmap(framework, plan, costs={A: 50, B: 100}), "news") == (
        "It needs Identity and Payments: 150; all phases together have 180. Any one of these, left "
        "out, makes it possible: the budgets of the phases; Identity comes no earlier than "
        "Payments."
    )


def test_a_deadline_that_keeps_it_out_is_named(framework):
    plan, costs = planned({"fees": [A], "news": [B]}, [(12, 100)], fees=3, news=1), {A: 100, B: 100}
    found = roadmap(framework, plan, costs=costs, deadlines={"news": "p1"})
    assert reason_of(found, "fees") == (
        "It needs Identity: 100; all phases together have 100. Any one of these, left out, makes "
        "it possible: the budgets of the phases; News must be live by Phase 1."
    )
    assert reason_of(roadmap(framework, plan, costs=costs), "news") == (
        "It waits for Payments, but no order with it is worth more."
    )


def test_a_search_that_was_stopped_claims_no_more_than_it_knows(framework, monkeypatch):
    real = order.best_order

    def stopped(problem, seconds):
        return real(problem, seconds)._replace(optimal=False, bound=36.0)

    monkeypatch.setattr(order, "best_order", stopped)
    plan = planned({"fees": [A], "post": [C]}, [(12, 10)])
    found = roadmap(framework, plan, costs={A: 10, C: 10})
    assert (found.worth, found.bound, found.optimal) == (12, 36, False)
    assert any("may be worth up to 200 % more" in said for said in found.sentences())
    assert "no order with it was found that is worth more." in " ".join(found.sentences())


def test_running_out_of_time_is_not_called_impossible(framework, monkeypatch):
    def stopped(*_given):
        raise order.OutOfTimeError

    monkeypatch.setattr(order, "best_order", stopped)
    plan = planned({"one": [A]}, [(12, 10)])
    with pytest.raises(ArgumentError, match=r"No roadmap was found in 2 seconds"):
        roadmap(framework, plan, costs={A: 1}, deadlines={"one": "p1"}, seconds=2)
