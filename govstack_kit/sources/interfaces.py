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
``note`` says so where the twin writes it differently. ``base`` is the path of the server before
that of the operation. ``title`` is upstream text.

The *parts* of an operation are its parameters, its request and its answer, as
:mod:`govstack_kit.sources._interface_parts` defines them. The fields of bodies are in *lists*: each
row is a field with its name in the list, and names in ``inner_list`` the list of those within it. A
schema that several bodies and fields refer to has one list, called by its name in the file; one
that stands where it is used is called by its operation or by the field that it is of. Lists of a
building block with the same fields are one, called as the first; a list can lead back to itself.
What a schema refers to and was not followed has the type ``not seen``.

Placeholders (empty files), templates (petstore and its like, paths in angle brackets), fragments,
examples and everything else in the folder have no row: they are in ``unplaced``, with the reason.
Files are checked by walking their plain data; no OpenAPI library is needed, and none refuses an
otherwise readable file for a misplaced key.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from govstack_kit.sources._field_lists import FieldLists
from govstack_kit.sources._interface_files import METHODS, block_of, form, published
from govstack_kit.sources._interface_parts import Parts, base
from govstack_kit.sources._plain import items, mapping, truth, words
from govstack_kit.sources._reading import Reading, SourceError, Unplaced, table
from govstack_kit.sources._references import follow

if TYPE_CHECKING:
    from govstack_kit.sources._interface_files import Found

__all__ = ["COLUMNS", "FIELDS", "METHODS", "PARTS", "read_all_interfaces", "read_interfaces"]

COLUMNS = {
    "building_block": "str",
    "file": "str",
    "position": "int64",
    "method": "str",
    "path": "str",
    "base": "str",
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
PARTS = {
    "building_block": "str",
    "file": "str",
    "method": "str",
    "path": "str",
    "order": "int64",
    "place": "str",
    "name": "str",
    "required": "bool",
    "type": "str",
    "status": "str",
    "media": "str",
    "field_list": "str",
    "line": "int64",
}
FIELDS = {
    "field_list": "str",
    "order": "int64",
    "name": "str",
    "required": "bool",
    "type": "str",
    "inner_list": "str",
    "file": "str",
    "line": "int64",
}


def _details(
    data: dict[Any, Any], item: dict[Any, Any], operation: dict[Any, Any]
) -> tuple[int, bool, bool]:
    """Return how many parameters an operation has, whether its body is required, its fate."""
    required = truth(follow(data, operation.get("requestBody"))[0].get("required"))
    known = set()
    for printed in [*items(item.get("parameters")), *items(operation.get("parameters"))]:
        parameter = follow(data, printed)[0]
        place = words(parameter.get("in"))
        if place in ("body", "formData"):
            required = required or truth(parameter.get("required"))
        else:
            known.add((place, words(parameter.get("name")) or str(printed)))
    return len(known), required, truth(operation.get("deprecated"))


def _row(found: Found) -> tuple[Any, ...]:
    """Return the row of an operation, without the building block."""
    api, operation = found.operation.api, found.operation.data
    info = mapping(api.data.get("info"))
    parameters, required, deprecated = _details(api.data, found.operation.item, operation)
    return (
        *(api.file, found.operation.position, found.operation.method, found.operation.path),
        base(found.operation),
        *(words(operation.get("operationId")), words(operation.get("summary"))),
        *(words(info.get("title")), words(info.get("version")), form(api.data)),
        *(parameters, required, deprecated),
        *("; ".join(found.also_in), found.operation.line, found.note),
    )


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
        Table ``api_operations``, sorted by file and position; ``api_parts``, sorted by operation
        and order; ``api_fields``, by list and order; see :data:`COLUMNS`, :data:`PARTS` and
        :data:`FIELDS`.

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
    tables = _Tables()
    unplaced = Unplaced()
    tables.read(Path(folder), building_block, unplaced)
    return tables.reading(unplaced)


class _Tables:
    """The rows of one or several building blocks."""

    def __init__(self) -> None:
        self._operations: list[tuple[Any, ...]] = []
        self._parts: list[tuple[Any, ...]] = []
        self._fields: list[tuple[Any, ...]] = []

    def read(self, folder: Path, building_block: str | None, unplaced: Unplaced) -> None:
        """Add the operations of a building block, those of twins together, and their parts."""
        if not folder.is_dir():
            raise SourceError(f"{folder} is not a folder")
        block = building_block or block_of(folder)
        readers: dict[int, Parts] = {}
        lists = FieldLists(block.rpartition(":")[2])
        parts: list[tuple[Any, ...]] = []
        for found in published(folder, unplaced):
            operation = found.operation
            data, file, line = operation.api.data, operation.api.file, operation.line
            reader = readers.setdefault(id(data), Parts(data, _ignore))
            self._operations.append((block, *_row(found)))
            for order, part in enumerate(reader.of(operation), start=1):
                key = (block, file, operation.method, operation.path, order)
                parts.append(
                    (*key, *part[:-1], lists.of_part(reader.schemas, part, operation), line)
                )
        same = lists.same()
        self._parts += [(*row[:-2], same.get(row[-2], row[-2]), row[-1]) for row in parts]
        self._fields += lists.rows(same)

    def reading(self, unplaced: Unplaced) -> Reading:
        """Return the tables."""
        tables = {
            "api_operations": table(self._operations, COLUMNS),
            "api_parts": table(self._parts, PARTS),
            "api_fields": table(self._fields, FIELDS),
        }
        return Reading(tables, unplaced.frame())


def _ignore(_text: str, _why: str) -> None:
    """Leave out what a schema refers to and is not followed: its type says so in the tables."""


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
    tables = _Tables()
    unplaced = Unplaced()
    blocks = [b for b in sorted(folder.glob("bb-*")) if b.is_dir() and not b.is_symlink()]
    for block in blocks:
        own = Unplaced()
        tables.read(block, None, own)
        unplaced.rows += [(f"{block.name}/{f}", line, text, why) for f, line, text, why in own.rows]
    if not blocks:
        unplaced.add(folder.name, 0, "", "holds no repository whose name begins with bb-")
    return tables.reading(unplaced)
