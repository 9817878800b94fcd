"""The figures of a roadmap: what is built and goes live when, and the value that comes in.

Definitions
-----------
The rules are those of :mod:`govstack_kit.views.plots`: a pure function of a result, which returns
``(figure, axes)``, shows nothing and computes nothing about the framework. Months run from left to
right, from the start of the first phase to the horizon.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from matplotlib.patches import Polygon

from govstack_kit.views import style
from govstack_kit.views._amounts import amount, ticks
from govstack_kit.views._grid import GAP, column_width
from govstack_kit.views._layout import Canvas, nothing, records_of, text_width
from govstack_kit.views._roadmap_parts import (
    LATE,
    MOST,
    NAMES,
    NARROW,
    NOTES,
    SOURCE,
    checked,
    diamond,
    draw_band,
    draw_key,
    draw_phases,
    month_name,
    time_of,
)
from govstack_kit.views.style import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from govstack_kit.selection.roadmap import Roadmap

HEIGHT = 280.0  # of the curve


def plot_roadmap(
    roadmap: Roadmap,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    source: str = SOURCE,
    note: str = "",
) -> tuple[Figure, Axes]:
    """Draw a roadmap: phases, the building blocks built in each, and when use cases go live.

    A bar says in which phase a block is built; the pale band behind it, that it is there from then
    on. A diamond marks the month from which a use case is live.

    Parameters
    ----------
    roadmap
        What :func:`govstack_kit.roadmap` returns.
    ax
        Axes to draw on; without it, a figure of its own.
    title
        Title; without it, a sentence of the kit's own.
    source
        Where the content comes from, written below the figure; empty for nothing.
    note
        A warning beneath the title, such as :func:`govstack_kit.made_up` returns.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `roadmap` is no roadmap.

    Examples
    --------
    >>> import govstack_kit
    >>> from matplotlib import pyplot
    >>> from govstack_kit.planning.selected import Phase
    >>> from govstack_kit.selection.roadmap import roadmap
    >>> plan = govstack_kit.Plan.new(title="Advice")
    >>> _ = plan.add_published(govstack_kit.load(), "AGR-2")
    >>> plan.phases = [Phase(id="pilot", name="Pilot", months=12)]
    >>> figure, axes = plot_roadmap(roadmap(govstack_kit.load(), plan))
    >>> axes.texts[0].get_text()
    '1 of 1 use case live within 12 months'
    >>> pyplot.close(figure)
    """
    roadmap = checked(roadmap)
    cases = _named(records_of(roadmap.use_cases), "use_case")
    blocks = _named(records_of(roadmap.blocks), "building_block")
    names = [str(row["name"]) for row in [*cases, *blocks]]
    left = column_width(names, NAMES)
    first = style.MARGIN + 6 + left + GAP
    time = time_of(roadmap, first)
    canvas = Canvas(max(time.places[-1] + GAP + NOTES + style.MARGIN, style.PAGE), ax)
    live = sum(row["status"] == "goes live" for row in cases)
    within = month_name(time.months[-2])
    head = title or f"{live} of {count(len(cases), 'use case')} live within {within} months"
    y = canvas.heading(head, _about(roadmap), note=note)
    y = top = draw_phases(canvas, y, roadmap, time)
    y = draw_band(canvas, y, "building_block", blocks, (left, time))
    y = draw_band(canvas, y + 12, "use_case", cases, (left, time))
    for place in time.places:
        canvas.path([(place, top), (place, y)], colour=style.RULE, line=0.8, z=0.5)
    y = draw_key(canvas, y + 8, style.MARGIN + 6 + left + GAP)
    return canvas.finish(y, source)


def _named(records: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """Return rows in which no two have the same name, if they came from different catalogues."""
    names = style.distinct([str(r["name"]) for r in records], [str(r[key]) for r in records])
    return [record | {"name": name} for record, name in zip(records, names, strict=True)]


def _about(roadmap: Roadmap) -> str:
    spent = roadmap.phases["spent"].sum(skipna=False)
    built = int(roadmap.phases["blocks"].sum())
    said = f"{count(built, 'building block')} built"
    if not math.isnan(spent):
        said += f" for {amount(spent)} {roadmap.currency}".rstrip() + ", paid once"
    proof = (
        "it is proven that no other order brings more value"
        if roadmap.optimal
        else "the search was stopped before it was proven best"
    )
    return f"{said}; {proof}."


def plot_value_curve(
    roadmap: Roadmap,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    source: str = SOURCE,
    note: str = "",
) -> tuple[Figure, Axes]:
    """Draw the value that has come in by each month, and what it could be at the very most.

    A diamond stands where use cases go live, with how many are live from then on; beneath, they
    are named.

    Parameters
    ----------
    roadmap
        What :func:`govstack_kit.roadmap` returns.
    ax
        Axes to draw on; without it, a figure of its own.
    title
        Title; without it, a sentence of the kit's own.
    source
        Where the content comes from, written below the figure; empty for nothing.
    note
        A warning beneath the title, such as :func:`govstack_kit.made_up` returns.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `roadmap` is no roadmap.

    Examples
    --------
    >>> import govstack_kit
    >>> from matplotlib import pyplot
    >>> from govstack_kit.planning.selected import Phase
    >>> from govstack_kit.selection.roadmap import roadmap
    >>> plan = govstack_kit.Plan.new(title="Advice")
    >>> _ = plan.add_published(govstack_kit.load(), "AGR-2")
    >>> plan.phases = [Phase(id="pilot", name="Pilot", months=12)]
    >>> figure, axes = plot_value_curve(roadmap(govstack_kit.load(), plan))
    >>> axes.texts[0].get_text()
    'Value comes in from month 12'
    >>> pyplot.close(figure)
    """
    roadmap = checked(roadmap)
    points = records_of(roadmap.curve)
    last = points[-1]
    if not last["most"]:
        return nothing(ax, title or "The value that comes in", "Nothing can go live.", source)
    first = next((point["month"] for point in points if point["live"]), None)
    said = (
        "No value comes in yet"
        if first is None
        else f"Value comes in from month {month_name(first)}"
    )
    head = title or said
    canvas = Canvas(style.PAGE, ax)
    about = (
        "Value of each use case, counted for each month that it is live. The dashed line: all of "
        "them live from the start."
    )
    y = canvas.heading(head, about, note=note)
    y = _draw_curve(canvas, y, points)
    y = _draw_arrivals(canvas, y, roadmap)
    return canvas.finish(y, source)


def _draw_curve(canvas: Canvas, y: float, points: Sequence[dict[str, Any]]) -> float:
    """Draw the curve and its axes; return where they end."""
    horizon, most = float(points[-1]["month"]), float(points[-1]["most"])
    levels = ticks(0, most)
    left = style.MARGIN + max(text_width(amount(n), style.SMALL) for n in levels) + 10
    right = canvas.width - style.MARGIN - 132
    base = y + 10 + HEIGHT

    def place(month: float, value: float) -> tuple[float, float]:
        return left + (right - left) * month / horizon, base - HEIGHT * value / levels[-1]

    for level in levels:
        _, at = place(0, level)
        canvas.path([(left, at), (right, at)], colour=style.GUIDE if level else style.RULE, z=0)
        look: Any = {"colour": style.MUTED, "ha": "right", "va": "center"}
        canvas.write(left - 6, at, amount(level), style.SMALL, **look)
    places = [place(each["month"], 0)[0] for each in points]
    for x in places[1:]:
        canvas.path([(x, base), (x, base - HEIGHT)], colour=style.GUIDE, line=0.7, z=0)
        canvas.path([(x, base), (x, base + 4)], colour=style.RULE, z=0)
    end = _draw_months(canvas, base + 6, points, places)
    green = style.LAYERS["workflow"].colour
    line = [place(each["month"], each["value"]) for each in points]
    canvas.add(
        Polygon([*line, (line[-1][0], base), (line[0][0], base)],
                facecolor=style.tint(green, 0.14), edgecolor="none", zorder=1),
        "area",
    )  # fmt: skip
    canvas.path(line, colour=green, line=2.6, z=3, gid="curve:value")
    limit = [place(each["month"], each["most"]) for each in points]
    canvas.path(limit, colour=style.FADED, line=1.4, dashed=True, z=2, gid="curve:most")
    lives = [0, *(int(each["live"]) for each in points)]
    marks = [
        (x, at, live, point["month"])
        for point, (fewer, live), (x, at) in zip(points, pairwise(lives), line, strict=True)
        if live > fewer
    ]
    covered = left - 60.0  # where the last words end: those that would cover them are left out
    for x, at, live, month in marks:
        diamond(canvas, x, at, f"live:{month_name(month)}")
        room = x > left + 60
        if x - covered > 60 or not room:  # noqa: PLR2004 - width of the words
            look = {"colour": green, "bold": True, "ha": "right" if room else "left"}
            canvas.write(x - 9 if room else x + 12, at - 17, f"{live} live", style.SMALL, **look)
            covered = x if room else x + 60
    (x, low), (_, high) = line[-1], limit[-1]
    low = min(max(low, high + 40), base - 14)
    for at, value, said, colour in (
        (high, points[-1]["most"], "if all were live from the start", style.MUTED),
        (low, points[-1]["value"], "with this roadmap", green),
    ):
        canvas.write(x + 10, at - 8, amount(value), style.HEAD, colour=colour, bold=True)
        under = x + 10, at - 8 + style.HEAD * style.LEADING
        canvas.paragraph(under, 122, said, style.SMALL, colour=colour)
    return end + 8


def _draw_months(
    canvas: Canvas, y: float, points: Sequence[dict[str, Any]], places: Sequence[float]
) -> float:
    """Write months and phases beneath the curve, where there is room; return where that ends."""
    look: Any = {"colour": style.MUTED, "ha": "center"}
    canvas.write(places[0], y, "month 0", style.SMALL, **look)
    canvas.write(places[-1], y, month_name(points[-1]["month"]), style.SMALL, **look)
    under, end, last = y + 2 + style.SMALL * style.LEADING, y, places[0] + 26
    for (x0, x1), point in zip(pairwise(places), points[1:], strict=True):
        half = text_width(month_name(point["month"]), style.SMALL) / 2 + 3
        if point is not points[-1] and last + half < x1 < places[-1] - half - 16:
            canvas.write(x1, y, month_name(point["month"]), style.SMALL, **look)
            last = x1 + half
        if x1 - x0 >= NARROW:
            name = "afterwards" if point is points[-1] else point["phase_name"]
            at = (x0 + x1) / 2, under
            room = x1 - x0 - 4
            end = max(end, canvas.paragraph(at, room, name, style.SMALL, bold=True, **look))
    return max(end, under)


def _draw_arrivals(canvas: Canvas, y: float, roadmap: Roadmap) -> float:
    """Name the use cases by the month in which they go live; return where that ends."""
    x, room = style.MARGIN, canvas.width - 2 * style.MARGIN
    cases = roadmap.use_cases
    found = [
        (
            f"Live after month {month_name(month)}:" if month else "Live at once:",
            cases.loc[cases["month"] == month, "name"].tolist(),
        )
        for month in sorted(set(cases["month"].dropna().tolist()))
    ]
    late = cases.loc[cases["month"].isna(), "name"].tolist()
    for head, names in [*found, *([("Not live:", late)] if late else [])]:
        said = ", ".join(names[:MOST]) + (
            f" and {len(names) - MOST} more" if len(names) > MOST else ""
        )
        colour = LATE if head == "Not live:" else style.INK
        canvas.write(x, y, head, style.SMALL, colour=colour, bold=True)
        inset = 130.0
        y = canvas.paragraph((x + inset, y), room - inset, said, style.SMALL) + 3
    return y
