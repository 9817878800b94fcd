"""The guided part *prioritise*: which service to digitise first, by the country's own weights."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from govstack_kit.errors import ArgumentError
from govstack_kit.planning.prioritise import (
    default_criteria,
    prioritise,
    prioritise_advice,
    prioritise_review,
    prioritise_stability,
)
from govstack_kit.planning.starting_points import steps_in
from govstack_kit.tables.package import text_of
from govstack_kit.widgets import fields, markup
from govstack_kit.widgets.choices import Choice, Choices, Place
from govstack_kit.widgets.wizard import Guide

if TYPE_CHECKING:
    from collections.abc import Callable

    import ipywidgets
    import pandas as pd

    from govstack_kit.planning.plan import Plan
    from govstack_kit.widgets.session import Session

GUIDE = Guide("prioritise")
SAID = GUIDE.said


def is_demonstration(session: Session) -> bool:
    """Return whether the demonstration is shown."""
    return session.demonstrating


def _criteria(session: Session) -> list[dict[str, Any]]:
    """Return the criteria, at first those of the playbook."""
    return session.plan.rows("criteria") or default_criteria(session.framework)


def _own_criteria(session: Session, plan: Plan) -> None:
    """Give a plan the criteria of the playbook, if it has none."""
    if not plan.rows("criteria"):
        plan.add_rows({"criteria": default_criteria(session.framework)})


def start_empty(session: Session) -> None:
    """Go from the demonstration to an empty list."""
    session.change("Start a list of candidates", partial(_own_criteria, session), fresh=True)


def add_candidates(_session: Session, plan: Plan, text: str) -> None:
    """Add the candidates of a pasted list that are not there yet."""
    known = {row["name"].casefold() for row in plan.rows("candidates")}
    found = [one._asdict() for one in steps_in(text) if one.name.casefold() not in known]
    if not found:
        raise ArgumentError(SAID["no new name"])
    plan.add_rows({"candidates": found})


def _lack(session: Session, part: str, table: str = "") -> list[str]:
    framework, plan = session.framework, session.plan
    return [fields.Lack(said, table) for said in prioritise_review(framework, plan, part)]


def lacks_candidates(session: Session) -> list[str]:
    """Ask for candidates to compare."""
    return _lack(session, "candidates", "candidates")


def lacks_weights(session: Session) -> list[str]:
    """Ask for weights above 0."""
    return _lack(session, "weights")


def lacks_scores(session: Session) -> list[str]:
    """Ask for enough answers."""
    return _lack(session, "scores")


def lacks_ranking(session: Session) -> list[str]:
    """Ask for all that a ranking needs."""
    return _lack(session, "")


class Criteria(Choices):
    """What is decided about each criterion: its weight, or the score of a candidate on it."""

    def lines(self) -> list[Choice]:
        """Return the criteria as lines, one axis beneath the other."""
        return [
            Choice(row["criterion"], row["name"], text_of(row["description"]), group=SAID[axis])
            for axis in ("importance", "feasibility")
            for row in _criteria(self.session)
            if row["kind"] == axis
        ]

    def decided(self) -> dict[Place, dict[str, Any]]:
        """Return the scores of the candidate, or the weights."""
        if self.owner:
            return super().decided()
        return {("criteria", row["criterion"]): row for row in _criteria(self.session)}

    def decide(self, choice: Choice, verdict: str, plan: Plan) -> None:
        """Write a weight or a score; a score is taken back, a weight stays."""
        _own_criteria(self.session, plan)
        if verdict or self.owner:
            super().decide(choice, verdict, plan)


def weights(session: Session) -> fields.Part:
    """Return the criteria with their weights."""
    return Criteria(session, "criteria", column="weight", verdicts="weight", most=99)


def scores(session: Session) -> fields.Part:
    """Return the scores of one candidate after the other."""

    def scoring(key: Callable[[], str]) -> list[Criteria]:
        about: dict[str, Any] = {"column": "score", "verdicts": "score", "most": 99}
        return [Criteria(session, "candidate_scores", owner=key, **about)]

    def candidates() -> list[tuple[str, str]]:
        plan, of = session.plan, len(_criteria(session))
        scored = [s["candidate"] for s in plan.rows("candidate_scores") if s["score"] is not None]
        return [
            (SAID["candidate"].format(place=n, scored=scored.count(key), of=of, name=name), key)
            for n, (key, name) in enumerate(session.names("candidates").items(), start=1)
        ]

    return fields.OneOf(session, "Candidate", candidates, scoring)


def quadrants(session: Session, ranked: pd.DataFrame) -> str:
    """Return the quadrants as a picture, and what would make the ranking better."""
    from govstack_kit.views import plot_quadrants  # noqa: PLC0415 - loads the figures

    framework, plan = session.framework, session.plan
    figure, _axes = plot_quadrants(ranked, stability=prioritise_stability(framework, plan))
    advice = markup.bullets(prioritise_advice(framework, plan))
    better = f'<div class="gsk-advice">{escape(SAID["better"])}{advice}</div>' if advice else ""
    return markup.image(figure) + better


def ranking_now(session: Session) -> str:
    """Return the candidates as they are ranked now."""
    if session.plan.candidates.empty:
        return ""
    return GUIDE.table("ranking_now", prioritise(session.framework, session.plan))


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
    return GUIDE.open(session)


GUIDE.uses(is_demonstration, start_empty, add_candidates, lacks_candidates, lacks_weights, weights)
GUIDE.uses(lacks_scores, scores, lacks_ranking, prioritise, quadrants, ranking_now)
