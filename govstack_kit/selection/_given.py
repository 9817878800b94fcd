"""What callers give, checked: plans, tables, frames, numbers, keys and the names of files."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from numbers import Real
from pathlib import Path
from typing import Any

import pandas as pd

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.planning._given import framework_of, keys, plan_of

__all__ = [
    "file_of",
    "frame_of",
    "framework_of",
    "is_missing",
    "keys",
    "mapping_of",
    "number",
    "plan_of",
    "result_of",
    "seconds_of",
    "yes_or_no",
]


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


def is_missing(value: object) -> bool:
    """Return whether a value is one that frames have where there is none.

    Examples
    --------
    >>> is_missing(pd.NA), is_missing(float("nan")), is_missing(None), is_missing(0)
    (True, True, True, False)
    """
    none = value is None or value is pd.NA or value is pd.NaT
    return none or (isinstance(value, float) and math.isnan(value))


def yes_or_no(value: object, name: str) -> bool:
    """Return a value that is True or False.

    Raises
    ------
    ArgumentError
        If it is neither.
    """
    if not isinstance(value, bool):
        raise ArgumentError(f"{name} is True or False, not {quote(value)}.")
    return value


def seconds_of(value: object) -> float:
    """Return a number of seconds to search for.

    Raises
    ------
    ArgumentError
        If it is no number above 0.
    """
    found = number(value)
    if found is None or found <= 0:
        raise ArgumentError(f"seconds is a number above 0, such as 60, not {quote(value)}.")
    return found


def mapping_of(value: object, what: str, example: str) -> dict[Any, Any]:
    """Return names with their values as a dict of its own; None has none.

    Raises
    ------
    ArgumentError
        If it is something else.

    Examples
    --------
    >>> mapping_of(None, "Rules", "{'years': 5}")
    {}
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ArgumentError(f"{what} are given by name, as in {example}, not {quote(value)}.")
    return dict(value)


def frame_of(
    subject: object, columns: Iterable[str], what: str, numbers: Iterable[str] = ()
) -> pd.DataFrame:
    """Return a frame with rows numbered from 0, if it has the columns, and `numbers` in some.

    Raises
    ------
    ArgumentError
        If it is no frame, lacks a column, has one of them twice, or words where numbers belong.

    Examples
    --------
    >>> frame_of(pd.DataFrame({"cost": [1]}), ["option", "cost"], "The frame of options")
    Traceback (most recent call last):
    govstack_kit.errors.ArgumentError: The frame of options has no column option. It needs option,
    cost.
    """
    if not isinstance(subject, pd.DataFrame):
        raise ArgumentError(f"{what} is a DataFrame, not {quote(subject)}.")
    needed = list(columns)
    if missing := [name for name in needed if name not in subject.columns]:
        raise ArgumentError(
            f"{what} has no column {', '.join(missing)}. It needs {', '.join(needed)}."
        )
    if twice := subject.columns[subject.columns.duplicated()].unique().tolist():
        raise ArgumentError(
            f"{what} has several columns called {quote(twice[0])}: leave one of each name."
        )
    if words := [n for n in numbers if not pd.api.types.is_numeric_dtype(subject[n])]:
        raise ArgumentError(f"{what} has something else than numbers in {', '.join(words)}.")
    return subject.reset_index(drop=True)


def result_of(
    subject: object, columns: Iterable[str], call: str, numbers: Iterable[str] = ()
) -> pd.DataFrame:
    """Return a frame that another function of the kit made, as :func:`frame_of` does.

    Raises
    ------
    ArgumentError
        If it is something else; the message names the function.
    """
    try:
        return frame_of(subject, columns, "It", numbers)
    except ArgumentError:
        raise ArgumentError(
            f"Give what govstack_kit.{call} returns, with all its columns, not {quote(subject)}."
        ) from None


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
