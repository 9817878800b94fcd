"""What a roadmap is made from: needs, costs, phases, values and dependencies, read and checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit.errors import ArgumentError, PlanError, did_you_mean, quote
from govstack_kit.framework.questions import links
from govstack_kit.planning.selected import MOST_MONEY
from govstack_kit.selection._given import framework_of, plan_of
from govstack_kit.selection._needed import counted
from govstack_kit.selection._wording import listed, money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan

PLAN, KIT = "plan", "kit"
WELL = "well"  # how a system must serve a building block for it to be there already
DEPENDENCIES = {"building_block": "str", "needs": "str", "basis": "str", "reason": "str"}


def tables_of(plan: Plan, framework: Framework) -> Framework:
    """Return the tables with a plan laid over them, if they are what they should be."""
    return plan_of(plan).framework(framework_of(framework))


def block_names(tables: Framework) -> dict[str, str]:
    """Return the names of all building blocks."""
    blocks = tables.building_blocks
    return dict(zip(blocks["building_block"], blocks["name"], strict=True))


def frame(rows: Iterable[Sequence[Any]], kinds: Mapping[str, str]) -> pd.DataFrame:
    """Return rows as a frame with these columns and types."""
    return pd.DataFrame(list(rows), columns=list(kinds)).astype(dict(kinds))


def fail(problems: Sequence[str]) -> None:
    """Raise if there are problems, with all of them."""
    if problems:
        raise PlanError(" ".join(problems), problems)


def needed(plan: Plan, tables: Framework) -> pd.DataFrame:
    """Return which building blocks each use case of a plan needs: its accepted ones.

    A block of the framework of 2019 is counted as in :mod:`govstack_kit.selection.needs`.

    Parameters
    ----------
    plan
        The plan.
    tables
        The framework with the plan laid over it: ``plan.framework(framework)``.

    Returns
    -------
    pandas.DataFrame
        ``use_case`` and ``building_block``, each pair once, in the order of the plan.
    """
    keys = [use_case.id for use_case in plan.use_cases]
    if not keys:
        return frame([], {"use_case": "str", "building_block": "str"})
    found = links(tables, "building_block", use_cases=keys)[["use_case", "building_block"]]
    found["building_block"] = [counted(tables, key) for key in found["building_block"]]
    found = found.explode("building_block").astype("str")
    return found.drop_duplicates(ignore_index=True)


def there_already(plan: Plan, tables: Framework) -> dict[str, str]:
    """Return the building blocks that a system of the plan serves well, with its name."""
    found: dict[str, str] = {}
    for system in plan.systems:
        for service in system.serves:
            for block in counted(tables, service.key) if service.quality == WELL else ():
                found.setdefault(block, system.name)
    return found


def foundational(tables: Framework) -> set[str]:
    """Return the building blocks that GovStack lists as foundational."""
    blocks = tables.building_blocks
    return set(blocks.loc[blocks["category"] == "foundational", "building_block"])


def derived(needs: pd.DataFrame, tables: Framework) -> pd.DataFrame:
    """Return the dependencies that the kit assumes when a team names none."""
    base = foundational(tables)
    names = block_names(tables)
    of = {str(key): set(found) for key, found in needs.groupby("building_block")["use_case"]}
    rows = []
    for block, first in ((b, f) for b in sorted(of) for f in sorted(base & set(of))):
        if block not in base and of[block] <= of[first]:
            reason = (
                f"Whatever needs {names.get(block, block)} needs {names.get(first, first)} too, "
                "which GovStack lists as foundational; that it comes no later is the kit's own "
                "judgement."
            )
            rows.append((block, first, KIT, reason))
    return frame(rows, DEPENDENCIES)


def stated(plan: Plan, tables: Framework) -> pd.DataFrame:
    """Return the dependencies that the team named."""
    rows = [
        (block, first, PLAN, dependency.reason)
        for dependency in plan.dependencies
        for needs in dict.fromkeys(dependency.needs)
        for block in counted(tables, dependency.key)
        for first in counted(tables, needs)
    ]
    return frame(rows, DEPENDENCIES).drop_duplicates(["building_block", "needs"], ignore_index=True)


def unknown_blocks(order: pd.DataFrame, known: set[str]) -> list[str]:
    """Return a sentence for each building block of a dependency that there is not."""
    keys = dict.fromkeys([*order["building_block"], *order["needs"]])
    return [
        f"A dependency names the building block {quote(key)}, which there is not. "
        f"{did_you_mean(str(key), known)}".strip()
        for key in keys
        if key not in known
    ]


def circles(order: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """Return a sentence that names a circle of dependencies, if there is one."""
    import networkx as nx  # noqa: PLC0415 - heavy

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from(zip(order["building_block"], order["needs"], strict=True))
    try:
        circle = nx.find_cycle(graph)
    except nx.NetworkXNoCycle:
        return []
    said = listed(f"{names.get(a, a)} needs {names.get(b, b)}" for a, b in circle)
    return [f"The dependencies go round in a circle: {said}. Take one of them away."]


def costs_of(costs: object) -> dict[str, float]:
    """Return the cost of building blocks from a frame or a mapping; unknown ones are left out.

    Raises
    ------
    ArgumentError
        With all that is wrong: no such frame, a block named twice, a cost that is none.
    """
    found: dict[str, float] = {}
    seen: set[str] = set()
    problems = []
    for block, cost in _pairs(costs):
        if block in seen:
            problems.append(f"{block} has two costs: leave one, or add them up.")
        seen.add(block)
        amount = _number(cost)
        if amount is None:
            problems.append(f"The cost of {block} is {quote(cost)}, which is no number.")
        elif amount < 0:
            problems.append(f"The cost of {block} is {money(amount)}: a cost is 0 or more.")
        elif amount > MOST_MONEY:
            problems.append(f"The cost of {block} is above {money(MOST_MONEY)}, which cannot be.")
        elif not math.isnan(amount):
            found[block] = amount
    if problems:
        raise ArgumentError(" ".join(problems))
    return found


def _pairs(costs: object) -> list[tuple[str, object]]:
    """Return blocks and costs as they were given."""
    if isinstance(costs, Mapping):
        return [(str(block), cost) for block, cost in costs.items()]
    if not isinstance(costs, pd.DataFrame) or not {"building_block", "cost"} <= {*costs.columns}:
        raise ArgumentError(
            "Give the costs as a frame with the columns building_block and cost, or as a dict such "
            f"as {{'govstack:payments': 90000}}, not {quote(costs)}."
        )
    return list(zip(costs["building_block"].astype(str), costs["cost"], strict=True))


def _number(value: object) -> float | None:
    """Return a cost as a number, NaN where it is unknown, None where it is no number."""
    if value is None or value is pd.NA:
        return math.nan
    if isinstance(value, bool | str):
        return None
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None


def as_counted(costs: Mapping[str, float], tables: Framework) -> dict[str, float]:
    """Return costs by block as it is counted; the cost of the block itself comes first."""
    found = {key: cost for key, cost in costs.items() if counted(tables, key) == [key]}
    for key, cost in costs.items():
        for block in counted(tables, key):
            found.setdefault(block, cost)
    return found
