"""Unpacking an archive that strangers made.

Nothing is written outside the target, no link is made, and only files that readers can use are
unpacked, up to limits of count and size that no honest repository comes near. Links inside an
archive become small files that hold the name of what they lead to, as git makes them on Windows.
"""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from govstack_kit.errors import UpdateError

if TYPE_CHECKING:
    from pathlib import Path

MOST_ENTRIES = 50_000  # the largest repository has about 2,000
MOST_BYTES = 400 * 1024 * 1024  # of all files that are unpacked
LARGEST = 20 * 1024 * 1024  # bytes of one file; readers refuse larger ones
MOST_GROWTH = 200  # times that a file may be larger than it is in the archive
_GROWS = 1024 * 1024  # bytes up to which growth does not matter
_READ = (".md", ".markdown", ".yaml", ".yml", ".json", ".csv", ".txt", ".html", ".xlsx", ".mermaid")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_ENCRYPTED = 0x1
_LINK = 4096  # bytes of the name of a file


@dataclass(frozen=True)
class Unpacked:
    """What an archive says of itself, and what was left in it."""

    commit: str
    date: str
    left: list[str]


def unpack(archive: Path, target: Path) -> Unpacked:
    """Unpack what readers can use into a new folder, without the folder that holds everything.

    Parameters
    ----------
    archive
        A zip archive.
    target
        The folder to make.

    Returns
    -------
    Unpacked
        The commit that the archive is of, the date of its newest file, and files left in it: too
        large, or with the name of another.

    Raises
    ------
    UpdateError
        If the archive is damaged or dangerous; part of it may have been unpacked into `target`.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = opened.infolist()
            if len(entries) > MOST_ENTRIES:
                raise _refused(archive, f"it has {len(entries):,} files")
            for entry in entries:
                _examine(archive, entry)
            commit = opened.comment.decode("ascii", errors="replace")
            newest = max((entry.date_time[:3] for entry in entries), default=(1980, 1, 1))
            left = _unpack(opened, entries, archive, target)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UpdateError(
            f"{archive.name} is damaged or incomplete ({error}). Nothing was changed. "
            "Give the same command again to download it once more."
        ) from None
    date = f"{newest[0]:04d}-{newest[1]:02d}-{newest[2]:02d}"
    return Unpacked(commit if _COMMIT.fullmatch(commit) else "", date, left)


def _refused(archive: Path, why: str) -> UpdateError:
    return UpdateError(f"{archive.name} is not an honest archive: {why}. Nothing was changed.")


def _examine(archive: Path, entry: zipfile.ZipInfo) -> None:
    """Raise if an entry would be dangerous to unpack."""
    name = entry.orig_filename
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or re.match(r"[A-Za-z]:", name):
        raise _refused(archive, f"{name!r} leads out of the folder")
    if "\\" in name or "\0" in name:
        raise _refused(archive, f"{name!r} is no name of a file")
    if entry.flag_bits & _ENCRYPTED:
        raise _refused(archive, f"{name!r} is encrypted")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK):
        raise _refused(archive, f"{name!r} is a device")
    packed = max(entry.compress_size, 1)
    if entry.file_size > _GROWS and entry.file_size > MOST_GROWTH * packed:
        raise _refused(archive, f"{name!r} grows to {entry.file_size / packed:,.0f} times its size")


def _unpack(
    opened: zipfile.ZipFile, entries: list[zipfile.ZipInfo], archive: Path, target: Path
) -> list[str]:
    tops = {PurePosixPath(entry.filename).parts[:1] for entry in entries}
    below = 1 if len(tops) == 1 else 0
    target.mkdir(parents=True)
    left: list[str] = []
    total = 0
    for entry in entries:
        parts = PurePosixPath(entry.filename).parts[below:]
        if entry.is_dir() or not parts:
            continue
        path = target.joinpath(*parts)
        if stat.S_ISLNK(entry.external_attr >> 16):
            _check_link(opened, entry, archive, parts)
        elif not path.name.lower().endswith(_READ):
            continue
        if entry.file_size > LARGEST:
            left.append("/".join(parts))
            continue
        try:
            total += _copy(opened, entry, archive, path)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            left.append("/".join(parts))  # a second file of the name, perhaps in other capitals
        if total > MOST_BYTES:
            raise _refused(archive, f"its files have more than {MOST_BYTES / 1e6:,.0f} MB")
    return left


def _check_link(
    opened: zipfile.ZipFile, entry: zipfile.ZipInfo, archive: Path, parts: tuple[str, ...]
) -> None:
    """Raise if a link leads out of the archive."""
    if entry.file_size > _LINK:
        raise _refused(archive, f"the link {entry.filename!r} is too long")
    leads = opened.read(entry).decode("utf-8", errors="replace")
    depth = len(parts) - 1
    for part in leads.replace("\\", "/").split("/"):
        depth += -1 if part == ".." else int(part not in ("", "."))
        if depth < 0 or leads.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", leads):
            raise _refused(archive, f"the link {entry.filename!r} leads out of the folder")


def _copy(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, archive: Path, path: Path) -> int:
    """Write one file and return its size, however large the archive says that it is."""
    size = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with opened.open(entry) as source, path.open("xb") as copy:
        while piece := source.read(1 << 16):
            size += len(piece)
            if size > entry.file_size or size > LARGEST:
                raise _refused(archive, f"{entry.filename!r} is larger than it says")
            copy.write(piece)
    return size
