"""From rules to a set: solve, check the answer in plain numbers, settle ties, drop what is idle.

The terms are those of :mod:`govstack_kit.selection.optimise`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from govstack_kit.selection._exact import IMPOSSIBLE, Found, minimise
from govstack_kit.selection._model import COARSE, COST, FIT, SAME, build, eligible, known_costs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from govstack_kit.selection._problem import Limits, Problem

TIES = 150  # options; among more, the solver's own order settles ties
ALIKE = 1e-6  # fits that differ by less are equal
_MOST_REPAIRS = 50
_UNCOVERED = -1


class Choice(NamedTuple):
    """A set of options: what it is, costs and fits, and what is proved about it."""

    chosen: tuple[int, ...]
    main: tuple[int, ...]  # by block
    cost: float  # not a number where the cost of an option is unknown
    fit: float
    bound: float  # of the aim: no set costs less, or fits better
    status: str

    @property
    def possible(self) -> bool:
        """Whether there is a set."""
        return bool(self.main)


NOTHING = Choice((), (), np.nan, np.nan, np.nan, "impossible")


def mains(problem: Problem, may: NDArray[np.bool_], chosen: Sequence[int]) -> NDArray[np.int64]:
    """Return the main option of each block: the best fit, then the cheapest; -1 where none is."""
    places = np.array(sorted(chosen, key=lambda k: (_price(problem, k), k)), dtype=np.int64)
    if not len(places):
        return np.full(len(may), _UNCOVERED)
    fit = np.where(may[:, places], np.nan_to_num(problem.fit[:, places]), -1.0)
    best = fit.argmax(axis=1)
    return np.where(fit.max(axis=1) > 0, places[best], _UNCOVERED)


def _price(problem: Problem, option: int) -> float:
    cost = problem.cost[option]
    return np.inf if np.isnan(cost) else float(cost)


def fit_of(problem: Problem, main: NDArray[np.int64]) -> float:
    """Return the fit of a set: the mean over blocks, each weighted by its need."""
    return float((problem.weight * problem.fit[np.arange(len(main)), main]).sum())


def breaches(
    problem: Problem, limits: Limits, may: NDArray[np.bool_], chosen: Sequence[int]
) -> list[str]:
    """Return which groups of rules a set breaks, "cover" where a block is not covered."""
    found = []
    places = list(chosen)
    if not places or not may[:, places].any(axis=1).all():
        return ["cover"]
    if limits.requirements and problem.together:
        helped = problem.meets[:, places] & may[problem.asked_of][:, places]
        if not helped.any(axis=1).all():
            found.append("requirements")
    if limits.budget is not None:
        cost = problem.cost[places].sum()
        if not cost <= limits.budget * (1 + SAME):
            found.append("budget")
    if limits.most_options is not None and len(places) > limits.most_options:
        found.append("most_options")
    if limits.most_vendors is not None and vendors_of(problem, places) > limits.most_vendors:
        found.append("most_vendors")
    if not limits.keep <= set(places):
        found.append("keep")
    return found


def vendors_of(problem: Problem, chosen: Sequence[int]) -> int:
    """Return how many vendors a set has."""
    numbers = problem.vendor[list(chosen)]
    return len(np.unique(numbers[numbers >= 0]))


def pruned(
    problem: Problem, limits: Limits, may: NDArray[np.bool_], chosen: Sequence[int]
) -> tuple[int, ...]:
    """Return a set without options that do nothing: neither kept, nor main, nor needed to help."""
    left = list(chosen)
    main = set(mains(problem, may, left).tolist())
    for option in sorted(chosen, key=lambda k: (-_price(problem, k), -k)):
        rest = [other for other in left if other != option]
        if option not in main | limits.keep and not breaches(problem, limits, may, rest):
            left = rest
    return tuple(left)


def evaluated(
    problem: Problem, may: NDArray[np.bool_], chosen: Sequence[int], bound: float, status: str
) -> Choice:
    """Return a set with its cost and fit."""
    main = mains(problem, may, chosen)
    cost = float(problem.cost[list(chosen)].sum())
    return Choice(
        tuple(sorted(chosen)),
        tuple(main.tolist()),
        cost,
        fit_of(problem, main),
        bound,
        status,
    )


def _sound(  # noqa: PLR0913, PLR0917 - what a solve is made of
    problem: Problem,
    limits: Limits,
    may: NDArray[np.bool_],
    cuts: Sequence[Sequence[int]],
    only: NDArray[np.int64] | None,
    seconds: float,
    whole_fit: float | None = None,
) -> Found:
    """Solve until the answer holds in plain numbers, not only within the solver's tolerance."""
    wrong: list[Sequence[int]] = []
    if limits.budget is not None and limits.aim == "fit":
        only = _affordable(problem, limits.budget, only)  # no huge cost makes the others look small
    for _ in range(_MOST_REPAIRS):
        model = build(
            problem, limits, may, cuts=cuts, exact_cuts=wrong, only=only, whole_fit=whole_fit
        )
        if model is None:
            return IMPOSSIBLE
        found = minimise(model, seconds)
        held = limits if limits.aim == "fit" else replace(limits, budget=None)
        if not found.chosen or not breaches(problem, held, may, found.chosen):
            return found
        wrong.append(found.chosen)
    return found._replace(status="open")


def _affordable(
    problem: Problem, most: float, only: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Return the options, of some or of all, that do not cost more than that by themselves."""
    places = np.arange(len(problem.options)) if only is None else only
    return places[known_costs(problem.cost)[places] <= most * (1 + SAME)]


def _finer(  # noqa: PLR0913, PLR0917 - what a solve is made of
    problem: Problem,
    limits: Limits,
    may: NDArray[np.bool_],
    cuts: Sequence[Sequence[int]],
    found: Found,
    seconds: float,
) -> Found:
    """Solve again without what is too dear for the best set, where it hides what others differ by.

    Costs are scaled for the solver; beside a huge one, differences of others are nothing to it.
    """
    cost = float(problem.cost[list(found.chosen)].sum())
    if np.nanmax(problem.cost, initial=0.0) * COARSE <= SAME * cost:
        return found
    finer = _sound(problem, limits, may, cuts, _affordable(problem, cost), seconds)
    return finer if finer.chosen and finer.status == "proved" else found


def _cheapest(  # noqa: PLR0913, PLR0917 - what a solve is made of
    problem: Problem,
    limits: Limits,
    may: NDArray[np.bool_],
    cuts: Sequence[Sequence[int]],
    found: Found,
    first: Choice,
    seconds: float,
) -> Choice:
    """Return the cheapest set that fits as well as a first one, where few options can be in it.

    In one programme for both, a huge cost of some option would hide what others differ by.
    """
    known = known_costs(problem.cost)
    spent = known[list(first.chosen)].sum()
    only = _affordable(problem, spent, found.possible)
    if len(only) > TIES or set(only.tolist()) <= set(first.chosen):
        return first
    again = _sound(problem, limits, may, cuts, only, seconds, first.fit - ALIKE)
    if not again.chosen or again.status != "proved":
        return first
    chosen = pruned(problem, limits, may, again.chosen)
    second = evaluated(problem, may, chosen, first.bound, first.status)
    cheaper = known[list(chosen)].sum() < spent - SAME * max(spent, 1.0)
    return second if cheaper and second.fit > first.fit - 2 * ALIKE else first


def solve(  # noqa: PLR0911, PLR0913 - what a solve is made of
    problem: Problem,
    limits: Limits,
    *,
    ban: Iterable[tuple[int, int]] = (),
    cuts: Sequence[Sequence[int]] = (),
    seconds: float = 60.0,
    ties: bool = True,
) -> Choice:
    """Return the best set under some rules.

    Parameters
    ----------
    problem, limits
        What there is, and which rules hold.
    ban
        Pairs of block and option that are not allowed.
    cuts
        Sets that the answer must not contain.
    seconds
        At most so long for each step of the search.
    ties
        Whether the best fitting of the cheapest sets is looked for.
    """
    if limits.open_source_only and not problem.open_source[list(limits.keep)].all():
        return NOTHING  # what is to be kept is not open source
    may = eligible(problem, limits, ban)
    found = _sound(problem, limits, may, cuts, None, seconds)
    if found.chosen and limits.aim == "cost":
        found = _finer(problem, limits, may, cuts, found, seconds)
    if not found.chosen:
        return NOTHING._replace(status=found.status)
    chosen = pruned(problem, limits, may, found.chosen)
    if limits.aim == "fit":
        first = evaluated(problem, may, chosen, 0.0, found.status)
        # The bound of the programme is one of fit less a hundredth of the cost's share.
        bound = first.fit if found.status == "proved" else min(-(found.bound - COST) / FIT, 1.0)
        first = first._replace(bound=bound)
        if found.status != "proved":
            return first
        return _cheapest(problem, limits, may, cuts, found, first, seconds)
    first = evaluated(problem, may, chosen, 0.0, found.status)
    bound = first.cost if found.status == "proved" else first.cost - (found.value - found.bound)
    first = first._replace(bound=max(bound, 0.0))
    if limits.budget is not None and first.cost > limits.budget * (1 + SAME):
        return NOTHING._replace(status="impossible" if found.status == "proved" else "open")
    few = len(chosen) < len(found.possible) <= TIES
    if not ties or found.status != "proved" or not few:
        return first
    equal = replace(limits, aim="fit", budget=first.cost)
    again = _sound(problem, equal, may, cuts, found.possible, seconds)
    if again.chosen and again.status == "proved":
        second = evaluated(problem, may, pruned(problem, equal, may, again.chosen), 0.0, "proved")
        if second.cost <= first.cost * (1 + SAME) and second.fit > first.fit:
            return second._replace(bound=first.bound, cost=min(second.cost, first.cost))
    return first
