"""What a candidate must be: the filters of the shortlist, and what is known for each.

Definitions
-----------
A filter says yes, no or nothing (not known) of each candidate; only yes passes, unless what is not
known is to be kept. Of which no candidate anything is known, *cannot be applied*. The words are
those of :mod:`.shortlist`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypedDict

import pandas as pd

from govstack_kit.errors import ArgumentError, did_you_mean, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from govstack_kit.selection._places import Places

EVIDENCE = ("listed", "declared", "curated")
GOALS = range(1, 18)
ASKED = {  # by filter: what it asks of a candidate
    "open_source": "licence",
    "language": "language",
    "region": "country",
    "goal": "goal",
}
_NOTES = {
    "open_source": "Judged by the licence.",
    "language": "No list publishes it: only what the plan says of its options counts.",
    "region": (
        "Where it is on record as deployed, or the plan says so. That nothing is on record there "
        "does not prove that it is not in use there."
    ),
    "goal": "The goals that the product itself names.",
}
_APPROVED = (
    *("0BSD", "AGPL-3.0", "Apache-2.0", "Artistic-2.0", "BSD-2-Clause", "BSD-3-Clause"),
    *("EPL-1.0", "EPL-2.0", "EUPL-1.1", "EUPL-1.2", "GPL-2.0", "GPL-3.0", "ISC", "LGPL-2.1"),
    *("LGPL-3.0", "MIT", "MPL-2.0", "NPOSL-3.0", "PostgreSQL", "Unlicense", "Zlib"),
)
_OPEN = ("CC0-1.0", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0", "ODbL-1.0")
_OPEN_GOVERNMENT = ("OGL-UK-2.0", "OGL-UK-3.0")
_KNOWN_OPEN = {name.casefold() for name in (*_APPROVED, *_OPEN, *_OPEN_GOVERNMENT)} | {
    "lgpl-2.0"  # superseded, and approved as such
}


class Filters(TypedDict, total=False):
    """What a candidate must be; a filter that is missing, None or False asks for nothing."""

    open_source: bool
    digital_public_good: bool
    language: str | None
    region: str | None
    evidence: str | Iterable[str] | None
    goal: int | Iterable[int] | None
    keep_unknown: bool


class Filter(NamedTuple):
    """A filter: its name, its value as text, and yes, no or empty for each candidate."""

    name: str
    value: str
    found: pd.Series[str]

    @property
    def applies(self) -> bool:
        """Whether anything is known of any candidate, if there are some."""
        return self.found.empty or bool((self.found != "").any())

    def note(self, unknown: int) -> str:
        """Return what it goes by, and of how many products nothing is known."""
        asked = ASKED.get(self.name, self.name)
        if not self.applies:
            return f"Cannot be applied: no {asked} is known of any candidate."
        of = f"{unknown} product{'s' * (unknown != 1)}"
        counted = f"No {asked} is known of {of}." if unknown else ""
        return " ".join(filter(None, [_NOTES.get(self.name, ""), counted]))


def is_open_source(licence: str) -> str:
    """Return whether a licence, or several with commas between, is an open one: yes, no or empty.

    Examples
    --------
    >>> is_open_source("AGPL-3.0"), is_open_source("CC-BY-NC-SA-4.0"), is_open_source("Own terms")
    ('yes', 'no', '')
    """
    parts = [part.strip().casefold() for part in licence.split(",")]
    bare = [
        part.removesuffix("-or-later").removesuffix("-only").removesuffix("+") for part in parts
    ]
    if any("-nc" in part for part in bare):
        return "no"
    return "yes" if all(part in _KNOWN_OPEN for part in bare) else ""


def _one_of(name: str, value: object, allowed: Iterable[object]) -> list[object]:
    """Return the values of a filter, if they are allowed."""
    single = isinstance(value, str | int) or not hasattr(value, "__iter__")
    values = [value] if single else list(value)  # type: ignore[call-overload]
    known = list(allowed)
    wrong = [found for found in values if isinstance(found, bool) or found not in known]
    if wrong or not values:
        said = f"{quote(wrong[0])} is no {name}." if wrong else f"Name at least one {name}."
        raise ArgumentError(f"{said} Allowed: {', '.join(map(str, known))}.")
    return values


def _has(frame: pd.DataFrame, column: str, wanted: Iterable[object]) -> pd.Series[str]:
    """Return yes, no or empty: whether a list in a column has one of the wanted values."""
    keys = {str(value).strip().casefold() for value in wanted}

    def found(text: str) -> str:
        there = {part.strip().casefold() for part in text.split(",")} - {""}
        return "" if not there else "yes" if there & keys else "no"

    return frame[column].map(found).astype("str")


def _flags(frame: pd.DataFrame, given: Filters) -> Iterator[Filter]:
    for flag in ("open_source", "digital_public_good", "keep_unknown"):
        value = given.get(flag)
        if not isinstance(value, bool | None):
            raise ArgumentError(f"{flag} is True or False, not {quote(value)}.")
        if value and flag != "keep_unknown":
            yield Filter(flag, "yes", frame[flag])


def _text(given: Filters, name: str, example: str) -> str:
    text = given.get(name)
    if not isinstance(text, str | None):
        raise ArgumentError(f"{name} is a text, such as {example!r}, not {quote(text)}.")
    return (text or "").strip()


def _in_region(frame: pd.DataFrame, text: str, places: Places) -> pd.Series[str]:
    """Return yes, no or empty: whether each is in use in a country or region."""
    wanted, said = places.meant(text), text.casefold()

    def found(deployed: str, own: str) -> str:
        words = [word.strip().casefold() for word in own.split(",") if word.strip()]
        there = {places.country(name) for name in deployed.split("; ") if name}
        if said in words or any(places.meant(w) and places.meant(w) <= wanted for w in words):
            return "yes"
        if not wanted:  # a word that only the plan has
            return "no" if words else ""
        return "yes" if there & wanted else "no" if there or words else ""

    pairs = zip(frame["deployed_in"], frame["regions"], strict=True)
    answers = pd.Series([found(*pair) for pair in pairs], index=frame.index, dtype="str")
    if not wanted and "yes" not in set(answers):
        hint = places.near(text)
        raise ArgumentError(
            f"{quote(text)} is no country or region that the kit knows, and no option of a plan "
            f"names it. {hint} Name a country, or a region such as {', '.join(places.regions)} "
            "or Eastern Africa.".replace("  ", " ")
        )
    return answers


def filters_of(frame: pd.DataFrame, given: Filters, places: Places) -> Iterator[Filter]:
    """Yield the filters that ask for something."""
    known = list(Filters.__annotations__)
    for name in given:
        if name not in known:
            hint = did_you_mean(name, known)
            raise ArgumentError(
                f"There is no filter {quote(name)}. {hint} Allowed: {', '.join(known)}."
            )
    yield from _flags(frame, given)
    if language := _text(given, "language", "French"):
        yield Filter("language", language, _has(frame, "languages", [language]))
    if region := _text(given, "region", "Kenya"):
        yield Filter("region", region, _in_region(frame, region, places))
    if given.get("evidence") is not None:
        kinds = _one_of("evidence", given["evidence"], EVIDENCE)
        yield Filter("evidence", ", ".join(map(str, kinds)), _has(frame, "evidence", kinds))
    if given.get("goal") is not None:
        goals = _one_of("goal", given["goal"], GOALS)
        yield Filter("goal", ", ".join(map(str, goals)), _has(frame, "goals", goals))


def keep(found: Iterable[Filter], frame: pd.DataFrame, *, unknown: bool) -> pd.Series[bool]:
    """Return which candidates pass all filters."""
    kept = pd.Series(data=True, index=frame.index)
    for one in found:
        kept &= one.found.isin(["yes", ""] if unknown else ["yes"])
    return kept
