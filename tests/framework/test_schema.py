"""The definition of the tables, read from datapackage.json."""

import json

import pytest

from govstack_kit import UnknownKeyError
from govstack_kit.framework import schema


@pytest.fixture
def descriptor(data):
    return json.loads((data / "datapackage.json").read_text(encoding="utf-8"))


def test_tables_are_those_of_the_descriptor(descriptor):
    assert list(schema.tables()) == [r["name"] for r in descriptor["resources"]]
    for resource in descriptor["resources"]:
        table = schema.table(resource["name"])
        assert table.columns == tuple(f["name"] for f in resource["schema"]["fields"])
        assert table.key == tuple(resource["schema"]["primaryKey"])
        assert table.file == resource["path"]
        assert f"sha256:{table.sha256}" == resource["hash"]


def test_columns_are_those_of_the_files(data):
    for table in schema.tables().values():
        with (data / table.file).open(encoding="utf-8") as file:
            assert tuple(file.readline().strip().split(",")) == table.columns


def test_every_table_comes_after_those_it_refers_to():
    """from_graph leans on this order."""
    seen = set()
    for table in schema.tables().values():
        assert {key.table for key in table.foreign_keys} <= seen, table.name
        for key in table.foreign_keys:
            assert schema.table(key.table).key == (key.target,)
        seen.add(table.name)


def test_everything_is_described():
    for table in schema.tables().values():
        assert table.title
        assert table.description.endswith(".")
        assert all(field.description for field in table.fields)


def test_dtypes():
    assert schema.table("sdg_targets").dtypes["order"] == "int64"
    assert schema.table("sdg_targets").dtypes["target"] == "str"
    optional = schema.Field("count", "integer", "", required=False, enum=(), descriptor={})
    table = schema.Table("t", "", "", "t.csv", "", (optional,), ("count",), ())
    assert table.dtypes == {"count": "Int64"}


def test_unknown_table():
    with pytest.raises(UnknownKeyError, match=r"no table called 'step'. Did you mean steps"):
        schema.table("step")
    with pytest.raises(UnknownKeyError, match="Tables: sources, sdg_goals"):
        schema.table("zzz")
