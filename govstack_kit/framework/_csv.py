"""Reading CSV files as people really save them.

Excel alone writes four kinds: with commas or semicolons, with or without a byte-order mark, in
UTF-8 or UTF-16. All are read the same way; whatever cannot be read is reported as a sentence,
never as a parser's exception. The older encodings, one per region, are refused: no program can tell
them apart, and a wrong guess would change names without anybody noticing.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 50 * 1024 * 1024  # bytes: far above any table of the framework, far below a full memory
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


class UnreadableError(ValueError):
    """A file is no table; the message says why, `row` where and `fix` what to do."""

    def __init__(self, problem: str, fix: str, *, row: int = 0) -> None:
        super().__init__(problem)
        self.fix = fix
        self.row = row


def _text(raw: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if raw.startswith(mark):
            return raw.decode(encoding)
    if b"\0" in raw:
        raise UnreadableError(
            "the file is not text (perhaps a workbook with the ending changed)",
            "Open it in a spreadsheet and save it as CSV UTF-8.",
        )
    return raw.decode("utf-8")


def _delimiter(text: str) -> str:
    """Return the separator that the header, the first line with content, uses most."""
    header = next(line for line in text.splitlines() if line.strip())
    return max(",;\t", key=header.count)


def _split(text: str) -> list[list[str]]:
    """Return the rows of a text; strict, so that an open quotation mark swallows no rows."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[list[str]] = []
    before = csv.field_size_limit(LARGEST)  # a cell may be as long as a file
    try:
        rows.extend([cell.strip() for cell in row] for row in reader)
    except csv.Error as error:
        reasons = {
            "unexpected end": "a quotation mark is opened and never closed",
            "expected after": "a quotation mark stands in the middle of a cell",
        }
        reason = next((text for part, text in reasons.items() if part in str(error)), str(error))
        raise UnreadableError(
            f"the file cannot be read from this row on: {reason}",
            "Look at the quotation marks of the row: each text that has them needs one at its "
            "start and one at its end. Or save the file anew from a spreadsheet as CSV UTF-8.",
            row=len(rows) + 1,
        ) from None
    finally:
        csv.field_size_limit(before)
    return rows


def read_rows(path: Path) -> list[list[str]]:
    """Return the rows of a CSV file, header first, cells stripped of surrounding blanks.

    Rows without any content are dropped from the end, where spreadsheets leave them. At least one
    row has content.

    Raises
    ------
    UnreadableError
        If the file is missing, too large, not text, not CSV, or empty.
    """
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= LARGEST else b""
    except FileNotFoundError:
        raise UnreadableError("the file is missing", "Add the file, with its header row.") from None
    except OSError as error:
        raise UnreadableError(
            f"the file cannot be read ({error.strerror})", "Check that it is a file you may open."
        ) from None
    if size > LARGEST:
        raise UnreadableError(
            f"the file has {size / 1e6:,.0f} MB, more than the {LARGEST / 1e6:,.0f} MB allowed",
            "Keep only the rows you need.",
        )
    try:
        text = _text(raw)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UnreadableError(
            f"the file is not in UTF-8: line {line} has a byte that cannot be read",
            "In the spreadsheet, choose Save as, then CSV UTF-8.",
        ) from None
    rows = _split(text) if text.strip() else []
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise UnreadableError("the file is empty", "Add the header row at least.")
    return rows


def to_csv(header: list[str] | tuple[str, ...], rows: list[list[str]]) -> io.StringIO:
    """Return header and rows as an open CSV text: commas, and every cell in quotation marks."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([list(header), *rows])
    buffer.seek(0)
    return buffer
