"""What to build in which phase, so that the most valuable use cases go live earliest.

Definitions
-----------
Phases follow each other without a gap. A building block that is built in a phase is paid from the
budget of that phase, whole, and is *there* at its end. What a phase does not spend does not pass to
the next one. A phase without a budget has no limit. A roadmap builds on a *set* of options, where
there is one: an option is paid whole in the phase in which the first of its blocks is built, and
its other blocks cost nothing more. An option with which no block here is built is not paid, even
where the team chose it; the notes name it. A block is there from the start, at no cost, where the
set has an existing system for it that costs nothing to build and integrate, or where the set has
nothing for it and an existing system serves it well.

A use case is *live* from the end of the phase in which the last building block that it needs is
there; with all of them there already, from the start. It needs every block that was accepted for it
or for one of its steps; a block of the 2019 framework counts as the GovStack block that does the
same, as in :mod:`govstack_kit.selection.needs`.

A use case without a value counts as the mean of those given, as in
:mod:`govstack_kit.selection.needs`; where all values are 0, all count the same. Either is said in
the notes.

The *horizon* ends a while after the last phase (12 months, if nothing else is said), so that what
goes live at the very end counts as well. A use case is *worth* its value times the months from its
going live to the horizon. The roadmap with the highest sum over all use cases is the best one.
Among equals it is the one with more months live whatever they are worth, then the cheaper one, then
the one that builds earlier. Blocks that bring no use case live are not built. The length of the
horizon and these rules are the kit's own judgement.

A *dependency* says that a block must not come before another; both may come in the same phase.
Which block depends on which is published nowhere. When a team names none, the kit assumes one rule:
a block that is not foundational comes no earlier than a foundational one that every use case which
needs the first needs as well. GovStack publishes which blocks are foundational; the rule is ours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from govstack_kit.errors import ArgumentError, did_you_mean, quote
from govstack_kit.selection._given import mapping_of, number, seconds_of
from govstack_kit.selection._roadmap_inputs import (
    as_counted,
    block_names,
    circles,
    costs_of,
    derived,
    fail,
    foundational,
    needed,
    stated,
    tables_of,
    there_already,
    unknown_blocks,
)
from govstack_kit.selection._roadmap_sets import (
    Paid,
    basis_of,
    costs_of_options,
    names_by_block,
    paid_by,
    set_of,
    there_by,
)
from govstack_kit.selection._roadmap_tables import BUILT, LIVE, NO_BLOCKS, NOT_LIVE, planned
from govstack_kit.selection._roadmap_task import Task
from govstack_kit.selection._wording import listed, money

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan
    from govstack_kit.selection.optimise import BestSet

MOST_MONTHS = 600


@dataclass(frozen=True)
class Roadmap:
    """What is built when, what goes live when, and how good that is.

    Attributes
    ----------
    blocks : pandas.DataFrame
        One row a building block, in the order of building: ``building_block``, ``name``,
        ``foundational``; ``use_cases``, how many need it; ``cost`` (its part of what is paid
        for options along with it; missing: unknown); ``status`` (there from the start, built, not
        built); ``phase`` (from 1; 0 when it is there from the start; missing when it is not built),
        ``phase_name``; ``start`` and ``end`` of that phase in months; ``needs``, which blocks must
        be there no later; ``reason`` in words; ``options`` of the set that serve it.
    use_cases : pandas.DataFrame
        One row a use case, in the order of going live: ``use_case``, ``name``; ``value`` a month;
        ``people``; ``blocks`` that it needs; ``status`` (goes live, not live, no building blocks
        yet); ``phase`` and ``phase_name``; ``month`` from which it is live; ``months_live`` up to
        the horizon; ``worth``, value times months live; ``waits_for``, the blocks that come last,
        or those that never come; ``reason`` in words.
    phases : pandas.DataFrame
        One row a phase: ``phase`` (from 1), ``id``, ``name``, ``start`` and ``end`` in months,
        ``budget`` (missing: no limit), ``spent``, ``left``; how many ``blocks`` are built and how
        many ``use_cases`` go live.
    dependencies : pandas.DataFrame
        ``building_block``, ``needs``, ``basis`` (plan or kit) and ``reason``.
    curve : pandas.DataFrame
        The value that has come in, at the start, at the end of each phase and at the horizon:
        ``month``, ``phase_name`` (of the phase that ends), ``live`` use cases and ``rate``, value a
        month, from then on, ``value`` up to then, and ``most``, what it would be if everything
        were live from the start.
    optimal : bool
        Whether it is proven that no roadmap is worth more.
    worth, bound : float
        What this one is worth, and what none can exceed.
    currency : str
        Of all money.
    notes : tuple of str
        What was assumed, in sentences.
    """

    blocks: pd.DataFrame
    use_cases: pd.DataFrame
    phases: pd.DataFrame
    dependencies: pd.DataFrame
    curve: pd.DataFrame
    optimal: bool
    worth: float
    bound: float
    currency: str = ""
    notes: tuple[str, ...] = field(default=())

    def sentences(self) -> list[str]:
        """Return the roadmap in plain sentences."""
        wanted = self.use_cases[self.use_cases["status"] != NO_BLOCKS]
        live, late = (wanted[wanted["status"] == status] for status in (LIVE, NOT_LIVE))
        end = money(self.phases["end"].iloc[-1])
        cases = "1 use case goes" if len(live) == 1 else f"{len(live)} use cases go"
        said = [f"Of {len(wanted)} in the plan, {cases} live within {end} months."]
        if len(live):
            when = live["month"].min()
            first = listed(live.loc[live["month"] == when, "name"])
            said.append(f"First, {f'after {money(when)} months' if when else 'at once'}: {first}.")
        said += [
            f"{name} does not go live. {reason}".strip()
            for name, reason in zip(late["name"], late["reason"], strict=True)
        ]
        built = self.blocks[self.blocks["status"] == BUILT]
        blocks = "1 building block is" if len(built) == 1 else f"{len(built)} building blocks are"
        # A sum of which a part is not known is none; the notes name what is missing.
        spent = built["cost"].sum(skipna=False)
        amount = f"{self.currency} {money(spent)}".strip()
        said.append(f"{blocks} built" + (f" for {amount}." if spent > 0 else "."))
        if self.optimal:
            said.append("It is proven that no other order is worth more.")
        else:
            more = math.ceil(100 * (self.bound / self.worth - 1)) if self.worth else None
            share = f"up to {more} % more" if more is not None else "more"
            said.append(
                f"The search was stopped in time: another order may be worth {share}. Give it more "
                "seconds to be sure."
            )
        return [*said, *self.notes]


def dependencies(framework: Framework, plan: Plan) -> pd.DataFrame:
    """Return which building block must not come before which other one.

    Parameters
    ----------
    framework
        The tables that say which blocks are foundational.
    plan
        The plan. When it names dependencies, they are the ones that count; otherwise those that the
        kit assumes, see the definitions of this module.

    Returns
    -------
    pandas.DataFrame
        ``building_block``; ``needs``, the block that must be there no later; ``basis``, ``plan`` or
        ``kit``; ``reason``.

    Raises
    ------
    PlanError
        If a block does not exist, or the dependencies go round in a circle.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> plan = govstack_kit.Plan.new(title="Advice")
    >>> _ = plan.add_published(framework, "AGR-2")
    >>> found = dependencies(framework, plan).query("building_block == 'govstack:payments'")
    >>> found["needs"].tolist()[:2]
    ['govstack:digital-registries', 'govstack:identity']
    """
    tables = tables_of(plan, framework)
    found = stated(plan, tables) if plan.dependencies else derived(needed(plan, tables), tables)
    names = block_names(tables)
    fail([*unknown_blocks(found, set(names)), *circles(found, names)])
    return found


def roadmap(  # noqa: PLR0913 - the plan, then how to read it
    framework: Framework,
    plan: Plan,
    costs: BestSet | pd.DataFrame | Mapping[str, float] | None = None,
    *,
    after: float = 12,
    deadlines: Mapping[str, str] | None = None,
    seconds: float = 30,
) -> Roadmap:
    """Return what to build in which phase so that the most valuable use cases go live earliest.

    Parameters
    ----------
    framework
        The tables.
    plan
        The plan: its use cases, ``phases``, ``values`` (without any, all use cases are worth the
        same; one that lacks its own counts as the mean), ``dependencies``, and the systems that
        serve blocks well already.
    costs
        The set of options to build on, each paid whole with the first of its blocks; or what each
        building block costs to build: a frame with the columns ``building_block`` and ``cost``, or
        a dict. Without it, the set of :func:`govstack_kit.chosen_set`: what the team chose, or the
        best set under the rules of the plan.
    after
        Months after the last phase that count as well.
    deadlines
        Use cases that must be live at the end of a phase, by their ids in the plan:
        ``{"school-fees": "pilot"}``.
    seconds
        How long to search at most, in each stage.

    Returns
    -------
    Roadmap
        Frames and, with ``sentences()``, words. The plan stays as it is.

    Raises
    ------
    PlanError
        If the plan has no phases or use cases, costs are missing, dependencies go round in a
        circle, or deadlines cannot be kept; the message says which rules collide.
    ArgumentError
        If an argument cannot be used, or no roadmap is found in time.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.planning.selected import Phase
    >>> framework = govstack_kit.load()
    >>> plan = govstack_kit.Plan.new(title="Advice")
    >>> _ = plan.add_published(framework, "AGR-2")
    >>> plan.phases = [Phase(id="pilot", name="Pilot", budget=300), Phase(id="all", name="All")]
    >>> blocks = govstack_kit.load().building_blocks["building_block"]
    >>> found = roadmap(framework, plan, dict.fromkeys(blocks, 100))
    >>> found.use_cases[["phase_name", "month"]].values.tolist()
    [['All', 24.0]]
    """
    tables = tables_of(plan, framework)
    names = block_names(tables)
    order = dependencies(framework, plan)
    needs = needed(plan, tables)
    values, remarks = _values(plan)
    problems = []
    if not plan.use_cases:
        problems.append("The plan has no use cases: define at least one.")
    elif needs.empty:
        problems.append("No use case has building blocks yet: map them first.")
    if not plan.phases:
        problems.append("The plan has no phases: add at least one, with its months and budget.")
    fail(problems)
    paid: dict[str, Paid] = {}
    given: dict[str, float] = {}
    there = there_already(plan, tables)
    best = set_of(plan, framework, costs)
    if best is not None:
        paid = paid_by(best)
        served = {block for one in paid.values() for block in one.blocks}
        there = {k: name for k, name in there.items() if k not in served} | there_by(best)
    elif costs is not None:
        given = costs_of(costs)
    unknown = [key for key in given if key not in names]
    if unknown:
        hints = [did_you_mean(key, names) for key in unknown[:3]]
        raise ArgumentError(
            f"Costs are given for {listed(map(quote, unknown))}, but no building block is called "
            "so. "
            f"{' '.join(hints)}".strip()
        )
    shared = {f"option {key}": one for key, one in paid.items() if len(one.blocks) > 1}
    task = Task(
        needs=needs,
        costs=as_counted(given, tables) | costs_of_options(paid, shared),
        phases=[(p.id, p.name, float(p.months), p.budget) for p in plan.phases],
        worth=values,
        remarks=remarks,
        people={value.key: value.people for value in plan.values},  # noqa: PD011 - no frame
        cases={u.id: u.name for u in plan.use_cases},
        names=names | {key: one.name for key, one in shared.items()},
        foundational=foundational(tables),
        order=order,
        there=there,
        shared=shared,
        options=names_by_block(paid),
        after=_after(after),
        seconds=seconds_of(seconds),
        currency=plan.business_case.currency,
    )
    if best is not None:
        here = {*needs["building_block"], *task.to_build(needs["building_block"])}
        task = task._replace(basis=basis_of(best, paid, here))
    return Roadmap(**planned(task, _deadlines(plan, deadlines, needs)))


def _values(plan: Plan) -> tuple[dict[str, float], list[str]]:
    """Return the value of each use case, and what was assumed, in sentences."""
    names = {use_case.id: use_case.name for use_case in plan.use_cases}
    given = {v.key: float(v.value) for v in plan.values if v.key in names}  # noqa: PD011
    if not given:
        return dict.fromkeys(names, 1.0), []
    if not any(given.values()):
        zero = "All values are 0, so all use cases count the same: give at least one a value."
        return dict.fromkeys(names, 1.0), [zero]
    mean = math.fsum(given.values()) / len(given)
    without = [name for key, name in names.items() if key not in given]
    lacks = "has no value, so it" if len(without) == 1 else "have no value, so each"
    said = f"{listed(without)} {lacks} counts as the mean of those given, {money(mean)}."
    return {key: given.get(key, mean) for key in names}, [said] if without else []


def _after(after: object) -> float:
    found = number(after)
    if found is None or not 0 < found <= MOST_MONTHS:
        raise ArgumentError(
            f"after is a number of months above 0, at most {MOST_MONTHS}, not {quote(after)}."
        )
    return found


def _deadlines(plan: Plan, given: object, needs: pd.DataFrame) -> dict[str, int]:
    """Return the number of the phase in which each use case must be live."""
    wanted = mapping_of(given, "Deadlines", "{'school-fees': 'pilot'}")
    phases = {phase.id: place for place, phase in enumerate(plan.phases)}
    cases = list(dict.fromkeys(needs["use_case"]))
    problems = [
        f"A deadline names the use case {quote(key)}, which the plan does not have or which has no "
        f"building blocks. {did_you_mean(str(key), cases) or f'Use cases: {listed(cases)}.'}"
        for key in wanted
        if key not in cases
    ]
    problems += [
        f"A deadline names the phase {quote(phase)}. Phases: {listed(phases)}."
        for phase in wanted.values()
        if not isinstance(phase, str) or phase not in phases
    ]
    if problems:
        raise ArgumentError(" ".join(problems))
    return {key: phases[phase] for key, phase in wanted.items()}
