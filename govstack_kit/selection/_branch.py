"""Small programmes searched to the end in arrays: many branches at once, each with a bound.

Definitions
-----------
A set is worth what each row gains from the best of its options, less the prices of its options. A
*row* is a building block (it gains its fit, or nothing, and must be served) or a requirement. Each
row gets a *dual*, each limit (the budget, how many options) a *rate*: an option then seems to be
worth what it gains above the duals of the rows it serves, less its price and what it takes of the
limits at their rates. The duals, what the limits are worth, and all options that seem worth
something, of the best vendors only where their number is limited, add up to a bound of every set,
whatever duals and rates are (Lagrangian relaxation; Geoffrion 1974). A few subgradient steps of
Polyak's length (Held, Wolfe and Crowder 1974) make it a good one.

A branch has options inside and options still free; it ends where its bound is no better than the
best set known, where a row or a limit cannot be kept, or where nothing is free. Otherwise the free
option that the bound is least sure about is once taken inside and once left out. Options that the
first bound leaves no place in a better set are not looked at again; where few are left then, every
set of them is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOGETHER = 128  # branches looked at in one go
FEW = 16  # branches, below which two options are split at once
MOST = 20_000  # branches
STEPS = 3  # towards a bound, of each branch but the first
SHORTER = 1 / 3  # the last step than the first
EACH = 10  # options left to the first branch, so few that every set is looked at
GUESS = 0.02  # of the bound: how much worse the best set may be while none is known
HALF = 0.5
SAME = 1e-12  # of what can be lost: sets that differ by less are not worth a move


class Task(NamedTuple):
    """What to maximise, and what holds."""

    gain: NDArray[np.float64]  # rows by options, minus infinity where one does not serve a row
    price: NDArray[np.float64]  # by option
    takes: NDArray[np.float64]  # limits by options
    room: NDArray[np.float64]  # by limit
    vendor: NDArray[np.float64]  # options by vendors, 1 where it is the option's
    vendors: int  # at most
    keep: NDArray[np.bool_]  # by option

    def of(self, options: NDArray[np.int64]) -> Task:
        """Return the task with these options alone."""
        return Task(
            self.gain[:, options],
            self.price[options],
            self.takes[:, options],
            self.room,
            self.vendor[options],
            self.vendors,
            self.keep[options],
        )


class Duals(NamedTuple):
    """Duals of rows and rates of limits, for many branches."""

    rows: NDArray[np.float64]
    limits: NDArray[np.float64]

    def at(self, where: NDArray[np.bool_] | NDArray[np.int64]) -> Duals:
        """Return those of some branches."""
        return Duals(self.rows[where], self.limits[where])


class Ended(NamedTuple):
    """The best set, what it is worth, the duals of the first branch, and whether that is proved."""

    chosen: NDArray[np.bool_]
    value: float
    duals: Duals
    proved: bool


class _Branches(NamedTuple):
    inside: NDArray[np.bool_]
    free: NDArray[np.bool_]
    duals: Duals

    def at(self, where: NDArray[np.bool_] | NDArray[np.int64]) -> _Branches:
        return _Branches(self.inside[where], self.free[where], self.duals.at(where))


class _Bounds(NamedTuple):
    high: NDArray[np.float64]
    duals: Duals
    seems: NDArray[np.float64]  # worth of each option with these duals
    often: NDArray[np.float64]  # share of the steps in which an option seemed worth something


def values(task: Task, sets: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return what sets are worth; minus infinity where something does not hold."""
    gains = np.where(sets[:, None, :], task.gain, -np.inf).max(axis=2, initial=-np.inf)
    found: NDArray[np.float64] = gains.sum(axis=1) - sets @ task.price
    holds = (sets @ task.takes.T <= task.room).all(axis=1) & sets[:, task.keep].all(axis=1)
    holds &= ((sets @ task.vendor) > 0).sum(axis=1) <= task.vendors
    return np.where(holds, found, -np.inf)


def first_duals(task: Task) -> Duals:
    """Return duals to begin with: what the worst option of each row gains, or a part of a price."""
    served = np.isfinite(task.gain)
    least = np.where(served, task.gain, np.inf).min(axis=1)
    middle = np.median(task.price) / max(served.sum(axis=0).mean(), 1.0)
    return Duals(np.where(least > 0, least, -middle), np.zeros(len(task.room)))


def search(task: Task, duals: Duals, known: NDArray[np.bool_], *, first: int, same: float) -> Ended:
    """Return the best set.

    Parameters
    ----------
    task
        What to maximise.
    duals
        Where to begin; any do, good ones make it quick.
    known
        A set, the better the quicker; it need not hold.
    first
        Steps towards a bound of the first branch.
    same
        Relative: sets that differ by less are equally good.
    """
    every = np.arange(len(task.price))
    options, best = every, known
    value = float(values(task, best[None])[0])
    if not np.isfinite(value):
        best = _improved(task, _rounded(task, -task.price))
        value = float(values(task, best[None])[0])
    root: Duals | None = None
    whole = Duals(duals.rows[None], duals.limits[None])
    stack = [_Branches(task.keep[None], ~task.keep[None], whole)]
    looked = 0
    while stack and looked <= MOST:
        branches = _allowed(task, stack.pop())
        looked += len(branches.inside)
        if not len(branches.inside):
            continue
        bounds = _bounds(task, branches, value, first if root is None else STEPS)
        worse = bounds.seems < -(bounds.high - value)[:, None]
        branches = _Branches(branches.inside, branches.free & ~worse, bounds.duals)
        if root is None:
            root = bounds.duals.at(np.array([0]))
            options = np.flatnonzero((branches.inside | branches.free)[0])
            task = task.of(options)
            branches = _Branches(branches.inside[:, options], branches.free[:, options], root)
            bounds = bounds._replace(often=bounds.often[:, options])
            near = _improved(task, _rounded(task, bounds.often[0]))
            worth = values(task, near[None])
            if worth[0] > value:
                value, best = float(worth[0]), np.isin(every, options[near])
            if branches.free.sum() <= EACH:
                branches = _each(branches)
                bounds = bounds._replace(high=np.full(len(branches.inside), bounds.high[0]))
        edge = same * max(abs(value), 1.0) if np.isfinite(value) else 0.0
        live = bounds.high > value + edge
        leaf = live & ~branches.free.any(axis=1)
        if leaf.any():
            ends = branches.inside[leaf]
            worth = values(task, ends)
            if worth.max() > value:
                value = float(worth.max())
                best = np.isin(every, options[ends[worth.argmax()]])
        live &= ~leaf
        if not live.any():
            continue
        split = _split(branches.at(live), bounds.often[live])
        size = len(split.inside)
        stack += [split.at(np.arange(size)[at : at + TOGETHER]) for at in range(0, size, TOGETHER)]
    at = root if root is not None else whole
    return Ended(best, value, Duals(at.rows[0], at.limits[0]), not stack)


def _each(branches: _Branches) -> _Branches:
    """Return one branch as all the sets that are left in it."""
    free = np.flatnonzero(branches.free[0])
    number = np.arange(2 ** len(free))
    inside = np.repeat(branches.inside, len(number), axis=0)
    inside[:, free] = (number[:, None] >> np.arange(len(free))) & 1
    return _Branches(inside, np.zeros_like(inside), branches.duals)


def _rounded(task: Task, order: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return a set of the options that come first, as far as limits allow."""
    found = task.keep.copy()
    left = task.room - task.takes @ found
    has = found @ task.vendor > 0
    for option in np.argsort(-order, kind="stable"):
        more = has | (task.vendor[option] > 0)
        if (task.takes[:, option] <= left).all() and more.sum() <= task.vendors:
            found[option], has = True, more
            left = left - task.takes[:, option]
    return found


def _improved(task: Task, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a set that is worth no more with an option left out, added, or put in for another.

    It holds if the first one does; if that leaves rows unserved, each counts as a great loss.
    """
    served = np.isfinite(task.gain)
    loss = (
        np.where(served, np.abs(task.gain), 0).max(axis=1, initial=0).sum()
        + np.abs(task.price).sum()
        + 1
    )
    gain = np.where(served, task.gain, -loss)
    while True:
        without = known & ~np.eye(len(known), dtype=bool)[known & ~task.keep]
        base = np.vstack([known, without])
        has = (base @ task.vendor) > 0
        gains = np.where(base[:, None, :], gain, -loss).max(axis=2, initial=-loss)
        spent = (base @ task.price)[:, None]
        fewer = gains.sum(axis=1)[:, None] - spent
        more = np.maximum(gains[:, :, None], gain).sum(axis=1) - spent - task.price
        takes = (base @ task.takes.T)[:, None, :] + task.takes.T
        vendors = has.sum(axis=1)[:, None] + ~has @ task.vendor.T
        holds = ~base & (takes <= task.room).all(axis=2) & (vendors <= task.vendors)
        worth = np.hstack([np.where(holds, more, -np.inf), fewer])
        at, option = np.unravel_index(worth.argmax(), worth.shape)
        if worth[at, option] <= fewer[0] + SAME * loss:
            return known
        known = base[at].copy()
        if option < len(known):
            known[option] = True


def _allowed(task: Task, branches: _Branches) -> _Branches:
    """Return branches in which everything may still hold, without options that may not be added."""
    inside, free, _ = branches
    left = task.room - inside @ task.takes.T
    for limit, takes in enumerate(task.takes):
        free = free & (takes <= left[:, limit, None])
    has = (inside @ task.vendor) > 0
    full = has.sum(axis=1) >= task.vendors
    if full.any():
        other = task.vendor.any(axis=1) & ~((has @ task.vendor.T) > 0)
        free = free & ~(full[:, None] & other)
    may = (inside | free).astype(np.float32)
    served = (may @ np.isfinite(task.gain).T.astype(np.float32) > 0).all(axis=1)
    good = served & (left >= 0).all(axis=1) & (has.sum(axis=1) <= task.vendors)
    return _Branches(inside, free, branches.duals).at(good)


def _bounds(task: Task, branches: _Branches, value: float, steps: int) -> _Bounds:
    """Return the best bound of each branch that some steps find."""
    inside, free, (rows, limits) = branches
    mean = task.takes.mean(axis=1)
    scale = np.divide(1.0, mean, out=np.zeros_like(mean), where=mean > 0)
    has = (inside @ task.vendor) > 0
    limited = task.vendor.shape[1] > task.vendors
    alone = ~task.vendor.any(axis=1)
    high = np.full(len(inside), np.inf)
    best, seems = Duals(rows.copy(), limits.copy()), np.zeros(inside.shape)
    often = np.zeros(inside.shape)
    length = 1.0
    for _ in range(steps):
        over = np.maximum(task.gain - rows[:, :, None], 0)
        worth = over.sum(axis=1) - task.price - limits @ task.takes
        taken = inside | (free & (worth > 0))
        if limited:
            of = np.where(has, np.inf, np.where(taken, worth, 0) @ task.vendor)
            least = -np.partition(-of, task.vendors - 1, axis=1)[:, task.vendors - 1, None]
            taken &= alone | (((of >= least) @ task.vendor.T) > 0)
        bound = rows.sum(axis=1) + limits @ task.room + np.where(taken, worth, 0).sum(axis=1)
        lower = bound < high
        high[lower], seems[lower] = bound[lower], worth[lower]
        best.rows[lower], best.limits[lower] = rows[lower], limits[lower]
        often += taken / steps
        goes = 1.0 - ((over > 0) & taken[:, None, :]).sum(axis=2)
        over_room = (task.room - taken @ task.takes.T) * scale
        norm = (goes**2).sum(axis=1) + (over_room**2).sum(axis=1)
        aim = np.where(np.isfinite(value), value, bound - GUESS * np.abs(bound))
        gap = np.maximum(bound - aim, 0)
        step = (length * gap / np.maximum(norm, 1e-9))[:, None]
        rows = rows - step * goes
        limits = np.maximum(limits - step * over_room * scale, 0)
        length *= SHORTER ** (1 / steps)
    return _Bounds(high, best, seems, often)


def _split(branches: _Branches, often: NDArray[np.float64]) -> _Branches:
    """Return each branch twice: with the least sure option inside, and without it."""
    for _ in range(2 if len(branches.inside) < FEW else 1):
        inside, free, duals = branches
        each = np.arange(len(inside))
        pick = np.where(free, -np.abs(often - HALF), -1.0).argmax(axis=1)
        more, rest = inside.copy(), free.copy()
        more[each, pick] |= free[each, pick]
        rest[each, pick] = False
        both = np.r_[each, each]
        branches = _Branches(np.vstack([inside, more]), rest[both], duals.at(both))
        often = often[both]
    return branches
