"""The best set as an integer programme, solved exactly by HiGHS.

Definitions
-----------
Each option is chosen or not. With the aim of cost that is all: for each block a row asks for one
chosen option that covers it, for each requirement one that meets it as well. With the aim of fit,
and to tell equally cheap sets apart, each block also takes its fit from one chosen option, which is
its *main* one.

Two things make proofs quick, and neither leaves out any set that could be the best. *Shares*: where
no single option meets all requirements of a block, half of one and half of another would satisfy
every row; so each block has a row in which an option counts 1 if it meets all of them, 1/2 if
some other completes it, and otherwise 1/3, and these must come to 1. *Price*: the linear relaxation
says at least how much dearer a set becomes by each option; one that costs more than what the best
set known so far is above the bound is in no better set, and is left out (reduced-cost fixing).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from govstack_kit.selection._problem import Limits, Problem

FIT, COST = 1e4, 1e-2  # with the aim of fit: a millionth of fit outweighs all of the cost
HALF = 0.5  # of an option: from there on it is chosen
SAME = 1e-9  # relative: sums that differ by less are equal
EDGE = 1e-9  # of fit: a fit of 0.6 that arithmetic makes 0.5999999999 is still 0.6
_LARGEST = 1e7  # coefficient that the solver is given
COARSE = 1e-6 / _LARGEST  # of the largest cost: the solver does not see smaller differences


@dataclass(frozen=True)
class Model:
    """Minimise ``cost @ z`` with ``low <= rows @ z <= high`` and ``floor <= z <= ceiling``.

    The first columns are the options in `columns`; the first `whole` columns are 0 or 1.
    """

    cost: NDArray[np.float64]
    rows: csr_array
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    floor: NDArray[np.float64]
    ceiling: NDArray[np.float64]
    whole: int
    columns: NDArray[np.int64]
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]]  # block and option of the fit columns
    budget: int = -1  # the row of the budget
    vendors: NDArray[np.int64] | None = None  # the vendor column of each option, or -1


def eligible(
    problem: Problem, limits: Limits, ban: Iterable[tuple[int, int]] = ()
) -> NDArray[np.bool_]:
    """Return which option may cover which block under the rules for single options."""
    with np.errstate(invalid="ignore"):
        may: NDArray[np.bool_] = np.greater(problem.fit, 0)
        may &= np.greater_equal(problem.fit, limits.least_fit - EDGE)
    if limits.open_source_only:
        may &= problem.open_source
    if limits.leave_out:
        may[:, list(limits.leave_out)] = False
    if limits.requirements and not problem.together:
        for block in range(len(problem.blocks)):
            may[block] &= problem.meets[problem.asked_of == block].all(axis=0)
    for block, option in ban:
        may[block, option] = False
    return may


def _essential(table: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return rows without those that another row implies."""
    table = np.unique(table, axis=0)
    table = table[np.argsort(table.sum(axis=1), kind="stable")]
    number = table.astype(np.float32)
    within = (number @ number.T) == number.sum(axis=1)[:, None]  # row is a part of column
    found: NDArray[np.bool_] = table[~np.triu(within, 1).any(axis=0)]
    return found


def _shares(met: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return what each option counts for a block, from which requirements it meets."""
    lacks = (~met).astype(np.float32)
    alone = ~lacks.any(axis=0)
    paired = ((lacks.T @ lacks) == 0).any(axis=0)
    return np.where(alone, 1.0, np.where(paired, 0.5, 1 / 3))


def cover_rows(
    problem: Problem, limits: Limits, may: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], bool]:
    """Return the rows that must come to 1, and whether some block has no option at all."""
    rows: list[NDArray[np.float64]] = []
    for block, able in enumerate(may):
        rows.append(able.astype(float))
        if not (limits.requirements and problem.together):
            continue
        met = problem.meets[problem.asked_of == block] & able
        if not met.size:
            continue
        essential = _essential(met)
        rows.extend(essential.astype(float))
        share = np.zeros(len(able))
        share[able] = _shares(met[:, able])
        if (share[able] < 1).any():
            rows.append(share)
    table = np.array(rows)
    return table, bool((table.sum(axis=1) == 0).any())


class _Rows:
    """The rows of a programme, collected; each block of them begins at a column of its own."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.parts: list[csr_array] = []
        self.low: list[NDArray[np.float64]] = []
        self.high: list[NDArray[np.float64]] = []

    def add(self, rows: csr_array, low: float, high: float, start: int = 0) -> None:
        """Add rows whose first column is `start`."""
        from scipy import sparse  # noqa: PLC0415 - loads when something is solved

        before = sparse.csr_array((rows.shape[0], start))
        after = sparse.csr_array((rows.shape[0], self.width - start - rows.shape[1]))
        self.parts.append(sparse.hstack([before, rows, after], format="csr"))
        self.low.append(np.full(rows.shape[0], low))
        self.high.append(np.full(rows.shape[0], high))

    def at_most(self, values: NDArray[np.float64], high: float, start: int = 0) -> int:
        """Add one row; return its place."""
        from scipy import sparse  # noqa: PLC0415 - loads when something is solved

        place = sum(len(low) for low in self.low)
        self.add(sparse.csr_array(values[None, :]), -np.inf, high, start)
        return place

    def links(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> None:
        """Add a row for each pair of columns: the first is at most the second."""
        from scipy import sparse  # noqa: PLC0415 - loads when something is solved

        size = np.arange(len(first))
        data = np.r_[np.ones(len(first)), -np.ones(len(first))]
        where = (np.r_[size, size], np.r_[first, second])
        self.add(sparse.csr_array((data, where), shape=(len(first), self.width)), -np.inf, 0.0)


def build(  # noqa: PLR0913 - what a model is made of
    problem: Problem,
    limits: Limits,
    may: NDArray[np.bool_],
    *,
    cuts: Sequence[Sequence[int]] = (),
    exact_cuts: Sequence[Sequence[int]] = (),
    only: NDArray[np.int64] | None = None,
    whole_fit: float | None = None,
) -> Model | None:
    """Return the programme, or nothing where a block is left without any option.

    Parameters
    ----------
    problem, limits
        What there is, and which rules hold.
    may
        Which option may cover which block.
    cuts
        Sets that no answer may contain.
    exact_cuts
        Sets that no answer may be.
    only
        The options to choose from; without it, all.
    whole_fit
        With the aim of fit: what the set must fit at least; then it is the cost that is minimised.
    """
    from scipy import sparse  # noqa: PLC0415 - loads when something is solved

    cover, lacking = cover_rows(problem, limits, may)
    if lacking:
        return None
    used: NDArray[np.bool_] = np.array(may.any(axis=0))
    if only is not None:
        used &= np.isin(np.arange(len(used)), only)
    used[list(limits.keep)] = True
    columns = np.flatnonzero(used)
    n = len(columns)
    place = np.full(len(used), -1)
    place[columns] = np.arange(n)
    vendor = problem.vendor[columns]
    vendors = np.unique(vendor[vendor >= 0]) if limits.most_vendors is not None else vendor[:0]
    whole = n + len(vendors)
    fitting = limits.aim == "fit"
    block, option = np.nonzero(may & used & fitting)
    rows = _Rows(whole + len(block))
    rows.add(sparse.csr_array(cover[:, columns]), 1.0, np.inf)
    owners = None
    if len(vendors):
        owners = np.where(vendor >= 0, np.searchsorted(vendors, vendor), -1)
        rows.links(np.flatnonzero(owners >= 0), n + owners[owners >= 0])
        rows.at_most(np.ones(len(vendors)), float(limits.most_vendors or 0), n)
    if limits.most_options is not None:
        rows.at_most(np.ones(n), limits.most_options)
    budget = -1
    if limits.budget is not None and fitting:
        budget = rows.at_most(*_budget(problem, limits.budget, columns))
    for cut, outside in [(cut, 0.0) for cut in cuts] + [(cut, -1.0) for cut in exact_cuts]:
        inside = place[list(cut)]
        if (inside >= 0).all():
            values = np.full(n, outside)
            values[inside] = 1.0
            rows.at_most(values, len(cut) - 1.0)
    if fitting:
        size = np.arange(len(block))
        rows.links(whole + size, place[option])
        take = sparse.csr_array((np.ones(len(block)), (block, size)), shape=(len(may), len(block)))
        rows.add(take, 1.0, 1.0, whole)
        if whole_fit is not None:
            gains = FIT * problem.weight[block] * problem.fit[block, option]
            rows.at_most(-gains, -FIT * whole_fit, whole)
    what = limits if whole_fit is None else replace(limits, aim="cost")
    floor = np.zeros(rows.width)
    floor[place[list(limits.keep)]] = 1.0
    return Model(
        _objective(problem, what, columns, (block, option), whole),
        sparse.vstack(rows.parts, format="csr"),
        np.concatenate(rows.low),
        np.concatenate(rows.high),
        floor,
        np.ones(rows.width),
        whole,
        columns,
        (block, option),
        budget,
        owners,
    )


def known_costs(cost: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return costs in which one unknown is more than all that are known together."""
    return np.where(np.isnan(cost), np.nansum(cost) + 1.0, cost)


def _budget(
    problem: Problem, budget: float, columns: NDArray[np.int64]
) -> tuple[NDArray[np.float64], float]:
    known = known_costs(problem.cost[columns])
    scale = max(known.max(initial=0.0), budget, 1e-12) / 1e3
    return known / scale, budget * (1 + SAME) / scale


def _objective(
    problem: Problem,
    limits: Limits,
    columns: NDArray[np.int64],
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
    whole: int,
) -> NDArray[np.float64]:
    known = known_costs(problem.cost[columns])
    found = np.zeros(whole + len(pairs[0]))
    if limits.aim == "fit":
        found[whole:] = -FIT * problem.weight[pairs[0]] * problem.fit[pairs]
        most = np.sort(known)[-len(problem.blocks) - len(limits.keep) :].sum()
        found[: len(columns)] = COST * known / (most or 1.0)
    else:
        top = known.max(initial=0.0)
        scale = top / _LARGEST if top > _LARGEST or 0 < top < 1 else 1.0
        found[: len(columns)] = known / scale
    return found


def redrawn(model: Model, problem: Problem, limits: Limits) -> Model:
    """Return a model with other costs, fits and weights, where the same options may do the same."""
    cost = _objective(problem, limits, model.columns, model.pairs, model.whole)
    if model.budget < 0 or limits.budget is None:
        return replace(model, cost=cost)
    rows, high = model.rows.copy(), model.high.copy()
    values, high[model.budget] = _budget(problem, limits.budget, model.columns)
    inside = slice(rows.indptr[model.budget], rows.indptr[model.budget + 1])
    rows.data[inside] = values[rows.indices[inside]]
    return replace(model, cost=cost, rows=rows, high=high)
