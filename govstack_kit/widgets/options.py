"""Things to decide about, one a row: what it is, why it is shown, and two buttons.

Definitions
-----------
An *option* is accepted, rejected or open. Pressing the button of what was decided takes the
decision back. Rows stay where they are and as high as they are while people decide, so that no
button moves under a finger, and a button belongs to one option for ever: a press always means what
the reader saw.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

import ipywidgets

from govstack_kit.widgets import parts

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from govstack_kit.widgets.wizard import Panel

Words = tuple[str, str, str, str]
ACCEPTED, REJECTED, OPEN = "accepted", "rejected", ""
MOST_KEPT = 120  # rows whose widgets are kept
_LETTER = 0.66  # width of a bold letter in a wide font, in em
SIGNS = {ACCEPTED: "✓", REJECTED: "✗"}


class Option(NamedTuple):
    """What can be decided: its key, name, the reason it is shown, marks, and what was decided."""

    key: Hashable
    name: str
    why: str = ""
    tag: str = ""
    state: str = OPEN
    reason: str = ""


def arrange(
    before: Sequence[Option], decided: Sequence[Option], found: Sequence[Option], *, stay: bool
) -> list[Option]:
    """Return the options to show: those decided, then those found; or as they stood before.

    Parameters
    ----------
    before
        The options on the screen.
    decided, found
        What was decided, and what is open, best first.
    stay
        Whether the options keep their places, as while people decide about them.

    Examples
    --------
    >>> a, b = Option("a", "A"), Option("b", "B")
    >>> [(o.key, o.state) for o in arrange([a, b], [b._replace(state="accepted")], [a], stay=True)]
    [('a', ''), ('b', 'accepted')]
    """
    done = {option.key: option for option in decided}
    if not stay:
        return [*decided, *(option for option in found if option.key not in done)]
    kept = [
        done[option.key]._replace(why=option.why, tag=option.tag)
        if option.key in done
        else option._replace(state=OPEN)
        for option in before
    ]
    keys = {option.key for option in before}
    return [*kept, *(option for option in decided if option.key not in keys)]


def _width(state: str, word: str, done: str) -> str:
    """Return a width for either word, bold or not, so that a press changes no row's height."""
    letters = max(len(word), len(f"{SIGNS[state]} {done}")) + 1
    return f"calc({letters * _LETTER:.1f}em + 34px)"


class _Row:
    """The widgets of one option."""

    def __init__(self, options: Options, *, reasons: bool) -> None:
        self.option: Option | None = None
        self.text = parts.html()
        self.reason = ipywidgets.Text(
            continuous_update=False, placeholder="Your reason, if you want to give one"
        )
        self.reason.description = "Reason"
        self.reason.add_class("gsk-inline")
        panel = options.panel
        self.yes = panel.button("", lambda: options.press(self, ACCEPTED))
        self.no = panel.button("", lambda: options.press(self, REJECTED))
        panel.on(self.reason, lambda text: options.explain(self, text))
        about = ipywidgets.VBox([self.text, self.reason]) if reasons else self.text
        about.layout.flex = "1 1 auto"
        self.box = ipywidgets.HBox([about, self.yes, self.no])
        self.box.add_class("gsk-row")

    def show(self, option: Option, words: Words) -> None:
        """Show an option."""
        self.option = option
        tag = f'<span class="gsk-tag">{escape(option.tag)}</span>' if option.tag else ""
        text = (
            f'<b dir="auto">{escape(option.name)}</b>{tag}'
            f'<span class="gsk-why" dir="auto">{escape(option.why)}</span>'
        )
        if self.text.value != text:
            self.text.value = text
        for button, state, name, word, done in (
            (self.yes, ACCEPTED, "gsk-on", *words[:2]),
            (self.no, REJECTED, "gsk-off", *words[2:]),
        ):
            pressed = option.state == state
            with button.hold_sync():  # one message, so that the page is laid out once
                button.description = f"{SIGNS[state]} {done}" if pressed else word
                button.tooltip = option.name + (" (press to take back)" if pressed else "")
                parts.mark(button, name, on=pressed)
            with button.layout.hold_sync():
                button.layout.min_width = _width(state, word, done)
                parts.visible(button, on=bool(word))
        self.reason.value = option.reason

    def close(self) -> None:
        """Give the widgets up."""
        for widget in (self.yes, self.no, self.reason, self.text, self.box):
            widget.close()


class Options:
    """A list of options with two buttons each.

    Parameters
    ----------
    panel
        The question they belong to.
    decide
        Called with an option, what is decided about it now, and the reason given.
    words
        What the two buttons say, each before and after it was pressed.
    empty
        What to say when there is nothing to decide.
    reasons
        Whether a reason can be written beside each.
    """

    def __init__(
        self,
        panel: Panel,
        decide: Callable[[Option, str, str], object],
        *,
        words: Words = ("Accept", "Accepted", "Not for us", "Turned down"),
        empty: str = "",
        reasons: bool = False,
    ) -> None:
        self.panel, self._decide, self._words = panel, decide, words
        self._reasons, self._empty = reasons, empty
        self._rows: dict[Hashable, _Row] = {}
        self._said = parts.html(parts.sentence(empty))
        self.widget = ipywidgets.VBox([self._said])

    @property
    def rows(self) -> list[_Row]:
        """The rows on the screen."""
        shown = self.widget.children[1:]
        return [row for box in shown for row in self._rows.values() if row.box is box]

    def show(self, options: Sequence[Option]) -> None:
        """Show options, with the widgets that they have already."""
        if len(self._rows) > MOST_KEPT:
            for row in self._rows.values():
                row.close()
            self._rows.clear()
        for option in options:
            if option.key not in self._rows:
                self._rows[option.key] = _Row(self, reasons=self._reasons)
            self._rows[option.key].show(option, self._words)
        parts.visible(self._said, on=not options and bool(self._empty))
        children = (self._said, *(self._rows[option.key].box for option in options))
        if self.widget.children != children:
            self.widget.children = children

    def press(self, row: _Row, state: str) -> None:
        """Decide about the option of a row, or take the decision back."""
        if row.option is not None:
            decided = OPEN if row.option.state == state else state
            self._decide(row.option, decided, row.reason.value)

    def explain(self, row: _Row, text: str) -> None:
        """Take a reason over into a decision that was made already."""
        if row.option is not None and row.option.state:
            self._decide(row.option, row.option.state, text)
