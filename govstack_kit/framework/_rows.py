"""Rows of a table as somebody saved them, and the problems found in them.

Rows are numbered as a spreadsheet shows them: the header is row 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from govstack_kit.errors import did_you_mean
from govstack_kit.framework import schema

COLUMNS = ["table", "row", "column", "value", "problem", "allowed", "fix"]


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


def place_rows(table: schema.Table, rows: list[list[str]], problems: Problems) -> Rows:
    """Put the rows of one file or sheet in the order of the schema, reporting what is in the way.

    Excel leaves out the empty cells at the end of a row, so a short row is none of the problems:
    if a cell that is needed is among those left out, it is reported as empty.
    """
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
