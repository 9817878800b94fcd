"""The guided part *costs*: what the services cost alone, and what they cost shared."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from govstack_kit.planning.selected import BusinessCase, Project
from govstack_kit.widgets import demonstrating, numbers, parts
from govstack_kit.widgets.choice import image_html
from govstack_kit.widgets.forms import Fields, PlanList
from govstack_kit.widgets.marks import mark
from govstack_kit.widgets.mediating import Mediator, mediator
from govstack_kit.widgets.overlapping import counted
from govstack_kit.widgets.results import remembered
from govstack_kit.widgets.wizard import Panel, Wizard
from govstack_kit.widgets.working import Worked

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ipywidgets
    import pandas as pd

    from govstack_kit.planning.plan import Plan
    from govstack_kit.selection.business_case import Comparison
    from govstack_kit.widgets.models import Session

MARKED = ("Illustration", "Hypothetical")  # how the notes of numbers begin that are nobody's own
NO_PROJECT = "Name the projects first: that is question 1."
MEDIATOR = "It is paid only where projects share: one that stands alone needs no mediator."
COSTS = (
    ("build", "Build: software, once"),
    ("integration", "Integration: connecting it, once"),
    ("run", "Run: hosting and licences, a year"),
    ("people", "People: staff and training, a year"),
)


class Projects(PlanList):
    """Which projects are planned, and what each would cost alone."""

    key, short, title = "projects", "Projects", "Which projects are planned, at what cost?"
    help = (
        "One project for each service, with what it would cost if it built everything alone. "
        "Leave empty what nobody knows: it is never taken for zero."
    )
    kind = Project
    one, add_label, list_label = "project", "Name of a project", "Projects"
    add_hint = "for example: Seed vouchers"

    def listed(self, plan: Plan) -> list[Any]:
        """Return the projects."""
        return plan.business_case.projects

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the list, and the ways to start with numbers to look at."""
        self.marked = parts.html()
        example = self.button("Start with the framework's illustration", self._illustrate)
        other = self.button("Start with made-up costs", self._make_up)
        empty = self.button("Start with an empty list", self._empty)
        self._start = parts.row(example, other)
        self._empty_row = parts.row(empty)
        return [self.marked, *super().build(), self._start, self._empty_row]

    def fields(self) -> Sequence[ipywidgets.Widget]:
        """Make the fields of a project."""
        form = self.controls = Fields(self, self.set_field)
        left = [
            form.line("name", "Name"),
            form.drop("use_case", "Which service of the plan is it?", [("none of them", "")]),
            form.number("people_served", "People served", numbers.whole),
            form.tick("overlaps", "It does things that other projects do as well"),
        ]
        right = [form.number(name, label) for name, label in COSTS]
        return [parts.side(left, right)]

    def fill(self, entry: Any) -> None:  # noqa: ANN401
        """Show a project."""
        cases = [(case.name, case.id) for case in self.session.plan.use_cases]
        key = entry.use_case
        there = key in ("", *(case.id for case in self.session.plan.use_cases))
        other = [] if there else [(f"{self._published(key)} (not in this plan)", key)]
        options = [("none of them", ""), *cases, *other]
        if list(self.controls.controls["use_case"].options) != options:
            self.controls.controls["use_case"].options = options
        super().fill(entry)

    def _published(self, key: str) -> str:
        """Return the name of a published use case, or its key if there is none."""
        table = self.session.framework.use_cases
        return next(iter(table.loc[table["use_case"] == key, "name"]), key)

    def update(self) -> None:
        """Show the projects, and say where made-up numbers are."""
        super().update()
        case = self.session.plan.business_case
        parts.visible(self._start, on=not case.projects)
        parts.visible(self._empty_row, on=bool(case.projects) and bool(illustrated(case)))
        self.marked.value = illustrated(case)

    def _illustrate(self) -> None:
        from govstack_kit.selection.business_case import illustration_case  # noqa: PLC0415 - heavy

        self._begin("Start with the framework's illustration", illustration_case())

    def _make_up(self) -> None:
        self._begin("Start with made-up costs", demonstrating.case(self.session.plan))

    def _empty(self) -> None:
        self._begin("Start with an empty list of projects", BusinessCase())

    def _begin(self, said: str, case: BusinessCase) -> None:
        self.session.change(said, lambda plan: setattr(plan, "business_case", case))

    def blockers(self) -> list[str]:
        """Ask for one project with a cost."""
        known = [
            p for p in self.entries() if any(getattr(p, name) is not None for name, _ in COSTS)
        ]
        return [] if known else ["Name at least one project, and what it costs."]


def illustrated(case: BusinessCase) -> str:
    """Return a mark for numbers that are an illustration, as HTML; nothing for a team's own."""
    return mark(case.note if case.note.startswith(MARKED) else "")


class Scale(Panel):
    """How much the projects have in common, and how many people are to be reached."""

    key, short, title = "scale", "Overlap and scale", "How much do they have in common?"
    help = (
        "The overlap is the share of what a project does that the others do as well: that part can "
        "be built once. Leave it empty, and it is counted from the blocks of your services."
    )

    def waits_for(self) -> str:
        """Wait for projects."""
        return "" if self.session.plan.business_case.projects else NO_PROJECT

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the fields."""
        form = self.form = Fields(self, self._set)
        years = partial(numbers.whole, least=1, most=50, example="5")
        self.marked, self.derived = parts.html(), parts.html()
        self._take = self.button("", self._take_over)
        left = [form.percent("overlap", "Overlap (per cent)", hint="counted"), self.derived]
        right = [
            form.number("people_at_scale", "People to be reached in the end", numbers.whole),
            form.number("years", "Years that are counted", years, empty=5, hint="5"),
            form.line("currency", "Currency"),
            form.number("mediator_build", "The Information Mediator itself: to build, once"),
            form.number("mediator_run", "The Information Mediator itself: to run, a year"),
            parts.html(parts.sentence(MEDIATOR)),
            parts.row(self._take),
        ]
        note = form.area("note", "Where the numbers come from", rows=3)
        return [self.marked, parts.side(left, right), note]

    def update(self) -> None:
        """Show what the plan says, and what overlap follows from its services."""
        case = self.session.plan.business_case
        self.marked.value = illustrated(case)
        self.form.show(case)
        option = self._mediator()
        parts.visible(self._take, on=option is not None)
        self._take.description = option.said(case.currency[:12]) if option else ""
        there, said = self._derived()
        self.form.controls["overlap"].placeholder = "counted" if there else "not known"
        self.derived.value = "".join(map(parts.sentence, said))

    def _mediator(self) -> Mediator | None:
        """Return the option whose cost can be taken over, while nobody has said what it costs."""
        case = self.session.plan.business_case
        said = case.mediator_build is not None or case.mediator_run is not None
        return None if said else mediator(self.session.plan)

    def _take_over(self) -> None:
        there = self._mediator()
        if there is None:  # another window has said what it costs
            return

        def take(plan: Plan) -> None:
            plan.business_case.mediator_build = there.once
            plan.business_case.mediator_run = there.yearly

        self.session.change(f"Take the cost of {there.name}", take)

    def _derived(self) -> tuple[bool, list[str]]:
        """Return whether the services of the plan say how much they share, and that in words."""
        session = self.session
        fields = ("use_cases", "business_case")
        return remembered(
            session, "shared blocks", fields, lambda: counted(session.plan, session.framework)
        )

    def _set(self, name: str, value: Any) -> None:  # noqa: ANN401
        self.session.change(
            f"Change {name.replace('_', ' ')} of the business case",
            lambda plan: setattr(plan.business_case, name, value),
        )

    def blockers(self) -> list[str]:
        """Ask for an overlap where none can be counted."""
        if self.session.plan.business_case.overlap is None and not self._derived()[0]:
            return ["Write how much the projects have in common, from 0 to 100 per cent."]
        return []

    def answer(self) -> object:
        """Return the fields."""
        return self.session.plan.business_case.model_dump(exclude={"projects"})


class Outcome(Worked):
    """What the projects cost alone, and what they cost shared."""

    key, short, title = "outcome", "Alone or shared", "What does it cost alone, and what shared?"
    help = "Over all years together. A project that lacks a cost which others have is left out."
    rests_on = ("use_cases", "business_case")

    def waits_for(self) -> str:
        """Wait for projects."""
        return "" if self.session.plan.business_case.projects else NO_PROJECT

    def work_out(self) -> Comparison:
        """Return the comparison."""
        from govstack_kit.selection.business_case import business_case  # noqa: PLC0415 - heavy

        return business_case(self.session.plan, self.session.framework)

    def places(self) -> Sequence[ipywidgets.Widget]:
        """Make the places for the words, the tables and the picture."""
        self.marked, self.said, self.picture = parts.html(), parts.html(), parts.html()
        self.tables = parts.html()
        return [self.marked, self.said, self.picture, self.tables]

    def draw(self, made: Comparison) -> None:
        """Show the comparison."""
        self.marked.value = illustrated(self.session.plan.business_case)
        self.said.value = "".join(map(parts.sentence, made.sentences()))
        self.picture.value = self.pictured(lambda note: _picture(made, note))
        self.tables.value = compared(made)


class Matters(Worked):
    """Which input changes the saving most."""

    key, short, title = "matters", "What matters", "Which numbers matter most?"
    help = (
        "Each number alone is made 30 per cent lower and higher. Be surest of those at the top; "
        "those at the bottom hardly change the decision."
    )
    rests_on = ("use_cases", "business_case")

    def waits_for(self) -> str:
        """Wait for projects."""
        return "" if self.session.plan.business_case.projects else NO_PROJECT

    def work_out(self) -> pd.DataFrame:
        """Return how much the saving changes with each input."""
        from govstack_kit.selection.business_case import tornado  # noqa: PLC0415 - heavy

        return tornado(self.session.plan, self.session.framework)

    def places(self) -> Sequence[ipywidgets.Widget]:
        """Make the places for the picture and the table."""
        self.marked, self.picture, self.table = parts.html(), parts.html(), parts.html()
        return [self.marked, self.picture, self.table]

    def draw(self, made: pd.DataFrame) -> None:
        """Show what matters."""
        self.marked.value = illustrated(self.session.plan.business_case)
        self.picture.value = self.pictured(lambda note: _tornado(made, note))
        columns = {
            "input": "Number",
            "saving_at_low": "Saving if lower",
            "saving": "Saving as it is",
            "saving_at_high": "Saving if higher",
        }
        shown = made[list(columns)].copy()
        for name in ("saving_at_low", "saving", "saving_at_high"):
            shown[name] = [numbers.money(value) for value in made[name]]
        found = parts.table(shown.rename(columns=columns), "How the saving changes")
        self.table.value = f'<div class="gsk-numbers">{found}</div>'


def compared(made: Comparison) -> str:
    """Return the tables of a comparison as HTML."""

    def shown(frame: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
        found = frame[list(names)].copy()
        for name in ("alone", "shared", "saving"):
            found[name] = [numbers.money(value) for value in frame[name]]
        for name in {"component", "paid"} & set(names):
            found[name] = frame[name].str.capitalize()
        if "share" in names:
            found["share"] = [numbers.percent(round(value, 3)) for value in frame["share"]]
        return found.rename(columns=names)

    money = {"alone": "Alone", "shared": "Shared", "saving": "Saved", "share": "Share saved"}
    summary = shown(made.summary, {"quantity": "What", **money, "unit": "Unit"})
    by_component = shown(made.components, {"component": "Cost of", "paid": "Paid", **money})
    by_project = shown(made.projects, {"name": "Project", **money})
    tables = (
        parts.table(summary, "Alone against shared"),
        parts.table(by_component, "By kind of cost"),
        parts.table(by_project, "By project"),
    )
    return f'<div class="gsk-numbers">{"".join(tables)}</div>'


def _picture(made: Comparison, note: str) -> str:
    from govstack_kit.views.business_case import plot_business_case  # noqa: PLC0415 - heavy

    figure = plot_business_case(made, note=note)[0]
    return image_html(figure, " ".join([*made.sentences()[:2], note]))


def _tornado(made: pd.DataFrame, note: str) -> str:
    from govstack_kit.views.business_case import plot_tornado  # noqa: PLC0415 - heavy

    first = "; ".join(made["input"].head(5))
    figure = plot_tornado(made, note=note)[0]
    return image_html(figure, f"What changes the saving most: {first}. {note}")


_PANELS = (Projects, Scale, Outcome, Matters)


def wizard(session: Session) -> Wizard:
    """Return the wizard of this part."""
    panels: list[Panel] = [panel(session) for panel in _PANELS]
    return Wizard(
        session,
        "Business case: alone or shared?",
        lambda: panels,
        ending="The business case is made. Go on with the roadmap.",
    )


def guide_costs(session: Session) -> ipywidgets.VBox:
    """Return the guided part that compares the costs of building alone and of sharing.

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
    >>> from govstack_kit.widgets.costing import guide_costs
    >>> guide_costs(gk.open_session("nowhere/plan")).__class__.__name__
    'VBox'
    """
    return wizard(session).widget
