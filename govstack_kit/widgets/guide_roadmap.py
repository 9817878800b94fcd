"""The guided part *roadmap*: what is built in which phase, and what goes live when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from govstack_kit.planning.names import names_of
from govstack_kit.selection.roadmap import dependencies
from govstack_kit.selection.roadmap import roadmap as best_roadmap
from govstack_kit.views import made_up_note
from govstack_kit.widgets import fields, markup
from govstack_kit.widgets.choices import Choice, Ticks
from govstack_kit.widgets.markup import visible
from govstack_kit.widgets.select_offers import needed_names, of_block, waits_for_blocks
from govstack_kit.widgets.wizard import Question, Wizard, has, some
from govstack_kit.words import amount, money

if TYPE_CHECKING:
    from collections.abc import Callable

    import ipywidgets
    import pandas as pd

    from govstack_kit.planning.plan import Plan
    from govstack_kit.selection.roadmap import Roadmap
    from govstack_kit.widgets.session import Session

NO_PHASE = "Name the phases first: that is question 1."
NOT_MAPPED = "No building block is needed yet. Map your service first, in the part “Map”."
THREE = ("Foundations", "First services", "All services")


def _waits_for_phases(session: Session) -> str:
    return waits_for_blocks(session) or (NO_PHASE if session.plan.phases.empty else "")


def _start_with_three(session: Session) -> fields.Part:
    """Return the button that names three phases of a year, shown while there are none."""

    def press() -> None:
        rows = [{"name": name} for name in THREE]
        session.change("Start with three phases", lambda plan: plan.add_rows({"phases": rows}))

    start = fields.Actions(
        session, fields.button(session, "Start with three phases of a year", press)
    )
    start.show = lambda: visible(start.widget, on=session.plan.phases.empty)  # type: ignore[method-assign]
    return start


def _worth(session: Session) -> list[fields.Part]:
    """Return what each service is worth when it is live, one after the other."""

    def services() -> list[tuple[str, str]]:
        values = {row["use_case"]: row["value"] for row in session.plan.rows("values")}
        return [
            (f"{row['name']}: {amount(values.get(row['use_case'], 1.0))}", row["use_case"])
            for row in session.plan.rows("use_cases")
        ]

    def same() -> None:
        empty = session.plan.table("values").head(0)
        said = "All services are worth the same"
        session.change(said, lambda plan: plan.replace("values", empty))

    return [
        fields.OneOf(
            session,
            "Service",
            services,
            lambda key: [fields.Form(session, "values", key=key, put=True)],
        ),
        fields.Actions(session, fields.button(session, "All are worth the same", same)),
    ]


def _dependencies(session: Session) -> pd.DataFrame:
    """Return what has to be there before what, as the team says or the kit assumes; kept."""
    return session.remember("dependencies", lambda: dependencies(session.framework, session.plan))


class First(Ticks):
    """Which building blocks have to be there before one of them; at first as the kit assumes."""

    def __init__(self, session: Session, block: Callable[[], str]) -> None:
        super().__init__(session, "dependencies", owner=block, names=self._others)
        self.block, self.label = block, "It needs these to be there first"

    def _others(self) -> dict[str, str]:
        return {k: name for k, name in needed_names(self.session).items() if k != self.block()}

    def decided(self) -> dict[str, dict[str, Any]]:
        """Return what has to be there first."""
        found = _dependencies(self.session)
        mine = found.loc[found["building_block"] == self.block(), "needs"]
        return {f"{self.block()} | {key}": {"status": "on"} for key in mine}

    def _own(self, plan: Plan) -> None:
        """Let all that was assumed be the team's own."""
        found = _dependencies(self.session)
        if not found["basis"].eq("plan").all():
            plan.replace("dependencies", found[["building_block", "needs", "reason"]])

    def _put(self, choice: Choice, verdict: str, plan: Plan) -> None:
        self._own(plan)
        super()._put(choice, verdict, plan)

    def _remove(self, choice: Choice, plan: Plan) -> None:
        self._own(plan)
        super()._remove(choice, plan)


def _all_first(session: Session) -> str:
    """Return what has to be there first, as a table."""
    names, found = names_of(session.framework), _dependencies(session)
    said = found.assign(
        block=[names.name("building_block", key) for key in found["building_block"]],
        first=[names.name("building_block", key) for key in found["needs"]],
    )
    shown = said.groupby("block", sort=False)["first"].agg(", ".join).reset_index()
    who = "you say" if found["basis"].eq("plan").all() else "the kit assumes"
    return markup.table(
        shown.rename(columns={"block": "Building block", "first": "Needs first"}),
        f"What has to be there first, as {who}",
        empty="Nothing has to wait for anything.",
    )


def _order(session: Session) -> list[fields.Part]:
    def back() -> None:
        empty = session.plan.dependencies.head(0)
        said = "What comes first: as assumed"
        session.change(said, lambda plan: plan.replace("dependencies", empty))

    return [
        of_block(session, lambda block: [First(session, block)]),
        fields.Actions(session, fields.button(session, "Back to what the kit assumes", back)),
        fields.Text(session, lambda: _all_first(session)),
    ]


def _drawn(session: Session, found: Roadmap) -> str:
    """Return a roadmap in words, as pictures and as tables."""
    from govstack_kit.views import plot_value_curve  # noqa: PLC0415 - loads the figures

    note = made_up_note(session.plan, "phases", "options", "systems")
    costs = [money(cost, found.currency) for cost in found.blocks["cost"]]

    def shown(frame: pd.DataFrame, titles: dict[str, Any], caption: str) -> str:
        return markup.table(frame[list(titles)].rename(columns=titles), caption)

    return (
        markup.marked(note)
        + "".join(map(markup.sentence, found.sentences()))
        + markup.image(found.figure(note=note)[0])
        + shown(
            found.use_cases,
            {"name": "Service", "month": "Live after month", "waits_for": "Waits for"},
            "What waits for what",
        )
        + shown(
            found.steps,
            {"name": "Step", "month": "Can start after month", "phase_name": "Phase"},
            "Which steps can start when",
        )
        + shown(
            found.blocks.assign(cost=costs),
            {"name": "Building block", "options": "With", "phase_name": "Phase", "cost": "Cost"},
            "What is built with what",
        )
        + markup.image(plot_value_curve(found, note=note)[0])
    )


QUESTIONS = (
    Question(
        "phases",
        "Phases",
        "In which phases do you build, and with what money?",
        "Phases follow each other. Budgets pay what is paid once, to build and to integrate. What "
        "a phase does not spend does not pass to the next. Leave a budget empty if there is no "
        "limit.",
        lambda session: [fields.Rows(session, "phases"), _start_with_three(session)],
        missing=some("phases", "Name at least one phase."),
        waits=lambda _session: "",
    ),
    Question(
        "worth",
        "Worth",
        "What is each service worth when it is live?",
        "On a scale of your own: a service of 2 is worth twice as much as one of 1, month by "
        "month. Without numbers, all count the same.",
        _worth,
        answered=has("values"),
    ),
    Question(
        "order",
        "What comes first",
        "Which block needs another one first?",
        "The kit assumes that what is foundational comes no later than what stands on it. Change "
        "it where your country knows better; all of it is then your own.",
        _order,
        waits=waits_for_blocks,
        answered=has("dependencies"),
    ),
    Question(
        "result",
        "Roadmap",
        "What is built when, and what goes live when?",
        "The order that brings the most valuable services live earliest, within the budgets and "
        "with what has to come first. It builds on the set that you chose, or on the best one.",
        lambda session: [
            fields.Result(
                session,
                "roadmap",
                lambda: best_roadmap(session.framework, session.plan),
                lambda found: _drawn(session, found),
                verb="Make the roadmap",
            )
        ],
        waits=_waits_for_phases,
    ),
)


def guide_roadmap(session: Session) -> ipywidgets.VBox:
    """Return the guided part that puts building blocks into phases.

    Parameters
    ----------
    session
        What :func:`govstack_kit.open_session` returns.

    Returns
    -------
    ipywidgets.VBox
        The part. It writes what it learns into the plan, which is saved after each change.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> len(guide_roadmap(gk.open_session("nowhere/plan")).children) > 0
    True
    """
    return Wizard(
        session,
        "Roadmap: what is built when?",
        QUESTIONS,
        ending="The roadmap is made. It is worked out anew whenever your plan changes.",
    ).widget
