"""Parts of the figures of a roadmap: months as places, phases, bars of blocks, marks."""

from __future__ import annotations

import math
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from matplotlib.patches import Polygon

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.selection.roadmap import Roadmap
from govstack_kit.views import style
from govstack_kit.views._amounts import amount
from govstack_kit.views._grid import GAP
from govstack_kit.views._layout import records_of, text_height, text_width, wrap
from govstack_kit.views._parts import Sample, draw_legend, draw_more, draw_stripe
from govstack_kit.views.style import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from govstack_kit.views._layout import Canvas

NAMES, NOTES = 142.0, 82.0  # room for names at the left, and for notes at the right
NARROW = 57.0  # of a phase, however short it is
LINES = 3  # of a name, at most
BAR, SMALL_BAR = 17.0, 9.0
PADDING = 8.0
MOST = 60  # rows of blocks, and of use cases
SOURCE = "Source: the phases, costs and values of the plan; drawn by GovStack Kit"
LATE = style.WARNING  # what is not built or not live; it is written in words too


class Time(NamedTuple):
    """Where months are: the ends of phases at their places, all between in proportion."""

    months: list[float]
    places: list[float]

    def at(self, month: float) -> float:
        for (m0, m1), (x0, x1) in zip(pairwise(self.months), pairwise(self.places), strict=True):
            if month <= m1:
                return x0 + (x1 - x0) * (month - m0) / (m1 - m0)
        return self.places[-1]


def checked(roadmap: object) -> Roadmap:
    if not isinstance(roadmap, Roadmap):
        raise ArgumentError(
            f"This figure is drawn from a roadmap, not from {quote(roadmap)}. Pass what "
            "govstack_kit.roadmap(framework, plan) returns."
        )
    return roadmap


def month_name(month: float) -> str:
    return f"{month:g}"


def time_of(roadmap: Roadmap, first: float) -> Time:
    """Return the axis: phases as wide as they are long, but none too narrow for its name."""
    months = [0.0, *roadmap.phases["end"].tolist(), float(roadmap.curve["month"].iloc[-1])]
    lengths = [end - start for start, end in pairwise(months)]
    span = style.PAGE - style.MARGIN - NOTES - GAP - first
    free = span - NARROW * len(lengths)  # what is left once each has its least width
    over = [max(length - math.fsum(lengths) * NARROW / span, 0) for length in lengths]
    scale = max(free, 0) / (math.fsum(over) or 1)
    widths = [NARROW + extra * scale for extra in over]
    places = [first]
    for width in widths:
        places.append(places[-1] + width)
    return Time(months, places)


def draw_phases(canvas: Canvas, y: float, roadmap: Roadmap, time: Time) -> float:
    """Draw the phases as arrows with their months and money; return where they end."""
    rows = records_of(roadmap.phases)
    named = []
    for row, (start, end) in zip(rows, pairwise(time.places), strict=False):
        room = end - start - 16
        named.append(wrap(row["name"], room, style.SMALL, bold=True, most=4))
    height = max(text_height(lines, style.SMALL) for lines in named) + 12
    face = style.LAYERS["step"].colour
    for lines, (start, end) in zip(named, pairwise(time.places), strict=False):
        canvas.arrow((start + 1, y), (end - start - 8, height), 6, face)
        middle = (start + end) / 2 + 1, y + height / 2
        look: Any = {"colour": style.PAPER, "bold": True, "ha": "center", "va": "center"}
        canvas.write(*middle, lines, style.SMALL, **look)
    canvas.write(
        (time.places[-2] + time.places[-1]) / 2, y + height / 2, "afterwards", style.SMALL,
        colour=style.MUTED, ha="center", va="center",
    )  # fmt: skip
    y += height + 4
    ends = []
    for row, (start, end) in zip(rows, pairwise(time.places), strict=False):
        ends.append(canvas.paragraph(
            ((start + end) / 2, y), end - start - 3, _paid(row), style.SMALL,
            colour=style.MUTED, ha="center",
        ))  # fmt: skip
    y = max(ends) + 4
    for month, place in zip(time.months, time.places, strict=True):
        said = f"month {month_name(month)}" if month == 0 else month_name(month)
        canvas.write(place, y, said, style.SMALL, colour=style.MUTED, ha="center")
    return y + style.SMALL * style.LEADING + 4


def _paid(row: dict[str, Any]) -> str:
    """Return what a phase spends of its budget."""
    spent, budget = float(row["spent"]), float(row["budget"])
    if math.isnan(budget):
        return "no limit" if math.isnan(spent) else f"{amount(spent)}, no limit"
    return f"{amount(spent)} of {amount(budget)}"


def draw_band(
    canvas: Canvas, y: float, layer: str, rows: Sequence[dict[str, Any]], at: tuple[float, Time]
) -> float:
    """Draw the blocks or the use cases below `y`; return where they end."""
    left, time = at
    look = style.LAYERS[layer]
    right = canvas.width - style.MARGIN
    canvas.write(style.MARGIN, y, look.many.upper(), style.HEAD, colour=look.colour, bold=True)
    y += style.HEAD * style.LEADING + 3
    canvas.path([(style.MARGIN, y), (right, y)], colour=look.colour, line=1.4, z=2)
    y += 2
    for number, row in enumerate(rows[:MOST]):
        lines = wrap(row["name"], left, style.TEXT, most=LINES)
        height = max(text_height(lines, style.TEXT), BAR) + PADDING
        draw_stripe(canvas, y, height, number)
        middle = y + height / 2
        canvas.write(style.MARGIN + 6, middle, lines, va="center")
        draw = _draw_block if layer == "building_block" else _draw_case
        note = draw(canvas, middle, row, time)
        lines = wrap(note, NOTES, style.SMALL)
        canvas.write(
            time.places[-1] + GAP, middle, lines, style.SMALL, colour=style.MUTED, va="center"
        )
        y += height
    return draw_more(canvas, y, len(rows) - MOST)


def _draw_block(canvas: Canvas, middle: float, row: dict[str, Any], time: Time) -> str:
    """Draw when a block is built; return what stands at the right."""
    colour = style.LAYERS["building_block"].colour
    key, end = str(row["building_block"]), float(row["end"])
    used = count(int(row["use_cases"]), "use case")
    if math.isnan(end):
        said = "not built"
        canvas.write(
            time.places[0] + 8, middle, said, style.SMALL, colour=LATE, bold=True, va="center"
        )
        return f"for {used}"
    x, last = time.at(end), time.places[-1]
    canvas.box(
        x,
        middle - SMALL_BAR / 2,
        last - x,
        SMALL_BAR,
        face=style.tint(colour, 0.22),
        gid=f"there:{key}",
    )
    if row["status"] == "there from the start":
        canvas.write(x + 8, middle - 0.5, "there already", style.SMALL, va="center")
        return f"for {used}"
    start = time.at(float(row["start"]))
    strong = bool(row["foundational"])
    face = colour if strong else style.tint(colour, 0.14)
    canvas.box(
        start + 1, middle - BAR / 2, x - start - 2, BAR,
        face=face, edge=colour, radius=2, line=1.2, z=3, gid=f"built:{key}",
    )  # fmt: skip
    cost = float(row["cost"])
    said = "cost unknown" if math.isnan(cost) else amount(cost)
    if text_width(said, style.SMALL) < x - start - 6:
        canvas.write(
            (start + x) / 2, middle, said, style.SMALL,
            colour=style.text_on(face), ha="center", va="center",
        )  # fmt: skip
    return f"for {used}"


def diamond(canvas: Canvas, x: float, y: float, gid: str = "") -> None:
    reach = 7.0
    points = [(x - reach, y), (x, y - reach), (x + reach, y), (x, y + reach)]
    colour = style.LAYERS["workflow"].colour
    canvas.add(Polygon(points, facecolor=colour, edgecolor=style.PAPER, linewidth=1, zorder=4), gid)


def _draw_case(canvas: Canvas, middle: float, row: dict[str, Any], time: Time) -> str:
    """Draw from when on a use case is live; return what stands at the right."""
    month, key = float(row["month"]), str(row["use_case"])
    if math.isnan(month):
        said = "no building blocks yet" if not row["blocks"] else f"waits for {row['waits_for']}"
        lines = wrap(said, time.places[-1] - time.places[0] - 16, style.SMALL)
        if len(lines) > 1:
            lines = [lines[0].rstrip(" ,") + " …"]
        canvas.write(time.places[0] + 8, middle, lines, style.SMALL, colour=LATE, va="center")
        return "not live"
    x, last = time.at(month), time.places[-1]
    green = style.LAYERS["workflow"].colour
    canvas.box(x, middle - 6, last - x, 12, face=style.tint(green, 0.3), z=2, gid=f"live:{key}")
    if x > time.places[0]:
        canvas.path([(time.places[0], middle), (x, middle)], colour=style.FADED, dashed=True, z=1)
    diamond(canvas, x, middle, f"diamond:{key}")
    return "live at once" if month == 0 else f"after month {month_name(month)}"


def draw_key(canvas: Canvas, y: float, first: float) -> float:
    """Say what bars and diamonds mean; return where that ends."""
    colour = style.LAYERS["building_block"].colour
    pale = style.tint(colour, 0.14)

    def block(face: str, x: float, middle: float) -> None:
        canvas.box(x, middle - 5.5, 24, 11, face=face, edge=colour, radius=2, line=1.2)

    def there(x: float, middle: float) -> None:
        canvas.box(x, middle - SMALL_BAR / 2, 24, SMALL_BAR, face=style.tint(colour, 0.22))

    samples = (
        Sample("foundational", 24, partial(block, colour)),
        Sample("other block", 24, partial(block, pale)),
        Sample("is there", 24, there),
        Sample("goes live", 12, lambda x, middle: diamond(canvas, x + 6, middle)),
    )
    return draw_legend(canvas, y, samples, first=first)
