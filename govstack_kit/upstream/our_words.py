"""What is published as rows of the kit: with our summaries, titles, notes and corrections.

While tables are put together their rows are texts by column, as in a CSV file. What the installed
tables say of a row is found again by key, or by what cannot have changed: a step by its name, a
requirement by the fingerprint of its text, never by its place. What is new has placeholders that
say so in ``note``; a new requirement is titled with its first clause.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from govstack_kit.framework.framework import DECLARED
from govstack_kit.tables.package import cells_of
from govstack_kit.upstream.printed_names import bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from govstack_kit.tables.schema import Table
    from govstack_kit.upstream.products import Product
    from govstack_kit.upstream.specifications import Specification
    from govstack_kit.upstream.use_case_page import UseCasePage

Row = dict[str, Any]
Rows = dict[str, list[Row]]
NEW_TEXT = "New in the published source; see its text."
NEW = "New in the published source: not yet described by the kit"
_TITLE_WORDS, _FEWEST_WORDS = 12, 3
_REASONS = {
    "govstack": "The atlas records that GovStack lists it for this building block",
    "atlas": "The atlas maps it to this building block",
}


def _notes(*notes: str) -> str:
    """Return notes as one, each once."""
    parts = [part for note in notes for part in note.split("; ") if part]
    return "; ".join(dict.fromkeys(parts))


def key_of(table: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the key of a row."""
    return tuple(str(row[name]) for name in DECLARED[table].key)


def once(table: str, rows: Iterable[Row]) -> list[Row]:
    """Return rows without those whose key was there before."""
    found: dict[tuple[str, ...], Row] = {}
    for row in rows:
        found.setdefault(key_of(table, row), row)
    return list(found.values())


def rows_of(frame: pd.DataFrame, table: Table) -> list[Row]:
    """Return a frame as rows of texts."""
    return [dict(row) for row in cells_of(frame, table).to_dict("records")]  # type: ignore[arg-type]


class Ours:
    """The installed tables as rows, by key."""

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self.tables: Rows = {name: rows_of(tables[name], table) for name, table in DECLARED.items()}
        self._by_key = {
            name: {key_of(name, row): row for row in rows} for name, rows in self.tables.items()
        }

    def row(self, table: str, *key: str) -> Row:
        """Return the installed row with a key; empty if there is none."""
        return self._by_key[table].get(key, {})

    def of_source(self, table: str, source: str) -> list[Row]:
        """Return the installed rows of a source."""
        return [row for row in self.tables[table] if row.get("source") == source]

    def corrected(self, table: str, key: str, column: str, printed: str) -> str:
        """Return a printed value as the errata correct it, those of the row before others."""
        found = [
            row
            for row in self.tables["errata"]
            if (row["table"], row["column"], row["printed"]) == (table, column, printed)
        ]
        best = min(found, key=lambda row: row["key"] != key, default={"corrected": ""})
        return str(best["corrected"] or printed) if printed else ""

    def withdrawn(self, requirement: str) -> bool:
        """Return whether the errata say that what is printed as a requirement is none."""
        wanted = ("requirements", requirement, "requirement")
        rows = self.tables["errata"]
        return any((row["table"], row["key"], row["column"]) == wanted for row in rows)


# --- use cases ------------------------------------------------------------------------------------


def use_case_rows(pages: list[UseCasePage], ours: Ours) -> Rows:
    """Return use cases, steps, links and new sectors; rows with a text have it as ``text``."""
    rows: Rows = defaultdict(list)
    for page in pages:
        key = page.use_case
        rows["use_cases"].append(_use_case(page, ours, rows["sectors"]))
        rows["steps"] += _steps(page, ours)
        for table, name in (
            ("use_case_targets", "targets"),
            ("step_workflows", "workflows"),
            ("step_building_blocks", "building_blocks"),
            ("use_case_building_blocks", "building_blocks"),
        ):
            counts: Counter[int] = Counter()
            own = DECLARED[table].key[1]  # what the link leads to, or nothing if it is not known
            for link in page.tables[name]:
                counts[link["step"]] += bool(link[own]) or name == "workflows"
                if not link[own] or (table.startswith("step") != bool(link["step"])):
                    continue
                row = link | {"use_case": key, "step": f"{key}.{link['step']}", "text": ""}
                row |= {"location": page.location, "position": counts[link["step"]]}
                before = ours.row(table, *key_of(table, row))
                if before and before.get("printed", row["printed"]) == row["printed"]:
                    row["note"] = before["note"]
                rows[table].append(row)
    return rows


def _use_case(page: UseCasePage, ours: Ours, new_sectors: list[Row]) -> Row:
    key = page.use_case
    before = ours.row("use_cases", key)
    name = ours.corrected("use_cases", key, "name", page.name)
    note = before["note"] if before else _notes(page.note, NEW)
    if before and before["name"] != name:
        note = _notes(note, f"Called “{before['name']}” when its summary was written")
    status = page.fields.get("status", "").casefold().strip(". ")
    return {
        "use_case": key,
        "name": name,
        "catalogue": "govstack",
        "sector": _sector(page, ours, new_sectors),
        "version": page.fields.get("version", ""),
        "status": ours.corrected("use_cases", key, "status", status),
        "summary": before.get("summary") or NEW_TEXT,
        "location": page.location,
        "note": note,
        "text": page.text,
    }


def _sector(page: UseCasePage, ours: Ours, new: list[Row]) -> str:
    """Return the sector that a page prints, as a row of sectors; a new one where none fits."""
    printed = page.fields.get("sector", "")
    wanted = ours.corrected("use_cases", page.use_case, "sector", printed) or "Not stated"
    for row in (*ours.tables["sectors"], *new):
        if wanted.casefold() in (row["sector"], row["name"].casefold()):
            return str(row["sector"])
    slug = re.sub(r"[^a-z0-9]+", "-", wanted.casefold()).strip("-") or "not-stated"
    new.append({"sector": slug, "name": wanted, "note": NEW})
    return slug


def _steps(page: UseCasePage, ours: Ours) -> list[Row]:
    """Return the steps of a use case.

    A step is known again by its name, and by its identifier where no other step has the name: when
    one is put in between, those behind it keep their summaries.
    """
    key, found = page.use_case, page.tables["steps"]
    names = [ours.corrected("steps", f"{key}.{s['order']}", "name", s["name"]) for s in found]
    before = [row for row in ours.tables["steps"] if row["use_case"] == key]
    by_name = {row["name"]: row for row in reversed(before)}
    rows = []
    for step, name in zip(found, names, strict=True):
        same = ours.row("steps", f"{key}.{step['order']}")
        known = same if same.get("name") == name else by_name.get(name, {})
        if not known and same and same["name"] not in names:
            known = same
        note = known["note"] if known and known is same else step["note"]
        if not known:
            note = _notes(note, NEW)
        elif known["name"] != name:
            note = _notes(note, f"Called “{known['name']}” when its summary was written")
        row = {"step": f"{key}.{step['order']}", "use_case": key, "name": name, "note": note}
        row |= {"order": step["order"], "line": step["line"], "text": step["text"]}
        rows.append(row | {"summary": known.get("summary") or NEW_TEXT, "location": page.location})
    return rows


# --- specifications -------------------------------------------------------------------------------


def specification_rows(found: Specification, ours: Ours, source: str) -> Rows:
    """Return requirements and key functionalities; rows have their ``text``."""
    requirements = _requirements(found.requirements, ours, source)
    return {"requirements": requirements, "key_functionalities": found.key_functionalities}


def _requirements(found: list[Row], ours: Ours, source: str) -> list[Row]:
    """Return requirements, with our titles and notes where the text is one that we know."""
    before = ours.of_source("requirements", source)
    by_text = {_said(row): row for row in before} | {row["requirement"]: row for row in before}
    orders: Counter[tuple[str, str]] = Counter()
    rows = []
    for row in found:
        if ours.withdrawn(row["requirement"]):
            continue
        known = by_text.get(row["requirement"], {})
        if known.get("fingerprint") != row["fingerprint"]:
            known = by_text.get(_said(row), {})
        orders[row["building_block"], row["kind"]] += 1
        note = known["note"] if known else _notes(row["level_note"], NEW)
        ours_too = {"title": known.get("title") or _first_clause(row["text"]), "note": note}
        ours_too |= {"order": orders[row["building_block"], row["kind"]]}
        rows.append(row | ours_too | {"same_as": known.get("same_as", "")})
    return rows


def _said(row: Row) -> tuple[str, str]:
    """Return the block of a requirement and what its text is known by."""
    return row["requirement"].partition(":")[0], row["fingerprint"]


def _first_clause(text: str) -> str:
    """Return the beginning of a text, as the title of a requirement that we have not described."""
    clauses = [part.split() for part in re.split(r"[.;:\n]\s|\s\(", text.strip()) if part.strip()]
    clause = next((words for words in clauses if len(words) >= _FEWEST_WORDS), clauses[0])
    return " ".join(clause[:_TITLE_WORDS]) + (" …" if len(clause) > _TITLE_WORDS else "")


# --- products -------------------------------------------------------------------------------------


def _site(url: str) -> str:
    return re.sub(r"^(https?://)?(www\.)?|/+$|[?#].*", "", url.lower())


def same_products(registry: list[Product], atlas: list[Product]) -> dict[str, str]:
    """Return the product of the atlas that each of the registry is, by website or name."""
    by_site = {_site(product.website): product.product for product in atlas}
    by_name = {bare(product.name): product.product for product in atlas}
    by_site.pop("", None)
    found = {
        product.product: by_site.get(_site(product.website)) or by_name.get(bare(product.name), "")
        for product in registry
    }
    return {product: other for product, other in found.items() if other}


def _add_product(rows: Rows, product: Product, **ours: str) -> None:
    link = {"product": product.product, "location": product.location}
    rows["products"].append(vars(product) | ours)
    rows["product_licences"] += [link | {"licence": licence} for licence in product.licences]
    rows["product_goals"] += [link | {"goal": goal} for goal in product.goals]
    for country, relation in product.countries:
        rows["product_countries"].append(link | {"country": country, "relation": relation})


def registry_rows(registry: list[Product], ours: Ours, same: Mapping[str, str]) -> Rows:
    """Return the digital public goods, and others that the kit knows or links to a block.

    A product of both lists is one row, that of the registry, with the other in ``same_as``.
    """
    linked = {row["product"] for row in ours.tables["product_building_blocks"]}
    rows: Rows = defaultdict(list)
    for product in registry:
        new = {"same_as": same.get(product.product, ""), "note": ""}
        before = ours.row("products", product.product)
        if product.stage == "dpg" or before or product.product in linked:
            kept = before or new
            archived = "Archived in the registry" if product.stage == "listed" else ""
            note = _notes(kept["note"], archived)
            _add_product(rows, product, same_as=kept["same_as"], note=note)
    return rows


def atlas_rows(atlas: list[Product], ours: Ours, source: str, same: Mapping[str, str]) -> Rows:
    """Return the products of the atlas that are linked to a block, and these links.

    Links of a product that the registry has too are links of that one; what is curated stays.
    """
    rows: Rows = defaultdict(list)
    owner = {other: product for product, other in same.items()}
    owner |= {row["same_as"]: row["product"] for row in ours.tables["products"] if row["same_as"]}
    known = {row["building_block"] for row in ours.tables["building_blocks"]}
    links = [(p, block, by) for p in atlas for block, by in p.blocks if block in known]
    said = {(p.product, block) for p, block, _ in links}
    said |= {(owner.get(product, product), block) for product, block in said}
    rows["product_building_blocks"] = [
        row
        for row in ours.of_source("product_building_blocks", source)
        if row["evidence"] == "curated" or (row["product"], row["building_block"]) in said
    ]
    for product, block, by in links:
        owned = owner.get(product.product, product.product)
        if any(ours.row("product_building_blocks", p, block) for p in (owned, product.product)):
            continue
        row = {"product": owned, "building_block": block, "evidence": "listed", "note": NEW}
        row |= {"reason": _REASONS[by], "location": product.location, "said_by": "atlas"}
        rows["product_building_blocks"].append(row)
    every = (*rows["product_building_blocks"], *ours.tables["product_building_blocks"])
    wanted = {row["product"] for row in every}
    for product in atlas:
        before = ours.row("products", product.product)
        if before or product.product in wanted:
            kept = {name: before.get(name, "") for name in ("kind", "same_as", "note")}
            _add_product(rows, product, **kept)
    return rows
