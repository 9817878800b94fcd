"""What is asked of every criterion, in two columns: importance beside feasibility."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from govstack_kit.widgets import parts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import ipywidgets

    from govstack_kit.planning.model import Criterion
    from govstack_kit.widgets.wizard import Panel

AXES = {
    "importance": "Importance: what there is to gain",
    "feasibility": "Feasibility: how easily it can be done",
}


class Columns:
    """A list to choose from for each criterion, made anew when the criteria are others.

    Parameters
    ----------
    panel
        The question they belong to.
    choose
        Called with the id of a criterion and what was chosen.
    options
        What can be chosen for each: label and value.
    other
        Names a value that is in a plan and not among them, such as "{:g} times".
    told
        Whether the question of the criterion is shown beneath each.
    """

    def __init__(
        self,
        panel: Panel,
        choose: Callable[[str, float | None], object],
        options: Sequence[tuple[str, float | None]],
        *,
        other: str = "{:g}",
        told: bool = False,
    ) -> None:
        self._panel, self._choose, self._options = panel, choose, list(options)
        self._other, self._told = other, told
        self._made: list[tuple[str, str, str, str]] = []
        self.drops: dict[str, ipywidgets.Dropdown] = {}
        self.widget = parts.side([], [])

    def show(self, criteria: Sequence[Criterion], values: Mapping[str, float | None]) -> None:
        """Show what was chosen for each criterion; the first of two with one id counts."""
        known = {one.id: one for one in reversed(criteria)}
        made = [(c.id, c.kind, c.name, c.description) for c in criteria if known[c.id] is c]
        if made != self._made:
            self._make(made)
            self._made = made
        listed = [value for _, value in self._options]
        for key, control in self.drops.items():
            value = values.get(key)
            more = [] if value in listed or value is None else [(self._other.format(value), value)]
            options = [*self._options, *more]
            if list(control.options) != options:
                control.options = options
            control.value = value

    def _make(self, made: Sequence[tuple[str, str, str, str]]) -> None:
        self.drops = {}
        for box, (axis, said) in zip(self.widget.children, AXES.items(), strict=True):
            column: list[ipywidgets.Widget] = [parts.html(f"<h3>{said}</h3>")]
            for key, kind, name, description in made:
                if kind == axis:
                    control = parts.drop(name, self._options, self._options[0][1], narrow=True)
                    self._panel.on(control, partial(self._choose, key))
                    self.drops[key] = control
                    column.append(control)
                    if self._told:
                        why = parts.sentence(description)
                        column.append(parts.html(f'<span class="gsk-why">{why}</span>'))
            box.children = column
