"""The guided part *select*: from the blocks that are needed to the set that the team builds on.

Its first questions, about what is needed and what there is, are in :mod:`.select_offers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from govstack_kit.planning.plan import DECLARED
from govstack_kit.selection.best_set import BestSet, best_set_of_plan
from govstack_kit.selection.choice import decide_set, recommendation
from govstack_kit.selection.options import options
from govstack_kit.selection.sensitivity import Stability, best_set_stability_of_plan
from govstack_kit.views import made_up_note
from govstack_kit.widgets import fields, markup
from govstack_kit.widgets.choices import Choice, Choices, Verdict
from govstack_kit.widgets.select_offers import QUESTIONS as OFFERS
from govstack_kit.widgets.select_offers import waits_for_blocks
from govstack_kit.widgets.wizard import Question, Wizard
from govstack_kit.words import amount, count, listed, money, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ipywidgets
    import pandas as pd

    from govstack_kit.planning.plan import Plan
    from govstack_kit.widgets.session import Session

DRAWS, BEST = 500, "best set"
SECONDS = 6.0  # for each step of the search
NOTHING = (
    "There is nothing to choose from yet. Take products in question 5, add an own build there, or "
    "say in question 3 which blocks your systems serve."
)
IMPOSSIBLE = "Change a rule, or take more options: no set is possible as it is."
OPEN = "Nothing is decided yet: the roadmap builds on the best set, whatever it is then."
RULES = (
    *("least_fit", "aim", "budget", "years", "most_options", "most_vendors", "open_source_only"),
)
BINDING = (
    Verdict("keep", "Must be in", "✓ Must be in"),
    Verdict("leave out", "Must stay out", "✗ Must stay out", "off"),
)
BUILDING = (Verdict("chosen", "Build on this set", "✓ We build on this set"),)
_OTHERS = [name for name in DECLARED if name not in {"rules", "option_decisions"}]


def _waits(session: Session) -> str:
    """Wait for a block that is needed, and for something to choose."""
    return waits_for_blocks(session) or ("" if _names(session) else NOTHING)


def _names(session: Session) -> dict[str, str]:
    """Return the names of the options that cover a block, by their keys; kept."""
    found = session.remember("options", lambda: options(session.framework, session.plan), *_OTHERS)
    return dict(zip(found["option"], found["option_name"], strict=True))


def _note(session: Session) -> str:
    return made_up_note(session.plan, "systems", "options")


# --- rules ----------------------------------------------------------------------------------------


class Binding(Choices):
    """Which options must be in the set, and which must stay out."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            session,
            "option_decisions",
            lambda: [Choice(key, name) for key, name in _names(session).items()],
            column="decision",
            verdicts=BINDING,
            label="A particular product or system",
            empty=NOTHING,
        )

    def decided(self) -> dict[str, dict[str, Any]]:
        """Return what is said about each option."""
        rows = self.session.plan.rows("option_decisions")
        return {row["option"]: row for row in rows if row["decision"] != BUILDING[0].value}

    def _put(self, choice: Choice, verdict: str, plan: Plan) -> None:
        self._remove(choice, plan)
        plan.add("option_decisions", option=choice.key, decision=verdict)

    def _remove(self, choice: Choice, plan: Plan) -> None:
        if choice.key in self.decided():
            plan.remove("option_decisions", (choice.key, self.decided()[choice.key]["decision"]))


# --- results --------------------------------------------------------------------------------------


def _under(session: Session, name: str) -> str:
    """Return the name of a result with the rules that it rests on; what is decided is none."""
    plan = session.plan
    rules = plan.row("rules") | {"chosen_reason": None}
    binding = [r for r in plan.rows("option_decisions") if r["decision"] != BUILDING[0].value]
    return f"{name} {rules} {binding}"


class Found(fields.Result):
    """A result that rests on the rules, but not on what is decided in the end."""

    @property
    def name(self) -> str:
        """Set results under other rules apart."""
        return _under(self.session, self._name)

    @name.setter
    def name(self, name: str) -> None:
        self._name = name


def _best(session: Session) -> Found:
    """Return the part that works out the best set."""

    def work() -> BestSet:
        return best_set_of_plan(session.framework, session.plan, seconds=SECONDS)

    return Found(session, BEST, work, lambda best: _shown(session, best), tables=_OTHERS)


def _sure(session: Session) -> Found:
    """Return the part that says how sure the best set is, worked out when it is asked for."""

    def work() -> Stability:
        more: dict[str, Any] = {"draws": DRAWS, "seconds": SECONDS, "progress": False}
        return best_set_stability_of_plan(session.framework, session.plan, **more)

    def draw(found: Stability) -> str:
        said, note = found.sentences(), _note(session)
        return "".join(map(markup.sentence, said)) + markup.image(found.figure(note=note)[0])

    verb = f"Try it {DRAWS} times"
    return Found(session, "how sure", work, draw, tables=_OTHERS, verb=verb, needed=False)


def _table(frame: pd.DataFrame, titles: Mapping[str, str], caption: str, empty: str) -> str:
    """Return columns of a table under other titles, numbers as people read them."""
    shown = frame[list(titles)].copy()
    for name in titles:
        said = percent if "fit" in name else amount
        if frame[name].dtype == "float64":
            shown[name] = [said(value) for value in frame[name]]
        elif frame[name].dtype == "bool":
            shown[name] = frame[name].map({True: "yes", False: "no"})
    look = "" if "why" in titles or "note" in titles else "gsk-numbers"
    return markup.table(shown.rename(columns=dict(titles)), caption, empty=empty, look=look)


def _shown(session: Session, best: BestSet) -> str:
    """Return the best set in words, as a picture and as tables."""
    note, look = _note(session), "gsk-good" if best.status == "proved" else "gsk-wrong"
    said = [one.replace("see the table unknowns", "see the last table") for one in best.sentences()]
    head = markup.marked(note) + "".join(markup.sentence(one, look) for one in said)
    unknown = {"option_name": "Option", "what": "Nobody knows", "treated": "What the kit did"}
    facts = _table(best.unknowns, unknown, "What is not known", "Everything is known.")
    rules = {"setting": "Rule", "binds": "It limits the choice", "note": "What it means"}
    prices = _table(best.constraints, rules, "What each rule costs", "There is no rule.")
    if best.chosen.empty:
        return head + prices + facts
    over = f"Over {count(best.years, 'year')}"
    parts = {"building_block_name": "Building block", "option_name": "Covered by", "fit": "Fit"}
    once = {"build_cost": "Once: build", "integration_cost": "Once: integration"}
    costs = {"name": f"Option ({best.currency})", **once, "annual_cost": "Each year", "cost": over}
    others = {"instead": "Next best", "cost": over, "fit": "Fit"}
    return (
        head
        + markup.image(best.figure(note=note)[0])
        + _table(best.chosen, parts | {"why": "Why"}, "Each building block, and why", "")
        + _table(best.options, costs, "What it costs", "")
        + _table(best.alternatives, others, "What else is possible", "No other set is possible.")
        + prices
        + facts
    )


# --- deciding -------------------------------------------------------------------------------------


class Sets(Choices):
    """The best set and the next best ones, of which the team builds on one."""

    def __init__(self, session: Session, best: Found) -> None:
        super().__init__(
            session, "option_decisions", self._lines, column="decision", verdicts=BUILDING
        )
        self.best = best

    def _chosen(self) -> str:
        rows = self.session.plan.rows("option_decisions", decision=BUILDING[0].value)
        return ", ".join(sorted(row["option"] for row in rows))

    def _lines(self) -> list[Choice]:
        best, names = self.best.result(), _names(self.session)
        sets = {}
        if isinstance(best, BestSet) and len(best.chosen):
            sets[", ".join(sorted(best.options["option"]))] = ("The best set", best.cost, best.fit)
            for row in best.alternatives.to_dict("records"):
                sets[row["options"]] = (f"Number {row['rank']}", row["cost"], row["fit"])
        lines = [
            (key, f"{name}: {money(cost, best.currency)}, fit {percent(round(fit, 3))}")
            for key, (name, cost, fit) in sets.items()
        ]
        if self._chosen() and self._chosen() not in sets:
            lines.append((self._chosen(), "Your own choice"))
        return [
            Choice(key, said, listed(names.get(option, option) for option in key.split(", ")))
            for key, said in lines
        ]

    def decided(self) -> dict[str, dict[str, Any]]:
        """Return the set that is chosen."""
        return {self._chosen(): {"decision": BUILDING[0].value}} if self._chosen() else {}

    def _put(self, choice: Choice, _verdict: str, plan: Plan) -> None:
        decide_set(self.session.framework, plan, choice.key, self._reason(plan))

    def _remove(self, _choice: Choice, plan: Plan) -> None:
        decide_set(self.session.framework, plan, [], self._reason(plan))

    def _reason(self, plan: Plan) -> str:
        return plan.row("rules")["chosen_reason"] or ""

    def show(self) -> None:
        """Show the sets as they are worked out now."""
        self.best.show()
        super().show()


def _decide(session: Session) -> list[fields.Part]:
    best, sure = _best(session), _sure(session)

    def note() -> str:
        found, certain = best.result(), sure.result()
        if not isinstance(found, BestSet):
            return ""
        certain = certain if isinstance(certain, Stability) else None
        framework, plan = session.framework, session.plan
        name = f"recommendation {certain is not None}"
        said = session.remember(name, lambda: recommendation(framework, plan, found, certain))
        decided = plan.rows("option_decisions", decision="chosen")
        said = said if decided else [OPEN, *said]
        return markup.heading("For those who decide") + "".join(map(markup.sentence, said))

    why = fields.Form(session, "rules", ["chosen_reason"])
    return [Sets(session, best), why, fields.Text(session, note)]


def _no_set(session: Session) -> list[str]:
    """Say so where no set is possible."""
    found = session.remembered(_under(session, BEST), *_OTHERS)
    empty = isinstance(found, BestSet) and found.chosen.empty
    return [fields.Lack(IMPOSSIBLE, "rules", "least_fit")] if empty else []


QUESTIONS = (
    *OFFERS,
    Question(
        "rules",
        "Rules",
        "Under which rules do you choose?",
        "Say first how well each block must be covered at least: what fits less is not chosen, "
        "however cheap. Leave a field empty where there is no limit. What each rule costs is shown "
        "next.",
        lambda session: [fields.Form(session, "rules", RULES), Binding(session)],
        waits=waits_for_blocks,
    ),
    Question(
        "best",
        "Best set",
        "What is the best set, and why?",
        "Every block is covered by what you have, by a product or by an own build, under your "
        "rules. The kit proves that no other set is better, or says that it could not.",
        lambda session: [_best(session)],
        missing=_no_set,
        waits=_waits,
    ),
    Question(
        "sure",
        "How sure",
        "How sure is it, when numbers are uncertain?",
        "Costs are drawn up to a fifth lower or higher and weights up to a half, again and again, "
        "and the best set is worked out each time. What stays in nine of ten sets is a safe "
        "choice. You may go on without it.",
        lambda session: [_sure(session)],
        waits=_waits,
    ),
    Question(
        "chosen",
        "Decide",
        "Which set do you build on?",
        "Take the best set, or another one where other reasons speak for it. Your plan keeps the "
        "choice with its reason, and the roadmap builds on it. You may leave it open.",
        _decide,
        waits=_waits,
    ),
)


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
    return Wizard(
        session,
        "Select: which building blocks, which products",
        QUESTIONS,
        ending="What you build on is there. Go on with the business case and the roadmap.",
    ).widget
