"""What a roadmap is to plan, and the phase in which each part of it comes."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from govstack_kit.selection._phases import NEVER, Problem, Solution

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from govstack_kit.selection._roadmap_sets import Paid

START = "From the start"


class Task(NamedTuple):
    """Everything that a roadmap is made from, read and checked."""

    needs: pd.DataFrame  # use_case, building_block
    costs: dict[str, float]
    phases: list[tuple[str, str, float, float | None]]  # id, name, months, budget
    worth: dict[str, float]  # value a month
    remarks: list[str]  # what was assumed about it
    people: dict[str, int | None]
    cases: dict[str, str]  # names
    names: dict[str, str]  # of building blocks
    foundational: set[str]
    order: pd.DataFrame  # building_block, needs, basis, reason
    there: dict[str, str]  # the system that serves a block
    shared: dict[str, Paid]  # options that serve several blocks: bought whole, with the first
    options: dict[str, str]  # the names of those that serve a block
    after: float
    seconds: float
    currency: str
    basis: tuple[str, ...] = ()  # what the costs rest on, in sentences

    def to_build(self, wanted: Iterable[str]) -> list[str]:
        """Return the blocks to build: those wanted and those that must be there before, sorted.

        Options for several blocks are among them.
        """
        there = set(self.there)
        pairs = list(zip(self.order["building_block"], self.order["needs"], strict=True))
        pairs += [(block, key) for key, one in self.shared.items() for block in one.blocks]
        found = set(wanted) - there
        while more := {first for block, first in pairs if block in found} - found - there:
            found |= more
        return sorted(found)


class Solved(NamedTuple):
    """A task with the phase in which each block is built and each use case goes live."""

    task: Task
    wanted: dict[str, list[str]]  # the blocks of each use case
    blocks: list[str]  # those in the problem, in its order
    waiting: list[str]  # the use cases in the problem, in its order
    problem: Problem
    solution: Solution

    @property
    def ends(self) -> list[float]:
        return list(accumulate(months for _, _, months, _ in self.task.phases))

    @property
    def horizon(self) -> float:
        return self.ends[-1] + self.task.after

    @property
    def built(self) -> dict[str, int]:
        return dict(zip(self.blocks, self.solution.blocks, strict=True))

    def arrival(self, block: str) -> int | None:
        """Return the phase in which a block is there, from 1; 0 from the start; None for never."""
        if block in self.task.there:
            return 0
        phase = self.built.get(block, NEVER)
        return None if phase == NEVER else phase + 1

    def go_live(self, case: str) -> int | None:
        """Return the phase in which a use case goes live; None when it never does."""
        found = [self.arrival(block) for block in self.wanted[case]]
        known = [phase for phase in found if phase is not None]
        return max(known, default=0) if len(known) == len(found) else None

    def month(self, phase: int) -> float:
        return self.ends[phase - 1] if phase else 0.0

    def phase_name(self, phase: int | None) -> str:
        return "" if phase is None else self.task.phases[phase - 1][1] if phase else START

    def named(self, blocks: Iterable[str]) -> str:
        return ", ".join(self.task.names.get(block, block) for block in blocks)
