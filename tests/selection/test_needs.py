"""Needs: what is counted, how it is weighed, and what is decided about requirements."""

import math

import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit.planning.selected import Value
from govstack_kit.selection import needs


def made(*, steps, title="A plan", name="Fees", **fields):
    """Return a plan with one use case; each step is a list of building blocks."""
    plan = kit.Plan.new(title=title)
    case = plan.add_use_case(name, **fields)
    for number, blocks in enumerate(steps, start=1):
        step = case.add_step(f"Step {number}")
        for block in blocks:
            step.choose("building_block", block)
    return plan


@pytest.fixture
def plan(framework):
    plan = kit.Plan.new(title="Advice for farmers")
    plan.add_published(framework, "AGR-2")
    return plan


# --- which blocks, and how much -------------------------------------------------------------------


def test_weights_are_those_of_the_formula(framework):
    plan = made(steps=[["govstack:payments"], ["govstack:payments", "govstack:consent"], [], []])
    plan.use_cases[0].choose("building_block", "govstack:identity")
    found = needs.needs(framework, plan).set_index("building_block")
    scores = {"payments": (1 + 2 / 4) / 2, "consent": (1 + 1 / 4) / 2, "identity": 1 / 2}
    for block, score in scores.items():
        weight = found.loc[f"govstack:{block}", "weight"]
        assert weight == pytest.approx(score / sum(scores.values()))
    assert found.index.tolist() == [f"govstack:{block}" for block in scores]
    assert found["steps"].tolist() == [2, 1, 0]
    assert found["foundational"].tolist() == [False, False, True]
    assert found["specified"].tolist() == [True, True, False]  # nothing is published on Identity
    assert found["requirements"].tolist() == [162, 22, 0]
    assert "add_requirement" in found.loc["govstack:identity", "note"]


def test_priority_is_value_times_quadrant(framework):
    plan = made(steps=[["govstack:payments"]])
    plan.add_use_case("Vouchers").add_step("x").choose("building_block", "govstack:gis")
    plan.add_use_case("Later").add_step("x").choose("building_block", "govstack:cms")
    plan.values = [Value(key="fees", value=30), Value(key="vouchers", value=10)]
    scores = {
        criterion["criterion"]: 5
        for criterion in framework.prioritisation_criteria.to_dict("records")
    }
    plan.candidates = [
        {"id": "a", "name": "Fees", "use_case": "fees", "scores": scores},
        {"id": "d", "name": "Fees again", "use_case": "fees", "scores": dict.fromkeys(scores, 1)},
        {"id": "l", "name": "Later", "use_case": "later", "scores": dict.fromkeys(scores, 1)},
    ]
    found = needs.priorities(plan)
    assert found["quadrant"].tolist() == ["A", "", "D"]  # the better of two candidates counts
    assert found["priority"].tolist() == [30 / 20 * 2, 10 / 20, 0.5]
    assert found["value"].tolist()[:2] == [30, 10]
    weights = needs.needs(framework, plan).set_index("building_block")["weight"]
    assert weights.to_dict() == pytest.approx(
        {"govstack:payments": 3 / 4, "govstack:gis": 1 / 8, "govstack:cms": 1 / 8}
    )


def test_a_candidate_for_the_published_use_case_counts_for_its_copy(framework, plan):
    from govstack_kit.planning.prioritise import demonstration_candidates

    plan.candidates = demonstration_candidates(framework)
    assert needs.priorities(plan)[["quadrant", "priority"]].to_numpy().tolist() == [["A", 2.0]]


def test_values_that_are_all_zero_are_said_and_do_not_divide(framework):
    plan = made(steps=[["govstack:payments"]])
    plan.add_use_case("Nothing yet")
    plan.values = [Value(key="fees", value=0), Value(key="gone", value=4)]
    assert needs.needs(framework, plan)["weight"].tolist() == [1.0]
    said = needs.remarks(framework, plan)
    assert "All values of use cases in 'A plan' are 0. There is nothing to weigh by" in said[0]
    assert len(said) == 2  # the other use case has no value, but there is no mean of values either
    assert "1 value is about no use cases that are there: gone" in said[1]
    plan.values = [Value(key="fees", value=0), Value(key="nothing-yet", value=4)]
    assert needs.needs(framework, plan)["weight"].tolist() == [1.0]  # 0 of 0 is no share
    (said,) = needs.remarks(framework, plan)
    assert said.startswith("No use case that needs a building block has a value above 0")


def test_a_missing_value_is_the_mean_of_those_given_and_is_said(framework):
    plan = made(steps=[["govstack:payments"]])
    for name, block in (("Vouchers", "govstack:gis"), ("Later", "govstack:cms")):
        plan.add_use_case(name).add_step("x").choose("building_block", block)
    assert needs.remarks(framework, plan) == []  # nobody gave any value: all alike
    plan.values = [Value(key="fees", value=30), Value(key="vouchers", value=10)]
    assert needs.priorities(plan)["priority"].tolist() == [30 / 20, 10 / 20, 20 / 20]
    (said,) = needs.remarks(framework, plan)
    assert said.startswith("In 'A plan', 1 use case has no value: later.")
    assert said.endswith("each counts as the mean of those given.")
    plan.values = [Value(key="fees", value=30)]
    assert "2 use cases have no value: later, vouchers." in needs.remarks(framework, plan)[0]
    assert needs.priorities(plan)["priority"].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("block", "counted"),
    [
        ("dif:scheduling", "govstack:scheduler"),  # exact
        ("dif:payments", "govstack:payments"),  # broader
        ("dif:registration", "dif:registration"),  # related only
        ("dif:elearning", "dif:elearning"),  # none
        ("dif:messaging", "govstack:messaging"),  # broader; its related ones do not count
    ],
)
def test_blocks_of_2019_count_as_the_block_that_does_the_same(framework, block, counted):
    plan = made(steps=[[block, counted], [block], []])
    found = needs.needs(framework, plan)
    assert found[["building_block", "steps"]].to_numpy().tolist() == [[counted, 2]]
    assert found["counted_from"].item() == ("" if block == counted else block)
    assert bool(found["specified"].item()) is (block != counted)


def test_a_related_block_says_what_it_overlaps_with(framework):
    found = needs.needs(framework, made(steps=[["dif:registration"]]))
    assert "Digital Registries, Identity, Registration only overlap with it" in found["note"].item()


def test_several_counterparts_each_count(framework):
    from govstack_kit.framework import schema

    tables = {name: getattr(framework, name) for name in schema.tables()}
    crosswalk = tables["building_block_crosswalk"]
    crosswalk.loc[crosswalk["dif"] == "dif:registration", "relation"] = "broader"
    ours = kit.Framework(tables)
    plan = made(steps=[["dif:registration", "govstack:identity"], ["govstack:gis"]])
    found = needs.needs(ours, plan).set_index("name")["steps"].to_dict()
    assert found == {"Digital Registries": 1, "Identity": 1, "Registration": 1, "GIS": 1}


def test_own_words_count_and_rejected_ones_do_not(framework):
    plan = made(steps=[["govstack:payments", "govstack:gis"], []])
    plan.use_cases[0].steps[0].reject("building_block", "govstack:gis")
    plan.use_cases[0].steps[1].own_words = [
        {"words": "The till", "kind": "building_block", "key": "govstack:payments"},
        {"words": "Tractor radio", "kind": "building_block", "sector_specific": True},
    ]
    found = needs.needs(framework, plan)
    assert found[["name", "steps"]].to_numpy().tolist() == [["Payments", 2], ["Tractor radio", 1]]
    assert found["note"].tolist()[1].startswith("This is a block of your own")


def test_plans_of_one_id_are_told_apart(framework):
    one = made(steps=[["govstack:payments"]], title="One")
    two = made(steps=[["govstack:payments", "govstack:gis"]], title="Two")
    found = needs.needs(framework, one, two).set_index("name")
    assert found.loc["Payments", ["steps", "use_cases", "plans"]].tolist() == [2, 2, 2]
    assert found.loc["GIS", ["steps", "use_cases", "plans"]].tolist() == [1, 1, 1]
    assert needs.priorities(one, two)["use_case"].tolist() == ["fees", "fees-2"]
    assert one.use_cases[0].id == two.use_cases[0].id == "fees"


def test_nothing_accepted_is_an_empty_frame_and_a_sentence(framework, plan):
    for empty in (kit.Plan.new(title="x"), made(steps=[[]])):
        for frame, full in (
            (needs.needs(framework, empty), needs.needs(framework, plan)),
            (needs.requirements(framework, empty), needs.requirements(framework, plan)),
            (needs.undecided(framework, empty), needs.undecided(framework, plan)),
            (needs.summary(framework, empty), needs.summary(framework, plan)),
            (needs.priorities(kit.Plan.new(title="x")), needs.priorities(plan)),
        ):
            assert frame.empty
            pd.testing.assert_series_equal(frame.dtypes, full.dtypes)
        assert needs.remarks(framework, empty)[0].startswith("Nothing is needed so far")
    with pytest.raises(kit.ArgumentError, match="Give a list of plans, not 'AGR-2'"):
        needs.needs(framework, "AGR-2")


# --- requirements and decisions -------------------------------------------------------------------


def test_every_published_requirement_of_a_needed_block_is_there_once(framework, plan, rows):
    found = needs.requirements(framework, plan)
    blocks = {*needs.needs(framework, plan)["building_block"], ""}
    expected = [r["requirement"] for r in rows("requirements") if r["building_block"] in blocks]
    expected += [
        r["key_functionality"] for r in rows("key_functionalities") if r["building_block"] in blocks
    ]
    assert sorted(found["requirement"]) == sorted(expected)
    assert found["requirement"].is_unique
    assert found["building_block"].iloc[-1] == ""
    assert not found["decided"].any()
    level = {r["requirement"]: r["level"] for r in rows("requirements")}
    required = found[found["level"] == "REQUIRED"]
    assert all(level[key] == "REQUIRED" for key in required["requirement"])
    assert set(required["decision"]) == {"needed"}  # what is not seen in use stays needed
    assert set(found.loc[found["level"] == "OPTIONAL", "decision"]) == {"later"}
    assert set(found.loc[found["kind"] == "key functionality", "decision"]) == {"needed"}


def test_use_suggests_only_what_connects_blocks_that_are_used_together(framework):
    plan = made(steps=[["govstack:scheduler"], ["govstack:payments"]])
    keys = ["scheduler:6.12-03", "scheduler:6.12-01"]  # Connect to the Messaging block; Log …
    shown = ["decision", "basis", "use"]
    before = needs.requirements(framework, plan).set_index("requirement").loc[keys, shown]
    assert before.to_numpy().tolist() == [["later", "the level", "not seen in use"]] * 2
    other = plan.add_use_case("Vouchers").add_step("x")
    other.choose("building_block", "govstack:messaging")  # elsewhere: not used together
    after = needs.requirements(framework, plan).set_index("requirement").loc[keys, shown]
    assert after.to_numpy().tolist() == before.to_numpy().tolist()
    plan.use_cases[0].steps[1].choose("building_block", "dif:messaging")  # counts as Messaging
    found = needs.requirements(framework, plan).set_index("requirement")
    assert found.loc[keys, shown].to_numpy().tolist() == [
        ["needed", "suggested by use", "seen in use"],
        ["later", "the level", "seen in use"],
    ]
    assert found.loc[keys[0], "evidence"] == "used with Messaging in Fees"
    assert not found.loc[keys[0], "decided"]
    suggested = found[found["basis"] == "suggested by use"]
    assert set(suggested["level"]) == {"RECOMMENDED"}
    # Deciding what could follow from use is kept, whatever is used later.
    assert needs.decide(plan, framework, "later", requirements=keys) == 1
    assert [d.key for d in plan.decisions] == keys[:1]


def test_only_what_differs_from_the_default_is_stored(framework, plan):
    assert needs.decide(plan, framework, "needed", kind="functional", level="REQUIRED") == 0
    assert plan.decisions == []
    assert needs.decide(plan, framework, "later", "Next year", building_block="Payments") == 178
    payments = needs.requirements(framework, plan, "payments").query("building_block != ''")
    assert len(payments) == 178
    assert payments[["decision", "basis", "reason"]].drop_duplicates().to_numpy().tolist() == [
        ["later", "the team", "Next year"]
    ]
    assert needs.decide(plan, framework, "later", "Next year", building_block="Payments") == 0
    back = needs.decide(plan, framework, "needed", building_block="Payments", level="REQUIRED")
    assert back == 143
    assert len(plan.decisions) == 178 - 143
    assert needs.decide(plan, framework, "default", building_block="Payments") == 178 - 143
    assert plan.decisions == []


def test_decisions_survive_the_file(framework, plan, tmp_path):
    needs.decide(plan, framework, "not for us", "No cash", building_block="Payments", section="6.2")
    needs.add_requirement(plan, framework, "", "Work in Kiswahili", kind="cross-cutting")
    again = kit.Plan.open(plan.save(tmp_path / "plan"))
    one, two = (needs.requirements(framework, p) for p in (plan, again))
    pd.testing.assert_frame_equal(one, two)
    assert set(one.query("decision == 'not for us'")["section"].str.startswith("6.2")) == {True}


def test_a_section_has_those_below_it_and_no_others(framework, plan, rows):
    changed = needs.decide(
        plan, framework, "later", "x", building_block="eMarketplace", section="6.2"
    )
    sections = [r["section"] for r in rows("requirements") if "emarket" in r["requirement"]]
    assert sections.count("6.20") > 0
    assert changed == sum(s == "6.2" or s.startswith("6.2.") for s in sections)


def test_what_holds_for_every_block_is_decided_apart(framework, plan, rows):
    every = [r["requirement"] for r in rows("requirements") if not r["building_block"]]
    assert needs.decide(plan, framework, "later", "x", building_block="") == len(every)
    assert {d.key for d in plan.decisions} == set(every)


def test_own_requirements_stand_with_the_others(framework, plan):
    added = needs.add_requirement(plan, framework, "dif:messaging", "Read aloud", level="OPTIONAL")
    assert (added.id, added.building_block) == ("read-aloud", "govstack:messaging")
    assert needs.add_requirement(plan, framework, "Messaging", "Read aloud").id == "read-aloud-2"
    found = needs.requirements(framework, plan, "Messaging").query("own")
    assert found[["requirement", "level", "decision"]].to_numpy().tolist() == [
        ["read-aloud", "OPTIONAL", "needed"],
        ["read-aloud-2", "REQUIRED", "needed"],
    ]
    assert needs.decide(plan, framework, "later", requirements="read-aloud") == 1
    assert plan.own_requirements[0].decision == "later"
    assert needs.decide(plan, framework, "default", requirements=["read-aloud"]) == 0
    counted = needs.summary(framework, plan).query("name == 'Messaging'")
    assert counted["requirements"].sum() == 34 + 2 + 2
    assert counted.query("kind == 'functional' and level == 'OPTIONAL'")["later"].item() == 1
    assert needs.remove_requirement(plan, "read-aloud").title == "Read aloud"
    with pytest.raises(kit.UnknownKeyError, match="Did you mean read-aloud-2"):
        needs.remove_requirement(plan, "read-aloud")


def test_the_summary_adds_up(framework, plan):
    needs.decide(
        plan, framework, "not for us", "x", building_block="Payments", kind="key functionality"
    )
    plan.use_cases[0].steps[0].choose("building_block", "dif:elearning")
    found = needs.summary(framework, plan)
    everything = needs.requirements(framework, plan)
    assert found["requirements"].sum() == len(everything)
    assert (found[["needed", "later", "not_for_us"]].sum(axis=1) == found["requirements"]).all()
    assert found["decided"].sum() == everything["decided"].sum() == 16
    assert found.query("name == 'eLearning'")["requirements"].tolist() == [0]
    assert found["name"].iloc[-1] == "Every building block"
    assert len(needs.undecided(framework, plan)) == len(everything) - 16


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"decision": "perhaps", "kind": "functional"}, kit.ArgumentError, "needed, later, not"),
        ({"decision": "later"}, kit.ArgumentError, "Say which requirements are meant"),
        ({"decision": "later", "section": "6.2"}, kit.ArgumentError, "name the building_block too"),
        ({"decision": "later", "level": "MUST"}, kit.ArgumentError, "level is one of REQUIRED"),
        ({"decision": "later", "capability": "6.2"}, kit.ArgumentError, "a capability '6.2'"),
        ({"decision": "later", "use": "unused"}, kit.ArgumentError, "use is one of seen in use"),
        ({"decision": "later", "kind": "api"}, kit.ArgumentError, "kind is one of functional"),
        ({"decision": "later", "building_block": "Paymnts"}, kit.UnknownKeyError, "Payments"),
        (
            {"decision": "later", "requirements": ["payments:6.1-1", "payments:6.1-01"]},
            kit.UnknownKeyError,
            "'payments:6.1-1'. Did you mean",
        ),
        ({"decision": "not for us", "reason": " ", "kind": "functional"}, kit.PlanError, "Say why"),
        (
            {"decision": "later", "reason": "x" * 30_001, "building_block": "GIS"},
            kit.PlanError,
            "too long",
        ),
    ],
)
def test_what_cannot_be_decided_leaves_the_plan(framework, plan, arguments, error, match):
    needs.decide(plan, framework, "later", "x", building_block="Consent")
    before = plan.data()
    with pytest.raises(error, match=match):
        needs.decide(plan, framework, **arguments)
    assert plan.data() == before


def test_what_cannot_be_added_leaves_the_plan(framework, plan):
    for arguments, fields, error in (
        (("Nowhere", "x"), {}, kit.UnknownKeyError),
        (("GIS", ""), {}, kit.PlanError),
        (("GIS", "x"), {"level": "MUST"}, kit.PlanError),
        (("GIS", "x"), {"colour": "red"}, kit.PlanError),
        ((3, "x"), {}, kit.ArgumentError),
    ):
        with pytest.raises(error):
            needs.add_requirement(plan, framework, *arguments, **fields)
    assert plan.own_requirements == []


def test_decisions_about_what_is_gone_are_said(framework, plan):
    plan.decisions = [{"key": "payments:9.9-01", "decision": "later"}]
    assert "payments:9.9-01" in " ".join(needs.remarks(framework, plan))
    assert not needs.requirements(framework, plan)["decided"].any()
    needs.decide(plan, framework, "later", "x", requirements="gis:4.1")
    assert {d.key for d in plan.decisions} == {"payments:9.9-01", "gis:4.1"}


@pytest.mark.parametrize("reason", ["", " \n", "\u200b", "\u200b \u2060\ufeff", "\u3164", "\u2800"])
def test_nothing_is_left_out_without_a_reason_that_can_be_read(framework, plan, reason):
    added = needs.add_requirement(plan, framework, "GIS", "Draw maps")
    before = plan.data()
    for refused in (
        lambda: needs.decide(plan, framework, "not for us", reason, building_block="GIS"),
        lambda: needs.decide(plan, framework, "not for us", reason, requirements=added.id),
        lambda: needs.add_requirement(
            plan, framework, "GIS", "Fax maps", decision="not for us", reason=reason
        ),
    ):
        with pytest.raises(kit.PlanError, match="Say why these requirements are not for you"):
            refused()
        assert plan.data() == before
    # It is no reason of its own either, so what stands anyway is not stored.
    stands = {"building_block": "Consent", "level": "REQUIRED"}
    assert needs.decide(plan, framework, "needed", reason, **stands) == 0


def test_what_is_left_out_for_a_reason_is(framework, plan):
    given = {"decision": "not for us", "reason": "纸质地图"}  # paper maps, in Chinese
    assert needs.add_requirement(plan, framework, "GIS", "Fax maps", **given).reason == "纸质地图"
    assert needs.decide(plan, framework, **given, requirements="consent:6.1-01") == 1


@pytest.mark.parametrize(
    "priority", [[-1, 1], [math.nan, 1], [math.inf, 1], [True, 1], ["x", 1], [1]]
)
def test_priorities_that_make_no_weights(priority):
    with pytest.raises(kit.ArgumentError, match="Give priority as numbers from 0"):
        needs.blocks_needed(kit.load(), ["AGR-2", "HLTC-2"], priority=priority)


def test_use_cases_are_named_once_or_not_at_all():
    framework = kit.load()
    once = needs.blocks_needed(framework, "AGR-2")
    pd.testing.assert_frame_equal(needs.blocks_needed(framework, ["AGR-2", "AGR-2"]), once)
    with pytest.raises(kit.UnknownKeyError, match="AGR-99"):
        needs.blocks_needed(framework, ["AGR-2", "AGR-99"])


@pytest.mark.parametrize(
    "given", [{"decision": None}, {"reason": None}, {"reason": 5}, {"requirements": [["a"]]}]
)
def test_a_decision_of_another_kind_changes_nothing(given):
    framework, plan = kit.load(), kit.Plan.new(title="Advice")
    plan.add_published(framework, "AGR-2")
    fields = {"decision": "not for us", "reason": "Next year", "building_block": "Consent"} | given
    with pytest.raises(kit.ArgumentError):
        needs.decide(plan, framework, **fields)
    assert plan.decisions == []
