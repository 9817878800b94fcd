"""Questions whose answer is worked out: at once where that is quick, on demand where it is not.

Definitions
-----------
A result is *quick* if its size is at most :data:`QUICK`: it then appears by itself. Otherwise a
button works it out, with a note while it does. A result is kept until what it rests on changes;
what prevents it is a sentence, which is shown and blocks the way on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import ipywidgets

from govstack_kit.errors import GovStackKitError
from govstack_kit.views.made_up import CASE, made_up
from govstack_kit.widgets import parts
from govstack_kit.widgets.marks import mark, what_is_made_up
from govstack_kit.widgets.results import kept, remembered
from govstack_kit.widgets.wizard import Panel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

QUICK = 400
_T = TypeVar("_T")
MARKED = ("systems", "options", "phases")  # lists that may be an illustration


class Worked(Panel):
    """A question that the kit answers; made concrete by those who know what is worked out."""

    rests_on: tuple[str, ...] = ()  # the fields of the plan
    seconds = 30  # how long it takes at most
    verb = "Work it out"

    # What a concrete question says.

    def size(self) -> int:
        """Return how large the task is."""
        return 0

    def work_out(self) -> Any:  # noqa: ANN401 - of any kind
        """Return the result."""
        raise NotImplementedError

    def places(self) -> Sequence[ipywidgets.Widget]:
        """Make the places for the result, once."""
        raise NotImplementedError

    def draw(self, made: Any) -> None:  # noqa: ANN401 - what work_out returns
        """Show the result."""
        raise NotImplementedError

    # What all of them have.

    @property
    def _name(self) -> str:
        return f"{type(self).__module__}.{self.key}"

    def result(self) -> Any:  # noqa: ANN401 - what work_out returns
        """Return the result, the sentence that prevents it, or None if it is not worked out."""
        return kept(self.session, self._name, self.rests_on)

    def _work(self) -> Any:  # noqa: ANN401
        def work() -> Any:  # noqa: ANN401
            try:
                return self.work_out()
            except GovStackKitError as error:
                return str(error)

        return remembered(self.session, self._name, self.rests_on, work)

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the button, the note, and the places for the result."""
        self._button = self.button(self.verb, self._pressed, kind="main")
        self._row, self._note = parts.row(self._button), parts.html()
        self._marked = parts.html()
        self._places = ipywidgets.VBox([self._marked, *self.places()])
        return [self._row, self._note, self._places]

    def pictured(self, draw: Callable[[str], _T]) -> _T:
        """Return what `draw` makes of the line on what is made up: once, until the plan changes."""
        rests_on = [name for name in MARKED if name in self.rests_on] or [CASE]
        note = made_up(self.session.plan, *rests_on)
        return remembered(self.session, f"{self._name} picture", self.rests_on, lambda: draw(note))

    def _pressed(self) -> None:
        self._button.disabled = True
        self._note.value = (
            '<p role="status"><b>Working it out …</b> This takes '
            f"at most about {self.seconds} seconds. Nothing else can be done meanwhile.</p>"
        )
        try:
            self._work()
        finally:
            self._note.value = ""
            self._button.disabled = False
        self.session.changed += 1  # so that what blocks the way on is said again

    def tell(self, done: int, of: int) -> None:
        """Say how far the work is."""
        self._note.value = f'<p role="status"><b>Working it out …</b> {done} of {of}</p>'

    def update(self) -> None:
        """Show the result, if it is there or quickly made."""
        made = self.result()
        if made is None and self.size() <= QUICK:
            made = self._work()
        parts.visible(self._row, on=made is None)
        there = made is not None and not isinstance(made, str)
        parts.visible(self._places, on=there)
        if there:
            lists = [name for name in MARKED if name in self.rests_on]
            self._marked.value = mark(what_is_made_up(self.session.plan, *lists))
            self.draw(made)

    def blockers(self) -> list[str]:
        """Say what prevents the result."""
        made = self.result()
        if made is None and self.size() > QUICK:
            return [f"Press “{self.verb}”."]
        return [made] if isinstance(made, str) else []

    def answer(self) -> object:
        """Return what the result rests on."""
        return self.session.plan.model_dump(include=set(self.rests_on))
