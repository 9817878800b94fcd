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
same, as in :mod:`govstack_kit.selection.needs`. A step *can start* as soon as its own blocks are
there.

A use case without a value counts as the mean of those given, as in
:mod:`govstack_kit.selection.needs`; where all values are 0, all count the same. Either is said in
the notes.

The *horizon* ends a while after the last phase (12 months, if nothing else is said), so that what
goes live at the very end counts as well. Value comes in with steps: a step that can start is worth
its *share*, the value of its use case in equal parts over the steps that need blocks, times the
months from its start to the horizon. Where blocks are needed that no step names, the use case as a
whole is one part more, which comes in when it is live. A use case is *worth* the sum of its parts;
the roadmap with the highest sum over all use cases is the best one. Among equals it is the one with
more months live whatever they are worth, then the cheaper one, then the one in which steps can
start earlier, then the one that builds earlier. Blocks that let no step start and bring no use case
live are not built. A *release* is a phase with which steps of a use case can start. The length of
the horizon, the equal shares and these rules are the kit's own judgement.

A *dependency* says that a block must not come before another; both may come in the same phase, and
must if each depends on the other. Which block depends on which is published nowhere. When a team
names none, the kit assumes one rule: a block that is not foundational comes no earlier than a
foundational one that is needed wherever the first is, in the same steps (or, where no step names
it, by the same use cases). GovStack publishes which blocks are foundational; the rule is ours.

The best order is found by a linear programme. It has a variable for each block and phase that says
whether the block is there at the end of the phase, and one for each use case or step and phase
that says whether it is live then. It is solved in stages, each of which keeps what the one before
reached, so that the answer is the same every time: the most value, then the most months live
whatever they are worth, then the least money, then the most months in which steps are served, then
the fewest blocks, then the earliest.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd

from govstack_kit.errors import ArgumentError, PlanError, expected, known, needed
from govstack_kit.framework.framework import check
from govstack_kit.framework.questions import counterparts
from govstack_kit.planning.plan import Plan
from govstack_kit.planning.safeguards import risks, told
from govstack_kit.results import Result
from govstack_kit.selection.needs import as_counted, uses, values
from govstack_kit.words import amount, count, listed, money

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from govstack_kit.framework.framework import Framework
    from govstack_kit.selection.best_set import BestSet

START = "From the start"
_BLOCKS = "framework.building_blocks"
THERE, BUILT, OUT = "there from the start", "built", "not built"
YEAR = 12  # months
_LISTED = ("steps", "blocks", "products", "safeguards")  # columns of several names each
LIVE, NOT_LIVE, NO_BLOCKS = "goes live", "not live", "no building blocks yet"
HALF = 0.5  # what tells a yes from a no
_SCALE = 1e4  # what objectives add up to, far above the tolerances of the solver
_PROVEN = 1e-8  # share of the value below which a bound counts as reached
_KEPT = 1e-9  # share of an objective that a later stage may lose to rounding
_ROUNDING = 1e-12  # share of a budget below which it is not overspent, but badly added up
_STOPPED = 1  # what the solver calls a limit of time that was reached

Row = tuple[dict[int, float], float, float]  # coefficients by variable, lower and upper bound
Thing = tuple[str, str]  # "case" or "step", and which one
Phases = dict[str, int | None]  # of blocks or use cases, from 0; None for never


@dataclass(frozen=True)
class Roadmap(Result):
    """What is built when, what goes live when, and how good that is.

    Attributes
    ----------
    blocks : pandas.DataFrame
        One row a building block, in the order of building: ``building_block``, ``name``,
        ``foundational``; ``use_cases``, how many need it; ``cost`` (its part of what is paid
        for options along with it; missing: unknown); ``status`` (there from the start, built, not
        built); ``phase`` (from 1; 0 when it is there from the start; missing when it is not built),
        ``phase_name``; ``start`` and ``end`` of that phase in months; ``options`` of the set, or
        the system, that serve it; ``open``, how many of its safeguards are open or unmet.
    use_cases : pandas.DataFrame
        One row a use case, in the order of going live: ``use_case``, ``name``; ``value`` a month;
        ``blocks`` that it needs; ``status`` (goes live, not live, no building blocks yet);
        ``phase`` and ``phase_name``; ``month`` from which it is live; ``worth``, value times the
        months live up to the horizon, by the shares of its steps; ``waits_for``, the blocks that
        come last, or those that never come; ``reason``, why it does not go live.
    steps : pandas.DataFrame
        One row a step that needs blocks, in the order of the plan: ``use_case``, ``step``,
        ``name``; ``phase``, ``phase_name`` and ``month`` from which it can start.
    releases : pandas.DataFrame
        One row a use case and phase with which steps of it can start; at its end, one for those
        that never can: ``use_case``, ``name``; ``phase`` (missing: never), ``phase_name`` and
        ``month``; ``steps`` that can start now and their ``number``, how many have ``started`` by
        then ``of_steps``;
        ``blocks`` that they need and no release before did; ``products`` (or systems) of the set
        that serve these; ``safeguards`` of these that are open or unmet.
    phases : pandas.DataFrame
        One row a phase: ``phase`` (from 1), ``id``, ``name``, ``start`` and ``end`` in months,
        ``budget`` (missing: no limit), ``spent``, ``left``; how many ``blocks`` are built and how
        many ``use_cases`` go live.
    dependencies : pandas.DataFrame
        As :func:`dependencies` returns them.
    curve : pandas.DataFrame
        The value that has come in, at the start, at the end of each phase and at the horizon:
        ``month``, ``live`` use cases and ``rate``, value a month of all that can start, from then
        on, ``value`` up to then, and ``most``, if everything were live from the start.
    risks : pandas.DataFrame
        Questions on safeguards and readiness that are open or unmet, as
        :func:`govstack_kit.planning.risks` returns them.
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
    steps: pd.DataFrame
    releases: pd.DataFrame
    phases: pd.DataFrame
    dependencies: pd.DataFrame
    curve: pd.DataFrame
    risks: pd.DataFrame
    optimal: bool
    worth: float
    bound: float
    currency: str = ""
    notes: tuple[str, ...] = ()
    _figure: ClassVar[str] = "plot_roadmap"

    def sentences(self) -> list[str]:
        """Return the roadmap in plain sentences."""
        wanted = self.use_cases[self.use_cases["status"] != NO_BLOCKS]
        live, late = (wanted[wanted["status"] == status] for status in (LIVE, NOT_LIVE))
        end = amount(self.phases["end"].iloc[-1])
        cases = f"{count(len(live), 'use case')} {'goes' if len(live) == 1 else 'go'}"
        said = [f"Of {len(wanted)} in the plan, {cases} live within {end} months."]
        if len(live):
            when = live["month"].min()
            first = listed(live.loc[live["month"] == when, "name"])
            said.append(f"First, {f'after {amount(when)} months' if when else 'at once'}: {first}.")
        said += [
            f"{name} does not go live. {reason}".strip()
            for name, reason in zip(late["name"], late["reason"], strict=True)
        ]
        said += map(_release, self.releases.to_dict("records"))
        if len(self.steps):
            early = int((self.steps["month"] <= YEAR).sum())
            said.append(
                f"In the first year, {early} of {count(len(self.steps), 'step')} can start."
            )
        built = self.blocks[self.blocks["status"] == BUILT]
        blocks = f"{count(len(built), 'building block')} {'is' if len(built) == 1 else 'are'}"
        # A sum of which a part is not known is none; the notes name what is missing.
        spent = built["cost"].sum(skipna=False)
        paid = f" for {money(spent, self.currency)}" if spent > 0 else ""
        said.append(f"{blocks} built{paid}.")
        if self.optimal:
            said.append("It is proven that no other order is worth more.")
        else:
            more = f"up to {math.ceil(100 * (self.bound / self.worth - 1))} % " * bool(self.worth)
            said.append(
                f"The search was stopped in time: another order may be worth {more}more. Give it "
                "more seconds to be sure."
            )
        return [*said, *self.notes, *told(self.risks)]


def _release(row: Mapping[Any, Any]) -> str:
    """Return a release in words: which steps can start when, with what, and what is still open."""
    steps, blocks, products, open_ = (row[name].split("; ") for name in _LISTED)
    month = row["month"]
    when = "in these phases" if pd.isna(month) else f"after {amount(month)} months"
    when = when if month else "at once"
    number = f"{row['number']} of {count(row['of_steps'], 'step')}"
    verb = "cannot start" if pd.isna(month) else "can start"
    said = f"Of {row['name']}, {number} {verb} {when}: {listed(steps)}"
    if row["blocks"]:
        said += f"; {'for want of' if pd.isna(month) else 'with'} {listed(blocks)}"
    if row["products"]:
        said += f"; built on {listed(products)}"
    if row["safeguards"]:
        said += f"; still open: {count(len(open_), 'safeguard')} of these blocks"
    return f"{said}."


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

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.demonstration()
    >>> found = dependencies(govstack_kit.load(), plan)
    >>> found.query("building_block == 'govstack:payments'")["needs"].tolist()[:2]
    ['govstack:workflow']
    """
    named = plan.dependencies
    if len(named):
        named = as_counted(framework, as_counted(framework, named), "needs")
        named = named.drop_duplicates(["building_block", "needs"]).assign(basis="plan")
    else:
        named = _assumed(framework, plan)
    columns = ["building_block", "needs", "basis", "reason"]
    return named[columns].fillna("").astype("str").reset_index(drop=True)


def _assumed(framework: Framework, plan: Plan) -> pd.DataFrame:
    """Return the dependencies that the kit assumes when a team names none."""
    blocks = framework.building_blocks.set_index("building_block")
    base = blocks.index[blocks["category"] == "foundational"]
    used = uses(framework, plan)
    used["where"] = list(zip(used["use_case"], used["step"].fillna(""), strict=True))
    found = used.groupby("building_block")["where"].agg(set)
    names = {key: blocks["name"].get(key, key) for key in found.index}
    rows = [
        {
            "building_block": block,
            "needs": first,
            "basis": "kit",
            "reason": (
                f"Whatever needs {names[block]} needs {names[first]} too, which GovStack lists as "
                "foundational; that it comes no later is the kit's own judgement."
            ),
        }
        for block in found.index.difference(base)
        for first in found.index.intersection(base)
        if found[block] <= found[first]
    ]
    return pd.DataFrame(rows, columns=["building_block", "needs", "basis", "reason"])


def roadmap(  # noqa: PLR0913 - the plan, then how to read it
    framework: Framework,
    plan: Plan,
    *,
    best_set: BestSet | None = None,
    costs: Mapping[str, float] | None = None,
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
    best_set
        The set of options to build on, each paid whole with the first of its blocks. Without it,
        what the team chose, or else the best set under the rules of the plan.
    costs
        What each building block costs to build, in place of a set.
    after
        Months after the last phase that count as well.
    deadlines
        Use cases that must be live at the end of a phase, by their keys in the plan:
        ``{"school-fees": "pilot"}``.
    seconds
        How long to search at most, in each stage.

    Returns
    -------
    Roadmap
        Its tables, sentences and figure. The plan stays as it is.

    Raises
    ------
    PlanError
        If the plan has no phases or use cases, costs are missing, or deadlines cannot be kept; the
        message says which rule, left out, makes them possible.
    ArgumentError
        If an argument cannot be used, or no roadmap is found in time.

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.demonstration()
    >>> blocks = framework.building_blocks["building_block"]
    >>> found = roadmap(framework, plan, costs=dict.fromkeys(blocks, 80_000))
    >>> found.use_cases[["phase", "month"]].values.tolist()
    [[2, 24.0]]
    """
    check(framework)
    expected(plan, Plan, "Give a plan after the tables; open one with Plan.open(path)")
    if plan.phases.empty:
        raise PlanError("The plan has no phases: add at least one, with its months and budget.")
    if uses(framework, plan).empty:
        raise PlanError("No use case of the plan has building blocks yet: map them first.")
    for what, given in (("after", after), ("seconds", seconds)):
        if not expected(given, (int, float), f"{what} is a number above 0") > 0:
            raise ArgumentError(f"{what} is a number above 0, not {given}.")
    planner = _Planner(framework, plan, after, seconds)
    if costs is None:
        planner.build_on(_set(framework, plan, best_set))
    else:
        planner.take_costs(framework, costs)
    return planner.solve(deadlines or {})


def _set(framework: Framework, plan: Plan, best: BestSet | None) -> BestSet | None:
    """Return the set of options that a roadmap builds on; None where there are no options."""
    if best is None and plan.options.empty and plan.systems.empty:
        return None
    from govstack_kit.selection.choice import cost_of_choice  # noqa: PLC0415 - loads the solver

    found = cost_of_choice(framework, plan) if best is None else best
    if found.tables()["chosen"].empty and (best is not None or found.status == "impossible"):
        raise PlanError(
            f"There is no set of options to build on. {' '.join(found.sentences())} Change the "
            "rules or the options, or give the costs of building blocks."
        )
    return found


class _Planner:
    """What a roadmap is made from, and what is told of the best order."""

    def __init__(self, framework: Framework, plan: Plan, after: float, seconds: float) -> None:
        self.framework, self.plan = framework, plan
        self.after, self.seconds = float(after), seconds
        self.currency = plan.row("business_case")["currency"] or ""
        self.cases = plan.use_cases.set_index("use_case")["name"]
        self.worth, self.notes = values(plan)
        used = uses(framework, plan)
        by_case = used.groupby("use_case")["building_block"].unique()
        self.wanted = {str(case): list(by_case.get(case, [])) for case in self.cases.index}
        self.used = {block for blocks in self.wanted.values() for block in blocks}
        self.steps = {
            str(step): frozenset(found) for step, found in used.groupby("step")["building_block"]
        }
        owner = used.dropna(subset=["step"]).groupby("step")["use_case"].first()
        self.shares: dict[Thing, float] = {}  # the value a month of each step, and of the rest
        for case, needs in self.wanted.items():
            parts: list[Thing] = [("step", str(step)) for step in owner.index[owner == case]]
            if set(needs).difference(*(self.steps[step] for _, step in parts)):
                parts.append(("case", case))
            self.shares |= {part: self.worth[case] / len(parts) for part in parts}
        self.owner = dict(owner) | {case: case for case in self.wanted}
        if len(owner):
            self.notes.append(
                "A step that can start counts as its share of the value of its service, all steps "
                "that need blocks alike: the kit's own convention."
            )
        self.table = plan.framework(framework).building_blocks.set_index("building_block")
        self.names = dict(self.table["name"])
        self.order = dependencies(framework, plan)
        self.pairs = list(zip(self.order["building_block"], self.order["needs"], strict=True))
        well = as_counted(framework, plan.system_building_blocks.query("quality == 'well'"))
        well = well.drop_duplicates("building_block").merge(plan.systems, on="system")
        self.there = dict(zip(well["building_block"], well["name"], strict=True))
        self.options = pd.DataFrame({"name": [], "cost": [], "blocks": []})
        self.bought: dict[str, frozenset[str]] = {}  # options, each bought whole
        self.costs: dict[str, float] = {}
        ends = plan.phases["months"].cumsum()
        self.phases = plan.phases.assign(start=ends - plan.phases["months"], end=ends)
        self.months = [0.0, *ends]
        self.horizon = float(ends.iloc[-1]) + self.after

    def build_on(self, best: BestSet | None) -> None:
        """Take the costs from the options of a set, and what is there from its systems."""
        if best is None:
            return
        chosen, options = best.tables()["chosen"], best.tables()["options"].set_index("option")
        options["cost"] = options["build_cost"] + options["integration_cost"]
        serves = chosen.groupby("option")["building_block"].agg(frozenset)
        options["blocks"] = [serves.get(key, frozenset()) for key in options.index]
        self.options, free = options, options["cost"] == 0
        self.bought = dict(options["blocks"])
        self.costs = dict(options["cost"])
        self.names |= dict(options["name"])
        for key, rows in chosen.groupby("building_block"):
            block = str(key)
            self.there.pop(block, None)
            self.costs[block] = 0.0
            if (rows["kind"] == "system").all() and free[rows["option"]].all():
                self.there[block] = listed(rows["option_name"])
        self.notes = [*self._about_set(best), *self.notes]

    def _about_set(self, best: BestSet) -> list[str]:
        """Return what the costs rest on, and which options of the set no phase pays for."""
        if self.options.empty:
            return best.sentences()
        here = self.used.union(self.to_build(self.used))
        serves = pd.Series([bool(here & of) for of in self.options["blocks"]], self.options.index)
        paid, idle = self.options[serves], self.options[~serves]
        base = "what the team chose" if best.status == "chosen" else "the best set under the rules"
        number = f"{len(paid)} of " * bool(len(idle)) + count(len(self.options), "option")
        said = [
            f"It builds on {base}, {number}.",
            "Phases pay what is paid once, to build and to integrate.",
        ]
        if annual := paid["annual_cost"].sum():
            least = "at least " if paid["annual_cost"].isna().any() else ""
            a_year = f"{least}{money(annual, self.currency)} a year"
            said[1] += f" To run all of it costs {a_year} beside that."
        said += best.assumptions()
        if len(idle):
            costs = zip(idle["name"], map(amount, idle["cost"]), strict=True)
            said.append(
                "In the set too, but without a building block here, so that no phase pays for it: "
                f"{listed(f'{name} ({cost})' for name, cost in costs)}."
            )
        return said

    def take_costs(self, framework: Framework, costs: Mapping[str, float]) -> None:
        """Take what building blocks cost."""
        same = counterparts(framework)
        # Those of 2019 first: the cost of the block that one counts as stands above it.
        for key in sorted(known(costs, self.table.index, "building block", _BLOCKS)):
            cost = expected(costs[key], (int, float), f"The cost of {key} is a number")
            if not cost >= 0:
                raise ArgumentError(f"The cost of {key} is 0 or more, not {cost}.")
            self.costs |= dict.fromkeys(same.get(key, [key]), float(cost))

    def to_build(self, wanted: Iterable[str]) -> list[str]:
        """Return the blocks to build: those wanted and what must be there before, sorted."""
        pairs = [*self.pairs, *((b, key) for key, blocks in self.bought.items() for b in blocks)]
        found = set(wanted) - self.there.keys()
        while more := {f for b, f in pairs if b in found} - found - self.there.keys():
            found |= more
        return sorted(found)

    def solve(self, deadlines: Mapping[str, str]) -> Roadmap:
        """Return the best roadmap."""
        mapped = [case for case, blocks in self.wanted.items() if blocks]
        known(deadlines, mapped, "use case with building blocks", "plan.use_cases")
        phases = self.phases["phase"].tolist()
        known(deadlines.values(), phases, "phase", "plan.phases")
        blocks = self.to_build(self.used)
        missing = [key for key in blocks if math.isnan(self.costs.get(key, math.nan))]
        if missing and self.phases["budget"].notna().any():
            unknown = listed(self.names.get(key, key) for key in missing)
            raise PlanError(
                f"The cost of {unknown} is not known, and phases have budgets: give the costs, or "
                f"take the budgets away. {' '.join(self.notes[:1])}".strip()
            )
        place = frozenset(blocks)
        waiting = {case: place.intersection(self.wanted[case]) for case in sorted(mapped)}
        waiting = {case: found for case, found in waiting.items() if found}
        steps = {step: found & place for step, found in self.steps.items() if found & place}
        late = {("case", case) for case in waiting} | {("step", step) for step in steps}
        budgets = self.phases["budget"].astype(object)
        self.problem = Problem(
            costs={block: 0.0 if block in missing else self.costs[block] for block in blocks},
            needs=waiting,
            worths={part: share for part, share in self.shares.items() if part in late},
            order=frozenset(pair for pair in self.pairs if place.issuperset(pair)),
            budgets=tuple(budgets.where(budgets.notna(), None)),
            gains=(*self.phases["months"][1:].astype("float64"), self.after),
            deadlines={c: phases.index(p) for c, p in deadlines.items() if c in waiting},
            options={key: found & place for key, found in self.bought.items() if key in place},
            steps=steps,
        )
        try:
            solution = best_order(self.problem, self.seconds)
            if solution is None:
                rules = self._freeing(self.problem)
                raise PlanError(f"The deadlines cannot be kept. {_any_of(rules)}".strip(), rules)
            return self._told(solution, missing)
        except OutOfTimeError:
            raise ArgumentError(
                f"No roadmap was found in {self.seconds:g} seconds, and whether there is one is "
                "not known: give it more seconds, or fewer phases or use cases."
            ) from None

    def named(self, keys: Iterable[str]) -> str:
        """Return the names of building blocks as a sentence has them; options are no blocks."""
        return listed(self.names.get(key, key) for key in keys if key not in self.bought)

    def _told(self, solution: Solution, missing: list[str]) -> Roadmap:
        """Return the best order as a roadmap."""
        self.arrival = dict.fromkeys(self.there, 0)
        self.arrival |= {b: at + 1 for b, at in solution.blocks.items() if at is not None}
        if (self.order["basis"] == "kit").any():
            self.notes.append(
                "The team named no dependencies: the kit puts foundational blocks no later than "
                "the blocks that are always used with them."
            )
        if missing:
            unknown = listed(self.names.get(key, key) for key in missing)
            self.notes.append(f"The cost of {unknown} is not known.")
        cases = self._cases(solution)
        open_, steps = risks(self.framework, self.plan), self._steps()
        blocks = self._blocks(open_["building_block"])
        worth = float(cases["worth"].sum())
        return Roadmap(
            blocks=blocks,
            use_cases=cases,
            steps=steps,
            releases=self._releases(steps, blocks, open_),
            phases=self._phases(solution, blocks, cases),
            dependencies=self.order,
            curve=self._curve(cases[cases["status"] != NO_BLOCKS]),
            risks=open_,
            optimal=solution.optimal,
            worth=worth,
            bound=worth + solution.bound - solution.value,
            currency=self.currency,
            notes=tuple(self.notes),
        )

    def _last(self, blocks: Iterable[str]) -> float:
        """Return the phase in which the last of some blocks is there; missing if one never is."""
        return max((self.arrival.get(b, math.inf) for b in blocks), default=math.nan)

    def _when(self, found: pd.DataFrame, phases: Iterable[float]) -> pd.DataFrame:
        """Add the phase, its name and the month in which it ends; infinite stands for never."""
        phase = [None if not math.isfinite(each) else int(each) for each in phases]
        names = [START, *self.phases["name"]]
        return found.assign(
            phase=pd.array(phase, dtype="Int64"),
            phase_name=pd.array(["" if n is None else names[n] for n in phase], dtype="str"),
            month=[math.nan if n is None else self.months[n] for n in phase],
        )

    def _blocks(self, open_: pd.Series[str]) -> pd.DataFrame:
        keys = sorted((self.used | self.problem.costs.keys()) - self.bought.keys())
        found = pd.DataFrame({"building_block": keys})
        found["name"] = [self.names.get(key, key) for key in keys]
        found["foundational"] = [self.table["category"].get(k) == "foundational" for k in keys]
        found["use_cases"] = [sum(k in blocks for blocks in self.wanted.values()) for k in keys]
        found["cost"] = [self._cost(key) for key in keys]
        found = self._when(found, (self.arrival.get(key, math.inf) for key in keys))
        at = found["phase"].fillna(-1)
        found["status"] = at.map(lambda phase: OUT if phase < 0 else BUILT if phase else THERE)
        found["start"] = [math.nan if p < 0 else self.months[max(p - 1, 0)] for p in at]
        serving = list(zip(self.options["name"], self.options["blocks"], strict=True))
        served = [", ".join(name for name, blocks in serving if key in blocks) for key in keys]
        pairs = zip(keys, served, strict=True)
        found["options"] = [self.there.get(key, options) for key, options in pairs]
        columns = ["building_block", "name", "foundational", "use_cases", "cost", "status", "phase"]
        found["open"] = [int((open_ == key).sum()) for key in keys]
        columns += ["phase_name", "start", "end", "options", "open"]
        return _in_order(found.rename(columns={"month": "end"}))[columns]

    def _cost(self, block: str) -> float:
        """Return what a block costs; an option is paid by the blocks that are built with it."""
        when = self.arrival.get(block)
        if when == 0:
            return 0.0
        cost = self.costs.get(block, math.nan)
        for key, blocks in self.bought.items():
            if block in blocks and self.arrival.get(key) == when:
                cost += self.costs[key] / sum(self.arrival.get(b) == when for b in blocks)
        return cost

    def _cases(self, solution: Solution) -> pd.DataFrame:
        found = pd.DataFrame({"name": self.cases, "value": self.worth}).reset_index()
        keys = found["use_case"]
        found["blocks"] = [len(self.wanted[key]) for key in keys]
        lasts = [self._last(self.wanted[key]) for key in keys]
        found = self._when(found, lasts)
        found["status"] = found["phase"].isna().map({True: NOT_LIVE, False: LIVE})
        found.loc[found["blocks"] == 0, "status"] = NO_BLOCKS
        parts = self._parts()
        worths = (self.horizon - parts["month"]) * parts["value"]
        found["worth"] = keys.map(worths.groupby(parts["use_case"]).sum()).fillna(0.0)
        late = [
            [b for b in self.wanted[key] if last and self.arrival.get(b, math.inf) == last]
            for key, last in zip(keys, lasts, strict=True)
        ]
        found["waits_for"] = [", ".join(self.names.get(b, b) for b in sorted(of)) for of in late]
        found["reason"] = [
            self._why_not(solution, key) if status == NOT_LIVE else ""
            for key, status in zip(keys, found["status"], strict=True)
        ]
        columns = ["use_case", "name", "value", "blocks", "status", "phase", "phase_name", "month"]
        return _in_order(found)[[*columns, "worth", "waits_for", "reason"]]

    def _parts(self) -> pd.DataFrame:
        """Return what each part of a use case is worth a month, and from which month on."""
        blocks = [
            self.steps[key] if kind == "step" else self.wanted[key] for kind, key in self.shares
        ]
        rows = [(self.owner[key], share) for (_, key), share in self.shares.items()]
        found = pd.DataFrame(rows, columns=["use_case", "value"])
        return self._when(found, map(self._last, blocks))

    def _releases(
        self, steps: pd.DataFrame, blocks: pd.DataFrame, open_: pd.DataFrame
    ) -> pd.DataFrame:
        """Return with which phase which steps can start, with what, and what is open of that."""
        served = dict(zip(blocks["building_block"], blocks["options"], strict=True))
        rows = []
        for case in self.cases.index:
            mine = steps[steps["use_case"] == case]
            went: set[str] = set()
            for month, new in mine.groupby("month", dropna=False):
                needs = set().union(*(self.steps[step] for step in new["step"])) - went
                by = math.inf if math.isnan(month) else month
                needs -= self.arrival.keys() if math.isinf(by) else set()
                went |= needs
                order = [block for block in served if block in needs]
                products = dict.fromkeys(p for b in order for p in served[b].split(", ") if p)
                names = (
                    *(new["name"], [self.names.get(block, block) for block in order], products),
                    open_.loc[open_["building_block"].isin(needs), "name"],
                )
                rows.append(
                    new.iloc[0].to_dict()
                    | {"name": self.cases[case], "number": len(new), "of_steps": len(mine)}
                    | {"started": int((mine["month"] <= by).sum())}
                    | {column: "; ".join(of) for column, of in zip(_LISTED, names, strict=True)}
                )
        columns = ["use_case", "name", "phase", "phase_name", "month", "steps", "number"]
        columns += ["started", "of_steps", *_LISTED[1:]]
        return pd.DataFrame(rows, columns=columns).astype({"phase": "Int64"})

    def _steps(self) -> pd.DataFrame:
        steps = self.plan.steps[["use_case", "step", "name"]]
        steps = steps[steps["step"].isin(list(self.steps))].reset_index(drop=True)
        return self._when(steps, [self._last(self.steps[step]) for step in steps["step"]])

    def _phases(
        self, solution: Solution, blocks: pd.DataFrame, cases: pd.DataFrame
    ) -> pd.DataFrame:
        found = self.phases.rename(columns={"phase": "id"})
        found["phase"] = range(1, len(found) + 1)
        # An unknown cost makes the sum unknown.
        found["spent"] = [
            math.fsum(self.costs.get(b, math.nan) for b, p in solution.blocks.items() if p == at)
            for at in range(len(found))
        ]
        found["left"] = (found["budget"] - found["spent"]).clip(lower=0.0)
        for name, frame in (("blocks", blocks), ("use_cases", cases)):
            found[name] = [int((frame["phase"] == phase).sum()) for phase in found["phase"]]
        columns = ["phase", "id", "name", "start", "end", "budget", "spent", "left", "blocks"]
        return found[[*columns, "use_cases"]]

    def _curve(self, went: pd.DataFrame) -> pd.DataFrame:
        found = pd.DataFrame({"month": [*self.months, self.horizon]})
        found["live"] = [int((went["month"] <= month).sum()) for month in found["month"]]
        parts = self._parts()
        found["rate"] = [parts.loc[parts["month"] <= m, "value"].sum() for m in found["month"]]
        gone = found["month"].diff().fillna(0.0)
        found["value"] = (found["rate"].shift(fill_value=0.0) * gone).cumsum()
        found["most"] = went["value"].sum() * found["month"]
        return found

    def _freeing(self, problem: Problem, apart_from: str = "") -> list[str]:
        """Return the rules of which each, left out alone, makes possible what is not, in words."""
        said = []
        for kind, *keys in freeing(problem, self.seconds):
            if kind == "budgets":
                said.append("the budgets of the phases")
            elif kind == "order":
                said.append(" comes no earlier than ".join(self.names.get(k, k) for k in keys))
            elif keys != [apart_from]:
                phase = self.phases["name"][problem.deadlines[keys[0]]]
                said.append(f"{self.cases[keys[0]]} must be live by {phase}")
        return said

    def _why_not(self, solution: Solution, case: str) -> str:
        """Return why a use case with building blocks does not go live.

        The solver is asked again, with this use case as one that has to be live: where that is
        possible, no order with it is worth more; where it is not, the rules are named of which
        each, left out alone, makes it possible.
        """
        needed = self.to_build(self.wanted[case])
        last = len(self.problem.budgets) - 1
        live = self.problem._replace(deadlines={**self.problem.deadlines, case: last})
        if possible(live, self.seconds):
            absent = self.named(block for block in needed if block not in self.arrival)
            found = "is" if solution.optimal else "was found that is"
            keeps = " that keeps the deadlines" if self.problem.deadlines else ""
            return f"It waits for {absent}, but no order with it{keeps} {found} worth more."
        cost = amount(math.fsum(self.problem.costs[block] for block in needed))
        most = amount(self.phases["budget"].sum(skipna=False))
        said = f"It needs {self.named(needed)}: {cost}; all phases together have {most}."
        return f"{said} {_any_of(self._freeing(live, case))}".strip()


def _any_of(rules: list[str]) -> str:
    return f"Any one of these, left out, makes it possible: {'; '.join(rules)}." if rules else ""


def _in_order(found: pd.DataFrame) -> pd.DataFrame:
    """Return rows by phase, those without one last."""
    found = found.assign(folded=found["name"].str.casefold())
    order = ["phase", "status", "folded", found.columns[0]]
    return found.sort_values(order, ignore_index=True).drop(columns="folded")


# --- the best order -------------------------------------------------------------------------------


class Problem(NamedTuple):
    """What is to be built, for whom, in what order and with what money.

    Attributes
    ----------
    costs
        Of each block to build, and of each option that is bought whole.
    needs
        The blocks that each use case waits for.
    worths
        Of each step, and of use cases as a whole, a month.
    order
        Pairs of a block and one that must be there no later.
    budgets
        Of each phase; None: no limit.
    gains
        The months that follow the end of each phase, up to the end of the next.
    deadlines
        Use cases, and the phase in which they must be live.
    options
        What is bought with the first of its blocks.
    steps
        The blocks that each step waits for.
    """

    costs: Mapping[str, float]
    needs: Mapping[str, frozenset[str]]
    worths: Mapping[Thing, float]
    order: frozenset[tuple[str, str]]
    budgets: tuple[float | None, ...]
    gains: tuple[float, ...]
    deadlines: Mapping[str, int]
    options: Mapping[str, frozenset[str]]
    steps: Mapping[str, frozenset[str]]

    def before(self) -> Iterator[tuple[str, str]]:
        """Yield all pairs of a block and what must be there no later."""
        yield from sorted(self.order)
        yield from ((b, option) for option, blocks in self.options.items() for b in sorted(blocks))

    def waiting(self) -> dict[Thing, frozenset[str]]:
        """Return the blocks that use cases and steps wait for."""
        found: dict[Thing, frozenset[str]] = {("case", name): of for name, of in self.needs.items()}
        return found | {("step", name): blocks for name, blocks in self.steps.items()}

    def worth(self, blocks: Phases) -> float:
        """Return the value times the months that it comes in, added up over its parts."""
        waiting = self.waiting()
        phases = ((part, _last(blocks, waiting[part])) for part in self.worths)
        come = ((part, phase) for part, phase in phases if phase is not None)
        return math.fsum(self.worths[part] * math.fsum(self.gains[at:]) for part, at in come)

    def overspent(self, blocks: Phases) -> Iterator[tuple[int, list[str]]]:
        """Yield each phase whose blocks cost more than its budget, with these blocks."""
        for phase, budget in enumerate(self.budgets):
            built = [block for block, at in blocks.items() if at == phase]
            spent = math.fsum(self.costs[block] for block in built)
            if budget is not None and spent > budget * (1 + _ROUNDING):
                yield phase, built


class OutOfTimeError(Exception):
    """The time was over before the solver knew whether there is any order at all."""


class Solution(NamedTuple):
    """The phase in which each block is built and each use case goes live, and how good that is."""

    blocks: Phases
    use_cases: Phases
    value: float
    bound: float  # no order is worth more
    optimal: bool


class _Programme:
    """The linear program of a problem, to which stages add what they have reached."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.phases = problem, len(problem.budgets)
        self.waiting = problem.waiting()
        # What waits for the same blocks comes at the same time, and has one variable.
        blocks = [frozenset([name]) for name in problem.costs]
        things = dict.fromkeys([*blocks, *self.waiting.values()])
        self.place = {needs: number * self.phases for number, needs in enumerate(things)}
        self.size = len(things) * self.phases
        self.rows = list(self._rules())
        self.lower = np.zeros(self.size)
        for case, phase in problem.deadlines.items():
            self.lower[self.place[problem.needs[case]] + phase] = 1

    def _built(self, block: str, phase: int, factor: float = 1.0) -> dict[int, float]:
        """Return the coefficients of a block being built in a phase: there now, not before."""
        at = self.place[frozenset([block])] + phase
        return {at: factor} | ({at - 1: -factor} if phase else {})

    def _rules(self) -> Iterator[Row]:
        problem, place = self.problem, self.place
        pairs = [(frozenset([block]), frozenset([first])) for block, first in problem.before()]
        pairs += [(of, frozenset([block])) for of in place if len(of) > 1 for block in of]
        for phase, budget in enumerate(problem.budgets):
            spent: dict[int, float] = {}
            for block, cost in problem.costs.items():
                too_dear = budget is not None and cost > budget * (1 + _ROUNDING)
                yield self._built(block, phase), 0.0, 0.0 if too_dear else math.inf
                if budget and cost and not too_dear:
                    spent |= self._built(block, phase, cost / budget)
            if spent:
                yield spent, -math.inf, 1.0
            for option, blocks in problem.options.items():
                first = {place[frozenset([block])] + phase: 1.0 for block in blocks}
                yield first | {place[frozenset([option])] + phase: -1.0}, 0.0, math.inf
            for later, first_of in pairs:
                row = {place[first_of] + phase: 1.0, place[later] + phase: -1.0}
                yield row, 0.0, math.inf

    def solve(self, goal: NDArray[np.float64], seconds: float) -> tuple[Phases | None, float]:
        """Return the phases of the blocks that make `goal` least, and how low it can be at best."""
        optimize, sparse = needed("scipy.optimize"), needed("scipy.sparse")
        factor, until = _factor(goal), time.monotonic() + seconds
        while True:
            at = [number for number, (row, _, _) in enumerate(self.rows) for _ in row]
            of = [variable for row, _, _ in self.rows for variable in row]
            by = [number for row, _, _ in self.rows for number in row.values()]
            matrix = sparse.csr_array((by, (at, of)), shape=(len(self.rows), self.size))
            lower, upper = zip(*((low, high) for _, low, high in self.rows), strict=True)
            found = optimize.milp(
                goal * factor,
                integrality=np.ones(self.size),
                bounds=optimize.Bounds(self.lower, np.ones(self.size)),
                constraints=optimize.LinearConstraint(matrix, lower, upper),
                options={"mip_rel_gap": 0, "time_limit": max(until - time.monotonic(), 0.1)},
            )
            bound = found.fun if found.status == 0 else found.mip_dual_bound
            bound = -math.inf if bound is None else float(bound) / factor
            if found.x is None and found.status == _STOPPED:
                raise OutOfTimeError
            if found.x is None:
                return None, bound
            phases: Phases = {}
            for block in self.problem.costs:
                start = self.place[frozenset([block])]
                there = found.x[start : start + self.phases] > HALF
                phases[block] = int(there.argmax()) if there.any() else None
            # The solver is content with a millionth too much; a treasury is not.
            over = list(self.problem.overspent(phases))
            if not over:
                return phases, bound
            for phase, built in over:
                row: dict[int, float] = {}
                for block in built:
                    row |= self._built(block, phase)
                self.rows.append((row, -math.inf, len(built) - 1.0))

    def served(self, values: Mapping[Thing, float]) -> NDArray[np.float64]:
        """Return the goal that adds up values times months of use cases or steps, made less."""
        goal = np.zeros(self.size)
        for thing, value in values.items():
            start = self.place[self.waiting[thing]]
            goal[start : start + self.phases] -= value * np.array(self.problem.gains)
        return goal

    def spent(self, costs: Mapping[str, float]) -> NDArray[np.float64]:
        """Return the goal that adds up the costs of all blocks built."""
        goal = np.zeros(self.size)
        for block, cost in costs.items():
            goal[self.place[frozenset([block])] + self.phases - 1] = cost
        return goal

    def keep(self, goal: NDArray[np.float64], blocks: Phases) -> None:
        """Let no later stage be worse than these phases are for a goal."""
        there = np.zeros(self.size)
        for needs, start in self.place.items():
            if (phase := _last(blocks, needs)) is not None:
                there[start + phase : start + self.phases] = 1
        goal = goal * _factor(goal)
        reached = float(goal @ there)
        row = {int(variable): float(goal[variable]) for variable in np.flatnonzero(goal)}
        if row:
            self.rows.append((row, -math.inf, reached + _KEPT * max(abs(reached), 1.0)))


def _factor(goal: NDArray[np.float64]) -> float:
    total = float(np.abs(goal).sum())
    return _SCALE / total if total else 1.0


def _last(blocks: Phases, needs: frozenset[str]) -> int | None:
    """Return the phase in which the last of some blocks is there."""
    phases = [blocks[block] for block in needs]
    known = [phase for phase in phases if phase is not None]
    return max(known, default=0) if len(known) == len(phases) else None


def best_order(problem: Problem, seconds: float) -> Solution | None:
    """Return the best order of building; None when none is possible.

    Parameters
    ----------
    problem
        What is to be built, in at least one phase.
    seconds
        How long each stage may take. When the first does not finish, its best order so far comes
        back, with what the best one can be worth at most.

    Raises
    ------
    OutOfTimeError
        If no order was found in time, and none was proven to be impossible.
    """
    if not problem.costs:
        return Solution({}, dict.fromkeys(problem.needs, 0), 0.0, 0.0, optimal=True)
    programme = _Programme(problem)
    goal = programme.served(problem.worths)
    phases, lowest = programme.solve(goal, seconds)
    if phases is None:
        return None

    def live(blocks: Phases) -> Phases:
        return {case: _last(blocks, needs) for case, needs in problem.needs.items()}

    reached = problem.worth(phases)
    most = math.fsum(value * math.fsum(problem.gains) for value in problem.worths.values())
    bound = min(-lowest, most)
    optimal = bound <= reached + _PROVEN * max(reached, most)
    earliest = np.zeros(programme.size)
    earliest[: len(problem.costs) * programme.phases] = -1
    for stage in (
        programme.served({("case", case): 1.0 for case in problem.needs}),
        programme.spent(problem.costs),
        programme.served({("step", step): 1.0 for step in problem.steps}),
        programme.spent(dict.fromkeys(problem.costs, 1.0)),
        earliest,
    ):
        programme.keep(goal, phases)
        try:
            goal, phases = stage, programme.solve(stage, seconds)[0] or phases
        except OutOfTimeError:  # an order is known
            break
    value = problem.worth(phases)
    bound = value if optimal else max(bound, value)
    return Solution(phases, live(phases), value, bound, optimal=optimal)


def possible(problem: Problem, seconds: float) -> bool:
    """Return whether there is any order that keeps all rules.

    Raises
    ------
    OutOfTimeError
        If that was not known in time.
    """
    programme = _Programme(problem)
    return programme.solve(np.zeros(programme.size), seconds)[0] is not None


def freeing(problem: Problem, seconds: float) -> list[tuple[str, ...]]:
    """Return the rules of which each, left out alone, makes possible what is not.

    Parameters
    ----------
    problem
        A problem that has no solution.
    seconds
        How long each trial may take.

    Returns
    -------
    list of tuple
        ``("budgets",)``, ``("order", block, first)`` and ``("deadline", use case)``.
    """
    free = problem._replace(budgets=(None,) * len(problem.budgets))
    found: list[tuple[str, ...]] = [("budgets",)] if possible(free, seconds) else []
    if problem.order and possible(problem._replace(order=frozenset()), seconds):
        found += [
            ("order", *pair)
            for pair in sorted(problem.order)
            if possible(problem._replace(order=problem.order - {pair}), seconds)
        ]
    for case in problem.deadlines:
        others = {name: phase for name, phase in problem.deadlines.items() if name != case}
        if possible(problem._replace(deadlines=others), seconds):
            found.append(("deadline", case))
    return found
