"""The set that a team builds on: its own choice, or the best one under its rules.

The roadmap rests on this set, so that what is planned is what was chosen. A choice is kept in the
plan with its reason. While there is none, or where it covers no building block that is needed any
more, the best set stands in, as :mod:`govstack_kit.selection.best_set` defines it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from govstack_kit.errors import PlanError, expected, known
from govstack_kit.selection import best_set as search
from govstack_kit.selection import options as offered
from govstack_kit.selection import solver
from govstack_kit.selection.best_set import CHOSEN, BestSet
from govstack_kit.selection.problem import OF_OPTIONS, Problem, Rules, read
from govstack_kit.words import listed, percent

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
    there = offered.options(framework, plan)["option"].unique().tolist()
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
    search.within(seconds, "seconds", 0.01, search.MOST_SECONDS, whole=False)
    given = search.given_of_plan(framework, plan)
    options, needs, rules = given["options"], given["needs"], given["rules"]
    if needs.empty:
        return search.nothing_needed(framework, plan)
    currency, wanted = plan.row("business_case")["currency"], _chosen(plan)
    assumed = given["assume"].get("fit") or 0.0
    serves = options.loc[options["fit"].fillna(assumed) > 0, "option"]
    kept = [key for key in wanted if key in set(serves)]
    lost = [key for key in wanted if key not in kept]
    names = listed(
        dict(zip(options["option"], options["option_name"], strict=True)).get(k, k) for k in lost
    )
    are = "is" if len(lost) == 1 else "are"
    said = [f"{names} {are} chosen, but not known to cover any building block that is needed."]
    said = said if lost else []
    # Unknown costs do not matter for what was chosen, so they leave nothing out.
    free = {"aim": "fit", "years": rules["years"]}
    own = given | {"options": options[options["option"].isin(kept)], "rules": free}
    covered = _covered(own) if kept else needs.iloc[:0]
    if len(covered):
        problem = read(**given | {"needs": covered, "rules": free})
        places = np.flatnonzero(problem.options["option"].isin(kept)).tolist()
        may = solver.eligible(problem, problem.rules)
        mine = solver.evaluated(problem, may, places, CHOSEN)
        found = search.described(problem, mine, [""] * len(mine.main))
        unknown = found.unknowns[found.unknowns["option"].isin(kept)].reset_index(drop=True)
        remarks = (*_broken(problem, places, rules), *said)
        aim = rules["aim"] or Rules.aim
        return replace(found, aim=aim, currency=currency, unknowns=unknown, remarks=remarks)
    covered = _covered(given)
    # Where no option covers anything, all blocks are asked for, and the answer says why not.
    asked = given | {"needs": covered if len(covered) else needs}
    found = search.best_set(**asked, alternatives=0, explain=False, seconds=seconds)
    said += ["The best set stands in for what the team chose."] if lost else []
    return replace(found, currency=currency, remarks=(*found.remarks, *said))


def _covered(given: dict[str, Any]) -> pd.DataFrame:
    """Return the needed blocks that some option covers under the rules for single options."""
    problem, needs = read(**given), given["needs"]
    able = np.flatnonzero(solver.eligible(problem, problem.rules).any(axis=1))
    blocks = problem.blocks["building_block"].iloc[able]
    found: pd.DataFrame = needs[needs["building_block"].isin(blocks)]
    return found


def _broken(problem: Problem, places: Sequence[int], given: dict[str, Any]) -> Iterator[str]:
    """Say which rules of a plan a set does not keep to; nothing where it keeps to all."""
    place = {key: number for number, key in enumerate(problem.options["option"])}
    options = {n: frozenset(place[k] for k in given[n] if k in place) for n in OF_OPTIONS}
    values = {name: value for name, value in given.items() if value is not None}
    rules = Rules(**values | options)
    broke = []
    for rule, option in rules.active():
        value: Any = getattr(rules, rule) if option is None else frozenset([option])
        one = Rules("fit", **{rule: value})
        closed = one.open_source_only and not problem.open_source[places].all()
        name = search.setting(problem, rules, rule, option)
        if rule == "budget" and np.isnan(problem.cost[places]).any():
            yield f"Its cost is not known, nor whether it keeps to {name}."
        elif closed or solver.breaches(problem, one, solver.eligible(problem, one), places):
            broke.append(name)
    if broke:
        yield f"It breaks {listed(broke)}."


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
    same = set(mine.options["option"]) == set(best.options["option"])
    own = mine.status == CHOSEN and not same
    more = [said for said in mine.remarks if said not in best.remarks]
    shown = mine if own else replace(best, remarks=(*best.remarks, *more))
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
        said.append(_compared(mine, best))
    for other in shown.alternatives.head(1).to_dict("records"):
        next_best = replace(shown, cost=other["cost"], fit=other["fit"])
        how = search.beside(shown.aim, shown, next_best, shown.currency)
        said.append(f"The next best set {how}: {other['instead']}.")
    if stability is not None:
        chosen = stability.shares["option"].isin(shown.options["option"])
        said += replace(stability, shares=stability.shares.assign(chosen=chosen)).sentences()
    unknown = shown.unknowns.drop_duplicates(["option", "what"])
    if len(unknown):
        pairs = zip(unknown["what"], unknown["option_name"], strict=True)
        facts = listed(f"the {what} of {name}" for what, name in pairs)
        said.append(f"Nobody has said yet: {facts}. That may change the choice.")
    return said


def _compared(mine: BestSet, best: BestSet) -> str:
    """Say how a choice differs from the best set."""
    if best.chosen.empty:
        return "No best set was found under all rules."
    lacking = best.chosen[~best.chosen["building_block"].isin(mine.chosen["building_block"])]
    if len(lacking):
        blocks = listed(dict.fromkeys(lacking["building_block_name"]))
        how = "so its cost and fit do not compare with those of the best set"
        return f"Nothing is chosen for {blocks}, {how}."
    how = search.beside(best.aim, mine, best, best.currency)
    fit, own = (percent(round(one.fit, 2)) for one in (best, mine))
    return f"The best set under the rules {how}, with a fit of {fit} against {own}."
