"""The guided part *roadmap*: what is built in which phase, and what goes live when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from govstack_kit.planning.names import names_of
from govstack_kit.selection.needs import needs
from govstack_kit.selection.roadmap import LIVE, dependencies
from govstack_kit.selection.roadmap import roadmap as best_roadmap
from govstack_kit.views import made_up_note
from govstack_kit.widgets import fields, markup
from govstack_kit.widgets.choices import Ticks
from govstack_kit.widgets.stylesheet import visible
from govstack_kit.widgets.wizard import Question, Wizard, has, needs_use_case, some
from govstack_kit.words import amount, count, money

if TYPE_CHECKING:
    import pandas as pd

    from govstack_kit.planning.plan import Plan
    from govstack_kit.selection.roadmap import Roadmap
    from govstack_kit.widgets.session import Session

NO_PHASE = "Name the phases first: that is question 1."
NOT_MAPPED = "No building block is needed yet. Map your service first, in the part “Map”."
THREE = ("Foundations", "First services", "All services")


def _needed(session: Session) -> dict[str, str]:
    """Return the names of the building blocks that the plan needs, by their keys."""

    def work() -> dict[str, str]:
        found = needs(session.framework, session.plan)
        return dict(zip(found["building_block"], found["name"], strict=True))

    return session.remember("needed blocks", work)


def _waits_for_blocks(session: Session) -> str:
    return needs_use_case(session) or ("" if _needed(session) else NOT_MAPPED)


def _waits_for_phases(session: Session) -> str:
    return _waits_for_blocks(session) or (NO_PHASE if session.plan.phases.empty else "")


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


class Worth(fields.Part):
    """What each service is worth when it is live: a list of services, and the fields of one."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.list = fields.labelled(ipywidgets.Dropdown(), "Service")
        self.form = fields.Form(session, "values", key=lambda: str(self.list.value), put=True)
        self.same = fields.actions(fields.button(session, "All are worth the same", self._same))
        self.widget = ipywidgets.VBox([self.list, self.form.widget, self.same])
        fields.watch(session, self.list, lambda key: self.form.show() if key else None)

    def _same(self) -> None:
        empty = self.session.plan.table("values").head(0)
        self.session.change(
            "All services are worth the same", lambda plan: plan.replace("values", empty)
        )

    def show(self) -> None:
        """Show the services with what they are worth."""
        plan = self.session.plan
        values = {row["use_case"]: row["value"] for row in plan.rows("values")}
        options = [
            (f"{row['name']}: {amount(values.get(row['use_case'], 1.0))}", row["use_case"])
            for row in plan.rows("use_cases")
        ]
        if list(self.list.options) != options:
            chosen, keys = self.list.value, [key for _, key in options]
            self.list.options = options
            self.list.value = chosen if chosen in keys else keys[0]
        self.form.show()
        visible(self.same, on=bool(values))

    def wrong(self) -> list[str]:
        """Return which fields hold what is not saved."""
        return self.form.wrong()


class First(Ticks):
    """Which building blocks have to be there before one of them; at first as the kit assumes."""

    def __init__(self, session: Session) -> None:
        self.which = fields.labelled(ipywidgets.Dropdown(), "Building block", "", "gsk-narrow")
        super().__init__(
            session, "dependencies", owner=lambda: str(self.which.value), names=self._others
        )
        self.ticks = self.widget
        back = fields.button(session, "Back to what the kit assumes", self._back)
        self.back, self.table_shown = fields.actions(back), ipywidgets.HTML()
        self.widget = ipywidgets.VBox([self.which, self.ticks, self.back, self.table_shown])
        fields.watch(session, self.which, lambda key: self.show() if key else None)

    def _others(self) -> dict[str, str]:
        return {k: name for k, name in _needed(self.session).items() if k != self.which.value}

    def _found(self) -> pd.DataFrame:
        session = self.session
        return session.remember(
            "dependencies", lambda: dependencies(session.framework, session.plan)
        )

    def tick(self, key: str, *, on: bool) -> None:
        """Let a block come first, or no longer; all that was assumed becomes the team's own."""
        pair, found = (str(self.which.value), key), self._found()
        own = found["basis"].eq("plan").all()

        def change(plan: Plan) -> None:
            if not own:
                plan.replace("dependencies", found[["building_block", "needs", "reason"]])
            if on:
                plan.put("dependencies", pair)
            else:
                plan.remove("dependencies", pair)

        self.session.change("Change what comes first", change)

    def _back(self) -> None:
        empty = self.session.plan.dependencies.head(0)
        self.session.change(
            "What comes first: as assumed", lambda plan: plan.replace("dependencies", empty)
        )

    def show(self) -> None:
        """Show what the chosen block needs, and what all need."""
        blocks, found = _needed(self.session), self._found()
        options = [(name, key) for key, name in blocks.items()]
        if list(self.which.options) != options:
            chosen = self.which.value
            self.which.options = options
            self.which.value = chosen if chosen in blocks else next(iter(blocks))
        mine = set(found.loc[found["building_block"] == self.which.value, "needs"])
        self.ticks.state = {
            "label": "It needs these to be there first",
            "ticks": True,
            "lines": [
                {"key": key, "name": name, "status": "on" if key in mine else ""}
                for key, name in self._others().items()
            ],
        }
        visible(self.back, on=not self.session.plan.dependencies.empty)
        names = names_of(self.session.framework)
        said = found.assign(
            block=[names.name("building_block", key) for key in found["building_block"]],
            first=[names.name("building_block", key) for key in found["needs"]],
        )
        shown = said.groupby("block", sort=False)["first"].agg(", ".join).reset_index()
        who = "you say" if found["basis"].eq("plan").all() else "the kit assumes"
        self.table_shown.value = markup.table(
            shown.rename(columns={"block": "Building block", "first": "Needs first"}),
            f"What has to be there first, as {who}",
            empty="Nothing has to wait for anything.",
        )


def _drawn(session: Session, found: Roadmap) -> str:
    """Return a roadmap in words, as pictures and as tables."""
    from govstack_kit.views import plot_value_curve  # noqa: PLC0415 - loads the figures

    note = made_up_note(session.plan, "phases", "options", "systems")
    built = found.blocks.dropna(subset="phase")
    by_phase = "; ".join(f"{r['name']}: {r['phase_name']}" for r in built.to_dict("records"))
    live = count(int((found.use_cases["status"] == LIVE).sum()), "service")
    costs = [money(cost, found.currency) for cost in found.blocks["cost"]]

    def shown(frame: pd.DataFrame, titles: dict[str, Any], caption: str) -> str:
        return markup.table(frame[list(titles)].rename(columns=titles), caption)

    return (
        markup.marked(note)
        + "".join(map(markup.sentence, found.sentences()))
        + markup.image(found.figure(note=note)[0], f"Blocks by phase. {by_phase}. {note}")
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
        + markup.image(
            plot_value_curve(found, note=note)[0],
            f"Value that has come in, month by month; {live} live in the end. {note}",
        )
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
        lambda session: [Worth(session)],
        answered=has("values"),
    ),
    Question(
        "order",
        "What comes first",
        "Which block needs another one first?",
        "The kit assumes that what is foundational comes no later than what stands on it. Change "
        "it where your country knows better; all of it is then your own.",
        lambda session: [First(session)],
        waits=_waits_for_blocks,
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


def roadmap(session: Session) -> Wizard:
    """Return the wizard of this part."""
    return Wizard(
        session,
        "Roadmap: what is built when?",
        QUESTIONS,
        ending="The roadmap is made. It is worked out anew whenever your plan changes.",
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
    return roadmap(session).widget
