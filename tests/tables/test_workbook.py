"""Workbooks: a template to fill in, and what people and other programs make of it."""

import io
import time
import zipfile

import openpyxl
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from govstack_kit.errors import ArgumentError
from govstack_kit.tables import package, validate, workbook


@pytest.fixture
def filled(tmp_path, cells):
    """Write the four tables, changed by a function, as somebody's workbook; return its path."""

    def filled(change=None, sheets=None, name="ours.xlsx"):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in (sheets or cells).items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append([cell or None for cell in row])
        if change:
            change(book)
        book.save(tmp_path / name)
        return tmp_path / name

    return filled


def changed(path, old, new, part="xl/worksheets/sheet1.xml"):
    """Change the text of a part of a workbook; return the path of the new one."""
    other = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(other, "w") as after:
        for item in before.infolist():
            raw = before.read(item)
            after.writestr(item, raw.replace(old, new) if item.filename == part else raw)
    return other


def test_a_workbook_gives_the_same_frames(filled, check, frames):
    again, problems = check(filled())
    assert problems.empty, problems.to_string()
    for name, frame in frames.items():
        assert_frame_equal(again[name], frame)


def test_the_template_explains_itself_and_is_read_back(tmp_path, mini, frames, check):
    raw = workbook.write(frames, mini, {"tools": ["till", "phone"]})
    book = openpyxl.load_workbook(io.BytesIO(raw))
    assert book.sheetnames == ["About", *(mini[n].title for n in frames), "Lists"]
    assert book["Services"]["E1"].comment.text == "What it costs a year."
    assert book["Services"]["A1"].font.bold
    rules = {str(r.sqref): r for r in book["Services"].data_validations.dataValidation}
    assert rules["D2:D303"].formula1 == '"draft,live"'
    assert (
        rules["C2:C303"].formula1.startswith("=Lists!$B$2") or "Lists!" in rules["C2:C303"].formula1
    )
    (tmp_path / "t.xlsx").write_bytes(raw)
    again, problems = check(tmp_path / "t.xlsx")
    assert problems.empty, problems.to_string()
    for name, frame in frames.items():
        assert_frame_equal(again[name][list(frame)], frame)
    (tmp_path / "e.xlsx").write_bytes(
        workbook.write({n: package.empty(t) for n, t in mini.items()}, mini, {})
    )
    assert check(tmp_path / "e.xlsx")[1]["problem"].tolist() == ["no row was found"]


def test_a_text_that_looks_like_a_formula_stays_text(tmp_path, mini, frames, check):
    frames["sectors"].loc[0, "name"] = '=HYPERLINK("http://x")'
    (tmp_path / "t.xlsx").write_bytes(workbook.write(frames, mini, {}))
    cell = openpyxl.load_workbook(tmp_path / "t.xlsx")["Sectors"]["B2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert check(tmp_path / "t.xlsx")[0]["sectors"]["name"].iloc[0] == '=HYPERLINK("http://x")'


def test_texts_and_tables_that_no_workbook_holds():
    with pytest.raises(ArgumentError, match="40,000 characters"):
        workbook.plain({"x": pd.DataFrame({"a": ["x" * 40_000]})})
    raw = workbook.plain({"a/b": pd.DataFrame({"a": [1]}), "A b": pd.DataFrame({"a": [2]})})
    assert openpyxl.load_workbook(io.BytesIO(raw)).sheetnames == ["a b", "A b 2"]


def test_numbers_typed_for_codes_are_found(filled, check, cells):
    cells["services"][1][2] = 16.1  # 16.10 was meant, perhaps
    cells["services"][2][2] = "16.10"
    problems = check(filled())[1]
    (problem,) = problems.to_dict("records")
    assert problem["problem"] == "“16.1” was typed as a number, so 16.1 and 16.10 look the same"
    assert (problem["table"], problem["row"], problem["column"]) == ("services", 2, "sector")


def test_what_a_sheet_may_be_called(filled, check, cells):
    sheets = {"SECTORS": cells["sectors"], "Tools of steps": [], "About": [["x"]], "Empty": []}
    frames, problems = check(filled(sheets=sheets))
    assert problems.empty
    assert len(frames["sectors"]) == 3
    problems = check(filled(sheets=sheets | {"stepz": [["step"]]}))[1]
    assert problems[["table", "fix"]].to_numpy().tolist() == [["stepz", "Did you mean steps?"]]


# ------------------------------------------------------------------------ strange workbooks


def test_formulas_count_as_their_results_and_those_without_are_told(filled, check):
    def compute(book):
        book["sectors"]["B3"] = "=A2"
        book["sectors"]["C3"] = '=IF(A2="x","y","")'

    path = filled(compute)
    problems = check(path)[1]
    assert problems[["table", "row", "column", "value"]].to_numpy().tolist() == [
        ["sectors", 3, "B", "=A2"],
        ["sectors", 3, "name", ""],
        ["sectors", 3, "C", '=IF(A2="x","y","")'],
    ] or set(problems["problem"]) >= {"the formula has no result"}
    saved = changed(path, b"<f>A2</f><v />", b"<f>A2</f><v>7</v>")
    saved = changed(saved, b"<f>A2</f><v></v>", b"<f>A2</f><v>7</v>")
    assert "B" not in set(check(saved)[1]["column"])


@pytest.mark.parametrize(
    "spelling",
    [
        b'<mergeCells count="1"><mergeCell ref="A2:XFD1048576"/></mergeCells>',
        b"<mergeCells count='1'><mergeCell ref='A2:XFD1048576'/></mergeCells>",
        b'<mergeCells><mergeCell ref = "A2:XFD1048576" /></mergeCells>',
        b'<mergeCells><mergeCell\n ref="$A$2:$XFD$1048576"></mergeCell></mergeCells>',
    ],
)
def test_a_merge_bomb_in_any_spelling_is_a_problem_within_a_second(filled, check, spelling):
    path = changed(filled(), b"</sheetData>", b"</sheetData>" + spelling)
    begun = time.process_time()
    problems = check(path)[1]
    assert time.process_time() - begun < 2
    assert problems["problem"].tolist() == ["cells are merged; only the first of them counts"]


def test_merged_cells_of_one_row_are_a_remark(filled, check):
    path = filled(lambda book: book["sectors"].merge_cells("B2:C2"))
    frames, problems = check(path)
    assert problems["level"].tolist() == ["remark"]
    assert len(frames) == 4


def test_a_wrong_size_in_the_file_loses_no_rows(filled, check):
    path = filled()
    assert b'<dimension ref="A1:C4"' in zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    wrong = changed(path, b'<dimension ref="A1:C4"', b'<dimension ref="A1:B2"')
    assert len(check(wrong)[0]["sectors"]) == 3


@pytest.mark.parametrize("raw", [b"", b"PK\3\4 broken", b"name,sector\n"])
def test_what_is_no_workbook_is_a_sentence(tmp_path, check, raw):
    (tmp_path / "x.xlsx").write_bytes(raw)
    (problem,) = check(tmp_path / "x.xlsx")[1].to_dict("records")
    assert problem["problem"].startswith("the file is not a workbook, or only a part of one")


def test_parts_that_are_cut_or_missing(filled, check, tmp_path):
    path = filled()
    raw = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    cut = [
        changed(path, raw[200:], b""),  # half a sheet
        changed(path, b"<sheetData>", b"<sheetData><row><c r='A1'>"),
    ]
    whole = path.read_bytes()
    (tmp_path / "half.xlsx").write_bytes(whole[: len(whole) // 2])
    for file in (*cut, tmp_path / "half.xlsx"):
        (problem,) = check(file)[1].to_dict("records")
        assert "not a workbook, or only a part of one" in problem["problem"]


def dense(path, rows, row):
    """Write a workbook by hand whose sheet has the same row many times."""
    head = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    page = head + "".join(row.replace("#", str(n + 1)) for n in range(rows))
    with zipfile.ZipFile(path) as before:
        parts = {item: before.read(item) for item in before.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as after:
        for item, raw in parts.items():
            new = (page + "</sheetData></worksheet>").encode()
            is_first = item.filename == "xl/worksheets/sheet1.xml"
            after.writestr(item.filename, new if is_first else raw)


BOMBS = {
    "dense": (20_000, '<row r="#">' + '<c r="A#"><v>1</v></c>' * 60 + "</row>"),
    "bare cells": (20_000, '<row r="#">' + "<c/>" * 60 + "</row>"),
    "wide": (10_000, '<row r="#"><c r="XFD#"><v>1</v></c></row>'),
    "deep": (1, '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
    "large": (
        1,
        f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"x" * 61_000_000}</t></is></c></row>',
    ),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_what_would_fill_the_memory_is_refused_at_once(filled, check, kind):
    path = filled()
    dense(path, *BOMBS[kind])
    assert path.stat().st_size < 1_000_000
    begun = time.process_time()
    frames, problems = check(path)
    assert time.process_time() - begun < 4
    assert frames == {}
    assert problems["fix"].iloc[0]


def test_bytes_will_do_as_well(mini, frames):
    problems = validate.Problems()
    raw = workbook.write({"sectors": frames["sectors"]}, mini, {})
    assert len(package.read_cells(raw, mini, problems)["sectors"]) == 3
    assert problems.frame().empty
