"""Which parts of each building block the use cases of a plan use, with the evidence for it.

Definitions
-----------
A *capability* is a part of what a block can do: a section of its functional requirements, to the
second number, with the key functionalities on the same matter, and with requirements that stand
elsewhere in the specification but are on that matter only, like those on vouchers among the
cross-cutting ones of Payments. All else that is cross-cutting is one capability (5), and so are key
functionalities that belong to no section (4).

No publication says which use case uses which capability, so all of this is *inferred*, and the
evidence stands beside it for the team to judge. Each capability is one of three:

- ``always``: whoever uses the block needs it, whatever for: its core, its logs, its administration,
  and all that is cross-cutting.
- ``seen in use``: a step that uses the block speaks of what the capability is for, or has a
  workflow that calls for it; or the capability connects the block to another one that the same use
  case uses. Where nothing is judged about a capability, a step must share two words with the titles
  of its requirements.
- ``not seen in use``: no step says so. That is no proof that it is not needed: steps are short.

The words are English. In a plan whose steps are written in another language hardly any of them is
found, so ``not seen in use`` means little there: only workflows, and blocks that are used together,
count as evidence. :func:`govstack_kit.selection.needs.remarks` says so where few words of the steps
are known, and the team decides by itself. A country can lay words of its own language over
``capability_words``.

Which capabilities are always needed, and which words, workflows and blocks call for the others, was
judged by this project from the specifications. The tables ``capabilities``,
``capability_sections``, ``capability_words`` and ``capability_workflows`` hold it. It counts only
while a block has the version that was read. A country that judges otherwise lays rows of its own
over them, also for blocks of its own: see :func:`govstack_kit.load`.

How good this is was measured on published use cases that this project judged by hand, half of them
after the words had been fixed; ``benchmarks/use.py`` prints precision and recall beside those of
calling everything used, and of shared words alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from govstack_kit.selection import _needed, _use
from govstack_kit.selection._specified import specified
from govstack_kit.selection.needs import EVERY_BLOCK, requirements

if TYPE_CHECKING:
    import pandas as pd

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan

__all__ = ["capabilities"]

CROSS_CUTTING, FUNCTIONS = "5", "4"
_TITLES = {CROSS_CUTTING: "What is cross-cutting", FUNCTIONS: "Other key functionalities"}
_LEVELS = {"required": "REQUIRED", "recommended": "RECOMMENDED", "optional": "OPTIONAL"}
_DECISIONS = {"needed": "needed", "later": "later", "not_for_us": "not for us"}
_COLUMNS = (
    dict.fromkeys(("building_block", "name", "capability", "title", "use"), "str")
    | {"steps": "int64", "evidence": "str", "requirements": "int64"}
    | dict.fromkeys((*_LEVELS, *_DECISIONS, "decided"), "int64")
)


def capabilities(
    framework: Framework, plan: Plan, building_block: str | None = None
) -> pd.DataFrame:
    """Return the capabilities of the needed building blocks, those seen in use first.

    Parameters
    ----------
    framework
        The tables.
    plan
        The plan.
    building_block
        One block by id or name, needed or not; without it, all that the plan needs, the most needed
        first. What holds for every block comes last.

    Returns
    -------
    pandas.DataFrame
        One row a capability of a block: ``building_block`` (empty for what holds for every block);
        ``name`` of the block; ``capability`` (the number of the section); ``title``; ``use``
        (seen in use, always, not seen in use; *inferred*, see the definitions of this module);
        ``steps`` (how many call for it; a remark on a whole use case counts as one) and
        ``evidence`` (which, by which words, workflows or other block; empty unless seen in use);
        the numbers of ``requirements``, key functionalities included, of those ``required``,
        ``recommended`` and ``optional`` as published, of those ``needed``,
        ``later`` and ``not_for_us``, and of those ``decided`` by the team. The team's own
        requirements are not among them. Within a block, those that most steps call for come
        first. Empty while nothing is needed.

    Raises
    ------
    UnknownKeyError
        If there is no such building block.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> plan = govstack_kit.Plan.new(title="Cash support")
    >>> _ = plan.add_published(framework, "INST-1")
    >>> found = capabilities(framework, plan, "Payments").set_index("title")
    >>> found.loc[["Payments in batches", "Vouchers"], "use"].tolist()
    ['seen in use', 'not seen in use']
    """
    table = requirements(framework, plan, building_block)
    table = table[~table["own"]]
    if table.empty:
        return _needed.empty(_COLUMNS)
    counts = {column: table["level"] == level for column, level in _LEVELS.items()}
    counts |= {column: table["decision"] == said for column, said in _DECISIONS.items()}
    counted = table.assign(requirements=1, **counts)
    keys = ["building_block", "capability"]
    numbers = ["requirements", *counts, "decided"]
    found = counted.groupby(keys, sort=False)[numbers].sum().reset_index()
    pairs = list(zip(found["building_block"], found["capability"], strict=True))
    blocks = list(dict.fromkeys(block for block, _ in pairs))
    uses = _use.uses_of(framework, plan, blocks)
    titles = {
        (block, part.section): part.name for block in blocks for part in specified(framework, block)
    }
    names = framework.building_blocks.set_index("building_block")["name"].to_dict()
    in_order = {pair: place for place, pair in enumerate(sorted(pairs, key=_in_order))}
    rank = {use: place for place, use in enumerate(_use.USES)}
    found = found.assign(
        name=[names.get(block, block) or EVERY_BLOCK for block, _ in pairs],
        title=[titles.get(pair) or _title(*pair) for pair in pairs],
        use=[uses[pair].use for pair in pairs],
        steps=[uses[pair].steps for pair in pairs],
        evidence=[uses[pair].evidence for pair in pairs],
        block_place=[blocks.index(block) for block, _ in pairs],
        use_place=[rank[uses[pair].use] for pair in pairs],
        order=[in_order[pair] for pair in pairs],
    )
    order = ["block_place", "use_place", "steps", "order"]
    found = found.sort_values(order, ascending=[True, True, False, True], ignore_index=True)
    return found[list(_COLUMNS)].astype(_COLUMNS)


def _title(block: str, capability: str) -> str:
    """Return what a capability is called that is not listed."""
    if not block:
        return "What holds for every block"
    return _TITLES.get(capability, f"Section {capability}")


def _in_order(pair: tuple[str, str]) -> tuple[bool, list[tuple[bool, int, str]]]:
    """Return what sorts numbers of sections as one counts: 6.2, 6.10, and whole chapters last."""
    parts = pair[1].split(".")
    return len(parts) == 1, [(not p.isdigit(), int(p) if p.isdigit() else 0, p) for p in parts]
