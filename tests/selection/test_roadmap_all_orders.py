"""The order of building of small made-up problems is the best of all orders."""

import itertools
import math

import pytest
from hypothesis import strategies as st

from govstack_kit.selection.roadmap import Problem, best_order, freeing, possible

NEVER = math.inf


@st.composite
def problems(draw, pick):
    def any_of(*values):
        return pick(draw, values)

    def some(most, size):
        return [float(any_of(*range(most + 1))) for _ in range(size)]

    blocks, cases, phases = any_of(1, 2, 3, 4), any_of(1, 2, 3), any_of(1, 2, 3)
    names = "abcd"[:blocks]
    needs = {}
    for case in range(cases):
        first = any_of(*names)
        needs[f"case {case}"] = frozenset(b for b in names if b == first or any_of(0, 1))
    pairs = [(b, f) for b in names for f in names if f < b]  # never a circle
    options = {}
    if blocks > 1 and any_of(0, 0, 1):  # one option for two blocks, bought with the first of them
        options = {"suite": frozenset(names[:2])}
    # Steps of a use case need a part of what it needs; only some use cases count as a whole too.
    steps = {"step": frozenset(names[-1])}
    for case, of in needs.items():
        steps[f"{case}, some"] = frozenset(b for b in of if b == min(of) or any_of(0, 1))
        steps[f"{case}, one"] = frozenset(max(of))
    parts = [("step", name) for name in steps] + [("case", name) for name in needs if any_of(0, 1)]
    costs = dict(zip(names, some(9, blocks), strict=True))
    return Problem(
        costs=costs | dict.fromkeys(options, float(any_of(0, 3, 7))),
        needs=needs,
        worths=dict(zip(parts, some(5, len(parts)), strict=True)),
        order=frozenset(pair for pair in pairs if any_of(0, 0, 0, 1)),
        budgets=tuple(any_of(None, *some(15, 4)) for _ in range(phases)),
        gains=tuple(any_of(0.5, 6.0, 12.0) for _ in range(phases)),
        deadlines={"case 0": any_of(*range(phases))} if any_of(0, 0, 0, 1) else {},
        options=options,
        steps=steps,
    )


def orders(problem):
    """Yield every order that keeps the rules: when blocks are there, use cases live, the cost."""
    names = [name for name in problem.costs if name not in problem.options]
    number = len(problem.budgets)
    for phases in itertools.product([NEVER, *range(number)], repeat=len(names)):
        at = dict(zip(names, phases, strict=True))
        if any(at[first] > at[block] for block, first in problem.order):
            continue
        bought = at | {o: min(at[b] for b in blocks) for o, blocks in problem.options.items()}
        spent = [
            sum(problem.costs[name] for name, when in bought.items() if when == phase)
            for phase in range(number)
        ]
        if any(b is not None and s > b for s, b in zip(spent, problem.budgets, strict=True)):
            continue
        live = {case: max(at[block] for block in needs) for case, needs in problem.needs.items()}
        if all(live[case] <= phase for case, phase in problem.deadlines.items()):
            yield at, live, sum(spent)


def key(problem, at, live, spent):
    """Return what is compared: value of all parts, months live, money, months of the steps."""

    def months(phase):
        return 0 if phase in (NEVER, None) else sum(problem.gains[int(phase) :])

    def last(blocks):
        return max(NEVER if at[block] is None else at[block] for block in blocks)

    steps = {("step", name): months(last(blocks)) for name, blocks in problem.steps.items()}
    came = {("case", name): months(phase) for name, phase in live.items()} | steps
    worth = sum(value * came[part] for part, value in problem.worths.items())
    return worth, sum(map(months, live.values())), -spent, sum(steps.values())


def test_no_order_is_better_than_the_one_found(pick, check_all):
    count = 0

    def check(problem):
        nonlocal count
        every = [key(problem, *order) for order in orders(problem)]
        found = best_order(problem, 20)
        assert possible(problem, 20) == bool(every)
        if not every:
            assert found is None
            return
        count += max(every)[0] > 0
        assert found.optimal
        assert not list(problem.overspent(found.blocks))
        spent = sum(c for name, c in problem.costs.items() if found.blocks[name] is not None)
        reached = key(problem, found.blocks, found.use_cases, spent)
        assert reached == pytest.approx(max(every), rel=1e-7, abs=1e-6)
        assert found.value == found.bound == pytest.approx(reached[0])
        late = {name: NEVER if at is None else at for name, at in found.blocks.items()}
        assert all(late[first] <= late[block] for block, first in problem.before())

    check_all(check, problems(pick), 100)
    assert count >= 50


def test_each_rule_that_is_said_to_free_does(pick, check_all):
    seen = set()

    def check(problem):
        if any(orders(problem)):
            return
        said = set(freeing(problem, 20))
        changed = {("budgets",): problem._replace(budgets=(None,) * len(problem.budgets))}
        for pair in problem.order:
            changed["order", *pair] = problem._replace(order=problem.order - {pair})
        for case in problem.deadlines:
            others = {name: at for name, at in problem.deadlines.items() if name != case}
            changed["deadline", case] = problem._replace(deadlines=others)
        assert said == {rule for rule, other in changed.items() if any(orders(other))}
        seen.update(kind for kind, *_ in said)

    def tight(problem):
        last = len(problem.budgets) - 1
        return problem._replace(deadlines=dict.fromkeys(problem.needs, last) | problem.deadlines)

    check_all(check, problems(pick).map(tight), 150)
    assert seen >= {"budgets", "deadline"}
    # b fills the second phase; a would fit into the first, if it could come before b.
    tight_order = small([50.0, 100.0], [80.0, 100.0])._replace(
        order=frozenset({("a", "b")}), deadlines={"case": 1}
    )
    assert freeing(tight_order, 20) == [
        ("budgets",),
        ("order", "a", "b"),
        ("deadline", "case"),
    ]


def small(costs, budgets):
    return Problem(
        costs=dict(zip("ab", costs, strict=True)),
        needs={"case": frozenset("ab")},
        worths={("case", "case"): 1.0},
        order=frozenset(),
        budgets=tuple(budgets),
        gains=(12.0,) * len(budgets),
        deadlines={},
        options={},
        steps={},
    )


def test_the_solver_overspends_no_budget_by_a_millionth():
    costs = [500_000.0, 500_000.4]  # a millionth too much together, within the solver's tolerance
    assert sorted(best_order(small(costs, [1e6, 1e6]), 20).blocks.values()) == [0, 1]
    assert best_order(small(costs, [1e6]), 20).use_cases == {"case": None}


def test_money_that_only_just_suffices_suffices():
    assert best_order(small([0.1, 0.2], [0.3]), 20).blocks == {"a": 0, "b": 0}
