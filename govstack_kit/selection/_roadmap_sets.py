"""The set of options that a roadmap builds on, and what it pays for them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from govstack_kit.errors import PlanError
from govstack_kit.selection._wording import listed, money

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan
    from govstack_kit.selection.optimise import BestSet


class Paid(NamedTuple):
    """An option of a set: its build and integration costs, paid whole, and the blocks it serves."""

    name: str
    cost: float  # not a number where it is unknown
    blocks: tuple[str, ...]  # none, where other options of the set serve all that it covers


def paid_by(best: BestSet) -> dict[str, Paid]:
    """Return the options of a set by their ids."""
    serves = best.chosen.groupby("option")["building_block"].agg(tuple)
    cost = best.options["build_cost"] + best.options["integration_cost"]
    return {
        key: Paid(name, float(amount), serves.get(key, ()))
        for key, name, amount in zip(
            best.options["option"], best.options["name"], cost, strict=True
        )
    }


def there_by(best: BestSet) -> dict[str, str]:
    """Return the blocks that existing systems of a set serve at no cost, with their names."""
    paid = paid_by(best)
    found: dict[str, str] = {}
    for block, rows in best.chosen.groupby("building_block"):
        free = [paid[key].cost == 0 for key in rows["option"]]
        if all(free) and (rows["kind"] == "system").all():
            found[str(block)] = listed(rows["option_name"])
    return found


def set_of(plan: Plan, framework: Framework, costs: object) -> BestSet | None:
    """Return the set of options that a roadmap builds on, if there is one."""
    from govstack_kit.selection.choice import chosen_set  # noqa: PLC0415 - loads the solver
    from govstack_kit.selection.optimise import BestSet  # noqa: PLC0415

    if isinstance(costs, BestSet):
        best = costs
    elif costs is None and (plan.options or plan.systems):
        best = chosen_set(framework, plan)
    else:
        return None
    if best.chosen.empty and (best.colliding or isinstance(costs, BestSet)):
        raise PlanError(
            f"There is no set of options to build on. {' '.join(best.collisions)} Change the rules "
            "or the options, or give the costs of building blocks."
        )
    return best


def basis_of(best: BestSet, paid: Mapping[str, Paid], here: Collection[str]) -> tuple[str, ...]:
    """Return what the costs rest on, or why there are none, in sentences.

    Parameters
    ----------
    best
        The set.
    paid
        Its options.
    here
        The building blocks of the roadmap: what serves none of them is in the set, but is not paid.
    """
    if best.chosen.empty:
        return best.collisions
    from govstack_kit.selection.optimise import CHOSEN  # noqa: PLC0415 - with the set

    idle = [one for one in paid.values() if not any(block in here for block in one.blocks)]
    count = f"{len(paid) - len(idle)} of {len(paid)}" if idle else f"{len(paid)}"
    options = "1 option" if count == "1" else f"{count} options"
    if best.status == CHOSEN:
        said = f"It builds on what the team chose, {options}."
    else:
        proof = "" if best.status == "proved" else ", which is not proved to be the best"
        said = f"It builds on the best set under the rules, {options}{proof}."
    running = _running(best, [key for key, one in paid.items() if one not in idle])
    return (said, running, _unpaid(idle)) if idle else (said, running)


def _running(best: BestSet, keys: Sequence[str]) -> str:
    """Return what options cost every year, which is no part of the budgets."""
    annual = best.options.loc[best.options["option"].isin(keys), "annual_cost"]
    amount = f"{best.currency} {money(annual.sum())}".strip()
    least = "at least " if annual.isna().any() else ""
    once = "Phases pay what is paid once, to build and to integrate."
    if not annual.sum():
        return once
    return f"{once} To run all of it costs {least}{amount} a year beside that."


def _unpaid(idle: Sequence[Paid]) -> str:
    """Return that options of the set are not paid for, because no block is built with them."""
    costs = ("cost not known" if math.isnan(one.cost) else money(one.cost) for one in idle)
    named = listed((f"{one.name} ({c})" for one, c in zip(idle, costs, strict=True)), "or")
    are, them = ("is", "it") if len(idle) == 1 else ("are", "them")
    return (
        f"No building block here is built with {named}, which {are} in the set too, so no phase "
        f"pays for {them}."
    )


def costs_of_options(paid: Mapping[str, Paid], shared: Mapping[str, Paid]) -> dict[str, float]:
    """Return what options for several blocks cost, and blocks without them, if it is known."""
    found = {block: 0.0 for one in paid.values() for block in one.blocks}
    for one in paid.values():
        if len(one.blocks) == 1:
            found[one.blocks[0]] += one.cost
    found |= {key: one.cost for key, one in shared.items()}
    return {key: cost for key, cost in found.items() if not math.isnan(cost)}


def names_by_block(paid: Mapping[str, Paid]) -> dict[str, str]:
    """Return the names of the options that serve each block."""
    found: dict[str, list[str]] = {}
    for one in paid.values():
        for block in one.blocks:
            found.setdefault(block, []).append(one.name)
    return {block: ", ".join(names) for block, names in found.items()}
