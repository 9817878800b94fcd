"""Questions one at a time: how each stands, what is missing, and the way back and on.

Definitions
-----------
A *question* is *blocked* until it can be asked at all, *done* when nothing is missing or refused in
it, *in progress* when something is and it was answered or opened, and *not started* otherwise. All
of that is read from the plan, so that whoever opens it sees nearly the same. Parts of a question
are made when it is opened first, and only those of the open question are kept up to date.

A *guided part* is declared in ``data/guides.json``: its questions with all that they say, what they
are answered in, and what has to be there. A module has the functions that the declaration names.

How a question is declared
--------------------------
``key``, ``short``, ``title``, ``help``
    Its name for the program and in the list of questions, the question, and how to answer.
``parts``
    What it is answered in: a ``form`` or ``rows`` of a table with ``columns``; a ``text`` that a
    function returns as HTML; something to ``say``; the ``safeguards`` that a phase asks about;
    what is ``made_up`` in tables; a ``button`` with
    what to do when it is ``press``-ed; a list to ``paste`` with a ``hint`` in the field, a
    ``button`` and the function to ``add`` it; ``files`` that a function ``make``-s; an ``upload``
    that a function ``take``-s; the ``result`` of a function of framework and plan, which
    ``rests_on`` tables and that another one may ``draw``, after a ``button`` if it takes long; or
    the name of a function that returns parts of its own. A part is shown ``while`` a function says
    so.
``missing``, ``waits``, ``answered``
    What has to be there to go on and to be asked, and what shows that something is answered. Either
    a function or *needs*: a row of a ``table``, of the service that is worked on with
    ``of_service``, and ``where`` columns have a value, with one of ``columns`` filled in; what is
    ``said`` where it lacks. A question waits for a service where nothing else is declared.
``each``
    A function that returns dicts: a question for each, with its values in the words, and the first
    of them given to the functions.

How a guided part is written, in full::

    GUIDE = Guide("define")

    def description(session: Session) -> str:
        return markup.heading(session.plan.row("use_cases", session.use_case)["name"])

    def guide_define(session: Session) -> ipywidgets.VBox:
        return GUIDE.open(session)

    GUIDE.uses(description)
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import ipywidgets

from govstack_kit.errors import expected
from govstack_kit.views import made_up_note
from govstack_kit.widgets import fields, markup
from govstack_kit.widgets.fields import Lack, Part
from govstack_kit.widgets.markup import GUIDED, Element, visible
from govstack_kit.widgets.session import Session

if TYPE_CHECKING:
    import pandas as pd

NOT_STARTED, IN_PROGRESS, DONE, BLOCKED = "not started", "in progress", "done", "blocked"
Given = Mapping[str, Any]


# --- questions ------------------------------------------------------------------------------------


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
        Says what has to be there before the question can be asked.
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
    waits: Callable[[Session], list[str]] = nothing
    answered: Callable[[Session], bool] = lambda _session: False


def there(session: Session, needs: Given) -> bool:
    """Return whether what a declaration needs is in the plan."""
    here = {"use_case": session.use_case} if needs.get("of_service") else {}
    rows = session.plan.rows(needs["table"], **here, **needs.get("where", {}))
    columns = needs.get("columns")
    return any(row[name] not in (None, "") for row in rows for name in columns or row)


def lacking(session: Session, needs: Given) -> list[str]:
    """Say what a declaration needs and the plan lacks."""
    column = next(iter(needs.get("columns", ())), "")
    return [] if there(session, needs) else [Lack(needs["said"], needs["table"], column)]


def state_of(
    session: Session, question: Question, missing: Sequence[str], *, opened: bool = False
) -> str:
    """Return how a question stands in which this is missing."""
    if question.waits(session):
        return BLOCKED
    answered = question.answered(session)
    if missing:
        return IN_PROGRESS if answered or opened else NOT_STARTED
    return DONE if answered or opened or question.missing is not nothing else NOT_STARTED


def together(states: Iterable[str]) -> str:
    """Return how questions stand together.

    Examples
    --------
    >>> together(["done", "done"]), together(["done", "not started"]), together(["blocked"])
    ('done', 'in progress', 'blocked')
    """
    found = set(states)
    if len(found) == 1:
        return found.pop()
    return IN_PROGRESS if found & {DONE, IN_PROGRESS} else NOT_STARTED


class Guide:
    """A guided part as ``data/guides.json`` declares it, with the functions that it names.

    Parameters
    ----------
    name
        Which part.

    Attributes
    ----------
    given, said : dict
        The declaration, and in it the sentences that functions use.

    Examples
    --------
    >>> Guide("map").given["title"]
    'Map: follow the links until nothing new appears'
    """

    def __init__(self, name: str) -> None:
        self.given: dict[str, Any] = GUIDED["guides"][name]
        self.said: dict[str, str] = self.given.get("said", {})
        self.functions: dict[str, Callable[..., Any]] = {}

    def uses(self, *functions: Callable[..., Any]) -> None:
        """Take the functions that the declaration names."""
        self.functions |= {function.__name__: function for function in functions}

    def open(self, session: Session) -> ipywidgets.VBox:
        """Return the guided part on an open plan."""
        beneath = self.functions[self.given["beneath"]] if "beneath" in self.given else None
        title, ending = self.given["title"], self.given.get("ending", "")
        return Wizard(session, title, self.questions, beneath=beneath, ending=ending).widget

    def standing(self, session: Session) -> str:
        """Return how the part stands, going by the plan alone."""
        found = self.questions(session)
        missing = [[] if one.waits(session) else one.missing(session) for one in found]
        return together(
            state_of(session, one, lacks) for one, lacks in zip(found, missing, strict=True)
        )

    def questions(self, session: Session) -> list[Question]:
        """Return the questions as they are now; kept until the services or their steps change."""

        def work() -> list[Question]:
            found = []
            for given in self.given["questions"]:
                several = self.functions[given["each"]](session) if "each" in given else [{}]
                found += [self._question(given, values) for values in several]
            return found

        name = f"questions {self.given['title']} {session.use_case}"
        return session.remember(name, work, "use_cases", "steps")

    def _question(self, given: Given, values: Given) -> Question:
        """Return a question as it is declared; functions get the first one of the values."""
        about = tuple(values.values())[:1]
        key, short, title, more = (
            given[name].format(**values) for name in ("key", "short", "title", "help")
        )
        answered = given.get("answered", ())
        return Question(
            *(key, short, title, more),
            parts=partial(self._parts, given["parts"], about),
            missing=self._lacking(given["missing"], about) if "missing" in given else nothing,
            waits=self._lacking(given.get("waits", GUIDED["waits"]), about),
            answered=self._function(answered, about)
            if isinstance(answered, str)
            else lambda session: any(there(session, needs) for needs in answered),
        )

    def _function(self, name: str, about: tuple[Any, ...] = ()) -> Callable[..., Any]:
        return partial(self.functions[name], *about)

    def _lacking(self, given: Any, about: tuple[Any, ...]) -> Callable[[Session], list[str]]:  # noqa: ANN401 - a name, needs, or None
        if given is None:
            return nothing
        if isinstance(given, str):
            return self._function(given, about)
        return lambda session: lacking(session, given)

    def _parts(self, given: list[Any], about: tuple[Any, ...], session: Session) -> list[Part]:
        found: list[Part] = []
        for one in given:
            if isinstance(one, str):
                made = self._function(one, about)(session)
                found += made if isinstance(made, list) else [made]
                continue
            part = self._part(one, about, session)
            if "while" in one:
                part.shown_while = partial(self.functions[one["while"]], session)
            found.append(part)
        return found

    def _part(self, given: Given, about: tuple[Any, ...], session: Session) -> Part:  # noqa: PLR0911, C901 - one for each kind
        """Return a part as it is declared."""
        functions, columns = self.functions, given.get("columns", ())
        here = (lambda: {"use_case": session.use_case}) if given.get("of_service") else dict
        match given:
            case {"form": table}:
                key = (lambda: session.use_case) if given.get("of_service") else lambda: "only"
                return fields.Form(session, table, columns, key=key)
            case {"rows": table}:
                return fields.Rows(session, table, columns, where=here)
            case {"result": name}:
                work = functions[name]
                return fields.Result(
                    session,
                    name,
                    lambda: work(session.framework, session.plan),
                    partial(functions.get(given.get("draw", ""), self.answer), session),
                    tables=given.get("rests_on", ()),
                    verb=given.get("button", ""),
                )
            case {"paste": title, "hint": hint, "button": verb, "add": add}:
                return fields.pasted(session, title, hint, verb, partial(functions[add], session))
            case {"upload": label, "take": take}:
                return fields.Upload(session, label, partial(functions[take], session))
            case {"files": label, "make": make}:
                return fields.files(session, label, partial(functions[make], session))
            case {"button": label, "press": press}:
                control = fields.button(session, label, partial(functions[press], session))
                return fields.Actions(session, control)
            case {"made_up": tables}:
                return fields.Text(
                    session, lambda: markup.marked(made_up_note(session.plan, *tables))
                )
            case {"safeguards": phase}:
                return fields.safeguard_questions(session, phase)
            case {"say": sentence}:
                return fields.Text(session, lambda: markup.sentence(sentence))
        return fields.Text(session, partial(self._function(given["text"], about), session))

    def answer(self, session: Session, found: Any) -> str:  # noqa: ANN401 - a result
        """Return a result in words, as a picture, and in the tables that are declared for it."""
        return markup.answer(found, self.note(session), self.given["tables"])

    def note(self, session: Session) -> str:
        """Return what is made up in the tables that the results rest on."""
        return made_up_note(session.plan, *self.given.get("made_up", ()))

    def table(self, name: str, frame: pd.DataFrame, /, **values: object) -> str:
        """Return a table as it is declared, with values in the places that its words leave."""
        return markup.table(frame, **markup.declared_table(self.given["tables"][name], values))


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
        self.moved: Callable[[], object] = lambda: None  # called when another question is open
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
            return waiting
        wrong = [said for part in self._parts.get(question.key, ()) for said in part.wrong()]
        return [*question.missing(self.session), *wrong]

    def state(self, question: Question) -> str:
        """Return how a question stands."""
        missing, opened = self.missing(question), question.key in self._parts
        return state_of(self.session, question, missing, opened=opened)

    @property
    def standing(self) -> str:
        """How the whole part stands, as a question does."""
        return together(map(self.state, self.questions))

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
        self.moved()

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
            if part.shown_while:
                visible(part.widget, on=part.shown_while())

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
            "help": " ".join(waiting) or question.help,
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
