"""What several plans ask of the building blocks that they need, so that it is asked for once.

Definitions
-----------
A plan takes part in a requirement when it needs the building block; in what holds for every block,
when it needs any. The *joint decision* is the strongest of those plans: *needed* where one of them
needs it, otherwise *later* where one of them comes to it later, otherwise *not for us*. So whoever
fulfils the joint requirements fulfils those of each plan. What is *used* is inferred plan by plan,
as :mod:`govstack_kit.selection.capabilities` defines it.

Requirements that teams added themselves are one requirement where id, block and title are the same;
its level is the strongest that one of them gave it. Otherwise they stay apart: the plan named first
keeps its id as the key, and the others get a number, as in ``read-aloud-2``. Answers bear the keys
of the joint frame.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.planning.selected import DECISIONS, LEVELS
from govstack_kit.selection import _needed
from govstack_kit.selection._use import USES
from govstack_kit.selection.needs import requirements_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan

__all__ = ["joint_requirements"]

SHOWN = 3  # plans whose evidence is shown
_KNOWN = ("requirement", "building_block", "kind", "section", "level", "title")
_COUNTS = dict(zip(("needed", "later", "not_for_us"), DECISIONS, strict=True))
_COLUMNS = (
    dict.fromkeys((*_KNOWN, "decision"), "str")
    | dict.fromkeys(("plans", *_COUNTS, "decided"), "int64")
    | dict.fromkeys(("needed_by", "use", "evidence"), "str")
    | {"own": "bool"}
)


def joint_requirements(framework: Framework, plan: Plan, *more: Plan) -> pd.DataFrame:
    """Return what the needed building blocks must do for all of several plans.

    Parameters
    ----------
    framework
        The tables.
    plan, *more
        The plans; see the definitions of this module.

    Returns
    -------
    pandas.DataFrame
        One row a requirement, by blocks in the order of :func:`govstack_kit.selection.needs.needs`
        of all plans; what holds for every block comes last. ``requirement`` (its key),
        ``building_block``, ``kind``, ``section``, ``level`` and ``title``, as
        :func:`govstack_kit.selection.needs.requirements` has them; ``decision``, the strongest of
        the plans that need the block; ``plans`` (how many these are); in how many of them it is
        ``needed``, comes ``later`` and is ``not_for_us``, and in how many the team ``decided``
        (a requirement of the team's own is only in the plans that have it); ``needed_by`` (the
        titles of the plans that need it); ``use`` (seen in use if in any plan); ``evidence`` (of
        the first three plans that have some, each with its title where there are several plans);
        ``own`` (whether a team added it). Empty while nothing is needed. It goes where functions
        take ``requirements``, as in :func:`govstack_kit.fit` and :func:`govstack_kit.answer_sheet`.

    Raises
    ------
    ArgumentError
        If something given is no plan.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> farming = govstack_kit.Plan.new(title="Ministry of Agriculture")
    >>> health = govstack_kit.Plan.new(title="Ministry of Health")
    >>> _ = farming.add_published(framework, "AGR-2"), health.add_published(framework, "HLTC-2")
    >>> _ = govstack_kit.decide(health, framework, "later", building_block="Payments")
    >>> found = joint_requirements(framework, farming, health)
    >>> found = found.query("requirement == 'payments:6.1-01'")
    >>> found[["decision", "plans", "needed", "later", "needed_by"]].values.tolist()
    [['needed', 2, 1, 1, 'Ministry of Agriculture']]
    """
    plans = [plan, *more]
    order = _needed.needs_of(framework, plans)["building_block"].tolist()
    blocks = [_needed.needed_blocks(framework, one) for one in plans]
    parts = [
        requirements_of(framework, one, mine).assign(at=number, of=one.title)
        for number, (one, mine) in enumerate(zip(plans, blocks, strict=True))
        if mine
    ]
    if not parts:
        return _needed.empty(_COLUMNS)
    rows = pd.concat(parts, ignore_index=True)
    rows["requirement"] = _keys(rows)
    needing = Counter(block for mine in blocks for block in mine) | Counter({"": len(parts)})
    found = _merged(rows, several=len(plans) > 1)
    found["plans"] = found["building_block"].map(needing)
    place = {block: number for number, block in enumerate([*order, ""])}
    found = found.assign(place=found["building_block"].map(place))
    found = found.sort_values(["place", "own"], kind="stable", ignore_index=True)
    return found[list(_COLUMNS)].astype(_COLUMNS)


def _keys(rows: pd.DataFrame) -> list[str]:
    """Return the keys of requirements: own ones that differ do not have the same."""
    listed = list(zip(rows["requirement"], rows["building_block"], rows["title"], strict=True))
    own = dict.fromkeys(part for part, is_own in zip(listed, rows["own"], strict=True) if is_own)
    ids = {part[0].casefold() for part in own}  # which nobody else gets
    last: Counter[str] = Counter()
    keys = {}
    for part in own:
        key, folded = part[0], part[0].casefold()
        last[folded] += 1
        if last[folded] > 1:  # another requirement has this id
            while f"{folded}-{last[folded]}" in ids:
                last[folded] += 1
            key = f"{key}-{last[folded]}"
        keys[part] = key
    return [keys.get(part, part[0]) for part in listed]


def _merged(rows: pd.DataFrame, *, several: bool) -> pd.DataFrame:
    """Return one row a requirement, with what the plans say about it together."""
    rows = rows.assign(
        **{name: rows["decision"] == said for name, said in _COUNTS.items()},
        level=_strongest(rows, "level", [*LEVELS]),
        decision=_strongest(rows, "decision", DECISIONS),
        use=_strongest(rows, "use", USES),
    )
    of = rows.groupby("requirement", sort=False)
    found = of[[*_KNOWN[1:], "decision", "use", "own"]].first()
    found[[*_COUNTS, "decided"]] = of[[*_COUNTS, "decided"]].sum()
    needed = rows[rows["needed"]].groupby("requirement")["of"].agg("; ".join)
    shown = rows[rows["evidence"] != ""]
    said = shown["of"] + ": " + shown["evidence"] if several else shown["evidence"]
    evidence = said.groupby(shown["requirement"]).agg(_some)
    found["needed_by"] = needed.reindex(found.index, fill_value="")
    found["evidence"] = evidence.reindex(found.index, fill_value="")
    return found.reset_index()


def _strongest(rows: pd.DataFrame, column: str, order: Sequence[str]) -> pd.Series[str]:
    """Return for each row what comes first in an order, of all rows with the same key."""
    rank = {said: number for number, said in enumerate(order)}
    places = rows[column].map(rank)
    best = places.groupby(rows["requirement"]).transform("min")
    return best.map(dict(enumerate(order))).where(best.notna(), rows[column])


def _some(said: pd.Series[str]) -> str:
    left = len(said) - SHOWN
    return "; ".join(said.iloc[:SHOWN]) + (f"; and in {left} more" if left > 0 else "")
