"""Alone against shared: what projects cost when each builds its own, and when they share.

Definitions
-----------
A *project* has four costs, as they are when it stands *alone*: to **build** and for **integration**
with the other projects, paid once, in the first year; to **run** it and for its **people**, paid
every year. Nothing is discounted, and the cost of money is left out.

The *overlap* is the share of what a project does that the other overlapping projects do as well.
*Shared*, that part is built, run and staffed once for all of them, at the cost of the dearest of
them, and each bears it in proportion to what it would pay alone; the rest, and projects that do not
overlap, cost what they cost alone. When a team gives no overlap, it is taken from its use cases: of
all pairs of a use case and a building block that it needs, the share whose block another use case
needs as well. To take this share of blocks for a share of costs is the kit's own judgement, and an
upper bound: what projects do outside of building blocks is not in it.

Integration follows the number of links: projects that exchange data two by two need a link for each
pair, n (n - 1) / 2, and n through an Information Mediator. The cost of a link is taken to be the
same, so with two projects the mediator is the dearer way, and with three it costs the same. What
the *mediator* itself costs, to build and to run, is no cost of a project that stands alone. Where
the business case gives it, it is charged to the shared side, with integration and run, and borne in
proportion to integration; where it does not, the sentences say that the saving is before it.

*At scale*, two bounds are given. In the upper one each more person costs as much as one served now.
In the lower one serving more people costs nothing more. The framework of 2019 uses both.

A missing number is never taken as zero. A cost that no project has is left out of the comparison. A
project that lacks a cost which others have is left out on both sides, and named.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit.planning.portfolio import integration_links
from govstack_kit.planning.selected import BusinessCase, Project
from govstack_kit.selection._case_notes import given, mediator, notes, rests, upper
from govstack_kit.selection._given import plan_of, yes_or_no
from govstack_kit.selection._illustration import illustration, illustration_case
from govstack_kit.selection._roadmap_inputs import frame
from govstack_kit.selection._sharing import (
    COMPONENTS,
    Costs,
    Known,
    checked,
    costs_of,
    overlap_of,
    shared_blocks,
)
from govstack_kit.selection._tornado import tornado
from govstack_kit.selection._wording import money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan

__all__ = [
    "Comparison",
    "business_case",
    "demonstration_case",
    "illustration",
    "illustration_case",
    "shared_blocks",
    "tornado",
]

MADE_UP = "Illustration only: these costs are made up for the demonstration."
# Use case, name, people served; build, run a year, integration, people a year.
_MADE_UP = (
    ("AGR-2", "Advice for farmers", 120_000, 900_000, 180_000, 150_000, 220_000),
    ("AGR-1", "Market for farmers", 60_000, 750_000, 160_000, 140_000, 160_000),
    ("HLTC-2", "Telemedicine", 40_000, 1_100_000, 240_000, 200_000, 260_000),
    ("EDU-1", "Registration for school", 90_000, 600_000, 120_000, 110_000, 140_000),
    ("INST-1", "Cash transfers", 150_000, 1_000_000, 200_000, 180_000, 240_000),
)
_MONEY = {"alone": "float64", "shared": "float64", "saving": "float64"}
SUMMARY = {"quantity": "str"} | _MONEY | {"share": "float64", "unit": "str", "how": "str"}
COMPONENT = {"component": "str", "paid": "str"} | _MONEY | {"share": "float64"}
YEARS = {"year": "int64", "component": "str"} | _MONEY
PROJECTS = {
    "project": "str",
    "name": "str",
    "use_case": "str",
    "overlaps": "bool",
    "people_served": "Int64",
    **_MONEY,
    "share": "float64",
    "alone_per_person": "float64",
    "shared_per_person": "float64",
}
LEFT_OUT = {"project": "str", "name": "str", "missing": "str"}


@dataclass(frozen=True)
class Comparison:
    """Alone against shared, as frames; money is over all years where nothing else is said.

    Attributes
    ----------
    summary : pandas.DataFrame
        What a minister asks: ``quantity``, ``alone``, ``shared``, ``saving``, ``share`` saved,
        ``unit`` and ``how`` it is computed. Missing where people are not known.
    components : pandas.DataFrame
        One row for each of build, integration, run and people that is known, and the total:
        ``component``, ``paid`` (once or every year), ``alone``, ``shared``, ``saving``, ``share``.
    years : pandas.DataFrame
        One row a year and component: ``year`` (from 1), ``component``, ``alone``, ``shared``,
        ``saving``.
    projects : pandas.DataFrame
        One row a project: ``project``, ``name``, ``use_case``, ``overlaps``, ``people_served``,
        ``alone``, ``shared``, ``saving``, ``share``, ``alone_per_person``, ``shared_per_person``.
    left_out : pandas.DataFrame
        Projects that could not be compared: ``project``, ``name`` and ``missing``, the costs that
        nobody knows.
    overlap : float
        The share used, 0 to 1.
    basis : str
        Where it comes from, in words.
    currency : str
        Of all money.
    on_links : float
        What is saved because integration follows the number of links, before what the Information
        Mediator itself costs.
    mediator : float
        What that costs over all years, charged to the shared side; missing where it is not given.
    rests : tuple of str
        What the saving rests on, in sentences.
    notes : tuple of str
        What is missing and what was assumed, in sentences.
    """

    summary: pd.DataFrame
    components: pd.DataFrame
    years: pd.DataFrame
    projects: pd.DataFrame
    left_out: pd.DataFrame
    overlap: float
    basis: str
    currency: str = ""
    on_links: float = 0.0
    mediator: float = math.nan
    rests: tuple[str, ...] = field(default=())
    notes: tuple[str, ...] = field(default=())

    def sentences(self) -> list[str]:
        """Return the business case in plain sentences."""
        row, unit = self.summary.iloc[0], self.currency
        alone, shared, much = (money(row[name]) for name in ("alone", "shared", "saving"))
        count = (
            "1 project costs" if len(self.projects) == 1 else f"{len(self.projects)} projects cost"
        )
        share = f", {round(100 * row['share'])} % of it" if row["alone"] else ""
        if self.on_links > 0 and math.isnan(self.mediator):
            share += ", before what the Information Mediator itself costs"
        said = [
            f"Over {row['how']}, {count} {alone} {unit} alone and {shared} {unit} shared.",
            f"Sharing saves {much} {unit}{share}.",
            f"The overlap is {round(100 * self.overlap, 1):g} %: {self.basis}.",
        ]
        if row["saving"] < 0:
            said[1] = f"Sharing costs {much.removeprefix('-')} {unit} more."
        return [*said, *self.rests, *self.notes]


def business_case(
    plan: Plan,
    framework: Framework | None = None,
    *,
    overlap: float | None = None,
    links: bool = True,
) -> Comparison:
    """Return what the projects of a plan cost alone, and what they cost when they share.

    Parameters
    ----------
    plan
        The plan, with the projects of its ``business_case``.
    framework
        The tables, to derive an overlap that is not given; without it, the bundled ones.
    overlap
        The share of what projects do that the others do as well, 0 to 1; without it, that of the
        plan, or else :func:`shared_blocks`.
    links
        Whether the cost of integration follows the number of links; otherwise it is shared like the
        other costs.

    Returns
    -------
    Comparison
        Frames and, with ``sentences()``, words. The plan stays as it is.

    Raises
    ------
    PlanError
        If there are no projects or costs, a number makes no sense, or no overlap is known.
    ArgumentError
        If `overlap` is no share.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="The illustration of 2019")
    >>> plan.business_case = illustration_case()
    >>> found = business_case(plan)
    >>> found.summary.head(1)[["alone", "shared"]].round(2).values.tolist()
    [[6000000.0, 2700000.0]]
    """
    case = plan_of(plan).business_case
    found = checked(case)
    share, basis = overlap_of(plan, framework, overlap)
    costs = costs_of(case, found, overlap=share, linked=yes_or_no(links, "links"))
    projects = frame(_project_rows(found, costs), PROJECTS)
    return Comparison(
        summary=frame(_summary_rows(case, projects), SUMMARY),
        components=frame(_component_rows(costs), COMPONENT),
        years=frame(_year_rows(costs, case.years), YEARS),
        projects=projects,
        left_out=frame(found.left_out, LEFT_OUT),
        overlap=share,
        basis=basis,
        currency=case.currency,
        on_links=costs.on_links(),
        mediator=costs.for_mediator() if given(case) else math.nan,
        rests=tuple(rests(case, costs)),
        notes=(*mediator(case, costs), *notes(case, found, costs), *upper(basis)),
    )


def _against(alone: float, shared: float) -> tuple[float, float, float, float]:
    """Return alone, shared, saving and the share saved."""
    return alone, shared, alone - shared, (alone - shared) / alone if alone else math.nan


def _component_rows(costs: Costs) -> Iterator[tuple[Any, ...]]:
    sums = {name: (costs.alone(name).sum(), costs.shared(name).sum()) for name in costs.costs}
    for name, (alone, shared) in sums.items():
        paid = "every year" if COMPONENTS[name] else "once"
        yield name, paid, *_against(float(alone), float(shared))
    alone, shared = (float(sum(part)) for part in zip(*sums.values(), strict=True))
    yield "total", f"{costs.years:g} years", *_against(alone, shared)


def _year_rows(costs: Costs, years: int) -> Iterator[tuple[Any, ...]]:
    for year in range(1, years + 1):
        for name in costs.costs:
            yearly = COMPONENTS[name]
            part = 1 / years if yearly else float(year == 1)
            alone, shared = costs.alone(name).sum() * part, costs.shared(name).sum() * part
            yield year, name, *_against(float(alone), float(shared))[:3]


def _project_rows(found: Known, costs: Costs) -> Iterator[tuple[Any, ...]]:
    alone = sum(costs.alone(name) for name in costs.costs)
    shared = sum(costs.shared(name) for name in costs.costs)
    for at, project in enumerate(found.projects):
        against = _against(float(alone[at]), float(shared[at]))  # type: ignore[index]
        people = project.people_served
        each = [amount / people if people else math.nan for amount in against[:2]]
        yield (
            project.id,
            project.name,
            project.use_case,
            project.overlaps,
            pd.NA if people is None else people,
            *against,
            *each,
        )


def _summary_rows(case: BusinessCase, projects: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    alone, shared = float(projects["alone"].sum()), float(projects["shared"].sum())
    years = f"{case.years} year{'s' * (case.years != 1)}"
    unit, person = case.currency, f"{case.currency} per person"
    yield "Cost", *_against(alone, shared), unit, years
    known_people = projects["people_served"].notna().all()
    people = float(projects["people_served"].sum()) if known_people else math.nan
    yield (
        "Cost per person served",
        *_against(alone / people, shared / people),
        person,
        (
            f"cost of {years} / {money(people)} people served"
            if known_people
            else "people served are not known"
        ),
    )
    at_scale = math.nan if case.people_at_scale is None else float(case.people_at_scale)
    many = "a number not given" if math.isnan(at_scale) else money(at_scale)
    yield (
        "Cost at scale, if each person costs as much",
        *_against(alone / people * at_scale, shared / people * at_scale),
        unit,
        f"cost per person served, times {many}",
    )
    yield (
        "Cost per person at scale, if nothing more is spent",
        *_against(alone / at_scale, shared / at_scale),
        person,
        f"cost of {years} / {many}",
    )
    links = integration_links(len(projects)).iloc[0]
    pairs, through = float(links["point_to_point"]), float(links["shared"])
    yield (
        "Links between the projects",
        *_against(pairs, through),
        "links",
        ("n (n - 1) / 2 against n"),
    )


def demonstration_case() -> BusinessCase:
    """Return a business case with costs made up for the demonstration.

    Returns
    -------
    BusinessCase
        Five services of a country in five years, a new one with each call. Its ``note`` says that
        the costs and the overlap are an illustration.

    Examples
    --------
    >>> case = demonstration_case()
    >>> len(case.projects), case.note
    (5, 'Illustration only: these costs are made up for the demonstration.')
    """
    return BusinessCase(
        currency="USD",
        years=5,
        overlap=0.5,
        people_at_scale=2_000_000,
        projects=[
            Project(
                id=use_case,
                name=name,
                use_case=use_case,
                people_served=people,
                build=build,
                run=run,
                integration=integration,
                people=staff,
            )
            for use_case, name, people, build, run, integration, staff in _MADE_UP
        ],
        note=MADE_UP,
    )
