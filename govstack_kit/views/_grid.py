"""Rows under columns: names at the left, marks in the columns, a note at the right.

Definitions
-----------
A *band* is a headed set of rows of one layer. A *mark* stands where the element of a row is used in
a column. A row that is used by the *whole* has a hatched bar across all columns instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from govstack_kit.views import style
from govstack_kit.views._layout import clean, text_height, text_width, wrap
from govstack_kit.views.style import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from govstack_kit.views._layout import Canvas

RADIUS, GAP = 6.5, 14.0
HATCH = "////"


class Mark(NamedTuple):
    """One mark: text in it, its strength from 0 to 1, and whether it stands for the whole."""

    text: str = ""
    strength: float = 1.0
    hatched: bool = False


class Row(NamedTuple):
    """One row: its name and id, the marks by number of column, the note, and whole or not."""

    name: str
    node: str
    marks: Mapping[int, Mark]
    note: str
    whole: bool = False


class Grid(NamedTuple):
    """Where the columns are, and how rows look."""

    name_width: float
    middles: Sequence[float]  # of the columns
    column: float  # width of the narrowest
    last: float  # where the last column ends
    right: float  # where the notes end
    radius: float = RADIUS
    padding: float = 8.0  # of a row, above and below together
    connected: bool = True  # the marks of a row, by a thin line
    marks: str = ""  # the layer that marks belong to, when it is not that of the rows
    note_head: str = ""

    @property
    def first(self) -> float:
        """Return where the first column begins."""
        return style.MARGIN + self.name_width + GAP

    @property
    def note_width(self) -> float:
        """Return the room for notes."""
        return self.right - self.last - GAP


def column_width(names: Sequence[str], most: float, *, size: float = style.TEXT) -> float:
    """Return the width that names need when none may be wider than `most`."""
    lines = (line for name in names for line in wrap(name, most, size))
    return max((text_width(line, size) for line in lines), default=0)


def draw_mark(
    canvas: Canvas, at: tuple[float, float], layer: str, mark: Mark, radius: float
) -> None:
    """Draw a mark with the text in it."""
    x, y = at
    colour = style.LAYERS[layer].colour
    face = style.tint(colour, 0.18 + 0.82 * mark.strength)
    if mark.hatched:
        light = style.tint(colour, 0.12)
        canvas.mark(x, y, radius, layer, face=light, edge=colour, hatch=HATCH, z=3)
        return
    canvas.mark(x, y, radius, layer, face=face, edge=colour, z=3)
    ink = style.text_on(face)
    canvas.write(x, y, mark.text, style.SMALL, colour=ink, bold=True, ha="center", va="center")


def draw_whole_legend(canvas: Canvas, y: float) -> float:
    """Say what hatching means; return where that ends."""
    x = style.MARGIN + 6
    canvas.box(x, y + 1.5, 28, 9, edge=style.FADED, radius=2, line=0.6, hatch=HATCH)
    text = "named for the whole use case, not for a step"
    canvas.write(x + 36, y + 6, text, style.SMALL, va="center")
    return y + 16


def _draw_row(canvas: Canvas, y: float, layer: str, row: Row, grid: Grid) -> float:
    """Draw one row and return its height."""
    colour, marks = style.LAYERS[layer].colour, grid.marks or layer
    name = wrap(row.name, grid.name_width, style.TEXT)
    note = wrap(row.note, grid.note_width, style.SMALL)
    content = max(text_height(name, style.TEXT), text_height(note, style.SMALL), 2 * grid.radius)
    height = content + grid.padding
    middle = y + height / 2
    canvas.write(style.MARGIN + 6, middle, name, colour=colour, va="center")
    if row.whole:
        canvas.box(
            grid.first + 3,
            middle - 4.5,
            grid.last - grid.first - 6,
            9,
            face=style.tint(colour, 0.08),
            edge=style.tint(colour, 0.38),
            radius=2,
            line=0.6,
            hatch=HATCH,
            z=2,
            gid=f"whole:{row.node}",
        )
    if grid.connected and len(row.marks) > 1:
        ends = [(grid.middles[place], middle) for place in (min(row.marks), max(row.marks))]
        line = style.tint(style.LAYERS[marks].colour, 0.45)
        canvas.path(ends, colour=line, line=1, z=2)
    for place, mark in sorted(row.marks.items()):
        draw_mark(canvas, (grid.middles[place], middle), marks, mark, grid.radius)
        canvas.patches[-1].set_gid(f"mark:{row.node}:{place + 1}")
    canvas.write(grid.last + GAP, middle, note, style.SMALL, colour=style.MUTED, va="center")
    return height


def draw_band(
    canvas: Canvas,
    y: float,
    layer: str,
    rows: Sequence[Row],
    grid: Grid,
) -> float:
    """Draw a headed band of rows below `y` and return where it ends."""
    colour = style.LAYERS[layer].colour
    head = style.LAYERS[layer].many
    canvas.write(style.MARGIN, y, head.upper(), style.HEAD, colour=colour, bold=True)
    if rows and grid.note_head:
        x = grid.last + GAP
        canvas.write(x, y + 1, grid.note_head, style.SMALL, colour=style.MUTED, bold=True)
    y += style.HEAD * style.LEADING + 3
    edges = [(style.MARGIN, y), (grid.right, y)]
    canvas.path(edges, colour=colour, line=1.4, z=2)
    if not rows:
        canvas.write(style.MARGIN + 6, y + 6, style.NONE, colour=style.MUTED)
        return y + style.TEXT * style.LEADING + 12
    y += 2
    for number, row in enumerate(rows):
        height = _draw_row(canvas, y, layer, row, grid)
        if number % 2 == 0:
            width = grid.right - style.MARGIN
            canvas.box(style.MARGIN, y, width, height, face=style.STRIPE, z=0)
        y += height
    for middle in grid.middles:
        guide = [(middle, edges[0][1]), (middle, y)]
        canvas.path(guide, colour=style.GUIDE, line=0.7, z=1)
    return y


def _rows_of(
    records: Sequence[dict[str, Any]],
) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Yield each node of some records with a name of its own and its records."""
    own: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        own.setdefault(str(record["node"]), []).append(record)
    names = style.distinct([str(of[0]["label"]) for of in own.values()], list(own))
    for name, (node, of) in zip(names, own.items(), strict=True):
        yield name, node, of


def journey_rows(records: Sequence[dict[str, Any]], places: dict[int, int]) -> list[Row]:
    """Return one row for each element of a layer, with a mark in each step that uses it."""
    rows = []
    for name, node, own in _rows_of(records):
        marks = {places[record["step"]]: Mark() for record in own if record["step"] in places}
        whole = any(record["step"] == 0 for record in own)
        note = f"{len(marks)} of {count(len(places), 'step')}" if marks else ""
        rows.append(Row(name, node, marks, note, whole))
    return rows


def architecture_rows(
    records: Sequence[dict[str, Any]], places: dict[str, int], most: int
) -> list[Row]:
    """Return one row for each workflow or block, those in most use cases first."""
    rows = []
    for name, node, own in _rows_of(records):
        steps = {places[record["use_case"]]: int(record["steps"]) for record in own}
        marks = {
            place: Mark(str(number), number / most) if number else Mark(hatched=True)
            for place, number in steps.items()
        }
        rows.append(Row(name, node, marks, f"{len(marks)} of {len(places)}"))
    return sorted(rows, key=lambda row: (-len(row.marks), clean(row.name)))


def matrix_rows(matrix: pd.DataFrame) -> list[Row]:
    """Return one row for each step, with a mark for each thing it uses."""
    rows = []
    for step, values in zip(matrix.index, matrix.to_numpy().tolist(), strict=True):
        marks = {place: Mark() for place, used in enumerate(values) if used}
        rows.append(Row(str(step), str(step), marks, f"{len(marks)} of {len(values)}"))
    return rows
