"""How sure the best set is: thousands of draws of what is uncertain, each solved exactly.

Definitions
-----------
In each *draw* the weight of every building block is multiplied by a number of its own between 1 -
spread and 1 + spread, the cost of every option likewise, each value as likely as the other, and the
fit of every option for a block lies anywhere between its lowest and its highest. These are the
columns ``fit_lowest`` and ``fit_highest`` where the frame has them, the one fit where not, widened
by a spread that is given. The best set of the draw is then found as
:mod:`govstack_kit.selection.best_set` defines it, except that among equally good sets any may be
taken. A *share* of 0.9 means nine of ten draws in which there is a set. The weights count only with
the aim of fit, fits with the aim of cost only where the rules ask for a least fit. An option
without a *rival* is the only one that may cover some block under the rules: that it is in every set
says nothing about how good it is.

HiGHS keeps the programme from draw to draw. First it takes any part of options, which is quick when
the draw before is at hand. Where the answer is whole, it is the best set. Where not, options that
are too dear to be in a set as good as one that is known are left out, and the rest is solved whole.

Draws are made in chunks of 200 with random numbers of their own. The same seed gives the same
result with any executor and any number of workers.
"""

from __future__ import annotations

from concurrent.futures import Executor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd

from govstack_kit.errors import expected, needed
from govstack_kit.results import Result
from govstack_kit.selection import solver
from govstack_kit.selection.best_set import MOST_SECONDS, given_of_plan, within
from govstack_kit.selection.problem import Problem, read
from govstack_kit.selection.solver import IMPOSSIBLE, OPEN, PROVED, eligible
from govstack_kit.words import percent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan

MOST_DRAWS, MOST_SEED = 100_000, 2**63
CHUNK = 200  # draws
PATIENCE = 2.0  # seconds until a bar is shown
SHARES = {  # of the draws with a set, from which on this is said of an option
    0.0: "Seldom, in fewer than one of three sets",
    1 / 3: "Close, look again at their costs and fits",
    2 / 3: "Likely, in at least two of three sets",
    0.9: "Safe, in at least nine of ten sets",
}
_WHOLE = 1e-6  # as near to a whole number the solver comes
_COLUMNS = [
    *("option", "option_name", "kind", "building_block", "building_block_name"),
    *("share", "chosen", "rivals"),
]


@dataclass(frozen=True)
class Stability(Result):
    """How often each option stays in the best set when numbers are uncertain.

    Attributes
    ----------
    shares : pandas.DataFrame
        One row an option (``building_block`` is empty), the most stable first, each followed by one
        row for each block that it was the main option of in some draw: ``option``,
        ``option_name``, ``kind``, ``building_block``, ``building_block_name``, ``share`` (of the
        draws with a set in which it is chosen, or is the main option of the block; 0 to 1),
        ``chosen`` (whether it is in the best set with the numbers as they are) and ``rivals`` (how
        many other options may cover the block; of an option, where it has the fewest).
    draws : int
        How many draws there were.
    impossible, open : float
        The share of the draws without any set, and of those that were not proved in the time.
    """

    _figure: ClassVar[str] = "plot_best_set_stability"
    shares: pd.DataFrame
    draws: int = 0
    impossible: float = 0.0
    open: float = 0.0

    def sentences(self) -> list[str]:
        """Return which options of the best set are safe, likely, close or seldom in a best set."""
        mine = self.shares[self.shares["chosen"] & (self.shares["building_block"] == "")]
        rivals = mine["rivals"] > 0
        found = pd.cut(mine["share"], [*SHARES, np.inf], right=False, labels=[*SHARES.values()])
        groups = [(how, rivals & (found == how)) for how in reversed(SHARES.values())]
        groups.append(("Without a rival, so chosen as long as a set is possible", ~rivals))
        said = [f"{how}: {', '.join(mine['option_name'][of])}." for how, of in groups if of.any()]
        if self.impossible:
            said.append(f"In {percent(self.impossible)} of the draws no set is possible at all.")
        return said


def best_set_stability(  # noqa: PLR0913 - a problem, and how it is drawn
    options: pd.DataFrame,
    needs: pd.DataFrame,
    rules: Mapping[str, Any] | None = None,
    *,
    draws: int = 1000,
    weights: float = 0.5,
    costs: float = 0.2,
    fits: float = 0.0,
    seed: int = 1,
    executor: Executor | None = None,
    progress: bool | Callable[[int, int], object] = True,
    seconds: float = 60.0,
    **more: Any,  # noqa: ANN401 - what else a problem is made of
) -> Stability:
    """Return how often each option stays in the best set when numbers are uncertain.

    Parameters
    ----------
    options, needs, rules
        As for :func:`govstack_kit.best_set`.
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
        Who works on it: any :class:`concurrent.futures.Executor`, such as a
        ``ProcessPoolExecutor``, or Dask's ``client.get_executor()``; it stays open. Without one,
        this process alone.
    progress
        Whether to show a bar, once it takes a while; or a function that is called with the number
        of draws that are done, and of all.
    seconds
        At most so long for each step of a solve; what is not proved by then is counted in ``open``.
    **more
        As for :func:`govstack_kit.best_set`: ``requirements``, ``answers``, ``together``,
        ``assume``.

    Returns
    -------
    Stability
        The shares, and what they say.

    Raises
    ------
    ArgumentError, UnknownKeyError, TablesError
        If something given cannot be used.

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
    >>> found = best_set_stability(options, needs, draws=200, progress=False)
    >>> found.shares.query("building_block == ''")[["option", "share"]].values.tolist()
    [['suite', 0.715], ['purse', 0.285]]
    >>> found.sentences()
    ['Likely, in at least two of three sets: suite.']
    """
    within(draws, "draws", 1, MOST_DRAWS)
    within(seed, "seed", 0, MOST_SEED)
    within(seconds, "seconds", 0.01, MOST_SECONDS, whole=False)
    for name, spread in (("weights", weights), ("costs", costs), ("fits", fits)):
        within(spread, name, 0, 1, whole=False)
    if executor is not None:
        expected(executor, Executor, "executor is a concurrent.futures.Executor")
    if not callable(progress):
        expected(progress, bool, "progress is True, False, or a function of draws done and all")
    study = Study(read(options, needs, rules, **more), weights, costs, fits, seconds, seed)
    with ExitStack() as opened:
        told = progress if callable(progress) else _bar(draws, opened, shown=progress)
        total = reduce(Tally.plus, _chunks(study, draws, executor, told))
    best = solver.solve(study.problem, study.problem.rules, seconds=seconds)
    return _counted(study.problem, total, best.chosen)


def best_set_stability_of_plan(
    framework: Framework,
    plan: Plan,
    **more: Any,  # noqa: ANN401 - passed on
) -> Stability:
    """Return how often each option of a plan stays in the best set.

    Parameters
    ----------
    framework, plan
        The tables, and the plan with its needs, options and rules.
    **more
        As for :func:`best_set_stability`: ``draws``, ``costs``, ``seed``, ``executor`` and so on;
        and ``check_requirements`` as for :func:`govstack_kit.best_set_of_plan`.

    Returns
    -------
    Stability
        As :func:`best_set_stability` returns it; empty while the plan needs no building block.

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.demonstration()
    >>> best_set_stability_of_plan(framework, plan, draws=20).impossible
    0.0
    """
    given = given_of_plan(framework, plan, check_requirements=more.pop("check_requirements", False))
    if given["needs"].empty:
        return Stability(pd.DataFrame(columns=_COLUMNS))
    return best_set_stability(**given | more)


# --- who works on it ------------------------------------------------------------------------------


def _bar(draws: int, opened: ExitStack, *, shown: bool) -> Callable[[int, int], object]:
    """Return what moves a bar, which is shown once it takes a while and gone at the end."""
    if not shown:
        return lambda _done, _all: None
    bar = needed("tqdm.auto").tqdm(total=draws, unit=" draw", leave=False, delay=PATIENCE)
    opened.callback(bar.close)
    return lambda done, _all: bar.update(done - bar.n)


def _chunks(
    study: Study, draws: int, executor: Executor | None, told: Callable[[int, int], object]
) -> Iterator[Tally]:
    """Yield the count of each chunk, in whatever order they are done."""
    sizes, done, futures = [min(CHUNK, draws - n) for n in range(0, draws, CHUNK)], 0, []
    try:
        if executor is not None:
            futures = [executor.submit(run, study, n, size) for n, size in enumerate(sizes)]
        tallies = (future.result() for future in as_completed(futures))
        here = (run(study, n, size) for n, size in enumerate(sizes))
        for tally in here if executor is None else tallies:
            done += tally.draws
            told(done, draws)
            yield tally
    finally:
        for future in futures:
            future.cancel()


# --- the draws ------------------------------------------------------------------------------------


class Study(NamedTuple):
    """What is drawn: a problem under its rules, and how uncertain its numbers are."""

    problem: Problem
    weights: float
    costs: float
    fits: float
    seconds: float
    seed: int


class Tally(NamedTuple):
    """What came of a chunk: how often chosen, for which block, and draws without a set."""

    draws: int
    chosen: NDArray[np.int64]
    main: NDArray[np.int64]  # blocks by options
    impossible: int
    open: int

    def plus(self, other: Tally) -> Tally:
        """Return both together."""
        pairs: Iterator[tuple[Any, Any]] = zip(self, other, strict=True)
        return Tally(*(one + two for one, two in pairs))


def draw(study: Study, chance: np.random.Generator) -> Problem:
    """Return the problem with weights, costs and fits as one draw has them."""
    problem = study.problem

    def around(spread: float, size: int) -> NDArray[np.float64]:
        return 1 + spread * (1 - 2 * chance.random(size))

    weight = problem.weight * around(study.weights, len(problem.weight))
    cost = problem.cost * around(study.costs, len(problem.cost))
    low = np.clip(problem.spread[0] - study.fits, 0, 1)
    high = np.clip(problem.spread[1] + study.fits, 0, 1)
    fit = low + (high - low) * chance.random(problem.fit.shape)
    fit[np.isnan(problem.fit)] = np.nan
    total = weight.sum()
    weight = weight / total if total > 0 else problem.weight
    return replace(problem, weight=weight, cost=cost, fit=fit)


def run(study: Study, chunk: int, size: int) -> Tally:
    """Draw and solve one chunk; the same numbers come out wherever it runs."""
    chance = np.random.default_rng([study.seed, chunk])
    kept = _Kept(study.seconds)
    blocks, options = study.problem.fit.shape
    chosen = np.zeros(options, dtype=np.int64)
    main = np.zeros((blocks, options), dtype=np.int64)
    impossible = unproved = 0
    for _ in range(size):
        drawn = draw(study, chance)
        may = eligible(drawn, drawn.rules)
        best, status = kept.best(drawn, may)
        unproved += status == OPEN
        impossible += not best
        if best:
            chosen[list(best)] += 1
            main[np.arange(blocks), solver.mains(drawn, may, best)] += 1
    return Tally(size, chosen, main, impossible, unproved)


class _Kept:
    """The two programmes of a chunk, in parts and whole, which solve draw after draw."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.may: NDArray[np.bool_] | None = None
        self.known: dict[tuple[int, ...], NDArray[np.float64]] = {}

    def best(self, drawn: Problem, may: NDArray[np.bool_]) -> tuple[tuple[int, ...], str]:
        """Return the best set of a draw, () if there is none, and whether that is proved."""
        rules = drawn.rules
        if not may.any(axis=1).all():
            return (), IMPOSSIBLE
        if self.may is None or not np.array_equal(may, self.may):
            self.may, self.known = may, {}
            self.parts, self.whole = (
                solver.Programme(drawn, rules, may, rules.aim, whole=whole)
                for whole in (False, True)
            )
        self.parts.aim_at(drawn, rules)
        found = self.parts.solve(self.seconds)
        if found.status == IMPOSSIBLE:
            return (), IMPOSSIBLE
        options = found.columns[: may.shape[1]]
        if np.abs(options - options.round()).max(initial=0.0) > _WHOLE:
            self.whole.aim_at(drawn, rules)
            self.whole.narrow(found, [*self.known.values()])
            found = self.whole.solve(self.seconds)
            options = found.columns[: may.shape[1]]
        chosen = solver.pruned(drawn, rules, may, np.flatnonzero(options > solver.HALF).tolist())
        broken = solver.breaches(drawn, rules, may, chosen)
        if found.status == PROVED and not broken:
            self.known[chosen] = found.columns.round(9)
            return chosen, PROVED
        if found.status == PROVED and rules.aim == "cost" and broken == {"budget"}:
            return (), IMPOSSIBLE
        choice = solver.solve(drawn, rules, seconds=self.seconds, ties=False)
        return choice.chosen, choice.status


def _counted(problem: Problem, total: Tally, best: Sequence[int]) -> Stability:
    """Return the count of all draws as shares."""
    possible = max(total.draws - total.impossible, 1)
    may = eligible(problem, problem.rules)
    rivals = may.sum(axis=1) - 1
    fewest = np.where(may, rivals[:, None], len(problem.cost)).min(axis=0)
    about = problem.options[["option", "name", "kind"]].to_numpy().tolist()
    blocks = problem.blocks[["building_block", "name"]].to_numpy().tolist()
    rows: list[tuple[object, ...]] = []
    order = range(len(problem.cost))
    for option in sorted(order, key=lambda k: (-total.chosen[k], k not in best, k)):
        share, mine = total.chosen[option] / possible, option in best
        rows.append((*about[option], "", "", share, mine, fewest[option]))
        for block in np.argsort(-total.main[:, option], kind="stable"):
            if served := total.main[block, option]:
                share = served / possible
                rows.append((*about[option], *blocks[block], share, mine, rivals[block]))
    frame, draws = pd.DataFrame(rows, columns=_COLUMNS), total.draws
    return Stability(frame, draws, total.impossible / draws, total.open / draws)
