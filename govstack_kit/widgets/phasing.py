"""The guided part *roadmap*: what is built when, so that the most valuable services come first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit.planning.model import make
from govstack_kit.planning.names import names_of
from govstack_kit.planning.selected import Dependency, Phase, Value
from govstack_kit.views.style import count
from govstack_kit.widgets import numbers, parts
from govstack_kit.widgets.choice import image_html
from govstack_kit.widgets.forms import Fields, PlanList
from govstack_kit.widgets.lists import Ticks
from govstack_kit.widgets.requiring import NOT_MAPPED
from govstack_kit.widgets.results import needed, needed_names, remembered, understood
from govstack_kit.widgets.wizard import Panel, Wizard
from govstack_kit.widgets.working import Worked

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ipywidgets

    from govstack_kit.planning.model import UseCase
    from govstack_kit.planning.plan import Plan
    from govstack_kit.selection.roadmap import Roadmap
    from govstack_kit.widgets.models import Session

NO_PHASE = "Name the phases first: that is question 1."
NO_CASE = (
    "There is no service in this plan yet. Describe one first, in the part “Define”, and map it."
)
THREE = (("Foundations", 12.0), ("First services", 12.0), ("All services", 12.0))


def _months(text: str, what: str) -> float | None:
    allowed = "a number above 0, at most 600"  # what a plan takes
    return numbers.number(text, what, "6 or 2.5", allowed, lambda found: 0 < found <= 600)  # noqa: PLR2004


def _values(plan: Plan) -> list[Value]:
    return plan.values  # noqa: PD011 - of a plan, not of a frame


class Phases(PlanList):
    """In which phases the country builds, and with what money."""

    key, short, title = "phases", "Phases", "In which phases do you build, and with what money?"
    help = (
        "Phases follow each other. Budgets pay what is paid once, to build and to integrate. What "
        "a phase does not spend does not pass to the next. Leave a budget empty if there is no "
        "limit."
    )
    kind = Phase
    one, add_label, list_label = "phase", "Name of a phase", "Phases"
    add_hint = "for example: Pilot, or the budget year 2027"

    def listed(self, plan: Plan) -> list[Any]:
        """Return the phases."""
        return plan.phases

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the list, and a way to start."""
        children = list(super().build())
        self._three = parts.row(self.button("Start with three phases of a year", self._start))
        return [*children, self._three]

    def fields(self) -> Sequence[ipywidgets.Widget]:
        """Make the fields of a phase."""
        form = self.controls = Fields(self, self.set_field)
        return [
            form.line("name", "Name"),
            form.number("months", "Months", _months, empty=12.0, hint="12"),
            form.number("budget", "Budget", hint="no limit"),
        ]

    def update(self) -> None:
        """Show the phases."""
        super().update()
        parts.visible(self._three, on=not self.entries())

    def _start(self) -> None:
        def start(plan: Plan) -> None:
            for name, months in THREE:
                fields = self.fresh(plan, name) | {"months": months}
                plan.phases.append(make(Phase, fields))

        self.session.change("Start with three phases", start)

    def blockers(self) -> list[str]:
        """Ask for one phase."""
        return [] if self.entries() else ["Name at least one phase."]


class Worth(Panel):
    """What each service is worth when it is live."""

    key, short, title = "worth", "Worth", "What is each service worth when it is live?"
    help = (
        "On a scale of your own: a service of 2 is worth twice as much as one of 1, month by "
        "month. Without numbers, all count the same."
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.place = 0

    def waits_for(self) -> str:
        """Wait for a service."""
        return "" if self.session.plan.use_cases else NO_CASE

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the list of services, and the fields of the chosen one."""
        self.list = parts.pick("Services", rows=6)
        self.on(self.list, self._choose)
        form = self.form = Fields(self, self._set)
        fields = [
            form.number("value", "Worth", numbers.value, empty=1.0, hint="1"),
            form.number("people", "People it reaches", numbers.whole),
            form.area("reason", "Why"),
        ]
        same = self.button("All are worth the same", self._same)
        self._same_row = parts.row(same)
        return [parts.side([self.list, self._same_row], fields)]

    @property
    def case(self) -> UseCase:
        """The service that is chosen."""
        cases = self.session.plan.use_cases
        self.place = min(max(self.place, 0), len(cases) - 1)
        return cases[self.place]

    def showing(self) -> str:
        """Return the id of the service that is chosen."""
        return self.case.id if self.session.plan.use_cases else ""

    def showable(self) -> dict[str, str]:
        """Return the services."""
        return {case.id: case.name for case in self.session.plan.use_cases}

    def _choose(self, place: int | None) -> None:
        if place is not None:
            self.place = place
            self.show()

    def update(self) -> None:
        """Show the services with what they are worth."""
        plan = self.session.plan
        values = {value.key: value for value in _values(plan)}
        case = self.case
        options = [
            (f"{one.name}: {numbers.said(values[one.id].value if one.id in values else 1.0)}", n)
            for n, one in enumerate(plan.use_cases)
        ]
        if list(self.list.options) != options:
            self.list.options = options
        self.list.rows = min(max(len(options), 4), 14)
        self.list.value = self.place
        self.form.show(values.get(case.id) or Value(key=case.id))
        parts.visible(self._same_row, on=bool(_values(plan)))

    def _set(self, name: str, value: Any) -> None:  # noqa: ANN401
        case = self.case
        key = case.id

        def change(plan: Plan) -> None:
            plan.use_case(key)  # says so if another window has removed it
            there = {one.key for one in _values(plan)}
            missing = [Value(key=one.id) for one in plan.use_cases if one.id not in there]
            plan.values = [*_values(plan), *missing]  # a value for each, or for none
            setattr(next(one for one in _values(plan) if one.key == key), name, value)

        said = {"value": "worth", "people": "people reached", "reason": "reason"}[name]
        self.session.change(f"Change {said} of {case.name}", change)

    def _same(self) -> None:
        self.session.change("All services are worth the same", lambda plan: _values(plan).clear())

    def answer(self) -> object:
        """Return the services with what they are worth."""
        plan = self.session.plan
        return [[case.id for case in plan.use_cases], [v.model_dump() for v in _values(plan)]]


class Order(Panel):
    """Which block has to be there before which other one."""

    key, short, title = "order", "What comes first", "Which block needs another one first?"
    help = (
        "The kit assumes that what is foundational comes no later than what stands on it. "
        "Change it where your country knows better; all of it is then your own."
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.block = ""

    def waits_for(self) -> str:
        """Wait for a building block that is needed."""
        return "" if len(needed(self.session)) else NOT_MAPPED

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the list of blocks, the boxes to tick, and the table."""
        self.which = parts.drop("Building block", narrow=True)
        self.on(self.which, self._open)
        self.first = Ticks(self, "It needs these to be there first", self._tick)
        back = self.button("Back to what the kit assumes", self._back)
        self._back_row = parts.row(back)
        self.table = parts.html()
        return [self.which, self.first.widget, self._back_row, self.table]

    def _found(self) -> pd.DataFrame:
        from govstack_kit.selection.roadmap import dependencies  # noqa: PLC0415 - heavy

        session = self.session
        return remembered(
            session,
            "dependencies",
            ("use_cases", "dependencies"),
            lambda: dependencies(session.framework, session.plan),
        )

    def update(self) -> None:
        """Show what the chosen block needs."""
        session = self.session
        blocks = needed_names(session)
        self.block = self.block if self.block in blocks else next(iter(blocks))
        options = [(name, key) for key, name in blocks.items()]
        if list(self.which.options) != options:
            self.which.options = options
        self.which.value = self.block
        found = self._found()
        mine = found.loc[found["building_block"] == self.block, "needs"].tolist()
        others = {key: name for key, name in blocks.items() if key != self.block}
        self.first.show(others, mine)
        parts.visible(self._back_row, on=bool(session.plan.dependencies))
        names = names_of(session.framework)
        rows: dict[str, list[str]] = {}
        for row in found.to_dict("records"):
            rows.setdefault(row["building_block"], []).append(
                blocks.get(row["needs"]) or names.name("building_block", row["needs"])
            )
        who = "You" if session.plan.dependencies else "The kit"
        shown = pd.DataFrame(
            [
                (blocks.get(key) or names.name("building_block", key), ", ".join(first), who)
                for key, first in rows.items()
            ],
            columns=["Building block", "Needs first", "Who says so"],
        )
        self.table.value = parts.table(
            shown, "What has to be there first", empty="Nothing has to wait for anything."
        )

    def _open(self, block: str | None) -> None:
        if block:
            self.block = block
            self.show()

    def _tick(self, key: str, on: bool) -> None:  # noqa: FBT001 - the value of a box
        block, found = self.block, self._found()
        pairs = [
            (row["building_block"], row["needs"], row["reason"])
            for row in found.to_dict("records")
            if (row["building_block"], row["needs"]) != (block, key)
        ]
        if on:
            pairs.append((block, key, ""))

        def change(plan: Plan) -> None:
            before = {one.key: one.reason for one in plan.dependencies}
            needs: dict[str, list[str]] = {}
            for one, first, _reason in pairs:
                needs.setdefault(one, []).append(first)
            plan.dependencies = [
                make(Dependency, {"key": one, "needs": firsts, "reason": before.get(one, "")})
                for one, firsts in needs.items()
            ] or [make(Dependency, {"key": block, "needs": []})]  # none at all is an answer too
            self._check(plan)

        self.session.change("Change what comes first", change)

    def _check(self, plan: Plan) -> None:
        from govstack_kit.selection.roadmap import dependencies  # noqa: PLC0415 - heavy

        dependencies(self.session.framework, plan)  # refuses a circle, before anything is saved

    def _back(self) -> None:
        self.session.change("What comes first: as assumed", lambda plan: plan.dependencies.clear())

    def answer(self) -> object:
        """Return what has to be there first."""
        blocks = needed(self.session)["building_block"].tolist()
        return [blocks, [one.model_dump() for one in self.session.plan.dependencies]]


class Result(Worked):
    """What is built when, and what goes live when."""

    key, short, title = "result", "Roadmap", "What is built when, and what goes live when?"
    help = (
        "The order that brings the most valuable services live earliest, within the budgets and "
        "with what has to come first. It builds on the set that you chose, or on the best one."
    )
    rests_on = (
        *("use_cases", "systems", "options", "rules", "chosen", "business_case"),
        *("values", "dependencies", "phases"),
    )
    verb = "Make the roadmap"

    def waits_for(self) -> str:
        """Wait for services with blocks, and for phases."""
        if not self.session.plan.use_cases:
            return NO_CASE
        if not len(needed(self.session)):
            return NOT_MAPPED
        return "" if self.session.plan.phases else NO_PHASE

    def size(self) -> int:
        """Return how many decisions there are: blocks and services times phases."""
        plan = self.session.plan
        return (len(needed(self.session)) + len(plan.use_cases)) * len(plan.phases)

    def work_out(self) -> Roadmap:
        """Return the roadmap."""
        from govstack_kit.selection.roadmap import roadmap  # noqa: PLC0415 - heavy

        plan = understood(self.session)
        return roadmap(self.session.framework, plan, seconds=self.seconds / 3)

    def places(self) -> Sequence[ipywidgets.Widget]:
        """Make the places for the pictures, the words and the tables."""
        self.gantt, self.curve = parts.html(), parts.html()
        self.said, self.waits = parts.html(), parts.html()
        return [self.said, self.gantt, self.waits, self.curve]

    def draw(self, made: Roadmap) -> None:
        """Draw the roadmap."""
        self.said.value = "".join(map(parts.sentence, made.sentences()))
        self.gantt.value, self.curve.value = self.pictured(lambda note: _pictures(made, note))
        columns = {"name": "Service", "month": "Live after month", "waits_for": "Waits for"}
        self.waits.value = parts.table(
            made.use_cases[list(columns)].rename(columns=columns), "What waits for what"
        )


def _pictures(made: Roadmap, note: str) -> tuple[str, str]:
    from govstack_kit.views.roadmap import plot_roadmap, plot_value_curve  # noqa: PLC0415 - heavy

    built = made.blocks.dropna(subset=["phase"])
    said = "; ".join(f"{row['name']}: {row['phase_name']}" for row in built.to_dict("records"))
    said = f"Building blocks by phase. {said}. {note}"
    blocks = image_html(plot_roadmap(made, note=note)[0], said)
    live = count(int((made.use_cases["status"] == "goes live").sum()), "service")
    curve = f"Value that has come in, month by month; {live} live in the end. {note}"
    return blocks, image_html(plot_value_curve(made, note=note)[0], curve)


_PANELS = (Phases, Worth, Order, Result)


def wizard(session: Session) -> Wizard:
    """Return the wizard of this part."""
    panels: list[Panel] = [panel(session) for panel in _PANELS]
    return Wizard(
        session,
        "Roadmap: what is built when?",
        lambda: panels,
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
        The questions; every answer is saved in the plan at once.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> from govstack_kit.widgets.phasing import guide_roadmap
    >>> guide_roadmap(gk.open_session("nowhere/plan")).__class__.__name__
    'VBox'
    """
    return wizard(session).widget
