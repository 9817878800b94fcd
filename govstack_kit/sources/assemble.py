"""From checkouts of upstream repositories to tables of the kit.

What is published comes from the checkouts: names, links, levels, places. What the kit says about
it comes from the installed tables, found again by key: summaries, titles, notes, and the
corrections of ``errata``. What is new has placeholders that say so in ``note``. Rows whose source
is not among the checkouts stay as they are; rows that their source no longer has are dropped, and
with them what refers to them. Where a source seems to have lost a whole table, more likely moved
than removed, its installed rows stay and ``unplaced`` says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.errors import ArgumentError
from govstack_kit.framework import _csv, schema
from govstack_kit.framework.framework import to_frame
from govstack_kit.sources import _checkouts as checkouts
from govstack_kit.sources import _product_rows as products
from govstack_kit.sources import _specification_rows as specifications
from govstack_kit.sources import _use_case_rows as use_cases
from govstack_kit.sources._ours import NEW, NEW_TEXT, Ours, Row, key_of, once
from govstack_kit.sources._reading import Reading, SourceError, Unplaced
from govstack_kit.sources.atlas import read_atlas
from govstack_kit.sources.interfaces import read_interfaces
from govstack_kit.sources.registry import read_registry
from govstack_kit.sources.specifications import building_block_of, read_specification
from govstack_kit.sources.use_cases import read_use_cases

if TYPE_CHECKING:
    from collections.abc import Callable

    from govstack_kit.framework.framework import Framework
    from govstack_kit.sources._checkouts import Checkout

TEXTS = ["table", "key", "text"]
PUBLISHED = ("sources", *use_cases.TABLES, *specifications.TABLES, *products.TABLES)
_SORTED: dict[str, Callable[[Row], tuple[object, ...]]] = {
    "requirements": lambda r: (
        r["requirement"].partition(":")[0],
        r["kind"] != "functional",
        int(r["order"]),
    ),
    "key_functionalities": lambda r: (r["building_block"], int(r["order"])),
    "api_operations": lambda r: (r["building_block"], r["file"], int(r["position"])),
    "api_fields": lambda r: (r["field_list"], int(r["order"])),
    "products": lambda r: (r["product"],),
    "product_licences": lambda r: (r["product"], r["licence"]),
    "product_goals": lambda r: (r["product"], int(r["goal"])),
    "product_countries": lambda r: (r["product"], r["relation"], r["country"]),
    "product_building_blocks": lambda r: (r["product"], r["building_block"]),
    "sources": lambda r: (r["source"],),
    "sectors": lambda r: (r["sector"],),
    "building_blocks": lambda r: (not r["building_block"].startswith("govstack:"),),
}


@dataclass(frozen=True)
class Assembly:
    """Tables put together from upstream checkouts.

    Attributes
    ----------
    tables : dict of pandas.DataFrame
        Every table of the schema.
    unplaced : pandas.DataFrame
        What could not be placed: ``file``, with its repository, ``line``, ``text``, ``why``.
    texts : pandas.DataFrame
        The published texts: ``table``, ``key``, ``text``. They are for the user's own computer.
    repositories : list of str
        The repositories that were read.
    missing : list of str
        Publications that the installed tables have and the checkouts do not.
    """

    tables: dict[str, pd.DataFrame]
    unplaced: pd.DataFrame
    texts: pd.DataFrame
    repositories: list[str]
    missing: list[str]


@dataclass
class _Parts:
    """What has been read so far: rows by table and source, texts, places without a row."""

    ours: Ours
    unplaced: Unplaced = field(default_factory=Unplaced)
    rows: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    texts: list[tuple[str, str, str]] = field(default_factory=list)
    extra: dict[str, list[Row]] = field(default_factory=dict)

    def read(self, checkout: Checkout, reader: Callable[[], Reading]) -> Reading | None:
        """Run a reader; note what it could not place, or why it could not read at all."""
        try:
            reading = reader()
        except SourceError as error:
            self.unplaced.add(checkout.name, 0, "", str(error))
            return None
        self.note(checkout, reading.unplaced)
        return reading

    def note(self, checkout: Checkout, unplaced: pd.DataFrame) -> None:
        """Take over what could not be placed, with the repository before the file."""
        for file, line, text, why in unplaced.to_numpy().tolist():
            self.unplaced.add(f"{checkout.name}/{file}".rstrip("/."), line, text, why)

    def place(self, checkout: Checkout, tables: dict[str, list[Row]], refused: Unplaced) -> None:
        """Take rows over, or keep the installed ones where a whole table seems to be lost."""
        source = checkout.source["source"]
        self.note(checkout, refused.frame())
        for name, found in tables.items():
            if name in ("sectors", "building_blocks"):
                self.extra.setdefault(name, []).extend(found)
                continue
            rows = list(found)
            before = self.ours.of_source(name, source)
            kinds = {row["kind"] if name == "requirements" else "" for row in before}
            for kind in sorted(kinds):
                old = [row for row in before if not kind or row["kind"] == kind]
                if not any(not kind or row["kind"] == kind for row in rows):
                    rows += old
                    what = " ".join(filter(None, [kind, name.replace("_", " ")]))
                    why = (
                        f"no {what} were found where {len(old)} are installed: they may have "
                        "moved, so the installed ones are kept"
                    )
                    self.unplaced.add(checkout.name, 0, what, why)
            self.rows[name, source] = once(name, rows)


def assemble(folder: str | Path, installed: Framework) -> Assembly:
    r"""Put the tables of the kit together from a folder of upstream checkouts.

    Parameters
    ----------
    folder
        Holds repositories, as ``ORG/REPO/…`` or ``REPO/…``; ``SOURCES.csv`` may give their commits.
    installed
        The tables whose summaries, titles, notes and corrections are kept.

    Returns
    -------
    Assembly
        All tables, what could not be placed, and the published texts.

    Raises
    ------
    ArgumentError
        If the folder holds no repository that the kit reads.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import govstack_kit
    >>> page = "# AGR-9 - Kites\n## Steps\n### 1 - Fly\n**Workflows**\n\n* Marketplace\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "product-use-cases", "kites.md")
    ...     path.parent.mkdir()
    ...     _ = path.write_text(page)
    ...     assembly = assemble(folder, govstack_kit.load())
    >>> assembly.tables["steps"].query("use_case == 'AGR-9'")["name"].tolist()
    ['Fly']
    """
    folder = Path(folder).absolute()
    if not folder.is_dir():
        raise ArgumentError(f"There is no folder {folder}. Name one with upstream repositories.")
    parts = _Parts(Ours(installed))
    sources = parts.ours.tables["sources"]
    found = checkouts.find_checkouts(folder, sources, parts.unplaced)
    if not found:
        known = ", ".join(name.rpartition("/")[2] for name in checkouts.known_repositories(sources))
        raise ArgumentError(
            f"{folder} holds no repository that the kit reads. Expected folders such as {known}."
        )
    for checkout in found:
        _READERS[checkout.kind](checkout, parts, installed)
    _read_products([c for c in found if c.kind in _PRODUCTS], parts)
    tables = _merged(parts, found)
    texts = _texts(parts, tables)
    read = {checkout.source["source"] for checkout in found}
    wanted = {row["source"] for row in checkouts.known_repositories(sources).values()}
    return Assembly(
        {name: _frame(name, rows) for name, rows in tables.items()},
        parts.unplaced.frame(),
        texts,
        [checkout.name for checkout in found],
        sorted(wanted - read),
    )


def _read_use_cases(checkout: Checkout, parts: _Parts, installed: Framework) -> None:
    reading = parts.read(checkout, lambda: read_use_cases(checkout.path, framework=installed))
    if reading:
        source, refused = checkout.source["source"], Unplaced()
        rows, texts = use_cases.use_case_rows(reading, parts.ours, source, refused)
        parts.place(checkout, rows, refused)
        parts.texts += texts


def _read_specification(checkout: Checkout, parts: _Parts, _installed: Framework) -> None:
    source, ours, refused = checkout.source["source"], parts.ours, Unplaced()
    block = building_block_of(checkout.name)
    shared = checkout.kind == checkouts.SHARED
    reading = parts.read(
        checkout, lambda: read_specification(checkout.path, None if shared else block)
    )
    rows: dict[str, list[Row]] = {}
    if reading:
        rows, texts = specifications.specification_rows(reading, ours, source, refused)
        parts.texts += texts
    if not shared:
        reading = parts.read(checkout, lambda: read_interfaces(checkout.path, block))
        if reading:
            rows |= specifications.interface_rows(reading, ours, source, refused)
        if any(rows.values()) and not ours.row("building_blocks", block):
            rows["building_blocks"] = [_new_block(block, checkout)]
    parts.place(checkout, rows, refused)


def _new_block(block: str, checkout: Checkout) -> Row:
    name = block.partition(":")[2].replace("-", " ").capitalize()
    row = {"building_block": block, "name": name, "catalogue": "govstack"}
    row |= {"every_workflow": "false", "summary": NEW_TEXT, "url": checkout.source["url"]}
    return row | {"source": checkout.source["source"], "note": NEW}


def _read_nothing_yet(checkout: Checkout, parts: _Parts, installed: Framework) -> None:
    """Products are read together, when both lists are known."""


_READERS: dict[str, Callable[[Checkout, _Parts, Framework], None]] = {
    checkouts.USE_CASES: _read_use_cases,
    checkouts.SPECIFICATION: _read_specification,
    checkouts.SHARED: _read_specification,
    checkouts.REGISTRY: _read_nothing_yet,
    checkouts.ATLAS: _read_nothing_yet,
}
_PRODUCTS = {checkouts.REGISTRY: read_registry, checkouts.ATLAS: read_atlas}


def _read_products(found: list[Checkout], parts: _Parts) -> None:
    readings = {c.kind: parts.read(c, partial(_PRODUCTS[c.kind], c.path)) for c in found}
    registry, atlas = readings.get(checkouts.REGISTRY), readings.get(checkouts.ATLAS)
    same = products.same_products(registry, atlas)
    for checkout in found:
        reading = readings.get(checkout.kind)
        if reading is None:
            continue
        make = (
            products.registry_rows if checkout.kind == checkouts.REGISTRY else products.atlas_rows
        )
        source, refused = checkout.source["source"], Unplaced()
        rows, texts = make(reading, parts.ours, source, same, refused)
        parts.place(checkout, rows, refused)
        parts.texts += texts


def _merged(parts: _Parts, found: list[Checkout]) -> dict[str, list[Row]]:
    """Return all tables: new rows where their source was read, installed ones elsewhere."""
    tables: dict[str, list[Row]] = {}
    for name, before in parts.ours.tables.items():
        new = {source: rows for (table, source), rows in parts.rows.items() if table == name}
        rows: list[Row] = []
        for row in before:
            source = row.get("source", "")
            if source not in new:
                rows.append(row)
            elif new[source]:  # in the place of the first row that this source had
                rows += new[source]
                new[source] = []
        for added in new.values():
            rows += added
        extra = parts.extra.get(name, [])
        rows = once(name, [*rows, *extra])
        again = name in _SORTED and (new or extra)
        tables[name] = sorted(rows, key=_SORTED[name]) if again else rows
    changed = {c.source["source"]: _differs(c.source["source"], parts) for c in found}
    dated = {key: c.dated(changed=changed[key]) for c in found if (key := c.source["source"])}
    rows = [dated.pop(row["source"], row) for row in tables["sources"]]
    tables["sources"] = sorted([*rows, *dated.values()], key=_SORTED["sources"])
    _drop_dangling(tables)
    return tables


def _differs(source: str, parts: _Parts) -> bool:
    """Return whether any row of a source differs from the installed ones."""
    return any(
        {key_of(name, row): row for row in rows}
        != {key_of(name, row): row for row in parts.ours.of_source(name, source)}
        for (name, of), rows in parts.rows.items()
        if of == source
    )


def _drop_dangling(tables: dict[str, list[Row]]) -> None:
    """Drop rows that refer to a row that is gone, and what refers to them."""
    dropped = True
    while dropped:
        dropped = False
        for name, rows in tables.items():
            for key in schema.table(name).foreign_keys:
                known = {row[key.target] for row in tables[key.table]}
                kept = [r for r in tables[name] if not r[key.field] or r[key.field] in known]
                dropped = dropped or len(kept) < len(rows)
                tables[name] = kept


def _frame(name: str, rows: list[Row]) -> pd.DataFrame:
    table = schema.table(name)
    cells = [[row.get(column, "") for column in table.columns] for row in rows]
    return to_frame(_csv.to_csv(table.columns, cells), table)


def _texts(parts: _Parts, tables: dict[str, list[Row]]) -> pd.DataFrame:
    """Return the published texts of the rows that there are."""
    names = {name for name, _, _ in parts.texts}
    known = {(name, key_of(name, row)[0]) for name in names for row in tables[name]}
    rows = sorted({(t, k): x for t, k, x in parts.texts if x and (t, k) in known}.items())
    return pd.DataFrame([(t, k, x) for (t, k), x in rows], columns=TEXTS, dtype="str")
