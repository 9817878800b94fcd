"""How alike steps are, and what that says about the workflows or building blocks they use.

Definitions
-----------
A *channel* is one view of a step as numbers: the words of its name, the letters of its name
(sequences of 3 to 5), the words of its description, those of the neighbouring steps, and what was
already chosen for it in the other layer. The *likeness* of two steps is the weighted sum of the
cosines of their channels. A *regression* on likeness (kernel ridge with an intercept) estimates for
each label, a workflow or a building block, whether the step uses it; how well the words of the step
fit the framework's own description of the label is added to that. What the step already has in the
same layer counts by *surplus*, what all of that leaves unexplained: labels that published steps
have together more often than their words say raise each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from govstack_kit.planning._words import Floats, Vocabulary, letters, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

INTERCEPT = 10.0  # so large that the level of a label is hardly penalised
STEADY = 0.02  # added to a variance of at most 0.25, so that rare labels raise nothing much
TEXT_CHANNELS = ("name", "letters", "description")
NEIGHBOUR_CHANNELS = ("before_name", "before_text", "after_name", "after_text")
GROUPS = (("name", "letters"), ("description",), NEIGHBOUR_CHANNELS, ("layer",))
ALL_CHANNELS = tuple(name for group in GROUPS for name in group)


@dataclass(frozen=True)
class Step:
    """A step: its words, those of the steps around it, what it uses by layer, and its use case."""

    name: str
    description: str = ""
    before: tuple[str, str] = ("", "")
    after: tuple[str, str] = ("", "")
    uses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    use_case: str = ""


@dataclass(frozen=True)
class Weights:
    """How much each kind of evidence counts.

    Attributes
    ----------
    penalty : float
        Of the regression: the larger, the closer to the frequency of each label.
    description : float
        Of the words of the description; those of the name and its letters weigh 0.5 each.
    neighbours : float
        Of the words of the neighbouring steps; half of it for each of name and description.
    layer : float
        Of what was chosen in the other layer, when anything was.
    plan : float
        Of being a step of the same plan, when other steps of it are known.
    label : float
        Of the fit between the words of the step and the description of the label.
    together : float
        Of what was chosen in the same layer.
    """

    penalty: float = 1.0
    description: float = 1.0
    neighbours: float = 1.0
    layer: float = 1.0
    plan: float = 0.15
    label: float = 1.0
    together: float = 0.25

    def of(self, channel: str) -> float:
        """Return the weight of one channel."""
        known = {"name": 0.5, "letters": 0.5, "description": self.description, "layer": self.layer}
        if channel in known:
            return known[channel]
        return self.neighbours / 2


def documents(steps: Sequence[Step]) -> dict[str, list[list[str]]]:
    """Return the terms of each step in each channel of words."""
    return {
        "name": [words(step.name) for step in steps],
        "letters": [letters(step.name) for step in steps],
        "description": [words(step.description) for step in steps],
        "before_name": [words(step.before[0]) for step in steps],
        "before_text": [words(step.before[1]) for step in steps],
        "after_name": [words(step.after[0]) for step in steps],
        "after_text": [words(step.after[1]) for step in steps],
    }


class Views:
    """What is measured of steps: vocabularies learned once, and channels of any step after that.

    Parameters
    ----------
    steps
        The steps to learn from.
    labels
        The ids of the labels of each layer.
    descriptions
        The terms of the framework's own description of each label, in the order of `labels`.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        labels: dict[str, list[str]],
        descriptions: dict[str, list[list[str]]],
    ) -> None:
        terms = documents(steps)
        name, text = Vocabulary(terms["name"]), Vocabulary(terms["description"])
        self.vocabularies = {
            "name": name,
            "letters": Vocabulary(terms["letters"]),
            "description": text,
            "before_name": name,
            "before_text": text,
            "after_name": name,
            "after_text": text,
        }
        self.labels = labels
        self.rarity = {
            layer: np.log((1 + len(steps)) / (1 + self.used(steps, layer).sum(axis=0))) + 0.3
            for layer in labels
        }
        whole = _whole(terms)
        self._fit = {layer: Vocabulary(whole + descriptions[layer]) for layer in labels}
        self._described = {layer: self._fit[layer].rows(descriptions[layer]).T for layer in labels}

    def used(self, steps: Sequence[Step], layer: str) -> Floats:
        """Return which labels of a layer each step uses, as ones and zeros."""
        column = {label: place for place, label in enumerate(self.labels[layer])}
        matrix = np.zeros((len(steps), len(column)))
        for row, step in zip(matrix, steps, strict=True):
            row[[column[label] for label in step.uses.get(layer, ()) if label in column]] = 1
        return matrix

    def channels(self, steps: Sequence[Step], layer: str) -> dict[str, Floats]:
        """Return the channels of steps; `layer` is the other layer, whose labels are evidence."""
        terms = documents(steps)
        views = {name: self.vocabularies[name].rows(terms[name]) for name in terms}
        chosen = self.used(steps, layer) * self.rarity[layer]
        length = np.linalg.norm(chosen, axis=1, keepdims=True)
        views["layer"] = np.divide(chosen, length, out=np.zeros_like(chosen), where=length > 0)
        return views

    def fit(self, steps: Sequence[Step], layer: str) -> Floats:
        """Return how well the words of each step fit the description of each label of a layer."""
        fitted: Floats = self._fit[layer].rows(_whole(documents(steps))) @ self._described[layer]
        return fitted


def _whole(terms: dict[str, list[list[str]]]) -> list[list[str]]:
    """Return all terms of each step, those of the name twice."""
    both = zip(terms["name"], terms["description"], strict=True)
    return [name * 2 + description for name, description in both]


def likeness(
    some: dict[str, Floats], others: dict[str, Floats], weights: Weights, names: Iterable[str]
) -> Floats:
    """Return the weighted sum of the cosines of the channels `names`, a row for each of `some`."""
    total: Floats = sum(
        (weights.of(name) * (some[name] @ others[name].T) for name in names),
        start=np.zeros((len(some["name"]), len(others["name"]))),
    )
    return total


def present(channels: dict[str, Floats]) -> tuple[str, ...]:
    """Return the channels in which something is known of a step, the only ones to compare it in.

    A step that has only a name is compared by name: where nothing is known, nothing is unlike. The
    neighbours go together, because the first step has none before it.
    """
    return tuple(
        name for group in GROUPS if any(channels[part].any() for part in group) for name in group
    )


def estimate(kernel: Floats, query: Floats, uses: Floats, penalty: float) -> Floats:
    """Return the regression's estimate of each label for each row of `query`.

    Parameters
    ----------
    kernel
        The likeness of the known steps to each other.
    query
        The likeness of each step asked about to the known ones.
    uses
        Which labels the known steps use.
    penalty
        See :class:`Weights`.

    Examples
    --------
    >>> two = np.eye(2)
    >>> estimate(two, two[:1], np.array([[1.0], [0.0]]), 1.0).round(2)
    array([[0.73]])
    """
    answer: Floats = (query + INTERCEPT) @ solution(kernel, uses, penalty)
    return answer


def solution(kernel: Floats, uses: Floats, penalty: float) -> Floats:
    """Return what each known step contributes to the estimate of each label."""
    system = kernel + INTERCEPT + penalty * np.eye(len(kernel))
    return np.linalg.solve(system, uses).astype(np.float64)


def estimate_left_out(
    kernel: Floats, uses: Floats, groups: Sequence[str], penalty: float
) -> Floats:
    """Return the estimate for each known step when its whole group is unknown.

    The result is that of :func:`estimate` with the group taken away, found from one inversion.

    Parameters
    ----------
    kernel, uses, penalty
        See :func:`estimate`.
    groups
        The group of each known step: its use case.
    """
    inverse = np.linalg.inv(kernel + INTERCEPT + penalty * np.eye(len(kernel)))
    solved = inverse @ uses
    result = np.zeros_like(uses)
    of = np.array(groups)
    for group in dict.fromkeys(groups):
        rows = np.flatnonzero(of == group)
        result[rows] = uses[rows] - np.linalg.solve(inverse[np.ix_(rows, rows)], solved[rows])
    return result


def surplus(uses: Floats, estimated: Floats) -> Floats:
    """Return how labels go together beyond what was estimated: the covariance of what is left.

    Parameters
    ----------
    uses
        Which labels the known steps use.
    estimated
        The estimate for each of them while its use case was unknown.
    """
    left = uses - estimated
    covariance: Floats = left.T @ left / max(len(left), 1)
    return covariance


def raised(together: Floats, chosen: Sequence[int], estimated: Floats) -> Floats:
    """Return by how much labels already chosen raise each label.

    It is the mean of a normal distribution given some of its values (Rasmussen and Williams,
    Gaussian Processes for Machine Learning, 2006, equation A.6): what was chosen although little
    spoke for it says most.

    Parameters
    ----------
    together
        What :func:`surplus` returns.
    chosen
        The places of the labels that were chosen.
    estimated
        The estimate of each label.

    Examples
    --------
    >>> raised(np.array([[0.18, 0.1], [0.1, 0.18]]), [0], np.array([0.4, 0.4])).round(2)
    array([0.54, 0.3 ])
    """
    among = together[np.ix_(chosen, chosen)] + STEADY * np.eye(len(chosen))
    added: Floats = together[:, chosen] @ np.linalg.solve(among, 1 - estimated[chosen])
    return added


class Evidence(NamedTuple):
    """What is known about a step asked about: a score for each label, and what it rests on.

    Attributes
    ----------
    scores : array
        One number for each label.
    alike : array
        The likeness of its words to those of each known step.
    beside : array
        The likeness of its neighbours to those of each known step.
    planned : array
        The likeness of its words to those of each other step of the plan.
    fit : array
        How well its words fit the description of each label.
    silent : bool
        Whether nothing is known of the step, so that the scores are how often labels are used.
    """

    scores: Floats
    alike: Floats
    beside: Floats
    planned: Floats
    fit: Floats
    silent: bool


class Learned:
    """What steps teach about the labels of one layer.

    Parameters
    ----------
    views
        What is measured of steps.
    steps
        The steps to learn from; those without a label of the layer are passed over.
    layer, other
        The layer of the labels, and the one whose labels are evidence.
    weights
        How much each kind of evidence counts.
    """

    def __init__(
        self, views: Views, steps: Sequence[Step], layer: str, other: str, weights: Weights
    ) -> None:
        self.views, self.layer, self.other, self.weights = views, layer, other, weights
        self.known = [place for place, step in enumerate(steps) if step.uses.get(layer)]
        chosen = [steps[place] for place in self.known]
        self.uses = views.used(chosen, layer)
        self.frequency = self.uses.mean(axis=0)
        self._channels = views.channels(chosen, other)
        self._fit = views.fit(chosen, layer)
        self._groups = [step.use_case for step in chosen]
        self._kernels: dict[tuple[str, ...], Floats] = {}
        self._solutions: dict[tuple[str, ...], Floats] = {}
        self._surplus: dict[tuple[str, ...], Floats] = {}
        self._kernel(ALL_CHANNELS)

    def _kernel(self, names: tuple[str, ...]) -> Floats:
        """Return the likeness of the known steps to each other in some channels."""
        if names not in self._kernels:
            self._kernels[names] = likeness(self._channels, self._channels, self.weights, names)
        return self._kernels[names]

    def _together(self, names: tuple[str, ...]) -> Floats:
        """Return how labels go together beyond what some channels say."""
        if names not in self._surplus:
            kernel = self._kernel(names)
            left_out = estimate_left_out(kernel, self.uses, self._groups, self.weights.penalty)
            if set(names) & set(TEXT_CHANNELS):
                left_out = left_out + self.weights.label * self._fit
            self._surplus[names] = surplus(self.uses, left_out)
        return self._surplus[names]

    def _estimate(self, channels: dict[str, Floats], query: Floats, plan: Sequence[Step]) -> Floats:
        """Return a row with the estimate of each label by the likeness to the known steps."""
        names, penalty = present(channels), self.weights.penalty
        if not plan:
            if names not in self._solutions:
                self._solutions[names] = solution(self._kernel(names), self.uses, penalty)
            scores: Floats = (query + INTERCEPT) @ self._solutions[names]
            return scores
        planned = self.views.channels(plan, self.other)
        across = likeness(planned, self._channels, self.weights, names)
        among = likeness(planned, planned, self.weights, names) + self.weights.plan
        kernel = np.block([[self._kernel(names), across.T], [across, among]])
        own = likeness(channels, planned, self.weights, names) + self.weights.plan
        uses = np.vstack([self.uses, self.views.used(plan, self.layer)])
        return estimate(kernel, np.hstack([query, own]), uses, penalty)

    def ask(self, step: Step, plan: Sequence[Step] = ()) -> Evidence:
        """Return what is known about a step, given other steps of the same plan."""
        given = self.views.channels(plan, self.other)  # each step, so that reasons find theirs
        plan = [other for other in plan if self.views.used([other], self.layer).any()]
        channels = self.views.channels([step], self.other)
        names = present(channels)
        query = likeness(channels, self._channels, self.weights, names)
        fit = self.views.fit([step], self.layer)[0]
        chosen = np.flatnonzero(self.views.used([step], self.layer)[0]).tolist()
        heard = query.any() or fit.any()
        if not heard:
            names, scores = (), self.frequency
        else:
            scores = self._estimate(channels, query, plan)[0] + self.weights.label * fit
        if chosen and self.weights.together:
            added = raised(self._together(names), chosen, scores)
            scores = scores + self.weights.together * added
        return Evidence(
            scores,
            likeness(channels, self._channels, self.weights, TEXT_CHANNELS)[0],
            likeness(channels, self._channels, self.weights, NEIGHBOUR_CHANNELS)[0],
            likeness(channels, given, self.weights, TEXT_CHANNELS)[0],
            fit,
            silent=not (heard or chosen),
        )
