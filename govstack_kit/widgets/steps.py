"""Who takes part, what is in use today, and what happens step by step: three lists to fill in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from govstack_kit.errors import PlanError
from govstack_kit.planning.listing import steps_in
from govstack_kit.planning.model import Actor, make
from govstack_kit.views.style import count
from govstack_kit.widgets import parts
from govstack_kit.widgets.lists import ListPanel, Ticks, owners

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ipywidgets

    from govstack_kit.planning.model import Step, UseCase
    from govstack_kit.planning.plan import Plan


FIELDS = {"id", "name", "description", "as_is", "to_be", "actors", "systems"}


def described(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Return the steps as they are described, without what was chosen for them."""
    return [step.model_dump(include=FIELDS) for step in steps]


class Actors(ListPanel):
    """Who takes part."""

    key, short, title = "actors", "Actors", "Who takes part?"
    help = (
        "Name the people, organisations and systems that act in the service: those it is for, "
        "those who provide it, and those who help."
    )
    one, add_label, list_label = "actor", "Name of an actor", "Actors"
    add_hint = "for example: Parent"

    def entries(self) -> Sequence[Actor]:
        """Return the actors."""
        return self.case.actors

    def fields(self) -> Sequence[ipywidgets.Widget]:
        """Make the fields of an actor."""
        self.name, self.role = parts.line("Name"), parts.line("Role", hint="what they do here")
        self.note = parts.line("One line about them")
        self.on(self.name, self._rename)
        self.on(self.role, lambda text: self._set("role", text))
        self.on(self.note, lambda text: self._set("note", text))
        return [self.name, self.role, self.note]

    def fill(self, entry: Any) -> None:  # noqa: ANN401
        """Show an actor."""
        self.name.value, self.role.value, self.note.value = entry.name, entry.role, entry.note

    def add(self, name: str) -> None:
        """Add an actor."""
        actor = make(Actor, {"name": name})
        if actor.name in (known.name for known in self.case.actors):
            raise PlanError(f"There is an actor called “{actor.name}” already.")
        self.edit(f"Add actor {actor.name}", lambda case: case.actors.append(actor))

    def _rename(self, name: str) -> None:
        old = self.entries()[self.place].name
        actor = make(Actor, {"name": name})
        if actor.name != old and actor.name in (known.name for known in self.case.actors):
            raise PlanError(f"There is an actor called “{actor.name}” already.")
        self.edit(f"Rename actor {old}", lambda case: case.rename_actor(old, name))

    def _set(self, field: str, text: str) -> None:
        place = self.place
        self.edit(f"Change {field} of actor", lambda case: setattr(case.actors[place], field, text))

    def take_out(self) -> None:
        """Remove the actor, from the steps too."""
        name = self.entries()[self.place].name

        def remove(case: UseCase) -> None:
            case.actors[:] = [actor for actor in case.actors if actor.name != name]
            for step in case.steps:
                step.actors[:] = [actor for actor in step.actors if actor != name]

        self.edit(f"Remove actor {name}", remove)

    def move_to(self, place: int, to: int) -> None:
        """Move an actor."""
        self.edit("Move actor", lambda case: case.actors.insert(to, case.actors.pop(place)))

    def blockers(self) -> list[str]:
        """Ask for one actor."""
        return [] if self.case.actors else ["Name at least one actor."]

    def answer(self) -> object:
        """Return the actors."""
        return [actor.model_dump() for actor in self.case.actors]


class Systems(ListPanel):
    """What is in use already."""

    key, short, title = "systems", "Systems today", "Which systems are in use today?"
    help = (
        "Registers, applications and paper files that the service touches now. "
        "You may leave this open, and come back to it."
    )
    one, add_label, list_label = "system", "Name of a system", "Systems in use"
    add_hint = "for example: school register on paper"

    def entries(self) -> Sequence[Any]:
        """Return the systems of the use case and its steps."""
        used = {key for part in owners(self.case) for key in part.systems}
        return [system for system in self.session.plan.systems if system.id in used]

    def fields(self) -> Sequence[ipywidgets.Widget]:
        """Make the fields of a system."""
        self.name = parts.line("Name")
        self.owner = parts.line("Who runs it")
        self.about = parts.area("What it does", rows=2)
        self.on(self.name, lambda text: self._set("name", text))
        self.on(self.owner, lambda text: self._set("owner", text))
        self.on(self.about, lambda text: self._set("description", text))
        return [self.name, self.owner, self.about]

    def fill(self, entry: Any) -> None:  # noqa: ANN401
        """Show a system."""
        self.name.value, self.owner.value = entry.name, entry.owner
        self.about.value = entry.description

    def add(self, name: str) -> None:
        """Add a system to the plan and the use case."""
        key = self.case.id

        def add(plan: Plan) -> None:
            known = next((system for system in plan.systems if system.name == name), None)
            system = known or plan.add_system(name)
            if system.id not in plan.use_case(key).systems:
                plan.use_case(key).systems.append(system.id)

        self.session.change(f"Add system {name}", add)

    def _set(self, field: str, text: str) -> None:
        key = self.entries()[self.place].id

        def change(plan: Plan) -> None:
            setattr(next(system for system in plan.systems if system.id == key), field, text)

        self.session.change(f"Change {field} of system", change)

    def take_out(self) -> None:
        """Remove the system from the use case, and from the plan if nobody else uses it."""
        key = self.entries()[self.place].id
        mine = self.case.id

        def remove(plan: Plan) -> None:
            case = plan.use_case(mine)
            for part in owners(case):
                part.systems[:] = [system for system in part.systems if system != key]
            used = {
                key for other in plan.use_cases for part in owners(other)
                for key in part.systems
            }  # fmt: skip
            plan.systems[:] = [s for s in plan.systems if s.id != key or key in used]

        self.session.change("Remove system", remove)

    def move_to(self, place: int, to: int) -> None:
        """Move a system."""
        one, other = self.entries()[place].id, self.entries()[to].id

        def move(plan: Plan) -> None:
            ids = [system.id for system in plan.systems]
            plan.systems.insert(ids.index(other), plan.systems.pop(ids.index(one)))

        self.session.change("Move system", move)

    def answer(self) -> object:
        """Return the systems."""
        return [system.model_dump() for system in self.entries()]


class Steps(ListPanel):
    """What happens, step by step."""

    key, short, title = "steps", "Steps", "What happens, step by step?"
    help = (
        "Write the steps in the order in which people meet them, from the first contact to the "
        "result. Five to twelve steps suit most services."
    )
    one, add_label, list_label = "step", "Name of a step", "Steps"
    add_hint = "for example: Parent applies"

    def entries(self) -> Sequence[Step]:
        """Return the steps."""
        return self.case.steps

    def build(self) -> Sequence[ipywidgets.Widget]:
        """Make the list, and a field for pasting many steps."""
        children = list(super().build())
        self.pasted = parts.area(
            "Or paste a numbered list, one step a line", rows=4,
            hint="1. Apply: the parent fills in a form\n2. Check: the school checks it",
        )  # fmt: skip
        adding = self.button("Add these steps", self._paste)
        return [*children, self.pasted, parts.row(adding)]

    def fields(self) -> Sequence[ipywidgets.Widget]:
        """Make the fields of a step."""
        self.texts = {
            "name": parts.line("Name"),
            "description": parts.area("What happens", rows=3),
            "as_is": parts.area("How it is done today", rows=2),
            "to_be": parts.area("How it should be done", rows=2),
        }
        for field, control in self.texts.items():
            self.on(control, partial(self._set, field))
        self.actors = Ticks(self, "Who acts", lambda key, on: self._tick("actors", key, on=on))
        self.systems = Ticks(
            self, "Systems used today", lambda key, on: self._tick("systems", key, on=on)
        )
        return [*self.texts.values(), self.actors.widget, self.systems.widget]

    def fill(self, entry: Any) -> None:  # noqa: ANN401
        """Show a step."""
        for field, control in self.texts.items():
            control.value = getattr(entry, field)
        names = {actor.name: actor.name for actor in self.case.actors}
        self.actors.show(names, entry.actors)
        names = {s.id: s.name for s in self.session.plan.systems if s.id in self.case.systems}
        self.systems.show(names, entry.systems)

    def add(self, name: str) -> None:
        """Add a step at the end."""
        self.edit(f"Add step {name}", lambda case: case.add_step(name))

    def _paste(self) -> None:
        found = steps_in(self.pasted.value)
        if not found:
            raise PlanError("No step was found in the list. Write one step a line.")

        def add(case: UseCase) -> None:
            for step in found:
                case.add_step(step.name, description=step.description)

        self.edit(f"Add {count(len(found), 'step')}", add)
        with self.loading():
            self.pasted.value = ""

    def _set(self, field: str, text: str) -> None:
        key = self.entries()[self.place].id
        said = {"description": "what happens", "as_is": "today", "to_be": "tomorrow"}
        self.edit(
            f"Change {said.get(field, field)} of step {self.place + 1}",
            lambda case: setattr(case.step(key), field, text),
        )

    def _tick(self, field: str, name: str, *, on: bool) -> None:
        key = self.entries()[self.place].id

        def tick(case: UseCase) -> None:
            names: list[str] = getattr(case.step(key), field)
            names[:] = [other for other in names if other != name] + [name] * on

        self.edit(f"Change {field} of step {self.place + 1}", tick)

    def take_out(self) -> None:
        """Remove the step."""
        step = self.entries()[self.place]
        self.edit(f"Remove step {step.name}", lambda case: case.remove_step(step.id))

    def move_to(self, place: int, to: int) -> None:
        """Move a step."""
        key = self.entries()[place].id
        self.edit("Move step", lambda case: case.move_step(key, to + 1))

    def blockers(self) -> list[str]:
        """Ask for one step."""
        return [] if self.case.steps else ["Name at least one step."]

    def answer(self) -> object:
        """Return the steps, without what was chosen for them."""
        return described(self.case.steps)
