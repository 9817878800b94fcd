"""Which answers a team has confirmed, kept beside its plans so that it finds them again.

Definitions
-----------
What is kept of an answer is its *mark*: when the answer changes, its mark does, and the answer is
no longer confirmed. The file is a convenience: without it, nothing of a plan is missing.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from govstack_kit.planning import _writing

if TYPE_CHECKING:
    from pathlib import Path

FILE = ".govplan-progress.json"
MOST = 200  # plans that are remembered


class Progress(dict[str, str]):
    """The marks of confirmed answers of one plan, by question.

    Examples
    --------
    >>> from pathlib import Path
    >>> progress = Progress()
    >>> progress.load(Path("nowhere"), "plan-1")
    >>> progress
    {}
    """

    def load(self, folder: Path, plan: str) -> None:
        """Take over what was kept for a plan."""
        self.clear()
        marks = _read(folder).get(plan)
        if isinstance(marks, dict):
            self.update({str(key): str(mark) for key, mark in marks.items()})

    def save(self, folder: Path, plan: str) -> None:
        """Keep the marks of a plan, if the folder is there and can be written to."""
        if not folder.is_dir():
            return
        kept = _read(folder)
        there = kept.pop(plan, None)
        marks = (there if isinstance(there, dict) else {}) | self
        kept = dict(list(kept.items())[-MOST:]) | {plan: marks}
        with contextlib.suppress(OSError):
            _writing.write(folder / FILE, json.dumps(kept, indent=1).encode())


def _read(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
