"""Time of proving the best set, against the same model in PuLP with CBC and in OR-Tools CP-SAT.

python benchmarks/optimise.py            solve, check that all agree, measure and print
python benchmarks/optimise.py --check    the same; exit code 1 if a ratio is above 2, or a set takes
                                         more than a second
python benchmarks/optimise.py --json     print the ratios only

What the instance and each baseline are is in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from govstack_kit import best_set

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

PRODUCTS, BLOCKS, REQUIREMENTS, VENDORS = 120, 15, 800, 150  # as many as a large team has
MOST_VENDORS, YEARS, BUDGET, LIMIT, SECONDS = 12, 5, 4_000, 2.0, 1.0
TOLERANCE = 1e-6


class Instance(NamedTuple):
    """Products that cover blocks and meet requirements; costs are whole numbers."""

    covers: NDArray[np.bool_]  # blocks by products
    block: NDArray[np.int64]  # of each requirement
    meets: NDArray[np.bool_]  # requirements by products
    parts: NDArray[np.int64]  # build, integration and annual cost
    vendor: NDArray[np.int64]
    fit: NDArray[np.float64]
    budget: int

    @property
    def cost(self) -> NDArray[np.int64]:
        """The cost over the years."""
        total: NDArray[np.int64] = self.parts[0] + self.parts[1] + YEARS * self.parts[2]
        return total


def instance(
    seed: int, products: int = PRODUCTS, blocks: int = BLOCKS, requirements: int = REQUIREMENTS
) -> Instance:
    """Return made-up products, the same ones for the same seed.

    A product covers one to four blocks, most of them side by side, and meets 90 to 100 % of their
    requirements; what covers more and meets more costs more, give or take the half.
    """
    chance = np.random.default_rng(seed)
    covers = np.zeros((blocks, products), dtype=bool)
    for product in range(products):
        number = int(chance.choice([1, 2, 3, 4], p=[0.4, 0.3, 0.2, 0.1]))
        near = chance.integers(blocks) + chance.permutation(6)
        anywhere = chance.permutation(blocks)
        covers[(near if chance.random() < 0.7 else anywhere)[:number] % blocks, product] = True  # noqa: PLR2004
    extra = chance.integers(0, blocks, requirements - blocks)
    block = np.sort(np.concatenate([np.arange(blocks), extra]))
    quality = chance.uniform(0.9, 1.0, products)
    meets = (chance.random((requirements, products)) < quality) & covers[block]
    size = (40 + 60 * covers.sum(axis=0)) * chance.lognormal(0, 0.5, products) * (0.5 + quality)
    build, annual = np.round(size * 0.5), np.round(size * 0.06)
    integration = np.round(size * 0.2)
    parts = np.stack([build, integration, annual]).astype(np.int64)
    fit = np.where(covers, chance.uniform(0.5, 1.0, covers.shape).round(2), np.nan)
    vendor = chance.integers(0, VENDORS, products)
    return Instance(covers, block, meets, parts, vendor, fit, BUDGET)


def frames(made: Instance) -> dict[str, Any]:
    """Return the instance as a user of the kit has it: frames."""
    block, product = np.nonzero(made.covers)
    names = np.array([f"product-{n:03d}" for n in range(made.covers.shape[1])])
    blocks = np.array([f"block-{n:02d}" for n in range(made.covers.shape[0])])
    asked = np.array([f"requirement-{n:04d}" for n in range(len(made.block))])
    options = pd.DataFrame(
        {
            "option": names[product],
            "kind": "product",
            "vendor": np.array([f"vendor-{n}" for n in range(VENDORS)])[made.vendor[product]],
            "building_block": blocks[block],
            "fit": made.fit[block, product],
            "build_cost": made.parts[0][product],
            "integration_cost": made.parts[1][product],
            "annual_cost": made.parts[2][product],
        }
    )
    met, by = np.nonzero(made.meets)
    answers = pd.DataFrame({"option": names[by], "requirement": asked[met], "answer": "met"})
    requirements = pd.DataFrame({"requirement": asked, "building_block": blocks[made.block]})
    return {
        "options": options,
        "needs": pd.DataFrame({"building_block": blocks}),
        "requirements": requirements,
        "answers": answers,
    }


Rows = list[tuple[list[tuple[int, int]], float, float]]


def rows_of(made: Instance) -> tuple[int, Rows]:
    """Return the rows of the plain model: what must be covered and met, vendors, the budget."""
    products = made.covers.shape[1]
    rows: Rows = [
        ([(int(k), 1) for k in np.flatnonzero(row)], 1, np.inf)
        for row in np.vstack([made.covers, made.meets])
    ]
    rows += [
        ([(k, 1), (products + int(vendor), -1)], -np.inf, 0) for k, vendor in enumerate(made.vendor)
    ]
    rows.append(([(products + v, 1) for v in range(VENDORS)], -np.inf, MOST_VENDORS))
    rows.append(([(k, int(c)) for k, c in enumerate(made.cost)], -np.inf, made.budget))
    return products + VENDORS, rows


class Answer(NamedTuple):
    """What a solver found, and whether it proved it."""

    value: float
    proved: bool


def spent() -> float:
    """Return the processor time of this process and of those that it started and that ended."""
    return sum(os.times()[:4])


def by_kit(given: dict[str, Any]) -> Answer:
    """Solve with the kit, from frames to frames."""
    rules = {"years": YEARS, "most_vendors": MOST_VENDORS, "budget": BUDGET}
    found = best_set(
        **given, rules=rules, together=True, alternatives=0, explain=False, seconds=600
    )
    return Answer(found.cost, found.status == "proved")


def by_cbc(made: Instance, seconds: float) -> Answer:
    """Solve with PuLP and CBC, one thread."""
    import pulp

    width, rows = rows_of(made)
    model = pulp.LpProblem("best_set", pulp.LpMinimize)
    z = [pulp.LpVariable(f"z{place}", cat="Binary") for place in range(width)]
    model += pulp.LpAffineExpression([(z[k], int(c)) for k, c in enumerate(made.cost)])
    for terms, low, high in rows:
        total = pulp.LpAffineExpression([(z[place], factor) for place, factor in terms])
        if np.isfinite(low):
            model += total >= low
        if np.isfinite(high):
            model += total <= high
    model.solve(pulp.PULP_CBC_CMD(msg=0, gapRel=0, threads=1, timeLimit=seconds))
    value = pulp.value(model.objective)
    return Answer(float(value), model.sol_status == pulp.LpSolutionOptimal)


def by_cp_sat(made: Instance, seconds: float, workers: int) -> Answer:
    """Solve with OR-Tools CP-SAT."""
    from ortools.sat.python import cp_model

    width, rows = rows_of(made)
    model = cp_model.CpModel()
    z = [model.new_bool_var("") for _ in range(width)]
    for terms, low, high in rows:
        places, factors = [z[place] for place, _ in terms], [factor for _, factor in terms]
        total = cp_model.LinearExpr.weighted_sum(places, factors)
        if np.isfinite(low):
            model.add(total >= int(low))
        if np.isfinite(high):
            model.add(total <= int(high))
    products = len(made.cost)
    model.minimize(cp_model.LinearExpr.weighted_sum(z[:products], made.cost.tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    found = status in {cp_model.OPTIMAL, cp_model.FEASIBLE}
    value = solver.objective_value if found else np.inf
    return Answer(value, status == cp_model.OPTIMAL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Solve, verify and print."""
    parser = argparse.ArgumentParser(description="Benchmark of govstack_kit.best_set().")
    parser.add_argument("--seeds", type=int, default=3, help="instances (3)")
    parser.add_argument("--seconds", type=float, default=60, help="limit of each baseline (60)")
    parser.add_argument("--workers", type=int, default=1, help="threads of CP-SAT (1)")
    parser.add_argument("--check", action="store_true", help="fail if a ratio is above 2")
    parser.add_argument("--json", action="store_true", help="print the ratios as JSON")
    args = parser.parse_args(arguments)
    best_set(**frames(instance(0, 30, 4, 8)), together=True)  # what is loaded once
    ways = ("the kit", "PuLP, CBC", "OR-Tools CP-SAT")
    seconds = dict.fromkeys(ways, 0.0)
    proved = dict.fromkeys(ways, 0)
    for seed in range(1, args.seeds + 1):
        made = instance(seed)
        given = frames(made)
        runs: dict[str, Callable[[], Answer]] = {
            ways[0]: lambda given=given: by_kit(given),  # type: ignore[misc]
            ways[1]: lambda made=made: by_cbc(made, args.seconds),  # type: ignore[misc]
            ways[2]: lambda made=made: by_cp_sat(made, args.seconds, args.workers),  # type: ignore[misc]
        }
        answers: dict[str, Answer] = {}
        for name, run in runs.items():
            begun = spent()
            answers[name] = run()
            taken = spent() - begun
            seconds[name] += taken
            proved[name] += answers[name].proved
            if not args.json:
                end = "proved" if answers[name].proved else "NOT proved in time"
                print(
                    f"instance {seed}  {name:16}{taken:8.2f} s  {answers[name].value:8.0f}  {end}"
                )
        best = answers[ways[0]]
        if not best.proved:
            sys.exit(f"The kit did not prove instance {seed}.")
        for name, answer in answers.items():
            wrong = abs(answer.value - best.value) > TOLERANCE
            if (answer.proved and wrong) or answer.value < best.value - TOLERANCE:
                sys.exit(f"{name} and the kit disagree: {answer.value} and {best.value}.")
    ratios = {name: seconds[ways[0]] / seconds[name] for name in ways[1:]}
    if args.json:
        print(json.dumps({"instances": args.seeds, "proved": proved, "ratios": ratios}, indent=2))
    else:
        print()
        for name in ways:
            ratio = f"   kit / this: {ratios[name]:.3g}" if name in ratios else ""
            print(f"{name:16}{seconds[name]:8.2f} s, proved {proved[name]}{ratio}")
    each = seconds[ways[0]] / args.seeds
    if args.check and (each > SECONDS or max(ratios.values()) > LIMIT):
        print(f"The kit takes {each:.2f} s for a set: too long, by itself or beside the others.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
