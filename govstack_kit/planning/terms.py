"""The words of a text, and texts as rows of numbers.

Definitions
-----------
A text becomes *words*: lower case, without the commonest ones, cut to a *stem*, so that "pay" and
"payments" are one. A *term* is a stem or a short sequence of letters. In a *vocabulary*, what few
documents have weighs more (TF-IDF).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = NDArray[np.float64]

LONGEST = 20_000  # characters of a text that are read
_TAG = re.compile(r"<[/!?a-zA-Z][^<>]{0,500}>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # and text direction
_WORD = re.compile(r"[^\W_]+")
COMMON = frozenset(
    _WORD.findall(
        """a about after all already also an and any are as at be because been before
        being between both but by can could did do does during each few for from get
        gets give gives had has have he her his how i if in into is it its itself just
        like made make makes many may me more most much must my need needs new no nor
        not of off on once one only or other others our out over own per same several
        shall she should so some such take takes than that the their them then there
        these they this those through to too under until up us use used uses using very
        was we were what when where whether which while who whom whose why will with
        within without would you your"""
    )
)
# What is cut from the end of a word, and what stands for it; the longest first.
_ENDINGS = re.findall(
    r"(\w+):(\w*)",
    """istrations:ist istration:ist istering:ist istered:ist istries:ist isters:ist ister:ist
    istry:ist ification:ify ication:y ations: ation: ities:ity ments: ment: ates: ated: ating: ate:
    ies:y ing: ed: es:e s:""",
)
_SHORTEST_STEM = 3


def bare(text: object) -> str:
    """Return a text without markup, control characters and lone surrogates; no text is empty.

    Examples
    --------
    >>> bare("<b>Pay</b> the fee"), bare(None)
    (' Pay  the fee', '')
    """
    if not isinstance(text, str):
        return ""
    storable = text[:LONGEST].encode("utf-8", "ignore").decode("utf-8")
    return _CONTROL.sub(" ", _TAG.sub(" ", storable))


def _every_word(text: object) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", bare(text)).casefold())


def _words(text: object) -> list[str]:
    """Return the words of a text that say something."""
    return [w for w in _every_word(text) if w not in COMMON and (len(w) > 1 or not w.isascii())]


def stem(word: str) -> str:
    """Return what is left of a word without its ending.

    Examples
    --------
    >>> [stem(word) for word in ("payments", "paying", "registration", "registry", "fees")]
    ['pai', 'pai', 'regist', 'regist', 'fee']
    """
    for ending, instead in _ENDINGS:
        kept = len(word) - len(ending)
        if word.endswith(ending) and kept >= _SHORTEST_STEM and not word.endswith("ss"):
            word = word[:kept] + instead
            break
    if word.endswith("e") and len(word) > _SHORTEST_STEM:
        word = word[:-1]
    if len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in "els":
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") else word


def stems(text: object) -> list[str]:
    """Return the stems of the words of a text, in order, with repetitions."""
    return [stem(word) for word in _words(text)]


def spelled(text: object) -> dict[str, str]:
    """Return the words of a text by their stem, each as it is first spelled.

    Examples
    --------
    >>> spelled("The fees are paid; a fee of 3")
    {'fee': 'fees', 'paid': 'paid'}
    """
    found: dict[str, str] = {}
    for word in _words(text):
        found.setdefault(stem(word), word)
    return found


def plain_name(name: object) -> str:
    """Return a name without case and punctuation: two steps with the same one share their name.

    Examples
    --------
    >>> plain_name("Ongoing M&E ")
    'ongoing m e'
    """
    return " ".join(_every_word(name))


def letters(name: object, shortest: int = 3, longest: int = 5) -> list[str]:
    """Return the sequences of letters in the words of a name."""
    found = []
    for word in _every_word(name):
        if word not in COMMON:
            padded = f" {word} "
            for size in range(shortest, longest + 1):
                found += [padded[i : i + size] for i in range(len(padded) - size + 1)]
    return found


class Vocabulary:
    """The terms of some documents, and documents as rows of TF-IDF weights of length 1."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        seen = Counter(term for document in documents for term in set(document))
        self.columns = {term: column for column, term in enumerate(sorted(seen))}
        counts = np.array([seen[term] for term in self.columns], dtype=float)
        self.idf = np.log((1 + len(documents)) / (1 + counts)) + 1
        self.unknown = float(np.log(1 + len(documents)) + 1)

    def rows(self, documents: Sequence[Sequence[str]]) -> Floats:
        """Return one row for each document; unknown terms only make the others weigh less."""
        matrix = np.zeros((len(documents), len(self.columns)))
        for row, document in zip(matrix, documents, strict=True):
            beyond = 0.0
            for term, count in Counter(document).items():
                weight = 1 + np.log(count)
                column = self.columns.get(term)
                if column is None:
                    beyond += (weight * self.unknown) ** 2
                else:
                    row[column] = weight * self.idf[column]
            length = np.sqrt(row @ row + beyond)
            if length > 0:
                np.divide(row, length, out=row)
        return matrix
