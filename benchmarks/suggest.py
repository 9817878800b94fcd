"""How good the suggestions are: leave one use case out, over all published GovStack steps.

python benchmarks/suggest.py             measure and print; about two minutes on one core
python benchmarks/suggest.py --quick     without the classifier, and 200 resamples instead of 2,000

Each use case is taken away in turn; whatever learns, learns from the other fifteen only, and what is
tuned is tuned by the same leave-one-use-case-out inside those fifteen. Each step of the use case
taken away is then ranked, in these settings:

name only   the name of the step
text        name and our summary of the step, the only description that is bundled
(a) cold    text, and the texts of the steps before and after it, which a team also has
(b) warm    (a), and the published links of the step in the other layer, as if already chosen
(c) plan    (a), and the published links of the *earlier* steps of the same use case, as a team would
            have accepted them: labels of the use case taken away, never those of the step itself
(b)+(c)     both

The blocks that a publisher lists for the use case as a whole are no evidence in any setting.
"New names" are the steps whose name, without case and punctuation, no other use case has. Recall@k
is the share of a step's published labels among the first k; MAP is mean average precision over all
labels. Steps without a label in a layer (EGOV-1 has no workflows, INST-3 step 1 no block) are not
counted in it and teach nothing in it. Intervals are 95 % bootstrap intervals that resample use
cases, not steps. The number of neighbours and the strength of the classifier are set to what did
best on these very steps: an advantage to what we compare with.

What is not nested: the *form* of our method (its channels, the intercept, the added fit to
descriptions, taking the mean of the best fifth of the grid instead of the single best) was decided
by people who had seen leave-one-use-case-out results on these same sixteen use cases, after some
150 variants of which most differed by less than 0.01 in MAP. The single best of the grid gave cold
MAP 0.827 and 0.667 for workflows (all, new names) and 0.867 and 0.786 for blocks. So differences
of that size are no evidence; the framework's own models at the end were not looked at to decide.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

import govstack_kit
from govstack_kit.planning import _likeness as like
from govstack_kit.planning import suggest
from govstack_kit.planning._words import plain_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from govstack_kit.planning._words import Floats

LAYERS = ("workflow", "building_block")
GRID = {
    "penalty": (0.5, 1.0, 2.0),
    "description": (1.0, 2.0),
    "neighbours": (0.5, 1.0, 2.0),
    "label": (0.0, 0.5, 1.0, 2.0),
}
BEST = 0.2  # the share of the grid, the best of it, whose mean is taken
LAYER_GRID = (0.5, 1.0, 2.0)
PLAN_GRID = (0.0, 0.15, 0.3, 0.6)
REFERENCE = {"workflow": (0.82, 0.67), "building_block": (0.83, 0.75)}
FULL_MODELS = ("dif-maternal-and-newborn-health", "dif-remote-learning", "dif-market-linkage")
FIGURE_9 = "dif-rural-advisory-service"


def ranking(scores: Floats) -> list[int]:
    """Return the places of the labels, best first; equal ones in their order."""
    return np.argsort(-np.asarray(scores), kind="stable").tolist()


def average_precision(relevant: Iterable[int], ranked: Sequence[int]) -> float:
    """Return the mean, over the relevant labels, of the precision where each is found."""
    wanted, hits, total = set(relevant), 0, 0.0
    for place, label in enumerate(ranked, start=1):
        if label in wanted:
            hits += 1
            total += hits / place
    return total / len(wanted)


def recall_at(k: int, relevant: Iterable[int], ranked: Sequence[int]) -> float:
    """Return the share of the relevant labels among the first `k`."""
    wanted = set(relevant)
    return len(wanted.intersection(ranked[:k])) / len(wanted)


class Task(NamedTuple):
    """The published steps, and which labels each uses, by layer."""

    framework: govstack_kit.Framework
    steps: list[like.Step]
    cases: list[str]
    new: list[bool]
    labels: dict[str, list[str]]
    uses: dict[str, Floats]

    def places(self, layer: str) -> list[int]:
        """Return the steps that have a label in the layer."""
        return np.flatnonzero(self.uses[layer].sum(axis=1)).tolist()

    def only(self, layer: str, *, without: Sequence[str]) -> list[int]:
        """Return those of them that are in none of some use cases."""
        return [place for place in self.places(layer) if self.cases[place] not in without]


def task(framework: govstack_kit.Framework, use_cases: Sequence[str] | None = None) -> Task:
    """Return the task over some use cases; without any named, GovStack's sixteen."""
    if use_cases is None:
        cases = framework.use_cases.query("catalogue == 'govstack'")
        use_cases = cases["use_case"].tolist()
    published = suggest.published_steps(framework, use_cases)
    steps = [step.content for step in published]
    cases = [step.use_case for step in published]
    names = [plain_name(step.name) for step in steps]
    at = {
        name: {c for c, other in zip(cases, names, strict=True) if other == name} for name in names
    }
    new = [len(at[name]) == 1 for name in names]
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
    return Task(framework, steps, cases, new, labels, uses)


def without(step: like.Step, *, neighbours: bool, other: bool, text: bool = True) -> like.Step:
    """Return a step with only the evidence of a setting."""
    if not text:
        step = replace(step, description="")
    if not neighbours:
        step = replace(step, before=("", ""), after=("", ""))
    return step if other else replace(step, uses={})


def views_of(this: Task, known: Sequence[int], *, text: bool = True) -> like.Views:
    """Return views that have seen only the steps `known`."""
    steps = [without(this.steps[i], neighbours=True, other=True, text=text) for i in known]
    described = {x: suggest.label_words(this.framework, x, this.labels[x]) for x in LAYERS}
    return like.Views(steps, this.labels, described)


def _quality(this: Task, layer: str, places: Sequence[int], scores: Floats) -> float:
    """Return what tuning looks at: the mean of MAP over all these steps and over new names."""
    found = np.array(
        [
            average_precision(np.flatnonzero(this.uses[layer][i]), ranking(row))
            for i, row in zip(places, scores, strict=True)
        ]
    )
    names = [plain_name(this.steps[i].name) for i in places]
    here = [this.cases[i] for i in places]
    pairs = set(zip(names, here, strict=True))
    new = np.array([sum(name == other for other, _ in pairs) == 1 for name in names])
    return float(found.mean() + (found[new].mean() if new.any() else 0.0))


def _middle(weights: Sequence[like.Weights], names: Iterable[str]) -> like.Weights:
    """Return the mean of several weights: steadier than the single best of a flat grid."""
    means = {name: float(np.mean([getattr(w, name) for w in weights])) for name in names}
    return like.Weights(**{name: round(mean, 2) for name, mean in means.items()})


def tune(
    this: Task, layer: str, known: Sequence[int], *, neighbours: bool = True, text: bool = True
) -> like.Weights:
    """Return the mean of the best weights of the grid, by leave-one-use-case-out among the steps `known`."""
    other = suggest.OTHER[layer]
    views = views_of(this, known, text=text)
    places = [i for i in known if this.uses[layer][i].any()]
    steps = [without(this.steps[i], neighbours=neighbours, other=True, text=text) for i in places]
    channels = views.channels(steps, other)
    uses, groups = this.uses[layer][places], [this.cases[i] for i in places]
    fit = views.fit(steps, layer)

    def quality(weights: like.Weights, *, warm: bool) -> float:
        names = like.channel_names(warm=warm)
        kernel = like.likeness(channels, channels, weights, names)
        scores = like.estimate_left_out(kernel, uses, groups, weights.penalty)
        return _quality(this, layer, places, scores + weights.label * fit)

    grid = dict(GRID) if neighbours else {**GRID, "neighbours": (1.0,)}
    candidates = [
        like.Weights(**dict(zip(grid, values, strict=True)))
        for values in itertools.product(*grid.values())
    ]
    candidates.sort(key=lambda weights: -round(quality(weights, warm=False), 6))
    best = _middle(candidates[: math.ceil(len(candidates) * BEST)], grid)
    if not (neighbours and text):
        return best
    candidates = [replace(best, layer=value) for value in LAYER_GRID]
    best = max(candidates, key=lambda weights: round(quality(weights, warm=True), 6))

    def planned(weights: like.Weights) -> float:
        """Score each step with the earlier ones of its use case known, the rest of it not."""
        kernel = like.likeness(channels, channels, weights, like.channel_names(warm=False))
        of = np.array(groups)
        kernel = kernel + weights.plan * (of[:, None] == of)
        rows = np.empty_like(uses)
        for row in range(len(places)):
            seen = np.flatnonzero((of != of[row]) | (np.arange(len(of)) < row))
            rows[row] = like.estimate(
                kernel[np.ix_(seen, seen)], kernel[[row]][:, seen], uses[seen], weights.penalty
            )[0]
        return _quality(this, layer, places, rows + weights.label * fit)

    candidates = [replace(best, plan=value) for value in PLAN_GRID]
    return max(candidates, key=lambda weights: round(planned(weights), 6))


SETTINGS = ("name only", "text", "(a) cold", "(b) warm", "(c) plan", "(b)+(c)")


def ours(this: Task, layer: str, *, cases: Sequence[str] | None = None) -> dict[str, Floats]:
    """Return our scores of every step in every setting, each use case unknown when it is ranked."""
    other = suggest.OTHER[layer]
    result = {setting: np.zeros_like(this.uses[layer]) for setting in SETTINGS}
    for case in cases or dict.fromkeys(this.cases):
        known = [i for i in range(len(this.steps)) if this.cases[i] != case]
        asked = [i for i in this.places(layer) if this.cases[i] == case]
        for setting, text in (("name only", False), ("text", True)):
            weights = tune(this, layer, known, neighbours=False, text=text)
            views = views_of(this, known, text=text)
            steps = [without(this.steps[i], neighbours=False, other=True, text=text) for i in known]
            learned = like.Learned(views, steps, layer, other, weights)
            for i in asked:
                step = without(this.steps[i], neighbours=False, other=False, text=text)
                result[setting][i] = learned.ask(step).scores
        weights = tune(this, layer, known)
        steps = [this.steps[i] for i in known]
        learned = like.Learned(views_of(this, known), steps, layer, other, weights)
        for i in asked:
            cold = without(this.steps[i], neighbours=True, other=False)
            uses = {other: this.steps[i].uses[other]}
            warm = replace(cold, uses=uses)
            earlier = [this.steps[j] for j in range(i) if this.cases[j] == case]
            result["(a) cold"][i] = learned.ask(cold).scores
            result["(b) warm"][i] = learned.ask(warm).scores
            result["(c) plan"][i] = learned.ask(cold, earlier).scores
            result["(b)+(c)"][i] = learned.ask(warm, earlier).scores
    return result


def _frequency(uses: Floats, asked: int) -> Floats:
    return np.tile(uses.mean(axis=0), (asked, 1))


def _by_name(names: Sequence[str], uses: Floats, asked: Sequence[str]) -> Floats:
    """Look the name up; where no known step has it, fall back on frequency."""
    frequency = uses.mean(axis=0)
    known, rows = np.array([plain_name(name) for name in names]), []
    for name in asked:
        same = uses[known == plain_name(name)]
        rows.append((same.mean(axis=0) if len(same) else 0) + frequency / 1000)
    return np.array(rows)


def _tfidf(texts: Sequence[str], asked: Sequence[str]) -> tuple[object, object]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    fitted = TfidfVectorizer(stop_words="english", sublinear_tf=True)
    return fitted.fit_transform(texts), fitted.transform(asked)


def _nearest(texts: Sequence[str], uses: Floats, asked: Sequence[str], k: int = 10) -> Floats:
    """Average the labels of the nearest known steps by cosine, then frequency."""
    known, query = _tfidf(texts, asked)
    rows = []
    for row in (query @ known.T).toarray():
        near = np.argsort(-row, kind="stable")[:k]
        rows.append(row[near] @ uses[near] / max(row[near].sum(), 1e-9))
    return np.array(rows) + uses.mean(axis=0) / 1000


def _classifier(texts: Sequence[str], uses: Floats, asked: Sequence[str]) -> Floats:
    """One logistic regression for each label."""
    from sklearn.linear_model import LogisticRegression

    known, query = _tfidf(texts, asked)
    scores = np.zeros((len(asked), uses.shape[1]))
    for label, column in enumerate(uses.T):
        if column.min() == column.max():
            scores[:, label] = column[0]
        else:
            fitted = LogisticRegression(C=10.0, max_iter=1000).fit(known, column)
            scores[:, label] = fitted.predict_proba(query)[:, 1]
    return scores


def _around(step: like.Step) -> str:
    """Return the text of a step with that of its neighbours, whose words are kept apart."""
    text = f"{step.name}. {step.description}"
    for mark, (name, more) in (("before", step.before), ("after", step.after)):
        text += " " + " ".join(f"{mark}{word}" for word in plain_name(f"{name} {more}").split())
    return text


def compared(this: Task, layer: str, *, classifier: bool = True) -> dict[str, Floats]:
    """Return the scores of what we compare with, on the same folds and texts."""
    whole = [f"{step.name}. {step.description}" for step in this.steps]
    names = [step.name for step in this.steps]
    around = [_around(step) for step in this.steps]
    ways: dict[str, tuple[list[str], Callable[..., Floats]]] = {
        "frequency": (names, lambda _, uses, asked: _frequency(uses, len(asked))),
        "exact name, then frequency": (names, _by_name),
        "TF-IDF nearest, name": (names, _nearest),
        "TF-IDF nearest, text": (whole, _nearest),
    }
    if classifier:
        ways["one-vs-rest, name"] = (names, _classifier)
        ways["one-vs-rest, text"] = (whole, _classifier)
        ways["one-vs-rest, text and neighbours"] = (around, _classifier)
    result = {way: np.zeros_like(this.uses[layer]) for way in ways}
    for case in dict.fromkeys(this.cases):
        known = this.only(layer, without=[case])
        asked = [i for i in this.places(layer) if this.cases[i] == case]
        for way, (texts, scores) in ways.items():
            if asked:
                result[way][asked] = scores(
                    [texts[i] for i in known], this.uses[layer][known], [texts[i] for i in asked]
                )
    return result


def measures(this: Task, layer: str, scores: Floats) -> Floats:
    """Return recall@3, recall@5 and average precision of each step; NaN where it has no label."""
    result = np.full((len(this.steps), 3), np.nan)
    for i in this.places(layer):
        wanted, ranked = np.flatnonzero(this.uses[layer][i]), ranking(scores[i])
        result[i] = (
            recall_at(3, wanted, ranked),
            recall_at(5, wanted, ranked),
            average_precision(wanted, ranked),
        )
    return result


def intervals(values: Floats, cases: Sequence[str], resamples: int) -> Floats:
    """Return mean and 95 % interval of each column; whole use cases are drawn with replacement."""
    kept = ~np.isnan(values[:, 0])
    values, of = values[kept], np.array(cases)[kept]
    groups = [values[of == case] for case in dict.fromkeys(of.tolist())]
    sums = np.array([group.sum(axis=0) for group in groups])
    sizes = np.array([len(group) for group in groups])
    drawn = np.random.default_rng(2030).integers(len(groups), size=(resamples, len(groups)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)[:, None]
    low, high = np.quantile(means, (0.025, 0.975), axis=0)
    return np.column_stack([values.mean(axis=0), low, high])


def _line(name: str, values: Floats, cases: Sequence[str], resamples: int) -> str:
    cells = (f"{m:.3f} [{a:.2f}, {b:.2f}]" for m, a, b in intervals(values, cases, resamples))
    return f"  {name:<36}" + "   ".join(cells)


def show_layer(this: Task, layer: str, resamples: int, *, classifier: bool) -> None:
    """Print the tables of one layer."""
    ranked = {**compared(this, layer, classifier=classifier), **ours(this, layer)}
    found = {way: measures(this, layer, scores) for way, scores in ranked.items()}
    counted = ~np.isnan(found["frequency"][:, 0])
    new = np.array(this.new)
    for title, kept, reference in (
        ("all steps", counted, REFERENCE[layer][0]),
        ("new names", counted & new, REFERENCE[layer][1]),
    ):
        cases = [case for case, keep in zip(this.cases, kept, strict=True) if keep]
        of = f"{kept.sum()} steps of {len(set(cases))} use cases; reference MAP {reference}"
        print(f"\n{layer}s, {title} ({of})")
        print(f"  {'':<36}{'recall@3':<23}{'recall@5':<23}MAP")
        for way, values in found.items():
            if way == SETTINGS[0]:
                print("  ours")
            print(_line(way, values[kept], cases, resamples))
        best = max(
            (way for way in found if way not in SETTINGS), key=lambda w: found[w][kept, 2].mean()
        )
        print(f"  difference in MAP to {best}, the best of the others:")
        for way in SETTINGS[1:]:
            gap = (found[way] - found[best])[kept][:, [2]]
            print(_line(f"  {way}", gap, cases, resamples))


def show_outside(this: Task) -> None:
    """Print how suggestions learned from GovStack fare on the framework's own models."""
    print("\nThe framework's own models, by suggestions learned from GovStack's 16 use cases")
    same = this.framework.building_block_crosswalk.query("relation in ['exact', 'broader']")
    twin = same.groupby("dif")["govstack"].agg(list).to_dict()
    learned = suggest.suggester(this.framework)
    for case in (*FULL_MODELS, FIGURE_9):
        published = suggest.published_steps(this.framework, [case])
        for layer in LAYERS:
            labels, other = this.labels[layer], suggest.OTHER[layer]
            model = learned.learned[layer]
            usual = ranking(model.frequency)
            wanted, ours_, theirs = [], [], []
            scores = []
            for step in published:
                content = without(step.content, neighbours=True, other=False)
                scores.append(model.ask(content).scores)
                of = step.content.uses[layer]
                if layer == "building_block":
                    of = tuple(b for block in of for b in twin.get(block, ()))
                wanted.append({labels.index(label) for label in of})
            ranked = [ranking(row) for row in scores]
            if case == FIGURE_9:
                table = getattr(this.framework, f"use_case_{layer}s").query("use_case == @case")
                of = table[layer].tolist()
                if layer == "building_block":
                    of = [b for block in of for b in twin.get(block, ())]
                wanted = [{labels.index(label) for label in of}]
                ranked = [ranking(np.max(scores, axis=0))]
            pairs = [(w, r) for w, r in zip(wanted, ranked, strict=True) if w]
            for measure in (
                lambda w, r: recall_at(3, w, r),
                lambda w, r: recall_at(5, w, r),
                average_precision,
            ):
                ours_.append(np.mean([measure(w, r) for w, r in pairs]))
                theirs.append(np.mean([measure(w, usual) for w, _ in pairs]))
            what = "whole use case" if case == FIGURE_9 else f"{len(pairs)} steps"
            print(
                f"  {case:<34}{layer:<16}{what:<16}recall@3 {ours_[0]:.2f}  recall@5 {ours_[1]:.2f}"
                f"  MAP {ours_[2]:.2f}   (frequency {theirs[0]:.2f}  {theirs[1]:.2f}  {theirs[2]:.2f})"
            )


def show_time(this: Task) -> None:
    """Print how long building takes, and one suggestion after that."""
    start = time.perf_counter()
    built = suggest.Suggester(this.framework)
    print(f"\nTime: built in {time.perf_counter() - start:.2f} s", end="; ")
    taken = []
    for step in this.steps:
        start = time.perf_counter()
        neighbours = (step.before, step.after)
        built.workflows(step.name, step.description, neighbours=neighbours)
        built.building_blocks(step.name, step.description, neighbours=neighbours)
        taken.append(time.perf_counter() - start)
    taken.sort()
    print(
        f"both layers of a step in {1000 * taken[len(taken) // 2]:.1f} ms (median), "
        f"{1000 * taken[-1]:.1f} ms (slowest)"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the suggestions.")
    parser.add_argument("--quick", action="store_true", help="no classifier, fewer resamples")
    quick = parser.parse_args(arguments).quick
    this = task(govstack_kit.load())
    everything = list(range(len(this.steps)))
    print("Weights that the same tuning chooses on all sixteen use cases, which the kit ships:")
    shipped = True
    for layer in LAYERS:
        weights = tune(this, layer, everything)
        shipped &= weights == suggest.WEIGHTS[layer]
        print(f"  {layer:<16}{weights}")
    if not shipped:
        print("  These are NOT the weights in suggest.py: bring WEIGHTS up to date.")
    for layer in LAYERS:
        show_layer(this, layer, 200 if quick else 2000, classifier=not quick)
    show_outside(this)
    show_time(this)
    return 0 if shipped else 1


if __name__ == "__main__":
    sys.exit(main())
