"""Products of the Digital Public Goods registry, from a checkout of its repository.

Definitions
-----------
A *product* is ``dpg:`` and the name of its file. Its *stage* is ``DPG``, ``nominee`` or
``archived`` (its file lies in ``archive/``). Its *review* is the product whose review answers hold
for it: itself, or the product whose file its own is a link to; facts and countries are listed once,
with that product. *Facts* are answers of the review: ``standard`` and ``privacy_law`` (as the
product names them), and yes, no or unknown to ``platform_independent`` (no mandatory dependency is
closed, or an open one can take its place), ``privacy_compliant``, ``standards_supported`` and
``collects_personal_data``. Names, texts, standards and laws are upstream text.

Three forms were published and are read: reviews in ``digitalpublicgoods/`` beside ``nominees/`` and
``archive/``; the same with reviews in ``screening/``; and one numbered file a product, with
everything in it. Names and addresses of contact persons are not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from govstack_kit.sources._plain import (
    Rows,
    address,
    first,
    goal_numbers,
    items,
    mapping,
    plain,
    words,
)
from govstack_kit.sources._reading import Reading, SourceError, load_json, read_text

FOLDERS = ("nominees", "archive", "digitalpublicgoods", "screening", "")
STAGES = {"dpg": "DPG", "nominee": "nominee", "archived": "archived"}
TYPES = {  # what the numbered files call the types
    "open software": "software",
    "open data": "data",
    "open content": "content",
    "open standard": "standard",
    "open ai model": "aimodel",
    "open ai system": "aimodel",
}


def _columns(*names: str) -> dict[str, str]:
    return dict.fromkeys(("product", *names), "str")


TABLES = {  # by table: how many columns are the key, and the types of all of them
    "products": (1, _columns("name", "stage", "type", "website", "repository", "review", "text")),
    "product_names": (2, _columns("name")),
    "product_types": (2, _columns("type")),
    "product_licences": (2, _columns("licence", "url")),
    "product_goals": (2, _columns("goal", "url") | {"goal": "int64"}),
    "product_repositories": (2, _columns("url", "name")),
    "product_organisations": (3, _columns("name", "role", "website")),
    "product_sectors": (2, _columns("sector")),
    "product_countries": (3, _columns("country", "relation")),
    "product_facts": (3, _columns("fact", "value")),
}
# By table: what its things are, where a record lists them, which of their keys is the name, and
# which keys fill the other columns.
_LISTS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...], tuple[tuple[str, ...], ...]]] = {
    "product_names": ("alias", ("aliases",), ("name",), ()),
    "product_types": ("type", ("type", "types", "categories"), ("name",), ()),
    "product_licences": (
        *("licence", ("license", "openlicenses", "licenses"), ("spdx", "openLicense", "name")),
        (("licenseURL", "openLicenseEvidenceURLs", "url"),),
    ),
    "product_repositories": (
        *("repository", ("repositories", "repositoryURL", "repository"), ("url",)),
        (("name",),),
    ),
    "product_organisations": (
        *("organisation", ("organizations",), ("name",)),
        (("org_type",), ("website",)),
    ),
    "product_sectors": ("sector", ("sectors",), ("name",), ()),
}


@dataclass
class _Folder:
    """The JSON files of one folder: their data, and which of them are links to which others."""

    name: str
    records: dict[str, dict[Any, Any]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def file(self, stem: str) -> str:
        """Return where a file lies, from the checkout."""
        return f"{self.name}/{stem}.json".removeprefix("/")


def _load_folder(checkout: Path, name: str, rows: Rows) -> _Folder:
    """Load the JSON files of a folder; a link counts only within it."""
    folder = _Folder(name)
    place = checkout / name
    found = sorted(place.iterdir()) if place.is_dir() else []
    if name and place.is_symlink():
        rows.at(name)
        rows.refuse(name, "a link, not followed")
        found = []
    names = {path.name for path in found}
    for path in found:
        target, why = "", "a link to a place outside its folder, not followed"
        rows.at(folder.file(path.stem))
        if path.suffix.lower() != ".json" or path.is_dir():
            if name:
                rows.at(f"{name}/{path.name}")
                rows.refuse(path.name, "no JSON file of a product")
            continue
        if path.is_symlink():
            target = str(path.readlink())
        else:
            try:
                data = load_json(path)
            except ValueError as error:
                # A link that was unpacked as a file holds nothing but the name of the other file.
                target, why = _beginning(path), str(error)
            else:
                if isinstance(data, dict):
                    folder.records[path.stem] = data
                else:
                    rows.refuse(str(data), "holds no answers by name")
                continue
        if target in names - {path.name}:
            folder.links[path.stem] = target.removesuffix(".json")
        else:
            rows.refuse(target, why)
    return folder


def _beginning(path: Path) -> str:
    try:
        return read_text(path)[:200].strip()
    except SourceError:  # not even text
        return ""


def _nominees(folders: dict[str, _Folder], rows: Rows) -> dict[str, tuple[dict[Any, Any], str]]:
    """Return record and file of each product."""
    found: dict[str, tuple[dict[Any, Any], str]] = {}
    for folder in (folders["nominees"], folders["archive"], folders[""]):
        for stem, target in folder.links.items():
            rows.at(folder.file(stem))
            rows.refuse(target, "a link to the file of another product")
        for stem, record in folder.records.items():
            rows.at(folder.file(stem))
            slug, name = stem, words(record.get("name"))
            if not folder.name:
                if not {"stage", "SDGs", "sdgs"} & record.keys():
                    if not {"$schema", "properties"} & record.keys():
                        rows.refuse(", ".join(map(str, record)), "not the file of a product")
                    continue
                if stem.isdecimal() and name:
                    slug = re.sub(r"[\W_]+", "-", name.casefold()).strip("-")
            if slug in found:
                rows.refuse(slug, f"already read from {found[slug][1]}")
            else:
                found[slug] = record, rows.file
    return found


def _shared(folder: _Folder, names: dict[str, str]) -> dict[str, str]:
    """Return which reviews are links to, or copies of, the review of which other product.

    Of several reviews with the same content, the one whose product bears the name is the original.
    """
    shared = dict(folder.links)
    by_name: dict[str, list[str]] = {}
    for stem, review in folder.records.items():
        by_name.setdefault(words(review.get("name")), []).append(stem)
    for name, stems in by_name.items():
        original = next((stem for stem in stems if names.get(stem) == name), stems[0])
        for stem in stems:
            if stem != original and folder.records[stem] == folder.records[original]:
                shared[stem] = original
    return {stem: target for stem, target in shared.items() if target in folder.records}


def _reviews(
    folders: dict[str, _Folder], names: dict[str, str], rows: Rows
) -> tuple[dict[str, tuple[dict[Any, Any], str]], dict[str, str]]:
    """Return review and file by product, and which products share the review of which other.

    Where a product has a review in both folders, the one in digitalpublicgoods is the newer.
    """
    reviews: dict[str, tuple[dict[Any, Any], str]] = {}
    shared: dict[str, str] = {}
    for folder in (folders["digitalpublicgoods"], folders["screening"]):
        copies = _shared(folder, names)
        for stem in sorted({*folder.records, *folder.links}):
            rows.at(folder.file(stem))
            if stem in reviews or stem in shared:
                rows.refuse(stem, "an older review of the same product")
            elif stem in copies:
                shared[stem] = copies[stem]
                original = f"{copies[stem]}.json"
                rows.refuse(
                    original, f"the same answers as {original}: they are listed with that product"
                )
            elif "name" in folder.records.get(stem, ()):
                reviews[stem] = folder.records[stem], rows.file
            else:
                rows.refuse(stem, "no review of a product: it has no name")
    return reviews, shared


def _add_product(rows: Rows, product: str, stage: str, review: str, record: dict[Any, Any]) -> None:
    """Add what a nominee, archive or numbered file says of a product."""
    names: dict[str, list[str]] = {}
    for name, (what, keys, named, more) in _LISTS.items():
        value = first(record, *keys)
        if name == "product_licences" and isinstance(value, str):
            value = re.split(r"[;,]", value)
        things = rows.named(value, what, *named)
        if name == "product_types":
            things = [(TYPES.get(thing.casefold(), thing), entry) for thing, entry in things]
        for thing, entry in things:
            rows.add(name, product, thing, *(words(first(entry, *keys)) for keys in more))
        names[name] = [thing for thing, _ in things]
    for goal, printed, url in goal_numbers(first(record, "SDGs", "sdgs", "SDG")):
        if goal is None:
            rows.refuse(printed, "not one of the 17 goals")
        else:
            rows.add("product_goals", product, goal, url)
    name = rows.text(record, "name")
    if not name:
        rows.refuse(product, "a product without a name")
    name = name or product.removeprefix("dpg:")
    kind, repository = (
        next(iter(names[key]), "") for key in ("product_types", "product_repositories")
    )
    website, text = rows.text(record, "website"), rows.text(record, "description")
    rows.add("products", product, name, stage, kind, website, repository, review, text)


def _answer(value: object) -> str:
    """Return yes, no, unknown, or nothing if the question was not answered."""
    text = ("no", "yes")[value] if isinstance(value, bool) else words(value).casefold()
    if "is collected" in text or "not collected" in text:
        return "no" if "not collected" in text else "yes"
    return text if text in ("yes", "no", "unknown") else ""


def _add_answers(rows: Rows, product: str, review: dict[Any, Any]) -> None:
    """Add the facts of a review."""
    for key in ("standards", "platformIndependence", "dependencies", "locations", "doNoHarm"):
        if not isinstance(review.get(key) or {}, dict):
            rows.refuse(str(review[key]), f"{key} holds no answers by name")
    standards = mapping(review.get("standards"))
    privacy = review.get("privacy")
    laws = items(privacy)
    if isinstance(privacy, dict):
        laws = [*items(privacy.get("privacyComplianceList"))]
        laws += items(privacy.get("locIntlComplianceList"))
    listed = first(standards, "standardsList") or review.get("openStandards")
    for fact, things in (("standard", listed), ("privacy_law", laws)):
        for value, _ in rows.named(things, fact, "name", "privacyCompliance"):
            rows.add("product_facts", product, fact, value.removeprefix("- "))
    personal = mapping(review.get("doNoHarm")).get("dataPrivacySecurity")
    personal = mapping(personal or review.get("dataPrivacySecurity"))
    platform = mapping(first(review, "platformIndependence", "dependencies"))
    closed = _answer(platform.get("mandatoryDepsCreateMoreRestrictions"))
    replaceable = _answer(first(platform, "isSoftwarePltIndependent", "isPlatformIndependent"))
    for fact, answer in (
        ("platform_independent", "yes" if closed == "no" else replaceable),
        ("privacy_compliant", _answer(mapping(privacy).get("isPrivacyCompliant"))),
        ("standards_supported", _answer(standards.get("supportStandards"))),
        ("collects_personal_data", _answer(personal.get("collectsPII"))),
    ):
        if answer:
            rows.add("product_facts", product, fact, answer)
    places = mapping(review.get("locations"))
    for relation, keys in (
        ("deployment", ("deploymentCountries",)),
        ("development", ("developmentCountries", "developmentCounties")),
    ):
        for country, _ in rows.named(first(places, *keys), "country", "name"):
            rows.add("product_countries", product, country, relation)


def read_registry(folder: str | Path) -> Reading:
    """Read the products of a checkout of the Digital Public Goods registry.

    Parameters
    ----------
    folder
        The checkout, with ``nominees``, ``archive`` and ``digitalpublicgoods`` (or ``screening``),
        or with one numbered JSON file a product.

    Returns
    -------
    Reading
        The tables of :data:`TABLES`; each row knows its file, ``location``.

    Raises
    ------
    SourceError
        If there is no such folder.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "nominees", "kit.json")
    ...     path.parent.mkdir()
    ...     _ = path.write_text('{"name": "Kit", "stage": "nominee", "SDGs": ["SDG 3", 18]}')
    ...     reading = read_registry(folder)
    >>> reading.tables["products"]["product"].tolist()
    ['dpg:kit']
    >>> reading.unplaced[["text", "why"]].values.tolist()
    [['18', 'not one of the 17 goals']]
    """
    checkout = Path(folder)
    if not checkout.is_dir():
        raise SourceError(f"{folder} is not a folder")
    rows = Rows(TABLES)
    folders = {name: _load_folder(checkout, name, rows) for name in FOLDERS}
    products = _nominees(folders, rows)
    printed = {slug: words(record.get("name")) for slug, (record, _) in products.items()}
    reviews, shared = _reviews(folders, printed, rows)
    for slug, (answers, file) in reviews.items():
        rows.at(file)
        if slug not in products:
            products[slug] = {"name": answers["name"]}, file
            rows.refuse(slug, "a review of a product that has no nominee file")
        _add_answers(rows, f"dpg:{slug}", answers)
    for slug, (record, file) in products.items():
        rows.at(file)
        numbered = "/" not in file
        stage = "archived" if file.startswith("archive/") else words(record.get("stage"))
        if stage.casefold() not in STAGES:
            rows.refuse(stage, "not a stage: DPG, nominee or archived")
        review = shared.get(slug, slug if numbered or slug in reviews else "")
        stage = STAGES.get(stage.casefold(), "")
        _add_product(rows, f"dpg:{slug}", stage, review and f"dpg:{review}", record)
        if numbered:
            _add_answers(rows, f"dpg:{slug}", record)
    if not products:
        rows.at(checkout.name)
        rows.refuse("", "has no files of products where the registry keeps them")
    return rows.reading()


def _keys(reading: Reading) -> pd.DataFrame:
    """Return every way to recognise a product: ``product``, ``by``, ``value``."""
    products = reading.tables["products"]
    names = [products[["product", "name"]]]
    if "product_names" in reading.tables:
        names.append(reading.tables["product_names"][["product", "name"]])
    ways = [
        ("repository", reading.tables["product_repositories"][["product", "url"]], address),
        ("website", products[["product", "website"]], address),
        ("name", pd.concat(names), plain),
    ]
    frames = [
        pd.DataFrame({"product": f.iloc[:, 0], "by": by, "value": f.iloc[:, 1].map(write)})
        for by, f, write in ways
    ]
    found = pd.concat(frames).drop_duplicates()
    return found[found["value"] != ""]


def same_products(registry: Reading, atlas: Reading) -> pd.DataFrame:
    """Return which products of the registry are which products of the atlas.

    Two are the same when they share a repository, a website or a name (or alias), however these are
    written. An address that several products of one list share is no evidence, since a family of
    products often has one website.

    Parameters
    ----------
    registry, atlas
        What :func:`read_registry` and :func:`~govstack_kit.sources.atlas.read_atlas` found.

    Returns
    -------
    pandas.DataFrame
        ``registry`` and ``atlas``, the products; ``by``, the evidence: of ``repository``,
        ``website`` and ``name`` those that hold. A product can be in several rows.
    """
    sides: list[pd.DataFrame] = []
    for reading in (registry, atlas):
        keys = _keys(reading)
        shared = keys.duplicated(["by", "value"], keep=False) & (keys["by"] != "name")
        sides.append(keys[~shared].rename(columns={"product": ("registry", "atlas")[len(sides)]}))
    found = sides[0].merge(sides[1], on=["by", "value"])[["registry", "atlas", "by"]]
    found["by"] = pd.Categorical(found["by"], ["repository", "website", "name"])
    found = found.drop_duplicates().sort_values(["registry", "atlas", "by"]).astype("str")
    return found.groupby(["registry", "atlas"])["by"].agg(", ".join).reset_index()
