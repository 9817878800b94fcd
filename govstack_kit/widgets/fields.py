"""The parts that questions are made of, from the declarations of the tables that they change.

Definitions
-----------
A *part* shows something of the plan and takes changes: it has a ``widget``, ``show`` brings it up
to date. :class:`Form` is one row of a table, :class:`Rows` some rows as a list with the form of one
of them, :class:`Result` is what the kit works out, :class:`Text` is anything else to read; what can
be decided is in :mod:`.choices`. What is *refused* stays in its field, with a sentence beneath, and
comes back whenever its row is shown; it is not in the plan. A *condition* (``where``) is the values
that the rows of a part have in common, such as their service.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any, Self, TypeVar

import ipywidgets

from govstack_kit import words
from govstack_kit.errors import GovStackKitError, TablesError
from govstack_kit.framework.framework import DECLARED as FRAMEWORK
from govstack_kit.planning.plan import DECLARED, Plan
from govstack_kit.planning.safeguards import safeguards
from govstack_kit.tables.package import text_of
from govstack_kit.widgets import markup
from govstack_kit.widgets.markup import mark, visible

if TYPE_CHECKING:
    import pandas as pd

    from govstack_kit.tables.schema import Column, Table
    from govstack_kit.widgets.session import Cell, Session

FEW = 3  # allowed values that are shown as buttons
UNKNOWN = "not known"
_LONGEST = 60  # characters of what the plan says that are shown beneath a refused entry
Key = str | tuple[str, ...]
Where = Callable[[], dict[str, str]]
_T = TypeVar("_T")


class Lack(str):  # noqa: SLOT000 - it has a place
    """A sentence that says what is missing, and in which table and column it can be filled in."""

    table: str
    column: str

    def __new__(cls, said: str, table: str = "", column: str = "") -> Self:
        """Return the sentence with its place."""
        found = super().__new__(cls, said)
        found.table, found.column = table, column
        return found


class Part:
    """What a question is made of; see the definitions of this module.

    Parameters
    ----------
    session
        What is open, changed and saved.
    """

    widget: ipywidgets.Widget
    parts: Sequence[Part] = ()  # those inside it
    shown_while: Callable[[], bool] | None = None  # where it is not always shown

    def __init__(self, session: Session) -> None:
        self.session = session

    def show(self) -> None:
        """Bring the controls up to date."""

    def wrong(self) -> list[str]:
        """Return what has to be corrected before one can go on, in sentences."""
        return [said for part in self.parts for said in part.wrong()]

    def point(self, lacks: Sequence[str]) -> None:
        """Mark where something of these is missing."""


# --- small controls -------------------------------------------------------------------------------


def labelled(control: _T, title: str, hint: str = "", *looks: str) -> _T:
    """Give a control a label above it, a hint in it, and classes of the style sheet."""
    control.description, control.tooltip = title, hint  # type: ignore[attr-defined]
    if hasattr(control, "placeholder"):
        control.placeholder = hint
    for look in ("gsk-field", *looks):
        control.add_class(look)  # type: ignore[attr-defined]
    return control


def line(title: str, hint: str = "") -> ipywidgets.Text:
    """Return a field of one line; it speaks on Enter, or when it is left."""
    return labelled(ipywidgets.Text(continuous_update=False), title, hint)


def area(title: str, hint: str = "") -> ipywidgets.Textarea:
    """Return a field of several lines; it speaks when it is left."""
    return labelled(ipywidgets.Textarea(rows=4, continuous_update=False), title, hint)


def button(
    session: Session, label: str, action: Callable[[], object], *, kind: str = ""
) -> ipywidgets.Button:
    """Return a button whose errors are sentences; `kind` is ``main`` for the one to press."""
    control = ipywidgets.Button(description=label)
    for look in filter(None, ("gsk-button", f"gsk-{kind}" if kind else "")):
        control.add_class(look)
    safe = session.guard(action)
    control.on_click(lambda _button: safe())
    return control


def actions(*controls: ipywidgets.Widget) -> ipywidgets.HBox:
    """Return controls side by side, on more lines where there is no room."""
    box = ipywidgets.HBox(list(controls))
    box.add_class("gsk-actions")
    return box


def offer(control: ipywidgets.Widget, options: list[tuple[str, str]]) -> None:
    """Bring what can be chosen up to date; what is chosen stays if it is still there."""
    if list(control.options) != options:
        chosen, values = control.value, [value for _, value in options]
        control.options = options
        control.value = chosen if chosen in values else next(iter(values), None)


def watch(session: Session, control: ipywidgets.Widget, action: Callable[[Any], object]) -> None:
    """Call `action` with the new value whenever a control changes; its errors are sentences."""
    safe = session.guard(action)
    control.observe(lambda change: safe(change["new"]), names="value")


# --- one row --------------------------------------------------------------------------------------


class Form(Part):
    """One row of a table, a control a column; what is left behind or typed in a control is saved.

    Parameters
    ----------
    session
        What is open, changed and saved.
    table, columns
        The table, and the columns to show; without them, all that people fill in.
    key
        Returns the key of the row; without it, the only row of the table.
    put
        Whether the row need not be there yet: it is added when something is filled in.
    """

    def __init__(
        self,
        session: Session,
        table: str,
        columns: Sequence[str] = (),
        *,
        key: Callable[[], Key] = lambda: "only",
        put: bool = False,
    ) -> None:
        super().__init__(session)
        self.table, self.key, self.put = DECLARED[table], key, put
        self.columns = [self.table.columns[name] for name in columns or _filled_in(self.table)]
        self.controls: dict[str, ipywidgets.Widget] = {}
        self._cells: dict[str, ipywidgets.VBox] = {}
        self._beneath: dict[str, ipywidgets.HTML] = {}
        self._refused: dict[tuple[int, str, str], tuple[Any, str]] = {}
        self._lacks: dict[str, str] = {}
        self._showing = False
        for column in self.columns:
            self._make(column)
        self.widget = ipywidgets.HBox(list(self._cells.values()))
        self.widget.add_class("gsk-form")

    def _make(self, column: Column) -> None:
        control = self.controls[column.name] = _control(self.session, self.table, column)
        beneath = self._beneath[column.name] = ipywidgets.HTML()
        cell = self._cells[column.name] = ipywidgets.VBox([control, beneath])
        cell.add_class("gsk-cell")
        mark(cell, "gsk-wide", on=column.type == "string" and not column.enum)
        watch(self.session, control, partial(self._left, column))

    # What people do.

    def _left(self, column: Column, value: Any) -> None:  # noqa: ANN401 - of any control
        if self._showing:
            return
        key, place = self.key(), self._place(column)
        self._refused.pop(place, None)
        said = value
        if column.given.get("unit") == "share" and said.strip() and "%" not in said:
            said = f"{said} %"
        try:
            self.session.change(
                f"Change {column.title.lower()} of {self.table.one}",
                lambda plan: (plan.put if self.put else plan.set)(
                    self.table.name, key, **{column.name: said}
                ),
                typing=str(place) if column.type == "string" else "",
            )
        except GovStackKitError as error:
            self._refused[place] = value, _refusal(column, error)
            self.session.changed += 1
        self.show()

    def _row(self) -> dict[str, Any]:
        """Return the row; one that is not there yet says what is usual."""
        plan, key = self.session.plan, self.key()
        if self.put and not plan.has(self.table.name, key):
            return {name: c.given.get("default") for name, c in self.table.columns.items()}
        return plan.row(self.table.name, key)

    def _place(self, column: Column) -> tuple[int, str, str]:
        return self.session.opened, joined_key(self.key()), column.name

    # What is shown.

    def show(self) -> None:
        """Show the row, and in it what was refused."""
        row = self._row()
        self._showing = True
        try:
            for column in self.columns:
                with self.controls[column.name].hold_sync():
                    self._show(column, row[column.name])
        finally:
            self._showing = False
        for column in self.columns:
            self._tell(column, row[column.name])

    def _show(self, column: Column, value: Any) -> None:  # noqa: ANN401 - of a row
        control, refused = self.controls[column.name], self._refused.get(self._place(column))
        shown = bool(value) if column.type == "boolean" else shown_text(column, value)
        self._offer(column, control, shown)
        if column.given.get("unit") == "currency":
            currency = self.session.plan.row("business_case")["currency"] or ""
            control.description = f"{column.title} ({currency[:12]})" if currency else column.title
        if refused:
            control.value = refused[0]
        elif column.type != "string" or column.enum or _tidy(column, control.value) != shown:
            control.value = shown  # a text that means the same is left alone: people may be typing

    def _offer(self, column: Column, control: Any, shown: Any) -> None:  # noqa: ANN401
        """Bring the values that can be chosen up to date."""
        if isinstance(control, ipywidgets.Combobox):
            control.options = _names(self.session, column)
        elif hasattr(control, "options"):
            options = _options(self.session, self.table, column)
            if shown not in [value for _, value in options]:  # one of a newer version, or removed
                options.append((shown or UNKNOWN, shown))
            if list(control.options) != options:
                control.options = options

    def _tell(self, column: Column, value: Any) -> None:  # noqa: ANN401
        """Say beneath a field what is wrong, missing, or different in another window."""
        refused, lack = self._refused.get(self._place(column)), self._lacks.get(column.name)
        cell = self._cells[column.name]
        said = ""
        if refused:
            still = markup.shorten(shown_text(column, value), _LONGEST)
            said = f"{refused[1]} This is not saved"
            said += f"; your plan still says “{still}”." if still else "."
        elif lack:
            said = lack
        beneath = f'<div class="gsk-wrong" dir="auto">{escape(said)}</div>' if said else ""
        if self._beneath[column.name].value != beneath:
            self._beneath[column.name].value = beneath
        visible(self._beneath[column.name], on=bool(said))
        mark(cell, "gsk-refused", on=refused is not None)
        mark(cell, "gsk-wanted", on=bool(lack) and not refused)
        doubled = (self.table.name, joined_key(self.key()), column.name)
        other = self.session.doubled.get(doubled)
        if (other is not None) != (len(cell.children) > 2):  # noqa: PLR2004 - control, sentence
            extra = [] if other is None else [_doubled(self.session, doubled)]
            cell.children = [*cell.children[:2], *extra]

    def wrong(self) -> list[str]:
        """Return which fields hold what is not saved."""
        found = []
        for place in self._refused:
            opened, key, name = place
            if opened != self.session.opened or not self.session.plan.has(self.table.name, key):
                continue
            of = f" of “{self._name(key)}”" if self._name(key) else ""
            found.append(f"Correct “{self.table.columns[name].title}”{of}: it is not saved.")
        return found

    def _name(self, key: str) -> str:
        return "" if key == "only" else text_of(label_of(self.session.plan, self.table, key))

    def refused_keys(self) -> set[str]:
        """Return the keys of the rows in which something is refused."""
        return {key for opened, key, _ in self._refused if opened == self.session.opened}

    def point(self, lacks: Sequence[str]) -> None:
        """Mark the fields that lack something."""
        mine = {
            lack.column: str(lack)
            for lack in lacks
            if isinstance(lack, Lack) and lack.table == self.table.name
        }
        if mine != self._lacks:
            self._lacks = mine
            self.show()


def _doubled(session: Session, cell: Cell) -> ipywidgets.VBox:
    """Return the value of another window, with the choice between the two."""
    other = session.doubled[cell]
    text = f"Another window says: “{other}”." if other else "Another window has emptied this."
    choose = actions(
        button(session, "Take that", lambda: session.settle(cell, take_other=True)),
        button(session, "Keep what is here", lambda: session.settle(cell, take_other=False)),
    )
    box = ipywidgets.VBox([ipywidgets.HTML(markup.sentence(text)), choose])
    box.add_class("gsk-doubled")
    return box


def _filled_in(table: Table) -> list[str]:
    """Return the columns that people fill in: not hidden, not made, not what the row belongs to."""
    owner = table.order[1] if table.order else ""
    return [
        name
        for name, column in table.columns.items()
        if not (column.given.get("hidden") or "made" in column.given or name == owner)
    ]


def _control(  # noqa: PLR0911 - one for each kind
    session: Session, table: Table, column: Column
) -> Any:  # noqa: ANN401 - a widget
    """Return the control of a column."""
    hint, left = hint_of(column), {"continuous_update": False}  # the page says when to save
    if column.type == "boolean":
        return labelled(ipywidgets.Checkbox(indent=False), column.title, hint, "gsk-check")
    if column.enum or _target(table, column):
        options = _options(session, table, column)
        if column.enum and len(options) <= FEW:
            toggles = ipywidgets.ToggleButtons(options=options)
            return labelled(toggles, column.title, hint, "gsk-toggles")
        return labelled(ipywidgets.Dropdown(options=options), column.title, hint, "gsk-narrow")
    if column.type in ("integer", "number"):
        return labelled(ipywidgets.Text(**left), column.title, UNKNOWN, "gsk-narrow")
    if "lines" in column.given:
        return labelled(ipywidgets.Textarea(rows=3, **left), column.title, hint, "gsk-typed")
    if "names" in column.given:
        return labelled(ipywidgets.Combobox(**left), column.title, hint)
    return labelled(ipywidgets.Text(**left), column.title, hint, "gsk-typed")


def hint_of(column: Column) -> str:
    """Return what stands in an empty field."""
    example = column.given.get("example")
    if not example:
        return column.description
    return str(example) if "lines" in column.given else f"for example: {example}"


def _target(table: Table, column: Column) -> str:
    """Return the table whose keys a column holds, of the plan or of the framework; "" if none."""
    named, target = table.target(column.name)
    declared = FRAMEWORK.get(named) or DECLARED.get(named)
    return named if declared and declared.key == (target,) else ""


def _options(session: Session, table: Table, column: Column) -> list[tuple[str, str]]:
    """Return what can be chosen in a column, each with its name."""
    target = _target(table, column)
    if column.enum:
        labels = column.given.get("labels", {})
        found = [(labels.get(value, value), value) for value in column.enum]
    elif any(reference.table == target for reference in table.references):
        found = [(name, key) for key, name in session.names(target).items()]
    else:
        found = session.remember(
            f"options {target}",
            lambda: _framework_options(session, target),
            *("use_cases", "steps"),
        )
    return found if column.required else [(UNKNOWN, ""), *found]


def _framework_options(session: Session, target: str) -> list[tuple[str, str]]:
    frame = getattr(session.laid, target)
    names = frame["name"] if "name" in frame else frame[FRAMEWORK[target].key[0]]
    pairs = zip(names, frame[FRAMEWORK[target].key[0]], strict=True)
    alike = names.str.casefold().duplicated(keep=False)
    return sorted(
        (f"{name} ({key})" if same else name, key)
        for (name, key), same in zip(pairs, alike, strict=True)
    )


def _names(session: Session, column: Column) -> list[str]:
    """Return names that are known for a column that may hold any."""
    table, _, name = str(column.given["names"]).partition(".")
    return sorted(set(getattr(session.framework, table)[name].dropna()))


def _tidy(column: Column, text: str) -> str:
    return words.clean(text, lines="lines" in column.given)


def shown_text(column: Column, value: Any) -> str:  # noqa: ANN401 - of a row
    """Return a value as people read it: shares in percent, large numbers in groups."""
    if value is None or column.type not in ("integer", "number"):
        return text_of(value)
    if column.given.get("unit") == "share":
        return words.percent(value)
    return words.amount(value) if column.given.get("unit") else text_of(value)


def label_of(plan: Plan, table: Table, key: Key) -> object:
    """Return what people know a row by."""
    return plan.row(table.name, key)[table.label]


def joined_key(key: Key) -> str:
    """Return a key as one text."""
    return key if isinstance(key, str) else " | ".join(key)


def _refusal(column: Column, error: GovStackKitError) -> str:
    """Return why a value was refused, for beneath its field."""
    if not isinstance(error, TablesError) or error.problems.empty:
        return str(error)
    problem = error.problems.iloc[0]
    if problem["column"] != column.name:
        return str(error)
    allowed = f" Allowed: {problem['allowed']}." if problem["allowed"] else ""
    said = problem["problem"]
    said = f"{column.title} {said}" if said.startswith(("is ", "stands ")) else said
    return f"{said}.{allowed} {problem['fix']}".strip()


# --- some rows ------------------------------------------------------------------------------------


class Rows(Part):
    """Some rows of a table as a list: add with Enter, move, remove, and the fields of one of them.

    Parameters
    ----------
    session, table, columns
        As for :class:`Form`.
    where
        Returns the values that the rows have in common, such as their service.
    beside
        Makes further parts for the chosen row; gets what returns its key.
    """

    def __init__(
        self,
        session: Session,
        table: str,
        columns: Sequence[str] = (),
        *,
        where: Where = dict,
        beside: Callable[[Callable[[], Key]], Sequence[Part]] = lambda _key: (),
    ) -> None:
        super().__init__(session)
        self.table, self.where = DECLARED[table], where
        one, label = self.table.one, self.table.columns[self.table.label]
        self.new = line(f"Add {_article(one)}: {label.title.lower()}", hint_of(label))
        self.list = labelled(ipywidgets.Select(options=[]), self.table.title)
        self.form = Form(session, table, columns, key=self.key)
        self.parts = [self.form, *beside(self.key)]
        self._beneath = ipywidgets.HTML()
        self._showing = False
        self._edit = ipywidgets.HBox(
            [
                ipywidgets.VBox([self.list, self._arranging()]),
                ipywidgets.VBox([part.widget for part in self.parts]),
            ]
        )
        self._edit.add_class("gsk-side")
        adding = ipywidgets.HBox([self.new, button(session, f"Add {one}", self.add)])
        adding.add_class("gsk-adding")
        self._adding = ipywidgets.VBox([adding, self._beneath])
        self._adding.add_class("gsk-cell")
        self.widget = ipywidgets.VBox([self._adding, self._edit])
        watch(session, self.new, lambda _name: self.add())
        watch(session, self.list, lambda _key: None if self._showing else self.show())

    def _arranging(self) -> ipywidgets.HBox:
        arrange = [
            button(self.session, said, partial(self.move, by))
            for said, by in (("Move up", -1), ("Move down", 1))
        ]
        return actions(*arrange, button(self.session, f"Remove {self.table.one}", self.remove))

    # What a list of another kind says otherwise.

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows."""
        return self.session.plan.rows(self.table.name, **self.where())

    def add_row(self, plan: Plan, name: str) -> Key:
        """Add a row to the plan."""
        values: dict[str, Any] = {**self.where(), self.table.label: name}
        return plan.add(self.table.name, **values)

    def remove_row(self, plan: Plan, key: Key) -> None:
        """Remove a row from the plan."""
        plan.remove(self.table.name, key)

    # What every list has.

    def key(self) -> Key:
        """Return the key of the chosen row."""
        return str(self.list.value)

    def add(self) -> None:
        """Add a row with the name that was typed."""
        name = self.new.value.strip()
        if not name or self._showing:
            return
        known = [text_of(row[self.table.label]).casefold() for row in self.rows()]
        if name.casefold() in known:
            raise GovStackKitError(f"There is {_article(self.table.one)} called “{name}” already.")
        key = self.session.change(
            f"Add {self.table.one} {markup.shorten(name)}", lambda plan: self.add_row(plan, name)
        )
        self._showing = True
        self.new.value, self._showing = "", False
        self.choose(key)

    def choose(self, key: Key) -> None:
        """Show a row in the fields."""
        self.show()
        self.list.value = key

    def move(self, by: int) -> None:
        """Move the chosen row up or down."""
        key = self.key()
        keys = [row[self.table.key[0]] for row in self.rows()]
        to = keys.index(key) + by
        if 0 <= to < len(keys):
            self.session.change(f"Move {self.table.one}", partial(self._move, key, keys, to))
        self.choose(key)

    def _move(self, key: Key, keys: list[str], to: int, plan: Plan) -> None:
        if self.table.order:
            plan.move(self.table.name, key, to + 1)
        else:  # the place among all rows of the table
            order = [row[self.table.key[0]] for row in plan.rows(self.table.name)]
            plan.move(self.table.name, key, order.index(keys[to]) + 1)

    def remove(self) -> None:
        """Remove the chosen row, and all that belongs to it."""
        key = self.key()
        self.session.change(f"Remove {self.table.one}", lambda plan: self.remove_row(plan, key))
        self.show()

    def show(self) -> None:
        """Show the rows, and the chosen one in the fields."""
        wrong, key = self.form.refused_keys(), self.table.key[0]
        options = [
            (f"{n}. {text_of(row[self.table.label])}{' ⚠' * (row[key] in wrong)}", row[key])
            for n, row in enumerate(self.rows(), start=1)
        ]
        self._showing = True
        try:
            offer(self.list, options)
        finally:
            self._showing = False
        self.list.rows = min(max(len(options), 4), 14)
        visible(self._edit, on=bool(options))
        for part in self.parts if options else ():
            part.show()

    def point(self, lacks: Sequence[str]) -> None:
        """Mark the field to add a row in, or the fields of the chosen row, that lack something."""
        mine = [
            f'<div class="gsk-wrong" dir="auto">{escape(lack)}</div>'
            for lack in lacks
            if isinstance(lack, Lack) and (lack.table, lack.column) == (self.table.name, "")
        ]
        self._beneath.value = "".join(mine)
        mark(self._adding, "gsk-wanted", on=bool(mine))
        for part in self.parts if self.list.options else ():
            part.point(lacks)


def _article(one: str) -> str:
    return f"{'an' if one[:1] in 'aeio' else 'a'} {one}"


class OneOf(Part):
    """Parts about one of several things, such as a building block, and the way to the next.

    Parameters
    ----------
    session
        What is open.
    title
        What the things are called.
    options
        Returns the things, each with its name and key.
    make
        Makes the parts; gets what returns the key of the one that is chosen.
    """

    def __init__(
        self,
        session: Session,
        title: str,
        options: Callable[[], list[tuple[str, str]]],
        make: Callable[[Callable[[], str]], Sequence[Part]],
    ) -> None:
        super().__init__(session)
        self.options, self.which = options, labelled(ipywidgets.Dropdown(), title)
        self.parts = make(lambda: str(self.which.value or ""))
        head = actions(self.which, button(session, f"Next {title.lower()}", self.next))
        self.widget = ipywidgets.VBox([head, *(part.widget for part in self.parts)])
        watch(session, self.which, lambda key: None if key is None else self._show_parts())

    def next(self) -> None:
        """Choose the next one."""
        keys = [key for _, key in self.which.options]
        self.which.value = keys[(keys.index(self.which.value) + 1) % len(keys)]

    def show(self) -> None:
        """Show the things, and the parts about the one that is chosen."""
        offer(self.which, self.options())
        self._show_parts()

    def _show_parts(self) -> None:
        for part in self.parts:
            part.show()


def safeguard_questions(session: Session, phase: str) -> Part:
    """Return the questions on safeguards and readiness of a phase, one after the other."""

    def asked() -> dict[str, dict[Hashable, Any]]:
        found = safeguards(session.framework, session.plan, phase=phase).fillna("")
        return {row["safeguard"]: row for row in found.to_dict("records")}

    def choices() -> list[tuple[str, str]]:
        return [(f"{row['name']}: {row['answer'] or 'open'}", key) for key, row in asked().items()]

    def form(key: Callable[[], str]) -> list[Part]:
        said = lambda: markup.sentence(asked().get(key(), {}).get("question", ""))  # noqa: E731
        return [Text(session, said), Form(session, "safeguard_answers", key=key, put=True)]

    return OneOf(session, "Question", choices, form)


# --- reading --------------------------------------------------------------------------------------


class Text(Part):
    """Something to read: what `said` returns as HTML, brought up to date with the plan.

    Parameters
    ----------
    session
        What is open.
    said
        Returns the HTML; what people typed in it is escaped (see :mod:`.markup`).
    """

    def __init__(self, session: Session, said: Callable[[], str]) -> None:
        super().__init__(session)
        self.said, self.widget = said, ipywidgets.HTML()

    def show(self) -> None:
        """Show it."""
        said = self.said()
        if self.widget.value != said:
            self.widget.value = said
        visible(self.widget, on=bool(said))


class Actions(Part):
    """Buttons, or other controls that need no bringing up to date, in a row."""

    def __init__(self, session: Session, *controls: ipywidgets.Widget) -> None:
        super().__init__(session)
        self.widget = actions(*controls)


class Upload(Part):
    """A workbook or other file that somebody filled in, taken into the plan as one change.

    Parameters
    ----------
    session
        What is open.
    label
        What the button says.
    take
        Takes the bytes of a file into a plan; returns its problems as a frame.
    """

    def __init__(
        self,
        session: Session,
        label: str,
        take: Callable[[Plan, bytes], pd.DataFrame],
    ) -> None:
        super().__init__(session)
        self.take, self.problems = take, ipywidgets.HTML()
        self.upload = ipywidgets.FileUpload(accept=".xlsx", description=label)
        self.upload.add_class("gsk-button")
        self.widget = ipywidgets.VBox([self.upload, self.problems])
        watch(session, self.upload, self._load)

    def _load(self, files: Sequence[Any]) -> None:
        if not files:
            return
        raw, self.upload.value = bytes(files[0]["content"]), ()
        before = self.session.changed
        found = self.session.change("Load a file", lambda plan: self.take(plan, raw), fresh=True)
        titles = {"table": "Sheet", "row": "Row", "column": "Column", "problem": "What is wrong"}
        titles["fix"] = "What to do"
        many = words.count(len(found), "thing")
        table = markup.table(found, f"{many} to look at", titles=titles)
        self.problems.value = table if len(found) else ""
        done = "Loaded" if self.session.changed > before else "Nothing was taken from the file"
        self.session.notice = f"{done}{f': {many} to look at' if len(found) else ''}."


def pasted(
    session: Session, title: str, hint: str, verb: str, add: Callable[[Plan, str], object]
) -> Part:
    """Return a field for a list that somebody pastes, and the button that adds all of it."""
    text = area(title, hint)

    def press() -> None:
        session.change(verb, lambda plan: add(plan, text.value))
        text.value = ""

    return Actions(session, text, button(session, verb, press))


def files(session: Session, label: str, make: Callable[[], str]) -> Part:
    """Return a button that makes files, and the links to them, which `make` returns as HTML."""
    links = ipywidgets.HTML()

    def prepare() -> None:
        links.value = f"<p>{make()}</p>"

    return Actions(session, button(session, label, prepare), links)


class Result(Part):
    """What the kit works out: at once, or on demand where it takes long; kept until a change.

    Parameters
    ----------
    session
        What is open.
    name
        Sets the result apart.
    work
        Works it out.
    draw
        Returns it as HTML.
    tables
        The tables of the plan that it rests on; without any, all of them.
    verb
        What the button says that starts a long work; empty where the result appears by itself.
    needed
        Whether one can only go on with the result.

    Examples
    --------
    >>> from govstack_kit.widgets.session import Session
    >>> session = Session(folder="nowhere")
    >>> part = Result(session, "count", lambda: len(session.plan.steps), lambda n: f"{n} steps")
    >>> part.show()
    >>> part.widget.children[1].value
    '8 steps'
    """

    def __init__(  # noqa: PLR0913 - as documented
        self,
        session: Session,
        name: str,
        work: Callable[[], _T],
        draw: Callable[[_T], str],
        *,
        tables: Iterable[str] = (),
        verb: str = "",
        needed: bool = True,
    ) -> None:
        super().__init__(session)
        self.name, self.work, self.draw = name, work, draw
        self.tables, self.verb, self.needed = tuple(tables), verb, needed
        self._button = button(session, verb, self.press, kind="main")
        self._shown = ipywidgets.HTML()
        self.widget = ipywidgets.VBox([self._button, self._shown])

    def result(self) -> Any:  # noqa: ANN401 - whatever is worked out
        """Return the result; the error that prevents it; None if it is not worked out yet."""
        return self.session.remembered(self.name, *self.tables)

    def press(self) -> None:
        """Work it out."""
        self._work()
        self.session.changed += 1

    def _work(self) -> Any:  # noqa: ANN401
        def work() -> Any:  # noqa: ANN401
            try:
                return self.work()
            except GovStackKitError as error:
                return error

        return self.session.remember(self.name, work, *self.tables)

    def show(self) -> None:
        """Show the result, if it is there or made at once."""
        found = self.result() if self.verb else self._work()
        drawn = f"{self.name} drawn"
        visible(self._button, on=found is None)
        if found is None:
            self._shown.value = ""
        elif isinstance(found, GovStackKitError):
            self._shown.value = markup.sentence(str(found), "gsk-wrong")
        else:
            self._shown.value = self.session.remember(drawn, lambda: self.draw(found), *self.tables)

    def wrong(self) -> list[str]:
        """Say what prevents the result, or that it is to be worked out."""
        found = self.result()
        if isinstance(found, GovStackKitError):
            return [str(found)]
        return [f"Press “{self.verb}”."] if found is None and self.verb and self.needed else []
