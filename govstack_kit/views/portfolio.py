"""The figures of a portfolio: what use cases share, and how many links systems need.

Definitions
-----------
The rules are those of :mod:`govstack_kit.views.plots`: a pure function of a frame, which returns
``(figure, axes)``, shows nothing and computes nothing about the framework.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit.errors import ArgumentError
from govstack_kit.views import style
from govstack_kit.views._grid import GAP, Grid, Mark, Row, column_width, draw_band
from govstack_kit.views._layout import Canvas, check_frame, nothing, records_of, text_width
from govstack_kit.views._parts import LONGEST, Bar, draw_bars, draw_upright
from govstack_kit.views.style import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

USED = ("workflow", "building_block")
NAMES, NOTES = 220.0, 78.0  # room for the names of rows, and for what stands at their right
HEIGHT, TICKS = 300.0, 5  # of the curves: height in points, and at most so many lines beneath
LABEL = 62.0  # room for the label of a curve
PAIRS, SHARED = "One link for each pair of systems", "One link each, through a shared mediator"
# Orange and blue of the palette, dark enough for text; the curves differ in their strokes too.
COLOURS = {"point_to_point": "#A64B00", "shared": "#0067A8"}


def plot_overlap(
    matrix: pd.DataFrame,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    source: str = style.SOURCE,
) -> tuple[Figure, Axes]:
    """Draw how many workflows or building blocks each two use cases share.

    The number in a mark says how many they share; the more, the darker. What a use case uses itself
    stands at the right.

    Parameters
    ----------
    matrix
        What :func:`govstack_kit.overlap_matrix` returns.
    ax
        Axes to draw on; without it, a figure of its own.
    title
        Title; without it, a sentence of the kit's own.
    source
        Where the content comes from, written below the figure; empty for nothing.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `matrix` is not such a frame.

    Examples
    --------
    >>> import govstack_kit
    >>> from matplotlib import pyplot
    >>> framework = govstack_kit.load()
    >>> matrix = govstack_kit.overlap_matrix(framework, "building_block", ["AGR-2", "HLTC-2"])
    >>> figure, axes = govstack_kit.plot_overlap(matrix)
    >>> axes.texts[0].get_text()
    'How many building blocks each two use cases share'
    >>> pyplot.close(figure)
    """
    made_by = "govstack_kit.overlap_matrix(framework, layer, use_cases)"
    check_frame(matrix, (), made_by)
    names = [str(name) for name in matrix.index]
    whole = all(pd.api.types.is_integer_dtype(kind) for kind in matrix.dtypes)
    if names != [str(name) for name in matrix.columns] or not whole:
        raise ArgumentError(
            "The matrix has the same use cases as rows and as columns, and whole numbers: pass "
            f"what {made_by} returns."
        )
    layer = str(matrix.columns.name) if matrix.columns.name in USED else "building_block"
    look = style.LAYERS[layer]
    head = title or f"How many {look.many} each two use cases share"
    if matrix.empty:
        return nothing(ax, head, "There are no use cases to compare.", source)
    width = max(min(560 / len(names), 72), 34)
    left = column_width(names, NAMES) + 12
    first = style.MARGIN + left + GAP
    last = first + width * len(names)
    middles = [first + width * (place + 0.5) for place in range(len(names))]
    right = last + GAP + NOTES
    grid = Grid(
        left,
        middles,
        width,
        last,
        right,
        radius=10.5,
        padding=4,
        connected=False,
        marks=layer,
        note_head="uses itself",
    )
    values = [[int(value) for value in row] for row in matrix.to_numpy().tolist()]
    shared = [n for at, row in enumerate(values) for to, n in enumerate(row) if at != to]
    most, least = max(shared, default=1), min((n for n in shared if n), default=1)
    rows = []
    for at, (name, row) in enumerate(zip(names, values, strict=True)):
        marks = {
            to: Mark(str(n), (n - least + 1) / (most - least + 1))
            for to, n in enumerate(row)
            if n and to != at
        }
        rows.append(Row(name, name, marks, str(row[at])))
    canvas = Canvas(max(right + style.MARGIN, 620), ax)
    meaning = "The number in a mark says how many two of them share; the more, the darker."
    y = canvas.heading(head, f"{count(len(names), 'use case')}. {meaning}")
    y = draw_upright(canvas, y, names, grid, "use_case") + 10
    y = draw_band(canvas, y, "use_case", rows, grid)
    return canvas.finish(y, source)


def plot_integration(
    frame: pd.DataFrame,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    source: str = "Drawn by GovStack Kit",
) -> tuple[Figure, Axes]:
    """Draw how many links systems need: one for each pair, or one each through a mediator.

    Several numbers of systems give two curves, one number gives two bars.

    Parameters
    ----------
    frame
        What :func:`govstack_kit.integration_links` returns.
    ax
        Axes to draw on; without it, a figure of its own.
    title
        Title; without it, a sentence of the kit's own.
    source
        Where the content comes from, written below the figure; empty for nothing.

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
    >>> frame = govstack_kit.integration_links(range(1, 51))
    >>> figure, axes = govstack_kit.plot_integration(frame)
    >>> axes.texts[0].get_text()
    'Links between 50 systems: 1,225 in pairs, 50 shared'
    >>> pyplot.close(figure)
    """
    columns = ("systems", "point_to_point", "shared")
    check_frame(frame, columns, "govstack_kit.integration_links(systems)")
    if frame.empty:
        return nothing(ax, title or "Links between systems", "There are no systems.", source)
    records = sorted(records_of(frame), key=lambda record: int(record["systems"]))
    most = records[-1]
    systems = int(most["systems"])
    head = title or (
        f"Links between {systems:,} system{'s' * (systems != 1)}: "
        f"{most['point_to_point']:,} in pairs, {most['shared']:,} shared"
    )
    about = "n systems that exchange data need n (n - 1) / 2 links two by two, and n links through"
    beside = text_width(str(most["point_to_point"]), style.HEAD, bold=True) + 60  # of a bar
    left = column_width([PAIRS, SHARED], NAMES)
    canvas = Canvas(2 * style.MARGIN + max(left + GAP + LONGEST + beside, 680), ax)
    y = canvas.heading(head, f"{about} an Information Mediator.")
    if len(records) > 1:
        y = _draw_curves(canvas, y, records)
        return canvas.finish(y, source)
    bars = [
        Bar(PAIRS, int(most["point_to_point"]), "links", COLOURS["point_to_point"]),
        Bar(SHARED, int(most["shared"]), "links", COLOURS["shared"]),
    ]
    y = draw_bars(canvas, y, bars, left, "no link")
    return canvas.finish(y, source)


def _step(most: int) -> int:
    """Return a round distance between lines, so that at most `TICKS` of them reach the largest."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if most / (factor * size) <= TICKS:
                return factor * size
        size *= 10


def _draw_curves(canvas: Canvas, y: float, records: list[dict[str, Any]]) -> float:
    """Draw both numbers of links over the number of systems; return where that ends."""
    systems = [int(record["systems"]) for record in records]
    values = {name: [int(record[name]) for record in records] for name in COLOURS}
    top = max(max(numbers) for numbers in values.values())
    step = _step(top)
    ceiling = step * -(-top // step)
    left = style.MARGIN + text_width(f"{ceiling:,}", style.SMALL) + 10
    labels = max(text_width(f"{max(n):,} links", style.HEAD, bold=True) for n in values.values())
    right = canvas.width - style.MARGIN - max(labels, 150) - 12
    base = y + style.SMALL + HEIGHT

    def across(number: int) -> float:
        return left + (right - left) * (number - systems[0]) / (systems[-1] - systems[0])

    def down(number: int) -> float:
        return base - HEIGHT * number / ceiling

    for number in range(0, ceiling + 1, step):
        at = down(number)
        colour = style.RULE if number == 0 else style.GUIDE
        canvas.path([(left, at), (right, at)], colour=colour, z=0)
        canvas.write(
            left - 6, at, f"{number:,}", style.SMALL, colour=style.MUTED, ha="right", va="center"
        )
    shown = _step(systems[-1] - systems[0])
    marks = [n for n in range(0, systems[-1] + 1, shown) if n > systems[0] + shown * 0.6]
    marks = [n for n in marks if n < systems[-1] - shown * 0.6]
    for number in (systems[0], *marks, systems[-1]):
        at = across(number)
        canvas.path([(at, base), (at, base + 4)], colour=style.RULE, z=0)
        canvas.write(at, base + 7, f"{number:,}", style.SMALL, colour=style.MUTED, ha="center")
    end = base + 7 + style.SMALL * style.LEADING + 2
    middle = (left + right) / 2
    canvas.write(middle, end, "systems", style.SMALL, colour=style.MUTED, bold=True, ha="center")
    ends = {name: down(numbers[-1]) for name, numbers in values.items()}
    high, low = sorted(ends, key=lambda name: ends[name])
    places = {low: max(min(ends[low], base - 20), base - HEIGHT + LABEL)}
    places[high] = max(min(ends[high], places[low] - LABEL), base - HEIGHT)
    for name, said in (("point_to_point", PAIRS), ("shared", SHARED)):
        points = [(across(n), down(v)) for n, v in zip(systems, values[name], strict=True)]
        dashed = name == "shared"
        colour = COLOURS[name]
        canvas.path(points, colour=colour, line=2.4, dashed=dashed, z=3, gid=f"curve:{name}")
        x, at, links = right + 12, places[name] - 16, values[name][-1]
        much = f"{links:,} link{'s' * (links != 1)}"
        canvas.write(x, at, much, style.HEAD, colour=colour, bold=True)
        at += style.HEAD * style.LEADING
        canvas.paragraph((x, at), canvas.width - style.MARGIN - x, said, style.SMALL, colour=colour)
    return end + style.SMALL * style.LEADING
