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

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from govstack_kit.errors import ArgumentError, expected, known, one_of
from govstack_kit.framework.framework import Framework, check

if TYPE_CHECKING:
    from collections.abc import Sequence

Reusable = Literal["workflow", "building_block"]
Catalogue = Literal["govstack", "dif"]
SAME = ("exact", "narrower", "broader")  # relations of the crosswalk that count as the same block
_LAYERS: tuple[Reusable, ...] = ("workflow", "building_block")
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
        of_block = table.groupby("dif")["govstack"]
        _COUNTERPARTS[framework] = {str(dif): list(same) for dif, same in of_block}
    return _COUNTERPARTS[framework]


def _chosen(framework: Framework, use_cases: Iterable[str] | str | None) -> list[str]:
    """Return the use cases asked for; all of GovStack's when none are named."""
    table = check(framework).use_cases
    if use_cases is None:
        return table.loc[table["catalogue"] == "govstack", "use_case"].tolist()
    expected(use_cases, Iterable, "Name use cases, for example ['AGR-1', 'AGR-2']")
    wanted = [use_cases] if isinstance(use_cases, str) else list(use_cases)
    if not wanted:
        raise ArgumentError("Name at least one use case, for example ['AGR-1', 'AGR-2'].")
    return known(wanted, table["use_case"].tolist(), "use case", "framework.use_cases")


def _one(framework: Framework, use_case: str) -> str:
    """Return the one use case asked for."""
    check(framework)
    return _chosen(framework, expected(use_case, str, "Name one use case, for example 'AGR-2'"))[0]


def _names(framework: Framework, layer: str) -> pd.Series[str]:
    """Return the names of workflows or building blocks by their keys."""
    names: pd.Series[str] = getattr(framework, f"{layer}s").set_index(layer)["name"]
    return names


def _used(
    framework: Framework, layer: str, chosen: Sequence[str], as_catalogue: str | None
) -> tuple[pd.DataFrame, pd.Index[str]]:
    """Return the uses of use cases as numbers, and the keys that ``code`` counts.

    ``case`` is a place among those chosen, ``step`` the row of the step in ``framework.steps``; -1
    where the whole use case names it only. Numbers keep large portfolios quick.
    """
    one_of(layer, _LAYERS, "layer")
    cases, steps = pd.Index(chosen), framework.steps
    by_step = getattr(framework, f"step_{layer}s")
    whole = getattr(framework, f"use_case_{layer}s")
    row = pd.Index(steps["step"]).get_indexer(pd.Index(by_step["step"]))
    case_of_step = cases.get_indexer(pd.Index(steps["use_case"]))
    found = pd.DataFrame(
        {
            "case": np.append(case_of_step[row], cases.get_indexer(pd.Index(whole["use_case"]))),
            "step": np.append(row, np.full(len(whole), -1)),
            "key": pd.concat([by_step[layer], whole[layer]], ignore_index=True),
        }
    )
    found = found[found["case"] >= 0]
    if as_catalogue is not None and layer == "building_block":
        one_of(as_catalogue, ("govstack", "dif"), "as_catalogue")
        same = pd.Series(counterparts(framework)).explode().rename("other")
        same = same if as_catalogue == "govstack" else pd.Series(same.index, same.to_numpy())
        found = found.join(same.rename("other"), on="key")
        found["key"] = found["other"].fillna(found["key"])
        found = found.drop_duplicates(["case", "step", "key"])
    found["code"], keys = pd.factorize(found["key"], sort=True)
    pair = found["case"] * len(keys) + found["code"]
    named = pair.isin(pair[found["step"] >= 0])  # not counted again for the use case as a whole
    return found[(found["step"] >= 0) | ~named], pd.Index(keys)


def links(
    framework: Framework,
    layer: Reusable,
    *,
    use_cases: Iterable[str] | None = None,
    as_catalogue: Catalogue | None = None,
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
    as_catalogue
        Count blocks as those of a catalogue, ``govstack`` or ``dif``, that the crosswalk gives for
        them, so that use cases of both can be compared. Blocks without counterpart stay.

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
        If `layer` or `as_catalogue` is none of those.

    Examples
    --------
    >>> import govstack_kit
    >>> found = govstack_kit.links(govstack_kit.load(), "workflow", use_cases=["AGR-2"])
    >>> found.query("order == 4")["workflow"].tolist()
    ['client-case-management', 'data-analysis-and-business-intelligence']
    """
    chosen = _chosen(framework, use_cases)
    found, keys = _used(framework, layer, chosen, as_catalogue)
    steps = framework.steps
    place = np.where(found["step"] < 0, len(steps), found["step"])
    order = np.append(steps["order"].to_numpy(), 0)[place]
    rows = np.lexsort((place, found["code"], order, found["case"]))
    names = np.append(steps["step"].to_numpy(dtype=object), np.nan)
    return pd.DataFrame(
        {
            "use_case": pd.Index(chosen, dtype="str").take(found["case"].to_numpy()[rows]),
            "step": pd.array(names[place[rows]], dtype="str"),
            "order": order[rows],
            layer: keys.take(found["code"].to_numpy()[rows]),
        }
    )


def reuse(
    framework: Framework,
    layer: Reusable,
    *,
    use_cases: Iterable[str] | None = None,
    as_catalogue: Catalogue | None = None,
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
    as_catalogue
        Count blocks as those of ``govstack`` or ``dif``; see :func:`links`.

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
        If `layer` or `as_catalogue` is none of those.

    Examples
    --------
    >>> import govstack_kit
    >>> blocks = govstack_kit.reuse(govstack_kit.load(), "building_block")
    >>> blocks.set_index("name").loc["Identity", ["use_cases", "steps"]].tolist()
    [16, 84]
    """
    chosen = _chosen(framework, use_cases)
    found, keys = _used(framework, layer, chosen, as_catalogue)
    cases, targets = (
        framework.use_cases.set_index("use_case").loc[chosen],
        framework.use_case_targets,
    )
    found["sector"] = pd.factorize(cases["sector"])[0][found["case"]]
    found["step"] = found["step"].where(found["step"] >= 0)
    served = pd.Index(chosen).get_indexer(pd.Index(targets["use_case"]))
    pairs = found[["case", "code"]].drop_duplicates()
    goals = pairs.merge(targets[["goal"]].assign(case=served).drop_duplicates(), on="case")
    counted = found.groupby("code")[["case", "sector", "step"]].nunique()
    counted = counted.set_axis(["use_cases", "sectors", "steps"], axis=1).set_index(keys)
    counted.insert(
        2, "goals", goals.groupby("code")["goal"].nunique().reindex(range(len(keys))).to_numpy()
    )
    everything: pd.DataFrame = getattr(framework, f"{layer}s")
    if layer == "building_block":
        catalogues = everything.set_index(layer)["catalogue"]
        concerned = set(catalogues.reindex(keys)) or set(cases["catalogue"])
        everything = everything[everything["catalogue"].isin(concerned)]
    result = everything[[layer, "name"]].join(counted, on=layer)
    numbers = counted.columns
    result[numbers] = result[numbers].fillna(0).astype("int64")
    ranked = result.sort_values(["use_cases", "steps", "name"], ascending=[False, False, True])
    return ranked.reset_index(drop=True)


def overlap(
    framework: Framework,
    layer: Reusable,
    use_cases: Iterable[str],
    *,
    as_catalogue: Catalogue | None = None,
) -> pd.DataFrame:
    """Return what several use cases share: which of them use which workflow or building block.

    Parameters
    ----------
    framework
        The tables.
    layer
        ``workflow`` or ``building_block``.
    use_cases
        The use cases to compare.
    as_catalogue
        Count blocks as those of ``govstack`` or ``dif``, so that a model of 2019 and a use case of
        GovStack can be compared; see :func:`links`.

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
    >>> pair = ["dif-market-linkage", "AGR-1"]
    >>> both = govstack_kit.overlap(
    ...     govstack_kit.load(), "building_block", pair, as_catalogue="govstack"
    ... )
    >>> int((both["shared_by"] == 2).sum())
    5
    """
    chosen = _chosen(framework, use_cases)
    found = links(framework, layer, use_cases=chosen, as_catalogue=as_catalogue)
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
    for layer in _LAYERS:
        found = links(framework, layer, use_cases=[chosen])
        names = _names(framework, layer)
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
    names = _names(framework, layer)
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
    for layer in _LAYERS:
        found = links(framework, layer, use_cases=chosen)
        steps = found.groupby(["use_case", layer])["step"].nunique().rename("steps").reset_index()
        names = _names(framework, layer)
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
