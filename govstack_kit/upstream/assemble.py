"""From copies of upstream repositories to tables of the kit.

What is published comes from the copies: names, links, levels, places. What the kit says about it
comes from the installed tables, see :mod:`.our_words`. Rows whose source is not among the copies
stay as they are; rows that their source no longer has are dropped, and with them what refers to
them. Where a source seems to have lost a whole table, more likely moved than removed, its installed
rows stay, and the problems say so.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.errors import ArgumentError
from govstack_kit.framework.framework import DECLARED
from govstack_kit.interfaces import openapi
from govstack_kit.interfaces.plain_files import SourceError
from govstack_kit.tables import validate
from govstack_kit.tables.package import frame_of, text_of
from govstack_kit.upstream import our_words, products, repositories, specifications, use_case_page
from govstack_kit.upstream.our_words import NEW, NEW_TEXT, Ours, Row, Rows, key_of, once, rows_of
from govstack_kit.upstream.printed_names import PrintedNames

if TYPE_CHECKING:
    from collections.abc import Callable

    from govstack_kit.framework.framework import Framework
    from govstack_kit.upstream.products import Product
    from govstack_kit.upstream.repositories import Checkout

    Note = Callable[[str, int, str, str], None]

TEXTS = ["table", "key", "text"]
KEPT = "so the installed ones are kept"  # ends what is said of a table that seems to be lost
PUBLISHED = (
    *("use_cases", "use_case_targets", "steps", "step_workflows"),
    *("step_building_blocks", "use_case_building_blocks", "requirements", "key_functionalities"),
    *("api_operations", "api_fields", "api_parts", "products", "product_licences"),
    *("product_goals", "product_countries", "product_building_blocks"),
)
_SORTED: dict[str, Callable[[Row], tuple[object, ...]]] = {
    "requirements": lambda r: (r["requirement"].partition(":")[0], r["kind"] != "functional"),
    "key_functionalities": lambda r: (r["building_block"],),
    "api_operations": lambda r: (r["building_block"],),
    "api_fields": lambda r: (r["field_list"].partition(":")[0],),
    "products": lambda r: (r["product"],),
    "product_licences": lambda r: (r["product"], r["licence"]),
    "product_goals": lambda r: (r["product"], int(r["goal"])),
    "product_countries": lambda r: (r["product"], r["relation"], r["country"]),
    "product_building_blocks": lambda r: (r["product"], r["building_block"]),
    "sources": lambda r: (r["source"],),
}


@dataclass(frozen=True)
class Assembly:
    """Tables put together from copies of upstream.

    Attributes
    ----------
    tables : dict of pandas.DataFrame
        Every table of the framework.
    unplaced : pandas.DataFrame
        What could not be placed: ``file``, with its repository, ``line``, ``text``, ``why``.
    texts : pandas.DataFrame
        The published texts: ``table``, ``key``, ``text``. They are for the user's own computer.
    repositories : list of str
        The repositories that were read.
    missing : list of str
        Publications that the installed tables have and the copies do not.
    """

    tables: dict[str, pd.DataFrame]
    unplaced: pd.DataFrame
    texts: pd.DataFrame
    repositories: list[str]
    missing: list[str]


def assemble(
    folder: str | Path,
    installed: Framework,
    *,
    before: Framework | None = None,
    keep_use_cases: bool = False,
) -> Assembly:
    r"""Put the tables of the kit together from a folder of upstream repositories.

    Parameters
    ----------
    folder
        Holds repositories, as ``ORG/REPO/…`` or ``REPO/…``; ``SOURCES.csv`` may give their commits.
    installed
        The tables whose summaries, titles, notes and corrections are kept.
    before
        The tables whose rows stay for publications that are not there; by default the installed.
    keep_use_cases
        Whether use cases that are not published any more stay, with their steps and links.

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
    parts = _Parts(installed)
    sources = parts.ours.tables["sources"]
    found = repositories.find_checkouts(folder, sources, parts.note)
    urls = {row["url"]: row["source"] for row in sources}
    wanted = repositories.known_repositories(urls)
    if not found:
        known = ", ".join(name.partition("/")[2] for name in wanted)
        raise ArgumentError(
            f"{folder} holds no repository that the kit reads. Expected folders such as {known}."
        )
    parts.read(found)
    missing = {urls[url] for url in wanted.values()} - {c.source["source"] for c in found}
    if before is not None:
        parts.keep(before, missing)
    if before is not None and keep_use_cases:
        parts.keep_use_cases(before)
    tables = parts.merged(found)
    places = parts.problems.frame()[["table", "row", "value", "problem"]]
    places.columns = pd.Index(["file", "line", "text", "why"])
    there = {(name, key_of(name, row)[0]) for name, rows in tables.items() for row in rows}
    texts = sorted((*key, text) for key, text in parts.texts.items() if key in there)
    return Assembly(
        {name: frame_of(_cells(name, rows), DECLARED[name]) for name, rows in tables.items()},
        places.astype({"line": "int64"}).sort_values(["file", "line"], ignore_index=True),
        pd.DataFrame(texts, columns=TEXTS, dtype="str"),
        [checkout.name for checkout in found],
        sorted(missing),
    )


def _cells(name: str, rows: list[Row]) -> pd.DataFrame:
    cells = [[text_of(row.get(column)) for column in DECLARED[name].columns] for row in rows]
    return pd.DataFrame(cells, columns=list(DECLARED[name].columns), dtype="str")


class _Parts:
    """What has been read so far: rows by table and source, texts, problems."""

    def __init__(self, installed: Framework) -> None:
        self.ours = Ours(installed.tables())
        self.names = PrintedNames(installed)
        self.problems = validate.Problems()
        self.texts: dict[tuple[str, str], str] = {}
        self._rows: dict[tuple[str, str], list[Row]] = {}
        self._new: Rows = defaultdict(list)  # sectors and building blocks
        self._versions: dict[str, str] = {}
        self._sources: dict[str, Row] = {}

    def note(self, file: str, line: int, text: str, why: str) -> None:
        """Note a place that has no row."""
        self.problems.add(file, why, row=line, value=text)

    def note_in(self, checkout: Checkout) -> Note:
        """Return how to note a place in a repository."""
        return lambda file, *place: self.note(f"{checkout.name}/{file}".rstrip("/."), *place)

    def read(self, found: list[Checkout]) -> None:
        """Read repositories."""
        lists: dict[str, list[Product]] = {repositories.REGISTRY: [], repositories.ATLAS: []}
        for checkout in found:
            note = self.note_in(checkout)
            try:
                if checkout.kind == repositories.USE_CASES:
                    pages = use_case_page.read_folder(checkout.path, self.names, note)
                    self._place(checkout, our_words.use_case_rows(pages, self.ours))
                elif checkout.kind in lists:
                    read = products.READERS[checkout.kind]
                    lists[checkout.kind] = read(checkout.path, note, self.names)
                else:
                    self._place(checkout, self._specification(checkout, note))
            except SourceError as error:
                note("", 0, "", str(error))
        registry, atlas = lists.values()
        same = our_words.same_products(registry, atlas)
        for checkout in found:
            if checkout.kind == repositories.REGISTRY:
                self._place(checkout, our_words.registry_rows(registry, self.ours, same))
            elif checkout.kind == repositories.ATLAS:
                source = checkout.source["source"]
                self._place(checkout, our_words.atlas_rows(atlas, self.ours, source, same))

    def _specification(self, checkout: Checkout, note: Note) -> Rows:
        source, block = checkout.source["source"], repositories.building_block_of(checkout.name)
        shared = checkout.kind == repositories.SHARED
        found = specifications.read(checkout.path, note, None if shared else block)
        rows = our_words.specification_rows(found, self.ours, source)
        self._versions |= {known: version for known, version in found.versions.items() if version}
        if shared:
            return rows
        interface = openapi.read_folder(checkout.path, block)
        for place in interface.unusable.to_dict("records"):
            note(place["file"], 0, place["text"], place["why"])
        for name in ("operations", "parts", "fields"):
            table = DECLARED[f"api_{name}"]
            rows[table.name] = rows_of(getattr(interface, name), table)
            for row in rows[table.name]:
                before = self.ours.row(table.name, *key_of(table.name, row))
                row["note"] = before.get("note") or row.get("note", "")
        if any(rows.values()):
            new = {"building_block": block, "catalogue": "govstack", "every_workflow": "false"}
            new |= {"name": block.partition(":")[2].replace("-", " ").capitalize()}
            new |= {"summary": NEW_TEXT, "url": checkout.source["url"], "note": NEW}
            rows["building_blocks"] = [new]
        return rows

    def _place(self, checkout: Checkout, tables: Rows) -> None:
        """Take rows over, or keep the installed ones where a whole table seems to be lost."""
        source, note = checkout.source["source"], self.note_in(checkout)
        for name in dict.fromkeys([*tables, *PUBLISHED]):
            found = [row | {"source": source} for row in tables.get(name, ())]
            rows = self._fitting(name, found, note) if found else []
            if name in ("sectors", "building_blocks"):
                self._new[name] += rows
                continue
            by = "kind" if name == "requirements" else "source"
            before = self.ours.of_source(name, source)
            for kind in sorted({row[by] for row in before} - {row[by] for row in rows}):
                old = [row for row in before if row[by] == kind]
                rows += old
                if checkout.kind == repositories.REGISTRY and name == "product_building_blocks":
                    continue  # links that we read in it
                what = f"{kind} requirements" if by == "kind" else name.replace("_", " ")
                moved = f"no {what} were found where {len(old)} are installed: they may have moved"
                self.note(checkout.name, 0, what, f"{moved}, {KEPT}")
            if rows or before:
                self._rows[name, source] = once(name, rows)

    def _fitting(self, name: str, rows: list[Row], note: Note) -> list[Row]:
        """Return rows as the declaration allows them, and note what it does not.

        What an optional column cannot hold is left out; what a required one cannot, leaves out the
        row. Texts are set aside.
        """
        table, problems, gone = DECLARED[name], validate.Problems(), set()
        validate.check_cells(_cells(name, rows), table, problems, {})
        for problem in problems.frame().to_dict("records"):
            row, column = rows[problem["row"]], problem["column"]
            place = (row.get("location", ""), int(row.get("line") or 0))
            why = f"the {column.replace('_', ' ')} of the table {name} {problem['problem']}"
            note(*place, problem["value"] or text_of(row.get("name")), why)
            row[column] = ""
            gone |= {problem["row"]} if table.columns[column].required else set()
        rows = [row for place, row in enumerate(rows) if place not in gone]
        self.texts |= {(name, key_of(name, r)[0]): r["text"] for r in rows if r.get("text")}
        return rows

    def keep(self, before: Framework, missing: set[str]) -> None:
        """Keep rows of an update before, of publications that are not there this time."""
        frames = before.tables()
        for name in PUBLISHED:
            rows = rows_of(frames[name][frames[name]["source"].isin(missing)], DECLARED[name])
            for source in missing:
                self._rows[name, source] = [row for row in rows if row["source"] == source]
        for name in ("sectors", "building_blocks"):
            self._new[name] += rows_of(frames[name], DECLARED[name])
        rows = rows_of(frames["sources"], DECLARED["sources"])
        self._sources = {row["source"]: row for row in rows if row["source"] in missing}

    def keep_use_cases(self, before: Framework) -> None:
        """Keep use cases that are not published any more, with their steps and links."""
        frames, source = before.tables(), "govstack-use-cases"
        there = {row["use_case"] for row in self._rows.get(("use_cases", source), ())}
        for name in PUBLISHED[:6]:
            frame = frames[name][frames[name]["source"] == source]
            case = frame.get("use_case", frame.iloc[:, 0].str.replace(r"\.\d+$", "", regex=True))
            rows = rows_of(frame[~case.isin(there)], DECLARED[name])
            self._rows.setdefault((name, source), []).extend(rows)

    def merged(self, found: list[Checkout]) -> Rows:
        """Return all tables: new rows where their source was read, installed ones elsewhere."""
        tables: Rows = {}
        for name, before in self.ours.tables.items():
            new = {source: rows for (table, source), rows in self._rows.items() if table == name}
            rows: list[Row] = []
            for row in before:
                source = row.get("source", "")
                if source not in new:
                    rows.append(row)
                elif new[source]:  # in the place of the first row that this source had
                    rows += new[source]
                    new[source] = []
            rows += [row for more in (*new.values(), self._new[name]) for row in more]
            rows = once(name, rows)
            tables[name] = sorted(rows, key=_SORTED[name]) if name in _SORTED else rows
        for row in tables["building_blocks"]:
            row["version"] = self._versions.get(row["building_block"], row.get("version", ""))
        used = {source for (_, source), rows in self._rows.items() if rows}
        used |= {row["source"] for row in tables["sources"]}
        read = [checkout for checkout in found if checkout.source["source"] in used]
        dated = {c.source["source"]: c.dated(changed=self._differs(c)) for c in read}
        dated |= self._sources
        rows = [dated.pop(row["source"], row) for row in tables["sources"]]
        tables["sources"] = sorted([*rows, *dated.values()], key=_SORTED["sources"])
        _drop_dangling(tables)
        return tables

    def _differs(self, checkout: Checkout) -> bool:
        """Return whether any row of a repository differs from the installed ones."""
        source = checkout.source["source"]
        return not all(
            _cells(name, rows).equals(_cells(name, self.ours.of_source(name, source)))
            for (name, of), rows in self._rows.items()
            if of == source
        )


def _drop_dangling(tables: Rows) -> None:
    """Drop rows that refer to a row that is gone, and what refers to them."""
    dropped = True
    while dropped:
        dropped = False
        for name, table in DECLARED.items():
            for reference in table.references:
                (column,), (target,) = reference.columns, reference.targets
                known = {row[target] for row in tables[reference.table]}
                rows = tables[name]
                tables[name] = [r for r in rows if not r.get(column) or str(r[column]) in known]
                dropped = dropped or len(tables[name]) < len(rows)
