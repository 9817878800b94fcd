"""What the plan says now, beneath the questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.planning.names import names_of
from govstack_kit.widgets import parts

if TYPE_CHECKING:
    from govstack_kit.planning.model import Layer, Step
    from govstack_kit.planning.names import Names
    from govstack_kit.widgets.models import Session

LAYERS: tuple[Layer, ...] = ("workflow", "building_block")
SAID = {"workflow": "Workflow", "building_block": "Building block", "target": "SDG target"}


def needs(step: Step, layer: Layer, names: Names) -> list[str]:
    """Return the names of what a step needs: what was accepted, and the team's own words."""
    keys = step.accepted(layer)
    keys += [word.key for word in step.own_words if word.kind == layer and word.key]
    turned_down = {choice.key for choice in step.choices(layer) if not choice.accepted}
    printed = {choice.key: choice.printed for choice in step.choices(layer) if choice.printed}
    found = [
        printed.get(key, key) if names.name(layer, key) == key else names.name(layer, key)
        for key in dict.fromkeys(keys)
        if key not in turned_down
    ]
    words = [word for word in step.own_words if word.kind == layer and word.sector_specific]
    return [*found, *(f"{word.words} (own)" for word in words if not word.key)]


def steps_with_needs(session: Session) -> str:
    """Return a table of the steps with what they need, as HTML."""
    case = session.use_case
    if case is None:
        return ""
    names = names_of(session.framework)
    rows = [
        (order, step.name, *("; ".join(needs(step, la, names)) or "none yet" for la in LAYERS))
        for order, step in enumerate(case.steps, start=1)
    ]
    frame = pd.DataFrame(rows, columns=["Step", "Name", "Workflows", "Building blocks"])
    return parts.table(frame, f"What your plan says now: {case.name}", empty="No steps yet.")
