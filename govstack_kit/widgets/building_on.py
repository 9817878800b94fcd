"""The question which set of options the team builds on, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from govstack_kit.widgets import numbers, parts
from govstack_kit.widgets.best import Best, Sure
from govstack_kit.widgets.results import kept, offered, understood

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ipywidgets

    from govstack_kit.planning.plan import Plan
    from govstack_kit.selection.optimise import BestSet
    from govstack_kit.widgets.models import Session

OPEN = "Nothing is decided yet: the roadmap builds on the best set, whatever it is then."


class BuildOn(Best):
    """Which set is kept in the plan, with the reason."""

    key, short, title = "chosen", "Decide", "Which set do you build on?"
    help = (
        "Take the best set, or another one where other reasons speak for it. Your plan keeps the "
        "choice with its reason, and the roadmap builds on it. You may leave it open."
    )

    @property
    def _name(self) -> str:
        return f"{Best.__module__}.{Best.key}"  # the same result, worked out once

    def places(self) -> Sequence[ipywidgets.Widget]:
        """Make the list of sets, the reason, the buttons, and the note for those who decide."""
        self.state, self.note = parts.html(), parts.html()
        self.which = parts.drop("The set to build on")
        self.reason = parts.area("Why?", hint="What speaks for it, beside cost and fit", rows=2)
        self.on(self.reason, self._explain)
        self._take = self.button("Build on this set", self._choose, kind="main")
        self._leave = self.button("Leave it open", self._open)
        self._choices = parts.column(self.which, self.reason, parts.row(self._take, self._leave))
        return [self.state, self._choices, self.note]

    def draw(self, made: BestSet) -> None:
        """Show what can be decided, and what is."""
        chosen, known = self.session.plan.chosen, _names(self.session)
        mine = _key(chosen.options)
        sets = {} if made.chosen.empty else _sets(made)
        if mine and mine not in sets:
            sets[mine] = "Your own choice: " + parts.few([known.get(k, k) for k in chosen.options])
        entries = [(said, key) for key, said in sets.items()]
        if list(self.which.options) != entries:
            self.which.options = entries
        state = (mine, chosen.reason)
        if entries and state != getattr(self, "_shown", None):  # or what is typed would be lost
            self.which.value, self.reason.value = mine or entries[0][1], chosen.reason
            self._shown = state
        names = parts.few([known.get(key, key) for key in chosen.options])
        self.state.value = parts.sentence(f"Your plan builds on: {names}." if mine else OPEN)
        parts.visible(self._choices, on=bool(entries))
        parts.visible(self._leave, on=bool(mine))
        own = mine and mine != _key(made.options["option"].tolist())
        lines = "".join(f"<li>{parts.sentence(one)}</li>" for one in self._said(made))
        what = "Your choice" if own else "The best set"
        self.note.value = f"<h3>{what}, for those who decide</h3><ul>{lines}</ul>"

    def _said(self, made: BestSet) -> list[str]:
        from govstack_kit.selection.choice import recommendation_of_plan  # noqa: PLC0415 - heavy

        session = self.session
        found = kept(session, f"{Sure.__module__}.{Sure.key}", Sure.rests_on)
        sure: Any = None if isinstance(found, str) else found
        return recommendation_of_plan(session.framework, understood(session), made, sure)

    def _choose(self) -> None:
        from govstack_kit.selection.choice import choose  # noqa: PLC0415 - heavy

        ids, reason = str(self.which.value).split(","), self.reason.value
        self.session.change("Build on this set", lambda plan: choose(plan, ids, reason))

    def _explain(self, reason: str) -> None:
        """Save the reason of the set that the plan builds on; that of another waits for it."""
        chosen = self.session.plan.chosen.options
        if chosen and self.which.value == _key(chosen):
            self.session.change(
                "Change why you build on this set",
                lambda plan: setattr(plan.chosen, "reason", reason),
            )

    def _open(self) -> None:
        def leave(plan: Plan) -> None:
            plan.chosen = type(plan.chosen)()

        self.session.change("Leave the set open", leave)

    def blockers(self) -> list[str]:
        """Nothing: a team may leave it open."""
        return []

    def answer(self) -> object:
        """Return what was chosen."""
        chosen = self.session.plan.chosen
        return chosen.model_dump() if chosen.options else None


def _key(ids: Sequence[str]) -> str:
    return ",".join(sorted(ids))


def _sets(made: BestSet) -> dict[str, str]:
    """Return the best set and the next best ones in words, by their options."""

    def worth(cost: float, fit: float) -> str:
        return f"{made.currency} {numbers.money(cost)}, fit {numbers.percent(round(fit, 3))}"

    best = f"The best set: {worth(made.cost, made.fit)}"
    found = {_key(made.options["option"].tolist()): best}
    for row in made.alternatives.to_dict("records"):
        said = f"Number {row['rank']}: {worth(row['cost'], row['fit'])}, {row['instead']}"
        found[_key(row["options"].split(", "))] = parts.shorten(said, 140)
    return found


def _names(session: Session) -> dict[str, str]:
    found = offered(session)
    return dict(zip(found["option"], found["name"], strict=True))
