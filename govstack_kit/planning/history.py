"""The versions of a plan file that are kept beside it.

Definitions
-----------
Every saved *version* of ``kenya.govplan.json`` is a file in the folder ``.govplan-history`` beside
it, named by the time of saving (UTC), so that names sort by age. The newest 20 are kept, and the
last of each of the newest 60 days.
"""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from govstack_kit._errors import PlanFileError
from govstack_kit.planning import _writing

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = ".govplan-history"
SUFFIX = ".govplan.json"
NEWEST = 20
DAYS = 60
_FORM = "%Y%m%dT%H%M%S%fZ"
_NAME = re.compile(r"(\d{8}T\d{12}Z)\.r(\d{1,12})")


class Version(NamedTuple):
    """A kept version: when it was saved, which revision of the plan it is, and its file."""

    saved: datetime
    revision: int
    path: Path


def stem(path: Path) -> str:
    """Return the name of a plan file without its ending.

    Examples
    --------
    >>> from pathlib import Path
    >>> stem(Path("kenya.govplan.json"))
    'kenya'
    """
    return path.name.removesuffix(".json").removesuffix(".govplan")


def folder(path: Path) -> Path:
    """Return the folder with the versions of a plan file.

    Raises
    ------
    PlanFileError
        If it is a link to somewhere else.
    """
    found = path.parent / FOLDER
    if found.is_symlink():
        raise PlanFileError(
            f"{found} is a link to another place. Kept versions stay beside the plan: remove the "
            "link, or move the plan to another folder."
        )
    return found


def versions(path: Path) -> list[Version]:
    """Return the kept versions of a plan file, newest first."""
    found = []
    start = f"{stem(path)}."
    with contextlib.suppress(OSError):
        for kept in folder(path).iterdir():
            if not (kept.name.startswith(start) and kept.name.endswith(SUFFIX)):
                continue
            match = _NAME.fullmatch(kept.name[len(start) : -len(SUFFIX)])
            if match and not kept.is_symlink():
                saved = datetime.strptime(match[1], _FORM).replace(tzinfo=UTC)
                found.append(Version(saved, int(match[2]), kept))
    return sorted(found, reverse=True)


def keep(path: Path, raw: bytes, revision: int, known: list[Version]) -> Version:
    """Keep a version; `known` are those that are kept already, newest first.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    now = datetime.now(UTC)
    if known and now <= known[0].saved:  # the clock was set back
        now = known[0].saved + timedelta(microseconds=1)
    name = f"{stem(path)}.{now.strftime(_FORM)}.r{revision:06d}{SUFFIX}"
    version = Version(now, revision, folder(path) / name)
    _writing.write(version.path, raw)
    return version


def prune(known: list[Version]) -> None:
    """Remove versions, given newest first, that are neither new nor the last of their day."""
    days: set[str] = set()
    for number, version in enumerate(known):
        day = version.saved.strftime("%Y-%m-%d")
        kept = number < NEWEST or (day not in days and len(days) < DAYS)
        days.add(day)
        if not kept:
            with contextlib.suppress(OSError):
                version.path.unlink()
