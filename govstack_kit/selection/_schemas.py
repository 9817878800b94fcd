"""The fields of a request or answer, from a schema whose references are resolved.

Definitions
-----------
A *field* is one name in a body, with dots and brackets for where it lies: ``items[].price`` is the
price in each element of the list ``items``; ``*`` stands for names that the schema leaves open, and
the empty name for the body itself. A field is *required* when it and everything around it is.

``allOf`` is merged: the fields of all its members, required where one of them requires. Of
``oneOf`` and ``anyOf`` a client may meet any member: the fields of all of them, required where
every one of them requires. ``not``, conditions, formats, limits and lists of values are not looked
at; neither is ``null``. A reference that comes back to where it is used is cut there (type
``circular``); one that leaves the file is not followed (type ``not seen``). What a server only
sends (``readOnly``) is no field of a request; what it only takes (``writeOnly``) none of an answer.
Bodies are followed for so many levels, fields and schemas only; what is left out is noted.

References are resolved here, in a few lines, because the libraries that do it need the keys of JSON
(the status ``200`` of a YAML file is a number), fetch what they are not asked for, or both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from govstack_kit.sources._plain import mapping, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

DEEPEST = 10  # levels of fields in one body
MOST_FIELDS = 1_000  # of one body
MOST_STEPS = 20_000  # schemas looked into for one body
ALL_STEPS = 300_000  # and for all bodies of one file: the largest published one needs 70,000
CHAIN = 50  # references that only lead to references, and schemas composed of schemas
ANY, CIRCULAR, NOT_SEEN = "any", "circular", "not seen"
TYPES = ("array", "boolean", "file", "integer", "number", "object", "string")
_NULL = "null"


class Field(NamedTuple):
    """A field of a body: its name, whether it is required, and its type or types."""

    name: str
    required: bool
    type: str


class _Leaf(NamedTuple):
    """A schema as printed, and the references that led to it."""

    schema: object
    seen: frozenset[str]
    depth: int = 0


class _Join(NamedTuple):
    """Several schemas for one place: any of them may hold, or all of them do."""

    parts: tuple[_Leaf | _Join, ...]
    any: bool


class _Shape(NamedTuple):
    """What one schema says: `state` tells that it, or a part of it, could not be followed."""

    types: frozenset[str] = frozenset()
    properties: dict[str, _Leaf | _Join] = {}  # noqa: RUF012 - never changed
    required: frozenset[str] = frozenset()
    elements: _Leaf | _Join | None = None
    others: _Leaf | _Join | None = None
    hidden: frozenset[str] = frozenset()
    state: str = ""

    @property
    def type(self) -> str:
        """The types in words."""
        return self.state or " or ".join(sorted(self.types - {_NULL})) or ANY


class _LargeError(Exception):
    """A body has more in it than is compared."""


class Schemas:
    """Resolves references within one file and lists the fields of schemas.

    Parameters
    ----------
    data
        The plain data of the file.
    note
        Is told what could not be followed, and why.
    """

    def __init__(self, data: dict[Any, Any], note: Callable[[str, str], None]) -> None:
        self._data, self._note = data, note
        self._left, self._steps = ALL_STEPS, 0
        self._known: dict[tuple[str, str], list[Field]] = {}

    def follow(
        self, value: object, seen: frozenset[str] = frozenset()
    ) -> tuple[dict[Any, Any], frozenset[str], str]:
        """Return what a mapping or a reference stands for, the references, and what hindered."""
        found = mapping(value)
        while isinstance(reference := found.get("$ref"), str):
            if reference in seen:
                return {}, seen, CIRCULAR
            why = "" if len(seen) < CHAIN else "leads through too many other references"
            if not reference.startswith("#"):
                why = "refers to another file, which was not opened"
            target = None if why else self._target(reference)
            if not isinstance(target, dict):
                self._note(reference, why or "refers to nothing in this file")
                return {}, seen, NOT_SEEN
            found, seen = target, seen | {reference}
        return found, seen, ""

    def _target(self, reference: str) -> object:
        """Return what stands at a place in the file; None if nothing does."""
        found: Any = self._data
        for part in unquote(reference[1:]).split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            number = int(key) if key.isdecimal() and len(key) < 5 else key  # noqa: PLR2004
            if isinstance(found, list):
                found = found[number] if isinstance(number, int) and number < len(found) else None
            else:
                inner = mapping(found)
                found = inner.get(key, inner.get(number))  # YAML has 200 as a number
        return found

    def fields(self, schema: object, *, hide: str = "") -> list[Field]:
        """Return the fields of a body level by level, the body itself first.

        Parameters
        ----------
        schema
            The schema, or a reference to it.
        hide
            ``readOnly`` or ``writeOnly``: properties that are left out.
        """
        reference = mapping(schema).get("$ref")
        if not isinstance(reference, str):
            return self._listed(schema, hide)
        if (reference, hide) not in self._known:
            self._known[reference, hide] = self._listed(schema, hide)
        return self._known[reference, hide]

    def _listed(self, schema: object, hide: str) -> list[Field]:
        """List fields in breadth, so that what is too much is what lies deepest."""
        found: list[Field] = []
        self._steps, depth = 0, 0
        level = [("", True, self._or_nothing(_Leaf(schema, frozenset())))]
        while level:
            if depth > DEEPEST or len(found) + len(level) > MOST_FIELDS:
                limit = f"{DEEPEST} levels" if depth > DEEPEST else f"{MOST_FIELDS:,} fields"
                self._note(level[0][0], f"the body has more than {limit}; the rest is not compared")
                around = {outer(name) for name, _, _ in level}
                return [f._replace(type=NOT_SEEN) if f.name in around else f for f in found]
            found += [Field(name, required, shape.type) for name, required, shape in level]
            level = [
                (label, required and own, within)
                for name, required, shape in level
                for label, child, own in _inner(name, shape)
                for within in [self._or_nothing(child)]
                if not (hide and hide in within.hidden)
            ]
            depth += 1
        return found

    def _or_nothing(self, node: _Leaf | _Join) -> _Shape:
        try:
            return self._shape(node)
        except _LargeError as error:
            self._note("", str(error))
            return _Shape(state=NOT_SEEN)

    def type_of(self, schema: object) -> str:
        """Return the type or types of one value, such as that of a parameter."""
        self._steps = 0
        return self._or_nothing(_Leaf(schema, frozenset())).type

    def _shape(self, node: _Leaf | _Join) -> _Shape:
        self._steps, self._left = self._steps + 1, self._left - 1
        if self._steps > MOST_STEPS or self._left < 0:
            whole = "the file" if self._left < 0 else "the body"
            raise _LargeError(f"{whole} has too many schemas; the rest is not compared")
        if isinstance(node, _Join):
            return _combined([self._shape(part) for part in node.parts], any_of=node.any)
        schema, seen, state = self.follow(node.schema, node.seen)
        if state:
            return _Shape(state=state)
        if node.depth > CHAIN:
            raise _LargeError("composes schemas of schemas without end; the rest is not compared")
        shapes = [_own(schema, seen)]
        for key in ("allOf", "oneOf", "anyOf"):
            parts = schema.get(key)
            if isinstance(parts, list) and parts:
                leaves = tuple(_Leaf(part, seen, node.depth + 1) for part in parts)
                shapes.append(self._shape(_Join(leaves, any=key != "allOf")))
        return shapes[0] if len(shapes) == 1 else _combined(shapes, any_of=False)


def _inner(name: str, shape: _Shape) -> Iterator[tuple[str, _Leaf | _Join, bool]]:
    """Yield the name of each field in another, its schema, and whether it is required there."""
    for key, child in shape.properties.items():
        yield f"{name}.{key}" if name else key, child, key in shape.required
    if shape.elements:
        yield f"{name}[]", shape.elements, True
    if shape.others:
        yield f"{name}.*" if name else "*", shape.others, False


def outer(name: str) -> str:
    """Return the name of what a field lies in; of those at the top, the body with its empty name.

    Examples
    --------
    >>> outer("items[].price"), outer("items[]"), outer("items")
    ('items[]', 'items', '')
    """
    return name[:-2] if name.endswith("[]") else name.rpartition(".")[0]


def _own(schema: dict[Any, Any], seen: frozenset[str]) -> _Shape:
    """Return what a schema says itself, without those that it is composed of."""
    properties: dict[str, _Leaf | _Join] = {
        str(name): _Leaf(value, seen) for name, value in mapping(schema.get("properties")).items()
    }
    required, elements = schema.get("required"), schema.get("items")
    others = schema.get("additionalProperties")
    printed = schema.get("type")
    types = {words(t).lower() for t in (printed if isinstance(printed, list) else [printed])}
    types &= {*TYPES, _NULL}
    if not types and (properties or isinstance(others, dict)):
        types = {"object"}
    elif not types and "items" in schema:
        types = {"array"}
    if "string" in types and words(schema.get("format")) == "binary":
        types = (types - {"string"}) | {"file"}
    within: _Leaf | _Join | None = None
    if isinstance(elements, dict) and elements:
        within = _Leaf(elements, seen)
    elif isinstance(elements, list) and elements:
        within = _Join(tuple(_Leaf(part, seen) for part in elements), any=True)
    return _Shape(
        frozenset(types),
        properties,
        frozenset(map(str, required)) if isinstance(required, list) else frozenset(),
        within,
        _Leaf(others, seen) if isinstance(others, dict) and others else None,
        frozenset(key for key in ("readOnly", "writeOnly") if schema.get(key) is True),
    )


def _combined(shapes: list[_Shape], *, any_of: bool) -> _Shape:
    """Return one shape for several: any of them may hold, or all of them do."""
    if any_of:
        shapes = [shape for shape in shapes if shape.types != {_NULL}] or shapes
    named = [shape.types for shape in shapes if shape.types]
    types: frozenset[str] = frozenset().union(*named)
    if any_of and len(named) < len(shapes):
        types = frozenset()
    elif not any_of and named:
        types = frozenset.intersection(*named) or types
    properties: dict[str, list[_Leaf | _Join]] = {}
    for shape in shapes:
        for name, node in shape.properties.items():
            properties.setdefault(name, []).append(node)
    required = [shape.required for shape in shapes]
    hidden = [shape.hidden for shape in shapes]
    states = {shape.state for shape in shapes}
    if "" in states:
        states -= {CIRCULAR}  # what else it is has been seen
    return _Shape(
        types,
        {name: _joined(nodes, any_of=any_of) for name, nodes in properties.items()},
        frozenset.intersection(*required) if any_of else frozenset().union(*required),
        _join((shape.elements for shape in shapes), any_of=any_of),
        _join((shape.others for shape in shapes), any_of=any_of),
        frozenset.intersection(*hidden) if any_of else frozenset().union(*hidden),
        next((state for state in (NOT_SEEN, CIRCULAR) if state in states), ""),
    )


def _joined(nodes: list[_Leaf | _Join], *, any_of: bool) -> _Leaf | _Join:
    return nodes[0] if len(nodes) == 1 else _Join(tuple(nodes), any_of)


def _join(nodes: Iterable[_Leaf | _Join | None], *, any_of: bool) -> _Leaf | _Join | None:
    found = [node for node in nodes if node is not None]
    return _joined(found, any_of=any_of) if found else None
