"""Texts, keys, numbers and money as people write them."""

import pytest

from govstack_kit.words import amount, clean, count, fold, listed, money, number, percent, slug


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("1200000", "1200000"),
        ("1 200 000", "1200000"),
        ("1\u202f200\u00a0000", "1200000"),
        ("1,200,000", "1200000"),
        ("1'200'000.5", "1200000.5"),
        (" -5 ", "-5"),
        ("\N{MINUS SIGN}5", "-5"),
        ("80 %", "0.8"),
        ("12.5%", "0.125"),
        ("1e6", "1e6"),
        ("\u0663\u0664", "34"),
        ("0", "0"),
    ],
)
def test_numbers_as_people_type_them(text, plain):
    assert number(text) == plain


@pytest.mark.parametrize(
    "text", ["", "many", "12,5", "1,2,3", "2016 2017", "1.200.000", "nan?", "5 people", "--5", "%"]
)
def test_what_is_no_number_stays_as_it_is(text):
    assert number(text) == text


def test_numbers_of_a_language():
    assert number("12,5", "fr") == "12.5"
    assert number("1.200.000,5", "pt") == "1200000.5"


def test_clean_texts():
    assert clean("\ufeffa\u200bb\x00\x07  c\u2028d") == "a\u200bb c d"
    assert clean("a  b\n\n\n\nc  \n", lines=True) == "a b\n\nc"
    assert clean(" नमस्ते\u00a0दुनिया ") == "नमस्ते दुनिया"
    assert clean("\ud800x") == "x"  # half of a character


def test_keys_are_made_of_names():
    assert slug("  ") == "item"
    assert slug("x" * 200) == "x" * 60
    assert slug("A b", taken={"a-b", "a-b-2"}) == "a-b-3"
    assert fold("É-Payment (KES)") == fold("e payment kes")


def test_amounts_in_sentences():
    assert money(0, "USD") == "0 USD"
    assert money(float("nan"), "USD") == "not known"
    assert amount(-0.0) == "0"
    assert amount(1234.5) == "1,234"
    assert percent(float("nan")) == "not known"
    assert count(0, "row") == "0 rows"
    assert listed([]) == ""
    assert listed("abcdef") == "a, b, c, d, e and f"
