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

from govstack_kit import errors
from govstack_kit.planning.plan import DECLARED
from govstack_kit.tables import package, validate
from govstack_kit.tables.schema import Reference, Schema, Table
from govstack_kit.words import amount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

COSTS = ("build_cost", "integration_cost", "annual_cost")
RANGE = ("fit_lowest", "fit_highest")
OF_OPTIONS = {"keep": "keep", "leave_out": "leave out"}  # rules that name options, as decisions
NO_VENDOR = -1
TAKEN, ASSUMED = "taken as", "Assumed"  # how numbers begin that nobody knows and a team assumed
UNKNOWN = ("option", "option_name", "building_block", "what", "treated")
_WHERE = "what the best set is to be found in"
_OF_PLAN = "for a plan, ask best_set_of_plan or best_set_stability_of_plan(framework, plan)"


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

    def names(self, options: Iterable[int]) -> list[str]:
        """Return what people call options."""
        return [str(self.options["name"].iloc[option]) for option in options]

    def block_names(self, blocks: Iterable[int]) -> list[str]:
        """Return what people call building blocks."""
        return [str(self.blocks["name"].iloc[block]) for block in blocks]


# --- how frames must look -------------------------------------------------------------------------

_COLUMNS = {
    **DECLARED["options"].columns,
    **DECLARED["option_building_blocks"].columns,
    **DECLARED["answers"].columns,
    "decision": DECLARED["option_decisions"].columns["decision"],
    "weight": DECLARED["criteria"].columns["weight"],
    "option_name": DECLARED["options"].columns["name"],
    **dict.fromkeys(RANGE, DECLARED["option_building_blocks"].columns["fit"]),
}


def _table(
    name: str, key: tuple[str, ...], needed: tuple[str, ...] = (), others: tuple[str, ...] = ()
) -> Table:
    """Return a table of columns that a plan declares too, of which only keys must be filled in."""
    columns = {}
    for column in (*key, *needed, *others):
        limits = _COLUMNS[column].limits
        kept = {kind: limits[kind] for kind in ("enum", "minimum", "maximum") if kind in limits}
        filled = column in {*key, "weight"} and (name, column) not in _MAY_BE_EMPTY
        given = {"constraints": kept | {"required": filled}}
        columns[column] = replace(_COLUMNS[column], name=column, title=column, given=given)
    option = Reference(("option",), "options", ("option",))
    references = () if "option" not in key or name == "options" else (option,)
    about = {"needed": () if name == "assume" else (*key, *needed)}
    return Table(name, name, "", columns, key, references, about)


_MAY_BE_EMPTY = {("requirements", "building_block"), ("assume", "fit")}
_NAMED = ("option_name", "kind", "vendor", "open_source")
FORM = Schema(
    {
        "rules": DECLARED["rules"],
        "assume": _table("assume", ("fit",), others=COSTS),
        "options": _table(
            "options", ("option", "building_block"), ("fit", *COSTS), (*RANGE, *_NAMED)
        ),
        "needs": _table("needs", ("building_block",), (), ("name", "weight")),
        "requirements": _table("requirements", ("requirement", "building_block")),
        "answers": _table("answers", ("option", "requirement"), ("answer",)),
        "option_decisions": _table("option_decisions", ("option", "decision")),
    }
)


def _by_name(given: object, table: str, allowed: Iterable[str], example: str) -> dict[str, Any]:
    """Return values given by name, of which nobody gave None."""
    wanted = f"Give {table} by name, as in {example}"
    values = dict(errors.expected({} if given is None else given, Mapping, wanted))
    names = list(allowed)
    errors.known(values, names, f"name in {table}", f"this list: {', '.join(names)}")
    return {name: value for name, value in values.items() if value is not None}


def _decisions(rules: Mapping[str, Any]) -> pd.DataFrame:
    """Return which options rules keep and leave out, as a plan stores it."""
    rows = []
    for name, decision in OF_OPTIONS.items():
        options = rules.get(name, ())
        rows += [(o, decision) for o in ([options] if isinstance(options, str) else options)]
    return pd.DataFrame(rows, columns=["option", "decision"], dtype="str")


def _checked(given: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return frames with the types that they must have; all that is wrong is told at once."""
    cells, problems = {}, validate.Problems()
    for name, frame in given.items():
        errors.expected(frame, pd.DataFrame, f"Give {name} as a DataFrame; {_OF_PLAN}")
        needed, once = FORM[name].given.get("needed", ()), ~frame.columns.duplicated()
        for column in [column for column in needed if column not in frame.columns]:
            said = f"column “{column}” is missing"
            problems.add(name, said, column=column, allowed=", ".join(needed), fix="Add it.")
        for column in frame.columns[~once].unique():
            problems.add(name, f"column “{column}” stands twice", fix="Remove one.")
        found = package.cells_of(frame.loc[:, once], FORM[name])
        cells[name] = package.tidied(found, FORM[name])
    for name in ("rules", "assume"):
        validate.check_cells(cells[name], FORM[name], problems, {})
    tables = {name: found for name, found in cells.items() if name not in {"rules", "assume"}}
    validate.check(tables, FORM, {}, problems)
    _check_meanings(cells, problems)
    package.refuse(problems.frame(), _WHERE)
    return {name: package.frame_of(found, FORM[name]) for name, found in cells.items()}


def _check_meanings(cells: Mapping[str, pd.DataFrame], problems: validate.Problems) -> None:
    """Report what no column can say for itself."""
    options, needs, decided = cells["options"], cells["needs"], cells["option_decisions"]
    for name in (name for name in COSTS if {name, "option"} <= set(options)):
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


# --- from frames to numbers -----------------------------------------------------------------------


def read(  # noqa: PLR0913 - all that a problem is made of
    options: pd.DataFrame,
    needs: pd.DataFrame,
    rules: Mapping[str, Any] | None = None,
    *,
    requirements: pd.DataFrame | None = None,
    answers: pd.DataFrame | None = None,
    together: bool = False,
    assume: Mapping[str, float] | None = None,
    checked: bool = False,
) -> Problem:
    """Return frames as a problem; see :func:`govstack_kit.selection.best_set.best_set`.

    What a plan holds was `checked` when it was put in.
    """
    named = [field.name for field in fields(Rules) if field.name != "requirements"]
    given = _by_name(rules, "rules", named, "{'years': 5}")
    assumed = _by_name(assume, "assume", FORM["assume"].columns, "{'fit': 0.5}")
    frames = {"options": options, "needs": needs, "option_decisions": _decisions(given)}
    plain = {name: value for name, value in given.items() if name not in OF_OPTIONS}
    frames |= {"rules": pd.DataFrame(plain, [0]), "assume": pd.DataFrame(assumed, [0])}
    for name, frame in (("requirements", requirements), ("answers", answers)):
        empty = pd.DataFrame(columns=list(FORM[name].columns), dtype="str")
        frames[name] = empty if frame is None else frame
    errors.expected(together, bool, "together is True or False")
    if assume or not checked:
        frames = _checked(frames)
    about, blocks = _options(frames["options"]), _blocks(frames["needs"])
    held = _rules(frames["rules"], frames["option_decisions"], about)
    assumptions, unknown = frames["assume"].iloc[0], []

    def treat(option: int, what: str, otherwise: str, block: str = "") -> float:
        """Note that something is unknown; return what is assumed for it, if anything is."""
        value = float(assumptions.get(what, np.nan))
        treated = otherwise if np.isnan(value) else f"{TAKEN} {amount(value)}"
        key, name = about.loc[option, ["option", "name"]]
        unknown.append((key, name, block, what.replace("_", " "), treated))
        return value

    fit, spread, named_for = _fits(frames["options"], about, blocks, treat)
    concerned = {*np.flatnonzero(~np.isnan(fit).all(axis=0)).tolist(), *held.keep}
    needed = held.aim == "cost" or held.budget is not None
    otherwise = "left out" if needed else "its cost is shown as unknown"
    for name in COSTS:
        for option in sorted(concerned & {*np.flatnonzero(about[name].isna())}):
            about.loc[option, name] = treat(option, name, otherwise)
    about["cost"] = about[[*COSTS]].dot([1, 1, held.years])
    if needed:
        fit[:, about["cost"].isna()] = np.nan
    if held.open_source_only:
        for option in sorted(concerned & {*np.flatnonzero(about["open_source"] == "")}):
            treat(option, "open_source", "not counted as open source")
    asked, asked_of, meets = _requirements(frames, blocks, about)
    return Problem(
        about,
        blocks,
        blocks["weight"].to_numpy(),
        fit,
        spread,
        hidden=named_for & np.isnan(fit),
        cost=about["cost"].to_numpy(),
        open_source=(about["open_source"] == "yes").to_numpy(),
        vendor=_vendors(about),
        requirements=asked,
        asked_of=asked_of,
        meets=meets,
        together=together,
        rules=replace(held, requirements=bool(asked)),
        unknowns=pd.DataFrame(unknown, columns=[*UNKNOWN], dtype="str"),
    )


def _blocks(needs: pd.DataFrame) -> pd.DataFrame:
    blocks = needs.sort_values("building_block", ignore_index=True)
    weight = blocks["weight"].fillna(1.0)
    weight = weight / weight.max()  # first, so that huge weights stay within the numbers
    name = blocks["name"].fillna(blocks["building_block"])
    return blocks.assign(name=name, weight=weight / weight.sum())


def _options(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row an option, in the order of their keys."""
    found = rows.drop_duplicates("option").sort_values("option", ignore_index=True)
    found = found.assign(name=found["option_name"].fillna(found["option"]))
    texts = dict.fromkeys(("kind", "vendor", "open_source"), "")
    return found[["option", "name", *texts, *COSTS]].fillna(texts)


def _rules(rules: pd.DataFrame, decisions: pd.DataFrame, options: pd.DataFrame) -> Rules:
    names = [name for name in rules if hasattr(Rules, str(name)) and pd.notna(rules[name][0])]
    values = {str(name): rules[name].tolist()[0] for name in names}
    for name, decision in OF_OPTIONS.items():
        mine = decisions.loc[decisions["decision"] == decision, "option"]
        values[name] = frozenset(_places(mine, options["option"]).tolist())
    return Rules(**values)


def _fits(
    rows: pd.DataFrame,
    options: pd.DataFrame,
    blocks: pd.DataFrame,
    treat: Callable[[int, str, str, str], float],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return fits, blocks by options; the lowest and highest of each; and where there is a row."""
    mine = rows[rows["building_block"].isin(blocks["building_block"])]
    block = _places(mine["building_block"], blocks["building_block"])
    at = block, _places(mine["option"], options["option"])
    fit, low, high = np.full((3, len(blocks), len(options)), np.nan)
    named = np.zeros(fit.shape, dtype=bool)
    named[at] = True
    fit[at] = mine["fit"]
    for place, option in zip(*np.nonzero(named & np.isnan(fit)), strict=True):
        key = blocks["building_block"].iloc[place]
        fit[place, option] = treat(option, "fit", "not counted as covering it", key)
    for side, name in ((low, RANGE[0]), (high, RANGE[1])):
        side[at] = mine[name]
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
    wanted, said = frames["requirements"][["requirement", "building_block"]], frames["answers"]
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
    places = {key: place for place, key in enumerate(of)}
    return np.array([places[key] for key in keys], dtype=np.int64)
