"""The next best sets, and why there is none where rules collide, found by solving again.

The terms are those of :mod:`govstack_kit.selection.optimise`; what each rule costs, and why each
block got its option, is in :mod:`govstack_kit.selection._whys`. No sentence here is a guess: each
rests on the problem itself or on another solve.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from govstack_kit.selection._model import eligible
from govstack_kit.selection._problem import GROUPS
from govstack_kit.selection._solving import Choice, solve, vendors_of
from govstack_kit.selection._wording import at_least, at_most, listed, money, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from govstack_kit.selection._problem import Limits, Problem


def setting(problem: Problem, limits: Limits, group: str, option: int | None = None) -> str:
    """Return a rule as a sentence names it."""
    if option is not None:
        return f"the rule to {'keep' if group == 'keep' else 'leave out'} {problem.names[option]}"
    kept = (
        listed(problem.names[k] for k in sorted(getattr(limits, group)))
        if group
        in {
            "keep",
            "leave_out",
        }
        else ""
    )
    return {
        "budget": f"the budget of {money(limits.budget or 0)}",
        "least_fit": f"the least fit of {percent(limits.least_fit)}",
        "requirements": "the requirements that must be met",
        "open_source_only": "the rule to take open source only",
        "most_options": f"the limit of {_count(limits.most_options or 0, 'option')}",
        "most_vendors": f"the limit of {_count(limits.most_vendors or 0, 'vendor')}",
        "keep": f"the rule to keep {kept}",
        "leave_out": f"the rule to leave out {kept}",
    }[group]


def changed(limits: Limits, group: str, value: object) -> Limits:
    change: dict[str, Any] = {group: value}
    return replace(limits, **change)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def alternatives(
    problem: Problem, limits: Limits, best: Choice, count: int, seconds: float
) -> list[Choice]:
    """Return the next best sets, none of which contains the best or another one of them."""
    found = [best]
    while len(found) <= count:
        cuts = [choice.chosen for choice in found]
        choice = solve(problem, limits, cuts=cuts, seconds=seconds, ties=False)
        if not choice.possible:
            break
        found.append(choice)
    return found[1:]


# ---------------------------------------------------------------------------------- collisions


def _uncovered(problem: Problem, limits: Limits) -> Iterator[str]:
    """Say which blocks and requirements no option is for, whatever the rules are."""
    free = eligible(problem, limits.without(*GROUPS))
    stated = [not np.isnan(row).all() for row in problem.fit]
    for block, name in enumerate(problem.block_names):
        if not free[block].any():
            unknown = problem.unknowns
            hidden = unknown.loc[unknown["building_block"] == problem.blocks[block], "name"]
            if stated[block]:
                yield f"Every option named for {name} has a fit of 0. Add one that covers it."
            elif len(hidden):
                yield (
                    f"No option is known to cover {name}: the fit of {listed(hidden)} is unknown. "
                    "Fill it in, or say what to assume."
                )
            else:
                yield (
                    f"No option with known costs covers {name}. Add one, for example an own build, "
                    "or fill in the costs that are unknown."
                )
    if not limits.requirements:
        return
    for place, asked in enumerate(problem.asked):
        block = int(problem.asked_of[place])
        if free[block].any() and not (problem.meets[place] & free[block]).any():
            yield (
                f"No option that covers {problem.block_names[block]} is known to meet the "
                f"requirement {asked}. Ask the vendors, or decide that it comes later."
            )


def _least(problem: Problem, limits: Limits, group: str, seconds: float) -> str:
    """Say with which setting of one rule there would be a set, the others standing."""
    if group == "budget":
        free = replace(limits, aim="cost", budget=None)
        cheapest = solve(problem, free, seconds=seconds, ties=False)
        if cheapest.status == "proved":
            return f"A budget of {at_least(cheapest.cost)} would be enough."
    if group in {"most_options", "most_vendors"}:
        return _fewest(problem, limits, group, seconds)
    if group == "least_fit":
        levels = np.unique(problem.fit[problem.fit > 0])
        levels = levels[levels < limits.least_fit]
        low, high = -1, len(levels)
        while high - low > 1:
            middle = (low + high) // 2
            freer = replace(limits, least_fit=float(levels[middle]))
            if solve(problem, freer, seconds=seconds, ties=False).possible:
                low = middle
            else:
                high = middle
        if low >= 0:
            return f"A least fit of {at_most(levels[low])} could be kept."
    return ""


def _fewest(problem: Problem, limits: Limits, group: str, seconds: float) -> str:
    """Say how many options or vendors there would have to be."""
    found = solve(problem, limits.without(group), seconds=seconds, ties=False)
    if not found.possible:
        return ""
    count = len if group == "most_options" else lambda chosen: vendors_of(problem, chosen)
    low, high = int(getattr(limits, group)), count(found.chosen)
    while high - low > 1:
        middle = (low + high) // 2
        freer = changed(limits, group, middle)
        found = solve(problem, freer, seconds=seconds, ties=False)
        low, high = (low, count(found.chosen)) if found.possible else (middle, high)
    noun = group.removeprefix("most_").removesuffix("s")
    return f"{_count(high, noun)} would be enough."


def collisions(problem: Problem, limits: Limits, seconds: float) -> tuple[list[str], list[str]]:
    """Return why there is no set, in sentences, and the rules that collide.

    Blocks and requirements that no option is for come first, and are left aside for the rest. Then
    rules are taken away one after the other; those without which there still is no set are not to
    blame. Of the rules that remain, each is needed for this collision. If there is no set without
    them either, the next collision is looked for in the same way, until there is one. At last,
    each rule is tried alone, to say which of them would be enough to give up.
    """
    said = list(_uncovered(problem, limits))
    rest = _answerable(problem, limits)
    if rest is None:
        return said, []

    def possible(under: Limits, of: Problem = rest) -> bool:
        return solve(of, under, seconds=seconds, ties=False).possible

    groups: list[str] = []
    free = limits
    while free.active() and not possible(free):
        left = free
        for group in free.active():
            if not possible(freer := left.without(group)):
                left = freer
        found = left.active()
        before = "Without that, " if groups else "Apart from that, " if said else ""
        said += _collision(rest, limits, left, seconds, before)
        groups += found
        free = free.without(*found)
    if len(groups) > 1:
        enough = [group for group in groups if possible(limits.without(group))]
        names = [setting(rest, limits, group) for group in enough or groups]
        said.append(
            f"It would be enough to give up {listed(names, 'or')}."
            if enough
            else "To give up one of them alone is not enough."
        )
    return said, groups


def _answerable(problem: Problem, limits: Limits) -> Problem | None:
    """Return a problem without the blocks and requirements that no option is for."""
    free = eligible(problem, limits.without(*GROUPS))
    on: NDArray[np.bool_] = np.array(free.any(axis=1))
    met = (problem.meets & free[problem.asked_of]).any(axis=1) & on[problem.asked_of]
    if not limits.requirements:
        met = on[problem.asked_of]
    if not on.any():
        return None
    return replace(
        problem,
        blocks=tuple(itertools.compress(problem.blocks, on)),
        block_names=tuple(itertools.compress(problem.block_names, on)),
        weight=problem.weight[on],
        fit=problem.fit[on],
        spread=problem.spread[:, on],
        hidden=problem.hidden[on],
        asked=tuple(itertools.compress(problem.asked, met)),
        asked_of=(np.cumsum(on) - 1)[problem.asked_of[met]],
        meets=problem.meets[met],
    )


def _collision(
    problem: Problem, limits: Limits, left: Limits, seconds: float, before: str
) -> list[str]:
    """Say which rules collide, and how far one of them would have to give way."""
    groups = left.active()
    names = [setting(problem, left, group) for group in groups]
    if len(names) == 1:
        said = [f"Nothing is possible under {names[0]}."]
    else:
        said = [f"These rules collide: {listed(names)}."]
    if before:
        said = [f"{before}{said[0][0].lower()}{said[0][1:]}"]
    may = eligible(problem, left)
    bare = [n for n, able in zip(problem.block_names, may, strict=True) if not able.any()]
    if bare:
        leave = "It leaves" if len(names) == 1 else "They leave"
        said.append(f"{leave} no option for {listed(bare)}.")
    for rules, how in ((limits, "All other rules standing"), (left, "For this collision alone")):
        hints = [hint for group in groups if (hint := _least(problem, rules, group, seconds))]
        said += [f"{how}: {hint[0].lower()}{hint[1:]}" for hint in hints]
        if hints:
            break
    return said
