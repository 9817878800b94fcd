"""How far a product's interface offers what a building block's published interface asks for.

Definitions
-----------
A published operation is *there* if the candidate has one with its method and path; *near* if the
method, the path or the operationId is that of another; *missing* otherwise. Which stands for which
is defined in :mod:`govstack_kit.interfaces.matching`; what parts and fields there are, in
:mod:`govstack_kit.interfaces.openapi`.

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

from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, cast

import pandas as pd

from govstack_kit import words
from govstack_kit.errors import known
from govstack_kit.framework.framework import Framework, check
from govstack_kit.interfaces import matching
from govstack_kit.interfaces.openapi import ANY, NOT_SEEN, Interface, Part, inside, read_interface
from govstack_kit.results import Result

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

SHARES = {"address": 0.4, "parameters": 0.2, "request": 0.2, "response": 0.2}
HALF = 0.5  # what a part is worth that is there, but otherwise
NEAR = 0.5  # what an operation is worth that is only near
STATES = (matching.THERE, matching.NEAR, matching.MISSING)
DEEPEST = 10  # levels of fields in one body that are compared
MOST_FIELDS = 1_000  # of one body
TOLD = 5  # weightiest differences in the advice of an operation, and in sentences
CIRCULAR = "circular"
_OPEN = (ANY, CIRCULAR, NOT_SEEN)
_OPERATION = Part("operation", "", required=True, type="")
DEFINITION = (
    "The score is the mean over the published operations. There: 0.4 for the address, 0.2 each for "
    "parameters, request and answer, by the share of their parts that agree (required parts weigh "
    "1, optional ones 0.25; half if there but otherwise). Near: half of that. Missing: 0. The "
    "weights are the kit's own."
)


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

    places = matching.places(asked.rows, ours.building_block)
    others = matching.places(offered.rows, ours.building_block, places)
    operations, differences = [], []
    pairs = matching.pair_operations(places, others, agreement)
    for number, (row, (column, state)) in enumerate(zip(asked.rows, pairs, strict=True)):
        there = {} if column is None else offered.rows[column]
        lost = compared(number, column)
        printed = f"{row['method']} {row['path']}"
        if state == matching.MISSING:
            lost = [_Difference(_OPERATION, state, f"Add {printed}.", 1.0)]
        elif state == matching.NEAR:
            advice = f"Offer it as {printed}; yours is {there['method']} {there['path']}."
            lost = [replace(each, lost=NEAR * each.lost) for each in lost]
            lost.insert(0, _Difference(_OPERATION, state, advice, 1 - NEAR))
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
    share, pairs = _Share(), matching.pair_parameters(published, candidate)
    for part in (part for part in published if part.place in ("path", *matching.BY_NAME)):
        there = pairs.get(part)
        share.weight += part.weight
        if there is None:
            share.missing(part)
        else:
            share.judge(part, there)
    for part in candidate:
        if part.place in matching.BY_NAME and part.required and part not in pairs.values():
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
        pairs = matching.pair_names(fields, others, str, matching.letters)
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
