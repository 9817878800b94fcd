"""Which files of a specification hold which chapter.

The table of contents, ``SUMMARY.md``, decides: a chapter that it links is read and older copies
beside it are not. Without one, or where its link leads nowhere, files are known by their names.
Only files inside the folder are ever opened; a link that leads out of it is noted, no more.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from govstack_kit.sources import _markdown
from govstack_kit.sources._reading import SourceError, files, read_text

if TYPE_CHECKING:
    from pathlib import Path

    from govstack_kit.sources._reading import Unplaced

VERSIONS, FUNCTIONALITIES, CROSS_CUTTING, FUNCTIONAL = (
    "version history",
    "key digital functionalities",
    "cross-cutting",
    "functional",
)
KINDS = {VERSIONS: "1", FUNCTIONALITIES: "4", CROSS_CUTTING: "5", FUNCTIONAL: "6"}
_START = r"\W*(?:chapter\s+)?(?:\d+(?:\.\d+)*)?[\W_]*"
_TITLES = {
    VERSIONS: re.compile(_START + r"(?:version|revision|document)\s+history\b", re.IGNORECASE),
    FUNCTIONALITIES: re.compile(_START + r"(?:key\s+)?(?:digital\s+)?functionalit", re.IGNORECASE),
    CROSS_CUTTING: re.compile(
        _START + r"(?:supplementary\s+)?(?:cross\W?(?:cutting|functional)|non\W?functional)"
        r"(?:\s+\w+){0,2}\s+requirement",
        re.IGNORECASE,
    ),
    FUNCTIONAL: re.compile(
        _START + r"(?:functional|technical|detailed\s+functional)\s+requirement", re.IGNORECASE
    ),
}
_DIGITS = re.compile(r"\d+(?:\.\d+)*")
_NOT_SPECIFICATION = re.compile(r"(?:^|/)(?:node_modules|\.git|\.github|test|tests|examples?)/")


@dataclass(frozen=True, slots=True)
class ChapterFile:
    """A file that holds a chapter or a part of it; `number` is that of the chapter."""

    kind: str
    path: str
    number: str


def kind_of(title: str) -> str:
    """Return the kind of chapter that a title names, or nothing.

    Examples
    --------
    >>> kind_of("5 Cross Functional Requirements"), kind_of("7 Data Structures")
    ('cross-cutting', '')
    """
    return next((kind for kind, found in _TITLES.items() if found.match(title)), "")


def _name(path: str) -> str:
    """Return the name of a file as words; that of its folder for a README."""
    stem = posixpath.splitext(posixpath.basename(path))[0]
    if stem.lower() in ("readme", "index"):
        stem = posixpath.basename(posixpath.dirname(path))
    return re.sub(r"[-_\s]+", " ", stem)


def _number(title: str, path: str, kind: str) -> str:
    """Return the number of a chapter: as its title has it, its file, or the template."""
    for text in (title, _name(path)):
        found = _DIGITS.match(text.strip())
        if found:
            return found.group()
    return KINDS[kind]


class Contents:
    """The markdown files of a folder and the chapters among them.

    Attributes
    ----------
    texts : dict
        Every markdown file by its path below the folder.
    """

    def __init__(self, folder: Path, unplaced: Unplaced) -> None:
        self._folder, self._unplaced = folder, unplaced
        self.paths: dict[str, Path] = {}
        for path in files(folder, ".md", ".markdown"):
            name = path.relative_to(folder).as_posix()
            if not _NOT_SPECIFICATION.search(name):
                self.paths[name] = path
        self._texts: dict[str, str | None] = {}

    def text(self, name: str) -> str | None:
        """Return the text of a file, or nothing where it cannot be read."""
        if name not in self._texts:
            try:
                self._texts[name] = read_text(self.paths[name])
            except SourceError as error:
                self._unplaced.add(name, 0, "", str(error))
                self._texts[name] = None
        return self._texts[name]

    def chapters(self) -> list[ChapterFile]:
        """Return the files of the four chapters that are read, in the order of the contents."""
        named = [name for name in self.paths if posixpath.basename(name).lower() == "summary.md"]
        summary = min(named, key=lambda name: (name.count("/"), name), default="")
        linked = self._linked(summary) if summary else []
        if self.paths and not summary:
            self._unplaced.add("SUMMARY.md", 0, "", "missing: chapters are known by their names")
        known = {chapter.path for chapter in linked}
        found = list(linked)
        for kind in KINDS:
            mine = [name for name in self.paths if kind_of(_name(name)) == kind]
            mine = [name for name in mine if name not in known]
            mine.sort()
            if not mine:
                continue
            if not any(chapter.kind == kind for chapter in linked):
                best = min(mine, key=lambda name: self._unlikely(name, kind))
                chapter = ChapterFile(kind, best, _number("", best, kind))
                mine.remove(best)
                found += [chapter, *self._beside(chapter)]
            read = ", ".join(c.path for c in found if c.kind == kind)
            for name in mine:
                why = f"another copy of the chapter: {read} is read"
                self._unplaced.add(name, 0, _name(name), why)
        return found

    @staticmethod
    def _unlikely(name: str, kind: str) -> tuple[bool, int, str]:
        """Return how unlikely a file is the chapter: it may have another number or lie deeper."""
        return _number("", name, kind) != KINDS[kind], name.count("/"), name

    def _beside(self, chapter: ChapterFile) -> list[ChapterFile]:
        """Return the other pages of a chapter that is a folder of its own."""
        folder, page = posixpath.split(chapter.path)
        if page.lower() not in ("readme.md", "index.md"):
            return []
        others = [name for name in self.paths if posixpath.dirname(name) == folder]
        return [replace(chapter, path=name) for name in others if name != chapter.path]

    def _linked(self, summary: str) -> list[ChapterFile]:
        """Return the chapters that a table of contents links, with the pages below them."""
        text = self.text(summary)
        found: list[ChapterFile] = []
        above: tuple[int, ChapterFile] | None = None
        for item in _markdown.bullets(_markdown.parse(text or "")):
            if above and item.depth <= above[0]:
                above = None
            links = [link for token in item.inlines for link in _markdown.links(token)]
            if not links:
                continue
            kind = kind_of(links[0].text) or (
                "" if _DIGITS.match(links[0].text.strip()) else kind_of(_name(links[0].url))
            )
            if above and (not kind or kind == above[1].kind):
                path = self._target(summary, links[0].url, item.line)
                if path:
                    found.append(ChapterFile(above[1].kind, path, above[1].number))
            elif kind:
                path = self._target(summary, links[0].url, item.line)
                chapter = ChapterFile(kind, path, _number(links[0].text, path, kind))
                above = (item.depth, chapter)
                if path:
                    found.append(chapter)
        return list(dict.fromkeys(found))

    def _target(self, summary: str, url: str, line: int) -> str:
        """Return the path below the folder that a link leads to, or nothing."""
        address = unquote(url.partition("#")[0].partition("?")[0])
        if re.match(r"[a-z][a-z0-9+.-]*:|//", address, re.IGNORECASE):
            self._unplaced.add(summary, line, url, "leads to another site; only files are read")
            return ""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(summary), address))
        if address.startswith("/") or path.startswith("..") or "\\" in address:
            self._unplaced.add(summary, line, url, "leads out of the folder and is not opened")
            return ""
        if path not in self.paths:
            lower = {name.lower(): name for name in self.paths}
            readme = posixpath.join(path, "README.md")
            path = lower.get(path.lower()) or lower.get(readme.lower()) or ""
        if not path:
            self._unplaced.add(summary, line, url, "leads to a file that is not there")
        return path
