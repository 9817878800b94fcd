"""Questions about the framework that are joins of its tables.

Definitions
-----------
A step *uses* a workflow or a building block that its publisher lists under it. A use case uses what
any of its steps uses, and what its publisher lists for it as a whole. A building block *serves* the
steps that use it, and through them their use cases, the sectors of these, and the goals that these
are published to serve (a use case that names a target serves the goal of the target). All counts
are of distinct items. Links through the catalogue of workflows (a workflow *can* run on a block)
are possibilities, not uses, and are not counted: follow them with :func:`govstack_kit.trace`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from govstack_kit.errors import ArgumentError, UnknownKeyError, did_you_mean, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from govstack_kit.framework.framework import Framework

    Numbers = NDArray[np.int64]

Reusable = Literal["workflow", "building_block"]
SAME = ("exact", "narrower", "broader")  # relations of the crosswalk that count as the same block
_COUNTERPARTS: WeakKeyDictionary[Framework, dict[str, list[str]]] = WeakKeyDictionary()


def counterparts(framework: Framework) -> dict[str, list[str]]:
    """Return the GovStack blocks that each block of 2019 counts as.

    Examples
    --------
    >>> import govstack_kit
    >>> counterparts(govstack_kit.load())["dif:payments"]
    ['govstack:payments']
    """
    if framework not in _COUNTERPARTS:
        table = framework.building_block_crosswalk.dropna(subset=["dif", "govstack"])
        table = table[table["relation"].isin(SAME)]
        _COUNTERPARTS[framework] = table.groupby("dif")["govstack"].agg(list).to_dict()
    return _COUNTERPARTS[framework]



def _chosen(framework: Framework, use_cases: Iterable[str] | str | None) -> list[str]:
    """Return the use cases asked for; all of GovStack's when none are named."""
    table = framework.use_cases
    if use_cases is None:
        return table.loc[table["catalogue"] == "govstack", "use_case"].tolist()
    chosen = [use_cases] if isinstance(use_cases, str) else list(dict.fromkeys(use_cases))
    known = table["use_case"].tolist()
    there = set(known)
    unknown = [name for name in chosen if name not in there]
    if unknown:
        hints = (f"There is no use case {quote(n)}. {did_you_mean(str(n), known)}" for n in unknown)
        raise UnknownKeyError(f"{' '.join(map(str.strip, hints))} All are in framework.use_cases.")
    if not chosen:
        raise ArgumentError("Name at least one use case, for example ['AGR-1', 'AGR-2'].")
    return chosen


def _one(framework: Framework, use_case: str) -> str:
    """Return the one use case asked for."""
    if not isinstance(use_case, str):
        raise ArgumentError(f"Name one use case, for example 'AGR-2', not {quote(use_case)}.")
    return _chosen(framework, use_case)[0]


def _check_layer(layer: str) -> None:
    if layer not in ("workflow", "building_block"):
        raise ArgumentError(f"layer is 'workflow' or 'building_block', not {quote(layer)}.")


def links(
    framework: Framework, layer: Reusable, *, use_cases: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return which use cases use which workflows or building blocks, and in which step.

    Parameters
    ----------
    framework
        The tables.
    layer
        ``workflow`` or ``building_block``.
    use_cases
        Use cases to look at; without it, the published ones of GovStack.

    Returns
    -------
    pandas.DataFrame
        One row a use: ``use_case``; ``step`` (missing where the publisher names it for the use case
        as a whole only); ``order`` of the step (0 for the whole use case); and ``workflow`` or
        ``building_block``.

    Raises
    ------
    UnknownKeyError
        If a use case does not exist.
    ArgumentError
        If `layer` is neither of the two.

    Examples
    --------
    >>> import govstack_kit
    >>> found = govstack_kit.links(govstack_kit.load(), "workflow", use_cases=["AGR-2"])
    >>> found.query("order == 4")["workflow"].tolist()
    ['client-case-management', 'data-analysis-and-business-intelligence']
    """
    _check_layer(layer)
    chosen = _chosen(framework, use_cases)
    found = coded(framework, layer, chosen)
    place = np.where(found.step < 0, len(found.steps), found.step)
    order = np.append(found.steps["order"].to_numpy(), 0)[place]
    rows = np.lexsort((place, found.code, order, found.case))
    steps = np.append(found.steps["step"].to_numpy(dtype=object), np.nan)
    return pd.DataFrame(
        {
            "use_case": pd.Index(chosen, dtype="str").take(found.case[rows]),
            "step": pd.array(steps[place[rows]], dtype="str"),
            "order": order[rows],
            layer: found.keys.take(found.code[rows]),
        }
    )


def reuse(
    framework: Framework, layer: Reusable, *, use_cases: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return how many steps, use cases, sectors and goals each workflow or building block serves.

    Parameters
    ----------
    framework
        The tables.
    layer
        ``workflow`` or ``building_block``.
    use_cases
        Use cases to count over; without it, the published ones of GovStack.

    Returns
    -------
    pandas.DataFrame
        One row for each workflow, or each building block of the catalogues concerned (those of the
        blocks used; where none is used, those of the use cases), most reused first: ``workflow`` or
        ``building_block``; ``name``; ``use_cases``, ``sectors``, ``goals`` and ``steps`` (numbers
        of distinct ones, see the definitions of this module).
        Those that nothing uses are there too, with zeros.

    Raises
    ------
    UnknownKeyError
        If a use case does not exist.
    ArgumentError
        If `layer` is neither of the two.

    Examples
    --------
    >>> import govstack_kit
    >>> blocks = govstack_kit.reuse(govstack_kit.load(), "building_block")
    >>> blocks.set_index("name").loc["Identity", ["use_cases", "steps"]].tolist()
    [16, 84]
    """
    _check_layer(layer)
    chosen = _chosen(framework, use_cases)
    found = coded(framework, layer, chosen)
    size, stepped = len(found.keys), found.step >= 0
    case, key = pairs(found.case, found.code, size)
    sectors = framework.use_cases.set_index("use_case")["sector"].reindex(chosen)
    counted = pd.DataFrame(index=found.keys.rename(layer))
    counted["use_cases"] = np.bincount(key, minlength=size)
    counted["sectors"] = distinct(pd.factorize(sectors)[0][case], key, size)
    counted["goals"] = 0
    counted["steps"] = distinct(found.step[stepped], found.code[stepped], size)
    targets = framework.use_case_targets
    served = pd.Index(chosen).get_indexer(pd.Index(targets["use_case"]))
    goal, served = targets["goal"].to_numpy()[served >= 0], served[served >= 0]
    for each in np.unique(goal):
        serves = marked(served[goal == each], len(chosen))[case]
        counted["goals"] += marked(key[serves], size)
    everything: pd.DataFrame = getattr(framework, f"{layer}s")
    if layer == "building_block":
        catalogues = everything.set_index(layer)["catalogue"]
        cases = framework.use_cases.set_index("use_case")["catalogue"]
        concerned = set(catalogues.reindex(found.keys)) or set(cases[chosen])
        everything = everything[everything["catalogue"].isin(concerned)]
    order = ["use_cases", "sectors", "goals", "steps"]
    result = everything[[layer, "name"]].merge(counted[order], on=layer, how="left")
    result[order] = result[order].fillna(0).astype("int64")
    ranked = result.sort_values(["use_cases", "steps", "name"], ascending=[False, False, True])
    return ranked.reset_index(drop=True)


def overlap(framework: Framework, layer: Reusable, use_cases: Iterable[str]) -> pd.DataFrame:
    """Return what several use cases share: which of them use which workflow or building block.

    Parameters
    ----------
    framework
        The tables.
    layer
        ``workflow`` or ``building_block``.
    use_cases
        The use cases to compare.

    Returns
    -------
    pandas.DataFrame
        One row for each workflow or block that any of them uses, most shared first: its id;
        ``name``; one column for each use case with the number of its steps that use it (a use named
        for the whole use case only counts as 1); ``shared_by``, the number of use cases.

    Raises
    ------
    UnknownKeyError
        If a use case does not exist.

    Examples
    --------
    >>> import govstack_kit
    >>> both = govstack_kit.overlap(govstack_kit.load(), "building_block", ["AGR-2", "HLTC-2"])
    >>> both.query("name == 'Messaging'")[["AGR-2", "HLTC-2"]].values.tolist()
    [[5, 3]]
    """
    chosen = _chosen(framework, use_cases)
    found = links(framework, layer, use_cases=chosen)
    table = found.groupby([layer, "use_case"]).size().unstack(fill_value=0)
    table = table.reindex(columns=chosen, fill_value=0).rename_axis(columns=None)
    table["shared_by"] = (table > 0).sum(axis=1)
    names: pd.DataFrame = getattr(framework, f"{layer}s")[[layer, "name"]]
    result = names.merge(table.reset_index(), on=layer)
    ranked = result.sort_values(["shared_by", "name"], ascending=[False, True])
    return ranked.reset_index(drop=True)


def journey(framework: Framework, use_case: str) -> pd.DataFrame:
    """Return one use case as the framework draws it: targets, steps, workflows, building blocks.

    Parameters
    ----------
    framework
        The tables.
    use_case
        A use case.

    Returns
    -------
    pandas.DataFrame
        One row for each element and step, in the order of drawing: ``layer`` (``goal``,
        ``target``, ``use_case``, ``step``, ``workflow``, ``building_block``); ``node`` (id in the
        graph); ``label``; ``step`` (order of the step, 0 for the use case as a whole); ``colour``
        (of the goal, for goals and targets; empty otherwise).

    Raises
    ------
    UnknownKeyError
        If there is no such use case.

    Examples
    --------
    >>> import govstack_kit
    >>> drawn = govstack_kit.journey(govstack_kit.load(), "AGR-2")
    >>> drawn.query("layer == 'goal'")["label"].tolist()
    ['Goal 2: Zero Hunger', 'Goal 8: Decent Work and Economic Growth']
    """
    chosen = _one(framework, use_case)
    case = framework.use_cases.set_index("use_case")["name"].to_dict()[chosen]
    goals = framework.sdg_goals.set_index("goal")
    named_goals, colours = goals["name"].to_dict(), goals["colour"].to_dict()
    targets = framework.sdg_targets.set_index("target")["label"].to_dict()
    rows: list[tuple[str, str, str, int, str]] = []
    served = framework.use_case_targets.query("use_case == @chosen")
    for goal, target in zip(served["goal"], served["target"], strict=True):
        colour = colours[goal]
        if pd.isna(target):
            rows.append(("goal", f"goal:{goal}", f"Goal {goal}: {named_goals[goal]}", 0, colour))
        else:
            label = f"Target {target}: {targets[target]}"
            rows.append(("target", f"target:{target}", label, 0, colour))
    rows.append(("use_case", f"use_case:{chosen}", case, 0, ""))
    steps = framework.steps.query("use_case == @chosen").sort_values("order")
    rows += [
        ("step", f"step:{step}", name, order, "")
        for step, name, order in zip(steps["step"], steps["name"], steps["order"], strict=True)
    ]
    layers: tuple[Reusable, ...] = ("workflow", "building_block")
    for layer in layers:
        found = links(framework, layer, use_cases=[chosen])
        names = getattr(framework, f"{layer}s").set_index(layer)["name"]
        named = found.assign(name=found[layer].map(names))
        first = named.groupby(layer)["order"].transform("min")
        named = named.assign(first=first).sort_values(["first", "name", "order"])
        rows += [
            (layer, f"{layer}:{key}", name, order, "")
            for key, name, order in zip(named[layer], named["name"], named["order"], strict=True)
        ]
    return pd.DataFrame(rows, columns=["layer", "node", "label", "step", "colour"])


def step_matrix(
    framework: Framework, use_case: str, layer: Reusable = "building_block"
) -> pd.DataFrame:
    """Return which steps of a use case use which workflows or building blocks, as a matrix.

    Parameters
    ----------
    framework
        The tables.
    use_case
        A use case.
    layer
        ``workflow`` or ``building_block``.

    Returns
    -------
    pandas.DataFrame
        Rows are the steps (``1 Outreach Communication``), columns the names of the workflows or
        blocks that any step uses, most used first; True where the step uses it.

    Raises
    ------
    UnknownKeyError
        If there is no such use case.

    Examples
    --------
    >>> import govstack_kit
    >>> matrix = govstack_kit.step_matrix(govstack_kit.load(), "AGR-2")
    >>> int(matrix["Payments"].sum())
    1
    """
    chosen = _one(framework, use_case)
    found = links(framework, layer, use_cases=[chosen]).dropna(subset=["step"])
    names = getattr(framework, f"{layer}s").set_index(layer)["name"]
    steps = framework.steps.query("use_case == @chosen").sort_values("order")
    labels = steps["order"].astype(str) + " " + steps["name"]
    matrix = pd.crosstab(found["step"], found[layer].map(names)).reindex(
        steps["step"], fill_value=0
    )
    ranked = sorted(matrix.columns, key=lambda name: (-matrix[name].sum(), name))
    matrix = matrix[ranked].set_axis(labels, axis=0).rename_axis(index="step", columns=layer)
    return matrix.astype(bool)


def architecture(framework: Framework, *, use_cases: Iterable[str] | None = None) -> pd.DataFrame:
    """Return the architecture of a set of use cases: who uses which workflow and building block.

    Parameters
    ----------
    framework
        The tables.
    use_cases
        Use cases to draw together; without it, the published ones of GovStack.

    Returns
    -------
    pandas.DataFrame
        One row for each use case and workflow or block that it uses: ``sector`` (name);
        ``use_case``; ``use_case_name``; ``layer``; ``node`` (id in the graph); ``label``;
        ``steps`` (number of its steps that use it; 0 when named for the whole use case only).

    Raises
    ------
    UnknownKeyError
        If a use case does not exist.

    Examples
    --------
    >>> import govstack_kit
    >>> drawn = govstack_kit.architecture(govstack_kit.load(), use_cases=["AGR-1", "AGR-2"])
    >>> drawn["sector"].unique().tolist()
    ['Agriculture']
    """
    chosen = _chosen(framework, use_cases)
    sectors = framework.sectors.set_index("sector")["name"]
    cases = framework.use_cases.set_index("use_case").loc[chosen].reset_index()
    cases = cases.assign(sector=cases["sector"].map(sectors), use_case_name=cases["name"])
    place = {name: number for number, name in enumerate(chosen)}
    frames = []
    layers: tuple[Reusable, ...] = ("workflow", "building_block")
    for layer in layers:
        found = links(framework, layer, use_cases=chosen)
        steps = found.groupby(["use_case", layer])["step"].nunique().rename("steps").reset_index()
        names = getattr(framework, f"{layer}s").set_index(layer)["name"]
        frames.append(
            steps.assign(
                layer=layer, node=f"{layer}:" + steps[layer], label=steps[layer].map(names)
            ).drop(columns=layer)
        )
    drawn = cases[["sector", "use_case", "use_case_name"]].merge(pd.concat(frames), on="use_case")
    drawn = drawn.assign(place=drawn["use_case"].map(place))
    drawn = drawn.sort_values(
        ["sector", "place", "layer", "label"], ascending=[True, True, False, True]
    )
    columns = ["sector", "use_case", "use_case_name", "layer", "node", "label", "steps"]
    return drawn[columns].reset_index(drop=True)


class Coded(NamedTuple):
    """The uses of some use cases, in no order, each as three numbers.

    Attributes
    ----------
    case : array
        The place of the use case among those asked for.
    step : array
        The row of the step in ``framework.steps``; -1 where the whole use case names it only.
    code : array
        The place of the workflow or block in `keys`.
    keys : pandas.Index
        The workflows or blocks used, sorted.
    steps : pandas.DataFrame
        ``step``, ``use_case`` and ``order`` of all steps.
    case_of_step : array
        The place of the use case of each step; -1 for those not asked for.
    """

    case: Numbers
    step: Numbers
    code: Numbers
    keys: pd.Index[str]
    steps: pd.DataFrame
    case_of_step: Numbers


def coded(framework: Framework, layer: str, chosen: Sequence[str]) -> Coded:
    """Return the uses of use cases, which all exist."""
    cases = pd.Index(chosen)
    steps = framework.steps[["step", "use_case", "order"]]
    case_of_step = cases.get_indexer(pd.Index(steps["use_case"]))
    links = getattr(framework, f"step_{layer}s")[["step", layer]]
    at = pd.Index(steps["step"]).get_indexer(pd.Index(links["step"]))
    kept = (at >= 0) & (case_of_step[at] >= 0)
    links, at = links[layer][kept], at[kept]
    whole = getattr(framework, f"use_case_{layer}s")[["use_case", layer]]
    case_of_whole = cases.get_indexer(pd.Index(whole["use_case"]))
    kept = case_of_whole >= 0
    whole, case_of_whole = whole[layer][kept], case_of_whole[kept]
    code, keys = pd.factorize(pd.concat([links, whole], ignore_index=True), sort=True)
    case = np.concatenate([case_of_step[at], case_of_whole])
    step = np.concatenate([at, np.full(len(whole), -1)])
    # What a step names is not counted again for the whole.
    named = marked(case[: len(at)] * len(keys) + code[: len(at)], len(cases) * len(keys))
    counts = (step >= 0) | ~named[case * len(keys) + code]
    return Coded(case[counts], step[counts], code[counts], keys, steps, case_of_step)


def marked(numbers: Numbers, size: int) -> NDArray[np.bool_]:
    """Return for each number below `size` whether it is there.

    Examples
    --------
    >>> marked(np.array([2, 0, 2]), 4).tolist()
    [True, False, True, False]
    """
    found = np.zeros(size, dtype=bool)
    found[numbers] = True
    return found


def pairs(one: Numbers, other: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """Return the different pairs of two columns of numbers, `other` below `size`, in order.

    Examples
    --------
    >>> [part.tolist() for part in pairs(np.array([1, 0, 1]), np.array([2, 0, 2]), 3)]
    [[0, 1], [0, 2]]
    """
    rows = int(one.max(initial=-1)) + 1
    found = np.flatnonzero(marked(one * size + other, rows * size))
    first, second = np.divmod(found, max(size, 1))
    return first, second


def distinct(one: Numbers, other: Numbers, size: int) -> Numbers:
    """Return with how many different numbers of `one` each number below `size` is paired.

    Examples
    --------
    >>> distinct(np.array([7, 7, 8]), np.array([0, 0, 2]), 3).tolist()
    [1, 0, 1]
    """
    return np.bincount(pairs(one, other, size)[1], minlength=size)
