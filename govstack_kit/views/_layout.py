"""A drawing surface measured in points, so that text is wrapped to fit before it is drawn.

Definitions
-----------
A *canvas* is one axes whose data coordinates are points (1/72 inch) with y growing downwards. A
figure of the kit is written from top to bottom; its height is known when the last line is written,
and only then is the size of the figure set. On the axes of a caller the same drawing is scaled,
letters included, to fit.
"""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, Required, TypedDict, Unpack

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path

from govstack_kit.errors import ArgumentError
from govstack_kit.views import style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch
    from matplotlib.text import Text

ZERO_WIDTH_JOINER, VARIATION_SELECTORS = 0x200D, range(0xFE00, 0xFE10)
_STEP = 18  # points: sizes of figures are multiples of a quarter of an inch
_TIED = "\N{NO-BREAK SPACE}"
_PIECES = re.compile(r"[^-_/]*[-_/]|[^-_/]+")  # of a word: it may be cut between them
HINTING = 1.05  # hinted letters at 72 to 200 dpi are up to 4 % wider than their outlines


def check_frame(subject: object, columns: Sequence[str], made_by: str) -> pd.DataFrame:
    """Return the subject of a figure if it is a frame with the columns that the figure needs."""
    if not isinstance(subject, pd.DataFrame):
        raise ArgumentError(
            f"This figure is drawn from a DataFrame, not from the {type(subject).__name__} "
            f"{str(subject)[:60]!r}. Pass what {made_by} returns."
        )
    if missing := [name for name in columns if name not in subject.columns]:
        raise ArgumentError(
            f"The DataFrame has no column {', '.join(missing)}. This figure needs the columns "
            f"{', '.join(columns)}: pass what {made_by} returns."
        )
    return subject


def records_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame."""
    rows = frame.to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _font(*, bold: bool) -> FontProperties:
    return FontProperties(
        family=style.FONT,
        weight="bold" if bold else "normal",
        style="normal",
        variant="normal",
        stretch="normal",
    )


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    """Return the characters that both the regular and the bold font can draw."""
    files = (font_manager.findfont(_font(bold=bold)) for bold in (False, True))
    regular, strong = (set(font_manager.get_font(file).get_charmap()) for file in files)
    return frozenset(regular & strong)


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """Return text that the font can draw: one placeholder for each run of what it lacks.

    Examples
    --------
    >>> clean("Costs $5 and $6")
    'Costs $5 and $6'
    """
    glyphs = _glyphs()
    kept: list[str] = []
    for letter in unicodedata.normalize("NFC", text):
        category = unicodedata.category(letter)
        if letter.isspace():
            kept.append(" ")
        elif category == "Cc" or ord(letter) in {ZERO_WIDTH_JOINER, *VARIATION_SELECTORS}:
            continue
        elif ord(letter) in glyphs:
            kept.append(letter)
        elif category[0] != "M" and category != "Cf" and kept[-1:] != [style.PLACEHOLDER]:
            kept.append(style.PLACEHOLDER)
    return " ".join("".join(kept).split())


@lru_cache(maxsize=8192)
def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of one line of text, in points."""
    font = font_manager.get_font(font_manager.findfont(_font(bold=bold)))
    font.set_size(size * 8, 72)  # large, so that hinting does not round the widths
    font.set_text(text, 0.0)
    return HINTING * font.get_width_height()[0] / 64 / 8


def text_height(lines: Sequence[str], size: float) -> float:
    """Return the height of lines of text, in points."""
    return len(lines) * size * style.LEADING


def wrap(
    text: object, width: float, size: float, *, bold: bool = False, most: int = 0
) -> list[str]:
    """Return text in lines that are no wider than `width`; only words wider than that are cut.

    They are cut after a hyphen, an underscore or a slash where they have one. A number stays with
    its per cent sign.

    Of more than `most` lines, if that is given, the rest is left out, as three dots say.
    """
    lines = [""]
    for word in clean(str(text)).replace(" %", f"{_TIED}%").split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer, size, bold=bold) <= width:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for piece in _PIECES.findall(word):
            whole = text_width(piece, size, bold=bold) <= width
            for letters in [piece] if whole else piece:
                if lines[-1] and text_width(lines[-1] + letters, size, bold=bold) > width:
                    lines.append("")
                lines[-1] += letters
    if most and len(lines) > most:
        last = lines[most - 1]
        while last and text_width(f"{last}…", size, bold=bold) > width:
            last = last[:-1]
        lines = [*lines[: most - 1], f"{last.rstrip(' ,;')}…"]
    return [line.replace(_TIED, " ") for line in lines]


def longest_word(texts: Sequence[str], size: float, *, bold: bool = False) -> float:
    """Return the width of the widest word in some texts."""
    words = {word for text in texts for word in clean(text).split(" ")}
    return max((text_width(word, size, bold=bold) for word in words), default=0)


class Letters(TypedDict, total=False):
    """How text looks and where its point lies."""

    colour: str
    bold: bool
    ha: Literal["left", "center", "right"]
    va: Literal["top", "center", "bottom"]
    upright: bool


class Shape(TypedDict, total=False):
    """How a shape looks; `gid` names it in an SVG file."""

    face: str
    edge: str
    radius: float
    line: float
    hatch: str
    dashed: bool
    z: float
    gid: str


class Stroke(TypedDict, total=False):
    """How a line looks; `gid` names it in an SVG file."""

    colour: Required[str]
    line: float
    dashed: bool
    curved: bool
    z: float
    gid: str


class Canvas:
    """One axes to draw on in points; see the definitions of this module.

    Parameters
    ----------
    width
        Width of the drawing in points.
    ax
        Axes of the caller; without them, a figure of its own.
    """

    def __init__(self, width: float, ax: Axes | None) -> None:
        self.width = width
        self.own = ax is None
        if ax is None:
            figure = plt.figure(figsize=(width / 72, 1), facecolor=style.PAPER)
            ax = figure.add_axes((0, 0, 1, 1))
        self.ax: Axes = ax
        self.texts: list[Text] = []
        self.patches: list[Patch] = []

    def write(
        self,
        x: float,
        y: float,
        text: str | Sequence[str],
        size: float = style.TEXT,
        **look: Unpack[Letters],
    ) -> None:
        """Write lines that have been wrapped, or a single line."""
        lines = [clean(text)] if isinstance(text, str) else text
        if not any(lines):
            return
        place, upright = look.get("ha", "left"), look.get("upright", False)
        self.texts.append(
            self.ax.text(
                x,
                y,
                "\n".join(lines),
                fontproperties=_font(bold=look.get("bold", False)),
                fontsize=size,
                color=look.get("colour", style.INK),
                ha=place,
                va=look.get("va", "top"),
                multialignment="left" if upright else place,  # upright, left is the foot
                rotation=90 if upright else 0,
                linespacing=style.LEADING,
                parse_math=False,  # a $ in a name is a dollar
                usetex=False,
            )
        )

    def paragraph(
        self,
        at: tuple[float, float],
        width: float,
        text: object,
        size: float,
        **look: Unpack[Letters],
    ) -> float:
        """Write wrapped text below a point and return where it ends."""
        lines = wrap(text, width, size, bold=look.get("bold", False))
        self.write(*at, lines, size, **look)
        return at[1] + text_height(lines, size)

    def add(self, patch: Patch, gid: str = "") -> None:
        """Add a shape; `gid` names it in an SVG file."""
        if gid:
            patch.set_gid(clean(gid))
        patch.set_clip_on(False)
        self.patches.append(patch)
        self.ax.add_patch(patch)

    def box(self, x: float, y: float, width: float, height: float, **look: Unpack[Shape]) -> None:
        """Draw a rectangle, its corners rounded by `radius`."""
        radius, edge = look.get("radius", 0.0), look.get("edge", "none")
        shape = FancyBboxPatch(
            (x, y),
            width,
            height,
            boxstyle=f"round,pad=0,rounding_size={radius}" if radius else "square,pad=0",
            facecolor=look.get("face", style.PAPER),
            edgecolor=edge,
            linewidth=look.get("line", 1.0) if edge != "none" else 0,
            linestyle="--" if look.get("dashed") else "-",
            hatch=look.get("hatch"),
            zorder=look.get("z", 1),
        )
        self.add(shape, look.get("gid", ""))

    def mark(self, x: float, y: float, reach: float, layer: str, **look: Unpack[Shape]) -> None:
        """Draw the mark of a layer, a disc or a square that reaches `reach` from its middle."""
        if not style.LAYERS[layer].round:
            half = reach * 0.9  # a square of the same area
            look["radius"] = half / 4
            self.box(x - half, y - half, 2 * half, 2 * half, **look)
            return
        disc = Circle(
            (x, y),
            reach,
            facecolor=look.get("face", style.PAPER),
            edgecolor=look.get("edge", "none"),
            hatch=look.get("hatch"),
            zorder=look.get("z", 1),
        )
        self.add(disc, look.get("gid", ""))

    def arrow(
        self, at: tuple[float, float], size: tuple[float, float], notch: float, face: str
    ) -> None:
        """Draw a chevron that points to the right; its tip lies `notch` beyond its width."""
        (x, y), (width, height) = at, size
        middle, right = y + height / 2, x + width
        points = [(x, y), (right, y), (right + notch, middle), (right, y + height), (x, y + height)]
        self.add(Polygon([*points, (x + notch, middle)], facecolor=face, edgecolor="none"))

    def path(self, points: Sequence[tuple[float, float]], **look: Unpack[Stroke]) -> None:
        """Draw a line through points; curved, it leaves and enters each of them level."""
        curved = look.get("curved", False)
        route, codes = [points[0]], [Path.MOVETO]
        for (x0, y0), (x1, y1) in pairwise(points):
            bend = (x1 - x0) * 0.5
            route += [(x0 + bend, y0), (x1 - bend, y1), (x1, y1)] if curved else [(x1, y1)]
            codes += [Path.CURVE4] * 3 if curved else [Path.LINETO]
        shape = PathPatch(
            Path(route, codes),
            facecolor="none",
            edgecolor=look["colour"],
            linewidth=look.get("line", 1.0),
            linestyle=(0, (4, 2.5)) if look.get("dashed") else "-",
            zorder=look.get("z", 1),
        )
        self.add(shape, look.get("gid", ""))

    def heading(
        self, title: object, about: str, size: float = style.TITLE, *, note: str = ""
    ) -> float:
        """Write the title and, beneath, what is shown and a warning; return where they end."""
        room = self.width - 2 * style.MARGIN
        y = self.paragraph((style.MARGIN, style.MARGIN), room, title, size, bold=True)
        at = style.MARGIN, y + 3
        y = self.paragraph(at, room, about, style.TEXT, colour=style.MUTED)
        if note:
            look: Letters = {"colour": style.WARNING, "bold": True}
            y = self.paragraph((style.MARGIN, y + 4), room, note, style.TEXT, **look)
        return y + 12

    def finish(self, y: float, source: str) -> tuple[Figure, Axes]:
        """Write the source, set the size of the drawing, and return its figure and axes."""
        y += 14
        room = self.width - 2 * style.MARGIN
        if source:
            y = self.paragraph((style.MARGIN, y), room, source, style.SMALL, colour=style.MUTED)
        # In whole steps, so that the size is the same wherever letters measure a hair differently.
        self.width = math.ceil(self.width / _STEP) * _STEP
        height = math.ceil((y + style.MARGIN * 0.6) / _STEP) * _STEP
        figure = self.ax.get_figure(root=True)
        if figure is None:
            raise ArgumentError("ax belongs to no figure: make it with fig, ax = plt.subplots().")
        if self.own:
            figure.set_size_inches(self.width / 72, height / 72)
        else:
            self._scale(figure, height)
        self.ax.set(xlim=(0, self.width), ylim=(height, 0), aspect="equal", anchor="NW")
        self.ax.set_axis_off()
        return figure, self.ax

    def _scale(self, figure: Figure, height: float) -> None:
        """Scale letters and lines as the axes of the caller scale all the rest."""
        for artist in (*self.texts, *self.patches):
            artist.set_in_layout(False)  # the drawing follows the axes, not the axes the drawing
        if engine := figure.get_layout_engine():
            engine.execute(figure)
        place = self.ax.get_position(original=True).transformed(self.ax.figure.transSubfigure)
        points = place.width * 72 / figure.dpi, place.height * 72 / figure.dpi
        factor = min(points[0] / self.width, points[1] / height)
        for text in self.texts:
            text.set_fontsize(float(text.get_fontsize()) * factor)
        for patch in self.patches:
            patch.set_linewidth(patch.get_linewidth() * factor)


def nothing(ax: Axes | None, title: str, sentence: str, source: str) -> tuple[Figure, Axes]:
    """Return a figure that says in one sentence why it shows nothing."""
    canvas = Canvas(640, ax)
    y = canvas.heading(title, sentence)
    return canvas.finish(y, source)
