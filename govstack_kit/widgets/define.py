"""The guided part *define*: which service, for whom, and what happens."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import ipywidgets

from govstack_kit.errors import PlanError
from govstack_kit.planning.plan import Plan
from govstack_kit.widgets import parts
from govstack_kit.widgets.lists import CasePanel
from govstack_kit.widgets.steps import Actors, Steps, Systems, described
from govstack_kit.widgets.wizard import Wizard

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from govstack_kit.widgets.models import Session
    from govstack_kit.widgets.wizard import Panel

WAYS = [
    ("Start blank", "blank"),
    ("From a published use case", "published"),
    ("From a list of steps", "list"),
    ("From a filled-in workbook", "workbook"),
]
DESCRIBED = {"name", "sector", "summary", "objectives", "as_is", "to_be", "actors", "systems"}
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Service(CasePanel):
    """Which service is described, and how to start with a new one."""

    key, short, title = "service", "Service", "Which service will you describe?"
    help = "Take one that people know, and that your ministry wants to improve."

    def waits_for(self) -> str:
        """Wait for nothing: this is where a use case is made."""
        return ""

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the list of services, and the ways to start."""
        self.known = parts.drop("Services in this plan")
        self.on(self.known, self._choose)
        self.said = parts.html()
        self.way = parts.toggles("Start a new one", WAYS)
        self.on(self.way, lambda _way: self.show())
        self.name = parts.line("Name of the service", hint="for example: School fees")
        cases = self.session.framework.use_cases.query("catalogue == 'govstack'")
        pairs = zip(cases["name"], cases["use_case"], strict=True)
        self.published = parts.drop("Published use case", sorted(pairs))
        self.steps = parts.area(
            "Steps, one a line", rows=6, hint="1. Apply: the parent fills in a form\n2. Check"
        )
        self.upload = ipywidgets.FileUpload(
            accept=".xlsx", multiple=False, description="Choose the workbook"
        )
        self.upload.add_class("gsk-button")
        self.on(self.upload, self._load)
        self.empty = parts.html()
        self.start = self.button("Start with this", self._start)
        self.go = parts.row(self.start)
        return [
            *(self.known, self.said, self.way, self.name, self.published, self.steps),
            *(self.empty, self.upload, self.go),
        ]

    def update(self) -> None:
        """Show what belongs to the way that is chosen."""
        session, way = self.session, self.way.value
        cases = session.plan.use_cases
        options = [(case.name, case.id) for case in cases]
        if list(self.known.options) != options:
            self.known.options = options
        self.known.value = self.case.id if cases else None
        parts.visible(self.known, on=len(cases) > 1)
        self.said.value = parts.sentence(self._said())
        for control, ways in (
            (self.name, ("blank", "list")),
            (self.published, ("published",)),
            (self.steps, ("list",)),
            (self.empty, ("workbook",)),
            (self.upload, ("workbook",)),
        ):
            parts.visible(control, on=way in ways)
        parts.visible(self.go, on=way != "workbook")
        parts.mark(self.start, "gsk-main", on=session.demonstrating or not cases)
        if way == "workbook" and not self.empty.value:
            self.empty.value = self._workbook()

    def _said(self) -> str:
        if self.session.demonstrating:
            return (
                f"You see the demonstration: “{self.case.name}”. Press Next to look at it, "
                "or start with a service of your own."
            )
        if self.session.use_case is None:
            return "There is no service in your plan yet."
        return f"You are describing “{self.case.name}”. Press Next to go on."

    def _workbook(self) -> str:
        plan = Plan.new(title="Workbook")
        case = plan.add_use_case("My service")
        raw = plan.to_workbook(case.id, framework=self.session.framework)
        link = parts.download("use-case.xlsx", raw, "Download an empty workbook", _EXCEL)
        return (
            f"<p>{link}, fill it in without a network, and load it here. "
            "A workbook of a service that is in this plan changes that service.</p>"
        )

    def _choose(self, key: str | None) -> None:
        if key and key != self.session.chosen:
            self.session.chosen = key
            self.session.changed += 1

    def _start(self) -> None:
        name, way, session = self.name.value.strip(), self.way.value, self.session
        if way == "published":
            key = self.published.value
            session.change(
                "Start from a published use case",
                lambda plan: plan.add_published(session.framework, key),
                fresh=True,
            )
            return
        if not name:
            raise PlanError("Give the service a name, then press the button again.")
        steps = self.steps.value
        session.change(
            f"Start with {name}",
            lambda plan: (
                plan.add_from_list(name, steps) if way == "list" else plan.add_use_case(name)
            ),
            fresh=True,
        )
        with self.loading():
            self.name.value = self.steps.value = ""

    def _load(self, files: Sequence[Any]) -> None:
        if not files:
            return
        raw, framework = bytes(files[0]["content"]), self.session.framework
        with self.loading():
            self.upload.value = ()
        found = self.session.change(
            "Load a workbook", lambda plan: plan.load_workbook(raw, framework), fresh=True
        )
        self.session.chosen = found.use_case.id
        self.session.changed += 1
        problems = [] if found.problems is None else list(_sentences(found.problems))
        if problems:
            said = " ".join(problems[:5])
            self.session.notice = f"Loaded, with {len(problems)} things to look at: {said}"

    def blockers(self) -> list[str]:
        """Ask for a use case."""
        if self.session.use_case is None:
            return ["Give the service a name and press “Start with this”."]
        return []

    def answer(self) -> object:
        """Return which use case it is."""
        return None if self.session.use_case is None else self.case.id


def _sentences(problems: pd.DataFrame) -> list[str]:
    rows = problems.to_dict("records")
    return [
        f"{row.get('sheet', '')} row {row.get('row', '')}: {row.get('problem', '')}."
        for row in rows
    ]


class Names(CasePanel):
    """What the service is called, whose it is, and what it is in a sentence."""

    key, short, title = "names", "Name", "What is it called, and whose is it?"
    help = "A name that people use themselves, the sector, and one or two sentences."

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the fields."""
        sectors = sorted(self.session.framework.sectors["name"])
        self.name, self.country = parts.line("Name of the service"), parts.line("Country")
        self.sector = ipywidgets.Combobox(options=sectors, continuous_update=False)
        self.sector.description = "Sector (choose one, or write your own)"
        self.sector.add_class("gsk-field")
        self.summary = parts.area("The service in one or two sentences", rows=3)
        for field in ("name", "sector", "summary"):
            control = getattr(self, field)
            self.on(control, partial(self._set, field))
        self.on(
            self.country,
            lambda text: self.session.change(
                "Change country", lambda plan: setattr(plan, "country", text)
            ),
        )
        return [self.name, self.sector, self.country, self.summary]

    def _set(self, field: str, text: str) -> None:
        self.edit(f"Change {field}", lambda case: setattr(case, field, text))

    def update(self) -> None:
        """Show what the plan says."""
        for field in ("name", "sector", "summary"):
            getattr(self, field).value = getattr(self.case, field)
        self.country.value = self.session.plan.country

    def blockers(self) -> list[str]:
        """Ask for a sector."""
        return [] if self.case.sector else ["Choose the sector, or write your own."]

    def answer(self) -> object:
        """Return the texts."""
        case = self.case
        return [case.name, case.sector, case.summary] if case.sector or case.summary else None


class Objectives(CasePanel):
    """What gets better, and for whom."""

    key, short, title = "objectives", "Objectives", "What should get better, and for whom?"
    help = (
        "One objective a line, in the words of the people who will feel the difference. "
        "These words lead to the Sustainable Development Goals later."
    )

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the field."""
        self.text = parts.area(
            "Objectives, one a line", rows=6,
            hint="Parents pay school fees without travelling to town",
        )  # fmt: skip
        self.on(self.text, self._set)
        return [self.text]

    def _set(self, text: str) -> None:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        self.edit("Change objectives", lambda case: setattr(case, "objectives", lines))

    def update(self) -> None:
        """Show the objectives."""
        self.text.value = "\n".join(" ".join(one.split()) for one in self.case.objectives)

    def blockers(self) -> list[str]:
        """Ask for one objective."""
        return [] if self.case.objectives else ["Write at least one objective."]

    def answer(self) -> object:
        """Return the objectives."""
        return list(self.case.objectives)


class Change(CasePanel):
    """How it works today, and how it should work."""

    key, short, title = "change", "Today and tomorrow", "How does it work today, and how should it?"
    help = "A few sentences each. You may leave this open, and come back to it."

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the fields."""
        self.as_is = parts.area("Today", rows=5, hint="What people do, how long it takes")
        self.to_be = parts.area("Tomorrow", rows=5, hint="What will be different")
        self.on(self.as_is, lambda text: self._set("as_is", "today", text))
        self.on(self.to_be, lambda text: self._set("to_be", "tomorrow", text))
        return [parts.side([self.as_is], [self.to_be])]

    def _set(self, field: str, said: str, text: str) -> None:
        self.edit(f"Change how it works {said}", lambda case: setattr(case, field, text))

    def update(self) -> None:
        """Show the texts."""
        self.as_is.value, self.to_be.value = self.case.as_is, self.case.to_be

    def answer(self) -> object:
        """Return the texts."""
        case = self.case
        return [case.as_is, case.to_be] if case.as_is or case.to_be else None


class Check(CasePanel):
    """What the description says as a whole, and how to take it along."""

    key, short, title = "check", "Check", "Does this describe the service?"
    help = "Read it aloud. Go back to any question above to change it."

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the place for the summary and the links."""
        self.text, self.links = parts.html(), parts.html()
        hand_over = self.button("Prepare files to take along", self._files)
        return [self.text, parts.row(hand_over), self.links]

    def update(self) -> None:
        """Show the description."""
        case = self.case
        self.links.value = ""
        objectives = "".join(parts.sentence(f"• {one}") for one in case.objectives)
        self.text.value = (
            f"<h3>{parts.sentence(case.name)}</h3>{parts.sentence(case.sector)}"
            f"{parts.sentence(case.summary)}<h3>Objectives</h3>{objectives}"
        )

    def _files(self) -> None:
        plan, framework, case = self.session.plan, self.session.framework, self.case
        book = plan.to_workbook(case.id, framework=framework)
        page = plan.to_template(case.id, framework).encode()
        self.links.value = (
            f"<p>{parts.download(f'{case.id}.xlsx', book, 'Workbook (Excel)', _EXCEL)} · "
            f"{parts.download(f'{case.id}.md', page, 'Use-case page', 'text/markdown')}</p>"
        )

    def blockers(self) -> list[str]:
        """List what is missing in the whole part."""
        from govstack_kit.planning import decompose  # noqa: PLC0415 - loads what suggests

        return decompose.blockers(self.session.plan, self.case.id, "define")

    def answer(self) -> object:
        """Return the whole description, without what was chosen for it."""
        return self.case.model_dump(include=DESCRIBED) | {"steps": described(self.case.steps)}


_PANELS = (Service, Names, Objectives, Change, Actors, Systems, Steps, Check)


def wizard(session: Session) -> Wizard:
    """Return the wizard of this part."""
    panels: list[Panel] = [panel(session) for panel in _PANELS]

    def beneath() -> str:
        case = session.use_case
        if case is None:
            return ""
        table = session.plan.step_table()
        table = table[table["use_case"] == case.id]
        names = {"order": "Step", "name": "Name", "description": "What happens", "actors": "Actors"}
        return parts.table(
            table[list(names)].rename(columns=names),
            f"What your plan says now: {case.name}",
            empty="No steps yet.",
        )

    return Wizard(
        session,
        "Define: describe your service",
        lambda: panels,
        beneath=beneath,
        ending="The service is described. Go on with the part “Align”.",
    )


def guide_define(session: Session) -> ipywidgets.VBox:
    """Return the guided part that describes a service, question by question.

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
    >>> gk.guide_define(session).__class__.__name__
    'VBox'
    """
    return wizard(session).widget
