"""Tables for reading: numbers as people write them, texts whole, nothing of a stranger's run."""

import numpy as np
import pandas as pd
import pytest

import govstack_kit as kit


@pytest.mark.parametrize(
    ("numbers", "written"),
    [
        ([1_675_000.0, 20_000.0], ["1,675,000", "20,000"]),
        ([3.0, 3.8], ["3.0", "3.8"]),
        ([0.6, 0.95], ["0.60", "0.95"]),
        ([1 / 3, 0.5], ["0.333", "0.500"]),
        ([200 / 3, 12.25], ["66.7", "12.2"]),
        ([6e6, 85.714, 0.2], ["6,000,000", "85.7", "0.2"]),
        ([np.nan, 2.0], ["", "2"]),
    ],
)
def test_numbers_of_a_column_are_written_alike(numbers, written):
    table = kit.show(pd.DataFrame({"name": ["a", "b", "c"][: len(numbers)], "cost": numbers}))
    rows = [line.split() for line in repr(table).splitlines()[1:]]
    assert [" ".join(row[1:]) for row in rows] == written
    for text in written:
        assert f"<td>{text}</td>" in table._repr_html_()


def test_an_empty_table_says_so_and_markup_is_shown():
    frame = pd.DataFrame({"name": ["<b>x</b>"], "year": [2019]})
    assert "No rows." in repr(kit.show(frame[:0]))
    page = kit.show(frame)._repr_html_()
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<td>2019</td>" in page
