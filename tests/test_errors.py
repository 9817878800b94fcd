"""Messages that say what is wrong, where, what is allowed and what to do."""

import os
import pickle
import subprocess
import sys

import pandas as pd
import pytest

from govstack_kit import GovStackKitError, TablesError, UnknownKeyError
from govstack_kit.errors import (
    ArgumentError,
    MissingExtraError,
    UnknownNodeError,
    did_you_mean,
    expected,
    known,
    missing_extra,
    nearest,
    needed,
    one_of,
    quote,
)
from govstack_kit.tables.validate import COLUMNS


@pytest.mark.parametrize(
    ("error", "standard"),
    [
        (ArgumentError, ValueError),
        (TablesError, ValueError),
        (UnknownKeyError, KeyError),
        (UnknownNodeError, UnknownKeyError),
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
    rows = [
        ("steps", 2, "order", "x", "“x” is wrong", "1 or more", "Correct it.", "problem", ""),
        ("steps", 0, "name", "", "is odd", "", "Mend it.", "problem", "Step “Pay”, Name"),
        ("here", 0, "", "", "there is nothing", "long " * 30, "Look again.", "problem", ""),
    ]
    return pd.DataFrame((rows * 20)[:count], columns=COLUMNS)


def test_an_error_of_tables_says_it_all():
    error = TablesError("3 problems in /here", problems(3))
    assert str(error).splitlines() == [
        "3 problems in /here:",
        "- steps, row 2, order: “x” is wrong. Allowed: 1 or more. Correct it.",
        "- Step “Pay”, Name: is odd. Mend it.",
        "- here: there is nothing. Look again.",
    ]
    assert len(error.problems) == 3
    assert str(TablesError("", problems(1))).startswith("steps, row 2, order: ")


def test_an_error_of_tables_counts_what_it_does_not_show():
    assert len(str(TablesError("x", problems(20))).splitlines()) == 21
    lines = str(TablesError("x", problems(25))).splitlines()
    assert len(lines) == 22
    assert lines[-1] == "- And 5 more: see .problems of this error."


def test_an_error_of_tables_can_travel_between_processes():
    error = TablesError("/here", problems(3))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert str(again) == str(error)
    assert again.problems.equals(error.problems)


# -------------------------------------------------------------------------- wrong arguments


def test_a_value_of_another_kind():
    assert expected("x", str, "Name it") == "x"
    assert expected(5, (int, str), "Name it") == 5
    for value, said in ((5, "5"), (None, "None"), ([1], r"\[1\]"), (pd.Series([1]), "this Series")):
        with pytest.raises(ArgumentError, match=rf"^Name it, not {said}\.$"):
            expected(value, dict, "Name it")


def test_a_value_that_is_none_of_those_allowed():
    assert one_of("a", ["a", "b"], "what") == "a"
    for value in ("c", None, 5, ["a"]):
        with pytest.raises(ArgumentError, match=r"^what is 'a', 'b' or 'd', not"):
            one_of(value, ["a", "b", "d"], "what")


def test_names_that_are_not_known():
    there = ["AGR-1", "AGR-2"]
    assert known(iter(["AGR-2", "AGR-1", "AGR-2"]), there, "use case", "x") == ["AGR-2", "AGR-1"]
    with pytest.raises(UnknownKeyError) as caught:
        known(["AGR-1", "zzz", ["a"], 5, "AGR"], there, "use case", "framework.use_cases")
    assert str(caught.value) == (
        "There is no use case 'zzz'. There is no use case ['a']. There is no use case 5. "
        "There is no use case 'AGR'. Did you mean AGR-1 or AGR-2? All are in framework.use_cases."
    )


def test_a_missing_extra_is_named():
    assert needed("json").__name__ == "json"
    error = missing_extra(
        ModuleNotFoundError("No module named 'scipy.optimize'", name="scipy.optimize")
    )
    assert isinstance(error, MissingExtraError)
    assert 'pip install "govstack-kit[select]"' in str(error)
    other = ModuleNotFoundError("No module named 'zzz'", name="zzz")
    assert missing_extra(other) is other


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
