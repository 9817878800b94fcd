"""Amounts in figures: written short, and round distances between lines."""

from __future__ import annotations

import math

THOUSAND, MILLION, BILLION = 1e3, 1e6, 1e9
TICKS = 5  # at most so many lines above the lowest


def amount(value: float) -> str:
    """Return an amount with at most three or four digits, as a figure has room for it.

    Examples
    --------
    >>> amount(857_000_000), amount(2_714_286), amount(116_000), amount(57), amount(0.25)
    ('857 million', '2.71 million', '116,000', '57', '0.25')
    """
    size = abs(value)
    for unit, name in ((BILLION, " billion"), (MILLION, " million")):
        if size >= unit * 0.9995:
            return f"{_digits(value / unit)}{name}"
    return f"{value:,.0f}" if size >= THOUSAND else _digits(value)


def _digits(value: float) -> str:
    """Return a number with three digits that count, or all before the point."""
    places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2  # noqa: PLR2004 - powers of ten
    said = f"{value * (1 + 1e-12):,.{places}f}"  # a half goes up, as people expect
    return said.rstrip("0").rstrip(".") if "." in said else said


def step(most: float) -> float:
    """Return a round distance between lines, so that few of them reach the largest value.

    Examples
    --------
    >>> step(1225), step(0.9), step(0)
    (500.0, 0.2, 1.0)
    """
    if not most > 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(most / TICKS))
    return next(factor * size for factor in (1, 2, 5, 10) if most / (factor * size) <= TICKS)


def ticks(low: float, high: float) -> list[float]:
    """Return round values from at or below `low` to at or above `high`.

    Examples
    --------
    >>> ticks(0, 7), ticks(-3, 4)
    ([0.0, 2.0, 4.0, 6.0, 8.0], [-4.0, -2.0, 0.0, 2.0, 4.0])
    """
    apart = step(high - low)
    first, last = math.floor(low / apart + 1e-9), math.ceil(high / apart - 1e-9)
    return [number * apart for number in range(first, max(last, first + 1) + 1)]
