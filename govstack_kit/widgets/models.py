"""The state behind every guided part: one open plan, saved after each change.

Definitions
-----------
A *session* holds one plan. A *change* is a function applied to the plan: it happens as a whole or
not at all, is written to the plan's file at once, and can be undone. The *notice* is the sentence
that the people at the screen should read; no error leaves a session in any other form. Nothing in
this module knows a widget or HTML.
"""

from __future__ import annotations

import functools
import warnings
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from traitlets import Bool, HasTraits, Instance, Int, Unicode

from govstack_kit.errors import (
    GovStackKitError,
    PlanConflictError,
    PlanError,
    PlanFileError,
    PlanFileWarning,
)
from govstack_kit.framework.framework import Framework, load
from govstack_kit.planning import files
from govstack_kit.planning.plan import Plan
from govstack_kit.widgets import places, undoing
from govstack_kit.widgets.progress import Progress
from govstack_kit.widgets.undoing import Undo, restore

if TYPE_CHECKING:
    from collections.abc import Callable

    from govstack_kit.planning.model import UseCase

_OWN = (
    "This is the demonstration. Your first change makes a plan of your own; "
    "the demonstration stays as it is."
)
_T = TypeVar("_T")


class Session(HasTraits):
    """One open plan: changed, saved, undone, and never lost.

    Parameters
    ----------
    path
        The plan file. Without it, the newest plan in the team's folder, or the demonstration if
        there is none. A file that does not exist yet is made by the first change.
    demonstration
        The published use case to show until there is a plan.
    folder
        The team's folder; without it, see :func:`govstack_kit.widgets.places.plans_folder`.
    framework
        The tables; without it, the bundled ones.

    Attributes
    ----------
    plan : Plan
        The plan as it is now.
    notice : str
        What the people at the screen should read, if anything.
    saved_at : str
        When and where the plan was saved last.
    changed : int
        Grows with every change, for others to observe.
    demonstrating : bool
        Whether the plan is the demonstration, which no change touches.
    chosen : str
        The id of the use case that is worked on.

    Examples
    --------
    >>> session = Session(demonstration="AGR-2", folder="nowhere")
    >>> session.demonstrating, session.use_case.name
    (True, 'Rural Advisory Service for Farmers')
    """

    plan = Instance(Plan)
    notice = Unicode()
    saved_at = Unicode()
    changed = Int()
    demonstrating = Bool()
    chosen = Unicode()

    def __init__(
        self,
        path: str | Path | None = None,
        *,
        demonstration: str = places.DEMONSTRATION,
        folder: str | Path | None = None,
        framework: Framework | None = None,
    ) -> None:
        super().__init__()
        self.framework = framework if framework is not None else load()
        self._demonstration = demonstration
        self._undo = Undo()
        self.progress = Progress()
        self.began = ""  # the id of the plan that was opened; a copy of the demonstration goes on
        self._target: Path | None = None
        self._mark: str | None = None
        if path is not None:
            self.folder = files.locate(path).parent
            self._open_or_start(files.locate(path))
            return
        self.folder = places.plans_folder() if folder is None else Path(folder).absolute()
        self._open_newest()

    def __repr__(self) -> str:
        count = len(self.plan.use_cases)
        cases = f"{count} use case{'s' if count != 1 else ''}"
        where = "the demonstration plan" if self.demonstrating else f"{self.plan.title!r}"
        return f"<Session: {where}, {cases}>"

    # --- opening ---------------------------------------------------------------------------------

    def _open_newest(self) -> None:
        problems = []
        for path in places.own_plans(self.folder):
            try:
                self.open(path)
            except GovStackKitError as error:
                problems.append(str(error))
            else:
                break
        else:
            self.demonstrate()
        self.notice = " ".join([*problems, *filter(None, [self.notice])])

    def _open_or_start(self, path: Path) -> None:
        try:
            self.open(path)
        except PlanFileError as error:
            there = path.exists() or bool(len(Plan.history(path)))
            title = path.name.removesuffix(".json").removesuffix(".govplan").replace("-", " ")
            target = places.free_path(path.parent, path.name) if there else path
            self._start(title.capitalize() or "My plan", target=target)
            self.notice = str(error) if there else ""

    def open(self, path: str | Path) -> None:
        """Open another plan file.

        Raises
        ------
        PlanFileError
            If it cannot be used; the plan that is open stays open.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PlanFileWarning)  # the notice says the same
            plan = Plan.open(path)
        self._begin(plan, demonstrating=False)
        assert plan.path is not None  # noqa: S101 - it was opened from there
        self.folder = plan.path.parent
        self._mark = files.mark_on_disk(plan.path)
        self._undo = undoing.kept(plan.path, self._mark)
        self.notice = " ".join(plan.notices)
        self.saved_at = f"Opened from {plan.path.name}"
        self.changed += 1

    def start(self, title: str, country: str = "") -> None:
        """Start an empty plan, and save it at once under a name of its own."""
        self._start(title, country)
        self.save()
        self.changed += 1

    def _start(self, title: str, country: str = "", *, target: Path | None = None) -> None:
        self._begin(Plan.new(title=title, country=country), demonstrating=False)
        self.name, self._target = title, target
        self.saved_at = "Nothing to save yet"

    def demonstrate(self) -> None:
        """Show the demonstration plan."""
        plan = places.demonstration_plan(self.framework, self._demonstration)
        self._begin(plan, demonstrating=True)
        self.saved_at = _OWN
        self.changed += 1

    def _begin(self, plan: Plan, *, demonstrating: bool) -> None:
        self._undo, self.began = Undo(), plan.plan_id
        self.progress.load(self.folder if plan.path is None else plan.path.parent, plan.plan_id)
        self.name, self._target, self._mark, self.notice = places.NAME, None, None, ""
        with self.hold_trait_notifications():
            self.plan, self.demonstrating = plan, demonstrating
            self.chosen = plan.use_cases[-1].id if plan.use_cases else ""

    # --- reading ---------------------------------------------------------------------------------

    @property
    def path(self) -> Path | None:
        """The file of the plan; None until the first change makes one."""
        return self.plan.path

    @property
    def target(self) -> Path:
        """The file of the plan, or the one that the next save makes."""
        return self.plan.path or self._target or places.free_path(self.folder, self.name)

    @property
    def use_case(self) -> UseCase | None:
        """The use case that is worked on, or None if the plan has none."""
        cases = self.plan.use_cases
        chosen = next((case for case in cases if case.id == self.chosen), None)
        return chosen or (cases[-1] if cases else None)

    @property
    def undoable(self) -> str:
        """What undo would take back, or an empty text."""
        return self._undo.last

    @property
    def redoable(self) -> str:
        """What redo would do again, or an empty text."""
        return self._undo.next

    # --- changing --------------------------------------------------------------------------------

    def change(
        self, description: str, function: Callable[[Plan], _T], *, fresh: bool = False
    ) -> _T:
        """Apply a change to the plan, and save it.

        Parameters
        ----------
        description
            What is done, as in "Add a step".
        function
            Gets the plan and changes it. If it fails, the plan is as before.
        fresh
            Whether a team that still sees the demonstration starts from an empty plan rather than
            from a copy of the demonstration.

        Returns
        -------
        object
            What `function` returns.

        Raises
        ------
        GovStackKitError
            As the function raises it; the plan is as before.
        """
        self.notice = ""
        self._take_over()
        plan = self._own_copy(fresh=fresh) if self.demonstrating else self.plan
        before = plan.model_dump()
        known = {case["id"] for case in before["use_cases"]}
        try:
            result = function(plan)
            after = plan.data()
        except BaseException:
            restore(plan, before)
            raise
        if after == before and (self.demonstrating or plan.saved):
            return result
        self._undo.remember(description, before)
        added = [case["id"] for case in after["use_cases"] if case["id"] not in known]
        with self.hold_trait_notifications():
            self.plan, self.demonstrating = plan, False
            self.chosen = added[-1] if added else self.chosen
        self.save()
        self.changed += 1
        return result

    def _own_copy(self, *, fresh: bool) -> Plan:
        if fresh:
            return Plan.new(title="My plan")
        return self.plan.copy_as(title=self.plan.title.removesuffix(" (demonstration)"))

    def undo(self) -> None:
        """Take the last change back, and save."""
        if not self._take_over():
            self._after("Undone", self._undo.back(self.plan))

    def redo(self) -> None:
        """Do again what was undone last, and save."""
        if not self._take_over():
            self._after("Done again", self._undo.again(self.plan))

    def _after(self, word: str, change: str) -> None:
        if change:
            self.notice = f"{word}: {change}."
            self.save()
            self.changed += 1

    def confirm(self, question: str, mark: str) -> None:
        """Remember that the answer to a question was confirmed."""
        self.progress[question] = mark
        if self.plan.path is not None:
            self.progress.save(self.plan.path.parent, self.plan.plan_id)

    # --- saving ----------------------------------------------------------------------------------

    def save(self) -> bool:
        """Save the plan; what prevents it is said in the notice, and the next change tries again.

        Returns
        -------
        bool
            Whether the file holds the plan as it is now.
        """
        try:
            path = self._write()
        except PlanConflictError as error:
            path = error.saved_as
            self.notice = str(error).replace("with Plan.merge", "in the part “Your plan”")
        except (GovStackKitError, OSError) as error:
            own = isinstance(error, PlanFileError | PlanError)
            said = str(error) if own else f"The plan could not be saved: {error}."
            self.notice = f"{said} Your next change tries to save it again."
            self.saved_at = "Not saved yet"
            return False
        self._mark = files.mark_on_disk(path)
        undoing.keep(path, self._mark, self._undo)
        now = datetime.now().astimezone().strftime("%H:%M:%S")
        self.saved_at = f"Saved at {now} in {path.name}"
        return True

    def _write(self) -> Path:
        if self.plan.path is not None:
            return self.plan.save()
        target = self.target
        places.make_folder(target.parent)
        if self._target is None or target.exists():
            target = places.free_path(target.parent, target.name)
        return self.plan.save(target)

    def refresh(self) -> None:
        """Take over what another window has saved since."""
        if self._take_over():
            self.changed += 1

    def _take_over(self) -> bool:
        """Take over what another window has saved, if nothing here is unsaved."""
        path = self.plan.path
        if path is None or self._mark in (None, files.mark_on_disk(path)) or not self.plan.saved:
            return False
        if not path.exists():
            return False
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PlanFileWarning)
            try:
                plan = Plan.open(path)
            except PlanFileError:  # saving will set this version aside, and say so
                return False
        if plan.path != path or any(path.name in notice for notice in plan.notices):
            return False
        self.plan, self._mark = plan, files.mark_on_disk(path)
        self._undo.clear()
        self.notice = (
            f"{path.name} was changed in another window. What was saved there is shown here now; "
            "the versions before are kept."
        )
        return True

    # --- errors ----------------------------------------------------------------------------------

    def guard(self, function: Callable[..., _T]) -> Callable[..., _T | None]:
        """Return `function` so that its errors become the notice, and never a traceback."""

        @functools.wraps(function)
        def safe(*args: object, **options: object) -> _T | None:
            try:
                return function(*args, **options)
            except GovStackKitError as error:
                self.notice = str(error)
            except Exception as error:  # noqa: BLE001 - whatever it is, the work goes on
                saved = self.demonstrating or (self.plan.path is not None and self.plan.saved)
                self.notice = places.report(self.folder, error, saved=saved)
            return None

        return safe


def open_session(path: str | Path | None = None) -> Session:
    """Open a plan for the guided parts.

    Parameters
    ----------
    path
        The plan file. Without it, the plan of the folder ``my-plans`` that was saved, started or
        opened last; if there is none yet, a demonstration, and your first change makes your own.

    Returns
    -------
    Session
        What the guided parts work on. ``session.plan`` is the plan as it is now, for your own
        tables and figures; ``session.use_case`` is the use case that is worked on.

    Examples
    --------
    >>> open_session("nowhere/kenya").plan.title
    'Kenya'
    """
    return Session(path)
