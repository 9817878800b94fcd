"""The best set: which products, existing systems and own builds to choose together, and why.

Definitions
-----------
An *option* covers a building block if its fit is above 0 and at least the least fit of the rules. A
*set* of options is allowed if every needed block is covered and all rules hold. Its *cost* is the
sum over its options, each counted once however many blocks it covers: build + integration + years x
annual cost. Its *fit* is the mean fit of the blocks, each weighted by its need, where a block has
the fit of its *main* option: the chosen one that fits it best, then the cheaper, then the first by
id. Other chosen options may *help*, where they meet requirements that the main one does not.

With the aim ``cost`` the best set is the cheapest; with the aim ``fit`` it is the best fitting and,
of those whose fit is the same to a millionth, the cheapest, one with an unknown cost last. Of
equally cheap sets the better fitting, and of equally fitting ones the cheapest, is taken while
there are at most 150 options to tell apart; after that, and where cost and fit are both equal, the
solver's own order decides, which is the same in every run and does not depend on the order of rows.

What nobody knows is never zero: an option whose cost is needed and unknown is left out, one whose
fit for a block is unknown does not cover it, one whose licence is unknown is not open source, and
an answer other than "met" does not meet a requirement. ``unknowns`` lists them all. A product
without a vendor counts as a vendor of its own; systems and own builds without one count as none.

*Requirements* must be met by the main option of their block alone; with ``together=True`` by at
least one chosen option that covers it.

*Proved* means that HiGHS, through :func:`scipy.optimize.milp`, has shown that no allowed set is
better, and that the answer was checked again in plain numbers. Sums within a billionth of each
other are equal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from govstack_kit.errors import ArgumentError
from govstack_kit.selection import _best_tables, _explain, _whys
from govstack_kit.selection._given import seconds_of, yes_or_no
from govstack_kit.selection._problem import limits_of
from govstack_kit.selection._problem_frames import UNKNOWN, read
from govstack_kit.selection._solving import solve
from govstack_kit.selection._wording import listed, money, percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.model import PlanData
    from govstack_kit.planning.selected import Rules

MOST_ALTERNATIVES = 50
CHOSEN = "chosen"  # the status of a set that the team chose itself
NOTHING_NEEDED = "nothing needed"  # that of a plan without any building block
POOR = 0.5  # of fit: what serves less than half of what is asked is called out


@dataclass(frozen=True)
class BestSet:
    """The best set of options, what is proved about it, and why it is what it is.

    Attributes
    ----------
    status : str
        ``proved``; ``open``, if the time was over before the proof; ``impossible``; ``chosen``, if
        the team chose it (:func:`govstack_kit.chosen_set`); or ``nothing needed``, while the plan
        has no building block (:func:`best_set_of_plan`).
    aim : str
        ``cost`` or ``fit``.
    cost, fit : float
        Cost over the years, in the money of the options, missing where the cost of a chosen option
        is unknown; and fit, 0 to 1.
    gap : float
        How far from the proof the aim is, as a share: 0 if it is proved.
    years : int
        The years of annual cost that count.
    chosen : pandas.DataFrame
        One row a block and option that serves it, the weightiest block first: ``building_block``,
        ``name``, ``option``, ``option_name``, ``kind``, ``vendor``, ``part`` (main, or helps),
        ``weight``, ``fit``, ``cost`` (the cost of the option in equal parts over the blocks that
        it serves) and ``why``.
    options : pandas.DataFrame
        One row a chosen option, the dearest first: ``option``, ``name``, ``kind``, ``vendor``,
        ``build_cost``, ``integration_cost``, ``annual_cost`` (a year), ``cost`` (over the years),
        ``share`` of the whole cost, ``blocks`` (how many it serves).
    alternatives : pandas.DataFrame
        The next best sets, of which none contains the best or another one: ``rank`` (from 2),
        ``options`` (ids), ``cost``, ``fit``, ``difference`` (of the aim to the best set: dearer by,
        or fits worse by), ``instead`` (what changes) and ``status``.
    constraints : pandas.DataFrame
        What each rule costs, found by solving without it: ``rule``, ``option`` (that it is about),
        ``setting``, ``binds``, ``cost_without``, ``fit_without``, ``difference`` (cheaper by, or
        fits better by) and ``note``.
    unknowns : pandas.DataFrame
        What nobody knows and how it was treated: ``option``, ``name``, ``building_block``,
        ``what``, ``treated``.
    collisions : tuple of str
        If it is impossible, or nothing is needed, why, in sentences.
    colliding : tuple of str
        The rules that collide. Each is needed for its own collision, of which there may be several.
    currency : str
        Of all money, where it is known.
    unexplained : tuple of str
        The rules and blocks for which the time was not enough to work out what they cost, or why.
    broken : tuple of str
        The rules that a set breaks which the team chose itself, in sentences.
    """

    status: str
    aim: str
    cost: float
    fit: float
    gap: float
    years: int
    chosen: pd.DataFrame
    options: pd.DataFrame
    alternatives: pd.DataFrame
    constraints: pd.DataFrame
    unknowns: pd.DataFrame
    collisions: tuple[str, ...] = ()
    colliding: tuple[str, ...] = ()
    currency: str = ""
    unexplained: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()

    def summary(self) -> list[str]:
        """Return what was found, in plain sentences."""
        if self.status == NOTHING_NEEDED:
            return list(self.collisions)
        if self.status == "impossible":
            return ["No set of options is possible.", *self.collisions]
        if self.chosen.empty:
            return ["No set was found in the time allowed. Allow more time, or fewer options."]
        blocks = self.chosen["building_block"].nunique()
        known = not np.isnan(self.cost)
        cost = money(self.cost) if known else "an unknown amount"
        cost = f"{self.currency} {cost}" if known and self.currency else cost
        years = f"{self.years} year{'s' * (self.years != 1)}"
        covers = (
            "1 option covers" if len(self.options) == 1 else f"{len(self.options)} options cover"
        )
        of = f"{blocks} building block{'s' * (blocks != 1)}"
        fit = percent(round(self.fit, 2))
        said = [f"{covers} {of} for {cost} over {years}, with a fit of {fit}."]
        better = "cheaper" if self.aim == "cost" else "better fitting"
        said.append(
            f"It is proved that no {better} set is possible under the rules."
            if self.status == "proved"
            else "It is what the team chose."
            if self.status == CHOSEN
            else f"It is not proved to be the best; it is at most {percent(self.gap)} from it."
        )
        said += self.broken
        poor = self.chosen[(self.chosen["part"] == "main") & (self.chosen["fit"] < POOR)]
        said += [
            f"{row['option_name']} fits {row['name']} by {percent(row['fit'])} only: be sure that "
            "this is enough, or ask for a least fit."
            for row in poor.to_dict("records")
        ]
        idle = self.options[self.options["blocks"] == 0]
        said += [
            f"{name} serves no building block that is needed, and costs {money(amount)}."
            for name, amount in zip(idle["name"], idle["cost"], strict=True)
        ]
        binding = self.constraints.loc[self.constraints["binds"], "note"].tolist()
        said += binding
        if self.unexplained:
            names = listed(self.unexplained)
            said.append(f"Not explained in the time allowed: {names}. Allow more seconds.")
        if len(self.unknowns):
            count = len(self.unknowns)
            several = f"{count} numbers or facts are" if count > 1 else "1 number or fact is"
            said.append(f"{several} unknown: see unknowns.")
        return said


def _check(alternatives: int) -> None:
    whole = isinstance(alternatives, int) and not isinstance(alternatives, bool)
    if not whole or not 0 <= alternatives <= MOST_ALTERNATIVES:
        raise ArgumentError(
            f"alternatives is a whole number from 0 to {MOST_ALTERNATIVES}, not {alternatives!r}."
        )


def best_set(  # noqa: PLR0913 - a problem and what to say about it
    options: pd.DataFrame,
    needs: pd.DataFrame,
    rules: Rules | Mapping[str, Any] | None = None,
    *,
    requirements: pd.DataFrame | None = None,
    answers: pd.DataFrame | None = None,
    together: bool = False,
    assume: Mapping[str, float] | None = None,
    alternatives: int = 3,
    explain: bool = True,
    seconds: float = 60.0,
) -> BestSet:
    """Return the best set of options for what is needed, proved, with alternatives and reasons.

    Parameters
    ----------
    options
        What :func:`govstack_kit.selection.options.options` returns, or such a frame: one row an
        option and block, with ``option``, ``building_block``, ``fit`` (0 to 1), ``build_cost``,
        ``integration_cost`` and ``annual_cost`` (the same on all rows of an option; empty where
        nobody knows), and, if there are, ``name``, ``kind``, ``vendor``, ``open_source`` (yes, no
        or empty).
    needs
        What :func:`govstack_kit.selection.needs.needs` returns, or such a frame: one row a block,
        with ``building_block`` and, if there are, ``name`` and ``weight``.
    rules
        The rules of a plan, or some of their fields by name.
    requirements
        What must be met, one row each: ``requirement`` and ``building_block`` (empty: every one).
    answers
        Who meets what: ``option``, ``requirement`` and ``answer``; only "met" counts.
    together
        Whether several chosen options may meet the requirements of a block together.
    assume
        What to take for unknown numbers: any of ``fit``, ``build_cost``, ``integration_cost``
        and ``annual_cost``.
    alternatives
        How many of the next best sets to look for.
    explain
        Whether to say why, and what each rule costs. It needs a solve for each block and each rule.
    seconds
        At most so long for each step of the search, what is not proved by then is called open; and
        about so long for all explanations together, what is not explained by then is named.

    Returns
    -------
    BestSet
        The set; where none is possible, which rules collide.

    Raises
    ------
    ArgumentError
        If something given cannot be used; the message lists all of it.
    PlanError
        If a rule given by name cannot be used.

    Examples
    --------
    >>> import pandas as pd
    >>> money = {"build_cost": 0, "integration_cost": 10, "annual_cost": 2}
    >>> options = pd.DataFrame(
    ...     [
    ...         {"option": "suite", "building_block": "payments", "fit": 0.8, **money},
    ...         {"option": "suite", "building_block": "wallet", "fit": 0.7, **money},
    ...         {"option": "purse", "building_block": "wallet", "fit": 0.9, **money},
    ...     ]
    ... )
    >>> needs = pd.DataFrame({"building_block": ["payments", "wallet"], "weight": [2, 1]})
    >>> found = best_set(options, needs, {"years": 5})
    >>> found.status, found.cost, found.chosen["option"].tolist()
    ('proved', 20.0, ['suite', 'suite'])
    >>> found.chosen["why"].iloc[1]
    'It is chosen for payments as well, so it costs nothing more here; the cheapest set without it
    here, with purse, costs 20 more. purse would fit better (90 % against 70 %).'
    """
    _check(alternatives)
    seconds = seconds_of(seconds)
    explain = yes_or_no(explain, "explain")
    problem = read(
        options,
        needs,
        rules,
        requirements=requirements,
        answers=answers,
        together=together,
        assume=assume,
    )
    limits = limits_of(problem)
    best = solve(problem, limits, seconds=seconds)
    if not best.possible:
        said: list[str] = []
        groups: list[str] = []
        if best.status == "impossible":
            said, groups = _explain.collisions(problem, limits, seconds)
        return _nothing(problem.rules, problem.unknowns.copy(), best.status, said, groups)
    others = _explain.alternatives(problem, limits, best, alternatives, seconds)
    constraints = _empty(_whys.CONSTRAINTS)
    reasons = [""] * len(problem.blocks)
    explainer = _whys.Explainer(problem, limits, best, seconds)
    if explain:
        constraints = explainer.constraint_costs()
        reasons = explainer.whys()
    value = best.cost if limits.aim == "cost" else best.fit
    gap = 0.0 if best.status == "proved" else abs(value - best.bound) / (abs(value) or 1.0)
    return BestSet(
        status=best.status,
        aim=limits.aim,
        cost=best.cost,
        fit=best.fit,
        gap=gap,
        years=problem.rules.years,
        chosen=_best_tables.chosen(problem, limits, best, reasons),
        options=_best_tables.options(problem, limits, best),
        alternatives=_best_tables.alternatives(problem, limits, best, others),
        constraints=constraints,
        unknowns=problem.unknowns.copy(),
        unexplained=tuple(explainer.unexplained),
    )


def best_set_of_plan(
    framework: Framework,
    plan: PlanData,
    *,
    check_requirements: bool = False,
    **more: Any,  # noqa: ANN401 - passed on to best_set
) -> BestSet:
    """Return the best set of a plan's own options for what it needs, under its rules.

    Parameters
    ----------
    framework
        The tables.
    plan
        The plan, with its options, existing systems, decisions and rules.
    check_requirements
        Whether every REQUIRED requirement that the plan needs must be met, by the answers of the
        options. While few answers are in, hardly anything is possible.
    **more
        As for :func:`best_set`: ``together``, ``assume``, ``alternatives``, ``explain``,
        ``seconds``.

    Returns
    -------
    BestSet
        See :func:`best_set`.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.selection.options import demonstration_options
    >>> framework = govstack_kit.load()
    >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
    >>> _ = plan.add_published(framework, "AGR-2")
    >>> plan.options = demonstration_options(framework)
    >>> best_set_of_plan(framework, plan, alternatives=0, explain=False).status
    'proved'
    """
    from govstack_kit.selection._remarks import remarks  # noqa: PLC0415 - with the plan
    from govstack_kit.selection.needs import needs, requirements  # noqa: PLC0415
    from govstack_kit.selection.options import answers, options  # noqa: PLC0415

    offered, needed = options(plan, framework), needs(framework, plan)  # type: ignore[arg-type]
    if needed.empty:
        unknowns = _empty(dict.fromkeys(UNKNOWN, "str"))
        return _nothing(plan.rules, unknowns, NOTHING_NEEDED, remarks(framework, plan), [])  # type: ignore[arg-type]
    asked = met = None
    if yes_or_no(check_requirements, "check_requirements"):
        found = requirements(framework, plan)  # type: ignore[arg-type]
        asked = found[(found["decision"] == "needed") & (found["level"] == "REQUIRED")]
        met = answers(plan)
        met = met[met["option"].isin(offered["option"])]  # others cover nothing
    best = best_set(
        offered,
        needed,
        plan.rules,
        requirements=asked,
        answers=met,
        **more,
    )
    return replace(best, currency=plan.business_case.currency)


def _empty(kinds: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(kinds)).astype(kinds)


def _nothing(
    rules: Rules, unknowns: pd.DataFrame, status: str, said: Sequence[str], groups: Sequence[str]
) -> BestSet:
    return BestSet(
        status=status,
        aim=rules.aim,
        cost=np.nan,
        fit=np.nan,
        gap=np.nan,
        years=rules.years,
        chosen=_empty(_best_tables.CHOSEN),
        options=_empty(_best_tables.OPTIONS),
        alternatives=_empty(_best_tables.ALTERNATIVES),
        constraints=_empty(_whys.CONSTRAINTS),
        unknowns=unknowns,
        collisions=tuple(said),
        colliding=tuple(groups),
    )
