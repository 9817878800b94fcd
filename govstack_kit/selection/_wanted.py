"""What is published about building blocks, and what stands for each as long as nobody decided.

The definitions are in :mod:`govstack_kit.selection.needs`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from govstack_kit.errors import ArgumentError, UnknownKeyError, did_you_mean, quote
from govstack_kit.planning._words import spelled
from govstack_kit.planning.names import names_of
from govstack_kit.planning.portfolio import combine
from govstack_kit.selection._given import framework_of, plan_of
from govstack_kit.selection._needed import counted
from govstack_kit.selection._specified import specified, to_second

if TYPE_CHECKING:
    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan
    from govstack_kit.selection._specified import Capability

FUNCTIONAL, FUNCTION = "functional", "key functionality"
ALL_KINDS = (FUNCTIONAL, "cross-cutting", FUNCTION)
DEFAULTS = {  # by published level; key functionalities have none
    "REQUIRED": "needed",
    "RECOMMENDED": "later",
    "OPTIONAL": "later",
    "DRAFT": "later",
    "DEPRECATED": "not for us",
    "": "needed",
}
BY_USE = "RECOMMENDED"  # the one level whose default may follow from use
COMMON = 0.2  # share of a block's titles above which a word of them tells nothing apart
FEW = 2  # titles of a block in which a word may stand, however few there are
TEAM, BY_LEVEL, SUGGESTED = "the team", "the level", "suggested by use"


class Published(NamedTuple):
    """A published requirement or key functionality."""

    key: str
    block: str
    kind: str
    section: str
    level: str
    title: str
    capability: str  # the section, to its second number, that it belongs to
    link: bool  # whether its title names the other block that the capability connects to
    words: frozenset[str]  # stems that tell it apart within its block

    def by_level(self) -> str:
        """Return the decision that the level alone stands for."""
        return DEFAULTS.get(self.level, "later")


@lru_cache(maxsize=4)
def published(framework: Framework) -> dict[str, list[Published]]:
    """Return what is published, by block ("" for every block), in the order of publication."""
    table = framework.requirements
    functions = framework.key_functionalities
    named = functions.rename(columns={"key_functionality": "requirement", "name": "title"})
    both = pd.concat([table, named.assign(kind=FUNCTION, level="")], ignore_index=True)
    columns = ["requirement", "building_block", "kind", "section", "level", "title", "order"]
    plain = both[columns].astype(object).where(both[columns].notna(), "")
    rows = [dict(zip(columns, row, strict=True)) for row in plain.itertuples(index=False)]
    rows.sort(key=lambda row: (row["building_block"], ALL_KINDS.index(row["kind"]), row["order"]))
    aliases = framework.building_block_names
    names = framework.building_blocks.set_index("building_block")["name"].to_dict()
    called = {str(block): [str(name)] for block, name in names.items()}
    for block, name in zip(aliases["building_block"], aliases["name"], strict=True):
        called.setdefault(block, []).append(name)
    of_block: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        of_block[row["building_block"]].append(row)
    return {
        block: _read(names.get(block, ""), block_rows, specified(framework, block), called)
        for block, block_rows in of_block.items()
    }


def _read(
    name: str,
    rows: list[dict[str, str]],
    judged: tuple[Capability, ...],
    called: dict[str, list[str]],
) -> list[Published]:
    stems = [set(spelled(row["title"])) for row in rows]
    count = Counter(stem for of in stems for stem in of)
    most = max(FEW, COMMON * len(rows))
    dull = {stem for stem, number in count.items() if number > most} | set(spelled(name))
    functions = {section: part.section for part in judged for section in part.functions}
    also = {number: part.section for part in judged for number in part.also}
    others = {part.section: called.get(part.block, []) for part in judged if part.block}
    found = []
    for row, of in zip(rows, stems, strict=True):
        section, kind, title = row["section"], row["kind"], row["title"]
        if kind == FUNCTIONAL:
            capability = to_second(section)
        else:  # all that is cross-cutting is one; so are key functionalities without a section
            capability = functions.get(section, "") if kind == FUNCTION else ""
            capability = capability or section.partition(".")[0]
        number = row["requirement"].partition(":")[2]
        capability = also.get(number) or also.get(section) or capability
        link = any(f" {other}" in title for other in others.get(capability, []))
        known = row["requirement"], row["building_block"], kind, section, row["level"], title
        found.append(Published(*known, capability, link, frozenset(of - dull)))
    return found


def default_of(row: Published, *, seen: bool) -> tuple[str, str]:
    """Return what stands for a requirement while nobody decided, and what that rests on."""
    if seen and by_use(row):
        return "needed", SUGGESTED
    return row.by_level(), BY_LEVEL


def by_use(row: Published) -> bool:
    """Return whether use may decide what stands for a requirement."""
    return row.link and row.level == BY_USE and row.kind == FUNCTIONAL


def block_named(framework: Framework, plan: Plan, name: str) -> str:
    """Return the id of a building block that is named by id or name; empty for every block."""
    plan_of(plan)
    framework_of(framework)
    if not isinstance(name, str):
        raise ArgumentError(f"Name one building block, for example 'Payments', not {quote(name)}.")
    if name == "":
        return ""
    known = set(framework.building_blocks["building_block"])
    own = {own.building_block for own in plan.own_requirements}
    if name.startswith("own:") and name not in known | own:
        own |= set(combine(framework, plan).building_blocks["building_block"])
    key = name if name in known | own else names_of(framework).key("building_block", name)
    if key not in known | own:
        hint = did_you_mean(name, [*known, *names_of(framework).all_names("building_block")])
        raise UnknownKeyError(f"There is no building block {quote(name)}. {hint}".strip())
    return counted(framework, key)[0]
