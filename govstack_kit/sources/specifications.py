"""Specifications of building blocks: requirements, key functionalities, versions.

A specification is a folder with chapters in markdown and a table of contents. Chapters 5 and 6
hold the requirements, either printed with a level in capitals (GovSpecs 1) or as front matter with
fields (GovSpecs 2.0). What counts as one requirement is told in
:mod:`govstack_kit.sources._requirement_chapters`; what counts as a level, in
:mod:`govstack_kit.sources._requirement_levels`.

A requirement is called by its block, the number of its section as printed, and its place among the
requirements of that section: ``payments:6.2.1-03``.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from govstack_kit.sources import _specification_pages as pages
from govstack_kit.sources._reading import Reading, SourceError, Unplaced, table
from govstack_kit.sources._requirement_chapters import Chapter, Requirement
from govstack_kit.sources._requirement_levels import DEFAULTS
from govstack_kit.sources._specification_files import (
    CROSS_CUTTING,
    FUNCTIONAL,
    FUNCTIONALITIES,
    KINDS,
    VERSIONS,
    ChapterFile,
    Contents,
)
from govstack_kit.sources._structured_requirements import Structured, looks_structured

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

REQUIREMENTS = {
    "requirement": "str",
    "building_block": "str",
    "kind": "str",
    "section": "str",
    "section_title": "str",
    "level": "str",
    "level_note": "str",
    "observability": "str",
    "mutability": "str",
    "identifier": "str",
    "text": "str",
    "order": "int64",
    "location": "str",
    "line": "int64",
}
KEY_FUNCTIONALITIES = {
    "building_block": "str",
    "section": "str",
    "title": "str",
    "text": "str",
    "order": "int64",
    "location": "str",
    "line": "int64",
}
SPECIFICATION_VERSIONS = {
    "building_block": "str",
    "version": "str",
    "date": "str",
    "remark": "str",
    "order": "int64",
    "location": "str",
    "line": "int64",
}
_Row = TypeVar("_Row")
_SHARED = ("specifications", "specification")  # the repository of what all blocks share
_ARCHITECTURE = re.compile(r"(?:.*-)?architecture")
_COPY = re.compile(r"[-_](?:main|master|develop|v?\d+(?:\.\d+)+(?:[-.]?\w+)?|[0-9a-f]{7,40})$")
_SLUGS = {
    "cloud-infrastructure": "cloud-infrastructure-hosting",
    "content-management": "cms",
    "content-management-system": "cms",
    "digital-identity": "identity",
    "e-marketplace": "emarketplace",
    "e-signature": "esignature",
    "geographic-information-system": "gis",
    "id": "identity",
    "information-mediation": "information-mediator",
    "payment": "payments",
    "registries": "digital-registries",
    "scheduling": "scheduler",
}
_ALONE = frozenset(  # repositories of blocks that were published without "bb-" in their names
    {"scheduler", "consent", "identity", "messaging", "payments", "registration", "workflow"}
)


def building_block_of(name: str) -> str:
    """Return the building block that a repository is of.

    Examples
    --------
    >>> building_block_of("bb-registries"), building_block_of("bb-payments-main")
    ('govstack:digital-registries', 'govstack:payments')
    """
    slug = _COPY.sub("", name.strip().lower().replace("_", "-").replace(" ", "-"))
    slug = slug.removeprefix("govstack-").removeprefix("bb-")
    if _ARCHITECTURE.fullmatch(slug):
        slug = "architecture"
    return f"govstack:{_SLUGS.get(slug, slug)}"


class _Requirement(NamedTuple):
    """A requirement, the kind of its chapter and its file."""

    found: Requirement
    kind: str
    file: str


class _Tables:
    """Gathers the rows of several specifications."""

    def __init__(self) -> None:
        self.unplaced = Unplaced()
        self._requirements: list[tuple[str, _Requirement]] = []
        self._functionalities: list[tuple[str, tuple[pages.Functionality, str]]] = []
        self._versions: list[tuple[str, pages.Version]] = []

    def read(self, folder: Path, block: str, below: str = "") -> None:
        """Read a folder; files are called by their path with `below` in front of it."""
        unplaced = Unplaced()
        contents = Contents(folder, unplaced)
        chapters = contents.chapters()
        history: dict[str, list[tuple[str, str]]] = {}
        for chapter in chapters:
            text = contents.text(chapter.path)
            mine = block or _shared_block(chapter.path)
            if text is None:
                continue
            if chapter.kind == VERSIONS:
                history.setdefault(mine, []).append((chapter.path, text))
            elif chapter.kind == FUNCTIONALITIES:
                self._functionalities += [
                    (mine, (found, below + chapter.path))
                    for found in pages.functionalities(text, chapter.path, chapter.number, unplaced)
                ]
            elif not looks_structured(text):
                self._chapter(chapter, text, mine, below, unplaced)
        self._structured(contents, block, below, unplaced)
        for mine, printed in history.items():
            for version in pages.versions(printed, unplaced):
                version.file = below + version.file
                self._versions.append((mine, version))
        if block:
            self._missing(chapters, unplaced)
        for file, line, text, why in unplaced.rows:
            self.unplaced.add((below + file).rstrip("/"), line, text, why)

    def _chapter(
        self, chapter: ChapterFile, text: str, block: str, below: str, unplaced: Unplaced
    ) -> None:
        read = Chapter(text, chapter.path, chapter.number, unplaced)
        self._requirements += [
            (block, _Requirement(found, chapter.kind, below + chapter.path))
            for found in read.requirements
        ]

    def _structured(self, contents: Contents, block: str, below: str, unplaced: Unplaced) -> None:
        """Read every file with GovSpecs 2.0 front matter, wherever it is."""
        for name, path in contents.paths.items():
            if not _may_be_structured(path):
                continue
            text = contents.text(name)
            if text is None or not looks_structured(text):
                continue
            read = Structured(text, name, unplaced)
            kind = CROSS_CUTTING if read.cross_cutting else FUNCTIONAL
            mine = block or _shared_block(name)
            self._requirements += [
                (mine, _Requirement(found, kind, below + name)) for found in read.requirements
            ]

    @staticmethod
    def _missing(chapters: list[ChapterFile], unplaced: Unplaced) -> None:
        for kind in KINDS:
            if not any(chapter.kind == kind for chapter in chapters):
                unplaced.add("", 0, "", f"no chapter with the {_WHAT[kind]} was found")

    def reading(self) -> Reading:
        """Return everything as tables."""
        return Reading(
            {
                "requirements": table(self._requirement_rows(), REQUIREMENTS),
                "key_functionalities": table(
                    (
                        (block, *found[:3], order, file, found.line)
                        for order, block, (found, file) in _ordered(self._functionalities)
                    ),
                    KEY_FUNCTIONALITIES,
                ),
                "specification_versions": table(
                    (
                        (block, v.version, v.date, v.remark, order, v.file, v.line)
                        for order, block, v in _ordered(self._versions)
                    ),
                    SPECIFICATION_VERSIONS,
                ),
            },
            self.unplaced.frame(),
        )

    def _requirement_rows(self) -> Iterable[tuple[object, ...]]:
        counts: Counter[str] = Counter()
        for order, block, (found, kind, file) in _ordered(self._requirements):
            section = re.sub(r"[^\w.]+", "-", found.section).strip("-")
            place = f"{block.partition(':')[2] or block}:{section}"
            counts[place] += 1
            marker = found.marker
            observable, mutable = marker.observability, marker.mutability
            if observable or mutable or "#" in found.identifier:
                observable, mutable = observable or DEFAULTS[1], mutable or DEFAULTS[2]
            yield (
                f"{place}-{counts[place]:02d}",
                block,
                kind,
                found.section,
                found.title,
                marker.level,
                marker.note,
                observable,
                mutable,
                found.identifier,
                found.text,
                order,
                file,
                found.line,
            )


_WHAT = {
    VERSIONS: "version history",
    FUNCTIONALITIES: "key digital functionalities",
    CROSS_CUTTING: "cross-cutting requirements",
    FUNCTIONAL: "functional requirements",
}


def _ordered(rows: list[tuple[str, _Row]]) -> Iterable[tuple[int, str, _Row]]:
    """Yield rows by building block, each with its place among those of its block in front."""
    counts: Counter[str] = Counter()
    for block, row in sorted(rows, key=lambda pair: pair[0]):
        counts[block] += 1
        yield counts[block], block, row


def _may_be_structured(path: Path) -> bool:
    """Return whether a file starts as front matter or in an encoding that may hide it."""
    try:
        with path.open("rb") as file:
            start = file.read(6)
    except OSError:
        return False
    return start.startswith((b"---", b"\xef\xbb\xbf---", b"\xff\xfe", b"\xfe\xff"))


def _shared_block(path: str) -> str:
    """Return what a file of the repository that all blocks share is about."""
    for word in ("security", "architecture"):
        if word in posixpath.dirname(path):
            return f"govstack:{word}"
    return "govstack:cross-cutting"


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise SourceError(f"there is no folder {str(folder)!r}")
    return folder


def read_specification(folder: Path, building_block: str | None = None) -> Reading:
    r"""Read the specification of one building block.

    Parameters
    ----------
    folder
        The repository, or its folder ``spec``.
    building_block
        The block it is of; by default the one that the folder is called after.

    Returns
    -------
    Reading
        With the tables ``requirements``, ``key_functionalities`` and ``specification_versions``.
        ``level_note`` keeps what is printed where the level alone does not say it all.
        ``observability`` and ``mutability`` are empty for GovSpecs 1, which has no such words.
        ``text`` is the publisher's, for the reader's own machine.

    Raises
    ------
    SourceError
        If there is no such folder. Files that cannot be read are among the unplaced.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> page = "# 6 Functional requirements\n## 6.1 Lending\n* Books are lent (REQUIRED)"
    >>> with tempfile.TemporaryDirectory() as name:
    ...     spec = pathlib.Path(name, "bb-library", "spec")
    ...     spec.mkdir(parents=True)
    ...     _ = (spec / "6-functional-requirements.md").write_text(page)
    ...     found = read_specification(spec.parent).tables["requirements"].loc[0]
    >>> found["requirement"], found["level"], found["text"]
    ('library:6.1-01', 'REQUIRED', 'Books are lent')
    """
    _existing(folder)
    name = folder.resolve().name
    if name in ("spec", "specs", "docs"):
        name = folder.resolve().parent.name
    read = _Tables()
    read.read(folder, building_block or ("" if name in _SHARED else building_block_of(name)))
    return read.reading()


def read_specifications(folder: Path) -> Reading:
    """Read every specification in a folder of repositories.

    Repositories are known by names that start with ``bb-``; those of the shared specifications and
    of the architecture are read too. Locations are relative to `folder`.

    Parameters
    ----------
    folder
        Holds one folder for each repository.

    Returns
    -------
    Reading
        As :func:`read_specification`, for all blocks, sorted by block. The shared chapters of
        security and architecture are under ``govstack:security`` and ``govstack:architecture``.

    Raises
    ------
    SourceError
        If there is no such folder.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     reading = read_specifications(pathlib.Path(name))
    >>> len(reading.tables["requirements"]), reading.unplaced["why"].tolist()
    (0, ['no specification was found'])
    """
    read = _Tables()
    found = False
    for path in sorted(_existing(folder).iterdir()):
        name = _COPY.sub("", path.name.lower())
        slug = building_block_of(path.name).partition(":")[2]
        shared = name in _SHARED
        if path.is_symlink() or not path.is_dir():
            continue
        if not (shared or name.startswith("bb-") or slug in _ALONE or slug == "architecture"):
            continue
        if "template" in slug:
            read.unplaced.add(path.name, 0, "", "the template of specifications")
            continue
        found = True
        read.read(path, "" if shared else f"govstack:{slug}", f"{path.name}/")
    if not found:
        read.unplaced.add("", 0, "", "no specification was found")
    return read.reading()
