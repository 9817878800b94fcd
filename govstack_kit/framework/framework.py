"""The framework as tables: :func:`load` reads them, :class:`Framework` holds them.

A framework is immutable in effect: each access gives a frame of its own, which the caller may
change without harming the next caller.
"""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.errors import ArgumentError, UnknownKeyError, did_you_mean, expected, quote
from govstack_kit.framework import installed
from govstack_kit.framework.installed import DECLARED as DECLARED  # noqa: PLC0414 - for others
from govstack_kit.tables import overlay, package, workbook
from govstack_kit.tables import validate as rules
from govstack_kit.tables.storage import bundled as bundled_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from govstack_kit.tables.schema import Table

OWN = (  # what a ministry usually adds, in the order of filling in
    *("sources", "sectors", "use_cases", "use_case_targets", "steps", "step_workflows"),
    *("step_building_blocks", "building_blocks", "products", "product_building_blocks"),
)


class Framework:
    """What the framework says, as one DataFrame per table.

    Every table that :meth:`describe` lists is an attribute: ``framework.use_cases``,
    ``framework.steps``, … The frames are copies: change them freely, the framework keeps its own.

    Parameters
    ----------
    tables
        The frames by table name; every table that is declared must be there.
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
        missing = [name for name in DECLARED if name not in tables]
        if missing:
            raise UnknownKeyError(f"These tables are missing: {', '.join(missing)}.")
        # Deep copies, because the arrays under a frame can be written to despite copy-on-write.
        self._tables = {name: tables[name].copy() for name in DECLARED}
        self._texts = texts

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_") or name not in DECLARED:
            hint = did_you_mean(name, DECLARED) or "See framework.describe()."
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
        return [*super().__dir__(), *DECLARED]

    def __repr__(self) -> str:
        parts = ("use_cases", "steps", "workflows", "building_blocks")
        counts = (f"{len(self._tables[p])} {p.replace('_', ' ')}" for p in parts)
        return f"<Framework: {', '.join(counts)}>"

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return all tables by name, each a frame of your own.

        Examples
        --------
        >>> import govstack_kit
        >>> len(govstack_kit.load().tables()["sdg_goals"])
        17
        """
        return {name: frame.copy() for name, frame in self._tables.items()}

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
                    for t in DECLARED.values()
                ],
                columns=["table", "rows", "key", "description"],
            )
        columns = DECLARED[table].columns.values()
        return pd.DataFrame(
            [(c.name, c.type, c.required, c.description) for c in columns],
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
        names, rows = list(DECLARED[table].key), self._tables[table]
        if len(key) > len(names):
            raise ArgumentError(
                f"The key of {table} has {len(names)} parts ({', '.join(names)}), not {len(key)}."
            )
        for name, part in zip(names, key, strict=False):
            chosen = rows[rows[name] == part]
            if chosen.empty:
                hint = did_you_mean(str(part), rows[name].dropna().astype(str).unique())
                raise UnknownKeyError(
                    f"{table} has no row with {name} {quote(part)}. {hint}".strip()
                )
            rows = chosen
        errata = self._tables["errata"].query("table == @table")
        quoted = (errata["column"] + " printed as “" + errata["printed"] + "”: ").fillna("")
        printed = (quoted + errata["reason"]).groupby(errata["key"]).agg(" ".join)
        rows = rows.assign(
            corrections=rules.joined(rows, names).map(printed).astype("str").fillna(""),
            note=rows["note"].fillna("") if "note" in rows else "",
        )
        about = ["title", "publisher", "version", "date", "url"]
        if table != "sources":
            sources = self._tables["sources"][["source", *about]]
            rows = rows[[*names, "source", "note", "corrections"]].merge(sources, how="left")
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


def check(framework: object) -> Framework:
    """Return a framework; anything else is told what is needed here.

    Examples
    --------
    >>> check("AGR-2")
    Traceback (most recent call last):
    govstack_kit.errors.ArgumentError: A framework, as govstack_kit.load() returns it, comes first,
    not 'AGR-2'.
    """
    wanted = "A framework, as govstack_kit.load() returns it, comes first"
    found: Framework = expected(framework, Framework, wanted)
    return found


@lru_cache(maxsize=2)
def _texts(path: Path, _changed: int) -> dict[tuple[str, str], str]:
    """Read a file of texts, again when it has changed; a damaged one has none."""
    try:
        rows = package.read_csv(path)
        found = rows.iloc[1:].set_axis(rows.iloc[0], axis=1)
        return {(t, k): text for t, k, text in found[["table", "key", "text"]].to_numpy()}
    except (ValueError, KeyError):
        return {}


# --- loading --------------------------------------------------------------------------------------


def _read(raw: bytes, table: Table) -> pd.DataFrame:
    """Return a file that was checked when it was written as a frame."""
    types = {name: "str" if dtype == "bool" else dtype for name, dtype in table.dtypes.items()}
    frame = pd.read_csv(io.BytesIO(raw), dtype=types, keep_default_na=False, na_values=[""])
    for name, dtype in table.dtypes.items():
        if dtype == "bool":
            frame[name] = frame[name].isin(rules.TRUE)
        elif dtype == "str" and b"'" in raw and frame[name].str.startswith("'").any():
            frame[name] = frame[name].map(package.unguarded, na_action="ignore")
    return frame


def _vouched(folder: Path) -> Framework | None:
    """Return tables whose hashes vouch for them; None if a file has been changed."""
    own = folder == installed.own_folder()
    hashes = installed.hashes(folder)
    frames = {}
    for name, table in DECLARED.items():
        try:
            raw = (folder / table.path).read_bytes()
        except OSError:
            return None
        if installed.hash_of(raw) != hashes.get(table.path):
            return None
        frames[name] = _read(raw, table)
    return Framework(frames, texts=folder / installed.TEXTS if own else None)


def examine(
    path: str | Path, beside: Mapping[str, pd.DataFrame] | None = None
) -> tuple[package.Frames, pd.DataFrame]:
    """Return the tables that somebody has, and every problem in them.

    Parameters
    ----------
    path
        A folder of CSV files, or a workbook.
    beside
        The tables that they are laid over; without it, they have to be whole.

    Examples
    --------
    >>> tables, problems = examine(installed.folder())
    >>> len(tables) == len(DECLARED), len(problems)
    (True, 0)
    """
    other, whole = [installed.TEXTS], beside is None
    return package.read_checked(path, DECLARED, beside, whole=whole, other=other)


def load(
    path: str | Path | None = None, *, extend: bool = False, bundled: bool = False
) -> Framework:
    """Load the framework.

    Parameters
    ----------
    path
        Tables of your own: a folder with CSV files, or a workbook (.xlsx) with one sheet for each
        table; without it, the installed tables: those that ``govstack-kit update`` wrote for you,
        or else those that come with the kit.
    extend
        Whether to lay the tables of `path` over the installed ones: rows with a known key replace
        the installed ones, other rows are added, and tables that are not there stay as they are.
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
    if path is not None and bundled:
        raise ArgumentError("bundled=True loads the tables of the kit, so it takes no folder.")
    if path is None and extend:
        raise ArgumentError("extend=True needs the path of a folder with your own tables.")
    if path is None:
        path = bundled_folder("data") if bundled else installed.folder()
        if (framework := _vouched(path)) is not None:
            return framework
    beside = load().tables() if extend else None
    tables, problems = examine(path, beside)
    package.refuse(problems, str(path))
    return Framework(overlay.lay(beside, tables, DECLARED) if beside else tables)


def validate(path: str | Path, *, extend: bool = False) -> pd.DataFrame:
    """Return every problem in tables of your own.

    Parameters
    ----------
    path
        The folder with the CSV files, or a workbook (.xlsx) with one sheet for each table.
    extend
        Whether they add to the installed tables, so that some may be absent and their rows may
        refer to installed ones.

    Returns
    -------
    pandas.DataFrame
        Empty when all is well; otherwise one row a problem:

        - ``table``: the table, which is also the name of the file or sheet;
        - ``row``: its row as a spreadsheet numbers it (header 1), or 0 for the whole table;
        - ``column``: the column or columns, empty for the whole row;
        - ``value``: what stands there;
        - ``problem``: what is wrong with it;
        - ``allowed``: what would be right;
        - ``fix``: what to do;
        - ``level``: ``problem`` if it must be mended, ``remark`` if it is worth a look;
        - ``about``: what people call the place.

    Examples
    --------
    >>> import govstack_kit
    >>> len(govstack_kit.validate(installed.folder()))
    0
    """
    return examine(path, load().tables() if extend else None)[1]


def save_template(path: str | Path, *, tables: Iterable[str] = OWN) -> Path:
    """Write a workbook to fill in, with one sheet for each table.

    Parameters
    ----------
    path
        The new file; its ending is ``.xlsx``. A file that exists is never overwritten.
    tables
        The tables to have sheets for; without it, those that a ministry usually adds rows to.

    Returns
    -------
    pathlib.Path
        The file. Fill in the sheets you need, delete the others, and open it with
        ``load(path, extend=True)``.

    Raises
    ------
    ArgumentError
        If the file exists, has another ending or cannot be written.
    UnknownKeyError
        If a table does not exist.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> save_template(folder / "our-ministry.xlsx").name
    'our-ministry.xlsx'
    """
    file = Path(path)
    empty = {name: package.empty(DECLARED[name]) for name in tables}
    if file.suffix.lower() != ".xlsx":
        raise ArgumentError(f"The name of a workbook ends in .xlsx: {file.name!r} does not.")
    if file.exists():
        raise ArgumentError(f"{file.name!r} exists already. Choose another name.")
    known = load()
    lists = {
        name: getattr(known, name)[DECLARED[name].key[0]]
        for name in ("sources", "sectors", "use_cases", "workflows", "building_blocks", "products")
    }
    return package.write_file(file, workbook.write(empty, DECLARED, lists))
