"""What a reference within one file stands for.

References are resolved here, in a few lines, because the libraries that do it fetch what they are
not asked for, or refuse a file that is otherwise readable. Nothing out of the file is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from govstack_kit.sources._plain import items, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

CHAIN = 50  # references that only lead to references
_LONGEST_NUMBER = 4  # digits of a place in a list


def follow(data: dict[Any, Any], value: object) -> tuple[dict[Any, Any], str, str]:
    """Return what a mapping or a reference stands for, the last reference, and what hindered.

    Examples
    --------
    >>> data = {"a": {"$ref": "#/b%7B"}, "b{": {"type": "object"}}
    >>> follow(data, {"$ref": "#/a"})
    ({'type': 'object'}, '#/b%7B', '')
    >>> follow(data, {"$ref": "#/c"})
    ({}, '#/c', 'refers to nothing in this file')
    """
    *_, last = steps(data, value)
    return last


def steps(data: dict[Any, Any], value: object) -> Iterator[tuple[dict[Any, Any], str, str]]:
    """Yield a mapping and what it refers to, from one reference to the next."""
    found, reference = mapping(value), ""
    seen: set[str] = set()
    while True:
        yield found, reference, ""
        if not isinstance(found.get("$ref"), str):
            return
        reference = found["$ref"]
        target = None
        if reference in seen:
            why = "only leads back to itself, so that it says nothing"
        elif not reference.startswith("#"):
            why = "refers to another file, which was not opened"
        elif len(seen) >= CHAIN:
            why = "leads through too many other references"
        else:
            why = "refers to nothing in this file"
            target = _target(data, reference)
        if not isinstance(target, dict):
            yield {}, reference, why
            return
        found = target
        seen.add(reference)


def path_item(data: dict[Any, Any], value: object) -> tuple[dict[Any, Any], str, str]:
    """Return what a path holds, with what it refers to; the last reference, and what hindered.

    What stands beside a reference comes on top of what is referred to, and parameters to its own.

    Examples
    --------
    >>> data = {"paths": {"/a": {"get": {}, "parameters": [1]}}}
    >>> path_item(data, {"$ref": "#/paths/~1a", "parameters": [2]})
    ({'get': {}, 'parameters': [1, 2]}, '#/paths/~1a', '')
    """
    found: dict[Any, Any] = {}
    reference = why = ""
    for item, reference, why in steps(data, value):  # noqa: B007 - the last ones are returned
        lists = items(item.get("parameters")), items(found.get("parameters"))
        found = item | found
        if all(lists):
            found["parameters"] = [*lists[0], *lists[1]]
    found.pop("$ref", None)
    return found, reference, why


def _target(data: dict[Any, Any], reference: str) -> object:
    """Return what stands at a place in the file; None if nothing does."""
    found: Any = data
    for part in unquote(reference[1:]).split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list):
            short = key.isdecimal() and len(key) <= _LONGEST_NUMBER
            found = found[int(key)] if short and int(key) < len(found) else None
        else:
            found = mapping(found).get(key)
    return found
