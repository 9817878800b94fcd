"""Maturity as a weighted mean: zero counts as zero, not applicable is left out."""

import math

import numpy as np
import pytest

import govstack_kit as kit
from govstack_kit.planning.selected import Option
from govstack_kit.selection.maturity import (
    CATEGORIES,
    categories,
    maturity_ratings,
    maturity_score,
    maturity_scores,
)

WEIGHTS = {"code": 1, "team": 2, "money": 3}


def test_the_mean_is_weighted_by_hand():
    found = maturity_score({"code": 3, "team": 1.5, "money": 1}, WEIGHTS)
    assert found.score == pytest.approx((1 * 3 + 2 * 1.5 + 3 * 1) / 6)
    assert found.lowest == found.highest == found.score
    assert (found.rated, found.not_rated, found.not_applicable) == (3, 0, 0)


def test_zero_counts_as_zero_and_not_applicable_is_left_out():
    assert maturity_score({"code": 3, "team": 0, "money": 0}, WEIGHTS).score == 3 / 6
    assert maturity_score({"code": 3, "team": 0, "money": None}, WEIGHTS).score == 3 / 3
    assert maturity_score({"code": 3, "team": None, "money": None}, WEIGHTS).score == 3
    assert maturity_score({"code": 0, "team": None, "money": None}, WEIGHTS).score == 0


def test_what_is_not_rated_is_a_range_and_no_zero():
    found = maturity_score({"code": 3}, WEIGHTS)
    assert (found.score, found.lowest, found.highest) == (3, 3 / 6, 3)
    found = maturity_score({"team": 0, "money": None}, WEIGHTS)
    assert (found.score, found.lowest, found.highest) == (0, 0, 3 / 3)
    assert (found.rated, found.not_rated, found.not_applicable) == (1, 1, 1)


def test_without_anything_that_counts_there_is_no_score():
    assert maturity_score({}, WEIGHTS) == (None, 0, 3, 0, 3, 0)
    nothing = dict.fromkeys(WEIGHTS)
    assert maturity_score(nothing, WEIGHTS) == (None, None, None, 0, 0, 3)
    only = maturity_score({"code": None, "team": 2}, {"code": 1, "team": 0})
    assert only == (None, None, None, 0, 0, 1)  # what has no weight does not count


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"code": 0, "team": 0}, "All weights are 0"),
        ({}, "All weights are 0"),
        ({"code": -1, "team": 5}, "code has -1"),
        ({"code": math.inf}, "code has inf"),
        ({"code": math.nan}, "code has nan"),
        ({"code": 1e7}, "code has 10000000.0"),
        ({"code": "much"}, "code has 'much'"),
        ({"code": True}, "code has True"),
    ],
)
def test_absurd_weights_are_a_sentence(weights, said):
    with pytest.raises(kit.ArgumentError, match=said):
        maturity_score({}, weights)


def test_all_wrong_weights_and_ratings_are_named_at_once():
    with pytest.raises(
        kit.ArgumentError, match=r"code has -1; team has 'x'\. A weight is a number"
    ):
        maturity_score({}, {"code": -1, "team": "x", "money": 1})
    with pytest.raises(kit.ArgumentError) as caught:
        maturity_score({"code": 4, "team": -1, "tean": 1, "money": math.nan}, WEIGHTS)
    for said in ("code is rated 4", "team is rated -1", "no category 'tean'", "money is rated nan"):
        assert said in str(caught.value)
    with pytest.raises(kit.ArgumentError, match="best rating is a number above 0"):
        maturity_score({}, WEIGHTS, highest=0)


def test_the_default_categories_are_the_published_pillars():
    assert categories()["name"].tolist() == [
        "Governance",
        "Data Protection and Security",
        "Open Standards",
        "Product Strategy and Roadmap",
        "Source Code Accessibility",
        "Total Cost of Ownership",
        "Composability",
    ]
    assert categories()["url"].str.contains("CoP-Maturity-Indicators").all()
    assert categories()["source"].str.contains("draft").all()


def test_options_of_a_plan():
    plan = kit.Plan.new(title="Maturity")
    first = {category.id: 2.0 for category in CATEGORIES}
    plan.options = [
        Option(id="one", name="One", maturity=first | {"governance": 0, "composability": None}),
        Option(id="two", name="Two"),
    ]
    found = maturity_scores(plan).set_index("option")
    assert found.loc["one", "score"] == pytest.approx(5 * 2 / 6)
    assert found.loc["one", "share"] == pytest.approx(5 * 2 / 6 / 3)
    assert found.loc["one", ["rated", "not_rated", "not_applicable"]].tolist() == [6, 0, 1]
    assert found.loc["two", ["score", "share"]].isna().all()
    assert found.loc["two", ["lowest", "highest"]].tolist() == [0, 3]
    long = maturity_ratings(plan).set_index(["option", "axis"])
    assert long.loc[("one", "Governance"), "value"] == 0
    assert long.loc[("one", "Open Standards"), "value"] == pytest.approx(2 / 3)
    assert long.loc[("one", "Composability"), "note"] == "not applicable"
    assert long.loc[("two", "Composability"), "note"] == "not rated"
    assert len(long) == 14
    plan.options[1].maturity = {"governance": 7, "charm": 1}
    with pytest.raises(kit.ArgumentError, match="'Two': governance is rated 7"):
        maturity_scores(plan)
    assert maturity_scores(plan, options="one").shape == (1, 9)


def test_numbers_of_a_frame_are_numbers():
    assert maturity_score({"governance": np.int64(2)}, {"governance": np.int64(1)}).score == 2


@pytest.mark.parametrize("given", [None, "x", [1], {1: 2}])
def test_ratings_of_another_kind(given):
    with pytest.raises(kit.ArgumentError):
        maturity_score(given)
