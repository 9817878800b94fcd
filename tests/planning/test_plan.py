import subprocess
import sys

import pandas as pd
import pytest

import govstack_kit
from govstack_kit import Plan, PlanError, UnknownKeyError
from govstack_kit.framework import schema


def test_tables_are_tidy_and_typed(plan, framework):
    plan.add_system("Register", id="reg")
    plan.use_cases[0].steps[0].systems = ["reg"]
    names = framework.building_blocks.set_index("building_block")["name"]
    cases, steps, choices = plan.use_case_table(), plan.step_table(), plan.choice_table(framework)
    assert cases[
        ["use_case", "steps", "workflows", "building_blocks", "targets"]
    ].to_numpy().tolist() == [["school-fees", 3, 1, 1, "4.1"]]
    assert steps[["order", "step", "name", "systems"]].to_numpy().tolist() == [
        [1, "apply", "Apply", "Register"],
        [2, "check", "Check", ""],
        [3, "pay", "Pay", ""],
    ]
    assert choices[["order", "layer", "name", "status", "origin"]].to_numpy().tolist() == [
        [0, "target", framework.sdg_targets.set_index("target")["label"]["4.1"], "accepted", "own"],
        [3, "workflow", "Financial services", "accepted", "suggested"],
        [3, "building_block", "Payments", "accepted", "own"],
        [3, "building_block", names["govstack:wallet"], "rejected", "own"],
    ]


def test_tables_of_an_empty_plan_have_their_columns(framework):
    plan = Plan.new(title="Empty")
    for table in (plan.use_case_table(), plan.step_table(), plan.choice_table(framework)):
        assert len(table) == 0
        assert len(table.columns) > 8
    assert len(plan.framework(framework).use_cases) == len(framework.use_cases)


def test_every_question_works_on_a_plan(plan, framework):
    plan.use_cases[0].own_words = []
    plan.use_cases[0].steps[0].own_words = [
        {"words": "Bursary committee", "kind": "workflow", "sector_specific": True},
        {"words": "Form desk", "kind": "workflow", "key": "data-collection-and-reporting"},
        {"words": "Till", "kind": "building_block", "sector_specific": True},
        {"words": "Undecided", "kind": "workflow"},
    ]
    plan.add_published(framework, "AGR-2")
    mine = plan.framework(framework)
    ids = ["school-fees", "rural-advisory-service-for-farmers"]
    journey = govstack_kit.journey(mine, "school-fees")
    assert len(journey) > 0
    assert len(govstack_kit.step_matrix(mine, "school-fees", "workflow")) == 3
    assert govstack_kit.overlap(mine, "building_block", use_cases=ids).shape[0] >= 2
    assert len(govstack_kit.architecture(mine, use_cases=ids)) > 0
    uses = govstack_kit.links(mine, "workflow", use_cases=["school-fees"])
    assert uses[["step", "workflow"]].to_numpy().tolist() == [
        ["school-fees.1", "data-collection-and-reporting"],
        ["school-fees.1", "own-bursary-committee"],
        ["school-fees.3", "financial-services"],
    ]
    own = mine.workflows.set_index("workflow").loc["own-bursary-committee"]
    assert not own["generic"]
    assert "own:till" in mine.building_blocks["building_block"].tolist()
    graph = govstack_kit.to_graph(mine)
    assert graph.has_edge("target:4.1", "use_case:school-fees")
    traced = govstack_kit.trace(mine, "use_case:school-fees")
    assert len(traced) > 0


def test_an_overlay_has_the_types_and_keys_of_the_schema(plan, framework):
    plan.add_published(framework, "AGR-2", as_template=False)
    plan.add_use_case("Goats", id="AGR-9", sector="Goat keeping")
    mine = plan.framework(framework)
    for name, definition in schema.tables().items():
        table, base = getattr(mine, name), getattr(framework, name)
        assert list(table.columns) == list(base.columns)
        assert (table.dtypes == base.dtypes).all(), name
        assert not table.duplicated(list(definition.key)).any(), name
        for key in definition.foreign_keys:
            known = set(getattr(mine, key.table)[key.target])
            assert set(table[key.field].dropna()) <= known, (name, key)
        for field in definition.fields:
            assert not (field.required and table[field.name].isna().any()), (name, field.name)
    assert "goat-keeping" in mine.sectors["sector"].tolist()


def test_a_published_use_case_in_a_plan_stands_for_the_published_one(framework):
    plan = Plan.new(title="Advice")
    plan.add_published(framework, "AGR-2", as_template=False)
    mine = plan.framework(framework)
    for layer in ("workflow", "building_block"):
        ours = govstack_kit.links(mine, layer, use_cases=["AGR-2"])
        pd.testing.assert_frame_equal(
            ours, govstack_kit.links(framework, layer, use_cases=["AGR-2"])
        )
    assert len(mine.use_cases) == len(framework.use_cases)


@pytest.mark.parametrize("number", range(16))
def test_each_published_use_case_can_be_a_template(number, framework):
    published = framework.use_cases.query("catalogue == 'govstack'")["use_case"].tolist()
    plan = Plan.new(title="T")
    added = plan.add_published(framework, published[number])
    assert (added.catalogue, added.based_on, added.status) == ("own", published[number], "draft")
    mine = plan.framework(framework)
    for layer in ("workflow", "building_block"):
        ours = govstack_kit.links(mine, layer, use_cases=[added.id])[["order", layer]]
        theirs = govstack_kit.links(framework, layer, use_cases=[published[number]])
        pd.testing.assert_frame_equal(ours, theirs[["order", layer]])


def test_two_plans_can_lie_over_one_framework(plan, framework):
    other = Plan.new(title="Other")
    other.add_use_case("Vouchers")
    both = other.framework(plan.framework(framework))
    assert {"plan", "plan-2"} <= set(both.sources["source"])
    assert {"school-fees", "vouchers"} <= set(both.use_cases["use_case"])


def test_what_is_not_there_is_said(plan, framework):
    with pytest.raises(UnknownKeyError, match=r"no published use case 'AGR2'.*AGR-2"):
        plan.add_published(framework, "AGR2")
    with pytest.raises(UnknownKeyError, match=r"no use case 'school-fee'.*school-fees"):
        plan.use_case("school-fee")
    plan.add_published(framework, "AGR-2", as_template=False)
    with pytest.raises(PlanError, match="'AGR-2' already"):
        plan.add_published(framework, "AGR-2", as_template=False)


def test_diff_says_what_changed_and_where(plan):
    later = plan.copy_as()
    fees = later.use_cases[0]
    fees.steps[2].choose("workflow", "financial-services", reason="Fees")
    fees.move_step("pay", 1)
    fees.remove_step("check")
    fees.add_step("Confirm")
    found = plan.diff(later)
    assert found.to_numpy().tolist() == [
        ["School fees", "steps", "removed", "Check", None],
        ["School fees › Pay › financial-services", "reason", "changed", "Parents pay", "Fees"],  # noqa: RUF001
        ["School fees", "steps", "added", None, "Confirm"],
        ["School fees", "steps", "moved", "Apply, Pay", "Pay, Apply"],
    ]
    assert len(plan.diff(plan.copy_as())) == 0


def test_merge_keeps_everything_and_lists_conflicts(plan):
    one, two = plan.copy_as(), plan.copy_as()
    one.use_cases[0].steps[0].name = "Apply online"
    two.use_cases[0].steps[0].name = "Apply by post"
    two.use_cases[0].steps[1].description = "only two says this"
    one.use_cases[0].add_step("Confirm", at=2)
    two.use_cases[0].add_step("Remind")
    two.use_cases[0].steps[2].reject("building_block", "govstack:payments", reason="No money")
    merged, conflicts = Plan.merge(one, two)
    steps = [step.name for step in merged.use_cases[0].steps]
    assert steps == ["Apply online", "Confirm", "Check", "Pay", "Remind"]
    assert merged.use_cases[0].steps[2].description == "only two says this"
    assert conflicts[["field", "kept", "other"]].to_numpy().tolist() == [
        ["name", "Apply online", "Apply by post"],
        ["status", "accepted", "rejected"],
    ]
    assert [c.other for c in merged.conflicts] == ["Apply by post", "rejected"]
    assert merged.path is None


def test_merge_with_a_common_start_takes_what_only_one_changed(plan):
    one, two = plan.copy_as(), plan.copy_as()
    one.use_cases[0].steps[0].name = "Apply online"
    two.use_cases[0].steps[2].name = "Pay by phone"
    two.use_cases[0].remove_step("check")
    merged, conflicts = Plan.merge(one, two, base=plan)
    assert [step.name for step in merged.use_cases[0].steps] == ["Apply online", "Pay by phone"]
    assert len(conflicts) == 0
    one.use_cases[0].steps[1].name = "Check twice"
    merged, conflicts = Plan.merge(one, two, base=plan)
    assert len(merged.use_cases[0].steps) == 3
    assert conflicts["other"].tolist() == ["removed in the other plan"]


def test_merge_tells_different_use_cases_with_one_id_apart():
    one, two = Plan.new(title="A"), Plan.new(title="A")
    one.add_from_list("School fees", "1. Pay", id="first")
    two.add_from_list("Goat registry", "1. Count", id="first")
    merged, conflicts = Plan.merge(one, two)
    assert [(u.id, u.name) for u in merged.use_cases] == [
        ("first", "School fees"),
        ("first-2", "Goat registry"),
    ]
    assert len(conflicts) == 0


def test_merging_is_stable(plan):
    merged, conflicts = Plan.merge(plan, plan.copy_as())
    assert len(conflicts) == 0
    assert len(plan.diff(merged)) == 0


def test_importing_the_kit_does_not_load_what_only_plans_need():
    program = (
        "import sys, govstack_kit; "
        "print([m for m in ('pydantic', 'openpyxl', 'xlsxwriter') if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
