"""What every table and column is, read from descriptors in the Table Schema standard.

Definitions
-----------
A *reference* is a column whose values must be keys of another table. A *name* is a column that
usually holds a value of another table, but may hold one of the team's own. The *label* of a table
is the column that people know a row by.

Properties of a table that the standard does not have
    ``one``: what people call a row. ``label``: the column that people know a row by, the last of
    its key if none is given. ``order``: its rows keep the order in which they stand, ``within`` a
    column; the ``column`` of the order, if there is one, is counted from that and never stored.
    ``whole``: versions of it are not mixed, for half of each group's choice is nobody's choice.
    ``said``: the column that stands in brackets where a row is a link in a cell of its owner.
    ``agree``: lists of two columns and a third one, which must be the same for what the two name.
    ``hash`` and ``bytes``: of its file, in a data package that is installed.
Properties of a column that the standard does not have
    ``lines``: a text of several lines. ``unit``: what is counted. ``default``: what it holds where
    nothing is given. ``made``: a key that is made ``from`` a column, ``within`` another. ``names``:
    the ``table.column`` whose values it usually holds. ``names_by``: the column that says the layer
    of what it names. ``code_of``: the ``table.column`` of codes that spreadsheets spoil, such as
    16.10. ``hidden``: not shown to people. ``aliases``: other titles that are understood.
    ``labels``: plain words for the values that it may have. ``starts_with``: a column whose value,
    and a full stop, it begins with. ``first_of``: columns the first filled one of which it repeats.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from govstack_kit.errors import UnknownKeyError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DTYPES = {"string": "str", "list": "str", "integer": "Int64", "number": "float64"}


@dataclass(frozen=True)
class Column:
    """A column: its name, what people call it, its type, what it means and what it may hold."""

    name: str
    type: str
    title: str
    description: str
    given: dict[str, Any] = field(repr=False, compare=False)  # as the descriptor has it

    @property
    def limits(self) -> dict[str, Any]:
        """The constraints of the standard."""
        found: dict[str, Any] = self.given.get("constraints", {})
        return found

    @property
    def required(self) -> bool:
        """Whether it must be filled in."""
        return bool(self.limits.get("required"))

    @property
    def enum(self) -> tuple[str, ...]:
        """The values that it may have; empty if any."""
        return tuple(self.limits.get("enum", ()))

    @property
    def dtype(self) -> Any:  # noqa: ANN401 - pandas knows it by name
        """The type of the column in a frame."""
        if self.type == "boolean":
            return "bool" if self.required else "boolean"
        return "int64" if self.type == "integer" and self.required else DTYPES[self.type]

    @property
    def help(self) -> str:
        """One sentence for people who fill it in."""
        allowed = f" One of: {', '.join(self.enum)}." if self.enum else ""
        example = f" For example: {self.given['example']}." if "example" in self.given else ""
        return f"{self.description}.{allowed}{example}"


@dataclass(frozen=True)
class Reference:
    """Columns whose values must be the key of a row of another table."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table: what a row of it is, its columns, its key, its references."""

    name: str
    title: str
    description: str
    columns: dict[str, Column]
    key: tuple[str, ...]
    references: tuple[Reference, ...]
    given: dict[str, Any] = field(repr=False, compare=False)
    shape: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)  # its keys

    @property
    def one(self) -> str:
        """What people call a row."""
        return str(self.given.get("one", "row"))

    @property
    def label(self) -> str:
        """The column that people know a row by."""
        return str(self.given.get("label", self.key[-1]))

    @property
    def order(self) -> tuple[str, str] | None:
        """The column that counts the rows ("" if none does), and within which column."""
        found = self.given.get("order")
        return (found.get("column", ""), found["within"]) if found else None

    def target(self, column: str) -> tuple[str, str]:
        """Return the table and column whose values a column must or usually does hold, if any.

        Examples
        --------
        >>> from govstack_kit.tables.storage import bundled
        >>> read(bundled("data") / "plan.json")["step_workflows"].target("workflow")
        ('workflows', 'workflow')
        """
        for reference in self.references:
            if column in reference.columns:
                return reference.table, reference.targets[reference.columns.index(column)]
        table, _, named = self.columns[column].given.get("names", "").partition(".")
        return table, named

    @cached_property
    def dtypes(self) -> dict[str, str]:
        """The types of a frame."""
        return {column.name: column.dtype for column in self.columns.values()}

    @property
    def path(self) -> str:
        """The name of its file in a folder."""
        return str(self.given.get("path", f"{self.name}.csv"))


class Schema(dict[str, Table]):
    """Tables by name; one that is not there is named with the nearest ones."""

    def __missing__(self, name: str) -> Table:
        hint = did_you_mean(str(name), self) or f"Tables: {', '.join(self)}."
        raise UnknownKeyError(f"There is no table {name!r}. {hint}")

    def referring(self, table: str) -> list[tuple[Table, Reference]]:
        """Return the references that lead to a table, with the tables they are in."""
        return [(t, r) for t in self.values() for r in t.references if r.table == table]

    def named_in(self, table: str) -> Iterator[tuple[str, str, str]]:
        """Yield each table and column that names rows by a column of a table's key, and which."""
        for other in self.values():
            for column in other.columns:
                named, target = other.target(column)
                itself = (other.name, column) == (table, target)
                if named == table and target in self[table].key and not itself:
                    yield other.name, column, target


def _names(given: str | list[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def table_of(resource: dict[str, Any]) -> Table:
    """Return the table that a resource of a descriptor declares."""
    schema = resource["schema"]
    columns = {
        f["name"]: Column(
            f["name"],
            f.get("type", "string"),
            f.get("title", f["name"]),
            f.get("description", "").rstrip("."),
            f,
        )
        for f in schema["fields"]
    }
    references = tuple(
        Reference(_names(k["fields"]), k["reference"]["resource"], _names(k["reference"]["fields"]))
        for k in schema.get("foreignKeys", ())
    )
    return Table(
        resource["name"],
        resource.get("title", resource["name"]),
        resource.get("description", ""),
        columns,
        _names(schema["primaryKey"]),
        references,
        {key: value for key, value in resource.items() if key not in ("schema", "data")},
        {key: value for key, value in schema.items() if key != "fields"},
    )


@cache
def read(path: Path) -> Schema:
    """Return the tables that a descriptor declares.

    Examples
    --------
    >>> from govstack_kit.tables.storage import bundled
    >>> read(bundled("data") / "plan.json")["steps"].key
    ('step',)
    """
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    return Schema({r["name"]: table_of(r) for r in descriptor["resources"]})
