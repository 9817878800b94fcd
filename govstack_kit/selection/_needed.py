"""How much each building block is needed, and how much the use cases that need it matter.

The definitions are in :mod:`govstack_kit.selection.needs`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.framework.questions import coded, distinct, pairs
from govstack_kit.planning._links import SAME
from govstack_kit.planning.portfolio import combine, numbered
from govstack_kit.planning.prioritise import rank
from govstack_kit.selection._given import keys, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan

MOST = 1e15  # of a priority: values of use cases, beside their mean, are far below
QUADRANTS = {"A": 2.0, "B": 1.5, "C": 1.0, "D": 0.5}  # the kit's own; not placed is 1
COLUMNS = {
    "building_block": "str",
    "name": "str",
    "category": "str",
    "steps": "int64",
    "use_cases": "int64",
    "plans": "int64",
    "priority": "float64",
    "weight": "float64",
    "foundational": "bool",
    "specified": "bool",
    "requirements": "int64",
    "counted_from": "str",
    "note": "str",
}
_PRIORITIES = {
    "use_case": "str",
    "name": "str",
    "plan": "str",
    "value": "float64",
    "quadrant": "str",
    "priority": "float64",
}


def empty(columns: Mapping[str, str]) -> pd.DataFrame:
    """Return a frame without rows that has its columns and their types."""
    return pd.DataFrame(columns=list(columns)).astype(dict(columns))


def quadrants_of(plan: Plan) -> dict[str, str]:
    """Return the best quadrant of the candidates that stand for each use case, by its id."""
    linked = {candidate.id: candidate.use_case for candidate in plan.candidates}
    if not any(linked.values()):
        return {}
    ranked = rank(plan)
    found: dict[str, str] = {}
    for candidate, quadrant in zip(ranked["candidate"], ranked["quadrant"], strict=True):
        key = linked[candidate]
        if key and quadrant in QUADRANTS:
            found[key] = min(found.get(key, quadrant), quadrant)
    return found


def worth_of(plan: Plan) -> dict[str, float]:
    """Return what each use case is worth beside the mean of those with a value, by its id."""
    ids = {use_case.id for use_case in plan.use_cases}
    given = plan.values  # noqa: PD011 - those of a plan
    values = {value.key: value.value for value in given if value.key in ids}
    mean = sum(values.values()) / len(values) if values else 0.0
    return {key: value / mean for key, value in values.items()} if mean else {}


def priorities_of(plans: Sequence[Plan]) -> pd.DataFrame:
    """Return how much each use case matters, as :func:`.needs.priorities` documents it."""
    given = numbered(plans)
    rows = []
    for plan, new in zip(plans, given, strict=True):
        quadrants, worth = quadrants_of(plan), worth_of(plan)
        listed = plan.values  # noqa: PD011 - those of a plan
        values = {value.key: value.value for value in listed}
        for use_case, renamed in zip(plan.use_cases, new.use_cases, strict=True):
            key, origin = use_case.id, use_case.based_on
            quadrant = quadrants.get(key) or quadrants.get(origin, "")
            priority = worth.get(key, 1.0) * QUADRANTS.get(quadrant, 1.0)
            value = values.get(key, np.nan)
            rows.append((renamed.id, use_case.name, plan.title, value, quadrant, priority))
    return pd.DataFrame(rows, columns=list(_PRIORITIES)).astype(_PRIORITIES)


@lru_cache(maxsize=4)
def counterparts(framework: Framework) -> dict[str, list[str]]:
    """Return the GovStack blocks that a block of 2019 is counted as."""
    table = framework.building_block_crosswalk.dropna(subset=["dif", "govstack"])
    table = table[table["relation"].isin(SAME)]
    found: dict[str, list[str]] = {}
    for dif, govstack in zip(table["dif"], table["govstack"], strict=True):
        found.setdefault(dif, []).append(govstack)
    return found


def counted(framework: Framework, block: str) -> list[str]:
    """Return what a block counts as: itself, or the GovStack blocks that do the same."""
    return counterparts(framework).get(block, [block])


def _counted(
    framework: Framework, keys: Sequence[str]
) -> tuple[list[tuple[int, int]], list[str], dict[str, str]]:
    """Return pairs of places, block and what it counts as; the latter; and what they stand for."""
    same = counterparts(framework)
    blocks = sorted({block for key in keys for block in same.get(key, [key])})
    place = {block: number for number, block in enumerate(blocks)}
    ends = [(n, place[block]) for n, key in enumerate(keys) for block in same.get(key, [key])]
    sources: dict[str, list[str]] = {}
    for key in (key for key in keys if key in same):
        for block in same[key]:
            sources.setdefault(block, []).append(key)
    return ends, blocks, {block: "; ".join(names) for block, names in sources.items()}


def needs_of(framework: Framework, plans: Sequence[Plan]) -> pd.DataFrame:
    """Return what plans need; see :func:`govstack_kit.selection.needs.needs`."""
    matter = priorities_of(plans)
    return blocks_of(
        combine(framework, plans),
        matter["use_case"].tolist(),
        priority=matter["priority"].tolist(),
        plan_of=[number for number, plan in enumerate(plans) for _ in plan.use_cases],
    )


def needed_blocks(framework: Framework, plan: Plan) -> list[str]:
    """Return the blocks that a plan needs, the most needed first."""
    blocks: list[str] = needs_of(framework, [plan])["building_block"].tolist()
    return blocks


def blocks_of(
    framework: Framework,
    use_cases: Sequence[str],
    *,
    priority: Sequence[float] | None = None,
    plan_of: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Return what use cases need; see :func:`govstack_kit.selection.needs.blocks_needed`."""
    chosen = keys(use_cases, "use cases")
    matters = _numbers("priority", priority, len(chosen), 1.0)
    plans = _numbers("plan_of", plan_of, len(chosen), 0.0).astype("int64")
    if not chosen:
        return empty(COLUMNS)
    found = coded(framework, "building_block", chosen)
    ends, blocks, sources = _counted(framework, found.keys.tolist())
    size = len(blocks)
    if not size:
        return empty(COLUMNS)
    as_key, as_block = np.array(ends, dtype="int64").T
    if len(ends) == len(found.keys):
        case, step, block = found.case, found.step, as_block[found.code]
    else:  # a block that counts as several stands once for each of them
        rows = [np.flatnonzero(found.code == key) for key in as_key]
        block = np.repeat(as_block, [len(of) for of in rows])
        case, step = (numbers[np.concatenate(rows)] for numbers in (found.case, found.step))
    pair_case, pair_block = pairs(case, block, size)
    at_step, of_step = pairs(step[step >= 0], block[step >= 0], size)
    uses = np.bincount(found.case_of_step[at_step] * size + of_step, minlength=len(chosen) * size)
    steps = np.bincount(found.case_of_step[found.case_of_step >= 0], minlength=len(chosen))
    share = uses[pair_case * size + pair_block] / np.maximum(steps, 1)[pair_case]
    if not matters[pair_case].any():
        matters = np.ones(len(chosen))
    number = np.bincount(pair_block, minlength=size)
    score = np.bincount(pair_block, matters[pair_case] * (1 + share) / 2, size)
    result = pd.DataFrame(
        {
            "building_block": pd.Series(blocks, dtype="str"),
            "steps": np.bincount(of_step, minlength=size),
            "use_cases": number,
            "plans": distinct(plans[pair_case], pair_block, size),
            "priority": np.bincount(pair_block, matters[pair_case], size) / number,
            "weight": score / score.sum(),
        }
    )
    return _described(framework, result, sources)


def _numbers(
    what: str, given: Sequence[float] | None, size: int, otherwise: float
) -> NDArray[np.float64]:
    """Return a number from 0 on for each use case."""
    if given is None:
        return np.full(size, otherwise)
    several = isinstance(given, Iterable) and not isinstance(given, str | Mapping)
    listed = list(given) if several else [given]
    found = [number(value) for value in listed] if several else []
    known = [value for value in found if value is not None and 0 <= value <= MOST]
    if not several or len(found) != size or len(known) != size:
        raise ArgumentError(
            f"Give {what} as numbers from 0 to {MOST:,.0f}, one for each of the {size} different "
            f"use cases, not {quote(listed if several else given)}."
        )
    return np.array(known)


def _described(
    framework: Framework, found: pd.DataFrame, sources: Mapping[str, str]
) -> pd.DataFrame:
    """Add what the tables say about the blocks, and put the most needed first."""
    table = framework.building_blocks.set_index("building_block")
    key = found["building_block"]
    needed = framework.requirements["building_block"].value_counts()
    functions = framework.key_functionalities["building_block"].value_counts()
    category = key.map(table["category"]).fillna("").astype("str")
    result = found.assign(
        name=key.map(table["name"]).fillna(key).astype("str"),
        category=category,
        foundational=category == "foundational",
        requirements=key.map(needed).fillna(0).astype("int64"),
        counted_from=[sources.get(block, "") for block in key],
    )
    result["specified"] = (result["requirements"] > 0) | key.isin(functions.index)
    notes = [
        "" if specified else _note(framework, block)
        for block, specified in zip(key, result["specified"], strict=True)
    ]
    result = result.assign(note=notes)
    result = result.sort_values(
        ["weight", "name", "building_block"], ascending=[False, True, True], ignore_index=True
    )
    return result[list(COLUMNS)].astype(COLUMNS)


def _note(framework: Framework, block: str) -> str:
    """Say why there is nothing to specify a block by."""
    if not block.startswith("dif:"):
        own = block.startswith("own:")
        said = "This is a block of your own" if own else "No requirements are published for it"
        return f"{said}: add what it must do with add_requirement()."
    table = framework.building_block_crosswalk
    table = table[(table["dif"] == block) & (table["relation"] == "related")]
    names = framework.building_blocks.set_index("building_block")["name"]
    related = sorted(table["govstack"].map(names).dropna())
    if not related:
        return "GovStack has no such block: add what it must do with add_requirement()."
    return (
        f"GovStack has no such block; {', '.join(related)} only "
        f"{'overlaps' if len(related) == 1 else 'overlap'} with it. Accept one of them if it does "
        "what you need, or add what it must do with add_requirement()."
    )
