"""A small set of four tables, on which the form is tested."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from govstack_kit.tables import package, schema

ROWS = {
    "sectors": [
        ["sector", "name", "note"],
        ["edu", "Education", "Schools\nand more"],
        ["16.10", "Health", ""],
        ["16.1", "Water", ""],
    ],
    "services": [
        ["service", "name", "sector", "status", "cost", "since", "online"],
        ["fees", "School fees", "edu", "live", "1200000", "2016", "true"],
        ["meals", "Meals", "edu", "draft", "", "", ""],
    ],
    "steps": [
        ["step", "service", "order", "name", "after"],
        ["fees.ask", "fees", "1", "Ask", ""],
        ["fees.pay", "fees", "2", "Pay", "fees.ask"],
        ["meals.eat", "meals", "1", "Eat", ""],
    ],
    "step_tools": [
        ["step", "tool", "quality", "also"],
        ["fees.pay", "till", "well", ""],
        ["fees.pay", "phone", "", ""],
    ],
}


@pytest.fixture(scope="session")
def mini():
    """The declarations of the four tables."""
    return schema.read(Path(__file__).with_name("mini.json"))


@pytest.fixture
def cells():
    """The rows of the four tables as lists of texts, header first, to change."""
    return {name: [list(row) for row in rows] for name, rows in ROWS.items()}


@pytest.fixture
def write(tmp_path):
    """Write lists of texts as a folder of CSV files; return the folder."""

    def write(rows, folder="tables", **form):
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        for name, table in rows.items():
            write_csv(place / f"{name}.csv", table, **form)
        return place

    return write


def write_csv(path, rows, *, delimiter=",", encoding="utf-8", ends="\n"):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator=ends).writerows(rows)


@pytest.fixture
def check(mini):
    """Read what somebody has; return frames and problems."""
    return lambda path, **options: package.read_checked(path, mini, **options)


@pytest.fixture
def frames(mini, write, cells):
    """The four tables as frames."""
    found, problems = package.read_checked(write(cells, "frames"), mini)
    assert problems.empty, problems.to_string()
    return found


@pytest.fixture(scope="session")
def tools():
    """A table beside the four."""
    return {"tools": pd.DataFrame({"tool": ["till", "phone"]})}
