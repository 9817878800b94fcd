"""The definition of every table, read from ``data/datapackage.json`` and from nowhere else.

A *table* is one CSV file; a *field* is one of its columns; the *key* is the columns whose values
name a row; a *foreign key* is a column whose values must exist in another table. The file follows
the Frictionless Data Package standard (https://datapackage.org).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from govstack_kit.errors import UnknownKeyError, did_you_mean
from govstack_kit._paths import bundled
from govstack_kit.framework import installed

if TYPE_CHECKING:
    from pathlib import Path

DTYPES = {"string": "str", "integer": "Int64", "boolean": "str"}


@dataclass(frozen=True)
class Field:
    """A column of a table: its name, type, meaning and the values it may take."""

    name: str
    type: str
    description: str
    required: bool
    enum: tuple[str, ...]
    descriptor: dict[str, Any]


@dataclass(frozen=True)
class ForeignKey:
    """A column whose values must exist in the column `target` of the table `table`."""

    field: str
    table: str
    target: str


@dataclass(frozen=True)
class Table:
    """A table: its fields, its key, its foreign keys, and what a row of it is."""

    name: str
    title: str
    description: str
    file: str
    sha256: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(field.name for field in self.fields)

    @property
    def dtypes(self) -> dict[str, str]:
        """The pandas type of each column; columns that may be empty keep room for that."""
        return {
            field.name: "int64"
            if field.type == "integer" and field.required
            else DTYPES[field.type]
            for field in self.fields
        }


def _field(descriptor: dict[str, Any]) -> Field:
    constraints = descriptor.get("constraints", {})
    return Field(
        name=descriptor["name"],
        type=descriptor["type"],
        description=descriptor.get("description", ""),
        required=constraints.get("required", False),
        enum=tuple(constraints.get("enum", ())),
        descriptor=descriptor,
    )


def folder() -> Path:
    """Return the folder of the installed tables: the user's own if usable, else the bundled one.

    See :mod:`govstack_kit.framework.installed`. The definitions here are always the bundled ones.
    """
    return installed.folder()


@cache
def tables() -> dict[str, Table]:
    """Return every table definition by name, in the order of the descriptor.

    Examples
    --------
    >>> tables()["steps"].key
    ('step',)
    """
    text = (bundled("data") / "datapackage.json").read_text(encoding="utf-8")
    found = {}
    for resource in json.loads(text)["resources"]:
        schema = resource["schema"]
        found[resource["name"]] = Table(
            name=resource["name"],
            title=resource["title"],
            description=resource["description"],
            file=resource["path"],
            sha256=resource.get("hash", "").removeprefix("sha256:"),
            fields=tuple(_field(field) for field in schema["fields"]),
            key=tuple(schema["primaryKey"]),
            foreign_keys=tuple(
                ForeignKey(
                    key["fields"][0], key["reference"]["resource"], key["reference"]["fields"][0]
                )
                for key in schema.get("foreignKeys", ())
            ),
        )
    return found


def table(name: str) -> Table:
    """Return the definition of one table.

    Raises
    ------
    UnknownKeyError
        If there is no such table; the message names the nearest ones.

    Examples
    --------
    >>> table("use_cases").title
    'Use cases'
    """
    known = tables()
    if name not in known:
        hint = did_you_mean(name, known) or f"Tables: {', '.join(known)}."
        raise UnknownKeyError(f"There is no table called {name!r}. {hint}")
    return known[name]
