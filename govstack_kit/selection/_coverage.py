"""Which systems serve which building blocks; see :mod:`govstack_kit.selection.inventory`."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.planning.model import make
from govstack_kit.planning.names import fold, names_of
from govstack_kit.planning.selected import System
from govstack_kit.selection import _needed
from govstack_kit.selection._inventory_cells import NOT_JUDGED, same_currency
from govstack_kit.selection._known_blocks import SYSTEMS, check_blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan

STATES = ("nothing", "partial", "one", "several competing")
NOTHING, PARTIAL, ONE, SEVERAL = STATES
NOT_NEEDED = "not needed"
_RANK = {"well": 3, "partly": 2, "poorly": 1, "": 0}
_COVERAGE = {
    "building_block": "str",
    "name": "str",
    "needed": "bool",
    "weight": "float64",
    "systems": "int64",
    "served_by": "str",
    "best": "str",
    "state": "str",
    "gap": "bool",
    "annual_cost": "float64",
    "overlap_cost": "float64",
    "unknown_costs": "int64",
}


def compared(name: str) -> str:
    """Return the name of a system as it is compared; one of signs only as it is."""
    return fold(name) or name


def merged(old: System, new: System) -> System:
    """Return a system with what a newer account of it says."""
    serves = {one.key: one.model_dump() for one in old.serves}
    for one in new.serves:
        known = serves.get(one.key, {})
        filled = {k: v for k, v in one.model_dump().items() if v not in ("", None)}
        serves[one.key] = known | filled
    fresh = {k: v for k, v in new.model_dump().items() if v not in ("", None) and k != "id"}
    return make(System, old.model_dump() | fresh | {"serves": list(serves.values())})


def _systems(plans: Iterable[Plan]) -> list[System]:
    """Return the systems of plans; those of one name are one system."""
    found: dict[str, System] = {}
    for plan in plans:
        own = Counter(compared(system.name) for system in plan.systems)
        for system in plan.systems:
            key = compared(system.name)
            key = key if own[key] == 1 else system.id
            found[key] = merged(system, found[key]) if key in found else system
    return list(found.values())


def _served(framework: Framework, plans: Iterable[Plan]) -> dict[str, list[tuple[System, str]]]:
    """Return by block the systems that serve it and how well, the best first."""
    found: dict[str, dict[str, tuple[System, str]]] = {}
    for number, system in enumerate(_systems(plans)):
        for service in system.serves:
            for block in _needed.counted(framework, service.key):
                of = found.setdefault(block, {})
                known = of.get(str(number), (system, ""))[1]
                best = max(known, service.quality, key=lambda q: _RANK.get(q, 0))
                of[str(number)] = system, best
    return {block: sorted(of.values(), key=_order) for block, of in found.items()}


def _order(pair: tuple[System, str]) -> tuple[int, float, str]:
    system, judged = pair
    cost = float("inf") if system.annual_cost is None else system.annual_cost
    return -_RANK.get(judged, 0), cost, system.name.casefold()


def _state(found: list[tuple[System, str]]) -> str:
    if not found:
        return NOTHING
    if found[0][1] != "well":
        return PARTIAL
    return ONE if len(found) == 1 else SEVERAL


def _total(systems: list[System]) -> float:
    """Return the sum of the costs that are known; missing if there are systems and none is."""
    known = [system.annual_cost for system in systems if system.annual_cost is not None]
    return float("nan") if systems and not known else float(sum(known))


def coverage(framework: Framework, plan: Plan, *more: Plan) -> pd.DataFrame:
    """Return how existing systems serve each building block: gaps and overlaps.

    Parameters
    ----------
    framework
        The tables.
    plan, *more
        The plans; systems of the same name in several plans are one.

    Returns
    -------
    pandas.DataFrame
        One row a block, the most needed first, then those that are served but not needed:
        ``building_block``; ``name``; ``needed``; ``weight`` (0 where not needed); ``systems`` (how
        many serve it); ``served_by`` (their names, the best first); ``best`` (well, partly,
        poorly, not judged, or empty); ``state`` and ``gap`` (see the definitions of this module);
        ``annual_cost`` (of the systems that serve it, where known, in the currency of the plans);
        ``overlap_cost`` (of all but the best of them); ``unknown_costs`` (how many systems have no
        cost). Costs are missing where none is known.

    Raises
    ------
    ArgumentError
        If something given is no plan, a system serves what is no building block of the tables or
        the plans, or systems of several plans have costs in several currencies.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
    >>> _ = plan.add_published(framework, "AGR-2")
    >>> _ = plan.add_system("IFMIS", serves=[{"key": "govstack:payments", "quality": "well"}])
    >>> coverage(framework, plan).groupby("state").size().to_dict()
    {'nothing': 9, 'one': 1}
    """
    found = _coverage(framework, [plan, *more])
    _one_currency([plan, *more])
    return found


def _one_currency(plans: Sequence[Plan]) -> None:
    """Raise if the costs of systems that serve a block are in several currencies."""
    costed: dict[str, str] = {}  # the first plan with costs, by its currency
    for plan in plans:
        if any(system.serves and system.annual_cost is not None for system in plan.systems):
            costed.setdefault(plan.business_case.currency, plan.title)
    costed.pop("", None)
    if all(same_currency(one, other) for one, other in combinations(costed, 2)):
        return
    said = ", ".join(f"{currency} in {quote(title)}" for currency, title in costed.items())
    raise ArgumentError(
        f"The costs of the systems are in several currencies, which cannot be added up: {said}. "
        "Convert them, and change the currency of the plan's business case; or look at each plan "
        "alone."
    )


def _coverage(framework: Framework, plans: Sequence[Plan]) -> pd.DataFrame:
    needed = _needed.needs_of(framework, plans)
    check_blocks(framework, plans, [SYSTEMS])
    served = _served(framework, plans)
    weights = dict(zip(needed["building_block"], needed["weight"], strict=True))
    names = dict(zip(needed["building_block"], needed["name"], strict=True))
    known = names_of(framework)
    others = {b: known.name("building_block", b) for b in served if b not in names}
    rows = []
    for block in [*names, *sorted(others, key=lambda b: (others[b].casefold(), b))]:
        found = served.get(block, [])
        systems = [system for system, _ in found]
        state = _state(found)
        rows.append(
            (
                block,
                names.get(block) or others[block],
                block in weights,
                weights.get(block, 0.0),
                len(found),
                "; ".join(system.name for system in systems),
                (found[0][1] or NOT_JUDGED) if found else "",
                state,
                block in weights and state in (NOTHING, PARTIAL),
                _total(systems),
                _total(systems[1:]),
                sum(system.annual_cost is None for system in systems),
            )
        )
    return pd.DataFrame(rows, columns=list(_COVERAGE)).astype(_COVERAGE)


def coverage_matrix(framework: Framework, plan: Plan, *more: Plan) -> pd.DataFrame:
    """Return which system serves which building block, and how well, as a matrix.

    Parameters
    ----------
    framework
        The tables.
    plan, *more
        The plans.

    Returns
    -------
    pandas.DataFrame
        Rows are blocks, in the order of :func:`coverage`: ``building_block`` (its name) and
        ``state``, or "not needed". Columns are the names of the systems that serve any, those that
        serve most first. Values: well, partly, poorly, not judged, or empty.

    Raises
    ------
    ArgumentError
        If something given is no plan, or a system serves what is no building block.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> plan = govstack_kit.Plan.new(title="Our systems")
    >>> _ = plan.add_system("IFMIS", serves=[{"key": "govstack:payments"}])
    >>> coverage_matrix(framework, plan)
    system                              IFMIS
    building_block state
    Payments       not needed      not judged
    """
    rows = _coverage(framework, [plan, *more])
    served = _served(framework, [plan, *more])
    # Two plans may have different systems of one id: only both together tell them apart.
    count = Counter((s.id, s.name) for found in served.values() for s, _ in found)
    order = sorted(count, key=lambda key: (-count[key], key[1].casefold(), key))
    values = [
        [
            {(s.id, s.name): judged or NOT_JUDGED for s, judged in served.get(block, [])}.get(
                key, ""
            )
            for key in order
        ]
        for block in rows["building_block"]
    ]
    states = rows["state"].where(rows["needed"], NOT_NEEDED)
    names = _apart(rows["name"].tolist(), rows["building_block"].tolist())
    index = pd.MultiIndex.from_arrays([names, states], names=["building_block", "state"])
    called = _apart([name for _, name in order], [key for key, _ in order])
    columns = pd.Index(called, name="system", dtype="str")
    return pd.DataFrame(values, index=index, columns=columns, dtype="str")


def _apart(names: list[str], keys: list[str]) -> list[str]:
    """Return names, and in brackets the catalogue or id of those that stand twice."""
    count = Counter(name.casefold() for name in names)
    return [
        f"{name} ({key.split(':')[0]})" if count[name.casefold()] > 1 else name
        for name, key in zip(names, keys, strict=True)
    ]
