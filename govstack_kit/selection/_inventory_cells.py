"""What stands in one cell of an inventory, as people really write numbers, years and names."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from govstack_kit.errors import did_you_mean
from govstack_kit.framework._csv import UnreadableError
from govstack_kit.planning.names import fold, parts
from govstack_kit.planning.selected import MOST_MONEY, MOST_PEOPLE, QUALITIES
from govstack_kit.planning.text import line

if TYPE_CHECKING:
    from collections.abc import Callable

    from govstack_kit.planning.names import Names

NOT_JUDGED = "not judged"
EARLIEST, LATEST = 1950, 2100
_LARGE = {"k", "m", "mn", "mio", "bn", "mrd", "million", "millions", "billion", "thousand", "mln"}
_CODE = re.compile(r"[A-Z]{3,4}\.?|(?:[A-Z]?Sh|Rs|R|Le|Br|Kz|Fr|Birr|Naira|shillings|francs)s?\.?")
_FRANCS, _SHILLINGS = "BIF CDF CHF DJF GNF KMF RWF XAF XOF XPF", "KES SOS TZS UGX"
_CALLED = {  # by what people write for a currency: the codes that it can mean
    "$": "AUD BBD BSD BZD CAD FJD GYD HKD JMD LRD NAD NZD SBD SGD SRD TTD TWD USD XCD ZWD",
    "£": "EGP GBP LBP SDG SSP SYP",
    "¥": "CNY JPY",
    "€": "EUR",
    "₦": "NGN",
    "₵": "GHS",
    "₹": "INR",
    "birr": "ETB",
    "cfa": "XAF XOF",
    "fcfa": "XAF XOF",
    "br": "ETB",
    "fr": _FRANCS,
    "franc": _FRANCS,
    "ksh": "KES",
    "kz": "AOA",
    "le": "SLE SLL",
    "naira": "NGN",
    "r": "ZAR",
    "rs": "INR LKR MUR NPR PKR SCR",
    "sh": _SHILLINGS,
    "shilling": _SHILLINGS,
    "tsh": "TZS",
    "ush": "UGX",
}
_NUMBER = re.compile(r"([-\u2212(]?) ?([0-9][0-9 '.,]*)\)?")
_THREES = r"[0-9]{1,3}([ '.,])[0-9]{3}(?:\1[0-9]{3})*"  # one separator between all groups
_GROUPED = re.compile(rf"(?!0+[ '.,])(?:{_THREES}|[0-9]{{1,2}}(?:,[0-9]{{2}})+,[0-9]{{3}})")
_DECIMAL = re.compile(r"([0-9 '.,]*[0-9])([.,])([0-9]+)")
_BLANKS = dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007\t"), " ")
_MARKS = {"\u066c": ",", "\u066b": ".", "\u2019": "'", "\u060c": ","}
_SHOWN = re.compile(r'\[\$([^][-]*)(?:-[^][]*)?\]|"([^"]*)"|([$\u00a2-\u00a5\u20a0-\u20cf])')
_YEAR = re.compile(r"(?<![0-9])(?:19|20|21)[0-9]{2}(?![0-9])")
_QUALITY = {
    "well": ("well", "good", "fully", "full", "verywell", "yes"),
    "partly": ("partly", "partial", "partially", "some", "somewhat", "medium"),
    "poorly": ("poorly", "poor", "bad", "badly", "weak", "hardly"),
    "": ("", "notjudged", "unknown", "notknown", "na"),
}
_QUALITIES = {word: quality for quality, words in _QUALITY.items() for word in words}
_YES = {"yes": "yes", "y": "yes", "true": "yes", "1": "yes", "x": "yes"}
_YES |= {"no": "no", "n": "no", "false": "no", "0": "no"}
_NONE = {"", "-", "\u2013", "?", "n/a", "na", "none", "unknown", "not known", "tbd"}
_BRACKETS = re.compile(r"(.+?) ?[(\[]([^()\[\]]*)[)\]]")  # of a text with single blanks


class Amount(NamedTuple):
    """A number and the currency that was written with it, if any."""

    number: float
    currency: str = ""


def same_currency(one: str, other: str) -> bool:
    """Return whether two ways to write a currency can mean the same.

    Examples
    --------
    >>> same_currency("KSh", "KES"), same_currency("$", "USD"), same_currency("USD", "KES")
    (True, True, False)
    """
    pair = [line(text).rstrip(".").casefold() for text in (one, other)]
    for written, code in (pair, pair[::-1]):
        meant = _CALLED.get(written) or _CALLED.get(written.removesuffix("s"), "")
        if code in (written, *meant.casefold().split()):
            return True
    return False


def titled_currency(title: str) -> str:
    """Return the currency that the title of a column has in brackets, or an empty string.

    Examples
    --------
    >>> titled_currency("Annual cost (KES)"), titled_currency("Annual cost (estimate)")
    ('KES', '')
    """
    found = _BRACKETS.fullmatch(line(title))
    words = found[2].split() if found else []
    return next((word for word in words if _CODE.fullmatch(word) or word in _CALLED), "")


@lru_cache(maxsize=256)
def shown_currency(number_format: str) -> str:
    """Return the currency that the number format of a cell shows, or an empty string.

    Examples
    --------
    >>> shown_currency("[$USD] #,##0"), shown_currency('#,##0 "€"'), shown_currency("#,##0.00")
    ('USD', '€', '')
    """
    # Only the section for positive numbers; and _x is a gap as wide as x, which is not shown.
    shown = re.sub(r"_.|\\", "", number_format.partition(";")[0])
    words = (word for found in _SHOWN.findall(shown) for part in found for word in part.split())
    return next((word.rstrip(".") for word in words if _is_currency(word)), "")


def _is_currency(word: str) -> bool:
    sign = len(word) == 1 and unicodedata.category(word) == "Sc"
    return sign or _CODE.fullmatch(word) is not None


def _digits(text: str) -> str:
    """Return a text with plain digits, blanks and separators, whatever the script."""
    text = "".join(_MARKS.get(c, c) for c in text.translate(_BLANKS))
    return " ".join("".join(str(unicodedata.decimal(c, c)) for c in text).split())


def amount(value: object) -> Amount | None:
    """Return the number that a cell holds; none if it says that nobody knows.

    Raises
    ------
    UnreadableError
        If it holds something else, or a number that can be read in two ways.

    Examples
    --------
    >>> amount("KES 1,200,000"), amount("1.200.000,50 €").number, amount("unknown")
    (Amount(number=1200000.0, currency='KES'), 1200000.5, None)
    """
    if isinstance(value, bool | date):
        raise UnreadableError(f"{line(str(value))!r} is not a number", "Type the number in digits.")
    if isinstance(value, int | float):
        return Amount(float(value))
    text = _digits(str(value))
    if text.casefold() in _NONE:
        return None
    found = _NUMBER.search(text)
    if not found:
        raise UnreadableError(f"{text[:40]!r} is not a number", "Type the number in digits.")
    beside = [text[: found.start()].strip(), text[found.end() :].strip()]
    words = [word for word in beside if word]
    currency = ""
    for word in words:
        if word.rstrip(".").casefold() in _LARGE:
            raise UnreadableError(f"{text[:40]!r} is shortened", "Write the number in full.")
        if not _is_currency(word):
            raise UnreadableError(
                f"{word[:40]!r} stands beside the number", "Type the number alone, in digits."
            )
        currency = word.rstrip(".")
    number = _number(found[2].strip(" '.,"))
    return Amount(-number if found[1] else number, currency)


def _number(written: str) -> float:
    """Return a number written plainly, or in groups of three digits, or of two as in India."""
    if written.isdecimal():
        return float(written)
    grouped = _GROUPED.fullmatch(written)
    if grouped and not (grouped[1] == "." and written.count(".") == 1):
        return float(_bare(written))
    found = _DECIMAL.fullmatch(written)
    whole, mark, rest = found.groups() if found else ("", "", "")
    apart = {c for c in whole if not c.isdecimal()}
    if not whole or mark in apart or (apart and not _GROUPED.fullmatch(whole)):
        raise UnreadableError(
            f"{written[:40]!r} is not a number", "Type one number, without separators."
        )
    whole = _bare(whole)
    if len(rest) == 3 and whole.strip("0") and not apart & {".", ","}:  # noqa: PLR2004 - thousands?
        both = f"{whole}{rest}", f"{whole}.{rest}"
        raise UnreadableError(
            f"{written[:40]!r} may mean {both[0][:40]} or {both[1][:40]}",
            f"Type {both[0][:40]} if that is meant.",
        )
    return float(f"{whole}.{rest}")


def _bare(written: str) -> str:
    return "".join(c for c in written if c.isdecimal())


def _between(number: float, most: float) -> float:
    if number < 0:
        raise UnreadableError("the number is negative", "Type a number from 0 on.")
    if not number <= most:
        raise UnreadableError("the number is too large to be true", f"At most {most:,.0f} fits.")
    return number


def money(value: object) -> Amount | None:
    """Return an amount of money from 0 on."""
    found = amount(value)
    return found._replace(number=_between(found.number, MOST_MONEY)) if found else None


def people(value: object) -> int | None:
    """Return a number of people.

    Examples
    --------
    >>> people("12 500"), people("")
    (12500, None)
    """
    found = amount(value)
    if found is None:
        return None
    if found.currency or not _between(found.number, MOST_PEOPLE).is_integer():
        raise UnreadableError(f"{line(str(value))[:40]!r} is no number of people", "Round it.")
    return int(found.number)


def year(value: object) -> int | None:
    """Return a year, also from a date.

    Examples
    --------
    >>> year("March 2015"), year(date(2019, 7, 1)), year(2008.0)
    (2015, 2019, 2008)
    """
    if isinstance(value, date):
        return _in_years(value.year, str(value))
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    text = _digits(text)
    if text.casefold() in _NONE:
        return None
    found = list(dict.fromkeys(_YEAR.findall(text)))
    if len(found) != 1:
        said = "names several years" if found else "is not a year"
        raise UnreadableError(
            f"{text[:40]!r} {said}", "Type the year in which it came into use, such as 2015."
        )
    return _in_years(int(found[0]), text)


def _in_years(number: int, text: str) -> int:
    if not EARLIEST <= number <= LATEST:
        raise UnreadableError(f"{text[:40]!r} cannot be true", "Type the year, such as 2015.")
    return number


def yes_no(value: object) -> str:
    """Return yes or no; empty if nobody knows."""
    text = line(str(value)).casefold()
    found = "" if text in _NONE else _YES.get(text.removesuffix(".0"))
    if found is None:
        raise UnreadableError(f"{text[:40]!r} is neither yes nor no", "Choose from the dropdown.")
    return found


def quality(value: object) -> str:
    """Return how well a block is served; empty if nobody judged it.

    Examples
    --------
    >>> quality("Partially"), quality("not judged")
    ('partly', '')
    """
    text = line(str(value))
    found = _QUALITIES.get("" if text.casefold() in _NONE else fold(text))
    if found is None:
        hint = did_you_mean(text, [q for q in QUALITIES if q])
        raise UnreadableError(
            f"{text[:40]!r} does not say how well", hint or "Choose from the dropdown."
        )
    return found


def _block(text: str, names: Names) -> str:
    """Return the key of the block that is meant: one of the tables, or one of the team's own."""
    key = names.key("building_block", text)
    return key if key.startswith("own:") or names.has("building_block", key) else ""


def blocks(value: object, names: Names, note: Callable[[UnreadableError], None]) -> dict[str, str]:
    """Return the building blocks that a cell names, with how well; every problem goes to `note`.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.planning.names import names_of
    >>> blocks("Payments (well); consent", names_of(govstack_kit.load()), print)
    {'govstack:payments': 'well', 'govstack:consent': ''}
    """
    found: dict[str, str] = {}
    for part in parts(str(value)):
        bare, judged = part, ""
        key = _block(bare, names)
        bracketed = None if key else _BRACKETS.fullmatch(line(part))
        if bracketed:
            bare, judged = bracketed[1], bracketed[2]
            key = _block(bare, names)
        if not key:
            hint = did_you_mean(bare, names.all_names("building_block"))
            fix = hint or "Use a name of the sheet Lists; separate several with semicolons."
            note(UnreadableError(f"{line(bare)[:60]!r} is no building block", fix))
            continue
        try:
            found[key] = quality(judged) or found.get(key, "")
        except UnreadableError as error:
            found.setdefault(key, "")
            note(error)
    return found
