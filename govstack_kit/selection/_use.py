"""Which capabilities of building blocks the steps of a plan call for, and by which evidence.

The definitions are in :mod:`govstack_kit.selection.capabilities`; what calls for a capability, in
:mod:`govstack_kit.selection._specified`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from govstack_kit.planning._words import spelled
from govstack_kit.selection import _wanted
from govstack_kit.selection._needed import counted
from govstack_kit.selection._specified import specified

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.model import Step, UseCase
    from govstack_kit.planning.plan import Plan
    from govstack_kit.selection._specified import Capability

ALWAYS, SEEN, UNSEEN = "always", "seen in use", "not seen in use"
USES = (SEEN, ALWAYS, UNSEEN)
LEAST = 2  # words that a step shares with the titles of a capability about which nothing is judged
SHOWN = 3  # steps and use cases that are named as evidence


class Use(NamedTuple):
    """Whether a capability is used: the verdict, the evidence, and in how many steps it is."""

    use: str
    evidence: str = ""
    steps: int = 0


class _Using(NamedTuple):
    """A step that uses a block: its place, where that is, its words as spelled, its workflows."""

    place: tuple[int, int]
    where: str
    words: dict[str, str]  # by stem
    workflows: frozenset[str]


class _Said:
    """The steps that use one block, found by their words and workflows."""

    def __init__(self) -> None:
        self.steps: list[_Using] = []
        self.by_word: dict[str, set[int]] = defaultdict(set)
        self.by_workflow: dict[str, set[int]] = defaultdict(set)

    def add(self, using: _Using) -> None:
        """Add a step."""
        for word in using.words:
            self.by_word[word].add(len(self.steps))
        for workflow in using.workflows:
            self.by_workflow[workflow].add(len(self.steps))
        self.steps.append(using)

    def speak_of(self, stems: Sequence[str]) -> set[int]:
        """Return the steps that have all of some words."""
        return set.intersection(*(self.by_word.get(stem, set()) for stem in stems))


class _Told(NamedTuple):
    """What a plan says: its use cases' names and blocks, and the steps that use each block."""

    cases: list[tuple[str, frozenset[str]]]
    steps: dict[str, _Said]


def uses_of(framework: Framework, plan: Plan, blocks: Iterable[str]) -> dict[tuple[str, str], Use]:
    """Return whether each capability of blocks is used, by block and capability."""
    everything = _wanted.published(framework)
    told = _told(framework, plan)
    names = {
        layer: getattr(framework, f"{layer}s").set_index(layer)["name"].to_dict()
        for layer in ("workflow", "building_block")
    }
    found: dict[tuple[str, str], Use] = {}
    for block in blocks:
        judged = {part.section: part for part in specified(framework, block)}
        titles: dict[str, set[str]] = defaultdict(set)
        for row in everything.get(block, []):
            if row.kind == _wanted.FUNCTIONAL:
                titles[row.capability] |= row.words
            else:  # what is cross-cutting, and key functionalities that belong to no section
                found.setdefault((block, row.capability), Use(ALWAYS))
        for capability, words in titles.items():
            part = judged.get(capability)
            if part is not None and part.always:
                found[block, capability] = Use(ALWAYS)
                continue
            use = Use(UNSEEN)
            if part is not None and part.block:
                use = _together(told, block, part.block, names["building_block"])
            if use.use == UNSEEN:
                use = _called_for(told.steps[block], part, words, names["workflow"])
            found[block, capability] = use
    return found


def _together(told: _Told, block: str, other: str, names: dict[str, str]) -> Use:
    """Return whether use cases use two blocks, which a capability connects."""
    both = [name for name, blocks in told.cases if {block, other} <= blocks]
    if not both:
        return Use(UNSEEN)
    one, two = ({using.place for using in told.steps[of].steps} for of in (block, other))
    return Use(SEEN, f"used with {names.get(other, other)} in {_some(both)}", len(one & two))


def _called_for(
    said: _Said, part: Capability | None, titles: set[str], names: dict[str, str]
) -> Use:
    """Return which steps call for a capability, by their words and workflows."""
    signs: dict[int, list[str]] = defaultdict(list)
    things = [(stem,) for stem in sorted(titles)] if part is None else part.things
    for stems in things:
        for step in said.speak_of(stems):
            signs[step].append(" ".join(said.steps[step].words[stem] for stem in stems))
    if part is None:
        signs = {step: words for step, words in signs.items() if len(words) >= LEAST}
    for workflow in () if part is None else part.workflows:
        for step in said.by_workflow.get(workflow, ()):
            if step not in signs:
                signs[step].append(f"workflow {names.get(workflow, workflow)}")
    if not signs:
        return Use(UNSEEN)
    lines = [
        f"{said.steps[step].where}: {', '.join(dict.fromkeys(signs[step]))}"
        for step in sorted(signs)[:SHOWN]
    ]
    places = {said.steps[step].place for step in signs}
    return Use(SEEN, _some(lines, "; ", of=len(signs)), len(places))


def _some(parts: list[str], between: str = ", ", *, of: int = 0) -> str:
    left = (of or len(parts)) - SHOWN
    return between.join(parts[:SHOWN]) + (f" and {left} more" if left > 0 else "")


# --- what the plan says ---------------------------------------------------------------------------


def _told(framework: Framework, plan: Plan) -> _Told:
    """Return the use cases of a plan and the steps that use each block.

    The words of a step are those of its name and texts, and of what the team wrote about the block
    there. A block that only the use case as a whole names may be used in any of its steps.
    """
    several = len(plan.use_cases) > 1
    told = _Told([], defaultdict(_Said))
    for case, use_case in enumerate(plan.use_cases):
        whole = _using(framework, use_case)
        by_step = [_using(framework, step) for step in use_case.steps]
        somewhere = {block for blocks in by_step for block in blocks}
        told.cases.append((use_case.name, frozenset(somewhere | whole.keys())))
        for number, (step, blocks) in enumerate(zip(use_case.steps, by_step, strict=True), start=1):
            where = f"step {number} {step.name}"
            where = f"{use_case.name}, {where}" if several else where
            words = spelled(f"{step.name} {step.description} {step.as_is} {step.to_be}")
            flows = frozenset(step.accepted("workflow"))
            for block in blocks.keys() | (whole.keys() - somewhere):
                note = spelled(blocks.get(block, ""))
                told.steps[block].add(_Using((case, number), where, note | words, flows))
        for block, about in whole.items():
            if about.strip():
                using = _Using((case, 0), use_case.name, spelled(about), frozenset())
                told.steps[block].add(using)
    return told


def _using(framework: Framework, part: UseCase | Step) -> dict[str, str]:
    """Return the blocks that a step or use case accepted, as they are counted, and their notes."""
    keys = dict.fromkeys(part.accepted("building_block"))
    keys |= {w.key: None for w in part.own_words if w.kind == "building_block" and w.key}
    notes = {c.key: f"{c.description} {c.reason}" for c in part.building_blocks}
    found: dict[str, str] = {}
    for key in keys:
        for block in counted(framework, key):
            found[block] = f"{found.get(block, '')} {notes.get(key, '')}"
    return found
