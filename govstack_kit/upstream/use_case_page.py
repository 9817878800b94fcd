"""One page in GovStack's use-case template: its sections, its steps, and the rows that they give.

Sections are known by their titles, which are headings of any level, bold paragraphs, or one of a
few words standing alone. Inside the steps a numbered heading opens the next step, a heading below
it a part of the step, and one that is no deeper than the heading "Steps" ends them. A *workflow* or
*building block* is a name listed under such a title, resolved by the names that the framework
knows; an entry that names none has a row with an empty key.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from govstack_kit.interfaces.plain_files import SourceError, read_text
from govstack_kit.upstream import pages
from govstack_kit.upstream.pages import Block
from govstack_kit.upstream.printed_names import PrintedNames
from govstack_kit.upstream.repositories import files

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from pathlib import Path

    from govstack_kit.framework.framework import Framework
    from govstack_kit.upstream.pages import Section

    Note = Callable[[str, int, str, str], None]

Row = dict[str, Any]
_ID = re.compile(r"\s*([A-Za-z]{2,}(?:-[A-Za-z]{2,})*-\d+)(?!\w)[\s:\u2013\u2014-]*(.*)")
_NUMBER = re.compile(
    r"\s*(?:step\s*)?(\d{1,2})(?:\s*[-:.)\u2013\u2014]+\s*|\s+|$)(?!\d)(.*)", re.IGNORECASE
)
_FIELDS = ("id", "name", "sector", "version", "status")
_PARTS = ("workflows", "blocks", "examples", "future", "kept")  # sections inside a step


def _field(name: str) -> str:
    """Return the field of the summary that a name means; empty if none."""
    name = name.casefold().strip(" :*").removeprefix("use case ")
    return name if name in _FIELDS else ""


@cache
def _kind(title: str) -> str:
    """Return which section a title opens, "other" for one without a table; empty if unknown."""
    words = re.findall(r"[a-z]+", title.casefold())
    text = " ".join(words)
    if not words or len(words) > 5:  # noqa: PLR2004 - more words make a sentence
        return ""
    rules: list[tuple[str, bool]] = [
        ("future", "building block" in text and "future" in words),
        ("blocks", "building block" in text),
        ("targets", bool({"sdg", "sdgs", "sgd"} & {*words}) or "sustainable development" in text),
        ("workflows", words[-1] in ("workflow", "workflows") and len(words) <= 3),  # noqa: PLR2004
        ("examples", words[0].startswith("example") and "implementation" in text),
        ("stakeholders", words[-1].startswith(("stakeholder", "participant", "actor"))),
        ("documents", words[0] in ("source", "sources", "references") and len(words) <= 2),  # noqa: PLR2004
        ("steps", words[-1] == "steps"),
        ("summary", words[-1] in ("summary", "description", "overview")),
        ("kept", text in ("as is", "to be", "legacy systems", "own words")),
        ("other", words[0].startswith(("contributor", "output", "failure", "precondition"))),
    ]
    return next((kind for kind, holds in rules if holds), "")


@dataclass
class UseCasePage:
    """What a page holds.

    Attributes
    ----------
    use_case : str
        Its identifier, such as AGR-1; empty until it is settled, and if it has none.
    title : str
        The title of the page.
    fields : dict
        What its summary says under id, name, sector, version and status, as printed.
    text : str
        Its description.
    tables : dict of list of dict
        ``steps`` (``order``, ``printed_number``, ``name``, ``text``); and with ``step``, the order
        of the step or 0 for the page, and ``text``: ``workflows`` and
        ``building_blocks`` (the key, empty if the name is not known, ``printed``, ``url``),
        ``targets`` (``sdg``, ``goal``, ``target``, ``printed``, ``url``), ``stakeholders``,
        ``documents`` and ``examples`` (``url``), ``sections`` (``title``: all that has no other
        table). Rows have the ``line`` and a ``note``.
    unplaced : list of tuple
        What could not be placed: line (0 for the page), text, why.
    """

    use_case: str = ""
    title: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    text: str = ""
    tables: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    unplaced: list[tuple[int, str, str]] = field(default_factory=list)
    note: str = ""
    location: str = ""

    @property
    def name(self) -> str:
        """The name in the summary, else the title without the identifier."""
        titled = _ID.match(self.title)
        return self.fields.get("name") or (titled[2] if titled else "") or self.title

    def settle(self, stem: str, taken: Container[str] = ()) -> None:
        """Choose the identifier: the one that two of summary, title and name of the file give.

        Parameters
        ----------
        stem
            The name of the file without its ending.
        taken
            Identifiers that other pages have.

        Raises
        ------
        SourceError
            If the page is not a use case, or the copy of one.
        """
        printed = self.fields.get("id", "")
        ids = [m[1].upper() for t in (printed, self.title, stem) if (m := _ID.match(t))]
        if not ids or not (self.fields or self.tables["steps"]):
            lacks = "summary and no steps" if ids else "ID such as AGR-1"
            raise SourceError(f"not a use case: it has no {lacks}")
        ranked = [Counter(ids).most_common(1)[0][0], *reversed(ids)]
        free = [identifier for identifier in ranked if identifier not in taken]
        if not free:
            raise SourceError(f"not read: {ranked[0]} has been read from another page")
        self.use_case = free[0]
        if printed != self.use_case:
            self.note = f"Printed as {printed}" if printed else "Printed without an ID"
        if not self.tables["steps"]:
            self.unplaced.append((0, self.use_case, "A use case without steps."))


def read(text: str, framework: Framework | PrintedNames) -> UseCasePage:
    r"""Read a page in GovStack's use-case template.

    Parameters
    ----------
    text
        The markdown of the page.
    framework
        Whose names workflows, building blocks and goals are known by.

    Raises
    ------
    SourceError
        If it is nested more deeply than any page.

    Examples
    --------
    >>> import govstack_kit
    >>> text = "# FUN-1 - Kites\n## Steps\n### 1 - Fly\n**Workflows**\n\n* Marketplace\n* Wind\n"
    >>> page = read(text, govstack_kit.load())
    >>> page.title, [step["name"] for step in page.tables["steps"]]
    ('FUN-1 - Kites', ['Fly'])
    >>> [(row["step"], row["workflow"], row["text"]) for row in page.tables["workflows"]]
    [(1, 'marketplace', 'Marketplace'), (1, '', 'Wind')]
    """
    names = framework if isinstance(framework, PrintedNames) else PrintedNames(framework)
    reader = _Reader(names)
    reader.read(text)
    return reader.page


def read_folder(folder: Path, names: PrintedNames, note: Note) -> list[UseCasePage]:
    """Read the use cases in a folder, at whatever depth, in the order of their identifiers.

    Parameters
    ----------
    folder
        A copy of GovStackWorkingGroup/product-use-cases, or a folder with such pages.
    names
        Finds the workflows, building blocks and goals that texts name.
    note
        Is told what could not be placed, pages that are no use cases among it: file, line (0 for
        the whole page), text, why.
    """
    found = list(files(folder, ".md", ".markdown"))
    if not found:
        note("", 0, "", "there is no markdown file in this folder")
    taken: dict[str, UseCasePage] = {}
    linked = _linked(folder)
    for file in sorted(found, key=lambda file: (file not in linked, file)):
        location = file.relative_to(folder).as_posix()
        try:
            page = read(read_text(file), names)
            page.settle(file.stem, taken)
        except SourceError as error:
            note(location, 0, "", str(error))
            continue
        page.location = location
        taken[page.use_case] = page
        for place in page.unplaced:
            note(location, *place)
    return [taken[key] for key in sorted(taken, key=_natural)]


def _natural(identifier: str) -> tuple[str, int]:
    sector, _, number = identifier.rpartition("-")
    return sector, int(number)


def _linked(folder: Path) -> set[Path]:
    """Return the files that a table of contents links: they win over copies left behind."""
    try:
        contents = pages.blocks(pages.parse(read_text(folder / "SUMMARY.md")))
    except SourceError:
        return set()
    return {folder / unquote(link.url.split("#")[0]) for block in contents for link in block.links}


class _Reader:
    """Reads one page."""

    def __init__(self, names: PrintedNames) -> None:
        self.page = UseCasePage()
        self._names = names
        self._seen: Counter[tuple[Any, ...]] = Counter()
        self._inside, self._level = 0, 0  # levels of the heading "Steps" and of each step
        self._readers = {
            "summary": self._about,
            "stakeholders": self._stakeholders,
            "targets": self._targets,
            "workflows": self._workflows,
            "blocks": self._blocks,
            "examples": self._links,
            "documents": self._links,
        }

    def read(self, text: str) -> None:
        """Take all sections of the page."""
        found = pages.blocks(pages.parse(text))
        front = pages.split_front_matter(text)[0].strip()
        self._keep("Front matter", front, 1)
        for section in pages.sections(found, self._is_title):
            self._take(section)
        self.page.text = self.page.text.strip()

    # --- finding sections and steps ---------------------------------------------------------

    def _is_title(self, block: Block, before: str) -> bool:
        """Return whether a paragraph is meant as a title, told the title before it."""
        if block.links:
            return False
        text = block.plain.strip("*_: ")
        kind = _kind(text)
        if kind == "workflows" and text.casefold() == "workflow" and _kind(before) == "blocks":
            return False  # the building block of that name
        return block.is_bold and bool(kind)

    def _take(self, section: Section) -> None:
        page, steps = self.page, self.page.tables["steps"]
        number = _NUMBER.match(section.title)
        kind = _kind(number[2] if number else section.title)
        coded = section.level == 1 and " - " in section.title
        untitled = not (page.title or (kind and not coded) or number or self._inside)
        if not section.title or (untitled and section.level < pages.BOLD):
            page.title = section.title
            self._about(section)
            return
        role = self._role(section, kind, numbered=bool(number))
        if role == "step":
            self._level = self._level or section.level
            printed, order = number[1] if number else "", len(steps) + 1
            note = f"Printed as {printed}" if printed else "Printed without a number"
            step = {"order": order, "printed_number": printed, "line": section.line, "text": ""}
            name = (number[2] if number else "") or section.title
            steps.append(step | {"name": name, "note": "" if printed == str(order) else note})
        elif role == "section":
            self._inside, self._level = (section.level if kind == "steps" else 0), 0
        if role in ("section", "part"):
            self._readers.get(kind, self._other)(section)
        else:
            title = "" if role == "step" else section.title
            texts = [steps[-1]["text"], title, pages.spelled(section.blocks)]
            steps[-1]["text"] = "\n\n".join(filter(None, texts))

    def _role(self, section: Section, kind: str, *, numbered: bool) -> str:
        """Return whether a section is a step, a part or a detail of one, or a section outside."""
        if not self._inside:
            return "section"
        first = self._level or pages.BOLD
        outside = section.level <= self._inside and section.level < first
        if numbered and section.level <= first and not (kind and outside):
            return "step"
        if outside or (kind not in {"", *_PARTS} and section.level <= first):
            return "section"
        if not kind and section.level <= first and section.level < pages.BOLD:
            return "step"
        if not self.page.tables["steps"]:
            return "section"
        return "part" if kind in (*_PARTS, "stakeholders") else "detail"

    # --- rows of each section ---------------------------------------------------------------

    def _add(self, table: str, block: Block, text: str, **values: Any) -> None:  # noqa: ANN401
        """Add a row to a table."""
        step = len(self.page.tables["steps"]) if self._inside else 0
        row = {"step": step, "line": block.line, "text": text, "note": "", **values}
        self.page.tables[table].append(row)

    def _skip(self, block: Block, text: str, why: str) -> None:
        if text:
            self.page.unplaced.append((block.line, text, why))

    def _named(self, table: str, block: Block, key: str, text: str, **values: Any) -> None:  # noqa: ANN401
        """Add a row for a printed name; if the framework does not know it, the note says why."""
        links = sorted(block.links, key=lambda link: values["printed"] not in link.text)
        self._add(table, block, text, url=links[0].url if links else "", **values)
        if not key:
            self._skip(block, text, values["note"])

    def _again(self, *what: str) -> str:
        """Return a note when a link was printed before in the same place."""
        place = (*what, len(self.page.tables["steps"]) if self._inside else 0)
        self._seen[place] += 1
        return "Listed twice" if self._seen[place] > 1 else ""

    def _keep(self, title: str, text: str, line: int) -> None:
        """Keep a text that has no table of its own."""
        if text:
            self._add("sections", Block("paragraph", line, []), text, title=title)

    def _other(self, section: Section) -> None:
        self._keep(section.title, pages.spelled(section.blocks), section.line)

    def _about(self, section: Section) -> None:
        rows = [block for block in section.blocks if any(block.cells)]
        table = any(_field(row.cells[0]) for row in rows)
        for row in rows if table else ():
            if known := _field(row.cells[0]):
                self.page.fields.setdefault(known, row.cells[-1].strip())
            else:
                self._skip(row, row.plain, "Not a field of the summary of a use case.")
        prose = [block for block in section.blocks if not (table and block.cells)]
        texts = [self.page.text, pages.spelled(prose)]
        self.page.text = "\n\n".join(filter(None, texts))

    def _stakeholders(self, section: Section) -> None:
        listed = [block for block in section.blocks if block.kind != "paragraph" or block.parent]
        prose = [block for block in section.blocks if block not in listed]
        if listed:  # paragraphs beside a list are text of the section
            self._keep(section.title, "\n\n".join(b.plain for b in prose), section.line)
        for block in listed or prose:
            self._add("stakeholders", block, block.plain)

    def _targets(self, section: Section) -> None:
        for block in section.blocks:
            if goal := self._names.goal(block.plain):
                sdg = goal.target or str(goal.goal)
                note = "; ".join(filter(None, [goal.note, self._again("sdg", sdg)]))
                values = {"goal": goal.goal, "target": goal.target, "sdg": sdg, "note": note}
                self._named("targets", block, sdg, block.plain, printed=goal.printed, **values)
            else:
                self._skip(block, block.plain, "Names no goal or target.")

    def _links(self, section: Section) -> None:
        table = "examples" if _kind(section.title) == "examples" else "documents"
        for block in section.blocks:
            for link in block.links:
                self._add(table, block, link.text, url=link.url)
            if not block.links and table == "examples":
                self._skip(block, block.plain, "No link to an example.")
            elif not block.links and block.plain:
                self._add(table, block, block.plain, url="")

    def _blocks(self, section: Section) -> None:
        for entry in (block for block in section.blocks if block.plain):
            for printed, block in self._names.blocks_in(entry):
                note = self._again("block", block) if block else "Not the name of a building block."
                text = entry.plain if block else printed
                values = {"building_block": block, "printed": printed, "note": note}
                self._named("building_blocks", entry, block, text, **values)

    def _workflows(self, section: Section) -> None:
        entries: list[tuple[Block, list[tuple[str, str]], list[str]]] = []
        for entry in (block for block in section.blocks if block.plain):
            found = self._names.workflows_in(entry)
            if entry.level and entries and not any(workflow for _, workflow in found):
                entries[-1][2].append("  " * entry.level + "- " + entry.plain)  # a detail
            else:
                entries.append((entry, found, [entry.plain]))
        for bullet, (entry, found, texts) in enumerate(entries, 1):
            for printed, workflow in found or [("", "")]:
                note = f"“{printed}” is not the name of a workflow."
                note = note if printed else "Text that names no workflow."
                note = self._again("workflow", workflow) if workflow else note
                values = {"workflow": workflow, "bullet": bullet, "note": note}
                values["printed"] = printed
                self._named("workflows", entry, workflow, "\n".join(texts), **values)
