"""The fields of one part of a plan, and lists of such parts, as controls.

Definitions
-----------
A *field* is a control of one attribute. What people leave behind in it is read, checked and saved
at once; what cannot be read stays in the field, with a sentence on what is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import ipywidgets

from govstack_kit.errors import PlanError
from govstack_kit.planning.fields import slug
from govstack_kit.planning.model import make
from govstack_kit.views.made_up import is_made_up
from govstack_kit.views.style import count
from govstack_kit.widgets import numbers, parts
from govstack_kit.widgets.lists import ListPanel
from govstack_kit.widgets.marks import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from govstack_kit.planning.fields import Part
    from govstack_kit.planning.plan import Plan
    from govstack_kit.widgets.wizard import Panel

YES_NO = (("not known", ""), ("yes", "yes"), ("no", "no"))


class Fields:
    """The controls of one part of a plan, by the attribute that each of them shows.

    Parameters
    ----------
    panel
        The question they belong to.
    change
        Called with the attribute and its new value.
    """

    def __init__(self, panel: Panel, change: Callable[[str, Any], object]) -> None:
        self._panel, self._change = panel, change
        self.controls: dict[str, ipywidgets.Widget] = {}
        self._shown: dict[str, Callable[[Any], Any]] = {}
        self._money: dict[str, str] = {}  # labels of fields that hold money

    def _add(
        self,
        name: str,
        control: ipywidgets.Widget,
        read: Callable[[Any], Any] = lambda value: value,
        show: Callable[[Any], Any] = lambda value: value,
    ) -> ipywidgets.Widget:
        self.controls[name], self._shown[name] = control, show
        self._panel.on(control, lambda value: self._change(name, read(value)))
        return control

    def line(self, name: str, label: str, *, hint: str = "") -> ipywidgets.Widget:
        """Add a field of one line."""
        return self._add(name, parts.line(label, hint=hint))

    def area(self, name: str, label: str, *, hint: str = "", rows: int = 2) -> ipywidgets.Widget:
        """Add a field of several lines."""
        return self._add(name, parts.area(label, hint=hint, rows=rows))

    def drop(self, name: str, label: str, options: Sequence[Any]) -> ipywidgets.Widget:
        """Add a list to choose from."""
        return self._add(name, parts.drop(label, options, narrow=True))

    def toggles(self, name: str, label: str, options: Sequence[Any]) -> ipywidgets.Widget:
        """Add a row of buttons of which one is pressed."""
        return self._add(name, parts.toggles(label, options))

    def tick(self, name: str, label: str) -> ipywidgets.Widget:
        """Add a box to tick."""
        box = ipywidgets.HBox([ipywidgets.Checkbox(description=label, indent=False)])
        box.add_class("gsk-checks")
        self._add(name, box.children[0])
        return box

    def number(  # noqa: PLR0913 - each names one thing about the field
        self,
        name: str,
        label: str,
        read: Callable[[str, str], float | None] = numbers.amount,
        *,
        show: Callable[[float | None], str] = numbers.said,
        empty: float | None = None,
        hint: str = "not known",
    ) -> ipywidgets.Widget:
        """Add a field for a number; `empty` is what an empty field stands for, `hint` says it."""
        control = parts.line(label, hint=hint, narrow=True)
        if read is numbers.amount:
            self._money[name] = label

        def known(text: str) -> float | None:
            found = read(text, label)
            return empty if found is None else found

        return self._add(name, control, known, show)

    def percent(self, name: str, label: str, **options: Any) -> ipywidgets.Widget:  # noqa: ANN401
        """Add a field for a percentage, which the plan holds as a share."""
        return self.number(name, label, numbers.share, show=numbers.percent, **options)

    def show(self, part: Part) -> None:
        """Show what a part of the plan says."""
        for name, control in self.controls.items():
            shown = self._shown[name](getattr(part, name))
            options = getattr(control, "options", None)
            if options and shown not in [value for _, value in options]:  # of a newer version
                control.options = [*options, (str(shown), shown)]
            control.value = shown
        currency = self._panel.session.plan.business_case.currency[:12]
        for name, label in self._money.items():
            self.controls[name].description = f"{label} ({currency})" if currency else label


def problems_table(problems: pd.DataFrame) -> str:
    """Return what is wrong with a file that was loaded, as HTML; nothing if nothing is.

    Parameters
    ----------
    problems
        One row a problem: ``sheet``, ``row``, ``column``, ``value``, ``problem`` and ``fix``.
    """
    if not len(problems):
        return ""
    names = {
        "sheet": "Sheet",
        "row": "Row",
        "column": "Column",
        "value": "What it says",
        "problem": "What is wrong",
        "fix": "What to do",
    }
    shown = problems[list(names)].rename(columns=names)
    return parts.table(shown, f"{count(len(shown), 'thing')} to look at")


class PlanList(ListPanel):
    """A list of parts of the plan itself, each with an id and a name."""

    kind: ClassVar[type[Part]]
    controls: Fields

    def waits_for(self) -> str:
        """Wait for nothing."""
        return ""

    def subject(self) -> str:
        """Return nothing: the question is about the whole plan."""
        return ""

    def listed(self, plan: Plan) -> list[Any]:
        """Return the list as the plan holds it."""
        raise NotImplementedError

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the list, narrow, with room for the fields."""
        children = super().build()
        self._edit.add_class("gsk-roomy")
        self._made_up = parts.html()
        clear = self.button("Remove what is made up", self._clear)
        self._clear_row = parts.row(clear)
        return [self._made_up, self._clear_row, *children]

    def update(self) -> None:
        """Show the parts, and say which of them are made up."""
        super().update()
        made_up = [part for part in self.entries() if is_made_up(part)]
        said = (
            f"{len(made_up)} of {count(len(self.entries()), self.one)} are made up for the "
            "demonstration, and say so. Remove them, or make them yours: change what they say, and "
            "the word “illustration” in them."
        )
        on = bool(made_up)
        self._made_up.value = mark(said if on else "")
        parts.visible(self._clear_row, on=on)

    def _clear(self) -> None:
        def clear(plan: Plan) -> None:
            for part in [part for part in self.listed(plan) if is_made_up(part)]:
                self.listed(plan).remove(part)
                self.forget(plan, part.id)

        self.session.change(f"Remove each {self.one} that is made up", clear)

    def entries(self) -> Sequence[Any]:
        """Return the parts."""
        return self.listed(self.session.plan)

    def fresh(self, plan: Plan, name: str) -> dict[str, Any]:
        """Return the fields of a new part."""
        taken = [part.id for part in self.listed(plan)]
        return {"id": slug(name, taken=taken, otherwise=self.one.replace(" ", "-")), "name": name}

    def add(self, name: str) -> None:
        """Add a part."""

        def add(plan: Plan) -> None:
            known = self.listed(plan)
            if name.strip().casefold() in (part.name.casefold() for part in known):
                raise PlanError(f"There is a {self.one} called “{name.strip()}” already.")
            known.append(make(self.kind, self.fresh(plan, name)))

        self.session.change(f"Add {self.one} {name}", add)

    def edit_entry(self, what: str, change: Callable[[Any], object]) -> None:
        """Change the chosen part."""
        chosen = self.entries()[self.place]

        def find(plan: Plan) -> None:
            change(self._there(plan, chosen))

        self.session.change(f"Change {what} of {self.one}", find)

    def _there(self, plan: Plan, chosen: Any) -> Any:  # noqa: ANN401
        """Return a part as the plan has it now: another window may have changed it."""
        found = next((part for part in self.listed(plan) if part.id == chosen.id), None)
        if found is None:
            raise PlanError(
                f"“{chosen.name}” is no longer in the plan: another window has removed it. "
                "Nothing was changed."
            )
        return found

    def set_field(self, name: str, value: Any) -> None:  # noqa: ANN401
        """Change an attribute of the chosen part."""
        self.edit_entry(name.replace("_", " "), lambda part: setattr(part, name, value))

    def fill(self, entry: Any) -> None:  # noqa: ANN401
        """Show a part."""
        self.controls.show(entry)

    def take_out(self) -> None:
        """Remove the chosen part."""
        found = self.entries()[self.place]

        def remove(plan: Plan) -> None:
            kept = [part for part in self.listed(plan) if part.id != found.id]
            self.listed(plan)[:] = kept
            self.forget(plan, found.id)

        self.session.change(f"Remove {self.one} {found.name}", remove)

    def forget(self, plan: Plan, key: str) -> None:
        """Remove what else the plan says about a part that was removed."""

    def move_to(self, place: int, to: int) -> None:
        """Move a part."""
        chosen = self.entries()[place]

        def move(plan: Plan) -> None:
            known, found = self.listed(plan), self._there(plan, chosen)
            known[:] = [part for part in known if part is not found]
            known.insert(to, found)

        self.session.change(f"Move {self.one}", move)

    def answer(self) -> object:
        """Return the parts."""
        return [part.model_dump() for part in self.entries()]
