"""The figure of what to digitise first: importance from left to right, feasibility upwards.

Definitions
-----------
A candidate is a numbered disc at its two scores; where discs would cover each other, they stand
beside a dot at the exact place, joined to it by a line, and never leave their quadrant. The list at
the right gives each number its name. With the result of a sensitivity study it also says how often
the candidate lands in which quadrant, and the disc of a candidate that changes its quadrant in more
than a tenth of the draws is hollow. No meaning hangs on colour alone: quadrants have letters and
names.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.patches import Circle

from govstack_kit.views import style
from govstack_kit.views._grid import GAP
from govstack_kit.views._layout import Canvas, check_frame, nothing, records_of, text_height, wrap
from govstack_kit.views.style import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOWEST, MIDPOINT, HIGHEST = 1.0, 3.0, 5.0
SIDE = 430.0  # of the square that the discs stand in
EDGE = 14.0  # between the square and the lowest and highest scores
RADIUS, DOT = 9.0, 2.2
FIRM = 0.9  # share of the draws from which on a place is called firm
MOST = 60  # candidates with a disc; more are dots, and left out of the list
NAMES, SHARES = 220.0, 96.0  # widths in the list
LIST = 2 * RADIUS + 8 + NAMES + GAP + SHARES
SOURCE = (
    "Source: the scores and weights of the plan; quadrants of GovStack's Implementation Playbook; "
    "drawn by GovStack Kit"
)


class Quadrant(NamedTuple):
    """How a quadrant is named and drawn, and which scores are high in it."""

    name: str
    colour: str
    important: bool
    feasible: bool


QUADRANTS = {
    "A": Quadrant("Do first", "#0067A8", important=True, feasible=True),
    "B": Quadrant("Consider the investment", "#A34A00", important=True, feasible=False),
    "C": Quadrant("Easy, low value", "#00775A", important=False, feasible=True),
    "D": Quadrant("Postpone", "#56626E", important=False, feasible=False),
}
NOT_PLACED = "Not yet placed"


class _Mark(NamedTuple):
    """A candidate in the figure: number, name, quadrant, place, and how sure that is."""

    number: int
    key: str
    name: str
    letter: str
    at: tuple[float, float]
    shares: dict[str, float]

    @property
    def firm(self) -> bool:
        return not self.shares or self.shares.get(self.letter, 0.0) >= FIRM


class _Field(NamedTuple):
    """The square of the figure, by its left upper corner."""

    x: float
    y: float

    def at(self, importance: float, feasibility: float) -> tuple[float, float]:
        reach = (SIDE - 2 * EDGE) / (HIGHEST - LOWEST)
        right, up = (
            EDGE + reach * (min(max(score, LOWEST), HIGHEST) - LOWEST)
            for score in (importance, feasibility)
        )
        return self.x + right, self.y + SIDE - up


def plot_quadrants(
    frame: pd.DataFrame,
    *,
    sensitivity: pd.DataFrame | None = None,
    ax: Axes | None = None,
    title: str | None = None,
    source: str = SOURCE,
) -> tuple[Figure, Axes]:
    """Draw candidate services by importance and feasibility, in the quadrants A to D.

    Parameters
    ----------
    frame
        What :func:`govstack_kit.rank` returns.
    sensitivity
        What :func:`govstack_kit.sensitivity` returns for the same plan; with it, the figure says
        how sure the place of each candidate is.
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
        If `frame` or `sensitivity` is not such a frame.

    Examples
    --------
    >>> import govstack_kit
    >>> from matplotlib import pyplot
    >>> from govstack_kit.planning.prioritise import demonstration_candidates
    >>> plan = govstack_kit.Plan.new(title="What first?")
    >>> plan.candidates = demonstration_candidates()
    >>> figure, axes = govstack_kit.plot_quadrants(govstack_kit.rank(plan))
    >>> axes.texts[0].get_text()
    'Which of 10 candidates to digitise first'
    >>> pyplot.close(figure)
    """
    columns = ("candidate", "name", "importance", "feasibility", "quadrant")
    check_frame(frame, columns, "govstack_kit.rank(plan)")
    shares = _shares(sensitivity)
    if frame.empty:
        return nothing(ax, title or "What to digitise first", "No candidate is named yet.", source)
    records = records_of(frame)
    canvas = Canvas(2 * style.MARGIN + 40 + SIDE + 2 * GAP + 12 + LIST, ax)
    placed = sum(record["quadrant"] in QUADRANTS for record in records)
    head = f"Which of {count(len(records), 'candidate')} to digitise first"
    head = head if len(records) > 1 else "One candidate for being digitised first"
    top = canvas.heading(title or head, _about(placed, len(records), sensitive=bool(shares)))
    field = _Field(style.MARGIN + 40, top + style.HEAD * style.LEADING + 6)
    marks = _marks(records, field, shares)
    end = _draw_field(canvas, field)
    if placed > MOST:
        for mark in marks:
            canvas.add(_disc(mark.at, DOT, mark, filled=True), f"candidate:{mark.key}")
    else:
        _draw_marks(canvas, field, marks)
    if shares:
        end = _draw_key(canvas, field, end)
    x = field.x + SIDE + 2 * GAP + 12
    end = max(end, _draw_list(canvas, (x, top), marks, records, sensitive=bool(shares)))
    return canvas.finish(end, source)


def _shares(sensitivity: pd.DataFrame | None) -> dict[str, dict[str, float]]:
    if sensitivity is None:
        return {}
    columns = ("candidate", "quadrant", "share")
    check_frame(sensitivity, columns, "govstack_kit.sensitivity(plan)")
    found: dict[str, dict[str, float]] = {}
    for row in records_of(sensitivity):
        found.setdefault(str(row["candidate"]), {})[str(row["quadrant"])] = float(row["share"])
    return found


def _about(placed: int, total: int, *, sensitive: bool) -> str:
    about = "Scores run from 1 to 5; 3 or more is high."
    if placed < total:
        about += f" {total - placed} not yet placed, because too few questions are answered."
    if sensitive:
        about += " Shares: how often each lands in a quadrant when the weights are varied."
    return about


def _marks(
    records: Sequence[Mapping[str, Any]], field: _Field, shares: dict[str, dict[str, float]]
) -> list[_Mark]:
    placed = [record for record in records if record["quadrant"] in QUADRANTS]
    return [
        _Mark(
            number,
            str(record["candidate"]),
            str(record["name"]),
            str(record["quadrant"]),
            field.at(float(record["importance"]), float(record["feasibility"])),
            shares.get(str(record["candidate"]), {}),
        )
        for number, record in enumerate(placed, start=1)
    ]


def _draw_field(canvas: Canvas, field: _Field) -> float:
    """Draw the four quadrants, their names and the scales; return where they end."""
    half = SIDE / 2
    for letter, quadrant in QUADRANTS.items():
        x = field.x + (half if quadrant.important else 0)
        y = field.y + (0 if quadrant.feasible else half)
        canvas.box(x, y, half, half, face=style.tint(quadrant.colour, 0.09), gid=f"field:{letter}")
        name = f"{letter}: {quadrant.name}"
        beside = field.y - 5 if quadrant.feasible else field.y + SIDE + 5
        canvas.write(
            x + half / 2,
            beside,
            name,
            style.HEAD,
            colour=quadrant.colour,
            bold=True,
            ha="center",
            va="bottom" if quadrant.feasible else "top",
        )
    below = field.y + SIDE + 5 + style.HEAD * style.LEADING + 3
    for score in range(int(LOWEST), int(HIGHEST) + 1):
        x, y = field.at(score, score)
        strong = score == MIDPOINT
        colour, line = (style.FADED, 1.4) if strong else (style.RULE, 0.6)
        canvas.path([(x, field.y), (x, field.y + SIDE)], colour=colour, line=line)
        canvas.path([(field.x, y), (field.x + SIDE, y)], colour=colour, line=line)
        canvas.write(x, below, str(score), style.SMALL, colour=style.MUTED, ha="center")
        canvas.write(
            field.x - 6, y, str(score), style.SMALL, colour=style.MUTED, ha="right", va="center"
        )
    below += style.SMALL * style.LEADING + 3
    canvas.write(
        field.x + half,
        below,
        "Strategic importance and impact \N{RIGHTWARDS ARROW}",
        style.TEXT,
        ha="center",
    )
    canvas.write(
        style.MARGIN + 8,
        field.y + half,
        "Feasibility \N{RIGHTWARDS ARROW}",
        style.TEXT,
        ha="center",
        va="center",
        upright=True,
    )
    return below + style.TEXT * style.LEADING


def _disc(at: tuple[float, float], radius: float, mark: _Mark, *, filled: bool) -> Circle:
    colour = QUADRANTS[mark.letter].colour
    face = colour if filled else style.PAPER
    return Circle(at, radius, facecolor=face, edgecolor=colour, linewidth=1.4, zorder=3)


def _spots(field: _Field, marks: Sequence[_Mark]) -> list[tuple[float, float]]:
    """Return where the discs stand: at the exact place, or at the nearest free one beside it."""
    exact = np.array([mark.at for mark in marks])
    apart = 2 * RADIUS + 2.5
    rings = np.arange(RADIUS + 5, SIDE, 3.0)
    angles = np.arange(0, 2 * math.pi, math.pi / 12) - math.pi / 4
    steps = np.array([(r * math.cos(a), r * math.sin(a)) for r in rings for a in angles])
    taken: list[tuple[float, float]] = []
    for place, mark in enumerate(marks):
        others = np.delete(exact, place, axis=0)
        quadrant = QUADRANTS[mark.letter]
        middle, reach = SIDE / 2, RADIUS + 1.5
        left = field.x + (middle if quadrant.important else 0) + reach
        upper = field.y + (0 if quadrant.feasible else middle) + reach
        room = middle - 2 * reach
        spots = exact[place] + steps
        within = ((spots >= (left, upper)) & (spots <= (left + room, upper + room))).all(axis=1)
        spots = np.vstack([exact[place], spots[within]])
        free = np.ones(len(spots), dtype=bool)
        for points, distance in ((others, RADIUS + DOT + 2), (np.array(taken), apart)):
            if len(points):
                gaps = np.linalg.norm(spots[:, None] - points[None], axis=2)
                free &= (gaps >= distance).all(axis=1)
        best = spots[int(np.argmax(free))]
        taken.append((float(best[0]), float(best[1])))
    return taken


def _draw_marks(canvas: Canvas, field: _Field, marks: Sequence[_Mark]) -> None:
    for mark, spot in zip(marks, _spots(field, marks), strict=True):
        colour = QUADRANTS[mark.letter].colour
        if spot != mark.at:
            canvas.path([mark.at, spot], colour=colour, line=0.9, z=2)
            canvas.add(_disc(mark.at, DOT, mark, filled=True), f"dot:{mark.key}")
        _draw_number(canvas, spot, mark, gid=f"candidate:{mark.key}")


def _draw_number(canvas: Canvas, at: tuple[float, float], mark: _Mark, *, gid: str = "") -> None:
    canvas.add(_disc(at, RADIUS, mark, filled=mark.firm), gid)
    colour = style.PAPER if mark.firm else QUADRANTS[mark.letter].colour
    look: Any = {"colour": colour, "bold": True, "ha": "center", "va": "center"}
    canvas.write(*at, str(mark.number), style.SMALL, **look)


def _draw_key(canvas: Canvas, field: _Field, y: float) -> float:
    """Say what full and hollow discs mean; return where that ends."""
    y += 14
    share = f"{FIRM:.0%}".replace("%", " %")
    for firm, text in (
        (True, f"firm: in its quadrant in {share} of the draws or more"),
        (False, "open: other weights may well move it to another quadrant"),
    ):
        mark = _Mark(0, "", "", "D", (0, 0), {} if firm else {"D": 0.0})
        canvas.add(_disc((field.x + 6, y + 6), 5.5, mark, filled=firm))
        canvas.write(field.x + 18, y, text, style.SMALL, colour=style.MUTED)
        y += style.SMALL * style.LEADING + 5
    return y


def _said(mark: _Mark) -> list[str]:
    """Return the shares of a candidate, the largest first and two in a line: A 62 %, B 38 %."""
    found = sorted(mark.shares.items(), key=lambda item: (-item[1], item[0]))
    said = [f"{letter} {_percent(share)}" for letter, share in found if share > 0]
    lines = [", ".join(said[start : start + 2]) for start in range(0, len(said), 2)]
    return [f"{line}," for line in lines[:-1]] + lines[-1:]


def _percent(share: float) -> str:
    whole = round(100 * share)
    if share > 0 and not whole:
        return "< 1 %"
    return "> 99 %" if share < 1 and whole == 100 else f"{whole} %"  # noqa: PLR2004 - per cent


def _draw_list(
    canvas: Canvas,
    at: tuple[float, float],
    marks: Sequence[_Mark],
    records: Sequence[Mapping[str, Any]],
    *,
    sensitive: bool,
) -> float:
    """Write the candidates by quadrant with their numbers, names and shares; return the end."""
    x, y = at
    first, right = x + 2 * RADIUS + 8, x + LIST
    room = NAMES if sensitive else right - first
    for letter, quadrant in QUADRANTS.items():
        own = [mark for mark in marks if mark.letter == letter]
        y = _draw_head(canvas, (x, y), f"{letter}: {quadrant.name}", quadrant.colour, len(own))
        for mark in own if len(marks) <= MOST else ():
            lines = wrap(mark.name, room, style.SMALL)
            said = _said(mark)
            height = max(text_height(lines, style.SMALL), text_height(said, style.SMALL), 19) + 3
            middle = y + height / 2
            _draw_number(canvas, (x + RADIUS, middle), mark)
            canvas.write(first, middle, lines, style.SMALL, va="center")
            look: Any = {"va": "center", "ha": "right", "bold": not mark.firm}
            canvas.write(right, middle, said, style.SMALL, **look)
            y += height
        y += 7
    others = [str(record["name"]) for record in records if record["quadrant"] not in QUADRANTS]
    if others:
        y = _draw_head(canvas, (x, y), NOT_PLACED, style.MUTED, len(others))
        for name in others[:MOST]:
            y = canvas.paragraph((first, y + 2), right - first, name, style.SMALL) + 2
        if len(others) > MOST:
            more = f"and {len(others) - MOST} more: see the table"
            y = canvas.paragraph((first, y + 2), right - first, more, style.SMALL)
    if len(marks) > MOST:
        sentence = f"More than {MOST} candidates are drawn as dots; the table names them."
        y = canvas.paragraph((x, y + 4), LIST, sentence, style.SMALL, colour=style.MUTED)
    return y


def _draw_head(
    canvas: Canvas, at: tuple[float, float], name: str, colour: str, number: int
) -> float:
    x, y = at
    canvas.write(x, y, name, style.HEAD, colour=colour, bold=True)
    how_many = str(number) if number else "none"
    canvas.write(x + LIST, y, how_many, style.SMALL, colour=style.MUTED, ha="right")
    y += style.HEAD * style.LEADING + 2
    canvas.path([(x, y), (x + LIST, y)], colour=style.RULE)
    return y + 4
