"""What the demonstration plan holds about selecting: all of it made up, and marked as such.

Definitions
-----------
Every system, option and cost here is an *illustration*: its text or name says so, in a team's own
copy of the plan as well, until the team removes or changes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from govstack_kit.planning.selected import Phase, System

if TYPE_CHECKING:
    from govstack_kit.framework.framework import Framework
    from govstack_kit.planning.plan import Plan
    from govstack_kit.planning.selected import BusinessCase

MADE_UP = "Illustration only: made up for the demonstration."
CASE_MADE_UP = "Illustration only: these costs, and the overlap, are made up for the demonstration."
_SYSTEMS: tuple[dict[str, Any], ...] = (
    {
        "name": "Farmer register of the ministry",
        "owner": "Ministry of agriculture",
        "users": 350,
        "since": 2016,
        "licence": "GPL-3.0",
        "open_source": "yes",
        "hosting": "Government data centre",
        "interfaces": "REST API, file export",
        "annual_cost": 60_000,
        "serves": {"digital-registries": "partly", "registration": "partly"},
    },
    {
        "name": "Text message gateway",
        "owner": "Telecommunications agency",
        "users": 40,
        "since": 2019,
        "licence": "proprietary",
        "open_source": "no",
        "hosting": "at the provider",
        "interfaces": "REST API",
        "annual_cost": 90_000,
        "serves": {"messaging": "partly"},
    },
    {
        "name": "E-mail service of the ministry",
        "owner": "Ministry of agriculture",
        "since": 2011,
        "hosting": "in the ministry",
        "serves": {"messaging": "poorly"},
    },
    {
        "name": "National identity service",
        "owner": "Ministry of the interior",
        "users": 9_000_000,
        "since": 2008,
        "licence": "proprietary",
        "open_source": "no",
        "hosting": "Government data centre",
        "interfaces": "web service, on request",
        "annual_cost": 1_200_000,
        "serves": {"identity": "well"},
    },
)
_PHASES = (
    ("Year 1 (illustration)", 12, 400_000),
    ("Year 2 (illustration)", 12, 350_000),
    ("Year 3 (illustration)", 12, 200_000),
)


def systems() -> list[System]:
    """Return the systems that the country of the demonstration has.

    Examples
    --------
    >>> [system.name for system in systems()][:2]
    ['Farmer register of the ministry', 'Text message gateway']
    """
    return [
        System(
            **fields
            | {
                "id": fields["name"].lower().replace(" ", "-"),
                "description": MADE_UP,
                "serves": [
                    {"key": f"govstack:{block}", "quality": quality}
                    for block, quality in fields["serves"].items()
                ],
            }
        )
        for fields in _SYSTEMS
    ]


def phases() -> list[Phase]:
    """Return the phases in which the country of the demonstration builds."""
    return [
        Phase(id=f"year-{number}", name=name, months=months, budget=budget)
        for number, (name, months, budget) in enumerate(_PHASES, start=1)
    ]


def case(plan: Plan) -> BusinessCase:
    """Return made-up costs, each project with the service of the plan that it is for, if any.

    Parameters
    ----------
    plan
        The plan, which stays as it is.

    Examples
    --------
    >>> import govstack_kit
    >>> found = case(govstack_kit.Plan.new(title="Demonstration"))
    >>> found.overlap, found.note
    (0.5, 'Illustration only: these costs, and the overlap, are made up for the demonstration.')
    """
    from govstack_kit.selection.business_case import demonstration_case  # noqa: PLC0415 - heavy

    found = demonstration_case()
    own = {use_case.based_on: use_case.id for use_case in reversed(plan.use_cases)}
    for project in found.projects:
        project.use_case = own.get(project.use_case, project.use_case)
    found.note = CASE_MADE_UP
    return found


def fill(plan: Plan, framework: Framework) -> None:
    """Give a plan all that the demonstration shows about selecting.

    Parameters
    ----------
    plan
        The demonstration plan, which is changed.
    framework
        The tables.

    Examples
    --------
    >>> import govstack_kit
    >>> plan = govstack_kit.Plan.new(title="Demonstration")
    >>> fill(plan, govstack_kit.load())
    >>> len(plan.systems), len(plan.phases), plan.business_case.note
    (4, 3, 'Illustration only: these costs, and the overlap, are made up for the demonstration.')
    """
    from govstack_kit.selection.options import demonstration_options  # noqa: PLC0415 - heavy

    plan.systems = systems()
    plan.options = demonstration_options(framework)
    for option in plan.options:
        named = [system.id for system in plan.systems if system.name == option.name]
        option.system = named[0] if option.kind == "system" and named else ""
    plan.phases = phases()
    plan.business_case = case(plan)
