"""The order of building of small made-up problems is the best of all orders."""

import itertools
import math

import pytest
from hypothesis import strategies as st

from govstack_kit.selection import _phases
from govstack_kit.selection._phases import NEVER, Problem


@st.composite
def problems(draw, pick):
    def any_of(*values):
        return pick(draw, values)

    def some(most, size):
        return [float(any_of(*range(most + 1))) for _ in range(size)]

    blocks, cases, phases = any_of(1, 2, 3, 4), any_of(1, 2, 3), any_of(1, 2, 3)
    needs = []
    for _ in range(cases):
        first = any_of(*range(blocks))
        needs.append(frozenset(b for b in range(blocks) if b == first or any_of(0, 1)))
    pairs = [(b, f) for b in range(blocks) for f in range(b)]  # never a circle
    return Problem(
        costs=some(9, blocks),
        needs=needs,
        values=some(5, cases),
        order=[pair for pair in pairs if any_of(0, 0, 0, 1)],
        budgets=[any_of(None, *some(15, 4)) for _ in range(phases)],
        gains=[any_of(0.5, 6.0, 12.0) for _ in range(phases)],
        deadlines={0: any_of(*range(phases))} if any_of(0, 0, 0, 1) else {},
    )


def best(problem):
    """Return the best of all orders by trying every one: value, months live, then money."""
    found = None
    for phases in itertools.product(
        [NEVER, *range(len(problem.budgets))], repeat=len(problem.costs)
    ):
        late = [math.inf if phase == NEVER else phase for phase in phases]
        if any(late[first] > late[block] for block, first in problem.order):
            continue
        spent = [
            sum(c for c, at in zip(problem.costs, phases, strict=True) if at == phase)
            for phase in range(len(problem.budgets))
        ]
        if any(b is not None and s > b for s, b in zip(spent, problem.budgets, strict=True)):
            continue
        live = [max(late[block] for block in needs) for needs in problem.needs]
        if any(live[case] > phase for case, phase in problem.deadlines.items()):
            continue
        months = [0 if at == math.inf else sum(problem.gains[at:]) for at in live]
        worth = sum(v * m for v, m in zip(problem.values, months, strict=True))
        key = (
            worth,
            sum(months),
            -sum(c for c, at in zip(problem.costs, phases, strict=True) if at >= 0),
        )
        found = key if found is None else max(found, key)
    return found


def test_no_order_is_better_than_the_one_found(pick, check_all):
    possible = 0

    def check(problem):
        nonlocal possible
        expected, found = best(problem), _phases.solve(problem, 20)
        if expected is None:
            assert found is None
            return
        possible += expected[0] > 0
        assert found.optimal
        assert found.use_cases == _phases.live(problem, found.blocks)
        assert not list(_phases.overspent(problem, found.blocks))
        months = sum(sum(problem.gains[at:]) for at in found.use_cases if at != NEVER)
        spent = sum(c for c, at in zip(problem.costs, found.blocks, strict=True) if at != NEVER)
        assert (found.value, months, -spent) == pytest.approx(expected, rel=1e-7, abs=1e-6)
        for block, first in problem.order:
            assert found.blocks[block] == NEVER or 0 <= found.blocks[first] <= found.blocks[block]

    check_all(check, problems(pick), 100)
    assert possible >= 50


def test_the_solver_overspends_no_budget_by_a_millionth():
    costs = [500_000.0, 500_000.4]  # a millionth too much together, within the solver's tolerance
    problem = Problem(costs, [frozenset({0, 1})], [1.0], [], [1e6, 1e6], [12.0, 12.0], {})
    assert sorted(_phases.solve(problem, 20).blocks) == [0, 1]
    alone = problem._replace(budgets=[1e6], gains=[12.0])
    assert _phases.solve(alone, 20).use_cases == [NEVER]


def test_money_that_only_just_suffices_suffices():
    problem = Problem([0.1, 0.2], [frozenset({0, 1})], [1.0], [], [0.3], [12.0], {})
    assert _phases.solve(problem, 20).blocks == [0, 0]
