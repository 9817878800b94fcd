"""The best order of building, solved exactly: which blocks in which phase, as a linear program.

The model has a variable for each block and phase that says whether the block is there at the end of
the phase, and one for each use case and phase that says whether it is live then. It is solved in
stages, each of which keeps what the one before reached, so that the answer is the same every time:
the most value, then the most months live whatever they are worth, then the least money, then the
most months in which steps are served, then the fewest blocks, then the earliest.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from govstack_kit.errors import needed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

_SCALE = 1e4  # what objectives add up to, far above the tolerances of the solver
_PROVEN = 1e-8  # share of the value below which a bound counts as reached
_KEPT = 1e-9  # share of an objective that a later stage may lose to rounding
_ROUNDING = 1e-12  # share of a budget below which it is not overspent, but badly added up
_HALF = 0.5  # what tells a yes from a no
_STOPPED = 1  # what the solver calls a limit of time that was reached

Row = tuple[dict[int, float], float, float]  # coefficients by variable, lower and upper bound
Phases = dict[str, int | None]  # of blocks or use cases, from 0; None for never


class Problem(NamedTuple):
    """What is to be built, for whom, in what order and with what money.

    Attributes
    ----------
    costs
        Of each block to build, and of each option that is bought whole.
    needs
        The blocks that each use case waits for.
    values
        Of each use case, a month.
    order
        Pairs of a block and one that must be there no later.
    budgets
        Of each phase; None: no limit.
    gains
        The months that follow the end of each phase, up to the end of the next.
    deadlines
        Use cases, and the phase in which they must be live.
    options
        What is bought with the first of its blocks.
    steps
        The blocks that each step waits for, which count when all else is equal.
    """

    costs: Mapping[str, float]
    needs: Mapping[str, frozenset[str]]
    values: Mapping[str, float]
    order: frozenset[tuple[str, str]]
    budgets: tuple[float | None, ...]
    gains: tuple[float, ...]
    deadlines: Mapping[str, int]
    options: Mapping[str, frozenset[str]]
    steps: Mapping[str, frozenset[str]]

    def before(self) -> Iterator[tuple[str, str]]:
        """Yield all pairs of a block and what must be there no later."""
        yield from sorted(self.order)
        yield from ((b, option) for option, blocks in self.options.items() for b in sorted(blocks))

    def worth(self, live: Phases) -> float:
        """Return the value times the months live, added up over the use cases."""
        phases = ((case, phase) for case, phase in live.items() if phase is not None)
        return math.fsum(self.values[case] * math.fsum(self.gains[p:]) for case, p in phases)

    def overspent(self, blocks: Phases) -> Iterator[tuple[int, list[str]]]:
        """Yield each phase whose blocks cost more than its budget, with these blocks."""
        for phase, budget in enumerate(self.budgets):
            built = [block for block, at in blocks.items() if at == phase]
            spent = math.fsum(self.costs[block] for block in built)
            if budget is not None and spent > budget * (1 + _ROUNDING):
                yield phase, built


class OutOfTimeError(Exception):
    """The time was over before the solver knew whether there is any order at all."""


class Solution(NamedTuple):
    """The phase in which each block is built and each use case goes live, and how good that is."""

    blocks: Phases
    use_cases: Phases
    value: float
    bound: float  # no order is worth more
    optimal: bool


class _Programme:
    """The linear program of a problem, to which stages add what they have reached."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.phases = problem, len(problem.budgets)
        self.waiting = {("case", name): blocks for name, blocks in problem.needs.items()}
        self.waiting |= {("step", name): blocks for name, blocks in problem.steps.items()}
        things = [*(("block", name) for name in problem.costs), *self.waiting]
        self.place = {thing: number * self.phases for number, thing in enumerate(things)}
        self.size = len(things) * self.phases
        self.rows = list(self._rules())
        self.lower = np.zeros(self.size)
        for case, phase in problem.deadlines.items():
            self.lower[self.place["case", case] + phase] = 1

    def _built(self, block: str, phase: int, factor: float = 1.0) -> dict[int, float]:
        """Return the coefficients of a block being built in a phase: there now, not before."""
        at = self.place["block", block] + phase
        return {at: factor} | ({at - 1: -factor} if phase else {})

    def _rules(self) -> Iterator[Row]:
        problem, place = self.problem, self.place
        for phase, budget in enumerate(problem.budgets):
            spent: dict[int, float] = {}
            for block, cost in problem.costs.items():
                too_dear = budget is not None and cost > budget * (1 + _ROUNDING)
                yield self._built(block, phase), 0.0, 0.0 if too_dear else math.inf
                if budget and cost and not too_dear:
                    spent |= self._built(block, phase, cost / budget)
            if spent:
                yield spent, -math.inf, 1.0
            for option, blocks in problem.options.items():
                first = {place["block", block] + phase: 1.0 for block in blocks}
                yield first | {place["block", option] + phase: -1.0}, 0.0, math.inf
            pairs = [(("block", block), first) for block, first in problem.before()]
            pairs += [(thing, block) for thing, needs in self.waiting.items() for block in needs]
            for thing, block in pairs:
                row = {place["block", block] + phase: 1.0, place[thing] + phase: -1.0}
                yield row, 0.0, math.inf

    def solve(self, goal: NDArray[np.float64], seconds: float) -> tuple[Phases | None, float]:
        """Return the phases of the blocks that make `goal` least, and how low it can be at best."""
        optimize, sparse = needed("scipy.optimize"), needed("scipy.sparse")
        factor, until = _factor(goal), time.monotonic() + seconds
        while True:
            at = [number for number, (row, _, _) in enumerate(self.rows) for _ in row]
            of = [variable for row, _, _ in self.rows for variable in row]
            by = [number for row, _, _ in self.rows for number in row.values()]
            matrix = sparse.csr_array((by, (at, of)), shape=(len(self.rows), self.size))
            lower, upper = zip(*((low, high) for _, low, high in self.rows), strict=True)
            found = optimize.milp(
                goal * factor,
                integrality=np.ones(self.size),
                bounds=optimize.Bounds(self.lower, np.ones(self.size)),
                constraints=optimize.LinearConstraint(matrix, lower, upper),
                options={"mip_rel_gap": 0, "time_limit": max(until - time.monotonic(), 0.1)},
            )
            bound = found.fun if found.status == 0 else found.mip_dual_bound
            bound = -math.inf if bound is None else float(bound) / factor
            if found.x is None and found.status == _STOPPED:
                raise OutOfTimeError
            if found.x is None:
                return None, bound
            phases: Phases = {}
            for block in self.problem.costs:
                start = self.place["block", block]
                there = found.x[start : start + self.phases] > _HALF
                phases[block] = int(there.argmax()) if there.any() else None
            # The solver is content with a millionth too much; a treasury is not.
            over = list(self.problem.overspent(phases))
            if not over:
                return phases, bound
            for phase, built in over:
                row: dict[int, float] = {}
                for block in built:
                    row |= self._built(block, phase)
                self.rows.append((row, -math.inf, len(built) - 1.0))

    def served(self, layer: str, values: Mapping[str, float]) -> NDArray[np.float64]:
        """Return the goal that adds up values times months of use cases or steps, made less."""
        goal = np.zeros(self.size)
        for name, value in values.items():
            start = self.place[layer, name]
            goal[start : start + self.phases] = [-value * months for months in self.problem.gains]
        return goal

    def spent(self, costs: Mapping[str, float]) -> NDArray[np.float64]:
        """Return the goal that adds up the costs of all blocks built."""
        goal = np.zeros(self.size)
        for block, cost in costs.items():
            goal[self.place["block", block] + self.phases - 1] = cost
        return goal

    def keep(self, goal: NDArray[np.float64], blocks: Phases) -> None:
        """Let no later stage be worse than these phases are for a goal."""
        there = np.zeros(self.size)
        found = {("block", block): phase for block, phase in blocks.items()}
        found |= {thing: _last(blocks, needs) for thing, needs in self.waiting.items()}
        for thing, phase in found.items():
            if phase is not None:
                there[self.place[thing] + phase : self.place[thing] + self.phases] = 1
        goal = goal * _factor(goal)
        reached = float(goal @ there)
        row = {int(variable): float(goal[variable]) for variable in np.flatnonzero(goal)}
        if row:
            self.rows.append((row, -math.inf, reached + _KEPT * max(abs(reached), 1.0)))


def _factor(goal: NDArray[np.float64]) -> float:
    total = float(np.abs(goal).sum())
    return _SCALE / total if total else 1.0


def _last(blocks: Phases, needs: frozenset[str]) -> int | None:
    """Return the phase in which the last of some blocks is there."""
    phases = [blocks[block] for block in needs]
    known = [phase for phase in phases if phase is not None]
    return max(known, default=0) if len(known) == len(phases) else None


def solve(problem: Problem, seconds: float) -> Solution | None:
    """Return the best order of building; None when none is possible.

    Parameters
    ----------
    problem
        What is to be built, in at least one phase.
    seconds
        How long each stage may take. When the first does not finish, its best order so far comes
        back, with what the best one can be worth at most.

    Raises
    ------
    OutOfTimeError
        If no order was found in time, and none was proven to be impossible.
    """
    if not problem.costs:
        return Solution({}, dict.fromkeys(problem.needs, 0), 0.0, 0.0, optimal=True)
    programme = _Programme(problem)
    goal = programme.served("case", problem.values)
    phases, lowest = programme.solve(goal, seconds)
    if phases is None:
        return None

    def live(blocks: Phases) -> Phases:
        return {case: _last(blocks, needs) for case, needs in problem.needs.items()}

    reached = problem.worth(live(phases))
    most = math.fsum(value * math.fsum(problem.gains) for value in problem.values.values())
    bound = min(-lowest, most)
    optimal = bound <= reached + _PROVEN * max(reached, most)
    earliest = np.zeros(programme.size)
    earliest[: len(problem.costs) * programme.phases] = -1
    for stage in (
        programme.served("case", dict.fromkeys(problem.needs, 1.0)),
        programme.spent(problem.costs),
        programme.served("step", dict.fromkeys(problem.steps, 1.0)),
        programme.spent(dict.fromkeys(problem.costs, 1.0)),
        earliest,
    ):
        programme.keep(goal, phases)
        try:
            goal, phases = stage, programme.solve(stage, seconds)[0] or phases
        except OutOfTimeError:  # an order is known
            break
    value = problem.worth(live(phases))
    bound = value if optimal else max(bound, value)
    return Solution(phases, live(phases), value, bound, optimal=optimal)


def possible(problem: Problem, seconds: float) -> bool:
    """Return whether there is any order that keeps all rules.

    Raises
    ------
    OutOfTimeError
        If that was not known in time.
    """
    programme = _Programme(problem)
    return programme.solve(np.zeros(programme.size), seconds)[0] is not None


def freeing(problem: Problem, seconds: float) -> list[tuple[str, ...]]:
    """Return the rules of which each, left out alone, makes possible what is not.

    Parameters
    ----------
    problem
        A problem that has no solution.
    seconds
        How long each trial may take.

    Returns
    -------
    list of tuple
        ``("budgets",)``, ``("order", block, first)`` and ``("deadline", use case)``.
    """
    free = problem._replace(budgets=(None,) * len(problem.budgets))
    found: list[tuple[str, ...]] = [("budgets",)] if possible(free, seconds) else []
    if problem.order and possible(problem._replace(order=frozenset()), seconds):
        found += [
            ("order", *pair)
            for pair in sorted(problem.order)
            if possible(problem._replace(order=problem.order - {pair}), seconds)
        ]
    for case in problem.deadlines:
        others = {name: phase for name, phase in problem.deadlines.items() if name != case}
        if possible(problem._replace(deadlines=others), seconds):
            found.append(("deadline", case))
    return found
