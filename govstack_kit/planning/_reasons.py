"""Why a label is suggested, in plain sentences that quote what the suggestion rests on.

Definitions
-----------
A *ground* is something that can be looked up: a published step with words in common, a step of the
same plan, how often two labels of one layer or of both stand in the same published step, a link of
the framework's catalogue, words of the framework's description. A reason never says more than its
grounds: where nothing is alike, it says so, and how many published steps use the label.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from govstack_kit.planning._words import spelled, without_markup

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from govstack_kit.planning._likeness import Evidence, Step
    from govstack_kit.planning._words import Floats

UNLIKE = "no words in common with published steps"
_ALIKE = 0.12  # the least likeness of two steps that is worth naming
_FITTING = 0.08  # the least fit to a description that is worth naming
_SHOWN = 2  # published steps named in a reason
_QUOTED = 3  # words quoted in a reason
_OFTEN = 0.5  # the share of published steps from which labels are often together


class Published(NamedTuple):
    """A published step that suggestions are learned from; `source` names its use case to people."""

    step: str
    use_case: str
    order: int
    content: Step
    source: str

    @property
    def title(self) -> str:
        """The step as a reason names it."""
        return f"“{self.content.name}” ({self.source}, step {self.order})"


class Label(NamedTuple):
    """A workflow or a building block: its id, name, and the stems of its description."""

    label: str
    name: str
    stems: frozenset[str]


def _short(name: str) -> str:
    """Return a name in one line of at most 80 characters, without markup."""
    return " ".join(without_markup(name).split())[:80].strip() or "without a name"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


class Layers(NamedTuple):
    """The layer of the labels and the other one.

    Attributes
    ----------
    own, other : str
        Their names.
    names : dict
        The names of the labels of the other layer.
    catalogue : collection of pairs
        A label and one of the other layer that the framework's catalogue links.
    """

    own: str
    other: str
    names: dict[str, str]
    catalogue: Collection[tuple[str, str]]


class Asked(NamedTuple):
    """A step asked about: its words by stem, what is known of it, and the rest of its plan."""

    step: Step
    words: dict[str, str]
    evidence: Evidence
    plan: Sequence[Step]


class Reasons:
    """The grounds of the suggestions of one layer.

    Parameters
    ----------
    published
        The steps that have a label of the layer.
    labels
        The labels of the layer.
    uses
        Which label each step uses.
    layers
        The layer, and the other one.
    """

    def __init__(
        self,
        published: Sequence[Published],
        labels: Sequence[Label],
        uses: Floats,
        layers: Layers,
    ) -> None:
        self._published, self._labels, self._uses, self._layers = published, labels, uses, layers
        self._stems = [
            frozenset(spelled(f"{step.content.name} {step.content.description}"))
            for step in published
        ]
        self._common = Counter(stem for stems in self._stems for stem in stems)
        self._columns = {label.label: column for column, label in enumerate(labels)}
        self._others = [frozenset(step.content.uses.get(layers.other, ())) for step in published]

    def of(self, place: int, asked: Asked) -> str:
        """Return the reason for suggesting the label at `place`."""
        grounds = [
            self._alike(place, asked),
            self._planned(place, asked),
            self._together(place, asked),
            self._linked(place, asked),
            self._described(place, asked),
        ]
        if not grounds[0]:
            grounds += [self._spelled(place, asked), self._beside(place, asked)]
        stated = [_sentence(ground) for ground in grounds if ground]
        known = any(stem in self._common for stem in asked.words)
        if not stated or not known:
            silent = asked.evidence.silent
            stated.append(_sentence(self._frequency(place, known=known, silent=silent)))
        return " ".join(stated)

    def _quoted(self, stems: Collection[str], asked: Asked) -> str:
        """Quote the words of the step that have some stems, the rarest first."""
        rarest = sorted(stems, key=lambda stem: (self._common[stem], stem))[:_QUOTED]
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
            parts.append(f"by {self._published[row].title}, which shares {shared}")
        if len(near) > _SHOWN:
            parts.append(f"by {len(near) - _SHOWN} more like them")
        return "used " + ", ".join(parts[:-1]) + (", and " if len(parts) > 1 else "") + parts[-1]

    def _planned(self, place: int, asked: Asked) -> str:
        """Name the step of the plan that uses the label and is most like the step."""
        label, own = self._labels[place].label, self._layers.own
        near = asked.evidence.planned
        used = [row for row, step in enumerate(asked.plan) if label in step.uses.get(own, ())]
        if not used:
            return ""
        best = max(used, key=lambda row: (near[row], -row))
        alike = "is alike and " if near[best] >= _ALIKE else ""
        return f"your step “{_short(asked.plan[best].name)}” {alike}uses it too"

    def _together(self, place: int, asked: Asked) -> str:
        """Name what the step already has in the same layer that most often goes with the label."""
        has, with_label = asked.step.uses.get(self._layers.own, ()), self._uses[:, place] > 0
        found = []
        for order, label in enumerate(dict.fromkeys(has)):
            column = self._columns.get(label)
            if column is None or column == place:
                continue
            beside = self._uses[:, column] > 0
            both, total = int((beside & with_label).sum()), int(beside.sum())
            if total and both / total > with_label.mean():
                found.append((-both / total, order, self._labels[column].name, both, total))
        if not found:
            return ""
        share, _, name, both, total = min(found)
        often = "often together" if -share >= _OFTEN else "together"
        counted = f"in {both} of the {total} published steps with it"
        return f"{often} with {name}, which this step has: {counted}"

    def _linked(self, place: int, asked: Asked) -> str:
        """Say how often the label stands beside what was chosen in the other layer."""
        label, with_label = self._labels[place].label, self._uses[:, place] > 0
        names = self._layers.names
        chosen = [other for other in asked.step.uses.get(self._layers.other, ()) if other in names]
        found = []
        for order, other in enumerate(dict.fromkeys(chosen)):
            beside = np.array([other in others for others in self._others])
            both, total = int((beside & with_label).sum()), int(beside.sum())
            linked = (label, other) in self._layers.catalogue
            if linked or (total and both / total > with_label.mean()):
                found.append((not linked, -both / max(total, 1), order, other, both, total))
        if not found:
            return ""
        unlinked, _, _, other, both, total = min(found)
        counted = f"{both} of the {total} published steps with {names[other]} use it"
        if unlinked:
            return counted
        catalogue = f"the framework's catalogue links it to {names[other]}"
        return f"{catalogue}, and {counted}" if both else catalogue

    def _described(self, place: int, asked: Asked) -> str:
        """Quote the words of the step that the framework's description of the label has."""
        shared = self._labels[place].stems & asked.words.keys()
        if not shared or asked.evidence.fit[place] < _FITTING:
            return ""
        return f"the framework describes it with {self._quoted(shared, asked)}"

    def _nearest(self, place: int, scores: Floats) -> str:
        """Name the published step with the label that scores highest, if any is worth naming."""
        scores = np.where(self._uses[:, place] > 0, scores, 0)
        best = int(scores.argmax())
        return self._published[best].title if scores[best] >= _ALIKE else ""

    def _beside(self, place: int, asked: Asked) -> str:
        """Name a published step with the label whose neighbours are like those of the step."""
        title = self._nearest(place, asked.evidence.beside)
        return f"{title} stands between steps like these and uses it" if title else ""

    def _spelled(self, place: int, asked: Asked) -> str:
        """Name the published step with the label whose name has most letters in common."""
        title = self._nearest(place, asked.evidence.alike)
        return f"{title}, spelled like “{_short(asked.step.name)}”, uses it" if title else ""

    def _frequency(self, place: int, *, known: bool, silent: bool) -> str:
        """Say how many published steps use the label, and that nothing nearer was found."""
        count, all_ = int(self._uses[:, place].sum()), len(self._published)
        used = f"{count} of {all_} published steps use it" if count else "no published step uses it"
        if silent:
            return f"{used} ({UNLIKE}; most used first)"
        if not known:
            return f"{used} ({UNLIKE})"
        return f"{used}, but none is much like this one" if count else used
