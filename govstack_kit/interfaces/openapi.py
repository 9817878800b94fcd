"""Reading OpenAPI 3 and Swagger 2: the operations of an interface, their parts and their fields.

Definitions
-----------
An *operation* is one method on one path of one file: ``POST /vouchers``. ``base`` is the path of
the server before it. Two files of a folder are *twins* when they bear the same title or the same
name with another ending: an operation of both stands once, with the other files in ``also_in``;
YAML goes before JSON, and ``note`` says where the twin writes the path differently.

The *parts* of an operation are its parameters in path, query, header and cookie, its request and
its answer. A form of Swagger 2 is a request. The *answer* is the first success (2xx) that has
content, or else the first success, or else the ``default``; refusals are left out, as are the
headers ``Accept``, ``Content-Type`` and ``Authorization``, which OpenAPI 3 forbids as parameters.
Of several media types, one with a schema is read, of JSON before others.

The *fields* of a body stand in lists: a field has a name in its list, and names in ``inner_list``
the list of those within it; ``[]`` is each element of an array, ``*`` a name that is left open. A
list has the name of the schema that it is of, or of where it stands; lists of one building block
with the same fields are one, and a list can lead back to itself. ``allOf`` is merged: the fields of
all its members, required where one requires. Of ``oneOf`` and ``anyOf`` a client may meet any: the
fields of all, required where every one requires. Conditions, formats, limits and lists of values
are not looked at, neither is ``null``. What a server only sends (``readOnly``) is no field of a
request; what it only takes (``writeOnly``) none of an answer. What a reference does not lead to
(another file is never opened) has the type ``not seen``.

Placeholders, templates, fragments and whatever else cannot be used are in ``unusable``.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

import pandas as pd
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable

from govstack_kit import words
from govstack_kit.errors import ArgumentError, quote
from govstack_kit.framework.framework import DECLARED
from govstack_kit.interfaces import plain_files
from govstack_kit.interfaces.plain_files import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

ANY, NOT_SEEN = "any", "not seen"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
FOLDERS = ("api", "apis", "openapi", "swagger", "interfaces")  # where repositories keep them
MOST_SCHEMAS = 100_000  # of one file, with those that are composed of them
LONGEST_CHAIN = 50  # references to references, schemas composed of schemas
_TYPES = {"array", "boolean", "file", "integer", "number", "object", "string", "null"}
_NO_PARAMETERS = ("accept", "content-type", "authorization")
_UNSEEN: dict[str, Any] = {"x-not-seen": True}
_IN_PATH = re.compile(r"\{([^{}]*)\}")
_FENCED = re.compile(r"^```\w*[ \t]*\n(.*?)(?:^```|\Z)", re.MULTILINE | re.DOTALL)
_TEMPLATE = re.compile(
    r"pet ?store|[<>]|^(sample|example|template|untitled)( api)?$", re.IGNORECASE
)
Data = dict[str, Any]


@dataclass(frozen=True)
class Interface:
    """What an interface offers.

    Attributes
    ----------
    building_block : str
        The building block that publishes it; empty for a product's.
    operations, parts, fields : pandas.DataFrame
        Rows as in the tables ``api_operations``, ``api_parts`` and ``api_fields``.
    unusable : pandas.DataFrame
        What could not be used: ``file``, ``text`` and ``why``.
    """

    building_block: str
    operations: pd.DataFrame
    parts: pd.DataFrame
    fields: pd.DataFrame
    unusable: pd.DataFrame


class Part(NamedTuple):
    """A parameter or field, or a body as a whole; a row of ``api_parts``."""

    place: str
    name: str
    required: bool
    type: str
    status: str = ""
    media: str = ""
    field_list: str = ""

    @property
    def level(self) -> str:
        """Required or optional."""
        return "required" if self.required else "optional"

    @property
    def weight(self) -> float:
        """What the part weighs among others."""
        return 1.0 if self.required else 0.25

    def __str__(self) -> str:
        if self.name:
            kind = "field" if self.place in ("request", "response") else "parameter"
            return f"{self.place} {kind} `{self.name}`"
        return "request body" if self.place == "request" else "answer"


# --- what people give -----------------------------------------------------------------------------


def read_interface(path: str | Path, *, building_block: str = "") -> Interface:
    r"""Read an OpenAPI 3 or Swagger 2 file, or a folder of them.

    Parameters
    ----------
    path
        The file or folder. Nothing is downloaded: save what stands at an address first.
    building_block
        The key of the building block whose interface it is; empty for a product's.

    Returns
    -------
    Interface
        Frames of operations, parts and fields, and what could not be used.

    Raises
    ------
    ArgumentError
        If there is no such file, or nothing in it is an interface; the message says where and why.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "swagger.yaml")
    ...     _ = path.write_text("swagger: '2.0'\npaths: {'/vouchers/{id}': {get: {}}}")
    ...     interface = read_interface(path)
    >>> interface.operations[["method", "path"]].values.tolist()
    [['GET', '/vouchers/{id}']]
    >>> interface.parts[["place", "name", "required"]].values.tolist()
    [['path', 'id', True]]
    """
    if not isinstance(path, (str, Path)) or not str(path).strip():
        raise ArgumentError(f"Give the path of an OpenAPI file or folder, not {quote(path)}.")
    if not os.path.exists(path):  # noqa: PTH110 - takes a name that no system takes
        fix = "Save the file and give its path." if "://" in str(path) else "Check the path."
        raise ArgumentError(f"There is no file or folder {quote(str(path))}. {fix}")
    path = Path(path)
    if path.is_dir():
        found = read_folder(path, building_block)
    else:
        reader = _Reader(building_block)
        reader.read(path, path.name)
        found = reader.interface()
    if found.operations.empty:
        reasons = [f"{file}: {why}" for file, _, why in found.unusable.itertuples(index=False)]
        said = "; ".join(reasons[:5]) or "there is no YAML or JSON file in it"
        raise ArgumentError(
            f"{path.name} holds no operation that can be used ({said}). Give an OpenAPI 3 or "
            "Swagger 2 file in YAML or JSON, or a folder of them."
        )
    return found


def read_folder(folder: Path, building_block: str) -> Interface:
    """Read the interfaces in a building block's repository, which may hold none.

    They are looked for in a folder called ``api`` (or ``apis``, ``openapi``, ``swagger``,
    ``interfaces``), and without any of these everywhere below; YAML goes before JSON.

    Raises
    ------
    SourceError
        If there is no such folder.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder} is not a folder")
    reader = _Reader(building_block)
    places = [folder / name for name in FOLDERS if (folder / name).is_dir()]
    paths = [path for place in places or [folder] for path in place.rglob("*")]
    for path in sorted(paths, key=lambda path: (path.suffix.lower() == ".json", str(path))):
        file = path.relative_to(folder).as_posix()
        if not places and any(part.startswith(".") for part in Path(file).parts):
            continue
        if path.is_symlink():
            reader.note(file, path.name, "a link, not followed")
        elif path.suffix.lower() in (".yaml", ".yml", ".json") and path.is_file():
            reader.read(path, file, templates=False)
        elif places and not path.is_dir():
            reader.note(file, path.name, "neither YAML nor JSON, so no interface")
    return reader.interface()


# --- files ----------------------------------------------------------------------------------------


class _Operation(NamedTuple):
    """One method on one path of one file; `item` is what the path holds, `data` the method."""

    document: _Document
    position: int
    method: str
    path: str
    item: Data
    data: Data


class _Reader:
    """Reads one file, or those of one building block, and keeps each operation once."""

    def __init__(self, building_block: str) -> None:
        self.building_block = building_block
        self._notes: dict[tuple[str, str, str], None] = {}
        self._found: dict[tuple[str, str, str], tuple[_Operation, Data]] = {}
        self._groups: dict[str, str] = {}

    def note(self, file: str, text: str, why: str) -> None:
        """Note what cannot be used."""
        self._notes[file, words.clean(text)[:200], why] = None

    def read(self, path: Path, file: str, *, templates: bool = True) -> None:
        """Read a file, or note why it is no interface; `templates` says whether those count."""
        try:
            data = self._data(path, file)
            why = _no_interface(data, templates=templates)
        except SourceError as error:
            why = str(error)
        if why:
            self.note(file, path.name, why)
            return
        document = _Document(file, data, partial(self.note, file))
        stem = file.rpartition(".")[0].casefold()
        group = self._groups.setdefault(stem, document.title.casefold() or stem)
        for operation in document.operations():
            self._add(group, operation)

    def _data(self, path: Path, file: str) -> Any:  # noqa: ANN401 - whatever the file holds
        text = plain_files.read_text(path)
        if text.lstrip().startswith("<"):
            raise SourceError("a web page: download the file that it shows; on GitHub, press Raw")
        if path.suffix.lower() == ".json" or text.lstrip().startswith("{"):
            return plain_files.load_json(text, path.name) if text.strip() else None
        if fenced := _FENCED.search(text):  # a page with the interface in it, as one is published
            self.note(file, path.name, "what stands around the fences is not read")
        return plain_files.load_yaml(fenced[1] if fenced else text, path.name)

    def _add(self, group: str, operation: _Operation) -> None:
        """Keep an operation, or note at its twin where else it stands."""
        document, position, method, path, _, data = operation
        key = group, method, _IN_PATH.sub("{}", path).casefold().rstrip("/")
        if key not in self._found:
            new: Data = {
                "building_block": self.building_block,
                "file": document.file,
                "also_in": "",
            }
            new |= {"method": method, "path": path, "base": document.base(operation), "note": ""}
            new |= {"operation": _text(data.get("operationId")), "position": position}
            new |= {"form": document.form, "api_version": document.version}
            self._found[key] = operation, new
        row = self._found[key][1]
        if document.file not in (row["file"], *row["also_in"].split("; ")):
            row["also_in"] = "; ".join(filter(None, (row["also_in"], document.file)))
            if path != row["path"]:
                row["note"] = f"{document.file} writes {path}"

    def interface(self) -> Interface:
        """Return what was read."""
        found = sorted(self._found.values(), key=lambda f: (f[1]["file"], f[0].position))
        lists = _FieldLists(self.building_block.rpartition(":")[2])
        parts = []
        for operation, row in found:
            key = {name: row[name] for name in DECLARED["api_parts"].key if name != "order"}
            for order, (part, schema) in enumerate(operation.document.parts(operation), start=1):
                held = lists.of_part(operation, part, schema)
                parts.append(key | {"order": order} | part._asdict() | {"field_list": held})
        same = lists.same()
        for row in parts:
            row["field_list"] = same.get(row["field_list"], row["field_list"])
        return Interface(
            self.building_block,
            _frame("api_operations", [row for _, row in found]),
            _frame("api_parts", parts),
            _frame("api_fields", lists.rows(same)),
            pd.DataFrame(sorted(self._notes), columns=["file", "text", "why"], dtype="str"),
        )


def _frame(table: str, rows: Iterable[Data]) -> pd.DataFrame:
    dtypes = {name: kind for name, kind in DECLARED[table].dtypes.items() if name != "source"}
    return pd.DataFrame(list(rows), columns=list(dtypes)).astype(dtypes)


def _no_interface(data: object, *, templates: bool) -> str:
    """Return why data describe no interface, or nothing if they do."""
    if data in (None, ""):
        return "an empty placeholder"
    if not isinstance(data, dict):
        return "it holds a list or a text"
    if not _form(data):
        version = _text(data.get("openapi") or data.get("swagger"))
        return f"version {version} is not known" if version else f"it holds {', '.join(data)[:80]}"
    title, paths = _text(_mapping(data.get("info")).get("title")), _mapping(data.get("paths"))
    pets = bool(paths) and all(path.startswith("/pet") for path in paths)
    template = not templates and (pets or _TEMPLATE.search(title))
    return f"a template: {title}" if template else ""


def _form(data: Data) -> str:
    """Return which form a file has; nothing if it is no interface."""
    if _text(data.get("openapi")).startswith("3"):
        return "openapi-3"
    return "swagger-2" if _text(data.get("swagger")).startswith("2") else ""


# --- one file -------------------------------------------------------------------------------------


class _Shape(NamedTuple):
    """What a schema says, with those that it is composed of; `state` if it was not seen."""

    types: frozenset[str] = frozenset()
    fields: dict[str, Data] = {}  # noqa: RUF012 - never changed
    required: frozenset[str] = frozenset()
    elements: Data | None = None
    others: Data | None = None
    hidden: frozenset[str] = frozenset()
    state: str = ""

    @property
    def type(self) -> str:
        """The type or types in words."""
        return self.state or " or ".join(sorted(self.types - {"null"})) or ANY


class _Document:
    """One file: its operations, their parts, and the fields of its schemas."""

    def __init__(self, file: str, data: Data, note: Callable[[str, str], None]) -> None:
        self.file, self.data, self.form = file, data, _form(data)
        info = _mapping(data.get("info"))
        self.title, self.version = _text(info.get("title")), _text(info.get("version"))
        self._note = note
        self._resolver = Registry().with_resource("", Resource.opaque(data)).resolver()
        self._shapes: dict[int, tuple[Data, _Shape]] = {}  # with the schema, so that it stays
        self._open: set[int] = set()  # schemas that are being looked into
        self._loops: set[int] = set()  # those of them that are composed of themselves
        self._joined: dict[tuple[str, ...], Data] = {}
        self.names: dict[int, str] = {}  # of schemas that are referred to

    def target(self, value: object) -> Data:
        """Return the mapping that a value is or refers to; note what cannot be followed."""
        found, seen, why = _mapping(value), set[str](), ""
        while not why and isinstance(reference := found.get("$ref"), str):
            if reference in seen or len(seen) > LONGEST_CHAIN:
                why = "only leads back to itself, so that it says nothing"
            elif not reference.startswith("#"):
                why = "refers to another file, which was not opened"
            else:
                try:
                    found = _mapping(self._resolver.lookup(reference).contents)
                except (Unresolvable, ValueError, TypeError):
                    found = {}
                why = "" if found else "refers to nothing in this file"
            seen.add(reference)
            if why:
                self._note(reference, why)
                return _UNSEEN
            self.names.setdefault(id(found), unquote(reference.rpartition("/")[2]))
        return found

    def operations(self) -> Iterator[_Operation]:
        """Yield the operations."""
        position, paths = 0, _mapping(self.data.get("paths"))
        for path, printed in paths.items():
            item = self._path_item(_mapping(printed))
            for name, data in item.items():
                if name.lower() in METHODS and isinstance(data, dict):
                    position += 1
                    yield _Operation(self, position, name.upper(), words.clean(path), item, data)
        if not position:
            self._note(self.title, "no operation below its paths" if paths else "it has no paths")

    def _path_item(self, printed: Data) -> Data:
        """Return what a path holds, on top of what it refers to, with the parameters of both."""
        referred = self.target(printed) if "$ref" in printed else {}
        parameters = [*_items(referred.get("parameters")), *_items(printed.get("parameters"))]
        return {**referred, **printed, "parameters": parameters}

    def base(self, operation: _Operation) -> str:
        """Return the path of the server that an operation is called at."""
        for holder in (operation.data, operation.item, self.data):
            for server in map(_mapping, _items(holder.get("servers"))[:1]):
                url = _text(server.get("url"))
                for name, variable in _mapping(server.get("variables")).items():
                    url = url.replace(f"{{{name}}}", _text(_mapping(variable).get("default")))
                return re.sub(r"^([\w+.-]+:)?//[^/?#]*|[?#].*", "", url)
        return _text(self.data.get("basePath"))  # of Swagger 2; seen in a file of OpenAPI 3 too

    # parts

    def parts(self, operation: _Operation) -> Iterator[tuple[Part, Data | None]]:
        """Yield the parameters of an operation, then its bodies, if it has some, with schemas."""
        given: dict[tuple[str, str], Data] = {}
        printed = [*operation.item["parameters"], *_items(operation.data.get("parameters"))]
        for parameter in map(self.target, printed):
            place, name = _text(parameter.get("in")), _text(parameter.get("name"))
            given[place, name.casefold() if place == "header" else name] = parameter
        for name in _IN_PATH.findall(operation.path):
            kind = self._type(given.get(("path", name), {}))
            yield Part("path", name, required=True, type=kind), None
        for (place, folded), parameter in given.items():
            ignored = place == "header" and folded in _NO_PARAMETERS
            if folded and not ignored and place in ("query", "header", "cookie"):
                name, required = _text(parameter.get("name")), _true(parameter.get("required"))
                yield Part(place, name, required, self._type(parameter)), None
        yield from self._request(operation.data, given)
        yield from self._answer(operation.data)

    def _type(self, parameter: Data) -> str:
        content = next(iter(_mapping(parameter.get("content")).values()), None)
        schema = parameter.get("schema") or _mapping(content).get("schema")
        return self.shape(schema or parameter).type

    def _request(
        self, operation: Data, given: dict[tuple[str, str], Data]
    ) -> Iterator[tuple[Part, Data]]:
        if "requestBody" in operation:
            body = self.target(operation["requestBody"])
            media, schema = _content(body)
            required = _true(body.get("required"))
        else:
            bodies = [parameter for (place, _), parameter in given.items() if place == "body"]
            form = [parameter for (place, _), parameter in given.items() if place == "formData"]
            if not bodies and not form:
                return
            required = any(_true(parameter.get("required")) for parameter in bodies + form)
            schema = bodies[0].get("schema") if bodies else _form_schema(form)
            media = _families(operation.get("consumes") or self.data.get("consumes"))
        held = self.target({} if schema is None else schema)
        yield Part("request", "", required, self.shape(held).type, media=media), held

    def _answer(self, operation: Data) -> Iterator[tuple[Part, Data]]:
        found: dict[str, tuple[str, object]] = {}
        for name, printed in _mapping(operation.get("responses")).items():
            status = name.lower()
            if status == "default" or re.fullmatch(r"2(\d\d|xx)", status):
                response = self.target(printed)
                found[status] = _content(response)
                if "schema" in response:
                    produced = operation.get("produces") or self.data.get("produces")
                    found[status] = _families(produced), response["schema"]
        if found:
            status = min(found, key=lambda name: (name == "default", found[name][1] is None, name))
            media, schema = found[status]
            held = self.target({} if schema is None else schema)
            kind, shown = self.shape(held).type, status.replace("xx", "XX")
            yield Part("response", "", required=True, type=kind, status=shown, media=media), held

    # schemas

    def fields(self, schema: Data, hidden: str) -> list[tuple[str, bool, str, Data]]:
        """Return the fields of a schema, without those that have the word `hidden`."""
        shape = self.shape(schema)
        inside = [(name, held, name in shape.required) for name, held in shape.fields.items()]
        if shape.elements is not None:
            inside.append(("[]", shape.elements, True))
        if shape.others is not None:
            inside.append(("*", shape.others, False))
        return [
            (name, required, within.type, held)
            for name, held, required in inside
            for within in [self.shape(held)]
            if hidden not in within.hidden
        ]

    def shape(self, value: object) -> _Shape:
        """Return what a schema says; each is looked into once, whatever refers to it."""
        schema = self.target(value)
        key = id(schema)
        if key in self._shapes:
            return self._shapes[key][1]
        if schema is _UNSEEN:
            return _Shape(state=NOT_SEEN)
        if key in self._open:
            self._note(self.names.get(key, ""), "is composed of itself, which says nothing")
            self._loops.add(key)
            return _Shape()
        if len(self._shapes) > MOST_SCHEMAS or len(self._open) > LONGEST_CHAIN:
            self._note("", "has too many schemas; not all are compared")
            return _Shape(state=NOT_SEEN)
        self._open.add(key)
        shapes = [self._own(schema)]
        for word in ("allOf", "oneOf", "anyOf"):
            members = [self.shape(member) for member in _items(schema.get(word))]
            shapes += [self._combined(members, any_of=word != "allOf")] if members else []
        found = self._combined(shapes, any_of=False)
        self._open.discard(key)
        self._loops.discard(key)
        if not self._loops:  # or else it lacks what it is being composed of
            self._shapes[key] = schema, found
        return found

    def _own(self, schema: Data) -> _Shape:
        """Return what a schema says itself, without those that it is composed of."""
        properties = _mapping(schema.get("properties"))
        fields = {name: self.target(held) for name, held in properties.items()}
        others, elements = schema.get("additionalProperties"), schema.get("items")
        types = {_text(kind).lower() for kind in _items(schema.get("type"))} & _TYPES
        if not types and (fields or isinstance(others, dict)):
            types = {"object"}
        elif not types and "items" in schema:
            types = {"array"}
        if "string" in types and _text(schema.get("format")) == "binary":
            types = types - {"string"} | {"file"}
        required = schema.get("required")
        return _Shape(
            frozenset(types),
            fields,
            frozenset(map(str, required)) if isinstance(required, list) else frozenset(),
            self._join([held for held in _items(elements) if isinstance(held, dict)], "anyOf"),
            self._join([others] if isinstance(others, dict) else [], "allOf"),
            frozenset(word for word in ("readOnly", "writeOnly") if _true(schema.get(word))),
        )

    def _join(self, schemas: Iterable[Data | None], word: str) -> Data | None:
        """Return one schema for several in one place, the same one for the same several."""
        held = [self.target(schema) for schema in schemas if schema]
        different = list({id(schema): schema for schema in held}.values())
        if len(different) < 2:  # noqa: PLR2004
            return different[0] if different else None
        key = word, *(str(id(schema)) for schema in different)
        return self._joined.setdefault(key, {word: different})

    def _combined(self, shapes: Sequence[_Shape], *, any_of: bool) -> _Shape:
        """Return one shape for several: any of them may hold, or all of them do."""
        word = "anyOf" if any_of else "allOf"
        if any_of:
            shapes = [shape for shape in shapes if shape.types != {"null"}] or shapes
        named = [shape.types for shape in shapes if shape.types]
        types = frozenset[str]().union(*named)
        if any_of and len(named) < len(shapes):
            types = frozenset()
        elif not any_of and named:
            types = frozenset.intersection(*named) or types
        fields = {
            name: self._join([shape.fields.get(name) for shape in shapes], word) or {}
            for name in dict.fromkeys(name for shape in shapes for name in shape.fields)
        }
        together = frozenset.intersection if any_of else frozenset.union
        return _Shape(
            types,
            fields,
            together(*(shape.required for shape in shapes)),
            self._join([shape.elements for shape in shapes], word),
            self._join([shape.others for shape in shapes], word),
            together(*(shape.hidden for shape in shapes)),
            next((shape.state for shape in shapes if shape.state), ""),
        )


def _form_schema(form: list[Data]) -> Data:
    """Return the schema of a request that Swagger 2 lists as parameters of a form."""
    return {
        "type": "object",
        "properties": {_text(p.get("name")): {**p, "required": None} for p in form},
        "required": [_text(p.get("name")) for p in form if _true(p.get("required"))],
    }


def _content(body: Data) -> tuple[str, object]:
    """Return the families of media of a body, and the schema of the best of them."""
    if body is _UNSEEN:
        return "", _UNSEEN
    content = {name: _mapping(held) for name, held in _mapping(body.get("content")).items()}
    if not content:
        return "", None
    best = min(content, key=lambda n: (not content[n].get("schema"), _families(n) != "json", n))
    return _families(list(content)), content[best].get("schema", {})


def _families(printed: object) -> str:
    """Return what matters of media types.

    Examples
    --------
    >>> _families(["application/problem+json; charset=utf-8", "text/xml", "text/csv"])
    'json; text/csv; xml'
    """
    found = set()
    for name in map(_text, _items(printed)):
        media = name.partition(";")[0].strip().casefold()
        family = re.search(r"[/+](json|xml)$", media)
        found.add("any" if media.startswith("*/") else family[1] if family else media)
    return "; ".join(sorted(found - {""}))


# --- lists of fields ------------------------------------------------------------------------------


class _FieldLists:
    """The lists of fields of a building block, whose short name begins all of theirs."""

    def __init__(self, block: str) -> None:
        self._block = block
        self._names: dict[tuple[int, str], str] = {}
        self._taken: Counter[str] = Counter()
        self._lists: dict[str, list[tuple[str, bool, str, str]]] = {}

    def of_part(self, operation: _Operation, part: Part, schema: Data | None) -> str:
        """Return the name of the list of a body's fields; nothing if it has none."""
        left: list[tuple[str, Data]] = []

        def named(schema: Data | None, place: str) -> str:
            """Return the name of a list, and leave it to be read if it is new."""
            if schema is None or not document.fields(schema, hidden):
                return ""
            key = id(schema), hidden
            if key not in self._names:
                name = document.names.get(id(schema), "") or place
                self._taken[name] += 1
                again = f" ({self._taken[name]})" if self._taken[name] > 1 else ""
                self._names[key] = f"{self._block}:{name}{again}"
                left.append((self._names[key], schema))
            return self._names[key]

        document = operation.document
        hidden = "readOnly" if part.place == "request" else "writeOnly"
        found = named(schema, f"{operation.method} {operation.path} {part.place}")
        while left:
            name, held = left.pop()
            around = name.partition(":")[2]
            self._lists[name] = [
                (field, required, kind, named(inner, inside(around, field)))
                for field, required, kind, inner in document.fields(held, hidden)
            ]
        return found

    def same(self) -> dict[str, str]:
        """Return each list that leads to an end, with the name of the first that is the same."""
        found, first = {"": ""}, dict[tuple[Any, ...], str]()
        left, before = self._lists, -1
        while len(left) != before:
            before = len(left)
            for name, rows in left.items():
                if all(row[3] in found for row in rows):
                    own = tuple((*row[:3], found[row[3]]) for row in rows)
                    found[name] = first.setdefault(own, name)
            left = {name: rows for name, rows in left.items() if name not in found}
        return found

    def rows(self, same: dict[str, str]) -> Iterator[Data]:
        """Yield the fields of all lists, those that are the same once."""
        for held in sorted(name for name in self._lists if same.get(name, name) == name):
            for order, (name, required, kind, inner) in enumerate(self._lists[held], start=1):
                row = {"field_list": held, "order": order, "name": name, "required": required}
                yield row | {"type": kind, "inner_list": same.get(inner, inner)}


def inside(around: str, name: str) -> str:
    """Return the name of a field with that of what it lies in.

    Examples
    --------
    >>> inside("items", "[]"), inside("items[]", "price"), inside("", "items")
    ('items[]', 'items[].price', 'items')
    """
    return around + name if name == "[]" or not around else f"{around}.{name}"


# --- what stands in a file ------------------------------------------------------------------------


def _text(value: object) -> str:
    plain = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    return words.clean(str(value)) if plain else ""


def _true(value: object) -> bool:
    return value is True or _text(value).casefold() in ("true", "yes", "on")


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value in (None, "", {}) else [value]


def _mapping(value: object) -> Data:
    return value if isinstance(value, dict) else {}
