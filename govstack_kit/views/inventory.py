"""The figures of needs and of what is there: which blocks weigh most, and what serves them.

Definitions
-----------
The rules are those of :mod:`govstack_kit.views.plots`: a pure function of a frame, which returns
``(figure, axes)``, shows nothing and computes nothing about the framework.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from govstack_kit.errors import ArgumentError
from govstack_kit.views import style
from govstack_kit.views._grid import GAP, HATCH, Grid, column_width
from govstack_kit.views._layout import (
    Canvas,
    check_frame,
    nothing,
    records_of,
    text_height,
    text_width,
    wrap,
)
from govstack_kit.views._parts import Sample, draw_legend, draw_stripe, draw_upright
from govstack_kit.views.style import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAMES = 170.0  # room for the names of rows
NOTE = 104.0  # room for the state of a block
LINES = 3  # of a name, at most
MARKS = 5  # as many columns share the room at least
COLUMN = 26.0  # least width for a system: of more than fit, the rest stands in a second part
# How far a mark is filled, so that no meaning hangs on colour; None is hatched.
FILLED = {"well": 1.0, "partly": 0.55, "poorly": 0.2, "not judged": None}
SIDE = 19.0  # of a mark
COLOUR = style.LAYERS["building_block"].colour
SOURCE = "Source: the plan; drawn by GovStack Kit"


def plot_needs(
    frame: pd.DataFrame,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    source: str = SOURCE,
) -> tuple[Figure, Axes]:
    """Draw how much each building block is needed, the most needed first.

    Parameters
    ----------
    frame
        What :func:`govstack_kit.selection.needs.needs` returns.
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
    >>> from govstack_kit.selection.needs import blocks_needed
    >>> figure, axes = plot_needs(blocks_needed(govstack_kit.load(), ["AGR-2"]))
    >>> axes.texts[0].get_text()
    'Which building blocks are needed most'
    >>> pyplot.close(figure)
    """
    columns = ("building_block", "name", "steps", "use_cases", "weight", "foundational")
    check_frame(frame, (*columns, "specified"), "needs(framework, plan)")
    head = title or "Which building blocks are needed most"
    if frame.empty:
        return nothing(ax, head, "No step has an accepted building block so far.", source)
    records = sorted(records_of(frame), key=lambda record: -float(record["weight"]))
    names = style.distinct(
        [str(r["name"]) for r in records], [str(r["building_block"]) for r in records]
    )
    left = column_width(names, NAMES)
    notes = [
        f"{count(int(r['steps']), 'step')}, {count(int(r['use_cases']), 'use case')}"
        for r in records
    ]
    canvas = Canvas(style.PAGE, ax)
    room = max(text_width(said, style.SMALL) for said in notes) + 56
    longest = canvas.width - 2 * style.MARGIN - left - GAP - room
    about = f"{count(len(records), 'building block')}. In bold, the share of all needs."
    y = canvas.heading(head, about)
    most = max(float(record["weight"]) for record in records) or 1.0
    start, top = style.MARGIN + left + GAP, y
    for name, said, record in zip(names, notes, records, strict=True):
        lines = wrap(name, left, style.TEXT, most=LINES)
        height = max(text_height(lines, style.TEXT), 17) + 9
        middle = y + height / 2
        canvas.write(style.MARGIN + left, middle, lines, va="center", ha="right")
        length = max(longest * float(record["weight"]) / most, 1.5)
        _bar(canvas, (start, middle), length, record)
        share = style.per_cent(float(record["weight"]))
        end = start + length + 7
        canvas.write(end, middle, share, style.HEAD, bold=True, va="center")
        end += text_width(share, style.HEAD, bold=True) + 9
        canvas.write(end, middle, said, style.SMALL, colour=style.MUTED, va="center")
        y += height
    canvas.path([(start, top), (start, y)], colour=style.RULE)
    return canvas.finish(_needs_legend(canvas, y + 12, records), source)


def _bar(canvas: Canvas, at: tuple[float, float], length: float, record: dict[str, Any]) -> None:
    light = not record["foundational"]
    face = style.tint(COLOUR, 0.5) if light else COLOUR
    gid = f"bar:{record['building_block']}"
    y = at[1] - 8.5
    if record["specified"]:
        canvas.box(at[0], y, length, 17, face=face, radius=1.5, gid=gid)
    else:
        pale = style.tint(COLOUR, 0.12)
        canvas.box(at[0], y, length, 17, face=pale, edge=face, hatch=HATCH, line=0.8, gid=gid)


def _needs_legend(canvas: Canvas, y: float, records: Sequence[dict[str, Any]]) -> float:
    """Say what the looks of bars mean, those that are there; return where that ends."""
    looks = {
        "foundational": (True, True),
        "other": (False, True),
        "nothing is published that it must do": (False, False),
    }

    def draw(foundational: bool, specified: bool, x: float, middle: float) -> None:  # noqa: FBT001
        look = {"foundational": foundational, "specified": specified, "building_block": "legend"}
        _bar(canvas, (x, middle), 24, look)

    seen = {(bool(r["foundational"] and r["specified"]), bool(r["specified"])) for r in records}
    found = [(said, look) for said, look in looks.items() if look in seen]
    return draw_legend(canvas, y, [Sample(said, 24, partial(draw, *look)) for said, look in found])


def plot_coverage(
    matrix: pd.DataFrame,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    source: str = SOURCE,
    note: str = "",
) -> tuple[Figure, Axes]:
    """Draw which existing system serves which building block, and how well.

    Of more systems than fit beside each other, the rest stands in further parts beneath, which
    hold the blocks that those serve.

    Parameters
    ----------
    matrix
        What :func:`govstack_kit.selection.inventory.coverage_matrix` returns.
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
        If `matrix` is not such a frame.

    Examples
    --------
    >>> import govstack_kit
    >>> from matplotlib import pyplot
    >>> from govstack_kit.selection.inventory import coverage_matrix
    >>> plan = govstack_kit.Plan.new(title="Our systems")
    >>> _ = plan.add_system("IFMIS", serves=[{"key": "govstack:payments", "quality": "well"}])
    >>> figure, axes = plot_coverage(coverage_matrix(govstack_kit.load(), plan))
    >>> axes.texts[0].get_text()
    'What our systems serve already'
    >>> pyplot.close(figure)
    """
    made_by = "coverage_matrix(framework, plan)"
    check_frame(matrix, (), made_by)
    head = title or "What our systems serve already"
    if list(matrix.index.names) != ["building_block", "state"]:
        raise ArgumentError(
            f"Its rows are building blocks with their state: pass what {made_by} returns."
        )
    if matrix.empty and not len(matrix):
        sentence = "No building block is needed so far, and no system is listed that serves one."
        return nothing(ax, head, sentence, source)
    values = matrix.astype(str).to_numpy().tolist()
    if wrong := sorted({text for row in values for text in row} - {*FILLED, ""}):
        raise ArgumentError(
            f"The matrix holds {wrong[0]!r}; allowed: {', '.join(FILLED)}, or nothing."
        )
    blocks = [(str(name), str(state)) for name, state in matrix.index]
    systems = [str(name) for name in matrix.columns]
    left = column_width([name for name, _ in blocks], NAMES) + 12
    first = style.MARGIN + left + GAP
    room = style.PAGE - first - GAP - NOTE - style.MARGIN
    fit = max(int(room / COLUMN), 1)  # systems beside each other
    width = room / max(min(len(systems), fit), MARKS)
    canvas = Canvas(style.PAGE, ax)
    y = canvas.heading(head, _about(blocks, len(systems)), note=note)
    if not systems:
        said = "No system serves any of them."
        canvas.write(first, y + 4, said, style.SMALL, colour=style.MUTED)
        y += style.SMALL * style.LEADING + 12
    needed = sum(state != "not needed" for _, state in blocks)
    groups = [("BUILDING BLOCKS NEEDED", 0, needed), ("SERVED, NOT NEEDED", needed, len(blocks))]
    for begin in range(0, max(len(systems), 1), fit):
        part = systems[begin : begin + fit]
        middles = [first + width * (place + 0.5) for place in range(len(part))]
        grid = Grid(left, middles, width, first + room, style.PAGE - style.MARGIN)
        if part:
            y = draw_upright(canvas, y, part, grid, "use_case") + 8
        for said, start, end in groups:
            rows = [
                (*blocks[at], dict(enumerate(values[at][begin : begin + fit], start=begin)))
                for at in range(start, end)
            ]
            if rows := [row for row in rows if not begin or any(row[2].values())]:
                y = _band(canvas, y, said, rows, grid) + GAP
    return canvas.finish(_coverage_legend(canvas, y) if systems else y, source)


def _about(blocks: Sequence[tuple[str, str]], systems: int) -> str:
    states = [state for _, state in blocks]
    needed = sum(state != "not needed" for state in states)
    said = [
        f"{count(systems, 'system')}, {count(needed, 'needed building block')}",
        *(
            f"{states.count(state)} {words}"
            for state, words in (
                ("nothing", "served by nothing"),
                ("partial", "in part"),
                ("one", "by one system"),
                ("several competing", "by several competing systems"),
            )
            if state in states
        ),
    ]
    return f"{said[0]}" + (f": {', '.join(said[1:])}." if said[1:] else ".")


def _band(
    canvas: Canvas,
    y: float,
    head: str,
    rows: Sequence[tuple[str, str, dict[int, str]]],
    grid: Grid,
) -> float:
    """Draw a headed band of blocks, with a mark for each system that serves one."""
    canvas.write(style.MARGIN, y, head, style.HEAD, colour=COLOUR, bold=True)
    y += style.HEAD * style.LEADING + 3
    top = y
    canvas.path([(style.MARGIN, y), (grid.right, y)], colour=COLOUR, line=1.4, z=2)
    y += 2
    for number, (name, state, row) in enumerate(rows):
        lines = wrap(name, grid.name_width, style.TEXT, most=LINES)
        height = max(text_height(lines, style.TEXT), SIDE) + 7
        middle = y + height / 2
        draw_stripe(canvas, y, height, number)
        canvas.write(style.MARGIN + 6, middle, lines, colour=COLOUR, va="center")
        for (place, quality), x in zip(row.items(), grid.middles, strict=True):
            if quality:
                _mark(canvas, (x, middle), quality, f"mark:{name}:{place + 1}")
        gap = state in ("nothing", "partial")
        canvas.write(
            grid.last + GAP,
            middle,
            state if state != "not needed" else "",
            style.SMALL,
            colour=style.WARNING if gap else style.INK,
            bold=state != "one",
            va="center",
        )
        y += height
    for middle in grid.middles:
        canvas.path([(middle, top), (middle, y)], colour=style.GUIDE, line=0.7, z=1)
    return y


def _mark(canvas: Canvas, at: tuple[float, float], quality: str, gid: str) -> None:
    """Draw a box that is filled from below as far as the block is served."""
    x, y = at[0] - SIDE / 2, at[1] - SIDE / 2
    share = FILLED[quality]
    if share is None:
        pale = style.tint(COLOUR, 0.12)
        canvas.box(x, y, SIDE, SIDE, face=pale, edge=COLOUR, hatch=HATCH, z=3, gid=gid)
        return
    canvas.box(x, y, SIDE, SIDE, face=style.PAPER, edge=COLOUR, z=3, gid=gid)
    canvas.box(x, y + SIDE * (1 - share), SIDE, SIDE * share, face=COLOUR, edge=COLOUR, z=4)


def _coverage_legend(canvas: Canvas, y: float) -> float:
    def draw(quality: str, x: float, middle: float) -> None:
        _mark(canvas, (x + SIDE / 2, middle), quality, "legend")

    return draw_legend(canvas, y, [Sample(said, SIDE, partial(draw, said)) for said in FILLED])
