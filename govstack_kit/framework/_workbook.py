"""Tables in a workbook: one sheet for each, under the name of the table.

A workbook is read as results: a formula counts as the value it last had, and no formula, macro or
link in it is followed. It is written so that a text stays a text, even if it begins like a formula.
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

from govstack_kit.errors import ArgumentError, did_you_mean
from govstack_kit.framework import schema
from govstack_kit.framework._csv import LARGEST, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ABOUT = "About"  # the sheet that explains the others
ENDING = ".xlsx"
MOST_CELLS = 2_000_000
_NO_WORKBOOK = "In the spreadsheet, choose Save as, then Excel workbook (.xlsx)."
_OWN = (  # what a ministry usually adds, in the order of filling in
    *("sources", "sectors", "use_cases", "use_case_targets", "steps", "step_workflows"),
    *("step_building_blocks", "building_blocks", "products", "product_building_blocks"),
)


def _text(value: Any) -> str:  # noqa: ANN401 - a cell may hold anything
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _check(path: Path) -> None:
    """Refuse what is no workbook, or would fill the memory when it is unpacked."""
    try:
        size = path.stat().st_size
        with zipfile.ZipFile(path) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except OSError as error:
        raise UnreadableError(
            f"the file cannot be read ({error.strerror})", "Check that it is a file you may open."
        ) from None
    except zipfile.BadZipFile:
        raise UnreadableError("the file is not a workbook", _NO_WORKBOOK) from None
    if max(size, unpacked) > 2 * LARGEST:
        raise UnreadableError(
            f"the workbook holds {max(size, unpacked) / 1e6:,.0f} MB, more than can be a table",
            "Keep only the rows you need.",
        )


def read_sheets(path: Path) -> dict[str, list[list[str]]]:
    """Return the rows of every sheet, as text, without the sheet that explains the others.

    Raises
    ------
    UnreadableError
        If the file is missing, is no workbook, or is too large.
    """
    import openpyxl  # noqa: PLC0415 - only where a workbook is read

    _check(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # noqa: BLE001 - whatever a broken file makes of the library
        raise UnreadableError(
            f"the file is not a workbook ({type(error).__name__})", _NO_WORKBOOK
        ) from None
    sheets: dict[str, list[list[str]]] = {}
    cells = 0
    for sheet in book.worksheets:
        rows: list[list[str]] = []
        for row in sheet.iter_rows(values_only=True):
            cells += len(row)
            if cells > MOST_CELLS:
                raise UnreadableError(
                    f"the workbook has more than {MOST_CELLS:,} cells", "Remove empty columns."
                )
            rows.append([_text(cell) for cell in row])
        while rows and not any(rows[-1]):
            rows.pop()
        if sheet.title != ABOUT:
            sheets[sheet.title] = rows
    book.close()
    return sheets


def save_template(path: str | Path, *, tables: Iterable[str] = _OWN) -> Path:
    """Write a workbook to fill in, with one sheet for each table.

    Parameters
    ----------
    path
        The new file; its ending is ``.xlsx``. A file that exists is never overwritten.
    tables
        The tables to have sheets for; without it, those that a ministry usually adds rows to.

    Returns
    -------
    pathlib.Path
        The file. Fill in the sheets you need, delete the others, and open it with
        ``load(path, extend=True)``.

    Raises
    ------
    ArgumentError
        If the file exists, has another ending or cannot be written, or a table does not exist.

    Examples
    --------
    >>> import govstack_kit, pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> govstack_kit.save_template(folder / "our-ministry.xlsx").name
    'our-ministry.xlsx'
    """
    from pathlib import Path as FilePath  # noqa: PLC0415 - at the top it is for types only

    import xlsxwriter  # noqa: PLC0415 - only where a workbook is written

    file = FilePath(path)
    chosen = list(tables)
    known = schema.tables()
    if wrong := [name for name in chosen if name not in known]:
        raise ArgumentError(f"There is no table {wrong[0]!r}. {did_you_mean(wrong[0], known)}")
    if file.suffix.lower() != ENDING:
        raise ArgumentError(f"The name of a workbook ends in {ENDING}: {file.name!r} does not.")
    if file.exists():
        raise ArgumentError(f"{file.name!r} exists already. Choose another name.")
    try:
        with xlsxwriter.Workbook(file, {"strings_to_formulas": False}) as book:
            _write_about(book, chosen)
            for name in chosen:
                _write_sheet(book, schema.table(name))
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise ArgumentError(f"{file.name!r} cannot be written: {error}.") from None
    return file


def _write_about(book: Any, chosen: list[str]) -> None:  # noqa: ANN401 - xlsxwriter has no types
    sheet = book.add_worksheet(ABOUT)
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 100, wrap)
    sheet.write_row(0, 0, ["Sheet", "What a row of it is"], bold)
    for row, name in enumerate(chosen, start=1):
        sheet.write_row(row, 0, [name, schema.table(name).description])
    sheet.write(
        len(chosen) + 2,
        1,
        "Fill in the sheets you need and delete the others. A row with the key of a bundled row "
        "replaces it. Point at the title of a column to read what belongs in it; titles in bold "
        "are needed.",
    )


def _write_sheet(book: Any, table: schema.Table) -> None:  # noqa: ANN401 - xlsxwriter has no types
    sheet = book.add_worksheet(table.name)
    needed = book.add_format({"bold": True, "bottom": 1})
    other = book.add_format({"bottom": 1})
    as_text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    for place, field in enumerate(table.fields):
        sheet.set_column(place, place, 40 if "summary" in field.name else 22, as_text)
        sheet.write(0, place, field.name, needed if field.required else other)
        allowed = f" Allowed: {', '.join(field.enum)}." if field.enum else ""
        sheet.write_comment(0, place, f"{field.description}.{allowed}")
        if field.enum:
            sheet.data_validation(
                1, place, 1000, place, {"validate": "list", "source": list(field.enum)}
            )
    sheet.freeze_panes(1, 0)
