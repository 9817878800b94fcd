"""What every answer of the kit that is more than one table can do: tables, sentences, a figure."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Result:
    """An answer: its tables, what they say in sentences, and how it looks.

    A kind of answer says in ``_figure`` which function of :mod:`govstack_kit.views` draws it. The
    function is looked up when a figure is asked for, so that whoever calculates loads no drawing.
    """

    _figure: ClassVar[str]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables of the answer by name: its attributes that are frames."""
        return {name: found for name, found in vars(self).items() if hasattr(found, "columns")}

    def sentences(self) -> list[str]:
        """Return what the answer says, in sentences for people."""
        raise NotImplementedError

    def figure(self, **options: Any) -> tuple[Figure, Axes]:  # noqa: ANN401 - those of the figure
        """Return the answer drawn, with the options of the function that draws it."""
        draw = getattr(import_module("govstack_kit.views"), self._figure)
        found: tuple[Figure, Axes] = draw(self, **options)
        return found
