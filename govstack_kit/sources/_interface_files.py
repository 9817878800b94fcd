"""The files of published interfaces: which of a folder's files are some, their data and lines.

Shared by :mod:`govstack_kit.sources.interfaces`, which makes rows of operations, and by whoever
reads the parameters and fields below them. What is no interface is noted, with the reason.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from govstack_kit.sources._plain import mapping, words
from govstack_kit.sources._reading import (
    LargeError,
    SourceError,
    Unplaced,
    load_json_text,
    load_yaml_text,
    read_text,
)
from govstack_kit.sources._references import path_item
from govstack_kit.sources._twice import AGAIN, Twice

if TYPE_CHECKING:
    from collections.abc import Iterator

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
PLACES = ("api", "apis", "openapi", "swagger", "interfaces")
UNREAD = ("a path in another file, not followed", "a path that ")  # how notes of these begin
_PATH_KEYS = ("parameters", "summary", "description", "servers")  # of a path, beside its methods
_YAML = (".yaml", ".yml")
_OTHERS = {
    (".csv", ".xlsx", ".ods"): "a spreadsheet, no interface, even if it lists endpoints",
    (".md", ".txt", ".html", ".pdf", ".docx"): "text for readers, no interface",
    (".mermaid", ".puml", ".png", ".svg", ".jpg", ".drawio"): "a diagram, no interface",
}
_BRANCH = re.compile(r"^bb-(.+?)(?:-(?:main|master|develop|[0-9a-f]{40}))?$")
_PATH = re.compile(r"""^([ \t]*)(["']?)(/[^\n]*)""", re.MULTILINE)  # and the rest of its line
_ENDS = {quote: re.compile(rf"{quote}[ \t]*:(?=[ \t{{]|\Z)") for quote in ('"', "'")}
_ENDS[""] = re.compile(r":(?=[ \t{]|\Z)")  # blanks before it are taken off
_FENCED = re.compile(r"^```\w*[ \t]*\n(.*?)(?:^```|\Z)", re.MULTILINE | re.DOTALL)
_TEMPLATE_TITLE = re.compile(
    r"pet ?store|[<>]|^(sample|example|template|untitled)( api)?$", re.IGNORECASE
)
TEMPLATE_PATH = re.compile(
    r"[<>]|\.\.\.|^/(path|endpoint|your-?path|example|sample|foo)$", re.IGNORECASE
)


class Api(NamedTuple):
    """One file: where it is, its plain data, and the line of each path."""

    file: str
    data: dict[Any, Any]
    lines: dict[str, int]


class Operation(NamedTuple):
    """One method on one path of one file; `item` is what the path holds, `data` the method."""

    api: Api
    position: int
    method: str
    path: str
    line: int
    item: dict[Any, Any]
    data: dict[Any, Any]


class Found(NamedTuple):
    """An operation of a folder, the other files that print it, and how those write its path."""

    operation: Operation
    also_in: tuple[str, ...] = ()
    note: str = ""


def _paths(text: str) -> dict[str, list[int]]:
    """Return the lines that open each path, in their order."""
    lines: dict[str, list[int]] = {}
    indent, start, line = None, 0, 1
    for found in _PATH.finditer(text):
        end = _ENDS[found[2]].search(found[3], 1)
        if not end:
            continue
        indent = found[1] if indent is None else indent
        if found[1] == indent:
            line += text.count("\n", start, found.start())
            start = found.start()
            path = found[3][: end.start()]
            lines.setdefault(path if found[2] else path.rstrip(" \t"), []).append(line)
    return lines


def load(path: Path, file: str, unplaced: Unplaced) -> tuple[Any, dict[str, int]]:
    """Return the data of a file and the line of each path; what was repaired is noted."""
    text = read_text(path)
    ending = path.suffix.lower()  # a file that somebody names may have another
    is_json = ending == ".json" or (ending not in _YAML and text.lstrip().startswith("{"))
    twice = Twice(_paths(text), file, unplaced)
    if not text.strip():
        return None, twice.lines
    if is_json:
        data = twice.told(load_json_text(text, path.name, twice.pairs))
        return data, twice.lines
    try:
        return load_yaml_text(text, path.name, twice.nodes), twice.lines
    except LargeError:
        raise
    except SourceError:
        fenced = _FENCED.search(text)
        if fenced:
            text = "\n" * text.count("\n", 0, fenced.start(1)) + fenced[1]
            why = "text around the interface: only the part between the fences is read"
        elif "\t" in text:
            why = "tabs, which YAML forbids, are read as two spaces"
        else:
            raise
        text = text.replace("\t", "  ")
        twice = Twice(_paths(text), file, unplaced)
        data = load_yaml_text(text, path.name, twice.nodes)
        unplaced.add(file, 0, path.name, why)
        return data, twice.lines


def form(data: dict[Any, Any]) -> str:
    """Return which form a file has; nothing if it is no interface."""
    if words(data.get("openapi")).startswith("3"):
        return "openapi-3"
    if words(data.get("swagger")).startswith("2"):
        return "swagger-2"
    if "paths" in data and not {"openapi", "swagger"} & data.keys():
        return "openapi-3" if {"components", "servers"} & data.keys() else "swagger-2"
    return ""


def methods(
    api: Api, path: str, item: dict[Any, Any], unplaced: Unplaced, *, all_seen: bool = True
) -> Iterator[tuple[str, dict[Any, Any]]]:
    """Yield the methods of a path with their details; note whatever else stands there."""
    line = api.lines.get(path, 0)
    request = mapping(item.get("request"))
    if words(request.get("method")).lower() in METHODS:  # a form of its own, seen in payments
        item = {words(request["method"]): item | request}
    if all_seen and not {words(key).lower() for key in item} & {*METHODS}:
        unplaced.add(api.file, line, path.rstrip(AGAIN), "a path without any method")
    for key, operation in item.items():
        method = words(key).lower()
        if method in METHODS and isinstance(operation, dict):
            yield method.upper(), operation
        elif method in METHODS:
            unplaced.add(api.file, line, str(key), "an operation without any content")
        elif method not in _PATH_KEYS and not method.startswith("x-"):
            unplaced.add(api.file, line, str(key), f"{key} is no method")


def operations(api: Api, unplaced: Unplaced, *, templates: bool = False) -> Iterator[Operation]:
    """Yield the operations of a file; those on paths of a template only where asked for."""
    position = 0
    paths = api.data.get("paths")
    for name in ("info", "paths"):
        if not isinstance(api.data.get(name) or {}, dict):
            unplaced.add(api.file, 0, str(api.data[name]), f"{name} holds no names with values")
    for key, printed in mapping(paths).items():
        marked = str(key)
        path = marked.rstrip(AGAIN)
        line = api.lines.get(marked, 0)
        if not isinstance(printed, dict):
            if not path.startswith("x-"):
                unplaced.add(api.file, line, path, "a path without any method")
            continue
        if TEMPLATE_PATH.search(path) and not templates:
            unplaced.add(api.file, line, path, "the path of a template")
            continue
        item, reference, why = path_item(api.data, printed)
        if why:
            why = UNREAD[1] + why if reference.startswith("#") else UNREAD[0]
            unplaced.add(api.file, line, reference, why)
        for method, operation in methods(api, marked, item, unplaced, all_seen=not why):
            position += 1
            yield Operation(api, position, method, path, line, item, operation)
    if not position:
        empty = "no operation below its paths" if paths else "no operation: its paths are empty"
        why = empty if "paths" in api.data else "a fragment without paths"
        title = words(mapping(api.data.get("info")).get("title"))
        unplaced.add(api.file, 0, title, why)


def apis(folder: Path, unplaced: Unplaced) -> Iterator[Api]:
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
            data, lines = load(path, file, unplaced)
        except (ValueError, RecursionError) as error:  # SourceError, or a number too long to read
            unplaced.add(file, 0, path.name, str(error))
        else:
            why = no_interface(data)
            if why:
                unplaced.add(file, 0, path.name, why)
            else:
                yield Api(file, data, lines)


def _walk(top: Path, places: list[Path]) -> Iterator[tuple[str, str]]:
    for place, folders, names in os.walk(top, followlinks=False):
        links = [name for name in folders if Path(place, name).is_symlink()]
        folders[:] = [n for n in folders if n not in links and (places or not n.startswith("."))]
        yield from ((place, name) for name in [*names, *links])


def no_interface(data: object, *, templates: bool = False) -> str:
    """Return why data describe no interface, or nothing if they do; `templates` may be some."""
    if data is None:
        return "an empty placeholder"
    if not isinstance(data, dict):
        return "holds no interface, but a list or a text"
    if not form(data):
        keys = ", ".join(str(key) for key in list(data)[:5])
        version = words(data.get("openapi")) or words(data.get("swagger"))
        return f"version {version} is not known" if version else f"no interface: it holds {keys}"
    if templates:
        return ""
    paths = mapping(data.get("paths"))
    title = words(mapping(data.get("info")).get("title"))
    if _TEMPLATE_TITLE.search(title) or (paths and all(str(p).startswith("/pet") for p in paths)):
        return f"a template: {title}"
    return ""


def block_of(folder: Path) -> str:
    """Return the key of the building block whose repository a folder seems to be."""
    name = folder.resolve().name
    named = _BRANCH.match(name)
    return f"govstack:{named[1] if named else name}"


def published(folder: Path, unplaced: Unplaced) -> list[Found]:
    """Return the operations of a building block's folder by file and position, each once."""
    rows: dict[tuple[str, str, str], Found] = {}
    groups: dict[str, str] = {}
    for api in apis(folder, unplaced):
        stem = api.file.rpartition(".")[0].casefold()
        title = words(mapping(api.data.get("info")).get("title")).casefold()
        group = groups.setdefault(stem, title or stem)
        for operation in operations(api, unplaced):
            same = re.sub(r"\{[^{}]*\}", "{}", operation.path).casefold().rstrip("/")
            key = group, operation.method, same
            first = rows.get(key)
            if first is None:
                rows[key] = Found(operation)
            elif first.operation.api.file == api.file:
                printed = f"{operation.method} {operation.path}"
                unplaced.add(api.file, operation.line, printed, "is printed twice")
            elif api.file not in first.also_in:
                other = operation.path != first.operation.path
                note = f"{api.file} writes {operation.path}" if other else first.note
                rows[key] = Found(first.operation, (*first.also_in, api.file), note)
    return sorted(rows.values(), key=lambda f: (f.operation.api.file, f.operation.position))
