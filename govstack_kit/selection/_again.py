"""A draw solved with what earlier draws found out: sets, and prices of the rows.

Definitions
-----------
Three things carry over from draw to draw, and none of them gives up exactness. A set found earlier
is still allowed, and its new value is a limit for what can be better. Prices of rows found earlier
prove a lower bound for the new numbers too (any prices do). Both together leave out every option
that no better set can have (reduced-cost fixing), so that HiGHS proves the draw on a few options,
or there is nothing left to prove.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from govstack_kit.selection._exact import (
    CORE,
    Prices,
    as_found,
    candidates,
    price,
    relax,
    run_solver,
)
from govstack_kit.selection._model import FIT, HALF, SAME, Model, build, redrawn
from govstack_kit.selection._solving import breaches, fit_of, mains, pruned, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from govstack_kit.selection._problem import Limits, Problem

_PRICES, _SETS = 4, 40  # remembered at most
_MANY = 12  # options left, from which on new prices are worth their time


@dataclass
class Again:
    """Draws of one problem under its rules, each solved with what those before found out."""

    problem: Problem
    limits: Limits
    seconds: float
    may: NDArray[np.bool_]
    model: Model | None = None
    duals: list[NDArray[np.float64]] = field(default_factory=list)
    sets: list[tuple[int, ...]] = field(default_factory=list)
    gap: float = 0.0  # between bound and value, as it was of late

    def begin(self) -> None:
        """Solve the problem with its numbers as they are."""
        self.model = build(self.problem, self.limits, self.may)
        if self.model is None:
            return
        start = solve(self.problem, self.limits, seconds=self.seconds, ties=False)
        first = relax(self.model) if start.possible else None
        if first is not None:
            self.duals.append(first.duals)
            self.note(start.chosen)

    def note(self, chosen: tuple[int, ...]) -> None:
        """Remember a set, the latest first."""
        if chosen in self.sets:
            self.sets.remove(chosen)
        self.sets = [chosen, *self.sets][:_SETS]

    def best(self, drawn: Problem, may: NDArray[np.bool_]) -> tuple[int, ...] | None:
        """Return the best set of a draw, () if there is none; None if there is no proof."""
        if self.model is None or not self.duals or not np.array_equal(may, self.may):
            return None
        model = redrawn(self.model, drawn, self.limits)
        budget = self.limits.budget
        limits = self.limits
        if limits.aim == "cost":  # the cheapest set says whether any is within the budget
            limits = replace(limits, budget=None)
        known = _best_known(drawn, limits, model, may, self.sets)
        if known is None:
            return None
        prices = max((price(model, duals) for duals in self.duals), key=lambda p: p.bound)
        if _left(model, prices, known.value)[: len(model.columns)].sum() > _MANY:
            better = relax(model)
            if better is None:
                return None
            self.duals = [better.duals, *self.duals][:_PRICES]
            prices = better
            whole = model.columns[better.at[: len(model.columns)] > HALF].tolist()
            rounded = _best_known(drawn, limits, model, may, [pruned(drawn, limits, may, whole)])
            known = min((known, rounded or known), key=lambda one: one.value)
        best = self._proved(model, prices, known)
        if best is None or breaches(drawn, limits, may, best):
            return None
        best = pruned(drawn, limits, may, best)
        self.note(best)
        over = budget is not None and drawn.cost[list(best)].sum() > budget * (1 + SAME)
        return () if over else best

    def _proved(self, model: Model, prices: Prices, known: _Known) -> tuple[int, ...] | None:
        """Return the best set, looked for among ever more options until no other can be in it."""
        best, value = known
        few = np.sort(prices.reduced[: len(model.columns)])[:CORE][-1]
        # Few options at first, for a good set.
        reach = min(prices.bound + min(self.gap / 2, max(few, 0.0)), value)
        seen = None
        while prices.bound < value - _edge(value):
            left = _left(model, prices, reach)
            if seen is not None and np.array_equal(left, seen):
                break
            z, bound, status = run_solver(model, left, self.seconds)
            if status == "open":
                return None
            found = as_found(model, z, bound, status, left)
            if z is not None and found.value < value - _edge(value):
                best, value = found.chosen, found.value
            if value <= reach + _edge(value):
                break
            reach, seen = value, left
        self.gap = 0.7 * self.gap + 0.3 * (value - prices.bound)
        return best


class _Known(NamedTuple):
    chosen: tuple[int, ...]
    value: float


def _best_known(
    drawn: Problem,
    limits: Limits,
    model: Model,
    may: NDArray[np.bool_],
    sets: list[tuple[int, ...]],
) -> _Known | None:
    """Return the best of some sets that holds, by the objective of a model."""
    known = [_Known(chosen, _value(drawn, limits, model, may, chosen)) for chosen in sets if chosen]
    for one in sorted(known, key=lambda one: one.value):
        if not breaches(drawn, limits, may, one.chosen):
            return one
    return None


def _value(
    drawn: Problem, limits: Limits, model: Model, may: NDArray[np.bool_], chosen: tuple[int, ...]
) -> float:
    inside = np.searchsorted(model.columns, chosen)
    value = float(model.cost[inside].sum())
    if limits.aim == "fit":
        value -= FIT * fit_of(drawn, mains(drawn, may, chosen))
    return value


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
