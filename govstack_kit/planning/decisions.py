"""What a plan has accepted and turned down for its use cases and their steps.

Definitions
-----------
An *owner* is a step, or a use case as a whole. An own word that is mapped to a workflow or building
block counts as accepted, unless the same was turned down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from govstack_kit.planning.names import LAYERS

if TYPE_CHECKING:
    from govstack_kit.planning.plan import Plan


class Owner(NamedTuple):
    """A step, or a use case as a whole, with what is decided for it.

    Attributes
    ----------
    use_case, step : str
        Their keys; ``step`` is empty for the use case as a whole.
    order : int
        The place of the step, from 1; 0 for the use case as a whole.
    name, description, text : str
        How it is called, what happens in it, and that with what shall be different.
    accepted : dict
        By layer, the accepted keys, each once, in their order.
    rejected : dict
        By layer, the keys that were turned down.
    own_words : list
        The rows of the table ``own_words``.
    """

    use_case: str
    step: str
    order: int
    name: str
    description: str
    text: str
    accepted: dict[str, list[str]]
    rejected: dict[str, set[str]]
    own_words: list[dict[str, Any]]

    @property
    def kind(self) -> str:
        """What it is: ``step`` or ``use_case``, as its tables begin (``step_workflows``)."""
        return "step" if self.step else "use_case"

    @property
    def key(self) -> str:
        """Its key in the plan."""
        return self.step or self.use_case


def owners(plan: Plan, use_case: str | None = None) -> list[Owner]:
    """Return a use case as a whole and then its steps; without one named, those of all.

    Raises
    ------
    UnknownKeyError
        If the plan has no such use case.

    Examples
    --------
    >>> from govstack_kit.planning.plan import Plan
    >>> whole, first, *_ = owners(Plan.demonstration())
    >>> whole.use_case, whole.name
    ('rural-advisory-service-for-farmers', 'Rural Advisory Service for Farmers')
    >>> first.order, first.accepted["building_block"][:2]
    (1, ['govstack:messaging', 'govstack:scheduler'])
    """
    where = {} if use_case is None else {"use_case": use_case}
    cases = plan.rows("use_cases") if use_case is None else [plan.row("use_cases", use_case)]
    steps: dict[str, list[dict[str, Any]]] = {}
    for row in plan.rows("steps", **where):
        steps.setdefault(row["use_case"], []).append(row)
    links: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for kind in ("use_case", "step"):
        for layer in LAYERS:
            for row in plan.rows(f"{kind}_{layer}s"):
                links.setdefault((kind, layer, row[kind]), []).append(row)
    words: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in plan.rows("own_words", **where):
        words.setdefault((row["use_case"], row["step"] or ""), []).append(row)
    found = []
    for case in cases:
        key = case["use_case"]
        for order, part in enumerate([{**case, "step": ""}, *steps.get(key, [])]):
            own = words.get((key, part["step"]), [])
            accepted: dict[str, list[str]] = {}
            rejected: dict[str, set[str]] = {}
            for layer in LAYERS:
                kind, of = ("step", part["step"]) if part["step"] else ("use_case", key)
                rows = links.get((kind, layer, of), [])
                rejected[layer] = {row[layer] for row in rows if row["status"] == "rejected"}
                chosen = [row[layer] for row in rows]
                chosen += [word["key"] for word in own if word["kind"] == layer and word["key"]]
                accepted[layer] = [k for k in dict.fromkeys(chosen) if k not in rejected[layer]]
            about = part["description"] or ""
            said = (part["name"], about, f"{about} {part['to_be'] or ''}")
            found.append(Owner(key, part["step"], order, *said, accepted, rejected, own))
    return found
