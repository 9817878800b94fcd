import copy
import subprocess
import sys

import pandas as pd
import pytest

import govstack_kit
from govstack_kit import Plan, TablesError, UnknownKeyError
from govstack_kit.framework.framework import DECLARED
from govstack_kit.planning.starting_points import add_published


@pytest.fixture
def plan():
    plan = Plan.new(title="School services", country="Kenya")
    fees = plan.add("use_cases", name="School fees", sector="Education")
    for name in ("Apply", "Check", "Pay"):
        plan.add("steps", use_case=fees, name=name)
    pay = "school-fees.pay"
    plan.add("step_workflows", step=pay, workflow="financial-services", origin="suggested")
    plan.add("step_building_blocks", step=pay, building_block="govstack:payments")
    plan.put("step_building_blocks", (pay, "govstack:wallet"), status="rejected", reason="Later")
    plan.add("use_case_targets", use_case=fees, sdg="4.1")
    return plan


# --- verbs ----------------------------------------------------------------------------------------


def test_rows_are_added_changed_moved_and_removed(plan):
    plan.move("steps", "school-fees.pay", 1)
    assert plan.steps[["name", "order"]].to_numpy().tolist() == [
        ["Pay", 1],
        ["Apply", 2],
        ["Check", 3],
    ]
    parent = plan.add("actors", use_case="school-fees", name="Parent")
    plan.add("step_actors", step="school-fees.pay", actor=parent)
    plan.set("actors", parent, name="Guardian", role=" pays  ")
    assert plan.row("actors", parent)["role"] == "pays"
    plan.add("steps", use_case="school-fees", name="Pay", at=2)
    assert plan.steps["step"].tolist()[:2] == ["school-fees.pay", "school-fees.pay-2"]
    other = plan.add("use_cases", name="Seeds")
    plan.add("actors", use_case=other, name="Farmer")
    plan.remove("use_cases", "school-fees")
    assert plan.steps.empty
    assert plan.step_actors.empty
    assert plan.step_building_blocks.empty
    assert plan.actors["name"].tolist() == ["Farmer"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p: p.set("use_cases", "school-fees", status="great"), "is not allowed here"),
        (lambda p: p.set("use_cases", "school-fees", name=""), "is empty"),
        (lambda p: p.add("steps", use_case="school-fee", name="x"), "not in"),
        (lambda p: p.set("business_case", years="many"), "whole number"),
        (lambda p: p.set("business_case", years=0), "out of range"),
        (lambda p: p.set("rules", budget=-1), "out of range"),
        (lambda p: p.add("use_case_targets", use_case="school-fees", sdg="4.1"), "more than once"),
        (lambda p: p.set("use_cases", "school-fees", name="x" * 301), "too long"),
    ],
)
def test_what_cannot_stand_in_a_plan_is_refused_and_nothing_changes(plan, change, said):
    before = plan.copy()
    with pytest.raises(TablesError, match=said) as found:
        change(plan)
    assert len(found.value.problems) == 1
    assert before.diff(plan).empty


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p: p.set("use_cases", "school-fees", nmae="x"), "Did you mean name"),
        (lambda p: p.set("use_cases", "school-fee", name="x"), "Did you mean school-fees"),
        (lambda p: p.add("step", name="x"), "Did you mean steps"),
        (lambda p: p.rows("steps", use_cas="x"), "Did you mean use_case"),
        (lambda p: p.remove("steps", "pay"), "school-fees.pay"),
        (lambda p: p.row("steps", 5), "no step '5'"),
    ],
)
def test_a_name_that_is_not_there_comes_with_the_nearest_ones(plan, change, said):
    with pytest.raises(UnknownKeyError, match=said):
        change(plan)
    with pytest.raises(AttributeError, match="Did you mean"):
        plan.stepps  # noqa: B018


def test_a_part_of_another_use_case_is_refused(plan):
    seeds = plan.add("use_cases", name="Seeds")
    farmer = plan.add("actors", use_case=seeds, name="Farmer")
    with pytest.raises(TablesError, match="belongs to another use case"):
        plan.add("step_actors", step="school-fees.pay", actor=farmer)


def test_a_change_happens_as_a_whole_or_not_and_is_undone_as_one(plan):
    before = plan.copy()

    def add(second):
        with plan.change("Two steps"):
            plan.add("steps", use_case="school-fees", name="A")
            plan.add("steps", use_case="school-fees", name=second)

    with pytest.raises(TablesError):
        add("")
    assert before.diff(plan).empty
    add("B")
    assert (plan.undoable, len(plan.steps)) == ("Two steps", 5)
    assert (plan.undo(), len(plan.steps), plan.redoable) == ("Two steps", 3, "Two steps")
    assert (plan.redo(), len(plan.steps)) == ("Two steps", 5)
    assert Plan.new(title="New").undo() == ""


def test_many_rows_and_a_whole_table_are_checked_as_one_row_is(plan):
    plan.add_rows({"steps": [{"use_case": "school-fees", "name": "Remind"}] * 2})
    assert plan.steps["step"].tolist()[-2:] == ["school-fees.remind", "school-fees.remind-2"]
    frame = plan.steps
    frame["description"] = "Said of all"
    plan.replace("steps", frame.iloc[::-1])
    assert plan.steps["name"].tolist() == ["Remind", "Remind", "Pay", "Check", "Apply"]
    assert set(plan.steps["description"]) == {"Said of all"}
    with pytest.raises(TablesError, match="not in"):  # choices still name the step
        plan.replace("steps", frame[frame["name"] != "Pay"])
    assert len(plan.steps) == 5


def test_a_changed_key_is_changed_wherever_it_is_named(plan):
    plan.add("candidates", name="Fees", use_case="school-fees")
    plan.set("use_cases", "school-fees", use_case="fees")
    assert set(plan.steps["use_case"]) == set(plan.candidates["use_case"]) == {"fees"}
    assert plan.steps["step"].tolist()[0] == "school-fees.apply"  # keys are opaque once made


def test_copies_never_touch_the_original(plan, tmp_path):
    plan.save(tmp_path / "real")
    for twin in (copy.deepcopy(plan), copy.copy(plan), plan.copy(), plan.scenario("Scenario")):
        twin.set("plan", title="Changed")
        twin.remove("use_cases", "school-fees")
        assert twin.path is None
    frame = plan.steps
    frame["name"] = "Changed"
    assert Plan.open(tmp_path / "real").diff(plan).empty
    assert plan.row("plan")["title"] == "School services"


def test_only_names_of_the_kit_are_offered(plan):
    names = dir(plan)
    assert {"steps", "add", "undo", "open", "framework"} <= set(names)
    assert not [name for name in names if name.startswith("_")]
    assert len(names) < 75


# --- comparing ------------------------------------------------------------------------------------


def test_diff_says_what_changed_and_where(plan):
    later = plan.copy()
    later.set("step_workflows", ("school-fees.pay", "financial-services"), reason="Fees")
    later.move("steps", "school-fees.pay", 1)
    later.remove("steps", "school-fees.check")
    later.add("steps", use_case="school-fees", name="Confirm")
    found = plan.diff(later)
    assert found[["table", "column", "change", "after"]].to_numpy().tolist() == [
        ["steps", "", "removed", ""],
        ["steps", "", "added", "Confirm"],
        ["steps", "", "moved", "school-fees.pay, school-fees.apply"],
        ["step_workflows", "reason", "changed", "Fees"],
    ]
    assert plan.diff(plan.copy()).empty


def test_merge_keeps_everything_and_lists_conflicts(plan):
    one, two = plan.copy(), plan.copy()
    one.set("steps", "school-fees.apply", name="Apply online")
    two.set("steps", "school-fees.apply", name="Apply by post")
    two.set("steps", "school-fees.check", description="only two says this")
    one.add("steps", use_case="school-fees", name="Confirm", at=2)
    two.add("steps", use_case="school-fees", name="Remind")
    two.put("step_building_blocks", ("school-fees.pay", "govstack:payments"), status="rejected")
    merged, conflicts = Plan.merge(one, two)
    assert merged.steps["name"].tolist() == ["Apply online", "Confirm", "Check", "Pay", "Remind"]
    assert merged.row("steps", "school-fees.check")["description"] == "only two says this"
    assert conflicts[["column", "kept", "other"]].to_numpy().tolist() == [
        ["name", "Apply online", "Apply by post"],
        ["status", "accepted", "rejected"],
    ]
    assert merged.conflicts["other"].tolist() == ["Apply by post", "rejected"]
    assert merged.path is None


def test_merge_with_a_common_start_takes_what_only_one_changed(plan):
    one, two = plan.copy(), plan.copy()
    one.set("steps", "school-fees.apply", name="Apply online")
    two.set("steps", "school-fees.pay", name="Pay by phone")
    two.remove("steps", "school-fees.check")
    merged, conflicts = Plan.merge(one, two, base=plan)
    assert merged.steps["name"].tolist() == ["Apply online", "Pay by phone"]
    assert conflicts.empty
    one.set("steps", "school-fees.check", name="Check twice")
    merged, conflicts = Plan.merge(one, two, base=plan)
    assert len(merged.steps) == 3
    assert len(conflicts) == 1
    again, none = Plan.merge(merged, merged.copy(), base=merged)
    assert none.empty
    assert merged.diff(again).empty


def test_merge_tells_different_services_with_one_key_apart():
    one, two = Plan.new(title="A"), Plan.new(title="A")
    for plan, name, step in ((one, "School fees", "Pay"), (two, "Goat registry", "Count")):
        plan.add("use_cases", use_case="first", name=name)
        plan.add("steps", use_case="first", name=step)
    merged, conflicts = Plan.merge(one, two)
    assert merged.use_cases["name"].tolist() == ["School fees", "Goat registry"]
    first, second = merged.use_cases["use_case"]
    assert merged.steps.set_index("name")["use_case"].to_dict() == {"Pay": first, "Count": second}
    assert conflicts.empty


def test_what_was_chosen_is_decided_as_a_whole():
    base = Plan.new(title="A")
    for name in ("Till", "Hub"):
        base.add("options", name=name)
    one, two = base.copy(), base.copy()
    one.add("option_decisions", option="till", decision="chosen")
    two.add("option_decisions", option="hub", decision="chosen")
    merged, conflicts = Plan.merge(one, two, base=base)
    assert merged.option_decisions["option"].tolist() == ["till"]
    assert len(conflicts) == 1


# --- with the framework ---------------------------------------------------------------------------


def test_every_question_works_on_a_plan(plan, framework):
    words = [
        {"name": "Bursary committee", "kind": "workflow", "sector_specific": True},
        {"name": "Form desk", "kind": "workflow", "key": "data-collection-and-reporting"},
        {"name": "Till", "kind": "building_block", "sector_specific": True},
        {"name": "Undecided", "kind": "workflow"},
    ]
    of_step = {"use_case": "school-fees", "step": "school-fees.apply"}
    plan.add_rows({"own_words": [of_step | word for word in words]})
    added = add_published(framework, plan, "AGR-2")
    mine = plan.framework(framework)
    assert len(govstack_kit.journey(mine, "school-fees")) > 0
    assert len(govstack_kit.step_matrix(mine, "school-fees", "workflow")) == 3
    both = ["school-fees", added]
    assert govstack_kit.overlap(mine, "building_block", use_cases=both).shape[0] >= 2
    links = govstack_kit.links(mine, "workflow", use_cases=["school-fees"])
    assert links[["step", "workflow"]].to_numpy().tolist() == [
        ["school-fees.apply", "data-collection-and-reporting"],
        ["school-fees.apply", "own-bursary-committee"],
        ["school-fees.pay", "financial-services"],
    ]
    own = mine.workflows.set_index("workflow").loc["own-bursary-committee"]
    assert not own["generic"]
    assert "own:till" in mine.building_blocks["building_block"].tolist()
    graph = govstack_kit.to_graph(mine)
    assert graph.has_edge("target:4.1", "use_case:school-fees")
    assert len(govstack_kit.trace(mine, "use_case:school-fees")) > 0


def test_an_overlay_has_the_types_and_keys_of_the_framework(plan, framework):
    add_published(framework, plan, "AGR-2", as_template=False)
    plan.add("use_cases", name="Goats", use_case="AGR-9", sector="Goat keeping")
    mine = plan.framework(framework)
    for name, table in DECLARED.items():
        rows, base = getattr(mine, name), getattr(framework, name)
        assert list(rows.columns) == list(base.columns)
        assert (rows.dtypes == base.dtypes).all(), name
        assert not rows.duplicated(list(table.key)).any(), name
        for reference in table.references:
            for column, target in zip(reference.columns, reference.targets, strict=True):
                known = set(getattr(mine, reference.table)[target])
                assert set(rows[column].dropna()) <= known, (name, column)
        for column in table.columns.values():
            assert not (column.required and rows[column.name].isna().any()), (name, column.name)
    assert "goat-keeping" in mine.sectors["sector"].tolist()


def test_an_empty_plan_adds_nothing(framework):
    mine = Plan.new(title="Empty").framework(framework)
    assert len(mine.use_cases) == len(framework.use_cases)
    assert len(mine.steps) == len(framework.steps)


def test_it_is_laid_over_the_framework_once_for_each_state(plan, framework):
    mine = plan.framework(framework)
    assert plan.framework(framework) is mine
    plan.set("steps", "school-fees.pay", name="Pay the fee")
    again = plan.framework(framework)
    assert "Pay the fee" in set(again.steps["name"])
    plan.undo()
    assert "Pay the fee" not in set(plan.framework(framework).steps["name"])


def test_a_published_use_case_in_a_plan_stands_for_the_published_one(framework):
    plan = Plan.new(title="Advice")
    add_published(framework, plan, "AGR-2", as_template=False)
    mine = plan.framework(framework)
    for layer in ("workflow", "building_block"):
        ours = govstack_kit.links(mine, layer, use_cases=["AGR-2"])
        theirs = govstack_kit.links(framework, layer, use_cases=["AGR-2"])
        same = ["order", layer]
        pd.testing.assert_frame_equal(ours[same], theirs[same])
    assert len(mine.use_cases) == len(framework.use_cases)
    with pytest.raises(TablesError, match="more than once"):
        add_published(framework, plan, "AGR-2", as_template=False)
    with pytest.raises(UnknownKeyError, match=r"no published use case 'AGR2'.*AGR-2"):
        add_published(framework, plan, "AGR2")


@pytest.mark.parametrize("number", range(16))
def test_each_published_use_case_can_be_a_template(number, framework):
    published = framework.use_cases.query("catalogue == 'govstack'")["use_case"].tolist()[number]
    plan = Plan.new(title="T")
    added = add_published(framework, plan, published)
    case = plan.row("use_cases", added)
    assert (case["catalogue"], case["based_on"], case["status"]) == ("own", published, "draft")
    mine = plan.framework(framework)
    for layer in ("workflow", "building_block"):
        ours = govstack_kit.links(mine, layer, use_cases=[added])[["order", layer]]
        theirs = govstack_kit.links(framework, layer, use_cases=[published])
        pd.testing.assert_frame_equal(ours, theirs[["order", layer]])


def test_two_plans_can_lie_over_one_framework(plan, framework):
    other = Plan.new(title="Other")
    other.add("use_cases", name="Vouchers")
    both = other.framework(plan.framework(framework))
    assert {"plan", "plan-2"} <= set(both.sources["source"])
    assert {"school-fees", "vouchers"} <= set(both.use_cases["use_case"])


def test_importing_the_kit_does_not_load_what_only_plans_need():
    heavy = ("pandas", "openpyxl", "xlsxwriter", "filelock")
    program = f"import sys, govstack_kit; print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
