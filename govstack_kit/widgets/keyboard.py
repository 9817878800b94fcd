"""Keys for controls inside a notebook.

JupyterLab reads arrow keys, letters and Enter as its own commands wherever no text is typed, lists
and buttons of a cell's output included: an arrow key then moves to another cell instead of to the
next entry. Lumino, which hands out the keys, leaves an element alone that itself carries
``data-lm-suppress-shortcuts``. The invisible widget here puts that mark on every control of the
output it lives in, and on those that are added later.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import anywidget

_SCRIPT = """
const controls = "a, button, input, select, textarea, [tabindex]";
function mark(output) {
  for (const control of output.querySelectorAll(controls))
    control.setAttribute("data-lm-suppress-shortcuts", "true");
}
function watch(element, tries) {
  const output = element.closest(".jp-OutputArea-output, .jp-OutputArea");
  if (output) {
    mark(output);
    new MutationObserver(() => mark(output)).observe(output, { childList: true, subtree: true });
  } else if (tries) requestAnimationFrame(() => watch(element, tries - 1));
}
export default { render({ el }) { el.style.display = "none"; watch(el, 600); } };
"""


@cache
def _guard() -> type[anywidget.AnyWidget]:
    import anywidget  # noqa: PLC0415 - heavy, and only needed where a widget is shown

    class KeyboardGuard(anywidget.AnyWidget):  # type: ignore[misc]
        """Leaves the keys pressed in this output to the controls in it."""

        _esm = _SCRIPT

    return KeyboardGuard


def keyboard_guard() -> anywidget.AnyWidget:
    """Return an invisible widget that leaves the keys to the controls of its output.

    Examples
    --------
    >>> keyboard_guard().__class__.__name__
    'KeyboardGuard'
    """
    return _guard()()
