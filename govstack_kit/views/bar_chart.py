"""Bars from left to right: a name, a bar of one or more parts, its value, and a note.

Definitions
-----------
A *part* is a stretch of a bar; one that has no look is left free. A *sign* marks a place on a bar:
an ``open`` or a ``full`` circle, or a ``limit``.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from govstack_kit.views import style
from govstack_kit.views.canvas import Canvas, Cell, Sample, column_width, text_width
from govstack_kit.views.style import GAP, HEAD, LEADING, MARGIN, SMALL, TEXT, amount

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Point = tuple[float, float]

NAMES, NOTES = 170.0, 180.0  # room for names at the left, and for notes at the right, at most


class Look(NamedTuple):
    """How a part is named and drawn."""

    name: str
    face: str
    edge: str = ""
    hatch: str = ""
    dashed: bool = False


class Part(NamedTuple):
    """A stretch of a bar: its length, how it looks, and the words in it, where there is room."""

    length: float
    look: Look | None = None
    said: str = ""
    gid: str = ""


class Sign(NamedTuple):
    """A sign on a bar: ``open`` or ``full`` circle, or ``limit``, and where."""

    kind: str
    at: float
    gid: str = ""


class Bar(NamedTuple):
    """A row; `head` begins a group of rows."""

    name: str
    parts: Sequence[Part]
    value: str = ""
    note: str = ""
    under: str = ""  # beneath the name
    signs: Sequence[Sign] = ()
    head: str = ""


class Room(NamedTuple):
    """Where names, bars and notes are, how long a bar of the length 1 is, and how tall."""

    names: float
    start: float
    unit: float
    notes: float
    tall: float

    def at(self, length: float) -> float:
        """Return where a length ends."""
        return self.start + self.unit * length


def plain(name: str, length: float, look: Look, value: str, note: str = "", key: str = "") -> Bar:  # noqa: PLR0913, PLR0917
    """Return a bar of one part."""
    return Bar(name, [Part(length, look, gid=f"bar:{key or name}")], value, note)


def _room_for(  # noqa: PLR0913 - what stands beside bars, by keyword
    canvas: Canvas,
    bars: Sequence[Bar],
    *,
    names: float = NAMES,
    notes: float = NOTES,
    tall: float = 17.0,
    full: float = 0.0,
) -> Room:
    """Return the room for bars, the longest or `full` being as long as names and notes leave."""
    under = column_width([bar.under for bar in bars], names, SMALL)
    left = max(column_width([bar.name for bar in bars], names), under)
    values = max(text_width(bar.value, TEXT, bold=True) for bar in bars)
    beside = column_width([bar.note for bar in bars], notes, SMALL)
    longest = canvas.right - MARGIN - left - GAP
    longest -= sum(width + GAP for width in (values, beside) if width)
    most = full or max(sum(part.length for part in bar.parts) for bar in bars) or 1.0
    return Room(left, MARGIN + left + GAP, longest / most, beside, tall)


def draw_bars(
    canvas: Canvas,
    bars: Sequence[Bar],
    *,
    striped: bool = False,
    **look: Any,  # noqa: ANN401
) -> Room:
    """Draw bars beneath each other, each group of them under its head, in a room of some look."""
    room = _room_for(canvas, bars, **look)
    _draw_rows(canvas, bars, room, striped=striped)
    return room


def _draw_rows(canvas: Canvas, bars: Sequence[Bar], room: Room, *, striped: bool) -> None:
    top = canvas.y
    for number, bar in enumerate(bars):
        if bar.head:
            canvas.y += 10 if number else 0
            canvas.line(bar.head, size=HEAD, bold=True)
            canvas.path([(MARGIN, canvas.y + 2), (canvas.right, canvas.y + 2)], "rule")
            canvas.y += 8
            canvas.say(f"{bar.head}.")
        _draw_row(canvas, bar, room, number if striped else 1)
    if not striped and not bars[0].head:
        canvas.path([(room.start, top), (room.start, canvas.y)], "rule", z=0.5)


def _draw_row(canvas: Canvas, bar: Bar, room: Room, number: int) -> None:
    note = {"colour": "muted"}
    cells = [Cell(MARGIN + room.names, room.names, bar.name, TEXT, bar.under, {"ha": "right"})]
    cells.append(Cell(canvas.right - room.notes, room.notes, bar.note, SMALL, "", note))
    middle = canvas.row(cells, number, room.tall, 9)
    end = _draw_parts(canvas, bar, room, middle)
    known: Any = {"bold": True, "size": TEXT} if end > room.start else {"colour": "muted"}
    canvas.write(end + 7, middle, bar.value, va="center", **known)
    for sign in bar.signs:
        _draw_sign(canvas, sign, room.at(sign.at), middle)
    parts = [f"{part.said} {part.look.name}" for part in bar.parts if part.look and part.said]
    said = ", ".join(filter(None, (bar.value, *parts, bar.under, bar.note)))
    canvas.say(f"{bar.name}: {said}." if bar.name else f"{said}.")


def _draw_parts(canvas: Canvas, bar: Bar, room: Room, middle: float) -> float:
    """Draw the parts of a bar, with words where they fit; return where the last one ends."""
    x = room.start
    for length, look, said, gid in bar.parts:
        width = room.unit * length
        if look and width > 0:
            stretch(canvas, look, (x, middle), (max(width, 1.0), room.tall), gid)
            wide, tall = text_width(said, SMALL, bold=True) + 6, SMALL * LEADING
            if wide < width and said:
                at = x + (width - wide) / 2, middle - tall / 2
                canvas.plate(at, (wide, tall), [said], face=look.face, z=3)
        x += width
    return x


def stretch(canvas: Canvas, look: Look, at: Point, size: Point, gid: str = "") -> None:
    """Draw a part that begins at the middle of its left edge."""
    (x, middle), (width, tall), (_, face, edge, hatch, dashed) = at, size, look
    shape = {"edge": edge, "line": 1.2, "hatch": hatch or None, "dashed": dashed, "z": 2}
    canvas.box(x, middle - tall / 2, width, tall, face=face, gid=gid, **shape)


def _draw_sign(canvas: Canvas, sign: Sign, x: float, middle: float) -> None:
    if sign.kind == "limit":
        canvas.path([(x, middle - 11), (x, middle + 11)], "ink", line=2, z=4)
    else:
        face = "blue" if sign.kind == "full" else "paper"
        canvas.disc(x, middle, 5, face=face, edge="blue", line=1.6, z=5, gid=sign.gid)


def parts_legend(
    canvas: Canvas, looks: Sequence[Look], first: float = MARGIN, limit: str = ""
) -> None:
    """Say what parts of bars mean, and a limit, if it is named."""

    def draw(look: Look, x: float, middle: float) -> None:
        stretch(canvas, look, (x, middle), (22, 11))

    samples = [Sample(look.name, 22, partial(draw, look)) for look in looks]
    samples += [Sample(limit, 2, partial(_draw_sign, canvas, Sign("limit", 0)))] if limit else []
    canvas.legend(samples, first)


def draw_ranges(
    canvas: Canvas, ranges: Sequence[tuple[str, str, float, float]], base: float, said: str
) -> None:
    """Draw a name, what stands beneath it, and a bar from a low to a high end, each on a stripe.

    A scale stands above, and a line with words at the base.
    """
    ends = [base, *(end for _, _, *both in ranges for end in both)]
    levels = style.ticks(min(ends), max(ends))
    look, zero, bars = Look("", style.colour("blue", 0.45)), levels[0], []
    for name, under, low, high in ranges:
        parts = [Part(min(low, high) - zero), Part(abs(high - low), look, gid=f"bar:{name}")]
        signs = [Sign("open", low - zero, gid=f"low:{name}")]
        signs += [Sign("full", high - zero, gid=f"high:{name}")]
        bars.append(Bar(name, parts, under=under, signs=signs))
    room = _room_for(canvas, bars, names=NAMES + 20, full=levels[-1] - zero)
    narrow = room.unit * (1 - 60 / (canvas.right - room.start))  # for the words of the outer levels
    room = room._replace(start=room.start + 30, unit=narrow)
    top, places = canvas.y, [room.at(level - zero) for level in levels]
    canvas.scale(places, [amount(level) for level in levels])
    _draw_rows(canvas, bars, room, striped=True)
    for x, level in zip(places, levels, strict=True):
        colour = "guide" if level else "faded"
        canvas.path([(x, top + 16), (x, canvas.y)], colour, line=0.8, z=0.5)
    x = room.at(base - zero)
    canvas.path([(x, top + 16), (x, canvas.y + 4)], "ink", line=1.4, z=4, gid="base")
    canvas.write(x, canvas.y + 6, said, bold=True, ha="center")
    canvas.y += 6 + SMALL * LEADING


def draw_table(
    canvas: Canvas, heads: Sequence[str], rows: Sequence[tuple[str, str, Mapping[str, float]]]
) -> None:
    """Write rows of a name, what stands beneath it, and amounts; the last is a gain or a loss."""
    said = [amount(values[head]) for _, _, values in rows for head in heads]
    each = max(text_width(text, TEXT, bold=True) for text in [*said, "9.99 million"]) + 16
    columns = [canvas.right - 6 - each * place for place in reversed(range(len(heads)))]
    for x, head in zip(columns, heads, strict=True):
        canvas.write(x, canvas.y, head, colour="muted", bold=True, ha="right")
    canvas.y += SMALL * LEADING + 3
    canvas.path([(MARGIN, canvas.y), (canvas.right, canvas.y)], "rule")
    for number, (name, how, values) in enumerate(rows):
        cells = [Cell(MARGIN + 6, columns[0] - each - MARGIN, name, TEXT, how)]
        for x, head in zip(columns, heads, strict=True):
            look: Any = {"ha": "right"}
            if head == heads[-1]:
                look |= {"bold": True, "colour": "green" if values[head] >= 0 else "orange"}
            cells.append(Cell(x, each, amount(values[head]), TEXT, "", look))
        canvas.row(cells, number, padding=10)
        told = [f"{head} {amount(values[head])}" for head in heads]
        canvas.say(f"{name}: {', '.join(told)} ({how}).")
