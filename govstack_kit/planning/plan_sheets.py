"""A plan's tables as a workbook for people, with links as cells, and taking it back into the plan.

What a sheet does not have stays as it is in the plan: columns, reasons of links, rows of others.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
from govstack_kit.planning.names import names_of

from govstack_kit import words
from govstack_kit.errors import TablesError
from govstack_kit.planning.plan import DECLARED, Plan
from govstack_kit.tables import cells as link_cells
from govstack_kit.tables import package, validate, workbook
from govstack_kit.tables.schema import Column, Schema, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

STEPS = {"steps": ["step_actors", "step_workflows", "step_building_blocks", "step_systems"]}
INVENTORY = {"systems": ["system_building_blocks"]}


class _Names:
    """What a link table links to: its names, and how a key is written and read."""

    def __init__(self, plan: Plan, framework: Any, link: Table) -> None:  # noqa: ANN401
        column = link.columns[link.key[1]]
        table = next((r.table for r in link.references if r.columns == (column.name,)), "")
        if not table:
            layer, names = column.name, names_of(framework)
            self.all = names.every(layer)
            self.write, self.read = partial(names.written, layer), partial(names.key, layer)
            return
        rows, declared = plan.table(table), DECLARED[table]
        self.all = rows[declared.label].tolist()
        by_key = dict(zip(rows[declared.key[0]], self.all, strict=True))
        by_name = {words.fold(name): key for key, name in reversed(by_key.items())}
        self.write = lambda key: by_key.get(key, key)
        self.read = lambda name: by_name.get(words.fold(name), "")


def _wide(links: Mapping[str, Sequence[str]]) -> Schema:
    """Return the tables with a column of text for each link table that stands in their cells."""
    found = dict(DECLARED)
    for owner, names in links.items():
        given = found[owner]
        more = {
            n: Column(n, "string", DECLARED[n].title, DECLARED[n].description, {"lines": True})
            for n in names
        }
        found[owner] = Table(
            given.name,
            given.title,
            given.description,
            given.columns | more,
            given.key,
            given.references,
            given.given,
        )
    return Schema(found)


def write(
    plan: Plan, framework: Any, tables: Sequence[str], links: Mapping[str, Sequence[str]]
) -> bytes:  # noqa: ANN401
    """Return tables of a plan as a workbook, with the accepted links as cells."""
    frames, offered = {name: plan._frames[name].copy() for name in tables}, {}  # noqa: SLF001
    for owner, names in links.items():
        for name in names:
            link, rows = DECLARED[name], plan.table(name)
            if "status" in rows:
                rows = rows[rows["status"] == "accepted"]
            offered[name] = _Names(plan, framework, link)
            frames[owner][name] = link_cells.joined(
                rows, link, frames[owner][DECLARED[owner].key[0]], offered[name].write
            )
    return workbook.write(
        frames, _wide(links), {DECLARED[n].title: names.all for n, names in offered.items()}
    )


def take(
    plan: Plan, path: Path | bytes, framework: Any, links: Mapping[str, Sequence[str]], **given: str
) -> pd.DataFrame:  # noqa: ANN401
    """Take a workbook into a plan, as one change; return what could not be read of it.

    Parameters
    ----------
    plan, framework
        The plan, and the tables for names.
    path
        The workbook.
    links
        The link tables that stand as cells, by their owner.
    **given
        Values of columns that the sheets do not have, such as the use case.
    """
    problems = validate.Problems()
    sheets = package.read_cells(path, _wide(links), problems)
    with plan.change("Load a workbook"):
        for name, cells in sheets.items():
            keys = []
            for _, row in cells.iterrows():
                values = {
                    n: v for n, v in (given | row.to_dict()).items() if n in DECLARED[name].columns
                }
                key = tuple(values.get(n, "") for n in DECLARED[name].key)
                try:
                    if all(key) and plan.has(name, key):
                        plan.set(name, key, **values)
                    else:
                        key = plan.add(name, **values)
                except TablesError as error:
                    problems.found(error.problems.assign(row=row.name))
                    key = ""
                keys.append(key if isinstance(key, str) else key[0])
            for link in links.get(name, ()):
                if link in cells:
                    owners = pd.Series(keys, index=cells.index, dtype="str")
                    there, names = owners != "", _Names(plan, framework, DECLARED[link])
                    rows = link_cells.split(
                        cells.loc[there, link],
                        owners[there],
                        DECLARED[link],
                        names.read,
                        names.all,
                        problems,
                        name,
                    )
                    _link(plan, DECLARED[link], set(owners), rows)
    return problems.frame()


def _link(plan: Plan, link: Table, owners: set[str], rows: pd.DataFrame) -> None:
    """Let the links of some owners be those of `rows`; what else the plan says of them stays."""
    wanted = {tuple(row[n] for n in link.key): row for row in rows.to_dict("records")}
    for row in plan.table(link.name).to_dict("records"):
        key = tuple(row[n] for n in link.key)
        if key[0] in owners and key not in wanted and row.get("status") != "rejected":
            plan.remove(link.name, key)
    for key, row in wanted.items():
        status = {"status": "accepted"} if "status" in link.columns else {}
        plan.put(link.name, key, **{n: v for n, v in row.items() if n not in link.key} | status)
