"""What the suggestions are measured by, what they are compared with, and how that is printed.

Used by ``benchmarks/suggest.py``, which says what is measured.

Definitions
-----------
Ways to compare with take the texts and links of known steps and the texts of steps asked about, and
return a score for each label. MAP *beats* a reference if its whole 95 % interval lies above it. It
is *higher, within chance* if only the mean does, by 0.01 or more, *ties* if the mean is less than
0.01 away, and is *lower* otherwise. Something *helps* or *hurts* if the whole interval of the
difference is above or below 0.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from govstack_kit.planning.terms import plain_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from suggest_task import Task

    from govstack_kit.planning.suggest import Step
    from govstack_kit.planning.terms import Floats

REFERENCE = {"workflow": (0.82, 0.67), "building_block": (0.83, 0.75)}
COLD = "(a) cold"
SAME = 0.01  # what is nearer than this is no difference


def ranking(scores: Floats, *, without: Iterable[int] = ()) -> list[int]:
    """Return the places of the labels, best first; equal ones in their order, some left out."""
    gone = set(without)
    ranked = np.argsort(-np.asarray(scores), kind="stable").tolist()
    return [label for label in ranked if label not in gone]


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


def frequency(uses: Floats, asked: int) -> Floats:
    """Rank by how many known steps use each label."""
    return np.tile(uses.mean(axis=0), (asked, 1))


def beside(uses: Floats, labels: Sequence[int]) -> Floats:
    """Rank by how many of the known steps with some labels use each, and then by frequency."""
    shares = [
        uses[uses[:, label] > 0].sum(axis=0) / max(uses[:, label].sum(), 1) for label in labels
    ]
    return np.mean(shares, axis=0) + frequency(uses, 1)[0] / 1000


def by_name(names: Sequence[str], uses: Floats, asked: Sequence[str]) -> Floats:
    """Look the name up; where no known step has it, fall back on frequency."""
    frequency = uses.mean(axis=0)
    known, rows = np.array([plain_name(name) for name in names]), []
    for name in asked:
        same = uses[known == plain_name(name)]
        rows.append((same.mean(axis=0) if len(same) else 0) + frequency / 1000)
    return np.array(rows)


def _tfidf(texts: Sequence[str], asked: Sequence[str]) -> tuple[Any, Any]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    fitted = TfidfVectorizer(stop_words="english", sublinear_tf=True)
    return fitted.fit_transform(texts), fitted.transform(asked)


def nearest(texts: Sequence[str], uses: Floats, asked: Sequence[str], k: int = 10) -> Floats:
    """Average the labels of the nearest known steps by cosine, then frequency."""
    known, query = _tfidf(texts, asked)
    rows = []
    for row in (query @ known.T).toarray():
        near = np.argsort(-row, kind="stable")[:k]
        rows.append(row[near] @ uses[near] / max(row[near].sum(), 1e-9))
    return np.array(rows) + uses.mean(axis=0) / 1000


def classifier(texts: Sequence[str], uses: Floats, asked: Sequence[str]) -> Floats:
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


def around(step: Step) -> str:
    """Return the text of a step with that of its neighbours, whose words are kept apart."""
    text = f"{step.name}. {step.description}"
    for mark, (name, more) in (("before", step.before), ("after", step.after)):
        text += " " + " ".join(f"{mark}{word}" for word in plain_name(f"{name} {more}").split())
    return text


class Found(NamedTuple):
    """The measures of each step in one layer: of the others, of ours, and of (d) and (e).

    Each array has a row for each step and columns for recall@3, recall@5 and average precision.
    """

    others: dict[str, Floats]
    ours: dict[str, Floats]
    accepted: dict[str, dict[str, Floats]]


class Kept(NamedTuple):
    """The steps of one table: all, or those with new names."""

    title: str
    rows: Floats
    cases: list[str]
    reference: float


def halves(this: Task, layer: str, values: Floats) -> Iterator[Kept]:
    """Yield all steps that were measured, and those of them whose name is new."""
    counted = ~np.isnan(values[:, 0])
    new = np.array(this.new)
    for title, rows, reference in (
        ("all steps", counted, REFERENCE[layer][0]),
        ("new names", counted & new, REFERENCE[layer][1]),
    ):
        cases = [case for case, keep in zip(this.cases[: this.ranked], rows, strict=True) if keep]
        yield Kept(title, rows, cases, reference)


def _line(name: str, values: Floats, kept: Kept, resamples: int) -> str:
    """Return the means and intervals of the columns of some measures."""
    found = intervals(values[kept.rows], kept.cases, resamples)
    return f"  {name:<36}" + "   ".join(f"{m:.3f} [{a:.2f}, {b:.2f}]" for m, a, b in found)


def _head(layer: str, kept: Kept, more: str) -> None:
    of = f"{kept.rows.sum()} steps of {len(set(kept.cases))} use cases{more}"
    print(f"\n{layer}s, {kept.title} ({of})")
    print(f"  {'':<36}{'recall@3':<23}{'recall@5':<23}MAP")


def show_layer(this: Task, layer: str, found: Found, resamples: int) -> None:
    """Print the tables of one layer, without setting (d)."""
    for kept in halves(this, layer, found.ours[COLD]):
        _head(layer, kept, f"; reference MAP {kept.reference}")
        for way, values in found.others.items():
            print(_line(way, values, kept, resamples))
        print("  ours")
        for way, values in found.ours.items():
            print(_line(way, values, kept, resamples))
        others = found.others
        best = max(others, key=lambda way: others[way][kept.rows, 2].mean())
        print(f"  difference in MAP to {best}, the best of the others:")
        for way in list(found.ours)[1:]:
            gap = (found.ours[way] - others[best])[:, [2]]
            print(_line(f"  {way}", gap, kept, resamples))


def looked(setting: str) -> tuple[tuple[str, str], ...]:
    """Return the ways that look at what a step has in the same layer, and those that do not."""
    return (f"(a)+{setting}", COLD), (f"(b)+(c)+{setting}", "(b)+(c)")


def show_accepted(this: Task, layer: str, found: Found, resamples: int) -> None:
    """Print settings (d) and (e) of one layer, and the differences that they are about."""
    for (setting, of), half in itertools.product(found.accepted.items(), (0, 1)):
        kept = list(halves(this, layer, of[COLD]))[half]
        known = "one label is known" if setting == "(d)" else "all but one label are known"
        _head(layer, kept, f" with two labels or more; {setting} {known}")
        for way, values in of.items():
            print(_line(way, values, kept, resamples))
        print("  difference in MAP:")
        alone = next(iter(of))
        for way, without in (*looked(setting), (f"(a)+{setting}", alone)):
            gap = (of[way] - of[without])[:, [2]]
            what = "standing together" if without == alone else without
            print(_line(f"  {way} to {what}", gap, kept, resamples))


def verdict(mean: float, low: float, reference: float) -> str:
    """Return what a mean and the low end of its interval come to beside a reference."""
    if round(low, 6) > reference and mean - reference >= SAME:
        return "beats"
    if abs(mean - reference) < SAME:
        return "ties"
    return "higher, within chance" if mean > reference else "lower"


def show_summary(
    this: Task, layers: Sequence[str], found: dict[tuple[str, str], Found], resamples: int
) -> None:
    """Print which settings beat the reference, and what else was learned from or known changes.

    Parameters
    ----------
    this
        The task; what is ranked is the same for all that was learned from.
    layers
        The layers.
    found
        By what was learned from (the first is compared with the others) and layer.
    resamples
        How many times use cases are drawn.
    """
    sources = list(dict.fromkeys(source for source, _ in found))
    print("\nSummary: MAP of ours and the reference")
    print(f"  {'':<27}{'setting':<14}{'learned from':<26}{'MAP':<22}{'reference':<11}verdict")
    for layer in layers:
        for half, title in enumerate(("all steps", "new names")):
            for source in sources:
                ours = found[source, layer].ours
                kept = list(halves(this, layer, ours[COLD]))[half]
                for way in list(ours)[2:]:
                    values = ours[way][kept.rows][:, [2]]
                    mean, low, high = intervals(values, kept.cases, resamples)[0]
                    said = verdict(mean, low, kept.reference)
                    map_ = f"{mean:.3f} [{low:.3f}, {high:.3f}]"
                    name = f"{layer}s, {title}"
                    print(f"  {name:<27}{way:<14}{source:<26}{map_:<22}{kept.reference:<11}{said}")
    print("\nSummary: what else makes a difference in MAP")
    for layer in layers:
        for half, title in enumerate(("all steps", "new names")):
            first = found[sources[0], layer]
            pairs = [
                (f"{way} to {without}", of[way] - of[without])
                for setting, of in first.accepted.items()
                for way, without in looked(setting)
            ]
            for source, way in itertools.product(sources[1:], list(first.ours)[2:]):
                gap = first.ours[way] - found[source, layer].ours[way]
                pairs.append((f"{way}, {sources[0]} to {source}", gap))
            for name, values in pairs:
                kept = list(halves(this, layer, values))[half]
                gap = values[kept.rows][:, [2]]
                mean, low, high = intervals(gap, kept.cases, resamples)[0]
                said = "helps" if low > 0 else "hurts" if high < 0 else "within chance"
                what = f"{layer}s, {title}"
                print(f"  {what:<27}{name:<58}{mean:+.3f} [{low:+.3f}, {high:+.3f}]  {said}")
