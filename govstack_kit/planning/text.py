r"""Text as a plan holds it: plain words with four kinds of markup, and nothing else.

Definitions
-----------
A *text* is paragraphs and lists, with a blank line between them. A line that starts with ``- `` or
``1. `` is an item of a list; two blanks before it put it one level deeper. ``[words](address)`` is
a link when the address leads to the web, to mail or to a file beside, and ``**words**`` is bold.
All else is what it looks like: ``<script>`` is eight characters. :func:`tidy` gives every text one
form, and markdown made from it by :func:`to_markdown` reads back as the same text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markdown_it.token import Token

_ITEM = re.compile(
    "( *)(?:[-*\u2022\u2013\u2014\u00b7\u25cf\u25aa\u25e6\u2023]|([0-9]{1,9})[.)]) +(?=\\S)"
)
_TIDIED = re.compile(r"( *)(- |[0-9]+\. )(.*)")
_ADDRESS = r"(?:https?://|mailto:|(?![a-zA-Z][a-zA-Z0-9+.-]*:)(?!//))[^\s()<>\[\]\\]+"
_SAFE = re.compile(_ADDRESS, re.IGNORECASE)
_LINK = re.compile(rf"\[(?=\S)([^\[\]\n]+)(?<=\S)\]\(({_ADDRESS})\)", re.IGNORECASE)
_BOLD = re.compile(r"\*\*(?=[^\s*])([^*\n]+)(?<=\S)\*\*(?!\*)")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>&|])")
_LINE_START = re.compile(r"(?:(?=[-+#=~])|([0-9]+)(?=[.)]))")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_BREAKS = re.compile("\r\n?|[\u0085\u2028\u2029\v\f]")
_DECORATION = re.compile(r"^[ ]*\{%.*%\}[ ]*$", re.MULTILINE)  # GitBook's own, as round hints
_NESTING = {
    "bullet_list_open": 1,
    "ordered_list_open": 1,
    "bullet_list_close": -1,
    "ordered_list_close": -1,
}
_STEP = "    "  # a level of nesting in markdown: enough for "1. " and for "10. "


class Run(NamedTuple):
    """A stretch of a line: its words, whether they are bold, where they lead."""

    words: str
    bold: bool
    address: str


def clean(text: str) -> str:
    r"""Return text without control characters and broken characters; line ends become one kind.

    Examples
    --------
    >>> clean("a\x00b\r\nc")
    'ab\nc'
    """
    text = _BREAKS.sub("\n", text).replace("\t", " ").replace("\ufeff", "")
    if text.isprintable():
        return text
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))


def line(text: str) -> str:
    r"""Return text on one line: control characters out, single blanks.

    Examples
    --------
    >>> line(" Fish \n &  chips ")
    'Fish & chips'
    """
    return " ".join(clean(text).split())


def tidy(text: str) -> str:
    r"""Return text in the one form that a plan keeps.

    Control characters go; runs of blanks become one; a blank line stands between paragraphs and
    lists; items start with ``- `` or ``1. ``, two blanks deeper per level.

    Examples
    --------
    >>> tidy("Needs:\n * a  phone\n     * a SIM\n\n * a form\n\n\n\nThat is all. ")
    'Needs:\n\n- a phone\n  - a SIM\n- a form\n\nThat is all.'
    """
    out: list[str] = []
    indents: list[int] = []  # of the items that are open
    gap = False  # whether the line before was empty
    for given in clean(text).split("\n"):
        raw = " " * (len(given) - len(given.lstrip())) + given.strip()
        words = re.sub(" {2,}", " ", raw.lstrip())
        item = _ITEM.match(raw)
        if not words:
            gap = True
            continue
        if item:
            if out and not indents:
                out.append("")
            indents = [known for known in indents if known < len(item[1])] + [len(item[1])]
            mark = f"{int(item[2])}. " if item[2] else "- "
            rest = re.sub(" {2,}", " ", raw[item.end() :])
            out.append("  " * (len(indents) - 1) + mark + rest)
        elif indents and not gap:
            out.append("  " * len(indents) + words)
        else:
            if out and gap:
                out.append("")
            indents = []
            out.append(words)
        gap = False
    return "\n".join(out)


def starts_with_list(text: str) -> bool:
    """Return whether the first line of a text is an item of a list.

    Examples
    --------
    >>> starts_with_list("2. Two"), starts_with_list("2 Two")
    (True, False)
    """
    return bool(_TIDIED.match(text))


def plain(text: str) -> str:
    """Return a text without its markup: of links and bold words only the words.

    Examples
    --------
    >>> plain("See **the** [guide](https://example.org).")
    'See the guide.'
    """
    return _BOLD.sub(r"\1", _LINK.sub(r"\1", text))


def first_paragraph(text: str) -> str:
    r"""Return the first paragraph of a text, without markup, on one line.

    Examples
    --------
    >>> first_paragraph("**One**\ntwo.\n\nThree.")
    'One two.'
    """
    return line(plain(text.split("\n\n", 1)[0]))


def _escaped(words: str) -> str:
    return _SPECIAL.sub(r"\\\1", words)


def _guard(written: str) -> str:
    """Return a line of markdown that no longer starts like a heading, a list or a rule."""
    return (
        _LINE_START.sub(r"\1" + r"\\", written, count=1) if _LINE_START.match(written) else written
    )


def escape(words: str) -> str:
    r"""Return plain words, on one line, as markdown that shows them as they are.

    Examples
    --------
    >>> print(escape("=cmd|' /C calc'!A0 <b>"))
    \=cmd\|' /C calc'!A0 \<b\>
    """
    return _guard(_escaped(line(words)))


def bold(words: str) -> str:
    """Return plain words, on one line, as bold markdown.

    Examples
    --------
    >>> bold("Payments")
    '**Payments**'
    """
    return f"**{_escaped(line(words))}**"


def address_of(url: str) -> str:
    """Return an address without the characters that end a link.

    Examples
    --------
    >>> address_of("https://example.org/a (b).pdf")
    'https://example.org/a%20%28b%29.pdf'
    """
    return line(url).replace("(", "%28").replace(")", "%29").replace(" ", "%20")


def link(written: str, address: str) -> str:
    """Return a link in markdown round `written`, or `written` alone if the address is not safe.

    Examples
    --------
    >>> link(bold("Guide"), "https://example.org"), link("Guide", "javascript:alert(1)")
    ('[**Guide**](https://example.org)', 'Guide')
    """
    address = address_of(address)
    if not _SAFE.fullmatch(address):
        return written
    target = _ENTITY.sub(r"\\&", address)
    return f"[{written}]({target})"


def _bolds(words: str) -> str:
    parts, at = [], 0
    for found in _BOLD.finditer(words):
        parts += [_escaped(words[at : found.start()]), f"**{_escaped(found[1])}**"]
        at = found.end()
    return "".join([*parts, _escaped(words[at:])])


def _written(words: str, *, markup: bool) -> str:
    """Return one line of a text as markdown; without `markup`, with no links and nothing bold."""
    if not markup:
        return _guard(_escaped(words))
    parts, at = [], 0
    for found in _LINK.finditer(words):
        parts += [_bolds(words[at : found.start()]), link(_bolds(found[1]), found[2])]
        at = found.end()
    return _guard("".join([*parts, _bolds(words[at:])]))


def _block(block: str, *, markup: bool) -> str:
    """Return one paragraph or list as markdown."""
    out: list[str] = []
    hang, ordered = "", -1  # how far the open item is indented; the depth of the last ordered item
    for raw in block.split("\n"):
        item = _TIDIED.match(raw)
        if not item:
            if out:
                out[-1] += "\\"
            out.append(hang + _written(raw.strip(), markup=markup))
            continue
        depth = len(item[1]) // 2
        mark = "* " if item[2] == "- " else item[2]
        if out and mark != "* " and ordered != depth:
            out.append("")  # only so may a list start with another number than 1
        ordered = depth if mark != "* " else -1
        out.append(_STEP * depth + mark + _written(item[3], markup=markup))
        hang = _STEP * depth + " " * len(mark)
    return "\n".join(out)


def _literal(block: str) -> str:
    """Return a paragraph or list as markdown that has no list in it, only lines."""
    lines = []
    for raw in block.split("\n"):
        words = raw.lstrip(" ")
        lines.append("&#x20;" * (len(raw) - len(words)) + _written(words, markup=False))
    return "\\\n".join(lines)


def to_markdown(text: str) -> str:
    r"""Return a text as markdown that reads back as the same text, and runs nothing.

    Examples
    --------
    >>> print(to_markdown("Needs **a** [form](form.md):\n\n- <script>\n  - |"))
    Needs **a** [form](form.md):
    <BLANKLINE>
    * \<script\>
        * \|
    """
    blocks = []
    for block in tidy(text).split("\n\n"):
        tries = (_block(block, markup=True), _block(block, markup=False), _literal(block))
        blocks.append(next((t for t in tries if from_markdown(t) == block), tries[-1]))
    return "\n\n".join(blocks)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table").disable("code")
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    return parser


def parse(markdown: str) -> list[Token]:
    """Return the tokens of a page of markdown, without GitBook's own marks."""
    return _parser().parse(_DECORATION.sub("", _BREAKS.sub("\n", markdown)))


def runs_of(children: Iterable[Token]) -> Iterator[Run]:
    """Yield the stretches of an inline token's children."""
    strong, address = 0, ""
    for child in children:
        if child.type in ("strong_open", "strong_close"):
            strong += child.nesting
        elif child.type == "link_open":
            address = str(child.attrs.get("href", ""))
        elif child.type == "link_close":
            address = ""
        elif child.type in ("softbreak", "hardbreak"):
            yield Run(" " if child.type == "softbreak" else "\n", bool(strong), address)
        elif child.type == "image":
            shown = "".join(run.words for run in runs_of(child.children or ()))
            yield Run(shown, bool(strong), address or str(child.attrs.get("src", "")))
        elif child.type == "html_inline" and re.fullmatch(r"<br\s*/?>", child.content.lower()):
            yield Run("\n", bool(strong), address)
        elif child.content:
            yield Run(child.content, bool(strong), address)


def _marked(runs: Sequence[Run]) -> str:
    """Return runs that lead to the same address as text, the bold ones marked."""
    parts = []
    for strong, same in groupby(runs, key=lambda run: run.bold):
        for piece in re.split(r"(\n)", "".join(run.words for run in same)):
            words = piece.strip()
            if strong and words and "*" not in words:
                start = piece.index(words)
                piece = f"{piece[:start]}**{words}**{piece[start + len(words) :]}"  # noqa: PLW2901
            parts.append(piece)
    return "".join(parts)


def inline(token: Token, *, markup: bool = True) -> str:
    """Return an inline token as text; without `markup`, as plain words.

    Examples
    --------
    >>> inline(parse("**Fish &amp; chips**&#x20;[here](x.md)")[1])
    '**Fish & chips** [here](x.md)'
    """
    return render(runs_of(token.children or ()), markup=markup)


def render(runs: Iterable[Run], *, markup: bool = True) -> str:
    """Return runs as text; without `markup`, as plain words."""
    if not markup:
        return "".join(run.words for run in runs)
    parts = []
    for address, same in groupby(runs, key=lambda run: run.address):
        words = _marked(list(same))
        target = address_of(address)
        if _SAFE.fullmatch(target) and words.strip() and not re.search(r"[\[\]\n]", words):
            words = f"[{words.strip()}]({target})"
        parts.append(words)
    return "".join(parts)


def from_tokens(tokens: Iterable[Token]) -> str:
    r"""Return blocks of markdown as text.

    Examples
    --------
    >>> from_tokens(parse("A **b**\n\n* c\n  * [d](https://example.org)"))
    'A **b**\n\n- c\n  - [d](https://example.org)'
    """
    out: list[str] = []
    depth, mark, row, heading = 0, "", -1, False
    for token in tokens:
        depth += _NESTING.get(token.type, 0)
        if token.type == "list_item_open":
            mark = f"{token.info}. " if token.info else "- "
        elif token.type in ("heading_open", "heading_close", "table_open"):
            out.append("")
            heading = token.type == "heading_open"
        elif token.type in ("tr_open", "tr_close"):
            row = 0 if token.nesting > 0 else -1
        elif token.type in ("inline", "fence", "html_block"):
            words = inline(token) if token.type == "inline" else token.content.strip("\n")
            words = f"**{words}**" if heading and words and "*" not in words else words
            pieces = words.split("\n")
            if row > 0:
                out[-1] += f" | {words}"
            elif depth:
                first = "  " * (depth - 1) + (mark or "  ")
                hang = "  " * depth
                out += [first + pieces[0].lstrip(" "), *(hang + p.lstrip(" ") for p in pieces[1:])]
            else:
                out += pieces if row == 0 else ["", *pieces]
            mark = "" if depth else mark
            row += row >= 0
    return tidy("\n".join(out))


def from_markdown(markdown: str) -> str:
    r"""Return a piece of markdown as text.

    Examples
    --------
    >>> from_markdown("# Title\n\n1\\. is *not* a list")
    '**Title**\n\n1. is not a list'
    """
    return from_tokens(parse(markdown))
