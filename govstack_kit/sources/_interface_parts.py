"""The parts of an operation: its parameters, and the fields of its request and its answer.

Definitions
-----------
*Parameters* are those in path, query, header and cookie; those of a form in Swagger 2 are fields of
the request. The *answer* of an operation is its first success (2xx) that has content, or else its
first success, or else the ``default``; refusals are left out. The headers ``Accept``,
``Content-Type`` and ``Authorization`` are no parameters: OpenAPI 3 forbids them to be. Of several
media types the fields are those of one that has a schema, of JSON before others. What a field is,
is defined in :mod:`govstack_kit.sources._schemas`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from govstack_kit.sources._interface_files import form
from govstack_kit.sources._plain import items, mapping, truth, words
from govstack_kit.sources._schemas import ANY, Schemas, Top

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from govstack_kit.sources._interface_files import Operation

_NO_PARAMETERS = ("accept", "content-type", "authorization")
_IN_PATH = re.compile(r"\{([^{}]*)\}")


class Part(NamedTuple):
    """A parameter, or a body as a whole with its status, its media and the list of its fields."""

    place: str
    name: str
    required: bool
    type: str
    status: str = ""
    media: str = ""
    top: Top | None = None


class Parts:
    """Lists the parts of the operations of one file.

    Parameters
    ----------
    data
        The plain data of the file.
    note
        Is told what could not be followed, and why.
    """

    def __init__(self, data: dict[Any, Any], note: Callable[[str, str], None]) -> None:
        self._data = data
        self.schemas = Schemas(data, note)

    def of(self, operation: Operation) -> Iterator[Part]:
        """Yield the parameters of an operation, then its request and its answer if it has them."""
        item, data = operation.item, operation.data
        given: dict[tuple[str, str], dict[Any, Any]] = {}
        for printed in [*items(item.get("parameters")), *items(data.get("parameters"))]:
            parameter = self.schemas.follow(printed)[0]
            place, name = words(parameter.get("in")), words(parameter.get("name"))
            given[place, name.casefold() if place == "header" else name] = parameter
        for name in _IN_PATH.findall(operation.path):
            yield Part("path", name, required=True, type=self._type(given.get(("path", name), {})))
        for (place, _), parameter in given.items():
            name, required = words(parameter.get("name")), truth(parameter.get("required"))
            ignored = place == "header" and name.casefold() in _NO_PARAMETERS
            if name and not ignored and place in ("query", "header", "cookie"):
                yield Part(place, name, required, self._type(parameter))
        yield from self._request(data, given)
        yield from self._response(data)

    def _type(self, parameter: dict[Any, Any]) -> str:
        schema = parameter.get("schema")
        if schema is None:
            content = mapping(parameter.get("content"))
            first = next(iter(content.values()), None)
            schema = mapping(first).get("schema") if content else parameter
        return self.schemas.of(schema)[0]

    def _request(
        self, operation: dict[Any, Any], given: dict[tuple[str, str], dict[Any, Any]]
    ) -> Iterator[Part]:
        body = self.schemas.follow(operation.get("requestBody"))
        consumed = _media_of(operation.get("consumes") or self._data.get("consumes"))
        if operation.get("requestBody") is not None:
            media, schema = _content(body[0].get("content"))
            required = truth(body[0].get("required"))
        else:
            bodies = [parameter for (place, _), parameter in given.items() if place == "body"]
            form = [parameter for (place, _), parameter in given.items() if place == "formData"]
            if not bodies and not form:
                return
            required = any(truth(parameter.get("required")) for parameter in [*bodies, *form])
            media, schema = consumed, bodies[0].get("schema") if bodies else _form_schema(form)
        kind, top = self.schemas.of(schema, "readOnly")
        yield Part("request", "", required, body[2] or kind, media=media, top=top)

    def _response(self, operation: dict[Any, Any]) -> Iterator[Part]:
        found: dict[str, tuple[str, object, str]] = {}
        produced = _media_of(operation.get("produces") or self._data.get("produces"))
        for key, printed in mapping(operation.get("responses")).items():
            status = words(key).upper()
            if status == "DEFAULT" or re.fullmatch(r"2(\d\d|XX)", status):
                response, _, state = self.schemas.follow(printed)
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
        kind, top = (ANY, None) if schema is None else self.schemas.of(schema, "writeOnly")
        status = "default" if named[0] == "DEFAULT" else named[0]
        yield Part("response", "", True, state or kind, status, media, top)  # noqa: FBT003


def base(operation: Operation) -> str:
    """Return the path of the server that an operation is called at."""
    data = operation.api.data
    if form(data) == "swagger-2":
        return words(data.get("basePath"))
    for holder in (operation.data, operation.item, data):
        for server in items(holder.get("servers"))[:1]:
            url = words(mapping(server).get("url"))
            for name, variable in mapping(mapping(server).get("variables")).items():
                url = url.replace(f"{{{name}}}", words(mapping(variable).get("default")) or "{}")
            try:
                return urlsplit(url).path
            except ValueError:  # a bracket that is never closed
                return ""
    return words(data.get("basePath"))  # seen in a file of OpenAPI 3


def _form_schema(form: list[dict[Any, Any]]) -> dict[str, Any]:
    """Return the schema of a request that Swagger 2 lists as parameters of a form."""
    required = [words(p.get("name")) for p in form if truth(p.get("required"))]
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
    if not content:
        return "", None
    best = min(content, key=lambda n: (not content[n].get("schema"), _family(n) != "json", n))
    return _media_of(list(content)), content[best].get("schema", {})
