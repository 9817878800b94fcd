"""A plan as tables: its own, and the framework with the plan's use cases among the published.

Definitions
-----------
In the framework of a plan, a use case of the plan stands in place of a published one with the same
id. Its steps are numbered by their position (``school-fees.3``), only accepted choices count, an
own word that is mapped counts as what it is mapped to, and one that is specific to the sector is a
workflow that is not generic, or a building block of the catalogue ``own``. The source of every such
row is ``plan``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from govstack_kit.framework import schema
from govstack_kit.framework.tables import Framework
from govstack_kit.planning.fields import slug
from govstack_kit.planning.names import Names, names_of
from govstack_kit.planning.text import first_paragraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from govstack_kit.planning.model import Choice, Component, Layer, PlanData, Step, UseCase

SOURCE = "plan"
_LAYERS: tuple[Layer, ...] = ("workflow", "building_block")
_EVERY: tuple[Layer, ...] = ("target", *_LAYERS)
_CHOICE_COLUMNS = {
    "use_case": "str",
    "order": "int64",
    "step": "str",
    "layer": "str",
    "key": "str",
    "name": "str",
    "status": "str",
    "origin": "str",
    "reason": "str",
    "description": "str",
}


def step_id(use_case: UseCase, position: int) -> str:
    """Return the id that a step has in the framework of its plan.

    Examples
    --------
    >>> from govstack_kit.planning.model import UseCase
    >>> step_id(UseCase(id="school-fees", name="School fees"), 3)
    'school-fees.3'
    """
    return f"{use_case.id}.{position}"


def _frame(rows: Iterable[tuple[Any, ...]], columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(columns)).astype(columns)


def use_case_table(plan: PlanData) -> pd.DataFrame:
    """Return the use cases of a plan, one a row; see :meth:`govstack_kit.Plan.use_case_table`."""
    return _frame(
        (
            (
                u.id,
                u.name,
                u.sector,
                u.catalogue,
                u.based_on,
                u.status,
                len(u.actors),
                len(u.steps),
                *(
                    len({key for part in (u, *u.steps) for key in part.accepted(layer)})
                    for layer in _LAYERS
                ),
                ", ".join(u.accepted("target")),
            )
            for u in plan.use_cases
        ),
        {
            "use_case": "str",
            "name": "str",
            "sector": "str",
            "catalogue": "str",
            "based_on": "str",
            "status": "str",
            "actors": "int64",
            "steps": "int64",
            "workflows": "int64",
            "building_blocks": "int64",
            "targets": "str",
        },
    )


def step_table(plan: PlanData) -> pd.DataFrame:
    """Return the steps of a plan, one a row; see :meth:`govstack_kit.Plan.step_table`."""
    systems = {system.id: system.name for system in plan.systems}
    return _frame(
        (
            (
                use_case.id,
                order,
                step.id,
                step.name,
                step.description,
                step.as_is,
                step.to_be,
                "; ".join(step.actors),
                "; ".join(systems.get(s, s) for s in step.systems),
                len(step.accepted("workflow")),
                len(step.accepted("building_block")),
            )
            for use_case in plan.use_cases
            for order, step in enumerate(use_case.steps, start=1)
        ),
        {
            "use_case": "str",
            "order": "int64",
            "step": "str",
            "name": "str",
            "description": "str",
            "as_is": "str",
            "to_be": "str",
            "actors": "str",
            "systems": "str",
            "workflows": "int64",
            "building_blocks": "int64",
        },
    )


def _all_choices(plan: PlanData) -> Iterator[tuple[UseCase, int, str, str, Choice]]:
    for use_case in plan.use_cases:
        for layer in _EVERY:
            for choice in use_case.choices(layer):
                yield use_case, 0, "", layer, choice
        for order, step in enumerate(use_case.steps, start=1):
            for layer in _LAYERS:
                for choice in step.choices(layer):
                    yield use_case, order, step.id, layer, choice


def choice_table(plan: PlanData, framework: Framework) -> pd.DataFrame:
    """Return the choices of a plan, one a row; see :meth:`govstack_kit.Plan.choice_table`."""
    names = names_of(framework)
    return _frame(
        (
            (
                use_case.id,
                order,
                step,
                layer,
                choice.key,
                _name(names, layer, choice),
                choice.status,
                choice.origin,
                choice.reason,
                choice.description,
            )
            for use_case, order, step, layer, choice in _all_choices(plan)
        ),
        _CHOICE_COLUMNS,
    )


def _name(names: Names, layer: str, choice: Choice) -> str:
    name = names.name(layer, choice.key)
    return choice.printed if name == choice.key and choice.printed else name


class _Overlay:
    """Collects the rows that a plan adds to the tables of a framework."""

    def __init__(self, plan: PlanData, framework: Framework) -> None:
        self.plan, self.framework = plan, framework
        self.names = names_of(framework)
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in schema.tables()}
        self.known = {
            layer: set(getattr(framework, f"{layer}s")[layer]) for layer in (*_LAYERS, "sector")
        }
        self.targets = dict(
            zip(framework.sdg_targets["target"], framework.sdg_targets["goal"], strict=True)
        )
        self.goals = set(framework.sdg_goals["goal"].astype(str))
        self.source = slug(SOURCE, taken=framework.sources["source"])

    def add(self, table: str, **values: object) -> None:
        self.rows[table].append(values | {"source": self.source})

    def sector(self, name: str) -> str:
        name = name or "Not stated"
        key = self.names.key("sector", name) or slug(name)
        if key not in self.known["sector"]:
            self.known["sector"].add(key)
            self.add("sectors", sector=key, name=name)
        return key

    def item(self, layer: str, key: str, name: str, summary: str) -> None:
        """Add a workflow or building block that the framework does not have."""
        if key in self.known[layer]:
            return
        self.known[layer].add(key)
        own = {"catalogue": "own", "every_workflow": False}
        extra = {"generic": False} if layer == "workflow" else own
        self.add(f"{layer}s", **{layer: key}, name=name, summary=summary or name, **extra)

    def word(self, word: Component) -> str:
        """Return what an own word counts as: its key, an own one, or nothing."""
        if word.key:
            return word.key
        if not word.sector_specific:
            return ""
        key = slug(word.words)
        key = f"own-{key}" if word.kind == "workflow" else f"own:{key}"
        self.item(word.kind, key, word.words, first_paragraph(word.description))
        return key

    def links(self, part: UseCase | Step, table: str, owner: dict[str, str]) -> None:
        for layer in _LAYERS:
            choices = part.choices(layer)
            turned_down = {c.key for c in choices if not c.accepted}
            printed: dict[str, str] = {}
            for choice in choices:
                if choice.accepted and choice.key not in turned_down:
                    printed.setdefault(choice.key, choice.printed)
                    name = choice.printed or choice.key.removeprefix("own:").replace("-", " ")
                    self.item(layer, choice.key, name, first_paragraph(choice.description))
            for word in part.own_words:
                key = self.word(word) if word.kind == layer else ""
                if key and key not in turned_down and key not in printed:
                    self.item(layer, key, word.words, first_paragraph(word.description))
                    printed[key] = word.words
            for position, (key, words) in enumerate(printed.items(), start=1):
                row = owner | {layer: key}
                self.add(f"{table}_{layer}s", **row, position=position, printed=words or None)

    def use_case(self, use_case: UseCase) -> None:
        status = use_case.status
        self.add(
            "use_cases",
            use_case=use_case.id,
            name=use_case.name,
            catalogue=use_case.catalogue,
            sector=self.sector(use_case.sector),
            version=use_case.version or None,
            status=status,
            summary=first_paragraph(use_case.summary or use_case.description) or use_case.name,
        )
        for code in use_case.accepted("target"):
            goal = self.targets.get(code, int(code) if code in self.goals else None)
            if goal is not None:
                row = {"sdg": code, "goal": goal, "target": code if code in self.targets else None}
                self.add("use_case_targets", use_case=use_case.id, **row)
        self.links(use_case, "use_case", {"use_case": use_case.id})
        for order, step in enumerate(use_case.steps, start=1):
            key = step_id(use_case, order)
            self.add(
                "steps",
                step=key,
                use_case=use_case.id,
                order=order,
                name=step.name,
                summary=first_paragraph(step.description) or step.name,
            )
            self.links(step, "step", {"step": key})

    def table(self, name: str, gone: set[str], gone_steps: set[str]) -> pd.DataFrame:
        frame: pd.DataFrame = getattr(self.framework, name)
        if gone and "use_case" in frame and name != "workflow_examples":
            frame = frame[~frame["use_case"].isin(gone)]
        if gone_steps and "step" in frame:
            frame = frame[~frame["step"].isin(gone_steps)]
        rows = self.rows[name]
        if not rows:
            return frame
        definition = schema.table(name)
        added = pd.DataFrame(rows, columns=list(definition.columns))
        added = added.astype({c: frame[c].dtype for c in definition.columns})
        if len(definition.key) == 1 and name in ("workflows", "building_blocks", "sectors"):
            frame = frame[~frame[definition.key[0]].isin(added[definition.key[0]])]
        return pd.concat([frame, added], ignore_index=True)


def overlay(plan: PlanData, framework: Framework) -> Framework:
    """Return the framework with a plan's use cases; see :meth:`govstack_kit.Plan.framework`."""
    added = _Overlay(plan, framework)
    added.rows["sources"].append(
        {
            "source": added.source,
            "title": plan.title,
            "publisher": plan.country or "The team of the plan",
            "version": f"revision {plan.revision}",
            "date": plan.updated[:10] or None,
        }
    )
    for use_case in plan.use_cases:
        added.use_case(use_case)
    gone = {use_case.id for use_case in plan.use_cases}
    steps = framework.steps
    gone_steps = set(steps.loc[steps["use_case"].isin(gone), "step"])
    return Framework({name: added.table(name, gone, gone_steps) for name in schema.tables()})
