"""Decisions about requirements, written to a plan; see :mod:`govstack_kit.selection.needs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govstack_kit.errors import ArgumentError, PlanError, UnknownKeyError, did_you_mean, quote
from govstack_kit.planning.fields import check_names, slug, visible
from govstack_kit.planning.model import make
from govstack_kit.planning.selected import DECISIONS, Decision, OwnRequirement
from govstack_kit.selection._given import framework_of, keys, plan_of
from govstack_kit.selection._needed import needed_blocks
from govstack_kit.selection._use import USES, uses_of
from govstack_kit.selection._wanted import (
    ALL_KINDS,
    DEFAULTS,
    Published,
    block_named,
    by_use,
    published,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan

DEFAULT = "default"  # the decision that takes a decision back
NOT_FOR_US = DECISIONS[-1]  # the one that needs a reason


def decide(  # noqa: PLR0913 - each narrows down what is decided about
    plan: Plan,
    framework: Framework,
    decision: str,
    reason: str = "",
    *,
    building_block: str | None = None,
    section: str | None = None,
    level: str | None = None,
    kind: str | None = None,
    capability: str | None = None,
    use: str | None = None,
    requirements: Iterable[str] | None = None,
) -> int:
    """Decide about many requirements at once: all that meet every condition given.

    Parameters
    ----------
    plan
        The plan that the decisions are written to.
    framework
        The tables.
    decision
        ``needed``, ``later``, ``not for us``, or ``default`` to take decisions back. The team's own
        requirements have no default and keep theirs.
    reason
        Why; needed for ``not for us``.
    building_block
        A block by id or name; empty for what holds for every block. Without it, all needed ones.
    section
        A section of that block, with those below it: ``6.2`` has ``6.2.1`` too, but not ``6.20``.
    level
        ``REQUIRED``, ``RECOMMENDED``, ``OPTIONAL``, …
    kind
        ``functional``, ``cross-cutting`` or ``key functionality``.
    capability
        A capability of that block, by its number in :func:`.capabilities.capabilities`.
    use
        ``always``, ``seen in use`` or ``not seen in use``, as inferred from the plan as it is now.
    requirements
        Requirements by their ids, of any block, also the team's own.

    Returns
    -------
    int
        How many changed.

    Raises
    ------
    ArgumentError
        If a value is not allowed, no plan or no tables are given, nothing says which requirements
        are meant, or a section or capability comes without its block.
    UnknownKeyError
        If a requirement or block does not exist.
    PlanError
        If ``not for us`` comes without a reason. The plan is as before, as with every error.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
    >>> _ = plan.add_published(framework, "AGR-2")
    >>> decide(plan, framework, "later", "Next year", building_block="Consent", section="6.2")
    6
    """
    plan_of(plan)
    framework_of(framework)
    _check_decision(decision, reason, level, kind, use)
    chosen = None if requirements is None else keys(requirements, "requirements")
    parts = section, capability
    if all(given is None for given in (building_block, *parts, level, kind, use, chosen)):
        raise ArgumentError(
            "Say which requirements are meant: name a building_block, section, level, kind, "
            "capability, use, or the requirements themselves."
        )
    for what, part in (("section", section), ("capability", capability)):
        if part is not None and not building_block:
            raise ArgumentError(
                f"Every block has a {what} {quote(part)} of its own: name the building_block too."
            )
    rows, own = _meant(framework, plan, building_block, chosen)
    rows = [
        row
        for row in rows
        if (section is None or f"{row.section}.".startswith(f"{section}."))
        and (level is None or row.level == level)
        and (kind is None or row.kind == kind)
        and (capability is None or row.capability == capability)
    ]
    if use is not None:
        uses = uses_of(framework, plan, {row.block for row in rows})
        rows = [row for row in rows if uses[row.block, row.capability].use == use]
    own = [
        part
        for part in own
        if section is None
        and capability is None
        and use is None
        and (level is None or part.level == level)
        and (kind is None or part.kind == kind)
    ]
    return _write(plan, rows, own, decision, reason)


def _check_decision(
    decision: str, reason: str, level: str | None, kind: str | None, use: str | None
) -> None:
    if not isinstance(reason, str):
        raise ArgumentError(f"reason is a text, not {quote(reason)}.")
    if decision is None:
        raise ArgumentError(f"Name the decision: {', '.join((*DECISIONS, DEFAULT))}.")
    for what, value, allowed in (
        ("decision", decision, (*DECISIONS, DEFAULT)),
        ("level", level, tuple(name for name in DEFAULTS if name)),
        ("kind", kind, ALL_KINDS),
        ("use", use, USES),
    ):
        if value is not None and value not in allowed:
            hint = did_you_mean(str(value), allowed)
            said = f"{what} is one of {', '.join(allowed)}, not {quote(value)}. {hint}"
            raise ArgumentError(said.strip())
    _check_reason(decision, reason)


def _check_reason(decision: str, reason: str) -> None:
    """Raise if something is left out and nobody says why."""
    if decision == NOT_FOR_US and not visible(reason):
        raise PlanError(
            "Say why these requirements are not for you: a requirement that is left out without a "
            "reason cannot be defended later. Pass reason='…'."
        )


def _meant(
    framework: Framework, plan: Plan, building_block: str | None, chosen: list[str] | None
) -> tuple[list[Published], list[OwnRequirement]]:
    """Return the published and own requirements of blocks, or those named."""
    everything = published(framework)
    rows = [row for of in everything.values() for row in of]
    own = plan.own_requirements
    if chosen is not None:
        known = {row.key for row in rows} | {part.id for part in own}
        if unknown := [key for key in chosen if key not in known]:
            hints = (f"{quote(k)}. {did_you_mean(str(k), known)}".strip() for k in unknown[:5])
            raise UnknownKeyError(f"There is no requirement {' Nor '.join(hints)}")
        rows = [row for row in rows if row.key in set(chosen)]
        own = [part for part in own if part.id in set(chosen)]
    if building_block is not None:
        blocks = {block_named(framework, plan, building_block)}
    elif chosen is None:
        blocks = set(needed_blocks(framework, plan))
        blocks |= {""} if blocks else set()
    else:
        return rows, list(own)
    rows = [row for row in rows if row.block in blocks]
    return rows, [part for part in own if part.building_block in blocks]


def _write(
    plan: Plan,
    rows: list[Published],
    own: list[OwnRequirement],
    decision: str,
    reason: str,
) -> int:
    """Write a decision about requirements, all or none; return how many changed."""
    known = {part.key: part for part in plan.decisions}
    changed = 0
    for row in rows:
        before = known.get(row.key)
        stands = decision == row.by_level() and not visible(reason) and not by_use(row)
        if decision == DEFAULT or stands:
            changed += known.pop(row.key, None) is not None
            continue
        fields = (before.model_dump() if before else {}) | {"key": row.key}
        after = make(Decision, fields | {"decision": decision, "reason": reason})
        changed += before is None or (before.decision, before.reason) != (
            after.decision,
            after.reason,
        )
        known[row.key] = after
    owned = {}
    for part in own if decision != DEFAULT else ():
        new = make(OwnRequirement, part.model_dump() | {"decision": decision, "reason": reason})
        changed += new != part
        owned[part.id] = new
    plan.decisions = list(known.values())
    if owned:
        plan.own_requirements = [owned.get(part.id, part) for part in plan.own_requirements]
    return changed


def add_requirement(
    plan: Plan, framework: Framework, building_block: str, title: str, **fields: str
) -> OwnRequirement:
    """Add a requirement of the team's own.

    Parameters
    ----------
    plan
        The plan.
    framework
        The tables.
    building_block
        The block by id or name; empty for one that holds for every block.
    title
        What must be true or possible, in a few words.
    **fields
        ``id`` (made from the title otherwise), ``level``, ``kind``, ``decision``, and ``reason``,
        which ``not for us`` needs.

    Returns
    -------
    OwnRequirement
        The requirement in the plan.

    Raises
    ------
    UnknownKeyError
        If there is no such building block.
    PlanError
        If a value cannot be used, or ``not for us`` comes without a reason; the plan is as before.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
    >>> add_requirement(plan, framework, "Messaging", "Read messages aloud in Kiswahili").id
    'read-messages-aloud-in-kiswahili'
    """
    plan_of(plan)
    framework_of(framework)
    check_names(OwnRequirement, fields)
    key = block_named(framework, plan, building_block)
    taken = [part.id for part in plan.own_requirements]
    chosen = {"id": slug(str(title), taken=taken, otherwise="requirement"), "title": title}
    part = make(OwnRequirement, chosen | fields | {"building_block": key})
    if part.id.casefold() in (name.casefold() for name in taken):
        raise PlanError(f"The plan has a requirement of its own with the id {part.id!r} already.")
    _check_reason(part.decision, part.reason)
    plan.own_requirements = [*plan.own_requirements, part]
    return plan.own_requirements[-1]


def remove_requirement(plan: Plan, requirement: str) -> OwnRequirement:
    """Remove a requirement of the team's own, by its id, and return it.

    Raises
    ------
    UnknownKeyError
        If the team has no such requirement of its own.
    """
    found = [part for part in plan_of(plan).own_requirements if part.id == requirement]
    if not found:
        hint = did_you_mean(str(requirement), [part.id for part in plan.own_requirements])
        raise UnknownKeyError(
            f"The plan has no requirement of its own with the id {quote(requirement)}. {hint} "
            "Published requirements are not removed: decide that they are not for you."
        )
    plan.own_requirements = [part for part in plan.own_requirements if part is not found[0]]
    return found[0]
