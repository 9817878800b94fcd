"""The set that a team builds on: its own choice, or the best one under its rules.

The roadmap rests on this set, so that what is planned is what was chosen. A choice is kept in the
plan with its reason. While there is none, or where it covers no building block that is needed any
more, the best set stands in, as :mod:`govstack_kit.selection.best_set` defines it.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from govstack_kit.errors import PlanError, expected, known
from govstack_kit.selection.best_set import (
    CHOSEN,
    BestSet,
    best_set,
    described,
    given_of_plan,
    nothing_needed,
    points,
    seconds_of,
    setting,
)
from govstack_kit.selection.options import options as options_of
from govstack_kit.selection.problem import Problem, Rules, read
from govstack_kit.selection.solver import EDGE, IMPOSSIBLE, SAME, breaches, eligible, evaluated
from govstack_kit.words import listed, money, percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan
    from govstack_kit.selection.sensitivity import Stability


def decide_set(
    framework: Framework,
    plan: Plan,
    options: BestSet | Iterable[str] | str,
    reason: str = "",
) -> list[str]:
    """Keep in a plan which options the team builds on, in place of what it held before.

    Parameters
    ----------
    framework, plan
        The tables, and the plan.
    options
        A best set; or the keys of options, as a list or as one text with commas between them, as
        the column ``options`` of ``alternatives`` has it. Without any, the best set counts again.
    reason
        Why, in the team's own words.

    Returns
    -------
    list of str
        The keys that the plan now holds.

    Raises
    ------
    UnknownKeyError
        If the plan has no such option; the nearest ones are named.
    PlanError
        If a best set is given in which no set is possible. The plan is as before.

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.demonstration()
    >>> decide_set(framework, plan, "openhim, rapidpro", "The ministry of health runs both.")
    ['openhim', 'rapidpro']
    """
    if isinstance(options, BestSet):
        if options.chosen.empty:
            raise PlanError(f"There is no set to choose. {' '.join(options.sentences())}")
        options = options.options["option"].tolist()
    keys = options.split(",") if isinstance(options, str) else options
    keys = [key.strip() for key in keys if not isinstance(key, str) or key.strip()]
    there = options_of(framework, plan)["option"].unique().tolist()
    keys = known(keys, there, "option in the plan", "selection.options(framework, plan)")
    expected(reason, str, "reason is a text")
    decisions = plan.option_decisions
    new = pd.DataFrame({"option": keys, "decision": CHOSEN}, dtype="str")
    kept = decisions[decisions["decision"] != CHOSEN]
    with plan.change("Choose what to build on"):
        plan.replace("option_decisions", pd.concat([kept, new], ignore_index=True))
        plan.set("rules", chosen_reason=reason.strip() or None)
    return keys


def _chosen(plan: Plan) -> list[str]:
    """Return the keys of the options that a team chose."""
    return [row["option"] for row in plan.rows("option_decisions", decision=CHOSEN)]


def cost_of_choice(framework: Framework, plan: Plan, *, seconds: float = 60.0) -> BestSet:
    """Return the set that a plan builds on, with its costs.

    Parameters
    ----------
    framework, plan
        The tables, and the plan: its choice, or its options and rules.
    seconds
        At most so long for each step of the search, where nothing is chosen.

    Returns
    -------
    BestSet
        Without alternatives and reasons. Its ``status`` is ``chosen`` for the team's own choice.
        Building blocks that no option covers under the rules are not in it. ``remarks`` say which
        rules of the plan the choice does not keep to.

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.demonstration()
    >>> cost_of_choice(framework, plan).status
    'proved'
    >>> _ = decide_set(framework, plan, ["rapidpro"])
    >>> cost_of_choice(framework, plan).chosen["building_block_name"].tolist()
    ['Workflow', 'Messaging']
    """
    seconds = seconds_of(seconds)
    given = given_of_plan(framework, plan)
    if given["needs"].empty:
        return nothing_needed(framework, plan)
    currency, wanted = plan.row("business_case")["currency"], _chosen(plan)
    offered = given["options"]
    kept = sorted({*wanted} & {*offered.loc[offered["fit"] > 0, "option"]})
    lost = _uncounted(offered, wanted, kept)
    # Unknown costs do not matter here, so they leave nothing out.
    free = given | {"rules": {"aim": "fit", "years": given["rules"].get("years")}}
    mine = offered[offered["option"].isin(kept)]
    covered = _covered(free | {"options": mine}) if kept else given["needs"].iloc[:0]
    if len(covered):
        problem = read(**free | {"needs": covered})
        found = _own_set(problem, kept)
        remarks = (*_broken(problem, kept, given["rules"]), *lost)
        aim = given["rules"].get("aim", "cost")
        return replace(found, aim=aim, currency=currency, remarks=remarks)
    covered = _covered(given)
    # Where no option covers anything, all blocks are asked for, and the answer says why not.
    asked = covered if len(covered) else given["needs"]
    found = best_set(**given | {"needs": asked}, alternatives=0, explain=False, seconds=seconds)
    said = [*lost, "The best set stands in for what the team chose."] if lost else []
    return replace(found, currency=currency, remarks=(*found.remarks, *said))


def _covered(given: dict[str, Any]) -> pd.DataFrame:
    """Return the needed blocks that some option covers under the rules for single options."""
    problem = read(**given)
    able = eligible(problem, problem.rules).any(axis=1)
    needs: pd.DataFrame = given["needs"]
    return needs[needs["building_block"].isin(problem.blocks.loc[able, "building_block"])]


def _own_set(problem: Problem, chosen: Sequence[str]) -> BestSet:
    """Return a set that the team chose, as if it had been found."""
    places = problem.options.index[problem.options["option"].isin(chosen)].tolist()
    own = evaluated(problem, eligible(problem, problem.rules), places, CHOSEN)
    found = described(problem, own, [""] * len(own.main))
    mine = problem.unknowns["option"].isin(chosen)
    return replace(found, unknowns=problem.unknowns[mine].reset_index(drop=True))


def _uncounted(
    offered: pd.DataFrame, wanted: Sequence[str], kept: Sequence[str]
) -> tuple[str, ...]:
    """Say which chosen options are not counted, because it is not known that they cover a block."""
    names = dict(zip(offered["option"], offered["option_name"], strict=True))
    lost = [names.get(key, key) for key in wanted if key not in kept]
    are = "is" if len(lost) == 1 else "are"
    said = f"{listed(lost)} {are} chosen, but not known to cover any building block that is needed."
    return (said,) if lost else ()


# --- rules that a choice breaks -------------------------------------------------------------------


def _broken(problem: Problem, chosen: Sequence[str], given: dict[str, Any]) -> Iterator[str]:
    """Say which rules of a plan a set does not keep to; nothing where it keeps to all."""
    place = {key: number for number, key in enumerate(problem.options["option"])}
    places = [place[key] for key in chosen]
    options = {
        name: frozenset(place[key] for key in given.get(name, ()) if key in place)
        for name in ("keep", "leave_out")
    }
    rules = Rules(**given | options | {"aim": "fit"})
    broke, unsure = [], ""
    for rule, option in rules.active():
        value = getattr(rules, rule) if option is None else frozenset([option])
        one = replace(rules.free(), **{rule: value})
        closed = one.open_source_only and not problem.open_source[places].all()
        if not closed and not breaches(problem, one, eligible(problem, one), places):
            continue
        name = setting(problem, rules, rule, option)
        if rule == "budget" and np.isnan(problem.cost[places]).any():
            unsure = f"Its cost is not known, nor whether it keeps to {name}."
        else:
            broke.append(name + _details(problem, rules, rule, places))
    if broke:
        yield f"It breaks {listed(broke)}."
    if unsure:
        yield unsure


def _details(problem: Problem, rules: Rules, rule: str, places: Sequence[int]) -> str:
    """Return which options or blocks break a rule, where that is not said yet."""
    if rule == "open_source_only":
        closed = problem.names(k for k in places if not problem.open_source[k])
        return f" ({listed(closed)})"
    if rule != "least_fit":
        return ""
    own = evaluated(problem, eligible(problem, rules.free()), places, CHOSEN)
    fits = problem.fit[np.arange(len(own.main)), list(own.main)]
    pairs = zip(problem.blocks["name"], fits, strict=True)
    poor = [f"{name} has {percent(fit)}" for name, fit in pairs if fit < rules.least_fit - EDGE]
    return f" ({listed(poor)})"


# --- for those who decide -------------------------------------------------------------------------


def recommendation(
    framework: Framework, plan: Plan, best: BestSet, stability: Stability | None = None
) -> list[str]:
    """Return what a plan builds on as a note for those who decide, in plain sentences.

    Parameters
    ----------
    framework, plan
        The tables, and the plan.
    best
        Its best set, as :func:`govstack_kit.best_set_of_plan` returns it.
    stability
        What :func:`govstack_kit.selection.best_set_stability_of_plan` says of the same plan; with
        it, the note tells which choices are safe.

    Returns
    -------
    list of str
        Of the team's choice, beside the best set, or of the best set while nothing is chosen: what
        is proposed for which blocks, what it costs, why and against what it was chosen, what the
        next best set would change, what is safe and what is close, and what nobody knows.

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.demonstration()
    >>> best = govstack_kit.best_set_of_plan(framework, plan)
    >>> recommendation(framework, plan, best)[1]
    'OpenG2P would do Digital Registries, Payments and Workflow.'
    >>> _ = decide_set(framework, plan, "beckn-onix", "The market comes first.")
    >>> recommendation(framework, plan, best)[2:4]
    ['It is what the team chose.', 'The reason: The market comes first.']
    """
    mine = cost_of_choice(framework, plan) if _chosen(plan) else best
    own = mine.status == CHOSEN and _differ(mine, best)
    shown = mine if own else replace(best, remarks=(*best.remarks, *_stands_in(mine, best)))
    first, *rest = shown.sentences()
    if shown.chosen.empty:
        return [first, *rest]
    main = shown.chosen[shown.chosen["part"] == "main"]
    blocks = main.groupby("option_name")["building_block_name"].agg(sorted)
    order = sorted(blocks.items(), key=lambda item: (-len(item[1]), str(item[0]).casefold()))
    said = [first, *(f"{option} would do {listed(of)}." for option, of in order)]
    said += [sentence for sentence in rest if "the table unknowns" not in sentence]
    if reason := plan.row("rules")["chosen_reason"]:
        said.append(f"The reason: {reason}")
    if own:
        said += _compared(mine, best)
    if len(shown.alternatives):
        said.append(_next_best(shown))
    if stability is not None:
        chosen = stability.shares["option"].isin(shown.options["option"])
        said += replace(stability, shares=stability.shares.assign(chosen=chosen)).sentences()
    unknown = shown.unknowns.drop_duplicates(["option", "what"])
    if len(unknown):
        pairs = zip(unknown["what"], unknown["option_name"], strict=True)
        facts = listed(f"the {what} of {name}" for what, name in pairs)
        said.append(f"Nobody has said yet: {facts}. That may change the choice.")
    return said


def _differ(one: BestSet, other: BestSet) -> bool:
    return set(one.options["option"]) != set(other.options["option"])


def _stands_in(mine: BestSet, best: BestSet) -> tuple[str, ...]:
    """Return what is said of a choice that the best set stands in for, or is equal to."""
    return tuple(said for said in mine.remarks if said not in best.remarks)


def _compared(mine: BestSet, best: BestSet) -> list[str]:
    """Say how a choice differs from the best set."""
    if best.chosen.empty:
        return ["No set is possible under all rules."] if best.status == IMPOSSIBLE else []
    served = set(mine.chosen["building_block"])
    lacking = best.chosen[~best.chosen["building_block"].isin(served)]
    if len(lacking):
        blocks = listed(dict.fromkeys(lacking["building_block_name"]))
        how = "so its cost and fit do not compare with those of the best set"
        return [f"Nothing is chosen for {blocks}, {how}."]
    more = mine.cost - best.cost
    if math.isnan(more):
        how = "cannot be compared by cost, which is not known of both. It comes"
    elif abs(more) <= SAME * max(best.cost, 1.0):
        how = "costs as much"
    else:
        how = f"costs {money(abs(more), best.currency)} {'less' if more > 0 else 'more'}"
    fit, own = (percent(round(one.fit, 2)) for one in (best, mine))
    fits = f"the same fit of {fit}" if fit == own else f"a fit of {fit} against {own}"
    return [f"The best set under the rules {how}, with {fits}."]


def _next_best(best: BestSet) -> str:
    """Say what the next best set changes, and what for."""
    other = best.alternatives.iloc[0]
    worse, by_cost = float(other["difference"]), best.aim == "cost"
    how = "costs as much" if by_cost else "fits as well"
    if worse > 0:
        dearer = f"costs {money(worse, best.currency)} more"
        how = dearer if by_cost else f"fits by {points(worse)} less"
    return f"The next best set {how}: {other['instead']}."
