"""The plan of a country: tables that are changed by few verbs, undone, saved and compared.

Definitions
-----------
A *change* is one or several verbs that happen as a whole or not at all; it is one step of undo. A
row is named by its key: a text, or a tuple where the key has several columns. Frames that a plan
gives are copies; those that it holds are never changed in place, so that a copy of a plan, and each
step of undo, only remembers which frames it had.
"""

from __future__ import annotations

import contextlib
import uuid
import warnings
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Self

import pandas as pd

from govstack_kit import words
from govstack_kit.errors import (
    PlanConflictError,
    PlanFileError,
    PlanFileWarning,
    TablesError,
    UnknownKeyError,
    did_you_mean,
)
from govstack_kit.planning import plan_file
from govstack_kit.tables import difference, overlay, package, schema, validate
from govstack_kit.tables.storage import bundled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from govstack_kit.framework.framework import Framework

DECLARED = schema.read(bundled("data") / "plan.json")
FORM = 4  # the version of the plan file that this code writes
_SINGLE = ("plan", "rules", "business_case")  # tables of one row
MOST_UNDO = 50
Key = str | tuple[str, ...]


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def _empty() -> package.Frames:
    """Return every table without rows; frames that a plan holds are shared, never changed."""
    return {name: package.empty(table) for name, table in DECLARED.items()}


def _key_text(key: Key) -> str:
    return " | ".join(map(str, key)) if isinstance(key, tuple | list) else str(key)


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    names = dict.fromkeys(map(str, frame))
    return [names | row for row in package.records(frame)]


@dataclass(frozen=True)
class _Known:
    """A table of a plan as plain rows, and where each key stands."""

    frame: pd.DataFrame
    rows: list[dict[str, Any]]
    places: dict[str, int]


class Plan:
    """The plan of a country or a team.

    Make one with :meth:`new`, or open a file with :meth:`open`. Every table is an attribute.

    Examples
    --------
    >>> plan = Plan.new(title="School services")
    >>> fees = plan.add("use_cases", name="School fees")
    >>> pay = plan.add("steps", use_case=fees, name="Pay")
    >>> plan.steps[["step", "order", "name"]].values.tolist()
    [['school-fees.pay', 1, 'Pay']]
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame], about: Mapping[str, Any]) -> None:
        self._frames = _empty() | dict(frames)
        self._about = dict(about)
        self._undo: deque[tuple[str, package.Frames]] = deque(maxlen=MOST_UNDO)
        self._redo: deque[tuple[str, package.Frames]] = deque(maxlen=MOST_UNDO)
        self._open: str | None = None  # the change that is being made
        self._saved: package.Frames | None = None
        self._mark: str | None = None
        self._looked_up: dict[str, _Known] = {}
        self._laid: tuple[tuple[Any, Framework], Framework] | None = None  # over what, and result
        self.path: Path | None = None  # the file, if the plan is in one
        self.notice = ""  # what you should know about how it was opened

    @classmethod
    def new(
        cls, *, title: str, country: str = "", language: str = "en", currency: str = "USD"
    ) -> Self:
        """Return a new, empty plan, which is in no file yet."""
        about = {"name": f"plan-{uuid.uuid4().hex}", "form": FORM, "created": _now(), "revision": 0}
        plan = cls({}, about)
        settings = {"title": title, "country": country, "language": language}
        plan.add_rows(
            {"plan": [settings], "rules": [{}], "business_case": [{"currency": currency}]}
        )
        plan._undo.clear()
        return plan

    @classmethod
    def demonstration(cls) -> Self:
        """Return the demonstration plan: a published use case with made-up costs, in no file.

        Examples
        --------
        >>> Plan.demonstration().use_cases["name"].item()
        'Rural Advisory Service for Farmers'
        """
        frames, about = _demonstration()
        return cls(frames, about)

    # --- reading ---------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self.table(name)
        except UnknownKeyError as error:
            raise AttributeError(f"A plan has no {name!r}. {error}") from None

    def __dir__(self) -> list[str]:
        return sorted({*DECLARED, *(name for name in vars(Plan) if not name.startswith("_"))})

    def __repr__(self) -> str:
        counts = f"{len(self.use_cases)} services, {len(self.steps)} steps"
        return f"<Plan {self.row('plan')['title']!r}: {counts}, revision {self.revision}>"

    def __copy__(self) -> Self:
        return self.copy()

    def __deepcopy__(self, _memo: object) -> Self:
        return self.copy()

    def table(self, name: str) -> pd.DataFrame:
        """Return a table as a frame of your own, with the places of its rows counted.

        Raises
        ------
        UnknownKeyError
            If a plan has no such table.
        """
        if name not in self._frames:
            DECLARED[name]  # raises with the nearest names
        frame = self._frames[name].copy()
        order = DECLARED[name].order if name in DECLARED else None
        if order and order[0]:
            column, within = order
            place = list(DECLARED[name].columns).index(within) + 1
            frame.insert(place, column, frame.groupby(within).cumcount() + 1)
        return frame

    def row(self, table: str, key: Key = "only") -> dict[str, Any]:
        """Return a row by its key; what is missing is None.

        Parameters
        ----------
        table
            The table.
        key
            The key of the row; tables of one row, such as ``rules``, need none.

        Raises
        ------
        UnknownKeyError
            If there is no such table or row.
        """
        return dict(self._known(table).rows[self._place(table, key)])

    def rows(self, table: str, **where: str) -> list[dict[str, Any]]:
        """Return the rows with these values, in their order; what is missing is None.

        Raises
        ------
        UnknownKeyError
            If there is no such table or column.
        """
        rows, names = self._known(table).rows, self._frames[table]
        for name in where:
            if name not in names:
                hint = did_you_mean(name, map(str, names))
                raise UnknownKeyError(f"{DECLARED[table].title} have no {name!r}. {hint}".strip())
        wanted = where.items()
        return [dict(row) for row in rows if all(row[name] == value for name, value in wanted)]

    def has(self, table: str, key: Key) -> bool:
        """Return whether there is a row with a key."""
        return _key_text(key) in self._known(table).places

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return all tables that have rows, by name."""
        return {name: self.table(name) for name, frame in self._frames.items() if len(frame)}

    def _known(self, table: str) -> _Known:
        """Return the rows of a table, kept as long as its frame is the same."""
        frame = self._frames.get(table)
        if frame is None:
            DECLARED[table]  # raises with the nearest names
        known = self._looked_up.get(table)
        if known is None or known.frame is not frame:
            keys = validate.joined(self._frames[table], DECLARED[table].key)
            places = {key: place for place, key in reversed(list(enumerate(keys)))}
            known = _Known(self._frames[table], _plain(self._frames[table]), places)
            self._looked_up[table] = known
        return known

    def _place(self, table: str, key: Key) -> int:
        places, wanted = self._known(table).places, _key_text(key)
        if wanted not in places:
            one, hint = DECLARED[table].one, did_you_mean(wanted, places)
            raise UnknownKeyError(f"There is no {one} {wanted!r} in the plan. {hint}".strip())
        return places[wanted]

    # --- changing --------------------------------------------------------------------------------

    @contextlib.contextmanager
    def change(self, description: str) -> Iterator[Self]:
        """Let several verbs count as one change: all of them happen, or none."""
        if self._open is not None:
            yield self
            return
        before, self._open = self._frames, description
        try:
            yield self
        except BaseException:
            self._frames = before
            raise
        finally:
            self._open = None
        if self._frames is not before:
            self._undo.append((description, before))
            self._redo.clear()

    def _commit(self, description: str, frames: package.Frames, changed: Iterable[str]) -> None:
        """Take over frames whose cells were checked, if keys, references and meanings are right."""
        problems = validate.Problems()
        beside = {n: f for n, f in frames.items() if n in DECLARED and n not in changed}
        validate.check_rows({n: frames[n] for n in changed}, DECLARED, beside, problems)
        _refuse(problems.frame())
        with self.change(description):
            self._frames = frames

    def _row(self, table: str, cells: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
        """Return given values, checked, as rows of a frame; a column that is not there is named."""
        declared = DECLARED[table]
        order = declared.order[0] if declared.order else ""
        for name in dict.fromkeys(name for row in cells for name in row):
            if name not in declared.columns or name == order:
                hint = (
                    did_you_mean(name, declared.columns)
                    or f"Columns: {', '.join(declared.columns)}."
                )
                raise UnknownKeyError(f"A {declared.one} has no {name!r}. {hint}")
        texts = pd.DataFrame(
            [{n: package.text_of(v) for n, v in row.items()} for row in cells], dtype="str"
        )
        texts, problems = package.tidied(texts.fillna(""), declared), validate.Problems()
        validate.check_cells(texts, declared, problems, {})
        _refuse(problems.frame())
        return package.frame_of(texts, declared)

    def add(self, table: str, /, *, at: int | None = None, **values: Any) -> Key:  # noqa: ANN401
        """Add a row; its key is made from its name where none is given.

        Parameters
        ----------
        table
            The table.
        at
            Its place, from 1, among the rows that it is ordered with; without it, the end.
        **values
            The values of its columns.

        Returns
        -------
        str or tuple
            The key of the row.

        Raises
        ------
        TablesError
            If a value cannot be used; the plan is as before.
        """
        declared = DECLARED[table]
        cells = self._complete(table, values)
        frames = self._frames | {table: self._with(table, [cells])}
        key = tuple(cells[name] for name in declared.key)
        with self.change(f"Add {declared.one}"):
            self._commit("", frames, [table])
            if at is not None:
                self.move(table, key, at)
        return key[0] if len(key) == 1 else key

    def add_rows(self, rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
        """Add many rows to several tables at once; checked as :meth:`add` does."""
        new: dict[str, list[dict[str, str]]] = {}
        for table, listed in rows.items():
            for row in listed:
                beside = new.setdefault(table, [])
                beside.append(self._complete(table, row, beside))
        frames = {table: self._with(table, cells) for table, cells in new.items()}
        self._commit("Add rows", self._frames | frames, frames)

    def replace(self, table: str, frame: pd.DataFrame) -> None:
        """Let a table have the rows of a frame, checked as :meth:`add` does.

        What refers to rows that are not in the frame has to go before.

        Examples
        --------
        >>> plan = Plan.demonstration()
        >>> plan.replace("phases", plan.phases.head(1))
        >>> len(plan.phases)
        1
        """
        declared = DECLARED[table]
        order = declared.order[0] if declared.order else ""
        rows = _plain(frame.drop(columns=order, errors="ignore"))
        frames = self._frames | {table: _empty()[table]}
        frames |= {table: self._with(table, [self._complete(table, row) for row in rows], frames)}
        others = [other for other, _, _ in DECLARED.named_in(table)]
        self._commit(f"Replace {declared.title.lower()}", frames, dict.fromkeys([table, *others]))

    def _complete(
        self, table: str, values: Mapping[str, Any], beside: Iterable[Mapping[str, str]] = ()
    ) -> dict[str, str]:
        """Return the cells of a new row: what is given, what is usual, a key made from its name."""
        declared = DECLARED[table]
        order = declared.order[0] if declared.order else ""
        cells = {
            n: package.text_of(c.given.get("default"))
            for n, c in declared.columns.items()
            if n != order
        }
        cells |= {n: package.text_of(v) for n, v in values.items()}
        for name in declared.key:
            made = declared.columns[name].given.get("made")
            if made and not cells[name]:
                owner = cells.get(made.get("within", ""), "")
                known = [*self._frames[table][name], *(row[name] for row in beside)]
                taken = {key.removeprefix(f"{owner}.") for key in known}
                said = cells.get(made["from"], "")
                bare = words.slug(said, taken=taken, otherwise=words.slug(declared.one))
                cells[name] = f"{owner}.{bare}" if owner else bare
        return cells

    def _with(
        self, table: str, cells: list[dict[str, str]], frames: package.Frames | None = None
    ) -> pd.DataFrame:
        """Return a table with more rows at its end."""
        frame, new = (frames or self._frames)[table], self._row(table, cells)
        new = pd.DataFrame({name: new.get(name) for name in frame})
        other = {name: kind for name, kind in frame.dtypes.items() if new[name].dtype != kind}
        return pd.concat([frame, new.astype(other)], ignore_index=True)

    def set(self, table: str, key: Key = "only", /, **values: Any) -> None:  # noqa: ANN401
        """Change columns of a row; a changed key is changed wherever it is named.

        Parameters
        ----------
        table, key
            The row; tables of one row, such as ``rules``, need no key.
        **values
            The new values by column.

        Raises
        ------
        TablesError
            If a value cannot be used; the plan is as before.
        """
        declared, place = DECLARED[table], self._place(table, key)
        row, frame = self._row(table, [values]), self._frames[table].copy()
        for name in values:
            frame[name] = (
                frame[name].where(frame.index != place, row[name].iloc[0]).astype(frame[name].dtype)
            )
        if frame.equals(self._frames[table]):
            return
        frames, changed = self._frames | {table: frame}, [table]
        old, new = self._frames[table].iloc[place], frame.iloc[place]
        for other, column, target in DECLARED.named_in(table):
            if old[target] != new[target]:
                renamed = frames[other][column].replace(old[target], new[target])
                frames[other] = frames[other].assign(**{column: renamed})
                changed.append(other)
        titles = " and ".join(declared.columns[name].title.lower() for name in values)
        self._commit(f"Change {titles} of {declared.one}", frames, dict.fromkeys(changed))

    def put(self, table: str, key: Key, /, **values: Any) -> None:  # noqa: ANN401
        """Change a row, or add it if it is not there."""
        names = DECLARED[table].key
        parts = (key,) if isinstance(key, str) else tuple(key)
        if self.has(table, key):
            self.set(table, key, **values)
        else:
            self.add_rows({table: [dict(zip(names, parts, strict=True)) | values]})

    def remove(self, table: str, key: Key) -> None:
        """Remove a row, and all that belongs to it."""
        self._place(table, key)  # raises with the nearest keys
        known = {n: f for n, f in self._frames.items() if n in DECLARED}
        with self.change(f"Remove {DECLARED[table].one}"):
            self._frames = self._frames | overlay.without(known, DECLARED, table, [_key_text(key)])

    def move(self, table: str, key: Key, to: int) -> None:
        """Move a row to a place, from 1, among the rows that it is ordered with."""
        declared, frame, place = DECLARED[table], self._frames[table], self._place(table, key)
        within = declared.order[1] if declared.order else ""
        owners = frame[within].fillna("").tolist() if within else [""] * len(frame)
        group = [p for p, owner in enumerate(owners) if owner == owners[place]]
        wanted = [p for p in group if p != place]
        wanted.insert(max(to - 1, 0), place)
        places = list(range(len(frame)))
        for slot, source in zip(group, wanted, strict=True):
            places[slot] = source
        if places != list(range(len(frame))):
            with self.change(f"Move {declared.one}"):
                self._frames = self._frames | {table: frame.iloc[places].reset_index(drop=True)}

    @property
    def undoable(self) -> str:
        """What :meth:`undo` would take back, or an empty text."""
        return self._undo[-1][0] if self._undo else ""

    @property
    def redoable(self) -> str:
        """What :meth:`redo` would do again, or an empty text."""
        return self._redo[-1][0] if self._redo else ""

    def undo(self) -> str:
        """Take the last change back; return what it was."""
        return self._exchange(self._undo, self._redo)

    def redo(self) -> str:
        """Do again what was taken back last; return what it was."""
        return self._exchange(self._redo, self._undo)

    def _exchange(
        self, source: deque[tuple[str, package.Frames]], target: deque[tuple[str, package.Frames]]
    ) -> str:
        if not source:
            return ""
        description, frames = source.pop()
        target.append((description, self._frames))
        self._frames = frames
        return description

    # --- files -----------------------------------------------------------------------------------

    @property
    def revision(self) -> int:
        """How often the plan was saved."""
        return int(self._about.get("revision", 0))

    @property
    def created(self) -> str:
        """When the plan was made, as in ``2026-11-30T09:00:00Z``."""
        return str(self._about["created"])

    @property
    def saved(self) -> bool:
        """Whether the file holds the plan as it is now."""
        return self._saved is not None and _alike(self._frames, self._saved)

    @property
    def changed_elsewhere(self) -> bool:
        """Whether the file is no longer the one that was opened or saved last."""
        return self.path is not None and self._mark != plan_file.mark_on_disk(self.path)

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open a plan file.

        Parameters
        ----------
        path
            The file; the ending ``.govplan.json`` may be left out.

        Returns
        -------
        Plan
            The plan. If the file is damaged or gone, the newest good version that was kept; then,
            and if a newer version of the kit wrote it, ``notice`` says so.

        Raises
        ------
        PlanFileError
            If there is neither a good file nor a good kept version.

        Warns
        -----
        PlanFileWarning
            With the sentences of ``notice``.
        """
        file = plan_file.locate(path)
        plan, mark, notice = plan_file.read(file, cls._of)
        plan.path, plan._mark = file, mark
        plan._saved = None if notice else plan._frames
        if plan._about.get("form", FORM) > FORM:
            notice += (
                " This plan was written by a newer version of the kit. What this one does not know "
                "is kept as it is. Update the kit before you change much."
            )
        plan.notice = notice.strip()
        if plan.notice:
            warnings.warn(plan.notice, PlanFileWarning, stacklevel=2)
        return plan

    @classmethod
    def _of(cls, data: dict[str, Any]) -> Self:
        about = {name: value for name, value in data.items() if name != "resources"}
        for name, least in (("form", 1), ("revision", 0)):
            if not isinstance(about.get(name, least), int) or about.get(name, least) < least:
                raise PlanFileError(f"its {name} is no number of one")
        frames, problems = package.from_descriptor(data, DECLARED)
        if about.get("form", FORM) <= FORM:
            _refuse(problems, "something in it cannot be used")
        missing = [name for name in _SINGLE if frames.get(name, _empty()[name]).empty]
        plan = cls(frames, about)
        if missing:
            plan.add_rows({n: [{"title": "Plan"} if n == "plan" else {}] for n in missing})
            plan._undo.clear()
        return plan

    def save(self, path: str | Path | None = None) -> Path:
        """Save the plan; the version before is kept.

        Parameters
        ----------
        path
            Where to; without it, the file it was opened from or saved to last.

        Returns
        -------
        pathlib.Path
            The file. Nothing is written if it holds the plan as it is already.

        Raises
        ------
        PlanConflictError
            If the file was changed by someone else; this version is then saved beside it.
        PlanFileError
            If it cannot be written. The plan in memory and the old file are as before.
        """
        target = self.path if path is None else plan_file.locate(path)
        if target is None:
            raise PlanFileError("This plan is in no file yet: name one, as in plan.save('kenya').")
        same = target == self.path
        if same and self.saved and not self.changed_elsewhere:
            return target
        about = self._about | {"revision": self.revision + 1, "updated": _now()}
        raw = plan_file.encode(package.to_descriptor(self._frames, DECLARED, about))
        try:
            mark = self._mark if same else None
            plan_file.write(target, raw, mark=mark, revision=about["revision"])
        except PlanConflictError as error:
            self._settle(error.saved_as, raw, about)
            raise
        self._settle(target, raw, about)
        return target

    def _settle(self, path: Path, raw: bytes, about: dict[str, Any]) -> None:
        self.path, self._mark = path, plan_file.mark_of(raw)
        self._saved, self._about = self._frames, about

    @staticmethod
    def history(path: str | Path) -> pd.DataFrame:
        """Return the versions of a plan file that were kept, newest first.

        Parameters
        ----------
        path
            The plan file.

        Returns
        -------
        pandas.DataFrame
            ``saved`` (local time), ``revision`` and ``path``, which :meth:`open` takes.
        """
        kept = plan_file.versions(plan_file.locate(path))
        rows = [
            (f"{v.saved.astimezone():%Y-%m-%d %H:%M:%S}", v.revision, str(v.path)) for v in kept
        ]
        types = {"saved": "str", "revision": "int64", "path": "str"}
        return pd.DataFrame(rows, columns=list(types)).astype(types)

    def copy(self) -> Self:
        """Return a plan of its own that says the same, in no file yet."""
        own = {"name": f"plan-{uuid.uuid4().hex}", "created": _now(), "revision": 0}
        return type(self)(self._frames, self._about | own)

    def scenario(self, title: str, **settings: Any) -> Self:  # noqa: ANN401 - values of columns
        """Return a copy to try something with; this plan stays as it is.

        Parameters
        ----------
        title
            What the copy is called.
        **settings
            Other values of the table ``plan``, such as ``country``.

        Examples
        --------
        >>> plan = Plan.new(title="School services")
        >>> cheap = plan.scenario("Without money for new systems")
        >>> cheap.set("rules", budget=0)
        >>> plan.row("rules")["budget"] is None
        True
        """
        plan = self.copy()
        plan.set("plan", title=title, **settings)
        plan._undo.clear()
        return plan

    # --- comparing -------------------------------------------------------------------------------

    def diff(self, other: Plan) -> pd.DataFrame:
        """Return what is different in another plan, as seen from this one.

        Returns
        -------
        pandas.DataFrame
            One row a change: ``table``, ``row`` (its key), ``column``, ``change`` (added, removed,
            changed, moved), ``before`` and ``after``.

        Examples
        --------
        >>> plan = Plan.new(title="Draft")
        >>> plan.diff(plan.scenario("Final"))[["column", "before", "after"]].values.tolist()
        [['title', 'Draft', 'Final']]
        """
        return difference.difference(self._frames, other._frames, DECLARED)

    @classmethod
    def merge(cls, a: Plan, b: Plan, base: Plan | None = None) -> tuple[Self, pd.DataFrame]:
        """Bring two plans together; nothing of either is lost.

        Parameters
        ----------
        a, b
            The plans.
        base
            The version that both started from, if there is one. With it, what only one of them
            changed is taken over.

        Returns
        -------
        Plan
            Everything that is in either, in no file yet. Where both say something different about
            one thing, what `a` says; what `b` says is in its table ``conflicts``.
        pandas.DataFrame
            The conflicts: ``table``, ``row``, ``column``, ``kept`` and ``other``.

        Examples
        --------
        >>> one, two = Plan.new(title="Group 1"), Plan.new(title="Group 2")
        >>> _ = one.add("use_cases", name="Fees"), two.add("use_cases", name="Vouchers")
        >>> both, conflicts = Plan.merge(one, two)
        >>> both.use_cases["name"].tolist(), conflicts[["kept", "other"]].values.tolist()
        (['Fees', 'Vouchers'], [['Group 1', 'Group 2']])
        """
        origin = None if base is None else base._frames
        frames, found = difference.merge(a._frames, b._frames, origin, DECLARED)
        known = frames["conflicts"]
        both = pd.concat([known, found], ignore_index=True).astype(known.dtypes)
        key = list(DECLARED["conflicts"].key)
        frames["conflicts"] = both.drop_duplicates(key, keep="last", ignore_index=True)
        own = {"name": f"plan-{uuid.uuid4().hex}", "created": _now()}
        form = max(plan._about.get("form", FORM) for plan in (a, b))
        about = a._about | own | {"form": form, "revision": max(a.revision, b.revision)}
        return cls(frames, about), found

    def bring_in(self, other: Plan, base: Plan | None = None, *, description: str) -> pd.DataFrame:
        """Take over another version of this plan as one change; the file stays this one's.

        Parameters
        ----------
        other
            The other version. Where both changed a cell, it wins.
        base
            The version that both started from, if there is one.
        description
            What is taken over, for undo.

        Returns
        -------
        pandas.DataFrame
            The conflicts, as :meth:`merge` returns them.
        """
        merged, found = type(self).merge(other, self, base)
        with self.change(description):
            self._frames = merged._frames
        return found

    def state(self, *tables: str) -> tuple[object, ...]:
        """Return objects that are the same ones as long as these tables, or all, are as they are.

        Examples
        --------
        >>> plan = Plan.new(title="Draft")
        >>> before = plan.state("steps")
        >>> plan.set("plan", title="Final")
        >>> plan.state("steps")[0] is before[0]
        True
        """
        return tuple(self._frames[name] for name in tables or self._frames)

    # --- with the framework ----------------------------------------------------------------------

    def framework(self, framework: Framework) -> Framework:
        """Return the framework with the use cases of the plan among the published ones.

        It is made once for each state of the plan, so that every question may ask for it.

        Examples
        --------
        >>> import govstack_kit
        >>> plan = Plan.new(title="School services")
        >>> _ = plan.add("use_cases", name="School fees", sector="Education")
        >>> plan.framework(govstack_kit.load()).use_cases["use_case"].tolist()[-1]
        'school-fees'
        """
        from govstack_kit.planning.plan_overlay import lay  # noqa: PLC0415 - it knows the plan

        state, laid = (self._frames, framework), self._laid
        if laid is None or any(now is not then for now, then in zip(state, laid[0], strict=True)):
            laid = self._laid = state, lay(self, framework)
        return laid[1]


@cache
def _demonstration() -> tuple[package.Frames, dict[str, Any]]:
    """Return the bundled demonstration, read and checked once."""
    raw = (bundled("data") / "demonstration.govplan.json").read_bytes()
    plan = Plan._of(plan_file.decode(raw))
    return plan._frames, plan._about


def _alike(one: package.Frames, other: package.Frames) -> bool:
    return all(one[name] is frame or one[name].equals(frame) for name, frame in other.items())


def _refuse(problems: pd.DataFrame, where: str = "") -> None:
    """Raise an error with the problems that have to be mended, if there are any."""
    serious = problems[problems["level"] == "problem"] if "level" in problems else problems
    if len(serious):
        raise TablesError(where, serious if where else serious.assign(row=0).drop_duplicates())
