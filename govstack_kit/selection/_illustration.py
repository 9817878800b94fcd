"""The framework's savings illustration, number by number: what follows from what, and what not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from govstack_kit.framework.framework import Framework, load
from govstack_kit.planning.selected import BusinessCase, Project

if TYPE_CHECKING:
    from collections.abc import Callable

HALF = 0.5  # what "one-half" means
COLUMNS = {
    "panel": "int64",
    "item": "str",
    "quantity": "str",
    "inputs": "str",
    "formula": "str",
    "computed": "float64",
    "printed": "str",
    "agrees": "boolean",
    "note": "str",
}
_SECTORS = ("projects-agriculture", "projects-health", "projects-education")


class _Check(NamedTuple):
    """How a printed number is computed from others, and what that tells."""

    item: str
    inputs: tuple[str, ...] = ()
    formula: str = "given"
    compute: Callable[..., float] | None = None
    note: str = ""


def _same(item: str, other: str, note: str = "") -> _Check:
    return _Check(item, (other,), "the same number", lambda n: n, note)


_CHECKS = (
    _Check("projects", _SECTORS, "sum over sectors", lambda *n: sum(n)),
    _Check("projects-agriculture"),
    _Check("projects-health"),
    _Check("projects-education"),
    _Check("sectors", _SECTORS, "number of sectors", lambda *n: len(n)),
    _Check("people"),
    _Check("investment-alone"),
    _Check(
        "cost-per-person-alone", ("investment-alone", "people"), "investment / people",
        lambda i, p: i / p,
    ),
    _Check("people-at-scale"),
    _Check(
        "cost-at-scale-alone", ("cost-per-person-alone", "people-at-scale"),
        "cost per person x people", lambda c, p: c * p,
        "From the cost that is not rounded it would be 857,142,857. It supposes that each of a "
        "million people costs as much as one of the first 7,000.",
    ),
    _Check("overlapping-projects"),
    _Check("overlap"),
    _Check(
        "overlap", ("overlapping-projects", "projects"), "100 x overlapping projects / projects",
        lambda o, n: 100 * o / n,
        "12 of 14 projects are 86 %. The 70 % must be a share of what each of the 12 does, but the "
        "figure does not say so.",
    ),
    _same(
        "systems-replaced", "overlapping-projects",
        "The two projects that do not overlap are still there, but no cost is shown for them.",
    ),
    _Check("shared-sets"),
    _same("investment-before", "investment-alone"),
    _Check("investment-shared"),
    _Check(
        "investment-shared", ("investment-before", "overlap", "overlapping-projects", "projects"),
        "investment x (1 - overlap x (overlapping - 1) / projects)",
        lambda i, o, k, n: i * (1 - o / 100 * (k - 1) / n),
        "If all projects cost the same, and 70 % of 12 of them is paid once and not 12 times, 2.7 "
        "million remain, and 55 % is saved.",
    ),
    _Check(
        "investment-shared", ("investment-before", "overlap"), "investment x (1 - overlap)",
        lambda i, o: i * (1 - o / 100),
        "If 70 % of everything fell away and the shared set cost nothing, 1.8 million would "
        "remain.",
    ),
    _Check(
        "investment-shared", ("investment-before", "overlap", "projects"),
        "investment x (1 - overlap x (projects - 1) / projects)",
        lambda i, o, n: i * (1 - o / 100 * (n - 1) / n),
        "If all 14 projects overlapped, and not 12, 2.1 million would remain: nearest to what is "
        "printed.",
    ),
    _Check(
        "investment-shared", ("investment-before", "projects", "systems-replaced", "shared-sets"),
        "investment x (projects - replaced + sets) / projects",
        lambda i, n, r, s: i * (n - r + s) / n,
        "If one set stood wholly in place of 12 systems of the same cost, 1.3 million would "
        "remain.",
    ),
    _Check(
        "overlap", ("investment-before", "investment-shared"), "100 x (before - shared) / before",
        lambda b, s: 100 * (b - s) / b,
        "From 6 to 2 million is a saving of 67 %, not of 70 %.",
    ),
    _Check(
        "overlap",
        ("investment-before", "investment-shared", "projects", "overlapping-projects"),
        "100 x saving x projects / (overlapping - 1)",
        lambda b, s, n, k: 100 * (b - s) / b * n / (k - 1),
        "For 2 million to remain, 12 of 14 projects would have to overlap by 85 %.",
    ),
    _same("cost-per-person-before", "cost-per-person-alone"),
    _Check(
        "cost-per-person-shared", ("investment-shared", "people"), "investment / people",
        lambda i, p: i / p,
    ),
    _same("people-at-scale-shared", "people-at-scale"),
    _same("cost-at-scale-before", "cost-at-scale-alone"),
    _Check(
        "cost-at-scale-shared", ("cost-per-person-shared", "people-at-scale-shared"),
        "cost per person x people", lambda c, p: c * p,
        "From the cost that is not cut off it would be 285,714,286.",
    ),
    _same("people-before", "people-at-scale-shared"),
    _Check("people-platform"),
    _same("cost-per-person-platform-before", "cost-per-person-alone"),
    _same(
        "cost-per-person-platform-before", "cost-per-person-shared",
        "The panel before had brought the cost down to 285 already. The fall from 857 to 57 is "
        "fifteenfold: threefold by sharing, fivefold by serving five times as many people.",
    ),
    _Check(
        "cost-per-person-platform", ("cost-at-scale-shared", "people-platform"),
        "cost of scaling / people", lambda c, p: c / p,
        "It supposes that four million more people cost nothing. At 285 each, five million would "
        "cost 1,425 million.",
    ),
    _same("shift-before", "cost-at-scale-before"),
    _same(
        "shift-before", "investment-before",
        "What is called donor investment here was the cost of scaling before; the donor investment "
        "was 6 million.",
    ),
    _same("shift-after", "cost-at-scale-shared"),
    _same(
        "shift-after", "investment-shared",
        "Likewise: the donor investment was 2 million.",
    ),
    _Check("population-before"),
    _Check(
        "population-before", ("people-before", "people-platform"), "people before / people after",
        lambda b, a: b / a,
        "The size of the population is not printed. If five million are all of it, one million "
        "before were a fifth and not one half.",
    ),
    _Check("population-after"),
)  # fmt: skip


def illustration(framework: Framework | None = None) -> pd.DataFrame:
    """Return every number of the framework's savings illustration, computed from the others.

    Figure 5 of the SDG Digital Investment Framework (2019, page 17) shows 14 pilot projects that
    cost 6 million US dollars alone and 2 million with one shared set of services. The framework
    calls its numbers hypothetical.

    Parameters
    ----------
    framework
        The tables that hold what was printed, in ``savings_illustration``; without it, the bundled
        ones.

    Returns
    -------
    pandas.DataFrame
        In the order of the figure: ``panel``; ``item`` and ``quantity``, the number and its name;
        ``inputs``, the printed numbers it is computed from; ``formula`` (given: no other number
        leads to it); ``computed``; ``printed``; ``agrees``, whether the printed number is the
        computed one, rounded or cut off to whole units (missing where it is given); ``note``, what
        to know in words. A number that can be checked in several ways has several rows.

    Examples
    --------
    >>> found = illustration().dropna(subset="agrees")
    >>> found.query("item == 'cost-per-person-shared'")["computed"].round(2).tolist()
    [285.71]
    >>> found.loc[~found["agrees"], "item"].drop_duplicates().tolist()[:2]
    ['overlap', 'investment-shared']
    """
    table = (framework or load()).savings_illustration
    printed = {str(row["item"]): row for row in table.to_dict("records")}
    numbers = {item: _value(row["printed"]) for item, row in printed.items()}
    rows = []
    for check in _CHECKS:
        if not {check.item, *check.inputs} <= printed.keys():
            continue  # the tables of a user's own need not hold them all
        row = printed[check.item]
        given = [f"{printed[n]['label']}: {_shown(printed[n]['printed'])}" for n in check.inputs]
        computed, said = math.nan, ""
        agrees: Any = pd.NA
        if check.compute:
            computed = float(check.compute(*(numbers[name] for name in check.inputs)))
            agrees, said = _compared(computed, numbers[check.item])
        rows.append(
            (
                int(row["panel"]),
                check.item,
                row["label"],
                "; ".join(given),
                check.formula.replace(" x ", " \N{MULTIPLICATION SIGN} "),
                computed,
                _shown(row["printed"]),
                agrees,
                " ".join(filter(None, (said, check.note))),
            )
        )
    found = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
    place = {item: row["order"] for item, row in printed.items()}
    found["place"] = found["item"].map(place)
    found = found.sort_values("place", kind="stable", ignore_index=True)
    return found.drop(columns="place")


def _value(printed: object) -> float:
    text = str(printed)
    return float(text) if text.isdigit() else {"one-half": HALF, "entire": 1.0}[text]


def _shown(printed: object) -> str:
    text = str(printed)
    return f"{int(text):,}" if text.isdigit() else text


def _compared(computed: float, printed: float) -> tuple[bool, str]:
    """Return whether a printed number is the computed one, and how it was rounded."""
    if math.isclose(computed, printed, rel_tol=1e-12):
        return True, ""
    if printed < 1:
        return False, ""
    rounded, cut = round(computed), math.floor(computed)
    if printed == rounded == cut:
        return True, "Rounded to a whole number."
    if printed == rounded:
        return True, "Rounded up to a whole number."
    return (
        printed == cut,
        f"Cut off, not rounded: that would be {rounded:,}." if printed == cut else "",
    )


def illustration_case() -> BusinessCase:
    """Return the inputs of the framework's savings illustration as a business case.

    The figure prints no costs of single projects: all are taken to cost the same. It does not say
    which 12 of the 14 overlap, which makes no difference then.

    Returns
    -------
    BusinessCase
        14 projects of one year with a build cost only; the overlap is 70 %.

    Examples
    --------
    >>> case = illustration_case()
    >>> len(case.projects), round(sum(project.build for project in case.projects))
    (14, 6000000)
    """
    table = load().savings_illustration
    printed = dict(zip(table["item"], table["printed"], strict=True))

    def number(item: str) -> int:
        return int(str(printed[item]))

    total, overlapping = number("projects"), number("overlapping-projects")
    projects: list[Project] = []
    for item in _SECTORS:
        sector = item.removeprefix("projects-")
        for at in range(1, number(item) + 1):
            projects.append(
                Project(
                    id=f"{sector}-{at}",
                    name=f"{sector.capitalize()} {at}",
                    people_served=number("people") // total,
                    build=number("investment-alone") / total,
                    overlaps=len(projects) < overlapping,
                )
            )
    return BusinessCase(
        currency="USD",
        years=1,
        overlap=number("overlap") / 100,
        people_at_scale=number("people-at-scale"),
        projects=projects,
        note=(
            "Hypothetical: figure 5 of the SDG Digital Investment Framework (2019), all projects "
            "taken to cost the same."
        ),
    )
