"""Made-up examples for properties: always the same ones, and a small one where something fails."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def _pick(draw, values):
    """Return one of the values; the first ones are those that a counterexample shrinks to.

    By yes and no only, for Hypothesis mixes constants of whatever modules are loaded into other
    draws, so that the examples would depend on which tests ran before.
    """
    found = list(values)
    while len(found) > 1:
        half = (len(found) + 1) // 2
        found = found[half:] if draw(st.booleans()) else found[:half]
    return found[0]


@pytest.fixture(scope="session")
def pick():
    """Return a function that picks one of several values while an example is made."""
    return _pick


@pytest.fixture(scope="session")
def check_all():
    """Return a function that runs a check on so many examples, the same ones in every run."""

    def run(check, examples, count):
        settings(
            max_examples=count,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )(given(examples)(check))()

    return run
