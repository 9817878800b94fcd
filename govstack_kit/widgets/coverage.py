"""What a system or an option does for each building block, as lists to choose from."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import ipywidgets

from govstack_kit.planning.names import names_of
from govstack_kit.views.style import distinct
from govstack_kit.widgets import parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from govstack_kit.widgets.models import Session
    from govstack_kit.widgets.wizard import Panel

NO = "no"  # nothing at all


def block_names(session: Session, blocks: Iterable[str]) -> dict[str, str]:
    """Return the names of the building blocks of GovStack, and of `blocks`, by their keys."""
    table, names = session.framework.building_blocks, names_of(session.framework)
    ours = table.loc[table["catalogue"] == "govstack", "building_block"]
    keys = list(dict.fromkeys([*ours, *blocks]))
    said = distinct([names.name("building_block", key) for key in keys], keys)
    return dict(zip(keys, said, strict=True))


class Covered:
    """What something does for each building block: a list to choose from for each.

    Parameters
    ----------
    panel
        The question they belong to.
    label
        What stands above.
    choices
        What can be chosen, as it is said and as it is meant; :data:`NO` stands for nothing at all,
        and an empty text for something that nobody has judged.
    choose
        Called with a building block and what was chosen for it.
    """

    def __init__(
        self,
        panel: Panel,
        label: str,
        choices: Sequence[tuple[str, str]],
        choose: Callable[[str, str], object],
    ) -> None:
        self._panel, self._choices, self._choose = panel, list(choices), choose
        self._keys: list[str] = []
        self._drops: list[ipywidgets.Dropdown] = []
        self._grid = ipywidgets.HBox()
        self._grid.add_class("gsk-grid")
        self.other = parts.drop("Add another building block", narrow=True)
        panel.on(self.other, self._add)
        head = parts.html(f"<h3>{label}</h3>")
        self.widget = ipywidgets.VBox([head, self._grid, self.other])

    def _changed(self, place: int, quality: str) -> None:
        self._choose(self._keys[place], quality)

    def _add(self, key: str | None) -> None:
        if key:
            self._choose(key, "")

    def show(
        self,
        served: dict[str, str],
        first: Sequence[str],
        names: dict[str, str],
        said: Callable[[str], str] = str,
    ) -> None:
        """Show what is covered, the building blocks `first` at the top and all others to add.

        Parameters
        ----------
        served
            What was chosen, by building block.
        first
            The building blocks that are always shown.
        names
            The names of all building blocks.
        said
            Says a choice that is not among those offered.
        """
        self._keys = list(dict.fromkeys([*first, *served]))
        while len(self._drops) < len(self._keys):
            drop = parts.drop("", self._choices, NO, narrow=True)
            self._panel.on(drop, partial(self._changed, len(self._drops)))
            self._drops.append(drop)
        shown = self._drops[: len(self._keys)]
        for key, drop in zip(self._keys, shown, strict=True):
            chosen = served.get(key, NO)
            known = [value for _, value in self._choices]
            more = [] if chosen in known else [(said(chosen), chosen)]
            if list(drop.options) != [*self._choices, *more]:
                drop.options = [*self._choices, *more]
            drop.description, drop.value = names.get(key, key), chosen
        if list(self._grid.children) != shown:
            self._grid.children = shown
        left = [(name, key) for key, name in names.items() if key not in self._keys]
        options = [("choose one", ""), *sorted(left)]
        if list(self.other.options) != options:
            self.other.options = options
        self.other.value = ""
        parts.visible(self.other, on=bool(left))
