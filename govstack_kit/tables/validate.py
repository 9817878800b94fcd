"""All that is wrong with tables, at once: where, what, what is allowed, what to do.

Definitions
-----------
Tables are checked as *cells*: frames of text in which an empty text is a missing value and the
index is the row as a spreadsheet numbers it, header 1. Every rule is a mask over a column, and all
are declared: types, limits, keys, references, and what has to agree between tables. A *problem*
must be mended before the tables can be used; a *remark* is worth a look: a name that no table has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit.errors import did_you_mean, nearest

if TYPE_CHECKING:
    from govstack_kit.tables.schema import Column, Reference, Schema, Table

COLUMNS = ["table", "row", "column", "value", "problem", "allowed", "fix", "level", "about"]
PROBLEM, REMARK = "problem", "remark"
TRUE = ("true", "yes", "1")
_HINTED = 40  # different values for which the nearest known ones are looked up
_SHOWN = 8  # allowed values that are named
_FORMS = {
    "integer": (r"[+-]?\d{1,18}(\.0*)?", "a whole number"),
    "number": (r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", "a number"),
    "boolean": (r"(?i:true|false|yes|no|1|0)", "true or false"),
}
Cells = Mapping[str, pd.DataFrame]


class Problems:
    """The problems found so far; one frame in the end.

    Attributes
    ----------
    numbers : dict
        The rows in which a spreadsheet held a number, by table and column: told by the reader.
    """

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, str], list[int]] = {}
        self._found: list[pd.DataFrame] = []
        self._checked: dict[str, tuple[Table, pd.DataFrame]] = {}

    def add(
        self,
        table: str,
        problem: str,
        *,
        row: int = 0,
        column: str = "",
        value: str = "",
        **more: str,
    ) -> None:
        """Note one problem; row 0 is the table as a whole, `more` as in :meth:`mask`."""
        values = pd.Series([value], index=[row], dtype="str")
        self.mask(table, column, values, problem, **more)

    def mask(  # noqa: PLR0913 - as above
        self,
        table: str,
        column: str,
        values: pd.Series[str],
        problem: str,
        *,
        allowed: str = "",
        fix: Callable[[str], str] | str = "",
        level: str = PROBLEM,
    ) -> None:
        """Note a problem for each of `values`, whose index is the row; {} is the value."""
        if values.empty:
            return
        shown = values.str.slice(0, 80)
        found = pd.DataFrame({"table": table, "row": values.index, "column": column})
        found["value"] = shown.to_numpy()
        found["problem"] = [problem.replace("{}", v) for v in found["value"]]
        found["allowed"] = allowed
        if callable(fix):
            fixes = {v: fix(v) for v in shown.unique()[:_HINTED]}
            found["fix"] = found["value"].map(fixes).fillna("Correct it.")
        else:
            found["fix"] = fix
        self._found.append(found.assign(level=level, about=""))

    def found(self, problems: pd.DataFrame) -> None:
        """Note problems that somebody else has found."""
        self._found.append(problems[COLUMNS])

    def know(self, table: Table, cells: pd.DataFrame) -> None:
        """Note the rows that problems of a table are about, so that they can be called by name."""
        self._checked[table.name] = table, cells

    def frame(self) -> pd.DataFrame:
        """Return the problems, table by table and row by row."""
        if not self._found:
            return _nothing().copy()
        found = pd.concat(self._found, ignore_index=True)
        for table, cells in self._checked.values():
            of_table = found["table"] == table.name
            if of_table.any():
                found.loc[of_table, "about"] = self._about(found[of_table], table, cells)
        found["place"] = pd.factorize(found["table"])[0]
        order = found.sort_values(["place", "row"], kind="stable")[COLUMNS]
        return order.drop_duplicates(ignore_index=True).astype({"row": "int64"})

    @staticmethod
    def _about(found: pd.DataFrame, table: Table, cells: pd.DataFrame) -> pd.Series[str]:
        """Return what people call the places of problems: ``Step “Pay”, Name``."""
        labels = cells[table.label] if table.label in cells else pd.Series(dtype="str")
        label = found["row"].map(labels).astype("str").fillna("").str.slice(0, 60)
        one = f"{table.one[:1].upper()}{table.one[1:]}"
        row = (one + " “" + label + "”").where(label != "", table.title)
        titles = {column.name: column.title for column in table.columns.values()}
        column = found["column"].map(titles).fillna(found["column"])
        return row + (", " + column).where(column != "", "")


@cache
def _nothing() -> pd.DataFrame:
    """Return no problems; kept, because each change of a plan asks for them."""
    return pd.DataFrame(columns=COLUMNS, dtype="str").astype({"row": "int64"})


def numbers(cells: pd.Series[str]) -> pd.Series[float]:
    """Return texts as numbers; what is none is missing."""
    return pd.to_numeric(cells, errors="coerce")


def joined(frame: pd.DataFrame, columns: Iterable[str]) -> pd.Series[str]:
    """Return the values of columns as one text a row, to compare by."""
    first, *others = columns
    found = frame[first].astype("str").fillna("")
    for name in others:
        found = found + " | " + frame[name].astype("str").fillna("")
    return found


def check(cells: Cells, schema: Schema, beside: Cells, problems: Problems) -> None:
    """Add to `problems` all that is wrong with tables.

    Parameters
    ----------
    cells
        The tables to check, as texts.
    schema
        What they may hold.
    beside
        Tables that they may refer to and that were checked before, as frames of any type.
    problems
        Where problems go.
    """
    for name, rows in cells.items():
        check_cells(rows, schema[name], problems, {**cells, **beside})
    check_rows(cells, schema, beside, problems)
    check_names(cells, schema, beside, problems)


# --- cells for themselves -------------------------------------------------------------------------


def check_cells(cells: pd.DataFrame, table: Table, problems: Problems, beside: Cells) -> None:
    """Add to `problems` what is wrong with single cells of the columns that are there."""
    problems.know(table, cells)
    for column in table.columns.values():
        if column.name in cells:
            _column(table, column, cells[column.name], problems)
            _codes(table, column, cells[column.name], beside, problems)


def _column(table: Table, column: Column, cells: pd.Series[str], problems: Problems) -> None:
    texts, limits = cells.tolist(), column.limits  # plain texts: most columns have nothing wrong

    def refuse(wrong: list[int], problem: str, **more: Any) -> None:  # noqa: ANN401 - see mask
        if wrong:
            problems.mask(table.name, column.name, cells.iloc[wrong], problem, **more)

    says = f"{column.description[:1].lower()}{column.description[1:]}"
    if column.required:
        empty = [place for place, text in enumerate(texts) if not text]
        refuse(empty, "is empty", fix=f"Fill it in: {says}.")
    filled = [place for place, text in enumerate(texts) if text]
    if column.type in _FORMS:
        form, allowed = _FORMS[column.type]
        right = re.compile(form)
        wrong = [place for place in filled if not right.fullmatch(texts[place])]
        problem, fix = f"“{{}}” is not {allowed}", f"Expected: {says}."
        refuse(wrong, problem, allowed=allowed, fix=fix)
        filled = [place for place in filled if place not in set(wrong)] if wrong else filled
    if column.enum:
        refuse(
            [place for place in filled if texts[place] not in column.enum],
            "“{}” is not allowed here",
            allowed=", ".join(column.enum),
            fix=lambda v: did_you_mean(v, column.enum) or "Choose one of them.",
        )
    if "pattern" in limits:
        right = re.compile(limits["pattern"].strip("^$"))
        wrong = [place for place in filled if not right.fullmatch(texts[place])]
        refuse(wrong, "“{}” has the wrong form", fix=f"Expected: {says}.")
    if "maxLength" in limits:
        wrong = [place for place in filled if len(texts[place]) > limits["maxLength"]]
        most = f"{limits['maxLength']:,} characters"
        refuse(wrong, "is too long: “{}”…", allowed=most, fix="Shorten it.")
    low, high = limits.get("minimum"), limits.get("maximum")
    if low is not None or high is not None:
        least = float("-inf") if low is None else low
        most_ = float("inf") if high is None else high
        parts = [f"from {low:,}" if low is not None else "", f"to {high:,}" if high else ""]
        refuse(
            [place for place in filled if not least <= float(texts[place]) <= most_],
            "“{}” is out of range",
            allowed=" ".join(filter(None, parts)),
            fix="Correct it.",
        )


def _codes(
    table: Table, column: Column, cells: pd.Series[str], beside: Cells, problems: Problems
) -> None:
    """Find codes that a spreadsheet holds as numbers, where a zero at the end may be lost."""
    numbered = problems.numbers.get((table.name, column.name), ())
    named, _, target = str(column.given.get("code_of", "")).partition(".")
    if not named:
        named, target = table.target(column.name)
    if not len(numbered) or column.type != "string" or named not in beside:
        return
    known = set(beside[named][target].astype("str"))
    typed = cells[cells.index.isin(numbered)]
    problems.mask(
        table.name,
        column.name,
        typed[typed.isin(known) & (typed + "0").isin(known)],
        "“{}” was typed as a number, so {} and {}0 look the same",
        allowed="a text",
        fix="Format the cell as text and type the code again.",
    )


# --- rows among each other ------------------------------------------------------------------------


def check_rows(cells: Cells, schema: Schema, beside: Cells, problems: Problems) -> None:
    """Add to `problems` what is wrong with keys, references and meanings; frames will do too."""
    for name, rows in cells.items():
        table = schema[name]
        problems.know(table, rows)
        if set(table.key) <= set(rows.columns):
            _key(table, rows, problems)
        for reference in table.references:
            if set(reference.columns) <= set(rows.columns):
                _reference(table, reference, cells, beside, problems)
        _meaning(table, cells, beside, problems)


def _key(table: Table, rows: pd.DataFrame, problems: Problems) -> None:
    keys = joined(rows, table.key)
    where = table.name, ", ".join(table.key)
    filled = keys.str.strip(" |") != ""
    alike = keys.str.casefold() if "made" in table.columns[table.key[-1]].given else keys
    fix = "Each key may stand once: remove the row or change its key."
    same = keys[alike.duplicated(keep=False) & filled]
    problems.mask(*where, same, "“{}” stands more than once", fix=fix)
    if not any(table.columns[name].required for name in table.key):
        problems.mask(*where, keys[~filled], "the key is empty", fix="Fill in a part of it.")
    for columns in table.shape.get("uniqueKeys", ()):
        if set(columns) <= set(rows.columns):
            values = joined(rows, columns)
            twice = values[values.duplicated(keep=False)]
            problems.mask(table.name, ", ".join(columns), twice, "“{}” stands more than once")


def _known(tables: Iterable[Cells], table: str, columns: tuple[str, ...]) -> set[str] | None:
    """Return the values that columns of a table have; None if it is in none of the tables."""
    there = [t[table] for t in tables if table in t and set(columns) <= set(t[table].columns)]
    return {key for frame in there for key in joined(frame, columns).tolist()} if there else None


def _some(known: set[str]) -> str:
    return ", ".join(sorted(known)[:_SHOWN]) + (" …" if len(known) > _SHOWN else "")


def _reference(
    table: Table, reference: Reference, cells: Cells, beside: Cells, problems: Problems
) -> None:
    values = joined(cells[table.name], reference.columns)
    filled = values[values.str.strip(" |") != ""]
    known = _known((cells, beside), reference.table, reference.targets) or set()
    fix = f"Add it to {reference.table}, or correct it here."
    problems.mask(
        table.name,
        ", ".join(reference.columns),
        filled[~filled.isin(known)],
        f"“{{}}” is not in {reference.table}",
        allowed=_some(known) or f"nothing, because {reference.table} has no rows",
        fix=lambda v: did_you_mean(v, known) or fix,
    )


def check_names(cells: Cells, schema: Schema, beside: Cells, problems: Problems) -> None:
    """Add remarks on names that no table has, where the table that usually has them is there."""
    for name, rows in cells.items():
        named = (c.name for c in schema[name].columns.values() if "names" in c.given)
        for column in (c for c in named if c in rows):
            table, target = schema[name].target(column)
            known = _known((cells, beside), table, (target,))
            if known is None:
                continue
            values = rows[column].astype("str").fillna("")
            problems.mask(
                name,
                column,
                values[(values != "") & ~values.isin(known)],
                f"“{{}}” is in none of the {table.replace('_', ' ')}",
                fix=partial(_guess, known=known),
                level=REMARK,
            )


def _guess(value: str, known: set[str]) -> str:
    names = " or ".join(nearest(value, known))
    return f"If you mean {names}, correct it." if names else "Leave it if it is one of your own."


# --- meanings -------------------------------------------------------------------------------------


def _meaning(table: Table, cells: Cells, beside: Cells, problems: Problems) -> None:
    """Check what columns and tables have to say alike."""
    rows = cells[table.name]
    said = {"starts_with", "first_of"}
    for column in (c for c in table.columns.values() if c.name in rows and said & c.given.keys()):
        values = rows[column.name].astype("str").fillna("")
        if owner := column.given.get("starts_with", ""):
            pairs = zip(values.tolist(), rows[owner].tolist(), strict=True)
            wrong = values[[not value.startswith(f"{start}.") for value, start in pairs]]
            problem = f"“{{}}” does not belong to the {table.columns[owner].title.lower()} named"
            fix = f"It is the {owner}, a full stop and what you like."
            problems.mask(table.name, column.name, wrong[wrong != ""], problem, fix=fix)
        if first := column.given.get("first_of"):
            texts = rows.reindex(columns=first).astype("str").replace("", pd.NA)
            meant = texts.bfill(axis=1).iloc[:, 0]
            wrong = values[(values != "") & meant.notna() & (values != meant)]
            problem = f"“{{}}” is not what {' and '.join(first)} say"
            problems.mask(table.name, column.name, wrong, problem, fix="Make them agree.")
    for one, other, what in table.given.get("agree", ()):
        if {one, other} <= set(rows.columns):
            first_says, other_says = (_says(table, c, what, cells, beside) for c in (one, other))
            differ = first_says.notna() & other_says.notna() & (first_says != other_says)
            wrong = rows.loc[differ, one].astype("str")
            than = "one" if other == what else table.columns[other].title.lower()
            problem = f"“{{}}” belongs to another {what.replace('_', ' ')} than the {than} named"
            problems.mask(table.name, one, wrong, problem, fix="Correct one of them.")


def _says(table: Table, column: str, what: str, cells: Cells, beside: Cells) -> pd.Series[str]:
    """Return what each row says of `what`: itself, or through the row that a column names."""
    values = cells[table.name][column].astype("str")
    if column == what:
        return values.where(values != "")
    named, target = table.target(column)
    said: dict[str, str] = {}
    for frame in (t[named] for t in (beside, cells) if named in t):
        if {target, what} <= set(frame.columns):
            pair = (frame[name].astype("str").tolist() for name in (target, what))
            said |= dict(zip(*pair, strict=True))
    return values.map(said).astype("str")
