"""Versions of a plan that were set aside because two windows had it open, and how they join again.

Definitions
-----------
A version is *set aside* when another window has saved the plan since: it is then a file of its own
beside the plan, with "conflict" and the time in its name. *Bringing it in* merges it into the open
plan. A *double* is one thing of which both versions say something different: the plan keeps what it
says itself, and the other beside it. Nothing in this module knows a widget or HTML.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from govstack_kit.errors import GovStackKitError, PlanError, PlanFileWarning
from govstack_kit.planning import history, merging
from govstack_kit.planning.plan import Plan
from govstack_kit.widgets.undoing import restore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from govstack_kit.planning.model import Conflict
    from govstack_kit.widgets.models import Session

FEW = 12  # differences that are said one by one
_LONGEST = 120  # characters of a value that are shown
_ASIDE = re.compile(r"(.+) \(conflict [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{4}(?: [0-9]+)?\)")
_WORDS = {"as_is": "how it is done today", "to_be": "how it should be done", "printed": "wording"}


def original(path: Path) -> Path | None:
    """Return the plan that a version was set aside from, or None if it is no such version.

    Examples
    --------
    >>> from pathlib import Path
    >>> original(Path("kenya (conflict 2030-01-31 0915).govplan.json")).name
    'kenya.govplan.json'
    """
    found = _ASIDE.fullmatch(history.stem(path))
    return path.with_name(found[1] + history.SUFFIX) if found else None


@lru_cache(maxsize=16)
def _opened(path: Path, _saved: int, _size: int) -> Plan | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PlanFileWarning)
        try:
            return Plan.open(path)
        except GovStackKitError:
            return None


def read(path: Path) -> Plan | None:
    """Return the plan in a file, read again only when it was saved; None if it cannot be used."""
    try:
        there = path.stat()
    except OSError:
        return None
    return _opened(path, there.st_mtime_ns, there.st_size)


def beside(plan: Plan) -> list[Path]:
    """Return the other versions of a plan, the newest first: those set aside, and the original."""
    if plan.path is None:
        return []
    main = original(plan.path) or plan.path
    try:
        there = [path for path in plan.path.parent.glob(f"*{history.SUFFIX}") if path.is_file()]
    except OSError:
        return []
    found = []
    for path in there:
        if path != plan.path and main in (path, original(path)):
            other = read(path)
            if other is not None and other.plan_id == plan.plan_id:
                found.append(path)
    return sorted(found, key=lambda path: path.name, reverse=True)


def common(main: Path, aside: Path) -> Plan | None:
    """Return the version that a plan and a version set aside from it started from, if it is kept.

    The first save of a version set aside has the revision after the one it started from. Where its
    first saves may be gone from the kept versions, there is no telling, and the answer is None.
    """
    own = history.versions(aside)
    if original(aside) != main or not own or len(own) >= history.NEWEST:
        return None
    first = own[-1]
    known = [v for v in history.versions(main) if v.revision == first.revision - 1]
    if len(known) != 1 or known[0].saved > first.saved:
        return None
    base, there = read(known[0].path), read(aside)
    return base if base and there and base.plan_id == there.plan_id else None


def said(value: object) -> str:
    """Return a value as people read it.

    Examples
    --------
    >>> said("Pay the fee"), said(None), said(2.0)
    ('“Pay the fee”', 'nothing', '2')
    """
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:g}"
    text = " ".join(str(value).split())
    return f"“{text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}”"


def place(where: str, field: str) -> str:
    """Return where something stands, in words.

    Examples
    --------
    >>> place("Payment", "as_is")
    'Payment: how it is done today'
    """
    word = _WORDS.get(field, field.replace("_", " "))
    return f"{where}: {word}" if where else word


def differences(here: Plan, there: Plan) -> list[str]:
    """Return what is different in another version, in sentences."""
    skipped = {"conflicts"}
    found = []
    for row in here.diff(there).to_dict("records"):
        if row["field"] in skipped:
            continue
        what, old, new = place(row["where"], row["field"]), row["before"], row["after"]
        if row["change"] == "moved":
            found.append(f"{what}: in another order there.")
        elif row["change"] == "added":
            found.append(f"{what}: {said(new)} is only there.")
        elif row["change"] == "removed":
            found.append(f"{what}: {said(old)} is only here.")
        else:
            found.append(f"{what}: {said(old)} here, {said(new)} there.")
    return found


def bring_in(session: Session, path: Path) -> int:
    """Merge another version into the open plan; return how many doubles there are now.

    Raises
    ------
    PlanError
        If the version cannot be used.
    """
    plan, there = session.plan, read(path)
    if there is None or plan.path is None:
        raise PlanError(f"The version {path.name} cannot be used any more.")
    if there.schema_version != plan.schema_version:
        raise PlanError(
            f"The version {path.name} was written by a newer version of the kit. Update the kit, "
            "then bring it in."
        )
    files = (plan.path, path) if original(path) else (path, plan.path)
    base = common(*files)

    def bring(mine: Plan) -> None:
        merged, _ = Plan.merge(mine, there, base)
        restore(mine, merged.model_dump())

    session.change(f"Bring in {path.name}", bring)
    session.confirm(_brought(path), _mark(path))
    return len(session.plan.conflicts)


def was_brought_in(session: Session, path: Path) -> bool:
    """Return whether a version was brought in as it is now."""
    return session.progress.get(_brought(path)) == _mark(path)


def _brought(path: Path) -> str:
    return f"brought in/{path.name}"


def _mark(path: Path) -> str:
    found = read(path)
    return "" if found is None else f"{found.revision} {found.updated}"


# --- doubles -------------------------------------------------------------------------------------


Way = tuple[Any, ...]  # names of fields and positions in lists that lead to a value


def _places(data: Any, field: str, value: object, way: Way = ()) -> Iterator[Way]:  # noqa: ANN401 - any part of a plan
    if isinstance(data, dict):
        for name, inner in data.items():
            if name == field and inner == value and not isinstance(inner, list | dict):
                yield (*way, name)
            elif way or name != "conflicts":
                yield from _places(inner, field, value, (*way, name))
    elif isinstance(data, list):
        for number, inner in enumerate(data):
            yield from _places(inner, field, value, (*way, number))


def _set(data: Any, way: Way, value: object) -> None:  # noqa: ANN401 - plan or data
    for step in way[:-1]:
        data = data[step] if isinstance(data, dict | list) else getattr(data, step)
    if isinstance(data, dict | list):
        data[way[-1]] = value
    else:
        setattr(data, way[-1], value)


def where_it_stands(plan: Plan, double: Conflict) -> Way | None:
    """Return the way to the one value that a double is about; None if that is not certain.

    It is certain when exactly one value of the plan can be exchanged so that the difference is the
    double and nothing else.
    """
    if isinstance(double.other, list | dict) or double.other == "removed in the other plan":
        return None
    before, data = plan.model_dump(), plan.model_dump()
    wanted = (double.where, double.field, double.other, double.kept)
    found = []
    for way in list(_places(data, double.field, double.kept)):
        _set(data, way, double.other)
        changed = merging.diff(data, before)
        if [(where, field, old, new) for where, field, _, old, new in changed] == [wanted]:
            found.append(way)
        _set(data, way, double.kept)
    return found[0] if len(found) == 1 else None


def settle(session: Session, number: int, *, other: bool) -> None:
    """Settle a double: what stands there stays, or the other version takes its place.

    Raises
    ------
    PlanError
        If there is no such double, or it is not certain what it is about.
    """
    doubles = session.plan.conflicts
    if not 0 <= number < len(doubles):
        raise PlanError("This was settled already.")
    double = doubles[number]

    def change(plan: Plan) -> None:
        if other:
            way = where_it_stands(plan, double)
            if way is None:
                raise PlanError(
                    "What this is about was changed since. Write it in its own part, then keep it."
                )
            _set(plan, way, double.other)
        plan.conflicts[:] = [one for n, one in enumerate(plan.conflicts) if n != number]

    what = place(double.where, double.field)
    session.change(f"{'Use the other' if other else 'Keep'}: {what}", change)
