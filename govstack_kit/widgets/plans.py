"""Which plan is open: its title, the other plans of the team, and a new one."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from govstack_kit._errors import PlanError
from govstack_kit.widgets import parts, places
from govstack_kit.widgets.wizard import Panel, Wizard

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ipywidgets

    from govstack_kit.widgets.models import Session


class Open(Panel):
    """Which plan the team works on."""

    key, short, title = "plan", "Plan", "Which plan do you work on?"
    help = (
        "A plan is one file. Every change is saved at once, and earlier versions are kept beside "
        "it, so you can close this at any time."
    )

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the title, the list of plans, and the way to a new one."""
        self.said = parts.html()
        self.name = parts.line("Title of this plan")
        self.on(self.name, self._rename)
        self.others = parts.drop("Plans in your folder")
        opening = self.button("Open this plan", self._open)
        self.new = parts.line("Name of a new plan", hint="for example: Ministry of Education")
        starting = self.button("Start a new plan", self._start, kind="main")
        showing = self.button("Show the demonstration", self.session.demonstrate)
        self._opening = parts.row(opening)
        self._showing = parts.row(showing)
        self._this = parts.side([self.name], [self.others, self._opening])
        return [self.said, self._this, self.new, parts.row(starting), self._showing]

    def update(self) -> None:
        """Show where the plan is, and the other plans."""
        session = self.session
        where = session.path or session.folder / f"{session.name}.govplan.json"
        self.said.value = (
            "<p>You see the <b>demonstration</b>. Your first change in any part makes a plan of "
            f'your own in <span dir="auto">{escape(str(session.folder))}</span>.</p>'
            if session.demonstrating
            else f'<p>The file is <span dir="auto">{escape(str(where))}</span>.</p>'
        )
        self.name.value = session.plan.title
        parts.visible(self.name, on=not session.demonstrating)
        options = [(path.name, str(path)) for path in places.own_plans(session.folder)]
        if list(self.others.options) != options:
            self.others.options = options
        here = str(session.path)
        if here in [value for _, value in options]:
            self.others.value = here
        for control in (self.others, self._opening):
            parts.visible(control, on=bool(options))
        parts.visible(self._this, on=bool(options) or not session.demonstrating)
        parts.visible(self._showing, on=not session.demonstrating)

    def _rename(self, title: str) -> None:
        self.session.change("Rename the plan", lambda plan: setattr(plan, "title", title))

    def _open(self) -> None:
        if self.others.value:
            self.session.open(self.others.value)

    def _start(self) -> None:
        title = self.new.value.strip()
        if not title:
            raise PlanError("Give the new plan a name, then press the button again.")
        self.session.start(title)
        with self.loading():
            self.new.value = ""

    def answer(self) -> object:
        """Return which plan it is."""
        return self.session.plan.plan_id


def wizard(session: Session) -> Wizard:
    """Return the one question about the plan."""
    panel = Open(session)
    return Wizard(session, "Your plan", lambda: [panel])
