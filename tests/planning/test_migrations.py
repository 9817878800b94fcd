import json

import pytest

from govstack_kit import Plan, PlanError, PlanFileError, PlanFileWarning
from govstack_kit.planning import migrations
from govstack_kit.planning.model import SCHEMA

DRAFT = {"name": "School fees", "steps": ["Apply", "Pay", "Pay"], "minister": "Education"}
ONE = {
    "schema_version": 1,
    "plan_id": "p1",
    "title": "School services",
    "use_cases": [
        {
            "id": "fees",
            "name": "Fees",
            "targets": ["4.1"],
            "budget": {"unknown": "field"},
            "steps": [
                {
                    "id": "pay",
                    "name": "Pay",
                    "workflows": ["financial-services"],
                    "building_blocks": ["govstack:payments", {"key": "govstack:consent"}],
                }
            ],
        }
    ],
}


def test_a_draft_becomes_a_plan_and_keeps_what_it_says():
    before = json.dumps(DRAFT)
    data = migrations.from_0(DRAFT)
    assert json.dumps(DRAFT) == before
    assert data["schema_version"] == 1
    assert data["minister"] == "Education"
    steps = [(step["id"], step["name"]) for step in data["use_cases"][0]["steps"]]
    assert steps == [("apply", "Apply"), ("pay", "Pay"), ("pay-2", "Pay")]


def test_keys_become_choices():
    before = json.dumps(ONE)
    data = migrations.from_1(ONE)
    assert json.dumps(ONE) == before
    use_case = data["use_cases"][0]
    accepted = {"origin": "own", "status": "accepted"}
    assert use_case["targets"] == [{"key": "4.1"} | accepted]
    assert use_case["steps"][0]["workflows"] == [{"key": "financial-services"} | accepted]
    assert use_case["steps"][0]["building_blocks"][1] == {"key": "govstack:consent"}
    assert use_case["budget"] == {"unknown": "field"}


@pytest.mark.parametrize("data", [DRAFT, ONE])
def test_every_earlier_version_opens_and_is_saved_as_this_one(data, tmp_path):
    path = tmp_path / "old.govplan.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    plan = Plan.open(path)
    assert plan.schema_version == SCHEMA
    plan.title = "Changed"
    plan.save()
    assert json.loads(path.read_text(encoding="utf-8"))["schema_version"] == SCHEMA
    assert Plan.history(path).shape[0] == 2  # the old file is kept too


def test_a_migration_is_there_for_every_version():
    assert sorted(migrations.MIGRATIONS) == list(range(SCHEMA))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "says no schema_version"),
        ({"schema_version": "two"}, "schema_version is 'two', not a whole number"),
        ({"schema_version": True}, "not a whole number"),
        ({"schema_version": 0}, "not a whole number from 1"),
    ],
)
def test_what_is_no_plan_is_refused(data, said, tmp_path):
    with pytest.raises(PlanError, match=said):
        migrations.migrate(data)
    path = tmp_path / "x.govplan.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(PlanFileError, match=f"{said}.*No version was kept"):
        Plan.open(path)


@pytest.mark.parametrize("use_cases", [7, [7], [{"steps": 7}], [{"steps": [7]}], {}])
def test_migrations_leave_broken_data_to_the_checks(use_cases):
    migrations.migrate({"schema_version": 1, "use_cases": use_cases})


def test_fields_and_values_of_a_newer_version_survive(saved):
    data = saved.data() | {"schema_version": SCHEMA + 3, "weather": {"sunny": [1, 2]}}
    step = data["use_cases"][0]["steps"][0]
    step["mood"] = "good"
    step["workflows"] = [{"key": "procurement", "origin": "dreamt", "status": "accepted"}]
    saved.path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.warns(PlanFileWarning, match="written by a newer version of the kit"):
        plan = Plan.open(saved.path)
    assert len(plan.notices) == 1
    plan.use_cases[0].name = "Fees"
    plan.save()
    again = json.loads(saved.path.read_text(encoding="utf-8"))
    assert (again["schema_version"], again["weather"]) == (SCHEMA + 3, {"sunny": [1, 2]})
    assert again["use_cases"][0]["steps"][0]["mood"] == "good"
    assert again["use_cases"][0]["steps"][0]["workflows"][0]["origin"] == "dreamt"
