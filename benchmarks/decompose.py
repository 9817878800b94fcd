"""What Map proposes, against what publishers list: on left-out use cases, and on the 2019 models.

python benchmarks/decompose.py             measure and print
python benchmarks/decompose.py --json      the same as JSON

The published steps with their workflows are taken as accepted, their building blocks are hidden,
and what the links of the workflows lead to is compared with the hidden blocks.

*Left out*: each of GovStack's use cases in turn; shares are counted in the others only.
*Outside*: the three full models of the framework of 2019 and its figure 9, which lists workflows
and blocks for the use case as a whole. Shares are counted in GovStack's use cases, none of which is
among them. A published block of 2019 counts as the GovStack block that does the same; one that has
no counterpart counts as itself; one that only overlaps with GovStack blocks cannot be found and is
left out, and how many are is printed. All blocks that any step proposes are also compared with all
that the use case lists.

Precision is the share of proposals that are published, recall the share of what is published that
is proposed. Publishers list what they emphasise, so a proposal that they do not list is not wrong:
precision says how many proposals a team that thinks like the publisher would accept.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

import govstack_kit
from govstack_kit.planning.mapping import Link, Links, proposals
from govstack_kit.planning.starting_points import add_published

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from govstack_kit.framework.framework import Framework

Pair = tuple[str, str]  # a step, or a use case, and a block

JUDGED = ["workflows", "building_blocks"]
WEAK, MIDDLE, STRONG = 0.3, 0.4, 0.5
CUTS: dict[str, Callable[[Link], bool]] = {
    "strong links": lambda link: link.kind == "strong",
    "strong, beyond": lambda link: link.kind in ("strong", "beyond"),
    "strong, related": lambda link: link.kind in ("strong", "related"),
    "all links": lambda _: True,
    f"all, strength {WEAK}": lambda link: link.strength >= WEAK,
    f"all, strength {MIDDLE}": lambda link: link.strength >= MIDDLE,
    f"all, strength {STRONG}": lambda link: link.strength >= STRONG,
}


class Fit(NamedTuple):
    """How many are proposed, published, and both."""

    proposed: int
    published: int
    both: int

    @classmethod
    def of(cls, proposed: set[Pair], published: set[Pair]) -> Fit:
        """Compare two sets."""
        return cls(len(proposed), len(published), len(proposed & published))

    @property
    def precision(self) -> float:
        """Return the share of the proposed that is published."""
        return self.both / self.proposed if self.proposed else float("nan")

    @property
    def recall(self) -> float:
        """Return the share of the published that is proposed."""
        return self.both / self.published if self.published else float("nan")

    def __str__(self) -> str:
        return (
            f"precision {self.precision:.2f}  recall {self.recall:.2f}  "
            f"({self.both} of {self.proposed} proposed, {self.published} published)"
        )


def by_step(framework: Framework, use_case: str, layer: str) -> dict[str, list[str]]:
    """Return the published labels of each step of a use case; steps without any are there too."""
    steps = framework.steps
    steps = steps.loc[steps["use_case"] == use_case, "step"]
    table = getattr(framework, f"step_{layer}s")
    found = table.groupby("step")[layer].agg(list).to_dict()
    return {step: found.get(step, []) for step in steps}


def led_to(
    links: Links, workflows: dict[str, list[str]], kept: Callable[[Link], bool]
) -> set[Pair]:
    """Return what the links of accepted workflows lead to, as Map proposes it for each step."""
    found = {}
    for step, keys in workflows.items():
        for link in (link for key in keys for link in links.blocks(key)):
            place = step, link.block
            if place not in found or link.strength > found[place].strength:
                found[place] = link
    return {place for place, link in found.items() if kept(link)}


def left_out(framework: Framework, kept: Callable[[Link], bool]) -> Fit:
    """Return how Map fits the steps of each GovStack use case, with shares from the others."""
    cases = framework.use_cases.query("catalogue == 'govstack'")["use_case"].tolist()
    proposed: set[Pair] = set()
    published: set[Pair] = set()
    for held in cases:
        links = Links(framework, [case for case in cases if case != held])
        workflows = by_step(framework, held, "workflow")
        blocks = by_step(framework, held, "building_block")
        both = [step for step in workflows if workflows[step] and blocks[step]]
        proposed |= led_to(links, {step: workflows[step] for step in both}, kept)
        # What matters in every workflow is proposed for the whole use case, not for a step.
        published |= {
            (step, block)
            for step in both
            for block in blocks[step]
            if block not in links.everywhere
        }
    return Fit.of(proposed, published)


def counted(links: Links, block: str) -> str:
    """Return what a block of 2019 counts as; nothing for one that only overlaps with others."""
    ends = links._ends(block)  # noqa: SLF001 - the crosswalk as the links read it
    return "" if ends[0][1] == "related" else ends[0][0]


def outside(
    framework: Framework, use_case: str, kept: Callable[[Link], bool]
) -> tuple[Fit, Fit, int]:
    """Return how Map fits a model of 2019 by step and as a whole, and what cannot be found."""
    links = Links(framework)
    workflows = by_step(framework, use_case, "workflow")
    blocks = by_step(framework, use_case, "building_block")
    for layer, found in (("workflow", workflows), ("building_block", blocks)):
        whole = getattr(framework, f"use_case_{layer}s").query("use_case == @use_case")[layer]
        if len(whole):
            found[use_case] = whole.tolist()
    pairs = {(step, block) for step, keys in blocks.items() for block in keys}
    published = {(step, counted(links, block)) for step, block in pairs}
    beyond = len({block for _, block in pairs if not counted(links, block)})
    published = {(step, block) for step, block in published if block}
    proposed = led_to(links, workflows, kept)
    in_steps = {pair for pair in published if pair[1] not in links.everywhere}
    everywhere = [
        Link("", block, "beyond" if block == via else "strong", via, 1, 1)
        for block, via in links.everywhere.items()
    ]
    whole_of = {("", block) for _, block in proposed}
    whole_of |= {("", link.block) for link in everywhere if kept(link)}
    return (
        Fit.of(proposed, in_steps),
        Fit.of(whole_of, {("", block) for _, block in published}),
        beyond,
    )


def numbers(framework: Framework, use_cases: Iterable[str]) -> dict[str, int]:
    """Return how many proposals each use case starts with when its blocks are hidden."""
    found = {}
    for use_case in use_cases:
        plan = govstack_kit.Plan.new(title="Benchmark")
        added = add_published(framework, plan, use_case)
        for table in ("step_building_blocks", "use_case_building_blocks"):
            plan.replace(table, plan.table(table).head(0))
        found[use_case] = len(proposals(framework, plan, added))
    return found


def kept(framework: Framework) -> tuple[int, int, list[int]]:
    """Return how many proposals a team keeps, of how many, and how many questions a service asks.

    The steps and their judged workflows and blocks are those of ``steps_*.csv``, the half for
    tuning; the workflows are accepted, and of what is asked then, the judged blocks are kept.
    """
    right, proposed, questions = 0, 0, []
    for file in sorted(Path(__file__).parent.glob("steps_*.csv")):
        table = pd.read_csv(file, dtype=str).fillna("").query("split == 'tuning'")
        for service, rows in table.groupby("service"):
            plan = govstack_kit.Plan.new(title="Benchmark")
            use_case = plan.add("use_cases", name=str(service))
            wanted = set()
            for text, workflows, blocks in rows[["text", *JUDGED]].to_numpy():
                step = plan.add("steps", use_case=use_case, name=text)
                for workflow in workflows.split(";"):
                    plan.put("step_workflows", (step, workflow), status="accepted")
                wanted |= {(step, block) for block in blocks.split(";")}
            found = proposals(framework, plan, use_case)
            questions.append(found.groupby(["layer", "name"]).ngroups)
            ends = found.dropna(subset=["step", "building_block"])
            proposed += len(ends)
            right += len(wanted & set(zip(ends["step"], ends["building_block"], strict=True)))
    return right, proposed, questions


def main(arguments: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What Map proposes, against what is published.")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    args = parser.parse_args(arguments)
    framework = govstack_kit.load()
    full = set(framework.use_case_workflows["use_case"]) | set(
        framework.steps.loc[
            framework.steps["step"].isin(framework.step_workflows["step"]), "use_case"
        ]
    )
    models = sorted(name for name in full if name.startswith("dif-"))
    held = {name: left_out(framework, kept) for name, kept in CUTS.items()}
    found = {
        model: {name: outside(framework, model, kept) for name, kept in CUTS.items()}
        for model in models
    }
    many = numbers(framework, [*models, "AGR-2"])
    if args.json:
        result = {
            "left out": {name: fit._asdict() for name, fit in held.items()},
            "outside": {
                model: {
                    name: {"by step": step._asdict(), "whole": whole._asdict(), "not found": gone}
                    for name, (step, whole, gone) in of.items()
                }
                for model, of in found.items()
            },
            "proposals": many,
        }
        print(json.dumps(result, indent=2))
        return 0
    print("Left out: GovStack's use cases in turn, by step")
    for name, fit in held.items():
        print(f"  {name:20}{fit}")
    for model, of in found.items():
        print(f"\nOutside: {model}, {many[model]} proposals at the start")
        for name, (step, whole, gone) in of.items():
            print(f"  {name:20}by step  {step}")
            print(f"  {'':20}whole    {whole}; {gone} blocks cannot be found")
    print(f"\nAGR-2 without its blocks: {many['AGR-2']} proposals at the start")
    right, proposed, questions = kept(framework)
    if questions:
        print(
            f"Steps in plain words: a team keeps {right} of {proposed} proposals; "
            f"a service asks {min(questions)} to {max(questions)} questions"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
