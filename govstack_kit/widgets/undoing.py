"""Which changes of a plan can be undone and done again, and how.

Definitions
-----------
Before a change, what the plan holds is remembered with the name of the change. Undoing puts it back
in place. Which plan it is, and how often it was saved, is never undone. The changes are kept with
the file that they led to, so that whoever opens it again in the same kernel can undo them.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from govstack_kit.planning.model import SCHEMA
from govstack_kit.planning.plan import Plan

if TYPE_CHECKING:
    from collections.abc import MutableSequence
    from pathlib import Path

MOST = 50  # changes that can be undone
_KEPT = ("plan_id", "created", "revision", "updated", "schema_version")


class _Before(NamedTuple):
    """What a change is called, and what the plan held before it."""

    description: str
    data: dict[str, Any]


class Undo:
    """The changes of one plan, newest last.

    Examples
    --------
    >>> plan, undo = Plan.new(title="Draft"), Undo()
    >>> undo.remember("Rename", plan.model_dump())
    >>> plan.title = "Final"
    >>> undo.back(plan), plan.title
    ('Rename', 'Draft')
    >>> undo.again(plan), plan.title
    ('Rename', 'Final')
    """

    def __init__(self) -> None:
        self._done: deque[_Before] = deque(maxlen=MOST)
        self._undone: deque[_Before] = deque(maxlen=MOST)

    def copy(self) -> Undo:
        """Return the same changes, apart from what happens to these."""
        found = Undo()
        found._done, found._undone = self._done.copy(), self._undone.copy()
        return found

    def clear(self) -> None:
        """Forget every change."""
        self._done.clear()
        self._undone.clear()

    def remember(self, description: str, before: dict[str, Any]) -> None:
        """Note what the plan held before a change."""
        self._done.append(_Before(description, before))
        self._undone.clear()

    @property
    def last(self) -> str:
        """What :meth:`back` would take back, or an empty text."""
        return self._done[-1].description if self._done else ""

    @property
    def next(self) -> str:
        """What :meth:`again` would do again, or an empty text."""
        return self._undone[-1].description if self._undone else ""

    def back(self, plan: Plan) -> str:
        """Take the last change back; return its name, empty if there is none."""
        return self._exchange(plan, self._done, self._undone)

    def again(self, plan: Plan) -> str:
        """Do again what was taken back last; return its name, empty if there is nothing."""
        return self._exchange(plan, self._undone, self._done)

    @staticmethod
    def _exchange(
        plan: Plan, source: MutableSequence[_Before], target: MutableSequence[_Before]
    ) -> str:
        if not source:
            return ""
        entry = source.pop()
        target.append(_Before(entry.description, plan.model_dump()))
        restore(plan, entry.data)
        return entry.description


_LED: dict[Path, tuple[str | None, Undo]] = {}  # by the file, with its mark, the newest last
_FILES = 10  # whose changes are kept


def keep(path: Path, mark: str | None, undo: Undo) -> None:
    """Keep the changes that led to what a file says now, until this kernel ends."""
    _LED.pop(path, None)
    _LED[path] = mark, undo.copy()
    for old in list(_LED)[:-_FILES]:
        del _LED[old]


def kept(path: Path, mark: str | None) -> Undo:
    """Return the changes that led to what a file says now; none if others have saved it since.

    Examples
    --------
    >>> from pathlib import Path
    >>> undo = Undo()
    >>> undo.remember("Rename", {})
    >>> keep(Path("plan"), "mark", undo)
    >>> kept(Path("plan"), "mark").last, kept(Path("plan"), "another mark").last
    ('Rename', '')
    """
    there = _LED.get(path)
    return there[1].copy() if there is not None and there[0] == mark else Undo()


def restore(plan: Plan, data: dict[str, Any]) -> None:
    """Give a plan the content that it had, in place."""
    kept = {name: getattr(plan, name) for name in _KEPT}
    newer = {"newer": plan.schema_version > SCHEMA}
    before = Plan.model_validate(data | kept, context=newer)
    for name in set(plan.model_extra or {}) - set(before.model_extra or {}):
        delattr(plan, name)
    for name, value in before:
        if name not in _KEPT:
            setattr(plan, name, value)
