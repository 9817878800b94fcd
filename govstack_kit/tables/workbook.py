"""Tables as sheets of a workbook: a template to fill in, and reading it back.

Every text is written as text and shown, never computed. A formula counts as the result that was
saved with it; a formula without one is a problem, and so is what merged cells hide.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit import words
from govstack_kit.errors import did_you_mean
from govstack_kit.tables import package, validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from govstack_kit.tables.schema import Column, Schema, Table

ABOUT, LISTS = "About", "Lists"
MOST_CELLS = 1_000_000
_ROOM = 300  # empty rows that have dropdowns
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
Sheet = tuple[
    "pd.DataFrame", dict[int, list[int]]
]  # texts, and the rows that hold numbers by column
_TEXTS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write(
    frames: Mapping[str, pd.DataFrame], schema: Schema, lists: Mapping[str, Iterable[str]]
) -> bytes:
    """Return tables as a workbook to fill in.

    Parameters
    ----------
    frames
        The tables, one a sheet, with the rows there are.
    schema
        What they may hold.
    lists
        What dropdowns offer for columns that name something, by table: ``building_blocks`` ….
    """
    import xlsxwriter  # noqa: PLC0415 - only where a workbook is written

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **_TEXTS}) as book:
        about = book.add_worksheet(ABOUT)
        about.set_column(0, 0, 30)
        about.set_column(1, 1, 100)
        offered = {name: sorted(set(map(str, values))) for name, values in lists.items()}
        offered |= {
            name: validate.joined(f, schema[name].key).tolist()
            for name, f in frames.items()
            if len(f)
        }
        for row, name in enumerate(frames):
            about.write_row(row, 0, [schema[name].title, schema[name].description])
            _sheet(book, schema[name], package.cells_of(frames[name], schema[name]), offered)
        sheet = book.add_worksheet(LISTS)
        for place, (name, values) in enumerate(offered.items()):
            sheet.write_column(0, place, [name, *values])
    return buffer.getvalue()


def _sheet(book: Any, table: Table, cells: pd.DataFrame, offered: dict[str, list[str]]) -> None:  # noqa: ANN401
    sheet = book.add_worksheet(table.title[:31])
    head = {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1}
    needed, other = book.add_format(head), book.add_format(head | {"bold": False})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    quoted = book.add_format({"num_format": "@", "text_wrap": True, "quote_prefix": True})
    number = book.add_format({"num_format": "#,##0.##", "valign": "top"})
    sheet.freeze_panes(1, 1)
    sheet.set_tab_color("#2E75B6")
    shown = [c for c in table.columns.values() if not c.given.get("hidden")]
    for place, column in enumerate(shown):
        numeric = column.type in ("integer", "number")
        sheet.set_column(
            place, place, 44 if "lines" in column.given else 22, number if numeric else text
        )
        sheet.write_string(0, place, column.title, needed if column.required else other)
        sheet.write_comment(0, place, column.help)
        if rule := _rule(table, column, offered):
            sheet.data_validation(1, place, len(cells) + _ROOM, place, rule)
        for row, value in enumerate(cells.get(column.name, ()), start=1):
            if numeric and value:
                sheet.write_number(row, place, float(value), number)
            elif value:
                sheet.write_string(
                    row, place, value, quoted if value.startswith(_DANGEROUS) else text
                )


def _rule(table: Table, column: Column, offered: dict[str, list[str]]) -> dict[str, Any] | None:
    """Return what a spreadsheet checks while people type; other texts stay possible for names."""
    if column.enum:
        return {"validate": "list", "source": list(column.enum)}
    target = next((r.table for r in table.references if r.columns == (column.name,)), "")
    target = target or column.given.get("names", "").split(".")[0]
    if target in offered:
        letter = chr(ord("A") + list(offered).index(target))
        source = f"={LISTS}!${letter}$2:${letter}${len(offered[target]) + 1}"
        return {"validate": "list", "source": source, "show_error": False}
    low, high = column.limits.get("minimum"), column.limits.get("maximum")
    if low is not None and high is not None:
        kind = "integer" if column.type == "integer" and high < 2**31 else "decimal"
        return {
            "validate": kind,
            "criteria": "between",
            "minimum": low,
            "maximum": high,
            "error_message": column.help[:255],
        }
    return None


def read(path: Path | bytes, schema: Schema, problems: validate.Problems) -> package.Frames:
    """Return the sheets of a workbook that are tables, as cells; report all that cannot be read."""
    raw = path if isinstance(path, bytes) else package._bytes(path)  # noqa: SLF001 - our own
    found: package.Frames = {}
    try:
        sheets = _sheets(raw, problems)
    except package.UnreadableError as error:
        problems.add("workbook", str(error), fix=error.fix)
        return found
    known = {words.fold(title[:31]): t for t in schema.values() for title in (t.name, t.title)}
    for title, (rows, numbers) in sheets.items():
        table = known.get(words.fold(title[:31]))
        if table:
            found[table.name] = package.place(rows, table, problems, numbers)
        elif title not in (ABOUT, LISTS):
            problems.add(
                title,
                "this sheet is not a table",
                allowed=", ".join(schema),
                fix=did_you_mean(title, schema) or "Rename or remove it.",
            )
    return found


def _sheets(raw: bytes, problems: validate.Problems) -> dict[str, Sheet]:
    """Return every sheet as texts, with the places of cells that hold numbers."""
    import openpyxl  # noqa: PLC0415 - only where a workbook is read

    formulas = _look(raw, problems)
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(raw), read_only=True, data_only=True, keep_links=False
        )
        found = {sheet.title: _rows(sheet) for sheet in book.worksheets}
        if formulas:
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, keep_links=False)
            for sheet in book.worksheets:
                _lost(sheet, found[sheet.title][0], problems)
    except package.UnreadableError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a broken file makes of the library
        raise package.UnreadableError(
            f"the file is not a workbook ({type(error).__name__})",
            "Save it as Excel workbook (.xlsx).",
        ) from None
    return found


def _look(raw: bytes, problems: validate.Problems) -> bool:
    """Refuse what would fill the memory; report merged cells; say whether there are formulas."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            names = [i for i in parts.infolist() if i.filename.startswith("xl/worksheets/")]
            if sum(i.file_size for i in parts.infolist()) > package.LARGEST:
                raise package.UnreadableError(
                    "the workbook is too large when it is unpacked", "Keep only the rows you need."
                )
            pages = [parts.read(i) for i in names]
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        raise package.UnreadableError(
            "the file is not a workbook", "Save it as Excel workbook (.xlsx)."
        ) from None
    if sum(page.count(b"<c ") + page.count(b"<c>") for page in pages) > MOST_CELLS:
        raise package.UnreadableError(
            f"the workbook has more than {MOST_CELLS:,} cells", "Remove what is no table."
        )
    if merged := [
        m.decode()
        for page in pages
        for m in re.findall(rb"mergeCell\b[^>]*ref=.([A-Z0-9:$]+)", page)
    ]:
        problems.add(
            "workbook",
            "cells are merged; only the first of them counts",
            column=", ".join(merged[:5]),
            fix="Unmerge them and fill in each.",
        )
    return any(re.search(rb"<f[ >/]", page) for page in pages)


def _rows(sheet: Any) -> Sheet:  # noqa: ANN401 - openpyxl has no types
    rows: list[list[str]] = []
    numbers: dict[int, list[int]] = {}
    sheet.reset_dimensions()  # what the file says of its size may be wrong, and rows would be lost
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > package.MOST_ROWS:
            raise package.UnreadableError(
                f"“{sheet.title}” has more than {package.MOST_ROWS:,} rows", "Remove empty rows."
            )
        for place, value in enumerate(row):
            if isinstance(value, int | float) and not isinstance(value, bool):
                numbers.setdefault(place, []).append(number)
        rows.append([package.text_of(value) for value in row])
    wide = max(map(len, rows), default=0)
    even = [row + [""] * (wide - len(row)) for row in rows]
    return pd.DataFrame(even, index=range(1, len(rows) + 1), dtype="str"), numbers


def _lost(sheet: Any, results: pd.DataFrame, problems: validate.Problems) -> None:  # noqa: ANN401
    sheet.reset_dimensions()
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f" and not results.iat[cell.row - 1, cell.column - 1]:
                problems.add(
                    sheet.title,
                    "the formula has no result",
                    row=cell.row,
                    column=cell.column_letter,
                    value=str(cell.value),
                    fix="Replace it by its value.",
                )
