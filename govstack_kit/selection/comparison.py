"""The options of a plan side by side: as a table, and on the axes of a radar figure.

Definitions
-----------
The options are those that :func:`govstack_kit.selection.options.options` returns, the existing
systems among them, with what their systems and products say; and those of the plan that cover no
block yet. The figures are those of the other modules. A fit is the mean over those of the compared
blocks that the option covers, and each block has the fit with which it counts when options are
chosen: the one that the team entered, also by saying how well a system serves; without it, the one
that follows from answers, with its range, as :func:`govstack_kit.selection.compliance.fit_scores`
has it. Where neither is known the range is 0 to 1, and in a mean unknown counts as 0. Maturity is
that of :func:`govstack_kit.selection.maturity.maturity_scores`.
The total cost is build and integration once, and the annual cost over the years of the plan's
rules; it is missing as soon as one of the three is not known.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.selection._given import framework_of, plan_of, result_of
from govstack_kit.selection._known_blocks import OPTIONS, check_blocks
from govstack_kit.selection.checks import blocks_of, options_of
from govstack_kit.selection.compliance import fit_scores
from govstack_kit.selection.maturity import maturity_scores
from govstack_kit.selection.options import complete

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.model import PlanData
    from govstack_kit.planning.selected import Option

ENTERED, ANSWERED, BOTH = "entered", "answers", "both"  # what a fit rests on
_TEXTS = (
    *("option", "name", "kind", "vendor", "licence", "open_source", "stage", "goals"),
    *("languages", "regions", "covers"),
)
_NUMBERS = (
    *("fit", "fit_lowest", "fit_highest", "answered", "maturity", "maturity_share"),
    *("build_cost", "integration_cost", "annual_cost", "total_cost"),
)
_COMPARED = (
    dict.fromkeys(_TEXTS, "str")
    | {"blocks": "Int64", "of_blocks": "Int64"}
    | dict.fromkeys(_NUMBERS[:3], "float64")
    | {"fit_from": "str"}
    | dict.fromkeys(_NUMBERS[3:], "float64")
)
AXES = {  # of the radar, and the column that each stands for
    "Covers the blocks": "coverage",
    "Fits the blocks": "fit",
    "Questions answered": "answered",
    "Maturity": "maturity_share",
}
_NOTES = {ENTERED: "entered by hand", BOTH: "partly entered by hand"}  # of a fit


def compare(  # noqa: PLR0913 - which options, and what counts
    framework: Framework,
    plan: PlanData,
    options: str | Iterable[str] | None = None,
    *,
    building_blocks: str | Iterable[str] | None = None,
    requirements: pd.DataFrame | None = None,
    weights: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Return options of a plan side by side.

    Parameters
    ----------
    framework
        The tables.
    plan
        The plan.
    options
        Ids of options, existing systems among them; without it, all.
    building_blocks
        The blocks that count; without it, all that one of the options covers.
    requirements
        What the plan needs, see :func:`govstack_kit.selection.checks.checks`.
    weights
        Weights of the categories of maturity.

    Returns
    -------
    pandas.DataFrame
        One row an option, in the order of the plan, then its systems that serve a block and that
        no option stands for; transposed it reads as a table to print:
        ``option``, ``name``, ``kind``, ``vendor``, ``licence``, ``open_source`` (yes, no or empty),
        ``stage`` (of the product: dpg, nominee or listed), ``goals``, ``languages``, ``regions``,
        ``covers`` (names of blocks), ``blocks`` (their number) of ``of_blocks``; ``fit`` (0 to 1,
        missing where nothing is known), ``fit_lowest``, ``fit_highest`` and ``fit_from``, what it
        rests on (entered by hand, answers, both, or empty); ``answered`` (share of the checks, 0
        to 1); ``maturity`` (0 to 3) and ``maturity_share`` (0 to 1); ``build_cost``,
        ``integration_cost``, ``annual_cost`` and ``total_cost`` in the currency of the plan.

    Raises
    ------
    UnknownKeyError
        If there is no such option or building block.
    ArgumentError
        If a rating or weight cannot be used, or an option covers what is no building block.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.selection.shortlist import take
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.new(title="Payments")
    >>> for product in ("dpg:mojaloop", "dpg:openg2p"):
    ...     _ = take(plan, framework, product, "govstack:payments")
    >>> compare(framework, plan)[["name", "open_source", "goals"]].values.tolist()
    [['Mojaloop', 'yes', '1, 9, 10, 16, 17'],
     ['OpenG2P', 'yes', '1, 2, 3, 4, 5, 6, 7, 8, 10, 17']]
    """
    plan = _completed(framework_of(framework), plan_of(plan))
    chosen = options_of(plan, options)
    check_blocks(framework_of(framework), [plan], [OPTIONS])
    covered = [cover.key for option in chosen for cover in option.covers]
    blocks = list(dict.fromkeys(covered))
    if building_blocks is not None:
        blocks = blocks_of(framework, building_blocks, plan)
    table = framework.building_blocks
    names = dict(zip(table["building_block"], table["name"], strict=True))
    products = framework.products
    stages = dict(zip(products["product"], products["stage"], strict=True))
    goals = framework.product_goals.sort_values("goal")
    served = goals.groupby("product")["goal"].agg(lambda of: ", ".join(map(str, of))).to_dict()
    scores = fit_scores(framework, plan, building_blocks=blocks, requirements=requirements)
    ids = [option.id for option in chosen]
    maturity = maturity_scores(plan, weights, options=ids).set_index("option")
    rows = []
    for option in chosen:
        mine = [key for key in dict.fromkeys(c.key for c in option.covers) if key in blocks]
        own = scores[(scores["option"] == option.id) & scores["building_block"].isin(mine)]
        costs = (option.build_cost, option.integration_cost, option.annual_cost)
        total = None
        if option.build_cost is not None and option.integration_cost is not None:
            once = option.build_cost + option.integration_cost
            total = None if costs[2] is None else once + plan.rules.years * costs[2]
        rows.append(
            (
                *(option.id, option.name, option.kind, option.vendor, option.licence),
                option.open_source,
                *(stages.get(option.product, ""), served.get(option.product, "")),
                *(", ".join(option.languages), ", ".join(option.regions)),
                "; ".join(names.get(key, key) for key in mine),
                *(len(mine), len(blocks)),
                *_fits(option, mine, own),
                _answered(own),
                *(maturity.loc[option.id, "score"], maturity.loc[option.id, "share"]),
                *(*costs, total),
            )
        )
    return pd.DataFrame(rows, columns=list(_COMPARED)).astype(_COMPARED)


def _completed(framework: Framework, plan: PlanData) -> PlanData:
    """Return a plan whose options are complete, with its systems that serve blocks among them."""
    found, entered = complete(plan, framework), len(plan.options)
    serving = [option for option in found[entered:] if option.covers]
    return plan.model_copy(update={"options": [*found[:entered], *serving]})


def _fits(
    option: Option, blocks: list[str], judged: pd.DataFrame
) -> tuple[float | None, float | None, float | None, str]:
    """Return the fit of an option for some blocks, its range, and what it rests on."""
    if not blocks:
        return None, None, None, ""
    entered = {cover.key: cover.fit for cover in reversed(option.covers)}  # the first counts
    answers = {row["building_block"]: row for row in judged.to_dict("records")}
    ranges, known = [], set()
    for block in blocks:
        if (own := entered[block]) is not None:
            ranges.append((own, own))
            known.add(ENTERED)
        elif pd.notna(answers[block]["fit"]):
            ranges.append((answers[block]["lowest"], answers[block]["highest"]))
            known.add(ANSWERED)
        else:
            ranges.append((0.0, 1.0))
    lowest, highest = (math.fsum(ends) / len(blocks) for ends in zip(*ranges, strict=True))
    basis = BOTH if len(known) > 1 else next(iter(known), "")
    return (lowest if known else None), lowest, highest, basis


def _answered(own: pd.DataFrame) -> float | None:
    """Return the share of the checks of all blocks that an option has answered."""
    weight = own["checks"].astype("float64")
    total = float(weight.sum())
    return float((own["answered"].fillna(0) * weight).sum()) / total if total else None


def profile(compared: pd.DataFrame) -> pd.DataFrame:
    """Return compared options on the axes of a radar figure.

    Parameters
    ----------
    compared
        What :func:`compare` returns.

    Returns
    -------
    pandas.DataFrame
        One row an option and axis: ``option``, ``name``, ``axis``, ``value`` (0 to 1; missing
        where not known) and ``note`` ("entered by hand", "partly entered by hand" or empty). The
        axes are how many of the blocks it covers, how well it fits them, how many questions are
        answered, and its maturity.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.selection.shortlist import take
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.new(title="Payments")
    >>> _ = take(plan, framework, "dpg:mojaloop")
    >>> profile(compare(framework, plan)).values.tolist()[0]
    ['mojaloop', 'Mojaloop', 'Covers the blocks', 1.0, '']
    """
    counts = ["blocks", "of_blocks", *_NUMBERS]
    compared = result_of(compared, _COMPARED, "compare(framework, plan)", counts)
    of = compared["of_blocks"].astype("float64")
    wide = compared.assign(coverage=compared["blocks"].astype("float64") / of.where(of > 0))
    rows = [
        (
            *(row["option"], row["name"], axis, row[column]),
            _NOTES.get(row["fit_from"], "") if column == "fit" else "",
        )
        for row in wide.to_dict("records")
        for axis, column in AXES.items()
    ]
    kinds = {"option": "str", "name": "str", "axis": "str", "value": "float64", "note": "str"}
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)
