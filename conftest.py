"""For every test, doctest and notebook only the tables of this checkout are installed."""

import gc
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy: tests share the cores already


def pytest_configure() -> None:
    """Keep out the tables that a developer has updated, here and in every process started here."""
    os.environ["GOVSTACK_KIT_DATA"] = ""


def pytest_collection_finish() -> None:
    """Look for garbage less often, and not among modules and tests: a tenth of the time saved."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
