"""How use cases and systems come into a plan: blank, from a list, from a published one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from govstack_kit._errors import PlanError, UnknownKeyError, did_you_mean, quote
from govstack_kit.framework.tables import Framework, load
from govstack_kit.planning import frames
from govstack_kit.planning.fields import check_names, slug
from govstack_kit.planning.listing import steps_in
from govstack_kit.planning.model import MOST_STEPS, PlanData, UseCase, make
from govstack_kit.planning.names import names_of
from govstack_kit.planning.selected import System

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import pandas as pd

_LAYERS = ("workflow", "building_block")


class Composed(PlanData):
    """A plan that use cases and systems can be added to, and that can be seen as tables."""

    def use_case(self, use_case: str) -> UseCase:
        """Return a use case by its id.

        Raises
        ------
        UnknownKeyError
            If the plan has no such use case.
        """
        for found in self.use_cases:
            if found.id == str(use_case):
                return found
        hint = did_you_mean(use_case, [u.id for u in self.use_cases])
        if not self.use_cases:
            raise UnknownKeyError(
                f"{self.title!r} has no use case yet. Add one in the notebook on defining, or with "
                "add_use_case()."
            )
        raise UnknownKeyError(f"The plan has no use case {quote(use_case)}. {hint}".strip())

    def put(self, use_case: UseCase) -> UseCase:
        """Add a use case that was made elsewhere, as from a page or a workbook.

        Raises
        ------
        PlanError
            If the plan has a use case with that id.
        """
        if use_case.id.casefold() in (u.id.casefold() for u in self.use_cases):
            raise PlanError(
                f"The plan has a use case with the id {use_case.id!r} already. Remove that one "
                "first, or give the new one another id."
            )
        self.use_cases.append(use_case)
        return use_case

    def add_use_case(self, name: str, **fields: Any) -> UseCase:  # noqa: ANN401
        """Add a use case.

        Parameters
        ----------
        name
            What the service is called.
        **fields
            Other fields, such as ``id`` (made from the name otherwise), ``sector``, ``summary``.

        Returns
        -------
        UseCase
            The use case in the plan.

        Raises
        ------
        PlanError
            If a value cannot be used; the plan is as before.
        """
        check_names(UseCase, fields)
        chosen = {"id": self._free_id(name), "name": name} | fields
        return self.put(make(UseCase, chosen))

    def _free_id(self, name: str) -> str:
        return slug(str(name), taken=[u.id for u in self.use_cases], otherwise="use-case")

    def add_from_list(self, name: str, text: str, **fields: Any) -> UseCase:  # noqa: ANN401
        r"""Add a use case whose steps are pasted as a list.

        Parameters
        ----------
        name
            What the service is called.
        text
            The steps: numbered in any way, with bullets, or one a line. ``name: what happens``
            gives a step a description.
        **fields
            Other fields of the use case.

        Raises
        ------
        PlanError
            If there is no step in the text, or too many; the plan is as before.

        Examples
        --------
        >>> from govstack_kit.planning.plan import Plan
        >>> plan = Plan.new(title="School services")
        >>> fees = plan.add_from_list("School fees", "1. Apply: online\n2) Pay")
        >>> [(step.name, step.description) for step in fees.steps]
        [('Apply', 'online'), ('Pay', '')]
        """
        found = steps_in(text)
        if not found:
            raise PlanError("No step was found in the list. Write one step a line.")
        if len(found) > MOST_STEPS:
            raise PlanError(
                f"The list has {len(found):,} steps; a use case may have {MOST_STEPS:,}."
            )
        steps: list[dict[str, str]] = []
        taken: set[str] = set()
        for step in found:
            key = slug(step.name, taken=taken, otherwise="step")
            taken.add(key)
            steps.append({"id": key, "name": step.name, "description": step.description})
        return self.add_use_case(name, **fields, steps=steps)

    def add_published(
        self, framework: Framework, use_case: str, *, as_template: bool = True
    ) -> UseCase:
        """Add a published use case with its steps and links.

        Parameters
        ----------
        framework
            The tables.
        use_case
            Its id, for example ``AGR-2``.
        as_template
            Whether it becomes a use case of the team's own, with an id of its own, to be changed
            freely; otherwise it keeps its id and stands for the published one.

        Raises
        ------
        UnknownKeyError
            If the framework has no such use case.
        PlanError
            If the plan has it already.

        Examples
        --------
        >>> import govstack_kit
        >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
        >>> added = plan.add_published(govstack_kit.load(), "AGR-2")
        >>> added.id, added.based_on, len(added.steps), added.steps[3].workflows[0].origin
        ('rural-advisory-service-for-farmers', 'AGR-2', 8, 'published')
        """
        published = _published(framework, use_case)
        if as_template:
            name = str(published["name"])
            published |= {"id": self._free_id(name), "catalogue": "own", "status": "draft"}
            published["version"] = ""
        return self.put(make(UseCase, published))

    def add_system(self, name: str, **fields: Any) -> System:  # noqa: ANN401
        """Add a system that exists already; steps refer to it by the id of what is returned.

        Raises
        ------
        PlanError
            If a value cannot be used; the plan is as before.
        """
        check_names(System, fields)
        taken = [system.id for system in self.systems]
        chosen = {"id": slug(str(name), taken=taken, otherwise="system"), "name": name} | fields
        system = make(System, chosen)
        if system.id.casefold() in (known.casefold() for known in taken):
            raise PlanError(f"The plan has a system with the id {system.id!r} already.")
        self.systems.append(system)
        return system

    def remove_use_case(self, use_case: str) -> UseCase:
        """Remove a use case and return it."""
        found = self.use_case(use_case)
        self.use_cases[:] = [other for other in self.use_cases if other is not found]
        return found

    def use_case_table(self) -> pd.DataFrame:
        """Return the use cases of the plan.

        Returns
        -------
        pandas.DataFrame
            One row a use case, in the order of the plan: ``use_case`` (its id), ``name``,
            ``sector``, ``catalogue``, ``based_on`` (the published use case it came from),
            ``status``, the numbers of its ``actors``, ``steps``, and of the different accepted
            ``workflows`` and ``building_blocks``, and its ``targets``.
        """
        return frames.use_case_table(self)

    def step_table(self) -> pd.DataFrame:
        """Return the steps of all use cases.

        Returns
        -------
        pandas.DataFrame
            One row a step, in order: ``use_case``, ``order``, ``step`` (its id in the use case),
            ``name``, ``description``, ``as_is``, ``to_be``, ``actors``, ``systems``, and the
            numbers of accepted ``workflows`` and ``building_blocks``.
        """
        return frames.step_table(self)

    def choice_table(self, framework: Framework | None = None) -> pd.DataFrame:
        """Return what was accepted and rejected for use cases and steps.

        Parameters
        ----------
        framework
            The tables that names come from; without it, the bundled ones.

        Returns
        -------
        pandas.DataFrame
            One row a choice: ``use_case``, ``order`` of the step (0 for the whole use case),
            ``step``, ``layer`` (target, workflow or building_block), ``key``, ``name``,
            ``status``, ``origin``, ``reason`` and ``description``.
        """
        return frames.choice_table(self, framework or load())

    def framework(self, framework: Framework | None = None) -> Framework:
        """Return the framework with the use cases of the plan among the published ones.

        Every question and figure of the kit works on it, with the ids of the plan's use cases.

        Parameters
        ----------
        framework
            The tables to lay the plan over; without it, the bundled ones.

        Examples
        --------
        >>> import govstack_kit
        >>> plan = govstack_kit.Plan.new(title="School services")
        >>> fees = plan.add_from_list("School fees", "1. Pay")
        >>> _ = fees.steps[0].choose("building_block", "govstack:payments")
        >>> found = govstack_kit.uses(plan.framework(), "building_block", use_cases=["school-fees"])
        >>> found.values.tolist()
        [['school-fees', 'school-fees.1', 1, 'govstack:payments']]
        """
        return frames.overlay(self, framework or load())


def _rows(frame: pd.DataFrame) -> list[Mapping[Hashable, Any]]:
    plain = frame.astype(object).where(frame.notna(), "")
    return list(plain.to_dict("records"))


def _choices(framework: Framework, table: str, owner: str, key: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for layer in _LAYERS:
        frame: pd.DataFrame = getattr(framework, f"{table}_{layer}s")
        rows = frame[frame[owner] == key].sort_values("position")
        found[f"{layer}s"] = [
            {"key": row[layer], "origin": "published", "printed": row["printed"]}
            for row in _rows(rows)
        ]
    return found


def _published(framework: Framework, use_case: str) -> dict[str, Any]:
    """Return the fields of a use case as the framework has it."""
    table = framework.use_cases
    known = table["use_case"].tolist()
    if use_case not in known:
        raise UnknownKeyError(
            f"There is no published use case {use_case!r}. {did_you_mean(use_case, known)}".strip()
        )
    row = _rows(table[table["use_case"] == use_case])[0]
    targets = framework.use_case_targets
    names = names_of(framework)
    fields: dict[str, Any] = {
        "id": use_case,
        "name": row["name"],
        "sector": names.name("sector", row["sector"]),
        "version": row["version"],
        "status": row["status"],
        "catalogue": row["catalogue"],
        "based_on": use_case,
        "summary": row["summary"],
        "targets": [
            {"key": code, "origin": "published", "printed": names.name("target", code)}
            for code in targets.loc[targets["use_case"] == use_case, "sdg"]
        ],
        "steps": [],
    }
    steps = framework.steps
    for step in _rows(steps[steps["use_case"] == use_case].sort_values("order")):
        taken = [known["id"] for known in fields["steps"]]
        own = {"id": slug(step["name"], taken=taken, otherwise="step")}
        described = {"name": step["name"], "description": step["summary"]}
        links = _choices(framework, "step", "step", step["step"])
        fields["steps"].append(own | described | links)
    return fields | _choices(framework, "use_case", "use_case", use_case)
