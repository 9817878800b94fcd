"""Many draws of one problem: what is drawn, and how each is solved with the help of those before.

Definitions
-----------
A draw keeps the rows of the programme and changes its numbers. Three things carry over, and none of
them gives up exactness. A set found earlier is still allowed, and its new value is a limit for what
can be better. Prices of rows found earlier prove a lower bound for the new numbers too (any prices
do). Both together leave out every option that no better set can have (reduced-cost fixing), so that
HiGHS proves the draw on a few options, or there is nothing left to prove. Where the rules let
other options cover other blocks than before, or too many options stay, the draw is solved anew.

Draws come in *chunks* of a fixed size with their own random numbers, and each begins with what the
first solve knew; so the result does not depend on who works on them, in which order, or how many.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from govstack_kit.selection._exact import Prices, as_found, candidates, price, relax, run_solver
from govstack_kit.selection._model import FIT, HALF, SAME, Model, build, eligible, redrawn
from govstack_kit.selection._solving import breaches, fit_of, mains, pruned, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from govstack_kit.selection._problem import Limits, Problem

CHUNK = 50  # draws
_PRICES, _SETS = 4, 40  # remembered at most
_MANY = 12  # options left, from which on new prices are worth their time


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


@dataclass
class _Memory:
    """What earlier draws found out: prices of rows, and sets."""

    model: Model | None
    may: NDArray[np.bool_]
    duals: list[NDArray[np.float64]] = field(default_factory=list)
    sets: list[tuple[int, ...]] = field(default_factory=list)
    gap: float = 0.0  # between bound and value, as it was of late

    def note(self, chosen: tuple[int, ...]) -> None:
        if chosen in self.sets:
            self.sets.remove(chosen)
        self.sets = [chosen, *self.sets][:_SETS]


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
    problem = study.problem
    may = eligible(problem, study.limits)
    memory = _Memory(build(problem, study.limits, may), may)
    if memory.model is not None:
        start = solve(problem, study.limits, seconds=study.seconds, ties=False)
        first = relax(memory.model) if start.possible else None
        if first is not None:
            memory.duals.append(first.duals)
            memory.note(start.chosen)
    options, blocks = len(problem.options), len(problem.blocks)
    chosen = np.zeros(options, dtype=np.int64)
    main = np.zeros((blocks, options), dtype=np.int64)
    impossible = unproved = 0
    for _ in range(size):
        drawn = draw(study, chance)
        best, status = _solve(drawn, study, memory)
        unproved += status == "open"
        if not best:
            impossible += 1
            continue
        chosen[list(best)] += 1
        able = eligible(drawn, study.limits)
        main[np.arange(blocks), mains(drawn, able, best)] += 1
    return Tally(size, chosen, main, impossible, unproved)


def _solve(drawn: Problem, study: Study, memory: _Memory) -> tuple[tuple[int, ...], str]:
    """Return the best set of a draw, and whether that is proved."""
    limits = study.limits
    may = eligible(drawn, limits)
    usual = memory.model is not None and np.array_equal(may, memory.may)
    found = _again(drawn, limits, may, memory, study.seconds) if usual else None
    if found is not None:
        return found, "proved"
    choice = solve(drawn, limits, seconds=study.seconds, ties=False)
    if usual and choice.possible:
        memory.note(choice.chosen)
    return choice.chosen, choice.status


def _value(
    drawn: Problem, limits: Limits, model: Model, may: NDArray[np.bool_], chosen: tuple[int, ...]
) -> float:
    """Return what the objective of a model makes of a set."""
    inside = np.searchsorted(model.columns, chosen)
    value = float(model.cost[inside].sum())
    if limits.aim == "fit":
        value -= FIT * fit_of(drawn, mains(drawn, may, chosen))
    return value


def _incumbent(
    drawn: Problem, limits: Limits, model: Model, may: NDArray[np.bool_], memory: _Memory
) -> tuple[tuple[int, ...], float]:
    """Return the best of the sets known, and its value."""
    values = [_value(drawn, limits, model, may, known) for known in memory.sets]
    for place in np.argsort(values, kind="stable"):
        known = memory.sets[place]
        if not breaches(drawn, limits, may, known):
            return known, values[place]
    return (), np.inf


def _again(  # noqa: PLR0911 - each way out is one reason
    drawn: Problem,
    limits: Limits,
    may: NDArray[np.bool_],
    memory: _Memory,
    seconds: float,
) -> tuple[int, ...] | None:
    """Return the best set by what is remembered, () if there is none; None without a proof."""
    if memory.model is None or not memory.duals:
        return None
    model = redrawn(memory.model, drawn, limits)
    budget = limits.budget
    if limits.aim == "cost":  # the cheapest set says whether any is within the budget
        limits = replace(limits, budget=None)
    known, value = _incumbent(drawn, limits, model, may, memory)
    if not known:
        return None
    prices = max((price(model, duals) for duals in memory.duals), key=lambda p: p.bound)
    if _left(model, prices, value)[: len(model.columns)].sum() > _MANY:
        better = relax(model)
        if better is None:
            return None
        memory.duals = [better.duals, *memory.duals][:_PRICES]
        prices = better
        whole = model.columns[better.at[: len(model.columns)] > HALF].tolist()
        rounded = pruned(drawn, limits, may, whole)
        if rounded and not breaches(drawn, limits, may, rounded):
            worth = _value(drawn, limits, model, may, rounded)
            known, value = min((known, value), (rounded, worth), key=lambda pair: pair[1])
    best = _proved(model, prices, (known, value), memory, seconds)
    if best is None:
        return None
    if breaches(drawn, limits, may, best):
        return None
    best = pruned(drawn, limits, may, best)
    memory.note(best)
    if budget is not None and drawn.cost[list(best)].sum() > budget * (1 + SAME):
        return ()
    return best


def _proved(
    model: Model,
    prices: Prices,
    incumbent: tuple[tuple[int, ...], float],
    memory: _Memory,
    seconds: float,
) -> tuple[int, ...] | None:
    """Return the best set, looked for among ever more options until no other can be in it."""
    best, value = incumbent
    reach = min(prices.bound + memory.gap / 2, value)  # few options at first, for a good set
    while prices.bound < value - _edge(value):
        left = _left(model, prices, reach)
        z, bound, status = run_solver(model, left, seconds)
        if status == "open":
            return None
        found = as_found(model, z, bound, status, left)
        if z is not None and found.value < value - _edge(value):
            best, value = found.chosen, found.value
        if value <= reach + _edge(value):
            break
        reach = value
    memory.gap = 0.7 * memory.gap + 0.3 * (value - prices.bound)
    return best


def _edge(value: float) -> float:
    return SAME * max(abs(value), 1.0)


def _left(model: Model, prices: Prices, value: float) -> NDArray[np.bool_]:
    """Return the columns that a set of at most that value can have.

    A fit counts only where its option may be chosen, a vendor only with an option of its own.
    """
    left = candidates(model, prices, value)
    n = len(model.columns)
    left[model.whole :] &= left[:n][np.searchsorted(model.columns, model.pairs[1])]
    if model.vendors is not None:
        of = model.vendors[left[:n]]
        left[n : model.whole] &= np.isin(np.arange(model.whole - n), of)
    return left
