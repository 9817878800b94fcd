"""What the links of the framework add to a use case, its relations, and what is missing in it.

Definitions
-----------
To *map* is to follow the framework's links from what was accepted: a workflow leads to building
blocks, a block of 2019 to the GovStack block that does the same, and a block to workflows in steps
that need one. Proposals are the strongest links to each end that nobody has decided about. Links
say what workflows like this one may need, the step says what it needs: the *strength* of a proposal
for a step is its score by the words, neighbours and choices of the step, beside the best score that
anything has there (:mod:`govstack_kit.planning.suggest`). What is strong enough is *asked*, grouped
by what is proposed; the rest is optional. When all that is asked is decided and nothing new
appears, the use case is *settled*. Blocks that matter in every workflow are proposed once, for the
use case as a whole.

A *strong* link stands in the framework's catalogue of workflows, and the GovStack block does the
same as, more than, or a part of what the block of 2019 does. A *related* link stands in the
catalogue too, but the two blocks only overlap. A link by *practice* stands in no catalogue; at
least half of the published steps with the workflow list the block. A link *beyond* leads to a block
of 2019 that has no counterpart in GovStack. The *share* of a link is that of GovStack's published
steps with the one end that list the other; steps without links to the other layer are not counted,
and neither are the use cases of 2019, because the thresholds are measured on them by
``benchmarks/decompose.py``. The strength of a link orders proposals for a use case as a whole and
is no probability.

A *foundational* block is one that others stand on, as GovStack lists them; which block needs which
is published nowhere, so nothing is derived from it. That systems which exchange data need an
Information Mediator is judged by this project.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import pandas as pd

from govstack_kit.errors import ArgumentError, one_of, quote
from govstack_kit.framework.questions import counterparts, links
from govstack_kit.planning.decisions import Owner, owners
from govstack_kit.planning.names import LAYERS, names_of
from govstack_kit.planning.suggest import SURE, step_of, suggester
from govstack_kit.words import count, listed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan

Part = Literal["align", "map"]
_NAMED = 3  # steps and words that a sentence names
_EVERY = ("target", *LAYERS)
_SAID = ["step", "step_name", "layer", *_EVERY, "name", "description", "origin", "reason"]
_RELATIONS = {"order": "int64", **dict.fromkeys(_SAID, "str"), "generic": "bool"}
LIMIT = 15  # questions asked at once: what a team can talk through in one sitting
ASKED = 0.3  # strength from which a proposal is asked
USUAL = 0.5  # share from which practice alone is a link
RELATED = 0.25  # share below which a related link is not followed
BACK = 0.25  # share below which a block does not lead back to a workflow
MOST_BACK = 3  # workflows that one block leads back to
FEWEST = 5  # published steps from which a share says anything
UNKNOWN = 0.4  # what stands for the share where they are fewer: the mean of strong links
MEDIATOR = "govstack:information-mediator"
CONNECTED = 2  # blocks and systems that make a mediator worth proposing
_BEYOND, _SAME, _EVERYWHERE, _JUDGED = 0.2, 0.9, 0.9, 0.6  # strengths that rest on no share
_ADDED = {"strong": 0.3, "related": 0.1, "practice": 0.0}
_TEXTS = ["use_case", "step", "step_name", "layer", *LAYERS, "name", "chain", "description"]
_COLUMNS = {
    **dict.fromkeys(_TEXTS, "str"),
    "foundational": "bool",
    "strength": "float64",
    "asked": "bool",
}

Kind = Literal["strong", "related", "practice", "beyond"]


# --- links ----------------------------------------------------------------------------------------


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
            return _BEYOND
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
    >>> best = Links(govstack_kit.load()).blocks("financial-services")[0]
    >>> best.block, best.kind, best.both, best.of
    ('govstack:payments', 'strong', 21, 23)
    """

    def __init__(self, framework: Framework, use_cases: Collection[str] | None = None) -> None:
        used = {layer: links(framework, layer, use_cases=use_cases).dropna() for layer in LAYERS}
        pairs = used["workflow"].merge(used["building_block"], on="step")
        ends = zip(pairs["workflow"], pairs["building_block"], strict=True)
        self._both: Counter[tuple[str, str]] = Counter(ends)
        self._steps: Counter[str] = Counter()
        for layer in LAYERS:
            self._steps.update(pairs.drop_duplicates(["step", layer])[layer])
        related = framework.building_block_crosswalk.query("relation == 'related'")
        self._related = related.groupby("dif")["govstack"].agg(list).to_dict()
        self.same = counterparts(framework)
        every = framework.building_blocks.query("every_workflow")["building_block"]
        self.everywhere = {block: via for via in every for block, _ in self._ends(via)}
        self._forward = self._catalogue(framework)
        for (workflow, block), both in self._both.items():
            of = self._steps[workflow]
            known = block in self._forward[workflow] or block in self.everywhere
            if of >= FEWEST and both / of >= USUAL and not known:
                self._forward[workflow][block] = Link(workflow, block, "practice", "", both, of)

    def _ends(self, dif: str) -> list[tuple[str, Kind]]:
        """Return what a block of 2019 leads to: GovStack blocks, or itself where there is none."""
        if dif in self.same:
            return [(block, "strong") for block in self.same[dif]]
        return [(block, "related") for block in self._related.get(dif, ())] or [(dif, "beyond")]

    def _catalogue(self, framework: Framework) -> defaultdict[str, dict[str, Link]]:
        """Return the links of the catalogue, the strongest between each two ends."""
        found: defaultdict[str, dict[str, Link]] = defaultdict(dict)
        everywhere = set(self.everywhere.values())
        table = framework.workflow_building_blocks
        for workflow, via in zip(table["workflow"], table["building_block"], strict=True):
            for block, kind in [] if via in everywhere else self._ends(via):
                both, of = self._both[workflow, block], self._steps[workflow]
                link = Link(workflow, block, kind, via, both, of)
                doubtful = kind == "related" and link.share is not None and link.share < RELATED
                known = found[workflow].get(block)
                if not doubtful and (known is None or link.strength > known.strength):
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
        counted = block if block in self._steps else self.same.get(block, [""])[0]
        keys = {block, counted}
        found = {
            link.workflow: link
            for of in self._forward.values()
            for link in of.values()
            if link.kind != "practice" and (link.block in keys or link.via in keys)
        }
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


def _ranked(found: Iterable[Link]) -> list[Link]:
    return sorted(found, key=lambda link: (-link.strength, link.workflow, link.block))


@lru_cache(maxsize=4)
def links_of(framework: Framework) -> Links:
    """Return the links of a framework, made the first time they are asked for."""
    return Links(framework)


# --- proposals ------------------------------------------------------------------------------------


def line(framework: Framework, layer: str, key: str, name: str, owner: Owner) -> str:
    """Return one line on what a step or use case uses something for; a start for the team to edit.

    It says what a building block does in general, or what a workflow is.
    """
    names = names_of(framework)
    if layer == "target":
        return f"{owner.name} contributes to {names.written(layer, key)}: {name}."
    about, uses = names.about(key), "follows the workflow" if layer == "workflow" else "uses"
    said = f": {about[:1].lower()}{about[1:]}" if about else "."
    return f"{owner.name} {uses} {name}{said}"


class _Lead(NamedTuple):
    """Where a link leads: for what, to what, along which chain, on what grounds, how strong.

    `link` is the strength of the link alone, `strength` that of the proposal.
    """

    owner: Owner
    layer: str
    key: str
    chain: tuple[str, ...]
    grounds: str
    link: float
    strength: float


class _Map:
    """What the links lead to from what a use case has accepted."""

    def __init__(self, framework: Framework, plan: Plan, use_case: str) -> None:
        self.links, self.names = links_of(framework), names_of(framework)
        self.suggester = suggester(framework)
        self._support: dict[tuple[str, str], dict[str, float]] = {}
        self.whole, *self.steps = owners(plan, use_case)
        keys = {owner.key for owner in self.steps}
        self.systems = {row["system"] for row in plan.rows("step_systems") if row["step"] in keys}
        self.systems |= {row["system"] for row in plan.rows("use_case_systems", use_case=use_case)}
        self.anywhere: dict[str, set[str]] = {
            layer: {key for owner in (self.whole, *self.steps) for key in owner.accepted[layer]}
            for layer in LAYERS
        }

    def best(self) -> list[_Lead]:
        """Return the strongest lead to each undecided end, grouped by end, strongest first."""
        found: dict[tuple[int, str, str], _Lead] = {}
        for owner in (self.whole, *self.steps):
            for lead in self._of(owner):
                place = owner.order, lead.layer, lead.key
                turned_down = owner.rejected[lead.layer] | self.whole.rejected[lead.layer]
                # What a step has is in the use case: nothing is gained by naming it for the whole.
                has = owner.accepted[lead.layer] if owner.step else self.anywhere[lead.layer]
                if lead.key in has or lead.key in turned_down:
                    continue
                if place not in found or lead.link > found[place].link:
                    found[place] = lead
        strongest: dict[tuple[str, str], float] = defaultdict(float)
        for lead in found.values():
            group = lead.layer, lead.key
            strongest[group] = max(strongest[group], lead.strength)
        return sorted(
            found.values(),
            key=lambda at: (-strongest[at.layer, at.key], at.layer, at.key, at.owner.order),
        )

    def _supported(self, owner: Owner, layer: str) -> dict[str, float]:
        """Return how well a step supports each label, beside the best."""
        if (owner.key, layer) not in self._support:
            scores = self.suggester.ask(layer, step_of(owner, self.steps)).scores
            shares = (scores / max(scores.max(), SURE)).clip(0, 1).round(3).tolist()
            self._support[owner.key, layer] = dict(
                zip(self.suggester.labels[layer], shares, strict=True)
            )
        return self._support[owner.key, layer]

    def _of(self, owner: Owner) -> Iterator[_Lead]:
        for workflow in owner.accepted["workflow"]:
            for link in self.links.blocks(workflow):
                yield self._lead(owner, "workflow", workflow, link)
        for block in owner.accepted["building_block"]:
            for twin in self.links.same.get(block, []):
                chain = (self._block(block), self._block(twin))
                grounds = "the framework's block of 2019, which does the same"
                yield _Lead(owner, "building_block", twin, chain, grounds, _SAME, _SAME)
            if owner.step:
                for link in self.links.workflows(block):
                    yield self._lead(owner, "building_block", block, link)
        if not owner.step:
            yield from self._everywhere()

    def _block(self, key: str) -> str:
        return self.names.name("building_block", key)

    def _lead(self, owner: Owner, start: str, key: str, link: Link) -> _Lead:
        """Return where a link leads that starts from something accepted, and what it rests on."""
        layer, end = (
            ("building_block", link.block) if start == "workflow" else ("workflow", link.workflow)
        )
        via = self._block(link.via)
        grounds = {
            "strong": f"framework's catalogue: {via}",
            "related": f"related only; framework's catalogue: {via}",
            "practice": "usual in published steps",
            "beyond": "framework's catalogue of 2019; GovStack has no such block",
        }[link.kind]
        if link.of and link.kind != "beyond":
            steps = count(link.of, "published GovStack step")
            grounds += f"; {link.both} of {steps} with this {start.replace('_', ' ')}"
        chain = self.names.name(start, key), self.names.name(layer, end)
        strength = self._supported(owner, layer).get(end, 0.0) if owner.step else link.strength
        return _Lead(owner, layer, end, chain, grounds, link.strength, strength)

    def _everywhere(self) -> Iterator[_Lead]:
        """Yield what matters in every workflow, and the mediator where systems are connected."""
        blocks, systems = len(self.anywhere["building_block"]), len(self.systems)
        others = len(self.anywhere["building_block"] - {MEDIATOR})
        for block in dict.fromkeys((*self.links.everywhere, MEDIATOR)):
            said = block in self.links.everywhere and bool(self.anywhere["workflow"])
            judged = block == MEDIATOR and others + systems >= CONNECTED
            if not (said or judged):
                continue
            grounds = ["the framework says that it matters in every workflow"] if said else []
            if judged:
                parts = [count(blocks, "building block")] * bool(blocks)
                parts += [count(systems, "existing system")] * bool(systems)
                grounds.append(f"judged by this project: {listed(parts)} have to exchange data")
            strength = _EVERYWHERE if said else _JUDGED
            if self.links.everywhere.get(block) == block:  # of 2019, without a counterpart
                grounds.append("GovStack has no such block")
                strength = _BEYOND
            chain = (*(["every workflow"] if said else []), self._block(block))
            said_so = "; ".join(grounds)
            yield _Lead(self.whole, "building_block", block, chain, said_so, strength, strength)


def proposals(
    framework: Framework, plan: Plan, use_case: str, *, every: bool = False
) -> pd.DataFrame:
    """Return what the framework's links lead to from what is accepted, not decided about yet.

    Rows with the same workflow or block are one question and stand together; the strongest come
    first. Decide, and ask again, until nothing new appears: what was accepted may lead further, and
    what was rejected is not proposed again. A block that is rejected for the whole use case is
    proposed for none of its steps.

    Parameters
    ----------
    framework
        The tables whose links are followed.
    plan
        The plan.
    use_case
        The key of the use case.
    every
        Whether to return what is optional too: what the step supports weakly, and what goes beyond
        15 questions.

    Returns
    -------
    pandas.DataFrame
        One row a proposal: ``use_case``; ``step`` (missing for the use case as a whole) and
        ``step_name``; ``layer``, and what is proposed as ``workflow`` or ``building_block`` (the
        other one is missing), with its ``name``; ``chain``, the way that led there and what it
        rests on; ``description``, one line to edit; ``foundational``, whether GovStack lists the
        block as one that others stand on; ``strength``, from 0 to 1, and ``asked``, whether it is
        strong enough to be asked.

    Raises
    ------
    UnknownKeyError
        If the plan has no such use case.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="School services")
    >>> fees = plan.add("use_cases", name="School fees")
    >>> pay = plan.add("steps", use_case=fees, name="Pay the fee")
    >>> _ = plan.add("step_workflows", step=pay, workflow="financial-services")
    >>> found = proposals(govstack_kit.load(), plan, fees)
    >>> print(found.query("name == 'Payments'")["chain"].item())
    Pay the fee → Financial services → Payments (framework's catalogue: Payments; 21 of 23 published
    GovStack steps with this workflow)
    """
    names = names_of(framework)
    blocks = framework.building_blocks.set_index("building_block")
    foundational = set(blocks.query("category == 'foundational'").index)
    leads, rows = _Map(framework, plan, use_case).best(), []
    strong = [(lead.layer, lead.key) for lead in leads if lead.strength >= ASKED]
    questions = list(dict.fromkeys(strong))[:LIMIT]
    for owner, layer, key, chain, grounds, _, strength in leads:
        asked = strength >= ASKED and (layer, key) in questions
        if not (asked or every):
            continue
        name = names.name(layer, key)
        rows.append(
            {
                "use_case": owner.use_case,
                "step": owner.step or None,
                "step_name": owner.name,
                "layer": layer,
                layer: key,
                "name": name,
                "chain": f"{' → '.join((owner.name, *chain))} ({grounds})",
                "description": line(framework, layer, key, name, owner),
                "foundational": key in foundational,
                "strength": strength,
                "asked": asked,
            }
        )
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


def decide_proposal(
    plan: Plan, proposal: Mapping[str, Any] | pd.Series[Any], status: str, *, reason: str = ""
) -> None:
    """Accept or reject a proposal: it then stands in the plan, with its line to be edited.

    Parameters
    ----------
    plan
        The plan.
    proposal
        One row of what :func:`proposals` returns.
    status
        ``accepted`` or ``rejected``.
    reason
        Why; without it, what is accepted bears the chain that led there.

    Raises
    ------
    ArgumentError
        If it is no row of proposals.
    UnknownKeyError
        If the plan has no such use case or step.
    TablesError
        If `status` is neither of the two.

    Examples
    --------
    >>> import govstack_kit
    >>> plan, framework = govstack_kit.Plan.new(title="School services"), govstack_kit.load()
    >>> fees = plan.add("use_cases", name="School fees")
    >>> pay = plan.add("steps", use_case=fees, name="Pay the fee")
    >>> _ = plan.add("step_workflows", step=pay, workflow="financial-services")
    >>> found = proposals(framework, plan, fees).query("name == 'Payments'")
    >>> decide_proposal(plan, found.iloc[0], "accepted")
    >>> plan.row("step_building_blocks", (pay, "govstack:payments"))["origin"]
    'mapped'
    """
    row = proposal if isinstance(proposal, Mapping | pd.Series) else {}
    if "chain" not in row:
        wanted = "Pass one row of what govstack_kit.proposals() returns, such as found.iloc[0]."
        raise ArgumentError(f"This is not a row of proposals: {quote(proposal)}. {wanted}")
    layer, accepted = proposal["layer"], status == "accepted"
    kind = "step" if isinstance(proposal["step"], str) else "use_case"
    plan.row(f"{kind}s", proposal[kind])  # it may be gone
    values = {"description": proposal["description"]} if accepted else {}
    values |= {"reason": reason or (proposal["chain"] if accepted else "")}
    key = proposal[kind], proposal[layer]
    plan.put(f"{kind}_{layer}s", key, status=status, origin="mapped", **values)


def _chosen(plan: Plan, owner: Owner, layer: str) -> Iterator[dict[str, Any]]:
    """Yield what is accepted of a layer: ``key``, ``printed``, and what the plan says of it."""
    if layer == "target":
        table, column = "use_case_targets", "sdg"
    else:
        table, column = f"{owner.kind}_{layer}s", layer
    seen = set()
    for row in plan.rows(table, **{owner.kind: owner.key}):
        seen.add(row[column])
        if row["status"] == "accepted":
            yield row | {"key": row[column]}
    for word in owner.own_words:
        if word["kind"] == layer and (word["key"] or word["sector_specific"]):
            if word["key"] not in seen or not word["key"]:
                yield word | {"printed": word["name"], "origin": "own"}
            seen.add(word["key"])


def relations(framework: Framework, plan: Plan, use_case: str) -> pd.DataFrame:
    """Return every accepted relation of a use case, with one line on what it is for.

    What is specific to the sector, and stays so, are the rows that are not ``generic``: own words
    that the team marked so, and choices that the framework does not have or calls not generic.

    Parameters
    ----------
    framework
        The tables that names come from.
    plan
        The plan.
    use_case
        The key of the use case.

    Returns
    -------
    pandas.DataFrame
        One row a relation, in the order of the steps: ``order`` (0 for the use case as a whole),
        ``step`` (missing then) and ``step_name``; ``layer``, and its key as ``target``,
        ``workflow`` or ``building_block`` (all missing for an own word that is specific to the
        sector), with its ``name``; ``description``, the team's or else one made of names and
        functions; ``origin``, ``reason``, and ``generic``: whether other sectors can use it too.

    Raises
    ------
    UnknownKeyError
        If the plan has no such use case.

    Examples
    --------
    >>> from govstack_kit import Plan, load
    >>> plan = Plan.demonstration()
    >>> found = relations(load(), plan, "rural-advisory-service-for-farmers")
    >>> found["layer"].value_counts().to_dict()
    {'building_block': 45, 'workflow': 24, 'target': 2}
    """
    names = names_of(framework)
    specific = set(framework.workflows.query("not generic")["workflow"])
    rows = []
    for owner in owners(plan, use_case):
        for layer in _EVERY if not owner.step else LAYERS:
            for chosen in _chosen(plan, owner, layer):
                key = chosen["key"] or ""
                known = names.has(layer, key)
                printed = chosen["printed"] or key.removeprefix("own:").replace("-", " ")
                name = names.name(layer, key) if known else printed
                rows.append(
                    {
                        "order": owner.order,
                        "step": owner.step or None,
                        "step_name": owner.name,
                        "layer": layer,
                        layer: chosen["key"],
                        "name": name,
                        "description": chosen["description"]
                        or line(framework, layer, key, name, owner),
                        "origin": chosen["origin"],
                        "reason": chosen["reason"],
                        "generic": known and key not in specific,
                    }
                )
    return pd.DataFrame(rows, columns=list(_RELATIONS)).astype(_RELATIONS)


def _listed(names: Iterable[str]) -> str:
    """Return the first few names in quotation marks, and how many more there are."""
    return listed((f"“{name[:60]}”" for name in names), most=_NAMED)


def _align(_framework: Framework, plan: Plan, use_case: str) -> Iterator[str]:
    whole, *steps = owners(plan, use_case)
    if not steps:
        yield "There are no steps to align yet: define them first."
    if not plan.rows("use_case_targets", use_case=use_case, status="accepted"):
        yield "Choose at least one SDG target that the service contributes to."
    bare = [
        owner.name
        for owner in steps
        if not any(owner.accepted.values())
        and not any(word["sector_specific"] for word in owner.own_words)
    ]
    if bare:
        yield (
            f"Choose a workflow or a building block for {_listed(bare)}, or mark what is specific "
            "to your sector."
        )
    words = [
        word["name"]
        for owner in (whole, *steps)
        for word in owner.own_words
        if not word["key"] and not word["sector_specific"]
    ]
    if words:
        yield (
            f"Say what {_listed(words)} means: choose a workflow or a building block for it, or "
            "mark it as specific to your sector."
        )


def _map(framework: Framework, plan: Plan, use_case: str) -> Iterator[str]:
    if not any(keys for owner in owners(plan, use_case) for keys in owner.accepted.values()):
        yield "Nothing is aligned yet, so no link can be followed: align the steps first."
        return
    left = proposals(framework, plan, use_case)
    if len(left):
        number = count(len(left), "proposal is", "proposals are")
        names = left["name"] + " for " + left["step_name"]
        yield f"{number} undecided: accept or reject {_listed(names)}."


def review(framework: Framework, plan: Plan, use_case: str, part: Part) -> list[str]:
    """Return what is missing before a part of the work on a use case is finished.

    Parameters
    ----------
    framework
        The tables whose links are followed.
    plan
        The plan.
    use_case
        The key of the use case.
    part
        ``align`` or ``map``.

    Returns
    -------
    list of str
        Plain sentences that say what to do; empty when nothing is missing.

    Raises
    ------
    UnknownKeyError
        If the plan has no such use case.
    ArgumentError
        If `part` is neither of the two.

    Examples
    --------
    >>> from govstack_kit import Plan, load
    >>> plan = Plan.demonstration()
    >>> review(load(), plan, "rural-advisory-service-for-farmers", "align")
    []
    """
    parts = {"align": _align, "map": _map}
    return list(parts[one_of(part, parts, "part")](framework, plan, use_case))
