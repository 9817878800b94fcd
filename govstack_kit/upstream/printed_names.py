"""Names of workflows, building blocks and goals as people print them.

Two names are the same when their letters and digits are, after "&" is read as "and", plurals as
singulars, and a final "BB", "Building Block" or "Workflow" is left out. Nothing is guessed beyond
that: a name that the tables of the framework do not know stays unknown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from govstack_kit.framework.framework import Framework
    from govstack_kit.upstream.pages import Block

_WORD = re.compile(r"[^\W_]+")
_HEAD = re.compile(r"\s*(?:[:\u2013\u2014]|\s-\s)\s*")
_JOINTS = re.compile(r"(?:[\s/,;&+|\u2013\u2014-]|\band\b|\bor\b)*", re.IGNORECASE)
_CODE = re.compile(
    r"\W*(?:(?:SDG|SGD|Goal|Target|Indicator)s?[\s#:.-]*)*"
    r"(?P<code>(?P<goal>\d{1,2})(?:\.(?P<target>\d{1,2}|[a-d]))?)(?P<indicator>\.\d+)?(?!\w)",
    re.IGNORECASE,
)


class Goal(NamedTuple):
    """A goal or target that a text names; `printed` is its code there, empty without one."""

    goal: int
    target: str
    printed: str
    note: str


def key(text: str) -> str:
    """Return what two spellings of a name have in common.

    Examples
    --------
    >>> key("Digital Registries BB") == key("digital-registry")
    True
    """
    words = _WORD.findall(text.casefold().replace("&", " and "))
    words = [_singular(word) for word in words]
    if words[-2:] == ["building", "block"]:
        del words[-2:]
    for extra in ("govstack", "the", "bb"):
        if len(words) > 1 and words[0] == extra:
            del words[0]
    if len(words) > 1 and words[-1] in ("bb", "workflow"):
        words.pop()
    return "".join(words)


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def bare(text: str) -> str:
    """Return the letters and digits of a name, for comparing how it is written.

    Examples
    --------
    >>> bare("Food & Agriculture (FAO)")
    'foodandagriculturefao'
    """
    return re.sub(r"[\W_]", "", text.casefold().replace("&", "and"))


class PrintedNames:
    """Finds the workflow, block or goal that a printed text names.

    Examples
    --------
    >>> import govstack_kit
    >>> names = PrintedNames(govstack_kit.load())
    >>> names.workflow("Work Planning & Coordination")
    'work-planning-and-coordination'
    >>> names.block("Digital registry"), names.block("Teleportation")
    ('govstack:digital-registries', '')
    >>> names.goal("SDG 3: Zero Hunger")[:3]
    (2, '', '3')
    """

    def __init__(self, framework: Framework) -> None:
        ours, names = framework.workflows, framework.workflow_names
        printed = [*names["name"], *ours["name"], *ours["workflow"]]
        ids = [*names["workflow"], *ours["workflow"], *ours["workflow"]]
        self._workflows: dict[str, str] = {
            key(name): i for name, i in zip(printed, ids, strict=True)
        }
        blocks, names = framework.building_blocks, framework.building_block_names
        same = framework.building_block_crosswalk.query("relation == 'exact'")
        ids = [*blocks["building_block"], *blocks["building_block"], *names["building_block"]]
        known = [*blocks["name"], *(i.partition(":")[2] for i in blocks["building_block"])]
        everything = list(zip([*known, *names["name"]], ids, strict=True))
        govstack = dict(zip(same["dif"], same["govstack"], strict=True))
        self._blocks: dict[str, str] = {key(n): govstack[b] for n, b in everything if b in govstack}
        self._blocks |= {key(n): b for n, b in everything if b.startswith("govstack:")}
        goals = zip(framework.sdg_goals["name"], framework.sdg_goals["goal"], strict=True)
        self._goals: dict[str, int] = {bare(name): goal for name, goal in goals}
        self._targets = set(framework.sdg_targets["target"])

    def workflow(self, text: str) -> str:
        """Return the workflow that a text names from end to end; empty if none."""
        return self._workflows.get(key(text), "")

    def workflows_in(self, entry: Block) -> list[tuple[str, str]]:
        """Return the workflows that an entry of a list names, as printed and as identifier.

        Bold text is a name, also an unknown one, up to the first words that do more than join
        names; without bold text only names that the entry begins with count.

        Examples
        --------
        >>> import govstack_kit
        >>> from govstack_kit.upstream.pages import blocks, parse
        >>> names = PrintedNames(govstack_kit.load())
        >>> names.workflows_in(blocks(parse("**Marketplace / Flying:** to trade"))[0])
        [('Marketplace', 'marketplace'), ('Flying', '')]
        """
        found: list[tuple[str, str]] = []
        bold_before = False
        for is_bold, text in entry.segments():
            if _JOINTS.fullmatch(text):
                continue
            if bold_before and not is_bold:
                break
            found += [name for name in self._names_in(text) if is_bold or name[1]]
            bold_before = is_bold
        return found

    def _names_in(self, text: str) -> list[tuple[str, str]]:
        text = text.strip(" *:;,.-/\u2013\u2014")
        if workflow := self.workflow(text):
            return [(text, workflow)]
        head = _HEAD.split(text, maxsplit=1)[0]
        parts = [part.strip() for part in head.split("/") if part.strip()]
        return [(part, self.workflow(part)) for part in parts]

    def block(self, text: str) -> str:
        """Return the GovStack building block that a text names end to end; empty if none."""
        return self._blocks.get(key(text), "")

    def blocks_in(self, entry: Block) -> list[tuple[str, str]]:
        """Return the blocks that an entry of a list names, as printed and as identifier.

        The identifier is empty where the name is not known.

        Examples
        --------
        >>> import govstack_kit
        >>> from govstack_kit.upstream.pages import blocks, parse
        >>> names = PrintedNames(govstack_kit.load())
        >>> names.blocks_in(blocks(parse("**Consent** of the owner"))[0])
        [('Consent', 'govstack:consent')]
        """
        links = [link.text for link in entry.links if link.text]
        if len(links) > 1:
            return [(link, self.block(link)) for link in links]
        if block := self.block(entry.plain):
            return [(entry.plain, block)]
        heads = [words.strip(" :") for is_bold, words in entry.segments() if is_bold]
        heads = heads or [_HEAD.split(entry.plain, maxsplit=1)[0]]
        found = [(head, block) for head in heads if (block := self.block(head))]
        return found or [(entry.plain, "")]

    def goal_named(self, text: str) -> int:
        """Return the goal of a name; 0 if there is none."""
        return self._goals.get(bare(text), 0)

    def goal(self, text: str) -> Goal | None:
        """Return the goal or target that a text names by code or by name.

        A valid code of a target decides; of a goal, the name. The note tells what disagrees.
        """
        code = _CODE.match(text)
        if not code:
            code = re.search(
                rf"\b(?=(?:SDG|Goal|Target)s?\W*\d){_CODE.pattern}", text, re.IGNORECASE
            )
        named = self.goal_named(text[code.end() :] if code else text)
        if not code:
            return Goal(named, "", "", "Printed without its number") if named else None
        goal, printed = int(code["goal"]), code["code"]
        rest = text[code.end() :].strip()
        counts = code.group().strip() == str(goal) and rest[:1].isalnum()
        if goal not in self._goals.values() or (counts and not named):
            return None  # no goal, or a number that counts something: "3 million farmers"
        target = f"{goal}.{code['target'].lower()}" if code["target"] else ""
        notes = []
        if target and target not in self._targets:
            notes.append(f"There is no target {target}")
            target = ""
        elif not target and named not in (0, goal):
            notes.append(f"Printed as {printed}: the name is of goal {named}")
            goal = named
        elif target and target != printed:
            notes.append(f"Printed as {printed}")
        if code["indicator"]:
            notes.append(f"Printed as indicator {printed}{code['indicator']}")
        return Goal(goal, target, printed, "; ".join(notes))
