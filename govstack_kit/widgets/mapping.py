"""The guided part *map*: follow the links of the framework until nothing new appears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from govstack_kit.planning import decompose
from govstack_kit.widgets import parts
from govstack_kit.widgets.lists import CasePanel, decisions, owners
from govstack_kit.widgets.options import ACCEPTED, OPEN, REJECTED, Option, Options
from govstack_kit.widgets.summary import LAYERS, SAID, steps_with_needs
from govstack_kit.widgets.wizard import Wizard

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    import anywidget

    from govstack_kit.planning.model import Choice, UseCase
    from govstack_kit.planning.plan import Plan
    from govstack_kit.widgets.models import Session
    from govstack_kit.widgets.wizard import Panel

Key = tuple[str, str, str]  # step, layer, and what is proposed
PAGE = 6  # proposals on the screen at once
WORDS = ("Accept", "Accepted", "Reject", "Rejected")
NOT_ALIGNED = (
    "Nothing is aligned yet, so there is no link to follow. Accept workflows or building blocks "
    "for the steps first, in the part “Align”."
)


class MapPanel(CasePanel):
    """A question that makes sense once something is aligned."""

    def waits_for(self) -> str:
        """Wait for a use case with something accepted."""
        waiting = super().waits_for()
        if waiting:
            return waiting
        case = self.case
        there = any(part.accepted(layer) for part in owners(case) for layer in LAYERS)
        return "" if there or any(w.key for s in case.steps for w in s.own_words) else NOT_ALIGNED


class Proposals(MapPanel):
    """What the links lead to, to be accepted or rejected."""

    key, short, title = "proposals", "Follow the links", "What do the links of the framework add?"
    help = (
        "Each proposal shows the chain that led to it. Accept what the service needs and reject "
        "the rest, with a reason if you like. What you accept may lead further."
    )

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the rows."""
        self.said, self.base = parts.html(), parts.html()
        self.options = Options(self, self._decide, words=WORDS, reasons=True)
        self._rows: dict[Key, dict[str, Any]] = {}
        self._stay = False
        again = self.button("Show the next proposals", self.show, kind="main")
        rest = self.button("Reject the open ones shown here", self._reject_rest)
        self._again, self._rest = parts.row(again), parts.row(rest)
        return [self.said, self.options.widget, self._again, self._rest, self.base]

    def update(self) -> None:
        """Show the strongest proposals; those just decided stay where they are."""
        session = self.session
        found = decompose.proposals(session.framework, session.plan, self.case.id, limit=None)
        rows: dict[Key, dict[str, Any]] = {
            (row["step"], row["layer"], row["key"]): _plain(row) for row in found.to_dict("records")
        }
        if not self._stay:
            self._rows = dict(list(rows.items())[:PAGE])
        options = [self._option(row) for row in self._rows.values()]
        self.options.show(options)
        left = len(rows)
        still = sum(option.state == OPEN for option in options)
        parts.visible(self._again, on=bool(options) and not still and bool(left))
        parts.visible(self._rest, on=bool(still))
        self.said.value = parts.sentence(
            f"{left} proposal{'s are' if left != 1 else ' is'} undecided."
            if left
            else "Nothing new appears: everything that the links lead to is decided."
        )
        self.base.value = self._foundations()

    def _option(self, row: dict[str, Any]) -> Option:
        choice = _choice(self.case, row["step"], row["layer"], row["key"])
        state = OPEN if choice is None else ACCEPTED if choice.accepted else REJECTED
        reason = choice.reason if choice is not None and choice.reason != row["chain"] else ""
        tag = "foundational: others stand on it" if row["foundational"] else SAID[row["layer"]]
        name = f"{row['name']} for {row['step_name']}"
        return Option(
            (row["step"], row["layer"], row["key"]), name, row["chain"], tag, state, reason
        )

    def _foundations(self) -> str:
        blocks = self.session.framework.building_blocks
        base = blocks[blocks["category"] == "foundational"].set_index("building_block")["name"]
        used = {key for part in owners(self.case) for key in part.accepted("building_block")}
        named = [name for key, name in base.items() if key in used]
        if not named:
            return ""
        return parts.sentence(
            f"Foundational building blocks in your plan, on which others stand: {', '.join(named)}."
        )

    def _decide(self, option: Option, state: str, reason: str) -> None:
        place: Any = option.key
        step, layer, key = place
        row, mine = self._rows[place], self.case.id

        def change(plan: Plan) -> None:
            if state == ACCEPTED:
                decompose.accept(plan, mine, row, reason)
            elif state == REJECTED:
                decompose.reject(plan, mine, row, reason)
            else:
                case = plan.use_case(mine)
                (case.step(step) if step else case).forget(layer, key)

        said = {ACCEPTED: "Accept", REJECTED: "Reject", OPEN: "Take back"}[state]
        self._change(f"{said} {option.name}", change)

    def _change(self, description: str, change: Callable[[Plan], None]) -> None:
        """Change the plan while the rows stay where they are."""
        self._stay = True
        try:
            self.session.change(description, change)
        finally:
            self._stay = False

    def _reject_rest(self) -> None:
        rows, mine = list(self._rows.values()), self.case.id

        def change(plan: Plan) -> None:
            case = plan.use_case(mine)
            for row in rows:
                if _choice(case, row["step"], row["layer"], row["key"]) is None:
                    decompose.reject(plan, mine, row)

        self._change("Reject the open proposals shown", change)

    def blockers(self) -> list[str]:
        """List what is not decided."""
        return decompose.blockers(self.session.plan, self.case.id, "map", self.session.framework)

    def answer(self) -> object:
        """Return what was decided."""
        return [decisions(part, *LAYERS) for part in owners(self.case)]


def _plain(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _part(row: dict[str, Any]) -> str:
    """Return what a relation belongs to: a step with its number, or the whole service."""
    return f"{row['order']}. {row['step_name']}" if row["order"] else "The whole service"


def _choice(case: UseCase, step: str, layer: Any, key: str) -> Choice | None:  # noqa: ANN401
    part = case.step(step) if step else case
    return next((choice for choice in part.choices(layer) if choice.key == key), None)


class Descriptions(MapPanel):
    """One line on every relation."""

    key, short, title = "descriptions", "Describe", "What is each of them for, in one line?"
    help = (
        "Each line is the seed of a requirement. The kit proposes one from the names and "
        "functions; change it until it says what your service needs."
    )

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the list of relations, and the field of the chosen one."""
        self.place = 0
        self.list = parts.pick("Relations", rows=10)
        self.on(self.list, self._choose)
        self.text = parts.area("What it is for", rows=4)
        self.on(self.text, self._describe)
        self.why = parts.html()
        following = self.button("Next relation", lambda: self._choose(self.place + 1))
        return [parts.side([self.list], [self.text, self.why, parts.row(following)])]

    def _found(self) -> list[dict[str, Any]]:
        session = self.session
        found = decompose.relations(session.framework, session.plan, self.case.id)
        return [_plain(row) for row in found[found["key"] != ""].to_dict("records")]

    def _key(self, row: dict[str, Any]) -> str:
        return "/".join([self.subject(), *(str(row[name]) for name in ("step", "layer", "key"))])

    def showing(self) -> str:
        """Return the key of the relation that is chosen."""
        return next(map(self._key, self._found()[self.place :]), "")

    def showable(self) -> dict[str, str]:
        """Return the relations."""
        return {self._key(row): row["name"] for row in self._found()}

    def update(self) -> None:
        """Show the relations."""
        rows = self._found()
        self.place = min(self.place, max(len(rows) - 1, 0))
        options = [(f"{_part(row)} → {row['name']}", place) for place, row in enumerate(rows)]
        if list(self.list.options) != options:
            self.list.options = options
        self.list.value = self.place if rows else None
        if rows:
            row = rows[self.place]
            self.text.value = row["description"]
            self.why.value = parts.sentence(row["reason"] and f"Why it is there: {row['reason']}")

    def _choose(self, place: int | None) -> None:
        if place is not None:
            self.place = place % max(len(self._found()), 1)
            self.show()

    def _describe(self, text: str) -> None:
        row = self._found()[self.place]

        def change(case: UseCase) -> None:
            choice = _choice(case, row["step"], row["layer"], row["key"])
            if choice is not None:
                choice.description = text
                return
            part = case.step(row["step"]) if row["step"] else case
            for word in part.own_words:
                if word.key == row["key"]:
                    word.description = text

        self.edit(f"Describe {row['name']}", change)

    def answer(self) -> object:
        """Return the lines of the team's own."""
        case = self.case
        return [
            [layer, choice.key, choice.description]
            for part in owners(case)
            for layer in LAYERS
            for choice in part.choices(layer)
            if choice.accepted
        ]


class Result(MapPanel):
    """The whole: what is shared, what is specific, and the picture."""

    key, short, title = "result", "Result", "This is your service in the framework"
    help = (
        "From the goals on the left to the building blocks on the right. What is specific to your "
        "sector stays, marked as not generic."
    )

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the places for what is specific, and for the picture."""
        self.specific = parts.html()
        self.place = ipywidgets.VBox()
        self._picture: anywidget.AnyWidget | None = None
        return [self.place, self.specific]

    def update(self) -> None:
        """Draw the picture, and list what is specific to the sector."""
        session, case = self.session, self.case
        found = decompose.specific(session.plan, case.id, session.framework)
        shown = found[["step_name", "name", "description"]].assign(
            layer=[SAID[layer] for layer in found["layer"]]
        )
        columns = {
            "step_name": "Step", "name": "What", "layer": "Kind", "description": "What it is for"
        }  # fmt: skip
        self.specific.value = parts.table(
            shown[list(columns)].rename(columns=columns),
            "Specific to your sector, not generic",
            empty="Nothing: all of it can be shared with other services.",
        )
        self._draw(session, case)

    def _draw(self, session: Session, case: UseCase) -> None:
        from govstack_kit.widgets.explorer import explore  # noqa: PLC0415 - only for this question

        whole = session.plan.framework(session.framework)
        if self._picture is None:
            self._picture = explore(whole, case.id)
            self.place.children = [self._picture]
        else:
            self._picture.draw(whole, case.id)

    def answer(self) -> object:
        """Return what the picture shows."""
        return self.case.model_dump()


_PANELS = (Proposals, Descriptions, Result)


def wizard(session: Session) -> Wizard:
    """Return the wizard of this part."""
    panels: list[Panel] = [panel(session) for panel in _PANELS]
    return Wizard(
        session,
        "Map: follow the links until nothing new appears",
        lambda: panels,
        beneath=lambda: steps_with_needs(session),
        ending="The service is mapped. Your plan now says which building blocks it needs.",
    )


def guide_map(session: Session) -> ipywidgets.VBox:
    """Return the guided part that follows the links of the framework.

    Parameters
    ----------
    session
        What :func:`govstack_kit.open_session` returns.

    Returns
    -------
    ipywidgets.VBox
        The questions; every answer is saved in the plan at once.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> session = gk.open_session("nowhere/plan")
    >>> gk.guide_map(session).__class__.__name__
    'VBox'
    """
    return wizard(session).widget
