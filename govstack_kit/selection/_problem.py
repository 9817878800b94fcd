"""The choice of options as numbers, never changed once they are read, and the rules that hold.

The terms are those of :mod:`govstack_kit.selection.optimise`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from govstack_kit.planning.fields import check_names
from govstack_kit.planning.model import make
from govstack_kit.planning.selected import Rules
from govstack_kit.selection._given import mapping_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

COSTS = ("build_cost", "integration_cost", "annual_cost")
RANGE = ("fit_lowest", "fit_highest")
GROUPS = (
    "budget",
    "least_fit",
    "requirements",
    "open_source_only",
    "most_options",
    "most_vendors",
    "keep",
    "leave_out",
)


@dataclass(frozen=True)
class Problem:
    """What can be chosen from for what; blocks are rows and options columns of every matrix."""

    options: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    vendors: tuple[str, ...]
    blocks: tuple[str, ...]
    block_names: tuple[str, ...]
    weight: NDArray[np.float64]
    fit: NDArray[np.float64]  # not a number where the option does not cover, or nobody knows
    spread: NDArray[np.float64]  # lowest and highest fit, in front
    hidden: NDArray[np.bool_]  # blocks by options: left out, as nobody knows the fit or the cost
    parts: NDArray[np.float64]  # costs, in the order of COSTS
    cost: NDArray[np.float64]  # over the years; not a number where it is unknown
    open_source: NDArray[np.bool_]
    vendor: NDArray[np.int64]  # by number; -1 does not count as a vendor
    asked: tuple[str, ...]  # requirements
    asked_of: NDArray[np.int64]  # and the block of each
    meets: NDArray[np.bool_]
    together: bool
    rules: Rules
    unknowns: pd.DataFrame

    def place(self, option: str) -> int:
        """Return the column of an option."""
        return self.options.index(option)


@dataclass(frozen=True)
class Limits:
    """The rules that hold in one solve, all of them or all but some."""

    aim: str
    budget: float | None
    least_fit: float
    most_options: int | None
    most_vendors: int | None
    open_source_only: bool
    requirements: bool
    keep: frozenset[int]
    leave_out: frozenset[int]

    def without(self, *groups: str) -> Limits:
        """Return the limits without some groups of rules."""
        free: dict[str, Any] = {
            "budget": None,
            "least_fit": 0.0,
            "most_options": None,
            "most_vendors": None,
            "open_source_only": False,
            "requirements": False,
            "keep": frozenset(),
            "leave_out": frozenset(),
        }
        return replace(self, **{group: free[group] for group in groups})

    def active(self) -> list[str]:
        """Return the groups of rules that limit anything."""
        free = self.without(*GROUPS)
        return [group for group in GROUPS if getattr(self, group) != getattr(free, group)]


def limits_of(problem: Problem) -> Limits:
    """Return all rules of a problem."""
    rules = problem.rules
    return Limits(
        aim=rules.aim,
        budget=rules.budget,
        least_fit=rules.least_fit,
        most_options=rules.most_options,
        most_vendors=rules.most_vendors,
        open_source_only=rules.open_source_only,
        requirements=bool(problem.asked),
        keep=frozenset(problem.place(key) for key in rules.keep),
        leave_out=frozenset(problem.place(key) for key in rules.leave_out),
    )


def rules_of(rules: Rules | Mapping[str, Any] | None) -> Rules:
    """Return rules, given as such, by name, or not at all."""
    if isinstance(rules, Rules):
        return rules
    given = mapping_of(rules, "Rules", "{'years': 5}")
    check_names(Rules, map(str, given))
    return make(Rules, given)
