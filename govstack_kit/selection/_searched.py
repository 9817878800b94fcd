"""A draw of a small problem searched by :mod:`govstack_kit.selection._branch`.

What carries over from draw to draw is where a search begins: the sets found before, one of which is
often the best again, and the duals of the first branch. Neither changes what is proved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from govstack_kit.selection._branch import Duals, Task, first_duals, search, values
from govstack_kit.selection._model import COST, FIT, SAME, cover_rows, known_costs
from govstack_kit.selection._solving import breaches, pruned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from govstack_kit.selection._problem import Limits, Problem

SMALL = 5_000  # rows by options; more are left to HiGHS
_SETS = 40  # remembered at most
_FAILED = 3  # searches without an end, after which no more are begun
_FIRST, _LATER = 100, 10  # steps towards a bound, in the first draw and in others


class Searched:
    """Draws of one problem under its rules, each solved by a search."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.sets: list[NDArray[np.bool_]] = []
        self.duals: Duals | None = None
        self.failed = 0

    def best(self, drawn: Problem, may: NDArray[np.bool_]) -> tuple[int, ...] | None:
        """Return the best set, () if there is none; None if there is no proof."""
        limits = self.limits
        made = None if self.failed >= _FAILED else task_of(drawn, limits, may)
        if made is None:
            return None
        task, options = made
        scale = _scale(drawn, limits, len(task.gain))
        known = np.array([*self.sets, np.zeros(len(drawn.options), dtype=bool)])
        known = known[~np.delete(known, options, axis=1).any(axis=1)][:, options]
        usual = self.duals is not None and len(self.duals.rows) == len(task.gain)
        ended = search(
            task,
            Duals(self.duals.rows * scale, self.duals.limits)  # type: ignore[union-attr]
            if usual
            else first_duals(task),
            known[values(task, known).argmax()],
            first=_LATER if usual else _FIRST,
            same=SAME,
        )
        if not ended.proved:
            self.failed += 1
            return None
        if not np.isfinite(ended.value):
            return ()
        self.duals = Duals(ended.duals.rows / scale, ended.duals.limits)
        found = np.zeros(len(drawn.options), dtype=bool)
        found[options[ended.chosen]] = True
        self.sets = [
            found,
            *(other for other in self.sets if not np.array_equal(other, found)),
        ][:_SETS]
        chosen = tuple(np.flatnonzero(found).tolist())
        return _checked(drawn, limits, may, chosen)


def _checked(
    drawn: Problem, limits: Limits, may: NDArray[np.bool_], chosen: tuple[int, ...]
) -> tuple[int, ...] | None:
    """Return a set that holds in plain numbers, () if the cheapest is above the budget."""
    broken = breaches(drawn, limits, may, chosen)
    if limits.aim == "cost" and broken == ["budget"]:
        return None if np.isnan(drawn.cost[list(chosen)]).any() else ()
    return None if broken else pruned(drawn, limits, may, chosen)


def _scale(drawn: Problem, limits: Limits, rows: int) -> NDArray[np.float64]:
    """Return what the duals of rows grow with from draw to draw."""
    scale = np.ones(rows)
    if limits.aim == "fit":
        scale[: len(drawn.weight)] = np.maximum(drawn.weight, 1e-12)
    return scale


def task_of(
    problem: Problem, limits: Limits, may: NDArray[np.bool_]
) -> tuple[Task, NDArray[np.int64]] | None:
    """Return what to search, and its options; nothing if it is too large, or a row is unserved."""
    used: NDArray[np.bool_] = np.array(may.any(axis=0))
    used[list(limits.keep)] = True
    options = np.flatnonzero(used)
    if not 0 < len(options) * (len(may) + len(problem.asked)) <= SMALL:
        return None
    cover, lacking = cover_rows(problem, limits, may)
    if lacking:
        return None
    cover = cover[((cover == 0) | (cover == 1)).all(axis=1)][:, options]
    cost = known_costs(problem.cost[options])
    ones = np.ones(len(options))
    takes, room = [], []
    if limits.aim == "fit":
        able = may[:, options]
        gains = FIT * problem.weight[:, None] * np.nan_to_num(problem.fit[:, options])
        if not problem.together:
            cover = cover[:0]  # what a block gains from says already that it must be served
        gain = np.vstack([np.where(able, gains, -np.inf), np.where(cover > 0, 0.0, -np.inf)])
        most = np.sort(cost)[-len(problem.blocks) - len(limits.keep) :].sum()
        cost = COST * cost / (most or 1.0)
        if limits.budget is not None:
            takes.append(known_costs(problem.cost[options]))
            room.append(limits.budget * (1 + SAME))
    else:
        gain = np.where(cover > 0, 0.0, -np.inf)
        cost /= cost.max() or 1.0
    if limits.most_options is not None:
        takes.append(ones)
        room.append(limits.most_options)
    vendor = problem.vendor[options]
    vendors = np.unique(vendor[vendor >= 0])
    task = Task(
        gain,
        cost,
        np.array(takes).reshape(-1, len(options)),
        np.array(room, dtype=float),
        (vendor[:, None] == vendors).astype(float),
        len(vendors) if limits.most_vendors is None else limits.most_vendors,
        np.isin(options, list(limits.keep)),
    )
    return task, options
