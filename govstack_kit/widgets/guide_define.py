"""The guided part *define*: which service, for whom, and what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from govstack_kit.errors import ArgumentError
from govstack_kit.planning import plan_sheets
from govstack_kit.planning.plan import Plan
from govstack_kit.planning.starting_points import add_from_list, add_published, steps_in
from govstack_kit.tables.package import text_of
from govstack_kit.widgets import fields, markup
from govstack_kit.widgets.choices import Ticks
from govstack_kit.widgets.markup import visible
from govstack_kit.widgets.wizard import Question, Wizard, filled, has, of_use_case, some

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from govstack_kit.widgets.session import Session

SHEETS = ("use_cases", "objectives", "actors", "systems", "steps")  # of the workbook
LINKS = {"steps": plan_sheets.STEPS["steps"]}
WAYS = (
    ("Start blank", "blank"),
    ("From a published use case", "published"),
    ("From a list of steps", "list"),
    ("From a filled-in workbook", "workbook"),
)
PASTED = "1. Apply: the parent fills in a form\n2. Check: the school checks it"


def current(session: Session) -> Callable[[], fields.Key]:
    """Return what returns the service that is worked on."""
    return lambda: session.use_case


def _said(session: Session, column: str) -> object:
    return session.plan.row("use_cases", session.use_case)[column]


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
        cases = {
            row["use_case"]: text_of(row["name"]) for row in self.session.plan.rows("use_cases")
        }
        self._showing = True
        self.list.options = [(name, key) for key, name in cases.items()]
        self.list.value, self._showing = self.session.use_case or None, False
        visible(self.list, on=len(cases) > 1)
        name = cases.get(self.session.use_case)
        said = f"You are describing “{name}”. Press Next to go on."
        if self.session.demonstrating:
            said = (
                f"You see the demonstration: “{name}”. Press Next to look at it, or start with a "
            )
            said += "service of your own."
        said = said if name else "There is no service in your plan yet."
        self.said.value = markup.sentence(said)


class Start(fields.Part):
    """The ways to start with a new service."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        ways = ipywidgets.ToggleButtons(options=WAYS)
        self.way = fields.labelled(ways, "Start a new one", "", "gsk-toggles")
        self.name = fields.line("Name of the service", "for example: School fees")
        cases = session.framework.use_cases.query("catalogue == 'govstack'")
        pairs = sorted(zip(cases["name"], cases["use_case"], strict=True))
        self.published = fields.labelled(ipywidgets.Dropdown(options=pairs), "Published use case")
        self.list = fields.area("Steps, one a line", PASTED, rows=6)
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
        self.widget = ipywidgets.VBox([self.way, *self._ways])
        fields.watch(session, self.way, lambda _way: self.show())

    def _take(self, plan: Plan, raw: bytes) -> pd.DataFrame:
        return plan_sheets.add_sheets(self.session.framework, plan, raw, LINKS)

    def start(self) -> None:
        """Start with a new service."""
        name = self.name.value.strip()
        if self.way.value != "published" and not name:
            raise ArgumentError("Give the service a name, then press the button again.")
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
        if self.way.value == "workbook" and not self.empty.value:
            self.empty.value = _empty_workbook(self.session)


def _empty_workbook(session: Session) -> str:
    plan = Plan.new(title="Workbook")
    plan.add("use_cases", name="My service")
    raw = plan_sheets.write_sheets(session.framework, plan, SHEETS, LINKS)
    link = markup.download("use-case.xlsx", raw, "Download an empty workbook")
    return (
        f"<p>{link}, fill it in without a network, and load it here. "
        "A workbook of a service that is in this plan changes that service.</p>"
    )


def _paste(session: Session, plan: Plan, text: str) -> None:
    """Add the steps of a pasted list to the service."""
    found = steps_in(text)
    if not found:
        raise ArgumentError("No step was found in the list. Write one step a line.")
    here = {"use_case": session.use_case}
    plan.add_rows({"steps": [here | step._asdict() for step in found]})


class Systems(fields.Rows):
    """The systems that the service touches: rows of the plan, linked to the service."""

    def rows(self) -> list[dict[str, Any]]:
        """Return the systems of the service."""
        links = self.session.plan.rows("use_case_systems", use_case=self.session.use_case)
        used = {link["system"] for link in links}
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


def _steps(session: Session) -> list[fields.Part]:
    return [
        fields.Rows(
            session,
            "steps",
            ["name", "description", "as_is", "to_be"],
            where=of_use_case(session),
            beside=lambda key: [
                Ticks(session, "step_actors", owner=key, where=of_use_case(session)),
                Ticks(session, "step_systems", owner=key, names=lambda: _system_names(session)),
            ],
        ),
        fields.pasted(
            session,
            "Or paste a numbered list, one step a line",
            PASTED,
            "Add these steps",
            lambda plan, text: _paste(session, plan, text),
        ),
    ]


def _system_names(session: Session) -> dict[str, str]:
    links = session.plan.rows("use_case_systems", use_case=session.use_case)
    used = {link["system"] for link in links}
    return {r["system"]: r["name"] for r in session.plan.rows("systems") if r["system"] in used}


def _description(session: Session) -> str:
    """Return the description of the service as a whole."""
    case = session.plan.row("use_cases", session.use_case)
    goals = session.plan.rows("objectives", use_case=session.use_case)
    said = "".join(markup.sentence(f"• {goal['text']}") for goal in goals)
    return (
        markup.heading(case["name"])
        + markup.sentence(case["sector"] or "")
        + markup.sentence(case["summary"] or "")
        + markup.heading("Objectives")
        + said
    )


def _files(session: Session) -> list[fields.Part]:
    links = ipywidgets.HTML()

    def prepare() -> None:
        from govstack_kit.planning import page  # noqa: PLC0415 - seldom needed

        plan, case = session.plan, session.use_case
        book = plan_sheets.write_sheets(session.framework, plan, SHEETS, LINKS)
        text = page.write_page(session.framework, plan, case).encode()
        book_link = markup.download(f"{case}.xlsx", book, "Workbook (Excel)")
        page_link = markup.download(f"{case}.md", text, "Use-case page", "text/markdown")
        links.value = f"<p>{book_link} · {page_link}</p>"

    ready = fields.button(session, "Prepare files to take along", prepare)
    return [
        fields.Text(session, lambda: _description(session)),
        fields.Actions(session, ready, links),
    ]


def _incomplete(session: Session) -> list[str]:
    """Say what is missing in the whole part."""
    return [said for question in QUESTIONS[:-1] for said in question.missing(session)]


QUESTIONS = (
    Question(
        "service",
        "Service",
        "Which service will you describe?",
        "Take one that people know, and that your ministry wants to improve.",
        lambda session: [Known(session), Start(session)],
        missing=lambda session: (
            [] if session.use_case else ["Give the service a name and press “Start with this”."]
        ),
        waits=lambda _session: "",
    ),
    Question(
        "names",
        "Name",
        "What is it called, and whose is it?",
        "A name that people use themselves, the sector, and one or two sentences.",
        lambda session: [
            fields.Form(session, "use_cases", ["name", "sector", "summary"], key=current(session)),
            fields.Form(session, "plan", ["country"]),
        ],
        missing=filled(
            "use_cases",
            "sector",
            "Choose the sector, or write your own.",
            lambda session: session.use_case,
        ),
        answered=lambda session: _said(session, "summary"),
    ),
    Question(
        "objectives",
        "Objectives",
        "What should get better, and for whom?",
        "In the words of the people who will feel the difference. These words lead to the "
        "Sustainable Development Goals later.",
        lambda session: [fields.Rows(session, "objectives", ["text"], where=of_use_case(session))],
        missing=some("objectives", "Write at least one objective.", of_use_case),
    ),
    Question(
        "change",
        "Today and tomorrow",
        "How does it work today, and how should it?",
        "A few sentences each. You may leave this open, and come back to it.",
        lambda session: [
            fields.Form(session, "use_cases", ["as_is", "to_be"], key=current(session))
        ],
        answered=lambda session: _said(session, "as_is") or _said(session, "to_be"),
    ),
    Question(
        "actors",
        "Actors",
        "Who takes part?",
        "Name the people, organisations and systems that act in the service: those it is for, "
        "those who provide it, and those who help.",
        lambda session: [
            fields.Rows(session, "actors", ["name", "role", "note"], where=of_use_case(session))
        ],
        missing=some("actors", "Name at least one actor.", of_use_case),
    ),
    Question(
        "systems",
        "Systems today",
        "Which systems are in use today?",
        "Registers, applications and paper files that the service touches now. "
        "You may leave this open, and come back to it.",
        lambda session: [Systems(session, "systems", ["name", "owner", "description"])],
        answered=has("use_case_systems", of_use_case),
    ),
    Question(
        "steps",
        "Steps",
        "What happens, step by step?",
        "Write the steps in the order in which people meet them, from the first contact to the "
        "result. Five to twelve steps suit most services.",
        _steps,
        missing=some("steps", "Name at least one step.", of_use_case),
    ),
    Question(
        "check",
        "Check",
        "Does this describe the service?",
        "Read it aloud. Go back to any question above to change it.",
        _files,
        missing=_incomplete,
    ),
)


def _table(session: Session) -> str:
    """Return the steps as the plan has them now."""
    if not session.use_case:
        return ""
    plan = session.plan
    names = {row["actor"]: row["name"] for row in plan.rows("actors")}
    acting: dict[str, list[str]] = {}
    for link in plan.rows("step_actors"):
        acting.setdefault(link["step"], []).append(names[link["actor"]])
    steps = plan.table("steps").query("use_case == @session.use_case")
    shown_now = steps[["order", "name", "description"]].assign(
        actors=[", ".join(acting.get(step, [])) for step in steps["step"]]
    )
    titles = {"order": "Step", "name": "Name", "description": "What happens", "actors": "Actors"}
    caption = f"What your plan says now: {plan.row('use_cases', session.use_case)['name']}"
    return markup.table(shown_now.rename(columns=titles), caption, empty="No steps yet.")


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
    return Wizard(
        session,
        "Define: describe your service",
        QUESTIONS,
        beneath=_table,
        ending="The service is described. Go on with the part “Align”.",
    ).widget
