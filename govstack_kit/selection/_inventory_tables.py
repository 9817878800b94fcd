"""The sheets of an inventory as they were found: which list systems, their columns and cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from govstack_kit.errors import PlanError, did_you_mean
from govstack_kit.framework import _csv
from govstack_kit.planning._sheets import LARGEST, Book, Problems
from govstack_kit.planning.names import fold
from govstack_kit.planning.workbook import ABOUT, LISTS
from govstack_kit.selection._inventory_cells import shown_currency
from govstack_kit.selection._inventory_sheet import (
    BLOCK,
    COLUMNS,
    DANGEROUS,
    DOWN,
    MORE,
    MOST_ROWS,
    PAIR,
    QUALITY,
    SYSTEMS,
    field_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_HEADER_WITHIN = 5  # rows in which the header may stand


class Found(NamedTuple):
    """A cell with content: its value, its place, whether it is a formula or an error, its money."""

    value: object
    place: str
    broken: str = ""
    currency: str = ""  # that the format of a number shows


class Table(NamedTuple):
    """A sheet as found: columns by place, and the cells of each row with content."""

    title: str
    columns: dict[int, tuple[str, str]]  # place: field, title as it is written
    rows: dict[int, dict[int, Found]]
    shifted: frozenset[int] = frozenset()  # rows whose cells may stand in the wrong columns


class _Workbook(Book):
    """A workbook whose formulas are not trusted: what they showed last may be out of date."""

    def cells(self, title: str) -> dict[int, dict[int, Found]]:
        """Return the cells of a sheet that have content, row by row."""
        rows: dict[int, dict[int, Found]] = {}
        for one in self.there(title):
            kind = one.data_type if one.value is not None else ""
            broken = {"f": "holds a formula", "e": "shows an error"}.get(kind, "")
            value = one.value.strip() if isinstance(one.value, str) else one.value
            if value is not None and value != "":
                currency = shown_currency(one.number_format) if kind == "n" else ""
                found = Found(value, one.coordinate, broken, currency)
                rows.setdefault(one.row, {})[one.column] = found
        return rows

    def hidden(self, title: str) -> bool:
        """Return whether people see no tab for a sheet."""
        return bool(self._book[title].sheet_state != "visible")

    def merged(self, title: str) -> list[tuple[int, int, int, int, str]]:
        """Return the merged areas of a sheet: first and last row, first and last column, name."""
        areas = self._book[title].merged_cells.ranges
        found = [(a.min_row, a.max_row, a.min_col, a.max_col, str(a.coord)) for a in areas]
        return sorted(found)


def read_tables(path: Path, problems: Problems) -> list[Table]:
    """Return the tables of systems in a workbook or CSV file; other sheets are problems.

    Raises
    ------
    PlanError
        If the file is no workbook, or has too many rows.
    UnreadableError
        If it is missing, too large, or no CSV.
    """
    if path.suffix.lower() == ".csv":
        return [_csv_table(path, problems)]
    try:
        raw = path.read_bytes() if path.stat().st_size <= LARGEST else None
    except OSError as error:
        fix = "Check that it is there and that you may open it."
        raise _csv.UnreadableError(f"the file cannot be read ({error.strerror})", fix) from None
    if raw is None:
        much = f"the file is larger than {LARGEST // 1024**2} MB"
        raise _csv.UnreadableError(much, "Keep only the rows of systems.")
    book = _Workbook(raw, problems)
    sheets = {title: book.cells(title) for title in book.titles if title not in (ABOUT, LISTS)}
    if not sheets:
        raise PlanError("This workbook has no sheet with systems: start from a new template.")
    titled = {title: _titled(rows) for title, rows in sheets.items()}
    seen = [title for title in sheets if not book.hidden(title)] or list(sheets)
    main = book.find(SYSTEMS) or max(seen, key=lambda t: ("name" in titled[t], len(titled[t])))
    tables = []
    for title, rows in sheets.items():
        if title == main or (title in seen and _lists_systems(titled[title], titled[main])):
            found = _table(title, rows, problems)
            _beside(found, rows, problems)
            tables.append(_filled(found, book.merged(title), problems))
        elif rows:
            _unread(title, titled[title], problems, hidden=title not in seen)
    if (count := sum(len(table.rows) for table in tables)) > MOST_ROWS:
        raise PlanError(
            f"The sheets of systems have {count:,} rows with content together; {MOST_ROWS:,} "
            "systems are allowed."
        )
    return tables


def _csv_table(path: Path, problems: Problems) -> Table:
    rows = {
        row: {
            column: Found(_bare(text), f"{_letter(column)}{row}", _formula(text))
            for column, text in enumerate(texts, start=1)
            if text
        }
        for row, texts in enumerate(_csv.read_rows(path), start=1)
    }
    rows = {row: cells for row, cells in rows.items() if cells}
    found = _table(path.name, rows, problems)
    # A separator within a text moves what follows it, which nobody can see from the cells.
    return found._replace(shifted=_beside(found, rows, problems))


def _titled(rows: dict[int, dict[int, Found]]) -> dict[str, str]:
    """Return the known fields in the header of a sheet, with their titles as these are compared."""
    header = rows.get(_header(rows)[0], {})
    titles = [str(one.value) for _, one in sorted(header.items(), reverse=True)]  # the first counts
    return {field: fold(title) for title in titles if (field := field_of(title))}


def _lists_systems(own: dict[str, str], main: dict[str, str]) -> bool:
    """Return whether a sheet beside the main one has a header of systems.

    Persons and offices have names too: a column that is called only Name is no proof.
    """
    if own.keys() == main.keys() or BLOCK in own:
        return "name" in own
    return len(own) > 1 and own.get("name", "name") != "name"


def _unread(title: str, own: dict[str, str], problems: Problems, *, hidden: bool) -> None:
    """Say that a sheet was not read; hidden ones without systems are lists and the like."""
    if hidden and "name" not in own:
        return
    said = "the sheet is hidden" if hidden else "the sheet does not look like a list of systems"
    fix = "Show the sheet" if hidden else "Title its columns System and Building blocks"
    problems.add(
        title,
        f"{said} and was not read",
        allowed=", ".join(column.title for column in (*COLUMNS, *PAIR)),
        fix=f"{fix} if it lists systems; else leave it.",
    )


def _letter(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _bare(text: str) -> str:
    """Return a text without the apostrophe that kept it from being a formula."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(DANGEROUS) else text


def _formula(text: str) -> str:
    return "holds a formula" if text.startswith("=") else ""


def _header(rows: dict[int, dict[int, Found]]) -> tuple[int, int]:
    """Return the row of the header and how many columns of it are known."""
    first = [row for row in rows if row <= _HEADER_WITHIN]
    known = {row: sum(bool(field_of(str(c.value))) for c in rows[row].values()) for row in first}
    best = max(known, key=lambda row: (known[row], -row), default=1)
    return best, known.get(best, 0)


def _table(title: str, rows: dict[int, dict[int, Found]], problems: Problems) -> Table:
    header, _ = _header(rows)
    columns: dict[int, tuple[str, str]] = {}
    for place, one in rows.get(header, {}).items():
        written = str(one.value)
        field = field_of(written)
        if not field:
            known = [column.title for column in (*COLUMNS, *PAIR, MORE)]
            fix = did_you_mean(written, known) or "Rename it, or leave it: it was not read."
            problems.add(title, "the column is not known", row=header, column=written, fix=fix)
        elif field not in (BLOCK, QUALITY) and field in (f for f, _ in columns.values()):
            said = "the column stands twice; the first one was read"
            problems.add(title, said, row=header, column=written, fix="Remove one of them.")
        else:
            columns[place] = field, written
    if "name" not in (field for field, _ in columns.values()):
        problems.add(
            title,
            "the column 'System' is missing",
            row=header,
            column="System",
            allowed=", ".join(column.title for column in COLUMNS),
            fix="Add a column with the names of the systems, or start from a new template.",
        )
    body = {row: cells for row, cells in rows.items() if row > header and cells}
    if len(body) > MOST_ROWS:
        raise PlanError(
            f"{title!r} has {len(body):,} rows with content; {MOST_ROWS:,} systems are allowed."
        )
    return Table(title, columns, body)


def _beside(table: Table, rows: dict[int, dict[int, Found]], problems: Problems) -> frozenset[int]:
    """Return the rows with cells under no title, which are not read, and say so of each."""
    titled = rows.get(_header(rows)[0], {}).keys()
    found = set()
    for row, cells in table.rows.items():
        loose = [one for place, one in sorted(cells.items()) if place not in titled]
        if not loose:
            continue
        found.add(row)
        places = ", ".join(one.place for one in loose[:5])
        said = f"cell {places} stands under no title and was not read"
        if len(loose) > 1:
            said = f"cells {places} stand under no title and were not read"
        problems.add(
            table.title,
            said,
            row=row,
            value=str(loose[0].value),
            fix="Give the column a title. In a CSV file, a text that has the separator in it "
            "needs quotation marks.",
        )
    return frozenset(found)


def _filled(
    table: Table, areas: Sequence[tuple[int, int, int, int, str]], problems: Problems
) -> Table:
    """Give each row of a merged cell its value, in the columns where that makes sense."""
    for top, bottom, left, right, coord in areas:
        one = table.rows.get(top, {}).get(left)
        field = table.columns.get(left, ("", ""))[0]
        if one is None or not field:
            continue
        spread = field in DOWN and left == right
        for row in (row for row in table.rows if spread and top < row <= bottom):
            table.rows[row].setdefault(left, one)
        problems.add(
            table.title,
            f"the cells {coord} are merged; "
            + ("their value was taken for each row" if spread else "only the first row got it"),
            row=top,
            column=table.columns[left][1],
            value=str(one.value),
            fix="Unmerge the cells and fill each of them.",
        )
    return table
