"""A list to choose from, and beneath it the figure of what was chosen."""

from __future__ import annotations

import base64
import io
from html import escape
from typing import TYPE_CHECKING, TypeVar

from govstack_kit.errors import ArgumentError, GovStackKitError
from govstack_kit.widgets.keyboard import keyboard_guard

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import ipywidgets
    from matplotlib.figure import Figure

Key = TypeVar("Key")
PIXELS, DENSITY = 96, 1.5  # of a page for an inch, so that letters keep their size; finer than it


def image_html(figure: Figure, alt: str) -> str:
    """Return a figure as an HTML image with a text for those who cannot see it, and close it."""
    import matplotlib.pyplot as plt  # noqa: PLC0415 - heavy, and only needed for figures

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=PIXELS * DENSITY)
    width = round(figure.get_figwidth() * PIXELS)
    plt.close(figure)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    look = f"width: {width}px; max-width: 100%; height: auto"
    return f'<img style="{look}" alt="{escape(alt)}" src="data:image/png;base64,{data}">'


def choose_figure(
    options: Mapping[str, Key], draw: Callable[[Key], tuple[Figure, object]], *, description: str
) -> ipywidgets.VBox:
    """Return a list to choose from, with the figure of the choice beneath it.

    Parameters
    ----------
    options
        What to choose from: the name that is shown, and what is handed to `draw`.
    draw
        Draws the figure of one option; any ``plot_`` function will do.
    description
        The label of the list, for example ``Use case``.

    Returns
    -------
    ipywidgets.VBox
        A dropdown and an image. What `draw` objects to is shown as a sentence.

    Raises
    ------
    ArgumentError
        If there is nothing to choose from.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> framework = gk.load()
    >>> cases = {"Market Linkage": "AGR-1", "Telemedicine": "HLTC-2"}
    >>> box = gk.choose_figure(
    ...     cases, lambda case: gk.plot_user_journey(gk.journey(framework, case)),
    ...     description="Use case",
    ... )
    >>> box.children[0].value
    'AGR-1'
    """
    import ipywidgets  # noqa: PLC0415 - heavy, and only needed where a widget is shown

    if not options:
        raise ArgumentError("There is nothing to choose from: options is empty.")
    choice = ipywidgets.Dropdown(options=list(options.items()), description=description)
    picture = ipywidgets.HTML()

    def redraw(_: object = None) -> None:
        try:
            figure, _axes = draw(choice.value)
        except GovStackKitError as error:
            picture.value = f"<p>{escape(str(error))}</p>"
        else:
            picture.value = image_html(figure, f"{description}: {choice.label}")

    choice.observe(redraw, names="value")
    redraw()
    return ipywidgets.VBox([choice, picture, keyboard_guard()])
