"""What the suggestions are measured by, and what they are compared with.

Used by ``benchmarks/suggest.py``, which says what is measured. Ways to compare with take the texts
and links of known steps and the texts of steps asked about, and return a score for each label.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from govstack_kit.planning._words import plain_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from govstack_kit.planning import _likeness as like
    from govstack_kit.planning._words import Floats


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


def around(step: like.Step) -> str:
    """Return the text of a step with that of its neighbours, whose words are kept apart."""
    text = f"{step.name}. {step.description}"
    for mark, (name, more) in (("before", step.before), ("after", step.after)):
        text += " " + " ".join(f"{mark}{word}" for word in plain_name(f"{name} {more}").split())
    return text
