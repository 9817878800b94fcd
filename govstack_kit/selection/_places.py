"""Which countries a text names: a country by one of its names or codes, or a region of the world.

Definitions
-----------
A *place* is a country or area of the table ``countries``, or one of the regions of M49 that the
table has for it. What names both, such as Micronesia, is the country. A country that the table
does not have yet is in no region, and stands for itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from govstack_kit.errors import did_you_mean
from govstack_kit.planning.names import fold

if TYPE_CHECKING:
    from govstack_kit.framework.framework import Framework

_LEVELS = ("region", "subregion", "part")
_ALSO = {  # what people say for regions of M49
    "Central Africa": "Middle Africa",
    "East Africa": "Eastern Africa",
    "East Asia": "Eastern Asia",
    "Latin America": "Latin America and the Caribbean",
    "North Africa": "Northern Africa",
    "North America": "Northern America",
    "South Asia": "Southern Asia",
    "Southeast Asia": "South-eastern Asia",
    "West Africa": "Western Africa",
    "West Asia": "Western Asia",
}


class Places:
    """The countries and regions of a framework.

    Parameters
    ----------
    framework
        The tables.

    Examples
    --------
    >>> import govstack_kit
    >>> places = Places(govstack_kit.load())
    >>> sorted(places.meant("ken")), sorted(places.meant("North Africa"))
    (['KE'], ['DZ', 'EG', 'EH', 'LY', 'MA', 'SD', 'TN'])
    """

    def __init__(self, framework: Framework) -> None:
        table = framework.countries.fillna("")
        self.regions = sorted(set(table["region"]) - {""})
        self._names: dict[str, str] = {}  # as people write it: the region or country by its name
        self._countries: dict[str, str] = {}
        self._within: dict[str, set[str]] = {}
        for row in table.to_dict("records"):
            for name in (row["country"], row["code"], row["code3"]):
                self._countries[fold(name)] = row["code"]
            self._names[fold(row["country"])] = row["country"]
            for region in {row[level] for level in _LEVELS} - {""}:
                self._within.setdefault(fold(region), set()).add(row["code"])
                self._names[fold(region)] = region
        for said, region in _ALSO.items():
            if fold(region) in self._within:
                self._within[fold(said)] = self._within[fold(region)]
                self._names[fold(said)] = said

    def country(self, name: str) -> str:
        """Return what a country is known by: its code, or its name if no code is known."""
        return self._countries.get(fold(name), fold(name))

    def meant(self, text: str) -> set[str]:
        """Return the countries that a text names; none if it is no place that is known."""
        key = fold(text)
        if key in self._countries:
            return {self._countries[key]}
        return set(self._within.get(key, ()))

    def near(self, text: str) -> str:
        """Return the places that a mistyped text is nearest to, as a question."""
        return did_you_mean(text, self._names.values())
