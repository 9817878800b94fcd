"""How much the projects of a business case have in common, counted from services, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govstack_kit.errors import GovStackKitError
from govstack_kit.planning.plan import Plan
from govstack_kit.widgets import numbers

if TYPE_CHECKING:
    from govstack_kit.framework.framework import Framework

CANNOT = (
    "Your plan cannot say it yet: that needs two services with building blocks. Give your own "
    "estimate."
)
FEW = (
    "It is an indication only: your plan itself has too few services to count from. Give your "
    "own estimate."
)
BOUND = (
    "That is an upper bound: it counts building blocks only, and takes one that two projects need "
    "as wholly the same in both. Write less, as far as you doubt that."
)


def counted(plan: Plan, framework: Framework) -> tuple[bool, list[str]]:
    """Return whether an overlap can be counted from the services of a plan, and what it would be.

    Parameters
    ----------
    plan
        The plan.
    framework
        The tables. Where the plan has too few services, the published ones that its projects name
        are counted, which is only said, never calculated with.

    Returns
    -------
    bool
        Whether the services of the plan are enough.
    list of str
        What was counted, in sentences.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> counted(gk.Plan.new(title="Nothing yet"), gk.load())[0]
    False
    """
    from govstack_kit.selection.business_case import shared_blocks  # noqa: PLC0415 - heavy

    try:
        share, _ = shared_blocks(plan, framework)
    except GovStackKitError:
        others = _named(plan, framework)
        try:
            share, _ = shared_blocks(others, framework)
        except GovStackKitError:
            return False, [CANNOT]
        what = f"the {len(others.use_cases)} published services that the projects name"
        return False, [f"Counted from {what}, it would be {_share(share)}.", BOUND, FEW]
    return True, [f"Counted from your services, it would be {_share(share)}.", BOUND]


def _share(share: float) -> str:
    return numbers.percent(round(share, 2))


def _named(plan: Plan, framework: Framework) -> Plan:
    """Return a plan with the published use cases that the projects of a plan name."""
    published = set(framework.use_cases["use_case"])
    own = {case.id: case.based_on for case in plan.use_cases}
    found = Plan.new(title="Named")
    for project in plan.business_case.projects:
        key = own.get(project.use_case, project.use_case)
        if key in published and key not in (case.based_on for case in found.use_cases):
            found.add_published(framework, key)
    return found
