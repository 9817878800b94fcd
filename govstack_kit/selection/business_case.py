"""Alone against shared: what projects cost when each builds its own, and when they share.

Definitions
-----------
A *project* has four costs, as they are when it stands *alone*: to build it and for its integration
with the other projects, paid once, in the first year; to run it and for its staff, paid every year.
Nothing is discounted, and the cost of money is left out.

The *overlap* is the share of what a project does that the other overlapping projects do as well.
*Shared*, that part is built, run and staffed once for all of them, at the cost of the dearest of
them, and each bears it in proportion to what it would pay alone; the rest, and projects that do not
overlap, cost what they cost alone. When a team gives no overlap, it is taken from its use cases: of
all pairs of a use case and a building block that it needs, the share whose block another use case
needs as well. To take this share of blocks for a share of costs is the kit's own judgement, and an
upper bound: what projects do outside of building blocks is not in it.

Integration follows the number of links: projects that exchange data two by two need a link for each
pair, n (n - 1) / 2, and n through an Information Mediator. The cost of a link is taken to be the
same, so with two projects the mediator is the dearer way, and with three it costs the same. What
the mediator itself costs is in none of these numbers.

A plan without projects of its own is compared by its *set* of options: what the team chose, or else
the best set. Each use case is a project that would pay alone for the options which serve its
blocks; shared, each option is paid once, in equal parts by the use cases that it serves. So the
shared cost is that of the set, as in the roadmap.

*At scale*, two bounds are given. In the upper one each more person costs as much as one served now.
In the lower one serving more people costs nothing more. The framework of 2019 uses both.

A missing number is never taken as zero. A cost that no project has is left out of the comparison. A
project that lacks a cost which others have is left out on both sides, and named.
"""

from __future__ import annotations

import ast
import math
import operator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from govstack_kit.errors import ArgumentError, PlanError, expected, quote
from govstack_kit.framework.framework import check
from govstack_kit.planning.plan import DECLARED, Plan
from govstack_kit.planning.safeguards import blocks_of
from govstack_kit.results import Result
from govstack_kit.selection.needs import uses
from govstack_kit.words import amount, count, listed, money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from govstack_kit.framework.framework import Framework

# What a project costs, and whether it is paid every year or once.
COMPONENTS = {
    "build_cost": False,
    "integration_cost": False,
    "annual_cost": True,
    "staff_cost": True,
}
TITLES = {name: DECLARED["projects"].columns[name].title for name in COMPONENTS}
_BY_LINKS = "n (n - 1) / 2 against n"
PAIR = 2  # fewer use cases or projects share nothing
_OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@dataclass(frozen=True)
class BusinessCase(Result):
    """Alone against shared, as tables; money is over all years where nothing else is said.

    Attributes
    ----------
    summary : pandas.DataFrame
        What a minister asks: ``quantity``, ``alone``, ``shared``, ``saving``, ``share`` saved,
        ``unit`` and ``how`` it is computed. Missing where people are not known.
    components : pandas.DataFrame
        One row for each cost that is known, and the total: ``component`` (build_cost,
        integration_cost, annual_cost, staff_cost, total), ``name``, ``paid`` (once or every year),
        ``alone``, ``shared``, ``saving``, ``share``.
    projects : pandas.DataFrame
        One row a project: ``project``, ``name``, ``use_case``, ``overlaps``, ``people_served``,
        ``alone``, ``shared``, ``saving``, ``share``.
    left_out : pandas.DataFrame
        Projects that could not be compared: ``project``, ``name`` and ``missing``, the costs that
        nobody knows.
    overlap : float
        The share used, 0 to 1; missing where the costs come from a set of options.
    basis : str
        Where it comes from, in words.
    currency : str
        Of all money.
    on_links : float
        What is saved because integration follows the number of links, before what the Information
        Mediator itself costs.
    notes : tuple of str
        What the saving rests on, what is missing and what was assumed, in sentences.
    """

    summary: pd.DataFrame
    components: pd.DataFrame
    projects: pd.DataFrame
    left_out: pd.DataFrame
    overlap: float
    basis: str
    currency: str = ""
    on_links: float = 0.0
    notes: tuple[str, ...] = ()
    _figure: ClassVar[str] = "plot_business_case"

    def sentences(self) -> list[str]:
        """Return the business case in plain sentences."""
        row, unit = self.summary.iloc[0], self.currency
        alone, shared, much = (money(row[name], unit) for name in ("alone", "shared", "saving"))
        number = count(len(self.projects), "project")
        cost = "costs" if len(self.projects) == 1 else "cost"
        share = f", {round(100 * row['share'])} % of it" if row["alone"] else ""
        if self.on_links > 0:
            share += ", before what the Information Mediator itself costs"
        said = f"Sharing saves {much}{share}."
        if row["saving"] < 0:
            said = f"Sharing costs {much.removeprefix('-')} more."
        overlap = f"The overlap is {round(100 * self.overlap, 1):g} %: {self.basis}."
        return [
            f"Over {row['how']}, {number} {cost} {alone} alone and {shared} shared.",
            said,
            f"These are the {self.basis}." if math.isnan(self.overlap) else overlap,
            *self.notes,
        ]


@dataclass(frozen=True)
class _Costs:
    """The projects of a business case whose costs are known, as numbers."""

    costs: pd.DataFrame  # of each project, by component: once, or a year
    overlaps: pd.Series[bool]
    overlap: float
    years: float
    linked: bool  # whether integration follows the number of links
    paid_once: pd.DataFrame | None = None  # what each pays when shared, where that is known
    said: Sequence[str] = ()  # what the costs rest on, in sentences

    @property
    def times(self) -> pd.Series[float]:
        """How often each component is paid."""
        often = [self.years if COMPONENTS[str(name)] else 1.0 for name in self.costs]
        return pd.Series(often, self.costs.columns)

    def alone(self) -> pd.DataFrame:
        """Return what each project pays alone, over all years."""
        return self.costs * self.times

    def shared(self) -> pd.DataFrame:
        """Return what each project pays with what they share, over all years."""
        if self.paid_once is not None:
            return self.paid_once * self.times
        alone = self.alone()
        shared, own = alone.copy(), alone.where(self.overlaps, 0.0)
        if self.overlaps.sum() >= PAIR:
            # The shared part is paid once, as the dearest of them pays it, borne in proportion.
            shared = alone - own * self.overlap * (1 - own.max() / own.sum()).fillna(0.0)
        if self.linked and "integration_cost" in alone and len(alone) >= PAIR:
            pairs, through = _links(len(alone))
            shared["integration_cost"] = alone["integration_cost"] * through / pairs
        return shared

    def saved(self) -> pd.Series[float]:
        """Return what is saved of each component over all years."""
        return (self.alone() - self.shared()).sum()

    def on_links(self) -> float:
        """Return what is saved by links through a mediator."""
        return float(self.saved().get("integration_cost", 0.0)) if self.linked else 0.0

    def scaled(self, kind: str, key: str, factor: float) -> _Costs:
        """Return the costs with one input changed: years, overlap, a component or a project."""
        if kind in ("years", "overlap"):
            return replace(self, **{kind: getattr(self, kind) * factor})

        def changed(frame: pd.DataFrame) -> pd.DataFrame:
            labels = frame.index if kind == "project" else frame.columns
            factors = pd.Series(1.0, labels)
            factors[key] = factor
            return frame.mul(factors, axis=0 if kind == "project" else 1)

        once = None if self.paid_once is None else changed(self.paid_once)
        return replace(self, costs=changed(self.costs), paid_once=once)


def _links(projects: int) -> tuple[int, int]:
    """Return how many links projects need: one for each pair, or one each through a mediator."""
    return (projects * (projects - 1) // 2, projects) if projects >= PAIR else (0, 0)


def business_case(framework: Framework, plan: Plan, *, links: bool = True) -> BusinessCase:
    """Return what the projects of a plan cost alone, and what they cost when they share.

    Parameters
    ----------
    framework
        The tables, to derive an overlap that is not given.
    plan
        The plan, with its ``projects`` and the row of its ``business_case``; an overlap that is not
        given there is that of :func:`shared_blocks`.
    links
        Whether the cost of integration follows the number of links; otherwise it is shared like the
        other costs.

    Returns
    -------
    BusinessCase
        Its tables, sentences and figure. The plan stays as it is.

    Raises
    ------
    PlanError
        If there are no projects or costs, or no overlap is known.

    Examples
    --------
    >>> import govstack_kit
    >>> found = business_case(govstack_kit.load(), govstack_kit.Plan.demonstration())
    >>> found.summary.head(1)[["alone", "shared"]].round(2).values.tolist()
    [[14730000.0, 9165000.0]]
    """
    projects, costs, basis, left_out = _read(framework, plan, linked=links)
    case = plan.row("business_case")
    alone, shared, currency = costs.alone(), costs.shared(), case["currency"] or ""
    total = _against(pd.Series({"total": alone.sum().sum()}), shared.sum().sum())
    components = pd.concat([_against(alone.sum(), shared.sum()), total])
    components = components.rename_axis("component").reset_index()
    components.insert(1, "name", [TITLES.get(name, "Total") for name in components["component"]])
    paid = ["every year" if COMPONENTS[str(name)] else "once" for name in alone]
    components.insert(2, "paid", [*paid, count(case["years"], "year")])
    found = projects.join(_against(alone.sum(axis=1), shared.sum(axis=1)))
    return BusinessCase(
        summary=_summary(case, found),
        components=components,
        projects=found.rename_axis("project").reset_index(),
        left_out=left_out,
        overlap=costs.overlap,
        basis=basis,
        currency=currency,
        on_links=costs.on_links(),
        notes=tuple(_notes(currency, costs, basis, left_out)),
    )


def _read(
    framework: Framework, plan: Plan, *, linked: bool
) -> tuple[pd.DataFrame, _Costs, str, pd.DataFrame]:
    """Return the projects that can be compared, their costs, on what basis, and the others."""
    check(framework)
    expected(plan, Plan, "Give a plan after the tables; open one with Plan.open(path)")
    case, paid_once, said = plan.row("business_case"), None, list[str]()
    projects = plan.projects.set_index("project")
    if projects.empty and len(plan.options):
        projects, paid_once, said = _projects_of_set(framework, plan)
    if projects.empty:
        raise PlanError(
            "The business case has no projects: add those that could share, each with what it "
            "costs if it stands alone."
        )
    costs = projects[list(COMPONENTS)].dropna(axis="columns", how="all")
    if costs.empty:
        raise PlanError(
            "No project of the business case has a cost: give at least the cost to build each."
        )
    titles = costs.rename(columns=TITLES).isna()
    missing = titles.apply(lambda row: ", ".join(titles.columns[row].str.lower()), axis=1)
    left_out = projects[["name"]].assign(missing=missing)[missing != ""]
    if (missing != "").all():
        lacks = "; ".join(f"{name} lacks {what}" for name, what in left_out.to_numpy().tolist())
        raise PlanError(f"No project has all its costs: {lacks}. A cost that is zero is written 0.")
    share, basis = math.nan, "costs of the set of options: what several services use is paid once"
    if paid_once is None:
        share, basis = case["overlap"], "given in the plan"
        if share is None:
            share, basis = shared_blocks(framework, plan)
    kept = projects.loc[missing == ""]
    columns = ["name", "use_case", "overlaps", "people_served"]
    found = _Costs(
        costs=costs.loc[kept.index].astype("float64"),
        overlaps=kept["overlaps"].astype("bool"),
        overlap=share,
        years=float(case["years"]),
        linked=linked and paid_once is None,
        paid_once=None if paid_once is None else paid_once.loc[kept.index, costs.columns],
        said=said,
    )
    return kept[columns], found, basis, left_out.reset_index()


def _projects_of_set(
    framework: Framework, plan: Plan
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Return each use case as a project that pays for options of the set: alone, and shared.

    What their costs rest on comes with it, in sentences.
    """
    from govstack_kit.selection.choice import cost_of_choice  # noqa: PLC0415 - loads the solver

    found_set = cost_of_choice(framework, plan)
    tables = found_set.tables()
    served = uses(framework, plan)[["use_case", "building_block"]]
    served = served.merge(tables["chosen"][["building_block", "option"]], on="building_block")
    served = served[["use_case", "option"]].drop_duplicates()
    paid = [name for name in COMPONENTS if name in tables["options"]]
    costs = served.merge(tables["options"][["option", *paid]], on="option")
    parts = costs[paid].div(costs.groupby("option")["use_case"].transform("size"), axis=0)
    alone = costs.groupby("use_case")[paid].sum(skipna=False)
    once = parts.groupby(costs["use_case"]).sum(skipna=False)
    people = plan.table("values").set_index("use_case")["people"]
    found = plan.use_cases.set_index("use_case")[["name"]].join(alone, how="inner")
    found = found.assign(use_case=found.index, overlaps=True)
    found["people_served"] = people.reindex(found.index)
    found = found.reindex(columns=[*found, *(c for c in COMPONENTS if c not in found)])
    said, years = found_set.assumptions(), plan.row("business_case")["years"]
    if years != found_set.years:
        counted = f"the set of options counts {count(found_set.years, 'year')}"
        said.append(
            f"Here {count(years, 'year')} are compared, {counted}: so its total is another."
        )
    return found, once, said


def shared_blocks(framework: Framework, plan: Plan) -> tuple[float, str]:
    """Return the overlap of the use cases of a plan, and how it was counted.

    Parameters
    ----------
    framework
        The tables.
    plan
        The plan. When two or more of its projects name a use case, those use cases count;
        otherwise all of them.

    Returns
    -------
    float
        Of all pairs of a use case and a building block that it needs, the share whose block another
        use case needs as well.
    str
        The same in words.

    Raises
    ------
    PlanError
        If there are not two use cases with building blocks.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.planning.starting_points import add_published
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.new(title="Two services")
    >>> for key in ("AGR-2", "INST-1"):
    ...     _ = add_published(framework, plan, key)
    >>> share, said = shared_blocks(framework, plan)
    >>> round(share, 3), said
    (0.889, 'derived: 16 of 18 needs of 2 use cases are for building blocks that others need too')
    """
    cases, wanted = plan.use_cases, plan.projects["use_case"].dropna()
    named = cases.loc[cases["use_case"].isin(wanted) | cases["based_on"].isin(wanted), "use_case"]
    found = uses(framework, plan).drop_duplicates(["use_case", "building_block"])
    if len(named) >= PAIR:
        found = found[found["use_case"].isin(named)]
    number = found["use_case"].nunique()
    if number < PAIR:
        raise PlanError(
            "The overlap is not given, and cannot be derived: that needs two use cases with "
            "building blocks. Give the business case its overlap, from 0 to 1."
        )
    shared = int(found["building_block"].duplicated(keep=False).sum())
    said = (
        f"derived: {shared} of {len(found)} needs of {number} use cases are for building blocks "
        "that others need too"
    )
    return shared / len(found), said


def _against(alone: pd.Series[float], shared: pd.Series[float] | float) -> pd.DataFrame:
    """Return alone, shared, the saving and the share saved."""
    found = pd.DataFrame({"alone": alone, "shared": shared}, dtype="float64")
    found["saving"] = found["alone"] - found["shared"]
    return found.assign(share=found["saving"] / found["alone"].replace(0.0, math.nan))


def _summary(case: Mapping[str, Any], projects: pd.DataFrame) -> pd.DataFrame:
    """Return what a minister asks."""
    unit, years = case["currency"] or "", count(case["years"], "year")
    people = float(projects["people_served"].astype("float64").sum(skipna=False)) or math.nan
    at_scale = float(case["people_at_scale"] or math.nan)
    per_person = f"cost of {years} / {amount(people)} people served"
    if math.isnan(people):
        per_person = "people served are not known"
    many = "a number not given" if math.isnan(at_scale) else amount(at_scale)
    person = f"{unit} per person".strip()
    each = "Cost at scale, if each person costs as much"
    least = "Cost per person at scale, if nothing more is spent"
    rows = [  # quantity, part of the cost, unit, how it is computed
        ("Cost", 1.0, unit, years),
        ("Cost per person served", 1 / people, person, per_person),
        (each, at_scale / people, unit, f"cost per person served, times {many}"),
        (least, 1 / at_scale, person, f"cost of {years} / {many}"),
    ]
    alone, shared = projects["alone"].sum(), projects["shared"].sum()
    told = [(what, alone * part, shared * part, of, how) for what, part, of, how in rows]
    told.append(("Links between the projects", *_links(len(projects)), "links", _BY_LINKS))
    found = pd.DataFrame(told, columns=["quantity", "alone", "shared", "unit", "how"])
    against = _against(found["alone"], found["shared"])
    return pd.concat([found["quantity"], against, found[["unit", "how"]]], axis=1)


def _notes(unit: str, costs: _Costs, basis: str, left_out: pd.DataFrame) -> list[str]:
    """Return what the saving rests on, and what is missing in the numbers."""
    said, on_links = [*costs.said], costs.on_links()
    pairs, through = _links(len(costs.costs))
    counted = (
        f"{count(pairs, 'link')} between pairs of projects against {through} through an "
        "Information Mediator, each taken to cost the same"
    )
    if on_links > 0:
        said.append(f"{money(on_links, unit)} is saved on integration: {counted}.")
    elif on_links < 0:
        said.append(f"Integration costs {money(-on_links, unit)} more: {counted}.")
    if on_links and (rest := costs.saved().sum() - on_links):
        what = "what projects do that others do as well is paid once"
        said.append(f"{money(rest, unit)} is saved by the overlap: {what}.")
    for name, missing in zip(left_out["name"], left_out["missing"], strict=True):
        said.append(f"{name} is left out on both sides; its cost is not known: {missing}.")
    if costs.paid_once is None and (absent := [c for c in COMPONENTS if c not in costs.costs]):
        titles = listed(TITLES[name].lower() for name in absent)
        said.append(f"No project has a cost for {titles}: that is left out, not zero.")
    if costs.overlaps.sum() < PAIR:
        said.append("Fewer than two projects overlap, so nothing but integration can be shared.")
    if basis.startswith("derived"):
        said.append(
            "An overlap that is derived from building blocks is an upper bound: what projects do "
            "outside of them is not counted. Put in your own as soon as you can."
        )
    return said


def business_case_tornado(
    framework: Framework, plan: Plan, *, spread: float = 0.3, links: bool = True
) -> pd.DataFrame:
    """Return how much the saving changes when each input alone is lower or higher.

    Parameters
    ----------
    framework, plan, links
        As for :func:`business_case`.
    spread
        How much lower and higher, from 0 to 1: with 0.3, by 30 %. An overlap stays at most 1.

    Returns
    -------
    pandas.DataFrame
        One row an input, the one that matters most first: ``input`` (a cost of all projects, the
        years, the overlap, or all costs of one project); its ``low`` and ``high`` value with their
        ``unit``; ``saving_at_low``, ``saving`` and ``saving_at_high``; ``swing``, the distance
        between the lowest and the highest saving.

    Raises
    ------
    PlanError
        As :func:`business_case`.
    ArgumentError
        If `spread` is no share.

    Examples
    --------
    >>> import govstack_kit
    >>> found = business_case_tornado(govstack_kit.load(), govstack_kit.Plan.demonstration())
    >>> found[["input", "saving_at_low", "swing"]].round(1).head(2).values.tolist()
    [['Overlap', 4012500.0, 3105000.0], ['Years', 4500000.0, 2130000.0]]
    """
    if not isinstance(spread, float | int) or not 0 < spread <= 1:
        raise ArgumentError(f"spread is above 0 and at most 1, such as 0.3, not {quote(spread)}.")
    projects, costs, _, _ = _read(framework, plan, linked=links)
    unit, alone = plan.row("business_case")["currency"] or "", costs.alone().sum(axis=1)
    inputs = [  # title, kind, key, value, unit
        (TITLES[name], "cost", name, costs.costs[name].sum(), f"{unit} a year" if yearly else unit)
        for name, yearly in COMPONENTS.items()
        if name in costs.costs
    ]
    inputs.append(("Years", "years", "", costs.years, "years"))
    if costs.paid_once is None:
        inputs.append(("Overlap", "overlap", "", costs.overlap, "share"))
        inputs += [
            (f"All costs of {projects['name'][key]}", "project", key, alone[key], unit)
            for key in projects.index
        ]
    rows = []
    for title, kind, key, base, of in inputs:
        low, high = base * (1 - spread), base * (1 + spread)
        high = min(high, 1.0) if kind == "overlap" else high
        factors = [value / base if base else 1.0 for value in (low, base, high)]
        savings = [float(costs.scaled(kind, key, factor).saved().sum()) for factor in factors]
        rows.append((title, low, high, of, *savings, max(savings) - min(savings)))
    columns = ["input", "low", "high", "unit", "saving_at_low", "saving", "saving_at_high", "swing"]
    # Swings that differ by rounding only stand in the order of their names.
    found = pd.DataFrame(rows, columns=columns)
    by_swing = found.assign(rounded=found["swing"].round(6))
    order = by_swing.sort_values(["rounded", "input"], ascending=[False, True]).index
    return found.loc[order].reset_index(drop=True)


# --- the illustration of 2019 ---------------------------------------------------------------------


def illustration(framework: Framework) -> pd.DataFrame:
    """Return every number of the framework's savings illustration, computed from the others.

    Figure 5 of the SDG Digital Investment Framework (2019, page 17) shows 14 pilot projects that
    cost 6 million US dollars alone and 2 million with one shared set of services. The framework
    calls its numbers hypothetical.

    Parameters
    ----------
    framework
        The tables that hold what was printed, in ``savings_illustration``, and what follows from
        what, in ``savings_checks``.

    Returns
    -------
    pandas.DataFrame
        In the order of the figure: ``panel``; ``item`` and ``quantity``, the number and its name;
        ``formula``, how it follows from others (given: no other number leads to it); ``computed``;
        ``printed``; ``agrees``, whether the printed number is the computed one, rounded or cut off
        to whole units (missing where it is given); ``note``, what to know in words. A number that
        can be checked in several ways has several rows.

    Examples
    --------
    >>> import govstack_kit
    >>> found = illustration(govstack_kit.load()).dropna(subset="agrees")
    >>> found.query("item == 'cost-per-person-shared'")["computed"].round(2).tolist()
    [285.71]
    >>> found.loc[~found["agrees"].astype("bool"), "item"].drop_duplicates().tolist()[:2]
    ['overlap', 'investment-shared']
    """
    printed = framework.savings_illustration
    numbers = {
        item.replace("-", "_"): _printed_number(text)
        for item, text in zip(printed["item"], printed["printed"], strict=True)
    } | {"nan": math.nan}
    checks = framework.savings_checks.rename(columns={"order": "place"})
    found = printed.drop(columns="note").merge(checks.drop(columns="source"), "left", on="item")
    found = found.sort_values(["order", "place"], ignore_index=True)
    formulas = found["formula"].fillna("nan")
    computed = [_computed(ast.parse(f, mode="eval").body, numbers) for f in formulas]
    values = [numbers[item.replace("-", "_")] for item in found["item"]]
    agrees = [_agrees(one, other) for one, other in zip(computed, values, strict=True)]
    return pd.DataFrame(
        {
            "panel": found["panel"],
            "item": found["item"],
            "quantity": found["label"],
            "formula": found["formula"].fillna("given").str.replace("*", "\N{MULTIPLICATION SIGN}"),
            "computed": computed,
            "printed": [f"{int(t):,}" if t.isdigit() else t for t in found["printed"]],
            "agrees": pd.array(agrees, dtype="boolean"),
            "note": found["note"].fillna(""),
        }
    )


def _printed_number(text: str) -> float:
    return float(text) if text.isdigit() else {"one-half": 0.5, "entire": 1.0}[text]


def _agrees(computed: float, printed: float) -> bool | None:
    """Return whether a printed number is the computed one, or rounded or cut off to whole units."""
    if math.isnan(computed):
        return None
    whole = printed >= 1 and printed in (round(computed), math.floor(computed))
    return whole or math.isclose(computed, printed, rel_tol=1e-12)


def _computed(node: ast.expr, numbers: Mapping[str, float]) -> float:
    """Return the value of a formula: numbers, names of numbers, and + - * /."""
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        left, right = _computed(node.left, numbers), _computed(node.right, numbers)
        return float(_OPERATIONS[type(node.op)](left, right))
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.Name) and node.id in numbers:
        return numbers[node.id]
    raise ArgumentError(f"The table savings_checks has a formula with {ast.unparse(node)}.")


def reference_costs(framework: Framework, plan: Plan) -> pd.DataFrame:
    """Return what others paid or planned for the building blocks of a plan, for comparison only.

    Parameters
    ----------
    framework, plan
        The tables, and the plan; nothing of this enters its own costs.

    Returns
    -------
    pandas.DataFrame
        As ``framework.reference_costs``, those for the blocks of the plan and those for no block in
        particular, with ``title``, ``licence`` and ``url`` of the source.

    Examples
    --------
    >>> import govstack_kit
    >>> found = reference_costs(govstack_kit.load(), govstack_kit.Plan.demonstration())
    >>> found.iloc[0][["currency", "year", "country", "licence"]].tolist()
    ['USD', '2018', 'Tanzania', 'CC-BY-4.0']
    """
    links, costs = framework.reference_cost_building_blocks, framework.reference_costs
    mine = links[links["building_block"].isin(blocks_of(framework, plan))]["reference_cost"]
    key = costs["reference_cost"]
    costs = costs[key.isin(mine) | ~key.isin(links["reference_cost"])]
    sources = framework.sources[["source", "title", "licence", "url"]]
    return costs.merge(sources, on="source", how="left")
