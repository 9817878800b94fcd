"""HTML inside pages of markdown: its text, and the rows of its tables.

Definitions
-----------
*First* is the line of the page, from 1, on which a piece of HTML starts.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from markdown_it.token import Token

_TAG = re.compile(r"<[^<>]*>")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\xad"))


class Row(NamedTuple):
    """A row of a table: plain text of its cells; their inline tokens, none in a table of HTML."""

    line: int
    header: bool
    cells: tuple[str, ...]
    inlines: tuple[Token, ...]


def clean(text: str) -> str:
    """Return text on one line: single blanks, no invisible characters."""
    return " ".join((text if text.isascii() else text.translate(_INVISIBLE)).split())


def html_text(content: str) -> str:
    """Return the text in a piece of HTML, on one line.

    Examples
    --------
    >>> html_text("<p>R&amp;D <b>now</b></p>")
    'R&D now'
    """
    return clean(html.unescape(_TAG.sub(" ", content)))


def html_tables(content: str, first: int = 1) -> list[list[Row]]:
    r"""Return the rows of each table in a piece of HTML.

    Examples
    --------
    >>> html_tables("<table><tr><th>a</th></tr>\n<tr><td>R&amp;D</td></tr></table>")[0][1].cells
    ('R&D',)
    """
    return _Tables(content, first).found


class _Tables(HTMLParser):
    """Collects the rows of the tables in a block of HTML."""

    def __init__(self, content: str, first: int) -> None:
        super().__init__()
        self.found: list[list[Row]] = []
        self._first = first
        self._row: list[str] = []
        self._header = False
        self._in_cell = False
        self._line = 0
        self.feed(content)
        self.close()
        self._end_row()

    def _end_row(self) -> None:
        if self._row:
            cells = tuple(map(clean, self._row))
            self.found[-1].append(Row(self._line, self._header, cells, ()))
        self._row, self._header, self._in_cell = [], False, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in ("table", "tr"):
            self._end_row()
            if tag == "table" or not self.found:
                self.found.append([])
            self._line = self._first + self.getpos()[0] - 1
        elif tag in ("td", "th") and self.found:
            self._row.append("")
            self._in_cell = True
            self._header = self._header or tag == "th"
        elif tag in ("br", "p", "li") and self._row:
            self._row[-1] += " "

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False
        elif tag in ("tr", "table"):
            self._end_row()

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self._row[-1] += data
