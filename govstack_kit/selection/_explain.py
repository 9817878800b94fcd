"""Why the best set is what it is, worked out by solving again with one thing changed.

The terms are those of :mod:`govstack_kit.selection.optimise`. No sentence here is a guess: each
rests on the problem itself or on another solve to proven optimality, and says so where it is not.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from govstack_kit.selection._model import SAME, eligible
from govstack_kit.selection._problem import GROUPS
from govstack_kit.selection._solving import Choice, solve, vendors_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from govstack_kit.selection._problem import Limits, Problem

_NAMED = 4
_CLOSE = 1e-6  # fits that differ by less are equal
CONSTRAINTS = {
    "rule": "str",
    "option": "str",
    "setting": "str",
    "binds": "bool",
    "cost_without": "float64",
    "fit_without": "float64",
    "difference": "float64",
    "note": "str",
}


def listed(names: Iterable[str], joint: str = "and") -> str:
    """Return names as a sentence has them.

    Examples
    --------
    >>> listed(["A", "B", "C"])
    'A, B and C'
    """
    found = list(names)
    if len(found) > _NAMED + 1:
        return f"{', '.join(found[:_NAMED])} {joint} {len(found) - _NAMED} more"
    if len(found) > 1:
        return f"{', '.join(found[:-1])} {joint} {found[-1]}"
    return "".join(found)


def money(amount: float) -> str:
    """Return an amount as a sentence has it.

    Examples
    --------
    >>> money(1234567.8), money(0.25)
    ('1,234,568', '0.25')
    """
    return f"{amount:,.0f}" if amount >= 100 or amount == round(amount) else f"{amount:,.2f}"  # noqa: PLR2004


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
        "least_fit": f"the least fit of {limits.least_fit:g}",
        "requirements": "the requirements that must be met",
        "open_source_only": "the rule to take open source only",
        "most_options": f"the limit of {_count(limits.most_options or 0, 'option')}",
        "most_vendors": f"the limit of {_count(limits.most_vendors or 0, 'vendor')}",
        "keep": f"the rule to keep {kept}",
        "leave_out": f"the rule to leave out {kept}",
    }[group]


def _changed(limits: Limits, group: str, value: object) -> Limits:
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


def _difference(limits: Limits, best: Choice, other: Choice) -> float:
    """Return how much better another set is than the best under all rules."""
    gain = best.cost - other.cost if limits.aim == "cost" else other.fit - best.fit
    return 0.0 if abs(gain) <= _same(limits, best) else float(gain)


def _same(limits: Limits, best: Choice) -> float:
    return SAME * max(abs(best.cost), 1.0) if limits.aim == "cost" else _CLOSE


def constraint_costs(
    problem: Problem, limits: Limits, best: Choice, seconds: float
) -> pd.DataFrame:
    """Return what each rule costs: the best set without it, all others standing."""
    trials: list[tuple[str, int | None, Limits]] = []
    for group in limits.active():
        if group in {"keep", "leave_out"}:
            members: frozenset[int] = getattr(limits, group)
            trials += [
                (group, option, _changed(limits, group, members - {option}))
                for option in sorted(members)
            ]
        else:
            trials.append((group, None, limits.without(group)))
    rows = []
    for group, option, freer in trials:
        other = solve(problem, freer, seconds=seconds, ties=False)
        gain = _difference(limits, best, other) if other.possible else np.nan
        name = setting(problem, limits, group, option)
        if other.status != "proved":
            note = "It was not found out in time what it costs."
        elif gain > 0 and limits.aim == "cost":
            note = f"Without {name}, the best set would cost {money(gain)} less."
        elif gain > 0:
            note = f"Without {name}, the fit would be {gain:.3g} higher."
            if group == "budget" and _priceless(problem):
                note += " Options whose cost is not known are not counted in this."
        else:
            note = f"Without {name}, the best set would be no better."
        key = "" if option is None else problem.options[option]
        row = (group, key, name, bool(gain > 0), other.cost, other.fit, gain, note)
        rows.append(row)
    return pd.DataFrame(rows, columns=list(CONSTRAINTS)).astype(CONSTRAINTS)


def _priceless(problem: Problem) -> bool:
    """Return whether options were left out because nobody knows what they cost."""
    return bool(problem.unknowns["what"].str.contains("cost").any())


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
            return f"A budget of {money(cheapest.cost)} would be enough."
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
            return f"A least fit of {levels[low]:g} could be kept."
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
        freer = _changed(limits, group, middle)
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


# ----------------------------------------------------------------------------------------- why


def whys(problem: Problem, limits: Limits, best: Choice, seconds: float) -> list[str]:
    """Return, for each block, why its main option was chosen."""
    may = eligible(problem, limits)
    free = eligible(problem, limits.without(*GROUPS))
    served: dict[int, list[int]] = {}
    for block, option in enumerate(best.main):
        served.setdefault(option, []).append(block)
    said = []
    for block, option in enumerate(best.main):
        others = [name for name in served[option] if name != block]
        parts = []
        if option in limits.keep:
            parts.append("Your rules keep it.")
        rivals = int(may[block].sum()) - 1
        if rivals == 0:
            out = int(free[block].sum()) - 1
            parts.append(
                "It is the only option for this block."
                if out == 0
                else f"It is the only one of {out + 1} options here that your rules allow."
            )
        else:
            parts.append(_compared(problem, limits, best, (block, option), others, seconds))
            if limits.aim == "cost":
                parts.append(_fits(problem, may[block], block, option))
        said.append(" ".join(parts))
    return said


def _fits(problem: Problem, able: NDArray[np.bool_], block: int, option: int) -> str:
    """Say how well an option fits a block, beside the others that may cover it."""
    fits = np.where(able, np.nan_to_num(problem.fit[block]), -1.0)
    own, top = float(fits[option]), int(fits.argmax())
    if own >= fits[top] - _CLOSE:
        return f"No other fits better ({own:.2g})."
    return f"{problem.names[top]} would fit better ({fits[top]:.2g} against {own:.2g})."


def _compared(  # noqa: PLR0911, PLR0913, PLR0917 - what is compared, and what may come of it
    problem: Problem,
    limits: Limits,
    best: Choice,
    pair: tuple[int, int],
    others: list[int],
    seconds: float,
) -> str:
    """Say what the best set would be if this option did not cover this block."""
    block, option = pair
    other = solve(problem, limits, ban=[pair], seconds=seconds, ties=False)
    anyway = f"It is chosen for {listed(problem.block_names[b] for b in others)} as well"
    if other.status == "open":
        return f"{anyway}." if others else "It is part of the best set found in time."
    if not other.possible:
        return "No other option for this block goes together with your other rules."
    instead = problem.names[other.main[block]]
    if limits.aim == "fit":
        return _fitting(problem, limits, best, pair, other)
    more = other.cost - best.cost
    if more <= _same(limits, best):
        worse = other.fit < best.fit - _CLOSE
        tie = "for a better fit over all" if worse else "the other choice would do as well"
        return f"With {instead} here, the set would cost the same; {tie}."
    if others and option in other.chosen:
        return (
            f"{anyway}, so it costs nothing more here; the cheapest set without it here, with "
            f"{instead}, costs {money(more)} more."
        )
    if others:
        return (
            f"{anyway}; the cheapest set without it here, with {instead}, costs {money(more)} more."
        )
    return f"The cheapest set without it here, with {instead}, costs {money(more)} more."


def _fitting(
    problem: Problem, limits: Limits, best: Choice, pair: tuple[int, int], other: Choice
) -> str:
    block, option = pair
    may = eligible(problem, limits)[block]
    fits = np.where(may, np.nan_to_num(problem.fit[block]), -1.0)
    own, top = float(fits[option]), int(fits.argmax())
    instead = problem.names[other.main[block]]
    less = best.fit - other.fit
    if own >= fits[top] - _CLOSE:
        said = f"No other option fits this block better ({own:.3g})."
    else:
        said = (
            f"{problem.names[top]} fits this block better ({fits[top]:.3g} against {own:.3g}), but "
            "no set with it fits better over all within your rules."
        )
    if less > _CLOSE:
        return f"{said} With {instead} here, the fit over all would be {less:.3g} lower."
    dearer = other.cost - best.cost
    if dearer > SAME * max(best.cost, 1.0):
        return f"{said} With {instead} here, the fit would be the same for {money(dearer)} more."
    return f"{said} {instead} would do as well."
