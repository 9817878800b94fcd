"""Time of reuse and needs over a large portfolio, against the same joins by hand in pandas.

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
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

import govstack_kit
from govstack_kit.framework import schema
from govstack_kit.framework.framework import Framework
from govstack_kit.selection import needs

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (1_000, 3_000, 10_000)  # use cases
PLANS = (1_000, 3_000, 10_000)  # use cases that go through plans
STEPS = 10
STEEPEST, MOST = 1.1, 1.0  # slope of time over size in a log-log plot; the kit / by hand
SAME = ("exact", "narrower", "broader")


class Portfolio(NamedTuple):
    """Tables with many use cases, the ids of these, and how much each matters."""

    framework: Framework
    use_cases: list[str]
    priority: np.ndarray[tuple[int], np.dtype[np.float64]]


# --- what is measured on --------------------------------------------------------------------------


def made(base: Framework, number: int, seed: int = 1) -> Portfolio:
    """Return the framework with `number` made-up use cases in place of the published ones."""
    rng = np.random.default_rng(seed)
    tables = {name: getattr(base, name) for name in schema.tables()}
    blocks = tables["building_blocks"]["building_block"].to_numpy()
    workflows = tables["workflows"]["workflow"].to_numpy()
    sectors = tables["sectors"]["sector"].to_numpy()
    goals = tables["sdg_goals"]["goal"].to_numpy()
    cases = np.array([f"case-{n}" for n in range(number)], dtype=object)
    owner = np.repeat(cases, STEPS)
    order = np.tile(np.arange(1, STEPS + 1), number)
    steps = np.array([f"{c}.{n}" for c, n in zip(owner, order, strict=True)], dtype=object)

    def links(of: np.ndarray, key: str, keys: np.ndarray, most: int) -> pd.DataFrame:
        each = rng.integers(0, most + 1, len(of))
        chosen = keys[rng.integers(0, len(keys), each.sum())]
        return pd.DataFrame({"of": np.repeat(of, each), key: chosen}).drop_duplicates()

    drawn = {
        "use_cases": {
            "use_case": cases,
            "name": cases,
            "catalogue": "own",
            "sector": sectors[rng.integers(0, len(sectors), number)],
            "status": "draft",
            "summary": cases,
        },
        "steps": {"step": steps, "use_case": owner, "order": order, "name": steps, "summary": "-"},
    }
    for table, of, column, keys, most in (
        ("step_building_blocks", steps, "building_block", blocks, 4),
        ("step_workflows", steps, "workflow", workflows, 3),
        ("use_case_building_blocks", cases, "building_block", blocks, 4),
        ("use_case_workflows", cases, "workflow", workflows, 3),
    ):
        found = links(of, column, keys, most)
        owned = "step" if table.startswith("step") else "use_case"
        drawn[table] = {owned: found["of"].to_numpy(), column: found[column].to_numpy()}
    served = links(cases, "goal", goals, 3)
    drawn["use_case_targets"] = {
        "use_case": served["of"].to_numpy(),
        "goal": served["goal"].to_numpy(),
        "sdg": served["goal"].astype(str).to_numpy(),
    }
    for table, columns in drawn.items():
        frame = pd.DataFrame(columns | {"position": 1, "source": "made-up"})
        frame = frame.reindex(columns=tables[table].columns)
        tables[table] = frame.astype(tables[table].dtypes.to_dict())
    return Portfolio(Framework(tables), cases.tolist(), rng.uniform(0.5, 2, number))


# --- by hand, with pandas -------------------------------------------------------------------------


def uses_by_hand(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return which use case uses which block in which step, and for the whole of it."""
    by_step = tables["steps"].merge(tables["step_building_blocks"], on="step")
    whole = tables["use_case_building_blocks"]
    return pd.concat([by_step, whole], ignore_index=True)[["use_case", "step", "building_block"]]


def reuse_by_hand(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return how many use cases, sectors, goals and steps each block serves."""
    found = uses_by_hand(tables)
    pairs = found[["use_case", "building_block"]].drop_duplicates()
    with_sector = pairs.merge(tables["use_cases"][["use_case", "sector"]], on="use_case")
    goals = tables["use_case_targets"][["use_case", "goal"]].drop_duplicates()
    return pd.DataFrame(
        {
            "use_cases": pairs.groupby("building_block").size(),
            "sectors": with_sector.groupby("building_block")["sector"].nunique(),
            "goals": pairs.merge(goals, on="use_case").groupby("building_block")["goal"].nunique(),
            "steps": found.groupby("building_block")["step"].nunique(),
        }
    )


def needs_by_hand(tables: dict[str, pd.DataFrame], priority: pd.Series[float]) -> pd.DataFrame:
    """Return how many steps and use cases need each block, and its weight."""
    found = uses_by_hand(tables)
    crosswalk = tables["building_block_crosswalk"]
    same = crosswalk[crosswalk["relation"].isin(SAME)][["dif", "govstack"]]
    found = found.merge(same, left_on="building_block", right_on="dif", how="left")
    found["building_block"] = found["govstack"].fillna(found["building_block"])
    found = found.drop_duplicates(["use_case", "step", "building_block"])
    pairs = found.groupby(["use_case", "building_block"])["step"].count().reset_index()
    share = pairs["step"] / pairs["use_case"].map(tables["steps"].groupby("use_case").size())
    pairs["priority"] = pairs["use_case"].map(priority)
    pairs["score"] = pairs["priority"] * (1 + share) / 2
    counted = pairs.groupby("building_block").agg(
        steps=("step", "sum"),
        use_cases=("use_case", "size"),
        priority=("priority", "mean"),
        weight=("score", "sum"),
    )
    counted["weight"] /= counted["weight"].sum()
    return counted


# --- measuring ------------------------------------------------------------------------------------


def agree(portfolio: Portfolio, tables: dict[str, pd.DataFrame], priority: pd.Series[float]) -> int:
    """Stop if the two ways disagree; return the number of blocks on which they agree."""
    ours = by_kit(portfolio)
    by_hand = reuse_by_hand(tables), needs_by_hand(tables, priority)
    for mine, theirs in zip(ours, by_hand, strict=True):
        mine = mine.set_index("building_block")[theirs.columns].sort_index()  # noqa: PLW2901
        pd.testing.assert_frame_equal(mine, theirs.sort_index(), check_names=False, rtol=1e-9)
    return len(by_hand[1])


def by_kit(portfolio: Portfolio) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ask the kit both questions."""
    framework, cases, priority = portfolio
    return (
        govstack_kit.reuse(framework, "building_block", use_cases=cases),
        needs.blocks_needed(framework, cases, priority=priority.tolist()),
    )


def plans_of(base: Framework, number: int) -> list[govstack_kit.Plan]:
    """Return plans with `number` made-up use cases together, at most 1,000 in each."""
    portfolio = made(base, number)
    found = portfolio.framework.step_building_blocks.groupby("step")["building_block"].agg(list)
    links = found.to_dict()
    plans = []
    for start in range(0, number, 1_000):
        plan = govstack_kit.Plan.new(title=f"Plan {start}")
        for case in portfolio.use_cases[start : start + 1_000]:
            keys = [links.get(f"{case}.{n}", []) for n in range(1, STEPS + 1)]
            steps = [
                {
                    "id": f"step-{n}",
                    "name": f"Step {n}",
                    "building_blocks": [{"key": k} for k in ks],
                }
                for n, ks in enumerate(keys, start=1)
            ]
            plan.add_use_case(case, id=case, steps=steps)
        plans.append(plan)
    return plans


def timed(run: Callable[[], object], runs: int) -> float:
    """Return the shortest time of some runs, in seconds."""
    seconds = []
    for _ in range(runs):
        begun = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def slope(sizes: tuple[int, ...], seconds: list[float]) -> float:
    """Return how steeply time grows with size in a log-log plot: 1 is linear."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def main(arguments: list[str]) -> int:
    """Verify, measure and print."""
    parser = argparse.ArgumentParser(description="Benchmark of reuse() and needs().")
    parser.add_argument("--runs", type=int, default=5, help="runs of each way (5)")
    parser.add_argument("--json", action="store_true", help="print the ratios as JSON")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a limit is exceeded")
    args = parser.parse_args(arguments)
    if args.runs < 1:
        parser.error("--runs is a number from 1 on")
    base = govstack_kit.load(bundled=True)
    kit: list[float] = []
    hand: list[float] = []
    for size in SIZES:
        portfolio = made(base, size)
        tables = {name: getattr(portfolio.framework, name) for name in schema.tables()}
        priority = pd.Series(portfolio.priority, index=portfolio.use_cases)
        blocks = agree(portfolio, tables, priority)
        ours, theirs = [], []
        for _ in range(args.runs):  # in turns, so that a busy moment meets both
            ours.append(timed(lambda: by_kit(portfolio), 1))  # noqa: B023 - run at once
            theirs.append(
                timed(lambda: (reuse_by_hand(tables), needs_by_hand(tables, priority)), 1)  # noqa: B023
            )
        kit.append(min(ours))
        hand.append(min(theirs))
    through: list[float] = []
    for size in PLANS:
        plans = plans_of(base, size)
        through.append(timed(lambda: needs.needs(base, *plans), max(args.runs // 2, 1)))  # noqa: B023
    result = {
        "ratio": kit[-1] / hand[-1],
        "slope": slope(SIZES, kit),
        "slope through plans": slope(PLANS, through),
    }
    within = result["ratio"] <= MOST and max(result["slope"], result["slope through plans"]) <= (
        STEEPEST
    )
    if args.json:
        print(json.dumps(result, indent=2))
    else:
        print(f"Both ways agree on {blocks} building blocks.")
        for size, mine, other in zip(SIZES, kit, hand, strict=True):
            print(
                f"{size:>7,} use cases: the kit {mine * 1e3:7,.0f} ms, by hand "
                f"{other * 1e3:7,.0f} ms, ratio {mine / other:.2f}"
            )
        for size, mine in zip(PLANS, through, strict=True):
            print(f"{size:>7,} use cases of plans: {mine * 1e3:7,.0f} ms")
        print(f"slope {result['slope']:.2f}, through plans {result['slope through plans']:.2f}")
    if args.check and not within:
        print(f"Limits: ratio {MOST}, slopes {STEEPEST}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
