"""Interfaces compared: the published ones with each other, and small ones worked out by hand."""

import copy
import itertools
import json
import random
import re

import pytest
import yaml

from govstack_kit.errors import ArgumentError, UnknownKeyError
from govstack_kit.interfaces import compare_interfaces, published_interface, read_interface
from govstack_kit.interfaces.conformance import conformance

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


def operation(found, method="GET"):
    frame = found.operations
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


# --- the published interfaces -------------------------------------------------------------------


@pytest.fixture(scope="module")
def blocks(framework):
    """The published interfaces, from the bundled tables."""
    known = framework.api_operations["building_block"].unique()
    return {block: published_interface(framework, block) for block in known}


def test_each_published_interface_conforms_to_itself_in_full(blocks):
    for name, interface in blocks.items():
        found = compare_interfaces(interface, interface).operations
        assert (found["score"] == 1).all(), name
        assert (found["state"] == "there").all(), name
        assert (found["advice"] == "").all(), name


def test_no_published_interface_conforms_to_another(blocks):
    # The largest of them is messaging in payments, for /callback beside /callback/email.
    small = [name for name in blocks if name != "govstack:emarketplace"]
    scores = {
        (one, other): compare_interfaces(blocks[one], blocks[other]).score
        for one, other in itertools.permutations(small, 2)
    }
    assert max(scores.values()) <= 0.1, max(scores, key=scores.get)
    assert sum(scores.values()) / len(scores) < 0.01


def test_a_published_file_conforms_to_its_block(framework, upstream):
    for name in ("workflow", "consent", "payments"):
        folder = upstream / "GovStackWorkingGroup" / f"bb-{name}"
        found = conformance(framework, folder, building_block=f"govstack:{name}")
        assert found.score == 1, name
        assert found.differences.empty


def test_empty_operations_do_not_conform_to_a_block(blocks, framework, write):
    """By hand: all four are there; of the shares that are published, only the address is met."""
    paths = {}
    for row in blocks["govstack:messaging"].operations.itertuples():
        paths.setdefault(row.path, {})[row.method.lower()] = {}
    empty = write({"openapi": "3.0.0", "paths": paths})
    found = conformance(framework, empty, building_block="govstack:messaging")
    assert found.operations["state"].tolist() == ["there"] * 4
    bodies = found.differences.query("place in ['request', 'response'] and problem == 'missing'")
    assert bodies["parts"].sum() - (bodies["name"] == "").sum() == 10  # their fields
    assert found.score == pytest.approx(0.475)


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


def test_other_ways_to_write_the_same_paths_change_nothing(write, upstream):
    folder = upstream / "GovStackWorkingGroup" / "bb-consent" / "api"
    (path,) = (path for path in folder.iterdir() if path.suffix == ".yaml")
    data = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - plain text
    published = write(data)

    # Parameters of the path are renamed wherever they are declared.
    ours = copy.deepcopy(data)
    for item in ours["paths"].values():
        for holder in [item, *(value for value in item.values() if isinstance(value, dict))]:
            for parameter in holder.get("parameters", []):
                if parameter.get("in") == "path":
                    parameter["name"] = f"our_{parameter['name']}"
    paths = ours["paths"].items()
    renamed = {re.sub(r"\{(\w+)\}", r"{our_\1}", path): item for path, item in paths}
    for these in (
        {f"/v2{path.rstrip('/').upper()}": item for path, item in renamed.items()},
        {f"/gateway/consent/x{path}//": item for path, item in data["paths"].items()},
    ):
        assert compare_interfaces(published, write(ours | {"paths": these})).score == 1


# --- scores worked out by hand ------------------------------------------------------------------


def test_the_forms_are_read_alike(write):
    one, two = read_interface(write(OPENAPI)), read_interface(write(SWAGGER))
    for published, candidate in itertools.product((one, two), repeat=2):
        found = compare_interfaces(published, candidate)
        assert found.score == 1
        assert found.differences.empty


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
    found = compare_interfaces(published, ours)
    assert operation(found)["score"] == pytest.approx(1 - lost)
    assert operation(found)["advice"] == advice
    assert operation(found, "POST")["score"] == 1
    assert found.differences[["problem", "lost", "advice"]].to_numpy().tolist() == [
        [problem, pytest.approx(lost), advice]
    ]


def test_a_request_is_compared_in_the_other_direction(write, vouchers):
    # Address 0.4, request and answer 0.2 each: 0.8. The request weighs 1 + 1 + 0.25 + 1 + 1 = 4.25.
    published = write(vouchers)
    order = ("components", "schemas", "Order", "allOf", 1)
    eager = changed(vouchers, *order, "required", to=["people", "why"])
    eager = changed(eager, *order, "properties", "why", to={"type": "string"})
    found = operation(compare_interfaces(published, write(eager)), "POST")
    assert found["score"] == pytest.approx(1 - 0.2 * (1 / 5.25) / 0.8)
    assert found["advice"].startswith("Make the request field `why` optional")
    lenient = changed(vouchers, *order, "required", to=[])
    assert operation(compare_interfaces(published, write(lenient)), "POST")["score"] == 1
    none = changed(vouchers, "paths", "/vouchers", "post", "requestBody")
    found = operation(compare_interfaces(published, write(none)), "POST")
    assert found["score"] == pytest.approx(0.75)
    assert found["advice"] == (
        "Add the required request body; published as object with the 4 fields in it."
    )
    # The other way round, a body is demanded that nobody publishes.
    found = operation(compare_interfaces(write(none), published), "POST")
    assert found["score"] == pytest.approx(0.75)
    assert found["advice"] == (
        "Make the request body optional: it is not published, so nobody sends it with the 3 fields "
        "in it."
    )


def test_an_integer_is_a_number_only_in_one_direction(write, vouchers):
    amount = ("components", "schemas", "Money", "properties", "amount", "type")
    integers = write(changed(vouchers, *amount, to="integer"))
    found = compare_interfaces(write(vouchers), integers)
    assert operation(found)["score"] == 1  # an answer may be more precise
    assert "`amount`: published as number, yours is integer" in operation(found, "POST")["advice"]
    found = compare_interfaces(integers, write(vouchers))
    assert "`money.amount`" in operation(found)["advice"]
    assert operation(found, "POST")["score"] == 1


def test_a_missing_operation_costs_all_of_its_share(write, vouchers):
    found = compare_interfaces(write(vouchers), write(changed(vouchers, *GET)))
    assert found.operations["state"].tolist() == ["missing", "there"]
    assert found.operations["score"].tolist() == [0, 1]
    row = operation(found)
    assert row["advice"] == "Add GET /vouchers/{serial}."
    assert found.tables()["summary"].iloc[0].to_dict() == {
        "building_block": "", "operations": 2, "there": 1, "near": 0, "missing": 1, "agreeing": 1,
        "score": 0.5,
    }  # fmt: skip


def test_the_losses_explain_the_score(blocks):
    found = compare_interfaces(blocks["govstack:registration"], blocks["govstack:gis"])
    lost = found.differences.groupby(["file", "method", "path"])["lost"].sum()
    scores = found.operations.set_index(["file", "method", "path"])["score"]
    assert (found.operations["state"] == "near").any()
    assert (1 - lost).to_dict() == pytest.approx(scores.to_dict())


def test_an_answer_has_tables_and_sentences(framework, write):
    ours = write("openapi: 3.0.0\npaths: {/processes: {get: {$ref: a.yaml}}, /b: {$ref: '#/c'}}")
    found = conformance(framework, ours, building_block="govstack:workflow")
    assert list(found.tables()) == ["summary", "operations", "differences", "unusable"]
    said = found.sentences()
    assert (
        said[0]
        == "9 published operations: 1 there, 0 near, 8 missing. The score is 7\N{NO-BREAK SPACE}%."
    )
    assert "The weights are the kit's own." in said[1]
    assert "may be too low: see the table unusable" in said[2]
    assert len(said) == 3 + 5
    assert said[3].endswith(": Add DELETE /processes/{process_id}.") or "Add " in said[3]
    assert found.tables()["unusable"]["text"].tolist() == ["#/c"]
    clean = compare_interfaces(ours, ours)
    assert not any("Add " in sentence for sentence in clean.sentences())


# --- schemas ------------------------------------------------------------------------------------

REF = {"$ref": "#/components/schemas/X"}


def answering(write, schema, **components):
    """Write an interface whose only operation answers with a schema."""
    content = {"application/json": {"schema": schema}}
    get = {"responses": {"200": {"content": content}}}
    data = {"paths": {"/x": {"get": get}}, "components": {"schemas": components}}
    return write({"openapi": "3.0.0"} | data)


def compared_fields(write, path):
    """Return how many fields of an answer are compared: those told with it where it is missing."""
    found = compare_interfaces(path, write({"openapi": "3.0.0", "paths": {"/x": {"get": {}}}}))
    return found.differences["parts"].item() - 1


def test_circles_come_to_an_end_and_still_conform(write):
    tree = {
        "type": "object",
        "properties": {"leaf": {"type": "string"}, "trees": {"type": "array", "items": REF}},
    }
    unrolled = {
        "properties": {"leaf": {"type": "string"}, "trees": {"type": "array", "items": tree}}
    }
    published = answering(write, unrolled, X=tree)
    assert compare_interfaces(published, answering(write, REF, X=tree)).score == 1
    wrapped = changed(tree, "properties", "trees", "items", to={"allOf": [REF]})
    assert compare_interfaces(published, answering(write, REF, X=wrapped)).score == 1
    circle = answering(write, REF, X=tree)
    found = compare_interfaces(circle, circle)
    assert found.score == 1
    assert compared_fields(write, circle) == 3  # leaf, trees, and each tree, which is circular


def test_below_a_circle_is_what_it_began_with_and_no_more(write):
    child = {"properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}
    published = {"properties": {"name": {"type": "string"}, "child": child}}
    circle = {"properties": {"name": {"type": "string"}, "child": REF}}
    found = compare_interfaces(answering(write, published), answering(write, REF, X=circle))
    # The answer is 1/3 of the score; the body weighs 1, each of its four fields a quarter.
    assert found.differences[["name", "problem"]].to_numpy().tolist() == [["child.age", "missing"]]
    assert found.differences["lost"].item() == pytest.approx(0.25 / 2 / 3)


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
    found = compare_interfaces(published, loop)
    dangling = posting({"$ref": "#/components/schemas/None"})
    assert found.score == pytest.approx(compare_interfaces(published, dangling).score)
    # Each body is a quarter; of its 3.25 the 2.25 of the fields are lost.
    assert found.score == pytest.approx(1 - 2 * 0.25 * 2.25 / 3.25)
    assert len(found.differences) == 6
    assert loop.unusable["why"].str.contains("itself").all()
    assert len(loop.unusable) == 1


def test_what_is_too_deep_or_too_much_is_left_out(write):
    deep = {"type": "string"}
    for _ in range(20):
        deep = {"type": "object", "required": ["x"], "properties": {"x": deep}}
    wide = {"properties": {f"p{n}": {"properties": {"q": {}}} for n in range(2_000)}}
    for schema, number in ((deep, 10), (wide, 2_000)):
        path = answering(write, schema)
        found = compare_interfaces(path, path)
        assert found.score == 1
        assert compared_fields(write, path) == number


def test_arguments_that_are_none(framework, write):
    path = write(OPENAPI)
    for wrong in (None, 3, [], b"x"):
        with pytest.raises(ArgumentError, match="path"):
            compare_interfaces(path, wrong)
    with pytest.raises(ArgumentError, match="framework"):
        conformance(path, path, building_block="govstack:payments")
    for wrong in ("govstack:paymants", "payments", 3):
        with pytest.raises(UnknownKeyError, match="There is no published interface of the"):
            conformance(framework, path, building_block=wrong)
    with pytest.raises(UnknownKeyError, match="Did you mean govstack:payments"):
        conformance(framework, path, building_block="payments")


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
        found = compare_interfaces(path, path)
        assert (found.operations["score"] == 1).all(), seed
