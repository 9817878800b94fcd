"""The sheet of an inventory: its columns, and how it is written."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from govstack_kit.planning._sheets import text_of
from govstack_kit.planning.names import fold, names_of
from govstack_kit.planning.workbook import ABOUT, Column, Writer, cell, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.selected import System

SYSTEMS = "Systems"
MOST_ROWS = 2_000
PAIRS = 4  # columns for building blocks in a workbook; more go into the column after them
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
BLOCK, QUALITY = "block", "quality"
WELL = ("well", "partly", "poorly")
COLUMNS = (
    Column("System", 30, "What it is called. Needed."),
    Column("Owner", 26, "The office that is responsible for it."),
    Column("Description", 44, "What it does, in a sentence."),
    Column("Users", 12, "How many people use it, as a number."),
    Column("In use since", 12, "The year in which it came into use."),
    Column("Licence", 20, "Its licence, such as MIT or proprietary."),
    Column("Open source", 12, "yes or no; empty if nobody knows.", "Yes or no"),
    Column("Hosting", 22, "Where it runs, such as the government's data centre."),
    Column("Interfaces", 34, "How other systems reach it, such as REST."),
    Column("Annual cost", 16, "What it costs a year, in the plan's currency, as a number."),
    Column("Integration cost", 16, "What connecting it would cost once, in the plan's currency."),
    Column("Web address", 26, "Where to read about it."),
)
PAIR = (
    Column("Building block", 26, "A building block that it serves today.", "Building blocks"),
    Column("How well", 14, "well, partly or poorly; empty if nobody judged it.", "How well"),
)
MORE = Column("Building blocks", 40, "Several, as in: Payments (well); Consent (partly).")
_ID = Column("System id", 18, "Do not change. New systems have none.")
FIELDS = {  # by title as it is compared
    "name": ("system", "name", "systemname", "nameofsystem", "application", "software"),
    "owner": ("owner", "ownedby", "ministry", "agency", "organisation", "organization", "office"),
    "description": ("description", "purpose", "whatitdoes"),
    "users": ("users", "numberofusers", "noofusers", "activeusers"),
    "since": ("inusesince", "since", "year", "yearofintroduction", "startyear", "golive"),
    "licence": ("licence", "license", "licencetype", "licensetype"),
    "open_source": ("opensource", "isopensource", "oss"),
    "hosting": ("hosting", "hostedat", "hostedon", "hostedby"),
    "interfaces": ("interfaces", "interface", "api", "apis"),
    "annual_cost": ("annualcost", "annualcosts", "costperyear", "yearlycost", "costayear"),
    "integration_cost": ("integrationcost", "integrationcosts", "costofintegration"),
    "url": ("webaddress", "url", "website", "link"),
    "id": ("systemid", "id"),
    BLOCK: ("buildingblock", "buildingblocks", "morebuildingblocks", "otherbuildingblocks"),
    QUALITY: ("howwell", "quality", "howwellserved"),
}
TITLES = {title: field for field, titles in FIELDS.items() for title in titles}
DOWN = ("name", "owner", "licence", "open_source", "hosting", "id")  # merged cells hold for all
_ABOUT = (
    "This workbook lists the systems that exist already. Fill in the blue sheet, one row a system.",
    "A building block is what a system can be part of: choose it and say how well it serves.",
    "well: it does what is needed. partly: something is missing. poorly: it has to be replaced.",
    "More than four building blocks go into the last column: Payments (well); Consent (partly).",
    "Costs are in one currency, that of the plan. What nobody knows stays empty: it is not zero.",
    "Type values, no formulas, and merge no cells. Leave the column System id as it is.",
    "Then read it with read_inventory(): it says row by row what it could not read.",
)


def _row(system: System, names: Any) -> tuple[list[str], list[tuple[str, str]]]:  # noqa: ANN401
    plain = [
        system.name,
        system.owner,
        system.description,
        "" if system.users is None else str(system.users),
        "" if system.since is None else str(system.since),
        system.licence,
        system.open_source,
        system.hosting,
        system.interfaces,
        *("" if c is None else text_of(c) for c in (system.annual_cost, system.integration_cost)),
        system.url,
    ]
    return plain, [(names.written("building_block", s.key), s.quality) for s in system.serves]


def _judged(pairs: Iterable[tuple[str, str]]) -> str:
    return joined(f"{name} ({quality})" if quality else name for name, quality in pairs)


def write_csv(systems: Sequence[System], framework: Framework) -> bytes:
    """Return an inventory as CSV; what begins like a formula has an apostrophe before it."""
    names = names_of(framework)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([column.title for column in (*COLUMNS, MORE, _ID)])
    for system in systems:
        plain, pairs = _row(system, names)
        texts = [*plain, _judged(pairs), system.id]
        writer.writerow([f"'{text}" if text.startswith(DANGEROUS) else text for text in texts])
    return buffer.getvalue().encode("utf-8-sig")  # the mark that Excel knows UTF-8 by


def write_workbook(
    systems: Sequence[System], framework: Framework, first: Sequence[str] = ()
) -> bytes:
    """Return an inventory as a workbook; the blocks `first` lead the dropdowns."""
    import xlsxwriter  # noqa: PLC0415 - only where a workbook is made

    names = names_of(framework)
    buffer = io.BytesIO()
    plain_texts = dict.fromkeys(
        ("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False
    )
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, **plain_texts})
    offered = [names.written("building_block", key) for key in first]
    offered += [n for n in names.all_names("building_block") if n not in offered]
    lists = {"Building blocks": offered, "How well": list(WELL), "Yes or no": ["yes", "no"]}
    writer = Writer(book, lists)
    about = book.add_worksheet(ABOUT)
    about.set_column(0, 0, 110)
    for number, text in enumerate(_ABOUT):
        about.write_string(number, 0, text, writer.head if number == 0 else writer.text)
    columns = list(COLUMNS)
    for number in range(1, PAIRS + 1):
        columns += [column._replace(title=f"{column.title} {number}") for column in PAIR]
    columns += [MORE, _ID]
    rows = []
    for system in systems:
        plain, pairs = _row(system, names)
        shown = [text for pair in pairs[:PAIRS] for text in pair]
        shown += [""] * (2 * PAIRS - len(shown))
        rows.append((*map(cell, plain), *shown, cell(_judged(pairs[PAIRS:])), system.id))
    writer.table(SYSTEMS, tuple(columns), rows)
    writer.all_lists()
    book.close()
    return buffer.getvalue()


def field_of(title: str) -> str:
    """Return the field that the title of a column means, or an empty string.

    Examples
    --------
    >>> field_of("Annual cost (KES)"), field_of("Building Block 2"), field_of("Colour")
    ('annual_cost', 'block', '')
    """
    for written in (title, title.partition("(")[0], title.partition("[")[0]):
        found = TITLES.get(fold(written)) or TITLES.get(fold(written).rstrip("0123456789"))
        if found:
            return found
    return ""
