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
from govstack_kit.views.canvas import Canvas, Sample, column_width, text_width
from govstack_kit.views.grid_chart import Grid, Row, draw_arrows
from govstack_kit.views.style import GAP, HEAD, LEADING, MARGIN, SMALL
from govstack_kit.words import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from govstack_kit.views.canvas import Page

    Point = tuple[float, float]

NAMES, NOTES = 142.0, 94.0  # room for names at the left, and for notes at the right
NARROW = 57.0  # of a phase, however short it is
BAR, BAND = 17.0, 9.0  # height of what is built, and of what is there
OTHER = 0.14  # strength of blocks that are not foundational
_OPEN: Any = {"va": "center", "colour": "orange"}  # safeguards
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

    def rows(self, layer: str, rows: Sequence[dict[str, Any]]) -> None:
        """Draw building blocks, use cases or steps, with the ends of phases behind them."""
        canvas, top = self.grid.canvas, self.grid.canvas.y
        row_of = {"building_block": self._block, "step": self._step}.get(layer, self._case)
        self.grid.band(layer, [row_of(row) for row in rows[:MOST]], least=BAR)
        for place in self.places:
            canvas.path([(place, top), (place, canvas.y)], "rule", line=0.8, z=0.5)
        canvas.more(len(rows) - MOST)
        canvas.y += 12

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
            x, width = self.at(end), self.places[-1] - self.at(end)
            pale = style.colour("blue", 0.22)
            canvas.box(x, middle - BAND / 2, width, BAND, face=pale, gid=f"there:{key}")
            words = ["there already"] * there + ([f"{row['open']} open"] if row.get("open") else [])
            if words:
                look = _OPEN if row.get("open") else {"va": "center"}
                canvas.write(x + 8, middle, ", ".join(words), **look)
            if there:
                return
            start = self.at(float(row["start"]))
            fits = text_width(paid, SMALL, bold=True) < x - start - 6
            at, size = (start + 1, middle - BAR / 2), (x - start - 2, BAR)
            canvas.plate(at, size, [paid] if fits else [], gid=f"built:{key}", **_built(strength))

        said = "there already" if there else f"built until month {end:g}, {paid}"
        said += f", {count(row['open'], 'safeguard')} open" if row.get("open") else ""
        note = row.get("options") or f"for {count(row['use_cases'], 'use case')}"
        if math.isnan(end):
            return Row(row["name"], note=note, said="not built")
        return Row(row["name"], note=note, draw=draw, said=said)

    def _case(self, row: dict[str, Any]) -> Row:
        """Return the row of a use case: from when on how many steps can start, and it is live."""
        canvas, key, month = self.grid.canvas, row["use_case"], float(row["month"])
        last = math.inf if math.isnan(month) else month
        early = [one for one in row["releases"] if one["month"] < last]

        def draw(middle: float) -> None:
            first, last = self.places[0], self.places[-1]
            x = last if math.isnan(month) else self.at(month)
            pale = style.colour("green", 0.3)
            canvas.box(x, middle - 6, last - x, 12, face=pale, z=2, gid=f"live:{key}")
            begins = [self.at(one["month"]) for one in early]
            if x > first:
                end = min(begins, default=x)
                canvas.path([(first, middle), (end, middle)], "faded", dashed=True)
            for one, (start, end) in zip(early, pairwise([*begins, x]), strict=True):
                share = one["started"] / one["of_steps"]
                look: Any = {"face": style.colour("green", 0.3 * share), "z": 2}
                canvas.box(start, middle - 6, end - start, 12, **look)
                words = f"{one['started']} of {one['of_steps']}"
                canvas.write(start + 3, middle, words, va="center")
            if not math.isnan(month):
                canvas.diamond(x, middle, gid=f"diamond:{key}")

        said = ", ".join(
            f"{one['started']} of {count(one['of_steps'], 'step')} from month {one['month']:g}"
            for one in early
        )
        if math.isnan(month) and not early:
            waits = f"waits for {row['waits_for']}" if row["blocks"] else "no building blocks yet"
            return Row(row["name"], note="not live", said=waits)
        note = "not live" if math.isnan(month) else _after(month, "live at once")
        return Row(row["name"], note=note, draw=draw, said=said)

    def _step(self, row: dict[str, Any]) -> Row:
        """Return the row of a step: from when on it can start."""
        month = float(row["month"])

        def draw(middle: float) -> None:
            x, look = self.at(month), {"face": style.colour("green", 0.3)}
            self.grid.canvas.box(x, middle - 4, self.places[-1] - x, 8, z=2, **look)

        if math.isnan(month):
            return Row(row["name"], note="cannot start")
        return Row(row["name"], note=_after(month, "at once"), draw=draw)

    def legend(self) -> None:
        """Say what bars and diamonds mean."""
        canvas = self.grid.canvas

        def box(tall: float, look: dict[str, Any], x: float, middle: float) -> None:
            canvas.box(x, middle - tall / 2, 24, tall, **look)

        samples = (
            Sample("foundational", 24, partial(box, 11, _built(1.0))),
            Sample("other block", 24, partial(box, 11, _built(OTHER))),
            Sample("is there", 24, partial(box, BAND, {"face": style.colour("blue", 0.22)})),
            Sample("goes live", 12, lambda x, middle: canvas.diamond(x + 6, middle)),
            Sample("safeguards", 26, lambda x, middle: canvas.write(x, middle, "open", **_OPEN)),
        )
        canvas.legend(samples, self.places[0])


def _after(month: float, at_once: str) -> str:
    return f"after month {month:g}" if month else at_once


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


def _built(strength: float) -> dict[str, Any]:
    """Return the look of a block that is built."""
    face = style.colour("blue", strength)
    return {"face": face, "edge": "blue", "radius": 2, "line": 1.2, "z": 3}


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


def draw_curves(
    canvas: Canvas,
    curves: Sequence[Curve],
    marks: Sequence[float],
    axis: str,
    signs: Mapping[Point, str] = MappingProxyType({}),
) -> None:
    """Draw curves over what is counted from left to right, from the first mark to the last.

    Parameters
    ----------
    marks
        Numbers that stand beneath the curves.
    axis
        What is counted.
    signs
        Points on a curve with a diamond and words.
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
    canvas.scale(places, [f"{mark:,g}" for mark in marks])
    middle = (left + right) / 2
    canvas.write(middle, canvas.y, axis, colour="muted", bold=True, ha="center")
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
