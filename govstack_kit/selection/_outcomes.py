"""The outcome for each published operation, from whatever was given as published and candidate."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from govstack_kit.errors import ArgumentError, UnknownKeyError, did_you_mean, quote
from govstack_kit.framework.framework import Framework
from govstack_kit.selection import _differences as differences
from govstack_kit.selection import _pairing as pairing
from govstack_kit.selection._bundled import of_tables
from govstack_kit.selection._counterparts import Part
from govstack_kit.selection._openapi import PARTS, Interface, read_interface
from govstack_kit.sources._interface_files import UNREAD

if TYPE_CHECKING:
    from collections.abc import Iterator

BODIES = ("request", "response")


class Outcome(NamedTuple):
    """One published operation with what stands for it, as rows of the frames ``operations``."""

    published: dict[str, Any]
    candidate: dict[str, Any]
    state: str
    score: float
    found: list[differences.Difference]
    published_parts: tuple[int, int] | None  # how many parameters and fields; None if not known
    unusable: int  # places of the candidate's files that could not be used


def outcomes(published: object, candidate: object, building_block: str | None) -> Iterator[Outcome]:
    """Yield the outcome for each published operation."""
    ours, block = _published(published, building_block)
    theirs = candidate if isinstance(candidate, Interface) else _read(candidate, "candidate")
    rows, others = _records(ours), _records(theirs)
    others.sort(key=lambda row: (row["path"], row["method"], row["file"], row["operation"]))
    parts = _Parts(ours), _Parts(theirs)
    in_full = ours.in_full and theirs.in_full
    unusable, unread = len(theirs.unusable), _unread(theirs.unusable)

    @cache
    def compared(row: int, column: int) -> differences.Compared:
        numbers = rows[row]["operation"], others[column]["operation"]
        return differences.compare(parts[0].of(numbers[0]), parts[1].of(numbers[1]))

    def agreement(row: int, column: int) -> float:
        return compared(row, column).score if in_full else 1.0

    asked = pairing.places(ours, block)
    places = pairing.places(theirs, block, asked)
    known = dict(zip(theirs.operations["operation"], places, strict=True))
    there = [known[row["operation"]] for row in others]
    for row, column, state in pairing.pair(asked, there, agreement):
        operation = rows[row] | {"building_block": block}
        own = parts[0].counted(operation["operation"]) if in_full else None
        if column is None:
            advice = f"Add {operation['method']} {operation['path']}{unread}."
            gone = [_operation("missing", 1.0, advice)]
            yield Outcome(operation, {}, state, 0.0, gone, own, unusable)
            continue
        worth = differences.NEAR if state == pairing.NEAR else 1.0
        score, found = compared(row, column) if in_full else (1.0, [])
        found = [each._replace(lost=each.lost * worth) for each in found]
        if state == pairing.NEAR:
            found.insert(0, _operation("near", 1 - worth, _offer(operation, others[column])))
        yield Outcome(operation, others[column], state, worth * score, found, own, unusable)


def _unread(unusable: pd.DataFrame) -> str:
    """Say where operations may be that seem to be missing; nothing if all paths were read."""
    why = unusable["why"].astype("str")
    paths = unusable[why.str.startswith(UNREAD)]
    if paths.empty:
        return ""
    first = paths.iloc[0]
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    where = f"{first['file']}, line {first['line']}" if first["line"] else first["file"]
    return f", unless it is in what was not read: {first['text']}{more} ({where}: {first['why']})"


def _offer(operation: dict[str, Any], there: dict[str, Any]) -> str:
    return (
        f"Offer it as {operation['method']} {operation['path']}; yours is {there['method']} "
        f"{there['path']}."
    )


def _operation(problem: str, lost: float, advice: str) -> differences.Difference:
    return differences.Difference(
        "operation", "", "required", problem, "", "", lost, 1, advice
    )  # fmt: skip


def _records(interface: Interface) -> list[dict[str, Any]]:
    rows = interface.operations.to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


class _Parts:
    """The parts of an interface by operation; only those that are asked for are taken apart."""

    def __init__(self, interface: Interface) -> None:
        frame = interface.parts
        self._columns = [frame[name].to_numpy(dtype="object") for name in list(PARTS)[1:]]
        self._at = frame.groupby("operation").indices
        named = frame[frame["name"] != ""]
        sizes = named.groupby(["operation", named["place"].isin(BODIES)]).size()
        self._sizes: dict[Any, int] = sizes.to_dict()

    def of(self, operation: int) -> list[Part]:
        """Return the parts of an operation."""
        at = self._at.get(operation, [])
        columns = (column[at].tolist() for column in self._columns) if len(at) else ()
        return [Part(*part) for part in zip(*columns, strict=True)]

    def counted(self, operation: int) -> tuple[int, int]:
        """Return how many parameters and how many fields an operation has."""
        return self._sizes.get((operation, False), 0), self._sizes.get((operation, True), 0)


def _published(subject: object, building_block: str | None) -> tuple[Interface, str]:
    """Return the published interface and the building block that it belongs to."""
    if building_block is not None and not isinstance(building_block, str):
        raise ArgumentError(f"Name a building block, for example 'payments', not {building_block}.")
    key = (building_block or "").strip()
    key = key if ":" in key or not key else f"govstack:{key}"
    if isinstance(subject, Framework):
        operations = subject.api_operations
        _check(operations, key)
        return of_tables(operations, key, subject.api_parts, subject.api_fields), key
    if isinstance(subject, pd.DataFrame):
        _check(subject, key)
        return of_tables(subject, key), key
    if isinstance(subject, (str, Path)) and key:
        # A folder with the repositories of all building blocks, as they lie beside each other.
        own = Path(subject, f"bb-{key.rpartition(':')[2]}")
        subject = own if own.is_dir() else subject
    found = subject if isinstance(subject, Interface) else _read(subject, "published interface")
    return found, key or found.building_block


def _read(subject: object, what: str) -> Interface:
    if not isinstance(subject, (str, Path)):
        raise ArgumentError(
            f"The {what} is a path or what govstack_kit.read_interface(path) returns, not "
            f"{quote(subject)}."
        )
    return read_interface(subject)


def _check(frame: pd.DataFrame, key: str) -> None:
    """Refuse a table without operations, and a building block that it does not have."""
    if missing := [n for n in ("building_block", "method", "path") if n not in frame.columns]:
        raise ArgumentError(
            f"The table has no column {', '.join(missing)}. Give the framework, or its table "
            "api_operations."
        )
    known = sorted(set(frame["building_block"].dropna().astype("str")))
    if not key:
        raise ArgumentError(
            f"Name the building block, for example building_block={known[0] if known else ''!r}; "
            f"these publish an interface: {', '.join(known)}."
        )
    if key not in known:
        raise UnknownKeyError(
            f"No interface is known of the building block {quote(key)}. "
            f"{did_you_mean(key, known) or 'These publish one: ' + ', '.join(known)}".rstrip()
        )
