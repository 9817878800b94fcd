"""The published steps that suggestions are measured on, and what may be known of each.

Used by ``benchmarks/suggest.py``, which says what is measured.

Definitions
-----------
A *family* is a use case of GovStack and the model of the 2019 framework that it may come from. A
family is known or unknown as a whole. Remote Learning (EDU-1) names the framework as its source;
that the others go back to the model of the same subject is judged here, to be on the safe side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

import govstack_kit
from govstack_kit.planning import _likeness as like
from govstack_kit.planning import suggest
from govstack_kit.planning._words import plain_name

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from govstack_kit.planning._words import Floats

LAYERS = ("workflow", "building_block")
FULL_MODELS = ("dif-maternal-and-newborn-health", "dif-remote-learning", "dif-market-linkage")
FIGURE_9 = "dif-rural-advisory-service"
FAMILIES = {
    "dif-maternal-and-newborn-health": "HLTC-1",
    "dif-remote-learning": "EDU-1",
    "dif-market-linkage": "AGR-1",
    FIGURE_9: "AGR-2",
}


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
    steps: list[like.Step]
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
    published = ranked + suggest.published_steps(framework, also)
    steps = [step.content for step in published]
    cases = [step.use_case for step in published]
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
    step: like.Step,
    *,
    text: bool = True,
    neighbours: bool = True,
    chosen: dict[str, Collection[str]] | None = None,
) -> like.Step:
    """Return a step with only the evidence of a setting; `chosen` is what it already has."""
    return like.Step(
        step.name,
        step.description if text else "",
        step.before if neighbours else ("", ""),
        step.after if neighbours else ("", ""),
        {layer: tuple(labels) for layer, labels in (chosen or {}).items()},
    )


def views_of(this: Task, known: Sequence[int]) -> like.Views:
    """Return views that have seen only the steps `known`.

    The framework's examples of workflows are about its own models: those of a family that is not
    known are left out.
    """
    families = {this.families[i] for i in known}
    examples = this.framework.workflow_examples
    kept = [FAMILIES.get(case, case) in families for case in examples["use_case"]]
    told = with_tables(this.framework, workflow_examples=examples[np.array(kept, dtype=bool)])
    described = {layer: suggest.label_words(told, layer, this.labels[layer]) for layer in LAYERS}
    return like.Views([this.steps[i] for i in known], this.labels, described)


def with_tables(framework: govstack_kit.Framework, **changed: object) -> govstack_kit.Framework:
    """Return a framework with some tables replaced."""
    names = framework.describe()["table"]
    return govstack_kit.Framework({name: getattr(framework, name) for name in names} | changed)
