"""Names and amounts as the sentences of this folder have them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMED = 5  # names in a sentence before "and 4 more"
_WHOLE = 1_000  # amounts from here on are written without decimals
_CENT = 0.01  # and those below this one with two digits that say something


def listed(names: Iterable[object], joint: str = "and") -> str:
    """Return names as a sentence has them, at most a few.

    Examples
    --------
    >>> listed(["GIS", "Wallet"]), listed("ab", "or"), listed("abcdefg")
    ('GIS and Wallet', 'a or b', 'a, b, c, d, e and 2 more')
    """
    found = [str(name) for name in names]
    if len(found) > _NAMED + 1:
        return f"{', '.join(found[:_NAMED])} {joint} {len(found) - _NAMED} more"
    return f" {joint} ".join(filter(None, [", ".join(found[:-1]), *found[-1:]]))


def percent(share: float) -> str:
    """Return a share in per cent, as it stands in sentences.

    Examples
    --------
    >>> percent(0.9), percent(0.655), percent(0.8213)
    ('90 %', '65.5 %', '82.1 %')
    """
    return f"{100 * share:.3g} %"


def points(difference: float) -> str:
    """Return the difference of two shares.

    Examples
    --------
    >>> points(0.05), points(0.0483), points(0.01)
    ('5 percentage points', '4.8 percentage points', '1 percentage point')
    """
    shown = f"{100 * difference:.2g}"
    return f"{shown} percentage point{'' if shown == '1' else 's'}"


def at_least(value: float) -> str:
    """Return an amount that is enough also when it is read as it is written.

    Examples
    --------
    >>> at_least(1234.4), at_least(0.123), at_least(20.0)
    ('1,235', '0.13', '20')
    """
    step = 1.0 if abs(value) >= _WHOLE else _CENT
    rounded = math.ceil(round(value / step, 6)) * step
    return money(value if abs(value) < _CENT else round(rounded, 2))


def at_most(share: float) -> str:
    """Return a share in per cent that is not too much also when it is read as it is written.

    Examples
    --------
    >>> at_most(2 / 3), at_most(0.65)
    ('66.6 %', '65 %')
    """
    return percent(math.floor(round(share * 1e3, 6)) / 1e3)


def money(value: float) -> str:
    """Return an amount as people write it: large ones without what is behind the point.

    Examples
    --------
    >>> money(1250000.4), money(0.5), money(0.0042)
    ('1,250,000', '0.5', '0.0042')
    """
    if not math.isfinite(value):
        return "not known"
    if abs(value) >= _WHOLE or value == round(value):
        return f"{value + 0.0:,.0f}"  # no minus before a zero
    if abs(value) < _CENT:
        return f"{value:.2g}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")
