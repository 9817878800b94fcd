"""What can be said of conditions and levels; see :mod:`govstack_kit.selection.compliance`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from govstack_kit.selection import rulesets as rules
from govstack_kit.selection._given import result_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

PASSES, FAILS, OPEN = "passes", "fails", "cannot be told yet"
NOTHING, NONE_NEEDED = "no published requirements here", "no needed requirements here"
FIT = (
    dict.fromkeys(("option", "name", "building_block", "block", "ruleset"), "str")
    | {"level": "Int64", "condition": "str", "rule": "str"}
    | dict.fromkeys(("met", "partly", "not_met", "unknown", "total", "evidenced"), "Int64")
    | dict.fromkeys(("share", "lowest", "highest"), "float64")
    | {"verdict": "str", "considered": "str", "caveat": "str"}
)
_BY = ["option", "name", "building_block", "block", "ruleset", "level"]


def verdict_of(frame: pd.DataFrame) -> pd.Series[str]:
    """Return what can be said of each condition, by the numbers of its checks."""
    total = frame["total"].to_numpy(dtype=float)
    rule = frame["rule"].to_numpy()
    limit = frame["rule"].map(rules.SHARES).to_numpy(dtype=float)

    def holds(name: str) -> NDArray[np.bool_]:
        count = frame[name].to_numpy(dtype=float)
        every, one = (rule == rules.ALL) & (count >= total), (rule == rules.ONE) & (count >= 1)
        over = count * 100 > limit * total  # false where there is no limit
        found: NDArray[np.bool_] = every | one | over
        return found

    conditions = [
        rule == rules.NOT_ASKED,
        frame["published"] == 0,
        total == 0,
        rule == rules.REPORTED,
        holds("low"),
        ~holds("high"),
    ]
    said = [rules.NOT_ASKED, NOTHING, NONE_NEEDED, rules.REPORTED, PASSES, FAILS]
    return pd.Series(np.select(conditions, said, OPEN), index=frame.index, dtype="str")


def verdicts(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one verdict for each level of each ruleset, with the reason.

    A level fails if one of its conditions fails. It passes only if all that are asked pass: where a
    condition cannot be told yet, or nothing is published to check, neither can the level.

    Parameters
    ----------
    frame
        What :func:`fit` returns.

    Returns
    -------
    pandas.DataFrame
        One row an option, building block, ruleset and level: ``option``, ``name``,
        ``building_block``, ``block``, ``ruleset``, ``level``, ``verdict`` and ``because``: the
        conditions that decide it, with their numbers and caveats.

    Raises
    ------
    ArgumentError
        If it is not such a frame.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.planning.selected import Option
    >>> plan = govstack_kit.Plan.new(title="Identity")
    >>> plan.options = [Option(id="one", name="One", covers=[{"key": "govstack:identity"}])]
    >>> found = verdicts(govstack_kit.fit(govstack_kit.load(), plan, rulesets="govspecs-2.0"))
    >>> found[["verdict", "because"]].values.tolist()
    [['cannot be told yet', "REQUIRED of the core set: 111 unknown, of 111.
      REQUIRED of the block: no published requirements here.
      The core set counted here is GovStack's security requirements,
      not the one that the ruleset means, which the tables do not have yet."]]
    """
    frame = result_of(frame, FIT, "fit(framework, plan)", ["level"])
    groups: dict[tuple[Any, ...], list[dict[Hashable, Any]]] = {}
    for row in frame.to_dict("records"):
        groups.setdefault(tuple(row[name] for name in _BY), []).append(row)
    rows = []
    for key, group in groups.items():
        verdict, deciding = _decided(group)
        caveats = dict.fromkeys(row["caveat"] for row in deciding if row["caveat"])
        rows.append((*key, verdict, " ".join([*map(_because, deciding), *caveats])))
    kinds = {name: FIT[name] for name in _BY} | {"verdict": "str", "because": "str"}
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)


def _decided(group: list[dict[Hashable, Any]]) -> tuple[str, list[dict[Hashable, Any]]]:
    """Return the verdict of a level, and the conditions that decide it."""
    asked = [row for row in group if row["rule"] not in (rules.NOT_ASKED, rules.REPORTED)]
    if not asked:
        return str(group[0]["verdict"]), group
    found = {row["verdict"] for row in asked}
    order = (FAILS, OPEN, NOTHING, NONE_NEEDED, PASSES)
    verdict = next((said for said in order if said in found), OPEN)
    if verdict == FAILS:
        return verdict, [row for row in asked if row["verdict"] == FAILS]
    # What passes says nothing of a level that cannot be told yet.
    return verdict, [row for row in asked if verdict == PASSES or row["verdict"] != PASSES]


def _because(row: dict[Hashable, Any]) -> str:
    """Return the numbers of a condition as a sentence."""
    total = row["total"]
    if not total:
        return f"{row['condition']}: {row['verdict']}."
    if row["verdict"] == PASSES:
        return f"{row['condition']}: {row['met']} of {total} met."
    parts = [
        f"{row[name]} {name.replace('_', ' ')}"
        for name in ("met", "partly", "not_met", "unknown")
        if row[name] and (name != "met" or row["rule"] != rules.ALL)
    ]
    asked = f" ({row['rule']} must be met)" if row["rule"] in rules.SHARES else ""
    return f"{row['condition']}: {', '.join(parts)}, of {total}{asked}."
