"""How well an option meets requirements, from its answers, under named rulesets.

Definitions
-----------
*Checks* and *answers* are those of :mod:`.checks`, *rulesets* those of :mod:`.rulesets`. Unknown
never counts as met. Its effect is a range: *lowest* is the share if everything unknown
turned out not to be met, *highest* if all of it were met. A condition *passes* if it holds at the
lowest, *fails* if it does not even hold at the highest, and otherwise *cannot be told yet*. Where
nothing is published to check, or nothing of it is needed, there is no share, and no verdict but
that.

With a frame of the requirements that a plan needs, those that it has as *later* or *not for us* do
not count. It says nothing about blocks that the plan does not need, nor about interfaces and
deployment: of these all that is published counts. What a row counts is therefore said row by row,
in ``considered``: *all published*, *needed by the plan*, or *needed by the plan, all published of
the rest* where the frame has only part of it, as where a condition counts what holds for every
block together with what a block that is not needed asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.selection import rulesets as rules
from govstack_kit.selection._given import is_missing, keys, number
from govstack_kit.selection._needed import counted
from govstack_kit.selection._verdicts import FIT, verdict_of, verdicts
from govstack_kit.selection.checks import (
    COLUMNS,
    answers_of,
    checks,
    counted_blocks,
    options_of,
    weighed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.model import PlanData
    from govstack_kit.planning.selected import Option

__all__ = ["fit", "fit_rows", "fit_scores", "verdicts"]

ALL_PUBLISHED, NEEDED = "all published", "needed by the plan"
IN_PART = "needed by the plan, all published of the rest"
COUNTS = ("met", "partly", "not met")
_CHECKS = ["total", "published", "said"]
_NUMBERS = [*_CHECKS, *COUNTS, "evidenced"]
_SCORES = (
    dict.fromkeys(("option", "name", "building_block"), "str")
    | dict.fromkeys(("fit", "lowest", "highest", "answered"), "float64")
    | {"checks": "Int64"}
)


def _pairs(
    framework: Framework, options: list[Option], blocks: list[str] | None, asked: pd.DataFrame
) -> pd.DataFrame:
    """Return which option is judged for which block: those given, covered or answered for."""
    of_key = dict(zip(asked["requirement"], asked["building_block"], strict=True))
    table = framework.building_blocks
    names = dict(zip(table["building_block"], table["name"], strict=True))
    order = {key: place for place, key in enumerate(names)}
    rows = []
    for option in options:
        found = [key for cover in option.covers for key in counted(framework, cover.key)]
        found += [of_key.get(answer.key, "") for answer in option.answers]
        own = blocks if blocks is not None else sorted(found, key=lambda k: order.get(k, 10**6))
        rows += [
            (option.id, option.name, key, names.get(key, key)) for key in dict.fromkeys(own) if key
        ]
    columns = ["option", "name", "building_block", "block"]
    frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns, "str"))
    return frame.assign(pair=range(len(frame)))


def fit(  # noqa: PLR0913 - what is judged, by what, and what counts
    framework: Framework,
    plan: PlanData,
    *,
    rulesets: str | list[str] | tuple[str, ...] | None = None,
    building_blocks: str | Iterable[str] | None = None,
    options: str | Iterable[str] | None = None,
    requirements: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return how each option fulfils each condition of each ruleset, block by block.

    Parameters
    ----------
    framework
        The tables.
    plan
        The plan, for its options and their answers.
    rulesets
        Names of rulesets, see :func:`govstack_kit.selection.rulesets.rulesets`; without it, all.
    building_blocks
        Keys of building blocks, as they are counted; without it, for each option those it covers or
        answered for.
    options
        Ids of options; without it, all of the plan.
    requirements
        What the plan needs, see :func:`govstack_kit.selection.checks.checks`; without it, all that
        is published counts.

    Returns
    -------
    pandas.DataFrame
        One row an option, building block, ruleset, level and condition, in that order: ``option``,
        ``name``, ``building_block``, ``block`` (its name), ``ruleset``, ``level``, ``condition``,
        ``rule``; the numbers of checks ``met``, ``partly``, ``not_met``, ``unknown`` and in
        ``total``; ``evidenced`` (met, with evidence and who said so); ``share`` (what may be
        claimed today, 0 to 1), ``lowest`` and ``highest``, all missing where nothing is there to
        check; ``verdict``, ``considered`` (what the row counts: all published, or needed by the
        plan; see the definitions of this module) and ``caveat`` (what else is counted than the
        ruleset means). As unknown never counts as met, ``share`` is ``lowest``.

    Raises
    ------
    ArgumentError, UnknownKeyError
        If there is no such ruleset, building block or option.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.planning.selected import Answer, Option
    >>> plan = govstack_kit.Plan.new(title="Payments")
    >>> plan.options = [Option(id="hub", name="Hub")]
    >>> plan.options[0].answers = [Answer(key="payments:6.1-01", answer="met")]
    >>> found = fit(govstack_kit.load(), plan, rulesets="govspecs-2.0")
    >>> found[["condition", "met", "total", "verdict"]].head(2).values.tolist()
    [['REQUIRED of the core set', 0, 111, 'cannot be told yet'],
     ['REQUIRED of the block', 1, 143, 'cannot be told yet']]
    """
    judged = options_of(plan, options)
    asked = weighed(framework, plan=plan, requirements=requirements)
    blocks = building_blocks
    if blocks is not None:
        blocks = counted_blocks(framework, blocks, plan, requirements)
    conditions = rules.counted(rules.chosen(rulesets))
    pairs = _pairs(framework, judged, blocks, asked[asked["counts"]])
    sums = _sums(pairs, conditions, asked, answers_of(judged))
    each = conditions.drop(columns=["kind", "of_level"]).drop_duplicates("place")
    frame = pairs.merge(each, "cross").merge(sums, "left", on=["pair", "place"])
    frame = frame.sort_values(["pair", "place"], ignore_index=True)
    frame[_NUMBERS] = frame[_NUMBERS].fillna(0)
    frame["unknown"] = frame["total"] - frame[list(COUNTS)].sum(axis=1)
    frame["low"] = frame["met"] + frame["weight"] * frame["partly"]
    frame["high"] = frame["low"] + frame["unknown"]
    total = frame["total"].where(frame["total"] > 0)
    frame["share"] = frame["lowest"] = frame["low"] / total
    frame["highest"] = frame["high"] / total
    none, every = frame["said"] == 0, frame["said"] == frame["published"]
    frame["considered"] = np.select([none, every], [ALL_PUBLISHED, NEEDED], IN_PART)
    frame["verdict"] = verdict_of(frame)
    return frame.rename(columns={"not met": "not_met"})[list(FIT)].astype(FIT)


def _sums(
    pairs: pd.DataFrame, conditions: pd.DataFrame, asked: pd.DataFrame, answers: pd.DataFrame
) -> pd.DataFrame:
    """Return the numbers of checks and answers by pair and condition, where there are checks."""
    cell = ["cell", "kind", "of_level"]
    asked = asked.rename(columns={"building_block": "cell", "level": "of_level"})
    asked = asked.assign(total=asked["counts"], published=True)
    totals = asked.groupby(cell, as_index=False)[_CHECKS].sum()
    given = answers.merge(asked.loc[asked["counts"], ["requirement", *cell]], on="requirement")
    for name in COUNTS:
        given[name] = given["answer"] == name
    given["evidenced"] = given["met"] & (given[["evidence", "by"]] != "").all(axis=1)
    given = given.groupby(["option", *cell], as_index=False)[_NUMBERS[len(_CHECKS) :]].sum()
    # Every pair has the cells of its own block, and those that hold for every block.
    spread = pd.concat([pairs.assign(cell=pairs["building_block"]), pairs.assign(cell="")])
    cells = spread.merge(totals, on="cell").merge(given, "left", on=["option", *cell])
    counted = cells.merge(conditions[["place", "kind", "of_level"]], on=["kind", "of_level"])
    return counted.groupby(["pair", "place"], as_index=False)[_NUMBERS].sum()


def fit_rows(  # noqa: PLR0913 - each names the figure to open
    framework: Framework,
    plan: PlanData,
    option: str,
    building_block: str,
    ruleset: str,
    *,
    condition: str | None = None,
    level: float | None = None,
    requirements: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the checks behind a figure of :func:`fit`, with their answers.

    Parameters
    ----------
    framework
        The tables.
    plan
        The plan.
    option
        Id of an option.
    building_block
        Key of a building block.
    ruleset
        Name of a ruleset.
    condition
        One of its conditions; without it, all.
    level
        One of its levels, also as a row of :func:`fit` has it; without it, all.
    requirements
        As for :func:`fit`.

    Returns
    -------
    pandas.DataFrame
        One row a level, condition and check: ``level``, ``condition``, ``requirement``,
        ``building_block`` (empty where it holds for every block), ``kind``, ``section``,
        ``of_level`` (how binding it is), ``title``, ``answer``, ``evidence``, ``by``, ``date`` and
        ``counts`` (1, 0 or what partly counts; missing where unknown).

    Raises
    ------
    ArgumentError, UnknownKeyError
        If there is no such option, building block, ruleset, level or condition.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.planning.selected import Option
    >>> plan = govstack_kit.Plan.new(title="Consent")
    >>> plan.options = [Option(id="one", name="One")]
    >>> framework = govstack_kit.load()
    >>> found = fit_rows(framework, plan, "one", "govstack:consent", "kit-fit")
    >>> len(found), set(found["answer"])
    (22, {'unknown'})
    """
    judged = options_of(plan, [option])
    block = counted_blocks(framework, [building_block], plan, requirements)
    conditions = rules.counted(rules.chosen(ruleset))
    for name, value, is_one in (
        ("level", None if is_missing(level) else level, number(level) is not None),
        ("condition", condition, isinstance(condition, str)),
    ):
        if value is not None and not (is_one and value in conditions[name].tolist()):
            allowed = ", ".join(map(str, dict.fromkeys(conditions[name])))
            raise ArgumentError(
                f"The ruleset {ruleset!r} has no {name} {quote(value)}. Allowed: {allowed}."
            )
        if value is not None:
            conditions = conditions[conditions[name] == value]
    asked = checks(framework, block, plan=plan, requirements=requirements)
    asked = asked.rename(columns={"level": "of_level"}).assign(at=range(len(asked)))
    answers = answers_of(judged).drop(columns="option")
    rows = asked.merge(answers, "left", on="requirement")
    said = ["answer", "evidence", "by", "date"]
    rows = rows.fillna({"answer": "unknown", "evidence": "", "by": "", "date": ""})
    rows = conditions.merge(rows, on=["kind", "of_level"]).sort_values(["place", "at"])
    worth = {"met": 1.0, "not met": 0.0}
    rows["counts"] = rows["answer"].map(worth).fillna(rows["weight"])
    rows["counts"] = rows["counts"].mask(rows["answer"] == "unknown").astype("float64")
    text = [*COLUMNS][:-2]
    columns = ["level", "condition", *text, "of_level", "title", *said, "counts"]
    kinds = dict.fromkeys(["condition", *text, "of_level", "title", *said], "str")
    return rows[columns].astype(kinds | {"level": "Int64"}).reset_index(drop=True)


def fit_scores(
    framework: Framework,
    plan: PlanData,
    *,
    building_blocks: str | Iterable[str] | None = None,
    requirements: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return one figure for each option and block, for comparing and choosing.

    It is the kit's own convention, the ruleset ``kit-fit``: met counts 1, partly 0.5, not met and
    unknown 0, over the REQUIRED and RECOMMENDED requirements of the block and the team's own.

    Parameters
    ----------
    framework, plan, building_blocks, requirements
        As for :func:`fit`.

    Returns
    -------
    pandas.DataFrame
        One row an option and block: ``option``, ``name``, ``building_block`` (by the key that
        `building_blocks` or the option has for it, also one of 2019), ``fit`` (0 to 1; missing
        where nothing is answered or nothing is there to check), ``lowest`` and ``highest`` (see the
        definitions of this module), ``answered`` (share of the checks, 0 to 1) and ``checks``
        (their number).

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.planning.selected import Answer, Option
    >>> plan = govstack_kit.Plan.new(title="Consent")
    >>> plan.options = [Option(id="one", name="One")]
    >>> plan.options[0].answers = [Answer(key="consent:6.1-01", answer="partly")]
    >>> fit_scores(govstack_kit.load(), plan)[["fit", "highest", "checks"]].round(3).values.tolist()
    [[0.023, 0.977, 22]]
    """
    frame = fit(
        framework,
        plan,
        rulesets=rules.KIT,
        building_blocks=building_blocks,
        requirements=requirements,
    )
    named = None if building_blocks is None else keys(building_blocks, "building blocks")
    links = [
        (option.id, key, block)
        for option in plan.options
        for key in dict.fromkeys([c.key for c in option.covers] if named is None else named)
        for block in counted(framework, key)
    ]
    known = pd.DataFrame(links, columns=["option", "key", "building_block"])
    frame = frame.merge(known.astype("str"), "left", on=["option", "building_block"])
    # What has several counterparts is judged by the checks of all of them.
    frame["building_block"] = frame["key"].fillna(frame["building_block"])
    counts = ["met", "partly", "unknown", "total"]
    by = ["option", "name", "building_block"]
    found = frame.groupby(by, sort=False)[counts].sum().astype("float64").reset_index()
    total = found["total"].where(found["total"] > 0)
    low = found["met"] + rules.RULESETS[rules.KIT].partly * found["partly"]
    found = found.assign(
        lowest=low / total,
        highest=(low + found["unknown"]) / total,
        answered=1 - found["unknown"] / total,
        checks=found["total"],
    )
    found["fit"] = found["lowest"].where(found["answered"] > 0)
    return found[list(_SCORES)].astype(_SCORES)
