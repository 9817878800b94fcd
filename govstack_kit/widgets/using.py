"""What the services of the plan use of each building block, as the guided part shows it.

Definitions
-----------
A *part* of a block is a capability, as :mod:`govstack_kit.selection.capabilities` defines it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit.widgets import parts
from govstack_kit.widgets.results import NEEDS, REQUIREMENTS, remembered

if TYPE_CHECKING:
    from govstack_kit.widgets.models import Session

NOT_SEEN = "not seen in use"
USES = {
    "seen in use": "Seen in use",
    "always": "Always needed",
    NOT_SEEN: "Not seen in use",
}
INFERRED = (
    "Nobody publishes which service uses what. The kit infers it from the words, workflows and "
    "blocks of your steps: judge for yourself."
)
UNREAD = (
    "The kit reads English words only, and knows few of the words in your steps. So “not seen in "
    "use” means little here: only your workflows, and building blocks that are used together, "
    "count. Decide as a team what your services use."
)


def unread(session: Session) -> bool:
    """Return whether the steps of the plan are hardly in English, so that use is hardly seen."""
    from govstack_kit.selection._reading import hardly_read  # noqa: PLC0415 - with its tables

    return remembered(
        session, "hardly read", NEEDS, lambda: hardly_read(session.framework, session.plan)
    )


def capable(session: Session) -> pd.DataFrame:
    """Return the parts of the building blocks that the plan needs, with their use."""
    from govstack_kit.selection.capabilities import capabilities  # noqa: PLC0415 - with its tables

    return remembered(
        session,
        "capabilities",
        REQUIREMENTS,
        lambda: capabilities(session.framework, session.plan),
    )


def in_order(table: pd.DataFrame, capabilities: list[str]) -> pd.DataFrame:
    """Return requirements in the order of the parts that they belong to; own ones come last."""
    place = {capability: number for number, capability in enumerate(capabilities)}
    places = table["capability"].map(place).fillna(len(place))
    return table.iloc[places.argsort(kind="stable")]


def part_line(row: dict[Any, Any]) -> str:
    """Return a part of a block as a line of a list."""
    return f"{row['title']} ({row['requirements']}): {USES[row['use']].lower()}"


def parts_table(table: pd.DataFrame, name: str) -> str:
    """Return what was seen in use of a block, and by which evidence, as HTML."""
    of_steps = table["steps"], table["evidence"]
    frame = pd.DataFrame(
        {
            "Part": table["title"],
            "Use": table["use"].map(USES),
            "Steps": [str(steps) if why else "" for steps, why in zip(*of_steps, strict=True)],
            "Evidence": table["evidence"],
            "Requirements": table["requirements"],
            "Required": table["required"],
            "Needed": table["needed"],
        }
    )
    return parts.table(frame, f"What your services use of {name} (inferred, not published)")
