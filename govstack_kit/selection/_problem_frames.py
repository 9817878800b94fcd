"""Frames of options, needs, requirements and answers, checked and read as a problem.

The terms are those of :mod:`govstack_kit.selection.optimise`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from govstack_kit.errors import ArgumentError, did_you_mean, quote
from govstack_kit.planning.selected import ANSWERS, MOST_MONEY, OPTION_KINDS, YES_NO, Rules
from govstack_kit.selection._given import frame_of, mapping_of, yes_or_no
from govstack_kit.selection._problem import COSTS, RANGE, Problem, rules_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

UNKNOWN = ("option", "name", "building_block", "what", "treated")
_NEEDED_COLUMNS = ("option", "building_block", "fit", *COSTS)
_SHOWN = 8  # problems of one kind that a message names
_WORDS = {
    "build_cost": "build cost",
    "integration_cost": "integration cost",
    "annual_cost": "annual cost",
    "fit": "fit",
}


class _Complaints:
    """All that is wrong with what was given, said at once."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def add(self, sentence: str, rows: Iterable[str] = ()) -> None:
        found = list(dict.fromkeys(rows))
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        named = ", ".join(found[:_SHOWN]) + more
        # Only where rows are to be named: a text that somebody typed may have braces too.
        self.said.append(sentence.replace("{}", named) if found else sentence)

    def stop(self) -> None:
        if self.said:
            lines = "\n".join(f"- {sentence}" for sentence in self.said)
            raise ArgumentError(f"The best set cannot be looked for:\n{lines}")


def _keyed(
    subject: object, keys: Sequence[str], columns: Iterable[str], what: str, wrong: _Complaints
) -> pd.DataFrame:
    """Return a frame whose keys are texts; rows without one are a complaint."""
    frame = frame_of(subject, columns, what)
    for key in keys:
        texts = _text(frame, key)
        empty = int((texts == "").sum())
        if empty:
            rows = f"{empty} row{'s' * (empty != 1)}"
            wrong.add(f"{what} has {rows} without {key.replace('_', ' ')}: fill it in.")
        frame = frame.assign(**{key: texts})
    return frame


def _number(values: pd.Series[Any], what: str, wrong: _Complaints) -> NDArray[np.float64]:
    """Return numbers, not a number where a cell is empty; anything else is a complaint."""
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    true_or_false = np.array([pd.api.types.is_bool(value) for value in values], dtype=bool)
    numbers = np.where(true_or_false, np.nan, numbers)
    bad = values.notna().to_numpy() & (values.astype("str") != "").to_numpy() & np.isnan(numbers)
    if bad.any():
        shown = [quote(value) for value in values[bad].tolist()]
        wrong.add(f"{what} must be numbers, or empty where nobody knows them, not {{}}.", shown)
    return numbers


def _text(frame: pd.DataFrame, column: str) -> pd.Series[Any]:
    if column not in frame.columns:
        return pd.Series([""] * len(frame), dtype="str")
    return frame[column].astype("str").fillna("").str.strip()


def _needs(needs: object, wrong: _Complaints) -> tuple[list[str], list[str], NDArray[np.float64]]:
    block = ["building_block"]
    frame = _keyed(needs, block, block, "The frame of needs", wrong)
    frame = frame.sort_values("building_block", kind="stable", ignore_index=True)
    blocks = frame["building_block"].tolist()
    if not blocks:
        wrong.add("No building block is needed. Accept some in the plan first.")
    twice = frame["building_block"][frame["building_block"].duplicated()]
    if len(twice):
        wrong.add("Each needed building block is there once; these are there twice: {}.", twice)
    names = _text(frame, "name").tolist()
    weight = np.ones(len(blocks))
    if "weight" in frame.columns:
        weight = _number(frame["weight"], "Weights of building blocks", wrong)
        bad = ~np.isfinite(weight) | (weight < 0)
        if bad.any():
            some = [quote(block) for block, is_bad in zip(blocks, bad, strict=True) if is_bad]
            wrong.add("Weights are numbers from 0 on; those of {} are not.", some)
        elif len(blocks) and not weight.max() > 0:
            wrong.add("All weights are 0. Give at least one building block a weight above 0.")
        elif weight.max(initial=0.0) > 0:
            weight = weight / weight.max()  # first, so that huge weights keep within the numbers
    total = weight.sum()
    return blocks, [n or b for n, b in zip(names, blocks, strict=True)], weight / (total or 1.0)


def _rows(frame: pd.DataFrame, wrong: _Complaints) -> dict[str, NDArray[np.float64]]:
    """Return the numbers of the option frame, complaining about what they cannot be."""
    found = {}
    label = frame["option"]
    for column in (*COSTS, "fit", *RANGE):
        if column not in frame.columns:
            continue
        what = f"The {_WORDS.get(column, column.replace('_', ' '))} of options"
        values = _number(frame[column], what, wrong)
        top = MOST_MONEY if column in COSTS else 1.0
        bad = (values < 0) | (values > top)
        if bad.any():
            said = [f"{o} ({v:,g})" for o, v in zip(label[bad], values[bad], strict=True)]
            allowed = "0 to 1" if top == 1.0 else f"0 to {top:,.0f}"
            wrong.add(f"{what} is from {allowed}; it is not for {{}}.", said)
        found[column] = values
    if set(RANGE) <= set(found):
        bad = found[RANGE[0]] > found[RANGE[1]]
        if bad.any():
            wrong.add("The lowest fit is above the highest for {}.", label[bad])
    return found


def _assumed(assume: Mapping[str, float] | None, wrong: _Complaints) -> dict[str, float]:
    given = mapping_of(assume, "Assumptions", "{'fit': 0.5}")
    for key, value in given.items():
        if key not in _WORDS:
            allowed = ", ".join(_WORDS)
            wrong.add(f"Nothing called {quote(key)} can be assumed. Allowed: {allowed}.")
            continue
        top = 1.0 if key == "fit" else MOST_MONEY
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or not 0 <= value <= top:
            wrong.add(f"The assumed {_WORDS[key]} is from 0 to {top:,.0f}, not {quote(value)}.")
    return given


def _check_rules(rules: Rules, options: Sequence[str], wrong: _Complaints) -> None:
    for what, keys in (("keep", rules.keep), ("leave out", rules.leave_out)):
        for key in keys:
            if key not in options:
                hint = did_you_mean(key, options) or "See the ids of your options."
                wrong.add(f"The option to {what}, {quote(key)}, does not exist. {hint}")
    both = [key for key in rules.keep if key in rules.leave_out]
    if both:
        wrong.add("The rules both keep and leave out {}. Take it out of one of them.", both)


class _Options(NamedTuple):
    """The frame of options, its keys in order, the option of each row, the first row of each."""

    frame: pd.DataFrame
    numbers: dict[str, NDArray[np.float64]]
    keys: list[str]
    of: NDArray[np.int64]
    first: NDArray[np.int64]

    def texts(self, column: str) -> list[str]:
        """Return a text of each option."""
        found: list[str] = _text(self.frame, column)[self.first].tolist()
        return found


def _options(options: object, wrong: _Complaints) -> _Options:
    key = ["option", "building_block"]
    frame = _keyed(options, key, _NEEDED_COLUMNS, "The frame of options", wrong)
    numbers = _rows(frame, wrong)
    labels = frame["option"]
    twice = frame.duplicated(["option", "building_block"])
    if twice.any():
        wrong.add("Each option covers a block once; there are several rows for {}.", labels[twice])
    keys = sorted(labels.unique().tolist())
    at = labels.map({key: place for place, key in enumerate(keys)}).to_numpy(dtype=np.int64)
    first = np.zeros(len(keys), dtype=np.int64)
    first[at[::-1]] = np.arange(len(frame))[::-1]
    for name in COSTS:
        same = numbers[name][first[at]]
        apart = ~((numbers[name] == same) | (np.isnan(numbers[name]) & np.isnan(same)))
        if apart.any():
            said = f"The {_WORDS[name]} of an option is one number; {{}} has several."
            wrong.add(said, labels[apart])
    return _Options(frame, numbers, keys, at, first)


class _Notes:
    """What nobody knows, and how it is treated."""

    def __init__(self, given: _Options, assume: Mapping[str, float]) -> None:
        self.keys, self.names, self.assume = given.keys, _names(given), assume
        self.rows: list[tuple[str, ...]] = []

    def treat(self, option: int, what: str, otherwise: str, block: str = "") -> float:
        """Note that a number is unknown; return what is assumed for it, if anything is."""
        value = self.assume.get(what, np.nan)
        treated = otherwise if np.isnan(value) else f"taken as {value:,g}"
        word = _WORDS.get(what, what)
        self.rows.append((self.keys[option], self.names[option], block, word, treated))
        return float(value)


def _names(given: _Options) -> list[str]:
    return [name or key for name, key in zip(given.texts("name"), given.keys, strict=True)]


def _fits(
    given: _Options, blocks: Sequence[str], notes: _Notes
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return fits, blocks by options; the lowest and the highest; and where an option has a row."""
    fit = np.full((len(blocks), len(given.keys)), np.nan)
    spread = np.full((2, *fit.shape), np.nan)
    named = np.zeros(fit.shape, dtype=bool)
    row = {block: place for place, block in enumerate(blocks)}
    rows = given.frame["building_block"].map(row)
    numbers = given.numbers
    for line in np.flatnonzero(rows.notna().to_numpy()):
        block, option = int(rows[line]), int(given.of[line])
        value = float(numbers["fit"][line])
        if np.isnan(value):
            value = notes.treat(option, "fit", "not counted as covering it", blocks[block])
        fit[block, option], named[block, option] = value, True
        for side, name in enumerate(RANGE):
            known = float(numbers[name][line]) if name in numbers else np.nan
            spread[side, block, option] = value if np.isnan(known) else known
    return fit, spread, named


def _check_words(given: _Options, wrong: _Complaints) -> None:
    """Complain about words that are no answer: they would count as no."""
    for column, allowed in (("open_source", YES_NO), ("kind", OPTION_KINDS)):
        for value in dict.fromkeys(given.texts(column)):
            if value and value not in allowed:
                wrong.add(_no_such(f"The column {column} of options", value, allowed))


def _no_such(what: str, value: str, allowed: Sequence[str]) -> str:
    hint = did_you_mean(value, allowed)
    listed = ", ".join(filter(None, allowed))
    return f"{what} has {quote(value)}. Allowed: {listed}, or empty. {hint}".strip()


def _costs(
    given: _Options, concerned: NDArray[np.bool_], notes: _Notes, *, counts: bool
) -> NDArray[np.float64]:
    """Return the parts of the costs, those that nobody knows as they are assumed."""
    parts = np.array([given.numbers[name][given.first] for name in COSTS])
    parts = parts.reshape(len(COSTS), len(given.keys))
    otherwise = "left out" if counts else "its cost is shown as unknown"
    for place, name in enumerate(COSTS):
        for option in np.flatnonzero(np.isnan(parts[place]) & concerned).tolist():
            parts[place, option] = notes.treat(option, name, otherwise)
    return parts


def read(  # noqa: PLR0913 - all that a problem is made of
    options: pd.DataFrame,
    needs: pd.DataFrame,
    rules: Rules | Mapping[str, Any] | None,
    *,
    requirements: pd.DataFrame | None = None,
    answers: pd.DataFrame | None = None,
    together: bool = False,
    assume: Mapping[str, float] | None = None,
) -> Problem:
    """Return frames as a problem; see :func:`govstack_kit.selection.optimise.best_set`."""
    wrong = _Complaints()
    held = rules_of(rules)
    blocks, block_names, weight = _needs(needs, wrong)
    assumed = _assumed(assume, wrong)
    given = _options(options, wrong)
    _check_rules(held, given.keys, wrong)
    wrong.stop()
    column = {key: place for place, key in enumerate(given.keys)}
    notes = _Notes(given, assumed)
    fit, spread, named = _fits(given, blocks, notes)
    concerned: NDArray[np.bool_] = np.logical_not(np.isnan(fit).all(axis=0))
    concerned[[column[key] for key in held.keep]] = True
    counts = held.aim == "cost" or held.budget is not None
    parts = _costs(given, concerned, notes, counts=counts)
    cost = parts[0] + parts[1] + held.years * parts[2]
    if counts:
        for key in held.keep:
            if np.isnan(cost[column[key]]):
                wrong.add(f"{quote(key)} is to be kept, but not all of its costs are known.")
        fit[:, np.isnan(cost)] = np.nan
    _check_words(given, wrong)
    free = np.array(given.texts("open_source"), dtype=object)
    if held.open_source_only:
        for option in np.flatnonzero((free == "") & concerned).tolist():
            notes.treat(option, "open source", "not counted as open source")
    row = {block: place for place, block in enumerate(blocks)}
    asked, asked_of, meets = _requirements(requirements, answers, row, column, wrong)
    wrong.stop()
    vendors, kinds = given.texts("vendor"), given.texts("kind")
    return Problem(
        options=tuple(given.keys),
        names=tuple(notes.names),
        kinds=tuple(kinds),
        vendors=tuple(vendors),
        blocks=tuple(blocks),
        block_names=tuple(block_names),
        weight=weight,
        fit=fit,
        spread=spread,
        hidden=named & np.isnan(fit),
        parts=parts,
        cost=cost,
        open_source=free == "yes",
        vendor=_vendors(vendors, kinds),
        asked=asked,
        asked_of=asked_of,
        meets=meets,
        together=yes_or_no(together, "together"),
        rules=held,
        unknowns=pd.DataFrame(notes.rows, columns=list(UNKNOWN)).astype("str"),
    )


def _vendors(vendors: Sequence[str], kinds: Sequence[str]) -> NDArray[np.int64]:
    """Return vendors by number: of a product without one its own, of all else without one none."""
    numbers: dict[str, int] = {}
    found = []
    for place, (vendor, kind) in enumerate(zip(vendors, kinds, strict=True)):
        name = vendor.casefold() or ("" if kind in {"system", "own build"} else f"\n{place}")
        found.append(numbers.setdefault(name, len(numbers)) if name else -1)
    return np.array(found, dtype=np.int64)


def _requirements(
    requirements: pd.DataFrame | None,
    answers: pd.DataFrame | None,
    row: dict[str, int],
    column: dict[str, int],
    wrong: _Complaints,
) -> tuple[tuple[str, ...], NDArray[np.int64], NDArray[np.bool_]]:
    """Return requirements, the block of each, and which options meet them."""
    none: tuple[tuple[str, ...], NDArray[np.int64], NDArray[np.bool_]] = (
        (),
        np.zeros(0, dtype=np.int64),
        np.zeros((0, len(column)), dtype=bool),
    )
    if requirements is None:
        if answers is not None:
            wrong.add("Answers were given without requirements. Give both, or neither.")
        return none
    key = ["requirement", "building_block"]
    wanted = _keyed(requirements, key[:1], key, "The frame of requirements", wrong)
    key = ["option", "requirement", "answer"]
    said = pd.DataFrame(columns=key) if answers is None else answers
    given = _keyed(said, key[:2], key, "The frame of answers", wrong)
    asked: list[str] = []
    of: list[int] = []
    pairs = wanted[["requirement", "building_block"]].astype("str").fillna("").drop_duplicates()
    for key, block in sorted(pairs.itertuples(index=False, name=None)):
        places = [row[block]] if block in row else (row.values() if not block else [])
        for place in places:  # one without a block holds for every block
            asked.append(key)
            of.append(place)
    said = given.drop_duplicates(["option", "requirement"], keep=False)
    if len(said) < len(given):
        wrong.add("Each option answers a requirement once; some answers are there twice.")
    for value in dict.fromkeys(_text(said, "answer")):
        if value and value not in ANSWERS:
            wrong.add(_no_such("The column answer of answers", value, ANSWERS))
    strange = [key for key in dict.fromkeys(said["option"]) if key not in column]
    if strange:
        wrong.add("Answers are given for options that do not exist: {}.", strange)
    met = said[(said["answer"] == "met") & said["option"].isin(list(column))]
    line = {key: place for place, key in enumerate(dict.fromkeys(asked))}
    met = met[met["requirement"].isin(list(line))]
    table = np.zeros((len(line), len(column)), dtype=bool)
    table[met["requirement"].map(line).to_numpy(int), met["option"].map(column).to_numpy(int)] = (
        True
    )
    at = np.array([line[key] for key in asked], dtype=np.int64)
    return tuple(asked), np.array(of, dtype=np.int64), table[at]
