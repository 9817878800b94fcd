"""The guided part *roadmap*: what is built in which phase, and what goes live when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from govstack_kit.planning.names import names_of
from govstack_kit.selection.roadmap import dependencies, roadmap
from govstack_kit.widgets import fields, markup
from govstack_kit.widgets.choices import Choice, Place, Ticks
from govstack_kit.widgets.select_offers import needed_names, no_blocks, of_block
from govstack_kit.widgets.wizard import Guide
from govstack_kit.words import amount

if TYPE_CHECKING:
    from collections.abc import Callable

    import ipywidgets

    from govstack_kit.planning.plan import Plan
    from govstack_kit.selection.roadmap import Roadmap
    from govstack_kit.widgets.session import Session

GUIDE = Guide("roadmap")
SAID = GUIDE.said


def no_phase(session: Session) -> list[str]:
    """Wait for building blocks and phases."""
    return no_blocks(session) or ([SAID["no phase"]] if has_no_phase(session) else [])


def has_no_phase(session: Session) -> bool:
    """Return whether no phase is named."""
    return session.plan.phases.empty


def start_with_three(session: Session) -> None:
    """Name three phases of a year."""
    rows = [{"name": name} for name in GUIDE.given["phases"]]
    session.change("Start with three phases", lambda plan: plan.add_rows({"phases": rows}))


def worth(session: Session) -> fields.Part:
    """Return what each service is worth when it is live, one after the other."""

    def services() -> list[tuple[str, str]]:
        values = {row["use_case"]: row["value"] for row in session.plan.rows("values")}
        return [
            (f"{row['name']}: {amount(values.get(row['use_case'], 1.0))}", row["use_case"])
            for row in session.plan.rows("use_cases")
        ]

    def value(key: Callable[[], str]) -> list[fields.Part]:
        return [fields.Form(session, "values", key=key, put=True)]

    return fields.OneOf(session, "Service", services, value)


def _empty(session: Session, table: str, description: str) -> None:
    empty = session.plan.table(table).head(0)
    session.change(description, lambda plan: plan.replace(table, empty))


def worth_the_same(session: Session) -> None:
    """Forget what services are worth."""
    _empty(session, "values", "All services are worth the same")


def as_assumed(session: Session) -> None:
    """Forget what the team says about what comes first."""
    _empty(session, "dependencies", "What comes first: as assumed")


class First(Ticks):
    """Which building blocks have to be there before one of them; at first as the kit assumes."""

    def __init__(self, session: Session, block: Callable[[], str]) -> None:
        super().__init__(session, "dependencies", owner=block, names=self._others)
        self.block, self.label = block, SAID["first"]

    def _others(self) -> dict[str, str]:
        return {k: name for k, name in needed_names(self.session).items() if k != self.block()}

    def decided(self) -> dict[Place, dict[str, Any]]:
        """Return what has to be there first."""
        found = self.session.ask(dependencies)
        mine = found.loc[found["building_block"] == self.block(), "needs"]
        return {("dependencies", self.block(), key): {"status": "on"} for key in mine}

    def decide(self, choice: Choice, verdict: str, plan: Plan) -> None:
        """Let all that was assumed be the team's own, and change it."""
        found = self.session.ask(dependencies)
        if not found["basis"].eq("plan").all():
            plan.replace("dependencies", found[["building_block", "needs", "reason"]])
        super().decide(choice, verdict, plan)


def first(session: Session) -> fields.Part:
    """Return what has to be there before each block."""
    return of_block(session, lambda block: [First(session, block)])


def all_first(session: Session) -> str:
    """Return what has to be there before what, as a table."""
    found, names = session.ask(dependencies), names_of(session.framework)
    said = found.assign(
        block=[names.name("building_block", key) for key in found["building_block"]],
        first=[names.name("building_block", key) for key in found["needs"]],
    )
    shown = said.groupby("block", sort=False)["first"].agg(", ".join).reset_index()
    who = SAID["plan" if len(session.plan.dependencies) else "kit"]
    return GUIDE.table("first", shown, who=who)


def value_curve(session: Session, found: Roadmap) -> str:
    """Return a roadmap in words, as pictures and as tables."""
    from govstack_kit.views import plot_value_curve  # noqa: PLC0415 - loads the figures

    curve, _axes = plot_value_curve(found, note=GUIDE.note(session))
    return GUIDE.answer(session, found) + markup.image(curve)


def guide_roadmap(session: Session) -> ipywidgets.VBox:
    """Return the guided part that puts building blocks into phases.

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
    >>> len(guide_roadmap(gk.open_session("nowhere/plan")).children) > 0
    True
    """
    return GUIDE.open(session)


GUIDE.uses(no_blocks, no_phase, has_no_phase, start_with_three, worth, worth_the_same)
GUIDE.uses(first, as_assumed, all_first, roadmap, value_curve)
