"""All guided parts as one page without code: how each stands, and the way from one to the next."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets
import traitlets

from govstack_kit.planning.page import write_page
from govstack_kit.widgets import markup
from govstack_kit.widgets.markup import GUIDED
from govstack_kit.widgets.session import Session
from govstack_kit.widgets.wizard import DONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from govstack_kit.widgets.wizard import Wizard

APP = GUIDED["app"]
START = APP["start"]
PARTS = {part["title"]: part["guide"] for part in APP["parts"]}
HERE = Path(__file__).parent


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
        modules = {title: f"{__package__}.guide_{guide}" for title, guide in PARTS.items()}
        self._guides = {title: import_module(name).GUIDE for title, name in modules.items()}
        self.made: dict[str, Wizard] = {}
        press = session.guard(lambda told: self.open(told["press"], told.get("question")))
        self._frame, self._welcome = Page("frame", press), Page("welcome", press)
        self._places = {title: ipywidgets.VBox() for title in PARTS}
        self._places[START] = self._welcome
        self.widget = ipywidgets.VBox([self._frame, self._welcome, *self._places.values()][:-1])
        self.widget.add_class("gsk-app")
        self.opened, self._states = START, dict[str, str]()
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
        part = self._guides[title].open(self.session)
        wizard = self.made[title] = part.wizard
        titles = [*PARTS, START]
        after = titles[titles.index(title) + 1]
        wizard.after, wizard.moved = (after, lambda: self.open(after)), self._tell
        wizard.show()
        self._places[title].children = [part]

    def _tell(self) -> None:
        """Say where people are, how each part stands, and what was saved."""
        session, open_part = self.session, self.made.get(self.opened)
        known = {title: wizard.standing for title, wizard in self.made.items()}
        if self.opened == START:  # of parts that were not opened yet, only when people look
            guides = self._guides.items()
            known |= {t: guide.standing(session) for t, guide in guides if t not in known}
        self._states |= known
        states = self._states
        self._frame.state = {
            "plan": session.title,
            "saved": session.saved_at,
            "open": self.opened,
            "question": open_part.current if open_part else None,
            "parts": [
                {"title": title, "state": states.get(title, "")} for title in [START, *PARTS]
            ],
        }
        if self.opened == START:
            todo = [title for title in PARTS if states[title] != DONE]
            self._welcome.state = APP | {
                "files": self._files(),
                "next": todo[0] if todo else "",
                "parts": [part | {"state": states[part["title"]]} for part in APP["parts"]],
            }

    def _files(self) -> list[dict[str, str]]:
        """Return what the team can take along: its plan, and a page for each service."""
        plan, said = self.session.plan, APP["files"]
        if self.session.demonstrating or plan.path is None:
            return []
        found = [(plan.path.name, said["plan"], plan.path.read_bytes())]
        for case in plan.rows("use_cases"):
            page = write_page(self.session.framework, plan, case["use_case"]).encode()
            found.append((f"{case['use_case']}.md", said["page"].format(**case), page))
        return [
            {"name": name, "label": label, "url": markup.address(raw, "application/octet-stream")}
            for name, label, raw in found
        ]


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
