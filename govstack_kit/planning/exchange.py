"""How use cases leave a plan and come back: as pages in GovStack's template, and as workbooks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from govstack_kit._errors import PlanFileError
from govstack_kit.framework.tables import Framework, load
from govstack_kit.planning import _writing, filled, page, template, workbook
from govstack_kit.planning.adding import Composed
from govstack_kit.planning.fields import slug

if TYPE_CHECKING:
    from collections.abc import Iterable

    from govstack_kit.planning.model import Step, UseCase
    from govstack_kit.planning.selected import System


class Exchanged(Composed):
    """A plan whose use cases can be written for others, and taken in from them."""

    def to_template(self, use_case: str, framework: Framework | None = None) -> str:
        """Return a use case as a page in GovStack's use-case template.

        Parameters
        ----------
        use_case
            Its id.
        framework
            The tables that names come from; without it, the bundled ones.

        Returns
        -------
        str
            Markdown; :meth:`add_template` reads it back.
        """
        found = self.use_case(use_case)
        return template.write(found, framework or load(), systems=self.systems)

    def add_template(self, markdown: str, framework: Framework | None = None) -> page.Page:
        r"""Add the use case on a page in GovStack's use-case template.

        Parameters
        ----------
        markdown
            The text of the page.
        framework
            The tables that names are looked up in; without it, the bundled ones.

        Returns
        -------
        Page
            Its ``use_case``, as it is in the plan, and ``notes`` on what was read in another way
            than it stands.

        Raises
        ------
        PlanError
            If it is no such page, or the plan has a use case with its id.

        Examples
        --------
        >>> import govstack_kit
        >>> plan = govstack_kit.Plan.new(title="School services")
        >>> _ = plan.add_from_list("School fees", "1. Apply\n2. Pay")
        >>> other = govstack_kit.Plan.new(title="Another plan")
        >>> added = other.add_template(plan.to_template("school-fees"))
        >>> [step.name for step in added.use_case.steps]
        ['Apply', 'Pay']
        """
        found = page.read(markdown, framework or load())
        systems = [system.model_copy() for system in self.systems]
        self._join(found.use_case, found.systems)
        try:
            self.put(found.use_case)
        except ValueError:
            self.systems[:] = systems
            raise
        return found

    def _join(self, use_case: UseCase, systems: Iterable[System]) -> None:
        """Add systems that the plan does not have, by name, and refer to those that it has."""
        ids = {}
        for system in systems:
            known = next((s for s in self.systems if s.name == system.name), None)
            if known is None:
                free = slug(system.id, taken=[s.id for s in self.systems])
                known = system.model_copy(update={"id": free})
                self.systems.append(known)
            ids[system.id] = known.id
        parts: list[UseCase | Step] = [use_case, *use_case.steps]
        for part in parts:
            part.systems = [ids.get(system, system) for system in part.systems]

    def to_workbook(
        self, use_case: str, path: str | Path | None = None, framework: Framework | None = None
    ) -> bytes:
        """Return a use case as an Excel workbook to be filled in, and write it to a file.

        Parameters
        ----------
        use_case
            Its id.
        path
            The file ``.xlsx`` to write, if any.
        framework
            The tables that names come from; without it, the bundled ones.

        Raises
        ------
        PlanFileError
            If the file cannot be written.
        """
        raw = workbook.write(self.use_case(use_case), framework or load(), systems=self.systems)
        if path is not None:
            target = Path(path).expanduser()
            try:
                _writing.write(target, raw)
            except OSError as error:
                raise PlanFileError(f"{target} was not written: {_writing.said(error)}.") from None
        return raw

    def load_workbook(
        self, file: str | Path | bytes, framework: Framework | None = None
    ) -> filled.Filled:
        """Take in a workbook that people filled in: a new use case, or changes to one of the plan.

        Parameters
        ----------
        file
            The file, or its content.
        framework
            The tables that names are looked up in; without it, the bundled ones.

        Returns
        -------
        Filled
            The ``use_case``, as it is in the plan, and the ``problems``: every cell that could not
            be taken, or not as it stands, with sheet, row, column, what is allowed and what to do.

        Raises
        ------
        PlanError
            If it is no workbook of the kit; the plan is as before.
        PlanFileError
            If the file cannot be read.

        Examples
        --------
        >>> import govstack_kit
        >>> plan = govstack_kit.Plan.new(title="School services")
        >>> _ = plan.add_from_list("School fees", "1. Apply")
        >>> loaded = plan.load_workbook(plan.to_workbook("school-fees"))
        >>> len(loaded.problems), loaded.use_case is plan.use_case("school-fees")
        (0, True)
        """
        if isinstance(file, bytes):
            raw = file
        else:
            path = Path(file).expanduser()
            try:
                raw = path.read_bytes()
            except OSError as error:
                raise PlanFileError(f"{path} cannot be read: {_writing.said(error)}.") from None
        found = filled.read(
            raw, framework or load(), use_cases=self.use_cases, systems=self.systems
        )
        places = [n for n, known in enumerate(self.use_cases) if known.id == found.use_case.id]
        if places:
            self.use_cases[places[0]] = found.use_case
        else:
            self.put(found.use_case)
        self.systems.extend(found.systems)
        return found
