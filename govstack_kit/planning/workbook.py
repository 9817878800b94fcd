"""A use case as a workbook that people fill in offline.

Definitions
-----------
The *workbook* has a sheet for the use case, one for its actors, one with a row for each step, and
one with the names that may stand in lists, which its dropdowns offer. Several names in one cell are
separated by semicolons. Every text is written as text: what starts with ``=``, ``+``, ``-`` or
``@`` is shown, never computed. :mod:`.filled` reads a workbook back.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

from govstack_kit.planning.model import ACTOR_KINDS, STATUSES
from govstack_kit.planning.names import Names, names_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from govstack_kit.framework.tables import Framework
    from govstack_kit.planning.model import Step, UseCase
    from govstack_kit.planning.selected import System

ABOUT, USE_CASE, ACTORS, STEPS, LISTS = "About", "Use case", "Actors", "Steps", "Lists"
MOST_ROWS = 2_000
LONGEST_CELL = 32_767  # characters that a cell can hold
_EXTRA_ROWS = 60  # empty rows that are formatted and have dropdowns
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_NO_FORMULAS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_ABOUT = (
    "This workbook holds one use case. Fill in the blue sheets and load it into your plan again.",
    "Use case: what the service is, in the second column.",
    "Actors: one row for everybody who takes part.",
    "Steps: one row a step, in their order. To insert a step, insert a row.",
    "Where several names fit, put them into one cell with a semicolon between: Payments; Consent.",
    "The dropdowns offer the names on the sheet Lists; you may also type your own words.",
    "Leave the last column of the sheet Steps as it is: by it a step is found again.",
    "Formulas are not needed: write texts. Do not rename sheets or columns.",
)


class Column(NamedTuple):
    """A column of a sheet: its title, its width, what it means, what its dropdown offers."""

    title: str
    width: int
    help: str
    offers: str = ""


class Row(NamedTuple):
    """A row of the sheet of the use case: its label, the field, what it means, what it offers."""

    label: str
    field: str
    help: str
    offers: str = ""


USE_CASE_ROWS = (
    Row("Id", "id", "A short code, such as school-fees; left empty, it is made from the name."),
    Row("Name", "name", "What the service is called."),
    Row("Sector", "sector", "The sector it belongs to.", "Sectors"),
    Row("Version", "version", "The version of this description."),
    Row("Status", "status", "How far the description is.", "Statuses"),
    Row("Summary", "summary", "What the service does and for whom, in one or two sentences."),
    Row("Description", "description", "The longer story."),
    Row("As-is", "as_is", "How it works today."),
    Row("To-be", "to_be", "How it shall work."),
    Row("Objectives", "objectives", "One a line."),
    Row("Targets", "targets", "Codes of goals or targets, such as 4; 4.1."),
    Row("Building blocks", "building_blocks", "For the service as a whole.", "Building blocks"),
    Row("Systems", "systems", "Systems that exist already."),
)
ACTOR_COLUMNS = (
    Column("Name", 32, "A person, role, organisation or system."),
    Column("Role", 28, "What it does in the service."),
    Column("Kind", 16, "person, role, organisation or system.", "Kinds of actors"),
    Column("Note", 60, "One line about it."),
)
STEP_COLUMNS = (
    Column("Order", 8, "1, 2, 3 …; left empty, the order of the rows counts."),
    Column("Step", 32, "The name of the step."),
    Column("What happens", 50, "In your own words."),
    Column("As-is", 36, "How it works today."),
    Column("To-be", 36, "How it shall work."),
    Column("Actors", 28, "Who acts; names from the sheet Actors."),
    Column("Workflows", 36, "Generic workflows, or your own words.", "Workflows"),
    Column("Building blocks", 36, "Building blocks, or your own words.", "Building blocks"),
    Column("Systems", 28, "Systems that exist already."),
    Column("Step id", 16, "Do not change. New steps have none."),
)


def cell(text: str) -> str:
    """Return a text as a cell can hold it."""
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


class Writer:
    """Writes texts, and only texts, into the sheets of a workbook."""

    def __init__(self, book: Any, lists: dict[str, list[str]]) -> None:  # noqa: ANN401 - untyped
        self.book, self.lists = book, lists
        wrapped = {"text_wrap": True, "valign": "top", "num_format": "@"}
        self.text = book.add_format(wrapped)
        self.quoted = book.add_format(wrapped | {"quote_prefix": True})
        self.head = book.add_format(
            {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "text_wrap": True}
            | {"valign": "top", "border": 1}
        )
        self.help = book.add_format(
            {"italic": True, "text_wrap": True, "valign": "top", "font_color": "#404040"}
        )

    def put(self, sheet: Any, row: int, column: int, text: str) -> None:  # noqa: ANN401
        """Write a text into a cell, shown and never computed."""
        form = self.quoted if text.startswith(_DANGEROUS) else self.text
        if text:
            sheet.write_string(row, column, cell(text), form)

    def offer(self, sheet: Any, place: tuple[int, int, int, int], name: str) -> None:  # noqa: ANN401
        """Let cells offer a list; other texts stay allowed, since a cell may hold several names."""
        column = list(self.lists).index(name)
        letter = chr(ord("A") + column)
        last = len(self.lists[name]) + 1
        sheet.data_validation(
            *place,
            {
                "validate": "list",
                "source": f"={LISTS}!${letter}$2:${letter}${last}",
                "error_type": "information",
                "show_error": False,
            },
        )

    def table(self, title: str, columns: tuple[Column, ...], rows: list[tuple[str, ...]]) -> None:
        """Add a sheet with a header, its rows, and dropdowns where a column offers names."""
        sheet = self.book.add_worksheet(title)
        sheet.set_tab_color("#2E75B6")
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.title, self.head)
            sheet.write_comment(0, place, column.help)
            if column.offers:
                self.offer(sheet, (1, place, len(rows) + _EXTRA_ROWS, place), column.offers)
        for number, row in enumerate(rows, start=1):
            for place, text in enumerate(row):
                self.put(sheet, number, place, text)
        sheet.freeze_panes(1, 2 if title == STEPS else 1)

    def use_case(self, values: dict[str, str]) -> None:
        """Add the sheet that says what the service is."""
        sheet = self.book.add_worksheet(USE_CASE)
        sheet.set_tab_color("#2E75B6")
        for place, (title, width) in enumerate(
            (("Field", 18), ("Value", 80), ("What to write", 50))
        ):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, title, self.head)
        for number, row in enumerate(USE_CASE_ROWS, start=1):
            sheet.write_string(number, 0, row.label, self.text)
            self.put(sheet, number, 1, values.get(row.field, ""))
            sheet.write_string(number, 2, row.help, self.help)
            if row.offers:
                self.offer(sheet, (number, 1, number, 1), row.offers)
        sheet.freeze_panes(1, 1)

    def about(self) -> None:
        """Add the sheet that says how to fill in the others."""
        sheet = self.book.add_worksheet(ABOUT)
        sheet.set_column(0, 0, 110)
        for number, text in enumerate(_ABOUT):
            sheet.write_string(number, 0, text, self.head if number == 0 else self.text)

    def all_lists(self) -> None:
        """Add the sheet with the names that the dropdowns offer."""
        sheet = self.book.add_worksheet(LISTS)
        for place, (title, names) in enumerate(self.lists.items()):
            sheet.set_column(place, place, 34)
            sheet.write_string(0, place, title, self.head)
            for number, name in enumerate(names, start=1):
                self.put(sheet, number, place, name)
        sheet.freeze_panes(1, 0)


def joined(names: Iterable[str]) -> str:
    """Return names as one cell.

    Examples
    --------
    >>> joined(["Payments", "Consent"])
    'Payments; Consent'
    """
    return "; ".join(name.replace(";", ",") for name in names)


def _linked(names: Names, part: Any, layer: str) -> str:  # noqa: ANN401 - use case or step
    shown = [names.written(layer, key) for key in part.accepted(layer)]
    words = [word.words for word in part.own_words if word.kind == layer and not word.key]
    return joined([*shown, *words])


def use_case_values(use_case: UseCase, names: Names, systems: dict[str, str]) -> dict[str, str]:
    """Return what the sheet of a use case shows, by field; `systems` are names by id."""
    return {
        **{row.field: str(getattr(use_case, row.field)) for row in USE_CASE_ROWS[:9]},
        "objectives": "\n".join(use_case.objectives),
        "targets": joined(use_case.accepted("target")),
        "building_blocks": _linked(names, use_case, "building_block"),
        "systems": joined(systems.get(system, system) for system in use_case.systems),
    }


def step_values(step: Step, names: Names, systems: dict[str, str]) -> tuple[str, ...]:
    """Return what the row of a step shows, without its order."""
    return (
        *(step.name, step.description, step.as_is, step.to_be),
        joined(step.actors),
        _linked(names, step, "workflow"),
        _linked(names, step, "building_block"),
        joined(systems.get(system, system) for system in step.systems),
        step.id,
    )


def write(use_case: UseCase, framework: Framework, *, systems: Iterable[System] = ()) -> bytes:
    """Return a use case as an Excel workbook to be filled in.

    Parameters
    ----------
    use_case
        The use case; a new one gives a form with empty rows.
    framework
        The tables that the names in the dropdowns come from.
    systems
        The existing systems of the plan.

    Returns
    -------
    bytes
        The content of a file ``.xlsx``.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="School services")
    >>> fees = plan.add_from_list("School fees", "1. Pay")
    >>> write(fees, govstack_kit.load())[:2]
    b'PK'
    """
    import xlsxwriter  # noqa: PLC0415 - only where a workbook is made

    names = names_of(framework)
    known = {system.id: system.name for system in systems}
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, **_NO_FORMULAS})
    writer = Writer(
        book,
        {
            "Workflows": names.all_names("workflow"),
            "Building blocks": names.all_names("building_block"),
            "Sectors": names.all_names("sector"),
            "Kinds of actors": list(ACTOR_KINDS),
            "Statuses": list(STATUSES),
        },
    )
    writer.about()

    writer.use_case(use_case_values(use_case, names, known))
    writer.table(ACTORS, ACTOR_COLUMNS, [(a.name, a.role, a.kind, a.note) for a in use_case.actors])
    steps = enumerate(use_case.steps, start=1)
    rows = [(str(number), *step_values(step, names, known)) for number, step in steps]
    writer.table(STEPS, STEP_COLUMNS, rows)
    writer.all_lists()
    book.close()
    return buffer.getvalue()
