"""Answer sheets come back as they were filled in; whatever is wrong with them is a sentence."""

import datetime as dt
import io

import openpyxl
import pytest

import govstack_kit as kit
from govstack_kit.planning.selected import Answer, Option, OwnRequirement
from govstack_kit.selection.answers import answer_sheet, read_answers, take_answers
from govstack_kit.selection.checks import checks

BLOCK = "govstack:consent"
COLUMNS = [
    *("Requirement", "Building block", "Kind", "Level", "What is asked"),
    *("Answer", "Evidence", "By", "Date"),
]


@pytest.fixture
def sheet(tmp_path, framework):
    """Write a sheet for an option, and return what changes its cells and reads it back."""
    option = Option(id="hub", name="Hub")
    file = answer_sheet(tmp_path / "hub.xlsx", framework, BLOCK, option)
    book = openpyxl.load_workbook(file)
    rows = {cell.value: cell.row for cell in book["Answers"]["A"]}

    def filled(*cells, raw=False):
        for key, column, value in cells:
            row = rows[key] if isinstance(key, str) else key
            book["Answers"].cell(row, COLUMNS.index(column) + 1, value)
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue() if raw else read_answers(buffer.getvalue(), framework)

    filled.book, filled.rows = book, rows
    return filled


def said(found):
    columns = ["row", "column", "problem", "fix"]
    return [tuple(row) for row in found.problems[columns].to_numpy().tolist()]


def test_the_sheet_asks_everything_once(sheet, framework):
    asked = checks(framework, BLOCK)
    page = sheet.book["Answers"]
    assert [cell.value for cell in page[1]] == COLUMNS
    table = [[cell.value or "" for cell in row[:5]] for row in page.iter_rows(min_row=2)]
    assert [row[0] for row in table] == asked["requirement"].tolist()
    assert [row[4] for row in table] == asked["title"].tolist()
    assert {row[1] for row in table} == {"Consent", "every building block"}
    lists = [rule for rule in page.data_validations.dataValidation if "F2" in str(rule.sqref)]
    assert len(lists) == 1
    assert [c.value for c in sheet.book["Lists"]["A"]] == [
        *("Answers", "unknown", "met", "partly", "not met"),
    ]


def test_what_is_filled_in_comes_back(sheet):
    found = sheet(
        ("consent:6.1-01", "Answer", "met"),
        ("consent:6.1-01", "Evidence", "Test report 7, page 3"),
        ("consent:6.1-01", "By", "Vendor"),
        ("consent:6.1-01", "Date", dt.date(2026, 11, 23)),
        ("security:5.5.1-01", "Answer", " Not Met "),
        ("deployment:container", "Answer", "partly"),
        (f"{BLOCK} GET /config/policies/", "Answer", "unknown"),
        (f"{BLOCK} GET /config/policies/", "Evidence", "To be asked"),
    )
    assert found.problems.empty
    assert found.option == "hub"
    answers = {answer.key: answer for answer in found.answers}
    assert answers["consent:6.1-01"] == Answer(
        key="consent:6.1-01",
        answer="met",
        evidence="Test report 7, page 3",
        by="Vendor",
        date="2026-11-23",
    )
    assert answers["security:5.5.1-01"].answer == "not met"
    assert answers["deployment:container"].answer == "partly"
    assert answers[f"{BLOCK} GET /config/policies/"].answer == "unknown"
    assert len(answers) == 4


def test_every_problem_is_named_and_the_rest_taken(sheet):
    rows = sheet.rows
    found = sheet(
        ("consent:6.1-01", "Answer", "mett"),
        ("consent:6.1-02", "Answer", "yes"),
        ("consent:6.1-03", "Answer", "met"),
        ("consent:6.1-03", "Date", "last week"),
        (rows["security:5.5.1-01"], "Requirement", "security:5.5.1-1"),
        (rows["security:5.5.1-01"], "Answer", "met"),
        (rows["security:5.5.2-01"], "Requirement", ""),
        (rows["security:5.5.2-01"], "Answer", "met"),
        (rows["security:5.5.3-01"], "Requirement", "consent:6.1-03"),
        (rows["security:5.5.3-01"], "Answer", "not met"),
        ("deployment:container", "Answer", "met"),
        ("deployment:container", "By", "x" * 3000),
    )
    assert [(answer.key, answer.answer) for answer in found.answers] == [("consent:6.1-03", "met")]
    problems = {column: (problem, fix) for _, column, problem, fix in said(found)}
    assert len(found.problems) == 7
    assert found.problems["row"].is_monotonic_increasing
    texts = " ".join(found.problems["problem"] + ". " + found.problems["fix"])
    for text in (
        "this is no answer. Did you mean met",
        "nothing with this key can be answered. Did you mean security:5.5.1-01",
        "the row has answers and no requirement",
        "the requirement stands twice",
        "By is too long",
    ):
        assert text in texts
    assert problems["Date"][0] == "the date is not written out"
    allowed = found.problems.set_index("column").loc["Answer", "allowed"]
    assert set(allowed) == {"unknown, met, partly, not met"}


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-met", "@home", "=HYPERLINK(1)"])
def test_no_text_becomes_a_formula_and_back(tmp_path, framework, text):
    given = Answer(key="consent:6.1-01", answer="met", evidence=text, by=text)
    option = Option(id="hub", name=text, answers=[given])
    file = answer_sheet(tmp_path / "hub.xlsx", framework, BLOCK, option)
    for page in openpyxl.load_workbook(file):
        assert not [
            cell.coordinate for row in page.iter_rows() for cell in row if cell.data_type == "f"
        ]
    assert read_answers(file, framework).answers == [given]


def test_a_formula_is_not_computed_and_said(sheet):
    found = sheet(("consent:6.1-01", "Answer", '="met"'), ("consent:6.1-02", "Answer", "met"))
    assert [answer.key for answer in found.answers] == ["consent:6.1-02"]
    assert "the cell has a formula; it has no result" in set(found.problems["problem"])


def test_a_problem_with_a_cell_names_the_title_of_its_column(sheet):
    found = sheet(
        ("consent:6.1-01", "Answer", "=1"),
        ("consent:6.1-01", "Evidence", "=2"),
        ("consent:6.1-02", "Date", "#REF!"),
        ("consent:6.1-02", "Answer", "perhaps"),
    )
    rows = [sheet.rows[key] for key in ("consent:6.1-01", "consent:6.1-02")]
    places = set(zip(found.problems["row"], found.problems["column"], strict=True))
    assert places == {
        *((rows[0], "Answer"), (rows[0], "Evidence")),
        *((rows[1], "Date"), (rows[1], "Answer")),
    }


def test_merged_cells_are_said(sheet):
    row = sheet.rows["consent:6.1-01"]
    sheet.book["Answers"].merge_cells(start_row=row, end_row=row + 1, start_column=6, end_column=6)
    found = sheet(("consent:6.1-01", "Answer", "met"))
    assert [answer.key for answer in found.answers] == ["consent:6.1-01"]
    assert found.problems["problem"].item().startswith("cells are merged")


def test_answers_go_into_the_plan_and_empty_rows_erase_nothing(sheet):
    plan = kit.Plan.new(title="Consent")
    old = [
        Answer(key="consent:6.1-01", answer="partly"),
        Answer(key="consent:6.1-02", answer="met"),
    ]
    plan.options = [Option(id="hub", name="Hub", answers=old)]
    found = sheet(("consent:6.1-01", "Answer", "met"), ("consent:6.1-03", "Answer", "unknown"))
    assert take_answers(plan, found.option, found.answers) == 2
    assert [(answer.key, answer.answer) for answer in plan.options[0].answers] == [
        ("consent:6.1-01", "met"),
        ("consent:6.1-02", "met"),
        ("consent:6.1-03", "unknown"),
    ]
    assert take_answers(plan, "hub", found.answers) == 0
    with pytest.raises(kit.UnknownKeyError, match=r"no option 'hubb'\. Did you mean hub"):
        take_answers(plan, "hubb", found.answers)


@pytest.mark.parametrize("cell", ["=Sheet9!A1", None, " ", "#REF!", "perhaps", "\u200b"])
def test_what_is_no_answer_erases_none(tmp_path, framework, cell):
    held = Answer(key="consent:6.1-01", answer="met", evidence="Test 7", by="Vendor")
    option = Option(id="hub", name="Hub", answers=[held])
    plan = kit.Plan.new(title="Consent")
    plan.options = [option]
    file = answer_sheet(tmp_path / "hub.xlsx", framework, BLOCK, option)
    book = openpyxl.load_workbook(file)
    page = book["Answers"]
    row = next(cell.row for cell in page["A"] if cell.value == held.key)
    page.cell(row, 6).value = cell
    book.save(file)
    found = read_answers(file, framework)
    assert found.answers == []
    problems = found.problems.query("row == @row and column == 'Answer'")
    if cell in (None, " ", "=Sheet9!A1", "#REF!"):
        said = "there is no answer, so the row was left out; what the plan has stays"
        fix = problems.set_index("problem").loc[said, "fix"]
        assert fix == "Choose from the dropdown; unknown if nobody knows."
    assert len(problems) == 1 + (cell in ("=Sheet9!A1", "#REF!"))  # what is wrong with the cell too
    assert take_answers(plan, "hub", found.answers) == 0
    assert plan.options[0].answers == [held]


def test_unknown_takes_an_answer_back(sheet):
    plan = kit.Plan.new(title="Consent")
    held = Answer(key="consent:6.1-01", answer="met", evidence="Test 7", by="Vendor")
    plan.options = [Option(id="hub", name="Hub", answers=[held])]
    found = sheet(("consent:6.1-01", "Answer", "unknown"))
    assert found.problems.empty
    assert take_answers(plan, "hub", found.answers) == 1
    assert plan.options[0].answers == [Answer(key="consent:6.1-01")]


def test_the_sheet_says_what_an_empty_answer_does(sheet):
    notes = [one for one in sheet.book["Answers"][1] if one.comment]
    texts = {cell.value: cell.comment.text for cell in notes}
    assert "Empty changes nothing" in texts["Answer"]
    about = " ".join(str(cell.value) for cell in sheet.book["About"]["B"])
    assert "to take an answer back, choose unknown" in about


def test_own_requirements_and_needs_are_asked_too(tmp_path, framework):
    plan = kit.Plan.new(title="Consent")
    plan.own_requirements = [OwnRequirement(id="sms", building_block=BLOCK, title="By SMS")]
    needs = checks(framework, BLOCK).assign(decision="later", own=False)
    file = answer_sheet(tmp_path / "own.xlsx", framework, BLOCK, plan=plan)
    book = openpyxl.load_workbook(file)
    last = book["Answers"].max_row
    assert book["Answers"].cell(last, 1).value == "sms"
    book["Answers"].cell(last, 6, "met")
    book.save(file)
    assert [answer.key for answer in read_answers(file, framework, plan=plan).answers] == ["sms"]
    assert read_answers(file, framework).answers == []
    few = answer_sheet(tmp_path / "few.xlsx", framework, BLOCK, requirements=needs)
    assert openpyxl.load_workbook(few)["Answers"].max_row == 1


def test_files_that_are_no_answer_sheets(tmp_path, framework, sheet):
    with pytest.raises(kit.PlanFileError, match=r"'no\.xlsx' cannot be read"):
        read_answers(tmp_path / "no.xlsx", framework)
    with pytest.raises(kit.PlanError, match="not an Excel workbook"):
        read_answers(b"Requirement;Answer", framework)
    sheet.book["Answers"]["F1"] = "Reply"
    with pytest.raises(kit.PlanError, match="lacks the column Requirement or Answer"):
        read_answers(sheet(raw=True), framework)
    sheet.book["Answers"].title = "Sheet 1"
    with pytest.raises(kit.PlanError, match="no sheet 'Answers'"):
        read_answers(sheet(raw=True), framework)


def test_a_sheet_never_overwrites_a_file(tmp_path, framework):
    file = tmp_path / "hub.xlsx"
    file.write_bytes(b"mine")
    with pytest.raises(kit.ArgumentError, match="exists already"):
        answer_sheet(file, framework, BLOCK)
    assert file.read_bytes() == b"mine"
    with pytest.raises(kit.ArgumentError, match=r"ends in \.xlsx"):
        answer_sheet(tmp_path / "hub.csv", framework, BLOCK)
    with pytest.raises(kit.ArgumentError, match="cannot be written"):
        answer_sheet(tmp_path / "no folder" / "hub.xlsx", framework, BLOCK)
    with pytest.raises(kit.UnknownKeyError, match="no building block"):
        answer_sheet(tmp_path / "new.xlsx", framework, "consent!")
    assert [path.name for path in tmp_path.iterdir()] == ["hub.xlsx"]


@pytest.mark.parametrize("answers", [None, [1], "met"])
def test_only_answers_are_taken(answers):
    plan = kit.Plan.new(title="Consent")
    plan.options = [Option(id="hub", name="Hub")]
    with pytest.raises(kit.ArgumentError, match="is no answer"):
        take_answers(plan, "hub", answers)
    assert plan.options[0].answers == []
