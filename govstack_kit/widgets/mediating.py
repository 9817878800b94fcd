"""What the Information Mediator costs according to the options of a plan, to be taken over.

Definitions
-----------
What an option costs *once* is to build and to integrate it; the business case calls that "to
build". Nothing is taken over unless people ask for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from govstack_kit.views.made_up import is_made_up
from govstack_kit.widgets import numbers

if TYPE_CHECKING:
    from govstack_kit.planning.plan import Plan

BLOCK = "govstack:information-mediator"


class Mediator(NamedTuple):
    """An option for the Information Mediator: its name, and what it costs once and a year."""

    name: str
    once: float
    yearly: float
    made_up: bool = False

    def said(self, currency: str) -> str:
        """Return what a button says that takes the costs over."""
        made_up = ", made up for the demonstration" * self.made_up
        return (
            f"Take the cost of {self.name} from your options: {currency} "
            f"{numbers.money(self.once)} once, {numbers.money(self.yearly)} a year{made_up}"
        )


def mediator(plan: Plan) -> Mediator | None:
    """Return the option for the Information Mediator: the chosen one, else the cheapest.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Mediator or None
        None if no option for it has known costs, or if the chosen one has not.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.selection.options import demonstration_options
    >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
    >>> plan.options = demonstration_options()
    >>> mediator(plan).said("USD")
    'Take the cost of OpenHIM from your options: USD 100,000 once, 20,000 a year, made up for the
    demonstration'
    >>> plan.chosen.options = ["x-road"]
    >>> mediator(plan).name
    'X-Road'
    """
    from govstack_kit.selection.options import complete  # noqa: PLC0415 - with what it loads

    found = [one for one in complete(plan) if BLOCK in (cover.key for cover in one.covers)]
    chosen = [one for one in found if one.id in plan.chosen.options]
    known = []
    for option in chosen or found:
        build, integration = option.build_cost, option.integration_cost
        yearly = option.annual_cost
        if build is not None and integration is not None and yearly is not None:
            known.append(Mediator(option.name, build + integration, yearly, is_made_up(option)))
    years = plan.business_case.years
    return min(known, key=lambda one: one.once + one.yearly * years, default=None)
