"""From a team's own words to SDG targets, workflows and building blocks.

Definitions
-----------
What is looked for is found by *phrases*, which count where all their words stand in the text, and
by the single words of its *descriptions*, of which rare ones count more. Workflows and building
blocks are found by the words that suggestions go by (:mod:`govstack_kit.planning.suggest`), SDG
targets by the table ``sdg_target_words`` and their labels. A word that nothing has is read as the
nearest spelling, and the reason says so.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.planning.names import LAYERS, names_of
from govstack_kit.planning.suggest import suggester
from govstack_kit.planning.terms import Lexicon, bare, every_word
from govstack_kit.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from govstack_kit.framework.framework import Framework

_FITS = 0.2  # what single words count beside phrases
_BEYOND = " A block of the 2019 framework; GovStack has none that does the same."


def _found(lexicon: Lexicon, text: object) -> Iterator[tuple[int, float, str]]:
    """Yield the place of each thing that a text leads to, its score and the reason."""
    told = lexicon.find(text)
    scores = told.phrases + _FITS * told.fits
    for place in np.flatnonzero(scores > 0).tolist():
        words = dict.fromkeys(told.words.get(place) or lexicon.fitting(text, place))
        meant = {
            word: lexicon.spelling.meant.get(word) for said in words for word in every_word(said)
        }
        reason = [f"Your words {listed(f'“{word}”' for word in words)} speak of it."]
        reason += [f"“{word}” is read as “{near}”." for word, near in meant.items() if near]
        yield place, round(float(scores[place]), 6), " ".join(reason)


def _ranked(rows: Sequence[tuple[Any, ...]], columns: list[str], top: int) -> pd.DataFrame:
    """Return what was found as a table, best first."""
    if not isinstance(top, int) or top < 1:
        raise ArgumentError(f"top is the number of results, 1 or more, not {quote(top)}.")
    found = pd.DataFrame(rows, columns=columns)
    found = found.sort_values("score", ascending=False, kind="stable").head(top)
    found.insert(0, "rank", range(1, len(found) + 1))
    return found.reset_index(drop=True)


@lru_cache(maxsize=4)
def _targets(framework: Framework) -> Lexicon:
    targets, words = framework.sdg_targets, framework.sdg_target_words
    place = {target: place for place, target in enumerate(targets["target"])}
    phrases = [
        (place[target], "en", word, 1.0)
        for target, word in zip(words["target"], words["word"], strict=True)
    ]
    goals = targets["goal"].map(framework.sdg_goals.set_index("goal")["name"])
    described: list[list[tuple[float, object]]] = [
        [(1, label), (0.3, goal)] for label, goal in zip(targets["label"], goals, strict=True)
    ]
    for at, _, word, _ in phrases:
        described[at].append((1, word))
    return Lexicon(phrases, described)


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
    targets = framework.sdg_targets
    rows = [
        (targets["target"][place], targets["goal"][place], targets["label"][place], score, reason)
        for place, score, reason in _found(_targets(framework), text)
    ]
    return _ranked(rows, ["target", "goal", "name", "score", "reason"], top)


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
    >>> search_words(framework, "online course", top=1)["name"].item()
    'eLearning'
    """
    names, made = names_of(framework), suggester(framework)
    rows = [
        (
            layer,
            key if layer == "workflow" else None,
            None if layer == "workflow" else key,
            names.name(layer, key),
            score + (names.key(layer, bare(text)) == key),  # its very name comes first
            reason + (_BEYOND if key.startswith("dif:") else ""),
        )
        for layer in LAYERS
        for place, score, reason in _found(made.lexicons[layer], text)
        for key in [made.labels[layer][place]]
    ]
    return _ranked(rows, ["layer", *LAYERS, "name", "score", "reason"], top)
