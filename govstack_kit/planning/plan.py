"""The plan of a country or a team: one file, opened, changed, saved, compared and merged.

Definitions
-----------
A *plan* holds use cases with their steps, what was chosen for them and why, and the systems that
exist already. Its *revision* counts how often it was saved. What the framework says is not in it:
tables and figures are made from both together, with :meth:`Plan.framework`.
"""

from __future__ import annotations

import json
import uuid
import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import pandas as pd
from pydantic import PrivateAttr, ValidationError

from govstack_kit._errors import PlanConflictError, PlanFileError, PlanFileWarning
from govstack_kit.framework import schema
from govstack_kit.planning import files, history, merging, migrations
from govstack_kit.planning.exchange import Exchanged
from govstack_kit.planning.fields import plan_error
from govstack_kit.planning.model import SCHEMA, make

if TYPE_CHECKING:
    from pathlib import Path

_VOLATILE = ("revision", "updated")


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _framework_version() -> str:
    descriptor = json.loads((schema.folder() / "datapackage.json").read_text(encoding="utf-8"))
    return str(descriptor.get("version", ""))


class Plan(Exchanged):
    r"""The plan of a country or a team.

    Make one with :meth:`new`, or open a file with :meth:`open`. Fields are read and set like any
    attribute; what cannot stand in a plan is refused with a sentence.

    Examples
    --------
    >>> plan = Plan.new(title="School services", country="Kenya")
    >>> fees = plan.add_from_list("School fees", "1. Registration\n2. Payment")
    >>> fees.steps[1].choose("workflow", "financial-services", reason="Parents pay").accepted
    True
    >>> plan.step_table()[["order", "name", "workflows"]].values.tolist()
    [[1, 'Registration', 0], [2, 'Payment', 1]]
    """

    _path: Path | None = PrivateAttr(default=None)
    _mark: str | None = PrivateAttr(default=None)
    _saved: str = PrivateAttr(default="")
    _notices: list[str] = PrivateAttr(default_factory=list)

    @classmethod
    def new(cls, *, title: str, country: str = "", language: str = "en") -> Self:
        """Return a new, empty plan, which is in no file yet.

        Parameters
        ----------
        title
            What the plan is called.
        country
            Whose plan it is.
        language
            The language it is written in, as a code such as ``en``, ``sw`` or ``ar``.

        Raises
        ------
        PlanError
            If a value cannot be used.
        """
        now = _now()
        return make(
            cls,
            {
                "plan_id": uuid.uuid4().hex,
                "title": title,
                "country": country,
                "language": language,
                "framework_version": _framework_version(),
                "created": now,
                "updated": now,
            },
        )

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
            and if the file is of a newer version of the kit, :attr:`notices` says so.

        Raises
        ------
        PlanFileError
            If there is neither a good file nor a good kept version.

        Warns
        -----
        PlanFileWarning
            With the same sentences as :attr:`notices`.
        """
        opened = files.read(files.locate(path), cls._of)
        opened.value._come_from(opened)  # noqa: SLF001 - our own
        for notice in opened.value.notices:
            warnings.warn(notice, PlanFileWarning, stacklevel=2)
        return opened.value

    def _come_from(self, opened: files.Opened[Self]) -> None:
        self._path, self._mark = opened.path, opened.mark
        self._notices = opened.notices + self._newer()
        self._saved = "" if opened.notices else self._content()

    @classmethod
    def _of(cls, data: dict[str, Any]) -> Self:
        data = migrations.migrate(data)
        context = {"newer": data["schema_version"] > SCHEMA}
        try:
            return cls.model_validate(data, context=context)
        except ValidationError as error:
            raise plan_error(error, "something in it cannot be used:") from None

    def _newer(self) -> list[str]:
        if self.schema_version <= SCHEMA:
            return []
        notice = (
            f"This plan was written by a newer version of the kit (form {self.schema_version}; "
            f"this one knows {SCHEMA}). What this one does not know is kept as it is. Update the "
            "kit before you change much."
        )
        return [notice]

    @property
    def path(self) -> Path | None:
        """The file of the plan, or None if it was never saved."""
        return self._path

    @property
    def notices(self) -> list[str]:
        """What you should know about how the plan was opened, in sentences."""
        return list(self._notices)

    @property
    def saved(self) -> bool:
        """Whether the file holds the plan as it is now."""
        return self._saved == self._content()

    def data(self) -> dict[str, Any]:
        """Return the plan as plain data, as its file has it, checked as a whole.

        Raises
        ------
        PlanError
            If the plan holds something that cannot be used.
        """
        data = self.model_dump(mode="python")
        try:
            type(self).model_validate(data, context={"newer": self.schema_version > SCHEMA})
        except ValidationError as error:
            raise plan_error(error) from None
        return data

    def _content(self) -> str:
        """Return the mark of what the plan says, whenever it was saved."""
        data = {k: v for k, v in self.model_dump(mode="python").items() if k not in _VOLATILE}
        return files.mark_of(files.encode(data))

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
        PlanError
            If the plan holds something that cannot be used.
        """
        if path is None and self._path is None:
            raise PlanFileError("This plan is in no file yet: name one, as in plan.save('kenya').")
        target = self._path if path is None else files.locate(path)
        assert target is not None  # noqa: S101 - one of the two is there
        same = target == self._path
        data = self.data()
        content = self._content()
        if same and content == self._saved and self._mark == files.mark_on_disk(target):
            return target
        data |= {"revision": self.revision + 1, "updated": _now()}
        raw = files.encode(data)
        try:
            files.write(target, raw, mark=self._mark if same else None, revision=data["revision"])
        except PlanConflictError as error:
            self._settle(error.saved_as, files.mark_of(raw), content, data)
            raise
        self._settle(target, files.mark_of(raw), content, data)
        return target

    def _settle(self, path: Path, mark: str, content: str, data: dict[str, Any]) -> None:
        self._path, self._mark, self._saved = path, mark, content
        self.revision, self.updated = data["revision"], data["updated"]

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
        rows = [
            (files.local(v.saved), v.revision, str(v.path))
            for v in history.versions(files.locate(path))
        ]
        return pd.DataFrame(rows, columns=["saved", "revision", "path"]).astype(
            {"saved": "str", "revision": "int64", "path": "str"}
        )

    def copy_as(self, *, title: str | None = None, country: str | None = None) -> Self:
        """Return a copy that is a plan of its own, in no file yet.

        Parameters
        ----------
        title, country
            Those of the copy; without them, those of this plan.
        """
        now = _now()
        changed = {
            "plan_id": uuid.uuid4().hex,
            "title": self.title if title is None else title,
            "country": self.country if country is None else country,
            "revision": 0,
            "created": now,
            "updated": now,
        }
        return make(type(self), self.data() | changed)

    def diff(self, other: Plan) -> pd.DataFrame:
        """Return what is different in another plan, as seen from this one.

        Parameters
        ----------
        other
            The plan to compare with, for example a later version.

        Returns
        -------
        pandas.DataFrame
            One row a change: ``where`` (the names of the parts that lead there), ``field``,
            ``change`` (added, removed, changed, moved), ``before`` and ``after``.

        Examples
        --------
        >>> one = Plan.new(title="Draft")
        >>> two = one.copy_as(title="Final")
        >>> one.diff(two).values.tolist()
        [['', 'title', 'changed', 'Draft', 'Final']]
        """
        return merging.diff_table(self.data(), other.data())

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
            one thing, what `a` says; what `b` says is in its ``conflicts``.
        pandas.DataFrame
            The conflicts: ``where``, ``field``, ``kept`` and ``other``.

        Examples
        --------
        >>> one, two = Plan.new(title="Group 1"), Plan.new(title="Group 2")
        >>> _ = one.add_use_case("School fees"), two.add_use_case("Seed vouchers")
        >>> both, conflicts = Plan.merge(one, two)
        >>> [u.name for u in both.use_cases], conflicts[["field", "kept", "other"]].values.tolist()
        (['School fees', 'Seed vouchers'], [['title', 'Group 1', 'Group 2']])
        """
        merged, conflicts = merging.merge(a.data(), b.data(), None if base is None else base.data())
        now = {"revision": max(a.revision, b.revision), "updated": _now()}
        version = {"schema_version": max(a.schema_version, b.schema_version)}
        return cls._of(merged | now | version), conflicts
