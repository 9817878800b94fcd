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

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.errors import ArgumentError, PlanError, quote
from govstack_kit.framework._csv import UnreadableError
from govstack_kit.framework.framework import load
from govstack_kit.planning._sheets import Problems
from govstack_kit.planning.fields import slug
from govstack_kit.planning.selected import System
from govstack_kit.selection import _inventory_sheet as sheet
from govstack_kit.selection._coverage import (
    STATES,
    compared,
    coverage,
    coverage_matrix,
    merged,
)
from govstack_kit.selection._given import file_of, framework_of, plan_of
from govstack_kit.selection._inventory_cells import same_currency
from govstack_kit.selection._inventory_rows import Inventory, Reader
from govstack_kit.selection._inventory_tables import read_tables
from govstack_kit.selection._needed import needed_blocks

if TYPE_CHECKING:
    from pathlib import Path

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan

__all__ = [
    "STATES",
    "Inventory",
    "add_inventory",
    "coverage",
    "coverage_matrix",
    "inventory_template",
    "read_inventory",
]


def inventory_template(
    path: str | Path, plan: Plan | None = None, framework: Framework | None = None
) -> Path:
    """Write a workbook or CSV file in which systems are listed.

    Parameters
    ----------
    path
        The new file, ending in ``.xlsx`` or ``.csv``. A file that exists is never overwritten.
    plan
        A plan whose systems are filled in already, and whose needed blocks are offered first.
    framework
        The tables that the names of building blocks come from; without it, the bundled ones.

    Returns
    -------
    pathlib.Path
        The file; :func:`read_inventory` reads it when it is filled in.

    Raises
    ------
    ArgumentError
        If the file exists, has another ending or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> inventory_template(Path(tempfile.mkdtemp()) / "our-systems.xlsx").name
    'our-systems.xlsx'
    """
    file, ending = _file(path)
    framework = load() if framework is None else framework_of(framework)
    systems = plan_of(plan).systems if plan is not None else []
    if ending == ".csv":
        raw = sheet.write_csv(systems, framework)
    else:
        first = needed_blocks(framework, plan) if plan is not None and plan.use_cases else []
        tables = framework if plan is None else plan.framework(framework)
        raw = sheet.write_workbook(systems, tables, first)
    try:
        with file.open("xb") as target:
            target.write(raw)
    except FileExistsError:
        raise ArgumentError(f"{file.name!r} exists already. Choose another name.") from None
    except OSError as error:
        raise ArgumentError(f"{file.name!r} cannot be written: {error.strerror}.") from None
    return file


def _file(path: str | Path) -> tuple[Path, str]:
    file = file_of(path)
    ending = file.suffix.lower()
    if ending not in (".xlsx", ".csv"):
        raise ArgumentError(
            f"An inventory is a file ending in .xlsx or .csv: {file.name!r} is not. Save older "
            "workbooks (.xls, .ods) as Excel workbook (.xlsx) first."
        )
    return file, ending


def read_inventory(
    path: str | Path, framework: Framework | None = None, *, plan: Plan | None = None
) -> Inventory:
    r"""Read the systems of an inventory that was filled in; no plan is changed.

    All sheets with the titles of systems are read, such as one for each ministry; each other sheet
    is named among the problems. Titles of columns may be written freely, and stand in one of the
    first five rows. Numbers may have separators of thousands and a currency, typed or in the format
    of the cell. Several building blocks may stand in one cell, with semicolons between and how well
    in brackets, or in the column after them.

    Parameters
    ----------
    path
        The workbook (``.xlsx``) or CSV file.
    framework
        The tables that the names of building blocks come from; without it, the bundled ones.
    plan
        The plan that the systems are for: its own building blocks are known by their names too, and
        a cost that is written with another currency than that of its business case is not read, and
        named among the problems.

    Returns
    -------
    Inventory
        The systems, those with cells that could not be read, and every problem.

    Raises
    ------
    ArgumentError
        If the file is missing, is no such file, or is too large.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> file = Path(tempfile.mkdtemp()) / "systems.csv"
    >>> rows = "System;Annual cost;Building blocks\nIFMIS;KES 1,200,000;Payments (well)"
    >>> _ = file.write_text(rows)
    >>> found = read_inventory(file)
    >>> found.systems[0].annual_cost, found.systems[0].serves[0].key, len(found.problems)
    (1200000.0, 'govstack:payments', 0)
    """
    file, _ = _file(path)
    framework = load() if framework is None else framework_of(framework)
    problems = Problems()
    try:
        tables = read_tables(file, problems)
    except UnreadableError as error:
        where = f", row {error.row}" if error.row else ""
        raise ArgumentError(f"{file.name!r}{where}: {error}. {error.fix}") from None
    except PlanError as error:
        raise ArgumentError(f"{file.name!r}: {error}") from None
    currency = ""
    if plan is not None:
        framework, currency = plan.framework(framework), plan.business_case.currency
    return Reader(framework, tables, problems, currency).read()


def add_inventory(plan: Plan, systems: Inventory | Iterable[System]) -> pd.DataFrame:
    """Add systems to a plan; those that it has, by id or name, get what is new about them.

    What the inventory leaves empty stays as the plan has it, and so do building blocks that it does
    not name.

    Parameters
    ----------
    plan
        The plan that is changed.
    systems
        What :func:`read_inventory` returns, of which the complete systems are taken, or a list:
        ``[*found.systems, *found.incomplete]`` for all.

    Returns
    -------
    pandas.DataFrame
        One row a system: ``system`` (its id in the plan), ``name``, ``change`` (added, changed,
        unchanged).

    Raises
    ------
    ArgumentError
        If something given is no system, a name stands for several systems of the plan, or the
        costs of the inventory are in another currency than those of the plan.
    PlanError
        If the plan cannot hold them. The plan is as before, as with every error.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="Our systems")
    >>> add_inventory(plan, [System(id="ifmis", name="IFMIS")])["change"].tolist()
    ['added']
    """
    plan_of(plan)
    if not isinstance(systems, Iterable | Inventory):
        raise ArgumentError(
            f"{quote(systems)} is no inventory: pass what read_inventory() returns."
        )
    given = systems.systems if isinstance(systems, Inventory) else list(systems)
    if wrong := [one for one in given if not isinstance(one, System)]:
        raise ArgumentError(f"{quote(wrong[0])} is no system: pass what read_inventory() returns.")
    written = systems.currency if isinstance(systems, Inventory) else ""
    planned = plan.business_case.currency
    if written and not same_currency(written, planned):
        raise ArgumentError(
            f"The costs of the inventory are in {written}, those of the plan in {planned}. Convert "
            "them in the file, or change the currency of the plan's business case."
        )
    there = _There(plan)
    rows = []
    for new in given:
        place = there.place(new)
        if place is None:
            rows.append((there.add(new), new.name, "added"))
            continue
        old = there.systems[place]
        there.systems[place] = merged(old, new)
        change = "unchanged" if there.systems[place] == old else "changed"
        rows.append((old.id, there.systems[place].name, change))
    plan.systems = there.systems
    return pd.DataFrame(rows, columns=["system", "name", "change"]).astype("str")


class _There:
    """The systems of a plan by name and by id, while others come in."""

    def __init__(self, plan: Plan) -> None:
        self.systems = list(plan.systems)
        self.named: dict[str, list[int]] = defaultdict(list)
        for place, system in enumerate(self.systems):
            self.named[compared(system.name)].append(place)
        self.before = {system.id.casefold(): place for place, system in enumerate(self.systems)}
        self.taken = set(self.before)

    def place(self, new: System) -> int | None:
        """Return where a system stands: the one of its name, or else of its id."""
        named = self.named.get(compared(new.name), [])
        same = self.before.get(new.id.casefold())
        if same in named:
            return same
        if len(named) > 1:
            raise ArgumentError(
                f"The plan has {len(named)} systems called {quote(new.name)}: give them names of "
                "their own first."
            )
        if named:
            return named[0]
        # An id that was made from a name stands for that name; one that was filled in, for itself.
        return None if slug(new.name) == new.id else same

    def add(self, new: System) -> str:
        """Add a system and return its id, which no other has."""
        free = new.id.casefold() not in self.taken
        key = new.id if free else slug(new.name, taken=self.taken, otherwise="system")
        self.named[compared(new.name)].append(len(self.systems))
        self.taken.add(key.casefold())
        self.systems.append(new.model_copy(update={"id": key}, deep=True))
        return key
