"""Several use cases or plans together: what they share, and what one more of them would add.

Definitions
-----------
A *portfolio* is a set of use cases, of one plan or of several. What they *share* is what two or
more of them use. All questions of the kit work on a portfolio: :func:`with_plans` lays the plans
over the framework, and :func:`govstack_kit.reuse`, :func:`govstack_kit.overlap` and
:func:`govstack_kit.architecture` are then asked about its use cases. Own workflows and blocks of
several plans are the same when their keys are. Where use cases of 2019 stand beside others, a block
of 2019 counts as the GovStack block that does the same.

Systems that exchange data two by two need a link for each pair, n (n - 1) / 2 of them; systems that
exchange data through an Information Mediator need one link each, n of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.errors import ArgumentError, expected, quote
from govstack_kit.framework.questions import links
from govstack_kit.planning.plan import Plan

if TYPE_CHECKING:
    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.names import Layer

MOST_SYSTEMS = 1_000_000
NEW, THERE = "new", "already there"


def numbered(plans: Iterable[Plan] | Plan) -> list[Plan]:
    """Return plans whose use cases and steps have the keys that :func:`with_plans` gives them.

    Raises
    ------
    ArgumentError
        If something given is no plan, or nothing is given.
    """
    given = [plans] if isinstance(plans, Plan) or not isinstance(plans, Iterable) else list(plans)
    wanted = "Give a list of plans, each from govstack_kit.Plan.open(path)"
    expected(given[0] if given else None, Plan, wanted)
    taken: dict[str, set[str]] = {"use_cases": set(), "steps": set()}
    found = []
    for plan in given:
        copy = expected(plan, Plan, wanted)
        for table, used in taken.items():
            column = table.removesuffix("s")
            keys = plan.table(table)[column].tolist()
            own = {key.casefold() for key in keys}
            for key in keys:
                number, free = 2, key
                while free.casefold() in (used if free == key else used | own):
                    free, number = f"{key}-{number}", number + 1
                used.add(free.casefold())
                if free != key:
                    copy = copy.copy() if copy is plan else copy
                    copy.set(table, key, **{column: free})
        found.append(copy)
    return found


def with_plans(framework: Framework, plans: Iterable[Plan] | Plan) -> Framework:
    """Return the framework with the use cases of several plans among the published ones.

    A use case of a plan stands in place of a published one with the same key. When two plans have
    use cases with the same key, that of the later plan gets a number: ``school-fees-2``. The plans
    stay as they are.

    Parameters
    ----------
    framework
        The tables to lay the plans over.
    plans
        The plans, in the order in which they are laid.

    Returns
    -------
    Framework
        Every question and figure of the kit works on it.

    Raises
    ------
    ArgumentError
        If something given is no plan, or nothing is given.

    Examples
    --------
    >>> import govstack_kit
    >>> one = govstack_kit.Plan.new(title="Ministry of Education")
    >>> two = govstack_kit.Plan.new(title="Ministry of Health")
    >>> _ = one.add("use_cases", name="Fees"), two.add("use_cases", name="Fees")
    >>> both = with_plans(govstack_kit.load(), [one, two])
    >>> both.use_cases.query("catalogue == 'own'")["use_case"].tolist()
    ['fees', 'fees-2']
    """
    for plan in numbered(plans):
        framework = plan.framework(framework)
    return framework


def _comparable(
    framework: Framework, layer: Layer, use_cases: Iterable[str] | None
) -> pd.DataFrame:
    """Return the links of use cases, with blocks of 2019 as what they are today beside others."""
    chosen = None if use_cases is None else list(use_cases)
    found = links(framework, layer, use_cases=chosen)
    old = found[layer].str.startswith("dif:")
    if old.any() and not old.all():
        found = links(framework, layer, use_cases=chosen, as_catalogue="govstack")
    return found


def overlap_matrix(
    framework: Framework, layer: Layer, use_cases: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return how many workflows or building blocks each two use cases share.

    Parameters
    ----------
    framework
        The tables; those of :func:`with_plans` for the use cases of plans.
    layer
        ``workflow`` or ``building_block``.
    use_cases
        The use cases, in the order wanted; without it, the published ones of GovStack.

    Returns
    -------
    pandas.DataFrame
        Use cases as rows and as columns; the number that both use, and on the diagonal how many
        the use case uses at all.

    Raises
    ------
    UnknownKeyError
        If a use case does not exist.
    ArgumentError
        If `layer` is neither of the two.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> overlap_matrix(framework, "building_block", ["AGR-2", "INST-1"]).values.tolist()
    [[10, 8], [8, 8]]
    """
    chosen = None if use_cases is None else list(use_cases)
    found = _comparable(framework, layer, chosen)
    if chosen is None:
        chosen = framework.use_cases.query("catalogue == 'govstack'")["use_case"].tolist()
    used = pd.crosstab(found["use_case"], found[layer]).gt(0).astype("int64")
    used = used.reindex(list(dict.fromkeys(chosen)), fill_value=0)
    shared: pd.DataFrame = used.dot(used.T)
    return shared.rename_axis(index="use_case", columns=layer)


def newly_needed(
    framework: Framework, layer: Layer, use_cases: Iterable[str], use_case: str
) -> pd.DataFrame:
    """Return what one more use case would add to others: what is new, and what is there already.

    Parameters
    ----------
    framework
        The tables; those of :func:`with_plans` for the use cases of plans.
    layer
        ``workflow`` or ``building_block``.
    use_cases
        The use cases that are there; an empty list for none.
    use_case
        The use case that would come next.

    Returns
    -------
    pandas.DataFrame
        One row for each workflow or block of the use case, new ones first: its key; ``name``;
        ``status`` (``new`` or ``already there``); ``steps``, how many steps of the use case use it
        (0 when it is named for the whole use case only); ``shared_by``, how many of the others use
        it.

    Raises
    ------
    UnknownKeyError
        If a use case does not exist.
    ArgumentError
        If `layer` is neither of the two, or the use case is among the others.

    Examples
    --------
    >>> import govstack_kit
    >>> found = newly_needed(govstack_kit.load(), "building_block", ["AGR-2"], "HLTC-2")
    >>> found.query("status == 'new'")["name"].tolist()
    ['E-Signature', 'GIS']
    """
    there = [use_cases] if isinstance(use_cases, str) else list(dict.fromkeys(use_cases))
    if expected(use_case, str, "Name one use case, for example 'AGR-2'") in there:
        raise ArgumentError(f"{quote(use_case)} is among the use cases that are there already.")
    used = _comparable(framework, layer, [*there, use_case])
    own, others = used[used["use_case"] == use_case], used[used["use_case"] != use_case]
    found = own.groupby(layer)["step"].nunique().rename("steps").reset_index()
    shared = others.groupby(layer)["use_case"].nunique()
    found["shared_by"] = found[layer].map(shared).fillna(0).astype("int64")
    found["status"] = found["shared_by"].gt(0).map({True: THERE, False: NEW}).astype("str")
    found["name"] = found[layer].map(getattr(framework, f"{layer}s").set_index(layer)["name"])
    columns = [layer, "name", "status", "steps", "shared_by"]
    return found.sort_values(
        ["status", "steps", "name"], ascending=[False, False, True], ignore_index=True
    )[columns]


def covering_blocks(
    framework: Framework, use_cases: Iterable[str] | None = None, *, number: int = 5
) -> pd.DataFrame:
    """Return the few building blocks that together serve most steps of some use cases.

    A step is *served* when it uses at least one of them. The blocks are chosen one by one, each
    the one that serves most steps that none before it serves; of those that serve as many, the one
    that more steps use. No other way that is quick to compute is better in the worst case: at least
    63 % of what the best choice of as many blocks serves.

    Parameters
    ----------
    framework
        The tables; those of :func:`with_plans` for the use cases of plans.
    use_cases
        The use cases; without it, the published ones of GovStack.
    number
        How many blocks at most; fewer are returned where the rest serve no further step.

    Returns
    -------
    pandas.DataFrame
        One row a block, in the order in which they are chosen: ``rank``, ``building_block``,
        ``name``; ``steps``, how many steps use it; ``new_steps``, those that none before it
        serves; ``served``, the share of all steps with blocks that are served so far, 0 to 1.

    Raises
    ------
    UnknownKeyError
        If a use case does not exist.
    ArgumentError
        If `number` is below 1.

    Examples
    --------
    >>> import govstack_kit
    >>> covering_blocks(govstack_kit.load(), number=2)[["name", "new_steps"]].values.tolist()
    [['Identity', 84], ['Scheduler', 35]]
    """
    if not isinstance(number, int) or number < 1:
        raise ArgumentError(f"number is how many blocks to choose, 1 or more, not {quote(number)}.")
    used = _comparable(framework, "building_block", use_cases).dropna(subset=["step"])
    steps: dict[str, set[str]] = {}
    for block, step in zip(used["building_block"], used["step"], strict=True):
        steps.setdefault(block, set()).add(step)
    names = framework.building_blocks.set_index("building_block")["name"]
    every, served = used["step"].nunique(), set[str]()
    rows: list[tuple[int, str, str, int, int, float]] = []
    while len(rows) < number and steps:
        best = min(steps, key=lambda key: (-len(steps[key] - served), -len(steps[key]), key))
        mine = steps.pop(best)
        if not mine - served:
            break
        new, served = len(mine - served), served | mine
        rows.append((len(rows) + 1, best, names[best], len(mine), new, len(served) / every))
    columns = ["rank", "building_block", "name", "steps", "new_steps", "served"]
    return pd.DataFrame(rows, columns=columns)


def integration_links(systems: int | Iterable[int]) -> pd.DataFrame:
    """Return how many links systems need: one for each pair, or one each through a mediator.

    Parameters
    ----------
    systems
        A number of systems, or several numbers.

    Returns
    -------
    pandas.DataFrame
        One row a number: ``systems``; ``point_to_point``, n (n - 1) / 2; ``shared``, n.

    Raises
    ------
    ArgumentError
        If a number is no whole number from 1 to 1,000,000.

    Examples
    --------
    >>> integration_links([2, 10, 50]).values.tolist()
    [[2, 1, 2], [10, 45, 10], [50, 1225, 50]]
    """
    given = list(systems) if isinstance(systems, Iterable) else [systems]
    for number in given:
        if not isinstance(number, Integral) or not 1 <= number <= MOST_SYSTEMS:
            raise ArgumentError(
                f"The number of systems is a whole number from 1 to {MOST_SYSTEMS:,}, not "
                f"{quote(number)}."
            )
    rows = [(n, n * (n - 1) // 2, n) for n in sorted(set(given))]
    return pd.DataFrame(rows, columns=["systems", "point_to_point", "shared"]).astype("int64")
