"""Tables for reading: no row numbers, text to the left, nothing cut off.

A DataFrame on its own shows an index and shortens long texts, which suits calculation; a reader
wants the whole sentence. Everything is escaped: a table may hold what a stranger typed.
"""

from __future__ import annotations

from html import escape

import pandas as pd

from govstack_kit._errors import ArgumentError

LONGEST = 60  # rows shown; a longer table says how many it leaves out
_STYLE = (
    "<style>.govstack-table th, .govstack-table td "
    "{text-align: left !important; vertical-align: top; white-space: normal; max-width: 45em}"
    "</style>"
)


class ReadingTable:
    """A frame that shows itself for reading; made by :func:`show`."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self._shown = frame.head(LONGEST)
        left = len(frame) - len(self._shown)
        self._more = f"… and {left} more rows." if left else ""
        if frame.empty:
            self._more = "No rows."

    def __repr__(self) -> str:
        text = self._shown.to_string(index=False, na_rep="") if len(self._shown) else ""
        return "\n".join(part for part in (text, self._more) if part)

    def _repr_html_(self) -> str:
        with pd.option_context("display.max_colwidth", None):
            table = self._shown.to_html(
                index=False, escape=True, border=0, na_rep="", classes="govstack-table"
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
