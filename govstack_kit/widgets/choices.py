"""Things to decide about, one a line, and links to tick: rows of the plan without a control each.

Definitions
-----------
A *verdict* is what can be decided about a *choice*. A press on what was decided takes it back.
Lines keep their places while people decide, so that no button moves under a finger. All lines of a
part are one element of the page, drawn from plain data: a press costs a message, not a widget.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from govstack_kit.planning.plan import DECLARED, Plan
from govstack_kit.tables.package import text_of
from govstack_kit.widgets import markup
from govstack_kit.widgets.fields import Key, Part, Where
from govstack_kit.widgets.markup import GUIDED, Element, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from govstack_kit.widgets.session import Session


Place = tuple[str, ...]  # a table, and the key of a row of it


class Choice(NamedTuple):
    """Something to decide about.

    Attributes
    ----------
    key, name
        What it is.
    why, more
        Why it is shown, and what is folded beneath that.
    tag, group
        A mark behind its name, and the heading that it stands under.
    rows
        The rows that the decision is written to, each a table and a key; without any, the owner's.
    reason
        What was written beside it when it was decided.
    """

    key: str
    name: str
    why: str = ""
    more: str = ""
    tag: str = ""
    group: str = ""
    rows: tuple[Place, ...] = ()
    reason: str = ""


class Verdict(NamedTuple):
    """What can be decided: the value in the table, what the button says before and after."""

    value: str
    word: str
    done: str
    look: str  # on, off or later: a class of the style sheet


VERDICTS = {name: [Verdict(*row) for row in given] for name, given in GUIDED["verdicts"].items()}
"""What can be decided, by what it is decided about: the verdicts of ``data/guides.json``."""


class Choices(Part):
    """Things to decide about, one a line, as rows of a table.

    Parameters
    ----------
    session, table
        What is open, and the table that the decisions stand in.
    found
        Returns what is proposed, best first.
    owner
        Returns the key of the row that something is chosen for: the first part of the key of a
        decision. Without it, decisions have a key of one part.
    column, verdicts
        The column of the decision, and what can be decided: a key of :data:`VERDICTS`.
    values
        Further values of a row that is decided, such as its origin.
    reasons
        Whether a reason can be written.
    most
        How many open lines are shown at first.
    label, empty
        What stands above the lines, and what is said where there are none.
    """

    ticks = False  # whether lines are boxes to tick

    def __init__(  # noqa: PLR0913 - as documented
        self,
        session: Session,
        table: str,
        found: Callable[[], Sequence[Choice]] = tuple,
        *,
        owner: Callable[[], str] | None = None,
        column: str = "status",
        verdicts: str = "suggestion",
        values: Callable[[Choice], Mapping[str, Any]] = lambda _choice: {},
        reasons: bool = False,
        most: int = 6,
        label: str = "",
        empty: str = "",
    ) -> None:
        super().__init__(session)
        self.table, self.found, self.owner = DECLARED[table], found, owner
        self.column, self.verdicts, self.values = column, VERDICTS[verdicts], values
        self.reasons, self.most, self.label, self.empty = reasons, most, label, empty
        self.shown: dict[str, Choice] = {}
        self._about: object = None  # what the lines are about: with another owner they start anew
        self._limit = most
        self.widget = self.element = Element("choices", self.session.guard(self._told))

    def lines(self) -> Sequence[Choice]:
        """Return what is proposed, best first."""
        return self.found()

    def decided(self) -> dict[Place, dict[str, Any]]:
        """Return the rows that are decided, by their tables and keys."""
        table = self.table
        where = {table.key[0]: self.owner()} if self.owner else {}
        rows = self.session.plan.rows(table.name, **where)
        return {(table.name, *(row[name] for name in table.key)): row for row in rows}

    def _places(self, choice: Choice) -> tuple[Place, ...]:
        owner = (self.owner(),) if self.owner else ()
        return choice.rows or ((self.table.name, *owner, choice.key),)

    def _verdict(self, choice: Choice, decided: Mapping[Place, Mapping[str, Any]]) -> str:
        """Return what is decided about all rows of a choice; empty if open or mixed."""
        rows = [decided.get(place, {}) for place in self._places(choice)]
        found = {text_of(row.get(self.column)) for row in rows}
        return found.pop() if len(found) == 1 else ""

    def _told(self, told: dict[str, Any]) -> None:
        if told.get("press") == "more":
            self._limit += self.most
            self.show()
        elif "explain" in told:
            self.explain(told["explain"], told["text"])
        else:
            self.press(told["press"], told["status"], told.get("reason", ""))

    def press(self, key: str, verdict: str, reason: str = "") -> None:
        """Decide about something; if that is decided already, take it back."""
        choice = self.shown[key]._replace(reason=reason)
        word = next(known.word for known in self.verdicts if known.value == verdict)
        if self._verdict(choice, self.decided()) == verdict:
            word, verdict = "Take back", ""
        self.session.change(
            f"{word}: {markup.shorten(choice.name)}", partial(self.decide, choice, verdict)
        )

    def decide(self, choice: Choice, verdict: str, plan: Plan) -> None:
        """Write a decision into a plan; without a verdict, take it back."""
        values = dict(self.values(choice)) | ({"reason": choice.reason} if choice.reason else {})
        for table, *key in self._places(choice):
            if verdict:
                plan.put(table, tuple(key), **{self.column: verdict}, **values)
            else:
                plan.remove(table, tuple(key))

    def explain(self, key: str, text: str) -> None:
        """Take a reason over into a decision that was made already."""
        choice = self.shown[key]._replace(reason=text)
        if verdict := self._verdict(choice, self.decided()):
            self.session.change(
                f"Give a reason: {markup.shorten(choice.name)}",
                partial(self.give_reason, choice, verdict),
                typing=f"{self.table.name} {key}",
            )

    def give_reason(self, choice: Choice, verdict: str, plan: Plan) -> None:  # noqa: ARG002
        """Write the reason of a decision into a plan."""
        for table, *key in self._places(choice):
            plan.set(table, tuple(key), reason=choice.reason)

    def start_anew(self) -> None:
        """Forget which lines were shown, as when other things are looked for."""
        self.shown, self._limit = {}, self.most
        self.show()

    def show(self) -> None:
        """Show what was decided, then what is proposed; lines that are there stay in place."""
        decided, about = self.decided(), self.owner() if self.owner else None
        if about != self._about:
            self._about, self.shown, self._limit = about, {}, self.most
        found = {choice.key: choice for choice in self.lines()}
        decided_first = sorted(found, key=lambda key: not self._verdict(found[key], decided))
        order = dict.fromkeys([key for key in self.shown if key in found] + decided_first)
        shown = {*self.shown, *decided_first[: self._limit]}  # what was there, and the best new
        self.shown = {key: found[key] for key in order if key in shown}
        self.element.state = {
            "label": self.label,
            "empty": self.empty,
            "reasons": self.reasons,
            "ticks": self.ticks,
            "states": [list(verdict) for verdict in self.verdicts],
            "lines": [self._line(choice, decided) for choice in self.shown.values()],
            "left": len(order) - len(self.shown),
            "step": self.most,
        }

    def _line(self, choice: Choice, decided: Mapping[Place, Mapping[str, Any]]) -> dict[str, str]:
        row = decided.get(self._places(choice)[0], {})
        status, reason = self._verdict(choice, decided), text_of(row.get("reason"))
        return line_of(choice) | {"status": status, "reason": reason}


def line_of(choice: Choice) -> dict[str, str]:
    """Return a choice as an element of the page shows it, with nothing decided."""
    said = {name: text for name, text in choice._asdict().items() if name != "rows"}
    return {**said, "status": "", "reason": ""}


class Ticks(Choices):
    """Links from one row to rows of another table, as boxes to tick.

    Parameters
    ----------
    session, table
        What is open, and the table of the links, whose key is the owner and what it is linked to.
    owner
        Returns the key of the row that is linked.
    where
        Returns the condition for what it can be linked to.
    names
        Returns what it can be linked to, with names, by key; without it, the rows of the table that
        the links refer to.
    """

    ticks = True

    def __init__(
        self,
        session: Session,
        table: str,
        *,
        owner: Callable[[], Key],
        where: Where = dict,
        names: Callable[[], Mapping[str, str]] | None = None,
    ) -> None:
        super().__init__(
            session,
            table,
            owner=lambda: str(owner()),
            verdicts="link",
            most=999,
            label=DECLARED[table].title,
        )
        self.where, self.names = where, names or self._referred

    def _referred(self) -> dict[str, str]:
        other = next(r.table for r in self.table.references if r.columns == self.table.key[1:])
        return self.session.names(other, **self.where())

    def lines(self) -> list[Choice]:
        """Return what can be linked."""
        return [Choice(key, name) for key, name in self.names().items()]

    def decided(self) -> dict[Place, dict[str, Any]]:
        """Return what is linked: that a link is there is all that is decided."""
        return {place: {"status": "on"} for place in super().decided()}

    def decide(self, choice: Choice, verdict: str, plan: Plan) -> None:
        """Link, or remove the link."""
        ((table, *key),) = self._places(choice)
        (plan.put if verdict else plan.remove)(table, tuple(key))

    def show(self) -> None:
        """Show what can be linked, with those ticked that are."""
        super().show()
        visible(self.widget, on=bool(self.shown))
