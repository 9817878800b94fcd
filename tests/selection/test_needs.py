"""Needs: what is counted and how it is weighed, what is decided, what several plans ask for."""

import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit.errors import ArgumentError, PlanError
from govstack_kit.framework.framework import DECLARED
from govstack_kit.planning.starting_points import add_published
from govstack_kit.selection import needs

CONSENT, GIS, PAYMENTS = "govstack:consent", "govstack:gis", "govstack:payments"


def add_case(plan, name, *steps):
    """Add a use case with a step for each list of building blocks."""
    case = plan.add("use_cases", name=name)
    for number, blocks in enumerate(steps, start=1):
        step = plan.add("steps", use_case=case, name=f"Step {number}")
        for block in blocks:
            plan.add("step_building_blocks", step=step, building_block=block)
    return case


def made(*steps, title="A plan", name="Fees"):
    plan = kit.Plan.new(title=title)
    add_case(plan, name, *steps)
    return plan


@pytest.fixture
def plan(framework):
    plan = kit.Plan.new(title="Advice for farmers")
    add_published(framework, plan, "AGR-2")
    return plan


# --- which blocks, and how much -------------------------------------------------------------------


def test_weights_are_those_of_the_formula(framework):
    plan = made([PAYMENTS], [PAYMENTS, CONSENT], [], [])
    plan.add("use_case_building_blocks", use_case="fees", building_block="govstack:identity")
    found = needs.needs(framework, plan).set_index("building_block")
    scores = {"payments": (1 + 2 / 4) / 2, "consent": (1 + 1 / 4) / 2, "identity": 1 / 2}
    for block, score in scores.items():
        weight = found.loc[f"govstack:{block}", "weight"]
        assert weight == pytest.approx(score / sum(scores.values()))
    assert found.index.tolist() == [f"govstack:{block}" for block in scores]
    assert found["steps"].tolist() == [2, 1, 0]
    assert found["foundational"].tolist() == [False, False, True]
    published = set(framework.requirements["building_block"])
    assert found["specified"].tolist() == [block in published for block in found.index]
    assert all(
        ("add_requirement" in note) != there
        for note, there in zip(found["note"], found["specified"], strict=True)
    )


def test_priority_is_value_times_quadrant(framework):
    plan = made([PAYMENTS])
    add_case(plan, "Vouchers", [GIS])
    add_case(plan, "Later", ["govstack:cms"])
    plan.add("values", use_case="fees", value=30)
    plan.add("values", use_case="vouchers", value=10)
    for candidate, use_case, score in (("a", "fees", 5), ("d", "fees", 1), ("l", "later", 1)):
        plan.add("candidates", candidate=candidate, name=candidate, use_case=use_case)
        for row in framework.prioritisation_criteria.to_dict("records"):
            if not plan.has("criteria", row["criterion"]):
                plan.add("criteria", criterion=row["criterion"], name=row["name"], kind=row["axis"])
            plan.add(
                "candidate_scores", candidate=candidate, criterion=row["criterion"], score=score
            )
    found = needs.priorities(framework, plan)
    assert found["quadrant"].tolist() == ["A", "", "D"]  # the better of two candidates counts
    assert found["priority"].tolist() == [30 / 20 * 2, 10 / 20, 0.5]
    weights = needs.needs(framework, plan).set_index("building_block")["weight"]
    assert weights.to_dict() == pytest.approx({PAYMENTS: 3 / 4, GIS: 1 / 8, "govstack:cms": 1 / 8})


def test_a_candidate_for_the_published_use_case_counts_for_its_copy(framework):
    found = needs.priorities(framework, kit.Plan.demonstration())
    assert found[["quadrant", "priority"]].to_numpy().tolist() == [["A", 2.0]]


def test_values_that_are_all_zero_are_said_and_do_not_divide(framework):
    plan = made([PAYMENTS])
    plan.add("use_cases", name="Nothing yet")
    plan.add("values", use_case="fees", value=0)
    assert needs.needs(framework, plan)["weight"].tolist() == [1.0]
    (said,) = needs.remarks(framework, plan)
    assert said.startswith("All values are 0, so all use cases count the same")
    plan.add("values", use_case="nothing-yet", value=4)
    assert needs.needs(framework, plan)["weight"].tolist() == [1.0]  # 0 of 0 is no share


def test_a_missing_value_is_the_mean_of_those_given_and_is_said(framework):
    plan = made([PAYMENTS])
    add_case(plan, "Vouchers", [GIS])
    add_case(plan, "Later", ["govstack:cms"])
    assert "because no values are given" in needs.remarks(framework, plan)[0]
    plan.add("values", use_case="fees", value=30)
    plan.add("values", use_case="vouchers", value=10)
    assert needs.priorities(framework, plan)["priority"].tolist() == [30 / 20, 10 / 20, 20 / 20]
    said = "Later has no value, so it counts as the mean of those given, 20."
    assert needs.remarks(framework, plan) == [said]
    plan.remove("values", "vouchers")
    assert "Vouchers and Later have no value, so each" in needs.remarks(framework, plan)[0]
    assert needs.priorities(framework, plan)["priority"].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("block", "counted"),
    [
        ("dif:scheduling", "govstack:scheduler"),  # exact
        ("dif:payments", PAYMENTS),  # broader
        ("dif:registration", "dif:registration"),  # related only
        ("dif:elearning", "dif:elearning"),  # none
        ("dif:messaging", "govstack:messaging"),  # broader; its related ones do not count
    ],
)
def test_blocks_of_2019_count_as_the_block_that_does_the_same(framework, block, counted):
    plan = made(dict.fromkeys([block, counted]), [block], [])
    found = needs.needs(framework, plan)
    assert found[["building_block", "steps"]].to_numpy().tolist() == [[counted, 2]]
    assert bool(found["specified"].item()) is (block != counted)


def test_a_related_block_says_what_it_overlaps_with(framework):
    found = needs.needs(framework, made(["dif:registration"]))
    assert "overlap with it: Digital Registries, Identity, Registration." in found["note"].item()


def test_several_counterparts_each_count(framework):
    tables = {name: getattr(framework, name) for name in DECLARED}
    crosswalk = tables["building_block_crosswalk"].copy()
    crosswalk.loc[crosswalk["dif"] == "dif:registration", "relation"] = "broader"
    ours = kit.Framework(tables | {"building_block_crosswalk": crosswalk})
    plan = made(["dif:registration", "govstack:identity"], [GIS])
    found = needs.needs(ours, plan).set_index("name")["steps"].to_dict()
    assert found == {"Digital Registries": 1, "Identity": 1, "Registration": 1, "GIS": 1}


def test_own_words_count_and_rejected_ones_do_not(framework):
    plan = made([PAYMENTS, GIS], [])
    plan.set("step_building_blocks", ("fees.step-1", GIS), status="rejected")
    own = {"use_case": "fees", "step": "fees.step-2", "kind": "building_block"}
    plan.add("own_words", name="The till", key=PAYMENTS, **own)
    plan.add("own_words", name="Tractor radio", sector_specific=True, **own)
    found = needs.needs(framework, plan)
    assert found[["name", "steps"]].to_numpy().tolist() == [["Payments", 2], ["Tractor radio", 1]]
    assert found["note"].tolist()[1].startswith("This is a block of your own")


def test_plans_of_one_id_are_told_apart(framework):
    one, two = made([PAYMENTS], title="One"), made([PAYMENTS, GIS], title="Two")
    found = needs.needs(framework, [one, two]).set_index("name")
    assert found.loc["Payments", ["steps", "use_cases", "plans"]].tolist() == [2, 2, 2]
    assert found.loc["GIS", ["steps", "use_cases", "plans"]].tolist() == [1, 1, 1]
    priorities = needs.priorities(framework, [one, two])
    assert priorities[["plan", "use_case"]].to_numpy().tolist() == [[0, "fees"], [1, "fees"]]


def test_nothing_accepted_is_an_empty_frame_and_a_sentence(framework, plan):
    for empty in (kit.Plan.new(title="x"), made([])):
        for question in (needs.needs, needs.requirements, needs.parts, needs.joint_requirements):
            frame = question(framework, empty)
            assert frame.empty
            pd.testing.assert_series_equal(frame.dtypes, question(framework, plan).dtypes)
        assert needs.remarks(framework, empty)[0].startswith("Nothing is needed so far")
    with pytest.raises(ArgumentError, match="Give a plan, or a list of plans; open"):
        needs.needs(framework, "AGR-2")


@pytest.mark.parametrize(
    ("source", "said"),
    [("govstack-specifications", "Its specification was not read here: "),
     ("govstack-bb-consent", "Its specification has no requirements: ")],
)  # fmt: skip
def test_not_read_and_not_published_are_two_sentences(framework, source, said):
    tables = {name: getattr(framework, name) for name in DECLARED}
    for name in ("requirements", "key_functionalities"):
        tables[name] = tables[name][tables[name]["building_block"] != CONSENT]
    blocks = tables["building_blocks"].set_index("building_block", drop=False).copy()
    blocks.loc[CONSENT, "source"] = source
    ours = kit.Framework(tables | {"building_blocks": blocks.reset_index(drop=True)})
    found = needs.needs(ours, made([CONSENT], title="One", name="Service"))
    assert found["note"].iloc[0].startswith(said)


# --- requirements, parts and decisions ------------------------------------------------------------


def test_every_published_requirement_of_a_needed_block_is_there_once(framework, plan, rows):
    found = needs.requirements(framework, plan)
    blocks = {*needs.needs(framework, plan)["building_block"], ""}
    expected = [
        r["requirement"]
        for r in rows("requirements")
        if r["building_block"] in blocks and not r["same_as"]
    ]
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
    assert set(required.query("kind != 'superseded'")["decision"]) == {"needed"}
    assert set(found.query("kind == 'superseded'")["decision"]) == {"later"}
    assert set(found.loc[found["level"] == "OPTIONAL", "decision"]) == {"later"}
    assert set(found.loc[found["kind"] == "key functionality", "decision"]) == {"needed"}


def test_a_part_is_a_section_with_what_belongs_to_it(framework, plan, rows):
    found = needs.requirements(framework, plan, "Payments").set_index("requirement")["part"]
    of_vouchers = [
        row["requirement"]
        for row in rows("requirements")
        if row["building_block"] == PAYMENTS and row["section"] == "6.2.1"
    ]
    assert len(of_vouchers) == 3
    assert {found[key] for key in of_vouchers} == {"payments:6.2"}
    named = {row["part"]: row["name"] for row in rows("building_block_parts")}
    for row in rows("part_sections"):
        if row["part"].startswith("payments:") and row["kind"] == "key functionality":
            (key,) = [
                r["key_functionality"]
                for r in rows("key_functionalities")
                if (r["building_block"], r["section"]) == (PAYMENTS, row["section"])
            ]
            assert found[key] == row["part"]
    assert found["payments:8e8f6bc8"] == "payments:6.2"  # stands among the cross-cutting ones
    parts = needs.parts(framework, plan)
    assert parts["requirements"].sum() == len(needs.requirements(framework, plan))
    assert (parts[["needed", "later", "not_for_us"]].sum(axis=1) == parts["requirements"]).all()
    assert set(parts["name"]) <= {
        *named.values(),
        "What is cross-cutting",
        "Other key functionalities",
        "What holds for every block",
        "Superseded security chapter",
    }
    assert parts["part"].tolist()[-2:] == ["every-block:6", "every-block:5"]


def test_parts_of_another_version_have_numbers_in_place_of_names(framework, plan):
    tables = {name: getattr(framework, name) for name in DECLARED}
    blocks = tables["building_blocks"].copy()
    blocks.loc[blocks["building_block"] == CONSENT, "version"] = "99.0"
    newer = kit.Framework(tables | {"building_blocks": blocks})
    found = needs.parts(newer, plan, "Consent")
    assert found.loc[found["part"] == "consent:6.1", ["name", "always"]].to_numpy().tolist() == [
        ["Section 6.1", False]
    ]
    assert "consent:4" in found["part"].tolist()


def test_only_what_differs_from_the_default_is_stored(framework, plan):
    found = needs.requirements(framework, plan)
    required = found.query("level == 'REQUIRED' and kind != 'superseded'")["requirement"]
    assert needs.decide(framework, plan, "needed", requirements=required) == 0
    assert plan.requirement_decisions.empty
    every = len(needs.requirements(framework, plan, "Payments").query("building_block != ''"))
    later = {"decision": "later", "reason": "Next year", "building_block": "Payments"}
    assert needs.decide(framework, plan, **later) == every
    payments = needs.requirements(framework, plan, "payments").query("building_block != ''")
    assert payments[["decision", "decided", "reason"]].drop_duplicates().to_numpy().tolist() == [
        ["later", True, "Next year"]
    ]
    assert needs.decide(framework, plan, **later) == 0
    number = (payments["level"] == "REQUIRED").sum()
    back = {"building_block": "Payments", "requirements": required}
    assert needs.decide(framework, plan, "needed", **back) == number
    assert len(plan.requirement_decisions) == every - number
    assert needs.decide(framework, plan, "default", building_block="Payments") == every - number
    assert plan.requirement_decisions.empty
    assert plan.undo()  # one step each
    assert len(plan.requirement_decisions) == every - number


def test_decisions_survive_the_file(framework, plan, tmp_path):
    needs.decide(framework, plan, "not for us", "No cash", part="payments:6.2")
    needs.add_requirement(framework, plan, "", "Work in Kiswahili", kind="cross-cutting")
    again = kit.Plan.open(plan.save(tmp_path / "plan"))
    one, two = (needs.requirements(framework, p) for p in (plan, again))
    pd.testing.assert_frame_equal(one, two)
    assert set(one.query("decision == 'not for us'")["part"]) == {"payments:6.2"}


def test_what_holds_for_every_block_is_decided_apart(framework, plan, rows):
    every = [r["requirement"] for r in rows("requirements") if not r["building_block"]]
    assert needs.decide(framework, plan, "later", "x", building_block="") == len(every)
    assert set(plan.requirement_decisions["requirement"]) == set(every)


def test_own_requirements_stand_with_the_others(framework, plan):
    key = needs.add_requirement(framework, plan, "dif:messaging", "Read aloud", level="OPTIONAL")
    assert key == "read-aloud"
    assert plan.row("own_requirements", key)["building_block"] == "govstack:messaging"
    assert needs.add_requirement(framework, plan, "Messaging", "Read aloud") == "read-aloud-2"
    found = needs.requirements(framework, plan, "Messaging").query("own")
    assert found[["requirement", "level", "decision"]].to_numpy().tolist() == [
        ["read-aloud", "OPTIONAL", "needed"],
        ["read-aloud-2", "REQUIRED", "needed"],
    ]
    assert needs.decide(framework, plan, "later", requirements=["read-aloud"]) == 1
    assert plan.row("own_requirements", key)["decision"] == "later"
    assert needs.decide(framework, plan, "default", requirements=["read-aloud"]) == 0
    before = len(needs.requirements(framework, plan))
    plan.remove("own_requirements", key)
    assert len(needs.requirements(framework, plan)) == before - 1


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"decision": "perhaps", "part": "gis:6.1"}, ArgumentError, "'needed', 'later'"),
        ({"decision": None, "part": "gis:6.1"}, ArgumentError, "decision is 'needed'"),
        ({"decision": "later"}, ArgumentError, "Say which requirements are meant"),
        ({"decision": "later", "part": "paymnts:6.2"}, kit.UnknownKeyError, "payments:6.2"),
        ({"decision": "later", "building_block": "Paymnts"}, kit.UnknownKeyError, "Payments"),
        (
            {"decision": "later", "requirements": ["payments:6.1-1", "payments:6b1e3140"]},
            kit.UnknownKeyError,
            "'payments:6.1-1'. Did you mean",
        ),
        ({"decision": "not for us", "reason": " ", "part": "gis:6.1"}, PlanError, "Say why"),
        ({"decision": "not for us", "reason": 5, "part": "gis:6.1"}, ArgumentError, "a text"),
        (
            {"decision": "later", "reason": "x" * 30_001, "building_block": "GIS"},
            kit.TablesError,
            "long",
        ),
    ],
)
def test_what_cannot_be_decided_leaves_the_plan(framework, plan, arguments, error, match):
    needs.decide(framework, plan, "later", "x", building_block="Consent")
    before = plan.copy()
    with pytest.raises(error, match=match):
        needs.decide(framework, plan, **arguments)
    assert plan.diff(before).empty


def test_what_cannot_be_added_leaves_the_plan(framework, plan):
    for arguments, fields, error in (
        (("Nowhere", "x"), {}, kit.UnknownKeyError),
        (("GIS", ""), {}, kit.TablesError),
        (("GIS", "x"), {"level": "MUST"}, kit.TablesError),
        (("GIS", "x"), {"colour": "red"}, kit.UnknownKeyError),
        (("GIS", "x"), {"decision": "not for us", "reason": "\u200b"}, PlanError),
        ((3, "x"), {}, ArgumentError),
    ):
        with pytest.raises(error):
            needs.add_requirement(framework, plan, *arguments, **fields)
    assert plan.own_requirements.empty


def test_decisions_about_what_is_gone_stay_and_count_nothing(framework, plan):
    plan.add("requirement_decisions", requirement="payments:9.9-01", decision="later")
    assert not needs.requirements(framework, plan)["decided"].any()
    needs.decide(framework, plan, "later", "x", requirements=["gis:map-display"])
    assert set(plan.requirement_decisions["requirement"]) == {"payments:9.9-01", "gis:map-display"}


def test_what_is_left_out_for_a_reason_is(framework, plan):
    given = {"decision": "not for us", "reason": "纸质地图"}  # paper maps, in Chinese
    key = needs.add_requirement(framework, plan, "GIS", "Fax maps", **given)
    assert plan.row("own_requirements", key)["reason"] == "纸质地图"
    assert needs.decide(framework, plan, **given, requirements=["consent:579d86c7"]) == 1


# --- several plans together -----------------------------------------------------------------------


@pytest.fixture
def farming():
    return made([PAYMENTS], [CONSENT], title="Farming", name="Service")


@pytest.fixture
def health():
    return made([PAYMENTS], [GIS], [GIS], [GIS], title="Health", name="Service")


@pytest.fixture
def idle():
    return kit.Plan.new(title="Idle")


def test_the_strongest_decision_counts_and_all_are_counted(framework, farming, health, idle):
    one, two, three = "payments:6b1e3140", "payments:af4f86cc", "payments:5fbc6f1d"
    needs.decide(framework, farming, "later", requirements=[one, two])
    needs.decide(framework, farming, "not for us", "No cash", requirements=[three])
    needs.decide(framework, health, "not for us", "No cash", requirements=[two, three])
    found = needs.joint_requirements(framework, [farming, health, idle]).set_index("requirement")
    shown = ["decision", "plans", "needed", "later", "not_for_us", "decided", "needed_by"]
    assert found.loc[one, shown].tolist() == ["needed", 2, 1, 1, 0, 1, "Health"]
    assert found.loc[two, shown].tolist() == ["later", 2, 0, 1, 1, 2, ""]
    assert found.loc[three, shown].tolist() == ["not for us", 2, 0, 0, 2, 2, ""]
    both = ["needed", 2, 2, 0, 0, 0, "Farming; Health"]
    assert found.loc["payments:84f14538", shown].tolist() == both
    alone = ["needed", 1, 1, 0, 0, 0, "Farming"]
    assert found.loc["consent:579d86c7", shown].tolist() == alone
    assert found.loc["cross-functional:govstack-cfr-data#req-1", shown].tolist() == both


def test_each_requirement_of_each_needed_block_is_there_once(framework, farming, health, rows):
    found = needs.joint_requirements(framework, [farming, health])
    blocks = {CONSENT, GIS, PAYMENTS, ""}
    published = [
        r["requirement"]
        for r in rows("requirements")
        if r["building_block"] in blocks and not r["same_as"]
    ]
    published += [
        r["key_functionality"] for r in rows("key_functionalities") if r["building_block"] in blocks
    ]
    assert sorted(found["requirement"]) == sorted(published)
    order = needs.needs(framework, [farming, health])["building_block"].tolist()
    assert order == [PAYMENTS, GIS, CONSENT]
    assert list(dict.fromkeys(found["building_block"])) == [*order, ""]
    assert (found[["needed", "later", "not_for_us"]].sum(axis=1) == found["plans"]).all()
    same = needs.joint_requirements(framework, [health, farming]).set_index("requirement")
    numbers = ["decision", "plans", "needed", "later", "not_for_us", "decided"]
    pd.testing.assert_frame_equal(
        found.set_index("requirement")[numbers].sort_index(), same[numbers].sort_index()
    )


def test_of_one_plan_they_are_its_own(framework, farming, idle):
    needs.add_requirement(framework, farming, "Consent", "Read aloud", level="OPTIONAL")
    needs.decide(framework, farming, "later", "x", part="payments:6.2")
    alone = needs.requirements(framework, farming)
    columns = ["requirement", "building_block", "part", "kind", "section", "level", "title"]
    for plans in (farming, [farming], [farming, idle], [idle, farming]):
        found = needs.joint_requirements(framework, plans)
        pd.testing.assert_frame_equal(
            found[[*columns, "decision", "own"]], alone[[*columns, "decision", "own"]]
        )


def test_own_requirements_are_one_where_id_block_and_title_are_the_same(framework):
    plans = [made([PAYMENTS, CONSENT], title=f"Plan {n}") for n in range(4)]
    offline = {"requirement": "offline", "title": "Work offline"}
    for number, block, values in (
        (0, PAYMENTS, offline | {"level": "OPTIONAL"}),
        (1, PAYMENTS, offline | {"decision": "later"}),
        (2, CONSENT, offline),
        (3, PAYMENTS, {"requirement": "offline", "title": "Work without power"}),
        (3, None, {"requirement": "offline-2", "title": "Work in Swahili"}),
        (3, GIS, {"requirement": "maps", "title": "Draw maps"}),  # it needs no GIS
    ):
        plans[number].add("own_requirements", building_block=block, **values)
    found = needs.joint_requirements(framework, plans).query("own")
    shown = ["requirement", "building_block", "title", "level", "decision"]
    shown += ["plans", "needed", "later", "decided", "needed_by"]
    assert found[shown].to_numpy().tolist() == [
        ["offline-3", CONSENT, "Work offline", "REQUIRED", "needed", 4, 1, 0, 1, "Plan 2"],
        ["offline", PAYMENTS, "Work offline", "REQUIRED", "needed", 4, 1, 1, 2, "Plan 0"],
        ["offline-4", PAYMENTS, "Work without power", "REQUIRED", "needed", 4, 1, 0, 1, "Plan 3"],
        ["offline-2", "", "Work in Swahili", "REQUIRED", "needed", 4, 1, 0, 1, "Plan 3"],
    ]


def test_the_plans_stay_as_they_are(framework, farming, health):
    before = farming.copy(), health.copy()
    needs.joint_requirements(framework, [farming, health, farming])
    assert farming.diff(before[0]).empty
    assert health.diff(before[1]).empty
