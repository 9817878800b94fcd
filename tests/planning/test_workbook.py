import io
import time
import zipfile

import openpyxl
import pytest

from govstack_kit import Plan, PlanError, PlanFileError
from govstack_kit.planning import _sheets, filled, workbook


def changed(raw, change):
    """Return a workbook after somebody worked on it."""
    book = openpyxl.load_workbook(io.BytesIO(raw))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def column(sheet, title):
    return next(cell.column for cell in sheet[1] if cell.value == title)


def put(book, row, title, value, sheet="Steps"):
    book[sheet].cell(row, column(book[sheet], title)).value = value


def test_a_workbook_has_the_sheets_dropdowns_and_widths(plan):
    book = openpyxl.load_workbook(io.BytesIO(plan.to_workbook("school-fees")))
    assert book.sheetnames == ["About", "Use case", "Actors", "Steps", "Lists"]
    steps = book["Steps"]
    assert [cell.value for cell in steps[4]][:3] == ["3", "Pay", None]
    assert steps.cell(4, column(steps, "Workflows")).value == "Financial services"
    assert steps.freeze_panes == "C2"
    assert steps.column_dimensions["C"].width > 40
    assert steps["C2"].alignment.wrap_text
    offered = {v.formula1 for v in steps.data_validations.dataValidation}
    assert any(formula.lstrip("=").startswith("Lists!$A$2:$A$") for formula in offered)
    lists = [cell.value for cell in book["Lists"]["B"]][1:]
    assert "Payments" in lists
    assert "Financial services" in [cell.value for cell in book["Lists"]["A"]]


def test_a_lone_cell_far_away_costs_no_million_rows(plan):
    raw = plan.to_workbook("school-fees")
    far = changed(raw, lambda book: book["Steps"].__setitem__("XFD1048576", "x"))
    loaded = plan.load_workbook(far)
    assert [step.name for step in loaded.use_case.steps] == [
        step.name for step in plan.use_case("school-fees").steps
    ]


def test_merged_cells_without_end_are_refused(plan):
    raw = changed(plan.to_workbook("school-fees"), lambda b: b["Steps"].merge_cells("A3:B4"))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b"A3:B4", b"A3:XFD1048576"))
    with pytest.raises(PlanError, match="cells are merged"):
        plan.load_workbook(out.getvalue())


def test_merged_cells_that_never_close_take_no_time(plan):
    raw, out = plan.to_workbook("school-fees"), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part))
        new.writestr("xl/worksheets/sheet99.xml", b"<mergeCell " * 40_000)
    start = time.process_time()  # a guard against endless work, no measurement
    plan.load_workbook(out.getvalue())
    assert time.process_time() - start < 5


def test_what_nobody_changed_is_as_before(plan):
    before = plan.data()
    loaded = plan.load_workbook(plan.to_workbook("school-fees"))
    assert loaded.problems.empty
    assert plan.data() == before


@pytest.mark.parametrize("seed", range(15))
def test_any_use_case_goes_through_a_workbook_unchanged(seed, make_use_case):
    plan = Plan.new(title="Odd")
    made = plan.put(make_use_case(seed))
    before = made.model_dump()
    loaded = plan.load_workbook(changed(plan.to_workbook(made.id), lambda _: None))
    assert loaded.use_case.model_dump() == before


@pytest.mark.parametrize("seed", range(5))
def test_nothing_in_a_workbook_is_a_formula_or_a_link(seed, framework, make_use_case):
    raw = workbook.write(make_use_case(seed), framework)
    book = openpyxl.load_workbook(io.BytesIO(raw))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.coordinate
                assert cell.hyperlink is None
                if str(cell.value or "").startswith(("=", "+", "-", "@")):
                    assert cell.quotePrefix
    parts = zipfile.ZipFile(io.BytesIO(raw)).namelist()
    assert not [name for name in parts if "externalLink" in name or "vbaProject" in name]


def test_changes_are_taken_and_decisions_stay(plan):
    def work(book):
        put(book, 2, "Step", "Apply online")
        put(book, 4, "Building blocks", "payments, Consent\n- Identity")
        put(book, 4, "Systems", "Fees register; Bank")
        put(book, 3, "What happens", "The clerk checks\nby hand")
        book["Use case"]["B7"] = "What it is"
        book["Actors"].append(["Clerk", "checks", "Person", "one line"])

    raw = changed(plan.to_workbook("school-fees"), work)
    plan.add_system("Bank", id="bank")
    loaded = plan.load_workbook(raw)
    assert loaded.problems.empty
    fees = plan.use_case("school-fees")
    assert fees is loaded.use_case
    assert (fees.steps[0].id, fees.steps[0].name) == ("apply", "Apply online")
    assert fees.steps[1].description == "The clerk checks\nby hand"
    assert fees.summary == "What it is"
    assert fees.actors[0].model_dump() == {
        "name": "Clerk",
        "role": "checks",
        "kind": "person",
        "note": "one line",
    }
    pay = fees.steps[2]
    assert pay.accepted("building_block") == [
        "govstack:payments",
        "govstack:consent",
        "govstack:identity",
    ]
    assert [c.key for c in pay.building_blocks if not c.accepted] == ["govstack:wallet"]
    assert pay.workflows[0].reason == "Parents pay"
    assert pay.systems == ["fees-register", "bank"]
    assert [s.name for s in plan.systems] == ["Bank", "Fees register"]


def test_every_problem_is_listed_with_its_place(plan):
    def work(book):
        put(book, 2, "Workflows", "Finacial services; Goat herding")
        put(book, 3, "Order", "second")
        put(book, 4, "Step", None)
        put(book, 4, "As-is", "x" * 32_000)
        book["Use case"]["B6"] = "finished"
        book["Use case"]["B12"] = "4.1; 99.9"
        book["Actors"].append([None, "nobody"])
        book["Actors"].append(["Clerk", "", "robot"])
        book["Actors"].append(["clerk"])
        book["Steps"].append([9, "n" * 400, None, None, None, None, None, None, None, "pay"])

    loaded = plan.load_workbook(changed(plan.to_workbook("school-fees"), work))
    found = loaded.problems[["sheet", "row", "column", "problem"]].to_numpy().tolist()
    assert found == [
        ["Use case", 6, "Value", "the value is not known"],
        ["Use case", 12, "Value", "'99.9' is no goal or target"],
        ["Actors", 2, "Name", "the name is empty"],
        ["Actors", 3, "Kind", "the value is not known"],
        ["Actors", 4, "Name", "the actor stands twice"],
        ["Steps", 2, "Workflows", "'Finacial services' is no workflow of the framework"],
        ["Steps", 2, "Workflows", "'Goat herding' is no workflow of the framework"],
        ["Steps", 3, "Order", "this is not a number"],
        ["Steps", 4, "Step", "the step has no name"],
        ["Steps", 4, "As-is", "the text has 32,000 characters"],
        ["Steps", 5, "Step id", "two rows have this id"],
        ["Steps", 5, "Step", "the name is too long"],
    ]
    fixes = " ".join(loaded.problems["fix"])
    assert "Did you mean Financial services?" in fixes
    fees = loaded.use_case
    assert fees.status == "draft"
    assert fees.accepted("target") == ["4.1"]
    assert [w.words for w in fees.steps[0].own_words] == ["Finacial services", "Goat herding"]
    assert (fees.steps[2].name, fees.steps[2].as_is) == ("Pay", "")
    assert len({step.id for step in fees.steps}) == 4


def test_formulas_errors_and_merged_cells_are_handled(plan):
    def work(book):
        put(book, 2, "What happens", '=HYPERLINK("http://evil.example","click")')
        put(book, 3, "What happens", "#REF!")
        put(book, 2, "Actors", "Clerk")
        place = column(book["Steps"], "Actors")
        book["Steps"].merge_cells(start_row=2, end_row=4, start_column=place, end_column=place)
        book["Steps"]["C3"].data_type = "e"

    loaded = plan.load_workbook(changed(plan.to_workbook("school-fees"), work))
    said = loaded.problems["problem"].tolist()
    assert "the cell has a formula; it has no result" in said
    assert "the cell shows an error" in said
    assert "cells are merged; their value was taken for each row" in said
    assert [step.actors for step in loaded.use_case.steps] == [["Clerk"]] * 3
    assert "HYPERLINK" not in loaded.use_case.model_dump_json()


def test_the_result_of_a_formula_is_taken(framework):
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("steps")
    sheet.write_row(0, 0, ["Order", "Step"])
    sheet.write_formula(1, 1, '=CONCATENATE("P","ay")', None, "Pay")
    sheet.write_row(2, 0, [2, 2026])
    book.close()
    loaded = filled.read(out.getvalue(), framework)
    assert [step.name for step in loaded.use_case.steps] == ["Pay", "2026"]
    assert "the cell has a formula; its result was taken" in loaded.problems["problem"].tolist()
    missing = loaded.problems.query("problem == 'the sheet is missing'")["sheet"].tolist()
    assert missing == ["Use case", "Actors"]


def test_rows_may_be_added_moved_and_left_empty(plan):
    def work(book):
        sheet = book["Steps"]
        sheet.insert_rows(3, 2)
        sheet["A3"], sheet["B3"] = "1.5", "Receipt"
        sheet["A7"], sheet["B7"] = "0", "Announce"

    loaded = plan.load_workbook(changed(plan.to_workbook("school-fees"), work))
    names = [step.name for step in loaded.use_case.steps]
    assert names == ["Announce", "Apply", "Receipt", "Check", "Pay"]
    assert [step.id for step in loaded.use_case.steps][3:] == ["check", "pay"]


def test_removed_steps_are_told_and_an_empty_sheet_removes_none(plan):
    raw = plan.to_workbook("school-fees")
    empty = changed(raw, lambda book: book["Steps"].delete_rows(2, 50))
    loaded = plan.load_workbook(empty)
    assert len(loaded.use_case.steps) == 3
    assert loaded.problems["problem"].tolist() == ["the sheet has no steps"]
    fewer = changed(raw, lambda book: book["Steps"].delete_rows(3, 1))
    loaded = plan.load_workbook(fewer)
    assert [step.name for step in loaded.use_case.steps] == ["Apply", "Pay"]
    assert (
        "the step 'Check' is not in the workbook and was removed"
        in loaded.problems["problem"].tolist()
    )


def test_a_missing_column_leaves_its_values(plan):
    place = [c.title for c in workbook.STEP_COLUMNS].index("Workflows") + 1
    raw = changed(plan.to_workbook("school-fees"), lambda b: b["Steps"].delete_cols(place))
    loaded = plan.load_workbook(raw)
    assert loaded.problems["problem"].tolist() == ["the column 'Workflows' is missing"]
    assert loaded.use_case.steps[2].accepted("workflow") == ["financial-services"]


def test_a_new_workbook_becomes_a_use_case(plan, framework, tmp_path):
    form = Plan.new(title="Form")
    form.add_use_case("Seed vouchers", id="SEED-1")
    path = tmp_path / "form.xlsx"
    form.to_workbook("SEED-1", path)
    loaded = plan.load_workbook(path, framework)
    assert plan.use_case("SEED-1") is loaded.use_case
    with pytest.raises(PlanFileError, match="no such folder"):
        plan.to_workbook("SEED-1", tmp_path / "no" / "x.xlsx")
    with pytest.raises(PlanFileError, match="cannot be read: there is no such"):
        plan.load_workbook(tmp_path / "missing.xlsx")


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b" " * (_sheets.UNPACKED + 1))
    return out.getvalue()


def entities():
    out = io.BytesIO()
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("xl/workbook.xml", f'<!DOCTYPE x [<!ENTITY a0 "ha">{lines}]><x>&a11;</x>')
        package.writestr(
            "[Content_Types].xml", f'<!DOCTYPE x [<!ENTITY a0 "h">{lines}]><x>&a11;</x>'
        )
    return out.getvalue()


def empty_package():
    out = io.BytesIO()
    zipfile.ZipFile(out, "w").close()
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "not an Excel workbook"),
        (b"order;step\n1;Pay", "not an Excel workbook"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, r"Older workbooks \(.xls\)"),
        (b"PK\x03\x04" + b"\0" * 100, "not an Excel workbook"),
        (empty_package(), "holds no sheets"),
        (bomb(), "too large when unpacked"),
        (entities(), "cannot be read as a workbook"),
        (b"x" * (_sheets.LARGEST + 1), "larger than 20 MB"),
    ],
)
def test_what_is_no_workbook_is_refused_and_the_plan_stays(plan, raw, said):
    before = plan.data()
    with pytest.raises(PlanError, match=said):
        plan.load_workbook(raw)
    assert plan.data() == before


def test_a_workbook_of_something_else_is_refused(plan):
    book = openpyxl.Workbook()
    book.active.title = "Budget"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(PlanError, match=r"no sheet 'Steps' \(its sheets: Budget\)"):
        plan.load_workbook(out.getvalue())


def test_too_many_rows_are_refused(plan):
    def work(book):
        for number in range(2_100):
            book["Steps"].append([number, f"Step {number}"])

    with pytest.raises(PlanError, match="2,000 are allowed"):
        plan.load_workbook(changed(plan.to_workbook("school-fees"), work))
    assert len(plan.use_cases[0].steps) == 3
