"""The line on a figure that says what in it is made up, because figures are copied into slides.

Definitions
-----------
A part of a plan is *made up* while its text begins with "Illustration" or its name says so in
brackets, as those of the demonstration do, also in a team's own copy, until the team changes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from govstack_kit.planning.model import PlanData

# What a list of the plan brings into a figure.
WORDS = {"systems": "systems", "options": "costs and fits", "phases": "phases"}
CASE = "business_case"
_CASES = {"Illustration": "Made-up", "Hypothetical": "Hypothetical"}  # how a note begins


def is_made_up(part: object) -> bool:
    """Return whether a part of a plan is an illustration that no team has made its own.

    Examples
    --------
    >>> from govstack_kit.planning.selected import System
    >>> is_made_up(System(id="till", name="Till", description="Illustration only."))
    True
    >>> is_made_up(System(id="till", name="Till"))
    False
    """
    texts = (str(getattr(part, name, "")) for name in ("description", "note"))
    return any(text.startswith("Illustration") for text in texts) or (
        "(illustration)" in str(getattr(part, "name", ""))
    )


def made_up(plan: PlanData, *parts: str) -> str:
    """Return the line for a figure that says what in it is made up; nothing if nothing is.

    Parameters
    ----------
    plan
        The plan that the figure is drawn from.
    *parts
        The parts of the plan that the figure rests on: ``systems``, ``options``, ``phases`` or
        ``business_case``. Without any, all of them.

    Returns
    -------
    str
        For the `note` of a figure.

    Examples
    --------
    >>> import govstack_kit
    >>> from govstack_kit.planning.selected import Option
    >>> plan = govstack_kit.Plan.new(title="Advice for farmers")
    >>> plan.options = [Option(id="hub", name="Hub", note="Illustration only.")]
    >>> made_up(plan, "options")
    'Made-up costs and fits, for practice'
    >>> made_up(plan, "systems")
    ''
    """
    if parts == (CASE,):
        note = plan.business_case.note
        word = next((said for start, said in _CASES.items() if note.startswith(start)), "")
        return f"{word} costs, for practice" if word else ""
    lists = {name: getattr(plan, name) for name in WORDS if name in (parts or WORDS)}
    marked = {name: sum(map(is_made_up, found)) for name, found in lists.items()}
    said = [WORDS[name] for name, number in marked.items() if number]
    if not said:
        return made_up(plan, CASE) if not parts or CASE in parts else ""
    whole = all(marked[name] in (0, len(found)) for name, found in lists.items())
    return f"{'Made-up' if whole else 'Partly made-up'} {', '.join(said)}, for practice"
