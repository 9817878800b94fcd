"""What to digitise first: scores, quadrants, how much they hang on the weights, what is missing."""

import json
import math
import random

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import govstack_kit as kit
from govstack_kit.planning import _demonstration, _scoring, prioritise
from govstack_kit.planning.model import Candidate, Criterion
from govstack_kit.planning.prioritise import (
    advice,
    blockers,
    criteria,
    default_criteria,
    demonstration_candidates,
    rank,
    sensitivity,
)

TWO = [
    Criterion(id="gain", name="Gain", weight=3),
    Criterion(id="reach", name="Reach", weight=1),
    Criterion(id="people", name="People", kind="feasibility", weight=1),
    Criterion(id="money", name="Money", kind="feasibility", weight=1),
]


def plan_of(*scores, weights=None):
    """Return a plan with candidates whose scores are given as (gain, reach, people, money)."""
    plan = kit.Plan.new(title="What first?")
    weights = weights or [criterion.weight for criterion in TWO]
    plan.criteria = [
        criterion.model_copy(update={"weight": weight})
        for criterion, weight in zip(TWO, weights, strict=True)
    ]
    plan.candidates = [
        Candidate(
            id=f"c{number}",
            name=f"Service {number}",
            scores={c.id: v for c, v in zip(TWO, row, strict=True) if v is not None},
        )
        for number, row in enumerate(scores)
    ]
    return plan


@pytest.fixture
def demonstration():
    plan = kit.Plan.new(title="What first?")
    plan.candidates = demonstration_candidates()
    return plan


def row(frame, candidate):
    (found,) = frame[frame["candidate"] == candidate].to_dict("records")
    return found


# ------------------------------------------------------------------------------ the criteria


def test_criteria_are_those_of_the_playbook(shared):
    path = shared / "facts/govstack/prioritisation.json"
    published = json.loads(path.read_text(encoding="utf-8"))
    ours = criteria()
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
    assert said == {letter: text.lower() for letter, text in prioritise.QUADRANTS.items()}


def test_no_criterion_is_there_twice_and_the_national_agenda_is_once():
    ours = criteria()
    assert ours["criterion"].is_unique
    assert ours["name"].str.casefold().is_unique
    assert ours["order"].tolist() == list(range(1, len(ours) + 1))
    agenda = ours["name"].str.contains("agenda", case=False)
    assert agenda.sum() == 1
    assert ours.loc[agenda, "axis"].tolist() == ["feasibility"]
    evidence = [part.lower() for text in ours["evidence"] for part in text.split(", ")]
    assert len(evidence) == len(set(evidence))
    assert sum("agenda" in part for part in evidence) == 1


def test_every_criterion_asks_a_question_and_says_what_the_scores_mean():
    for record in criteria().to_dict("records"):
        assert "?" in record["question"]
        assert record["low"] != record["high"]
        for text in (record["question"], record["low"], record["high"]):
            assert text[0].isupper()
            assert len(text.split()) <= 25


def test_default_criteria_are_the_teams_to_change():
    first = default_criteria()
    assert [c.id for c in first] == criteria()["criterion"].tolist()
    assert {c.weight for c in first} == {1.0}
    assert "1: " in first[0].description
    assert "5: " in first[0].description
    first[0].weight = 7
    assert default_criteria()[0].weight == 1


# --------------------------------------------------------------------------- scores and places


def test_scores_are_weighted_means():
    found = row(rank(plan_of((5, 1, 2, 3))), "c0")
    assert found["importance"] == (3 * 5 + 1 * 1) / 4
    assert found["feasibility"] == 2.5
    assert found["quadrant"] == "B"
    assert found["scored"] == 1
    assert found["note"] == ""


def test_missing_answers_stay_missing():
    found = row(rank(plan_of((None, 2, 5, None))), "c0")
    assert found["importance"] == 2  # not drawn to 1, nor to 3, by what is open
    assert found["feasibility"] == 5
    assert found["quadrant"] == "C"
    assert found["scored"] == 0.5
    assert found["note"] == "Not answered: Gain, Money."


def test_too_few_answers_place_nobody():
    table = rank(plan_of((5, 5, None, None), (5, 5, 5, 5)))
    assert table["candidate"].tolist() == ["c1", "c0"]
    found = row(table, "c0")
    assert found["quadrant"] == "not yet placed"
    assert found["importance"] == 5
    assert math.isnan(found["feasibility"])
    assert "0 of 2 questions about feasibility are answered, 1 are needed" in found["note"]


def test_half_of_the_criteria_are_enough_and_fewer_are_not():
    plan = kit.Plan.new(title="What first?")
    ids = criteria().groupby("axis")["criterion"].agg(list)
    importance, feasibility = ids["importance"], ids["feasibility"]
    answered = [*importance[:3], *feasibility[:3]]
    plan.candidates = [
        Candidate(id="enough", name="Enough", scores=dict.fromkeys(answered, 4.0)),
        Candidate(id="few", name="Few", scores=dict.fromkeys(answered[1:], 4.0)),
    ]
    table = rank(plan)
    assert table[["candidate", "quadrant"]].to_numpy().tolist() == [
        ["enough", "A"],
        ["few", "not yet placed"],
    ]


def test_criteria_of_weight_zero_need_no_answer():
    found = row(rank(plan_of((4, None, 4, None), weights=[1, 0, 1, 0])), "c0")
    assert (found["importance"], found["scored"], found["note"]) == (4, 1, "")
    only_nothing = row(rank(plan_of((None, 4, 4, 4), weights=[1, 0, 1, 1])), "c0")
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
def test_quadrants_and_the_line_between_them(scores, quadrant):
    found = row(rank(plan_of(scores)), "c0")
    assert found["quadrant"] == quadrant
    for axis in ("importance", "feasibility"):
        on_the_line = f"Exactly on the line of {axis}, which counts as high." in found["note"]
        assert on_the_line is (found[axis] == 3)


def test_rounding_does_not_push_anyone_over_the_line():
    for weight in (0.1, 0.3, 1e-300, 1e300, 5e-324):
        plan = plan_of((3, 3, 3, 3), (2, 4, 4, 2), weights=[weight] * 4)
        assert rank(plan)["quadrant"].tolist() == ["A", "A"], weight
        drawn = sensitivity(plan, spread=0)
        assert drawn.query("share == 1")["quadrant"].tolist() == ["A", "A"], weight


def test_the_order_is_by_quadrant_and_then_by_both_scores():
    table = rank(
        plan_of((1, 1, 1, 1), (5, 5, 1, 1), (4, 4, 4, 4), (5, 5, 5, 5), (1, 1, 5, 5), (5,) * 4)
    )
    assert table["candidate"].tolist() == ["c3", "c5", "c2", "c1", "c4", "c0"]
    columns = ["candidate", "name", "importance", "feasibility", "quadrant", "scored", "note"]
    assert table.columns.tolist() == columns
    assert table.index.tolist() == list(range(6))


@pytest.mark.parametrize("value", [0, 5.01, -1, 6, 1e9, "5", "high", True, [3], math.nan, math.inf])
def test_what_is_no_score_is_not_counted_and_told(value):
    plan = plan_of((4, 4, 4, 4))
    plan.candidates[0].scores["gain"] = value  # in place, as a widget or a script might
    found = row(rank(plan), "c0")
    assert found["importance"] == 4
    assert found["scored"] == 0.75
    assert "Not counted, because scores run from 1 to 5: Gain (" in found["note"]
    assert any("has scores that are not from 1 to 5: Gain (" in text for text in advice(plan))
    assert_frame_equal(sensitivity(plan), sensitivity(plan))


def test_a_criterion_under_a_second_id_counts_once():
    plan = plan_of((4, 4, 4, 4))
    plan.criteria.append(Criterion(id="gain-2", name=" gain", kind="feasibility", weight=100))
    plan.criteria.append(Criterion(id="GAIN", name="Other", weight=100))
    plan.candidates[0].scores |= {"gain-2": 1.0, "GAIN": 1.0}
    found = row(rank(plan), "c0")
    assert (found["importance"], found["feasibility"], found["scored"]) == (4, 4, 1)
    told = [text for text in advice(plan) if "is there twice" in text]
    assert len(told) == 2
    assert told[0].startswith("The criterion 'gain' is there twice, so only the first one counts.")


def test_scores_of_criteria_that_were_removed_are_kept_and_not_counted():
    plan = plan_of((4, 4, 4, 4))
    plan.candidates[0].scores["gone"] = 1.0
    assert row(rank(plan), "c0")["importance"] == 4
    assert plan.candidates[0].scores["gone"] == 1


@pytest.mark.parametrize("seed", range(40))
def test_any_scores_and_weights(seed):
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret

    def score():
        return chance.choice([None, 1, 3, 3, 5, chance.uniform(1, 5)])

    scores = [[score() for _ in TWO] for _ in range(chance.randint(0, 8))]
    weights = [chance.choice([0, 1, chance.uniform(0, 1e6), 1e-9]) for _ in TWO]
    plan = plan_of(*scores, weights=weights)
    table = rank(plan)
    assert sorted(table["candidate"]) == sorted(c.id for c in plan.candidates)
    placed = table[table["quadrant"] != "not yet placed"]
    assert placed["importance"].between(1, 5).all()
    assert placed["feasibility"].between(1, 5).all()
    assert table["scored"].between(0, 1).all()
    high = placed["importance"] >= 3, placed["feasibility"] >= 3
    names = {(True, True): "A", (True, False): "B", (False, True): "C", (False, False): "D"}
    letters = [names[pair] for pair in zip(*high, strict=True)]
    assert placed["quadrant"].tolist() == letters
    shares = sensitivity(plan, draws=20).groupby("candidate")["share"].sum()
    assert np.allclose(shares, 1)
    assert bool(blockers(plan)) == (len(placed) < 2)
    advice(plan)


def test_a_plan_without_candidates():
    plan = kit.Plan.new(title="Empty")
    assert rank(plan).empty
    assert rank(plan)["importance"].dtype == "float64"
    assert sensitivity(plan).columns.tolist() == ["candidate", "quadrant", "share"]
    assert len(sensitivity(plan)) == 0


# --------------------------------------------------------------------------------- sensitivity


def by_hand(plan, draws, spread, seed):
    """Place each candidate in each draw, one after the other, with sums and nothing else."""
    chance = np.random.default_rng(seed)
    factors = 1 + spread - 2 * spread * chance.random((draws, len(plan.criteria)))
    rows = []
    for candidate in plan.candidates:
        seen = dict.fromkeys("ABCD", 0)
        for factor in factors:
            means = {}
            for axis in ("importance", "feasibility"):
                total = weight = 0.0
                for criterion, one in zip(plan.criteria, factor, strict=True):
                    score = candidate.scores.get(criterion.id)
                    if criterion.kind == axis and score is not None:
                        total += criterion.weight * one * score
                        weight += criterion.weight * one
                means[axis] = round(total / weight, 9) >= 3
            high = means["importance"], means["feasibility"]
            letter = {(True, True): "A", (True, False): "B", (False, True): "C"}.get(high, "D")
            seen[letter] += 1
        rows += [(candidate.id, letter, number / draws) for letter, number in seen.items()]
    return pd.DataFrame(rows, columns=["candidate", "quadrant", "share"])


def test_sensitivity_equals_a_slow_count_by_hand():
    plan = plan_of((4, 1, 2, 4), (3, 3, 4, 2.5), (2, 5, None, 3), (5, 5, 5, 5))
    found = sensitivity(plan, draws=400, spread=0.8, seed=7)
    expected = by_hand(plan, 400, 0.8, 7)
    key = ["candidate", "quadrant"]
    merged = found.merge(expected, on=key, suffixes=("", "_by_hand"))
    assert len(merged) == len(found) == 16
    assert merged["share"].tolist() == merged["share_by_hand"].tolist()
    assert merged["share"].between(0.05, 0.95).any()


def test_sensitivity_is_repeatable_and_the_seed_counts(demonstration):
    one = sensitivity(demonstration, draws=1_200)
    assert_frame_equal(one, sensitivity(demonstration, draws=1_200))
    assert not one.equals(sensitivity(demonstration, draws=1_200, seed=2))


def test_sensitivity_does_not_hang_on_the_order_of_candidates(demonstration):
    before = sensitivity(demonstration)
    demonstration.candidates.reverse()
    assert_frame_equal(before, sensitivity(demonstration))


def test_without_spread_everybody_stays(demonstration):
    found = sensitivity(demonstration, spread=0).query("share > 0")
    places = rank(demonstration)[["candidate", "quadrant"]]
    assert found["share"].tolist() == [1.0] * 10
    assert found[["candidate", "quadrant"]].to_numpy().tolist() == places.to_numpy().tolist()


def test_more_spread_moves_more(demonstration):
    places = rank(demonstration)[["candidate", "quadrant"]]
    stayed = [
        sensitivity(demonstration, spread=spread).merge(places)["share"].sum()
        for spread in (0.1, 0.5, 1)
    ]
    assert stayed == sorted(stayed, reverse=True)
    assert stayed[0] > stayed[-1]


def test_equal_scores_move_with_no_weight():
    found = sensitivity(plan_of((4, 4, 2, 2)), spread=1).query("share > 0")
    assert found.to_numpy().tolist() == [["c0", "B", 1.0]]


def test_who_is_not_placed_has_one_row():
    found = sensitivity(plan_of((4, 4, None, None)))
    assert found.to_numpy().tolist() == [["c0", "not yet placed", 1.0]]


@pytest.mark.parametrize(
    "wrong",
    [
        *({"draws": value} for value in (0, -1, 100_001, 2.5, "many", True)),
        *({"spread": value} for value in (-0.1, 1.1, math.nan, "wide", None)),
    ],
)
def test_wrong_numbers_are_told(demonstration, wrong):
    (name,) = wrong
    with pytest.raises(kit.ArgumentError, match=f"{name} is a "):
        sensitivity(demonstration, **wrong)


def test_many_candidates_are_quick_and_small(demonstration):
    demonstration.candidates = [
        candidate.model_copy(update={"id": f"{candidate.id}-{number}"})
        for number in range(200)
        for candidate in demonstration.candidates
    ]
    assert len(sensitivity(demonstration, draws=2_000)) == 8_000


# ------------------------------------------------------------------------- blockers and advice


def test_the_demonstration_is_complete(demonstration):
    assert blockers(demonstration) == advice(demonstration) == []
    table = rank(demonstration)
    assert set(table["quadrant"]) == set("ABCD")
    assert (table["scored"] < 1).any()
    unsure = sensitivity(demonstration).merge(table[["candidate", "quadrant"]])
    assert (unsure["share"] < 0.9).any()


def test_demonstration_scores_are_marked_as_made_up(demonstration):
    known = set(kit.load().use_cases.query("catalogue == 'govstack'")["use_case"])
    assert len(demonstration.candidates) == 10
    for candidate in demonstration.candidates:
        assert "made up" in candidate.note
        assert candidate.use_case == candidate.id
        assert candidate.use_case in known
        assert list(candidate.scores) == criteria()["criterion"].tolist()
    assert tuple(criteria()["criterion"]) == _demonstration.CRITERIA


def test_demonstration_candidates_survive_a_plan_file(demonstration, tmp_path):
    demonstration.criteria = default_criteria()
    again = kit.Plan.open(demonstration.save(tmp_path / "demo"))
    assert_frame_equal(rank(again), rank(demonstration))
    assert_frame_equal(sensitivity(again), sensitivity(demonstration))


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (0, "No candidate is named so far; the playbook recommends at least 10. Add 10 more."),
        (1, "1 candidate is named so far; the playbook recommends at least 10. Add 9 more."),
        (9, "9 candidates are named so far; the playbook recommends at least 10. Add 1 more."),
    ],
)
def test_fewer_than_ten_candidates_are_advised_against_and_nothing_more(number, sentence):
    plan = plan_of(*[(4, 4, 4, 4)] * number)
    assert advice(plan) == [sentence]
    assert blockers(plan) == ["Name at least two candidates to compare."] * (number < 2)


def test_ten_scored_candidates_are_enough():
    plan = plan_of(*[(4, None, 4, 4)] * 10)
    assert blockers(plan) == advice(plan) == []


def test_two_have_to_be_placed_and_each_part_asks_for_its_own():
    plan = plan_of((4, 4, 4, 4), (None, None, 4, 4))
    half = ["Answer at least half of the questions of each column, for two candidates."]
    assert blockers(plan) == blockers(plan, "scores") == half
    assert blockers(plan, "candidates") == blockers(plan, "weights") == []
    with pytest.raises(kit.ArgumentError, match="one of 'candidates', 'weights', 'scores', not"):
        blockers(plan, "colour")


def test_two_candidates_of_one_name():
    plan = plan_of(*[(4, 4, 4, 4)] * 10)
    plan.candidates[3].name = "service  4".upper()
    assert blockers(plan) == []
    assert advice(plan) == ["2 candidates are called 'SERVICE 4'. Tell them apart by name."]


def test_who_is_not_scored_is_named():
    plan = plan_of(*[(4, 4, 4, 4)] * 9, (None, None, 4, None))
    assert advice(plan) == [
        "'Service 9' is not yet placed: answer 1 more question about importance."
    ]
    plan = plan_of(*[(None,) * 4] * 12)
    told = advice(plan)
    assert len(told) == 6
    assert told[-1] == "7 more candidates are not yet placed."


@pytest.mark.parametrize("weights", [[0, 0, 1, 1], [1, 1, 0, 0], [0, 0, 0, 0]])
def test_weights_that_are_all_zero_give_a_sentence(weights):
    plan = plan_of(*[(4, 4, 4, 4)] * 10, weights=weights)
    empty = [a for a, w in (("importance", weights[0]), ("feasibility", weights[2])) if not w]
    assert blockers(plan) == [
        f"All weights of {axis} are 0. Give at least one criterion a weight above 0."
        for axis in empty
    ]
    table = rank(plan)
    assert set(table["quadrant"]) == {"not yet placed"}
    assert f"no criterion of {empty[0]} has a weight above 0" in table["note"][0]
    assert set(sensitivity(plan)["share"]) == {1}


def test_an_axis_without_criteria_gives_a_sentence():
    plan = plan_of(*[(4, 4, 4, 4)] * 10)
    plan.criteria = plan.criteria[:2]
    assert blockers(plan) == ["There is no criterion of feasibility. Add at least one."]
    assert advice(plan) == []
    assert set(rank(plan)["quadrant"]) == {"not yet placed"}


def test_a_negative_weight_cannot_stand_in_a_plan():
    with pytest.raises(kit.PlanError, match="must be at least 0"):
        default_criteria()[0].weight = -1


def test_constants_are_those_of_the_figure():
    from govstack_kit.views import quadrants

    assert {k: q.name for k, q in quadrants.QUADRANTS.items()} == dict(prioritise.QUADRANTS)
    assert quadrants.MIDPOINT == prioritise.MIDPOINT == 3
    ends = _scoring.LOWEST, _scoring.HIGHEST
    assert (quadrants.LOWEST, quadrants.HIGHEST) == ends == (1, 5)
