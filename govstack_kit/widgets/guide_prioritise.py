"""The guided part *prioritise*: which service to digitise first, by the country's own weights."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets

from govstack_kit.errors import ArgumentError
from govstack_kit.planning.prioritise import (
    default_criteria,
    prioritise_advice,
    prioritise_review,
    prioritise_stability,
)
from govstack_kit.planning.prioritise import prioritise as rank
from govstack_kit.planning.starting_points import steps_in
from govstack_kit.tables.package import text_of
from govstack_kit.widgets import fields, markup
from govstack_kit.widgets.choices import Choice, Choices, Verdict
from govstack_kit.widgets.markup import visible
from govstack_kit.widgets.wizard import Question, Wizard, has

if TYPE_CHECKING:
    from collections.abc import Callable

    from govstack_kit.planning.plan import Plan
    from govstack_kit.widgets.session import Session

WEIGHTS = (("0", "no"), ("0.5", "half"), ("1", "normal"), ("2", "double"), ("3", "three times"))
SCORES = tuple(Verdict(str(score), str(score), str(score)) for score in range(1, 6))
AXES = {
    "importance": "Importance: what there is to gain",
    "feasibility": "Feasibility: how easily it can be done",
}
RESTS_ON = ("candidates", "criteria", "candidate_scores")
NO_CANDIDATE = "Name the candidate services first: that is question 1."
DEMONSTRATION = (
    "You see the demonstration: published use cases with made-up scores. Change it, or start with "
    "a list of your own."
)


def _criteria(session: Session) -> list[dict[str, Any]]:
    return session.plan.rows("criteria") or default_criteria(session.framework)


def _own_criteria(session: Session, plan: Plan) -> None:
    """Give a plan the criteria of the playbook, if it has none."""
    if not plan.rows("criteria"):
        plan.add_rows({"criteria": default_criteria(session.framework)})


def _lines(session: Session) -> list[Choice]:
    """Return the criteria as lines, one axis beneath the other."""
    return [
        Choice(row["criterion"], row["name"], text_of(row["description"]), group=said)
        for axis, said in AXES.items()
        for row in _criteria(session)
        if row["kind"] == axis
    ]


class Criteria(Choices):
    """What is decided about each criterion: its weight, or the score of a candidate on it."""

    def decided(self) -> dict[str, dict[str, Any]]:
        """Return the scores of the candidate, or the weights, at first those of the playbook."""
        if self.owner:
            return super().decided()
        return {row["criterion"]: row for row in _criteria(self.session)}

    def _put(self, choice: Choice, verdict: str, plan: Plan) -> None:
        _own_criteria(self.session, plan)
        super()._put(choice, verdict, plan)

    def _remove(self, choice: Choice, plan: Plan) -> None:
        if self.owner:  # a score is taken back; a weight stays
            super()._remove(choice, plan)


def _weights(session: Session) -> list[fields.Part]:
    verdicts = [Verdict(value, word, word) for value, word in WEIGHTS]
    lines = partial(_lines, session)
    return [Criteria(session, "criteria", lines, column="weight", verdicts=verdicts, most=99)]


def _scores(session: Session) -> list[fields.Part]:
    """Return the scores of one candidate after the other."""

    def candidates() -> list[tuple[str, str]]:
        plan, of = session.plan, len(_criteria(session))
        scored = [s["candidate"] for s in plan.rows("candidate_scores") if s["score"] is not None]
        rows = [(row["name"], row["candidate"]) for row in plan.rows("candidates")]
        said = "{}. {} ({} of {} answered)"
        return [
            (said.format(place, name, scored.count(key), of), key)
            for place, (name, key) in enumerate(rows, start=1)
        ]

    def make(key: Callable[[], str]) -> list[fields.Part]:
        lines = partial(_lines, session)
        options: dict[str, Any] = {"column": "score", "verdicts": SCORES, "most": 99}
        return [Criteria(session, "candidate_scores", lines, owner=key, **options)]

    return [fields.OneOf(session, "Candidate", candidates, make)]


def _start_empty(session: Session) -> fields.Part:
    """Return the way from the demonstration to an empty list."""

    def start() -> None:
        session.change(
            "Start a list of candidates", lambda plan: _own_criteria(session, plan), fresh=True
        )

    said = ipywidgets.HTML(markup.sentence(DEMONSTRATION))
    part = fields.Actions(session, said, fields.button(session, "Start with an empty list", start))
    part.show = lambda: visible(part.widget, on=session.demonstrating)  # type: ignore[method-assign]
    return part


def _paste(plan: Plan, text: str) -> None:
    """Add the candidates of a pasted list that are not there yet."""
    known = {row["name"].casefold() for row in plan.rows("candidates")}
    found = [one._asdict() for one in steps_in(text) if one.name.casefold() not in known]
    if not found:
        raise ArgumentError("No new name was found in the list. Write one service a line.")
    plan.add_rows({"candidates": found})


def _candidates(session: Session) -> list[fields.Part]:
    title, hint = "Or paste a list, one service a line", "School fees\nBirth registration"
    return [
        _start_empty(session),
        fields.Rows(session, "candidates", ["name", "description", "note"]),
        fields.pasted(session, title, hint, "Add these candidates", _paste),
    ]


def _missing(part: str, table: str = "") -> Callable[[Session], list[str]]:
    """Ask for what one part of the ranking needs."""
    return lambda session: [
        fields.Lack(said, table)
        for said in prioritise_review(session.framework, session.plan, part)
    ]


def _ranked(session: Session) -> str:
    """Return the quadrants as a picture, and what would make the ranking better."""
    from govstack_kit.views import plot_quadrants  # noqa: PLC0415 - loads the figures

    framework, plan = session.framework, session.plan
    ranked = rank(framework, plan)
    figure, _axes = plot_quadrants(ranked, stability=prioritise_stability(framework, plan))
    advice = "".join(f"<li>{escape(one)}</li>" for one in prioritise_advice(framework, plan))
    better = (
        f'<div class="gsk-advice">You can go on; better still:<ul dir="auto">{advice}</ul></div>'
    )
    return markup.image(figure) + (better if advice else "")


def _waits(session: Session) -> str:
    return NO_CANDIDATE if session.plan.candidates.empty else ""


QUESTIONS = (
    Question(
        "candidates",
        "Candidates",
        "Which services might come first?",
        "Name the services that people use or ask for. The playbook recommends at least ten; with "
        "fewer you can go on just as well.",
        _candidates,
        missing=_missing("candidates", "candidates"),
        waits=lambda _session: "",
        answered=has("candidates"),
    ),
    Question(
        "weights",
        "Weights",
        "What counts for your country, and how much?",
        "These are the criteria of GovStack's playbook. Give more weight to what matters more.",
        _weights,
        missing=_missing("weights"),
        waits=lambda _session: "",
    ),
    Question(
        "scores",
        "Scores",
        "How does each service score?",
        "From 1 to 5; a higher score always speaks for doing it earlier. Leave open what you do "
        "not know: an open question is not a low score.",
        _scores,
        missing=_missing("scores"),
        waits=_waits,
        answered=has("candidate_scores"),
    ),
    Question(
        "ranking",
        "Result",
        "What comes first, and how sure is it?",
        "A: do first. B: important but hard. C: easy, of lower value. D: later. The picture also "
        "says how often a service stays where it is when the weights change by up to a half.",
        lambda session: [
            fields.Result(session, "quadrants", lambda: _ranked(session), str, tables=RESTS_ON)
        ],
        missing=_missing(""),
        waits=_waits,
    ),
)


def _table(session: Session) -> str:
    """Return the candidates as they are ranked now."""
    if session.plan.candidates.empty:
        return ""
    titles = ["name", "quadrant", "importance", "feasibility", "note"]
    ranked = rank(session.framework, session.plan)[titles]
    shown = ranked.rename(columns=str.capitalize).rename(columns={"Name": "Service"})
    return markup.table(shown, "What your plan says now")


def guide_prioritise(session: Session) -> ipywidgets.VBox:
    """Return the guided part that ranks candidate services.

    Parameters
    ----------
    session
        What :func:`govstack_kit.open_session` returns.

    Returns
    -------
    ipywidgets.VBox
        The questions; every answer is saved in the plan at once.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> session = gk.open_session("nowhere/plan")
    >>> gk.guide_prioritise(session)
    Guided part “Prioritise: which service first?”. Run this cell to open it.
    """
    return Wizard(
        session,
        "Prioritise: which service first?",
        QUESTIONS,
        beneath=_table,
        ending="The candidates are ranked. Go on with the part “Define” for the one you choose.",
    ).widget
