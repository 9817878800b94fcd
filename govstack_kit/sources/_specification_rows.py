"""Requirements, key functionalities and operations as rows of the kit, with our titles.

A requirement is known again by its block and the fingerprint of its text, whatever its number; then
by its number, unless the requirement that had it before is now elsewhere, or the title that we gave
has next to no word in common with the new text: a wrong title is worse than none.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from govstack_kit.sources._ours import NEW, Ours, Row, fingerprint, fit, joined, key_of, once
from govstack_kit.sources._use_case_rows import printed

if TYPE_CHECKING:
    from govstack_kit.sources._reading import Reading, Unplaced

INTERFACES = ("api_operations", "api_fields", "api_parts")
TABLES = ("requirements", "key_functionalities", *INTERFACES)
TITLE_WORDS = 12
COMMON = 0.25  # of the words of a title; 97 in 100 titles have that much of their own text
CHANGED = "The text has changed in the published source since the title was written"
Texts = list[tuple[str, str, str]]


def specification_rows(
    reading: Reading, ours: Ours, source: str, unplaced: Unplaced
) -> tuple[dict[str, list[Row]], Texts]:
    """Return the requirements and key functionalities of one repository, and their texts."""
    texts: Texts = []
    rows = {
        "requirements": _requirements(reading, ours, source, unplaced, texts),
        "key_functionalities": _functionalities(reading, source, unplaced, texts),
    }
    return rows, texts


def interface_rows(
    reading: Reading, ours: Ours, source: str, unplaced: Unplaced
) -> dict[str, list[Row]]:
    """Return the operations of one repository, their parts, and the lists of fields."""
    rows: dict[str, list[Row]] = {}
    for name in INTERFACES:
        known = []
        for found in printed(reading.tables[name]):
            row = {column: _cell(value) for column, value in found.items()} | {"source": source}
            note = ours.row(name, *key_of(name, row)).get("note")
            row["note"] = note or row.get("note", "")
            fitted = fit(name, row, unplaced, (row["file"], found["line"]))
            known += [fitted] if fitted else []
        rows[name] = once(name, known)
    return rows


def _cell(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _block(block: str, source: str) -> str:
    """Return the block of a requirement: none for what holds for all of them."""
    return "" if source == "govstack-specifications" else block


def _requirements(
    reading: Reading, ours: Ours, source: str, unplaced: Unplaced, texts: Texts
) -> list[Row]:
    found = printed(reading.tables["requirements"])
    for requirement in found:
        requirement["fingerprint"] = fingerprint(requirement["text"])
        requirement["requirement"] = re.sub(r"[^a-zA-Z0-9.:-]+", "-", requirement["requirement"])
    known = _recognised(found, ours.of_source("requirements", source))
    orders: Counter[tuple[str, str]] = Counter()
    rows = []
    for requirement in found:
        key, kind = requirement["requirement"], requirement["kind"]
        before = known.get(key, {})
        place = requirement["building_block"], kind
        orders[place] += 1
        note = before["note"] if before else joined(requirement["level_note"], NEW)
        if before and before["fingerprint"] != requirement["fingerprint"]:
            note = joined(note, CHANGED)
        row = {name: str(requirement[name]) for name in ("requirement", "kind", "section")}
        row |= {name: str(requirement[name]) for name in ("level", "identifier", "fingerprint")}
        row |= {
            "building_block": _block(requirement["building_block"], source),
            "title": before.get("title") or _placeholder(requirement),
            "order": str(orders[place]),
            "location": requirement["location"],
            "line": str(max(requirement["line"], 1)),
            "source": source,
            "note": note,
        }
        fitted = fit("requirements", row, unplaced, (row["location"], requirement["line"]))
        if fitted:
            rows.append(fitted)
            texts.append(("requirements", key, requirement["text"]))
    return once("requirements", rows)


def _placeholder(requirement: dict[str, Any]) -> str:
    """Return a title for a requirement that we have not described: that of its section."""
    words = requirement["section_title"].split()
    if not words:
        return f"Requirement {requirement['requirement']}"
    cut = " ".join(words[:TITLE_WORDS])
    return cut if len(words) <= TITLE_WORDS else f"{cut} …"


def _recognised(found: list[dict[str, Any]], before: list[Row]) -> dict[str, Row]:
    """Return the installed row of each requirement that is known again."""
    by_text: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in before:
        by_text[_specification(row["requirement"]), row["fingerprint"]].append(row)
    known: dict[str, Row] = {}
    moved = []
    for requirement in found:  # same number and same text, before texts that moved
        key = requirement["requirement"]
        alike = by_text[_specification(key), requirement["fingerprint"]]
        same = next((row for row in alike if row["requirement"] == key), None)
        if same:
            known[key] = same
            alike.remove(same)
        else:
            moved.append(requirement)
    for requirement in moved:
        alike = by_text[_specification(requirement["requirement"]), requirement["fingerprint"]]
        if alike:
            known[requirement["requirement"]] = alike.pop(0)
    used = {row["requirement"] for row in known.values()}
    by_id = {row["requirement"]: row for row in before if row["requirement"] not in used}
    for requirement in moved:
        key = requirement["requirement"]
        if key in by_id and _fits(by_id[key]["title"], requirement["text"]):
            known.setdefault(key, by_id[key])
    return known


def _fits(title: str, text: str) -> bool:
    """Return whether a title may be about a text, judged by the beginnings of their words."""
    words, others = (set(re.findall(r"\b[a-z]{4}", t.lower())) for t in (title, text))
    return len(words & others) >= COMMON * len(words)


def _specification(requirement: str) -> str:
    return requirement.partition(":")[0]


def _functionalities(reading: Reading, source: str, unplaced: Unplaced, texts: Texts) -> list[Row]:
    found = printed(reading.tables["key_functionalities"])
    sections = Counter((f["building_block"], f["section"]) for f in found)
    seen: Counter[tuple[str, str]] = Counter()
    rows = []
    for functionality in found:
        block, section = functionality["building_block"], functionality["section"]
        seen[block, section] += 1
        number = re.sub(r"[^a-zA-Z0-9.-]+", "-", section).strip("-") or "0"
        if sections[block, section] > 1:
            number += f"-{seen[block, section]:02d}"
        row = {
            "key_functionality": f"{block.partition(':')[2]}:{number}",
            "building_block": block,
            "section": section,
            "name": functionality["title"],
            "order": str(functionality["order"]),
            "location": functionality["location"],
            "line": str(max(functionality["line"], 1)),
            "source": source,
        }
        fitted = fit("key_functionalities", row, unplaced, (row["location"], functionality["line"]))
        if fitted:
            rows.append(fitted)
            texts.append(("key_functionalities", row["key_functionality"], functionality["text"]))
    return once("key_functionalities", rows)
