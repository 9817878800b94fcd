"""Marks on what is made up, so that nobody takes an illustration for a fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govstack_kit.views.made_up import is_made_up
from govstack_kit.views.style import count
from govstack_kit.widgets.parts import sentence

if TYPE_CHECKING:
    from govstack_kit.planning.plan import Plan


def what_is_made_up(plan: Plan, *lists: str) -> str:
    """Return a sentence that says which parts of a plan a result takes from the demonstration.

    Parameters
    ----------
    plan
        The plan.
    *lists
        The lists of the plan that the result rests on: ``systems``, ``options``, ``phases``.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="Demonstration")
    >>> from govstack_kit.widgets.demonstrating import systems
    >>> plan.systems = systems()
    >>> what_is_made_up(plan, "systems", "options")
    'Illustration only: this rests on numbers made up for the demonstration (4 systems).'
    """
    found = {name: sum(map(is_made_up, getattr(plan, name))) for name in lists}
    said = ", ".join(count(n, name.removesuffix("s")) for name, n in found.items() if n)
    if not said:
        return ""
    return f"Illustration only: this rests on numbers made up for the demonstration ({said})."


def mark(text: str) -> str:
    """Return a sentence as HTML that sets it apart as a mark of what is made up."""
    return f'<div class="gsk-marked">{sentence(text)}</div>' if text else ""
