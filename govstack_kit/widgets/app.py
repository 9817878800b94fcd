"""All guided parts as one page without code: how each stands, and the way from one to the next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import anywidget
import ipywidgets
import traitlets

from govstack_kit import widgets
from govstack_kit.widgets.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from govstack_kit.widgets.wizard import Wizard

START = "Start"
HERE = Path(__file__).parent


class Shown(NamedTuple):
    """A part of the app: the function that makes it, and what one does in it."""

    guide: str
    about: str


PARTS = {
    "Your plan": Shown("guide_plan", "Name your plan, open another, bring back an earlier one."),
    "Prioritise": Shown("guide_prioritise", "Which service first? Score candidates. 45 minutes."),
    "Define": Shown(
        "guide_define", "Describe one service step by step, in your words. 60 minutes."
    ),
    "Align": Shown("guide_align", "Say what each step needs: workflows, blocks. 45 minutes."),
    "Map": Shown("guide_map", "Follow the links: what else the service needs. 15 minutes."),
    "Select": Shown("guide_select", "Needs, what you have, products, the best set. 90 minutes."),
    "Costs": Shown("guide_costs", "What it costs and brings, and what is not known. 30 minutes."),
    "Roadmap": Shown("guide_roadmap", "What is built when, with which money. 30 minutes."),
}
SENTENCES = (
    (
        "From the goal that a service serves, step by step to the building blocks that it needs, "
        "products that provide them, what they cost and in which order to build them."
    ),
    (
        "The whole way takes a team about a day. You can stop at any time and in any part: all is "
        "saved while you type, and nothing leaves this computer."
    ),
)
HOLDS = (
    "a description of your service, on one page and as a table",
    "the building blocks that it shares with other services, and what that saves",
    "a choice of products with its reasons, and what each rule costs",
    "a business case and a roadmap",
)


class Page(anywidget.AnyWidget):  # type: ignore[misc]
    """The frame of the app, or its welcome; drawn from plain data."""

    _esm = HERE / "app.js"
    _css = HERE / "app.css"
    kind = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, kind: str, told: Callable[[dict[str, Any]], object]) -> None:
        super().__init__(kind=kind)
        self.on_msg(lambda _page, content, _buffers: told(content))


class App:
    """The parts with a way to each, made when they are opened; only the open one is current.

    Attributes
    ----------
    widget : ipywidgets.VBox
        All of it.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.made: dict[str, Wizard] = {}
        press = session.guard(lambda told: self.open(told["press"], told.get("question")))
        self._frame, self._welcome = Page("frame", press), Page("welcome", press)
        self._places = {title: ipywidgets.VBox() for title in PARTS}
        self._places[START] = self._welcome
        self.widget = ipywidgets.VBox([self._frame, self._welcome, *self._places.values()][:-1])
        self.widget.add_class("gsk-app")
        self.opened = START
        session.observe(session.guard(lambda _change: self._tell()), names=["changed", "saved_at"])
        self.open(START)

    def open(self, title: str, question: int | None = None) -> None:
        """Show a part, at one of its questions if that is told."""
        if title not in self._places:
            return
        for wizard in self.made.values():
            wizard.visible = False
        self.opened = title
        if title in self.made:
            self.made[title].reveal()
        elif title != START:
            self._make(title)
        if question is not None and title != START:
            self.made[title].go(question)
        for name, place in self._places.items():
            place.layout.display = None if name == title else "none"
        self._tell()
        self._frame.send({"opened": title})

    def _make(self, title: str) -> None:
        part = getattr(widgets, PARTS[title].guide)(self.session)
        wizard = self.made[title] = part.wizard
        titles = [*PARTS, START]
        after = titles[titles.index(title) + 1]
        wizard.after = after, lambda: self.open(after)
        wizard.show()
        self._places[title].children = [part]

    def _tell(self) -> None:
        """Say where people are, how each part stands, and what was saved."""
        session, made = self.session, self.made.get(self.opened)
        states = {title: self._state(title) for title in PARTS}
        self._frame.state = {
            "plan": session.title,
            "saved": session.saved_at,
            "open": self.opened,
            "question": made.current if made else None,
            "parts": [{"title": START, "state": ""}]
            + [{"title": title, "state": state} for title, state in states.items()],
        }
        if self.opened == START:
            todo = [title for title, state in states.items() if state != "done"]
            self._welcome.state = {
                "title": "Plan a digital service, step by step",
                "sentences": SENTENCES,
                "holds": HOLDS,
                "files": self._files(),
                "parts": [
                    {"title": t, "about": p.about, "state": states[t], "next": t == todo[0]}
                    for t, p in PARTS.items()
                ],
            }

    def _state(self, title: str) -> str:
        made = self.made.get(title)
        return made.standing if made else ""

    def _files(self) -> list[dict[str, str]]:
        return []


def app(session: Session | None = None) -> ipywidgets.VBox:
    """Return the app: all guided parts on the plan of the folder that the command was given.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> box = app(gk.open_session("nowhere/plan"))
    >>> [part["title"] for part in box.children[0].state["parts"]][:3]
    ['Start', 'Your plan', 'Prioritise']
    """
    return App(session or Session()).widget
