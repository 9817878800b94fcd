import os
from pathlib import Path

import pytest

import govstack_kit
from govstack_kit.planning import _writing

REPOSITORY = Path(__file__).resolve().parents[2]


def shared_folder() -> Path | None:
    """Return the folder with the publications, beside the repository or where a variable says."""
    for place in (REPOSITORY.parent / "shared", Path(os.environ.get("GOVSTACK_KIT_SHARED", "."))):
        if (place / "upstream").is_dir():
            return place
    return None


def published_pages() -> list[Path]:
    shared = shared_folder()
    if shared is None:
        return []
    folder = shared / "upstream/GovStackWorkingGroup/product-use-cases/use-cases"
    return sorted(folder.glob("*.md"))


@pytest.fixture(scope="session")
def framework():
    return govstack_kit.load()


@pytest.fixture
def plan():
    plan = govstack_kit.Plan.new(title="School services", country="Kenya")
    fees = plan.add_from_list(
        "School fees", "1. Apply: online\n2. Check\n3. Pay", sector="Education"
    )
    fees.steps[2].choose("workflow", "financial-services", reason="Parents pay", origin="suggested")
    fees.steps[2].choose("building_block", "govstack:payments")
    fees.steps[2].reject("building_block", "govstack:wallet", reason="Too early")
    fees.choose("target", "4.1")
    return plan


@pytest.fixture
def saved(plan, tmp_path):
    plan.save(tmp_path / "kenya")
    return plan


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(_writing, "_WAIT", 1.0)
