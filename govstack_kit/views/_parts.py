"""Parts of figures: goals as chips, steps as arrows, use cases under their sectors."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from govstack_kit.views import style
from govstack_kit.views._grid import GAP
from govstack_kit.views._layout import longest_word, text_height, text_width, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from govstack_kit.views._grid import Grid
    from govstack_kit.views._layout import Canvas, Letters

MANY = 12  # more steps than these are numbered in the arrows and named in a list below
LONGEST = 400.0  # length of the longest bar
LEGEND = 21.0  # height of a line of a legend
UPRIGHT = 240.0  # height of upright names, at most


class Sector(NamedTuple):
    """A sector: its name, and where its use cases begin and end."""

    name: str
    start: float
    end: float


def draw_chips(canvas: Canvas, y: float, goals: Sequence[dict[str, Any]]) -> float:
    """Draw goals and targets as boxes in their colours, line by line; return where they end."""
    x, room, height = style.MARGIN, canvas.width - 2 * style.MARGIN, 0.0
    for goal in goals:
        colour = style.goal_colour(goal["colour"])
        lines = wrap(goal["label"], room - 16, style.TEXT, bold=True)
        width = max(text_width(line, style.TEXT, bold=True) for line in lines) + 16
        if x > style.MARGIN and x + width > canvas.width - style.MARGIN:
            x, y, height = style.MARGIN, y + height + 6, 0.0
        tall = text_height(lines, style.TEXT) + 10
        canvas.box(x, y, width, tall, face=colour, radius=4, gid=goal["node"])
        ink = style.text_on(colour)
        middle = x + width / 2, y + tall / 2
        canvas.write(*middle, lines, colour=ink, bold=True, ha="center", va="center")
        x, height = x + width + 8, max(height, tall)
    return y + height + 16 if goals else y


def draw_arrows(canvas: Canvas, y: float, steps: Sequence[dict[str, Any]], grid: Grid) -> float:
    """Draw steps as numbered arrows over their columns; return where they end."""
    notch = min(9.0, grid.column / 4)
    named = len(steps) <= MANY
    room = grid.column - notch - 5
    wrapped = [wrap(step["label"], room, style.SMALL) if named else [] for step in steps]
    number = style.HEAD * style.LEADING
    tallest = max(text_height(lines, style.SMALL) for lines in wrapped)
    height = tallest + number + (14 if named else 10)
    face = style.LAYERS["step"].colour
    for step, lines, middle in zip(steps, wrapped, grid.middles, strict=True):
        start = middle - (grid.column + notch) / 2 + 1
        canvas.arrow((start, y), (grid.column - 2.5, height), notch, face)
        top = y + (height - number - text_height(lines, style.SMALL)) / 2
        light: Letters = {"colour": style.PAPER, "ha": "center"}
        bold: Letters = {**light, "bold": True}
        canvas.write(middle, top, str(step["step"]), style.HEAD, **bold)
        canvas.write(middle, top + number, lines, style.SMALL, **light)
    return y + height + 14


def draw_no_steps(canvas: Canvas, y: float) -> float:
    """Say that there are no steps, where they would be; return where that ends."""
    height = 44
    room = canvas.width - 2 * style.MARGIN
    canvas.box(style.MARGIN, y, room, height, edge=style.RULE, radius=4, dashed=True)
    middle = canvas.width / 2, y + height / 2
    canvas.write(*middle, "No steps are published.", ha="center", va="center")
    return y + height + 16


def draw_step_list(canvas: Canvas, y: float, steps: Sequence[dict[str, Any]]) -> float:
    """Write the names of many steps beneath the figure, in columns; return where they end."""
    y += 10
    colour = style.LAYERS["step"].colour
    canvas.write(style.MARGIN, y, "STEPS", style.HEAD, colour=colour, bold=True)
    y += style.HEAD * style.LEADING + 6
    columns = 3
    width = (canvas.width - 2 * style.MARGIN) / columns
    depth = -(-len(steps) // columns)
    ends = [y]
    for column in range(columns):
        line, x = y, style.MARGIN + column * width
        for step in steps[column * depth : (column + 1) * depth]:
            canvas.write(x + 18, line, str(step["step"]), style.SMALL, bold=True, ha="right")
            line = canvas.paragraph((x + 25, line), width - 40, step["label"], style.SMALL) + 3
        ends.append(line)
    return max(ends)


def place_sectors(
    first: float, cases: Sequence[dict[str, Any]], width: float
) -> tuple[list[float], list[Sector]]:
    """Return the middles of the use cases, at least `width` apart, and the sectors over them."""
    middles: list[float] = []
    sectors: list[Sector] = []
    x = first
    for name, group in groupby(cases, key=lambda case: str(case["sector"])):
        size = len(list(group))
        least = min(longest_word([name], style.SMALL, bold=True) + 8, 110)
        each = max(width, least / size)
        middles += [x + each * (number + 0.5) for number in range(size)]
        sectors.append(Sector(name, x, x + each * size))
        x += each * size + 6
    return middles, sectors


def draw_sectors(canvas: Canvas, y: float, sectors: Sequence[Sector]) -> float:
    """Draw sectors as bars over their use cases; return where they end."""
    lines = [wrap(name, end - start - 6, style.SMALL, bold=True) for name, start, end in sectors]
    height = max(text_height(wrapped, style.SMALL) for wrapped in lines) + 10
    for wrapped, (_, start, end) in zip(lines, sectors, strict=True):
        canvas.box(start + 1, y, end - start - 2, height, face=style.BAR, radius=3)
        middle = (start + end) / 2, y + height / 2
        canvas.write(*middle, wrapped, style.SMALL, bold=True, ha="center", va="center")
    return y + height + 8


def draw_use_cases(canvas: Canvas, y: float, cases: Sequence[dict[str, Any]], grid: Grid) -> float:
    """Write ids and names over their columns, upright where these are narrow; return their end."""
    ids = [str(case["use_case"]) for case in cases]
    names = [str(case["use_case_name"]) for case in cases]
    room = grid.column - 8
    if max(longest_word(names + ids, style.SMALL, bold=True), 76) <= room:
        ends = []
        for key, name, middle in zip(ids, names, grid.middles, strict=True):
            top = canvas.paragraph((middle, y), room, key, style.SMALL, bold=True, ha="center")
            ends.append(canvas.paragraph((middle, top), room, name, style.SMALL, ha="center"))
        return max(ends) + 12
    for place, (key, name, middle) in enumerate(zip(ids, names, grid.middles, strict=True)):
        if text_width(key, style.SMALL, bold=True) <= grid.column:
            canvas.write(middle, y, key, style.SMALL, bold=True, ha="center")
        else:  # an id that is too long for its column is written with the name
            names[place] = f"{key}: {name}"
    return draw_upright(canvas, y + style.SMALL * style.LEADING + 4, names, grid, "use_case") + 10


def draw_upright(canvas: Canvas, y: float, names: Sequence[str], grid: Grid, layer: str) -> float:
    """Write names upright over their columns, the longest cut; return where they end."""
    room = max(int((grid.column - 4) / (style.SMALL * style.LEADING)), 1)
    length = max(96.0, min(longest_word(names, style.SMALL), 180.0))
    while length < UPRIGHT and any(len(wrap(name, length, style.SMALL)) > room for name in names):
        length += 12
    wrapped = [wrap(name, length, style.SMALL, most=room) for name in names]
    end = y + max(text_width(line, style.SMALL) for lines in wrapped for line in lines)
    colour = style.LAYERS[layer].colour
    options: Letters = {"colour": colour, "ha": "center", "va": "bottom", "upright": True}
    for lines, middle in zip(wrapped, grid.middles, strict=True):
        canvas.write(middle, end, lines, style.SMALL, **options)
    return end


def draw_stripe(canvas: Canvas, y: float, height: float, number: int, left: float = 0) -> None:
    """Draw a pale band behind every other row, from the left margin or `left` to the right one."""
    left = left or style.MARGIN
    if number % 2 == 0:
        room = canvas.width - style.MARGIN - left
        canvas.box(left, y, room, height, face=style.STRIPE, z=0)


class Sample(NamedTuple):
    """An entry of a legend: its words, the width of its sample, and what draws that at a point."""

    said: str
    width: float
    draw: Callable[[float, float], object]


def draw_legend(
    canvas: Canvas, y: float, samples: Sequence[Sample], *, first: float = style.MARGIN
) -> float:
    """Say what looks mean, in as many lines as that needs; return where they end."""
    x, right = first, canvas.width - style.MARGIN
    for said, width, draw in samples:
        long = width + 7 + text_width(said, style.SMALL)
        if x > first and x + long > right:
            x, y = first, y + LEGEND
        draw(x, y + LEGEND / 2)
        canvas.write(x + width + 7, y + LEGEND / 2, said, style.SMALL, va="center")
        x += long + 18
    return y + LEGEND


def draw_more(canvas: Canvas, y: float, left: int, what: str = "") -> float:
    """Say how many rows are left out, if any; return where that ends."""
    if left <= 0:
        return y
    at, room = (style.MARGIN, y + 6), canvas.width - 2 * style.MARGIN
    more = f"and {left} more{what}: see the table"
    return canvas.paragraph(at, room, more, style.SMALL, colour=style.MUTED)


class Bar(NamedTuple):
    """A bar: its name, its value, a note beside it, and its colour."""

    name: str
    value: int
    note: str
    colour: str


def draw_bars(canvas: Canvas, y: float, bars: Sequence[Bar], left: float, zero: str) -> float:
    """Draw bars below `y` with their names, values and notes; return where they end.

    Names have the width `left`; a value of 0 is written as `zero`.
    """
    most = max(*(bar.value for bar in bars), 1)
    start, top = style.MARGIN + left + GAP, y
    for bar in bars:
        lines = wrap(bar.name, left, style.TEXT)
        height = max(text_height(lines, style.TEXT), 17) + 9
        middle = y + height / 2
        canvas.write(style.MARGIN + left, middle, lines, va="center", ha="right")
        if bar.value:
            length = LONGEST * bar.value / most
            canvas.box(
                start, middle - 8.5, length, 17, face=bar.colour, radius=1.5, gid=f"bar:{bar.name}"
            )
            end = start + length + 7
            canvas.write(end, middle, str(bar.value), style.HEAD, bold=True, va="center")
            end += text_width(str(bar.value), style.HEAD, bold=True) + 9
            canvas.write(end, middle, bar.note, style.SMALL, colour=style.MUTED, va="center")
        else:
            canvas.write(start + 7, middle, zero, style.SMALL, colour=style.MUTED, va="center")
        y += height
    canvas.path([(start, top), (start, y)], colour=style.RULE)
    return y
