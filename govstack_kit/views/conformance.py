"""The figure of a product's interface beside a building block's: operations there, near, missing.

Definitions
-----------
The rules are those of :mod:`govstack_kit.views.plots`: a pure function of a frame, which returns
``(figure, axes)``, shows nothing and computes nothing about the framework. A full disc stands for
an operation that is there, a half one for one that is near, an empty one for one that is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from matplotlib.patches import Circle, Wedge

from govstack_kit.views import style
from govstack_kit.views._layout import (
    Canvas,
    check_frame,
    nothing,
    records_of,
    text_height,
    text_width,
    wrap,
)
from govstack_kit.views.style import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 40  # operations drawn one by one; of more, those that cost the score most
RADIUS, BAR, LINE = 5.0, 80.0, 12.0  # of a disc, length of a full bar, its height
PATHS, NOTES = 228.0, 148.0
LINES = 4  # of a path or a note, at most
COLUMNS = ("method", "path", "state", "score", "compared", "differences", "matched_method",
           "matched_path")  # fmt: skip
TITLE = "What the interface offers"


class _State(NamedTuple):
    """How operations in one state are named and drawn."""

    name: str
    colour: str
    filled: float


STATES = {
    "there": _State("there", "#00775A", 1.0),
    "near": _State("near", style.WARNING, 0.5),
    "missing": _State("missing", "#56626E", 0.0),
}


def plot_conformance(
    frame: pd.DataFrame,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    source: str = "Drawn by GovStack Kit; the weights of the score are the kit's own",
) -> tuple[Figure, Axes]:
    r"""Draw which published operations a product offers, and how well each agrees.

    At the top how many are there, near and missing; beneath, the operations with their scores. Of
    more than 40, the 40 with the lowest scores that are not complete are drawn.

    Parameters
    ----------
    frame
        What :func:`govstack_kit.conformance` returns.
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
    >>> import govstack_kit, pathlib, tempfile
    >>> from matplotlib import pyplot
    >>> from govstack_kit.selection.conformance import conformance
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "ours.yaml")
    ...     _ = path.write_text("openapi: 3.0.0\npaths: {'/v1/processes': {get: {}}}")
    ...     frame = conformance(govstack_kit.load(), path, building_block="workflow")
    >>> figure, axes = plot_conformance(frame)
    >>> axes.texts[0].get_text()
    '1 of 9 published operations is there: score 7 %'
    >>> pyplot.close(figure)
    """
    check_frame(frame, COLUMNS, "govstack_kit.conformance(published, candidate)")
    if frame.empty:
        return nothing(ax, title or TITLE, "No operation is published.", source)
    records = records_of(frame)
    numbers = {state: sum(r["state"] == state for r in records) for state in STATES}
    score = float(frame["score"].mean())
    there = numbers["there"]
    head = (
        f"{there} of {count(len(records), 'published operation')} "
        f"{'is' if there == 1 else 'are'} there: score {_percent(score)}"
    )
    canvas = Canvas(style.PAGE, ax)
    y = canvas.heading(title or head, _about(records))
    y = _draw_shares(canvas, y, numbers, len(records)) + 14
    drawn = _chosen(records)
    y = _draw_head(canvas, y)
    for at, record in enumerate(drawn):
        y = _draw_row(canvas, y, record, gid=f"operation:{at}")
    if len(drawn) < len(records):
        more = f"And {len(records) - len(drawn)} more, whose scores are no lower: see the table."
        y = canvas.paragraph((style.MARGIN, y + 6), canvas.width, more, style.SMALL)
    return canvas.finish(y, source)


def _about(records: Sequence[dict[str, Any]]) -> str:
    about = "The score runs from 0 to 100 %; it is the mean over the published operations."
    if any(record["compared"] != "in full" for record in records):
        about += " Only presence was compared: parameters and fields are not known."
    return about


def _percent(score: float) -> str:
    """Return a score in per cent, rounded, but full and nothing only where they are exact."""
    whole = round(100 * score)
    if score > 0 and not whole:
        return "< 1 %"
    return "> 99 %" if score < 1 and whole == 100 else f"{whole} %"  # noqa: PLR2004 - per cent


def _chosen(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return all operations, or of too many the lowest scores, in the order of the frame."""
    order = sorted(range(len(records)), key=lambda at: (float(records[at]["score"]), at))
    return [records[at] for at in sorted(order[:MOST])]


def _draw_shares(canvas: Canvas, y: float, numbers: dict[str, int], total: int) -> float:
    """Draw how many are there, near and missing, as one bar and in words; return the end."""
    x, room = style.MARGIN, canvas.width - 2 * style.MARGIN
    for name, state in STATES.items():
        length = room * numbers[name] / total
        if length:
            face = state.colour if state.filled == 1 else style.tint(state.colour, 0.25)
            face = face if state.filled else style.PAPER
            canvas.box(x, y, length, 16, face=face, edge=state.colour, gid=f"share:{name}")
        x += length
    y += 16 + 8
    x = style.MARGIN
    for name, state in STATES.items():
        _draw_disc(canvas, (x + RADIUS, y + 7), state)
        said = f"{numbers[name]} {state.name}"
        canvas.write(x + 2 * RADIUS + 6, y, said, style.HEAD, colour=state.colour, bold=True)
        x += 2 * RADIUS + 6 + text_width(said, style.HEAD, bold=True) + 26
    return y + style.HEAD * style.LEADING


def _draw_disc(canvas: Canvas, at: tuple[float, float], state: _State, gid: str = "") -> None:
    face = state.colour if state.filled == 1 else style.PAPER
    canvas.add(
        Circle(at, RADIUS, facecolor=face, edgecolor=state.colour, linewidth=1.4, zorder=3), gid
    )
    if 0 < state.filled < 1:
        canvas.add(Wedge(at, RADIUS, 90, 270, facecolor=state.colour, edgecolor="none", zorder=4))


def _columns() -> tuple[float, float, float, float]:
    """Return where method, path, bar and note begin."""
    method = style.MARGIN + 24
    path = method + 58
    bar = path + PATHS + 14
    return method, path, bar, bar + BAR + 48


def _draw_head(canvas: Canvas, y: float) -> float:
    method, _, bar, note = _columns()
    for x, text in ((method, "Published operation"), (bar, "Score"), (note, "What differs")):
        canvas.write(x, y, text, style.SMALL, colour=style.MUTED, bold=True)
    y += style.SMALL * style.LEADING + 4
    right = canvas.width - style.MARGIN
    canvas.path([(style.MARGIN, y), (right, y)], colour=style.RULE)
    return y + 3


def _draw_row(canvas: Canvas, y: float, record: dict[str, Any], *, gid: str) -> float:
    state = STATES.get(str(record["state"]), STATES["missing"])
    score = min(max(float(record["score"]), 0.0), 1.0)
    method, path, bar, note = _columns()
    lines = wrap(record["path"], PATHS, style.SMALL, most=LINES)
    said = wrap(_said(record), NOTES, style.SMALL, most=LINES)
    height = max(text_height(lines, style.SMALL), text_height(said, style.SMALL), 14) + 5
    middle = y + height / 2
    _draw_disc(canvas, (style.MARGIN + RADIUS + 2, middle), state, gid)
    canvas.write(method, middle, str(record["method"])[:8], style.SMALL, bold=True, va="center")
    canvas.write(path, middle, lines, style.SMALL, va="center")
    canvas.box(bar, middle - LINE / 2, BAR, LINE, face=style.STRIPE)
    if score:
        canvas.box(bar, middle - LINE / 2, BAR * score, LINE, face=state.colour, z=2)
    canvas.write(bar + BAR + 40, middle, _percent(score), style.SMALL, ha="right", va="center")
    canvas.write(note, middle, said, style.SMALL, colour=style.MUTED, va="center")
    y += height
    canvas.path([(style.MARGIN, y), (canvas.width - style.MARGIN, y)], colour=style.GUIDE, z=0)
    return y


def _said(record: dict[str, Any]) -> str:
    """Say what is the matter with an operation."""
    number = int(record["differences"])
    if record["state"] == "missing":
        return "missing"
    if record["state"] == "near":
        same = record["matched_method"] == record["method"]
        return f"near: {'' if same else record['matched_method']} {record['matched_path']}"
    if record["compared"] != "in full":
        return "there; parts not compared"
    return f"there; {count(number, 'difference')}" if number else "there; no difference"
