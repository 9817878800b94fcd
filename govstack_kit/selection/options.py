"""What could cover the building blocks of a plan: products, existing systems and own builds.

Definitions
-----------
An *option* covers building blocks, each with a fit from 0 (not at all) to 1 (fully), and has costs
to build, to integrate and for each year. Whatever nobody has entered is missing, which means
unknown, never zero.

The existing systems of a plan that serve blocks are options without being entered again. The fits
that follow from how well they do it are the kit's own convention, and published nowhere: well 1.0,
partly 0.5, poorly 0.2, not judged unknown. To build an existing system costs nothing, because it is
there. What it costs anyway is no part of the choice: only what using it here adds counts, once to
integrate it and each year, and only the team can say how much. An option of the kind "system" that
names a system takes its place, and takes from it what was not entered again: licence, both costs,
and the blocks that it serves.

Where the team has answered for requirements of a block and given no fit, the fit follows from the
answers, as :func:`govstack_kit.selection.fit_scores` counts it: what is unknown counts as not met.
Then ``fit_lowest`` and ``fit_highest`` say how far unknown answers could move it, and
:func:`govstack_kit.best_set_stability` draws from that range.

A product that is named by its key takes its licence from the tables. Where nobody said whether an
option is open source, its licence does, if it is known.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.errors import expected, known
from govstack_kit.framework.framework import check
from govstack_kit.framework.questions import counterparts
from govstack_kit.planning.plan import Plan
from govstack_kit.selection.compliance import fit_scores
from govstack_kit.selection.shortlist import is_open_source, joined

if TYPE_CHECKING:
    from collections.abc import Iterable

    from govstack_kit.framework.framework import Framework

FITS = MappingProxyType({"well": 1.0, "partly": 0.5, "poorly": 0.2})
COSTS = ["build_cost", "integration_cost", "annual_cost"]
ENTERED, ANSWERED, BOTH = "entered", "answers", "both"  # what a fit rests on
_ABOUT = ["option", "option_name", "kind", "vendor", "licence", "open_source"]
_FIT = ["fit", "fit_lowest", "fit_highest"]
_COLUMNS = [
    *_ABOUT,
    *("building_block", "building_block_name", *_FIT, "fit_from"),
    *(*COSTS, "note"),
]
_COMPARED = [
    *("option", "name", "kind", "vendor", "licence", "open_source", "stage", "goals"),
    *("languages", "regions", "covers", "blocks", "of_blocks", *_FIT, "fit_from", "answered"),
    *(*COSTS, "total_cost"),
]


def options(framework: Framework, plan: Plan) -> pd.DataFrame:
    """Return the options of a plan, and its existing systems as options.

    Parameters
    ----------
    framework, plan
        The tables, and the plan.

    Returns
    -------
    pandas.DataFrame
        One row an option and block, sorted by both: ``option``, ``option_name``, ``kind`` (product,
        system or own build), ``vendor``, ``licence``, ``open_source`` (yes, no, or empty where
        nobody knows), ``building_block``, ``building_block_name``, ``fit`` (0 to 1), ``fit_lowest``
        and ``fit_highest``, ``fit_from`` (what it rests on: entered, answers or empty),
        ``build_cost``, ``integration_cost``, ``annual_cost`` (in the currency of the plan, repeated
        on every row of an option) and ``note`` (of the block, else of the option). Missing numbers
        are unknown. Options that name no block have no row. Blocks of 2019 stand as the blocks that
        they count as.

    Raises
    ------
    ArgumentError
        If something given is no plan.
    UnknownKeyError
        If an option or system has a key that is no building block of the tables or the plan.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
    >>> till = plan.add("systems", name="Till", integration_cost=90)
    >>> block = {"building_block": "govstack:payments", "quality": "partly"}
    >>> _ = plan.add("system_building_blocks", system=till, **block)
    >>> found = options(framework, plan)
    >>> found[["option", "kind", "building_block", "fit", "build_cost"]].values.tolist()
    [['till', 'system', 'govstack:payments', 0.5, 0.0]]
    """
    found, laid = complete(framework, plan), plan.framework(framework)
    frame = found.drop(columns="note").merge(_covered(framework, plan, found), on="option")
    frame["note"] = frame["note"].fillna(frame["option"].map(found.set_index("option")["note"]))
    same = counterparts(framework)
    frame["building_block"] = [same.get(key, [key]) for key in frame["building_block"]]
    frame = frame.explode("building_block", ignore_index=True)
    frame = frame.sort_values("fit", ascending=False, kind="stable")
    frame = frame.drop_duplicates(["option", "building_block"])
    names = laid.building_blocks.set_index("building_block")["name"]
    frame["building_block_name"] = frame["building_block"].map(names)
    texts = [name for name in _COLUMNS if name not in {*_FIT, *COSTS}]
    frame[texts] = frame[texts].astype("str").fillna("")
    return frame[_COLUMNS].sort_values(["option", "building_block"], ignore_index=True)


def complete(framework: Framework, plan: Plan) -> pd.DataFrame:
    """Return the options of a plan with what their systems say, and its other systems as options.

    Parameters
    ----------
    framework, plan
        The tables, and the plan.

    Returns
    -------
    pandas.DataFrame
        The columns of the table ``options`` of a plan, with ``option_name``. First its options, in
        their order, then one row for each system that no option stands for. Where nobody said
        whether one is open source, its licence does.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
    >>> _ = plan.add("systems", name="Till", annual_cost=700, added_annual_cost=20)
    >>> complete(govstack_kit.load(), plan)[["option", "build_cost", "annual_cost"]].values.tolist()
    [['till', 0.0, 20.0]]
    """
    framework = check(framework)
    expected(plan, Plan, "Give a plan after the tables; open one with Plan.open(path)")
    found, systems = plan.options, plan.systems
    found["system"] = found["system"].where(found["kind"] == "system")
    others = systems[~systems["system"].isin(found["system"])]
    taken = others["system"].isin(found["option"])
    new = others[["system", "name"]].assign(
        option=others["system"].mask(taken, others["system"] + "-existing"), kind="system"
    )
    found = pd.concat([found, new], ignore_index=True).rename(columns={"name": "option_name"})
    costs = {"integration_cost": "integration_cost", "added_annual_cost": "annual_cost"}
    from_system = systems[["system", "licence", "open_source", *costs]].rename(columns=costs)
    there = found[["system"]].merge(from_system, "left", on="system")
    for column in ("licence", "open_source", *costs.values()):
        found[column] = found[column].fillna(there[column])
    found["build_cost"] = found["build_cost"].mask(
        found["build_cost"].isna() & found["system"].notna(), 0.0
    )
    licences = joined(framework.product_licences, "licence")
    found["licence"] = found["licence"].fillna(found["product"].map(licences))
    judged = found["licence"].map(is_open_source, na_action="ignore").astype("str")
    return found.assign(open_source=found["open_source"].fillna(judged))


def _covered(framework: Framework, plan: Plan, found: pd.DataFrame) -> pd.DataFrame:
    """Return what options cover: block, fit with its range, what it rests on, and note."""
    covers = plan.option_building_blocks[["option", "building_block", "fit", "note"]]
    serves = plan.system_building_blocks
    _check_blocks(framework, plan)
    serves = serves.merge(found[["option", "system"]], on="system")
    serves = serves[~serves["option"].isin(covers["option"])]
    serves = serves.assign(fit=serves["quality"].map(FITS).astype("float64"))
    covers = pd.concat([covers, serves[covers.columns]], ignore_index=True)
    covers["fit_from"] = pd.Series(ENTERED, covers.index).where(covers["fit"].notna(), "")
    covers["fit_lowest"] = covers["fit_highest"] = covers["fit"]
    if plan.answers.empty:
        return covers
    key = ["option", "building_block"]
    judged = covers[key].merge(fit_scores(framework, plan), "left", on=key)
    follows = covers["fit"].isna() & judged["fit"].notna()
    for name, of in zip(_FIT, ("fit", "lowest", "highest"), strict=True):
        covers[name] = covers[name].mask(follows, judged[of])
    covers["fit_from"] = covers["fit_from"].mask(follows, ANSWERED)
    return covers


def _check_blocks(framework: Framework, plan: Plan) -> None:
    """Raise if systems or options bear keys that are no building blocks; all of them are named."""
    laid = plan.framework(framework).building_blocks["building_block"]
    there = {*laid, *plan.own_requirements["building_block"].dropna()}
    borne = [*plan.system_building_blocks["building_block"]]
    borne += plan.option_building_blocks["building_block"].tolist()
    asked = [key for key in borne if not key.startswith("own:")]
    known(asked, there, "building block", "framework.building_blocks")


# --- side by side ---------------------------------------------------------------------------------


def compare_options(
    framework: Framework,
    plan: Plan,
    options: str | Iterable[str] | None = None,
    *,
    building_blocks: str | Iterable[str] | None = None,
) -> pd.DataFrame:
    """Return options of a plan side by side.

    Parameters
    ----------
    framework, plan
        The tables, and the plan.
    options
        Keys of options, existing systems among them; without it, all.
    building_blocks
        The blocks that count; without it, all that one of the options covers.

    Returns
    -------
    pandas.DataFrame
        One row an option, in the order of the plan, then its systems that serve a block and that
        no option stands for; transposed it reads as a table to print: ``option``, ``name``,
        ``kind``, ``vendor``, ``licence``, ``open_source`` (yes, no or empty), ``stage`` (of the
        product: dpg, nominee or listed), ``goals``, ``languages``, ``regions``, ``covers`` (names
        of blocks), ``blocks`` (their number) of ``of_blocks``; ``fit``, the mean over those blocks,
        where unknown counts as 0 (missing where nothing is known), ``fit_lowest``, ``fit_highest``
        and ``fit_from``, what it rests on (entered by hand, answers, both, or empty); ``answered``
        (share of the checks, 0 to 1); ``build_cost``, ``integration_cost``, ``annual_cost`` and
        ``total_cost`` over the years of the rules, in the currency of the plan, missing as soon as
        one of the three is not known.

    Raises
    ------
    UnknownKeyError
        If there is no such option or building block.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.selection.shortlist import add_product
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.new(title="Payments")
    >>> for product in ("dpg:mojaloop", "dpg:openg2p"):
    ...     _ = add_product(framework, plan, product, "govstack:payments")
    >>> compare_options(framework, plan)[["name", "open_source", "goals"]].values.tolist()
    [['Mojaloop', 'yes', '1, 9, 10, 16, 17'],
     ['OpenG2P', 'yes', '1, 2, 3, 4, 5, 6, 7, 8, 10, 17']]
    """
    found, rows = complete(framework, plan), _options_of(framework, plan)
    found = found[found["option"].isin([*plan.options["option"], *rows["option"]])]
    if options is not None:
        kinds = (str, list, tuple, set, dict, pd.Series, pd.Index)
        expected(options, kinds, "Name options of the plan, for example ['digit']")
        wanted = [options] if isinstance(options, str) else options
        keys = known(wanted, [*found["option"]], "option", "selection.options(framework, plan)")
        found = found.set_index("option").loc[keys].reset_index()
        rows = rows[rows["option"].isin(keys)]
    blocks = list(dict.fromkeys(rows["building_block"]))
    if building_blocks is not None:
        laid = plan.framework(framework).building_blocks["building_block"]
        wanted = [building_blocks] if isinstance(building_blocks, str) else building_blocks
        there = [*laid, *blocks]
        blocks = known(wanted, there, "building block", "framework.building_blocks")
    found["of_blocks"] = len(blocks)
    found = found.merge(_means(rows[rows["building_block"].isin(blocks)]), "left", on="option")
    found["answered"] = 0.0
    if len(plan.answers):
        scores = fit_scores(framework, plan, building_blocks=blocks)
        scores["answered"] = scores["answered"].fillna(0.0) * scores["checks"]
        sums = scores.groupby("option")[["answered", "checks"]].sum()
        found["answered"] = found["option"].map(sums["answered"] / sums["checks"])
    found["stage"] = found["product"].map(framework.products.set_index("product")["stage"])
    found["goals"] = found["product"].map(joined(framework.product_goals, "goal"))
    years = plan.row("rules")["years"] or 5
    found["total_cost"] = found[COSTS].dot([1, 1, years])
    found = found.rename(columns={"option_name": "name"})[_COMPARED]
    numbers = {*_FIT, *COSTS, "answered", "total_cost", "blocks", "of_blocks"}
    texts = [name for name in _COMPARED if name not in numbers]
    found[texts] = found[texts].astype("str").fillna("")
    for name in ("languages", "regions"):
        found[name] = found[name].str.replace("; ", ", ")
    return found.fillna({"blocks": 0}).astype({"blocks": "int64", "of_blocks": "int64"})


_options_of = options  # in which `options` is an argument


def _means(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what each option covers, and its mean fit, in which unknown counts as 0."""
    known_ = rows["fit"].notna()
    low, high = rows["fit_lowest"].fillna(0.0), rows["fit_highest"].fillna(1.0)
    by = rows.assign(fit_lowest=low, fit_highest=high, known=known_).groupby("option", sort=False)
    found = by[["fit_lowest", "fit_highest"]].mean()
    found["fit"] = found["fit_lowest"].where(by["known"].any())
    found["covers"], found["blocks"] = by["building_block_name"].agg("; ".join), by.size()
    rests = by["fit_from"].agg(lambda names: sorted(set(names) - {""}))
    found["fit_from"] = [BOTH if len(of) > 1 else "".join(of) for of in rests]
    return found.reset_index()
