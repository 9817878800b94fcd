"""The two other chapters that are read: key digital functionalities and version history."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from govstack_kit.sources import _markdown
from govstack_kit.sources._html import clean
from govstack_kit.sources._requirement_chapters import split_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

    from govstack_kit.sources._reading import Unplaced

_ABOUT = re.compile(
    r"(?:.*\b(?:out.of.scope|future scope|scenarios?|assumptions?|terms used|user categories)\b|"
    r"(?:introduction|overview|references?|example|note)\b)",
    re.IGNORECASE,
)
_GITBOOK = re.compile(r"\{%[^%]*%\}")
_VERSION = re.compile(
    r"\W*v?(?:ersion|\.)?\s*(?P<version>\d\dQ\d|\d+(?:\.\d+)*"
    r"(?:[-_. ]?(?:alpha|beta|rc|draft)[-. ]?\d*)?)(?![\d/-])",
    re.IGNORECASE,
)
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
_DATE = re.compile(
    rf"\b(?:\d{{4}}-\d\d(?:-\d\d)?|\d{{1,2}}[./]\d{{1,2}}[./]\d{{4}}|"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:{_MONTHS})\.?(?:\s+\d{{1,2}},?)?\s+\d{{4}})\b",
    re.IGNORECASE,
)
_DATED = re.compile(r"\bdate\W+|\breleased?\W+(?:date\W+)?(?:in\s+)?", re.IGNORECASE)
_TITLE_WORDS = 10  # of an item without a title
_LEAD = re.compile(r"(?P<lead>[^.:–]{3,80})[.:–]\s")  # noqa: RUF001 - dashes as published


class Functionality(NamedTuple):
    """A section of the chapter: number, title, text, line."""

    section: str
    title: str
    text: str
    line: int


@dataclass
class Version:
    """A version of a specification as its history prints it."""

    version: str
    date: str
    remark: str
    file: str
    line: int


def _text(tokens: Sequence[Token]) -> str:
    return _GITBOOK.sub("", _markdown.block_text(tokens)).strip()


def functionalities(text: str, file: str, number: str, unplaced: Unplaced) -> list[Functionality]:
    r"""Return the sections of a chapter of key digital functionalities.

    A section with a number is one, with the unnumbered sections inside it as its text; where no
    section has a number, each is one. A section without text that only holds others is none.

    Examples
    --------
    >>> from govstack_kit.sources._reading import Unplaced
    >>> page = "# 4 Key digital functionalities\n## 4.1 Lending\nLends books."
    >>> functionalities(page, "4.md", "4", Unplaced())
    [Functionality(section='4.1', title='Lending', text='Lends books.', line=2)]
    """
    sections = _markdown.sections(_markdown.parse(text))
    titled = [(section, *split_number(section.title)) for section in sections]
    numbered = any("." in own for _, own, _ in titled)
    found: list[Functionality] = []
    skipped = False
    for section, own, title in titled:
        body = _text(section.tokens)
        chapter = section.level <= 1 and "." not in own
        if chapter:
            continue
        if numbered and "." not in own and not _ABOUT.match(title):
            if found and not skipped:
                last = found[-1]
                found[-1] = last._replace(text="\n\n".join(filter(None, (last.text, title, body))))
            continue
        skipped = bool(_ABOUT.match(title))
        if skipped:
            why = "speaks about the chapter, not of a functionality"
            unplaced.add(file, section.line, title, why)
        else:
            found.append(Functionality(own or number, title, body, section.line))
    found = [f for f in found if f.text or not any(_inside(o, f) for o in found)]
    return found or _listed(sections, number)


def _inside(other: Functionality, section: Functionality) -> bool:
    return other.section.startswith(section.section + ".")


def _listed(sections: list[_markdown.Section], number: str) -> list[Functionality]:
    """Return the items of a chapter that has no sections."""
    found = []
    for item in _markdown.bullets([token for section in sections for token in section.tokens]):
        if item.depth:
            continue
        lead = _LEAD.match(item.text)
        first = next((part for token in item.inlines for part in _markdown.segments(token)), None)
        title = first[1] if first and first[0] else lead["lead"] if lead else ""
        title = title or " ".join(item.text.split()[:_TITLE_WORDS])
        found.append(Functionality(number, title.strip(" :"), item.text, item.line))
    return found


def _version(text: str, file: str, line: int) -> Version | None:
    """Return the version, date and remark that a cell or heading prints."""
    text = clean(text)
    start = _VERSION.match(text)
    if not start:
        return None
    date = _DATE.search(text, start.end())
    rest = text[start.end() :]
    rest = rest.replace(date.group(), "") if date else rest
    remark = " ".join(re.sub(r"[()\[\]]", " ", rest).split()).strip(" -–,:;")  # noqa: RUF001
    return Version(start["version"].strip(), date.group() if date else "", remark, file, line)


def _same(version: str) -> str:
    """Return a version in the form that is compared: 3.0 and v3.0.0 are the same."""
    return re.sub(r"(?:\.0)+(?=$|\D)", "", version.lower().replace(" ", "").lstrip("v"))


def versions(pages: Sequence[tuple[str, str]], unplaced: Unplaced) -> list[Version]:
    r"""Return the versions in the pages of a version history, each given as file and text.

    The table decides; headings of release notes add dates that it does not print.

    Examples
    --------
    >>> from govstack_kit.sources._reading import Unplaced
    >>> page = "| Version | Comment |\n| - | - |\n| 1.0 (May 2024) | first |"
    >>> [(v.version, v.date) for v in versions([("1.md", page)], Unplaced())]
    [('1.0', 'May 2024')]
    """
    found: list[Version] = []
    noted: list[Version] = []
    for file, text in pages:
        tokens = _markdown.parse(text)
        if not found:
            found = _in_tables(tokens, file, unplaced)
        noted += _in_headings(tokens, file)
    if not found:
        return noted
    known = {_same(version.version): version for version in found}
    for note in noted:
        version = known.get(_same(note.version))
        if version is None:
            why = "a version of the release notes that the version history does not have"
            unplaced.add(note.file, note.line, note.version, why)
        elif note.date and not version.date:
            version.date = note.date
        elif note.date and note.date.lower() != version.date.lower():
            why = f"the version history prints another date, {version.date}, which is taken"
            unplaced.add(note.file, note.line, f"{note.version}: {note.date}", why)
    return found


def _in_tables(tokens: Sequence[Token], file: str, unplaced: Unplaced) -> list[Version]:
    found: list[Version] = []
    for table in _markdown.tables(tokens):
        head = [cell.lower() for cell in table[0].cells] if table else []
        place = next((n for n, cell in enumerate(head) if "version" in cell), None)
        dated = next((n for n, cell in enumerate(head) if "date" in cell), None)
        if place is None:
            continue
        for row in table[1:]:
            if not any(row.cells) or len(row.cells) <= place:
                continue
            version = _version(row.cells[place], file, row.line)
            if version is None:
                unplaced.add(file, row.line, row.cells[place], "no version is printed")
                continue
            if dated is not None and len(row.cells) > dated and not version.date:
                version.date = row.cells[dated]
            found.append(version)
    return found


def _in_headings(tokens: Sequence[Token], file: str) -> list[Version]:
    found: list[Version] = []
    for section in _markdown.sections(tokens):
        version = _version(section.title, file, section.line) if section.level > 1 else None
        if version is None or ("." not in version.version and "Q" not in version.version):
            continue
        if not re.match(r"\W*v", section.title, re.IGNORECASE) and version.remark:
            continue  # a section that happens to have a number
        if not version.date:
            text = _markdown.block_text(section.tokens)
            said = _DATED.search(text)
            date = _DATE.search(text, said.end(), said.end() + 40) if said else None
            version.date = date.group() if date else ""
        found.append(version)
    return found
