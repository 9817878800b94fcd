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
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit import words
from govstack_kit.errors import TablesError, did_you_mean
from govstack_kit.tables import validate
from govstack_kit.tables.schema import Column, Schema, Table, table_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LARGEST = 60_000_000  # bytes of a file, and of what is unpacked from it
MOST_ROWS = 500_000
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
Frames = dict[str, pd.DataFrame]


class UnreadableError(ValueError):
    """A file is no table; the message says why, `fix` what to do."""

    def __init__(self, problem: str, fix: str) -> None:
        self.fix = fix
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
    return (
        value.isoformat().removesuffix("T00:00:00") if hasattr(value, "isoformat") else str(value)
    )


def cells_of(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return a frame as cells, numbered as its rows would be in a file."""
    found = pd.DataFrame(index=range(2, len(frame) + 2))
    for name in (name for name in table.columns if name in frame):
        values = frame[name]
        if values.dtype == "str":
            found[name] = values.fillna("").to_numpy()
        else:
            found[name] = pd.Series(map(text_of, values), index=found.index, dtype="str")
    return found


def frame_of(cells: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return cells that were checked as a frame; what is no column of the schema is carried along."""
    found: dict[str, Any] = {}
    for name, column in table.columns.items():
        if name not in cells:
            if not _counted(table, name):
                found[name] = pd.Series(
                    [None] * len(cells), dtype=column.dtype if column.dtype != "bool" else "boolean"
                )
            continue
        values = cells[name].reset_index(drop=True)
        if column.type == "boolean":
            known = values.str.lower().isin(validate.TRUE)
            found[name] = known if column.required else known.astype("boolean").mask(values == "")
        elif column.type in ("integer", "number"):
            read = validate.numbers(values)
            lost = read.isna() & (
                values != ""
            )  # of a newer version, or a damaged one: kept as it is
            found[name] = values.mask(values == "") if lost.any() else read.astype(column.dtype)
        else:
            found[name] = values.mask(values == "").astype("str")
    others = {
        name: cells[name].reset_index(drop=True) for name in cells if name not in table.columns
    }
    return pd.DataFrame(found | others, index=range(len(cells)))


def _counted(table: Table, name: str) -> bool:
    return table.order is not None and table.order[0] == name


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
    filled = (rows != "").any(axis=1)
    if not filled.any():
        return pd.DataFrame(columns=list(table.columns), dtype="str")
    known = {_title(t): c.name for c in table.columns.values() for t in _titles(c)}
    start = _header_row(rows, known)
    header = [str(title) for title in rows.loc[start]]
    names = [known.get(_title(title), title) for title in header]
    wanted: dict[str, int] = {}
    for place_, (title, name) in enumerate(zip(header, names, strict=True)):
        if name in table.columns and name not in wanted:
            wanted[name] = place_
        elif name in table.columns:
            problems.add(
                table.name,
                f"column “{title}” stands twice",
                row=start,
                column=name,
                fix="Remove one.",
            )
        elif title or (rows.loc[start + 1 :].iloc[:, place_] != "").any():
            hint = did_you_mean(title, set(table.columns) - set(names)) if title else ""
            said = (
                f"column “{title}” is not part of this table"
                if title
                else "there are cells outside the columns"
            )
            problems.add(
                table.name,
                said,
                row=start,
                column=title,
                allowed=", ".join(table.columns),
                fix=hint
                or "Rename or remove the column; a text with commas needs quotation marks.",
            )
    for column in table.columns.values():
        if (
            column.required
            and column.name not in wanted
            and "default" not in column.given
            and "made" not in column.given
        ):
            problems.add(
                table.name,
                f"column “{column.name}” is missing",
                row=start,
                column=column.name,
                allowed=", ".join(table.columns),
                fix="Add it to the header row.",
            )
    body = rows.loc[start + 1 :]
    found = pd.DataFrame({name: body.iloc[:, place_] for name, place_ in wanted.items()})
    found = found[(found != "").any(axis=1)]
    problems.numbers |= {(table.name, n): numbers[p] for n, p in wanted.items() if p in numbers}
    return _tidied(found, table)


def _titles(column: Column) -> Iterable[str]:
    return (column.name, column.title, *column.given.get("aliases", ()))


def _title(title: str) -> str:
    return words.fold(title.split("(")[0])


def _header_row(rows: pd.DataFrame, known: Mapping[str, str]) -> int:
    """Return the row, among the first ones, in which most titles of the table stand."""
    first = rows.iloc[:10]
    hits = first.map(lambda title: _title(str(title)) in known).sum(axis=1)
    return int(hits.idxmax() if hits.max() else (first != "").any(axis=1).idxmax())


def _tidied(cells: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return cells with numbers in plain form, defaults filled in, and texts without stray signs."""
    for name in cells.columns:
        column = table.columns[name]
        values = cells[name].str.strip()
        different = values.unique()  # a function a different value, not a cell
        if column.type in ("integer", "number"):
            plain = {v: words.number(v) for v in different}
        elif column.type == "boolean" or column.enum:
            allowed = {words.fold(v): v for v in column.enum}
            plain = {v: allowed.get(words.fold(v), v) for v in different}
        else:
            plain = {v: words.clean(v, lines="lines" in column.given) for v in different}
        changed = {v: new for v, new in plain.items() if v != new}
        cells[name] = values.map(plain).astype("str") if changed else values
    for column in table.columns.values():
        if "default" in column.given and column.required:
            default = text_of(column.given["default"])
            cells[column.name] = (
                cells[column.name].replace("", default) if column.name in cells else default
            )
    return cells


def read_csv(path: Path) -> pd.DataFrame:
    """Return the rows of a CSV file as people save it, header first, as texts.

    Raises
    ------
    UnreadableError
        If it is none.
    """
    raw = _bytes(path)
    encoding = next((name for bom, name in _BOMS.items() if raw.startswith(bom)), "utf-8-sig")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UnreadableError(
            f"the file is not in UTF-8: see line {line}", "Save it as CSV UTF-8."
        ) from None
    if "\0" in text:
        raise UnreadableError(
            "the file is not text", "Open it in a spreadsheet and save it as CSV UTF-8."
        )
    head = next((line for line in text.splitlines() if line.strip()), "")
    if not head:
        raise UnreadableError("the file is empty", "Add the header row at least.")
    mark = max(",;\t", key=head.count)
    wide = range(len(next(csv.reader([head], delimiter=mark))) + 5)  # extra cells are then seen
    try:
        found = pd.read_csv(
            io.StringIO(text),
            sep=mark,
            header=None,
            names=wide,
            dtype="str",
            keep_default_na=False,
            skip_blank_lines=False,
        )
    except pd.errors.ParserError as error:
        raise UnreadableError(
            f"the file cannot be read: {error}", "Look at the quotation marks of that row."
        ) from None
    found.index = range(1, len(found) + 1)
    return found.fillna("")


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise UnreadableError(
                f"the file has more than {LARGEST / 1e6:.0f} MB", "Keep only the rows you need."
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(
            f"the file cannot be read ({error.strerror})", "Check its name and who may open it."
        ) from None


def read_cells(path: str | Path, schema: Schema, problems: validate.Problems) -> Frames:
    """Return the tables of a folder or workbook as cells, and report what cannot be read."""
    path = Path(path)
    if path.suffix.lower() == ".xlsx":
        from govstack_kit.tables import workbook  # noqa: PLC0415 - only where one is read

        return workbook.read(path, schema, problems)
    files = {table.path: table for table in schema.values()}
    found: Frames = {}
    for file in sorted(path.glob("*.csv")):
        table = files.get(file.name)
        if table is None:
            hint = did_you_mean(file.stem, schema)
            problems.add(
                file.stem,
                "this is not a table",
                allowed=", ".join(schema),
                fix=hint or "Rename or remove the file.",
            )
            continue
        try:
            found[table.name] = place(read_csv(file), table, problems)
        except UnreadableError as error:
            problems.add(table.name, str(error), fix=error.fix)
    if not found:
        problems.add(
            str(path),
            "no table was found",
            allowed=", ".join(files),
            fix="Put at least one of these files there.",
        )
    return found


def read_checked(
    path: str | Path, schema: Schema, beside: Mapping[str, pd.DataFrame]
) -> tuple[Frames, pd.DataFrame]:
    """Return the tables of a folder or workbook as frames, and every problem in them.

    Parameters
    ----------
    path
        A folder of CSV files, or a workbook.
    schema
        What the tables may hold.
    beside
        Tables that they are laid over; empty if they stand alone.
    """
    problems = validate.Problems()
    cells = read_cells(path, schema, problems)
    validate.check(cells, schema, beside, problems)
    found = problems.frame()
    return {} if len(found) else {n: frame_of(c, schema[n]) for n, c in cells.items()}, found


def read(
    path: str | Path, schema: Schema, beside: Mapping[str, pd.DataFrame] | None = None
) -> Frames:
    """Return the tables of a folder or workbook; see :func:`read_checked`.

    Raises
    ------
    TablesError
        If anything is wrong with them; its ``problems`` list everything.
    """
    frames, problems = read_checked(path, schema, beside or {})
    if len(problems):
        raise TablesError(f"{len(problems)} problems in {path}", problems)
    return frames


def write_folder(frames: Mapping[str, pd.DataFrame], folder: Path, schema: Schema) -> None:
    """Write tables as CSV files, one each."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        cells_of(frame, schema[name]).to_csv(
            folder / schema[name].path, index=False, lineterminator="\n"
        )


# --- one JSON file --------------------------------------------------------------------------------


def to_descriptor(
    frames: Mapping[str, pd.DataFrame], schema: Schema, about: Mapping[str, Any]
) -> dict[str, Any]:
    """Return tables as one data package with the rows in it; empty tables are left out."""
    resources = []
    for name, frame in frames.items():
        table = schema[name] if name in schema else None
        if frame.empty:
            continue
        columns = [
            {"name": c, "type": table.columns[c].type if table and c in table.columns else "any"}
            for c in frame
        ]
        shape = {"fields": columns, "primaryKey": list(table.key) if table else []}
        if table and table.references:
            shape["foreignKeys"] = [
                {
                    "fields": list(r.columns),
                    "reference": {"resource": r.table, "fields": list(r.targets)},
                }
                for r in table.references
            ]
        resources.append({"name": name, "schema": shape, "data": records(frame)})
    return {**about, "resources": resources}


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame; what is missing is left out."""
    columns = [
        frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in frame
    ]
    names = list(frame)
    return [
        {n: v for n, v in zip(names, row, strict=True) if v is not None}
        for row in zip(*columns, strict=True)
    ]


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
        known = [name for name in table.columns if name in rows]
        found = rows[known].map(text_of).astype("str")
        found.index = range(2, len(found) + 2)
        for name in (name for name in rows if name not in table.columns):
            found[str(name)] = rows[name].to_numpy()
        cells[table.name] = found
    problems = validate.Problems()
    validate.check(cells, schema, {}, problems)
    frames = {name: frame_of(rows, schema[name]) for name, rows in cells.items()}
    return frames | others, problems.frame()


def empty(table: Table) -> pd.DataFrame:
    """Return a table without rows."""
    names = [name for name in table.columns if not _counted(table, name)]
    return pd.DataFrame({name: pd.Series(dtype=table.columns[name].dtype) for name in names})


__all__ = [
    "Frames",
    "UnreadableError",
    "cells_of",
    "empty",
    "frame_of",
    "from_descriptor",
    "read",
    "read_checked",
    "read_csv",
    "table_of",
    "text_of",
    "to_descriptor",
    "write_folder",
]
