"""Rich text as plain lines: Quill delta, HTML or plain text.

A *line* has a bold beginning, the rest, and the depth of its bullet. Quill writes text as pieces,
``{"insert": "…", "attributes": {…}}``; the format of a line is that of the piece with its end. HTML
is turned into such pieces first.
"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any, NamedTuple

from govstack_kit.sources._plain import items, mapping

_BLOCKS = ("p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr")

_DELTA = re.compile(r"\{\s*\"ops\"|\[\s*\{\s*\"(?:insert|attributes)\"")
_TAG = re.compile(r"</?[a-z]\w*(\s[^<>]*)?/?>", re.IGNORECASE)


class Line(NamedTuple):
    """A line of rich text: its bold beginning, the rest, and the depth of its bullet (0: none)."""

    bold: str
    rest: str
    bullet: int

    @property
    def text(self) -> str:
        """The line as plain text."""
        text = " ".join(f"{self.bold}{self.rest}".split())
        return f"{'  ' * (self.bullet - 1)}- {text}" if self.bullet and text else text


class _Html(HTMLParser):
    """Turns HTML into pieces of text, each with its format, as Quill writes them."""

    def __init__(self) -> None:
        super().__init__()
        self.ops: list[dict[str, Any]] = []
        self.depth = self.bold = self.bullet = 0

    def _end_line(self) -> None:
        form = {"list": "bullet", "indent": self.bullet - 1} if self.bullet else {}
        self.ops.append({"insert": "\n", "attributes": form})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _BLOCKS:
            self._end_line()
        self.bold += tag in ("b", "strong")
        self.depth += tag in ("ul", "ol")
        self.bullet = self.depth if tag == "li" else self.bullet

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end_line()
        self.bold -= tag in ("b", "strong")
        self.depth -= tag in ("ul", "ol")
        self.bullet = 0 if tag == "li" else self.bullet

    def handle_data(self, data: str) -> None:
        form = {"bold": self.bold > 0}
        self.ops.append({"insert": re.sub(r"\s+", " ", data), "attributes": form})


def _ops(value: object) -> list[Any]:
    """Return the pieces of rich text, however it is written."""
    if isinstance(value, str):
        text = value.strip()
        if _DELTA.match(text):
            return _ops(json.loads(text))
        if _TAG.search(text):
            parser = _Html()
            parser.feed(text)
            parser.close()
            return parser.ops
        return [{"insert": value}]
    return items(mapping(value).get("ops", value))


def rich_lines(value: object) -> list[Line]:
    """Return the lines of rich text: Quill delta, HTML or plain.

    Raises
    ------
    ValueError
        If it begins like Quill delta and is none.

    Examples
    --------
    >>> delta = {"ops": [{"insert": "Names: ", "attributes": {"bold": True}}, {"insert": "Kit"}]}
    >>> rich_lines(delta)
    [Line(bold='Names: ', rest='Kit', bullet=0)]
    """
    lines: list[Line] = []
    bold = rest = ""
    for op in [*_ops(value), {"insert": "\n"}]:
        form = mapping(mapping(op).get("attributes"))
        inserted = op if isinstance(op, str) else mapping(op).get("insert")
        for number, part in enumerate(inserted.split("\n") if isinstance(inserted, str) else []):
            if number:  # the format of a line is that of the piece with its end
                indent = form.get("indent") if isinstance(form.get("indent"), int) else 0
                if (bold + rest).strip():
                    lines.append(Line(bold, rest, (indent or 0) + 1 if form.get("list") else 0))
                bold = rest = ""
            if form.get("bold") and not rest.strip():
                bold += part
            else:
                rest += part
    return lines


def plain_text(value: object) -> str:
    r"""Return rich text as plain text, one line each, bullets as dashes.

    Raises
    ------
    ValueError
        If it begins like Quill delta and is none.

    Examples
    --------
    >>> ops = [{"insert": "One"}, {"insert": "\n", "attributes": {"list": "bullet"}}]
    >>> plain_text({"ops": ops}), plain_text("<p>Two <b>three</b></p>")
    ('- One', 'Two three')
    """
    return "\n".join(line.text for line in rich_lines(value))
