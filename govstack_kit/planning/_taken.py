"""What a use case, or a step of it, has accepted and rejected.

Definitions
-----------
An own word that the team mapped to a workflow or building block counts as accepted, unless the same
was rejected. What is both accepted and rejected counts as rejected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govstack_kit.planning.model import Layer, Step, UseCase

LAYERS: tuple[Layer, ...] = ("workflow", "building_block")


class Owner(NamedTuple):
    """What something is chosen for: a step by its order, from 1, or the use case as a whole."""

    use_case: UseCase
    step: Step | None = None
    order: int = 0

    @classmethod
    def find(cls, use_case: UseCase, step_id: str) -> Owner:
        """Return the owner with the id of a step; an empty id is the use case as a whole."""
        return cls(use_case, use_case.step(step_id) if step_id else None)

    @property
    def part(self) -> UseCase | Step:
        """The part of the plan."""
        return self.step or self.use_case

    @property
    def step_id(self) -> str:
        """The id of the step; empty for the use case as a whole."""
        return self.step.id if self.step else ""

    @property
    def name(self) -> str:
        """The name of the step or the use case."""
        return self.part.name

    @property
    def text(self) -> str:
        """What else is said about it."""
        return f"{self.part.description} {self.part.to_be}"


def owners(use_case: UseCase) -> Iterator[Owner]:
    """Yield the use case as a whole, and then its steps in their order."""
    yield Owner(use_case)
    for order, step in enumerate(use_case.steps, start=1):
        yield Owner(use_case, step, order)


class Taken:
    """The keys that an owner has accepted and rejected, by layer.

    Parameters
    ----------
    owner
        The step or use case.

    Examples
    --------
    >>> from govstack_kit.planning.model import Component, Step, UseCase
    >>> pay = Step(id="pay", name="Pay", own_words=[Component(words="till", key="marketplace")])
    >>> _ = pay.reject("workflow", "procurement")
    >>> taken = Taken(Owner(UseCase(id="fees", name="Fees", steps=[pay]), pay))
    >>> taken.workflows, sorted(taken.decided["workflow"])
    (['marketplace'], ['marketplace', 'procurement'])
    """

    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        self.rejected: dict[str, set[str]] = {}
        self.decided: dict[str, set[str]] = {}
        self._accepted: dict[str, list[str]] = {}
        for layer in LAYERS:
            choices = owner.part.choices(layer)
            turned_down = {choice.key for choice in choices if not choice.accepted}
            words = [w.key for w in owner.part.own_words if w.kind == layer and w.key]
            keys = dict.fromkeys([c.key for c in choices if c.accepted] + words)
            self.rejected[layer] = turned_down
            self._accepted[layer] = [key for key in keys if key not in turned_down]
            self.decided[layer] = turned_down | keys.keys()

    def of(self, layer: str) -> list[str]:
        """Return the accepted keys of a layer, each once, in their order."""
        return self._accepted[layer]

    @property
    def workflows(self) -> list[str]:
        """The accepted workflows."""
        return self._accepted["workflow"]

    @property
    def building_blocks(self) -> list[str]:
        """The accepted building blocks."""
        return self._accepted["building_block"]
