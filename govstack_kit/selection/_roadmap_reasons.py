"""Why a building block is not built, and why a use case never goes live, in words.

A reason is tested before it is given. Whether a use case could go live at all is asked of the
solver again, with nothing else to build: without dependencies, with them, and together with the use
cases that have a deadline. The first of the three that cannot be is the reason. Where all can be,
the use case is left out because no order with it is worth more.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from govstack_kit.selection._phases import OutOfTimeError, Problem, closure, colliding, feasible
from govstack_kit.selection._wording import listed, money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from govstack_kit.selection._roadmap_task import Solved, Task


def rule_in_words(
    task: Task, rule: tuple[str, Any], blocks: Sequence[str], cases: Sequence[str]
) -> str:
    """Return a rule that collides with others, of a problem with these blocks and use cases."""
    kind, what = rule
    if kind == "deadline":
        case, phase = what
        return f"{task.cases[cases[case]]} must be live by {task.phases[phase][1]}"
    if kind == "budget":
        return f"{task.phases[what][1]} has {money(task.phases[what][3] or 0)}"
    block, first = (task.names.get(blocks[number], blocks[number]) for number in what)
    return f"{block} comes no earlier than {first}"


def _too_dear(solved: Solved, blocks: Sequence[str]) -> list[str]:
    """Return which blocks no phase can pay for, in sentences."""
    budgets = [budget for *_, budget in solved.task.phases if budget is not None]
    if len(budgets) < len(solved.task.phases):
        return []
    names, costs = solved.task.names, solved.task.costs
    return [
        f"{names.get(block, block)} costs {money(costs[block])}, and no phase has more than "
        f"{money(max(budgets))}."
        for block in blocks
        if costs.get(block, 0.0) > max(budgets)
    ]


def _absent(solved: Solved, blocks: Sequence[str]) -> list[str]:
    """Return what is not built of blocks and of what must be there before them."""
    return [block for block in solved.task.to_build(blocks) if solved.arrival(block) is None]


def block_reason(solved: Solved, block: str, cases: Sequence[str]) -> str:
    """Return why a block is there, costs nothing or is not built.

    Parameters
    ----------
    solved
        The roadmap.
    block
        The building block.
    cases
        The use cases that need it, or need something that must not come before it.
    """
    if block in solved.task.there:
        return f"{solved.task.there[block]} serves it well."
    if (phase := solved.arrival(block)) is not None:
        before = [
            f"{one.name} is paid in {solved.phase_name(solved.arrival(key))} already."
            for key, one in solved.task.shared.items()
            if block in one.blocks and one.cost and solved.arrival(key) != phase
        ]
        return " ".join(before)
    if dear := _too_dear(solved, _absent(solved, [block])):
        return dear[0]
    named = listed(solved.task.cases[case] for case in cases)
    return f"Only {named} would need it, which {'does' if len(cases) == 1 else 'do'} not go live."


def case_reason(solved: Solved, case: str) -> str:
    """Return why a use case with building blocks never goes live."""
    task = solved.task
    absent = _absent(solved, solved.wanted[case])
    if dear := _too_dear(solved, absent):
        return " ".join(dear)
    limits = [budget for *_, budget in task.phases if budget is not None]
    limited = len(limits) == len(task.phases)
    if limited and (said := _barred(solved, case, math.fsum(limits))):
        return said
    waits = f"It waits for {_named(task, absent)}"
    found = "is" if solved.solution.optimal else "was found that is"
    keeps = " that keeps the deadlines" if solved.problem.deadlines else ""
    if not limited:
        return f"{waits}. No order with it{keeps} {found} worth more."
    built = [block for block in solved.blocks if solved.arrival(block) is not None]
    cost, left = _cost(task, absent), max(math.fsum(limits) - _cost(task, built), 0.0)
    return (
        f"{waits}: {money(cost)}; after what goes live, all phases together have {money(left)}, "
        f"{'and' if cost > left else 'but'} no order with it{keeps} {found} worth more."
    )


def _named(task: Task, blocks: Sequence[str]) -> str:
    return listed(task.names.get(block, block) for block in blocks if block not in task.shared)


def _cost(task: Task, blocks: Sequence[str]) -> float:
    return math.fsum(task.costs.get(block, 0.0) for block in blocks)


def _barred(solved: Solved, case: str, money_of_all: float) -> str:
    """Return why a use case could not go live whatever else did, or nothing if it could."""
    task, last = solved.task, len(solved.task.phases) - 1
    needed = task.to_build(solved.wanted[case])
    cost, named = _cost(task, needed), _named(task, needed)
    said = f"It needs {named}: {money(cost)};"
    due = {solved.waiting[n]: phase for n, phase in solved.problem.deadlines.items()}
    try:
        for live in [{case: last}, *([{**due, case: last}] if due else [])]:
            problem, blocks, cases = _only(solved, live)
            if feasible(problem, task.seconds):
                continue
            if cost > money_of_all:
                return f"{said} all phases together have {money(money_of_all)}."
            said += f" the phases have {money(money_of_all)}, but"
            if len(live) == 1 and not feasible(problem._replace(order=[]), task.seconds):
                return f"{said} so divided that not every block can be paid whole in one of them."
            own = ("deadline", (cases.index(case), last))
            rules = [
                rule_in_words(task, rule, blocks, cases)
                for rule in colliding(problem, task.seconds)
                if rule[0] != "budget" and rule != own
            ]
            them = "it" if len(set(needed) - set(task.shared)) == 1 else "them"
            return f"{said} cannot pay for {them} while {listed(rules)}."
    except OutOfTimeError:  # nothing is said that is not known
        return ""
    return ""


def _only(solved: Solved, live: Mapping[str, int]) -> tuple[Problem, list[str], list[str]]:
    """Return the problem of some use cases that must be live by a phase, its blocks and them."""
    problem = solved.problem
    cases = sorted(live)
    needs = [problem.needs[solved.waiting.index(case)] for case in cases]
    kept: set[int] = set()
    more = closure(problem, (block for found in needs for block in found))
    while more - kept:  # an option may be bought with any of its blocks, so they all stay
        kept |= more
        along = (b for item, blocks in problem.bundles if item in kept for b in blocks)
        more = closure(problem, along)
    order = sorted(kept)
    place = {block: number for number, block in enumerate(order)}
    only = problem._replace(
        costs=[problem.costs[block] for block in order],
        needs=[frozenset(place[block] for block in found) for found in needs],
        values=[1.0] * len(cases),
        order=[(place[b], place[first]) for b, first in problem.order if b in place],
        deadlines={number: live[case] for number, case in enumerate(cases)},
        bundles=[
            (place[item], frozenset(place[block] for block in blocks))
            for item, blocks in problem.bundles
            if item in place
        ],
    )
    return only, [solved.blocks[block] for block in order], cases
