"""What is published about building blocks, and what stands for each as long as nobody decided.

The definitions are in :mod:`govstack_kit.selection.needs`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from govstack_kit._errors import ArgumentError, UnknownKeyError, did_you_mean, quote
from govstack_kit.planning._words import spelled
from govstack_kit.planning.names import names_of
from govstack_kit.planning.portfolio import combine
from govstack_kit.selection._needed import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from govstack_kit.framework.tables import Framework
    from govstack_kit.planning.model import Step, UseCase
    from govstack_kit.planning.plan import Plan

FUNCTION = "key functionality"
ALL_KINDS = ("functional", "cross-cutting", FUNCTION)
DEFAULTS = {  # by published level; key functionalities have none
    "REQUIRED": "needed",
    "RECOMMENDED": "later",
    "OPTIONAL": "later",
    "DRAFT": "later",
    "DEPRECATED": "not for us",
    "": "needed",
}
BY_WORDS = "RECOMMENDED"  # the one level whose default may follow from the words of steps
COMMON = 0.2  # share of a block's titles above which a word of them tells nothing apart
TEAM, BY_LEVEL, SUGGESTED = "the team", "the level", "suggested by words"
LEAST = 2  # words that a step and a title share, unless the title has fewer


class Published(NamedTuple):
    """A published requirement or key functionality."""

    key: str
    block: str
    kind: str
    section: str
    level: str
    title: str
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
    names = framework.building_blocks.set_index("building_block")["name"].to_dict()
    of_block: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        of_block[row["building_block"]].append(row)
    return {
        block: _read(names.get(block, ""), block_rows) for block, block_rows in of_block.items()
    }


def _read(name: str, rows: list[dict[str, str]]) -> list[Published]:
    stems = [set(spelled(row["title"])) for row in rows]
    count = Counter(stem for of in stems for stem in of)
    most = max(LEAST, COMMON * len(rows))
    dull = {stem for stem, number in count.items() if number > most} | set(spelled(name))
    return [
        Published(
            row["requirement"],
            row["building_block"],
            row["kind"],
            row["section"],
            row["level"],
            row["title"],
            frozenset(of - dull),
        )
        for row, of in zip(rows, stems, strict=True)
    ]


def _using(framework: Framework, part: UseCase | Step) -> set[str]:
    """Return the blocks that a step or use case accepted, as they are counted."""
    keys = part.accepted("building_block")
    keys += [w.key for w in part.own_words if w.kind == "building_block" and w.key]
    return {block for key in keys for block in counted(framework, key)}


def texts_of(framework: Framework, plan: Plan) -> dict[str, list[dict[str, str]]]:
    """Return by block the words of each step that uses it: spelling by stem.

    The words are those of the step's name and of its texts, and of what the team wrote about the
    block there. A block that is named for a whole use case has what was written about it there.
    """
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for use_case in plan.use_cases:
        parts: list[UseCase | Step] = [use_case, *use_case.steps]
        for part in parts:
            whole = part is use_case
            said = "" if whole else " ".join(_step_texts(part))
            notes: dict[str, list[str]] = defaultdict(list)
            for choice in part.building_blocks:
                for block in counted(framework, choice.key):
                    notes[block] += [choice.description, choice.reason]
            step = spelled(said)
            for block in _using(framework, part):
                note = spelled(" ".join(notes[block]))
                if note or step:
                    found[block].append(note | step)
    return found


def _step_texts(step: object) -> Iterable[str]:
    return (str(getattr(step, name)) for name in ("name", "description", "as_is", "to_be"))


def matches(rows: Iterable[Published], texts: list[dict[str, str]]) -> dict[str, str]:
    """Return the words that steps and titles share, by the key of the requirement."""
    places: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for stem in text:
            places[stem].append(number)
    found = {}
    for row in rows:
        shared = Counter(place for stem in row.words for place in places.get(stem, ()))
        least = min(LEAST, len(row.words))
        best = [place for place, number in shared.items() if number >= least]
        if best and least:
            spellings = {s: texts[p][s] for p in best for s in row.words if s in texts[p]}
            found[row.key] = ", ".join(sorted(set(spellings.values())))
    return found


def default_of(row: Published, words: str) -> tuple[str, str]:
    """Return what stands for a requirement while nobody decided, and what that rests on."""
    if words and by_words(row):
        return "needed", SUGGESTED
    return row.by_level(), BY_LEVEL


def by_words(row: Published) -> bool:
    """Return whether words of steps may decide what stands for a requirement."""
    return row.level == BY_WORDS and row.kind == "functional"


def block_named(framework: Framework, plan: Plan, name: str) -> str:
    """Return the id of a building block that is named by id or name; empty for every block."""
    if name == "":
        return ""
    if not isinstance(name, str):
        raise ArgumentError(f"Name one building block, for example 'Payments', not {quote(name)}.")
    known = set(framework.building_blocks["building_block"])
    own = {own.building_block for own in plan.own_requirements}
    if name.startswith("own:") and name not in known | own:
        own |= set(combine(framework, plan).building_blocks["building_block"])
    key = name if name in known | own else names_of(framework).key("building_block", name)
    if key not in known | own:
        hint = did_you_mean(name, [*known, *names_of(framework).all_names("building_block")])
        raise UnknownKeyError(f"There is no building block {quote(name)}. {hint}".strip())
    return counted(framework, key)[0]
