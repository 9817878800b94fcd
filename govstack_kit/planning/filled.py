"""A workbook that people filled in, read as a use case; see :mod:`.workbook`.

Definitions
-----------
What can be read is taken; every cell that cannot, or not as it stands, is a *problem* with its
sheet, row and column. Where a workbook is loaded into the use case that it was made from, cells
that were not changed leave their field as it is, with reasons and origins, and what was rejected
stays rejected.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from govstack_kit._errors import PlanError, did_you_mean
from govstack_kit.planning import workbook
from govstack_kit.planning._sheets import Book, Problems, Sheet
from govstack_kit.planning.fields import LONGEST_NAME, LONGEST_TEXT, is_identifier, slug
from govstack_kit.planning.model import ACTOR_KINDS, STATUSES, UseCase, make
from govstack_kit.planning.names import Names, names_of, parts
from govstack_kit.planning.selected import System
from govstack_kit.planning.text import line, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from govstack_kit.framework.tables import Framework

_STEP_FIELDS = {
    "Step": "name",
    "What happens": "description",
    "As-is": "as_is",
    "To-be": "to_be",
    "Actors": "actors",
    "Workflows": "workflow",
    "Building blocks": "building_block",
    "Systems": "systems",
}
_DOWN = ("Actors", "Workflows", "Building blocks", "Systems")
_Fields = dict[str, Any]


@dataclass
class Filled:
    """What a workbook holds.

    Attributes
    ----------
    use_case : UseCase
        The use case.
    systems : list of System
        Existing systems that it names and the plan does not have.
    problems : pandas.DataFrame
        One row a problem: ``sheet``, ``row``, ``column``, ``value``, ``problem``, ``allowed``,
        ``fix``.
    """

    use_case: UseCase
    systems: list[System]
    problems: pd.DataFrame


@dataclass
class Cell:
    """A cell with content: where it stands and what is in it."""

    sheet: str
    row: int
    column: str
    text: str


@dataclass
class _Reader:
    names: Names
    problems: Problems
    systems: dict[str, str]  # ids by name, as cells write them
    new: list[System] = field(default_factory=list)

    def problem(self, cell: Cell, said: str, *, allowed: str = "", fix: str = "") -> None:
        self.problems.add(
            cell.sheet,
            said,
            row=cell.row,
            column=cell.column,
            value=cell.text,
            allowed=allowed,
            fix=fix,
        )

    def text(self, cell: Cell, before: str) -> str:
        """Return a text, or the one before if it is too long."""
        if len(tidy(cell.text)) <= LONGEST_TEXT:
            return cell.text
        self.problem(
            cell,
            f"the text has {len(cell.text):,} characters",
            allowed=f"{LONGEST_TEXT:,} characters",
            fix="Shorten it; what the plan had was kept.",
        )
        return before

    def name(self, cell: Cell) -> str:
        """Return a name, cut if it is too long."""
        name = line(cell.text)
        if len(name) <= LONGEST_NAME:
            return name
        fix = "It was cut. Put the rest into the description."
        self.problem(cell, "the name is too long", allowed=f"{LONGEST_NAME} characters", fix=fix)
        return name[: LONGEST_NAME - 1] + "…"

    def one_of(self, cell: Cell, allowed: Iterable[str], otherwise: str) -> str:
        """Return a value out of a few, whatever its case."""
        found = cell.text.strip(" .").lower()
        if found in allowed:
            return found
        fix = did_you_mean(found, allowed) or "Choose from the dropdown."
        self.problem(cell, "the value is not known", allowed=", ".join(allowed), fix=fix)
        return otherwise

    def system_ids(self, cell: Cell) -> list[str]:
        found = []
        for name in map(line, parts(cell.text)):
            if name not in self.systems:
                key = slug(name, taken=self.systems.values(), otherwise="system")
                self.new.append(make(System, {"id": key, "name": name[:LONGEST_NAME]}))
                self.systems[name] = key
            found.append(self.systems[name])
        return list(dict.fromkeys(found))

    def targets(self, cell: Cell, before: list[_Fields]) -> list[_Fields]:
        keys = []
        for name in parts(cell.text.replace(",", ";")):
            key = self.names.key("target", name)
            if key:
                keys.append(key)
            else:
                allowed = "codes of goals (1 to 17) or targets, such as 4.1"
                fix = "Look the code up in framework.sdg_targets."
                self.problem(cell, f"{name!r} is no goal or target", allowed=allowed, fix=fix)
        return _chosen(keys, before)

    def linked(self, layer: str, cell: Cell, before: _Fields) -> _Fields:
        """Return the choices and own words that a cell names."""
        keys, words = [], []
        known = {line(w["words"]).casefold(): w for w in before["own_words"] if w["kind"] == layer}
        for name in map(line, parts(cell.text)):
            listed = [self.names.key(layer, part) for part in name.split(",")]
            key = self.names.key(layer, name)
            if key or all(listed):
                keys += [key] if key else listed
                continue
            words.append(known.get(name.casefold()) or {"words": name, "kind": layer})
            if name.casefold() not in known:
                near = did_you_mean(name, self.names.all_names(layer))
                said = f"{name[:60]!r} is no {layer.replace('_', ' ')} of the framework"
                fix = f"It was kept as your own word. {near}".strip()
                self.problem(cell, said, allowed="names on the sheet Lists", fix=fix)
        kept = [w for w in before["own_words"] if w["kind"] != layer or w["key"]]
        words = [word for word in words if word not in kept]
        return {f"{layer}s": _chosen(keys, before[f"{layer}s"]), "own_words": kept + words}


def _chosen(keys: Iterable[str], before: list[_Fields]) -> list[_Fields]:
    """Return choices of these keys, as they were where they were, and those rejected before."""
    known = {choice["key"]: choice for choice in reversed(before)}
    keys = list(dict.fromkeys(keys))
    found = [{"key": key} | known.get(key, {}) | {"status": "accepted"} for key in keys]
    return found + [c for c in before if c["status"] == "rejected" and c["key"] not in keys]


def _empty(kind: str) -> _Fields:
    """Return the fields of a use case or step in which nothing is said."""
    blank = UseCase(id="x", name="x")
    if kind == "step":
        blank.add_step("x")
        return blank.model_dump()["steps"][0] | {"id": ""}  # type: ignore[no-any-return]
    return blank.model_dump() | {"id": "", "name": ""}


def _use_case(reader: _Reader, sheet: Sheet, fields: _Fields, shown: dict[str, str]) -> None:
    """Take the sheet of the use case into `fields`, where its cells differ from `shown`."""
    labels = {row.label.casefold(): row for row in workbook.USE_CASE_ROWS}
    for number, texts in sheet.rows:
        row = labels.get(texts.get("Field", "").casefold())
        if row is None:
            continue
        cell = Cell(sheet.title, number, "Value", texts.get("Value", ""))
        if row.field == "id" or tidy(cell.text) == tidy(workbook.cell(shown[row.field])):
            continue
        if row.field == "name":
            fields["name"] = reader.name(cell) or fields["name"]
        elif row.field == "status":
            fields["status"] = reader.one_of(cell, STATUSES, fields["status"])
        elif row.field == "objectives":
            fields["objectives"] = [text for text in cell.text.split("\n") if line(text)]
        elif row.field == "targets":
            fields["targets"] = reader.targets(cell, fields["targets"])
        elif row.field == "building_blocks":
            fields |= reader.linked("building_block", cell, fields)
        elif row.field == "systems":
            fields["systems"] = reader.system_ids(cell)
        else:
            fields[row.field] = reader.text(cell, fields[row.field])


def _actors(reader: _Reader, sheet: Sheet, before: list[_Fields]) -> list[_Fields]:
    known = {actor["name"].casefold(): actor for actor in before}
    found: dict[str, _Fields] = {}
    for number, texts in sheet.rows:

        def cell(column: str) -> Cell:
            return Cell(sheet.title, number, column, texts.get(column, ""))  # noqa: B023 - used now

        name = reader.name(cell("Name"))
        if not name:
            fix = "Give the actor a name; the row was left out."
            reader.problem(Cell(sheet.title, number, "Name", ""), "the name is empty", fix=fix)
            continue
        if name.casefold() in found:
            reader.problem(cell("Name"), "the actor stands twice", fix="Remove one of the rows.")
            continue
        actor = dict(known.get(name.casefold(), {"kind": "", "role": "", "note": ""}), name=name)
        for column, key in (("Role", "role"), ("Note", "note")):
            if column in sheet.columns:
                actor[key] = reader.text(cell(column), actor[key])
        if "Kind" in sheet.columns:
            kind = cell("Kind")
            actor["kind"] = reader.one_of(kind, ACTOR_KINDS, "") if kind.text else ""
        found[name.casefold()] = actor
    return list(found.values())


def _step(reader: _Reader, sheet: Sheet, row: tuple[int, _Fields], fields: _Fields) -> _Fields:
    """Return a step with the cells of a row that differ from what the plan shows."""
    number, texts = row
    shown = fields.pop("shown", {})
    fields = dict(fields)
    for column, key in _STEP_FIELDS.items():
        cell = Cell(sheet.title, number, column, texts.get(column, ""))
        same = tidy(cell.text) == tidy(workbook.cell(shown.get(column, "")))
        if column not in sheet.columns or (same and key != "name"):
            continue
        if key == "name":
            if not cell.text:
                fix = "Give the step a name."
                reader.problem(cell, "the step has no name", fix=fix)
            fields["name"] = reader.name(cell) or fields["name"]
        elif key == "systems":
            fields["systems"] = reader.system_ids(cell)
        elif key == "actors":
            fields["actors"] = [line(name)[:LONGEST_NAME] for name in parts(cell.text)]
        elif key in ("workflow", "building_block"):
            fields |= reader.linked(key, cell, fields)
        else:
            fields[key] = reader.text(cell, fields[key])
    return fields


def _in_order(reader: _Reader, sheet: Sheet) -> list[tuple[int, _Fields]]:
    """Return the rows of steps by their number, or as they stand if numbers are missing."""
    orders = []
    for number, texts in sheet.rows:
        given = texts.get("Order", "").strip().rstrip(".")
        try:
            orders.append(float(given))
        except ValueError:
            orders.append(float("nan"))
            if given:
                fix = "The order of the rows was taken."
                cell = Cell(sheet.title, number, "Order", given)
                reader.problem(cell, "this is not a number", allowed="1, 2, 3 …", fix=fix)
    if any(order != order for order in orders):  # noqa: PLR0124 - not a number
        return sheet.rows
    ranked = sorted(zip(orders, range(len(orders)), strict=True))
    return [sheet.rows[place] for _, place in ranked]


def _steps(reader: _Reader, sheet: Sheet, before: dict[str, _Fields]) -> list[_Fields]:
    found: list[_Fields] = []
    taken: set[str] = set()
    for row in _in_order(reader, sheet):
        key = row[1].get("Step id", "")
        if key and key in taken:
            cell = Cell(sheet.title, row[0], "Step id", key)
            reader.problem(cell, "two rows have this id", fix="The second became a new step.")
        known = before.get(key) if key not in taken else None
        blank = {"name": f"Step {len(found) + 1}"}
        step = _step(reader, sheet, row, dict(known) if known else _empty("step") | blank)
        if known is None:
            step["id"] = slug(step["name"], taken=taken | set(before), otherwise="step")
        taken.add(step["id"])
        found.append(step)
    return found


def read(
    raw: bytes,
    framework: Framework,
    *,
    use_cases: Iterable[UseCase] = (),
    systems: Iterable[System] = (),
) -> Filled:
    """Return the use case in a workbook.

    Parameters
    ----------
    raw
        The content of the file.
    framework
        The tables, for the names of workflows, building blocks, goals and targets.
    use_cases
        The use cases of the plan: the one with the id of the workbook is what it changes.
    systems
        The existing systems of the plan.

    Returns
    -------
    Filled
        The use case, new systems, and the problems.

    Raises
    ------
    PlanError
        If the file is no workbook of the kit.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="School services")
    >>> fees = plan.add_from_list("School fees", "1. Pay")
    >>> filled = read(workbook.write(fees, govstack_kit.load()), govstack_kit.load())
    >>> filled.use_case.steps[0].name, len(filled.problems)
    ('Pay', 0)
    """
    problems = Problems()
    book = Book(raw, problems)
    if not book.find(workbook.STEPS):
        titles = ", ".join(book.titles[:10])
        raise PlanError(
            f"This workbook has no sheet {workbook.STEPS!r} (its sheets: {titles}). "
            "Start from a workbook that the kit made."
        )
    known = {system.id: system.name for system in systems}
    ids = {line(name.replace(";", ",")): key for key, name in known.items()}
    reader = _Reader(names_of(framework), problems, ids)
    first = book.sheet(workbook.USE_CASE, ("Field", "Value"), most=200)
    given = _given_id(first)
    old = next((u for u in use_cases if u.id == given), None)
    fields = old.model_dump() if old else _empty("use case")
    if first:
        shown = {row.field: "" for row in workbook.USE_CASE_ROWS}
        shown |= workbook.use_case_values(old, reader.names, known) if old else {}
        _use_case(reader, first, fields, shown)
    fields["name"] = fields["name"] or "Untitled use case"
    if not old:
        otherwise = slug(fields["name"], otherwise="use-case")
        fields["id"] = given if is_identifier(given) else otherwise
    columns = [column.title for column in workbook.ACTOR_COLUMNS]
    actors = book.sheet(workbook.ACTORS, columns, most=workbook.MOST_ROWS)
    if actors:
        fields["actors"] = _actors(reader, actors, fields["actors"])
    columns = [column.title for column in workbook.STEP_COLUMNS]
    steps = book.sheet(workbook.STEPS, columns, most=workbook.MOST_ROWS, down=_DOWN)
    if steps and (steps.rows or not old):
        fields["steps"] = _steps(reader, steps, _shown_steps(old, reader.names, known))
        _say_removed(reader, steps, old, fields["steps"])
    elif steps and old and old.steps:
        fix = "The steps of the plan were kept."
        problems.add(steps.title, "the sheet has no steps", fix=fix)
    return Filled(make(UseCase, fields), reader.new, problems.frame())


def _given_id(sheet: Sheet | None) -> str:
    rows = sheet.rows if sheet else []
    ids = (row.get("Value", "") for _, row in rows if row.get("Field", "").casefold() == "id")
    return next(ids, "")


def _shown_steps(old: UseCase | None, names: Names, systems: dict[str, str]) -> dict[str, _Fields]:
    """Return the steps of the plan by id, each with what a workbook shows of it."""
    titles = [column.title for column in workbook.STEP_COLUMNS[1:]]
    found = {}
    for step in old.steps if old else ():
        values = workbook.step_values(step, names, systems)
        found[step.id] = step.model_dump() | {"shown": dict(zip(titles, values, strict=True))}
    return found


def _say_removed(reader: _Reader, sheet: Sheet, old: UseCase | None, steps: list[_Fields]) -> None:
    kept = {step["id"] for step in steps}
    for step in old.steps if old else ():
        if step.id not in kept:
            said = f"the step {step.name[:60]!r} is not in the workbook and was removed"
            reader.problems.add(sheet.title, said, fix="Earlier versions of the plan have it.")
