"""Reading and writing plan files so that nothing is ever lost.

Definitions
-----------
A plan file is a data package in JSON, UTF-8, one row of a table a line, at most 20 MB. It is
*damaged* when it cannot be read as a plan. The *mark* of a file is the SHA-256 of its bytes: when
the mark differs from the one seen at opening, somebody else has saved the file since. Each version
that is written is *kept* in a folder beside the file: the newest ones, and the last one of a day.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from govstack_kit.errors import GovStackKitError, PlanConflictError, PlanFileError
from govstack_kit.tables import storage

if TYPE_CHECKING:
    from collections.abc import Callable

SUFFIX, HISTORY = ".govplan.json", ".govplan-history"
NEWEST, DAYS = 20, 60  # kept versions: the newest, and the last of so many days
LARGEST = 20 * 1024 * 1024  # bytes
PATIENCE = 10.0  # seconds to wait for another writer
_SAFE = "Nothing is lost: the plan is still open here, and the file is as it was before."
_STAMP = "%Y%m%dT%H%M%S%fZ"
_T = TypeVar("_T")


@dataclass(frozen=True)
class Version:
    """A kept version of a plan file."""

    saved: datetime
    revision: int
    path: Path


# --- names and bytes ------------------------------------------------------------------------------


def locate(path: str | Path) -> Path:
    """Return the full path of a plan file, with the ending ``.govplan.json`` if it has none.

    Examples
    --------
    >>> locate("kenya").name, locate("kenya.json").name
    ('kenya.govplan.json', 'kenya.json')
    """
    try:
        given = Path(path).expanduser()
        if not given.name.lower().endswith(".json"):
            given = given.with_name(given.name + SUFFIX)
        return given.resolve()
    except (OSError, RuntimeError, ValueError, TypeError) as error:
        raise PlanFileError(f"{str(path)[:200]!r} is not the name of a file: {error}.") from None


def stem(path: Path) -> str:
    """Return the name of a plan file without its ending.

    Examples
    --------
    >>> stem(Path("kenya.govplan.json"))
    'kenya'
    """
    return path.name.removesuffix(".json").removesuffix(".govplan")


def free_path(folder: Path, name: str, what: str = "") -> Path:
    """Return the path of a plan file in a folder that is not there yet.

    Examples
    --------
    >>> free_path(Path("nowhere"), "kenya", " (conflict)").name
    'kenya (conflict).govplan.json'
    """
    names = (f"{name}{what}{f' {n}' if n > 1 else ''}{SUFFIX}" for n in range(1, 10_000))
    return next(folder / free for free in names if not (folder / free).exists())


def mark_of(raw: bytes) -> str:
    """Return the mark of a file's content."""
    return hashlib.sha256(raw).hexdigest()


def mark_on_disk(path: Path) -> str | None:
    """Return the mark of a file as it stands, or None if there is none that can be read."""
    try:
        raw = _read_bytes(path)
    except PlanFileError:
        return None
    return None if raw is None else mark_of(raw)


def _read_bytes(path: Path) -> bytes | None:
    """Return the bytes of a file, at most one more than a plan may have; None if there is none."""
    try:
        if path.exists() and not path.is_file():
            raise PlanFileError(f"{path} is no file. Name the plan file itself.")
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        if isinstance(error, PlanFileError):
            raise
        raise PlanFileError(f"{path} cannot be read: {storage.said(error)}.") from None


def encode(data: dict[str, Any]) -> bytes:
    """Return the data of a plan as the bytes of its file, one row of a table a line."""
    rows = iter(
        json.dumps(row, ensure_ascii=False, allow_nan=False)
        for table in data["resources"]
        for row in table["data"]
    )
    mark = f"@{hashlib.sha256(repr(data).encode('utf-8', errors='replace')).hexdigest()}@"
    bare = [table | {"data": [mark] * len(table["data"])} for table in data["resources"]]
    text = json.dumps(data | {"resources": bare}, ensure_ascii=False, allow_nan=False, indent=1)
    text = re.sub(f'"{mark}"', lambda _: next(rows), text)
    return text.encode("utf-8", errors="replace") + b"\n"


def decode(raw: bytes) -> dict[str, Any]:
    """Return the data in the bytes of a plan file.

    Raises
    ------
    ValueError
        If they are damaged; the message completes a sentence: "… cannot be used: " + message.
    """
    if len(raw) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST // 1024**2} MB")
    if not raw.strip(b"\0 \r\n\t"):
        raise ValueError("it is empty")
    try:
        data = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError:
        raise ValueError("it is not text in UTF-8") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"it is not complete JSON: {where}: {error.msg}") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if isinstance(data, dict) and "schema_version" in data:
        raise ValueError("it is of a form from before the first release, which is not read")
    tables = data.get("resources") if isinstance(data, dict) else None
    if not isinstance(tables, list) or not all(map(_is_table, tables)):
        raise ValueError("it is no plan: a plan file is a data package with rows in its tables")
    found: dict[str, Any] = data
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"it has {name} where a number belongs")


def _is_table(table: object) -> bool:
    rows = table.get("data") if isinstance(table, dict) else None
    named = isinstance(table, dict) and isinstance(table.get("name"), str)
    return named and isinstance(rows, list) and all(isinstance(row, dict) for row in rows)


# --- kept versions --------------------------------------------------------------------------------


def versions(path: Path) -> list[Version]:
    """Return the kept versions of a plan file, newest first."""
    name = re.escape(stem(path))
    form = re.compile(rf"{name}\.(\d{{8}}T\d{{12}}Z)\.r(\d+){re.escape(SUFFIX)}")
    found = []
    for file in (path.parent / HISTORY).glob(f"*{SUFFIX}"):
        if match := form.fullmatch(file.name):
            saved = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
            found.append(Version(saved, int(match[2]), file))
    return sorted(found, key=lambda version: version.saved, reverse=True)


def _keep(path: Path, raw: bytes, revision: int) -> None:
    """Keep a version; it counts as newer than the others, whatever the clock says."""
    known = versions(path)
    now = datetime.now(UTC)
    if known and now <= known[0].saved:
        now = known[0].saved + timedelta(microseconds=1)
    name = f"{stem(path)}.{now.strftime(_STAMP)}.r{revision:06d}{SUFFIX}"
    storage.write_whole(path.parent / HISTORY / name, raw)


def prune(known: list[Version]) -> None:
    """Remove versions that are neither among the newest nor the last of their day."""
    days: set[object] = set()
    for number, version in enumerate(known):
        day = version.saved.date()
        if number >= NEWEST and (day in days or len(days) >= DAYS):
            version.path.unlink(missing_ok=True)
        days.add(day)


# --- reading and writing --------------------------------------------------------------------------


def read(path: Path, build: Callable[[dict[str, Any]], _T]) -> tuple[_T, str | None, str]:
    """Return a plan, its mark and a notice; if the file is damaged, the newest version that is not.

    Parameters
    ----------
    path
        The file.
    build
        Makes a plan of the data of a file, or raises an error of the kit.

    Raises
    ------
    PlanFileError
        If neither the file nor a kept version can be used.
    """
    raw, kept = _read_bytes(path), versions(path)
    if raw is None and not kept:
        near = sorted(file.name for file in path.parent.glob(f"*{SUFFIX}"))[:10]
        there = f" In this folder: {', '.join(near)}." if near else ""
        raise PlanFileError(f"There is no plan file {path}.{there}")
    mark, problem = None if raw is None else mark_of(raw), "it is gone"
    if raw is not None:
        try:
            return build(decode(raw)), mark, ""
        except (ValueError, GovStackKitError) as error:
            problem = str(error).rstrip(".")
    for version in kept:
        try:
            found = build(decode(_read_bytes(version.path) or b""))
        except (ValueError, GovStackKitError, OSError):
            continue
        notice = (
            f"{path.name} cannot be used: {problem}. Opened instead: the newest good version, "
            f"saved {version.saved.astimezone():%Y-%m-%d %H:%M:%S} (revision {version.revision}). "
            "The file is untouched until you save; then a copy of it goes to the kept versions."
        )
        return found, mark, notice
    none = (
        f"None of the {len(kept)} kept versions in {path.parent / HISTORY} can be used either."
        if kept
        else "No version was kept beside it."
    )
    raise PlanFileError(f"{path} cannot be used: {problem}. {none}")


def write(path: Path, raw: bytes, *, mark: str | None, revision: int) -> None:
    """Write a plan file, keeping what it replaces.

    Parameters
    ----------
    path, raw
        The file, and what to write.
    mark
        The mark that the file had when it was last read or written; None if there was none.
    revision
        The revision of the plan.

    Raises
    ------
    PlanConflictError
        If the file has changed since; `raw` is then saved beside it.
    PlanFileError
        If nothing could be written; the file is as before.
    """
    import filelock  # noqa: PLC0415 - only where something is saved

    if len(raw) > LARGEST:
        raise PlanFileError(
            f"The plan has {len(raw) / 1024**2:.0f} MB, a plan file may have "
            f"{LARGEST // 1024**2} MB. Shorten texts or split it into several plans. {_SAFE}"
        )
    history = path.parent / HISTORY
    try:
        history.mkdir(exist_ok=True)
        if history.is_symlink():
            raise PlanFileError(f"{history} is a link to another place. Remove it. {_SAFE}")
        with filelock.FileLock(history / ".lock", timeout=PATIENCE):
            storage.sweep(path.parent)
            storage.sweep(history)
            before = _read_bytes(path)
            if before is not None and mark_of(before) != mark:
                _refuse(path, raw, revision, opened=mark is not None)
            if before is not None and len(before) <= LARGEST:
                _keep_what_is_there(path, before, revision)
            _keep(path, raw, revision)
            storage.write_whole(path, raw)
            prune(versions(path))
    except filelock.Timeout:
        raise PlanFileError(
            "The plan could not be saved: another window or program has been saving it for "
            f"{PATIENCE:.0f} seconds. {_SAFE} Try again."
        ) from None
    except OSError as error:
        if isinstance(error, PlanFileError):
            raise
        raise PlanFileError(
            f"{path} could not be saved: {storage.said(error)}. {_SAFE} Free some space, or save "
            "it in another folder with plan.save('folder/name')."
        ) from None


def _keep_what_is_there(path: Path, before: bytes, revision: int) -> None:
    known = versions(path)
    if not known or _read_bytes(known[0].path) != before:
        _keep(path, before, max(revision - 1, 0))


def _refuse(path: Path, raw: bytes, revision: int, *, opened: bool) -> NoReturn:
    if not opened:
        raise PlanFileError(
            f"There is a file {path} already, which this plan was not opened from. Open that one "
            f"with Plan.open, or save this one under another name. {_SAFE}"
        )
    now = datetime.now().astimezone().strftime("%Y-%m-%d %H%M")
    beside = free_path(path.parent, stem(path), f" (conflict {now})")
    _keep(beside, raw, revision)
    storage.write_whole(beside, raw)
    raise PlanConflictError(
        f"{path.name} was saved by another window or person since it was opened here, so it was "
        f"not overwritten. This version is saved as {beside.name!r} in the same folder, and goes "
        "on being saved there. Bring the two together with Plan.merge.",
        beside,
    )
