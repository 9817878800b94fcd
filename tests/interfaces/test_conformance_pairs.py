"""Which stands for which: paths under other beginnings, and one part for one, the same name first.

What a product puts before its paths costs nothing, wherever it does. In the second half, each
operation has an address (0.4) and either parameters or a request (0.2), 0.6 in all.
"""

import dataclasses
import itertools
import json

import pandas as pd
import pytest

from govstack_kit.interfaces import compare_interfaces, published_interface

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
def blocks(framework):
    """The published interfaces, from the bundled tables."""
    known = framework.api_operations["building_block"].unique()
    return {block: published_interface(framework, block) for block in known}


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
    found = compare_interfaces(interface(*published), interface(*candidate)).operations
    assert found["state"].tolist() == ["there"] * len(published)
    assert (found["score"] == 1).all()
    ends = [path.rpartition("/")[2] for path in found["matched_path"]]
    assert ends == [path.rpartition("/")[2] for path in published]


def test_one_more_published_path_loses_only_itself(interface):
    published = interface(*under("/treasury/pay"), "/health")
    found = compare_interfaces(published, interface(*PATHS)).operations
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
    found = compare_interfaces(interface(*published), interface(*candidate)).operations
    assert found["state"].tolist() == states


def test_another_method_below_a_beginning_is_near(interface):
    candidate = interface(*under("/x", PATHS[:3]), **{"/x/refunds": {"put": {}}})
    found = compare_interfaces(interface(*PATHS), candidate).operations
    assert found["state"].tolist() == ["there", "there", "there", "near"]
    assert found["advice"].iloc[3] == "Offer it as GET /refunds; yours is PUT /x/refunds."


def test_the_same_path_goes_before_one_under_a_beginning(interface):
    candidate = interface(*under("/admin"), *PATHS)
    found = compare_interfaces(interface(*PATHS), candidate).operations
    assert found["matched_path"].tolist() == list(PATHS)


def test_an_endless_path_is_compared_by_its_end(interface):
    candidate = interface("/a" * 100_000 + "/vouchers", *under("/x"))
    found = compare_interfaces(interface(*PATHS), candidate).operations
    assert found["matched_path"].tolist() == under("/x")


def moved(interface, before, *more):
    """Return an interface whose paths have a beginning, with more paths, all in one file."""
    frames = [
        frame.assign(path=[before(path) + path for path in frame["path"]], file="one.yaml")
        for frame in (interface.operations, interface.parts)
    ]
    first = frames[0].iloc[0].to_dict()
    rows = [first | {"method": "GET", "path": path, "operation": ""} for path in more]
    operations = pd.concat([frames[0], pd.DataFrame(rows)], ignore_index=True)
    return dataclasses.replace(interface, operations=operations, parts=frames[1])


def test_published_interfaces_under_another_beginning_conform(blocks):
    assert len(blocks) == 12
    for name, interface in blocks.items():
        if name == "govstack:payments":  # prints an operation in several files
            continue
        for before in ("/moj/svc", "/gov/api/v1"):
            candidate = moved(interface, lambda _, before=before: before, "/health", "/metrics")
            found = compare_interfaces(interface, candidate).operations
            assert found["score"].min() == pytest.approx(1), (name, before)


def test_no_published_interface_conforms_to_another_in_modules(blocks):
    small = [name for name in blocks if name != "govstack:emarketplace"]
    scores = {}
    for one, other in itertools.permutations(small, 2):
        candidate = moved(blocks[other], lambda path: f"/module-{len(path) % 3}/x", "/health")
        scores[one, other] = compare_interfaces(blocks[one], candidate).score
    assert max(scores.values()) <= 0.1, max(scores, key=scores.get)
    assert sum(scores.values()) / len(scores) < 0.01


def test_operations_are_paired_one_to_one_whatever_their_order(interface):
    published = interface("/a/items", "/a/items/{id}", "/a/item", "/b")
    frames = []
    for order in itertools.permutations(["/items/{key}", "/item", "/items"]):
        found = compare_interfaces(published, interface(*order)).operations
        assert found.loc[found["state"] != "missing", "matched_path"].is_unique
        frames.append(found)
        pd.testing.assert_frame_equal(found, frames[0])
    assert len(frames) == 6


def test_one_operation_stands_for_all_with_its_method_and_path(tmp_path):
    # As payments publishes PATCH /vouchers: in several files, for several purposes.
    spec = {"openapi": "3.0.0", "paths": {"/v": {"patch": {}}}}
    (tmp_path / "api").mkdir()
    for name in ("activate", "cancel"):
        path = tmp_path / "api" / f"{name}.json"
        path.write_text(json.dumps(spec | {"info": {"title": name}}))
    found = compare_interfaces(tmp_path, path)
    assert found.operations["state"].tolist() == ["there", "there"]


@pytest.mark.parametrize(
    ("method", "path", "name", "state", "advice"),
    [
        ("put", "/vouchers", "x", "near", "Offer it as POST /vouchers; yours is PUT /vouchers."),
        ("post", "/voucher", "x", "near", "Offer it as POST /vouchers; yours is POST /voucher."),
        ("post", "/orders", "make_voucher", "near", "Offer it as POST /vouchers; yours is POST"),
        ("post", "/orders", "x", "missing", "Add POST /vouchers."),
        ("patch", "/vouching", "x", "missing", "Add POST /vouchers."),
        ("post", "/VOUCHERS/", "x", "there", ""),
        ("post", "/govstack/api/v2.1/vouchers?all=yes", "x", "there", ""),
        ("post", "/ours/vouchers", "x", "near", "Offer it as POST /vouchers; yours is POST /ours"),
    ],
)
def test_what_is_near(interface, method, path, name, state, advice):  # noqa: PLR0913, PLR0917
    published = interface(**{"/vouchers": {"post": {"operationId": "makeVoucher"}}})
    ours = interface(**{path: {method: {"operationId": name}}})
    found = compare_interfaces(published, ours).operations.iloc[0]
    assert found["state"] == state
    assert found["score"] == {"there": 1, "near": 0.5, "missing": 0}[state]
    assert found["advice"].startswith(advice)


# --- parts ----------------------------------------------------------------------------------------


@pytest.fixture
def compared(interface):
    """Compare two operations with parameters (``place``, ``name``) or fields of a request."""

    def write(parts):
        if isinstance(parts, dict):
            post = {"requestBody": {"content": {"application/json": {"schema": parts}}}}
        else:
            schema = {"type": "string"}
            post = {"parameters": [{"in": p, "name": n, "schema": schema} for p, n in parts]}
        return interface(**{"/a": {"post": post}})

    def compare(published, candidate):
        found = compare_interfaces(write(published), write(candidate))
        return found.score, found.differences[["place", "name", "problem"]].to_numpy().tolist()

    return compare


def query(*names):
    return [("query", name) for name in names]


def test_one_parameter_serves_one_and_the_same_name_goes_first(compared):
    score, found = compared(query("user_id", "userId", "UserID"), query("userId"))
    assert found == [["query", "user_id", "missing"], ["query", "UserID", "missing"]]
    assert score == pytest.approx(1 - 0.2 * (2 / 3) / 0.6)
    score, found = compared(query("user_id", "userId"), query("userId", "USER-ID"))
    assert found == [["query", "user_id", "other name"]]
    assert score == pytest.approx(1 - 0.2 * (0.5 / 2) / 0.6)


def test_a_parameter_in_another_place_is_missing(compared):
    _, found = compared([("query", "id"), ("header", "id")], [("header", "ID")])
    assert found == [["query", "id", "missing"]]


def test_names_of_signs_are_compared_as_written(compared):
    _, found = compared(query("$"), query("@"))
    assert found == [["query", "$", "missing"]]


def fields(*names, **within):
    text = {"type": "string"}
    return {"type": "object", "properties": dict.fromkeys(names, text) | within}


def test_one_field_serves_one_and_the_same_name_goes_first(compared):
    # The body as a whole is optional and weighs as much as each of its fields.
    score, found = compared(fields("user_id", "userId", "UserID"), fields("userId"))
    assert found == [["request", "user_id", "missing"], ["request", "UserID", "missing"]]
    assert score == pytest.approx(1 - 0.2 * (2 / 4) / 0.6)
    _, found = compared(fields("$", "a"), fields("@", "a"))
    assert found == [["request", "$", "missing"]]


def test_fields_are_looked_for_within_what_stands_for_the_one_around(compared):
    published, candidate = fields(user_id=fields("a_b")), fields(userId=fields("aB"))
    score, found = compared(published, candidate)
    assert found == [
        ["request", "user_id", "other name"],
        ["request", "user_id.a_b", "other name"],
    ]
    assert score == pytest.approx(1 - 0.2 * (1 / 3) / 0.6)
    # Both have one field, and the first stands for the object that lacks it.
    published = fields(user_id=fields("x"), userID=fields("y"))
    _, found = compared(published, fields(userId=fields("x", "y")))
    assert found == [["request", "user_id", "other name"], ["request", "userID", "missing"]]
