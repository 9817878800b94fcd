"""Candidates and criteria as a matrix of scores; what is a score, and who can be placed.

The terms are those of :mod:`govstack_kit.planning.prioritise`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, TypeGuard

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from govstack_kit.planning.model import Candidate, Criterion

LOWEST, MIDPOINT, HIGHEST = 1.0, 3.0, 5.0
ENOUGH = 0.5  # share of the criteria of an axis that places a candidate on it
AXES = ("importance", "feasibility")
NOT_PLACED = "not yet placed"
QUADRANTS = MappingProxyType(
    {
        "A": "Do first",
        "B": "Consider the investment",
        "C": "Easy, low value",
        "D": "Postpone",
    }
)
_LETTERS = np.array([["D", "C"], ["B", "A"]])  # by importance and feasibility: low, high
_DIGITS = 9  # beyond these, sums of weights differ by rounding only


def folded(name: str) -> str:
    """Return a name as it is compared: without regard to case and spaces.

    Examples
    --------
    >>> folded(" National  Agenda") == folded("national agenda")
    True
    """
    return " ".join(name.split()).casefold()


def split(criteria: Iterable[Criterion]) -> tuple[list[Criterion], list[Criterion]]:
    """Return the criteria that count, and those that are there already under their id or name.

    Examples
    --------
    >>> from govstack_kit.planning.model import Criterion
    >>> both = Criterion(id="agenda", name="Agenda"), Criterion(id="agenda-2", name="agenda")
    >>> [[criterion.id for criterion in part] for part in split(both)]
    [['agenda'], ['agenda-2']]
    """
    first: list[Criterion] = []
    again: list[Criterion] = []
    seen: set[tuple[str, str]] = set()
    for criterion in criteria:
        marks = {("id", criterion.id.casefold()), ("name", folded(criterion.name))}
        (again if marks & seen else first).append(criterion)
        seen |= marks
    return first, again


def is_score(value: object) -> TypeGuard[float]:
    """Return whether a value is a score.

    Examples
    --------
    >>> is_score(3), is_score(6), is_score(None), is_score(True)
    (True, False, False, False)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return LOWEST <= value <= HIGHEST


def quadrants(means: NDArray[np.float64]) -> NDArray[np.str_]:
    """Return the quadrants of scores, given with the two axes in front.

    Examples
    --------
    >>> quadrants(np.array([[3.0, 2.9], [5.0, 1.0]])).tolist()
    ['A', 'D']
    """
    high = (means >= MIDPOINT).astype(int)
    found: NDArray[np.str_] = _LETTERS[high[0], high[1]]
    return found


class Scoring:
    """The candidates of a plan as a matrix: who has which score, and who can be placed.

    Attributes
    ----------
    scores
        Candidates by criteria; not a number where a question is open.
    wrong
        For each candidate, the criteria with something that is no score.
    weights, counts
        Axes by criteria: the weights, the largest of an axis being 1, and which are above 0.
    answers, enough
        Candidates by axes: how many criteria that count are answered, and whether that places them.
    needed
        By axis, how many answers place a candidate; 0 where nothing counts.
    """

    def __init__(self, candidates: Sequence[Candidate], criteria: Iterable[Criterion]) -> None:
        self.candidates = list(candidates)
        self.criteria, self.again = split(criteria)
        self.wrong: list[list[tuple[Criterion, object]]] = [[] for _ in self.candidates]
        self.scores = np.full((len(self.candidates), len(self.criteria)), np.nan)
        for row, candidate in enumerate(self.candidates):
            for column, criterion in enumerate(self.criteria):
                value: object = candidate.scores.get(criterion.id)
                if is_score(value):
                    self.scores[row, column] = value
                elif value is not None:
                    self.wrong[row].append((criterion, value))
        self.weights = np.zeros((len(AXES), len(self.criteria)))
        for row, axis in enumerate(AXES):
            own = np.array([k.weight if k.kind == axis else 0.0 for k in self.criteria])
            # The largest weight is 1, so that neither huge nor tiny weights leave the numbers.
            self.weights[row] = own / max(own.max(initial=0.0), np.finfo(float).tiny)
        self.counts = self.weights > 0
        self.answered = ~np.isnan(self.scores)
        self.answers = self.answered.astype(int) @ self.counts.T.astype(int)
        self.needed = np.ceil(self.counts.sum(axis=1) * ENOUGH).astype(int)
        self.enough = (self.answers >= self.needed) & (self.needed > 0)
        self.placed = self.enough.all(axis=1)
        self.open = ~self.answered & self.counts.any(axis=0)
        self.share = self.answers.sum(axis=1) / max(int(self.counts.sum()), 1)

    def means(self, factors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the weighted means by axis, draw and candidate; missing where all is open.

        Parameters
        ----------
        factors
            Draws by criteria: what the weights are multiplied by.
        """
        filled = np.nan_to_num(self.scores, nan=0.0)
        found = np.full((len(AXES), len(factors), len(self.candidates)), np.nan)
        for row, weights in enumerate(self.weights):
            drawn = factors * weights
            total = drawn @ self.answered.T.astype(float)
            np.divide(drawn @ filled.T, total, out=found[row], where=total > 0)
        return found.round(_DIGITS)

    def baseline(self) -> NDArray[np.float64]:
        """Return the scores with the weights as they are, candidates by axes."""
        means = self.means(np.ones((1, len(self.criteria))))[:, 0, :].T
        return np.where(self.enough, means, np.nan)
