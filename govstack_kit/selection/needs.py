"""What is needed: building blocks with their weight, and what each of them must do.

Definitions
-----------
A block is *needed* when a step or use case of the plan accepted it, or an own word that is mapped
to it. A block of the 2019 framework counts as the GovStack block that does the same (crosswalk:
exact, broader or narrower), so that one need is counted once. One that only overlaps with GovStack
blocks (related) or has no counterpart (none) stays visible under its own name, without a
specification.

The numbers here are the kit's own convention; nobody publishes any. The *priority* of a use case is
its value divided by the mean of the values given in its plan, times a factor for its quadrant,
where a candidate stands for it: A 2, B 1.5, C 1, D 0.5, and 1 where it is not placed. A value that
is missing counts as the mean of those given; where all are 0 or none is given, there is nothing to
weigh by, so all use cases count alike. :func:`remarks` says where either happened. A use case needs
a block with ``priority x (1 + share of its steps that use it) / 2``: half for needing it at all,
half for how much of it. The *weight* of a block is its share of the sum over all use cases and
blocks. If no use case that needs a block has a priority above 0, all count as 1.

A *requirement* is a published functional or cross-cutting requirement, a key functionality, or one
of the team's own. Those without a building block hold for every block. Each is ``needed``,
``later`` or ``not for us``: the team's *decision*, or a default. By default REQUIRED requirements
and key functionalities are needed, RECOMMENDED, OPTIONAL and draft ones come later, and deprecated
ones are not for us. No publication links use cases to requirements; what the use cases *use* is
therefore inferred, for each capability of a block and with the evidence beside it, as
:mod:`govstack_kit.selection.capabilities` defines. It filters and groups, and changes one default
only: a RECOMMENDED functional requirement whose title names another block to connect to is needed,
as a *suggestion*, where a use case uses both blocks. A REQUIRED requirement that is not seen in use
stays needed until the team decides otherwise: the specification asks it of every product.

A plan stores only what differs from the default, so that a new version of the framework brings its
new requirements in with theirs; what could follow from use is stored whenever it is decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.errors import UnknownKeyError, did_you_mean, quote
from govstack_kit.selection import _needed, _use, _wanted
from govstack_kit.selection._deciding import add_requirement, decide, remove_requirement
from govstack_kit.selection._given import framework_of, keys
from govstack_kit.selection._remarks import remarks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan

__all__ = [
    "add_requirement",
    "blocks_needed",
    "decide",
    "needs",
    "priorities",
    "remarks",
    "remove_requirement",
    "requirements",
    "summary",
    "undecided",
]

EVERY_BLOCK = "Every building block"
_COLUMNS = {
    "requirement": "str",
    "building_block": "str",
    "kind": "str",
    "section": "str",
    "level": "str",
    "title": "str",
    "decision": "str",
    "decided": "bool",
    "basis": "str",
    "reason": "str",
    "capability": "str",
    "use": "str",
    "evidence": "str",
    "own": "bool",
}
_SUMMARY = {"building_block": "str", "name": "str", "kind": "str", "level": "str"} | dict.fromkeys(
    ("requirements", "needed", "later", "not_for_us", "decided"), "int64"
)


def needs(framework: Framework, plan: Plan, *more: Plan) -> pd.DataFrame:
    """Return the building blocks that plans need, the most needed first.

    Parameters
    ----------
    framework
        The tables.
    plan, *more
        The plans; several are counted together.

    Returns
    -------
    pandas.DataFrame
        One row a building block: ``building_block``; ``name``; ``category`` (foundational, feature
        or empty); ``steps``, ``use_cases`` and ``plans`` (how many need it); ``priority`` (the mean
        of the use cases that need it, 1 is ordinary); ``weight`` (0 to 1, all together 1);
        ``foundational``; ``specified`` (whether anything is published that it must do);
        ``requirements`` (how many of its own are published); ``counted_from`` (blocks of the 2019
        framework counted here); ``note`` (what to do where nothing is published). Empty while
        nothing is accepted: :func:`remarks` says so.

    Raises
    ------
    ArgumentError
        If something given is no plan.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
    >>> _ = plan.add_published(framework, "AGR-2")
    >>> needs(framework, plan)[["name", "steps"]].head(2).values.tolist()
    [['Scheduler', 6], ['Workflow', 6]]
    """
    return _needed.needs_of(framework, [plan, *more])


def blocks_needed(
    framework: Framework,
    use_cases: Sequence[str],
    *,
    priority: Sequence[float] | None = None,
    plan_of: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Return the building blocks that use cases of a framework need, the most needed first.

    Parameters
    ----------
    framework
        The tables; those of :func:`govstack_kit.combine` for the use cases of plans.
    use_cases
        The use cases, by their ids.
    priority
        The priority of each of them; without it, 1.
    plan_of
        The number of the plan that each belongs to; without it, one plan.

    Returns
    -------
    pandas.DataFrame
        As :func:`needs` returns it.

    Raises
    ------
    UnknownKeyError
        If a use case does not exist.
    ArgumentError
        If there is not one number from 0 on for each use case.

    Examples
    --------
    >>> import govstack_kit
    >>> found = blocks_needed(govstack_kit.load(), ["AGR-2", "HLTC-2"])
    >>> found["use_cases"].max(), round(found["weight"].sum(), 9)
    (np.int64(2), np.float64(1.0))
    """
    known = dict.fromkeys(framework_of(framework).use_cases["use_case"])
    if unknown := [key for key in keys(use_cases, "use cases") if key not in known]:
        hints = (f"There is no use case {quote(k)}. {did_you_mean(k, known)}" for k in unknown[:5])
        raise UnknownKeyError(" ".join(map(str.strip, hints)))
    return _needed.blocks_of(framework, use_cases, priority=priority, plan_of=plan_of)


def priorities(plan: Plan, *more: Plan) -> pd.DataFrame:
    """Return how much each use case of plans matters; see the definitions of this module.

    Returns
    -------
    pandas.DataFrame
        One row a use case, in the order of the plans: ``use_case`` (its id when the plans are
        combined), ``name``, ``plan`` (its title), ``value`` (missing where none is given),
        ``quadrant`` (A to D, empty where no candidate is placed) and ``priority``.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.planning.selected import Value
    >>> plan = govstack_kit.Plan.new(title="Two services")
    >>> _ = plan.add_use_case("School fees"), plan.add_use_case("Seed vouchers")
    >>> plan.values = [Value(key="school-fees", value=3), Value(key="seed-vouchers", value=1)]
    >>> priorities(plan)["priority"].tolist()
    [1.5, 0.5]
    """
    return _needed.priorities_of([plan, *more])


def requirements(
    framework: Framework, plan: Plan, building_block: str | None = None
) -> pd.DataFrame:
    """Return what the needed building blocks must do, and what is decided about it.

    Parameters
    ----------
    framework
        The tables.
    plan
        The plan.
    building_block
        One block by id or name, needed or not; without it, all that the plan needs, the most needed
        first. What holds for every block comes last.

    Returns
    -------
    pandas.DataFrame
        One row a requirement: ``requirement`` (its id); ``building_block`` (empty where it holds
        for every block); ``kind`` (functional, cross-cutting or key functionality); ``section``;
        ``level`` (empty for key functionalities); ``title``; ``decision`` (needed, later, not for
        us); ``decided`` (whether by the team); ``basis`` (the team, the level, or suggested by
        use); ``reason``; ``capability`` (the part of the block that it belongs to), ``use``
        (always, seen in use, not seen in use; inferred) and ``evidence`` (why), as
        :func:`.capabilities.capabilities` returns them; ``own`` (whether the team added it; its
        capability is empty). Empty while nothing is needed.

    Raises
    ------
    UnknownKeyError
        If there is no such building block.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
    >>> _ = plan.add_published(framework, "AGR-2")
    >>> found = requirements(framework, plan, "Consent")
    >>> found.query("building_block != ''")["decision"].value_counts().to_dict()
    {'needed': 22, 'later': 3}
    """
    if building_block is None:
        blocks = _needed.needed_blocks(framework, plan)
    else:
        blocks = [_wanted.block_named(framework, plan, building_block)]
    return requirements_of(framework, plan, blocks)


def requirements_of(framework: Framework, plan: Plan, blocks: Sequence[str]) -> pd.DataFrame:
    """Return what blocks, and every block, must do for a plan; see :func:`requirements`."""
    if not blocks:
        return _needed.empty(_COLUMNS)
    decided = {decision.key: decision for decision in plan.decisions}
    uses = _use.uses_of(framework, plan, [*blocks, ""])
    everything = _wanted.published(framework)
    rows: list[tuple[object, ...]] = []
    for block in [*blocks, ""]:
        for row in everything.get(block, []):
            said, use = decided.get(row.key), uses[block, row.capability]
            decision, basis = _wanted.default_of(row, seen=use.use == _use.SEEN)
            if said is not None:
                decision, basis = said.decision, _wanted.TEAM
            known = row.key, row.block, row.kind, row.section, row.level, row.title
            reason = said.reason if said else ""
            why = row.capability, use.use, use.evidence
            rows.append((*known, decision, said is not None, basis, reason, *why, False))
        for own in (own for own in plan.own_requirements if own.building_block == block):
            known = own.id, block, own.kind, "", own.level, own.title
            why = "", _use.ALWAYS, ""
            rows.append((*known, own.decision, True, _wanted.TEAM, own.reason, *why, True))
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


def undecided(framework: Framework, plan: Plan, building_block: str | None = None) -> pd.DataFrame:
    """Return the requirements that stand as the default has them, nobody having decided.

    Nothing is wrong with them: defaults count. The frame is the list to go through in a meeting.

    Parameters
    ----------
    framework, plan, building_block
        As for :func:`requirements`.

    Returns
    -------
    pandas.DataFrame
        The rows of :func:`requirements` that the team did not decide about.

    Raises
    ------
    UnknownKeyError
        If there is no such building block.
    """
    found = requirements(framework, plan, building_block)
    return found[~found["decided"]].reset_index(drop=True)


def summary(framework: Framework, plan: Plan) -> pd.DataFrame:
    """Return how many requirements of each needed block are needed, come later or are left out.

    Parameters
    ----------
    framework
        The tables.
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        One row for each block, kind and level, in the order of :func:`requirements`:
        ``building_block`` (empty for what holds for every block), ``name``, ``kind``, ``level``,
        and the numbers of ``requirements``, of those ``needed``, ``later`` and ``not_for_us``, and
        of those ``decided`` by the team. A needed block without any requirement has one row with
        zeros.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
    >>> _ = plan.add_published(framework, "AGR-2")
    >>> found = summary(framework, plan).query("name == 'Workflow' and kind == 'functional'")
    >>> found[["level", "needed", "later"]].values.tolist()
    [['REQUIRED', 21, 0], ['RECOMMENDED', 0, 4]]
    """
    found = requirements(framework, plan)
    names = needs(framework, plan).set_index("building_block")["name"].to_dict()
    keys = ["building_block", "kind", "level"]
    counted = found.assign(
        requirements=1,
        needed=found["decision"] == "needed",
        later=found["decision"] == "later",
        not_for_us=found["decision"] == "not for us",
    )
    numbers = ["requirements", "needed", "later", "not_for_us", "decided"]
    table = counted.groupby(keys, sort=False)[numbers].sum().reset_index()
    without = [block for block in names if block not in set(found["building_block"])]
    table = pd.concat([table, pd.DataFrame({"building_block": without})], ignore_index=True)
    table[numbers] = table[numbers].fillna(0)
    place = {block: number for number, block in enumerate([*names, ""])}
    table = table.assign(
        name=table["building_block"].map(names | {"": EVERY_BLOCK}),
        place=table["building_block"].map(place),
    ).sort_values("place", kind="stable", ignore_index=True)
    return table.fillna({"kind": "", "level": ""})[list(_SUMMARY)].astype(_SUMMARY)
