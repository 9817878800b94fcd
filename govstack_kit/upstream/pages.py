"""Published pages: markdown made into HTML, HTML into the blocks that readers look at.

Definitions
-----------
A *block* is a heading, a paragraph, an item of a list, a row of a table or a piece of code. A *run*
is what stands in it on its own: the content of a paragraph, of one paragraph of an item, of a cell.
A *section* is a heading and the blocks below it, up to the next heading of any level. Lines count
from 1. Indented text is never taken for code, since pages written in an editor for the web indent
by accident.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from govstack_kit.errors import needed
from govstack_kit.interfaces.plain_files import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bs4 import BeautifulSoup, Tag
    from bs4.element import PageElement
    from markdown_it import MarkdownIt

BOLD = 7  # the level of a section whose title is a bold paragraph: below every heading
_STRUCTURE = re.compile(
    "h[1-6]|p|ul|ol|li|pre|div|details|blockquote|figure|table|thead|tbody|tfoot|tr"
)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b([^<>]*)>", re.IGNORECASE)
_LAYOUT = re.compile(r"\{%[^%]*%\}\s*")  # what an editor for the web adds
_HINT_STYLE = re.compile(r"\{%\s*hint\s+style\s*=\s*\"?(\w+)")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\xad"))

Run = list["PageElement"]


def clean(text: str) -> str:
    """Return text on one line: single blanks, no invisible characters."""
    return " ".join((text if text.isascii() else text.translate(_INVISIBLE)).split())


class Link(NamedTuple):
    """A link: what is shown and where it leads."""

    text: str
    url: str


@dataclass(eq=False)
class Block:
    """A heading, paragraph, item of a list, row of a table, or piece of code.

    Attributes
    ----------
    kind : str
        What it is.
    line : int
        Where it starts.
    runs : list
        Its content: one run a paragraph or cell.
    text : str
        Its plain text, one line for each printed line; cells apart by tabs.
    level : int
        Of a heading, 1 to 6; of an item, how many lists it is in.
    group : int
        The list or table it belongs to; 0 for none.
    parent : Block, optional
        The item that it is nested in.
    header : bool
        Whether a row names the columns.
    hint : str
        The style of the box it stands in; empty for none.
    nested : list of Block
        The items right below an item, and its paragraphs after them.
    """

    kind: Literal["heading", "paragraph", "item", "row", "code"]
    line: int
    runs: list[Run]
    text: str = ""
    level: int = 0
    group: int = 0
    parent: Block | None = None
    header: bool = False
    hint: str = ""
    nested: list[Block] = field(default_factory=list)
    cells: tuple[str, ...] = ()

    @property
    def plain(self) -> str:
        """Its text on one line; of a row, its cells with colons between them."""
        return ": ".join(filter(None, self.cells)) if self.cells else clean(self.text)

    @property
    def links(self) -> list[Link]:
        """The links in it."""
        return [
            Link(clean(text), url)
            for run in self.runs
            for url, text in _grouped(run, "a")
            if url is not None
        ]

    @property
    def code(self) -> str:
        """The text of a paragraph that is nothing but code."""
        names = [getattr(node, "name", None) for run in self.runs for node in run]
        return self.text if self.kind == "paragraph" and names == ["code"] else ""

    def segments(self) -> list[tuple[bool, str]]:
        """Return the text of its first run in pieces, each with whether it is bold.

        Examples
        --------
        >>> blocks(parse("**Fish** and [**chips**](x)"))[0].segments()
        [(True, 'Fish'), (False, 'and'), (True, 'chips')]
        """
        first = self.runs[0] if self.runs else []
        found = [(bold is not None, clean(text)) for bold, text in _grouped(first, "strong", "b")]
        return [(bold, text) for bold, text in found if text]

    @property
    def lines(self) -> list[str]:
        """Its printed lines, without the empty ones."""
        return [line for part in self.text.split("\n") if (line := clean(part))]

    @property
    def is_bold(self) -> bool:
        """Whether it is one line that is bold from end to end."""
        pieces = [piece for piece in self.segments() if piece != (False, ":")]
        return len(self.lines) == 1 and all(bold for bold, _ in pieces) and bool(pieces)


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it; level and line are 0 before the first heading."""

    level: int
    title: str
    line: int
    blocks: list[Block]


# --- from markdown to HTML ------------------------------------------------------------------------


def _with_lines(content: str, line: int) -> str:
    """Return HTML with the line of each tag."""

    def one(found: re.Match[str]) -> str:
        closing, name, rest = found.groups()
        if name.lower() == "br":
            return "\n"
        place = line + content.count("\n", 0, found.start())
        return found.group() if closing else f'<{name} data-line="{place}"{rest}>'

    return _TAG.sub(one, content)


@cache
def _parser() -> MarkdownIt:
    parser: MarkdownIt = needed("markdown_it").MarkdownIt("commonmark")
    parser.enable("table").disable("code")

    def raw(_self: object, tokens: Any, at: int, *_: object) -> str:  # noqa: ANN401
        token = tokens[at]
        return _with_lines(token.content, token.map[0] + 1 if token.map else 0)

    for name in ("html_inline", "html_block"):
        parser.add_render_rule(name, raw)
    return parser


def split_front_matter(text: str) -> tuple[str, str]:
    r"""Return the front matter of a page and the page with blank lines in its place.

    Examples
    --------
    >>> split_front_matter("---\ntitle: A\n---\n# A")
    ('title: A\n', '\n\n\n# A')
    """
    if not text.startswith("---\n"):
        return "", text
    end = text.find("\n---", 3)
    if end < 0 or text[end + 4 : end + 5] not in ("\n", ""):
        return "", text
    front = text[4 : end + 1]
    return front, "\n" * (front.count("\n") + 1) + text[end + 4 :]


def parse(text: str) -> BeautifulSoup:
    """Return a page as HTML, its front matter left out; tags know their line as ``data-line``."""
    parser = _parser()
    tokens = parser.parse(split_front_matter(text)[1])
    for token in tokens:
        if token.map and token.nesting >= 0:
            token.attrSet("data-line", str(token.map[0] + 1))
    rendered = parser.renderer.render(tokens, parser.options, {})
    soup: BeautifulSoup = needed("bs4").BeautifulSoup(rendered, "html.parser")
    return soup


# --- from HTML to blocks --------------------------------------------------------------------------


def _strings(run: Run) -> Iterator[Any]:
    """Yield the texts in a run, with the end of a line before each paragraph in a cell."""
    line_end = needed("bs4").NavigableString("\n")
    for node in run:
        for part in [node, *getattr(node, "descendants", ())]:
            if type(part) is type(line_end):  # neither a tag nor a comment
                yield part
            elif _STRUCTURE.fullmatch(getattr(part, "name", None) or ""):
                yield line_end


def _grouped(run: Run, *names: str) -> Iterator[tuple[str | None, str]]:
    """Yield the text of a run in pieces, each with the address of the tag around it, if any."""
    parts = [(part.find_parent(names), part) for part in _strings(run)]
    for _, pieces in groupby(parts, key=lambda part: id(part[0]) if part[0] else 0):
        found = list(pieces)
        tag = found[0][0]
        yield (tag.get("href", "") if tag else None), "".join(part for _, part in found)


def _line(tag: Tag | None) -> int:
    """Return where a tag starts; where it does not say, where the one around it does."""
    while tag is not None and not tag.get("data-line"):
        tag = tag.parent
    return int(str(tag["data-line"])) if tag is not None else 0


class _Walker:
    """Turns HTML into blocks."""

    def __init__(self) -> None:
        self.found: list[Block] = []
        self._items: list[Block] = []
        self._group, self._groups = 0, 0
        self._hint = ""

    def walk(self, around: Tag) -> None:
        """Take what is in a tag: structure as it is, the rest as paragraphs."""
        loose: Run = []
        for child in around.children:
            if _STRUCTURE.fullmatch(getattr(child, "name", None) or ""):
                self._text(loose, around)
                self._structure(child)
                loose = []
            else:
                loose.append(child)
        self._text(loose, around)

    def _structure(self, tag: Any) -> None:  # noqa: ANN401 - a tag
        heading = tag.name[0] == "h"
        if heading and not self._items:
            self._add(Block("heading", _line(tag), [tag.contents], level=int(tag.name[1])))
        elif heading or tag.name == "p":
            self._text(tag.contents, tag)
        elif tag.name == "pre":
            self._add(Block("code", _line(tag.code or tag), [tag.contents]))
        elif tag.name == "tr":
            cells = tag.find_all(["td", "th"], recursive=False)
            header = any(cell.name == "th" for cell in cells)
            runs = [cell.contents for cell in cells]
            self._add(Block("row", _line(tag), runs, header=header, group=self._group))
        elif tag.name in ("ul", "ol", "table"):
            before, self._groups = self._group, self._groups + 1
            self._group = self._groups
            self.walk(tag)
            self._group = before
        elif tag.name == "li":
            parent = self._items[-1] if self._items else None
            item = Block("item", _line(tag), [], level=len(self._items), parent=parent)
            item.group = self._group
            if parent:
                parent.nested.append(item)
            self._add(item)
            self._items.append(item)
            self.walk(tag)
            self._items.pop()
        else:
            self.walk(tag)

    def _add(self, block: Block) -> None:
        block.hint = self._hint
        texts = ["".join(_strings(run)) for run in block.runs]
        if block.kind == "row":
            block.cells = tuple(map(clean, texts))
        block.text = "\t".join(block.cells) if block.cells else "\n".join(texts)
        self.found.append(block)

    def _text(self, run: Run, around: Tag) -> None:
        """Take a paragraph: as the text of the item that it is in, or as a block of its own."""
        text = "".join(_strings(run)).strip("\n").rstrip("\\ \n")
        style = _HINT_STYLE.search(text)
        self._hint = style[1] if style else self._hint
        closes = "{%" in text and "endhint" in text
        text = _LAYOUT.sub("", text).strip() if "{%" in text else text
        item = self._items[-1] if self._items else None
        if text.strip() and item and not item.nested:
            item.text = f"{item.text}\n{text}" if item.text else text
            item.runs.append(list(run))
        elif text.strip():
            block = Block("paragraph", _line(around), [list(run)], parent=item)
            self._add(block)
            block.text = text
            if item:
                item.nested.append(block)
        self._hint = "" if closes else self._hint


def blocks(page: BeautifulSoup) -> list[Block]:
    r"""Return the blocks of a page in order; what is nested in an item follows it.

    Examples
    --------
    >>> page = parse("# A\n* b\n  * c\n\n<ul><li>d</li></ul>")
    >>> [(b.kind, b.line, b.text) for b in blocks(page)]
    [('heading', 1, 'A'), ('item', 2, 'b'), ('item', 3, 'c'), ('item', 5, 'd')]
    """
    walker = _Walker()
    try:
        walker.walk(page)
    except RecursionError:
        raise SourceError("it is nested too deeply") from None
    return walker.found


def sections(
    found: Iterable[Block], is_title: Callable[[Block, str], bool] = lambda _block, _before: False
) -> list[Section]:
    r"""Return the sections of a page in order, the part before the first heading as level 0.

    Parameters
    ----------
    found
        The blocks of the page.
    is_title
        Whether a paragraph opens a section too, told the title of the section before it.

    Examples
    --------
    >>> page = blocks(parse("a\n# B\n**C**"))
    >>> [(s.level, s.title, s.line) for s in sections(page, lambda block, _: block.is_bold)]
    [(0, '', 0), (1, 'B', 2), (7, 'C', 3)]
    """
    parts = [Section(0, "", 0, [])]
    for block in found:
        loose = block.kind == "paragraph" and block.parent is None
        level = block.level if block.kind == "heading" else 0
        if loose and is_title(block, parts[-1].title):
            level = BOLD
        if level:
            parts.append(Section(level, block.plain, block.line, []))
        else:
            parts[-1].blocks.append(block)
    return parts


def spelled(found: Iterable[Block]) -> str:
    r"""Return blocks as plain text: blank lines between, "- " before items, links spelled out.

    Examples
    --------
    >>> spelled(blocks(parse("A **b**\n\n* c\n  * [d](https://example.org)")))
    'A b\n\n- c\n  - d (https://example.org)'
    """
    whole, before = "", 0
    for block in found:
        texts = [_with_addresses(run) for run in block.runs]
        text = " | ".join(texts) if block.kind == "row" else "\n".join(filter(None, texts))
        item = block if block.kind == "item" else block.parent
        mark = "  " * item.level + ("- " if block is item else "  ") if item else ""
        if text.strip(" |"):
            root = block
            while root.parent:
                root = root.parent
            joint = "\n" if root.group and root.group == before else "\n\n"
            whole += (joint if whole else "") + mark + text
            before = root.group
    return whole


def _with_addresses(run: Run) -> str:
    """Return the text of a run on one line, without layout, with the address after each link."""
    parts = []
    for url, text in _grouped(run, "a"):
        parts.append(text)
        if url and clean(text) != url:
            parts.append(f" ({url})")
    return clean(_LAYOUT.sub("", "".join(parts)))
