"""All problems in a folder of tables: which table, row and column, what is allowed, how to fix it.

Rows are numbered as a spreadsheet shows them: the header is row 1. Types, constraints, keys and
foreign keys are checked by the frictionless library against ``datapackage.json``; what comes before
that (files, headers, ragged rows) and the wording are ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from govstack_kit._errors import did_you_mean, nearest
from govstack_kit.framework import _csv, schema

COLUMNS = ["table", "row", "column", "value", "problem", "allowed", "fix"]
_SHOWN = 8  # allowed values named in a problem
_MANY = 1_000_000  # problems that frictionless may list per table: all of them


@dataclass
class Rows:
    """A table as read: rows of text in the order of the schema, and where each came from."""

    table: schema.Table
    rows: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)  # 0: a row of the bundled package
    absent: frozenset[str] = frozenset()
    readable: bool = True


class Problems:
    """The problems found so far."""

    def __init__(self) -> None:
        self.found: list[tuple[str, int, str, str, str, str, str]] = []

    def add(  # noqa: PLR0913 - one argument for each column of the result
        self,
        table: str,
        problem: str,
        *,
        row: int = 0,
        column: str = "",
        value: str = "",
        allowed: str = "",
        fix: str = "",
    ) -> None:
        """Note one problem; `row` 0 means the file as a whole."""
        self.found.append((table, row, column, value[:80], problem, allowed, fix))

    def frame(self) -> pd.DataFrame:
        """Return the problems as a frame, table by table, row by row."""
        order = list(schema.tables())
        found = sorted(
            set(self.found), key=lambda p: (order.index(p[0]) if p[0] in order else -1, *p[1:3])
        )
        frame = pd.DataFrame(found, columns=COLUMNS)
        return frame.astype({name: "int64" if name == "row" else "str" for name in COLUMNS})


def _header(table: schema.Table, header: list[str], problems: Problems) -> frozenset[str]:
    """Report wrong column names; return the required columns that are missing."""
    columns = table.columns
    for name in dict.fromkeys(name for name in header if name not in columns):
        hint = did_you_mean(name, set(columns) - set(header)) if name else ""
        problems.add(
            table.name,
            f"column {name!r} is not part of this table" if name else "a column has no name",
            row=1,
            column=name,
            allowed=", ".join(columns),
            fix=hint or "Rename or remove the column.",
        )
    for name in dict.fromkeys(name for name in header if header.count(name) > 1 and name):
        problems.add(
            table.name, f"column {name!r} stands twice", row=1, column=name, fix="Remove one."
        )
    absent = frozenset(f.name for f in table.fields if f.required and f.name not in header)
    for name in sorted(absent):
        problems.add(
            table.name,
            f"column {name!r} is missing",
            row=1,
            column=name,
            allowed=", ".join(columns),
            fix="Add the column to the header row.",
        )
    return absent


def read_table(path: Path, table: schema.Table, problems: Problems) -> Rows:
    """Read one file into rows in the order of the schema, reporting what is in the way."""
    try:
        header, *rows = _csv.read_rows(path)
    except _csv.UnreadableError as error:
        problems.add(table.name, str(error), fix=error.fix)
        return Rows(table, readable=False)
    read = Rows(table, absent=_header(table, header, problems))
    places = [header.index(name) if name in header else None for name in table.columns]
    for number, row in enumerate(rows, start=2):
        if not any(row):
            continue  # spreadsheets leave empty lines behind; they say nothing
        if len(row) != len(header):
            problems.add(
                table.name,
                f"the row has {len(row)} cells, the header {len(header)}",
                row=number,
                fix="Put quotation marks round texts that have commas, or remove extra cells.",
            )
        cells = [row[p] if p is not None and p < len(row) else "" for p in places]
        read.rows.append(cells)
        read.numbers.append(number)
    return read


def _resource(read: Rows, unusable: set[str]) -> dict[str, Any]:
    """Return the table as an inline frictionless resource, without rules that cannot be checked."""
    table = read.table
    fields = []
    for f in table.fields:
        constraints = dict(f.descriptor.get("constraints", {}))
        if f.name in read.absent:
            constraints.pop("required", None)
        # frictionless calls a missing key column an error of its own; once is enough
        fields.append({"name": f.name, "type": f.type, "constraints": constraints})
    descriptor: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if not read.absent & set(table.key):
        descriptor["primaryKey"] = list(table.key)
    descriptor["foreignKeys"] = [
        {"fields": [key.field], "reference": {"resource": key.table, "fields": [key.target]}}
        for key in table.foreign_keys
        if key.table not in unusable and key.field not in read.absent
    ]
    return {
        "name": table.name,
        "data": [list(table.columns), *read.rows],
        "schema": descriptor,
    }


def _some(values: list[str], near: str) -> str:
    """Return the allowed values as text: all when they are few, else the nearest and a count."""
    if len(values) <= _SHOWN:
        return ", ".join(values)
    close = nearest(near, values, 3)
    return f"{', '.join(close)}{' and ' if close else ''}{len(values) - len(close)} others"


def _key_error(error: dict[str, Any], read: Rows, problems: Problems, row: int) -> None:
    table = read.table
    values = dict(zip(table.columns, error["cells"], strict=False))
    key = [str(values.get(name) or "") for name in table.key]
    if not any(key):
        return  # already reported as an empty required cell
    shown = " | ".join(key)
    same = [
        n
        for cells, n in zip(read.rows, read.numbers, strict=True)
        if [cells[table.columns.index(k)] for k in table.key] == key
    ]
    problems.add(
        table.name,
        f"{shown!r} stands more than once (rows {', '.join(str(n) for n in same[:5])})",
        row=row,
        column=", ".join(table.key),
        value=shown,
        fix="Each key may stand once: remove the row or change its key.",
    )


def _foreign_error(
    error: dict[str, Any], read: Rows, tables: dict[str, Rows], problems: Problems, row: int
) -> None:
    column, value = error["fieldNames"][0], str(error["fieldCells"][0])
    target, target_column = error["referenceName"], error["referenceFieldNames"][0]
    place = schema.table(target).columns.index(target_column)
    known = [cells[place] for cells in tables[target].rows]
    problems.add(
        read.table.name,
        f"{value!r} is not in {target}.{target_column}",
        row=row,
        column=column,
        value=value,
        allowed=_some(known, value),
        fix=did_you_mean(value, known) or f"Add it to {target}.csv or correct it here.",
    )


def _cell_error(error: dict[str, Any], read: Rows, problems: Problems, row: int) -> None:
    table = read.table
    column, value = error["fieldName"], str(error.get("cell", ""))
    f = next(f for f in table.fields if f.name == column)
    constraints = f.descriptor.get("constraints", {})
    allowed, fix = "", "Correct the cell."
    if error["type"] == "type-error":
        problem = f"{value!r} is not {'an' if f.type[0] in 'aeiou' else 'a'} {f.type}"
        allowed = {"integer": "a whole number", "boolean": "true or false"}.get(f.type, "")
    elif '"required"' in error["note"]:
        problem, fix = (
            "the cell is empty",
            f"Fill it in: {f.description[:1].lower()}{f.description[1:]}.",
        )
    elif '"enum"' in error["note"]:
        problem = f"{value!r} is not allowed here"
        allowed, fix = ", ".join(f.enum), did_you_mean(value, f.enum) or fix
    elif '"pattern"' in error["note"]:
        problem = f"{value!r} has the wrong form"
        allowed = f"text that matches {constraints['pattern']}"
        fix = f"Expected: {f.description[:1].lower()}{f.description[1:]}."
    else:
        problem = f"{value!r} is out of range"
        low, high = constraints.get("minimum"), constraints.get("maximum")
        allowed = f"{low} to {high}" if high is not None else f"{low} or more"
    problems.add(table.name, problem, row=row, column=column, value=value, allowed=allowed, fix=fix)


def check(tables: dict[str, Rows], problems: Problems) -> None:
    """Add to `problems` every broken type, constraint, key and foreign key in `tables`."""
    from frictionless import Checklist, Package  # noqa: PLC0415 - heavy, and only needed here

    unusable = {
        name
        for name, read in tables.items()
        if not read.readable or read.absent & set(read.table.key)
    }
    readable = [read for read in tables.values() if read.readable]
    package = Package.from_descriptor(
        {"name": "tables", "resources": [_resource(read, unusable) for read in readable]}
    )
    report = package.validate(Checklist(), limit_errors=_MANY)
    for task in report.tasks:
        read = tables[task.name]
        for found in task.errors:
            error = found.to_descriptor()
            index = error.get("rowNumber", 1) - 2
            row = read.numbers[index] if 0 <= index < len(read.numbers) else 0
            if error["type"] == "primary-key":
                _key_error(error, read, problems, row)
            elif error["type"] == "foreign-key":
                _foreign_error(error, read, tables, problems, row)
            elif "fieldName" in error:
                _cell_error(error, read, problems, row)
            else:
                problems.add(read.table.name, error["message"], row=row, fix="Correct the file.")


def read_folder(folder: Path, problems: Problems, *, extend: bool) -> dict[str, Rows]:
    """Read every table of `folder`; with `extend`, only those that are there."""
    known = schema.tables()
    files = {table.file: table for table in known.values()}
    if not folder.is_dir():
        problems.add(
            "datapackage",
            f"there is no folder {str(folder)!r}",
            fix="Check the path of the folder.",
        )
        return {}
    present = {path.name for path in folder.iterdir()}
    for name in sorted(name for name in present if name.endswith(".csv") and name not in files):
        problems.add(
            name.removesuffix(".csv"),
            "this is not a table of the framework",
            allowed=", ".join(known),
            fix=did_you_mean(name.removesuffix(".csv"), known) or "Rename or remove the file.",
        )
    wanted = [t for t in files.values() if not extend or t.file in present]
    if extend and not wanted:
        problems.add(
            "datapackage",
            f"no table was found in {str(folder)!r}",
            allowed=", ".join(files),
            fix="Put at least one of these files into the folder.",
        )
    return {table.name: read_table(folder / table.file, table, problems) for table in wanted}


def lay_over(base: Rows, added: Rows) -> Rows:
    """Return the rows of `base` with those of `added` in place of the ones with the same key."""
    places = [base.table.columns.index(name) for name in base.table.key]

    def key(cells: list[str]) -> tuple[str, ...]:
        return tuple(cells[place] for place in places)

    replaced = {key(cells) for cells in added.rows}
    kept = [cells for cells in base.rows if key(cells) not in replaced]
    return Rows(
        base.table,
        kept + added.rows,
        [0] * len(kept) + added.numbers,
        added.absent,
        added.readable,
    )


def examine(folder: Path, *, extend: bool = False) -> tuple[dict[str, Rows], pd.DataFrame]:
    """Return the tables of `folder` as rows of text, and every problem in them."""
    problems = Problems()
    tables = read_folder(folder, problems, extend=extend)
    if extend:
        base = read_folder(schema.folder(), Problems(), extend=False)
        tables = {
            name: lay_over(rows, tables[name]) if name in tables else rows
            for name, rows in base.items()
        }
    if tables:
        check(tables, problems)
    return tables, problems.frame()


def validate(path: str | Path, *, extend: bool = False) -> pd.DataFrame:
    """Return every problem in a folder of tables.

    Parameters
    ----------
    path
        The folder with the CSV files.
    extend
        Whether the files add to the bundled tables, so that some may be absent and their rows may
        refer to bundled ones.

    Returns
    -------
    pandas.DataFrame
        Empty when all is well; otherwise one row a problem:

        - ``table``: the table, which is also the name of the file;
        - ``row``: its row as a spreadsheet numbers it (header 1), or 0 for the whole file;
        - ``column``: the column or columns, empty for the whole row;
        - ``value``: what stands there;
        - ``problem``: what is wrong with it;
        - ``allowed``: what would be right;
        - ``fix``: what to do.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.framework import schema
    >>> len(govstack_kit.validate(schema.folder()))
    0
    """
    return examine(Path(path), extend=extend)[1]
