"""What is different between two sets of tables, and two versions brought together.

Definitions
-----------
Rows are the same when their keys are. A *change* is a row added, removed or moved, or a cell with
another value. In a merge both versions are compared with the one that they came from: what only one
of them changed is taken over. Where both changed one cell, or one removed what the other changed,
there is a *conflict*: what `ours` says is kept, the other is named. Without a common origin an
empty cell counts as not changed. A table that is decided as a ``whole`` is taken from one version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit import words
from govstack_kit.tables import overlay
from govstack_kit.tables.package import records, text_of
from govstack_kit.tables.validate import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from govstack_kit.tables.schema import Schema, Table

    Row = dict[str, Any]
    Rows = dict[str, Row]
    Tables = Mapping[str, pd.DataFrame]

CHANGES = ["table", "row", "column", "change", "before", "after"]
CONFLICTS = ["table", "row", "column", "kept", "other"]
REMOVED = "removed in the other version"


def _rows(frame: pd.DataFrame | None, table: Table | None) -> Rows:
    """Return the rows of a table by key, in their order."""
    if frame is None or frame.empty:
        return {}
    keys = joined(frame, table.key if table else map(str, frame))
    return dict(zip(keys, records(frame), strict=True))


def difference(before: Tables, after: Tables, schema: Schema) -> pd.DataFrame:
    """Return the changes from one set of tables to another.

    Returns
    -------
    pandas.DataFrame
        One row a change: ``table``; ``row`` (its key) and ``column``, empty where the whole row or
        table changed; ``change`` (added, removed, changed or moved); ``before`` and ``after``.
    """
    found: list[tuple[str, str, str, str, str, str]] = []
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) is after.get(name):
            continue
        table = schema.get(name)
        old, new = _rows(before.get(name), table), _rows(after.get(name), table)
        label = table.label if table else ""
        found += [
            (name, key, "", "removed", text_of(row.get(label)), "")
            for key, row in old.items()
            if key not in new
        ]
        for key, row in new.items():
            if key not in old:
                found.append((name, key, "", "added", "", text_of(row.get(label))))
                continue
            for column in dict.fromkeys([*old[key], *row]):
                was, now = text_of(old[key].get(column)), text_of(row.get(column))
                if was != now:
                    found.append((name, key, column, "changed", was, now))
        both, order = [k for k in new if k in old], [k for k in old if k in new]
        if table and table.order and both != order:
            found.append((name, "", "", "moved", ", ".join(order), ", ".join(both)))
    return pd.DataFrame(found, columns=CHANGES, dtype="str")


def merge(
    ours: Tables, theirs: Tables, origin: Tables | None, schema: Schema
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return two versions of tables brought together, and the conflicts as a frame.

    Two rows whose keys are alike only by chance stay two: both are new, with other labels, and
    nothing that belongs to them is in both versions.
    """
    theirs = _apart(ours, theirs, origin or {}, schema)
    run = _Merge(known=origin is not None)
    found = {}
    for name in dict.fromkeys([*ours, *theirs]):
        if theirs.get(name) is ours.get(name):
            found[name] = ours[name]
            continue
        table = schema.get(name)
        sides = [_rows(tables.get(name), table) for tables in (ours, theirs, origin or {})]
        mix = run.whole if table and table.given.get("whole") else run.rows
        like = ours[name] if name in ours else theirs[name]
        columns = list(dict.fromkeys([*like, *theirs.get(name, like)]))
        frame = pd.DataFrame(mix(name, *sides), columns=columns, dtype=object)
        found[name] = frame.astype({c: like[c].dtype for c in columns if c in like})
    return found, pd.DataFrame(run.conflicts, columns=CONFLICTS, dtype="str")


class _Merge:
    """A merge of tables, with the conflicts found so far."""

    def __init__(self, *, known: bool) -> None:
        self.known = known  # whether there is a version that both came from
        self.conflicts: list[tuple[str, str, str, str, str]] = []

    def whole(self, name: str, ours: Rows, theirs: Rows, origin: Rows) -> list[Row]:
        """Return the rows of one version."""
        if theirs not in (ours, origin) and ours != origin:
            self.conflicts.append((name, "", "", "; ".join(ours), "; ".join(theirs)))
        return list(theirs.values() if ours == origin else ours.values())

    def rows(self, name: str, ours: Rows, theirs: Rows, origin: Rows) -> list[Row]:
        """Return the rows of both versions, each after the one that it follows in its own."""
        gone = set()
        for side, other in ((ours, theirs), (theirs, ours)):
            for key in (key for key in side if key not in other and key in origin):
                if side[key] == origin[key]:
                    gone.add(key)
                else:  # one version removed what the other changed
                    self.conflicts.append((name, key, "", key, REMOVED))
        both = [key for key in origin if key in ours and key in theirs]
        moved = both != [key for key in ours if key in both]
        first, second = (ours, theirs) if moved or not self.known else (theirs, ours)
        kept = [key for key in first if key not in gone]
        place = 0 if any(key in first for key in second) else len(kept)
        for key in (key for key in second if key not in gone):
            if key in kept:
                place = kept.index(key) + 1
            else:
                kept.insert(place, key)
                place += 1
        return [
            self.cells(name, key, ours[key], theirs[key], origin.get(key, {}))
            if key in ours and key in theirs
            else ours.get(key) or theirs[key]
            for key in kept
        ]

    def cells(self, name: str, key: str, ours: Row, theirs: Row, origin: Row) -> Row:
        """Return the cells of a row that is in both versions."""
        found = {}
        for column in dict.fromkeys([*ours, *theirs]):
            mine, other, was = (row.get(column) for row in (ours, theirs, origin))
            found[column] = other if mine == was else mine
            if other not in (mine, was) and mine != was:
                self.conflicts.append((name, key, column, text_of(mine), text_of(other)))
        return found


def _apart(ours: Tables, theirs: Tables, origin: Tables, schema: Schema) -> Tables:
    """Return their tables with new keys for rows that share a key with ours by chance."""
    for table in schema.values():
        made = table.columns[table.key[0]].given.get("made", {"within": ""})
        if "within" in made or theirs.get(table.name) is ours.get(table.name):
            continue
        old, new, was = (_rows(tables.get(table.name), table) for tables in (ours, theirs, origin))
        for key in (key for key in new if key in old and key not in was):
            labels = {words.fold(str(row[key].get(table.label))) for row in (old, new)}
            belong = [set(_belonging(tables, schema, table.name, key)) for tables in (ours, theirs)]
            if len(labels) > 1 and not belong[0] & belong[1]:
                apart = words.slug(key, taken={*old, *new})
                theirs = overlay.renamed(theirs, schema, table.name, key, apart)
    return theirs


def _belonging(tables: Tables, schema: Schema, name: str, key: str) -> Iterable[tuple[str, str]]:
    """Yield the rows that name a row."""
    for other, column, _ in schema.named_in(name):
        if (frame := tables.get(other)) is not None and column in frame:
            rows = frame[frame[column] == key]
            yield from ((other, text) for text in joined(rows, schema[other].key))
