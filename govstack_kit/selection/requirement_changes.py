"""What newer tables change about the requirements that a plan decided on or has answers to.

Definitions
-----------
A decision or answer keeps what the requirement *said*: its title, and the fingerprint of its text.
When the plan meets other tables, a requirement has *changed* where its identifier stands beside
another text, is *gone* where its identifier is not there any more, and is *new* where the team
decided about its building block before it was there. What changed or went counts as not decided and
not answered; nothing of it is lost, and nothing is attached to another requirement by itself.

The *successor* that is proposed has the same text under another identifier; else it is the one of
the same building block whose title is most alike, if at least two fifths of their words agree; else
what has the identifier now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit.errors import known
from govstack_kit.planning.plan import DECLARED
from govstack_kit.selection.needs import published, remembered, see, still_said
from govstack_kit.words import count, likeness

if TYPE_CHECKING:
    from collections.abc import Mapping

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan

CHANGED, GONE, NEW = "changed", "gone", "new"
SAID = {"requirement_decisions": "decision", "answers": "answer"}
_SUCCESSOR = ["successor", "successor_title", "same_text"]
_COLUMNS = ["change", "requirement", "title", "said", *_SUCCESSOR]
_ALIKE = 0.4


def requirement_changes(framework: Framework, plan: Plan) -> pd.DataFrame:
    """Return what is not as it was when the team decided about requirements or got answers.

    Parameters
    ----------
    framework, plan
        The tables, perhaps newer than those that the plan was made with, and the plan.

    Returns
    -------
    pandas.DataFrame
        One row a requirement: ``change`` (changed, gone or new); ``requirement``; ``title``, as it
        was; ``said``, the decisions and answers that it has; ``successor`` and ``successor_title``,
        the likely one, empty where none is; ``same_text``, whether its text is the same.

    Examples
    --------
    >>> import govstack_kit
    >>> framework, plan = govstack_kit.load(), govstack_kit.Plan.new(title="Payments")
    >>> _ = plan.add("requirement_decisions", requirement="payments:0a1b2c3d", decision="later",
    ...              fingerprint="0a1b2c3d4e5f", said="Print vouchers with a date")
    >>> found = requirement_changes(framework, plan).iloc[0]
    >>> found[["change", "said"]].tolist()
    ['gone', 'later']
    >>> sentence(requirement_changes(framework, plan))
    '1 requirement that this plan decided on or has answers to changed or went. ...'
    """
    now = published(framework).set_index("requirement", drop=False)
    found: dict[str, dict[str, Any]] = {}
    for table, column in SAID.items():
        frame = getattr(plan, table)
        for row in frame[~still_said(framework, frame)].to_dict("records"):
            key = row["requirement"]
            change = CHANGED if key in now.index else GONE
            title = "" if pd.isna(row["said"]) else row["said"]
            about = found.setdefault(key, {"change": change, "requirement": key, "title": title})
            about["said"] = "; ".join(filter(None, [about.get("said"), row[column]]))
            about |= _successor(now, key, title, row["fingerprint"])
    for row in plan.rows("known_requirements"):
        before = {f"{row['block']}:{mark}" for mark in row["requirements"].split()}
        mine = now[now["requirement"].str.split(":").str[0] == row["block"]]
        taken = {about.get("successor") for about in found.values()}
        for key, title in zip(mine["requirement"], mine["title"], strict=True):
            if key not in before | taken:
                found[key] = {"change": NEW, "requirement": key, "title": title}
    empty = dict.fromkeys(_COLUMNS, "") | {"same_text": False}
    return pd.DataFrame([empty | about for about in found.values()], columns=_COLUMNS)


def _successor(now: pd.DataFrame, key: str, title: str, mark: str) -> dict[str, Any]:
    """Return the likely successor of a requirement, by its text, else by its title."""
    mine = now[now["requirement"].str.split(":").str[0] == key.partition(":")[0]]
    alike = mine["title"].map(lambda other: likeness(title, other)).astype("float64")
    alike = alike.mask(mine["requirement"] == key, alike.clip(lower=_ALIKE))
    alike = alike.mask(mine["fingerprint"] == mark, 2.0).sort_values(ascending=False, kind="stable")
    if alike.empty or alike.iloc[0] < _ALIKE:
        return {}
    first = mine.loc[alike.index[0]]
    values = *first[["requirement", "title"]], first["fingerprint"] == mark
    return dict(zip(_SUCCESSOR, values, strict=True))


def sentence(changes: pd.DataFrame) -> str:
    """Say in a sentence what :func:`requirement_changes` found; empty if nothing."""
    new = int((changes["change"] == NEW).sum())
    said = []
    if other := len(changes) - new:
        said.append(
            f"{count(other, 'requirement')} that this plan decided on or has answers to changed or "
            "went. What the team said waits in the plan, and counts again once it follows."
        )
    if new:
        said.append(f"{count(new, 'requirement')} came new into blocks that were decided on.")
    return " ".join(said)


def carry_over(
    framework: Framework, plan: Plan, successors: Mapping[str, str] | None = None
) -> None:
    """Let decisions and answers follow requirements, and take what is new as seen.

    Parameters
    ----------
    framework, plan
        The tables and the plan.
    successors
        For each requirement that changed or is gone, the one that it lives on as; its own key
        where the team's word holds for the new text too. What is not named stays as it is. Without
        it, all whose text is the same.

    Raises
    ------
    UnknownKeyError
        If a successor is no requirement.
    """
    if successors is None:
        changes = requirement_changes(framework, plan).query("same_text")
        successors = dict(zip(changes["requirement"], changes["successor"], strict=True))
    there = {*published(framework)["requirement"]}
    known(successors.values(), there, "requirement", "selection.requirements(framework, plan)")
    with plan.change("Follow requirements into newer tables"):
        for table in SAID:
            frame = getattr(plan, table).copy()
            _move(frame, list(DECLARED[table].key), successors, ~still_said(framework, frame))
            plan.replace(table, remembered(framework, frame))
        blocks = plan.known_requirements["block"].tolist()
        plan.replace("known_requirements", plan.known_requirements.iloc[:0])
        see(framework, plan, blocks)


def _move(
    frame: pd.DataFrame, keys: list[str], successors: Mapping[str, str], waits: pd.Series[bool]
) -> None:
    """Let waiting rows go to their successors, in place; where one stands there already they stay.

    A row that waits where another one goes is called by the text that it was about.
    """
    old, moves = frame["requirement"].copy(), waits & frame["requirement"].isin(successors)
    there = old.map(successors)
    aside = waits & ~moves & old.isin(there[moves]) & frame["fingerprint"].notna()
    by_text = old.str.split(":").str[0] + ":" + frame["fingerprint"].str[:8]
    clash = moves
    while clash.any():
        frame["requirement"] = old.mask(aside, by_text).mask(moves, there)
        clash = moves & frame.duplicated(keys, keep=False)
        moves &= ~clash
    frame.loc[moves, ["fingerprint", "said"]] = None
