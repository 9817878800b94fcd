"""Rows under columns: names at the left, marks in the columns, a note at the right.

Definitions
-----------
A *band* is a headed set of rows. A *mark* stands where what a row is about is used in a column; a
row that is used by the *whole* has a hatched bar across all columns instead. Columns are headed by
arrows (steps), by upright names, or by use cases under their sectors.
"""

from __future__ import annotations

from functools import partial
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from matplotlib.patches import Polygon

from govstack_kit.views import style
from govstack_kit.views.canvas import (
    Canvas,
    Cell,
    Sample,
    column_width,
    longest_word,
    text_height,
    text_width,
    wrap,
)
from govstack_kit.views.style import GAP, HATCH, HEAD, LEADING, MARGIN, SMALL, TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from govstack_kit.views.canvas import Page

    Point = tuple[float, float]

NAMES, NOTES = 200.0, 78.0  # room for the names of rows, and for what stands at their right
MANY = 12  # more steps than these are numbered in the arrows and named in a list below
UPRIGHT = 240.0  # height of upright names, at most


class Mark(NamedTuple):
    """One mark: text in it, strength and how far it is filled (0 to 1), hatched where unknown."""

    text: str = ""
    strength: float = 1.0
    filled: float = 1.0
    hatched: bool = False
    said: str = ""  # what it means in words


class Row(NamedTuple):
    """One row: its name, its marks by number of column or what draws its middle, and its note."""

    name: str
    marks: Mapping[int, Mark] = MappingProxyType({})
    note: str = ""
    node: str = ""  # names the marks in an SVG file
    whole: bool = False
    draw: Callable[[float], object] | None = None
    said: str = ""  # the middle in words; it is written there where nothing is drawn
    colour: str = "muted"  # of the note
    bold: bool = False


class Grid(NamedTuple):
    """Where names, columns and notes are on a canvas."""

    canvas: Canvas
    names: float  # room for names
    columns: Sequence[str]  # what they are
    middles: Sequence[float]
    column: float  # width of the narrowest
    last: float  # where the last column ends
    radius: float = 6.5  # of a mark
    connected: bool = True  # the marks of a row, by a thin line

    def band(  # noqa: PLR0913 - how a band looks, by keyword
        self,
        layer: str,
        rows: Sequence[Row],
        *,
        marks: str = "",
        head: str = "",
        note_head: str = "",
        least: float = 0.0,
        padding: float = 8.0,
    ) -> None:
        """Draw rows under a head; `marks` is the layer of marks that are not of the rows' own."""
        canvas, at = self.canvas, self.last + GAP
        head = (head or style.LAYERS[layer].many).upper()
        canvas.write(MARGIN, canvas.y, head, size=HEAD, colour=layer, bold=True)
        if rows:
            canvas.write(at, canvas.y + 1, note_head, colour="muted", bold=True)
        canvas.y += HEAD * LEADING + 3
        top = canvas.y
        canvas.path([(MARGIN, top), (canvas.right, top)], layer, line=1.4, z=2)
        canvas.y += 2
        if not rows:
            canvas.write(MARGIN + 6, top + 6, style.NONE, size=TEXT, colour="muted")
            canvas.y += TEXT * LEADING + 10
        for number, row in enumerate(rows):
            look = {"colour": row.colour, "bold": row.bold}
            cells = [
                Cell(MARGIN + 6, self.names, row.name, TEXT, "", {"colour": layer}),
                Cell(at, canvas.right - at, row.note, SMALL, "", look),
            ]
            middle = canvas.row(cells, number, least, padding)
            if row.draw:
                row.draw(middle)
            elif row.said and not row.marks:
                first, width = MARGIN + self.names + GAP + 8, self.last - MARGIN - self.names - 30
                lines = wrap(row.said, width, SMALL, most=1)
                canvas.write(first, middle, lines, colour="orange", va="center")
            self._draw_marks(row, middle, marks or layer)
            told = [
                f"{self.columns[n]} {mark.said or mark.text}".strip()
                for n, mark in sorted(row.marks.items())
            ]
            told = [*told, "the whole use case" if row.whole else "", row.said, row.note]
            canvas.say(f"{row.name}: {', '.join(filter(None, told))}.")
        for x in self.middles if rows else ():
            canvas.path([(x, top), (x, canvas.y)], "guide", line=0.7)

    def _draw_marks(self, row: Row, middle: float, layer: str) -> None:
        if row.whole:
            first, width = MARGIN + self.names + GAP + 3, self.last - MARGIN - self.names
            look: Any = {"face": style.colour(layer, 0.08), "edge": style.colour(layer, 0.38)}
            look |= {"radius": 2, "line": 0.6, "hatch": HATCH, "z": 2, "gid": f"whole:{row.node}"}
            self.canvas.box(first, middle - 4.5, width - GAP - 6, 9, **look)
        if self.connected and len(row.marks) > 1:
            ends = [(self.middles[place], middle) for place in (min(row.marks), max(row.marks))]
            self.canvas.path(ends, colour=style.colour(layer, 0.45), z=2)
        for place, mark in sorted(row.marks.items()):
            gid = f"mark:{row.node}:{place + 1}"
            draw_mark(self.canvas, (self.middles[place], middle), self.radius, layer, mark, gid)

    def upright(self, layer: str, names: Sequence[str] = ()) -> None:
        """Write the names of the columns upright over them, the longest cut."""
        names = names or self.columns
        room = max(int((self.column - 4) / (SMALL * LEADING)), 1)
        length = max(96.0, min(longest_word(names, SMALL), 180.0))
        while length < UPRIGHT and any(len(wrap(n, length, SMALL)) > room for n in names):
            length += 12
        wrapped = [wrap(name, length, SMALL, most=room) for name in names]
        widths = (text_width(line, SMALL) for lines in wrapped for line in lines)
        self.canvas.y += max(widths, default=0)
        look: Any = {"colour": layer, "ha": "center", "va": "bottom", "upright": True}
        for lines, middle in zip(wrapped, self.middles, strict=True):
            self.canvas.write(middle, self.canvas.y, lines, **look)
        self.canvas.y += 10

    def legend(self, layer: str, marks: Mapping[str, Mark]) -> None:
        """Say what marks mean."""

        def draw(mark: Mark, x: float, middle: float) -> None:
            draw_mark(self.canvas, (x + self.radius, middle), self.radius, layer, mark, "")

        wide = 2 * self.radius
        self.canvas.legend([Sample(said, wide, partial(draw, marks[said])) for said in marks])


def new_grid(
    page: Page,
    names: Sequence[str],
    columns: Sequence[str],
    width: float,
    **look: Any,  # noqa: ANN401
) -> Grid:
    """Return a new canvas with columns of one width beside room for names, in the look of Grid."""
    left = _room_for(names)
    first = MARGIN + left + GAP
    last = first + width * max(len(columns), 1)
    middles = [first + width * (place + 0.5) for place in range(len(columns))]
    canvas = Canvas(page, max(last + GAP + NOTES + MARGIN, 620))
    return Grid(canvas, left, columns, middles, width, last, **look)


def _room_for(names: Sequence[str]) -> float:
    return max(column_width(names, NAMES), 90) + 12


def draw_mark(canvas: Canvas, at: Point, radius: float, layer: str, mark: Mark, gid: str) -> None:  # noqa: PLR0913, PLR0917
    """Draw a mark, round or square as its layer is, with the text in it."""
    (x, y), half = at, radius * 0.9  # of a square of the same area
    face = style.colour(layer, 0.12 if mark.hatched else 0.18 + 0.82 * mark.strength)
    look: Any = {"face": face, "edge": layer, "z": 3, "gid": gid}
    look |= {"hatch": HATCH} if mark.hatched else {}
    if style.LAYERS[layer].round:
        canvas.disc(x, y, radius, **look)
    elif mark.filled < 1:
        canvas.box(x - half, y - half, 2 * half, 2 * half, **look | {"face": "paper"})
        part = 2 * half * mark.filled
        canvas.box(x - half, y + half - part, 2 * half, part, face=layer, edge=layer, z=4)
    else:
        canvas.box(x - half, y - half, 2 * half, 2 * half, radius=half / 4, **look)
    ink: Any = {"colour": style.text_on(face), "bold": True, "ha": "center", "va": "center"}
    canvas.write(x, y, mark.text, **ink)


def elements(records: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Yield each node of some records with a name of its own and its records."""
    own: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        own.setdefault(str(record["node"]), []).append(record)
    names = style.distinct([str(of[0]["label"]) for of in own.values()], list(own))
    for name, (node, of) in zip(names, own.items(), strict=True):
        yield name, node, of


# --- heads of columns -----------------------------------------------------------------------------


def draw_chips(canvas: Canvas, goals: Sequence[dict[str, Any]]) -> None:
    """Draw goals and targets as boxes in their colours, line by line."""
    x = MARGIN
    for goal in goals:
        lines = wrap(goal["label"], canvas.right - MARGIN - 16, TEXT, bold=True, most=1)
        wide = text_width(lines[0], TEXT, bold=True) + 16
        if x > MARGIN and x + wide > canvas.right:
            x, canvas.y = MARGIN, canvas.y + 28
        look = {"face": style.colour(goal["colour"]), "radius": 4, "gid": goal["node"]}
        canvas.plate((x, canvas.y + 3), (wide, 22), lines, letters=TEXT, **look)
        canvas.say(f"{goal['label']}.")
        x += wide + 8
    canvas.y += 40 if goals else 0


def draw_arrows(
    canvas: Canvas, spans: Sequence[Point], names: Sequence[tuple[str, str]], notch: float
) -> None:
    """Draw arrows from and to some places, each tip `notch` beyond, with numbers and names."""
    bold = not any(number for number, _ in names)
    above = 0.0 if bold else HEAD * LEADING
    wrapped = [
        wrap(name, end - start - notch - 1, SMALL, bold=bold, most=6) if name else []
        for (_, name), (start, end) in zip(names, spans, strict=True)
    ]
    height = max(text_height(lines, SMALL) for lines in wrapped) + above + 13
    light: Any = {"colour": "paper", "ha": "center"}
    for (number, _), lines, (start, end) in zip(names, wrapped, spans, strict=True):
        y, middle, foot = canvas.y, canvas.y + height / 2, canvas.y + height
        points = [(start, y), (end, y), (end + notch, middle), (end, foot), (start, foot)]
        canvas.add(Polygon, [*points, (start + notch, middle)], face="step")
        x, y = (start + end + notch) / 2, middle - (above + text_height(lines, SMALL)) / 2
        canvas.write(x, y, number, size=HEAD, bold=True, **light)
        canvas.write(x, y + above, lines, bold=bold, **light)
    canvas.y += height


def step_grid(page: Page, names: Sequence[str], steps: Sequence[dict[str, Any]]) -> Grid:
    """Return a new canvas with a column for each step, wide enough for its name."""
    labels = [str(step["label"]) for step in steps]
    least = min(max(longest_word(labels, SMALL) + 15, 76), 112) if len(steps) <= MANY else 24
    width = max(least, min(660 / len(steps), 136)) if steps else 460
    return new_grid(page, names, [f"step {step['step']}" for step in steps], width)


def draw_steps(grid: Grid, steps: Sequence[dict[str, Any]]) -> None:
    """Draw steps as numbered arrows over their columns, or say that there are none."""
    canvas, notch = grid.canvas, min(9.0, grid.column / 4)
    if steps:
        starts = [middle - (grid.column + notch) / 2 + 1 for middle in grid.middles]
        spans = [(start, start + grid.column - 2.5) for start in starts]
        few = len(steps) <= MANY
        names = [(str(step["step"]), str(step["label"]) if few else "") for step in steps]
        draw_arrows(canvas, spans, names, notch)
    else:
        canvas.line("No steps are published.", size=TEXT, colour="muted")
    canvas.y += 14


def draw_step_list(canvas: Canvas, steps: Sequence[dict[str, Any]]) -> None:
    """Write the names of steps that are too many for arrows, in three columns."""
    if len(steps) <= MANY:
        return
    canvas.y += 10
    canvas.line("STEPS", size=HEAD, colour="step", bold=True)
    top = canvas.y + 6
    width, depth = (canvas.right - MARGIN) / 3, -(-len(steps) // 3)
    for place, step in enumerate(steps):
        if place % depth == 0:
            x, y = MARGIN + width * (place // depth), top
        canvas.write(x + 18, y, str(step["step"]), bold=True, ha="right")
        y = canvas.paragraph((x + 25, y), width - 40, step["label"]) + 3
        canvas.y = max(canvas.y, y)


def sector_grid(page: Page, names: Sequence[str], cases: Sequence[dict[str, Any]]) -> Grid:
    """Return a new canvas with a column for each use case, headed with its name and sector."""
    width, left, middles, sectors = max(min(560 / len(cases), 90), 45), _room_for(names), [], []
    x = MARGIN + left + GAP
    for name, group in groupby(cases, key=lambda case: str(case["sector"])):
        size = len(list(group))
        each = max(width, min(longest_word([name], SMALL, bold=True) + 8, 110) / size)
        middles += [x + each * (number + 0.5) for number in range(size)]
        sectors.append((wrap(name, each * size - 6, SMALL, bold=True), x + 1, each * size - 2))
        x += each * size + 6
    canvas = Canvas(page, x - 6 + GAP + NOTES + MARGIN)
    keys = [str(case["use_case"]) for case in cases]
    grid = Grid(canvas, left, keys, middles, width, x - 6, 9.5)
    height = max(text_height(lines, SMALL) for lines, _, _ in sectors) + 10
    for lines, start, wide in sectors:
        canvas.plate((start, canvas.y), (wide, height), lines, face="bar", radius=3)
    canvas.y += height + 8
    names = [str(case["use_case_name"]) for case in cases]
    for place, (key, middle) in enumerate(zip(keys, middles, strict=True)):
        if text_width(key, SMALL, bold=True) <= width:
            canvas.write(middle, canvas.y, key, bold=True, ha="center")
        else:  # an id too long for its column
            names[place] = f"{key}: {names[place]}"
    canvas.y += SMALL * LEADING + 4
    grid.upright("use_case", names)
    return grid
