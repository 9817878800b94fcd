"""The sheet of an inventory: its columns, how it is written, and its cells as they were found."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, NamedTuple

from govstack_kit._errors import PlanError, did_you_mean
from govstack_kit.framework import _csv
from govstack_kit.planning._sheets import LARGEST, Book, Problems, text_of
from govstack_kit.planning.names import fold, names_of
from govstack_kit.planning.workbook import ABOUT, LISTS, Column, Writer, cell, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from govstack_kit.framework.tables import Framework
    from govstack_kit.planning.selected import System

SYSTEMS = "Systems"
MOST_ROWS = 2_000
PAIRS = 4  # columns for building blocks in a workbook; more go into the column after them
_HEADER_WITHIN = 5  # rows in which the header may stand
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
BLOCK, QUALITY = "block", "quality"
WELL = ("well", "partly", "poorly")
COLUMNS = (
    Column("System", 30, "What it is called. Needed."),
    Column("Owner", 26, "The office that is responsible for it."),
    Column("Description", 44, "What it does, in a sentence."),
    Column("Users", 12, "How many people use it, as a number."),
    Column("In use since", 12, "The year in which it came into use."),
    Column("Licence", 20, "Its licence, such as MIT or proprietary."),
    Column("Open source", 12, "yes or no; empty if nobody knows.", "Yes or no"),
    Column("Hosting", 22, "Where it runs, such as the government's data centre."),
    Column("Interfaces", 34, "How other systems reach it, such as REST."),
    Column("Annual cost", 16, "What it costs a year, in the plan's currency, as a number."),
    Column("Integration cost", 16, "What connecting it would cost once, in the plan's currency."),
    Column("Web address", 26, "Where to read about it."),
)
_PAIR = (
    Column("Building block", 26, "A building block that it serves today.", "Building blocks"),
    Column("How well", 14, "well, partly or poorly; empty if nobody judged it.", "How well"),
)
_MORE = Column("Building blocks", 40, "Several, as in: Payments (well); Consent (partly).")
_ID = Column("System id", 18, "Do not change. New systems have none.")
FIELDS = {  # by title as it is compared
    "name": ("system", "name", "systemname", "nameofsystem", "application", "software"),
    "owner": ("owner", "ownedby", "ministry", "agency", "organisation", "organization", "office"),
    "description": ("description", "purpose", "whatitdoes"),
    "users": ("users", "numberofusers", "noofusers", "activeusers"),
    "since": ("inusesince", "since", "year", "yearofintroduction", "startyear", "golive"),
    "licence": ("licence", "license", "licencetype", "licensetype"),
    "open_source": ("opensource", "isopensource", "oss"),
    "hosting": ("hosting", "hostedat", "hostedon", "hostedby"),
    "interfaces": ("interfaces", "interface", "api", "apis"),
    "annual_cost": ("annualcost", "annualcosts", "costperyear", "yearlycost", "costayear"),
    "integration_cost": ("integrationcost", "integrationcosts", "costofintegration"),
    "url": ("webaddress", "url", "website", "link"),
    "id": ("systemid", "id"),
    BLOCK: ("buildingblock", "buildingblocks", "morebuildingblocks", "otherbuildingblocks"),
    QUALITY: ("howwell", "quality", "howwellserved"),
}
TITLES = {title: field for field, titles in FIELDS.items() for title in titles}
_DOWN = ("name", "owner", "licence", "open_source", "hosting", "id")  # merged cells hold for all
_ABOUT = (
    "This workbook lists the systems that exist already. Fill in the blue sheet, one row a system.",
    "A building block is what a system can be part of: choose it and say how well it serves.",
    "well: it does what is needed. partly: something is missing. poorly: it has to be replaced.",
    "More than four building blocks go into the last column: Payments (well); Consent (partly).",
    "Costs are in one currency, that of the plan. What nobody knows stays empty: it is not zero.",
    "Type values, no formulas, and merge no cells. Leave the column System id as it is.",
    "Then read it with read_inventory(): it says row by row what it could not read.",
)


class Found(NamedTuple):
    """A cell with content: its value, its place, and whether it is a formula or an error."""

    value: object
    place: str
    broken: str = ""


class Table(NamedTuple):
    """A sheet as found: columns by place, and the cells of each row with content."""

    title: str
    columns: dict[int, tuple[str, str]]  # place: field, title as it is written
    rows: dict[int, dict[int, Found]]
    shifted: frozenset[int] = frozenset()  # rows whose cells may stand in the wrong columns


# --- writing --------------------------------------------------------------------------------------


def _row(system: System, names: Any) -> tuple[list[str], list[tuple[str, str]]]:  # noqa: ANN401
    plain = [
        system.name,
        system.owner,
        system.description,
        "" if system.users is None else str(system.users),
        "" if system.since is None else str(system.since),
        system.licence,
        system.open_source,
        system.hosting,
        system.interfaces,
        *("" if c is None else text_of(c) for c in (system.annual_cost, system.integration_cost)),
        system.url,
    ]
    return plain, [(names.written("building_block", s.key), s.quality) for s in system.serves]


def _judged(pairs: Iterable[tuple[str, str]]) -> str:
    return joined(f"{name} ({quality})" if quality else name for name, quality in pairs)


def write_csv(systems: Sequence[System], framework: Framework) -> bytes:
    """Return an inventory as CSV; what begins like a formula has an apostrophe before it."""
    names = names_of(framework)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([column.title for column in (*COLUMNS, _MORE, _ID)])
    for system in systems:
        plain, pairs = _row(system, names)
        texts = [*plain, _judged(pairs), system.id]
        writer.writerow([f"'{text}" if text.startswith(_DANGEROUS) else text for text in texts])
    return buffer.getvalue().encode("utf-8-sig")  # the mark that Excel knows UTF-8 by


def write_workbook(
    systems: Sequence[System], framework: Framework, first: Sequence[str] = ()
) -> bytes:
    """Return an inventory as a workbook; the blocks `first` lead the dropdowns."""
    import xlsxwriter  # noqa: PLC0415 - only where a workbook is made

    names = names_of(framework)
    buffer = io.BytesIO()
    plain_texts = dict.fromkeys(
        ("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False
    )
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, **plain_texts})
    offered = [names.written("building_block", key) for key in first]
    offered += [n for n in names.all_names("building_block") if n not in offered]
    lists = {"Building blocks": offered, "How well": list(WELL), "Yes or no": ["yes", "no"]}
    writer = Writer(book, lists)
    about = book.add_worksheet(ABOUT)
    about.set_column(0, 0, 110)
    for number, text in enumerate(_ABOUT):
        about.write_string(number, 0, text, writer.head if number == 0 else writer.text)
    columns = list(COLUMNS)
    for number in range(1, PAIRS + 1):
        columns += [column._replace(title=f"{column.title} {number}") for column in _PAIR]
    columns += [_MORE, _ID]
    rows = []
    for system in systems:
        plain, pairs = _row(system, names)
        shown = [text for pair in pairs[:PAIRS] for text in pair]
        shown += [""] * (2 * PAIRS - len(shown))
        rows.append((*map(cell, plain), *shown, cell(_judged(pairs[PAIRS:])), system.id))
    writer.table(SYSTEMS, tuple(columns), rows)
    writer.all_lists()
    book.close()
    return buffer.getvalue()


# --- reading --------------------------------------------------------------------------------------


def field_of(title: str) -> str:
    """Return the field that the title of a column means, or an empty string.

    Examples
    --------
    >>> field_of("Annual cost (KES)"), field_of("Building Block 2"), field_of("Colour")
    ('annual_cost', 'block', '')
    """
    for written in (title, title.partition("(")[0], title.partition("[")[0]):
        found = TITLES.get(fold(written)) or TITLES.get(fold(written).rstrip("0123456789"))
        if found:
            return found
    return ""


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
                rows.setdefault(one.row, {})[one.column] = Found(value, one.coordinate, broken)
        return rows

    def merged(self, title: str) -> list[tuple[int, int, int, int, str]]:
        """Return the merged areas of a sheet: first and last row, first and last column, name."""
        areas = self._book[title].merged_cells.ranges
        found = [(a.min_row, a.max_row, a.min_col, a.max_col, str(a.coord)) for a in areas]
        return sorted(found)


def read_table(path: Path, problems: Problems) -> Table:
    """Return the table of systems in a workbook or CSV file.

    Raises
    ------
    PlanError
        If the file is no workbook, or has too many rows.
    UnreadableError
        If it is missing, too large, or no CSV.
    """
    if path.suffix.lower() == ".csv":
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
    try:
        raw = path.read_bytes() if path.stat().st_size <= LARGEST else None
    except OSError as error:
        fix = "Check that it is there and that you may open it."
        raise _csv.UnreadableError(f"the file cannot be read ({error.strerror})", fix) from None
    if raw is None:
        much = f"the file is larger than {LARGEST // 1024**2} MB"
        raise _csv.UnreadableError(much, "Keep only the rows of systems.")
    book = _Workbook(raw, problems)
    sheets = [title for title in book.titles if title not in (ABOUT, LISTS)]
    tables = {title: book.cells(title) for title in sheets}
    if not tables:
        raise PlanError("This workbook has no sheet with systems: start from a new template.")
    title = book.find(SYSTEMS) or max(tables, key=lambda name: _header(tables[name])[1])
    found = _table(title, tables[title], problems)
    _beside(found, tables[title], problems)
    return _filled(found, book.merged(title), problems)


def _letter(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _bare(text: str) -> str:
    """Return a text without the apostrophe that kept it from being a formula."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_DANGEROUS) else text


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
            known = [column.title for column in (*COLUMNS, *_PAIR, _MORE)]
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
        spread = field in _DOWN and left == right
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
