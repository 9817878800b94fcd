"""What could cover the building blocks of a plan: products, existing systems and own builds.

Definitions
-----------
An *option* covers building blocks, each with a fit from 0 (not at all) to 1 (fully), and has costs
to build, to integrate and for each year. Whatever nobody has entered is missing, which means
unknown, never zero.

The existing systems of a plan that serve blocks are options without being entered again. The fits
that follow from how well they do it are the kit's own convention, and published nowhere: well 1.0,
partly 0.5, poorly 0.2, not judged unknown. To build an existing system costs nothing, because it is
there; to integrate it does, and only the team can say how much: while it has not, the cost of the
system is unknown. An option of the kind "system" that names a system takes its place, and takes
from it what was not entered again: licence, both costs, and the blocks that it serves.

Where the team has answered for requirements of a block and given no fit, the fit follows from the
answers, as :func:`govstack_kit.fit_scores` counts it: what is unknown counts as not met. Then the
columns ``fit_lowest`` and ``fit_highest`` say how far unknown answers could move it, and
:func:`govstack_kit.stability` draws from that range.

A product that is named by its key takes its licence from the tables. Where nobody said whether an
option is open source, its licence does, if it is known.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit.planning.selected import Option
from govstack_kit.selection import _demonstration
from govstack_kit.selection._filters import is_open_source
from govstack_kit.selection._given import framework_of, plan_of
from govstack_kit.selection._known_blocks import check_blocks
from govstack_kit.selection._needed import counted
from govstack_kit.selection.checks import answers_of
from govstack_kit.selection.compliance import fit_scores

if TYPE_CHECKING:
    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.model import PlanData
    from govstack_kit.planning.selected import System

FITS = MappingProxyType({"well": 1.0, "partly": 0.5, "poorly": 0.2})
_COLUMNS = {
    "option": "str",
    "name": "str",
    "kind": "str",
    "vendor": "str",
    "licence": "str",
    "open_source": "str",
    "building_block": "str",
    "fit": "float64",
    "build_cost": "float64",
    "integration_cost": "float64",
    "annual_cost": "float64",
    "note": "str",
}


def options(plan: PlanData, framework: Framework | None = None) -> pd.DataFrame:
    """Return the options of a plan, and its existing systems as options.

    Parameters
    ----------
    plan
        The plan.
    framework
        The tables, for the licences of products that an option names, for fits that follow from
        answers, and for the keys of building blocks, of which those of 2019 count as in
        :mod:`.needs`; without it, neither is added, and keys are taken as they are.

    Returns
    -------
    pandas.DataFrame
        One row an option and block, sorted by both: ``option`` (its id), ``name``, ``kind``
        (product, system or own build), ``vendor``, ``licence``, ``open_source`` (yes, no, or empty
        where nobody knows), ``building_block``, ``fit`` (0 to 1), ``build_cost``,
        ``integration_cost``, ``annual_cost`` (in the currency of the plan, repeated on every row of
        an option) and ``note`` (of the block, else of the option). Missing numbers are unknown.
        Options that name no block have no row. Where a fit follows from answers, there are also
        ``fit_lowest`` and ``fit_highest``.

    Raises
    ------
    ArgumentError
        If something given is no plan, or an option or system has a key that is no building block of
        the tables or the plan.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.planning.selected import Service, System
    >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
    >>> till = System(id="till", name="Till", serves=[Service(key="govstack:payments")])
    >>> till.serves[0].quality = "partly"
    >>> plan.systems = [till]
    >>> options(plan)[["option", "kind", "building_block", "fit"]].values.tolist()
    [['till', 'system', 'govstack:payments', 0.5]]
    """
    plan_of(plan)
    if framework is not None:
        check_blocks(framework_of(framework), [plan])
    rows = [row for one in complete(plan, framework) for row in _rows(one)]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)
    if framework is not None and any(option.answers for option in plan.options):
        frame = _judged(frame, fit_scores(framework, plan))
    if framework is not None:
        frame = _counted(framework, frame)
    return frame.sort_values(["option", "building_block"], ignore_index=True)


def _counted(framework: Framework, frame: pd.DataFrame) -> pd.DataFrame:
    """Return options with the blocks that theirs count as, each once, with the best fit for it."""
    blocks = {key: counted(framework, key) for key in frame["building_block"].unique()}
    if all(same == [key] for key, same in blocks.items()):
        return frame
    frame = frame.assign(building_block=frame["building_block"].map(blocks)).explode(
        "building_block", ignore_index=True
    )
    frame = frame.sort_values("fit", ascending=False, kind="stable")
    return frame.drop_duplicates(["option", "building_block"]).astype({"building_block": "str"})


def complete(plan: PlanData, framework: Framework | None = None) -> list[Option]:
    """Return the options of a plan with what their systems say, and its other systems as options.

    Parameters
    ----------
    plan
        The plan.
    framework
        The tables, for the licences of products that an option names.

    Returns
    -------
    list of Option
        Those of the plan, in its order, then one for each system that no option stands for. Where
        nobody said whether one is open source, its licence does.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.planning.selected import System
    >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
    >>> plan.systems = [System(id="till", name="Till", integration_cost=90)]
    >>> [(option.id, option.build_cost, option.integration_cost) for option in complete(plan)]
    [('till', 0.0, 90.0)]
    """
    systems = {system.id: system for system in plan.systems}
    taken = {option.system for option in plan.options if option.kind == "system"}
    ids = {option.id for option in plan.options}
    found = [
        _filled(option, systems.get(option.system) if option.kind == "system" else None)
        for option in plan.options
    ]
    for system in plan.systems:
        if system.id not in taken:
            key = system.id if system.id not in ids else f"{system.id}-existing"
            found.append(_filled(Option(id=key, name=system.name, kind="system"), system))
    licences = _licences(framework)
    return [_licensed(option, licences.get(option.product, "")) for option in found]


def _judged(frame: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Return the options with the fits that follow from answers, where the team gave none."""
    key = ["option", "building_block"]
    found = frame[key].merge(scores[[*key, "fit", "lowest", "highest"]], "left", on=key)
    open_ = frame["fit"].isna() & found["fit"].notna()
    return frame.assign(
        fit=frame["fit"].where(~open_, found["fit"]),
        fit_lowest=frame["fit"].where(~open_, found["lowest"]),
        fit_highest=frame["fit"].where(~open_, found["highest"]),
    )


def answers(plan: PlanData) -> pd.DataFrame:
    """Return how the options of a plan meet requirements.

    Returns
    -------
    pandas.DataFrame
        One row an option and requirement that was answered: ``option``, ``requirement`` and
        ``answer`` (met, partly, not met or unknown); the worse one where there are two.

    Examples
    --------
    >>> import govstack_kit
    >>> answers(govstack_kit.Plan.new(title="Advice for farmers")).empty
    True
    """
    found = answers_of(plan_of(plan).options)[["option", "requirement", "answer"]]
    return found.sort_values(["option", "requirement"], ignore_index=True)


def demonstration_options(framework: Framework | None = None) -> list[Option]:
    """Return options for the blocks of the rural advisory service (AGR-2), with made-up numbers.

    Parameters
    ----------
    framework
        The tables that the names of products come from; without it, the bundled ones. Products
        that it does not have are left out.

    Returns
    -------
    list of Option
        New ones with each call: real products, an existing system and an own build. Their costs and
        fits are an illustration, and the ``note`` of each says so.

    Examples
    --------
    >>> found = demonstration_options()
    >>> {option.kind for option in found} == {"product", "system", "own build"}
    True
    >>> found[0].note
    'Illustration only: the costs and fits are made up for the demonstration.'
    """
    return _demonstration.options(framework)


def _licences(framework: Framework | None) -> dict[str, str]:
    if framework is None:
        return {}
    table = framework.product_licences
    joined = table.groupby("product")["licence"].agg(lambda names: ", ".join(sorted(set(names))))
    return {str(product): str(licence) for product, licence in joined.items()}


def _filled(option: Option, system: System | None) -> Option:
    """Return an option with what its existing system says and the option itself does not."""
    if system is None:
        return option
    covers = [
        {"key": service.key, "fit": FITS.get(service.quality), "note": service.note}
        for service in system.serves
    ]
    own = option.model_dump()
    return Option.model_validate(
        own
        | {
            "vendor": option.vendor,
            "licence": option.licence or system.licence,
            "open_source": option.open_source or system.open_source,
            "covers": own["covers"] or covers,
            "build_cost": _first(option.build_cost, 0.0),
            "integration_cost": _first(option.integration_cost, system.integration_cost),
            "annual_cost": _first(option.annual_cost, system.annual_cost),
        }
    )


def _licensed(option: Option, licence: str) -> Option:
    """Return an option with the licence of its product, and whether that is an open one."""
    known = option.licence or licence
    open_source = option.open_source or (is_open_source(known) if known else "")
    return option.model_copy(update={"licence": known, "open_source": open_source})


def _first(own: float | None, otherwise: float | None) -> float | None:
    return otherwise if own is None else own


def _rows(option: Option) -> list[dict[str, Any]]:
    covers = {cover.key: cover for cover in reversed(option.covers)}  # the first of each counts
    return [
        {
            "option": option.id,
            "name": option.name,
            "kind": option.kind,
            "vendor": option.vendor,
            "licence": option.licence,
            "open_source": option.open_source,
            "building_block": cover.key,
            "fit": cover.fit,
            "build_cost": option.build_cost,
            "integration_cost": option.integration_cost,
            "annual_cost": option.annual_cost,
            "note": cover.note or option.note,
        }
        for cover in covers.values()
    ]
