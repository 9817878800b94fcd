"""Which workflows and building blocks a step may need, ranked, each with the reason.

Definitions
-----------
A *suggestion* is a label, a workflow or a building block, that published steps like this one use.
The *published steps* are those of GovStack's use cases and of the 2019 framework's models whose
steps have links. A *score* orders the suggestions of one step; it is no probability and is not for
comparing steps. Suggesting changes nothing: to accept is up to the country.

A *channel* is one view of a step as numbers: the words of its name, the letters of its name
(sequences of 3 to 5), the words of its description, those of the neighbouring steps, and what was
already chosen for it in the other layer. The *likeness* of two steps is the weighted sum of the
cosines of their channels. A *regression* on likeness (kernel ridge with an intercept) estimates for
each label whether the step uses it; how well the words of the step fit the framework's own
description of the label is added to that. What the step already has in the same layer counts by
*surplus*, what all of that leaves unexplained: labels that published steps have together more often
than their words say raise each other. ``benchmarks/suggest.py`` measures all of this.

A *ground* is something that can be looked up: a published step with words in common, a step of the
same plan, how often two labels stand in the same published step, a link of the framework's
catalogue, words of the framework's description. A reason never says more than its grounds.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from govstack_kit.errors import ArgumentError, known, one_of, quote
from govstack_kit.framework.questions import counterparts
from govstack_kit.planning.decisions import owners
from govstack_kit.planning.names import TOLD, names_of
from govstack_kit.planning.terms import Vocabulary, bare, letters, spelled, stems

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.decisions import Owner
    from govstack_kit.planning.names import Layer
    from govstack_kit.planning.plan import Plan
    from govstack_kit.planning.terms import Floats

OTHER: dict[str, Layer] = {"workflow": "building_block", "building_block": "workflow"}
INTERCEPT = 10.0  # so large that the level of a label is hardly penalised
STEADY = 0.02  # added to a variance of at most 0.25, so that rare labels raise nothing much
TEXT_CHANNELS = ("name", "letters", "description")
NEIGHBOUR_CHANNELS = ("before_name", "before_text", "after_name", "after_text")
GROUPS = (("name", "letters"), ("description",), NEIGHBOUR_CHANNELS, ("layer",))
ALL_CHANNELS = tuple(name for group in GROUPS for name in group)
_NONE = ("", "")  # the words of a neighbour that is not there
UNLIKE = "no words in common with published steps"
_ALIKE = 0.12  # the least likeness of two steps that is worth naming
_FITTING = 0.08  # the least fit to a description that is worth naming
_SHOWN = 2  # published steps named in a reason
_QUOTED = 3  # words quoted in a reason
_OFTEN = 0.5  # the share of published steps from which labels are often together


@dataclass(frozen=True)
class Step:
    """A step: its words, those of the steps around it, what it uses by layer.

    Attributes
    ----------
    name, description : str
        Its words.
    before, after : (str, str)
        Name and description of the steps around it; empty where there is none.
    uses : dict
        The keys that it has, by layer.
    use_case, order, source : str, int, str
        Of a published step: where it stands, and how its use case is named to people.
    """

    name: str
    description: str = ""
    before: tuple[str, str] = _NONE
    after: tuple[str, str] = _NONE
    uses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    use_case: str = ""
    order: int = 0
    source: str = ""

    @property
    def title(self) -> str:
        """The step as a reason names it."""
        return f"“{self.name}” ({self.source}, step {self.order})"

    @property
    def words(self) -> dict[str, str]:
        """Its words by their stem."""
        return spelled(f"{bare(self.name)} {bare(self.description)}")


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
        return known.get(channel, self.neighbours / 2)


# What benchmarks/suggest.py chooses on all published steps; it says so when they differ.
WEIGHTS: dict[str, Weights] = {
    "workflow": Weights(penalty=1.3, description=1.53, neighbours=1.13, layer=0.5, label=1.3),
    "building_block": Weights(
        penalty=1.5, description=1.33, neighbours=1.5, layer=2.0, plan=0.3, label=0.6
    ),
}


# --- what is published ----------------------------------------------------------------------------


def govstack_blocks(framework: Framework) -> dict[str, list[str]]:
    """Return the GovStack blocks that a block stands for: itself, or those that do the same."""
    table = framework.building_blocks.query("catalogue == 'govstack'")
    return {block: [block] for block in table["building_block"]} | counterparts(framework)


def published_use_cases(framework: Framework) -> list[str]:
    """Return the use cases whose steps have links, without a country's own."""
    linked = {*framework.step_workflows["step"], *framework.step_building_blocks["step"]}
    cases = framework.steps.loc[framework.steps["step"].isin(linked), "use_case"]
    published = framework.use_cases.query("catalogue != 'own'")["use_case"]
    return published[published.isin(cases)].tolist()


def published_steps(framework: Framework, use_cases: Sequence[str]) -> list[Step]:
    """Return the steps of use cases in order, with their words, neighbours and links.

    A block of 2019 counts as the GovStack block that does the same; one without such a block is
    left out.
    """
    steps = framework.steps[framework.steps["use_case"].isin(use_cases)]
    steps = steps.sort_values(["use_case", "order"])
    same = govstack_blocks(framework)
    uses: dict[str, dict[str, tuple[str, ...]]] = {}
    for layer in OTHER:
        table = getattr(framework, f"step_{layer}s")
        uses[layer] = table.groupby("step")[layer].agg(tuple).to_dict()
    for step, blocks in uses["building_block"].items():
        today = dict.fromkeys(label for block in blocks for label in same.get(block, ()))
        uses["building_block"][step] = tuple(today)
    about = framework.use_cases.set_index("use_case")
    old = about["name"][about["catalogue"] == "dif"] + ", 2019 framework"  # its ids say little
    found: list[Step] = []
    for use_case, group in steps.groupby("use_case", sort=False):
        case = str(use_case)
        source = str(old.get(case, case))
        texts = [_NONE, *zip(group["name"], group["summary"].fillna(""), strict=True), _NONE]
        for place, (step, order) in enumerate(group[["step", "order"]].to_numpy(), start=1):
            has = {layer: of.get(step, ()) for layer, of in uses.items()}
            beside = (texts[place - 1], texts[place + 1])
            found.append(Step(*texts[place], *beside, has, case, order, source))
    return found


def label_words(framework: Framework, layer: str, labels: Sequence[str]) -> list[list[str]]:
    """Return the framework's own words on each label: names, summary, examples or functions.

    A building block also has the words of the 2019 blocks that do the same. Names found in use
    cases, and workflows that only one use case has, give no words: they would tell a use case what
    it says of itself.
    """
    table = getattr(framework, f"{layer}s").set_index(layer)
    names = getattr(framework, f"{layer}_names")
    other = names[names["kind"] == "other name"].groupby(layer)["name"].agg(" ".join)
    told, column = TOLD[layer]
    more = getattr(framework, told).groupby(layer)[column].agg(". ".join)
    found: list[list[str]] = []
    for label in labels:
        if layer == "workflow" and not table.loc[label, "generic"]:
            found.append([])
            continue
        terms = stems(table.loc[label, "name"]) * 3 + stems(table.loc[label, "summary"])
        terms += stems(other.get(label, "")) * 2 + stems(more.get(label, ""))
        for twin, blocks in counterparts(framework).items():
            if label in blocks:
                terms += stems(table.loc[twin, "summary"]) + stems(more.get(twin, ""))
        found.append(terms)
    return found


# --- likeness -------------------------------------------------------------------------------------


def documents(steps: Sequence[Step]) -> dict[str, list[list[str]]]:
    """Return the terms of each step in each channel of words."""
    return {
        "name": [stems(step.name) for step in steps],
        "letters": [letters(step.name) for step in steps],
        "description": [stems(step.description) for step in steps],
        "before_name": [stems(step.before[0]) for step in steps],
        "before_text": [stems(step.before[1]) for step in steps],
        "after_name": [stems(step.after[0]) for step in steps],
        "after_text": [stems(step.after[1]) for step in steps],
    }


def _whole(terms: dict[str, list[list[str]]]) -> list[list[str]]:
    """Return all terms of each step, those of the name twice."""
    both = zip(terms["name"], terms["description"], strict=True)
    return [name * 2 + description for name, description in both]


class Views:
    """What is measured of steps: vocabularies learned once, and channels of any step after that.

    Parameters
    ----------
    steps
        The steps to learn from.
    labels
        The keys of the labels of each layer.
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
        self.vocabularies = {name: Vocabulary(terms[name]) for name in TEXT_CHANNELS}
        for channel in NEIGHBOUR_CHANNELS:
            like = "name" if channel.endswith("name") else "description"
            self.vocabularies[channel] = self.vocabularies[like]
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


def likeness(
    some: dict[str, Floats], others: dict[str, Floats], weights: Weights, names: Iterable[str]
) -> Floats:
    """Return the weighted sum of the cosines of the channels `names`, a row for each of `some`."""
    total: Floats = sum(
        (weights.of(name) * (some[name] @ others[name].T) for name in names),
        start=np.zeros((len(some["name"]), len(others["name"]))),
    )
    return total


def _present(channels: dict[str, Floats]) -> tuple[str, ...]:
    """Return the channels in which something is known of a step, the only ones to compare it in.

    A step that has only a name is compared by name: where nothing is known, nothing is unlike. The
    neighbours go together, because the first step has none before it.
    """
    return tuple(
        name for group in GROUPS if any(channels[part].any() for part in group) for name in group
    )


# --- regression -----------------------------------------------------------------------------------


def solution(kernel: Floats, uses: Floats, penalty: float) -> Floats:
    """Return what each known step contributes to the estimate of each label.

    Parameters
    ----------
    kernel
        The likeness of the known steps to each other.
    uses
        Which labels the known steps use.
    penalty
        See :class:`Weights`.
    """
    system = kernel + INTERCEPT + penalty * np.eye(len(kernel))
    return np.linalg.solve(system, uses).astype(np.float64)


def estimate(kernel: Floats, query: Floats, uses: Floats, penalty: float) -> Floats:
    """Return the regression's estimate of each label for each row of `query`.

    `query` is the likeness of each step asked about to the known ones; for the rest see
    :func:`solution`.

    Examples
    --------
    >>> two = np.eye(2)
    >>> estimate(two, two[:1], np.array([[1.0], [0.0]]), 1.0).round(2)
    array([[0.73]])
    """
    answer: Floats = (query + INTERCEPT) @ solution(kernel, uses, penalty)
    return answer


def estimate_left_out(
    kernel: Floats, uses: Floats, groups: Sequence[str], penalty: float
) -> Floats:
    """Return the estimate for each known step when its whole group, its use case, is unknown.

    The result is that of :func:`estimate` with the group taken away, found from one inversion.
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
    scores, fit : array
        One number for each label; and how well the words of the step fit its description.
    alike, beside, planned : array
        The likeness of its words to each known step, of its neighbours to each known step, and of
        its words to each other step of the plan.
    silent : bool
        Whether nothing is known of the step, so that the scores are how often labels are used.
    """

    scores: Floats
    fit: Floats
    alike: Floats
    beside: Floats
    planned: Floats
    silent: bool


class Learned:
    """What steps teach about the labels of one layer.

    Parameters
    ----------
    views
        What is measured of steps.
    steps
        The steps to learn from; those without a label of the layer are passed over.
    layer
        The layer of the labels; those of the other one are evidence.
    weights
        How much each kind of evidence counts.
    """

    def __init__(self, views: Views, steps: Sequence[Step], layer: str, weights: Weights) -> None:
        self.views, self.layer, self.other, self.weights = views, layer, OTHER[layer], weights
        self.steps = [step for step in steps if step.uses.get(layer)]
        self.uses = views.used(self.steps, layer)
        self.frequency = self.uses.mean(axis=0)
        self._channels = views.channels(self.steps, self.other)
        self._fit = views.fit(self.steps, layer)
        self._kept: dict[tuple[str, tuple[str, ...]], Floats] = {}  # by kind and channels
        self._kernel(ALL_CHANNELS)

    def _once(self, kind: str, names: tuple[str, ...], work: Callable[[], Floats]) -> Floats:
        """Return what depends on the known steps and some channels only, worked out once."""
        if (kind, names) not in self._kept:
            self._kept[kind, names] = work()
        return self._kept[kind, names]

    def _kernel(self, names: tuple[str, ...]) -> Floats:
        """Return the likeness of the known steps to each other in some channels."""
        known = self._channels
        return self._once("kernel", names, lambda: likeness(known, known, self.weights, names))

    def _together(self, names: tuple[str, ...]) -> Floats:
        """Return how labels go together beyond what some channels say."""
        cases, penalty = [step.use_case for step in self.steps], self.weights.penalty
        left_out = estimate_left_out(self._kernel(names), self.uses, cases, penalty)
        if set(names) & set(TEXT_CHANNELS):
            left_out = left_out + self.weights.label * self._fit
        return surplus(self.uses, left_out)

    def _estimate(self, channels: dict[str, Floats], query: Floats, plan: Sequence[Step]) -> Floats:
        """Return a row with the estimate of each label by the likeness to the known steps."""
        names, penalty = _present(channels), self.weights.penalty
        if not plan:
            kernel, uses = self._kernel(names), self.uses
            solved = self._once("solution", names, lambda: solution(kernel, uses, penalty))
            scores: Floats = (query + INTERCEPT) @ solved
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
        names = _present(channels)
        query = likeness(channels, self._channels, self.weights, names)
        fit = self.views.fit([step], self.layer)[0]
        chosen = np.flatnonzero(self.views.used([step], self.layer)[0]).tolist()
        heard = query.any() or fit.any()
        if heard:
            scores = self._estimate(channels, query, plan)[0] + self.weights.label * fit
        else:
            names, scores = (), self.frequency
        if chosen and self.weights.together:
            together = self._once("together", names, lambda: self._together(names))
            added = raised(together, chosen, scores)
            scores = scores + self.weights.together * added
        return Evidence(
            scores,
            fit,
            likeness(channels, self._channels, self.weights, TEXT_CHANNELS)[0],
            likeness(channels, self._channels, self.weights, NEIGHBOUR_CHANNELS)[0],
            likeness(channels, given, self.weights, TEXT_CHANNELS)[0],
            silent=not (heard or chosen),
        )


# --- reasons --------------------------------------------------------------------------------------


def _short(name: str) -> str:
    """Return a name in one line of at most 80 characters, without markup."""
    return " ".join(bare(name).split())[:80].strip() or "without a name"


class Asked(NamedTuple):
    """A step asked about, its words by stem, what is known of it, and the rest of its plan."""

    step: Step
    words: dict[str, str]
    evidence: Evidence
    plan: Sequence[Step]


class Reasons:
    """The grounds of the suggestions of one layer.

    Parameters
    ----------
    framework
        The tables.
    learned
        What published steps teach about the layer.
    described
        The terms of the framework's own description of each label.
    """

    def __init__(
        self, framework: Framework, learned: Learned, described: Sequence[Sequence[str]]
    ) -> None:
        self._names, self._catalogue = names_of(framework), _catalogue(framework)
        self._layer, self._steps, self._uses = learned.layer, learned.steps, learned.uses
        self._labels = learned.views.labels[learned.layer]
        self._described = [frozenset(terms) for terms in described]
        self._stems = [frozenset(step.words) for step in self._steps]
        self._common = Counter(stem for found in self._stems for stem in found)

    def of(self, place: int, asked: Asked) -> str:
        """Return the reason for suggesting the label at `place`."""
        grounds = [
            self._alike(place, asked),
            self._planned(place, asked),
            self._beside(place, asked, self._layer),
            self._beside(place, asked, OTHER[self._layer]),
            self._fitting(place, asked),
        ]
        if not grounds[0]:
            if title := self._nearest(place, asked.evidence.alike):
                grounds.append(f"{title}, spelled like “{_short(asked.step.name)}”, uses it")
            if title := self._nearest(place, asked.evidence.beside):
                grounds.append(f"{title} stands between steps like these and uses it")
        stated = [ground for ground in grounds if ground]
        known = any(stem in self._common for stem in asked.words)
        if not stated or not known:
            stated.append(self._frequency(place, known=known, silent=asked.evidence.silent))
        return " ".join(f"{ground[0].upper()}{ground[1:]}." for ground in stated)

    def _quoted(self, found: Collection[str], asked: Asked) -> str:
        """Quote the words of the step that have some stems, the rarest first."""
        rarest = sorted(found, key=lambda stem: (self._common[stem], stem))[:_QUOTED]
        return ", ".join(f"“{asked.words[stem]}”" for stem in rarest)

    def _alike(self, place: int, asked: Asked) -> str:
        """Name the published steps with the label that have most in common with the step."""
        alike = asked.evidence.alike
        near = [
            row
            for row in np.argsort(-alike, kind="stable")
            if self._uses[row, place]
            and alike[row] >= _ALIKE
            and self._stems[row] & asked.words.keys()
        ]
        near = [row for row in near if alike[row] >= alike[near[0]] / 2]
        if not near:
            return ""
        parts = []
        for row in near[:_SHOWN]:
            shared = self._quoted(self._stems[row] & asked.words.keys(), asked)
            parts.append(f"by {self._steps[row].title}, which shares {shared}")
        if len(near) > _SHOWN:
            parts.append(f"by {len(near) - _SHOWN} more like them")
        return "used " + ", ".join(parts[:-1]) + (", and " if len(parts) > 1 else "") + parts[-1]

    def _planned(self, place: int, asked: Asked) -> str:
        """Name the step of the plan that uses the label and is most like the step."""
        label, near = self._labels[place], asked.evidence.planned
        used = [n for n, step in enumerate(asked.plan) if label in step.uses.get(self._layer, ())]
        if not used:
            return ""
        best = max(used, key=lambda row: (near[row], -row))
        alike = "is alike and " if near[best] >= _ALIKE else ""
        return f"your step “{_short(asked.plan[best].name)}” {alike}uses it too"

    def _beside(self, place: int, asked: Asked, layer: str) -> str:
        """Name what of a layer the step has that goes best with the label, and how often it does.

        What the framework's catalogue links to the label goes best; then what more of the published
        steps with it have together with the label.
        """
        label, with_label = self._labels[place], self._uses[:, place] > 0
        found = []
        for order, other in enumerate(dict.fromkeys(asked.step.uses.get(layer, ()))):
            if other == label or not self._names.has(layer, other):
                continue
            has = np.array([other in step.uses.get(layer, ()) for step in self._steps])
            both, total = int((has & with_label).sum()), int(has.sum())
            linked = (label, other) in self._catalogue
            if linked or (total and both / total > with_label.mean()):
                found.append((not linked, -both / max(total, 1), order, other, both, total))
        if not found:
            return ""
        unlinked, share, _, other, both, total = min(found)
        name = self._names.name(layer, other)
        if layer == self._layer:
            often = "often together" if -share >= _OFTEN else "together"
            counted = f"in {both} of the {total} published steps with it"
            return f"{often} with {name}, which this step has: {counted}"
        counted = f"{both} of the {total} published steps with {name} use it"
        catalogue = f"the framework's catalogue links it to {name}"
        if unlinked:
            return counted
        return f"{catalogue}, and {counted}" if both else catalogue

    def _fitting(self, place: int, asked: Asked) -> str:
        """Quote the words of the step that the framework's description of the label has."""
        shared = self._described[place] & asked.words.keys()
        if not shared or asked.evidence.fit[place] < _FITTING:
            return ""
        return f"the framework describes it with {self._quoted(shared, asked)}"

    def _nearest(self, place: int, scores: Floats) -> str:
        """Name the published step with the label that scores highest, if any is worth naming."""
        scores = np.where(self._uses[:, place] > 0, scores, 0)
        best = int(scores.argmax())
        return self._steps[best].title if scores[best] >= _ALIKE else ""

    def _frequency(self, place: int, *, known: bool, silent: bool) -> str:
        """Say how many published steps use the label, and that nothing nearer was found."""
        count, every = int(self._uses[:, place].sum()), len(self._steps)
        used = f"{count or 'none'} of {every} published steps use it"
        if silent:
            return f"{used} ({UNLIKE}; most used first)"
        if not known:
            return f"{used} ({UNLIKE})"
        return f"{used}, but none is much like this one" if count else used


# --- suggestions ----------------------------------------------------------------------------------


class Suggester:
    """Suggestions learned from published steps.

    Parameters
    ----------
    framework
        The tables.
    use_cases
        The use cases to learn from; without it, all published ones whose steps have links.
    weights
        How much each kind of evidence counts, by layer; without it, the measured best.

    Raises
    ------
    UnknownKeyError
        If a use case does not exist.
    """

    def __init__(
        self,
        framework: Framework,
        *,
        use_cases: Sequence[str] | None = None,
        weights: dict[str, Weights] | None = None,
    ) -> None:
        use_cases = published_use_cases(framework) if use_cases is None else use_cases
        there = framework.use_cases["use_case"].tolist()
        use_cases = known(use_cases, there, "use case", "framework.use_cases")
        steps = published_steps(framework, use_cases)
        blocks = framework.building_blocks.query("catalogue == 'govstack'")
        self.labels = {
            "workflow": framework.workflows["workflow"].tolist(),
            "building_block": blocks["building_block"].tolist(),
        }
        described = {layer: label_words(framework, layer, self.labels[layer]) for layer in OTHER}
        views, weights = Views(steps, self.labels, described), weights or WEIGHTS
        self.learned = {layer: Learned(views, steps, layer, weights[layer]) for layer in OTHER}
        self._reasons = {
            layer: Reasons(framework, learned, described[layer])
            for layer, learned in self.learned.items()
        }
        self._names = names_of(framework)

    def rank(
        self,
        layer: str,
        step: Step,
        *,
        plan: Iterable[Step] = (),
        rejected: Collection[str] = (),
        top: int = 10,
    ) -> pd.DataFrame:
        """Return the labels of a layer that a step may need, likeliest first.

        Parameters
        ----------
        layer
            ``workflow`` or ``building_block``.
        step
            The step. What it uses is evidence, and not suggested again; keys that the framework
            does not have are passed over.
        plan
            Other steps of the plan with what the team accepted for them.
        rejected
            What the team does not want for this step.
        top
            How many to return at most.

        Returns
        -------
        pandas.DataFrame
            As :func:`suggestions` returns it.

        Raises
        ------
        ArgumentError
            If `top` is below 1.

        Examples
        --------
        >>> import govstack_kit
        >>> suggest = suggester(govstack_kit.load())
        >>> suggest.rank("building_block", Step("Pay the fee"), top=1)["name"].item()
        'Payments'
        """
        if not isinstance(top, int) or top < 1:
            raise ArgumentError(f"top is the number of suggestions, 1 or more, not {quote(top)}.")
        others, learned, labels = list(plan), self.learned[layer], self.labels[layer]
        evidence = learned.ask(step, others)
        asked = Asked(step, step.words, evidence, others)
        done = {*step.uses.get(layer, ()), *rejected}
        scores = evidence.scores.round(6)
        order = sorted(
            (place for place, label in enumerate(labels) if label not in done),
            key=lambda place: (-scores[place], -learned.frequency[place], labels[place]),
        )[:top]
        found = pd.Series([labels[place] for place in order], dtype="str")
        return pd.DataFrame(
            {
                "rank": range(1, len(order) + 1),
                layer: found,
                "name": found.map(partial(self._names.name, layer)).astype("str"),
                "score": scores[order],
                "reason": [self._reasons[layer].of(place, asked) for place in order],
            }
        )


def _catalogue(framework: Framework) -> set[tuple[str, str]]:
    """Return the pairs of workflow and GovStack block, both ways, that the catalogue links."""
    same, links = govstack_blocks(framework), framework.workflow_building_blocks
    ends = zip(links["workflow"], links["building_block"], strict=True)
    pairs = {(workflow, block) for workflow, of in ends for block in same.get(of, ())}
    return pairs | {(block, workflow) for workflow, block in pairs}


@lru_cache(maxsize=4)
def suggester(framework: Framework) -> Suggester:
    """Return the suggester of a framework, built the first time it is asked for."""
    return Suggester(framework)


def suggestions(
    framework: Framework, plan: Plan, step: str, layer: Layer, *, top: int = 8
) -> pd.DataFrame:
    r"""Return what a step of a plan may need, likeliest first, without what is decided already.

    The steps before and after it, what is accepted for it in either layer, and what the team
    accepted for other steps of the plan count as evidence.

    Parameters
    ----------
    framework
        The tables to learn from.
    plan
        The plan.
    step
        The key of the step; that of a use case asks for the use case as a whole.
    layer
        ``workflow`` or ``building_block``.
    top
        How many to return at most.

    Returns
    -------
    pandas.DataFrame
        ``rank``; ``workflow`` or ``building_block``; ``name``; ``score`` (orders this list, no
        probability); ``reason``: sentences that quote published steps, links and words.

    Raises
    ------
    UnknownKeyError
        If the plan has no such step.
    ArgumentError
        If `layer` is neither of the two, or `top` is below 1.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="School services")
    >>> fees = plan.add("use_cases", name="School fees")
    >>> pay = plan.add("steps", use_case=fees, name="Pay the fee")
    >>> found = suggestions(govstack_kit.load(), plan, pay, "building_block")
    >>> found["name"].tolist()[0]
    'Payments'
    """
    one_of(layer, OTHER, "layer")
    every = owners(plan)
    (key,) = known([step], [owner.key for owner in every], "step", "plan.steps")
    own = next(owner for owner in every if owner.key == key)
    whole, *steps = (owner for owner in every if owner.use_case == own.use_case)
    around = [_NONE, *((owner.name, owner.description) for owner in steps), _NONE]
    before, after = around[max(own.order - 1, 0)], around[own.order + 1 if own.step else 0]
    others = [_step(owner) for owner in every if owner.step and owner is not own]
    rejected, asked = own.rejected[layer] | whole.rejected[layer], _step(own, before, after)
    return suggester(framework).rank(layer, asked, plan=others, rejected=rejected, top=top)


def _step(owner: Owner, before: tuple[str, str] = _NONE, after: tuple[str, str] = _NONE) -> Step:
    uses = {layer: tuple(keys) for layer, keys in owner.accepted.items()}
    return Step(owner.name, owner.description, before, after, uses)
