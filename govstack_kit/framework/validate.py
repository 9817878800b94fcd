"""All problems in a folder of tables: which table, row and column, what is allowed, how to fix it.

Rows are numbered as a spreadsheet shows them: the header is row 1. Types, constraints, keys and
foreign keys are checked by the frictionless library against ``datapackage.json``; what comes before
that (files, headers, ragged rows) and the wording are ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit._errors import WHOLE, did_you_mean, nearest
from govstack_kit.framework import _csv, schema

if TYPE_CHECKING:
    from frictionless import errors

COLUMNS = ["table", "row", "column", "value", "problem", "allowed", "fix"]
_SHOWN = 8  # allowed values named in a problem
_MANY = 1_000_000  # problems that frictionless may list per table: all of them
_HINTED = 200  # problems whose nearest names are looked up, which takes time
_HIGHEST = 1_000_000_000  # whole numbers: above any count, below what pandas can hold


@dataclass
class Rows:
    """A table as read: rows of text in the order of the schema, and where each came from."""

    table: schema.Table
    rows: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)  # 0: a row of the bundled package
    absent: frozenset[str] = frozenset()
    readable: bool = True

    def key_at(self, place: int) -> tuple[str, ...]:
        """Return the key of the row at `place`, counted from 0."""
        columns, cells = self.table.columns, self.rows[place]
        return tuple(cells[columns.index(name)] for name in self.table.key)


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
    absent = frozenset(
        f.name for f in table.fields if (f.required or f.name in table.key) and f.name not in header
    )
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


def _whole_number(cell: str) -> str:
    """Return a whole number in its plain form (``02`` is 2), anything else unchanged."""
    try:
        return str(int(cell))
    except ValueError:
        return cell


def read_table(path: Path, table: schema.Table, problems: Problems) -> Rows:
    """Read one file into rows in the order of the schema, reporting what is in the way.

    Excel leaves out the empty cells at the end of a row, so a short row is none of the problems:
    if a cell that is needed is among those left out, it is reported as empty.
    """
    try:
        rows = _csv.read_rows(path)
    except _csv.UnreadableError as error:
        problems.add(table.name, str(error), row=error.row, fix=error.fix)
        return Rows(table, readable=False)
    # Spreadsheets leave empty lines behind; they say nothing.
    (_, header), *body = ((n, row) for n, row in enumerate(rows, start=1) if any(row))
    read = Rows(table, absent=_header(table, header, problems))
    places = [header.index(name) if name in header else None for name in table.columns]
    whole = [f.type == "integer" for f in table.fields]
    for number, row in body:
        if any(row[len(header) :]):
            problems.add(
                table.name,
                f"the row has {len(row)} cells, the header {len(header)}",
                row=number,
                fix="Put quotation marks round texts that have commas, or remove extra cells.",
            )
        cells = [row[p] if p is not None and p < len(row) else "" for p in places]
        cells = [_whole_number(c) if w else c for c, w in zip(cells, whole, strict=True)]
        if any(cells):  # else all of it is in columns that are no part of the table
            read.rows.append(cells)
            read.numbers.append(number)
    return read


def _constraints(f: schema.Field) -> dict[str, Any]:
    """Return the rules for a field, with bounds for each whole number."""
    bounds = {"minimum": -_HIGHEST, "maximum": _HIGHEST} if f.type == "integer" else {}
    return {**bounds, **f.descriptor.get("constraints", {})}


def _resource(read: Rows, unusable: set[str]) -> dict[str, Any]:
    """Return the table as an inline frictionless resource, without rules that cannot be checked."""
    table = read.table
    fields = []
    for f in table.fields:
        constraints = _constraints(f)
        if f.name in read.absent:
            constraints.pop("required", None)
        fields.append({"name": f.name, "type": f.type, "constraints": constraints})
    descriptor: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if not read.absent & set(table.key):  # once is enough: a missing column has been reported
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


def _some(values: list[str], close: list[str]) -> str:
    """Return the allowed values as text: all when they are few, else the nearest and a count."""
    if len(values) <= _SHOWN:
        return ", ".join(values)
    return f"{', '.join(close)}{' and ' if close else ''}{len(values) - len(close)} others"


def _key_error(read: Rows, same: list[int], problems: Problems, place: int) -> None:
    """Report a key that stands in the rows `same`; `place` is that of one of them."""
    table = read.table
    key = read.key_at(place)
    if len(same) == 1 and any(key):
        return  # its type is wrong, which is reported as such
    if not any(key) and any(f.required for f in table.fields if f.name in table.key):
        return  # already reported as an empty required cell
    shown = " | ".join(key)
    fix = "Each key may stand once: remove the row or change its key."
    if not any(key):
        problem, fix = "the key is empty", f"Fill in {' or '.join(table.key)}."
    else:
        problem = f"{shown!r} stands more than once (rows {', '.join(str(n) for n in same[:5])})"
    problems.add(
        table.name,
        problem,
        row=read.numbers[place],
        column=", ".join(table.key),
        value=shown,
        fix=fix,
    )


def _foreign_error(
    error: errors.ForeignKeyError, read: Rows, tables: dict[str, Rows], problems: Problems, row: int
) -> None:
    column, value = error.field_names[0], str(error.field_cells[0])
    target, target_column = error.reference_name, error.reference_field_names[0]
    place = schema.table(target).columns.index(target_column)
    known = [cells[place] for cells in tables[target].rows]
    close = nearest(value, known) if len(problems.found) < _HINTED else []
    problems.add(
        read.table.name,
        f"{value!r} is not in {target}.{target_column}",
        row=row,
        column=column,
        value=value,
        allowed=_some(known, close) or f"nothing, because {target}.csv has no rows",
        fix=f"Did you mean {' or '.join(close)}?"
        if close
        else f"Add it to {target}.csv or correct it here.",
    )


def _cell_error(error: errors.CellError, read: Rows, problems: Problems, row: int) -> None:
    table = read.table
    column, value = error.field_name, str(error.cell)
    f = next(f for f in table.fields if f.name == column)
    constraints = _constraints(f)
    allowed, fix = "", "Correct the cell."
    if error.type == "type-error":
        problem = f"{value!r} is not {'an' if f.type[0] in 'aeiou' else 'a'} {f.type}"
        allowed = {"integer": "a whole number", "boolean": "true or false"}.get(f.type, "")
    elif '"required"' in error.note:
        problem, fix = (
            "the cell is empty",
            f"Fill it in: {f.description[:1].lower()}{f.description[1:]}.",
        )
    elif '"enum"' in error.note:
        problem = f"{value!r} is not allowed here"
        allowed, fix = ", ".join(f.enum), did_you_mean(value, f.enum) or fix
    elif '"pattern"' in error.note:
        problem = f"{value!r} has the wrong form"
        allowed = f"text that matches {constraints['pattern']}"
        fix = f"Expected: {f.description[:1].lower()}{f.description[1:]}."
    else:
        problem = f"{value!r} is out of range"
        low, high = constraints["minimum"], constraints["maximum"]
        allowed = f"{low} to {high}"
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
        rows_of: dict[tuple[str, ...], list[int]] = {}
        for place, number in enumerate(read.numbers if task.errors else ()):
            rows_of.setdefault(read.key_at(place), []).append(number)
        for error in task.errors:
            index = getattr(error, "row_number", 1) - 2
            row = read.numbers[index] if 0 <= index < len(read.numbers) else 0
            if error.type == "primary-key":
                _key_error(read, rows_of[read.key_at(index)], problems, index)
            elif error.type == "foreign-key":
                _foreign_error(error, read, tables, problems, row)
            elif hasattr(error, "field_name"):
                _cell_error(error, read, problems, row)
            else:
                problems.add(read.table.name, error.message, row=row, fix="Correct the file.")


def read_folder(folder: Path, problems: Problems, *, extend: bool) -> dict[str, Rows]:
    """Read every table of `folder`; with `extend`, only those that are there."""
    known = schema.tables()
    files = {table.file: table for table in known.values()}
    try:
        present = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    except OSError as error:
        problems.add(
            WHOLE,
            f"{str(folder)!r} is no folder that can be read ({error.strerror})",
            fix="Give the path of the folder that holds the CSV files.",
        )
        return {}
    for name in sorted(present - set(files)):
        if name.lower().endswith(".csv"):
            problems.add(
                name[: -len(".csv")],
                "this is not a table of the framework",
                allowed=", ".join(known),
                fix=did_you_mean(name[: -len(".csv")], known) or "Rename or remove the file.",
            )
    wanted = [t for t in files.values() if not extend or t.file in present]
    if extend and not wanted:
        problems.add(
            WHOLE,
            f"no table was found in {str(folder)!r}",
            allowed=", ".join(files),
            fix="Put at least one of these files into the folder.",
        )
    return {table.name: read_table(folder / table.file, table, problems) for table in wanted}


def lay_over(base: Rows, added: Rows) -> Rows:
    """Return the rows of `base` with those of `added`: in place of the same key, or at the end."""
    rows, numbers = list(base.rows), [0] * len(base.rows)
    places = {base.key_at(place): place for place in range(len(rows))}
    for place, (cells, number) in enumerate(zip(added.rows, added.numbers, strict=True)):
        at = places.pop(added.key_at(place), None)  # popped: a second row with the key is too many
        if at is None:
            rows.append(cells)
            numbers.append(number)
        else:
            rows[at], numbers[at] = cells, number
    return Rows(base.table, rows, numbers, added.absent, added.readable)


def examine(folder: Path, *, extend: bool = False) -> tuple[dict[str, Rows], pd.DataFrame]:
    """Return the tables of `folder` as rows of text, and every problem in them."""
    problems = Problems()
    tables = read_folder(folder, problems, extend=extend)
    if extend and tables:
        bundled = Problems()
        base = read_folder(schema.folder(), bundled, extend=False)
        if bundled.found:
            problems.add(
                WHOLE, "the bundled tables are damaged", fix="Install govstack-kit once more."
            )
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
