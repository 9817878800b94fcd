"""What an option can be asked, and what it answered.

Definitions
-----------
A *check* is something that can be answered: a published requirement, a key functionality, an
operation of the published interface, one of the two questions that only rulesets ask (see
:mod:`.rulesets`), or a requirement of the team's own. An *answer* is met, partly, not met or
unknown; what is not answered is unknown. Where an option has two answers to one check, the less
favourable one counts.

Checks of the kind *core* hold for every building block. The bundled tables have one such set,
GovStack's security requirements; the cross-functional requirements 2.0 are not among them yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit.errors import UnknownKeyError, did_you_mean, quote
from govstack_kit.planning.selected import ANSWERS
from govstack_kit.selection import rulesets as rules
from govstack_kit.selection._given import frame_of, framework_of, keys, plan_of
from govstack_kit.selection._needed import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.model import PlanData
    from govstack_kit.planning.selected import Option

COLUMNS = dict.fromkeys(
    ("requirement", "building_block", "kind", "section", "level", "title"), "str"
)
_FIRST = ("not met", "unknown", "partly", "met")  # the less favourable answer first


def blocks_of(
    framework: Framework, building_blocks: str | Iterable[str], plan: PlanData | None = None
) -> list[str]:
    """Return keys of building blocks, each once, if the framework or the plan has them."""
    known = dict.fromkeys(framework_of(framework).building_blocks["building_block"])
    if plan is not None:
        known |= dict.fromkeys(c.key for option in plan_of(plan).options for c in option.covers)
        known |= dict.fromkeys(need.building_block for need in plan.own_requirements)
    given = keys(building_blocks, "building blocks")
    for key in given:
        if key not in known:
            hint = did_you_mean(str(key), known)
            raise UnknownKeyError(f"There is no building block {quote(key)}. {hint}".strip())
    return given


def counted_blocks(
    framework: Framework,
    building_blocks: str | Iterable[str],
    plan: PlanData | None = None,
    requirements: pd.DataFrame | None = None,
) -> list[str]:
    """Return keys of building blocks as they are counted, each once, if there are such blocks.

    Examples
    --------
    >>> import govstack_kit
    >>> counted_blocks(govstack_kit.load(), ["dif:payments", "govstack:payments", "dif:elearning"])
    ['govstack:payments', 'dif:elearning']
    """
    given = keys(building_blocks, "building blocks")
    asked = set()
    if requirements is not None:
        asked = set(_frame_of(requirements)["building_block"]) - {""}
    blocks_of(framework, [key for key in given if key not in asked], plan)
    return list(dict.fromkeys(block for key in given for block in counted(framework, key)))


def _frame_of(requirements: pd.DataFrame) -> pd.DataFrame:
    return frame_of(requirements, (*COLUMNS, "decision", "own"), "The frame of requirements")


def _published(framework: Framework) -> pd.DataFrame:
    """Return every published check; those that hold for every block have no block."""
    needs = framework.requirements.fillna({"building_block": "", "section": ""})
    needs["kind"] = needs["kind"].mask(needs["building_block"] == "", rules.CORE)
    functions = framework.key_functionalities.rename(
        columns={"key_functionality": "requirement", "name": "title"}
    ).assign(kind=rules.KEY, level="")
    operations = framework.api_operations
    operations["title"] = operations["method"] + " " + operations["path"]
    operations["requirement"] = operations["building_block"] + " " + operations["title"]
    operations = operations.drop_duplicates("requirement").assign(
        kind=rules.SERVICE, level="", section=""
    )
    extra = pd.DataFrame(
        [
            (rules.CONTAINER_KEY, rules.CONTAINER, "The product can be run as a container"),
            (
                rules.ARCHITECTURE_KEY,
                rules.ARCHITECTURE,
                "The REQUIRED interface requirements of the architecture specification are met",
            ),
        ],
        columns=["requirement", "kind", "title"],
    ).assign(building_block="", section="", level="")
    parts = [part[list(COLUMNS)] for part in (extra, needs, functions, operations)]
    return pd.concat(parts, ignore_index=True).fillna("").astype(COLUMNS)


def checks(
    framework: Framework,
    building_blocks: str | Iterable[str] | None = None,
    *,
    plan: PlanData | None = None,
    requirements: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return everything that an option can be asked about some building blocks.

    Parameters
    ----------
    framework
        The tables.
    building_blocks
        Keys of building blocks, as they are counted; without it, all of them.
    plan
        A plan, for the requirements of its own that it needs.
    requirements
        The requirements with a ``decision``, as :func:`govstack_kit.requirements` returns them for
        a plan and :func:`govstack_kit.joint_requirements` for several: what is not needed is left
        out, and own requirements are taken from there.

    Returns
    -------
    pandas.DataFrame
        One row a check: ``requirement`` (its key, which the answer bears), ``building_block``
        (empty where it holds for every block), ``kind``, ``section``, ``level`` and ``title``.

    Raises
    ------
    UnknownKeyError
        If there is no such building block.
    ArgumentError
        If `requirements` lacks a column.

    Examples
    --------
    >>> import govstack_kit
    >>> found = checks(govstack_kit.load(), "govstack:consent")
    >>> found["kind"].value_counts().to_dict()
    {'core': 115, 'service API': 42, 'functional': 18, 'cross-cutting': 4, 'key functionality': 3,
     'deployment': 1, 'architecture API': 1}
    """
    found = weighed(framework, plan=plan, requirements=requirements)
    found = found.loc[found["counts"], list(COLUMNS)]
    if building_blocks is not None:
        wanted = ["", *counted_blocks(framework, building_blocks, plan, requirements)]
        found = found[found["building_block"].isin(wanted)]
    return found.reset_index(drop=True)


def weighed(
    framework: Framework,
    *,
    plan: PlanData | None = None,
    requirements: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return every check, and what the requirements of a plan say about it.

    Parameters
    ----------
    framework, plan, requirements
        As for :func:`checks`.

    Returns
    -------
    pandas.DataFrame
        The columns of :func:`checks`, with ``said`` (whether the frame of requirements has it) and
        ``counts`` (false if the frame has it as not needed).

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.new(title="Consent")
    >>> asked = govstack_kit.requirements(framework, plan, "Consent")
    >>> found = weighed(framework, requirements=asked).query("building_block == 'govstack:consent'")
    >>> found[["said", "counts"]].value_counts().to_dict()
    {(False, True): 42, (True, True): 22, (True, False): 3}
    """
    found = _published(framework_of(framework)).assign(said=False, counts=True)
    own: list[tuple[Any, ...]] = [
        (need.id, need.building_block, rules.OWN, "", need.level, need.title, False, True)
        for need in (plan_of(plan).own_requirements if plan is not None else [])
        if need.decision == "needed"
    ]
    if requirements is not None:
        requirements = _frame_of(requirements)
        needed = requirements["decision"] == "needed"
        found["said"] = found["requirement"].isin(requirements["requirement"])
        found["counts"] = ~found["requirement"].isin(requirements.loc[~needed, "requirement"])
        rows = requirements.assign(kind=rules.OWN, said=True, counts=needed)
        rows = rows[rows["own"].astype(bool)]
        own = [tuple(row) for row in rows[list(found.columns)].to_numpy()]
    as_counted = [
        (key, block, *rest) for key, named, *rest in own for block in counted(framework, named)
    ]
    if not as_counted:
        return found
    added = pd.DataFrame(as_counted, columns=found.columns).fillna("").astype(found.dtypes)
    return pd.concat([found, added], ignore_index=True)


def options_of(plan: PlanData, options: str | Iterable[str] | None) -> list[Option]:
    """Return options of a plan, each once, if there are such."""
    if options is None:
        return list(plan_of(plan).options)
    known = {option.id: option for option in plan_of(plan).options}
    wanted = keys(options, "options")
    for key in wanted:
        if key not in known:
            hint = did_you_mean(str(key), known) or f"It has {len(known)}."
            raise UnknownKeyError(f"The plan has no option {quote(key)}. {hint}")
    return [known[key] for key in wanted]


def answers_of(options: list[Option]) -> pd.DataFrame:
    """Return the answers of options, one row an option and key; the worst where there are two."""
    rows = [
        (
            option.id,
            answer.key,
            answer.answer if answer.answer in ANSWERS else "unknown",  # of a newer plan
            *(answer.evidence, answer.by, answer.date),
        )
        for option in options
        for answer in option.answers
    ]
    columns = ["option", "requirement", "answer", "evidence", "by", "date"]
    frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns, "str"))
    worst = frame["answer"].map({answer: place for place, answer in enumerate(_FIRST)})
    frame = frame.assign(worst=worst).sort_values("worst", kind="stable")
    return frame.drop_duplicates(["option", "requirement"]).drop(columns="worst")


def unused_answers(
    framework: Framework, plan: PlanData, *, requirements: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the answers of options that no check asks for, such as those with a mistyped key.

    Parameters
    ----------
    framework
        The tables.
    plan
        The plan.
    requirements
        A frame as for :func:`checks`, for the own requirements of several plans.

    Returns
    -------
    pandas.DataFrame
        One row an answer: ``option``, ``name``, ``requirement`` (the key that it bears), ``answer``
        and ``near`` (the nearest keys that there are).

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.planning.selected import Answer, Option
    >>> plan = govstack_kit.Plan.new(title="Consent")
    >>> plan.options = [Option(id="one", name="One", answers=[Answer(key="consent:6.1-1")])]
    >>> unused_answers(govstack_kit.load(), plan)["near"].item()
    'Did you mean consent:6.1-01 ...?'
    """
    known = dict.fromkeys(weighed(framework, requirements=requirements)["requirement"])
    own = {need.id for need in plan_of(plan).own_requirements}
    rows = [
        (option.id, option.name, given.key, given.answer, did_you_mean(given.key, known))
        for option in plan.options
        for given in option.answers
        if given.key not in known and given.key not in own
    ]
    columns = ["option", "name", "requirement", "answer", "near"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns, "str"))
