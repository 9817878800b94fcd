"""Reading the interface of a building block or a product: its operations and all their parts.

Definitions
-----------
An *interface* is one OpenAPI 3 or Swagger 2 file, or a folder of them. Its *parts* are parameters
(in path, query, header, cookie), the fields of requests and those of answers. Parameters of a form
in Swagger 2 are fields of the request. The *answer* of an operation is its first success (2xx) that
has content, or else its first success, or else the ``default``; refusals are not compared. The
headers ``Accept``, ``Content-Type`` and ``Authorization`` are no parameters: OpenAPI 3 forbids them
to be. Of several media types the fields are those of JSON where there is any.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from govstack_kit._errors import ArgumentError, quote
from govstack_kit.selection._fetch import fetch, is_address, shown
from govstack_kit.selection._schemas import ANY, Field, Schemas
from govstack_kit.sources._interface_files import (
    Api,
    Found,
    block_of,
    form,
    load,
    no_interface,
    operations,
    published,
)
from govstack_kit.sources._plain import items, mapping, words
from govstack_kit.sources._reading import LARGEST, Unplaced, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

OPERATIONS = {
    "operation": "int64",
    "method": "str",
    "path": "str",
    "base": "str",
    "file": "str",
    "line": "int64",
    "name": "str",
    "form": "str",
    "deprecated": "bool",
    "also_in": "str",
}
PARTS = {
    "operation": "int64",
    "place": "str",
    "name": "str",
    "required": "bool",
    "type": "str",
    "status": "str",
    "media": "str",
}
PLACES = ("path", "query", "header", "cookie", "request", "response")
MOST_OPERATIONS = 2_000  # of one interface: the largest published one has 74
_NO_PARAMETERS = ("accept", "content-type", "authorization")
_IN_PATH = re.compile(r"\{([^{}]*)\}")
_PAGE = re.compile(r"\s*<(!doctype\s+html|html|head|body|\?xml)", re.IGNORECASE)
_SHOWN = 5  # reasons in a message


@dataclass(frozen=True)
class Interface:
    """What an interface offers, as tidy frames.

    Attributes
    ----------
    name : str
        The file, folder or address that was read.
    building_block : str
        The key of the building block whose repository it was read from; empty for anything else.
    in_full : bool
        Whether the parts of operations are known; the bundled table has operations only.
    operations : pandas.DataFrame
        One row an operation: ``operation``, its number here; ``method`` and ``path`` as printed;
        ``base``, the path of the server before it; ``file`` and ``line`` (0 if not known);
        ``name``, its operationId; ``form`` (``openapi-3``, ``swagger-2``); ``deprecated``;
        ``also_in``, other files that print it.
    parts : pandas.DataFrame
        One row a parameter or field: ``operation``; ``place`` (path, query, header, cookie,
        request, response); ``name``, empty for a body as a whole; ``required``; ``type``, one or
        several joined by "or", ``any``, ``circular`` or ``not seen``; for bodies as a whole also
        ``status`` and ``media``.
    unusable : pandas.DataFrame
        What could not be used: ``file``, ``line`` (0 for the whole file), ``text``, ``why``.
    """

    name: str
    building_block: str
    in_full: bool
    operations: pd.DataFrame
    parts: pd.DataFrame
    unusable: pd.DataFrame


def read_interface(path: str | Path, *, download: bool = False) -> Interface:
    r"""Read the interface of a product or of a building block.

    Nothing is downloaded unless `download` says so, and nothing but the file itself: references to
    other files and addresses are listed in ``unusable``.

    Parameters
    ----------
    path
        An OpenAPI 3 or Swagger 2 file in YAML or JSON; a folder of such files, for example the
        repository of a building block; or with `download` the address of a file.
    download
        Whether an address may be asked for its file.

    Returns
    -------
    Interface
        Frames of operations and their parts, and what could not be used.

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
    if is_address(path):
        address = str(path)
        if not download:
            raise ArgumentError(
                f"{shown(address)} is an address, and nothing is downloaded unasked: save the file "
                "and give its path, or write read_interface(address, download=True)."
            )
        with tempfile.TemporaryDirectory() as folder:
            return _read(fetch(address, Path(folder)), shown(address))
    if not isinstance(path, (str, Path)) or not str(path).strip():
        raise ArgumentError(f"Give the path of an OpenAPI file or folder, not {quote(path)}.")
    return _read(Path(path), Path(path).name)


def _read(path: Path, name: str) -> Interface:
    unplaced = Unplaced()
    try:
        is_folder, is_file = path.is_dir(), path.is_file()
    except (OSError, ValueError):  # a name that no system takes
        is_folder = is_file = False
    if not is_folder and not is_file:
        raise ArgumentError(f"There is no file or folder {quote(str(path))}. Check the path.")
    block = block_of(path) if is_folder and path.resolve().name.startswith("bb-") else ""
    found = published(path, unplaced) if is_folder else _of_file(path, name, unplaced)
    if not found:
        raise ArgumentError(_nothing(name, unplaced))
    if len(found) > MOST_OPERATIONS:
        raise ArgumentError(
            f"{name} has {len(found):,} operations; an interface that is compared has at most "
            f"{MOST_OPERATIONS:,}. Give the files of the part that you mean."
        )
    return _interface(name, block, found, unplaced)


def _of_file(path: Path, name: str, unplaced: Unplaced) -> list[Found]:
    """Return the operations of one file, even of a template: somebody has named it."""
    try:
        data, lines = load(path, path.name, unplaced)
    except (ValueError, RecursionError) as error:  # SourceError, or a number too long to read
        why = str(error) or "is nested too deeply"
        why = why.replace(path.name, name, 1) if path.name in why else f"{name}: {why}"
        if path.stat().st_size > LARGEST:
            why += f": {LARGEST / 1e6:,.0f} MB. Give the interface alone"
        raise ArgumentError(f"{why}.{_page(path)}") from None
    why = no_interface(data, templates=True)
    if why:
        raise ArgumentError(f"{name} is no interface ({why}).{_page(path)}")
    return [Found(o) for o in operations(Api(path.name, data, lines), unplaced, templates=True)]


def _page(path: Path) -> str:
    """Say what to do if a file is a web page."""
    with path.open("rb") as file:
        start = file.read(400).decode("utf-8", errors="replace").removeprefix("\ufeff")
    if not _PAGE.match(start):
        return " Give an OpenAPI 3 or Swagger 2 file in YAML or JSON."
    return " It is a web page: download the OpenAPI file that the page shows; on GitHub, press Raw."


def _nothing(name: str, unplaced: Unplaced) -> str:
    rows = [f"{file}: {why}" for file, _, _, why in sorted(unplaced.rows)]
    more = f"; and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    reasons = "; ".join(rows[:_SHOWN]) or "there is no YAML or JSON file in it"
    return (
        f"{name} holds no operation that can be used ({reasons}{more}). Give an OpenAPI 3 or "
        "Swagger 2 file, or a folder of them."
    )


def _interface(name: str, block: str, found: list[Found], unplaced: Unplaced) -> Interface:
    readers: dict[int, _Parts] = {}
    rows, parts = [], []
    for number, (operation, also_in, _) in enumerate(found):
        api = operation.api
        reader = readers.get(id(api.data)) or readers.setdefault(
            id(api.data), _Parts(api, unplaced)
        )
        data = operation.data
        rows.append(
            (
                *(number, operation.method, operation.path, _base(api.data, operation.item, data)),
                *(api.file, operation.line, words(data.get("operationId")), form(api.data)),
                *(data.get("deprecated") is True, "; ".join(also_in)),
            )
        )
        reader.line = operation.line
        parts += [(number, *part) for part in reader.parts(operation.path, operation.item, data)]
    unplaced.rows = list(dict.fromkeys(unplaced.rows))
    return Interface(
        name=name,
        building_block=block,
        in_full=True,
        operations=table(rows, OPERATIONS),
        parts=table(parts, PARTS),
        unusable=unplaced.frame(),
    )


def of_table(operations: pd.DataFrame, building_block: str) -> Interface:
    """Return the interface of a block from rows of ``api_operations``: operations without parts."""
    wanted = ("method", "path", "file", "operation", "form", "also_in")
    frame = operations.reindex(columns=list(wanted)).astype("object").fillna("").astype("str")
    rows = [
        (number, method.upper(), path, "", file, 0, name, kind, False, also_in)
        for number, (method, path, file, name, kind, also_in) in enumerate(
            frame.itertuples(index=False, name=None)
        )
    ]
    return Interface(
        name=f"the bundled operations of {building_block}",
        building_block=building_block,
        in_full=False,
        operations=table(rows, OPERATIONS),
        parts=table([], PARTS),
        unusable=Unplaced().frame(),
    )


def _base(data: dict[Any, Any], item: dict[Any, Any], operation: dict[Any, Any]) -> str:
    """Return the path of the server that an operation is called at."""
    if form(data) == "swagger-2":
        return words(data.get("basePath"))
    for holder in (operation, item, data):
        for server in items(holder.get("servers"))[:1]:
            url = words(mapping(server).get("url"))
            for name, variable in mapping(mapping(server).get("variables")).items():
                url = url.replace(f"{{{name}}}", words(mapping(variable).get("default")) or "{}")
            try:
                return urlsplit(url).path
            except ValueError:  # a bracket that is never closed
                return ""
    return words(data.get("basePath"))  # seen in a file of OpenAPI 3


class _Parts:
    """Lists the parts of the operations of one file."""

    def __init__(self, api: Api, unplaced: Unplaced) -> None:
        self.line = 0
        self._data, self._file, self._unplaced = api.data, api.file, unplaced
        self._schemas = Schemas(api.data, self._note)

    def _note(self, text: str, why: str) -> None:
        self._unplaced.add(self._file, self.line, text, why)

    def parts(
        self, path: str, item: dict[Any, Any], operation: dict[Any, Any]
    ) -> Iterator[tuple[str, str, bool, str, str, str]]:
        """Yield place, name, required, type, status and media of each part of an operation."""
        given: dict[tuple[str, str], dict[Any, Any]] = {}
        for printed in [*items(item.get("parameters")), *items(operation.get("parameters"))]:
            parameter = self._schemas.follow(printed)[0]
            place, name = words(parameter.get("in")), words(parameter.get("name"))
            given[place, name.casefold() if place == "header" else name] = parameter
        for name in _IN_PATH.findall(path):
            yield "path", name, True, self._type(given.get(("path", name), {})), "", ""
        for (place, _), parameter in given.items():
            name, required = words(parameter.get("name")), parameter.get("required") is True
            ignored = place == "header" and name.casefold() in _NO_PARAMETERS
            if name and not ignored and place in ("query", "header", "cookie"):
                yield place, name, required, self._type(parameter), "", ""
        yield from self._request(operation, given)
        yield from self._response(operation)

    def _type(self, parameter: dict[Any, Any]) -> str:
        schema = parameter.get("schema")
        if schema is None:
            content = mapping(parameter.get("content"))
            first = next(iter(content.values()), None)
            schema = mapping(first).get("schema") if content else parameter
        return self._schemas.type_of(schema)

    def _request(
        self, operation: dict[Any, Any], given: dict[tuple[str, str], dict[Any, Any]]
    ) -> Iterator[tuple[str, str, bool, str, str, str]]:
        body = self._schemas.follow(operation.get("requestBody"))
        consumed = _media_of(operation.get("consumes") or self._data.get("consumes"))
        if operation.get("requestBody") is not None:
            media, schema = _content(body[0].get("content"))
            required = body[0].get("required") is True
        else:
            bodies = [parameter for (place, _), parameter in given.items() if place == "body"]
            form = [parameter for (place, _), parameter in given.items() if place == "formData"]
            if not bodies and not form:
                return
            required = any(parameter.get("required") is True for parameter in [*bodies, *form])
            media, schema = consumed, bodies[0].get("schema") if bodies else _form_schema(form)
        whole, *fields = self._schemas.fields(schema, hide="readOnly")
        kind = body[2] or whole.type
        yield "request", "", required, kind, "", media
        yield from (("request", *field, "", "") for field in fields)

    def _response(
        self, operation: dict[Any, Any]
    ) -> Iterator[tuple[str, str, bool, str, str, str]]:
        found: dict[str, tuple[str, object, str]] = {}
        produced = _media_of(operation.get("produces") or self._data.get("produces"))
        for key, printed in mapping(operation.get("responses")).items():
            status = words(key).upper()
            if status == "DEFAULT" or re.fullmatch(r"2(\d\d|XX)", status):
                response, _, state = self._schemas.follow(printed)
                media, schema = _content(response.get("content"))
                if "schema" in response:
                    media, schema = produced, response["schema"]
                found[status] = media, schema, state
        with_content = [status for status, answer in found.items() if answer[1] is not None]
        named = sorted(with_content or found, key=lambda s: (s == "DEFAULT", s))
        named = [s for s in named if s != "DEFAULT"] or sorted(found) or named
        if not named:
            return
        media, schema, state = found[named[0]]
        fields = [Field("", required=True, type=ANY)]
        if schema is not None:
            fields = self._schemas.fields(schema, hide="writeOnly")
        status = "default" if named[0] == "DEFAULT" else named[0]
        yield "response", "", True, state or fields[0].type, status, media
        yield from (("response", *field, "", "") for field in fields[1:])


def _form_schema(form: list[dict[Any, Any]]) -> dict[str, Any]:
    """Return the schema of a request that Swagger 2 lists as parameters of a form."""
    required = [words(p.get("name")) for p in form if p.get("required") is True]
    return {
        "type": "object",
        "properties": {words(p.get("name")): {**p, "required": None} for p in form},
        "required": required,
    }


def _media_of(printed: object) -> str:
    return "; ".join(sorted({_family(words(name)) for name in items(printed) if words(name)}))


def _family(media: str) -> str:
    """Return what matters of a media type.

    Examples
    --------
    >>> _family("application/problem+json; charset=utf-8"), _family("*/*"), _family("text/csv")
    ('json', 'any', 'text/csv')
    """
    media = media.partition(";")[0].strip().casefold()
    for name in ("json", "xml"):
        if media.endswith((f"/{name}", f"+{name}")):
            return name
    return "any" if media.startswith("*/") else media


def _content(printed: object) -> tuple[str, object]:
    """Return the families of media of a body, and the schema of the best of them."""
    content = {words(name): mapping(value) for name, value in mapping(printed).items()}
    best = sorted(content, key=lambda name: (_family(name) != "json", name))
    if not best:
        return "", None
    return _media_of(list(content)), content[best[0]].get("schema", {})
