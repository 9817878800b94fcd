"""A drawing surface measured in points, so that text is wrapped to fit before it is drawn.

Definitions
-----------
A *canvas* is one axes whose data coordinates are points (1/72 inch) with y growing downwards. A
figure of the kit is written from top to bottom: ``canvas.y`` is where the next line begins. Its
height is known when the last line is written, and only then is the size of the figure set. On the
axes of a caller the same drawing is scaled, letters included, to fit.

The *alternative text* of a figure tells in sentences what it shows: its title, what is written
beneath, and a sentence for each row that a chart draws.
"""

from __future__ import annotations

import inspect
import math
import re
import threading
import unicodedata
from contextlib import suppress
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypedDict, TypeVar
from weakref import WeakKeyDictionary

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib import font_manager, rcParams
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path
from matplotlib.textpath import text_to_path

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.results import Result
from govstack_kit.views import style
from govstack_kit.views.style import LEADING, MARGIN, SMALL, TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.patches import Patch
    from matplotlib.text import Text

    Point = tuple[float, float]

Plot = TypeVar("Plot", bound="Callable[..., tuple[Figure, Axes]]")
_STEP = 18  # points: sizes of figures are multiples of a quarter of an inch
_TIED = "\N{NO-BREAK SPACE}"
_PIECES = re.compile(r"[^-_/]*[-_/]|[^-_/]+")  # of a word: it may be cut between them
_INVISIBLE = {0x200D, *range(0xFE00, 0xFE10)}  # joiner and selectors, which fonts rarely have
_HINTING = 1.05  # hinted letters at 72 to 200 dpi are up to 4 % wider than their outlines
_PLAIN = {"linespacing": LEADING, "parse_math": False, "usetex": False}  # a $ is a dollar
_DASHES = (0, (4, 2.5))
LINES = 8  # of a cell, at most
_FONT_OF_SCRIPT: dict[str, str] = {}  # fonts of this computer for other scripts, looked for once
_TEXTS: WeakKeyDictionary[Axes, str] = WeakKeyDictionary()  # alternative texts of what is drawn


class Options(TypedDict, total=False):
    """What every figure takes by keyword: see :mod:`govstack_kit.views.figures`."""

    ax: Axes | None
    title: str
    source: str | None
    note: str


def figure(function: Plot) -> Plot:
    """Name the options that every figure takes in the signature of one, for help and completion."""
    own = inspect.signature(function)
    kept = [each for each in own.parameters.values() if each.kind is not each.VAR_KEYWORD]
    for name, default in (("ax", None), ("title", ""), ("source", None), ("note", "")):
        kept.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default))
    setattr(function, "__signature__", own.replace(parameters=kept))  # noqa: B010 - for mypy
    return function


def matrix_of(subject: object, rows: list[str], made_by: str) -> pd.DataFrame:
    """Return the matrix that a figure is drawn from, if `rows` are what names its rows."""
    found = frame_of(subject, "", made_by)
    if len(found) and list(found.index.names) != rows:
        raise ArgumentError(f"Rows are named by {' and '.join(rows)}: pass what {made_by} returns.")
    return found


def frame_of(subject: object, columns: str, made_by: str, table: str = "") -> pd.DataFrame:
    """Return the frame that a figure is drawn from, if it has the columns that the figure needs.

    Parameters
    ----------
    subject
        The frame, or a result that has it as a table.
    columns
        What the figure needs, parted by blanks; without any, a table is taken from a result only.
    made_by
        The call that returns such a subject, for the message.
    table
        The name of the table in a result.
    """
    found = subject.tables().get(table) if isinstance(subject, Result) else subject
    if table and not columns and found is subject:  # a figure of several tables needs a result
        found = None
    wanted = f"pass what {made_by} returns."
    if not isinstance(found, pd.DataFrame):
        raise ArgumentError(f"This figure is not drawn from {quote(subject)}: {wanted}")
    if missing := [name for name in columns.split() if name not in found.columns]:
        needs = f"This figure needs the columns {', '.join(columns.split())}"
        raise ArgumentError(f"The frame has no column {', '.join(missing)}. {needs}: {wanted}")
    return found


def rows_of(subject: object, columns: str, made_by: str, table: str = "") -> list[dict[str, Any]]:
    """Return the rows of the frame that a figure is drawn from: see :func:`frame_of`."""
    rows = frame_of(subject, columns, made_by, table).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


# --- text -----------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _usual(wanted: tuple[str, ...], *_settings: tuple[str, ...]) -> tuple[str, ...]:
    """Return the fonts of matplotlib's settings, the kit's own at the end."""
    files = (font_manager.findfont(FontProperties(family=[family])) for family in wanted)
    names = (font_manager.get_font(file).family_name for file in files)
    return tuple(dict.fromkeys([*names, "DejaVu Sans"]))


@lru_cache(maxsize=64)
def _glyphs(fonts: tuple[str, ...]) -> frozenset[int]:
    """Return the characters that some of the fonts can draw."""
    files = (font_manager.findfont(FontProperties(family=[font])) for font in fonts)
    return frozenset(glyph for file in files for glyph in font_manager.get_font(file).get_charmap())


def _font_with(letter: str) -> str:
    """Return a font of this computer that has a letter of another script, if there is one."""
    script = unicodedata.name(letter, "").split(" ")[0]
    if script not in _FONT_OF_SCRIPT:
        _FONT_OF_SCRIPT[script] = ""
        for entry in font_manager.fontManager.ttflist:
            if entry.name.startswith("Last Resort"):  # draws signs for scripts, not letters
                continue
            with suppress(OSError, RuntimeError):  # a font that only other programs can read
                if font_manager.get_font(entry.fname).get_char_index(ord(letter)):
                    _FONT_OF_SCRIPT[script] = entry.name
                    break
    return _FONT_OF_SCRIPT[script]


@lru_cache(maxsize=8192)
def _families_for(text: str, usual: tuple[str, ...]) -> tuple[str, ...]:
    lacking = [
        c for c in text if ord(c) not in _glyphs(usual) and unicodedata.category(c)[0] in "LN"
    ]
    return (*usual, *dict.fromkeys(filter(None, map(_font_with, lacking))))


def families(text: str) -> tuple[str, ...]:
    """Return the fonts to write a text in; the first that has a letter draws it."""
    settings = (rcParams["font.family"], rcParams["font.sans-serif"], rcParams["font.serif"])
    return _families_for(text, _usual(*map(tuple, settings)))


def clean(text: str) -> str:
    """Return text that the fonts can draw: one placeholder for each run of what they lack.

    Examples
    --------
    >>> clean("Costs $5 and $6")
    'Costs $5 and $6'
    """
    kept: list[str] = []
    text = unicodedata.normalize("NFC", text)
    glyphs = _glyphs(families(text))
    for letter in text:
        category = unicodedata.category(letter)
        if letter.isspace():
            kept.append(_TIED if letter == _TIED else " ")
        elif category == "Cc" or ord(letter) in _INVISIBLE:
            continue
        elif ord(letter) in glyphs and category != "Cs":
            kept.append(letter)
        elif category[0] != "M" and category != "Cf" and kept[-1:] != [style.PLACEHOLDER]:
            kept.append(style.PLACEHOLDER)
    return " ".join(filter(None, "".join(kept).split(" ")))


@lru_cache(maxsize=8192)
def _width(text: str, size: float, fonts: tuple[str, ...], weight: str) -> float:
    font = FontProperties(family=list(fonts), weight=weight, size=size)
    return _HINTING * text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of one line of text, in points."""
    return _width(text, size, families(text), "bold" if bold else "normal")


def text_height(lines: Sequence[str], size: float) -> float:
    """Return the height of lines of text, in points."""
    return len(lines) * size * LEADING


def wrap(
    text: object, width: float, size: float, *, bold: bool = False, most: int = 0
) -> list[str]:
    """Return text in lines that are no wider than `width`; only words wider than that are cut.

    They are cut after a hyphen, an underscore or a slash where they have one. A number stays with
    its per cent sign. Of more than `most` lines, if that is given, the rest is left out, as three
    dots say.
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


def column_width(texts: Sequence[str], most: float, size: float = TEXT) -> float:
    """Return the width that texts need when none may be wider than `most`."""
    lines = (line for text in texts for line in wrap(text, most, size))
    return max((text_width(line, size) for line in lines), default=0)


# --- drawing --------------------------------------------------------------------------------------


class Sample(NamedTuple):
    """An entry of a legend: its words, the width of its sample, and what draws that at a point."""

    said: str
    width: float
    draw: Callable[[float, float], object]


class Cell(NamedTuple):
    """Text in a row: where it stands, how wide it may be, and what stands small beneath it."""

    x: float
    width: float
    text: str
    size: float = TEXT
    under: str = ""
    look: Mapping[str, Any] = MappingProxyType({})


class Page(NamedTuple):
    """What stands on a figure: what the caller wants, and what the kit writes otherwise."""

    options: Options
    source: str
    title: object
    about: str


class Canvas:
    """One axes to draw on in points, with its title; see the definitions of this module.

    Colours are given by their role: see :func:`govstack_kit.views.style.colour`. `gid` names a
    shape in an SVG file.

    Parameters
    ----------
    page
        What stands on it; on the axes of the caller, if there are any in its options.
    width
        Width of the drawing in points.
    """

    def __init__(self, page: Page, width: float = style.PAGE) -> None:
        self.page, self.width, self.y = page, width, MARGIN
        ax = page.options.get("ax")
        self.own = ax is None
        if ax is None:
            # A notebook shows what pyplot knows; what a server draws in several threads at once,
            # it must not know.
            alone = threading.current_thread() is threading.main_thread()
            new = plt.figure if alone else Figure
            figure = new(figsize=(width / 72, 1), facecolor=style.colour("paper"))
            ax = figure.add_axes((0, 0, 1, 1))
        self.ax: Axes = ax
        self.texts: list[Text] = []
        self.patches: list[Patch] = []
        self.sentences: list[str] = []
        title, note = page.options.get("title") or str(page.title), page.options.get("note", "")
        self.line(title, size=style.TITLE, bold=True)
        self.y += 3
        self.line(page.about, size=TEXT, colour="muted")
        if note:
            self.y += 4
            self.line(note, size=TEXT, colour="orange", bold=True)
        self.y += 12
        self.say(*(f"{text}." for text in (title, page.about.rstrip("."), note) if text))

    @property
    def right(self) -> float:
        """Return where the right margin begins."""
        return self.width - MARGIN

    def say(self, *sentences: str) -> None:
        """Add sentences to the alternative text."""
        self.sentences += [clean(said) for said in sentences if said]

    def write(  # noqa: PLR0913 - how text looks, by keyword
        self,
        x: float,
        y: float,
        text: str | Sequence[str],
        *,
        size: float = SMALL,
        colour: str = "ink",
        bold: bool = False,
        upright: bool = False,
        ha: Literal["left", "center", "right"] = "left",
        va: Literal["top", "center", "bottom"] = "top",
    ) -> None:
        """Write lines that have been wrapped, or a single line."""
        lines = "\n".join([clean(text)] if isinstance(text, str) else text)
        weight = "bold" if bold else "normal"
        font = FontProperties(family=list(families(lines)), weight=weight, size=size)
        look: Any = {"rotation": 90, "ma": "left"} if upright else {"ma": ha}  # left is the foot
        look |= {"fontproperties": font, "color": style.colour(colour), **_PLAIN}
        if lines.strip():
            self.texts.append(self.ax.text(x, y, lines, ha=ha, va=va, **look))

    def paragraph(self, at: Point, width: float, text: object, **look: Any) -> float:  # noqa: ANN401
        """Write wrapped text below a point and return where it ends."""
        size = look.setdefault("size", SMALL)
        lines = wrap(text, width, size, bold=look.get("bold", False))
        self.write(*at, lines, **look)
        return at[1] + text_height(lines, size)

    def line(self, text: object, **look: Any) -> None:  # noqa: ANN401 - as of write
        """Write a paragraph from margin to margin where the next line begins."""
        self.y = self.paragraph((MARGIN, self.y), self.right - MARGIN, text, **look)

    def more(self, left: int, what: str = "") -> None:
        """Say how many rows are left out, if any."""
        if left > 0:
            self.y += 6
            self.line(f"and {left} more{what}: see the table", colour="muted")

    def row(
        self, cells: Sequence[Cell], number: int = 1, least: float = 0.0, padding: float = 8.0
    ) -> float:
        """Write cells beside each other, each in the middle of the row; return that middle.

        A row with an even number stands on a stripe.
        """
        wrapped, heights = [], [least]
        for x, width, text, size, under, look in cells:
            lines = wrap(text, width, size, bold=look.get("bold", False), most=LINES)
            beneath = wrap(under, width, SMALL) if under else []
            above, below = text_height(lines, size), text_height(beneath, SMALL)
            heights.append(above + below)
            wrapped.append((x, -below / 2, lines, {"size": size, **look}))
            place = {"ha": look.get("ha", "left"), "colour": "muted"}
            wrapped.append((x, above / 2, beneath, place))
        height = max(heights) + padding
        if number % 2 == 0:
            self.box(MARGIN, self.y, self.right - MARGIN, height, face="stripe", z=0)
        middle = self.y + height / 2
        self.y += height
        for x, away, lines, look in wrapped:
            self.write(x, middle + away, lines, va="center", **look)
        return middle

    def add(  # noqa: PLR0913 - how a shape looks, by keyword
        self,
        shape: Callable[..., Patch],
        *at: object,
        face: str = "",
        edge: str = "",
        line: float = 1.0,
        dashed: bool = False,
        z: float = 1.0,
        gid: str = "",
        **more: object,
    ) -> None:
        """Draw a shape of matplotlib."""
        look = {"facecolor": style.colour(face) if face else "none", "zorder": z, **more}
        look |= {"edgecolor": style.colour(edge) if edge else "none"}
        look |= {"linewidth": line if edge else 0, "linestyle": _DASHES if dashed else "-"}
        patch = shape(*at, gid=clean(gid) or None, clip_on=False, **look)
        self.patches.append(patch)
        self.ax.add_patch(patch)

    def box(self, x: float, y: float, width: float, height: float, **look: Any) -> None:  # noqa: ANN401
        """Draw a rectangle, its corners rounded by a `radius`."""
        radius = look.pop("radius", 0)
        form = f"round,pad=0,rounding_size={radius}" if radius else "square,pad=0"
        self.add(FancyBboxPatch, (x, y), width, height, boxstyle=form, **look)

    def plate(self, at: Point, size: Point, lines: Sequence[str], **look: Any) -> None:  # noqa: ANN401
        """Draw a box with bold words in its middle."""
        letters, face = look.pop("letters", SMALL), style.colour(look.pop("face"))
        self.box(*at, *size, face=face, **look)
        words: Any = {"colour": style.text_on(face), "ha": "center", "va": "center"}
        middle = at[0] + size[0] / 2, at[1] + size[1] / 2
        self.write(*middle, lines, size=letters, bold=True, **words)

    def disc(self, x: float, y: float, radius: float, **look: Any) -> None:  # noqa: ANN401
        """Draw a disc."""
        self.add(Circle, (x, y), radius, **{"z": 3, **look})

    def diamond(self, x: float, y: float, gid: str = "") -> None:
        """Draw the sign of a use case that goes live."""
        points = [(x - 7, y), (x, y - 7), (x + 7, y), (x, y + 7)]
        self.add(Polygon, points, face="green", edge="paper", z=4, gid=gid)

    def path(self, points: Sequence[Point], colour: str, **look: Any) -> None:  # noqa: ANN401
        """Draw a line through points; `curved`, it leaves and enters each of them level."""
        curved = look.pop("curved", False)
        route, codes = [points[0]], [Path.MOVETO]
        for (x0, y0), (x1, y1) in pairwise(points):
            bend = (x1 - x0) * 0.5
            route += [(x0 + bend, y0), (x1 - bend, y1), (x1, y1)] if curved else [(x1, y1)]
            codes += [Path.CURVE4] * 3 if curved else [Path.LINETO]
        self.add(PathPatch, Path(route, codes), edge=colour, **look)

    def scale(self, places: Sequence[float], labels: Sequence[str]) -> None:
        """Write labels beneath places; the last stands always, others where there is room."""
        last, covered = places[-1] - text_width(labels[-1], SMALL) / 2 - 4, -math.inf
        for x, label in zip(places, labels, strict=True):
            half = text_width(label, SMALL) / 2
            if x - half > covered and (x + half < last or x == places[-1]):
                self.write(x, self.y, label, colour="muted", ha="center")
                covered = x + half + 4
        self.y += SMALL * LEADING + 4

    def legend(self, samples: Sequence[Sample], first: float = MARGIN) -> None:
        """Say what looks mean, in as many lines as that needs."""
        x, tall = first, 21.0
        for said, width, draw in samples:
            long = width + 7 + text_width(said, SMALL)
            if x > first and x + long > self.right:
                x, self.y = first, self.y + tall
            draw(x, self.y + tall / 2)
            self.write(x + width + 7, self.y + tall / 2, said, va="center")
            x += long + 18
        self.y += tall

    def finish(self) -> tuple[Figure, Axes]:
        """Write the source, set the size of the drawing, and return its figure and axes."""
        self.y += 14
        source = self.page.options.get("source")
        if source is None:
            named = f"Source: {self.page.source}; drawn" if self.page.source else "Drawn"
            source = f"{named} by GovStack Kit"
        if source:
            self.line(source, colour="muted")
        # In whole steps, so that the size is the same wherever letters measure a hair differently.
        self.width = math.ceil(self.width / _STEP) * _STEP
        height = math.ceil((self.y + MARGIN * 0.6) / _STEP) * _STEP
        figure = self.ax.get_figure(root=True)
        if figure is None:
            raise ArgumentError("ax belongs to no figure: make it with fig, ax = plt.subplots().")
        if self.own:
            figure.set_size_inches(self.width / 72, height / 72)
        else:
            self._scale(figure, height)
        self.ax.set(xlim=(0, self.width), ylim=(height, 0), aspect="equal", anchor="NW")
        self.ax.set_axis_off()
        _TEXTS[self.ax] = " ".join(self.sentences)
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


def nothing(options: Options, source: str, title: str, sentence: str) -> tuple[Figure, Axes]:
    """Return a figure that says in one sentence why it shows nothing."""
    return Canvas(Page(options, source, title, sentence)).finish()


def alternative_text(figure: Figure) -> str:
    """Return what a figure of the kit shows in sentences, for those who cannot see it.

    Parameters
    ----------
    figure
        What a ``plot_`` function returned, or a figure on whose axes it drew.

    Returns
    -------
    str
        Title, what is written beneath, and a sentence for each row; empty for other figures.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> from matplotlib import pyplot
    >>> figure, axes = gk.plot_reuse(gk.reuse(gk.load(), "building_block").head(1))
    >>> gk.views.alternative_text(figure).split(". ")[-1]
    'Identity: 16, 84 steps.'
    >>> pyplot.close(figure)
    """
    return " ".join(_TEXTS[ax] for ax in figure.axes if ax in _TEXTS)
