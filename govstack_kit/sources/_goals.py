"""Goals, targets and indicators from a JSON list, with their wrong codes repaired.

A code is *repaired* when the list of the framework does not have it and one reading of it is
evident: its capitals, words and separators; the code at the beginning of its own text; the number
that slipped into its text; the goal in front of it; its parts the wrong way round; or, of two with
the same code, the place in the list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from govstack_kit.sources._plain import Rows, first, goal_number, items, mapping, words

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

_WRITTEN = re.compile(
    r"^(?:(?:sdg|goal|target|indicator)\s*)*(\d{1,2}\.[\da-d]{1,2}(?:\.\d{1,2})?)[.:)]?\s+",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\d+|(?<![a-z])[a-d](?![a-z])")


class Codes(NamedTuple):
    """The codes of targets, in order, and of indicators."""

    targets: tuple[str, ...]
    indicators: frozenset[str]

    def of_goal(self, goal: int) -> list[str]:
        """Return the targets of a goal, in order."""
        return [code for code in self.targets if code.startswith(f"{goal}.")]


@cache
def official_codes() -> Codes:
    """Return the codes that the framework has.

    Examples
    --------
    >>> official_codes().of_goal(1)
    ['1.1', '1.2', '1.3', '1.4', '1.5', '1.a', '1.b']
    """
    from govstack_kit.framework.framework import load  # noqa: PLC0415 - only where codes are read

    framework = load()
    indicators = frozenset(framework.sdg_indicators["indicator"])
    return Codes(tuple(framework.sdg_targets["target"]), indicators)


def read_code(printed: str, known: Container[str], before: str = "") -> tuple[str, str]:
    """Return the code that is meant, and what was repaired; nothing if that is not evident.

    Parameters
    ----------
    printed
        What stands there.
    known
        The codes that exist.
    before
        The goal or target that the code belongs to.

    Examples
    --------
    >>> known = ["1.4", "1.a", "10.1"]
    >>> read_code("target 1.A", known), read_code("1.10", known, "10")
    (('1.a', 'printed as “target 1.A”'), ('10.1', 'printed as “1.10”: turned round'))
    """
    if printed in known:
        return printed, ""
    parts = [p.lstrip("0") or p for p in _PARTS.findall(printed.lower())]
    for code, why in (
        (".".join(parts), ""),
        (".".join([before, *parts]), f": without {before} in front"),
        (".".join(reversed(parts)), ": turned round"),
    ):
        if code in known and (not before or code.startswith(f"{before}.")):
            return code, f"printed as “{printed}”{why}"
    return "", ""


def _entry(value: object) -> tuple[str, str]:
    """Return code and text of a goal, target or indicator."""
    if isinstance(value, str):
        return words(value), ""
    entry = mapping(value)
    code = words(first(entry, "code", "number", "target_number", "id"))
    return code, words(first(entry, "description", "title", "name"))


@dataclass
class _Target:
    """A target as printed, and the code that it turned out to have."""

    entry: dict[Any, Any]
    place: int
    printed: str
    text: str
    code: str = ""
    why: str = ""


def _identify(target: _Target, official: list[str], goal: int) -> None:
    """Find the code of a target in its text or from what is printed."""
    written = _WRITTEN.match(target.text)
    if written and written[1].lower() in official:
        target.code = written[1].lower()
        target.text = target.text[written.end() :]
        if target.code != target.printed:
            target.why = f"printed as “{target.printed}”: its text begins with {target.code}"
    else:
        target.code, why = read_code(target.printed, official, str(goal))
        target.why = target.why or why


def _add_indicators(rows: Rows, codes: Codes, target: _Target) -> list[_Target]:
    """Add the indicators of a target; return what stands among them and is a target itself."""
    moved: list[_Target] = []
    owner = target.code
    for entry in items(target.entry.get("indicators")):
        printed, text = _entry(entry)
        code, why = read_code(printed, codes.indicators, owner)
        slipped = re.match(r"(\d{1,2})\s+", text)
        if not code and slipped and f"{printed}.{slipped[1]}" in codes.indicators:
            code, text = f"{printed}.{slipped[1]}", text[slipped.end() :]
            why = f"printed as “{printed}”: its last number slipped into the text"
        if not code and printed in codes.targets and printed != target.code:
            why = f"stood among the indicators of {target.code}"
            moved.append(_Target(mapping(entry), -1, printed, text, printed, why))
            owner = printed
        elif not code and not re.fullmatch(rf"{re.escape(owner)}\.\d{{1,2}}", printed):
            rows.refuse(f"{printed} {text}", f"not an indicator of {owner}")
        else:
            note = why if code else "not among the framework's indicators"
            code = code or printed
            if not rows.add("sdg_indicators", code, code.rpartition(".")[0], text, note):
                rows.refuse(f"{printed} {text}", f"{code} is there already")
            elif why:
                rows.add("repairs", "sdg_indicators", code, printed, why)
    return moved


def _claim(
    rows: Rows, targets: list[_Target], official: list[str], goal: int
) -> dict[str, _Target]:
    """Return the targets of a goal by the code that each turns out to have."""
    by_code: dict[str, _Target] = {}
    others: list[_Target] = []
    places = dict(enumerate(official))
    for target in targets:
        _identify(target, official, goal)
        rival = by_code.get(target.code)
        if rival and places.get(target.place) == target.code:
            others.append(rival)  # of two with one code, the one in the place of the code has it
            by_code[target.code] = target
        elif rival or not target.code:
            others.append(target)
        else:
            by_code[target.code] = target
    for target in others:
        code = places.get(target.place, "")
        if code and code not in by_code and target.text:
            target.code = code
            target.why = f"printed as “{target.printed}”: in the place of {code}"
            by_code[code] = target
        else:
            rows.refuse(f"{target.printed} {target.text}", f"not one more target of goal {goal}")
    return by_code


def _add_targets(rows: Rows, codes: Codes, goal: int, entries: Iterable[Any]) -> None:
    """Add the targets of a goal with their indicators."""
    official = codes.of_goal(goal)
    targets = [_Target(mapping(e), place, *_entry(e)) for place, e in enumerate(entries)]
    by_code = _claim(rows, targets, official, goal)
    for target in list(by_code.values()):
        for moved in _add_indicators(rows, codes, target):
            if moved.code in by_code or moved.code not in official:
                rows.refuse(f"{moved.printed} {moved.text}", f"{moved.code} is there already")
            else:
                by_code[moved.code] = moved
    for code in official:
        if code not in by_code:
            rows.refuse(code, "this target is missing")
            continue
        target = by_code[code]
        rows.add("sdg_targets", code, goal, target.text, target.why)
        if target.why:
            rows.add("repairs", "sdg_targets", code, target.printed, target.why)


def add_goals(rows: Rows, records: Iterable[dict[Any, Any]]) -> None:
    """Add goals with their targets and indicators; what cannot be repaired is noted."""
    codes = official_codes()
    for record in records:
        printed, text = _entry(record)
        goal = goal_number(printed) or goal_number(text)
        if goal is None:
            rows.refuse(f"{printed} {text}", "not one of the 17 goals")
            continue
        note = "" if printed == str(goal) else f"printed as “{printed}”"
        if not rows.add("sdg_goals", goal, text, note):
            rows.refuse(f"{printed} {text}", f"goal {goal} is there already")
            continue
        if note:
            rows.add("repairs", "sdg_goals", str(goal), printed, note)
        _add_targets(rows, codes, goal, items(record.get("targets")))
