"""Which parameter or field of a candidate stands for which published one.

Each stands for one at most: first for what has its name, and only then for what has the same
letters and digits. Names that have neither are compared as they are written.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from govstack_kit.sources._plain import plain
from govstack_kit.sources._schemas import CIRCULAR, outer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

BY_NAME = ("query", "header", "cookie")  # parameters in the path are told by their order
_T = TypeVar("_T")


class Part(NamedTuple):
    """A parameter or field, as in the frame ``parts`` of an interface."""

    place: str
    name: str
    required: bool
    type: str
    status: str
    media: str

    @property
    def level(self) -> str:
        """Required or optional."""
        return "required" if self.required else "optional"

    def __str__(self) -> str:
        if self.name:
            kind = "parameter" if self.place not in ("request", "response") else "field"
            return f"{self.place} {kind} `{self.name}`"
        return "request body" if self.place == "request" else "answer"


def of_place(sides: Iterable[list[Part]], place: str) -> list[list[Part]]:
    """Return what several operations have in a place."""
    return [[part for part in side if part.place == place] for side in sides]


def served(asked: list[Part], published: list[Part], candidate: list[Part]) -> dict[Part, Part]:
    """Return the candidate's part for each parameter: in its own place, or else in any other."""
    there: dict[Part, Part] = {}
    for place in BY_NAME:
        ours, theirs = of_place((asked, candidate), place)
        there |= _one_to_one(ours, theirs, _folded if place == "header" else _name, _similar)
    # Elsewhere are those that serve nothing published: of the path, those at its beginning.
    taken = set(there.values())
    ours, theirs = of_place((published, candidate), "path")
    free = theirs[: max(len(theirs) - len(ours), 0)]
    free += [part for part in candidate if part.place in BY_NAME and part not in taken]
    known = {_letters(part.name) for part in published if part.place == "request"}
    sent = (part for part in candidate if part.place == "request" and part.name)
    free += [part for part in sent if _letters(part.name) not in known]
    left = [part for part in asked if part not in there]
    return there | _one_to_one(left, free, _name, lambda part: _letters(part.name))


class Names:
    """Finds the fields that stand for those of `ours`: by name, or by its letters and digits.

    Each stands for one. What is similar is looked for within what stands for the field around it.
    """

    def __init__(self, parts: list[Part], ours: Sequence[Part] = ()) -> None:
        self.known = {part.name: part for part in parts}
        self._again: dict[str, Part | None] = {}
        self._plain: dict[str, Part] | None = None
        self._there = {part.name: part.name for part in ours if part.name in self.known}
        asked = _labels((part.name for part in ours), self._there)
        free = _labels(self.known, self._there) if asked else {}
        for within, labels in asked.items() if free else ():
            at = self._there.get(within)
            if at is not None:
                pairs = _one_to_one(labels, free.get(at, []), str, _plain)
                self._there |= {within + label: at + other for label, other in pairs.items()}

    def find(self, name: str) -> Part | None:
        """Return the part with a name, or the one that stands for it."""
        return self.known.get(self._there.get(name, name))

    def around_again(self, name: str) -> Part | None:
        """Return what stands for a field below a circle: the circle goes on as it began.

        Where it began is one of the fields that it lies in, so the rest of the name is looked for
        below each of them. What is below none of them is not there.

        Examples
        --------
        >>> whole = Part("response", "", True, "object", "", "")
        >>> leaf = whole._replace(name="leaf", type="string")
        >>> tree = whole._replace(name="trees[]", required=False, type="circular")
        >>> names = Names([whole, leaf, tree])
        >>> names.around_again("trees[].trees[].leaf").type, names.around_again("trees[].root")
        ('string', None)
        """
        if name not in self._again:
            self._again[name] = None
            near = ((at, self.find(at)) for at in holders(name))
            at, circle = next(((at, part) for at, part in near if part), ("", None))
            if circle and circle.type == CIRCULAR:
                rest = name[len(at) :]
                for began in holders(circle.name):
                    again = began + rest if began else rest.removeprefix(".")
                    found = self.find(again) or self._like(again) or self.around_again(again)
                    if found:
                        required = circle.required and found.required
                        self._again[name] = found._replace(name=name, required=required)
                        break
        return self._again[name]

    def _like(self, name: str) -> Part | None:
        """Return the first part with a similar name, whatever else it stands for."""
        if self._plain is None:
            self._plain = {}
            for part in self.known.values():
                self._plain.setdefault(_plain(part.name), part)
        return self._plain.get(_plain(name))


def _labels(names: Iterable[str], there: dict[str, str]) -> dict[str, list[str]]:
    """Return what fields are called within those around them, but for those in `there`."""
    known = dict.fromkeys(names)
    found: dict[str, list[str]] = {}
    for name in known:
        if name not in there:
            within = next((one for one in holders(name) if one in known), "")
            found.setdefault(within, []).append(name[len(within) :])
    return found


def _one_to_one(
    ours: Sequence[_T], theirs: Sequence[_T], *ways: Callable[[_T], str]
) -> dict[_T, _T]:
    """Return which of theirs is the same as each of ours in one way, or else in the next.

    Examples
    --------
    >>> _one_to_one(["user_id", "userId"], ["userId", "x"], str, _plain)
    {'userId': 'userId'}
    """
    found: dict[_T, _T] = {}
    for way in ways:
        taken = set(found.values())
        left: dict[str, list[_T]] = {}
        for one in reversed(theirs):
            if one not in taken:
                left.setdefault(way(one), []).append(one)
        for one in ours:
            if one not in found and left.get(way(one)):
                found[one] = left[way(one)].pop()
    return found


@lru_cache(maxsize=1 << 14)
def _plain(name: str) -> str:
    """Return the letters and digits of a name; what is made of signs alone stays as written.

    Examples
    --------
    >>> _plain("User-IDs[].own_name"), _plain("$[]")
    ('userids[].ownname', '$[]')
    """
    return ".".join(_letters(word) + "[]" * word.count("[]") for word in name.split("."))


def _letters(name: str) -> str:
    return plain(name) if any(c.isalnum() for c in name) else name.replace("[]", "")


def _name(part: Part) -> str:
    return part.name


def _folded(part: Part) -> str:
    return part.name.casefold()


def _similar(part: Part) -> str:
    return _plain(part.name)


def holders(name: str) -> Iterator[str]:
    """Yield the names of what a field lies in, from near to far, the body last."""
    while name:
        name = outer(name)
        yield name
