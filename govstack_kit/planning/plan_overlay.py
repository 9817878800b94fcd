"""A plan laid over the framework: its use cases among the published ones.

Definitions
-----------
A use case of the plan stands in place of a published one with the same id. Only what is accepted
counts; an own word that is mapped counts as what it is mapped to, and one that is specific to the
sector as a workflow or building block of the team's own. The source of every such row is ``plan``.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit import words
from govstack_kit.framework.framework import DECLARED, Framework
from govstack_kit.planning.names import LAYERS, names_of
from govstack_kit.tables import overlay

if TYPE_CHECKING:
    from govstack_kit.planning.plan import Plan

SOURCE = "plan"


Rows = list[dict[str, Any]]


def _own_key(layer: str, name: str) -> str:
    return f"own{'-' if layer == 'workflow' else ':'}{words.slug(name)}"


def _chosen(plan: Plan, layer: str) -> Rows:
    """Return what use cases and steps use of a layer, in the order of the plan."""
    found = [
        {"owner": row[owner], **row, "key": row[layer]}
        for owner in ("use_case", "step")
        for row in plan.rows(f"{owner}_{layer}s")
    ]
    for row in plan.rows("own_words", kind=layer):
        key = row["key"] or (_own_key(layer, row["name"]) if row["sector_specific"] else "")
        owner = row["step"] or row["use_case"]
        used = {"owner": owner, "key": key, "status": "accepted", "printed": row["name"]}
        found += [used | {"description": row["description"]}] if key else []
    turned_down = {(row["owner"], row["key"]) for row in found if row["status"] == "rejected"}
    of: dict[str, dict[str, dict[str, Any]]] = {owner: {} for owner in _owners(plan)}
    for row in found:
        if row["owner"] in of and (row["owner"], row["key"]) not in turned_down:
            of[row["owner"]].setdefault(row["key"], row)
    return [
        row | {layer: row["key"], "position": place}
        for used in of.values()
        for place, row in enumerate(used.values(), start=1)
    ]


def _owners(plan: Plan) -> list[str]:
    """Return the keys of use cases, each with its steps after it."""
    steps: dict[str, list[str]] = {row["use_case"]: [] for row in plan.rows("use_cases")}
    for row in plan.rows("steps"):
        steps[row["use_case"]].append(row["step"])
    return [owner for use_case, of in steps.items() for owner in (use_case, *of)]


def _own_items(layer: str, chosen: Rows, known: set[str]) -> Rows:
    """Return the workflows or building blocks that the framework does not have."""
    found: dict[str, dict[str, Any]] = {}
    for row in chosen:
        key = row["key"]
        if key in known or key in found:
            continue
        name = row["printed"] or key.removeprefix("own:").replace("-", " ")
        found[key] = {layer: key, "name": name, "summary": _said(row["description"], name)}
    kind: dict[str, Any] = {"generic": False}
    if layer == "building_block":
        kind = {"catalogue": "own", "every_workflow": False}
    return [row | kind for row in found.values()]


def _said(text: str | None, name: str) -> str:
    """Return the first paragraph of a text, or the name."""
    return words.first_paragraph(text or "") or name


def rows(plan: Plan, framework: Framework) -> dict[str, Rows]:
    """Return the rows that a plan adds to the tables of the framework."""
    names, found = names_of(framework), {"use_cases": plan.rows("use_cases")}
    sectors: dict[str, dict[str, str]] = {}
    for row in found["use_cases"]:
        name = row["sector"] or "Not stated"
        row["sector"] = names.key("sector", name) or words.slug(name)
        row["summary"] = _said(row["summary"] or row["description"], row["name"])
        sectors.setdefault(row["sector"], {"sector": row["sector"], "name": name})
    known = set(framework.sectors["sector"])
    found["sectors"] = [row for key, row in sectors.items() if key not in known]
    targets = framework.sdg_targets
    goals = dict(zip(targets["target"], targets["goal"], strict=True))
    numbers = {str(goal): goal for goal in framework.sdg_goals["goal"]}
    found["use_case_targets"] = [
        row | {"goal": (goals | numbers)[sdg], "target": sdg if sdg in goals else None}
        for row in plan.rows("use_case_targets", status="accepted")
        if (sdg := row["sdg"]) in goals or sdg in numbers
    ]
    place: Counter[str] = Counter()
    found["steps"] = plan.rows("steps")
    for row in found["steps"]:
        place[row["use_case"]] += 1
        row |= {"order": place[row["use_case"]], "summary": _said(row["description"], row["name"])}
    steps = {row["step"] for row in found["steps"]}
    for layer in LAYERS:
        chosen = _chosen(plan, layer)
        found[f"{layer}s"] = _own_items(layer, chosen, set(getattr(framework, f"{layer}s")[layer]))
        for owner in ("use_case", "step"):
            found[f"{owner}_{layer}s"] = [
                row | {owner: row["owner"]}
                for row in chosen
                if (row["owner"] in steps) == (owner == "step")
            ]
    return found


def lay(plan: Plan, framework: Framework) -> Framework:
    """Return the framework with a plan's use cases; see :meth:`govstack_kit.Plan.framework`."""
    tables = {name: getattr(framework, name) for name in DECLARED}
    source = words.slug(SOURCE, taken=set(tables["sources"]["source"]))
    head, added = plan.row("plan"), rows(plan, framework)
    publisher = head["country"] or "The team of the plan"
    about = {"title": head["title"], "publisher": publisher, "date": plan.created[:10]}
    added["sources"] = [about]
    instead = {row["use_case"] for row in added["use_cases"]}
    base = overlay.without(tables, DECLARED, "use_cases", instead, keep=["workflow_examples"])
    own = {
        name: pd.DataFrame([row | {"source": source, "note": None} for row in listed])
        for name, listed in added.items()
    }
    return Framework(overlay.lay(base, own, DECLARED))
