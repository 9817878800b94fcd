"""What a use case has so far: its relations in words, what is its own, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.framework.framework import Framework, load
from govstack_kit.planning._given import framework_of, plan_of
from govstack_kit.planning._mapping import proposals
from govstack_kit.planning._seeds import seeds_of
from govstack_kit.planning._taken import LAYERS, Owner, Taken, owners
from govstack_kit.planning.names import names_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from govstack_kit.planning.model import Layer, UseCase
    from govstack_kit.planning.plan import Plan

Part = Literal["define", "align", "map"]
_NAMED = 3  # steps and words that a sentence names
_RELATIONS = {
    "order": "int64",
    "step": "str",
    "step_name": "str",
    "layer": "str",
    "key": "str",
    "name": "str",
    "description": "str",
    "origin": "str",
    "reason": "str",
    "generic": "bool",
}
_SPECIFIC = {
    "order": "int64",
    "step": "str",
    "step_name": "str",
    "layer": "str",
    "key": "str",
    "name": "str",
    "description": "str",
    "reason": "str",
    "generic": "bool",
}


def _generic(framework: Framework) -> dict[str, set[str]]:
    """Return what is not specific to a sector, by layer."""
    workflows, targets = framework.workflows, framework.sdg_targets["target"]
    return {
        "workflow": set(workflows.loc[workflows["generic"], "workflow"]),
        "building_block": set(framework.building_blocks["building_block"]),
        "target": {*targets, *framework.sdg_goals["goal"].astype(str)},
    }


def _accepted(framework: Framework, owner: Owner) -> Iterator[dict[str, Any]]:
    """Yield the accepted relations of a step or use case, each once, as the plan has them."""
    names, generic = names_of(framework), _generic(framework)
    about = {"order": owner.order, "step": owner.step_id, "step_name": owner.name}
    layers: tuple[Layer, ...] = LAYERS if owner.step else ("target", *LAYERS)
    for layer in layers:
        choices = owner.part.choices(layer)
        seen = {choice.key for choice in choices if not choice.accepted}
        for choice in choices:
            if choice.key in seen:
                continue
            seen.add(choice.key)
            name = names.name(layer, choice.key)
            own = choice.printed or choice.key.removeprefix("own:").replace("-", " ")
            known = choice.key in generic[layer]
            yield about | {
                "layer": layer,
                "key": choice.key,
                "name": own if name == choice.key and not known else name,
                "description": choice.description,
                "origin": choice.origin,
                "reason": choice.reason,
                "generic": known,
            }
        for word in owner.part.own_words:
            if word.kind != layer or word.key in seen or not (word.key or word.sector_specific):
                continue
            if word.key:
                seen.add(word.key)
            yield about | {
                "layer": layer,
                "key": word.key,
                "name": names.name(layer, word.key) if word.key else word.words,
                "description": word.description,
                "origin": "own",
                "reason": word.reason,
                "generic": bool(word.key) and word.key in generic[layer],
            }


def relations(framework: Framework, plan: Plan, use_case_id: str) -> pd.DataFrame:
    """Return every accepted relation of a use case, with one line on what it is for.

    Parameters
    ----------
    framework
        The tables that names come from.
    plan, use_case_id
        The plan and its use case.

    Returns
    -------
    pandas.DataFrame
        One row a relation, in the order of the steps: ``order`` (0 for the whole use case),
        ``step`` (its id) and ``step_name``; ``layer`` (target, workflow or building_block),
        ``key`` (empty for an own word that is specific to the sector) and ``name``;
        ``description``, the team's or else one made of names and functions; ``origin``,
        ``reason``, and ``generic``: whether other sectors can use it too.

    Raises
    ------
    UnknownKeyError
        If the plan has no such use case.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="School services")
    >>> fees = plan.add_from_list("School fees", "1. Registration")
    >>> _ = fees.steps[0].choose("building_block", "govstack:identity")
    >>> relations(govstack_kit.load(), plan, "school-fees")["description"].tolist()
    ['Registration uses Identity to confirm who a person is.']
    """
    seeds = seeds_of(framework_of(framework))
    rows = []
    for owner in owners(plan_of(plan).use_case(use_case_id)):
        for row in _accepted(framework, owner):
            seed = seeds.line(row["layer"], row["key"], owner.name, owner.text, row["name"])
            rows.append(row | {"description": row["description"] or seed})
    return pd.DataFrame(rows, columns=list(_RELATIONS)).astype(_RELATIONS)


def specific(plan: Plan, use_case_id: str, framework: Framework | None = None) -> pd.DataFrame:
    """Return what is specific to the sector of a use case: it stays, and is not generic.

    These are the own words that the team marked so, and choices that the framework does not have
    or calls not generic.

    Parameters
    ----------
    plan, use_case_id
        The plan and its use case.
    framework
        The tables that say what is generic; without it, the bundled ones.

    Returns
    -------
    pandas.DataFrame
        ``order``, ``step``, ``step_name``, ``layer``, ``key``, ``name``, ``description``,
        ``reason`` and ``generic`` (False), as in :func:`relations`.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.planning.model import Component
    >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
    >>> advice = plan.add_from_list("Advice", "1. Visit the farm")
    >>> advice.steps[0].own_words.append(Component(words="Soil test", sector_specific=True))
    >>> specific(plan, "advice")[["step_name", "name", "generic"]].values.tolist()
    [['Visit the farm', 'Soil test', False]]
    """
    framework = framework or load()
    rows = [
        row
        for owner in owners(plan.use_case(use_case_id))
        for row in _accepted(framework, owner)
        if not row["generic"]
    ]
    return pd.DataFrame(rows, columns=list(_SPECIFIC)).astype(_SPECIFIC)


def _listed(names: Sequence[str]) -> str:
    """Return the first few names in quotation marks, and how many more there are."""
    shown = [f"“{' '.join(name.split())[:60]}”" for name in names[:_NAMED]]
    if len(names) > _NAMED:
        shown.append(f"{len(names) - _NAMED} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _define(use_case: UseCase, _plan: Plan, _framework: Framework | None) -> Iterator[str]:
    if not (use_case.objectives or use_case.summary or use_case.description):
        yield "Say what the service is for: write a summary, or at least one objective."
    if not use_case.actors:
        yield "Name at least one actor: a person, an organisation or a system that takes part."
    if not use_case.steps:
        yield "Add the steps of the service, in the order in which they happen."
    known = {actor.name for actor in use_case.actors}
    unknown = dict.fromkeys(a for step in use_case.steps for a in step.actors if a not in known)
    if unknown:
        yield f"Add {_listed(list(unknown))} to the actors, or take them out of the steps."


def _align(use_case: UseCase, _plan: Plan, _framework: Framework | None) -> Iterator[str]:
    if not use_case.steps:
        yield "There are no steps to align yet: define them first."
    if not use_case.accepted("target"):
        yield "Choose at least one SDG target that the service contributes to."
    whole, *steps = [Taken(owner) for owner in owners(use_case)]
    bare = [
        taken.owner.name
        for taken in steps
        if not any(taken.of(layer) for layer in LAYERS)
        and not any(word.sector_specific for word in taken.owner.part.own_words)
    ]
    if bare:
        yield (
            f"Choose a workflow or a building block for {_listed(bare)}, or mark what is specific "
            "to your sector."
        )
    words = [
        word.words
        for taken in (whole, *steps)
        for word in taken.owner.part.own_words
        if not word.key and not word.sector_specific
    ]
    if words:
        yield (
            f"Say what {_listed(words)} means: choose a workflow or a building block for it, or "
            "mark it as specific to your sector."
        )


def _map(use_case: UseCase, plan: Plan, framework: Framework | None) -> Iterator[str]:
    if not any(Taken(owner).of(layer) for owner in owners(use_case) for layer in LAYERS):
        yield "Nothing is aligned yet, so no link can be followed: align the steps first."
        return
    left = proposals(framework or load(), plan, use_case.id, limit=None)
    if len(left):
        count = f"{len(left)} proposals are" if len(left) > 1 else "One proposal is"
        names = [
            f"{name} for {step}" for name, step in zip(left["name"], left["step_name"], strict=True)
        ]
        yield f"{count} undecided: accept or reject {_listed(names)}."


_PARTS: dict[str, Callable[[UseCase, Plan, Framework | None], Iterator[str]]] = {
    "define": _define,
    "align": _align,
    "map": _map,
}


def blockers(
    plan: Plan, use_case_id: str, part: Part, framework: Framework | None = None
) -> list[str]:
    """Return what is missing before a part of the work on a use case is finished.

    Parameters
    ----------
    plan, use_case_id
        The plan and its use case.
    part
        ``define``, ``align`` or ``map``.
    framework
        The tables whose links are followed; without it, the bundled ones.

    Returns
    -------
    list of str
        Plain sentences that say what to do; empty when nothing is missing.

    Raises
    ------
    UnknownKeyError
        If the plan has no such use case.
    ArgumentError
        If `part` is none of the three.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="School services")
    >>> _ = plan.add_from_list("School fees", "1. Pay", summary="Parents pay school fees.")
    >>> for sentence in blockers(plan, "school-fees", "define"):
    ...     print(sentence)
    Name at least one actor: a person, an organisation or a system that takes part.
    """
    if part not in _PARTS:
        raise ArgumentError(f"part is 'define', 'align' or 'map', not {quote(part)}.")
    return list(_PARTS[part](plan.use_case(use_case_id), plan, framework))
