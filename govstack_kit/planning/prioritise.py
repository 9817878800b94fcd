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
on the line counts as high, and the note of the candidate says so. Without criteria of its own a
plan is scored on those of the playbook, all of the same weight.

*Stability* asks how much the quadrants hang on the weights. In each draw every weight is multiplied
by a number of its own between 1 - spread and 1 + spread, each as likely as the other, and the
candidates are placed anew. A share of 0.9 means nine draws of ten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from govstack_kit.errors import ArgumentError, expected, one_of, quote
from govstack_kit.planning.plan import Plan
from govstack_kit.words import count, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from govstack_kit.framework.framework import Framework

LOWEST, MIDPOINT, HIGHEST = 1.0, 3.0, 5.0
AXES = ("importance", "feasibility")
QUADRANTS = {
    "A": "Do first",
    "B": "Consider the investment",
    "C": "Easy, low value",
    "D": "Postpone",
}
NOT_PLACED = "not yet placed"
RECOMMENDED = 10  # candidates, as the playbook recommends
MOST_DRAWS = 100_000
_ENOUGH = 0.5  # share of the criteria of an axis that places a candidate on it
_COMPARED = 2  # candidates, below which there is nothing to compare
_LETTERS = np.array([["D", "C"], ["B", "A"]])  # by importance and feasibility: low, high
_DIGITS = 9  # beyond these, sums of weights differ by rounding only
_CHUNK = 500  # draws computed at once, so that memory stays small
_SENTENCES = 5  # candidates with a sentence of their own
_RANKED = {
    **dict.fromkeys(["candidate", "name"], "str"),
    **dict.fromkeys(AXES, "float64"),
    "quadrant": "str",
    "scored": "float64",
    "note": "str",
}


def default_criteria(framework: Framework) -> list[dict[str, Any]]:
    """Return the criteria of GovStack's playbook as rows for a plan, all of the weight 1.

    Examples
    --------
    >>> from govstack_kit import Plan, load
    >>> plan = Plan.new(title="What first?")
    >>> plan.add_rows({"criteria": default_criteria(load())})
    >>> plan.criteria["name"].tolist()[:2]
    ["Users' demand", 'Complexity of access']
    """
    return [
        {
            "criterion": row["criterion"],
            "name": row["name"],
            "kind": row["axis"],
            "weight": 1.0,
            "description": f"{row['question']} 1: {row['low']}. 5: {row['high']}.",
        }
        for row in framework.prioritisation_criteria.sort_values("order").to_dict("records")
    ]


class _Scoring:
    """The candidates of a plan as a matrix: who has which score, and who can be placed.

    Attributes
    ----------
    scores
        Candidates by criteria; not a number where a question is open.
    weights, counts
        Axes by criteria: the weights, the largest of an axis being 1, and which are above 0.
    answers, enough
        Candidates by axes: how many criteria that count are answered, and whether that places them.
    needed
        By axis, how many answers place a candidate; 0 where nothing counts.
    """

    def __init__(self, framework: Framework, plan: Plan) -> None:
        expected(plan, Plan, "Give a plan, such as govstack_kit.Plan.open(path) returns it")
        self.candidates = plan.rows("candidates")
        self.criteria = plan.rows("criteria") or default_criteria(framework)
        places = {row["candidate"]: place for place, row in enumerate(self.candidates)}
        columns = {row["criterion"]: place for place, row in enumerate(self.criteria)}
        self.scores = np.full((len(places), len(columns)), np.nan)
        for row in plan.rows("candidate_scores"):
            if row["score"] is not None:
                self.scores[places[row["candidate"]], columns[row["criterion"]]] = row["score"]
        self.weights = np.zeros((len(AXES), len(columns)))
        for place, axis in enumerate(AXES):
            own = np.array([k["weight"] if k["kind"] == axis else 0.0 for k in self.criteria])
            # The largest weight is 1, so that neither huge nor tiny weights leave the numbers.
            self.weights[place] = own / max(own.max(initial=0.0), np.finfo(float).tiny)
        self.counts = self.weights > 0
        self.answered = ~np.isnan(self.scores)
        self.answers = self.answered.astype(int) @ self.counts.T.astype(int)
        self.needed = np.ceil(self.counts.sum(axis=1) * _ENOUGH).astype(int)
        self.enough = (self.answers >= self.needed) & (self.needed > 0)
        self.placed = self.enough.all(axis=1)

    def means(self, factors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the weighted means by axis, draw and candidate; missing where all is open.

        `factors` are draws by criteria: what the weights are multiplied by.
        """
        filled = np.nan_to_num(self.scores, nan=0.0)
        found = np.full((len(AXES), len(factors), len(self.candidates)), np.nan)
        for row, weights in enumerate(self.weights):
            drawn = factors * weights
            total = drawn @ self.answered.T.astype(float)
            np.divide(drawn @ filled.T, total, out=found[row], where=total > 0)
        return found.round(_DIGITS)

    def note(self, place: int, scores: NDArray[np.float64]) -> str:
        """Say why a candidate is not placed, where it stands on the line, and what is open."""
        said = []
        for axis, name in enumerate(AXES):
            of, answers = int(self.counts[axis].sum()), int(self.answers[place, axis])
            if not of:
                said.append(f"Not yet placed: no criterion of {name} has a weight above 0.")
            elif not self.enough[place, axis]:
                said.append(
                    f"Not yet placed: {answers} of {of} questions about {name} are answered, "
                    f"{self.needed[axis]} are needed."
                )
            elif scores[axis] == MIDPOINT:
                said.append(f"Exactly on the line of {name}, which counts as high.")
        is_open = ~self.answered[place] & self.counts.any(axis=0)
        opened = [k["name"] for k, o in zip(self.criteria, is_open, strict=True) if o]
        return " ".join([*said, *([f"Not answered: {listed(opened)}."] if opened else [])])

    def ranked(self) -> pd.DataFrame:
        """Return the candidates in their order, as :func:`prioritise` does."""
        means = self.means(np.ones((1, len(self.criteria))))[:, 0, :].T
        scores = np.where(self.enough, means, np.nan)
        share = self.answers.sum(axis=1) / max(int(self.counts.sum()), 1)
        letters = np.where(self.placed, _quadrants(scores.T), NOT_PLACED).tolist()

        def order(place: int) -> tuple[Any, ...]:
            name = self.candidates[place]["name"].casefold(), self.candidates[place]["candidate"]
            if not self.placed[place]:
                return "Z", -share[place], *name  # behind all quadrants
            return letters[place], -scores[place].sum().round(6), -scores[place, 0], *name

        rows = [
            (
                self.candidates[place]["candidate"],
                self.candidates[place]["name"],
                *scores[place],
                letters[place],
                share[place],
                self.note(place, scores[place]),
            )
            for place in sorted(range(len(self.candidates)), key=order)
        ]
        return pd.DataFrame(rows, columns=list(_RANKED)).astype(_RANKED)


def _quadrants(means: NDArray[np.float64]) -> NDArray[np.str_]:
    """Return the quadrants of scores, given with the two axes in front."""
    high = (means >= MIDPOINT).astype(int)
    found: NDArray[np.str_] = _LETTERS[high[0], high[1]]
    return found


def prioritise(framework: Framework, plan: Plan) -> pd.DataFrame:
    """Return the candidates of a plan by quadrant, and the best of each quadrant first.

    Parameters
    ----------
    framework
        The tables, for the playbook's criteria where the plan has none.
    plan
        The plan; see the definitions of this module for how its candidates are scored.

    Returns
    -------
    pandas.DataFrame
        One row a candidate, in the order of the quadrants and within each by the sum of both
        scores: ``candidate`` (its key), ``name``, ``importance`` and ``feasibility`` (1 to 5,
        missing with too few answers), ``quadrant`` (A to D, or "not yet placed"), ``scored``
        (share of the criteria that count that are answered, 0 to 1) and ``note`` (what is open, or
        why the candidate is not placed).

    Examples
    --------
    >>> from govstack_kit import Plan, load
    >>> found = prioritise(load(), Plan.demonstration())
    >>> found[["candidate", "quadrant", "importance"]].head(2).values.tolist()
    [['FINC-1', 'A', 4.2], ['AGR-2', 'A', 3.8]]
    >>> "".join(found["quadrant"])
    'AABBCCCDDD'
    """
    return _Scoring(framework, plan).ranked()


def prioritise_stability(
    framework: Framework, plan: Plan, *, draws: int = 500, spread: float = 0.5, seed: int = 1
) -> pd.DataFrame:
    """Return how often each candidate lands in each quadrant when the weights are uncertain.

    Parameters
    ----------
    framework
        The tables, for the playbook's criteria where the plan has none.
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
        Four rows a candidate, in the order of :func:`prioritise`: ``candidate``, ``quadrant`` (A to
        D) and ``share`` of the draws, 0 to 1. A candidate that cannot be placed has one row, with
        the quadrant "not yet placed" and the share 1.

    Raises
    ------
    ArgumentError
        If a number is out of its range.

    Examples
    --------
    >>> from govstack_kit import Plan, load
    >>> found = prioritise_stability(load(), Plan.demonstration())
    >>> found.query("candidate == 'AGR-2' and share > 0").values.tolist()
    [['AGR-2', 'A', 1.0]]
    """
    if not isinstance(draws, int) or isinstance(draws, bool) or not 1 <= draws <= MOST_DRAWS:
        raise ArgumentError(
            f"draws is a whole number from 1 to {MOST_DRAWS:,}, not {quote(draws)}."
        )
    if not isinstance(spread, int | float) or not 0 <= spread <= 1:
        raise ArgumentError(f"spread is a number from 0 to 1, such as 0.5, not {quote(spread)}.")
    if not isinstance(seed, int) or seed < 0:
        raise ArgumentError(f"seed is a whole number from 0 on, not {quote(seed)}.")
    scoring = _Scoring(framework, plan)
    chance = np.random.default_rng(seed)
    hits = np.zeros((len(QUADRANTS), len(scoring.candidates)))
    for start in range(0, draws, _CHUNK):
        size = min(_CHUNK, draws - start), len(scoring.criteria)
        # Drawn as 1 - x, x below spread, a weight above 0 never becomes 0.
        factors = 1 + spread - 2 * spread * chance.random(size)
        drawn = _quadrants(scoring.means(factors))
        hits += [(drawn == letter).sum(axis=0) for letter in QUADRANTS]
    places = {row["candidate"]: place for place, row in enumerate(scoring.candidates)}
    rows: list[tuple[str, str, float]] = []
    for key in scoring.ranked()["candidate"]:
        shares = hits[:, places[key]] / draws
        placed = bool(scoring.placed[places[key]])
        found = zip(QUADRANTS, shares, strict=True) if placed else [(NOT_PLACED, 1.0)]
        rows += [(key, letter, share) for letter, share in found]
    columns = {"candidate": "str", "quadrant": "str", "share": "float64"}
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


def prioritise_review(framework: Framework, plan: Plan, part: str = "") -> list[str]:
    """Return what is missing before the candidates of a plan can be ranked at all.

    Parameters
    ----------
    framework, plan
        The tables, and the plan.
    part
        Ask about one part only: ``candidates``, ``weights`` or ``scores``.

    Returns
    -------
    list of str
        Plain sentences; empty when two candidates are placed. What would make the ranking better
        but does not stop it is :func:`prioritise_advice`.

    Raises
    ------
    ArgumentError
        If there is no such part.

    Examples
    --------
    >>> from govstack_kit import Plan, load
    >>> prioritise_review(load(), Plan.new(title="What first?"), "candidates")
    ['Name at least two candidates to compare.']
    """
    one_of(part, ["", "candidates", "weights", "scores"], "part")
    scoring = _Scoring(framework, plan)
    few = len(scoring.candidates) < _COMPARED
    weighed = list(_of_criteria(scoring))
    found = []
    if few and part in ("", "candidates"):
        found.append("Name at least two candidates to compare.")
    if part in ("", "weights"):
        found += weighed
    if part in ("", "scores") and not (few or weighed) and scoring.placed.sum() < _COMPARED:
        found.append("Answer at least half of the questions of each column, for two candidates.")
    return found


def prioritise_advice(framework: Framework, plan: Plan) -> list[str]:
    """Return what would make the ranking of a plan more reliable; nothing of it has to be done.

    Examples
    --------
    >>> from govstack_kit import Plan, load
    >>> prioritise_advice(load(), Plan.new(title="What first?"))
    ['No candidate is named so far; the playbook recommends at least 10. Add 10 more.']
    """
    scoring, number = _Scoring(framework, plan), len(plan.rows("candidates"))
    found = []
    if number < RECOMMENDED:
        named = f"{number or 'No'} candidate{'s are' if number > 1 else ' is'}"
        found.append(
            f"{named} named so far; the playbook recommends at least {RECOMMENDED}. "
            f"Add {RECOMMENDED - number} more."
        )
    if not list(_of_criteria(scoring)):
        unplaced = list(_of_scores(scoring))
        found += unplaced[:_SENTENCES]
        if len(unplaced) > _SENTENCES:
            more = count(len(unplaced) - _SENTENCES, "more candidate is", "more candidates are")
            found.append(f"{more} not yet placed.")
    return found


def _of_criteria(scoring: _Scoring) -> Iterator[str]:
    for place, axis in enumerate(AXES):
        if not any(criterion["kind"] == axis for criterion in scoring.criteria):
            yield f"There is no criterion of {axis}. Add at least one."
        elif not scoring.needed[place]:
            yield f"All weights of {axis} are 0. Give at least one criterion a weight above 0."


def _of_scores(scoring: _Scoring) -> Iterator[str]:
    for candidate, answers in zip(scoring.candidates, scoring.answers.tolist(), strict=True):
        lacking = [
            f"{count(need - have, 'more question')} about {axis}"
            for axis, need, have in zip(AXES, scoring.needed.tolist(), answers, strict=True)
            if have < need
        ]
        if lacking:
            name = quote(candidate["name"])
            yield f"{name} is not yet placed: answer {' and '.join(lacking)}."
