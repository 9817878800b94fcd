"""The guided part *map*: follow the links of the framework until nothing new appears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from govstack_kit import words
from govstack_kit.planning.decisions import owners
from govstack_kit.planning.mapping import LIMIT, decide_proposal, proposals, relations, review
from govstack_kit.tables import package
from govstack_kit.widgets import fields, markup
from govstack_kit.widgets.choices import Choice, Choices, Place
from govstack_kit.widgets.explorer import explore
from govstack_kit.widgets.markup import GUIDED
from govstack_kit.widgets.wizard import Guide, lacking

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from govstack_kit.planning.plan import Plan
    from govstack_kit.widgets.session import Session

GUIDE = Guide("map")
SAID = LAYER = GUIDE.said  # with the names of layers
TABLES = {
    (owner, layer): f"{owner}_{layer}s"
    for owner in ("use_case", "step")
    for layer in ("workflow", "building_block")
}


def _related(session: Session) -> pd.DataFrame:
    """Return every accepted relation of the service."""
    return session.ask(relations, session.use_case)


def steps_with_needs(session: Session) -> str:
    """Return a table of the steps with what they need, as HTML."""
    if not session.use_case:
        return ""
    found, steps = _related(session), session.plan.table("steps")
    shown = steps[steps["use_case"] == session.use_case]
    named = {
        layer: [
            "; ".join(found[(found["step"] == step) & (found["layer"] == layer)]["name"])
            or "none yet"
            for step in shown["step"]
        ]
        for layer in ("workflow", "building_block")
    }
    return GUIDE.table("steps_with_needs", shown.assign(**named), name=session.service)


def nothing_aligned(session: Session) -> list[str]:
    """Wait for a service with something accepted."""
    if waiting := lacking(session, GUIDED["waits"]):
        return waiting
    parts = owners(session.plan, session.use_case)
    aligned = any(keys for part in parts for keys in part.accepted.values())
    return [] if aligned else [SAID["nothing aligned"]]


# --- following the links --------------------------------------------------------------------------


class Proposals(Choices):
    """What the links lead to, one line for each workflow or block and all steps that it is for."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            session, "step_building_blocks", verdicts="proposal", reasons=True, most=LIMIT
        )
        self._limit = 0  # as many lines as are asked; the rest on demand
        self.proposals: dict[str, dict[Place, dict[str, Any]]] = {}  # by line, since it was opened

    def decided(self) -> dict[Place, dict[str, Any]]:
        """Return what is decided for the service and its steps."""
        return {
            (table, row[owner], row[layer]): row
            for (owner, layer), table in TABLES.items()
            for row in self.session.plan.rows(table)
        }

    def lines(self) -> list[Choice]:
        """Return what the links lead to, and what was decided here."""
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
            there = {place: row for place, row in rows.items() if place in decided}
            if there:
                lines[line] = there | lines.get(line, {})
        self.proposals = lines
        decided_or_asked = [
            any(row["asked"] or place in decided for place, row in rows.items())
            for rows in lines.values()
        ]
        self._limit = max(self._limit, sum(decided_or_asked))
        return [_line(key, rows) for key, rows in lines.items()]

    def decide(self, choice: Choice, verdict: str, plan: Plan) -> None:
        """Accept or reject what a line proposes, or take that back."""
        if not verdict:
            super().decide(choice, verdict, plan)
        for proposal in self.proposals[choice.key].values() if verdict else ():
            decide_proposal(plan, proposal, verdict, reason=choice.reason)

    def reject_rest(self) -> None:
        """Reject what is open of the lines that are shown."""
        decided = self.decided()
        rest = [c for c in self.shown.values() if not self._verdict(c, decided)]

        def reject(plan: Plan) -> None:
            for choice in rest:
                self.decide(choice, "rejected", plan)

        self.session.change("Reject the open proposals shown", reject)


def _line(key: str, rows: dict[Place, dict[str, Any]]) -> Choice:
    """Return what is proposed for several steps as one line."""
    first, *others = rows.values()
    steps = [str(row["step_name"]) for row in rows.values()]
    of = f"{words.count(len(steps), 'step')}: {words.listed(steps)}" if others else steps[0]
    tag = SAID["foundational"] if first["foundational"] else LAYER[first["layer"]]
    chains = "; ".join(row["chain"] for row in others)
    return Choice(key, f"{first['name']} for {of}", first["chain"], chains, tag, rows=tuple(rows))


def following(session: Session) -> list[fields.Part]:
    """Return what the links lead to, and the way to reject the rest of it."""
    part = Proposals(session)
    rest = fields.button(session, "Reject the open ones shown here", part.reject_rest)
    return [part, fields.Actions(session, rest)]


def left(session: Session) -> str:
    """Say how much is left to decide."""
    return markup.sentence(" ".join(undecided(session)[:1]) or SAID["nothing new"])


def undecided(session: Session) -> list[str]:
    """Say what is not decided."""
    return session.ask(review, session.use_case, "map")


def foundations(session: Session) -> str:
    """Name the foundational building blocks."""
    base = session.framework.building_blocks.query("category == 'foundational'")
    named = base.loc[base["building_block"].isin(_related(session)["building_block"]), "name"]
    said = SAID["foundations"].format(names=", ".join(named))
    return markup.sentence(said if len(named) else "")


# --- describing -----------------------------------------------------------------------------------


def _described(session: Session) -> dict[str, dict[str, Any]]:
    """Return the relations that have a key, by step, layer and key."""
    return {
        f"{row.get('step', '')} {row['layer']} {row[row['layer']]}": row
        for row in package.records(_related(session))
        if row["layer"] in row  # an own word that is specific to the sector has no key
    }


def describing(session: Session) -> fields.Part:
    """Return the lines on what relations are for, one after the other."""

    def related() -> list[tuple[str, str]]:
        return [
            (f"{row['order'] or SAID['whole']}. {row['step_name']} → {row['name']}", key)
            for key, row in _described(session).items()
        ]

    return fields.OneOf(session, "Relation", related, lambda key: [Line(session, key)])


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
        self.why.value = markup.sentence(SAID["why"].format(reason=why) if why else "")

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


def specific(session: Session) -> str:
    """Return what is specific to the sector, as a table."""
    found = _related(session).query("not generic")
    return GUIDE.table("specific", found.assign(layer=[LAYER[layer] for layer in found["layer"]]))


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
    return GUIDE.open(session)


GUIDE.uses(nothing_aligned, left, following, undecided, foundations, describing)
GUIDE.uses(Picture, specific, steps_with_needs)
