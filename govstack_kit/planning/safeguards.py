"""Who could be harmed or left out, and what must be in place: the questions, and the answers.

Definitions
-----------
A question *concerns* a plan if it is about any service, or about a building block that was accepted
for one of its services; a block of 2019 counts as the GovStack block that does the same. Its
*state* is *met* (answered yes), *unmet* (no, or partly), *not for us*, or *open* while nobody has
answered. What is open or unmet is a *risk*. The choice of questions and their phases are the kit's
own judgement; each names the publication that it goes back to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.errors import one_of
from govstack_kit.framework.framework import check
from govstack_kit.framework.questions import counterparts
from govstack_kit.words import count, listed

if TYPE_CHECKING:
    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan

PHASES = ("define", "align", "map", "select", "roadmap")
STATES = {"yes": "met", "partly": "unmet", "no": "unmet", "not for us": "not for us"}


def blocks_of(framework: Framework, plan: Plan) -> set[str]:
    """Return the building blocks that were accepted for the services of a plan, as they count.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.demonstration()
    >>> "govstack:payments" in blocks_of(govstack_kit.load(), plan)
    True
    """
    tables = [plan.step_building_blocks, plan.use_case_building_blocks]
    same, found = counterparts(framework), pd.concat(tables).query("status == 'accepted'")
    return {block for key in found["building_block"] for block in same.get(key, [key])}


def safeguards(framework: Framework, plan: Plan, *, phase: str | None = None) -> pd.DataFrame:
    """Return the questions on safeguards and readiness that concern a plan, with its answers.

    Parameters
    ----------
    framework, plan
        The tables, and the plan with its ``safeguard_answers``.
    phase
        Only those of one phase: define, align, map, select or roadmap.

    Returns
    -------
    pandas.DataFrame
        As ``framework.safeguards``, in their order, with ``answer``, ``owner``, ``date`` and
        ``answer_note`` of the plan, and ``state``: met, unmet, not for us or open.

    Raises
    ------
    ArgumentError
        If there is no such phase.

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.new(title="School meals")
    >>> _ = plan.add("safeguard_answers", safeguard="dpi-f3", answer="no", owner="Head of meals")
    >>> found = safeguards(framework, plan, phase="define").set_index("safeguard")
    >>> found.loc["dpi-f3", "state"], found.loc["dpi-f1", "state"]
    ('unmet', 'open')
    """
    about = check(framework).safeguards["building_block"]
    mine = framework.safeguards[about.isna() | about.isin(blocks_of(framework, plan))]
    if phase is not None:
        mine = mine[mine["phase"] == one_of(phase, PHASES, "phase")]
    answers = plan.safeguard_answers.rename(columns={"note": "answer_note"})
    found = mine.merge(answers, on="safeguard", how="left")
    found["state"] = found["answer"].map(STATES).fillna("open").astype("str")
    return found


def risks(framework: Framework, plan: Plan) -> pd.DataFrame:
    """Return the questions that are open or unmet, those that are unmet first.

    Examples
    --------
    >>> import govstack_kit
    >>> found = risks(govstack_kit.load(), govstack_kit.Plan.new(title="School meals"))
    >>> found["state"].unique().tolist()
    ['open']
    """
    found = safeguards(framework, plan)
    found = found[found["state"].isin(["open", "unmet"])]
    return found.sort_values("state", ascending=False, kind="stable", ignore_index=True)


def told(found: pd.DataFrame) -> list[str]:
    """Return risks in sentences: each that is unmet, and how many are open in which phase.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="School meals")
    >>> told(risks(govstack_kit.load(), plan))[0][:44]
    'Risk: 46 questions on safeguards and readine'
    """
    unmet = found[found["state"] == "unmet"].fillna("")
    said = [
        f"Risk, {'only partly' if row['answer'] == 'partly' else 'not'} met: {row['name']}"
        f"{' (' + row['owner'] + ')' if row['owner'] else ''}. {row['answer_note']}".strip()
        for row in unmet.to_dict("records")
    ]
    open_ = found.loc[found["state"] == "open", "phase"].value_counts()
    if len(open_):
        where = listed(f"{open_[p]} of {p.capitalize()}" for p in PHASES if p in open_)
        number = count(int(open_.sum()), "question")
        said.append(f"Risk: {number} on safeguards and readiness have no answer yet: {where}.")
    return said
