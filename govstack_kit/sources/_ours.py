"""What the installed tables say of a published row: our summaries, titles, notes, corrections.

While tables are put together their rows are plain texts by column, as in a CSV file.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from govstack_kit.framework import schema
from govstack_kit.framework.framework import to_cells

if TYPE_CHECKING:
    from collections.abc import Iterable

    from govstack_kit.framework.framework import Framework
    from govstack_kit.sources._reading import Unplaced

Row = dict[str, str]
NEW_TEXT = "New in the published source; see its text."
NEW = "New in the published source: not yet described by the kit"


def fingerprint(text: str) -> str:
    r"""Return what a text is known by, whatever its line breaks and capitals.

    Examples
    --------
    >>> fingerprint("A  Text\n") == fingerprint("a text")
    True
    """
    return hashlib.sha256(" ".join(text.lower().split()).encode()).hexdigest()[:12]


def joined(*notes: str) -> str:
    """Return notes as one, each once."""
    parts = [part for note in notes for part in note.split("; ") if part]
    return "; ".join(dict.fromkeys(parts))


def key_of(table: str, row: Row) -> tuple[str, ...]:
    """Return the key of a row."""
    return tuple(row[name] for name in schema.table(table).key)


def records(framework: Framework) -> dict[str, list[Row]]:
    """Return every table of a framework as rows of texts."""
    found = {}
    for name, table in schema.tables().items():
        cells = to_cells(getattr(framework, name), table)
        found[name] = [dict(zip(table.columns, row, strict=True)) for row in cells]
    return found


class Ours:
    """The installed tables, by key."""

    def __init__(self, installed: Framework) -> None:
        self.tables = records(installed)
        self._by_key = {
            name: {key_of(name, row): row for row in rows} for name, rows in self.tables.items()
        }
        self._errata: dict[tuple[str, str, str], list[Row]] = {}
        for row in self.tables["errata"]:
            place = row["table"], row["column"], row["printed"]
            self._errata.setdefault(place, []).append(row)

    def row(self, table: str, *key: str) -> Row:
        """Return the installed row with a key; empty if there is none."""
        return self._by_key[table].get(key, {})

    def of_source(self, table: str, source: str) -> list[Row]:
        """Return the installed rows of a source."""
        return [row for row in self.tables[table] if row.get("source") == source]

    def corrected(self, table: str, key: str, column: str, printed: str) -> str:
        """Return a printed value as the errata correct it, those of the row before others."""
        found = self._errata.get((table, column, printed), []) if printed else []
        found = [row for row in found if row["corrected"]]
        best = [row for row in found if row["key"] == key] or found
        return best[0]["corrected"] if best else printed


def fit(table: str, row: Row, unplaced: Unplaced, place: tuple[str, int]) -> Row | None:
    """Return a row with every column, as the schema allows it; nothing if it does not.

    What an optional column cannot hold is noted and left out; what a required one cannot, leaves
    out the row.
    """
    whole: Row = {}
    for field in schema.table(table).fields:
        value = row.get(field.name, "")
        pattern = field.descriptor.get("constraints", {}).get("pattern", "")
        wrong = bool(value) and (
            (bool(field.enum) and value not in field.enum)
            or (bool(pattern) and not re.search(pattern, value))
        )
        if (wrong or not value) and field.required:
            why = f"the kit has no place for this {field.name.replace('_', ' ')}"
            unplaced.add(*place, value or row.get("name", ""), why)
            return None
        if wrong:
            unplaced.add(*place, value, f"the kit has no such {field.name}")
        whole[field.name] = "" if wrong else value
    return whole


def once(table: str, rows: Iterable[Row]) -> list[Row]:
    """Return rows without those whose key was there before."""
    found: dict[tuple[str, ...], Row] = {}
    for row in rows:
        found.setdefault(key_of(table, row), row)
    return list(found.values())
