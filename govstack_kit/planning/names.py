"""Which workflow, building block, target or sector is meant by a name as people write it.

Definitions
-----------
Names are compared without case, accents, punctuation and blanks; ``&`` is ``and``. Known are the
ids, the names and the other names of the framework; where GovStack and the framework of 2019 share
a name, GovStack's is meant.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from govstack_kit.framework.framework import Framework

_CODE = re.compile(
    r"(?:sdg|goal|target)?s? *([0-9]{1,2}(?:\.(?:[0-9]{1,2}|[a-z]))?)(?![\w.])", re.IGNORECASE
)
_OWN_KEY = re.compile(r"(govstack|dif|own):[\w-]+")


def fold(name: str) -> str:
    """Return a name without what does not matter for comparing.

    Examples
    --------
    >>> fold("e-Marketplace"), fold("Work planning & coordination")
    ('emarketplace', 'workplanningandcoordination')
    """
    bare = unicodedata.normalize("NFKD", name.replace("&", " and ").casefold())
    return "".join(c for c in bare if c.isalnum())


class Names:
    """The names in a framework, and what each means.

    Parameters
    ----------
    framework
        The tables.

    Examples
    --------
    >>> import govstack_kit
    >>> names = Names(govstack_kit.load())
    >>> names.key("workflow", "Communication"), names.key("building_block", "digital registry")
    ('client-communication', 'govstack:digital-registries')
    """

    def __init__(self, framework: Framework) -> None:
        self._found: dict[str, dict[str, str]] = {}
        self._names: dict[str, dict[str, str]] = {}
        self._targets = _labels(framework.sdg_targets, "target", "label")
        self._goals = _labels(framework.sdg_goals, "goal", "name")
        for layer in ("workflow", "building_block"):
            table, others = getattr(framework, f"{layer}s"), getattr(framework, f"{layer}_names")
            self._names[layer] = _labels(table, layer, "name")
            pairs = [*_pairs(table, layer, "name"), *_pairs(others, layer, "name")]
            pairs.sort(key=lambda pair: pair[0].startswith("dif:"))  # GovStack's first
            known: dict[str, str] = {}
            for key, name in [*pairs, *_pairs(table, layer, layer)]:
                known.setdefault(fold(name), key)
            self._found[layer] = known
        self._found["sector"] = {}
        for key, name in _pairs(framework.sectors, "sector", "name"):
            self._found["sector"] |= {fold(name): key, fold(key): key}
        self._names["sector"] = _labels(framework.sectors, "sector", "name")

    def key(self, layer: str, name: str) -> str:
        """Return the key that a name means in a layer, or an empty string if it means none."""
        if layer == "target":
            return self._target(name)
        known = self._found[layer]
        if _OWN_KEY.fullmatch(name) and layer == "building_block":
            return name
        return known.get(fold(name), "") if fold(name) else ""

    def has(self, layer: str, key: str) -> bool:
        """Return whether the framework has a key; one that is written out means itself anyway."""
        return key in self._names[layer]

    def name(self, layer: str, key: str) -> str:
        """Return the name of a key, or the key itself if the framework does not have it."""
        if layer == "target":
            return self._targets.get(key) or self._goals.get(key) or key
        return self._names[layer].get(key, key)

    def written(self, layer: str, key: str, printed: str = "") -> str:
        """Return how to write a key so that it reads back: as printed, by its name, or as it is."""
        for name in (printed, self.usual(layer, key)):
            if name and self.key(layer, name) == key:
                return name
        return key

    def usual(self, layer: str, key: str) -> str:
        """Return how a key is written when nothing else was printed.

        Examples
        --------
        >>> import govstack_kit
        >>> names_of(govstack_kit.load()).usual("target", "2")
        'SDG 2'
        """
        return f"SDG {key}" if layer == "target" else self.name(layer, key)

    def all_names(self, layer: str) -> list[str]:
        """Return the names of a layer, sorted; of building blocks, those of GovStack."""
        names = self._names[layer]
        return sorted(n for k, n in names.items() if not k.startswith("dif:"))

    def goal(self, name: str) -> str:
        """Return the number of the goal that is called `name`, or an empty string."""
        return next((k for k, n in self._goals.items() if fold(n) == fold(name)), "")

    def _target(self, name: str) -> str:
        found = _CODE.fullmatch(name.strip().lower()) or _CODE.match(name.strip().lower())
        code = found[1] if found else ""
        if code in self._targets or code in self._goals:
            return code
        return self.goal(name)


def _pairs(table: pd.DataFrame, key: str, name: str) -> list[tuple[str, str]]:
    return list(zip(table[key].astype(str), table[name].astype(str), strict=True))


def _labels(table: pd.DataFrame, key: str, name: str) -> dict[str, str]:
    return dict(_pairs(table, key, name))


_NAMES: WeakKeyDictionary[Framework, Names] = WeakKeyDictionary()  # made once per framework


def names_of(framework: Framework) -> Names:
    """Return the names in a framework, made once."""
    if framework not in _NAMES:
        _NAMES[framework] = Names(framework)
    return _NAMES[framework]


def parts(cell: str) -> Iterable[str]:
    """Yield the names in a cell that lists them, separated by semicolons or line ends.

    Examples
    --------
    >>> list(parts("Payments; Consent ;- Messaging;"))
    ['Payments', 'Consent', 'Messaging']
    """
    for part in re.split(r"[;\n\u061b]", cell):
        name = re.sub("^[-*\u2022]\\s+", "", part.strip())
        if name:
            yield name
