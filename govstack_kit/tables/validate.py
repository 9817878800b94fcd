"""All that is wrong with tables, at once: where, what, what is allowed, what to do.

Definitions
-----------
Tables are checked as *cells*: frames of text in which an empty text is a missing value and the index
is the row as a spreadsheet numbers it, header 1. Every rule is a mask over a column. What no column
can say for itself, such as that an actor belongs to the use case of its step, is a *meaning*: a
function from tables to masks, in :data:`MEANINGS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from govstack_kit.errors import did_you_mean
from govstack_kit.tables.schema import Column, Reference, Schema, Table

COLUMNS = ["table", "row", "column", "value", "problem", "allowed", "fix"]
_HINTED = 40  # different values for which the nearest known ones are looked up
_FORMS = {
    "integer": (r"[+-]?\d{1,18}(\.0*)?", "a whole number"),
    "number": (r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", "a number"),
    "boolean": (r"(?i:true|false|yes|no|1|0)", "true or false"),
}
TRUE = ("true", "yes", "1")
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

    def add(  # noqa: PLR0913 - one argument for each column of the result
        self,
        table: str,
        problem: str,
        *,
        row: int = 0,
        column: str = "",
        value: str = "",
        allowed: str = "",
        fix: str = "",
    ) -> None:
        """Note one problem; row 0 is the table as a whole."""
        row_ = [table, row, column, value[:80], problem, allowed, fix]
        self._found.append(pd.DataFrame([row_], columns=COLUMNS))

    def mask(  # noqa: PLR0913 - as above
        self,
        table: str,
        column: str,
        values: pd.Series[str],
        problem: str,
        *,
        allowed: str = "",
        fix: Callable[[str], str] | str = "",
    ) -> None:
        """Note a problem for each of `values`, whose index is the row; {} is the value."""
        if values.empty:
            return
        shown = values.str.slice(0, 80)
        fixes = {v: fix(v) for v in shown.unique()[:_HINTED]} if callable(fix) else {}
        found = pd.DataFrame({"table": table, "row": values.index, "column": column})
        found["value"] = shown.to_numpy()
        found["problem"] = [problem.replace("{}", v) for v in found["value"]]
        found["allowed"] = allowed
        found["fix"] = found["value"].map(fixes).fillna("Correct it.") if fixes else fix
        self._found.append(found)

    def found(self, problems: pd.DataFrame) -> None:
        """Note problems that somebody else has found."""
        self._found.append(problems[COLUMNS])

    def frame(self) -> pd.DataFrame:
        """Return the problems, table by table and row by row."""
        if not self._found:
            return pd.DataFrame(columns=COLUMNS)
        found = pd.concat(self._found, ignore_index=True)
        tables = {name: place for place, name in enumerate(dict.fromkeys(found["table"]))}
        place = found["table"].map(tables)
        order = found.assign(_place=place).sort_values(["_place", "row"], kind="stable")
        return order[COLUMNS].drop_duplicates(ignore_index=True)


def numbers(cells: pd.Series[str]) -> pd.Series[float]:
    """Return texts as numbers; what is none is missing."""
    return pd.to_numeric(cells, errors="coerce")


def _column(table: Table, column: Column, cells: pd.Series[str], problems: Problems) -> None:
    """Check the cells of one column for themselves."""
    where, limits = (table.name, column.name), column.limits
    says = f"{column.description[:1].lower()}{column.description[1:]}"
    if column.required:
        empty = cells[cells == ""]
        problems.mask(*where, empty, "is empty", fix=f"Fill it in: {says}.")
    filled = cells[cells != ""]
    if filled.empty:
        return
    if column.type in _FORMS:
        form, allowed = _FORMS[column.type]
        right = filled.str.fullmatch(form)
        wrong = filled[~right]
        problems.mask(
            *where, wrong, "“{}” is not " + allowed, allowed=allowed, fix=f"Expected: {says}."
        )
        filled = filled[right]
    if column.enum:
        wrong = filled[~filled.isin(column.enum)]
        allowed = ", ".join(column.enum)
        problems.mask(
            *where,
            wrong,
            "“{}” is not allowed here",
            allowed=allowed,
            fix=lambda v: did_you_mean(v, column.enum) or "Choose one of them.",
        )
    if "pattern" in limits:
        wrong = filled[~filled.str.fullmatch(limits["pattern"].strip("^$"))]
        problems.mask(*where, wrong, "“{}” has the wrong form", fix=f"Expected: {says}.")
    if "maxLength" in limits:
        wrong = filled[filled.str.len() > limits["maxLength"]]
        most = f"{limits['maxLength']:,} characters"
        problems.mask(*where, wrong, "is too long: “{}”…", allowed=most, fix="Shorten it.")
    low, high = limits.get("minimum"), limits.get("maximum")
    if low is not None or high is not None:
        values = numbers(filled)
        outside = (values < (low if low is not None else values.min())) | (
            values > (high if high is not None else values.max())
        )
        allowed = f"{f'from {low:,}' if low is not None else ''} {f'to {high:,}' if high is not None else ''}"
        problems.mask(
            *where,
            filled[outside],
            "“{}” is out of range",
            allowed=allowed.strip(),
            fix="Correct it.",
        )


def joined(frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series[str]:
    """Return the values of columns as one text a row, to compare by."""
    found = frame[columns[0]].astype("str").fillna("")
    for name in columns[1:]:
        found = found + " | " + frame[name].astype("str").fillna("")
    return found


def _key(table: Table, cells: pd.DataFrame, problems: Problems) -> None:
    keys = joined(cells, table.key)
    alike = keys.str.casefold() if "made" in table.columns[table.key[-1]].given else keys
    same = keys[alike.duplicated(keep=False) & (keys.str.strip(" |") != "")]
    problems.mask(
        table.name,
        ", ".join(table.key),
        same,
        "“{}” stands more than once",
        fix="Each key may stand once: remove the row or change its key.",
    )


def _reference(
    table: Table, reference: Reference, cells: Cells, beside: Cells, problems: Problems
) -> None:
    rows = cells[table.name]
    values = joined(rows, reference.columns)
    filled = values[values.str.strip(" |") != ""]
    known: set[str] = set()
    for tables in (cells, beside):
        target = tables.get(reference.table)
        if target is not None and set(reference.targets) <= set(target.columns):
            known |= set(joined(target, reference.targets))
    wrong = filled[~filled.isin(known)]
    problems.mask(
        table.name,
        ", ".join(reference.columns),
        wrong,
        f"“{{}}” is not in {reference.table}",
        allowed=", ".join(sorted(known)[:8]) + (" …" if len(known) > 8 else "") or "nothing yet",
        fix=lambda v: did_you_mean(v, known) or f"Add it to {reference.table}, or correct it here.",
    )


def _codes(
    table: Table, column: Column, cells: pd.DataFrame, beside: Cells, problems: Problems
) -> None:
    """Find codes that a spreadsheet holds as numbers, where a zero at the end may be lost."""
    numbered = problems.numbers.get((table.name, column.name), ())
    codes = [f"{r.table}.{r.targets[0]}" for r in table.references if r.columns == (column.name,)]
    name, _, target = next(iter([*column.given.get("code_of", "").split(), *codes]), "").partition(
        "."
    )
    if not len(numbered) or column.type != "string" or name not in beside:
        return
    known = set(beside[name][target].astype("str"))
    typed = cells.loc[cells.index.isin(numbered), column.name]
    both = typed[typed.isin(known) & (typed + "0").isin(known)]
    problems.mask(
        table.name,
        column.name,
        both,
        "“{}” was typed as a number, so {} and {}0 look the same",
        allowed="a text",
        fix="Format the cell as text and type the code again.",
    )


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
        check_cells(rows, schema[name], problems, beside)
    check_rows(cells, schema, beside, problems)


def check_cells(cells: pd.DataFrame, table: Table, problems: Problems, beside: Cells) -> None:
    """Add to `problems` what is wrong with single cells of the columns that are there."""
    for column in table.columns.values():
        if column.name in cells:
            _column(table, column, cells[column.name], problems)
            _codes(table, column, cells, beside, problems)


def check_rows(cells: Cells, schema: Schema, beside: Cells, problems: Problems) -> None:
    """Add to `problems` what is wrong with keys, references and meanings; frames will do as well."""
    for name, rows in cells.items():
        table = schema[name]
        if set(table.key) <= set(rows.columns):
            _key(table, rows, problems)
        for reference in table.references:
            if set(reference.columns) <= set(rows.columns):
                _reference(table, reference, cells, beside, problems)
        for column, wrong, problem, fix in meaning(name, cells, beside):
            problems.mask(name, column, wrong, problem, fix=fix)


# --- meanings -------------------------------------------------------------------------------------

Found = Iterator[tuple[str, "pd.Series[str]", str, str]]
Looked = Callable[[str], pd.DataFrame]


def _lookup(tables: Looked, table: str, key: str, column: str) -> dict[str, str]:
    found = tables(table)
    if not {key, column} <= set(found.columns):
        return {}
    return dict(zip(found[key].astype("str"), found[column].astype("str"), strict=True))


def _same_use_case(part: str, table: str) -> Callable[[pd.DataFrame, Looked], Found]:
    """Check that a step and something of a use case belong to the same use case."""

    def rule(rows: pd.DataFrame, tables: Looked) -> Found:
        of_step = rows["step"].map(_lookup(tables, "steps", "step", "use_case"))
        other = (
            rows["use_case"]
            if part == "use_case"
            else rows[part].map(_lookup(tables, table, part, "use_case"))
        )
        wrong = of_step.notna() & other.notna() & (of_step != other)
        name = "step" if part == "use_case" else part
        yield (
            name,
            rows.loc[wrong, name],
            "“{}” belongs to another use case",
            "Name one of the same use case.",
        )

    return rule


def _targets(rows: pd.DataFrame, tables: Looked) -> Found:
    """Check that the code, the goal and the target of a row say the same."""
    if not {"sdg", "goal", "target"} <= set(rows.columns):
        return
    goal_of = _lookup(tables, "sdg_targets", "target", "goal")
    named = rows["target"].where(rows["target"] != "", rows["goal"])
    yield (
        "sdg",
        rows.loc[rows["sdg"] != named, "sdg"],
        "“{}” is not what goal and target say",
        "Make the three agree.",
    )
    other = rows["target"].map(goal_of)
    wrong = other.notna() & (other != rows["goal"])
    yield (
        "goal",
        rows.loc[wrong, "goal"],
        "“{}” is not the goal of the target",
        "Correct one of them.",
    )


def _steps(rows: pd.DataFrame, _tables: Looked) -> Found:
    """Check that a published step bears the id of its use case, and its place once."""
    if (
        "order" not in rows
    ):  # a plan: the place is counted, and the id outlives that of its use case
        return
    wrong = [not s.startswith(f"{u}.") for s, u in zip(rows["step"], rows["use_case"], strict=True)]
    yield (
        "step",
        rows.loc[wrong, "step"],
        "“{}” is not a step of the use case named",
        "Its id starts with that of its use case.",
    )
    same = rows.duplicated(["use_case", "order"], keep=False) & (rows["order"] != "")
    yield (
        "order",
        rows.loc[same, "order"],
        "two steps of a use case have the place “{}”",
        "Number them 1, 2, 3 ….",
    )


MEANINGS: dict[str, list[Callable[[pd.DataFrame, Looked], Found]]] = {
    "steps": [_steps],
    "step_actors": [_same_use_case("actor", "actors")],
    "own_words": [_same_use_case("use_case", "use_cases")],
    "use_case_targets": [_targets],
}


def meaning(name: str, cells: Cells, beside: Cells) -> Found:
    """Yield what is wrong with the meaning of a table: column, cells, problem, fix."""

    def tables(wanted: str) -> pd.DataFrame:
        found = [t[wanted] for t in (beside, cells) if wanted in t]
        return pd.concat(found) if found else pd.DataFrame()

    for rule in MEANINGS.get(name, ()):
        yield from rule(cells[name], tables)
