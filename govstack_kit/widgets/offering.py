"""The question how well the options fit that were taken, and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from govstack_kit.planning.model import make
from govstack_kit.planning.selected import Cover, Option
from govstack_kit.views.style import count
from govstack_kit.widgets import numbers, parts
from govstack_kit.widgets.answering import Sheets
from govstack_kit.widgets.coverage import NO, Covered, block_names
from govstack_kit.widgets.forms import YES_NO, Fields, PlanList
from govstack_kit.widgets.requiring import NOT_MAPPED
from govstack_kit.widgets.results import misnamed_blocks, needed, offered
from govstack_kit.widgets.ruling import unrule

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ipywidgets

    from govstack_kit.planning.plan import Plan

FITS = (
    ("does not cover it", NO),
    ("fits fully (100 %)", "1"),
    ("fits mostly (75 %)", "0.75"),
    ("fits half (50 %)", "0.5"),
    ("fits a little (25 %)", "0.25"),
    ("covers it, fit not known", ""),
)
KINDS = (("a product", "product"), ("our own build", "own build"), ("a system", "system"))
COSTS = {
    "build_cost": "Build or set up, once",
    "integration_cost": "Integration, once",
    "annual_cost": "Each year",
}
LISTED = "question 3, “Systems today”"  # where systems are described
ENTERED = "question 6, “Fit and cost”"  # where those are that were entered as options


class Offers(PlanList):
    """How well each option fits, and what it costs."""

    key, short, title = "offers", "Fit and cost", "How well does each fit, and what does it cost?"
    help = (
        "For each product or own build: which blocks it covers, how well, and its costs. Of a "
        "system that you have, give what its use here adds to its costs. Leave empty what nobody "
        "knows: the result then says so, and never counts it as zero."
    )
    kind = Option
    one, add_label, list_label = "option", "Name of an option", "Options"
    add_hint = "for example: a payment hub built by ourselves"

    def waits_for(self) -> str:
        """Wait for a building block that is needed."""
        return "" if len(needed(self.session)) else NOT_MAPPED

    def listed(self, plan: Plan) -> list[Any]:
        """Return the options."""
        return plan.options

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the list, the way to systems, and the place for what is not known."""
        self.apart, self.unknown = parts.html(), parts.html()
        bring = self.button("Compare our systems too", self._bring)
        self._bring_row = parts.row(bring)
        return [*super().build(), self.unknown, self.apart, self._bring_row]

    def _left(self) -> list[str]:
        """Return the systems that nobody entered as options, and whose costs are not all known."""
        return [key for key, one in alone(self.session.plan).items() if None in _costs(one)]

    def _bring(self) -> None:
        left = self._left()

        def bring(plan: Plan) -> None:
            found = [system for system in plan.systems if system.id in left]
            for system in found:
                fields = self.fresh(plan, system.name) | {"kind": "system", "system": system.id}
                plan.options = [*plan.options, make(Option, fields)]

        self.session.change(f"Compare {count(len(left), 'system')}", bring)

    def fields(self) -> Sequence[ipywidgets.Widget]:
        """Make the fields of an option."""
        form = self.controls = Fields(self, self.set_field)
        left = [
            form.line("name", "Name"),
            form.drop("kind", "It is", KINDS),
            form.line("vendor", "Who provides it"),
            form.line("licence", "Licence"),
            form.drop("open_source", "Open source", YES_NO),
        ]
        right = [form.number(name, label) for name, label in COSTS.items()]
        right.append(form.area("note", "Note", rows=3))
        self.covers = Covered(self, "Which blocks does it cover, and how well?", FITS, self._cover)
        self.sheets = Sheets(
            self, self.edit_entry, lambda option: covers_of(option, self.session.plan)
        )
        return [parts.side(left, right), self.covers.widget, self.sheets.widget]

    def fill(self, entry: Any) -> None:  # noqa: ANN401
        """Show an option, with what its product's licence says where it says nothing itself."""
        found = offered(self.session)
        row: dict[Any, Any] = next(iter(found[found["option"] == entry.id].to_dict("records")), {})
        known = f"on record: {row['licence']}" if row.get("licence") else "not known"
        self.controls.controls["licence"].placeholder = known
        said = row.get("open_source") if not entry.open_source else ""
        first = (f"{said}, as its licence says" if said else YES_NO[0][0], "")
        if self.controls.controls["open_source"].options != (first, *YES_NO[1:]):
            self.controls.controls["open_source"].options = (first, *YES_NO[1:])
        super().fill(entry)
        blocks = list(needed(self.session)["building_block"])
        chosen = {
            cover.key: "" if cover.fit is None else f"{cover.fit:g}"
            for cover in covers_of(entry, self.session.plan)
        }
        self.covers.show(chosen, blocks, block_names(self.session, [*blocks, *chosen]), _fit)
        self.sheets.show(entry)

    def _cover(self, block: str, fit: str) -> None:
        def change(option: Option) -> None:
            there = covers_of(option, self.session.plan)
            covers = {cover.key: cover.model_copy() for cover in there}
            if fit == NO:
                covers.pop(block, None)
            elif block in covers:
                covers[block].fit = float(fit) if fit else None
            else:
                covers[block] = Cover(key=block, fit=float(fit) if fit else None)
            option.covers = list(covers.values())

        self.edit_entry("what it covers", change)

    def forget(self, plan: Plan, key: str) -> None:
        """Remove the option from the rules."""
        unrule(plan, key)

    def update(self) -> None:
        """Show the options, and what is not known about them."""
        super().update()
        lost = [f"{one} It was not counted." for one in misnamed_blocks(self.session)]
        self.unknown.value = "".join(map(parts.sentence, [*unknowns(self.session.plan), *lost]))
        self.apart.value = "".join(map(parts.sentence, apart(self.session.plan)))
        parts.visible(self._bring_row, on=bool(self._left()))


def _fit(chosen: str) -> str:
    return f"fits by {numbers.percent(float(chosen))}"


def _completed(plan: Plan) -> tuple[list[Option], list[Option]]:
    """Return the options of a plan with what their systems say, and its other systems as such."""
    from govstack_kit.selection.options import complete  # noqa: PLC0415 - with what it loads

    found, entered = complete(plan), len(plan.options)
    return found[:entered], found[entered:]


def alone(plan: Plan) -> dict[str, Option]:
    """Return the systems that serve a block and that nobody entered as options, by their ids."""
    named = {option.system for option in plan.options if option.kind == "system"}
    others = [system.id for system in plan.systems if system.id not in named]
    found = zip(others, _completed(plan)[1], strict=True)
    return {system: option for system, option in found if option.covers}


def covers_of(option: Option, plan: Plan) -> list[Cover]:
    """Return what an option covers: its own, or what the system does that it stands for."""
    return list(next((o for o in _completed(plan)[0] if o.id == option.id), option).covers)


def compared(plan: Plan, block: str) -> list[tuple[str, str]]:
    """Return the systems that serve a block, each with what is missing to compare it for that.

    Parameters
    ----------
    plan
        The plan.
    block
        The building block.

    Returns
    -------
    list of tuple
        The name of each, and what is missing and where to say it; empty where it is compared.
    """
    entered = {o.system: (o, ENTERED) for o in _completed(plan)[0] if o.kind == "system"}
    standing = {key: (option, LISTED) for key, option in alone(plan).items()} | entered
    counts = plan.rules.aim == "cost" or plan.rules.budget is not None
    found = []
    for system in plan.systems:
        if block not in (service.key for service in system.serves):
            continue
        option, where = standing[system.id]
        fits = [cover.fit for cover in option.covers if cover.key == block]
        lacks = ["how well it serves this block"] * (not fits or fits[0] is None)
        lacks += ["what it costs to connect"] * (counts and option.integration_cost is None)
        lacks += ["what it costs each year"] * (counts and option.annual_cost is None)
        found.append((system.name, f"{' and '.join(lacks)}, in {where}" if lacks else ""))
    return found


def _costs(option: Option) -> list[float | None]:
    return [getattr(option, name) for name in COSTS]


def apart(plan: Plan) -> list[str]:
    """Return how systems are compared that nobody entered as options, in sentences."""
    systems, found = list(alone(plan).values()), []
    for said, some in (
        ("Compared as they are", [one for one in systems if None not in _costs(one)]),
        (
            "Left out until you say what integrating them costs",
            [one for one in systems if one.integration_cost is None],
        ),
        (
            "Left out until you say what they cost each year",
            [o for o in systems if o.integration_cost is not None and o.annual_cost is None],
        ),
    ):
        if some:
            found.append(f"{said}: {parts.few([one.name for one in some])}.")
    return found


def unknowns(plan: Plan) -> list[str]:
    """Return what is not known about the options of a plan, in sentences."""
    options, found = _completed(plan)[0], []
    for said, missing in (
        ("no cost at all", [o for o in options if _costs(o) == [None] * len(COSTS)]),
        ("only part of the costs", [o for o in options if 0 < _costs(o).count(None) < len(COSTS)]),
        (
            "a block whose fit nobody has judged",
            [o for o in options if any(cover.fit is None for cover in o.covers)],
        ),
        ("no block that it covers", [o for o in options if not o.covers]),
    ):
        if missing:
            verb = "has" if len(missing) == 1 else "have"
            names = parts.few([option.name for option in missing], most=3)
            found.append(f"{count(len(missing), 'option')} {verb} {said}: {names}.")
    return found
