"""The second half of the guided part select, through its controls: rules, set, how sure, decide."""

import json
from importlib import import_module

import pytest

from govstack_kit.widgets.guide_select import guide_select
from govstack_kit.widgets.session import Session
from govstack_kit.widgets.wizard import BLOCKED, DONE

PAYMENTS, MESSAGING = "govstack:payments", "govstack:messaging"
HOSTILE = "<script>alert(1)</script> رسوم"


def offer(plan):
    """Two blocks, one option for each, and a dearer one for both."""
    for step, block in (("registration", MESSAGING), ("payment", PAYMENTS)):
        plan.put("step_building_blocks", (f"school-fees.{step}", block), status="accepted")
    covers = {"Payer": ([PAYMENTS], 40), "Sender": ([MESSAGING], 30), "Suite": (None, 100)}
    for name, (blocks, cost) in covers.items():
        costs = {"build_cost": cost, "integration_cost": 0, "annual_cost": 0}
        key = plan.add("options", name=name, **costs)
        for block in blocks or (PAYMENTS, MESSAGING):
            plan.add("option_building_blocks", option=key, building_block=block, fit=0.8)


@pytest.fixture
def offered(fees):
    fees.change("Offer", offer)
    return fees


@pytest.fixture
def shown(offered, page):
    return page(guide_select(offered))


def chosen(session):
    return [row["option"] for row in session.plan.rows("option_decisions", decision="chosen")]


def reopened(session, page):
    return page(guide_select(Session(session.plan.path, framework=session.framework)))


def test_without_options_the_set_waits_and_says_why(fees, page):
    shown = page(guide_select(fees)).at("best")
    assert shown.states[-3:] == [BLOCKED] * 3
    assert "Map a service first" in shown.head["help"]
    link = ("school-fees.payment", PAYMENTS)
    fees.change("Map", lambda plan: plan.put("step_building_blocks", link, status="accepted"))
    assert "There is nothing to choose from yet." in shown.at("best").head["help"]


def test_the_least_fit_is_asked_first_and_is_60_per_cent_unless_changed(shown, offered):
    shown.at("rules")
    assert next(iter(shown.wizard.parts[0].controls)) == "least_fit"
    assert shown.field("Least fit").value == "60\N{NO-BREAK SPACE}%"
    shown.field("Least fit").value = "80"
    assert offered.plan.row("rules")["least_fit"] == 0.8


def test_what_fits_less_is_not_chosen_however_cheap(shown, offered):
    def poor(plan):
        plan.add("systems", system="gateway", name="Gateway", integration_cost=1)
        plan.set("systems", "gateway", added_annual_cost=0, annual_cost=9)
        serves = {"building_block": PAYMENTS, "quality": "partly"}
        plan.add("system_building_blocks", system="gateway", **serves)

    offered.change("Poor", poor)
    assert "Gateway" not in shown.at("best").text()
    offered.change("Well", lambda plan: plan.set(
        "system_building_blocks", ("gateway", PAYMENTS), quality="well"))  # fmt: skip
    assert "Gateway" in shown.text()
    assert "for 31 USD over 5 years" in shown.text()  # not the nine a year that are spent anyway


def test_the_best_set_says_what_why_and_at_what_cost(shown):
    shown.at("best")
    found = shown.text()
    assert "2 options cover 2 building blocks for 70 USD over 5 years" in found
    assert "The best set without it here, with Suite, costs 30 more." in found
    assert "What each rule costs" in found
    assert "the least fit of 60" in found
    assert 'alt="' in found
    assert "data:image/png;base64," in found
    shown.press("Next")
    assert shown.head["question"].startswith("How sure")


def test_rules_are_set_and_change_the_set(shown, offered):
    shown.at("rules")
    shown.field("Most options").value = "1"
    shown.field("Open source only").value = False
    assert offered.plan.row("rules")["most_options"] == 1
    assert "1 option covers 2 building blocks for 100 USD" in shown.at("best").text()


def test_what_must_be_in_cannot_stay_out(shown, offered):
    shown.at("rules")
    shown.press("Must be in: Suite")
    assert offered.plan.rows("option_decisions") == [{"option": "suite", "decision": "keep"}]
    shown.press("Must stay out: Suite")
    assert offered.plan.rows("option_decisions") == [{"option": "suite", "decision": "leave out"}]
    shown.press("✗ Must stay out: Suite")
    assert offered.plan.rows("option_decisions") == []


def test_a_rule_that_is_in_the_way_is_named_with_its_price_and_leads_back(shown):
    shown.at("rules")
    shown.field("Budget").value = "50"
    shown.at("best")
    assert "No set of options is possible." in shown.text()
    assert "Without the budget of 50, a set that costs 70 is possible" in shown.text()
    shown.press("Next")
    assert "Change a rule, take more options" in str(shown.head["lacks"])
    assert shown.at("chosen").lines() is not None
    assert list(shown.lines()) == []


def test_an_option_with_unknown_costs_is_named(shown, offered):
    offered.change("Forget", lambda plan: plan.set("options", "payer", integration_cost=None))
    found = shown.at("best").text()
    assert "1 option covers 2 building blocks for 100 USD" in found
    assert "integration cost" in found


def test_how_sure_it_is_is_tried_when_asked_for_and_stays_while_people_decide(
    shown, offered, monkeypatch
):
    monkeypatch.setattr(import_module("govstack_kit.widgets.guide_select"), "DRAWS", 50)
    shown = type(shown)(guide_select(offered)).at("sure")
    shown.press("Next")  # it may be left out
    assert shown.head["question"].startswith("Which set")
    shown.at("sure").press("Try it 50 times")
    assert "Safe, in at least nine of ten sets: Payer, Sender." in shown.text()
    shown.at("chosen")
    assert "Safe, in at least nine of ten sets" in shown.text()
    shown.press("Build on this set: The best set")
    assert "Safe, in at least nine of ten sets" in shown.text()
    offered.change("Budget", lambda plan: plan.set("rules", budget=1000))
    assert "Safe" not in shown.at("sure").text()


def test_a_team_decides_what_it_builds_on_and_why(shown, offered, page):
    shown.at("chosen")
    assert "Nothing is decided yet" in shown.text()
    assert "Payer would do Payments." in shown.text()
    assert [line["name"].split(":")[0] for line, *_ in shown.lines()] == [
        *("The best set", "Number 2"),
    ]
    shown.field("Why this set").value = "One contract. <script>"
    shown.press("Build on this set: Number 2")
    assert chosen(offered) == ["suite"]
    assert offered.plan.row("rules")["chosen_reason"] == "One contract. <script>"
    found = shown.text()
    assert "It is what the team chose." in found
    assert "Suite would do Messaging and Payments." in found
    assert "The best set under the rules costs 30 USD less" in found
    assert "The reason: One contract. &lt;script&gt;" in found
    again = reopened(offered, page).at("chosen")
    assert again.field("Why this set").value == "One contract. <script>"
    shown.press("✓ We build on this set")
    assert chosen(offered) == []
    assert "Nothing is decided yet" in shown.text()
    shown.press("Undo")
    assert chosen(offered) == ["suite"]


def test_a_choice_of_the_teams_own_is_kept_and_left_open_again(shown, offered):
    rows = [{"option": key, "decision": "chosen"} for key in ("suite", "payer")]
    offered.change("Choose", lambda plan: plan.add_rows({"option_decisions": rows}))
    shown.at("chosen")
    own = [line for line, *_ in shown.lines() if line["name"] == "Your own choice"]
    assert [line["why"] for line in own] == ["Payer and Suite"]
    shown.press("✓ We build on this set: Your own choice")
    assert chosen(offered) == []
    assert [line["name"][:8] for line, *_ in shown.lines()] == ["The best", "Number 2"]


def test_what_was_decided_stands_after_finishing(shown):
    for key in ("rules", "best", "sure", "chosen"):
        shown.at(key)
    assert shown.states[-4:] == [DONE] * 4
    assert "Go on with the business case" in shown.foot["ending"] or shown.foot["next"] == "Finish"


def test_what_nobody_knows_can_be_assumed_and_is_said_to_be(shown, offered):
    assert shown.at("rules").wizard.parts[1].widget.layout.display == "none"
    one = offered.plan.rows("option_building_blocks")[0]
    key = (one["option"], one["building_block"])
    offered.change("Fit", lambda plan: plan.set("option_building_blocks", key, fit=None))
    assert shown.at("rules").wizard.parts[1].widget.layout.display != "none"
    shown.field("Assumed fit").value = "75"
    assert offered.plan.row("rules")["assumed_fit"] == 0.75
    assert "Assumed, because nobody knows it: the fit of" in shown.at("best").text()


def test_what_is_removed_is_gone_from_the_rules_too(shown, offered):
    shown.at("rules").press("Must be in: Suite")
    offered.change("Remove", lambda plan: plan.remove("options", "suite"))
    found = shown.at("best").text()
    assert "2 options cover 2 building blocks for 70 USD" in found
    assert "suite is to be kept, but covers no building block" in found


def test_all_numbers_of_the_demonstration_are_marked(demonstration, page):
    shown = page(guide_select(demonstration)).at("best")
    assert "Made-up systems, costs and fits" in shown.text()
    assert demonstration.demonstrating


@pytest.mark.parametrize(
    ("label", "wrong"),
    [
        ("Budget", "-1"),
        ("Budget", "رسوم"),
        ("Years", "0"),
        ("Least fit", "150"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_lost(shown, offered, label, wrong):
    shown.at("rules")
    shown.field("Budget").value = "5,000"
    shown.field(label).value = wrong
    assert "This is not saved" in shown.beneath(label)
    assert shown.field(label).value == wrong
    assert offered.plan.row("rules")["budget"] == 5000
    shown.press("Next")
    assert "Correct" in str(shown.head["lacks"])


def test_hostile_text_is_shown_as_text(shown, offered):
    offered.change("Name", lambda plan: plan.set("options", "payer", name=HOSTILE))
    for key in ("rules", "best", "chosen"):
        assert "<script>" not in shown.at(key).text()
    assert HOSTILE in json.loads(shown.data())[-2]["lines"][0]["why"] or "رسوم" in shown.data()
