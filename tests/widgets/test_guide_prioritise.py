"""The guided part prioritise, through its controls."""

import pytest

import govstack_kit as gk
from govstack_kit.widgets.guide_prioritise import guide_prioritise
from govstack_kit.widgets.wizard import BLOCKED


@pytest.fixture
def shown(session, page):
    return page(guide_prioritise(session))


def scores(session):
    return session.plan.candidate_scores[["candidate", "criterion", "score"]].to_numpy().tolist()


def test_candidates_are_named_and_pasted_and_two_are_needed(shown, session):
    assert shown.states[2] == BLOCKED
    shown.press("Next")
    assert shown.beneath("Add a candidate: name") == "Name at least two candidates to compare."
    shown.field("Add a candidate: name").value = "School fees"
    pasted = shown.field("Or paste a list, one service a line")
    pasted.value = "1. school FEES\n2. Permits: for shops"
    shown.press("Add these candidates")
    assert session.plan.candidates[["name"]].to_numpy().tolist() == [["School fees"], ["Permits"]]
    assert session.plan.row("candidates", "permits")["description"] == "for shops"
    pasted.value = "permits"
    shown.press("Add these candidates")
    assert "No new name was found" in session.notice


def test_weights_start_as_those_of_the_playbook_and_stay_when_pressed_again(shown, session):
    shown.at("weights")
    assert session.plan.criteria.empty
    assert {line["status"] for line, _, _ in shown.lines()} == {"1"}
    shown.press("double: Users' demand")
    assert len(session.plan.criteria) == len(gk.planning.default_criteria(session.framework))
    assert session.plan.criteria.query('name == "Users\' demand"')["weight"].item() == 2
    shown.press("double: Users' demand")
    assert session.plan.criteria.query('name == "Users\' demand"')["weight"].item() == 2
    for line, _, _ in list(shown.lines()):
        if line["group"].startswith("Importance"):
            shown.press(f"no: {line['name']}")
    shown.press("Next")
    assert "All weights of importance are 0." in shown.head["lacks"][0]


def test_scores_are_given_taken_back_and_lead_to_a_result(shown, session):
    for name in ("School fees", "Permits"):
        shown.field("Add a candidate: name").value = name
    shown.at("scores")
    shown.press("Next")
    assert "Answer at least half" in shown.head["lacks"][0]
    for score in ("5", "2"):
        for line, _, _ in list(shown.lines()):
            shown.press(f"{score}: {line['name']}")
        shown.press("Next candidate")
    first = next(shown.lines())[0]
    assert first["status"] == "5"
    shown.press(f"5: {first['name']}")
    assert len(scores(session)) == len(session.plan.criteria) * 2 - 1
    assert "(10 of 11 answered)" in shown.field("Candidate").options[0][0]
    shown.press("Next")
    assert "A: Do first: School fees." in shown.text()
    assert shown.foot["ending"].startswith("The candidates are ranked.")
    assert "Not answered" in shown.text()


def test_the_demonstration_is_left_for_an_empty_list(demonstration, page):
    shown = page(guide_prioritise(demonstration))
    assert "made-up scores" in shown.text()
    shown.press("Start with an empty list")
    assert demonstration.plan.candidates.empty
    assert not demonstration.demonstrating
    assert "made-up scores" not in shown.text()
