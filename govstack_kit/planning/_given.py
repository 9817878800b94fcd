"""Plans, tables and keys as callers give them, checked before anything is asked of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.framework.framework import Framework
from govstack_kit.planning.model import PlanData

_P = TypeVar("_P", bound=PlanData)


def plan_of(plan: _P) -> _P:
    """Return a plan.

    Raises
    ------
    ArgumentError
        If it is none.

    Examples
    --------
    >>> plan_of("kenya.govplan.json")
    Traceback (most recent call last):
    govstack_kit.errors.ArgumentError: Give a plan, not 'kenya.govplan.json'; open one with
    govstack_kit.Plan.open(path), or make one with govstack_kit.Plan.new(title='Our services').
    """
    if not isinstance(plan, PlanData):
        raise ArgumentError(
            f"Give a plan, not {quote(plan)}; open one with govstack_kit.Plan.open(path), or make "
            "one with govstack_kit.Plan.new(title='Our services')."
        )
    return plan


def framework_of(framework: Framework) -> Framework:
    """Return the tables.

    Raises
    ------
    ArgumentError
        If it is something else.

    Examples
    --------
    >>> framework_of("data")
    Traceback (most recent call last):
    govstack_kit.errors.ArgumentError: Give the tables as govstack_kit.load() returns them, not
    'data'.
    """
    if not isinstance(framework, Framework):
        raise ArgumentError(
            f"Give the tables as govstack_kit.load() returns them, not {quote(framework)}."
        )
    return framework


def keys(value: object, what: str) -> list[str]:
    """Return one key or several as a list, each once.

    Raises
    ------
    ArgumentError
        If it is neither a text nor several.

    Examples
    --------
    >>> keys("hub", "options"), keys(("b", "a", "b"), "options")
    (['hub'], ['b', 'a'])
    """
    several = not isinstance(value, str) and isinstance(value, Iterable)
    found = list(value) if several else [value]  # type: ignore[call-overload]
    if wrong := [key for key in found if not isinstance(key, str)]:
        raise ArgumentError(
            f"Name {what} by their keys, one text or several, not {quote(wrong[0])}."
        )
    return list(dict.fromkeys(found))
