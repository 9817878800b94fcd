"""What the functions beneath say about the open plan, worked out once until the plan changes.

Definitions
-----------
A result *rests on* some fields of the plan. It is kept with what those fields said, and worked out
again when they say something else, whoever changed them. Whoever gets a result leaves it as it is.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, TypeVar

from govstack_kit.views.style import distinct

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from govstack_kit.planning.plan import Plan
    from govstack_kit.selection._known_blocks import Misnamed
    from govstack_kit.widgets.models import Session

_T = TypeVar("_T")
NEEDS = ("use_cases", "candidates", "criteria", "values")
REQUIREMENTS = (*NEEDS, "decisions", "own_requirements")
OPTIONS = (*REQUIREMENTS, "systems", "options")
_KEPT: weakref.WeakKeyDictionary[Session, dict[str, tuple[str, Any]]] = weakref.WeakKeyDictionary()


def mark(session: Session, fields: tuple[str, ...]) -> str:
    """Return what changes when one of the fields of the plan does."""
    plan = session.plan
    return plan.plan_id + plan.model_dump_json(include=set(fields))


def remembered(
    session: Session, name: str, fields: tuple[str, ...], work_out: Callable[[], _T]
) -> _T:
    """Return a result: the one kept, if what it rests on is as it was, or a new one.

    Parameters
    ----------
    session
        What is open.
    name
        Sets the results apart.
    fields
        The fields of the plan that the result rests on.
    work_out
        Returns the result.
    """
    kept = _KEPT.setdefault(session, {})
    now = mark(session, fields)
    before = kept.get(name)
    if before is None or before[0] != now:
        kept[name] = before = (now, work_out())
    found: _T = before[1]
    return found


def kept(session: Session, name: str, fields: tuple[str, ...]) -> object:
    """Return a result if it is there and what it rests on is as it was; None otherwise."""
    found = _KEPT.setdefault(session, {}).get(name)
    return found[1] if found is not None and found[0] == mark(session, fields) else None


def needed(session: Session) -> pd.DataFrame:
    """Return the building blocks that the plan needs, the weightiest first."""
    from govstack_kit.selection.needs import needs  # noqa: PLC0415 - with what it loads

    return remembered(session, "needs", NEEDS, lambda: needs(session.framework, session.plan))


def needed_names(session: Session) -> dict[str, str]:
    """Return the names of the building blocks that the plan needs, each its own, by their keys."""
    found = needed(session)
    keys = found["building_block"].tolist()
    return dict(zip(keys, distinct(found["name"].tolist(), keys), strict=True))


def asked(session: Session) -> pd.DataFrame:
    """Return the requirements of the building blocks that the plan needs, with the decisions."""
    from govstack_kit.selection.needs import requirements  # noqa: PLC0415 - with what it loads

    return remembered(
        session,
        "requirements",
        REQUIREMENTS,
        lambda: requirements(session.framework, session.plan),
    )


def misnamed_blocks(session: Session) -> list[Misnamed]:
    """Return the keys of systems and options that are no building blocks."""
    from govstack_kit.selection._known_blocks import misnamed  # noqa: PLC0415 - with what it loads

    return remembered(
        session, "misnamed", OPTIONS, lambda: misnamed(session.framework, [session.plan])
    )


def understood(session: Session) -> Plan:
    """Return the plan without the keys that are no building blocks, over which functions stop."""
    from govstack_kit.selection._known_blocks import without  # noqa: PLC0415 - with what it loads

    return without(session.plan, misnamed_blocks(session))


def offered(session: Session) -> pd.DataFrame:
    """Return what could cover the building blocks of the plan, one row an option and block."""
    from govstack_kit.selection.options import options  # noqa: PLC0415 - with what it loads

    return remembered(
        session, "options", OPTIONS, lambda: options(understood(session), session.framework)
    )
