"""The best order of building, solved exactly: which blocks in which phase, as a linear program.

The model has a variable for each block and phase that says whether the block is there at the end of
the phase, and one for each use case and phase that says whether it is live then. It is solved in
stages, each of which keeps what the one before reached, so that the answer is the same every time:
the most value, then the most months live whatever they are worth, then the least money. At last,
blocks are moved forward as far as the money allows.
"""

from __future__ import annotations

import math
import time
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

NEVER = -1  # the phase of what is never built or never live
_SCALE = 1e4  # what objectives add up to, far above the tolerances of the solver
_PROVEN = 1e-8  # share of the value below which a bound counts as reached
_KEPT = 1e-9  # share of an objective that a later stage may lose to rounding
_ROUNDING = 1e-12  # share of a budget below which it is not overspent, but badly added up
_FREE = float("inf")
_STOPPED = 1  # what scipy calls a limit of time or steps that was reached

Entry = tuple[dict[int, float], float, float]  # coefficients by variable, lower and upper bound


class Problem(NamedTuple):
    """Blocks, use cases and phases by number; blocks that are there already are left out."""

    costs: list[float]
    needs: list[frozenset[int]]  # the blocks that each use case waits for
    values: list[float]  # of each use case, a month
    order: list[tuple[int, int]]  # a block, and one that must be there no later
    budgets: list[float | None]  # of each phase; None: no limit
    gains: list[float]  # months that follow the end of each phase, up to the end of the next
    deadlines: dict[int, int]  # use cases, and the phase in which they must be live
    bundles: Sequence[
        tuple[int, frozenset[int]]
    ] = ()  # what is bought with the first of its blocks

    def before(self) -> list[tuple[int, int]]:
        """Return all pairs of a block and what must be there no later."""
        return [*self.order, *((b, bought) for bought, blocks in self.bundles for b in blocks)]


class OutOfTimeError(Exception):
    """The time was over before the solver knew whether there is any order at all."""


class Solution(NamedTuple):
    """The phase in which each block is built and each use case goes live; NEVER for none."""

    blocks: list[int]
    use_cases: list[int]
    value: float
    bound: float  # no order is worth more
    optimal: bool


def live(problem: Problem, blocks: Sequence[int]) -> list[int]:
    """Return the phase in which each use case goes live."""
    found = []
    for needs in problem.needs:
        phases = [blocks[block] for block in needs]
        found.append(NEVER if NEVER in phases else max(phases, default=NEVER))
    return found


def worth(problem: Problem, use_cases: Sequence[int]) -> float:
    """Return the value times the months live, added up over the use cases."""
    return math.fsum(
        value * math.fsum(problem.gains[phase:])
        for value, phase in zip(problem.values, use_cases, strict=True)
        if phase != NEVER
    )


def overspent(problem: Problem, blocks: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Yield each phase whose blocks cost more than its budget, with these blocks."""
    for phase, budget in enumerate(problem.budgets):
        built = [block for block, at in enumerate(blocks) if at == phase]
        spent = math.fsum(problem.costs[block] for block in built)
        if budget is not None and spent > budget * (1 + _ROUNDING):
            yield phase, built


def closure(problem: Problem, blocks: Iterable[int]) -> set[int]:
    """Return blocks with those that must be there before them."""
    found = set(blocks)
    while more := {first for block, first in problem.before() if block in found} - found:
        found |= more
    return found


def required(problem: Problem, use_cases: Sequence[int]) -> set[int]:
    """Return the blocks that the use cases which go live need, and what must be there before."""
    live_ones = (needs for needs, at in zip(problem.needs, use_cases, strict=True) if at != NEVER)
    return closure(problem, (block for needs in live_ones for block in needs))


def _earlier(problem: Problem, blocks: Sequence[int]) -> list[int]:
    """Return the same order with blocks moved forward, one by one, as far as the money allows.

    What a block is bought with moves along with it.
    """
    found, moved = list(blocks), True
    bought = {item for item, _ in problem.bundles}
    while moved:
        moved = False
        for block, at in enumerate(found):
            if block in bought or at == NEVER:
                continue
            along = {item for item, of in problem.bundles if block in of}
            first = max((found[f] for b, f in problem.order if b == block), default=0)
            for phase in range(first, at):
                trial = [
                    min(p, phase) if b in along else phase if b == block else p
                    for b, p in enumerate(found)
                ]
                if not any(over == phase for over, _ in overspent(problem, trial)):
                    found, moved = trial, True
                    break
    return found


def _justified(problem: Problem, phases: Sequence[int], kept: set[int]) -> set[int]:
    """Return the blocks that are kept, with one for each item that is bought before they are."""
    found = set(kept)
    for item, blocks in problem.bundles:
        if item in kept and all(phases[block] > phases[item] for block in blocks & kept):
            found |= closure(problem, [min(b for b in blocks if phases[b] == phases[item])])
    return found


class _Model:
    """The linear program of a problem, to which stages add what they have reached."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.phases = problem, len(problem.budgets)
        self.blocks, self.cases = len(problem.costs), len(problem.needs)
        self.size = (self.blocks + self.cases) * self.phases
        self.rows: list[Entry] = list(self._rules())
        self.lower, self.upper = np.zeros(self.size), np.ones(self.size)
        for case, phase in problem.deadlines.items():
            self.lower[self.live(case, phase)] = 1
        self.rows += self._conflicts()

    def there(self, block: int, phase: int) -> int:
        return block * self.phases + phase

    def live(self, case: int, phase: int) -> int:
        return (self.blocks + case) * self.phases + phase

    def built(self, block: int, phase: int, factor: float = 1.0) -> dict[int, float]:
        """Return the coefficients of a block being built in a phase: there now, not before."""
        found = {self.there(block, phase): factor}
        return found | {self.there(block, phase - 1): -factor} if phase else found

    def _rules(self) -> Iterator[Entry]:
        problem = self.problem
        for phase, budget in enumerate(problem.budgets):
            spent: dict[int, float] = {}
            for block, cost in enumerate(problem.costs):
                one = self.built(block, phase)
                too_dear = budget is not None and cost > budget * (1 + _ROUNDING)
                yield one, 0.0, 0.0 if too_dear else _FREE
                if budget and cost and not too_dear:
                    spent |= self.built(block, phase, cost / budget)
            if spent:
                yield spent, -_FREE, 1.0
            for bought, blocks in problem.bundles:
                first_of = {self.there(block, phase): 1.0 for block in blocks}
                yield first_of | {self.there(bought, phase): -1.0}, 0.0, _FREE
            for block, first in problem.before():
                yield {self.there(first, phase): 1.0, self.there(block, phase): -1.0}, 0.0, _FREE
            for case, needs in enumerate(problem.needs):
                live = self.live(case, phase)
                for block in closure(problem, needs):
                    yield {self.there(block, phase): 1.0, live: -1.0}, 0.0, _FREE

    def _conflicts(self) -> Iterator[Entry]:
        """Forbid what no money could pay, which follows but saves the solver most of its work.

        A use case, or two of them together, cannot be live in a phase when the blocks they need
        cost more than all budgets up to then.
        """
        problem, money = self.problem, 0.0
        needs = [closure(problem, found) for found in problem.needs]
        for phase, budget in enumerate(problem.budgets):
            money += _FREE if budget is None else budget * (1 + _ROUNDING)
            for one, other in combinations_with_replacement(range(self.cases), 2):
                if math.fsum(problem.costs[b] for b in needs[one] | needs[other]) > money:
                    pair = {self.live(one, phase): 1.0, self.live(other, phase): 1.0}
                    yield pair, -_FREE, float(one != other)

    def solve(self, goal: NDArray[np.float64], seconds: float) -> tuple[list[int] | None, float]:
        """Return the phases of the blocks that make `goal` least, and how low it can be at best."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - heavy
        from scipy.sparse import csr_array  # noqa: PLC0415 - heavy

        factor = _factor(goal)
        until = time.monotonic() + seconds
        while True:
            at = [number for number, (row, _, _) in enumerate(self.rows) for _ in row]
            of = [variable for row, _, _ in self.rows for variable in row]
            by = [factor for row, _, _ in self.rows for factor in row.values()]
            matrix = csr_array((by, (at, of)), shape=(len(self.rows), self.size))
            lower, upper = zip(*((low, high) for _, low, high in self.rows), strict=True)
            found = milp(
                goal * factor,
                integrality=np.ones(self.size),
                bounds=Bounds(self.lower, self.upper),
                constraints=LinearConstraint(matrix, lower, upper),
                options={"mip_rel_gap": 0, "time_limit": max(until - time.monotonic(), 0.1)},
            )
            bound = found.fun if found.status == 0 else found.mip_dual_bound
            bound = -_FREE if bound is None else float(bound) / factor
            if found.x is None and found.status == _STOPPED:
                raise OutOfTimeError
            if found.x is None:
                return None, bound
            there = found.x[: self.blocks * self.phases].reshape(self.blocks, self.phases)
            first = (there > 0.5).argmax(axis=1)  # noqa: PLR2004 - there or not
            phases = np.where(there[:, -1] > 0.5, first, NEVER).tolist()  # noqa: PLR2004
            # The solver is content with a millionth too much; a treasury is not.
            over = list(overspent(self.problem, phases))
            if not over:
                return phases, bound
            for phase, built in over:
                row: dict[int, float] = {}
                for block in built:
                    row |= self.built(block, phase)
                self.rows.append((row, -_FREE, len(built) - 1.0))

    def gains(self, values: Sequence[float]) -> NDArray[np.float64]:
        """Return the objective that adds up values times months live, as something to make less."""
        goal = np.zeros(self.size)
        for case, value in enumerate(values):
            for phase, months in enumerate(self.problem.gains):
                goal[self.live(case, phase)] = -value * months
        return goal

    def spent(self) -> NDArray[np.float64]:
        """Return the objective that adds up the costs of all blocks built."""
        goal = np.zeros(self.size)
        for block, cost in enumerate(self.problem.costs):
            goal[self.there(block, self.phases - 1)] = cost
        return goal

    def keep(self, goal: NDArray[np.float64], phases: Sequence[int]) -> None:
        """Let no later stage be worse than these phases are for a goal."""
        places = np.zeros(self.size)
        cases = live(self.problem, phases)
        for group, at in ((phases, self.there), (cases, self.live)):
            for number, phase in enumerate(group):
                if phase != NEVER:
                    places[[at(number, later) for later in range(phase, self.phases)]] = 1
        goal = goal * _factor(goal)
        reached = float(goal @ places)
        row = {int(variable): float(goal[variable]) for variable in np.flatnonzero(goal)}
        if row:
            self.rows.append((row, -_FREE, reached + _KEPT * max(abs(reached), 1.0)))


def _factor(goal: NDArray[np.float64]) -> float:
    total = float(np.abs(goal).sum())
    return _SCALE / total if total else 1.0


def feasible(problem: Problem, seconds: float) -> bool:
    """Return whether there is any order that keeps all rules.

    Raises
    ------
    OutOfTimeError
        If that was not known in time.
    """
    model = _Model(problem)
    return model.solve(np.zeros(model.size), seconds)[0] is not None


def colliding(problem: Problem, seconds: float) -> list[tuple[str, Any]]:
    """Return rules that cannot all hold, none of which could be left out.

    Parameters
    ----------
    problem
        A problem that has no solution.
    seconds
        How long each trial may take.

    Returns
    -------
    list of tuple
        ``("order", (block, first))``, ``("budget", phase)`` and ``("deadline", (case, phase))``.

    Raises
    ------
    OutOfTimeError
        If a trial did not finish.
    """
    kept: list[tuple[str, Any]] = [
        *(("order", pair) for pair in dict.fromkeys(problem.order)),
        *(("budget", at) for at, budget in enumerate(problem.budgets) if budget is not None),
        *(("deadline", item) for item in problem.deadlines.items()),
    ]
    for rule in list(kept):
        fewer = [other for other in kept if other != rule]
        under = problem._replace(
            order=[what for kind, what in fewer if kind == "order"],
            budgets=[
                budget if ("budget", at) in fewer else None
                for at, budget in enumerate(problem.budgets)
            ],
            deadlines=dict(what for kind, what in fewer if kind == "deadline"),
        )
        if not feasible(under, seconds):
            kept = fewer
    return kept


def _kept(model: _Model, goal: NDArray[np.float64], seconds: float) -> list[int] | None:
    """Return the phases of a later stage; None when it runs out of time, as one is known."""
    try:
        return model.solve(goal, seconds)[0]
    except OutOfTimeError:
        return None


def solve(problem: Problem, seconds: float) -> Solution | None:
    """Return the best order of building; None when none is found.

    Parameters
    ----------
    problem
        At least one phase; blocks, use cases and phases by number.
    seconds
        How long each stage may take. When the first does not finish, its best order so far comes
        back, with what the best one can be worth at most.

    Raises
    ------
    OutOfTimeError
        If no order was found in time, and none was proven to be impossible.
    """
    if not problem.costs:
        return Solution([], [NEVER] * len(problem.needs), 0.0, 0.0, optimal=True)
    model = _Model(problem)
    goal = model.gains(problem.values)
    phases, lowest = model.solve(goal, seconds)
    if phases is None:
        return None
    reached = worth(problem, live(problem, phases))
    most = math.fsum(value * math.fsum(problem.gains) for value in problem.values)
    bound = min(-lowest, most)
    optimal = bound <= reached + _PROVEN * max(reached, most)
    if optimal:
        for stage in (model.gains([1.0] * model.cases), model.spent()):
            model.keep(goal, phases)
            if not np.array_equal(stage * _factor(stage), goal * _factor(goal)):
                goal, phases = stage, _kept(model, stage, seconds) or phases
        bound = reached
    kept = _justified(problem, phases, required(problem, live(problem, phases)))
    phases = [phase if block in kept else NEVER for block, phase in enumerate(phases)]
    phases = _earlier(problem, phases)
    return Solution(phases, live(problem, phases), reached, bound, optimal=optimal)
