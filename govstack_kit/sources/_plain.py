"""Plain data as people wrote it: a string where a list is expected, a name where a number is.

The readers of product lists share these. Rows are collected by table, each key once; whatever has
no place is noted with the file and line that is being read.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pandas as pd

from govstack_kit.sources._reading import Reading, Unplaced, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GOALS = range(1, 18)
_GOAL = re.compile(r"(?:sdgs?|goals?)?[\s\-_#:.]*0*(\d{1,3})(?!\d)", re.IGNORECASE)
_BETWEEN_GOALS = re.compile(r"[;|]|,(?=\s*(?:sdg|goal|\d))", re.IGNORECASE)
_GOAL_KEYS = ("SDGNumber", "sdgNumber", "sdg", "SDG", "number", "goal", "code", "name")
_YES = ("true", "yes", "on")
_NOTHING: tuple[Any, ...] = (None, "", [], {})


def words(value: object) -> str:
    r"""Return text or a number as one line of text, and nothing for anything else.

    Examples
    --------
    >>> words("  two \n words "), words(3), words(["a"])
    ('two words', '3', '')
    """
    if isinstance(value, str):
        return " ".join(value.split())
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def truth(value: object) -> bool:
    """Return whether a value says yes, as a boolean or in a word that old YAML took for one.

    Examples
    --------
    >>> [truth(v) for v in (True, "yes", "On", "no", 1, None)]
    [True, True, True, False, False, False]
    """
    return value is True or words(value).casefold() in _YES


def items(value: object) -> list[Any]:
    """Return a list as it is, one thing as a list of it, and nothing as an empty list.

    Examples
    --------
    >>> items(["MIT"]), items("MIT"), items(None)
    (['MIT'], ['MIT'], [])
    """
    if isinstance(value, list):
        return value
    return [] if value in _NOTHING else [value]


def mapping(value: object) -> dict[Any, Any]:
    """Return a mapping as it is, and an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def first(record: dict[Any, Any], *keys: str) -> Any:  # noqa: ANN401 - whatever stands there
    """Return the first value under `keys` that holds anything; None if none does."""
    for key in keys:
        value = record.get(key)
        if value not in _NOTHING:
            return value
    return None


def plain(text: str) -> str:
    """Return the letters and digits of a name, for comparing how it is written.

    Examples
    --------
    >>> plain("Food & Agriculture (FAO)")
    'foodandagriculturefao'
    """
    return "".join(c for c in text.casefold().replace("&", "and") if c.isalnum())


def address(url: str) -> str:
    """Return a web address without what differs between ways of writing it.

    Examples
    --------
    >>> address("https://www.GitHub.com/kit/kit.git/") == address("github.com/kit/kit/tree/main")
    True
    """
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
    except ValueError:  # a bracket that is never closed
        return ""
    path = re.sub(r"(/(tree|blob)/.*)?/*$", "", parts.path).removesuffix(".git")
    return f"{parts.netloc.removeprefix('www.')}{path}".casefold() if "." in parts.netloc else ""


@cache
def _goal_names() -> dict[str, int]:
    from govstack_kit.framework.framework import load  # noqa: PLC0415 - only where names are printed

    goals = load().sdg_goals
    return dict(zip(map(plain, goals["name"]), goals["goal"].tolist(), strict=True))


def goal_number(value: object) -> int | None:
    """Return the goal that a number, code or name stands for; None if there is no such goal.

    Examples
    --------
    >>> [goal_number(v) for v in (3, "SDG-03", "Goal 3: Health", "No poverty", 18, True)]
    [3, 3, 3, 1, None, None]
    """
    if isinstance(value, (int, float)):
        good = not isinstance(value, bool) and GOALS.start <= value < GOALS.stop
        return int(value) if good else None
    text = words(value)
    found = _GOAL.match(text)
    if found:
        return int(found[1]) if int(found[1]) in GOALS else None
    return _goal_names().get(plain(text)) if text else None


def goal_numbers(value: object) -> Iterator[tuple[int | None, str, str]]:
    """Yield goal (None if there is no such), what is printed and the address of evidence.

    Examples
    --------
    >>> list(goal_numbers([{"SDGNumber": 3}, "SDG 4, SDG 18"]))
    [(3, '3', ''), (4, 'SDG 4', ''), (None, 'SDG 18', '')]
    """
    for item in items(value):
        printed, url = item, ""
        if isinstance(item, dict):
            printed = first(item, *_GOAL_KEYS)
            url = words(item.get("evidenceURL"))
            if printed is None:
                yield None, ", ".join(map(str, item)), url
                continue
        for part in _BETWEEN_GOALS.split(printed) if isinstance(printed, str) else [printed]:
            text = words(part) if isinstance(part, str) else str(part)
            if text:
                yield goal_number(part), text, url


def _frame(rows: list[tuple[Any, ...]], columns: dict[str, str]) -> pd.DataFrame:
    """Return rows as a frame; one of text alone is made at once, which is three times as fast."""
    if rows and set(columns.values()) == {"str"}:
        return pd.DataFrame(rows, columns=list(columns), dtype="str")
    return table(rows, columns)


class Rows:
    """Rows by table, each key once, the first one kept.

    Parameters
    ----------
    tables
        By name: how many columns are the key, and the types of all columns. The tables of the
        reading have a last column ``location``, the file, and with `lines` also ``line``.
    lines
        Whether rows know their line.
    """

    def __init__(
        self, tables: dict[str, tuple[int, dict[str, str]]], *, lines: bool = False
    ) -> None:
        self.unplaced = Unplaced()
        self.file = ""
        self.line = 0
        self._tables = tables
        self._where = {"location": "str", "line": "int64"} if lines else {"location": "str"}
        self._rows: dict[str, dict[tuple[Any, ...], tuple[Any, ...]]] = {n: {} for n in tables}

    def at(self, file: str, line: int = 0) -> None:
        """Set the place that is being read."""
        self.file, self.line = file, line

    def add(self, name: str, *row: object) -> bool:
        """Add a row to a table unless its key is there; return whether it was added."""
        rows, key = self._rows[name], row[: self._tables[name][0]]
        if key in rows:
            return False
        rows[key] = (*row, self.file, self.line) if "line" in self._where else (*row, self.file)
        return True

    def keys(self, name: str) -> list[tuple[Any, ...]]:
        """Return the keys of the rows that a table has so far."""
        return list(self._rows[name])

    def refuse(self, text: str, why: str) -> None:
        """Note that something at the present place has no row."""
        self.unplaced.add(self.file, self.line, text, why)

    def load(self, file: str, how: Callable[[], Any]) -> Any:  # noqa: ANN401 - plain data
        """Set the place to a file and return what `how` loads from it; None if it cannot."""
        self.at(file)
        try:
            return how()
        except ValueError as error:  # SourceError, or a number too long to read
            self.refuse("", str(error))
            return None

    def text(self, record: dict[Any, Any], *keys: str) -> str:
        """Return the text under the first of `keys` that has any; note a list or mapping there."""
        value = first(record, *keys)
        if isinstance(value, (list, dict)):
            self.refuse(", ".join(map(str, value)), f"under {keys[0]} stands more than a text")
        return words(value)

    def named(self, value: object, what: str, *names: str) -> list[tuple[str, dict[Any, Any]]]:
        """Return name and entry of each thing in a list, whether it is written as text or mapping.

        What has no name is noted, without its content: it may be about a person.
        """
        found: list[tuple[str, dict[Any, Any]]] = []
        for item in items(value):
            if isinstance(item, str):
                name, entry = " ".join(item.split()), {}
                if not name:
                    continue
            else:
                entry = mapping(item)
                name = first(entry, *names)
                name = words(name) if isinstance(name, str) else ""
            if name:
                found.append((name, entry))
            else:
                held = f"with {', '.join(map(str, entry))}" if entry else words(item)
                self.refuse(held, f"no {what} by its {' or '.join(names)}")
        return found

    def reading(self) -> Reading:
        """Return all tables, sorted, with the places that found none."""
        return Reading(
            {
                name: _frame(sorted(self._rows[name].values()), columns | self._where)
                for name, (_, columns) in self._tables.items()
            },
            self.unplaced.frame(),
        )
