"""Which plan is open: its title, the other plans of the team, a new one, and versions set aside.

The terms are those of :mod:`govstack_kit.widgets.versions`.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govstack_kit.errors import GovStackKitError, PlanError
from govstack_kit.views.style import count
from govstack_kit.widgets import parts, places, versions
from govstack_kit.widgets.options import ACCEPTED, Option, Options
from govstack_kit.widgets.wizard import Panel, Wizard

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ipywidgets

    from govstack_kit.planning.model import Conflict
    from govstack_kit.widgets.models import Session


_Double = tuple[str, str, str, str]  # where, field, what is kept, and the other
MOST = 20  # doubles on the screen at once


class _Aside:
    """Versions that were set aside: what is different, and the button that brings one in."""

    def __init__(self, panel: Panel) -> None:
        self._panel, self._session = panel, panel.session
        self._said, self._list = parts.html(), parts.html()
        self._which = parts.drop("Other versions of this plan")
        panel.on(self._which, lambda _path: panel.show())
        self._bring = panel.button("Bring this version in", self._bring_in, kind="main")
        controls = [self._said, self._which, self._list, parts.row(self._bring)]
        self.widget = parts.column(*controls)

    def update(self) -> None:
        """Show the versions beside the plan, if there are any."""
        session = self._session
        found = [] if session.demonstrating else versions.beside(session.plan)
        parts.visible(self.widget, on=bool(found))
        options = [
            (f"{path.name}{' ✓' * versions.was_brought_in(session, path)}", str(path))
            for path in found
        ]
        if list(self._which.options) != options:
            chosen = self._which.value
            self._which.options = options
            if options:
                self._which.value = chosen if Path(chosen or "") in found else options[0][1]
        if not found or session.path is None:
            return
        aside = versions.original(session.path)
        path = Path(self._which.value)
        self._said.value = f"<h3>{escape('Versions set aside')}</h3>" + parts.sentence(
            "Another window or person had saved this plan, so both versions were kept. "
            + (
                f"You work in the one that was set aside; the plan itself is {aside.name}."
                if aside is not None
                else "You can bring them together here; Undo takes it back."
            )
        )
        into = aside is not None and path == aside
        self._bring.description = (
            f"Open {path.name} and bring this version in" if into else "Bring this version in"
        )
        self._list.value = self._differences(path)

    def _differences(self, path: Path) -> str:
        other = versions.read(path)
        if other is None:
            return ""
        said = versions.differences(self._session.plan, other)
        if not said:
            return parts.sentence("It says the same as the open plan.")
        more = len(said) - versions.FEW
        shown = said[: versions.FEW] + [f"and {count(more, 'more difference')}."] * (more > 0)
        brought = "It was brought in already. " * versions.was_brought_in(self._session, path)
        lines = "".join(f'<li dir="auto">{escape(one)}</li>' for one in shown)
        many = count(len(said), "difference")
        head = f"{brought}{many} between the open plan (here) and it (there):"
        return f"{parts.sentence(head)}<ul>{lines}</ul>"

    def _bring_in(self) -> None:
        session, path = self._session, Path(self._which.value)
        mine = session.path
        if mine is not None and versions.original(mine) == path:
            session.open(path)
            path = mine
        doubles = versions.bring_in(session, path)
        again = (
            f" {count(doubles, 'thing')} that both say differently: choose below."
            if doubles
            else ""
        )
        session.notice = f"{path.name} was brought in.{again} Undo takes it back."
        self._panel.show()


class _Doubles:
    """What two versions say differently: the one kept, the other, and two buttons."""

    def __init__(self, panel: Panel) -> None:
        self._session = panel.session
        self._said = parts.html()
        self._plan = ""
        self._rows: dict[_Double, bool] = {}  # those on the screen, and whether they can change
        self._settled: dict[_Double, str] = {}
        both = ("Use the other", "Exchanged", "Keep", "Kept")
        self._either = Options(panel, self._settle, words=both)
        self._known = Options(panel, self._settle, words=("", "", "Keep", "Kept"))
        self.widget = parts.column(self._said, self._either.widget, self._known.widget)

    def update(self) -> None:
        """Show the doubles; those settled just now stay where they are."""
        plan = self._session.plan
        if self._plan != plan.plan_id:
            self._plan = plan.plan_id
            self._rows.clear()
            self._settled.clear()
        there = {_key(double): double for double in plan.conflicts}
        for key in there:
            self._settled.pop(key, None)  # it is open, as after Undo
        self._rows = {k: safe for k, safe in self._rows.items() if k in there or k in self._settled}
        for key in list(there)[:MOST]:
            if key not in self._rows:
                self._rows[key] = versions.where_it_stands(plan, there[key]) is not None
        for options, safe in ((self._either, True), (self._known, False)):
            options.show([self._option(key) for key, can in self._rows.items() if can == safe])
        total = len(there)
        parts.visible(self.widget, on=bool(self._rows))
        more = f" The first {MOST} of {total} are shown." if total > MOST else ""
        self._said.value = "<h3>Said differently in two versions</h3>" + parts.sentence(
            "The plan says what is kept. “Use the other” exchanges it; “Keep” settles it as it is. "
            f"Where there is only “Keep”, change it in its own part if you need to.{more}"
        )

    def _option(self, key: _Double) -> Option:
        where, field, kept, other = key
        why = f"Kept: {kept}. The other: {other}."
        return Option(key, versions.place(where, field), why, state=self._settled.get(key, ""))

    def _settle(self, option: Option, state: str, _reason: str) -> None:
        doubles = [_key(double) for double in self._session.plan.conflicts]
        key: Any = option.key
        if key not in doubles:
            raise PlanError("This is settled already. Undo takes it back.")
        self._settled[key] = state
        try:
            versions.settle(self._session, doubles.index(key), other=state == ACCEPTED)
        except GovStackKitError:
            self._settled.pop(key, None)
            raise


def _key(double: Conflict) -> _Double:
    return double.where, double.field, versions.said(double.kept), versions.said(double.other)


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
        self._aside, self._doubles = _Aside(self), _Doubles(self)
        joined = [self._aside.widget, self._doubles.widget]
        return [self.said, self._this, *joined, self.new, parts.row(starting), self._showing]

    def update(self) -> None:
        """Show where the plan is, and the other plans."""
        session = self.session
        self.said.value = _where(session)
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
        self._aside.update()
        self._doubles.update()

    def _rename(self, title: str) -> None:
        self.session.change("Rename the plan", lambda plan: setattr(plan, "title", title))

    def _open(self) -> None:
        if self.others.value:
            self.session.open(self.others.value)
            places.opened(Path(self.others.value))

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


def _where(session: Session) -> str:
    """Return the file that the plan is in, or where it will be, as HTML."""
    if session.demonstrating:
        said = (
            "You see the <b>demonstration</b>. Your first change in any part makes a plan of your "
            "own in"
        )
    elif session.path is not None:
        said = "The file is"
    else:
        said = "The plan is in no file yet. Your next change saves it in"
    where = session.folder if session.demonstrating else session.target
    return f'<p>{said} <span dir="auto">{escape(str(where))}</span>.</p>'


def wizard(session: Session) -> Wizard:
    """Return the one question about the plan."""
    panel = Open(session)
    return Wizard(session, "Your plan", lambda: [panel])


def guide_plan(session: Session) -> ipywidgets.VBox:
    """Return the guided part that opens, starts and brings together plans.

    Parameters
    ----------
    session
        What :func:`govstack_kit.open_session` returns.

    Returns
    -------
    ipywidgets.VBox
        The title of the plan, the other plans of the folder, a new plan, and versions that were set
        aside because two windows had the plan open. What is opened here is open in every guided
        part of the session.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> session = gk.open_session("nowhere/plan")
    >>> gk.guide_plan(session).__class__.__name__
    'VBox'
    """
    return wizard(session).widget
