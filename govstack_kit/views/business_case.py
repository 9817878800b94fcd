"""The figures of a business case: alone against shared, and what matters most for the saving.

Definitions
-----------
The rules are those of :mod:`govstack_kit.views.plots`: a pure function of a result, which returns
``(figure, axes)``, shows nothing and computes nothing about the framework. All money is over the
years of the business case where nothing else is said. The parts of a bar differ in colour, in
hatching and in their order, which is that of the list beneath.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from matplotlib.patches import Circle

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.selection.business_case import Comparison
from govstack_kit.views import style
from govstack_kit.views._amounts import amount, ticks
from govstack_kit.views._grid import GAP, column_width
from govstack_kit.views._layout import (
    Canvas,
    check_frame,
    nothing,
    records_of,
    text_height,
    text_width,
    wrap,
)
from govstack_kit.views._parts import Sample, draw_legend, draw_more, draw_stripe

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SOURCE = "Source: the costs of the plan; drawn by GovStack Kit"
SIDE, TOTAL = 66.0, 84.0  # room at the left and right of the bars
SPAN = style.PAGE - 2 * style.MARGIN - SIDE - TOTAL  # of the longest bar
BAR = 40.0
NAMES = 190.0
MONEY = ("alone", "shared", "saving")  # columns of the table
LINES = 3  # of a name, at most
MOST = 15  # inputs in a tornado
SAVED, DEARER = "#00775A", style.WARNING


class _Part(NamedTuple):
    """How a component is named and drawn."""

    name: str
    colour: str
    hatch: str = ""


PARTS = {
    "build": _Part("Build, once", "#0067A8"),
    "integration": _Part("Integration, once", "#56626E", "////"),
    "run": _Part("Run, every year", "#7FB3D3"),
    "people": _Part("People, every year", "#D9B26F", "...."),
}


def plot_business_case(
    comparison: Comparison,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    source: str = SOURCE,
    note: str = "",
) -> tuple[Figure, Axes]:
    """Draw what projects cost alone and shared, what for, and what that means for each person.

    Parameters
    ----------
    comparison
        What :func:`govstack_kit.business_case` returns.
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
        If `comparison` is none.

    Examples
    --------
    >>> import govstack_kit
    >>> from matplotlib import pyplot
    >>> from govstack_kit.selection.business_case import business_case, illustration_case
    >>> plan = govstack_kit.Plan.new(title="The illustration of 2019")
    >>> plan.business_case = illustration_case()
    >>> figure, axes = plot_business_case(business_case(plan))
    >>> axes.texts[0].get_text()
    'Sharing saves 3.3 million USD in 1 year, 55 % of the cost'
    >>> pyplot.close(figure)
    """
    if not isinstance(comparison, Comparison):
        raise ArgumentError(
            f"This figure is drawn from a business case, not from {quote(comparison)}. Pass what "
            "govstack_kit.business_case(plan) returns."
        )
    summary = records_of(comparison.summary)
    canvas = Canvas(style.PAGE, ax)
    y = canvas.heading(title or _head(comparison), _about(comparison), note=note)
    rows = [row for row in records_of(comparison.components) if row["component"] != "total"]
    y = _draw_bars(canvas, y, rows, summary[0])
    y = _draw_legend(canvas, y + 4, rows)
    y = _draw_summary(canvas, y + 14, summary)
    for said in comparison.notes:
        room = canvas.width - 2 * style.MARGIN
        y = canvas.paragraph((style.MARGIN, y + 3), room, said, style.SMALL, colour=DEARER)
    return canvas.finish(y, source)


def _head(comparison: Comparison) -> str:
    row = comparison.summary.iloc[0]
    verb, much = ("saves", row["saving"]) if row["saving"] >= 0 else ("costs", -row["saving"])
    said = f"Sharing {verb} {amount(float(much))} {comparison.currency} in {row['how']}"
    if verb == "costs":
        return f"{said} more"
    return said + (f", {round(100 * row['share'])} % of the cost" if row["alone"] else "")


def _about(comparison: Comparison) -> str:
    number = len(comparison.projects)
    overlapping = int(comparison.projects["overlaps"].sum())
    share = f"{round(100 * comparison.overlap, 1):g} %"
    return (
        f"{number} project{'s' * (number != 1)}, {overlapping} of them overlapping by {share} "
        f"({comparison.basis}). All money in {comparison.currency}."
    )


def _draw_bars(
    canvas: Canvas, y: float, rows: Sequence[dict[str, Any]], total: dict[str, Any]
) -> float:
    """Draw one bar alone and one shared, and what lies between; return where they end."""
    start = style.MARGIN + SIDE
    most = max(float(total["alone"]), float(total["shared"]), 1e-9)
    for which in ("alone", "shared"):
        middle, x = y + BAR / 2, start
        look: Any = {"va": "center", "bold": True}
        canvas.write(style.MARGIN, middle, which.capitalize(), style.HEAD, **look)
        for row in rows:
            part, value = PARTS[row["component"]], float(row[which])
            width = SPAN * value / most
            if width > 0:
                edge: Any = {"edge": style.PAPER, "line": 1.2}
                hatch: Any = {"hatch": part.hatch} if part.hatch else {}
                gid = f"{which}:{row['component']}"
                canvas.box(x, y, width, BAR, face=part.colour, **edge, **hatch, gid=gid, z=2)
            said = amount(value)
            if text_width(said, style.SMALL, bold=True) + 14 < width:
                room = text_width(said, style.SMALL, bold=True) + 8
                middle_x = x + width / 2
                if part.hatch:
                    canvas.box(middle_x - room / 2, middle - 8, room, 16, face=part.colour, z=3)
                ink = style.text_on(part.colour)
                look = {"colour": ink, "va": "center", "ha": "center", "bold": True}
                canvas.write(middle_x, middle, said, style.SMALL, **look)
            x += width
        gap = SPAN * (most - float(total[which])) / most
        said = amount(float(total[which]))
        if gap > 1:
            colour = SAVED if which == "shared" else DEARER
            canvas.box(
                x + 1, y + 1, gap - 2, BAR - 2,
                edge=colour, line=1.2, dashed=True, gid=f"gap:{which}",
            )  # fmt: skip
            _draw_gap(canvas, (x, middle), gap, total, which)
        look = {"va": "center", "bold": True}
        canvas.write(start + SPAN + 10, middle, said, style.HEAD + 1, **look)
        y += BAR + 12
    return y


def _draw_gap(
    canvas: Canvas, at: tuple[float, float], gap: float, total: dict[str, Any], which: str
) -> None:
    """Write what the bar is shorter by, where there is room."""
    colour, verb = (SAVED, "saved") if which == "shared" else (DEARER, "less")
    lines = [amount(abs(float(total["saving"]))), verb]
    if max(text_width(line, style.SMALL, bold=True) for line in lines) + 10 < gap:
        look: Any = {"colour": colour, "va": "center", "ha": "center", "bold": True}
        canvas.write(at[0] + gap / 2, at[1], lines, style.SMALL, **look)


def _draw_legend(canvas: Canvas, y: float, rows: Sequence[dict[str, Any]]) -> float:
    """Name the parts of the bars, in their order; return where that ends."""

    def draw(part: _Part, x: float, middle: float) -> None:
        hatch: Any = {"hatch": part.hatch, "edge": style.PAPER} if part.hatch else {}
        canvas.box(x, middle - 5.5, 22, 11, face=part.colour, **hatch)

    parts = [PARTS[row["component"]] for row in rows]
    samples = [Sample(part.name, 22, partial(draw, part)) for part in parts]
    return draw_legend(canvas, y, samples, first=style.MARGIN + SIDE)


def _draw_summary(canvas: Canvas, y: float, rows: Sequence[dict[str, Any]]) -> float:
    """Draw what it means as a small table; return where it ends."""
    left, right = style.MARGIN, canvas.width - style.MARGIN
    said = [amount(float(row[name])) for row in rows for name in MONEY if not math.isnan(row[name])]
    each = max(text_width(value, style.TEXT, bold=True) for value in [*said, "9.99 million"]) + 16
    columns = [right - 6 - each * place for place in (2, 1, 0)]
    room = columns[0] - each - left
    look: Any = {"colour": style.MUTED, "bold": True, "ha": "right"}
    for x, head in zip(columns, MONEY, strict=True):
        canvas.write(x, y, head, style.SMALL, **look)
    y += style.SMALL * style.LEADING + 3
    canvas.path([(left, y), (right, y)], colour=style.RULE)
    for number, row in enumerate(row for row in rows if not math.isnan(row["alone"])):
        lines = wrap(row["quantity"], room, style.TEXT)
        under = wrap(f"{row['how']}; {row['unit']}", room, style.SMALL)
        height = text_height(lines, style.TEXT) + text_height(under, style.SMALL) + 10
        draw_stripe(canvas, y, height, number)
        canvas.write(left + 6, y + 4, lines)
        top = y + 4 + text_height(lines, style.TEXT)
        canvas.write(left + 6, top, under, style.SMALL, colour=style.MUTED)
        for x, name in zip(columns, MONEY, strict=True):
            value = float(row[name])
            colour = style.INK if name != "saving" else SAVED if value >= 0 else DEARER
            strong: Any = {
                "colour": colour,
                "bold": name == "saving",
                "ha": "right",
                "va": "center",
            }
            canvas.write(x, y + height / 2, amount(value), style.TEXT, **strong)
        y += height
    return y


def plot_tornado(
    frame: pd.DataFrame,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    source: str = SOURCE,
    note: str = "",
) -> tuple[Figure, Axes]:
    """Draw how the saving changes with each input: the widest bar matters most.

    The end of a bar with a full circle is where the input is high, the one with an open circle
    where it is low.

    Parameters
    ----------
    frame
        What :func:`govstack_kit.tornado` returns.
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
        If `frame` is not such a frame.

    Examples
    --------
    >>> import govstack_kit
    >>> from matplotlib import pyplot
    >>> from govstack_kit.selection.business_case import illustration_case, tornado
    >>> plan = govstack_kit.Plan.new(title="The illustration of 2019")
    >>> plan.business_case = illustration_case()
    >>> figure, axes = plot_tornado(tornado(plan))
    >>> axes.texts[0].get_text()
    'What matters most for the saving: cost to build'
    >>> pyplot.close(figure)
    """
    columns = ("input", "low", "high", "unit", "saving_at_low", "saving", "saving_at_high", "swing")
    check_frame(frame, columns, "govstack_kit.tornado(plan)")
    if frame.empty:
        return nothing(ax, title or "What matters for the saving", "No input is given.", source)
    every = records_of(frame)
    rows = every[:MOST]
    base = float(rows[0]["saving"])
    name = str(rows[0]["input"])
    head = title or f"What matters most for the saving: {name[:1].lower()}{name[1:]}"
    left = column_width([str(row["input"]) for row in rows], NAMES)
    canvas = Canvas(style.PAGE, ax)
    about = (
        f"The saving is {amount(base)} as things stand. Each bar: the saving when that input alone "
        "is low (open circle) or high (full circle)."
    )
    y = canvas.heading(head, about, note=note)
    start = style.MARGIN + left + GAP + 30
    ends = [float(row[at]) for row in rows for at in ("saving_at_low", "saving_at_high")]
    levels = ticks(min(*ends, base), max(*ends, base))
    scale = (canvas.width - style.MARGIN - 30 - start) / (levels[-1] - levels[0])

    def across(value: float) -> float:
        return start + scale * (value - levels[0])

    top = y
    covered = 0.0
    for level in levels:
        look: Any = {"colour": style.MUTED, "ha": "center"}
        half = text_width(amount(level), style.SMALL) / 2
        if across(level) - half > covered:
            canvas.write(across(level), y, amount(level), style.SMALL, **look)
            covered = across(level) + half + 4
    y += style.SMALL * style.LEADING + 6
    for number, row in enumerate(rows):
        low, high = (across(float(row[at])) for at in ("saving_at_low", "saving_at_high"))
        y = _draw_input(canvas, y, row, (left, low, high), number)
    for level in levels:
        x = across(level)
        colour = style.FADED if level == 0 else style.GUIDE
        canvas.path([(x, top + 16), (x, y)], colour=colour, line=0.8, z=0.5)
    x = across(base)
    canvas.path([(x, top + 16), (x, y + 4)], colour=style.INK, line=1.4, z=4, gid="base")
    canvas.write(x, y + 6, "as things stand", style.SMALL, bold=True, ha="center")
    y += 6 + style.SMALL * style.LEADING
    y = draw_more(canvas, y, len(every) - MOST, " inputs that matter less")
    return canvas.finish(y, source)


def _circle(x: float, y: float, colour: str, *, full: bool) -> Circle:
    face = colour if full else style.PAPER
    return Circle((x, y), 5, facecolor=face, edgecolor=colour, linewidth=1.6, zorder=5)


def _draw_input(
    canvas: Canvas, y: float, row: dict[str, Any], at: tuple[float, float, float], number: int
) -> float:
    """Draw one input of a tornado; return where it ends."""
    left, low, high = at
    name = wrap(row["input"], left, style.TEXT, most=LINES)
    low_value, high_value = float(row["low"]), float(row["high"])
    span = f"{amount(low_value)} to {amount(high_value)} {row['unit']}"
    if row["unit"] == "share":
        span = f"{100 * low_value:.0f} to {100 * high_value:.0f} %"
    under = wrap(span, left, style.SMALL)
    height = text_height(name, style.TEXT) + text_height(under, style.SMALL) + 10
    draw_stripe(canvas, y, height, number)
    x = style.MARGIN + left
    canvas.write(x, y + 4, name, ha="right")
    canvas.write(
        x, y + 4 + text_height(name, style.TEXT), under, style.SMALL, colour=style.MUTED, ha="right"
    )
    middle, blue = y + height / 2, style.LAYERS["building_block"].colour
    first, last = sorted((low, high))
    canvas.box(
        first,
        middle - 7,
        max(last - first, 0.5),
        14,
        face=style.tint(blue, 0.45),
        z=2,
        gid=f"bar:{row['input']}",
    )
    for place, full in ((low, False), (high, True)):
        if last - first > 1:
            canvas.add(
                _circle(place, middle, blue, full=full),
                f"{'high' if full else 'low'}:{row['input']}",
            )
    return y + height
