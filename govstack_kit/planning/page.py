"""A page in GovStack's use-case template, read as a use case; see :mod:`.template`.

Nothing on the page is dropped: a name that the framework does not know becomes an own word, text
beside a list stays with its part, and parts that the template does not have are kept as sections.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from govstack_kit.errors import PlanError
from govstack_kit.planning import template
from govstack_kit.planning._page_parts import DEEPEST, Entry, Part, entries_of, parts_of
from govstack_kit.planning.fields import LONGEST_NAME, is_identifier, slug
from govstack_kit.planning.listing import unmark
from govstack_kit.planning.model import ACTOR_KINDS, STATUSES, UseCase, make
from govstack_kit.planning.names import Names, names_of
from govstack_kit.planning.selected import System
from govstack_kit.planning.text import clean, from_tokens, line, parse, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

    from govstack_kit.framework.framework import Framework

LARGEST = 2_000_000  # characters: the longest published page has 27,000
_CODED = re.compile(r"([A-Z]{2,}-\d+)\s+[-\u2013\u2014]\s+(.+)")
_SAYS = re.compile(r"\s*\(((?:[^()]|\([^()]*\))*)\)(?=\s|:|$)")
_FRONT = re.compile(r"---\n(.*?\n)---(?:\n|$)", re.DOTALL)
_REMARK = re.compile(r"(.+?)\s*\((.+)\)")
_SLASH = re.compile(r"\s*/\s*")
_GOAL = re.compile(r"(?:sdg|goal|target)?s?\s*[0-9]+(?:\.[0-9a-z]+)?", re.IGNORECASE)


@dataclass
class Page:
    """What a page holds.

    Attributes
    ----------
    use_case : UseCase
        The use case; it refers to systems by the ids in `systems`.
    systems : list of System
        The existing systems that the page names.
    notes : list of str
        What was read in another way than it stands, in sentences.
    """

    use_case: UseCase
    systems: list[System] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def _named(entry: Entry) -> tuple[str, str]:
    """Return a name and the text that belongs to it, for entries without a name of their own."""
    whole = entry.words
    marked = entry.whole if line(entry.whole) != whole or len(whole) > LONGEST_NAME else ""
    name = (
        whole if len(whole) <= LONGEST_NAME else whole[: LONGEST_NAME - 1].rsplit(" ", 1)[0] + "…"
    )
    return name, f"{marked}\n\n{entry.below}".strip()


class _Reader:
    """Turns the parts of a page into the fields of a use case."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.fields: dict[str, Any] = {"sections": [], "own_words": [], "steps": []}
        self.systems: dict[str, System] = {}
        self.notes: list[str] = []
        self.prose: list[str] = []

    def beside(self, title: str, text: str) -> None:
        if text:
            self.fields["sections"].append({"title": title, "text": text})

    def choice(self, layer: str, key: str, printed: str, more: tuple[str, str]) -> dict[str, str]:
        """Return a choice; `more` is what follows its name, and where its name leads."""
        printed = "" if printed in (key, self.names.usual(layer, key)) else printed
        return {"key": key, "printed": printed, "description": more[0].strip(), "url": more[1]}

    # What an entry of each kind of list becomes.

    def actor(self, entry: Entry) -> dict[str, str]:
        if not entry.name:
            name, note = _named(entry)
            return {"name": name, "note": note}
        says = _SAYS.match(entry.rest)
        kind, role = "", says[1] if says else ""
        first, _, more = role.partition(";")
        if first.strip() in ACTOR_KINDS or not first.strip():
            kind, role = first.strip(), more.strip()
        rest = entry.rest[says.end() :] if says else entry.rest
        return {"name": entry.name, "kind": kind, "role": role, "note": rest.strip()}

    def document(self, entry: Entry) -> dict[str, str]:
        if entry.name:
            return {"title": entry.name, "url": entry.url, "note": entry.rest.strip()}
        title, note = _named(entry)
        return {"title": title, "note": note}

    def system(self, entry: Entry) -> str:
        name, note = (entry.name, entry.rest.strip()) if entry.name else _named(entry)
        if name not in self.systems:
            taken = [system.id for system in self.systems.values()]
            key = slug(name, taken=taken, otherwise="system")
            described = {"id": key, "name": name, "description": note}
            self.systems[name] = make(System, described)
        return self.systems[name].id

    def target(self, entry: Entry) -> dict[str, str] | None:
        printed = entry.name
        rest = entry.rest if printed else entry.whole
        if not printed:
            code = _GOAL.match(rest)
            printed, rest = (code[0], rest[code.end() :]) if code else ("", rest)
        key = self.names.key("target", printed) if printed else ""
        said = self.names.goal(plain(rest).strip(" :-\u2013.")) if key and "." not in key else ""
        if said and said != key:
            self.notes.append(
                f"{printed!r} stands before the name of goal {said}: goal {said} was taken."
            )
            key, printed = said, ""
        if not key:
            return None
        named = self.names.name("target", key) == rest.strip(" :-\u2013")
        return self.choice("target", key, printed, ("" if named else rest, entry.url))

    def linked(self, layer: str, entry: Entry) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
        """Return the choices and the own words in an entry of workflows or building blocks."""
        printed, rest = (entry.name, entry.rest) if entry.name else _named(entry)
        if self.names.key(layer, printed):
            key = self.names.key(layer, printed)
            return [self.choice(layer, key, printed, (rest, entry.url))], []
        remark = _REMARK.fullmatch(printed)
        if not entry.name and remark and self.names.key(layer, remark[1]):
            key = self.names.key(layer, remark[1])
            more = (f"{remark[2]}\n\n{rest}", entry.url)
            return [self.choice(layer, key, remark[1], more)], []
        names = [part for part in _SLASH.split(printed) if part]
        keys = [self.names.key(layer, name) for name in names]
        if not any(keys):
            return [], [{"words": printed, "kind": layer, "description": rest}]
        pairs = list(zip(names, keys, strict=True))
        words = [{"words": n, "kind": layer, "description": rest} for n, key in pairs if not key]
        return [self.choice(layer, key, name, (rest, "")) for name, key in pairs if key], words

    def own_word(self, entry: Entry) -> dict[str, Any]:
        words, rest = (entry.name, entry.rest) if entry.name else _named(entry)
        says = _SAYS.match(rest)
        found: dict[str, Any] = {"words": words, "description": rest.strip()}
        if says:
            said = [part.strip() for part in says[1].split(";")]
            found["description"] = rest[says.end() :].strip()
            found["kind"] = "building_block" if said[0] == "building block" else "workflow"
            for part in said[1:]:
                found["sector_specific"] = part == template.SECTOR_SPECIFIC
                if part.startswith("is "):
                    found["key"] = self.names.key(found["kind"], part[3:]) or part[3:]
        return found

    # The parts of a page and of a step.

    def links(self, owner: dict[str, Any], layer: str, tokens: Sequence[Token], title: str) -> None:
        entries, text = entries_of(tokens, lines=True)
        for entry in entries:
            choices, words = self.linked(layer, entry)
            owner.setdefault(f"{layer}s", []).extend(choices)
            owner.setdefault("own_words", []).extend(words)
        self.beside(title, text)

    def part(self, title: str, tokens: list[Token]) -> None:
        fields = self.fields
        if title in (template.BLOCKS, template.WORKFLOWS):
            layer = "workflow" if title == template.WORKFLOWS else "building_block"
            self.links(fields, layer, tokens, title)
            return
        if title in (template.SHORT, template.AS_IS, template.TO_BE):
            name = {template.SHORT: "summary", template.AS_IS: "as_is"}.get(title, "to_be")
            fields[name] = f"{fields.get(name, '')}\n\n{from_tokens(tokens)}".strip()
            return
        entries, text = entries_of(tokens)
        found: list[Any]
        if title in (template.OBJECTIVES, template.CONTRIBUTORS):
            name, found = title.lower(), [f"{e.whole}\n\n{e.below}".strip() for e in entries]
        elif title == template.STAKEHOLDERS:
            name, found = "actors", [self.actor(e) for e in entries]
        elif title == template.DOCUMENTS:
            name, found = "source_documents", [self.document(e) for e in entries]
        elif title == template.SYSTEMS:
            name, found = "systems", [self.system(e) for e in entries]
        elif title == template.OWN_WORDS:
            name, found = "own_words", [self.own_word(e) for e in entries]
        else:
            targets = [(entry, self.target(entry)) for entry in entries]
            name, found = "targets", [choice for _, choice in targets if choice]
            unknown = [f"- {entry.whole}" for entry, choice in targets if not choice]
            text = "\n\n".join(part for part in (text, "\n".join(unknown)) if part)
        fields[name] = [*fields.get(name, []), *found]
        self.beside(title, text)

    def step(self, title: str, tokens: list[Token]) -> None:
        name = unmark(title) or f"Step {len(self.fields['steps']) + 1}"
        taken = [known["id"] for known in self.fields["steps"]]
        step: dict[str, Any] = {"name": name, "own_words": []}
        step["id"] = slug(name, taken=taken, otherwise="step")
        first, *parts = parts_of(tokens, step=True)
        step["description"] = from_tokens(first.tokens)
        for part in parts:
            known = template.part_of(part.title)
            if known in (template.WORKFLOWS, template.BLOCKS):
                layer = "workflow" if known == template.WORKFLOWS else "building_block"
                self.links(step, layer, part.tokens, f"{name}: {known}")
            elif known in (template.AS_IS, template.TO_BE, template.EXAMPLE):
                key = {template.AS_IS: "as_is", template.TO_BE: "to_be"}.get(known, "example")
                step[key] = f"{step.get(key, '')}\n\n{from_tokens(part.tokens)}".strip()
            else:
                entries = entries_of(part.tokens, lines=True)[0]
                if known == template.ACTORS:
                    step["actors"] = [e.words for e in entries]
                elif known == template.SYSTEMS:
                    step["systems"] = [self.system(e) for e in entries]
                else:
                    step["own_words"] += [self.own_word(e) for e in entries]
        self.fields["steps"].append(step)

    def page(self, parts: Sequence[Part]) -> None:
        """Take all parts of a page."""
        titles = (p.title for p in parts if p.level == 1 and not template.part_of(p.title))
        title = next(titles, "")
        now = ""  # the part that headings of the level of steps belong to
        for part in parts:
            known = template.part_of(part.title)
            if part.level == DEEPEST and now == template.STEPS:
                self.step(part.title, part.tokens)
            elif known == template.SUMMARY and "id" not in self.fields:
                self.identity(part.tokens, title)
            elif not part.level or (part.level == 1 and part.title == title):
                self.prose.append(from_tokens(part.tokens))
            elif known == template.STEPS:
                self.beside(known, from_tokens(part.tokens))
            elif part.level < DEEPEST and known in template.PAGE_PARTS:
                self.part(known, part.tokens)
            elif part.title:
                section = {"title": part.title, "text": from_tokens(part.tokens)}
                self.fields["sections"].append(section)
            now = known if part.level < DEEPEST else now
        if "id" not in self.fields:
            self.name("", "", title)

    def identity(self, tokens: list[Token], title: str) -> None:
        """Take the table of identity and the prose of the page."""
        rows: dict[str, str] = {}
        entries, _ = entries_of(tokens)
        for entry in entries:
            rows.setdefault(entry.name.casefold(), entry.words)
        start = next((n for n, t in enumerate(tokens) if t.type == "table_open"), None)
        if start is not None:
            end = next(n for n, t in enumerate(tokens) if t.type == "table_close")
            tokens = tokens[:start] + tokens[end + 1 :]
        self.prose.append(from_tokens(tokens))
        self.name(rows.get("id", ""), rows.get("name", ""), title)
        status = rows.get("status", "").strip(" .").lower()
        if status and status not in STATUSES:
            self.notes.append(f"The status {rows['status']!r} is not known: draft was taken.")
        self.fields["status"] = status if status in STATUSES else "draft"
        self.fields |= {"sector": rows.get("sector", ""), "version": rows.get("version", "")}

    def name(self, code: str, name: str, title: str) -> None:
        """Decide about id and name; the title of the page is right where its code is another."""
        coded = _CODED.fullmatch(title)
        if coded and code != coded[1]:
            if code:
                self.notes.append(
                    f"The title says {coded[1]}, the table {code}: {coded[1]} was taken."
                )
            code = coded[1]
        name = name or (coded[2] if coded else title) or "Untitled use case"
        self.fields["id"] = code if is_identifier(code) else slug(name, otherwise="use-case")
        self.fields["name"] = name


def _front_matter(markdown: str) -> tuple[str, str]:
    r"""Return the description in the front matter of a page, and the page without it.

    Examples
    --------
    >>> _front_matter("---\ndescription: >-\n  Short\n  words\n---\n# A")
    ('Short words', '# A')
    """
    found = _FRONT.match(clean(markdown))
    if not found:
        return "", markdown
    said = re.search(r"^description:[ >|+-]*((?:.*\n?)(?:[ ]+.*\n?)*)", found[1], re.MULTILINE)
    return line(said[1]).strip("'\"") if said else "", clean(markdown)[found.end() :]


def read(markdown: str, framework: Framework) -> Page:
    r"""Return the use case on a page in GovStack's use-case template.

    Parameters
    ----------
    markdown
        The page.
    framework
        The tables, for the names of workflows, building blocks and goals.

    Returns
    -------
    Page
        The use case, the systems it names, and notes.

    Raises
    ------
    PlanError
        If it is no such page, or holds something that no plan can hold.

    Examples
    --------
    >>> import govstack_kit
    >>> text = "# School fees\n## Steps\n### 1 - Pay\n**Workflows**\n* **Financial services**"
    >>> page = read(text, govstack_kit.load())
    >>> page.use_case.id, page.use_case.steps[0].accepted("workflow")
    ('school-fees', ['financial-services'])
    """
    if len(markdown) > LARGEST:
        raise PlanError(f"The page has more than {LARGEST:,} characters: it is no use case.")
    front, markdown = _front_matter(markdown)
    parts = parts_of(parse(markdown))
    titles = [template.part_of(part.title) for part in parts]
    if template.STEPS not in titles and template.SUMMARY not in titles:
        raise PlanError(
            f"This is not a page in the use-case template: it has neither a part "
            f"“{template.SUMMARY}” nor a part “{template.STEPS}”."
        )
    reader = _Reader(names_of(framework))
    reader.page(parts)
    if front:
        reader.fields["summary"] = "\n\n".join(filter(None, (front, reader.fields.get("summary"))))
    reader.fields["description"] = "\n\n".join(filter(None, reader.prose))
    use_case = make(UseCase, reader.fields)
    return Page(use_case, list(reader.systems.values()), reader.notes)
