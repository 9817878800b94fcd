"""The controls that guided parts are made of: labelled, reachable by keyboard, safe to show."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd

LONGEST = 40  # rows of a table shown

KINDS = {"main": "gsk-main", "on": "gsk-on", "off": "gsk-off", "chip": "gsk-chip"}


def html(text: str = "") -> ipywidgets.HTML:
    """Return a widget that shows HTML; whatever people typed in it must be escaped already."""
    return ipywidgets.HTML(text)


def sentence(text: str) -> str:
    """Return a paragraph of plain text as HTML.

    Examples
    --------
    >>> sentence("<script>")
    '<p dir="auto">&lt;script&gt;</p>'
    """
    return f'<p dir="auto">{escape(text)}</p>' if text else ""


def question(title: str, helping: str, number: int, of: int, done: int) -> str:
    """Return a question with its place among the others as HTML, the title ready for the focus."""
    progress = (
        f'<p class="gsk-count">Question {number} of {of} · {done} done</p>'
        f'<p class="gsk-track" role="img" aria-label="{done} of {of} done">'
        f'<span style="width: {round(100 * done / of)}%"></span></p>'
    )
    return (
        f"{progress if of > 1 else ''}"
        f'<h2 class="gsk-heading" tabindex="-1" dir="auto">{escape(title)}</h2>{sentence(helping)}'
    )


def few(names: Sequence[str], most: int = 6) -> str:
    """Return names as a list in a sentence: the first ones, and how many more there are.

    Examples
    --------
    >>> few(["Till", "Hub"]), few(["Till", "Hub", "Post"], most=1)
    ('Till, Hub', 'Till and 2 more')
    """
    said = ", ".join(shorten(name) for name in names[:most])
    return said if len(names) <= most else f"{said} and {len(names) - most} more"


def shorten(name: str, most: int = 70) -> str:
    """Return a name that is at most so many letters long.

    Examples
    --------
    >>> shorten("National payment gateway", 12)
    'National pa…'
    """
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def _labelled(control: Any, label: str, *, narrow: bool = False) -> Any:  # noqa: ANN401 - a widget
    control.description = label
    control.add_class("gsk-field")
    if narrow:
        control.add_class("gsk-narrow")
    return control


def line(label: str, value: str = "", *, hint: str = "", narrow: bool = False) -> ipywidgets.Text:
    """Return a field for one line; it speaks when it is left, or on Enter."""
    control = ipywidgets.Text(value=value, placeholder=hint, continuous_update=False)
    return _labelled(control, label, narrow=narrow)


def area(label: str, value: str = "", *, hint: str = "", rows: int = 4) -> ipywidgets.Textarea:
    """Return a field for several lines; it speaks when it is left."""
    control = ipywidgets.Textarea(value=value, placeholder=hint, rows=rows, continuous_update=False)
    return _labelled(control, label)


def drop(
    label: str, options: Sequence[Any] = (), value: object = None, *, narrow: bool = False
) -> ipywidgets.Dropdown:
    """Return a list to choose one entry from."""
    control = ipywidgets.Dropdown(options=options, value=value)
    return _labelled(control, label, narrow=narrow)


def pick(label: str, rows: int = 8) -> ipywidgets.Select:
    """Return an open list to choose one entry from."""
    return _labelled(ipywidgets.Select(options=[], rows=rows), label)


def toggles(label: str, options: Sequence[Any]) -> ipywidgets.ToggleButtons:
    """Return a row of buttons of which one is pressed."""
    control = _labelled(ipywidgets.ToggleButtons(options=options), label)
    control.add_class("gsk-toggles")
    return control


def button(
    label: str, action: Callable[..., object], *, kind: str = "", about: str = ""
) -> ipywidgets.Button:
    """Return a button with a text; `about` says what it acts on."""
    control = ipywidgets.Button(description=label, tooltip=about)
    control.add_class("gsk-button")
    if kind:
        control.add_class(KINDS[kind])
    control.on_click(action)
    return control


def row(*controls: ipywidgets.Widget) -> ipywidgets.HBox:
    """Return controls side by side, on more lines where there is no room."""
    box = ipywidgets.HBox(list(controls))
    box.add_class("gsk-actions")
    return box


def column(*controls: ipywidgets.Widget) -> ipywidgets.VBox:
    """Return controls beneath each other."""
    return ipywidgets.VBox(list(controls))


def side(*columns: Iterable[ipywidgets.Widget]) -> ipywidgets.HBox:
    """Return columns side by side, beneath each other on a small screen."""
    box = ipywidgets.HBox([ipywidgets.VBox(list(column)) for column in columns])
    box.add_class("gsk-side")
    return box


def mark(control: ipywidgets.Widget, name: str, *, on: bool) -> None:
    """Give a widget a class of the style sheet, or take it away."""
    if on:
        control.add_class(name)
    else:
        control.remove_class(name)


def visible(control: ipywidgets.Widget, *, on: bool) -> None:
    """Show a widget or hide it."""
    control.layout.display = None if on else "none"


def table(frame: pd.DataFrame, caption: str, *, empty: str = "Nothing yet.") -> str:
    """Return a table as HTML, everything in it escaped.

    Parameters
    ----------
    frame
        The table; its index is not shown.
    caption
        What the table says.
    empty
        What to say where it has no rows.
    """
    if frame.empty:
        return f"<h3>{escape(caption)}</h3>{sentence(empty)}"
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in frame.columns)
    body = "".join(
        "<tr>" + "".join(f'<td dir="auto">{escape(_cell(value))}</td>' for value in cells) + "</tr>"
        for cells in frame.head(LONGEST).itertuples(index=False, name=None)
    )
    left = len(frame) - LONGEST
    more = sentence(f"… and {left} more rows." if left > 0 else "")
    return (
        f'<table class="gsk-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"
    )


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.2f}".rstrip("0").rstrip(".")  # noqa: PLR0124
    return "" if value is None else str(value)


def download(name: str, content: bytes, label: str, kind: str) -> str:
    """Return a link that hands a file over, with the file in it."""
    data = base64.b64encode(content).decode("ascii")
    return (
        f'<a download="{escape(name)}" href="data:{escape(kind)};base64,{data}">{escape(label)}</a>'
    )
