"""How mature a product is: ratings by category, and their weighted mean.

Definitions
-----------
A *rating* says for one *category* how mature an option is, from 0 to 3. The default categories are
the seven pillars of the draft of universal indicators for software maturity, by the community of
practice of the Digital Public Goods Alliance, which describes three levels for each: low, medium
and high. That these are 1, 2 and 3, that 0 stands for not even low, and that all pillars weigh the
same, is the kit's own convention; so are our questions.

The *score* is the mean of the ratings, each weighted by its category. A rating of 0 counts as zero.
A category that is *not applicable* (None) is left out, and its weight with it. A category that is
*not rated* is left out of the score too, but not of its range: *lowest* takes it as 0, *highest* as
the best rating there is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from govstack_kit.errors import ArgumentError, did_you_mean, quote
from govstack_kit.selection._given import number
from govstack_kit.selection.checks import options_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from govstack_kit.planning.model import PlanData

HIGHEST = 3.0
MOST_WEIGHT = 1e6
SOURCE = (
    "Universal Indicators for Software Maturity (draft), Digital Public Goods Alliance, community "
    "of practice on maturity indicators, commit 01d72d303d3a, CC0-1.0"
)
URL = (
    "https://github.com/DPGAlliance/CoP-Maturity-Indicators/blob/"
    "01d72d303d3aa7e9bcf4a179a6779056f3769344/indicators/core-indicators.md"
)


class Category(NamedTuple):
    """A category: its id, its name as published, and our question."""

    id: str
    name: str
    question: str


CATEGORIES = (
    Category("governance", "Governance", "Do several parties steer it by known rules?"),
    Category(
        "data-protection-and-security",
        "Data Protection and Security",
        "Is it built, checked and run so that data are safe and the law is kept?",
    ),
    Category(
        "open-standards",
        "Open Standards",
        "Do open standards and interfaces let data in and out?",
    ),
    Category(
        "product-strategy-and-roadmap",
        "Product Strategy and Roadmap",
        "Is it public what comes next, and who decides that?",
    ),
    Category(
        "source-code-accessibility",
        "Source Code Accessibility",
        "Can others read, build and extend the code without a copy of their own?",
    ),
    Category(
        "total-cost-of-ownership",
        "Total Cost of Ownership",
        "Is there guidance, from real use, on what it costs over the years?",
    ),
    Category(
        "composability",
        "Composability",
        "Can parts of it be replaced or used on their own?",
    ),
)


class Score(NamedTuple):
    """A score with its range; None where nothing that counts is rated."""

    score: float | None
    lowest: float | None
    highest: float | None
    rated: int
    not_rated: int
    not_applicable: int


def categories() -> pd.DataFrame:
    """Return the default categories of maturity.

    Returns
    -------
    pandas.DataFrame
        One row a category: ``category``, ``name`` (as published), ``question`` (ours), ``source``
        and ``url``.

    Examples
    --------
    >>> categories()["category"].head(2).tolist()
    ['governance', 'data-protection-and-security']
    """
    frame = pd.DataFrame(CATEGORIES, columns=["category", "name", "question"])
    return frame.assign(source=SOURCE, url=URL).astype("str")


def _weights(weights: Mapping[str, float] | None) -> dict[str, float]:
    """Return checked weights; without any, the default categories with the weight 1."""
    if weights is None:
        return {category.id: 1.0 for category in CATEGORIES}
    if not isinstance(weights, Mapping):
        raise ArgumentError(f"Give weights as {{category: weight}}, not {quote(weights)}.")
    found = {name: number(weight) for name, weight in weights.items()}
    wrong = [
        f"{name} has {quote(weights[name])}"
        for name, weight in found.items()
        if weight is None or not 0 <= weight <= MOST_WEIGHT
    ]
    if wrong:
        raise ArgumentError(
            f"These weights cannot be used: {'; '.join(wrong)}. "
            f"A weight is a number from 0 to {MOST_WEIGHT:,.0f}."
        )
    checked = {name: weight for name, weight in found.items() if weight is not None}
    if not sum(checked.values()):
        raise ArgumentError(
            "All weights are 0, so there is nothing to take the mean of. "
            "Give at least one category a weight above 0."
        )
    return checked


def _ratings(
    ratings: Mapping[str, float | None], weights: dict[str, float], highest: float
) -> dict[str, float | None]:
    """Return checked ratings; all problems stand in one message."""
    if not isinstance(ratings, Mapping):
        raise ArgumentError(f"Give ratings as {{category: rating}}, not {quote(ratings)}.")
    wrong = []
    found: dict[str, float | None] = {}
    for name, rating in ratings.items():
        rated = number(rating)
        if name not in weights:
            hint = did_you_mean(str(name), weights) or f"Categories: {', '.join(weights)}."
            wrong.append(f"There is no category {quote(name)}. {hint}")
        elif rating is not None and (rated is None or not 0 <= rated <= highest):
            wrong.append(
                f"{name} is rated {quote(rating)}: allowed are numbers from 0 to {highest:g}, and "
                "None where it does not apply."
            )
        found[name] = rated
    if wrong:
        raise ArgumentError(" ".join(wrong))
    return found


def maturity_score(
    ratings: Mapping[str, float | None],
    weights: Mapping[str, float] | None = None,
    *,
    highest: float = HIGHEST,
) -> Score:
    """Return the weighted mean of ratings.

    Parameters
    ----------
    ratings
        A rating by category, from 0 to `highest`; None where the category does not apply.
    weights
        A weight by category, which also says what the categories are; without it, the default ones
        with the same weight.
    highest
        The best rating there is.

    Returns
    -------
    Score
        ``score``, ``lowest`` and ``highest`` on the scale of the ratings, and how many categories
        that have a weight are ``rated``, ``not_rated`` and ``not_applicable``.

    Raises
    ------
    ArgumentError
        If a rating or weight is out of its range, all weights are 0, or a category does not exist.

    Examples
    --------
    >>> weights = {"code": 1, "team": 2, "phones": 3}
    >>> maturity_score({"code": 3, "team": 0, "phones": None}, weights).score
    1.0
    >>> maturity_score({"code": 3}, weights)
    Score(score=3.0, lowest=0.5, highest=3.0, rated=1, not_rated=2, not_applicable=0)
    """
    best = number(highest)
    if best is None or best <= 0:
        raise ArgumentError(f"The best rating is a number above 0, not {quote(highest)}.")
    weighing = {name: weight for name, weight in _weights(weights).items() if weight}
    given = _ratings(ratings, _weights(weights), best)
    rated = {name: rating for name in weighing if (rating := given.get(name)) is not None}
    left_out = [name for name in weighing if name in given and given[name] is None]
    open_ = [name for name in weighing if name not in given]
    total = math.fsum(weighing[name] for name in rated)
    reached = math.fsum(weighing[name] * rating for name, rating in rated.items())
    missing = math.fsum(weighing[name] for name in open_)
    counts = len(rated), len(open_), len(left_out)
    if not total:
        return Score(None, 0.0 if missing else None, best if missing else None, *counts)
    every = total + missing
    return Score(reached / total, reached / every, (reached + best * missing) / every, *counts)


def maturity_scores(
    plan: PlanData,
    weights: Mapping[str, float] | None = None,
    *,
    options: str | Iterable[str] | None = None,
    highest: float = HIGHEST,
) -> pd.DataFrame:
    """Return the maturity of the options of a plan.

    Parameters
    ----------
    plan
        The plan, for the ratings in ``option.maturity``.
    weights, highest
        As for :func:`maturity_score`.
    options
        Ids of options; without it, all.

    Returns
    -------
    pandas.DataFrame
        One row an option, in the order of the plan: ``option``, ``name``, ``score``, ``lowest`` and
        ``highest`` (on the scale of the ratings; missing where nothing is rated), ``share`` (the
        score of the best there is, 0 to 1), ``rated``, ``not_rated`` and ``not_applicable``
        (numbers of categories).

    Raises
    ------
    ArgumentError
        As for :func:`maturity_score`; the message names the option.
    UnknownKeyError
        If the plan has no such option.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.planning.selected import Option
    >>> plan = govstack_kit.Plan.new(title="Consent")
    >>> plan.options = [Option(id="one", name="One", maturity={"governance": 2})]
    >>> plan.options[0].maturity["composability"] = 0
    >>> maturity_scores(plan)[["score", "rated", "not_rated"]].values.tolist()
    [[1.0, 2, 5]]
    """
    _weights(weights)
    rows, wrong = [], []
    for option in options_of(plan, options):
        try:
            found = maturity_score(option.maturity, weights, highest=highest)
        except ArgumentError as error:
            wrong.append(f"{quote(option.name)}: {error}")
            continue
        share = None if found.score is None else found.score / highest
        rows.append((option.id, option.name, *found[:3], share, *found[3:]))
    if wrong:
        raise ArgumentError(" ".join(wrong))
    numbers = ["score", "lowest", "highest", "share"]
    counts = ["rated", "not_rated", "not_applicable"]
    kinds = dict.fromkeys(["option", "name"], "str") | dict.fromkeys(numbers, "float64")
    kinds |= dict.fromkeys(counts, "Int64")
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)


def maturity_ratings(
    plan: PlanData,
    weights: Mapping[str, float] | None = None,
    *,
    options: str | Iterable[str] | None = None,
    highest: float = HIGHEST,
) -> pd.DataFrame:
    """Return the ratings of options by category, as :func:`plot_radar` takes them.

    Parameters
    ----------
    plan, weights, options, highest
        As for :func:`maturity_scores`.

    Returns
    -------
    pandas.DataFrame
        One row an option and category: ``option``, ``name``, ``axis`` (name of the category),
        ``value`` (0 to 1; missing where not rated or not applicable), ``rating`` and ``note``
        ("not rated", "not applicable" or empty).

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.planning.selected import Option
    >>> plan = govstack_kit.Plan.new(title="Consent")
    >>> plan.options = [Option(id="one", name="One", maturity={"governance": 3})]
    >>> maturity_ratings(plan)[["axis", "value", "note"]].head(2).values.tolist()
    [['Governance', 1.0, ''], ['Data Protection and Security', nan, 'not rated']]
    """
    maturity_scores(plan, weights, options=options, highest=highest)  # says what is wrong
    names = {category.id: category.name for category in CATEGORIES}
    rows = []
    for option in options_of(plan, options):
        for key in _weights(weights):
            rating = option.maturity.get(key)
            note = "" if rating is not None else "not rated"
            note = "not applicable" if rating is None and key in option.maturity else note
            value = None if rating is None else rating / highest
            rows.append((option.id, option.name, names.get(key, key), value, rating, note))
    kinds = {
        "option": "str",
        "name": "str",
        "axis": "str",
        "value": "float64",
        "rating": "float64",
        "note": "str",
    }
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)
