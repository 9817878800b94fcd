"""How the questions of a guided part stand, and which of them is open; no widgets here.

Definitions
-----------
A question is *blocked* until it can be asked at all, *not started* while there is no answer, *in
progress* until what it needs is there, nothing that was typed is refused, and its answer was
confirmed, and *done* after that. An answer is confirmed by going on from it, and no longer
confirmed when anything that it rests on changes.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from traitlets import HasTraits, Int

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from govstack_kit.widgets.models import Session
    from govstack_kit.widgets.wizard import Panel

NOT_STARTED, IN_PROGRESS, DONE, BLOCKED = "not started", "in progress", "done", "blocked"


class Model(HasTraits):
    """Which panel is open, which are confirmed, and how each stands.

    Parameters
    ----------
    panels
        Returns the panels as they are now: there may be more or fewer after a change.
    name
        Sets the questions apart from those of other wizards.
    session
        Remembers which answers were confirmed.

    Attributes
    ----------
    current : int
        The position of the open panel, from 0.
    """

    current = Int()

    def __init__(self, panels: Callable[[], Sequence[Panel]], name: str, session: Session) -> None:
        super().__init__()
        self._panels, self._name, self._session = panels, name, session
        self.panels: list[Panel] = []
        self.refresh()
        if self.done():  # go on where the team left off
            open_ = [n for n, panel in enumerate(self.panels) if self.state(panel) != DONE]
            self.current = open_[0] if open_ else len(self.panels) - 1

    def _question(self, panel: Panel) -> str:
        return f"{self._name}/{panel.subject()}/{panel.key}"

    def refresh(self) -> None:
        """Take the panels as they are now; the open one stays open if it is still there."""
        key = self.panels[self.current].key if self.panels else ""
        self.panels = list(self._panels())
        keys = [panel.key for panel in self.panels]
        place = keys.index(key) if key in keys else min(self.current, len(keys) - 1)
        self.current = max(place, 0)

    @property
    def panel(self) -> Panel:
        """The open panel."""
        return self.panels[self.current]

    def state(self, panel: Panel) -> str:
        """Return how a panel stands."""
        if panel.waits_for():
            return BLOCKED
        confirmed = self._session.progress.get(self._question(panel))
        if not _lacks(panel) and confirmed == _mark(panel):
            return DONE
        return IN_PROGRESS if panel.answer() else NOT_STARTED

    def missing(self) -> list[str]:
        """Say what is missing before one can go on from the open panel."""
        waiting = self.panel.waits_for()
        return [waiting] if waiting else _lacks(self.panel)

    def confirm(self) -> bool:
        """Confirm the open panel, if nothing is missing; say whether that was so."""
        if self.missing():
            return False
        self._session.confirm(self._question(self.panel), _mark(self.panel))
        return True

    def go(self, place: int) -> None:
        """Open a panel by its position, from 0."""
        self.current = min(max(place, 0), len(self.panels) - 1)

    def done(self) -> int:
        """Return how many panels are done."""
        return sum(self.state(panel) == DONE for panel in self.panels)


def _lacks(panel: Panel) -> list[str]:
    """Return what is missing, and what is to be corrected."""
    return [*panel.blockers(), *panel.refused.said()]


def _mark(panel: Panel) -> str:
    """Return what changes when an answer, or anything that it rests on, changes."""
    text = json.dumps(panel.answer(), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", errors="backslashreplace")).hexdigest()
