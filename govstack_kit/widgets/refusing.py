"""What was typed and refused: it stays in its field, marked, until it is right.

Definitions
-----------
An entry is *refused* when it cannot stand in the plan. It is kept here with what its field was
*about* then: the plan, and the part of it that was shown. Where the field shows that part again, it
shows the refused entry again, with a sentence beneath that says what is wrong. While a refused
entry is about something that is still there, its question is not done. An entry that nobody
corrects is never in the plan, and lasts as long as the guided part is open.
"""

from __future__ import annotations

import contextlib
import uuid
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import ipywidgets

from govstack_kit.errors import GovStackKitError
from govstack_kit.widgets import parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from govstack_kit.widgets.wizard import Panel

    _Key = tuple[str, str, ipywidgets.Widget]  # plan, what the field is about, and the field

_LONGEST = 60  # characters of what the plan says that are shown


class _Entry(NamedTuple):
    """What was typed, what is wrong with it, and what the plan says instead."""

    text: str
    wrong: str
    instead: str


class Refused:
    """The refused entries of one panel.

    Parameters
    ----------
    panel
        The question.

    Attributes
    ----------
    told : Callable
        Called whenever an entry is refused, or a refused one was corrected.
    """

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        self._showing: dict[ipywidgets.Widget, Callable[[], str]] = {}
        self._places: dict[ipywidgets.Widget, ipywidgets.HTML] = {}
        self._names: dict[ipywidgets.Widget, str] = {}  # tie a sentence to its field, on the page
        self._entries: dict[_Key, _Entry] = {}
        self.told: Callable[[], object] = lambda: None

    # --- fields ----------------------------------------------------------------------------------

    def watch(self, control: ipywidgets.Widget, showing: Callable[[], str]) -> None:
        """Take in a control, if people type in it; `showing` says what."""
        if isinstance(control, ipywidgets.Text | ipywidgets.Textarea):
            self._showing[control] = showing

    def make_room(self, box: ipywidgets.Box) -> None:
        """Put a place for a sentence beneath each field of a box, for those in a row beneath it."""
        left = self._make_room(box)
        box.children = (*box.children, *left)

    def _make_room(self, box: ipywidgets.Box) -> list[ipywidgets.HTML]:
        upright = isinstance(box, ipywidgets.VBox)
        left: list[ipywidgets.HTML] = []
        children: list[ipywidgets.Widget] = []
        for child in box.children:
            children.append(child)
            inner = self._make_room(child) if isinstance(child, ipywidgets.Box) else []
            if child in self._showing:
                inner.append(self._place(child))
            (children if upright else left).extend(inner)
        if len(children) != len(box.children):
            box.children = children
        return left

    def _place(self, control: ipywidgets.Widget) -> ipywidgets.HTML:
        place = self._places[control] = parts.html()
        parts.visible(place, on=False)
        self._names[control] = f"gsk-at-{uuid.uuid4().hex[:12]}"  # of no other page in the window
        control.add_class(self._names[control])
        return place

    # --- refusing --------------------------------------------------------------------------------

    @contextlib.contextmanager
    def unless_right(self, control: ipywidgets.Widget, text: str, before: str) -> Iterator[None]:
        """Keep what was typed in a field, if it is refused; `before` is what the field showed."""
        if control not in self._places:
            yield
            return
        key = self._key(control)
        known = self._entries.pop(key, None)
        try:
            yield
        except GovStackKitError as error:
            instead = known.instead if known else before
            self._entries[key] = _Entry(text, str(error), "" if instead == text else instead)
            self._mark(control, self._entries[key])
            self.told()
            raise
        if known:
            self._mark(control, None)
            self.told()

    def _key(self, control: ipywidgets.Widget) -> _Key:
        return self._panel.session.began, self._showing[control](), control

    @contextlib.contextmanager
    def staying(self) -> Iterator[None]:
        """Let refused entries stay in their fields while the panel is brought up to date."""
        with contextlib.ExitStack() as stack:
            for control in {key[2] for key in self._entries}:
                stack.enter_context(control.hold_sync())  # or a page shows the plan for a moment
            yield
            for control, place in self._places.items():
                if self._entries or place.value:
                    self._show(control)

    def _show(self, control: ipywidgets.Widget) -> None:
        key = self._key(control)
        entry = self._entries.get(key)
        if entry and control.value != entry.text:
            entry = self._entries[key] = entry._replace(instead=control.value)
            control.value = entry.text
        self._mark(control, entry)

    def _mark(self, control: ipywidgets.Widget, entry: _Entry | None) -> None:
        place = self._places[control]
        parts.mark(control, "gsk-refused", on=entry is not None)
        parts.visible(place, on=entry is not None)
        place.value = "" if entry is None else _beneath(entry, self._names[control])

    # --- saying ----------------------------------------------------------------------------------

    def _there(self) -> list[tuple[_Key, str]]:
        """Return the refused entries about what is still there, each with the name of that."""
        if not self._entries:
            return []
        here, names = self._panel.session.began, self._panel.showable()
        return [(k, names[k[1]]) for k in self._entries if k[0] == here and k[1] in names]

    def said(self) -> list[str]:
        """Return what is to be corrected before one can go on, in sentences."""
        found = []
        for key, name in self._there():
            do = "Correct" if self._entries[key].instead.strip() else "Correct or empty"
            of = f" of “{name}”" if name else ""
            found.append(f"{do} “{key[2].description}”{of}: what stands there is not saved.")
        return found

    def keys(self) -> set[str]:
        """Return the keys of what the refused entries are about."""
        return {about for (_, about, _), _ in self._there()}

    def labels(self, about: str) -> list[str]:
        """Return the labels of the fields with refused entries about one thing."""
        return [key[2].description for key, _ in self._there() if key[1] == about]


def _beneath(entry: _Entry, name: str) -> str:
    """Return the sentence for beneath a field, as HTML."""
    still = f"; your plan still says “{parts.shorten(entry.instead, _LONGEST)}”"
    said = f"{entry.wrong} This is not saved{still if entry.instead.strip() else ''}."
    return (
        f'<div class="gsk-wrong" id="{name}" dir="auto"><b aria-hidden="true">⚠</b> '
        f"{escape(said)}</div>"
    )
