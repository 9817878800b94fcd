"""Which part stands for which: one for one, the same name first, and names of signs as written.

Each operation has an address (0.4) and either parameters or a request (0.2), 0.6 in all.
"""

import json

import pytest

from govstack_kit.selection.conformance import conformance, conformance_details


@pytest.fixture
def compared(tmp_path):
    """Compare two operations with parameters (``place``, ``name``) or fields of a request."""

    def write(name, parts):
        if isinstance(parts, dict):
            post = {"requestBody": {"content": {"application/json": {"schema": parts}}}}
        else:
            post = {
                "parameters": [
                    {"in": place, "name": part, "schema": {"type": "string"}}
                    for place, part in parts
                ]
            }
        path = tmp_path / name
        path.write_text(json.dumps({"openapi": "3.0.0", "paths": {"/a": {"post": post}}}))
        return path

    def compare(published, candidate):
        files = write("published.json", published), write("candidate.json", candidate)
        details = conformance_details(*files)
        found = details[["place", "name", "problem"]].to_numpy().tolist()
        return conformance(*files)["score"].item(), found

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


def test_one_parameter_elsewhere_serves_one(compared):
    _, found = compared(query("id", "i_d"), [("header", "id")])
    assert found == [["query", "id", "elsewhere"], ["query", "i_d", "missing"]]
    # One that serves in its own place serves nothing elsewhere.
    published = [("query", "id"), ("header", "id")]
    _, found = compared(published, [("header", "id")])
    assert found == [["query", "id", "missing"]]


def test_names_of_signs_are_compared_as_written(compared):
    _, found = compared(query("$"), [("header", "@")])
    assert found == [["query", "$", "missing"]]
    _, found = compared(query("$"), query("@"))
    assert found == [["query", "$", "missing"]]
    _, found = compared(query("$"), [("header", "$")])
    assert found == [["query", "$", "elsewhere"]]


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
