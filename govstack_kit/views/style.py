"""How everything looks and how numbers are said: the one table of colours, sizes and labels.

Definitions
-----------
A *colour* has a name by its role: a layer (``building_block``), a shade of the ink on the paper
(``muted``), or one of the six of the palette (``blue``). The palette derives from that of Okabe and
Ito, darkened until white text on it and its own text on white reach a contrast of 4.5 : 1 (WCAG
AA). Where somebody has set matplotlib's ``text.color``, ``figure.facecolor`` or
``axes.prop_cycle``, these replace ink, paper and palette; ``font.family`` sets the font.

No meaning hangs on colour alone: workflows are drawn round, building blocks square, and every layer
is named in words. Goals keep the official colours that the tables give.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from matplotlib import rcParams, rcParamsDefault
from matplotlib.colors import is_color_like, to_hex, to_rgb
from matplotlib.ticker import MaxNLocator

if TYPE_CHECKING:
    from collections.abc import Sequence

TITLE, HEAD, TEXT, SMALL = 17.0, 10.5, 10.0, 9.0  # points; nothing is set smaller than SMALL
LEADING = 1.22  # height of a line in sizes of its font
MARGIN, GAP = 24.0, 14.0
# Points: no notebook on a screen of 1366 pixels, with the list of files beside it, shrinks this.
PAGE = 648.0

HATCH = "////"
PLACEHOLDER = "\N{WHITE SQUARE}"  # stands for characters that no font of the computer has
NONE = "None are named."

PALETTE = {
    "blue": "#0067A8",
    "green": "#00775A",
    "orange": "#A34A00",
    "grey": "#56626E",
    "sky": "#7FB3D3",
    "sand": "#D9B26F",
}
INK, PAPER = "#1B2530", "#FFFFFF"
SHADES = {
    "ink": 1.0,
    "step": 0.85,
    "muted": 0.73,
    "faded": 0.57,
    "rule": 0.25,
    "bar": 0.15,
    "guide": 0.13,
    "stripe": 0.05,
    "paper": 0.0,
}


class Layer(NamedTuple):
    """How a layer is named and drawn: one and many, colour, and whether its marks are round."""

    one: str
    many: str
    colour: str
    round: bool = False


LAYERS = {
    "goal": Layer("SDG goal", "SDG goals", "grey"),
    "target": Layer("SDG target", "SDG targets", "grey"),
    "use_case": Layer("use case", "use cases", "ink"),
    "step": Layer("step", "steps", "step"),
    "workflow": Layer("workflow", "workflows", "green", round=True),
    "building_block": Layer("building block", "building blocks", "blue"),
}
USED = ("workflow", "building_block")


def _set_by_the_user(name: Literal["text.color", "figure.facecolor"], otherwise: str) -> str:
    """Return the colour that somebody gave a setting of matplotlib."""
    colour = rcParams[name]
    return otherwise if colour == rcParamsDefault[name] else to_hex(colour)


def _palette() -> dict[str, str]:
    cycle = rcParams["axes.prop_cycle"]
    if cycle == rcParamsDefault["axes.prop_cycle"]:
        return PALETTE
    theirs: Any = cycle.by_key().get("color", ())
    return PALETTE | {name: to_hex(colour) for name, colour in zip(PALETTE, theirs, strict=False)}


def colour(name: object, share: float = 1.0) -> str:
    """Return a colour by its role; `share` is how much of it is left when mixed with the paper.

    What has no role is a colour of its own, or neutral where it is none.

    Examples
    --------
    >>> colour("building_block"), colour("blue", 0.2), colour("#DDA63A"), colour(None)
    ('#0067a8', '#cce1ee', '#dda63a', '#56626e')
    """
    paper = _set_by_the_user("figure.facecolor", PAPER)
    role = LAYERS[name].colour if isinstance(name, str) and name in LAYERS else name
    if isinstance(role, str) and role in SHADES:
        found, share = _set_by_the_user("text.color", INK), share * SHADES[role]
    elif isinstance(role, str) and role in PALETTE:
        found = _palette()[role]
    else:
        found = str(role) if is_color_like(role) else _palette()["grey"]
    mixed = zip(to_rgb(found), to_rgb(paper), strict=True)
    red, green, blue = (share * strong + (1 - share) * pale for strong, pale in mixed)
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


def text_on(face: str) -> str:
    """Return ink or paper, whichever is easier to read on a colour.

    Examples
    --------
    >>> text_on("#DDA63A"), text_on("#19486A")
    ('#1b2530', '#ffffff')
    """
    return max((colour("paper"), colour("ink")), key=lambda text: contrast(text, face))


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
    >>> per_cent(0.254), per_cent(0.001), per_cent(0.999), per_cent(1)
    ('25 %', '< 1 %', '> 99 %', '100 %')
    """
    whole = round(100 * share)
    if share > 0 and not whole:
        return "< 1 %"
    return "> 99 %" if share < 1 and whole == 100 else f"{whole} %"  # noqa: PLR2004 - per cent


def amount(value: float) -> str:
    """Return an amount with at most three or four digits, as a figure has room for it.

    Examples
    --------
    >>> amount(857_000_000), amount(2_714_286), amount(116_000), amount(57), amount(0.25)
    ('857 million', '2.71 million', '116,000', '57', '0.25')
    """
    size = abs(value)
    for unit, name in ((1e9, " billion"), (1e6, " million")):
        if size >= unit * 0.9995:
            return f"{_three_digits(value / unit)}{name}"
    return f"{value:,.0f}" if size >= 1000 else _three_digits(value)  # noqa: PLR2004


def _three_digits(value: float) -> str:
    """Return a number with three digits that count, or all before the point."""
    places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2  # noqa: PLR2004 - powers of ten
    said = f"{value * (1 + 1e-12):,.{places}f}"  # a half goes up, as people expect
    return said.rstrip("0").rstrip(".") if "." in said else said


def ticks(low: float, high: float) -> list[float]:
    """Return few round values from at or below `low` to at or above `high`.

    Examples
    --------
    >>> ticks(0, 7), ticks(-3, 4)
    ([0.0, 2.0, 4.0, 6.0, 8.0], [-4.0, -2.0, 0.0, 2.0, 4.0])
    """
    return list(map(float, MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low, high)))
