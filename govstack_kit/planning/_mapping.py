"""What the framework's links lead to from what a use case has accepted: proposals, to be decided.

Definitions
-----------
A *lead* is one end of a link that starts from something accepted. Proposals are the strongest leads
to each end that nobody has decided about. The terms are those of
:mod:`govstack_kit.planning.decompose`, which has these functions too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import pandas as pd

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.planning._given import framework_of, plan_of
from govstack_kit.planning._links import BEYOND, Link, Links, links_of
from govstack_kit.planning._seeds import seeds_of
from govstack_kit.planning._taken import Owner, Taken, owners
from govstack_kit.planning.names import names_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.model import Choice
    from govstack_kit.planning.plan import Plan

Reusable = Literal["workflow", "building_block"]

LIMIT = 20  # proposals shown at once: what a team can talk through in one sitting
MEDIATOR = "govstack:information-mediator"
CONNECTED = 2  # blocks and systems that make a mediator worth proposing
_SAME, _EVERYWHERE, _JUDGED = 0.9, 0.9, 0.6  # strengths that rest on no share
_COLUMNS = {
    "step": "str",
    "step_name": "str",
    "layer": "str",
    "key": "str",
    "name": "str",
    "chain": "str",
    "description": "str",
    "foundational": "bool",
    "strength": "float64",
}


class _Lead(NamedTuple):
    """Where a link leads: for which step, to what, along which chain, and how strong it is."""

    owner: Owner
    layer: Reusable
    key: str
    chain: tuple[str, ...]
    grounds: str
    strength: float


class _Map:
    """What the links lead to from what a use case has accepted."""

    def __init__(self, framework: Framework, plan: Plan, use_case_id: str) -> None:
        self.use_case = plan_of(plan).use_case(use_case_id)
        self.links: Links = links_of(framework)
        self.names = names_of(framework)
        self.whole, *self.steps = [Taken(owner) for owner in owners(self.use_case)]
        parts = [taken.owner.part for taken in (self.whole, *self.steps)]
        self.systems = {system for part in parts for system in part.systems}
        layers: tuple[Reusable, ...] = ("workflow", "building_block")
        self.anywhere = {
            layer: {key for taken in (self.whole, *self.steps) for key in taken.of(layer)}
            for layer in layers
        }

    def name(self, layer: str, key: str) -> str:
        return self.names.name(layer, key)

    def leads(self) -> Iterator[_Lead]:
        """Yield the undecided ends of all links; some ends several times."""
        for taken in (self.whole, *self.steps):
            for lead in self._of(taken):
                decided = lead.key in taken.decided[lead.layer]
                turned_down = lead.key in self.whole.rejected[lead.layer]
                # What a step has is in the use case: nothing is gained by naming it for the whole.
                had = taken is self.whole and lead.key in self.anywhere[lead.layer]
                if not (decided or turned_down or had):
                    yield lead
        yield from self._everywhere()

    def _of(self, taken: Taken) -> Iterator[_Lead]:
        owner = taken.owner
        for workflow in taken.workflows:
            for link in self.links.blocks(workflow):
                chain = (self.name("workflow", workflow), self.name("building_block", link.block))
                grounds = self._grounds(link, "workflow")
                yield _Lead(owner, "building_block", link.block, chain, grounds, link.strength)
        for block in taken.building_blocks:
            name = self.name("building_block", block)
            if twin := self.links.twin(block):
                relation = self.links.relation(block, twin)
                grounds = f"the framework's block of 2019, {relation}"
                chain = (name, self.name("building_block", twin))
                yield _Lead(owner, "building_block", twin, chain, grounds, _SAME)
            back = not taken.workflows and taken is not self.whole
            for link in self.links.workflows(block) if back else ():
                chain = (name, self.name("workflow", link.workflow))
                grounds = self._grounds(link, "building block")
                yield _Lead(owner, "workflow", link.workflow, chain, grounds, link.strength)

    def _grounds(self, link: Link, one: str) -> str:
        """Say what a link rests on."""
        via = self.names.name("building_block", link.via)
        start = {
            "strong": f"framework's catalogue: {via}",
            "related": f"related only; framework's catalogue: {via}",
            "practice": "usual in published steps",
            "beyond": "framework's catalogue of 2019; GovStack has no such block",
        }[link.kind]
        if not link.of or link.kind == "beyond":
            return start
        counted = "step" if link.of == 1 else "steps"
        return f"{start}; {link.both} of {link.of} published GovStack {counted} with this {one}"

    def _everywhere(self) -> Iterator[_Lead]:
        """Yield what matters in every workflow, and the mediator where systems are connected."""
        workflows, blocks = self.anywhere["workflow"], self.anywhere["building_block"]
        systems = len(self.systems)
        connected = len(blocks - {MEDIATOR}) + systems >= CONNECTED
        for block in dict.fromkeys((*self.links.everywhere, MEDIATOR)):
            judged = block == MEDIATOR and connected
            said = block in self.links.everywhere and bool(workflows)
            if block in blocks | self.whole.rejected["building_block"] or not (judged or said):
                continue
            grounds = ["the framework says that it matters in every workflow"] if said else []
            if judged:
                parts = [f"{len(blocks)} building block{'s' * (len(blocks) != 1)}"] * bool(blocks)
                parts += [f"{systems} existing system{'s' * (systems != 1)}"] * bool(systems)
                grounds.append(
                    f"judged by this project: {' and '.join(parts)} have to exchange data"
                )
            chain = (*(["every workflow"] if said else []), self.name("building_block", block))
            strength = _EVERYWHERE if said else _JUDGED
            if self.links.everywhere.get(block) == block:  # of 2019, without a counterpart
                grounds.append("GovStack has no such block")
                strength = BEYOND
            owner = self.whole.owner
            yield _Lead(owner, "building_block", block, chain, "; ".join(grounds), strength)


def _best(mapped: _Map) -> list[_Lead]:
    """Return the strongest lead to each undecided end: workflows first, then by strength."""
    found: dict[tuple[int, str, str], _Lead] = {}
    for lead in mapped.leads():
        place = lead.owner.order, lead.layer, lead.key
        if place not in found or lead.strength > found[place].strength:
            found[place] = lead
    return sorted(
        found.values(),
        key=lambda at: (at.layer != "workflow", -at.strength, at.owner.order, at.key),
    )


def proposals(
    framework: Framework, plan: Plan, use_case_id: str, *, limit: int | None = LIMIT
) -> pd.DataFrame:
    """Return what the framework's links lead to from what is accepted, not decided about yet.

    Workflows for steps that have none come first; then building blocks, strongest first. Decide,
    and ask again, until nothing new appears: what was accepted may lead further, and what was
    rejected is not proposed again. A block that is rejected for the whole use case is proposed for
    none of its steps.

    Parameters
    ----------
    framework
        The tables whose links are followed.
    plan
        The plan.
    use_case_id
        The use case.
    limit
        How many to return at most, so that they can be talked through; None for all of them.

    Returns
    -------
    pandas.DataFrame
        One row a proposal: ``step`` (its id; empty for the whole use case) and ``step_name``;
        ``layer``, ``key`` and ``name`` of what is proposed; ``chain``, the way that led there and
        what it rests on; ``description``, one line to edit; ``foundational``, whether GovStack
        lists the block as one that others stand on; ``strength``, which orders the rows.

    Raises
    ------
    UnknownKeyError
        If the plan has no such use case.
    ArgumentError
        If `limit` is below 1.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="School services")
    >>> fees = plan.add_from_list("School fees", "1. Pay the fee")
    >>> _ = fees.steps[0].choose("workflow", "financial-services")
    >>> found = proposals(govstack_kit.load(), plan, "school-fees")
    >>> print(found.query("name == 'Payments'")["chain"].item())
    Pay the fee → Financial services → Payments (framework's catalogue: Payments; 21 of 23 published
    GovStack steps with this workflow)
    """
    if limit is not None and limit < 1:
        raise ArgumentError(f"limit is the number of proposals, 1 or more, not {quote(limit)}.")
    framework_of(framework)
    seeds, names = seeds_of(framework), names_of(framework)
    table = framework.building_blocks
    foundational = set(table.loc[table["category"] == "foundational", "building_block"])
    rows = [
        (
            lead.owner.step_id,
            lead.owner.name,
            lead.layer,
            lead.key,
            names.name(lead.layer, lead.key),
            f"{' → '.join((lead.owner.name, *lead.chain))} ({lead.grounds})",
            seeds.line(lead.layer, lead.key, lead.owner.name, lead.owner.text),
            lead.key in foundational,
            lead.strength,
        )
        for lead in _best(_Map(framework, plan, use_case_id))[:limit]
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


def settled(framework: Framework, plan: Plan, use_case_id: str) -> bool:
    """Return whether nothing new appears: all that the links lead to has been decided.

    Parameters
    ----------
    framework, plan, use_case_id
        See :func:`proposals`.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="School services")
    >>> fees = plan.add_from_list("School fees", "1. Pay the fee")
    >>> settled(govstack_kit.load(), plan, "school-fees")
    True
    >>> _ = fees.steps[0].choose("workflow", "financial-services")
    >>> settled(govstack_kit.load(), plan, "school-fees")
    False
    """
    return next(_Map(framework, plan, use_case_id).leads(), None) is None


def _values(row: object) -> dict[str, Any]:
    """Return a row of proposals as plain values: from a Series, a named tuple or a mapping."""
    if isinstance(row, pd.Series):
        row = row.to_dict()
    elif hasattr(row, "_asdict"):
        row = row._asdict()
    if not isinstance(row, Mapping) or not {"step", "layer", "key"} <= set(row):
        raise ArgumentError(
            f"This is not a row of proposals: {quote(row)}. Pass one row of what "
            "govstack_kit.proposals(framework, plan, use_case) returns, such as found.iloc[0]."
        )
    return {str(name): value for name, value in row.items()}


def accept(plan: Plan, use_case_id: str, proposal_row: object, reason: str = "") -> Choice:
    """Accept a proposal: it becomes a choice of the step, with its description to be edited.

    Parameters
    ----------
    plan, use_case_id
        The plan and its use case.
    proposal_row
        One row of what :func:`proposals` returns.
    reason
        Why; without it, the chain that led there.

    Returns
    -------
    Choice
        The choice in the plan; its origin is ``mapped``.

    Raises
    ------
    ArgumentError
        If it is no row of proposals.
    UnknownKeyError
        If the plan has no such use case or step.

    Examples
    --------
    >>> import govstack_kit
    >>> plan, framework = govstack_kit.Plan.new(title="School services"), govstack_kit.load()
    >>> fees = plan.add_from_list("School fees", "1. Pay the fee")
    >>> _ = fees.steps[0].choose("workflow", "financial-services")
    >>> payments = proposals(framework, plan, "school-fees").query("name == 'Payments'").iloc[0]
    >>> accept(plan, "school-fees", payments).description
    'Pay the fee uses Payments to pay or collect money, and keep account of it.'
    """
    row = _values(proposal_row)
    fields = {"description": str(row.get("description", ""))}
    owner = Owner.find(plan.use_case(use_case_id), str(row["step"]))
    reason = reason or str(row.get("chain", ""))
    return owner.part.choose(row["layer"], row["key"], origin="mapped", reason=reason, **fields)


def reject(plan: Plan, use_case_id: str, proposal_row: object, reason: str = "") -> Choice:
    """Reject a proposal, so that it is not proposed again.

    Parameters
    ----------
    plan, use_case_id, proposal_row
        See :func:`accept`.
    reason
        Why.

    Returns
    -------
    Choice
        The choice in the plan, which does not count.

    Raises
    ------
    ArgumentError
        If it is no row of proposals.
    UnknownKeyError
        If the plan has no such use case or step.
    """
    row = _values(proposal_row)
    owner = Owner.find(plan.use_case(use_case_id), str(row["step"]))
    return owner.part.reject(row["layer"], row["key"], origin="mapped", reason=reason)
