"""What to digitise first: scores, quadrants, how much they hang on the weights, what is missing."""

import json
import math
import random

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from govstack_kit import Plan, TablesError
from govstack_kit.errors import ArgumentError
from govstack_kit.planning.prioritise import (
    HIGHEST,
    LOWEST,
    MIDPOINT,
    QUADRANTS,
    default_criteria,
    prioritise,
    prioritise_advice,
    prioritise_review,
    prioritise_stability,
)

TWO = [
    {"criterion": "gain", "name": "Gain", "weight": 3},
    {"criterion": "reach", "name": "Reach", "weight": 1},
    {"criterion": "people", "name": "People", "kind": "feasibility", "weight": 1},
    {"criterion": "money", "name": "Money", "kind": "feasibility", "weight": 1},
]


def plan_of(*scores, weights=None):
    """Return a plan with candidates whose scores are given as (gain, reach, people, money)."""
    plan = Plan.new(title="What first?")
    weights = weights or [criterion["weight"] for criterion in TWO]
    plan.add_rows(
        {
            "criteria": [c | {"weight": w} for c, w in zip(TWO, weights, strict=True)],
            "candidates": [
                {"candidate": f"c{number}", "name": f"Service {number}"}
                for number in range(len(scores))
            ],
            "candidate_scores": [
                {"candidate": f"c{number}", "criterion": c["criterion"], "score": score}
                for number, row in enumerate(scores)
                for c, score in zip(TWO, row, strict=True)
            ],
        }
    )
    return plan


@pytest.fixture
def demonstration():
    return Plan.demonstration()


@pytest.fixture(scope="module")
def criteria(framework):
    return framework.prioritisation_criteria


def row(frame, candidate):
    (found,) = frame[frame["candidate"] == candidate].to_dict("records")
    return found


# ------------------------------------------------------------------------------ the criteria


def test_criteria_are_those_of_the_playbook(criteria, shared):
    path = shared / "facts/govstack/prioritisation.json"
    published = json.loads(path.read_text(encoding="utf-8"))
    ours = criteria
    importance = ours[ours["axis"] == "importance"]
    for fact in published["criteria"]:
        if fact["axis"] == "importance":
            mine = importance[importance["name"].str.lower() == fact["criterion"]]
            assert len(mine) == 1, fact["criterion"]
        else:
            mine = ours[(ours["axis"] == "feasibility") & (ours["theme"] == fact["criterion"])]
        evidence = ", ".join(mine["evidence"]).lower()
        assert evidence == ", ".join(fact["inputs"]).lower(), fact["criterion"]
    assert len(importance) == 5
    assert len(ours) == 5 + 6
    said = {letter: text.rpartition(": ")[2] for letter, text in published["quadrants"].items()}
    assert said == {letter: text.lower() for letter, text in QUADRANTS.items()}


def test_no_criterion_is_there_twice_and_the_national_agenda_is_once(criteria):
    ours = criteria
    assert ours["criterion"].is_unique
    assert ours["name"].str.casefold().is_unique
    assert ours["order"].tolist() == list(range(1, len(ours) + 1))
    agenda = ours["name"].str.contains("agenda", case=False)
    assert agenda.sum() == 1
    assert ours.loc[agenda, "axis"].tolist() == ["feasibility"]
    evidence = [part.lower() for text in ours["evidence"] for part in text.split(", ")]
    assert len(evidence) == len(set(evidence))
    assert sum("agenda" in part for part in evidence) == 1


def test_every_criterion_asks_a_question_and_says_what_the_scores_mean(criteria):
    for record in criteria.to_dict("records"):
        assert "?" in record["question"]
        assert record["low"] != record["high"]
        for text in (record["question"], record["low"], record["high"]):
            assert text[0].isupper()
            assert len(text.split()) <= 25


def test_default_criteria_are_the_teams_to_change(framework, criteria):
    first = default_criteria(framework)
    assert [c["criterion"] for c in first] == criteria["criterion"].tolist()
    assert {c["weight"] for c in first} == {1.0}
    assert "1: " in first[0]["description"]
    assert "5: " in first[0]["description"]
    first[0]["weight"] = 7
    assert default_criteria(framework)[0]["weight"] == 1
    plan = Plan.new(title="A")
    plan.add_rows({"criteria": first})
    assert plan.criteria["weight"].tolist()[:2] == [7, 1]


# --------------------------------------------------------------------------- scores and places


def test_scores_are_weighted_means(framework):
    found = row(prioritise(framework, plan_of((5, 1, 2, 3))), "c0")
    assert found["importance"] == (3 * 5 + 1 * 1) / 4
    assert found["feasibility"] == 2.5
    assert found["quadrant"] == "B"
    assert found["scored"] == 1
    assert found["note"] == ""


def test_missing_answers_stay_missing(framework):
    found = row(prioritise(framework, plan_of((None, 2, 5, None))), "c0")
    assert found["importance"] == 2  # not drawn to 1, nor to 3, by what is open
    assert found["feasibility"] == 5
    assert found["quadrant"] == "C"
    assert found["scored"] == 0.5
    assert found["note"] == "Not answered: Gain and Money."


def test_too_few_answers_place_nobody(framework):
    table = prioritise(framework, plan_of((5, 5, None, None), (5, 5, 5, 5)))
    assert table["candidate"].tolist() == ["c1", "c0"]
    found = row(table, "c0")
    assert found["quadrant"] == "not yet placed"
    assert found["importance"] == 5
    assert math.isnan(found["feasibility"])
    assert "0 of 2 questions about feasibility are answered, 1 are needed" in found["note"]


def test_half_of_the_criteria_are_enough_and_fewer_are_not(framework, criteria):
    plan = Plan.new(title="What first?")
    ids = criteria.groupby("axis")["criterion"].agg(list)
    answered = [*ids["importance"][:3], *ids["feasibility"][:3]]
    scored = [("enough", c) for c in answered] + [("few", c) for c in answered[1:]]
    plan.add_rows(
        {
            "criteria": default_criteria(framework),
            "candidates": [{"name": "Enough"}, {"name": "Few"}],
            "candidate_scores": [{"candidate": a, "criterion": c, "score": 4} for a, c in scored],
        }
    )
    table = prioritise(framework, plan)
    assert table[["candidate", "quadrant"]].to_numpy().tolist() == [
        ["enough", "A"],
        ["few", "not yet placed"],
    ]


def test_criteria_of_weight_zero_need_no_answer(framework):
    found = row(prioritise(framework, plan_of((4, None, 4, None), weights=[1, 0, 1, 0])), "c0")
    assert (found["importance"], found["scored"], found["note"]) == (4, 1, "")
    only_nothing = row(prioritise(framework, plan_of((None, 4, 4, 4), weights=[1, 0, 1, 1])), "c0")
    assert only_nothing["quadrant"] == "not yet placed"


@pytest.mark.parametrize(
    ("scores", "quadrant"),
    [
        ((5, 5, 5, 5), "A"),
        ((5, 5, 1, 1), "B"),
        ((1, 1, 5, 5), "C"),
        ((1, 1, 1, 1), "D"),
        ((3, 3, 3, 3), "A"),
        ((3, 3, 2, 3), "B"),
        ((2, 3, 3, 3), "C"),
        ((2.99, 3, 2.99, 3), "D"),
    ],
)
def test_quadrants_and_the_line_between_them(framework, scores, quadrant):
    found = row(prioritise(framework, plan_of(scores)), "c0")
    assert found["quadrant"] == quadrant
    for axis in ("importance", "feasibility"):
        on_the_line = f"Exactly on the line of {axis}, which counts as high." in found["note"]
        assert on_the_line is (found[axis] == 3)


def test_rounding_does_not_push_anyone_over_the_line(framework):
    for weight in (0.1, 0.3, 1e-300, 1e300, 5e-324):
        plan = plan_of((3, 3, 3, 3), (2, 4, 4, 2), weights=[weight] * 4)
        assert prioritise(framework, plan)["quadrant"].tolist() == ["A", "A"], weight
        drawn = prioritise_stability(framework, plan, spread=0)
        assert drawn.query("share == 1")["quadrant"].tolist() == ["A", "A"], weight


def test_the_order_is_by_quadrant_and_then_by_both_scores(framework):
    table = prioritise(
        framework,
        plan_of((1, 1, 1, 1), (5, 5, 1, 1), (4, 4, 4, 4), (5, 5, 5, 5), (1, 1, 5, 5), (5,) * 4),
    )
    assert table["candidate"].tolist() == ["c3", "c5", "c2", "c1", "c4", "c0"]
    columns = ["candidate", "name", "importance", "feasibility", "quadrant", "scored", "note"]
    assert table.columns.tolist() == columns
    assert table.index.tolist() == list(range(6))


@pytest.mark.parametrize("value", [0, 5.01, -1, 6, 1e9, "high"])
def test_what_is_no_score_is_refused_in_a_sentence(value):
    plan = plan_of((4, 4, 4, 4))
    with pytest.raises(TablesError, match=r"out of range|is not a number"):
        plan.set("candidate_scores", ("c0", "gain"), score=value)
    assert plan.candidate_scores["score"].tolist() == [4] * 4


@pytest.mark.parametrize("seed", range(40))
def test_any_scores_and_weights(framework, seed):
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret

    def score():
        return chance.choice([None, 1, 3, 3, 5, chance.uniform(1, 5)])

    scores = [[score() for _ in TWO] for _ in range(chance.randint(0, 8))]
    weights = [chance.choice([0, 1, chance.uniform(0, 1e6), 1e-9]) for _ in TWO]
    plan = plan_of(*scores, weights=weights)
    table = prioritise(framework, plan)
    assert sorted(table["candidate"]) == sorted(plan.candidates["candidate"])
    placed = table[table["quadrant"] != "not yet placed"]
    assert placed["importance"].between(1, 5).all()
    assert placed["feasibility"].between(1, 5).all()
    assert table["scored"].between(0, 1).all()
    high = placed["importance"] >= 3, placed["feasibility"] >= 3
    names = {(True, True): "A", (True, False): "B", (False, True): "C", (False, False): "D"}
    letters = [names[pair] for pair in zip(*high, strict=True)]
    assert placed["quadrant"].tolist() == letters
    shares = prioritise_stability(framework, plan, draws=20).groupby("candidate")["share"].sum()
    assert np.allclose(shares, 1)
    assert bool(prioritise_review(framework, plan)) == (len(placed) < 2)
    prioritise_advice(framework, plan)


def test_a_plan_without_candidates(framework):
    plan = Plan.new(title="Empty")
    assert prioritise(framework, plan).empty
    assert prioritise(framework, plan)["importance"].dtype == "float64"
    assert prioritise_stability(framework, plan).columns.tolist() == [
        "candidate",
        "quadrant",
        "share",
    ]
    assert len(prioritise_stability(framework, plan)) == 0


# --------------------------------------------------------------------------------- sensitivity


def by_hand(plan, draws, spread, seed):
    """Place each candidate in each draw, one after the other, with sums and nothing else."""
    chance = np.random.default_rng(seed)
    criteria = plan.rows("criteria")
    factors = 1 + spread - 2 * spread * chance.random((draws, len(criteria)))
    rows = []
    for candidate in plan.candidates["candidate"]:
        scores = {
            r["criterion"]: r["score"] for r in plan.rows("candidate_scores", candidate=candidate)
        }
        seen = dict.fromkeys("ABCD", 0)
        for factor in factors:
            means = {}
            for axis in ("importance", "feasibility"):
                total = weight = 0.0
                for criterion, one in zip(criteria, factor, strict=True):
                    score = scores.get(criterion["criterion"])
                    if criterion["kind"] == axis and score is not None:
                        total += criterion["weight"] * one * score
                        weight += criterion["weight"] * one
                means[axis] = round(total / weight, 9) >= 3
            high = means["importance"], means["feasibility"]
            letter = {(True, True): "A", (True, False): "B", (False, True): "C"}.get(high, "D")
            seen[letter] += 1
        rows += [(candidate, letter, number / draws) for letter, number in seen.items()]
    return pd.DataFrame(rows, columns=["candidate", "quadrant", "share"])


def test_sensitivity_equals_a_slow_count_by_hand(framework):
    plan = plan_of((4, 1, 2, 4), (3, 3, 4, 2.5), (2, 5, None, 3), (5, 5, 5, 5))
    found = prioritise_stability(framework, plan, draws=400, spread=0.8, seed=7)
    expected = by_hand(plan, 400, 0.8, 7)
    key = ["candidate", "quadrant"]
    merged = found.merge(expected, on=key, suffixes=("", "_by_hand"))
    assert len(merged) == len(found) == 16
    assert merged["share"].tolist() == merged["share_by_hand"].tolist()
    assert merged["share"].between(0.05, 0.95).any()


def test_sensitivity_is_repeatable_and_the_seed_counts(framework, demonstration):
    one = prioritise_stability(framework, demonstration, draws=1_200)
    assert_frame_equal(one, prioritise_stability(framework, demonstration, draws=1_200))
    assert not one.equals(prioritise_stability(framework, demonstration, draws=1_200, seed=2))


def test_sensitivity_does_not_hang_on_the_order_of_candidates(framework, demonstration):
    before = prioritise_stability(framework, demonstration)
    demonstration.move("candidates", "INST-3", 1)
    demonstration.move("candidates", "AGR-1", 9)
    assert_frame_equal(before, prioritise_stability(framework, demonstration))


def test_without_spread_everybody_stays(framework, demonstration):
    found = prioritise_stability(framework, demonstration, spread=0).query("share > 0")
    places = prioritise(framework, demonstration)[["candidate", "quadrant"]]
    assert found["share"].tolist() == [1.0] * 10
    assert found[["candidate", "quadrant"]].to_numpy().tolist() == places.to_numpy().tolist()


def test_more_spread_moves_more(framework, demonstration):
    places = prioritise(framework, demonstration)[["candidate", "quadrant"]]
    stayed = [
        prioritise_stability(framework, demonstration, spread=spread).merge(places)["share"].sum()
        for spread in (0.1, 0.5, 1)
    ]
    assert stayed == sorted(stayed, reverse=True)
    assert stayed[0] > stayed[-1]


def test_equal_scores_move_with_no_weight(framework):
    found = prioritise_stability(framework, plan_of((4, 4, 2, 2)), spread=1).query("share > 0")
    assert found.to_numpy().tolist() == [["c0", "B", 1.0]]


def test_who_is_not_placed_has_one_row(framework):
    found = prioritise_stability(framework, plan_of((4, 4, None, None)))
    assert found.to_numpy().tolist() == [["c0", "not yet placed", 1.0]]


@pytest.mark.parametrize(
    "wrong",
    [
        *({"draws": value} for value in (0, -1, 100_001, 2.5, "many", True)),
        *({"spread": value} for value in (-0.1, 1.1, math.nan, "wide", None)),
    ],
)
def test_wrong_numbers_are_told(framework, demonstration, wrong):
    (name,) = wrong
    with pytest.raises(ArgumentError, match=f"{name} is a "):
        prioritise_stability(framework, demonstration, **wrong)


def test_many_candidates_are_quick_and_small(framework):
    plan = plan_of(*[(4, 1, 2, 4), (3, 3, 4, 2.5)] * 1_000)
    assert len(prioritise_stability(framework, plan, draws=2_000)) == 8_000


# ------------------------------------------------------------------------- blockers and advice


def test_the_demonstration_is_complete(framework, demonstration):
    assert (
        prioritise_review(framework, demonstration)
        == prioritise_advice(framework, demonstration)
        == []
    )
    table = prioritise(framework, demonstration)
    assert set(table["quadrant"]) == set("ABCD")
    assert (table["scored"] < 1).any()
    unsure = prioritise_stability(framework, demonstration).merge(table[["candidate", "quadrant"]])
    assert (unsure["share"] < 0.9).any()


def test_demonstration_scores_are_marked_as_made_up(framework, demonstration, criteria):
    known = set(framework.use_cases.query("catalogue == 'govstack'")["use_case"])
    candidates = demonstration.candidates
    assert len(candidates) == 10
    assert candidates["note"].str.contains("made up").all()
    assert (candidates["use_case"] == candidates["candidate"]).all()
    assert set(candidates["use_case"]) <= known
    assert demonstration.criteria["criterion"].tolist() == criteria["criterion"].tolist()


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (0, "No candidate is named so far; the playbook recommends at least 10. Add 10 more."),
        (1, "1 candidate is named so far; the playbook recommends at least 10. Add 9 more."),
        (9, "9 candidates are named so far; the playbook recommends at least 10. Add 1 more."),
    ],
)
def test_fewer_than_ten_candidates_are_advised_against_and_nothing_more(
    framework, number, sentence
):
    plan = plan_of(*[(4, 4, 4, 4)] * number)
    assert prioritise_advice(framework, plan) == [sentence]
    assert prioritise_review(framework, plan) == ["Name at least two candidates to compare."] * (
        number < 2
    )


def test_ten_scored_candidates_are_enough(framework):
    plan = plan_of(*[(4, None, 4, 4)] * 10)
    assert prioritise_review(framework, plan) == prioritise_advice(framework, plan) == []


def test_two_have_to_be_placed_and_each_part_asks_for_its_own(framework):
    plan = plan_of((4, 4, 4, 4), (None, None, 4, 4))
    half = ["Answer at least half of the questions of each column, for two candidates."]
    assert (
        prioritise_review(framework, plan) == prioritise_review(framework, plan, "scores") == half
    )
    assert (
        prioritise_review(framework, plan, "candidates")
        == prioritise_review(framework, plan, "weights")
        == []
    )
    with pytest.raises(ArgumentError, match="part is '', 'candidates', 'weights' or 'scores', not"):
        prioritise_review(framework, plan, "colour")


def test_who_is_not_scored_is_named(framework):
    plan = plan_of(*[(4, 4, 4, 4)] * 9, (None, None, 4, None))
    assert prioritise_advice(framework, plan) == [
        "'Service 9' is not yet placed: answer 1 more question about importance."
    ]
    plan = plan_of(*[(None,) * 4] * 12)
    told = prioritise_advice(framework, plan)
    assert len(told) == 6
    assert told[-1] == "7 more candidates are not yet placed."


@pytest.mark.parametrize("weights", [[0, 0, 1, 1], [1, 1, 0, 0], [0, 0, 0, 0]])
def test_weights_that_are_all_zero_give_a_sentence(framework, weights):
    plan = plan_of(*[(4, 4, 4, 4)] * 10, weights=weights)
    empty = [a for a, w in (("importance", weights[0]), ("feasibility", weights[2])) if not w]
    assert prioritise_review(framework, plan) == [
        f"All weights of {axis} are 0. Give at least one criterion a weight above 0."
        for axis in empty
    ]
    table = prioritise(framework, plan)
    assert set(table["quadrant"]) == {"not yet placed"}
    assert f"no criterion of {empty[0]} has a weight above 0" in table["note"][0]
    assert set(prioritise_stability(framework, plan)["share"]) == {1}


def test_an_axis_without_criteria_gives_a_sentence(framework):
    plan = plan_of(*[(4, 4, 4, 4)] * 10)
    for criterion in ("people", "money"):
        plan.remove("criteria", criterion)
    assert prioritise_review(framework, plan) == [
        "There is no criterion of feasibility. Add at least one."
    ]
    assert prioritise_advice(framework, plan) == []
    assert set(prioritise(framework, plan)["quadrant"]) == {"not yet placed"}


def test_a_negative_weight_cannot_stand_in_a_plan():
    plan = plan_of((4, 4, 4, 4))
    with pytest.raises(TablesError, match="out of range"):
        plan.set("criteria", "gain", weight=-1)


def test_a_plan_is_asked_for(framework):
    with pytest.raises(ArgumentError, match="Give a plan"):
        prioritise(framework, "kenya")


def test_constants_are_those_of_the_scale():
    assert (LOWEST, MIDPOINT, HIGHEST) == (1, 3, 5)
