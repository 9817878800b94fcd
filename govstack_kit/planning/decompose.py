"""From a described service to workflows and building blocks: what to align, what the links add.

Definitions
-----------
To *align* is to choose workflows and building blocks for the steps; :func:`suggestions` ranks them.
To *map* is to follow the framework's links from what was accepted: a workflow leads to building
blocks, a block of 2019 to the GovStack block that does the same, and a block to workflows in steps
that have none. :func:`proposals` lists what these links lead to and nobody has decided about. When
everything is decided and nothing new appears, the use case is *settled*. Blocks that matter in
every workflow are proposed once, for the whole use case (step ``""``). How strong a link is, and
which links are followed, is said in :mod:`govstack_kit.planning._links`.

A *foundational* block is one that others stand on, as GovStack lists them; which block needs which
is published nowhere, so nothing is derived from it. That systems which exchange data need an
Information Mediator is judged by this project.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.planning._given import framework_of, plan_of
from govstack_kit.planning._mapping import LIMIT, Reusable, accept, proposals, reject, settled
from govstack_kit.planning._reviewing import blockers, relations, specific
from govstack_kit.planning._taken import Taken, owners
from govstack_kit.planning.search import search_words
from govstack_kit.planning.suggest import OTHER, StepChoices, suggester

if TYPE_CHECKING:
    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.model import Step
    from govstack_kit.planning.plan import Plan

__all__ = [
    "LIMIT",
    "accept",
    "align_components",
    "blockers",
    "proposals",
    "reject",
    "relations",
    "settled",
    "specific",
    "suggestions",
]


def _texts(steps: list[Step], place: int) -> tuple[str, str]:
    """Return name and description of a step, empty beyond either end."""
    if 0 <= place < len(steps):
        return steps[place].name, steps[place].description
    return "", ""


def suggestions(  # noqa: PLR0913 - what to look at, then what of it
    framework: Framework,
    plan: Plan,
    use_case_id: str,
    step_id: str,
    layer: Reusable,
    *,
    top: int = 8,
) -> pd.DataFrame:
    r"""Return what a step of a plan may need, likeliest first, without what is decided already.

    The steps before and after it, what is accepted for it in either layer, and what the team
    accepted for other steps of the plan count as evidence.

    Parameters
    ----------
    framework
        The tables to learn from.
    plan
        The plan.
    use_case_id, step_id
        The use case and the step, by their ids.
    layer
        ``workflow`` or ``building_block``.
    top
        How many to return at most.

    Returns
    -------
    pandas.DataFrame
        ``rank``; ``key``; ``name``; ``score`` (orders this list, no probability); ``reason``.

    Raises
    ------
    UnknownKeyError
        If the plan has no such use case or step.
    ArgumentError
        If `layer` is neither of the two, or `top` is below 1.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="School services")
    >>> _ = plan.add_from_list("School fees", "1. Registration\n2. Pay the fee")
    >>> framework = govstack_kit.load()
    >>> found = suggestions(framework, plan, "school-fees", "pay-the-fee", "building_block")
    >>> found["name"].tolist()[0]
    'Payments'
    """
    if not isinstance(layer, str) or layer not in OTHER:
        raise ArgumentError(f"layer is 'workflow' or 'building_block', not {quote(layer)}.")
    framework_of(framework)
    use_case = plan_of(plan).use_case(use_case_id)
    step = use_case.step(step_id)
    whole, *taken = [Taken(owner) for owner in owners(use_case)]
    own = next(found for found in taken if found.owner.step is step)
    place = own.owner.order - 1
    learned = suggester(framework)
    labels = set(learned.labels[layer])
    # A step without a known label of the layer teaches nothing, and reasons count those that do.
    context = [
        StepChoices(
            found.owner.name, found.owner.part.description, found.workflows, found.building_blocks
        )
        for known in plan.use_cases
        for found in map(Taken, owners(known))
        if found.owner.step is not None
        and found.owner.step is not step
        and labels & set(found.of(layer))
    ]
    rank = learned.workflows if layer == "workflow" else learned.building_blocks
    found = rank(
        step.name,
        step.description,
        chosen_workflows=own.workflows,
        chosen_building_blocks=own.building_blocks,
        neighbours=[_texts(use_case.steps, place - 1), _texts(use_case.steps, place + 1)],
        plan_context=context,
        rejected=own.rejected[layer] | whole.rejected[layer],
        top=top,
    )
    return found.rename(columns={layer: "key"})


def align_components(
    framework: Framework, plan: Plan, use_case_id: str, *, top: int = 5
) -> pd.DataFrame:
    """Return what the team's own words may mean, for the words that nothing is decided about yet.

    Parameters
    ----------
    framework
        The tables to look up words in.
    plan, use_case_id
        The plan and its use case.
    top
        How many to return at most for each word.

    Returns
    -------
    pandas.DataFrame
        One row for each own word and meaning: ``step`` (its id; empty for the whole use case) and
        ``step_name``; ``words``; ``rank``; ``layer``, ``key`` and ``name`` of what it may mean;
        ``score`` (orders the rows of one word) and ``reason``. A word that leads to nothing has no
        row; it may be specific to the sector.

    Raises
    ------
    UnknownKeyError
        If the plan has no such use case.
    ArgumentError
        If `top` is below 1.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.planning.model import Component
    >>> plan = govstack_kit.Plan.new(title="School services")
    >>> fees = plan.add_from_list("School fees", "1. Apply")
    >>> fees.steps[0].own_words.append(Component(words="Awareness campaign"))
    >>> align_components(govstack_kit.load(), plan, "school-fees")["name"].tolist()[0]
    'Client communication'
    """
    if top < 1:
        raise ArgumentError(f"top is the number of meanings, 1 or more, not {quote(top)}.")
    columns = ["step", "step_name", "words", "rank", "layer", "key", "name", "score", "reason"]
    parts = [
        search_words(framework, word.words, top=top)
        .rename(columns={"id": "key"})
        .assign(step=owner.step_id, step_name=owner.name, words=word.words)[columns]
        for owner in owners(plan_of(plan).use_case(use_case_id))
        for word in owner.part.own_words
        if not word.key and not word.sector_specific
    ]
    found = [part for part in parts if len(part)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns)
