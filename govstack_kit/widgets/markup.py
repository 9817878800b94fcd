"""What guided parts show: sentences, tables, pictures and files as HTML, and elements of a page.

Definitions
-----------
All text in HTML is escaped. An *element* is one of the kinds that ``guided.js`` draws from plain
data: ``head`` and ``foot`` of a guided part, ``choices``, and ``keys``, which shows nothing and
leaves the keys that are pressed in its part to the controls there: JupyterLab would take them for
commands of its own. Colours of ``guided.css`` reach a contrast of 4.5 : 1 or more, in light and
dark themes alike, because a guided part brings its own. Labels stand above their controls, and
whatever has the focus has a thick outline.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import anywidget
import ipywidgets
import traitlets
from IPython.display import HTML, display

from govstack_kit.errors import ArgumentError, GovStackKitError, PlanError
from govstack_kit.tables.storage import bundled
from govstack_kit.words import amount, percent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd
    from matplotlib.figure import Figure

    from govstack_kit.results import Result
    from govstack_kit.widgets.session import Session

PAUSE = 1.0  # seconds without a change before what follows a plan is worked out anew
EMPTY = "This will stand here as soon as the guide above has what it needs."
CHANGED = "The plan has changed since: press ▶▶ (Run all) to see this as it is now."
LONGEST = 40  # rows of a table shown
PIXELS, DENSITY = 96, 1.5  # of a page for an inch, so that letters keep their size; finer than it
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHARES = ("fit", "share", "weight")  # columns of shares, shown in per cent
GUIDED = json.loads((bundled("data") / "guides.json").read_text(encoding="utf-8"))
"""What the guided parts ask and say, as ``data/guides.json`` has it."""
_HERE = Path(__file__).parent
_Key = TypeVar("_Key")


def sentence(text: str, look: str = "") -> str:
    """Return a paragraph of plain text; `look` is a class of the style sheet.

    Examples
    --------
    >>> sentence("<script>")
    '<p dir="auto">&lt;script&gt;</p>'
    """
    if not text:
        return ""
    looks = f' class="{look}"' if look else ""
    return f'<p{looks} dir="auto">{escape(text)}</p>'


def heading(text: str) -> str:
    """Return a heading within a question."""
    return f'<h3 dir="auto">{escape(text)}</h3>'


def marked(text: str) -> str:
    """Return a sentence set apart as a mark of what is made up."""
    return sentence(text, "gsk-marked")


def bullets(sentences: Sequence[str]) -> str:
    """Return sentences one beneath the other.

    Examples
    --------
    >>> bullets(["Pay"]), bullets([])
    ('<ul><li dir="auto">Pay</li></ul>', '')
    """
    lines = "".join(f'<li dir="auto">{escape(one)}</li>' for one in sentences)
    return f"<ul>{lines}</ul>" if lines else ""


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


def table(
    frame: pd.DataFrame,
    caption: str,
    *,
    titles: Mapping[str, str] | None = None,
    empty: str = "Nothing yet.",
    look: str = "",
) -> str:
    """Return a table, with numbers as people read them.

    Parameters
    ----------
    frame
        The table; its index is not shown.
    caption
        What the table says.
    titles
        The columns to show, and what people call them; without them, all under their own names.
    empty
        What to say where it has no rows.
    look
        A further class of the style sheet, such as ``gsk-numbers`` for columns of numbers.
    """
    if frame.empty:
        return heading(caption) + sentence(empty)
    titles = titles or {name: name for name in frame.columns}
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles.values())
    columns = [_cells(frame[name].head(LONGEST)) for name in titles]
    body = "".join(
        "<tr>" + "".join(f'<td dir="auto">{escape(cell)}</td>' for cell in cells) + "</tr>"
        for cells in zip(*columns, strict=True)
    )
    left = len(frame) - LONGEST
    return (
        f'<table class="gsk-table {look}"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        + sentence(f"… and {left} more rows." if left > 0 else "")
    )


def _cells(column: pd.Series[Any]) -> list[str]:
    """Return a column as people read it."""
    if column.dtype == "bool":
        return ["yes" if value else "no" for value in column]
    if column.dtype == "float64":
        return [(percent if column.name in SHARES else amount)(value) for value in column]
    return column.astype("object").where(column.notna(), "").astype(str).tolist()


def answer(
    found: Result,
    note: str,
    tables: Mapping[str, Mapping[str, Any]],
    *,
    look: str = "",
    picture: bool = True,
) -> str:
    """Return an answer in words, as a picture and as tables.

    Parameters
    ----------
    found
        The answer.
    note
        What in it is made up; empty if nothing.
    tables
        How its tables are shown, by name, as :func:`table` takes it; those that it lacks are not.
    look
        A class of the style sheet for the sentences.
    picture
        Whether there is something to draw.
    """
    frames, values = found.tables(), vars(found)
    return (
        marked(note)
        + "".join(sentence(one, look) for one in found.sentences())
        + (image(found.figure(note=note)[0]) if picture else "")
        + "".join(
            table(frames[name], **declared_table(given, values))
            for name, given in tables.items()
            if name in frames
        )
    )


def declared_table(given: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a table is shown, with values in the places that its words leave for them.

    Examples
    --------
    >>> declared_table({"caption": "Costs of {name}", "titles": {"cost": "Cost"}}, {"name": "Fees"})
    {'caption': 'Costs of Fees', 'titles': {'cost': 'Cost'}}
    """
    known = {name: value for name, value in values.items() if value is not None}
    known.setdefault("currency", "")
    titles = {
        name: title.format(**known).removesuffix(" ()") for name, title in given["titles"].items()
    }
    return {**given, "caption": given["caption"].format(**known), "titles": titles}


def download(name: str, content: bytes, label: str, kind: str = EXCEL) -> str:
    """Return a link that hands a file over, with the file in it."""
    link = address(content, kind)
    return f'<a download="{escape(name)}" href="{escape(link)}">{escape(label)}</a>'


def address(content: bytes, kind: str) -> str:
    """Return an address that holds what it leads to."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def image(figure: Figure, alt: str = "") -> str:
    """Return a figure with a text for those who cannot see it, its own if none is given."""
    import matplotlib.pyplot as plt  # noqa: PLC0415 - heavy, and only needed for figures

    from govstack_kit.views import alternative_text  # noqa: PLC0415 - as above

    alt = alt or alternative_text(figure)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=PIXELS * DENSITY)
    width = round(figure.get_figwidth() * PIXELS)
    plt.close(figure)
    look = f"width: {width}px; max-width: 100%; height: auto"
    source = address(buffer.getvalue(), "image/png")
    return f'<img style="{look}" alt="{escape(alt)}" src="{source}">'


class _Chooser(ipywidgets.VBox):  # type: ignore[misc]
    """A list with a figure, which says in words what it is where it cannot be shown."""

    def __repr__(self) -> str:
        return f"{self.children[0].description}: a list to choose from. Run this cell to open it."


def choose_figure(
    options: Mapping[str, _Key], draw: Callable[[_Key], tuple[Figure, object]], *, description: str
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
    >>> box = choose_figure(
    ...     cases, lambda case: gk.plot_journey(gk.journey(framework, case)),
    ...     description="Use case",
    ... )
    >>> box.children[0].value
    'AGR-1'
    """
    if not options:
        raise ArgumentError("There is nothing to choose from: options is empty.")
    choice = ipywidgets.Dropdown(options=list(options.items()), description=description)
    picture = ipywidgets.HTML()

    def redraw(_: object = None) -> None:
        try:
            figure, _axes = draw(choice.value)
        except GovStackKitError as error:
            picture.value = sentence(str(error))
        else:
            picture.value = image(figure, f"{description}: {choice.label}")

    choice.observe(redraw, names="value")
    redraw()
    box = _Chooser([choice, picture, Element("keys")])
    for name in ("gsk", "gsk-plain"):
        box.add_class(name)
    return box


def follow(
    session: Session, what: str, *, costly: bool = False
) -> Callable[[Callable[[], Any]], None]:
    """Show what a function returns, and keep it true when the open plan changes.

    Parameters
    ----------
    session
        What is open.
    what
        What is shown, as a sentence: it stands where there is nothing to show yet.
    costly
        Whether working it out takes longer than people wait between two presses. Then a change
        replaces what was shown by a sentence that says how to refresh it.

    Returns
    -------
    Callable
        For the line above a function without arguments, which returns a table, a figure with its
        axes, sentences, or what shows itself. A function of the same name takes its place.

    Examples
    --------
    >>> from govstack_kit.widgets import follow, open_session
    >>> session = open_session("nowhere/kenya")
    >>> @follow(session, "Your services.")
    ... def services():
    ...     return list(session.names("use_cases").values())
    <IPython.core.display.HTML object>
    """

    def shown(draw: Callable[[], Any]) -> None:
        name = draw.__name__
        place = display(_drawn(draw, what), display_id=True)  # type: ignore[no-untyped-call]
        waiting: list[asyncio.TimerHandle] = []

        def renew() -> None:
            place.update(_said(f"{what} {CHANGED}") if costly else _drawn(draw, what))

        def later(_change: object) -> None:
            while waiting:
                waiting.pop().cancel()
            try:
                waiting.append(asyncio.get_running_loop().call_later(PAUSE, renew))
            except RuntimeError:  # without a notebook there is nothing to wait for
                renew()

        if name in session.following:
            session.unobserve(session.following[name], names="changed")
        session.following[name] = later
        session.observe(later, names="changed")

    return shown


def _drawn(draw: Callable[[], Any], what: str) -> Any:  # noqa: ANN401 - whatever shows itself
    """Return what a function returns, ready to be shown, or a sentence where that is nothing."""
    try:
        found, why = draw(), ""
    except GovStackKitError as error:
        found, why = None, f" {error}" if isinstance(error, PlanError) else ""
    if isinstance(found, tuple):
        import matplotlib.pyplot as plt  # noqa: PLC0415 - heavy, and only needed for figures

        found, _axes = found
        plt.close(found)
    if found is None or len(getattr(found, "frame", "some")) == 0 or found == []:
        return _said(f"{what} {EMPTY}{why}")
    return _said(*found) if isinstance(found, list) else found


def _said(*sentences: str) -> HTML:
    return HTML("".join(map(sentence, sentences)))  # type: ignore[no-untyped-call]


class Element(anywidget.AnyWidget):  # type: ignore[misc]
    """Something drawn from plain data, which tells what was pressed in it.

    Parameters
    ----------
    kind
        Which kind of element.
    told
        Called with what the page tells: a dict with ``press`` or ``explain``.

    Attributes
    ----------
    state : dict
        What is shown.
    attend : str
        Where the focus goes (``question`` or ``lacks``) and a number that grows.

    Examples
    --------
    >>> Element("choices").state
    {}
    """

    _esm = _HERE / "guided.js"
    _css = _HERE / "guided.css"
    kind = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    attend = traitlets.Unicode().tag(sync=True)

    def __init__(self, kind: str, told: Callable[[dict[str, Any]], object] | None = None) -> None:
        super().__init__(kind=kind)
        self._told = told
        self.on_msg(lambda _element, content, _buffers: self.tell(content))

    def tell(self, told: dict[str, Any]) -> None:
        """Pass on what the page tells."""
        if self._told is not None:
            self._told(told)


def visible(control: ipywidgets.Widget, *, on: bool) -> None:
    """Show a control or hide it."""
    wanted = None if on else "none"
    if control.layout.display != wanted:
        control.layout.display = wanted


def mark(control: ipywidgets.Widget, name: str, *, on: bool) -> None:
    """Give a control a class of the style sheet, or take it away."""
    if on:
        control.add_class(name)
    else:
        control.remove_class(name)
