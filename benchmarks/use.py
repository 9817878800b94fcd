"""How well the kit infers what use cases use of building blocks, on cases judged by this project.

python benchmarks/use.py            precision and recall, beside those of other ways
python benchmarks/use.py --check    the same; exit code 1 if a limit is missed
python benchmarks/use.py --json     the same, printed as JSON

The judgements are in tests/selection/judged_use.csv, one row a capability of a block in a
published use case: *used* (a step that uses the block, as it is described, calls for it), *base*
(whoever uses the block needs it) or *not used*. They were judged by this project before any score
was seen; nobody publishes such a list. The first sample was judged before the words were written
that the kit looks for, so words may fit it too well. The use cases of the second were read only
after that, so that no word was chosen for them. The same hand wrote the words and judged both: a
second judge would make the figures surer.

What is base is the same in every use case. Figures without it say how well the kit tells apart what
differs between use cases.
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

import govstack_kit
from govstack_kit.planning._words import Vocabulary, spelled, words
from govstack_kit.selection._wanted import published
from govstack_kit.selection.capabilities import capabilities

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from govstack_kit.framework.framework import Framework

JUDGED = Path(__file__).parents[1] / "tests" / "selection" / "judged_use.csv"
LEAST_PRECISION, LEAST_RECALL = 0.8, 0.9  # on the second sample, without what is base
ALIKE = 0.03  # cosine from which a step calls for a capability; the best on the first sample


@cache
def plan_of(framework: Framework, use_case: str) -> govstack_kit.Plan:
    """Return a plan with one published use case."""
    plan = govstack_kit.Plan.new(title=use_case)
    plan.add_published(framework, use_case)
    return plan


@cache
def used_by(framework: Framework, use_case: str) -> dict[tuple[str, str], str]:
    """Return what the kit says about each capability."""
    found = capabilities(framework, plan_of(framework, use_case))
    keys = zip(found["building_block"], found["capability"], strict=True)
    return dict(zip(keys, found["use"], strict=True))


@cache
def texts(framework: Framework, use_case: str, block: str) -> list[str]:
    """Return the texts of the steps that use a block."""
    steps = plan_of(framework, use_case).use_cases[0].steps
    return [f"{s.name} {s.description}" for s in steps if block in s.accepted("building_block")]


def shares_words(framework: Framework, use_case: str, block: str, capability: str) -> bool:
    """Return whether a step shares two telling words with the title of one requirement."""
    stems = [set(spelled(text)) for text in texts(framework, use_case, block)]
    rows = [r for r in published(framework)[block] if r.capability == capability]
    rows = [row for row in rows if row.kind == "functional" and row.words]
    return any(len(r.words & of) >= min(2, len(r.words)) for r in rows for of in stems)


@cache
def titled(framework: Framework) -> tuple[Vocabulary, dict[tuple[str, str], np.ndarray]]:
    """Return the titles of each capability as one text, weighed by TF-IDF."""
    found: dict[tuple[str, str], list[str]] = {}
    for block, rows in published(framework).items():
        for row in rows:
            if row.kind == "functional":
                found.setdefault((block, row.capability), []).extend(words(row.title))
    vocabulary = Vocabulary(list(found.values()))
    return vocabulary, dict(zip(found, vocabulary.rows(list(found.values())), strict=True))


def is_alike(framework: Framework, use_case: str, block: str, capability: str) -> bool:
    """Return whether the text of a step is like the titles of a capability."""
    vocabulary, rows = titled(framework)
    steps = vocabulary.rows([words(text) for text in texts(framework, use_case, block)])
    return bool((steps @ rows[block, capability] >= ALIKE).any())


def inferred(framework: Framework, use_case: str, block: str, capability: str) -> bool:
    """Return whether the kit says that a capability is always needed or seen in use."""
    return used_by(framework, use_case)[block, capability] != "not seen in use"


WAYS: dict[str, Callable[[Framework, str, str, str], bool]] = {
    "the kit": inferred,
    "everything": lambda *_: True,
    "two words of a title": shares_words,
    "TF-IDF of titles": is_alike,
}


def judged() -> pd.DataFrame:
    """Return the judgements."""
    return pd.read_csv(JUDGED, dtype="str")


def measured(framework: Framework) -> pd.DataFrame:
    """Return precision and recall of each way, on each sample, with and without what is base."""
    table = judged()
    for way, says in WAYS.items():
        keys = table[["use_case", "building_block", "capability"]]
        table[way] = [says(framework, *key) for key in keys.itertuples(index=False)]
    table["right"] = table["judged"] != "not used"
    rows = []
    for sample in ("first", "second"):
        for base in (False, True):
            of = table[(table["sample"] == sample) & (base | (table["judged"] != "base"))]
            for way in WAYS:
                hits = int((of[way] & of["right"]).sum())
                precision = hits / max(int(of[way].sum()), 1)
                recall = hits / int(of["right"].sum())
                said = "all" if base else "without base"
                rows.append((sample, said, len(of), way, precision, recall))
    return pd.DataFrame(rows, columns=["sample", "of", "judged", "way", "precision", "recall"])


def main(arguments: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How well use is inferred.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a limit is missed")
    args = parser.parse_args(arguments)
    found = measured(govstack_kit.load(bundled=True))
    if args.json:
        print(json.dumps(found.to_dict("records"), indent=2))
    else:
        print(found.round(2).to_string(index=False))
    chosen = (found["sample"] == "second") & (found["of"] == "without base")
    ours = found[chosen & (found["way"] == "the kit")].iloc[0]
    within = ours["precision"] >= LEAST_PRECISION and ours["recall"] >= LEAST_RECALL
    if args.check and not within:
        print(f"Limits: precision {LEAST_PRECISION}, recall {LEAST_RECALL}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
