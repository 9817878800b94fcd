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
MOST_NODES = 2_000_000  # values in one YAML file once its references are followed
DEEPEST = 200  # levels of nesting in one YAML or JSON file
_SUSPICIOUS = re.compile(rf"&\w|^[ \t-]{{{DEEPEST},}}", re.MULTILINE)
UNPLACED = ["file", "line", "text", "why"]


class SourceError(ValueError):
    """A file cannot be read; the message is a sentence that says why."""


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
            raise SourceError(f"{path.name} has {size / 1e6:,.0f} MB, more than a source may have")
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
        If it is not JSON; the message names line and column.
    """
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
        """Builds plain data only."""

    # Dates stay text: a version written 2024-01-01 is a name here, not a day.
    Loader.yaml_implicit_resolvers = {
        first: [(tag, regexp) for tag, regexp in found if tag != "tag:yaml.org,2002:timestamp"]
        for first, found in Loader.yaml_implicit_resolvers.items()
    }
    return Loader


def _suspicious(text: str) -> bool:
    """Say whether YAML text may grow or nest beyond measure, at the price of one look."""
    return bool(_SUSPICIOUS.search(text)) or text.count("[") + text.count("{") >= DEEPEST


def _refuse_growth(text: str) -> None:  # noqa: C901 - one branch for each kind of event
    """Raise if YAML text is nested too deeply or refers to its anchors too often.

    This reads every event of the text, so it is asked only about suspicious ones.
    """
    import yaml  # noqa: PLC0415 - only where YAML is read

    sizes: dict[str | None, int] = {}  # what each anchor grows to when its references are followed
    open_nodes: list[tuple[str | None, int]] = [(None, 0)]
    total = 0
    for event in yaml.parse(text, Loader=_yaml_loader()):
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_nodes.pop()
            if anchor:
                sizes[anchor] = total - before
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                raise yaml.YAMLError("it refers to itself")
            total += sizes[event.anchor]
        elif isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((event.anchor, total))
            total += 1
        elif isinstance(event, yaml.ScalarEvent):
            total += 1
            if event.anchor:
                sizes[event.anchor] = 1
        if total > MOST_NODES:
            raise yaml.YAMLError("it grows without bound when its references are followed")
        if len(open_nodes) > DEEPEST:
            raise yaml.YAMLError("it is nested too deeply")


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
        if _suspicious(text):
            _refuse_growth(text)
        loader = _yaml_loader()(text)
        try:
            node = loader.get_single_node()
            if look and node is not None:
                look(node)
            return None if node is None else loader.construct_document(node)
        finally:
            loader.dispose()
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}:" if mark else ""
        said = str(getattr(error, "problem", None) or error).split("\n")[0]
        raise SourceError(f"{name} is not plain YAML:{where} {said}") from None


def load_yaml(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return the data in a YAML file; see :func:`load_yaml_text`."""
    return load_yaml_text(read_text(path), path.name)
