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

from govstack_kit.errors import ArgumentError
from govstack_kit.tables import package, validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from govstack_kit.tables.schema import Column, Schema, Table

ABOUT, LISTS = "About", "Lists"
MOST_CELLS = 1_000_000
_MOST_ROWS, _LONGEST = 1_048_575, 32_767  # written; signs of a cell
_TOLD = 100  # merged cells, and formulas without a result, that are told of
_ROOM = 300  # empty rows that have dropdowns
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
    book, buffer = _new()
    with book:
        for name, frame in frames.items():
            taken = {sheet.get_name().casefold() for sheet in book.worksheets()}
            sheet = book.add_worksheet(_sheet_name(name, taken))
            sheet.set_column(0, max(frame.shape[1] - 1, 0), 22)
            for place, title in enumerate(frame):
                sheet.write_string(0, place, title, book.bold)
                _fill(book, sheet, place, frame[title])
            sheet.freeze_panes(1, 0)
    return buffer.getvalue()


def _new() -> tuple[Any, io.BytesIO]:
    """Return an empty workbook with its formats, and where it will be."""
    import xlsxwriter  # noqa: PLC0415 - only where a workbook is written

    book = xlsxwriter.Workbook(buffer := io.BytesIO(), _TEXTS)
    head = {"bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1}
    text = {"num_format": "@", "text_wrap": True, "valign": "top"}
    book.bold = book.add_format({"bold": True, "bottom": 1})
    book.head, book.needed = book.add_format(head), book.add_format(head | {"bold": True})
    book.text, book.quoted = book.add_format(text), book.add_format(text | {"quote_prefix": True})
    book.number = book.add_format({"num_format": "#,##0.##", "valign": "top"})
    return book, buffer


def _sheet_name(name: str, taken: set[str]) -> str:
    """Return a name that a sheet may have, different from those that are taken."""
    bare = re.sub(r"[\[\]:*?/\\]", " ", name).strip("' ") or "Table"
    found, number = bare[: package.LONGEST_NAME], 1
    while found.casefold() in taken:
        number += 1
        found = f"{bare[: package.LONGEST_NAME - 4]} {number}"
    return found


def _fill(book: Any, sheet: Any, place: int, values: pd.Series[Any]) -> None:  # noqa: ANN401
    """Write a column: numbers as numbers, everything else as texts that are never computed."""
    if len(values) > _MOST_ROWS:
        raise ArgumentError(f"{len(values):,} rows are too many for a workbook: save them as .csv.")
    for row, value in enumerate(values.astype(object), start=1):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and math.isfinite(value):
            sheet.write_number(row, place, value)
        elif said := package.text_of(value):
            if len(said) > _LONGEST:
                raise ArgumentError(
                    f"A text in row {row + 1} of {sheet.get_name()!r} has {len(said):,} characters "
                    f"and a cell holds {_LONGEST:,}: save it as .csv or .json."
                )
            form = book.quoted if said.startswith(package.DANGEROUS) else book.text
            sheet.write_string(row, place, said, form)


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
    book, buffer = _new()
    with book:
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
    sheet = book.add_worksheet(table.title[: package.LONGEST_NAME])
    sheet.freeze_panes(1, 1)
    shown = [c for c in table.columns.values() if not c.given.get("hidden")]
    for place, column in enumerate(shown):
        form = book.number if column.type in ("integer", "number") else book.text
        sheet.set_column(place, place, 44 if "lines" in column.given else 22, form)
        head = book.needed if column.required else book.head
        sheet.write_string(0, place, column.title, head)
        sheet.write_comment(0, place, column.help)
        if rule := _rule(table, column, offered):
            sheet.data_validation(1, place, len(frame) + _ROOM, place, rule)
        if column.name in frame:
            _fill(book, sheet, place, frame[column.name])


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


def sheets(raw: bytes, problems: validate.Problems) -> Iterator[package.Sheet]:
    """Yield the sheets of a workbook: titles, texts, and the rows that hold numbers by column.

    Raises
    ------
    UnreadableError
        If it is none, or would fill the memory.
    """
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
    yield from ((title, *found[title]) for title in found if title not in (ABOUT, LISTS))


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


def _rows(sheet: Any) -> tuple[pd.DataFrame, dict[int, list[int]]]:  # noqa: ANN401 - openpyxl has no types
    rows: list[list[str]] = []
    numbers: dict[int, list[int]] = {}
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        package.refuse_too_many(number, len(row), MOST_CELLS)
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
            about = {"column": cell.column_letter, "value": str(cell.value)}
            said, fix = "the formula has no result", "Replace it by its value."
            problems.add(sheet.title, said, row=number + 1, fix=fix, **about)
            told += 1
            if told == _TOLD:
                return
