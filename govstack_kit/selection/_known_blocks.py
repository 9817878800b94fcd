"""Keys that systems and options bear, and that are no building block of the tables or the plan.

A plan knows no tables, so a mistyped key can stand in it. Known are the blocks of the tables, those
that a use case or an own requirement of the plans names, and every key that begins with ``own:``: a
block of the team's own stays one when the step that needed it is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from govstack_kit.errors import SHOWN, ArgumentError, did_you_mean, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.model import PlanData, Step, UseCase

_P = TypeVar("_P", bound="PlanData")
SYSTEMS, OPTIONS = "systems", "options"
_OWN, _OLD = "own:", "dif:"
_SAID = {SYSTEMS: ("system", "serves"), OPTIONS: ("option", "covers")}


class Misnamed(NamedTuple):
    """A key that is no building block: where it stands, what bears it, and what may be meant."""

    where: str  # systems or options
    name: str
    block: str
    hint: str

    def __str__(self) -> str:
        what, does = _SAID[self.where]
        said = (
            f"The {what} {quote(self.name)} {does} {quote(self.block)}, which is no building block."
        )
        return f"{said} {self.hint}".strip()


def misnamed(
    framework: Framework, plans: Sequence[PlanData], lists: Iterable[str] = (SYSTEMS, OPTIONS)
) -> list[Misnamed]:
    """Return every key that is no building block, in the order of the plans.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="Our systems")
    >>> _ = plan.add_system("IFMIS", serves=[{"key": "payments"}, {"key": "govstack:gis"}])
    >>> print(*misnamed(govstack_kit.load(), [plan]))
    The system 'IFMIS' serves 'payments', which is no building block. Did you mean
    govstack:payments?
    """
    borne = [
        (where, one.name, part.key)
        for plan in plans
        for where in lists
        for one in getattr(plan, where)
        for part in (one.serves if where == SYSTEMS else one.covers)
    ]
    tables = framework.building_blocks["building_block"].tolist() if borne else []
    known = {*tables, *_named(plans)}
    found = []
    for where, name, key in dict.fromkeys(borne):
        if key not in known and not key.startswith(_OWN):
            # What is meant is a block of today, unless the key says otherwise.
            near = [k for k in sorted(known) if key.startswith(_OLD) or not k.startswith(_OLD)]
            hint = did_you_mean(key, near) or "The table building_blocks has all keys."
            found.append(Misnamed(where, name, key, hint))
    return found


def _named(plans: Iterable[PlanData]) -> Iterable[str]:
    """Yield the keys that use cases and own requirements of plans name."""
    for plan in plans:
        for use_case in plan.use_cases:
            parts: list[UseCase | Step] = [use_case, *use_case.steps]
            for part in parts:
                yield from (choice.key for choice in part.choices("building_block"))
                yield from (word.key for word in part.own_words if word.kind == "building_block")
        yield from (need.building_block for need in plan.own_requirements)


def check_blocks(
    framework: Framework, plans: Sequence[PlanData], lists: Iterable[str] = (SYSTEMS, OPTIONS)
) -> None:
    """Raise if systems or options of plans bear keys that are no building blocks.

    Raises
    ------
    ArgumentError
        With all of them.
    """
    said = [str(one) for one in misnamed(framework, plans, lists)]
    if len(said) > 1:
        more = [f"and {len(said) - SHOWN} more"] if len(said) > SHOWN else []
        lines = "".join(f"\n- {sentence}" for sentence in [*said[:SHOWN], *more])
        raise ArgumentError(f"{len(said)} keys are no building blocks:{lines}")
    if said:
        raise ArgumentError(said[0])


def without(plan: _P, found: Iterable[Misnamed]) -> _P:
    """Return a plan without the keys that are no building blocks; the plan itself stays."""
    gone = {(one.where, one.block) for one in found}
    systems = [
        one.model_copy(
            update={"serves": [part for part in one.serves if (SYSTEMS, part.key) not in gone]}
        )
        for one in plan.systems
    ]
    options = [
        one.model_copy(
            update={"covers": [part for part in one.covers if (OPTIONS, part.key) not in gone]}
        )
        for one in plan.options
    ]
    return plan.model_copy(update={SYSTEMS: systems, OPTIONS: options}) if gone else plan
