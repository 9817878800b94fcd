"""How far a product's interface offers what a building block's published interface asks for.

Definitions
-----------
A published operation is *there* if the candidate has one with its method and path; *near* if the
method, the path or the operationId is that of another; *missing* otherwise. What parts and
fields there are is defined in :mod:`govstack_kit.interfaces.openapi`.

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

The *score* runs from 0 to 1. Its weights are the kit's own judgement: GovStack publishes none.

- An operation that is there has 0.4 for its address, and 0.2 each for its parameters, its request
  and its answer. Of shares that are not published and not demanded, it has none, and what is left
  is scaled to 1.
- Within a share every part counts by its weight: 1 if it is required, 0.25 if it is optional. A
  field is required when it and everything around it is. A part is met in full; by half if it is
  there but otherwise (another name but for case and punctuation, another type, no longer
  promised in an answer, more demanding in a request, another status or media type); or not
  at all. A parameter or field that a candidate demands, and that is not published, is one more
  required part that is not met: published clients do not send it.
- An operation that is near has half of what it would have if it were there; a missing one has 0.
- The score of the interface is the mean over its published operations.

A reference that leads to nothing says nothing, so what is published there is not met. Fields are
compared ten levels deep. Values, formats and limits, refusals (4xx, 5xx), security and what a
server does are not compared: a score of 1 says that the interfaces agree as far as they are
described, not that the product works.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar, cast

import numpy as np
import pandas as pd

from govstack_kit import words
from govstack_kit.errors import known, needed
from govstack_kit.framework.framework import Framework, check
from govstack_kit.interfaces.openapi import ANY, NOT_SEEN, Interface, Part, inside, read_interface
from govstack_kit.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

SIMILAR = 0.6  # paths that share less are not near: about one word of three may differ
SAME_NAME, SAME_PATH = 0.8, 0.7  # how near operations are with the same operationId, the same path
FEWEST_PATHS = 3  # that a file has, for what they have in common to be a beginning
FEWEST_AGREEING = 2  # published paths that stand after the same words, for these to be a beginning
LARGE_SHARE = 0.75  # of the paths of a file: what so many begin with can be a beginning
MOST_WORDS = 50  # of a path that are compared, from its end
APART = 1_000  # words that a beginning counts as, if only published paths tell that it is one
SHORTEST_NAME = 4  # letters of an operationId that says something
THERE, NEAR, MISSING = STATES = "there", "near", "missing"
BY_NAME = ("query", "header", "cookie")  # parameters in the path are told by their order
SHARES = {"address": 0.4, "parameters": 0.2, "request": 0.2, "response": 0.2}
HALF = 0.5  # what a part is worth that is there, but otherwise
NEARBY = 0.5  # what an operation is worth that is only near
DEEPEST = 10  # levels of fields in one body that are compared
MOST_FIELDS = 1_000  # of one body
TOLD = 5  # weightiest differences in the advice of an operation, and in sentences
CIRCULAR = "circular"
_OPEN = (ANY, CIRCULAR, NOT_SEEN)
_OPERATION = Part("operation", "", required=True, type="")
_GENERIC = re.compile(r"api|apis|rest|public|govstack|v\d+([._]\d+)*|\d+\.\d+")
_PARAMETER = "{}"
Words = tuple[str, ...]
_T = TypeVar("_T")
DEFINITION = (
    "The score is the mean over the published operations. There: 0.4 for the address, 0.2 each for "
    "parameters, request and answer, by the share of their parts that agree (required parts weigh "
    "1, optional ones 0.25; half if there but otherwise). Near: half of that. Missing: 0. The "
    "weights are the kit's own."
)


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


# --- how far they agree ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Conformance(Result):
    """How far an interface conforms with a published one.

    Attributes
    ----------
    building_block : str
        The building block; empty where two files were compared.
    score : float
        From 0 to 1, as the module defines it.
    """

    building_block: str
    operations: pd.DataFrame
    differences: pd.DataFrame
    unusable: pd.DataFrame
    _figure: ClassVar[str] = "plot_conformance"

    @property
    def score(self) -> float:
        """The mean of the scores of the published operations."""
        return float(self.operations["score"].mean())

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables of the comparison.

        Returns
        -------
        dict of pandas.DataFrame
            ``summary``, one row: ``building_block``; ``operations`` that are published, and of
            these ``there``, ``near``, ``missing`` and ``agreeing`` in everything; ``score``.
            ``operations``, one row a published one: ``state``; ``matched_method`` and
            ``matched_path`` of the candidate's; ``score``; how many ``differences``; ``advice``,
            the weightiest ones.
            ``differences``: ``place`` (operation, path, query, header, cookie, request, response);
            ``name`` of the parameter or field, empty for all of it; ``level``; ``problem``; the
            types that are ``published`` and in the ``candidate``; ``parts``, how many it is about,
            since what lies in a missing field is told with it; ``lost``, what it costs: the losses
            of an operation sum to 1 minus its score; ``advice``.
            ``unusable``, the places of the candidate's files that count for nothing.
        """
        states = self.operations["state"].value_counts()
        agreeing = int((self.operations["differences"] == 0).sum())
        summary = {"building_block": self.building_block, "operations": len(self.operations)}
        summary |= {state: int(states.get(state, 0)) for state in STATES}
        summary |= {"agreeing": agreeing, "score": self.score}
        return {
            "summary": pd.DataFrame([summary]),
            "operations": self.operations.copy(),
            "differences": self.differences.copy(),
            "unusable": self.unusable.copy(),
        }

    def sentences(self) -> list[str]:
        """Return the score, what it means, and what would raise it most."""
        row = self.tables()["summary"].iloc[0]
        states = ", ".join(f"{row[state]} {state}" for state in STATES)
        head = (
            f"{words.count(row['operations'], 'published operation')}: {states}. "
            f"The score is {words.percent(round(self.score, 2))}."
        )
        said = [head, DEFINITION]
        if not self.unusable.empty:
            said.append(
                "Not all of the candidate's files could be used, so the score may be too low: see "
                "the table unusable."
            )
        worst = self.differences.sort_values("lost", ascending=False, kind="stable").head(TOLD)
        return said + [f"{r.method} {r.path}: {r.advice}" for r in worst.itertuples()]


def conformance(
    framework: Framework, interface: Interface | str | Path, *, building_block: str
) -> Conformance:
    r"""Return how far a product's interface offers what a building block publishes.

    Parameters
    ----------
    framework
        The framework, whose tables hold the published interfaces.
    interface
        The OpenAPI 3 or Swagger 2 file of the product, or a folder of them; or what
        :func:`govstack_kit.interfaces.read_interface` returns.
    building_block
        The key of the building block, ``govstack:payments``.

    Returns
    -------
    Conformance
        ``tables()`` has the published operations, and every difference with what to do about it.

    Raises
    ------
    ArgumentError
        If an argument is of another kind, or the file cannot be read as an interface.
    UnknownKeyError
        If there is no such building block, or it publishes no interface.

    Examples
    --------
    >>> import govstack_kit, pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "ours.yaml")
    ...     _ = path.write_text("openapi: 3.0.0\npaths: {'/v1/processes': {get: {}}}")
    ...     framework = govstack_kit.load()
    ...     found = conformance(framework, path, building_block="govstack:workflow")
    >>> found.operations.loc[0, ["state", "method", "path", "matched_path"]].tolist()
    ['there', 'GET', '/processes', '/v1/processes']
    >>> found.sentences()[0].partition(".")[0]
    '9 published operations: 1 there, 0 near, 8 missing'
    """
    return compare_interfaces(published_interface(framework, building_block), interface)


def published_interface(framework: Framework, building_block: str) -> Interface:
    """Return the interface that a building block publishes, from the tables of the framework.

    Raises
    ------
    ArgumentError
        If an argument is of another kind.
    UnknownKeyError
        If there is no such building block, or it publishes no interface.

    Examples
    --------
    >>> import govstack_kit
    >>> len(published_interface(govstack_kit.load(), "govstack:messaging").operations)
    4
    """
    check(framework)
    operations, parts = framework.api_operations, framework.api_parts
    what, see = "published interface of the building block", "framework.api_operations"
    known([building_block], operations["building_block"].unique(), what, see)
    fields = framework.api_fields
    lists = building_block.rpartition(":")[2] + ":"  # how the names of its lists begin
    return Interface(
        building_block=building_block,
        operations=operations[operations["building_block"] == building_block],
        parts=parts[parts["building_block"] == building_block].sort_values("order"),
        fields=fields[fields["field_list"].str.startswith(lists)].sort_values("order"),
        unusable=pd.DataFrame(columns=["file", "text", "why"], dtype="str"),
    )


def compare_interfaces(
    published: Interface | str | Path, candidate: Interface | str | Path
) -> Conformance:
    r"""Return how far one interface offers what another asks for: two files, or two editions.

    Parameters
    ----------
    published
        What is asked for: a file, a folder, or what
        :func:`govstack_kit.interfaces.read_interface` returns.
    candidate
        What is offered, in the same ways.

    Returns
    -------
    Conformance
        As :func:`conformance` returns it.

    Raises
    ------
    ArgumentError
        If one of the two cannot be read as an interface.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> form = "openapi: 3.0.0\npaths: {{/vouchers: {{get: {{parameters: [{}]}}}}}}"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ours, theirs = pathlib.Path(folder, "ours.yaml"), pathlib.Path(folder, "theirs.yaml")
    ...     _ = theirs.write_text(form.format("{in: query, name: status, schema: {type: string}}"))
    ...     _ = ours.write_text(form.format("{in: query, name: status, schema: {type: integer}}"))
    ...     found = compare_interfaces(theirs, ours)
    >>> found.differences["advice"].item()
    'Change the optional query parameter `status`: published as string, yours is integer.'
    """
    ours = published if isinstance(published, Interface) else read_interface(published)
    theirs = candidate if isinstance(candidate, Interface) else read_interface(candidate)
    asked, offered = _Side(ours), _Side(theirs)
    offered.rows.sort(key=lambda row: (row["path"], row["method"], row["file"]))

    @cache
    def compared(row: int, column: int | None) -> list[_Difference]:
        there = [] if column is None else offered.parts(column)
        return _compare(asked, offered, asked.parts(row), there)

    def agreement(row: int, column: int) -> float:
        return 1 - sum(each.lost for each in compared(row, column))

    wanted = places(asked.rows, ours.building_block)
    others = places(offered.rows, ours.building_block, wanted)
    operations, differences = [], []
    pairs = pair_operations(wanted, others, agreement)
    for number, (row, (column, state)) in enumerate(zip(asked.rows, pairs, strict=True)):
        there = {} if column is None else offered.rows[column]
        lost = compared(number, column)
        printed = f"{row['method']} {row['path']}"
        if state == MISSING:
            lost = [_Difference(_OPERATION, state, f"Add {printed}.", 1.0)]
        elif state == NEAR:
            advice = f"Offer it as {printed}; yours is {there['method']} {there['path']}."
            lost = [replace(each, lost=NEARBY * each.lost) for each in lost]
            lost.insert(0, _Difference(_OPERATION, state, advice, 1 - NEARBY))
        about = {name: row[name] for name in ("building_block", "file", "method", "path")}
        about |= {f"matched_{name}": there.get(name, "") for name in ("method", "path")}
        score = max(1 - sum(each.lost for each in lost), 0.0)
        told = {"differences": len(lost), "advice": _advice(lost)}
        operations.append(about | {"state": state, "score": score} | told)
        differences += [about | each.cells() for each in lost]
    columns = [*about, *_Difference(_OPERATION, "", "", 0.0).cells()]
    return Conformance(
        ours.building_block,
        pd.DataFrame(operations),
        pd.DataFrame(differences, columns=columns),
        theirs.unusable,
    )


def _advice(differences: list[_Difference]) -> str:
    """Return the weightiest differences in words, in the order in which they are listed."""
    weightiest = sorted(range(len(differences)), key=lambda at: -differences[at].lost)[:TOLD]
    said = [differences[at].cells()["advice"] for at in sorted(weightiest)]
    more = len(differences) - len(said)
    return " ".join([*said, f"And {more} more: see the table differences."] if more else said)


# --- one operation --------------------------------------------------------------------------------


@dataclass
class _Difference:
    """One difference: what to change, what it costs, and how many parts it is about."""

    part: Part
    problem: str
    advice: str
    lost: float
    candidate: str = ""
    parts: int = 1

    def cells(self) -> dict[str, Any]:
        """Return it as a row, with the fields that are told with it."""
        more = self.parts - 1
        within = f" with the {more} {'field' if more == 1 else 'fields'} in it" if more else ""
        place, published = self.part.place, "" if self.problem == "demanded" else self.part.type
        about = {"place": place, "name": self.part.name, "level": self.part.level}
        about |= {"problem": self.problem, "published": published, "candidate": self.candidate}
        advice = self.advice.replace("<within>", within)
        return about | {"parts": self.parts, "lost": self.lost, "advice": advice}


@dataclass
class _Share:
    """Parameters, a request or an answer: what its parts weigh, and what is wrong with them."""

    weight: float = 0.0
    differences: list[_Difference] = field(default_factory=list)

    def add(self, part: Part, problem: str, advice: str, met: float, there: str) -> None:
        """Add a difference of a part, of which a share is met."""
        lost = part.weight * (1 - met)
        self.differences.append(_Difference(part, problem, advice, lost, there))

    def missing(self, part: Part) -> None:
        """Add a published part that is not there."""
        kind = "" if part.type in _OPEN else f"; published as {part.type}"
        self.add(part, "missing", f"Add the {part.level} {part}{kind}<within>.", 0.0, "")

    def demanded(self, part: Part) -> None:
        """Add a part that a candidate demands and nobody publishes."""
        advice = f"Make the {part} optional: it is not published, so nobody sends it<within>."
        self.add(part, "demanded", advice, 0.0, part.type)

    def judge(self, part: Part, there: Part) -> None:
        """Add what is otherwise in the part that stands for a published one."""
        if found := dict(_otherwise(part, there)):
            self.add(part, ", ".join(found), " ".join(found.values()), HALF, there.type)


def _compare(
    asked: _Side, offered: _Side, published: list[Part], candidate: list[Part]
) -> list[_Difference]:
    """Return what is different between two operations."""
    ours, theirs = ({p.place: p for p in side if not p.name} for side in (published, candidate))
    shares = {"parameters": _parameters(published, candidate)}
    shares |= {
        place: _body(asked, offered, ours.get(place), theirs.get(place))
        for place in ("request", "response")
    }
    whole = SHARES["address"] + sum(SHARES[name] for name, share in shares.items() if share.weight)
    for name, share in shares.items():
        for each in share.differences:
            each.lost *= SHARES[name] / whole / share.weight
    return [each for share in shares.values() for each in share.differences]


def _parameters(published: list[Part], candidate: list[Part]) -> _Share:
    """Compare the parameters, and find those that a candidate demands beside them."""
    share, pairs = _Share(), pair_parameters(published, candidate)
    for part in (part for part in published if part.place in ("path", *BY_NAME)):
        there = pairs.get(part)
        share.weight += part.weight
        if there is None:
            share.missing(part)
        else:
            share.judge(part, there)
    for part in candidate:
        if part.place in BY_NAME and part.required and part not in pairs.values():
            share.weight += part.weight
            share.demanded(part)
    return share


def _body(asked: _Side, offered: _Side, ours: Part | None, theirs: Part | None) -> _Share:
    """Compare a body level by level; what lies in a missing field is told with it."""
    share, extra = _Share(), _Share()
    demanded = theirs is not None and theirs.place == "request" and theirs.required
    left: deque[tuple[Part | None, Part | None, frozenset[str], _Difference | None]]
    left = deque([(ours, theirs, frozenset(), None)] if ours or demanded else [])
    seen = 0
    while left:
        ours, theirs, around, told = left.popleft()
        part = cast("Part", ours or theirs)
        share.weight += part.weight
        seen += bool(ours and part.name)
        if told:
            told.lost += part.weight
            told.parts += 1
        elif ours and theirs:
            share.judge(ours, theirs)
        else:
            group = share if ours else extra
            group.missing(part) if ours else group.demanded(part)
            told = group.differences[-1]
        if len(around) >= DEEPEST or seen + len(left) >= MOST_FIELDS:
            continue
        around |= {part.field_list}
        fields, others = asked.within(ours, around), offered.within(theirs, () if ours else around)
        pairs = pair_names(fields, others, str, letters)
        for name, held in fields.items():
            left.append((held, others.pop(pairs[name]) if name in pairs else None, around, told))
        if part.place == "request" and not (ours and ours.type in _OPEN):
            left += [(None, held, around, told) for held in others.values() if held.required]
    share.differences += extra.differences
    return share


def _otherwise(part: Part, there: Part) -> Iterator[tuple[str, str]]:
    """Yield each way in which a part is there, but otherwise, with what to do about it."""
    mine, yours = part.name.split(".")[-1], there.name.split(".")[-1]
    if mine != yours and part.place not in ("path", "header"):
        yield "other name", f"Rename the {there} to `{mine}`."
    if not _agree(part, there):
        level = f"{part.level} " if part.name else ""
        said = f"Change the {level}{part}: published as {part.type}, yours is {there.type}."
        yield "other type", said
    if part.place == "response" and part.required and not there.required:
        yield "not promised", f"Mark the {part} as required: it is published as always there."
    if part.place != "response" and there.required and not part.required:
        yield "demanded", f"Make the {part} optional, as published."
    if part.status != there.status and part.status.isdecimal() and there.status.isdecimal():
        yield "other status", f"Answer with status {part.status}; yours is {there.status}."
    ours, theirs = (set(side.media.split("; ")) - {""} for side in (part, there))
    if ours and theirs and not ours & theirs and "any" not in ours | theirs:
        verb = "Take the request" if part.place == "request" else "Answer"
        yield "other media type", f"{verb} as {part.media}; yours is {there.media}."


def _agree(part: Part, there: Part) -> bool:
    """Return whether types fit: a server takes at least, and sends at most, what is published."""
    if part.type in _OPEN or there.type in _OPEN:
        return True
    ours, theirs = (set(side.type.split(" or ")) for side in (part, there))
    given, taken = (theirs, ours) if part.place == "response" else (ours, theirs)
    return all(kind in taken or (kind == "integer" and "number" in taken) for kind in given)


# --- the two sides --------------------------------------------------------------------------------


class _Side:
    """An interface by operation: its parts, and the fields of its lists."""

    def __init__(self, interface: Interface) -> None:
        self.rows = _records(interface.operations)
        self._parts: dict[tuple[str, str, str], list[Part]] = defaultdict(list)
        self._fields: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in _records(interface.parts):
            part = Part(*(row[name] for name in Part._fields))
            self._parts[row["file"], row["method"], row["path"]].append(part)
        for row in _records(interface.fields):
            self._fields[row["field_list"]].append(row)

    def parts(self, number: int) -> list[Part]:
        """Return the parameters and bodies of an operation."""
        row = self.rows[number]
        return self._parts[row["file"], row["method"], row["path"]]

    def within(self, part: Part | None, around: Collection[str] = ()) -> dict[str, Part]:
        """Return the fields in a body or field by their names there; circles are cut."""
        found: dict[str, Part] = {}
        if part is None:
            return found
        for row in self._fields.get(part.field_list, ()):
            name, inner = inside(part.name, row["name"]), row["inner_list"]
            required = row["required"] and (part.required or not part.name)
            kind, inner = (CIRCULAR, "") if inner and inner in around else (row["type"], inner)
            found[row["name"]] = Part(part.place, name, required, kind, field_list=inner)
        return found


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.astype("object").where(frame.notna(), "").to_dict("records")
    return cast("list[dict[str, Any]]", rows)
