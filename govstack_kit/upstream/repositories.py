"""Where upstream is: the repositories that are read, copies of them in a folder, downloads.

A folder is laid out as ``ORG/REPO/…`` or simply as ``REPO/…``; names may end in a branch, as in the
archives that one downloads from a website. The version is the commit that ``SOURCES.csv`` of the
folder gives (columns ``repository``, ``commit``, ``committed``), or that ``.git`` has checked out.

Archives are kept in a cache, named after what the server calls this version of them, so that only
what is new is downloaded.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import sys
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pandas as pd

from govstack_kit.errors import UpdateError, needed
from govstack_kit.interfaces.plain_files import SourceError, read_text
from govstack_kit.tables.package import csv_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Note = Callable[[str, int, str, str], None]
    Row = dict[str, str]

LISTED = "SOURCES.csv"
USE_CASES, SPECIFICATION, SHARED = "use cases", "specification", "shared specification"
REGISTRY, ATLAS = "registry", "atlas"
_KINDS = {
    "product-use-cases": USE_CASES,
    "specifications": SHARED,
    "cfr-architecture": SHARED,
    "publicgoods-candidates": REGISTRY,
    "dpg-dpi-govstack-map": ATLAS,
}
_LICENCES = {"Apache License": "Apache-2.0", "MIT License": "MIT"}
_BRANCH = re.compile(r"[-_](?:main|master|develop|head|v?\d+(?:\.\d+)+(?:-\w+)?|[0-9a-f]{7,40})$")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHOWN = 12  # digits of a commit in a version
SERVER = "https://github.com"
VARIABLE = "GOVSTACK_KIT_UPSTREAM"
CACHE = "GOVSTACK_KIT_CACHE"
RETRIES = 2  # after the first attempt
TIMEOUT = (15, 60)  # seconds to connect, and without a byte
LARGEST = 500_000_000  # bytes of one archive, and of all that is unpacked from it
MOST_FILES = 50_000  # the largest repository has about 2,000
_ADVICE = (
    "Check the network, HTTPS_PROXY if there is a proxy, and REQUESTS_CA_BUNDLE on a network with "
    "certificates of its own; then give the same command again, or read copies that you have: "
    "govstack-kit update --from FOLDER. What has been downloaded is kept for the next attempt; the "
    "tables are unchanged."
)
_READ = (".md", ".markdown", ".yaml", ".yml", ".json", ".csv", ".txt", ".html", "license")


def files(folder: Path, *endings: str) -> Iterator[Path]:
    """Yield the regular files below a folder with one of some endings, sorted, without links."""
    for place, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            if name.lower().endswith(endings) and path.is_file() and not path.is_symlink():
                yield path


def building_block_of(name: str) -> str:
    """Return the building block that a repository is of.

    Examples
    --------
    >>> building_block_of("bb-payments-main")
    'govstack:payments'
    """
    return f"govstack:{_plain_name(name).removeprefix('bb-')}"


# --- copies in a folder ---------------------------------------------------------------------------


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


def kind_of(name: str) -> str:
    """Return what a repository of that name holds; empty if nothing that is read."""
    block = name.startswith("bb-") and "template" not in name
    return SPECIFICATION if block else _KINDS.get(name, "")


def known_repositories(addresses: Iterable[str]) -> dict[str, str]:
    """Return the repositories that are read, by ``ORG/REPO``, each with its address."""
    found = {}
    for url in addresses:
        path = urlsplit(url).path.strip("/").removesuffix(".git")
        if url.startswith(SERVER) and kind_of(path.partition("/")[2].lower()):
            found[path] = url
    return dict(sorted(found.items()))


def _plain_name(name: str) -> str:
    return _BRANCH.sub("", name.lower())


def find_checkouts(folder: Path, sources: Iterable[Row], note: Note) -> list[Checkout]:
    """Return the repositories in a folder, by name; second copies are noted."""
    rows = {row["url"]: row for row in sources}
    known = {
        repository.partition("/")[2].lower(): (repository, rows[url])
        for repository, url in known_repositories(rows).items()
    }
    versions = _versions(folder, note)
    found: dict[str, Checkout] = {}
    for path in _candidates(folder):
        name = _plain_name(path.name)
        if name in found:
            place = path.relative_to(folder.parent).as_posix()
            note(place, 0, path.name, f"a second copy: {found[name].path} is read")
            continue
        new = {"source": f"govstack-{name}", "publisher": "GovStack", "url": ""}
        new["licence"] = _licence(path)
        new["title"] = f"GovStack building-block specification: {name[3:].replace('-', ' ')}"
        new |= {"note": "version is the first twelve digits of the commit"}
        repository, row = known.get(name, (name, new))
        version = versions.get(repository.lower()) or versions.get(name) or _checked_out(path)
        found[name] = Checkout(path, name, kind_of(name), row, *version)
    return [found[name] for name in sorted(found)]


def _licence(path: Path) -> str:
    """Return the licence that the first lines of a file LICENSE name; empty if not known."""
    try:
        text = read_text(path / "LICENSE")[:200]
    except SourceError:
        return ""
    return next((licence for name, licence in _LICENCES.items() if name in text), "")


def _candidates(folder: Path) -> list[Path]:
    """Return the repositories: the folder itself, or those in it, or one level below."""
    if kind_of(_plain_name(folder.name)):
        return [folder]
    found: list[Path] = []
    for path in (*sorted(folder.glob("*")), *sorted(folder.glob("*/*"))):
        linked = path.is_symlink() or path.parent.is_symlink() or path.parent in found
        if path.is_dir() and not linked and kind_of(_plain_name(path.name)):
            found.append(path)
    return found


def _versions(folder: Path, note: Note) -> dict[str, tuple[str, str]]:
    """Return commit and date by repository, as the list in the folder gives them."""
    found: dict[str, tuple[str, str]] = {}
    try:
        text = read_text(folder / LISTED) if (folder / LISTED).is_file() else ""
    except SourceError as error:
        note(LISTED, 0, "", str(error))
        text = ""
    for row in csv.DictReader(io.StringIO(text, newline="")):
        repository, commit = (row.get("repository") or "").lower(), row.get("commit") or ""
        if _COMMIT.fullmatch(commit):
            date = re.match(r"\d{4}-\d\d-\d\d|", row.get("committed") or "")
            version = (commit, date.group() if date else "")
            found[repository] = found[repository.rpartition("/")[2]] = version
    return found


def _checked_out(path: Path) -> tuple[str, str]:
    """Return the commit that git has checked out in a folder, without its date."""
    try:
        head = read_text(path / ".git" / "HEAD").strip()
        if head.startswith("ref: "):
            head = read_text(path / ".git" / head.removeprefix("ref: ")).strip()
    except SourceError:
        return "", ""
    return (head, "") if _COMMIT.fullmatch(head) else ("", "")


# --- downloads ------------------------------------------------------------------------------------


class _Progress:
    """Draws how much of an archive has arrived, for pooch, and stops what has no end."""

    def __init__(self, name: str) -> None:
        self.total, self._done, self._name = 0, 0, name

    def update(self, size: int) -> None:
        """Add `size` bytes."""
        self._done += size
        if self._done > LARGEST:
            raise UpdateError(
                f"The archive of {self._name} has more than {LARGEST / 1e6:,.0f} MB, which no "
                "repository has that the kit reads. Nothing was changed."
            )
        self._draw(f"{self._name} {self._done / 1e6:6.1f} MB ")

    def reset(self) -> None:
        """Start anew; called when an archive is whole."""
        self._done = 0

    def close(self) -> None:
        """Remove what has been drawn."""
        self._draw("")

    @staticmethod
    def _draw(text: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{text}")


@contextmanager
def downloaded(repositories: list[str], say: Callable[[str], None]) -> Iterator[Path]:
    """Download and unpack repositories, into a folder that is removed at the end.

    Raises
    ------
    UpdateError
        If the network cannot be reached, nothing could be had, or an archive is damaged.
    """
    pooch, versions = needed("pooch"), []
    pooch.get_logger().setLevel("CRITICAL")  # what it would say, we say
    named = os.environ.get(CACHE, "").strip()
    cache = Path(named).expanduser() if named else Path(pooch.os_cache("govstack-kit"))
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="unpacked-", dir=cache) as place:
        for number, repository in enumerate(repositories, start=1):
            found, happened = _archive(repository, cache)
            say(f"{number}/{len(repositories)} {repository}{happened}")
            if found:
                versions.append((repository, *_unpack(found, Path(place, repository))))
        if not versions:
            raise UpdateError(
                "None of the repositories could be downloaded, so nothing was changed. Try again "
                "later, or read copies that you have: govstack-kit update --from FOLDER"
            )
        listed = pd.DataFrame(versions, columns=["repository", "commit", "committed"])
        Path(place, LISTED).write_bytes(csv_bytes(listed))
        yield Path(place)


def _archive(repository: str, cache: Path) -> tuple[Path | None, str]:
    """Return the newest archive of a repository, and what happened."""
    pooch, requests = needed("pooch"), needed("requests")
    server = (os.environ.get(VARIABLE, "").strip() or SERVER).rstrip("/")
    url = f"{server}/{repository}/archive/HEAD.zip"
    plain = re.sub(r"[^A-Za-z0-9._-]", "-", repository)
    try:
        answer = requests.head(url, allow_redirects=True, timeout=TIMEOUT)
        answer.raise_for_status()
        tag = answer.headers.get("ETag", "").encode()
        path = cache / f"{plain}-{hashlib.sha256(tag).hexdigest()[:12]}.zip"
        if tag and path.is_file():
            return path, ": unchanged since the last download"
        for old in cache.glob(f"{plain}-*.zip"):
            old.unlink(missing_ok=True)
        progress, headers = _Progress(repository), {"User-Agent": "govstack-kit"}
        get = pooch.HTTPDownloader(progressbar=progress, headers=headers, timeout=TIMEOUT)
        archives = pooch.create(cache, "", registry={path.name: None}, urls={path.name: url})
        archives.retry_if_failed = RETRIES
        archives.fetch(path.name, downloader=get)
    except requests.HTTPError as error:
        return None, f" was skipped: the server says HTTP {error.response.status_code}."
    except requests.RequestException as error:
        why = f"There is no connection to {server}, or it broke off ({type(error).__name__})"
        raise UpdateError(f"{why}. {_ADVICE}") from None
    return path, f": {path.stat().st_size / 1e6:.1f} MB"


def _unpack(archive: Path, target: Path) -> tuple[str, str]:
    """Unpack what is read, without the folder around it; return commit and date.

    ``zipfile`` writes nothing outside the target and makes no links: one that is in the archive
    becomes a small file that holds the name of what it leads to, as git makes them on Windows.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [e for e in opened.infolist() if e.filename.lower().endswith(_READ)]
            size = sum(entry.file_size for entry in entries)
            if len(entries) > MOST_FILES or size > LARGEST:
                much = f"{len(entries):,} files of {size / 1e6:,.0f} MB"
                raise UpdateError(
                    f"{archive.name} has {much}, far more than any repository. Nothing was changed."
                )
            for entry in entries:
                entry.filename = str(PurePosixPath(*PurePosixPath(entry.filename).parts[1:]))
                opened.extract(entry, target)
            commit = opened.comment.decode("ascii", errors="replace")
            newest = max((entry.date_time[:3] for entry in entries), default=(1980, 1, 1))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        archive.unlink(missing_ok=True)
        raise UpdateError(
            f"{archive.name} is damaged or incomplete ({error}). Nothing was changed. "
            "Give the same command again to download it once more."
        ) from None
    return commit if _COMMIT.fullmatch(commit) else "", "{:04d}-{:02d}-{:02d}".format(*newest)
