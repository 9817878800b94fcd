"""The best set: which products, existing systems and own builds to choose together, and why.

Definitions
-----------
An *option* covers a building block if its fit is above 0 and at least the least fit of the rules. A
*set* of options is allowed if every needed block is covered and all rules hold. Its *cost* is the
sum over its options, each counted once however many blocks it covers: build + integration + years x
annual cost. Its *fit* is the mean fit of the blocks, each weighted by its need, where a block has
the fit of its *main* option: the chosen one that fits it best, then the cheaper, then the first by
its key. Other chosen options may *help*, where they meet requirements that the main one does not.

With the aim ``cost`` the best set is the cheapest, and of those the best fitting; with the aim
``fit`` it is the best fitting and, of those whose fit is the same to a millionth, the cheapest, one
with an unknown cost last. Where both are equal, the solver's own order decides, which is the same
in every run and does not depend on the order of rows.

What nobody knows is never zero: an option whose cost is needed and unknown is left out, one whose
fit for a block is unknown does not cover it, one whose licence is unknown is not open source, and
an answer other than "met" does not meet a requirement. The table ``unknowns`` lists them all. A
product without a vendor counts as a vendor of its own; systems and own builds without one count as
none.

*Requirements* must be met by the main option of their block alone; with ``together=True`` by at
least one chosen option that covers it.

*Proved* means that HiGHS has shown that no allowed set is better, and that the answer was checked
again in plain numbers. Sums within a billionth of each other are equal. What a rule costs, and why
a block got its option, is found by solving again with that one thing changed.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from govstack_kit.errors import ArgumentError, expected, quote
from govstack_kit.framework.framework import Framework
from govstack_kit.planning.plan import Plan
from govstack_kit.results import Result
from govstack_kit.selection import needs as needed
from govstack_kit.selection import options as offered
from govstack_kit.selection import solver
from govstack_kit.selection.problem import (
    ASSUMED,
    COSTS,
    OF_OPTIONS,
    TAKEN,
    UNKNOWN,
    Problem,
    Rules,
    read,
)
from govstack_kit.selection.solver import ALIKE, IMPOSSIBLE, OPEN, PROVED, SAME
from govstack_kit.words import amount, count, listed, money, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_ALTERNATIVES, MOST_SECONDS = 50, 1_000_000
CHOSEN = "chosen"  # the status of a set that the team chose itself
NOTHING_NEEDED = "nothing needed"  # that of a plan without any building block
POOR = 0.5  # of fit: what serves less than half of what is asked is called out
_WHOLE = 1_000  # amounts from here on are said without decimals
_COLUMNS = {
    "chosen": (
        *("building_block", "building_block_name", "option", "option_name", "kind", "vendor"),
        *("part", "weight", "fit", "cost", "why"),
    ),
    "options": ("option", "name", "kind", "vendor", *COSTS, "cost", "share", "blocks"),
    "alternatives": ("rank", "options", "cost", "fit", "difference", "instead", "status"),
    "constraints": (
        *("rule", "option", "setting", "binds"),
        *("cost_without", "fit_without", "difference", "note"),
    ),
    "unknowns": UNKNOWN,
}


def _frame(name: str, rows: Sequence[tuple[object, ...]] = ()) -> pd.DataFrame:
    """Return rows as the table of a best set with that name."""
    return pd.DataFrame(rows, columns=[*_COLUMNS[name]])


@dataclass(frozen=True)
class BestSet(Result):
    """The best set of options, what is proved about it, and why it is what it is.

    Attributes
    ----------
    status : str
        ``proved``; ``open``, if the time was over before the proof; ``impossible``; ``chosen``, if
        the team chose it (:func:`govstack_kit.selection.cost_of_choice`); or ``nothing needed``,
        while the plan has no building block (:func:`best_set_of_plan`).
    aim : str
        ``cost`` or ``fit``.
    years : int
        The years of annual cost that count.
    cost, fit : float
        Cost over the years, in the money of the options, missing where the cost of a chosen option
        is unknown; and fit, 0 to 1.
    gap : float
        How far from the proof the aim is, as a share: 0 if it is proved.
    currency : str
        Of all money, where it is known.
    chosen : pandas.DataFrame
        One row a block and option that serves it, the weightiest block first: ``building_block``,
        ``building_block_name``, ``option``, ``option_name``, ``kind``, ``vendor``, ``part`` (main,
        or helps), ``weight``, ``fit``, ``cost`` (the cost of the option in equal parts over the
        blocks that it serves) and ``why``.
    options : pandas.DataFrame
        One row a chosen option, the dearest first: ``option``, ``name``, ``kind``, ``vendor``,
        ``build_cost``, ``integration_cost``, ``annual_cost`` (a year), ``cost`` (over the years),
        ``share`` of the whole cost, ``blocks`` (how many it serves).
    alternatives : pandas.DataFrame
        The next best sets, of which none contains the best or another one: ``rank`` (from 2),
        ``options`` (keys), ``cost``, ``fit``, ``difference`` (of the aim to the best set: dearer
        by, or fits worse by), ``instead`` (what changes) and ``status``.
    constraints : pandas.DataFrame
        What each rule costs, found by solving without it: ``rule``, ``option`` (that it is about),
        ``setting``, ``binds``, ``cost_without``, ``fit_without``, ``difference`` (cheaper by, or
        fits better by) and ``note``. Where no set is possible, ``binds`` says which rule, left out
        alone, makes one possible.
    unknowns : pandas.DataFrame
        What nobody knows and how it was treated: ``option``, ``option_name``, ``building_block``,
        ``what``, ``treated``.
    remarks : tuple of str
        Why there is no set, or which rules the team's own choice breaks, in sentences.
    """

    _figure: ClassVar[str] = "plot_best_set"
    status: str
    aim: str
    years: int
    cost: float = math.nan
    fit: float = math.nan
    gap: float = math.nan
    currency: str = ""
    chosen: pd.DataFrame = field(default_factory=lambda: _frame("chosen"))
    options: pd.DataFrame = field(default_factory=lambda: _frame("options"))
    alternatives: pd.DataFrame = field(default_factory=lambda: _frame("alternatives"))
    constraints: pd.DataFrame = field(default_factory=lambda: _frame("constraints"))
    unknowns: pd.DataFrame = field(default_factory=lambda: _frame("unknowns"))
    remarks: tuple[str, ...] = ()

    def sentences(self) -> list[str]:
        """Return what was found, in plain sentences."""
        if self.status == NOTHING_NEEDED:
            return list(self.remarks)
        if self.status == IMPOSSIBLE:
            return ["No set of options is possible.", *self.remarks]
        if self.chosen.empty:
            return ["No set was found in the time allowed. Allow more time, or fewer options."]
        said = [self._covers(), self._proof(), *self.remarks]
        poor = self.chosen[(self.chosen["part"] == "main") & (self.chosen["fit"] < POOR)]
        said += [
            f"{row['option_name']} fits {row['building_block_name']} by {percent(row['fit'])} "
            "only: be sure that this is enough, or ask for a least fit."
            for row in poor.to_dict("records")
        ]
        idle = self.options[self.options["blocks"] == 0]
        said += [
            f"{name} serves no building block that is needed, and costs {amount(cost)}."
            for name, cost in zip(idle["name"], idle["cost"], strict=True)
        ]
        said += self.constraints.loc[self.constraints["binds"], "note"].tolist()
        if missing := len(self.unknowns) - int(
            self.unknowns["treated"].str.startswith(TAKEN).sum()
        ):
            known = count(missing, "number or fact", "numbers or facts")
            are = "is" if missing == 1 else "are"
            said.append(f"{known} {are} unknown: see the table unknowns.")
        return [*said, *self.assumptions()]

    def assumptions(self) -> list[str]:
        """Return what was assumed for numbers that nobody knows, in sentences."""
        assumed = self.unknowns[self.unknowns["treated"].str.startswith(TAKEN)]
        return [
            f"{ASSUMED}, because nobody knows it: the {what} of {listed(dict.fromkeys(names))}, "
            f"{treated}."
            for (what, treated), names in assumed.groupby(["what", "treated"])["option_name"]
        ]

    def _covers(self) -> str:
        options = count(len(self.options), "option")
        blocks = count(self.chosen["building_block"].nunique(), "building block")
        cost = "an unknown amount" if math.isnan(self.cost) else money(self.cost, self.currency)
        years, fit = count(self.years, "year"), percent(round(self.fit, 2))
        covers = "covers" if len(self.options) == 1 else "cover"
        return f"{options} {covers} {blocks} for {cost} over {years}, with a fit of {fit}."

    def _proof(self) -> str:
        if self.status == CHOSEN:
            return "It is what the team chose."
        if self.status == PROVED:
            better = "cheaper" if self.aim == "cost" else "better fitting"
            return f"It is proved that no {better} set is possible under the rules."
        return f"It is not proved to be the best; it is at most {percent(self.gap)} from it."


def best_set(  # noqa: PLR0913 - a problem and what to say about it
    options: pd.DataFrame,
    needs: pd.DataFrame,
    rules: Mapping[str, Any] | None = None,
    *,
    alternatives: int = 3,
    explain: bool = True,
    seconds: float = 60.0,
    **more: Any,  # noqa: ANN401 - what else a problem is made of
) -> BestSet:
    r"""Return the best set of options for what is needed, proved, with alternatives and reasons.

    Parameters
    ----------
    options
        What :func:`govstack_kit.options` returns, or such a frame: one row an option and block,
        with ``option``, ``building_block``, ``fit`` (0 to 1), ``build_cost``,
        ``integration_cost`` and ``annual_cost`` (the same on all rows of an option; empty where
        nobody knows), and, if there are, ``option_name``, ``kind``, ``vendor``, ``open_source``
        (yes, no or empty).
    needs
        What :func:`govstack_kit.needs` returns, or such a frame: one row a block, with
        ``building_block`` and, if there are, ``name`` and ``weight``.
    rules
        Rules by name, as the table ``rules`` of a plan has them, and ``keep`` and ``leave_out``,
        lists of options.
    alternatives
        How many of the next best sets to look for.
    explain
        Whether to say why, and what each rule costs. It needs a solve for each block and each rule.
    seconds
        At most so long for each step of the search, what is not proved by then is called open; and
        about so long for all explanations together.
    **more
        ``requirements``, what must be met, one row each: ``requirement`` and ``building_block``
        (empty: every one). ``answers``, who meets what: ``option``, ``requirement`` and ``answer``;
        only "met" counts. ``together``, whether several chosen options may meet the requirements of
        a block together. ``assume``, what to take for unknown numbers: any of ``fit``,
        ``build_cost``, ``integration_cost`` and ``annual_cost``.

    Returns
    -------
    BestSet
        The set; where none is possible, which rule, left out, makes one possible.

    Raises
    ------
    TablesError
        If a frame or a rule cannot be used; the message lists all that is wrong.
    ArgumentError, UnknownKeyError
        If something else is given, or a rule that there is not.

    Examples
    --------
    >>> import pandas as pd
    >>> costs = {"build_cost": 0, "integration_cost": 10, "annual_cost": 2}
    >>> options = pd.DataFrame(
    ...     [
    ...         {"option": "suite", "building_block": "payments", "fit": 0.8, **costs},
    ...         {"option": "suite", "building_block": "wallet", "fit": 0.7, **costs},
    ...         {"option": "purse", "building_block": "wallet", "fit": 0.9, **costs},
    ...     ]
    ... )
    >>> needs = pd.DataFrame({"building_block": ["payments", "wallet"], "weight": [2, 1]})
    >>> found = best_set(options, needs, {"years": 5})
    >>> found.status, found.cost, found.chosen["option"].tolist()
    ('proved', 20.0, ['suite', 'suite'])
    >>> print(found.chosen["why"].iloc[1].replace("\N{NO-BREAK SPACE}", " "))
    It is chosen for payments as well. The best set without it here, with purse, costs 20 more.
    purse would fit this block better (90 % against 70 %).
    """
    within(alternatives, "alternatives", 0, MOST_ALTERNATIVES)
    within(seconds, "seconds", 0.01, MOST_SECONDS, whole=False)
    expected(explain, bool, "explain is True or False")
    problem = read(options, needs, rules, **more)
    best = solver.solve(problem, problem.rules, seconds=seconds)
    search = _Explainer(problem, best, seconds)
    if not best.possible:
        impossible = best.status == IMPOSSIBLE
        constraints = search.constraints() if impossible else _frame("constraints")
        said = tuple(_impossible(problem, constraints)) if impossible else ()
        nothing = BestSet(best.status, problem.rules.aim, problem.rules.years, remarks=said)
        return replace(nothing, constraints=constraints, unknowns=problem.unknowns)
    reasons = search.whys() if explain else [""] * len(best.main)
    return replace(
        described(problem, best, reasons),
        alternatives=_alternatives(problem, best, alternatives, seconds),
        constraints=search.constraints() if explain else _frame("constraints"),
    )


def within(value: object, name: str, low: float, high: float, *, whole: bool = True) -> None:
    """Raise if a value is no number of a range."""
    kinds = int if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
        kind = "a whole number" if whole else "a number"
        raise ArgumentError(f"{name} is {kind} from {low:,} to {high:,}, not {quote(value)}.")


def best_set_of_plan(
    framework: Framework,
    plan: Plan,
    *,
    check_requirements: bool = False,
    **more: Any,  # noqa: ANN401 - passed on to best_set
) -> BestSet:
    """Return the best set of a plan's own options for what it needs, under its rules.

    Parameters
    ----------
    framework, plan
        The tables, and the plan with its options, existing systems, decisions and rules.
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
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.demonstration()
    >>> found = best_set_of_plan(framework, plan, alternatives=0, explain=False)
    >>> found.sentences()[0]
    '8 options cover 10 building blocks for ... USD over 5 years, with a fit of ...'
    """
    given = given_of_plan(framework, plan, check_requirements=check_requirements)
    if given["needs"].empty:
        return nothing_needed(framework, plan)
    best = best_set(**given | more)
    kept = [row["option"] for row in plan.rows("option_decisions", decision="keep")]
    said = [
        f"{option} is to be kept, but covers no building block."
        for option in kept
        if option not in given["rules"]["keep"]
    ]
    currency = plan.row("business_case")["currency"]
    return replace(best, currency=currency, remarks=(*best.remarks, *said))


def given_of_plan(
    framework: Framework, plan: Plan, *, check_requirements: bool = False
) -> dict[str, Any]:
    """Return what :func:`best_set` takes of a plan: its options, needs, rules and answers."""
    frames = "for frames of options and needs, ask best_set(options, needs)"
    expected(framework, Framework, f"Give the tables, as load() returns them; {frames}")
    expected(plan, Plan, f"Give a plan after the tables; {frames}")
    expected(check_requirements, bool, "check_requirements is True or False")
    options = offered.options(framework, plan)
    rules: dict[str, Any] = {n: said for n, said in plan.row("rules").items() if hasattr(Rules, n)}
    there = set(options["option"])  # what is said of others waits until they come back
    for name, decision in OF_OPTIONS.items():
        mine = plan.rows("option_decisions", decision=decision)
        rules[name] = [row["option"] for row in mine if row["option"] in there]
    given = {"options": options, "needs": needed.needs(framework, plan), "rules": rules}
    given["checked"] = not {*rules["keep"]} & {*rules["leave_out"]}  # as each change of a plan is
    assumed = {name: plan.row("rules")[f"assumed_{name}"] for name in ("fit", *COSTS)}
    given["assume"] = {name: value for name, value in assumed.items() if value is not None}
    if check_requirements:
        asked = needed.requirements(framework, plan)
        met = plan.answers[needed.still_said(framework, plan.answers)]
        binding = (asked["decision"] == "needed") & (asked["level"] == "REQUIRED")
        given["requirements"] = asked[binding]
        given["answers"] = met[met["option"].isin(options["option"])]  # others cover nothing
    return given


def nothing_needed(framework: Framework, plan: Plan) -> BestSet:
    """Return the answer for a plan that needs no building block yet."""
    row, said = plan.row("rules"), tuple(needed.remarks(framework, plan))
    return BestSet(
        NOTHING_NEEDED, row["aim"] or Rules.aim, row["years"] or Rules.years, remarks=said
    )


# --- the set as tables ----------------------------------------------------------------------------


def described(problem: Problem, best: solver.Choice, reasons: Sequence[str]) -> BestSet:
    """Return a set as its tables, with the reasons of the main options by block."""
    rules, about, serves = problem.rules, problem.options, _serving(problem, best)
    times = np.bincount([option for _, option, _ in serves], minlength=len(about))
    blocks = problem.blocks[["building_block", "name"]].to_numpy().tolist()
    facts = about[["option", "name", "kind", "vendor"]].to_numpy().tolist()
    chosen = [
        (
            *(*blocks[block], *facts[option], "helps" if helps else "main"),
            *(problem.weight[block], problem.fit[block, option]),
            problem.cost[option] / times[option],
            "It meets requirements that the main one lacks." if helps else reasons[block],
        )
        for block, option, helps in sorted(
            serves, key=lambda row: (-problem.weight[row[0]], row[0], row[2], row[1])
        )
    ]
    rows = about.assign(share=about["cost"] / (best.cost or 1.0), blocks=times)
    rows = rows.iloc[list(best.chosen)].sort_values(
        ["cost", "option"], ascending=[False, True], ignore_index=True
    )
    value = best.cost if rules.aim == "cost" else best.fit
    return BestSet(
        *(best.status, rules.aim, rules.years, best.cost, best.fit),
        gap=0.0 if best.status == PROVED else abs(value - best.bound) / (abs(value) or 1.0),
        chosen=_frame("chosen", chosen),
        options=rows[[*_COLUMNS["options"]]],
        unknowns=problem.unknowns,
    )


def _serving(problem: Problem, best: solver.Choice) -> list[tuple[int, int, bool]]:
    """Return block, option, and whether it only helps, of every option that serves a block."""
    found = [(block, main, False) for block, main in enumerate(best.main)]
    may = solver.eligible(problem, problem.rules)
    for block, main in enumerate(best.main if problem.together else ()):
        lacking = problem.meets[(problem.asked_of == block) & ~problem.meets[:, main]]
        helping = lacking.any(axis=0) & may[block]
        found += [(block, option, True) for option in best.chosen if helping[option]]
    return found


def _alternatives(problem: Problem, best: solver.Choice, most: int, seconds: float) -> pd.DataFrame:
    """Return the next best sets, none of which contains the best or another one of them."""
    rows: list[tuple[object, ...]] = []
    found = [best.chosen]
    while len(rows) < most:
        other = solver.solve(problem, problem.rules, cuts=found, seconds=seconds, ties=False)
        if not other.possible:
            break
        found.append(other.chosen)
        new = listed(problem.names(k for k in other.chosen if k not in best.chosen))
        gone = listed(problem.names(k for k in best.chosen if k not in other.chosen))
        said = f"{new} instead of {gone}" if new else f"without {gone}"
        keys = ", ".join(problem.options["option"].iloc[list(other.chosen)])
        worse = max(-gain(problem.rules.aim, best, other), 0.0)
        rows.append((len(rows) + 2, keys, other.cost, other.fit, worse, said, other.status))
    return _frame("alternatives", rows)


# --- why ------------------------------------------------------------------------------------------


def gain(aim: str, best: BestSet | solver.Choice, other: BestSet | solver.Choice) -> float:
    """Return how much better another set is in what is aimed at; 0 where they are the same."""
    better = best.cost - other.cost if aim == "cost" else other.fit - best.fit
    same = SAME * max(abs(best.cost), 1.0) if aim == "cost" else ALIKE
    return 0.0 if abs(better) <= same else float(better)


def beside(
    aim: str, best: BestSet | solver.Choice, other: BestSet | solver.Choice, currency: str = ""
) -> str:
    """Return how another set compares with the best one, first in what is aimed at."""
    better, by_cost = gain(aim, best, other), aim == "cost"
    if math.isnan(better):
        return "cannot be compared by cost, which is not known of both"
    if by_cost and better:
        return f"costs {money(abs(better), currency)} {'less' if better > 0 else 'more'}"
    if better:
        return f"fits {points(abs(better))} {'better' if better > 0 else 'worse'}"
    tie = gain("fit" if by_cost else "cost", best, other)
    if tie and by_cost:
        return f"fits {points(abs(tie))} {'better' if tie > 0 else 'worse'} for the same cost"
    if tie > 0 or tie < 0:
        return f"fits the same for {money(abs(tie), currency)} {'less' if tie > 0 else 'more'}"
    return "is as good"


def points(difference: float) -> str:
    """Return the difference of two shares.

    Examples
    --------
    >>> points(0.0483), points(0.01)
    ('4.8 percentage points', '1 percentage point')
    """
    shown = f"{100 * difference:.2g}"
    return f"{shown} percentage point{'' if shown == '1' else 's'}"


def setting(problem: Problem, rules: Rules, rule: str, option: int | None = None) -> str:
    """Return a rule as a sentence names it."""
    if option is not None:
        return f"the rule to {OF_OPTIONS[rule]} {problem.names([option])[0]}"
    value = getattr(rules, rule)
    if rule in {"most_options", "most_vendors"}:
        return f"the limit of {count(value, rule.removeprefix('most_').removesuffix('s'))}"
    said = {
        "budget": f"the budget of {amount(value)}",
        "least_fit": f"the least fit of {percent(value)}",
        "requirements": "the requirements that must be met",
        "open_source_only": "the rule to take open source only",
    }
    return said[rule]


class _Explainer:
    """Says what rules cost and why options were chosen, by solving again, for so many seconds."""

    def __init__(self, problem: Problem, best: solver.Choice, seconds: float) -> None:
        self.problem, self.rules, self.best = problem, problem.rules, best
        self.may = solver.eligible(problem, problem.rules)
        self.until = time.monotonic() + seconds

    def _solve(self, rules: Rules, ban: tuple[tuple[int, int], ...] = ()) -> solver.Choice:
        left = self.until - time.monotonic()
        if left <= 0:
            return solver.NOTHING._replace(status=OPEN)
        return solver.solve(self.problem, rules, ban=ban, seconds=left)

    def constraints(self) -> pd.DataFrame:
        """Return what each rule costs: the best set without it, all others standing."""
        rows = []
        for rule, option in self.rules.active():
            name = setting(self.problem, self.rules, rule, option)
            freer = self.rules.without(rule, option)
            # Where no set is possible, the question is for how little one would be.
            other = self._solve(freer if self.best.possible else replace(freer, aim="cost"))
            binds, said = self._price(rule, other)
            key = "" if option is None else self.problem.options["option"][option]
            better = gain(self.rules.aim, self.best, other)
            note = f"Without {name}, {said}."
            rows.append((rule, key, name, binds, other.cost, other.fit, better, note))
        return _frame("constraints", rows)

    def _price(self, rule: str, other: solver.Choice) -> tuple[bool, str]:
        """Return whether a rule binds, and what would be without it."""
        if other.status == OPEN:
            return False, "the set was not found out in the time allowed"
        if not other.possible:
            return False, "and the others standing, no set is possible either"
        if not self.best.possible:
            # Rounded up, so that a budget of what is said here is enough.
            cost = math.ceil(other.cost) if other.cost >= _WHOLE else other.cost
            fit = percent(round(other.fit, 2))
            return True, f"a set that costs {amount(cost)} is possible, with a fit of {fit}"
        said = beside(self.rules.aim, self.best, other)
        hidden = self.problem.unknowns["what"].str.contains("cost").any()
        if rule == "budget" and hidden and gain(self.rules.aim, self.best, other) > 0:
            said += " (options whose cost is not known are not counted)"
        return said != "is as good", f"the best set {said}"

    def whys(self) -> list[str]:
        """Return, for each block, why its main option was chosen."""
        said = [""] * len(self.best.main)
        for block in np.argsort(-self.problem.weight, kind="stable").tolist():
            said[block] = " ".join(self._why(block, self.best.main[block]))
        return said

    def _why(self, block: int, option: int) -> Iterator[str]:
        also = [b for b, main in enumerate(self.best.main) if main == option and b != block]
        if option in self.rules.keep:
            yield "Your rules keep it."
        if self.may[block].sum() == 1:
            yield self._alone(block)
            return
        if also:
            yield f"It is chosen for {listed(self.problem.block_names(also))} as well."
        other = self._solve(self.rules, ((block, option),))
        if other.status == OPEN:
            yield "What the set without it here would be was not found out in the time allowed."
        elif not other.possible:
            yield "No other option for this block goes together with your other rules."
        else:
            instead = self.problem.names([other.main[block]])[0]
            said = beside(self.rules.aim, self.best, other)
            yield f"The best set without it here, with {instead}, {said}."
        fits = np.where(self.may[block], np.nan_to_num(self.problem.fit[block]), 0.0)
        top, own = int(fits.argmax()), percent(fits[option])
        if fits[option] >= fits[top] - ALIKE:
            yield f"No other fits this block better ({own})."
        else:
            better = f"{percent(fits[top])} against {own}"
            yield f"{self.problem.names([top])[0]} would fit this block better ({better})."

    def _alone(self, block: int) -> str:
        """Say of the one option that may cover a block why there is no other."""
        free = int(solver.eligible(self.problem, self.rules.free())[block].sum())
        if free > 1:
            return f"It is the only one of {free} options here that your rules allow."
        hidden = listed(self.problem.names(np.flatnonzero(self.problem.hidden[block])))
        known = f" whose fit and costs are known; left out: {hidden}" if hidden else ""
        return f"It is the only option for this block{known}."


# --- why not --------------------------------------------------------------------------------------


def _impossible(problem: Problem, constraints: pd.DataFrame) -> list[str]:
    """Return why there is no set, in sentences: what nothing is for, and which rule to give up."""
    said = [*_uncovered(problem)]
    if not said:
        said = constraints.loc[constraints["binds"], "note"].tolist()
    if not said:
        names = listed(constraints["setting"])
        said = [f"No set is possible under {names}. To leave out one of them is not enough."]
    return said


def _uncovered(problem: Problem) -> Iterator[str]:
    """Say which blocks and requirements no option is for, whatever the rules are."""
    free = solver.eligible(problem, problem.rules.free())
    for block, name in enumerate(problem.blocks["name"]):
        if not free[block].any():
            yield _missing(problem, block, name)
    for place, asked in enumerate(problem.requirements):
        block = problem.asked_of[place]
        if free[block].any() and not (problem.meets[place] & free[block]).any():
            yield (
                f"No option that covers {problem.blocks['name'][block]} is known to meet the "
                f"requirement {asked}. Ask the vendors, or decide that it comes later."
            )


def _missing(problem: Problem, block: int, name: str) -> str:
    """Say why no option covers a block: which number of which option nobody knows."""
    unknown = problem.unknowns
    hidden = problem.options["option"][problem.hidden[block]]
    here = unknown["building_block"].isin(["", problem.blocks["building_block"][block]])
    unknown = unknown[unknown["option"].isin(hidden) & here & (unknown["what"] != "open source")]
    if len(unknown):
        pairs = zip(unknown["what"], unknown["option_name"], strict=True)
        facts = listed(f"the {what} of {option}" for what, option in pairs)
        are = "is" if len(unknown) == 1 else "are"
        return (
            f"No option with known costs and fits covers {name}: {facts} {are} missing. Fill it "
            "in, say what to assume, or add another option."
        )
    return f"No option covers {name}. Add one, for example an own build."
