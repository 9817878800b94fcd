"""Parts of a radar: its web, the line of each option, and a table of all values beside it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.patches import Circle, PathPatch, Polygon
from matplotlib.path import Path

from govstack_kit.views import style
from govstack_kit.views._layout import text_height, text_width, wrap
from govstack_kit.views._parts import draw_stripe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from govstack_kit.views._layout import Canvas, Letters

REACH = 128.0  # radius
VALUE = 54.0  # width of a column of values
NONE = "\N{EN DASH}"  # of a value that is not known
_UPRIGHT, _LEVEL = 0.2, 0.8  # how far a spoke leans before its label stands beside or above it
# Colour, dashes and mark of each option: any one of the three is enough to tell them apart.
LOOKS: tuple[tuple[str, Any, int], ...] = (
    ("#0067A8", "-", 0),
    ("#A64B00", (0, (6, 2.5)), 4),
    ("#00775A", (0, (2, 2)), 3),
    ("#8E3A6F", (0, (8, 2, 2, 2)), 45),
    ("#3D4955", (0, (4, 1.5, 1.5, 1.5, 1.5, 1.5)), 33),
)


def draw_web(
    canvas: Canvas,
    middle: tuple[float, float],
    spokes: Sequence[tuple[float, float]],
    labels: Sequence[list[str]],
) -> None:
    """Draw rings, spokes and the names of the axes."""
    x, y = middle
    for ring in (0.25, 0.5, 0.75, 1.0):
        points = [(x + REACH * ring * dx, y + REACH * ring * dy) for dx, dy in spokes]
        colour = style.FADED if ring == 1 else style.GUIDE
        canvas.path([*points, points[0]], colour=colour, line=0.9, z=1)
    for (dx, dy), lines in zip(spokes, labels, strict=True):
        canvas.path([(x, y), (x + REACH * dx, y + REACH * dy)], colour=style.RULE, line=0.7, z=1)
        look: Letters = {"ha": "center", "va": "center"}
        if abs(dx) >= _UPRIGHT:
            look["ha"] = "left" if dx > 0 else "right"
        if abs(dy) >= _LEVEL:
            look["va"] = "bottom" if dy < 0 else "top"
        away = REACH + 9
        canvas.write(x + away * dx, y + away * dy, lines, style.SMALL, **look)


def draw_scale(canvas: Canvas, middle: tuple[float, float]) -> None:
    """Write what the rings mean, above the lines that cross them."""
    for ring in (25, 50, 75):
        x, y = middle[0] + 4, middle[1] - REACH * ring / 100
        said = f"{ring} %"
        width = text_width(said, style.SMALL)
        canvas.box(x - 1, y - 6, width + 2, 12, face=style.PAPER, z=3)
        canvas.write(x, y, said, style.SMALL, colour=style.MUTED, va="center")


def known(share: Any) -> bool:  # noqa: ANN401 - a number, missing in one way or another
    """Return whether there is a value."""
    return share is not None and not pd.isna(share)


def draw_option(
    canvas: Canvas,
    points: Sequence[tuple[float, float] | None],
    look: tuple[str, Any, int],
    option: str,
) -> None:
    """Draw the line of an option; it runs only between neighbours that are both known."""
    colour, dashes, _ = look
    route: list[tuple[float, float]] = []
    codes: list[Any] = []
    for one, other in zip(points, [*points[1:], points[0]], strict=True):
        if one and other:
            route += [one, other]
            codes += [Path.MOVETO, Path.LINETO]
    whole = [point for point in points if point]
    if len(whole) == len(points):
        canvas.add(Polygon(whole, facecolor=colour, alpha=0.07, edgecolor="none", zorder=2))
    if route:
        shape = PathPatch(
            Path(route, codes), facecolor="none", edgecolor=colour, linewidth=2.2, zorder=3
        )
        shape.set_linestyle(dashes)
        canvas.add(shape, f"line:{option}")
    for point in whole:
        draw_mark(canvas, point, look, f"mark:{option}")


def draw_mark(
    canvas: Canvas, at: tuple[float, float], look: tuple[str, Any, int], gid: str = ""
) -> None:
    """Draw the mark of an option: a disc, or a polygon of its own."""
    colour, _, kind = look
    x, y = at
    if kind == 0:
        canvas.add(Circle(at, 4.6, facecolor=colour, edgecolor=style.PAPER, zorder=4), gid)
        return
    corners, turn, reach = {
        4: (4, math.pi / 4, 5.6),
        3: (3, 0.0, 6.4),
        45: (4, 0.0, 6.2),
        33: (3, math.pi, 6.4),
    }[kind]
    points = [
        (
            x + reach * math.sin(turn + 2 * math.pi * n / corners),
            y - reach * math.cos(turn + 2 * math.pi * n / corners),
        )
        for n in range(corners)
    ]
    canvas.add(Polygon(points, facecolor=colour, edgecolor=style.PAPER, zorder=4), gid)


def draw_names(
    canvas: Canvas, at: tuple[float, float], width: float, shown: Sequence[str]
) -> float:
    """Write which line is whose; return where that ends."""
    x, y = at
    for name, look in zip(shown, LOOKS, strict=False):
        lines = wrap(name, width - 38, style.TEXT, bold=True, most=4)
        level = y + text_height(lines[:1], style.TEXT) / 2
        sample = PathPatch(
            Path([(x, level), (x + 30, level)]), facecolor="none", edgecolor=look[0], linewidth=2.2
        )
        sample.set_linestyle(look[1])
        canvas.add(sample)
        draw_mark(canvas, (x + 15, level), look)
        canvas.write(x + 38, y, lines, colour=look[0], bold=True)
        y += text_height(lines, style.TEXT) + 7
    return y


def draw_values(
    canvas: Canvas,
    y: float,
    shown: Sequence[str],
    axes: Sequence[str],
    values: dict[tuple[str, str], Any],
) -> float:
    """Write every value in a table, the options by their marks; return where that ends."""
    x, right = style.MARGIN, canvas.width - style.MARGIN
    first = right - VALUE * len(shown)
    for place, look in enumerate(LOOKS[: len(shown)]):
        draw_mark(canvas, (first + VALUE * place + VALUE - 14, y + 5), look)
    y += 15
    for number, axis in enumerate(axes):
        lines = wrap(axis, first - x - 12, style.SMALL)
        height = text_height(lines, style.SMALL) + 6
        draw_stripe(canvas, y, height, number)
        canvas.write(x + 6, y + height / 2, lines, style.SMALL, va="center")
        for place, option in enumerate(shown):
            share = values.get((option, axis))
            said = NONE if share is None or not known(share) else style.per_cent(float(share))
            end = first + VALUE * (place + 1) - 5
            canvas.write(end, y + height / 2, said, style.SMALL, ha="right", va="center")
        y += height
    return y
