"""Which use case uses what, as numbers: the join under every count of the kit.

Keys are looked up once and then stand as whole numbers, so that large portfolios are counted by
arithmetic and the time grows as the number of uses does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from govstack_kit.framework.tables import Framework

    Numbers = NDArray[np.int64]


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
