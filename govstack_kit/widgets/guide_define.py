"""The guided part *define*: which service, for whom, and what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from govstack_kit.errors import ArgumentError
from govstack_kit.planning import plan_sheets
from govstack_kit.planning.plan import Plan
from govstack_kit.planning.prioritise import prioritise, prioritise_review
from govstack_kit.planning.starting_points import add_from_list, add_published, steps_in
from govstack_kit.widgets import fields, markup
from govstack_kit.widgets.choices import Ticks
from govstack_kit.widgets.markup import visible
from govstack_kit.widgets.wizard import Guide

if TYPE_CHECKING:
    import pandas as pd

    from govstack_kit.widgets.session import Session

SHEETS = ("use_cases", "objectives", "actors", "systems", "steps")  # of the workbook
LINKS = {"steps": plan_sheets.STEPS["steps"]}
GUIDE = Guide("define")
SAID = GUIDE.said


class Known(fields.Part):
    """Which of the services of the plan is described."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.list = fields.labelled(ipywidgets.Dropdown(), "Services in this plan")
        self.said, self._showing = ipywidgets.HTML(), False
        self.widget = ipywidgets.VBox([self.list, self.said])
        fields.watch(session, self.list, self._choose)

    def _choose(self, key: str | None) -> None:
        if key and not self._showing:
            self.session.use_case = key
            self.session.changed += 1

    def show(self) -> None:
        """Show the services."""
        cases = self.session.names("use_cases")
        self._showing = True
        self.list.options = [(name, key) for key, name in cases.items()]
        self.list.value, self._showing = self.session.use_case or None, False
        visible(self.list, on=len(cases) > 1)
        name = cases.get(self.session.use_case)
        said = SAID["demonstration" if self.session.demonstrating else "describing"]
        self.said.value = markup.sentence(said.format(name=name) if name else SAID["no service"])


class Start(fields.Part):
    """The ways to start with a new service."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        ways = ipywidgets.ToggleButtons(options=[tuple(way) for way in GUIDE.given["ways"]])
        self.way = fields.labelled(ways, "Start a new one", "", "gsk-toggles")
        self.ranked = fields.labelled(ipywidgets.Dropdown(), "As you ranked them")
        self.name = fields.line("Name of the service", "for example: School fees")
        cases = session.framework.use_cases.query("catalogue == 'govstack'")
        pairs = sorted(zip(cases["name"], cases["use_case"], strict=True))
        self.published = fields.labelled(ipywidgets.Dropdown(options=pairs), "Published use case")
        self.list = fields.area("Steps, one a line", SAID["pasted"])
        self.empty = ipywidgets.HTML()
        upload = fields.Upload(session, "Choose the workbook", self._take)
        start = fields.button(session, "Start with this", self.start, kind="main")
        self._ways = {
            self.name: ("blank", "list"),
            self.published: ("published",),
            self.list: ("list",),
            self.empty: ("workbook",),
            upload.widget: ("workbook",),
            fields.actions(start): ("blank", "published", "list"),
        }
        self.widget = ipywidgets.VBox([self.way, self.ranked, *self._ways])
        fields.watch(session, self.way, lambda _way: self.show())
        fields.watch(session, self.ranked, self._take_name)

    def _take_name(self, name: str | None) -> None:
        self.name.value = name or self.name.value

    def _take(self, plan: Plan, raw: bytes) -> pd.DataFrame:
        return plan_sheets.add_sheets(self.session.framework, plan, raw, LINKS)

    def start(self) -> None:
        """Start with a new service."""
        name = self.name.value.strip()
        if self.way.value != "published" and not name:
            raise ArgumentError(SAID["no name"])
        self.session.change(f"Start with {name or 'a published one'}", self._add, fresh=True)
        self.name.value = self.list.value = ""

    def _add(self, plan: Plan) -> None:
        name = self.name.value
        if self.way.value == "published":
            add_published(self.session.framework, plan, self.published.value)
        elif self.way.value == "list":
            add_from_list(plan, name, self.list.value)
        else:
            plan.add("use_cases", name=name)

    def show(self) -> None:
        """Show what belongs to the way that is chosen."""
        for control, ways in self._ways.items():
            visible(control, on=self.way.value in ways)
        names = ranked_names(self.session)
        numbered = [(f"{place}. {name}", name) for place, name in enumerate(names, start=1)]
        fields.offer(self.ranked, [(SAID["ranked"], ""), *numbered])
        visible(self.ranked, on=bool(names) and self.way.value in {"blank", "list"})
        if self.way.value == "workbook" and not self.empty.value:
            plan = Plan.new(title="Workbook")
            plan.add("use_cases", name="My service")
            raw = plan_sheets.write_sheets(self.session.framework, plan, SHEETS, LINKS)
            link = markup.download("use-case.xlsx", raw, "Download an empty workbook")
            self.empty.value = f"<p>{SAID['workbook'].format(link=link)}</p>"


def ranked_names(session: Session) -> list[str]:
    """Return the candidates that the team ranked and that are no service yet, the first first."""
    if session.demonstrating or prioritise_review(session.framework, session.plan):
        return []
    there = {name.casefold() for name in session.names("use_cases").values()}
    names = session.ask(prioritise)["name"]
    return [name for name in names if name.casefold() not in there]


def add_steps(session: Session, plan: Plan, text: str) -> None:
    """Add the steps of a pasted list to the service."""
    found = steps_in(text)
    if not found:
        raise ArgumentError(SAID["no step"])
    here = {"use_case": session.use_case}
    plan.add_rows({"steps": [here | step._asdict() for step in found]})


class Systems(fields.Rows):
    """The systems that the service touches: rows of the plan, linked to the service."""

    def rows(self) -> list[dict[str, Any]]:
        """Return the systems of the service."""
        used = system_names(self.session)
        return [row for row in super().rows() if row["system"] in used]

    def add_row(self, plan: Plan, name: str) -> fields.Key:
        """Add a system to the plan, if it is not there, and to the service."""
        known = plan.rows("systems", name=name)
        key = str(known[0]["system"] if known else plan.add("systems", name=name))
        plan.put("use_case_systems", (self.session.use_case, key))
        return key

    def remove_row(self, plan: Plan, key: fields.Key) -> None:
        """Remove the system from the service, and from the plan if nobody else uses it."""
        here = self.session.use_case
        for step in plan.rows("steps", use_case=here):
            if plan.has("step_systems", (step["step"], str(key))):
                plan.remove("step_systems", (step["step"], str(key)))
        plan.remove("use_case_systems", (here, str(key)))
        used = [plan.rows(table, system=str(key)) for table in ("use_case_systems", "step_systems")]
        if not any(used):
            plan.remove("systems", key)


def systems(session: Session) -> fields.Part:
    """Return the systems of the service."""
    return Systems(session, "systems", ["name", "owner", "description"])


def system_names(session: Session) -> dict[str, str]:
    """Return the names of the systems that the service touches."""
    links = session.plan.rows("use_case_systems", use_case=session.use_case)
    used = {link["system"] for link in links}
    return {key: name for key, name in session.names("systems").items() if key in used}


def steps(session: Session) -> fields.Part:
    """Return the steps of the service, with who acts in each and which systems it touches."""

    def here() -> dict[str, str]:
        return {"use_case": session.use_case}

    return fields.Rows(
        session,
        "steps",
        ["name", "description", "as_is", "to_be"],
        where=here,
        beside=lambda key: [
            Ticks(session, "step_actors", owner=key, where=here),
            Ticks(session, "step_systems", owner=key, names=lambda: system_names(session)),
        ],
    )


def description(session: Session) -> str:
    """Return the description of the service as a whole."""
    case = session.plan.row("use_cases", session.use_case)
    goals = session.names("objectives", use_case=session.use_case).values()
    return (
        markup.heading(case["name"])
        + markup.sentence(case["sector"] or "")
        + markup.sentence(case["summary"] or "")
        + markup.heading("Objectives")
        + "".join(markup.sentence(f"• {goal}") for goal in goals)
    )


def files(session: Session) -> str:
    """Return the service as a workbook and as a page, to take along."""
    from govstack_kit.planning import page  # noqa: PLC0415 - seldom needed

    framework, plan, case = session.framework, session.plan, session.use_case
    book = plan_sheets.write_sheets(framework, plan, SHEETS, LINKS)
    text = page.write_page(framework, plan, case).encode()
    book_link = markup.download(f"{case}.xlsx", book, "Workbook (Excel)")
    return f"{book_link} · {markup.download(f'{case}.md', text, 'Use-case page', 'text/markdown')}"


def incomplete(session: Session) -> list[str]:
    """Say what is missing in the whole part."""
    questions = GUIDE.questions(session)[:-1]
    return [said for question in questions for said in question.missing(session)]


def steps_now(session: Session) -> str:
    """Return the steps as the plan has them now."""
    if not session.use_case:
        return ""
    plan, names = session.plan, session.names("actors")
    acting: dict[str, list[str]] = {}
    for link in plan.rows("step_actors"):
        acting.setdefault(link["step"], []).append(names[link["actor"]])
    shown = plan.table("steps").query("use_case == @session.use_case")
    shown = shown.assign(actors=[", ".join(acting.get(step, [])) for step in shown["step"]])
    return GUIDE.table("steps_now", shown, name=session.service)


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
    >>> gk.guide_define(session)
    Guided part “Define: describe your service”. Run this cell to open it.
    """
    return GUIDE.open(session)


GUIDE.uses(Known, Start, systems, steps, add_steps, description, files, incomplete, steps_now)
