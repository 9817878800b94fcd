"""Programmes solved to proven optimality: a bound by prices, a good set, and the proof.

The terms are those of :mod:`govstack_kit.selection._model`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from govstack_kit.selection._model import EDGE, HALF, SAME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from govstack_kit.selection._model import Model

_SMALL = 150  # options; so few are solved at once
CORE = 70  # options with the lowest prices, among which a good set is looked for first


class Found(NamedTuple):
    """What a solve says: options chosen, value, lower bound of the value, and how it ended."""

    chosen: tuple[int, ...]
    value: float
    bound: float
    status: str  # proved, open (stopped before the proof) or impossible
    possible: NDArray[np.int64]  # options that a set of the same value can have


class Prices(NamedTuple):
    """A lower bound by prices of the rows, and at least how much more each column costs."""

    bound: float
    reduced: NDArray[np.float64]
    duals: NDArray[np.float64]
    at: NDArray[np.float64]


IMPOSSIBLE = Found((), np.inf, np.inf, "impossible", np.zeros(0, dtype=np.int64))


def price(
    model: Model, duals: NDArray[np.float64], at: NDArray[np.float64] | None = None
) -> Prices:
    """Return the bound that prices of the rows prove, whatever the prices are."""
    up, down = np.maximum(duals, 0), np.maximum(-duals, 0)
    up[~np.isfinite(model.low)] = 0  # nothing is asked for, so nothing is paid for
    down[~np.isfinite(model.high)] = 0
    used = up - down
    reduced = model.cost - model.rows.T @ used
    worth = up @ np.where(up > 0, model.low, 0) - down @ np.where(down > 0, model.high, 0)
    least = np.where(reduced > 0, reduced * model.floor, reduced * model.ceiling).sum()
    return Prices(float(worth + least), reduced, used, np.zeros(0) if at is None else at)


def relax(model: Model) -> Prices | None:
    """Solve the linear relaxation; nothing where even that is impossible."""
    from scipy import sparse  # noqa: PLC0415 - loads when something is solved
    from scipy.optimize import linprog  # noqa: PLC0415

    lower, upper = np.isfinite(model.low), np.isfinite(model.high)
    answer = linprog(
        model.cost,
        A_ub=sparse.vstack([-model.rows[lower], model.rows[upper]], format="csr"),
        b_ub=np.concatenate([-model.low[lower], model.high[upper]]),
        bounds=np.column_stack([model.floor, model.ceiling]),
        method="highs",
    )
    if answer.x is None:
        return None
    duals = np.zeros(len(model.low))
    paid = -np.minimum(answer.ineqlin.marginals, 0)
    duals[lower] += paid[: lower.sum()]
    duals[upper] -= paid[lower.sum() :]
    return price(model, duals, answer.x)


def run_solver(
    model: Model, keep: NDArray[np.bool_] | None, seconds: float
) -> tuple[NDArray[np.float64] | None, float, str]:
    """Return a solution, its bound and how the solver ended; without `keep`, all columns count."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415

    width = len(model.cost)
    inside = np.arange(width) if keep is None else np.flatnonzero(keep)
    rows, low, high = model.rows, model.low, model.high
    if keep is not None:
        rows = rows[:, inside]
        filled = (np.diff(rows.indptr) > 0) | (low > 0) | (high < 0)
        rows, low, high = rows[filled], low[filled], high[filled]
    if not len(inside):
        return None, np.inf, "impossible"
    answer = milp(
        model.cost[inside],
        integrality=(inside < model.whole).astype(int),
        bounds=Bounds(model.floor[inside], model.ceiling[inside]),
        constraints=LinearConstraint(rows, low, high),
        options={"mip_rel_gap": 0.0, "time_limit": max(seconds, 0.01)},
    )
    if answer.x is None:
        return None, np.inf, "impossible" if answer.status == 2 else "open"  # noqa: PLR2004
    full = np.zeros(width)
    full[inside] = answer.x
    bound = answer.mip_dual_bound
    bound = answer.fun if bound is None or answer.status == 0 else bound
    return full, float(bound), "proved" if answer.status == 0 else "open"


def _whole_step(model: Model) -> float:
    """Return by how much two values differ at least: 1 if all costs are whole numbers."""
    whole = not np.any(model.cost[model.whole :]) and np.all(model.cost == np.round(model.cost))
    return 1.0 if whole else 0.0


def candidates(model: Model, prices: Prices, value: float) -> NDArray[np.bool_]:
    """Return the columns that a set no worse than `value` can have."""
    slack = value - prices.bound
    edge = SAME * max(abs(value), 1.0)
    cheap: NDArray[np.bool_] = prices.reduced <= slack + edge
    return cheap | (model.floor > 0)


def minimise(model: Model, seconds: float) -> Found:
    """Solve a programme to proven optimality, or as far as the time allows."""
    n = len(model.columns)
    if n <= _SMALL:
        z, bound, status = run_solver(model, None, seconds)
        return as_found(model, z, bound, status, np.ones(len(model.cost), dtype=bool))
    prices = relax(model)
    if prices is None:
        return IMPOSSIBLE
    near = prices.reduced.copy()
    near[prices.at > EDGE] = -np.inf
    core = np.ones(len(model.cost), dtype=bool)
    core[:n] = False
    core[np.argsort(near[:n], kind="stable")[: max(CORE, int((near[:n] < 0).sum()))]] = True
    core |= model.floor > 0
    core[model.whole :] = core[:n][np.searchsorted(model.columns, model.pairs[1])]
    z, bound, status = run_solver(model, core, seconds)
    if z is None:
        z, bound, status = run_solver(model, None, seconds)
        return as_found(model, z, bound, status, np.ones(len(model.cost), dtype=bool))
    value = float(model.cost @ np.round(z, 9))
    able = candidates(model, prices, value)
    step = _whole_step(model)
    better = candidates(model, prices, value - step + SAME) if step else able
    better[model.whole :] &= better[:n][np.searchsorted(model.columns, model.pairs[1])]
    if status == "proved" and not (better[:n] & ~core[:n]).any():
        return as_found(model, z, value, "proved", able)
    again, bound, status = run_solver(model, better, seconds)
    if again is not None and model.cost @ np.round(again, 9) < value:
        z, value = again, float(model.cost @ np.round(again, 9))
        able = candidates(model, prices, value)
    if status == "impossible":  # nothing better is left
        status, bound = "proved", value
    return as_found(model, z, value if status == "proved" else min(bound, value), status, able)


def as_found(
    model: Model, z: NDArray[np.float64] | None, bound: float, status: str, able: NDArray[np.bool_]
) -> Found:
    if z is None:
        return IMPOSSIBLE._replace(status=status, bound=-np.inf if status == "open" else np.inf)
    n = len(model.columns)
    chosen = tuple(model.columns[z[:n] > HALF].tolist())
    return Found(chosen, float(model.cost @ z), bound, status, model.columns[able[:n]])
