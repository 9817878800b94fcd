"""A guided part as people use it, without a browser: fields, buttons, and what is said."""

import json
import re

import ipywidgets
import matplotlib as mpl
import pytest

from govstack_kit.widgets.markup import Element
from govstack_kit.widgets.session import Session

mpl.use("Agg")
MOVES = {"Next": "next", "Finish": "next", "Back": "back", "Undo": "undo", "Redo": "redo"}


def every(widget):
    """Yield a widget and all in it that is not hidden."""
    if widget.layout.display != "none":
        yield widget
        for child in getattr(widget, "children", ()):
            yield from every(child)


class Page:
    """What is on the screen of a guided part."""

    def __init__(self, wizard):
        self.wizard = getattr(wizard, "wizard", wizard)

    def all(self, kind):
        return [part for part in every(self.wizard.widget) if isinstance(part, kind)]

    def elements(self, kind):
        return [part for part in self.all(Element) if part.kind == kind]

    @property
    def head(self):
        return self.elements("head")[0].state

    @property
    def foot(self):
        return self.elements("foot")[0].state

    @property
    def states(self):
        return [question["state"] for question in self.head["questions"]]

    def field(self, label):
        """Return a control by its label; money may be called after its currency."""
        for part in every(self.wizard.widget):
            said = re.sub(r" \([A-Z]{3}\)$", "", getattr(part, "description", "") or "")
            if said == label and not isinstance(part, ipywidgets.Button):
                return part
        raise AssertionError(f"no field {label!r}")

    def beneath(self, label):
        """Return the sentence beneath a field."""
        control = self.field(label)
        for cell in self.all(ipywidgets.VBox):
            if "gsk-cell" in cell._dom_classes and control in every(cell.children[0]):
                return re.sub("<.*?>", "", cell.children[1].value)
        return ""

    def lines(self):
        """Return what can be decided: the line, its element, and its buttons by their labels."""
        for element in self.elements("choices"):
            for line in element.state["lines"]:
                buttons = {
                    f"{done if line['status'] == value else word}: {line['name']}": value
                    for value, word, done, _ in element.state.get("states", ())
                }
                yield line, element, buttons

    def press(self, label):
        """Press a button by its label, or by how it starts."""
        if label in MOVES:
            self.elements("foot")[0].tell({"press": MOVES[label]})
            return
        for button in self.all(ipywidgets.Button):
            if button.description == label:
                button.click()
                return
        for line, element, buttons in self.lines():
            for said, value in buttons.items():
                if said.startswith(label):
                    element.tell({"press": line["key"], "status": value})
                    return
        raise AssertionError(f"no button {label!r}")

    def tick(self, name, *, on=True):
        """Tick a box by its name."""
        for line, element, _ in self.lines():
            if line["name"] == name and element.state["ticks"]:
                assert bool(line["status"]) != on, f"{name} is so already"
                element.tell({"press": line["key"], "status": "on"})
                return
        raise AssertionError(f"no box {name!r}")

    def at(self, key):
        """Go to a question."""
        keys = [question.key for question in self.wizard.questions]
        self.wizard.go(keys.index(key))
        return self

    def text(self):
        """Return all HTML that is shown."""
        return " ".join(part.value for part in self.all(ipywidgets.HTML))

    def data(self):
        """Return all that is drawn from data, where it is plain text."""
        return json.dumps([part.state for part in self.all(Element)], ensure_ascii=False)


@pytest.fixture
def page():
    """Return a page for a wizard."""
    return Page


@pytest.fixture
def session(tmp_path, framework):
    """A new plan in a file of its own."""
    return Session(tmp_path / "plan", framework=framework)


@pytest.fixture
def demonstration(tmp_path, framework):
    """The demonstration, until the first change."""
    return Session(folder=tmp_path, framework=framework)


@pytest.fixture
def fees(session):
    """A plan of one service with two steps."""

    def start(plan):
        plan.add("use_cases", name="School fees", sector="Education")
        plan.add("objectives", use_case="school-fees", text="Poor children attend school")
        plan.add("actors", use_case="school-fees", name="Parent")
        for name in ("Registration", "Payment"):
            plan.add("steps", use_case="school-fees", name=name)

    session.change("Start", start)
    return session
