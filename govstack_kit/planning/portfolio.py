"""Several use cases or plans together: what they share, and what one more of them would add.

Definitions
-----------
A *portfolio* is a set of use cases, of one plan or of several. What they *share* is what two or
more of them use. All questions of the kit work on a portfolio: :func:`combine` lays the plans over
the framework, and :func:`govstack_kit.reuse`, :func:`govstack_kit.overlap` and
:func:`govstack_kit.architecture` are then asked about its use cases. Own workflows and blocks of
several plans are the same when their keys are.

Systems that exchange data two by two need a link for each pair, n (n - 1) / 2 of them; systems that
exchange data through an Information Mediator need one link each, n of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.framework.questions import Reusable, links
from govstack_kit.planning._given import framework_of, keys
from govstack_kit.planning.frames import overlay
from govstack_kit.planning.plan import Plan

if TYPE_CHECKING:
    from govstack_kit.framework.framework import Framework

MOST_SYSTEMS = 1_000_000
NEW, THERE = "new", "already there"


def _free(key: str, taken: set[str]) -> str:
    """Return an id that no other use case has, whatever its case."""
    number, free = 2, key
    while free.casefold() in taken:
        free, number = f"{key}-{number}", number + 1
    return free


def combine(framework: Framework, plans: Iterable[Plan] | Plan) -> Framework:
    """Return the framework with the use cases of several plans among the published ones.

    A use case of a plan stands in place of a published one with the same id. When two plans have
    use cases with the same id, that of the later plan gets a number: ``school-fees-2``. The plans
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
    >>> _ = one.add_from_list("Fees", "1. Pay"), two.add_from_list("Fees", "1. Pay")
    >>> both = combine(govstack_kit.load(), [one, two])
    >>> both.use_cases.query("catalogue == 'own'")["use_case"].tolist()
    ['fees', 'fees-2']
    """
    framework_of(framework)
    for plan in numbered(plans):
        framework = overlay(plan, framework)
    return framework


def numbered(plans: Iterable[Plan] | Plan) -> list[Plan]:
    """Return plans whose use cases have the ids that :func:`combine` gives them.

    Raises
    ------
    ArgumentError
        If something given is no plan, or nothing is given.
    """
    given = [plans] if isinstance(plans, Plan) else _listed(plans)
    taken: set[str] = set()
    found = []
    for plan in given:
        renamed = []
        for use_case in plan.use_cases:
            key = _free(use_case.id, taken)
            taken.add(key.casefold())
            same = key == use_case.id
            renamed.append(use_case if same else use_case.model_copy(update={"id": key}))
        found.append(plan.model_copy(update={"use_cases": renamed}))
    return found


def _listed(plans: object) -> list[Plan]:
    """Return plans as a list, if they are plans."""
    given = list(plans) if isinstance(plans, Iterable) and not isinstance(plans, str) else [plans]
    found = [plan for plan in given if isinstance(plan, Plan)]
    if len(found) < len(given) or not found:
        wrong = next((quote(plan) for plan in given if not isinstance(plan, Plan)), "nothing")
        raise ArgumentError(
            f"Give a list of plans, not {wrong}; open each with govstack_kit.Plan.open(path)."
        )
    return found


def overlap_matrix(
    framework: Framework, layer: Reusable, use_cases: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return how many workflows or building blocks each two use cases share.

    Parameters
    ----------
    framework
        The tables; those of :func:`combine` for the use cases of plans.
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
    chosen = None if use_cases is None else keys(use_cases, "use cases")
    found = links(framework_of(framework), layer, use_cases=chosen)
    if chosen is None:
        table = framework.use_cases
        chosen = table.loc[table["catalogue"] == "govstack", "use_case"].tolist()
    used = pd.crosstab(found["use_case"], found[layer]).reindex(chosen, fill_value=0)
    used = used.gt(0).astype("int64")
    shared: pd.DataFrame = used.dot(used.T)
    return shared.rename_axis(index="use_case", columns=layer)


def adds(
    framework: Framework, layer: Reusable, base: Iterable[str], candidate: str
) -> pd.DataFrame:
    """Return what one more use case would add to others: what is new, and what is there already.

    Parameters
    ----------
    framework
        The tables; those of :func:`combine` for the use cases of plans.
    layer
        ``workflow`` or ``building_block``.
    base
        The use cases that are there; an empty list for none.
    candidate
        The use case that would come next.

    Returns
    -------
    pandas.DataFrame
        One row for each workflow or block of the candidate, new ones first: its id; ``name``;
        ``status`` (``new`` or ``already there``); ``steps``, how many steps of the candidate use it
        (0 when it is named for the whole use case only); ``shared_by``, how many use cases of the
        base use it.

    Raises
    ------
    UnknownKeyError
        If a use case does not exist.
    ArgumentError
        If `layer` is neither of the two, or the candidate is in the base.

    Examples
    --------
    >>> import govstack_kit
    >>> found = adds(govstack_kit.load(), "building_block", ["AGR-2"], "HLTC-2")
    >>> found.query("status == 'new'")["name"].tolist()
    ['E-Signature', 'GIS']
    """
    framework_of(framework)
    there = keys(base, "use cases")
    if not isinstance(candidate, str):
        raise ArgumentError(f"Name one use case, for example 'AGR-2', not {quote(candidate)}.")
    if candidate in there:
        raise ArgumentError(f"{quote(candidate)} is among the use cases that are there already.")
    own = links(framework, layer, use_cases=[candidate])
    counted = own.groupby(layer)["step"].nunique().rename("steps").reset_index()
    others = links(framework, layer, use_cases=there) if there else own.iloc[:0]
    shared = others.groupby(layer)["use_case"].nunique()
    names = getattr(framework, f"{layer}s").set_index(layer)["name"]
    found = counted.assign(
        name=counted[layer].map(names),
        shared_by=counted[layer].map(shared).fillna(0).astype("int64"),
    )
    found["status"] = found["shared_by"].gt(0).map({True: THERE, False: NEW}).astype("str")
    found["steps"] = found["steps"].astype("int64")
    found = found.sort_values(["status", "steps", "name"], ascending=[False, False, True])
    return found[[layer, "name", "status", "steps", "shared_by"]].reset_index(drop=True)


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
    several = isinstance(systems, Iterable) and not isinstance(systems, str)
    numbers = sorted(set(map(_number, systems))) if several else [_number(systems)]  # type: ignore[arg-type]
    rows = [(n, n * (n - 1) // 2, n) for n in numbers]
    return pd.DataFrame(rows, columns=["systems", "point_to_point", "shared"]).astype("int64")


def _number(value: object) -> int:
    """Return a number of systems as a whole number."""
    try:
        number = int(value)  # type: ignore[call-overload]
        whole = number == value and not isinstance(value, bool | str)
    except (TypeError, ValueError, OverflowError):
        whole = False
    if not whole or not 1 <= number <= MOST_SYSTEMS:
        raise ArgumentError(
            f"The number of systems is a whole number from 1 to {MOST_SYSTEMS:,}, not "
            f"{quote(value)}."
        )
    return int(number)
