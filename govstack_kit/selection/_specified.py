"""The capabilities that specifications are divided into, and what calls for each of them.

Definitions
-----------
A *capability* is a section of the functional requirements of a building block, to the second number
(6.2 with 6.2.1), together with the key functionalities on the same matter, and with requirements
that stand elsewhere but are on that matter only. The tables ``capabilities`` and
``capability_sections`` hold them; their names follow the headings of the specifications. What calls
for a capability was judged by this project, from the specifications alone; nobody publishes it:

- *Always*: whoever uses the block needs it, whatever for, like its core, its logs and its
  administration.
- *With* another block: it connects the two, so that it matters where both are used.
- *Where* steps speak of certain things (``capability_words``), or have certain workflows
  (``capability_workflows``): a feature that some services need and others do not. The things are
  words or groups of words, all of which a step has to have.

A row counts only while the specification of the block has the version that was read, in its first
and second number. A section without such a row matters where a step shares words with the titles of
its requirements, and is called by its number. What a country lays over these tables, also about
blocks of its own, counts as they do.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from govstack_kit.planning._words import spelled

if TYPE_CHECKING:
    import pandas as pd

    from govstack_kit.framework.framework import Framework

_FUNCTION = "key functionality"  # the kind of a section that holds these, not requirements


class Capability(NamedTuple):
    """A part of what a block can do: its section, its name, and what calls for it.

    Attributes
    ----------
    section
        Its number in the functional requirements.
    name
        What it is about, in our spelling.
    always
        Whether whoever uses the block needs it.
    block
        The other block that it connects to.
    things
        What steps speak of that need it: the stems of each word or group of words.
    workflows
        What steps do that need it.
    functions
        The sections of the key functionalities that belong to it.
    also
        Requirements of the block that stand in other sections: these sections, or single ones.
    """

    section: str
    name: str
    always: bool
    block: str
    things: tuple[tuple[str, ...], ...]
    workflows: tuple[str, ...]
    functions: tuple[str, ...]
    also: tuple[str, ...]


@lru_cache(maxsize=4)
def _by_block(framework: Framework) -> dict[str, tuple[Capability, ...]]:
    blocks = framework.building_blocks
    versions = dict(zip(blocks["building_block"], blocks["version"].fillna(""), strict=True))
    words = _listed(framework.capability_words, "word")
    workflows = _listed(framework.capability_workflows, "workflow")
    sections = framework.capability_sections
    of_functions = sections["kind"] == _FUNCTION
    functions = _listed(sections[of_functions], "section")
    also = _listed(sections[~of_functions], "section")
    found: dict[str, list[Capability]] = defaultdict(list)
    for row in framework.capabilities.fillna("").to_dict("records"):
        block, key = row["building_block"], row["capability"]
        if to_second(row["version"]) == to_second(versions.get(block, "")):
            stems = (tuple(spelled(word)) for word in words[key])
            part = Capability(
                row["section"],
                row["name"],
                row["always"],
                row["other_building_block"],
                tuple(filter(None, stems)),
                tuple(workflows[key]),
                tuple(functions[key]),
                tuple(also[key]),
            )
            found[block].append(part)
    return {block: tuple(parts) for block, parts in found.items()}


def _listed(links: pd.DataFrame, column: str) -> dict[str, list[str]]:
    """Return the values of a column by capability."""
    found: dict[str, list[str]] = defaultdict(list)
    for capability, value in zip(links["capability"], links[column], strict=True):
        found[capability].append(value)
    return found


def specified(framework: Framework, block: str) -> tuple[Capability, ...]:
    """Return what was judged about a block: nothing, if its specification is another one by now."""
    return _by_block(framework).get(block, ())


def to_second(number: str) -> str:
    """Return a number of sections or versions up to its second part.

    Examples
    --------
    >>> to_second("6.2.1"), to_second("6.20"), to_second("5")
    ('6.2', '6.20', '5')
    """
    return ".".join(number.split(".")[:2])
