"""Reading and writing sets of tables: a folder of CSV files, a workbook, one JSON file.

Definitions
-----------
*Cells* are a table as text, its index the row as a spreadsheet numbers it; *frames* have the types
of the schema. What people send is read as cells, checked by :mod:`.validate`, and only then becomes
frames. Columns are found by name, title or alias, whatever the case and what is in brackets.
"""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit import words
from govstack_kit.errors import ArgumentError, TablesError, did_you_mean, expected, needed
from govstack_kit.tables import storage, validate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from govstack_kit.tables.schema import Column, Schema, Table

LARGEST = 60_000_000  # bytes of a file, and of what is unpacked from it
MOST_ROWS = 500_000
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet computes what begins with these
_GUARD = "'"  # a text in a CSV file that begins like a formula has this before it
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
LONGEST_NAME = 31  # signs that the name of a sheet may have
Frames = dict[str, pd.DataFrame]
Sheet = tuple[str, pd.DataFrame, Mapping[int, list[int]]]  # name, texts, rows with numbers


class UnreadableError(ValueError):
    """A file is no table; the message says why, `fix` what to do, `row` where."""

    def __init__(self, problem: str, fix: str, row: int = 0) -> None:
        self.fix, self.row = fix, row
        super().__init__(problem)


# --- cells and frames -----------------------------------------------------------------------------


def text_of(value: Any) -> str:  # noqa: ANN401 - a cell may hold anything
    """Return a value as the text of a cell.

    Examples
    --------
    >>> text_of(3.0), text_of(None), text_of(True), text_of(0.25)
    ('3', '', 'true', '0.25')
    """
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - not a number
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return str(value)


def texts_of(values: pd.Series[Any]) -> list[str]:
    """Return the values of a column as the texts of cells."""
    if values.dtype == "str":
        return values.fillna("").tolist()
    return [text_of(value) for value in values.astype(object)]


def cells_of(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return a frame as cells, numbered as its rows would be in a file."""
    names = [name for name in table.columns if name in frame]
    found = {name: texts_of(frame[name]) for name in names}
    return pd.DataFrame(found, index=range(2, len(frame) + 2), columns=names, dtype="str")


def frame_of(cells: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return cells that were checked as a frame; what is no column of the schema comes along."""
    found: dict[str, Any] = {}
    nothing: list[Any] = [None] * len(cells)
    for name, column in table.columns.items():
        if name not in cells:
            if not _counted(table, name):
                dtype: Any = "boolean" if column.dtype == "bool" and len(cells) else column.dtype
                found[name] = pd.array(nothing, dtype=dtype)
            continue
        texts = cells[name].tolist()
        filled = [text or None for text in texts]
        if column.type == "boolean":
            known = [None if text is None else text.lower() in validate.TRUE for text in filled]
            found[name] = pd.array(known, dtype=column.dtype)
        elif column.type in ("integer", "number"):
            read = validate.numbers(cells[name].reset_index(drop=True))
            lost = any(text and gone for text, gone in zip(texts, read.isna(), strict=True))
            # What a newer version wrote, or is damaged, is kept as it is.
            found[name] = filled if lost else read.astype(column.dtype)
        else:
            found[name] = pd.array(filled, dtype="str")
    others = {n: cells[n].reset_index(drop=True) for n in cells if n not in table.columns}
    return pd.DataFrame(found | others, index=range(len(cells)))


def _counted(table: Table, name: str) -> bool:
    return table.order is not None and table.order[0] == name


def empty(table: Table) -> pd.DataFrame:
    """Return a table without rows."""
    return frame_of(pd.DataFrame(), table)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame; what is missing is left out."""
    columns = [
        [None if value is pd.NA or value != value else value for value in frame[name].tolist()]  # noqa: PLR0124 - not a number
        for name in frame
    ]
    names = list(map(str, frame))
    return [
        {n: v for n, v in zip(names, row, strict=True) if v is not None}
        for row in zip(*columns, strict=True)
    ]


# --- what people send -----------------------------------------------------------------------------


def place(
    rows: pd.DataFrame,
    table: Table,
    problems: validate.Problems,
    numbers: Mapping[int, list[int]] = MappingProxyType({}),
) -> pd.DataFrame:
    """Return the rows of a file or sheet, header first, as cells; report what is in the way.

    `numbers` are the rows in which a spreadsheet holds a number, by the place of the column.
    """
    if not (rows != "").any(axis=None):
        return pd.DataFrame(columns=list(table.columns), dtype="str")
    known = {_title(t): c.name for c in table.columns.values() for t in _titles(c)}
    known |= {_title(name): name for name in table.columns}
    start = _header_row(rows, known)
    body = rows.loc[start + 1 :]
    titles = [str(title) for title in rows.loc[start]]
    names = [known.get(_title(title), "") for title in titles]
    wanted = {name: names.index(name) for name in table.columns if name in names}

    def report(said: str, column: str, fix: str) -> None:
        allowed = ", ".join(table.columns)
        problems.add(table.name, said, row=start, column=column, allowed=allowed, fix=fix)

    for spot, (title, name) in enumerate(zip(titles, names, strict=True)):
        if name and wanted[name] != spot:
            report(f"column “{title}” stands twice", name, "Remove one.")
        elif title and not name:
            hint = did_you_mean(title, set(table.columns) - set(names))
            said = f"column “{title}” is not part of this table"
            report(said, title, hint or "Rename or remove the column.")
        elif not name and (body.iloc[:, spot] != "").any():
            said = "there are cells beside the columns, or a column without a title"
            report(said, "", "Remove them; a text with commas needs quotation marks.")
    for name, column in table.columns.items():
        if column.required and not (name in wanted or {"default", "made"} & column.given.keys()):
            report(f"column “{name}” is missing", name, "Add it to the header row.")
    found = pd.DataFrame({name: body.iloc[:, spot] for name, spot in wanted.items()})
    found = found[(found != "").any(axis=1)]
    problems.numbers |= {(table.name, n): numbers[p] for n, p in wanted.items() if p in numbers}
    return tidied(found, table)


def _titles(column: Column) -> Iterable[str]:
    return (column.title, *column.given.get("aliases", ()))


def _title(title: str) -> str:
    return words.fold(title.partition("(")[0])


def _header_row(rows: pd.DataFrame, known: Mapping[str, str]) -> int:
    """Return the row, among the first ones, in which most titles of the table stand."""
    first = rows.iloc[:10]
    hits = first.map(lambda title: _title(str(title)) in known).sum(axis=1)
    place = (hits if hits.max() else (first != "").any(axis=1)).argmax()
    return int(first.index[int(place)])


def tidied(cells: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return cells with numbers in plain form, defaults filled in, texts without stray signs."""
    found: dict[str, Any] = {}
    for name in cells.columns:
        column = table.columns[name]
        values = cells[name]
        different = values.unique().tolist()  # a function a different value, not a cell
        if column.type in ("integer", "number"):
            plain = {v: words.number(v) for v in different}
        elif column.type == "boolean" or column.enum:
            allowed = {words.fold(v): v for v in column.enum}
            plain = {v: allowed.get(words.fold(v), v.strip()) for v in different}
        else:
            plain = {v: words.clean(v, lines="lines" in column.given) for v in different}
        changed = {v: new for v, new in plain.items() if v != new}
        found[name] = values.map(plain).astype("str") if changed else values
    for column in table.columns.values():
        if "default" in column.given and column.required:
            default = text_of(column.given["default"])
            given = found.get(column.name)
            found[column.name] = default if given is None else given.replace("", default)
    return pd.DataFrame(found, index=cells.index)


def bytes_of(path: Path) -> bytes:
    """Return the bytes of a file that people send.

    Raises
    ------
    UnreadableError
        If it is missing, too large, or no file: something that never ends.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise UnreadableError("this is not a file", "Name a file with tables.")
        if about.st_size > LARGEST:
            raise UnreadableError(
                f"the file has {about.st_size / 1e6:,.0f} MB, more than {LARGEST / 1e6:.0f}",
                "Keep only the rows you need.",
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(
            f"the file cannot be read: {storage.said(error)}", "Check its name and who may open it."
        ) from None


def read_csv(path: Path) -> pd.DataFrame:
    """Return the rows of a CSV file as people save it, header first, as texts.

    With commas, semicolons or tabs, with or without a byte-order mark, in UTF-8 or UTF-16, and with
    Excel's line that says which separator it has.

    Raises
    ------
    UnreadableError
        If it is none.
    """
    raw = bytes_of(path)
    encoding = "utf-16" if raw.startswith(_UTF_16) else "utf-8-sig"
    if encoding == "utf-8-sig" and b"\0" in raw:
        raise UnreadableError(
            "the file is not text (perhaps a workbook with the ending changed)",
            "Open it in a spreadsheet and save it as CSV UTF-8.",
        )
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UnreadableError(
            f"the file is not in UTF-8: line {line} has a byte that cannot be read",
            "In the spreadsheet, choose Save as, then CSV UTF-8.",
        ) from None
    told = re.match(r'"?sep=(.)"?\r?\n?', text, re.IGNORECASE)
    text = text[told.end() :] if told else text
    head = next((line for line in text.splitlines() if line.strip()), "")
    mark = told[1] if told else max(",;\t", key=head.count)
    found = sheet_of(_split(text, mark))
    if not (found != "").any(axis=None):
        raise UnreadableError("the file is empty", "Add the header row at least.")
    return found


def refuse_too_many(rows: int, wide: int, most: int) -> None:
    """Raise an error if there are more rows, or more than `most` cells, than a table may have."""
    if rows > MOST_ROWS or rows * wide > most:
        raise UnreadableError(
            f"there are {rows:,} rows and {wide:,} columns, more than can be a table",
            "Remove what is far below or beside it.",
        )


def sheet_of(rows: list[list[str]], most: int = LARGEST) -> pd.DataFrame:
    """Return the rows of a file or sheet, header first, numbered as a spreadsheet does it.

    Raises
    ------
    UnreadableError
        If there are too many of them, or more than `most` cells.
    """
    wide = max(map(len, rows), default=0)
    refuse_too_many(len(rows), wide, most)
    even = [row + [""] * (wide - len(row)) for row in rows]
    return pd.DataFrame(even, index=range(1, len(rows) + 1), dtype="str")


def _split(text: str, mark: str) -> list[list[str]]:
    """Return the rows of a CSV text; strict, so that an open quotation mark swallows no rows."""
    rows: list[list[str]] = []
    before = csv.field_size_limit(LARGEST)  # a cell may be as long as a file
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        rows.extend([unguarded(cell.strip()) for cell in row] for row in reader)
    except csv.Error as error:
        end = "unexpected end" in str(error)
        raise UnreadableError(
            "the file cannot be read from this row on: a quotation mark "
            + ("is opened and never closed" if end else "stands in the middle of a cell"),
            "Each text that has quotation marks needs one at its start and one at its end. Or save "
            "the file anew from a spreadsheet as CSV UTF-8.",
            row=len(rows) + 1,
        ) from None
    finally:
        csv.field_size_limit(before)
    return rows


def read_cells(
    path: str | Path | bytes,
    schema: Schema,
    problems: validate.Problems,
    *,
    other: Collection[str] = (),
) -> Frames:
    """Return the tables in what people send as cells, and report what cannot be read.

    Parameters
    ----------
    path
        A folder of CSV files, one such file, a workbook (or the bytes of one), or a data package
        with rows in it (JSON). Files and sheets are called by the names or titles of tables.
    schema, problems
        What the tables may hold, and where problems go.
    other
        Names of CSV files in a folder that are no tables, and no fault.
    """
    known = {
        words.fold(title[:LONGEST_NAME]): table
        for table in schema.values()
        for title in (table.name, table.title)
    }
    found: Frames = {}
    for name, rows, numbers in _sheets(path, problems, other):
        table = known.get(words.fold(name[:LONGEST_NAME]))
        if table and table.name not in found:
            found[table.name] = place(rows, table, problems, numbers)
        elif (rows != "").any(axis=None):
            said = "this table is there twice" if table else "this is not a table"
            hint = did_you_mean(name, schema.keys() - found.keys()) or "Rename or remove it."
            problems.add(name, said, allowed=", ".join(schema), fix=hint)
    return found


def _sheets(
    path: str | Path | bytes, problems: validate.Problems, other: Collection[str]
) -> Iterator[Sheet]:
    """Yield the tables that people send: names, rows as texts, and which of them hold numbers."""
    file = Path("workbook.xlsx" if isinstance(path, bytes) else path)
    form = file.suffix.lower()
    try:
        if form == ".xlsx":
            from govstack_kit.tables import workbook  # noqa: PLC0415 - it knows this module

            raw = path if isinstance(path, bytes) else bytes_of(file)
            yield from workbook.sheets(raw, problems)
        elif form == ".json":
            yield from _json_sheets(file)
        else:
            for part in [file] if form == ".csv" else sorted(file.iterdir()):
                ours = part.suffix.lower() == ".csv" and not part.name.startswith(".")
                if ours and part.name not in other:
                    yield from _csv_sheet(part, problems)
    except UnreadableError as error:
        problems.add(file.name, str(error), row=error.row, fix=error.fix)
    except OSError as error:
        said = f"this is no folder that can be read: {storage.said(error)}"
        fix = "Give the path of a folder with CSV files, or of a workbook (.xlsx)."
        problems.add(file.name, said, fix=fix)


def _csv_sheet(file: Path, problems: validate.Problems) -> Iterator[Sheet]:
    try:
        yield file.stem, read_csv(file), {}
    except UnreadableError as error:
        problems.add(file.stem, str(error), row=error.row, fix=error.fix)


def _json_sheets(file: Path) -> Iterator[Sheet]:
    try:
        given = json.loads(bytes_of(file).decode("utf-8-sig"))
        if isinstance(given, list):
            given = {"resources": [{"name": file.stem, "data": given}]}
        for resource in given["resources"]:
            frame = pd.DataFrame(resource["data"], dtype=object)
            texts = zip(*map(texts_of, _columns(frame)), strict=True)
            rows = sheet_of([list(map(str, frame)), *map(list, texts)])
            yield str(resource["name"]), rows, {}
    except UnreadableError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise UnreadableError(
            "the file is not a data package with rows in it", "See what save_tables writes."
        ) from None


def _columns(frame: pd.DataFrame) -> list[pd.Series[Any]]:
    return [frame.iloc[:, spot] for spot in range(frame.shape[1])]


def read_checked(
    path: str | Path,
    schema: Schema,
    beside: Mapping[str, pd.DataFrame] | None = None,
    *,
    whole: bool = False,
    other: Collection[str] = (),
) -> tuple[Frames, pd.DataFrame]:
    """Return the tables that people send as frames, and every problem in them.

    Parameters
    ----------
    path
        See :func:`read_cells`.
    schema
        What the tables may hold.
    beside
        Tables that they are laid over.
    whole
        Whether every table has to be there.
    other
        Names of CSV files in a folder that are no tables, and no fault.

    Returns
    -------
    dict of pandas.DataFrame, pandas.DataFrame
        The tables, none if there are problems; and the problems, with remarks.
    """
    problems = validate.Problems()
    expected(path, (str, Path), "Name a folder or a file")
    cells = read_cells(path, schema, problems, other=other)
    reported = set(problems.frame()["table"])
    if whole and (cells or not reported):
        for name in schema.keys() - cells.keys() - reported:
            problems.add(name, "the table is missing", fix="Add it, with its header row.")
    elif not reported and not any(map(len, cells.values())):
        said, names = f"no {'row' if cells else 'table'} was found", ", ".join(schema)
        problems.add(Path(path).name, said, allowed=names, fix="Add at least one.")
    validate.check(cells, schema, beside or {}, problems)
    found = problems.frame()
    if (found["level"] == validate.PROBLEM).any():
        return {}, found
    return {name: frame_of(rows, schema[name]) for name, rows in cells.items()}, found


def refuse(problems: pd.DataFrame, where: str) -> None:
    """Raise an error that says what has to be mended, if anything has."""
    found = problems[problems["level"] == validate.PROBLEM].reset_index(drop=True)
    if len(found):
        raise TablesError(f"{words.count(len(found), 'problem')} in {where}", found)


# --- one JSON file --------------------------------------------------------------------------------


def to_descriptor(
    frames: Mapping[str, pd.DataFrame],
    schema: Schema | Mapping[str, Table],
    about: Mapping[str, Any],
) -> dict[str, Any]:
    """Return tables as one data package with the rows in it; empty tables are left out."""
    resources = []
    for name, frame in frames.items():
        table = schema.get(name)
        if frame.empty:
            continue
        declared = table.columns if table else {}
        columns = [
            {"name": str(c), "type": declared[c].type if c in declared else "any"} for c in frame
        ]
        shape = {"fields": columns, **(table.shape if table else {})}
        resources.append({"name": name, "schema": shape, "data": records(frame)})
    return {**about, "resources": resources}


def from_descriptor(descriptor: Mapping[str, Any], schema: Schema) -> tuple[Frames, pd.DataFrame]:
    """Return the tables in a data package with rows in it, and every problem in them.

    Tables and columns that the schema does not have are kept as they are.
    """
    cells: Frames = {}
    others: Frames = {}
    for resource in descriptor["resources"]:
        rows = pd.DataFrame(resource["data"], dtype=object)
        if resource["name"] not in schema:
            others[resource["name"]] = rows
            continue
        table = schema[resource["name"]]
        found = cells_of(rows, table)
        for name in (name for name in rows if name not in table.columns):
            found[str(name)] = rows[name].to_numpy()
        cells[table.name] = found
    problems = validate.Problems()
    validate.check(cells, schema, {}, problems)
    frames = {name: frame_of(rows, schema[name]) for name, rows in cells.items()}
    return frames | others, problems.frame()


# --- CSV files, and files of any kind -------------------------------------------------------------


def guarded(text: str) -> str:
    """Return a text so that no spreadsheet takes it for a formula.

    Examples
    --------
    >>> guarded("=SUM(A1)"), unguarded("'=SUM(A1)"), guarded("plain")
    ("'=SUM(A1)", '=SUM(A1)', 'plain')
    """
    return f"{_GUARD}{text}" if text.startswith(DANGEROUS) else text


def unguarded(text: str) -> str:
    """Return a text as it was before :func:`guarded`."""
    return text[1:] if text[:1] == _GUARD and text[1:2] in DANGEROUS else text


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Return a frame as a CSV file: commas, UTF-8, plain line ends, texts never formulas."""
    buffer = io.StringIO(newline="")
    texts = [
        texts_of(values)
        if pd.api.types.is_numeric_dtype(values)
        else [guarded(text) for text in texts_of(values)]
        for values in _columns(frame)
    ]
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([guarded(str(name)) for name in frame])
    writer.writerows(zip(*texts, strict=True))
    return buffer.getvalue().encode()


def write_file(path: Path, raw: bytes) -> Path:
    """Write a file as a whole or not at all; return its path.

    Raises
    ------
    ArgumentError
        If it cannot be written; what was there before stays.
    """
    try:
        storage.write_whole(path, raw)
    except OSError as error:
        raise ArgumentError(f"{path} cannot be written: {storage.said(error)}.") from None
    return path


def save_tables(what: Any, path: str | Path) -> Path:  # noqa: ANN401 - whatever has tables
    """Save a table, or a set of tables, for other programs.

    A text that begins like a formula stays a text. In CSV files it has an apostrophe before it,
    which the kit takes off again when it reads the file.

    Parameters
    ----------
    what
        A DataFrame, several of them by name (a dict), or what has tables: a framework, a plan, the
        answer of a question.
    path
        Where to: its ending says in which form. ``.xlsx`` (a sheet for each table), ``.json`` (a
        data package with the rows in it), ``.csv`` and ``.parquet`` (one table); a path without an
        ending becomes a folder of CSV files.

    Returns
    -------
    pathlib.Path
        The file or folder.

    Raises
    ------
    ArgumentError
        If there is nothing to save, the form cannot hold it, or it cannot be written. A file that
        was there before stays as it is then.
    MissingExtraError
        If a package is missing that the form needs.

    Examples
    --------
    >>> import govstack_kit, pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> blocks = govstack_kit.reuse(govstack_kit.load(), "building_block")
    >>> govstack_kit.save_tables(blocks, folder / "blocks.xlsx").name
    'blocks.xlsx'
    """
    path = Path(expected(path, (str, Path), "Name the file to save to"))
    frames = {name: _flat(frame) for name, frame in _frames_of(what, path.stem).items()}
    form = path.suffix.lower()
    if form in (".csv", ".parquet") and len(frames) > 1:
        raise ArgumentError(
            f"A {form} file holds one table, and these are {len(frames)}: name a file that ends in "
            ".xlsx or .json, or a folder (a name without an ending) for one CSV file each."
        )
    only = next(iter(frames.values()))
    if form == ".xlsx":
        from govstack_kit.tables import workbook  # noqa: PLC0415 - it knows this module

        return write_file(path, workbook.plain(frames))
    if form == ".json":
        package = to_descriptor(frames, {}, {"name": words.slug(path.stem)})
        text = json.dumps(package, indent=1, ensure_ascii=False, default=text_of)
        return write_file(path, text.encode())
    if form == ".csv":
        return write_file(path, b"\xef\xbb\xbf" + csv_bytes(only))  # the mark is for Excel
    if form == ".parquet":
        needed("pyarrow")
        return write_file(path, only.to_parquet(engine="pyarrow"))
    if form:
        raise ArgumentError(
            f"{path.name} names no form that tables can have: end it in .xlsx, .csv, .json or "
            ".parquet, or leave the ending out for a folder of CSV files."
        )
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArgumentError(f"{path} cannot be made: {storage.said(error)}.") from None
    for name, frame in frames.items():
        write_file(path / f"{name}.csv", b"\xef\xbb\xbf" + csv_bytes(frame))
    return path


def _frames_of(what: Any, name: str) -> Frames:  # noqa: ANN401 - as above
    """Return the frames in something, by name."""
    if isinstance(what, pd.DataFrame | pd.Series):
        return {name: what.to_frame() if isinstance(what, pd.Series) else what}
    found = what.tables() if callable(getattr(what, "tables", None)) else what
    wanted = "Give a table, tables by name, a framework, a plan or an answer of the kit"
    expected(found, dict, wanted)
    for frame in found.values():
        expected(frame, pd.DataFrame, wanted)
    if not found:
        raise ArgumentError("There is no table to save.")
    return {str(name): frame for name, frame in found.items()}


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose rows and columns have plain names; what names the rows is a column."""
    if not isinstance(frame.index, pd.RangeIndex) or frame.index.name is not None:
        plain = all(name is None for name in frame.index.names)
        frame = frame.reset_index(drop=plain and frame.index.dtype == "int64")
    names = [" ".join(map(str, n)) if isinstance(n, tuple) else str(n) for n in frame]
    return frame.set_axis(names, axis=1)
