"""What a plan holds: use cases with actors and steps, what was chosen for them, and why.

Definitions
-----------
A *choice* is a workflow, a building block or a target that a team took up or turned down, with the
reason. Its *origin* says who proposed it: the team itself (``own``), a suggestion (``suggested``),
the links of the framework (``mapped``) or a published use case (``published``). A *component* is
the team's own word for a process or a system, which may be mapped to a workflow or building block,
or marked as specific to the sector. Fields that this version does not know are kept as they are.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError

from govstack_kit._errors import PlanError, UnknownKeyError, did_you_mean
from govstack_kit.planning.fields import (
    Identifier,
    Line,
    Many,
    Name,
    Note,
    Part,
    Text,
    check_names,
    distinct,
    known,
    most,
    plan_error,
    slug,
)
from govstack_kit.planning.selected import (
    BusinessCase,
    Chosen,
    Decision,
    Dependency,
    Option,
    OwnRequirement,
    Phase,
    Rules,
    System,
    Value,
)

SCHEMA = 3  # the version of the plan file that this code writes
MOST_STEPS = 2_000
ORIGINS = ("own", "suggested", "mapped", "published")
ACTOR_KINDS = ("person", "role", "organisation", "system")
STATUSES = ("draft", "proposed", "approved", "published")

Layer = Literal["workflow", "building_block", "target"]
_LISTS = {"workflow": "workflows", "building_block": "building_blocks", "target": "targets"}


class Choice(Part):
    """A workflow, building block or target that the team took up or turned down."""

    key: Name
    origin: Annotated[Line, known(*ORIGINS)] = "own"
    status: Annotated[Line, known("accepted", "rejected")] = "accepted"
    reason: Text = ""
    description: Note = ""
    printed: Line = ""
    url: Line = ""

    @property
    def accepted(self) -> bool:
        """Whether the choice counts."""
        return self.status == "accepted"


class Component(Part):
    """The team's own word for a process or system: mapped, specific to the sector or open."""

    words: Name
    kind: Annotated[Line, known("workflow", "building_block")] = "workflow"
    key: Line = ""
    sector_specific: bool = False
    description: Note = ""
    reason: Text = ""


class Actor(Part):
    """Somebody or something that takes part; steps refer to it by its name."""

    name: Name
    role: Line = ""
    note: Note = ""
    kind: Annotated[Line, known("", *ACTOR_KINDS)] = ""


class Document(Part):
    """A document that a use case was made from."""

    title: Name
    url: Line = ""
    note: Note = ""


class Section(Part):
    """A part of a published page that has no field of its own."""

    title: Name
    text: Text = ""


class Criterion(Part):
    """What candidate services are scored on, and how much it weighs."""

    id: Identifier
    name: Name
    kind: Annotated[Line, known("importance", "feasibility")] = "importance"
    weight: Annotated[float, Field(ge=0)] = 1.0
    description: Text = ""


class Candidate(Part):
    """A service that might be digitised first, with its scores by criterion."""

    id: Identifier
    name: Name
    description: Text = ""
    use_case: Line = ""
    scores: dict[Identifier, float | None] = Field(default_factory=dict)
    note: Text = ""


class Conflict(Part):
    """Two versions of one thing that a merge found: the one kept, and the other, not lost."""

    where: Line
    field: Line = ""
    kept: Any = None
    other: Any = None


class _Chooser(Part):
    """Something that workflows, building blocks or targets are chosen for."""

    def choices(self, layer: Layer) -> list[Choice]:
        """Return the choices of a layer, accepted or not, as the list that the plan holds."""
        name = _LISTS.get(layer, "")
        if name not in type(self).model_fields:
            allowed = ", ".join(k for k, v in _LISTS.items() if v in type(self).model_fields)
            raise PlanError(f"There are no choices of {layer!r} here. Allowed: {allowed}.")
        found: list[Choice] = getattr(self, name)
        return found

    def accepted(self, layer: Layer) -> list[str]:
        """Return the keys of the accepted choices of a layer, each once, in their order.

        Examples
        --------
        >>> step = Step(id="pay", name="Pay")
        >>> _ = step.choose("workflow", "financial-services", reason="Fees are paid")
        >>> _ = step.reject("workflow", "procurement")
        >>> step.accepted("workflow")
        ['financial-services']
        """
        return list(dict.fromkeys(c.key for c in self.choices(layer) if c.accepted))

    def choose(self, layer: Layer, key: str, **fields: str) -> Choice:
        """Accept `key`: add it, or change the choice that is there already.

        Parameters
        ----------
        layer
            ``workflow``, ``building_block`` or, for a use case, ``target``.
        key
            Its id in the framework, or one of your own.
        **fields
            Other fields of the choice: ``origin``, ``reason``, ``description``, ``printed``.

        Returns
        -------
        Choice
            The choice in the plan.

        Raises
        ------
        PlanError
            If a value cannot be used; the plan is as before.
        """
        return self._set(layer, key, {"status": "accepted", **fields})

    def reject(self, layer: Layer, key: str, **fields: str) -> Choice:
        """Turn `key` down, so that it is not proposed again; see :meth:`choose`."""
        return self._set(layer, key, {"status": "rejected", **fields})

    def forget(self, layer: Layer, key: str) -> None:
        """Remove the choice of `key`, as if nobody had decided about it."""
        found = self.choices(layer)
        found[:] = [choice for choice in found if choice.key != key]

    def _set(self, layer: Layer, key: str, fields: dict[str, str]) -> Choice:
        check_names(Choice, fields)
        found = self.choices(layer)
        there = [place for place, choice in enumerate(found) if choice.key == key]
        before = found[there[0]].model_dump() if there else {"key": key}
        choice = make(Choice, before | fields)
        for place in there[1:]:
            found[place].status = choice.status
        if there:
            found[there[0]] = choice
        else:
            found.append(choice)
        return choice


class Step(_Chooser):
    """A step of a use case: what happens, who acts, on which workflows and building blocks."""

    id: Identifier
    name: Name
    description: Text = ""
    as_is: Text = ""
    to_be: Text = ""
    actors: Many[Name] = Field(default_factory=list)
    systems: Many[Identifier] = Field(default_factory=list)
    workflows: Many[Choice] = Field(default_factory=list)
    building_blocks: Many[Choice] = Field(default_factory=list)
    own_words: Many[Component] = Field(default_factory=list)
    example: Text = ""


class UseCase(_Chooser):
    """A service: what it is for, who takes part, and what happens, step by step."""

    id: Identifier
    name: Name
    sector: Line = ""
    version: Line = ""
    status: Annotated[Line, known(*STATUSES)] = "draft"
    catalogue: Annotated[Line, known("own", "govstack", "dif")] = "own"
    based_on: Line = ""
    summary: Text = ""
    description: Text = ""
    as_is: Text = ""
    to_be: Text = ""
    objectives: Many[Text] = Field(default_factory=list)
    targets: Many[Choice] = Field(default_factory=list)
    actors: Many[Actor] = Field(default_factory=list)
    systems: Many[Identifier] = Field(default_factory=list)
    source_documents: Many[Document] = Field(default_factory=list)
    workflows: Many[Choice] = Field(default_factory=list)
    building_blocks: Many[Choice] = Field(default_factory=list)
    own_words: Many[Component] = Field(default_factory=list)
    steps: Annotated[list[Step], most(MOST_STEPS), distinct("steps")] = Field(default_factory=list)
    contributors: Many[Text] = Field(default_factory=list)
    sections: Many[Section] = Field(default_factory=list)

    def step(self, step: str | int) -> Step:
        """Return a step by its id, or by its position, from 1.

        Raises
        ------
        UnknownKeyError
            If there is no such step.
        """
        if isinstance(step, int) and 1 <= step <= len(self.steps):
            return self.steps[step - 1]
        for found in self.steps:
            if isinstance(step, str) and found.id == step:
                return found
        hint = did_you_mean(str(step), [s.id for s in self.steps])
        raise UnknownKeyError(
            f"{self.name!r} has no step {step!r}; it has {len(self.steps)}. {hint}".strip()
        )

    def add_step(self, name: str, *, at: int | None = None, **fields: Any) -> Step:  # noqa: ANN401
        """Add a step.

        Parameters
        ----------
        name
            What is done, in a few words.
        at
            Its position, from 1; without it, the end.
        **fields
            Other fields of the step, such as ``description``.

        Returns
        -------
        Step
            The step in the plan.

        Raises
        ------
        PlanError
            If a value cannot be used or there are too many steps.

        Examples
        --------
        >>> use_case = UseCase(id="school-fees", name="School fees")
        >>> use_case.add_step("Registration").id
        'registration'
        """
        if len(self.steps) >= MOST_STEPS:
            raise PlanError(f"A use case may have at most {MOST_STEPS:,} steps.")
        taken = [step.id for step in self.steps]
        chosen = {"id": slug(str(name), taken=taken, otherwise="step"), "name": name}
        check_names(Step, fields)
        step = make(Step, chosen | fields)
        if step.id in taken:
            raise PlanError(f"There is a step with the id {step.id!r} already.")
        self.steps.insert(len(self.steps) if at is None else max(at - 1, 0), step)
        return step

    def move_step(self, step: str | int, to: int) -> None:
        """Move a step to the position `to`, from 1."""
        found = self.step(step)
        self._take_out(found)
        self.steps.insert(max(to - 1, 0), found)

    def remove_step(self, step: str | int) -> Step:
        """Remove a step and return it."""
        found = self.step(step)
        self._take_out(found)
        return found

    def _take_out(self, step: Step) -> None:
        self.steps[:] = [other for other in self.steps if other is not step]

    def rename_actor(self, old: str, new: str) -> None:
        """Give an actor another name, in the list of actors and in every step."""
        name = make(Actor, {"name": new}).name
        for actor in self.actors:
            actor.name = name if actor.name == old else actor.name
        for step in self.steps:
            step.actors[:] = list(dict.fromkeys(name if a == old else a for a in step.actors))


class PlanData(Part):
    """The fields of a plan; :class:`govstack_kit.Plan` adds what can be done with them."""

    schema_version: Annotated[int, Field(ge=1)] = SCHEMA
    plan_id: Identifier
    title: Name
    country: Line = ""
    language: Line = "en"
    framework_version: Line = ""
    created: Line = ""
    updated: Line = ""
    revision: Annotated[int, Field(ge=0, le=10**9)] = 0
    objectives: Many[Text] = Field(default_factory=list)
    systems: Annotated[Many[System], distinct("systems")] = Field(default_factory=list)
    use_cases: Annotated[Many[UseCase], distinct("use cases")] = Field(default_factory=list)
    criteria: Annotated[Many[Criterion], distinct("criteria")] = Field(default_factory=list)
    candidates: Annotated[Many[Candidate], distinct("candidates")] = Field(default_factory=list)
    decisions: Many[Decision] = Field(default_factory=list)
    own_requirements: Many[OwnRequirement] = Field(default_factory=list)
    options: Annotated[Many[Option], distinct("options")] = Field(default_factory=list)
    rules: Rules = Field(default_factory=Rules)
    chosen: Chosen = Field(default_factory=Chosen)
    values: Many[Value] = Field(default_factory=list)
    dependencies: Many[Dependency] = Field(default_factory=list)
    phases: Annotated[Many[Phase], distinct("phases")] = Field(default_factory=list)
    business_case: BusinessCase = Field(default_factory=BusinessCase)
    conflicts: Many[Conflict] = Field(default_factory=list)


_P = TypeVar("_P", bound=Part)


def make(kind: type[_P], fields: dict[str, Any]) -> _P:
    """Return a part of a plan made of `fields`.

    Raises
    ------
    PlanError
        If a field cannot be used; the message says which and why.
    """
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        raise plan_error(error) from None
