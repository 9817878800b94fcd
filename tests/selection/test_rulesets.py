"""The rulesets say what is published, in both readings where there are two."""

import json

import pytest

import govstack_kit as kit
from govstack_kit.selection import rulesets as rules

RECORDED = {  # limits as the published facts write them
    ">50%": "over 50 %",
    ">90%": "over 90 %",
    ">=1": "at least 1",
    "all": "all",
    "optional": "not asked",
    "n/a": "not asked",
    "deployable via container": "all",
}
NAMES = {
    "deployment": "Deployable as a container",
    "required_cross_cutting": "REQUIRED cross-cutting",
    "required_functional": "REQUIRED functional",
    "service_apis": "Service APIs",
    "required_architecture_apis": "REQUIRED architecture APIs",
    "key_functionalities": "Key functionalities",
    "functional": "REQUIRED functional",
    "cross_cutting": "REQUIRED cross-cutting",
}


def limits(name):
    ruleset = rules.RULESETS[name]
    return {(c.level, c.name): c.rule for c in ruleset.conditions}


@pytest.fixture(scope="module")
def published(shared):
    file = shared / "facts" / "govstack" / "compliance_rulesets.json"
    return {r["id"]: r for r in json.loads(file.read_text(encoding="utf-8"))["rulesets"]}


def test_the_schema_of_2024_as_published_is_what_is_on_record(published):
    levels = published["govstack-testing-2024"]["levels"]
    said = {
        (int(level), NAMES[key]): RECORDED[value]
        for level, conditions in levels.items()
        for key, value in conditions.items()
    }
    assert limits("govstack-testing-2024-as-published") == said


def test_the_schema_of_2023_is_what_is_on_record(published):
    levels = published["govstack-testing-2023"]["levels"]
    first = {(1, NAMES[key]): RECORDED[value] for key, value in levels["1"].items()}
    assert levels["2"] == {"all": "all"}
    second = {(2, NAMES[key]): "all" for key in levels["1"]}
    assert limits("govstack-testing-2023") == first | second


def test_the_reading_of_2024_differs_only_in_the_two_limits_that_look_transposed():
    printed, meant = (limits(f"govstack-testing-2024-as-{how}") for how in ("published", "meant"))
    differ = {key: (printed[key], meant[key]) for key in printed if printed[key] != meant[key]}
    assert differ == {
        (1, "REQUIRED functional"): ("over 90 %", "over 50 %"),
        (2, "REQUIRED cross-cutting"): ("over 50 %", "over 90 %"),
    }
    assert {key: rule for key, rule in printed.items() if key[0] == 1 and "REQ" in key[1]} == {
        (1, "REQUIRED cross-cutting"): "over 50 %",
        (1, "REQUIRED functional"): "over 90 %",
        (1, "REQUIRED architecture APIs"): "not asked",
    }


def test_the_two_records_of_2023_differ_where_the_note_says_so():
    record, table = limits("govstack-testing-2023"), limits("govstack-testing-2023-table")
    assert record[1, "REQUIRED cross-cutting"] == "all"
    assert table[1, "REQUIRED of the core set"] == "at least 1"
    assert "at least 1" in rules.RULESETS["govstack-testing-2023"].note


def test_every_condition_carries_its_source():
    table = rules.rulesets()
    assert (
        not table[["ruleset", "condition", "counts", "rule", "source", "note"]]
        .eq("")
        .any(axis=None)
    )
    outside = table[table["ruleset"] != rules.KIT]
    assert outside["url"].str.startswith("https://github.com/GovStackWorkingGroup/").all()
    assert set(table["rule"]) == {
        *("all", "at least 1", "over 50 %", "over 90 %", "reported", "not asked"),
    }
    assert not table.duplicated(["ruleset", "level", "condition"]).any()


def test_an_unknown_ruleset_names_those_there_are():
    with pytest.raises(
        kit.ArgumentError, match=r"no ruleset 'govspecs'\. Did you mean govspecs-2\.0"
    ):
        rules.chosen("govspecs")
    with pytest.raises(kit.ArgumentError, match="Name a ruleset"):
        rules.chosen([])
    assert [r.name for r in rules.chosen(["kit-fit", "kit-fit"])] == ["kit-fit"]


@pytest.mark.parametrize("names", [5, [None], [["govspecs-2.0"]]])
def test_names_of_another_kind(names):
    with pytest.raises(kit.ArgumentError, match="Name rulesets by their keys"):
        rules.chosen(names)
