"""Paths under other beginnings: what a product puts before them costs nothing, wherever it does."""

import dataclasses
import itertools
import json

import pandas as pd
import pytest

from govstack_kit import ArgumentError
from govstack_kit.selection.conformance import conformance, read_interface

PATHS = ("/vouchers", "/batches", "/payees", "/refunds")


@pytest.fixture
def interface(tmp_path):
    """Write an interface that offers GET on paths, and return its file."""
    numbers = itertools.count()

    def write(*paths, **more):
        path = tmp_path / f"interface-{next(numbers)}.json"
        methods = {path: {"get": {}} for path in paths} | more
        path.write_text(json.dumps({"openapi": "3.0.0", "paths": methods}))
        return path

    return write


@pytest.fixture(scope="module")
def blocks(upstream):
    found = {}
    for folder in sorted((upstream / "GovStackWorkingGroup").glob("bb-*")):
        try:
            found[folder.name.removeprefix("bb-")] = read_interface(folder)
        except ArgumentError:  # an empty placeholder
            continue
    return found


def under(before, paths=PATHS):
    return [before + path for path in paths]


@pytest.mark.parametrize(
    ("published", "candidate"),
    [
        (PATHS, under("/treasury/pay")),
        (PATHS, [*under("/treasury/pay"), "/health"]),
        (PATHS, [*under("/gov/api/v1"), "/health"]),
        (PATHS, [*under("/treasury/pay"), *(f"/own/{n}" for n in range(50))]),
        (PATHS, ["/health", "/a/vouchers", "/a/batches", "/b/payees", "/b/refunds"]),
        (PATHS[:2], under("/gov/people", PATHS[:2])),
        (["/list", "/find"], ["/gov/people/list", "/gov/people/find"]),
        (["/{tenant}/a", "/{tenant}/b"], ["/x/{t}/a", "/x/{t}/b", "/health"]),
        (under("/treasury/pay"), [*PATHS, "/health"]),
        (under("/treasury/pay"), [*under("/gov/x"), "/health"]),
    ],
)
def test_a_beginning_of_their_own_costs_nothing(interface, published, candidate):
    found = conformance(interface(*published), interface(*candidate))
    assert found["state"].tolist() == ["there"] * len(published)
    assert (found["score"] == 1).all()
    ends = [path.rpartition("/")[2] for path in found["matched_path"]]
    assert ends == [path.rpartition("/")[2] for path in published]


def test_one_more_published_path_loses_only_itself(interface):
    found = conformance(interface(*under("/treasury/pay"), "/health"), interface(*PATHS))
    assert found["state"].tolist() == ["there"] * 4 + ["missing"]


@pytest.mark.parametrize(
    ("published", "candidate", "states"),
    [
        # One path alone may end as another by chance: it is near, however long its beginning is.
        (["/vouchers"], ["/gov/people/vouchers"], ["near"]),
        (PATHS, [f"/{n}{path}" for n, path in enumerate(PATHS)], ["near"] * 4),
        # The orders of one customer are not all orders.
        (["/orders", "/found"], under("/customers/{who}", ["/orders", "/found"]), ["missing"] * 2),
        # Beside others that have a beginning, one path alone is still only near.
        (PATHS[:3], [*under("/x", PATHS[:2]), "/y/payees"], ["there", "there", "near"]),
        # What is left of a path is never parameters alone.
        (["/{a}", "/{a}/{b}"], ["/things/{id}", "/things/{id}/{part}"], ["missing"] * 2),
    ],
)
def test_what_is_no_beginning(interface, published, candidate, states):
    found = conformance(interface(*published), interface(*candidate))
    assert found["state"].tolist() == states


def test_another_method_below_a_beginning_is_near(interface):
    candidate = interface(*under("/x", PATHS[:3]), **{"/x/refunds": {"put": {}}})
    found = conformance(interface(*PATHS), candidate)
    assert found["state"].tolist() == ["there", "there", "there", "near"]
    assert found["advice"].iloc[3] == "Offer it as GET /refunds; yours is PUT /x/refunds."


def test_the_same_path_goes_before_one_under_a_beginning(interface):
    found = conformance(interface(*PATHS), interface(*under("/admin"), *PATHS))
    assert found["matched_path"].tolist() == list(PATHS)


def test_an_endless_path_is_compared_by_its_end(interface):
    candidate = interface("/a" * 100_000 + "/vouchers", *under("/x"))
    found = conformance(interface(*PATHS), candidate)
    assert found["matched_path"].tolist() == under("/x")


def moved(interface, before, *more):
    """Return an interface whose paths have a beginning, with more paths."""
    frame = interface.operations
    frame = frame.assign(path=[before(path) + path for path in frame["path"]], file="one.yaml")
    first = frame.iloc[0].to_dict()
    rows = [
        first | {"operation": len(frame) + n, "method": "GET", "path": path, "name": ""}
        for n, path in enumerate(more)
    ]
    frame = pd.concat([frame, pd.DataFrame(rows)], ignore_index=True)
    return dataclasses.replace(interface, operations=frame)


def test_published_interfaces_under_another_beginning_conform(blocks):
    assert len(blocks) == 11
    for name, interface in blocks.items():
        for before in ("/moj/svc", "/gov/api/v1"):
            candidate = moved(interface, lambda _, before=before: before, "/health", "/metrics")
            found = conformance(interface, candidate)
            # One path of payments is a parameter alone, /{X-Callback-URL}: it is the same nowhere.
            rest = found[found["path"] != "/{X-Callback-URL}"]
            assert (rest["score"] == 1).all(), (name, before)
            assert len(found) - len(rest) == (name == "payments")


def test_no_published_interface_conforms_to_another_in_modules(blocks):
    scores = {}
    for one, other in itertools.permutations(blocks, 2):
        candidate = moved(blocks[other], lambda path: f"/module-{len(path) % 3}/x", "/health")
        scores[one, other] = conformance(blocks[one], candidate)["score"].mean()
    assert max(scores.values()) <= 0.1, max(scores, key=scores.get)
    assert sum(scores.values()) / len(scores) < 0.01
