"""How each layer looks, and the sizes that every figure shares: the one table to change.

Definitions
-----------
The colours of the layers derive from the palette of Okabe and Ito, darkened until white text on
them and they themselves as text on white reach a contrast of 4.5 : 1 (WCAG AA). No meaning hangs on
colour alone: workflows are drawn round, building blocks square, and every layer is named in words.
Goals keep the official colours that the tables give.
"""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from matplotlib.colors import is_color_like, to_hex, to_rgb

if TYPE_CHECKING:
    from collections.abc import Sequence

FONT = "DejaVu Sans"  # comes with matplotlib, so a figure is the same on every computer
PLACEHOLDER = "\N{WHITE SQUARE}"  # stands for characters that the font lacks

INK, MUTED, FADED = "#1B2530", "#56626E", "#7A8590"
WARNING = "#A64B00"  # the orange of the palette, dark enough for text
BAR, RULE, GUIDE, STRIPE, PAPER = "#DDE3E8", "#C5CDD4", "#E2E7EB", "#F3F6F8", "#FFFFFF"

TITLE, HEAD, TEXT, SMALL = 17.0, 10.5, 10.0, 9.0  # points; nothing is set smaller than SMALL
# Points: no notebook on a screen of 1366 pixels, with the list of files beside it, shrinks this.
PAGE = 648.0
NONE = "None are named."
LEADING = 1.22  # height of a line in sizes of its font
MARGIN = 24.0

SOURCE = (
    "Source: published GovStack use cases and SDG Digital Investment Framework; "
    "drawn by GovStack Kit"
)


class Layer(NamedTuple):
    """How a layer is named and drawn: one and many, colour, and whether its marks are round."""

    one: str
    many: str
    colour: str
    round: bool = False


LAYERS = MappingProxyType(
    {
        "goal": Layer("SDG goal", "SDG goals", "#56626E"),
        "target": Layer("SDG target", "SDG targets", "#56626E"),
        "use_case": Layer("use case", "use cases", "#1B2530"),
        "step": Layer("step", "steps", "#3D4955"),
        "workflow": Layer("workflow", "workflows", "#00775A", round=True),
        "building_block": Layer("building block", "building blocks", "#0067A8"),
    }
)


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> count(1, "step"), count(3, "step")
    ('1 step', '3 steps')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"


def distinct(names: Sequence[str], keys: Sequence[str]) -> list[str]:
    """Return names, and in brackets the catalogue or key of those that several keys share.

    Examples
    --------
    >>> distinct(["Payments", "Payments", "GIS"], ["govstack:payments", "dif:payments", "x:gis"])
    ['Payments (govstack)', 'Payments (dif)', 'GIS']
    """
    shared = Counter(name.casefold() for name in names)
    return [
        f"{name} ({key.split(':')[-2:][0]})" if shared[name.casefold()] > 1 else name
        for name, key in zip(names, keys, strict=True)
    ]


def per_cent(share: float) -> str:
    """Return a share as per cent, never rounded to all or nothing.

    Examples
    --------
    >>> per_cent(0.254), per_cent(0.001), per_cent(1)
    ('25 %', '1 %', '100 %')
    """
    rounded = min(max(round(share * 100), 1), 99) if 0 < share < 1 else round(share * 100)
    return f"{rounded} %"


def tint(colour: str, share: float) -> str:
    """Return a colour mixed with white; `share` is how much of it is left.

    Examples
    --------
    >>> tint("#000000", 0.2)
    '#cccccc'
    """
    red, green, blue = (1 - share * (1 - channel) for channel in to_rgb(colour))
    return to_hex((red, green, blue))


LINEAR = 0.04045  # darker channels are linear in sRGB


def _luminance(colour: str) -> float:
    channels = (c / 12.92 if c <= LINEAR else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour))
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG defines it, from 1 to 21.

    Examples
    --------
    >>> contrast("#FFFFFF", "#000000")
    21.0
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return round((light + 0.05) / (dark + 0.05), 2)


def text_on(colour: str) -> str:
    """Return white or ink, whichever is easier to read on a colour.

    Examples
    --------
    >>> text_on("#DDA63A"), text_on("#19486A")
    ('#1B2530', '#FFFFFF')
    """
    return max((PAPER, INK), key=lambda text: contrast(text, colour))


def goal_colour(colour: object) -> str:
    """Return the colour that a table gives for a goal; a neutral one where it gives none.

    Examples
    --------
    >>> goal_colour("#DDA63A"), goal_colour(None)
    ('#DDA63A', '#56626E')
    """
    return str(colour) if is_color_like(colour) else LAYERS["goal"].colour
