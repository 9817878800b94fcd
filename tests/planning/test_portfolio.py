"""Portfolios: several plans together, what they share, what one more adds, how many links."""

import itertools

import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit import Plan
from govstack_kit.errors import ArgumentError
from govstack_kit.planning import portfolio
from govstack_kit.planning.starting_points import add_from_list, add_published

LAYERS = ("workflow", "building_block")
SAME = ("exact", "broader", "narrower")


def ministry(title, *use_cases, own=""):
    """A plan whose use cases have two steps: one pays, the other informs."""
    plan = Plan.new(title=title)
    for name in use_cases:
        case = add_from_list(plan, name, "1. Pay\n2. Inform", sector=title)
        pay, inform = (row["step"] for row in plan.rows("steps", use_case=case))
        plan.add("step_building_blocks", step=pay, building_block="govstack:payments")
        plan.add("step_workflows", step=inform, workflow="client-communication")
        if own:
            plan.add("own_words", use_case=case, step=inform, name=own, sector_specific=True)
    return plan


@pytest.fixture(scope="module")
def sets(rows):
    """What each use case uses, derived from the tables apart from the kit's code."""
    case = {row["step"]: row["use_case"] for row in rows("steps")}
    found = {}
    for layer in LAYERS:
        of = {row["use_case"]: set() for row in rows("use_cases")}
        for row in rows(f"step_{layer}s"):
            of[case[row["step"]]].add(row[layer])
        for row in rows(f"use_case_{layer}s"):
            of[row["use_case"]].add(row[layer])
        found[layer] = of
    return found


# --- several plans ------------------------------------------------------------------------------


def test_plans_stand_side_by_side_and_stay_as_they_are(framework):
    one = ministry("Education", "School fees", "Seed vouchers", own="Soil test")
    two = ministry("Health", "School fees", "School fees 2", own="Soil test")
    three = ministry("Finance", "SCHOOL FEES")
    three.set("use_cases", "school-fees", use_case="SCHOOL-FEES")
    before = [plan.copy() for plan in (one, two, three)]
    both = kit.with_plans(framework, [one, two, three])
    own = both.use_cases.query("catalogue == 'own'").set_index("use_case")
    assert dict(own["name"]) == {
        "school-fees": "School fees",
        "seed-vouchers": "Seed vouchers",
        "school-fees-3": "School fees",
        "school-fees-2": "School fees 2",
        "SCHOOL-FEES-4": "SCHOOL FEES",
    }
    assert own["source"].nunique() == 3
    assert all(then.diff(now).empty for then, now in zip(before, (one, two, three), strict=True))
    assert both.steps["step"].is_unique
    assert both.steps.query("use_case in @own.index").groupby("use_case").size().eq(2).all()
    found = kit.reuse(both, "building_block", use_cases=own.index)
    assert found.set_index("name").loc["Payments", ["use_cases", "sectors"]].tolist() == [5, 3]
    drawn = kit.architecture(both, use_cases=own.index)
    assert drawn.query("label == 'Client communication'")["steps"].tolist() == [1] * 5
    shared = kit.overlap(both, "workflow", own.index).set_index("name")
    assert shared.loc["Soil test", "shared_by"] == 4
    assert len(framework.use_cases) == len(both.use_cases) - 5


def test_one_plan_alone_is_as_its_own_framework(framework):
    plan = ministry("Education", "School fees")
    add_published(framework, plan, "AGR-2", as_template=False)
    for given in (plan, [plan], iter([plan])):
        both = kit.with_plans(framework, given)
        for table in ("use_cases", "steps", "step_workflows", "step_building_blocks", "sources"):
            pd.testing.assert_frame_equal(
                getattr(both, table), getattr(plan.framework(framework), table)
            )


@pytest.mark.parametrize("wrong", [[], None, "plan.govplan.json", 3, ["a"], [None]])
def test_what_is_no_plan_is_refused(framework, wrong):
    with pytest.raises(ArgumentError, match=r"Give a list of plans, each from .*Plan\.open"):
        kit.with_plans(framework, wrong)


# --- the overlap --------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", LAYERS)
def test_the_matrix_counts_what_each_two_share(framework, sets, rows, layer):
    today = {
        r["dif"]: r["govstack"] for r in rows("building_block_crosswalk") if r["relation"] in SAME
    }
    of = {case: {today.get(key, key) for key in keys} for case, keys in sets[layer].items()}
    matrix = kit.overlap_matrix(framework, layer, list(of))
    assert matrix.index.tolist() == matrix.columns.tolist() == list(of)
    for one, other in itertools.product(of, repeat=2):
        assert matrix.loc[one, other] == len(of[one] & of[other])
    assert (matrix.index.name, matrix.columns.name) == ("use_case", layer)
    published = kit.overlap_matrix(framework, layer)
    assert published.shape == (16, 16)
    pd.testing.assert_frame_equal(
        kit.overlap_matrix(framework, layer, ["AGR-2"]), matrix.loc[["AGR-2"], ["AGR-2"]]
    )


def test_use_cases_without_links_are_in_the_matrix(framework):
    plan = Plan.new(title="Empty")
    plan.add("use_cases", name="Nothing yet")
    matrix = kit.overlap_matrix(
        plan.framework(framework), "workflow", ["nothing-yet", "AGR-2", "nothing-yet"]
    )
    assert matrix["nothing-yet"].tolist() == [0, 0]
    assert matrix.loc["AGR-2", "AGR-2"] > 0
    with pytest.raises(kit.UnknownKeyError, match="AGR-2"):
        kit.overlap_matrix(framework, "workflow", ["AGR2"])
    with pytest.raises(ArgumentError, match="layer is"):
        kit.overlap_matrix(framework, "step", ["AGR-2"])


def test_a_model_of_2019_and_a_use_case_of_govstack_can_be_compared(framework):
    """By hand: the blocks of 2019 that do the same as one of AGR-1."""
    both = ["dif-market-linkage", "AGR-1"]
    matrix = kit.overlap_matrix(framework, "building_block", both)
    crosswalk = framework.building_block_crosswalk.query("relation in ['exact', 'broader']")
    today = crosswalk.set_index("dif")["govstack"]
    old = set(kit.links(framework, "building_block", use_cases=both[:1])["building_block"])
    new = set(kit.links(framework, "building_block", use_cases=both[1:])["building_block"])
    counted = {today.get(block, block) for block in old}
    assert matrix.loc["dif-market-linkage", "AGR-1"] == len(counted & new) > 3
    alone = kit.overlap_matrix(framework, "building_block", both[:1])
    assert alone.iloc[0, 0] == len(old)
    found = kit.newly_needed(framework, "building_block", both[:1], "AGR-1")
    there = found.query("status == 'already there'")
    assert set(there["building_block"]) == counted & new


# --- what one more adds -------------------------------------------------------------------------


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("base", [[], ["AGR-1"], ["AGR-2", "INST-1", "AGR-2"]])
def test_what_one_more_use_case_adds(framework, sets, rows, layer, base):
    of, candidate = sets[layer], "HLTC-2"
    found = kit.newly_needed(framework, layer, base, candidate).set_index(layer)
    assert set(found.index) == of[candidate]
    there = set().union(*(of[case] for case in base))
    assert set(found.query("status == 'new'").index) == of[candidate] - there
    assert set(found.query("status == 'already there'").index) == of[candidate] & there
    case = {row["step"]: row["use_case"] for row in rows("steps")}
    for key, row in found.iterrows():
        steps = [r for r in rows(f"step_{layer}s") if r[layer] == key]
        assert row["steps"] == sum(case[r["step"]] == candidate for r in steps)
        assert row["shared_by"] == sum(key in of[case] for case in set(base))
    assert found["status"].tolist() == sorted(found["status"], reverse=True)


def test_what_newly_needed_cannot_use_is_refused(framework):
    with pytest.raises(ArgumentError, match="already"):
        kit.newly_needed(framework, "workflow", ["AGR-2"], "AGR-2")
    with pytest.raises(ArgumentError, match="Name one use case"):
        kit.newly_needed(framework, "workflow", ["AGR-2"], ["AGR-1"])
    with pytest.raises(kit.UnknownKeyError, match="AGR-9"):
        kit.newly_needed(framework, "workflow", ["AGR-2"], "AGR-9")
    assert len(kit.newly_needed(framework, "workflow", "AGR-2", "AGR-1"))


# --- the few that cover most ---------------------------------------------------------------------


def test_the_blocks_that_cover_most_steps_are_chosen_one_by_one(framework):
    found = kit.covering_blocks(framework, number=15)
    uses = kit.links(framework, "building_block").dropna(subset=["step"])
    steps = uses.groupby("building_block")["step"].agg(set)
    served = set()
    for row in found.itertuples():
        gains = steps.map(lambda mine, known=frozenset(served): len(mine - known))
        assert row.new_steps == gains[row.building_block] == gains.max()
        assert row.steps == len(steps[row.building_block])
        served |= steps[row.building_block]
        assert row.served == len(served) / uses["step"].nunique()
    assert found["served"].iloc[-1] == 1
    assert found["new_steps"].is_monotonic_decreasing


def test_few_blocks_serve_as_much_as_the_best_choice_of_three(framework):
    """The greedy choice beside all choices of three, over some use cases."""
    cases = ["AGR-1", "AGR-2", "HLTC-2", "INST-1"]
    found = kit.covering_blocks(framework, cases, number=3)
    uses = kit.links(framework, "building_block", use_cases=cases).dropna(subset=["step"])
    steps = uses.groupby("building_block")["step"].agg(set)
    best = max(len(set().union(*three)) for three in itertools.combinations(steps, 3))
    assert found["new_steps"].sum() >= 0.95 * best


def test_covering_nothing_and_too_few(framework):
    plan = Plan.new(title="Empty")
    plan.add("use_cases", name="Nothing yet")
    assert kit.covering_blocks(plan.framework(framework), ["nothing-yet"]).empty
    for wrong in (0, -1, "five", 2.5):
        with pytest.raises(ArgumentError, match="how many blocks"):
            kit.covering_blocks(framework, number=wrong)


# --- links --------------------------------------------------------------------------------------


def test_links_between_systems_are_pairs_or_one_each():
    found = portfolio.integration_links(range(1, 60))
    for row in found.itertuples():
        pairs = itertools.combinations(range(row.systems), 2)
        assert (row.point_to_point, row.shared) == (sum(1 for _ in pairs), row.systems)
    assert portfolio.integration_links(50).to_numpy().tolist() == [[50, 1225, 50]]
    assert portfolio.integration_links([9, 3, 9])["systems"].tolist() == [3, 9]
    assert portfolio.integration_links([]).empty
    most = portfolio.integration_links(portfolio.MOST_SYSTEMS)
    assert most["point_to_point"].item() == 499_999_500_000


@pytest.mark.parametrize("wrong", [0, -1, 2.5, "5", None, float("nan"), 10**7, [3, 0]])
def test_what_is_no_number_of_systems_is_refused(wrong):
    with pytest.raises(ArgumentError, match="whole number from 1 to 1,000,000"):
        portfolio.integration_links(wrong)
