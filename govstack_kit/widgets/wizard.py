"""Questions one at a time: where one stands, what is missing, and the way back and on.

Definitions
-----------
A *panel* asks one question. It is built when it is opened first, and brought up to date only while
it is visible. How it stands is told by :mod:`govstack_kit.widgets.standing`.
"""

from __future__ import annotations

import contextlib
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets

from govstack_kit.widgets import parts
from govstack_kit.widgets.keyboard import keyboard_guard
from govstack_kit.widgets.look import follower, style
from govstack_kit.widgets.refusing import Refused
from govstack_kit.widgets.standing import BLOCKED, DONE, IN_PROGRESS, NOT_STARTED, Model
from govstack_kit.widgets.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from govstack_kit.widgets.models import Session

SIGNS = {NOT_STARTED: "○", IN_PROGRESS: "◐", DONE: "✓", BLOCKED: "·"}
AGAIN = "Or choose the other question once more: what you typed stays in its field."
MOST_CHIPS = 12  # panels that have a button each; more are in a list


class Panel:
    """One question; made concrete by those who know what it asks.

    Parameters
    ----------
    session
        What is open, changed and saved.
    """

    key = ""
    short = ""  # its name in the list of questions
    title = ""  # the question
    help = ""  # a sentence or two on how to answer

    def __init__(self, session: Session) -> None:
        self.session = session
        self.box: ipywidgets.VBox | None = None
        self.refused = Refused(self)
        self._loading = False

    # What a concrete panel says.

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the controls, once."""
        raise NotImplementedError

    def update(self) -> None:
        """Bring the controls up to date."""

    def waits_for(self) -> str:
        """Say what has to be there before the question can be asked, or nothing."""
        return ""

    def blockers(self) -> list[str]:
        """Say what is missing before one can go on."""
        return []

    def answer(self) -> object:
        """Return what the answer is and rests on; empty if there is none."""
        return None

    def subject(self) -> str:
        """Return the key of what the question is about, if it is about one of several things."""
        return ""

    def showing(self) -> str:
        """Return the key of what the fields show now, of several things one at a time."""
        return self.subject()

    def showable(self) -> dict[str, str]:
        """Return the keys of all that the fields can show, with names if there are several."""
        return {self.showing(): ""}

    # What every panel has.

    @property
    def widget(self) -> ipywidgets.VBox:
        """The controls, made when they are asked for first."""
        if self.box is None:
            self.box = ipywidgets.VBox(list(self.build()))
            self.refused.make_room(self.box)
        return self.box

    def show(self) -> None:
        """Bring the controls up to date without taking that for an answer."""
        _ = self.widget
        with self.loading(), self.refused.staying():
            self.update()

    @contextlib.contextmanager
    def loading(self) -> Iterator[None]:
        """Let controls be set without their change being taken for an answer."""
        before, self._loading = self._loading, True
        try:
            yield
        finally:
            self._loading = before

    def on(
        self,
        control: ipywidgets.Widget,
        action: Callable[[Any], object],
        *,
        showing: Callable[[], str] | None = None,
    ) -> Callable[[Any], object]:
        """Call `action` with the new value whenever people change a control.

        Parameters
        ----------
        control
            The control. What people type in it and `action` refuses stays in it, marked.
        action
            Called with the value.
        showing
            Says what the control shows; without it, :meth:`showing` does.

        Returns
        -------
        Callable
            Does the same with a value.
        """
        self.refused.watch(control, showing or self.showing)

        def tried(value: Any, before: Any = "") -> None:  # noqa: ANN401 - of any control
            with self.refused.unless_right(control, value, before):
                action(value)

        safe = self.session.guard(tried)

        def changed(change: dict[str, Any]) -> None:
            if not self._loading:
                safe(change["new"], change["old"])

        control.observe(changed, names="value")
        return safe

    def button(
        self, label: str, action: Callable[[], object], *, kind: str = "", about: str = ""
    ) -> ipywidgets.Button:
        """Return a button whose errors are sentences."""
        safe = self.session.guard(action)
        return parts.button(label, lambda _button: safe(), kind=kind, about=about)


class Wizard:
    """Shows one panel at a time, with progress, what is missing, and what was saved.

    Parameters
    ----------
    session
        What is open, changed and saved.
    title
        What the whole is called.
    panels
        Returns the panels as they are now.
    beneath
        Returns HTML that sums up, for under the question.
    ending
        What to say when all is done.
    """

    def __init__(
        self,
        session: Session,
        title: str,
        panels: Callable[[], Sequence[Panel]],
        *,
        beneath: Callable[[], str] | None = None,
        ending: str = "",
    ) -> None:
        self.session, self.title, self.ending = session, title, ending
        self.model = Model(panels, title, session)
        self.visible = True
        self._beneath = beneath
        guard = session.guard
        self._head, self._note, self._question = parts.html(), parts.html(), parts.html()
        self._missing, self._sum, self._stay = parts.html(), parts.html(), parts.html()
        self._undo = parts.button("Undo", guard(lambda _: session.undo()))
        self._redo = parts.button("Redo", guard(lambda _: session.redo()))
        self._back = parts.button("Back", guard(lambda _: self.go(self.model.current - 1)))
        self._next = parts.button("Next", guard(lambda _: self.confirm()), kind="main")
        self._chips = ipywidgets.HBox()
        self._list = parts.drop("Go to question", narrow=True)
        self._list.observe(guard(self._chosen), names="value")
        self._body, self._follower = ipywidgets.VBox(), follower()
        self._waiting = Waiting(self._body)
        self._busy = False
        self._asked: list[str] = []  # what was to be corrected when people wanted to go on
        self.widget = self._layout()
        session.observe(guard(lambda _: self._refresh()), names="changed")
        session.observe(guard(lambda _: self._say()), names=["notice", "saved_at", "plan"])
        self._refresh()

    def _layout(self) -> ipywidgets.VBox:
        bar = ipywidgets.HBox([self._head, self._undo, self._redo])
        foot = ipywidgets.HBox([self._back, self._next, self._waiting.foot, self._missing])
        for box, name in (
            (bar, "gsk-bar"),
            (self._chips, "gsk-chips"),
            (self._body, "gsk-body"),
            (self._note, "gsk-notice"),
            (self._stay, "gsk-notice"),
            (foot, "gsk-foot"),
            (self._sum, "gsk-beneath"),
        ):
            box.add_class(name)
        top = [bar, self._chips, self._stay, self._waiting.top]
        body = [*top, self._body, self._note, foot, self._sum]
        unseen = [parts.html(style()), self._follower, keyboard_guard()]  # last: repr starts well
        whole = ipywidgets.VBox([*body, *unseen])
        whole.add_class("gsk")
        return whole

    # --- moving ----------------------------------------------------------------------------------

    def go(self, place: int) -> None:
        """Open a panel, and take the focus to its question."""
        self._asked = []
        with self._waiting():
            self.session.notice = ""
            self.session.refresh()
            self.model.go(place)
            self._refresh()
        self._follower.count += 1

    def confirm(self) -> None:
        """Confirm the open panel and open the next one."""
        if self.model.confirm():
            self.go(self.model.current + 1)

    def jump(self, place: int) -> None:
        """Open a panel by its position; away from what is to be corrected only when asked twice."""
        wrong = self.model.panel.refused.said()
        if wrong and place > self.model.current and wrong != self._asked:
            self._asked = wrong
            self._navigate()
        else:
            self.go(place)

    def _chosen(self, change: dict[str, Any]) -> None:
        if not self._busy and change["new"] is not None:
            self.jump(change["new"])

    # --- showing ---------------------------------------------------------------------------------

    def reveal(self) -> None:
        """Bring everything up to date after having been out of sight."""
        self.visible = True
        self._refresh()

    def _refresh(self) -> None:
        if self.visible:
            self.model.refresh()
            with self._waiting():
                self._show()

    def _show(self) -> None:
        panel = self.model.panel
        waiting = panel.waits_for()
        panel.refused.told = self._navigate
        if panel.box is None or panel.box not in self._body.children:
            self._ask(panel, waiting)  # the question first: what it shows may take a moment
        try:
            if not waiting:
                panel.show()
        except Exception:
            self._body.children = [self._question]  # nothing that belongs to another question
            self._navigate()
            raise
        children = (self._question,) if waiting else (self._question, panel.widget)
        if self._body.children != children:
            self._body.children = children
        self._ask(panel, waiting)
        self._navigate()
        self._say()
        self._sum.value = self._beneath() if self._beneath else ""
        parts.visible(self._sum, on=bool(self._sum.value))

    def _ask(self, panel: Panel, waiting: str) -> None:
        place = self.model.current + 1, len(self.model.panels), self.model.done()
        self._question.value = parts.question(panel.title, "" if waiting else panel.help, *place)

    def _navigate(self) -> None:
        model = self.model
        states = [model.state(panel) for panel in model.panels]
        labels = [
            f"{SIGNS[state]} {place} {panel.short}"
            for place, (panel, state) in enumerate(zip(model.panels, states, strict=True), start=1)
        ]
        if len(labels) > MOST_CHIPS:
            self._show_list(labels)
        else:
            self._show_chips(labels, states)
        self._asked = self._asked if self._asked == model.panel.refused.said() else []
        self._stay.value = _told(" ".join([*self._asked, AGAIN]) if self._asked else "")
        parts.visible(self._stay, on=bool(self._asked))
        missing, last = model.missing(), model.current == len(model.panels) - 1
        single = len(model.panels) == 1
        for control in (self._back, self._next, self._chips):
            parts.visible(control, on=not single)
        self._back.disabled = model.current == 0
        self._next.disabled = bool(missing) or (last and states[-1] == DONE)
        self._next.description = "Finish" if last else "Next"
        if missing:
            said = "".join(f"<li>{escape(one)}</li>" for one in missing)
            self._missing.value = (
                f'<div class="gsk-blocked">Before you go on:<ul dir="auto">{said}</ul></div>'
            )
        elif all(state == DONE for state in states):
            self._missing.value = f'<div class="gsk-good">{escape(self.ending)}</div>'
        else:
            self._missing.value = ""

    def _show_chips(self, labels: list[str], states: list[str]) -> None:
        old = [c for c in self._chips.children if c is not self._list]
        while len(old) < len(labels):
            place = len(old)
            press = self.session.guard(lambda _, place=place: self.jump(place))
            old.append(parts.button("", press, kind="chip"))
        for place, (chip, label, state) in enumerate(zip(old, labels, states, strict=False)):
            chip.description, chip.tooltip = label, state
            chip.disabled = state == BLOCKED
            parts.mark(chip, "gsk-current", on=place == self.model.current)
        if list(self._chips.children) != old[: len(labels)]:
            self._chips.children = old[: len(labels)]

    def _show_list(self, labels: list[str]) -> None:
        self._busy = True
        try:
            options = [(label, place) for place, label in enumerate(labels)]
            if list(self._list.options) != options:
                self._list.options = options
            self._list.value = self.model.current
        finally:
            self._busy = False
        if list(self._chips.children) != [self._list]:
            self._chips.children = [self._list]

    def _say(self) -> None:
        if not self.visible:
            return
        session = self.session
        self._head.value = (
            f'<b>{escape(self.title)}</b><span dir="auto">{escape(session.plan.title)} · '
            f'<span role="status">{escape(session.saved_at)}</span></span>'
        )
        self._note.value = _told(session.notice)
        parts.visible(self._note, on=bool(session.notice))
        for button, word, what in (
            (self._undo, "Undo", session.undoable),
            (self._redo, "Redo", session.redoable),
        ):
            button.disabled = not what
            button.tooltip = f"{word}: {what}" if what else f"Nothing to {word.lower()}"


def _told(text: str) -> str:
    """Return a sentence that is read out, as HTML."""
    return f'<div role="alert" dir="auto">{escape(text)}</div>' if text else ""
