"""The reader of the exchange, on made-up files in the shape of the published ones.

The exchange's repository is not beside this one. The shapes were taken from its files
``data/json/*.json``: so was every wrong code of goals, targets and indicators that is repaired.
"""

import json

import pytest

import govstack_kit
from govstack_kit.sources._goals import official_codes, read_code
from govstack_kit.sources._reading import LARGEST, SourceError
from govstack_kit.sources._rich_text import Line, plain_text, rich_lines
from govstack_kit.sources.exchange import SDG_TABLES, TABLES, read_exchange, read_sdgs

BULLET = {"attributes": {"list": "bullet"}, "insert": "\n"}
INNER = {"attributes": {"list": "bullet", "indent": 1}, "insert": "\n"}


def bold(text):
    return {"attributes": {"bold": True}, "insert": text}


def delta(*ops):
    return json.dumps({"ops": [op if isinstance(op, dict) else {"insert": op} for op in ops]})


USE_CASE = {
    "name": "Sharing Tools",
    "slug": "sharing_tools",
    "created_at": "2019-06-25T14:29:59.49731",
    "description": delta(
        *(bold("Description: "), "Neighbours lend tools.\n\n", bold("Sector: "), "Homes\n\n"),
        *(bold("Steps for this use case include:"), "\nAsk", BULLET, "Lend", BULLET, "\n"),
    ),
}
WORKFLOW = {
    "name": "Lending",
    "slug": "lending",
    "description": delta(
        *(bold("Short Description: "), "Give for a while.\n\n"),
        *(bold("Full Description: "), "Give\nand take back.\n\n"),
        *(bold("Other Names: "), "Loans, Borrowing\n\n"),
        *(bold("Sample mappings of workflows to use case:"), "\n"),
        *(bold("Homes: Sharing tools: "), "Lend a saw", BULLET),
        *(bold("Use Case Gardens: Seeds: "), "Lend seeds", BULLET, "\n"),
    ),
}
BLOCK = {
    "name": "Shed",
    "slug": "shed",
    "description": delta(
        *(bold("Short Description: "), "Keeps tools.\n\n"),
        *(bold("Full Description: "), "Keeps tools dry.\n\n"),
        *(bold("Other Names:"), "\n\n"),
        *(bold("Key Digital Functionalities:"), "\nCounts tools", BULLET, "Finds tools"),
        {"attributes": {"list": "bullet"}, "insert": "\n\n"},
        *(bold("Examples of use in different sectors:"), "\n", bold("Home sector: "), BULLET),
        *("Saws", INNER, "Drills", INNER, bold("Garden sector:"), BULLET, "Spades ", INNER, "\n"),
    ),
}


@pytest.fixture
def read(tmp_path):
    def read_files(**contents):
        for name, content in contents.items():
            path = tmp_path / "data" / "json" / f"{name.replace('_', '-')}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            raw = content if isinstance(content, bytes) else json.dumps(content).encode()
            path.write_bytes(raw)
        return read_exchange(tmp_path)

    return read_files


@pytest.fixture
def goals(tmp_path):
    """Read made-up targets of one goal: tuples of code, text and indicators."""

    def read_goal(goal, *targets):
        def entries(rows):
            return [{"code": code, "description": text} for code, text in rows]

        record = {"code": goal, "description": "A goal", "targets": []}
        for code, text, *indicators in targets:
            one = {"code": code, "description": text, "indicators": entries(indicators)}
            record["targets"].append(one)
        path = tmp_path / "sdgs.json"
        path.write_text(json.dumps([record]), encoding="utf-8")
        return read_sdgs(path)

    return read_goal


def column(reading, table, *columns):
    return reading.tables[table][list(columns)].to_numpy().tolist()


def repairs(reading):
    return [tuple(row) for row in column(reading, "repairs", "table", "key", "printed")]


def reasons(reading, *, but="this target is missing"):
    return [why for why in reading.unplaced["why"] if why != but]


def test_a_use_case_with_its_steps(read):
    reading = read(use_cases=[USE_CASE])
    assert reading.unplaced.empty
    assert column(reading, "use_cases", "use_case", "name", "sector", "text", "location") == [
        [
            *("sharing_tools", "Sharing Tools", "Homes", "Neighbours lend tools."),
            "data/json/use-cases.json",
        ]
    ]
    assert column(reading, "use_case_steps", "use_case", "order", "name") == [
        ["sharing_tools", 1, "Ask"],
        ["sharing_tools", 2, "Lend"],
    ]


def test_a_workflow_with_names_and_examples(read):
    reading = read(workflows=[WORKFLOW])
    assert reading.unplaced.empty
    assert column(reading, "workflows", "workflow", "short_text", "text") == [
        ["lending", "Give for a while.", "Give\nand take back."]
    ]
    assert column(reading, "workflow_names", "name") == [["Borrowing"], ["Loans"]]
    assert column(reading, "workflow_examples", "sector", "use_case", "text") == [
        ["Gardens", "Seeds", "Lend seeds"],
        ["Homes", "Sharing tools", "Lend a saw"],
    ]


def test_a_building_block_with_functions_and_examples(read):
    reading = read(building_blocks=[BLOCK])
    assert reading.unplaced.empty
    assert column(reading, "building_blocks", "building_block", "short_text", "text") == [
        ["shed", "Keeps tools.", "Keeps tools dry."]
    ]
    assert column(reading, "building_block_functions", "order", "text") == [
        [1, "Counts tools"],
        [2, "Finds tools"],
    ]
    assert column(reading, "building_block_examples", "order", "sector", "text") == [
        [1, "Home", "Saws"],
        [2, "Home", "Drills"],
        [3, "Garden", "Spades"],
    ]


def test_lists_within_records_and_wrapped_records(read):
    """Named by the exchange's own code, not seen in a file."""
    use_case = {
        "name": "Sharing Tools",
        "slug": "sharing_tools",
        "sector": {"name": "Homes"},
        "sdg_targets": [{"name": "Poverty", "target_number": "1.A"}, {"target_number": "99.9"}],
        "use_case_descriptions": [
            {"description": "<p>Deutsch</p>", "locale": "de"},
            {
                "description": "<p>Lend &amp; <b>borrow</b></p><ul><li>Saws</li></ul>",
                "locale": "en",
            },
        ],
        "use_case_steps": [
            {"name": "Ask", "use_case_step_descriptions": [{"description": "<p>Politely</p>"}]}
        ],
    }
    block = BLOCK | {"workflows": [{"name": "Lending", "slug": "lending"}], "category": "DPI"}
    reading = read(use_cases={"count": 1, "results": [use_case]}, building_blocks=[block])
    assert column(reading, "use_cases", "sector", "text") == [["Homes", "Lend & borrow\n- Saws"]]
    assert column(reading, "use_case_steps", "name", "text") == [["Ask", "Politely"]]
    assert column(reading, "use_case_targets", "target", "note") == [["1.a", "printed as “1.A”"]]
    assert column(reading, "workflow_building_blocks", "workflow", "building_block") == [
        ["lending", "shed"]
    ]
    assert column(reading, "building_blocks", "category") == [["DPI"]]
    assert reasons(reading) == ["not a target of the goals"]


def test_what_has_no_place_is_noted(read):
    reading = read(
        use_cases=[USE_CASE, USE_CASE, {"description": "x"}, "words"],
        workflows=[WORKFLOW | {"description": '{"ops": [{"insert": "cut off'}],
        building_blocks=[
            BLOCK
            | {
                "description": delta(
                    bold("Other Names:"), " A sentence, really.\n", bold("Cost: "), "None\n"
                )
            }
        ],
        sector_map={"a": "b"},
    )
    assert reasons(reading) == [
        "stands under Other Names and is a sentence",
        "a heading that is not known; its lines are in the text",
        "not one of the files with use cases, workflows, blocks, goals",
        "a use case without a name",
        "already read from another file or place",
        "not a record with names and values",
        "a description that begins like Quill text and is none",
    ]
    assert column(reading, "building_blocks", "text") == [["Cost: None"]]
    assert column(reading, "workflows", "name") == [["Lending"]]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"[{", "is not JSON"),
        (b"\0\1", "is not a text file"),
        (b"[" * 100_000, "nested too deeply"),
        (b'"' + b"x" * LARGEST + b'"', "more than a source may have"),
    ],
)
def test_files_that_cannot_be_read_are_noted(read, raw, why):
    reading = read(use_cases=raw, sdgs=raw)
    assert list(reading.tables) == list(TABLES)
    assert len(reading.unplaced) == 2
    assert all(why in reason for reason in reading.unplaced["why"])


def test_links_and_missing_places(tmp_path):
    with pytest.raises(SourceError, match="is not a folder"):
        read_exchange(tmp_path / "missing")
    with pytest.raises(SourceError, match="is not a file"):
        read_sdgs(tmp_path)
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "secret.json").write_text("[]")
    try:
        (folder / "use-cases.json").symlink_to(tmp_path / "secret.json")
    except OSError:
        pytest.skip("this system makes no symbolic links")
    assert reasons(read_exchange(folder)) == ["a link, not followed"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (delta("One\n", "Two\n"), "One\nTwo"),
        ({"ops": [{"insert": "One"}]}, "One"),
        ([{"insert": "One"}, BULLET], "- One"),
        (delta("Deep", INNER), "  - Deep"),
        (delta("a", {"insert": {"image": "x"}}, "b"), "ab"),
        (delta(bold("A"), " b ", bold("c")), "A b c"),
        ("<div>One<br>Two <i>three</i></div>", "One\nTwo three"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b"),
        ("plain  text\n\nmore", "plain text\nmore"),
        ("[Draft] a < b and c > d", "[Draft] a < b and c > d"),
        ("", ""),
        (None, ""),
        (5, ""),
        ({"ops": [None, 3, {"insert": 4}, {"insert": "x", "attributes": ["bold"]}]}, "x"),
    ],
)
def test_rich_text_as_plain_text(value, text):
    assert plain_text(value) == text


def test_rich_lines_know_their_bold_beginning():
    assert rich_lines(delta(bold("Home: "), "saw", BULLET)) == [Line("Home: ", "saw", 1)]
    with pytest.raises(ValueError, match=r"Expecting|line 1"):
        rich_lines('{"ops": [')


def test_right_codes_are_left_alone(goals):
    official = official_codes()
    targets = [(code, f"Text of {code.replace('.', '-')}") for code in official.of_goal(5)]
    reading = goals("5", *targets)
    assert reading.unplaced.empty
    assert reading.tables["repairs"].empty
    assert list(reading.tables) == list(SDG_TABLES)
    assert column(reading, "sdg_targets", "target") == sorted([code] for code, _ in targets)
    assert (reading.tables["sdg_targets"]["note"] == "").all()


def test_the_wrong_codes_of_the_published_file(goals):
    reading = goals(
        "10",
        ("10.a", "10.1 By a year, incomes", ("10.1.1", "Growth")),
        ("10.2", "By a year, inclusion"),
        ("10.a", "Implement", ("10.a.1", "Lines")),
    )
    assert repairs(reading) == [("sdg_targets", "10.1", "10.a")]
    assert column(reading, "sdg_targets", "target", "text") == [
        ["10.1", "By a year, incomes"],
        ["10.2", "By a year, inclusion"],
        ["10.a", "Implement"],
    ]
    assert column(reading, "sdg_indicators", "indicator", "target") == [
        ["10.1.1", "10.1"],
        ["10.a.1", "10.a"],
    ]
    assert reasons(reading) == []
    reading = goals(
        "14",
        ("14.6", "By a year, forbid", ("14.6", "1 Progress")),
        ("14.7", "By a year, increase", ("14.7", "1 Fisheries")),
        ("14.d", "14.c Enhance", ("14.c.1", "Number")),
    )
    assert repairs(reading) == [
        ("sdg_indicators", "14.6.1", "14.6"),
        ("sdg_indicators", "14.7.1", "14.7"),
        ("sdg_targets", "14.c", "14.d"),
    ]
    assert column(reading, "sdg_indicators", "indicator", "text") == [
        ["14.6.1", "Progress"],
        ["14.7.1", "Fisheries"],
        ["14.c.1", "Number"],
    ]
    reading = goals(
        "11",
        (
            *("11.a", "Support links"),
            *(("11.a.1", "Plans"), ("11.b", "By a year, adopt"), ("11.b.1", "Countries")),
        ),
    )
    assert repairs(reading) == [("sdg_targets", "11.b", "11.b")]
    assert column(reading, "sdg_targets", "target", "text", "note") == [
        ["11.a", "Support links", ""],
        ["11.b", "By a year, adopt", "stood among the indicators of 11.a"],
    ]
    assert column(reading, "sdg_indicators", "indicator", "target") == [
        ["11.a.1", "11.a"],
        ["11.b.1", "11.b"],
    ]


@pytest.mark.parametrize(
    ("printed", "before", "code"),
    [
        ("1.A", "1", "1.a"),
        ("target 1.1", "1", "1.1"),
        ("SDG Target 01.4", "1", "1.4"),
        ("1-4", "1", "1.4"),
        ("1,a", "1", "1.a"),
        ("1a", "1", "1.a"),
        ("a", "1", "1.a"),
        ("4", "1", "1.4"),
        ("1.10", "10", "10.1"),
        ("10.1", "", "10.1"),
        ("1.9", "1", ""),
        ("10.1", "1", ""),
        ("", "1", ""),
        ("none", "1", ""),
    ],
)
def test_codes_that_are_written_another_way(printed, before, code):
    known = [
        c for c in ("1.1", "1.4", "1.a", "10.1") if c.startswith(f"{before}." if before else "")
    ]
    assert read_code(printed, known, before)[0] == code


def test_codes_by_their_place_and_codes_that_nobody_can_repair(goals):
    reading = goals(
        "1",
        ("1.1", "First"),
        ("1.1", "Second"),
        ("1.3", "Third"),
        ("1.3", "Third again, in the place of the fourth"),
        ("x", "In the place of the fifth"),
        ("1.9", "In the place of 1.a"),
        ("1.b", "Last"),
        ("1.8", "One too many"),
    )
    assert [key for (key,) in column(reading, "sdg_targets", "target")] == [
        *("1.1", "1.2", "1.3", "1.4", "1.5", "1.a", "1.b")
    ]
    assert len(repairs(reading)) == 4
    assert reasons(reading) == ["not one more target of goal 1"]


def test_the_place_decides_who_keeps_a_code(goals):
    reading = goals("10", ("10.2", "Really the first"), ("10.2", "The second"))
    assert column(reading, "sdg_targets", "target", "text") == [
        ["10.1", "Really the first"],
        ["10.2", "The second"],
    ]


def test_indicators_that_are_new_wrong_or_there_already(goals):
    reading = goals(
        "1",
        (
            *("1.1", "Text"),
            *(("1.1.1", "Known"), ("1.1.9", "New"), ("1.1.1", "Again"), ("9.9", "Wrong")),
        ),
    )
    assert column(reading, "sdg_indicators", "indicator", "note") == [
        ["1.1.1", ""],
        ["1.1.9", "not among the framework's indicators"],
    ]
    assert sorted(reasons(reading)) == ["1.1.1 is there already", "not an indicator of 1.1"]
    assert len(reading.unplaced) == 2 + 6  # the other targets of goal 1 are missing


def test_goals_that_are_written_another_way(read):
    reading = read(sdgs=[{"code": "SDG 1"}, {"number": 2}, {"code": "1"}, {"code": "18"}, 5])
    assert column(reading, "sdg_goals", "goal", "note") == [[1, "printed as “SDG 1”"], [2, ""]]
    assert repairs(reading) == [("sdg_goals", "1", "SDG 1")]
    assert sorted(reasons(reading)) == [
        "goal 1 is there already",
        "not a record with names and values",
        "not one of the 17 goals",
    ]


def test_targets_of_wrong_types_are_noted(read):
    reading = read(sdgs=[{"code": "1", "targets": ["1.1", None, {"code": ["1.2"]}]}])
    assert column(reading, "sdg_targets", "target", "text") == [["1.1", ""]]
    assert reasons(reading) == ["not one more target of goal 1"] * 2


def test_the_codes_are_those_of_the_framework():
    framework = govstack_kit.load()
    assert official_codes().targets == tuple(framework.sdg_targets["target"])
    assert official_codes().indicators == set(framework.sdg_indicators["indicator"])
