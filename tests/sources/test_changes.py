"""What differs between two sets of tables, and which plans it touches."""

import json

import pandas as pd
import pytest

from govstack_kit.framework import schema
from govstack_kit.sources.changes import COLUMNS, affected, compare, described


@pytest.fixture
def tables(framework):
    return {name: getattr(framework, name) for name in schema.tables()}


@pytest.fixture
def changes(tables):
    """A step renamed, a use case removed with nothing else, a sector added, a link removed."""
    new = dict(tables)
    new["steps"] = tables["steps"].copy()
    new["steps"].loc[0, "name"] = "Outreach"
    new["use_cases"] = tables["use_cases"].iloc[1:]
    forestry = pd.DataFrame([("forestry", "Forestry", "govstack-kit", None)])
    forestry.columns = tables["sectors"].columns
    new["sectors"] = pd.concat([tables["sectors"], forestry])
    new["step_building_blocks"] = tables["step_building_blocks"].iloc[1:]
    return compare(tables, new)


def test_every_change_is_found_once(changes):
    assert changes.to_numpy().tolist() == [
        ["sectors", "added", "forestry", "", "", ""],
        ["use_cases", "removed", "AGR-1", "", "", ""],
        ["steps", "changed", "AGR-1.1", "name", "Outreach Communication", "Outreach"],
        ["step_building_blocks", "removed", "AGR-1.1 | govstack:messaging", "", "", ""],
    ]


def test_equal_tables_have_no_changes(tables):
    shuffled = {name: frame.iloc[::-1] for name, frame in tables.items()}
    assert compare(tables, shuffled).empty
    assert list(compare(tables, tables).columns) == COLUMNS
    assert list(described(compare(tables, tables))) == []


def test_changes_in_words(changes):
    assert list(described(changes)) == [
        "sectors: 1 added",
        "    added: forestry",
        "use_cases: 1 removed",
        "    removed: AGR-1",
        "steps: 1 changed",
        "    changed: AGR-1.1 (name: “Outreach Communication” → “Outreach”)",
        "step_building_blocks: 1 removed",
        "    removed: AGR-1.1 | govstack:messaging",
    ]


def test_many_changes_are_counted():
    rows = [("steps", "changed", f"A-1.{n // 2}", "order", "1", "2") for n in range(18)]
    found = list(described(pd.DataFrame(rows, columns=COLUMNS)))
    assert found[0] == "steps: 9 changed"
    assert found[1].endswith("A-1.4 (order, order) and 4 more")


def plan(folder, name, content):
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / f"{name}.govplan.json").write_text(text, encoding="utf-8")


def test_plans_that_name_a_changed_row(changes, tmp_path):
    plan(tmp_path, "a", {"use_cases": [{"id": "AGR-1", "steps": {"AGR-1.1": {"blocks": []}}}]})
    plan(tmp_path, "b", ["AGR-1.1", {"deep": {"er": ["govstack:messaging"]}}])
    plan(tmp_path, "c", {"country": "forestry", "text": "speaks of AGR-1 and AGR-1.1", "n": 1})
    (tmp_path / "other.json").write_text('"AGR-1"')
    found, unread = affected(changes, tmp_path)
    assert found.to_numpy().tolist() == [
        ["a.govplan.json", "use_cases", "removed", "AGR-1"],
        ["a.govplan.json", "steps", "changed", "AGR-1.1"],
        ["b.govplan.json", "steps", "changed", "AGR-1.1"],
        ["b.govplan.json", "step_building_blocks", "removed", "AGR-1.1 | govstack:messaging"],
    ]
    assert unread == []


def test_plans_that_cannot_be_read_are_told(changes, tmp_path):
    plan(tmp_path, "a", "{")
    plan(tmp_path, "b", "[" * 100_000)
    (tmp_path / "c.govplan.json").mkdir()
    (tmp_path / "d.govplan.json").write_bytes(b"\xff\xff")
    plan(tmp_path, "e", ["AGR-1"])
    found, unread = affected(changes, tmp_path)
    assert found["plan"].tolist() == ["e.govplan.json"]
    assert [sentence.split(" ", 1)[0][0] for sentence in unread] == list("abcd")
    assert all("could not be searched" in sentence for sentence in unread)


def test_a_folder_without_plans(changes, tmp_path):
    for place in (tmp_path, tmp_path / "nowhere"):
        found, unread = affected(changes, place)
        assert found.empty
        assert unread == []
