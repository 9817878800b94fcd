"""Specifications of building blocks: requirements, key functionalities, the version.

A specification is a folder with chapters in markdown and a table of contents, ``SUMMARY.md``. The
contents decide: a chapter that they link is read and older copies beside it are not. Without them,
or where their link leads nowhere, files are known by their names. Only files inside the folder are
ever opened. Chapters 5 and 6 hold the requirements, see :mod:`.requirement_chapters`.

A requirement is called by its block and the identifier that is printed for it alone, or else by its
block and the beginning of the fingerprint of its text: ``digital-registries:DRS-1``,
``payments:3fa20b7c``. So it keeps its name wherever it stands, and no other text has that name.
A key functionality is called by its block and its name: ``gis:map-display``.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from govstack_kit.interfaces.plain_files import SourceError, read_text
from govstack_kit.upstream import pages
from govstack_kit.upstream.repositories import building_block_of, files
from govstack_kit.upstream.requirement_chapters import Chapter, split_number
from govstack_kit.words import slug

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Note = Callable[[str, int, str, str], None]
    Row = dict[str, Any]

VERSIONS, FUNCTIONALITIES = "version history", "key digital functionalities"
CROSS_CUTTING, FUNCTIONAL = "cross-cutting", "functional"
_CHAPTERS = {VERSIONS: "1", FUNCTIONALITIES: "4", CROSS_CUTTING: "5", FUNCTIONAL: "6"}
_START = r"\W*(?:chapter\s+)?(?:\d+(?:\.\d+)*)?[\W_]*"
_TITLES = {
    VERSIONS: r"(?:version|revision|document)\s+history\b",
    FUNCTIONALITIES: r"(?:key\s+)?(?:digital\s+)?functionalit",
    CROSS_CUTTING: r"(?:supplementary\s+)?(?:cross\W?(?:cutting|functional)|non\W?functional)"
    r"(?:\s+\w+){0,2}\s+requirement",
    FUNCTIONAL: r"(?:functional|technical|detailed\s+functional)\s+requirement",
}
_CALLED = 8  # digits of a fingerprint that call a requirement
_DIGITS = re.compile(r"\d+(?:\.\d+)*")
_SHARED = ("specifications", "specification", "cfr-architecture")  # what all blocks share
CROSS_FUNCTIONAL, SUPERSEDED = "cross-functional", "superseded"  # kinds of what all blocks share
_ABOUT = re.compile(
    r"(?:.*\b(?:out.of.scope|future scope|scenarios?|assumptions?|terms used|user categories)\b|"
    r"(?:introduction|overview|references?|example|note)\b)",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"\W*v?(?:ersion|\.)?\s*(\d\dQ\d|\d+(?:\.\d+)*(?:[-_. ]?(?:alpha|beta|rc|draft)[-. ]?\d*)?)"
    r"(?![\d/-])(?!.*(?:in development|planned))",
    re.IGNORECASE,
)


@dataclass
class Specification:
    """What a repository says: ``requirements``, ``key_functionalities``, versions by block."""

    requirements: list[Row] = field(default_factory=list)
    key_functionalities: list[Row] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)


class _ChapterFile(NamedTuple):
    """A file that holds a chapter or a part of it; `number` is that of the chapter."""

    kind: str
    path: str
    number: str


def read(folder: Path, note: Note, building_block: str | None = None) -> Specification:
    r"""Read the specification of one building block.

    Parameters
    ----------
    folder
        The repository, or its folder ``spec``.
    note
        Is told what could not be placed: file, line, text, why.
    building_block
        The block it is of; by default the one that the folder is called after.

    Returns
    -------
    Specification
        Rows with the columns of the tables of these names, and ``text``, the publisher's;
        requirements also with ``section_title`` and ``level_note``: what is printed where the level
        alone does not say it all.

    Raises
    ------
    SourceError
        If there is no such folder.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> page = "# 6 Functional requirements\n## 6.1 Lending\n* Books are lent (REQUIRED)"
    >>> with tempfile.TemporaryDirectory() as name:
    ...     spec = pathlib.Path(name, "bb-library", "spec")
    ...     spec.mkdir(parents=True)
    ...     _ = (spec / "6-functional-requirements.md").write_text(page)
    ...     found = read(spec.parent, lambda *place: None).requirements[0]
    >>> found["requirement"], found["level"], found["text"]
    ('library:f442437e', 'REQUIRED', 'Books are lent')
    """
    if not folder.is_dir():
        raise SourceError(f"there is no folder {str(folder)!r}")
    name = folder.resolve().name
    name = folder.resolve().parent.name if name in ("spec", "specs", "docs") else name
    block = building_block or ("" if name in _SHARED else building_block_of(name))
    contents = _Contents(folder, note)
    chapters = contents.chapters()
    found = Specification()
    requirements: list[Row] = []
    taken: set[str] = set()  # names of key functionalities
    for chapter in chapters:
        text, mine = contents.text(chapter.path), block or _shared_block(chapter.path)
        try:
            if chapter.kind == VERSIONS:
                found.versions.setdefault(mine, _latest_version(text))
            elif chapter.kind == FUNCTIONALITIES:
                for row in _functionalities(text, chapter, note):
                    name = slug(row["name"], taken=taken)
                    taken.add(name)
                    place = {"building_block": mine, "order": len(taken)}
                    key = {"key_functionality": f"{mine.partition(':')[2]}:{name}"}
                    found.key_functionalities.append(row | place | key)
            else:
                shared = CROSS_FUNCTIONAL if CROSS_FUNCTIONAL in mine else SUPERSEDED
                kind = chapter.kind if block else shared
                about = {"building_block": mine, "kind": kind, "location": chapter.path}
                made = Chapter(text, chapter.path, chapter.number, note).requirements
                requirements += [vars(one) | about for one in made]
        except SourceError as error:
            note(chapter.path, 0, "", str(error))
    if block:
        for kind in _CHAPTERS.keys() - {chapter.kind for chapter in chapters}:
            note("", 0, "", f"no chapter with the {kind} was found")
    found.requirements = _called(requirements)
    for row in found.requirements if not block else ():
        row["building_block"] = ""  # it holds for every block
    return found


def fingerprint(text: str) -> str:
    r"""Return what a text is known by, whatever its line breaks, capitals and punctuation.

    Examples
    --------
    >>> fingerprint("A  Text.\n") == fingerprint("a text")
    True
    """
    words = " ".join(re.findall(r"\w+", text.casefold()))
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def _shared_block(path: str) -> str:
    """Return what a file of the repository that all blocks share is about."""
    for word in ("security", "architecture"):
        if word in posixpath.dirname(path):
            return f"govstack:{word}"
    return "govstack:cross-functional"


def _called(requirements: list[Row]) -> list[Row]:
    """Return requirements by building block, each called by its identifier or by its text."""
    printed = Counter((row["building_block"], row["identifier"]) for row in requirements)
    counts: Counter[str] = Counter()
    rows = []
    for row in sorted(requirements, key=lambda row: str(row["building_block"])):
        block, mark = row["building_block"], fingerprint(row["text"])
        alone = row["identifier"] and printed[block, row["identifier"]] == 1
        key = f"{block.partition(':')[2]}:{row['identifier'] if alone else mark[:_CALLED]}"
        counts.update([block, key])
        again = f"-{counts[key]}" if counts[key] > 1 else ""  # the same text printed again
        row |= {"requirement": f"{key}{again}", "fingerprint": mark, "order": counts[block]}
        rows.append(row)
    return rows


# --- which files hold which chapter ---------------------------------------------------------------


def _kind_of(title: str) -> str:
    """Return the kind of chapter that a title names, or nothing."""
    found = (kind for kind, form in _TITLES.items() if re.match(_START + form, title.lower()))
    return next(found, "")


def _name(path: str) -> str:
    """Return the name of a file as words; that of its folder for a README."""
    stem = posixpath.splitext(posixpath.basename(path))[0]
    if stem.lower() in ("readme", "index"):
        stem = posixpath.basename(posixpath.dirname(path))
    return re.sub(r"[-_\s]+", " ", stem)


def _number(title: str, path: str, kind: str) -> str:
    """Return the number of a chapter: as its title has it, its file, or the template."""
    found = (_DIGITS.match(text.strip()) for text in (title, _name(path)))
    return next((one.group() for one in found if one), _CHAPTERS[kind])


class _Contents:
    """The markdown files of a folder, and the chapters among them."""

    def __init__(self, folder: Path, note: Note) -> None:
        self._note = note
        found = files(folder, ".md", ".markdown")
        self.paths = {path.relative_to(folder).as_posix(): path for path in found}

    def text(self, name: str) -> str:
        """Return the text of a file; nothing where it cannot be read."""
        try:
            return read_text(self.paths[name])
        except SourceError as error:
            self._note(name, 0, "", str(error))
            return ""

    def chapters(self) -> list[_ChapterFile]:
        """Return the files of the four chapters that are read, in the order of the contents."""
        named = [name for name in self.paths if posixpath.basename(name).lower() == "summary.md"]
        summary = min(named, key=lambda name: (name.count("/"), name), default="")
        linked = self._linked(summary) if summary else []
        if self.paths and not summary:
            self._note("SUMMARY.md", 0, "", "missing: chapters are known by their names")
        known = {chapter.path for chapter in linked}
        found = list(linked)
        for kind, usual in _CHAPTERS.items():
            mine = [n for n in self.paths if _kind_of(_name(n)) == kind and n not in known]
            # the likeliest file: with the usual number, near the top
            mine.sort(key=lambda n: (_number("", n, kind) != usual, n.count("/"), n))
            if mine and not any(chapter.kind == kind for chapter in linked):
                chapter = _ChapterFile(kind, mine[0], _number("", mine[0], kind))
                mine = sorted(mine[1:])
                found.append(chapter)
            read = ", ".join(chapter.path for chapter in found if chapter.kind == kind)
            for name in mine:
                why = f"another copy of the chapter: {read} is read"
                self._note(name, 0, _name(name), why)
        return found

    def _linked(self, summary: str) -> list[_ChapterFile]:
        """Return the chapters that a table of contents links, with the pages below them."""
        found: list[_ChapterFile] = []
        above: tuple[int, _ChapterFile] | None = None
        for item in pages.blocks(pages.parse(self.text(summary))):
            if item.kind != "item" or not item.links:
                continue
            if above and item.level <= above[0]:
                above = None
            title, url = item.links[0]
            kind = _kind_of(title) or ("" if _DIGITS.match(title.strip()) else _kind_of(_name(url)))
            below = above and (not kind or kind == above[1].kind)
            if not kind and not below:
                continue
            path = self._target(summary, url, item.line)
            if above and below:
                chapter = above[1]._replace(path=path)
            else:
                chapter = _ChapterFile(kind, path, _number(title, path, kind))
                above = (item.level, chapter)
            found += [chapter] if path else []
        return list(dict.fromkeys(found))

    def _target(self, summary: str, url: str, line: int) -> str:
        """Return the path below the folder that a link leads to, or nothing."""
        address = unquote(url.partition("#")[0].partition("?")[0])
        path = posixpath.normpath(posixpath.join(posixpath.dirname(summary), address))
        found = {name.lower(): name for name in self.paths}.get(path.lower(), "")
        if not found:
            self._note(summary, line, url, "leads to no file in this folder")
        return found


# --- key digital functionalities and the version --------------------------------------------------


def _functionalities(text: str, chapter: _ChapterFile, note: Note) -> list[Row]:
    """Return the sections of a chapter of key digital functionalities.

    A section with a number is one, with the unnumbered sections inside it as its text; where no
    section has a number, each is one. A section without text that only holds others is none.
    """
    sections = pages.sections(pages.blocks(pages.parse(text)))
    titled = [(section, *split_number(section.title)) for section in sections]
    numbered = any("." in own for _, own, _ in titled)
    found: list[Row] = []
    skipped = False
    for section, own, title in titled:
        body = pages.spelled(section.blocks)
        if section.level <= 1 and "." not in own:
            continue
        if numbered and "." not in own and not _ABOUT.match(title):
            if found and not skipped:
                parts = (found[-1]["text"], title, body)
                found[-1]["text"] = "\n\n".join(filter(None, parts))
            continue
        skipped = bool(_ABOUT.match(title))
        if skipped:
            why = "speaks about the chapter, not of a functionality"
            note(chapter.path, section.line, title, why)
        else:
            row = {"section": own or chapter.number, "name": title, "text": body}
            found.append(row | {"line": section.line, "location": chapter.path})
    holders = [f["section"].rpartition(".")[0] for f in found]
    return [f for f in found if f["text"] or f["section"] not in holders]


def _latest_version(text: str) -> str:
    """Return the last version in the table of a version history that is not only planned."""
    place, found = -1, ""
    for row in pages.blocks(pages.parse(text)):
        heads = [at for at, cell in enumerate(row.cells) if "version" in cell.lower()]
        place = heads[0] if place < 0 and heads else place
        cell = row.cells[place] if 0 <= place < len(row.cells) else ""
        version = _VERSION.match(cell)
        found = version[1].strip() if version else found
    return found
