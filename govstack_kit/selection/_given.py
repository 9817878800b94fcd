"""What callers give, checked: numbers, keys and the names of files."""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Real
from pathlib import Path

from govstack_kit._errors import ArgumentError, quote


def number(value: object) -> float | None:
    """Return a value as a number, or None if it is none; true and false are none.

    Examples
    --------
    >>> number(3), number("3"), number(True), number(float("nan"))
    (3.0, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


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


def file_of(path: object) -> Path:
    """Return the path of a file.

    Raises
    ------
    ArgumentError
        If it is none.
    """
    if not isinstance(path, (str, Path)) or not str(path).strip() or "\0" in str(path):
        raise ArgumentError(
            f"Give the path of a file, such as 'our-systems.xlsx', not {quote(path)}."
        )
    return Path(path)
