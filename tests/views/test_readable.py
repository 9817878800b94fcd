"""What is made for reading: numbers as people write them, texts whole, what is made up named."""

import numpy as np
import pandas as pd
import pytest

import govstack_kit as gk
from govstack_kit.errors import ArgumentError
from govstack_kit.views import is_made_up, made_up_note


@pytest.mark.parametrize(
    ("numbers", "written"),
    [
        ([1_675_000.0, 20_000.0], ["1,675,000", "20,000"]),
        ([3.0, 3.8], ["3", "3.8"]),
        ([1 / 3, 0.5], ["0.33", "0.5"]),
        ([6e6, 85.714, 0.2], ["6,000,000", "85.71", "0.2"]),
        ([np.nan, 2.0], ["", "2"]),
    ],
)
def test_numbers_are_written_as_people_write_them(numbers, written):
    table = gk.readable(pd.DataFrame({"name": ["a", "b", "c"][: len(numbers)], "cost": numbers}))
    rows = [line.split() for line in repr(table).splitlines()[1:]]
    assert [" ".join(row[1:]) for row in rows] == written
    for text in written:
        assert f"<td>{text}</td>" in table._repr_html_()


def test_an_empty_table_says_so_and_markup_is_shown():
    frame = pd.DataFrame({"name": ["<b>x</b>"], "year": [2019]})
    assert "No rows." in repr(gk.readable(frame[:0]))
    page = gk.readable(frame)._repr_html_()
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<td>2019</td>" in page
    assert "… and 10 more rows." in repr(gk.readable(pd.DataFrame({"n": range(70)})))
    with pytest.raises(ArgumentError, match="Give a DataFrame"):
        gk.readable([1])


@pytest.fixture
def plan():
    return gk.Plan.demonstration()


def test_all_that_a_figure_rests_on_is_named(plan):
    assert made_up_note(plan, "options") == "Made-up costs and fits, for practice"
    everything = "Made-up systems, costs and fits, phases, costs of projects, for practice"
    assert made_up_note(plan) == everything
    assert made_up_note(plan, "business_case") == "Made-up costs of projects, for practice"
    with pytest.raises(ArgumentError, match="'opions'"):
        made_up_note(plan, "opions")


def test_what_a_team_has_made_its_own_is_no_longer_marked(plan):
    first, *others = plan.rows("options")
    for row in others:
        plan.set("options", row["option"], note="Our tender of May")
    assert made_up_note(plan, "options") == "Partly made-up costs and fits, for practice"
    plan.set("options", first["option"], note=None)
    assert made_up_note(plan, "options") == ""
    assert made_up_note(plan, "options", "phases") == "Made-up phases, for practice"
    assert not is_made_up(plan.row("options", first["option"]))
    plan.set("business_case", note="From the budget of 2027")
    assert made_up_note(plan, "business_case") == ""
