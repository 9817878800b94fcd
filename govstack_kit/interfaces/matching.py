"""Which operation of a candidate stands for which published one, and which part for which.

Definitions
-----------
Two paths are the *same* when they are once case, the names of parameters, slashes at the end and
what follows a question mark are left out, and once the *beginning* of either is: the path of its
server, what the paths of its file begin with (all of them, or all but a few such as ``/health``),
and words such as ``api``, ``v1`` or the name of the building block. Of a candidate a beginning is
also whatever stands before at least two published paths, so that modules may each have one of
their own; paths that are the same without it go first. A path is never reduced to parameters alone.

Operations with the same path and method are *there*. They are paired one to one, so that as many as
possible are there and, among several for the same place, those that agree best. Only where a block
publishes several operations with the same method and path, as that for payments does in separate
files, one operation may stand for all of them: no server can offer it twice.

What is left is paired with what is left, one to one, if it is *near*: the same method on a similar
path or on one that ends as the published one, another method on the same path, or the same
operationId. Similarity is the share of three-letter pieces that the paths have in common (Dice).

Parameters and fields are paired one to one as well: first those with the same name, then those
whose names have the same letters and digits. Names that have neither count as they are written.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from govstack_kit import words
from govstack_kit.errors import needed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from govstack_kit.interfaces.openapi import Part

SIMILAR = 0.6  # paths that share less are not near: about one word of three may differ
SAME_NAME, SAME_PATH = 0.8, 0.7  # how near operations are with the same operationId, the same path
FEWEST_PATHS = 3  # that a file has, for what they have in common to be a beginning
FEWEST_AGREEING = 2  # published paths that stand after the same words, for these to be a beginning
LARGE_SHARE = 0.75  # of the paths of a file: what so many begin with can be a beginning
MOST_WORDS = 50  # of a path that are compared, from its end
APART = 1_000  # words that a beginning counts as, if only published paths tell that it is one
SHORTEST_NAME = 4  # letters of an operationId that says something
THERE, NEAR, MISSING = "there", "near", "missing"
BY_NAME = ("query", "header", "cookie")  # parameters in the path are told by their order
_GENERIC = re.compile(r"api|apis|rest|public|govstack|v\d+([._]\d+)*|\d+\.\d+")
_PARAMETER = "{}"
Words = tuple[str, ...]
_T = TypeVar("_T")


class Place(NamedTuple):
    """Where an operation is.

    `keys` holds the ways to write its path, with how many words of the beginning each leaves out;
    `ends` the published paths in which it ends although nothing tells that it is one of them.
    """

    method: str
    keys: dict[Words, int]
    ends: frozenset[Words]
    pieces: frozenset[str]
    name: str


# --- operations -----------------------------------------------------------------------------------


def words_of(path: str) -> Words:
    """Return the words of a path, as far as they matter.

    Examples
    --------
    >>> words_of("/Vouchers/{serialNumber}/?status=new")
    ('vouchers', '{}')
    """
    path = re.sub(r"\{[^{}]*\}", _PARAMETER, path.partition("?")[0]).casefold()
    return tuple(word for word in path.split("/") if word)[-MOST_WORDS:]


def places(
    operations: Sequence[Mapping[str, Any]], building_block: str, published: Iterable[Place] = ()
) -> list[Place]:
    """Return where each operation is; of a candidate, beside the published ones."""
    servers = [len(words_of(row["base"])) for row in operations]
    paths = [words_of(row["base"]) + words_of(row["path"]) for row in operations]
    by_file: dict[str, set[Words]] = defaultdict(set)
    for row, path in zip(operations, paths, strict=True):
        by_file[row["file"]].add(path)
    common = {file: _common(of_file) for file, of_file in by_file.items()}
    known = {(place.method, key) for place in published for key in place.keys if _says(key)}
    ends = [
        [start for start in _starts(path, server) if (row["method"], path[start:]) in known]
        for row, path, server in zip(operations, paths, servers, strict=True)
    ]
    agreeing: dict[Words, set[Words]] = defaultdict(set)
    for path, starts in zip(paths, ends, strict=True):
        for start in starts:
            agreeing[path[:start]].add(path[start:])
    told = {begin for begin, after in agreeing.items() if len(after) >= FEWEST_AGREEING}
    own = words.fold(building_block.rpartition(":")[2])
    found = []
    for row, path, server, ending in zip(operations, paths, servers, ends, strict=True):
        shared = common[row["file"]]
        begins = max(server, len(shared) if path[: len(shared)] == shared else 0)
        begins = _after_generic(path, max(begins, _after_generic(path, 0, own)), own)
        later = [at for at in range(begins + 1, len(path)) if path[:at] in told]
        starts = [at for at in [*range(begins + 1), *later] if _says(path[at:])]
        keys = {path[at:]: at + APART * (at > begins) for at in {*starts, 0, server}}
        bare = path[max(starts, default=server) if later or begins in starts else server :]
        text = f"/{'/'.join(bare)}/"
        found.append(
            Place(
                row["method"],
                keys,
                frozenset(path[at:] for at in ending) - keys.keys(),
                frozenset(text[at : at + 3] for at in range(len(text) - 2)),
                words.fold(row["operation"]),
            )
        )
    return found


def _says(path: Words) -> bool:
    """Return whether words are more than parameters."""
    return any(word != _PARAMETER for word in path)


def _starts(path: Words, server: int) -> Iterable[int]:
    """Return where another path may begin in one: after no parameter of its own."""
    own = next((at for at in range(server, len(path)) if path[at] == _PARAMETER), len(path))
    return range(1, min(own + 1, len(path)))


def _common(paths: set[Words]) -> Words:
    """Return the words that the paths of a file begin with: all, or many with different ones."""
    begins = Counter(path[:size] for path in paths for size in range(len(path) + 1))
    many = max(LARGE_SHARE * len(paths), FEWEST_PATHS)
    own = [begin for begin, number in begins.items() if number == len(paths) >= FEWEST_PATHS]
    large = [b for b, number in begins.items() if number >= many and _PARAMETER not in b]
    return max([(), *own, *large], key=len)


def _after_generic(path: Words, start: int, own: str) -> int:
    """Return where words end that say nothing of what is done."""
    while start < len(path) - 1 and (
        _GENERIC.fullmatch(path[start]) or words.fold(path[start]) in (own, f"bb{own}", f"{own}bb")
    ):
        start += 1
    return start


def pair_operations(
    published: Sequence[Place], candidate: Sequence[Place], agreement: Callable[[int, int], float]
) -> list[tuple[int | None, str]]:
    """Return for each published operation which of the candidate's stands for it, and its state.

    Parameters
    ----------
    published, candidate
        Where the operations are.
    agreement
        Tells how well two of them agree, from 0 to 1.
    """
    worth = np.zeros((len(published), len(candidate)))
    whole = 4.0 * (len(published) + 1)  # so that no agreement outweighs one more that is there
    for row, ours in enumerate(published):
        for column, theirs in enumerate(candidate):
            same = ours.keys.keys() & theirs.keys.keys() if ours.method == theirs.method else ()
            if same:
                dropped = min(ours.keys[key] + theirs.keys[key] for key in same)
                worth[row, column] = whole + agreement(row, column) - 0.001 * dropped
    taken = _assigned(worth)
    _share(published, worth, taken)
    served = set(taken.values())
    near = np.zeros_like(worth)
    for row, ours in enumerate(published):
        for column, theirs in enumerate(candidate):
            if row not in taken and column not in served:
                near[row, column] = _nearness(ours, theirs)
    nearby = _assigned(near)
    return [
        (taken[row], THERE)
        if row in taken
        else (nearby.get(row), NEAR if row in nearby else MISSING)
        for row in range(len(published))
    ]


def _assigned(worth: NDArray[np.float64]) -> dict[int, int]:
    """Return the most valuable pairs, one to one, without those that are worth nothing."""
    places = needed("scipy.optimize").linear_sum_assignment(worth, maximize=True)
    pairs = zip(*map(np.ndarray.tolist, places), strict=True)
    return {row: column for row, column in pairs if worth[row, column] > 0}


def _share(published: Sequence[Place], worth: NDArray[np.float64], taken: dict[int, int]) -> None:
    """Let one operation stand for several that are published with its method and path."""
    groups: dict[tuple[str, Words], list[int]] = defaultdict(list)
    for row, place in enumerate(published):
        groups[place.method, max(place.keys, key=len)].append(row)
    for rows in groups.values():
        served = sorted({taken[row] for row in rows if row in taken})
        for row in rows:
            best = max(served, key=worth[row].__getitem__, default=None)
            if row not in taken and best is not None and worth[row, best] > 0:
                taken[row] = best


def _nearness(ours: Place, theirs: Place) -> float:
    """Return how near two operations are, from 0 to 1; 0 if they are not."""
    shared, sizes = len(ours.pieces & theirs.pieces), len(ours.pieces) + len(theirs.pieces)
    alike = 2 * shared / max(sizes, 1)
    same_method = ours.method == theirs.method
    found = alike if same_method and alike >= SIMILAR else 0.0
    if ours.keys.keys() & theirs.keys.keys() or (same_method and ours.keys.keys() & theirs.ends):
        found = max(found, SAME_PATH)
    if ours.name == theirs.name and len(ours.name) >= SHORTEST_NAME:
        found = max(found, SAME_NAME + (1 - SAME_NAME) * alike)
    return found


# --- parts ----------------------------------------------------------------------------------------


def letters(name: str) -> str:
    """Return the letters and digits of a name, or the name itself if it has none.

    Examples
    --------
    >>> letters("User-ID"), letters("$")
    ('userid', '$')
    """
    return words.fold(name) or name


def pair_names(
    ours: Iterable[_T], theirs: Iterable[_T], *ways: Callable[[_T], str]
) -> dict[_T, _T]:
    """Return which of theirs is the same as each of ours in one way, or else in the next.

    Examples
    --------
    >>> pair_names(["user_id", "userId"], ["userId", "x"], str, letters)
    {'userId': 'userId'}
    """
    ours, theirs = list(ours), list(theirs)
    found: dict[_T, _T] = {}
    for way in ways:
        taken = set(found.values())
        left: dict[str, list[_T]] = defaultdict(list)
        for one in reversed(theirs):
            if one not in taken:
                left[way(one)].append(one)
        for one in ours:
            if one not in found and left[way(one)]:
                found[one] = left[way(one)].pop()
    return found


def pair_parameters(published: Sequence[Part], candidate: Sequence[Part]) -> dict[Part, Part]:
    """Return the candidate's part for each published parameter: one of the same place.

    Parameters in the path are told by their order from its end.
    """

    def of(parts: Sequence[Part], place: str) -> list[Part]:
        return [part for part in parts if part.place == place]

    def name(part: Part) -> str:
        return part.name.casefold() if part.place == "header" else part.name

    found = dict(
        zip(reversed(of(published, "path")), reversed(of(candidate, "path")), strict=False)
    )
    for place in BY_NAME:
        ours, theirs = of(published, place), of(candidate, place)
        found |= pair_names(ours, theirs, name, lambda part: letters(part.name))
    return found
