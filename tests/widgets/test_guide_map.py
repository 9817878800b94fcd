"""The guided part map, through its controls."""

import pytest

from govstack_kit.widgets.guide_map import guide_map
from govstack_kit.widgets.wizard import BLOCKED, DONE, IN_PROGRESS


@pytest.fixture
def aligned(fees):
    """The service with one workflow for each of two steps."""

    def align(plan):
        for step, workflow in (
            ("registration", "client-communication"),
            ("payment", "financial-services"),
        ):
            key = (f"school-fees.{step}", workflow)
            plan.put("step_workflows", key, status="accepted", origin="suggested")

    fees.change("Align", align)
    return fees


@pytest.fixture
def shown(aligned, page):
    return page(guide_map(aligned))


def names(shown):
    return [line["name"] for line, _, _ in shown.lines()]


def settle(shown):
    for _ in range(12):
        shown.press("Reject the open ones shown here")
        (element,) = shown.elements("choices")
        if not element.state["left"]:
            return
        element.tell({"press": "more"})


def test_nothing_aligned_is_said_and_nothing_is_asked(fees, page):
    shown = page(guide_map(fees))
    assert shown.states == [BLOCKED] * 3
    assert shown.head["help"].startswith("Nothing is aligned yet")


def test_a_proposal_shows_its_chain_and_keeps_the_reason(shown, aligned):
    line = next(line for line, _, _ in shown.lines() if line["name"] == "Payments for Payment")
    assert line["why"].startswith("Payment → Financial services → Payments (framework's catalogue")
    shown.press("Accept: Payments for Payment")
    row = aligned.plan.row("step_building_blocks", ("school-fees.payment", "govstack:payments"))
    assert (row["status"], row["origin"]) == ("accepted", "mapped")
    assert "Financial services" in row["reason"]
    assert row["description"]
    (element,) = shown.elements("choices")
    element.tell({"explain": line["key"], "text": "Parents asked for it"})
    row = aligned.plan.row("step_building_blocks", ("school-fees.payment", "govstack:payments"))
    assert row["reason"] == "Parents asked for it"
    shown.press("✓ Accepted: Payments for Payment")
    assert aligned.plan.step_building_blocks.empty


def test_one_line_decides_about_a_block_for_all_its_steps_and_stays_where_it_is(shown, aligned):
    before = names(shown)
    wanted = "Messaging for 2 steps: Registration and Payment"
    assert wanted in before
    shown.press(f"Accept: {wanted}")
    assert names(shown)[: len(before)] == before  # what it leads to comes after
    assert aligned.plan.step_building_blocks["step"].tolist() == [
        "school-fees.registration",
        "school-fees.payment",
    ]
    shown.press("Undo")
    assert aligned.plan.step_building_blocks.empty
    assert names(shown)[: len(before)] == before


def test_what_the_steps_support_weakly_is_shown_on_demand(shown):
    asked = names(shown)
    assert "Identity for 2 steps: Registration and Payment" not in asked
    (element,) = shown.elements("choices")
    assert element.state["left"] > 0
    element.tell({"press": "more"})
    assert names(shown)[: len(asked)] == asked
    assert any(name.startswith("Identity for ") for name in names(shown))


def test_it_is_done_when_nothing_new_appears(shown, aligned):
    shown.press("Next")
    assert "undecided" in shown.head["lacks"][0]
    assert shown.states[0] == IN_PROGRESS
    settle(shown)
    assert "Nothing new appears" in shown.text()
    assert shown.states[0] == DONE
    assert set(aligned.plan.step_building_blocks["status"]) == {"rejected"}
    key = ("school-fees.registration", "financial-services")
    aligned.change("Accept", lambda plan: plan.put("step_workflows", key, status="accepted"))
    assert shown.states[0] == IN_PROGRESS


def test_foundational_blocks_are_named_and_marked(shown):
    (element,) = shown.elements("choices")
    element.tell({"press": "more"})
    shown.press("Accept: Identity")
    assert "on which others stand: Identity" in shown.text()
    tags = [line["tag"] for line, _, _ in shown.lines() if line["name"].startswith("Identity")]
    assert tags == ["foundational: others stand on it"]


def test_relations_are_described_one_by_one(shown, aligned):
    shown.press("Accept: Payments for Payment")
    shown.at("descriptions")
    relations = [said for said, _ in shown.field("Relation").options]
    assert relations == [
        "1. Registration → Client communication",
        "2. Payment → Financial services",
        "2. Payment → Payments",
    ]
    assert "Client communication" in shown.field("What it is for").value
    shown.press("Next relation")
    shown.press("Next relation")
    shown.field("What it is for").value = "Takes the fee"
    row = aligned.plan.row("step_building_blocks", ("school-fees.payment", "govstack:payments"))
    assert row["description"] == "Takes the fee"
    shown.press("Undo")
    assert shown.field("What it is for").value != "Takes the fee"


def test_an_own_word_is_described_too(aligned, page):
    aligned.change(
        "Say",
        lambda plan: plan.add(
            "own_words", use_case="school-fees", step="school-fees.payment", name="Till",
            kind="building_block", key="govstack:payments",
        ),
    )  # fmt: skip
    shown = page(guide_map(aligned)).at("descriptions")
    shown.field("Relation").value = next(
        key for said, key in shown.field("Relation").options if said.endswith("Payments")
    )
    shown.field("What it is for").value = "Takes the fee"
    assert aligned.plan.own_words["description"].tolist() == ["Takes the fee"]


def test_the_result_shows_the_picture_and_what_is_specific(aligned, page):
    aligned.change(
        "Say",
        lambda plan: plan.add(
            "own_words", use_case="school-fees", step="school-fees.payment",
            name="Bursary <b>committee</b>", sector_specific=True,
        ),
    )  # fmt: skip
    shown = page(guide_map(aligned)).at("result")
    picture = shown.wizard.parts[0].widget
    assert picture.picture["title"] == "School fees"
    assert "Bursary &lt;b&gt;committee" in shown.text()
    aligned.change("Name", lambda plan: plan.set("use_cases", "school-fees", name="Fees"))
    assert picture.picture["title"] == "Fees"
