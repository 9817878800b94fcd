"""The interface of a building block as the tables of the framework hold it.

``api_operations`` has the operations, ``api_parts`` their parameters and bodies, ``api_fields`` the
fields of bodies in lists, in which a field names the list of those within it. Here each body gets
its fields in full, as it does when the published file itself is read.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from govstack_kit.selection._openapi import OPERATIONS, PARTS, Interface
from govstack_kit.sources._reading import Unplaced, table
from govstack_kit.sources._schemas import Field, expanded

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

_KEY = ("building_block", "file", "method", "path")
_InList = tuple[str, bool, str, str | None]  # name, required, type, the list within


def of_tables(
    operations: pd.DataFrame,
    building_block: str,
    parts: pd.DataFrame | None = None,
    fields: pd.DataFrame | None = None,
) -> Interface:
    """Return the interface of a block from the tables; without `parts` it has operations only."""
    wanted = ("method", "path", "base", "file", "operation", "form", "also_in")
    own = operations[operations["building_block"] == building_block]
    rows = [
        (number, method.upper(), path, base, file, 0, name, kind, False, also_in)
        for number, (method, path, base, file, name, kind, also_in) in enumerate(
            _texts(own.reindex(columns=list(wanted)))
        )
    ]
    known = [] if parts is None else list(_parts(rows, building_block, parts, fields))
    return Interface(
        name=f"the bundled operations of {building_block}",
        building_block=building_block,
        in_full=bool(known),
        operations=table(rows, OPERATIONS),
        parts=table(known, PARTS),
        unusable=Unplaced().frame(),
    )


def _texts(frame: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a frame as texts, empty where there is nothing."""
    cells = frame.astype("object").fillna("").astype("str")
    return cells.itertuples(index=False, name=None)


def _parts(
    operations: list[tuple[int, str, str, str, str, int, str, str, bool, str]],
    building_block: str,
    parts: pd.DataFrame,
    fields: pd.DataFrame | None,
) -> Iterator[tuple[object, ...]]:
    """Yield the parts of each operation, as in the frame of an interface."""
    own = parts[parts["building_block"] == building_block].sort_values("order", kind="stable")
    columns = ["file", "method", "path", "place", "name", "type", "status", "media", "field_list"]
    printed: dict[tuple[str, ...], list[tuple[bool, tuple[str, ...]]]] = defaultdict(list)
    for required, row in zip(own["required"].tolist(), _texts(own[columns]), strict=True):
        printed[row[:3]].append((required, row[3:]))
    lists = _lists(fields)

    @cache
    def below(kind: str, field_list: str) -> list[Field]:
        top = field_list or None
        return expanded(kind, top, lambda name: lists.get(name, []), _ignore)

    for number, method, path, _, file, *_ in operations:
        for required, row in printed.get((file, method, path), ()):
            place, name, kind, status, media, field_list = row
            whole, *inner = below(kind, field_list)
            yield number, place, name, required, whole.type, status, media
            for field in inner:
                yield number, place, *field, "", ""


def _lists(fields: pd.DataFrame | None) -> dict[str, list[_InList]]:
    """Return the lists of fields by their names."""
    found: dict[str, list[_InList]] = defaultdict(list)
    if fields is not None:
        ordered = fields.sort_values("order", kind="stable")
        texts = _texts(ordered[["field_list", "name", "type", "inner_list"]])
        for required, row in zip(ordered["required"].tolist(), texts, strict=True):
            field_list, name, kind, inner = row
            found[field_list].append((name, required, kind, inner or None))
    return found


def _ignore(_name: str, _why: str) -> None:
    """Leave what is too much as it is: its type says that it is not seen."""
