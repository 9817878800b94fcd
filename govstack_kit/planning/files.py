"""Reading and writing plan files so that nothing is ever lost.

Definitions
-----------
A plan file is JSON in UTF-8, one value a line, at most 20 MB. It is *damaged* when it cannot be
read as a plan. The *mark* of a file is the SHA-256 of its bytes: when the mark differs from the one
seen at opening, somebody else has saved the file since.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from govstack_kit._errors import PlanConflictError, PlanError, PlanFileError
from govstack_kit.planning import _writing, history

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST = 20 * 1024 * 1024  # bytes
DEEPEST = 100  # lists and groups within each other; the kit itself needs seven
_SAFE = "Nothing is lost: the plan is still open here, and the file is as it was before."
_T = TypeVar("_T")


@dataclass
class Opened(Generic[_T]):
    """A plan file as read: what it holds, its mark, and what the reader should know."""

    value: _T
    path: Path
    mark: str | None
    notices: list[str] = field(default_factory=list)


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
            given = given.with_name(given.name + history.SUFFIX)
        return given.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise PlanFileError(f"{str(path)[:200]!r} is not the name of a file: {error}.") from None


def mark_of(raw: bytes) -> str:
    """Return the mark of a file's content."""
    return hashlib.sha256(raw).hexdigest()


def mark_on_disk(path: Path) -> str | None:
    """Return the mark of a file as it stands, or None if there is none that can be read."""
    try:
        raw = read_bytes(path)
    except PlanFileError:
        return None
    return None if raw is None else mark_of(raw)


def encode(data: dict[str, Any]) -> bytes:
    """Return the data of a plan as the bytes of its file.

    Examples
    --------
    >>> print(encode({"title": "رسوم"}).decode().strip())
    {
      "title": "رسوم"
    }
    """
    text = json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)
    return text.encode("utf-8", errors="backslashreplace") + b"\n"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise PlanError(f"it says {twice[:60]!r} twice in one place")
    return found


def _no_number(name: str) -> float:
    raise PlanError(f"it has {name} where a number belongs")


def decode(raw: bytes) -> dict[str, Any]:
    """Return the data in the bytes of a plan file.

    Raises
    ------
    PlanError
        If they are damaged; the message completes a sentence: "… cannot be used: " + message.
    """
    if len(raw) > LARGEST:
        raise PlanError(f"it is larger than {LARGEST // 1024**2} MB")
    if not raw.strip(b"\0 \r\n\t"):
        raise PlanError("it is empty")
    data = _parsed(raw)
    if not isinstance(data, dict):
        raise PlanError("it is not a plan: a plan file starts with {")
    if _depth(data) > DEEPEST:
        raise PlanError("it is nested too deeply")
    if b"\\ud" in raw.lower():  # an escape may stand for half a letter, which no text can hold
        text = json.dumps(data, ensure_ascii=False).encode("utf-8", errors="replace")
        data = json.loads(text)
    return data  # type: ignore[no-any-return]


def _parsed(raw: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return json.loads(raw.decode(encoding), object_pairs_hook=_once, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise PlanError("it is not text in UTF-8") from None
    except json.JSONDecodeError as error:
        raise PlanError(
            f"it is not complete JSON: line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    except RecursionError:
        raise PlanError("it is nested too deeply") from None
    except PlanError:
        raise
    except ValueError as error:  # a number with too many digits
        raise PlanError(f"it has a value that cannot be read: {error}") from None


def _depth(data: dict[str, Any]) -> int:
    """Return how many lists and groups stand within each other, at most one more than allowed."""
    depth = 0
    level: list[Any] = [data]
    while level and depth <= DEEPEST:
        depth += 1
        inner = (part.values() if isinstance(part, dict) else part for part in level)
        level = [v for values in inner for v in values if isinstance(v, dict | list)]
    return depth


def read_bytes(path: Path) -> bytes | None:
    """Return the bytes of a file, or None if there is none.

    Raises
    ------
    PlanFileError
        If there is something that cannot be read.
    """
    try:
        if path.is_dir():
            raise PlanFileError(f"{path} is a folder. Name the plan file in it.")
        if path.stat().st_size > LARGEST:
            return b"\0" * (LARGEST + 1)
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        if isinstance(error, PlanFileError):
            raise
        raise PlanFileError(f"{path} cannot be read: {_writing.said(error)}.") from None


def read(path: Path, build: Callable[[dict[str, Any]], _T]) -> Opened[_T]:
    """Read a plan file; if it is damaged or gone, the newest kept version that is not.

    Parameters
    ----------
    path
        The file.
    build
        Makes a plan of the data, or raises PlanError.

    Raises
    ------
    PlanFileError
        If neither the file nor any kept version can be used.
    """
    raw = read_bytes(path)
    known = history.versions(path)
    if raw is None and not known:
        near = sorted(p.name for p in path.parent.glob(f"*{history.SUFFIX}"))[:10]
        there = f" In this folder: {', '.join(near)}." if near else ""
        raise PlanFileError(f"There is no plan file {path}.{there}")
    problem = "it is gone"
    if raw is not None:
        try:
            return Opened(build(decode(raw)), path, mark_of(raw))
        except PlanError as error:
            problem = str(error).rstrip(".")
    mark = None if raw is None else mark_of(raw)
    for version in known:
        try:
            kept = build(decode(read_bytes(version.path) or b""))
        except (PlanError, PlanFileError):
            continue
        notice = (
            f"{path.name} cannot be used: {problem}. Opened instead: the newest good version, "
            f"saved {local(version.saved)} (revision {version.revision}). The file is untouched "
            "until you save; then a copy of it goes to the kept versions."
        )
        return Opened(kept, path, mark, [notice])
    kept_there = (
        f"None of the {len(known)} kept versions in {history.folder(path)} can be used either."
        if known
        else f"No version was kept beside it ({history.folder(path)})."
    )
    raise PlanFileError(f"{path} cannot be used: {problem}. {kept_there}")


def local(moment: datetime) -> str:
    """Return a moment as the clock on the wall shows it."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _free_name(path: Path, what: str) -> Path:
    now = datetime.now().astimezone().strftime("%Y-%m-%d %H%M")
    for number in range(1, 1000):
        extra = f" {number}" if number > 1 else ""
        free = path.with_name(f"{history.stem(path)} ({what} {now}{extra}){history.SUFFIX}")
        if not free.exists():
            return free
    raise PlanFileError(f"There are too many files like {path.name} in {path.parent}.")


def _put(path: Path, raw: bytes, revision: int, before: bytes | None) -> None:
    """Write file and kept version; what stands there now is kept too, if it is not yet."""
    known = history.versions(path)
    if before is not None and len(before) > LARGEST:  # no plan, so it is set aside as it is
        path.rename(_free_name(path, "too large"))
    elif before is not None and not (known and read_bytes(known[0].path) == before):
        known.insert(0, history.keep(path, before, max(revision - 1, 0), known))
    known.insert(0, history.keep(path, raw, revision, known))
    _writing.write(path, raw)
    history.prune(known)


def write(path: Path, raw: bytes, *, mark: str | None, revision: int) -> None:
    """Write a plan file, keeping what it replaces.

    Parameters
    ----------
    path
        The file.
    raw
        What to write.
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
    if len(raw) > LARGEST:
        raise PlanFileError(
            f"The plan has {len(raw) / 1024**2:.0f} MB, a plan file may have "
            f"{LARGEST // 1024**2} MB. Shorten texts or split it into several plans. {_SAFE}"
        )
    try:
        folder = history.folder(path)
        folder.mkdir(exist_ok=True)
        with _writing.only_writer(folder / ".lock"):
            _writing.sweep(path.parent)
            _writing.sweep(folder)
            before = read_bytes(path)
            if before is not None and mark_of(before) != mark:
                _refuse(path, raw, revision, opened=mark is not None)
            _put(path, raw, revision, before)
    except PlanFileError:
        raise
    except OSError as error:
        raise PlanFileError(
            f"{path} could not be saved: {_writing.said(error)}. {_SAFE} Free some space, or save "
            "it in another folder with plan.save('folder/name')."
        ) from None


def _refuse(path: Path, raw: bytes, revision: int, *, opened: bool) -> NoReturn:
    if not opened:
        raise PlanFileError(
            f"There is a file {path} already, which this plan was not opened from. Open that one "
            f"with Plan.open, or save this one under another name. {_SAFE}"
        )
    free = _free_name(path, "conflict")
    _put(free, raw, revision, None)
    raise PlanConflictError(
        f"{path.name} was saved by another window or person since it was opened here, so it was "
        f"not overwritten. This version is saved as {free.name!r} in the same folder, and goes on "
        "being saved there. Bring the two together with Plan.merge.",
        free,
    )
