"""How sure the best set is: thousands of draws of what is uncertain, each solved exactly.

Definitions
-----------
In each *draw* the weight of every building block is multiplied by a number of its own between 1 -
spread and 1 + spread, the cost of every option likewise, each value as likely as the other, and the
fit of every option for a block lies anywhere between its lowest and its highest. These are the
columns ``fit_lowest`` and ``fit_highest`` where the frame has them, the one fit where not, widened
by a spread that is given. The best set of the draw is then found as
:mod:`govstack_kit.selection.optimise` defines it, except that among equally good sets any may be
taken. A *share* of 0.9 means nine of ten draws in which there is a set. The weights count only with
the aim of fit, fits with the aim of cost only where the rules ask for a least fit.

A draw is quicker than a first solve because it begins with what earlier draws found: sets that may
be the best again, and prices that tell which options cannot be in a better one. Small problems are
searched in arrays, large ones left to HiGHS with few options; both prove what they find. See
:mod:`govstack_kit.selection._draws`.

Draws are made in chunks of 50 with random numbers of their own. The same seed gives the same result
with any executor and any number of workers.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    as_completed,
)
from contextlib import contextmanager
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.selection._draws import CHUNK, Study, Tally, run
from govstack_kit.selection._given import seconds_of
from govstack_kit.selection._problem import Problem, limits_of
from govstack_kit.selection._problem_frames import read
from govstack_kit.selection._progress import Bar
from govstack_kit.selection._solving import solve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Future

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.model import PlanData
    from govstack_kit.planning.selected import Rules

MOST_DRAWS = 100_000
MOST_WORKERS = 61  # of one pool on Windows
WORTH = 10.0  # seconds of work, below which starting other processes does not pay
EXECUTORS = ("processes", "threads", "none")
_COLUMNS = {
    "option": "str",
    "name": "str",
    "kind": "str",
    "building_block": "str",
    "block_name": "str",
    "share": "float64",
    "chosen": "bool",
    "draws": "int64",
    "impossible": "float64",
    "open": "float64",
}


def stability(  # noqa: PLR0913 - a problem, and how it is drawn
    options: pd.DataFrame,
    needs: pd.DataFrame,
    rules: Rules | Mapping[str, Any] | None = None,
    *,
    draws: int = 1000,
    weights: float = 0.5,
    costs: float = 0.2,
    fits: float = 0.0,
    seed: int = 1,
    executor: Executor | str = "processes",
    progress: bool | Callable[[int, int], object] = True,
    requirements: pd.DataFrame | None = None,
    answers: pd.DataFrame | None = None,
    together: bool = False,
    assume: Mapping[str, float] | None = None,
    seconds: float = 60.0,
) -> pd.DataFrame:
    """Return how often each option stays in the best set when numbers are uncertain.

    Parameters
    ----------
    options, needs, rules, requirements, answers, together, assume
        As for :func:`govstack_kit.selection.optimise.best_set`.
    draws
        How often everything uncertain is drawn, at most 100,000.
    weights, costs
        How uncertain weights and costs are, 0 to 1: with 0.2, each is multiplied by something
        between 0.8 and 1.2.
    fits
        How uncertain fits are, 0 to 1, beyond the range that the options give: with 0.1, a fit of
        0.6 lies between 0.5 and 0.7.
    seed
        A whole number from 0 on; with the same seed the same numbers come out.
    executor
        Who works on it: any :class:`concurrent.futures.Executor`, which stays open, such as Dask's
        ``client.get_executor()``; ``processes`` (a pool of this computer's cores, started only if
        the draws take longer than a few seconds, and done without where none can be started),
        ``threads``, or ``none``.
    progress
        Whether to show a bar, once it takes a while; or a function that is called with the number
        of draws that are done, and of all.
    seconds
        At most so long for each step of a solve; what is not proved by then is counted in ``open``.

    Returns
    -------
    pandas.DataFrame
        One row an option (``building_block`` is empty), the most stable first, each followed by one
        row for each block that it was the main option of in some draw: ``option``, ``name``,
        ``kind``, ``building_block``, ``block_name``, ``share`` (of the draws with a set in which it
        is chosen, or is the main option of the block; 0 to 1), ``chosen`` (whether it is in the
        best set with the numbers as they are), and, the same on each row, ``draws``,
        ``impossible`` (share of the draws without any set) and ``open`` (share not proved).

    Raises
    ------
    ArgumentError
        If something given cannot be used.
    PlanError
        If a rule given by name cannot be used.

    Examples
    --------
    >>> import pandas as pd
    >>> options = pd.DataFrame(
    ...     {
    ...         "option": ["suite", "purse"],
    ...         "building_block": "wallet",
    ...         "fit": 0.8,
    ...         "build_cost": [100, 110],
    ...         "integration_cost": 0,
    ...         "annual_cost": 0,
    ...     }
    ... )
    >>> needs = pd.DataFrame({"building_block": ["wallet"]})
    >>> found = stability(options, needs, draws=200, progress=False)
    >>> found.query("building_block == ''")[["option", "share", "chosen"]].values.tolist()
    [['suite', 0.695, True], ['purse', 0.305, False]]
    """
    _check(draws, seed, weights=weights, costs=costs, fits=fits)
    _check_work(executor, progress)
    seconds = seconds_of(seconds)
    problem = read(
        options,
        needs,
        rules,
        requirements=requirements,
        answers=answers,
        together=together,
        assume=assume,
    )
    study = Study(problem, limits_of(problem), weights, costs, fits, seconds, seed)
    sizes = [min(CHUNK, draws - start) for start in range(0, draws, CHUNK)]
    bar = Bar(draws) if progress is True else progress or None
    begun: Callable[[int, int], object] = bar if bar is not None else (lambda _done, _all: None)
    try:
        total = _all(study, sizes, executor, begun)
    finally:
        if isinstance(bar, Bar):
            bar.end()
    best = solve(problem, study.limits, seconds=seconds)
    return _framed(problem, total, best.chosen)


def stability_of_plan(
    framework: Framework,
    plan: PlanData,
    **more: Any,  # noqa: ANN401 - passed on to stability
) -> pd.DataFrame:
    """Return how often each option of a plan stays in the best set; see :func:`stability`.

    Parameters
    ----------
    framework
        The tables.
    plan
        The plan: its needs, options and rules.
    **more
        As for :func:`stability`: ``draws``, ``costs``, ``seed``, ``executor`` and the others.

    Returns
    -------
    pandas.DataFrame
        As :func:`stability` returns. Empty while the plan needs no building block.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.selection.options import demonstration_options
    >>> framework = govstack_kit.load()
    >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
    >>> _ = plan.add_published(framework, "AGR-2")
    >>> plan.options = demonstration_options(framework)
    >>> found = stability_of_plan(framework, plan, draws=20)
    >>> float(found["impossible"].iloc[0])
    0.0
    """
    from govstack_kit.selection.needs import needs  # noqa: PLC0415 - with the plan
    from govstack_kit.selection.options import options  # noqa: PLC0415

    needed = needs(framework, plan)  # type: ignore[arg-type]
    if needed.empty:
        return pd.DataFrame(columns=list(_COLUMNS)).astype(_COLUMNS)
    return stability(options(plan, framework), needed, plan.rules, **more)


def _check(draws: int, seed: int, **spreads: float) -> None:
    whole = isinstance(draws, int) and not isinstance(draws, bool)
    if not whole or not 1 <= draws <= MOST_DRAWS:
        raise ArgumentError(f"draws is a whole number from 1 to {MOST_DRAWS:,}, not {draws!r}.")
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise ArgumentError(f"seed is a whole number from 0 on, not {seed!r}.")
    for name, spread in spreads.items():
        number = isinstance(spread, int | float) and not isinstance(spread, bool)
        if not number or not 0 <= spread <= 1:
            raise ArgumentError(f"{name} is a number from 0 to 1, such as 0.2, not {spread!r}.")


def _check_work(executor: object, progress: object) -> None:
    named = isinstance(executor, str) and executor in EXECUTORS
    if not named and not isinstance(executor, Executor):
        allowed = ", ".join(EXECUTORS)
        raise ArgumentError(
            f"executor is one of {allowed}, or a concurrent.futures.Executor, not "
            f"{quote(executor)}."
        )
    if not isinstance(progress, bool) and not callable(progress):
        raise ArgumentError(
            "progress is True, False, or a function that is called with the number of draws that "
            f"are done and of all, not {quote(progress)}."
        )


# -------------------------------------------------------------------------- who works on it


def _all(
    study: Study,
    sizes: list[int],
    executor: Executor | str,
    progress: Callable[[int, int], object],
) -> Tally:
    """Run every chunk, in turn or at once; the sum does not depend on the order."""
    draws = sum(sizes)
    done: dict[int, Tally] = {}

    def note(chunk: int, tally: Tally) -> None:
        done[chunk] = tally
        progress(sum(found.draws for found in done.values()), draws)

    left = list(range(len(sizes)))
    if not isinstance(executor, Executor):
        start = time.perf_counter()
        while left and (
            executor == "none"
            or not done
            or (time.perf_counter() - start) / len(done) * len(left) < WORTH
        ):
            chunk = left.pop(0)
            note(chunk, run(study, chunk, sizes[chunk]))
    if left:
        with _pool(executor) as pool:
            if pool is not None:
                _spread(pool, study, {chunk: sizes[chunk] for chunk in left}, note)
        left = [chunk for chunk in left if chunk not in done]
    for chunk in left:  # what no other process could be started for
        note(chunk, run(study, chunk, sizes[chunk]))
    return reduce(Tally.plus, (done[chunk] for chunk in sorted(done)))


@contextmanager
def _pool(executor: Executor | str) -> Iterator[Executor | None]:
    """Lend an executor: the caller's stays open, one of our own is ended, whatever happens."""
    if isinstance(executor, Executor):
        yield executor
        return
    own: Executor
    try:
        if executor == "threads":
            own = ThreadPoolExecutor()
        else:
            from multiprocessing import cpu_count, get_context  # noqa: PLC0415 - only where asked

            # Started afresh, not forked: a notebook has threads, which a fork would break.
            workers = min(cpu_count(), MOST_WORKERS)
            own = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    except (OSError, ImportError, NotImplementedError):  # a system without processes of its own
        yield None
        return
    try:
        yield own
    finally:
        own.shutdown(wait=True, cancel_futures=True)


def _spread(
    pool: Executor, study: Study, sizes: dict[int, int], note: Callable[[int, Tally], None]
) -> None:
    """Let a pool work on chunks; what it cannot do, because it breaks, stays undone."""
    futures: dict[Future[Tally], int] = {}
    try:
        with _without_main():
            for chunk, size in sizes.items():
                futures[pool.submit(run, study, chunk, size)] = chunk
        for future in as_completed(futures):
            note(futures[future], future.result())
    except (BrokenExecutor, OSError):
        return
    finally:
        for future in futures:
            future.cancel()


@contextmanager
def _without_main() -> Iterator[None]:
    """Keep new processes from running the user's script again: they only need this package."""
    main = sys.modules.get("__main__")
    kept = {name: vars(main)[name] for name in ("__file__", "__spec__") if name in vars(main)}
    try:
        for name in kept:
            setattr(main, name, None)
        yield
    finally:
        for name, value in kept.items():
            setattr(main, name, value)


def _framed(problem: Problem, total: Tally, best: tuple[int, ...]) -> pd.DataFrame:
    possible = max(total.draws - total.impossible, 1)
    about = (total.draws, total.impossible / total.draws, total.open / total.draws)
    rows: list[tuple[Any, ...]] = []
    order = sorted(range(len(problem.options)), key=lambda k: (-total.chosen[k], k not in best, k))
    for k in order:
        key = (problem.options[k], problem.names[k], problem.kinds[k])
        rows.append((*key, "", "", total.chosen[k] / possible, k in best, *about))
        for b in np.argsort(-total.main[:, k], kind="stable"):
            if total.main[b, k]:
                share = total.main[b, k] / possible
                block = (problem.blocks[b], problem.block_names[b])
                rows.append((*key, *block, share, k in best, *about))
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)
