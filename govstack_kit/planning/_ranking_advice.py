"""What stops a ranking of candidates, and what would only make it better, in sentences.

The terms are those of :mod:`govstack_kit.planning.prioritise`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.planning._scoring import AXES, folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from govstack_kit.planning._scoring import Scoring
    from govstack_kit.planning.model import Candidate

RECOMMENDED = 10  # candidates, as the playbook recommends
COMPARED = 2  # candidates, below which there is nothing to compare
PARTS = ("candidates", "weights", "scores")
_NAMED = 3  # names given in a sentence before "and 4 more"
_SENTENCES = 5  # candidates with a sentence of their own


def listed(names: Iterable[str]) -> str:
    """Return names as part of a sentence, the first few of many.

    Examples
    --------
    >>> listed("abcdef")
    'a, b, c and 3 more'
    """
    found = list(names)
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED + 1 else ""
    return ", ".join(found[:_NAMED] if more else found) + more


def _of_criteria(scoring: Scoring) -> Iterator[str]:
    for place, axis in enumerate(AXES):
        if not any(criterion.kind == axis for criterion in scoring.criteria):
            yield f"There is no criterion of {axis}. Add at least one."
        elif not scoring.needed[place]:
            yield f"All weights of {axis} are 0. Give at least one criterion a weight above 0."


def _of_twins(scoring: Scoring) -> Iterator[str]:
    for criterion in scoring.again:
        yield (
            f"The criterion {quote(criterion.name)} is there twice, so only the first one counts. "
            "Remove the other, or give it a name and an id of its own."
        )


def _of_names(candidates: Sequence[Candidate]) -> Iterator[str]:
    count = len(candidates)
    if count < RECOMMENDED:
        named = {0: "No candidate is", 1: "1 candidate is"}.get(count, f"{count} candidates are")
        yield (
            f"{named} named so far; the playbook recommends at least {RECOMMENDED}. "
            f"Add {RECOMMENDED - count} more."
        )
    times = Counter(folded(candidate.name) for candidate in candidates)
    first = {folded(candidate.name): candidate.name for candidate in reversed(candidates)}
    for name, number in times.items():
        if not name:
            yield "A candidate has no name. Give each a name."
        elif number > 1:
            yield f"{number} candidates are called {quote(first[name])}. Tell them apart by name."


def _few(sentences: list[str], others: str) -> Iterator[str]:
    yield from sentences[:_SENTENCES]
    more = len(sentences) - _SENTENCES
    if more > 0:
        yield f"{more} more {'candidate is' if more == 1 else 'candidates are'} {others}."


def _of_scores(scoring: Scoring) -> Iterator[str]:
    sentences = [
        f"{quote(candidate.name)} has scores that are not from 1 to 5: "
        + listed(f"{criterion.name} ({quote(value)})" for criterion, value in wrong)
        + "."
        for candidate, wrong in zip(scoring.candidates, scoring.wrong, strict=True)
        if wrong
    ]
    yield from _few(sentences, "scored with something that is not from 1 to 5")
    sentences = []
    for candidate, answers in zip(scoring.candidates, scoring.answers.tolist(), strict=True):
        lacking = [
            f"{need - have} more {'question' if need - have == 1 else 'questions'} about {axis}"
            for axis, need, have in zip(AXES, scoring.needed.tolist(), answers, strict=True)
            if have < need
        ]
        if lacking:
            said = f"{quote(candidate.name)} is not yet placed: answer {' and '.join(lacking)}."
            sentences.append(said)
    yield from _few(sentences, "not yet placed")


def blockers(scoring: Scoring, part: str = "") -> list[str]:
    """Return what is missing before there is a ranking, in one part or in all of them."""
    if part not in ("", *PARTS):
        known = ", ".join(map(repr, PARTS))
        raise ArgumentError(f"A part of prioritising is one of {known}, not {quote(part)}.")
    found: list[str] = []
    few = len(scoring.candidates) < COMPARED
    weighed = list(_of_criteria(scoring))
    if few and part in ("", "candidates"):
        found.append("Name at least two candidates to compare.")
    if part in ("", "weights"):
        found += weighed
    if part in ("", "scores") and not (few or weighed) and scoring.placed.sum() < COMPARED:
        found.append("Answer at least half of the questions of each column, for two candidates.")
    return found


def advice(scoring: Scoring) -> list[str]:
    """Return what would make the ranking more reliable."""
    unplaced = () if list(_of_criteria(scoring)) else _of_scores(scoring)
    return [*_of_names(scoring.candidates), *_of_twins(scoring), *unplaced]
