"""All problems in a folder of tables: which table, row and column, what is allowed, how to fix it.

Rows are numbered as a spreadsheet shows them: the header is row 1. Types, constraints, keys and
foreign keys are checked by the frictionless library against ``datapackage.json``; what comes before
that (files, headers, ragged rows) and the wording are ours.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from govstack_kit.errors import WHOLE, did_you_mean, nearest
from govstack_kit.framework import _csv, _workbook, installed, schema
from govstack_kit.framework._rows import Problems, Rows, place_rows

if TYPE_CHECKING:
    import pandas as pd
    from frictionless import errors

_HIGHEST = 1_000_000_000  # whole numbers: above any count, below what pandas can hold
_SHOWN = 8  # allowed values named in a problem
_MANY = 1_000_000  # problems that frictionless may list per table: all of them
_HINTED = 200  # problems whose nearest names are looked up, which takes time


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


def read_table(path: Path, table: schema.Table, problems: Problems) -> Rows:
    """Read one CSV file, reporting what is in the way."""
    try:
        rows = _csv.read_rows(path)
    except _csv.UnreadableError as error:
        problems.add(table.name, str(error), row=error.row, fix=error.fix)
        return Rows(table, readable=False)
    return place_rows(table, rows, problems)


def read_workbook(path: Path, problems: Problems, *, extend: bool) -> dict[str, Rows]:
    """Read every table of a workbook; with `extend`, only those that have a sheet with rows."""
    known = schema.tables()
    try:
        sheets = _workbook.read_sheets(path)
    except _csv.UnreadableError as error:
        problems.add(WHOLE, f"{path.name!r}: {error}", fix=error.fix)
        return {}
    for name in sorted(set(sheets) - set(known)):
        problems.add(
            name,
            "this sheet is not a table of the framework",
            allowed=", ".join(known),
            fix=did_you_mean(name, known) or "Rename or remove the sheet.",
        )
    found: dict[str, Rows] = {}
    for name, table in known.items():
        if any(any(row) for row in sheets.get(name, [])):
            found[name] = place_rows(table, sheets[name], problems)
        elif not extend:
            problems.add(name, "the sheet is missing or empty", fix="Add it, with its header row.")
            found[name] = Rows(table, readable=False)
    if extend and not any(read.rows for read in found.values()):
        problems.add(
            WHOLE,
            f"no row was found in {path.name!r}",
            allowed=", ".join(known),
            fix="Fill in at least one row of one of these sheets.",
        )
    return found


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
    for name in sorted(present - {*files, installed.TEXTS}):
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
    read = read_workbook if folder.suffix.lower() == _workbook.ENDING else read_folder
    tables = read(folder, problems, extend=extend)
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
        The folder with the CSV files, or a workbook (.xlsx) with one sheet for each table.
    extend
        Whether the files add to the installed tables, so that some may be absent and their rows may
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
