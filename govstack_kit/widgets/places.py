"""Where a team keeps its plans, and the plan that is shown until there is one.

Definitions
-----------
The *folder of plans* is ``my-plans`` in the folder of the notebooks, or where the variable
``GOVSTACK_KIT_PLANS`` says. The *demonstration plan* is a published use case as a plan, made in
memory and never written.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import traceback
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from govstack_kit.errors import PlanFileError
from govstack_kit.planning import history
from govstack_kit.planning.fields import slug
from govstack_kit.planning.model import Actor
from govstack_kit.planning.plan import Plan
from govstack_kit.planning.prioritise import default_criteria, demonstration_candidates
from govstack_kit.widgets import demonstrating

if TYPE_CHECKING:
    from govstack_kit.framework.framework import Framework

FOLDER, VARIABLE, NAME = "my-plans", "GOVSTACK_KIT_PLANS", "my-plan"
DEMONSTRATION, LOG = "AGR-2", "govstack-kit.log"
_INSIDE = ("guided", "analyst", "exercises", "solutions")  # folders inside one of notebooks
_MOST = 1_000  # files of one name
_ACTORS = {
    "AGR-2": [
        ("Farmer", "asks for advice and acts on it"),
        ("Extension officer", "answers what no message can"),
        ("Ministry of agriculture", "runs the service and answers for it"),
    ]
}
_OBJECTIVES = {
    "AGR-2": [
        "Farmers get advice that fits their crop, their farm and the weather, in time to act on it",
        "Small farms harvest more and earn more from it",
    ]
}


def plans_folder(start: str | Path | None = None) -> Path:
    """Return the folder in which a team keeps its plans, whether it exists or not.

    Parameters
    ----------
    start
        Where to look from; without it, the variable ``GOVSTACK_KIT_PLANS``, or the current folder.

    Examples
    --------
    >>> plans_folder("notebooks/guided").parent.name, plans_folder("kenya/my-plans").parent.name
    ('notebooks', 'kenya')
    """
    if start is None and os.environ.get(VARIABLE, "").strip():
        return Path(os.environ[VARIABLE]).expanduser().absolute()
    place = Path(start or ".").expanduser().absolute()
    if place.name == FOLDER:
        return place
    return (place.parent if place.name in _INSIDE else place) / FOLDER


def own_plans(folder: Path) -> list[Path]:
    """Return the plan files of a folder, the one that was saved, started or opened last first."""
    found = []
    with contextlib.suppress(OSError):
        for path in folder.glob(f"*{history.SUFFIX}"):
            with contextlib.suppress(OSError):
                if path.is_file():
                    found.append((path.stat().st_mtime_ns, path.name, path))
    return [path for _, _, path in sorted(found, reverse=True)]


def opened(path: Path) -> None:
    """Make a plan the last one of its folder, so that the next notebook opens it."""
    with contextlib.suppress(OSError):  # as where it can only be read: what was saved last counts
        os.utime(path)


def free_path(folder: Path, name: str = NAME) -> Path:
    """Return the path of a plan file of that name that is not there yet.

    Examples
    --------
    >>> free_path(Path("nowhere"), "School fees").name
    'school-fees.govplan.json'
    """
    stem = slug(name.removesuffix(history.SUFFIX), otherwise=NAME)
    for number in range(1, _MOST):
        path = folder / f"{stem}{f'-{number}' if number > 1 else ''}{history.SUFFIX}"
        if not os.path.lexists(path):
            return path
    raise PlanFileError(f"There are too many plans called {stem} in {folder}: choose another name.")


def make_folder(folder: Path) -> None:
    """Make a folder for plans, if it is not there.

    Raises
    ------
    PlanFileError
        If it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PlanFileError(
            f"The folder {folder} cannot be made: {error.strerror or error}. "
            "Nothing is lost: the plan is still open here."
        ) from None


def log(folder: Path, error: Exception) -> Path:
    """Write an unexpected error to the log beside the plans; return the file."""
    path = (folder if folder.is_dir() else Path(tempfile.gettempdir())) / LOG
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    with contextlib.suppress(OSError), path.open("a", encoding="utf-8") as file:
        file.write(f"{now}\n{''.join(traceback.format_exception(error))}\n")
    return path


def report(folder: Path, error: Exception, *, saved: bool) -> str:
    """Write an unexpected error to the log beside the plans; return what to tell people."""
    kept = "your work is saved" if saved else "your work is still open here, but not saved yet"
    again = "Try it once more, or go on with something else."
    written = f"What happened is written in {log(folder, error).name}, for whoever supports you."
    return f"Something went wrong; {kept}. {again} {written}"


def demonstration_plan(framework: Framework, use_case: str = DEMONSTRATION) -> Plan:
    """Return a published use case as a plan, to look at and to start from.

    Examples
    --------
    >>> import govstack_kit
    >>> demonstration_plan(govstack_kit.load()).use_cases[0].name
    'Rural Advisory Service for Farmers'
    """
    plan = Plan.new(title="Demonstration")
    added = plan.add_published(framework, use_case)
    added.objectives = list(_OBJECTIVES.get(use_case, []))
    roles = _ACTORS.get(use_case, [])
    added.actors = [Actor(name=name, role=role) for name, role in roles]
    plan.criteria = default_criteria()
    plan.candidates = demonstration_candidates(framework)
    if use_case == DEMONSTRATION:
        demonstrating.fill(plan, framework)
    plan.title = f"{added.name} (demonstration)"
    return plan
