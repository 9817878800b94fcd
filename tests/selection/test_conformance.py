"""Interfaces compared: the published ones with each other, and small ones worked out by hand."""

import copy
import http.server
import itertools
import json
import random
import re
import threading

import pandas as pd
import pytest
import yaml

from govstack_kit import ArgumentError, UnknownKeyError
from govstack_kit.selection import _bundled, _openapi, _outcomes
from govstack_kit.selection.conformance import (
    COLUMNS,
    DETAILS,
    conformance,
    conformance_details,
    conformance_summary,
    read_interface,
)
from govstack_kit.sources import _schemas
from govstack_kit.sources._reading import LARGEST, load_yaml

WITHOUT = {"cloud-infrastructure-hosting", "cms", "wallet"}  # empty placeholders upstream

# The same interface in both forms: two operations, whose scores are worked out below.
OPENAPI = """\
openapi: 3.0.3
info: {title: Vouchers, version: '1'}
servers: [{url: 'https://example.org/api/v1'}]
paths:
  /vouchers/{serial}:
    parameters: [{in: path, name: serial, required: true, schema: {type: string}}]
    get:
      operationId: readVoucher
      parameters:
        - {in: query, name: detail, schema: {type: boolean}}
        - {in: header, name: X-Trace, required: true, schema: {type: string}}
        - {in: header, name: Accept, required: true, schema: {type: string}}
      responses:
        '200':
          content: {application/json: {schema: {$ref: '#/components/schemas/Voucher'}}}
        '404': {description: unknown}
  /vouchers:
    post:
      operationId: makeVoucher
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}
      responses:
        '201': {description: made}
components:
  schemas:
    Money:
      type: object
      required: [amount]
      properties: {amount: {type: number}, currency: {type: string}}
    Order:
      allOf:
        - {$ref: '#/components/schemas/Money'}
        - type: object
          required: [people]
          properties: {people: {type: array, items: {type: string}}}
    Voucher:
      type: object
      required: [status, money]
      properties:
        status: {type: string}
        money: {$ref: '#/components/schemas/Money'}
        note: {type: string}
"""
SWAGGER = """\
swagger: '2.0'
info: {title: Vouchers, version: '1'}
basePath: /api/v1
consumes: [application/json]
produces: [application/json]
parameters:
  serial: {in: path, name: serial, required: true, type: string}
paths:
  /vouchers/{serial}:
    get:
      operationId: readVoucher
      parameters:
        - {$ref: '#/parameters/serial'}
        - {in: query, name: detail, type: boolean}
        - {in: header, name: x-trace, required: true, type: string}
      responses:
        200: {schema: {$ref: '#/definitions/Voucher'}}
  /vouchers:
    post:
      operationId: makeVoucher
      parameters: [{in: body, name: order, required: true, schema: {$ref: '#/definitions/Order'}}]
      responses: {201: {description: made}}
definitions:
  Money:
    type: object
    required: [amount]
    properties: {amount: {type: number}, currency: {type: string}}
  Order:
    type: object
    required: [amount, people]
    properties:
      amount: {type: number}
      currency: {type: string}
      people: {type: array, items: {type: string}}
  Voucher:
    type: object
    required: [status, money]
    properties:
      status: {type: string}
      money: {$ref: '#/definitions/Money'}
      note: {type: string}
"""


@pytest.fixture
def write(tmp_path):
    """Write data or text as an interface and return its path."""
    numbers = itertools.count()

    def write(data, name=None):
        text = data if isinstance(data, str) else json.dumps(data)
        ending = "yaml" if isinstance(data, str) else "json"
        path = tmp_path / (name or f"interface-{next(numbers)}.{ending}")
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def vouchers():
    return yaml.safe_load(OPENAPI)


def score(published, candidate):
    return conformance_summary(conformance(published, candidate))["score"].item()


def operation(frame, method="GET"):
    return frame[frame["method"] == method].iloc[0]


def changed(data, *keys, to=None):
    """Return a copy with one value changed, or taken out."""
    data = copy.deepcopy(data)
    place = data
    for key in keys[:-1]:
        place = place[key]
    if to is None:
        del place[keys[-1]]
    else:
        place[keys[-1]] = to
    return data


GET = ("paths", "/vouchers/{serial}", "get")
VOUCHER = ("components", "schemas", "Voucher")


# The published interfaces


@pytest.fixture(scope="module")
def blocks(upstream):
    """The published interfaces by building block."""
    folders = sorted((upstream / "GovStackWorkingGroup").glob("bb-*"))
    wanted = [folder for folder in folders if folder.name.removeprefix("bb-") not in WITHOUT]
    return {folder.name.removeprefix("bb-"): read_interface(folder) for folder in wanted}


def test_the_operations_read_are_those_of_the_bundled_table(blocks, framework):
    table = framework.api_operations
    found = {
        (f"govstack:{name}", *row)
        for name, interface in blocks.items()
        for row in interface.operations[["file", "method", "path"]].itertuples(index=False)
    }
    assert len(blocks) == 11
    assert found == set(
        table[["building_block", "file", "method", "path"]].itertuples(index=False, name=None)
    )


def test_a_block_without_operations_says_so(upstream):
    for name in WITHOUT:
        with pytest.raises(ArgumentError, match=rf"bb-{name} holds no .*swagger.yaml: an empty"):
            read_interface(upstream / "GovStackWorkingGroup" / f"bb-{name}")


def test_each_published_interface_conforms_to_itself_in_full(blocks):
    for name, interface in blocks.items():
        frame = conformance(interface, interface)
        assert (frame["score"] == 1).all(), name
        assert (frame["state"] == "there").all(), name
        assert (frame["advice"] == "").all(), name
        assert frame["fields_missing"].sum() == frame["parameters_missing"].sum() == 0


def test_no_published_interface_conforms_to_another(blocks):
    # The largest of the 110 is messaging in payments, for /callback beside /callback/email.
    scores = {
        (one, other): conformance(blocks[one], blocks[other])["score"].mean()
        for one, other in itertools.permutations(blocks, 2)
    }
    assert max(scores.values()) <= 0.1, max(scores, key=scores.get)
    assert sum(scores.values()) / len(scores) < 0.01


def test_a_block_by_its_name_is_compared_as_its_published_file(blocks, framework):
    names = list(blocks)
    for name, other in zip(names, [*names[1:], names[0]], strict=True):
        own = conformance(framework, blocks[name], building_block=name)
        assert (own["score"] == 1).all(), name
        assert set(own["compared"]) == {"in full"}
        if "emarketplace" not in (name, other):  # it has most of all parts, and takes most time
            found = conformance(framework, blocks[other], building_block=name)
            assert found.equals(conformance(blocks[name], blocks[other])), name
            assert found["score"].mean() <= 0.1
        # The parts are the same one by one, so that any candidate has the same score.
        bundled, _ = _outcomes._published(framework, name)
        assert bundled.parts.equals(blocks[name].parts), name
        assert not len(bundled.unusable)


def test_empty_operations_do_not_conform_to_a_block(blocks, framework, write):
    """By hand: all four are there; of the shares that are published, only the address is met."""
    paths = {}
    for row in blocks["messaging"].operations.itertuples():
        paths.setdefault(row.path, {})[row.method.lower()] = {}
    empty = write({"openapi": "3.0.0", "paths": paths})
    found = conformance(framework, empty, building_block="messaging")
    assert found["state"].tolist() == ["there"] * 4
    assert found["fields_missing"].sum() == found["fields"].sum() == 10
    assert conformance_summary(found)["score"].item() == pytest.approx(0.475)
    assert score(blocks["messaging"], empty) == pytest.approx(0.475)
    details = conformance_details(framework, empty, building_block="govstack:messaging")
    assert details.equals(conformance_details(blocks["messaging"], empty))


def test_every_part_in_the_tables_is_of_an_operation(rows):
    key = ("building_block", "file", "method", "path")
    operations = {tuple(row[name] for name in key) for row in rows("api_operations")}
    assert {tuple(row[name] for name in key) for row in rows("api_parts")} <= operations
    lists = {row["field_list"] for row in rows("api_fields")}
    used = {row["field_list"] for row in rows("api_parts")}
    used |= {row["inner_list"] for row in rows("api_fields")}
    assert used - {""} == lists
    printed = {row["name"] for table in ("api_parts", "api_fields") for row in rows(table)}
    assert max(len(name.split()) for name in printed) <= 2  # names, never sentences


def test_a_list_of_fields_that_leads_back_to_itself_comes_to_an_end(framework):
    parts, fields = framework.api_parts.iloc[:1], framework.api_fields.iloc[:2]
    fields = fields.assign(field_list="x", inner_list="x", name=["a", "b"])
    parts = parts.assign(place="response", field_list="x")
    found = _bundled.of_tables(framework.api_operations, "govstack:consent", parts, fields)
    assert found.parts[["name", "type"]].to_numpy().tolist()[1:] == [
        ["a", "circular"],
        ["b", "circular"],
    ]


def test_operations_without_parts_are_compared_by_presence_only(blocks, framework):
    operations = framework.api_operations
    found = conformance(operations, blocks["workflow"], building_block="workflow")
    assert found["score"].tolist() == [1.0] * 9
    assert set(found["compared"]) == {"presence only"}
    assert found["fields"].isna().all()
    summary = conformance_summary(found)
    assert "not compared" in summary["definition"].item()
    assert summary["in_full"].item() == 0


@pytest.mark.parametrize("name", ["consent", "scheduler"])
def test_other_ways_to_write_the_same_paths_change_nothing(blocks, write, upstream, name):
    folder = upstream / "GovStackWorkingGroup" / f"bb-{name}" / "api"
    (path,) = [p for p in folder.iterdir() if p.suffix in (".yaml", ".json") and p.stat().st_size]
    data = load_yaml(path)

    def renamed(text):
        return re.sub(r"\{(\w+)\}", r"{our_\1}", text)

    # Parameters of the path are renamed wherever they are declared.
    ours = json.loads(json.dumps(data))
    for item in ours["paths"].values():
        for holder in [item, *(value for value in item.values() if isinstance(value, dict))]:
            for parameter in holder.get("parameters", []):
                if parameter.get("in") == "path":
                    parameter["name"] = f"our_{parameter['name']}"
    paths = ours["paths"]
    written = {
        "version": {
            f"/v2{renamed(path).rstrip('/').upper()}": item for path, item in paths.items()
        },
        "gateway": {f"/gateway/{name}/x{p}//": item for p, item in data["paths"].items()},
    }
    for way, these in written.items():
        found = conformance(blocks[name], write(ours | {"paths": these}))
        assert found["score"].tolist() == [1.0] * len(found), way


# Scores worked out by hand


def test_the_forms_are_read_alike(write):
    one, two = read_interface(write(OPENAPI)), read_interface(write(SWAGGER))
    for published, candidate in itertools.product((one, two), repeat=2):
        found = conformance(published, candidate)
        assert found["score"].tolist() == [1.0, 1.0]
        assert found["advice"].tolist() == ["", ""]
    keys = ["operation", "place", "name", "required", "type", "status"]
    lower = two.parts.assign(name=two.parts["name"].replace("x-trace", "X-Trace"))
    ours = one.parts[keys].sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(ours, lower[keys].sort_values(keys, ignore_index=True))


def test_the_parts_of_an_operation(write):
    found = read_interface(write(OPENAPI)).parts
    assert found[["place", "name", "required", "type"]].to_numpy().tolist() == [
        ["path", "serial", True, "string"],
        ["query", "detail", False, "boolean"],
        ["header", "X-Trace", True, "string"],
        ["response", "", True, "object"],
        ["response", "status", True, "string"],
        ["response", "money", True, "object"],
        ["response", "note", False, "string"],
        ["response", "money.amount", True, "number"],
        ["response", "money.currency", False, "string"],
        ["request", "", True, "object"],
        ["request", "amount", True, "number"],
        ["request", "currency", False, "string"],
        ["request", "people", True, "array"],
        ["request", "people[]", True, "string"],
        ["response", "", True, "any"],
    ]


# The GET has an address (0.4), parameters (0.2) and an answer (0.2), 0.8 in all. Its parameters
# weigh 1 + 0.25 + 1 = 2.25; its answer 1 + 1 + 1 + 0.25 + 1 + 0.25 = 4.5.
@pytest.mark.parametrize(
    ("keys", "to", "lost", "problem", "advice"),
    [
        (
            (*VOUCHER, "properties", "status"), None, 0.2 * (1 / 4.5) / 0.8, "missing",
            "Add the required response field `status`; published as string.",
        ),
        (
            (*VOUCHER, "properties", "money"), None, 0.2 * (2.25 / 4.5) / 0.8, "missing",
            "Add the required response field `money`; published as object with the 2 fields in it.",
        ),
        (
            (*VOUCHER, "properties", "note"), None, 0.2 * (0.25 / 4.5) / 0.8, "missing",
            "Add the optional response field `note`; published as string.",
        ),
        (
            (*VOUCHER, "properties", "status", "type"), "integer", 0.2 * (0.5 / 4.5) / 0.8,
            "other type",
            "Change the required response field `status`: published as string, yours is integer.",
        ),
        (
            (*VOUCHER, "required"), ["money"], 0.2 * (0.5 / 4.5) / 0.8, "not promised",
            "Mark the response field `status` as required: it is published as always there.",
        ),
        (
            (*GET, "parameters", 1), None, 0.2 * (1 / 2.25) / 0.8, "missing",
            "Add the required header parameter `X-Trace`; published as string.",
        ),
        (
            (*GET, "parameters", 0), None, 0.2 * (0.25 / 2.25) / 0.8, "missing",
            "Add the optional query parameter `detail`; published as boolean.",
        ),
        (
            (*GET, "parameters", 0, "in"), "header", 0.2 * (0.125 / 2.25) / 0.8, "elsewhere",
            "Take the optional query parameter `detail`; yours is the header parameter `detail`.",
        ),
        (
            (*GET, "parameters", 0, "name"), "De_tail", 0.2 * (0.125 / 2.25) / 0.8, "other name",
            "Rename the query parameter `De_tail` to `detail`.",
        ),
        (
            (*GET, "parameters", 0, "required"), True, 0.2 * (0.125 / 2.25) / 0.8, "demanded",
            "Make the query parameter `detail` optional, as published.",
        ),
        (
            # One more that is demanded makes the weights 3.25.
            (*GET, "parameters", 2), {"in": "query", "name": "key", "required": True},
            0.2 * (1 / 3.25) / 0.8, "demanded",
            "Make the query parameter `key` optional: it is not published, so nobody sends it.",
        ),
        (
            (*GET, "responses"), {"203": {"content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/Voucher"}}}}},
            0.2 * (0.5 / 4.5) / 0.8, "other status", "Answer with status 200; yours is 203.",
        ),
        (
            (*GET, "responses", "200", "content"),
            {"text/xml": {"schema": {"$ref": "#/components/schemas/Voucher"}}},
            0.2 * (0.5 / 4.5) / 0.8, "other media type", "Answer as json; yours is xml.",
        ),
    ],
)  # fmt: skip
def test_one_difference_lowers_the_score_by_its_weight(  # noqa: PLR0913, PLR0917 - a table
    write, vouchers, keys, to, lost, problem, advice
):
    published, ours = write(vouchers), write(changed(vouchers, *keys, to=to))
    found = conformance(published, ours)
    assert operation(found)["score"] == pytest.approx(1 - lost)
    assert operation(found)["advice"] == advice
    assert operation(found, "POST")["score"] == 1
    details = conformance_details(published, ours)
    assert details[["problem", "lost", "advice"]].to_numpy().tolist() == [
        [problem, pytest.approx(lost), advice]
    ]


def test_a_request_is_compared_in_the_other_direction(write, vouchers):
    # Address 0.4, request and answer 0.2 each: 0.8. The request weighs 1 + 1 + 0.25 + 1 + 1 = 4.25.
    published = write(vouchers)
    order = ("components", "schemas", "Order", "allOf", 1)
    eager = changed(vouchers, *order, "required", to=["people", "why"])
    eager = changed(eager, *order, "properties", "why", to={"type": "string"})
    found = operation(conformance(published, write(eager)), "POST")
    assert found["score"] == pytest.approx(1 - 0.2 * (1 / 5.25) / 0.8)
    assert found["advice"].startswith("Make the request field `why` optional")
    lenient = changed(vouchers, *order, "required", to=[])
    assert operation(conformance(published, write(lenient)), "POST")["score"] == 1
    none = changed(vouchers, "paths", "/vouchers", "post", "requestBody")
    found = operation(conformance(published, write(none)), "POST")
    assert found["score"] == pytest.approx(0.75)
    assert found["fields_missing"] == 4
    assert found["advice"] == (
        "Add the required request body; published as object with the 4 fields in it."
    )
    # The other way round, a body is demanded that nobody publishes.
    found = operation(conformance(write(none), published), "POST")
    assert found["score"] == pytest.approx(0.75)
    assert found["advice"].startswith("Make the request body optional: it is not published")


def test_an_integer_is_a_number_only_in_one_direction(write, vouchers):
    amount = ("components", "schemas", "Money", "properties", "amount", "type")
    integers = write(changed(vouchers, *amount, to="integer"))
    found = conformance(write(vouchers), integers)
    assert operation(found)["score"] == 1  # an answer may be more precise
    assert "`amount`: published as number, yours is integer" in operation(found, "POST")["advice"]
    found = conformance(integers, write(vouchers))
    assert "`money.amount`" in operation(found)["advice"]
    assert operation(found, "POST")["score"] == 1


def test_a_missing_operation_costs_all_of_its_share(write, vouchers):
    ours = write(changed(vouchers, *GET))
    found = conformance(write(vouchers), ours)
    assert found["state"].tolist() == ["missing", "there"]
    assert found["score"].tolist() == [0, 1]
    assert operation(found)["advice"] == "Add GET /vouchers/{serial}."
    row = operation(found)
    assert (row["parameters"], row["parameters_missing"]) == (3, 3)
    assert (row["fields"], row["fields_missing"]) == (5, 5)
    assert conformance_summary(found).iloc[0].drop(["definition", "building_block"]).to_dict() == {
        "operations": 2, "there": 1, "near": 0, "missing": 1, "in_full": 1, "score": 0.5,
        "compared": "in full",
    }  # fmt: skip


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
def test_what_is_near(write, method, path, name, state, advice):  # noqa: PLR0913, PLR0917
    published = write(
        {"openapi": "3.0.0", "paths": {"/vouchers": {"post": {"operationId": "makeVoucher"}}}}
    )
    ours = write({"openapi": "3.0.0", "paths": {path: {method: {"operationId": name}}}})
    found = conformance(published, ours).iloc[0]
    assert found["state"] == state
    assert found["score"] == {"there": 1, "near": 0.5, "missing": 0}[state]
    assert found["advice"].startswith(advice)


def test_operations_are_paired_one_to_one_whatever_their_order(write):
    def interface(*paths):
        return write({"openapi": "3.0.0", "paths": {path: {"get": {}} for path in paths}})

    published = interface("/a/items", "/a/items/{id}", "/a/item", "/b")
    frames = []
    for order in itertools.permutations(["/items/{key}", "/item", "/items"]):
        found = conformance(published, interface(*order))
        used = found.loc[found["state"] != "missing", "matched_path"]
        assert used.is_unique
        frames.append(found)
        pd.testing.assert_frame_equal(found, frames[0])
    assert len(frames) == 6


def test_one_operation_stands_for_all_with_its_method_and_path(tmp_path, write):
    # As payments publishes PATCH /vouchers: in several files, for several purposes.
    folder = tmp_path / "bb-kit" / "api"
    folder.mkdir(parents=True)
    for name in ("activate", "cancel"):
        write({"openapi": "3.0.0", "info": {"title": name}, "paths": {"/v": {"patch": {}}}},
              folder / f"{name}.json")  # fmt: skip
    found = conformance(folder.parent, write({"openapi": "3.0.0", "paths": {"/v": {"patch": {}}}}))
    assert found["state"].tolist() == ["there", "there"]
    assert found["building_block"].tolist() == ["govstack:kit"] * 2


def test_the_losses_explain_the_score(blocks):
    found = conformance(blocks["registration"], blocks["gis"])
    details = conformance_details(blocks["registration"], blocks["gis"])
    lost = details.groupby(["file", "method", "path"])["lost"].sum()
    scores = found.set_index(["file", "method", "path"])["score"]
    assert (found["state"] == "near").any()
    pd.testing.assert_series_equal(1 - lost, scores.sort_index(), check_names=False)
    assert {c: str(t) for c, t in found.dtypes.items()} == COLUMNS
    assert {c: str(t) for c, t in details.dtypes.items()} == DETAILS


# Schemas


def fields(write, schema, **components):
    data = {
        "openapi": "3.1.0",
        "paths": {
            "/x": {"get": {"responses": {200: {"content": {"text/csv": {"schema": schema}}}}}}
        },
        "components": {"schemas": components},
    }
    found = read_interface(write(data))
    return found.parts[["name", "required", "type"]].to_numpy().tolist(), found.unusable


REF = {"$ref": "#/components/schemas/X"}


def test_variants_and_open_names(write):
    one = {
        "type": "object",
        "required": ["a", "b"],
        "properties": {"a": {"type": "string"}, "b": {}},
    }
    two = {
        "required": ["a"],
        "properties": {"a": {"type": ["integer", "null"]}, "c": {"items": {}}},
    }
    found, _ = fields(write, {"oneOf": [one, two, {"type": "null"}]})
    assert found == [
        ["", True, "object"], ["a", True, "integer or string"], ["b", False, "any"],
        ["c", False, "array"],
    ]  # fmt: skip
    found, _ = fields(write, {"allOf": [one, two]})
    assert [name for name, required, _ in found if required] == ["", "a", "b"]
    secret = {"type": "string", "writeOnly": True}
    found, _ = fields(
        write, {"properties": {"s": secret}, "additionalProperties": {"type": "string"}}
    )
    assert found == [["", True, "object"], ["*", False, "string"]]


def test_circles_are_cut_and_still_conform(write):
    tree = {
        "type": "object",
        "properties": {"leaf": {"type": "string"}, "trees": {"type": "array", "items": REF}},
    }
    found, unusable = fields(write, REF, X=tree)
    assert found[-1] == ["trees[]", False, "circular"]
    assert unusable.empty
    unrolled = {
        "properties": {"leaf": {"type": "string"}, "trees": {"type": "array", "items": tree}}
    }
    published = answering(write, unrolled, X=tree)
    assert score(published, answering(write, REF, X=tree)) == 1
    wrapped = changed(tree, "properties", "trees", "items", to={"allOf": [REF]})
    assert score(published, answering(write, REF, X=wrapped)) == 1


def answering(write, schema, **components):
    """Write an interface whose only operation answers with a schema."""
    content = {"application/json": {"schema": schema}}
    get = {"responses": {"200": {"content": content}}}
    data = {"paths": {"/x": {"get": get}}, "components": {"schemas": components}}
    return write({"openapi": "3.0.0"} | data)


def test_below_a_circle_is_what_it_began_with_and_no_more(write):
    child = {"properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}
    published = {"properties": {"name": {"type": "string"}, "child": child}}
    circle = {"properties": {"name": {"type": "string"}, "child": REF}}
    found = conformance_details(answering(write, published), answering(write, REF, X=circle))
    # The answer is 1/3 of the score; the body weighs 1, each of its four fields a quarter.
    assert found[["name", "problem"]].to_numpy().tolist() == [["child.age", "missing"]]
    assert found["lost"].item() == pytest.approx(0.25 / 2 / 3)


LOOPS = {
    "references alone": {"A": {"$ref": "#/components/schemas/B"}, "B": "A"},
    "to itself": {"A": {"$ref": "#/components/schemas/A"}},
    "composed": {"A": {"allOf": [{"$ref": "#/components/schemas/B"}]}, "B": {"oneOf": ["A"]}},
}


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_that_says_nothing_agrees_with_nothing(write, name):
    again = {"$ref": "#/components/schemas/A"}
    schemas = dict(LOOPS[name])
    if "B" in schemas:
        schemas["B"] = again if schemas["B"] == "A" else {"oneOf": [again]}
    fields = {key: {"type": "string"} for key in ("name", "id", "x")}
    names = {"type": "object", "required": ["name", "id"], "properties": fields}

    def posting(schema, **schemas):
        content = {"content": {"application/json": {"schema": schema}}}
        post = {"requestBody": content | {"required": True}, "responses": {"200": content}}
        paths = {"/a": {"post": post}}
        return write({"openapi": "3.0.0", "paths": paths, "components": {"schemas": schemas}})

    published, loop = posting(names), read_interface(posting(again, **schemas))
    found = conformance(published, loop).iloc[0]
    dangling = posting({"$ref": "#/components/schemas/None"})
    assert found["score"] == pytest.approx(score(published, dangling))
    # Each body is a quarter; of its 3.25 the 2.25 of the fields are lost.
    assert found["score"] == pytest.approx(1 - 2 * 0.25 * 2.25 / 3.25)
    assert found["fields_missing"] == 6
    assert loop.unusable["why"].str.contains("itself").all()
    assert len(loop.unusable) == 1


def test_a_loop_beside_other_words_takes_nothing_from_them(write):
    thing = {"properties": {"a": {"type": "string"}}, "allOf": [REF]}
    found, unusable = fields(write, REF, X=thing)
    assert found == [["", True, "object"], ["a", False, "string"]]
    assert unusable["why"].tolist() == ["is composed of itself, which says nothing"]


def test_references_out_of_the_file_are_listed_and_never_opened(write, tmp_path):
    (tmp_path / "other.yaml").write_text("Voucher: {type: object}")
    text = OPENAPI.replace("'#/components/schemas/Voucher'", "'other.yaml#/Voucher'")
    far = "paths:\n  /far: {$ref: 'https://example.invalid/paths.yaml'}\n"
    found = read_interface(write(text.replace("paths:\n", far)))
    assert sorted(found.unusable[["text", "why"]].to_numpy().tolist()) == [
        ["https://example.invalid/paths.yaml", "a path in another file, not followed"],
        ["other.yaml#/Voucher", "refers to another file, which was not opened"],
    ]
    assert found.unusable["line"].tolist() == [5, 6]  # those of the paths
    result = operation(conformance(write(OPENAPI), found))
    assert result["score"] == pytest.approx(1 - 0.2 * (3.5 / 4.5) / 0.8)
    assert "yours refers to something that was not opened" in result["advice"]


def test_paths_that_refer_to_paths_are_there(write):
    data = {
        "/users/{id}": {"get": {}},
        "/people/{id}": {"$ref": "#/paths/~1users~1%7Bid%7D"},
        "/v": {"$ref": "#/components/pathItems/V"},
    }
    items = {"V": {"$ref": "#/components/pathItems/U"}, "U": {"put": {}}}
    ours = write({"openapi": "3.1.0", "paths": data, "components": {"pathItems": items}})
    plain = {"/users/{id}": {"get": {}}, "/people/{id}": {"get": {}}, "/v": {"put": {}}}
    found = conformance(write({"openapi": "3.1.0", "paths": plain}), ours)
    assert found["state"].tolist() == ["there"] * 3
    assert found["unusable"].tolist() == [0] * 3


def test_what_could_not_be_used_is_told_with_the_score(write):
    published = write(OPENAPI)
    far = "  /vouchers/{serial}: {$ref: 'paths.yaml#/voucher'}\n  /x: {$ref: '#/y'}\n"
    ours = write(f"openapi: 3.0.0\npaths:\n  /vouchers: {{post: {{}}}}\n{far}", "ours.yaml")
    found = conformance(published, ours)
    assert found["unusable"].tolist() == [2, 2] == [len(read_interface(ours).unusable)] * 2
    assert operation(found)["advice"] == (
        "Add GET /vouchers/{serial}, unless it is in what was not read: paths.yaml#/voucher and 1 "
        "more (ours.yaml, line 4: a path in another file, not followed)."
    )
    said = conformance_summary(found)["definition"].item()
    assert said.endswith(
        "2 places of the candidate's files could not be used and count for nothing, so the score "
        "may be too low: see govstack_kit.read_interface(candidate).unusable."
    )
    # Other places say nothing about missing operations.
    ours = write("openapi: 3.0.0\npaths: {/vouchers: {post: {}, gett: {}}}", "ours.yaml")
    found = conformance(published, ours)
    assert operation(found)["advice"] == "Add GET /vouchers/{serial}."
    assert "One place of the candidate's" in conformance_summary(found)["definition"].item()
    clean = conformance_summary(conformance(published, published))["definition"].item()
    assert clean.endswith("The weights are the kit's own.")


def test_words_that_old_yaml_takes_for_false_and_true_agree_with_json(write):
    names = ["on", "no", "yes", "off"]
    schema = {"type": "object", "required": names, "properties": {name: {} for name in names}}
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    data = {"openapi": "3.0.0", "paths": {"/a": {"post": {"requestBody": body}}}}
    ours = write(yaml.safe_dump(data).replace("'", ""))
    assert "on: {}" in ours.read_text()
    assert score(write(data), ours) == score(ours, write(data)) == 1


@pytest.mark.parametrize(
    "reference",
    ["#/components/schemas/Y", "#/components/schemas/X/type", "#", "#/a/%zz", "#/paths/9"],
)
def test_what_a_reference_does_not_find_is_listed(write, reference):
    found, unusable = fields(
        write, {"properties": {"a": {"$ref": reference}}}, X={"type": "object"}
    )
    if reference != "#":
        assert found == [["", True, "object"], ["a", False, "not seen"]]
        assert unusable["why"].tolist() == ["refers to nothing in this file"]
        assert unusable["file"].str.startswith("interface").all()


def test_endless_schemas_are_bounded(write, monkeypatch):
    # Each level names the next twice: 2 to the power of 30 schemas, were each looked into anew.
    levels = {
        f"L{n}": {
            "allOf": [{"$ref": f"#/components/schemas/L{n + 1}"}] * 2,
            "properties": {"a": {}},
        }
        for n in range(30)
    } | {"L30": {"type": "object"}}
    found, unusable = fields(write, {"$ref": "#/components/schemas/L0"}, **levels)
    assert found == [["", True, "object"], ["a", False, "any"]]
    assert unusable.empty
    with monkeypatch.context() as patch:
        patch.setattr(_schemas, "ALL_STEPS", 20)
        found, unusable = fields(write, {"$ref": "#/components/schemas/L0"}, **levels)
        assert found == [["", True, "not seen"]]
        assert unusable["why"].str.contains("too many schemas").any()
    with monkeypatch.context() as patch:
        patch.setattr(_schemas, "ALL_FIELDS", 1)  # for the request; none is left for the answer
        path = answering(write, {"properties": {"a": {}}})
        data = json.loads(path.read_text())
        get = data["paths"]["/x"]["get"]
        get["requestBody"] = get["responses"]["200"]
        found = read_interface(write(data))
        assert found.parts["type"].tolist() == ["object", "any", "not seen"]
        assert "the file has too many fields" in found.unusable["why"].item()
    wide = {"properties": {f"p{n}": {} for n in range(1_001)}}
    found, unusable = fields(write, wide)
    assert found == [["", True, "not seen"]]
    assert unusable["why"].tolist() == [
        "the body has more than 1,000 fields; the rest is not compared"
    ]
    deep = {}
    for _ in range(20):
        deep = {"properties": {"x": deep}}
    found, unusable = fields(write, deep)
    assert len(found) == 11
    assert found[-1][2] == "not seen"
    assert unusable["why"].tolist() == [
        "the body has more than 10 levels; the rest is not compared"
    ]


# What cannot be used


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.yaml", "", r"a.yaml is no interface \(an empty placeholder\)"),
        ("a.yaml", "a: [1", "a.yaml is not plain YAML: line 2: "),
        ("a.json", '{"openapi": ', "a.json is not JSON: line 1, column "),
        ("a.yaml", "<!DOCTYPE html>\n<html>: x: y", "a.yaml .* It is a web page: .* press Raw"),
        ("a.yaml", "<html></html>", "It is a web page"),
        ("a.yaml", "- 1", "holds no interface, but a list or a text"),
        ("a.yaml", "openapi: 4.0.0\npaths: {}", "version 4.0.0 is not known"),
        ("a.yaml", "openapi: 3.0.0\npaths: {}", "a.yaml: no operation: its paths are empty"),
        ("a.yaml", "openapi: 3.0.0\npaths: [1]", "paths holds no names with values"),
        ("a.yaml", "openapi: !!python/name:os.system x", "a.yaml is not plain YAML"),
        ("a.yaml", "a: &a [*a]", "a.yaml is not plain YAML.*it refers to itself"),
        ("a.json", "[" * 100_000, "a.json is nested too deeply"),
        ("a.json", f'{{"a": {"9" * 5_000}}}', "a number that is too long"),
        ("a.yaml", "? " * 40_000 + "a", "a.yaml is not plain YAML: it is nested too deeply"),
        (
            "a.json",
            '{"openapi": "3.0.0",\n"paths": {"/\\ud800": {"get": {}}}}',
            r"a.json has half a character: line 2: \\ud800 stands alone; write it with its",
        ),
    ],
)
def test_what_is_no_interface_is_refused_with_the_place(write, name, text, message):
    with pytest.raises(ArgumentError, match=message):
        read_interface(write(text, name))


def test_laughing_and_huge_files_are_refused(write, tmp_path):
    laughs = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 10))
    with pytest.raises(ArgumentError, match="grows without bound"):
        read_interface(write(f"openapi: 3.0.0\nl0: &l0 [ha]\n{laughs}\n"))
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(ArgumentError, match=r"huge.yaml has 50 MB.*: 21 MB. Give the interface al"):
        read_interface(path)
    assert LARGEST < 50_000_000


def test_a_file_with_too_much_in_it_is_called_too_large(write, monkeypatch):
    monkeypatch.setattr("govstack_kit.sources._reading.MOST_NODES", 1_000)
    schemas = "".join(f"    S{n}: {{type: object}}\n" for n in range(500))
    text = f"openapi: 3.0.0\npaths: {{/a: {{get: {{}}}}}}\ncomponents:\n  schemas:\n{schemas}"
    with pytest.raises(ArgumentError) as error:
        read_interface(write(text, "a.yaml"))
    assert str(error.value) == (
        "a.yaml is too large: it has more than 1,000 values. Give the interface alone."
    )


def test_too_many_operations_are_refused(write, monkeypatch):
    monkeypatch.setattr(_openapi, "MOST_OPERATIONS", 1)
    with pytest.raises(ArgumentError, match="has 2 operations; an interface that is compared"):
        read_interface(write(OPENAPI, "a.yaml"))


def test_arguments_that_are_none(framework, write, tmp_path):
    path = write(OPENAPI)
    for wrong in (None, 3, [], b"x"):
        with pytest.raises(ArgumentError, match="path"):
            conformance(path, wrong)
    for wrong in ("nowhere.yaml", "\0", "x" * 5_000, tmp_path / "x"):
        with pytest.raises(ArgumentError, match="There is no file or folder"):
            read_interface(wrong)
    with pytest.raises(ArgumentError, match=r"holds no operation .*there is no YAML or JSON"):
        read_interface((tmp_path / "empty").mkdir() or tmp_path / "empty")
    with pytest.raises(ArgumentError, match=r"Name the building block.*govstack:payments"):
        conformance(framework, path)
    with pytest.raises(UnknownKeyError, match="Did you mean govstack:payments"):
        conformance(framework, path, building_block="paymants")
    with pytest.raises(ArgumentError, match="no column building_block"):
        conformance(pd.DataFrame({"a": [1]}), path, building_block="payments")
    with pytest.raises(ArgumentError, match="Name a building block"):
        conformance(framework, path, building_block=3)
    with pytest.raises(ArgumentError, match=r"Give what govstack_kit.conformance"):
        conformance_summary(pd.DataFrame())


def test_a_template_that_somebody_names_is_read(write):
    text = "openapi: 3.0.0\ninfo: {title: Petstore}\npaths: {/pets: {get: {}}}"
    assert len(read_interface(write(text)).operations) == 1
    assert len(read_interface(write(text, "petstore")).operations) == 1  # a name without ending
    assert len(read_interface(write(json.dumps(yaml.safe_load(text)), "x.txt")).operations) == 1


KEYS = [
    *("$ref", "type", "in", "name", "schema", "parameters", "content", "200", "get", "properties"),
    *("required", "items", "allOf", "oneOf", "responses", "requestBody", "url", "/x", ""),
]
LEAVES = [
    *(
        None,
        True,
        0,
        -1,
        200,
        1.5,
        "",
        "x",
        "object",
        "string",
        "#/",
        "query",
        "path",
        "https://[x",
    ),
    *("#/paths", "#/components/schemas/A", "other.yaml", "#/components/schemas/A/items/0"),
]


def junk(draw, depth=4):
    kind = draw.random() if depth else 0
    if kind < 0.3:
        return draw.choice(LEAVES)
    size = draw.randrange(4)
    if kind < 0.5:
        return [junk(draw, depth - 1) for _ in range(size)]
    return {draw.choice(KEYS): junk(draw, depth - 1) for _ in range(size)}


def test_nothing_but_a_sentence_comes_of_junk(tmp_path):
    path = tmp_path / "junk.json"
    for seed in range(8):
        draw = random.Random(seed)  # noqa: S311 - no secret
        paths = {"/a": junk(draw)}
        for number in range(40):
            keys = ("parameters", "requestBody", "responses", "servers", "consumes", "deprecated")
            post = {key: junk(draw) for key in keys} | {"responses": {"200": junk(draw)}}
            paths[f"/b{number}/{{c}}"] = {"get": junk(draw), "post": post}
        data = {
            "swagger" if seed % 2 else "openapi": "2.0" if seed % 2 else "3.0.0",
            "paths": paths,
            **{key: junk(draw) for key in ("servers", "basePath", "consumes", "info")},
            "components": {"schemas": {"A": junk(draw)}},
        }
        path.write_text(json.dumps(data))
        interface = read_interface(path)
        assert (conformance(interface, path)["score"] == 1).all(), seed


# Addresses


class _Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path[4:])
            self.end_headers()
            return
        bodies = {
            "/api.yaml": OPENAPI.encode(),
            "/page": b"<!doctype html><p>",
            "/big": b"x" * 5_000,
        }
        self.send_response(200 if self.path in bodies else 404)
        self.end_headers()
        self.wfile.write(bodies.get(self.path, b""))

    def log_message(self, *_):
        pass


@pytest.fixture
def site(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_address_is_asked_for_only_when_told_to(site, monkeypatch):
    with pytest.raises(ArgumentError, match="nothing is downloaded unasked"):
        read_interface(f"{site}/api.yaml")
    found = read_interface(f"{site}/to/{site}/api.yaml", download=True)
    assert len(found.operations) == 2
    assert found.name == f"{site}/to/{site}/api.yaml"
    for path, message in [
        ("/none", "the server says HTTP 404"),
        ("/page", "/page is no interface.*It is a web page"),
        (
            "/to/file:///etc/passwd",
            r"file:///etc/passwd is not asked: only addresses with http and",
        ),
        (f"/to/{site}/to/" * 9, "is only redirected|cannot be had|HTTP 404"),
    ]:
        with pytest.raises(ArgumentError, match=message):
            read_interface(f"{site}{path}", download=True)
    with pytest.raises(ArgumentError, match=r"ftp://example.org/a is not asked"):
        read_interface("ftp://example.org/a", download=True)
    monkeypatch.setattr("govstack_kit.selection._fetch.LARGEST", 1_000)
    with pytest.raises(ArgumentError, match="has more than 0 MB or takes longer"):
        read_interface(f"{site}/big", download=True)


def test_an_address_that_does_not_answer_keeps_its_secrets(site):
    secret = (
        site.replace("http://", "http://me:secret@").rpartition(":")[0] + ":1/api.yaml?key=hush"
    )
    with pytest.raises(ArgumentError, match=r"cannot be had \(ConnectionError\)") as error:
        read_interface(secret, download=True)
    assert "secret" not in str(error.value)
    assert "hush" not in str(error.value)


@pytest.mark.parametrize("key", ["9" * 5000, "7"])
def test_a_reference_into_a_list_that_is_shorter(write, key):
    schema = {"$ref": f"#/x/{key}"}
    content = {"application/json": {"schema": schema}}
    get = {"responses": {"200": {"description": "", "content": content}}}
    found = read_interface(write({"openapi": "3.0.0", "x": [1], "paths": {"/a": {"get": get}}}))
    assert found.unusable["why"].tolist() == ["refers to nothing in this file"]


def test_an_empty_path_is_not_the_folder_one_stands_in():
    with pytest.raises(ArgumentError, match="Give the path"):
        read_interface("")
