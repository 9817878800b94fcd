"""Options for several blocks, bought whole with the first: against trying out every order."""

import itertools
import math

import numpy as np
import pytest

from govstack_kit.selection import _phases
from govstack_kit.selection._phases import NEVER, Problem


def made(seed):
    """Return two to four blocks, some of them served by an option that is bought as a whole."""
    chance = np.random.default_rng(seed)
    blocks, phases = int(chance.integers(2, 5)), int(chance.integers(1, 4))
    size = int(chance.integers(2, blocks + 1))
    bundle = frozenset(chance.choice(blocks, size, replace=False).tolist())
    costs = [0.0 if b in bundle else float(chance.integers(0, 8)) for b in range(blocks)]
    budgets = chance.integers(0, 15, phases).astype(float)
    pairs = [(b, f) for b in range(blocks) for f in range(b)]
    return Problem(
        costs=[*costs, float(chance.integers(1, 12))],
        needs=[
            frozenset(chance.choice(blocks, chance.integers(1, blocks + 1), replace=False).tolist())
            for _ in range(int(chance.integers(1, 4)))
        ],
        values=chance.integers(0, 6, 3).astype(float).tolist(),
        order=[pair for pair in pairs if chance.random() < 0.25],
        budgets=[b if chance.random() < 0.85 else None for b in budgets.tolist()],
        gains=chance.choice([0.5, 6.0, 12.0], phases).tolist(),
        deadlines={},
        bundles=[(blocks, bundle)],
    )


def best(problem):
    """Return the most value, and months live, of all orders in which money and order hold."""
    bundle, blocks = problem.bundles[0][1], len(problem.costs) - 1
    found = (-math.inf, -math.inf)
    for phases in itertools.product([math.inf, *range(len(problem.budgets))], repeat=blocks):
        if any(phases[first] > phases[block] for block, first in problem.order):
            continue
        bought = min(phases[block] for block in bundle)
        spent = [
            sum(c for c, at in zip(problem.costs, [*phases, bought], strict=True) if at == phase)
            for phase in range(len(problem.budgets))
        ]
        if any(b is not None and s > b for s, b in zip(spent, problem.budgets, strict=True)):
            continue
        live = [max(phases[block] for block in needs) for needs in problem.needs]
        months = [0 if at == math.inf else sum(problem.gains[at:]) for at in live]
        worth = sum(v * m for v, m in zip(problem.values, months, strict=False))
        found = max(found, (worth, sum(months)))
    return found


@pytest.mark.parametrize("seed", range(60))
def test_no_order_with_options_bought_whole_is_better(seed):
    problem = made(seed)
    problem = problem._replace(values=problem.values[: len(problem.needs)])
    found = _phases.solve(problem, 20)
    months = sum(sum(problem.gains[at:]) for at in found.use_cases if at != NEVER)
    assert (found.value, months) == pytest.approx(best(problem), rel=1e-7, abs=1e-6)
    assert not list(_phases.overspent(problem, found.blocks))
    item, bundle = problem.bundles[0]
    built = [found.blocks[block] for block in bundle if found.blocks[block] != NEVER]
    assert found.blocks[item] == min(built, default=NEVER)
    for block, first in problem.order:
        assert found.blocks[block] == NEVER or 0 <= found.blocks[first] <= found.blocks[block]
