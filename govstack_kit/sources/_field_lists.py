"""The lists of fields of one building block: their names, and which of them are the same.

Two lists are the *same* if their fields have the same names, types and demands and hold the same
lists. Lists that lead back to themselves are left as they are: where they begin to repeat is part
of what they say.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from govstack_kit.sources._schemas import inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govstack_kit.sources._interface_files import Operation
    from govstack_kit.sources._interface_parts import Part
    from govstack_kit.sources._schemas import Schemas, Top

_InList = tuple[str, bool, str, str]  # name, required, type, the list within
_Row = tuple[str, int, str, bool, str, str, str, int]


class FieldLists:
    """Gathers the lists of fields of a building block, whose short name begins all of theirs."""

    def __init__(self, block: str) -> None:
        self._block = block
        self._names: dict[tuple[int, Top], str] = {}
        self._taken: Counter[str] = Counter()
        self._lists: dict[str, list[_InList]] = {}
        self._places: dict[str, tuple[str, int]] = {}

    def of_part(self, schemas: Schemas, part: Part, operation: Operation) -> str:
        """Return the name of the list of a body's fields; nothing if it has none."""
        begun = f"{operation.method} {operation.path} {part.place}"
        left: list[tuple[str, Top]] = []
        found = self._named(schemas, part.top, begun, left)
        while left:
            name, top = left.pop()
            outer = name.partition(":")[2]
            self._places[name] = operation.api.file, operation.line
            self._lists[name] = [
                (*field[:3], self._named(schemas, field.inner, inside(outer, field.label), left))
                for field in schemas.rows(top)
            ]
        return found

    def _named(
        self, schemas: Schemas, top: Top | None, begun: str, left: list[tuple[str, Top]]
    ) -> str:
        """Return the name of a list, and note it as left to read if it is new."""
        if top is None or not schemas.rows(top):
            return ""
        known = id(schemas), top
        if known not in self._names:
            name = schemas.name(top) or begun
            self._taken[name] += 1
            again = f" ({self._taken[name]})" if self._taken[name] > 1 else ""
            self._names[known] = f"{self._block}:{name}{again}"
            left.append((self._names[known], top))
        return self._names[known]

    def same(self) -> dict[str, str]:
        """Return each list that leads to an end, with the name of the first that is the same."""
        found: dict[str, str] = {"": ""}
        first: dict[tuple[_InList, ...], str] = {}
        left, before = self._lists, -1
        while len(left) != before:
            before = len(left)
            for name, rows in left.items():
                if all(inner in found for *_, inner in rows):
                    own = tuple((*row[:3], found[row[3]]) for row in rows)
                    found[name] = first.setdefault(own, name)
            left = {name: rows for name, rows in left.items() if name not in found}
        return found

    def rows(self, same: dict[str, str]) -> Iterator[_Row]:
        """Yield the fields of all lists, those that are the same once, by name and order."""
        for name in sorted(self._lists):
            if same.get(name, name) == name:
                for order, row in enumerate(self._lists[name], start=1):
                    inner = same.get(row[3], row[3])
                    yield name, order, *row[:3], inner, *self._places[name]
