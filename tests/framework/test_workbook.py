"""A ministry's own rows in a workbook: the template, filled in and loaded again."""

import openpyxl
import pytest

import govstack_kit as gk


@pytest.fixture
def template(tmp_path):
    return gk.save_template(tmp_path / "ours.xlsx")


def fill(path, **sheets):
    """Add rows under the titles of the columns, and delete the sheets that stay empty."""
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        titles = [cell.value for cell in sheet[1]]
        for row in sheets.get(sheet.title, []):
            sheet.append([row.get(title) for title in titles])
    for sheet in set(sheets) - set(book.sheetnames):
        book.create_sheet(sheet)
    book.save(path)


OURS = {
    "sources": [
        {"source": "our-ministry", "title": "Service charter", "publisher": "Ministry of Water"}
    ],
    "sectors": [{"sector": "water", "name": "Water", "source": "our-ministry"}],
    "use_cases": [
        {
            "use_case": "WAT-1",
            "name": "Water bill",
            "catalogue": "own",
            "sector": "water",
            "version": 1,
            "status": "draft",
            "summary": "Households read their meter and pay.",
            "source": "our-ministry",
        }
    ],
    "steps": [
        {
            "step": "WAT-1.1",
            "use_case": "WAT-1",
            "order": 1.0,
            "name": "=Pay",
            "summary": "The household pays by phone.",
            "source": "our-ministry",
        }
    ],
    "step_building_blocks": [
        {
            "step": "WAT-1.1",
            "building_block": "govstack:payments",
            "position": 1,
            "source": "our-ministry",
        }
    ],
}


def test_filled_in_and_loaded_it_is_everywhere(template):
    fill(template, **{k: v for k, v in OURS.items() if k != "steps"})
    book = openpyxl.load_workbook(template)
    steps = OURS["steps"][0] | {"name": "Pay"}
    book["steps"].append([steps.get(cell.value) for cell in book["steps"][1]])
    book.save(template)
    framework = gk.load(template, extend=True)
    assert (
        gk.trace(framework, "govstack:payments", direction="up")
        .query("distance == 1")["node"]
        .str.contains("WAT-1.1")
        .any()
    )
    assert framework.use_cases.query("use_case == 'WAT-1'")["version"].item() == "1"
    assert len(framework.use_cases) == len(gk.load().use_cases) + 1


def test_an_unknown_block_is_named_with_its_sheet_and_row(template):
    wrong = OURS["step_building_blocks"][0] | {"building_block": "govstack:paymnts"}
    fill(template, **(OURS | {"step_building_blocks": [wrong]}))
    with pytest.raises(gk.TablesError, match="govstack:payments") as caught:
        gk.load(template, extend=True)
    problems = caught.value.problems
    # openpyxl writes "=Pay" as a formula without a result, so that name counts as empty
    assert problems[["table", "row", "column"]].values.tolist() == [
        ["steps", 2, "name"],
        ["step_building_blocks", 2, "building_block"],
    ]


def test_the_template_explains_itself_and_adds_nothing_by_itself(template):
    book = openpyxl.load_workbook(template)
    assert book.sheetnames[0] == "About"
    assert book["use_cases"]["A1"].comment.text.startswith("Identifier")
    with pytest.raises(gk.TablesError, match="no row was found"):
        gk.load(template, extend=True)


def test_an_existing_file_is_never_overwritten(template):
    before = template.read_bytes()
    with pytest.raises(gk.ArgumentError, match="exists already"):
        gk.save_template(template)
    assert template.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "tables", "match"),
    [
        ("a.xls", ["steps"], r"\.xlsx"),
        ("a.xlsx", ["stepz"], "steps"),
        ("no/a.xlsx", ["steps"], "written"),
    ],
)
def test_what_cannot_be_written_is_a_sentence(tmp_path, name, tables, match):
    with pytest.raises(gk.ArgumentError, match=match):
        gk.save_template(tmp_path / name, tables=tables)


@pytest.mark.parametrize("raw", [b"", b"PK\3\4 broken", b"name,sector\n"])
def test_what_is_no_workbook_is_a_sentence(tmp_path, raw):
    path = tmp_path / "x.xlsx"
    path.write_bytes(raw)
    with pytest.raises(gk.TablesError, match="not a workbook"):
        gk.load(path, extend=True)


def test_a_sheet_of_another_name_is_reported(template):
    fill(template, **OURS, stepz=[])
    book = openpyxl.load_workbook(template)
    book["stepz"].append(["step"])
    book.save(template)
    problems = gk.validate(template, extend=True)
    assert ["stepz", "Did you mean steps?"] in problems[["table", "fix"]].values.tolist() or (
        problems.query("table == 'stepz'")["fix"].str.contains("steps").all()
    )


def test_a_workbook_alone_needs_every_table(template):
    fill(template, **OURS)
    problems = gk.validate(template)
    missing = problems[problems["problem"].str.contains("missing or empty")]
    assert "sdg_goals" in set(missing["table"])
