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
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.framework.questions import counterparts
from govstack_kit.planning.names import LAYERS, TOLD, names_of
from govstack_kit.planning.terms import spelled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from govstack_kit.framework.framework import Framework

# How much a phrase of each kind counts.
_WORTH = {
    "name": 1.0,
    "other name": 0.9,
    "search word": 1.0,
    "label": 0.7,
    "goal": 0.2,
    "function": 0.6,
    "example": 0.5,
    "summary": 0.4,
}
_LONG = ("function", "example", "summary")  # found by a part of their words
_NEAR = 0.8  # how alike two spellings must be to be read as one word
_SHORTEST = 4  # letters of a word that may be misspelled
_RESPELLED = 20  # words of a text that are respelled
_OTHERS = 0.3  # what phrases beyond the best one add
_WORDS_READ = 200  # different words of a text that are looked up
_BEYOND = " A block of the 2019 framework; GovStack has none that does the same."

Key = tuple[str, str]  # a layer, and a key of it


class _Phrase(NamedTuple):
    """A phrase, what it leads to, and its stems."""

    key: Key
    kind: str
    text: str
    stems: frozenset[str]


class _Index:
    """Phrases by their words."""

    def __init__(self, phrases: Iterable[tuple[Key, str, str]]) -> None:
        self._phrases: list[_Phrase] = []
        self._with: dict[str, list[int]] = defaultdict(list)
        self._spelling: dict[str, str] = {}
        keys: dict[str, set[Key]] = defaultdict(set)
        for key, kind, text in phrases:
            words = spelled(text)
            for stem, word in words.items():
                self._with[stem].append(len(self._phrases))
                self._spelling.setdefault(word, stem)
                keys[stem].add(key)
            self._phrases.append(_Phrase(key, kind, text, frozenset(words)))
        count = len({phrase.key for phrase in self._phrases})
        self._weight = {stem: math.log(1 + count / len(of)) for stem, of in keys.items()}

    def _read(self, text: object) -> tuple[dict[str, str], dict[str, str]]:
        """Return the words of a text by the stem they are looked up by, and what was respelled."""
        words: dict[str, str] = {}
        respelled: dict[str, str] = {}
        for stem, word in list(spelled(text).items())[:_WORDS_READ]:
            if stem in self._with:
                words[stem] = word
            elif len(word) >= _SHORTEST and len(respelled) < _RESPELLED:
                alike = [known for known in self._spelling if known[0] == word[0]]
                for near in difflib.get_close_matches(word, alike, n=1, cutoff=_NEAR):
                    words.setdefault(self._spelling[near], near)
                    respelled[word] = near
        return words, respelled

    def find(self, text: object, top: int) -> list[tuple[str, str, float, str]]:
        """Return what a text leads to, best first: layer, key, score and reason."""
        if not isinstance(top, int) or top < 1:
            raise ArgumentError(f"top is the number of results, 1 or more, not {quote(top)}.")
        words, respelled = self._read(text)
        hits: dict[Key, list[tuple[float, int]]] = defaultdict(list)
        for place in dict.fromkeys(place for stem in words for place in self._with[stem]):
            phrase = self._phrases[place]
            hit = sum(self._weight[stem] for stem in sorted(phrase.stems & words.keys()))
            cover = hit / sum(self._weight[stem] for stem in sorted(phrase.stems))
            part = cover**0.5 if phrase.kind in _LONG else cover
            hits[phrase.key].append((_WORTH[phrase.kind] * hit * part, place))
        found = []
        for key, scored in hits.items():
            scored.sort(key=lambda hit: (-hit[0], hit[1]))
            score = scored[0][0] + _OTHERS * sum(strength for strength, _ in scored[1:4])
            found.append((*key, round(score, 6), self._reason(scored, words, respelled)))
        return sorted(found, key=lambda item: -item[2])[:top]

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
            text = "" if phrase.kind == "summary" else f" “{phrase.text}”"
            parts.append(f"its {phrase.kind}{text} has {quoted}")
        sentences = [" and ".join(parts)]
        sentences += [
            f"“{old}” is read as “{new}”" for old, new in respelled.items() if new in used
        ]
        return ". ".join(part[0].upper() + part[1:] for part in sentences) + "."


@lru_cache(maxsize=4)
def _targets(framework: Framework) -> _Index:
    targets, words = framework.sdg_targets, framework.sdg_target_words
    goals = targets["goal"].map(framework.sdg_goals.set_index("goal")["name"])
    phrases = [
        (("target", key), kind, text)
        for kind, keys, texts in (
            ("label", targets["target"], targets["label"]),
            ("search word", words["target"], words["word"]),
            ("goal", targets["target"], goals),
        )
        for key, text in zip(keys, texts, strict=True)
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
        ``rank``, ``target``, ``goal``, ``name``, ``score`` (orders this list) and ``reason``;
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
    about = framework.sdg_targets.set_index("target")
    rows = [
        (rank, key, about.loc[key, "goal"], about.loc[key, "label"], score, reason)
        for rank, (_, key, score, reason) in enumerate(_targets(framework).find(text, top), start=1)
    ]
    return pd.DataFrame(rows, columns=["rank", "target", "goal", "name", "score", "reason"])


@lru_cache(maxsize=4)
def _reusable(framework: Framework) -> _Index:
    """Index generic workflows, GovStack's blocks, and the 2019 blocks that GovStack lacks.

    The names and functions of a 2019 block that has a GovStack block for a counterpart lead there.
    """
    generic = set(framework.workflows.query("generic")["workflow"])
    phrases: list[tuple[Key, str, str]] = []
    for layer in LAYERS:
        table, (told, column) = getattr(framework, f"{layer}s"), TOLD[layer]
        for frame, name, kind in (
            (table, "name", "name"),
            (getattr(framework, f"{layer}_names"), "name", "other name"),
            (getattr(framework, told), column, column),
            (table, "summary", "summary"),
        ):
            for key, text in zip(frame[layer], frame[name], strict=True):
                if layer == "workflow" and key not in generic:
                    continue
                for counted in counterparts(framework).get(key, [key]):
                    named = "other name" if kind == "name" and counted != key else kind
                    phrases.append(((layer, counted), named, text))
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
        ``rank``; ``layer`` (``workflow`` or ``building_block``); ``workflow`` and
        ``building_block``, the other one missing; ``name``; ``score`` (orders this list);
        ``reason``. Building blocks are GovStack's, and those of the 2019 framework that have no
        counterpart there. No row where no word is found.

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
    names = names_of(framework)
    rows = [
        {
            "rank": rank,
            "layer": layer,
            **dict.fromkeys(LAYERS),
            layer: key,
            "name": names.name(layer, key),
            "score": score,
            "reason": reason + (_BEYOND if key.startswith("dif:") else ""),
        }
        for rank, (layer, key, score, reason) in enumerate(
            _reusable(framework).find(text, top), start=1
        )
    ]
    columns = ["rank", "layer", *LAYERS, "name", "score", "reason"]
    return pd.DataFrame(rows, columns=columns)
