"""Joint requirements: what several plans ask for, put together by hand and by the kit."""

import time

import openpyxl
import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit.planning.selected import Answer, Option
from govstack_kit.selection import needs
from govstack_kit.selection.checks import checks, unused_answers
from govstack_kit.selection.joint import _keys

CONSENT, GIS, PAYMENTS = "govstack:consent", "govstack:gis", "govstack:payments"
COLUMNS = [
    *("requirement", "building_block", "kind", "section", "level", "title", "decision"),
    *("plans", "needed", "later", "not_for_us", "decided", "needed_by", "use", "evidence", "own"),
]


def made(title, *steps):
    """Return a plan with one use case; a step is its name and its blocks."""
    plan = kit.Plan.new(title=title)
    case = plan.add_use_case("Service")
    for name, *blocks in steps:
        step = case.add_step(name)
        for block in blocks:
            step.choose("building_block", block)
    return plan


@pytest.fixture
def farming():
    return made("Farming", ("Pay", PAYMENTS), ("Ask", CONSENT))


@pytest.fixture
def health():
    return made("Health", ("Give a voucher", PAYMENTS), ("Map", GIS), ("Draw", GIS), ("See", GIS))


@pytest.fixture
def idle():
    return kit.Plan.new(title="Idle")


def of(frame, key):
    (row,) = frame[frame["requirement"] == key].to_dict("records")
    return row


def test_the_strongest_decision_counts_and_all_are_counted(framework, farming, health, idle):
    one, two, three = "payments:6.1-01", "payments:6.1-02", "payments:6.1-03"
    needs.decide(farming, framework, "later", requirements=[one, two])
    needs.decide(farming, framework, "not for us", "No cash", requirements=[three])
    needs.decide(health, framework, "not for us", "No cash", requirements=[two, three])
    found = kit.joint_requirements(framework, farming, health, idle)
    assert found.columns.tolist() == COLUMNS
    shown = ["decision", "plans", "needed", "later", "not_for_us", "decided", "needed_by"]
    assert [of(found, one)[name] for name in shown] == ["needed", 2, 1, 1, 0, 1, "Health"]
    assert [of(found, two)[name] for name in shown] == ["later", 2, 0, 1, 1, 2, ""]
    assert [of(found, three)[name] for name in shown] == ["not for us", 2, 0, 0, 2, 2, ""]
    both = of(found, "payments:6.1-04")
    assert [both[name] for name in shown] == ["needed", 2, 2, 0, 0, 0, "Farming; Health"]
    alone = of(found, "consent:6.1-01")
    assert [alone[name] for name in shown] == ["needed", 1, 1, 0, 0, 0, "Farming"]
    every = of(found, "security:5.5.1-01")
    assert [every[name] for name in shown] == ["needed", 2, 2, 0, 0, 0, "Farming; Health"]


def test_each_requirement_of_each_needed_block_is_there_once(framework, farming, health, rows):
    found = kit.joint_requirements(framework, farming, health)
    blocks = {CONSENT, GIS, PAYMENTS, ""}
    published = [r["requirement"] for r in rows("requirements") if r["building_block"] in blocks]
    published += [
        r["key_functionality"] for r in rows("key_functionalities") if r["building_block"] in blocks
    ]
    assert sorted(found["requirement"]) == sorted(published)
    order = kit.needs(framework, farming, health)["building_block"].tolist()
    assert order == [PAYMENTS, GIS, CONSENT]
    assert list(dict.fromkeys(found["building_block"])) == [*order, ""]
    assert (found[["needed", "later", "not_for_us"]].sum(axis=1) == found["plans"]).all()
    same = kit.joint_requirements(framework, health, farming).set_index("requirement")
    numbers = ["decision", "plans", "needed", "later", "not_for_us", "decided", "use"]
    pd.testing.assert_frame_equal(
        found.set_index("requirement")[numbers].sort_index(), same[numbers].sort_index()
    )


def test_of_one_plan_they_are_its_own(framework, farming, idle):
    needs.add_requirement(farming, framework, "Consent", "Read aloud", level="OPTIONAL")
    needs.decide(farming, framework, "later", "x", building_block="Payments", section="6.2")
    alone = needs.requirements(framework, farming)
    for plans in ([farming], [farming, idle], [idle, farming]):
        found = kit.joint_requirements(framework, *plans)
        columns = [*COLUMNS[:7], "own"]
        pd.testing.assert_frame_equal(found[columns], alone[columns])
        assert found["use"].tolist() == alone["use"].tolist()
    assert kit.joint_requirements(framework, farming)["evidence"].tolist() == (
        alone["evidence"].tolist()
    )


def test_use_in_any_plan_is_use_and_the_evidence_says_whose(framework, farming, health):
    found = kit.joint_requirements(framework, farming, health)
    voucher = found[found["title"].str.contains("voucher", case=False)]
    assert set(voucher["use"]) == {"seen in use"}
    assert set(voucher["evidence"]) == {"Health: step 1 Give a voucher: voucher"}
    farming.use_cases[0].steps[0].name = "Pay by voucher"
    both = kit.joint_requirements(framework, farming, health)
    row = of(both, voucher["requirement"].iloc[0])
    assert row["evidence"] == (
        "Farming: step 1 Pay by voucher: voucher; Health: step 1 Give a voucher: voucher"
    )
    more = [made(f"Plan {n}", ("Give a voucher", PAYMENTS)) for n in range(4)]
    row = of(kit.joint_requirements(framework, *more), row["requirement"])
    assert row["evidence"].count("Plan ") == 3
    assert row["evidence"].endswith("Plan 2: step 1 Give a voucher: voucher; and in 1 more")
    assert row["needed_by"] == "Plan 0; Plan 1; Plan 2; Plan 3"


def test_own_requirements_are_one_where_id_block_and_title_are_the_same(framework):
    plans = [made(f"Plan {n}", ("Pay", PAYMENTS, CONSENT)) for n in range(5)]
    add = needs.add_requirement
    add(plans[0], framework, "Payments", "Work offline", id="offline", level="OPTIONAL")
    add(plans[1], framework, "Payments", "Work offline", id="offline", decision="later")
    add(plans[2], framework, "Consent", "Work offline", id="offline")
    add(plans[3], framework, "Payments", "Work without power", id="offline")
    add(plans[3], framework, "", "Work in Swahili", id="offline-2")
    add(plans[4], framework, "Payments", "Work at night", id="Offline")
    add(plans[4], framework, "GIS", "Draw maps", id="maps")  # it needs no GIS
    found = kit.joint_requirements(framework, *plans).query("own")
    shown = ["requirement", "building_block", "title", "level", "decision"]
    shown += ["plans", "needed", "later", "decided", "needed_by"]
    assert found[shown].to_numpy().tolist() == [
        ["offline-3", CONSENT, "Work offline", "REQUIRED", "needed", 5, 1, 0, 1, "Plan 2"],
        [
            *("offline", PAYMENTS, "Work offline", "REQUIRED", "needed"),
            *(5, 1, 1, 2, "Plan 0"),
        ],
        [
            *("offline-4", PAYMENTS, "Work without power", "REQUIRED", "needed"),
            *(5, 1, 0, 1, "Plan 3"),
        ],
        [
            *("Offline-5", PAYMENTS, "Work at night", "REQUIRED", "needed"),
            *(5, 1, 0, 1, "Plan 4"),
        ],
        ["offline-2", "", "Work in Swahili", "REQUIRED", "needed", 5, 1, 0, 1, "Plan 3"],
    ]
    assert found["kind"].tolist() == ["functional"] * 5
    assert found["use"].tolist() == ["always"] * 5


def test_one_procurement_asks_for_what_all_need(framework, farming, health, tmp_path):
    needs.decide(farming, framework, "not for us", "x", building_block="Payments")
    needs.decide(health, framework, "not for us", "x", requirements=["payments:6.1-01"])
    needs.add_requirement(farming, framework, "Payments", "Work offline", id="offline")
    needs.add_requirement(health, framework, "Payments", "Pay at night", id="offline")
    joint = kit.joint_requirements(framework, farming, health)
    asked = checks(framework, PAYMENTS, requirements=joint)
    assert "payments:6.1-01" not in set(asked["requirement"])
    assert "payments:6.1-02" in set(asked["requirement"])
    assert asked.loc[asked["kind"] == "own", "requirement"].tolist() == ["offline", "offline-2"]

    hub = Option(id="hub", name="Hub", covers=[{"key": PAYMENTS}, {"key": GIS}])
    file = kit.answer_sheet(
        tmp_path / "hub.xlsx", framework, [PAYMENTS, GIS, CONSENT], hub, requirements=joint
    )
    book = openpyxl.load_workbook(file)
    lines = {cell.value: cell.row for cell in book["Answers"]["A"]}
    assert {"offline", "offline-2", "payments:6.1-02", "gis:4.1"} <= set(lines)
    assert "payments:6.1-01" not in lines
    book["Answers"].cell(lines["offline-2"], 6, "met")
    book["Answers"].cell(lines["payments:6.1-02"], 6, "partly")
    book.save(file)
    read = kit.read_answers(file, framework, requirements=joint)
    assert read.problems.empty
    buying = kit.Plan.new(title="Procurement")
    buying.options = [hub]
    assert kit.take_answers(buying, read.option, read.answers) == 2

    found = kit.fit(framework, buying, rulesets="kit-fit", requirements=joint)
    assert set(found["considered"]) == {"needed by the plan"}
    fits = found.set_index("block")[["met", "partly", "total"]]
    # 143 REQUIRED of Payments without the one that nobody needs, and two of the teams' own;
    # 42 REQUIRED of GIS.
    assert fits.loc["Payments"].tolist() == [1, 1, 143 - 1 + 2]
    assert fits.loc["GIS"].tolist() == [0, 0, 42]
    opened = kit.fit_rows(framework, buying, "hub", PAYMENTS, "kit-fit", requirements=joint)
    assert opened.query("answer == 'met'")["title"].tolist() == ["Pay at night"]
    assert unused_answers(framework, buying, requirements=joint).empty
    assert unused_answers(framework, buying)["requirement"].tolist() == ["offline-2"]


def test_blocks_of_their_own_are_asked_about_too(framework):
    plans = [made(title, ("Forecast", PAYMENTS)) for title in ("One", "Two")]
    for plan, title in zip(plans, ("Say when it rains", "Say how windy it is"), strict=True):
        plan.use_cases[0].steps[0].own_words = [
            {"words": "Weather", "kind": "building_block", "sector_specific": True}
        ]
        needs.add_requirement(plan, framework, "own:weather", title)
    joint = kit.joint_requirements(framework, *plans)
    own = joint[joint["building_block"] == "own:weather"]
    assert own["title"].tolist() == ["Say when it rains", "Say how windy it is"]
    assert own["plans"].tolist() == [2, 2]
    blocks = joint["building_block"].unique()
    asked = checks(framework, [block for block in blocks if block], requirements=joint)
    assert {"say-when-it-rains", "say-how-windy-it-is"} <= set(asked["requirement"])
    with pytest.raises(kit.UnknownKeyError, match="own:weather"):
        checks(framework, "own:weather")


def test_nothing_needed_is_an_empty_frame_of_the_same_kind(framework, farming, idle):
    full = kit.joint_requirements(framework, farming)
    empty = kit.joint_requirements(framework, idle, idle)
    assert empty.empty
    pd.testing.assert_series_equal(empty.dtypes, full.dtypes)
    assert checks(framework, CONSENT, requirements=empty)["requirement"].is_unique
    with pytest.raises(kit.ArgumentError, match="Give a list of plans, not 'AGR-2'"):
        kit.joint_requirements(framework, farming, "AGR-2")


def test_the_plans_stay_as_they_are(framework, farming, health):
    before = farming.data(), health.data()
    kit.joint_requirements(framework, farming, health, farming)
    assert (farming.data(), health.data()) == before


def test_answers_to_what_is_not_asked_jointly_are_kept(framework, farming, health):
    farming.options = [Option(id="hub", name="Hub")]
    farming.options[0].answers = [Answer(key="consent:6.1-01", answer="met")]
    joint = kit.joint_requirements(framework, health)  # which needs no consent
    found = kit.fit(framework, farming, rulesets="kit-fit", requirements=joint)
    assert found[["block", "met", "considered"]].to_numpy().tolist() == [
        ["Consent", 1, "all published"]
    ]


def test_many_own_requirements_of_one_id_get_keys_without_trying_all():
    number = 64_000
    frame = pd.DataFrame(
        {
            "requirement": "offline",
            "building_block": PAYMENTS,
            "title": [f"Work offline {n}" for n in range(number)],
            "own": True,
        }
    )
    start = time.process_time()  # a guard against endless work, no measurement
    keys = _keys(frame)
    assert time.process_time() - start < 20
    assert keys[:3] == ["offline", "offline-2", "offline-3"]
    assert len(set(keys)) == number
