"""A roadmap as tables: what the solved order of building says of blocks, use cases and phases."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit.errors import ArgumentError, PlanError
from govstack_kit.selection import _phases
from govstack_kit.selection._phases import Problem
from govstack_kit.selection._roadmap_inputs import frame
from govstack_kit.selection._roadmap_reasons import block_reason, case_reason, rule_in_words
from govstack_kit.selection._roadmap_task import Solved, Task
from govstack_kit.selection._wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_SIZE = 50_000  # blocks and use cases times phases
THERE, BUILT, OUT = "there from the start", "built", "not built"
LIVE, NOT_LIVE, NO_BLOCKS = "goes live", "not live", "no building blocks yet"
BLOCKS = {
    "building_block": "str",
    "name": "str",
    "foundational": "bool",
    "use_cases": "int64",
    "cost": "float64",
    "status": "str",
    "phase": "Int64",
    "phase_name": "str",
    "start": "float64",
    "end": "float64",
    "needs": "str",
    "reason": "str",
    "options": "str",
}
USE_CASES = {
    "use_case": "str",
    "name": "str",
    "value": "float64",
    "people": "Int64",
    "blocks": "int64",
    "status": "str",
    "phase": "Int64",
    "phase_name": "str",
    "month": "float64",
    "months_live": "float64",
    "worth": "float64",
    "waits_for": "str",
    "reason": "str",
}
PHASES = {
    "phase": "int64",
    "id": "str",
    "name": "str",
    "start": "float64",
    "end": "float64",
    "budget": "float64",
    "spent": "float64",
    "left": "float64",
    "blocks": "int64",
    "use_cases": "int64",
}
CURVE = {
    "month": "float64",
    "phase_name": "str",
    "live": "int64",
    "rate": "float64",
    "value": "float64",
    "most": "float64",
}


def planned(task: Task, deadlines: Mapping[str, int]) -> dict[str, Any]:
    """Return the parts of the best roadmap, by name.

    Raises
    ------
    PlanError
        If costs are missing, or rules collide.
    ArgumentError
        If the plan is too large to be solved.
    """
    wanted = {case: [] for case in task.cases} | {
        str(case): list(found) for case, found in task.needs.groupby("use_case")["building_block"]
    }
    used = [case for case, blocks in wanted.items() if blocks]
    blocks = task.to_build(block for case in used for block in wanted[case])
    missing = [task.names.get(block, block) for block in blocks if block not in task.costs]
    limited = any(budget is not None for *_, budget in task.phases)
    if limited and missing:
        raise PlanError(
            f"The cost of {listed(missing)} is not known, and phases have budgets: give the costs, "
            f"or take the budgets away. {'' if task.shared else ' '.join(task.basis)}".strip()
        )
    place = {block: number for number, block in enumerate(blocks)}
    waiting = sorted(case for case in used if any(block in place for block in wanted[case]))
    months = [length for _, _, length, _ in task.phases]
    problem = Problem(
        costs=[task.costs.get(block, 0.0) for block in blocks],
        needs=[frozenset(place[b] for b in wanted[case] if b in place) for case in waiting],
        values=[task.worth[case] for case in waiting],
        order=[
            (place[block], place[first])
            for block, first in zip(task.order["building_block"], task.order["needs"], strict=True)
            if block in place and first in place
        ],
        budgets=[budget for *_, budget in task.phases],
        gains=[*months[1:], task.after],
        deadlines={waiting.index(case): at for case, at in deadlines.items() if case in waiting},
        bundles=[
            (place[key], frozenset(place[block] for block in one.blocks if block in place))
            for key, one in task.shared.items()
            if key in place
        ],
    )
    if (size := (len(blocks) + len(waiting)) * len(months)) > MOST_SIZE:
        raise ArgumentError(
            f"This is too much to plan at once: {len(blocks)} blocks and {len(waiting)} use cases "
            f"in {len(months)} phases make {size:,} decisions; {MOST_SIZE:,} are allowed. Plan "
            "with fewer phases or use cases."
        )
    try:
        solution = _phases.solve(problem, task.seconds)
        if solution is None:
            raise _collision(task, problem, blocks, waiting)
    except _phases.OutOfTimeError:
        raise ArgumentError(
            f"No roadmap was found in {task.seconds:g} seconds, and whether there is one is not "
            "known: give it more seconds, or fewer phases or use cases."
        ) from None
    solved = Solved(task, wanted, blocks, waiting, problem, solution)
    return {
        "blocks": frame(sorted(_block_rows(solved), key=_by_phase), BLOCKS),
        "use_cases": frame(sorted(_case_rows(solved), key=_by_phase), USE_CASES),
        "phases": frame(_phase_rows(solved), PHASES),
        "dependencies": task.order,
        "curve": frame(_curve_rows(solved), CURVE),
        "optimal": solution.optimal,
        "worth": solution.value + _from_start(solved),
        "bound": solution.bound + _from_start(solved),
        "currency": task.currency,
        "notes": tuple(_notes(solved, missing)),
    }


def _cost(solved: Solved, block: str) -> float:
    """Return what a block costs: an option is paid by the blocks that are built along with it."""
    cost = solved.task.costs.get(block, math.nan)
    for key, one in solved.task.shared.items():
        if block in one.blocks:
            when = solved.arrival(key)
            along = [other for other in one.blocks if solved.arrival(other) == when]
            cost += one.cost / len(along) if block in along else 0.0
    return cost


def _first(solved: Solved, block: str) -> list[str]:
    order = solved.task.order
    return order.loc[order["building_block"] == block, "needs"].tolist()


def _block_rows(solved: Solved) -> Iterator[tuple[Any, ...]]:
    task = solved.task
    used = {block for blocks in solved.wanted.values() for block in blocks}
    reached = {case: set(task.to_build(blocks)) for case, blocks in solved.wanted.items()}
    for block in sorted((used | set(solved.blocks)) - set(task.shared)):
        phase = solved.arrival(block)
        cases = [case for case, blocks in solved.wanted.items() if block in blocks]
        status = OUT if phase is None else BUILT if phase else THERE
        built = status == BUILT and phase is not None
        yield (
            block,
            task.names.get(block, block),
            block in task.foundational,
            len(cases),
            0.0 if status == THERE else _cost(solved, block),
            status,
            pd.NA if phase is None else phase,
            solved.phase_name(phase),
            solved.month(phase - 1) if built and phase else (0.0 if status == THERE else math.nan),
            math.nan if phase is None else solved.month(phase),
            solved.named(_first(solved, block)),
            block_reason(solved, block, [c for c in reached if block in reached[c]]),
            task.options.get(block, ""),
        )


def _case_rows(solved: Solved) -> Iterator[tuple[Any, ...]]:
    task = solved.task
    for case, blocks in solved.wanted.items():
        phase = solved.go_live(case)
        absent = [block for block in blocks if solved.arrival(block) is None]
        last = [block for block in blocks if phase and solved.arrival(block) == phase]
        if not blocks:
            phase, status = None, NO_BLOCKS
            reason = "Nothing can be planned before building blocks are mapped."
        else:
            status = NOT_LIVE if phase is None else LIVE
            reason = case_reason(solved, case) if phase is None else ""
        months = 0.0 if phase is None else solved.horizon - solved.month(phase)
        yield (
            case,
            task.cases[case],
            task.worth[case],
            pd.NA if task.people.get(case) is None else task.people[case],
            len(blocks),
            status,
            pd.NA if phase is None else phase,
            solved.phase_name(phase),
            math.nan if phase is None else solved.month(phase),
            months,
            months * task.worth[case],
            solved.named(sorted(absent or last)),
            reason,
        )


def _by_phase(row: Sequence[Any]) -> tuple[Any, ...]:
    """Return what rows of blocks and of use cases are sorted by; the phase is the seventh value."""
    phase = math.inf if row[6] is pd.NA else row[6]
    return phase, row[5], str(row[1]).casefold(), row[0]


def _phase_rows(solved: Solved) -> Iterator[tuple[Any, ...]]:
    task = solved.task
    went = [solved.go_live(case) for case, blocks in solved.wanted.items() if blocks]
    for number, (key, name, _, budget) in enumerate(task.phases, start=1):
        built = [block for block, at in solved.built.items() if at == number - 1]
        # An unknown cost makes the sum unknown: nan.
        spent = math.fsum(task.costs.get(block, math.nan) for block in built)
        built = [block for block in built if block not in task.shared]
        yield (
            number,
            key,
            name,
            solved.month(number - 1),
            solved.month(number),
            math.nan if budget is None else budget,
            spent,
            math.nan if budget is None else max(budget - spent, 0.0),
            len(built),
            went.count(number),
        )


def _from_start(solved: Solved) -> float:
    """Return what the use cases are worth that wait for nothing."""
    live = [case for case, blocks in solved.wanted.items() if blocks and solved.go_live(case) == 0]
    return math.fsum(solved.task.worth[case] * solved.horizon for case in live)


def _curve_rows(solved: Solved) -> Iterator[tuple[Any, ...]]:
    task = solved.task
    went = {case: solved.go_live(case) for case, blocks in solved.wanted.items() if blocks}
    everything = math.fsum(task.worth[case] for case in went)
    value, before, rate = 0.0, 0.0, 0.0
    for number in range(len(task.phases) + 2):
        month = solved.month(number) if number <= len(task.phases) else solved.horizon
        value += rate * (month - before)
        live = [case for case, phase in went.items() if phase is not None and phase <= number]
        rate, before = math.fsum(task.worth[case] for case in live), month
        name = solved.phase_name(number) if number <= len(task.phases) else "Horizon"
        yield month, name, len(live), rate, value, everything * month


def _notes(solved: Solved, missing: list[str]) -> Iterator[str]:
    task = solved.task
    yield from task.basis
    yield from task.remarks
    if len(set(task.worth.values())) == 1 and not task.remarks:
        yield "All use cases count the same, because no values are given or all are equal."
    if (task.order["basis"] == "kit").any():
        yield (
            "The team named no dependencies: the kit puts foundational blocks no later than the "
            "blocks that are always used with them."
        )
    if missing:
        yield f"The cost of {listed(missing)} is not known; no phase has a budget."


def _collision(task: Task, problem: Problem, blocks: list[str], waiting: list[str]) -> PlanError:
    """Return the error that names rules which cannot all hold, none of which could be left out."""
    rules = _phases.colliding(problem, task.seconds)
    said = [rule_in_words(task, rule, blocks, waiting) for rule in rules]
    return PlanError(f"These rules cannot all hold: {'; '.join(said)}. Change one of them.", said)
