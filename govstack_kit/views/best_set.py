"""The figures of the best set: what each option costs and serves, what rules cost, how sure it is.

Definitions
-----------
The rules are those of :mod:`govstack_kit.views.plots`: a pure function of a frame, which returns
``(figure, axes)``, shows nothing and computes nothing about the choice. Options of the best set are
filled, others hollow, so that no meaning hangs on colour alone.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from govstack_kit.views import style
from govstack_kit.views._grid import GAP, column_width
from govstack_kit.views._layout import (
    Canvas,
    check_frame,
    nothing,
    records_of,
    text_height,
    text_width,
    wrap,
)
from govstack_kit.views._parts import Sample, draw_legend
from govstack_kit.views.style import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SOURCE = "Source: the options, rules and costs of the plan; drawn by GovStack Kit"
NAMES, NOTES = 160.0, 180.0  # room for names at the left, and for notes at the right
LINES = 3, 8  # of a name and of a note, at most
MOST = 30  # options with a bar; the rest are counted
KINDS = {"product": "#0067A8", "system": "#00775A", "own build": "#A34A00", "": "#56626E"}
_KIND_NAMES = {"product": "product", "system": "existing system", "own build": "own build"}


class _Row(NamedTuple):
    """A bar: key, name, length from 0 to 1, what is written at its end, a note, and its look."""

    key: str
    name: str
    length: float
    value: str
    note: str
    colour: str
    filled: bool = True


def plot_best_set(  # noqa: PLR0913 - options of a figure, by keyword
    options: pd.DataFrame,
    chosen: pd.DataFrame,
    *,
    currency: str = "",
    ax: Axes | None = None,
    title: str | None = None,
    source: str = SOURCE,
    note: str = "",
) -> tuple[Figure, Axes]:
    """Draw the options of the best set, the dearest first, with the blocks that each serves.

    Parameters
    ----------
    options, chosen
        The frames of that name of what :func:`govstack_kit.best_set` returns.
    currency
        Of all money, for the title.
    ax
        Axes to draw on; without it, a figure of its own.
    title
        Title; without it, a sentence of the kit's own.
    source
        Where the content comes from, written below the figure; empty for nothing.
    note
        A warning beneath the title, such as :func:`govstack_kit.made_up` returns.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If a frame is not such a frame.

    Examples
    --------
    >>> import pandas as pd
    >>> from matplotlib import pyplot
    >>> options = pd.DataFrame(
    ...     {"option": ["suite"], "name": "Suite", "kind": "product", "cost": 20.0}
    ... )
    >>> chosen = pd.DataFrame(
    ...     {"building_block": ["pay"], "name": "Payments", "option": "suite", "part": "main"}
    ... )
    >>> figure, axes = plot_best_set(options, chosen)
    >>> axes.texts[0].get_text()
    '1 option for 1 building block costs 20'
    >>> pyplot.close(figure)
    """
    made_by = "govstack_kit.best_set(options, needs, rules)"
    check_frame(options, ("option", "name", "kind", "cost"), f"{made_by}.options")
    check_frame(chosen, ("building_block", "name", "option", "part"), f"{made_by}.chosen")
    if options.empty:
        return nothing(ax, title or "The best set", "No set of options is possible.", source)
    served: dict[str, list[str]] = {}
    named = chosen.drop_duplicates("building_block")
    keys = named["building_block"].astype("str").tolist()
    names = dict(zip(keys, style.distinct(named["name"].astype("str").tolist(), keys), strict=True))
    for record in records_of(chosen):
        helps = "" if record["part"] == "main" else " (helps)"
        name = names[str(record["building_block"])]
        served.setdefault(str(record["option"]), []).append(f"{name}{helps}")
    records = records_of(options)
    costs = [float(record["cost"]) for record in records]
    total, most = sum(costs), max((c for c in costs if not math.isnan(c)), default=0.0)
    rows = [
        _Row(
            str(record["option"]),
            str(record["name"]),
            0.0 if math.isnan(cost) or most <= 0 else cost / most,
            "unknown" if math.isnan(cost) else _amount(cost),
            ", ".join(served.get(str(record["option"]), ["kept, serves no block"])),
            KINDS.get(str(record["kind"]), KINDS[""]),
        )
        for record, cost in zip(records, costs, strict=True)
    ]
    said = "costs" if len(rows) == 1 else "cost"
    unknown = math.isnan(total)
    amount = "an amount that is not known" if unknown else f"{_amount(total)} {currency}".rstrip()
    head = title or (
        f"{count(len(rows), 'option')} for {count(len(names), 'building block')} {said} {amount}"
    )
    about = (
        "Cost of each option over the years, counted once; beside it, the blocks that it serves."
    )
    return _draw(ax, (head, about, note), rows, [str(record["kind"]) for record in records], source)


def plot_constraints(  # noqa: PLR0913 - options of a figure, by keyword
    constraints: pd.DataFrame,
    *,
    aim: str = "cost",
    ax: Axes | None = None,
    title: str | None = None,
    source: str = SOURCE,
    note: str = "",
) -> tuple[Figure, Axes]:
    """Draw what each rule costs: how much better the best set would be without it.

    Parameters
    ----------
    constraints
        The frame of that name of what :func:`govstack_kit.best_set` returns.
    aim
        What was aimed at: ``cost`` or ``fit``.
    ax
        Axes to draw on; without it, a figure of its own.
    title
        Title; without it, a sentence of the kit's own.
    source
        Where the content comes from, written below the figure; empty for nothing.
    note
        A warning beneath the title, such as :func:`govstack_kit.made_up` returns.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `constraints` is not such a frame.

    Examples
    --------
    >>> import pandas as pd
    >>> from matplotlib import pyplot
    >>> rules = pd.DataFrame(
    ...     {"rule": ["budget"], "setting": "the budget of 9", "difference": 0.2, "note": ""}
    ... )
    >>> figure, axes = plot_constraints(rules, aim="fit")
    >>> axes.texts[0].get_text()
    'What the rules cost in fit'
    >>> pyplot.close(figure)
    """
    made_by = "govstack_kit.best_set(options, needs, rules).constraints"
    check_frame(constraints, ("rule", "setting", "difference", "note"), made_by)
    head = title or ("What the rules cost" if aim == "cost" else "What the rules cost in fit")
    if constraints.empty:
        return nothing(ax, head, "No rule limits the choice.", source)
    records = records_of(constraints)
    gains = [float(record["difference"]) for record in records]
    most = max((gain for gain in gains if gain > 0), default=1.0)
    rows = [
        _Row(
            str(record["rule"]),
            _capital(str(record["setting"])),
            max(gain, 0.0) / most if not math.isnan(gain) else 0.0,
            "not known" if math.isnan(gain) else _much(gain, aim),
            "",
            KINDS["product"],
        )
        for record, gain in zip(records, gains, strict=True)
    ]
    unit = "cheaper" if aim == "cost" else "better in fit (0 to 1)"
    about = f"How much {unit} the best set would be without each rule, the others standing."
    return _draw(ax, (head, about, note), rows, [], source)


def plot_stability(
    frame: pd.DataFrame,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    source: str = SOURCE,
    note: str = "",
) -> tuple[Figure, Axes]:
    """Draw how often each option stays in the best set when numbers are uncertain.

    Options of the best set with the numbers as they are have a filled bar, others a hollow one.

    Parameters
    ----------
    frame
        What :func:`govstack_kit.stability` returns.
    ax
        Axes to draw on; without it, a figure of its own.
    title
        Title; without it, a sentence of the kit's own.
    source
        Where the content comes from, written below the figure; empty for nothing.
    note
        A warning beneath the title, such as :func:`govstack_kit.made_up` returns.

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
    >>> import pandas as pd
    >>> from matplotlib import pyplot
    >>> frame = pd.DataFrame(
    ...     {
    ...         "option": ["suite", "suite"],
    ...         "name": "Suite",
    ...         "kind": "product",
    ...         "building_block": ["", "govstack:wallet"],
    ...         "block_name": ["", "Wallet"],
    ...         "share": 0.9,
    ...         "chosen": True,
    ...         "draws": 100,
    ...         "impossible": 0.0,
    ...     }
    ... )
    >>> figure, axes = plot_stability(frame)
    >>> axes.texts[0].get_text()
    'How often each option stays in the best set'
    >>> pyplot.close(figure)
    """
    columns = ("option", "name", "kind", "building_block", "block_name", "share", "chosen", "draws")
    made_by = "govstack_kit.stability(options, needs, rules)"
    check_frame(frame, (*columns, "impossible"), made_by)
    head = title or "How often each option stays in the best set"
    records = records_of(frame)
    whole = [record for record in records if not record["building_block"]]
    if not whole:
        return nothing(ax, head, "There is nothing to choose yet.", source)
    if float(whole[0]["impossible"]) >= 1:
        return nothing(ax, head, "In no draw was any set of options possible.", source)
    shown = [record for record in whole if record["share"] > 0 or record["chosen"]]
    never = len(whole) - len(shown)
    cut, shown = max(len(shown) - MOST, 0), shown[:MOST]
    blocks: dict[str, list[str]] = {}
    for record in records:
        if record["building_block"]:
            said = f"{record['block_name']} {_percent(float(record['share']))}"
            blocks.setdefault(str(record["option"]), []).append(said)
    rows = [
        _Row(
            str(record["option"]),
            str(record["name"]),
            float(record["share"]),
            _percent(float(record["share"])),
            ", ".join(blocks.get(str(record["option"]), [])),
            KINDS.get(str(record["kind"]), KINDS[""]),
            bool(record["chosen"]),
        )
        for record in shown
    ]
    draws, impossible = int(whole[0]["draws"]), float(whole[0]["impossible"])
    about = f"{draws:,} draws. Filled: in the best set with the numbers as they are; hollow: not."
    if impossible > 0:
        about += f" In {_percent(impossible)} of the draws no set was possible."
    if cut:
        about += f" {count(cut, 'more option')} not shown."
    if never:
        about += f" {count(never, 'option')} never chosen."
    return _draw(ax, (head, about, note), rows, [str(record["kind"]) for record in shown], source)


def _draw(
    ax: Axes | None,
    head: tuple[str, str, str],
    rows: Sequence[_Row],
    kinds: Sequence[str],
    source: str,
) -> tuple[Figure, Axes]:
    """Draw bars with names at their left, and values and notes at their right."""
    canvas = Canvas(style.PAGE, ax)
    left = column_width([row.name for row in rows], NAMES)
    values = max(text_width(row.value, style.TEXT, bold=True) for row in rows) + 14
    start = style.MARGIN + left + GAP
    notes = NOTES if any(row.note for row in rows) else 0.0
    longest = canvas.width - style.MARGIN - start - values - notes
    y = canvas.heading(*head[:2], note=head[2])
    y = _draw_kinds(canvas, y, kinds)
    top = y
    for row in rows:
        name = wrap(row.name, left, style.TEXT, most=LINES[0])
        length = longest * row.length
        note = wrap(row.note, notes, style.SMALL, most=LINES[1]) if row.note else []
        height = max(text_height(name, style.TEXT), text_height(note, style.SMALL), 17) + 9
        middle = y + height / 2
        canvas.write(start - GAP, middle, name, va="center", ha="right")
        if length > 0:
            canvas.box(
                start,
                middle - 8,
                max(length, 1.0),
                16,
                face=row.colour if row.filled else style.PAPER,
                edge=row.colour,
                line=1.4,
                radius=min(1.5, length / 4),
                gid=f"bar:{row.key}",
            )
        end = start + length + 7
        canvas.write(end, middle, row.value, style.TEXT, bold=True, va="center")
        if note:
            at = canvas.width - style.MARGIN - notes
            canvas.write(at, middle, note, style.SMALL, colour=style.MUTED, va="center")
        y += height
    canvas.path([(start, top), (start, y)], colour=style.RULE, z=0.5)
    return canvas.finish(y, source)


def _draw_kinds(canvas: Canvas, y: float, kinds: Sequence[str]) -> float:
    """Say which colour is which kind, if there is more than one; return where that ends."""
    found = [kind for kind in _KIND_NAMES if kind in set(kinds)]
    if len(found) <= 1:
        return y

    def draw(kind: str, x: float, middle: float) -> None:
        canvas.box(x, middle - 5, 10, 10, face=KINDS[kind], radius=1.5)

    samples = [Sample(_KIND_NAMES[kind], 10, partial(draw, kind)) for kind in found]
    return draw_legend(canvas, y, samples) + 6


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == round(value) else f"{value:,.2f}"  # noqa: PLR2004


def _much(gain: float, aim: str) -> str:
    if not gain:
        return "nothing"
    return _amount(gain) if aim == "cost" else f"{gain:.3g}"


def _percent(share: float) -> str:
    whole = round(100 * share)
    if share > 0 and not whole:
        return "< 1 %"
    if share < 1 and whole == 100:  # noqa: PLR2004
        return "> 99 %"
    return f"{whole} %"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
