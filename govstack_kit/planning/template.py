"""A use case as a page in GovStack's use-case template, and such a page as a use case.

Definitions
-----------
The *template* is the markdown page of GovStackWorkingGroup/product-use-cases: a table of identity,
prose, lists of stakeholders, goals, building blocks and documents, then a section for each step.
What a plan has beyond it stands in sections of its own: summary, objectives, as-is and to-be,
systems, own words. Decisions do not belong on a page: what was rejected, reasons and origins stay
in the plan. Every word is escaped: nothing in a plan becomes markup, code or a link by accident.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from govstack_kit.planning.names import Names, fold, names_of
from govstack_kit.planning.text import bold, escape, link, plain, starts_with_list, to_markdown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.model import Actor, Choice, Component, Step, UseCase
    from govstack_kit.planning.selected import System

SUMMARY = "Product Use Case Summary"
SHORT = "Summary"
OBJECTIVES = "Objectives"
STAKEHOLDERS = "Stakeholders"
GOALS = "Sustainable Development Goals (SDGs)"
BLOCKS = "Building Blocks"
WORKFLOWS = "Workflows"
DOCUMENTS = "Source Documents"
SYSTEMS = "Legacy Systems"
AS_IS = "As-Is"
TO_BE = "To-Be"
OWN_WORDS = "Own Words"
STEPS = "Steps"
CONTRIBUTORS = "Contributors"
EXAMPLE = "Example Implementation"
ACTORS = "Actors"
PAGE_PARTS = (
    *(SUMMARY, SHORT, OBJECTIVES, STAKEHOLDERS, GOALS, BLOCKS, WORKFLOWS, DOCUMENTS, SYSTEMS),
    *(AS_IS, TO_BE, OWN_WORDS, STEPS, CONTRIBUTORS),
)
STEP_PARTS = (AS_IS, TO_BE, ACTORS, SYSTEMS, WORKFLOWS, EXAMPLE, BLOCKS, OWN_WORDS)
_OTHER = {
    "sdgtargets": GOALS,
    "sustainabledevelopmentgoals": GOALS,
    "sdgs": GOALS,
    "buildingblockworkflows": BLOCKS,
    "exampleimplementations": EXAMPLE,
}
_TITLES = {fold(title): title for title in (*PAGE_PARTS, *STEP_PARTS)} | _OTHER
_IDENTITY = ("ID", "Name", "Sector", "Version", "Status")
SECTOR_SPECIFIC = "specific to the sector"


def part_of(title: str) -> str:
    """Return the part of the template that a title names, or an empty string.

    Examples
    --------
    >>> part_of("Building blocks:"), part_of("SDG Targets"), part_of("Triggers")
    ('Building Blocks', 'Sustainable Development Goals (SDGs)', '')
    """
    return _TITLES.get(fold(title), "")


@dataclass
class _Page:
    """A page under construction: blocks with a blank line between."""

    names: Names
    systems: dict[str, str]
    blocks: list[str] = field(default_factory=list)

    def add(self, *blocks: str) -> None:
        self.blocks += [block for block in blocks if block]

    def prose(self, text: str) -> None:
        """Add a text; a bold line that would read as the title of a part is no longer bold."""
        for block in text.split("\n\n"):
            title = "**" in block and "\n" not in block and part_of(plain(block))
            self.add(escape(block) if title else to_markdown(block))

    def part(self, title: str, items: Iterable[str], *, step: bool = False) -> None:
        """Add a titled list, if it has items."""
        found = list(items)
        if found:
            self.add(f"**{title}**" if step else f"## {title}", "\n".join(found))

    def text(self, title: str, text: str, *, step: bool = False) -> None:
        """Add a titled text, if there is one."""
        if text:
            self.add(f"**{title}**" if step else f"## {title}")
            self.prose(text)


def named(lead: str, note: str) -> str:
    """Return an item of a list: a name in markdown, and the text that follows it.

    Examples
    --------
    >>> named("**Payments**", "to pay out"), named("**Payments**", "Pay out")
    ('* **Payments** to pay out', '* **Payments**: Pay out')
    """
    if not note:
        return f"* {lead}"
    first, *rest = to_markdown(note).split("\n")
    joint = " " if note[0].islower() else ": "
    hang = "  "
    if starts_with_list(note):
        first, rest, joint, hang = "", ["", first, *rest], "", "    "
    return "\n".join([f"* {lead}{joint}{first}", *(hang + line if line else "" for line in rest)])


def _item(text: str) -> str:
    first, *rest = to_markdown(text).split("\n")
    return "\n".join([f"* {first}", *("  " + line if line else "" for line in rest)])


def _choices(page: _Page, layer: str, choices: Iterable[Choice]) -> list[str]:
    """Return accepted choices as items; neighbours with one description share an item, A / B."""
    accepted = [
        (number, page.names.written(layer, choice.key, choice.printed), choice)
        for number, choice in enumerate(choices)
        if choice.accepted
    ]

    def shared(entry: tuple[int, str, Choice]) -> object:
        number, written, choice = entry
        resolves = page.names.key(layer, written) == choice.key and "/" not in written
        joins = layer == "workflow" and choice.description and not choice.url and resolves
        return choice.description if joins else number

    items = []
    for _, same in groupby(accepted, key=shared):
        group = list(same)
        lead = bold(" / ".join(written for _, written, _ in group))
        choice = group[0][2]
        says = choice.description
        if layer == "target":
            says = says or page.names.name(layer, choice.key)
        items.append(named(link(lead, choice.url) if choice.url else lead, says))
    return items


def _is_plain(names: Names, word: Component) -> bool:
    """Return whether an own word can stand among the names of its layer and read back as one."""
    said = word.key or word.sector_specific
    return not said and not any(
        names.key(word.kind, part) for part in (word.words, *word.words.split("/"))
    )


def _plain_words(names: Names, words: Iterable[Component], layer: str) -> list[str]:
    found = (word for word in words if word.kind == layer and _is_plain(names, word))
    return [named(bold(word.words), word.description) for word in found]


def _other_words(page: _Page, words: Iterable[Component]) -> list[str]:
    items = []
    for word in words:
        if _is_plain(page.names, word):
            continue
        says = [word.kind.replace("_", " ")]
        if word.key:
            says.append(f"is {page.names.written(word.kind, word.key)}")
        if word.sector_specific:
            says.append(SECTOR_SPECIFIC)
        items.append(named(f"{bold(word.words)} ({escape('; '.join(says))})", word.description))
    return items


def _actor(actor: Actor) -> str:
    if not (actor.role or actor.note or actor.kind):
        return f"* {escape(actor.name)}"
    says = "; ".join(part for part in (actor.kind, actor.role) if part)
    if actor.role in ("person", "role", "organisation", "system") and not actor.kind:
        says = f"; {actor.role}"
    lead = bold(actor.name) + (f" ({escape(says)})" if says else "")
    return named(lead, actor.note)


def _step(page: _Page, number: int, step: Step) -> None:
    page.add(f"### {number} - {escape_title(step.name)}")
    page.prose(step.description)
    page.text(AS_IS, step.as_is, step=True)
    page.text(TO_BE, step.to_be, step=True)
    page.part(ACTORS, (f"* {escape(name)}" for name in step.actors), step=True)
    systems = (page.systems.get(system, system) for system in step.systems)
    page.part(SYSTEMS, (f"* {bold(name)}" for name in systems), step=True)
    for title, layer in ((WORKFLOWS, "workflow"), (EXAMPLE, ""), (BLOCKS, "building_block")):
        if layer:
            choices = step.workflows if layer == "workflow" else step.building_blocks
            items = _choices(page, layer, choices)
            page.part(title, [*items, *_plain_words(page.names, step.own_words, layer)], step=True)
        else:
            page.text(title, step.example, step=True)
    page.part(OWN_WORDS, _other_words(page, step.own_words), step=True)


def escape_title(name: str) -> str:
    r"""Return a name as the title of a section: escaped, and no closing ``#`` lost.

    Examples
    --------
    >>> print(escape_title("C #"), escape_title("<b>"))
    C \# \<b\>
    """
    return escape(name).replace("#", "\\#").replace("\\\\#", "\\#")


def _head(page: _Page, use_case: UseCase) -> None:
    page.add(f"# {escape_title(f'{use_case.id} - {use_case.name}')}", f"## {SUMMARY}")
    values = (
        *(use_case.id, use_case.name, use_case.sector, use_case.version),
        use_case.status.capitalize(),
    )
    cells = [escape(value) for value in values]
    wide = max(map(len, cells))
    rows = [f"| {n:<7} | {c:<{wide}} |" for n, c in zip(_IDENTITY, cells, strict=True)]
    page.add("\n".join([rows[0], f"| {'-' * 7} | {'-' * wide} |", *rows[1:]]))
    page.prose(use_case.description or use_case.summary)
    if use_case.description:
        page.text(SHORT, use_case.summary)


def write(use_case: UseCase, framework: Framework, *, systems: Iterable[System] = ()) -> str:
    """Return a use case as a page of GovStack's use-case template.

    Parameters
    ----------
    use_case
        The use case.
    framework
        The tables, for the names of workflows and building blocks.
    systems
        The existing systems of the plan, for their names.

    Returns
    -------
    str
        Markdown.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="School services")
    >>> fees = plan.add_from_list("School fees", "1. Pay: at any shop")
    >>> _ = fees.steps[0].choose("workflow", "financial-services", description="to collect fees")
    >>> print(write(fees, govstack_kit.load()).split("## Steps")[1].strip())
    ### 1 - Pay
    <BLANKLINE>
    at any shop
    <BLANKLINE>
    **Workflows**
    <BLANKLINE>
    * **Financial services** to collect fees
    """
    page = _Page(names_of(framework), {system.id: system.name for system in systems})
    intros: dict[str, str] = {}
    for section in use_case.sections:
        title = part_of(section.title) or section.title
        intros[title] = f"{intros.get(title, '')}\n\n{section.text}".strip()
    known = {system.id: system for system in systems}
    _head(page, use_case)
    page.part(OBJECTIVES, map(_item, use_case.objectives))

    def part(title: str, items: Iterable[str]) -> None:
        found = list(items)
        if title in intros or found:
            page.add(f"## {title}", to_markdown(intros.get(title, "")), "\n".join(found))

    part(STAKEHOLDERS, map(_actor, use_case.actors))
    part(GOALS, _choices(page, "target", use_case.targets))
    for title, layer in ((BLOCKS, "building_block"), (WORKFLOWS, "workflow")):
        choices = use_case.workflows if layer == "workflow" else use_case.building_blocks
        words = _plain_words(page.names, use_case.own_words, layer)
        part(title, [*_choices(page, layer, choices), *words])
    part(DOCUMENTS, (named(_document(d.title, d.url), d.note) for d in use_case.source_documents))
    page.text(AS_IS, use_case.as_is)
    page.text(TO_BE, use_case.to_be)
    used = (known[system] for system in use_case.systems if system in known)
    part(SYSTEMS, (named(bold(system.name), system.description) for system in used))
    part(OWN_WORDS, _other_words(page, use_case.own_words))
    for title, text in intros.items():
        if title not in PAGE_PARTS:
            page.add(f"## {escape_title(title)}", to_markdown(text))
    page.add(f"## {STEPS}", to_markdown(intros.get(STEPS, "")))
    for number, step in enumerate(use_case.steps, start=1):
        _step(page, number, step)
    part(CONTRIBUTORS, map(_item, use_case.contributors))
    return "\n\n".join(page.blocks) + "\n"


def _document(title: str, url: str) -> str:
    return link(bold(title), url) if url else bold(title)
