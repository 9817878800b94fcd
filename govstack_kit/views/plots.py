"""The figures of the framework, each a pure function of a tidy frame.

Definitions
-----------
A figure computes nothing about the framework: it counts the marks that it draws, and that is all.
Every function returns ``(figure, axes)``, shows nothing, and leaves matplotlib's settings alone.
Without `ax` it makes a figure as large as its content needs; on the axes of a caller it scales the
same drawing to fit, letters included. Coordinates are points, with y growing downwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from govstack_kit.errors import ArgumentError
from govstack_kit.views import style
from govstack_kit.views._grid import (
    GAP,
    Grid,
    architecture_rows,
    column_width,
    draw_band,
    draw_whole_legend,
    journey_rows,
    matrix_rows,
)
from govstack_kit.views._layout import (
    Canvas,
    check_frame,
    longest_word,
    nothing,
    records_of,
)
from govstack_kit.views._parts import (
    LONGEST,
    MANY,
    Bar,
    draw_arrows,
    draw_bars,
    draw_chips,
    draw_no_steps,
    draw_sectors,
    draw_step_list,
    draw_upright,
    draw_use_cases,
    place_sectors,
)
from govstack_kit.views.style import count

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAMES, NOTES = 200.0, 78.0  # room for the names of rows, and for what stands at their right
MEASURES = {"use_cases": "use case", "sectors": "sector", "goals": "SDG goal", "steps": "step"}
USED = ("workflow", "building_block")


def plot_user_journey(
    frame: pd.DataFrame,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    source: str = style.SOURCE,
) -> tuple[Figure, Axes]:
    """Draw a use case as a journey: goals, steps as arrows, workflows and blocks beneath.

    Parameters
    ----------
    frame
        What :func:`govstack_kit.journey` returns.
    ax
        Axes to draw on; without it, a figure of its own.
    title
        Title; without it, the name of the use case.
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
    >>> frame = govstack_kit.journey(govstack_kit.load(), "AGR-2")
    >>> figure, axes = govstack_kit.plot_user_journey(frame)
    >>> axes.texts[0].get_text()
    'Rural Advisory Service for Farmers'
    >>> pyplot.close(figure)
    """
    columns = ("layer", "node", "label", "step", "colour")
    check_frame(frame, columns, "govstack_kit.journey(framework, use_case)")
    if frame.empty:
        return nothing(ax, title or "User journey", "This use case is empty so far.", source)
    of = {
        layer: [record for record in records_of(frame) if record["layer"] == layer]
        for layer in style.LAYERS
    }
    steps = sorted(of["step"], key=lambda record: record["step"])
    names = [str(step["label"]) for step in steps]
    case = of["use_case"][0] if of["use_case"] else {"label": "User journey", "node": ""}

    least = min(max(longest_word(names, style.SMALL) + 15, 76), 112) if len(names) <= MANY else 24
    width = max(least, min(660 / len(names), 136)) if names else 460
    left = column_width([str(r["label"]) for layer in USED for r in of[layer]], NAMES)
    left = max(left, 120) + 12
    first = style.MARGIN + left + GAP
    last = first + width * max(len(names), 1)
    middles = [first + width * (place + 0.5) for place in range(len(names))]
    grid = Grid(left, middles, width, last, last + GAP + NOTES)
    canvas = Canvas(grid.right + style.MARGIN, ax)

    key = str(case["node"]).removeprefix("use_case:")
    about = "User journey" + (f" of {key}" if key else "")
    y = canvas.heading(title or case["label"], f"{about}: steps, workflows, building blocks")
    y = draw_chips(canvas, y, of["goal"] + of["target"])
    y = draw_arrows(canvas, y, steps, grid) if steps else draw_no_steps(canvas, y)
    places = {step["step"]: place for place, step in enumerate(steps)}
    whole = False
    for layer in USED:
        rows = journey_rows(of[layer], places)
        whole = whole or any(row.whole for row in rows)
        y = draw_band(canvas, y, layer, rows, grid) + GAP
    if whole:
        y = draw_whole_legend(canvas, y)
    if len(steps) > MANY:
        y = draw_step_list(canvas, y, steps)
    return canvas.finish(y, source)


def plot_architecture(
    frame: pd.DataFrame,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    source: str = style.SOURCE,
) -> tuple[Figure, Axes]:
    """Draw what several use cases are made of: sectors, use cases, workflows, building blocks.

    The number in a mark says how many steps use the workflow or block; the more, the darker.

    Parameters
    ----------
    frame
        What :func:`govstack_kit.architecture` returns.
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
    >>> frame = govstack_kit.architecture(govstack_kit.load(), use_cases=["AGR-2", "HLTC-2"])
    >>> figure, axes = govstack_kit.plot_architecture(frame)
    >>> axes.texts[0].get_text()
    'What 2 use cases are made of'
    >>> pyplot.close(figure)
    """
    columns = ("sector", "use_case", "use_case_name", "layer", "node", "label", "steps")
    check_frame(frame, columns, "govstack_kit.architecture(framework, use_cases=[...])")
    if frame.empty:
        sentence = "None of the use cases names a workflow or a building block."
        return nothing(ax, title or "Architecture", sentence, source)
    records = records_of(frame)
    cases = list({record["use_case"]: record for record in records}.values())
    places = {case["use_case"]: place for place, case in enumerate(cases)}
    most = max(*(int(record["steps"]) for record in records), 1)
    bands = {
        layer: architecture_rows([r for r in records if r["layer"] == layer], places, most)
        for layer in USED
    }
    width = max(min(560 / len(cases), 150), 45)
    left = column_width([row.name for rows in bands.values() for row in rows], NAMES) + 12
    middles, sectors = place_sectors(style.MARGIN + left + GAP, cases, width)
    last = sectors[-1].end
    grid = Grid(
        left,
        middles,
        width,
        last,
        last + GAP + NOTES,
        radius=9.5,
        padding=3,
        note_head="use cases",
    )
    canvas = Canvas(grid.right + style.MARGIN, ax)
    total = count(len(cases), "use case")
    numbers = [count(len({sector.name for sector in sectors}), "sector"), total]
    for layer, rows in bands.items():
        numbers.append(count(len(rows), style.LAYERS[layer].one, style.LAYERS[layer].many))
    what = f"What {total} are made of" if len(cases) > 1 else f"What {cases[0]['use_case']} needs"
    meaning = "The number in a mark says how many steps use it; the more, the darker."
    y = canvas.heading(title or what, f"{', '.join(numbers)}. {meaning}")
    y = draw_sectors(canvas, y, sectors)
    y = draw_use_cases(canvas, y, cases, grid)
    for layer, rows in bands.items():
        y = draw_band(canvas, y, layer, rows, grid) + GAP
    if any(mark.hatched for rows in bands.values() for row in rows for mark in row.marks.values()):
        y = draw_whole_legend(canvas, y)
    return canvas.finish(y, source)


def plot_step_matrix(
    matrix: pd.DataFrame,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    source: str = style.SOURCE,
) -> tuple[Figure, Axes]:
    """Draw which step uses which workflow or building block.

    Parameters
    ----------
    matrix
        What :func:`govstack_kit.step_matrix` returns: steps as rows, True where a step uses it.
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
    >>> matrix = govstack_kit.step_matrix(govstack_kit.load(), "AGR-2")
    >>> figure, axes = govstack_kit.plot_step_matrix(matrix)
    >>> axes.texts[0].get_text()
    'Which step uses which building block'
    >>> pyplot.close(figure)
    """
    made_by = "govstack_kit.step_matrix(framework, use_case)"
    check_frame(matrix, (), made_by)
    if any(kind != "bool" for kind in matrix.dtypes.astype(str)):
        raise ArgumentError(f"The matrix holds True and False only: pass what {made_by} returns.")
    layer = matrix.columns.name if matrix.columns.name in USED else "building_block"
    look = style.LAYERS[str(layer)]
    head = title or f"Which step uses which {look.one}"
    if matrix.empty:
        return nothing(ax, head, f"No step names a {look.one}.", source)
    names = [str(name) for name in matrix.columns]
    width = max(min(520 / len(names), 72), 34)
    left = column_width([str(step) for step in matrix.index], NAMES + 60) + 12
    first = style.MARGIN + left + GAP
    last = first + width * len(names)
    middles = [first + width * (place + 0.5) for place in range(len(names))]
    right = last + GAP + NOTES
    grid = Grid(left, middles, width, last, right, radius=7.5, connected=False, marks=str(layer))
    canvas = Canvas(right + style.MARGIN, ax)
    numbers = count(len(matrix), "step"), count(len(names), look.one, look.many)
    y = canvas.heading(head, ", ".join(numbers))
    y = draw_upright(canvas, y, names, grid, str(layer)) + 10
    y = draw_band(canvas, y, "step", matrix_rows(matrix), grid) + 8
    canvas.write(style.MARGIN + 6, y, "Steps that use it", bold=True)
    for middle, total in zip(middles, matrix.to_numpy().sum(axis=0), strict=True):
        canvas.write(middle, y, str(int(total)), bold=True, ha="center")
    return canvas.finish(y + style.TEXT * style.LEADING, source)


def plot_reuse(
    frame: pd.DataFrame,
    *,
    by: str = "use_cases",
    ax: Axes | None = None,
    title: str | None = None,
    source: str = style.SOURCE,
) -> tuple[Figure, Axes]:
    """Draw how much each workflow or building block is used, the most used first.

    Parameters
    ----------
    frame
        What :func:`govstack_kit.reuse` returns.
    by
        What the bars count: ``use_cases``, ``sectors``, ``goals`` or ``steps``.
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
        If `frame` is not such a frame, or `by` none of the four.

    Examples
    --------
    >>> import govstack_kit
    >>> from matplotlib import pyplot
    >>> frame = govstack_kit.reuse(govstack_kit.load(), "building_block")
    >>> figure, axes = govstack_kit.plot_reuse(frame)
    >>> axes.texts[0].get_text()
    'How many use cases each building block serves'
    >>> pyplot.close(figure)
    """
    check_frame(frame, ("name", *MEASURES), "govstack_kit.reuse(framework, layer)")
    if by not in MEASURES:
        raise ArgumentError(f"by is one of {', '.join(map(repr, MEASURES))}, not {by!r}.")
    layer = "workflow" if "workflow" in frame.columns else "building_block"
    look = style.LAYERS[layer]
    head = title or f"How many {MEASURES[by]}s each {look.one} serves"
    if frame.empty:
        return nothing(ax, head, f"There is no {look.one} to count.", source)
    records = sorted(records_of(frame), key=lambda record: -int(record[by]))
    names = [str(record["name"]) for record in records]
    if layer in frame.columns:
        names = style.distinct(names, [str(record[layer]) for record in records])
    beside = "steps" if by != "steps" else "use_cases"
    bars = [
        Bar(name, int(record[by]), count(int(record[beside]), MEASURES[beside]), look.colour)
        for name, record in zip(names, records, strict=True)
    ]
    left = column_width(names, NAMES + 60)
    canvas = Canvas(2 * style.MARGIN + left + GAP + LONGEST + 120, ax)
    unused = sum(not bar.value for bar in bars)
    about = count(len(bars), look.one, look.many) + (f", {unused} not used yet" if unused else "")
    about += f". In bold, the number of {MEASURES[by]}s; beside it, of {MEASURES[beside]}s."
    y = canvas.heading(head, about)
    y = draw_bars(canvas, y, bars, left, "not used yet")
    return canvas.finish(y, source)
