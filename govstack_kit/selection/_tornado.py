"""Which input of a business case matters most for what is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.selection._given import number, plan_of, yes_or_no
from govstack_kit.selection._roadmap_inputs import frame
from govstack_kit.selection._sharing import COMPONENTS, checked, costs_of, overlap_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan
    from govstack_kit.planning.selected import BusinessCase
    from govstack_kit.selection._sharing import Costs, Known

LABELS = {
    "build": "Cost to build",
    "integration": "Cost of integration",
    "run": "Cost to run",
    "people": "Cost of people",
}
TORNADO = {
    "input": "str",
    "kind": "str",
    "low": "float64",
    "base": "float64",
    "high": "float64",
    "unit": "str",
    "saving_at_low": "float64",
    "saving": "float64",
    "saving_at_high": "float64",
    "swing": "float64",
}


def tornado(
    plan: Plan,
    framework: Framework | None = None,
    *,
    spread: float = 0.3,
    overlap: float | None = None,
    links: bool = True,
) -> pd.DataFrame:
    """Return how much the saving changes when each input alone is lower or higher.

    Parameters
    ----------
    plan, framework, overlap, links
        As for :func:`business_case`.
    spread
        How much lower and higher, from 0 to 1: with 0.3, by 30 %. An overlap stays at most 1.

    Returns
    -------
    pandas.DataFrame
        One row an input, the one that matters most first: ``input``; ``kind`` (cost of all
        projects, overlap, years, mediator, or project: all costs of one); ``low``, ``base`` and
        ``high`` value with their ``unit``; ``saving_at_low``, ``saving`` and ``saving_at_high``;
        ``swing``, the distance between the lowest and the highest saving.

    Raises
    ------
    PlanError
        As :func:`business_case`.
    ArgumentError
        If `spread` or `overlap` is no share.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.selection.business_case import illustration_case
    >>> plan = govstack_kit.Plan.new(title="The illustration of 2019")
    >>> plan.business_case = illustration_case()
    >>> tornado(plan).head(2)[["input", "saving_at_low", "saving_at_high"]].round(0).values.tolist()
    [['Cost to build', 2310000.0, 4290000.0], ['Overlap', 2310000.0, 4290000.0]]
    """
    much = number(spread)
    if much is None or not 0 < much <= 1:
        raise ArgumentError(f"spread is above 0 and at most 1, such as 0.3, not {quote(spread)}.")
    case = plan_of(plan).business_case
    found = checked(case)
    share, _ = overlap_of(plan, framework, overlap)
    costs = costs_of(case, found, overlap=share, linked=yes_or_no(links, "links"))
    base = costs.saving()
    rows = []
    for name, kind, value, unit, changed in _inputs(case, found, costs):
        low, high = value * (1 - much), value * (1 + much)
        if kind == "overlap":
            high = min(high, 1.0)
        at = [changed(each / value if value else 1.0).saving() for each in (low, high)]
        swing = max(*at, base) - min(*at, base)
        rows.append((name, kind, low, value, high, unit, at[0], base, at[1], swing))
    # Swings that differ by rounding only stand in the order of their names.
    rows.sort(key=lambda row: (-round(row[-1], 6), row[0]))
    return frame(rows, TORNADO)


def _inputs(
    case: BusinessCase, found: Known, costs: Costs
) -> Iterator[tuple[str, str, float, str, Callable[[float], Costs]]]:
    """Yield each input: its name, kind, value and unit, and the costs with it multiplied."""

    def component(name: str) -> Callable[[float], Costs]:
        return lambda factor: costs.scaled({name: factor})

    def project(at: int) -> Callable[[float], Costs]:
        def changed(factor: float) -> Costs:
            factors = np.ones(len(found.projects))
            factors[at] = factor
            return costs._replace(costs={n: cost * factors for n, cost in costs.costs.items()})

        return changed

    for name in found.components:
        cost = costs.costs[name]
        unit = f"{case.currency} a year" if COMPONENTS[name] else case.currency
        yield LABELS[name], "cost of all projects", float(cost.sum()), unit, component(name)
    yield (
        "Overlap",
        "overlap",
        costs.overlap,
        "share",
        lambda factor: costs._replace(overlap=min(costs.overlap * factor, 1.0)),
    )
    if any(COMPONENTS[name] for name in costs.costs):
        yield (
            "Years",
            "years",
            costs.years,
            "years",
            lambda factor: costs._replace(years=costs.years * factor),
        )
    if costs.for_mediator():
        build, run = costs.mediator
        yield (
            "Cost of the Information Mediator",
            "mediator",
            costs.for_mediator(),
            case.currency,
            lambda factor: costs._replace(mediator=(build * factor, run * factor)),
        )
    for at, one in enumerate(found.projects):
        total = float(sum(costs.alone(name)[at] for name in costs.costs))
        yield f"All costs of {one.name}", "project", total, case.currency, project(at)
