"""The fields of a request or answer, from a schema whose references are resolved.

Definitions
-----------
A *field* is one name in a body, with dots and brackets for where it lies: ``items[].price`` is the
price in each element of the list ``items``; ``*`` stands for names that the schema leaves open, and
the empty name for the body itself. A field is *required* when it and everything around it is.

``allOf`` is merged: the fields of all its members, required where one of them requires. Of
``oneOf`` and ``anyOf`` a client may meet any member: the fields of all of them, required where
every one of them requires. ``not``, conditions, formats, limits and lists of values are not looked
at; neither is ``null``. A reference from within a field back to what it lies in is cut there (type
``circular``): the field goes on as that began. A reference that leads to nothing (to another file,
which is not opened; to what is not there; only back to itself) has the type ``not seen`` and is
noted. What a server only sends (``readOnly``) is no field of a request; what it only takes
(``writeOnly``) none of an answer. What is left out because a body or file has too much is noted.

A *list* holds the fields of one schema, each with its name there and the list within it. Bodies and
fields that refer to the same schema share its list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import unquote

from govstack_kit.sources._plain import mapping, truth, words
from govstack_kit.sources._references import CHAIN, follow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

DEEPEST = 10  # levels of fields in one body
MOST_FIELDS = 1_000  # of one body
ALL_STEPS = 300_000  # schemas of one file
ALL_FIELDS = 500_000  # fields of all bodies of one file: the largest published one has 54,000
ANY, CIRCULAR, NOT_SEEN = "any", "circular", "not seen"
TYPES = ("array", "boolean", "file", "integer", "number", "object", "string")
_NULL = "null"
_Top = TypeVar("_Top")


class Field(NamedTuple):
    """A field of a body: its name, whether it is required, and its type or types."""

    name: str
    required: bool
    type: str


class Top(NamedTuple):
    """A list of fields: the number of the schema that it is of, and what is left out of it."""

    schema: int
    hide: str


class InList(NamedTuple):
    """A field in a list: its name and whether it is required there, its type, the list within."""

    label: str
    required: bool
    type: str
    inner: Top | None


class _Join(NamedTuple):
    """Several schemas for one place: any of them may hold, or all of them do."""

    parts: tuple[int, ...]
    any: bool


class _Shape(NamedTuple):
    """What one schema says, with the numbers of the schemas in it; `state` if not all was seen."""

    types: frozenset[str] = frozenset()
    properties: dict[str, int] = {}  # noqa: RUF012 - never changed
    required: frozenset[str] = frozenset()
    elements: int | None = None
    others: int | None = None
    hidden: frozenset[str] = frozenset()
    state: str = ""

    @property
    def type(self) -> str:
        """The types in words."""
        return self.state or " or ".join(sorted(self.types - {_NULL})) or ANY


class _LargeError(Exception):
    """A file has more in it than is compared."""


class Schemas:
    """Resolves references within one file and lists the fields of schemas.

    Each schema is looked into once, whatever refers to it: it has a number, as has each set of
    schemas for one place.

    Parameters
    ----------
    data
        The plain data of the file.
    note
        Is told what could not be followed, and why.
    """

    def __init__(self, data: dict[Any, Any], note: Callable[[str, str], None]) -> None:
        self._data, self._note = data, note
        self._left, self._fields_left = ALL_STEPS, ALL_FIELDS
        self._numbers: dict[object, int] = {}
        self._schemas: list[
            tuple[dict[Any, Any] | _Join | str, str]
        ] = []  # with a name, or a state
        self._shapes: dict[int, _Shape] = {}
        self._lists: dict[Top, list[InList]] = {}
        self._open: set[int] = set()
        self._loops: set[int] = set()

    def follow(self, value: object) -> tuple[dict[Any, Any], str, str]:
        """Return what a mapping or a reference stands for, the last reference, what hindered."""
        found, reference, why = follow(self._data, value)
        if why:
            self._note(reference, why)
        return found, reference, NOT_SEEN if why else ""

    def of(self, schema: object, hide: str = "") -> tuple[str, Top | None]:
        """Return the type or types of a schema, and the list of its fields if it has any.

        Parameters
        ----------
        schema
            The schema, or a reference to it.
        hide
            ``readOnly`` or ``writeOnly``: properties that are left out.
        """
        number = self._number(schema)
        return self._seen(number).type, self._top(number, hide)

    def fields(self, kind: str, top: Top | None) -> list[Field]:
        """Return the fields of a body level by level, the body itself with its type first."""
        if self._fields_left < 0:
            self._note("", "the file has too many fields; the rest is not compared")
            return [Field("", required=True, type=NOT_SEEN)]
        found = expanded(kind, top, self.rows, self._note)
        self._fields_left -= len(found)
        return found

    def rows(self, top: Top) -> list[InList]:
        """Return a list of fields."""
        if top not in self._lists:
            shape = self._seen(top.schema)
            self._lists[top] = [
                InList(label, required, within.type, self._top(child, top.hide))
                for label, child, required in _inner(shape)
                for within in [self._seen(child)]
                if not (top.hide and top.hide in within.hidden)
            ]
        return self._lists[top]

    def name(self, top: Top) -> str:
        """Return the name that a schema has in the file; nothing if it stands where it is used."""
        return self._schemas[top.schema][1]

    def _top(self, number: int, hide: str) -> Top | None:
        shape = self._seen(number)
        inner = shape.properties or shape.elements is not None or shape.others is not None
        return Top(number, hide) if inner else None

    def _number(self, printed: object) -> int:
        """Return the number of a schema; the same one wherever it is referred to."""
        schema, reference, state = self.follow(printed)
        key = state or (id(schema) if schema else "")
        if key not in self._numbers:
            self._numbers[key] = len(self._schemas)
            name = unquote(reference.rpartition("/")[2])
            self._schemas.append((state or schema, name if schema else ""))
        return self._numbers[key]

    def _joined(self, numbers: Iterable[int | None], *, any_of: bool) -> int | None:
        """Return the number of several schemas for one place."""
        parts = tuple(dict.fromkeys(number for number in numbers if number is not None))
        if len(parts) < 2:  # noqa: PLR2004
            return parts[0] if parts else None
        join = _Join(parts, any_of)
        if join not in self._numbers:
            self._numbers[join] = len(self._schemas)
            self._schemas.append((join, ""))
        return self._numbers[join]

    def _seen(self, number: int) -> _Shape:
        try:
            return self._shape(number)
        except _LargeError as error:
            self._note("", str(error))
            return self._shapes.setdefault(number, _Shape(state=NOT_SEEN))

    def _shape(self, number: int) -> _Shape:
        if number in self._shapes:
            return self._shapes[number]
        schema, name = self._schemas[number]
        if number in self._open:
            self._note(name, "is composed of itself, which says nothing")
            self._loops.add(number)
            return _Shape()
        self._left -= 1
        if self._left < 0:
            raise _LargeError("the file has too many schemas; the rest is not compared")
        if len(self._open) > CHAIN:
            raise _LargeError("composes schemas of schemas without end; the rest is not compared")
        self._open.add(number)
        try:
            if isinstance(schema, str):
                shape = _Shape(state=schema)
            elif isinstance(schema, _Join):
                shapes = [self._shape(part) for part in schema.parts]
                shape = self._combined(shapes, any_of=schema.any)
            else:
                shape = self._printed(schema)
        finally:
            self._open.discard(number)
            self._loops.discard(number)
        if not self._loops:  # or else it lacks what it is being composed of
            self._shapes[number] = shape
        return shape

    def _printed(self, schema: dict[Any, Any]) -> _Shape:
        """Return what a schema says, with those that it is composed of."""
        shapes = [self._own(schema)]
        for key in ("allOf", "oneOf", "anyOf"):
            parts = schema.get(key)
            if isinstance(parts, list) and parts:
                inner = [self._shape(self._number(part)) for part in parts]
                shapes.append(self._combined(inner, any_of=key != "allOf"))
        return shapes[0] if len(shapes) == 1 else self._combined(shapes, any_of=False)

    def _own(self, schema: dict[Any, Any]) -> _Shape:
        """Return what a schema says itself, without those that it is composed of."""
        printed = mapping(schema.get("properties")).items()
        properties = {str(name): self._number(value) for name, value in printed}
        required, elements = schema.get("required"), schema.get("items")
        others = schema.get("additionalProperties")
        kinds = schema.get("type")
        types = {words(t).lower() for t in (kinds if isinstance(kinds, list) else [kinds])}
        types &= {*TYPES, _NULL}
        if not types and (properties or isinstance(others, dict)):
            types = {"object"}
        elif not types and "items" in schema:
            types = {"array"}
        if "string" in types and words(schema.get("format")) == "binary":
            types = (types - {"string"}) | {"file"}
        within = None
        if isinstance(elements, dict) and elements:
            within = self._number(elements)
        elif isinstance(elements, list) and elements:
            within = self._joined(map(self._number, elements), any_of=True)
        return _Shape(
            frozenset(types),
            properties,
            frozenset(map(str, required)) if isinstance(required, list) else frozenset(),
            within,
            self._number(others) if isinstance(others, dict) and others else None,
            frozenset(key for key in ("readOnly", "writeOnly") if truth(schema.get(key))),
        )

    def _combined(self, shapes: list[_Shape], *, any_of: bool) -> _Shape:
        """Return one shape for several: any of them may hold, or all of them do."""
        if any_of:
            shapes = [shape for shape in shapes if shape.types != {_NULL}] or shapes
        named = [shape.types for shape in shapes if shape.types]
        types: frozenset[str] = frozenset().union(*named)
        if any_of and len(named) < len(shapes):
            types = frozenset()
        elif not any_of and named:
            types = frozenset.intersection(*named) or types
        properties: dict[str, list[int]] = {}
        for shape in shapes:
            for name, number in shape.properties.items():
                properties.setdefault(name, []).append(number)
        required = [shape.required for shape in shapes]
        hidden = [shape.hidden for shape in shapes]
        joined = {name: self._joined(nodes, any_of=any_of) for name, nodes in properties.items()}
        return _Shape(
            types,
            {name: number for name, number in joined.items() if number is not None},
            frozenset.intersection(*required) if any_of else frozenset().union(*required),
            self._joined((shape.elements for shape in shapes), any_of=any_of),
            self._joined((shape.others for shape in shapes), any_of=any_of),
            frozenset.intersection(*hidden) if any_of else frozenset().union(*hidden),
            next((shape.state for shape in shapes if shape.state), ""),
        )


def _inner(shape: _Shape) -> Iterator[tuple[str, int, bool]]:
    """Yield the name of each field in another, the number of its schema, whether it is required."""
    for key, child in shape.properties.items():
        yield key, child, key in shape.required
    if shape.elements is not None:
        yield "[]", shape.elements, True
    if shape.others is not None:
        yield "*", shape.others, False


def expanded(
    kind: str,
    top: _Top | None,
    rows: Callable[[_Top], Sequence[tuple[str, bool, str, _Top | None]]],
    note: Callable[[str, str], None],
) -> list[Field]:
    """Return the fields of a body in breadth, so that what is too much is what lies deepest.

    The body itself comes first, with the type `kind`; `top` is the list of its fields, and `rows`
    gives the fields of a list: name and whether it is required there, type, list within.
    """
    found = [Field("", required=True, type=kind)]
    level = [] if top is None else [(0, top, frozenset((top,)))]
    depth = 0
    while level:
        depth += 1
        below: list[Field] = []
        within: list[tuple[int, _Top, frozenset[_Top]]] = []
        for at, holder, around in level:
            outside = found[at]
            for label, required, type_, inner in rows(holder):
                again = inner is not None and inner in around
                if inner is not None and not again:
                    within.append((len(found) + len(below), inner, around | {inner}))
                name = inside(outside.name, label)
                own = outside.required and required
                below.append(Field(name, own, CIRCULAR if again else type_))
            if len(found) + len(below) > MOST_FIELDS:
                break
        if below and (depth > DEEPEST or len(found) + len(below) > MOST_FIELDS):
            limit = f"{DEEPEST} levels" if depth > DEEPEST else f"{MOST_FIELDS:,} fields"
            note(below[0].name, f"the body has more than {limit}; the rest is not compared")
            for at, holder, _ in level:
                if rows(holder):
                    found[at] = found[at]._replace(type=NOT_SEEN)
            return found
        found += below
        level = within
    return found


def inside(name: str, label: str) -> str:
    """Return the name of a field that lies in another and is called `label` there.

    Examples
    --------
    >>> inside("items", "[]"), inside("items[]", "price"), inside("", "items")
    ('items[]', 'items[].price', 'items')
    """
    return name + label if label == "[]" or not name else f"{name}.{label}"


def outer(name: str) -> str:
    """Return the name of what a field lies in; of those at the top, the body with its empty name.

    Examples
    --------
    >>> outer("items[].price"), outer("items[]"), outer("items")
    ('items[]', 'items', '')
    """
    return name[:-2] if name.endswith("[]") else name.rpartition(".")[0]
