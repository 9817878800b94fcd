"""The words of a text in any language, and what texts are compared by.

Definitions
-----------
A text becomes *terms*: its words without capitals, accents and the commonest ones, cut to a *stem*,
so that "pay" and "payments" are one. In a *vocabulary*, what few documents have weighs more
(TF-IDF). *Phrases* are found where all their stems stand in their order, a word or two between them
at most. A word that nothing has is read as the nearest *spelling* that something has.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import snowballstemmer
from babel import Locale, UnknownLocaleError
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Floats = NDArray[np.float64]

LONGEST = 20_000  # characters of a text that are read
MOST_WORDS = 300  # words of a text that are looked up
_TAG = re.compile(r"<[/!?a-zA-Z][^<>]{0,500}>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # and text direction
# A word; in scripts that leave no blanks between words, a letter.
_WORD = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]|[^\W_]+")
COMMON = {
    language: frozenset(_WORD.findall(words))
    for language, words in {
        "en": """a about after all already also an and any are as at be because been being between
        both but by can could did do does each few for from get gets give gives had has have he her
        his how i if in into is it its itself just like made make makes many may me more most must
        my need needs new no nor not of off on once one only or other others our own per same
        several shall she should so some such take takes than that the their them then there these
        they this those through to too under until up us use used uses using very was we were what
        when where whether which while who whom whose why will with within without would you
        your""",
        "fr": """a au aux avec ce ces cet cette chez d dans de des du elle en entre est et il l la
        le les leur leurs ne ou par pas plus pour qu que qui s sa se ses son sont sous sur un une
        vers""",
    }.items()
}
# Common words that phrases are made of: "sign up" is not "sign".
SAID = frozenset(_WORD.findall("already from how many not off other others up when where who why"))
_SHORTEST = 4  # letters of a word that may be misspelled
_ALIKE = 0.82  # how alike two spellings must be to be read as one word
_DOUBTED = 0.8  # what a respelled word counts
_BETWEEN = 2  # words that may stand between those of a phrase


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


def every_word(text: object) -> list[str]:
    """Return the words of a text, without capitals and accents.

    Examples
    --------
    >>> every_word("L'École, e-mail")
    ['l', 'ecole', 'email']
    """
    letters = unicodedata.normalize("NFKD", bare(text).casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _WORD.findall(re.sub(r"\be-(?=mail|sign|learn)", "e", plain))


def plain_name(name: object) -> str:
    """Return a name without case and punctuation: two steps with the same one share their name.

    Examples
    --------
    >>> plain_name("Ongoing M&E ")
    'ongoing m e'
    """
    return " ".join(every_word(name))


@lru_cache
def _stemmer(language: str) -> Callable[[str], str]:
    try:
        name = str(Locale.parse(language).get_display_name("en")).lower()
    except (UnknownLocaleError, ValueError):
        name = ""
    if name not in snowballstemmer.algorithms():
        return str
    stemmed: Callable[[str], str] = snowballstemmer.stemmer(name).stemWord
    return stemmed


@lru_cache(maxsize=50_000)
def stem(word: str, language: str = "en") -> str:
    """Return what is left of a word without its ending; of unknown languages, the word.

    What ends in -ity is no other form of the shorter word: a municipality is not municipal.

    Examples
    --------
    >>> [stem(word) for word in ("payments", "paying", "registration", "registry", "municipality")]
    ['payment', 'pay', 'registr', 'registri', 'municipality']
    """
    if language == "en" and word.endswith(("ity", "ities")):
        return word.removesuffix("ies").removesuffix("y") + "y"
    return _stemmer(language)(word)


def language_of(text: object) -> str:
    """Return the language whose commonest words a text has most of; English if none has.

    Examples
    --------
    >>> language_of("Payer les frais"), language_of("Pay the fee"), language_of("支払う")
    ('fr', 'en', 'en')
    """
    words = every_word(text)
    counts = {code: sum(word in common for word in words) for code, common in COMMON.items()}
    if re.search("[éèêçôû]", bare(text).casefold()):
        counts["fr"] += 1
    return max(counts, key=lambda code: counts[code])


class Term(NamedTuple):
    """A word of a text: its stem, how it is spelled, and how far it is trusted."""

    stem: str
    word: str
    trust: float = 1.0


def terms(text: object, language: str = "en") -> list[Term]:
    """Return the words of a text that say something.

    Examples
    --------
    >>> terms("The fees are paid")
    [Term(stem='fee', word='fees', trust=1.0), Term(stem='paid', word='paid', trust=1.0)]
    """
    common = COMMON.get(language, frozenset()) - SAID
    return [
        Term(stem(word, language), word)
        for word in every_word(text)
        if word not in common and (len(word) > 1 or not word.isascii())
    ]


def stems(text: object) -> list[str]:
    """Return the stems of the words of a text, in order, with repetitions."""
    return [stem(w) for w in every_word(text) if w not in COMMON["en"] and len(w) > 1]


def letters(name: object) -> list[str]:
    """Return the sequences of three to five letters in the words of a name."""
    padded = [f" {word} " for word in every_word(name) if word not in COMMON["en"]]
    return [w[i : i + n] for w in padded for n in (3, 4, 5) for i in range(len(w) - n + 1)]


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


class Descriptions:
    """How well words fit descriptions (BM25; Robertson and Zaragoza 2009).

    Parameters
    ----------
    documents
        For each description its texts, each with how much its words count.
    """

    def __init__(self, documents: Sequence[Sequence[tuple[float, object]]]) -> None:
        counts: list[Counter[str]] = [Counter() for _ in documents]
        for counted, parts in zip(counts, documents, strict=True):
            for weight, text in parts:
                for term in stems(text):
                    counted[term] += weight  # type: ignore[assignment]  # a count may be a part
        found = Counter(term for counted in counts for term in counted)
        sizes = np.array([sum(counted.values()) for counted in counts])
        spread = 1.2 * (0.5 + 0.5 * sizes / max(sizes.mean(), 1e-9))
        self.count = len(documents)
        self.weights: defaultdict[str, Floats] = defaultdict(lambda: np.zeros(self.count))
        for place, counted in enumerate(counts):
            for term, often in counted.items():
                rare = np.log(1 + (self.count - found[term] + 0.5) / (found[term] + 0.5))
                self.weights[term][place] = rare * often * 2.2 / (often + spread[place])

    def find(self, words: Sequence[Term]) -> Floats:
        """Return how well each description fits."""
        once = dict.fromkeys(words)
        total = np.zeros(self.count)
        for term in once:
            if term.stem in self.weights:
                total += self.weights[term.stem] * term.trust
        total /= np.sqrt(max(len(words), 1))
        return total


class _Phrase(NamedTuple):
    """A phrase: its stems, the place of what it speaks of, and how much it counts."""

    stems: tuple[str, ...]
    place: int
    weight: float


class Phrases:
    """Which of some things a text speaks of, and by which of its words.

    Parameters
    ----------
    rows
        Of each phrase the place of what it speaks of, its language, itself and how much it counts.
    count
        How many things there are.
    """

    def __init__(self, rows: Iterable[tuple[int, str, str, float]], count: int) -> None:
        self.count = count
        said: defaultdict[tuple[str, tuple[str, ...]], dict[int, float]] = defaultdict(dict)
        for place, language, phrase, counts in rows:
            found = tuple(term.stem for term in terms(phrase, language))
            if found:
                known = said[language, found]
                known[place] = max(counts, known.get(place, 0))
        self._by_first: defaultdict[str, defaultdict[str, list[_Phrase]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for (language, found), places in said.items():
            rare = np.log(1 + count / len(places)) / np.log(1 + count)
            for place, counts in places.items():
                weight = rare * (1 + 0.9 * (len(found) - 1)) * counts
                self._by_first[language][found[0]].append(_Phrase(found, place, weight))

    def languages(self, text: object) -> list[str]:
        """Return the languages in which a text is looked up: its own, and those hard to tell."""
        own = language_of(text)
        return [own, *(code for code in self._by_first if code not in COMMON)]

    def find(self, words: Sequence[Term], language: str) -> tuple[Floats, dict[int, list[str]]]:
        """Return how much a text speaks of each thing, and the words that do; no word twice."""
        matches: defaultdict[int, list[tuple[float, list[int]]]] = defaultdict(list)
        by_first: Mapping[str, list[_Phrase]] = self._by_first.get(language, {})
        for start, term in enumerate(words):
            for phrase in by_first.get(term.stem, ()):
                places = _places(phrase.stems, words, start)
                if places:
                    trust = min(words[place].trust for place in places)
                    matches[phrase.place].append((phrase.weight * trust, places))
        scores = np.zeros(self.count)
        why: dict[int, list[str]] = {}
        for place, found in matches.items():
            used: set[int] = set()
            why[place] = []
            for weight, places in sorted(found, key=lambda match: (-match[0], match[1])):
                if not used & set(places):
                    used.update(places)
                    scores[place] += weight
                    why[place].append(" ".join(words[at].word for at in places))
        return scores, why


def _places(wanted: Sequence[str], words: Sequence[Term], start: int) -> list[int]:
    """Return where the stems of a phrase stand from `start` on; nothing if one is missing."""
    places = [start]
    for stem_ in wanted[1:]:
        after = range(places[-1] + 1, min(places[-1] + 2 + _BETWEEN, len(words)))
        at = next((place for place in after if words[place].stem == stem_), None)
        if at is None:
            return []
        places.append(at)
    return places


class Spelling:
    """The words that something has, and how a word that nothing has may be meant."""

    def __init__(self, texts: Iterable[object]) -> None:
        words = Counter(word for text in texts for word in every_word(text))
        self._known = {word: count for word, count in words.items() if len(word) >= _SHORTEST}
        self._stems: dict[str, set[str]] = {}
        self.meant: dict[str, str] = {}  # by each word that was looked up; empty if nothing is near

    def read(self, text: object, language: str) -> list[Term]:
        """Return the words of a text; what is misspelled is read as the nearest known word."""
        if language not in self._stems:
            self._stems[language] = {stem(word, language) for word in self._known}
        return [self._term(term, language) for term in terms(text, language)[:MOST_WORDS]]

    def _term(self, term: Term, language: str) -> Term:
        doubtful = len(term.word) >= _SHORTEST and language in COMMON
        if not doubtful or term.stem in self._stems[language]:
            return term
        if term.word not in self.meant:
            self.meant[term.word] = self._nearest(term.word)
        near = self.meant[term.word]
        return Term(stem(near, language), term.word, _DOUBTED) if near else term

    def _nearest(self, word: str) -> str:
        like = [w for w in self._known if w[0] == word[0] and abs(len(w) - len(word)) < 3]  # noqa: PLR2004
        near = difflib.get_close_matches(word, like, n=1, cutoff=_ALIKE)
        return near[0] if near else ""


class Told(NamedTuple):
    """What a text says of some things: by phrases, by single words, and which words do."""

    phrases: Floats
    fits: Floats
    words: dict[int, list[str]]


class Lexicon:
    """Things that texts speak of, with their phrases and their descriptions.

    Parameters
    ----------
    phrases
        As :class:`Phrases` takes them.
    descriptions
        As :class:`Descriptions` takes them.
    spelled
        Further texts whose words are known.
    """

    def __init__(
        self,
        phrases: Sequence[tuple[int, str, str, float]],
        descriptions: Sequence[Sequence[tuple[float, object]]],
        spelled: Iterable[object] = (),
    ) -> None:
        self.count = len(descriptions)
        self.phrases, self._descriptions = Phrases(phrases, self.count), Descriptions(descriptions)
        texts = [text for parts in descriptions for _, text in parts]
        self.spelling = Spelling([*texts, *(row[2] for row in phrases), *spelled])

    def find(self, text: object, whole: object = "") -> Told:
        """Return what a text says; it is in the language of the `whole` that it is a part of."""
        told = Told(np.zeros(self.count), np.zeros(self.count), {})
        for language in self.phrases.languages(whole or text):
            words = self.spelling.read(text, language)
            scores, why = self.phrases.find(words, language)
            np.maximum(told.phrases, scores, out=told.phrases)
            for place, said in why.items():
                told.words.setdefault(place, []).extend(said)
            if language in COMMON:
                told.fits[:] = self._descriptions.find(words)
        return told

    def fitting(self, text: object, place: int) -> list[str]:
        """Return the words of a text that a description has."""
        words = self.spelling.read(text, language_of(text))
        return [term.word for term in words if self._descriptions.find([term])[place] > 0]
