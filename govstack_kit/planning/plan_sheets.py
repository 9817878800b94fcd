"""Tables of a plan as sheets for people, with links as cells, and taking them back into the plan.

What a sheet does not have stays as it is in the plan: columns, reasons of links, rows of others.
Rows stand in the order of the sheet.

Definitions
-----------
A *link table* has a key of two columns: its owner, and what the owner is linked to. In a sheet of
the owner it may stand as one column that lists names, each with the value of the table's column
``said`` in brackets: ``Payments (well); Consent``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit import words
from govstack_kit.errors import TablesError, did_you_mean
from govstack_kit.planning.names import names_of
from govstack_kit.planning.plan import DECLARED
from govstack_kit.tables import package, validate, workbook
from govstack_kit.tables.schema import Column, Schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan
    from govstack_kit.tables.schema import Table

    Links = Mapping[str, Sequence[str]]  # tables that stand as cells, by the table of their owner

STEPS = {"steps": ["step_actors", "step_workflows", "step_building_blocks", "step_systems"]}
INVENTORY = {"systems": ["system_building_blocks"]}


_ITEM = re.compile(r"(.*?)\s*(?:\(([^()]*)\))?")


def links_as_cells(
    links: pd.DataFrame, table: Table, owners: Iterable[str], write: Callable[[str], str]
) -> list[str]:
    """Return for each owner its links as the text of a cell; `write` names a key."""
    owner, other = table.key
    said = table.given.get("said", "")
    texts: dict[str, list[str]] = {}
    for row in links.to_dict("records"):
        name = write(row[other]).replace(";", ",")
        more = package.text_of(row.get(said)) if said else ""
        texts.setdefault(row[owner], []).append(f"{name} ({more})" if more else name)
    return ["; ".join(texts.get(key, ())) for key in owners]


def cells_as_links(  # noqa: PLR0913, PLR0917 - what cells mean, and where problems go
    cells: pd.Series[str],
    owners: pd.Series[str],
    table: Table,
    read: Callable[[str], str],
    known: Iterable[str],
    problems: validate.Problems,
    where: str,
) -> pd.DataFrame:
    """Return the links that cells list, as cells of the link table; report names not known.

    Parameters
    ----------
    cells, owners
        The cells, and the keys of their owners.
    table
        The link table.
    read, known
        Returns the key that a name means, or an empty text; and all names.
    problems, where
        Where problems go, and the table that the cells stand in.
    """
    owner, other = table.key
    said = table.given.get("said", "")
    allowed = table.columns[said].enum if said else ()
    found, unknown, odd = [], {}, {}
    for row, text, key in zip(cells.index, cells, owners, strict=True):
        for item in filter(str.strip, re.split(r"[;\n\u061b]", text)):
            whole = read(item)
            match = _ITEM.fullmatch(item.strip())
            name, more = (item, "") if whole or not match else (match[1], match[2] or "")
            target = whole or read(name)
            if not target:
                unknown[row] = name.strip()
                continue
            more = more.strip().lower()
            if more and allowed and more not in allowed:
                odd[row], more = more, ""
            found.append({owner: key, other: target} | ({said: more} if said else {}))
    problems.mask(
        where,
        table.title,
        pd.Series(unknown, dtype="str"),
        "“{}” is not known",
        fix=lambda v: did_you_mean(v, known) or "Use a name from the sheet Lists.",
    )
    problems.mask(
        where,
        table.title,
        pd.Series(odd, dtype="str"),
        "“{}” cannot stand in brackets",
        allowed=", ".join(allowed),
        fix="Choose one of them.",
    )
    return pd.DataFrame(
        found, columns=[owner, other, *([said] if said else [])], dtype="str"
    ).drop_duplicates([owner, other])


class _Linked:
    """What a link table links to: its names, and how a key is written and read."""

    def __init__(self, framework: Framework, plan: Plan, link: Table) -> None:
        column = link.key[1]
        table = next((r.table for r in link.references if r.columns == (column,)), "")
        if not table:
            names = names_of(framework)
            self.all = names.every(column)
            self.write: Callable[[str], str] = partial(names.written, column)
            self.read: Callable[[str], str] = partial(names.key, column)
            return
        label, (key,) = DECLARED[table].label, DECLARED[table].key
        by_key: dict[str, str] = {row[key]: row[label] for row in plan.rows(table)}
        by_name = {words.fold(name): key for key, name in reversed(by_key.items())}
        self.all = list(by_key.values())
        self.write = lambda key: by_key.get(key, key)
        self.read = lambda name: by_name.get(words.fold(name), "")


def _wide(links: Links) -> Schema:
    """Return the tables with a column of text for each link table that stands in their cells."""
    found = dict(DECLARED)
    for owner, names in links.items():
        more = {
            name: Column(
                name, "string", DECLARED[name].title, DECLARED[name].description, {"lines": True}
            )
            for name in names
        }
        found[owner] = replace(found[owner], columns=found[owner].columns | more)
    return Schema(found)


def write_sheets(framework: Framework, plan: Plan, tables: Sequence[str], links: Links) -> bytes:
    """Return tables of a plan as a workbook, with the accepted links as cells.

    Parameters
    ----------
    framework
        The tables, for the names of workflows and building blocks.
    plan
        The plan.
    tables
        The tables that become sheets, in their order.
    links
        The link tables that stand as cells, by their owner: :data:`STEPS`, :data:`INVENTORY`.

    Examples
    --------
    >>> from govstack_kit import Plan, load
    >>> raw = write_sheets(load(), Plan.demonstration(), ["systems"], INVENTORY)
    >>> again = Plan.new(title="Another")
    >>> len(add_sheets(load(), again, raw, INVENTORY))
    0
    >>> len(again.systems), len(again.system_building_blocks)
    (4, 5)
    """
    frames = {name: plan.table(name) for name in tables}
    offered = {}
    for owner, names in links.items():
        for name in names:
            link, rows = DECLARED[name], plan.table(name)
            if "status" in rows:
                rows = rows[rows["status"] == "accepted"]
            linked = _Linked(framework, plan, link)
            offered[link.title] = linked.all
            owners = frames[owner][DECLARED[owner].key[0]]
            frames[owner][name] = links_as_cells(rows, link, owners, linked.write)
    return workbook.write(frames, _wide(links), offered)


def add_sheets(
    framework: Framework, plan: Plan, path: str | Path | bytes, links: Links, **given: str
) -> pd.DataFrame:
    """Take sheets into a plan, as one change; return what could not be read of them.

    Parameters
    ----------
    framework
        The tables, for names.
    plan
        The plan.
    path
        The workbook, or a CSV file that is called by its table, such as ``systems.csv``.
    links
        The link tables that stand as cells, by their owner.
    **given
        Values of columns that the sheets do not have, such as the use case; where they describe
        one use case, it is known.

    Returns
    -------
    pandas.DataFrame
        One row a problem, as :func:`govstack_kit.validate` documents it. What is not told there
        was taken.
    """
    problems = validate.Problems()
    sheets = package.read_cells(path, _wide(links), problems)
    with plan.change("Load sheets"):
        for name in sorted(sheets, key=lambda name: (name in links, list(DECLARED).index(name))):
            keys = _rows(plan, name, sheets[name], given, problems)
            if name == "use_cases" and len(keys) == 1:
                given.setdefault("use_case", keys.iloc[0])
            for link in (link for link in links.get(name, ()) if link in sheets[name]):
                linked = _Linked(framework, plan, DECLARED[link])
                about = (DECLARED[link], linked.read, linked.all, problems, name)
                found = cells_as_links(sheets[name].loc[keys.index, link], keys, *about)
                _link(plan, DECLARED[link], set(keys), found)
    return problems.frame()


def _rows(
    plan: Plan,
    name: str,
    cells: pd.DataFrame,
    given: Mapping[str, str],
    problems: validate.Problems,
) -> pd.Series[str]:
    """Change or add the rows of a sheet; return their keys by the row, without those refused."""
    table, keys = DECLARED[name], dict[int, str]()
    for number, row in zip(cells.index, cells.to_dict("records"), strict=True):
        filled = {**given} | {str(column): value for column, value in row.items() if value}
        values = {n: filled.get(n, "") for n in table.columns if n in row or n in given}
        if table.order:
            values.pop(table.order[0], None)
        for _ in range(2):  # again without the cells that cannot be used
            try:
                keys[number] = _row(plan, name, values)
                break
            except TablesError as error:
                problems.found(error.problems.assign(row=number))
                wrong = set(error.problems["column"])
                values = {n: value for n, value in values.items() if n not in wrong}
    if table.order:
        within = {key: plan.row(name, key)[table.order[1]] for key in keys.values()}
        for group in dict.fromkeys(within.values()):
            same = [key for key, of in within.items() if of == group]
            for place, key in enumerate(same, start=1):
                plan.move(name, key, place)
    return pd.Series(keys, dtype="str")


def _row(plan: Plan, name: str, values: dict[str, Any]) -> str:
    """Change a row, or add it; return its key."""
    key = str(values.get(DECLARED[name].key[0], ""))
    if not (key and plan.has(name, key)):
        return str(plan.add(name, **values))
    known = plan.row(name, key)
    if new := {n: value for n, value in values.items() if package.text_of(known[n]) != value}:
        plan.set(name, key, **new)
    return key


def _link(plan: Plan, link: Table, owners: set[str], rows: pd.DataFrame) -> None:
    """Let the links of some owners be those of `rows`; what else the plan says of them stays."""
    wanted: dict[tuple[str, ...], dict[Any, Any]] = {
        tuple(row[name] for name in link.key): row for row in rows.to_dict("records")
    }
    for row in plan.rows(link.name):
        key = tuple(row[name] for name in link.key)
        if key[0] in owners and key not in wanted and row.get("status") != "rejected":
            plan.remove(link.name, key)
    status = {"status": "accepted"} if "status" in link.columns else {}
    new = []
    for key, row in wanted.items():
        if plan.has(link.name, key):
            said = {name: value for name, value in row.items() if name not in link.key}
            plan.set(link.name, key, **said, **status)
        else:
            new.append(row | status)
    if new:
        plan.add_rows({link.name: new})
