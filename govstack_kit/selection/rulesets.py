"""By which rules a product is called compliant: named, dated and with the source of every figure.

Definitions
-----------
A *ruleset* has one or two *levels*; a level is reached when each of its *conditions* holds. A
condition names what is counted and the rule that the count must fulfil: *all*, *at least 1*, *over
50 %* and *over 90 %* (exactly the half is not enough), *reported* (a percentage without a limit) or
*not asked* (printed as optional or not applicable). What is counted is of these kinds:

functional, cross-cutting
    The published requirements of the building block, of the levels that the condition names.
core
    The cross-cutting requirements that hold for every building block. Those of the bundled tables
    are GovStack's security requirements; a condition that means another set bears a *caveat*,
    which every verdict that rests on it repeats.
key functionality
    The sections of the chapter on key digital functionalities. They bear no level, so all count.
service API
    The operations of the published interface of the block, each method and path once: the kit's
    reading of what the publisher calls service APIs.
deployment, architecture API
    One question each, which no requirement asks: whether the product can be run as a container, and
    whether it fulfils the interface requirements of the architecture specification.
own
    Requirements that the team added; only the kit's own figure counts them.

An answer *partly* does not count as met under a published ruleset, for none of them knows it. In
the figure ``kit-fit``, which is the kit's own and meant for comparing and choosing, it counts half.

Where a publication has two readings, both are here under names of their own. The schema of 2024
prints the same limits for both levels: over 50 % for cross-cutting and over 90 % for functional
requirements. Rows and columns look transposed: meant are probably over 50 % of both for level 1 and
over 90 % of both for level 2. The schema before it, of 2023, is on record with *all* cross-cutting
requirements for level 1; a copy of the table itself prints *at least 1* for those of the
architecture, and rows on deployment and interfaces beside them.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import pandas as pd

from govstack_kit.errors import ArgumentError, did_you_mean, quote
from govstack_kit.selection._given import keys

ALL, ONE, HALF, NINE = "all", "at least 1", "over 50 %", "over 90 %"
REPORTED, NOT_ASKED = "reported", "not asked"
SHARES = {HALF: 50, NINE: 90}  # per cent that must be exceeded
FUNCTIONAL, CROSS_CUTTING, CORE = "functional", "cross-cutting", "core"
KEY, SERVICE, CONTAINER, ARCHITECTURE, OWN = (
    *("key functionality", "service API", "deployment", "architecture API", "own"),
)
CONTAINER_KEY, ARCHITECTURE_KEY = "deployment:container", "architecture:required-apis"
KIT = "kit-fit"
NOT_ITS_OWN = (
    "The core set counted here is GovStack's security requirements, not the one that the ruleset "
    "means, which the tables do not have yet."
)

_REQUIRED, _ANY = ("REQUIRED",), ("",)  # what has no level is asked for under an empty one
_TESTING = "https://github.com/GovStackWorkingGroup/testing-webapp"
_CORE_SPECIFICATION = (
    "https://github.com/GovStackWorkingGroup/cfr-architecture/blob/"
    "e8e7b30acd02149b2e178f5a22903a4ba9f7baa2/spec/5-specification-framework/"
    "5.5-specification-use.md"
)


class Condition(NamedTuple):
    """One condition of a level: what is counted, the rule that it must fulfil, and a caveat."""

    level: int
    name: str
    kinds: tuple[str, ...]
    levels: tuple[str, ...]
    rule: str
    caveat: str = ""


class Ruleset(NamedTuple):
    """A named set of conditions, with its publication and what is odd about it."""

    name: str
    conditions: tuple[Condition, ...]
    source: str
    url: str
    note: str
    partly: float = 0.0  # what an answer "partly" counts


def _testing_2024(limits: dict[int, tuple[str, str]]) -> tuple[Condition, ...]:
    """Return the conditions of 2024 with the limits of cross-cutting and functional by level."""
    found = [Condition(1, "Deployable as a container", (CONTAINER,), _ANY, ALL)]
    for level, (cross, functional) in limits.items():
        found += [
            Condition(level, "REQUIRED cross-cutting", (CORE, CROSS_CUTTING), _REQUIRED, cross),
            Condition(level, "REQUIRED functional", (FUNCTIONAL,), _REQUIRED, functional),
        ]
    return (
        *found,
        Condition(1, "Service APIs", (SERVICE,), _ANY, ONE),
        Condition(1, "REQUIRED architecture APIs", (ARCHITECTURE,), _ANY, NOT_ASKED),
        Condition(2, "Deployable as a container", (CONTAINER,), _ANY, NOT_ASKED),
        Condition(2, "Service APIs", (SERVICE,), _ANY, ALL),
        Condition(2, "REQUIRED architecture APIs", (ARCHITECTURE,), _ANY, ALL),
    )


def _testing_2023_table() -> tuple[Condition, ...]:
    own = (FUNCTIONAL, CROSS_CUTTING)
    return (
        Condition(1, "Deployable as a container", (CONTAINER,), _ANY, ALL),
        Condition(1, "Key functionalities", (KEY,), _ANY, ALL),
        Condition(1, "REQUIRED of the block", own, _REQUIRED, ONE),
        Condition(1, "REQUIRED of the core set", (CORE,), _REQUIRED, ONE, NOT_ITS_OWN),
        Condition(1, "Service APIs", (SERVICE,), _ANY, ONE),
        Condition(1, "REQUIRED architecture APIs", (ARCHITECTURE,), _ANY, NOT_ASKED),
        Condition(2, "Deployable as a container", (CONTAINER,), _ANY, NOT_ASKED),
        Condition(2, "Key functionalities", (KEY,), _ANY, ALL),
        Condition(2, "REQUIRED of the block", own, _REQUIRED, ALL),
        Condition(2, "REQUIRED of the core set", (CORE,), _REQUIRED, ALL, NOT_ITS_OWN),
        Condition(2, "Service APIs", (SERVICE,), _ANY, ALL),
        Condition(2, "REQUIRED architecture APIs", (ARCHITECTURE,), _ANY, ALL),
    )


_RULESETS = (
    Ruleset(
        "govspecs-2.0",
        (
            Condition(1, "REQUIRED of the core set", (CORE,), _REQUIRED, ALL, NOT_ITS_OWN),
            Condition(1, "REQUIRED of the block", (FUNCTIONAL, CROSS_CUTTING), _REQUIRED, ALL),
            Condition(
                *(1, "RECOMMENDED", (CORE, FUNCTIONAL, CROSS_CUTTING), ("RECOMMENDED",)),
                *(REPORTED, NOT_ITS_OWN),
            ),
        ),
        "GovStack requirements model 2.0 and GovMarket rule (2026), sections 5.3.3 and 5.5.4",
        _CORE_SPECIFICATION,
        "One failure disqualifies. The core set that it means, the cross-functional requirements "
        f"2.0, is another. {NOT_ITS_OWN}",
    ),
    Ruleset(
        "govstack-testing-2024-as-published",
        _testing_2024({1: (HALF, NINE), 2: (HALF, NINE)}),
        "GovStack testing web application, published evaluation schema (2024)",
        _TESTING,
        "Both levels have the same limits, as printed; the layout looks transposed. Compare with "
        "govstack-testing-2024-as-meant.",
    ),
    Ruleset(
        "govstack-testing-2024-as-meant",
        _testing_2024({1: (HALF, HALF), 2: (NINE, NINE)}),
        "GovStack testing web application, published evaluation schema (2024), as GovStack Kit "
        "reads it",
        _TESTING,
        "The kit's reading of what is evidently meant: over 50 % of both for level 1, over 90 % of "
        "both for level 2. It is not what is printed.",
    ),
    Ruleset(
        "govstack-testing-2023",
        (
            Condition(1, "Key functionalities", (KEY,), _ANY, ALL),
            Condition(1, "REQUIRED functional", (FUNCTIONAL,), _REQUIRED, ONE),
            Condition(1, "REQUIRED cross-cutting", (CORE, CROSS_CUTTING), _REQUIRED, ALL),
            Condition(2, "Key functionalities", (KEY,), _ANY, ALL),
            Condition(2, "REQUIRED functional", (FUNCTIONAL,), _REQUIRED, ALL),
            Condition(2, "REQUIRED cross-cutting", (CORE, CROSS_CUTTING), _REQUIRED, ALL),
        ),
        "GovStack testing web application, earlier evaluation schema (2023)",
        _TESTING,
        "A copy of the table itself prints at least 1 where this says all cross-cutting for level "
        "1. Compare with govstack-testing-2023-table.",
    ),
    Ruleset(
        "govstack-testing-2023-table",
        _testing_2023_table(),
        "GovStack testing web application, earlier evaluation schema, its table at commit "
        "24e19d81afc3",
        f"{_TESTING}/blob/24e19d81afc359deaa0afede226d8d9565542462/frontend/components/compliance/"
        "EvaluationSchemaTable.tsx",
        "With its rows on deployment and interfaces. Cross-cutting requirements of the block count "
        f"with the functional ones; those of the architecture are the core set. {NOT_ITS_OWN}",
    ),
    Ruleset(
        KIT,
        (
            Condition(
                1,
                "Fit",
                (FUNCTIONAL, CROSS_CUTTING, OWN),
                ("REQUIRED", "RECOMMENDED"),
                REPORTED,
            ),
        ),
        "GovStack Kit: curated by this project",
        "",
        "The kit's own convention for comparing and choosing: met counts 1, partly 0.5, not met "
        "and unknown 0; REQUIRED and RECOMMENDED count alike, the core set does not. It certifies "
        "nothing.",
        partly=0.5,
    ),
)
RULESETS = {ruleset.name: ruleset for ruleset in _RULESETS}


def chosen(names: str | list[str] | tuple[str, ...] | None) -> list[Ruleset]:
    """Return rulesets by name; without names, all of them.

    Raises
    ------
    ArgumentError
        If there is no such ruleset.

    Examples
    --------
    >>> [ruleset.name for ruleset in chosen("govspecs-2.0")]
    ['govspecs-2.0']
    """
    if names is None:
        return list(_RULESETS)
    wanted = keys(names, "rulesets")
    wrong = [name for name in wanted if name not in RULESETS]
    if wrong or not wanted:
        said = f"There is no ruleset {quote(wrong[0])}. " if wrong else "Name a ruleset. "
        hint = did_you_mean(str(wrong[0]), RULESETS) if wrong else ""
        raise ArgumentError(f"{said}{hint} Allowed: {', '.join(RULESETS)}.".replace("  ", " "))
    return [RULESETS[name] for name in wanted]


def counted(rulesets: list[Ruleset]) -> pd.DataFrame:
    """Return what each condition counts, one row a kind and level of requirement.

    Returns
    -------
    pandas.DataFrame
        ``place`` (of the condition, from 0), ``ruleset``, ``level``, ``condition``, ``rule``,
        ``caveat``, ``weight`` (what an answer partly counts), ``kind`` and ``of_level``.
    """
    conditions = [(ruleset, condition) for ruleset in rulesets for condition in ruleset.conditions]
    conditions.sort(key=lambda pair: (rulesets.index(pair[0]), pair[1].level))
    rows = [
        (
            *(place, ruleset.name, found.level, found.name, found.rule, found.caveat),
            *(ruleset.partly, kind, level),
        )
        for place, (ruleset, found) in enumerate(conditions)
        for kind, level in product(found.kinds, found.levels)
    ]
    columns = ["place", "ruleset", "level", "condition", "rule", "caveat", "weight"]
    return pd.DataFrame(rows, columns=[*columns, "kind", "of_level"])


def rulesets() -> pd.DataFrame:
    """Return every condition of every ruleset, with its publication.

    Returns
    -------
    pandas.DataFrame
        One row a condition: ``ruleset``, ``level`` (1 or 2), ``condition``, ``counts`` (what is
        counted), ``rule``, ``caveat`` (what else is counted than the ruleset means), ``source``,
        ``url`` and ``note`` (what is odd about the ruleset).

    Examples
    --------
    >>> table = rulesets().query("condition == 'REQUIRED functional' and level == 1")
    >>> table[["ruleset", "rule"]].values.tolist()
    [['govstack-testing-2024-as-published', 'over 90 %'],
     ['govstack-testing-2024-as-meant', 'over 50 %'],
     ['govstack-testing-2023', 'at least 1']]
    """
    rows = [
        (
            ruleset.name,
            condition.level,
            condition.name,
            " + ".join(
                f"{level} {kind}".strip() for kind in condition.kinds for level in condition.levels
            ),
            *(condition.rule, condition.caveat, ruleset.source, ruleset.url, ruleset.note),
        )
        for ruleset in _RULESETS
        for condition in sorted(ruleset.conditions, key=lambda found: found.level)
    ]
    kinds = {
        "ruleset": "str",
        "level": "Int64",
        "condition": "str",
        "counts": "str",
        "rule": "str",
        "caveat": "str",
        "source": "str",
        "url": "str",
        "note": "str",
    }
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)
