"""The note that something is worked out, at the top and at the foot of a guided part.

Definitions
-----------
The note and the paleness of what stands below are there at once, and the style sheet lets them be
seen after a third of a second: what is quick does not flicker, and nothing old looks current.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from govstack_kit.widgets import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ipywidgets

NOTE = '<p class="gsk-working" role="status">Working it out …</p>'
SILENT = NOTE.replace('role="status"', 'aria-hidden="true"')  # the same, not read out twice


class Waiting:
    """The note, to be placed at the top and at the foot.

    Parameters
    ----------
    below
        What is pale meanwhile.

    Examples
    --------
    >>> import ipywidgets
    >>> waiting = Waiting(ipywidgets.VBox())
    >>> with waiting():
    ...     "Working" in waiting.top.value
    True
    >>> waiting.top.value
    ''
    """

    def __init__(self, below: ipywidgets.Widget) -> None:
        self.top, self.foot = parts.html(), parts.html()
        self.foot.add_class("gsk-brief")
        self._below, self._on = below, False

    @contextlib.contextmanager
    def __call__(self) -> Iterator[None]:
        """Say that something is worked out, until it is; once, however deep."""
        if self._on:
            yield
            return
        self._on, self.top.value, self.foot.value = True, NOTE, SILENT
        parts.mark(self._below, "gsk-waiting", on=True)
        try:
            yield
        finally:
            self._on, self.top.value, self.foot.value = False, "", ""
            parts.mark(self._below, "gsk-waiting", on=False)
