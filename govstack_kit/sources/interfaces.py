"""Operations of the published interfaces, from the OpenAPI files of a building block's repository.

Definitions
-----------
An *operation* is one method on one path of one file: ``POST /vouchers``. Its ``file`` is named from
the repository's folder, its ``position`` counts the operations of the file, its ``line`` is that of
the path. ``parameters`` are those in path, query, header and cookie, of the operation and of its
path together, each once; a body is none of them. ``request_required`` tells whether a body must be
sent. Two files are *twins* when they bear the same title or the same name with another ending:
an operation of both has one row, with the other files in ``also_in``; YAML goes before JSON. Paths
of twins are the same whatever their parameters are called and however they are capitalised;
``note`` says so where the twin writes it differently. ``title`` is upstream text.

Placeholders (empty files), templates (petstore and its like, paths in angle brackets), fragments,
examples and everything else in the folder have no row: they are in ``unplaced``, with the reason.
Files are checked by walking their plain data; no OpenAPI library is needed, and none refuses an
otherwise readable file for a misplaced key.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from govstack_kit.sources._plain import items, mapping, words
from govstack_kit.sources._reading import (
    Reading,
    SourceError,
    Unplaced,
    load_json,
    load_yaml_text,
    read_text,
    table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = {
    "building_block": "str",
    "file": "str",
    "position": "int64",
    "method": "str",
    "path": "str",
    "operation": "str",
    "title": "str",
    "api_title": "str",
    "api_version": "str",
    "form": "str",
    "parameters": "int64",
    "request_required": "bool",
    "deprecated": "bool",
    "also_in": "str",
    "line": "int64",
    "note": "str",
}
_ALSO_IN, _LINE, _NOTE = -3, -2, -1  # where they are in a row
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
PLACES = ("api", "apis", "openapi", "swagger", "interfaces")
_PATH_KEYS = ("parameters", "summary", "description", "servers")  # of a path, beside its methods
_YAML = (".yaml", ".yml")
_OTHERS = {
    (".csv", ".xlsx", ".ods"): "a spreadsheet, no interface, even if it lists endpoints",
    (".md", ".txt", ".html", ".pdf", ".docx"): "text for readers, no interface",
    (".mermaid", ".puml", ".png", ".svg", ".jpg", ".drawio"): "a diagram, no interface",
}
_BRANCH = re.compile(r"^bb-(.+?)(?:-(?:main|master|develop|[0-9a-f]{40}))?$")
_PATH = re.compile(r"""^([ \t]*)(["']?)(/[^\n]*?)\2[ \t]*:(?=[ \t\n{]|\Z)""", re.MULTILINE)
_FENCED = re.compile(r"^```\w*[ \t]*\n(.*?)(?:^```|\Z)", re.MULTILINE | re.DOTALL)
_TEMPLATE_TITLE = re.compile(
    r"pet ?store|[<>]|^(sample|example|template|untitled)( api)?$", re.IGNORECASE
)
_TEMPLATE_PATH = re.compile(
    r"[<>]|\.\.\.|^/(path|endpoint|your-?path|example|sample|foo)$", re.IGNORECASE
)
_AGAIN = "\N{SYMBOL FOR RECORD SEPARATOR}"  # marks the second time that a file prints a path


class _Api(NamedTuple):
    """One file: where it is, its plain data, and the line of each path."""

    file: str
    data: dict[Any, Any]
    lines: dict[str, int]


def _paths(text: str) -> Iterator[tuple[re.Match[str], int, bool]]:
    """Yield each line that opens a path, its number, and whether the path was there before."""
    seen: set[str] = set()
    indent, start, line = None, 0, 1
    for found in _PATH.finditer(text):
        indent = found[1] if indent is None else indent
        if found[1] == indent:
            line += text.count("\n", start, found.start())
            start = found.start()
            yield found, line, found[3] in seen
            seen.add(found[3])


def _load(path: Path, file: str, unplaced: Unplaced) -> tuple[Any, dict[str, int]]:
    """Return the data of a file and the line of each path; what was repaired is noted."""
    is_yaml = path.name.lower().endswith(_YAML)
    text = read_text(path)
    lines: dict[str, int] = {}
    pieces: list[str] = []
    end = 0
    for found, line, again in _paths(text):
        lines.setdefault(found[3], line)
        if again:  # parsers keep the last of several equal keys: tell them apart
            unplaced.add(file, line, found[3], "the path is printed twice; both are read")
            marked = found[3] + _AGAIN * (len(pieces) + 1)
            lines[marked] = line
            pieces += [text[end : found.start(3)], marked]
            end = found.end(3)
    if not text.strip():
        return None, lines
    if pieces:
        text = "".join(pieces) + text[end:]
    if not is_yaml:
        return (json.loads(text) if pieces else load_json(path)), lines
    try:
        return load_yaml_text(text, path.name), lines
    except SourceError:
        fenced = _FENCED.search(text)
        if fenced:
            text = "\n" * text.count("\n", 0, fenced.start(1)) + fenced[1]
            why = "text around the interface: only the part between the fences is read"
        elif "\t" in text:
            why = "tabs, which YAML forbids, are read as two spaces"
        else:
            raise
        data = load_yaml_text(text.replace("\t", "  "), path.name)
        unplaced.add(file, 0, path.name, why)
        return data, lines


def _form(data: dict[Any, Any]) -> str:
    """Return which form a file has; nothing if it is no interface."""
    if words(data.get("openapi")).startswith("3"):
        return "openapi-3"
    if words(data.get("swagger")).startswith("2"):
        return "swagger-2"
    if "paths" in data and not {"openapi", "swagger"} & data.keys():
        return "openapi-3" if {"components", "servers"} & data.keys() else "swagger-2"
    return ""


def _resolve(data: dict[Any, Any], value: object) -> dict[Any, Any]:
    """Return a mapping, following one reference within the file."""
    found: Any = mapping(value)
    reference = found.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return mapping(found)
    for part in reference[2:].split("/"):
        inner = mapping(data).get(part.replace("~1", "/").replace("~0", "~"))
        data = mapping(inner)
    return data or found


def _details(
    data: dict[Any, Any], item: dict[Any, Any], operation: dict[Any, Any]
) -> tuple[int, bool, bool]:
    """Return how many parameters an operation has, whether its body is required, its fate."""
    required = _resolve(data, operation.get("requestBody")).get("required") is True
    known = set()
    for printed in [*items(item.get("parameters")), *items(operation.get("parameters"))]:
        parameter = _resolve(data, printed)
        place = words(parameter.get("in"))
        if place in ("body", "formData"):
            required = required or parameter.get("required") is True
        else:
            known.add((place, words(parameter.get("name")) or str(printed)))
    return len(known), required, operation.get("deprecated") in (True, "true", "yes")


def _methods(
    api: _Api, path: str, item: dict[Any, Any], unplaced: Unplaced
) -> Iterator[tuple[str, dict[Any, Any]]]:
    """Yield the methods of a path with their details; note whatever else stands there."""
    line = api.lines.get(path, 0)
    request = mapping(item.get("request"))
    if words(request.get("method")).lower() in METHODS:  # a form of its own, seen in payments
        item = {words(request["method"]): item | request}
    if not {words(key).lower() for key in item} & {*METHODS, "$ref"}:
        unplaced.add(api.file, line, path.rstrip(_AGAIN), "a path without any method")
    for key, operation in item.items():
        method = words(key).lower()
        if method in METHODS and isinstance(operation, dict):
            yield method.upper(), operation
        elif method in METHODS:
            unplaced.add(api.file, line, str(key), "an operation without any content")
        elif method == "$ref":
            unplaced.add(api.file, line, words(operation), "a path in another file, not followed")
        elif method not in _PATH_KEYS and not method.startswith("x-"):
            unplaced.add(api.file, line, str(key), f"{key} is no method")


def _operations(api: _Api, unplaced: Unplaced) -> Iterator[list[Any]]:
    """Yield a row for each operation of a file, without the building block."""
    info = mapping(api.data.get("info"))
    title = words(info.get("title"))
    position = 0
    paths = api.data.get("paths")
    for name in ("info", "paths"):
        if not isinstance(api.data.get(name) or {}, dict):
            unplaced.add(api.file, 0, str(api.data[name]), f"{name} holds no names with values")
    for key, printed in mapping(paths).items():
        marked = str(key)
        path = marked.rstrip(_AGAIN)
        item = _resolve(api.data, printed)
        if not isinstance(printed, dict):
            if not path.startswith("x-"):
                unplaced.add(api.file, api.lines.get(path, 0), path, "a path without any method")
            continue
        if _TEMPLATE_PATH.search(path):
            unplaced.add(api.file, api.lines.get(path, 0), path, "the path of a template")
            continue
        for method, operation in _methods(api, marked, item, unplaced):
            position += 1
            parameters, required, deprecated = _details(api.data, item, operation)
            yield [
                *(api.file, position, method, path, words(operation.get("operationId"))),
                *(words(operation.get("summary")), title, words(info.get("version"))),
                *(_form(api.data), parameters, required, deprecated),
                *("", api.lines.get(marked, 0), ""),
            ]
    if not position:
        empty = "no operation below its paths" if paths else "no operation: its paths are empty"
        why = empty if "paths" in api.data else "a fragment without paths"
        unplaced.add(api.file, 0, title, why)


def _apis(folder: Path, unplaced: Unplaced) -> Iterator[_Api]:
    """Yield the interfaces below a repository's folder, YAML before JSON; note everything else."""
    places = [folder / name for name in PLACES if (folder / name).is_dir()]
    found = sorted(
        (Path(place, name) for top in places or [folder] for place, name in _walk(top, places)),
        key=lambda path: (path.name.lower().endswith(".json"), str(path)),
    )
    for path in found:
        file = path.relative_to(folder).as_posix()
        if path.is_symlink() or not path.is_file():
            unplaced.add(file, 0, path.name, "a link or no regular file, not followed")
            continue
        ending = path.suffix.lower()
        if ending not in (*_YAML, ".json"):
            reasons = (why for endings, why in _OTHERS.items() if ending in endings)
            if places:
                unplaced.add(file, 0, path.name, next(reasons, "neither YAML nor JSON"))
            continue
        try:
            data, lines = _load(path, file, unplaced)
        except (ValueError, RecursionError) as error:  # SourceError, or a number too long to read
            unplaced.add(file, 0, path.name, str(error))
        else:
            why = _no_interface(data)
            if why:
                unplaced.add(file, 0, path.name, why)
            else:
                yield _Api(file, data, lines)


def _walk(top: Path, places: list[Path]) -> Iterator[tuple[str, str]]:
    for place, folders, names in os.walk(top, followlinks=False):
        links = [name for name in folders if Path(place, name).is_symlink()]
        folders[:] = [n for n in folders if n not in links and (places or not n.startswith("."))]
        yield from ((place, name) for name in [*names, *links])


def _no_interface(data: object) -> str:
    """Return why data describe no interface, or nothing if they do."""
    if data is None:
        return "an empty placeholder"
    if not isinstance(data, dict):
        return "holds no interface, but a list or a text"
    if not _form(data):
        keys = ", ".join(str(key) for key in list(data)[:5])
        version = words(data.get("openapi")) or words(data.get("swagger"))
        return f"version {version} is not known" if version else f"no interface: it holds {keys}"
    paths = mapping(data.get("paths"))
    title = words(mapping(data.get("info")).get("title"))
    if _TEMPLATE_TITLE.search(title) or (paths and all(str(p).startswith("/pet") for p in paths)):
        return f"a template: {title}"
    return ""


def read_interfaces(folder: str | Path, building_block: str | None = None) -> Reading:
    r"""Read the operations of one building block's interfaces.

    Parameters
    ----------
    folder
        The repository's folder, such as ``bb-payments``; its interfaces are looked for in ``api``
        (or ``apis``, ``openapi``, ``swagger``, ``interfaces``), and without any of these everywhere
        below it.
    building_block
        The key of the building block; made of the folder's name when left out.

    Returns
    -------
    Reading
        Table ``api_operations``, sorted by file and position; see :data:`COLUMNS`.

    Raises
    ------
    SourceError
        If there is no such folder.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "bb-payments", "api", "swagger.yaml")
    ...     path.parent.mkdir(parents=True)
    ...     _ = path.write_text("openapi: 3.0.0\npaths: {/vouchers: {post: {}}}")
    ...     reading = read_interfaces(path.parent.parent)
    >>> reading.tables["api_operations"][["building_block", "method", "path"]].values.tolist()
    [['govstack:payments', 'POST', '/vouchers']]
    """
    unplaced = Unplaced()
    rows = _rows(Path(folder), building_block, unplaced)
    return Reading({"api_operations": table(rows, COLUMNS)}, unplaced.frame())


def _rows(folder: Path, building_block: str | None, unplaced: Unplaced) -> list[tuple[Any, ...]]:
    """Return a row for each operation of a building block, those of twins together."""
    if not folder.is_dir():
        raise SourceError(f"{folder} is not a folder")
    if building_block is None:
        name = folder.resolve().name
        named = _BRANCH.match(name)
        building_block = f"govstack:{named[1] if named else name}"
    rows: dict[tuple[str, str, str], list[Any]] = {}
    groups: dict[str, str] = {}
    for api in _apis(folder, unplaced):
        stem = api.file.rpartition(".")[0].casefold()
        title = words(mapping(api.data.get("info")).get("title")).casefold()
        group = groups.setdefault(stem, title or stem)
        for row in _operations(api, unplaced):
            file, _, method, path, *_ = row
            same = re.sub(r"\{[^}]*\}", "{}", path).casefold().rstrip("/")
            first = rows.setdefault((group, method, same), row)
            if first is row:
                continue
            if first[0] == file:
                unplaced.add(file, row[_LINE], f"{method} {path}", "is printed twice")
            elif file not in first[_ALSO_IN].split("; "):
                first[_ALSO_IN] = "; ".join(filter(None, (first[_ALSO_IN], file)))
                if first[3] != path:
                    first[_NOTE] = f"{file} writes {path}"
    return [(building_block, *row) for row in sorted(rows.values(), key=lambda row: row[:2])]


def read_all_interfaces(folder: str | Path) -> Reading:
    """Read the operations of every building block whose repository lies in a folder.

    Parameters
    ----------
    folder
        A folder with repositories whose names begin with ``bb-``.

    Returns
    -------
    Reading
        As :func:`read_interfaces`, for all of them; ``unplaced`` names files with the repository.

    Raises
    ------
    SourceError
        If there is no such folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise SourceError(f"{folder} is not a folder")
    rows: list[tuple[Any, ...]] = []
    unplaced = Unplaced()
    blocks = [b for b in sorted(folder.glob("bb-*")) if b.is_dir() and not b.is_symlink()]
    for block in blocks:
        own = Unplaced()
        rows += _rows(block, None, own)
        unplaced.rows += [(f"{block.name}/{f}", line, text, why) for f, line, text, why in own.rows]
    if not blocks:
        unplaced.add(folder.name, 0, "", "holds no repository whose name begins with bb-")
    return Reading({"api_operations": table(rows, COLUMNS)}, unplaced.frame())
