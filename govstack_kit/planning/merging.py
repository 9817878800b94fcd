"""Two plans compared, and two plans brought together.

Definitions
-----------
Parts of a plan are the same part when their ids are the same (for choices the key; for actors the
name). A *change* is a part added or removed, or a field with another value. Merging keeps every
part that either plan has. Where both have a value of their own for one field there is a *conflict*:
the first plan's value stays in its place, the other is kept beside it in ``plan.conflicts``. With
the version that both started from, a value that only one of them changed is no conflict, and a part
that one removed and the other left alone is gone.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd

from govstack_kit.planning.fields import slug

COLUMNS = ["where", "field", "change", "before", "after"]
CONFLICTS = ["where", "field", "kept", "other"]
_JOINT = " \u203a "  # between the names of the parts that lead to a place
_SKIPPED = {"schema_version", "plan_id", "created", "updated", "revision", "framework_version"}
_NAMES = ("id", "key", "name", "words", "title")
_WHOLE = {"chosen"}  # decided as one: half of each group's choice is nobody's choice
_ABSENT = object()

Data = dict[str, Any]
Keyed = dict[tuple[str, int], Any]


def _label(part: Any) -> str:  # noqa: ANN401 - whatever a list of the plan holds
    """Return what people call a part."""
    if not isinstance(part, dict):
        return str(part)[:60]
    found = part.get("name") or part.get("words") or part.get("title") or part.get("key")
    return str(found or part.get("where") or "")[:60]


def _keyed(items: list[Any]) -> Keyed:
    """Return the items of a list by what makes each the same part, and its count among equals."""
    seen: Counter[str] = Counter()
    found: Keyed = {}
    for item in items:
        key = repr(item)
        if isinstance(item, dict):
            key = next((f"{n}={item[n]}" for n in _NAMES if item.get(n)), repr(sorted(item)))
        found[key, seen[key]] = item
        seen[key] += 1
    return found


def _is_list_of_parts(*values: Any) -> bool:  # noqa: ANN401 - any value of a plan
    lists = [value for value in values if value is not _ABSENT]
    return bool(lists) and all(isinstance(value, list) for value in lists)


def _empty(value: Any) -> bool:  # noqa: ANN401 - any value of a plan
    if isinstance(value, dict):
        return all(map(_empty, value.values()))
    return value is _ABSENT or value in ("", None, [])


def _place(where: str, part: Any) -> str:  # noqa: ANN401 - whatever a list of the plan holds
    label = _label(part)
    return f"{where}{_JOINT}{label}" if where and label else where or label


def diff(before: Data, after: Data, where: str = "") -> list[tuple[str, str, str, Any, Any]]:
    """Return the changes from one plan's data to another's, in the order of the plan.

    Examples
    --------
    >>> diff({"title": "A", "revision": 1}, {"title": "B", "revision": 2})
    [('', 'title', 'changed', 'A', 'B')]
    """
    found: list[tuple[str, str, str, Any, Any]] = []
    for field in dict.fromkeys([*before, *after]):
        if field in _SKIPPED and not where:
            continue
        old, new = before.get(field, _ABSENT), after.get(field, _ABSENT)
        if old == new or (_empty(old) and _empty(new)):
            continue
        if _is_list_of_parts(old, new):
            found += _diff_list(_parts(old), _parts(new), where, field)
        elif isinstance(old, dict) and isinstance(new, dict):
            found += diff(old, new, _place(where, field))
        else:
            kind = "added" if _empty(old) else "removed" if _empty(new) else "changed"
            was, now = (None if v is _ABSENT else v for v in (old, new))
            found.append((where, field, kind, was, now))
    return found


def _parts(value: Any) -> list[Any]:  # noqa: ANN401 - any value of a plan
    return value if isinstance(value, list) else []


def _diff_list(
    old: list[Any], new: list[Any], where: str, field: str
) -> list[tuple[str, str, str, Any, Any]]:
    found: list[tuple[str, str, str, Any, Any]] = []
    was, now = _keyed(old), _keyed(new)
    found += [(where, field, "removed", _label(p), None) for k, p in was.items() if k not in now]
    for key, part in now.items():
        if key not in was:
            found.append((where, field, "added", None, _label(part)))
        elif isinstance(part, dict):
            found += diff(was[key], part, _place(where, part))
    kept = [key for key in now if key in was]
    if kept != [key for key in was if key in now]:
        orders = [", ".join(_label(p[key]) for key in p if key in kept) for p in (was, now)]
        found.append((where, field, "moved", orders[0], orders[1]))
    return found


def diff_table(before: Data, after: Data) -> pd.DataFrame:
    """Return the changes from one plan's data to another's as a frame."""
    found = pd.DataFrame(diff(before, after), columns=COLUMNS, dtype=object)
    return found.astype({"where": "str", "field": "str", "change": "str"})


class _Merge:
    def __init__(self) -> None:
        self.conflicts: list[tuple[str, str, Any, Any]] = []

    def fields(self, a: Data, b: Data, base: Data | None, where: str) -> Data:
        merged: Data = {}
        for field in dict.fromkeys([*a, *b]):
            ours, theirs = a.get(field, _ABSENT), b.get(field, _ABSENT)
            origin = _ABSENT if base is None else base.get(field, _ABSENT)
            if _is_list_of_parts(ours, theirs):
                merged[field] = self.lists(
                    _parts(ours),
                    _parts(theirs),
                    None if base is None else _parts(origin),
                    where,
                    field,
                )
            elif isinstance(ours, dict) and isinstance(theirs, dict) and field not in _WHOLE:
                old = origin if isinstance(origin, dict) else None
                merged[field] = self.fields(ours, theirs, old, _place(where, field))
            else:
                merged[field] = self.value((ours, theirs, origin), where, field)
        return {field: value for field, value in merged.items() if value is not _ABSENT}

    def value(self, values: tuple[Any, Any, Any], where: str, field: str) -> Any:  # noqa: ANN401
        ours, theirs, origin = values
        if ours == theirs or theirs is _ABSENT or (origin is not _ABSENT and theirs == origin):
            return ours
        if ours is _ABSENT or (origin is not _ABSENT and ours == origin):
            return theirs
        if origin is _ABSENT and _empty(ours) != _empty(theirs):
            return theirs if _empty(ours) else ours
        if where or field not in _SKIPPED:
            self.conflicts.append((where, field, ours, theirs))
        return ours

    def lists(
        self, ours: list[Any], theirs: list[Any], base: list[Any] | None, where: str, field: str
    ) -> list[Any]:
        mine, other = _keyed(ours), _keyed(theirs)
        old = None if base is None else _keyed(base)
        merged: list[tuple[tuple[str, int], Any]] = []
        for key, part in mine.items():
            if key in other:
                both = other[key]
                if isinstance(part, dict) and isinstance(both, dict):
                    before = (old or {}).get(key)
                    part = self.fields(part, both, before, _place(where, part))  # noqa: PLW2901
                merged.append((key, part))
            elif not self.gone(key, part, old, where, field):
                merged.append((key, part))
        place = next((n for n, (key, _) in enumerate(merged) if key in other), len(merged))
        for key, part in other.items():
            there = next((n for n, (k, _) in enumerate(merged) if k == key), None)
            if there is not None:
                place = there + 1
            elif key not in mine and not self.gone(key, part, old, where, field):
                merged.insert(place, (key, part))
                place += 1
        return [part for _, part in merged]

    def gone(
        self,
        key: tuple[str, int],
        part: Any,  # noqa: ANN401 - whatever a list of the plan holds
        old: Keyed | None,
        where: str,
        field: str,
    ) -> bool:
        """Return whether a part that only one plan has was removed from the other on purpose."""
        if old is None or key not in old:
            return False
        if old[key] == part:
            return True
        self.conflicts.append((where, field, _label(part), "removed in the other plan"))
        return False


def _renumber(a: Data, b: Data) -> Data:
    """Return `b` with new ids for use cases that share an id with one of `a` by chance."""
    names = {u["id"].casefold(): u["name"].casefold() for u in a.get("use_cases", [])}
    taken = [u["id"] for u in (*a.get("use_cases", []), *b.get("use_cases", []))]
    kept = []
    for use_case in b.get("use_cases", []):
        same = names.get(use_case["id"].casefold())
        shared = same is None or same == use_case["name"].casefold()
        if not shared and not _alike(a, use_case):
            new = slug(use_case["id"], taken=taken)
            taken.append(new)
            use_case = use_case | {"id": new}  # noqa: PLW2901
        kept.append(use_case)
    return b | {"use_cases": kept}


def _alike(a: Data, use_case: Data) -> bool:
    """Return whether the use case of `a` with the same id has a step in common."""
    other = next(u for u in a["use_cases"] if u["id"].casefold() == use_case["id"].casefold())
    steps = {step["id"] for step in other.get("steps", [])}
    return bool(steps & {step["id"] for step in use_case.get("steps", [])})


def merge(a: Data, b: Data, base: Data | None) -> tuple[Data, pd.DataFrame]:
    """Return the data of two plans brought together, and the conflicts as a frame."""
    run = _Merge()
    if base is None:
        b = _renumber(a, b)
    merged = run.fields(a, b, base, "")
    frame = pd.DataFrame(run.conflicts, columns=CONFLICTS, dtype=object)
    frame = frame.astype({"where": "str", "field": "str"})
    known = [{k: c.get(k) for k in CONFLICTS} for c in merged.get("conflicts", [])]
    new = [dict(zip(CONFLICTS, conflict, strict=True)) for conflict in run.conflicts]
    merged["conflicts"] = [*merged.get("conflicts", []), *(c for c in new if c not in known)]
    return merged, frame
