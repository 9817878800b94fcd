"""Sheets of a plan: out, worked on, and back, with links as cells."""

import io
import zipfile

import openpyxl
import pytest

from govstack_kit import Plan
from govstack_kit.planning import plan_sheets
from govstack_kit.planning.plan_sheets import INVENTORY, STEPS, add_sheets, write_sheets

SHEETS = ("use_cases", "objectives", "actors", "systems", "steps")


def changed(raw, change):
    """Return a workbook after somebody worked on it."""
    book = openpyxl.load_workbook(io.BytesIO(raw))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(book, row, title, value, sheet="Steps"):
    place = next(cell.column for cell in book[sheet][1] if cell.value == title)
    book[sheet].cell(row, place).value = value


def of(book, sheet, title):
    """Return the values of a column."""
    place = next(cell.column for cell in book[sheet][1] if cell.value == title)
    return [row[place - 1].value for row in book[sheet].iter_rows(min_row=2)]


@pytest.fixture
def raw(framework, plan):
    return write_sheets(framework, plan, SHEETS, STEPS)


def test_links_stand_as_cells_with_the_names_of_people(raw):
    book = openpyxl.load_workbook(io.BytesIO(raw))
    steps = {title: of(book, "Steps", title) for title in ("Name", "Workflows of steps")}
    assert steps == {
        "Name": ["Apply", "Check", "Pay"],
        "Workflows of steps": [None, None, "Financial services"],
    }
    assert of(book, "Steps", "Building blocks of steps")[2] == "Payments"  # Wallet was rejected
    listed = [cell.value for column in book["Lists"].columns for cell in column]
    assert {"Payments", "Financial services"} <= set(listed)


def test_what_nobody_changed_is_as_before(framework, plan, raw):
    before, undoable = plan.copy(), plan.undoable
    assert add_sheets(framework, plan, raw, STEPS).empty
    assert before.diff(plan).empty
    assert plan.undoable == undoable


@pytest.mark.parametrize("seed", range(3))
def test_any_use_case_goes_through_a_workbook_unchanged(seed, framework, make_plan):
    plan = make_plan(seed).copy()
    raw = changed(
        write_sheets(framework, plan, ("use_cases", "actors", "steps"), STEPS), lambda _: None
    )
    before = plan.copy()
    told = add_sheets(framework, plan, raw, STEPS)
    links = {"step_workflows", "step_building_blocks", "step_actors"}
    assert set(told["problem"].str.contains("is not known")) <= {True}  # names with semicolons
    assert set(before.diff(plan)["table"]) <= links


@pytest.mark.parametrize("seed", range(3))
def test_nothing_in_a_workbook_is_a_formula_or_a_link(seed, framework, make_plan):
    raw = write_sheets(framework, make_plan(seed), SHEETS, STEPS)
    for sheet in openpyxl.load_workbook(io.BytesIO(raw)):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.coordinate
                assert cell.hyperlink is None
                listed = sheet.title == "Lists"
                if not listed and str(cell.value or "").startswith(("=", "+", "-", "@")):
                    assert cell.quotePrefix
    parts = zipfile.ZipFile(io.BytesIO(raw)).namelist()
    assert not [name for name in parts if "externalLink" in name or "vbaProject" in name]


def test_changes_are_taken_and_decisions_stay(framework, plan, raw):
    def work(book):
        put(book, 2, "Name", "Apply online")
        put(book, 4, "Building blocks of steps", "payments; Consent\n Identity")
        put(book, 4, "Systems of steps", "Fees register")
        put(book, 4, "Who acts", "Clerk")
        put(book, 3, "What happens", "The clerk checks\nby hand")
        put(book, 2, "In short", "What it is", "Use cases")
        put(book, 2, "Name", "Clerk", "Actors")
        put(book, 2, "Kind", "Person", "Actors")
        put(book, 2, "Name", "Fees register", "Systems today")

    told = add_sheets(framework, plan, changed(raw, work), STEPS)
    assert told.empty, told.to_string()
    assert plan.undoable == "Load sheets"
    assert plan.steps["name"].tolist() == ["Apply online", "Check", "Pay"]
    assert plan.row("steps", "school-fees.check")["description"] == "The clerk checks\nby hand"
    assert plan.row("use_cases", "school-fees")["summary"] == "What it is"
    assert plan.row("actors", "school-fees.clerk")["kind"] == "person"
    blocks = plan.step_building_blocks.set_index("building_block")["status"].to_dict()
    assert blocks == {
        "govstack:payments": "accepted",
        "govstack:wallet": "rejected",
        "govstack:consent": "accepted",
        "govstack:identity": "accepted",
    }
    assert plan.row("step_workflows", ("school-fees.pay", "financial-services"))["reason"]
    assert plan.step_systems["system"].tolist() == ["fees-register"]
    assert plan.step_actors["actor"].tolist() == ["school-fees.clerk"]


def test_every_problem_is_told_with_its_place_and_the_rest_is_taken(framework, plan, raw):
    def work(book):
        put(book, 2, "Workflows of steps", "Finacial services")
        put(book, 4, "Name", None)
        put(book, 2, "Status", "finished", "Use cases")
        put(book, 2, "Name", "Clerk", "Actors")
        put(book, 2, "Kind", "robot", "Actors")
        put(book, 5, "Name", "Receipt")

    told = add_sheets(framework, plan, changed(raw, work), STEPS)
    places = [list(place) for place in told[["table", "row", "value"]].to_numpy().tolist()]
    assert ["steps", 2, "Finacial services"] in places
    assert ["use_cases", 2, "finished"] in places
    assert ["actors", 2, "robot"] in places
    assert told["fix"].str.contains("Did you mean Financial services").any()
    assert plan.steps["name"].tolist() == ["Apply", "Check", "Pay", "Receipt"]
    assert plan.use_cases["status"].item() == "draft"


def test_rows_stand_in_the_order_of_the_sheet_and_removed_ones_stay(framework, plan, raw):
    def work(book):
        sheet = book["Steps"]
        sheet.insert_rows(2)
        put(book, 2, "Name", "Announce")
        sheet.delete_rows(4)  # Check

    assert add_sheets(framework, plan, changed(raw, work), STEPS).empty
    names = plan.steps["name"].tolist()
    assert names[:2] == ["Announce", "Apply"]
    assert sorted(names) == ["Announce", "Apply", "Check", "Pay"]
    assert plan.steps["step"].tolist()[1] == "school-fees.apply"


def test_a_column_that_is_not_there_leaves_its_values(framework, plan, raw):
    def work(book):
        sheet = book["Steps"]
        place = next(cell.column for cell in sheet[1] if cell.value == "Workflows of steps")
        sheet.delete_cols(place)

    assert add_sheets(framework, plan, changed(raw, work), STEPS).empty
    assert plan.step_workflows["workflow"].tolist() == ["financial-services"]


def test_a_new_workbook_becomes_a_use_case(framework, plan, tmp_path):
    form = Plan.new(title="Form")
    form.add("use_cases", name="Seed vouchers", use_case="SEED-1")
    path = tmp_path / "form.xlsx"

    def work(book):
        put(book, 2, "Name", "Hand out")

    path.write_bytes(changed(write_sheets(framework, form, SHEETS, STEPS), work))
    assert add_sheets(framework, plan, path, STEPS).empty
    assert plan.row("steps", "SEED-1.hand-out")["use_case"] == "SEED-1"


def test_systems_go_out_and_come_in_with_what_they_serve(framework):
    plan, other = Plan.demonstration(), Plan.new(title="Other")
    for table in ("systems", "system_building_blocks"):
        assert len(plan.table(table))
    raw = write_sheets(framework, plan, ["systems"], INVENTORY)
    assert add_sheets(framework, other, raw, INVENTORY).empty
    assert set(plan.diff(other)["table"]).isdisjoint({"systems"})
    served = [
        sorted(map(tuple, p.system_building_blocks[["system", "building_block", "quality"]]
                   .fillna("").to_numpy().tolist()))
        for p in (plan, other)
    ]  # fmt: skip
    assert served[0] == served[1]


def test_a_list_of_systems_may_be_a_csv_file(framework, plan, tmp_path):
    path = tmp_path / "Systems.csv"
    path.write_text("Name;What systems serve\nTill;Payments (well), Consent\nBank;payments\n")
    told = add_sheets(framework, plan, path, INVENTORY)
    assert told["problem"].str.contains("is not known").sum() == len(told) <= 1
    assert plan.systems["name"].tolist() == ["Till", "Bank"]
    assert ("bank", "govstack:payments") in {
        tuple(row) for row in plan.system_building_blocks[["system", "building_block"]].to_numpy()
    }
    missing = add_sheets(framework, plan, tmp_path / "missing.csv", INVENTORY)
    assert len(missing) == 1


@pytest.mark.parametrize("raw", [b"", b"order;step\n1;Pay", b"PK\x03\x04" + b"\0" * 100])
def test_what_is_no_workbook_is_told_and_the_plan_stays(framework, plan, raw):
    before = plan.copy()
    told = plan_sheets.add_sheets(framework, plan, raw, STEPS)
    assert told["problem"].str.contains("not a workbook").all()
    assert len(told) == 1
    assert before.diff(plan).empty
