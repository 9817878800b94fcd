"""Loading the framework, and a framework that nobody can harm."""

import copy
import pickle
import shutil

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import govstack_kit
from govstack_kit import ArgumentError, TablesError, Framework, UnknownKeyError
from govstack_kit.framework import schema

TABLES = list(schema.tables())


def equal(one, other):
    for table in TABLES:
        assert_frame_equal(getattr(one, table), getattr(other, table))


@pytest.mark.parametrize("table", TABLES)
def test_cells_are_those_of_the_file(framework, rows, table):
    """Every cell as the csv module reads it; empty cells are missing values."""
    frame = getattr(framework, table)
    expected = rows(table)
    assert len(frame) == len(expected)
    for column in frame:
        cells = [row[column] for row in expected]
        if frame[column].dtype == "int64":
            assert frame[column].tolist() == [int(cell) for cell in cells]
        elif frame[column].dtype == "bool":
            assert frame[column].tolist() == [cell == "true" for cell in cells]
        else:
            assert frame[column].dtype == "str"
            assert frame[column].isna().tolist() == [cell == "" for cell in cells]
            assert frame[column].fillna("").tolist() == cells


def test_types_are_what_the_descriptor_says(framework):
    kinds = {"integer": "int64", "boolean": "bool", "string": "str"}
    for table in TABLES:
        found = getattr(framework, table).dtypes.astype(str).to_dict()
        assert found == {f.name: kinds[f.type] for f in schema.table(table).fields}


def assign_column(frame):
    frame["name"] = "x"


def assign_cell(frame):
    frame.loc[0, "name"] = "x"


def assign_order(frame):
    frame.iloc[:, 2] = 99


def sort(frame):
    frame.sort_values("name", inplace=True, ignore_index=True)  # noqa: PD002 - what is tested


def drop(frame):
    frame.drop(columns="name", inplace=True)  # noqa: PD002 - what is tested


def drop_rows(frame):
    frame.drop(index=range(50), inplace=True)  # noqa: PD002 - what is tested


def append_row(frame):
    frame.loc[len(frame)] = frame.loc[0]


def append_column(frame):
    frame.insert(0, "mine", 1)


def rename_axes(frame):
    frame.columns.name = "mine"
    frame.index.name = "mine"


def replace_columns(frame):
    frame.columns = [name.upper() for name in frame]


def write_values(frame):
    frame["name"].values[0] = "x"  # noqa: PD011 - what is tested


def write_array(frame):
    frame["order"].array[0] = 99


def write_numpy(frame):
    numbers = frame["order"].to_numpy()
    numbers.flags.writeable = True
    numbers[:] = 99


@pytest.mark.filterwarnings("ignore:The inplace keyword")
@pytest.mark.parametrize(
    "harm",
    [
        assign_column, assign_cell, assign_order, sort, drop, drop_rows, append_row, append_column,
        rename_axes, replace_columns, write_values, write_array, write_numpy,
    ],
)  # fmt: skip
def test_what_a_caller_does_to_a_frame_stays_with_the_caller(framework, harm):
    before = pickle.dumps(framework.steps)
    steps = framework.steps
    harm(steps)
    assert pickle.dumps(framework.steps) == before
    assert steps is not framework.steps


def test_frames_given_to_a_framework_stay_with_the_giver(framework):
    frames = {table: getattr(framework, table) for table in TABLES}
    made = Framework(frames)
    for harm in (assign_column, write_array, write_values, append_column):
        harm(frames["steps"])
    equal(made, framework)


def test_a_framework_cannot_be_changed(framework):
    with pytest.raises(AttributeError, match=r"'steps' cannot be set\. Change a copy"):
        framework.steps = pd.DataFrame()
    with pytest.raises(AttributeError, match="'mine' cannot be set"):
        framework.mine = 1


def test_a_framework_lacks_no_table(framework):
    with pytest.raises(UnknownKeyError, match="tables are missing: sources, sdg_goals"):
        Framework({"steps": framework.steps})


def test_a_framework_can_be_copied_and_sent_to_another_process(framework):
    equal(copy.deepcopy(framework), framework)
    equal(copy.copy(framework), framework)
    equal(pickle.loads(pickle.dumps(framework)), framework)  # noqa: S301 - our own


def test_unknown_table_has_a_suggestion(framework):
    with pytest.raises(AttributeError, match=r"no table called 'usecases'. Did you mean use_cases"):
        framework.usecases  # noqa: B018 - what is tested
    with pytest.raises(AttributeError, match=r"See framework.describe\(\)"):
        framework.zzz  # noqa: B018 - what is tested
    assert not hasattr(framework, "_repr_html_")


def test_tables_are_found_by_completion(framework):
    assert set(TABLES) | {"describe", "sources_of"} <= set(dir(framework))


def test_repr(framework):
    assert repr(framework) == (
        "<Framework: 23 use cases, 159 steps, 18 workflows, 38 building blocks>"
    )


def test_describe(framework, rows):
    described = framework.describe()
    assert described["table"].tolist() == TABLES
    assert described["rows"].tolist() == [len(rows(table)) for table in TABLES]
    assert described.set_index("table").loc["step_workflows", "key"] == "step, workflow"
    columns = framework.describe("steps")
    assert columns["column"].tolist() == list(framework.steps)
    assert columns.set_index("column")["required"].to_dict()["note"] is False
    with pytest.raises(UnknownKeyError, match="Did you mean steps"):
        framework.describe("stebs")


# ------------------------------------------------------------------------------ sources_of

ABOUT = ["source", "title", "publisher", "version", "date", "url", "note", "corrections"]


@pytest.mark.parametrize("table", TABLES)
def test_sources_of_every_row_of_every_table(framework, rows, table):
    found = framework.sources_of(table)
    key = list(schema.table(table).key)
    assert list(found) == [*key, *(name for name in ABOUT if name not in key)]
    expected = rows(table)
    publishers = {row["source"]: row["publisher"] for row in rows("sources")}
    assert found["publisher"].tolist() == [publishers[row["source"]] for row in expected]
    assert found["note"].tolist() == [row.get("note", "") for row in expected]
    shown = found[key].astype("str").fillna("")
    assert shown.to_numpy().tolist() == [[row[name] for name in key] for row in expected]


def test_every_correction_of_a_row_is_told(framework, rows):
    told = {
        (table, " | ".join(map(str, row[: len(schema.table(table).key)]))): row[-1]
        for table in {row["table"] for row in rows("errata")}
        for row in framework.sources_of(table).itertuples(index=False, name=None)
        if row[-1]
    }
    expected = {}
    for row in rows("errata"):
        if " | bullet " not in row["key"] and row["table"] != "use_case_building_blocks":
            expected.setdefault((row["table"], row["key"]), []).append(row)
    assert told.keys() == expected.keys()
    for place, errata in expected.items():
        for row in errata:
            assert row["reason"] in told[place]
            assert row["printed"] in told[place]
    assert told["steps", "AGR-1.9"] == (
        "name printed as “Physcial Delivery of Goods”: Spelling mistake."
    )
    assert "status" in told["use_cases", "INST-3"]
    assert "sector" in told["use_cases", "INST-3"]


def test_sources_of_some_rows(framework):
    assert framework.sources_of("sdg_goals", 2)["goal"].tolist() == [2]
    assert framework.sources_of("errata", 1)["erratum"].tolist() == [1]
    assert framework.sources_of("sources", "dif-2019")["publisher"].item() == "ITU and DIAL"
    assert len(framework.sources_of("step_workflows", "AGR-2.4")) == 2
    one = framework.sources_of("use_case_targets", "EGOV-1", "9.c")
    assert one["corrections"].item() == "sdg printed as “9.C”: Capital letter in a target code."
    assert framework.sources_of("building_block_crosswalk", "dif:security")["govstack"].isna().all()


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (("step", "AGR-2.1"), r"no table called 'step'. Did you mean steps"),
        (("steps", "AGR2.1"), r"steps has no row with step 'AGR2.1'. Did you mean AGR-2.1"),
        (("sdg_goals", "2"), r"no row with goal '2'. Did you mean 2"),
        (("sdg_goals", 18), r"no row with goal 18. Did you mean 8 or 1 or 17\?"),
        (("step_workflows", "AGR-2.4", "marketplace"), "no row with workflow 'marketplace'"),
        (("steps", ""), "no row with step ''"),
        (("steps", "x" * 10_000), "no row with step 'x+…'"),
    ],
)
def test_sources_of_unknown_rows(framework, key, message):
    with pytest.raises(UnknownKeyError, match=message) as caught:
        framework.sources_of(*key)
    assert len(str(caught.value)) < 300


def test_too_long_a_key(framework):
    with pytest.raises(ArgumentError, match=r"key of steps has 1 parts \(step\), not 2"):
        framework.sources_of("steps", "AGR-2.1", "client-communication")


# ------------------------------------------------------------------------------------ load


def test_a_folder_with_the_same_files_gives_the_same_framework(framework, data):
    equal(govstack_kit.load(data), framework)
    equal(govstack_kit.load(str(data)), framework)


def test_two_loads_are_equal_and_independent(framework):
    again = govstack_kit.load()
    assert again is not framework
    equal(again, framework)


@pytest.fixture
def tampered(data, tmp_path, monkeypatch):
    """The bundled tables in a place where a test may change them."""
    folder = tmp_path / "data"
    shutil.copytree(data, folder)
    monkeypatch.setattr(schema, "folder", lambda: folder)
    return folder


def test_a_changed_bundled_file_is_examined(tampered):
    path = tampered / "steps.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Outreach Communication", "Outreach"), encoding="utf-8")
    assert govstack_kit.load().steps["name"].iloc[0] == "Outreach"
    path.write_text(text.replace("AGR-1.1,AGR-1,", "AGR-1.1,AGR-X,"), encoding="utf-8")
    with pytest.raises(TablesError, match=r"steps\.csv, row 2, column use_case: 'AGR-X'"):
        govstack_kit.load()


def test_a_lost_bundled_file_is_told(tampered):
    (tampered / "sectors.csv").unlink()
    with pytest.raises(TablesError, match=r"sectors\.csv: the file is missing"):
        govstack_kit.load()


def test_extend_needs_a_folder():
    with pytest.raises(ArgumentError, match="needs the path of a folder"):
        govstack_kit.load(extend=True)
