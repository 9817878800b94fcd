"""Products as rows of the kit: those of the registry, and those that the atlas links to a block.

A product of both lists is one row, that of the registry, with the other in ``same_as``; links of
the atlas are then links of that row. What is curated in the kit is left as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from govstack_kit.sources._ours import NEW, Ours, Row, fit, joined, once
from govstack_kit.sources._plain import plain
from govstack_kit.sources._use_case_rows import printed

if TYPE_CHECKING:
    from govstack_kit.sources._reading import Reading, Unplaced

TABLES = (
    *("products", "product_licences", "product_goals", "product_countries"),
    "product_building_blocks",
)
_STAGES = {"DPG": "dpg", "nominee": "nominee", "archived": "listed"}
_RELATIONS = {"deployment": "deployed", "development": "developed"}
_REASONS = {
    "govstack": "The atlas records that GovStack lists it for this building block",
    "atlas": "The atlas maps it to this building block",
}
Texts = list[tuple[str, str, str]]


def _site(url: str) -> str:
    parts = urlsplit(url.lower())
    return ((parts.hostname or "").removeprefix("www.") + parts.path).rstrip("/")


def same_products(registry: Reading | None, atlas: Reading | None) -> dict[str, str]:
    """Return the product of the atlas that each of the registry is, by website or name."""
    if registry is None or atlas is None:
        return {}
    by_site, by_name = {}, {}
    for product in printed(atlas.tables["products"]):
        by_site[_site(product["website"])] = product["product"]
        by_name[plain(product["name"])] = product["product"]
    by_site.pop("", None)
    found = {
        product["product"]: by_site.get(_site(product["website"]))
        or by_name.get(plain(product["name"]), "")
        for product in printed(registry.tables["products"])
    }
    return {product: other for product, other in found.items() if other}


def registry_rows(
    reading: Reading, ours: Ours, source: str, same: dict[str, str], unplaced: Unplaced
) -> tuple[dict[str, list[Row]], Texts]:
    """Return the products of the registry with their licences, goals and countries.

    They are the digital public goods, and others that the kit knows or links to a block.
    """
    linked = {row["product"] for row in ours.tables["product_building_blocks"]}
    types = reading.tables["product_types"].groupby("product")["type"].agg(", ".join).to_dict()
    rows: dict[str, list[Row]] = {name: [] for name in TABLES[:4]}
    texts: Texts = []
    for product in printed(reading.tables["products"]):
        key, archived = product["product"], product["stage"] == "archived"
        before = ours.row("products", key)
        if product["stage"] != "DPG" and not before and key not in linked:
            continue
        row = {name: product[name] for name in ("product", "name", "website", "repository")}
        row |= {
            "stage": _STAGES.get(product["stage"], "listed"),
            "kind": types.get(key, ""),
            "same_as": before.get("same_as", "") if before else same.get(key, ""),
            "source": source,
            "note": joined(before.get("note", ""), "Archived in the registry" if archived else ""),
        }
        _add(rows, texts, row, product, reading, unplaced)
    return rows, texts


def _add(  # noqa: PLR0913, PLR0917 - what both lists have in common
    rows: dict[str, list[Row]],
    texts: Texts,
    row: Row,
    product: dict[str, str],
    reading: Reading,
    unplaced: Unplaced,
) -> None:
    fitted = fit("products", row, unplaced, (product["location"], 0))
    if not fitted:
        return
    rows["products"].append(fitted)
    texts.append(("products", row["product"], product["text"]))
    for name, column in (("product_licences", "licence"), ("product_goals", "goal")):
        table = reading.tables[name]
        for value in table.loc[table["product"] == row["product"], column]:
            link = {"product": row["product"], column: str(value), "source": row["source"]}
            fitted = fit(name, link, unplaced, (product["location"], 0))
            rows[name] += [fitted] if fitted else []
        rows[name] = once(name, rows[name])
    rows["product_countries"] += _countries(row, product, reading, unplaced)


def _countries(
    row: Row, product: dict[str, str], reading: Reading, unplaced: Unplaced
) -> list[Row]:
    """Return where a product is deployed and developed.

    Several products of the registry can have one review: its answers hold for each of them. The
    atlas tells only where products are deployed.
    """
    table, links = reading.tables["product_countries"], []
    answers = table[table["product"] == (product.get("review") or product["product"])]
    for found in answers.to_dict("records"):
        link = {"product": row["product"], "country": found["country"], "source": row["source"]}
        link["relation"] = _RELATIONS[found.get("relation", "deployment")]
        fitted = fit("product_countries", link, unplaced, (product["location"], 0))
        links += [fitted] if fitted else []
    return once("product_countries", links)


def atlas_rows(
    reading: Reading, ours: Ours, source: str, same: dict[str, str], unplaced: Unplaced
) -> tuple[dict[str, list[Row]], Texts]:
    """Return the products of the atlas that are linked to a block, and these links."""
    rows: dict[str, list[Row]] = {name: [] for name in TABLES}
    texts: Texts = []
    owner = {other: product for product, other in same.items()}
    owner |= {row["same_as"]: row["product"] for row in ours.tables["products"] if row["same_as"]}
    blocks = {row["building_block"] for row in ours.tables["building_blocks"]}
    links = printed(reading.tables["product_building_blocks"])
    links = [link for link in links if link["building_block"] in blocks]
    said = {(link["product"], link["building_block"]) for link in links}
    said |= {(owner.get(product, product), block) for product, block in said}
    rows["product_building_blocks"] = [
        row
        for row in ours.of_source("product_building_blocks", source)
        if row["evidence"] == "curated" or (row["product"], row["building_block"]) in said
    ]
    for link in links:
        product, block = owner.get(link["product"], link["product"]), link["building_block"]
        if any(ours.row("product_building_blocks", p, block) for p in (product, link["product"])):
            continue
        row = {"product": product, "building_block": block, "evidence": "listed", "note": NEW}
        row |= {"reason": _REASONS[link["listed_by"]], "source": source}
        place = (link["location"], int(link["line"]))
        fitted = fit("product_building_blocks", row, unplaced, place)
        rows["product_building_blocks"] += [fitted] if fitted else []
    rows["product_building_blocks"] = once(
        "product_building_blocks", rows["product_building_blocks"]
    )
    wanted = {row["product"] for row in rows["product_building_blocks"]}
    wanted |= {row["product"] for row in ours.tables["product_building_blocks"]}
    for product in printed(reading.tables["products"]):
        key = product["product"]
        before = ours.row("products", key)
        if key in wanted or before:
            row = {name: product[name] for name in ("product", "name", "website", "repository")}
            kept = {name: before.get(name, "") for name in ("kind", "same_as", "note")}
            row |= {"stage": "listed", "source": source} | kept
            _add(rows, texts, row, product, reading, unplaced)
    return rows, texts
