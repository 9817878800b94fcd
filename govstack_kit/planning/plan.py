"""The plan of a country: tables that are changed by few verbs, undone, saved, laid over the framework.

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
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Self

import pandas as pd

from govstack_kit import words
from govstack_kit._paths import bundled
from govstack_kit.planning import plan_file
from govstack_kit.errors import (
    GovStackKitError,
    PlanConflictError,
    PlanFileError,
    TablesError,
    UnknownKeyError,
    did_you_mean,
)
from govstack_kit.tables import difference, overlay, package, schema, validate

DECLARED = schema.read(bundled("data") / "plan.json")
FORM = 4  # the version of the plan file that this code writes
MOST_UNDO = 50
Key = str | tuple[str, ...]


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def _empty() -> package.Frames:
    """Return every table without rows; frames that a plan holds are shared, never changed."""
    return {name: package.empty(table) for name, table in DECLARED.items()}


def _named_in(table: str) -> Iterator[tuple[str, str, str]]:
    """Yield the columns of the plan that name a row of a table, with the column of its key."""
    for other, reference in DECLARED.referring(table):
        for column, target in zip(reference.columns, reference.targets, strict=True):
            yield other.name, column, target
    for other in DECLARED.values():
        for column in other.columns.values():
            named, _, target = str(column.given.get("names", "")).partition(".")
            if (
                named == table
                and target in DECLARED[table].key
                and (other.name, column.name) != (table, target)
            ):
                yield other.name, column.name, target


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
        self._laid: tuple[tuple[Any, ...], Any] | None = (
            None  # what it was laid over, and the result
        )
        self.path: Path | None = None
        self.notice = ""

    @classmethod
    def new(cls, *, title: str, country: str = "", language: str = "en") -> Self:
        """Return a new, empty plan, which is in no file yet."""
        plan = cls(
            {}, {"name": f"plan-{uuid.uuid4().hex}", "form": FORM, "created": _now(), "revision": 0}
        )
        with plan.change("New plan"):
            plan.add("plan", title=title, country=country, language=language)
            plan.add("rules")
            plan.add("business_case")
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
        raw = (bundled("data") / "demonstration.govplan.json").read_bytes()
        return cls._of(plan_file.decode(raw))

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
        """Return a table as a frame of your own, with the places of its rows counted."""
        if name not in self._frames:
            DECLARED[name]  # raises with the nearest names
        frame = self._frames[name].copy()
        order = DECLARED[name].order if name in DECLARED else None
        if order and order[0]:
            column, within = order
            frame.insert(
                list(DECLARED[name].columns).index(within) + 1,
                column,
                frame.groupby(within).cumcount() + 1,
            )
        return frame

    def row(self, table: str, key: Key = "only") -> dict[str, Any]:
        """Return a row by its key; what is missing is None."""
        frame = self._frames[table]
        found = frame.iloc[self._place(table, key)].to_dict()
        return {
            name: None if value is None or value != value or value is pd.NA else value
            for name, value in found.items()
        }

    def rows(self, table: str, **where: str) -> list[dict[str, Any]]:
        """Return the rows with these values, in their order."""
        frame = self._frames[table]
        for name, value in where.items():
            frame = frame[frame[name] == value]
        return frame.astype(object).where(frame.notna(), None).to_dict("records")

    def has(self, table: str, key: Key) -> bool:
        """Return whether there is a row with a key."""
        try:
            self._place(table, key)
        except UnknownKeyError:
            return False
        return True

    def _place(self, table: str, key: Key) -> int:
        keys = validate.joined(self._frames[table], DECLARED[table].key)
        wanted = key if isinstance(key, str) else " | ".join(key)
        places = (keys == wanted).to_numpy().nonzero()[0]
        if not len(places):
            raise UnknownKeyError(
                f"There is no {DECLARED[table].one} {wanted!r}. {did_you_mean(wanted, keys)}".strip()
            )
        return int(places[0])

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
        if len(found := problems.frame()):
            raise TablesError("", found.assign(row=0))
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
        texts, problems = package._tidied(texts.fillna(""), declared), validate.Problems()  # noqa: SLF001
        validate.check_cells(texts, declared, problems, {})
        if len(found := problems.frame()):
            raise TablesError("", found.assign(row=0))
        return package.frame_of(texts, declared)

    def add(self, table: str, *, at: int | None = None, **values: Any) -> Key:  # noqa: ANN401
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
        new = {
            table: [self._complete(table, row) for row in listed] for table, listed in rows.items()
        }
        frames = self._frames | {
            table: self._with(table, cells) for table, cells in new.items() if cells
        }
        self._commit("Add rows", frames, [table for table, cells in new.items() if cells])

    def _complete(self, table: str, values: Mapping[str, Any]) -> dict[str, str]:
        """Return the cells of a new row: what is given, what is usual, and a key made from its name."""
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
                taken = {k.removeprefix(f"{owner}.") for k in self._frames[table][name]}
                bare = words.slug(cells[made["from"]], taken=taken, otherwise=declared.one)
                cells[name] = f"{owner}.{bare}" if owner else bare
        return cells

    def _with(self, table: str, cells: list[dict[str, str]]) -> pd.DataFrame:
        """Return a table with more rows at its end."""
        frame, new = self._frames[table], self._row(table, cells)
        new = pd.DataFrame({name: new[name] if name in new else None for name in frame})
        return pd.concat([frame, new.astype(frame.dtypes)], ignore_index=True)

    def set(self, table: str, key: Key = "only", **values: Any) -> None:  # noqa: ANN401
        """Change columns of a row; a changed key is changed wherever it is named.

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
        for other, column, target in _named_in(table):
            if old[target] != new[target]:
                renamed = frames[other][column].replace(old[target], new[target])
                frames[other] = frames[other].assign(**{column: renamed})
                changed.append(other)
        self._commit(
            f"Change {' and '.join(declared.columns[n].title.lower() for n in values)} of {declared.one}",
            frames,
            dict.fromkeys(changed),
        )

    def put(self, table: str, key: Key, **values: Any) -> None:  # noqa: ANN401
        """Change a row, or add it if it is not there."""
        names = DECLARED[table].key
        parts = (key,) if isinstance(key, str) else key
        if self.has(table, key):
            self.set(table, key, **values)
        else:
            self.add(table, **dict(zip(names, parts, strict=True)), **values)

    def remove(self, table: str, key: Key) -> None:
        """Remove a row, and all that belongs to it."""
        self._place(table, key)
        name = key if isinstance(key, str) else " | ".join(key)
        known = {n: f for n, f in self._frames.items() if n in DECLARED}
        with self.change(f"Remove {DECLARED[table].one}"):
            self._frames = self._frames | overlay.without(known, DECLARED, table, [name])

    def move(self, table: str, key: Key, to: int) -> None:
        """Move a row to a place, from 1, among the rows that it is ordered with."""
        declared, frame, place = DECLARED[table], self._frames[table], self._place(table, key)
        within = declared.order[1] if declared.order else ""
        group = [
            p
            for p in range(len(frame))
            if not within
            or frame[within].iat[p] == frame[within].iat[place]
            or frame[within].iloc[[p, place]].isna().all()
        ]
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
    def saved(self) -> bool:
        """Whether the file holds the plan as it is now."""
        return self._saved is not None and all(
            self._frames[n] is f or self._frames[n].equals(f) for n, f in self._saved.items()
        )

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open a plan file; if it is damaged, the newest version that is not, and a warning."""
        file = plan_file.locate(path)
        plan, mark, notice = plan_file.read(file, cls._of)
        plan.path, plan._mark = file, mark
        plan._saved = None if notice else plan._frames
        if int(plan._about.get("form", FORM)) > FORM:
            notice += " This plan was written by a newer version of the kit; what this one does not know is kept as it is."
        plan.notice = notice.strip()
        if plan.notice:
            warnings.warn(plan.notice, stacklevel=2)
        return plan

    @classmethod
    def _of(cls, data: dict[str, Any]) -> Self:
        frames, problems = package.from_descriptor(data, DECLARED)
        if len(problems) and int(data.get("form", FORM)) <= FORM:
            raise TablesError("something in it cannot be used", problems)
        return cls(frames, {k: v for k, v in data.items() if k != "resources"})

    def save(self, path: str | Path | None = None) -> Path:
        """Save the plan; the version before is kept. Without a path, where it was opened or saved last."""
        target = self.path if path is None else plan_file.locate(path)
        if target is None:
            raise PlanFileError("This plan is in no file yet: name one, as in plan.save('kenya').")
        same = target == self.path
        if same and self.saved and self._mark == plan_file.mark_on_disk(target):
            return target
        about = self._about | {"revision": self.revision + 1, "updated": _now()}
        raw = plan_file.encode(package.to_descriptor(self._frames, DECLARED, about))
        try:
            plan_file.write(
                target, raw, mark=self._mark if same else None, revision=about["revision"]
            )
        except PlanConflictError as error:
            target = error.saved_as
            raise
        finally:
            if plan_file.mark_on_disk(target) == plan_file.mark_of(raw):
                self.path, self._mark, self._saved, self._about = (
                    target,
                    plan_file.mark_of(raw),
                    self._frames,
                    about,
                )
        return target

    def copy(self, *, title: str | None = None) -> Self:
        """Return a plan of its own that says the same, in no file yet."""
        plan = type(self)(
            self._frames, self._about | {"name": f"plan-{uuid.uuid4().hex}", "revision": 0}
        )
        if title is not None:
            plan.set("plan", title=title)
            plan._undo.clear()
        return plan

    # --- comparing -------------------------------------------------------------------------------

    def diff(self, other: Plan) -> pd.DataFrame:
        """Return what is different in another plan, as seen from this one."""
        return difference.difference(self._frames, other._frames, DECLARED)

    @classmethod
    def merge(cls, a: Plan, b: Plan, base: Plan | None = None) -> tuple[Self, pd.DataFrame]:
        """Return two plans brought together, and the conflicts, which the plan keeps too."""
        frames, found = difference.merge(
            a._frames, b._frames, base._frames if base else None, DECLARED
        )
        known = frames["conflicts"]
        frames["conflicts"] = (
            pd.concat([known, found], ignore_index=True)
            .astype(known.dtypes)
            .drop_duplicates(ignore_index=True)
        )
        about = a._about | {"form": max(a._about.get("form", 0), b._about.get("form", 0))}
        return cls(frames, about), found

    # --- with the framework ----------------------------------------------------------------------

    def framework(self, framework: Any) -> Any:  # noqa: ANN401 - today's Framework in this prototype
        """Return the framework with the use cases of the plan among the published ones.

        It is made once for each state of the plan.
        """
        from govstack_kit.planning.plan_overlay import lay  # noqa: PLC0415 - only where it is asked for

        state = self._frames, self.revision, framework
        if self._laid is None or any(a is not b for a, b in zip(state, self._laid[0], strict=True)):
            self._laid = state, lay(self, framework)
        return self._laid[1]


__all__ = ["DECLARED", "GovStackKitError", "Plan"]
