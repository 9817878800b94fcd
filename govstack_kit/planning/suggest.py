"""Which workflows and building blocks a step may need, ranked, each with the reason.

Definitions
-----------
A *suggestion* is a label, a workflow or a building block, that published steps like this one use.
It rests on the words of the step, on the steps before and after it, on what was already chosen for
it in either layer, and on what other steps of the same plan use; how these are weighed is said
in :mod:`govstack_kit.planning._likeness` and measured by ``benchmarks/suggest.py``. The *published
steps* are those of GovStack's use cases and of the 2019 framework's models whose steps have links.
A *score* orders the suggestions of one step; it is no probability and is not for comparing steps.
Suggesting changes nothing: to accept is up to the country.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import pandas as pd

from govstack_kit.errors import ArgumentError, UnknownKeyError, did_you_mean
from govstack_kit.planning import _likeness as like
from govstack_kit.planning._reasons import Asked, Label, Layers, Published, Reasons
from govstack_kit.planning._words import spelled, words
from govstack_kit.planning.search import search_targets, search_words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from govstack_kit.framework.framework import Framework

__all__ = ["StepChoices", "Suggester", "search_targets", "search_words", "suggester"]

Layer = Literal["workflow", "building_block"]
Text = str | tuple[str, str]  # a name, or a name and a description

OTHER: dict[Layer, Layer] = {"workflow": "building_block", "building_block": "workflow"}
# What benchmarks/suggest.py chooses on all published steps; it says so when they differ. For what
# stands in the same layer, it chooses the default in both.
WEIGHTS: dict[Layer, like.Weights] = {
    "workflow": like.Weights(
        penalty=1.3, description=1.53, neighbours=1.13, layer=0.5, plan=0.15, label=1.3
    ),
    "building_block": like.Weights(
        penalty=1.5, description=1.33, neighbours=1.5, layer=2.0, plan=0.3, label=0.6
    ),
}


class StepChoices(NamedTuple):
    """What a team has accepted for a step of its plan.

    Attributes
    ----------
    name, description : str
        The step in the words of the team.
    workflows, building_blocks : collection of str
        The ids that were accepted.
    neighbours : sequence of str or (str, str)
        The steps before and after it; see :meth:`Suggester.workflows`.
    """

    name: str
    description: str = ""
    workflows: Collection[str] = ()
    building_blocks: Collection[str] = ()
    neighbours: Sequence[Text] = ()


def _plain(text: object) -> str:
    return text if isinstance(text, str) else ""


def _text(neighbours: Sequence[Text], place: int) -> tuple[str, str]:
    """Return name and description of the neighbour at a place, empty where there is none."""
    neighbour = neighbours[place] if place < len(neighbours) else ""
    if isinstance(neighbour, tuple | list):
        name, description = (*neighbour, "", "")[:2]
        return (_plain(name), _plain(description))
    return (_plain(neighbour), "")


def _content(step: StepChoices) -> like.Step:
    uses = {"workflow": tuple(step.workflows), "building_block": tuple(step.building_blocks)}
    before, after = _text(step.neighbours, 0), _text(step.neighbours, 1)
    return like.Step(_plain(step.name), _plain(step.description), before, after, uses)


def govstack_blocks(framework: Framework) -> dict[str, tuple[str, ...]]:
    """Return the GovStack blocks that a block stands for: itself, or those that do the same."""
    table = framework.building_blocks.query("catalogue == 'govstack'")
    same = framework.building_block_crosswalk.query("relation in ['exact', 'broader']")
    stands_for: dict[str, tuple[str, ...]] = {block: (block,) for block in table["building_block"]}
    for block, blocks in same.groupby("dif")["govstack"]:
        stands_for[str(block)] = tuple(blocks)
    return stands_for


def published_use_cases(framework: Framework) -> list[str]:
    """Return the use cases whose steps have links, without a country's own."""
    linked = {*framework.step_workflows["step"], *framework.step_building_blocks["step"]}
    cases = framework.steps.loc[framework.steps["step"].isin(linked), "use_case"]
    published = framework.use_cases.query("catalogue != 'own'")["use_case"]
    return published[published.isin(cases)].tolist()


def published_steps(framework: Framework, use_cases: Sequence[str]) -> list[Published]:
    """Return the steps of use cases in order, with their words, neighbours and links.

    A block of 2019 counts as the GovStack block that does the same or less; one without such a
    block is left out.
    """
    steps = framework.steps[framework.steps["use_case"].isin(use_cases)]
    steps = steps.sort_values(["use_case", "order"])
    links = {
        layer: table.groupby("step")[layer].agg(tuple).to_dict()
        for layer, table in (
            ("workflow", framework.step_workflows),
            ("building_block", framework.step_building_blocks),
        )
    }
    same = govstack_blocks(framework)
    for step, blocks in links["building_block"].items():
        today = dict.fromkeys(label for block in blocks for label in same.get(block, ()))
        links["building_block"][step] = tuple(today)
    about = framework.use_cases.set_index("use_case")
    old = about["name"][about["catalogue"] == "dif"] + ", 2019 framework"  # its ids say little
    found: list[Published] = []
    for use_case, group in steps.groupby("use_case", sort=False):
        texts = [("", ""), *zip(group["name"], group["summary"].fillna(""), strict=True), ("", "")]
        for place, (step, order) in enumerate(
            zip(group["step"], group["order"], strict=True), start=1
        ):
            uses = {layer: of.get(step, ()) for layer, of in links.items()}
            beside = texts[place - 1], texts[place + 1]
            content = like.Step(*texts[place], *beside, uses, str(use_case))
            source = str(old.get(use_case, use_case))
            found.append(Published(step, str(use_case), int(order), content, source))
    return found


def label_words(framework: Framework, layer: Layer, labels: Sequence[str]) -> list[list[str]]:
    """Return the framework's own words on each label: names, summary, examples or functions.

    A building block also has the words of the 2019 blocks that do the same or more. Names found
    in use cases, and workflows that only one use case has, give no words: they would tell a use
    case what it says of itself.
    """
    table = getattr(framework, f"{layer}s").set_index(layer)
    names = getattr(framework, f"{layer}_names")
    other = names[names["kind"] == "other name"].groupby(layer)["name"].agg(" ".join)
    examples, column = (
        (framework.workflow_examples, "example")
        if layer == "workflow"
        else (framework.building_block_functions, "function")
    )
    more = examples.groupby(layer)[column].agg(". ".join)
    same = framework.building_block_crosswalk.query("relation in ['exact', 'broader']")
    twins = same.groupby("govstack")["dif"].agg(list).to_dict()
    found: list[list[str]] = []
    for label in labels:
        if layer == "workflow" and not table.loc[label, "generic"]:
            found.append([])
            continue
        terms = words(table.loc[label, "name"]) * 3 + words(table.loc[label, "summary"])
        terms += words(other.get(label, "")) * 2 + words(more.get(label, ""))
        for twin in twins.get(label, []) if layer == "building_block" else []:
            terms += words(table.loc[twin, "summary"]) + words(more.get(twin, ""))
        found.append(terms)
    return found


class Suggester:
    """Suggestions learned from published steps.

    Parameters
    ----------
    framework
        The tables.
    use_cases
        The use cases to learn from; without it, all published ones whose steps have links.
    weights
        How much each kind of evidence counts, by layer; without it, the measured best.

    Raises
    ------
    UnknownKeyError
        If a use case does not exist.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.planning.suggest import suggester
    >>> suggest = suggester(govstack_kit.load())
    >>> fee = suggest.workflows("Pay the school fee", "Parents pay by mobile phone.", top=1)
    >>> fee["name"].item()
    'Financial services'
    """

    def __init__(
        self,
        framework: Framework,
        *,
        use_cases: Sequence[str] | None = None,
        weights: dict[Layer, like.Weights] | None = None,
    ) -> None:
        known = framework.use_cases["use_case"].tolist()
        use_cases = published_use_cases(framework) if use_cases is None else use_cases
        for use_case in use_cases:
            if use_case not in known:
                hint = did_you_mean(str(use_case), known)
                raise UnknownKeyError(f"There is no use case {use_case!r}. {hint}".strip())
        blocks = framework.building_blocks.query("catalogue == 'govstack'")
        self.labels: dict[str, list[str]] = {
            "workflow": framework.workflows["workflow"].tolist(),
            "building_block": blocks["building_block"].tolist(),
        }
        published = published_steps(framework, use_cases)
        contents = [step.content for step in published]
        layers: tuple[Layer, ...] = ("workflow", "building_block")
        described: dict[str, list[list[str]]] = {
            layer: label_words(framework, layer, self.labels[layer]) for layer in layers
        }
        self._names = {
            layer: getattr(framework, f"{layer}s").set_index(layer)["name"].to_dict()
            for layer in layers
        }
        views = like.Views(contents, self.labels, described)
        self.learned = {
            layer: like.Learned(views, contents, layer, OTHER[layer], (weights or WEIGHTS)[layer])
            for layer in layers
        }
        catalogue, self._reasons = _catalogue(framework), {}
        for layer, learned in self.learned.items():
            labels = [
                Label(label, self._names[layer][label], frozenset(terms))
                for label, terms in zip(self.labels[layer], described[layer], strict=True)
            ]
            of = [published[place] for place in learned.known]
            other = OTHER[layer]
            layers_of = Layers(layer, other, self._names[other], catalogue)
            self._reasons[layer] = Reasons(of, labels, learned.uses, layers_of)

    def workflows(  # noqa: PLR0913 - each is a kind of evidence
        self,
        step_name: str,
        description: str = "",
        *,
        chosen_workflows: Collection[str] = (),
        chosen_building_blocks: Collection[str] = (),
        neighbours: Sequence[Text] = (),
        plan_context: Iterable[StepChoices] = (),
        rejected: Collection[str] = (),
        top: int = 10,
    ) -> pd.DataFrame:
        """Return the workflows that a step may need, likeliest first.

        Parameters
        ----------
        step_name
            What the team calls the step.
        description
            What happens in it.
        chosen_workflows, chosen_building_blocks
            What is already accepted for this step: evidence, and not suggested again. Ids that
            the framework does not have are passed over.
        neighbours
            The step before and the step after, each as a name or as name and description; an
            empty text where there is none.
        plan_context
            Other steps of the plan with what the team accepted for them.
        rejected
            What the team does not want for this step.
        top
            How many to return at most.

        Returns
        -------
        pandas.DataFrame
            ``rank``; ``workflow``; ``name``; ``score`` (orders this list, no probability);
            ``reason``: a sentence that quotes published steps, links and words.

        Raises
        ------
        ArgumentError
            If `top` is below 1.

        Examples
        --------
        >>> import govstack_kit
        >>> found = suggester(govstack_kit.load()).workflows("Registration")
        >>> found["workflow"].tolist()[0]
        'identification-and-registration'
        """
        step = StepChoices(
            step_name, description, chosen_workflows, chosen_building_blocks, neighbours
        )
        return self._ranked("workflow", step, plan_context, rejected, top)

    def building_blocks(  # noqa: PLR0913 - each is a kind of evidence
        self,
        step_name: str,
        description: str = "",
        *,
        chosen_workflows: Collection[str] = (),
        chosen_building_blocks: Collection[str] = (),
        neighbours: Sequence[Text] = (),
        plan_context: Iterable[StepChoices] = (),
        rejected: Collection[str] = (),
        top: int = 10,
    ) -> pd.DataFrame:
        """Return GovStack's building blocks that a step may need, likeliest first.

        Parameters
        ----------
        step_name, description, chosen_workflows, chosen_building_blocks, neighbours
            See :meth:`workflows`.
        plan_context, rejected, top
            See :meth:`workflows`.

        Returns
        -------
        pandas.DataFrame
            ``rank``, ``building_block``, ``name``, ``score`` and ``reason`` as in
            :meth:`workflows`.

        Raises
        ------
        ArgumentError
            If `top` is below 1.

        Examples
        --------
        >>> import govstack_kit
        >>> found = suggester(govstack_kit.load()).building_blocks("Pay the fee")
        >>> found["name"].tolist()[0]
        'Payments'
        """
        step = StepChoices(
            step_name, description, chosen_workflows, chosen_building_blocks, neighbours
        )
        return self._ranked("building_block", step, plan_context, rejected, top)

    def _ranked(
        self,
        layer: Layer,
        choices: StepChoices,
        plan_context: Iterable[StepChoices],
        rejected: Collection[str],
        top: int,
    ) -> pd.DataFrame:
        """Rank the labels of a layer for a step, without those chosen or rejected."""
        if not isinstance(top, int) or top < 1:
            raise ArgumentError(f"top is the number of suggestions, 1 or more, not {top!r}.")
        step, plan = _content(choices), [_content(other) for other in plan_context]
        learned, reasons = self.learned[layer], self._reasons[layer]
        evidence = learned.ask(step, plan)
        words_ = spelled(f"{step.name} {step.description}")
        asked = Asked(step, words_, evidence, plan)
        done = {*step.uses[layer], *rejected}
        scores, labels = evidence.scores.round(6), self.labels[layer]
        order = sorted(
            (place for place, label in enumerate(labels) if label not in done),
            key=lambda place: (-scores[place], -learned.frequency[place], labels[place]),
        )[:top]
        return pd.DataFrame(
            [
                (
                    rank,
                    labels[place],
                    self._names[layer][labels[place]],
                    float(scores[place]),
                    reasons.of(place, asked),
                )
                for rank, place in enumerate(order, start=1)
            ],
            columns=["rank", layer, "name", "score", "reason"],
        )


def _catalogue(framework: Framework) -> set[tuple[str, str]]:
    """Return the pairs of workflow and GovStack block, both ways, that the catalogue links."""
    same, links = govstack_blocks(framework), framework.workflow_building_blocks
    ends = zip(links["workflow"], links["building_block"], strict=True)
    pairs = {(workflow, block) for workflow, of in ends for block in same.get(of, ())}
    return pairs | {(block, workflow) for workflow, block in pairs}


@lru_cache(maxsize=4)
def suggester(framework: Framework) -> Suggester:
    """Return the suggester of a framework, built the first time it is asked for.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> suggester(framework) is suggester(framework)
    True
    """
    return Suggester(framework)
