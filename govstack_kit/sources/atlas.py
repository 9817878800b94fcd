"""Products of the atlas of digital public goods, from a checkout of its repository.

Definitions
-----------
The atlas (mgifford/dpg-dpi-govstack-map) publishes its products twice: all of them in
``public/api/projects.csv``, and those that people describe by hand in ``data/manual/projects.yml``,
with more fields. A *product* is ``atlas:`` and its ``id``. Where both files have it, the YAML is
kept and every disagreement is in ``unplaced``. Deployments likewise: ``data/manual`` and, checked
against it, ``public/api/deployments.json``.

``product_building_blocks`` has what the atlas says of GovStack's building blocks:
``govstack_building_blocks``, as ``printed``, with the kit's key where the name is known;
``listed_by`` is ``govstack`` where the atlas says that GovStack lists the product
(``govstack_listed``), with the compliance level stated there (0: none), and ``atlas`` where it is
the atlas's own judgement. ``note`` is its reason, upstream text, as are names, texts and evidence.

Scores of activity, maturity and the like have no table: they are one person's estimates.
"""

from __future__ import annotations

import csv
import io
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govstack_kit.sources._plain import Rows, goal_numbers, items, mapping, plain, truth, words
from govstack_kit.sources._reading import Reading, SourceError, load_json, load_yaml_text, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

MANUAL = "data/manual"
CSV = "public/api/projects.csv"
DEPLOYMENTS = "public/api/deployments.json"


def _columns(*names: str) -> dict[str, str]:
    types = {"goal": "int64", "compliance_level": "int64", "confidence": "float64"}
    return {name: types.get(name, "str") for name in names}


TABLES = {  # by table: how many columns are the key, and the types of all of them
    "products": (
        1,
        _columns(
            *("product", "name", "category", "type", "maturity", "governance", "website"),
            *("repository", "last_updated", "text"),
        ),
    ),
    "product_goals": (2, _columns("product", "goal")),
    "product_countries": (2, _columns("product", "country")),
    "product_domains": (2, _columns("product", "domain")),
    "product_licences": (2, _columns("product", "licence")),
    "product_repositories": (2, _columns("product", "url")),
    "product_standards": (2, _columns("product", "standard")),
    "product_organisations": (3, _columns("product", "organisation", "relation")),
    "product_building_blocks": (
        3,
        _columns("product", "printed", "building_block", "listed_by", "compliance_level", "note"),
    ),
    "organisations": (1, _columns("organisation", "name", "type", "country", "website", "role")),
    "standards": (1, _columns("standard", "name", "website", "text")),
    "deployments": (
        4,
        _columns(
            *("product", "country", "type", "government", "ministry", "partner", "status"),
            *("confidence", "evidence"),
        ),
    ),
    "relationships": (3, _columns("source", "target", "relation", "confidence", "evidence")),
}
_LISTS = {  # by table: the field of a product, and what its things are
    "product_countries": ("deployment_countries", "country"),
    "product_domains": ("dpi_domains", "domain"),
    "product_licences": ("licenses", "licence"),
    "product_repositories": ("repository_urls", "repository"),
    "product_standards": ("standards_alignment", "standard"),
}
_MANUAL: dict[
    str, tuple[str, tuple[str, ...], str]
] = {  # by YAML file: its table, the fields of an entry, and where it lists products
    "organizations": (
        "organisations",
        ("id", "name", "type", "country", "website", "governance_role"),
        "associated_projects",
    ),
    "standards": ("standards", ("id", "name", "website", "description"), "related_projects"),
    "deployments": (
        "deployments",
        (
            *("project", "country", "deployment_type", "government", "ministry"),
            *("implementation_partner", "deployment_status", "confidence", "source"),
        ),
        "",
    ),
    "relationships": ("relationships", ("source", "target", "type", "confidence", "evidence"), ""),
}
_IN_BOTH = ("name", "category", "project_type", "maturity_level", "governance_model", "website")
_LISTS_IN_BOTH = ("licenses", "sdgs", "dpi_domains", "deployment_countries")


def _product(key: object) -> str:
    return f"atlas:{words(key)}"


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else float("nan")


def _entries(folder: Path, name: str, rows: Rows) -> Iterator[dict[Any, Any]]:
    """Yield the entries of a YAML list, with the place set to the line of each."""
    file = f"{MANUAL}/{name}.yml"
    path = folder / file
    rows.at(file)
    if path.is_symlink() or not path.is_file():
        rows.refuse("", "the file is missing, or a link")
        return
    text = rows.load(file, lambda: read_text(path)) or ""
    data = rows.load(file, lambda: load_yaml_text(text, path.name))
    if isinstance(data, dict) and isinstance(data.get(name), list):
        data = data[name]
    lines = [n for n, line in enumerate(text.split("\n"), 1) if line.startswith("- ")]
    found = data if isinstance(data, list) else items(data)
    if len(lines) != len(found):
        lines = [0] * len(found)
    for line, entry in zip(lines, found, strict=True):
        rows.at(file, line)
        if isinstance(entry, dict):
            yield entry
        else:
            rows.refuse(str(entry), "not an entry with fields")


def _table_rows(folder: Path, rows: Rows) -> dict[str, tuple[int, dict[str, str]]]:
    """Return line and fields of each product in the CSV file."""
    path = folder / CSV
    rows.at(CSV)
    if path.is_symlink() or not path.is_file():
        rows.refuse("", "the file is missing, or a link")
        return {}
    text = rows.load(CSV, lambda: read_text(path)) or ""
    reader = csv.reader(io.StringIO(text, newline=""))
    found: dict[str, tuple[int, dict[str, str]]] = {}
    try:
        header = [name.strip() for name in next(reader, [])]
        if "id" not in header:
            rows.refuse(",".join(header), "the file has no column called id")
            return {}
        for cells in reader:
            rows.at(CSV, reader.line_num)
            fields = dict(zip(header, map(words, cells), strict=False))
            key = fields.get("id", "")
            if len(cells) != len(header):
                if any(cells):
                    rows.refuse(",".join(cells), f"{len(cells)} cells where {len(header)} belong")
            elif not key or key in found:
                rows.refuse(",".join(cells), "a row without id" if not key else "a second row")
            else:
                found[key] = reader.line_num, fields
    except csv.Error as error:
        rows.refuse("", f"not valid CSV from here on ({error})")
    return found


def _add_product(rows: Rows, key: str, record: dict[Any, Any]) -> None:
    """Add what either file says of a product."""
    product = _product(key)
    urls = rows.named(record.get("repository_urls"), "repository", "url")
    added = rows.add(
        "products",
        product,
        rows.text(record, "name") or key,
        *(rows.text(record, n) for n in ("category", "project_type", "maturity_level")),
        *(rows.text(record, n) for n in ("governance_model", "website")),
        urls[0][0] if urls else "",
        *(rows.text(record, n) for n in ("last_updated", "description")),
    )
    if not added:
        rows.refuse(key, "a product with this id is there already")
        return
    for goal, printed, _ in goal_numbers(record.get("sdgs")):
        if goal is None:
            rows.refuse(printed, "not one of the 17 goals")
        else:
            rows.add("product_goals", product, goal)
    for name, (key_of_list, what) in _LISTS.items():
        value = record.get(key_of_list)
        things = re.split(r"\s*;\s*", value) if isinstance(value, str) else value
        for thing, _ in rows.named(things, what, "name", "url"):
            rows.add(name, product, thing)
    for steward, _ in rows.named(record.get("steward_organizations"), "organisation", "id"):
        rows.add("product_organisations", product, steward, "steward")


@cache
def _block_names() -> dict[str, str]:
    """Return GovStack's building blocks by the ways in which their names are written."""
    from govstack_kit.framework.framework import load  # noqa: PLC0415 - only where blocks are named

    framework = load()
    blocks = framework.building_blocks.query("catalogue == 'govstack'")
    keys = blocks["building_block"]
    aliases = framework.building_block_names.query("building_block in @keys")
    found: dict[str, str] = {}
    for key, name in [
        *zip(keys, blocks["name"], strict=True),
        *zip(keys, keys.str.removeprefix("govstack:"), strict=True),
        *zip(aliases["building_block"], aliases["name"], strict=True),
    ]:
        found.setdefault(plain(name).removesuffix("s"), key)
    return found


def _add_blocks(rows: Rows, key: str, record: dict[Any, Any], known: dict[str, str]) -> None:
    """Add what the atlas says of a product and GovStack's building blocks."""
    level = record.get("govstack_compliance_level")
    listed = truth(record.get("govstack_listed"))
    blocks = rows.named(record.get("govstack_building_blocks"), "building block", "name")
    for printed, _ in blocks:
        name = re.sub(r"\s+(APIs?|BB|building blocks?)$", "", printed, flags=re.IGNORECASE)
        block = known.get(plain(name).removesuffix("s"), "")
        if not block:
            rows.refuse(printed, "not the name of a building block of GovStack")
        rows.add(
            "product_building_blocks",
            _product(key),
            printed,
            block,
            "govstack" if listed else "atlas",
            level if isinstance(level, int) else 0,
            words(record.get("govstack_notes")),
        )
    if listed and not blocks:
        rows.refuse(key, "listed by GovStack without a building block")


def _compare(rows: Rows, manual: dict[Any, Any], fields: dict[str, str]) -> None:
    """Note where the CSV file says something else than the YAML file."""
    for name in _IN_BOTH:
        if name in fields and fields[name] != words(manual.get(name)):
            kept = words(manual.get(name))
            rows.refuse(fields[name], f"{name} is “{kept}” in the YAML file, which is kept")
    for name in _LISTS_IN_BOTH:
        inside = {part for part in re.split(r"\s*;\s*", fields.get(name, "")) if part}
        kept_list = {words(part) for part in items(manual.get(name))}
        for part in sorted(inside ^ kept_list if name in fields else ()):
            where = "only in the CSV file" if part in inside else "only in the YAML file"
            rows.refuse(part, f"{name} of {words(manual.get('id'))}: {where}; the YAML is kept")


def _add_products(rows: Rows, folder: Path) -> None:
    manual: dict[str, dict[Any, Any]] = {}
    known = _block_names()
    for entry in _entries(folder, "projects", rows):
        key = words(entry.get("id"))
        if not key:
            rows.refuse(words(entry.get("name")), "a product without id")
            continue
        _add_product(rows, key, entry)
        if key not in manual:
            manual[key] = entry
            _add_blocks(rows, key, entry, known)
    in_csv = _table_rows(folder, rows)
    for key, (line, fields) in in_csv.items():
        rows.at(CSV, line)
        if key in manual:
            _compare(rows, manual[key], fields)
        else:
            _add_product(rows, key, fields)
    rows.at(CSV)
    for key in manual.keys() - in_csv.keys() if in_csv else ():
        rows.refuse(key, "a product of the YAML file that the CSV file does not have")


def _add_entries(rows: Rows, folder: Path, name: str) -> None:
    """Add the entries of one of the other YAML files, and the products that they name."""
    table, fields, projects = _MANUAL[name]
    for entry in _entries(folder, name, rows):
        row = [_number(entry.get(f)) if f == "confidence" else rows.text(entry, f) for f in fields]
        if not all(row[:2]):
            rows.refuse(", ".join(map(str, entry)), f"an entry without {' or '.join(fields[:2])}")
            continue
        key, label = str(row[0]), str(row[1])
        if table == "deployments":
            row[0] = _product(key)
        if not rows.add(table, *row):
            rows.refuse(f"{key}, {label}", "an entry with this key is there already")
        for project, _ in rows.named(entry.get(projects), "project", "id"):
            if table == "standards":
                rows.add("product_standards", _product(project), label)
            else:
                rows.add("product_organisations", _product(project), key, "project")


def _check_deployments(rows: Rows, folder: Path) -> None:
    """Note which deployments are only in the file that the atlas's site offers."""
    path = folder / DEPLOYMENTS
    if path.is_symlink() or not path.is_file():
        rows.at(DEPLOYMENTS)
        rows.refuse("", "the file is missing, or a link")
        return
    seen = {key[:3] for key in rows.keys("deployments")}
    data = rows.load(DEPLOYMENTS, lambda: load_json(path))
    for entry in map(mapping, items(mapping(data).get("deployments", data))):
        project, country, kind = (
            words(entry.get(name)) for name in ("project", "country", "deployment_type")
        )
        if (_product(project), country, kind) not in seen:
            rows.refuse(f"{project}, {country}, {kind}", "not in the YAML file of deployments")


def read_atlas(folder: str | Path) -> Reading:
    """Read the products of a checkout of the atlas.

    Parameters
    ----------
    folder
        The checkout, with ``public/api/projects.csv`` and ``data/manual``.

    Returns
    -------
    Reading
        Tables of products, their goals, countries, domains, licences, repositories, standards,
        organisations and building blocks; organisations, standards, deployments, relationships; see
        :data:`TABLES`. Each row knows its file, ``location``, and ``line``.

    Raises
    ------
    SourceError
        If there is no such folder.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "data", "manual", "projects.yml")
    ...     path.parent.mkdir(parents=True)
    ...     _ = path.write_text("- {id: kit, govstack_building_blocks: [Payment]}")
    ...     reading = read_atlas(folder)
    >>> reading.tables["product_building_blocks"][["product", "building_block"]].values.tolist()
    [['atlas:kit', 'govstack:payments']]
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise SourceError(f"{folder} is not a folder")
    rows = Rows(TABLES, lines=True)
    _add_products(rows, folder)
    for name in _MANUAL:
        _add_entries(rows, folder, name)
    _check_deployments(rows, folder)
    return rows.reading()
