"""One open plan behind the guided parts: changed, saved after each change, undone, never lost.

Definitions
-----------
A *change* is a function applied to the plan: it happens as a whole or not at all, is saved at once,
and can be undone. The *notice* is the sentence that the people at the screen should read; no error
leaves a session in any other form. The *demonstration* is shown until the first change, which makes
a plan of one's own. Two *windows* may have the same file open: what the other one saved is taken
over; where both changed the same cell it is *doubled*: what this window says stands, the other
value is shown beside it until somebody chooses, and both stay in the table ``conflicts``. Nothing
in this module knows a widget or HTML.
"""

from __future__ import annotations

import contextlib
import functools
import os
import tempfile
import time
import traceback
import warnings
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from traitlets import Bool, HasTraits, Int, Unicode

from govstack_kit import words
from govstack_kit.errors import (
    GovStackKitError,
    PlanConflictError,
    PlanFileError,
    PlanFileWarning,
)
from govstack_kit.framework.framework import Framework, load
from govstack_kit.planning import plan_file
from govstack_kit.planning.plan import DECLARED, Plan
from govstack_kit.tables import storage
from govstack_kit.tables.package import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FOLDER, VARIABLE, NAME = "my-plans", "GOVSTACK_KIT_PLANS", "my-plan"
LOG = "govstack-kit.log"
TYPING = 30  # seconds within which changes of one text are one step of undo
_INSIDE = ("guided", "analyst", "exercises", "solutions")  # folders inside one of notebooks
_OWN = (
    "This is the demonstration. Your first change makes a plan of your own; "
    "the demonstration stays as it is."
)
_T = TypeVar("_T")
Cell = tuple[str, str, str]  # table, key of the row, column


# --- the folder of plans --------------------------------------------------------------------------


def plans_folder(start: str | Path | None = None) -> Path:
    """Return the folder in which a team keeps its plans, whether it exists or not.

    Parameters
    ----------
    start
        Where to look from; without it, the variable ``GOVSTACK_KIT_PLANS``, or the current folder.

    Examples
    --------
    >>> plans_folder("notebooks/guided").parent.name, plans_folder("kenya/my-plans").parent.name
    ('notebooks', 'kenya')
    """
    if start is None and os.environ.get(VARIABLE, "").strip():
        return Path(os.environ[VARIABLE]).expanduser().absolute()
    place = Path(start or ".").expanduser().absolute()
    if place.name == FOLDER:
        return place
    return (place.parent if place.name in _INSIDE else place) / FOLDER


def own_plans(folder: Path) -> list[Path]:
    """Return the plan files of a folder, the one that was saved, started or opened last first."""
    found = []
    with contextlib.suppress(OSError):
        for path in folder.glob(f"*{plan_file.SUFFIX}"):
            with contextlib.suppress(OSError):
                if path.is_file():
                    found.append((path.stat().st_mtime_ns, path.name, path))
    return [path for _, _, path in sorted(found, reverse=True)]


def _read(path: str | Path) -> Plan:
    """Open a plan file without the warnings that its notice says too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PlanFileWarning)
        return Plan.open(path)


# --- the session ----------------------------------------------------------------------------------


class Session(HasTraits):
    """One open plan, and what the people at the screen should know about it.

    Parameters
    ----------
    path
        The plan file. Without it, the plan of the folder that was saved, started or opened last, or
        the demonstration if there is none. A file that is not there is made by the first change.
    folder
        The team's folder; without it, see :func:`plans_folder`.
    framework
        The tables; without it, those that :func:`govstack_kit.load` returns.

    Attributes
    ----------
    plan : Plan
        The plan as it is now.
    use_case : str
        The key of the service that is worked on; empty if there is none.
    notice, saved_at : str
        What people should read, and when and where the plan was saved last.
    changed : int
        Grows with every change, for others to observe.
    opened : int
        Grows whenever another plan is opened.
    demonstrating : bool
        Whether the plan is the demonstration, which no change touches.
    doubled : dict
        The other value of each cell that two windows changed, by table, row and column.
    following : dict
        What is called after a change to bring a result of a notebook up to date, by its name.

    Examples
    --------
    >>> session = Session(folder="nowhere")
    >>> session.demonstrating, session.plan.use_cases["name"].item()
    (True, 'Rural Advisory Service for Farmers')
    """

    notice = Unicode()
    saved_at = Unicode()
    changed = Int()
    opened = Int()
    demonstrating = Bool()
    use_case = Unicode()

    def __init__(
        self,
        path: str | Path | None = None,
        *,
        folder: str | Path | None = None,
        framework: Framework | None = None,
    ) -> None:
        super().__init__()
        self.framework = load() if framework is None else framework
        self.folder = plans_folder() if folder is None else Path(folder).absolute()
        self.plan = Plan.new(title="My plan")
        self.doubled: dict[Cell, str] = {}
        self.following: dict[str, Callable[[object], None]] = {}
        self._base = self.plan  # what this window read or saved last
        self._target: Path | None = None  # where the first save goes
        self._typed: tuple[str, float] = ("", 0.0)  # which text was changed last, and when
        self._kept: dict[str, tuple[tuple[object, ...], Any]] = {}
        if path is None:
            self._open_newest()
        else:
            self._open_or_start(plan_file.locate(path))

    def __repr__(self) -> str:
        where = "the demonstration plan" if self.demonstrating else repr(self.title)
        count = len(self.plan.use_cases)
        return f"<Session: {where}, {count} use case{'s' * (count != 1)}>"

    # --- opening ---------------------------------------------------------------------------------

    def _open_newest(self) -> None:
        problems = []
        for path in own_plans(self.folder):
            try:
                self.open(path)
            except GovStackKitError as error:
                problems.append(str(error))
            else:
                break
        else:
            self.demonstrate()
        self.notice = " ".join(filter(None, [*problems, self.notice]))

    def _open_or_start(self, path: Path) -> None:
        try:
            self.open(path)
        except PlanFileError as error:
            there, name = path.exists(), plan_file.stem(path)
            self._begin(Plan.new(title=name.replace("-", " ").capitalize() or "My plan"))
            self.folder = path.parent
            self._target = plan_file.free_path(path.parent, name) if there else path
            self.notice = str(error) if there else ""

    def open(self, path: str | Path) -> None:
        """Open another plan file.

        Raises
        ------
        PlanFileError
            If it cannot be used; the plan that is open stays open.
        """
        plan = _read(path)
        self._begin(plan)
        file = plan_file.locate(path)
        self.folder, self.notice = file.parent, plan.notice
        self.saved_at = f"Opened from {file.name}"
        with contextlib.suppress(OSError):  # the last one of its folder: the next part opens it
            os.utime(file)
        self.changed += 1

    def start(self, title: str, **settings: str) -> None:
        """Start an empty plan, of a country and with a currency, and save it under a new name."""
        self._begin(Plan.new(title=title, **settings))
        self._target = plan_file.free_path(self.folder, words.slug(title, otherwise=NAME))
        self.save()
        self.changed += 1

    def demonstrate(self) -> None:
        """Show the demonstration plan."""
        self._begin(Plan.demonstration(), demonstrating=True)
        self.saved_at = _OWN
        self.changed += 1

    def bring_back(self, path: str | Path) -> None:
        """Let the plan say again what a kept version says; undo takes it back."""
        version, base = _read(path), self.plan.copy()
        what = "Bring an earlier version back"
        self.change(what, lambda plan: plan.bring_in(version, base, description=what))

    def _begin(self, plan: Plan, *, demonstrating: bool = False) -> None:
        self.plan, self._base, self._target = plan, plan.copy(), None
        self.doubled, self.notice, self.saved_at = {}, "", "Nothing to save yet"
        self.demonstrating, self.opened = demonstrating, self.opened + 1
        self._choose()

    def _choose(self, known: frozenset[str] | None = None) -> None:
        """Keep the service that is worked on; take the one that is new, or the last one."""
        cases = self.plan.use_cases["use_case"].tolist()
        new = [case for case in cases if known is not None and case not in known]
        if new or self.use_case not in cases:
            self.use_case = (new or cases or [""])[-1]

    # --- reading ---------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """What the plan is called."""
        return str(self.plan.row("plan")["title"])

    @property
    def service(self) -> str:
        """What the service that is worked on is called; empty if there is none."""
        return self.names("use_cases").get(self.use_case, "")

    def names(self, table: str, **where: str) -> dict[str, str]:
        """Return what people call the rows of a table of the plan, by their keys.

        Examples
        --------
        >>> Session(folder="nowhere").names("use_cases")
        {'rural-advisory-service-for-farmers': 'Rural Advisory Service for Farmers'}
        """
        declared = DECLARED[table]
        rows = self.plan.rows(table, **where)
        return {row[declared.key[0]]: text_of(row[declared.label]) for row in rows}

    @property
    def laid(self) -> Framework:
        """The framework with the use cases of the plan in it; made once for a state of the plan."""
        return self.plan.framework(self.framework)

    def remember(self, name: str, work: Callable[[], _T], *tables: str) -> _T:
        """Return what `work` returns, worked out again only when one of the tables has changed.

        Parameters
        ----------
        name
            Sets the results apart.
        work
            Works the result out; whoever gets it leaves it as it is.
        *tables
            The tables of the plan that it rests on; without any, all of them.
        """
        state, kept = self._state(tables), self._kept.get(name)
        if kept is None or not _same(kept[0], state):
            kept = self._kept[name] = state, work()
        found: _T = kept[1]
        return found

    def ask(self, question: Callable[..., _T], *about: object, tables: Iterable[str] = ()) -> _T:
        """Return the answer to a question about framework and plan; see :meth:`remember`.

        Examples
        --------
        >>> from govstack_kit.selection.needs import needs
        >>> len(Session(folder="nowhere").ask(needs))
        10
        """
        name = " ".join([question.__name__, *map(str, about)])
        return self.remember(name, lambda: question(self.framework, self.plan, *about), *tables)

    def remembered(self, name: str, *tables: str) -> Any:  # noqa: ANN401 - whatever was kept
        """Return a result that is kept and still holds; None otherwise."""
        kept = self._kept.get(name)
        return kept[1] if kept is not None and _same(kept[0], self._state(tables)) else None

    def _state(self, tables: tuple[str, ...]) -> tuple[object, ...]:
        return self.framework, *self.plan.state(*tables)

    # --- changing --------------------------------------------------------------------------------

    def change(
        self,
        description: str,
        function: Callable[[Plan], _T],
        *,
        fresh: bool = False,
        typing: str = "",
    ) -> _T:
        """Apply a change to the plan as a whole, and save it.

        Parameters
        ----------
        description
            What is done, as in "Add a step".
        function
            Gets the plan and changes it. If it fails, the plan is as before.
        fresh
            Whether a team that still sees the demonstration starts from an empty plan rather than
            from a copy of the demonstration.
        typing
            The cell that somebody is writing in: what is saved of one text while it is typed is one
            step of undo.

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
        plan = self.plan
        if self.demonstrating:
            title = self.title.removesuffix(" (demonstration)")
            plan = Plan.new(title="My plan") if fresh else self.plan.scenario(title)
        before, known = plan.state(), frozenset(plan.use_cases["use_case"])
        recent = self._typed[0] == typing and time.monotonic() - self._typed[1] < TYPING
        again = bool(typing) and recent and plan.undoable == description
        if again:
            plan.undo()
        try:
            with plan.change(description):
                result = function(plan)
        except BaseException:
            if again:
                plan.redo()
            raise
        if _same(before, plan.state()) and (self.demonstrating or plan.saved):
            return result
        self._typed = typing, time.monotonic()
        self.plan, self.demonstrating = plan, False
        self.save(description)
        self._choose(known)
        self.changed += 1
        return result

    def undo(self) -> None:
        """Take the last change back, and save."""
        self._exchange("Undone", self.plan.undo)

    def redo(self) -> None:
        """Do again what was undone last, and save."""
        self._exchange("Done again", self.plan.redo)

    def _exchange(self, word: str, exchange: Callable[[], str]) -> None:
        if self.refresh():
            return
        description = exchange()
        if description:
            self.notice, self._typed = f"{word}: {description}.", ("", 0.0)
            self.save(description)
            self._choose()
            self.changed += 1

    # --- saving, and other windows ---------------------------------------------------------------

    def save(self, description: str = "Save") -> bool:
        """Save the plan; what prevents it is said in the notice, and the next change tries again.

        Returns
        -------
        bool
            Whether the file holds the plan as it is now.
        """
        try:
            if self.plan.path is None:
                path = self.plan.save(self._new_file())
            else:
                self._bring_together(description)
                path = self.plan.save()
        except PlanConflictError as error:  # in the very moment another window saved: both are kept
            self.notice, path = str(error), error.saved_as
        except (GovStackKitError, OSError) as error:
            said = str(error) if isinstance(error, GovStackKitError) else storage.said(error)
            self.notice = f"{said} Your next change tries to save it again."
            self.saved_at = "Not saved yet"
            return False
        self._base = self.plan.copy()
        self.saved_at = f"Saved at {datetime.now().astimezone():%H:%M:%S} in {path.name}"
        return True

    def _new_file(self) -> Path:
        target = self._target
        if target is None or target.exists():
            folder, name = (
                (target.parent, plan_file.stem(target)) if target else (self.folder, NAME)
            )
            target = plan_file.free_path(folder, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def _elsewhere(self) -> Plan | None:
        """Return the plan as another window saved it since, if it did and the file is good."""
        path = self.plan.path
        if path is None or not self.plan.changed_elsewhere or not path.exists():
            return None
        try:
            found = _read(path)
        except PlanFileError:  # saving will set this version aside, and say so
            return None
        return None if found.changed_elsewhere or "Opened instead" in found.notice else found

    def _bring_together(self, description: str) -> None:
        """Take what another window has saved since together with what was changed here."""
        other = self._elsewhere()
        if other is None:
            return
        conflicts = other.bring_in(self.plan, self._base, description=description)
        self.plan = other
        self._note(conflicts.to_dict("records"))
        self.notice = (
            "Another window has changed this plan too; both are shown here now. "
            + ("What both have changed is marked at its field." if self.doubled else "")
        ).strip()

    def _note(self, conflicts: list[dict[Any, Any]]) -> None:
        for row in conflicts:
            if row["column"]:
                self.doubled[row["table"], row["row"], row["column"]] = row["other"] or ""

    def refresh(self) -> bool:
        """Take over what another window has saved since; return whether there was something."""
        other = self._elsewhere()
        if other is None or not self.plan.saved:
            return False
        known = self.plan.rows("conflicts")
        self.plan, self._base = other, other.copy()
        self._note([row for row in other.rows("conflicts") if row not in known])
        self.notice = "What another window has saved is shown here now. Earlier versions are kept."
        self._choose()
        self.changed += 1
        return True

    def settle(self, cell: Cell, *, take_other: bool) -> None:
        """Choose between the two values of a cell; the one not taken stays in ``conflicts``."""
        table, key, column = cell
        other = self.doubled[cell]

        def take(plan: Plan) -> None:
            kept = plan.row(table, key)[column]
            plan.set(table, key, **{column: other})
            plan.put("conflicts", cell, kept=other, other=kept)

        if take_other:
            self.change("Take the value of the other window", take)
        self.doubled.pop(cell, None)
        self.changed += 1

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
                self.notice = self._report(error)
            return None

        return safe

    def _report(self, error: Exception) -> str:
        """Write an unexpected error to the log beside the plans; return what to tell people."""
        path = (self.folder if self.folder.is_dir() else Path(tempfile.gettempdir())) / LOG
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        with contextlib.suppress(OSError), path.open("a", encoding="utf-8") as file:
            file.write(f"{now}\n{''.join(traceback.format_exception(error))}\n")
        saved = self.demonstrating or (self.plan.path is not None and self.plan.saved)
        kept = "your work is saved" if saved else "your work is still open here, but not saved yet"
        return (
            f"Something went wrong; {kept}. Try it once more, or go on with something else. "
            f"What happened is written in {path.name}, for whoever supports you."
        )


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


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
        tables and figures; ``session.use_case`` is the key of the service that is worked on.

    Examples
    --------
    >>> open_session("nowhere/kenya").title
    'Kenya'
    """
    return Session(path)
