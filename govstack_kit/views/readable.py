"""What is made for reading: tables without row numbers, and the line on what is made up.

A DataFrame on its own shows an index and shortens long texts, which suits calculation; a reader
wants the whole sentence. Everything is escaped: a table may hold what a stranger typed.

Definitions
-----------
A row of a plan is *made up* while its text begins with "Illustration" or its name says so in
brackets, as those of the demonstration do, also in a team's own copy, until the team changes them.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit.errors import expected, one_of
from govstack_kit.words import amount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from govstack_kit.planning.plan import Plan

LONGEST = 60  # rows shown; a longer table says how many it leaves out
_STYLE = (
    "<style>.govstack-table th, .govstack-table td "
    "{text-align: left !important; vertical-align: top; white-space: normal; max-width: 45em}"
    "</style>"
)

# What the tables of the plan bring into a figure.
MADE_UP = {
    "systems": "systems",
    "options": "costs and fits",
    "phases": "phases",
    "business_case": "costs of projects",
}


def _written(value: float) -> str:
    """Return a number as people write it; nothing where it is not known."""
    return "" if pd.isna(value) else amount(value)


class ReadableTable:
    """A frame that shows itself for reading; made by :func:`readable`."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self._shown = frame.head(LONGEST)
        self._options: Any = {"index": False, "na_rep": "", "float_format": _written}
        left = len(frame) - len(self._shown)
        self._more = "No rows." if frame.empty else f"… and {left} more rows." if left else ""

    def __repr__(self) -> str:
        text = str(self._shown.to_string(**self._options)) if len(self._shown) else ""
        return "\n".join(part for part in (text, self._more) if part)

    def _repr_html_(self) -> str:
        look: Any = {"escape": True, "border": 0, "classes": "govstack-table", **self._options}
        with pd.option_context("display.max_colwidth", None):
            table = str(self._shown.to_html(**look))
        return _STYLE + table + (f"<p>{escape(self._more)}</p>" if self._more else "")


def readable(frame: pd.DataFrame) -> ReadableTable:
    """Return a table for reading.

    Parameters
    ----------
    frame
        Any frame; its index is shown as a column if it has a name.

    Returns
    -------
    ReadableTable
        Shows itself in a notebook; ``.frame`` is the frame.

    Raises
    ------
    ArgumentError
        If `frame` is not a DataFrame.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> gk.readable(gk.load().sdg_goals.loc[:1, ["goal", "name"]])
     goal        name
        1  No Poverty
        2 Zero Hunger
    """
    expected(frame, pd.DataFrame, "Give a DataFrame")
    named = frame.index.name is not None and frame.index.name not in frame.columns
    return ReadableTable(frame.reset_index() if named else frame)


def is_made_up(row: Mapping[str, Any]) -> bool:
    """Return whether a row of a plan is an illustration that no team has made its own.

    Examples
    --------
    >>> is_made_up({"name": "Till", "description": "Illustration only."})
    True
    >>> is_made_up({"name": "Till", "description": None})
    False
    """
    texts = (str(row.get(name)) for name in ("description", "note"))
    named = "(illustration)" in str(row.get("name"))
    return named or any(text.startswith("Illustration") for text in texts)


def made_up_note(plan: Plan, *tables: str) -> str:
    """Return the line for a figure that says what in it is made up; nothing if nothing is.

    Figures are copied into slides, so it belongs on them.

    Parameters
    ----------
    plan
        The plan that the figure is drawn from.
    *tables
        The tables of the plan that the figure rests on: ``systems``, ``options``, ``phases`` or
        ``business_case``. Without any, all of them.

    Returns
    -------
    str
        For the `note` of a figure.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> gk.views.made_up_note(gk.Plan.demonstration(), "options")
    'Made-up costs and fits, for practice'
    >>> gk.views.made_up_note(gk.Plan.new(title="Advice for farmers"), "options")
    ''
    """
    named = [one_of(name, MADE_UP, "A table") for name in tables] or MADE_UP
    marked = {
        name: [is_made_up(row) for row in plan.rows(name)] for name in MADE_UP if name in named
    }
    said = [MADE_UP[name] for name, rows in marked.items() if any(rows)]
    whole = all(all(rows) for rows in marked.values() if any(rows))
    word = "Made-up" if whole else "Partly made-up"
    return f"{word} {', '.join(said)}, for practice" if said else ""
