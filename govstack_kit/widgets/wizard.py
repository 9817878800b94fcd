"""Questions one at a time: how each stands, what is missing, and the way back and on.

Definitions
-----------
A *question* is *blocked* until it can be asked at all, *done* when nothing is missing or refused in
it, *in progress* when something is and it was answered or opened, and *not started* otherwise. All
of that is read from the plan, so that whoever opens it sees nearly the same. Parts of a question
are made when it is opened first, and only those of the open question are kept up to date.

How a guided part is written, in full::

    QUESTIONS = (
        Question(
            "actors",
            "Actors",
            "Who takes part?",
            "Name the people, organisations and systems that act in the service.",
            lambda session: [Rows(session, "actors", ["name", "role"], where=of_use_case(session))],
            missing=some("actors", "Name at least one actor.", of_use_case),
        ),
    )

    def guide_define(session: Session) -> ipywidgets.VBox:
        return Wizard(session, "Define: describe your service", QUESTIONS).widget
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets

from govstack_kit.errors import expected
from govstack_kit.widgets.fields import Lack, Part
from govstack_kit.widgets.session import Session
from govstack_kit.widgets.stylesheet import Element, visible

NOT_STARTED, IN_PROGRESS, DONE, BLOCKED = "not started", "in progress", "done", "blocked"
NO_CASE = (
    "There is no service in this plan yet. Describe one first, in the part “Define”; "
    "its first question asks which service it is."
)
Asked = Callable[["Session"], Any]


# --- questions ------------------------------------------------------------------------------------


def needs_use_case(session: Session) -> str:
    """Say that a question waits for a service, if there is none."""
    return "" if session.use_case else NO_CASE


def nothing(_session: Session) -> list[str]:
    """Say that nothing is missing."""
    return []


@dataclass(frozen=True)
class Question:
    """One question of a guided part.

    Attributes
    ----------
    key, short
        Its name for the program, and its name in the list of questions.
    title, help
        The question, and a sentence or two on how to answer.
    parts
        Makes what it is answered in, once.
    missing
        Says what has to be there before one can go on: sentences, or a :class:`.Lack`, which knows
        its field.
    waits
        Says what has to be there before the question can be asked; empty if nothing.
    answered
        Whether something is said, though it may not be all: for questions that are partly answered
        and for those in which nothing can be missing. One of those is done once it was opened, too.
    """

    key: str
    short: str
    title: str
    help: str
    parts: Callable[[Session], Sequence[Part]]
    missing: Callable[[Session], list[str]] = nothing
    waits: Callable[[Session], str] = needs_use_case
    answered: Asked | None = None


def of_use_case(session: Session) -> Callable[[], dict[str, str]]:
    """Return the condition for what belongs to the service that is worked on."""
    return lambda: {"use_case": session.use_case}


def some(
    table: str,
    said: str,
    where: Callable[[Session], Callable[[], dict[str, str]]] = lambda _session: dict,
) -> Callable[[Session], list[str]]:
    """Ask for at least one row of a table, under a condition."""
    return lambda session: (
        [] if session.plan.rows(table, **where(session)()) else [Lack(said, table)]
    )


def filled(
    table: str, column: str, said: str, key: Callable[[Session], str] = lambda _session: "only"
) -> Callable[[Session], list[str]]:
    """Ask for a column of a row to be filled in."""

    def missing(session: Session) -> list[str]:
        value = session.plan.row(table, key(session))[column]
        return [] if value not in (None, "") else [Lack(said, table, column)]

    return missing


def has(
    table: str, where: Callable[[Session], Callable[[], dict[str, str]]] = lambda _session: dict
) -> Asked:
    """Return whether there is a row of a table, under a condition: for ``answered``."""
    return lambda session: bool(session.plan.rows(table, **where(session)()))


# --- the wizard -----------------------------------------------------------------------------------


class _Guided(ipywidgets.VBox):  # type: ignore[misc]
    """A guided part, which says in words what it is where it cannot be shown."""

    title = ""

    def __repr__(self) -> str:
        return f"Guided part “{self.title}”. Run this cell to open it."


class Wizard:
    """Shows one question at a time, with progress, what is missing, and what was saved.

    Parameters
    ----------
    session
        What is open, changed and saved.
    title
        What the whole is called.
    questions
        The questions, or what returns them as they are now.
    beneath
        Returns HTML that sums up, for under the question.
    ending
        What to say when all is done.

    Attributes
    ----------
    widget : ipywidgets.VBox
        All of it.
    current : int
        The place of the open question, from 0.
    visible : bool
        Whether it is in sight; out of sight, nothing is brought up to date.
    """

    def __init__(
        self,
        session: Session,
        title: str,
        questions: Sequence[Question] | Callable[[Session], Sequence[Question]],
        *,
        beneath: Callable[[Session], str] | None = None,
        ending: str = "",
    ) -> None:
        expected(session, Session, "Give a session, as govstack_kit.open_session() returns it")
        self.session, self.title, self.ending = session, title, ending
        self._ask = questions if callable(questions) else lambda _session: questions
        self._beneath = beneath
        self.questions: list[Question] = []
        self.current, self.visible = 0, True
        self._parts: dict[str, list[Part]] = {}  # of the questions that were opened
        self._boxes: dict[str, ipywidgets.VBox] = {}
        self._asked: list[str] = []  # what was missing when people wanted to go on
        self._states: list[str] = []
        self._attending = 0
        press = session.guard(self._pressed)
        self._head, self._foot = Element("head", press), Element("foot", press)
        self._body, self._sum = ipywidgets.VBox(), ipywidgets.HTML()
        self._body.add_class("gsk-body")
        self._sum.add_class("gsk-beneath")
        self.widget = _Guided([self._head, self._body, self._foot, self._sum])
        self.widget.title = title
        self.widget.add_class("gsk")
        self.widget.wizard = self  # for who shows several parts, one of them at a time
        self.after: tuple[str, Callable[[], object]] | None = None  # the next part: name, way there
        self._take()
        self.current = self._first()
        session.observe(session.guard(lambda _change: self.show()), names="changed")
        session.observe(session.guard(lambda _change: self._tell()), names=["notice", "saved_at"])
        session.guard(self.show)()

    # How it stands.

    def _take(self) -> None:
        """Take the questions as they are now; the open one stays open if it is still there."""
        key = self.questions[self.current].key if self.questions else ""
        self.questions = list(self._ask(self.session))
        keys = [question.key for question in self.questions]
        place = keys.index(key) if key in keys else min(self.current, len(keys) - 1)
        self.current = max(place, 0)

    def _first(self) -> int:
        """Return where to go on: at what is missing, or after what is done; the end if all is."""
        if self.session.demonstrating:
            return 0
        states = [self.state(question) for question in self.questions]
        after = max((n for n, state in enumerate(states) if state == DONE), default=-1)
        for place, question in enumerate(self.questions):
            if states[place] in (DONE, BLOCKED):
                continue
            if place > after or self.missing(question):
                return place
        return len(states) - 1 if DONE in states else 0

    @property
    def question(self) -> Question:
        """The open question."""
        return self.questions[self.current]

    @property
    def parts(self) -> list[Part]:
        """What the open question is answered in."""
        return self._parts.get(self.question.key, [])

    def missing(self, question: Question) -> list[str]:
        """Say what is missing, or to be corrected, in a question."""
        if waiting := question.waits(self.session):
            return [waiting]
        wrong = [said for part in self._parts.get(question.key, ()) for said in part.wrong()]
        return [*question.missing(self.session), *wrong]

    def state(self, question: Question) -> str:
        """Return how a question stands."""
        if question.waits(self.session):
            return BLOCKED
        opened = question.key in self._parts
        answered = bool(question.answered and question.answered(self.session))
        if self.missing(question):
            return IN_PROGRESS if answered or opened else NOT_STARTED
        return DONE if answered or opened or question.missing is not nothing else NOT_STARTED

    @property
    def standing(self) -> str:
        """How the whole part stands, as a question does."""
        states = {self.state(question) for question in self.questions}
        if len(states) == 1:
            return states.pop()
        return IN_PROGRESS if states & {DONE, IN_PROGRESS} else NOT_STARTED

    # Moving.

    def _pressed(self, told: dict[str, Any]) -> None:
        press = told["press"]
        if press == "go":
            self.go(int(told["to"]))
        elif press == "back":
            self.go(self.current - 1)
        elif press == "next":
            self.next()
        elif press == "undo":
            self.session.undo()
        elif press == "redo":
            self.session.redo()

    def go(self, place: int) -> None:
        """Open a question by its place, and take the focus to it."""
        self._asked = []
        with self._working():
            self.session.notice = ""
            self.session.refresh()
            self._take()
            self.current = min(max(place, 0), len(self.questions) - 1)
            self.show()
        self._attend("question")

    def next(self) -> None:
        """Go on; if something is missing, go there and say it."""
        self._asked = self.missing(self.question)
        if self._asked:
            self.show()
            self._attend("lacks")
        elif self.current < len(self.questions) - 1:
            self.go(self.current + 1)
        elif self.after and not self._open():
            self.after[1]()
        else:
            said = ", ".join(f"“{question.short}”" for question in self._open())
            self.session.notice = f"Something is missing in: {said}." if said else ""
            self._tell()

    def _open(self) -> list[Question]:
        """Return the questions in which something is missing."""
        return [question for question in self.questions if self.missing(question)]

    def _attend(self, where: str) -> None:
        self._attending += 1
        self._head.attend = f"{where} {self._attending}"

    # Showing.

    def reveal(self) -> None:
        """Bring everything up to date after having been out of sight."""
        self.visible = True
        with self._working():
            self.session.refresh()
            self.show()

    @contextlib.contextmanager
    def _working(self) -> Iterator[None]:
        """Say that something is worked out until it is."""
        before = self._head.state.get("working", False)
        self._head.state = {**self._head.state, "working": True}
        try:
            yield
        finally:
            self._head.state = {**self._head.state, "working": before}

    def show(self) -> None:
        """Bring the open question, and how all stand, up to date."""
        if not self.visible:
            return
        self._take()
        question = self.question
        waiting = question.waits(self.session)
        if not waiting and question.key not in self._parts:
            self._body.children = ()
            self._look()
            self._tell()  # the question first: what it shows may take a moment
            with self._working():
                self._parts[question.key] = list(question.parts(self.session))
                box = ipywidgets.VBox([part.widget for part in self._parts[question.key]])
                self._boxes[question.key] = box
        children = () if waiting else (self._boxes[question.key],)
        if self._body.children != children:
            self._body.children = children
        if not waiting:
            self._show_parts()
        self._look()
        self._tell()
        said = self._beneath(self.session) if self._beneath else ""
        if self._sum.value != said:
            self._sum.value = said
        visible(self._sum, on=bool(said))

    def _show_parts(self) -> None:
        missing = self.missing(self.question) if self._asked else []
        self._asked = [said for said in self._asked if said in missing]
        for part in self.parts:
            part.show()
            part.point(self._asked)

    def _look(self) -> None:
        """See how the questions stand."""
        self._states = [self.state(question) for question in self.questions]

    def _tell(self) -> None:
        """Say where people are, what is missing, and what was saved."""
        if not self.visible:
            return
        session, question = self.session, self.question
        states, waiting = self._states, question.waits(session)
        done, last = states.count(DONE), self.current == len(self.questions) - 1
        self._head.state = {
            "title": self.title,
            "plan": session.title,
            "saved": session.saved_at,
            "undo": session.plan.undoable,
            "redo": session.plan.redoable,
            "questions": [
                {"short": q.short, "state": state}
                for q, state in zip(self.questions, states, strict=True)
            ],
            "current": self.current,
            "done": done,
            "question": question.title,
            "help": waiting or question.help,
            "lacks": self._asked,
            "working": self._head.state.get("working", False),
        }
        ended = last and not self._open()
        self._foot.state = {
            "notice": session.notice,
            "back": self.current > 0,
            "next": self._next(last=last, ended=ended),
            "ending": self.ending if ended else "",
        }

    def _next(self, *, last: bool, ended: bool) -> str:
        """Return what the button says that goes on; empty if there is nowhere to go."""
        if ended:
            return f"Go on with {self.after[0]}" if self.after else ""
        if last:
            return "Finish" if len(self.questions) > 1 else ""
        return "Next"
