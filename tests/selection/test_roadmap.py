"""Roadmaps: the best order, proven against trying out all of them; what stands in the way."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit.planning.selected import (
    Cover,
    Dependency,
    Option,
    Phase,
    Rules,
    Service,
    System,
    Value,
)
from govstack_kit.selection import _phases
from govstack_kit.selection.needs import priorities, remarks
from govstack_kit.selection.roadmap import Roadmap, dependencies, roadmap

A, B, C, D = (f"govstack:{name}" for name in ("identity", "payments", "messaging", "wallet"))
NAMES = {A: "Identity", B: "Payments", C: "Messaging", D: "Wallet"}


def planned(cases, phases, **fields):
    """Return a plan: the blocks of each use case, and (months, budget) of each phase."""
    plan = kit.Plan.new(title="Roadmap")
    for key, blocks in cases.items():
        use_case = plan.add_use_case(key.capitalize())
        for block in blocks:
            use_case.choose("building_block", block)
    plan.phases = [
        Phase(id=f"p{n}", name=f"Phase {n}", months=months, budget=budget)
        for n, (months, budget) in enumerate(phases, start=1)
    ]
    for name, value in fields.items():
        setattr(plan, name, value)
    return plan


def values(**given):
    return [Value(key=key, value=value) for key, value in given.items()]


def phases_of(found, table="blocks"):
    frame = getattr(found, table)
    return {
        key: None if pd.isna(phase) else int(phase)
        for key, phase in zip(frame[table[:-1].replace("block", "building_block")], frame["phase"],
                              strict=True)
    }  # fmt: skip


# --- the best order -----------------------------------------------------------------------------


def test_the_most_valuable_use_case_comes_first(framework):
    plan = planned(
        {"fees": [A, B], "news": [C]}, [(12, 100), (6, 100)], values=values(fees=1, news=3)
    )
    plan.dependencies = [Dependency(key=B, needs=[A])]
    costs = {A: 60, B: 40, C: 80}
    found = roadmap(framework, plan, costs)
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
    assert found.curve.drop(columns="phase_name").to_numpy().tolist() == [
        [0, 0, 0, 0, 0],
        [12, 1, 3, 0, 48],
        [18, 2, 4, 18, 72],
        [30, 2, 4, 66, 120],
    ]
    plan.values = values(fees=9, news=3)
    assert phases_of(roadmap(framework, plan, costs), "use_cases") == {"fees": 1, "news": 2}


def test_the_horizon_decides_what_a_late_start_is_worth(framework):
    plan = planned({"fees": [A]}, [(6, None)])
    assert roadmap(framework, plan, {A: 1}, after=3).worth == 3
    assert roadmap(framework, plan, {A: 1}, after=30).worth == 30


def test_what_a_system_serves_well_is_there_from_the_start(framework):
    plan = planned({"fees": [A], "news": [A, C], "post": [C]}, [(12, 5)])
    for key, quality in (("NID", "well"), ("SMS", "partly")):
        system = plan.add_system(key)
        system.serves = [Service(key={"NID": A, "SMS": C}[key], quality=quality)]
    found = roadmap(framework, plan, {A: 1_000, C: 5})
    assert phases_of(found) == {A: 0, C: 1}
    assert phases_of(found, "use_cases") == {"fees": 0, "news": 1, "post": 1}
    first = found.blocks.iloc[0]
    assert (first["status"], first["cost"], first["reason"]) == (
        "there from the start", 0, "NID serves it well.",
    )  # fmt: skip
    assert found.use_cases["month"].tolist() == [0, 12, 12]
    assert found.worth == 24 + 12 + 12
    assert found.curve["live"].tolist() == [1, 3, 3]
    assert found.sentences()[1] == "First, at once: Fees."


def test_use_cases_without_blocks_are_named_and_left_out(framework):
    plan = planned({"fees": [A], "later": []}, [(12, None)])
    found = roadmap(framework, plan, {A: 1}).use_cases.set_index("use_case")
    assert found.loc["later", "status"] == "no building blocks yet"
    assert found.loc["later", "worth"] == 0
    assert found.loc["fees", "status"] == "goes live"


def test_blocks_are_built_only_for_what_goes_live(framework):
    plan = planned({"fees": [A, B], "post": [C, D]}, [(12, 100), (12, 10)])
    found = roadmap(framework, plan, {A: 50, B: 50, C: 5, D: 200})
    assert phases_of(found) == {A: 1, B: 1, C: None, D: None}
    blocks = found.blocks.set_index("building_block")
    assert blocks.loc[D, "reason"] == "Wallet costs 200, and no phase has more than 100."
    assert blocks.loc[C, "reason"] == "Only Post would need it, which does not go live."
    case = found.use_cases.set_index("use_case").loc["post"]
    assert case["waits_for"] == "Messaging, Wallet"
    assert case["reason"] == "Wallet costs 200, and no phase has more than 100."
    assert found.phases["left"].tolist() == [0, 10]
    assert "Post does not go live. Wallet costs 200" in " ".join(found.sentences())


def test_what_waits_for_money_says_how_much(framework):
    plan = planned({"fees": [A], "post": [C, D]}, [(12, 100)], values=values(fees=5, post=1))
    found = roadmap(framework, plan, {A: 60, C: 30, D: 30})
    reason = found.use_cases.set_index("use_case").loc["post", "reason"]
    assert reason == (
        "It waits for Messaging and Wallet: 60; after what goes live, all phases together have 40, "
        "and no order with it is worth more."
    )
    plan.phases = [Phase(id="a", name="A", budget=40), Phase(id="b", name="B", budget=40)]
    plan.use_cases.pop(0)
    plan.values = []
    found = roadmap(framework, plan, {C: 35, D: 40})
    assert phases_of(found, "use_cases") == {"post": 2}
    plan.use_cases[0].choose("building_block", B)
    reason = roadmap(framework, plan, {B: 5.5, C: 35, D: 39.5}).use_cases["reason"].item()
    assert reason.endswith("so divided that not every block can be paid whole in one of them.")


def test_the_order_of_the_plan_changes_nothing(framework):
    cases = {"fees": [A, B], "news": [C, A], "post": [D]}
    plan = planned(cases, [(12, 100), (12, 100)])
    costs = dict.fromkeys((A, B, C, D), 50.0)
    turned = planned({k: v[::-1] for k, v in reversed(cases.items())}, [(12, 100), (12, 100)])
    one, other = roadmap(framework, plan, costs), roadmap(framework, turned, costs)
    pd.testing.assert_frame_equal(one.blocks, other.blocks)
    pd.testing.assert_frame_equal(one.use_cases, other.use_cases)


def test_the_plan_and_the_costs_stay_as_they_are(framework):
    plan = planned({"fees": [A, B]}, [(12, 100)])
    costs = pd.DataFrame({"building_block": [A, B, C], "cost": [1.0, 2.0, None]})
    before, copy = plan.data(), costs.copy()
    found = roadmap(framework, plan, costs)
    assert plan.data() == before
    pd.testing.assert_frame_equal(costs, copy)
    assert isinstance(found, Roadmap)
    assert found.phases["spent"].tolist() == [3]


def test_a_plan_of_published_use_cases_has_a_roadmap(framework):
    plan = kit.Plan.new(title="Four services")
    for key in ("AGR-1", "AGR-2", "HLTC-2", "INST-1"):
        plan.add_published(framework, key)
    plan.phases = [Phase(id=f"y{n}", name=f"Year {n}", budget=400) for n in range(1, 5)]
    costs = dict.fromkeys(framework.building_blocks["building_block"], 100)
    found = roadmap(framework, plan, costs)
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


def test_a_phase_without_a_budget_takes_what_the_others_cannot(framework):
    plan = planned({"fees": [A]}, [(12, 0), (12, None)])
    assert phases_of(roadmap(framework, plan, {A: 1e15})) == {A: 2}


def with_options(cases, phases, **rules):
    """Return a plan that has a suite for two blocks, and something dearer for the first alone."""
    plan = planned(cases, phases)
    both = [Cover(key=A, fit=0.5), Cover(key=B, fit=0.5)]
    plan.options = [
        Option(id="suite", name="Suite", covers=both, build_cost=60, integration_cost=20),
        Option(id="id", name="ID", covers=both[:1], build_cost=90, integration_cost=5),
        Option(id="half", name="Half known", covers=both[:1], build_cost=1),
    ]
    for option in plan.options:
        option.annual_cost = 0
    plan.rules = Rules(**rules)
    return plan


def test_an_option_is_paid_whole_with_the_first_of_its_blocks(framework):
    plan = with_options({"fees": [A], "more": [A, B]}, [(12, 80), (12, 0)])
    plan.values = values(fees=1, more=1)
    found = roadmap(framework, plan)
    assert found.blocks.set_index("building_block")["cost"].to_dict() == {A: 40, B: 40}
    assert found.blocks["options"].tolist() == ["Suite", "Suite"]
    assert found.phases["spent"].tolist() == [80, 0]
    assert found.phases["blocks"].tolist() == [2, 0]
    assert set(found.use_cases["status"]) == {"goes live"}
    assert "builds on the best set under the rules, 1 option." in " ".join(found.sentences())
    plan.phases[0].budget = 79  # half of the suite cannot be bought
    late = roadmap(framework, plan)
    assert set(late.use_cases["status"]) == {"not live"}
    assert "Suite costs 80, and no phase has more than 79." in " ".join(late.sentences())


def test_a_block_that_comes_later_costs_nothing_more(framework):
    plan = with_options({"fees": [A], "more": [B, C]}, [(12, 80), (12, 30)])
    plan.options.append(
        Option(id="c", name="C", covers=[Cover(key=C, fit=1)], build_cost=30, integration_cost=0)
    )
    plan.options[-1].annual_cost = 0
    plan.dependencies = [Dependency(key=B, needs=[C])]
    blocks = roadmap(framework, plan).blocks.set_index("building_block")
    assert blocks["phase"].to_dict() == {A: 1, B: 2, C: 2}
    assert blocks["cost"].to_dict() == {A: 80, B: 0, C: 30}
    assert blocks.loc[B, "reason"] == "Suite is paid in Phase 1 already."


def test_a_roadmap_builds_on_what_was_chosen_and_else_on_the_best_set(framework):
    plan = with_options({"fees": [A]}, [(12, 100)])
    assert roadmap(framework, plan).blocks["options"].tolist() == ["Suite"]
    kit.choose(plan, ["id"], "It is here already.")
    found = roadmap(framework, plan)
    assert found.blocks[["cost", "options"]].iloc[0].tolist() == [95, "ID"]
    assert "It builds on what the team chose, 1 option." in found.sentences()
    best = kit.best_set_of_plan(framework, plan)
    assert roadmap(framework, plan, best).blocks["options"].tolist() == ["Suite"]
    plan.chosen.options = ["gone"]  # an option that was taken out of the plan
    assert roadmap(framework, plan).blocks["options"].tolist() == ["Suite"]


def option(key, cost, **covers):
    """Return an option that costs so much once: `A=0.9` is its fit for the first block."""
    keys = {"A": A, "B": B, "C": C, "D": D}
    return Option(
        id=key.lower(),
        name=key,
        build_cost=cost,
        integration_cost=0,
        annual_cost=0,
        covers=[Cover(key=keys[letter], fit=fit) for letter, fit in covers.items()],
    )


def test_what_is_chosen_and_serves_nothing_is_said_to_be_unpaid(framework):
    plan = planned({"fees": [A, B]}, [(12, 250)])
    plan.options = [option("X", 100, A=0.9), option("Y", 500, A=0.5), option("Z", 100, B=0.8)]
    kit.choose(plan, ["x", "y", "z"])
    said = roadmap(framework, plan).sentences()
    assert "2 building blocks are built for USD 200." in said  # Identity with X, Payments with Z
    assert "It builds on what the team chose, 2 of 3 options." in said
    unpaid = "No building block here is built with Y (500), which is in the set too, so no phase "
    assert f"{unpaid}pays for it." in said
    plan.options[1].build_cost = None
    assert any("with Y (cost not known)," in said for said in roadmap(framework, plan).notes)
    kit.choose(plan, ["x", "z"])
    said = roadmap(framework, plan).sentences()
    assert "It builds on what the team chose, 2 options." in said
    assert not any("in the set too" in sentence for sentence in said)


def test_what_is_kept_for_nothing_is_said_to_be_unpaid(framework):
    plan = planned({"fees": [A]}, [(12, 250)])
    plan.options = [option("X", 100, A=0.9), option("Y", 500, C=0.5), option("Z", 70, D=1)]
    plan.rules = Rules(keep=["y", "z"])
    said = roadmap(framework, plan).sentences()
    assert "1 building block is built for USD 100." in said
    assert "Phases pay what is paid once, to build and to integrate." in said
    assert "It builds on the best set under the rules, 1 of 3 options." in said
    assert (
        "No building block here is built with Y (500) or Z (70), which are in the set too, so no "
        "phase pays for them."
    ) in said


def test_what_it_costs_to_run_is_no_part_of_the_budgets_and_told(framework):
    plan = planned({"fees": [A, B]}, [(12, 250)])
    plan.options = [option("X", 100, A=0.9), option("Y", 500, A=0.5), option("Z", 100, B=0.8)]
    for one, annual in zip(plan.options, (7, 40, 5), strict=True):
        one.annual_cost = annual
    kit.choose(plan, ["x", "y", "z"])
    beside = "To run all of it costs USD 12 a year beside that."  # X and Z; Y is not built
    assert any(note.endswith(beside) for note in roadmap(framework, plan).notes)
    plan.options[2].annual_cost = None
    assert any("at least USD 7 a year" in note for note in roadmap(framework, plan).notes)


def test_a_set_for_other_blocks_is_paid_for_those_of_the_plan_alone(framework):
    other = planned({"fees": [A], "post": [C]}, [(12, None)])
    other.options = [option("X", 100, A=0.9), option("Y", 500, C=0.5), option("F", 7, B=1)]
    both = kit.best_set_of_plan(framework, other)
    plan = planned({"fees": [A]}, [(12, 250)])
    said = roadmap(framework, plan, both).sentences()
    assert "It builds on the best set under the rules, 1 of 2 options." in said
    assert any("is built with Y (500)" in sentence for sentence in said)
    # What must be there before a block is built too, and paid.
    plan.dependencies = [Dependency(key=A, needs=[C])]
    plan.phases[0].budget = 600
    said = roadmap(framework, plan, both).sentences()
    assert "It builds on the best set under the rules, 2 options." in said
    assert "2 building blocks are built for USD 600." in said


def test_rules_hold_for_the_roadmap_too(framework):
    plan = with_options({"fees": [A, B]}, [(12, 500)], leave_out=["suite"])
    with pytest.raises(kit.PlanError, match="cost of Payments is not known"):
        roadmap(framework, plan)
    plan.rules = Rules(leave_out=["suite", "id"])
    with pytest.raises(kit.PlanError, match=r"no set of options.*leave out"):
        roadmap(framework, plan)
    plan.rules = Rules(budget=10)
    with pytest.raises(kit.PlanError, match=r"no set of options.*the budget of 10.*80 would be"):
        roadmap(framework, plan)


@pytest.mark.parametrize(("integration", "status", "cost"), [(0, "there", 0), (50, "built", 50)])
def test_a_system_of_the_set_is_there_if_it_costs_nothing(framework, integration, status, cost):
    plan = planned({"fees": [A]}, [(12, 100)])
    plan.systems = [System(id="id", name="ID", serves=[Service(key=A, quality="well")])]
    option = Option(id="id", name="ID", kind="system", system="id", integration_cost=integration)
    option.annual_cost = 0
    plan.options = [option]
    found = roadmap(framework, plan).blocks.iloc[0]
    assert found["status"].startswith(status)
    assert found["cost"] == cost


def test_a_set_decides_what_is_built_even_where_a_system_serves_well(framework):
    plan = with_options({"fees": [A]}, [(12, 100)])
    plan.systems = [System(id="old", name="Old", serves=[Service(key=A, quality="well")])]
    assert roadmap(framework, plan).blocks["cost"].tolist() == [80]


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        ({A: -5}, "The cost of govstack:identity is -5: a cost is 0 or more"),
        ({A: 1e16}, "above 1,000,000,000,000,000, which cannot be"),
        ({A: "ten"}, "'ten', which is no number"),
        ({A: True}, "True, which is no number"),
        ({"govstack:paymnts": 5, A: 1, B: 1}, "no building block is called so.*payments"),
        (5, "Give the costs as a frame"),
        (pd.DataFrame({"cost": [1]}), "Give the costs as a frame"),
        (pd.DataFrame({"building_block": [A, A], "cost": [1, 2]}), "two costs"),
        ({A: float("nan"), B: 1}, "cost of Identity is not known"),
        ({A: None, B: 1}, "cost of Identity is not known"),
    ],
)
def test_costs_that_make_no_sense_are_refused(framework, costs, said):
    plan = planned({"fees": [A, B]}, [(12, 100)])
    with pytest.raises((kit.ArgumentError, kit.PlanError), match=said):
        roadmap(framework, plan, costs)


@pytest.mark.parametrize("after", [0, -1, 601, "12", None, True, float("nan")])
def test_the_months_afterwards_are_a_number(framework, after):
    plan = planned({"fees": [A]}, [(12, None)])
    with pytest.raises(kit.ArgumentError, match="after is a number of months above 0"):
        roadmap(framework, plan, after=after)


def test_an_empty_plan_says_all_that_is_missing(framework):
    with pytest.raises(kit.PlanError) as caught:
        roadmap(framework, kit.Plan.new(title="Empty"))
    assert len(caught.value.problems) == 2
    assert "no use cases" in str(caught.value)
    assert "no phases" in str(caught.value)
    with pytest.raises(kit.PlanError, match="No use case has building blocks yet"):
        roadmap(framework, planned({"fees": []}, [(12, None)]))


def test_a_use_case_without_a_value_counts_as_the_mean_of_those_given(framework):
    cases = {"fees": [A], "post": [C], "news": [B]}
    plan = planned(cases, [(12, None)], values=values(fees=2, news=6))
    found = roadmap(framework, plan)
    assert found.use_cases.set_index("use_case")["value"].to_dict() == {
        "fees": 2,
        "post": 4,
        "news": 6,
    }
    assert "Post has no value, so it counts as the mean of those given, 4." in found.notes
    shares = priorities(plan).set_index("use_case")["priority"]
    assert (shares * 4).to_dict() == {"fees": 2, "post": 4, "news": 6}  # needs count alike
    plan.values = values(fees=2)
    said = "Post and News have no value, so each counts as the mean of those given, 2."
    assert said in roadmap(framework, plan).notes


def test_a_system_that_could_serve_costs_what_connecting_it_does(framework):
    plan = planned({"fees": [A]}, [(12, 100)])
    plan.add_system("Till", serves=[{"key": A, "quality": "partly"}], annual_cost=9)
    with pytest.raises(kit.PlanError, match="The cost of Identity is not known"):
        roadmap(framework, plan)
    plan.systems[0].integration_cost = 80
    assert roadmap(framework, plan).blocks["cost"].tolist() == [80]


def test_use_cases_whose_values_are_all_0_count_the_same(framework):
    plan = planned({"fees": [A], "post": [C]}, [(12, None)], values=values(fees=0, post=0))
    found = roadmap(framework, plan)
    assert found.use_cases["value"].tolist() == [1, 1]
    assert found.worth == 24  # two use cases, each live for the 12 months after the phase
    assert [note for note in found.notes if "count the same" in note] == [
        "All values are 0, so all use cases count the same: give at least one a value."
    ]
    assert any("All values of use cases" in said for said in remarks(framework, plan))


def test_what_is_too_large_is_refused(framework):
    plan = planned({f"case{n}": [A] for n in range(30)}, [(1, None)] * 1_700)
    with pytest.raises(kit.ArgumentError, match="too much to plan at once"):
        roadmap(framework, plan)


def test_without_time_a_roadmap_is_not_called_proven(framework, monkeypatch):
    plan = planned({"fees": [A], "post": [C]}, [(12, 10)])
    real = _phases.solve

    def stopped(problem, seconds):
        return real(problem, seconds)._replace(optimal=False, bound=36.0)

    monkeypatch.setattr(_phases, "solve", stopped)
    found = roadmap(framework, plan, {A: 10, C: 10})
    assert (found.worth, found.bound, found.optimal) == (12, 36, False)
    assert any("may be worth up to 200 % more" in said for said in found.sentences())


# --- dependencies and deadlines -----------------------------------------------------------------


def test_dependencies_bring_blocks_that_no_use_case_names(framework):
    plan = planned({"fees": [B]}, [(12, 10), (12, 10)])
    plan.dependencies = [
        Dependency(key=B, needs=[A], reason="Who pays?"),
        Dependency(key=D, needs=[C]),
    ]
    found = roadmap(framework, plan, {A: 10, B: 10})
    assert phases_of(found) == {A: 1, B: 2}
    assert found.blocks.set_index("building_block").loc[A, "use_cases"] == 0
    assert found.dependencies["basis"].tolist() == ["plan", "plan"]
    plan.phases.pop()
    reason = roadmap(framework, plan, {A: 20, B: 10}).blocks["reason"].tolist()
    assert reason == ["Identity costs 20, and no phase has more than 10."] * 2


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([(A, A)], "Identity needs Identity"),
        ([(A, B), (B, A)], "Identity needs Payments and Payments needs Identity"),
        ([(A, B), (B, C), (C, A)], "Identity needs Payments, .* and Messaging needs Identity"),
    ],
)
def test_dependencies_in_a_circle_are_named(framework, pairs, said):
    plan = planned({"fees": [A, B]}, [(12, None)])
    plan.dependencies = [Dependency(key=key, needs=[first]) for key, first in pairs]
    with pytest.raises(kit.PlanError, match=rf"in a circle: {said}\. Take one of them away\."):
        roadmap(framework, plan)


def test_a_dependency_on_what_is_no_block_is_refused(framework):
    plan = planned({"fees": [A]}, [(12, None)])
    plan.dependencies = [Dependency(key=A, needs=["govstack:identiti"])]
    with pytest.raises(kit.PlanError, match=r"identiti.*Did you mean govstack:identity"):
        dependencies(framework, plan)


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
    plan = planned({"fees": [A], "post": [C]}, [(12, 10), (12, 10)], values=values(fees=5, post=1))
    costs = {A: 10, C: 10}
    assert phases_of(roadmap(framework, plan, costs), "use_cases") == {"fees": 1, "post": 2}
    found = roadmap(framework, plan, costs, deadlines={"post": "p1"})
    assert phases_of(found, "use_cases") == {"post": 1, "fees": 2}


def test_rules_that_collide_are_named_and_no_others(framework):
    plan = planned({"fees": [A, B], "post": [C]}, [(12, 100), (12, 100)])
    plan.dependencies = [Dependency(key=B, needs=[A, D]), Dependency(key=C, needs=[A])]
    costs = {A: 50, B: 50, C: 1, D: 50}
    with pytest.raises(kit.PlanError) as caught:
        roadmap(framework, plan, costs, deadlines={"fees": "p1", "post": "p2"})
    assert caught.value.problems == [
        "Payments comes no earlier than Wallet",
        "Phase 1 has 100",
        "Fees must be live by Phase 1",
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [({"fee": "p1"}, "the use case 'fee'.*Did you mean fees"), ({"fees": "p9"}, "the phase 'p9'")],
)
def test_deadlines_of_what_is_not_there_are_refused(framework, given, said):
    with pytest.raises(kit.ArgumentError, match=said):
        roadmap(framework, planned({"fees": [A]}, [(12, None)]), deadlines=given)


def test_blocks_of_2019_are_counted_as_the_needs_count_them():
    plan = planned({"pay": ["dif:payments", "dif:messaging"]}, [(6, 10)])
    plan.add_system("IFMIS", serves=[{"key": B, "quality": "well"}])
    found = roadmap(kit.load(), plan, {C: 10})
    assert found.blocks[["building_block", "status", "cost"]].to_numpy().tolist() == [
        [B, "there from the start", 0.0],
        [C, "built", 10.0],
    ]
    # A cost under the old key is that of the block, unless the block has one itself.
    assert roadmap(kit.load(), plan, {"dif:messaging": 4}).blocks["cost"].sum() == 4
    assert roadmap(kit.load(), plan, {"dif:messaging": 4, C: 5}).blocks["cost"].sum() == 5
    plan.dependencies = [Dependency(key="dif:messaging", needs=["dif:payments"])]
    order = dependencies(kit.load(), plan)
    assert order[["building_block", "needs"]].to_numpy().tolist() == [[C, B]]


def test_no_unit_of_money_above_a_large_budget_is_spent():
    plan = planned({"one": [A], "two": [B]}, [(12, 1e9)])
    found = roadmap(kit.load(), plan, {A: 5e8, B: 5e8 + 0.5})
    assert (found.use_cases["status"] == "goes live").sum() == 1
    assert found.phases["spent"].item() <= 1e9


def test_running_out_of_time_is_not_called_a_collision(monkeypatch):
    def milp(*_args, **_options):
        return SimpleNamespace(x=None, status=1, mip_dual_bound=None, fun=None)

    monkeypatch.setattr("scipy.optimize.milp", milp)
    plan = planned({"one": [A]}, [(12, 10)])
    with pytest.raises(kit.ArgumentError, match=r"No roadmap was found in 2 seconds"):
        roadmap(kit.load(), plan, {A: 1}, deadlines={"one": "p1"}, seconds=2)


@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf, "x", None, True])
def test_seconds_that_are_no_time(seconds):
    with pytest.raises(kit.ArgumentError, match="seconds is a number above 0"):
        roadmap(kit.load(), planned({"one": [A]}, [(12, 10)]), {A: 1}, seconds=seconds)


@pytest.mark.parametrize("given", ["one", [("one", "p1")], {"one": ["p1"]}, {"on": "p1"}])
def test_deadlines_of_another_kind(given):
    with pytest.raises(kit.ArgumentError, match=r"eadline"):
        roadmap(kit.load(), planned({"one": [A]}, [(12, 10)]), {A: 1}, deadlines=given)


def test_values_of_use_cases_that_are_gone_do_not_count():
    plan = planned({"one": [A]}, [(12, 10)], values=values(gone=5))
    assert roadmap(kit.load(), plan, {A: 1}, after=np.int64(6)).worth == 6


def test_a_sum_with_an_unknown_cost_is_not_told():
    found = roadmap(kit.load(), planned({"one": [A, B]}, [(12, None)]), {A: 7})
    assert "2 building blocks are built." in found.sentences()
