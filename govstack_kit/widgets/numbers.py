"""Numbers as people type them: amounts of money, counts, years and percentages.

Definitions
-----------
An *amount* may have its thousands set apart by commas or spaces, a decimal point, and the word
thousand, million or billion behind it. An empty field means that nobody knows the number: it is
never taken for zero. What cannot be read is refused with a sentence, never guessed.
"""

from __future__ import annotations

import re

from govstack_kit._errors import PlanError, quote
from govstack_kit.planning.selected import MOST_MONEY, MOST_PEOPLE

_PLAIN = re.compile(r"\d+(?:\.\d+)?")
_GROUPED = re.compile(r"\d{1,3}([ ,_'\N{RIGHT SINGLE QUOTATION MARK}])\d{3}(?:\1\d{3})*(?:\.\d+)?")
_WORDS = {"": 1, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_UNCLEAR = re.compile(r"\d{1,3}\.\d{3}")
_COMMA = re.compile(r"\d+,\d{1,2}|\d{1,3}(?:[ .]\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}")  # 1.000,50


def _number(text: str, what: str, example: str) -> float | None:
    said = " ".join(text.replace("\N{MINUS SIGN}", "-").split())
    if not said:
        return None
    digits, _, word = said.partition(next((w for w in _WORDS if w and said.endswith(w)), "\n"))
    word = said[len(digits) :]
    digits = digits.strip()
    if digits.startswith("-") and _PLAIN.fullmatch(digits[1:].replace(",", "")):
        raise PlanError(
            f"{what} is {said}: it cannot be less than 0. Write 0 or more, or leave it empty."
        )
    if _UNCLEAR.fullmatch(digits) and not word:
        raise PlanError(
            f"{what} is {said}, which can be read in two ways. Write {digits.replace('.', '')} "
            f"or {float(digits):g}."
        )
    if _COMMA.fullmatch(digits):
        meant = float(re.sub(r"[ .]", "", digits).replace(",", "."))
        raise PlanError(
            f"{what} is {said}. Here a comma sets thousands apart, and a point the decimals: write "
            f"{meant:,.15g}{word and f' {word}'}."
        )
    if not (_PLAIN.fullmatch(digits) or _GROUPED.fullmatch(digits)):
        raise PlanError(
            f"{what} is {quote(text)}, which is no number. Write it as in {example}, "
            "or leave it empty."
        )
    return float(re.sub(r"[^\d.]", "", digits)) * _WORDS[word]


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
    found = _number(text, what, "250,000 or 1.5 million")
    if found is not None and found > MOST_MONEY:
        raise PlanError(f"{what} is {text.strip()[:40]}: more than {MOST_MONEY:,.0f} is not taken.")
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
    found = _number(text, what, example)
    if found is None:
        return None
    if found != int(found) or not least <= found <= most:
        raise PlanError(
            f"{what} is {text.strip()[:40]}: write a whole number from {said(least)} to "
            f"{said(most)}."
            if most > 10_000  # noqa: PLR2004 - above this, thousands are set apart
            else f"{what} is {text.strip()[:40]}: write a whole number from {least} to {most}."
        )
    return int(found)


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
    found = _number(text.replace("%", ""), what, "80 or 80 %")
    if found is not None and found > 100:  # noqa: PLR2004 - per cent
        raise PlanError(f"{what} is {text.strip()[:40]}: write a percentage from 0 to 100.")
    return None if found is None else round(found / 100, 6)


def value(text: str, what: str) -> float | None:
    """Return a number of any scale that is not below zero, or None if the field is empty.

    Examples
    --------
    >>> value("2.5", "Worth")
    2.5
    """
    found = _number(text, what, "3 or 2.5")
    if found is not None and found > 1e12:  # noqa: PLR2004 - what a plan takes
        raise PlanError(f"{what} is {text.strip()[:40]}: more than {1e12:,.0f} is not taken.")
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
