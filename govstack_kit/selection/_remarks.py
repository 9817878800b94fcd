"""What to know about the needs of plans; see :mod:`govstack_kit.selection.needs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govstack_kit.errors import quote
from govstack_kit.selection._needed import needs_of, priorities_of
from govstack_kit.selection._reading import hardly_read
from govstack_kit.selection._wanted import published

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan

SHOWN = 3  # keys that a sentence names


def remarks(framework: Framework, plan: Plan, *more: Plan) -> list[str]:
    """Return what to know about the needs of plans, in plain sentences.

    Parameters
    ----------
    framework
        The tables.
    plan, *more
        The plans.

    Returns
    -------
    list of str
        The most basic first; empty when there is nothing to say.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.selection.needs import remarks
    >>> remarks(govstack_kit.load(), govstack_kit.Plan.new(title="New"))
    ['Nothing is needed so far: no step or use case has an accepted building block. ...']
    """
    given = [plan, *more]
    found = needs_of(framework, given)
    if found.empty:
        sentence = "Nothing is needed so far: no step or use case has an accepted building block."
        return [f"{sentence} Accept some in the notebooks on aligning and mapping."]
    said = []
    for one in given:
        ids = {use_case.id for use_case in one.use_cases}
        values = {value.key: value.value for value in one.values}
        said += _values(one.title, ids, {key: values[key] for key in values.keys() & ids})
        said += _unknown(one.title, "value", values.keys() - ids, "use cases")
        keys = {row.key for of in published(framework).values() for row in of}
        gone = {decision.key for decision in one.decisions} - keys
        said += _unknown(one.title, "decision", gone, "requirements of the framework")
        said += _unread(one.title) if hardly_read(framework, one) else []
    said += _worthless(given)
    bare = found.loc[~found["specified"], "name"].tolist()
    if bare:
        said.append(
            f"Nothing is published that these must do: {', '.join(bare)}. Add requirements of your "
            "own, or accept another block for the same need."
        )
    return said


def _values(title: str, ids: AbstractSet[str], values: dict[str, float]) -> list[str]:
    """Say where values of use cases are missing, or cannot weigh anything."""
    if not values:
        return []
    if not any(values.values()):
        sentence = f"All values of use cases in {quote(title)} are 0. There is nothing to weigh by,"
        return [f"{sentence} so all use cases count alike. Give at least one a value above 0."]
    missing = sorted(ids - values.keys())
    if not missing:
        return []
    what = "use case has" if len(missing) == 1 else "use cases have"
    sentence = f"In {quote(title)}, {len(missing)} {what} no value: {_some(missing)}."
    return [f"{sentence} Until you give one, each counts as the mean of those given."]


def _unread(title: str) -> list[str]:
    """Say that use is hardly seen, because the steps are not written in English."""
    sentence = "The kit reads English words only, and knows few of the words in the steps of"
    so = "So “not seen in use” means little for this plan: only its workflows, and building blocks"
    then = "that are used together, count. Decide as a team what your services use."
    return [f"{sentence} {quote(title)}. {so} {then}"]


def _worthless(plans: Sequence[Plan]) -> list[str]:
    """Say so where values are given, but no use case that needs a block has one above 0."""
    cases = [use_case for plan in plans for use_case in plan.use_cases]
    priority = priorities_of(plans)["priority"].tolist()
    needing = [
        number
        for case, number in zip(cases, priority, strict=True)
        if any(part.accepted("building_block") for part in (case, *case.steps))
    ]
    if not any(priority) or any(needing) or not needing:
        return []
    sentence = "No use case that needs a building block has a value above 0, so these count alike."
    return [f"{sentence} Give at least one of them a value above 0."]


def _unknown(title: str, what: str, keys: AbstractSet[str], of: str) -> list[str]:
    if not keys:
        return []
    verb = f"{what} is" if len(keys) == 1 else f"{what}s are"
    sentence = f"In {quote(title)}, {len(keys)} {verb} about no {of} that are there:"
    why = "They do not count, and are kept in case what they are about comes back."
    return [f"{sentence} {_some(sorted(keys))}. {why}"]


def _some(keys: list[str]) -> str:
    return ", ".join(keys[:SHOWN]) + (" …" if len(keys) > SHOWN else "")
