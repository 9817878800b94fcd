"""What is different between two sets of tables, and two versions brought together.

Definitions
-----------
Rows are the same when their keys are. A *change* is a row added, removed or moved, or a cell with
another value. In a merge both versions are compared with the one that they came from: what only one
of them changed is taken over. Where both changed one cell, or one removed what the other changed,
there is a *conflict*: what `ours` says is kept, the other is named. Without a common origin an
empty cell counts as not changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit.tables.package import records, text_of
from govstack_kit.tables.validate import joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from govstack_kit.tables.schema import Schema, Table

CHANGES = ["table", "row", "column", "change", "before", "after"]
CONFLICTS = ["table", "row", "column", "kept", "other"]
Rows = dict[str, dict[str, Any]]


def _rows(frame: pd.DataFrame | None, table: Table | None) -> Rows:
    if frame is None or frame.empty:
        return {}
    key = table.key if table else tuple(frame)
    return dict(zip(joined(frame, key), records(frame), strict=True))


def _table(schema: Schema, name: str) -> Table | None:
    return schema[name] if name in schema else None


def difference(
    before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame], schema: Schema
) -> pd.DataFrame:
    """Return the changes from one set of tables to another, as a frame."""
    found: list[tuple[str, str, str, str, str, str]] = []
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) is after.get(name):
            continue
        table = _table(schema, name)
        old, new = _rows(before.get(name), table), _rows(after.get(name), table)
        label = table.label if table else ""
        found += [
            (name, k, "", "removed", text_of(row.get(label)), "")
            for k, row in old.items()
            if k not in new
        ]
        for key, row in new.items():
            if key not in old:
                found.append((name, key, "", "added", "", text_of(row.get(label))))
                continue
            for column in dict.fromkeys([*old[key], *row]):
                was, now = text_of(old[key].get(column)), text_of(row.get(column))
                if was != now:
                    found.append((name, key, column, "changed", was, now))
        both = [key for key in new if key in old]
        if table and table.order and both != [key for key in old if key in new]:
            found.append(
                (name, "", "", "moved", ", ".join(k for k in old if k in new), ", ".join(both))
            )
    return pd.DataFrame(found, columns=CHANGES, dtype="str")


def merge(
    ours: Mapping[str, pd.DataFrame],
    theirs: Mapping[str, pd.DataFrame],
    origin: Mapping[str, pd.DataFrame] | None,
    schema: Schema,
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return two versions of tables brought together, and the conflicts as a frame."""
    conflicts: list[tuple[str, str, str, str, str]] = []
    found = {}
    for name in dict.fromkeys([*ours, *theirs]):
        if theirs.get(name) is ours.get(name):
            found[name] = ours[name]
            continue
        table = _table(schema, name)
        sides = [_rows(tables.get(name), table) for tables in (ours, theirs, origin or {})]
        rows = _merged(
            name, sides[0], sides[1], sides[2] if origin is not None else None, conflicts
        )
        like = ours[name] if name in ours else theirs[name]
        columns = list(dict.fromkeys([*like, *theirs.get(name, like)]))
        frame = pd.DataFrame(rows, columns=columns, dtype=object)
        found[name] = frame.astype({c: like[c].dtype for c in columns if c in like})
    return found, pd.DataFrame(conflicts, columns=CONFLICTS, dtype="str")


def _merged(
    name: str,
    ours: Rows,
    theirs: Rows,
    origin: Rows | None,
    conflicts: list[tuple[str, str, str, str, str]],
) -> list[dict[str, Any]]:
    old = origin or {}
    removed = "removed in the other version"
    gone = set()
    for side, other in ((ours, theirs), (theirs, ours)):
        for key in (key for key in side if key not in other and key in old):
            if side[key] == old[key]:
                gone.add(key)
            else:  # one version removed what the other changed
                conflicts.append((name, key, "", key, removed))
    both = [key for key in old if key in ours and key in theirs]
    moved = both != [key for key in ours if key in both]
    first, second = (ours, theirs) if moved or origin is None else (theirs, ours)
    kept = [key for key in first if key not in gone]
    place = 0
    for key in (key for key in second if key not in gone):
        if key in kept:
            place = kept.index(key) + 1
        else:
            kept.insert(place, key)
            place += 1
    return [
        _cells(
            name,
            key,
            ours.get(key),
            theirs.get(key),
            None if origin is None else old.get(key),
            conflicts,
        )
        for key in kept
    ]


def _cells(
    name: str,
    key: str,
    ours: dict[str, Any] | None,
    theirs: dict[str, Any] | None,
    origin: dict[str, Any] | None,
    conflicts: list[tuple[str, str, str, str, str]],
) -> dict[str, Any]:
    if ours is None or theirs is None:
        return ours or theirs or {}
    found = {}
    for column in dict.fromkeys([*ours, *theirs]):
        mine, other = ours.get(column), theirs.get(column)
        was = origin.get(column) if origin is not None else None
        found[column] = mine
        if mine == other or other == was:
            continue
        if mine == was:
            found[column] = other
        else:
            conflicts.append((name, key, column, text_of(mine), text_of(other)))
    return found
