"""What can be chosen, for which building blocks and under which rules: frames, checked, as numbers.

Definitions
-----------
The terms are those of :mod:`govstack_kit.selection.best_set`. What people give is checked by the
columns that the tables of a plan declare, all of it at once. In every matrix building blocks are
rows and options are columns; a number that nobody knows is not a number, and never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from govstack_kit.errors import TablesError, expected, known
from govstack_kit.planning.plan import DECLARED
from govstack_kit.tables import package, validate
from govstack_kit.tables.schema import Column, Reference, Schema, Table
from govstack_kit.words import amount

if TYPE_CHECKING:
    from numpy.typing import NDArray

COSTS = ("build_cost", "integration_cost", "annual_cost")
RANGE = ("fit_lowest", "fit_highest")
OF_OPTIONS = ("keep", "leave_out")  # rules that name options
NO_VENDOR = -1
_OF_PLAN = "for a plan, ask best_set_of_plan or best_set_stability_of_plan(framework, plan)"
_WHERE = "what the best set is to be found in"
UNKNOWN = ("option", "option_name", "building_block", "what", "treated")


@dataclass(frozen=True)
class Rules:
    """The rules that hold in one search; a rule that has the value it has here limits nothing."""

    aim: str = "cost"
    years: int = 5
    budget: float | None = None
    least_fit: float = 0.0
    requirements: bool = False
    open_source_only: bool = False
    most_options: int | None = None
    most_vendors: int | None = None
    keep: frozenset[int] = frozenset()
    leave_out: frozenset[int] = frozenset()

    def active(self) -> list[tuple[str, int | None]]:
        """Return the rules that limit anything; those that name options once for each of them."""
        found: list[tuple[str, int | None]] = []
        for name in [field.name for field in fields(self)][2:]:
            value = getattr(self, name)
            if name in OF_OPTIONS:
                found += [(name, option) for option in sorted(value)]
            elif value != getattr(Rules, name):
                found.append((name, None))
        return found

    def without(self, rule: str, option: int | None = None) -> Rules:
        """Return all other rules."""
        value = getattr(Rules, rule) if option is None else getattr(self, rule) - {option}
        return replace(self, **{rule: value})

    def free(self) -> Rules:
        """Return the aim alone, without any limit."""
        return Rules(self.aim, self.years)


@dataclass(frozen=True)
class Problem:
    """What can be chosen from, for what: never changed once it is read."""

    options: pd.DataFrame  # one row an option: option, name, kind, vendor, COSTS and cost
    blocks: pd.DataFrame  # one row a block: building_block and name
    weight: NDArray[np.float64]  # all together 1
    fit: NDArray[np.float64]  # not a number where the option does not cover, or nobody knows
    spread: NDArray[np.float64]  # the lowest and the highest fit, in front
    hidden: NDArray[np.bool_]  # named for the block, but left out as something is unknown
    cost: NDArray[np.float64]  # over the years
    open_source: NDArray[np.bool_]
    vendor: NDArray[np.int64]  # by number
    requirements: tuple[str, ...]
    asked_of: NDArray[np.int64]  # the block of each requirement
    meets: NDArray[np.bool_]  # requirements by options
    together: bool
    rules: Rules
    unknowns: pd.DataFrame

    def names(self, options: Any) -> list[str]:  # noqa: ANN401 - places, in whatever holds them
        """Return what people call options."""
        found: list[str] = self.options["name"].iloc[list(options)].tolist()
        return found

    def block_names(self, blocks: Any) -> list[str]:  # noqa: ANN401 - as above
        """Return what people call building blocks."""
        found: list[str] = self.blocks["name"].iloc[list(blocks)].tolist()
        return found


# --- how frames must look -------------------------------------------------------------------------

_RULES = [name for name in DECLARED["rules"].columns if name in Rules.__dataclass_fields__]
_HOMES = {  # where a plan declares a column, unless it is a column of its options
    "building_block": ("option_building_blocks", "building_block"),
    "fit": ("option_building_blocks", "fit"),
    **dict.fromkeys(RANGE, ("option_building_blocks", "fit")),
    "option_name": ("options", "name"),
    "weight": ("criteria", "weight"),
    "requirement": ("answers", "requirement"),
    "answer": ("answers", "answer"),
    "decision": ("option_decisions", "decision"),
    **{name: ("rules", name) for name in _RULES},
}
_TABLES: dict[str, tuple[tuple[str, ...], ...]] = {  # key, other columns needed, and allowed ones
    "options": (
        ("option", "building_block"),
        ("fit", *COSTS),
        (*RANGE, "option_name", "kind", "vendor", "open_source"),
    ),
    "needs": (("building_block",), (), ("name", "weight")),
    "requirements": (("requirement", "building_block"), (), ()),
    "answers": (("option", "requirement"), ("answer",), ()),
    "option_decisions": (("option", "decision"), (), ()),
    "rules": ((_RULES[0],), (), tuple(_RULES[1:])),
    "assume": (("fit",), (), COSTS),
}


def _column(name: str, *, required: bool) -> Column:
    table, source = _HOMES.get(name, ("options", name))
    found = DECLARED[table].columns[source]
    kept = {k: v for k, v in found.limits.items() if k in {"enum", "minimum", "maximum"}}
    return replace(
        found, name=name, title=name, given={"constraints": kept | {"required": required}}
    )


def _table(name: str) -> Table:
    key, needed, allowed = _TABLES[name]
    single = name in {"rules", "assume"}  # by name, in any number
    columns = {
        column: _column(column, required=not single and (column in key or column == "weight"))
        for column in (*key, *needed, *allowed)
    }
    if name == "requirements":  # without a block it holds for every one
        columns["building_block"] = _column("building_block", required=False)
    of_options = name in {"answers", "option_decisions"}
    references = (Reference(("option",), "options", ("option",)),) if of_options else ()
    given = {"one": name, "needed": () if single else (*key, *needed)}
    return Table(name, name, "", columns, key, references, given)


FORM = Schema({name: _table(name) for name in _TABLES})


def _cells(frame: pd.DataFrame, table: Table, problems: validate.Problems) -> pd.DataFrame:
    """Return a frame as cells, and report columns that are missing or stand twice."""
    needed = table.given["needed"]
    for name in needed:
        if name not in frame.columns:
            said = f"column “{name}” is missing"
            problems.add(table.name, said, column=name, allowed=", ".join(needed), fix="Add it.")
    for name in frame.columns[frame.columns.duplicated()].unique():
        problems.add(table.name, f"column “{name}” stands twice", column=name, fix="Remove one.")
    once = frame.loc[:, ~frame.columns.duplicated()]
    return package.tidied(package.cells_of(once, table), table)


def _by_name(given: object, table: str, example: str) -> dict[str, Any]:
    """Return values given by name, of which nobody gave None."""
    if given is None:
        return {}
    values = dict(expected(given, Mapping, f"Give {table} by name, as in {example}"))
    allowed = [*FORM[table].columns, *(OF_OPTIONS if table == "rules" else ())]
    known(values, allowed, f"name in {table}", f"this list: {', '.join(allowed)}")
    return {name: value for name, value in values.items() if value is not None}


def _decisions(rules: Mapping[str, Any]) -> pd.DataFrame:
    """Return which options rules keep and leave out, as a plan stores it."""
    rows = []
    for name in OF_OPTIONS:
        value = rules.get(name, ())
        options = [value] if isinstance(value, str) else value
        rows += [(option, name.replace("_", " ")) for option in options]
    return pd.DataFrame(rows, columns=["option", "decision"], dtype="str")


def _checked(given: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return frames with the types that they must have.

    Raises
    ------
    TablesError
        If anything is wrong with them; all of it is told.
    """
    problems = validate.Problems()
    cells = {}
    for name, frame in given.items():
        wanted = f"Give {name} as a DataFrame; {_OF_PLAN}"
        cells[name] = _cells(expected(frame, pd.DataFrame, wanted), FORM[name], problems)
    validate.check(cells, FORM, {}, problems)
    _meanings(cells, problems)
    if len(found := problems.frame()):
        raise TablesError(_WHERE, found)
    return {name: package.frame_of(rows, FORM[name]) for name, rows in cells.items()}


def _meanings(cells: Mapping[str, pd.DataFrame], problems: validate.Problems) -> None:
    """Report what no column can say for itself."""
    options, needs, decided = cells["options"], cells["needs"], cells["option_decisions"]
    for name in (name for name in COSTS if name in options and "option" in options):
        several = options.groupby("option")[name].transform("nunique") > 1
        said = "an option has one cost, and this one several"
        problems.mask("options", name, options.loc[several, "option"], said, fix="Make them equal.")
    if needs.empty:
        problems.add("needs", "no building block is needed", fix="Accept some in the plan first.")
    elif "weight" in needs and not (validate.numbers(needs["weight"]) != 0).any():
        problems.add("needs", "all weights are 0", column="weight", fix="Give one above 0.")
    both = decided.loc[decided["option"].duplicated(keep=False), "option"]
    said = "“{}” is both kept and left out"
    problems.mask("option_decisions", "option", both, said, fix="Take it out of one of them.")
    if set(RANGE) <= set(options):
        low, high = (validate.numbers(options[name]) for name in RANGE)
        wrong = options.loc[low > high, "option"]
        problems.mask("options", RANGE[0], wrong, "the lowest fit of “{}” is above the highest")


# --- from frames to numbers -----------------------------------------------------------------------


class _Unknown:
    """What nobody knows, and how it is treated."""

    def __init__(self, options: pd.DataFrame, assume: Mapping[str, float]) -> None:
        self.options, self.assume = options, assume
        self.rows: list[tuple[str, ...]] = []

    def treat(self, option: int, what: str, otherwise: str, block: str = "") -> float:
        """Note that a number is unknown; return what is assumed for it, if anything is."""
        value = float(self.assume.get(what, np.nan))
        treated = otherwise if np.isnan(value) else f"taken as {amount(value)}"
        key, name = self.options.loc[option, ["option", "name"]]
        self.rows.append((key, name, block, what.replace("_", " "), treated))
        return value

    def frame(self) -> pd.DataFrame:
        return pd.DataFrame(self.rows, columns=list(UNKNOWN)).astype("str")


def read(  # noqa: PLR0913 - all that a problem is made of
    options: pd.DataFrame,
    needs: pd.DataFrame,
    rules: Mapping[str, Any] | None = None,
    *,
    requirements: pd.DataFrame | None = None,
    answers: pd.DataFrame | None = None,
    together: bool = False,
    assume: Mapping[str, float] | None = None,
) -> Problem:
    """Return frames as a problem; see :func:`govstack_kit.selection.best_set.best_set`."""
    given, assumed = (
        _by_name(rules, "rules", "{'years': 5}"),
        _by_name(assume, "assume", "{'fit': 0.5}"),
    )
    plain = {name: value for name, value in given.items() if name not in OF_OPTIONS}
    empty = {name: package.empty(FORM[name]) for name in ("requirements", "answers")}
    frames = _checked(
        {
            "options": options,
            "needs": needs,
            "requirements": empty["requirements"] if requirements is None else requirements,
            "answers": empty["answers"] if answers is None else answers,
            "option_decisions": _decisions(given),
            "rules": pd.DataFrame([plain], index=[0]),
            "assume": pd.DataFrame([assumed], index=[0]),
        }
    )
    expected(together, bool, "together is True or False")
    rows, blocks = frames["options"], _blocks(frames["needs"])
    about = _options(rows)
    held = _rules(frames["rules"], frames["option_decisions"], about)
    unknown = _Unknown(about, frames["assume"].iloc[0].dropna().to_dict())
    fit, spread, named = _fits(rows, about, blocks, unknown)
    counted = ~np.isnan(fit).all(axis=0)
    counted[list(held.keep)] = True
    needed = held.aim == "cost" or held.budget is not None
    for name in COSTS:
        for option in np.flatnonzero(about[name].isna() & counted).tolist():
            otherwise = "left out" if needed else "its cost is shown as unknown"
            about.loc[option, name] = unknown.treat(option, name, otherwise)
    about["cost"] = about["build_cost"] + about["integration_cost"]
    about["cost"] += held.years * about["annual_cost"]
    cost = about["cost"].to_numpy()
    if needed:
        _refuse_kept(about[about["cost"].isna()], held)
        fit[:, np.isnan(cost)] = np.nan
    open_source = about["open_source"]
    if held.open_source_only:
        for option in np.flatnonzero((open_source == "") & counted).tolist():
            unknown.treat(option, "open_source", "not counted as open source")
    asked, asked_of, meets = _requirements(frames, blocks, about)
    return Problem(
        options=about,
        blocks=blocks,
        weight=blocks["weight"].to_numpy(),
        fit=fit,
        spread=spread,
        hidden=named & np.isnan(fit),
        cost=cost,
        open_source=(open_source == "yes").to_numpy(),
        vendor=_vendors(about),
        requirements=asked,
        asked_of=asked_of,
        meets=meets,
        together=together,
        rules=replace(held, requirements=bool(asked)),
        unknowns=unknown.frame(),
    )


def _refuse_kept(unknown: pd.DataFrame, rules: Rules) -> None:
    """Raise if an option is to be kept of which not all costs are known."""
    problems = validate.Problems()
    for _, option in unknown[unknown.index.isin(rules.keep)].iterrows():
        for name in (name for name in COSTS if pd.isna(option[name])):
            said = f"“{option['name']}” is to be kept, but this is not known"
            problems.add("options", said, column=name, fix="Fill it in, or say what to assume.")
    if len(found := problems.frame()):
        raise TablesError(_WHERE, found)


def _blocks(needs: pd.DataFrame) -> pd.DataFrame:
    blocks = needs.sort_values("building_block", ignore_index=True)
    weight = blocks["weight"] if blocks["weight"].notna().any() else pd.Series(1.0, blocks.index)
    weight = weight / weight.max()  # first, so that huge weights stay within the numbers
    name = blocks["name"].fillna(blocks["building_block"])
    return blocks.assign(name=name, weight=weight / weight.sum())


def _options(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row an option, in the order of their keys."""
    found = rows.drop_duplicates("option").sort_values("option", ignore_index=True)
    texts = ["kind", "vendor", "open_source"]
    found = found.assign(name=found["option_name"].fillna(found["option"]))
    return found[["option", "name", *texts, *COSTS]].fillna(dict.fromkeys(texts, ""))


def _rules(rules: pd.DataFrame, decisions: pd.DataFrame, options: pd.DataFrame) -> Rules:
    values = {name: value for name, value in rules.iloc[0].items() if pd.notna(value)}
    for name in ("years", "most_options", "most_vendors"):
        if name in values:
            values[name] = int(values[name])
    place = dict(zip(options["option"], options.index, strict=True))
    for name in OF_OPTIONS:
        mine = decisions.loc[decisions["decision"] == name.replace("_", " "), "option"]
        values[name] = frozenset(mine.map(place))
    return Rules(**values)  # type: ignore[arg-type]


def _fits(
    rows: pd.DataFrame, options: pd.DataFrame, blocks: pd.DataFrame, unknown: _Unknown
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return fits, blocks by options; the lowest and highest of each; and where there is a row."""
    mine = rows[rows["building_block"].isin(blocks["building_block"])]
    columns = ((blocks, "building_block"), (options, "option"))
    places = tuple(_places(mine[name], of[name]) for of, name in columns)
    fit, low, high = np.full((3, len(blocks), len(options)), np.nan)
    named = np.zeros(fit.shape, dtype=bool)
    named[places] = True
    fit[places] = mine["fit"]
    for at, option in zip(*np.nonzero(named & np.isnan(fit)), strict=True):
        key = blocks["building_block"].iloc[at]
        fit[at, option] = unknown.treat(option, "fit", "not counted as covering it", key)
    for side, name in ((low, RANGE[0]), (high, RANGE[1])):
        side[places] = mine[name]
        side[np.isnan(side)] = fit[np.isnan(side)]
    return fit, np.stack([low, high]), named


def _vendors(options: pd.DataFrame) -> NDArray[np.int64]:
    """Return vendors by number: of a product without one its own, of all else without one none."""
    name = options["vendor"].str.casefold()
    alone = (name == "") & ~options["kind"].isin(["system", "own build"])
    name = name.mask(alone, "\n" + options["option"])
    return np.where(name == "", NO_VENDOR, pd.factorize(name)[0])


def _requirements(
    frames: Mapping[str, pd.DataFrame], blocks: pd.DataFrame, options: pd.DataFrame
) -> tuple[tuple[str, ...], NDArray[np.int64], NDArray[np.bool_]]:
    """Return requirements, the place of the block of each, and which options meet them."""
    wanted, said = frames["requirements"], frames["answers"]
    every = wanted[wanted["building_block"].isna()].drop(columns="building_block")
    of_all = every.merge(blocks[["building_block"]], how="cross")
    wanted = pd.concat([wanted, of_all]).drop_duplicates()
    wanted = wanted[wanted["building_block"].isin(blocks["building_block"])]
    wanted = wanted.sort_values(["requirement", "building_block"])
    met = said[said["answer"] == "met"]
    table = met.pivot(index="requirement", columns="option", values="answer")
    table = table.reindex(index=wanted["requirement"], columns=options["option"])
    asked_of = _places(wanted["building_block"], blocks["building_block"])
    return tuple(wanted["requirement"]), asked_of, table.notna().to_numpy()


def _places(keys: pd.Series[str], of: pd.Series[str]) -> NDArray[np.int64]:
    """Return the place of each key among others."""
    return keys.map({key: place for place, key in enumerate(of)}).to_numpy(np.int64)
