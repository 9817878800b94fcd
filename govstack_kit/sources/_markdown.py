"""Markdown as a reader needs it: sections, items of lists, rows of tables, links, plain text.

A page is parsed once by markdown-it-py; everything here walks the tokens it gives. Front matter
between two lines of dashes is set aside before, and indented text is never taken for code, since
pages written in an editor for the web indent by accident. Lines count from 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from markdown_it import MarkdownIt

from govstack_kit.sources._html import Row, clean, html_tables, html_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from markdown_it.token import Token

BOLD = 7  # the level of a section whose title is a bold paragraph: below every heading


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it, up to the next heading of any level.

    Attributes
    ----------
    level : int
        1 to 6; :data:`BOLD` for a bold paragraph; 0 for what stands before the first heading.
    title : str
        Its plain text; empty before the first heading.
    line : int
        Where it stands; 0 before the first heading.
    tokens : list of Token
        The blocks below it.
    """

    level: int
    title: str
    line: int
    tokens: list[Token]


class Item(NamedTuple):
    """What people list: its text without what is nested in it; `depth` counts from 0."""

    depth: int
    line: int
    text: str
    inlines: tuple[Token, ...]


class Link(NamedTuple):
    """A link: what is shown and where it leads."""

    text: str
    url: str


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table").disable("code")


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


def parse(text: str) -> list[Token]:
    r"""Return the tokens of a page, its front matter left out.

    Examples
    --------
    >>> [token.type for token in parse("# A\n")]
    ['heading_open', 'inline', 'heading_close']
    """
    return _parser().parse(split_front_matter(text)[1])


def line_of(token: Token) -> int:
    """Return the line where a block or inline token starts; 0 where it does not say."""
    return token.map[0] + 1 if token.map else 0


def _raw(children: Iterable[Token]) -> Iterator[str]:
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            yield " "
        elif child.type == "html_inline":
            yield " " if child.content.lower().startswith("<br") else ""
        elif child.type == "image":
            yield "".join(_raw(child.children or ()))
        elif child.content:
            yield child.content


def plain(children: Iterable[Token]) -> str:
    """Return the plain text of some of the children of an inline token, on one line."""
    return clean("".join(_raw(children)))


def inline_text(token: Token) -> str:
    """Return the plain text of an inline token: entities decoded, no markup, one line.

    Examples
    --------
    >>> inline_text(parse("**Fish &amp; chips**&#x20;<br>[here](x)")[1])
    'Fish & chips here'
    """
    return plain(token.children or ())


def links(token: Token) -> list[Link]:
    """Return the links in an inline token.

    Examples
    --------
    >>> links(parse("[**Fish**](https://example.org/fish)")[1])
    [Link(text='Fish', url='https://example.org/fish')]
    """
    found, url, start = [], "", 0
    children = token.children or []
    for at, child in enumerate(children):
        if child.type == "link_open":
            url, start = str(child.attrs.get("href", "")), at + 1
        elif child.type == "link_close":
            found.append(Link(plain(children[start:at]), url))
    return found


def segments(token: Token) -> list[tuple[bool, str]]:
    """Return the plain text of an inline token in pieces, each with whether it is bold.

    Examples
    --------
    >>> segments(parse("**Fish** and [**chips**](x)")[1])
    [(True, 'Fish'), (False, 'and'), (True, 'chips')]
    """
    found: list[tuple[bool, list[Token]]] = []
    depth = 0
    for child in token.children or ():
        if child.type in ("strong_open", "strong_close"):
            depth += child.nesting
        elif found and found[-1][0] == bool(depth):
            found[-1][1].append(child)
        else:
            found.append((bool(depth), [child]))
    pieces = [(is_bold, plain(part)) for is_bold, part in found]
    return [piece for piece in pieces if piece[1]]


def lines(token: Token) -> list[str]:
    r"""Return the plain text of an inline token by its source lines, empty ones left out.

    Examples
    --------
    >>> lines(parse("a\nb  \n*c*")[1])
    ['a', 'b', 'c']
    """
    found: list[list[Token]] = [[]]
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            found.append([])
        else:
            found[-1].append(child)
    return [text for part in found if (text := plain(part))]


def is_bold_title(token: Token) -> bool:
    """Return whether an inline token is one line that is bold from end to end."""
    pieces = [piece for piece in segments(token) if piece != (False, ":")]
    return len(lines(token)) == 1 and all(is_bold for is_bold, _ in pieces) and bool(pieces)


def sections(
    tokens: Sequence[Token], *, bold_titles: bool | Callable[[Token, str], bool] = False
) -> list[Section]:
    r"""Return the sections of a page in order, the part before the first heading as level 0.

    Parameters
    ----------
    tokens
        What :func:`parse` gives.
    bold_titles
        Whether a paragraph that is bold from end to end opens a section too; or a function that
        says so of the inline token of any paragraph, told the title of the section before it.

    Examples
    --------
    >>> [(s.level, s.title, s.line) for s in sections(parse("a\n# B\n**C**"), bold_titles=True)]
    [(0, '', 0), (1, 'B', 2), (7, 'C', 3)]
    """
    found = [Section(0, "", 0, [])]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        level = 0
        if token.level == 0 and token.type == "heading_open":
            level = int(token.tag[1])
        elif bold_titles and token.level == 0 and token.type == "paragraph_open":
            inline = tokens[at + 1]
            if bold_titles is True:
                level = BOLD if is_bold_title(inline) else 0
            else:
                level = BOLD if bold_titles(inline, found[-1].title) else 0
        if level:
            found.append(Section(level, inline_text(tokens[at + 1]), line_of(token), []))
            at += 3
        else:
            found[-1].tokens.append(token)
            at += 1
    return found


def bullets(tokens: Iterable[Token]) -> list[Item]:
    r"""Return the items of all lists, bulleted or numbered, nested ones after their parent.

    Examples
    --------
    >>> [(i.depth, i.line, i.text) for i in bullets(parse("* a\n  * b\n* c"))]
    [(0, 1, 'a'), (1, 2, 'b'), (0, 3, 'c')]
    """
    return [item for is_item, item in _entries(tokens) if is_item]


def entries(tokens: Iterable[Token]) -> list[Item]:
    r"""Return what people list: items of lists, else paragraphs, headings or rows of tables.

    Examples
    --------
    >>> [i.text for i in entries(parse("a\n\n* b\n  * c\n\n| d | e |\n| - | - |"))]
    ['a', 'b', 'c', 'd: e']
    """
    return [item for _, item in _entries(tokens) if item.text]


def _entries(tokens: Iterable[Token]) -> list[tuple[bool, Item]]:
    found: list[tuple[bool, int, int, list[Token] | str]] = []
    open_items: list[list[Token]] = []
    row: list[Token] | None = None
    for token in tokens:
        if token.type == "list_item_open":
            open_items.append([])
            found.append((True, len(open_items) - 1, line_of(token), open_items[-1]))
        elif token.type == "list_item_close":
            open_items.pop()
        elif token.type == "tr_open":
            row = []
            found.append((False, 0, line_of(token), row))
        elif token.type == "tr_close":
            row = None
        elif token.type == "inline" and row is not None:
            row.append(token)
        elif token.type == "inline" and open_items:
            open_items[-1].append(token)
        elif token.type == "inline":
            found.append((False, 0, line_of(token), [token]))
        elif token.type == "html_block":
            found += [(False, 0, line, text) for line, text in _html_entries(token)]
    return [
        (
            is_item,
            Item(depth, line, what, ())
            if isinstance(what, str)
            else Item(depth, line, _joined(what, " " if is_item else ": "), tuple(what)),
        )
        for is_item, depth, line, what in found
    ]


def _html_entries(block: Token) -> list[tuple[int, str]]:
    rows = [row for table in html_tables(block.content, line_of(block)) for row in table]
    found = [(row.line, ": ".join(filter(None, row.cells))) for row in rows]
    return found or [(line_of(block), html_text(block.content))]


def _joined(inlines: list[Token], joint: str) -> str:
    return joint.join(filter(None, map(inline_text, inlines)))


def tables(tokens: Iterable[Token]) -> list[list[Row]]:
    r"""Return the rows of each table, header first, whether written in markdown or in HTML.

    Examples
    --------
    >>> for row in tables(parse("| a | b |\n| - | - |\n| c | d |"))[0]:
    ...     print(row.line, row.header, row.cells)
    1 True ('a', 'b')
    3 False ('c', 'd')
    >>> tables(parse("<table><tr><td>R&amp;D</td></tr></table>"))[0][0].cells
    ('R&D',)
    """
    found: list[list[Row]] = []
    inlines: list[Token] | None = None
    line, header = 0, False
    for token in tokens:
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            inlines, line, header = [], line_of(token), False
        elif token.type == "th_open":
            header = True
        elif token.type == "tr_close" and inlines is not None:
            found[-1].append(Row(line, header, tuple(map(inline_text, inlines)), tuple(inlines)))
            inlines = None
        elif token.type == "inline" and inlines is not None:
            inlines.append(token)
        elif token.type == "html_block" and "<t" in token.content:
            found.extend(html_tables(token.content, line_of(token)))
    return found


def without_tables(tokens: Iterable[Token]) -> list[Token]:
    """Return the tokens that belong to no table."""
    kept, inside = [], 0
    for token in tokens:
        inside += token.nesting if token.tag == "table" else 0
        html_table = token.type == "html_block" and "<table" in token.content
        if not inside and token.tag != "table" and not html_table:
            kept.append(token)
    return kept


def block_text(tokens: Iterable[Token]) -> str:
    r"""Return blocks as plain text: blank lines between, "- " before items, links spelled out.

    Examples
    --------
    >>> block_text(parse("A **b**\n\n* c\n  * [d](https://example.org)"))
    'A b\n\n- c\n  - d (https://example.org)'
    """
    blocks: list[str] = []
    depth, fresh, in_row, after_item = 0, False, False, False
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
            after_item = depth > 0
        elif token.type == "list_item_open":
            fresh = True
        elif token.type == "tr_open":
            in_row, fresh = True, True
        elif token.type == "tr_close":
            in_row = False
        elif token.type in ("inline", "fence", "html_block"):
            text = _spelled(token) if token.type == "inline" else token.content.strip()
            text = html_text(text) if token.type == "html_block" else text
            if in_row and not fresh:
                blocks[-1] += f" | {text}"
                continue
            if not text:
                continue
            mark = "  " * (depth - 1) + ("- " if fresh else "  ") if depth and not in_row else ""
            joint = "\n" if blocks and after_item and (depth or in_row) else "\n\n"
            blocks.append((joint if blocks else "") + mark + text)
            fresh, after_item = False, bool(depth or in_row)
    return "".join(blocks)


def _spelled(token: Token) -> str:
    """Return the text of an inline token with the address after each link."""
    parts: list[str] = []
    url, start = "", 0
    for child in token.children or ():
        if child.type == "link_open":
            url, start = str(child.attrs.get("href", "")), len(parts)
        elif child.type == "link_close" and url and clean("".join(parts[start:])) != url:
            parts.append(f" ({url})")
        parts.extend(_raw([child]))
    return clean("".join(parts))
