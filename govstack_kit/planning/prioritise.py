"""What to digitise first: candidate services, scored for importance and for feasibility.

Definitions
-----------
A *criterion* counts on one axis: *importance* (what there is to gain) or *feasibility* (how easily
it can be done). A *score* runs from 1 to 5, and a higher one always speaks for doing the service
earlier. A question without an answer stays open: it is not a low score, and it is never filled in.

The score of a candidate on an axis is the mean of the criteria answered, each weighted by the
weight that the team gave it. Criteria of weight 0 do not count. Where fewer than half of the
criteria that count on an axis are answered, the candidate has no score there and is *not yet
placed*.

The *quadrants* are those of GovStack's playbook, which publishes neither a scale nor weights: A,
high importance and high feasibility (do first); B, important but hard (consider the investment); C,
easy and of low value; D, postpone. High is 3, the middle of the scale, or more: who stands exactly
on the line counts as high, and the note of the candidate says so.

No criterion counts twice: of several with one id or one name, the first counts. Without criteria of
its own a plan is scored on those of the playbook, all of the same weight.

*Sensitivity* asks how much the quadrants hang on the weights. In each draw every weight is
multiplied by a number of its own between 1 - spread and 1 + spread, each as likely as the other,
and the candidates are placed anew. A share of 0.9 means nine draws of ten.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.framework.framework import Framework, load
from govstack_kit.planning import _demonstration, _ranking_advice
from govstack_kit.planning._given import plan_of
from govstack_kit.planning._ranking_advice import listed
from govstack_kit.planning._scoring import (
    AXES,
    MIDPOINT,
    NOT_PLACED,
    QUADRANTS,
    Scoring,
    quadrants,
)
from govstack_kit.planning.model import Candidate, Criterion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from govstack_kit.planning.model import PlanData

MOST_DRAWS = 100_000
_CHUNK = 500  # draws computed at once, so that memory stays small


def criteria() -> pd.DataFrame:
    """Return the criteria of GovStack's playbook, with our questions.

    Returns
    -------
    pandas.DataFrame
        The table ``prioritisation_criteria``, in the order of the playbook: ``criterion``,
        ``name``, ``axis`` (importance or feasibility), ``theme``, ``question``, ``low`` and
        ``high`` (what 1 and 5 mean), ``evidence``, ``order``, ``source`` and ``note``.

    Examples
    --------
    >>> criteria()["axis"].value_counts().to_dict()
    {'feasibility': 6, 'importance': 5}
    """
    table: pd.DataFrame = load().prioritisation_criteria
    return table.sort_values("order", ignore_index=True)


@cache
def _published() -> tuple[dict[str, str], ...]:
    columns = ["criterion", "name", "axis", "question", "low", "high"]
    return tuple(
        {
            "id": identifier,
            "name": name,
            "kind": axis,
            "description": f"{question} 1: {low}. 5: {high}.",
        }
        for identifier, name, axis, question, low, high in criteria()[columns].to_numpy().tolist()
    )


def default_criteria() -> list[Criterion]:
    """Return the criteria of the playbook for a plan, all of the weight 1, to be changed freely.

    Returns
    -------
    list of Criterion
        New ones with each call, in the order of :func:`criteria`; their ``description`` is the
        question with the meaning of 1 and 5.

    Examples
    --------
    >>> [criterion.name for criterion in default_criteria()][:2]
    ["Users' demand", 'Complexity of access']
    """
    return [Criterion.model_validate(fields) for fields in _published()]


def demonstration_candidates(framework: Framework | None = None) -> list[Candidate]:
    """Return ten published use cases as candidates, with scores made up for the demonstration.

    Parameters
    ----------
    framework
        The tables that the names come from; without it, the bundled ones. Use cases that it does
        not have are left out.

    Returns
    -------
    list of Candidate
        New ones with each call. The ``note`` of each says that its scores are an illustration; a
        few questions are left open.

    Examples
    --------
    >>> found = demonstration_candidates()
    >>> len(found), found[1].name, found[1].note
    (10, 'Rural Advisory Service for Farmers', 'Illustration only: these scores are made up ...')
    """
    table = (framework or load()).use_cases
    names = dict(zip(table["use_case"], table["name"], strict=True))
    return [
        Candidate(id=key, name=names[key], use_case=key, scores=scores, note=_demonstration.MADE_UP)
        for key, scores in _demonstration.scores().items()
        if key in names
    ]


def _read(plan: PlanData) -> Scoring:
    plan_of(plan)
    return Scoring(plan.candidates, plan.criteria or default_criteria())


def _note(scoring: Scoring, place: int, scores: NDArray[np.float64]) -> str:
    said = []
    for axis, name in enumerate(AXES):
        of, answers = int(scoring.counts[axis].sum()), int(scoring.answers[place, axis])
        if not of:
            said.append(f"Not yet placed: no criterion of {name} has a weight above 0.")
        elif not scoring.enough[place, axis]:
            said.append(
                f"Not yet placed: {answers} of {of} questions about {name} are answered, "
                f"{scoring.needed[axis]} are needed."
            )
        elif scores[axis] == MIDPOINT:
            said.append(f"Exactly on the line of {name}, which counts as high.")
    opened = [k.name for k, o in zip(scoring.criteria, scoring.open[place], strict=True) if o]
    if opened:
        said.append(f"Not answered: {listed(opened)}.")
    wrong = [f"{k.name} ({quote(value)})" for k, value in scoring.wrong[place]]
    if wrong:
        said.append(f"Not counted, because scores run from 1 to 5: {listed(wrong)}.")
    return " ".join(said)


def _ordered(scoring: Scoring) -> tuple[list[int], NDArray[np.float64], list[str]]:
    """Return the order of the candidates, their scores and their quadrants."""
    scores = scoring.baseline()
    letters = np.where(scoring.placed, quadrants(scores.T), NOT_PLACED).tolist()
    sums = np.where(scoring.placed, scores.sum(axis=1), 0.0).round(6)
    first = np.where(scoring.placed, scores[:, 0], 0.0)

    def place(number: int) -> tuple[object, ...]:
        candidate = scoring.candidates[number]
        unplaced = letters[number] == NOT_PLACED
        answered = -scoring.share[number] if unplaced else 0.0
        best = -sums[number], -first[number], answered
        return unplaced, letters[number], *best, candidate.name.casefold(), candidate.id

    return sorted(range(len(scoring.candidates)), key=place), scores, letters


def rank(plan: PlanData) -> pd.DataFrame:
    """Return the candidates of a plan by quadrant, and the best of each quadrant first.

    Parameters
    ----------
    plan
        The plan; see the definitions of this module for how its candidates are scored.

    Returns
    -------
    pandas.DataFrame
        One row a candidate, in the order of the quadrants and within each by the sum of both
        scores: ``candidate`` (its id), ``name``, ``importance`` and ``feasibility`` (1 to 5,
        missing with too few answers), ``quadrant`` (A to D, or "not yet placed"), ``scored``
        (share of the criteria that count that are answered, 0 to 1) and ``note`` (what is open, or
        why the candidate is not placed).

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="What first?")
    >>> plan.candidates = demonstration_candidates()
    >>> found = rank(plan)
    >>> found[["candidate", "quadrant", "importance"]].head(2).values.tolist()
    [['FINC-1', 'A', 4.2], ['AGR-2', 'A', 3.8]]
    >>> "".join(found["quadrant"])
    'AABBCCCDDD'
    """
    scoring = _read(plan)
    order, scores, letters = _ordered(scoring)
    rows = [
        (
            scoring.candidates[place].id,
            scoring.candidates[place].name,
            *scores[place],
            letters[place],
            scoring.share[place],
            _note(scoring, place, scores[place]),
        )
        for place in order
    ]
    kinds = {
        "candidate": "str",
        "name": "str",
        "importance": "float64",
        "feasibility": "float64",
        "quadrant": "str",
        "scored": "float64",
        "note": "str",
    }
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)


def sensitivity(
    plan: PlanData, *, draws: int = 500, spread: float = 0.5, seed: int = 1
) -> pd.DataFrame:
    """Return how often each candidate lands in each quadrant when the weights are uncertain.

    Parameters
    ----------
    plan
        The plan.
    draws
        How often all weights are drawn, at most 100,000.
    spread
        How uncertain the weights are, from 0 to 1: with 0.5, each is multiplied by something
        between 0.5 and 1.5. A weight of 0 stays 0.
    seed
        With the same seed the same numbers come out.

    Returns
    -------
    pandas.DataFrame
        Four rows a candidate, in the order of :func:`rank`: ``candidate``, ``quadrant`` (A to D)
        and ``share`` of the draws, 0 to 1. A candidate that cannot be placed has one row, with the
        quadrant "not yet placed" and the share 1.

    Raises
    ------
    ArgumentError
        If a number is out of its range.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="What first?")
    >>> plan.candidates = demonstration_candidates()
    >>> sensitivity(plan).query("candidate == 'AGR-2' and share > 0").values.tolist()
    [['AGR-2', 'A', 1.0]]
    """
    whole = isinstance(draws, int) and not isinstance(draws, bool)
    if not whole or not 1 <= draws <= MOST_DRAWS:
        raise ArgumentError(f"draws is a whole number from 1 to {MOST_DRAWS:,}, not {draws!r}.")
    if not isinstance(spread, int | float) or not 0 <= spread <= 1:
        raise ArgumentError(f"spread is a number from 0 to 1, such as 0.5, not {spread!r}.")
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise ArgumentError(f"seed is a whole number from 0 on, not {quote(seed)}.")
    scoring = _read(plan)
    order, _, _ = _ordered(scoring)
    chance = np.random.default_rng(seed)
    hits = np.zeros((len(QUADRANTS), len(scoring.candidates)))
    for start in range(0, draws, _CHUNK):
        size = min(_CHUNK, draws - start), len(scoring.criteria)
        # Drawn as 1 - x, x below spread, a weight above 0 never becomes 0.
        factors = 1 + spread - 2 * spread * chance.random(size)
        drawn = quadrants(scoring.means(factors))
        hits += [(drawn == letter).sum(axis=0) for letter in QUADRANTS]
    rows: list[tuple[str, str, float]] = []
    for place in order:
        key = scoring.candidates[place].id
        if scoring.placed[place]:
            shares = zip(QUADRANTS, hits[:, place] / draws, strict=True)
            rows += [(key, letter, float(share)) for letter, share in shares]
        else:
            rows.append((key, NOT_PLACED, 1.0))
    kinds = {"candidate": "str", "quadrant": "str", "share": "float64"}
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)


def blockers(plan: PlanData, part: str = "") -> list[str]:
    """Return what is missing before the candidates of a plan can be ranked at all.

    Parameters
    ----------
    plan
        The plan.
    part
        Ask about one part only: ``"candidates"``, ``"weights"`` or ``"scores"``.

    Returns
    -------
    list of str
        Plain sentences; empty when two candidates are placed. What would make the ranking better
        but does not stop it is :func:`advice`.

    Raises
    ------
    ArgumentError
        If there is no such part.

    Examples
    --------
    >>> import govstack_kit
    >>> blockers(govstack_kit.Plan.new(title="What first?"), "candidates")
    ['Name at least two candidates to compare.']
    """
    return _ranking_advice.blockers(_read(plan), part)


def advice(plan: PlanData) -> list[str]:
    """Return what would make the ranking of a plan more reliable; nothing of it has to be done.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    list of str
        Plain sentences, the most basic first; empty when at least ten candidates are named, as the
        playbook recommends, and all of them are placed.

    Examples
    --------
    >>> import govstack_kit
    >>> advice(govstack_kit.Plan.new(title="What first?"))
    ['No candidate is named so far; the playbook recommends at least 10. Add 10 more.']
    """
    return _ranking_advice.advice(_read(plan))
