"""Tables as sheets of a workbook: a template to fill in, and reading it back.

Every text is written as text and shown, never computed. A formula counts as the result that was
saved with it; a formula without one is a problem, and so is what merged cells hide.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from typing import TYPE_CHECKING, Any

from govstack_kit import words
from govstack_kit.errors import ArgumentError, did_you_mean
from govstack_kit.tables import package, validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pandas as pd

    from govstack_kit.tables.schema import Column, Schema, Table

    Numbers = dict[int, list[int]]  # the rows that hold numbers, by the place of the column

ABOUT, LISTS = "About", "Lists"
MOST_CELLS = 1_000_000
_MOST_COLUMNS, _MOST_ROWS, _LONGEST = 1_000, 1_048_575, 32_767  # read; written; signs of a cell
_TOLD = 100  # merged cells, and formulas without a result, that are told of
_ROOM = 300  # empty rows that have dropdowns
_NAME = 31  # signs that the name of a sheet may have
_ADVICE = "Fill in the sheets you need and delete the others. Point at a title to read what belongs"
_MERGED = re.compile(rb"mergeCell\b[^>]*?ref\s*=\s*[\"'](\$?[A-Z]+\$?(\d+):\$?[A-Z]+\$?(\d+))")
_TEXTS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}


# --- writing --------------------------------------------------------------------------------------


def plain(frames: Mapping[str, pd.DataFrame]) -> bytes:
    """Return frames as a workbook, a sheet each under their names, as data for other programs."""
    import xlsxwriter  # noqa: PLC0415 - only where a workbook is written

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _TEXTS) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        text, quoted = book.add_format({"num_format": "@"}), _quoted(book)
        for name, frame in frames.items():
            taken = {sheet.get_name().casefold() for sheet in book.worksheets()}
            sheet = book.add_worksheet(_sheet_name(name, taken))
            if len(frame) > _MOST_ROWS:
                raise ArgumentError(f"{name} has too many rows for a workbook: save it as .csv.")
            for place, title in enumerate(frame):
                sheet.write_string(0, place, title, bold)
                for row, value in enumerate(frame[title].astype(object), start=1):
                    _write(sheet, row, place, value, (text, quoted))
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, max(frame.shape[1] - 1, 0), 22)
    return buffer.getvalue()


def _sheet_name(name: str, taken: set[str]) -> str:
    """Return a name that a sheet may have, different from those that are taken."""
    bare = re.sub(r"[\[\]:*?/\\]", " ", name).strip("' ") or "Table"
    found, number = bare[:_NAME], 1
    while found.casefold() in taken:
        number += 1
        found = f"{bare[: _NAME - 4]} {number}"
    return found


def _quoted(book: Any) -> Any:  # noqa: ANN401 - xlsxwriter has no types
    return book.add_format({"num_format": "@", "text_wrap": True, "quote_prefix": True})


def _write(sheet: Any, row: int, place: int, value: Any, forms: tuple[Any, Any]) -> None:  # noqa: ANN401
    """Write a value: a number as a number, everything else as a text that is never computed."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        said = package.text_of(value)
        if len(said) > _LONGEST:
            raise ArgumentError(
                f"A text in row {row + 1} of {sheet.get_name()!r} has {len(said):,} characters and "
                f"a cell holds {_LONGEST:,}: save it as .csv or .json."
            )
        if said:
            text, quoted = forms
            form = quoted if said.startswith(package.DANGEROUS) else text
            sheet.write_string(row, place, said, form)
    else:
        sheet.write_number(row, place, value)


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
    with xlsxwriter.Workbook(buffer, _TEXTS) as book:
        about = book.add_worksheet(ABOUT)
        about.set_column(0, 0, 30)
        about.set_column(1, 1, 100)
        offered = {name: sorted(set(map(str, values))) for name, values in lists.items()}
        offered |= {
            name: validate.joined(frame, schema[name].key).tolist()
            for name, frame in frames.items()
            if len(frame)
        }
        about.write_row(0, 0, ["Sheet", f"{_ADVICE} in a column; titles in bold are needed."])
        for row, name in enumerate(frames, start=1):
            about.write_row(row, 0, [schema[name].title, schema[name].description])
            _sheet(book, schema[name], frames[name], offered)
        sheet = book.add_worksheet(LISTS)
        for place, (name, values) in enumerate(offered.items()):
            sheet.write_column(0, place, [name, *values])
    return buffer.getvalue()


def _sheet(book: Any, table: Table, frame: pd.DataFrame, offered: dict[str, list[str]]) -> None:  # noqa: ANN401
    sheet = book.add_worksheet(table.title[:_NAME])
    head = {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1}
    needed, other = book.add_format(head), book.add_format(head | {"bold": False})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    number, quoted = book.add_format({"num_format": "#,##0.##", "valign": "top"}), _quoted(book)
    sheet.freeze_panes(1, 1)
    shown = [c for c in table.columns.values() if not c.given.get("hidden")]
    for place, column in enumerate(shown):
        form = number if column.type in ("integer", "number") else text
        sheet.set_column(place, place, 44 if "lines" in column.given else 22, form)
        sheet.write_string(0, place, column.title, needed if column.required else other)
        sheet.write_comment(0, place, column.help)
        if rule := _rule(table, column, offered):
            sheet.data_validation(1, place, len(frame) + _ROOM, place, rule)
        if column.name in frame:
            for row, value in enumerate(frame[column.name].astype(object), start=1):
                _write(sheet, row, place, value, (text, quoted))


def _rule(table: Table, column: Column, offered: dict[str, list[str]]) -> dict[str, Any] | None:
    """Return what a spreadsheet checks while people type; other texts stay possible for names."""
    if column.enum:
        return {"validate": "list", "source": list(column.enum)}
    target = table.target(column.name)[0]
    if target in offered:
        letter = chr(ord("A") + list(offered).index(target))
        source = f"={LISTS}!${letter}$2:${letter}${len(offered[target]) + 1}"
        return {"validate": "list", "source": source, "show_error": False}
    low, high = column.limits.get("minimum"), column.limits.get("maximum")
    if low is None or high is None:
        return None
    kind = "integer" if column.type == "integer" and high < 2**31 else "decimal"
    said = {"error_message": column.help[:255]}
    return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high} | said


# --- reading --------------------------------------------------------------------------------------


def read(path: Path | bytes, schema: Schema, problems: validate.Problems) -> package.Frames:
    """Return the sheets of a workbook that are tables, as cells; report all that cannot be read."""
    found: package.Frames = {}
    try:
        sheets = _sheets(path if isinstance(path, bytes) else package.bytes_of(path), problems)
    except package.UnreadableError as error:
        problems.add("workbook", str(error), fix=error.fix)
        return found
    known = {words.fold(title[:_NAME]): t for t in schema.values() for title in (t.name, t.title)}
    for title, (rows, numbers) in sheets.items():
        table = known.get(words.fold(title))
        if table:
            found[table.name] = package.place(rows, table, problems, numbers)
        elif title not in (ABOUT, LISTS) and (rows != "").any(axis=None):
            hint = did_you_mean(title, schema) or "Rename or remove it."
            problems.add(title, "this sheet is not a table", allowed=", ".join(schema), fix=hint)
    return found


def _sheets(raw: bytes, problems: validate.Problems) -> dict[str, tuple[pd.DataFrame, Numbers]]:
    """Return every sheet as texts, with the places of cells that hold numbers."""
    import openpyxl  # noqa: PLC0415 - only where a workbook is read

    def opened(**options: bool) -> Any:  # noqa: ANN401 - openpyxl has no types
        # Read row by row: merged cells are never filled in, however many there are.
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, keep_links=False, **options)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what the file says of its size may be wrong
        return book

    try:
        formulas = _look(raw, problems)
        found = {sheet.title: _rows(sheet) for sheet in opened(data_only=True).worksheets}
        for sheet in opened().worksheets if formulas else ():
            _lost(sheet, found[sheet.title][0], problems)
    except package.UnreadableError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a broken file makes of the library
        raise package.UnreadableError(
            f"the file is not a workbook, or only a part of one ({type(error).__name__})",
            "In the spreadsheet, choose Save as, then Excel workbook (.xlsx).",
        ) from None
    return found


def _look(raw: bytes, problems: validate.Problems) -> bool:
    """Refuse what would fill the memory; report merged cells; say whether there are formulas."""
    formulas, cells = False, 0
    with zipfile.ZipFile(io.BytesIO(raw)) as parts:
        if sum(part.file_size for part in parts.infolist()) > package.LARGEST:
            raise package.UnreadableError(
                "the workbook is too large when it is unpacked", "Keep only the rows you need."
            )
        for name in parts.namelist():
            if not re.search(r"worksheets/[^/]*\.xml$", name):
                continue
            page = parts.read(name)
            cells += len(re.findall(rb"<(?:\w+:)?c[ />]", page))
            if cells > MOST_CELLS:
                raise package.UnreadableError(
                    f"the workbook has more than {MOST_CELLS:,} cells", "Remove what is no table."
                )
            formulas |= bool(re.search(rb"<(?:\w+:)?f[ />]", page))
            for area, first, last in _MERGED.findall(page)[:_TOLD]:
                problems.add(
                    name.rpartition("/")[2],
                    "cells are merged; only the first of them counts",
                    column=area.decode(),
                    fix="Unmerge them and fill in each.",
                    level=validate.REMARK if first == last else validate.PROBLEM,
                )
    return formulas


def _rows(sheet: Any) -> tuple[pd.DataFrame, Numbers]:  # noqa: ANN401 - openpyxl has no types
    rows: list[list[str]] = []
    numbers: dict[int, list[int]] = {}
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > package.MOST_ROWS or len(row) > _MOST_COLUMNS:
            raise package.UnreadableError(
                f"“{sheet.title}” has more than {package.MOST_ROWS:,} rows or "
                f"{_MOST_COLUMNS:,} columns",
                "Remove what is far below or beside the table.",
            )
        for place, value in enumerate(row):
            if isinstance(value, int | float) and not isinstance(value, bool):
                numbers.setdefault(place, []).append(number)
        rows.append([package.text_of(value).strip() for value in row])
    while rows and not any(rows[-1]):
        rows.pop()
    return package.sheet_of(rows, MOST_CELLS), numbers


def _lost(sheet: Any, results: pd.DataFrame, problems: validate.Problems) -> None:  # noqa: ANN401
    """Report formulas whose results are not in the file."""
    known, told = results.to_numpy(), 0
    for number, row in enumerate(sheet.iter_rows()):
        for place, cell in enumerate(row):
            there = number < known.shape[0] and place < known.shape[1]
            if cell.data_type != "f" or (there and known[number, place]):
                continue
            fix, where = "Replace it by its value.", cell.column_letter
            value = str(cell.value)
            said = "the formula has no result"
            problems.add(sheet.title, said, row=number + 1, column=where, value=value, fix=fix)
            told += 1
            if told == _TOLD:
                return
