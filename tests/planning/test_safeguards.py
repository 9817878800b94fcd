"""Questions on safeguards and readiness, and how a country takes part."""

import pytest

from govstack_kit import Plan
from govstack_kit.errors import ArgumentError
from govstack_kit.planning import risks, safeguards, take_part
from govstack_kit.planning.safeguards import told


@pytest.fixture
def plan():
    return Plan.new(title="School meals")


def test_blocks_that_are_not_chosen_are_not_asked_about(framework, plan):
    assert safeguards(framework, plan)["building_block"].isna().all()
    found = safeguards(framework, Plan.demonstration())["building_block"].dropna()
    assert "govstack:payments" in set(found)
    assert "govstack:wallet" not in set(found)


def test_what_is_unmet_or_open_is_a_risk(framework, plan):
    plan.add("safeguard_answers", safeguard="dpi-f1", answer="yes")
    plan.add("safeguard_answers", safeguard="funding", answer="not for us")
    plan.add("safeguard_answers", safeguard="dpi-f3", answer="partly", owner="Schools office")
    found = risks(framework, plan)
    assert not {"dpi-f1", "funding"} & set(found["safeguard"])
    assert found.loc[0, "safeguard"] == "dpi-f3"
    said = told(found)
    assert said[0] == "Risk, only partly met: Do not exclude (Schools office)."
    assert said[1].startswith(f"Risk: {len(found) - 1} questions on safeguards and readiness")
    assert len(said) == 2


def test_a_phase_that_is_none(framework, plan):
    assert set(safeguards(framework, plan, phase="select")["phase"]) == {"select"}
    with pytest.raises(ArgumentError, match="phase is 'define', 'align'"):
        safeguards(framework, plan, phase="launch")


def test_ways_fit_for_what_is_in_the_plan(framework, plan):
    found = take_part(framework, plan)
    assert found.streams.query("fits")["stream"].tolist() == ["learning-and-exchange"]
    assert not found.opportunities["label"].str.contains("course on the").any()
    plan.add("own_requirements", title="Works in Swahili", building_block="govstack:messaging")
    plan.add("options", name="Meals", kind="own build", open_source="yes")
    found = take_part(framework, plan)
    assert found.streams.query("fits")["stream"].tolist() == [
        *("promote-dpgs", "technical-contribution", "learning-and-exchange"),
    ]
    assert found.contributions[["kind", "name"]].values.tolist() == [
        ["requirement", "Works in Swahili"],
        ["open software", "Meals"],
    ]
    assert found.contributions["url"].str.startswith("https://").all()
    assert any("Works in Swahili" in said for said in found.sentences())
