"""For every test, doctest and notebook only the tables of this checkout are installed."""

import os


def pytest_configure() -> None:
    """Keep out the tables that a developer has updated, here and in every process started here."""
    os.environ["GOVSTACK_KIT_DATA"] = ""
