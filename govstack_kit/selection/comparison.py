"""The options of a plan side by side: as a table, and on the axes of a radar figure.

Definitions
-----------
The figures are those of the other modules: how well the requirements are met is the range of
:func:`govstack_kit.selection.compliance.fit_scores`, over those of the compared blocks that the
option covers, each weighted by its number of checks; maturity is that of
:func:`govstack_kit.selection.maturity.maturity_scores`.
The total cost is build and integration once, and the annual cost over the years of the plan's
rules; it is missing as soon as one of the three is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.selection._filters import is_open_source
from govstack_kit.selection._given import framework_of, result_of
from govstack_kit.selection._known_blocks import OPTIONS, check_blocks
from govstack_kit.selection.checks import blocks_of, options_of
from govstack_kit.selection.compliance import fit_scores
from govstack_kit.selection.maturity import maturity_scores

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from govstack_kit.framework.tables import Framework
    from govstack_kit.planning.model import PlanData

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
    | dict.fromkeys(_NUMBERS, "float64")
)
AXES = {  # of the radar, and the column that each stands for
    "Covers the blocks": "coverage",
    "Meets requirements": "fit",
    "Questions answered": "answered",
    "Maturity": "maturity_share",
}


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
        Ids of options; without it, all.
    building_blocks
        The blocks that count; without it, all that one of the options covers.
    requirements
        What the plan needs, see :func:`govstack_kit.selection.checks.checks`.
    weights
        Weights of the categories of maturity.

    Returns
    -------
    pandas.DataFrame
        One row an option, in the order of the plan; transposed it reads as a table to print:
        ``option``, ``name``, ``kind``, ``vendor``, ``licence``, ``open_source`` (yes, no or empty),
        ``stage`` (of the product: dpg, nominee or listed), ``goals``, ``languages``, ``regions``,
        ``covers`` (names of blocks), ``blocks`` (their number) of ``of_blocks``; ``fit``,
        ``fit_lowest``, ``fit_highest`` and ``answered`` (0 to 1, missing where nothing is
        answered); ``maturity`` (0 to 3) and ``maturity_share`` (0 to 1); ``build_cost``,
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
                option.open_source or (is_open_source(option.licence) if option.licence else ""),
                *(stages.get(option.product, ""), served.get(option.product, "")),
                *(", ".join(option.languages), ", ".join(option.regions)),
                "; ".join(names.get(key, key) for key in mine),
                *(len(mine), len(blocks)),
                *_means(own),
                *(maturity.loc[option.id, "score"], maturity.loc[option.id, "share"]),
                *(*costs, total),
            )
        )
    return pd.DataFrame(rows, columns=list(_COMPARED)).astype(_COMPARED)


def _means(own: pd.DataFrame) -> tuple[float | None, ...]:
    """Return fit, its range and the share answered over the blocks of an option."""
    weight = own["checks"].astype("float64")
    total = float(weight.sum())
    if not total:
        return None, None, None, None
    found = {
        name: float((own[name].fillna(0) * weight).sum()) / total
        for name in ("lowest", "highest", "answered")
    }
    known = found["lowest"] if found["answered"] else None
    return known, found["lowest"], found["highest"], found["answered"]


def profile(compared: pd.DataFrame) -> pd.DataFrame:
    """Return compared options on the axes of a radar figure.

    Parameters
    ----------
    compared
        What :func:`compare` returns.

    Returns
    -------
    pandas.DataFrame
        One row an option and axis: ``option``, ``name``, ``axis`` and ``value`` (0 to 1; missing
        where not known). The axes are how many of the blocks it covers, how well it meets
        requirements, how many questions are answered, and its maturity.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.selection.shortlist import take
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.new(title="Payments")
    >>> _ = take(plan, framework, "dpg:mojaloop")
    >>> profile(compare(framework, plan)).values.tolist()[0]
    ['mojaloop', 'Mojaloop', 'Covers the blocks', 1.0]
    """
    counts = ["blocks", "of_blocks", *_NUMBERS]
    compared = result_of(compared, _COMPARED, "compare(framework, plan)", counts)
    of = compared["of_blocks"].astype("float64")
    wide = compared.assign(coverage=compared["blocks"].astype("float64") / of.where(of > 0))
    rows = [
        (row["option"], row["name"], axis, row[column])
        for row in wide.to_dict("records")
        for axis, column in AXES.items()
    ]
    kinds = {"option": "str", "name": "str", "axis": "str", "value": "float64"}
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)
