"""Portfolios: several plans together, what they share, what one more adds, how many links."""

import itertools

import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit.planning import portfolio
from govstack_kit.planning.model import Component

LAYERS = ("workflow", "building_block")


def ministry(title, *use_cases, own=""):
    """A plan whose use cases have two steps: one pays, the other informs."""
    plan = kit.Plan.new(title=title)
    for name in use_cases:
        found = plan.add_from_list(name, "1. Pay\n2. Inform", sector=title)
        found.steps[0].choose("building_block", "govstack:payments")
        found.steps[1].choose("workflow", "client-communication")
        if own:
            found.steps[1].own_words.append(Component(words=own, sector_specific=True))
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
    three.use_cases[0].id = "SCHOOL-FEES"
    before = [plan.data() for plan in (one, two, three)]
    both = kit.combine(framework, [one, two, three])
    own = both.use_cases.query("catalogue == 'own'").set_index("use_case")
    assert dict(own["name"]) == {
        "school-fees": "School fees",
        "seed-vouchers": "Seed vouchers",
        "school-fees-2": "School fees",
        "school-fees-2-2": "School fees 2",
        "SCHOOL-FEES-3": "SCHOOL FEES",
    }
    assert own["source"].nunique() == 3
    assert [plan.data() for plan in (one, two, three)] == before
    found = kit.reuse(both, "building_block", use_cases=own.index)
    assert found.set_index("name").loc["Payments", ["use_cases", "sectors"]].tolist() == [5, 3]
    drawn = kit.architecture(both, use_cases=own.index)
    assert drawn.query("label == 'Client communication'")["steps"].tolist() == [1] * 5
    shared = kit.overlap(both, "workflow", own.index).set_index("name")
    assert shared.loc["Soil test", "shared_by"] == 4
    assert len(framework.use_cases) == len(both.use_cases) - 5


def test_one_plan_alone_is_as_its_own_framework(framework):
    plan = ministry("Education", "School fees")
    plan.add_published(framework, "AGR-2", as_template=False)
    for given in (plan, [plan], iter([plan])):
        both = kit.combine(framework, given)
        for table in ("use_cases", "steps", "step_workflows", "step_building_blocks", "sources"):
            pd.testing.assert_frame_equal(
                getattr(both, table), getattr(plan.framework(framework), table)
            )


@pytest.mark.parametrize("wrong", [[], None, "plan.govplan.json", 3, ["a"], [None]])
def test_what_is_no_plan_is_refused(framework, wrong):
    with pytest.raises(kit.ArgumentError, match=r"Give a list of plans, not .*Plan\.open"):
        kit.combine(framework, wrong)


# --- the overlap --------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", LAYERS)
def test_the_matrix_counts_what_each_two_share(framework, sets, layer):
    of = sets[layer]
    matrix = kit.overlap_matrix(framework, layer, list(of))
    assert matrix.index.tolist() == matrix.columns.tolist() == list(of)
    for one, other in itertools.product(of, repeat=2):
        assert matrix.loc[one, other] == len(of[one] & of[other])
    assert (matrix.index.name, matrix.columns.name) == ("use_case", layer)
    published = kit.overlap_matrix(framework, layer)
    assert published.shape == (16, 16)
    pd.testing.assert_frame_equal(
        kit.overlap_matrix(framework, layer, "AGR-2"), matrix.loc[["AGR-2"], ["AGR-2"]]
    )


def test_use_cases_without_links_are_in_the_matrix(framework):
    plan = kit.Plan.new(title="Empty")
    plan.add_use_case("Nothing yet")
    matrix = kit.overlap_matrix(
        plan.framework(framework), "workflow", ["nothing-yet", "AGR-2", "nothing-yet"]
    )
    assert matrix["nothing-yet"].tolist() == [0, 0]
    assert matrix.loc["AGR-2", "AGR-2"] > 0
    with pytest.raises(kit.UnknownKeyError, match="AGR-2"):
        kit.overlap_matrix(framework, "workflow", ["AGR2"])
    with pytest.raises(kit.ArgumentError, match="layer is"):
        kit.overlap_matrix(framework, "step", ["AGR-2"])


# --- what one more adds -------------------------------------------------------------------------


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("base", [[], ["AGR-1"], ["AGR-2", "INST-1", "AGR-2"]])
def test_what_one_more_use_case_adds(framework, sets, rows, layer, base):
    of, candidate = sets[layer], "HLTC-2"
    found = kit.adds(framework, layer, base, candidate).set_index(layer)
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


def test_what_adds_cannot_use_is_refused(framework):
    with pytest.raises(kit.ArgumentError, match="already"):
        kit.adds(framework, "workflow", ["AGR-2"], "AGR-2")
    with pytest.raises(kit.ArgumentError, match="Name one use case"):
        kit.adds(framework, "workflow", ["AGR-2"], ["AGR-1"])
    with pytest.raises(kit.UnknownKeyError, match="AGR-9"):
        kit.adds(framework, "workflow", ["AGR-2"], "AGR-9")
    assert len(kit.adds(framework, "workflow", "AGR-2", "AGR-1"))


# --- links --------------------------------------------------------------------------------------


def test_links_between_systems_are_pairs_or_one_each():
    found = kit.integration_links(range(1, 60))
    for row in found.itertuples():
        pairs = itertools.combinations(range(row.systems), 2)
        assert (row.point_to_point, row.shared) == (sum(1 for _ in pairs), row.systems)
    assert kit.integration_links(50).to_numpy().tolist() == [[50, 1225, 50]]
    assert kit.integration_links([9, 3, 3.0, 9])["systems"].tolist() == [3, 9]
    assert kit.integration_links([]).empty
    most = kit.integration_links(portfolio.MOST_SYSTEMS)
    assert most["point_to_point"].item() == 499_999_500_000


@pytest.mark.parametrize("wrong", [0, -1, 2.5, "5", None, True, float("nan"), 10**7, [3, 0]])
def test_what_is_no_number_of_systems_is_refused(wrong):
    with pytest.raises(kit.ArgumentError, match="whole number from 1 to 1,000,000"):
        kit.integration_links(wrong)
