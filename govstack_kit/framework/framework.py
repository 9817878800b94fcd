"""The framework as tables: :func:`load` reads them, :class:`Framework` holds them.

A framework is immutable in effect: each access gives a frame of its own, which the caller may
change without harming the next caller.
"""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.errors import (
    ArgumentError,
    TablesError,
    UnknownKeyError,
    did_you_mean,
    quote,
)
from govstack_kit._paths import bundled as bundled_folder
from govstack_kit.framework import _csv, installed, schema
from govstack_kit.tables.schema import read as read_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

DECLARED = read_schema(bundled_folder("data") / "datapackage.json")
_TRUE = ("true", "True", "TRUE", "1")


class Framework:
    """What the framework says, as one DataFrame per table.

    Every table of :func:`tables` is an attribute: ``framework.use_cases``, ``framework.steps``, …
    The frames are copies: change them freely, the framework keeps its own.

    Parameters
    ----------
    tables
        The frames by table name; every table of the schema must be there.
    texts
        The file with the published texts, if there is one.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> framework.use_cases.query("use_case == 'AGR-2'")["name"].item()
    'Rural Advisory Service for Farmers'
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame], *, texts: Path | None = None) -> None:
        missing = [name for name in schema.tables() if name not in tables]
        if missing:
            raise UnknownKeyError(f"These tables are missing: {', '.join(missing)}.")
        # Deep copies, because the arrays under a frame can be written to despite copy-on-write.
        self._tables = {name: tables[name].copy() for name in schema.tables()}
        self._texts = texts

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_") or name not in schema.tables():
            hint = did_you_mean(name, schema.tables()) or "See framework.describe()."
            raise AttributeError(f"The framework has no table called {name!r}. {hint}")
        return self._tables[name].copy()

    def __setattr__(self, name: str, value: object) -> None:
        if name not in ("_tables", "_texts"):
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

    def published_text(self, table: str, key: str) -> str | None:
        """Return the full text that the publisher gives for a row, where it is on this computer.

        The texts are not part of the kit: ``govstack-kit update`` stores them for its user.

        Parameters
        ----------
        table
            ``use_cases``, ``steps``, ``requirements``, ``key_functionalities`` or ``products``.
        key
            The key of the row.

        Returns
        -------
        str or None
            Nothing if there is no text, or none has been stored.

        Raises
        ------
        UnknownKeyError
            If there is no such table or no such row; the message names the nearest ones.

        Examples
        --------
        >>> import govstack_kit
        >>> govstack_kit.load(bundled=True).published_text("steps", "AGR-2.3") is None
        True
        """
        self.sources_of(table, key)
        if self._texts is None or not self._texts.is_file():
            return None
        return _texts(self._texts, self._texts.stat().st_mtime_ns).get((table, str(key)))


@lru_cache(maxsize=2)
def _texts(path: Path, _changed: int) -> dict[tuple[str, str], str]:
    """Read a file of texts, again when it has changed; a damaged one has none."""
    try:
        frame = pd.read_csv(path, dtype="str", keep_default_na=False)
        keys = zip(frame["table"], frame["key"], strict=True)
        return dict(zip(keys, frame["text"], strict=True))
    except (OSError, ValueError, KeyError):
        return {}


def to_frame(buffer: io.StringIO | io.BytesIO, table: schema.Table) -> pd.DataFrame:
    """Read CSV text into a frame with the types of the schema."""
    frame = pd.read_csv(buffer, dtype=table.dtypes, keep_default_na=False, na_values=[""])
    for field in table.fields:
        if field.type == "boolean":
            frame[field.name] = frame[field.name].isin(_TRUE)
    return frame


def to_cells(frame: pd.DataFrame, table: schema.Table) -> list[list[str]]:
    """Return the rows of a frame as the cells of a CSV file, in the order of the schema.

    Examples
    --------
    >>> import govstack_kit
    >>> goals = govstack_kit.load().sdg_goals
    >>> to_cells(goals, schema.table("sdg_goals"))[0]
    ['1', 'No Poverty', '#E5243B', 'un-2030-agenda']
    """
    columns = []
    for field in table.fields:
        values = frame[field.name]
        if field.type == "boolean":
            columns.append(["true" if value else "false" for value in values])
        else:
            columns.append(["" if pd.isna(value) else str(value) for value in values])
    return [list(row) for row in zip(*columns, strict=True)]


def _installed(folder: Path) -> Framework | None:
    """Read tables whose hashes vouch for them; None if a file has been changed."""
    own = folder == installed.own_folder()
    hashes = installed.hashes(folder) if own else {}
    frames = {}
    for table in schema.tables().values():
        try:
            raw = (folder / table.file).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(raw).hexdigest() != hashes.get(table.file, table.sha256):
            return None
        frames[table.name] = to_frame(io.BytesIO(raw), table)
    return Framework(frames, texts=folder / installed.TEXTS if own else None)


def load(
    path: str | Path | None = None, *, extend: bool = False, bundled: bool = False
) -> Framework:
    """Load the framework.

    Parameters
    ----------
    path
        A folder of your own with the CSV files, or a workbook (.xlsx) with one sheet for each
        table; without it, the installed tables: those that ``govstack-kit update`` wrote for you,
        or else those that come with the kit.
    extend
        Whether to lay the files of `path` over the installed tables: rows with a known key replace
        the installed ones, other rows are added, and tables without a file stay as they are.
    bundled
        Whether to load the tables that come with the kit even if you have updated ones.

    Returns
    -------
    Framework
        One attribute per table.

    Raises
    ------
    TablesError
        If anything is wrong with the tables; the message and its ``problems`` list everything at
        once, with table, row, column, allowed values and what to do.
    ArgumentError
        If `extend` is given without a folder, or `bundled` with one.

    Warns
    -----
    UserWarning
        If you have updated tables that this version of the kit cannot use, or that are older than
        those that come with it.

    Examples
    --------
    >>> import govstack_kit
    >>> len(govstack_kit.load().sdg_targets)
    169
    """
    if path is None:
        if extend:
            raise ArgumentError("extend=True needs the path of a folder with your own tables.")
        folder = bundled_folder("data") if bundled else schema.folder()
        framework = _installed(folder)
        if framework is not None:
            return framework
    else:
        if bundled:
            raise ArgumentError("bundled=True loads the tables of the kit, so it takes no folder.")
        folder = Path(path)
    from govstack_kit.framework.validate import examine  # noqa: PLC0415 - only for changed data

    tables, problems = examine(folder, extend=extend)
    if len(problems):
        raise TablesError(str(folder), problems)
    return Framework(
        {
            name: to_frame(_csv.to_csv(read.table.columns, read.rows), read.table)
            for name, read in tables.items()
        }
    )


def validate(path: str | Path, *, extend: bool = False) -> pd.DataFrame:
    """Return every problem in a folder of tables or a workbook."""
    from govstack_kit.framework.validate import examine  # noqa: PLC0415

    return examine(Path(path), extend=extend)[1]
