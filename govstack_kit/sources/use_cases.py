"""The reader of GovStack use cases: one page of markdown each, written by many hands.

A page is a use case when its summary, its title or its file name gives it an identifier such as
``AGR-1`` and it has a summary or steps. Where the three disagree, the one that two of them give is
taken; a page whose identifier is taken already gets that of its file name or title. A *step* is a
numbered heading below the heading "Steps"; its order is that of the page, whatever its number. A
*workflow* or *building block* of a step is a name listed under such a title, resolved by the names
that the framework knows; what names none is reported as unplaced.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from govstack_kit.errors import ArgumentError
from govstack_kit.framework.framework import load
from govstack_kit.sources import _markdown as md
from govstack_kit.sources._names import Names
from govstack_kit.sources._reading import Reading, SourceError, Unplaced, files, read_text, table
from govstack_kit.sources._use_case_page import TABLES, NoUseCaseError, Page, is_id, promises_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from govstack_kit.framework.framework import Framework

LARGEST = 1024 * 1024  # bytes of one page: the largest published one has 27 kB


def read_use_cases(path: Path | str, *, framework: Framework | None = None) -> Reading:
    r"""Read the use cases in a folder, at whatever depth, or in one file.

    Parameters
    ----------
    path
        A checkout of GovStackWorkingGroup/product-use-cases, a folder with such pages, or a page.
    framework
        Whose names workflows, building blocks and goals are known by; without it, the bundled one.

    Returns
    -------
    Reading
        The tables of :data:`TABLES`, in the order of identifiers and pages; ``location`` is the
        file below `path`, ``printed`` what stands on the page, ``text`` the text around it,
        ``line`` its place. A link printed twice has two rows, the second with a note. Pages that
        are no use cases are unplaced with line 0, as is any name that the framework does not know.

    Raises
    ------
    ArgumentError
        If there is no such folder or file.
    SourceError
        If `path` is a file that cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> page = "# FUN-1 - Kites\n## Steps\n### 1 - Fly\n**Workflows**\n\n* Marketplace\n* Wind\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "kites.md").write_text(page)
    ...     reading = read_use_cases(Path(folder))
    >>> reading.tables["step_workflows"][["step", "workflow", "line"]].values.tolist()
    [['FUN-1.1', 'marketplace', 6]]
    >>> reading.unplaced[["line", "text"]].values.tolist()
    [[7, 'Wind']]
    """
    path = Path(path)
    if not path.exists():
        raise ArgumentError(f"There is no file or folder {path}: name one with use cases in it.")
    names = Names(framework or load())
    unplaced = Unplaced()
    folder = path if path.is_dir() else path.parent
    found = list(files(path, ".md", ".markdown")) if path.is_dir() else [path]
    if not found:
        unplaced.add(".", 0, "", "There is no markdown file in this folder.")
    pages: dict[str, Page] = {}
    chosen = _linked(folder, found)
    for file in sorted(found, key=lambda file: (file not in chosen, file)):
        location = file.relative_to(folder).as_posix()
        try:
            page = _page(file, location, names)
            page.settle(pages)
        except SourceError as error:
            if file == path and not isinstance(error, NoUseCaseError):
                raise
            unplaced.add(location, 0, "", f"{str(error).rstrip('.')}.")
            continue
        pages[page.id] = page
        for line, text, why in page.unplaced:
            unplaced.add(location, line, text, why)
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in TABLES}
    for _, page in sorted(pages.items(), key=lambda item: _natural(item[0])):
        for name, row in page.finished():
            rows[name].append(row)
    tables = {name: table(rows[name], columns) for name, columns in TABLES.items()}
    return Reading(tables, unplaced.frame())


def _natural(identifier: str) -> tuple[str, int]:
    sector, _, number = identifier.rpartition("-")
    return sector, int(number)


def _linked(folder: Path, found: Sequence[Path]) -> set[Path]:
    """Return the files that a table of contents links: they win over copies left behind."""
    linked = set()
    for contents in found:
        if contents.name.lower() != "summary.md" or contents.parent != folder:
            continue
        try:
            tokens = md.parse(read_text(contents))
        except SourceError:
            continue
        links = [link for token in tokens if token.type == "inline" for link in md.links(token)]
        linked |= {folder / unquote(link.url.split("#")[0]) for link in links}
    return linked


def _page(file: Path, location: str, names: Names) -> Page:
    if file.is_file() and file.stat().st_size > LARGEST:
        raise SourceError(
            f"{file.name} is larger than any page: {file.stat().st_size / 1e6:.0f} MB"
        )
    text = read_text(file)
    if not is_id(file.stem) and not any(map(promises_id, text.split("\n"))):
        raise NoUseCaseError("Not a use case: no summary with an ID, no title with one")
    return Page(text, location, names)
