"""Which rules a set breaks that was chosen in spite of them.

The terms are those of :mod:`govstack_kit.selection.optimise`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from govstack_kit.selection._explain import changed, setting
from govstack_kit.selection._model import EDGE, eligible
from govstack_kit.selection._problem import GROUPS, Limits
from govstack_kit.selection._problem_frames import read
from govstack_kit.selection._solving import breaches, mains
from govstack_kit.selection._wording import listed, percent

if TYPE_CHECKING:
    import pandas as pd

    from govstack_kit.planning.selected import Rules
    from govstack_kit.selection._problem import Problem


def broken(frame: pd.DataFrame, needed: pd.DataFrame, chosen: list[str], rules: Rules) -> list[str]:
    """Return what rules a set does not keep to, in sentences; none where it keeps to all.

    Parameters
    ----------
    frame
        All options, as :func:`.options.options` returns them.
    needed
        The blocks that the set covers.
    chosen
        The ids of its options.
    rules
        The rules.
    """
    free = {"aim": "fit", "years": rules.years}  # so that unknown costs leave nothing out
    there = frame[frame["option"].isin([*chosen, *rules.keep])]
    problem = read(there, needed, free)
    places = [problem.place(key) for key in chosen]
    known = {key: place for place, key in enumerate(problem.options)}
    keep = frozenset(known[key] for key in rules.keep if key in known)
    out = frozenset(known[key] for key in rules.leave_out if key in chosen)
    limits = Limits(
        "fit",
        rules.budget,
        rules.least_fit,
        rules.most_options,
        rules.most_vendors,
        rules.open_source_only,
        requirements=False,
        keep=keep,
        leave_out=out,
    )
    broke, unsure = [], []
    for group in limits.active():
        one = changed(limits.without(*GROUPS), group, getattr(limits, group))
        closed = one.open_source_only and not problem.open_source[places].all()
        if not closed and not breaches(problem, one, eligible(problem, one), places):
            continue
        name = setting(problem, limits, group)
        if group == "budget" and np.isnan(problem.cost[places]).any():
            unsure.append(f"Its cost is not known, nor whether it keeps to {name}.")
        else:
            broke.append(name + _details(problem, limits, group, places))
    return [f"It breaks {listed(broke)}.", *unsure] if broke else unsure


def _details(problem: Problem, limits: Limits, group: str, places: list[int]) -> str:
    """Return which options or blocks break a rule, where that is not said yet."""
    if group == "open_source_only":
        return f" ({listed(problem.names[k] for k in places if not problem.open_source[k])})"
    if group != "least_fit":
        return ""
    main = mains(problem, eligible(problem, limits.without(*GROUPS)), places)
    fits = problem.fit[np.arange(len(main)), main]
    poor = np.flatnonzero(fits < limits.least_fit - EDGE).tolist()
    return f" ({listed(f'{problem.block_names[b]} has {percent(fits[b])}' for b in poor)})"
