"""The guided part *select*: from the blocks that are needed to the set that the team builds on.

Its first questions, about what is needed and what there is, are in :mod:`.select_offers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from govstack_kit.planning.plan import DECLARED
from govstack_kit.selection.best_set import BestSet, best_set_of_plan
from govstack_kit.selection.choice import decide_set, recommendation
from govstack_kit.selection.options import COSTS, options
from govstack_kit.selection.sensitivity import Stability, best_set_stability_of_plan
from govstack_kit.widgets import fields, markup
from govstack_kit.widgets.choices import Choice, Choices, Place
from govstack_kit.widgets.select_offers import GUIDE, SAID, no_blocks
from govstack_kit.words import listed, money, percent

if TYPE_CHECKING:
    import ipywidgets

    from govstack_kit.planning.plan import Plan
    from govstack_kit.widgets.session import Session

DRAWS, BEST, SURE = 500, "best set", "how sure"
SECONDS = 6.0  # for each step of the search
CHOSEN = "chosen"
_OTHERS = [name for name in DECLARED if name not in {"rules", "option_decisions"}]


def nothing_to_choose(session: Session) -> list[str]:
    """Wait for a block that is needed, and for something to choose."""
    return no_blocks(session) or ([] if _names(session) else [SAID["nothing"]])


def _names(session: Session) -> dict[str, str]:
    """Return the names of the options that cover a block, by their keys."""
    found = session.ask(options, tables=_OTHERS)
    return dict(zip(found["option"], found["option_name"], strict=True))


def something_unknown(session: Session) -> bool:
    """Return whether nobody knows some fit or cost, so that it can be assumed."""
    found = session.ask(options, tables=_OTHERS)
    return bool(found[["fit", *COSTS]].isna().any(axis=None))


# --- rules ----------------------------------------------------------------------------------------


class Binding(Choices):
    """Which options must be in the set, and which must stay out."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            session,
            "option_decisions",
            column="decision",
            verdicts="rule",
            label=SAID["particular"],
            empty=SAID["nothing"],
        )

    def lines(self) -> list[Choice]:
        """Return the options."""
        return [Choice(key, name) for key, name in _names(self.session).items()]

    def decided(self) -> dict[Place, dict[str, Any]]:
        """Return what is said about each option."""
        return {("option_decisions", row["option"]): row for row in _binding(self.session.plan)}

    def decide(self, choice: Choice, verdict: str, plan: Plan) -> None:
        """Say of an option that it must be in or stay out, or take that back."""
        if before := self.decided().get(("option_decisions", choice.key)):
            plan.remove("option_decisions", (choice.key, before["decision"]))
        if verdict:
            plan.add("option_decisions", option=choice.key, decision=verdict)


def _binding(plan: Plan) -> list[dict[str, Any]]:
    return [row for row in plan.rows("option_decisions") if row["decision"] != CHOSEN]


# --- results --------------------------------------------------------------------------------------


def _under(session: Session, name: str) -> str:
    """Return the name of a result with the rules that it rests on."""
    plan = session.plan
    return f"{name} {plan.row('rules') | {'chosen_reason': None}} {_binding(plan)}"


def _known(session: Session, name: str) -> Any:  # noqa: ANN401 - whatever was worked out
    """Return a result that is worked out already; None otherwise."""
    return session.remembered(_under(session, name), *_OTHERS)


class Found(fields.Result):
    """A result that rests on the rules, but not on what is decided in the end."""

    @property
    def name(self) -> str:
        """Set results under other rules apart."""
        return _under(self.session, self._name)

    @name.setter
    def name(self, name: str) -> None:
        self._name = name


def best(session: Session) -> Found:
    """Return the part that works out the best set."""

    def work() -> BestSet:
        return best_set_of_plan(session.framework, session.plan, seconds=SECONDS)

    return Found(session, BEST, work, lambda found: _shown(session, found), tables=_OTHERS)


def sure(session: Session) -> Found:
    """Return the part that says how sure the best set is, worked out when it is asked for."""

    def work() -> Stability:
        more: dict[str, Any] = {"draws": DRAWS, "seconds": SECONDS, "progress": False}
        return best_set_stability_of_plan(session.framework, session.plan, **more)

    def draw(found: Stability) -> str:
        return markup.answer(found, GUIDE.note(session), {})

    verb = f"Try it {DRAWS} times"
    return Found(session, SURE, work, draw, tables=_OTHERS, verb=verb, needed=False)


def _shown(session: Session, found: BestSet) -> str:
    """Return the best set in words, as a picture and as tables."""
    note, look = GUIDE.note(session), "gsk-good" if found.status == "proved" else "gsk-wrong"
    shown = dict(GUIDE.given["tables"])
    if found.chosen.empty:
        shown = {name: shown[name] for name in ("constraints", "unknowns")}
    said = markup.answer(found, note, shown, look=look, picture=not found.chosen.empty)
    return said.replace("see the table unknowns", "see the last table")


# --- deciding -------------------------------------------------------------------------------------


class Sets(Choices):
    """The best set and the next best ones, of which the team builds on one."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "option_decisions", column="decision", verdicts="set")
        self.best = best(session)

    def _chosen(self) -> str:
        rows = self.session.plan.rows("option_decisions", decision=CHOSEN)
        return ", ".join(sorted(row["option"] for row in rows))

    def lines(self) -> list[Choice]:
        """Return the sets, and the team's own choice."""
        found, names, mine = self.best.result(), _names(self.session), self._chosen()
        sets = {}
        if isinstance(found, BestSet) and len(found.chosen):
            sets[", ".join(sorted(found.options["option"]))] = "The best set", found.cost, found.fit
            for row in found.alternatives.to_dict("records"):
                sets[row["options"]] = f"Number {row['rank']}", row["cost"], row["fit"]
        lines = {
            key: f"{name}: {money(cost, found.currency)}, fit {percent(round(fit, 3))}"
            for key, (name, cost, fit) in sets.items()
        }
        if mine:
            lines.setdefault(mine, "Your own choice")
        return [
            Choice(key, said, listed(names.get(option, option) for option in key.split(", ")))
            for key, said in lines.items()
        ]

    def decided(self) -> dict[Place, dict[str, Any]]:
        """Return the set that is chosen."""
        return {("option_decisions", self._chosen()): {"decision": CHOSEN}}

    def decide(self, choice: Choice, verdict: str, plan: Plan) -> None:
        """Build on a set, or leave it open again."""
        reason = plan.row("rules")["chosen_reason"] or ""
        decide_set(self.session.framework, plan, choice.key if verdict else [], reason)

    def show(self) -> None:
        """Show the sets as they are worked out now."""
        self.best.show()
        super().show()


def for_deciders(session: Session) -> str:
    """Return what the choice means, in sentences for those who decide."""
    found, certain = _known(session, BEST), _known(session, SURE)
    if not isinstance(found, BestSet):
        return ""
    certain = certain if isinstance(certain, Stability) else None
    framework, plan = session.framework, session.plan
    name = f"recommendation {certain is not None}"
    said = session.remember(name, lambda: recommendation(framework, plan, found, certain))
    if not plan.rows("option_decisions", decision=CHOSEN):
        said = [SAID["open"], *said]
    return markup.heading(SAID["deciders"]) + "".join(map(markup.sentence, said))


def no_set(session: Session) -> list[str]:
    """Say so where no set is possible."""
    found = _known(session, BEST)
    empty = isinstance(found, BestSet) and found.chosen.empty
    return [fields.Lack(SAID["impossible"], "rules", "least_fit")] if empty else []


def guide_select(session: Session) -> ipywidgets.VBox:
    """Return the guided part that leads to the products and systems to build on.

    Parameters
    ----------
    session
        What :func:`govstack_kit.open_session` returns.

    Returns
    -------
    ipywidgets.VBox
        The part. It writes what it learns into the plan, which is saved after each change.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> len(guide_select(gk.open_session("nowhere/plan")).children) > 0
    True
    """
    return GUIDE.open(session)


GUIDE.uses(nothing_to_choose, something_unknown, Binding, best, sure, Sets, for_deciders, no_set)
