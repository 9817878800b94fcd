"""Which workflows and building blocks a step may need, ranked, each with the reason.

Definitions
-----------
A *suggestion* is a label, a workflow or a building block, for a step. Three kinds of evidence are
added up, and the words of the step decide:

- *phrases*: the tables ``workflow_words`` and ``building_block_words`` have words that people use
  where they need a label; a phrase that speaks of many labels counts less;
- *descriptions*: the names, summary, functions, key functionalities and titles of requirements;
- *published steps*: a regression on likeness (kernel ridge) estimates how often steps like this one
  use a label; most of how often steps use it at large is taken off, so that what is merely frequent
  is not suggested. Words count less the more a published step has the very name of the step.

Steps are alike in their names, the letters of these, their descriptions, the steps around them and
what they have in the other layer. A *score* orders the suggestions of one step; it is no
probability and is not for comparing steps. Suggesting changes nothing: to accept is up to the
country.

Shown are up to four that reach :data:`WORTH` of the best score: most steps need one or two, and
with a cut at half of the best, fewer than half of those shown were right on the steps that weights
are tuned on. ``benchmarks/suggest.py`` measures all of this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from govstack_kit.errors import ArgumentError, known, one_of, quote
from govstack_kit.framework.questions import counterparts
from govstack_kit.planning.decisions import owners
from govstack_kit.planning.names import TOLD, names_of
from govstack_kit.planning.terms import Lexicon, Vocabulary, bare, letters, stems
from govstack_kit.words import listed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.decisions import Owner
    from govstack_kit.planning.names import Layer
    from govstack_kit.planning.plan import Plan
    from govstack_kit.planning.terms import Floats

OTHER: dict[str, Layer] = {"workflow": "building_block", "building_block": "workflow"}
SHOWN = 4  # suggestions shown at first
WORTH = 0.65  # the share of the best score under which none is shown
SURE = 0.4  # a best score below it rests on little: what is near it is not shown
_NONE = ("", "")  # the words of a neighbour that is not there
_INTERCEPT = 10.0  # so large that the level of a label is hardly penalised
_FITS = 0.05  # what the fit to a description counts beside phrases
_MOST = 2.0  # what phrases come near to, however many; one alone counts half
_WEAK = 0.3  # what a phrase that often means something else counts
_ALIKE = 0.15  # the least likeness of two steps that is worth naming
_NAMED = 2  # published steps named in a reason
_TEXTS, _AROUND = (0, 1, 2), (3, 4)  # views of the step's own words, and of the steps around it


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


class Weights(NamedTuple):
    """How much each kind of evidence counts for the labels of a layer.

    Attributes
    ----------
    penalty
        Of the regression: the larger, the closer to the frequency of each label.
    name, text, beside, layer
        Of the views in which steps are alike: the name and its letters, all words, the words of
        each neighbour, what it has in the other layer.
    frequency
        The share of a label's frequency that is taken off.
    described
        What the words of a description count beside those of the name.
    words
        What all words count where there is a description, in which published steps tell more.
    """

    penalty: float
    name: float
    text: float
    beside: float
    layer: float
    frequency: float
    described: float
    words: float


WEIGHTS = {
    "workflow": Weights(1.3, 0.5, 1.5, 0.6, 0.5, frequency=0.5, described=0.5, words=0.4),
    "building_block": Weights(1.5, 0.5, 1.3, 0.75, 2.0, frequency=0.9, described=0.2, words=0.18),
}
_ALONE = 0.45  # what published steps count where a step has no description
_LEAST_WORDS = 0.3  # what words still count where a published step has the same name
_SAME_NAME, _SOFT = 0.43, 0.06  # likeness from which a published step is taken for the same
_TAKEN_OFF = 0.4  # of the frequency, where there is a description


# --- what is published ----------------------------------------------------------------------------


def govstack_blocks(framework: Framework) -> dict[str, list[str]]:
    """Return the blocks that a block counts as: itself, or the GovStack blocks that do the same."""
    blocks = framework.building_blocks["building_block"]
    return {block: [block] for block in blocks} | counterparts(framework)


def blocks_today(framework: Framework) -> list[str]:
    """Return GovStack's blocks, and those of 2019 for which it has none of the kind or the name."""
    table, twins = framework.building_blocks, counterparts(framework)
    of = table["catalogue"] == "dif"
    named = table["name"].isin(table.loc[~of, "name"]) | table["building_block"].isin(twins)
    return table.loc[~(of & named), "building_block"].tolist()


def published_use_cases(framework: Framework) -> list[str]:
    """Return the use cases whose steps have links, without a country's own."""
    linked = {*framework.step_workflows["step"], *framework.step_building_blocks["step"]}
    cases = framework.steps.loc[framework.steps["step"].isin(linked), "use_case"]
    published = framework.use_cases.query("catalogue != 'own'")["use_case"]
    return published[published.isin(cases)].tolist()


def published_steps(framework: Framework, use_cases: Sequence[str]) -> list[Step]:
    """Return the steps of use cases in order, with their words, neighbours and links.

    A block of 2019 counts as the GovStack block that does the same, where there is one.
    """
    steps = framework.steps[framework.steps["use_case"].isin(use_cases)]
    same = govstack_blocks(framework)
    uses = {
        layer: getattr(framework, f"step_{layer}s").groupby("step")[layer].agg(tuple).to_dict()
        for layer in OTHER
    }
    for step, blocks in uses["building_block"].items():
        today = dict.fromkeys(label for block in blocks for label in same.get(block, ()))
        uses["building_block"][step] = tuple(today)
    about = framework.use_cases.set_index("use_case")
    old = about["name"][about["catalogue"] == "dif"] + ", 2019 framework"  # its ids say little
    found: list[Step] = []
    for use_case, group in steps.sort_values(["use_case", "order"]).groupby("use_case"):
        case = str(use_case)
        source = str(old.get(case, case))
        texts = [_NONE, *zip(group["name"], group["summary"].fillna(""), strict=True), _NONE]
        for place, (step, order) in enumerate(group[["step", "order"]].to_numpy(), start=1):
            has = {layer: of.get(step, ()) for layer, of in uses.items()}
            beside = (texts[place - 1], texts[place + 1])
            found.append(Step(*texts[place], *beside, has, case, order, source))
    return found


def descriptions(
    framework: Framework, layer: str, labels: Sequence[str]
) -> list[list[tuple[float, object]]]:
    """Return what the framework says of each label, each text with how much its words count.

    A GovStack block also has the words of the 2019 blocks that do the same. Names found in use
    cases give no words: they would tell a use case what it says of itself.
    """
    names, (told, column) = getattr(framework, f"{layer}_names"), TOLD[layer]
    table = getattr(framework, f"{layer}s")
    sources: list[tuple[float, pd.DataFrame, str]] = [
        (3, table, "name"),
        (2, names[names["kind"] == "other name"], "name"),
        (1, table, "summary"),
        (1, getattr(framework, told), column),
    ]
    if layer == "building_block":
        sources += [(0.5, framework.key_functionalities, "name")]
        sources += [(0.2, framework.requirements, "title")]
    same = govstack_blocks(framework) if layer == "building_block" else {}
    place = {label: place for place, label in enumerate(labels)}
    found: list[list[tuple[float, object]]] = [[] for _ in labels]
    for weight, frame, of in sources:
        for key, text in zip(frame[layer], frame[of], strict=True):
            for label in same.get(key, [key]):
                if label in place:
                    counts = 1 if weight > 1 and label != key else weight
                    found[place[label]].append((counts, text))
    return found


def phrases(
    framework: Framework, layer: str, labels: Sequence[str]
) -> list[tuple[int, str, str, float]]:
    """Return the phrases that speak of labels: place of the label, language, phrase, weight."""
    place = {label: place for place, label in enumerate(labels)}
    same = govstack_blocks(framework) if layer == "building_block" else {}
    return [
        (place[label], row["language"], row["phrase"], _WEAK if row["strength"] == "weak" else 1.0)
        for row in getattr(framework, f"{layer}_words").to_dict("records")
        for label in same.get(row[layer], [row[layer]])
        if label in place
    ]


class Likeness(NamedTuple):
    """What published steps say: an estimate for each label, and how alike each step is."""

    estimate: Floats
    steps: Floats
    same: float


class Published:
    """What published steps teach about the labels of one layer.

    Parameters
    ----------
    steps
        The steps to learn from; those without a label of the layer are passed over.
    layer
        The layer of the labels; those of the other one are evidence.
    labels
        The keys of the labels of each layer.
    """

    def __init__(self, steps: Sequence[Step], layer: str, labels: dict[str, list[str]]) -> None:
        self.other, self.weights, self._others = OTHER[layer], WEIGHTS[layer], labels[OTHER[layer]]
        self.steps = [step for step in steps if step.uses.get(layer)]
        self.uses = np.array(
            [[label in step.uses[layer] for label in labels[layer]] for step in self.steps], float
        ).reshape(len(self.steps), len(labels[layer]))
        self.frequency = self.uses.sum(axis=0) / max(len(self.steps), 1)
        self._names = Vocabulary([stems(step.name) for step in self.steps])
        self._letters = Vocabulary([letters(step.name) for step in self.steps])
        self._texts = Vocabulary([_stems(step.name, step.description) for step in self.steps])
        chosen = self._chosen(self.steps).sum(axis=0)
        self._rare = np.log((1 + len(self.steps)) / (1 + chosen)) + 0.3
        self._known = self._views(self.steps)
        self._solved: dict[tuple[int, ...], tuple[Floats, Floats]] = {}

    def _chosen(self, steps: Sequence[Step]) -> Floats:
        rows = [
            [label in step.uses.get(self.other, ()) for label in self._others] for step in steps
        ]
        return np.array(rows, float).reshape(len(steps), len(self._others))

    def _views(self, steps: Sequence[Step]) -> list[Floats]:
        """Return steps as rows of numbers in each view."""
        chosen, weights = self._chosen(steps) * self._rare, self.weights
        length = np.linalg.norm(chosen, axis=1, keepdims=True)
        views = [
            (weights.name, self._names.rows([stems(step.name) for step in steps])),
            (weights.name, self._letters.rows([letters(step.name) for step in steps])),
            (weights.text, self._texts.rows([_stems(s.name, s.description) for s in steps])),
            (weights.beside, self._texts.rows([_stems(*step.before) for step in steps])),
            (weights.beside, self._texts.rows([_stems(*step.after) for step in steps])),
            (weights.layer, np.divide(chosen, length, out=0 * chosen, where=length > 0)),
        ]
        return [np.sqrt(weight) * view for weight, view in views]

    def _solution(self, given: tuple[int, ...]) -> tuple[Floats, Floats]:
        """Return the known steps in the views that are given, and the regression in these."""
        if given not in self._solved:
            rows = np.hstack([self._known[view] for view in given])
            system = rows @ rows.T + _INTERCEPT + self.weights.penalty * np.eye(len(rows))
            self._solved[given] = rows, np.linalg.solve(system, self.uses)
        return self._solved[given]

    def ask(self, step: Step) -> Likeness:
        """Return what the published steps say of a step."""
        views = self._views([step])
        given = [view for view, row in enumerate(views) if row.any()]
        if set(given) & set(_AROUND):  # a first or last step is one too
            given = sorted({*given, *_AROUND})
        if not given:
            return Likeness(self.frequency, np.zeros(len(self.steps)), 0.0)
        rows, solved = self._solution(tuple(given))
        alike = rows @ np.hstack([views[view][0] for view in given])
        own = sum(self._known[view] @ views[view][0] for view in _TEXTS)
        most = 2 * self.weights.name + self.weights.text
        return Likeness((alike + _INTERCEPT) @ solved, own / most, float(own.max()) / most)


def _stems(name: object, description: object) -> list[str]:
    return stems(f"{bare(name)} . {bare(description)}")


# --- ranking --------------------------------------------------------------------------------------


class Evidence(NamedTuple):
    """What is known about a step: a score for each label, the words that count, steps like it."""

    scores: Floats
    words: dict[int, list[str]]
    like: Likeness


class Suggester:
    """Suggestions from the words of a framework and from its published steps.

    Parameters
    ----------
    framework
        The tables.
    use_cases
        The use cases to learn from; without it, all published ones whose steps have links.

    Raises
    ------
    UnknownKeyError
        If a use case does not exist.
    """

    def __init__(self, framework: Framework, *, use_cases: Sequence[str] | None = None) -> None:
        if use_cases is None:
            use_cases = published_use_cases(framework)
        there = framework.use_cases["use_case"].tolist()
        use_cases = known(use_cases, there, "use case", "framework.use_cases")
        workflows = framework.workflows.query("generic")["workflow"]
        self.labels = {
            "workflow": workflows.tolist(),
            "building_block": blocks_today(framework),
        }
        steps = published_steps(framework, use_cases)
        self.published = {layer: Published(steps, layer, self.labels) for layer in OTHER}
        texts = [text for step in steps for text in (step.name, step.description)]
        self.lexicons = {}
        for layer, labels in self.labels.items():
            said, texts_of = (
                phrases(framework, layer, labels),
                descriptions(framework, layer, labels),
            )
            for place, _, phrase, counts in said:  # a part of a phrase says a little too
                texts_of[place].append((counts, phrase))
            self.lexicons[layer] = Lexicon(said, texts_of, texts)
        self._names = names_of(framework)

    def ask(self, layer: str, step: Step) -> Evidence:
        """Return what is known about a step."""
        published, weights = self.published[layer], WEIGHTS[layer]
        words, why = np.zeros(len(self.labels[layer])), dict[int, list[str]]()
        whole = f"{bare(step.name)} . {bare(step.description)}"
        for share, text in ((1.0, step.name), (weights.described, step.description)):
            told = self.lexicons[layer].find(text, whole)
            said_of = _MOST * told.phrases / (told.phrases + _MOST + 1)
            words += share * (said_of + _FITS * told.fits)
            for place, said in told.words.items():
                why.setdefault(place, []).extend(said)
        like = published.ask(step)
        new = 1 / (1 + np.exp((like.same - _SAME_NAME) / _SOFT))  # 0: such a step is published
        counts = _LEAST_WORDS + (1 - _LEAST_WORDS) * new
        off, share = weights.frequency * new, _ALONE
        if bare(step.description).strip():
            counts, off, share = counts * weights.words, off * _TAKEN_OFF, 1.0
        scores = counts * words + share * (like.estimate - off * published.frequency)
        return Evidence(scores.round(6), why, like)

    def rank(
        self, layer: str, step: Step, *, rejected: Collection[str] = (), top: int | None = None
    ) -> pd.DataFrame:
        """Return the labels of a layer that a step may need, likeliest first.

        Parameters
        ----------
        layer
            ``workflow`` or ``building_block``.
        step
            The step. What it uses is not suggested again; keys that the framework does not have are
            passed over.
        rejected
            What the team does not want for this step.
        top
            How many to return; without it, up to four that come near to the best (:data:`WORTH`).

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
        >>> suggest.rank("building_block", Step("Pay the fee"))["name"].tolist()
        ['Payments']
        """
        if top is not None and (not isinstance(top, int) or top < 1):
            raise ArgumentError(f"top is the number of suggestions, 1 or more, not {quote(top)}.")
        labels, evidence = self.labels[layer], self.ask(layer, step)
        scores, done = evidence.scores, {*step.uses.get(layer, ()), *rejected}
        often = self.published[layer].frequency
        order = [place for place in np.lexsort((-often, -scores)) if labels[place] not in done]
        least = min(WORTH * max(scores.max(), SURE), scores.max())
        likely = [scores[place] >= least for place in order[:SHOWN]]
        order = order[: sum(likely) if top is None else top]
        keys = [labels[place] for place in order]
        return pd.DataFrame(
            {
                "rank": range(1, len(order) + 1),
                layer: pd.Series(keys, dtype="str"),
                "name": pd.Series([self._names.name(layer, key) for key in keys], dtype="str"),
                "score": scores[order],
                "likely": [*likely, *[False] * len(order)][: len(order)],
                "about": pd.Series([self._names.about(key) for key in keys], dtype="str"),
                "reason": pd.Series([self._reason(layer, p, evidence) for p in order], dtype="str"),
            }
        )

    def _reason(self, layer: str, place: int, evidence: Evidence) -> str:
        """Say which words of the step speak of a label, and which published steps are alike."""
        published, sentences = self.published[layer], []
        if said := dict.fromkeys(evidence.words.get(place, ())):
            sentences.append(f"The step says {listed(f'“{words}”' for words in said)}.")
        near = np.where(published.uses[:, place] > 0, evidence.like.steps, 0)
        alike = [row for row in np.argsort(-near, kind="stable")[:_NAMED] if near[row] >= _ALIKE]
        if alike:
            titles = listed(published.steps[row].title for row in alike)
            sentences.append(f"Published steps like it use this: {titles}.")
        if not sentences:
            used = f"{int(published.uses[:, place].sum())} of {len(published.steps)}"
            sentences.append(f"No word of the step speaks of it; {used} published steps use it.")
        return " ".join(sentences)


@lru_cache(maxsize=4)
def suggester(framework: Framework) -> Suggester:
    """Return the suggester of a framework, built the first time it is asked for."""
    return Suggester(framework)


def step_of(own: Owner, steps: Sequence[Owner]) -> Step:
    """Return a step of a plan, or a use case as a whole, as it is asked about.

    Parameters
    ----------
    own
        The step or the use case.
    steps
        All steps of the use case, in order.
    """
    around = [_NONE, *((owner.name, owner.description) for owner in steps), _NONE]
    before, after = around[max(own.order - 1, 0)], around[own.order + 1 if own.step else 0]
    uses = {layer: tuple(keys) for layer, keys in own.accepted.items()}
    return Step(own.name, own.description, before, after, uses)


def suggestions(
    framework: Framework, plan: Plan, step: str, layer: Layer, *, top: int | None = None
) -> pd.DataFrame:
    r"""Return what a step of a plan may need, likeliest first, without what is decided already.

    Parameters
    ----------
    framework
        The tables whose words and published steps are looked at.
    plan
        The plan.
    step
        The key of the step; that of a use case asks for the use case as a whole.
    layer
        ``workflow`` or ``building_block``.
    top
        How many to return; without it, up to four that come near to the best (:data:`WORTH`).

    Returns
    -------
    pandas.DataFrame
        ``rank``; ``workflow`` or ``building_block``; ``name``; ``score`` (orders this list, no
        probability); ``likely``, whether it is one of those up to four; ``about``, what it does in
        one sentence; ``reason``, sentences that quote the words of the step and name published
        steps like it.

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
    >>> print(found["reason"].item())
    The step says “pay” and “fee”. Published steps like it use this: “Registration Fee” (FINC-1,
    step 5) and “Payment” (EDU-1, step 3).
    """
    one_of(layer, OTHER, "layer")
    every = owners(plan)
    (key,) = known([step], [owner.key for owner in every], "step", "plan.steps")
    own = next(owner for owner in every if owner.key == key)
    whole, *steps = (owner for owner in every if owner.use_case == own.use_case)
    asked = step_of(own, steps)
    rejected = own.rejected[layer] | whole.rejected[layer]
    return suggester(framework).rank(layer, asked, rejected=rejected, top=top)
