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
public good* stands on the registry of the Digital Public Goods Alliance of 2024 or on its list of
May 2026; ``framework.product_lists`` says on which.

A *region* is a country, by name or code, or one of the regions of the United Nations' standard M49,
such as Eastern Africa. What names both, such as Micronesia, is the country. A product is in a
region if the registry or the atlas has it on record as deployed in one of its countries, or if the
plan says so of an option made from it. On record is evidence; nothing on record is no proof that a
product is not in use there. The *languages* of a product are published nowhere that the kit reads:
only what the plan says counts.

A *filter* says yes, no or nothing (not known) of each candidate. Only yes passes, unless what is
not known is to be kept (``keep_unknown``); how much is not known is always counted. A filter of
which nothing is known of any candidate *cannot be applied*.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypedDict, Unpack

import pandas as pd

from govstack_kit.errors import ArgumentError, did_you_mean, expected, known, quote
from govstack_kit.framework.framework import check
from govstack_kit.framework.questions import SAME
from govstack_kit.planning.plan import Plan
from govstack_kit.words import count, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from govstack_kit.framework.framework import Framework

EVIDENCE = ("listed", "declared", "curated")
SAID_BY = ("publisher", "atlas", "product", "kit")  # the strongest evidence first
GOALS = range(1, 18)
_ASKED = {"open_source": "licence", "region": "country"}  # what a filter asks of a candidate
_NOTES = {
    "open_source": "Judged by the licence.",
    "language": "No list publishes it: only what the plan says of its options counts.",
    "region": (
        "Where it is on record as deployed, or the plan says so. That nothing is on record there "
        "does not prove that it is not in use there."
    ),
    "goal": "The goals that the product itself names.",
}
_OPEN = frozenset(
    name.casefold()
    for name in (
        *("0BSD", "AGPL-3.0", "Apache-2.0", "Artistic-2.0", "BSD-2-Clause", "BSD-3-Clause"),
        *(
            "ECL-2.0",
            "EPL-1.0",
            "EPL-2.0",
            "EUPL-1.1",
            "EUPL-1.2",
            "GPL-2.0",
            "GPL-3.0",
            "ISC",
            "LGPL-2.0",
        ),
        *("LGPL-2.1", "LGPL-3.0", "MIT", "MPL-2.0", "NPOSL-3.0", "PostgreSQL", "Unlicense"),
        *("Zlib", "CC0-1.0", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0"),
        *("ODbL-1.0", "OGL-UK-2.0", "OGL-UK-3.0"),
    )
)
_CLOSED = ("proprietary", "sul-1.0")
_ALSO = {"centralafrica": "middleafrica", "latinamerica": "latinamericaandthecaribbean"}
_TEXTS = [
    *("building_block", "building_block_name", "product", "product_name", "evidence"),
    *(
        "said_by",
        "reason",
        "url",
        "via",
        "stage",
        "digital_public_good",
        "kind",
        "licence",
        "open_source",
        "goals",
    ),
    *("languages", "regions", "deployed_in", "developed_in", "option", "website", "repository"),
    *("source", "note"),
]
_COUNTS = ["candidates", "left_out", "not_known", "blocks_covered", "blocks_lost"]
_EFFECT = ["filter", "value", *_COUNTS, "lost", "note"]


class Filters(TypedDict, total=False):
    """What a candidate must be; a filter that is missing, None or False asks for nothing."""

    open_source: bool
    digital_public_good: bool
    language: str | None
    region: str | None
    evidence: str | Iterable[str] | None
    goal: int | Iterable[int] | None
    keep_unknown: bool


class _Filter(NamedTuple):
    """A filter: its name, its value as text, and yes, no or empty for each candidate."""

    name: str
    value: str
    found: pd.Series[str]

    @property
    def applies(self) -> bool:
        """Whether anything is known of any candidate, if there are some."""
        return self.found.empty or bool((self.found != "").any())

    def note(self, unknown: int) -> str:
        """Return what it goes by, and of how many products nothing is known."""
        known_of = f"No {_ASKED.get(self.name, self.name)} is known of"
        if not self.applies:
            return f"Cannot be applied: {known_of[0].lower()}{known_of[1:]} any candidate."
        counted = f"{known_of} {count(unknown, 'product')}." if unknown else ""
        return f"{_NOTES.get(self.name, '')} {counted}".strip()


def is_open_source(licence: str) -> str:
    """Return whether a licence, or several with commas between, is an open one: yes, no or empty.

    Examples
    --------
    >>> is_open_source("AGPL-3.0"), is_open_source("CC-BY-NC-SA-4.0"), is_open_source("Own terms")
    ('yes', 'no', '')
    """
    parts = [part.strip().casefold() for part in licence.split(",")]
    if any("-nc" in part or part in _CLOSED for part in parts):
        return "no"
    endings = ("-or-later", "-only", "+")
    bare = [next((p.removesuffix(e) for e in endings if p.endswith(e)), p) for p in parts]
    return "yes" if _OPEN.issuperset(bare) else ""


def joined(table: pd.DataFrame, column: str, between: str = ", ") -> pd.Series[str]:
    """Return the different values of a column of a table of products, as one text a product."""
    once = table[["product", column]].drop_duplicates().sort_values(["product", column])
    return once.astype({column: "str"}).groupby("product")[column].agg(between.join)


# --- candidates -----------------------------------------------------------------------------------


def _links(framework: Framework) -> pd.DataFrame:
    """Return which product is linked with which block, some through the crosswalk."""
    links = framework.product_building_blocks.assign(via="")
    table = framework.building_block_crosswalk
    table = table[table["relation"].isin(SAME)].rename(columns={"govstack": "building_block"})
    of_2019 = links.merge(table[["dif", "building_block", "relation"]], on="building_block")
    of_2019["via"] = of_2019["building_block"] + " (" + of_2019["relation"] + ")"
    of_2019["building_block"] = of_2019["dif"]
    found = pd.concat([links, of_2019[links.columns]], ignore_index=True)
    return found.drop_duplicates(["building_block", "product"])


def _candidates(framework: Framework, blocks: list[str], plan: Plan | None) -> pd.DataFrame:
    """Return every candidate for the blocks, with what is known of it."""
    expected(plan, (Plan, type(None)), "Give a plan, as in plan=plan")
    products = framework.products.rename(columns={"name": "product_name", "note": "remark"})
    key, lists = products["product"], framework.product_lists
    good = key.isin(lists.loc[lists["status"] == "digital public good", "product"])
    products = products.drop(columns="source").assign(
        digital_public_good=good.map({True: "yes", False: "no"}),
        licence=key.map(joined(framework.product_licences, "licence")),
        goals=key.map(joined(framework.product_goals, "goal")),
    )
    for relation, places in framework.product_countries.groupby("relation"):
        # Names of countries have commas.
        products[f"{relation}_in"] = key.map(joined(places, "country", "; "))
    links = _links(framework)
    frame = links[links["building_block"].isin(blocks)].merge(products, on="product")
    names = framework.building_blocks.set_index("building_block")["name"]
    frame["building_block_name"] = frame["building_block"].map(names)
    taken = Plan.new(title="None").options if plan is None else plan.options
    mine = taken.dropna(subset="product").drop_duplicates("product").set_index("product")
    for name in ("option", "languages", "regions"):
        frame[name] = frame["product"].map(mine[name])
    frame["note"] = (frame["note"].fillna("") + " " + frame["remark"].fillna("")).str.strip()
    frame["open_source"] = frame["licence"].map(is_open_source, na_action="ignore")
    frame["place"] = frame["building_block"].map({key: n for n, key in enumerate(blocks)})
    frame["strength"] = frame["said_by"].map({who: n for n, who in enumerate(SAID_BY)})
    frame["folded"] = frame["product_name"].str.casefold()
    frame = frame.sort_values(["place", "strength", "folded"], ignore_index=True)
    return frame[_TEXTS].astype("str").fillna("")


def _blocks(framework: Framework, wanted: str | Iterable[str] | None, *more: str) -> list[str]:
    """Return the keys of building blocks; all that have candidates where none are named."""
    there = [*check(framework).building_blocks["building_block"], *more]
    if wanted is None:
        linked = set(framework.product_building_blocks["building_block"])
        return [key for key in there if key in linked]
    given = [wanted] if isinstance(wanted, str) else wanted
    return known(given, there, "building block", "framework.building_blocks")


# --- filters --------------------------------------------------------------------------------------


def _places(framework: Framework) -> dict[str, set[str]]:
    """Return the codes of the countries that each name of a country or region stands for."""
    found: dict[str, set[str]] = {}
    table = framework.countries.fillna("").to_dict("records")
    for row in table:
        for region in filter(None, (row["region"], row["subregion"], row["part"])):
            found.setdefault(fold(region), set()).add(row["code"])
    for row in table:  # what names both is the country
        found |= {fold(name): {row["code"]} for name in (row["country"], row["code"], row["code3"])}
    return found


def _meant(places: dict[str, set[str]], text: str) -> set[str]:
    """Return the codes of the countries that a text names; none if it is no place known."""
    key = fold(text)
    official = re.sub("^(north|southeast|south|east|west)(?!ern)", r"\1ern", key)
    return places.get(key) or places.get(_ALSO.get(key, official)) or set()


def _one_of(name: str, value: object, allowed: Iterable[object]) -> list[object]:
    """Return the values of a filter, if they are allowed."""
    single = isinstance(value, str | int) or not hasattr(value, "__iter__")
    values = [value] if single else list(value)  # type: ignore[call-overload]
    listed = list(allowed)
    wrong = [found for found in values if isinstance(found, bool) or found not in listed]
    if wrong or not values:
        said = f"{quote(wrong[0])} is no {name}." if wrong else f"Name at least one {name}."
        raise ArgumentError(f"{said} Allowed: {', '.join(map(str, listed))}.")
    return values


def _has(values: pd.Series[str], wanted: Iterable[object], between: str = ",") -> pd.Series[str]:
    """Return yes, no or empty: whether a list in a column has one of the wanted values."""
    keys = {str(value).casefold() for value in wanted}

    def found(text: str) -> str:
        there = {part.strip().casefold() for part in text.split(between)} - {""}
        return "" if not there else "yes" if there & keys else "no"

    return values.map(found).astype("str")


def _in_region(framework: Framework, frame: pd.DataFrame, text: str) -> pd.Series[str]:
    """Return yes, no or empty: whether each is in use in a country or region."""
    places = _places(framework)
    wanted = _meant(places, text)

    def found(deployed: str, own: str) -> str:
        words = [word.strip() for word in own.split(";") if word.strip()]
        for word in words:
            meant = _meant(places, word)
            if fold(word) == fold(text) or (meant and meant <= wanted):
                return "yes"
        there = [places.get(fold(name), set()) for name in deployed.split("; ") if name]
        if wanted and any(codes & wanted for codes in there):
            return "yes"
        return "no" if words or (there and wanted) else ""

    pairs = zip(frame["deployed_in"], frame["regions"], strict=True)
    answers = pd.Series([found(*pair) for pair in pairs], index=frame.index, dtype="str")
    if not wanted and "yes" not in set(answers):
        table = framework.countries
        regions = sorted(set(table["region"].dropna()))
        names = [*table["country"], *regions, *table["subregion"].dropna(), *table["part"].dropna()]
        raise ArgumentError(
            f"{quote(text)} is no country or region that the kit knows, and no option of a plan "
            f"names it. {did_you_mean(text, names)} Name a country, or a region such as "
            f"{', '.join(regions)} or Eastern Africa.".replace("  ", " ")
        )
    return answers


def _filters(framework: Framework, frame: pd.DataFrame, given: Filters) -> Iterator[_Filter]:
    """Yield the filters that ask for something."""
    names = list(Filters.__annotations__)
    known(given, names, "filter", f"this list: {', '.join(names)}")
    for flag in ("open_source", "digital_public_good", "keep_unknown"):
        value = expected(given.get(flag), (bool, type(None)), f"{flag} is True or False")
        if value and flag != "keep_unknown":
            yield _Filter(flag, "yes", frame[flag])
    texts = {}
    for name, example in (("language", "French"), ("region", "Kenya")):
        wanted = f"{name} is a text, such as {example!r}"
        texts[name] = (expected(given.get(name), (str, type(None)), wanted) or "").strip()
    if language := texts["language"]:
        yield _Filter("language", language, _has(frame["languages"], [language], ";"))
    if region := texts["region"]:
        yield _Filter("region", region, _in_region(framework, frame, region))
    for name, column, allowed in (("evidence", "evidence", EVIDENCE), ("goal", "goals", GOALS)):
        if (value := given.get(name)) is not None:
            values = _one_of(name, value, allowed)
            yield _Filter(name, ", ".join(map(str, values)), _has(frame[column], values))


def _kept(filters: Iterable[_Filter], frame: pd.DataFrame, given: Filters) -> pd.Series[bool]:
    """Return which candidates pass all filters."""
    passing = ["yes", ""] if given.get("keep_unknown") else ["yes"]
    kept = pd.Series(data=True, index=frame.index)
    for one in filters:
        kept &= one.found.isin(passing)
    return kept


# --- questions ------------------------------------------------------------------------------------


def shortlist(
    framework: Framework,
    building_blocks: str | Iterable[str] | None = None,
    *,
    plan: Plan | None = None,
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
        ``building_block``, ``building_block_name``, ``product``, ``product_name``, ``evidence``,
        ``reason``, ``url``, ``via``, ``stage`` (dpg, nominee, listed or own),
        ``digital_public_good`` (yes or no), ``kind``, ``licence``, ``open_source`` (yes, no or
        empty), ``goals``, ``languages``, ``regions`` (as the plan says), ``deployed_in`` and
        ``developed_in`` (countries, as published), ``option`` (its key in the plan), ``website``,
        ``repository``, ``source`` and ``note``. What is not known is empty.

    Raises
    ------
    UnknownKeyError
        If there is no such building block or filter.
    ArgumentError
        If a filter has a value that it cannot have, or nobody knows such a region.

    Examples
    --------
    >>> import govstack_kit
    >>> found = shortlist(govstack_kit.load(), "govstack:consent", open_source=True)
    >>> found[["product_name", "evidence", "licence"]].values.tolist()[0]
    ['GovStack Consent BB API (iGrant.io)', 'listed', 'Apache-2.0']
    >>> shortlist(govstack_kit.load(), "govstack:payments", region="Kenya")["product_name"].tolist()
    ['Apache Fineract']
    """
    frame = _candidates(framework, _blocks(framework, building_blocks), plan)
    return frame[_kept(_filters(framework, frame, filters), frame, filters)].reset_index(drop=True)


def filter_effect(
    framework: Framework,
    building_blocks: str | Iterable[str] | None = None,
    *,
    plan: Plan | None = None,
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
    [['none', 10, 2, ''], ['digital_public_good', 9, 2, '']]
    """
    blocks = _blocks(framework, building_blocks)
    frame = _candidates(framework, blocks, plan)
    found = list(_filters(framework, frame, filters))
    names = framework.building_blocks.set_index("building_block")["name"]
    every, first = frame["product"].nunique(), set(frame["building_block"])

    def unknown(used: list[_Filter]) -> int:
        nothing = pd.Series(data=False, index=frame.index)
        for one in used:
            nothing |= one.found == ""
        return int(frame.loc[nothing, "product"].nunique())

    def row(name: str, value: str, used: list[_Filter], note: str) -> tuple[object, ...]:
        applied = [one for one in used if one.applies]
        if used and not applied:
            return name, value, pd.NA, pd.NA, unknown(used), pd.NA, pd.NA, "", note
        stay = frame[_kept(applied, frame, filters)]
        covered, left = set(stay["building_block"]), stay["product"].nunique()
        before = first if applied else set(blocks)
        lost = [names[key] for key in blocks if key in before - covered]
        numbers = left, every - left, unknown(used), len(covered), len(lost)
        return name, value, *numbers, "; ".join(lost), note

    rows = [row("none", "", [], "")]
    rows += [row(one.name, one.value, [one], one.note(unknown([one]))) for one in found]
    if len(found) > 1:
        aside = ", ".join(one.name for one in found if not one.applies)
        note = f"Without {aside}: that cannot be applied." if aside else ""
        rows.append(row("all together", "", found, note))
    return pd.DataFrame(rows, columns=_EFFECT).astype(dict.fromkeys(_COUNTS, "Int64"))


def add_product(
    framework: Framework,
    plan: Plan,
    product: str,
    building_blocks: str | Iterable[str] | None = None,
) -> str:
    """Put a product into the options of a plan, or let the option it has cover more blocks.

    Parameters
    ----------
    framework, plan
        The tables, and the plan.
    product
        Key of a product.
    building_blocks
        The blocks that it could cover; without it, those it is linked with. How well it does is
        left open.

    Returns
    -------
    str
        The key of the option in the plan.

    Raises
    ------
    UnknownKeyError
        If there is no such product or building block; the plan is as before.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="Consent")
    >>> option = add_product(govstack_kit.load(), plan, "atlas:drupal")
    >>> plan.row("options", option)["licence"]
    'GPL-2.0-or-later'
    >>> plan.option_building_blocks[["option", "building_block"]].values.tolist()
    [['drupal', 'govstack:cms']]
    """
    products = check(framework).products.set_index("product")
    expected(plan, Plan, "Give a plan after the tables; open one with Plan.open(path)")
    (product,) = known([product], [*products.index], "product", "framework.products")
    links = framework.product_building_blocks.query("product == @product")
    notes = links["evidence"] + ": " + links["reason"]
    note_of = dict(zip(links["building_block"], notes, strict=True))
    laid = plan.framework(framework).building_blocks["building_block"]
    wanted = list(note_of) if building_blocks is None else building_blocks
    blocks = _blocks(framework, wanted, *laid)
    there, name = plan.rows("options", product=product), str(products.loc[product, "name"])
    with plan.change(f"Add {name}"):
        if there:
            option = there[0]["option"]
        else:
            licence = joined(framework.product_licences, "licence").get(product)
            open_source = is_open_source(licence or "") or None
            about = {"product": product, "licence": licence, "open_source": open_source}
            option = plan.add("options", at=None, name=name, **about)
        covered = [r["building_block"] for r in plan.rows("option_building_blocks", option=option)]
        for block in (block for block in blocks if block not in covered):
            note = note_of.get(block)
            plan.add("option_building_blocks", option=option, building_block=block, note=note)
    return str(option)
