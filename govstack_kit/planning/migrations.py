"""How plan files of earlier versions become plan files of today, one version at a time.

Definitions
-----------
A *migration* takes the data of one schema version and returns that of the next, without changing
what it was given. Version 0 is a draft without ``schema_version``: a name and a list of steps.
Version 1 names workflows, building blocks and targets by their keys only; in version 2 each of them
is a choice, with status, origin and reason. Version 3 adds what selecting needs: more about
systems, decisions on requirements, options, rules, phases and costs. Data of a newer version stays
as it is.
"""

from __future__ import annotations

import copy
import uuid
from typing import TYPE_CHECKING, Any

from govstack_kit._errors import PlanError
from govstack_kit.planning.fields import slug
from govstack_kit.planning.model import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable

Data = dict[str, Any]
_CHOICES = ("targets", "workflows", "building_blocks")


def version_of(data: Data) -> int:
    """Return the schema version of the data of a plan file.

    Raises
    ------
    PlanError
        If the data is not that of a plan.

    Examples
    --------
    >>> version_of({"name": "School fees", "steps": ["Register", "Pay"]})
    0
    """
    version = data.get("schema_version")
    if version is None and isinstance(data.get("steps"), list):
        return 0
    if version is None:
        raise PlanError("it is not a plan: it says no schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise PlanError(f"its schema_version is {version!r}, not a whole number from 1")
    return version


def _listed(data: Data, name: str) -> list[Any]:
    """Return a list in the data; anything else is left for the checks to complain about."""
    found = data.get(name)
    return found if isinstance(found, list) else []


def from_0(data: Data) -> Data:
    """Turn a draft, a name and a list of steps, into a plan with one use case.

    Examples
    --------
    >>> from_0({"name": "School fees", "steps": ["Pay"]})["use_cases"][0]["steps"]
    [{'id': 'pay', 'name': 'Pay'}]
    """
    name = str(data.get("name") or "Untitled plan")
    steps: list[Data] = []
    for step in _listed(data, "steps"):
        taken = [s["id"] for s in steps]
        steps.append({"id": slug(str(step), taken=taken, otherwise="step"), "name": step})
    own = {key: value for key, value in data.items() if key not in ("name", "steps")}
    return own | {
        "schema_version": 1,
        "plan_id": uuid.uuid5(uuid.NAMESPACE_URL, f"govplan:{name}:{len(steps)}").hex,
        "title": name,
        "use_cases": [{"id": slug(name, otherwise="use-case"), "name": name, "steps": steps}],
    }


def from_1(data: Data) -> Data:
    """Turn the keys of workflows, building blocks and targets into choices.

    Examples
    --------
    >>> old = {"schema_version": 1, "use_cases": [{"targets": ["4.1"], "steps": []}]}
    >>> from_1(old)["use_cases"][0]["targets"]
    [{'key': '4.1', 'origin': 'own', 'status': 'accepted'}]
    """
    data = copy.deepcopy(data) | {"schema_version": 2}
    for use_case in _listed(data, "use_cases"):
        if not isinstance(use_case, dict):
            continue
        for part in (use_case, *_listed(use_case, "steps")):
            for name in _CHOICES if isinstance(part, dict) else ():
                part[name] = [
                    {"key": item, "origin": "own", "status": "accepted"}
                    if isinstance(item, str)
                    else item
                    for item in _listed(part, name)
                ]
    return data


def from_2(data: Data) -> Data:
    """Take the data as it is: version 3 only adds fields, and each may be missing.

    Examples
    --------
    >>> from_2({"schema_version": 2, "title": "School services"})
    {'schema_version': 3, 'title': 'School services'}
    """
    return data | {"schema_version": 3}


MIGRATIONS: dict[int, Callable[[Data], Data]] = {0: from_0, 1: from_1, 2: from_2}


def migrate(data: Data) -> Data:
    """Return the data of a plan file as this version, or a newer one, has it.

    Raises
    ------
    PlanError
        If the data is not that of a plan.

    Examples
    --------
    >>> migrate({"name": "School fees", "steps": ["Pay"]})["schema_version"]
    3
    """
    version = version_of(data)
    while version < SCHEMA:
        data = MIGRATIONS[version](data)
        version = version_of(data)
    return data
