"""Everything that can be wrong with tables, told at once."""

import pandas as pd
import pytest

from govstack_kit.errors import TablesError, problem_sentence
from govstack_kit.tables import package, validate


def places(problems):
    return list(problems[["table", "row", "column"]].itertuples(index=False, name=None))


def at(problems, table, row=0, column=""):
    """Return the one problem at a place."""
    here = (problems[["table", "row", "column"]] == [table, row, column]).all(axis=1)
    assert here.sum() == 1, problems.to_string()
    return problems[here].iloc[0]


def test_right_tables_have_no_problem(check, write, cells):
    frames, problems = check(write(cells))
    assert list(frames) == ["sectors", "services", "step_tools", "steps"]
    assert problems.empty
    assert list(problems) == validate.COLUMNS
    assert problems["row"].dtype == "int64"


WRONG = {  # table, row, column, value: problem, allowed, fix
    ("sectors", 2, "sector", "EDU"): ("“EDU” has the wrong form", "", "Expected: a short code."),
    ("sectors", 3, "name", ""): ("is empty", "", "Fill it in: what it is called."),
    ("sectors", 4, "name", "x" * 50): (
        "is too long: “" + "x" * 50 + "”…",
        "40 characters",
        "Shorten it.",
    ),
    ("services", 2, "status", "livee"): (
        "“livee” is not allowed here",
        "draft, live",
        "Did you mean live?",
    ),
    ("services", 3, "sector", "eduu"): (
        "“eduu” is not in sectors",
        "16.1, 16.10, EDU",
        "Did you mean EDU?",
    ),
    ("services", 2, "cost", "a lot"): (
        "“a lot” is not a number",
        "a number",
        "Expected: what it costs a year.",
    ),
    ("services", 3, "cost", "-1"): (
        "“-1” is out of range",
        "from 0 to 1,000,000,000",
        "Correct it.",
    ),
    ("services", 2, "since", "1.5"): (
        "“1.5” is not a whole number",
        "a whole number",
        "Expected: the first year.",
    ),
    ("services", 3, "since", "9" * 18): (
        "“" + "9" * 18 + "” is out of range",
        "from 1,950 to 2,100",
        "Correct it.",
    ),
    ("services", 2, "online", "maybe"): (
        "“maybe” is not true or false",
        "true or false",
        "Expected: whether it is on the web.",
    ),
}


def test_all_that_is_wrong_is_told_at_once(check, write, cells):
    for table, row, column, value in WRONG:
        cells[table][row - 1][cells[table][0].index(column)] = value
    frames, problems = check(write(cells))
    assert frames == {}
    for (table, row, column, value), expected in WRONG.items():
        found = at(problems, table, row, column)
        assert tuple(found[["problem", "allowed", "fix"]]) == expected
        assert found["value"] == value
    also = ("services", 2, "sector")  # it names the sector that has another id now
    assert set(places(problems)) == {place[:3] for place in WRONG} | {also}
    assert (problems["level"] == "problem").all()
    assert problems["fix"].str.endswith((".", "?")).all()


def test_a_key_stands_once(check, write, cells):
    cells["sectors"].append(["edu", "Again", ""])
    cells["services"].append(["FEES", "Fees", "edu", "live", "", "", ""])  # made keys: any case
    cells["step_tools"].append(["fees.pay", "till", "", ""])
    problems = check(write(cells))[1]
    assert places(problems) == [
        ("sectors", 2, "sector"),
        ("sectors", 5, "sector"),
        ("services", 2, "service"),
        ("services", 4, "service"),
        ("step_tools", 2, "step, tool"),
        ("step_tools", 4, "step, tool"),
    ]
    assert problems["problem"].str.contains("stands more than once").all()


def test_columns_that_together_stand_once(check, write, cells):
    cells["steps"][2][2] = "1"
    problems = check(write(cells))[1]
    assert places(problems) == [("steps", 2, "service, order"), ("steps", 3, "service, order")]


def test_what_has_to_agree(check, write, cells):
    cells["steps"][2][4] = "meals.eat"  # a step of another service
    cells["steps"][3][0] = "other.eat"  # an id that does not begin with its service
    cells["step_tools"][1][3] = "till"  # not what quality says
    cells["step_tools"][2][3] = "phone"  # what the tool says, as quality is empty
    problems = check(write(cells))[1]
    assert at(problems, "steps", 4, "step")["problem"].startswith("“other.eat” does not belong to")
    assert "quality and tool say" in at(problems, "step_tools", 2, "also")["problem"]
    cells["steps"][3][0] = "meals.eat"
    cells["step_tools"][1][3] = "well"
    problems = check(write(cells))[1]
    expected = "“meals.eat” belongs to another service than the one named"
    assert at(problems, "steps", 3, "after")["problem"] == expected


def test_an_empty_table_that_others_need(check, write, cells):
    problems = check(write(cells | {"sectors": cells["sectors"][:1]}))[1]
    assert places(problems) == [("services", 2, "sector"), ("services", 3, "sector")]
    assert set(problems["allowed"]) == {"nothing, because sectors has no rows"}


def test_rows_beside_may_be_referred_to(check, write, cells, frames):
    new = {"services": [cells["services"][0], ["bus", "School bus", "edu", "live", "", "", ""]]}
    assert check(write(new), beside=frames)[1].empty
    assert len(check(write(new))[1]) == 1


def test_a_name_that_no_table_has_is_a_remark(check, write, cells, tools):
    cells["step_tools"][2][1] = "fone"
    cells["step_tools"].append(["fees.ask", "abacus", "", ""])
    frames, problems = check(write(cells), beside=tools)
    assert len(frames) == 4  # a remark is no obstacle
    assert problems["level"].tolist() == ["remark", "remark"]
    assert problems["fix"].tolist() == [
        "If you mean phone, correct it.",
        "Leave it if it is one of your own.",
    ]
    assert check(write(cells))[1].empty  # nobody knows the tools


def test_thousands_of_problems_do_not_take_minutes(check, write, cells):
    cells["step_tools"] += [[f"fees.x{n % 1500}", f"tool{n}", "", ""] for n in range(5000)]
    cells["step_tools"] += [["fees.pay", "till", "", ""]] * 1000
    problems = check(write(cells))[1]
    assert len(problems) == 5000 + 1001


def test_problems_are_called_by_the_names_of_rows_and_columns(mini, cells):
    rows = cells["steps"]
    given = pd.DataFrame(rows[1:], columns=rows[0], index=[2, 3, 4], dtype="str")
    given.loc[3, "service"] = ""
    problems = validate.Problems()
    validate.check_cells(given, mini["steps"], problems, {})
    (problem,) = problems.frame().assign(row=0).to_dict("records")
    assert problem["about"] == "Step “Pay”, Service"
    said = problem_sentence(problem)
    assert said == "Step “Pay”, Service: is empty. Fill it in: the service."
    problems.add("steps", "is odd", fix="Mend it.")
    assert problems.frame()["about"].tolist() == ["Steps", "Step “Pay”, Service"]


def test_refusing_leaves_remarks_out(check, write, cells, tools):
    cells["step_tools"][2][1] = "fone"
    cells["sectors"][1][1] = ""
    problems = check(write(cells), beside=tools)[1]
    assert set(problems["level"]) == {"problem", "remark"}
    with pytest.raises(TablesError, match=r"^1 problem in here:\n- sectors, row 2, name: is empty"):
        package.refuse(problems, "here")
    package.refuse(problems[problems["level"] == "remark"], "here")
