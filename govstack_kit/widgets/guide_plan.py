"""Which plan is open: its title, the other plans of the team, a new one, and earlier versions.

Definitions
-----------
A version is *kept* beside a plan with every save: the newest ones, and the last one of each day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from govstack_kit import words
from govstack_kit.errors import ArgumentError, GovStackKitError
from govstack_kit.planning.plan import DECLARED, Plan
from govstack_kit.tables.package import text_of
from govstack_kit.widgets import fields, markup
from govstack_kit.widgets.markup import visible
from govstack_kit.widgets.session import own_plans
from govstack_kit.widgets.wizard import Guide

if TYPE_CHECKING:
    from govstack_kit.widgets.session import Session

FEW = 12  # differences that are said one by one
GUIDE = Guide("plan")
SAID = GUIDE.said


def is_own(session: Session) -> bool:
    """Return whether the plan is the team's own."""
    return not session.demonstrating


def where(session: Session) -> str:
    """Say which file the plan is in, or where it will be."""
    path = session.plan.path
    said = "demonstration" if session.demonstrating else "file" if path else "unsaved"
    return markup.sentence(SAID[said].format(place=path or session.folder))


def no_file(session: Session) -> list[str]:
    """Wait until the plan is in a file."""
    return [] if session.plan.path else [SAID["no file"]]


class Plans(fields.Part):
    """The plans of the folder, and the way to a new one."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.others = fields.labelled(ipywidgets.Dropdown(), "Plans in your folder")
        self._opening = fields.actions(fields.button(session, "Open this plan", self.open))
        self.country = fields.line("Country of a new plan", "for example: Nepal")
        self.currency = fields.line("Currency of a new plan", "for example: NPR; USD if empty")
        self.new = fields.line("Name of a new plan", "for example: Ministry of Education")
        starting = fields.button(session, "Start a new plan", self.start, kind="main")
        showing = fields.actions(
            fields.button(session, "Show the demonstration", session.demonstrate)
        )
        self._showing = showing
        self.widget = ipywidgets.VBox(
            [
                *(self.others, self._opening, self.country, self.currency, self.new),
                *(fields.actions(starting), showing),
            ]
        )
        fields.watch(session, self.new, self._entered)

    def open(self) -> None:
        """Open the plan that is chosen."""
        if self.others.value:
            self.session.open(self.others.value)

    def _entered(self, name: str) -> None:
        if name.strip():
            self.start()

    def start(self) -> None:
        """Start a new plan."""
        title = self.new.value.strip()
        if not title:
            raise ArgumentError(SAID["no name"])
        given = {"country": self.country.value.strip(), "currency": self.currency.value.strip()}
        self.session.start(title, **{name: said for name, said in given.items() if said})
        self.new.value = self.country.value = self.currency.value = ""

    def show(self) -> None:
        """Show the plans of the folder."""
        options = [(path.name, str(path)) for path in own_plans(self.session.folder)]
        fields.offer(self.others, options)
        here = str(self.session.plan.path)
        if here in [value for _, value in options]:
            self.others.value = here
        for control in (self.others, self._opening):
            visible(control, on=bool(options))
        visible(self._showing, on=not self.session.demonstrating)


class Versions(fields.Part):
    """Earlier versions: what is different in them, and the way back."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.which = fields.labelled(ipywidgets.Dropdown(), "Versions of this plan")
        self._said = ipywidgets.HTML()
        self._back = fields.button(session, "Bring this version back", self.bring_back)
        self.widget = ipywidgets.VBox([self.which, self._said, fields.actions(self._back)])
        fields.watch(session, self.which, lambda _path: self._describe())

    def _versions(self) -> list[tuple[str, str]]:
        path = self.session.plan.path
        if path is None:
            return []
        kept = Plan.history(path).to_dict("records")[1:]  # the first is the plan as it is
        return [(f"{v['saved']} · version {v['revision']}", v["path"]) for v in kept]

    def bring_back(self) -> None:
        """Let the plan say what the chosen version says."""
        self.session.bring_back(self.which.value)
        self.session.notice = SAID["brought back"]

    def show(self) -> None:
        """Show the versions, and what is different in the one that is chosen."""
        options = self._versions()
        fields.offer(self.which, options)
        for control in (self.which, self._back):
            visible(control, on=bool(options))
        self._describe()

    def _describe(self) -> None:
        if not self.which.value:
            self._said.value = markup.sentence(SAID["no version"])
            return
        try:
            said = differences(self.session.plan, Plan.open(self.which.value))
        except GovStackKitError as error:
            self._said.value = markup.sentence(str(error), "gsk-wrong")
            return
        head = SAID["differences" if said else "same"]
        many = words.count(len(said), "difference")
        more = len(said) - FEW
        shown = said[:FEW] + [f"and {words.count(more, 'more difference')}."] * (more > 0)
        self._said.value = markup.sentence(head.format(many=many)) + markup.bullets(shown)


def differences(here: Plan, there: Plan) -> list[str]:
    """Return what another version of a plan says differently, in sentences.

    Examples
    --------
    >>> plan = Plan.new(title="Draft")
    >>> differences(plan, plan.scenario("Final"))
    ['The plan, title: “Draft” here, “Final” there.']
    """
    found = []
    for row in here.diff(there).to_dict("records"):
        if row["table"] == "conflicts" or row["table"] not in DECLARED:
            continue
        plan = there if row["change"] == "added" else here
        what = _what(plan, row["table"], row["row"], row["column"])
        if row["change"] == "changed":
            found.append(f"{what}: {_quoted(row['before'])} here, {_quoted(row['after'])} there.")
        elif row["change"] == "moved":
            found.append(f"{what}: in another order there.")
        else:
            found.append(f"{what}: only {'there' if row['change'] == 'added' else 'here'}.")
    return found


def _what(plan: Plan, table: str, key: str, column: str) -> str:
    """Return where something stands, in words."""
    declared = DECLARED[table]
    said = declared.title
    if key and key != "only":
        label = text_of(fields.label_of(plan, declared, key)) if plan.has(table, key) else key
        said = f"{declared.one.capitalize()} “{markup.shorten(label)}”"
    return f"{said}, {declared.columns[column].title.lower()}" if column else said


def _quoted(value: str) -> str:
    return f"“{markup.shorten(' '.join(value.split()), 120)}”" if value else "nothing"


def conflicts(session: Session) -> str:
    """Return what two versions said differently: what the plan keeps, and the other."""
    said = [
        f"{_what(session.plan, row['table'], row['row'], row['column'] or '')}: kept "
        f"{_quoted(row['kept'] or '')}, the other was {_quoted(row['other'] or '')}."
        for row in session.plan.rows("conflicts")
        if row["table"] in DECLARED
    ]
    return markup.heading(SAID["conflicts"]) + markup.bullets(said) if said else ""


def guide_plan(session: Session) -> ipywidgets.VBox:
    """Return the guided part that opens and starts plans, and brings earlier versions back.

    Parameters
    ----------
    session
        What :func:`govstack_kit.open_session` returns.

    Returns
    -------
    ipywidgets.VBox
        The title of the plan, the other plans of the folder, a new plan, and the versions that are
        kept of it. What is opened here is open in every guided part of the session.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> session = gk.open_session("nowhere/plan")
    >>> gk.guide_plan(session)
    Guided part “Your plan”. Run this cell to open it.
    """
    return GUIDE.open(session)


GUIDE.uses(where, is_own, Plans, Versions, conflicts, no_file)
