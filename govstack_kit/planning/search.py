"""From a team's own words to SDG targets, workflows and building blocks.

Definitions
-----------
A *phrase* is a name, another name, a search word, a function or a summary of what is looked for.
A phrase is *found* as far as the words of the text are in it, whatever their endings; rare words
count more than common ones, names more than summaries. A word that no phrase has is read as the
nearest spelling with the same first letter, and the reason says so.
"""

from __future__ import annotations

import difflib
import math
from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from govstack_kit.errors import ArgumentError
from govstack_kit.planning._words import spelled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from govstack_kit.framework.framework import Framework

# How much a phrase of each kind counts, and whether a reason quotes it whole.
_KINDS = {
    "name": (1.0, True),
    "other name": (0.9, True),
    "search word": (1.0, True),
    "label": (0.7, True),
    "goal": (0.2, True),
    "function": (0.6, True),
    "example": (0.5, True),
    "summary": (0.4, False),
}
_LONG = frozenset(("function", "example", "summary"))
_NEAR = 0.8  # how alike two spellings must be to be read as one word
_SHORTEST = 4  # letters of a word that may be misspelled
_RESPELLED = 20  # words of a text that are respelled
_OTHERS = 0.3  # what phrases beyond the best one add
_BEYOND = " A block of the 2019 framework; GovStack has none that does the same."
_WORDS_READ = 200  # different words of a text that are looked up


class _Phrase(NamedTuple):
    """A phrase, whose it is, and its stems."""

    owner: str
    kind: str
    text: str
    stems: frozenset[str]


class _Found(NamedTuple):
    """How far an owner is found, and why."""

    owner: str
    score: float
    reason: str


class _Index:
    """Phrases by their words."""

    def __init__(self, phrases: Iterable[tuple[str, str, str]]) -> None:
        self._phrases: list[_Phrase] = []
        self._with: dict[str, list[int]] = defaultdict(list)
        self._spelling: dict[str, str] = {}
        self._beginning: dict[str, list[str]] = defaultdict(list)
        owners: dict[str, set[str]] = defaultdict(set)
        for owner, kind, text in phrases:
            words = spelled(text)
            for stem, word in words.items():
                self._with[stem].append(len(self._phrases))
                if word not in self._spelling:
                    self._spelling[word] = stem
                    self._beginning[word[0]].append(word)
                owners[stem].add(owner)
            self._phrases.append(_Phrase(owner, kind, text, frozenset(words)))
        count = len({phrase.owner for phrase in self._phrases})
        self._weight = {stem: math.log(1 + count / len(of)) for stem, of in owners.items()}

    def _read(self, text: object) -> tuple[dict[str, str], dict[str, str]]:
        """Return the words of a text by the stem they are looked up by, and what was respelled."""
        words: dict[str, str] = {}
        respelled: dict[str, str] = {}
        for stem, word in list(spelled(text).items())[:_WORDS_READ]:
            if stem in self._with:
                words[stem] = word
            elif len(word) >= _SHORTEST and len(respelled) < _RESPELLED:
                alike = self._beginning[word[0]]
                near = difflib.get_close_matches(word, alike, n=1, cutoff=_NEAR)
                if near:
                    words.setdefault(self._spelling[near[0]], near[0])
                    respelled[word] = near[0]
        return words, respelled

    def find(self, text: object) -> list[_Found]:
        """Return what a text leads to, best first."""
        words, respelled = self._read(text)
        places = Counter(place for stem in words for place in self._with[stem])
        scored: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for place in places:
            phrase = self._phrases[place]
            hit = sum(self._weight[stem] for stem in sorted(phrase.stems & words.keys()))
            whole = sum(self._weight[stem] for stem in sorted(phrase.stems))
            cover = hit / whole
            strength = (
                _KINDS[phrase.kind][0] * hit * (cover**0.5 if phrase.kind in _LONG else cover)
            )
            scored[phrase.owner].append((strength, place))
        found = []
        for owner, hits in scored.items():
            hits.sort(key=lambda hit: (-hit[0], hit[1]))
            score = hits[0][0] + _OTHERS * sum(strength for strength, _ in hits[1:4])
            found.append(_Found(owner, round(score, 6), self._reason(hits, words, respelled)))
        return sorted(found, key=lambda item: -item.score)

    def _reason(
        self, hits: list[tuple[float, int]], words: dict[str, str], respelled: dict[str, str]
    ) -> str:
        """Say which phrases were found, and by which words."""
        parts: list[str] = []
        used: set[str] = set()
        for _, place in hits[:2]:
            phrase = self._phrases[place]
            stems = [stem for stem in words if stem in phrase.stems]
            used.update(words[stem] for stem in stems)
            quoted = ", ".join(f"“{words[stem]}”" for stem in stems[:3])
            what = f"its {phrase.kind} “{phrase.text}”" if _KINDS[phrase.kind][1] else "its summary"
            parts.append(f"{what} has {quoted}")
        sentence = " and ".join(parts)
        read = [f"“{old}” is read as “{new}”" for old, new in respelled.items() if new in used]
        return ". ".join(part[0].upper() + part[1:] for part in (sentence, *read)) + "."


def _many(top: int) -> int:
    if top < 1:
        raise ArgumentError(f"top is the number of results, 1 or more, not {top!r}.")
    return top


@lru_cache(maxsize=4)
def _targets(framework: Framework) -> _Index:
    targets, words = framework.sdg_targets, framework.sdg_target_words
    goals = framework.sdg_goals.set_index("goal")["name"].to_dict()
    phrases = [
        (target, "label", label)
        for target, label in zip(targets["target"], targets["label"], strict=True)
    ]
    phrases += [
        (target, "search word", word)
        for target, word in zip(words["target"], words["word"], strict=True)
    ]
    phrases += [
        (target, "goal", goals[goal])
        for target, goal in zip(targets["target"], targets["goal"], strict=True)
    ]
    return _Index(phrases)


def search_targets(framework: Framework, text: str, *, top: int = 10) -> pd.DataFrame:
    """Return the SDG targets that the words of an objective lead to.

    Parameters
    ----------
    framework
        The tables.
    text
        An objective in the words of the team.
    top
        How many to return at most.

    Returns
    -------
    pandas.DataFrame
        ``rank``, ``target``, ``goal``, ``label``, ``score`` (orders this list) and ``reason``;
        no row where no word is found.

    Raises
    ------
    ArgumentError
        If `top` is below 1.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> search_targets(framework, "school fees", top=2)["target"].tolist()
    ['4.1', '4.3']
    """
    found = _targets(framework).find(text)[: _many(top)]
    rows = [(rank, at.owner, at.score, at.reason) for rank, at in enumerate(found, start=1)]
    ranked = pd.DataFrame(rows, columns=["rank", "target", "score", "reason"])
    about = framework.sdg_targets[["target", "goal", "label"]]
    merged = (
        ranked.merge(about, on="target", how="left") if rows else ranked.assign(goal=0, label="")
    )
    return merged[["rank", "target", "goal", "label", "score", "reason"]]


@lru_cache(maxsize=4)
def _components(framework: Framework) -> _Index:
    """Index generic workflows, GovStack's blocks, and the 2019 blocks that GovStack lacks.

    The names and functions of a 2019 block that has a GovStack block for a counterpart lead there.
    """
    same = framework.building_block_crosswalk.query("relation in ['exact', 'broader']")
    twin = dict(zip(same["dif"], same["govstack"], strict=True))
    workflows = framework.workflows[framework.workflows["generic"]]
    generic = set(workflows["workflow"])
    phrases: list[tuple[str, str, str]] = []

    def add(table: pd.DataFrame, key: str, column: str, kind: str) -> None:
        layer = "workflow" if key == "workflow" else "building_block"
        for owner, text in zip(table[key], table[column], strict=True):
            of = owner if layer == "workflow" else twin.get(owner, owner)
            if layer == "building_block" or owner in generic:
                named = "other name" if kind == "name" and of != owner else kind
                phrases.append((f"{layer}:{of}", named, text))

    add(workflows, "workflow", "name", "name")
    add(framework.workflow_names, "workflow", "name", "other name")
    add(framework.workflow_examples, "workflow", "example", "example")
    add(workflows, "workflow", "summary", "summary")
    add(framework.building_blocks, "building_block", "name", "name")
    add(framework.building_block_names, "building_block", "name", "other name")
    add(framework.building_block_functions, "building_block", "function", "function")
    add(framework.building_blocks, "building_block", "summary", "summary")
    return _Index(phrases)


def search_words(framework: Framework, text: str, *, top: int = 10) -> pd.DataFrame:
    """Return the generic workflows and building blocks that a team's own words lead to.

    Parameters
    ----------
    framework
        The tables.
    text
        How the team calls a process or a component.
    top
        How many to return at most.

    Returns
    -------
    pandas.DataFrame
        ``rank``; ``layer`` (``workflow`` or ``building_block``); ``id``; ``name``; ``score``
        (orders this list); ``reason``. Building blocks are GovStack's, and those of the 2019
        framework that have no counterpart there. No row where no word is found.

    Raises
    ------
    ArgumentError
        If `top` is below 1.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> search_words(framework, "awareness campaign", top=1)["name"].item()
    'Client communication'
    """
    names = {
        **{f"workflow:{w}": n for w, n in _named(framework, "workflow")},
        **{f"building_block:{b}": n for b, n in _named(framework, "building_block")},
    }
    found = _components(framework).find(text)[: _many(top)]
    rows = []
    for rank, at in enumerate(found, start=1):
        layer, key = at.owner.split(":", 1)
        beyond = _BEYOND if key.startswith("dif:") else ""
        rows.append((rank, layer, key, names[at.owner], at.score, at.reason + beyond))
    return pd.DataFrame(rows, columns=["rank", "layer", "id", "name", "score", "reason"])


def _named(framework: Framework, layer: str) -> Iterable[tuple[str, str]]:
    table: pd.DataFrame = getattr(framework, f"{layer}s")
    return zip(table[layer], table["name"], strict=True)
