"""What a use case has so far: its relations, each with a line, and what is missing in each part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from govstack_kit.errors import one_of
from govstack_kit.planning.decisions import Owner, owners
from govstack_kit.planning.mapping import line, proposals
from govstack_kit.planning.names import LAYERS, names_of
from govstack_kit.words import count, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan

Part = Literal["align", "map"]
_NAMED = 3  # steps and words that a sentence names
_EVERY = ("target", *LAYERS)
_TEXTS = ["step", "step_name", "layer", *_EVERY, "name", "description", "origin", "reason"]
_COLUMNS = {"order": "int64", **dict.fromkeys(_TEXTS, "str"), "generic": "bool"}


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
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


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
    left = proposals(framework, plan, use_case, limit=None)
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
