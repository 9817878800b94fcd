"""Many draws of one problem: what is drawn, and how each is solved with the help of those before.

Definitions
-----------
A draw keeps the rules and changes the numbers. A small problem is searched to the end in arrays
(:mod:`govstack_kit.selection._branch`); in a large one, or where that finds no end, sets and prices
of earlier draws leave HiGHS few options (:mod:`govstack_kit.selection._again`); where neither
proves the best set, the draw is solved as if it were the first.

Draws come in *chunks* of a fixed size with their own random numbers, and each chunk begins anew; so
the result does not depend on who works on them, in which order, or how many.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from govstack_kit.selection._again import Again
from govstack_kit.selection._model import eligible
from govstack_kit.selection._searched import Searched
from govstack_kit.selection._solving import mains, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from govstack_kit.selection._problem import Limits, Problem

CHUNK = 50  # draws


@dataclass(frozen=True)
class Study:
    """What is drawn: a problem under its rules, and how uncertain its numbers are."""

    problem: Problem
    limits: Limits
    weights: float
    costs: float
    fits: float
    seconds: float
    seed: int


class Tally(NamedTuple):
    """What came of a chunk: how often chosen, for which block, and draws without a set."""

    draws: int
    chosen: NDArray[np.int64]
    main: NDArray[np.int64]  # blocks by options
    impossible: int
    open: int

    def plus(self, other: Tally) -> Tally:
        """Return both together."""
        return Tally(
            self.draws + other.draws,
            self.chosen + other.chosen,
            self.main + other.main,
            self.impossible + other.impossible,
            self.open + other.open,
        )


def draw(study: Study, chance: np.random.Generator) -> Problem:
    """Return the problem with weights, costs and fits as one draw has them."""
    problem = study.problem

    def around(spread: float, size: int) -> NDArray[np.float64]:
        return 1 + spread * (1 - 2 * chance.random(size))

    weight = problem.weight * around(study.weights, len(problem.weight))
    cost = problem.cost * around(study.costs, len(problem.cost))
    low, high = problem.spread
    low = np.clip(low - study.fits, 0, 1)
    high = np.clip(high + study.fits, 0, 1)
    fit = low + (high - low) * chance.random(problem.fit.shape)
    total = weight.sum()
    return replace(
        problem,
        weight=weight / total if total > 0 else problem.weight,
        cost=cost,
        fit=np.where(np.isnan(problem.fit), np.nan, fit),
    )


def run(study: Study, chunk: int, size: int) -> Tally:
    """Draw and solve one chunk; the same numbers come out wherever it runs."""
    chance = np.random.default_rng([study.seed, chunk])
    solver = _Solver(study)
    options, blocks = len(study.problem.options), len(study.problem.blocks)
    chosen = np.zeros(options, dtype=np.int64)
    main = np.zeros((blocks, options), dtype=np.int64)
    impossible = unproved = 0
    for _ in range(size):
        drawn = draw(study, chance)
        may = eligible(drawn, study.limits)
        best, status = solver.best(drawn, may)
        unproved += status == "open"
        if not best:
            impossible += 1
            continue
        chosen[list(best)] += 1
        main[np.arange(blocks), mains(drawn, may, best)] += 1
    return Tally(size, chosen, main, impossible, unproved)


class _Solver:
    """The ways to the best set of a draw: the quickest that proves it."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.searched = Searched(study.limits)
        self.again: Again | None = None

    def best(self, drawn: Problem, may: NDArray[np.bool_]) -> tuple[tuple[int, ...], str]:
        """Return the best set, () if there is none, and whether that is proved."""
        study = self.study
        found = self.searched.best(drawn, may)
        if found is None:
            found = self._again().best(drawn, may)
        if found is not None:
            return found, "proved"
        choice = solve(drawn, study.limits, seconds=study.seconds, ties=False)
        if choice.possible and np.array_equal(may, self._again().may):
            self._again().note(choice.chosen)
        return choice.chosen, choice.status

    def _again(self) -> Again:
        if self.again is None:
            study = self.study
            may = eligible(study.problem, study.limits)
            self.again = Again(study.problem, study.limits, study.seconds, may)
            self.again.begin()
        return self.again
