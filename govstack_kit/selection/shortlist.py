"""Which products could take the place of a building block, and what is known of them.

Definitions
-----------
A *candidate* is a product that a published list, its own material or this project links with a
building block; ``evidence`` says which (listed, declared or curated), with the reason and where it
can be read. For a block of the framework of 2019 the candidates are those of the GovStack block
that the crosswalk calls exactly it, broader or narrower; ``via`` names it.

*Open source* is judged here by the licence: yes for licences that the Open Source Initiative
approves and, for content and data, licences that are open by the Open Definition; no where
commercial use is forbidden; empty where no licence is on record or we do not know it. A *digital
public good* is in the registry of the Digital Public Goods Alliance, at the snapshot that the
tables come from.

A *region* is a country, by name or code, or one of the regions of the United Nations' standard M49,
such as Eastern Africa. A product is in it if the registry or the atlas has it on record as deployed
in one of its countries, or if the plan says so of an option made from it. On record is evidence;
nothing on record is no proof that a product is not in use there. The *languages* of a product are
published nowhere that the kit reads: only what the plan says counts.

What is not known passes no filter, unless it is told to ``keep_unknown``; how much is not known is
always counted. A filter *cannot be applied* where nothing is known of any candidate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import pandas as pd

from govstack_kit.errors import UnknownKeyError, did_you_mean, quote
from govstack_kit.planning.fields import slug
from govstack_kit.planning.model import make
from govstack_kit.planning.selected import Cover, Option
from govstack_kit.selection._filters import (
    EVIDENCE,
    Filter,
    Filters,
    filters_of,
    is_open_source,
    keep,
)
from govstack_kit.selection._given import framework_of, plan_of
from govstack_kit.selection._places import Places
from govstack_kit.selection.checks import blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.model import PlanData

_RELATIONS = ("exact", "broader", "narrower")
_CANDIDATE = {
    "building_block": "str",
    "block": "str",
    "product": "str",
    "name": "str",
    "evidence": "str",
    "reason": "str",
    "url": "str",
    "via": "str",
    "stage": "str",
    "digital_public_good": "str",
    "kind": "str",
    "licence": "str",
    "open_source": "str",
    "goals": "str",
    "languages": "str",
    "regions": "str",
    "deployed_in": "str",
    "developed_in": "str",
    "option": "str",
    "website": "str",
    "repository": "str",
    "source": "str",
    "note": "str",
}
_EFFECT = {
    "filter": "str",
    "value": "str",
    "candidates": "Int64",
    "left_out": "Int64",
    "not_known": "Int64",
    "blocks_covered": "Int64",
    "blocks_lost": "Int64",
    "lost": "str",
    "note": "str",
}


def _joined(frame: pd.DataFrame, column: str, between: str = ", ") -> pd.Series[str]:
    """Return the values of a column by product, with commas or something else between."""
    values = frame.sort_values(["product", column])
    return values.astype({column: "str"}).groupby("product")[column].agg(between.join)


def _links(framework: Framework, blocks: list[str]) -> pd.DataFrame:
    """Return which product is linked with which of the blocks, some through the crosswalk."""
    links = framework.product_building_blocks.assign(via="")
    table = framework.building_block_crosswalk
    table = table[table["relation"].isin(_RELATIONS)].rename(columns={"govstack": "building_block"})
    through = links.drop(columns="via").merge(
        table[["dif", "building_block", "relation"]], on="building_block"
    )
    through["via"] = through["building_block"] + " (" + through["relation"] + ")"
    through["building_block"] = through["dif"]
    found = pd.concat([links, through[links.columns]], ignore_index=True)
    found = found[found["building_block"].isin(blocks)]
    return found.drop_duplicates(["building_block", "product"])


def _candidates(framework: Framework, blocks: list[str], plan: PlanData | None) -> pd.DataFrame:
    """Return every candidate for the blocks, with what is known of it."""
    products = framework.products.rename(columns={"note": "remark"}).drop(columns="source")
    registered = set(products.loc[products["stage"] == "dpg", "product"])
    good = products["product"].isin(registered) | products["same_as"].isin(registered)
    products["digital_public_good"] = good.map({True: "yes", False: "no"})
    products["licence"] = products["product"].map(_joined(framework.product_licences, "licence"))
    products["goals"] = products["product"].map(_joined(framework.product_goals, "goal"))
    for relation in ("deployed", "developed"):
        places = framework.product_countries.query("relation == @relation")
        found = _joined(places, "country", "; ")  # names of countries have commas
        products[f"{relation}_in"] = products["product"].map(found)
    frame = _links(framework, blocks).merge(products, on="product")
    table = framework.building_blocks
    names = dict(zip(table["building_block"], table["name"], strict=True))
    options = plan_of(plan).options if plan is not None else []
    taken = {option.product: option for option in options}
    mine = [taken.get(product) for product in frame["product"]]
    frame["block"] = frame["building_block"].map(names)
    frame["option"] = [option.id if option else "" for option in mine]
    frame["languages"] = [", ".join(option.languages) if option else "" for option in mine]
    frame["regions"] = [", ".join(option.regions) if option else "" for option in mine]
    texts = [name for name in _CANDIDATE if name in frame]
    frame = frame.astype(dict.fromkeys(texts, "str")).fillna("")
    frame["note"] = (frame["note"] + " " + frame["remark"].fillna("")).str.strip()
    frame["open_source"] = frame["licence"].map(is_open_source)
    frame["place"] = frame["building_block"].map({key: n for n, key in enumerate(blocks)})
    frame["strength"] = frame["evidence"].map({kind: n for n, kind in enumerate(EVIDENCE)})
    frame["folded"] = frame["name"].str.casefold()
    frame = frame.sort_values(["place", "strength", "folded"], ignore_index=True)
    return frame[list(_CANDIDATE)].astype(_CANDIDATE)


def _wanted(framework: Framework, building_blocks: str | Iterable[str] | None) -> list[str]:
    framework_of(framework)
    if building_blocks is None:
        linked = set(framework.product_building_blocks["building_block"])
        return [key for key in framework.building_blocks["building_block"] if key in linked]
    return blocks_of(framework, building_blocks)


def shortlist(
    framework: Framework,
    building_blocks: str | Iterable[str] | None = None,
    *,
    plan: PlanData | None = None,
    **filters: Unpack[Filters],
) -> pd.DataFrame:
    """Return the candidates for building blocks, with the evidence of each link.

    Parameters
    ----------
    framework
        The tables.
    building_blocks
        Keys of building blocks; without it, all that have candidates.
    plan
        A plan: it says which candidates it has taken, and their languages and regions.
    **filters
        ``open_source``, ``digital_public_good`` (True), ``language`` (a text), ``region`` (a
        country, by name or code, or a region such as Africa), ``evidence`` (one or several kinds),
        ``goal`` (one or several numbers) and ``keep_unknown``; see the definitions of this module.

    Returns
    -------
    pandas.DataFrame
        One row a building block and candidate, by block and strength of the evidence:
        ``building_block``, ``block`` (its name), ``product``, ``name``, ``evidence``, ``reason``,
        ``url``, ``via``, ``stage`` (dpg, nominee, listed or own), ``digital_public_good`` (yes or
        no), ``kind``, ``licence``, ``open_source`` (yes, no or empty), ``goals``, ``languages``,
        ``regions`` (as the plan says), ``deployed_in`` and ``developed_in`` (countries, as
        published), ``option`` (its id in the plan), ``website``, ``repository``, ``source`` and
        ``note``. What is not known is empty.

    Raises
    ------
    UnknownKeyError
        If there is no such building block.
    ArgumentError
        If a filter has a value that it cannot have, or nobody knows such a region.

    Examples
    --------
    >>> import govstack_kit
    >>> found = shortlist(govstack_kit.load(), "govstack:consent", open_source=True)
    >>> found[["name", "evidence", "licence"]].values.tolist()[0]
    ['Automated Data Agreement', 'declared', 'Apache-2.0']
    >>> shortlist(govstack_kit.load(), "govstack:payments", region="Kenya")["name"].tolist()
    ['Apache Fineract', 'HOPE']
    """
    frame = _candidates(framework, _wanted(framework, building_blocks), plan)
    found = filters_of(frame, filters, Places(framework))
    kept = keep(found, frame, unknown=bool(filters.get("keep_unknown")))
    return frame[kept].reset_index(drop=True)


def filter_effect(
    framework: Framework,
    building_blocks: str | Iterable[str] | None = None,
    *,
    plan: PlanData | None = None,
    **filters: Unpack[Filters],
) -> pd.DataFrame:
    """Return what each filter costs: how many candidates stay, and which blocks lose all of theirs.

    Parameters
    ----------
    framework, building_blocks, plan, **filters
        As for :func:`shortlist`.

    Returns
    -------
    pandas.DataFrame
        A row without a filter ("none"), one for each filter alone, and one for "all together":
        ``filter``, ``value``, ``candidates`` (products that stay), ``left_out`` (products that do
        not), ``not_known`` (products of which the filter knows nothing), ``blocks_covered`` (with
        at least one candidate), ``blocks_lost`` and ``lost`` (names of the blocks that the filter
        leaves without any candidate; in the first row, those that have none at all) and ``note``.
        For a filter that cannot be applied the numbers are missing, except ``not_known``, and the
        note says so; "all together" is then what the other filters leave.

    Raises
    ------
    ArgumentError, UnknownKeyError
        As for :func:`shortlist`.

    Examples
    --------
    >>> import govstack_kit
    >>> blocks = ["govstack:payments", "govstack:wallet"]
    >>> found = filter_effect(govstack_kit.load(), blocks, digital_public_good=True)
    >>> found[["filter", "candidates", "blocks_covered", "lost"]].values.tolist()
    [['none', 9, 2, ''], ['digital_public_good', 4, 1, 'Wallet']]
    """
    blocks = _wanted(framework, building_blocks)
    frame = _candidates(framework, blocks, plan)
    unknown = bool(filters.get("keep_unknown"))
    found = list(filters_of(frame, filters, Places(framework)))
    table = framework.building_blocks
    names = dict(zip(table["building_block"], table["name"], strict=True))
    first = set(frame["building_block"])

    def open_(used: list[Filter]) -> int:
        nothing = [one.found == "" for one in used]
        return int(frame.loc[pd.concat(nothing, axis=1).any(axis=1), "product"].nunique())

    def row(name: str, value: str, used: list[Filter], note: str) -> tuple[object, ...]:
        not_known = open_(used) if used else 0
        used = [one for one in used if one.applies]
        if not used and name != "none":
            return name, value, pd.NA, pd.NA, not_known, pd.NA, pd.NA, "", note
        stay = frame[keep(used, frame, unknown=unknown)]
        covered = set(stay["building_block"])
        before = first if used else set(blocks)
        lost = [names.get(key, key) for key in blocks if key in before - covered]
        count = stay["product"].nunique()
        return (
            *(name, value, count, frame["product"].nunique() - count, not_known),
            *(len(covered), len(lost), "; ".join(lost), note),
        )

    rows = [row("none", "", [], "")]
    rows += [row(one.name, one.value, [one], one.note(open_([one]))) for one in found]
    if len(found) > 1:
        aside = ", ".join(one.name for one in found if not one.applies)
        note = f"Without {aside}: that cannot be applied." if aside else ""
        rows.append(row("all together", "", found, note))
    return pd.DataFrame(rows, columns=list(_EFFECT)).astype(_EFFECT)


def take(
    plan: PlanData,
    framework: Framework,
    product: str,
    building_blocks: str | Iterable[str] | None = None,
) -> Option:
    """Put a product into the options of a plan, or let the option it has cover more blocks.

    Parameters
    ----------
    plan
        The plan.
    framework
        The tables.
    product
        Key of a product.
    building_blocks
        The blocks that it could cover; without it, those it is linked with. How well it does is
        left open.

    Returns
    -------
    Option
        The option in the plan.

    Raises
    ------
    UnknownKeyError
        If there is no such product or building block.
    PlanError
        If there would be too many options; the plan is as before.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="Consent")
    >>> option = take(plan, govstack_kit.load(), "atlas:drupal")
    >>> option.id, option.licence, [cover.key for cover in option.covers]
    ('drupal', 'GPL-2.0-or-later', ['govstack:cms'])
    """
    plan_of(plan)
    products = framework_of(framework).products
    known = products["product"].tolist()
    if not isinstance(product, str) or product not in known:
        raise UnknownKeyError(
            f"There is no product {quote(product)}. {did_you_mean(str(product), known)}".strip()
        )
    links = framework.product_building_blocks.query("product == @product")
    linked = dict(zip(links["building_block"], links["evidence"], strict=True))
    reasons = dict(zip(links["building_block"], links["reason"], strict=True))
    wanted = (
        list(linked) if building_blocks is None else blocks_of(framework, building_blocks, plan)
    )
    there = next((option for option in plan.options if option.product == product), None)
    covers = list(there.covers) if there else []
    known_covers = {cover.key for cover in covers}
    covers += [
        make(Cover, {"key": key, "note": f"{linked[key]}: {reasons[key]}" if key in linked else ""})
        for key in wanted
        if key not in known_covers
    ]
    if there:
        there.covers = covers
        return there
    name = products.loc[products["product"] == product, "name"].item()
    licences = framework.product_licences.query("product == @product")["licence"]
    licence = ", ".join(sorted(licences))
    taken = [option.id for option in plan.options]
    fields = {
        "id": slug(name, taken=taken, otherwise="option"),
        "name": name,
        "product": product,
        "licence": licence,
        "open_source": is_open_source(licence) if licence else "",
        "covers": covers,
    }
    option = make(Option, fields)
    plan.options = [*plan.options, option]
    return plan.options[-1]
