"""Reading and writing plan files so that nothing is ever lost.

A file is written under another name, forced to the disk and put in place in one go. Each version is
kept beside it before that. The *mark* of a file is the SHA-256 of its bytes: when it differs from
the one seen at opening, somebody else has saved the file since.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import filelock

from govstack_kit.errors import GovStackKitError, PlanConflictError, PlanFileError

if TYPE_CHECKING:
    from collections.abc import Callable

SUFFIX, HISTORY, TEMPORARY = ".govplan.json", ".govplan-history", ".govplan-tmp"
NEWEST, DAYS = 20, 60  # versions kept: the newest, and the last of so many days
LARGEST = 20_000_000
_SAFE = "Nothing is lost: the plan is still open here, and the file is as it was."
_T = TypeVar("_T")


def locate(path: str | Path) -> Path:
    """Return the full path of a plan file; the ending may be left out."""
    given = Path(path).expanduser()
    return (
        given if given.name.endswith(".json") else given.with_name(given.name + SUFFIX)
    ).absolute()


def _stem(path: Path) -> str:
    return path.name.removesuffix(".json").removesuffix(".govplan")


def mark_of(raw: bytes) -> str:
    """Return the mark of the content of a file."""
    return hashlib.sha256(raw).hexdigest()


def mark_on_disk(path: Path) -> str | None:
    """Return the mark of a file; None if it is not there."""
    raw = _read(path)
    return None if raw is None else mark_of(raw)


def encode(data: dict[str, Any]) -> bytes:
    """Return data as the bytes of a file: JSON, one row of a table a line."""
    rows = [
        json.dumps(r, ensure_ascii=False, allow_nan=False)
        for t in data["resources"]
        for r in t["data"]
    ]
    count = iter(range(len(rows)))
    bare = data | {
        "resources": [
            t | {"data": [f"@row{next(count)}@" for _ in t["data"]]} for t in data["resources"]
        ]
    }
    parts = json.dumps(bare, ensure_ascii=False, allow_nan=False, indent=1).split('"@row')
    lines = [parts[0], *(rows[int(p.split("@", 1)[0])] + p.split('@"', 1)[1] for p in parts[1:])]
    return ("".join(lines) + "\n").encode("utf-8", errors="replace")


def decode(raw: bytes) -> dict[str, Any]:
    """Return the data of a file.

    Raises
    ------
    ValueError
        If it is no plan; the message says why.
    """
    if len(raw) > LARGEST:
        raise ValueError("it is too large")
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(data, dict) or not isinstance(data.get("resources"), list):
        raise ValueError("it is not a plan of this version: it has no tables")  # noqa: TRY004
    return data


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PlanFileError(f"{path} cannot be read: {error.strerror}.") from None


def versions(path: Path) -> list[Path]:
    """Return the kept versions of a plan file, newest first."""
    found = (path.parent / HISTORY).glob(f"{_stem(path)}.*{SUFFIX}")
    return sorted((p for p in found if p.name.count(".") >= 3), reverse=True)  # noqa: PLR2004


def read(path: Path, build: Callable[[dict[str, Any]], _T]) -> tuple[_T, str | None, str]:
    """Return a plan, its mark and a notice; if the file is damaged, the newest version that is not.

    Raises
    ------
    PlanFileError
        If neither the file nor a kept version can be used.
    """
    raw, problem = _read(path), "it is gone"
    mark = None if raw is None else mark_of(raw)
    kept = versions(path)
    if raw is None and not kept:
        raise PlanFileError(f"There is no plan file {path}.")
    for place, file in enumerate([path, *kept]):
        try:
            found = build(decode(_read(file) or b""))
        except (ValueError, GovStackKitError) as error:
            problem = problem if place else str(error)
            continue
        notice = (
            f"{path.name} cannot be used: {problem}. Opened instead: the version {file.name}. The file is untouched until you save."
            if place
            else ""
        )
        return found, mark, notice
    raise PlanFileError(
        f"{path} cannot be used: {problem}. None of its {len(kept)} kept versions can either."
    )


def _put(path: Path, raw: bytes) -> None:
    """Write a file in one go; on any failure the old one stays and nothing is left behind."""
    temporary = path.parent / f".{secrets.token_hex(8)}{TEMPORARY}"
    try:
        with temporary.open("xb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    if os.name != "nt":
        handle = os.open(path.parent, os.O_RDONLY)
        with contextlib.suppress(OSError):  # some network folders cannot
            os.fsync(handle)
        os.close(handle)


def _keep(path: Path, raw: bytes, revision: int) -> None:
    """Keep a version, and remove those that are neither new nor the last of their day."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    _put(path.parent / HISTORY / f"{_stem(path)}.{now}.r{revision:06d}{SUFFIX}", raw)
    days: set[str] = set()
    for number, file in enumerate(versions(path)):
        day = file.name[len(_stem(path)) + 1 :][:8]
        if number >= NEWEST and (day in days or len(days) >= DAYS):
            file.unlink(missing_ok=True)
        days.add(day)


def write(path: Path, raw: bytes, *, mark: str | None, revision: int) -> None:
    """Write a plan file, keeping what it replaces.

    Raises
    ------
    PlanConflictError
        If the file has changed since `mark` was seen; `raw` is then saved beside it.
    PlanFileError
        If nothing could be written; the file is as before.
    """
    try:
        (path.parent / HISTORY).mkdir(exist_ok=True)
        with filelock.FileLock(path.parent / HISTORY / ".lock", timeout=10):
            before = _read(path)
            if before is not None and mark_of(before) != mark:
                now = datetime.now().astimezone().strftime("%Y-%m-%d %H%M%S")
                beside = path.with_name(f"{_stem(path)} (conflict {now}){SUFFIX}")
                _put(beside, raw)
                raise PlanConflictError(
                    f"{path.name} was saved by another window or person, so it was not overwritten. This version is {beside.name!r}. Bring both together with Plan.merge.",
                    beside,
                )
            _keep(path, raw, revision)
            _put(path, raw)
    except filelock.Timeout:
        raise PlanFileError(f"Another window is saving the plan. {_SAFE} Try again.") from None
    except OSError as error:
        if isinstance(error, PlanFileError):
            raise
        raise PlanFileError(
            f"{path} could not be saved: {error.strerror or error}. {_SAFE}"
        ) from None
