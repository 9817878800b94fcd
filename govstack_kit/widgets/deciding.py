"""Requirements to decide about, one a row: needed, later or not for us, and why.

Definitions
-----------
A row that nobody has touched shows what the kit proposes, marked as such; it counts as decided, so
that a team can go on. Pressing another button makes the decision the team's own; pressing that one
again takes it back to what the kit proposes. A button belongs to one requirement for ever: a press
always means what the reader saw.
"""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import ipywidgets

from govstack_kit.planning.selected import DECISIONS
from govstack_kit.widgets import parts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from govstack_kit.widgets.wizard import Panel

MOST_KEPT = 60  # rows whose widgets are kept
LOOKS = dict(zip(DECISIONS, ("gsk-on", "gsk-later", "gsk-off"), strict=True))
PROPOSED = "proposed by the kit"


class Question(NamedTuple):
    """A requirement: its key, what it asks, the words about it, and what was decided."""

    key: str
    title: str
    about: str
    tag: str
    decision: str
    decided: bool
    reason: str = ""
    own: bool = False


class _Row:
    """The widgets of one requirement."""

    def __init__(self, rows: Verdicts) -> None:
        panel = rows.panel
        self.question: Question | None = None
        self.text = parts.html()
        self.reason = ipywidgets.Text(
            continuous_update=False, placeholder="Your reason, if you want to give one"
        )
        self.reason.description = "Reason"
        self.reason.add_class("gsk-inline")
        panel.on(self.reason, lambda text: rows.explain(self, text))
        self.buttons = {
            decision: panel.button("", partial(rows.press, self, decision))
            for decision in DECISIONS
        }
        self.out = panel.button("Remove", lambda: rows.remove(self))
        about = ipywidgets.VBox([self.text, self.reason])
        about.layout.flex = "1 1 auto"
        verdicts = ipywidgets.HBox([*self.buttons.values(), self.out])
        verdicts.add_class("gsk-verdicts")
        self.box = ipywidgets.HBox([about, verdicts])
        self.box.add_class("gsk-row")

    def show(self, question: Question) -> None:
        """Show a requirement."""
        self.question = question
        about = question.about if question.decided else f"{question.about} · {PROPOSED}"
        text = (
            f'<b dir="auto">{escape(question.title)}</b>'
            f'<span class="gsk-tag">{escape(question.tag)}</span>'
            f'<span class="gsk-why" dir="auto">{escape(about)}</span>'
        )
        if self.text.value != text:
            self.text.value = text
        for decision, button in self.buttons.items():
            pressed = decision == question.decision
            word = decision.capitalize()
            button.description = f"✓ {word}" if pressed else word
            back = (
                " (press to take back)" if pressed and question.decided and not question.own else ""
            )
            button.tooltip = question.title + back
            parts.mark(button, LOOKS[decision], on=pressed and question.decided)
            parts.mark(button, "gsk-proposed", on=pressed and not question.decided)
        self.out.tooltip = question.title
        parts.visible(self.out, on=question.own)
        self.reason.value = question.reason

    def close(self) -> None:
        """Give the widgets up."""
        for widget in (*self.buttons.values(), self.out, self.reason, self.text, self.box):
            widget.close()


class Verdicts:
    """A list of requirements with three buttons each.

    Parameters
    ----------
    panel
        The question they belong to.
    decide
        Called with a requirement, what is decided about it now (nothing to take it back), and the
        reason given.
    remove
        Called with a requirement of the team's own that is to go.
    """

    def __init__(
        self,
        panel: Panel,
        decide: Callable[[Question, str, str], object],
        remove: Callable[[Question], object],
    ) -> None:
        self.panel, self._decide, self._remove = panel, decide, remove
        self._rows: dict[str, _Row] = {}
        self.widget = ipywidgets.VBox()

    @property
    def rows(self) -> list[_Row]:
        """The rows on the screen."""
        return [row for b in self.widget.children for row in self._rows.values() if row.box is b]

    def show(self, questions: Sequence[Question]) -> None:
        """Show requirements, with the widgets that they have already."""
        keys = {question.key for question in questions}
        if len(self._rows) > MOST_KEPT:
            for key in [key for key in self._rows if key not in keys]:
                self._rows.pop(key).close()
        for question in questions:
            if question.key not in self._rows:
                self._rows[question.key] = _Row(self)
            self._rows[question.key].show(question)
        children = tuple(self._rows[question.key].box for question in questions)
        if self.widget.children != children:
            self.widget.children = children

    def press(self, row: _Row, decision: str) -> None:
        """Decide about the requirement of a row, or take the decision back."""
        if row.question is not None:
            same = row.question.decided and row.question.decision == decision
            self._decide(row.question, "" if same else decision, row.reason.value)

    def explain(self, row: _Row, text: str) -> None:
        """Take a reason over into a decision that was made already."""
        if row.question is not None and row.question.decided:
            self._decide(row.question, row.question.decision, text)

    def remove(self, row: _Row) -> None:
        """Take out a requirement of the team's own."""
        if row.question is not None:
            self._remove(row.question)
