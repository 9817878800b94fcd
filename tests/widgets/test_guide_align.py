"""The guided part align, through its controls."""

import time

import pytest

from govstack_kit.planning.suggest import SHOWN
from govstack_kit.widgets.guide_align import guide_align
from govstack_kit.widgets.wizard import DONE, IN_PROGRESS, NOT_STARTED


def names(shown, layer):
    """Return the lines that are shown of a layer."""
    element = next(
        e for e in shown.elements("choices") if e.state.get("label", "").startswith(layer)
    )
    return [line["name"] for line in element.state["lines"]], element


def test_targets_are_found_by_objective_and_by_words(fees, page):
    shown = page(guide_align(fees))
    assert "4.1 Free, good primary and secondary schooling" in shown.data()
    shown.field("Or search in your own words").value = "job training"
    assert "8.6 " in shown.data() or "4.4 " in shown.data()
    assert "4.1 Free" not in shown.data()
    shown.field("Or search in your own words").value = "qqqq"
    assert [line for line, _, _ in shown.lines()] == []
    shown.field("Or search in your own words").value = "school fees"
    shown.press("Next")
    assert shown.head["lacks"] == [
        "Accept at least one SDG target that the service contributes to."
    ]
    shown.press("Accept: 4.1")
    (chosen,) = fees.plan.rows("use_case_targets")
    assert (chosen["sdg"], chosen["origin"]) == ("4.1", "suggested")
    assert chosen["reason"]
    shown.press("✓ Accepted: 4.1")
    assert fees.plan.use_case_targets.empty
    shown.press("Not for us: 4.1")
    assert fees.plan.use_case_targets["status"].tolist() == ["rejected"]


def test_suggestions_say_what_they_do_and_why_and_nothing_is_accepted_by_itself(fees, page):
    shown = page(guide_align(fees))
    shown.wizard.go(2)  # the payment
    assert fees.plan.step_workflows.empty
    found, element = names(shown, "Building blocks")
    assert found[0] == "Payments"
    assert 1 <= len(found) <= SHOWN
    (line, *_) = element.state["lines"]
    assert line["why"].startswith("Handles payments between government and people or businesses")
    assert "The step says “payment”" in line["more"]
    element.tell({"press": "more"})
    assert len(names(shown, "Building blocks")[0]) == 2 * len(found)


def test_lines_stay_where_they_are_while_people_decide(fees, page):
    shown = page(guide_align(fees))
    shown.wizard.go(1)
    _, element = names(shown, "Workflows")
    for _ in range(3):
        element.tell({"press": "more"})
    before, element = names(shown, "Workflows")
    shown.press(f"Accept: {before[2]}")
    shown.press(f"Not for us: {before[0]}")
    after, element = names(shown, "Workflows")
    assert after == before
    states = [line["status"] for line in element.state["lines"]]
    assert states[:3] == ["rejected", "", "accepted"]
    row = fees.plan.rows("step_workflows", status="accepted")[0]
    assert row["origin"] == "suggested"
    assert "step" in row["reason"].lower()
    again = page(guide_align(fees))
    again.wizard.go(1)
    assert set(names(again, "Workflows")[0][:2]) == {before[0], before[2]}


def test_own_words_are_placed_or_specific_to_the_sector(fees, page):
    shown = page(guide_align(fees))
    shown.wizard.go(1)
    shown.field("What do you call it?").value = "awareness campaign"
    shown.press("This is it: Client communication")
    shown.field("What do you call it?").value = "Bursary committee"
    shown.press("It is specific to our sector")
    words = fees.plan.own_words[["name", "key", "sector_specific"]].astype(object)
    assert words.where(words.notna(), None).values.tolist() == [
        ["awareness campaign", "client-communication", False],
        ["Bursary committee", None, True],
    ]
    assert "Workflow: Client communication" in shown.data()
    assert "Bursary committee" in shown.text()  # in the table beneath
    shown.press("Remove: Bursary committee")
    assert fees.plan.own_words["name"].tolist() == ["awareness campaign"]
    shown.field("What do you call it?").value = "Awareness campaign" * 40
    shown.press("It is specific to our sector")
    assert "too long" in shown.foot["notice"]


def test_align_ends_when_every_step_has_something(fees, page):
    shown = page(guide_align(fees))
    assert shown.states == [NOT_STARTED if n else IN_PROGRESS for n in range(4)]
    shown.press("Accept: 4.1")
    for _ in range(2):
        shown.press("Next")
        shown.press("Next")
        assert shown.head["lacks"] == [
            "Accept a workflow or a building block, or say what is specific to your sector."
        ]
        shown.press("Accept: ")
    shown.press("Next")
    assert "different workflows" in shown.text()
    shown.press("Finish")
    assert set(shown.states) == {DONE}
    assert "Every step is aligned." in shown.foot["ending"]
    fees.change("Add", lambda plan: plan.add("steps", use_case="school-fees", name="Third"))
    assert len(shown.states) == 5
    assert not shown.foot["ending"]


def test_a_published_link_is_shown_as_such(demonstration, page):
    shown = page(guide_align(demonstration))
    shown.wizard.go(1)
    assert "Named in the published use case." in shown.data()
    assert "✓ Accepted" in shown.data()


def test_two_hundred_steps_have_a_question_each_and_only_the_open_one_is_made(session, page):
    def start(plan):
        plan.add("use_cases", name="Checks")
        steps = [{"use_case": "checks", "name": f"Check paper {n}"} for n in range(200)]
        plan.add_rows({"steps": steps})

    session.change("Start", start)
    shown = page(guide_align(session))
    assert len(shown.states) == 202
    shown.wizard.go(150)
    assert "Step 150" in shown.head["question"]
    assert len(shown.wizard._parts) == 2


def test_a_press_is_answered_quickly(fees, page):
    """A guard against endless work, no measurement."""
    shown = page(guide_align(fees))
    shown.wizard.go(1)
    before = time.process_time()
    shown.press("Accept: ")
    assert time.process_time() - before < 2


@pytest.mark.parametrize("name", ["Procurement", "<script>alert(1)</script>", "مرحبا 👩‍🌾"])
def test_any_name_of_a_service_and_step_will_do(session, page, name):
    def start(plan):
        case = plan.add("use_cases", name=name)
        plan.add("steps", use_case=case, name=name, description=name)

    session.change("Start", start)
    shown = page(guide_align(session))
    shown.wizard.go(1)
    assert "<script>" not in shown.text()
    shown.press("Accept: ")
    assert len(session.plan.step_workflows) + len(session.plan.step_building_blocks) == 1
