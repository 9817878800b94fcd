"""What a plan holds about selecting: existing systems, needs, options, rules, phases and costs.

Definitions
-----------
A *system* exists already; it *serves* building blocks, more or less well. Building it costs nothing
more; its *integration cost* is what it takes, once, to connect it with the others. A *decision*
says whether the service needs a published requirement, and why. An *option* could cover building
blocks: a product, an existing system or an own build. Its *answers* say how it meets requirements,
who said so, and on what evidence. A *rule* limits which options may be chosen together. Money is in
the currency of the plan's business case, and a missing number means that nobody knows it: it is
never zero. Every list is keyed, so that plans of two groups can be merged.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from govstack_kit.planning.fields import (
    NUMBER,
    Identifier,
    Line,
    Many,
    Name,
    Note,
    Part,
    Text,
    known,
)

DECISIONS = ("needed", "later", "not for us")
LEVELS = ("REQUIRED", "RECOMMENDED", "OPTIONAL")
KINDS = ("functional", "cross-cutting")
ANSWERS = ("unknown", "met", "partly", "not met")
QUALITIES = ("", "well", "partly", "poorly")  # how well a system serves a building block
OPTION_KINDS = ("product", "system", "own build")
AIMS = ("cost", "fit")
YES_NO = ("", "yes", "no")
MOST_MONEY = 1e15
MOST_PEOPLE = 2 * 10**10
_YEARS = (1950, 2100)

Money = Annotated[float, NUMBER, Field(ge=0, le=MOST_MONEY)] | None
People = Annotated[int, NUMBER, Field(ge=0, le=MOST_PEOPLE)] | None
Share = Annotated[float, NUMBER, Field(ge=0, le=1)]


class Service(Part):
    """What a system does for a building block, whose key it bears."""

    key: Name
    quality: Annotated[Line, known(*QUALITIES)] = ""
    note: Note = ""


class System(Part):
    """A system that exists already; use cases and steps refer to it by its id."""

    id: Identifier
    name: Name
    owner: Line = ""
    description: Note = ""
    url: Line = ""
    users: People = None
    since: Annotated[int, Field(ge=_YEARS[0], le=_YEARS[1])] | None = None
    licence: Line = ""
    open_source: Annotated[Line, known(*YES_NO)] = ""
    hosting: Line = ""
    interfaces: Text = ""
    integration_cost: Money = None
    annual_cost: Money = None
    serves: Many[Service] = Field(default_factory=list)


class Decision(Part):
    """Whether the plan needs a published requirement or key functionality, whose key it bears."""

    key: Name
    decision: Annotated[Line, known(*DECISIONS)] = "needed"
    reason: Text = ""


class OwnRequirement(Part):
    """A requirement that the team adds itself; without a building block, it holds for all."""

    id: Identifier
    building_block: Line = ""
    title: Name
    level: Annotated[Line, known(*LEVELS)] = "REQUIRED"
    kind: Annotated[Line, known(*KINDS)] = "functional"
    decision: Annotated[Line, known(*DECISIONS)] = "needed"
    reason: Text = ""


class Answer(Part):
    """How an option meets a requirement, whose key the answer bears."""

    key: Name
    answer: Annotated[Line, known(*ANSWERS)] = "unknown"
    evidence: Text = ""
    by: Line = ""
    date: Line = ""


class Cover(Part):
    """How well an option covers a building block, whose key it bears: 0 not at all, 1 fully."""

    key: Name
    fit: Share | None = None
    note: Note = ""


class Option(Part):
    """A product, an existing system or an own build that could cover building blocks."""

    id: Identifier
    name: Name
    kind: Annotated[Line, known(*OPTION_KINDS)] = "product"
    product: Line = ""
    system: Line = ""
    vendor: Line = ""
    licence: Line = ""
    open_source: Annotated[Line, known(*YES_NO)] = ""
    languages: Many[Name] = Field(default_factory=list)
    regions: Many[Name] = Field(default_factory=list)
    covers: Many[Cover] = Field(default_factory=list)
    answers: Many[Answer] = Field(default_factory=list)
    maturity: dict[Identifier, Annotated[float, NUMBER] | None] = Field(default_factory=dict)
    build_cost: Money = None
    integration_cost: Money = None
    annual_cost: Money = None
    note: Note = ""


class Rules(Part):
    """Under which rules options are chosen together; what is missing limits nothing."""

    aim: Annotated[Line, known(*AIMS)] = "cost"
    years: Annotated[int, Field(ge=1, le=50)] = 5
    budget: Money = None
    least_fit: Share = 0.0
    most_options: Annotated[int, Field(ge=1, le=1_000)] | None = None
    most_vendors: Annotated[int, Field(ge=1, le=1_000)] | None = None
    open_source_only: bool = False
    keep: Many[Identifier] = Field(default_factory=list)
    leave_out: Many[Identifier] = Field(default_factory=list)


class Chosen(Part):
    """The options that the team decided to build on, and why; without any, the best set counts."""

    options: Many[Identifier] = Field(default_factory=list)
    reason: Text = ""


class Value(Part):
    """What a use case, whose id it bears, is worth when it is live, on the team's own scale."""

    key: Name
    value: Annotated[float, NUMBER, Field(ge=0, le=1e12)] = 1.0
    people: People = None
    reason: Text = ""


class Dependency(Part):
    """That a building block, whose key it bears, needs others to be there first."""

    key: Name
    needs: Many[Name] = Field(default_factory=list)
    reason: Text = ""


class Phase(Part):
    """A period in which building blocks are built, with the money for it."""

    id: Identifier
    name: Name
    months: Annotated[float, NUMBER, Field(gt=0, le=600)] = 12
    budget: Money = None


class Project(Part):
    """A project of the business case, with its costs if it stands alone."""

    id: Identifier
    name: Name
    use_case: Line = ""
    people_served: People = None
    build: Money = None
    run: Money = None
    integration: Money = None
    people: Money = None
    overlaps: bool = True


class BusinessCase(Part):
    """The inputs of alone against shared: projects, overlap, and the scale to reach."""

    currency: Line = "USD"
    years: Annotated[int, Field(ge=1, le=50)] = 5
    overlap: Share | None = None
    people_at_scale: People = None
    mediator_build: Money = None  # of the Information Mediator: paid only when shared
    mediator_run: Money = None  # a year
    projects: Many[Project] = Field(default_factory=list)
    note: Text = ""
