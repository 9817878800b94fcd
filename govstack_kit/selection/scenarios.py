"""Two plans beside one another: what comes out of each, and how much that differs.

Definitions
-----------
A *scenario* is a copy of a plan with something changed (:meth:`govstack_kit.Plan.scenario`). What
was put in is compared by :meth:`govstack_kit.Plan.diff`; here it is what comes out: the building
blocks that are needed, the set of options that is built on, what it costs and how well it fits, and
when each use case goes live.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.errors import PlanError, expected
from govstack_kit.planning.plan import Plan
from govstack_kit.selection.best_set import NOTHING_NEEDED
from govstack_kit.selection.choice import cost_of_choice
from govstack_kit.selection.needs import needs
from govstack_kit.selection.roadmap import roadmap
from govstack_kit.selection.solver import IMPOSSIBLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govstack_kit.framework.framework import Framework

    Fact = tuple[str, str, str]  # the result, what of it, and in which unit

RESULTS = ("needs", "best set", "roadmap")


def compare_plans(framework: Framework, a: Plan, b: Plan, *, seconds: float = 30) -> pd.DataFrame:
    """Return what comes out of two plans, side by side.

    Parameters
    ----------
    framework
        The tables.
    a, b
        The plans, such as a plan and a scenario of it.
    seconds
        How long to look for each best set and roadmap at most.

    Returns
    -------
    pandas.DataFrame
        One row a fact: ``result`` (needs, best set, roadmap); ``name``, what it is about; ``unit``;
        ``a`` and ``b``, missing where a plan says nothing on it; ``difference``, b less a. Of
        needs, the steps that use each building block (0 where it is not needed). Of the best set,
        or what the team chose instead: the cost of each option, its cost and fit as a whole. Of the
        roadmap: the month in which each use case goes live, and what it is worth; without phases
        there is none.

    Raises
    ------
    ArgumentError
        If something given is no plan.

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.demonstration()
    >>> fitting = plan.scenario("Best fit, whatever it costs")
    >>> fitting.set("rules", aim="fit")
    >>> found = compare_plans(framework, plan, fitting).set_index("name")
    >>> bool(found.loc["Fit", "difference"] > 0)
    True
    """
    wanted = "Give two plans, each from govstack_kit.Plan.open(path)"
    both = [dict(_facts(framework, expected(plan, Plan, wanted), seconds)) for plan in (a, b)]
    facts = sorted(dict.fromkeys([*both[0], *both[1]]), key=lambda fact: RESULTS.index(fact[0]))
    found = pd.DataFrame(facts, columns=["result", "name", "unit"], dtype="str")
    for column, said in zip("ab", both, strict=True):
        absent = [0.0 if fact[0] == "needs" else math.nan for fact in facts]
        values = [said.get(fact, other) for fact, other in zip(facts, absent, strict=True)]
        found[column] = pd.Series(values, dtype="float64")
    return found.assign(difference=found["b"] - found["a"])


def _facts(framework: Framework, plan: Plan, seconds: float) -> Iterator[tuple[Fact, float]]:
    """Yield what comes out of a plan."""
    needed = needs(framework, plan)
    for name, steps in zip(needed["name"], needed["steps"], strict=True):
        yield ("needs", name, "steps"), steps
    best = cost_of_choice(framework, plan, seconds=seconds)
    if best.status not in (IMPOSSIBLE, NOTHING_NEEDED):
        unit = f"{best.currency}, {best.years} years"
        for name, cost in zip(best.options["name"], best.options["cost"], strict=True):
            yield ("best set", name, unit), cost
        yield ("best set", "Cost", unit), best.cost
        yield ("best set", "Fit", "share"), best.fit
    try:
        way = roadmap(framework, plan, best_set=best, seconds=seconds)
    except PlanError:  # without phases or costs there is none
        return
    for name, month in zip(way.use_cases["name"], way.use_cases["month"], strict=True):
        yield ("roadmap", f"{name} goes live", "month"), month
    yield ("roadmap", "Worth", "value"), way.worth
