"""Reading the interface of a building block or a product: its operations and all their parts.

Definitions
-----------
An *interface* is one OpenAPI 3 or Swagger 2 file, or a folder of them, or the rows of a building
block in the bundled tables. What its *parts* are is defined in
:mod:`govstack_kit.sources._interface_parts`.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.selection._fetch import fetch, is_address, shown
from govstack_kit.sources._interface_files import (
    Api,
    Found,
    Operation,
    block_of,
    form,
    load,
    no_interface,
    operations,
    published,
)
from govstack_kit.sources._interface_parts import Parts, base
from govstack_kit.sources._plain import truth, words
from govstack_kit.sources._reading import LARGEST, LargeError, Unplaced, table

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
        Whether the parts of operations are known; the table ``api_operations`` alone has none.
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
        if isinstance(error, LargeError):
            most = f": {LARGEST / 1e6:,.0f} MB" if path.stat().st_size > LARGEST else ""
            raise ArgumentError(f"{why}{most}. Give the interface alone.") from None
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
    readers: dict[int, _Reader] = {}
    rows, parts = [], []
    for number, (operation, also_in, _) in enumerate(found):
        api, data = operation.api, operation.data
        reader = readers.get(id(api.data)) or readers.setdefault(
            id(api.data), _Reader(api, unplaced)
        )
        rows.append(
            (
                *(number, operation.method, operation.path, base(operation)),
                *(api.file, operation.line, words(data.get("operationId")), form(api.data)),
                *(truth(data.get("deprecated")), "; ".join(also_in)),
            )
        )
        parts += [(number, *part) for part in reader.parts(operation)]
    unplaced.rows = list(dict.fromkeys(unplaced.rows))
    return Interface(
        name=name,
        building_block=block,
        in_full=True,
        operations=table(rows, OPERATIONS),
        parts=table(parts, PARTS),
        unusable=unplaced.frame(),
    )


class _Reader:
    """Lists the parts of one file's operations, and notes at which of them something hinders."""

    def __init__(self, api: Api, unplaced: Unplaced) -> None:
        self._line, self._file, self._unplaced = 0, api.file, unplaced
        self._parts = Parts(api.data, self._note)

    def _note(self, text: str, why: str) -> None:
        self._unplaced.add(self._file, self._line, text, why)

    def parts(self, operation: Operation) -> Iterator[tuple[object, ...]]:
        """Yield each part of an operation as in the frame ``parts``."""
        self._line = operation.line
        for part in self._parts.of(operation):
            whole, *fields = self._parts.schemas.fields(part.type, part.top)
            yield part[:-1] if part.top is None else part._replace(type=whole.type)[:-1]
            for field in fields:
                yield part.place, *field, "", ""
