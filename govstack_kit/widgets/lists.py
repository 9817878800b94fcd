"""Questions about one use case, and lists that are filled in entry by entry.

Definitions
-----------
An *entry* is one line of such a list. The list shows the entries in their order; the fields beside
it belong to the entry that is chosen there.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import ipywidgets

from govstack_kit.errors import PlanError
from govstack_kit.widgets import parts
from govstack_kit.widgets.wizard import Panel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from govstack_kit.planning.model import Layer, Step, UseCase
    from govstack_kit.widgets.models import Session

_T = TypeVar("_T")
NO_CASE = (
    "There is no service in this plan yet. Describe one first, in the part “Define”; "
    "its first question asks which service it is."
)


def owners(case: UseCase) -> list[UseCase | Step]:
    """Return a use case and its steps: all that something can be chosen for."""
    return [case, *case.steps]


def decisions(part: UseCase | Step, *layers: Layer) -> list[object]:
    """Return what was decided for a part; empty if nothing was."""
    made: list[object] = [
        [layer, choice.key, choice.status] for layer in layers for choice in part.choices(layer)
    ]
    return made + [[word.words, word.key, word.sector_specific] for word in part.own_words]


class CasePanel(Panel):
    """A question about the use case that is worked on."""

    waiting = NO_CASE

    @property
    def case(self) -> UseCase:
        """The use case that is worked on."""
        found = self.session.use_case
        if found is None:
            raise PlanError(self.waiting)
        return found

    def waits_for(self) -> str:
        """Wait for a use case."""
        return "" if self.session.use_case else self.waiting

    def subject(self) -> str:
        """Return the id of the use case."""
        found = self.session.use_case
        return "" if found is None else found.id

    def edit(self, description: str, function: Callable[[UseCase], _T]) -> _T:
        """Change the use case that is worked on."""
        key = self.case.id
        return self.session.change(description, lambda plan: function(plan.use_case(key)))


class Ticks:
    """Boxes to tick, one a name, as many as there are names."""

    def __init__(self, panel: Panel, label: str, tick: Callable[[str, bool], object]) -> None:
        self._panel, self._tick = panel, tick
        self._keys: list[str] = []
        self._label = parts.html(f"<b>{label}</b>")
        self._ticks = ipywidgets.HBox()
        self._ticks.add_class("gsk-checks")
        self.widget = ipywidgets.VBox([self._label, self._ticks])

    def _changed(self, place: int, on: bool) -> None:  # noqa: FBT001 - the value of a box
        self._tick(self._keys[place], on)

    def show(self, names: dict[str, str], ticked: Sequence[str]) -> None:
        """Show the names, by their keys, with those ticked that are."""
        self._keys = list(names)
        boxes = list(self._ticks.children)
        while len(boxes) < len(names):
            place = len(boxes)
            box = ipywidgets.Checkbox(indent=False)
            self._panel.on(box, partial(self._changed, place))
            boxes.append(box)
        for place, box in enumerate(boxes):
            parts.visible(box, on=place < len(names))
            if place < len(names):
                box.description = names[self._keys[place]]
                box.value = self._keys[place] in ticked
        self._ticks.children = boxes
        parts.visible(self.widget, on=bool(names))


class ListPanel(CasePanel):
    """A list of entries with the fields of the one that is chosen."""

    one = ""  # what an entry is called
    add_label = ""
    add_hint = ""
    list_label = ""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.place = 0

    # What a concrete list says.

    def entries(self) -> Sequence[Any]:
        """Return the entries as they are in the plan."""
        raise NotImplementedError

    def fields(self) -> Sequence[ipywidgets.Widget]:
        """Make the fields of an entry."""
        raise NotImplementedError

    def fill(self, entry: Any) -> None:  # noqa: ANN401 - of any kind
        """Show an entry in the fields."""
        raise NotImplementedError

    def add(self, name: str) -> None:
        """Add an entry to the plan."""
        raise NotImplementedError

    def take_out(self) -> None:
        """Remove the chosen entry from the plan."""
        raise NotImplementedError

    def move(self, by: int) -> None:
        """Move the chosen entry up or down."""
        place = self.place
        self.place = min(max(place + by, 0), len(self.entries()) - 1)
        try:
            self.move_to(place, self.place)
        except Exception:
            self.place = place
            raise

    def move_to(self, place: int, to: int) -> None:
        """Move an entry, in the plan."""
        raise NotImplementedError

    # What every list has.

    def _key(self, entry: Any) -> str:  # noqa: ANN401
        return f"{self.subject()}/{getattr(entry, 'id', entry.name)}"

    def showing(self) -> str:
        """Return the key of the chosen entry."""
        entries = self.entries()
        return self._key(entries[self.place]) if self.place < len(entries) else ""

    def showable(self) -> dict[str, str]:
        """Return the keys of the entries with their names, and that of the list."""
        return {self.subject(): ""} | {self._key(one): one.name for one in self.entries()}

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the list, the field to add to it, and the fields of an entry."""
        self.new = parts.line(self.add_label, hint=self.add_hint)
        add = self.on(self.new, self._add, showing=self.subject)
        adding = self.button(f"Add {self.one}", lambda: add(self.new.value), about=self.add_label)
        self.list = parts.pick(self.list_label)
        self.on(self.list, self._choose)
        up = self.button("Move up", lambda: self.move(-1))
        down = self.button("Move down", lambda: self.move(+1))
        out = self.button(f"Remove {self.one}", self._remove)
        self._arrange = parts.row(up, down, out)
        self._heading = parts.html()
        self._fields = ipywidgets.VBox([self._heading, *self.fields()])
        self._edit = parts.side([self.list, self._arrange], [self._fields])
        adding_row = parts.row(self.new, adding)
        adding_row.add_class("gsk-adding")
        return [adding_row, self._edit]

    def _add(self, name: str) -> None:
        if not name.strip():
            return
        wrong = self.refused.labels(self.showing()) if self.entries() else []
        if wrong:
            raise PlanError(
                f"“{name.strip()}” is not added yet: first correct what is marked in {self.one} "
                f"{self.place + 1} ({parts.few(wrong)}), then press “Add {self.one}” again."
            )
        place, self.place = self.place, len(self.entries())
        try:
            self.add(name)
        except Exception:
            self.place = place
            raise
        with self.loading():
            self.new.value = ""

    def _choose(self, place: int | None) -> None:
        if place is not None:
            self.place = place
            self.show()

    def _remove(self) -> None:
        if self.entries():
            self.take_out()

    def update(self) -> None:
        """Show the entries, and the chosen one in the fields."""
        entries = self.entries()
        self.place = min(max(self.place, 0), max(len(entries) - 1, 0))
        wrong = self.refused.keys()
        options = [
            (f"{n}. {entry.name}{' ⚠' * (self._key(entry) in wrong)}", n - 1)
            for n, entry in enumerate(entries, start=1)
        ]
        if list(self.list.options) != options:
            self.list.options = options
        self.list.rows = min(max(len(options), 4), 14)
        self.list.value = self.place if options else None
        parts.visible(self._edit, on=bool(options))
        if options:
            entry = entries[self.place]
            self._heading.value = f"<h3>{self.one.capitalize()} {self.place + 1}</h3>"
            self.fill(entry)
