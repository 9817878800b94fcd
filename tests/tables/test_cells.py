"""Links as cells of their owner."""

import pandas as pd

from govstack_kit.planning import plan_sheets
from govstack_kit.tables import validate

NAMES = {"till": "Till", "phone": "Phone (any)", "post": "Post; parcels"}


def read(name):
    return next((k for k, v in NAMES.items() if v.casefold() == name.strip().casefold()), "")


def split(mini, *texts):
    problems = validate.Problems()
    given = pd.Series(texts, index=range(2, len(texts) + 2), dtype="str")
    owners = pd.Series([f"s{n}" for n in range(len(texts))], index=given.index)
    found = plan_sheets.cells_as_links(
        given, owners, mini["step_tools"], read, NAMES.values(), problems, "steps"
    )
    return found.to_numpy().tolist(), problems.frame()


def test_links_are_written_as_cells(mini):
    links = pd.DataFrame(
        {
            "step": ["a", "a", "b"],
            "tool": ["till", "phone", "post"],
            "quality": ["well", None, "badly"],
        }
    )
    found = plan_sheets.links_as_cells(links, mini["step_tools"], ["b", "c", "a"], NAMES.get)
    assert found == ["Post, parcels (badly)", "", "Till (well); Phone (any)"]


def test_cells_are_read_as_links(mini):
    found, problems = split(
        mini, "till (Well); Phone (any)\nTILL", "", " ; ", "phone (any) (badly)"
    )
    assert found == [["s0", "till", "well"], ["s0", "phone", ""], ["s3", "phone", "badly"]]
    assert problems.empty


def test_a_name_that_is_not_known(mini):
    found, problems = split(mini, "Till; Tille", "zzz")
    assert found == [["s0", "till", ""]]
    assert problems[["table", "row", "column", "value", "fix"]].to_numpy().tolist() == [
        ["steps", 2, "Tools of steps", "Tille", "Did you mean Till?"],
        ["steps", 3, "Tools of steps", "zzz", "Use a name from the sheet Lists."],
    ]
