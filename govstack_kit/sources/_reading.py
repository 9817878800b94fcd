"""What a reader returns, and safe ways to open what strangers wrote.

Files are limited in size, never followed through links out of their folder, and parsed only by
loaders that build plain data: no tag, alias or reference in them runs code or grows without bound.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

LARGEST = 20 * 1024 * 1024  # bytes of one file: the largest published one has less than 1 MB
MOST_NODES = 2_000_000  # values in one YAML file, also once its references are followed
DEEPEST = 200  # levels of nesting in one YAML file
_HIGH, _LOW = (rf"\\u[dD][{first}][0-9a-fA-F]{{2}}" for first in ("89aAbB", "c-fC-F"))
_HALF = re.compile(rf"{_HIGH}(?!{_LOW})|(?<!{_HIGH}){_LOW}")  # a lone surrogate in JSON
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_ANCHOR = re.compile(r"&[\w-]")
_DEEP = "it is nested too deeply"
_TEXT, _BOOLEAN = "tag:yaml.org,2002:str", "tag:yaml.org,2002:bool"
_VALUES = {f"tag:yaml.org,2002:{name}" for name in ("bool", "float", "int", "null")}
_NOT_READ = (_BOOLEAN, "tag:yaml.org,2002:timestamp")  # as YAML 1.1 has them
UNPLACED = ["file", "line", "text", "why"]


class SourceError(ValueError):
    """A file cannot be read; the message is a sentence that says why."""


class LargeError(SourceError):
    """A file has more in it than is read."""


@dataclass
class Unplaced:
    """The places that a reader could not make sense of."""

    rows: list[tuple[str, int, str, str]] = field(default_factory=list)

    def add(self, file: str | Path, line: int, text: str, why: str) -> None:
        """Note a place: file, line (0 for the whole file), what stands there, why it has no row."""
        self.rows.append((str(file), line, text.strip()[:200], why))

    def frame(self) -> pd.DataFrame:
        """Return the places as a frame, by file and line."""
        frame = pd.DataFrame(sorted(self.rows), columns=UNPLACED)
        return frame.astype({"file": "str", "line": "int64", "text": "str", "why": "str"})


@dataclass(frozen=True)
class Reading:
    """What a reader found.

    Attributes
    ----------
    tables : dict of pandas.DataFrame
        Tidy tables by name.
    unplaced : pandas.DataFrame
        What could not be placed: ``file``, ``line`` (0 for the whole file), ``text``, ``why``.
    """

    tables: dict[str, pd.DataFrame]
    unplaced: pd.DataFrame


def table(rows: Iterable[tuple[Any, ...]], columns: dict[str, str]) -> pd.DataFrame:
    """Return rows as a frame with the given columns and their pandas types.

    Examples
    --------
    >>> table([("a", 1)], {"name": "str", "order": "int64"}).dtypes["order"]
    dtype('int64')
    """
    return pd.DataFrame(list(rows), columns=list(columns)).astype(columns)


def files(folder: Path, *endings: str) -> Iterator[Path]:
    """Yield the regular files below `folder` with one of `endings`, sorted, without links."""
    for place, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted(names):
            path = folder.__class__(place) / name
            if name.lower().endswith(endings) and path.is_file() and not path.is_symlink():
                yield path


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises
    ------
    SourceError
        If it is missing, too large, or not text.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise LargeError(f"{path.name} has {size / 1e6:,.0f} MB, more than a source may have")
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path.name} cannot be read ({error.strerror})") from None
    wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in raw and not wide:
        raise SourceError(f"{path.name} is not a text file")
    try:
        text = raw.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        if wide:
            raise SourceError(f"{path.name} ends in the middle of a character") from None
        text = raw.decode("cp1252", errors="replace")  # old pages; better than no page at all
    return text.replace("\r\n", "\n").replace("\r", "\n")


Pairs = list[tuple[Any, Any]]


def load_json_text(text: str, name: str, pairs: Callable[[Pairs], object] | None = None) -> Any:  # noqa: ANN401 - whatever the text holds
    """Return the data in JSON text; `name` is the file that errors speak of.

    Parameters
    ----------
    text, name
        The text and its file.
    pairs
        Makes each object of its names and values, in the order printed; without it the last of
        several values with one name is kept.

    Raises
    ------
    SourceError
        If it is not JSON, or has half a character (a lone surrogate), which no text can be made of;
        the message names the place.
    """
    half = None
    if _SURROGATE.search(text):  # a quick look first
        half = _HALF.search(text.replace(r"\\", "  "))  # a written backslash begins nothing
    if half:
        line = text.count("\n", 0, half.start()) + 1
        raise SourceError(
            f"{name} has half a character: line {line}: {half[0]} stands alone; write it with its "
            "other half, or take it out"
        )
    try:
        return json.loads(text, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        raise SourceError(
            f"{name} is not JSON: line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    except RecursionError:
        raise SourceError(f"{name} is nested too deeply") from None
    except ValueError:
        raise SourceError(f"{name} has a number that is too long to be one") from None


def load_json(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return the data in a JSON file; see :func:`load_json_text`."""
    return load_json_text(read_text(path), path.name)


@cache
def _yaml_loader() -> type[Any]:
    import yaml  # noqa: PLC0415 - only where YAML is read

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Builds plain data only, of bounded size and depth; names are the text as written."""

        _depth = _size = 0

        def descend_resolver(self, *_: object) -> None:
            """Count the node that begins, before the next one is looked for in it."""
            self._depth += 1
            self._size += 1
            if self._depth > DEEPEST:
                raise yaml.YAMLError(_DEEP)
            if self._size > MOST_NODES:
                raise LargeError(f"is too large: it has more than {MOST_NODES:,} values")

        def ascend_resolver(self) -> None:
            """Count the node that has ended."""
            self._depth -= 1

        def flatten_mapping(self, node: Any) -> None:  # noqa: ANN401 - a node of PyYAML
            """Merge what is merged by ``<<``, and take names as text, also in lists of them."""
            super().flatten_mapping(node)
            for key, value in node.value:
                listed = value.id == "sequence" and key.value == "required"
                for name in [key, *value.value] if listed else [key]:
                    if name.tag in _VALUES:
                        name.tag = _TEXT

    # Dates stay text: a version written 2024-01-01 is a name here, not a day. So do words such as
    # "no" and "on", which only YAML 1.1 takes for false and true: interfaces have fields so called.
    Loader.yaml_implicit_resolvers = {
        first: [(tag, regexp) for tag, regexp in found if tag not in _NOT_READ]
        for first, found in Loader.yaml_implicit_resolvers.items()
    }
    words = re.compile(r"(true|True|TRUE|false|False|FALSE)\Z")
    Loader.add_implicit_resolver(_BOOLEAN, words, list("tTfF"))
    return Loader


def _refuse_growth(text: str) -> None:  # noqa: C901 - one branch for each kind of event
    """Raise if YAML text has too many values, or too deep ones, once its references are followed.

    This reads every event of the text, so it is asked only about texts that have anchors.
    """
    import yaml  # noqa: PLC0415 - only where YAML is read

    grown: dict[str, tuple[int, int]] = {}  # by anchor: how many values, on how many levels
    open_nodes: list[tuple[str | None, int, int]] = []  # anchor, values before it, levels in it
    total = 0
    for event in yaml.parse(text, Loader=_yaml_loader()):
        levels = 0
        if isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((event.anchor, total, 0))
            total += 1
        elif isinstance(event, yaml.ScalarEvent):
            total, levels = total + 1, 1
            if event.anchor:
                grown[event.anchor] = 1, 1
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in grown:
                if any(anchor == event.anchor for anchor, *_ in open_nodes):
                    raise yaml.YAMLError("it refers to itself")
                return  # to nothing: the loader says so, with the line
            more, levels = grown[event.anchor]
            total += more
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before, levels = open_nodes.pop()
            levels += 1
            if anchor:
                grown[anchor] = total - before, levels
        if open_nodes and levels > open_nodes[-1][2]:
            open_nodes[-1] = *open_nodes[-1][:2], levels
        if total > MOST_NODES:
            raise yaml.YAMLError("it grows without bound when its references are followed")
        if len(open_nodes) + levels > DEEPEST:
            raise yaml.YAMLError(_DEEP)


def load_yaml_text(text: str, name: str, look: Callable[[Any], None] | None = None) -> Any:  # noqa: ANN401 - whatever the text holds
    """Return the data in YAML text; `name` is the file that errors speak of.

    Parameters
    ----------
    text, name
        The text and its file.
    look
        Is shown the nodes of the text before data are made of them, and may change them: of several
        equal keys, the data only have the last.

    Raises
    ------
    SourceError
        If it is not YAML, has custom tags, or grows through its anchors.
    """
    import yaml  # noqa: PLC0415 - only where YAML is read

    try:
        if _ANCHOR.search(text):
            _refuse_growth(text)
        loader = _yaml_loader()(text)
        try:
            node = loader.get_single_node()
            if look and node is not None:
                look(node)
            return None if node is None else loader.construct_document(node)
        finally:
            loader.dispose()
    except LargeError as error:
        raise LargeError(f"{name} {error}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}:" if mark else ""
        said = str(getattr(error, "problem", None) or error).split("\n")[0]
        raise SourceError(f"{name} is not plain YAML:{where} {said}") from None


def load_yaml(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return the data in a YAML file; see :func:`load_yaml_text`."""
    return load_yaml_text(read_text(path), path.name)
