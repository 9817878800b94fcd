"""The framework as tables: :func:`load` reads them, :class:`Framework` holds them.

A framework is immutable in effect: each access gives a frame of its own, which the caller may
change without harming the next caller.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit._errors import (
    ArgumentError,
    DataPackageError,
    UnknownKeyError,
    did_you_mean,
    quote,
)
from govstack_kit.framework import _csv, schema

if TYPE_CHECKING:
    from collections.abc import Mapping

_TRUE = ("true", "True", "TRUE", "1")


class Framework:
    """What the framework says, as one DataFrame per table.

    Every table of :func:`tables` is an attribute: ``framework.use_cases``, ``framework.steps``, …
    The frames are copies: change them freely, the framework keeps its own.

    Parameters
    ----------
    tables
        The frames by table name; every table of the schema must be there.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> framework.use_cases.query("use_case == 'AGR-2'")["name"].item()
    'Rural Advisory Service for Farmers'
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        missing = [name for name in schema.tables() if name not in tables]
        if missing:
            raise UnknownKeyError(f"These tables are missing: {', '.join(missing)}.")
        # Deep copies, because the arrays under a frame can be written to despite copy-on-write.
        self._tables = {name: tables[name].copy() for name in schema.tables()}

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_") or name not in schema.tables():
            hint = did_you_mean(name, schema.tables()) or "See framework.describe()."
            raise AttributeError(f"The framework has no table called {name!r}. {hint}")
        return self._tables[name].copy()

    def __setattr__(self, name: str, value: object) -> None:
        if name != "_tables":
            raise AttributeError(
                f"A framework cannot be changed, so {name!r} cannot be set. Change a copy of the "
                "table, or load tables of your own with govstack_kit.load(folder, extend=True)."
            )
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *schema.tables()]

    def __repr__(self) -> str:
        parts = ("use_cases", "steps", "workflows", "building_blocks")
        counts = (f"{len(self._tables[p])} {p.replace('_', ' ')}" for p in parts)
        return f"<Framework: {', '.join(counts)}>"

    def describe(self, table: str | None = None) -> pd.DataFrame:
        """Return what the tables are, or what the columns of one table mean.

        Parameters
        ----------
        table
            The table whose columns to explain; without it, all tables.

        Returns
        -------
        pandas.DataFrame
            Without `table`: ``table``, ``rows`` (their number), ``key`` (the columns that name a
            row), ``description``. With it: ``column``, ``type``, ``required``, ``description``.

        Raises
        ------
        UnknownKeyError
            If there is no such table.

        Examples
        --------
        >>> import govstack_kit
        >>> govstack_kit.load().describe("sectors")["column"].tolist()
        ['sector', 'name', 'source', 'note']
        """
        if table is None:
            return pd.DataFrame(
                [
                    (t.name, len(self._tables[t.name]), ", ".join(t.key), t.description)
                    for t in schema.tables().values()
                ],
                columns=["table", "rows", "key", "description"],
            )
        return pd.DataFrame(
            [(f.name, f.type, f.required, f.description) for f in schema.table(table).fields],
            columns=["column", "type", "required", "description"],
        )

    def sources_of(self, table: str, *key: str | int) -> pd.DataFrame:
        """Return where the rows of a table come from, and what was corrected in them.

        Parameters
        ----------
        table
            Name of a table.
        key
            The key of the rows in question, or its first parts; without it, all rows.

        Returns
        -------
        pandas.DataFrame
            The key columns of the table; ``source``, ``title``, ``publisher``, ``version``,
            ``date`` and ``url`` of the source; ``note`` and ``corrections``: what was printed
            where this package differs, empty where it does not.

        Raises
        ------
        UnknownKeyError
            If there is no such table or no such row; the message names the nearest ones.
        ArgumentError
            If `key` has more parts than the key of the table.

        Examples
        --------
        >>> import govstack_kit
        >>> framework = govstack_kit.load()
        >>> framework.sources_of("use_cases", "AGR-2")["publisher"].item()
        'GovStack'
        """
        definition = schema.table(table)
        rows = self._tables[table]
        names = list(definition.key)
        if len(key) > len(names):
            raise ArgumentError(
                f"The key of {table} has {len(names)} parts ({', '.join(names)}), not {len(key)}."
            )
        for name, part in zip(names, key, strict=False):
            chosen = rows[rows[name] == part]
            if chosen.empty:
                known = rows[name].dropna().astype(str).unique()
                hint = did_you_mean(str(part), known)
                raise UnknownKeyError(
                    f"{table} has no row with {name} {quote(part)}. {hint}".strip()
                )
            rows = chosen
        errata = self.errata.query("table == @table")
        quoted = (errata["column"] + " printed as “" + errata["printed"] + "”: ").fillna("")
        printed = (quoted + errata["reason"]).groupby(errata["key"]).agg(" ".join)
        parts = rows[names].astype("str").fillna("")
        corrections = printed.to_dict()
        rows = rows.assign(
            corrections=[corrections.get(" | ".join(part), "") for part in parts.to_numpy()],
            note=rows["note"].fillna("") if "note" in rows else "",
        )
        about = ["title", "publisher", "version", "date", "url"]
        if table != "sources":
            rows = rows[[*names, "source", "note", "corrections"]].merge(
                self.sources[["source", *about]], on="source", how="left"
            )
        columns = dict.fromkeys([*names, "source", *about, "note", "corrections"])
        return rows[list(columns)].reset_index(drop=True)


def _frame(buffer: io.StringIO | io.BytesIO, table: schema.Table) -> pd.DataFrame:
    """Read CSV text into a frame with the types of the schema."""
    frame = pd.read_csv(buffer, dtype=table.dtypes, keep_default_na=False, na_values=[""])
    for field in table.fields:
        if field.type == "boolean":
            frame[field.name] = frame[field.name].isin(_TRUE)
    return frame


def _bundled() -> Framework | None:
    """Read the bundled package, whose hashes vouch for it; None if a file has been changed."""
    frames = {}
    for table in schema.tables().values():
        try:
            raw = (schema.folder() / table.file).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(raw).hexdigest() != table.sha256:
            return None
        frames[table.name] = _frame(io.BytesIO(raw), table)
    return Framework(frames)


def load(path: str | Path | None = None, *, extend: bool = False) -> Framework:
    """Load the framework.

    Parameters
    ----------
    path
        A folder of your own with the CSV files; without it, the bundled data.
    extend
        Whether to lay the files of `path` over the bundled tables: rows with a known key replace
        the bundled ones, other rows are added, and tables without a file stay as they are.

    Returns
    -------
    Framework
        One attribute per table.

    Raises
    ------
    DataPackageError
        If anything is wrong with the tables; the message and its ``problems`` list everything at
        once, with table, row, column, allowed values and what to do.

    Examples
    --------
    >>> import govstack_kit
    >>> len(govstack_kit.load().sdg_targets)
    169
    """
    if path is None:
        if extend:
            raise ArgumentError("extend=True needs the path of a folder with your own tables.")
        framework = _bundled()
        if framework is not None:
            return framework
    from govstack_kit.framework.validate import examine  # noqa: PLC0415 - only for changed data

    folder = schema.folder() if path is None else Path(path)
    tables, problems = examine(folder, extend=extend)
    if len(problems):
        raise DataPackageError(str(folder), problems)
    return Framework(
        {
            name: _frame(_csv.to_csv(read.table.columns, read.rows), read.table)
            for name, read in tables.items()
        }
    )
