"""The figures of products: how far they meet requirements, and several on the axes of a radar.

Definitions
-----------
The rules are those of :mod:`govstack_kit.views.plots`: a pure function of a frame, which returns
``(figure, axes)``, shows nothing and computes nothing about the framework. What is not known is
drawn as such: as a hatched part of a bar with its range beneath, and as a gap in a radar.
What a bar counts beyond its ruleset (the caveat) is written beneath the bars.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from govstack_kit.selection.rulesets import RULESETS
from govstack_kit.views import style
from govstack_kit.views._grid import GAP
from govstack_kit.views._layout import (
    Canvas,
    check_frame,
    nothing,
    records_of,
    text_height,
    text_width,
    wrap,
)
from govstack_kit.views._parts import Sample, draw_legend, draw_more
from govstack_kit.views._radar import (
    LOOKS,
    REACH,
    draw_names,
    draw_option,
    draw_scale,
    draw_values,
    draw_web,
    known,
)
from govstack_kit.views.style import count

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LABELS, BAR, NOTES, TALL = 164.0, 240.0, 168.0, 17.0  # of the bars of plot_fit
MOST_BARS = 60
BESIDE, MOST = 98.0, 5  # room for the labels of a radar, and options at most
ANSWERS = "Source: the answers in the plan; requirements of GovStack; drawn by GovStack Kit"
RATINGS = "Source: the ratings and answers in the plan; drawn by GovStack Kit"
_THREE = 3
_ONE_LEVEL = [name for name, of in RULESETS.items() if {c.level for c in of.conditions} == {1}]
_NEVER = ("not asked",)
_LIMITS = {"over 50 %": 0.5, "over 90 %": 0.9, "all": 1.0}


class _Part(NamedTuple):
    """A part of a bar: the column, what it is called, and how it is drawn."""

    column: str
    name: str
    face: str
    edge: str
    hatch: str | None


# Blue and orange of the palette; the parts differ in their hatching too.
PARTS = (
    _Part("met", "met", "#0067A8", "#0067A8", None),
    _Part("unknown", "unknown", "#FFFFFF", "#7A8590", "////"),
    _Part("partly", "partly", "#B9D4E6", "#0067A8", "...."),
    _Part("not_met", "not met", style.WARNING, style.WARNING, None),
)


def plot_fit(
    frame: pd.DataFrame,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    source: str = ANSWERS,
) -> tuple[Figure, Axes]:
    """Draw how far options meet requirements, with what is unknown and the range it leaves.

    Parameters
    ----------
    frame
        What :func:`govstack_kit.selection.compliance.fit` returns, or some of its rows.
    ax
        Axes to draw on; without it, a figure of its own.
    title
        Title; without it, a sentence of the kit's own.
    source
        Where the content comes from, written below the figure; empty for nothing.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `frame` is not such a frame.

    Examples
    --------
    >>> import govstack_kit
    >>> from matplotlib import pyplot
    >>> from govstack_kit.planning.selected import Option
    >>> from govstack_kit.selection.compliance import fit
    >>> plan = govstack_kit.Plan.new(title="Consent")
    >>> plan.options = [Option(id="one", name="One", covers=[{"key": "govstack:consent"}])]
    >>> figure, axes = plot_fit(fit(govstack_kit.load(), plan, rulesets="govspecs-2.0"))
    >>> axes.texts[0].get_text()
    'How far One meets govspecs-2.0'
    >>> pyplot.close(figure)
    """
    columns = (
        *("option", "name", "block", "ruleset", "level", "condition", "rule", "verdict"),
        *("met", "partly", "not_met", "unknown", "total", "lowest", "highest", "caveat"),
    )
    check_frame(frame, columns, "fit(framework, plan)")
    asked = frame[~frame["rule"].isin(_NEVER)]
    if asked.empty:
        return nothing(ax, title or "Requirements met", "No option has been asked yet.", source)
    records = records_of(asked.astype({"total": "int64"}))
    shown = records[:MOST_BARS]
    names, sets = ({str(record[key]) for record in records} for key in ("name", "ruleset"))
    who = names.pop() if len(names) == 1 else count(len(names), "option")
    by = sets.pop() if len(sets) == 1 else ""
    verb = "meets" if len(set(asked["name"])) == 1 else "meet"
    head = title or f"How far {who} {verb} {by or 'the requirements'}"
    about = (
        "Shares of the checks of each condition; the numbers count checks. The line beneath a bar "
        "runs from the lowest to the highest share that the unknown ones leave possible."
    )
    canvas = Canvas(style.PAGE, ax)
    y = _draw_parts(canvas, canvas.heading(head, about))
    group: tuple[Any, ...] = ()
    for record in shown:
        mine = tuple(record[key] for key in ("option", "block", "ruleset", "level"))
        if mine != group:
            y, group = _draw_head(canvas, y, record, named=not by), mine
        y = _draw_bar(canvas, y, record)
    y = _draw_caveats(canvas, y, asked["caveat"].head(MOST_BARS).fillna("").tolist())
    return canvas.finish(draw_more(canvas, y, len(records) - len(shown)), source)


def _draw_caveats(canvas: Canvas, y: float, caveats: list[str]) -> float:
    """Write what else the bars count than their rulesets mean, each once; return where it ends."""
    room = canvas.width - 2 * style.MARGIN
    for said in dict.fromkeys(filter(None, caveats)):
        y = canvas.paragraph((style.MARGIN, y + 4), room, said, style.SMALL, colour=style.MUTED)
    return y


def _draw_parts(canvas: Canvas, y: float) -> float:
    """Draw what the parts of the bars mean; return where that ends."""

    def part(which: _Part, x: float, middle: float) -> None:
        _fill(canvas, (x, middle - 5.5), 22, 11, which)

    def limit(x: float, middle: float) -> None:
        canvas.path([(x, middle - 6), (x, middle + 7)], colour=style.INK, line=2)

    samples = [Sample(each.name, 22, partial(part, each)) for each in PARTS]
    samples.append(Sample("range", 26, lambda x, middle: _whisker(canvas, x, x + 26, middle)))
    return draw_legend(canvas, y, [*samples, Sample("limit of the rule", 2, limit)])


def _draw_head(canvas: Canvas, y: float, record: dict[str, Any], *, named: bool) -> float:
    """Write which option, block and level the bars beneath are of; return where that ends."""
    y += 10
    text = f"{record['name']}: {record['block']}"
    text += f", {record['ruleset']}" if named else ""
    text += f", level {record['level']}" if record["ruleset"] not in _ONE_LEVEL else ""
    room = canvas.width - 2 * style.MARGIN
    y = canvas.paragraph((style.MARGIN, y), room, text, style.HEAD, bold=True)
    edges = [(style.MARGIN, y + 2), (canvas.width - style.MARGIN, y + 2)]
    canvas.path(edges, colour=style.RULE, line=1)
    return y + 8


def _fill(canvas: Canvas, at: tuple[float, float], width: float, tall: float, part: _Part) -> None:
    canvas.box(*at, width, tall, face=part.face, z=2)
    if part.hatch:
        canvas.box(*at, width, tall, face="none", edge=part.edge, line=0.7, hatch=part.hatch, z=2)


def _whisker(canvas: Canvas, start: float, end: float, y: float, gid: str = "") -> None:
    canvas.path([(start, y), (end, y)], colour=style.INK, line=1.3, z=3, gid=gid)
    for x in (start, end):
        canvas.path([(x, y - 3), (x, y + 3)], colour=style.INK, line=1.3, z=3)


def _said(record: dict[str, Any]) -> str:
    low, high = float(record["lowest"]), float(record["highest"])
    said = (
        style.per_cent(low) if low == high else f"{style.per_cent(low)} to {style.per_cent(high)}"
    )
    return said if record["verdict"] == "reported" else f"{said}: {record['verdict']}"


def _draw_bar(canvas: Canvas, y: float, record: dict[str, Any]) -> float:
    """Draw the bar of a condition, its name and its verdict; return where they end."""
    rule = str(record["rule"])
    label = str(record["condition"]) + ("" if rule == "reported" else f": {rule}")
    total = int(record["total"])
    note = _said(record) if total else ""
    name = wrap(label, LABELS, style.TEXT)
    lines = wrap(note, NOTES, style.SMALL)
    height = max(TALL + 11, text_height(name, style.TEXT), text_height(lines, style.SMALL)) + 7
    top, first = y + 2, style.MARGIN + LABELS + GAP
    middle = top + TALL / 2
    canvas.write(style.MARGIN, middle - text_height(name[:1], style.TEXT) / 2, name)
    if not total:
        canvas.write(
            first, middle, str(record["verdict"]), style.TEXT, colour=style.MUTED, va="center"
        )
        return y + height
    gid = f"{record['option']}:{record['block']}:{record['level']}:{record['condition']}"
    x = first
    for part in PARTS:
        number = int(record[part.column])
        width = BAR * number / total
        if number:
            _fill(canvas, (x, top), width, TALL, part)
            canvas.patches[-1].set_gid(f"{part.column}:{gid}")
            _draw_count(canvas, (x + width / 2, middle), width, str(number), part)
        x += width
    canvas.box(first, top, BAR, TALL, face="none", edge=style.FADED, line=0.8, z=2)
    low, high = (first + BAR * float(record[key]) for key in ("lowest", "highest"))
    if high > low:
        _whisker(canvas, low, high, top + TALL + 6, f"range:{gid}")
    if rule in _LIMITS:
        at = first + BAR * _LIMITS[rule]
        canvas.path([(at, top - 3), (at, top + TALL + 3)], colour=style.INK, line=2, z=2.5)
    beside = middle - text_height(lines[:1], style.SMALL) / 2
    canvas.write(first + BAR + GAP, beside, lines, style.SMALL)
    return y + height


def _draw_count(
    canvas: Canvas, at: tuple[float, float], width: float, number: str, part: _Part
) -> None:
    """Write how many checks a part stands for, where there is room."""
    room = text_width(number, style.SMALL, bold=True) + 8
    if width < room:
        return
    canvas.box(at[0] - room / 2, at[1] - 6.5, room, 13, face=part.face, z=3)
    colour = style.text_on(part.face)
    canvas.write(*at, number, style.SMALL, colour=colour, bold=True, ha="center", va="center")


def plot_radar(
    frame: pd.DataFrame,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    source: str = RATINGS,
) -> tuple[Figure, Axes]:
    """Draw several options on the same axes, with their values beside.

    A value that is missing leaves a gap in the line: it is not drawn as zero.

    Parameters
    ----------
    frame
        What :func:`govstack_kit.selection.maturity.maturity_ratings` or
        :func:`govstack_kit.selection.comparison.profile` returns: ``option``, ``name``, ``axis``
        and ``value`` from 0 to 1, and ``note``, if there is one. At most five options are drawn,
        and notes on their values are written beneath the title.
    ax
        Axes to draw on; without it, a figure of its own.
    title
        Title; without it, a sentence of the kit's own.
    source
        Where the content comes from, written below the figure; empty for nothing.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `frame` is not such a frame.

    Examples
    --------
    >>> import govstack_kit
    >>> from matplotlib import pyplot
    >>> from govstack_kit.planning.selected import Option
    >>> from govstack_kit.selection.maturity import maturity_ratings
    >>> plan = govstack_kit.Plan.new(title="Consent")
    >>> plan.options = [Option(id="one", name="One", maturity={"governance": 3})]
    >>> figure, axes = plot_radar(maturity_ratings(plan))
    >>> axes.texts[0].get_text()
    'One on 7 axes'
    >>> pyplot.close(figure)
    """
    check_frame(frame, ("option", "name", "axis", "value"), "maturity_ratings(plan)")
    axes = list(dict.fromkeys(frame["axis"].astype("str")))
    names = dict(zip(frame["option"].astype("str"), frame["name"].astype("str"), strict=True))
    shown = dict(list(names.items())[:MOST])
    only = next(iter(names.values()), "")
    head = title or (
        f"{only} on {count(len(axes), 'axis', 'axes')}"
        if len(names) == 1
        else f"{count(len(shown), 'option')} on {count(len(axes), 'axis', 'axes')}"
    )
    if len(axes) < _THREE:
        said = "A radar needs at least one option and three axes."
        return nothing(ax, title or "Options compared", said, source)
    values = {(str(r["option"]), str(r["axis"])): r["value"] for r in records_of(frame)}
    canvas = Canvas(style.PAGE, ax)
    about = "0 % in the middle, 100 % at the rim. A gap in a line: not known, or not applicable."
    if len(names) > MOST:
        more = len(names) - MOST
        said = "One more option is" if more == 1 else f"{more} more options are"
        about += f" {said} not drawn: see the table."
    about = " ".join([about, *_remarks(frame[frame["option"].astype("str").isin(shown)])])
    top = canvas.heading(head, about)
    labels = [wrap(axis, BESIDE - 12, style.SMALL) for axis in axes]
    tallest = max(text_height(lines, style.SMALL) for lines in labels)
    middle = style.MARGIN + REACH + BESIDE, top + tallest + 14 + REACH
    spokes = [
        (math.sin(2 * math.pi * n / len(axes)), -math.cos(2 * math.pi * n / len(axes)))
        for n in range(len(axes))
    ]
    draw_web(canvas, middle, spokes, labels)
    for (option, _), look in zip(shown.items(), LOOKS, strict=False):
        points = [
            (middle[0] + REACH * float(share) * dx, middle[1] + REACH * float(share) * dy)
            if share is not None and known(share)
            else None
            for axis, (dx, dy) in zip(axes, spokes, strict=True)
            for share in [values.get((option, axis))]
        ]
        draw_option(canvas, points, look, option)
    draw_scale(canvas, middle)
    x = style.MARGIN + 2 * (REACH + BESIDE) + GAP
    named = draw_names(canvas, (x, top + 4), canvas.width - style.MARGIN - x, list(shown.values()))
    y = max(named, middle[1] + REACH + 14 + tallest) + 10
    return canvas.finish(draw_values(canvas, y, list(shown), axes, values), source)


def _remarks(frame: pd.DataFrame) -> list[str]:
    """Return what is noted of values that are known, in sentences."""
    if "note" not in frame:
        return []
    noted = frame[frame["value"].notna() & (frame["note"] != "")]
    return [
        f"{axis}, {note}: {', '.join(map(str, names))}."
        for (axis, note), names in noted.groupby(["axis", "note"], sort=False)["name"]
    ]
