"""The guided part *map*: follow the links of the framework until nothing new appears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
import pandas as pd

from govstack_kit import words
from govstack_kit.planning.decisions import owners
from govstack_kit.planning.mapping import LIMIT, decide_proposal, proposals, relations, review
from govstack_kit.tables import package
from govstack_kit.widgets import fields, markup
from govstack_kit.widgets.choices import Choice, Choices, Verdict
from govstack_kit.widgets.explorer import explore
from govstack_kit.widgets.wizard import Question, Wizard, needs_use_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from govstack_kit.planning.plan import Plan
    from govstack_kit.widgets.session import Session

    Place = tuple[str, str, str]  # table, what it is for, and what is proposed

SAID = {"target": "SDG target", "workflow": "Workflow", "building_block": "Building block"}
TABLES = {
    (owner, layer): f"{owner}_{layer}s"
    for owner in ("use_case", "step")
    for layer in ("workflow", "building_block")
}
DECIDING = (
    Verdict("accepted", "Accept", "✓ Accepted"),
    Verdict("rejected", "Reject", "✗ Rejected", "off"),
)
NOT_ALIGNED = (
    "Nothing is aligned yet, so there is no link to follow. Accept workflows or building blocks "
    "for the steps first, in the part “Align”."
)


def related(session: Session) -> pd.DataFrame:
    """Return every accepted relation of the service, worked out once until the plan changes."""

    def work() -> pd.DataFrame:
        return relations(session.framework, session.plan, session.use_case)

    return session.remember(f"relations of {session.use_case}", work)


def steps_with_needs(session: Session) -> str:
    """Return a table of the steps with what they need, as HTML."""
    if not session.use_case:
        return ""
    found, plan = related(session), session.plan
    rows = []
    for number, step in enumerate(plan.rows("steps", use_case=session.use_case), start=1):
        row: dict[str, object] = {"Step": number, "Name": step["name"]}
        for layer in ("workflow", "building_block"):
            named = found[(found["step"] == step["step"]) & (found["layer"] == layer)]["name"]
            row[f"{SAID[layer]}s"] = "; ".join(named) or "none yet"
        rows.append(row)
    name = plan.row("use_cases", session.use_case)["name"]
    return markup.table(
        pd.DataFrame(rows), f"What your plan says now: {name}", empty="No steps yet."
    )


def _waits(session: Session) -> str:
    """Wait for a service with something accepted."""
    if waiting := needs_use_case(session):
        return waiting
    parts = owners(session.plan, session.use_case)
    return "" if any(keys for part in parts for keys in part.accepted.values()) else NOT_ALIGNED


# --- following the links --------------------------------------------------------------------------


class Proposals(Choices):
    """What the links lead to, one line for each workflow or block and all steps that it is for."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            session,
            "step_building_blocks",
            self._lines,
            verdicts=DECIDING,
            reasons=True,
            most=LIMIT,
        )
        self._limit = 0  # as many lines as are asked; the rest on demand
        self.proposals: dict[str, dict[Place, dict[str, Any]]] = {}  # by line, since it was opened

    def decided(self) -> dict[str, dict[str, Any]]:
        """Return what is decided for the service and its steps, by table, owner and key."""
        rows = {}
        for (owner, layer), table in TABLES.items():
            for row in self.session.plan.rows(table):
                rows[fields.joined_key((table, row[owner], row[layer]))] = row
        return rows

    def _lines(self) -> list[Choice]:
        session, case = self.session, self.session.use_case
        found = session.remember(
            f"proposals for {case}",
            lambda: proposals(session.framework, session.plan, case, every=True),
        )
        lines: dict[str, dict[Place, dict[str, Any]]] = {}
        for row in package.records(found):
            kind, layer = "step" if "step" in row else "use_case", row["layer"]
            place = TABLES[kind, layer], row.get("step", case), row[layer]
            lines.setdefault(f"{layer} {row[layer]}", {})[place] = {"step": None, **row}
        decided = self.decided()
        for line, rows in self.proposals.items():  # what was decided here keeps its place
            there = {at: row for at, row in rows.items() if fields.joined_key(at) in decided}
            if there:
                lines[line] = there | lines.get(line, {})
        self.proposals = lines
        decided_or_asked = [
            any(row["asked"] or fields.joined_key(at) in decided for at, row in rows.items())
            for rows in lines.values()
        ]
        self._limit = max(self._limit, sum(decided_or_asked))
        return [self._choice(line, list(rows.items())) for line, rows in lines.items()]

    def _choice(self, key: str, rows: list[tuple[Place, dict[str, Any]]]) -> Choice:
        _, first = rows[0]
        steps = [str(row["step_name"]) for _, row in rows]
        of = (
            steps[0]
            if len(steps) == 1
            else f"{words.count(len(steps), 'step')}: {words.listed(steps)}"
        )
        tag = "foundational: others stand on it" if first["foundational"] else SAID[first["layer"]]
        chains = "; ".join(row["chain"] for _, row in rows[1:])
        places = tuple(place for place, _ in rows)
        return Choice(key, f"{first['name']} for {of}", first["chain"], chains, tag, rows=places)

    def _put(self, choice: Choice, verdict: str, plan: Plan) -> None:
        for proposal in self.proposals[choice.key].values():
            decide_proposal(plan, proposal, verdict, reason=choice.reason)

    def _remove(self, choice: Choice, plan: Plan) -> None:
        for table, *key in self.proposals[choice.key]:
            plan.remove(table, tuple(key))

    def _explain(self, choice: Choice, text: str, plan: Plan) -> None:
        for table, *key in self.proposals[choice.key]:
            plan.set(table, tuple(key), reason=text)

    def reject_rest(self) -> None:
        """Reject what is open of the lines that are shown."""
        decided = self.decided()
        rest = [c for c in self.shown.values() if not self._verdict(c, decided)]

        def reject(plan: Plan) -> None:
            for choice in rest:
                self._put(choice, "rejected", plan)

        self.session.change("Reject the open proposals shown", reject)


def _following(session: Session) -> list[fields.Part]:
    part = Proposals(session)
    rest = fields.button(session, "Reject the open ones shown here", part.reject_rest)
    return [
        fields.Text(session, lambda: _left(session)),
        part,
        fields.Actions(session, rest),
        fields.Text(session, lambda: _foundations(session)),
    ]


def _left(session: Session) -> str:
    said = _undecided(session)
    return markup.sentence(
        said[0]
        if said
        else "Nothing new appears: all that the steps support well is decided. More is optional."
    )


def _undecided(session: Session) -> list[str]:
    """Say what is not decided."""
    framework, plan, case = session.framework, session.plan, session.use_case
    return session.remember(f"undecided of {case}", lambda: review(framework, plan, case, "map"))


def _foundations(session: Session) -> str:
    base = session.framework.building_blocks.query("category == 'foundational'")
    named = base.loc[base["building_block"].isin(related(session)["building_block"]), "name"]
    said = f"Foundational building blocks in your plan, on which others stand: {', '.join(named)}."
    return markup.sentence(said if len(named) else "")


# --- describing -----------------------------------------------------------------------------------


def _described(session: Session) -> dict[str, dict[str, Any]]:
    """Return the relations that have a key, by step, layer and key."""
    return {
        f"{row.get('step', '')} {row['layer']} {row[row['layer']]}": row
        for row in package.records(related(session))
        if row["layer"] in row  # an own word that is specific to the sector has no key
    }


def _relations(session: Session) -> list[tuple[str, str]]:
    return [
        (f"{row['order'] or 'The whole service'}. {row['step_name']} → {row['name']}", key)
        for key, row in _described(session).items()
    ]


class Line(fields.Part):
    """One line on what a relation is for, and why it is there."""

    def __init__(self, session: Session, key: Callable[[], str]) -> None:
        super().__init__(session)
        self.key, self._showing = key, False
        self.text, self.why = fields.area("What it is for"), ipywidgets.HTML()
        self.text.add_class("gsk-typed")
        self.widget = ipywidgets.VBox([self.text, self.why])
        fields.watch(session, self.text, self._describe)

    def show(self) -> None:
        """Show the line."""
        row = _described(self.session).get(self.key())
        if row is None:
            return
        if words.clean(self.text.value, lines=True) != row["description"]:
            self._showing = True
            self.text.value, self._showing = row["description"], False
        why = row.get("reason", "")
        self.why.value = markup.sentence(f"Why it is there: {why}" if why else "")

    def _describe(self, text: str) -> None:
        if self._showing:
            return
        row = _described(self.session)[self.key()]
        layer, owner = row["layer"], row.get("step", self.session.use_case)
        key, kind = row[layer], "step" if "step" in row else "use_case"
        table = TABLES.get((kind, layer), "use_case_targets")

        def change(plan: Plan) -> None:
            if plan.has(table, (owner, key)):
                plan.set(table, (owner, key), description=text)
            for word in plan.rows("own_words", **{kind: owner}, key=key):
                plan.set("own_words", word["word"], description=text)

        self.session.change(f"Describe {row['name']}", change, typing=self.key())


# --- the result -----------------------------------------------------------------------------------


class Picture(fields.Part):
    """The service in the framework, from goals to building blocks, to be explored."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.widget = explore(session.laid, session.use_case)

    def show(self) -> None:
        """Draw the service as the plan has it now."""
        self.widget.draw(self.session.laid, self.session.use_case)


def _specific(session: Session) -> str:
    """Return what is specific to the sector, as a table."""
    found = related(session).query("not generic")
    found = found.assign(layer=[SAID[layer] for layer in found["layer"]])
    titles = {"step_name": "Step", "name": "What", "layer": "Kind", "description": "What it is for"}
    return markup.table(
        found[list(titles)].rename(columns=titles),
        "Specific to your sector, not generic",
        empty="Nothing: all of it can be shared with other services.",
    )


QUESTIONS = (
    Question(
        "proposals",
        "Follow the links",
        "What do the links of the framework add?",
        "Each proposal shows the chain that led to it, for all steps that support it well. Accept "
        "what the service needs and reject the rest, with a reason if you like. What you accept "
        "may lead further; what the steps support weakly is optional, under “more”.",
        _following,
        missing=_undecided,
        waits=_waits,
    ),
    Question(
        "descriptions",
        "Describe",
        "What is each of them for, in one line?",
        "Each line is the seed of a requirement. The kit proposes one from the names and "
        "functions; change it until it says what your service needs.",
        lambda session: [
            fields.OneOf(
                session,
                "Relation",
                lambda: _relations(session),
                lambda key: [Line(session, key)],
            )
        ],
        waits=_waits,
    ),
    Question(
        "result",
        "Result",
        "This is your service in the framework",
        "From the goals on the left to the building blocks on the right. What is specific to your "
        "sector stays, marked as not generic.",
        lambda session: [Picture(session), fields.Text(session, lambda: _specific(session))],
        waits=_waits,
    ),
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
    >>> gk.guide_map(session)
    Guided part “Map: follow the links until nothing new appears”. Run this cell to open it.
    """
    return Wizard(
        session,
        "Map: follow the links until nothing new appears",
        QUESTIONS,
        beneath=steps_with_needs,
        ending="The service is mapped. Your plan now says which building blocks it needs.",
    ).widget
