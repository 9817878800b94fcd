"""What runs over time: rows with phases, bars and diamonds, and curves.

Definitions
-----------
Months run from left to right, from the start of the first phase to the horizon. Each phase has room
for its name, however short it is; within a phase months are in proportion.
"""

from __future__ import annotations

import math
from functools import partial
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from matplotlib.patches import Polygon

from govstack_kit.views import style
from govstack_kit.views.canvas import Canvas, Sample, column_width, text_width, wrap
from govstack_kit.views.grid_chart import Grid, Row, draw_arrows
from govstack_kit.views.style import GAP, HEAD, LEADING, MARGIN, SMALL
from govstack_kit.words import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from govstack_kit.views.canvas import Page

    Point = tuple[float, float]

NAMES, NOTES = 142.0, 82.0  # room for names at the left, and for notes at the right
NARROW = 57.0  # of a phase, however short it is
BAR, BAND = 17.0, 9.0  # height of what is built, and of what is there
OTHER = 0.14  # strength of blocks that are not foundational
MOST = 60  # rows of blocks, and of use cases


class Timeline(NamedTuple):
    """A canvas with the ends of phases at their places."""

    grid: Grid
    months: list[float]
    places: list[float]

    def at(self, month: float) -> float:
        """Return where a month is."""
        for (m0, m1), (x0, x1) in zip(pairwise(self.months), pairwise(self.places), strict=True):
            if month <= m1:
                return x0 + (x1 - x0) * (month - m0) / (m1 - m0)
        return self.places[-1]

    def rows(
        self,
        blocks: Sequence[dict[str, Any]],
        cases: Sequence[dict[str, Any]],
        names: Sequence[str],
    ) -> None:
        """Draw building blocks and use cases with their names, and the ends of phases."""
        canvas = self.grid.canvas
        top, rest = canvas.y, iter(names)
        for layer, rows, row_of in (
            ("building_block", blocks, self._block),
            ("use_case", cases, self._case),
        ):
            drawn = [row_of(row)._replace(name=next(rest)) for row in rows]
            self.grid.band(layer, drawn[:MOST], least=BAR)
            canvas.more(len(rows) - MOST)
            canvas.y += 12
        for place in self.places:
            canvas.path([(place, top), (place, canvas.y - 12)], "rule", line=0.8, z=0.5)
        self._legend()

    def phases(self, phases: Sequence[dict[str, Any]]) -> None:
        """Draw phases as arrows, with their months and money."""
        canvas, spans = self.grid.canvas, list(pairwise(self.places))
        top = canvas.y
        arrows = [(start + 1, end - 7) for start, end in spans[:-1]]
        draw_arrows(canvas, arrows, [("", str(phase["name"])) for phase in phases], 6)
        look: Any = {"colour": "muted", "ha": "center"}
        after = sum(spans[-1]) / 2, (top + canvas.y) / 2
        canvas.write(*after, "afterwards", va="center", **look)
        top = canvas.y + 4
        for phase, (start, end) in zip(phases, spans, strict=False):
            spent, budget = float(phase["spent"]), float(phase["budget"])
            limit = ", no limit" if math.isnan(budget) else f" of {style.amount(budget)}"
            paid = "no limit" if math.isnan(spent) else f"{style.amount(spent)}{limit}"
            canvas.say(f"{phase['name']}, until month {phase['end']:g}: {paid}.")
            stop = canvas.paragraph(((start + end) / 2, top), end - start - 3, paid, **look)
            canvas.y = max(canvas.y, stop + 4)
        canvas.scale(self.places, [f"{m:g}" if m else "month 0" for m in self.months])

    def _block(self, row: dict[str, Any]) -> Row:
        """Return the row of a building block: in which phase it is built, and from when there."""
        canvas, key, end = self.grid.canvas, row["building_block"], float(row["end"])
        there = row["status"] == "there from the start"
        cost, strength = float(row["cost"]), 1.0 if row["foundational"] else OTHER
        paid = "cost unknown" if math.isnan(cost) else style.amount(cost)

        def draw(middle: float) -> None:
            if math.isnan(end):
                self._late("not built", middle)
                return
            x, width = self.at(end), self.places[-1] - self.at(end)
            pale = style.colour("blue", 0.22)
            canvas.box(x, middle - BAND / 2, width, BAND, face=pale, gid=f"there:{key}")
            if there:
                canvas.write(x + 8, middle, "there already", va="center")
                return
            start = self.at(float(row["start"]))
            fits = text_width(paid, SMALL, bold=True) < x - start - 6
            at, size = (start + 1, middle - BAR / 2), (x - start - 2, BAR)
            _draw_built(canvas, at, size, strength, [paid] if fits else [], f"built:{key}")

        said = "there already" if there else f"built until month {end:g}, {paid}"
        said = "not built" if math.isnan(end) else said
        note = f"for {count(int(row['use_cases']), 'use case')}"
        return Row(str(row["name"]), note=note, draw=draw, said=said)

    def _case(self, row: dict[str, Any]) -> Row:
        """Return the row of a use case: from when on it is live."""
        canvas, key, month = self.grid.canvas, row["use_case"], float(row["month"])
        waits = f"waits for {row['waits_for']}" if row["blocks"] else "no building blocks yet"

        def draw(middle: float) -> None:
            if math.isnan(month):
                self._late(waits, middle)
                return
            x, first, last = self.at(month), self.places[0], self.places[-1]
            look: Any = {"face": style.colour("green", 0.3), "z": 2}
            canvas.box(x, middle - 6, last - x, 12, gid=f"live:{key}", **look)
            if x > first:
                canvas.path([(first, middle), (x, middle)], "faded", dashed=True)
            canvas.diamond(x, middle, gid=f"diamond:{key}")

        if math.isnan(month):
            return Row(str(row["name"]), note="not live", draw=draw, said=waits)
        note = f"after month {month:g}" if month else "live at once"
        return Row(str(row["name"]), note=note, draw=draw)

    def _late(self, said: str, middle: float) -> None:
        """Write why something is not there, in one line."""
        first, last = self.places[0] + 8, self.places[-1]
        lines = wrap(said, last - first - 8, SMALL, most=1)
        self.grid.canvas.write(first, middle, lines, colour="orange", va="center")

    def _legend(self) -> None:
        """Say what bars and diamonds mean."""
        canvas = self.grid.canvas

        def block(strength: float, x: float, middle: float) -> None:
            _draw_built(canvas, (x, middle - 5.5), (24, 11), strength)

        def there(x: float, middle: float) -> None:
            canvas.box(x, middle - BAND / 2, 24, BAND, face=style.colour("blue", 0.22))

        samples = (
            Sample("foundational", 24, partial(block, 1.0)),
            Sample("other block", 24, partial(block, OTHER)),
            Sample("is there", 24, there),
            Sample("goes live", 12, lambda x, middle: canvas.diamond(x + 6, middle)),
        )
        canvas.legend(samples, self.places[0])


def timeline_of(page: Page, names: Sequence[str], months: Sequence[float]) -> Timeline:
    """Return a canvas with phases as wide as they are long, but none too narrow for its name."""
    left = column_width(names, NAMES) + 6
    places = [MARGIN + left + GAP]
    lengths = [end - start for start, end in pairwise(months)]
    span = style.PAGE - MARGIN - NOTES - GAP - places[0]
    over = [max(length - math.fsum(lengths) * NARROW / span, 0) for length in lengths]
    # What is left once each phase has its least width goes to those that are longer.
    scale = max(span - NARROW * len(lengths), 0) / (math.fsum(over) or 1)
    for extra in over:
        places.append(places[-1] + NARROW + extra * scale)
    canvas = Canvas(page, max(places[-1] + GAP + NOTES + MARGIN, style.PAGE))
    return Timeline(Grid(canvas, left, (), (), 0.0, places[-1]), list(months), places)


def _draw_built(
    canvas: Canvas,
    at: Point,
    size: Point,
    strength: float,
    *said: Any,  # noqa: ANN401 - of plate
) -> None:
    look = {"face": style.colour("blue", strength), "edge": "blue", "radius": 2, "line": 1.2}
    lines, gid = said or ([], "")
    canvas.plate(at, size, lines, z=3, gid=gid, **look)


# --- curves ---------------------------------------------------------------------------------------

HEIGHT, LABELS, APART = 280.0, 132.0, 48.0  # of the curves, and of what stands at their ends


class Curve(NamedTuple):
    """A curve: its points, its look, its last value and what it is."""

    points: Sequence[tuple[float, float]]
    colour: str
    value: str
    said: str
    gid: str
    dashed: bool = False
    filled: bool = False


def draw_curves(  # noqa: PLR0913, PLR0917 - what is drawn
    canvas: Canvas,
    curves: Sequence[Curve],
    marks: Sequence[float],
    spans: Sequence[str] = (),
    signs: Mapping[tuple[float, float], str] = MappingProxyType({}),
    axis: str = "month",
) -> None:
    """Draw curves over what is counted from left to right, from the first mark to the last.

    Parameters
    ----------
    marks
        Numbers that stand beneath the curves.
    spans
        Names of what lies between two marks.
    signs
        Points on a curve with a diamond and words.
    axis
        What is counted.
    """
    levels = style.ticks(0, max(y for curve in curves for _, y in curve.points))
    low, high = marks[0], marks[-1]
    left = MARGIN + max(text_width(style.amount(n), SMALL) for n in levels) + 10
    right, base = canvas.right - LABELS, canvas.y + 10 + HEIGHT

    def place(x: float, y: float) -> tuple[float, float]:
        along = (right - left) * (x - low) / (high - low)
        return left + along, base - HEIGHT * y / levels[-1]

    for level in levels:
        _, at = place(low, level)
        canvas.path([(left, at), (right, at)], "guide" if level else "rule", z=0)
        look: Any = {"colour": "muted", "ha": "right", "va": "center"}
        canvas.write(left - 6, at, style.amount(level), **look)
    canvas.y = base + 6
    places = [place(mark, 0)[0] for mark in marks]
    for x in places:
        canvas.path([(x, base + 4), (x, base - HEIGHT)], "guide", line=0.7, z=0)
    canvas.scale(places, [f"{mark:,g}" if mark else f"{axis} 0" for mark in marks])
    _draw_spans(canvas, places, spans)
    if not spans:
        middle, look = (left + right) / 2, {"colour": "muted", "bold": True, "ha": "center"}
        canvas.write(middle, canvas.y, axis, **look)
        canvas.y += SMALL * LEADING
    above = base - HEIGHT - APART
    for curve in sorted(curves, key=lambda curve: -curve.points[-1][1]):
        line = [place(x, y) for x, y in curve.points]
        shape: Any = {"line": 2.4, "dashed": curve.dashed, "z": 3}
        if curve.filled:
            area = [*line, (line[-1][0], base), (line[0][0], base)]
            canvas.add(Polygon, area, face=style.colour(curve.colour, 0.14), gid="area")
        canvas.path(line, colour=curve.colour, gid=f"curve:{curve.gid}", **shape)
        least = base - 30 - (APART if curve is not curves[-1] and len(curves) > 1 else 0)
        above = max(above + APART, min(line[-1][1], least))
        text: Any = {"colour": curve.colour}
        canvas.write(right + 10, above - 8, curve.value, size=HEAD, bold=True, **text)
        under = right + 10, above - 8 + HEAD * LEADING
        canvas.paragraph(under, LABELS - 10, curve.said, **text)
        canvas.say(f"{curve.said}: {curve.value}.")
    covered = -LABELS
    for point, said in signs.items():
        x, y = place(*point)
        canvas.diamond(x, y, gid=f"live:{point[0]:g}")
        if x - covered > LABELS / 2:
            covered, first = x, x < left + LABELS / 2
            look = {"colour": "green", "bold": True, "ha": "left" if first else "right"}
            canvas.write(x + 12 if first else x - 9, y - 17, said, **look)
    canvas.y += 8


def _draw_spans(canvas: Canvas, places: Sequence[float], names: Sequence[str]) -> None:
    """Write the names of what lies between marks, where there is room."""
    top = canvas.y
    for (start, end), name in zip(pairwise(places), names, strict=False):
        if end - start >= NARROW:
            look: Any = {"colour": "muted", "bold": True, "ha": "center"}
            stop = canvas.paragraph(((start + end) / 2, top), end - start - 4, name, **look)
            canvas.y = max(canvas.y, stop)
