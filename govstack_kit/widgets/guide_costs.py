"""The guided part *costs*: what the services cost alone, and what they cost when they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govstack_kit.errors import PlanError
from govstack_kit.selection.business_case import (
    COMPONENTS,
    business_case,
    business_case_tornado,
    shared_blocks,
)
from govstack_kit.widgets import fields, markup
from govstack_kit.widgets.wizard import Guide
from govstack_kit.words import percent

if TYPE_CHECKING:
    import ipywidgets
    import pandas as pd

    from govstack_kit.widgets.session import Session

GUIDE = Guide("costs")
SAID = GUIDE.said


def _set_counts(session: Session) -> bool:
    """Return whether the costs of Select stand in for projects."""
    return session.plan.projects.empty and not session.plan.options.empty


def about_projects(session: Session) -> str:
    """Say what counts where no project is named."""
    return markup.sentence(SAID["from select"] if _set_counts(session) else "")


def no_costs(session: Session) -> list[str]:
    """Ask for one project with a cost, where Select has none."""
    known = session.plan.projects[list(COMPONENTS)].notna().any(axis=None)
    if known or _set_counts(session):
        return []
    return [fields.Lack(SAID["no costs"], "projects", "build_cost")]


def _overlap(session: Session) -> tuple[float | None, str]:
    """Return the overlap that follows from the services of the plan, and that in words."""
    try:
        share, said = session.ask(shared_blocks)
    except PlanError as error:
        return None, str(error)
    return share, SAID["overlap"].format(share=percent(share), said=said)


def about_overlap(session: Session) -> str:
    """Say what the overlap is where nobody says it."""
    said = SAID["from options"] if _set_counts(session) else _overlap(session)[1]
    return markup.sentence(said)


def no_overlap(session: Session) -> list[str]:
    """Ask for an overlap where none can be counted."""
    given = session.plan.row("business_case")["overlap"]
    if given is not None or _set_counts(session) or _overlap(session)[0] is not None:
        return []
    return [fields.Lack(SAID["no overlap"], "business_case", "overlap")]


def no_project(session: Session) -> list[str]:
    """Wait for projects, or options in their place."""
    none = session.plan.projects.empty and not _set_counts(session)
    return [SAID["no project"]] if none else []


def tornado(session: Session, found: pd.DataFrame) -> str:
    """Return which numbers matter most, as a picture and as a table."""
    from govstack_kit.views import plot_tornado  # noqa: PLC0415 - loads the figures

    note = GUIDE.note(session)
    currency = session.plan.row("business_case")["currency"]
    return (
        markup.marked(note)
        + markup.image(plot_tornado(found, note=note)[0])
        + GUIDE.table("tornado", found, currency=currency)
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
        The questions; every answer is saved in the plan at once.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> len(guide_costs(gk.open_session("nowhere/plan")).children) > 0
    True
    """
    return GUIDE.open(session)


GUIDE.uses(about_projects, no_costs, about_overlap, no_overlap, no_project)
GUIDE.uses(business_case, business_case_tornado, tornado)
