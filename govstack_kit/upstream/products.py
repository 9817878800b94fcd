"""Products of the registry of digital public goods and of the atlas, from copies of both.

Definitions
-----------
A *product* is ``dpg:`` and the name of its file in the registry, or ``atlas:`` and its ``id`` in
the atlas. Its *stage* is ``dpg``, ``nominee`` or ``listed``. The *review* of a product of the
registry, which says where it is deployed and developed, is a file of the same name; where that is a
link to another file, what stands there holds for both.

The registry published three forms, and all are read: reviews in ``digitalpublicgoods/`` beside
``nominees/`` and ``archive/``; the same with reviews in ``screening/``; and one numbered file a
product with everything in it. The atlas has products described by hand in
``data/manual/projects.yml``, which go first, and others in ``public/api/projects.csv``. Names and
addresses of contact persons are not read.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from govstack_kit.interfaces.plain_files import SourceError, load_json, load_yaml, read_text
from govstack_kit.upstream.repositories import ATLAS, REGISTRY, files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from govstack_kit.upstream.printed_names import PrintedNames

    Note = Callable[[str, int, str, str], None]
    Record = dict[Any, Any]

MANUAL = "data/manual/projects.yml"
CSV = "public/api/projects.csv"
_STAGES = {"dpg": "dpg", "nominee": "nominee", "archived": "listed"}
_KINDS = {  # what the numbered files call the kinds
    "open software": "software",
    "open data": "data",
    "open content": "content",
    "open standard": "standard",
    "open ai model": "aimodel",
    "open ai system": "aimodel",
}
_GOALS = range(1, 18)
_BETWEEN_GOALS = re.compile(r"[;|]|,(?=\s*(?:sdg|goal|\d))", re.IGNORECASE)
_GOAL = re.compile(r"(?:(?:sdgs?|goals?)[\s\-_#:.]*)?0*(\d{1,3})(?![\de])", re.IGNORECASE)
_GOAL_NAMES = ("SDGNumber", "sdgNumber", "sdg", "SDG", "number", "goal", "code", "name")


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
    if isinstance(value, str):
        return " ".join(value.split())
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _mapping(value: object) -> Record:
    return value if isinstance(value, dict) else {}


def _items(value: object) -> list[Any]:
    """Return a list as it is, one thing as a list of it, and nothing as an empty list."""
    if isinstance(value, list):
        return value
    return [] if value in (None, "", {}) else [value]


def _first(record: Record, *keys: str) -> Any:  # noqa: ANN401 - whatever stands there
    """Return the first value under some keys that holds anything."""
    return next((record[key] for key in keys if record.get(key) not in (None, "", [], {})), None)


class _Reader:
    """Reads the records of one list; `file` is where it is."""

    def __init__(self, note: Note, names: PrintedNames) -> None:
        self._note, self._names = note, names
        self.file = ""

    def refuse(self, text: str, why: str) -> None:
        """Note that something in the file has no row."""
        self._note(self.file, 0, text, why)

    def load(self, path: Path, file: str) -> Any:  # noqa: ANN401 - plain data
        """Return the data in a file; nothing if it cannot be read."""
        self.file = file
        try:
            text = read_text(path)
            if path.suffix == ".csv":
                return list(csv.DictReader(io.StringIO(text, newline="")))
            return (load_json if path.suffix == ".json" else load_yaml)(text, path.name)
        except (SourceError, csv.Error) as error:
            self.refuse("", str(error))
            return None

    def text(self, record: Record, key: str) -> str:
        """Return a text; note a list or mapping in its place."""
        if isinstance(record.get(key), list | dict):
            self.refuse("", f"under {key} stands more than a text")
        return _words(record.get(key))

    def named(self, value: object, what: str, *keys: str) -> list[str]:
        """Return the name of each thing in a list, whether it is a text or a mapping.

        What has no name is noted, without its content: it may be about a person.
        """
        found = []
        for item in _items(value):
            name = _words(item if isinstance(item, str) else _first(_mapping(item), *keys))
            if name:
                found.append(name)
            elif not isinstance(item, str):
                self.refuse(_words(item), f"no {what} by its {' or '.join(keys)}")
        return list(dict.fromkeys(found))

    def goals(self, value: object) -> list[int]:
        """Return goals however they are written: 3, "SDG-03", "Goal 3: Health", a name."""
        found: list[int] = []
        for item in _items(value):
            printed = _first(item, *_GOAL_NAMES) if isinstance(item, dict) else item
            for text in map(str.strip, _BETWEEN_GOALS.split(_words(printed))):
                code = _GOAL.match(text)
                goal = int(code[1]) if code else self._names.goal_named(text)
                if goal in _GOALS:
                    found.append(goal)
                elif text or not isinstance(printed, str):
                    self.refuse(text, "not one of the 17 goals")
        return list(dict.fromkeys(found))


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
    reader = _Reader(note, names)
    records: dict[str, tuple[str, Record]] = {}
    for place in ("nominees", "archive", ""):
        for slug, record in _records(folder / place, place, reader):
            if place or {"stage", "SDGs", "sdgs"} & record.keys():
                named = re.sub(r"[\W_]+", "-", _words(record.get("name")).lower()).strip("-")
                key = named if not place and slug.isdecimal() else slug
                records.setdefault(key, (reader.file, record))
            elif not {"$schema", "properties", "scripts"} & record.keys():
                reader.refuse(slug, "not the file of a product")
    reviews: dict[str, Record] = {}
    for place in ("digitalpublicgoods", "screening"):
        for slug, record in _records(folder / place, place, reader, follow=True):
            if "name" in record:
                reviews.setdefault(slug, record)
                records.setdefault(slug, (reader.file, {"name": record["name"]}))
            else:
                reader.refuse(slug, "no review of a product: it has no name")
    if not records:
        note("", 0, "", "has no files of products where the registry keeps them")
    found = []
    for slug, (file, record) in sorted(records.items()):
        reader.file = file
        review = record if "/" not in file else reviews.get(slug, {})
        found.append(_registered(slug, record, review, reader))
    return found


def _records(
    folder: Path, place: str, reader: _Reader, *, follow: bool = False
) -> Iterator[tuple[str, Record]]:
    """Yield the name and content of each JSON file of a folder.

    A link to another file of the folder, also one that was unpacked as a file with the name of the
    other in it, is the file of another product, except where it is to be followed.
    """
    paths = sorted(folder.glob("*.json")) if folder.is_dir() and not folder.is_symlink() else []
    for path in paths:
        reader.file = f"{place}/{path.name}".removeprefix("/")
        target = path
        try:
            link = str(path.readlink()) if path.is_symlink() else read_text(path)[:200].strip()
        except SourceError:
            link = ""
        if path.is_symlink() or link.endswith(".json"):
            target = folder / link
            if "/" in link or "\\" in link or target.is_symlink() or not target.is_file():
                reader.refuse(link, "a link to a place outside its folder, not followed")
                continue
            if not follow:
                reader.refuse(link, "a link to the file of another product")
                continue
        data = reader.load(target, reader.file)
        if isinstance(data, dict):
            yield path.stem, data
        elif data is not None:
            reader.refuse(_words(data), "holds no answers by name")


def _registered(slug: str, record: Record, review: Record, reader: _Reader) -> Product:
    stage = "archived" if reader.file.startswith("archive/") else _words(record.get("stage"))
    if stage.casefold() not in _STAGES:
        reader.refuse(stage, "not a stage: DPG, nominee or archived")
    name = reader.text(record, "name")
    if not name:
        reader.refuse(slug, "a product without a name")
    licences = _first(record, "license", "openlicenses", "licenses")
    licences = re.split(r"[;,]", licences) if isinstance(licences, str) else licences
    kinds = reader.named(_first(record, "type", "types", "categories"), "kind", "name")
    kinds = [_KINDS.get(kind.casefold(), kind) for kind in kinds]
    repositories = _first(record, "repositories", "repositoryURL", "repository")
    places = _mapping(review.get("locations"))
    deployed = reader.named(places.get("deploymentCountries"), "country", "name")
    developed = _first(places, "developmentCountries", "developmentCounties")
    developed = reader.named(developed, "country", "name")
    return Product(
        f"dpg:{slug}",
        name or slug,
        reader.file,
        stage=_STAGES.get(stage.casefold(), "listed"),
        kind=", ".join(sorted(set(kinds))),
        website=reader.text(record, "website"),
        repository=next(iter(reader.named(repositories, "repository", "url")), ""),
        text=reader.text(record, "description"),
        licences=reader.named(licences, "licence", "spdx", "openLicense", "name"),
        goals=reader.goals(_first(record, "SDGs", "sdgs", "SDG")),
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
    reader = _Reader(note, names)
    there = [path.relative_to(folder).as_posix() for path in files(folder, ".yml", ".csv")]
    found: dict[str, Product] = {}
    for file in (MANUAL, CSV):
        reader.file = file
        if file not in there:
            reader.refuse("", "the file is missing, or a link")
            continue
        data = reader.load(folder / file, file)
        for record in _items(data.get("projects", data) if isinstance(data, dict) else data):
            key = _words(_mapping(record).get("id"))
            if not key:
                reader.refuse(_words(record), "not a product with an id")
            elif f"atlas:{key}" not in found:
                found[f"atlas:{key}"] = _mapped(key, record, reader, names)
    return [found[key] for key in sorted(found)]


def _mapped(key: str, record: Record, reader: _Reader, names: PrintedNames) -> Product:
    def several(field_: str, what: str) -> list[str]:
        value = record.get(field_)
        value = re.split(r"\s*;\s*", value) if isinstance(value, str) else value
        return reader.named(value, what, "name", "url")

    by = "govstack" if _words(record.get("govstack_listed")).casefold() == "true" else "atlas"
    blocks = []
    for printed in several("govstack_building_blocks", "building block"):
        block = names.block(re.sub(r"\s+APIs?$", "", printed, flags=re.IGNORECASE))
        if block:
            blocks.append((block, by))
        else:
            reader.refuse(printed, "not the name of a building block of GovStack")
    return Product(
        f"atlas:{key}",
        reader.text(record, "name") or key,
        reader.file,
        website=reader.text(record, "website"),
        repository=next(iter(several("repository_urls", "repository")), ""),
        text=reader.text(record, "description"),
        licences=several("licenses", "licence"),
        goals=reader.goals(record.get("sdgs")),
        countries=[(c, "deployed") for c in several("deployment_countries", "country")],
        blocks=blocks,
    )


READERS = {REGISTRY: read_registry, ATLAS: read_atlas}
