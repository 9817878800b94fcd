"""What differs between two sets of tables, and which plans it touches.

A *change* is a row that was added or removed, or a cell of a row that is in both; rows are known
by their key. A plan is *affected* where it names what was changed or removed: any text in the file
that is the identifier of such a row, or all parts of the key of a link.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit.framework import schema
from govstack_kit.framework.framework import to_cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

COLUMNS = ["table", "change", "key", "column", "before", "after"]
PLANS = ["plan", "table", "change", "key"]
JOINT = " | "
_SHOWN = 5  # keys named for each kind of change
_LARGEST = 50 * 1024 * 1024  # bytes of a plan


def compare(before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return every change between two sets of tables.

    Parameters
    ----------
    before, after
        A frame for every table of the schema.

    Returns
    -------
    pandas.DataFrame
        In the order of the tables: ``table``, ``change`` (added, removed or changed), ``key`` with
        its parts joined by " | ", and for a changed cell ``column``, ``before`` and ``after``.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> old = {name: getattr(framework, name) for name in schema.tables()}
    >>> new = old | {"sdg_goals": old["sdg_goals"].replace("Zero Hunger", "No Hunger")}
    >>> compare(old, new)[["table", "key", "column", "after"]].values.tolist()
    [['sdg_goals', '2', 'name', 'No Hunger']]
    """
    rows: list[tuple[str, ...]] = []
    for name, table in schema.tables().items():
        old, new = _by_key(before[name], table), _by_key(after[name], table)
        rows += [(name, "added", key, "", "", "") for key in new if key not in old]
        rows += [(name, "removed", key, "", "", "") for key in old if key not in new]
        rows += [
            (name, "changed", key, column, was, now)
            for key, cells in new.items()
            if key in old
            for column, was, now in zip(table.columns, old[key], cells, strict=True)
            if was != now
        ]
    return pd.DataFrame(rows, columns=COLUMNS, dtype="str")


def _by_key(frame: pd.DataFrame, table: schema.Table) -> dict[str, list[str]]:
    places = [table.columns.index(name) for name in table.key]
    return {JOINT.join(row[place] for place in places): row for row in to_cells(frame, table)}


def described(changes: pd.DataFrame) -> Iterator[str]:
    """Yield changes as lines to read: each table with its counts and its first few keys.

    Examples
    --------
    >>> found = pd.DataFrame([("steps", "added", "AGR-2.9", "", "", "")], columns=COLUMNS)
    >>> list(described(found))
    ['steps: 1 added', '    added: AGR-2.9']
    """
    for table, found in changes.groupby("table", sort=False):
        kinds = {
            change: _named(found[found["change"] == change])
            for change in ("added", "removed", "changed")
        }
        counts = [f"{len(keys)} {change}" for change, keys in kinds.items() if keys]
        yield f"{table}: {', '.join(counts)}"
        for change, keys in kinds.items():
            if keys:
                shown = [
                    f"{key} ({', '.join(what)})" if what else key for key, what in keys.items()
                ]
                more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
                yield f"    {change}: {'; '.join(shown[:_SHOWN])}{more}"


def _named(changes: pd.DataFrame) -> dict[str, list[str]]:
    """Return the keys of some changes, each with what changed in its row."""
    found: dict[str, list[str]] = {}
    for row in changes.to_dict("records"):
        found.setdefault(row["key"], []).extend(filter(None, [_cell(row)]))
    return found


def _cell(row: Mapping[Any, Any]) -> str:
    """Return a changed cell in words: names and levels in full, longer texts by their column."""
    if row["column"] in ("name", "level", "version", "status", "stage"):
        return f"{row['column']}: “{row['before']}” → “{row['after']}”"
    return str(row["column"])


def affected(changes: pd.DataFrame, folder: Path) -> tuple[pd.DataFrame, list[str]]:
    """Return which plans in a folder name a row that was changed or removed.

    Parameters
    ----------
    changes
        As :func:`compare` returns them.
    folder
        Where plans are looked for: its files whose names end in ``.govplan.json``.

    Returns
    -------
    tuple of pandas.DataFrame and list of str
        ``plan``, ``table``, ``change`` and ``key``, sorted; and a sentence for each plan that
        cannot be read.
    """
    touched = changes[changes["change"] != "added"].drop_duplicates(["table", "change", "key"])
    rows, unread = [], []
    for path in sorted(folder.glob("*.govplan.json")) if folder.is_dir() else ():
        try:
            if path.stat().st_size > _LARGEST:
                raise ValueError("larger than any plan")  # noqa: TRY301 - one way to say it
            words = set(_words(json.loads(path.read_text(encoding="utf-8-sig"))))
        except (OSError, ValueError, RecursionError) as error:
            unread.append(f"{path.name} could not be searched ({str(error).splitlines()[0]}).")
            continue
        rows += [
            (path.name, row["table"], row["change"], row["key"])
            for row in touched.to_dict("records")
            if words.issuperset(row["key"].split(JOINT))
        ]
    return pd.DataFrame(rows, columns=PLANS, dtype="str"), unread


def _words(value: object) -> Iterator[str]:
    """Yield every text in a JSON document, also the names of its entries."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, dict):
            yield from found
            waiting += found.values()
        elif isinstance(found, list):
            waiting += found
