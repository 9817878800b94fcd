"""Writing a file so that it is never half there, and one writer at a time.

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
from typing import TYPE_CHECKING

from govstack_kit._errors import PlanFileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WINDOWS = os.name == "nt"
TEMPORARY = ".govplan-tmp"
_TRIES = 20  # attempts to replace a file that another program holds open
_PAUSE = 0.05  # seconds between them
_STALE = 3600.0  # seconds after which a temporary file is one that a killed process left
_WAIT = 10.0  # seconds to wait for another writer
_SENTENCES = {
    errno.ENOSPC: "the disk is full",
    getattr(errno, "EDQUOT", -1): "your share of the disk is full",
    errno.EACCES: "you may not do that there",
    errno.EPERM: "you may not do that there",
    errno.EROFS: "that place can only be read",
    errno.ENOENT: "there is no such folder",
    errno.ENOTDIR: "a part of the path is not a folder",
    errno.EISDIR: "that is a folder, not a file",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EIO: "the disk reports an error",
}


def said(error: OSError) -> str:
    """Return an error of the operating system in plain words.

    Examples
    --------
    >>> said(OSError(errno.ENOSPC, "No space left on device"))
    'the disk is full'
    """
    return _SENTENCES.get(error.errno or 0) or error.strerror or str(error)


def _replace(temporary: Path, path: Path) -> None:
    for attempt in range(_TRIES):
        try:
            os.replace(temporary, path)  # noqa: PTH105 - replaced in tests
        except PermissionError:
            if attempt == _TRIES - 1 or not WINDOWS:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _sync_folder(folder: Path) -> None:
    """Force the name of a new file to the disk, where the system knows how."""
    if WINDOWS:
        return
    with contextlib.suppress(OSError):  # some network folders cannot
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write(path: Path, raw: bytes) -> None:
    """Write a file in one go; on any failure the old file stays and nothing is left behind.

    Raises
    ------
    OSError
        As the operating system says it.
    """
    temporary = path.parent / f".{secrets.token_hex(8)}{TEMPORARY}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(temporary, flags, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
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
    _sync_folder(path.parent)


def sweep(folder: Path) -> None:
    """Remove temporary files that killed processes left in a folder long ago."""
    now = time.time()
    with contextlib.suppress(OSError):
        for left in folder.glob(f".*{TEMPORARY}"):
            with contextlib.suppress(OSError):
                if not left.is_symlink() and now - left.stat().st_mtime > _STALE:
                    left.unlink()


def _try_lock(handle: int) -> bool:
    try:
        if WINDOWS:
            import msvcrt  # noqa: PLC0415 - only there

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl  # noqa: PLC0415 - not on Windows

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # Folders that know no locks, as some on the network, work without.
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


@contextlib.contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Wait until nobody else holds the lock `path`, and hold it; the system frees it on a crash.

    Raises
    ------
    PlanFileError
        If somebody else keeps it.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    try:
        end = time.monotonic() + _WAIT
        while not _try_lock(handle):
            if time.monotonic() > end:
                raise PlanFileError(
                    "The plan could not be saved: another window or program has been saving it "
                    f"for {_WAIT:.0f} seconds. The plan is still open here; try again."
                )
            time.sleep(0.01)
        yield
    finally:
        os.close(handle)
