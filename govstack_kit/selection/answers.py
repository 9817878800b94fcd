"""Answer sheets: workbooks in which a vendor or colleague says how a product meets requirements.

Definitions
-----------
An *answer sheet* has one row for each check (see :mod:`.checks`) of some building blocks, with a
dropdown for the answer, and cells for the evidence, who says so, and when. Texts are written as
texts: what starts with ``=``, ``+``, ``-`` or ``@`` is shown, never computed. What can be read is
taken; every cell that cannot, or not as it stands, is a *problem* with its row and column. A row
without an answer that can be read is left out, so it never erases an answer that the plan has; if
it is not empty, it is a problem too. To take an answer back, choose *unknown*.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from govstack_kit.errors import ArgumentError, PlanError, PlanFileError, did_you_mean, quote
from govstack_kit.planning._sheets import LARGEST, Book, Problems, Sheet, text_of
from govstack_kit.planning.model import make
from govstack_kit.planning.names import fold
from govstack_kit.planning.selected import ANSWERS, Answer, Option
from govstack_kit.planning.workbook import ABOUT, Column, Writer
from govstack_kit.selection._given import file_of, plan_of
from govstack_kit.selection.checks import checks, options_of, weighed

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.model import PlanData

SHEET, ENDING = "Answers", ".xlsx"
MOST_ROWS = 5_000
EVERY = "every building block"
_OPTION, _PRODUCT = "Option", "Product"
_NO_ANSWER = "there is no answer, so the row was left out; what the plan has stays"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_COLUMNS = (
    Column("Requirement", 30, "Do not change: by it the answer finds its place."),
    Column("Building block", 22, "For which block it is asked."),
    Column("Kind", 16, "What kind of question it is."),
    Column("Level", 16, "How binding the specification says it is."),
    Column("What is asked", 60, "In short; the specification has the full text."),
    Column("Answer", 14, "met, partly, not met or unknown. Empty changes nothing.", "Answers"),
    Column("Evidence", 50, "Where this can be seen: a link, a document, a test."),
    Column("By", 24, "Who says so."),
    Column("Date", 14, "When, as 2026-11-23."),
)
_FIELDS = {"Answer": "answer", "Evidence": "evidence", "By": "by", "Date": "date"}
_HOW = (
    "Fill in the blue sheet: choose an answer from the dropdown and say where it can be seen.",
    "An answer counts as met only if it says met; partly and unknown are shown as such.",
    "Give evidence and a name with each answer: an answer without them is only a claim.",
    "You may sort and filter the rows, and leave out those you cannot answer.",
    "An empty answer changes nothing: to take an answer back, choose unknown.",
    "Formulas are not needed: write texts. Do not rename sheets or columns.",
)


@dataclass
class Answered:
    """What an answer sheet holds.

    Attributes
    ----------
    option : str
        Id of the option that the sheet was made for; empty if it was made for none.
    answers : list of Answer
        The answers that can be used.
    problems : pandas.DataFrame
        One row a problem: ``sheet``, ``row``, ``column``, ``value``, ``problem``, ``allowed``,
        ``fix``.
    """

    option: str
    answers: list[Answer]
    problems: pd.DataFrame


def answer_sheet(  # noqa: PLR0913 - what is asked of whom
    path: str | Path,
    framework: Framework,
    building_blocks: str | Iterable[str],
    option: Option | None = None,
    *,
    plan: PlanData | None = None,
    requirements: pd.DataFrame | None = None,
) -> Path:
    """Write a workbook to be filled in, with a row for each thing to answer.

    Parameters
    ----------
    path
        The new file; its ending is ``.xlsx``. A file that exists is never overwritten.
    framework
        The tables.
    building_blocks
        Keys of building blocks.
    option
        The option that is asked about: the answers that it has already are filled in.
    plan, requirements
        As for :func:`govstack_kit.selection.checks.checks`: own requirements of the plan, and what
        it, or several plans together, need at all.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ArgumentError
        If the file exists, has another ending or cannot be written.
    UnknownKeyError
        If there is no such building block.

    Examples
    --------
    >>> import govstack_kit, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "consent.xlsx"
    >>> framework = govstack_kit.load()
    >>> answer_sheet(file, framework, "govstack:consent").name
    'consent.xlsx'
    >>> read_answers(file, framework).answers
    []
    """
    import xlsxwriter  # noqa: PLC0415 - only where a workbook is made

    file = file_of(path)
    if file.suffix.lower() != ENDING:
        raise ArgumentError(f"The name of a workbook ends in {ENDING}: {file.name!r} does not.")
    if file.exists():
        raise ArgumentError(f"{file.name!r} exists already. Choose another name.")
    asked = checks(framework, building_blocks, plan=plan, requirements=requirements)
    if option is not None and not isinstance(option, Option):
        raise ArgumentError(
            f"Give the option itself, not {quote(option)}: one of those in plan.options."
        )
    table = framework.building_blocks
    names = {**dict(zip(table["building_block"], table["name"], strict=True)), "": EVERY}
    given = {answer.key: answer for answer in reversed(option.answers)} if option else {}
    rows: list[tuple[str, ...]] = []
    for row in asked.itertuples(index=False):
        key, block = str(row.requirement), str(row.building_block)
        answer = given.get(key, Answer(key=key))
        said = answer.answer if key in given else ""
        about = (names.get(block, block), str(row.kind), str(row.level), str(row.title))
        rows.append((key, *about, said, answer.evidence, answer.by, answer.date))
    blocks = "; ".join(dict.fromkeys(row[1] for row in rows if row[1] != EVERY))
    facts = [
        (_OPTION, option.id if option else ""),
        (_PRODUCT, option.name if option else ""),
        ("Building blocks", blocks),
        ("Questions", f"{len(rows)}, of which {len(given)} have an answer already"),
        *(("", sentence) for sentence in _HOW),
    ]
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    try:
        with xlsxwriter.Workbook(file, options) as book:
            writer = Writer(book, {"Answers": list(ANSWERS)})
            _about(writer, facts)
            writer.table(SHEET, _COLUMNS, rows)
            book.get_worksheet_by_name(SHEET).autofilter(0, 0, len(rows), len(_COLUMNS) - 1)
            writer.all_lists()
            book.get_worksheet_by_name(SHEET).activate()
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise ArgumentError(f"{file.name!r} cannot be written: {error}.") from None
    return file


def _about(writer: Any, facts: list[tuple[str, str]]) -> None:  # noqa: ANN401 - xlsxwriter is untyped
    sheet = writer.book.add_worksheet(ABOUT)
    for place, (title, width) in enumerate((("Field", 18), ("Value", 100))):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, writer.head)
    for number, texts in enumerate(facts, start=1):
        for place, text in enumerate(texts):
            writer.put(sheet, number, place, text)


def read_answers(
    source: str | Path | bytes,
    framework: Framework,
    *,
    plan: PlanData | None = None,
    requirements: pd.DataFrame | None = None,
) -> Answered:
    """Return the answers in a filled answer sheet, and everything that is wrong with it.

    Parameters
    ----------
    source
        The file, or its content.
    framework
        The tables, for the keys of what can be answered.
    plan
        A plan, for its own requirements.
    requirements
        The frame that the sheet was made with, for the own requirements of several plans.

    Returns
    -------
    Answered
        The option it was made for, the answers, and the problems. No formula is computed: the
        result that the spreadsheet saved is taken, and the cell is named among the problems. A row
        whose answer is empty or cannot be read is left out, and named too unless all of it is
        empty.

    Raises
    ------
    PlanFileError
        If the file cannot be read.
    PlanError
        If it is no workbook, has no sheet of answers, or is too large.

    Examples
    --------
    >>> import govstack_kit, pathlib, tempfile
    >>> from govstack_kit.planning.selected import Option
    >>> hub = Option(id="hub", name="Hub", answers=[{"key": "consent:6.1-01", "answer": "met"}])
    >>> framework = govstack_kit.load()
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "hub.xlsx"
    >>> found = read_answers(answer_sheet(file, framework, "govstack:consent", hub), framework)
    >>> found.option, [(answer.key, answer.answer) for answer in found.answers]
    ('hub', [('consent:6.1-01', 'met')])
    """
    known = dict.fromkeys(weighed(framework, requirements=requirements)["requirement"])
    own = [need.id for need in plan_of(plan).own_requirements] if plan is not None else []
    problems = Problems()
    book = Book(_content(source), problems)
    if not book.find(SHEET):
        raise PlanError(
            f"This workbook has no sheet {SHEET!r} (its sheets: {', '.join(book.titles[:10])}). "
            "Start from an answer sheet that the kit made."
        )
    about = book.sheet(ABOUT, ("Field", "Value"), most=200) if book.find(ABOUT) else None
    facts = {row.get("Field", ""): row.get("Value", "") for _, row in (about.rows if about else [])}
    sheet = book.sheet(SHEET, [column.title for column in _COLUMNS], most=MOST_ROWS)
    if sheet is None or not {"Requirement", "Answer"} <= set(sheet.columns):
        raise PlanError(
            f"The sheet {SHEET!r} lacks the column Requirement or Answer. "
            "Start from an answer sheet that the kit made."
        )
    answers = _rows(sheet, known | dict.fromkeys(own), problems)
    return Answered(facts.get(_OPTION, ""), answers, _titled(problems.frame(), book, sheet))


def _titled(problems: pd.DataFrame, book: Book, sheet: Sheet) -> pd.DataFrame:
    """Name columns by their titles where a problem with a cell names them by their letters."""
    titles = {fold(title): title for title in sheet.columns}
    named: dict[str, str] = {}
    for one in book.there(sheet.title):  # row by row, so that the header comes first
        if title := titles.get(fold(text_of(one.value))):
            named.setdefault(one.column_letter, title)
    here = problems["sheet"] == sheet.title
    return problems.assign(column=problems["column"].mask(here, problems["column"].replace(named)))


def _content(source: str | Path | bytes) -> bytes:
    if isinstance(source, bytes):
        return source
    file = file_of(source)
    try:
        if file.stat().st_size > LARGEST:
            raise PlanError(
                f"{file.name!r} is larger than {LARGEST // 1024**2} MB: it is no answer sheet."
            )
        return file.read_bytes()
    except OSError as error:
        raise PlanFileError(
            f"{file.name!r} cannot be read ({error.strerror}). "
            "Check that it is a file that you may open."
        ) from None


def _misplaced(key: str, known: dict[str, None], found: dict[str, Answer]) -> tuple[str, str]:
    """Return what is wrong with the key of a row, and how to fix it; nothing if it is right."""
    if not key:
        return "the row has answers and no requirement", "Copy its key from a new sheet."
    if key not in known:
        near = did_you_mean(key, known)
        return "nothing with this key can be answered", near or "Copy the key from a new sheet."
    if key in found:
        return "the requirement stands twice", "Remove one of the rows; the first counts."
    return "", ""


def _rows(sheet: Sheet, known: dict[str, None], problems: Problems) -> list[Answer]:
    """Return the answers in the rows of a sheet; what cannot be used becomes a problem."""
    found: dict[str, Answer] = {}
    meant = {fold(answer): answer for answer in ANSWERS}
    for number, texts in sheet.rows:
        key = texts.get("Requirement", "")
        fields = {field: texts.get(column, "") for column, field in _FIELDS.items()}
        if not any(fields.values()):
            continue

        def add(column: str, said: str, fix: str, allowed: str = "", row: int = number) -> None:
            value = texts.get(column, "")  # noqa: B023 - used now
            problems.add(
                sheet.title, said, row=row, column=column, value=value, allowed=allowed, fix=fix
            )

        said, fix = _misplaced(key, known, found)
        if said:
            add("Requirement", said, fix)
            continue
        if not fields["answer"]:
            add("Answer", _NO_ANSWER, "Choose from the dropdown; unknown if nobody knows.")
            continue
        answer = meant.get(fold(fields["answer"]), "")
        if not answer:
            near = did_you_mean(fields["answer"], ANSWERS) or "Choose from the dropdown."
            add("Answer", "this is no answer", near, ", ".join(ANSWERS))
            continue
        if fields["date"] and not _DATE.fullmatch(fields["date"]):
            fix = "Write it as 2026-11-23; it was taken as it stands."
            add("Date", "the date is not written out", fix, "year-month-day")
        try:
            found[key] = make(Answer, {**fields, "key": key, "answer": answer})
        except PlanError as error:
            add("Evidence", " ".join(error.problems).rstrip("."), "")
    return list(found.values())


def take_answers(plan: PlanData, option: str, answers: Iterable[Answer]) -> int:
    """Put answers into an option of a plan, in place of those with the same keys.

    Parameters
    ----------
    plan
        The plan.
    option
        Id of the option.
    answers
        The answers, such as those of :func:`read_answers`.

    Returns
    -------
    int
        How many are new or differ from what was there.

    Raises
    ------
    UnknownKeyError
        If the plan has no such option.
    ArgumentError
        If something given is no answer.
    PlanError
        If the option would have too many answers; the plan is as before.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.planning.selected import Option
    >>> plan = govstack_kit.Plan.new(title="Consent")
    >>> plan.options = [Option(id="hub", name="Hub")]
    >>> take_answers(plan, "hub", [Answer(key="consent:6.1-01", answer="met")])
    1
    """
    chosen = options_of(plan, [option])[0]
    given = list(answers) if isinstance(answers, Iterable) else [answers]
    if wrong := [one for one in given if not isinstance(one, Answer)]:
        raise ArgumentError(f"{quote(wrong[0])} is no answer: pass what read_answers() returns.")
    before = {answer.key: answer for answer in reversed(chosen.answers)}
    new = {answer.key: answer.model_copy() for answer in given}
    merged = {answer.key: before[answer.key] for answer in chosen.answers} | new
    chosen.answers = list(merged.values())
    return sum(before.get(key) != answer for key, answer in new.items())
