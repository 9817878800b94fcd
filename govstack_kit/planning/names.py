"""Which workflow, building block, target or sector is meant by a name as people write it.

Definitions
-----------
Names are compared without case, accents, punctuation and blanks; ``&`` is ``and``. Known are the
ids, the names and the other names of the framework; where GovStack and the framework of 2019 share
a name, GovStack's is meant.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from govstack_kit.words import fold

if TYPE_CHECKING:
    from govstack_kit.framework.framework import Framework

_CODE = re.compile(
    r"(?:sdg|goal|target)?s? *([0-9]{1,2}(?:\.(?:[0-9]{1,2}|[a-z]))?)(?![\w.])", re.IGNORECASE
)
_BLOCK = re.compile(r"(govstack|dif|own):[\w-]+")
Layer = Literal["workflow", "building_block"]
LAYERS: tuple[Layer, ...] = ("workflow", "building_block")
TOLD = {  # the table, and its column, that says more of what is in a layer
    "workflow": ("workflow_examples", "example"),
    "building_block": ("building_block_functions", "function"),
}


class Names:
    """The names in a framework, and what each means.

    Parameters
    ----------
    framework
        The tables.

    Examples
    --------
    >>> import govstack_kit
    >>> names = names_of(govstack_kit.load())
    >>> names.key("workflow", "Communication"), names.key("building_block", "digital registry")
    ('client-communication', 'govstack:digital-registries')
    """

    def __init__(self, framework: Framework) -> None:
        goals, targets = framework.sdg_goals, framework.sdg_targets
        self._goals = dict(zip(goals["goal"].astype("str"), goals["name"], strict=True))
        targets_ = dict(zip(targets["target"], targets["label"], strict=True))
        self._names: dict[str, dict[str, str]] = {"target": self._goals | targets_}
        self._keys: dict[str, dict[str, str]] = {}
        self._about: dict[str, str] = {}
        for layer in (*LAYERS, "sector"):
            table = getattr(framework, f"{layer}s")
            self._names[layer] = dict(zip(table[layer], table["name"], strict=True))
            pairs = list(self._names[layer].items())
            if layer in LAYERS:
                self._about |= dict(zip(table[layer], table["summary"].fillna(""), strict=True))
                others = getattr(framework, f"{layer}_names")
                pairs += zip(others[layer], others["name"], strict=True)
            pairs.sort(key=lambda pair: pair[0].startswith("dif:"))  # GovStack's first
            known: dict[str, str] = {}
            for key, name in (*pairs, *((key, key) for key in table[layer])):
                known.setdefault(fold(name), key)
            self._keys[layer] = known

    def key(self, layer: str, name: str) -> str:
        """Return the key that a name means in a layer, or an empty text if it means none.

        A building block that is written as its id means itself, whether the framework has it or
        not.
        """
        if layer == "target":
            code = _CODE.match(name.strip())
            found = code[1].lower() if code else ""
            return found if found in self._names["target"] else self.goal(name)
        if layer == "building_block" and _BLOCK.fullmatch(name):
            return name
        return self._keys[layer].get(fold(name), "") if fold(name) else ""

    def name(self, layer: str, key: str) -> str:
        """Return the name of a key, or the key itself if the framework does not have it."""
        return self._names[layer].get(key, key)

    def about(self, key: str) -> str:
        """Return one sentence on what a workflow is, or what a block does; empty if not known.

        Examples
        --------
        >>> import govstack_kit
        >>> names_of(govstack_kit.load()).about("govstack:gis")
        'Links information to places and shows it on maps.'
        """
        first = self._about.get(key, "").split(". ")[0].rstrip(".")
        return f"{first}." if first else ""

    def has(self, layer: str, key: str) -> bool:
        """Return whether the framework has a key."""
        return key in self._names[layer]

    def written(self, layer: str, key: str, printed: str = "") -> str:
        """Return how to write a key so that it reads back: as printed, by its name, or as it is.

        Examples
        --------
        >>> import govstack_kit
        >>> names = names_of(govstack_kit.load())
        >>> names.written("target", "2"), names.written("building_block", "dif:payments")
        ('SDG 2', 'dif:payments')
        """
        usual = f"SDG {key}" if layer == "target" else self.name(layer, key)
        return next((n for n in (printed, usual) if n and self.key(layer, n) == key), key)

    def every(self, layer: str) -> list[str]:
        """Return the names of a layer, sorted; of building blocks, those of GovStack."""
        return sorted(n for k, n in self._names[layer].items() if not k.startswith("dif:"))

    def goal(self, name: str) -> str:
        """Return the number of the goal that is called `name`, or an empty text."""
        return next((k for k, n in self._goals.items() if fold(n) == fold(name)), "")


@lru_cache(maxsize=4)
def names_of(framework: Framework) -> Names:
    """Return the names in a framework, made once."""
    return Names(framework)
