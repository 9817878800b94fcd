"""What a business case rests on and what is missing in it, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govstack_kit.planning.portfolio import integration_links
from govstack_kit.selection._sharing import COMPONENTS, PAIR
from govstack_kit.selection._wording import listed, money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govstack_kit.planning.selected import BusinessCase
    from govstack_kit.selection._sharing import Costs, Known

_TOGETHER = "Information Mediator"


def given(case: BusinessCase) -> bool:
    """Return whether a business case says anything of what the mediator costs."""
    return case.mediator_build is not None or case.mediator_run is not None


def rests(case: BusinessCase, costs: Costs) -> Iterator[str]:
    """Say what a saving rests on, and what a mediator takes away from it."""
    unit, on_links, on_overlap = case.currency, costs.on_links(), costs.on_overlap()
    links = integration_links(len(costs.overlaps)).iloc[0]
    pairs, through = int(links["point_to_point"]), int(links["shared"])
    counted = (
        f"{pairs} link{'s' * (pairs != 1)} between pairs of projects become{'s' * (pairs == 1)} "
        f"{through} through an {_TOGETHER}, and each is taken to cost the same"
    )
    if on_links > 0:
        much = f"{money(on_links)} {unit} is saved" if on_overlap else "All that is saved is saved"
        yield f"{much} on integration: {counted}."
    elif on_links < 0:
        yield f"Integration costs {money(-on_links)} {unit} more: {counted}."
    if on_links and on_overlap:
        rest = f"{money(on_overlap)} {unit} is saved by the overlap"
        yield f"{rest}: what projects do that others do as well is paid once."
    if costs.for_mediator():
        said = f"The {_TOGETHER} itself costs {money(costs.for_mediator())} {unit}"
        yield f"{said} over {_years(case)}: that is charged to sharing."


def mediator(case: BusinessCase, costs: Costs) -> Iterator[str]:
    """Say what nobody said of the costs of the mediator, or why they are not charged."""
    on_links = costs.on_links()
    if not given(case):
        nowhere = f"What the {_TOGETHER} itself costs is not given, and in none of these numbers"
        if on_links > 0:
            yield (
                f"{nowhere}: if it is more than {money(on_links)} {case.currency} over "
                f"{_years(case)}, integration through it saves nothing."
            )
        elif on_links < 0:
            yield f"{nowhere}."
    elif not costs.linked or len(costs.overlaps) < PAIR:
        why = "there is one project" if costs.linked else "integration is shared like other costs"
        yield f"What the {_TOGETHER} costs is not charged, because {why}."
    else:
        lacking = {"build": case.mediator_build, "run": case.mediator_run}
        for name in (name for name, cost in lacking.items() if cost is None):
            yield f"What the {_TOGETHER} costs to {name} is not given: it is left out, not zero."


def _years(case: BusinessCase) -> str:
    return f"{case.years} year{'s' * (case.years != 1)}"


def upper(basis: str) -> Iterator[str]:
    """Say what an overlap that is derived is not."""
    if basis.startswith("derived"):
        yield (
            "An overlap that is derived from building blocks is an upper bound: what projects do "
            "outside of them is not counted. Put in your own as soon as you can."
        )


def notes(case: BusinessCase, found: Known, costs: Costs) -> Iterator[str]:
    """Say what is missing in the numbers, and what looks odd."""
    for _, name, missing in found.left_out:
        yield f"{name} is left out on both sides, because its cost is not known: {missing}."
    absent = [name for name in COMPONENTS if name not in found.components]
    if absent:
        yield f"No project has a cost for {listed(absent)}: that is left out, not zero."
    nobody = [project.name for project in found.projects if project.people_served is None]
    if nobody:
        yield f"How many people are served is not known for {listed(nobody)}: no cost per person."
    if case.people_at_scale is None:
        yield "How many people are to be reached at scale is not given."
    served = sum(project.people_served or 0 for project in found.projects)
    if case.people_at_scale is not None and case.people_at_scale < served:
        yield (
            f"At scale, {money(case.people_at_scale)} people are to be reached, fewer than the "
            f"{money(served)} served now: check both."
        )
    if costs.overlaps.sum() < PAIR:
        yield "Fewer than two projects overlap, so nothing but integration can be shared."
