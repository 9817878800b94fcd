"""Which operation of a candidate stands for which published one.

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
operationId. Similarity is the share of
three-letter pieces that the paths have in common (Dice, 0 to 1).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from govstack_kit.sources._plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from govstack_kit.selection._openapi import Interface

SIMILAR = 0.6  # paths that share less are not near: about one word of three may differ
SAME_NAME, SAME_PATH = 0.8, 0.7  # how near operations are with the same operationId, the same path
FEWEST_PATHS = 3  # that a file has, for what they have in common to be a beginning
FEWEST_AGREEING = 2  # published paths that stand after the same words, for these to be a beginning
LARGE_SHARE = 0.75  # of the paths of a file: what so many begin with can be a beginning
MOST_WORDS = 50  # of a path that are compared, from its end
APART = 1_000  # words that a beginning counts as, if only published paths tell that it is one
MOST_COMPARED = 20_000  # pairs for the same places, beyond which their order decides
SHORTEST_NAME = 4  # letters of an operationId that says something
THERE, NEAR, MISSING = "there", "near", "missing"
_PARAMETER = re.compile(r"\{[^{}]*\}")
_GENERIC = re.compile(r"api|apis|rest|public|govstack|v\d+([._]\d+)*|\d+\.\d+")
_PLACEHOLDER = "{}"


Words = tuple[str, ...]


class Place(NamedTuple):
    """Where an operation is: method, the ways to write its path, and what is compared when near.

    `keys` holds, for each way, how many words of the beginning are left out; `ends` the published
    paths in which it ends although nothing else tells that it is one of them.
    """

    method: str
    keys: dict[Words, int]
    text: str
    name: str
    ends: frozenset[Words] = frozenset()


class _Row(NamedTuple):
    """An operation: its method, the words of its path, how many of them are its server's."""

    method: str
    before: int
    words: Words
    file: str
    name: str


class Pair(NamedTuple):
    """A published operation and the candidate's for it (None if it is missing)."""

    published: int
    candidate: int | None
    state: str


def words_of(path: str) -> Words:
    """Return the words of a path, as far as they matter.

    Examples
    --------
    >>> words_of("/Vouchers/{serialNumber}/?status=new")
    ('vouchers', '{}')
    """
    path = _PARAMETER.sub(_PLACEHOLDER, path.partition("?")[0]).casefold()
    return tuple(word for word in path.split("/") if word)[-MOST_WORDS:]


def places(
    interface: Interface, building_block: str, published: Sequence[Place] = ()
) -> list[Place]:
    """Return where each operation of an interface is; of a candidate, beside the published ones."""
    own = plain(building_block.rpartition(":")[2])
    frame = interface.operations
    columns = (frame[name].tolist() for name in ("method", "base", "path", "file", "name"))
    rows = [
        _Row(method, len(words_of(base)), words_of(base) + words_of(path), file, name)
        for method, base, path, file, name in zip(*columns, strict=True)
    ]
    by_file: dict[str, set[Words]] = defaultdict(set)
    for row in rows:
        by_file[row.file].add(row.words)
    common = {file: _common(paths) for file, paths in by_file.items()}
    after = {(place.method, key) for place in published for key in place.keys if _says(key)}
    agreeing: dict[Words, set[Words]] = defaultdict(set)
    for row in rows:
        for start in _ends(row, after):
            agreeing[row.words[:start]].add(row.words[start:])
    told = {begin for begin, paths in agreeing.items() if len(paths) >= FEWEST_AGREEING}
    return [_place(row, common[row.file], told, _ends(row, after), own) for row in rows]


def _place(row: _Row, common: Words, told: set[Words], ends: list[int], own: str) -> Place:
    """Return where an operation is, given what paths begin with and where published ones begin."""
    words, before = row.words, row.before
    begins = _generic(words, 0, own)
    shared = len(common) if words[: len(common)] == common else 0
    begins = _generic(words, max(before, shared, begins), own)
    cost = {start: start for start in range(begins + 1)}
    later = [start for start in range(begins + 1, len(words)) if words[:start] in told]
    cost |= {start: start + APART for start in later}
    says = [start for start in cost if _says(words[start:])]
    keys = {words[s:]: cost[s] for s in sorted({*says, 0, before}, reverse=True)}
    text = max((start for start in says if start in later), default=begins)
    return Place(
        row.method,
        keys,
        text=f"/{'/'.join(words[text if text in says else before :])}/",
        name=plain(row.name),
        ends=frozenset(words[start:] for start in ends) - keys.keys(),
    )


def _says(words: Words) -> bool:
    """Return whether words are more than parameters."""
    return any(word != _PLACEHOLDER for word in words)


def _ends(row: _Row, after: set[tuple[str, Words]]) -> list[int]:
    """Return where published paths begin in a path; no parameter of its own stands before them."""
    found = []
    for start in range(1, len(row.words)):
        if start > row.before and row.words[start - 1] == _PLACEHOLDER:
            break
        if (row.method, row.words[start:]) in after:
            found.append(start)
    return found


def _common(paths: set[Words]) -> Words:
    """Return the words that the paths of a file begin with: all, or many with different ones."""
    if len(paths) < FEWEST_PATHS:
        return ()
    begins: dict[Words, set[str]] = defaultdict(set)  # with the words that come next
    times: Counter[Words] = Counter()
    for path in paths:
        for size in range(len(path) + 1):
            times[path[:size]] += 1
            begins[path[:size]].update(path[size : size + 1])
    return max(
        (
            begin
            for begin, number in times.items()
            if number == len(paths)
            or (
                number >= max(LARGE_SHARE * len(paths), FEWEST_PATHS)
                and _PLACEHOLDER not in begin
                and len(begins[begin] - {_PLACEHOLDER}) >= FEWEST_PATHS
            )
        ),
        key=len,
    )


def _generic(words: Words, start: int, own: str) -> int:
    """Return where words end that say nothing of what is done."""
    while start < len(words) - 1 and (
        _GENERIC.fullmatch(words[start]) or plain(words[start]) in (own, f"bb{own}", f"{own}bb")
    ):
        start += 1
    return start


def pair(
    published: list[Place], candidate: list[Place], agreement: Callable[[int, int], float]
) -> list[Pair]:
    """Return the pair of each published operation, in their order.

    Parameters
    ----------
    published, candidate
        Where the operations are.
    agreement
        Tells how well two of them agree, from 0 to 1.
    """
    by_key: dict[tuple[str, Words], list[int]] = defaultdict(list)
    for column, place in enumerate(candidate):
        for key in place.keys:
            by_key[place.method, key].append(column)
    same: list[dict[int, float]] = []
    whole = 3.0 * (len(published) + 1)  # so that no agreement outweighs one more that is there
    left = MOST_COMPARED
    for row, place in enumerate(published):
        dropped: dict[int, int] = {}
        for key, start in place.keys.items():
            for column in by_key.get((place.method, key), ()):
                more = start + candidate[column].keys[key]
                dropped[column] = min(more, dropped.get(column, more))
        left -= len(dropped)
        same.append(
            {
                column: whole + (agreement(row, column) if left >= 0 else 0) - 0.001 * more
                for column, more in sorted(dropped.items())
            }
        )
    worth = np.zeros((len(published), len(candidate)))
    for row, columns in enumerate(same):
        worth[row, list(columns)] = list(columns.values())
    taken = _assigned(worth)
    _share(published, same, taken)
    near = _near(published, candidate)
    near[list(taken)] = 0
    near[:, list(taken.values())] = 0
    nearby = _assigned(near)
    pairs = []
    for row in range(len(published)):
        state = THERE if row in taken else NEAR if row in nearby else MISSING
        pairs.append(Pair(row, taken.get(row, nearby.get(row)), state))
    return pairs


def _assigned(worth: NDArray[np.float64]) -> dict[int, int]:
    """Return the most valuable pairs, one to one, without those that are worth nothing."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - only where it is compared

    rows, columns = linear_sum_assignment(worth, maximize=True)
    return {
        int(row): int(column)
        for row, column in zip(rows, columns, strict=True)
        if worth[row, column] > 0
    }


def _share(published: list[Place], same: list[dict[int, float]], taken: dict[int, int]) -> None:
    """Let one operation stand for several that are published with its method and path."""
    groups: dict[tuple[str, Words], list[int]] = defaultdict(list)
    for row, place in enumerate(published):
        groups[place.method, next(reversed(place.keys))].append(row)
    for rows in groups.values():
        served = {taken[row] for row in rows if row in taken}
        for row in rows:
            columns = [column for column in sorted(same[row]) if column in served]
            if row not in taken and columns:
                taken[row] = max(columns, key=same[row].__getitem__)


def _near(published: list[Place], candidate: list[Place]) -> NDArray[np.float64]:
    """Return how near operations are to each other; 0 if they are not."""
    alike = _alike([place.text for place in published], [place.text for place in candidate])
    methods = [np.array([place.method for place in side]) for side in (published, candidate)]
    worth = np.where((methods[0][:, None] == methods[1]) & (alike >= SIMILAR), alike, 0.0)
    paths: dict[Words, list[int]] = defaultdict(list)
    names: dict[str, list[int]] = defaultdict(list)
    ends: dict[tuple[str, Words], list[int]] = defaultdict(list)
    for column, place in enumerate(candidate):
        names[place.name].append(column)
        for key in place.keys:
            paths[key].append(column)
        for key in place.ends:
            ends[place.method, key].append(column)
    for row, place in enumerate(published):
        for key in place.keys:
            columns = paths.get(key, []) + ends.get((place.method, key), [])
            worth[row, columns] = np.maximum(worth[row, columns], SAME_PATH)
        if len(place.name) >= SHORTEST_NAME:
            columns = names.get(place.name, [])
            known = SAME_NAME + (1 - SAME_NAME) * alike[row, columns]
            worth[row, columns] = np.maximum(worth[row, columns], known)
    return worth


def _alike(ours: list[str], theirs: list[str]) -> NDArray[np.float64]:
    """Return the similarity of texts (Dice over their pieces of three letters)."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - only where interfaces are compared

    numbers: dict[str, int] = {}
    sides = []
    for texts in (ours, theirs):
        pieces = [sorted({text[at : at + 3] for at in range(len(text) - 2)}) for text in texts]
        sides.append([[numbers.setdefault(p, len(numbers)) for p in each] for each in pieces])
    shape = len(numbers) or 1
    left, right = (
        csr_array(
            (
                np.ones(sum(map(len, side))),
                np.concatenate([np.array(each, dtype=np.int64) for each in side]),
                np.cumsum([0, *map(len, side)]),
            ),
            shape=(len(side), shape),
        )
        for side in sides
    )
    shared = (left @ right.T).toarray()
    sizes = np.array([[len(each)] for each in sides[0]]) + np.array([len(e) for e in sides[1]])
    alike: NDArray[np.float64] = 2 * shared / np.maximum(sizes, 1)
    return alike
