"""A plan laid over the framework: its use cases among the published ones.

Definitions
-----------
A use case of the plan stands in place of a published one with the same id. Only what is accepted
counts; an own word that is mapped counts as what it is mapped to, and one that is specific to the
sector as a workflow or building block of the team's own. The source of every such row is ``plan``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from govstack_kit.framework import schema as today
from govstack_kit.framework.framework import Framework
from govstack_kit.planning.names import names_of
from govstack_kit.planning.text import first_paragraph

from govstack_kit import words
from govstack_kit.tables import overlay, schema

if TYPE_CHECKING:
    from govstack_kit.planning.plan import Plan

SOURCE = "plan"
LAYERS = ("workflow", "building_block")
FRAMEWORK = schema.read(today.folder() / "datapackage.json")


def _chosen(plan: Plan, layer: str, places: pd.DataFrame) -> pd.DataFrame:
    """Return what use cases and steps use of a layer, in the order of the plan, from both tables."""
    parts = []
    for owner in ("use_case", "step"):
        table = plan.table(f"{owner}_{layer}s")
        parts.append(table.rename(columns={owner: "owner", layer: "key"}).assign(rank=0))
    own = plan.own_words.query("kind == @layer")
    own = own.assign(
        owner=own["step"].fillna(own["use_case"]), printed=own["name"], status="accepted", rank=1
    )
    made = pd.Series([_own_key(layer, name) for name in own["name"]], index=own.index, dtype="str")
    own["key"] = own["key"].where(own["key"].notna() | ~own["sector_specific"], made)
    parts.append(own[own["key"].notna()])
    every = pd.concat(parts)[["owner", "key", "status", "printed", "description", "rank"]]
    turned_down = every[every["status"] == "rejected"].set_index(["owner", "key"]).index
    every = every[~pd.MultiIndex.from_frame(every[["owner", "key"]]).isin(turned_down)]
    every = every.merge(places, on="owner").sort_values(["place", "rank"], kind="stable")
    return every.drop_duplicates(["owner", "key"], ignore_index=True)


def _own_key(layer: str, name: str) -> str:
    return f"own{'-' if layer == 'workflow' else ':'}{words.slug(name)}"


def _places(plan: Plan) -> pd.DataFrame:
    """Return use cases and steps in their order, with the ids that they have in the framework."""
    cases, steps = plan.use_cases, plan.steps
    number = {case: place for place, case in enumerate(cases["use_case"])}
    both = pd.DataFrame(
        {
            "owner": cases["use_case"],
            "use_case": cases["use_case"],
            "order": 0,
            "id": cases["use_case"],
        }
    )
    both = pd.concat(
        [
            both,
            pd.DataFrame(
                {
                    "owner": steps["step"],
                    "use_case": steps["use_case"],
                    "order": steps["order"],
                    "id": steps["step"],
                }
            ),
        ]
    )
    both["place"] = both["use_case"].map(number) * 10_000 + both["order"]
    return both.sort_values("place", kind="stable")[["owner", "id", "order", "place"]]


def _own_items(layer: str, chosen: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """Return the workflows or building blocks that the framework does not have."""
    new = chosen[~chosen["key"].isin(known)]
    named = new["key"].str.removeprefix("own:").str.replace("-", " ")
    own = new["rank"] == 1
    name = new["printed"].where(own | new["printed"].notna(), named)
    about = new["description"].fillna("").map(first_paragraph)
    found = pd.DataFrame(
        {
            layer: new["key"],
            "name": name,
            "summary": about.where(about != "", name),
            "place": new["place"],
            "rank": new["rank"],
        }
    )
    found = found.sort_values(["place", "rank"], kind="stable").drop_duplicates(layer)
    return (
        found.assign(generic=False)
        if layer == "workflow"
        else found.assign(catalogue="own", every_workflow=False)
    )


def rows(plan: Plan, framework: Framework) -> dict[str, pd.DataFrame]:
    """Return the rows that a plan adds to the tables of the framework."""
    names, places = names_of(framework), _places(plan)
    cases, steps, targets = plan.use_cases, plan.steps, plan.use_case_targets
    sector = cases["sector"].fillna("Not stated")
    key = pd.Series([names.key("sector", name) or words.slug(name) for name in sector], dtype="str")
    sectors = pd.DataFrame({"sector": key, "name": sector}).drop_duplicates("sector")
    found = {"sectors": sectors[~sectors["sector"].isin(framework.sectors["sector"])]}
    about = cases["summary"].fillna(cases["description"]).fillna("").map(first_paragraph)
    found["use_cases"] = cases.assign(sector=key, summary=about.where(about != "", cases["name"]))
    goals = framework.sdg_targets.set_index("target")["goal"]
    targets = targets[targets["status"] == "accepted"]
    exact = targets["sdg"].isin(goals.index)
    goal = targets["sdg"].map(goals).fillna(pd.to_numeric(targets["sdg"], errors="coerce"))
    targets = targets.assign(goal=goal, target=targets["sdg"].where(exact))
    found["use_case_targets"] = targets[goal.isin(framework.sdg_goals["goal"])]
    about = steps["description"].fillna("").map(first_paragraph)
    found["steps"] = steps.assign(summary=about.where(about != "", steps["name"]))
    for layer in LAYERS:
        chosen = _chosen(plan, layer, places)
        found[f"{layer}s"] = _own_items(layer, chosen, set(getattr(framework, f"{layer}s")[layer]))
        for owner, part in (("use_case", chosen["order"] == 0), ("step", chosen["order"] > 0)):
            links = chosen[part].rename(columns={"key": layer})
            links[owner] = links["id"]
            found[f"{owner}_{layer}s"] = links.assign(
                position=links.groupby("owner").cumcount() + 1
            )
    return found


def lay(plan: Plan, framework: Framework) -> Framework:
    """Return the framework with a plan's use cases; see :meth:`govstack_kit.Plan.framework`."""
    tables = {name: getattr(framework, name) for name in FRAMEWORK}
    source = words.slug(SOURCE, taken=set(tables["sources"]["source"]))
    head, about = plan.row("plan"), plan._about  # noqa: SLF001 - our own
    added = rows(plan, framework)
    added["sources"] = pd.DataFrame(
        [
            {
                "title": head["title"],
                "publisher": head["country"] or "The team of the plan",
                "version": f"revision {plan.revision}",
                "date": about.get("updated", about["created"])[:10],
            }
        ]
    )
    instead = set(added["use_cases"]["use_case"])
    base = overlay.without(tables, FRAMEWORK, "use_cases", instead, keep=["workflow_examples"])
    own = {name: frame.assign(source=source, note=None) for name, frame in added.items()}
    return Framework(overlay.lay(base, own, FRAMEWORK))
