"""The best set of options under rules: one integer programme, solved by HiGHS and checked again.

Definitions
-----------
The terms are those of :mod:`govstack_kit.selection.best_set`. In the programme each option is taken
or not. With the aim of fit each block also has one main option among those taken; with the aim of
cost it is enough that some option taken covers it. Vendors count if an option of theirs is taken.

The solver works within tolerances; so every answer is checked in plain numbers, and one that does
not hold is forbidden and solved again. Beside a huge cost the solver does not see what others
differ by; so options that cost more than a whole set are left out, and the rest is solved again.
Of equally good sets a second solve finds the cheaper, or the better fitting.

Where several options meet the requirements of a block together, half of one and half of another
would satisfy every row. So each block has one more row, in which an option counts 1 if it meets all
requirements, 1/2 if some other one completes it, and otherwise 1/3. It leaves out no set.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from govstack_kit.errors import needed
from govstack_kit.selection.problem import NO_VENDOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from govstack_kit.selection.problem import Problem, Rules

SAME = 1e-9  # relative: sums that differ by less are equal
ALIKE = 1e-6  # fits that differ by less are equal
EDGE = 1e-9  # of fit: a fit of 0.6 that arithmetic makes 0.5999999999 is still 0.6
HALF = 0.5
PROVED, OPEN, IMPOSSIBLE = "proved", "open", "impossible"
_FIT, _COST = 1e4, 1e-2  # with the aim of fit, a millionth of fit outweighs all of the cost
_REPAIRS = 50
_NONE = -1
_LONG = 60.0  # seconds
_FEASIBLE = 2  # what HiGHS calls a solution that holds
_OPTIONS = {"output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "mip_allow_restart": False}
_OPTIONS |= {  # its searches for good answers take longer than problems of this size do
    f"mip_heuristic_run_{name}": False
    for name in ("feasibility_jump", "rens", "rins", "root_reduced_cost")
}
_SLACK = 1e-6  # relative, of the goal
_GAP = 1e-3  # with the aim of fit: a tenth of a millionth


class Choice(NamedTuple):
    """A set of options: what it is, what it costs and fits, and what is proved about it."""

    chosen: tuple[int, ...]
    main: tuple[int, ...]  # the main option of each block
    cost: float  # not a number where the cost of an option is unknown
    fit: float
    bound: float  # of the aim: no set costs less, or fits better
    status: str

    @property
    def possible(self) -> bool:
        """Whether there is a set."""
        return bool(self.main)


NOTHING = Choice((), (), np.nan, np.nan, np.nan, IMPOSSIBLE)


# --- in plain numbers -----------------------------------------------------------------------------


def eligible(
    problem: Problem, rules: Rules, ban: Iterable[tuple[int, int]] = ()
) -> NDArray[np.bool_]:
    """Return which option may cover which block, but for banned pairs of block and option."""
    with np.errstate(invalid="ignore"):
        may: NDArray[np.bool_] = (problem.fit > 0) & (problem.fit >= rules.least_fit - EDGE)
    if rules.open_source_only:
        may &= problem.open_source
    may[:, list(rules.leave_out)] = False
    if rules.requirements and not problem.together:
        for block in np.unique(problem.asked_of):
            may[block] &= problem.meets[problem.asked_of == block].all(axis=0)
    for pair in ban:
        may[pair] = False
    return may


def known_costs(cost: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return costs in which one that is unknown is more than all that are known together."""
    return np.where(np.isnan(cost), np.nansum(cost) + 1.0, cost)


def mains(problem: Problem, may: NDArray[np.bool_], chosen: Sequence[int]) -> NDArray[np.int64]:
    """Return the main option of each block: the best fit, then the cheapest; -1 where none is."""
    if not len(chosen):
        return np.full(len(may), _NONE)
    cost = known_costs(problem.cost)
    places = np.array(sorted(chosen, key=lambda option: (cost[option], option)))
    fit = np.where(may[:, places], np.nan_to_num(problem.fit[:, places]), 0.0)
    return np.where(fit.max(axis=1) > 0, places[fit.argmax(axis=1)], _NONE)


def breaches(
    problem: Problem, rules: Rules, may: NDArray[np.bool_], chosen: Sequence[int]
) -> set[str]:
    """Return which rules a set breaks, "cover" where it does not cover a block."""
    places = list(chosen)
    if not may[:, places].any(axis=1).all():
        return {"cover"}
    helped = problem.meets[:, places] & may[problem.asked_of][:, places]
    spent, vendors = problem.cost[places].sum(), {*problem.vendor[places].tolist()} - {NO_VENDOR}
    kept = {
        "requirements": not (rules.requirements and problem.together) or helped.any(axis=1).all(),
        "budget": rules.budget is None or spent <= rules.budget * (1 + SAME),
        "most_options": rules.most_options is None or len(places) <= rules.most_options,
        "most_vendors": rules.most_vendors is None or len(vendors) <= rules.most_vendors,
        "keep": rules.keep <= set(places),
    }
    return {rule for rule, holds in kept.items() if not holds}


def pruned(
    problem: Problem, rules: Rules, may: NDArray[np.bool_], chosen: Sequence[int]
) -> tuple[int, ...]:
    """Return a set without options that do nothing: not kept, not main, and not needed to help."""
    left, cost = list(chosen), known_costs(problem.cost)
    doing = {*mains(problem, may, left).tolist(), *rules.keep}
    for option in sorted(chosen, key=lambda option: (-cost[option], -option)):
        rest = [other for other in left if other != option]
        if option not in doing and not breaches(problem, rules, may, rest):
            left = rest
    return tuple(sorted(left))


def evaluated(
    problem: Problem,
    may: NDArray[np.bool_],
    chosen: Sequence[int],
    status: str,
    bound: float = np.nan,
) -> Choice:
    """Return a set with its cost and fit: the mean over blocks, each weighted by its need."""
    main = mains(problem, may, chosen)
    fit = (problem.weight * problem.fit[np.arange(len(main)), main]).sum()
    cost = problem.cost[list(chosen)].sum()
    return Choice(tuple(chosen), tuple(main.tolist()), float(cost), float(fit), bound, status)


# --- the programme --------------------------------------------------------------------------------


class Answer(NamedTuple):
    """What HiGHS found: the columns, the least that is possible, how it ended."""

    columns: NDArray[np.float64]  # none where it found nothing
    prices: NDArray[np.float64]  # how much dearer each column makes it; of linear programmes
    value: float
    bound: float
    status: str


class Programme:
    """A programme that HiGHS keeps from one solve to the next, while the rules stay.

    Parameters
    ----------
    problem, rules, may
        What there is, which rules hold, and which option may cover which block.
    aim
        ``cost`` or ``fit``.
    whole
        Whether options are taken whole; otherwise any part of them may be.
    least
        With the aim of cost, the fit that the set must have at least.
    cuts, wrong
        Sets that the answer must not contain, and that it must not be.
    """

    def __init__(  # noqa: PLR0913 - what a programme is made of
        self,
        problem: Problem,
        rules: Rules,
        may: NDArray[np.bool_],
        aim: str,
        *,
        whole: bool = True,
        least: float | None = None,
        cuts: Sequence[Sequence[int]] = (),
        wrong: Sequence[Sequence[int]] = (),
    ) -> None:
        self.aim, self.size = aim, may.shape[1]
        by_fit = aim == "fit" or least is not None
        self.pairs = np.nonzero(may) if by_fit else (np.zeros(0, int),) * 2
        self.first = self.size + len(self.pairs[0])  # the first column of a vendor
        options = np.arange(self.size)
        self.able: NDArray[np.bool_] = np.array(may.any(axis=0))
        self.able[list(rules.keep)] = True
        self.floor, self.top = np.zeros(self.first), np.ones(self.first)
        self.floor[list(rules.keep)] = 1
        self.top[: self.size] = self.able
        highs = needed("highspy")
        self.highs = highs._Highs()  # noqa: SLF001 - Highs() greets on the console
        for name, value in _OPTIONS.items():
            self.highs.setOptionValue(name, value)
        self.highs.setOptionValue("mip_abs_gap", _GAP if aim == "fit" else 0.0)
        self.highs.addVars(self.first, self.floor, self.top)
        if whole:
            kinds = np.full(self.size, highs.HighsVarType.kInteger)
            self.highs.changeColsIntegrality(self.size, options.astype(np.int32), kinds)
        self._cover(problem, rules, may)
        self._limit(problem, rules)
        for cut in cuts:
            self._add(cut, 1.0, high=len(cut) - 1)
        for cut in wrong:
            self._add(options, np.where(np.isin(options, cut), 1.0, -1.0), high=len(cut) - 1)
        if least is not None:
            self._add(np.arange(self.size, self.first), self._gains(problem), low=least)
        self.aim_at(problem, rules)

    def _add(
        self, columns: ArrayLike, values: ArrayLike, high: float = np.inf, low: float = -np.inf
    ) -> int:
        """Add a row; return its place."""
        places = np.asarray(columns, dtype=np.int32)
        factors = np.ascontiguousarray(np.broadcast_to(np.asarray(values, float), places.shape))
        self.highs.addRow(low, high, len(places), places, factors)
        return int(self.highs.getNumRow()) - 1

    def _cover(self, problem: Problem, rules: Rules, may: NDArray[np.bool_]) -> None:
        """Add that each block is covered, and that requirements are met together."""
        pairs = np.arange(self.size, self.first)
        for block, row in enumerate(may):
            if len(pairs):
                self._add(pairs[self.pairs[0] == block], 1.0, low=1, high=1)
            else:
                self._add(np.flatnonzero(row), 1.0, low=1)
            met = problem.meets[problem.asked_of == block] & row
            if rules.requirements and problem.together and len(met):
                for helping in np.unique(met, axis=0):
                    self._add(np.flatnonzero(helping), 1.0, low=1)
                self._add(np.flatnonzero(row), _shares(met[:, row]), low=1)
        for pair, option in zip(pairs, self.pairs[1], strict=True):
            self._add([pair, option], [1.0, -1.0], high=0)

    def _limit(self, problem: Problem, rules: Rules) -> None:
        """Add how many options and vendors there may be, and the budget."""
        options, self.budget = np.arange(self.size), _NONE
        if rules.most_options is not None:
            self._add(options, 1.0, high=rules.most_options)
        if rules.most_vendors is not None:
            self._limit_vendors(problem, rules.most_vendors)
        if rules.budget is not None and self.aim == "fit":
            self.budget = self._add(options, *self._spending(problem, rules))

    def _limit_vendors(self, problem: Problem, most: int) -> None:
        """Add how many vendors there may be; one with a single option counts by that option."""
        counted = []
        for vendor in np.unique(problem.vendor[self.able & (problem.vendor != NO_VENDOR)]):
            mine = np.flatnonzero(self.able & (problem.vendor == vendor))
            counted.append(int(mine[0]))
            if len(mine) > 1:
                counted[-1] = int(self.highs.getNumCol())
                self.highs.addVar(0.0, 1.0)
                for option in mine.tolist():
                    self._add([option, counted[-1]], [1.0, -1.0], high=0)
        self._add(counted, 1.0, high=most)

    def _spending(self, problem: Problem, rules: Rules) -> tuple[NDArray[np.float64], float]:
        """Return what options take of the budget, and how much there is."""
        cost = np.where(self.able, known_costs(problem.cost), 0.0)
        scale = max(cost.max(initial=0.0), rules.budget or 0.0, 1e-12)
        return cost / scale, (rules.budget or 0.0) * (1 + SAME) / scale

    def _gains(self, problem: Problem) -> NDArray[np.float64]:
        """Return what each pair gives to the fit."""
        return problem.weight[self.pairs[0]] * problem.fit[self.pairs]

    def aim_at(self, problem: Problem, rules: Rules) -> None:
        """Take the numbers of a problem in which the same options may cover the same blocks."""
        cost = np.where(self.able, known_costs(problem.cost), 0.0)
        goal = np.zeros(self.first)
        if self.aim == "cost":
            self.scale = (cost.max(initial=0.0) or 1.0) / _FIT
            goal[: self.size] = cost / self.scale
        else:
            self.scale = -1 / _FIT
            most = np.sort(cost)[-len(problem.weight) - len(rules.keep) :].sum()
            goal[: self.size] = _COST * cost / (most or 1.0)
            goal[self.size :] = self._gains(problem) / self.scale
        self.goal = goal
        self.highs.changeColsCost(len(goal), np.arange(len(goal), dtype=np.int32), goal)
        if self.budget != _NONE:
            self.taken, self.most = self._spending(problem, rules)
            for option, part in enumerate(self.taken):
                self.highs.changeCoeff(self.budget, option, part)
            self.highs.changeRowBounds(self.budget, -np.inf, self.most)

    def narrow(self, found: Answer, known: Sequence[NDArray[np.float64]]) -> None:
        """Leave out options and pairs with which every answer is worse than one that is known.

        `found` is the answer in parts, whose prices tell how much worse.
        """
        sets = np.array(known).reshape(-1, self.first)
        if self.budget != _NONE:
            sets = sets[sets[:, : self.size] @ self.taken <= self.most]
        slack = _SLACK * max(abs(found.value), 1.0)
        most = (sets @ self.goal).min(initial=np.inf) + slack
        top = np.where(found.prices <= most - found.value, self.top, self.floor)
        places = np.arange(self.first, dtype=np.int32)
        self.highs.changeColsBounds(self.first, places, self.floor, top)
        self.highs.setOptionValue("objective_bound", most)

    def solve(self, seconds: float = _LONG) -> Answer:
        """Return the best values of options and pairs, as far as HiGHS gets in the time."""
        statuses = needed("highspy").HighsModelStatus
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + seconds)
        self.highs.run()
        ended, about = self.highs.getModelStatus(), self.highs.getInfo()
        found = self.highs.getSolution()
        none = about.primal_solution_status != _FEASIBLE
        values = np.array([] if none else found.col_value)[: self.first]
        status = {statuses.kOptimal: PROVED, statuses.kInfeasible: IMPOSSIBLE}.get(ended, OPEN)
        prices = np.array(found.col_dual)[: self.first]
        value = about.objective_function_value
        bound = value if status == PROVED else about.mip_dual_bound
        return Answer(values, prices, value, bound, status)


def _shares(met: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return what each option counts for a block, from which requirements it meets."""
    lacks = (~met).astype(np.float32)
    completed = ((lacks.T @ lacks) == 0).any(axis=0)
    return np.where(met.all(axis=0), 1.0, np.where(completed, 1 / 2, 1 / 3))


# --- from rules to a set --------------------------------------------------------------------------


class _Search(NamedTuple):
    """What is looked for: sets of a problem under rules, which do not contain others."""

    problem: Problem
    rules: Rules
    may: NDArray[np.bool_]
    cuts: Sequence[Sequence[int]]
    seconds: float


def solve(  # noqa: PLR0913 - what a solve is made of
    problem: Problem,
    rules: Rules,
    *,
    ban: Iterable[tuple[int, int]] = (),
    cuts: Sequence[Sequence[int]] = (),
    seconds: float = _LONG,
    ties: bool = True,
) -> Choice:
    """Return the best set under some rules.

    Parameters
    ----------
    problem, rules
        What there is, and which rules hold.
    ban
        Pairs of block and option that are not allowed.
    cuts
        Sets that the answer must not contain.
    seconds
        At most so long for each step of the search.
    ties
        Whether, of equally good sets, the better fitting or the cheaper one is looked for.
    """
    kept, by_cost = list(rules.keep), rules.aim == "cost"
    unknown = np.isnan(problem.cost[kept]).any() and (by_cost or rules.budget is not None)
    if unknown or (rules.open_source_only and not problem.open_source[kept].all()):
        return NOTHING  # what is to be kept cannot be
    search = _Search(problem, rules, eligible(problem, rules, ban), cuts, seconds)
    chosen, bound, status = _sound(search, rules.aim)
    if not chosen:
        return NOTHING._replace(status=status)
    first = evaluated(problem, search.may, chosen, status, bound)
    if by_cost and "budget" in breaches(problem, rules, search.may, chosen):
        return NOTHING._replace(status=IMPOSSIBLE if status == PROVED else OPEN)
    if status != PROVED:
        return first
    first = first._replace(bound=first.cost if by_cost else first.fit)
    return _settled(search, first) if ties else first


def _sound(
    search: _Search, aim: str, least: float | None = None
) -> tuple[tuple[int, ...], float, str]:
    """Return a set that holds in plain numbers, a bound of the aim, and what is proved."""
    problem, rules, may, cuts, seconds = search
    wrong: list[tuple[int, ...]] = []
    cost = known_costs(problem.cost)
    if rules.budget is not None:
        may = may & (cost <= rules.budget * (1 + SAME))
    held = replace(rules, budget=None) if aim == "cost" else rules
    for _ in range(_REPAIRS):
        if not may.any(axis=1).all():
            return (), np.nan, IMPOSSIBLE
        programme = Programme(problem, rules, may, aim, least=least, cuts=cuts, wrong=wrong)
        found = programme.solve(seconds)
        if not len(found.columns):
            return (), np.nan, found.status
        taken = np.flatnonzero(found.columns[: len(cost)] > HALF)
        chosen = pruned(problem, rules, may, taken.tolist())
        dear = cost > cost[list(chosen)].sum()
        if breaches(problem, held, may, chosen):
            wrong.append(chosen)
        elif aim == "cost" and (may & dear).any() and not dear[list(rules.keep)].any():
            may = may & ~dear
        else:
            return chosen, found.bound * programme.scale, found.status
    return (), np.nan, OPEN


def _settled(search: _Search, first: Choice) -> Choice:
    """Return the better fitting of equally cheap sets, or the cheaper of equally fitting ones."""
    problem, by_cost = search.problem, search.rules.aim == "cost"
    known = known_costs(problem.cost)
    spent = known[list(first.chosen)].sum()
    search = search._replace(rules=replace(search.rules, budget=spent))
    other, least = ("fit", None) if by_cost else ("cost", first.fit - ALIKE)
    again, _, status = _sound(search, other, least)
    if status != PROVED:
        return first
    second = evaluated(problem, search.may, again, PROVED, first.bound)
    cheaper = known[list(again)].sum() < spent - SAME * max(spent, 1.0)
    return second if (second.fit > first.fit if by_cost else cheaper) else first
