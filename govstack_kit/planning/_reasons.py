"""Why a label is suggested, in plain sentences that quote what the suggestion rests on.

Definitions
-----------
A *ground* is something that can be looked up: a published step with words in common, a step of the
same plan, how often two labels stand in the same published step, a link of the framework's
catalogue, words of the framework's description. A reason never says more than its grounds: where
nothing is alike, it says so, and how many published steps use the label.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from govstack_kit.planning._words import spelled

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from govstack_kit.planning._likeness import Evidence, Step
    from govstack_kit.planning._words import Floats

UNLIKE = "no words in common with published steps"
_ALIKE = 0.12  # the least likeness of two steps that is worth naming
_FITTING = 0.08  # the least fit to a description that is worth naming
_SHOWN = 2  # steps named in a reason
_QUOTED = 3  # words quoted in a reason


class Published(NamedTuple):
    """A published step that suggestions are learned from."""

    step: str
    use_case: str
    order: int
    content: Step

    @property
    def title(self) -> str:
        """The step as a reason names it."""
        return f"“{self.content.name}” ({self.use_case}, step {self.order})"


class Label(NamedTuple):
    """A workflow or a building block: its id, name, and the stems of its description."""

    label: str
    name: str
    stems: frozenset[str]


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


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
    other
        The names of the labels of the other layer.
    other_layer
        Which layer that is.
    catalogue
        Pairs of a label and a label of the other layer that the framework's catalogue links.
    """

    def __init__(
        self,
        published: Sequence[Published],
        labels: Sequence[Label],
        uses: Floats,
        other: dict[str, str],
        other_layer: str,
        catalogue: Collection[tuple[str, str]],
    ) -> None:
        self._published, self._labels, self._uses = published, labels, uses
        self._other, self._other_layer, self._catalogue = other, other_layer, catalogue
        self._stems = [
            frozenset(spelled(f"{step.content.name} {step.content.description}"))
            for step in published
        ]
        self._common = Counter(stem for stems in self._stems for stem in stems)
        self._others = [frozenset(step.content.uses.get(other_layer, ())) for step in published]

    def of(
        self, place: int, step: Step, evidence: Evidence, plan: Sequence[Step], layer: str
    ) -> str:
        """Return the reason for suggesting the label at `place` for a step."""
        label = self._labels[place]
        query = spelled(f"{step.name} {step.description}")
        grounds = [
            self._alike(place, query, evidence),
            self._planned(label, evidence, plan, layer),
            self._linked(place, step),
            self._described(place, query, evidence),
        ]
        if not grounds[0]:
            grounds.append(self._beside(place, evidence))
        stated = [_sentence(ground) for ground in grounds if ground]
        known = any(stem in self._common for stem in query)
        if not stated or not known:
            stated.append(_sentence(self._frequency(place, known=known)))
        return " ".join(stated)

    def _alike(self, place: int, query: dict[str, str], evidence: Evidence) -> str:
        """Name the published steps with the label that have most in common with the step."""
        near = [
            row
            for row in np.argsort(-evidence.alike, kind="stable")
            if self._uses[row, place]
            and evidence.alike[row] >= _ALIKE
            and self._stems[row] & query.keys()
        ]
        near = [row for row in near if evidence.alike[row] >= evidence.alike[near[0]] / 2]
        if not near:
            return ""
        shown = near[:_SHOWN]
        shared = frozenset().union(*(self._stems[row] for row in shown)) & query.keys()
        words = sorted(shared, key=lambda stem: (self._common[stem], stem))[:_QUOTED]
        titles = " and ".join(self._published[row].title for row in shown)
        more = f" and {len(near) - _SHOWN} more" if len(near) > _SHOWN else ""
        uses, has = ("uses", "has") if len(near) == 1 else ("use", "have")
        word = "word" if len(words) == 1 else "words"
        quoted = _quoted([query[stem] for stem in words])
        return f"{titles}{more} {uses} it and {has} the {word} {quoted} in common with this step"

    def _planned(self, label: Label, evidence: Evidence, plan: Sequence[Step], layer: str) -> str:
        """Name the step of the plan that uses the label and is most like the step."""
        used = [row for row, step in enumerate(plan) if label.label in step.uses.get(layer, ())]
        if not used:
            return ""
        best = max(used, key=lambda row: (evidence.planned[row], -row))
        name = " ".join(plan[best].name.split())[:80] or "without a name"
        alike = "is alike and " if evidence.planned[best] >= _ALIKE else ""
        return f"your step “{name}” {alike}uses it too"

    def _linked(self, place: int, step: Step) -> str:
        """Say how often the label stands beside what was chosen in the other layer."""
        label, with_label = self._labels[place], self._uses[:, place] > 0
        found = []
        chosen = [other for other in step.uses.get(self._other_layer, ()) if other in self._other]
        for order, other in enumerate(dict.fromkeys(chosen)):
            beside = np.array([other in others for others in self._others])
            both, all_ = int((beside & with_label).sum()), int(beside.sum())
            linked = (label.label, other) in self._catalogue
            if linked or (all_ and both / all_ > with_label.mean()):
                found.append((-linked, -both / max(all_, 1), order, other, both, all_))
        if not found:
            return ""
        linked, _, _, other, both, all_ = min(found)
        name = self._other[other]
        counted = f"{both} of the {all_} published steps with {name} use it"
        if not linked:
            return counted
        catalogue = f"the framework's catalogue links it to {name}"
        return f"{catalogue}, and {counted}" if both else catalogue

    def _described(self, place: int, query: dict[str, str], evidence: Evidence) -> str:
        """Quote the words of the step that the framework's description of the label has."""
        shared = self._labels[place].stems & query.keys()
        if not shared or evidence.fit[place] < _FITTING:
            return ""
        words = sorted(shared, key=lambda stem: (self._common[stem], stem))[:_QUOTED]
        quoted = _quoted([query[stem] for stem in words])
        return f"the framework describes it with {quoted}"

    def _beside(self, place: int, evidence: Evidence) -> str:
        """Name a published step with the label whose neighbours are like those of the step."""
        scores = np.where(self._uses[:, place] > 0, evidence.beside, 0)
        best = int(scores.argmax())
        if scores[best] < _ALIKE:
            return ""
        return f"{self._published[best].title} stands between steps like these and uses it"

    def _frequency(self, place: int, *, known: bool) -> str:
        """Say how many published steps use the label, and that nothing nearer was found."""
        used = f"{int(self._uses[:, place].sum())} of {len(self._published)} published steps use it"
        return (
            f"{used}, but none is much like this one"
            if known
            else (f"{used} ({UNLIKE}; most used first)")
        )
