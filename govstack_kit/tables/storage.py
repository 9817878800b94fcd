"""Where the bundled files are, and writing files so that they are never half there.

A file is written under another name in the same folder, forced to the disk, and then put in place
in one go: whoever looks sees the old file or the new one. Works where another program holds the
file for a moment, as virus scanners and synchronised folders on Windows do.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import time
from pathlib import Path

WINDOWS = os.name == "nt"
_PACKAGE = Path(__file__).resolve().parents[1]
TEMPORARY = ".govstack-tmp"
_TRIES, _PAUSE = 20, 0.05  # how often, and how long apart, a file is tried that somebody holds
_STALE = 3600.0  # seconds after which a temporary file is one that a killed process left
_SENTENCES = {
    errno.ENOSPC: "the disk is full",
    getattr(errno, "EDQUOT", -1): "your share of the disk is full",
    errno.EACCES: "you may not do that there",
    errno.EPERM: "you may not do that there",
    errno.EROFS: "that place can only be read",
    errno.ENOENT: "there is no such folder",
    errno.EEXIST: "a file stands where a folder is needed",
    errno.ENOTDIR: "a part of the path is not a folder",
    errno.EISDIR: "that is a folder, not a file",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EIO: "the disk reports an error",
}


def bundled(name: str) -> Path:
    """Return the bundled folder `name` (``data`` or ``notebooks``).

    An installed package carries the folder inside itself; a checkout has it beside the package.

    Examples
    --------
    >>> (bundled("data") / "datapackage.json").is_file()
    True
    """
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def said(error: OSError) -> str:
    """Return an error of the operating system in plain words.

    Examples
    --------
    >>> said(OSError(errno.ENOSPC, "No space left on device"))
    'the disk is full'
    """
    return _SENTENCES.get(error.errno or 0) or error.strerror or str(error)


def write_whole(path: Path, raw: bytes) -> None:
    """Write a file in one go; on any failure the old file stays and nothing is left behind.

    Raises
    ------
    OSError
        As the operating system says it; :func:`said` puts it in plain words.
    """
    temporary = path.parent / f".{secrets.token_hex(8)}{TEMPORARY}"
    try:
        with temporary.open("xb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(OSError):
            temporary.chmod(stat.S_IMODE(path.stat().st_mode))
        _replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    if not WINDOWS:
        with contextlib.suppress(OSError):  # some network folders cannot
            handle = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _replace(temporary: Path, path: Path) -> None:
    for attempt in range(_TRIES):
        try:
            temporary.replace(path)
        except PermissionError:
            if attempt == _TRIES - 1 or not WINDOWS:
                raise
            time.sleep(_PAUSE)
        else:
            return


def sweep(folder: Path) -> None:
    """Remove temporary files that killed processes left in a folder long ago."""
    with contextlib.suppress(OSError):
        for left in folder.glob(f".*{TEMPORARY}"):
            with contextlib.suppress(OSError):
                if not left.is_symlink() and time.time() - left.stat().st_mtime > _STALE:
                    left.unlink()
