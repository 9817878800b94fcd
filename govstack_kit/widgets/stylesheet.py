"""How the guided parts look, and what ipywidgets has no control for: one style sheet, one script.

Definitions
-----------
Colours reach a contrast of 4.5 : 1 or more, in light and dark themes alike, because a guided part
brings its own. Labels stand above their controls, and whatever has the focus has a thick outline.
An *element* is one of the kinds that ``guided.js`` draws from plain data: ``head`` and ``foot`` of
a guided part, ``choices``, and ``keys``, which shows nothing and leaves the keys that are pressed
in its part to the controls there: JupyterLab would take them for commands of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

if TYPE_CHECKING:
    from collections.abc import Callable

    import ipywidgets

_HERE = Path(__file__).parent


class Element(anywidget.AnyWidget):  # type: ignore[misc]
    """Something drawn from plain data, which tells what was pressed in it.

    Parameters
    ----------
    kind
        Which kind of element.
    told
        Called with what the page tells: a dict with ``press`` or ``explain``.

    Attributes
    ----------
    state : dict
        What is shown.
    attend : str
        Where the focus goes (``question`` or ``lacks``) and a number that grows.

    Examples
    --------
    >>> Element("choices").state
    {}
    """

    _esm = _HERE / "guided.js"
    _css = _HERE / "guided.css"
    kind = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    attend = traitlets.Unicode().tag(sync=True)

    def __init__(self, kind: str, told: Callable[[dict[str, Any]], object] | None = None) -> None:
        super().__init__(kind=kind)
        self._told = told
        self.on_msg(lambda _element, content, _buffers: self.tell(content))

    def tell(self, told: dict[str, Any]) -> None:
        """Pass on what the page tells."""
        if self._told is not None:
            self._told(told)


def visible(control: ipywidgets.Widget, *, on: bool) -> None:
    """Show a control or hide it."""
    wanted = None if on else "none"
    if control.layout.display != wanted:
        control.layout.display = wanted


def mark(control: ipywidgets.Widget, name: str, *, on: bool) -> None:
    """Give a control a class of the style sheet, or take it away."""
    if on:
        control.add_class(name)
    else:
        control.remove_class(name)
