"""The guided part *costs*: what the services cost alone, and what they cost when they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.errors import PlanError
from govstack_kit.selection.business_case import (
    COMPONENTS,
    business_case,
    business_case_tornado,
    reference_costs,
    shared_blocks,
)
from govstack_kit.views import made_up_note
from govstack_kit.widgets import fields, markup
from govstack_kit.widgets.wizard import Question, Wizard, has
from govstack_kit.words import amount, money, percent

if TYPE_CHECKING:
    import ipywidgets

    from govstack_kit.selection.business_case import BusinessCase
    from govstack_kit.widgets.session import Session

NO_PROJECT = "Name the projects first: that is question 1."
FROM_SELECT = (
    "You named no project, so each service counts as one, at the costs of the options that you "
    "chose in Select, or else of the best set. Alone it pays for all options that it uses; shared, "
    "each option is paid once. Name projects only if you want to compare other costs."
)


def _set_counts(session: Session) -> bool:
    """Return whether the costs of Select stand in for projects."""
    return session.plan.projects.empty and not session.plan.options.empty


def _about_projects(session: Session) -> str:
    note = made_up_note(session.plan, "business_case")
    return markup.marked(note) + markup.sentence(FROM_SELECT if _set_counts(session) else "")


def _others(session: Session) -> str:
    """Return what others paid, folded: it is for comparison and enters nothing."""
    found = reference_costs(session.framework, session.plan)
    titles = {"name": "What", "kind": "Kind of cost", "figure": "Figure", "unit": "For"}
    titles |= {"year": "Prices of", "country": "Country", "title": "Source", "licence": "Licence"}
    titles |= {"hand": "Read", "caveat": "Keep in mind"}
    ends = [[amount(v) if pd.notna(v) else "" for v in found[name]] for name in ("low", "high")]
    pairs = zip(*ends, found["currency"].fillna(""), strict=True)
    figures = [f"{' to '.join(dict.fromkeys(filter(None, (a, b))))} {c}" for a, b, c in pairs]
    hand = found["second_hand"].map({True: "second hand", False: "at first hand"})
    shown = found.assign(figure=figures, hand=hand)[list(titles)].fillna("")
    caption = "What others paid or planned. Never your own costs: nothing of it is counted."
    body = markup.table(shown.rename(columns=titles), caption)
    return f"<details><summary>What others paid, to compare</summary>{body}</details>"


def _projects_missing(session: Session) -> list[str]:
    """Ask for one project with a cost, where Select has none."""
    known = session.plan.projects[list(COMPONENTS)].notna().any(axis=None)
    if known or _set_counts(session):
        return []
    return [fields.Lack("Name at least one project, and what it costs.", "projects", "build_cost")]


def _overlap(session: Session) -> tuple[float | None, str]:
    """Return the overlap that follows from the services of the plan, and that in words."""

    def count() -> tuple[float | None, str]:
        try:
            share, said = shared_blocks(session.framework, session.plan)
        except PlanError as error:
            return None, str(error)
        return share, f"Left empty, it counts as {percent(share)}, {said}."

    return session.remember("shared blocks", count)


def _about_overlap(session: Session) -> str:
    if _set_counts(session):
        return markup.sentence("What your services share follows from their options.")
    return markup.sentence(_overlap(session)[1])


def _overlap_missing(session: Session) -> list[str]:
    """Ask for an overlap where none can be counted."""
    given = session.plan.row("business_case")["overlap"]
    if given is not None or _set_counts(session) or _overlap(session)[0] is not None:
        return []
    said = "Write how much the projects have in common, from 0 to 100 per cent."
    return [fields.Lack(said, "business_case", "overlap")]


def _waits(session: Session) -> str:
    """Wait for projects, or options in their place."""
    return NO_PROJECT if session.plan.projects.empty and not _set_counts(session) else ""


def _numbers(frame: pd.DataFrame, titles: dict[str, str], caption: str) -> str:
    """Return some columns of a table as HTML, money in groups and shares in per cent."""
    shown = frame[list(titles)].copy()
    for name in shown.columns.intersection(["alone", "shared", "saving"]):
        shown[name] = [amount(value) for value in frame[name]]
    if "share" in shown:
        shown["share"] = [percent(value) for value in frame["share"]]
    return markup.table(shown.rename(columns=titles), caption, look="gsk-numbers")


def _compared(session: Session, found: BusinessCase) -> str:
    """Return what was compared, in words, as a picture and as tables."""
    note, said = made_up_note(session.plan, "business_case", "options"), found.sentences()
    against = {"alone": "Alone", "shared": "Shared", "saving": "Saved", "share": "Share saved"}
    tables = (
        (found.summary, {"quantity": "What", **against, "unit": "Unit"}, "Alone against shared"),
        (found.components, {"name": "Cost", "paid": "Paid", **against}, "By kind of cost"),
        (found.projects, {"name": "Project", **against}, "By project"),
    )
    return (
        markup.marked(note)
        + "".join(map(markup.sentence, said))
        + markup.image(found.figure(note=note)[0])
        + "".join(_numbers(*table) for table in tables)
    )


def _what_matters(session: Session, found: pd.DataFrame) -> str:
    """Return which numbers matter most, as a picture and as a table."""
    from govstack_kit.views import plot_tornado  # noqa: PLC0415 - loads the figures

    note = made_up_note(session.plan, "business_case", "options")
    currency = session.plan.row("business_case")["currency"]
    titles = {
        "input": "Number",
        "saving_at_low": "Saving if lower",
        "saving": "Saving as it is",
        "saving_at_high": "Saving if higher",
    }
    shown = found[list(titles)].astype(object)
    for name in ("saving_at_low", "saving", "saving_at_high"):
        shown[name] = [money(value, currency) for value in found[name]]
    return (
        markup.marked(note)
        + markup.image(plot_tornado(found, note=note)[0])
        + markup.table(shown.rename(columns=titles), "How the saving changes", look="gsk-numbers")
    )


QUESTIONS = (
    Question(
        "projects",
        "Projects",
        "Which projects are planned, at what cost?",
        "One project for each service, with what it would cost if it built everything alone. Leave "
        "empty what nobody knows: it is never taken for zero.",
        lambda session: [
            fields.Text(session, lambda: _about_projects(session)),
            fields.Rows(session, "projects"),
            fields.Text(session, lambda: _others(session)),
        ],
        missing=_projects_missing,
        waits=lambda _session: "",
        answered=has("projects"),
    ),
    Question(
        "scale",
        "Overlap and scale",
        "How much do they have in common?",
        "The overlap is the share of what a project does that the others do as well: that part can "
        "be built once. Leave it empty, and it is counted from the blocks of your services.",
        lambda session: [
            fields.Text(session, lambda: _about_overlap(session)),
            fields.Form(session, "business_case"),
        ],
        missing=_overlap_missing,
        waits=_waits,
    ),
    Question(
        "outcome",
        "Alone or shared",
        "What does it cost alone, and what shared?",
        "Over all years together. A project that lacks a cost which others have is left out.",
        lambda session: [
            fields.Result(
                session,
                "business case",
                lambda: business_case(session.framework, session.plan),
                lambda found: _compared(session, found),
            )
        ],
        waits=_waits,
    ),
    Question(
        "matters",
        "What matters",
        "Which numbers matter most?",
        "Each number alone is made 30 per cent lower and higher. Be surest of those at the top; "
        "those at the bottom hardly change the decision.",
        lambda session: [
            fields.Result(
                session,
                "tornado",
                lambda: business_case_tornado(session.framework, session.plan),
                lambda found: _what_matters(session, found),
            )
        ],
        waits=_waits,
    ),
)


def guide_costs(session: Session) -> ipywidgets.VBox:
    """Return the guided part that compares the costs of building alone and of sharing.

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
    >>> len(guide_costs(gk.open_session("nowhere/plan")).children) > 0
    True
    """
    return Wizard(
        session,
        "Business case: alone or shared?",
        QUESTIONS,
        ending="The business case is made. Go on with the roadmap.",
    ).widget
