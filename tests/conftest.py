"""What all tests share: the bundled tables, read by the kit and read apart from it."""

import csv
import os
from pathlib import Path

import pytest

import govstack_kit

os.environ.pop("GOVSTACK_KIT_PLANS", None)  # tests name their own folder of plans
ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("GOVSTACK_KIT_SHARED") or ROOT.parent / "shared")


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(autouse=True)
def _no_updated_tables(monkeypatch, tmp_path_factory):
    """Keep tables and archives of whoever runs the tests out of them, and theirs out of here."""
    monkeypatch.setenv("GOVSTACK_KIT_DATA", "")
    monkeypatch.setenv("GOVSTACK_KIT_CACHE", str(tmp_path_factory.getbasetemp() / "archives"))
    monkeypatch.delenv("GOVSTACK_KIT_UPSTREAM", raising=False)


@pytest.fixture(scope="session")
def upstream(shared):
    """The folder with the published repositories."""
    return shared / "upstream"


@pytest.fixture(scope="session")
def data():
    """The folder of the bundled tables."""
    return ROOT / "data"


@pytest.fixture(scope="session")
def rows(data):
    """Read a bundled table without any code of the kit: ``rows("steps")`` is a list of dicts."""
    return lambda table: read(data / f"{table}.csv")


@pytest.fixture(scope="session")
def shared():
    """The folder with the published facts, which only the makers of the kit have."""
    if not SHARED.is_dir():
        reason = f"the published facts are not in {SHARED}"
        if os.environ.get("CI") == "true" and "GITHUB_ACTIONS" not in os.environ:
            pytest.fail(f"{reason}: this machine must have them")
        pytest.skip(reason)
    return SHARED


@pytest.fixture(scope="session")
def facts(shared):
    """Read a table of published facts: ``facts("govstack/steps")`` is a list of dicts."""
    return lambda table: read(shared / "facts" / f"{table}.csv")


@pytest.fixture(scope="session")
def framework():
    """The bundled framework."""
    return govstack_kit.load()


@pytest.fixture(scope="session")
def graph(framework):
    """The graph of the bundled framework; not to be changed."""
    return govstack_kit.to_graph(framework)
