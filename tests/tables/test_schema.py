"""What tables and columns are, and whether the declarations of the kit are in order."""

import json
import re

import pytest

from govstack_kit.errors import UnknownKeyError
from govstack_kit.tables import package, schema, validate
from govstack_kit.tables.storage import bundled

STANDARD_TABLE = {
    "name",
    "title",
    "description",
    "path",
    "type",
    "scheme",
    "format",
    "mediatype",
    "encoding",
    "schema",
}
STANDARD_COLUMN = {"name", "title", "description", "type", "constraints", "example", "delimiter"}
DECLARATIONS = ["plan.json", "datapackage.json"]


@pytest.fixture(params=DECLARATIONS)
def declared(request):
    """The tables that one of the kit's files declares."""
    return schema.read(bundled("data") / request.param)


@pytest.fixture(params=DECLARATIONS)
def descriptor(request):
    return json.loads((bundled("data") / request.param).read_text(encoding="utf-8"))


def listed(heading):
    """Return the properties that the docstring of the module explains under a heading."""
    part = schema.__doc__.partition(heading)[2].partition("Properties of a")[0]
    return set(re.findall(r"``(\w+)``", part))


# ------------------------------------------------------------------------- the declarations


def test_every_property_is_one_that_is_known(descriptor):
    tables = STANDARD_TABLE | listed("Properties of a table that the standard does not have")
    columns = STANDARD_COLUMN | listed("Properties of a column that the standard does not have")
    for resource in descriptor["resources"]:
        assert set(resource) <= tables, resource["name"]
        for field in resource["schema"]["fields"]:
            assert set(field) <= columns, (resource["name"], field["name"])


def test_everything_has_a_title_and_a_description(descriptor):
    for resource in descriptor["resources"]:
        assert resource["title"], resource["name"]
        assert resource["description"].endswith("."), resource["name"]
        assert resource["one"], resource["name"]
        for field in resource["schema"]["fields"]:
            assert field["title"], (resource["name"], field["name"])
            assert field["description"], (resource["name"], field["name"])


def test_titles_and_names_do_not_collide(declared):
    assert len({t.title[:31].casefold() for t in declared.values()}) == len(declared)
    for table in declared.values():
        titles = {}
        for column in table.columns.values():
            for title in (column.name, column.title, *column.given.get("aliases", ())):
                owner = titles.setdefault(package._title(title), column.name)
                assert owner == column.name, (table.name, title)


def test_everything_that_is_named_exists(declared):
    framework = schema.read(bundled("data") / "datapackage.json")
    for table in declared.values():
        columns = table.columns
        assert set(table.key) <= set(columns)
        assert table.label in columns
        for reference in table.references:
            assert set(reference.columns) <= set(columns)
            assert declared[reference.table].key == reference.targets
        inner = [name for part in table.shape.get("uniqueKeys", ()) for name in part]
        if table.order:
            inner.append(table.order[1])  # the place itself is counted
        for one, other, what in table.given.get("agree", ()):
            inner += [one, other]
            for name in (one, other):
                target = declared.get(table.target(name)[0])
                assert name == what or (target and what in target.columns)
        if said := table.given.get("said"):
            assert len(table.key) == 2
            inner.append(said)
        for column in columns.values():
            given = column.given
            inner += [*given.get("first_of", ()), *given.get("made", {}).values()]
            inner += [given[name] for name in ("starts_with", "names_by") if name in given]
            for name in (given.get("names"), given.get("code_of")):
                if name:
                    target, _, key = name.partition(".")
                    there = declared if target in declared else framework
                    assert key in there[target].columns, (table.name, column.name)
        assert set(inner) <= set(columns), table.name


def test_defaults_and_examples_are_valid(declared):
    for table in declared.values():
        for column in table.columns.values():
            for name in ("default", "example"):
                if name in column.given:
                    texts = [package.text_of(column.given[name])]
                    cells = package.tidied(
                        package.pd.DataFrame({column.name: texts}, dtype="str"), table
                    )
                    problems = validate.Problems()
                    validate.check_cells(cells[[column.name]], table, problems, {})
                    assert problems.frame().empty, (table.name, column.name)


# ------------------------------------------------------------------------------- the schema


def test_what_a_table_is(mini):
    steps = mini["steps"]
    assert (steps.one, steps.label, steps.key) == ("step", "name", ("step",))
    assert steps.order == ("order", "service")
    assert mini["sectors"].order is None
    assert steps.target("service") == ("services", "service")
    assert mini["step_tools"].target("tool") == ("tools", "tool")
    assert steps.target("name") == ("", "")
    assert [(t.name, r.columns) for t, r in mini.referring("steps")] == [
        ("steps", ("after",)),
        ("step_tools", ("step",)),
    ]
    named = [("steps", "after", "step"), ("step_tools", "step", "step")]
    assert list(mini.named_in("steps")) == named


def test_what_a_column_is(mini):
    columns = mini["services"].columns
    assert columns["status"].help == "How far it is. One of: draft, live."
    assert columns["status"].enum == ("draft", "live")
    types = {name: column.dtype for name, column in columns.items()}
    assert types["cost"] == "float64"
    assert (types["since"], types["online"], types["name"]) == ("Int64", "boolean", "str")


def test_a_table_that_is_not_there(mini):
    with pytest.raises(UnknownKeyError, match=r"no table 'step'. Did you mean steps"):
        mini["step"]
    with pytest.raises(UnknownKeyError, match="Tables: sectors, services"):
        mini["zzz"]
    assert "zzz" not in mini
    assert mini.get("zzz") is None
