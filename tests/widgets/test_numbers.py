"""Numbers as people type them: read where they are clear, refused in a sentence where not."""

import math
from functools import partial

import pytest

import govstack_kit as gk
from govstack_kit.widgets import numbers, phasing


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("", None), ("  ", None), ("0", 0.0), ("250000", 250000.0), ("250,000", 250000.0),
        ("1 250 000.5", 1250000.5), ("1'000", 1000.0), ("1.5 million", 1500000.0),
        ("20thousand", 20000.0), ("2 billion", 2e9), ("٢٥٠", 250.0), ("12.50", 12.5),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(text, amount):
    assert numbers.amount(text, "Budget") == amount


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-5", "Budget is -5: it cannot be less than 0"),
        ("\N{MINUS SIGN}5,000", "cannot be less than 0"),
        ("1.200", "two ways. Write 1200 or 1.2"),
        ("12,5", "write 12.5"),
        ("1000,50", "write 1,000.5"),
        ("1 000,50", "write 1,000.5"),
        ("1.000.000", "write 1,000,000"),
        ("2,5 million", "write 2.5 million"),
        ("USD 500", "which is no number"),
        ("a lot", "which is no number"),
        ("1e9", "which is no number"),
        ("nan", "which is no number"),
        ("=1+1", "which is no number"),
        ("9" * 20, "is not taken"),
        ("million", "which is no number"),
        ("1,200 300", "which is no number"),  # two numbers, or a slip
        ("12 2020", "which is no number"),
    ],
)  # fmt: skip
def test_what_is_not_clear_is_refused(text, said):
    with pytest.raises(gk.PlanError, match=said):
        numbers.amount(text, "Budget")


def test_whole_numbers_have_bounds():
    assert numbers.whole("12,000", "Users") == 12_000
    with pytest.raises(gk.PlanError, match="from 1 to 50"):
        numbers.whole("51", "Years", least=1, most=50)
    with pytest.raises(gk.PlanError, match="whole number"):
        numbers.whole("2.5", "Years", least=1, most=50)


YEAR = {"least": 1950, "most": 2100}


@pytest.mark.parametrize(
    ("read", "text", "advised"),
    [
        (partial(numbers.whole, **YEAR), "-5", "write a whole number from 1950 to 2100"),
        (partial(numbers.whole, **YEAR), "5.000", "write a whole number from 1950 to 2100"),
        (partial(numbers.whole, **YEAR), "1.998", "write 1998,"),
        (numbers.whole, "-5", "less than 0. Write a whole number from 0 to 20,000,000,000"),
        (numbers.whole, "12,5", "write a whole number from 0 to"),
        (numbers.whole, "1.200", "write 1200,"),
        (numbers.whole, "1.0001 thousand", "write a whole number from 0 to"),
        (numbers.whole, "2,5 million", "write 2.5 million."),
        (numbers.whole, "1.000.000", "write 1,000,000."),
        (numbers.share, "-5 %", "less than 0. Write a percentage from 0 to 100"),
        (numbers.share, "150,5", "write a percentage from 0 to 100"),
        (phasing._months, "-5", "write a number above 0, at most 600"),
        (phasing._months, "1000,5", "write a number above 0, at most 600"),
        (numbers.amount, "-5", "less than 0. Write 0 or more"),
    ],
)
def test_what_is_advised_is_what_the_field_takes(read, text, advised):
    with pytest.raises(gk.PlanError) as refused:
        read(text, "Field")
    assert advised in str(refused.value)


def test_whole_numbers_in_words_are_whole():
    assert numbers.whole("4.1 billion", "People") == 4_100_000_000  # 4.1 * 1e9 is a bit less


def test_percentages_become_shares():
    assert [numbers.share(text, "Fit") for text in ("70 %", "70%", "0.5", "")] == [
        0.7, 0.7, 0.005, None,
    ]  # fmt: skip
    with pytest.raises(gk.PlanError, match="from 0 to 100"):
        numbers.share("101", "Fit")


@pytest.mark.parametrize("number", [0, 7, 1234567, 0.25, 1999.5, 999999.99])
def test_what_is_shown_can_be_typed_again(number):
    assert numbers.amount(numbers.said(number), "Cost") == number


def test_what_nobody_knows_is_said_to_be_unknown():
    assert numbers.said(None) == numbers.said(math.nan) == numbers.percent(None) == ""
    assert numbers.money(math.nan) == "not known"
    assert numbers.money(-1234.567) == "-1,235"
