"""What projects cost alone and with what they share: the arithmetic, on plain arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from govstack_kit.errors import ArgumentError, PlanError, quote
from govstack_kit.framework.framework import load
from govstack_kit.planning.portfolio import integration_links
from govstack_kit.selection._given import framework_of, number
from govstack_kit.selection._roadmap_inputs import needed, tables_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan
    from govstack_kit.planning.selected import BusinessCase, Project

# What a project costs: the name of the field, and whether it is paid every year or once.
COMPONENTS = {"build": False, "integration": False, "run": True, "people": True}
MEDIATED = ("integration", "run")  # what it costs to build and to run a mediator is part of
PAIR = 2  # fewer use cases or projects share nothing


class Costs(NamedTuple):
    """The projects of a business case whose costs are known, as numbers."""

    costs: dict[str, NDArray[np.float64]]  # of each project, by component: once, or a year
    overlaps: NDArray[np.bool_]
    overlap: float
    years: float
    linked: bool  # whether integration follows the number of links
    mediator: tuple[float, float] = (0.0, 0.0)  # to build, and a year: paid only when shared

    def times(self, component: str) -> float:
        """Return how often a component is paid."""
        return self.years if COMPONENTS[component] else 1.0

    def alone(self, component: str) -> NDArray[np.float64]:
        """Return what each project pays alone, over all years."""
        return self.costs[component] * self.times(component)

    def shared(self, component: str) -> NDArray[np.float64]:
        """Return what each project pays with what they share, over all years."""
        return self._projects(component) + self._mediator(component)

    def _mediator(self, component: str) -> NDArray[np.float64]:
        """Return what each project pays for the mediator, in proportion to its integration."""
        amount = dict(zip(MEDIATED, self.mediator, strict=True)).get(component, 0.0)
        by = self.costs.get("integration", np.zeros(len(self.overlaps)))
        by = by if by.sum() else np.ones(len(self.overlaps))
        borne: NDArray[np.float64] = by / by.sum() * amount * self.times(component)
        return borne

    def on_links(self) -> float:
        """Return what is saved by links through a mediator, before what the mediator costs."""
        if not self.linked or "integration" not in self.costs:
            return 0.0
        return float((self.alone("integration") - self._projects("integration")).sum())

    def on_overlap(self) -> float:
        """Return what is saved because what overlaps is paid once."""
        saved = sum((self.alone(c) - self._projects(c)).sum() for c in self.costs)
        return float(saved) - self.on_links()

    def for_mediator(self) -> float:
        """Return what the mediator costs over all years."""
        return sum(float(self._mediator(component).sum()) for component in MEDIATED)

    def _projects(self, component: str) -> NDArray[np.float64]:
        """Return what each project pays with what they share, without the mediator."""
        alone = self.alone(component)
        if component == "integration" and self.linked:
            return alone * link_factor(len(alone))
        own = np.where(self.overlaps, alone, 0.0)
        total = own.sum()
        if self.overlaps.sum() < PAIR or not total:
            return alone
        # The shared part is paid once, as the dearest of them pays it, and borne in proportion.
        once: NDArray[np.float64] = own * self.overlap * (1 - own.max() / total)
        return alone - once

    def saving(self) -> float:
        """Return what is saved over all years."""
        return float(sum((self.alone(c) - self.shared(c)).sum() for c in self.costs))

    def scaled(self, factors: dict[str, float]) -> Costs:
        """Return the same with some components multiplied."""
        found = {name: cost * factors.get(name, 1.0) for name, cost in self.costs.items()}
        return self._replace(costs=found)


def link_factor(projects: int) -> float:
    """Return how many links through a mediator stand in place of one link between two projects.

    Examples
    --------
    >>> link_factor(5), link_factor(3), link_factor(1)
    (0.5, 1.0, 1.0)
    """
    if projects < PAIR:
        return 1.0
    links = integration_links(projects).iloc[0]
    return float(links["shared"] / links["point_to_point"])


class Known(NamedTuple):
    """What of a business case is known: components, projects, and what had to be left out."""

    components: list[str]
    projects: list[Project]
    left_out: list[tuple[str, str, str]]  # project, name, what is missing


def known(case: BusinessCase) -> Known:
    """Return what can be compared: components that somebody knows, projects that have them all.

    Raises
    ------
    PlanError
        If there are no projects, or none has the numbers.
    """
    if not case.projects:
        raise PlanError(
            "The business case has no projects: add those that could share, each with what it "
            "costs if it stands alone."
        )
    components = [c for c in COMPONENTS if any(getattr(p, c) is not None for p in case.projects)]
    if not components:
        raise PlanError(
            "No project of the business case has a cost: give at least the cost to build each."
        )
    kept, left_out = [], []
    for project in case.projects:
        missing = [name for name in components if getattr(project, name) is None]
        if missing:
            left_out.append((project.id, project.name, ", ".join(missing)))
        else:
            kept.append(project)
    if not kept:
        said = "; ".join(f"{name} lacks {missing}" for _, name, missing in left_out)
        raise PlanError(f"No project has all its costs: {said}. A cost that is zero is written 0.")
    return Known(components, kept, left_out)


def costs_of(case: BusinessCase, found: Known, *, overlap: float, linked: bool) -> Costs:
    """Return the costs of the projects that are known, and of a mediator between them."""

    def column(name: str) -> NDArray[np.float64]:
        if name not in found.components:  # of the mediator only
            return np.zeros(len(found.projects))
        values: Sequence[float] = [getattr(project, name) for project in found.projects]
        return np.array(values, dtype="float64")

    given = (case.mediator_build, case.mediator_run)
    charged = linked and len(found.projects) >= PAIR
    mediator = [(cost or 0.0) if charged else 0.0 for cost in given]
    paid = [name for name, cost in zip(MEDIATED, mediator, strict=True) if cost]
    return Costs(
        {name: column(name) for name in COMPONENTS if name in (*found.components, *paid)},
        np.array([project.overlaps for project in found.projects], dtype=bool),
        overlap,
        case.years,
        linked,
        (mediator[0], mediator[1]),
    )


def shared_blocks(plan: Plan, framework: Framework | None = None) -> tuple[float, str]:
    """Return the overlap of the use cases of a plan, and how it was counted.

    Parameters
    ----------
    plan
        The plan. When two or more of its projects name a use case, those use cases count;
        otherwise all of them.
    framework
        The tables; without it, the bundled ones.

    Returns
    -------
    float
        Of all pairs of a use case and a building block that it needs, the share whose block another
        use case needs as well.
    str
        The same in words.

    Raises
    ------
    PlanError
        If there are not two use cases with building blocks.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> plan = govstack_kit.Plan.new(title="Two services")
    >>> _ = plan.add_published(framework, "AGR-2"), plan.add_published(framework, "INST-1")
    >>> share, said = shared_blocks(plan, framework)
    >>> round(share, 3), said
    (0.889, 'derived: 16 of 18 needs of 2 use cases are for building blocks that others need too')
    """
    tables = tables_of(plan, load() if framework is None else framework)
    wanted = {project.use_case for project in plan.business_case.projects} - {""}
    named = {u.id for u in plan.use_cases if u.id in wanted or u.based_on in wanted}
    chosen = [u.id for u in plan.use_cases if len(named) < PAIR or u.id in named]
    found = needed(plan, tables)
    found = found[found["use_case"].isin(chosen)]
    cases = found["use_case"].nunique()
    if cases < PAIR:
        raise PlanError(
            "The overlap is not given, and cannot be derived: that needs two use cases with "
            "building blocks. Give the business case its overlap, from 0 to 1."
        )
    pairs, by = len(found), found["building_block"].value_counts()
    shared = int(by[by >= PAIR].sum())
    said = (
        f"derived: {shared} of {pairs} needs of {cases} use cases are for building blocks "
        "that others need too"
    )
    return shared / pairs, said


def overlap_of(plan: Plan, framework: Framework | None, given: float | None) -> tuple[float, str]:
    """Return the overlap to count with, and where it comes from."""
    if framework is not None:
        framework_of(framework)
    if given is not None:
        share = number(given)
        if share is None or not 0 <= share <= 1:
            raise ArgumentError(
                f"overlap is a share from 0 to 1, such as 0.7 for 70 %, not {quote(given)}."
            )
        return share, "given for this calculation"
    if plan.business_case.overlap is not None:
        return plan.business_case.overlap, "given in the plan"
    return shared_blocks(plan, framework)


def checked(case: BusinessCase) -> Known:
    """Return what is known, if people and years are no nonsense."""
    problems = [
        f"{project.name} serves 0 people: leave the number empty if nobody knows it, or take the "
        "project out."
        for project in case.projects
        if project.people_served == 0
    ]
    if case.people_at_scale == 0:
        problems.append("At scale, 0 people are served: leave the number empty if nobody knows it.")
    ids = [project.id.casefold() for project in case.projects]
    problems += [
        f"Two projects have the id {quote(key)}: change one of them."
        for key in sorted({key for key in ids if ids.count(key) > 1})
    ]
    if problems:
        raise PlanError(" ".join(problems), problems)
    return known(case)
