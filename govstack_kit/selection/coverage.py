"""What a country has already: its systems, which building blocks they serve, gaps and overlaps.

Definitions
-----------
A system *serves* a building block ``well`` (it does what is needed), ``partly`` (something is
missing), ``poorly`` (it has to be replaced), or nobody judged it. A block of the 2019 framework
counts as the GovStack block that does the same, as in :mod:`govstack_kit.selection.needs`.

The *state* of a block: ``nothing`` serves it; ``partial``, it is served, but by no system well;
``one``, a single system serves it, and well; ``several competing``, more than one serves it, and
at least one of them well. A *gap* is a needed block in the state nothing or partial. Where several
systems serve a block, all but the best of them *overlap*: the best is the one that serves it best,
of equals the one whose annual cost is known and lowest. A system that serves several blocks counts
with its whole cost in each, so costs are not to be added up over blocks. These words are the kit's
own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit import words
from govstack_kit.errors import expected
from govstack_kit.planning import plan_sheets
from govstack_kit.planning.names import names_of
from govstack_kit.planning.plan import Plan
from govstack_kit.selection.needs import as_counted, needs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from govstack_kit.framework.framework import Framework

STATES = ("nothing", "partial", "one", "several competing")
NOTHING, PARTIAL, ONE, SEVERAL = STATES
QUALITIES = ("not judged", "poorly", "partly", "well")  # the best last
NOT_NEEDED = "not needed"
_COLUMNS = (
    dict.fromkeys(["building_block", "name"], "str")
    | {"needed": "bool", "weight": "float64", "systems": "int64"}
    | dict.fromkeys(["served_by", "best", "state"], "str")
    | {"gap": "bool", "annual_cost": "float64", "overlap_cost": "float64", "unknown_costs": "int64"}
)


def add_inventory(framework: Framework, plan: Plan, path: str | Path | bytes) -> pd.DataFrame:
    """Take the systems of an inventory into a plan, as one change.

    A system that the plan has, by name or id, gets what is new about it. What the inventory leaves
    empty stays as the plan has it, and so do building blocks that it does not name.

    Parameters
    ----------
    framework, plan
        The tables, and the plan that is changed.
    path
        A workbook with a sheet of systems, as
        :func:`govstack_kit.planning.plan_sheets.write_sheets` makes one of the plan's own systems,
        or a CSV file with its titles.

    Returns
    -------
    pandas.DataFrame
        One row a problem, as :func:`govstack_kit.validate` documents it. What is not told there
        was taken.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.planning.plan_sheets import INVENTORY, write_sheets
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.demonstration()
    >>> sheet = write_sheets(framework, plan, ["systems"], INVENTORY)
    >>> ours = govstack_kit.Plan.new(title="Ours")
    >>> len(add_inventory(framework, ours, sheet)), len(ours.systems)
    (0, 4)
    """
    told = Plan.new(title="Inventory")
    problems = plan_sheets.add_sheets(framework, told, path, plan_sheets.INVENTORY)
    with plan.change("Load an inventory"):
        for row in told.rows("systems"):
            name, key = row["name"], row.pop("system")
            known = {_called(one["name"]): one["system"] for one in plan.rows("systems")}
            same = known.get(_called(name))
            if same is None and key != words.slug(name) and plan.has("systems", key):
                same = key  # an id that was made from a name stands for that name alone
            if same is None:
                same = str(plan.add("systems", **_filled(row)))
            else:
                plan.set("systems", same, **_filled(row))
            for link in told.rows("system_building_blocks", system=key):
                pair = same, link["building_block"]
                rest = {column: link[column] for column in ("quality", "note")}
                plan.put("system_building_blocks", pair, **_filled(rest))
    return problems


def _called(name: str) -> str:
    """Return the name of a system as it is compared; one of signs only as it is."""
    return words.fold(name) or name


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    return {column: value for column, value in row.items() if value is not None}


def _services(framework: Framework, plan: Plan) -> pd.DataFrame:
    """Return which systems serve which blocks, how well and at what cost; the best of each first.

    One row a block and system: ``building_block``, ``system``, ``name``, ``quality`` (its place in
    QUALITIES) and ``annual_cost``.
    """
    expected(plan, Plan, "Give a plan, as Plan.open(path) returns it")
    found = as_counted(framework, plan.system_building_blocks)
    quality = found["quality"].fillna(QUALITIES[0]).map(QUALITIES.index)
    found = found.assign(quality=quality.astype("int64"))
    found = found.groupby(["building_block", "system"], sort=False)["quality"].max().reset_index()
    found = found.merge(plan.systems[["system", "name", "annual_cost"]], on="system")
    found["folded"] = found["name"].str.casefold()
    order = ["building_block", "quality", "annual_cost", "folded"]
    found = found.sort_values(order, ascending=[True, False, True, True])
    return found.drop(columns="folded")


def coverage(framework: Framework, plan: Plan) -> pd.DataFrame:
    """Return how existing systems serve each building block: gaps and overlaps.

    Parameters
    ----------
    framework, plan
        The tables, and the plan.

    Returns
    -------
    pandas.DataFrame
        One row a block, the most needed first, then those that are served but not needed:
        ``building_block``; ``name``; ``needed``; ``weight`` (0 where not needed); ``systems`` (how
        many serve it); ``served_by`` (their names, the best first); ``best`` (well, partly,
        poorly, not judged, or empty); ``state`` and ``gap`` (see the definitions of this module);
        ``annual_cost`` (of the systems that serve it, where known, in the currency of the plan);
        ``overlap_cost`` (of all but the best of them); ``unknown_costs`` (how many systems have no
        cost). Costs are missing where none is known.

    Raises
    ------
    ArgumentError
        If `plan` is no plan.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.demonstration()
    >>> coverage(govstack_kit.load(), plan).groupby("state").size().to_dict()
    {'nothing': 6, 'one': 1, 'partial': 3}
    """
    by_block = _services(framework, plan).groupby("building_block")
    needed = needs(framework, plan).set_index("building_block")
    served = {str(block): systems for block, systems in by_block}
    known = names_of(framework)
    others = {key: known.name("building_block", key) for key in served if key not in needed.index}
    names: dict[str, str] = dict(needed["name"])
    names |= dict(sorted(others.items(), key=lambda item: item[1].casefold()))
    rows = []
    for block, name in names.items():
        systems = served.get(block, pd.DataFrame({"name": [], "quality": [], "annual_cost": []}))
        costs, wanted = systems["annual_cost"], block in needed.index
        best = QUALITIES[systems["quality"].iloc[0]] if len(systems) else ""
        state = NOTHING if systems.empty else PARTIAL
        if best == QUALITIES[-1]:
            state = ONE if len(systems) == 1 else SEVERAL
        rows.append(
            {
                "building_block": block,
                "name": name,
                "needed": wanted,
                "weight": needed["weight"].get(block, 0.0),
                "systems": len(systems),
                "served_by": "; ".join(systems["name"]),
                "best": best,
                "state": state,
                "gap": wanted and state in (NOTHING, PARTIAL),
                "annual_cost": costs.sum(min_count=min(1, len(costs))),
                "overlap_cost": costs[1:].sum(min_count=min(1, len(costs[1:]))),
                "unknown_costs": int(costs.isna().sum()),
            }
        )
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


def coverage_matrix(framework: Framework, plan: Plan) -> pd.DataFrame:
    """Return which system serves which building block, and how well, as a matrix.

    Parameters
    ----------
    framework, plan
        As for :func:`coverage`.

    Returns
    -------
    pandas.DataFrame
        Rows are blocks, in the order of :func:`coverage`: ``building_block`` (its name) and
        ``state``, or "not needed". Columns are the names of the systems that serve any, those that
        serve most first. Values: well, partly, poorly, not judged, or empty.

    Raises
    ------
    ArgumentError
        As :func:`coverage` does.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.demonstration()
    >>> coverage_matrix(govstack_kit.load(), plan).shape
    (10, 4)
    """
    rows, served = coverage(framework, plan), _services(framework, plan)
    names = served.drop_duplicates("system").set_index("system")["name"]
    most = served["system"].value_counts()
    order = sorted(names.index, key=lambda key: (-most[key], names[key].casefold(), key))
    served["quality"] = [QUALITIES[place] for place in served["quality"]]
    found = served.pivot_table("quality", "building_block", "system", aggfunc="first")
    found = found.reindex(index=rows["building_block"], columns=order)
    blocks = _apart(rows["name"], [key.split(":")[0] for key in rows["building_block"]])
    states = rows["state"].where(rows["needed"], NOT_NEEDED)
    found.index = pd.MultiIndex.from_arrays([blocks, states], names=["building_block", "state"])
    found.columns = pd.Index(_apart(names[order], order), name="system", dtype="str")
    return found.astype("str").fillna("")


def _apart(names: Iterable[str], more: Iterable[str]) -> list[str]:
    """Return names, with something more in brackets where two are alike."""
    names = list(names)
    twice = pd.Series([name.casefold() for name in names], dtype="str").duplicated(keep=False)
    return [
        f"{name} ({said})" if again else name
        for name, said, again in zip(names, more, twice, strict=True)
    ]
