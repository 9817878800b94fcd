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
from govstack_kit.widgets.fields import Key, Part, Where, joined_key
from govstack_kit.widgets.markup import Element, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from govstack_kit.widgets.session import Session


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
        The keys of the rows that the decision is written to; without any, the owner's.
    reason
        What was written beside it when it was decided.
    """

    key: str
    name: str
    why: str = ""
    more: str = ""
    tag: str = ""
    group: str = ""
    rows: tuple[Key, ...] = ()
    reason: str = ""


class Verdict(NamedTuple):
    """What can be decided: the value in the table, what the button says before and after."""

    value: str
    word: str
    done: str
    look: str = "on"  # on, off or later: a class of the style sheet


ACCEPTING = (
    Verdict("accepted", "Accept", "✓ Accepted"),
    Verdict("rejected", "Not for us", "✗ Not for us", "off"),
)


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
    name
        Returns the name of a key that was decided but is not proposed; without it, what is decided
        and not proposed is not shown.
    column, verdicts
        The column of the decision, and what can be decided.
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
        found: Callable[[], Sequence[Choice]],
        *,
        owner: Callable[[], str] | None = None,
        name: Callable[[str], str] | None = None,
        column: str = "status",
        verdicts: Sequence[Verdict] = ACCEPTING,
        values: Callable[[Choice], Mapping[str, Any]] = lambda _choice: {},
        reasons: bool = False,
        most: int = 6,
        label: str = "",
        empty: str = "",
    ) -> None:
        super().__init__(session)
        self.table, self.found, self.owner, self.name = DECLARED[table], found, owner, name
        self.column, self.verdicts, self.values = column, verdicts, values
        self.reasons, self.most, self.label, self.empty = reasons, most, label, empty
        self.shown: dict[str, Choice] = {}
        self._about: object = None  # what the lines are about: with another owner they start anew
        self._limit = most
        self.widget = self.element = Element("choices", self.session.guard(self._told))

    def decided(self) -> dict[str, dict[str, Any]]:
        """Return the rows that are decided, by their keys."""
        where = {self.table.key[0]: self.owner()} if self.owner else {}
        rows = self.session.plan.rows(self.table.name, **where)
        return {joined_key(tuple(row[name] for name in self.table.key)): row for row in rows}

    def _keys(self, choice: Choice) -> tuple[Key, ...]:
        if choice.rows:
            return choice.rows
        return ((self.owner(), choice.key),) if self.owner else (choice.key,)

    def _verdict(self, choice: Choice, decided: Mapping[str, Mapping[str, Any]]) -> str:
        """Return what is decided about all rows of a choice; empty if open or mixed."""
        rows = [decided.get(joined_key(key), {}) for key in self._keys(choice)]
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
        said = next(v for v in self.verdicts if v.value == verdict)
        if self._verdict(choice, self.decided()) == verdict:
            what, change = "Take back", partial(self._remove, choice)
        else:
            what, change = said.word, partial(self._put, choice, verdict)
        self.session.change(f"{what}: {markup.shorten(choice.name)}", change)
        self.show()

    def _put(self, choice: Choice, verdict: str, plan: Plan) -> None:
        values = dict(self.values(choice)) | ({"reason": choice.reason} if choice.reason else {})
        for key in self._keys(choice):
            plan.put(self.table.name, key, **{self.column: verdict}, **values)

    def _remove(self, choice: Choice, plan: Plan) -> None:
        for key in self._keys(choice):
            plan.remove(self.table.name, key)

    def explain(self, key: str, text: str) -> None:
        """Take a reason over into a decision that was made already."""
        choice = self.shown[key]
        if self._verdict(choice, self.decided()):
            self.session.change(
                f"Give a reason: {markup.shorten(choice.name)}",
                partial(self._explain, choice, text),
                typing=f"{self.table.name} {key}",
            )

    def _explain(self, choice: Choice, text: str, plan: Plan) -> None:
        for key in self._keys(choice):
            plan.set(self.table.name, key, reason=text)

    def start_anew(self) -> None:
        """Forget which lines were shown, as when other things are looked for."""
        self.shown, self._limit = {}, self.most
        self.show()

    def show(self) -> None:
        """Show what was decided, then what is proposed; lines that are there stay in place."""
        decided, about = self.decided(), self.owner() if self.owner else None
        if about != self._about:
            self._about, self.shown, self._limit = about, {}, self.most
        found = {choice.key: choice for choice in self.found()}
        named = {
            row[self.table.key[-1]]: row
            for row in decided.values()
            if self.name and row[self.table.key[-1]] not in found
        }
        known = {
            key: Choice(key, self.name(key), text_of(row.get("reason")))
            for key, row in named.items()
            if self.name
        }
        open_first = sorted(found, key=lambda key: not self._verdict(found[key], decided))
        every = {key: found.get(key) or known[key] for key in [*known, *open_first]}
        stay = [key for key in self.shown if key in every]
        order = [*stay, *(key for key in every if key not in self.shown)]
        shown = {*stay, *list(every)[: self._limit]}  # and the best of what is new
        if self.name:
            shown |= {key for key in every if self._verdict(every[key], decided)}
        self.shown = {key: every[key] for key in order if key in shown}
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

    def _line(self, choice: Choice, decided: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
        row = decided.get(joined_key(self._keys(choice)[0]), {})
        return {
            "key": choice.key,
            "name": choice.name,
            "why": choice.why,
            "more": choice.more,
            "tag": choice.tag,
            "group": choice.group,
            "status": self._verdict(choice, decided),
            "reason": text_of(row.get("reason")),
        }


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
            lambda: [Choice(key, name) for key, name in self.names().items()],
            owner=lambda: str(owner()),
            verdicts=(Verdict("on", "", ""),),
            most=999,
            label=DECLARED[table].title,
        )
        self.where, self.names = where, names or self._referred

    def _referred(self) -> dict[str, str]:
        other = next(r.table for r in self.table.references if r.columns == self.table.key[1:])
        target = DECLARED[other]
        rows = self.session.plan.rows(other, **self.where())
        return {row[target.key[0]]: text_of(row[target.label]) for row in rows}

    def decided(self) -> dict[str, dict[str, Any]]:
        """Return what is linked: that a link is there is all that is decided."""
        return {key: {"status": "on"} for key in super().decided()}

    def _put(self, choice: Choice, _verdict: str, plan: Plan) -> None:
        plan.put(self.table.name, self._keys(choice)[0])

    def show(self) -> None:
        """Show what can be linked, with those ticked that are."""
        super().show()
        visible(self.widget, on=bool(self.shown))
