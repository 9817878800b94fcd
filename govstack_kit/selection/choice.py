"""The set that a team builds on: its own choice, or the best one under its rules.

The roadmap rests on this set, so that what is planned is what was chosen. A choice is kept in the
plan with its reason. While there is none, or where it covers no building block that is needed any
more, the best set stands in, as :mod:`govstack_kit.selection.optimise` defines it.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from govstack_kit.errors import ArgumentError, did_you_mean, quote
from govstack_kit.planning.model import make
from govstack_kit.planning.selected import Chosen
from govstack_kit.selection._broken import broken
from govstack_kit.selection._model import SAME, eligible
from govstack_kit.selection._problem import limits_of, rules_of
from govstack_kit.selection._problem_frames import read
from govstack_kit.selection._stable import stability_in_words
from govstack_kit.selection._wording import listed, money, percent, points
from govstack_kit.selection.needs import needs
from govstack_kit.selection.optimise import CHOSEN, BestSet, best_set, best_set_of_plan
from govstack_kit.selection.options import options

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import pandas as pd

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan
    from govstack_kit.planning.selected import Rules


def choose(plan: Plan, options: BestSet | Iterable[str] | str, reason: str = "") -> Chosen:
    """Keep in a plan which options the team builds on.

    Parameters
    ----------
    plan
        The plan; its ``chosen`` is replaced.
    options
        A best set; or the ids of options, as a list or as one text with commas between them, as
        the column ``options`` of ``alternatives`` has it.
    reason
        Why, in the team's own words.

    Returns
    -------
    Chosen
        What the plan now holds. Without any options, the best set counts again.

    Raises
    ------
    ArgumentError
        If there is no such option in the plan.
    PlanError
        If the reason cannot be kept.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.selection.options import demonstration_options
    >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
    >>> plan.options = demonstration_options()
    >>> choose(plan, ["rapidpro"], "The ministry of health runs it already.").options
    ['rapidpro']
    >>> choose(plan, "openhim, rapidpro").options
    ['openhim', 'rapidpro']
    """
    ids = _ids(options)
    known = _known(plan)
    wrong = [str(key) for key in ids if key not in known]
    if wrong:
        raise ArgumentError(
            f"The plan has no option {', '.join(map(quote, wrong))}. "
            f"{did_you_mean(wrong[0], known) or 'Add it to its options first.'}"
        )
    plan.chosen = make(Chosen, {"options": list(dict.fromkeys(ids)), "reason": reason})
    return plan.chosen


def _ids(options: BestSet | Iterable[str] | str) -> list[str]:
    if isinstance(options, BestSet):
        return options.options["option"].tolist()
    if isinstance(options, str):
        return [key for key in (part.strip() for part in options.split(",")) if key]
    return list(options)


def _known(plan: Plan) -> list[str]:
    return list(dict.fromkeys(options(plan)["option"]))


def chosen_set(framework: Framework, plan: Plan, *, seconds: float = 60.0) -> BestSet:
    """Return the set that a plan builds on.

    Parameters
    ----------
    framework
        The tables.
    plan
        The plan: its choice, or its options and rules.
    seconds
        At most so long for each step of the search, where nothing is chosen.

    Returns
    -------
    BestSet
        Without alternatives and reasons. Its ``status`` is ``chosen`` for the team's own choice.
        Building blocks that no option covers under the rules are not in it. ``broken`` says which
        rules of the plan the choice does not keep to.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.selection.options import demonstration_options
    >>> framework = govstack_kit.load()
    >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
    >>> _ = plan.add_published(framework, "AGR-2")
    >>> plan.options = demonstration_options(framework)
    >>> chosen_set(framework, plan).status
    'proved'
    >>> _ = choose(plan, ["rapidpro"])
    >>> chosen_set(framework, plan).chosen["name"].tolist()
    ['Workflow', 'Messaging']
    """
    frame, needed = options(plan, framework), needs(framework, plan)
    if needed.empty:
        return best_set_of_plan(framework, plan)
    kept = set(plan.chosen.options) & set(frame.loc[frame["fit"] > 0, "option"])
    mine = frame[frame["option"].isin(kept)]
    free = rules_of({"aim": "fit", "years": plan.rules.years})  # unknown costs do not matter here
    covered = _covered(mine, needed, free)
    if len(covered):
        free.keep = sorted(kept)
        found = best_set(mine, covered, free, alternatives=0, explain=False, seconds=seconds)
        currency = plan.business_case.currency
        breaks = (*broken(frame, covered, free.keep, plan.rules), *_uncounted(plan, frame, kept))
        return replace(found, status=CHOSEN, aim=plan.rules.aim, currency=currency, broken=breaks)
    covered = _covered(frame, needed, plan.rules)
    # Where no option covers anything, all blocks are asked for, and the answer says why not.
    asked = covered if len(covered) else needed
    found = best_set(frame, asked, plan.rules, alternatives=0, explain=False, seconds=seconds)
    lost = _uncounted(plan, frame, kept)
    said = [*lost, "The best set stands in for what the team chose."] if lost else []
    return replace(found, currency=plan.business_case.currency, broken=tuple(said))


def _uncounted(plan: Plan, frame: pd.DataFrame, kept: Collection[str]) -> list[str]:
    """Say which chosen options are not counted, because it is not known that they cover a block."""
    known = dict(zip(frame["option"], frame["name"], strict=True))
    lost = [known.get(key, key) for key in plan.chosen.options if key not in kept]
    if not lost:
        return []
    are = "is" if len(lost) == 1 else "are"
    return [
        f"{listed(lost)} {are} chosen, but not known to cover any building block that is needed."
    ]


def _covered(frame: pd.DataFrame, needed: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Return the needed blocks that some option covers under the rules for single options."""
    if needed.empty or frame.empty:  # nothing to read
        return needed.iloc[:0]
    problem = read(frame, needed, rules)
    able = eligible(problem, limits_of(problem))
    blocks = [block for block, row in zip(problem.blocks, able, strict=True) if row.any()]
    return needed[needed["building_block"].isin(blocks)]


def recommendation(
    best: BestSet,
    stability: pd.DataFrame | None = None,
    *,
    against: BestSet | None = None,
    reason: str = "",
) -> list[str]:
    """Return a set of options as a note for those who decide, in plain sentences.

    Parameters
    ----------
    best
        The set, such as :func:`govstack_kit.best_set_of_plan` or :func:`govstack_kit.chosen_set`
        return it.
    stability
        What :func:`govstack_kit.stability_of_plan` says of the same plan; with it, the note tells
        which choices are safe.
    against
        The best set, where `best` is the team's own choice: the note tells how they differ.
    reason
        Why the team chose it, in its own words.

    Returns
    -------
    list of str
        What is proposed for which blocks, what it costs, why and against what it was chosen, what
        the next best set would change, what is safe and what is close, and what nobody knows.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.selection.options import demonstration_options
    >>> framework = govstack_kit.load()
    >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
    >>> _ = plan.add_published(framework, "AGR-2")
    >>> plan.options = demonstration_options(framework)
    >>> for said in recommendation(govstack_kit.best_set_of_plan(framework, plan))[:2]:
    ...     print(said)
    8 options cover 10 building blocks for USD 1,670,000 over 5 years, with a fit of 67 %.
    OpenG2P would do Digital Registries, Payments and Workflow.
    """
    if best.chosen.empty:
        return best.summary()
    main = best.chosen[best.chosen["part"] == "main"]
    of = main.groupby("option_name")["name"].agg(sorted)
    order = sorted(of.items(), key=lambda item: (-len(item[1]), str(item[0]).casefold()))
    first, *rest = best.summary()
    said = [first, *(f"{option} would do {listed(blocks)}." for option, blocks in order)]
    said += [sentence for sentence in rest if "see unknowns" not in sentence]
    if reason.strip():
        said.append(f"The reason: {reason.strip()}")
    if against is not None:
        said += _compared(best, against)
    if len(best.alternatives):
        said.append(_next_best(best))
    if stability is not None:
        mine = stability["option"].isin(best.options["option"])
        said += stability_in_words(stability.assign(chosen=mine))
    if len(best.unknowns):
        missing = best.unknowns.drop_duplicates(["name", "what"])
        facts = [
            f"the {what} of {name}"
            for name, what in zip(missing["name"], missing["what"], strict=True)
        ]
        said.append(f"Nobody has said yet: {listed(facts)}. That may change the choice.")
    return said


def recommendation_of_plan(
    framework: Framework, plan: Plan, best: BestSet, stability: pd.DataFrame | None = None
) -> list[str]:
    """Return what a plan builds on as a note for those who decide, in plain sentences.

    Parameters
    ----------
    framework
        The tables.
    plan
        The plan.
    best
        Its best set, as :func:`govstack_kit.best_set_of_plan` returns it.
    stability
        As for :func:`recommendation`.

    Returns
    -------
    list of str
        As :func:`recommendation` returns it: of the team's choice, beside the best set; or of the
        best set while nothing is chosen.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.selection.options import demonstration_options
    >>> framework = govstack_kit.load()
    >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
    >>> _ = plan.add_published(framework, "AGR-2")
    >>> plan.options = demonstration_options(framework)
    >>> best = govstack_kit.best_set_of_plan(framework, plan)
    >>> _ = choose(plan, "beckn-onix", "The market comes first.")
    >>> recommendation_of_plan(framework, plan, best)[2:4]
    ['It is what the team chose.', 'The reason: The market comes first.']
    """
    reason = plan.chosen.reason
    mine = chosen_set(framework, plan) if plan.chosen.options else best
    if mine.status == CHOSEN and _differ(mine, best):
        return recommendation(mine, stability, against=best, reason=reason)
    return recommendation(replace(best, broken=mine.broken), stability, reason=reason)


def _differ(one: BestSet, other: BestSet) -> bool:
    return set(one.options["option"]) != set(other.options["option"])


def _compared(mine: BestSet, best: BestSet) -> list[str]:
    """Say how a choice differs from the best set."""
    if best.chosen.empty:
        return ["No set is possible under all rules."] if best.status == "impossible" else []
    if not _differ(mine, best):
        return ["It is the best set under the rules."]
    served = set(mine.chosen["building_block"])
    lacking = best.chosen[~best.chosen["building_block"].isin(served)]
    if len(lacking):
        blocks = listed(dict.fromkeys(lacking["name"]))
        how = "so its cost and fit do not compare with those of the best set"
        return [f"Nothing is chosen for {blocks}, {how}."]
    more = mine.cost - best.cost
    if math.isnan(more):
        how = "cannot be compared by cost, which is not known of both. It comes"
    elif abs(more) <= SAME * max(best.cost, 1.0):
        how = "costs as much"
    else:
        amount = f"{best.currency} {money(abs(more))}".strip()
        how = f"costs {amount} {'less' if more > 0 else 'more'}"
    fit, own = (percent(round(one.fit, 2)) for one in (best, mine))
    fits = f"the same fit of {fit}" if fit == own else f"a fit of {fit} against {own}"
    return [f"The best set under the rules {how}, with {fits}."]


def _next_best(best: BestSet) -> str:
    """Say what the next best set changes, and what for."""
    other = best.alternatives.iloc[0]
    worse = float(other["difference"])
    if best.aim == "fit":
        how = f"fits by {points(worse)} less" if worse > 0 else "fits as well"
    else:
        how = (
            f"costs {best.currency} {money(worse)} more".replace("  ", " ")
            if worse > 0
            else "costs as much"
        )
    return f"The next best set {how}: {other['instead']}."
