"""Loading the framework, and a framework that nobody can harm."""

import copy
import csv
import pickle
import shutil
import time

import openpyxl
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import govstack_kit
from govstack_kit import Framework, TablesError, UnknownKeyError
from govstack_kit.errors import ArgumentError
from govstack_kit.framework import installed
from govstack_kit.framework.framework import DECLARED, save_template

TABLES = list(DECLARED)


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
        elif frame[column].dtype == "float64":
            found = frame[column].astype(object).where(frame[column].notna(), None).tolist()
            assert found == [float(cell) if cell else None for cell in cells]
        elif frame[column].dtype == "bool":
            assert frame[column].tolist() == [cell == "true" for cell in cells]
        else:
            assert frame[column].dtype == "str"
            assert frame[column].isna().tolist() == [cell == "" for cell in cells]
            assert frame[column].fillna("").tolist() == cells


def test_types_are_what_the_descriptor_says(framework):
    kinds = {"integer": "int64", "number": "float64", "boolean": "bool"}
    for table in TABLES:
        found = getattr(framework, table).dtypes.astype(str).to_dict()
        assert found == {c.name: kinds.get(c.type, "str") for c in DECLARED[table].columns.values()}


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


def test_all_tables_at_once(framework):
    tables = framework.tables()
    assert list(tables) == TABLES
    write_values(tables["steps"])
    assert_frame_equal(framework.tables()["steps"], framework.steps)


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
    key = list(DECLARED[table].key)
    assert list(found) == [*key, *(name for name in ABOUT if name not in key)]
    expected = rows(table)
    publishers = {row["source"]: row["publisher"] for row in rows("sources")}
    assert found["publisher"].tolist() == [publishers[row["source"]] for row in expected]
    assert found["note"].tolist() == [row.get("note", "") for row in expected]
    shown = found[key].astype("str").fillna("")
    assert shown.to_numpy().tolist() == [[row[name] for name in key] for row in expected]


def test_every_correction_of_a_row_is_told(framework, rows):
    told = {
        (table, " | ".join(map(str, row[: len(DECLARED[table].key)]))): row[-1]
        for table in {row["table"] for row in rows("errata")}
        for row in framework.sources_of(table).itertuples(index=False, name=None)
        if row[-1]
    }
    expected = {}
    for row in rows("errata"):
        if " | bullet " not in row["key"] and (row["table"], row["column"]) not in (
            ("use_case_building_blocks", "building_block"),
            ("requirements", "requirement"),
        ):
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
        (("step", "AGR-2.1"), r"no table 'step'. Did you mean steps"),
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
    monkeypatch.setattr(installed, "folder", lambda: folder)
    return folder


def test_a_changed_bundled_file_is_examined(tampered):
    path = tampered / "steps.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Outreach Communication", "Outreach"), encoding="utf-8")
    assert govstack_kit.load().steps["name"].iloc[0] == "Outreach"
    path.write_text(text.replace("AGR-1.1,AGR-1,", "AGR-1.1,AGR-X,"), encoding="utf-8")
    with pytest.raises(TablesError, match="steps, row 2, use_case: “AGR-X” is not in use_cases"):
        govstack_kit.load()


def test_a_lost_bundled_file_is_told(tampered):
    (tampered / "sectors.csv").unlink()
    with pytest.raises(TablesError, match="sectors: the table is missing"):
        govstack_kit.load()


def test_extend_needs_a_folder():
    with pytest.raises(ArgumentError, match="needs the path of a folder"):
        govstack_kit.load(extend=True)


@pytest.mark.parametrize("path", [5, ["data"], {"a": 1}])
def test_a_path_is_a_text(path):
    for ask in (govstack_kit.load, govstack_kit.validate):
        with pytest.raises(ArgumentError, match="Name a folder or a file, not"):
            ask(path)


# -------------------------------------------------------------------- tables of one's own

MINISTRY = {
    "sectors": [
        ["sector", "name", "source"],
        ["fisheries", "Pêche et aquaculture", "govstack-kit"],
    ],
    "sources": [
        ["source", "title", "publisher"],
        ["our-ministry", "Plan national", "Ministère"],
    ],
    "use_cases": [
        ["use_case", "name", "catalogue", "sector", "summary", "source"],
        ["FISH-1", "Licence de pêche", "own", "fisheries", "On paie; on pêche.", "our-ministry"],
    ],
    "steps": [
        ["step", "use_case", "order", "name", "summary", "source"],
        ["FISH-1.1", "FISH-1", "1", "Demande", "Une demande.", "our-ministry"],
        ["FISH-1.2", "FISH-1", "2", "Paiement", "Un paiement.", "our-ministry"],
    ],
    "step_building_blocks": [
        ["step", "building_block", "position", "source"],
        ["FISH-1.1", "govstack:registration", "1", "our-ministry"],
        ["FISH-1.2", "govstack:payments", "1", "our-ministry"],
    ],
    "use_case_targets": [
        ["use_case", "sdg", "goal", "target", "source"],
        ["FISH-1", "14.4", "14", "14.4", "our-ministry"],
    ],
}


def write(path, rows):
    """Write a table as Excel saves it where the comma is for decimals."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\r\n").writerows(rows)


def places(problems):
    return set(problems[["table", "row", "column"]].itertuples(index=False, name=None))


@pytest.fixture
def ministry(tmp_path):
    folder = tmp_path / "ministry"
    folder.mkdir()
    for table, rows in MINISTRY.items():
        write(folder / f"{table}.csv", rows)
    return folder


def test_a_ministry_adds_its_use_case(ministry, framework):
    extended = govstack_kit.load(ministry, extend=True)
    for table in TABLES:
        ours, bundled = getattr(extended, table), getattr(framework, table)
        assert_frame_equal(ours.head(len(bundled)), bundled)
        assert len(ours) - len(bundled) == len(MINISTRY.get(table, ["header"])) - 1
    assert extended.sectors["name"].iloc[-1] == "Pêche et aquaculture"
    reached = govstack_kit.trace(extended, "sector:fisheries", layers=["building_block"])
    assert {"building_block:govstack:payments", "building_block:govstack:registration"} <= set(
        reached["node"]
    )
    assert extended.sources_of("use_cases", "FISH-1")["publisher"].item() == "Ministère"
    serving = govstack_kit.trace(extended, "14.4", direction="down", layers="use_case")
    assert serving["node"].tolist() == ["use_case:FISH-1"]


def test_a_ministry_changes_a_bundled_row_in_its_place(ministry, framework):
    row = framework.use_cases.set_index("use_case", drop=False).loc["AGR-2"].fillna("")
    row["name"] = "Conseil agricole"
    write(ministry / "use_cases.csv", [*MINISTRY["use_cases"][:0], list(row.index), list(row)])
    for table in ("steps", "step_building_blocks", "use_case_targets"):
        (ministry / f"{table}.csv").unlink()
    changed = govstack_kit.load(ministry, extend=True)
    expected = framework.use_cases
    expected.loc[expected["use_case"] == "AGR-2", "name"] = "Conseil agricole"
    assert_frame_equal(changed.use_cases, expected)


def test_every_fault_of_additions_is_told_with_their_own_rows(ministry):
    steps = [*MINISTRY["steps"], ["FISH-1.2", "FISH-1", "drei", "Noch einmal", "So.", ""]]
    write(ministry / "steps.csv", steps)
    (ministry / "sectors.csv").write_bytes("sector;name\npêche;Pêche".encode("latin-1"))
    write(ministry / "use_case_targets.csv", [row[1:] for row in MINISTRY["use_case_targets"]])
    blocks = [["FISH-1.2", "govstack:paymnts", "1", "our-ministry"]]
    write(ministry / "step_building_blocks.csv", [*MINISTRY["step_building_blocks"], *blocks])
    (ministry / "produce.csv").write_text("product\n", encoding="utf-8")
    problems = govstack_kit.validate(ministry, extend=True)
    assert places(problems) == {
        ("produce", 0, ""),
        ("sectors", 0, ""),
        ("use_cases", 2, "sector"),
        ("use_case_targets", 1, "use_case"),
        ("steps", 3, "step"),
        ("steps", 4, "step"),
        ("steps", 4, "order"),
        ("steps", 4, "source"),
        ("step_building_blocks", 4, "building_block"),
    }
    (wrong,) = problems.query("table == 'step_building_blocks'").to_dict("records")
    assert wrong["value"] == "govstack:paymnts"
    assert wrong["fix"].startswith("Did you mean govstack:payments")
    with pytest.raises(TablesError, match=r"^9 problems in .*ministry:\n- produce: "):
        govstack_kit.load(ministry, extend=True)


@pytest.mark.parametrize(
    ("table", "row", "place"),
    [
        ("use_case_targets", ["AGR-2", "3.1", "17", "6.1", "un-2030-agenda"], {"sdg", "target"}),
        ("use_case_targets", ["AGR-2", "6.1", "17", "6.1", "un-2030-agenda"], {"target"}),
        ("use_case_targets", ["AGR-2", "6.1", "6", "", "un-2030-agenda"], {"sdg"}),
        ("use_case_targets", ["AGR-2", "6.1", "6", "6.1", "un-2030-agenda"], set()),
        ("use_case_targets", ["AGR-2", "6", "6", "", "un-2030-agenda"], set()),
        ("steps", ["WAT-1.7", "AGR-2", "30", "x", "y", "un-2030-agenda"], {"step"}),
        ("steps", ["AGR-2.30", "AGR-2", "30", "x", "y", "un-2030-agenda"], set()),
    ],
)
def test_mistakes_of_meaning_are_found(tmp_path, table, row, place):
    write(tmp_path / f"{table}.csv", [MINISTRY[table][0], row])
    problems = govstack_kit.validate(tmp_path, extend=True)
    assert set(problems["column"]) == place, problems.to_string()


def test_a_target_typed_as_a_number_is_found(tmp_path):
    template = save_template(tmp_path / "ours.xlsx", tables=["use_case_targets"])
    book = openpyxl.load_workbook(template)
    book["Goals and targets of use cases"].append(["AGR-2", 16.1, 16, 16.1, "un-2030-agenda"])
    book.save(template)
    problems = govstack_kit.validate(template, extend=True)
    assert problems["column"].tolist() == ["sdg", "target"]
    assert problems["problem"].str.contains("typed as a number").all()


def test_damaged_installed_tables_under_additions(ministry, tampered):
    (tampered / "steps.csv").unlink()
    with pytest.raises(TablesError, match="steps: the table is missing"):
        govstack_kit.validate(ministry, extend=True)


def test_bundled_tables_have_no_problem_and_no_remark(data):
    problems = govstack_kit.validate(str(data))
    assert problems.empty, problems.to_string()


def test_columns_are_those_of_the_files(data):
    for table in DECLARED.values():
        with (data / table.path).open(encoding="utf-8") as file:
            assert file.readline().strip().split(",") == list(table.columns)


def test_additions_cost_at_most_three_times_as_much(ministry):
    """Both ways in this process, in turn; the shortest of each."""
    times = {False: [], True: []}
    for _ in range(5):
        for extend, spent in times.items():
            begun = time.process_time()
            govstack_kit.load(ministry if extend else None, extend=extend)
            spent.append(time.process_time() - begun)
    assert min(times[True]) < 3 * min(times[False])


# ----------------------------------------------------------------------------- the template


def test_the_template_filled_in_and_loaded_is_everywhere(tmp_path, framework):
    template = save_template(tmp_path / "ours.xlsx")
    book = openpyxl.load_workbook(template)
    assert book.sheetnames[0] == "About"
    for table, rows in MINISTRY.items():
        sheet = book[DECLARED[table].title]
        titles = [cell.value for cell in sheet[1]]
        for row in rows[1:]:
            given = {DECLARED[table].columns[n].title: v for n, v in zip(rows[0], row, strict=True)}
            sheet.append([given.get(title) for title in titles])
    book.save(template)
    extended = govstack_kit.load(template, extend=True)
    assert len(extended.use_cases) == len(framework.use_cases) + 1
    up = govstack_kit.trace(extended, "govstack:payments", direction="up")
    assert "step:FISH-1.2" in up.query("distance == 1")["node"].tolist()


def test_an_empty_template_and_a_workbook_alone(tmp_path):
    template = save_template(tmp_path / "ours.xlsx")
    with pytest.raises(TablesError, match="no row was found"):
        govstack_kit.load(template, extend=True)
    missing = govstack_kit.validate(template).query("problem == 'the table is missing'")
    assert "sdg_goals" in set(missing["table"])


def test_a_template_never_overwrites(tmp_path):
    template = save_template(tmp_path / "ours.xlsx")
    before = template.read_bytes()
    with pytest.raises(ArgumentError, match="exists already"):
        save_template(template)
    assert template.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "tables", "error", "match"),
    [
        ("a.xls", ["steps"], ArgumentError, r"\.xlsx"),
        ("a.xlsx", ["stepz"], UnknownKeyError, "steps"),
        ("no/a.xlsx", ["steps"], ArgumentError, "written: there is no such folder"),
    ],
)
def test_what_cannot_be_written_is_a_sentence(tmp_path, name, tables, error, match):
    with pytest.raises(error, match=match):
        save_template(tmp_path / name, tables=tables)


# ----------------------------------------------------------------------------- the standard


@pytest.mark.slow
def test_the_data_are_valid_by_their_published_standard(data):
    import frictionless

    report = frictionless.Package(str(data / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "message"])[:5]
