"""The blocks of a chapter that may hold a requirement: headings, paragraphs, items, rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Literal

from govstack_kit.sources import _markdown
from govstack_kit.sources._requirement_levels import LEVELS, MUTABILITY, OBSERVABILITY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

_TAG = re.compile(r"</?([a-z][a-z0-9]*)\b[^>]*>", re.IGNORECASE)
_NEW_LINE_TAGS = frozenset({"br", "p", "li", "tr", "div", "h1", "h2", "h3", "h4", "h5", "h6"})
_KNOWN_TAGS = _NEW_LINE_TAGS | frozenset(
    (
        *("a", "abbr", "b", "big", "center", "cite", "code", "dd", "del", "details", "dl", "dt"),
        *("em", "figcaption", "figure", "font", "hr", "i", "iframe", "img", "ins", "kbd", "mark"),
        *("ol", "pre", "q", "s", "small", "span", "strike", "strong", "sub", "summary", "sup"),
        *("table", "tbody", "td", "tfoot", "th", "thead", "tt", "u", "ul", "var", "video"),
    )
)
_GITBOOK = re.compile(r"\{%[^%]*%\}")
_HINT_STYLE = re.compile(r"\{%\s*hint\s+style\s*=\s*\"?(\w+)")
_CLASSIFIERS = re.compile(rf"(?:(?:{'|'.join(LEVELS + OBSERVABILITY + MUTABILITY)})[\s,/|]*)+")


@dataclass(slots=True, eq=False)
class Block:
    """A heading, paragraph, item of a list, row of a table, or piece of code.

    Attributes
    ----------
    kind : str
        What it is.
    line : int
        Where it starts.
    text : str
        Its plain text, one line for each printed line; cells apart by tabs.
    level : int
        Of a heading, 1 to 6.
    group : int
        The list or table it belongs to; 0 for none.
    parent : Block, optional
        The item that it is nested in.
    cells : tuple of str
        Of a row.
    header : bool
        Whether a row names the columns.
    hint : str
        The style of the box it stands in; empty for none.
    code : str
        The text of a paragraph that is nothing but code.
    nested : list of Block
        The items right below an item, and its paragraphs after them.
    """

    kind: Literal["heading", "paragraph", "item", "row", "code"]
    line: int
    text: str
    level: int = 0
    group: int = 0
    parent: Block | None = None
    cells: tuple[str, ...] = ()
    header: bool = False
    hint: str = ""
    code: str = ""
    nested: list[Block] = field(default_factory=list)


def text_of(inline: Token) -> str:
    r"""Return the plain text of an inline token, its lines kept.

    A level in bold at the start or end of a line gets brackets; a tag that is no HTML is text.

    Examples
    --------
    >>> text_of(_markdown.parse("<Name> of it<br>and **REQUIRED**")[1])
    '<Name> of it\nand (REQUIRED)'
    """
    children = inline.children or []
    out: list[str] = []
    start = -1
    for at, child in enumerate(children):
        if child.type in ("text", "code_inline"):
            out.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            out.append("\n")
        elif child.type == "html_inline":
            out.append(_tag_text(child.content))
        elif child.type == "strong_open":
            start = len(out)
        elif child.type == "strong_close" and start >= 0:
            before, inside = "".join(out[:start]), "".join(out[start:]).strip()
            last = all(not c.content.strip(" .:;") for c in children[at + 1 :])
            if (last or not before.strip()) and _CLASSIFIERS.fullmatch(inside):
                out[start:] = [inside if before.endswith(("(", "[")) else f"({inside})"]
            start = -1
    return "".join(out)


def _tag_text(tag: str) -> str:
    """Return what a tag among text stands for: a new line, nothing, or itself if it is no HTML."""
    found = _TAG.match(tag)
    name = found.group(1).lower() if found else ""
    if name in _NEW_LINE_TAGS:
        return "\n"
    return "" if name in _KNOWN_TAGS or tag.startswith("<!--") else tag


class _Html(HTMLParser):
    """Collects the headings, paragraphs and items of a block of HTML that is no table."""

    def __init__(self, block: Token) -> None:
        super().__init__()
        self.found: list[Block] = []
        self._first = _markdown.line_of(block)
        self._open("paragraph", 0)
        self.feed(block.content)
        self.close()

    def _open(self, kind: Literal["heading", "paragraph", "item"], level: int) -> None:
        line = self._first + self.getpos()[0] - 1
        self.found.append(Block(kind, line, "", level, group=-1 if kind == "item" else 0))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self._open("heading", int(tag[1]))
        elif tag == "li":
            self._open("item", 0)
        elif tag == "br":
            self.found[-1].text += "\n"
        elif tag in ("p", "div", "ul", "ol", "figure") and self.found[-1].kind != "item":
            self._open("paragraph", 0)
        elif tag not in _KNOWN_TAGS:
            self.found[-1].text += self.get_starttag_text() or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("li", "p", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"):
            self._open("paragraph", 0)

    def handle_data(self, data: str) -> None:
        self.found[-1].text += data


class _Walker:
    """Turns tokens into blocks."""

    def __init__(self, source: str) -> None:
        self.found: list[Block] = []
        self._lines = source.split("\n")
        self._items: list[Block] = []
        self._lists: list[int] = []
        self._groups = 0
        self._hint = ""
        self._closed = True  # whether a table that is open may yet be closed
        self._until = 0  # the line up to which everything has been read as one table of HTML

    def _group(self) -> int:
        self._groups += 1
        return self._groups

    def walk(self, tokens: Sequence[Token]) -> None:
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if token.map and token.map[0] < self._until:
                at += 1
            elif token.type == "heading_open":
                self._heading(token, tokens[at + 1])
                at += 3
            elif token.type == "table_open":
                end = next(n for n in range(at, len(tokens)) if tokens[n].type == "table_close")
                self._rows(tokens[at : end + 1])
                at = end + 1
            else:
                self._one(token)
                at += 1

    def _one(self, token: Token) -> None:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            self._lists.append(self._group())
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
        elif token.type == "list_item_open":
            parent = self._items[-1] if self._items else None
            line = _markdown.line_of(token)
            item = Block("item", line, "", group=self._lists[-1], parent=parent, hint=self._hint)
            if parent:
                parent.nested.append(item)
            self._items.append(item)
            self.found.append(item)
        elif token.type == "list_item_close":
            self._items.pop()
        elif token.type == "inline":
            self._paragraph(token)
        elif token.type == "html_block":
            self._html(token)
        elif token.type == "fence":
            self.found.append(Block("code", _markdown.line_of(token), token.content))

    def _heading(self, token: Token, inline: Token) -> None:
        text = text_of(inline)
        if self._items:
            self._items[-1].text += f"\n{text}"
        else:
            line, level = _markdown.line_of(token), int(token.tag[1])
            self.found.append(Block("heading", line, text, level, hint=self._hint))

    def _paragraph(self, inline: Token) -> None:
        text = text_of(inline).rstrip("\\ \n")
        closes = False
        if "{%" in text:
            style = _HINT_STYLE.search(text)
            closes = "endhint" in text
            if style:
                self._hint = style[1]
            text = _GITBOOK.sub("", text).strip()
        item = self._items[-1] if self._items else None
        if item and not item.nested:
            item.text = f"{item.text}\n{text}" if item.text else text
        elif text:
            children = inline.children or []
            code = children[0].content if [c.type for c in children] == ["code_inline"] else ""
            line = _markdown.line_of(inline)
            block = Block("paragraph", line, text, parent=item, hint=self._hint, code=code)
            self.found.append(block)
            if item:
                item.nested.append(block)
        if closes:
            self._hint = ""

    def _rows(self, tokens: Sequence[Token]) -> None:
        for table in _markdown.tables(tokens):
            group = self._group()
            for row in table:
                text = "\t".join(row.cells)
                block = Block("row", row.line, text, group=group, hint=self._hint)
                block.cells, block.header = row.cells, row.header
                self.found.append(block)

    def _html(self, token: Token) -> None:
        if "<table" in token.content.lower():
            start = token.map[0] if token.map else 0
            stop = token.map[1] if token.map else 0
            if "</table" not in token.content.lower():  # blank lines cut the table into pieces
                ends = (n for n in range(stop, len(self._lines)) if "</table" in self._lines[n])
                end = next(ends, -1) if self._closed else -1
                self._closed = end >= 0
                stop = max(stop, end + 1)
                token = token.copy(content="\n".join(self._lines[start:stop]))
            self._until = stop
            self._rows([token])
        else:
            group = self._group()
            for block in _Html(token).found:
                block.text = block.text.strip()
                block.group = group if block.group else 0
                block.hint = self._hint
                if block.text:
                    self.found.append(block)


def blocks(text: str) -> list[Block]:
    r"""Return the blocks of a page in order; what is nested in an item follows it.

    Examples
    --------
    >>> [(b.kind, b.line, b.text) for b in blocks("# A\n* b\n  * c\n\n<ul><li>d</li></ul>")]
    [('heading', 1, 'A'), ('item', 2, 'b'), ('item', 3, 'c'), ('item', 5, 'd')]
    """
    walker = _Walker(text)
    walker.walk(_markdown.parse(text))
    return walker.found
