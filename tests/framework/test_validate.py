"""Tables as people really save them, and tables with everything wrong."""

import csv
import shutil
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import govstack_kit
from govstack_kit.framework import _csv, schema, validate
from govstack_kit.framework._rows import Problems
from govstack_kit.framework.validate import read_table

COLUMNS = ["table", "row", "column", "value", "problem", "allowed", "fix"]


@pytest.fixture
def folder(data, tmp_path):
    """A copy of the bundled tables to break."""
    return Path(shutil.copytree(data, tmp_path / "tables"))


@pytest.fixture
def own(tmp_path):
    """An empty folder for the additions of a country."""
    path = tmp_path / "ministry"
    path.mkdir()
    return path


def change(folder, table, function):
    """Let `function` change the rows of a file, header first, in place."""
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    function(rows)
    write(path, rows)


def write(path, rows, *, delimiter=",", encoding="utf-8", ends="\n"):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator=ends, quoting=csv.QUOTE_ALL).writerows(
            rows
        )


def places(problems):
    return set(problems[["table", "row", "column"]].itertuples(index=False, name=None))


def at(problems, table, row=0, column=""):
    """Return the one problem at a place."""
    found = problems[
        (problems["table"] == table) & (problems["row"] == row) & (problems["column"] == column)
    ]
    assert len(found) == 1, problems.to_string()
    return found.iloc[0]


# ------------------------------------------------------------------------ files that work


def as_saved(text, way):
    """Return `text`, a CSV file, as bytes in the form that some program saves."""
    rows = list(csv.reader(text.splitlines()))
    forms = {
        "plain": text.encode(),
        "byte-order mark": text.encode("utf-8-sig"),
        "UTF-16": text.encode("utf-16"),
        "UTF-16 big endian": b"\xfe\xff" + text.encode("utf-16-be"),
        "semicolons": "\n".join(";".join(row) for row in rows).encode(),
        "tabs": "\n".join("\t".join(row) for row in rows).encode(),
        "Windows line ends": text.replace("\n", "\r\n").encode(),
        "old Mac line ends": text.replace("\n", "\r").encode(),
        "no line end at the end": text.rstrip("\n").encode(),
        "blank lines": ("\n\n" + text.replace("\n", "\n\n") + ",,,\n\n").encode(),
        "blanks round cells": text.replace(",", " ,  ").encode(),
        "everything quoted": "\n".join(
            ",".join(f'"{cell}"' for cell in row) for row in rows
        ).encode(),
        "short rows": text.replace(",\n", "\n").encode(),
        "empty cells at the end": text.replace(",\n", ",,,\n").encode(),
        "columns in another order": "\n".join(",".join(reversed(row)) for row in rows).encode(),
        "without an optional column": "\n".join(",".join(row[:-1]) for row in rows).encode(),
    }
    return forms[way] if way else list(forms)


SECTORS = "sector,name,source,note\nzz-fish,Pêche,govstack-kit,\nzz-wood,Forêts,govstack-kit,\n"


@pytest.mark.parametrize("way", as_saved(SECTORS, ""))
def test_every_way_of_saving_gives_the_same_rows(tmp_path, way):
    path = tmp_path / "sectors.csv"
    path.write_bytes(as_saved(SECTORS, way))
    problems = Problems()
    read = read_table(path, schema.table("sectors"), problems)
    assert problems.frame().empty
    assert read.rows == [
        ["zz-fish", "Pêche", "govstack-kit", ""],
        ["zz-wood", "Forêts", "govstack-kit", ""],
    ]


def test_rows_are_numbered_as_in_a_spreadsheet(tmp_path):
    path = tmp_path / "sectors.csv"
    path.write_text('\nsector,name\n\na,"two\nlines"\n\nb,B\n', encoding="utf-8")
    read = read_table(path, schema.table("sectors"), Problems())
    assert read.numbers == [4, 6]


def test_a_folder_saved_in_all_ways_equals_the_bundled_one(folder, framework):
    """Each table in another form; the framework must be the same, cell by cell."""
    forms = [
        {"encoding": "utf-8-sig"},
        {"encoding": "utf-16", "delimiter": "\t"},
        {"delimiter": ";", "ends": "\r\n", "encoding": "utf-8-sig"},
        {"ends": "\r"},
        {"delimiter": "\t"},
        {},
    ]
    for number, table in enumerate(schema.tables()):
        path = folder / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        write(path, rows, **forms[number % len(forms)])
    again = govstack_kit.load(folder)
    for table in schema.tables():
        assert_frame_equal(getattr(again, table), getattr(framework, table))


def test_unusual_but_right_cells_are_kept(folder):
    """Line breaks and quotation marks in cells, integers with zeros, letters of any script."""
    texts = [
        "two\nlines",
        "one\rreturn",
        "Windows\r\nlines",
        'a "quoted" word',
        "NA",
        "null",
        "नमस्ते",
        "x" * 140_000,
    ]

    def put(rows):
        for row, text in zip(rows[1:], texts, strict=False):
            row[rows[0].index("note")] = text
            row[rows[0].index("order")] = "0" + row[rows[0].index("order")]

    change(folder, "steps", put)
    change(folder, "building_blocks", lambda rows: rows[1].__setitem__(6, "TRUE"))
    steps = govstack_kit.load(folder).steps
    assert steps["note"].head(len(texts)).tolist() == texts
    assert steps["order"].head(3).tolist() == [1, 2, 3]
    assert govstack_kit.load(folder).building_blocks["every_workflow"].head(2).tolist() == [
        True,
        False,
    ]


def test_a_table_may_have_no_rows(folder):
    """Header only is right where nothing refers to the table."""
    for table in ("errata", "workflow_names", "building_block_crosswalk", "use_case_workflows"):
        change(folder, table, lambda rows: rows.__delitem__(slice(1, None)))
    empty = govstack_kit.load(folder)
    assert empty.errata.empty
    assert empty.errata.dtypes.equals(govstack_kit.load().errata.dtypes)
    assert govstack_kit.trace(empty, "AGR-2").shape[0] > 10
    assert empty.sources_of("building_block_crosswalk").empty
    assert set(empty.sources_of("steps")["corrections"]) == {""}


# ---------------------------------------------------------------------- files that do not


UNREADABLE = {
    "missing": ("the file is missing", None),
    "zero bytes": ("the file is empty", b""),
    "only a mark": ("the file is empty", b"\xef\xbb\xbf"),
    "only blanks": ("the file is empty", b" \r\n\n \n"),
    "only commas": ("the file is empty", b",,,\n,,,\n"),
    "Latin-1": ("not in UTF-8: line 3 has", "sector\na\npêche\n".encode("latin-1")),
    "a workbook": ("not text (perhaps a workbook", b"PK\x03\x04\x14\0\x06\0\x08\0"),
    "half a UTF-16": ("not in UTF-8", b"\xff\xfea"),
    "UTF-16 unmarked": ("not text", SECTORS.encode("utf-16-le")),
    "a folder": ("the file cannot be read", Path.mkdir),
    "60 MB": ("the file has 60 MB, more than the 52 MB", lambda path: truncate(path, 60_000_000)),
    "an open quotation mark": ("never closed", b'sector,name\na,"b\nc,d\n'),
    "a stray quotation mark": ("in the middle of a cell", b'sector,name\na,"b"c\n'),
}


def spoil(path, content):
    """Put something unreadable in the place of a file."""
    path.unlink()
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        content(path)


def truncate(path, size):
    with path.open("wb") as file:
        file.truncate(size)  # a sparse file: no disk is used


@pytest.mark.parametrize("way", UNREADABLE)
def test_unreadable_file_is_one_problem(tmp_path, way):
    path = tmp_path / "sectors.csv"
    path.write_text(SECTORS, encoding="utf-8")
    expected, content = UNREADABLE[way]
    spoil(path, content)
    problems = Problems()
    assert not read_table(path, schema.table("sectors"), problems).readable
    (problem,) = problems.frame().to_dict("records")
    assert expected in problem["problem"]
    assert problem["fix"].endswith(".")


def test_no_permission(monkeypatch, data):
    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(_csv.UnreadableError, match=r"cannot be read \(Permission denied\)"):
        _csv.read_rows(data / "steps.csv")


def test_a_folder_of_unreadable_files(folder):
    """Every file is told of, and nothing that follows from it."""
    tables = list(schema.tables())
    for table, (_, content) in zip(tables, UNREADABLE.values(), strict=False):
        spoil(folder / f"{table}.csv", content)
    problems = govstack_kit.validate(folder)
    assert {(p[0], p[2]) for p in places(problems)} == {
        (table, "") for table in tables[: len(UNREADABLE)]
    }
    assert len(problems) == len(UNREADABLE)
    with pytest.raises(govstack_kit.TablesError, match=f"{len(UNREADABLE)} problems in"):
        govstack_kit.load(folder)


@pytest.mark.parametrize("extend", [False, True])
@pytest.mark.parametrize("name", ["nowhere", "a file", ""])
def test_no_folder(tmp_path, name, extend):
    (tmp_path / "a file").write_text("x", encoding="utf-8")
    path = tmp_path / (name or "x" * 300)
    problem = at(govstack_kit.validate(path, extend=extend), "datapackage")
    assert "is no folder that can be read" in problem["problem"]
    with pytest.raises(govstack_kit.TablesError, match=r"- the folder: '.*' is no folder"):
        govstack_kit.load(str(path), extend=extend)


def test_empty_folder(own):
    problems = govstack_kit.validate(own)
    assert places(problems) == {(table, 0, "") for table in schema.tables()}
    assert set(problems["problem"]) == {"the file is missing"}
    problem = at(govstack_kit.validate(own, extend=True), "datapackage")
    assert problem["problem"].startswith("no table was found in")
    assert "use_cases.csv" in problem["allowed"]


def test_files_that_are_no_tables(folder):
    for name in (
        "usecases.csv",
        "Steps.CSV",
        "zzz.csv",
        "readme.txt",
        ".~lock.steps.csv#",
        "._steps.csv",
    ):
        (folder / name).write_text("x\n", encoding="utf-8")
    problems = govstack_kit.validate(folder)
    assert places(problems) == {("usecases", 0, ""), ("Steps", 0, ""), ("zzz", 0, "")}
    assert at(problems, "usecases")["fix"].startswith("Did you mean use_cases ")
    assert at(problems, "Steps")["fix"].startswith("Did you mean steps ")
    assert at(problems, "zzz")["fix"] == "Rename or remove the file."


# ---------------------------------------------------------------------------- wrong columns


def test_wrong_columns(folder):
    def rename(rows):
        rows[0][rows[0].index("name")] = "Name"

    def drop(rows):
        for row in rows:
            del row[0]

    change(folder, "sectors", rename)
    change(folder, "workflows", lambda rows: [row.append("x") for row in rows])
    change(folder, "sdg_goals", lambda rows: [row.append(row[1]) for row in rows])
    change(folder, "errata", lambda rows: [row.append("") for row in rows])
    change(folder, "use_cases", drop)
    change(folder, "building_block_crosswalk", drop)
    problems = govstack_kit.validate(folder)
    assert places(problems) == {
        ("sectors", 1, "Name"),
        ("sectors", 1, "name"),
        ("workflows", 1, "x"),
        ("sdg_goals", 1, "name"),
        ("errata", 1, ""),
        ("use_cases", 1, "use_case"),
        ("building_block_crosswalk", 1, "dif"),
    }
    wrong = at(problems, "sectors", 1, "Name")
    assert wrong["problem"] == "column 'Name' is not part of this table"
    assert wrong["allowed"] == "sector, name, source, note"
    assert wrong["fix"] == "Did you mean name?"
    missing = at(problems, "use_cases", 1, "use_case")
    assert missing["problem"] == "column 'use_case' is missing"
    assert missing["fix"] == "Add the column to the header row."
    assert at(problems, "sdg_goals", 1, "name")["problem"] == "column 'name' stands twice"
    assert at(problems, "errata", 1)["problem"] == "a column has no name"


def test_a_file_that_is_another_table(folder):
    shutil.copy(folder / "sdg_goals.csv", folder / "errata.csv")
    problems = govstack_kit.validate(folder)
    assert places(problems) == {("errata", 1, name) for name in (
        "goal", "name", "colour", "erratum", "table", "key", "column", "reason",
    )}  # fmt: skip


def test_a_file_that_is_no_table_at_all(folder):
    (folder / "errata.csv").write_text(
        "Dear colleague\nsee below\nbest regards\n", encoding="utf-8"
    )
    expected = {"Dear colleague", "erratum", "table", "key", "column", "reason", "source"}
    assert places(govstack_kit.validate(folder)) == {("errata", 1, name) for name in expected}


# ------------------------------------------------------------------------------ wrong rows


def test_wrong_rows_everywhere_are_listed_at_once(folder):
    def set_cell(row, column, value):
        def put(rows):
            rows[row - 1][rows[0].index(column)] = value

        return put

    changes = [
        ("sdg_goals", 3, "goal", "two"),
        ("sdg_goals", 4, "colour", "red"),
        ("sdg_goals", 5, "name", ""),
        ("sdg_goals", 18, "goal", "18"),
        ("sdg_targets", 2, "kind", "outcom"),
        ("sectors", 3, "source", "govstack-kitt"),
        ("use_cases", 2, "sector", "agricultur"),
        ("use_cases", 3, "status", "Published"),
        ("steps", 2, "order", "0"),
        ("steps", 3, "order", "1.5"),
        ("steps", 4, "order", "9" * 30),
        ("steps", 5, "order", ""),
        ("steps", 6, "summary", "   "),
        ("steps", 160, "use_case", "AGR-99"),
        ("workflow_names", 2, "name", ""),
        ("sources", 24, "source", ""),
        ("building_blocks", 2, "every_workflow", "maybe"),
        ("step_building_blocks", 10, "building_block", "payments"),
    ]
    for table, row, column, value in changes:
        change(folder, table, set_cell(row, column, value))
    change(folder, "workflows", lambda rows: rows.append(rows[1]))
    change(folder, "step_workflows", lambda rows: rows.insert(5, rows[9]))
    change(folder, "workflow_building_blocks", lambda rows: rows[3].extend(["", "x", "y"]))
    change(folder, "building_block_crosswalk", lambda rows: rows[2].__setitem__(0, ""))

    problems = govstack_kit.validate(folder)
    assert list(problems.columns) == COLUMNS
    expected = {change[:3] for change in changes} | {
        ("workflows", 20, "workflow"),
        ("step_workflows", 11, "step, workflow"),
        ("workflow_building_blocks", 4, ""),
        ("sdg_indicators", 102, "source"),  # it names the source whose key is empty now
        ("building_block_crosswalk", 3, "dif, govstack"),
    }
    # What refers to the goals 2 and 17, which are gone, is told too.
    refer = {(t, r, c) for t, r, c in places(problems) if c == "goal" and t != "sdg_goals"}
    with (folder / "sdg_targets.csv").open(encoding="utf-8", newline="") as file:
        count = sum(row["goal"] in ("2", "17") for row in csv.DictReader(file))
    assert sum(table == "sdg_targets" for table, _, _ in refer) == count
    assert places(problems) - refer == expected

    def shown(*place):
        return tuple(at(problems, *place)[["value", "problem", "allowed", "fix"]])

    assert shown("sdg_goals", 3, "goal") == (
        "two",
        "'two' is not an integer",
        "a whole number",
        "Correct the cell.",
    )
    assert shown("sdg_goals", 18, "goal")[1:3] == ("'18' is out of range", "1 to 17")
    assert shown("sdg_goals", 4, "colour")[1] == "'red' has the wrong form"
    assert shown("sdg_goals", 5, "name")[1] == "the cell is empty"
    assert shown("sdg_targets", 2, "kind") == (
        "outcom",
        "'outcom' is not allowed here",
        "outcome, means-of-implementation",
        "Did you mean outcome?",
    )
    assert shown("use_cases", 3, "status")[3] == "Did you mean published?"
    _, problem, allowed, fix = shown("use_cases", 2, "sector")
    assert problem == "'agricultur' is not in sectors.sector"
    assert allowed.startswith("agriculture and 8 others")
    assert fix == "Did you mean agriculture?"
    assert "out of range" in shown("steps", 4, "order")[1]
    assert shown("steps", 6, "summary")[1] == "the cell is empty"
    assert shown("building_blocks", 2, "every_workflow")[2] == "true or false"
    assert shown("step_building_blocks", 10, "building_block")[3].startswith(
        "Did you mean dif:payments or govstack:payments"
    )
    assert "(rows 2, 20)" in shown("workflows", 20, "workflow")[1]
    assert "(rows 6, 11)" in shown("step_workflows", 11, "step, workflow")[1]
    assert shown("workflow_building_blocks", 4)[1] == "the row has 7 cells, the header 4"
    assert shown("building_block_crosswalk", 3, "dif, govstack")[1] == "the key is empty"
    assert set(problems["fix"].str.strip().str[-1]) <= {".", "?"}

    with pytest.raises(govstack_kit.TablesError) as caught:
        govstack_kit.load(folder)
    assert_frame_equal(caught.value.problems, problems)
    message = str(caught.value)
    assert (
        "- sdg_goals.csv, row 3, column goal: 'two' is not an integer. "
        "Allowed: a whole number. Correct the cell."
    ) in message
    assert f"and {len(problems) - 20} more" in message


def test_a_table_that_others_need_is_empty(folder, rows):
    change(folder, "steps", lambda rows: rows.__delitem__(slice(1, None)))
    problems = govstack_kit.validate(folder)
    assert len(problems) == len(rows("step_workflows")) + len(rows("step_building_blocks"))
    assert set(problems["allowed"]) == {"nothing, because steps.csv has no rows"}


def test_thousands_of_problems_do_not_take_minutes(folder):
    def fill(rows):
        rows += [
            [f"AGR-{n}.x", "govstack:nothing", "1", "", "govstack-kit", ""] for n in range(1500)
        ]
        rows += [["AGR-1.1", "govstack:messaging", "1", "", "govstack-kit", ""]] * 1000

    change(folder, "step_building_blocks", fill)
    problems = govstack_kit.validate(folder)
    assert len(problems) == 1500 * 2 + 1000


# ------------------------------------------------------------------- a country's additions

MINISTRY = {
    "sectors": [
        ["sector", "name", "source"],
        ["fisheries", "Pêche et aquaculture", "govstack-kit"],
    ],
    "sources": [
        ["source", "title", "publisher"],
        ["our-ministry", "Plan national", "Ministère"],
    ],
    "use_cases": [
        ["use_case", "name", "catalogue", "sector", "summary", "source"],
        ["FISH-1", "Licence de pêche", "own", "fisheries", "On paie; on pêche.", "our-ministry"],
    ],
    "steps": [
        ["step", "use_case", "order", "name", "summary", "source"],
        ["FISH-1.1", "FISH-1", "1", "Demande", "Une demande.", "our-ministry"],
        ["FISH-1.2", "FISH-1", "2", "Paiement", "Un paiement.", "our-ministry"],
    ],
    "step_building_blocks": [
        ["step", "building_block", "position", "source"],
        ["FISH-1.1", "govstack:registration", "1", "our-ministry"],
        ["FISH-1.2", "govstack:payments", "1", "our-ministry"],
    ],
    "use_case_targets": [
        ["use_case", "sdg", "goal", "target", "source"],
        ["FISH-1", "14.4", "14", "14.4", "our-ministry"],
    ],
}  # fmt: skip


@pytest.fixture
def ministry(own):
    """Additions as Excel saves them where the comma is for decimals."""
    for table, rows in MINISTRY.items():
        write(own / f"{table}.csv", rows, delimiter=";", encoding="utf-8-sig", ends="\r\n")
    return own


def test_a_ministry_adds_its_use_case(ministry, framework):
    extended = govstack_kit.load(ministry, extend=True)
    for table in schema.tables():
        ours, bundled = getattr(extended, table), getattr(framework, table)
        assert_frame_equal(ours.head(len(bundled)), bundled)
        assert len(ours) - len(bundled) == len(MINISTRY.get(table, ["header"])) - 1
    assert extended.sectors["name"].iloc[-1] == "Pêche et aquaculture"
    reached = govstack_kit.trace(extended, "sector:fisheries", layers=["building_block"])
    assert {"building_block:govstack:payments", "building_block:govstack:registration"} <= set(
        reached["node"]
    )
    assert extended.sources_of("use_cases", "FISH-1")["publisher"].item() == "Ministère"
    serving = govstack_kit.trace(extended, "14.4", direction="down", layers="use_case")
    assert serving["node"].tolist() == ["use_case:FISH-1"]


def test_a_ministry_changes_a_bundled_row_in_its_place(own, framework):
    row = framework.use_cases.set_index("use_case", drop=False).loc["AGR-2"].fillna("")
    row["name"] = "Conseil agricole"
    write(own / "use_cases.csv", [list(row.index), list(row)])
    changed = govstack_kit.load(own, extend=True)
    expected = framework.use_cases
    expected.loc[expected["use_case"] == "AGR-2", "name"] = "Conseil agricole"
    assert_frame_equal(changed.use_cases, expected)
    assert len(govstack_kit.journey(changed, "AGR-2")) == len(
        govstack_kit.journey(framework, "AGR-2")
    )


def test_a_ministry_names_an_unknown_block(ministry):
    change_rows = [*MINISTRY["step_building_blocks"]]
    change_rows[2] = ["FISH-1.2", "govstack:paymnts", "1", "our-ministry"]
    write(ministry / "step_building_blocks.csv", change_rows, delimiter=";")
    problems = govstack_kit.validate(ministry, extend=True)
    assert len(problems) == 1
    problem = at(problems, "step_building_blocks", 3, "building_block")
    assert problem["value"] == "govstack:paymnts"
    assert problem["fix"].startswith("Did you mean govstack:payments")
    with pytest.raises(
        govstack_kit.TablesError,
        match=r"step_building_blocks\.csv, row 3, column building_block: 'govstack:paymnts'",
    ):
        govstack_kit.load(ministry, extend=True)


def test_every_fault_of_additions_is_told_with_their_own_rows(ministry):
    steps = [*MINISTRY["steps"], ["FISH-1.2", "FISH-1", "drei", "Noch einmal", "So.", ""]]
    write(ministry / "steps.csv", steps, delimiter=";")
    (ministry / "sectors.csv").write_bytes("sector;name\npêche;Pêche".encode("latin-1"))
    write(ministry / "use_case_targets.csv", [row[1:] for row in MINISTRY["use_case_targets"]])
    (ministry / "produce.csv").write_text("product\n", encoding="utf-8")
    assert places(govstack_kit.validate(ministry, extend=True)) == {
        ("produce", 0, ""),
        ("sectors", 0, ""),
        ("use_case_targets", 1, "use_case"),
        ("steps", 4, "step"),
        ("steps", 4, "order"),
        ("steps", 4, "source"),
    }


def test_damaged_bundled_tables_under_additions(ministry, folder, monkeypatch):
    (folder / "steps.csv").unlink()
    monkeypatch.setattr(schema, "folder", lambda: folder)
    problem = at(govstack_kit.validate(ministry, extend=True), "datapackage")
    assert problem["problem"] == "the bundled tables are damaged"


def test_bundled_tables_have_no_problem(data):
    problems = govstack_kit.validate(str(data))
    assert problems.empty
    assert list(problems.columns) == COLUMNS
    assert problems["row"].dtype == "int64"
    assert isinstance(problems, pd.DataFrame)
    assert validate.examine(data)[0].keys() == schema.tables().keys()
