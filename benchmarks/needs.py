"""Time of needs, against the same joins by hand in pandas, on portfolios of real sizes.

python benchmarks/needs.py            check that both ways agree, then measure and print
python benchmarks/needs.py --check    the same; exit code 1 if a limit is exceeded
python benchmarks/needs.py --json     the same, printed as JSON

What is measured and what is not is in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import govstack_kit as gk
from govstack_kit.selection.needs import requirements

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (3, 30, 300)  # use cases: of a team, of a ministry, of a country
STEPS = 10
MOST, REQUIRED = 3.0, 0.25  # the kit / by hand; seconds for all requirements of 15 blocks
SAME = ("exact", "narrower", "broader")


def made(base: gk.Framework, number: int, seed: int = 1) -> gk.Plan:
    """Return a plan with made-up use cases, whose steps need up to four blocks each."""
    rng = np.random.default_rng(seed)
    blocks = base.building_blocks["building_block"].to_numpy()
    cases = [f"case-{place}" for place in range(number)]
    steps = [(f"{case}.{place}", case) for case in cases for place in range(STEPS)]
    links = [
        {"step": step, "building_block": block}
        for step, _ in steps
        for block in rng.choice(blocks, rng.integers(0, 5), replace=False)
    ]
    plan = gk.Plan.new(title=f"{number} services")
    plan.add_rows(
        {
            "use_cases": [{"use_case": case, "name": case} for case in cases],
            "steps": [{"step": step, "use_case": case, "name": step} for step, case in steps],
            "step_building_blocks": links,
            "values": [{"use_case": case, "value": rng.uniform(0.5, 2)} for case in cases],
        }
    )
    return plan


def by_hand(base: gk.Framework, plan: gk.Plan) -> pd.DataFrame:
    """Return how many steps and use cases need each block, and its weight."""
    steps, values = plan.steps, plan.table("values").set_index("use_case")["value"]
    found = plan.step_building_blocks.merge(steps[["step", "use_case"]], on="step")
    crosswalk = base.building_block_crosswalk
    same = crosswalk[crosswalk["relation"].isin(SAME)][["dif", "govstack"]]
    found = found.merge(same, left_on="building_block", right_on="dif", how="left")
    found["building_block"] = found["govstack"].fillna(found["building_block"])
    found = found.drop_duplicates(["use_case", "step", "building_block"])
    pairs = found.groupby(["use_case", "building_block"])["step"].count().reset_index()
    share = pairs["step"] / pairs["use_case"].map(steps.groupby("use_case").size())
    pairs["priority"] = pairs["use_case"].map(values / values.mean())
    pairs["score"] = pairs["priority"] * (1 + share) / 2
    counted = pairs.groupby("building_block").agg(
        steps=("step", "sum"),
        use_cases=("use_case", "size"),
        weight=("score", "sum"),
    )
    counted["weight"] /= counted["weight"].sum()
    return counted


def timed(run: Callable[[], object], runs: int) -> float:
    """Return the shortest time of some runs, in seconds."""
    seconds = []
    for _ in range(runs):
        begun = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def main(arguments: list[str]) -> int:
    """Verify, measure and print."""
    parser = argparse.ArgumentParser(description="Benchmark of needs() and requirements().")
    parser.add_argument("--runs", type=int, default=5, help="runs of each way (5)")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a limit is exceeded")
    args = parser.parse_args(arguments)
    base = gk.load(bundled=True)
    result: dict[str, float] = {}
    for size in SIZES:
        plan = made(base, size)
        plan.framework(base)  # laid once for a state of the plan, as whoever asks several things
        ours, theirs = gk.needs(base, plan).set_index("building_block"), by_hand(base, plan)
        pd.testing.assert_frame_equal(
            ours[theirs.columns].sort_index(), theirs.sort_index(), check_names=False, rtol=1e-9
        )
        kit = timed(lambda: gk.needs(base, plan), args.runs)  # noqa: B023 - run at once
        hand = timed(lambda: by_hand(base, plan), args.runs)  # noqa: B023
        result[f"ratio at {size} use cases"] = kit / hand
        if not args.json:
            print(f"{size:>5} use cases: the kit {kit * 1e3:5.0f} ms, by hand {hand * 1e3:5.0f} ms")
    plan = made(base, SIZES[0])
    number = len(requirements(base, plan))
    result["seconds for requirements"] = timed(lambda: requirements(base, plan), args.runs)
    within = result[f"ratio at {SIZES[-1]} use cases"] <= MOST
    within &= result["seconds for requirements"] <= REQUIRED
    if args.json:
        print(json.dumps(result, indent=2))
    else:
        print(f"{number} requirements: {result['seconds for requirements'] * 1e3:.0f} ms")
    if args.check and not within:
        print(f"Limits: ratio {MOST}, {REQUIRED} s for requirements.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
