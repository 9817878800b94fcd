"""The sheets of a workbook as rows of text, and every problem found on the way.

Formulas count as their last result, cells merged downwards as one value for each row, numbers and
dates as they are shown. Files that are no workbook, or grow too large when unpacked, are refused.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit._errors import PlanError, did_you_mean
from govstack_kit.framework._workbook import MOST_CELLS
from govstack_kit.planning.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LARGEST = 20 * 1024 * 1024  # bytes of a file
UNPACKED = 60 * 1024 * 1024  # bytes of its parts together
_HEADER_WITHIN = 5  # rows in which the header may stand
_MERGED = re.compile(
    rb'<mergeCell\b[^<>]*ref="\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})"'
)
COLUMNS = ["sheet", "row", "column", "value", "problem", "allowed", "fix"]


@dataclass
class Problems:
    """The problems found so far; `row` 0 means the sheet as a whole."""

    rows: list[tuple[str, int, str, str, str, str, str]] = field(default_factory=list)

    def add(  # noqa: PLR0913 - one argument for each column of the result
        self,
        sheet: str,
        problem: str,
        *,
        row: int = 0,
        column: str = "",
        value: str = "",
        allowed: str = "",
        fix: str = "",
    ) -> None:
        """Note one problem."""
        self.rows.append((sheet, row, column, value[:80], problem, allowed, fix))

    def frame(self) -> pd.DataFrame:
        """Return the problems as a frame, sheet by sheet and row by row."""
        sheets = list(dict.fromkeys(row[0] for row in self.rows))
        rows = sorted(dict.fromkeys(self.rows), key=lambda row: (sheets.index(row[0]), row[1]))
        frame = pd.DataFrame(rows, columns=COLUMNS)
        return frame.astype({name: "int64" if name == "row" else "str" for name in COLUMNS})


@dataclass
class Sheet:
    """A sheet: for each row with content its number, and its texts by the title of the column."""

    title: str
    columns: list[str]
    rows: list[tuple[int, dict[str, str]]]


def _load(raw: bytes, *, results: bool) -> Any:  # noqa: ANN401 - openpyxl has no types
    import openpyxl  # noqa: PLC0415 - only where a workbook is read

    try:
        return openpyxl.load_workbook(io.BytesIO(raw), data_only=results, keep_links=False)
    except Exception as error:  # noqa: BLE001 - whatever a broken file makes of the library
        raise PlanError(
            f"This file cannot be read as a workbook ({type(error).__name__}). Open it in a "
            "spreadsheet and save it as Excel workbook (.xlsx)."
        ) from None


def check(raw: bytes) -> None:
    """Raise if the bytes are not a workbook that is safe to unpack."""
    if len(raw) > LARGEST:
        raise PlanError(
            f"This file is larger than {LARGEST // 1024**2} MB. Keep only the sheets of the kit."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            size = sum(part.file_size for part in package.infolist())
            names = package.namelist()
            merged = _merged_cells(package) if size <= UNPACKED else 0
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise PlanError(
            "This file is not an Excel workbook (.xlsx). Older workbooks (.xls), other formats and "
            "workbooks with a password have to be saved as .xlsx without one."
        ) from None
    if size > UNPACKED or "xl/workbook.xml" not in names:
        raise PlanError(
            "This file is not a workbook of the kit: "
            + ("it is too large when unpacked." if size > UNPACKED else "it holds no sheets.")
        )

    if merged > MOST_CELLS:
        raise PlanError(f"More than {MOST_CELLS:,} cells are merged. Unmerge them.")


def _merged_cells(package: zipfile.ZipFile) -> int:
    """Return how many cells are merged, without opening them: they would fill the memory."""
    size = 0
    for name in (name for name in package.namelist() if name.startswith("xl/worksheets/")):
        for first, top, last, bottom in _MERGED.findall(package.read(name)):
            across = _place(last.decode()) - _place(first.decode()) + 1
            size += across * (int(bottom) - int(top) + 1)
    return size


def _place(letters: str) -> int:
    """Return the place of a column by its letters.

    Examples
    --------
    >>> _place("A"), _place("XFD")
    (1, 16384)
    """
    return reduce(lambda place, letter: 26 * place + ord(letter) - 64, letters, 0)


def text_of(value: object) -> str:
    """Return the value of a cell as text.

    Examples
    --------
    >>> text_of(3.0), text_of(None), text_of(date(2026, 11, 23)), text_of(True)
    ('3', '', '2026-11-23', 'true')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


class Book:
    """A workbook that was opened for reading.

    Parameters
    ----------
    raw
        The content of the file.
    problems
        Where problems go.

    Raises
    ------
    PlanError
        If it is no workbook.
    """

    def __init__(self, raw: bytes, problems: Problems) -> None:
        check(raw)
        self._raw, self._problems = raw, problems
        self._book = _load(raw, results=False)
        self._results: Any = None
        self.titles = [sheet.title for sheet in self._book.worksheets]

    def find(self, title: str) -> str:
        """Return the title of the sheet that is meant, or an empty string."""
        return next((t for t in self.titles if fold(t) == fold(title)), "")

    def there(self, title: str) -> list[Any]:
        """Return the cells of a sheet that exist, row by row.

        A lone cell far below would otherwise make a million rows of nothing.

        Raises
        ------
        PlanError
            If there are too many.
        """
        cells = self._book[title]._cells  # noqa: SLF001 - openpyxl has no other way to them
        if len(cells) > MOST_CELLS:
            raise PlanError(f"The sheet {title!r} has more than {MOST_CELLS:,} cells.")
        return [cells[place] for place in sorted(cells)]

    def _result(self, title: str, cell: Any) -> str:  # noqa: ANN401 - openpyxl has no types
        """Return what a formula showed when the workbook was saved last."""
        if self._results is None:
            self._results = _load(self._raw, results=True)
        text = text_of(self._results[title][cell.coordinate].value)
        self._problems.add(
            title,
            "the cell has a formula; " + ("its result was taken" if text else "it has no result"),
            row=cell.row,
            column=cell.column_letter,
            value=str(cell.value),
            fix="Replace the formula by its text.",
        )
        return text

    def _text(self, title: str, cell: Any) -> str:  # noqa: ANN401 - openpyxl has no types
        kind = getattr(cell, "data_type", "n")
        if kind == "f":
            return self._result(title, cell)
        if kind == "e":
            self._problems.add(
                title,
                "the cell shows an error",
                row=cell.row,
                column=cell.column_letter,
                value=str(cell.value),
                fix="Replace it by its text.",
            )
            return ""
        return text_of(cell.value).strip()

    def sheet(
        self, title: str, columns: Sequence[str], *, most: int, down: Iterable[str] = ()
    ) -> Sheet | None:
        """Return a sheet as rows of text, or None if there is no such sheet.

        Parameters
        ----------
        title
            Its title, whatever its case.
        columns
            The titles of the columns that it may have.
        most
            Rows with content that are allowed.
        down
            Columns in which cells merged downwards count for each row.

        Raises
        ------
        PlanError
            If there are more rows than allowed.
        """
        found = self.find(title)
        if not found:
            self._problems.add(
                title,
                "the sheet is missing",
                allowed=", ".join(self.titles),
                fix=did_you_mean(title, self.titles) or "Start from a new workbook of the kit.",
            )
            return None
        sheet = self._book[found]
        grid = {
            (cell.row, cell.column): text
            for cell in self.there(found)
            if (text := self._text(found, cell))
        }
        header, places = self._header(found, grid, columns)
        self._merged(sheet, grid, {places[name] for name in down if name in places}, header)
        numbers = sorted({row for row, _ in grid if row > header})
        if len(numbers) > most:
            raise PlanError(f"The sheet {found!r} has {len(numbers):,} rows; {most:,} are allowed.")
        rows = [
            (number, {name: grid.get((number, place), "") for name, place in places.items()})
            for number in numbers
        ]
        return Sheet(found, list(places), [row for row in rows if any(row[1].values())])

    def _header(
        self, title: str, grid: dict[tuple[int, int], str], columns: Sequence[str]
    ) -> tuple[int, dict[str, int]]:
        """Return the row of the header, and the place of each column."""
        known = {fold(name): name for name in columns}
        best: tuple[int, dict[str, int]] = (1, {})
        for row in range(1, _HEADER_WITHIN + 1):
            there = {known.get(fold(t)): c for (r, c), t in sorted(grid.items()) if r == row}
            places = {name: column for name, column in there.items() if name}
            if len(places) > len(best[1]):
                best = row, places
        for name in (name for name in columns if name not in best[1]):
            self._problems.add(
                title,
                f"the column {name!r} is missing",
                allowed=", ".join(columns),
                fix="Its values stay as they are in the plan. Add the column to change them.",
            )
        return best

    def _merged(
        self,
        sheet: Any,  # noqa: ANN401 - openpyxl has no types
        grid: dict[tuple[int, int], str],
        down: set[int],
        header: int,
    ) -> None:
        """Give each row of a merged cell its value, in columns where that makes sense."""
        for area in list(sheet.merged_cells.ranges):
            first = (area.min_row, area.min_col)
            if area.min_row <= header or first not in grid:
                continue
            spread = area.min_col in down
            for row in range(area.min_row + 1, min(area.max_row, area.min_row + 5_000) + 1):
                if spread:
                    grid[row, area.min_col] = grid[first]
            self._problems.add(
                sheet.title,
                "cells are merged; "
                + ("their value was taken for each row" if spread else "the first row was taken"),
                row=area.min_row,
                column=str(area.coord),
                value=grid[first],
                fix="Unmerge the cells and fill each of them.",
            )
