"""Time of one draw of the sensitivity study, against one cold solve of such a draw.

python benchmarks/draws.py                  10,000 draws of a country's choice with either aim
python benchmarks/draws.py --large          200 draws of 500 products, 24 blocks, 1,000 requirements
python benchmarks/draws.py --aim fit        with one aim alone
python benchmarks/draws.py --check          exit code 1 if a draw takes more than 0.5 cold solves
python benchmarks/draws.py --json           print the ratios only

What is compared with what is in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from optimise import MOST_VENDORS, YEARS, frames, instance

from govstack_kit.selection._draws import CHUNK, Study, draw, run
from govstack_kit.selection._problem import COSTS, Problem, limits_of
from govstack_kit.selection._problem_frames import read
from govstack_kit.selection._solving import solve
from govstack_kit.selection.optimise import best_set
from govstack_kit.selection.sensitivity import stability

if TYPE_CHECKING:
    from collections.abc import Sequence

AIMS = ("cost", "fit")
LIMIT, SEED, COLD = 0.5, 1, (30, 8)  # cold solves measured, small and large
SPREAD = {"weights": 0.5, "costs": 0.2, "fits": 0.0}


def given(*, large: bool, aim: str) -> tuple[dict[str, Any], dict[str, Any], bool]:
    """Return frames, rules, and whether requirements are met together."""
    if large:
        rules = {"years": YEARS, "most_vendors": MOST_VENDORS, "budget": 4_000}
        return frames(instance(SEED)), rules | {"aim": aim}, True
    small = frames(instance(SEED, 60, 12, 12))
    del small["requirements"], small["answers"]
    rules = {"years": YEARS, "most_vendors": 8, "budget": 1_600, "least_fit": 0.6}
    return small, rules | {"aim": aim}, False


def drawn_frames(found: dict[str, Any], problem: Problem, drawn: Problem) -> dict[str, Any]:
    """Return the frames with the numbers of a draw, as somebody would have who solves it cold."""
    factor = dict(zip(problem.options, drawn.cost / problem.cost, strict=True))
    weight = dict(zip(drawn.blocks, drawn.weight, strict=True))
    options, needs = found["options"].copy(), found["needs"].copy()
    by = options["option"].map(factor)
    for name in COSTS:
        options[name] = options[name] * by
    needs["weight"] = needs["building_block"].map(weight)
    return found | {"options": options, "needs": needs}


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify, measure and print."""
    parser = argparse.ArgumentParser(description="Benchmark of govstack_kit.stability().")
    parser.add_argument("--large", action="store_true", help="500 x 24 x 1,000, 200 draws")
    parser.add_argument("--draws", type=int, default=0, help="draws (10,000, or 200 if large)")
    parser.add_argument("--aim", choices=AIMS, help="one aim (both; the least cost if large)")
    parser.add_argument("--workers", action="store_true", help="measure all cores as well")
    parser.add_argument("--check", action="store_true", help="fail if a ratio is above 0.5")
    parser.add_argument("--json", action="store_true", help="print the ratios as JSON")
    args = parser.parse_args(arguments)
    draws = args.draws or (200 if args.large else 10_000)
    aims = [args.aim] if args.aim else AIMS[:1] if args.large else AIMS
    found = {aim: measure(aim, draws, large=args.large, workers=args.workers) for aim in aims}
    if args.json:
        ratios = {aim: one.ratios for aim, one in found.items()}
        print(json.dumps({"draws": draws, "ratios": ratios}, indent=2))
    else:
        print(f"{draws:,} draws in chunks of {CHUNK}, one process")
    slow = [aim for aim, one in found.items() if one.ratios["best_set"] > LIMIT]
    for aim, one in found.items():
        if args.json:
            break
        print(f"aim {aim}: {1e3 * one.each:.2f} ms a draw")
        print(f"  cold: best_set() {1e3 * one.cold:.2f} ms, matrices only {1e3 * one.bare:.2f} ms")
        for name, ratio in one.ratios.items():
            print(f"  a draw / cold solve, {name}: {ratio:.3g}")
    if args.check and slow:
        print(
            f"A draw takes more than {LIMIT:g} of a cold solve with the aim {' and '.join(slow)}."
        )
        return 1
    return 0


class Measured(NamedTuple):
    """Seconds of a draw and of cold solves, and their ratios."""

    each: float
    cold: float
    bare: float
    ratios: dict[str, float]


def measure(aim: str, draws: int, *, large: bool, workers: bool) -> Measured:
    """Solve draws cold and in a study, check that they agree, and take the time."""
    found, rules, together = given(large=large, aim=aim)
    problem = read(**found, rules=rules, together=together)
    limits = limits_of(problem)
    study = Study(problem, limits, seconds=600, seed=SEED, **SPREAD)
    run(study, 999, 2)  # what is loaded once

    chance = np.random.default_rng([SEED, 0])  # the very draws of the first chunk
    cold = bare = 0.0
    chosen = np.zeros(len(problem.options), dtype=np.int64)
    cases = min(COLD[large], draws)
    for _ in range(cases):
        drawn = draw(study, chance)
        frame = drawn_frames(found, problem, drawn)
        begun = time.perf_counter()
        answer = best_set(
            **frame, rules=rules, together=together, alternatives=0, explain=False, seconds=600
        )
        cold += time.perf_counter() - begun
        begun = time.perf_counter()
        solve(drawn, limits, seconds=600, ties=False)
        bare += time.perf_counter() - begun
        for key in answer.options["option"]:
            chosen[problem.place(key)] += 1
    cold, bare = cold / cases, bare / cases
    if not np.array_equal(run(study, 0, cases).chosen, chosen):
        sys.exit("Draws and cold solves choose different options.")

    begun = time.perf_counter()
    more = {"seed": SEED, "progress": False, "together": together, "seconds": 600.0}
    stability(**found, rules=rules, draws=draws, executor="none", **SPREAD, **more)
    each = (time.perf_counter() - begun) / draws
    ratios = {"best_set": each / cold, "matrices only": each / bare}
    if workers:
        begun = time.perf_counter()
        stability(**found, rules=rules, draws=draws, executor="processes", **SPREAD, **more)
        ratios["best_set, all cores"] = (time.perf_counter() - begun) / draws / cold
    return Measured(each, cold, bare, ratios)


if __name__ == "__main__":
    sys.exit(main())
