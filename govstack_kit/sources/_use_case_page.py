"""One page of a use case: its sections, its steps, and the rows that they give.

Sections are known by their titles, which are headings of any level, bold paragraphs, or one of a
few words standing alone. Inside the steps a numbered heading opens the next step, a heading below
it a part of the step, and one that is no deeper than the heading "Steps" ends them.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from govstack_kit.sources import _markdown as md
from govstack_kit.sources._reading import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from markdown_it.token import Token

    from govstack_kit.sources._names import Names

_INT, _STR = "int64", "str"
_STEP = {"step": _STR}
_CASE = {"use_case": _STR}
_LINK = {"position": _INT, "printed": _STR, "line": _INT}
_TEXTS = {"position": _INT, "text": _STR, "url": _STR, "line": _INT}
TABLES: dict[str, dict[str, str]] = {
    "use_cases": _CASE
    | dict.fromkeys(["name", "sector_printed", "version", "status", "location"], _STR)
    | dict.fromkeys(["printed_id", "printed_status", "title", "text", "note"], _STR),
    "use_case_targets": _CASE
    | {"sdg": _STR, "goal": _INT, "target": _STR, **_LINK, "text": _STR, "note": _STR},
    "use_case_building_blocks": _CASE | {"building_block": _STR, **_LINK, "note": _STR},
    "use_case_sources": _CASE | _TEXTS,
    "use_case_sections": _CASE | {"position": _INT, "title": _STR, "line": _INT, "text": _STR},
    "stakeholders": _CASE | {"position": _INT, "text": _STR, "line": _INT},
    "steps": _STEP
    | {"use_case": _STR, "order": _INT, "printed_number": _STR, "name": _STR, "text": _STR}
    | {"line": _INT, "note": _STR},
    "step_workflows": _STEP
    | {"workflow": _STR, **_LINK, "bullet": _INT, "text": _STR, "note": _STR},
    "step_building_blocks": _STEP | {"building_block": _STR, **_LINK, "note": _STR},
    "step_examples": _STEP | _TEXTS,
}
_GIVEN = ("use_case", "step", "position", "line", "text")  # columns that every row fills
_ID = re.compile(r"\s*([A-Za-z]{2,}(?:-[A-Za-z]{2,})*-\d+)(?!\w)[\s:\u2013\u2014-]*(.*)")
_NUMBER = re.compile(
    r"\s*(?:step\s*)?(\d{1,2})(?:\s*[-:.)\u2013\u2014]+\s*|\s+|$)(?!\d)(.*)", re.IGNORECASE
)
_LAYOUT = re.compile(r"\{%.*?%\}\s*")  # what an editor for the web adds
_FIELDS = ("id", "name", "sector", "version", "status")
_PARTS = ("workflows", "blocks", "examples", "future")  # sections inside a step
_PLAIN_TITLES = (
    "workflows",
    "building blocks",
    "example implementation",
    "example implementations",
)
_PLACEHOLDERS = ("to do", "todo", "tbd", "to be defined", "n/a", "none")


class NoUseCaseError(SourceError):
    """A page is not a use case; the message says why."""


class _Step(NamedTuple):
    """A step: the number and name in its heading, its text, its place."""

    printed: str
    name: str
    texts: list[str]
    line: int


def is_id(text: str) -> bool:
    """Return whether a text starts with an identifier such as AGR-1."""
    return bool(_ID.match(text))


def promises_id(line: str) -> bool:
    """Return whether a line may hold an identifier; a page without such a line is not parsed."""
    if line.startswith("#"):
        return is_id(line.strip("#* _"))
    start = line.lstrip("|*-_ ")[:12].casefold()
    return start.startswith(("id", "use case id")) or ">id<" in line.casefold()


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
        ("sources", words[0] in ("source", "sources", "references") and len(words) <= 2),  # noqa: PLR2004
        ("steps", words[-1] == "steps"),
        ("summary", words[-1] == "summary"),
        ("description", words[-1] in ("description", "overview")),
        ("other", words[0].startswith(("contributor", "output", "failure", "precondition"))),
    ]
    return next((kind for kind, holds in rules if holds), "")


class Page:
    """One page: its rows without the identifier, which is settled when other pages are known."""

    def __init__(self, text: str, location: str, names: Names) -> None:
        self.location, self.names = location, names
        self.id, self.title = "", ""
        self.unplaced: list[tuple[int, str, str]] = []
        self._notes: list[str] = []
        self._fields: dict[str, str] = {}
        self._texts: list[str] = []
        self._steps: list[_Step] = []
        self._rows: list[tuple[str, int, tuple[Any, ...]]] = []  # table, step or 0, row
        self._counts: Counter[tuple[Any, ...]] = Counter()
        self._inside, self._level = 0, 0  # levels of the heading "Steps" and of each step
        tokens = md.parse(text)
        headings = [
            md.inline_text(tokens[at + 1])
            for at, token in enumerate(tokens)
            if token.type == "heading_open"
        ]
        self._by_bold = not any(map(_NUMBER.match, headings))
        self._untitled = not any(_kind(heading) == "steps" for heading in headings)
        front, _ = md.split_front_matter(text)
        self._add("use_case_sections", 1, "Front matter", text=front.strip())
        for section in md.sections(tokens, bold_titles=self._is_title):
            self._take(section)

    # --- finding sections and steps ---------------------------------------------------------

    def _is_title(self, token: Token, before: str) -> bool:
        """Return whether a paragraph is meant as a title, told the title before it."""
        if md.links(token):
            return False
        text = md.inline_text(token).strip("*_: ")
        kind = _kind(text)
        if kind == "workflows" and text.casefold() == "workflow" and _kind(before) == "blocks":
            return False  # the building block of that name
        if not md.is_bold_title(token):
            return text.casefold() in _PLAIN_TITLES or kind == "future"
        return bool(kind) or bool(self._by_bold and _NUMBER.match(text))

    def _take(self, section: md.Section) -> None:
        number = _NUMBER.match(section.title)
        kind = _kind(number[2] if number else section.title)
        untitled = not (self.title or kind or number or self._inside)
        if not section.title or (untitled and section.level < md.BOLD):
            self.title = section.title
            self._about(section)
            return
        role = self._role(section, kind, numbered=bool(number))
        if role == "step":
            self._inside = self._inside or section.level
            self._level = self._level or section.level
            printed, name = (number[1], number[2]) if number else ("", section.title)
            self._steps.append(_Step(printed, name or section.title, [], section.line))
        if role == "section":
            self._inside, self._level = (section.level if kind == "steps" else 0), 0
            (self._sections().get(kind) or self._other)(section)
        elif role == "part":
            (self._parts().get(kind) or self._other)(section)
        else:
            title = "" if role == "step" else section.title
            self._steps[-1].texts.extend(filter(None, [title, md.block_text(section.tokens)]))

    def _role(self, section: md.Section, kind: str, *, numbered: bool) -> str:
        """Return whether a section is a step, a part or a detail of one, or a section outside."""
        if not self._inside:
            missing = self._untitled and numbered and not kind
            return "step" if missing else "section"
        first = self._level or md.BOLD
        outside = section.level <= self._inside and section.level < first
        if numbered and section.level <= first and not (kind and outside):
            return "step"
        if outside or (kind not in {"", *_PARTS} and section.level <= first):
            return "section"
        if not kind and section.level <= first and section.level < md.BOLD:
            return "step"
        if not self._steps:
            return "section"
        return "part" if kind in _PARTS else "detail"

    def _sections(self) -> dict[str, Callable[[md.Section], None]]:
        return {
            "summary": self._about,
            "description": self._about,
            "stakeholders": self._stakeholders,
            "targets": self._targets,
            "blocks": lambda section: self._blocks("use_case_building_blocks", section),
            "future": self._future,
            "sources": lambda section: self._links("use_case_sources", section),
        }

    def _parts(self) -> dict[str, Callable[[md.Section], None]]:
        return {
            "workflows": self._workflows,
            "blocks": lambda section: self._blocks("step_building_blocks", section),
            "examples": lambda section: self._links("step_examples", section),
            "future": self._future,
        }

    # --- rows of each section ---------------------------------------------------------------

    def _add(self, name: str, line: int, *row: Any, text: str = "") -> None:  # noqa: ANN401
        """Add a row to a table: what comes before `position` and after it, in the order there."""
        step = len(self._steps) if "step" in TABLES[name] else 0
        if name == "use_case_sections" and not text:
            return
        self._counts[name, step] += 1
        values = dict(zip([c for c in TABLES[name] if c not in _GIVEN], row, strict=True))
        values |= {"position": self._counts[name, step], "line": line, "text": text}
        self._rows.append((name, step, tuple(values.get(c) for c in list(TABLES[name])[1:])))

    def _skip(self, line: int, text: str, why: str) -> None:
        if text:
            placeholder = text.startswith("<") or text.casefold().rstrip(".") in _PLACEHOLDERS
            self.unplaced.append((line, text, "A placeholder." if placeholder else why))

    def _again(self, *what: str) -> str:
        """Return a note when a link was printed before in the same place."""
        what = (*what, str(len(self._steps)))
        self._counts[what] += 1
        return "Listed twice" if self._counts[what] > 1 else ""

    def _other(self, section: md.Section) -> None:
        text = md.block_text(section.tokens)
        self._add("use_case_sections", section.line, section.title, text=text)

    def _listed(self, section: md.Section) -> list[md.Item]:
        """Return what is listed; paragraphs beside a list are kept as text of the section."""
        entries = md.entries(section.tokens)
        beside = [e for e in entries if e.inlines and e.inlines[0].level == 1]
        if len(beside) == len(entries):
            return entries
        text = "\n\n".join(e.text for e in beside)
        self._add("use_case_sections", section.line, section.title, text=text)
        return [e for e in entries if e not in beside]

    def _about(self, section: md.Section) -> None:
        rows = [row for rows in md.tables(section.tokens) for row in rows if row.cells]
        tokens, bullets = section.tokens, list[md.Item]()
        if any(_field(row.cells[0]) for row in rows):
            tokens = md.without_tables(tokens)
        elif not self._fields:
            bullets = md.bullets(tokens)
        pairs = [(row.line, row.cells[0], row.cells[-1]) for row in rows if any(row.cells)]
        for entry in bullets:
            name, _, value = entry.text.partition(":")
            pairs += [(entry.line, name, value.strip())] if _field(name) else []
        for line, name, value in pairs:
            if field := _field(name):
                self._fields.setdefault(field, value)
            elif tokens is not section.tokens:
                self._skip(line, f"{name}: {value}", "Not a field of the summary of a use case.")
        self._texts.append(_LAYOUT.sub("", md.block_text(tokens)).strip())

    def _stakeholders(self, section: md.Section) -> None:
        for entry in self._listed(section):
            self._add("stakeholders", entry.line, text=entry.text)

    def _targets(self, section: md.Section) -> None:
        for entry in md.entries(section.tokens):
            addresses = [link.url for inline in entry.inlines for link in md.links(inline)]
            found = self.names.goals(entry.text, addresses)
            for goal in found:
                sdg = goal.target or str(goal.goal)
                note = "; ".join(filter(None, [goal.note, self._again("sdg", sdg)]))
                row = (sdg, goal.goal, goal.target, goal.printed, note)
                self._add("use_case_targets", entry.line, *row, text=entry.text)
            if not found:
                self._skip(entry.line, entry.text, "Names no goal or target.")

    def _future(self, section: md.Section) -> None:
        for entry in md.entries(section.tokens):
            self._skip(entry.line, entry.text, "Named for the future: not used yet.")

    def _links(self, name: str, section: md.Section) -> None:
        for entry in md.entries(section.tokens):
            found = [link for inline in entry.inlines for link in md.links(inline)]
            for link in found:
                self._add(name, entry.line, link.url, text=link.text)
            if not found and name == "use_case_sources":
                self._add(name, entry.line, "", text=entry.text)
            elif not found:
                self._skip(entry.line, entry.text, "No link to an example.")

    def _blocks(self, name: str, section: md.Section) -> None:
        for entry in md.entries(section.tokens):
            for printed, block, note in self.names.blocks_in(entry):
                if block:
                    both = "; ".join(filter(None, [note, self._again(name, block)]))
                    self._add(name, entry.line, block, printed, both)
                elif foreign := self.names.foreign_block(printed):
                    why = f"A building block of the 2019 framework ({foreign}): GovStack has none."
                    self._skip(entry.line, printed, why)
                else:
                    self._skip(entry.line, printed, "Not the name of a building block.")

    def _workflows(self, section: md.Section) -> None:
        bullets: list[tuple[md.Item, list[tuple[str, str]], list[str]]] = []
        for entry in md.entries(section.tokens):
            found = self.names.workflows_in(entry)
            if entry.depth and bullets and not any(workflow for _, workflow in found):
                bullets[-1][2].append("  " * entry.depth + "- " + entry.text)
            else:
                bullets.append((entry, found, [entry.text]))
        for bullet, (entry, found, texts) in enumerate(bullets, 1):
            text = "\n".join(texts)
            for printed, workflow in found:
                if workflow:
                    note = self._again("workflow", workflow)
                    self._add(
                        "step_workflows", entry.line, workflow, printed, bullet, note, text=text
                    )
                else:
                    why = f"“{printed}” is not the name of a workflow."
                    self._skip(entry.line, text, why)
            if not found:
                self._skip(entry.line, text, "Text that names no workflow.")
            missing = (not found) + sum(not workflow for _, workflow in found)
            self._counts["step_workflows", len(self._steps)] += missing

    # --- when all pages are known -----------------------------------------------------------

    def settle(self, pages: dict[str, Page]) -> None:
        """Choose the identifier, told the pages read before.

        Raises
        ------
        SourceError
            If the page is not a use case, or the copy of one.
        """
        printed = self._fields.get("id", "")
        stem = self.location.rpartition("/")[2].rpartition(".")[0]
        ids = [m[1].upper() for t in (printed, self.title, stem) if (m := _ID.match(t))]
        if not ids and printed.startswith("<"):
            raise NoUseCaseError(f"Not a use case but a template: its ID is {printed}")
        if not ids:
            raise NoUseCaseError(
                f"Not a use case in the layout of GovStack: its ID is “{printed}”, "
                "where one such as AGR-1 is expected"
                if printed
                else "Not a use case: it has no ID such as AGR-1"
            )
        if not self._fields and not self._steps:
            raise NoUseCaseError("Not a use case: it has neither a summary nor steps")
        ranked = [Counter(ids).most_common(1)[0][0], *reversed(ids)]
        free = [identifier for identifier in ranked if identifier not in pages]
        if not free:
            other = pages[ranked[0]].location
            raise NoUseCaseError(f"Not read: {ranked[0]} has been read from {other}")
        self.id = free[0]
        if printed != self.id:
            self._notes.append(f"Printed as {printed}" if printed else "Printed without an ID")
        if not self._steps:
            self.unplaced.append((0, self.id, "A use case without steps."))

    def finished(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Yield each row of the page with its table."""
        fields = self._fields
        name = fields.get("name", "")
        if not name and (titled := _ID.match(self.title)):
            name = titled[2]
        status = fields.get("status", "")
        text, notes = "\n\n".join(filter(None, self._texts)), "; ".join(self._notes)
        printed = [fields.get(field, "") for field in ("sector", "version", "id", "status")]
        sector, version, identifier, status = printed
        plain = status.casefold().strip(". ")
        row = (self.id, name or self.title, sector, version, plain, self.location)
        yield "use_cases", (*row, identifier, status, self.title, text, notes)
        for order, step in enumerate(self._steps, 1):
            text, note = "\n\n".join(step.texts), ""
            if step.printed != str(order):
                note = f"Printed as {step.printed}" if step.printed else "Printed without a number"
            numbered = (f"{self.id}.{order}", self.id, order, step.printed)
            yield "steps", (*numbered, step.name, text, step.line, note)
        for table, order, rest in self._rows:
            yield table, (f"{self.id}.{order}" if order else self.id, *rest)
