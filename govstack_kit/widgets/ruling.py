"""The question under which rules products are chosen together."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from govstack_kit.views.style import count
from govstack_kit.widgets import numbers, parts
from govstack_kit.widgets.forms import Fields
from govstack_kit.widgets.requiring import NOT_MAPPED
from govstack_kit.widgets.results import needed, offered
from govstack_kit.widgets.wizard import Panel

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ipywidgets

    from govstack_kit.planning.plan import Plan

AIMS = [("Spend as little as possible", "cost"), ("Fit as well as possible", "fit")]
FREE, KEYS = "", ("keep", "leave_out")
PLACES = [("may be in the set", FREE), ("must be in", "keep"), ("must stay out", "leave_out")]
SAID = {
    "aim": "the aim",
    "years": "the years",
    "budget": "the budget",
    "least_fit": "the least fit",
    "most_options": "the most products",
    "most_vendors": "the most vendors",
    "open_source_only": "open source only",
}


class Rules(Panel):
    """What is aimed at, and what limits the choice."""

    key, short, title = "rules", "Rules", "Under which rules do you choose?"
    help = "Leave a field empty where there is no limit. What each rule costs is shown next."

    def waits_for(self) -> str:
        """Wait for a building block that is needed."""
        return "" if len(needed(self.session)) else NOT_MAPPED

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the fields."""
        form = self.form = Fields(self, self._set)
        some = partial(numbers.whole, least=1, most=1_000, example="3")
        years = partial(numbers.whole, least=1, most=50, example="5")
        aim = form.toggles("aim", "What do you aim at?", AIMS)
        left = [
            form.number("budget", "Budget for all years together", hint="no limit"),
            form.number("years", "Years that are counted", years, empty=5, hint="5"),
            form.number(
                "least_fit",
                "Least fit for every block (per cent)",
                numbers.share,
                show=lambda share: numbers.percent(share or None),
                empty=0.0,
                hint="no limit",
            ),
        ]
        right = [
            form.number("most_options", "At most so many products", some, hint="no limit"),
            form.number("most_vendors", "At most so many vendors", some, hint="no limit"),
            form.tick("open_source_only", "Open source only"),
        ]
        self.which = parts.drop("A particular product or system", narrow=True)
        self.on(self.which, lambda _key: self.show())
        self.place = parts.toggles("Its place", PLACES)
        self.on(self.place, self._put)
        self.said = parts.html()
        self._one = parts.side([self.which], [self.place])
        return [aim, parts.side(left, right), self._one, self.said]

    def update(self) -> None:
        """Show the rules of the plan."""
        plan = self.session.plan
        self.form.show(plan.rules)
        found = offered(self.session)
        names = dict(zip(found["option"], found["name"], strict=True))
        options = [(name, key) for key, name in names.items()]
        if list(self.which.options) != options:
            self.which.options = options
        key = self.which.value if self.which.value in names else next(iter(names), None)
        self.which.value = key
        self.place.value = next((n for n in KEYS if key in getattr(plan.rules, n)), FREE)
        parts.visible(self._one, on=bool(options))
        self.said.value = "".join(
            parts.sentence(f"{said}: {', '.join(names.get(one, one) for one in keys)}.")
            for said, keys in (
                ("Must be in", plan.rules.keep),
                ("Must stay out", plan.rules.leave_out),
            )
            if keys
        )

    def _set(self, name: str, value: Any) -> None:  # noqa: ANN401
        self.session.change(f"Change {SAID[name]}", lambda plan: setattr(plan.rules, name, value))

    def _put(self, place: str) -> None:
        key, name = self.which.value, self.which.label

        def put(plan: Plan) -> None:
            for field in KEYS:
                kept = [one for one in getattr(plan.rules, field) if one != key]
                setattr(plan.rules, field, [*kept, key] if field == place else kept)

        said = next(words for words, value in PLACES if value == place)
        self.session.change(f"{name} {said}", put)

    def answer(self) -> object:
        """Return the rules."""
        return self.session.plan.rules.model_dump()


def unrule(plan: Plan, option: str) -> None:
    """Remove an option from the rules and the choice of a plan, because it is no longer there.

    Parameters
    ----------
    plan
        The plan, which is changed.
    option
        Its id.
    """
    for name in KEYS:
        setattr(plan.rules, name, [one for one in getattr(plan.rules, name) if one != option])
    plan.chosen.options = [one for one in plan.chosen.options if one != option]


def rules_in_words(plan: Plan) -> list[str]:
    """Return the rules of a plan as short sentences."""
    rules = plan.rules
    aim = next((said for said, value in AIMS if value == rules.aim), rules.aim)
    found = [f"{aim}, over {count(rules.years, 'year')}."]
    if rules.budget is not None:
        found.append(f"Spend at most {numbers.said(rules.budget)}.")
    if rules.least_fit:
        found.append(f"Every block is fitted by at least {numbers.percent(rules.least_fit)}.")
    if rules.most_options is not None:
        found.append(f"At most {count(rules.most_options, 'product')}.")
    if rules.most_vendors is not None:
        found.append(f"At most {count(rules.most_vendors, 'vendor')}.")
    if rules.open_source_only:
        found.append("Open source only.")
    return found
