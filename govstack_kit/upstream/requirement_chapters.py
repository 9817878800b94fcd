"""The requirements of one chapter, and the markers of their levels, as people really write them.

A *marker* is a level in brackets, or in a cell of its own. Capitals count wherever the brackets
stand, lower case only at the end of a line or at its start: "(required fields must be filled)" is
prose. Inside brackets a condition may follow the level; it is kept as a note. Words that only speak
of levels are *refused*, with the reason.

What is one requirement:

- an item, paragraph or row with a marker; items below it without one are details of it;
- a heading with a marker, and everything below it without one: the heading is the requirement.
  Where everything below has markers of its own the heading only groups;
- a heading with a published identifier (``DRS-12``, ``#7``, or code such as ``name#req-7`` below
  it): one requirement with the first level below it; further items with markers of their own there
  are further requirements with the same identifier.

Two different levels in one item give one row each where the text distinguishes the parts; the same
level printed twice gives one. A chapter's examples, template hints and placeholders give none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from govstack_kit.upstream import pages
from govstack_kit.upstream.pages import Block, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Note = Callable[[str, int, str, str], None]

LEVELS = ("REQUIRED", "RECOMMENDED", "OPTIONAL", "DRAFT", "DEPRECATED")  # the strongest first
OBSERVABILITY = ("OBSERVABLE", "AUDITABLE")  # of GovSpecs 2.0, beside the level: who can see it
MUTABILITY = ("IMMUTABLE", "EXTENSIBLE", "REPLACEABLE", "INAPPLICABLE")  # what blocks may change
_CAPITALS = re.compile(rf"\b(?:{'|'.join(LEVELS)})\b")
_LEVEL = re.compile(_CAPITALS.pattern, re.IGNORECASE)
_STARTS = re.compile(
    rf"(?:(?:strongly|highly|conditionally)\s+)?{_CAPITALS.pattern}"
    r"(?P<condition>\s*(?:$|[:,;]|(?:if|for|when|where|unless|only|in case|but|except)\b))?",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]|[(\[]([A-Z]+)$", re.MULTILINE)  # or not closed
_TO_THE_END = re.compile(r"[\s.,;:!]*(?:[(\[][^()\[\]]*[)\]][\s.,;:!]*)*$")
_AROUND = 200  # characters around a level that decide whether it is a marker
_MENTION = "a sentence that speaks of a level, not a marker"

_NUMBER = re.compile(r"(?P<number>\d+(?:\.\d+)*)(?P<dot>[.):]?)(?:\s+|(?=[^\W\d])|$)")
_IDENTIFIER = re.compile(
    r"(?P<identifier>(?!(?:ISO|RFC|UTF|SHA|TLS|FIPS|AES|COVID|PBKDF)-)[A-Z][A-Z0-9]{1,9}(?:-[A-Z]+)*"
    r"-\d+(?:\.\d+)*|#\d+)(?P<rest>\s*[:.)]\s+|\s*[:.)]?\s*$|\s+)"
)
_CODE_IDENTIFIER = re.compile(r"\S+#\S*\d+")
_EXAMPLE = re.compile(r"<?\s*examples?\b", re.IGNORECASE)
_EXAMPLES_BELOW = re.compile(r"<\s*examples?\b[^>]*>", re.IGNORECASE)
_MODAL = re.compile(r"\b(?:MUST|SHALL|SHOULD|MAY)\b")
_NOT_READ = {"success": "an instruction of the template", "code": "stands in a piece of code"}
_TITLE_WORDS = 15  # of a numbered paragraph that is a heading in all but markup


# --- levels ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Marker:
    """A level where it stands in a text; `part` is what it alone applies to, if that is said."""

    start: int
    end: int
    level: str
    note: str = ""
    part: str = ""


def judge(content: str, *, edge: bool = True) -> Marker | str:
    """Return the marker that some brackets or a cell hold, or why they hold none, if they seem to.

    Parameters
    ----------
    content
        What stands between the brackets, or in the cell.
    edge
        Whether they stand at the start or end of a line.

    Examples
    --------
    >>> judge("REQUIRED for public clouds").level
    'REQUIRED'
    >>> judge("REQUIRED, RECOMMENDED or OPTIONAL")
    'names the levels without choosing one'
    >>> judge("see chapter 7")
    ''
    """
    content = " ".join(content.strip(" .:;*_!\n\t").split())
    printed = _LEVEL.findall(content)
    capitals = [word for word in printed if word.isupper()]
    levels = sorted({word.upper() for word in printed}, key=LEVELS.index)
    others = {*re.findall(r"\w+", content.upper())} - {
        *levels,
        *OBSERVABILITY,
        *MUTABILITY,
        "OR",
        "AND",
    }
    if not printed:
        meant = get_close_matches(content, LEVELS, 1, 0.82) if content.isupper() else []
        return Marker(0, 0, meant[0], f"printed {content}") if meant else ""
    if not capitals and (not edge or {"DRAFT", "DEPRECATED"} & {*levels}):
        return _MENTION
    if not others:
        if len(levels) > (2 if edge else 1):
            return "names the levels without choosing one"
        return Marker(0, 0, levels[0], content if levels[1:] else "")
    starts = _STARTS.match(content)
    if not starts or (not capitals and starts["condition"] is None):
        return _MENTION
    part = "" if capitals else content.partition(":")[2].strip()
    level = min(capitals or [printed[0].upper()], key=LEVELS.index)
    return Marker(0, 0, level, "" if part else content, part)


def markers(text: str) -> tuple[list[Marker], list[tuple[str, str]]]:
    """Return the markers in a text in order, and the level words that are none, with the reason.

    Examples
    --------
    >>> found, refused = markers("Logs are kept(REQUIRED) and signed (optional).")
    >>> [m.level for m in found]
    ['REQUIRED', 'OPTIONAL']
    >>> markers("It is RECOMMENDED to log.")[1]
    [('It is RECOMMENDED to log.', 'a sentence that speaks of a level, not a marker')]
    """
    found: list[Marker] = []
    refused: list[tuple[str, str]] = []
    for bracket in _BRACKETS.finditer(text):
        start, end = bracket.span()
        before = text[max(0, start - _AROUND) : start].rpartition("\n")[2]
        after = text[end : end + _AROUND].partition("\n")[0]
        edge = not before.strip() or bool(_TO_THE_END.match(after))
        verdict = judge(bracket[1] or bracket[2] or "", edge=edge)
        if isinstance(verdict, Marker):
            found.append(replace(verdict, start=start, end=end))
        elif verdict:
            refused.append((text[max(0, start - 60) : end + 60], verdict))
    outside = _BRACKETS.sub(lambda bracket: " " * len(bracket[0]), text)
    words = [word.span() for word in _CAPITALS.finditer(outside)]
    refused += [(text[max(0, start - 60) : end + 60], _MENTION) for start, end in words]
    before = text[: found[0].start].rstrip(" *") if len(found) > 1 else ""
    if before.lower().endswith("from"):  # "from [A] to [B]" is B
        first, second = found[:2]
        start = len(before) - len("from")
        found[:2] = [replace(second, start=start, note=f"{first.level} before")]
    return found, refused


def without(text: str, found: list[Marker]) -> str:
    """Return a text without its markers, on clean lines.

    Examples
    --------
    >>> text = "Logs are kept (REQUIRED)."
    >>> without(text, markers(text)[0])
    'Logs are kept.'
    """
    pieces, at = [], 0
    for marker in found:
        pieces.append(text[at : marker.start])
        at = marker.end
    text = " ".join([*pieces, text[at:]])
    lines = (" ".join(line.split()) for line in text.split("\n"))
    text = "\n".join(line for line in lines if line)
    return re.sub(r"(?<=\S) +(?=[.,;:])", "", text).strip(" :-–—")  # noqa: RUF001


def parts(text: str, found: list[Marker]) -> list[tuple[Marker, str]]:
    """Return each level of a text with the part that it applies to.

    One level, also when printed twice, gives one part. Different levels give one part each, where
    the text distinguishes them, each with what follows the last marker.

    Examples
    --------
    >>> text = "Show (REQUIRED) and optionally print (OPTIONAL) the receipt"
    >>> [(marker.level, part) for marker, part in parts(text, markers(text)[0])]
    [('REQUIRED', 'Show the receipt'), ('OPTIONAL', 'and optionally print the receipt')]
    """
    if len({marker.level for marker in found}) == 1:
        notes = dict.fromkeys(marker.note for marker in found if marker.note)
        note = "; ".join(notes) or (f"printed {len(found)} times" if len(found) > 1 else "")
        return [(replace(found[0], note=note), without(text, found))]
    rest = [marker for marker in found if not marker.part]
    starts = [0, *(marker.end for marker in rest)]
    tail = text[starts[-1] :].lstrip(" .;,")
    split = [(m, f"{text[at : m.start]} {tail}") for m, at in zip(rest, starts, strict=False)]
    cleaned = [(m, without(part, markers(part)[0]).strip(" ;,")) for m, part in split]
    cleaned += [(marker, marker.part) for marker in found if marker.part]
    note = f"one of {len(found)} levels in one item"
    noted = [(replace(m, note=f"{note}; {m.note}".strip("; ")), part) for m, part in cleaned]
    return [(marker, part) for marker, part in noted if part] or noted[:1]


def take_cells(row: Block) -> tuple[list[Marker], list[tuple[str, str]]]:
    """Take the levels out of the cells of a row, as :func:`markers` does of a text."""
    found: list[Marker] = []
    refused: list[tuple[str, str]] = []
    rest: list[str] = []
    for cell in row.cells:
        alone = judge(cell) if cell.isupper() or cell.isalpha() else ""
        inside, others = ([alone], []) if isinstance(alone, Marker) else markers(cell)
        found += inside
        refused += others
        rest += [] if isinstance(alone, Marker) else [without(cell, inside)]
    row.cells = tuple(filter(None, rest)) if found else row.cells
    return found, refused


# --- requirements ---------------------------------------------------------------------------------


@dataclass
class Requirement:
    """One requirement as a chapter prints it; `level_note` is what the level alone does not say."""

    section: str
    section_title: str
    level: str
    level_note: str
    identifier: str
    text: str
    line: int
    observability: str
    mutability: str


@dataclass(eq=False)
class _Section:
    """A heading and its place; `number` is that of the nearest numbered heading above."""

    heading: Block | None
    level: int
    number: str
    title: str
    own_title: str
    identifier: str = ""
    blocks: list[Block] = field(default_factory=list)
    inside: list[_Section] = field(default_factory=list)

    def all_blocks(self) -> list[Block]:
        """Return the blocks of the section and of those inside it, their headings too."""
        found = list(self.blocks)
        for section in self.inside:
            found += [section.heading] if section.heading else []
            found += section.all_blocks()
        return found


def split_number(title: str) -> tuple[str, str]:
    """Return the number of a heading and the rest of it.

    Examples
    --------
    >>> split_number("6.2.1. Voucher provisioning")
    ('6.2.1', 'Voucher provisioning')
    """
    title = clean(title.replace("*", ""))
    found = _NUMBER.match(title)
    if not found:
        return "", title
    return found["number"], title[found.end() :].strip(" -–—:")  # noqa: RUF001


class Chapter:
    """Reads one chapter; `number` is the chapter's own, when its heading prints none."""

    def __init__(self, text: str, file: str, number: str, note: Note) -> None:
        self.requirements: list[Requirement] = []
        self._file, self._number, self._note = file, number, note
        self._blocks = pages.blocks(pages.parse(text))
        self._at = {block: place for place, block in enumerate(self._blocks)}
        self._marks: dict[Block, list[Marker]] = {}
        self._refused: list[tuple[Block, str, str]] = []
        self._claimed: set[Block] = set()
        self._made: list[tuple[int, Requirement]] = []
        self._sections = self._divide()
        self._mark()
        for section in self._sections:
            self._read_heading(section)
        for section in self._sections:
            for block in section.blocks:
                if block in self._marks and block not in self._claimed:
                    self._add(section, block, self._marks[block], self._around(block))
        self._report()
        self.requirements = [made for _, made in sorted(self._made, key=lambda pair: pair[0])]

    # The sections

    def _divide(self) -> list[_Section]:
        sections = [_Section(None, 0, self._number, "", "")]
        above = [sections[0]]
        for block in self._blocks:
            if block.kind != "heading" and not self._is_title(block):
                sections[-1].blocks.append(block)
                continue
            level = block.level or above[-1].level + (
                0 if above[-1].heading and not above[-1].heading.level else 1
            )
            while above[-1].level >= level:
                above.pop()
            bare = without(block.text, markers(block.text)[0])
            number, title = split_number(bare)
            found = _IDENTIFIER.match(title)
            parent = above[-1]
            section = _Section(
                block,
                level,
                number or parent.number,
                title if number else parent.title,
                title[found.end() :].strip() if found else title,
                found["identifier"] if found else "",
            )
            parent.inside.append(section)
            sections.append(section)
            above.append(section)
        return sections

    @staticmethod
    def _is_title(block: Block) -> bool:
        """Return whether a paragraph is a numbered heading in all but markup."""
        text = block.text.strip(" \\*")
        found = _NUMBER.match(text)
        numbered = block.kind == "paragraph" and found and "." in found["number"]
        short = len(text.split()) <= _TITLE_WORDS and "\n" not in text
        sentence = text.endswith((".", ";")) or _MODAL.search(text) or markers(text)[0]
        return bool(numbered and short and not sentence)

    # The markers

    def _mark(self) -> None:
        """Find the markers of every block, leaving out examples and hints of the template."""
        examples = self._examples()
        tables: dict[int, list[Block]] = {}
        for block in self._blocks:
            why = _NOT_READ.get(block.hint) or _NOT_READ.get(block.kind, "")
            why = "stands in an example" if block in examples else why
            if block.kind == "row" and not why:
                tables.setdefault(block.group, []).append(block)
                continue
            found, refused = markers(block.text)
            self._refused += [(block, text, why or reason) for text, reason in refused]
            if why:
                self._refused += [(block, block.text, why)] if found else []
                self._claimed.add(block)
            elif found:
                self._marks[block] = found
        for rows in tables.values():
            begun = False
            for row in rows:
                found, refused = ([], []) if row.header else take_cells(row)
                self._refused += [(row, text, reason) for text, reason in refused]
                begun = begun or bool(found)
                if found:
                    self._marks[row] = found
                elif not begun:  # it names the columns
                    self._claimed.add(row)

    def _examples(self) -> set[Block]:
        found: set[Block] = set()
        for section in self._sections:
            if section.heading and _EXAMPLE.match(section.own_title):
                found.update(section.all_blocks(), [section.heading])
            for place, block in enumerate(section.blocks):
                if _EXAMPLES_BELOW.fullmatch(block.text.strip(" \\*_\n")):
                    found.update(section.all_blocks()[place:])
        return found

    # The requirements

    def _add(
        self,
        section: _Section,
        block: Block,
        found: list[Marker],
        around: Iterable[Block] = (),
        title: str = "",
    ) -> None:
        """Make the requirements of a block.

        Its first one takes along the text of the blocks `around` it that have no markers. With a
        `title` the block is a heading, or what gives the section of a heading its level.
        """
        self._claimed.add(block)
        around = [b for b in around if b not in self._claimed and b not in self._marks]
        self._claimed.update(around)
        text, number, identifier = self._own(section, block)
        made = parts(text if block.kind in ("item", "paragraph") else "", found)
        if block.kind not in ("item", "paragraph"):
            made = [(made[0][0], text.strip())]
        at = self._at[block]
        before = [title, *(clean(b.text) for b in around if self._at[b] < at)]
        after = [clean(b.text) for b in around if self._at[b] > at]
        for marker, part in made:
            if not re.search(r"\w", part or title):
                self._refused.append((block, block.text, "a placeholder"))
                continue
            whole = "\n".join(filter(None, [*before, part, *after]))
            before, after = [], []
            own = title if block is section.heading else section.title
            beside = block.text if block.kind == "row" else block.text[marker.start : marker.end]
            said = [next((w for w in of if w in beside), "") for of in (OBSERVABILITY, MUTABILITY)]
            about = (number, own, marker.level, marker.note, identifier, whole, block.line)
            self._made.append((at, Requirement(*about, *said)))

    def _own(self, section: _Section, block: Block) -> tuple[str, str, str]:
        """Return the text of a block with blanks for its number and identifier, and these two."""
        number, identifier, cut = section.number, section.identifier, 0
        if block is section.heading:
            return "", number, identifier
        text = ": ".join(block.cells) if block.kind == "row" else block.text
        start = _NUMBER.match(text)
        first = start["number"].partition(".") if start else ("", "", "")
        if start and first[1] and first[0] == self._number.partition(".")[0]:
            number, cut = start["number"], start.end()
        if named := _IDENTIFIER.match(text[cut:]):
            identifier, cut = named["identifier"], cut + named.end()
        return " " * cut + text[cut:], number, identifier  # markers stand where they stood

    def _read_heading(self, section: _Section) -> None:
        """Read the heading of a section where it is a requirement or names one."""
        heading = section.heading
        if heading is None or heading in self._claimed:
            return
        code = next((block.code for block in section.blocks[:2] if block.code), "")
        if _CODE_IDENTIFIER.fullmatch(code):
            section.identifier = code
        found = self._marks.get(heading)
        if not found and not section.identifier:
            return
        below = [block for block in self._below(section) if block.text != code]
        marked = [block for block in below if block in self._marks]
        plain = [block for block in below if block not in self._marks]
        if not found:
            self._named(section, heading, marked, plain)
        elif marked and not plain:
            self._claimed.add(heading)
            self._refused.append((heading, heading.text, "each item below has a level of its own"))
        else:
            self._add(section, heading, found, plain, section.own_title)

    def _named(
        self, section: _Section, heading: Block, marked: list[Block], plain: list[Block]
    ) -> None:
        """Read a section whose heading has an identifier and no level."""
        if marked:
            self._add(section, marked[0], self._marks[marked[0]], plain, section.own_title)
        else:
            self._refused.append((heading, heading.text, "no level is printed"))

    def _below(self, section: _Section) -> list[Block]:
        """Return what a heading stands for: not what headings with markers inside it do."""
        found = list(section.blocks)
        for inside in section.inside:
            own = inside.heading in self._marks or inside.heading in self._claimed
            if inside.heading and not own and not inside.identifier:
                found += [inside.heading, *self._below(inside)]
        return [block for block in found if block not in self._claimed]

    def _around(self, block: Block) -> list[Block]:
        """Return what belongs to a block with a marker: its details, or the list right after it."""
        if block.kind == "item":
            return self._details(block)
        after = islice(self._blocks, self._at[block] + 1, None)
        items = list(takewhile(lambda b: b.kind == "item" and block.kind == "paragraph", after))
        items = list(takewhile(lambda b: b.parent or b.group == items[0].group, items))
        return [] if any(item in self._marks for item in items) else items

    def _details(self, item: Block) -> list[Block]:
        """Return the items nested in one that have no markers, nor stand below one that has."""
        found: list[Block] = []
        for nested in item.nested:
            if nested not in self._marks:
                found += [nested, *self._details(nested)]
        return found

    # What has no row

    def _report(self) -> None:
        for block, text, why in self._refused:
            self._note(self._file, block.line, clean(text), why)
        told = {block for block, _, _ in self._refused} | self._claimed | self._marks.keys()
        groups = {block.group for block in self._marks if block.group}
        for block in self._blocks:
            if (
                block.group in groups
                and block.text
                and not told.intersection([block, *block.nested])
            ):
                why = "no level is printed, though its neighbours have one"
                self._note(self._file, block.line, clean(block.text), why)
