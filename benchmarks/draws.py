"""Time of one draw of the sensitivity study, against one cold solve of such a draw.

python benchmarks/draws.py                  1,000 draws of 120 products and 15 blocks, either aim
python benchmarks/draws.py --together       requirements that several products may meet together
python benchmarks/draws.py --aim fit        with one aim alone
python benchmarks/draws.py --workers        a pool of processes as well
python benchmarks/draws.py --check          exit code 1 if a draw takes more than half a cold solve,
                                            or 1,000 draws for the least cost more than 5 s
python benchmarks/draws.py --json           print the ratios only

What is compared with what is in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from optimise import BUDGET, MOST_VENDORS, YEARS, frames, instance

from govstack_kit import best_set, best_set_stability
from govstack_kit.selection.problem import COSTS, Problem, read
from govstack_kit.selection.sensitivity import Study, draw, run
from govstack_kit.selection.solver import solve

if TYPE_CHECKING:
    from collections.abc import Sequence

AIMS = ("cost", "fit")
LIMIT, SECONDS, SEED, COLD = 0.5, 5.0, 1, 30  # cold solves measured
SPREAD = {"weights": 0.5, "costs": 0.2, "fits": 0.0}


def given(aim: str, *, together: bool) -> dict[str, Any]:
    """Return frames and rules; requirements alone leave out the products that do not meet them."""
    rules = {"years": YEARS, "most_vendors": MOST_VENDORS, "budget": BUDGET, "aim": aim}
    found = frames(instance(SEED))
    if not together:
        del found["requirements"], found["answers"]
        rules["least_fit"] = 0.6
    return found | {"rules": rules, "together": together}


def drawn_frames(found: dict[str, Any], problem: Problem, drawn: Problem) -> dict[str, Any]:
    """Return the frames with the numbers of a draw, as somebody would have who solves it cold."""
    factor = dict(zip(problem.options["option"], drawn.cost / problem.cost, strict=True))
    weight = dict(zip(drawn.blocks["building_block"], drawn.weight, strict=True))
    options, needs = found["options"].copy(), found["needs"].copy()
    for name in COSTS:
        options[name] = options[name] * options["option"].map(factor)
    needs["weight"] = needs["building_block"].map(weight)
    return found | {"options": options, "needs": needs}


class Measured(NamedTuple):
    """Seconds of a draw and of cold solves, and their ratios."""

    each: float
    cold: float
    bare: float
    ratios: dict[str, float]


def measure(aim: str, draws: int, *, together: bool, workers: bool) -> Measured:
    """Solve draws cold and in a study, check that they agree, and take the processor time."""
    found = given(aim, together=together)
    problem = read(**found)
    study = Study(problem, seconds=600, seed=SEED, **SPREAD)
    run(study, 999, 2)  # what is loaded once

    chance = np.random.default_rng([SEED, 0])  # the very draws of the first chunk
    cold = bare = 0.0
    chosen = np.zeros(len(problem.options), dtype=np.int64)
    cases = min(COLD, draws)
    for _ in range(cases):
        drawn = draw(study, chance)
        frame = drawn_frames(found, problem, drawn)
        begun = time.process_time()
        answer = best_set(**frame, alternatives=0, explain=False, seconds=600)
        cold += time.process_time() - begun
        begun = time.process_time()
        solve(drawn, drawn.rules, seconds=600, ties=False)
        bare += time.process_time() - begun
        chosen += problem.options["option"].isin(answer.options["option"])
    cold, bare = cold / cases, bare / cases
    if not np.array_equal(run(study, 0, cases).chosen, chosen):
        sys.exit("Draws and cold solves choose different options.")

    more = {"draws": draws, "seed": SEED, "progress": False, "seconds": 600.0, **SPREAD}
    begun = time.process_time()
    best_set_stability(**found, **more)
    each = (time.process_time() - begun) / draws
    ratios = {"best_set": each / cold, "the solve alone": each / bare}
    if workers:
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            begun = time.perf_counter()
            best_set_stability(**found, **more, executor=pool)
        ratios["best_set, all cores, wall clock"] = (time.perf_counter() - begun) / draws / cold
    return Measured(each, cold, bare, ratios)


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify, measure and print."""
    parser = argparse.ArgumentParser(description="Benchmark of gk.best_set_stability().")
    parser.add_argument("--together", action="store_true", help="800 requirements met together")
    parser.add_argument("--draws", type=int, default=1_000, help="draws (1,000)")
    parser.add_argument("--aim", choices=AIMS, help="one aim (both)")
    parser.add_argument("--workers", action="store_true", help="measure all cores as well")
    parser.add_argument("--check", action="store_true", help="fail if a draw takes too long")
    parser.add_argument("--json", action="store_true", help="print the ratios as JSON")
    args = parser.parse_args(arguments)
    aims = [args.aim] if args.aim else AIMS
    found = {
        aim: measure(aim, args.draws, together=args.together, workers=args.workers) for aim in aims
    }
    if args.json:
        ratios = {aim: one.ratios for aim, one in found.items()}
        print(json.dumps({"draws": args.draws, "ratios": ratios}, indent=2))
    for aim, one in found.items() if not args.json else ():
        print(f"aim {aim}: {1e3 * one.each:.2f} ms a draw, {args.draws:,} draws in one process")
        print(
            f"  cold: best_set() {1e3 * one.cold:.1f} ms, the solve alone {1e3 * one.bare:.1f} ms"
        )
        for name, ratio in one.ratios.items():
            print(f"  a draw / cold, {name}: {ratio:.3g}")
    slow = [aim for aim, one in found.items() if one.ratios["best_set"] > LIMIT]
    if "cost" in found and not args.together and 1_000 * found["cost"].each > SECONDS:
        slow.append("cost")
    if args.check and slow:
        print(f"A draw takes too long with the aim {' and '.join(dict.fromkeys(slow))}.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
