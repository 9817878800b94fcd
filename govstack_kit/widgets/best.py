"""The question which options to choose together, answered by the kit with its reasons."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.views.style import count
from govstack_kit.widgets import numbers, parts, working
from govstack_kit.widgets.choice import image_html
from govstack_kit.widgets.requiring import NOT_MAPPED
from govstack_kit.widgets.results import OPTIONS, needed, offered
from govstack_kit.widgets.ruling import SAID, rules_in_words
from govstack_kit.widgets.working import Worked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import ipywidgets

    from govstack_kit.selection.optimise import BestSet
    from govstack_kit.widgets.models import Session

DRAWS = 500
SECONDS = 6.0  # for each step of the search
NOTHING = (
    "There is nothing to choose from yet. Take products in question 5, add an own build there, or "
    "say in question 3 which blocks your systems serve."
)
IMPOSSIBLE = "Change a rule, or take more options: no set is possible as it is."
TOO_SLOW = "No set was found in the time allowed. Take fewer options, or fewer rules."
GROUPS = SAID | {
    "requirements": "the requirements that must be met",
    "open_source_only": "the rule to take open source only",
    "keep": "what must be in the set",
    "leave_out": "what must stay out",
}


class Best(Worked):
    """Which options to choose together, and why."""

    key, short, title = "best", "Best set", "What is the best set, and why?"
    help = (
        "Every block is covered by what you have, by a product or by an own build, under your "
        "rules. The kit proves that no other set is better, or says that it could not."
    )
    rests_on = (*OPTIONS, "rules", "business_case")
    verb = "Work out the best set"
    seconds = 60

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.go: Callable[[str], object] = lambda _key: None

    def waits_for(self) -> str:
        """Wait for a block that is needed, and for something to choose."""
        if not len(needed(self.session)):
            return NOT_MAPPED
        return "" if len(offered(self.session)) else NOTHING

    def size(self) -> int:
        """Return how many pairs of an option and a block there are."""
        return len(offered(self.session))

    def work_out(self) -> BestSet:
        """Return the best set."""
        from govstack_kit.selection.optimise import best_set  # noqa: PLC0415 - heavy

        session = self.session
        plan = session.plan
        made = best_set(offered(session), needed(session), plan.rules, seconds=SECONDS)
        return replace(made, currency=plan.business_case.currency)

    def places(self) -> Sequence[ipywidgets.Widget]:
        """Make the places for the result, and the buttons that lead back."""
        self.said, self.picture, self.tables = parts.html(), parts.html(), parts.html()
        self._ways = parts.row(
            self.button("Change the rules", lambda: self.go("rules"), kind="main"),
            self.button("Take more products", lambda: self.go("products")),
            self.button("Look at fit and cost", lambda: self.go("offers")),
        )
        return [self.said, self._ways, self.picture, self.tables]

    def draw(self, made: BestSet) -> None:
        """Show the set, or why there is none."""
        rules = " ".join(rules_in_words(self.session.plan))
        self.said.value = f"<p><b>Your rules:</b></p>{parts.sentence(rules)}{outcome(made)}"
        parts.visible(self._ways, on=made.chosen.empty)
        currency = self.session.plan.business_case.currency
        self.picture.value = self.pictured(lambda note: _picture(made, currency, note))
        self.tables.value = "" if made.chosen.empty else tables(made, currency)

    def blockers(self) -> list[str]:
        """Say what prevents a set."""
        made = self.result()
        if made is None or isinstance(made, str) or not made.chosen.empty:
            return super().blockers()
        return [IMPOSSIBLE if made.status == "impossible" else TOO_SLOW]


class Sure(Worked):
    """How often each option stays in the best set when numbers are uncertain."""

    key, short, title = "sure", "How sure", "How sure is it, when numbers are uncertain?"
    help = (
        "Costs are drawn up to a fifth lower or higher and weights up to a half, again and again, "
        "and the best set is worked out each time. What stays in nine of ten sets is "
        "a safe choice."
    )
    rests_on = Best.rests_on
    verb = f"Try it {DRAWS} times"

    def waits_for(self) -> str:
        """Wait for a block that is needed, and for something to choose."""
        if not len(needed(self.session)):
            return NOT_MAPPED
        return "" if len(offered(self.session)) else NOTHING

    def size(self) -> int:
        """Return more than is quick: it is only tried when somebody asks for it."""
        return working.QUICK + 1

    def work_out(self) -> pd.DataFrame:
        """Return how often each option stays."""
        from govstack_kit.selection.sensitivity import stability  # noqa: PLC0415 - heavy

        session = self.session
        return stability(
            offered(session),
            needed(session),
            session.plan.rules,
            draws=DRAWS,
            executor="none",
            progress=self.tell,
            seconds=SECONDS,
        )

    def places(self) -> Sequence[ipywidgets.Widget]:
        """Make the places for the words, the picture and the table."""
        self.said, self.picture, self.table = parts.html(), parts.html(), parts.html()
        return [self.said, self.picture, self.table]

    def draw(self, made: pd.DataFrame) -> None:
        """Show how often each option stays."""
        from govstack_kit.selection._stable import stability_in_words  # noqa: PLC0415 - heavy

        whole = made[made["building_block"] == ""]
        self.said.value = "".join(map(parts.sentence, stability_in_words(made)))
        self.picture.value = self.pictured(lambda note: _stable(made, note))
        shown = pd.DataFrame(
            {
                "Option": whole["name"],
                "In how many of the sets": [numbers.percent(round(s, 3)) for s in whole["share"]],
                "In the best set": ["yes" if on else "no" for on in whole["chosen"]],
            }
        )
        self.table.value = parts.table(shown, "How often each option is chosen")

    def blockers(self) -> list[str]:
        """Say what prevents it; it may be left out."""
        made = self.result()
        return [made] if isinstance(made, str) else []


def _picture(made: BestSet, currency: str, note: str) -> str:
    if made.chosen.empty:
        return ""
    from govstack_kit.views.best_set import plot_best_set  # noqa: PLC0415 - heavy

    said = "; ".join(f"{r['name']}: {r['option_name']}" for r in made.chosen.to_dict("records"))
    figure = plot_best_set(made.options, made.chosen, currency=currency[:12], note=note)[0]
    return image_html(figure, f"The best set. {said}. {note}")


def _stable(made: pd.DataFrame, note: str) -> str:
    from govstack_kit.selection._stable import stability_in_words  # noqa: PLC0415 - heavy
    from govstack_kit.views.best_set import plot_stability  # noqa: PLC0415 - heavy

    said = " ".join(stability_in_words(made))
    figure = plot_stability(made, note=note)[0]
    return image_html(figure, f"How often each option is chosen. {said} {note}")


def outcome(made: BestSet) -> str:
    """Return what was found in sentences, as HTML."""
    if made.status == "impossible":
        said = "".join(f"<li>{parts.sentence(one)}</li>" for one in made.collisions)
        names = ", ".join(GROUPS.get(one, one) for one in made.colliding)
        rules = parts.sentence(f"What collides: {names}." if names else "")
        return f'<div class="gsk-blocked"><b>No set is possible.</b><ul>{said}</ul>{rules}</div>'
    unknown = len(made.unknowns)
    sentences = [one for one in made.summary() if "see unknowns" not in one]
    if unknown:
        sentences.append(f"What nobody knows: {count(unknown, 'fact')}, named in the last table.")
    said = "".join(map(parts.sentence, sentences))
    return f'<div class="{"gsk-good" if made.status == "proved" else "gsk-blocked"}">{said}</div>'


def tables(made: BestSet, currency: str) -> str:
    """Return the set, its cost, the alternatives and what the rules cost, as HTML.

    Parameters
    ----------
    made
        What was worked out.
    currency
        Of all money.
    """
    chosen = made.chosen
    shown = pd.DataFrame(
        {
            "Building block": chosen["name"],
            "Covered by": [
                f"{row['option_name']} (helps)" if row["part"] == "helps" else row["option_name"]
                for row in chosen.to_dict("records")
            ],
            "Fit": [numbers.percent(round(fit, 3)) or "not known" for fit in chosen["fit"]],
            "Why": chosen["why"],
        }
    )
    years = f"over {made.years} year{'s' * (made.years != 1)}"
    found = f'<div class="gsk-why-table">{parts.table(shown, "Each building block, and why")}</div>'
    costs = {
        "build_cost": "Once: build",
        "integration_cost": "Once: integration",
        "annual_cost": "Each year",
        "cost": years.capitalize(),
    }
    money = made.options[["name"]].rename(columns={"name": f"Option ({currency})"})
    for name, said in costs.items():
        money[said] = [numbers.money(value) for value in made.options[name]]
    total = ["All together", "", "", "", numbers.money(made.cost)]
    money.loc[len(money)] = total
    found += _figures(parts.table(money, "What it costs"))
    others = pd.DataFrame(
        {
            "Next best": made.alternatives["instead"],
            years.capitalize(): [numbers.money(cost) for cost in made.alternatives["cost"]],
            "Fit": [numbers.percent(round(fit, 3)) for fit in made.alternatives["fit"]],
        }
    )
    found += _figures(
        parts.table(others, "What else is possible", empty="No other set is possible.")
    )
    rules = pd.DataFrame(
        {
            "Rule": made.constraints["setting"],
            "It limits the choice": ["yes" if on else "no" for on in made.constraints["binds"]],
            "What it means": made.constraints["note"],
        }
    )
    found += parts.table(rules, "What each rule costs", empty="There is no rule that limits.")
    if len(made.unknowns):
        columns = {
            "name": "Option",
            "building_block": "Building block",
            "what": "Nobody knows",
            "treated": "What the kit did",
        }
        names = dict(zip(chosen["building_block"], chosen["name"], strict=True))
        blocks = [names.get(key, key) or "all" for key in made.unknowns["building_block"]]
        unknown = made.unknowns.assign(building_block=blocks)[list(columns)]
        unknown = unknown.rename(columns=columns)
        found += parts.table(unknown, "What is not known")
    return found


def _figures(table: str) -> str:
    return f'<div class="gsk-numbers">{table}</div>'
