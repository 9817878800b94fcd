"""Coverage: which systems serve which blocks, gaps, overlaps, and the inventory as a workbook."""

import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit.errors import ArgumentError
from govstack_kit.selection import coverage

GIS, PAYMENTS = "govstack:gis", "govstack:payments"


def add_system(plan, name, serves=(), **values):
    key = plan.add("systems", name=name, **values)
    for block, quality in dict(serves).items():
        plan.add("system_building_blocks", system=key, building_block=block, quality=quality)
    return key


@pytest.fixture
def served():
    plan = kit.Plan.new(title="Ours")
    case = plan.add("use_cases", name="Trade")
    for block in ("payments", "messaging", "consent", "gis", "registration"):
        step = plan.add("steps", use_case=case, name=block)
        plan.add("step_building_blocks", step=step, building_block=f"govstack:{block}")
    for name, cost, serves in (
        ("Till", 100, {PAYMENTS: "well", "govstack:consent": "poorly"}),
        ("Bank", 30, {PAYMENTS: "well", "govstack:messaging": "well"}),
        ("Old till", None, {"dif:payments": "partly", "govstack:wallet": "well"}),
        ("Desk", None, {GIS: "", "dif:registration": "well"}),
    ):
        add_system(plan, name, serves, annual_cost=cost)
    return plan


def test_gaps_and_overlaps_are_counted(framework, served):
    found = coverage.coverage(framework, served).set_index("building_block")
    columns = ["needed", "systems", "best", "state", "gap"]
    assert found[columns].T.to_dict("list") == {
        "govstack:consent": [True, 1, "poorly", "partial", True],
        GIS: [True, 1, "not judged", "partial", True],
        "govstack:messaging": [True, 1, "well", "one", False],
        PAYMENTS: [True, 3, "well", "several competing", False],
        "govstack:registration": [True, 0, "", "nothing", True],
        "dif:registration": [False, 1, "well", "one", False],
        "govstack:wallet": [False, 1, "well", "one", False],
    }
    payments = found.loc[PAYMENTS]
    assert payments["served_by"] == "Bank; Till; Old till"
    # Bank serves as well as Till and costs less: what overlaps are Till, 100, and one unknown.
    assert payments[["annual_cost", "overlap_cost", "unknown_costs"]].tolist() == [130, 100, 1]
    assert found.loc["govstack:registration", ["annual_cost", "overlap_cost"]].tolist() == [0, 0]
    assert pd.isna(found.loc["govstack:wallet", "annual_cost"])
    assert found["weight"].sum() == pytest.approx(1)


def test_the_matrix_says_the_same(framework, served):
    found = coverage.coverage_matrix(framework, served)
    assert found.columns.tolist() == ["Bank", "Desk", "Old till", "Till"]
    assert found.loc[("Payments", "several competing")].to_dict() == {
        "Bank": "well",
        "Till": "well",
        "Old till": "partly",
        "Desk": "",
    }
    assert found.index.get_level_values("state").tolist()[-2:] == ["not needed"] * 2
    names = found.index.get_level_values("building_block").tolist()
    assert "Registration (govstack)" in names
    assert "Registration (dif)" in names


def test_systems_of_one_name_in_several_plans_are_one(framework, served):
    other = kit.Plan.new(title="Theirs")
    add_system(other, "TILL", {GIS: "well"}, owner="Health", annual_cost=700)
    found = coverage.coverage(framework, [served, other]).set_index("building_block")
    assert found.loc[GIS, "served_by"] == "Till; Desk"
    assert found.loc[GIS, "annual_cost"] == 100  # what the first plan says
    assert found.loc[PAYMENTS, "systems"] == 3
    assert pd.isna(served.row("systems", "till")["owner"] or float("nan"))


def test_different_systems_of_one_id_have_columns_of_their_own(framework):
    plans = []
    for name, quality in (("Farmers", "well"), ("Schools", "poorly")):
        plan = kit.Plan.new(title=name)
        add_system(plan, name, {PAYMENTS: quality}, system="register")
        plans.append(plan)
    found = coverage.coverage_matrix(framework, plans)
    assert found.columns.tolist() == ["Farmers", "Schools"]
    assert found.to_numpy().tolist() == [["well", "poorly"]]


def priced(title, currency, name, cost, serves=PAYMENTS):
    plan = kit.Plan.new(title=title)
    plan.set("business_case", currency=currency)
    add_system(plan, name, {serves: "well"} if serves else {}, annual_cost=cost)
    return plan


def test_costs_in_several_currencies_are_not_added_up(framework):
    ours, theirs = priced("A", "KES", "IFMIS", 1_000_000), priced("B", "USD", "PayX", 50_000)
    said = r"several currencies, which cannot be added up: KES in 'A', USD in 'B'\. Convert them"
    with pytest.raises(ArgumentError, match=said):
        coverage.coverage(framework, [ours, theirs])
    theirs.set("business_case", currency="kes ")
    row = coverage.coverage(framework, [ours, theirs]).iloc[0]
    assert (row["annual_cost"], row["overlap_cost"]) == (1_050_000, 1_000_000)


@pytest.mark.parametrize(
    ("currency", "cost", "serves"),
    [
        ("USD", None, PAYMENTS),  # nothing to add
        ("USD", 50_000, None),  # it serves no block, so its cost counts nowhere
        ("", 50_000, PAYMENTS),  # nobody said another
    ],
)
def test_a_plan_without_costs_in_another_currency_may_be_added(framework, currency, cost, serves):
    ours, theirs = priced("A", "KES", "IFMIS", 1_000_000), priced("B", currency, "X", cost, serves)
    added = cost if cost and serves else 0
    found = coverage.coverage(framework, [ours, theirs])
    assert found["annual_cost"].tolist() == [1_000_000 + added]


def test_blocks_of_the_teams_own_may_be_served(framework):
    plan = kit.Plan.new(title="Ours")
    case = plan.add("use_cases", name="Advice")
    step = plan.add("steps", use_case=case, name="Ask")
    plan.add("step_building_blocks", step=step, building_block="own:crop-advice")
    keys = ["own:crop-advice", "own:of-a-step-that-is-gone", "dif:payments", "weather"]
    add_system(plan, "Crops", dict.fromkeys(keys, "well"))
    found = coverage.coverage(framework, plan)
    assert found["building_block"].tolist() == [
        *("own:crop-advice", "own:of-a-step-that-is-gone", PAYMENTS, "weather")
    ]
    assert found["needed"].tolist() == [True, False, False, False]


def test_without_anything_the_frames_are_empty(framework, served):
    empty = coverage.coverage(framework, kit.Plan.new(title="x"))
    assert empty.empty
    pd.testing.assert_series_equal(empty.dtypes, coverage.coverage(framework, served).dtypes)
    matrix = coverage.coverage_matrix(framework, kit.Plan.new(title="x"))
    assert matrix.shape == (0, 0)
    assert matrix.index.names == ["building_block", "state"]
