"""The levels in a table of requirements: in a column of their own, or as markers in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from govstack_kit.sources import _requirement_levels as levels

if TYPE_CHECKING:
    from govstack_kit.sources._requirement_blocks import Block

_COLUMN = re.compile(
    r"must|should|\bmay\b|level|type|priorit|optional|requir|moscow", re.IGNORECASE
)
_TITLE_WORDS = 8  # of the name of a column
_LEVEL_LENGTH = 80  # of a cell that holds a level and perhaps a condition
_CELL_WORDS = 2  # of a cell that holds a level in other words, such as "Must not"


@dataclass
class Levels:
    """What the rows of a table say: markers by row, the header rows, the words that are none."""

    found: dict[Block, list[levels.Marker]] = field(default_factory=dict)
    headers: list[Block] = field(default_factory=list)
    refused: list[tuple[Block, str, str]] = field(default_factory=list)


def row_levels(rows: list[Block]) -> Levels:
    """Return the levels of the rows of a table, and take them out of the rows' cells."""
    read = Levels()
    header = next((row for row in rows[:2] if any(row.cells)), None)
    named = header is not None and (header.header or _is_header(header))
    names = header.cells if header and named else ()
    for row in rows:
        if row.header or row.cells == names:
            read.headers.append(row)
            continue
        found: list[levels.Marker] = []
        rest: list[str] = []
        for place, cell in enumerate(row.cells):
            marker = _cell(cell, names[place] if place < len(names) else "")
            if marker:
                found.append(marker)
                continue
            inside, refused = levels.markers(cell)
            found += inside
            read.refused += [(row, text, why) for text, why in refused]
            rest.append(levels.without(cell, inside))
        if found:
            read.found[row] = found
            row.cells = tuple(cell for cell in rest if cell)
    return read


def _is_header(row: Block) -> bool:
    """Return whether a row names columns, one of them that of the level."""
    cells = [cell for cell in row.cells if cell]
    return (
        any(_COLUMN.search(cell) for cell in cells)
        and all(len(cell.split()) <= _TITLE_WORDS for cell in cells)
        and not any(isinstance(levels.judge(cell), levels.Marker) for cell in cells)
        and not any(levels.markers(cell)[0] for cell in cells)
        and not any(_cell(cell, "level") for cell in cells)
    )


def _cell(cell: str, name: str) -> levels.Marker | None:
    """Return the level that a cell holds, in a column of that name."""
    if not cell or len(cell) > _LEVEL_LENGTH:
        return None
    verdict, words = levels.judge(cell), len(cell.split())
    if isinstance(verdict, levels.Marker):
        return verdict if words == 1 or cell.isupper() or _COLUMN.search(name) else None
    if words <= _CELL_WORDS and _COLUMN.search(name):
        verdict = levels.judge(cell.upper())
    return verdict if isinstance(verdict, levels.Marker) else None
