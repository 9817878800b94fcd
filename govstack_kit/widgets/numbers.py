"""Numbers as people type them: amounts of money, counts, years and percentages.

Definitions
-----------
An *amount* may have its thousands set apart by commas or spaces, a decimal point, and the word
thousand, million or billion behind it. An empty field means that nobody knows the number: it is
never taken for zero. What cannot be read is refused with a sentence, never guessed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from govstack_kit.errors import PlanError, quote
from govstack_kit.planning.selected import MOST_MONEY, MOST_PEOPLE

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST = 40  # characters of what was typed that are said again
_PLAIN = re.compile(r"\d+(?:\.\d+)?")
_GROUPED = re.compile(r"\d{1,3}([ ,_'\N{RIGHT SINGLE QUOTATION MARK}])\d{3}(?:\1\d{3})*(?:\.\d+)?")
_WORDS = {"": 1, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_UNCLEAR = re.compile(r"\d{1,3}\.\d{3}")
_COMMA = re.compile(r"\d+,\d{1,2}|\d{1,3}(?:[ .]\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}")  # 1.000,50


def number(
    text: str,
    what: str,
    example: str,
    allowed: str = "0 or more",
    fits: Callable[[float], bool] = lambda found: found >= 0,
) -> float | None:
    """Return a number, or None if the field is empty.

    Parameters
    ----------
    text
        What was typed.
    what
        What the field is called, for the sentence that refuses it.
    example
        How such a number is written.
    allowed, fits
        Which numbers are taken, in words and as a function.

    Raises
    ------
    PlanError
        If it is no number, not clear, or does not fit; what it advises to write is taken.

    Examples
    --------
    >>> number("2.5", "Months", "6 or 2.5", "a number above 0", lambda found: found > 0)
    2.5
    """
    said = " ".join(text.replace("\N{MINUS SIGN}", "-").split())
    if not said:
        return None
    shown = f"{what} is {said[:_LONGEST]}"
    word = next((word for word in _WORDS if word and said.endswith(word)), "")
    digits = said.removesuffix(word).strip()
    less = digits.startswith("-") and _PLAIN.fullmatch(digits[1:].replace(",", ""))
    below = "it cannot be less than 0. Write" if less and fits(0) else "write"
    refused = PlanError(f"{shown}: {below} {allowed}, or leave it empty.")
    if less:
        raise refused
    if _UNCLEAR.fullmatch(digits) and not word:
        ways = [way for way in (digits.replace(".", ""), f"{float(digits):g}") if fits(float(way))]
        if not ways:
            raise refused
        raise PlanError(
            f"{shown}, which can be read in two ways. Write {' or '.join(ways)}."
            if len(ways) > 1
            else f"{shown}. Here a point sets decimals apart: write {ways[0]}, if you mean that."
        )
    if _COMMA.fullmatch(digits):
        meant = float(re.sub(r"[ .]", "", digits).replace(",", "."))
        if not fits(_times(meant, word)):
            raise refused
        raise PlanError(
            f"{shown}. Here a comma sets thousands apart, and a point the decimals: write "
            f"{meant:,.15g}{word and f' {word}'}."
        )
    if not (_PLAIN.fullmatch(digits) or _GROUPED.fullmatch(digits)):
        raise PlanError(
            f"{what} is {quote(text)}, which is no number. Write it as in {example}, "
            "or leave it empty."
        )
    found = _times(float(re.sub(r"[^\d.]", "", digits)), word)
    if not fits(found):
        raise refused
    return found


def _times(found: float, word: str) -> float:
    """Return a number times what the word behind it says; 4.1 billion is a whole number."""
    return round(found * _WORDS[word], 6)


def amount(text: str, what: str) -> float | None:
    """Return an amount of money, or None if the field is empty.

    Parameters
    ----------
    text
        What was typed.
    what
        What the field is called, for the sentence that refuses it.

    Raises
    ------
    PlanError
        If it is no amount, below zero, or beyond all measure.

    Examples
    --------
    >>> amount("1,200,000", "Annual cost"), amount("2.5 million", "Budget"), amount(" ", "Budget")
    (1200000.0, 2500000.0, None)
    """
    found = number(text, what, "250,000 or 1.5 million")
    if found is not None and found > MOST_MONEY:
        raise PlanError(
            f"{what} is {text.strip()[:_LONGEST]}: more than {MOST_MONEY:,.0f} is not taken."
        )
    return found


def whole(
    text: str, what: str, *, least: int = 0, most: int = MOST_PEOPLE, example: str = "12,000"
) -> int | None:
    """Return a whole number, or None if the field is empty.

    Raises
    ------
    PlanError
        If it is no whole number from `least` to `most`.

    Examples
    --------
    >>> whole("12 000", "Users"), whole("1998", "In use since", least=1950, most=2100)
    (12000, 1998)
    """
    said_ = str if most <= 10_000 else said  # noqa: PLR2004 - above, thousands are set apart
    found = number(
        text,
        what,
        example,
        f"a whole number from {said_(least)} to {said_(most)}",
        lambda found: found == int(found) and least <= found <= most,
    )
    return None if found is None else int(found)


def share(text: str, what: str) -> float | None:
    """Return a percentage as a share from 0 to 1, or None if the field is empty.

    Raises
    ------
    PlanError
        If it is no percentage from 0 to 100.

    Examples
    --------
    >>> share("80 %", "Fit"), share("12.5", "Overlap")
    (0.8, 0.125)
    """
    found = number(
        text.replace("%", ""),
        what,
        "80 or 80 %",
        "a percentage from 0 to 100",
        lambda found: 0 <= found <= 100,  # noqa: PLR2004 - per cent
    )
    return None if found is None else round(found / 100, 6)


def value(text: str, what: str) -> float | None:
    """Return a number of any scale that is not below zero, or None if the field is empty.

    Examples
    --------
    >>> value("2.5", "Worth")
    2.5
    """
    return _at_most(number(text, what, "3 or 2.5"), 1e12, text, what)  # what a plan takes


def _at_most(found: float | None, most: float, text: str, what: str) -> float | None:
    if found is not None and found > most:
        raise PlanError(f"{what} is {text.strip()[:_LONGEST]}: more than {most:,.0f} is not taken.")
    return found


def said(number: float | None) -> str:
    """Return a number as people write it, and nothing where it is unknown.

    Examples
    --------
    >>> said(1200000.0), said(2.5), said(None)
    ('1,200,000', '2.5', '')
    """
    if number is None or number != number:  # noqa: PLR0124 - missing in a frame
        return ""
    return f"{number:,.0f}" if number == int(number) else f"{number:,.2f}".rstrip("0").rstrip(".")


def money(number: float | None) -> str:
    """Return an amount as a table shows it: whole where it is large, in words where unknown.

    Examples
    --------
    >>> money(857142857.14), money(1.35), money(None)
    ('857,142,857', '1.35', 'not known')
    """
    if number is None or number != number:  # noqa: PLR0124 - missing in a frame
        return "not known"
    return said(round(number) if abs(number) >= 100 else round(number, 2))  # noqa: PLR2004


def percent(number: float | None) -> str:
    r"""Return a share as a percentage, and nothing where it is unknown.

    Examples
    --------
    >>> percent(0.8), percent(0.125), percent(None)
    ('80\xa0%', '12.5\xa0%', '')
    """
    shown = said(None if number is None else round(number * 100, 2))
    return f"{shown}\N{NO-BREAK SPACE}%" if shown else ""
