"""The published steps that suggestions are measured on, what may be known of each, and the tuning.

Used by ``benchmarks/suggest.py``, which says what is measured. Which weights the suggestions get is
decided here: those that do best when one family after the other is unknown; the tuning is used
inside each fold, and on all published steps for the weights that the kit ships. Nothing in it looks
at a step that is not among the known ones.

Definitions
-----------
A *family* is a use case of GovStack and the model of the 2019 framework that it may come from. A
family is known or unknown as a whole. Remote Learning (EDU-1) names the framework as its source;
that the others go back to the model of the same subject is judged here, to be on the safe side.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import suggest_measures as measures

import govstack_kit
from govstack_kit.planning import suggest
from govstack_kit.planning.terms import plain_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from govstack_kit.planning.terms import Floats

LAYERS = ("workflow", "building_block")
FULL_MODELS = ("dif-maternal-and-newborn-health", "dif-remote-learning", "dif-market-linkage")
FIGURE_9 = "dif-rural-advisory-service"
FAMILIES = {
    "dif-maternal-and-newborn-health": "HLTC-1",
    "dif-remote-learning": "EDU-1",
    "dif-market-linkage": "AGR-1",
    FIGURE_9: "AGR-2",
}

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
COLD = (*suggest.TEXT_CHANNELS, *suggest.NEIGHBOUR_CHANNELS)


class Task(NamedTuple):
    """The published steps, and which labels each uses, by layer.

    Attributes
    ----------
    framework : Framework
        The tables.
    steps, cases, families : list
        Each step, its use case and its family.
    ranked : int
        How many of them are ranked; those after them are only learned from.
    new : list of bool
        Whether no other use case has a step of that name, for those that are ranked.
    labels, uses : dict
        The labels of each layer, and which of them each step uses.
    """

    framework: govstack_kit.Framework
    steps: list[suggest.Step]
    cases: list[str]
    families: list[str]
    ranked: int
    new: list[bool]
    labels: dict[str, list[str]]
    uses: dict[str, Floats]

    def places(self, layer: str) -> list[int]:
        """Return the steps to rank that have a label in the layer."""
        return np.flatnonzero(self.uses[layer][: self.ranked].any(axis=1)).tolist()

    def known(self, *, without: str) -> list[int]:
        """Return the steps of all other families."""
        return [i for i, family in enumerate(self.families) if family != without]


def task(
    framework: govstack_kit.Framework,
    use_cases: Sequence[str] | None = None,
    *,
    also: Sequence[str] = FULL_MODELS,
) -> Task:
    """Return the task over some use cases; without any named, GovStack's sixteen.

    Parameters
    ----------
    framework
        The tables.
    use_cases
        The use cases whose steps are ranked.
    also
        Use cases to learn from as well; without any named, the framework's models, as in the kit.
    """
    if use_cases is None:
        cases = framework.use_cases.query("catalogue == 'govstack'")
        use_cases = cases["use_case"].tolist()
    ranked = suggest.published_steps(framework, use_cases)
    steps = ranked + suggest.published_steps(framework, also)
    cases = [step.use_case for step in steps]
    names = [plain_name(step.name) for step in steps]
    own = list(zip(names, cases, strict=True))[: len(ranked)]
    at = {name: {case for other, case in own if other == name} for name in names}
    blocks = framework.building_blocks.query("catalogue == 'govstack'")
    labels = {
        "workflow": framework.workflows["workflow"].tolist(),
        "building_block": blocks["building_block"].tolist(),
    }
    uses = {
        layer: np.array(
            [[label in step.uses[layer] for label in labels[layer]] for step in steps], dtype=float
        )
        for layer in LAYERS
    }
    return Task(
        framework,
        steps,
        cases,
        [FAMILIES.get(case, case) for case in cases],
        len(ranked),
        [len(at[name]) == 1 for name, _ in own],
        labels,
        uses,
    )


def seen(
    step: suggest.Step,
    *,
    text: bool = True,
    neighbours: bool = True,
    chosen: dict[str, Collection[str]] | None = None,
) -> suggest.Step:
    """Return a step with only the evidence of a setting; `chosen` is what it already has."""
    return suggest.Step(
        step.name,
        step.description if text else "",
        step.before if neighbours else ("", ""),
        step.after if neighbours else ("", ""),
        {layer: tuple(labels) for layer, labels in (chosen or {}).items()},
    )


def views_of(this: Task, known: Sequence[int]) -> suggest.Views:
    """Return views that have seen only the steps `known`.

    The framework's examples of workflows are about its own models: those of a family that is not
    known are left out.
    """
    families = {this.families[i] for i in known}
    examples = this.framework.workflow_examples
    kept = [FAMILIES.get(case, case) in families for case in examples["use_case"]]
    told = with_tables(this.framework, workflow_examples=examples[np.array(kept, dtype=bool)])
    described = {layer: suggest.label_words(told, layer, this.labels[layer]) for layer in LAYERS}
    return suggest.Views([this.steps[i] for i in known], this.labels, described)


def with_tables(framework: govstack_kit.Framework, **changed: object) -> govstack_kit.Framework:
    """Return a framework with some tables replaced."""
    names = framework.describe()["table"]
    return govstack_kit.Framework({name: getattr(framework, name) for name in names} | changed)


def _middle(weights: Sequence[suggest.Weights], names: Iterable[str]) -> suggest.Weights:
    """Return the mean of several weights: steadier than the single best of a flat grid."""
    means = {name: float(np.mean([getattr(w, name) for w in weights])) for name in names}
    return suggest.Weights(**{name: round(mean, 2) for name, mean in means.items()})


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
                row: measures.average_precision(
                    np.flatnonzero(self.uses[row]), measures.ranking(scores[row])
                )
                for row in self.ranked
            }
        )

    def _left_out(self, weights: suggest.Weights, names: Sequence[str]) -> Floats:
        kernel = suggest.likeness(self.channels, self.channels, weights, names)
        families = self.families.tolist()
        return suggest.estimate_left_out(kernel, self.uses, families, weights.penalty)

    def cold(self, weights: suggest.Weights) -> float:
        """Score each step with its family unknown."""
        return self._quality(self._left_out(weights, COLD) + weights.label * self.fit)

    def warm(self, weights: suggest.Weights) -> float:
        """Score each step with its family unknown, and its own other layer known."""
        scores = self._left_out(weights, suggest.ALL_CHANNELS)
        return self._quality(scores + weights.label * self.fit)

    def planned(self, weights: suggest.Weights) -> float:
        """Score each step with the earlier ones of its use case known, the rest of it not."""
        kernel = suggest.likeness(self.channels, self.channels, weights, COLD)
        kernel = kernel + weights.plan * (self.cases[:, None] == self.cases)
        scores = np.zeros_like(self.uses)
        for row in self.ranked:
            apart = self.families != self.families[row]
            earlier = (self.cases == self.cases[row]) & (np.arange(len(self.cases)) < row)
            before = np.flatnonzero(apart | earlier)
            scores[row] = suggest.estimate(
                kernel[np.ix_(before, before)],
                kernel[[row]][:, before],
                self.uses[before],
                weights.penalty,
            )[0]
        return self._quality(scores + weights.label * self.fit)

    def together(self, weights: suggest.Weights) -> Callable[[suggest.Weights], float]:
        """Return what scores each step with one of its own labels known, each in turn."""
        cold = self._left_out(weights, COLD) + weights.label * self.fit
        of_others = {}
        for family in dict.fromkeys(self.families.tolist()):
            others = self.families != family
            of_others[family] = suggest.surplus(self.uses[others], cold[others])
        turns = [
            (row, label, suggest.raised(of_others[self.families[row]], [label], cold[row]))
            for row in self.ranked
            for label in np.flatnonzero(self.uses[row])
            if self.uses[row].sum() > 1
        ]

        def quality(weights: suggest.Weights) -> float:
            found: dict[int, list[float]] = {}
            for row, label, added in turns:
                wanted = [other for other in np.flatnonzero(self.uses[row]) if other != label]
                ranked = measures.ranking(cold[row] + weights.together * added, without=[label])
                found.setdefault(row, []).append(measures.average_precision(wanted, ranked))
            return self._mean({row: float(np.mean(values)) for row, values in found.items()})

        return quality


def tune(this: Task, layer: str, known: Sequence[int]) -> suggest.Weights:
    """Return the mean of the best weights of the grid, one family of `known` unknown in turn.

    The weights of what else may be known (the other layer, the plan, the same layer) are chosen
    after that, one after the other.
    """
    fold = _Fold(this, layer, known)
    grid = [
        suggest.Weights(**dict(zip(GRID, values, strict=True)))
        for values in itertools.product(*GRID.values())
    ]
    grid.sort(key=lambda weights: -fold.cold(weights))
    best = _middle(grid[: math.ceil(len(grid) * BEST)], GRID)
    best = max((replace(best, layer=value) for value in LAYER_GRID), key=fold.warm)
    best = max((replace(best, plan=value) for value in PLAN_GRID), key=fold.planned)
    choices = (replace(best, together=value) for value in TOGETHER_GRID)
    return max(choices, key=fold.together(best))
