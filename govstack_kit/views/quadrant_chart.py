"""What to digitise first: importance from left to right, feasibility upwards.

Definitions
-----------
A candidate is a numbered disc at its two scores; where discs would cover each other, they stand
beside a dot at the exact place, joined to it by a line, and never leave their quadrant. The list at
the right gives each number its name. With shares of a stability study it also says how often the
candidate lands in which quadrant, and the disc of one that is *open*, because it changes its
quadrant in more than a tenth of the draws, is hollow. No meaning hangs on colour alone: quadrants
have letters and names.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from govstack_kit.views import style
from govstack_kit.views.canvas import Canvas, Cell
from govstack_kit.views.style import GAP, HEAD, LEADING, MARGIN, SMALL, TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Point = tuple[float, float]
    Record = dict[str, Any]

SIDE = 430.0  # of the square that the discs stand in
EDGE = 14.0  # between the square and the lowest and highest scores
RADIUS, DOT = 9.0, 2.2
TIED = "\N{NO-BREAK SPACE}"
FIRM = 0.9  # share of the draws from which on a place is called firm
MOST = 60  # candidates; more are counted, not drawn
NAMES, SHARES = 220.0, 96.0  # widths in the list
LIST = 2 * RADIUS + 8 + NAMES + GAP + SHARES
WIDTH = 2 * MARGIN + 40 + SIDE + 2 * GAP + 12 + LIST


class Quadrant(NamedTuple):
    """How a quadrant is named and drawn, and which scores are high in it."""

    name: str
    colour: str
    important: bool = False
    feasible: bool = False


QUADRANTS = {
    "A": Quadrant("A: Do first", "blue", important=True, feasible=True),
    "B": Quadrant("B: Consider the investment", "orange", important=True),
    "C": Quadrant("C: Easy, low value", "green", feasible=True),
    "D": Quadrant("D: Postpone", "grey"),
}


class Candidate(NamedTuple):
    """A candidate: key, name, quadrant if it has one, scores, shares of quadrants in a study."""

    key: str
    name: str
    letter: str
    scores: Point  # importance and feasibility
    shares: dict[str, float]

    @property
    def firm(self) -> bool:
        """Return whether its quadrant is sure."""
        return not self.shares or self.shares.get(self.letter, 0.0) >= FIRM

    @property
    def said(self) -> str:
        """Return its shares, the largest first: A 62 %, B 38 %."""
        found = sorted(self.shares.items(), key=lambda item: (-item[1], item[0]))
        return ", ".join(f"{at}{TIED}{style.per_cent(share)}" for at, share in found if share)


def candidates_of(rows: Sequence[Record], study: Sequence[Record]) -> list[Candidate]:
    """Return candidates with their shares."""
    shares: dict[str, dict[str, float]] = {}
    for row in study:
        shares.setdefault(row["candidate"], {})[row["quadrant"]] = float(row["share"])
    found = []
    for row in rows:
        letter = row["quadrant"] if row["quadrant"] in QUADRANTS else ""
        scores = float(row["importance"]), float(row["feasibility"])
        own = shares.get(row["candidate"], {}) if letter else {}
        found.append(Candidate(row["candidate"], str(row["name"]), letter, scores, own))
    return found


class Field(NamedTuple):
    """The square of the figure, by its left upper corner."""

    canvas: Canvas
    x: float
    y: float

    def at(self, scores: Point) -> Point:
        """Return where two scores from 1 to 5 are."""
        right, up = (EDGE + (SIDE - 2 * EDGE) * (min(max(n, 1), 5) - 1) / 4 for n in scores)
        return self.x + right, self.y + SIDE - up

    def corner(self, quadrant: Quadrant) -> Point:
        """Return the left upper corner of a quadrant."""
        half = SIDE / 2
        return self.x + half * quadrant.important, self.y + half * (not quadrant.feasible)


def draw_quadrants(canvas: Canvas, candidates: Sequence[Candidate]) -> None:
    """Draw candidates in their quadrants and, at the right, a list of all."""
    top, placed = canvas.y, [each for each in candidates if each.letter][:MOST]
    field = Field(canvas, MARGIN + 40, top + HEAD * LEADING + 6)
    _draw_field(field)
    for number, (candidate, spot) in enumerate(_spots(field, placed), start=1):
        exact, colour = field.at(candidate.scores), QUADRANTS[candidate.letter].colour
        if spot != exact:
            canvas.path([exact, spot], colour, line=0.9, z=2)
            canvas.disc(*exact, DOT, face=colour, edge=colour, gid=f"dot:{candidate.key}")
        _draw_number(canvas, spot, number, candidate, f"candidate:{candidate.key}")
    end, canvas.y = canvas.y, top
    others = [each for each in candidates if not each.letter][:MOST]
    _draw_list(canvas, field.x + SIDE + 2 * GAP + 12, [*placed, *others])
    canvas.y = max(canvas.y, end)
    canvas.more(len(candidates) - len(placed) - len(others), " candidates")


def _draw_field(field: Field) -> None:
    """Draw the four quadrants, their names and the scales."""
    canvas, half, foot = field.canvas, SIDE / 2, field.y + SIDE
    for letter, quadrant in QUADRANTS.items():
        x, y = field.corner(quadrant)
        pale = style.colour(quadrant.colour, 0.09)
        canvas.box(x, y, half, half, face=pale, gid=f"field:{letter}")
        beside, va = (field.y - 5, "bottom") if quadrant.feasible else (foot + 5, "top")
        look: Any = {"size": HEAD, "colour": quadrant.colour, "bold": True, "va": va}
        canvas.write(x + half / 2, beside, quadrant.name, ha="center", **look)
    canvas.y = foot + HEAD * LEADING + 8
    for score in range(1, 6):
        x, y = field.at((score, score))
        line = {"line": 1.4} if score == 3 else {"line": 0.6}  # noqa: PLR2004 - the middle
        colour = "faded" if score == 3 else "rule"  # noqa: PLR2004
        canvas.path([(x, field.y), (x, foot)], colour, **line)
        canvas.path([(field.x, y), (field.x + SIDE, y)], colour, **line)
        canvas.write(field.x - 6, y, str(score), colour="muted", ha="right", va="center")
    canvas.scale([field.at((n, n))[0] for n in range(1, 6)], [str(n) for n in range(1, 6)])
    axes: Any = {"size": TEXT, "ha": "center"}
    canvas.write(field.x + half, canvas.y, "Strategic importance and impact \u2192", **axes)
    axes |= {"va": "center", "upright": True}
    canvas.write(MARGIN + 8, field.y + half, "Feasibility \u2192", **axes)
    canvas.y += TEXT * LEADING


def _spots(field: Field, candidates: Sequence[Candidate]) -> Iterator[tuple[Candidate, Point]]:
    """Yield where the discs stand: at the exact place, or at the nearest free one beside it."""
    exact = np.array([field.at(candidate.scores) for candidate in candidates])
    apart, room = 2 * RADIUS + 2.5, SIDE / 2 - RADIUS - 1.5
    rings = np.arange(RADIUS + 5, SIDE, 3.0)
    angles = np.arange(0, 2 * math.pi, math.pi / 12) - math.pi / 4
    steps = np.array([(r * math.cos(a), r * math.sin(a)) for r in rings for a in angles])
    taken: list[Point] = []
    for place, candidate in enumerate(candidates):
        corner = np.array(field.corner(QUADRANTS[candidate.letter]))
        beside = exact[place] + steps
        within = ((beside >= corner + RADIUS + 1.5) & (beside <= corner + room)).all(axis=1)
        spots = np.vstack([exact[place], beside[within]])
        free = np.ones(len(spots), dtype=bool)
        others = np.delete(exact, place, axis=0)
        for points, distance in ((others, RADIUS + DOT + 2), (np.array(taken), apart)):
            if len(points):
                gaps = np.linalg.norm(spots[:, None] - points[None], axis=2)
                free &= (gaps >= distance).all(axis=1)
        x, y = spots[int(np.argmax(free))]
        taken.append((float(x), float(y)))
        yield candidate, taken[-1]


def _draw_number(
    canvas: Canvas, at: Point, number: int, candidate: Candidate, gid: str = ""
) -> None:
    colour = QUADRANTS[candidate.letter].colour
    face, ink = (colour, "paper") if candidate.firm else ("paper", colour)
    canvas.disc(*at, RADIUS, face=face, edge=colour, line=1.4, gid=gid)
    canvas.write(*at, str(number), colour=ink, bold=True, ha="center", va="center")


def _draw_list(canvas: Canvas, x: float, candidates: Sequence[Candidate]) -> None:
    """Write the candidates by quadrant with their numbers, names and shares."""
    first, right = x + 2 * RADIUS + 8, x + LIST
    room = NAMES if any(candidate.shares for candidate in candidates) else right - first
    for letter, quadrant in {**QUADRANTS, "": Quadrant("Not yet placed", "muted")}.items():
        own = [found for found in enumerate(candidates, start=1) if found[1].letter == letter]
        if not own and not letter:
            continue
        canvas.write(x, canvas.y, quadrant.name, size=HEAD, colour=quadrant.colour, bold=True)
        canvas.write(right, canvas.y, str(len(own) or "none"), colour="muted", ha="right")
        canvas.y += HEAD * LEADING + 6
        canvas.path([(x, canvas.y - 4), (right, canvas.y - 4)], "rule")
        for number, candidate in own:
            look = {"ha": "right", "bold": not candidate.firm}
            cells = [Cell(first, room, candidate.name, SMALL)]
            cells.append(Cell(right, SHARES, candidate.said, SMALL, "", look))
            middle = canvas.row(cells, least=19, padding=3)
            if letter:
                _draw_number(canvas, (x + RADIUS, middle), number, candidate)
        canvas.say(f"{quadrant.name}: {', '.join(each.name for _, each in own) or 'none'}.")
        canvas.y += 7
