"""Which plan is open, and what it said before."""

import pytest

import govstack_kit as gk
from govstack_kit.widgets.guide_plan import guide_plan
from govstack_kit.widgets.wizard import BLOCKED


def test_the_demonstration_says_what_it_is_and_has_no_versions(demonstration, page):
    shown = page(guide_plan(demonstration))
    assert "You see the demonstration" in shown.text()
    assert shown.states[1] == BLOCKED
    with pytest.raises(AssertionError, match="no field"):
        shown.field("Title")


def test_a_plan_is_started_renamed_and_another_opened(fees, page):
    shown = page(guide_plan(fees))
    shown.press("Start a new plan")
    assert "Give the new plan a name" in shown.foot["notice"]
    shown.field("Country of a new plan").value = "Nepal"
    shown.field("Currency of a new plan").value = "NPR"
    shown.field("Name of a new plan").value = "Ministry of Education"
    assert fees.title == "Ministry of Education"
    assert fees.plan.row("plan")["country"] == "Nepal"
    assert fees.plan.row("business_case")["currency"] == "NPR"
    shown.field("Title").value = "Ministry <b>"
    shown.field("Country").value = "Kenya"
    shown.field("Currency").value = "KES"
    assert gk.Plan.open(fees.plan.path).row("plan")["title"] == "Ministry <b>"
    others = dict(shown.field("Plans in your folder").options)
    assert set(others) == {"plan.govplan.json", "ministry-of-education.govplan.json"}
    shown.field("Plans in your folder").value = others["plan.govplan.json"]
    shown.press("Open this plan")
    assert fees.use_case == "school-fees"
    assert shown.field("Title").value == "Plan"
    shown.press("Show the demonstration")
    assert fees.demonstrating


def test_an_earlier_version_is_looked_at_and_brought_back(fees, page):
    fees.change("Rename", lambda plan: plan.set("steps", "school-fees.payment", name="<i>Pay</i>"))
    fees.change("Add", lambda plan: plan.add("actors", use_case="school-fees", name="Bank"))
    shown = page(guide_plan(fees)).at("versions")
    which = shown.field("Versions of this plan")
    assert len(which.options) == 2
    which.value = which.options[-1][1]
    said = shown.text()
    assert "2 differences" in said
    assert (
        "Step “&lt;i&gt;Pay&lt;/i&gt;”, name: “&lt;i&gt;Pay&lt;/i&gt;” here, “Payment” there."
        in said
    )
    assert "Actor “Bank”: only here." in said
    shown.press("Bring this version back")
    assert fees.plan.actors["name"].tolist() == ["Parent"]
    assert "Undo takes that back" in shown.foot["notice"]
    shown.press("Undo")
    assert fees.plan.actors["name"].tolist() == ["Parent", "Bank"]


def test_what_two_windows_said_differently_stays_to_be_read(fees, page):
    other = gk.Plan.open(fees.plan.path)
    other.set("use_cases", "school-fees", summary="By post")
    other.save()
    fees.change("Describe", lambda plan: plan.set("use_cases", "school-fees", summary="By phone"))
    shown = page(guide_plan(fees)).at("versions")
    assert "in short: kept “By phone”, the other was “By post”" in shown.text()
