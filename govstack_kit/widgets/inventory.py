"""The questions about what a country has already: its systems, and what they cover."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets
import pandas as pd

from govstack_kit.planning.fields import slug
from govstack_kit.planning.selected import Service, System
from govstack_kit.views.made_up import made_up
from govstack_kit.views.style import count
from govstack_kit.widgets import numbers, parts
from govstack_kit.widgets.choice import image_html
from govstack_kit.widgets.coverage import NO, Covered, block_names
from govstack_kit.widgets.forms import YES_NO, Fields, PlanList, problems_table
from govstack_kit.widgets.lists import owners
from govstack_kit.widgets.marks import mark, what_is_made_up
from govstack_kit.widgets.requiring import NOT_MAPPED
from govstack_kit.widgets.results import misnamed_blocks, needed, remembered, understood
from govstack_kit.widgets.ruling import unrule
from govstack_kit.widgets.wizard import Panel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from govstack_kit.planning.plan import Plan
    from govstack_kit.selection._known_blocks import Misnamed

SERVES = (
    ("does nothing for it", NO),
    ("serves it well", "well"),
    ("serves it partly", "partly"),
    ("serves it poorly", "poorly"),
    ("serves it, not judged yet", ""),
)
STATES = (
    ("nothing", "Nothing is there yet for"),
    ("partial", "Something is there, but not well enough, for"),
    ("one", "One system does it well for"),
    ("several competing", "Several systems compete for"),
)
COVERED = ("use_cases", "candidates", "criteria", "values", "systems", "own_requirements")
WORDS = ("added", "changed", "unchanged")
FILES = (
    (
        "our-systems.xlsx",
        "Download a workbook (Excel)",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("our-systems.csv", "a plain table (CSV)", "text/csv"),
)
WAYS = [("One by one", "list"), ("From a spreadsheet", "sheet")]


class Systems(PlanList):
    """What is in use already, and for which building blocks."""

    key, short, title = "systems", "Systems today", "What do you have already?"
    help = (
        "Systems of any ministry that could serve again: registers, payment gateways, messaging. "
        "Leave empty what nobody knows; an empty field is never taken for zero."
    )
    kind = System
    one, add_label, list_label = "system", "Name of a system", "Systems"
    add_hint = "for example: national payment gateway"

    def listed(self, plan: Plan) -> list[Any]:
        """Return the systems."""
        return plan.systems

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the ways to fill the list in, the list, and the exchange with a spreadsheet."""
        self.way = parts.toggles("How do you want to list them?", WAYS)
        self.on(self.way, lambda _way: self.show())
        self._list = ipywidgets.VBox(list(super().build()))
        self.link, self.said = parts.html(), parts.html()
        self.upload = ipywidgets.FileUpload(
            accept=".xlsx,.csv", multiple=False, description="Choose the filled-in spreadsheet"
        )
        self.upload.add_class("gsk-button")
        self.on(self.upload, self._load)
        self._sheet = ipywidgets.VBox([self.link, parts.row(self.upload), self.said])
        return [self.way, self._list, self._sheet]

    def fields(self) -> Sequence[ipywidgets.Widget]:
        """Make the fields of a system."""
        form = self.controls = Fields(self, self.set_field)
        year = partial(numbers.whole, least=1950, most=2100, example="2015")
        left = [
            form.line("name", "Name"),
            form.line("owner", "Who owns it", hint="the ministry or agency"),
            form.area("description", "What it does"),
            form.area("interfaces", "Interfaces that others can use", hint="REST API, file export"),
        ]
        right = [
            form.number("users", "People who use it", numbers.whole),
            form.number("since", "In use since (year)", year, show=_year),
            form.number("annual_cost", "Annual cost"),
            form.number("integration_cost", "Cost to connect it, once"),
            form.line("licence", "Licence"),
            form.drop("open_source", "Open source", YES_NO),
            form.line("hosting", "Where it is hosted"),
        ]
        self.served = Covered(self, "What does it do for the building blocks?", SERVES, self._serve)
        return [parts.side(left, right), self.served.widget]

    def fill(self, entry: Any) -> None:  # noqa: ANN401
        """Show a system."""
        super().fill(entry)
        blocks = list(needed(self.session)["building_block"])
        names = block_names(self.session, blocks)
        self.served.show({one.key: one.quality for one in entry.serves}, blocks, names)

    def _serve(self, block: str, quality: str) -> None:
        def change(system: System) -> None:
            before = {one.key: one for one in system.serves}
            if quality == NO:
                before.pop(block, None)
            elif block in before:
                before[block].quality = quality
            else:
                before[block] = Service(key=block, quality=quality)
            system.serves = list(before.values())

        self.edit_entry("what it serves", change)

    def forget(self, plan: Plan, key: str) -> None:
        """Remove the system where use cases, steps, options and rules name it."""
        standing = [o for o in plan.options if o.kind == "system" and o.system == key]
        plan.options = [option for option in plan.options if option not in standing]
        for gone in (key, *(option.id for option in standing)):
            unrule(plan, gone)
        for case in plan.use_cases:
            for part in owners(case):
                part.systems[:] = [system for system in part.systems if system != key]

    def _load(self, files: Sequence[Any]) -> None:
        from govstack_kit.selection.inventory import add_inventory, read_inventory  # noqa: PLC0415

        if not files:
            return
        raw, name = bytes(files[0]["content"]), str(files[0]["name"])
        with self.loading():
            self.upload.value = ()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, slug(Path(name).stem, otherwise="file") + Path(name).suffix.lower())
            path.write_bytes(raw)
            found = read_inventory(path, self.session.framework, plan=self.session.plan)
        systems = [*found.systems, *found.incomplete]
        added = self.session.change(
            f"Load {count(len(systems), 'system')}", lambda plan: add_inventory(plan, systems)
        )
        self.said.value = _loaded(added, found.problems)

    def _template(self) -> str:
        from govstack_kit.selection.inventory import inventory_template  # noqa: PLC0415 - heavy

        session, links = self.session, []
        with tempfile.TemporaryDirectory() as folder:
            for name, label, kind in FILES:
                path = inventory_template(Path(folder, name), session.plan, session.framework)
                links.append(parts.download(name, path.read_bytes(), label, kind))
        return (
            f"<p>{' or '.join(links)}: it has the systems that are in your plan already. Send it "
            "to those who know, and load what comes back; what a file leaves empty stays.</p>"
        )

    def update(self) -> None:
        """Show the way that is chosen."""
        super().update()
        sheet = self.way.value == "sheet"
        parts.visible(self._list, on=not sheet)
        parts.visible(self._sheet, on=sheet)
        if sheet:
            rests_on = ("systems", "use_cases")
            self.link.value = remembered(self.session, "template", rests_on, self._template)


def _loaded(added: pd.DataFrame, problems: pd.DataFrame) -> str:
    """Return what came of loading a file, as HTML."""
    changes = added["change"].value_counts()
    said = ", ".join(f"{changes[word]} {word}" for word in WORDS if word in changes.index)
    text = parts.sentence(f"{count(len(added), 'system')} in the file: {said or 'none'}.")
    return text + problems_table(problems)


class Coverage(Panel):
    """What is covered by systems already, where gaps are, and where several compete."""

    key, short, title = "coverage", "Covered today", "What do your systems cover already?"
    help = (
        "A gap is a block that nothing serves well. Where several systems serve a block, ask "
        "whether all of them have to go on."
    )

    def waits_for(self) -> str:
        """Wait for a building block that is needed."""
        return "" if len(needed(self.session)) else NOT_MAPPED

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the places for the words, the picture and the table."""
        self.said, self.picture, self.table = parts.html(), parts.html(), parts.html()
        return [self.said, self.picture, self.table]

    def _found(self) -> pd.DataFrame:
        from govstack_kit.selection.inventory import coverage  # noqa: PLC0415 - heavy

        session = self.session
        return remembered(
            session, "coverage", COVERED, lambda: coverage(session.framework, understood(session))
        )

    def update(self) -> None:
        """Show what is covered."""
        found = self._found()
        marked = mark(what_is_made_up(self.session.plan, "systems"))
        lost = [one for one in misnamed_blocks(self.session) if one.where == "systems"]
        words = "".join(map(parts.sentence, [*covered_in_words(found), *map(_lost, lost)]))
        self.said.value = marked + words
        self.picture.value = remembered(self.session, "coverage picture", COVERED, self._picture)
        shown = pd.DataFrame(
            {
                "Building block": found["name"],
                "State": found["state"].where(found["needed"], "not needed"),
                "Served by": found["served_by"],
                "At best": found["best"],
                "Annual cost": [_cost(row) for row in found.to_dict("records")],
            }
        )
        rows = [(one.block, "not known", one.name, "", "") for one in lost]
        shown = pd.concat([shown, pd.DataFrame(rows, columns=shown.columns)], ignore_index=True)
        table = parts.table(shown, "Building blocks and the systems that serve them")
        self.table.value = f'<div class="gsk-states">{table}</div>'

    def _picture(self) -> str:
        plan = understood(self.session)
        if not any(system.serves for system in plan.systems):
            return ""
        from govstack_kit.selection.inventory import coverage_matrix  # noqa: PLC0415 - heavy
        from govstack_kit.views.inventory import plot_coverage  # noqa: PLC0415 - heavy

        matrix = coverage_matrix(self.session.framework, plan)
        said = " ".join(covered_in_words(self._found()))
        note = made_up(plan, "systems")
        about = f"Which system serves which block. {said} {note}".rstrip()
        return image_html(plot_coverage(matrix, note=note)[0], about)

    def answer(self) -> object:
        """Return what is covered."""
        return self._found()[["building_block", "state"]].to_numpy().tolist()


def covered_in_words(found: pd.DataFrame) -> list[str]:
    """Return what a table of coverage says, in sentences."""
    wanted = found[found["needed"]]
    said = []
    for state, words in STATES:
        names = wanted.loc[wanted["state"] == state, "name"].tolist()
        if names:
            said.append(f"{words} {', '.join(names)}.")
    return said


def _lost(one: Misnamed) -> str:
    return f"{one} It was not counted: choose the right one under “{Systems.short}”."


def _cost(row: dict[Any, Any]) -> str:
    if not row["systems"]:
        return ""
    more = f" and {count(row['unknown_costs'], 'unknown cost')}" if row["unknown_costs"] else ""
    return (
        "not known"
        if row["annual_cost"] != row["annual_cost"]
        else (numbers.money(row["annual_cost"]) + more)
    )


def _year(year: float | None) -> str:
    return "" if year is None else f"{year:.0f}"
