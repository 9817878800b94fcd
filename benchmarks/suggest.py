"""How good the suggestions are: on steps in plain words, and with one use case hidden at a time.

python benchmarks/suggest.py            print everything; ten seconds on one core
python benchmarks/suggest.py --tuning   leave out the half that nothing may be tuned on

**Steps in plain words** stand in ``steps_published.csv`` (shortened from published procedures) and
``steps_plain.csv`` (written for this). Whoever wrote and judged them had not seen the phrases.
Right is what the first judge says; how far the second, who judged apart, agrees is printed. Of each
step only its text is known. Counted is how often a right label stands *first*, *in the first three*
and *in the first eight*, and how many of those that are *shown* (up to four that come near
to the best) are right. Half of each set, by whole services, is for tuning; the other is for
testing only.

Compared are TF-IDF, the nearest label by the cosine between the step and all texts and phrases of
the label, as the kit has them; and what the kit did until 0.1, recorded when it was replaced: it
always showed four and knew GovStack's blocks only.

**Hidden use cases**: each of GovStack's use cases is taken away in turn, with the 2019 model that
it may come from and that model's examples; whatever learns, learns from the others. Each step is
ranked by its text and by the steps around it. MAP is mean average precision over all published
labels, over all steps and over those whose name no other use case has.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd

import govstack_kit
from govstack_kit.planning import suggest
from govstack_kit.planning.terms import Vocabulary, plain_name, stems

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

HERE = Path(__file__).parent
LAYERS = ("workflow", "building_block")
ANCESTORS = {  # a use case, and the model of 2019 that it may come from
    "HLTC-1": "dif-maternal-and-newborn-health",
    "EDU-1": "dif-remote-learning",
    "AGR-1": "dif-market-linkage",
    "AGR-2": "dif-rural-advisory-service",
}
RECORDED = {  # until 0.1: first, in three, in eight, and right of the four shown
    ("published", "tuning", "workflow"): (0.29, 0.70, 0.91, 0.26),
    ("published", "tuning", "building_block"): (0.13, 0.30, 0.58, 0.11),
    ("published", "test", "workflow"): (0.21, 0.63, 0.93, 0.24),
    ("published", "test", "building_block"): (0.13, 0.35, 0.62, 0.11),
    ("plain", "tuning", "workflow"): (0.20, 0.58, 0.92, 0.23),
    ("plain", "tuning", "building_block"): (0.22, 0.41, 0.73, 0.14),
    ("plain", "test", "workflow"): (0.23, 0.65, 0.96, 0.26),
    ("plain", "test", "building_block"): (0.16, 0.35, 0.65, 0.12),
}
RECORDED_MAP = {"workflow": (0.832, 0.683), "building_block": (0.873, 0.797)}


class Measured(NamedTuple):
    """How often a right label is first, in the first three and eight; the share shown, how many."""

    first: float
    in_three: float
    in_eight: float
    right: float
    shown: float = suggest.SHOWN

    def __str__(self) -> str:
        places = " / ".join(f"{value:.2f}" for value in self[:3])
        return f"{places}   right of those shown {self.right:.2f} (of {self.shown:.1f} a step)"


def labels_of(cell: str) -> set[str]:
    """Return the labels in a cell."""
    return {label.strip() for label in cell.split(";")} - {""}


def measured(
    wanted: Sequence[Collection[str]], ranked: Sequence[tuple[list[str], int]]
) -> Measured:
    """Return the measures of rankings, of each of which so many are shown."""
    places = np.array(
        [
            next((place for place, label in enumerate(labels) if label in right), 99)
            for right, (labels, _) in zip(wanted, ranked, strict=True)
        ]
    )
    of = [len({*labels[:n]} & {*right}) for right, (labels, n) in zip(wanted, ranked, strict=True)]
    shown = sum(n for _, n in ranked)
    first, in_three, in_eight = (float((places < most).mean()) for most in (1, 3, 8))
    return Measured(first, in_three, in_eight, sum(of) / max(shown, 1), shown / len(ranked))


def ours(suggester: suggest.Suggester, layer: str) -> Callable[[str], tuple[list[str], int]]:
    """Return the kit's ranking of a text, and how many it shows."""

    def ranked(text: str) -> tuple[list[str], int]:
        found = suggester.rank(layer, suggest.Step(text), top=99)
        return found[layer].tolist(), int(found["likely"].sum())

    return ranked


def by_tf_idf(
    framework: govstack_kit.Framework, labels: list[str], layer: str
) -> Callable[[str], tuple[list[str], int]]:
    """Return the ranking by the cosine between a text and all texts of each label."""
    phrases = getattr(framework, f"{layer}_words").groupby(layer)["phrase"].agg(" . ".join)
    texts = [
        stems(" . ".join([*(str(text) for _, text in parts), phrases.get(label, "")]))
        for label, parts in zip(labels, suggest.descriptions(framework, layer, labels), strict=True)
    ]
    vocabulary = Vocabulary(texts)
    known = vocabulary.rows(texts)

    def ranked(text: str) -> tuple[list[str], int]:
        fit = known @ vocabulary.rows([stems(text)])[0]
        order = np.argsort(-fit, kind="stable")
        return [labels[place] for place in order], suggest.SHOWN

    return ranked


def show_steps(framework: govstack_kit.Framework, *, tuning: bool) -> None:
    """Print the measures on the steps in plain words."""
    suggester = suggest.suggester(framework)
    for file in sorted(HERE.glob("steps_*.csv")):
        table, name = pd.read_csv(file, dtype=str).fillna(""), file.stem.removeprefix("steps_")
        for split, layer in (
            (s, la) for s in ("tuning", "test")[: 1 if tuning else 2] for la in LAYERS
        ):
            rows = table[table["split"] == split]
            wanted, again = ([*map(labels_of, rows[f"{layer}s{of}"])] for of in ("", "_2"))
            agreed = [len(a & b) / len(a | b) for a, b in zip(wanted, again, strict=True) if a | b]
            print(
                f"\n{name} steps, {split}, {layer}: {len(rows)} steps; "
                f"the judges share {np.mean(agreed):.2f} of their labels"
            )
            print(f"  until 0.1  {Measured(*RECORDED[name, split, layer])}")
            for way, ranked in (
                ("TF-IDF", by_tf_idf(framework, suggester.labels[layer], layer)),
                ("the kit", ours(suggester, layer)),
            ):
                print(f"  {way:<9}  {measured(wanted, [*map(ranked, rows['text'])])}")


def average_precision(wanted: Collection[str], ranked: Sequence[str]) -> float:
    """Return the mean of the precision at each wanted label; what is not ranked is not found.

    Examples
    --------
    >>> round(average_precision({"a", "c"}, ["a", "b", "c"]), 3)
    0.833
    """
    places = [place for place, label in enumerate(ranked, start=1) if label in wanted]
    return sum(found / place for found, place in enumerate(places, start=1)) / len(wanted)


def without(framework: govstack_kit.Framework, use_case: str) -> suggest.Suggester:
    """Return what is learned when a use case and its ancestor are unknown."""
    hidden = {use_case, ANCESTORS.get(use_case)}
    examples = framework.workflow_examples
    tables = {name: getattr(framework, name) for name in framework.describe()["table"]}
    tables["workflow_examples"] = examples[~examples["use_case"].isin(hidden)]
    cases = [case for case in suggest.published_use_cases(framework) if case not in hidden]
    return suggest.Suggester(govstack_kit.Framework(tables), use_cases=cases)


def hidden_use_cases(framework: govstack_kit.Framework) -> Iterator[tuple[str, str, float, bool]]:
    """Yield the layer, name, average precision and newness of each step while it is unknown."""
    table = framework.steps.merge(framework.use_cases.query("catalogue == 'govstack'")["use_case"])
    cases = table.assign(name=table["name"].map(plain_name)).groupby("name")["use_case"].nunique()
    for use_case in table["use_case"].unique():
        learned = without(framework, use_case)
        for step in suggest.published_steps(framework, [use_case]):
            new = bool(cases[plain_name(step.name)] == 1)
            for layer in (layer for layer in LAYERS if step.uses[layer]):
                asked = suggest.Step(step.name, step.description, step.before, step.after)
                every = learned.rank(layer, asked, top=99)[layer].tolist()
                ranked = [label for label in every if not label.startswith("dif:")]
                yield layer, step.name, average_precision(set(step.uses[layer]), ranked), new


def show_hidden(framework: govstack_kit.Framework) -> None:
    """Print MAP with one use case hidden at a time."""
    columns = ["layer", "name", "precision", "new"]
    found = pd.DataFrame(hidden_use_cases(framework), columns=columns)
    print("\nOne use case hidden at a time, text and neighbours: MAP, all steps / new names")
    for layer, rows in found.groupby("layer"):
        before = " / ".join(f"{value:.3f}" for value in RECORDED_MAP[str(layer)])
        now = f"{rows['precision'].mean():.3f} / {rows.query('new')['precision'].mean():.3f}"
        print(f"  {layer:<15} {len(rows)} steps   until 0.1 {before}   the kit {now}")


def show_time(framework: govstack_kit.Framework) -> None:
    """Print how long building takes, and one suggestion after that."""
    start = time.perf_counter()
    built = suggest.Suggester(framework)
    made = time.perf_counter() - start
    steps = suggest.published_steps(framework, suggest.published_use_cases(framework))
    taken = []
    for step in [*steps[:3], *steps]:  # the first ones solve what is then kept
        start = time.perf_counter()
        for layer in LAYERS:
            built.rank(layer, suggest.Step(step.name, step.description, step.before, step.after))
        taken.append(time.perf_counter() - start)
    print(f"\nBuilt in {made:.2f} s; both layers of a step in {1000 * np.median(taken[3:]):.1f} ms")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the suggestions.")
    parser.add_argument("--tuning", action="store_true", help="the tuning half only")
    tuning = parser.parse_args(arguments).tuning
    framework = govstack_kit.load()
    show_steps(framework, tuning=tuning)
    show_hidden(framework)
    show_time(framework)
    return 0


if __name__ == "__main__":
    sys.exit(main())
