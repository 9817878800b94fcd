"""Opening text, JSON and YAML that strangers wrote: size and depth are bounded, nothing in it runs.

Definitions
-----------
*Plain data* are mappings, lists and texts. Every name in them is text, and so is every value of a
YAML file: ``no``, ``1.10`` and ``2024-01-01`` stay as they are written, as names of fields and
versions must. Tags are ignored; what an alias refers to is shared, so that nothing grows.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from govstack_kit.tables.storage import said

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 20_000_000  # bytes of one file: the largest published one has less than 1 MB
MOST_VALUES = 2_000_000  # in one YAML file
DEEPEST = 200  # levels of nesting in one YAML file


class SourceError(ValueError):
    """A file cannot be read; the message is a sentence without its end that says why."""


def read_text(path: Path) -> str:
    """Return the text of a file in UTF-8 or UTF-16; what is neither has signs for it.

    Raises
    ------
    SourceError
        If it is missing, too large, or not text.
    """
    try:
        if (size := path.stat().st_size) > LARGEST:
            most = f"more than the {LARGEST / 1e6:.0f} MB that are read"
            raise SourceError(f"{path.name} has {size / 1e6:,.0f} MB, {most}")
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path.name} cannot be read ({said(error)})") from None
    wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))  # as Windows PowerShell writes
    if b"\0" in raw and not wide:
        raise SourceError(f"{path.name} is not a text file")
    text = raw.decode("utf-16" if wide else "utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def load_json(text: str, name: str) -> Any:  # noqa: ANN401 - whatever it holds
    """Return the data in JSON text; see :func:`load_yaml`."""
    try:
        return json.loads(text, object_pairs_hook=_mapping)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise SourceError(f"{name} is not JSON: {place}: {error.msg}") from None
    except RecursionError:
        raise SourceError(f"{name} is nested too deeply") from None
    except ValueError:
        raise SourceError(f"{name} has a number that is too long to be one") from None


def load_yaml(text: str, name: str) -> Any:  # noqa: ANN401 - whatever it holds
    """Return the data in YAML text; of mappings that have one name in one place, all is read.

    Parameters
    ----------
    text
        The text.
    name
        The file that errors speak of.

    Raises
    ------
    SourceError
        If it is not YAML, has too much in it, or refers to itself.

    Examples
    --------
    >>> load_yaml("{no: yes, version: 1.10, on: [200]}", "a.yaml")
    {'no': 'yes', 'version': '1.10', 'on': ['200']}
    """
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - which builds plain data only
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}:" if mark else ""
        why = str(getattr(error, "problem", None) or error).split("\n")[0]
        raise SourceError(f"{name} is not plain YAML:{where} {why}") from None


class _Loader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """Builds plain data of bounded size and depth."""

    _depth = _values = 0

    def descend_resolver(self, *_: object) -> None:
        """Count the value that begins, before the next one is looked for in it."""
        self._depth += 1
        self._count(1)
        if self._depth > DEEPEST:
            raise yaml.YAMLError("it is nested too deeply")

    def ascend_resolver(self) -> None:
        """Count the value that has ended."""
        self._depth -= 1

    def _count(self, values: int) -> None:
        self._values += values
        if self._values > MOST_VALUES:
            raise yaml.YAMLError(f"it has more than {MOST_VALUES:,} values")

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[str, Any]:  # noqa: ANN401, ARG002, FBT001, FBT002
        """Return a mapping with names that are text, and with what is merged into it by ``<<``."""
        pairs = [(str(self._made(name)), self._made(value)) for name, value in node.value]
        merged: dict[str, Any] = {}
        for shared in (value for name, value in pairs if name == "<<"):
            for one in reversed(shared if isinstance(shared, list) else [shared]):
                if isinstance(one, dict):
                    self._count(len(one))
                    merged |= one
        return merged | _mapping([pair for pair in pairs if pair[0] != "<<"])

    def _made(self, node: Any) -> Any:  # noqa: ANN401 - a node, and whatever stands there
        return self.construct_object(node, deep=True)


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a mapping; where a name stands twice, two mappings are read together."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    found = {}
    for name, value in pairs:
        both = isinstance(value, dict) and isinstance(found.get(name), dict)
        found[name] = {**found[name], **value} if both else value
    return found
