"""What each rule costs the best set, and why each block got its option: found by solving again.

Definitions
-----------
The terms are those of :mod:`govstack_kit.selection.optimise`. No sentence here is a guess: each
rests on the problem itself or on another solve to proven optimality with one thing changed. All of
them together have a limit of time. Rules come first, then the blocks, the weightiest first; what
the time was not enough for says so, and is named.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from govstack_kit.selection._explain import changed, setting
from govstack_kit.selection._model import SAME, eligible
from govstack_kit.selection._problem import GROUPS
from govstack_kit.selection._solving import ALIKE, NOTHING, Choice, solve
from govstack_kit.selection._wording import listed, money, percent, points

if TYPE_CHECKING:
    from govstack_kit.selection._problem import Limits, Problem

_OPEN = "What the set without it here would be was not found out in time."
CONSTRAINTS = {
    "rule": "str",
    "option": "str",
    "setting": "str",
    "binds": "bool",
    "cost_without": "float64",
    "fit_without": "float64",
    "difference": "float64",
    "note": "str",
}


class Explainer:
    """Explains a best set for a while; `unexplained` names what the time was not enough for.

    Parameters
    ----------
    problem, limits, best
        What there is, which rules hold, and the best set under them.
    seconds
        How long all explanations together may take, but for the last step of a solve.
    """

    def __init__(self, problem: Problem, limits: Limits, best: Choice, seconds: float) -> None:
        self.problem, self.limits, self.best = problem, limits, best
        self.may = eligible(problem, limits)
        self.until = time.perf_counter() + seconds
        self.unexplained: list[str] = []

    def _solve(
        self,
        what: str,
        limits: Limits,
        ban: tuple[tuple[int, int], ...] = (),
        *,
        ties: bool = False,
    ) -> Choice:
        """Return the best set with one thing changed, in the time that is left."""
        left = self.until - time.perf_counter()
        found = NOTHING._replace(status="open")
        if left > 0:
            found = solve(self.problem, limits, ban=ban, seconds=left, ties=ties)
        if found.status == "open":
            self.unexplained.append(what)
        return found

    @property
    def _same(self) -> float:
        return SAME * max(abs(self.best.cost), 1.0) if self.limits.aim == "cost" else ALIKE

    def _tie(self, name: str, other: Choice) -> str:
        """Say what an equally good set without a rule is better at; nothing where it is not."""
        best = self.best
        if self.limits.aim == "fit" and other.cost < best.cost - SAME * max(best.cost, 1.0):
            return f"Without {name}, the same fit would cost {money(best.cost - other.cost)} less."
        if self.limits.aim == "cost" and other.fit > best.fit + ALIKE:
            better = points(other.fit - best.fit)
            return f"Without {name}, the fit would be {better} higher for the same cost."
        return ""

    def _gain(self, other: Choice) -> float:
        """Return how much better another set is than the best under all rules."""
        best = self.best
        gain = best.cost - other.cost if self.limits.aim == "cost" else other.fit - best.fit
        return 0.0 if abs(gain) <= self._same else float(gain)

    def constraint_costs(self) -> pd.DataFrame:
        """Return what each rule costs: the best set without it, all others standing."""
        problem, limits = self.problem, self.limits
        trials: list[tuple[str, int | None, Limits]] = []
        for group in limits.active():
            if group in {"keep", "leave_out"}:
                members: frozenset[int] = getattr(limits, group)
                trials += [
                    (group, option, changed(limits, group, members - {option}))
                    for option in sorted(members)
                ]
            else:
                trials.append((group, None, limits.without(group)))
        rows = []
        for group, option, freer in trials:
            name = setting(problem, limits, group, option)
            other = self._solve(name, freer, ties=True)
            gain = self._gain(other) if other.possible else np.nan
            tie = ""
            if other.status != "proved":
                note = f"It was not found out in time what {name} costs."
            elif gain > 0 and limits.aim == "cost":
                note = f"Without {name}, the best set would cost {money(gain)} less."
            elif gain > 0:
                note = f"Without {name}, the fit would be {points(gain)} higher."
                if group == "budget" and problem.unknowns["what"].str.contains("cost").any():
                    note += " Options whose cost is not known are not counted in this."
            else:
                tie = self._tie(name, other)
                note = tie or f"Without {name}, the best set would be no better."
            key = "" if option is None else problem.options[option]
            binds = bool(gain > 0 or tie)
            row = (group, key, name, binds, other.cost, other.fit, gain, note)
            rows.append(row)
        return pd.DataFrame(rows, columns=list(CONSTRAINTS)).astype(CONSTRAINTS)

    def whys(self) -> list[str]:
        """Return, for each block, why its main option was chosen."""
        problem, best = self.problem, self.best
        free = eligible(problem, self.limits.without(*GROUPS))
        served: dict[int, list[int]] = {}
        for block, option in enumerate(best.main):
            served.setdefault(option, []).append(block)
        said = [""] * len(best.main)
        for block in np.argsort(-problem.weight, kind="stable").tolist():
            option = best.main[block]
            others = [name for name in served[option] if name != block]
            parts = []
            if option in self.limits.keep:
                parts.append("Your rules keep it.")
            rivals = int(self.may[block].sum()) - 1
            if rivals == 0:
                parts.append(self._alone(block, int(free[block].sum())))
            else:
                parts.append(self._compared(block, option, others))
                if self.limits.aim == "cost":
                    parts.append(self._fits(block, option))
            said[block] = " ".join(parts)
        return said

    def _alone(self, block: int, without_rules: int) -> str:
        """Say of the one option that may cover a block why there is no other."""
        if without_rules > 1:
            return f"It is the only one of {without_rules} options here that your rules allow."
        hidden = np.flatnonzero(self.problem.hidden[block]).tolist()
        if not hidden:
            return "It is the only option for this block."
        left_out = listed(self.problem.names[k] for k in hidden)
        return (
            "It is the only option for this block whose fit and costs are known; left out: "
            f"{left_out}."
        )

    def _fits(self, block: int, option: int) -> str:
        """Say how well an option fits a block, beside the others that may cover it."""
        fits = np.where(self.may[block], np.nan_to_num(self.problem.fit[block]), -1.0)
        own, top = float(fits[option]), int(fits.argmax())
        if own >= fits[top] - ALIKE:
            return f"No other fits better ({percent(own)})."
        better = f"{percent(fits[top])} against {percent(own)}"
        return f"{self.problem.names[top]} would fit better ({better})."

    def _compared(self, block: int, option: int, others: list[int]) -> str:
        """Say what the best set would be if this option did not cover this block."""
        problem, best = self.problem, self.best
        other = self._solve(problem.block_names[block], self.limits, ((block, option),))
        anyway = f"It is chosen for {listed(problem.block_names[b] for b in others)} as well"
        if other.status == "open":
            return f"{anyway}. {_OPEN}" if others else _OPEN
        if not other.possible:
            return "No other option for this block goes together with your other rules."
        if self.limits.aim == "fit":
            return self._fitting(block, option, other)
        instead = problem.names[other.main[block]]
        more = other.cost - best.cost
        if more <= self._same:
            worse = other.fit < best.fit - ALIKE
            tie = "for a better fit over all" if worse else "the other choice would do as well"
            return f"With {instead} here, the set would cost the same; {tie}."
        dearer = f"cheapest set without it here, with {instead}, costs {money(more)} more."
        if others and option in other.chosen:
            return f"{anyway}, so it costs nothing more here; the {dearer}"
        return f"{anyway}; the {dearer}" if others else f"The {dearer}"

    def _fitting(self, block: int, option: int, other: Choice) -> str:
        problem, best = self.problem, self.best
        fits = np.where(self.may[block], np.nan_to_num(problem.fit[block]), -1.0)
        own, top = float(fits[option]), int(fits.argmax())
        instead = problem.names[other.main[block]]
        less = best.fit - other.fit
        if own >= fits[top] - ALIKE:
            said = f"No other option fits this block better ({percent(own)})."
        else:
            better = f"{percent(fits[top])} against {percent(own)}"
            said = (
                f"{problem.names[top]} fits this block better ({better}), but no set with it fits "
                "better over all within your rules."
            )
        if less > ALIKE:
            return f"{said} With {instead} here, the fit over all would be {points(less)} lower."
        dearer = other.cost - best.cost
        if dearer > SAME * max(best.cost, 1.0):
            return (
                f"{said} With {instead} here, the fit would be the same for {money(dearer)} more."
            )
        return f"{said} {instead} would do as well."
