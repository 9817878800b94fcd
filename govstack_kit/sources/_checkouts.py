"""Which upstream repositories a folder holds, of which publication each is, and at which version.

A folder is laid out as ``ORG/REPO/…`` or simply as ``REPO/…``; names may end in a branch, as in the
archives that one downloads from a website. The version is the commit that ``SOURCES.csv`` of the
folder gives (columns ``repository``, ``commit``, ``committed``), or that ``.git`` has checked out.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from govstack_kit.sources._reading import SourceError, read_text
from govstack_kit.sources.specifications import building_block_of

if TYPE_CHECKING:
    from pathlib import Path

    from govstack_kit.sources._reading import Unplaced

Row = dict[str, str]
LISTED = "SOURCES.csv"
USE_CASES, SPECIFICATION, SHARED, REGISTRY, ATLAS = (
    "use cases",
    "specification",
    "shared specification",
    "registry",
    "atlas",
)
_KINDS = {
    "product-use-cases": USE_CASES,
    "specifications": SHARED,
    "publicgoods-candidates": REGISTRY,
    "dpg-dpi-govstack-map": ATLAS,
}
_NEW_SOURCES = {  # for frameworks that do not name them yet
    "DPGAlliance/publicgoods-candidates": (
        *("dpg-registry", "Registry of digital public goods"),
        *("Digital Public Goods Alliance", "Unlicense"),
    ),
    "mgifford/dpg-dpi-govstack-map": (
        *("dpi-atlas", "Atlas of digital public goods and infrastructure"),
        *("Mike Gifford", ""),
    ),
}
_BRANCH = re.compile(r"[-_](?:main|master|develop|head|v?\d+(?:\.\d+)+|[0-9a-f]{7,40})$")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHOWN = 12  # digits of a commit in a version


@dataclass(frozen=True)
class Checkout:
    """A repository on this computer: what it is, its row of sources, its version if known."""

    path: Path
    name: str
    kind: str
    source: Row
    commit: str = ""
    date: str = ""

    def dated(self, *, changed: bool) -> Row:
        """Return the row of sources, told whether rows of it differ from those installed."""
        if self.commit:
            return self.source | {"version": self.commit[:_SHOWN], "date": self.date}
        return self.source | ({"version": "local copy", "date": ""} if changed else {})


def repository_of(url: str) -> str:
    """Return the repository that an address is of, as ``ORG/REPO``; empty if of none.

    Examples
    --------
    >>> repository_of("https://github.com/GovStackWorkingGroup/bb-payments")
    'GovStackWorkingGroup/bb-payments'
    """
    parts = urlsplit(url)
    steps = parts.path.strip("/").removesuffix(".git").split("/")
    return "/".join(steps) if parts.hostname == "github.com" and len(steps) == 2 else ""  # noqa: PLR2004


def kind_of(name: str) -> str:
    """Return what a repository of that name holds; empty if nothing that is read."""
    if name.startswith("bb-") and "template" not in name:
        return SPECIFICATION
    return _KINDS.get(name, "")


def known_repositories(sources: list[Row]) -> dict[str, Row]:
    """Return the repositories that are read, by ``ORG/REPO``, each with its row of sources."""
    found = {repository_of(row["url"]): row for row in sources}
    for repository, (source, title, publisher, licence) in _NEW_SOURCES.items():
        if repository not in found:
            found[repository] = _source(source, title, publisher, licence, repository)
    return {r: row for r, row in sorted(found.items()) if kind_of(r.rpartition("/")[2].lower())}


def _source(source: str, title: str, publisher: str, licence: str, repository: str) -> Row:
    url = f"https://github.com/{repository}" if "/" in repository else ""
    note = "version is the first twelve digits of the commit"
    row = {"source": source, "title": title, "publisher": publisher, "version": "", "date": ""}
    return row | {"licence": licence, "url": url, "note": note}


def _plain_name(path: Path) -> str:
    name = _BRANCH.sub("", path.name.lower())
    return f"bb-{building_block_of(name).partition(':')[2]}" if name.startswith("bb-") else name


def find_checkouts(folder: Path, sources: list[Row], unplaced: Unplaced) -> list[Checkout]:
    """Return the repositories in a folder, by name; what else is there is noted."""
    known = {
        r.rpartition("/")[2].lower(): (r, row) for r, row in known_repositories(sources).items()
    }
    versions = _versions(folder, unplaced)
    found: dict[str, Checkout] = {}
    for path in _candidates(folder):
        name = _plain_name(path)
        place = path.relative_to(folder.parent).as_posix()
        if path.is_symlink() or not path.is_dir():
            continue
        if not kind_of(name):
            if path.parent != folder or not any(kind_of(_plain_name(p)) for p in path.iterdir()):
                unplaced.add(place, 0, path.name, "no repository that the kit reads")
            continue
        if name in found:
            unplaced.add(place, 0, path.name, f"a second copy: {found[name].path} is read")
            continue
        title = f"GovStack building-block specification: {name[3:].replace('-', ' ')}"
        new = (name, _source(f"govstack-{name}", title, "GovStack", "", name))
        repository, row = known.get(name, new)
        commit, date = versions.get(repository.lower()) or versions.get(name) or _checked_out(path)
        found[name] = Checkout(path, name, kind_of(name), row, commit, date)
    return [found[name] for name in sorted(found)]


def _candidates(folder: Path) -> list[Path]:
    """Return what may be a repository: the folder itself, what is in it, and one level below."""
    if kind_of(_plain_name(folder.absolute())):
        return [folder.absolute()]
    found = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    below = [
        inner
        for path in found
        if path.is_dir() and not path.is_symlink() and not kind_of(_plain_name(path))
        for inner in sorted(path.iterdir())
        if inner.is_dir() and kind_of(_plain_name(inner))
    ]
    return [path for path in found if path.is_dir()] + below


def _versions(folder: Path, unplaced: Unplaced) -> dict[str, tuple[str, str]]:
    """Return commit and date by repository, as the list in the folder gives them."""
    path = folder / LISTED
    if not path.is_file():
        return {}
    try:
        rows = list(csv.DictReader(io.StringIO(read_text(path), newline="")))
    except (SourceError, csv.Error) as error:
        unplaced.add(LISTED, 0, "", str(error))
        return {}
    found = {}
    for row in rows:
        repository, commit = (row.get("repository") or "").lower(), row.get("commit") or ""
        if _COMMIT.fullmatch(commit):
            date = re.match(r"\d{4}-\d\d-\d\d", row.get("committed") or "")
            version = (commit, date.group() if date else "")
            found[repository] = found[repository.rpartition("/")[2]] = version
    return found


def _checked_out(path: Path) -> tuple[str, str]:
    """Return the commit that git has checked out in a folder, without its date."""
    git = path / ".git"
    try:
        head = read_text(git / "HEAD").strip()
        if head.startswith("ref: refs/") and ".." not in head:
            reference = head.removeprefix("ref: ")
            loose = git / reference
            if loose.is_file():
                head = read_text(loose).strip()
            else:
                packed = read_text(git / "packed-refs").splitlines()
                head = next((p.split()[0] for p in packed if p.endswith(f" {reference}")), "")
    except (SourceError, IndexError):
        return "", ""
    return (head, "") if _COMMIT.fullmatch(head) else ("", "")
