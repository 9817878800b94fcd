"""The links that lead from a workflow to building blocks and back, and how strong each is.

Definitions
-----------
A *strong* link stands in the framework's catalogue of workflows, and the GovStack block does the
same as, more than, or a part of what the block of 2019 does (crosswalk: exact, narrower, broader).
A *related* link stands in the catalogue too, but the two blocks only overlap. A link by *practice*
stands in no catalogue; at least half of the published steps with the workflow list the block. A
link *beyond* leads to a block of 2019 that has no counterpart in GovStack. The *share* of a link is
that of GovStack's published steps with the one end that list the other; steps without links to the
other layer are not counted. Suggestions learn from the use cases of the framework of 2019 as well;
here those are left out, because the thresholds are measured on them, so the totals differ and the
words say which steps are counted. The *strength* of a link orders proposals and is no
probability.
``benchmarks/decompose.py`` measures the thresholds on use cases that were left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from govstack_kit.framework.framework import Framework

SAME = ("exact", "narrower", "broader")
USUAL = 0.5  # share from which practice alone is a link
RELATED = 0.25  # share below which a related link is not followed
BACK = 0.25  # share below which a block does not lead back to a workflow
MOST_BACK = 3  # workflows that one block leads back to
FEWEST = 5  # published steps from which a share says anything
UNKNOWN = 0.4  # what stands for the share where they are fewer: the mean of strong links
BEYOND = 0.2  # the strength of a link beyond

Kind = Literal["strong", "related", "practice", "beyond"]
_ADDED: dict[Kind, float] = {"strong": 0.3, "related": 0.1, "practice": 0.0, "beyond": 0.0}


class Link(NamedTuple):
    """A workflow and a building block that the framework or published steps bring together.

    Attributes
    ----------
    workflow, block : str
        The two ends.
    kind : str
        ``strong``, ``related``, ``practice`` or ``beyond``; see the definitions of this module.
    via : str
        The block of 2019 that the catalogue names; empty for practice.
    both, of : int
        In how many published steps both ends stand, and how many have the end it starts from.
    """

    workflow: str
    block: str
    kind: Kind
    via: str = ""
    both: int = 0
    of: int = 0

    @property
    def share(self) -> float | None:
        """The share of published steps, or None where they are too few to say."""
        return self.both / self.of if self.of >= FEWEST else None

    @property
    def strength(self) -> float:
        """What orders proposals, from 0 to 1."""
        if self.kind == "beyond":
            return BEYOND
        share = UNKNOWN if self.share is None else self.share
        return round(_ADDED[self.kind] + 0.7 * share, 3)


class Links:
    """The links of a framework, with what is counted in published steps.

    Parameters
    ----------
    framework
        The tables.
    use_cases
        The use cases whose steps are counted; without it, the published ones of GovStack.

    Examples
    --------
    >>> import govstack_kit
    >>> links = Links(govstack_kit.load())
    >>> best = links.blocks("financial-services")[0]
    >>> best.block, best.kind, best.both, best.of
    ('govstack:payments', 'strong', 21, 23)
    """

    def __init__(self, framework: Framework, use_cases: Collection[str] | None = None) -> None:
        cases = framework.use_cases
        if use_cases is None:
            use_cases = cases.loc[cases["catalogue"] == "govstack", "use_case"].tolist()
        self._count(framework, use_cases)
        crosswalk = framework.building_block_crosswalk.dropna(subset=["dif"])
        self._counterparts: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for dif, govstack, relation in zip(
            crosswalk["dif"], crosswalk["govstack"].fillna(""), crosswalk["relation"], strict=True
        ):
            self._counterparts[dif].append((govstack, relation))
        table = framework.building_blocks
        every = table.loc[table["every_workflow"], "building_block"].tolist()
        self.everywhere = {block: via for via in every for block, _ in self._ends(via)}
        self._forward = self._catalogue(framework)
        for (workflow, block), both in self._both.items():
            of = self._steps[workflow]
            usual = of >= FEWEST and both / of >= USUAL
            known = block in self._forward[workflow] or block in self.everywhere
            if usual and not known:
                self._forward[workflow][block] = Link(workflow, block, "practice", "", both, of)

    def _count(self, framework: Framework, use_cases: Collection[str]) -> None:
        steps = framework.steps
        chosen = set(steps.loc[steps["use_case"].isin(use_cases), "step"])
        of: dict[str, dict[str, set[str]]] = {}
        for layer in ("workflow", "building_block"):
            table = getattr(framework, f"step_{layer}s")
            found: dict[str, set[str]] = defaultdict(set)
            for step, key in zip(table["step"], table[layer], strict=True):
                if step in chosen:
                    found[step].add(key)
            of[layer] = found
        self._steps: Counter[str] = Counter()
        self._both: Counter[tuple[str, str]] = Counter()
        for step in of["workflow"].keys() & of["building_block"].keys():
            workflows, blocks = of["workflow"][step], of["building_block"][step]
            self._steps.update((*workflows, *blocks))
            self._both.update((w, b) for w in workflows for b in blocks)

    def _ends(self, dif: str) -> list[tuple[str, Kind]]:
        """Return what a block of 2019 leads to: GovStack blocks, or itself where there is none."""
        known = self._counterparts.get(dif, [])
        same: list[tuple[str, Kind]] = [(b, "strong") for b, relation in known if relation in SAME]
        more: list[tuple[str, Kind]] = [(b, "related") for b, r in known if r == "related"]
        beyond: list[tuple[str, Kind]] = [] if same or more else [(dif, "beyond")]
        return same or more or beyond

    def _catalogue(self, framework: Framework) -> defaultdict[str, dict[str, Link]]:
        """Return the links of the catalogue, the strongest between each two ends."""
        found: defaultdict[str, dict[str, Link]] = defaultdict(dict)
        table = framework.workflow_building_blocks
        for workflow, via in zip(table["workflow"], table["building_block"], strict=True):
            for block, kind in [] if via in self.everywhere.values() else self._ends(via):
                counts = self._both[workflow, block], self._steps[workflow]
                link = Link(workflow, block, kind, via, *counts)
                doubtful = kind == "related" and (link.share or 0) < RELATED
                if doubtful and link.share is not None:
                    continue
                known = found[workflow].get(block)
                if known is None or link.strength > known.strength:
                    found[workflow][block] = link
        return found

    def blocks(self, workflow: str) -> list[Link]:
        """Return the links from a workflow to building blocks, strongest first."""
        return _ranked(self._forward.get(workflow, {}).values())

    def workflows(self, block: str) -> list[Link]:
        """Return the links from a building block to the workflows that it supports most often.

        A block of 2019 is counted as its counterpart in GovStack. Where no workflow is frequent
        enough, the likeliest one is returned.
        """
        counted = block if block in self._steps else self.twin(block)
        keys = {block, counted}
        linked = [
            link
            for of in self._forward.values()
            for link in of.values()
            if link.kind != "practice" and (link.block in keys or link.via in keys)
        ]
        found = {link.workflow: link for link in linked}
        for (workflow, other), both in self._both.items():
            if other == counted and workflow not in found and both / self._steps[other] >= USUAL:
                found[workflow] = Link(workflow, block, "practice")
        back = _ranked(
            link._replace(
                block=block, both=self._both[link.workflow, counted], of=self._steps[counted]
            )
            for link in found.values()
        )
        sure = [link for link in back if link.share is None or link.share >= BACK]
        return (sure or back[:1])[:MOST_BACK]

    def twin(self, dif: str) -> str:
        """Return the GovStack block that does the same as a block of 2019, or an empty string."""
        same = [block for block, relation in self._counterparts.get(dif, []) if relation in SAME]
        return same[0] if same else ""

    def relation(self, dif: str, govstack: str) -> str:
        """Return what the block of 2019 is to the GovStack block, as the crosswalk says."""
        return dict(self._counterparts.get(dif, [])).get(govstack, "")


def _ranked(links: Iterable[Link]) -> list[Link]:
    return sorted(links, key=lambda link: (-link.strength, link.workflow, link.block))


@lru_cache(maxsize=4)
def links_of(framework: Framework) -> Links:
    """Return the links of a framework, made the first time they are asked for."""
    return Links(framework)
