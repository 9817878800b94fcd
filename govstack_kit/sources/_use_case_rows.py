"""Use cases, steps and links as rows of the kit: what is published, with our words about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from govstack_kit.sources._ours import NEW, NEW_TEXT, Ours, Row, fit, joined, once

if TYPE_CHECKING:
    import pandas as pd

    from govstack_kit.sources._reading import Reading, Unplaced

TABLES = (
    "use_cases",
    "use_case_targets",
    "steps",
    "step_workflows",
    "step_building_blocks",
    "use_case_building_blocks",
)
_LINKS = {
    "use_case_targets": ("use_case", "sdg", "goal", "target"),
    "step_workflows": ("step", "workflow", "position", "printed"),
    "step_building_blocks": ("step", "building_block", "position", "printed"),
    "use_case_building_blocks": ("use_case", "building_block", "position", "printed"),
}
_NOT_STATED = "Not stated"


def printed(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a reader's table."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def use_case_rows(
    reading: Reading, ours: Ours, source: str, unplaced: Unplaced
) -> tuple[dict[str, list[Row]], list[tuple[str, str, str]]]:
    """Return the rows of each table, with new sectors, and the published texts."""
    rows: dict[str, list[Row]] = {name: [] for name in ("sectors", *TABLES)}
    texts: list[tuple[str, str, str]] = []
    pages: dict[str, str] = {}
    for found in printed(reading.tables["use_cases"]):
        row = fit("use_cases", _use_case(found, ours, source, rows), unplaced, _place(found))
        if row:
            rows["use_cases"].append(row)
            pages[row["use_case"]] = row["location"]
            texts.append(("use_cases", row["use_case"], found["text"]))
    steps: set[str] = set()
    for use_case, listed in _by_use_case(reading.tables["steps"]).items():
        if use_case not in pages:
            continue
        for step, row in zip(listed, _steps(listed, ours, source), strict=True):
            fitted = fit("steps", row, unplaced, (pages[use_case], step["line"]))
            if fitted:
                rows["steps"].append(fitted)
                steps.add(row["step"])
                texts.append(("steps", row["step"], step["text"]))
    for name, columns in _LINKS.items():
        known = steps if columns[0] == "step" else pages.keys()
        for found in printed(reading.tables[name]):
            if found[columns[0]] not in known:
                continue
            row = {column: str(found[column]) for column in columns}
            before = ours.row(name, *(row[column] for column in columns[:2]))
            same = before.get("printed", "") == row.get("printed", "") and before
            row |= {"source": source, "note": before["note"] if same else found.get("note", "")}
            fitted = fit(name, row, unplaced, (pages[found[columns[0]].partition(".")[0]], 0))
            rows[name] += [fitted] if fitted else []
        rows[name] = once(name, rows[name])
    return rows, texts


def _place(found: dict[str, Any]) -> tuple[str, int]:
    return found["location"], 0


def _by_use_case(steps: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for step in printed(steps):
        found.setdefault(step["use_case"], []).append(step)
    return found


def _use_case(found: dict[str, Any], ours: Ours, source: str, rows: dict[str, list[Row]]) -> Row:
    key = found["use_case"]
    before = ours.row("use_cases", key)
    name = ours.corrected("use_cases", key, "name", found["name"])
    note = before["note"] if before else joined(found["note"], NEW)
    if before and before["name"] != name:
        note = joined(note, f"Called “{before['name']}” when its summary was written")
    return {
        "use_case": key,
        "name": name,
        "catalogue": "govstack",
        "sector": _sector(found["sector_printed"], key, ours, source, rows["sectors"]),
        "version": found["version"],
        "status": ours.corrected("use_cases", key, "status", found["status"]),
        "summary": before.get("summary") or NEW_TEXT,
        "location": found["location"],
        "source": source,
        "note": note,
    }


def _sector(printed_name: str, key: str, ours: Ours, source: str, new: list[Row]) -> str:
    """Return the sector that a page prints, as a row of sectors; a new one where none fits."""
    wanted = ours.corrected("use_cases", key, "sector", printed_name) or _NOT_STATED
    for row in (*ours.tables["sectors"], *new):
        if wanted.casefold() in (row["sector"], row["name"].casefold()):
            return row["sector"]
    slug = re.sub(r"[^a-z0-9]+", "-", wanted.casefold()).strip("-") or "not-stated"
    new.append({"sector": slug, "name": wanted, "source": source, "note": NEW})
    return slug


def _steps(found: list[dict[str, Any]], ours: Ours, source: str) -> list[Row]:
    """Return the steps of a use case.

    A step is known again by its name, and by its identifier where no other step has the name: when
    one is put in between, those behind it keep their summaries.
    """
    use_case = found[0]["use_case"]
    before = [row for row in ours.tables["steps"] if row["use_case"] == use_case]
    names = {s["step"]: ours.corrected("steps", s["step"], "name", s["name"]) for s in found}
    by_name = {row["name"]: row for row in reversed(before)}
    by_id = {row["step"]: row for row in before}
    rows = []
    for step in found:
        key, name = step["step"], names[step["step"]]
        same = by_id.get(key, {})
        known = same if same.get("name") == name else by_name.get(name, {})
        if not known and same and same["name"] not in names.values():
            known = same
        note = known["note"] if known and known is same else step["note"]
        if not known:
            note = joined(note, NEW)
        elif known["name"] != name:
            note = joined(note, f"Called “{known['name']}” when its summary was written")
        rows.append(
            {
                "step": key,
                "use_case": use_case,
                "order": str(step["order"]),
                "name": name,
                "summary": known.get("summary") or NEW_TEXT,
                "source": source,
                "note": note,
            }
        )
    return rows
