"""Messages that say what is wrong, where, what is allowed and what to do."""

import os
import pickle
import subprocess
import sys

import pandas as pd
import pytest

from govstack_kit import (
    ArgumentError,
    TablesError,
    GovStackKitError,
    UnknownKeyError,
    UnknownNodeError,
)
from govstack_kit.errors import NotebookFolderError, did_you_mean, nearest, quote
from govstack_kit.framework._rows import COLUMNS


@pytest.mark.parametrize(
    ("error", "standard"),
    [
        (ArgumentError, ValueError),
        (TablesError, ValueError),
        (UnknownKeyError, KeyError),
        (UnknownNodeError, UnknownKeyError),
        (NotebookFolderError, OSError),
    ],
)
def test_errors_can_be_caught_as_usual(error, standard):
    assert issubclass(error, standard)
    assert issubclass(error, GovStackKitError)


def test_message_of_an_unknown_key_has_no_quotation_marks_round_it():
    assert str(UnknownKeyError("No such step.")) == "No such step."
    assert str(UnknownKeyError()) == ""


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("payments", ["dif:payments", "govstack:payments"]),
        ("PAYMENTS", ["dif:payments", "govstack:payments"]),
        ("govstack:paymnts", ["govstack:payments"]),
        ("zzz", []),
        ("", []),
    ],
)
def test_nearest(word, expected):
    known = ["govstack:payments", "dif:payments", "govstack:identity"]
    assert nearest(word, known, max(1, len(expected))) == expected


def test_nearest_gives_no_more_than_asked_for_and_each_once():
    assert nearest("step", [f"steps{n}" for n in range(9)], 2) == ["steps0", "steps1"]
    assert nearest("agr-2", ["AGR-2", "AGR-2", "agr-2"]) == ["AGR-2"]
    assert nearest("agr-2", []) == []


def test_did_you_mean():
    assert did_you_mean("sectos", ["sectors", "workflows"]) == "Did you mean sectors?"
    assert did_you_mean("zzz", ["sectors"]) == ""


def test_quote_fits_into_a_message():
    assert quote("AGR-2") == "'AGR-2'"
    assert quote(2.3) == "2.3"
    assert len(quote("x" * 1000)) == 80
    assert quote("x" * 1000).endswith("x…'")
    assert "\n" not in quote(pd.DataFrame({"a": [1, 2]}))


def problems(count):
    rows = [("steps", 2, "order", "x", "'x' is wrong", "1 or more", "Correct it.")]
    rows += [("steps", 0, "", "", "the file is odd", "", "Mend it.")]
    rows += [("datapackage", 0, "", "", "there is nothing", "", "Look again.")]
    return pd.DataFrame((rows * 20)[:count], columns=COLUMNS)


def test_a_data_package_error_says_it_all():
    error = TablesError("/here", problems(3))
    assert str(error).splitlines() == [
        "3 problems in /here:",
        "- steps.csv, row 2, column order: 'x' is wrong. Allowed: 1 or more. Correct it.",
        "- steps.csv: the file is odd. Mend it.",
        "- the folder: there is nothing. Look again.",
    ]
    assert len(error.problems) == 3


def test_a_data_package_error_counts_what_it_does_not_show():
    assert str(TablesError("x", problems(1))).startswith("1 problem in x:")
    assert len(str(TablesError("x", problems(20))).splitlines()) == 21
    lines = str(TablesError("x", problems(25))).splitlines()
    assert len(lines) == 22
    assert lines[-1].startswith("- and 5 more: see all with govstack_kit.validate(folder)")


def test_a_data_package_error_can_travel_between_processes():
    error = TablesError("/here", problems(3))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert str(again) == str(error)
    assert again.problems.equals(error.problems)


def test_a_notebook_shows_the_sentence_and_no_traceback(tmp_path):
    wrong = "import govstack_kit as gk; gk.links(gk.load(), 'workflow', use_cases=['AGR-22'])"
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor", "-c", wrong],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=os.environ | {"IPYTHONDIR": str(tmp_path)},
    )
    said = (done.stdout + done.stderr).strip()
    assert said.startswith("UnknownKeyError: ")
    assert "AGR-2" in said
    assert "Traceback" not in said
    assert ".py" not in said
