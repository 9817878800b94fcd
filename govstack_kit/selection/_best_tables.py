"""What the best set is, as tables for people: who serves what, what it costs, what comes next.

The columns are those that :class:`govstack_kit.selection.optimise.BestSet` documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from govstack_kit.selection._model import eligible
from govstack_kit.selection._problem import COSTS
from govstack_kit.selection._wording import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from govstack_kit.selection._problem import Limits, Problem
    from govstack_kit.selection._solving import Choice

CHOSEN = {
    "building_block": "str",
    "name": "str",
    "option": "str",
    "option_name": "str",
    "kind": "str",
    "vendor": "str",
    "part": "str",
    "weight": "float64",
    "fit": "float64",
    "cost": "float64",
    "why": "str",
}
OPTIONS = {"option": "str", "name": "str", "kind": "str", "vendor": "str"}
OPTIONS |= dict.fromkeys((*COSTS, "cost"), "float64") | {"share": "float64", "blocks": "int64"}
ALTERNATIVES = {
    "rank": "int64",
    "options": "str",
    "cost": "float64",
    "fit": "float64",
    "difference": "float64",
    "instead": "str",
    "status": "str",
}


def serving(problem: Problem, limits: Limits, best: Choice) -> list[tuple[int, int, str]]:
    """Return block, option and part of every option that serves a block."""
    may = eligible(problem, limits)
    found = []
    for block, main in enumerate(best.main):
        found.append((block, main, "main"))
        if not (limits.requirements and problem.together):
            continue
        lacking = (problem.asked_of == block) & ~problem.meets[:, main]
        found += [
            (block, option, "helps")
            for option in best.chosen
            if option != main and may[block, option] and problem.meets[lacking, option].any()
        ]
    return found


def chosen(problem: Problem, limits: Limits, best: Choice, reasons: Sequence[str]) -> pd.DataFrame:
    """Return one row a block and option that serves it, with the reasons of the main ones."""
    serves = serving(problem, limits, best)
    times = np.bincount([option for _, option, _ in serves], minlength=len(problem.options))
    rows = [
        (
            problem.blocks[block],
            problem.block_names[block],
            problem.options[option],
            problem.names[option],
            problem.kinds[option],
            problem.vendors[option],
            part,
            problem.weight[block],
            problem.fit[block, option],
            problem.cost[option] / times[option],
            reasons[block] if part == "main" else "It meets requirements that the main one lacks.",
        )
        for block, option, part in sorted(
            serves, key=lambda row: (-problem.weight[row[0]], row[0], row[2] != "main", row[1])
        )
    ]
    return pd.DataFrame(rows, columns=list(CHOSEN)).astype(CHOSEN)


def options(problem: Problem, limits: Limits, best: Choice) -> pd.DataFrame:
    """Return one row a chosen option, the dearest first."""
    served = [option for _, option, _ in serving(problem, limits, best)]
    total = best.cost or 1.0
    rows = [
        (
            problem.options[k],
            problem.names[k],
            problem.kinds[k],
            problem.vendors[k],
            *problem.parts[:, k],
            problem.cost[k],
            problem.cost[k] / total,
            served.count(k),
        )
        for k in best.chosen
    ]
    frame = pd.DataFrame(rows, columns=list(OPTIONS)).astype(OPTIONS)
    return frame.sort_values(["cost", "option"], ascending=[False, True], ignore_index=True)


def alternatives(
    problem: Problem, limits: Limits, best: Choice, others: Sequence[Choice]
) -> pd.DataFrame:
    """Return one row a next best set."""
    rows = []
    for rank, other in enumerate(others, start=2):
        new = [problem.names[k] for k in other.chosen if k not in best.chosen]
        gone = [problem.names[k] for k in best.chosen if k not in other.chosen]
        instead = f"{listed(new)} instead of {listed(gone)}"
        worse = other.cost - best.cost if limits.aim == "cost" else best.fit - other.fit
        keys = ", ".join(problem.options[k] for k in other.chosen)
        said = instead if new else f"without {listed(gone)}"
        rows.append((rank, keys, other.cost, other.fit, max(worse, 0.0), said, other.status))
    return pd.DataFrame(rows, columns=list(ALTERNATIVES)).astype(ALTERNATIVES)
