"""Which weights the suggestions get: those that do best when one family after the other is unknown.

Used by ``benchmarks/suggest.py`` inside each fold, and on all published steps for the weights that
the kit ships. Nothing here looks at a step that is not among the known ones.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import suggest_compared as compare
from suggest_task import Task, views_of

from govstack_kit.planning import _likeness as like
from govstack_kit.planning import suggest
from govstack_kit.planning._words import plain_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from govstack_kit.planning._words import Floats

GRID = {
    "penalty": (0.5, 1.0, 2.0),
    "description": (1.0, 2.0),
    "neighbours": (0.5, 1.0, 2.0),
    "label": (0.0, 0.5, 1.0, 2.0),
}
BEST = 0.2  # the share of the grid, the best of it, whose mean is taken
LAYER_GRID = (0.5, 1.0, 2.0)
PLAN_GRID = (0.0, 0.15, 0.3, 0.6)
TOGETHER_GRID = (0.0, 0.25, 0.5, 1.0)  # 1 is what the formula says, 0 is not to look
COLD = (*like.TEXT_CHANNELS, *like.NEIGHBOUR_CHANNELS)


def _middle(weights: Sequence[like.Weights], names: Iterable[str]) -> like.Weights:
    """Return the mean of several weights: steadier than the single best of a flat grid."""
    means = {name: float(np.mean([getattr(w, name) for w in weights])) for name in names}
    return like.Weights(**{name: round(mean, 2) for name, mean in means.items()})


class _Fold:
    """Known steps, and how well weights rank those of them that are ranked."""

    def __init__(self, this: Task, layer: str, known: Sequence[int]) -> None:
        views = views_of(this, known)
        self.places = [i for i in known if this.uses[layer][i].any()]
        steps = [this.steps[i] for i in self.places]
        self.channels = views.channels(steps, suggest.OTHER[layer])
        self.fit = views.fit(steps, layer)
        self.uses = this.uses[layer][self.places]
        self.cases = np.array([this.cases[i] for i in self.places])
        self.families = np.array([this.families[i] for i in self.places])
        self.ranked = [row for row, i in enumerate(self.places) if i < this.ranked]
        names = [plain_name(this.steps[i].name) for i in self.places]
        pairs = {(names[row], self.cases[row]) for row in self.ranked}
        self.new = np.array([sum(name == other for other, _ in pairs) == 1 for name in names])

    def _mean(self, found: dict[int, float]) -> float:
        """Return what tuning looks at: the mean of MAP over all rows and over new names."""
        new = [value for row, value in found.items() if self.new[row]]
        mean = np.mean(list(found.values())) + (np.mean(new) if new else 0.0)
        return round(float(mean), 6)

    def _quality(self, scores: Floats) -> float:
        return self._mean(
            {
                row: compare.average_precision(
                    np.flatnonzero(self.uses[row]), compare.ranking(scores[row])
                )
                for row in self.ranked
            }
        )

    def _left_out(self, weights: like.Weights, names: Sequence[str]) -> Floats:
        kernel = like.likeness(self.channels, self.channels, weights, names)
        families = self.families.tolist()
        return like.estimate_left_out(kernel, self.uses, families, weights.penalty)

    def cold(self, weights: like.Weights) -> float:
        """Score each step with its family unknown."""
        return self._quality(self._left_out(weights, COLD) + weights.label * self.fit)

    def warm(self, weights: like.Weights) -> float:
        """Score each step with its family unknown, and its own other layer known."""
        scores = self._left_out(weights, like.ALL_CHANNELS)
        return self._quality(scores + weights.label * self.fit)

    def planned(self, weights: like.Weights) -> float:
        """Score each step with the earlier ones of its use case known, the rest of it not."""
        kernel = like.likeness(self.channels, self.channels, weights, COLD)
        kernel = kernel + weights.plan * (self.cases[:, None] == self.cases)
        scores = np.zeros_like(self.uses)
        for row in self.ranked:
            apart = self.families != self.families[row]
            earlier = (self.cases == self.cases[row]) & (np.arange(len(self.cases)) < row)
            before = np.flatnonzero(apart | earlier)
            scores[row] = like.estimate(
                kernel[np.ix_(before, before)],
                kernel[[row]][:, before],
                self.uses[before],
                weights.penalty,
            )[0]
        return self._quality(scores + weights.label * self.fit)

    def together(self, weights: like.Weights) -> Callable[[like.Weights], float]:
        """Return what scores each step with one of its own labels known, each in turn."""
        cold = self._left_out(weights, COLD) + weights.label * self.fit
        of_others = {}
        for family in dict.fromkeys(self.families.tolist()):
            others = self.families != family
            of_others[family] = like.surplus(self.uses[others], cold[others])
        turns = [
            (row, label, like.raised(of_others[self.families[row]], [label], cold[row]))
            for row in self.ranked
            for label in np.flatnonzero(self.uses[row])
            if self.uses[row].sum() > 1
        ]

        def quality(weights: like.Weights) -> float:
            found: dict[int, list[float]] = {}
            for row, label, added in turns:
                wanted = [other for other in np.flatnonzero(self.uses[row]) if other != label]
                ranked = compare.ranking(cold[row] + weights.together * added, without=[label])
                found.setdefault(row, []).append(compare.average_precision(wanted, ranked))
            return self._mean({row: float(np.mean(values)) for row, values in found.items()})

        return quality


def tune(this: Task, layer: str, known: Sequence[int]) -> like.Weights:
    """Return the mean of the best weights of the grid, one family of `known` unknown in turn.

    The weights of what else may be known (the other layer, the plan, the same layer) are chosen
    after that, one after the other.
    """
    fold = _Fold(this, layer, known)
    grid = [
        like.Weights(**dict(zip(GRID, values, strict=True)))
        for values in itertools.product(*GRID.values())
    ]
    grid.sort(key=lambda weights: -fold.cold(weights))
    best = _middle(grid[: math.ceil(len(grid) * BEST)], GRID)
    best = max((replace(best, layer=value) for value in LAYER_GRID), key=fold.warm)
    best = max((replace(best, plan=value) for value in PLAN_GRID), key=fold.planned)
    choices = (replace(best, together=value) for value in TOGETHER_GRID)
    return max(choices, key=fold.together(best))
