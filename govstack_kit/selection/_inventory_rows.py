"""The rows of an inventory as systems, with every problem on the way; see :mod:`.inventory`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from govstack_kit.errors import PlanError
from govstack_kit.framework._csv import UnreadableError
from govstack_kit.planning._sheets import text_of
from govstack_kit.planning.fields import is_identifier, slug
from govstack_kit.planning.model import make
from govstack_kit.planning.names import names_of
from govstack_kit.planning.selected import System
from govstack_kit.planning.text import line
from govstack_kit.selection import _inventory_cells as cells
from govstack_kit.selection import _inventory_sheet as sheet
from govstack_kit.selection._coverage import compared

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning._sheets import Problems
    from govstack_kit.selection._inventory_tables import Found, Table

_READ: dict[str, Callable[[Any], Any]] = {
    "users": cells.people,
    "since": cells.year,
    "open_source": cells.yes_no,
    "integration_cost": cells.money,
    "annual_cost": cells.money,
}
_ALLOWED = {
    "users": "a whole number from 0 on",
    "since": f"a year from {cells.EARLIEST} to {cells.LATEST}",
    "open_source": "yes, no",
    "integration_cost": "a number from 0 on",
    "annual_cost": "a number from 0 on",
    sheet.BLOCK: "names on the sheet Lists",
    sheet.QUALITY: ", ".join(sheet.WELL),
}


@dataclass
class Inventory:
    """What an inventory file holds.

    Attributes
    ----------
    systems : list of System
        The systems all of whose cells could be read.
    incomplete : list of System
        Those with cells that could not be read, which are left out of them.
    problems : pandas.DataFrame
        One row a problem: ``sheet``, ``row``, ``column``, ``value``, ``problem``, ``allowed``,
        ``fix``.
    currency : str
        The currency that is written with the costs; empty if none is.
    """

    systems: list[System]
    incomplete: list[System]
    problems: pd.DataFrame
    currency: str = ""


class Reader:
    """Reads the rows of tables into systems; `currency` is that of the plan, if there is one."""

    def __init__(
        self,
        framework: Framework,
        tables: Sequence[Table],
        problems: Problems,
        currency: str = "",
    ) -> None:
        self.names, self.tables, self.problems = names_of(framework), tables, problems
        self.table = tables[0]  # that is read
        self.found: dict[str, dict[str, Any]] = {}  # fields by name as it is compared
        self.flawed: set[str] = set()
        self.planned, self.currency = currency, ""
        self.currency_of = ""  # the sheet that has the currency first

    def problem(self, row: int, place: int, error: UnreadableError, value: object = "") -> None:
        field, title = self.table.columns.get(place, ("", ""))
        self.problems.add(
            self.table.title,
            str(error),
            row=row,
            column=title,
            value=str(value),
            allowed=_ALLOWED.get(field, ""),
            fix=error.fix,
        )

    def read(self) -> Inventory:
        for table in self.tables:
            self.table = table
            for row, found in sorted(self.table.rows.items()):
                self._row(row, {p: c for p, c in found.items() if p in self.table.columns})
        good: list[System] = []
        flawed: list[System] = []
        taken: set[str] = set()
        for key, fields in self.found.items():
            self.table, row = fields.pop("table"), fields.pop("row")
            wanted = fields.get("id", "")
            usable = is_identifier(wanted) and wanted not in taken
            fields["id"] = (
                wanted if usable else slug(fields["name"], taken=taken, otherwise="system")
            )
            fields["serves"] = [{"key": k, "quality": q} for k, q in fields["serves"].items()]
            try:
                system = make(System, fields)
            except PlanError as error:
                for said in error.problems:
                    fix = "Shorten or correct it; the system was left out."
                    self.problem(row, 0, UnreadableError(said.rstrip("."), fix))
                continue
            taken.add(system.id)
            (flawed if key in self.flawed else good).append(system)
        return Inventory(good, flawed, self.problems.frame(), self.currency)

    def _of(self, title: str) -> str:
        """Return words for another sheet than the one that is read."""
        return "" if title == self.table.title else f" of the sheet {title!r}"

    def _row(self, row: int, found: dict[int, Found]) -> None:
        if not found:
            return
        places = {field: place for place, (field, _) in self.table.columns.items()}
        at = places.get("name", 0)
        one = found.get(at)
        name = line(str(one.value)) if one and not one.broken else ""
        if not name:
            said = f"cell {one.place} {one.broken}" if one else "the system has no name"
            fix = "Type the name; the row was left out."
            if at:  # that the column is missing is said once
                self.problem(row, at, UnreadableError(said, fix), one.value if one else "")
            return
        key = compared(name)
        new = {"name": name, "serves": {}, "table": self.table, "row": row}
        before = self.found.setdefault(key, new)
        self.flawed |= {key} if row in self.table.shifted else set()
        latest: list[str] = []  # the blocks of the cell before, which a column of quality is about
        for place, cell in sorted(found.items()):
            field = self.table.columns[place][0]
            if field == "name":
                continue
            if cell.broken:
                said = f"cell {cell.place} {cell.broken}"
                self._flaw(key, row, place, UnreadableError(said, "Type the value."), cell.value)
            elif field == sheet.BLOCK:
                named = cells.blocks(
                    cell.value,
                    self.names,
                    lambda error: self._flaw(key, row, place, error, cell.value),  # noqa: B023 - now
                )
                latest = list(named)
                for block, judged in named.items():
                    self._serve(key, row, place, block, judged)
            elif field == sheet.QUALITY:
                beside = latest if self._follows(place, found) else []
                self._quality(key, row, place, cell, beside)
            else:
                self._field(before, (key, row, place, field), cell)

    def _follows(self, place: int, found: dict[int, Found]) -> bool:
        """Return whether the column before has a block in this row."""
        before = max((p for p in self.table.columns if p < place), default=0)
        return before in found and self.table.columns[before][0] == sheet.BLOCK

    def _flaw(self, key: str, row: int, place: int, error: UnreadableError, value: object) -> None:
        self.flawed.add(key)
        self.problem(row, place, error, value)

    def _serve(self, key: str, row: int, place: int, block: str, judged: str) -> None:
        serves = self.found[key]["serves"]
        known = serves.get(block, "")
        if known and judged and known != judged:
            said = f"how well it serves {self.names.name('building_block', block)} is said twice"
            fix = f"{known!r} was kept; remove one of them."
            self._flaw(key, row, place, UnreadableError(said, fix), judged)
            return
        serves[block] = known or judged

    def _quality(self, key: str, row: int, place: int, cell: Found, blocks: list[str]) -> None:
        try:
            judged = cells.quality(cell.value)
            if judged and not blocks:
                fix = "Name the building block in the column before it."
                raise UnreadableError("no building block stands before it", fix)  # noqa: TRY301
        except UnreadableError as error:
            self._flaw(key, row, place, error, cell.value)
            return
        for block in blocks:
            self._serve(key, row, place, block, judged)

    def _one_currency(self, written: str) -> None:
        """Raise if a currency is another than that of the plan, or than that of the rows above."""
        if not written:
            return
        above = f"that{of} is" if (of := self._of(self.currency_of)) else "above it is"
        for known, where in ((self.planned, "that of the plan is"), (self.currency, above)):
            if known and not cells.same_currency(written, known):
                said = f"the currency is {written}, {where} {known}"
                fix = "Convert it into one currency."
                if known == self.planned:
                    fix = "Convert it, or change the currency of the plan's business case."
                raise UnreadableError(said, fix)
        if not self.currency:
            self.currency, self.currency_of = written, self.table.title

    def _field(self, before: dict[str, Any], where: tuple[str, int, int, str], cell: Found) -> None:
        key, row, place, field = where
        try:
            value = _READ.get(field, text_of)(cell.value)
            if isinstance(value, cells.Amount):
                titled = cells.titled_currency(self.table.columns[place][1])
                self._one_currency(value.currency or cell.currency or titled)
                value = value.number
        except UnreadableError as error:
            self._flaw(key, row, place, error, cell.value)
            return
        if value in (None, ""):
            return
        if before.setdefault(field, value) != value:
            at = f"row {before['row']}{self._of(before['table'].title)}"
            said = f"{before['name'][:60]!r} stands in {at} with another value"
            fix = f"{str(before[field])[:60]!r} was kept; give each system one row, or one value."
            self._flaw(key, row, place, UnreadableError(said, fix), cell.value)
