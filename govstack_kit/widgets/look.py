"""How the guided parts look: one style sheet, and the keys that follow the question.

Definitions
-----------
Colours reach a contrast of 4.5 : 1 or more, in light and dark themes alike, because a guided part
brings its own. Labels stand above their controls, and whatever has the focus has a thick outline.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import anywidget

_HERE = Path(__file__).parent


@cache
def style() -> str:
    """Return the style sheet as HTML.

    Examples
    --------
    >>> style().startswith("<style>")
    True
    """
    return f"<style>{(_HERE / 'guided.css').read_text(encoding='utf-8')}</style>"


@cache
def _follower() -> type[anywidget.AnyWidget]:
    import anywidget  # noqa: PLC0415 - heavy, and only needed where a widget is shown
    import traitlets  # noqa: PLC0415

    class Follower(anywidget.AnyWidget):  # type: ignore[misc]
        """Puts the focus on the question whenever its count grows, and names what has no name."""

        _esm = _HERE / "guided.js"
        count = traitlets.Int(0).tag(sync=True)

    return Follower


def follower() -> anywidget.AnyWidget:
    """Return an invisible widget that takes the focus to a new question.

    Examples
    --------
    >>> follower().count
    0
    """
    return _follower()()
