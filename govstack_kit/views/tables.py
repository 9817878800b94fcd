"""Tables for reading: no row numbers, text to the left, nothing cut off.

A DataFrame on its own shows an index and shortens long texts, which suits calculation; a reader
wants the whole sentence. Everything is escaped: a table may hold what a stranger typed.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 60  # rows shown; a longer table says how many it leaves out
_LARGE = 1_000  # numbers from here on are shown without decimals
_TEN, _MOST_DIGITS, _TINY = 10, 3, 1e-9
_STYLE = (
    "<style>.govstack-table th, .govstack-table td "
    "{text-align: left !important; vertical-align: top; white-space: normal; max-width: 45em}"
    "</style>"
)


def _number(value: float) -> str:
    """Return a number as people write it."""
    whole = abs(value) >= _LARGE or value == round(value)  # endless ones cannot be rounded
    return f"{value:,.0f}" if whole else f"{value:.3g}"


def _formatter(column: pd.Series[float]) -> Callable[[float], str]:
    """Return what writes the numbers of a column: alike, and none so large as 1.67e+06."""
    known = column.dropna().abs()
    whole = (known == known.round()).all()
    exact = (d for d in (1, 2) if ((known - known.round(d)).abs() < _TINY).all())
    digits = 0 if whole else next(exact, 1 if known.max() >= _TEN else _MOST_DIGITS)
    mixed = not whole and (known >= _LARGE).any()

    def written(value: float) -> str:
        return "" if pd.isna(value) else _number(value) if mixed else f"{value:,.{digits}f}"

    return written


def _formatters(frame: pd.DataFrame) -> Any:  # noqa: ANN401 - the stubs of pandas disagree
    floats = frame.select_dtypes("float")
    return {name: _formatter(floats[name]) for name in floats} if frame.columns.is_unique else {}


class ReadingTable:
    """A frame that shows itself for reading; made by :func:`show`."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self._shown = frame.head(LONGEST)
        self._formatters = _formatters(self._shown)
        left = len(frame) - len(self._shown)
        self._more = f"… and {left} more rows." if left else ""
        if frame.empty:
            self._more = "No rows."

    def __repr__(self) -> str:
        text = ""
        if len(self._shown):
            text = self._shown.to_string(index=False, na_rep="", formatters=self._formatters)
        return "\n".join(part for part in (text, self._more) if part)

    def _repr_html_(self) -> str:
        with pd.option_context("display.max_colwidth", None):
            table = self._shown.to_html(
                index=False,
                escape=True,
                border=0,
                na_rep="",
                classes="govstack-table",
                formatters=self._formatters,
            )
        return _STYLE + table + (f"<p>{escape(self._more)}</p>" if self._more else "")


def show(frame: pd.DataFrame) -> ReadingTable:
    """Return a table for reading.

    Parameters
    ----------
    frame
        Any frame; its index is shown as a column if it has a name.

    Returns
    -------
    ReadingTable
        Shows itself in a notebook; ``.frame`` is the frame.

    Raises
    ------
    ArgumentError
        If `frame` is not a DataFrame.

    Examples
    --------
    >>> import govstack_kit
    >>> goals = govstack_kit.load().sdg_goals
    >>> govstack_kit.show(goals.loc[:1, ["goal", "name"]])
     goal        name
        1  No Poverty
        2 Zero Hunger
    """
    if not isinstance(frame, pd.DataFrame):
        raise ArgumentError(f"show() takes a DataFrame, not a {type(frame).__name__}.")
    named = frame.index.name is not None and frame.index.name not in frame.columns
    return ReadingTable(frame.reset_index() if named else frame)
