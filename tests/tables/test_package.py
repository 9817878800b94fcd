"""Tables as people really save them, read and written."""

import csv
import json
import os
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import govstack_kit as gk
from govstack_kit.errors import ArgumentError, MissingExtraError
from govstack_kit.tables import package, storage, validate

SECTORS = "sector,name,note\nzz-fish,Pêche,\nzz-wood,Forêts,\n"


def as_saved(text):
    """Return `text`, a CSV file, as bytes in the forms that programs save, by their names."""
    rows = list(csv.reader(text.splitlines()))
    return {
        "plain": text.encode(),
        "byte-order mark": text.encode("utf-8-sig"),
        "UTF-16": text.encode("utf-16"),
        "UTF-16 big endian": b"\xfe\xff" + text.encode("utf-16-be"),
        "semicolons": "\n".join(";".join(row) for row in rows).encode(),
        "Excel's line": ("sep=;\r\n" + "\n".join(";".join(row) for row in rows)).encode(),
        "Excel's line, quoted": ('"sep=|"\n' + "\n".join("|".join(row) for row in rows)).encode(),
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
        "titles for names": text.replace("sector,name,note", "Id,NAME,Note (ours)").encode(),
        "a line above the header": b"Our sectors,,\n" + text.encode(),
    }


@pytest.mark.parametrize("way", as_saved(SECTORS))
def test_every_way_of_saving_gives_the_same_rows(tmp_path, check, way):
    path = tmp_path / "sectors.csv"
    path.write_bytes(as_saved(SECTORS)[way])
    frames, problems = check(path)
    assert problems.empty, problems.to_string()
    assert frames["sectors"].fillna("").to_numpy().tolist() == [
        ["zz-fish", "Pêche", ""],
        ["zz-wood", "Forêts", ""],
    ]


def test_rows_are_numbered_as_in_a_spreadsheet(tmp_path, mini):
    path = tmp_path / "sectors.csv"
    path.write_text('\nsector,name\n\na,"two\nlines"\n\nb,B\n', encoding="utf-8")
    found = package.read_cells(path, mini, validate.Problems())
    assert found["sectors"].index.tolist() == [4, 6]


def test_frames_have_the_types_of_the_declaration(frames, mini):
    for name, frame in frames.items():
        expected = {k: str(v) for k, v in mini[name].dtypes.items() if k in frame}
        assert frame.dtypes.astype(str).to_dict() == expected
    services = frames["services"]
    assert services["cost"].tolist()[0] == 1_200_000
    assert services["since"].isna().tolist() == [False, True]
    assert services["online"].iloc[0]


def test_numbers_and_words_as_people_type_them(check, write, cells):
    cells["services"][1][3:] = [" LIVE ", "1 200 000", "2,016.0", "Yes"]
    cells["services"][2][4] = "12 %"
    services = check(write(cells))[0]["services"]
    assert services.iloc[0, 3:].tolist() == ["live", 1_200_000, 2016, True]
    assert services["cost"].iloc[1] == 0.12
    cells["services"][2][4] = "12,5"  # a comma sets thousands apart
    assert "“12,5” is not a number" in check(write(cells))[1]["problem"].tolist()


def test_unusual_but_right_cells_are_kept(check, write, cells):
    """Line breaks where they are wanted, quotation marks, letters of any script, long texts."""
    texts = ["two\nlines", 'a "quoted" word', "NA", "null", "नमस्ते", "x" * 140_000]
    cells["sectors"] = [cells["sectors"][0], cells["sectors"][1]]
    cells["sectors"] += [[f"s{n}", f"S {n}", text] for n, text in enumerate(texts)]
    sectors = check(write(cells))[0]["sectors"]
    assert sectors["note"].tolist()[1:] == texts


def test_a_default_stands_where_nothing_is_given(check, write, cells):
    for row in cells["services"]:
        del row[3]
    assert check(write(cells))[0]["services"]["status"].tolist() == ["draft", "draft"]


# ---------------------------------------------------------------------- files that are none


def truncate(path):
    with path.open("wb") as file:
        file.truncate(70_000_000)  # a sparse file: no disk is used


UNREADABLE = {
    "zero bytes": ("the file is empty", b""),
    "only a mark": ("the file is empty", b"\xef\xbb\xbf"),
    "only blanks": ("the file is empty", b" \r\n\n \n"),
    "only commas": ("the file is empty", b",,,\n,,,\n"),
    "Latin-1": ("not in UTF-8: line 3 has", "sector\na\npêche\n".encode("latin-1")),
    "a workbook": ("not text (perhaps a workbook", b"PK\x03\x04\x14\0\x06\0\x08\0"),
    "half a UTF-16": ("not in UTF-8", b"\xff\xfea"),
    "UTF-16 unmarked": ("not text", SECTORS.encode("utf-16-le")),
    "a folder": ("this is not a file", Path.mkdir),
    "70 MB": ("the file has 70 MB, more than 60", truncate),
    "an open quotation mark": ("never closed", b'sector,name\na,"b\nc,d\n'),
    "a stray quotation mark": ("in the middle of a cell", b'sector,name\na,"b"c\n'),
    "a link to nowhere": ("there is no such folder", lambda path: path.symlink_to("nowhere")),
    "a device": ("this is not a file", lambda path: path.symlink_to("/dev/zero")),
    "a pipe": ("this is not a file", os.mkfifo),
}


@pytest.mark.skipif(os.name == "nt", reason="made with means of other systems")
@pytest.mark.parametrize("way", UNREADABLE)
def test_an_unreadable_file_is_one_problem(tmp_path, check, way):
    path = tmp_path / "sectors.csv"
    expected, content = UNREADABLE[way]
    path.write_bytes(content) if isinstance(content, bytes) else content(path)
    frames, problems = check(tmp_path)
    assert frames == {}
    (problem,) = problems.to_dict("records")
    assert expected in problem["problem"]
    assert problem["table"] == "sectors"
    assert problem["fix"].endswith(".")


def test_no_permission(check, monkeypatch, write, cells):
    def refuse(_):
        raise PermissionError(13, "Permission denied")

    folder = write(cells)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    problems = check(folder)[1]
    assert len(problems) == 4
    assert set(problems["problem"]) == {"the file cannot be read: you may not do that there"}


@pytest.mark.parametrize("name", ["nowhere", "a file", "x" * 300])
def test_no_folder(tmp_path, check, name):
    (tmp_path / "a file").write_text("x", encoding="utf-8")
    for whole in (True, False):
        (problem,) = check(tmp_path / name, whole=whole)[1].to_dict("records")
        assert problem["problem"].startswith("this is no folder that can be read: ")
        assert problem["table"] == name


def test_a_path_is_a_text(mini):
    with pytest.raises(ArgumentError, match="Name a folder or a file, not 5"):
        package.read_checked(5, mini)


def test_an_empty_folder(tmp_path, check):
    (problem,) = check(tmp_path)[1].to_dict("records")
    assert problem["problem"] == "no table was found"
    assert problem["allowed"] == "sectors, services, steps, step_tools"
    problems = check(tmp_path, whole=True)[1]
    assert sorted(problems["table"]) == ["sectors", "services", "step_tools", "steps"]
    assert set(problems["problem"]) == {"the table is missing"}


def test_tables_without_rows(check, write, cells):
    empty = write({name: rows[:1] for name, rows in cells.items()})
    assert check(empty)[1]["problem"].tolist() == ["no row was found"]
    few = write({"sectors": cells["sectors"], "services": cells["services"][:1]}, "few")
    assert check(few)[0]["services"].empty


def test_files_that_are_no_tables(check, write, cells):
    folder = write(cells)
    others = ["service.csv", "zzz.csv", "readme.txt", ".~lock.steps.csv#", "._x.csv"]
    for name in (*others, "known.csv"):
        (folder / name).write_text("x\n", encoding="utf-8")
    problems = check(folder, other=["known.csv"])[1]
    assert dict(zip(problems["table"], problems["fix"], strict=True)) == {
        "service": "Did you mean services?",
        "zzz": "Rename or remove it.",
    }


def test_files_may_be_called_by_the_titles_of_tables_but_once(check, write, cells):
    folder = write(cells)
    (folder / "step_tools.csv").rename(folder / "Tools of steps.CSV")
    assert len(check(folder)[0]) == 4
    (folder / "step-tools.csv").write_text("x\n", encoding="utf-8")
    problems = check(folder)[1]
    assert problems[["table", "problem"]].to_numpy().tolist()[0] == [
        "step-tools",
        "this table is there twice",
    ]


# ---------------------------------------------------------------------------- wrong columns


def test_wrong_columns(check, write, cells):
    cells["sectors"] = [[*row, row[1]] for row in cells["sectors"]]
    cells["sectors"][0][3] = "Name"
    cells["services"] = [[*row, "x"] for row in cells["services"]]
    cells["services"][0][-1] = "statuss"
    cells["services"][0][4] = "price"
    cells["steps"] = [row[1:] for row in cells["steps"]]  # the key is made of the name
    cells["step_tools"] = [[*row[1:], ""] for row in cells["step_tools"]]
    cells["step_tools"][1].append("beside")
    problems = check(write(cells))[1]
    odd = "there are cells beside the columns, or a column without a title"
    unknown = "column “{}” is not part of this table".format
    header = problems[problems["row"] == 1]
    assert header[["table", "column", "problem", "fix"]].to_numpy().tolist() == [
        ["sectors", "name", "column “Name” stands twice", "Remove one."],
        ["services", "price", unknown("price"), "Rename or remove the column."],
        ["services", "statuss", unknown("statuss"), "Rename or remove the column."],
        ["step_tools", "", odd, "Remove them; a text with commas needs quotation marks."],
        ["step_tools", "step", "column “step” is missing", "Add it to the header row."],
    ]


def test_a_file_that_is_no_table_at_all(tmp_path, check):
    text = "Dear colleague\nsee below\nbest regards\n"
    (tmp_path / "sectors.csv").write_text(text, encoding="utf-8")
    problems = check(tmp_path)[1]
    assert problems["column"].tolist() == ["Dear colleague", "sector", "name"]


# ------------------------------------------------------------------------------------- JSON


def test_rows_in_json(tmp_path, check, frames):
    path = gk.save_tables(frames, tmp_path / "all.json")
    again, problems = check(path)
    assert problems.empty
    for name, frame in again.items():
        assert_frame_equal(frame[list(frames[name])], frames[name])
    (tmp_path / "sectors.json").write_text('[{"sector": "a", "name": "A"}]', encoding="utf-8")
    assert check(tmp_path / "sectors.json")[0]["sectors"]["name"].item() == "A"
    (tmp_path / "other.json").write_text('[{"sector": "a"}]', encoding="utf-8")
    assert check(tmp_path / "other.json")[1]["problem"].tolist() == ["this is not a table"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"5",
        b"{}",
        b'{"resources": 1}',
        b'{"resources": [{"name": "x"}]}',
        b"\xff\xfe",
        b'{"resources": [{"name": "sectors", "data": 7}]}',
        b"[" * 100_000,
        b"null",
    ],
)
def test_json_that_is_no_package(tmp_path, check, raw):
    (tmp_path / "x.json").write_bytes(raw)
    frames, problems = check(tmp_path / "x.json")
    assert frames == {}
    assert problems["problem"].tolist() == ["the file is not a data package with rows in it"]


def test_what_a_newer_version_says_is_kept(mini, frames):
    descriptor = package.to_descriptor(frames, mini, {"name": "x"})
    table = next(r for r in descriptor["resources"] if r["name"] == "services")
    table["data"][0] |= {"since": "about 2016", "colour": {"r": 1}}
    descriptor["resources"].append({"name": "risks", "data": [{"risk": "rain", "odds": [1, 2]}]})
    again, problems = package.from_descriptor(descriptor, mini)
    assert problems["column"].tolist() == ["since"]
    assert again["services"].iloc[0][["since", "colour"]].tolist() == ["about 2016", {"r": 1}]
    assert again["risks"]["odds"].item() == [1, 2]


# ----------------------------------------------------------------------------------- saving

FORMULAS = ["=1+1", "+1", "-x", "@SUM(A1)", '=HYPERLINK("http://x")', "plain", "'quoted'"]


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "text": FORMULAS,
            "number": [1, -2.5, None, 0, 1e9, 3, 4],
            "flag": [True] * 7,
            "list": [["a", "b"]] * 7,
        }
    )


def test_a_table_in_every_form(tmp_path, table):
    read = {
        ".xlsx": pd.read_excel,
        ".csv": pd.read_csv,
        ".json": lambda path: pd.DataFrame(json.loads(path.read_text())["resources"][0]["data"]),
    }
    for form, reader in read.items():
        path = gk.save_tables(table, tmp_path / f"t{form}")
        found = reader(path)
        texts = found["text"].tolist()
        assert texts == ([package.guarded(t) for t in FORMULAS] if form == ".csv" else FORMULAS)
        assert found["number"].tolist()[:2] == [1, -2.5]
        assert found["flag"].astype(str).str.lower().eq("true").all()
    raw = (tmp_path / "t.csv").read_bytes()
    assert raw.startswith("\ufefftext,number,flag,list\n'=1+1,1,true,a; b\n".encode())
    assert package.read_csv(tmp_path / "t.csv")[0].tolist() == ["text", *FORMULAS]


def test_a_set_of_tables_in_every_form(tmp_path, frames, check):
    for name in ("all.xlsx", "all.json", "folder"):
        path = gk.save_tables(frames, tmp_path / name)
        again, problems = check(path)
        assert problems.empty, problems.to_string()
        for table, frame in frames.items():
            assert_frame_equal(again[table][list(frame)], frame)
    with pytest.raises(ArgumentError, match=r"A \.csv file holds one table, and these are 4"):
        gk.save_tables(frames, tmp_path / "all.csv")


def test_what_has_tables_can_be_saved(tmp_path, framework, table):
    class Answer:
        def tables(self):
            return {"one": table}

    assert gk.save_tables(Answer(), tmp_path / "a.xlsx").is_file()
    folder = gk.save_tables(framework, tmp_path / "all")
    assert len(list(folder.iterdir())) == len(framework.tables())
    matrix = gk.step_matrix(framework, "AGR-2")
    found = pd.read_excel(gk.save_tables(matrix, tmp_path / "matrix.xlsx"))
    assert found.columns[0] == "step"
    assert found.shape == (8, matrix.shape[1] + 1)
    counted = gk.save_tables(table.set_index("text")["number"], tmp_path / "series.csv")
    assert counted.read_text(encoding="utf-8-sig").startswith("text,number\n")


@pytest.mark.parametrize("what", [5, None, "text", [1], {"a": 1}, object()])
def test_what_is_no_table_is_refused(tmp_path, what):
    with pytest.raises(ArgumentError, match="Give a table, tables by name, a framework, a plan"):
        gk.save_tables(what, tmp_path / "x.xlsx")
    assert not list(tmp_path.iterdir())


def test_forms_and_places_that_are_none(tmp_path, table, monkeypatch):
    with pytest.raises(ArgumentError, match=r"names no form that tables can have"):
        gk.save_tables(table, tmp_path / "x.docx")
    with pytest.raises(ArgumentError, match="There is no table to save"):
        gk.save_tables({}, tmp_path / "x.xlsx")
    with pytest.raises(ArgumentError, match="Name the file to save to, not 5"):
        gk.save_tables(table, 5)
    with pytest.raises(ArgumentError, match=r"cannot be written: there is no such folder"):
        gk.save_tables(table, tmp_path / "none" / "x.csv")
    (tmp_path / "taken").write_text("x")
    with pytest.raises(ArgumentError, match="cannot be made"):
        gk.save_tables(table, tmp_path / "taken")
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"govstack-kit\[parquet\]"):
        gk.save_tables(table, tmp_path / "x.parquet")


def test_a_full_disk_leaves_what_was_there(tmp_path, table, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    for name in ("x.csv", "x.xlsx", "x.json"):
        (tmp_path / name).write_text("before")
    monkeypatch.setattr(storage.os, "fsync", full)
    for name in ("x.csv", "x.xlsx", "x.json", "new.csv"):
        with pytest.raises(ArgumentError, match="cannot be written: the disk is full"):
            gk.save_tables(table, tmp_path / name)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.csv", "x.json", "x.xlsx"]
    assert {p.read_text() for p in tmp_path.iterdir()} == {"before"}


# ------------------------------------------------------------------------------------ speed


@pytest.mark.slow
def test_200_000_rows_are_read_in_seconds(check, write, cells):
    import time

    rows = [[f"fees.pay{n}", "fees", str(n + 10), "Pay the fee", ""] for n in range(200_000)]
    cells["steps"] += rows
    folder = write(cells)
    begun = time.process_time()
    frames, problems = check(folder)
    assert len(frames["steps"]) == 200_003, problems
    assert time.process_time() - begun < 6  # 3 s on a quiet machine
