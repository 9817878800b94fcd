"""Products of the registry of digital public goods and of the atlas, from copies of both.

Definitions
-----------
A *product* is ``dpg:`` and the name of its file in the registry, or ``atlas:`` and its ``id`` in
the atlas. Its *stage* is ``dpg``, ``nominee`` or ``listed``. The *review* of a product of the
registry, which says where it is deployed and developed, is a file of the same name; where that is a
link to the file beside it, what stands there holds for both.

The registry has had two forms, and both are read: reviews in ``digitalpublicgoods/`` beside
``nominees/`` and ``archive/``; and one numbered file a product with everything in it. The atlas has
products described by hand in ``data/manual/projects.yml``, which go first, and others in
``public/api/projects.csv``. Names and addresses of contact persons are not read.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from govstack_kit.interfaces.plain_files import SourceError, load_json, load_yaml, read_text
from govstack_kit.upstream.repositories import ATLAS, REGISTRY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from govstack_kit.upstream.printed_names import PrintedNames

    Note = Callable[[str, int, str, str], None]
    Record = dict[Any, Any]

MANUAL = "data/manual/projects.yml"
CSV = "public/api/projects.csv"


@dataclass
class Product:
    """A product: what a list says of it, and the file where it does.

    Attributes
    ----------
    countries : list of tuple
        Country and relation: deployed or developed.
    blocks : list of tuple
        Key of a building block, and who says that it fills it: govstack or the atlas.
    """

    product: str
    name: str
    location: str
    stage: str = "listed"
    kind: str = ""
    website: str = ""
    repository: str = ""
    text: str = ""
    licences: list[str] = field(default_factory=list)
    goals: list[int] = field(default_factory=list)
    countries: list[tuple[str, str]] = field(default_factory=list)
    blocks: list[tuple[str, str]] = field(default_factory=list)


# --- plain data as people wrote it ----------------------------------------------------------------


def _words(value: object) -> str:
    """Return text or a number as one line of text, and nothing for anything else."""
    return " ".join(str(value).split()) if isinstance(value, str | int | float) else ""


def _mapping(value: object) -> Record:
    return value if isinstance(value, dict) else {}


def _named(value: object, *keys: str) -> list[str]:
    """Return the name of each thing in a list, whether it is a text or a mapping; each once."""
    found = []
    for item in value if isinstance(value, list) else [value]:
        held = [_mapping(item).get(key) for key in keys]
        found.append(next(filter(None, map(_words, [item, *held])), ""))
    return list(dict.fromkeys(filter(None, found)))


def _goals(printed: list[str], file: str, names: PrintedNames, note: Note) -> list[int]:
    """Return goals however they are written: 3, "SDG-03", "Goal 3: Health", a name."""
    found = {text: names.goal(text) for text in printed}
    for text in (text for text, goal in found.items() if not goal):
        note(file, 0, text, "not one of the 17 goals")
    return list(dict.fromkeys(goal.goal for goal in found.values() if goal))


# --- the registry ---------------------------------------------------------------------------------


def read_registry(folder: Path, note: Note, names: PrintedNames) -> list[Product]:
    """Return the products of a copy of the registry of digital public goods.

    Parameters
    ----------
    folder
        The copy.
    note
        Is told what could not be placed: file, line, text, why.
    names
        Finds the goals that texts name.

    Examples
    --------
    >>> import govstack_kit, pathlib, tempfile
    >>> from govstack_kit.upstream.printed_names import PrintedNames
    >>> names = PrintedNames(govstack_kit.load())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "nominees", "kit.json")
    ...     path.parent.mkdir()
    ...     _ = path.write_text('{"name": "Kit", "stage": "nominee", "SDGs": ["SDG 3", 18]}')
    ...     found = read_registry(pathlib.Path(folder), lambda *place: print(place[2:]), names)
    ('18', 'not one of the 17 goals')
    >>> found[0].product, found[0].stage, found[0].goals
    ('dpg:kit', 'nominee', [3])
    """
    reviews = {slug: found for slug, _, found in _records(folder, "digitalpublicgoods/", note)}
    records: dict[str, tuple[str, Record, Record]] = {}
    for place in ("nominees/", "archive/"):
        for slug, file, record in _records(folder, place, note):
            records.setdefault(slug, (file, record, reviews.get(slug, {})))
    for slug, file, record in _records(folder, "", note):
        name = re.sub(r"[\W_]+", "-", _words(record.get("name")).lower()).strip("-")
        if slug.isdecimal():
            records.setdefault(name, (file, record, record))
    found = []
    for slug, (file, record, review) in sorted(records.items()):
        goals = _named(record.get("SDGs") or record.get("sdgs"), "SDGNumber", "sdg")
        product = _registered(slug, file, record, review)
        product.goals = _goals(goals, file, names, note)
        found.append(product)
    return found


def _records(folder: Path, place: str, note: Note) -> Iterator[tuple[str, str, Record]]:
    """Yield the name, the place and the content of each JSON file of a folder.

    A link to a file beside it, also one that was unpacked as a file with the name of the other in
    it, stands for that file.
    """
    paths = {path.name: path for path in sorted((folder / place).glob("*.json"))}
    for name, path in paths.items():
        try:
            text = str(path.readlink()) if path.is_symlink() else read_text(path)
            beside = paths.get(text.strip())
            data = load_json(read_text(beside) if beside else text, name)
        except SourceError as error:
            note(place + name, 0, "", str(error))
            continue
        yield path.stem, place + name, _mapping(data)


def _registered(slug: str, file: str, record: Record, review: Record) -> Product:
    stage = "" if file.startswith("archive/") else _words(record.get("stage")).casefold()
    kinds = _named(record.get("type") or record.get("categories"))
    kinds = [kind.casefold().removeprefix("open ") for kind in kinds]
    kinds = ["aimodel" if kind.startswith("ai ") else kind for kind in kinds]
    places = _mapping(review.get("locations"))
    deployed = _named(places.get("deploymentCountries"))
    developed = _named(places.get("developmentCountries"))
    licences = record.get("license") or record.get("openlicenses")
    return Product(
        f"dpg:{slug}",
        _words(record.get("name")) or slug,
        file,
        stage=stage if stage in ("dpg", "nominee") else "listed",
        kind=", ".join(sorted(set(kinds))),
        website=_words(record.get("website")),
        repository=next(iter(_named(record.get("repositories"), "url")), ""),
        text=_words(record.get("description")),
        licences=_named(licences, "spdx", "openLicense"),
        countries=[*((c, "deployed") for c in deployed), *((c, "developed") for c in developed)],
    )


# --- the atlas ------------------------------------------------------------------------------------


def read_atlas(folder: Path, note: Note, names: PrintedNames) -> list[Product]:
    """Return the products of a copy of the atlas, with the building blocks that it maps them to.

    Parameters
    ----------
    folder
        The copy, with ``public/api/projects.csv`` and ``data/manual``.
    note
        Is told what could not be placed: file, line, text, why.
    names
        Finds the goals and building blocks that texts name.

    Examples
    --------
    >>> import govstack_kit, pathlib, tempfile
    >>> from govstack_kit.upstream.printed_names import PrintedNames
    >>> names = PrintedNames(govstack_kit.load())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "data", "manual", "projects.yml")
    ...     path.parent.mkdir(parents=True)
    ...     _ = path.write_text("- {id: kit, govstack_building_blocks: [Payment]}")
    ...     found = read_atlas(pathlib.Path(folder), lambda *place: None, names)
    >>> found[0].product, found[0].blocks
    ('atlas:kit', [('govstack:payments', 'atlas')])
    """
    found: dict[str, Product] = {}
    for file in (MANUAL, CSV):
        try:
            text = read_text(folder / file)
            rows = csv.DictReader(io.StringIO(text, newline=""))
            data = list(rows) if file == CSV else load_yaml(text, file)
        except (SourceError, csv.Error) as error:
            note(file, 0, "", str(error))
            continue
        for record in map(_mapping, data if isinstance(data, list) else [data]):
            key = _words(record.get("id"))
            if not key:
                note(file, 0, _words(record.get("name")), "not a product with an id")
            elif key not in found:
                found[key] = _mapped(key, file, record, names, note)
    return [found[key] for key in sorted(found)]


def _mapped(key: str, file: str, record: Record, names: PrintedNames, note: Note) -> Product:
    def several(column: str) -> list[str]:
        value = record.get(column)
        return _named(re.split(r"\s*;\s*", value) if isinstance(value, str) else value)

    by = "govstack" if _words(record.get("govstack_listed")).casefold() == "true" else "atlas"
    blocks = []
    for printed in several("govstack_building_blocks"):
        block = names.block(re.sub(r"\s+APIs?$", "", printed, flags=re.IGNORECASE))
        if block:
            blocks.append((block, by))
        else:
            note(file, 0, printed, "not the name of a building block of GovStack")
    return Product(
        f"atlas:{key}",
        _words(record.get("name")) or key,
        file,
        website=_words(record.get("website")),
        repository=next(iter(several("repository_urls")), ""),
        text=_words(record.get("description")),
        licences=several("licenses"),
        goals=_goals(several("sdgs"), file, names, note),
        countries=[(country, "deployed") for country in several("deployment_countries")],
        blocks=blocks,
    )


READERS = {REGISTRY: read_registry, ATLAS: read_atlas}
