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

from govstack_kit import words
from govstack_kit.framework.framework import DECLARED, Framework
from govstack_kit.planning.names import names_of
from govstack_kit.tables import overlay

if TYPE_CHECKING:
    from govstack_kit.planning.plan import Plan

SOURCE = "plan"
LAYERS = ("workflow", "building_block")


def _chosen(plan: Plan, layer: str, places: pd.DataFrame) -> pd.DataFrame:
    """Return what use cases and steps use of a layer, in the order of the plan."""
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
    """Return use cases and steps, with the places that they have in the plan."""
    cases, steps = plan.use_cases, plan.steps
    number = {case: place for place, case in enumerate(cases["use_case"])}
    owners = [
        cases[["use_case"]].assign(owner=cases["use_case"], order=0),
        steps[["use_case", "order"]].assign(owner=steps["step"]),
    ]
    both = pd.concat(owners, ignore_index=True)
    both["place"] = both["use_case"].map(number) * 10_000 + both["order"]
    return both.sort_values("place", kind="stable")[["owner", "order", "place"]]


def _own_items(layer: str, chosen: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """Return the workflows or building blocks that the framework does not have."""
    new = chosen[~chosen["key"].isin(known)]
    named = new["key"].str.removeprefix("own:").str.replace("-", " ")
    own = new["rank"] == 1
    name = new["printed"].where(own | new["printed"].notna(), named)
    about = new["description"].fillna("").map(words.first_paragraph)
    found = new[["place", "rank"]].assign(name=name, summary=about.where(about != "", name))
    found.insert(0, layer, new["key"])
    found = found.sort_values(["place", "rank"], kind="stable").drop_duplicates(layer)
    if layer == "workflow":
        return found.assign(generic=False)
    return found.assign(catalogue="own", every_workflow=False)


def rows(plan: Plan, framework: Framework) -> dict[str, pd.DataFrame]:
    """Return the rows that a plan adds to the tables of the framework."""
    names, places = names_of(framework), _places(plan)
    cases, steps, targets = plan.use_cases, plan.steps, plan.use_case_targets
    sector = cases["sector"].fillna("Not stated")
    key = pd.Series([names.key("sector", name) or words.slug(name) for name in sector], dtype="str")
    sectors = pd.DataFrame({"sector": key, "name": sector}).drop_duplicates("sector")
    found = {"sectors": sectors[~sectors["sector"].isin(framework.sectors["sector"])]}
    about = cases["summary"].fillna(cases["description"]).fillna("").map(words.first_paragraph)
    found["use_cases"] = cases.assign(sector=key, summary=about.where(about != "", cases["name"]))
    goals = framework.sdg_targets.set_index("target")["goal"]
    targets = targets[targets["status"] == "accepted"]
    exact = targets["sdg"].isin(goals.index)
    goal = targets["sdg"].map(goals).fillna(pd.to_numeric(targets["sdg"], errors="coerce"))
    targets = targets.assign(goal=goal, target=targets["sdg"].where(exact))
    found["use_case_targets"] = targets[goal.isin(framework.sdg_goals["goal"])]
    about = steps["description"].fillna("").map(words.first_paragraph)
    found["steps"] = steps.assign(summary=about.where(about != "", steps["name"]))
    for layer in LAYERS:
        chosen = _chosen(plan, layer, places)
        found[f"{layer}s"] = _own_items(layer, chosen, set(getattr(framework, f"{layer}s")[layer]))
        for owner, part in (("use_case", chosen["order"] == 0), ("step", chosen["order"] > 0)):
            links = chosen[part].rename(columns={"key": layer, "owner": owner})
            place = links.groupby(owner).cumcount() + 1
            found[f"{owner}_{layer}s"] = links.assign(position=place)
    return found


def lay(plan: Plan, framework: Framework) -> Framework:
    """Return the framework with a plan's use cases; see :meth:`govstack_kit.Plan.framework`."""
    tables = {name: getattr(framework, name) for name in DECLARED}
    source = words.slug(SOURCE, taken=set(tables["sources"]["source"]))
    head, added = plan.row("plan"), rows(plan, framework)
    publisher = head["country"] or "The team of the plan"
    about = {"title": head["title"], "publisher": publisher, "date": plan.created[:10]}
    added["sources"] = pd.DataFrame([about])
    instead = set(added["use_cases"]["use_case"])
    base = overlay.without(tables, DECLARED, "use_cases", instead, keep=["workflow_examples"])
    own = {name: frame.assign(source=source, note=None) for name, frame in added.items()}
    return Framework(overlay.lay(base, own, DECLARED))
