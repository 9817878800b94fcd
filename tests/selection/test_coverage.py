"""Coverage: which systems serve which blocks, gaps, overlaps, and the inventory as a workbook."""

import io

import openpyxl
import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit.planning.plan_sheets import INVENTORY, write_sheets
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


# --- the inventory --------------------------------------------------------------------------------

HEAD = ["Name", "Owner", "Users", "Annual cost", "What systems serve"]


def book(*rows, title="Systems today", **more):
    """Return a workbook as somebody would fill it in."""
    found = openpyxl.Workbook()
    found.active.title = title
    for name, listed in {title: [HEAD, *rows], **more}.items():
        sheet = found[name] if name in found.sheetnames else found.create_sheet(name)
        for row in listed:
            sheet.append(row)
    raw = io.BytesIO()
    found.save(raw)
    return raw.getvalue()


def serving(plan, system):
    rows = plan.rows("system_building_blocks", system=system)
    return {row["building_block"]: row["quality"] for row in rows}


@pytest.fixture
def ours():
    plan = kit.Plan.new(title="Ours")
    add_system(plan, "IFMIS", {PAYMENTS: "well"}, owner="Finance", annual_cost=5)
    add_system(plan, "The till", system="till")
    return plan


def test_a_sheet_of_the_plan_changes_nothing_when_it_comes_back(framework, ours):
    before = ours.copy()
    assert coverage.add_inventory(
        framework, ours, write_sheets(framework, ours, ["systems"], INVENTORY)
    ).empty
    assert ours.diff(before).empty


def test_systems_are_known_by_name_or_id_and_empty_cells_take_nothing_away(framework, ours):
    found = coverage.add_inventory(
        framework,
        ours,
        book(
            [" ifmis", None, 12_500, None, "GIS (poorly); Consent"],
            ["Till", "Treasury", None, 7, "Payments"],
            ["TILL", None, 3, None, "Payments (well)"],
        ),
    )
    assert found.empty
    systems = ours.systems.set_index("system")
    # A made-up id does not swallow another system: “The till” is not “Till”.
    assert systems.index.tolist() == ["ifmis", "till", "till-2"]
    assert systems.loc["ifmis", ["owner", "users", "annual_cost"]].tolist() == [
        "Finance",
        12_500,
        5,
    ]
    assert systems.loc["till-2", ["owner", "users", "annual_cost"]].tolist() == ["Treasury", 3, 7]
    assert serving(ours, "ifmis") == {PAYMENTS: "well", GIS: "poorly", "govstack:consent": None}
    assert serving(ours, "till-2") == {PAYMENTS: "well"}
    assert ours.undo()
    assert len(ours.systems) == 2


def test_an_id_stands_for_its_system_under_a_new_name(framework, ours):
    raw = write_sheets(framework, ours, ["systems"], INVENTORY)
    filled = openpyxl.load_workbook(io.BytesIO(raw))
    sheet = filled[filled.sheetnames[1]]
    titles = [cell.value for cell in sheet[1]]
    sheet.cell(2, titles.index("Name") + 1, "Finance system")
    changed = io.BytesIO()
    filled.save(changed)
    coverage.add_inventory(framework, ours, changed.getvalue())
    assert ours.systems["name"].tolist() == ["Finance system", "The till"]


def test_what_cannot_be_read_is_told_with_its_place_and_the_rest_is_taken(framework, ours):
    found = coverage.add_inventory(
        framework,
        ours,
        book(
            ["Good", "Health", 5, 10, "Consent (well)"],
            ["Doubtful", "Lands", "many", -5, "Paymnts; GIS (splendid)"],
            Health=[HEAD, ["Another", "o", 1, 1, "GIS"]],
        ),
    )
    told = found[found["table"] != "Health"]
    assert set(told["row"]) == {3}
    assert {"users", "annual_cost"} <= set(told["column"])
    assert "Did you mean Payments?" in " ".join(told["fix"])
    assert found.loc[found["table"] == "Health", "problem"].tolist() == ["this is not a table"]
    systems = ours.systems.set_index("name")
    assert systems.loc["Good", "annual_cost"] == 10
    assert pd.isna(systems.loc["Doubtful", "annual_cost"])
    assert systems.loc["Doubtful", "owner"] == "Lands"
    assert "Another" not in systems.index


def test_an_inventory_may_be_a_csv_file(framework, ours, tmp_path):
    path = tmp_path / "systems.csv"
    path.write_text("Name;Users;What systems serve\nTill;12 500;Consent (partly)\n", "utf-8")
    assert coverage.add_inventory(framework, ours, path).empty
    assert ours.row("systems", "till-2")["users"] == 12_500
    assert serving(ours, "till-2") == {"govstack:consent": "partly"}


def test_what_is_no_inventory_leaves_the_plan(framework, ours, tmp_path):
    before = ours.copy()
    for wrong in (b"no workbook", tmp_path / "missing.xlsx", tmp_path / "missing.csv"):
        found = coverage.add_inventory(framework, ours, wrong)
        assert len(found) == 1
        assert found["fix"].item()
    assert ours.diff(before).empty
