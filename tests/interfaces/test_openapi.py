"""The reader of interfaces: the published files in full, and every way of writing met elsewhere.

The numbers of the published files were counted without the reader: lines that open a method, at the
indentation of methods (``grep -cE '^ {2,4}"?(get|post|put|delete)"? *:'``, and of six blanks in
JSON). The small files are made up.
"""

import json

import pandas as pd
import pytest

from govstack_kit.errors import ArgumentError
from govstack_kit.interfaces import plain_files, read_folder, read_interface
from govstack_kit.interfaces.plain_files import SourceError

COUNTS = {
    "govstack:consent": 42,
    "govstack:digital-registries": 15,  # 10 and 4 in YAML, 1 more in a JSON twin
    "govstack:emarketplace": 74,
    "govstack:esignature": 12,
    "govstack:gis": 67,
    "govstack:identity": 15,
    "govstack:information-mediator": 26,
    "govstack:messaging": 4,
    "govstack:payments": 36,
    "govstack:registration": 13,
    "govstack:scheduler": 37,
    "govstack:workflow": 9,
}
ONE = {"openapi": "3.0.0", "info": {"title": "Kit", "version": 1}, "paths": {"/a": {"get": {}}}}
REF = {"$ref": "#/components/schemas/X"}


@pytest.fixture(scope="module")
def published(shared):
    """The published repositories, by block."""
    folders = sorted(shared.glob("upstream*/GovStackWorkingGroup/bb-*"))
    blocks = {f"govstack:{folder.name.removeprefix('bb-')}": folder for folder in folders}
    return {block: read_folder(folder, block) for block, folder in blocks.items()}


@pytest.fixture
def read(tmp_path):
    """Read made-up files of a block called kit, by their names in ``api``."""

    def read_files(**contents):
        api = tmp_path / "bb-kit" / "api"
        for name, content in contents.items():
            path = api / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                text = content if isinstance(content, str) else json.dumps(content, indent=1)
                path.write_text(text, encoding="utf-8")
        return read_folder(tmp_path / "bb-kit", "govstack:kit")

    return read_files


def operations(interface, *columns):
    return interface.operations[list(columns or ("method", "path"))].to_numpy().tolist()


def reasons(interface):
    return interface.unusable["why"].tolist()


@pytest.mark.parametrize("table", ["operations", "parts", "fields"])
def test_the_published_files_are_the_bundled_tables(published, data, table):
    found = pd.concat([getattr(interface, table) for interface in published.values()])
    bundled = pd.read_csv(data / f"api_{table}.csv", keep_default_na=False)
    keys = ("building_block", "file", "position", "method", "path", "field_list", "order")
    key = [name for name in keys if name in found]
    frames = [
        frame[list(found)].astype("str").sort_values(key, ignore_index=True)
        for frame in (found, bundled)
    ]
    pd.testing.assert_frame_equal(*frames)


def test_every_published_operation_by_block(published):
    found = {block: len(interface.operations) for block, interface in published.items()}
    assert {block: number for block, number in found.items() if number} == COUNTS
    twins = {b: int((i.operations["also_in"] != "").sum()) for b, i in published.items()}
    assert {block: number for block, number in twins.items() if number} == {
        "govstack:emarketplace": 74,
        "govstack:digital-registries": 14,
        "govstack:messaging": 4,
    }


def test_published_files_without_operations_are_noted(published):
    why = {
        (block.removeprefix("govstack:"), file.rpartition("/")[2]): reason
        for block, interface in published.items()
        for file, _, reason in interface.unusable.itertuples(index=False)
    }
    empty = [place for place, reason in why.items() if reason == "an empty placeholder"]
    assert len(empty) == 9  # the files of no length
    assert why["information-mediator", "GovStack_Configuration.yaml"].startswith("it holds domain")
    assert "line 1" in why["registration", "ExamplePayload.json"]
    assert "neither YAML nor JSON" in why["scheduler", "test.txt"]
    # A page of prose with the interface between fences was published as YAML: it is read.
    assert "fences" in why["payments", "billInquiryBillerResponse.yml"]


def test_swagger_2_with_its_body_and_form_fields(read):
    found = read(
        swagger_yaml="""
swagger: 2.0
info: {title: Old, version: 1.0}
basePath: /api
consumes: [application/json]
paths:
  /a/{id}:
    parameters:
      - {name: id, in: path, required: true, type: string}
      - {$ref: '#/parameters/Page'}
    post:
      parameters:
        - {name: id, in: path, required: true, type: integer}
        - {name: body, in: body, required: true}
    put:
      parameters: [{name: picture, in: formData, type: file}]
parameters:
  Page: {name: page, in: query, type: integer}
"""
    )
    assert operations(found, "method", "form", "api_version", "base") == [
        ["POST", "swagger-2", "1.0", "/api"],
        ["PUT", "swagger-2", "1.0", "/api"],
    ]
    assert found.parts[["place", "name", "required", "type", "media"]].to_numpy().tolist() == [
        ["path", "id", True, "integer", ""],
        ["query", "page", False, "integer", ""],
        ["request", "", True, "any", "json"],
        ["path", "id", True, "string", ""],
        ["query", "page", False, "integer", ""],
        ["request", "", False, "object", "json"],
    ]
    assert found.fields[["name", "type"]].to_numpy().tolist() == [["picture", "file"]]
    assert found.unusable.empty


def test_each_form_has_its_own_fields(read):
    def form(name):
        return {"post": {"parameters": [{"in": "formData", "name": name, "type": "string"}]}}

    names = [f"f{number}" for number in range(50)]
    found = read(a_json={"swagger": "2.0", "paths": {f"/{name}": form(name) for name in names}})
    assert sorted(found.fields["name"]) == sorted(names)


def test_paths_that_refer_to_paths(read):
    z = {"in": "query", "name": "z", "required": True}
    limit = {"in": "query", "name": "limit"}
    spec = ONE | {
        "paths": {
            "/users/{id}": {"get": {"operationId": "user"}, "parameters": [limit]},
            "/people/{id}": {"$ref": "#/paths/~1users~1%7Bid%7D", "parameters": [z]},
            "/v": {"$ref": "#/components/pathItems/V"},
            "/own": {"$ref": "#/components/pathItems/U", "put": {"operationId": "mine"}},
            "/loop": {"$ref": "#/components/pathItems/A"},
            "/gone": {"$ref": "#/components/pathItems/Z", "get": {"operationId": "beside"}},
            "/far": {"$ref": "other.yaml#/far"},
        },
        "components": {
            "pathItems": {
                "V": {"$ref": "#/components/pathItems/U"},
                "U": {"put": {"operationId": "u"}, "post": {}},
                "A": {"$ref": "#/components/pathItems/B"},
                "B": {"$ref": "#/components/pathItems/A"},
            }
        },
    }
    found = read(a_json=spec)
    assert sorted(operations(found, "path", "method", "operation")) == [
        ["/gone", "GET", "beside"],
        ["/own", "POST", ""],
        ["/own", "PUT", "mine"],
        ["/people/{id}", "GET", "user"],
        ["/users/{id}", "GET", "user"],
        ["/v", "POST", ""],
        ["/v", "PUT", "u"],
    ]
    parts = found.parts.query("path == '/people/{id}'")
    assert parts[["place", "name", "required"]].to_numpy().tolist() == [
        ["path", "id", True],
        ["query", "limit", False],
        ["query", "z", True],
    ]
    assert found.unusable[["text", "why"]].to_numpy().tolist() == [
        ["#/components/pathItems/A", "only leads back to itself, so that it says nothing"],
        ["#/components/pathItems/Z", "refers to nothing in this file"],
        ["other.yaml#/far", "refers to another file, which was not opened"],
    ]


def test_names_are_the_text_as_written(read):
    names = ["on", "no", "yes", "off", "true", "null", "1.10", "200"]
    fields = ", ".join(f"{name}: {{type: string}}" for name in names)
    text = f"""\
openapi: 3.0.0
x-all: &all {{responses: {{200: {{$ref: '#/components/responses/200'}}}}}}
paths:
  /a:
    get:
      <<: *all
      parameters:
        - {{in: query, name: no, required: yes}}
        - {{in: query, name: off, required: no}}
components:
  responses:
    200:
      content:
        application/json:
          schema: {{type: object, required: [{", ".join(names)}], properties: {{{fields}}}}}
"""
    found = read(a_yaml=text)
    assert found.parts[["place", "name", "required", "status"]].to_numpy().tolist() == [
        ["query", "no", True, ""],
        ["query", "off", False, ""],
        ["response", "", True, "200"],
    ]
    assert found.fields["name"].tolist() == names
    assert found.fields["required"].all()


def test_of_several_media_one_with_a_schema_is_read(read):
    filled = {"schema": {"properties": {"a": {"type": "string"}}}}
    other = {"schema": {"properties": {"b": {"type": "string"}}}}
    contents = {
        "/1": {"application/json": {}, "application/vnd.x+json": filled},
        "/2": {"application/json": {"schema": {}}, "application/x+json": filled},
        "/3": {"application/json": filled, "application/a": other},
        "/4": {"application/json": {}, "text/xml": filled},
    }
    paths = {p: {"get": {"responses": {"200": {"content": c}}}} for p, c in contents.items()}
    found = read(a_json=ONE | {"paths": paths})
    assert found.parts["path"].tolist() == list(paths)
    assert found.fields["name"].tolist() == ["a"]  # one list, which all share


@pytest.mark.parametrize(
    ("responses", "status"),
    [
        ({"404": {}, "default": {}, "201": {}}, "201"),
        ({"200": {}, "202": {"content": {"text/csv": {}}}}, "202"),
        ({"404": {}, "default": {}}, "default"),
        ({"2XX": {}, "default": {"content": {"text/csv": {}}}}, "2XX"),
    ],
)
def test_the_answer_is_the_first_success_with_content(read, responses, status):
    found = read(a_json=ONE | {"paths": {"/a": {"get": {"responses": responses}}}})
    assert found.parts["status"].tolist() == [status]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "an empty placeholder"),
        ("# later\n", "an empty placeholder"),
        ({"openapi": "3.0.0", "paths": {}}, "it has no paths"),
        ({"openapi": "3.0.0", "paths": {"/a": ["get"], "/b": {"get": None}}}, "no operation below"),
        (ONE | {"info": {"title": "Swagger Petstore"}}, "a template: Swagger Petstore"),
        (ONE | {"paths": {"/pets": {"get": {}}, "/pets/{id}": {"get": {}}}}, "a template: Kit"),
        (ONE | {"info": {"title": "<Name of the API>"}}, "a template: <Name of the API>"),
        ({"data": [1]}, "it holds data"),
        ([1, 2], "it holds a list or a text"),
        ("just words", "it holds a list or a text"),
        ({"openapi": "4.0.0", "paths": {}}, "version 4.0.0 is not known"),
        ("openapi: [", "not plain YAML"),
        ("openapi: 3.0.0\na: &a [*a]", "not plain YAML"),
        (b"\0\1\2\3", "is not a text file"),
        ("[" * 5000, "nested too deeply"),
        ("? " * 40_000 + "a", "nested too deeply"),
        (b"openapi: 3.0.0\n#" + b" " * plain_files.LARGEST, "more than the 20 MB"),
        ("<!DOCTYPE html>\n<html>: x: y", "a web page: .* press Raw"),
    ],
)
def test_what_is_no_interface_is_noted(read, content, why):
    found = read(a_yaml=content)
    assert operations(found) == []
    assert found.unusable["file"].tolist() == ["api/a.yaml"]
    assert found.unusable["why"].str.contains(why).all()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('{"openapi": "3.0.0", "paths": {', "is not JSON: line 1, column "),
        ("# remark\n{}", "is not JSON: line 1"),
        ("9" * 5000, "too long"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_broken_json_is_noted(read, content, why):
    assert why in reasons(read(a_json=content))[0]


def test_values_in_yaml_are_counted_and_shared(read, monkeypatch):
    laughs = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 10))
    text = f"l0: &l0 [ha]\n{laughs}\nopenapi: 3.0.0\npaths: {{/a: {{get: {{}}}}}}\n"
    assert operations(read(a_yaml=text)) == [["GET", "/a"]]
    monkeypatch.setattr(plain_files, "MOST_VALUES", 20)
    assert "it has more than 20 values" in reasons(read(a_yaml=text))[0]
    merges = "".join(f"k{n}: &k{n} {{<<: *k{n - 1}, x{n}: 1}}\n" for n in range(1, 20))
    assert "more than 20 values" in reasons(read(a_yaml=f"k0: &k0 {{}}\n{merges}"))[0]


def test_twins_by_title_or_by_name_and_what_only_one_has(read):
    more = {"/A": {"get": {}}, "/b/{x}": {"put": {}}, "/c": {"get": {}}}
    found = read(
        a_yaml="openapi: 3.0.0\ninfo: {title: Kit}\npaths: {/a: {get: {}}, '/b/{id}': {put: {}}}",
        other_json=ONE | {"paths": more},
        a_json={"openapi": "3.0.0", "info": {"title": "Another"}, "paths": {"/a": {"get": {}}}},
        same__path_yaml=ONE | {"info": {"title": "Different"}},
    )
    assert operations(found, "file", "path", "also_in", "note") == [
        ["api/a.yaml", "/a", "api/a.json; api/other.json", "api/other.json writes /A"],
        ["api/a.yaml", "/b/{id}", "api/other.json", "api/other.json writes /b/{x}"],
        ["api/other.json", "/c", "", ""],
        ["api/same/path.yaml", "/a", "", ""],
    ]


@pytest.mark.parametrize("name", ["a_yaml", "a_json"])
def test_a_path_printed_twice_loses_no_operation(read, name):
    text = '{"openapi": "3.0.0", "paths": {\n "/a": {"get": {}},\n "/a": {"post": {}}}}\n'
    assert operations(read(**{name: text})) == [["GET", "/a"], ["POST", "/a"]]


def test_the_parts_of_an_operation_and_their_lists(read):
    money = {"type": "object", "required": ["sum"], "properties": {"sum": {"type": "number"}}}
    order = {
        "properties": {
            "paid": {"$ref": "#/components/schemas/Money"},
            "items": {"type": "array", "items": {"properties": {"sum": {"type": "number"}}}},
            "within": {"$ref": "#/components/schemas/Order"},
        },
        "required": ["paid"],
    }
    content = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}}
    own = {"content": {"application/json": {"schema": money}}}
    post = {
        "parameters": [
            {"in": "query", "name": "at", "schema": {"type": "string"}},
            {"in": "header", "name": "Accept", "required": True},
        ],
        "requestBody": content | {"required": True},
        "responses": {"201": own},
    }
    server = {"url": "https://{host}/v1?x", "variables": {"host": {"default": "example.org"}}}
    found = read(
        a_json=ONE
        | {
            "servers": [server],
            "paths": {"/orders/{id}": {"post": post}},
            "components": {"schemas": {"Money": money, "Order": order}},
        }
    )
    assert found.operations["base"].tolist() == ["/v1"]
    columns = ["place", "name", "required", "type", "status", "media", "field_list"]
    assert found.parts[columns].to_numpy().tolist() == [
        ["path", "id", True, "any", "", "", ""],
        ["query", "at", False, "string", "", "", ""],
        ["request", "", True, "object", "", "json", "kit:Order"],
        ["response", "", True, "object", "201", "json", "kit:Money"],
    ]
    assert found.fields.to_numpy().tolist() == [
        ["kit:Money", 1, "sum", True, "number", ""],
        ["kit:Order", 1, "paid", True, "object", "kit:Money"],
        ["kit:Order", 2, "items", False, "array", "kit:Order.items"],
        ["kit:Order", 3, "within", False, "object", "kit:Order"],
        ["kit:Order.items", 1, "[]", True, "object", "kit:Order.items[]"],
        ["kit:Order.items[]", 1, "sum", False, "number", ""],
    ]


def fields(read, schema, **components):
    """Return the fields of an answer with a schema, and what is noted."""
    responses = {"200": {"content": {"text/csv": {"schema": schema}}}}
    spec = {
        "paths": {"/x": {"get": {"responses": responses}}},
        "components": {"schemas": components},
    }
    found = read(a_json={"openapi": "3.1.0"} | spec)
    whole = [["", True, found.parts["type"].item()]]
    return whole + found.fields[["name", "required", "type"]].to_numpy().tolist(), reasons(found)


def test_variants_and_open_names(read):
    one = {
        "type": "object",
        "required": ["a", "b"],
        "properties": {"a": {"type": "string"}, "b": {}},
    }
    two = {
        "required": ["a"],
        "properties": {"a": {"type": ["integer", "null"]}, "c": {"items": {}}},
    }
    found, _ = fields(read, {"oneOf": [one, two, {"type": "null"}]})
    assert found == [
        ["", True, "object"], ["a", True, "integer or string"], ["b", False, "any"],
        ["c", False, "array"],
    ]  # fmt: skip
    found, _ = fields(read, {"allOf": [one, two]})
    assert [name for name, required, _ in found if required] == ["", "a", "b"]
    secret = {"type": "string", "writeOnly": True}
    found, _ = fields(
        read, {"properties": {"s": secret}, "additionalProperties": {"type": "string"}}
    )
    assert found == [["", True, "object"], ["*", False, "string"]]


def test_a_loop_beside_other_words_takes_nothing_from_them(read):
    thing = {"properties": {"a": {"type": "string"}}, "allOf": [REF]}
    found, why = fields(read, REF, X=thing)
    assert found == [["", True, "object"], ["a", False, "string"]]
    assert why == ["is composed of itself, which says nothing"]


@pytest.mark.parametrize(
    "reference",
    ["#/components/schemas/Y", "#/components/schemas/X/type", "#/a/%zz", "#/paths/9", "#anchor",
     "#/openapi/7", "#/openapi/" + "9" * 5000],
)  # fmt: skip
def test_what_a_reference_does_not_find_is_listed(read, reference):
    found, why = fields(read, {"properties": {"a": {"$ref": reference}}}, X={"type": "object"})
    assert found == [["", True, "object"], ["a", False, "not seen"]]
    assert why == ["refers to nothing in this file"]


def test_references_out_of_the_file_are_listed_and_never_opened(read, tmp_path):
    (tmp_path / "other.json").write_text('{"Voucher": {"type": "object"}}')
    found, why = fields(read, {"$ref": "../../other.json#/Voucher"})
    assert found == [["", True, "not seen"]]
    assert why == ["refers to another file, which was not opened"]


def test_endless_schemas_are_bounded(read):
    # Each level names the next twice: 2 to the power of 30 schemas, were each looked into anew.
    def level(n):
        return {"allOf": [{"$ref": f"#/components/schemas/L{n + 1}"}] * 2, "properties": {"a": {}}}

    levels = {f"L{n}": level(n) for n in range(30)} | {"L30": {"type": "object"}}
    found, why = fields(read, {"$ref": "#/components/schemas/L0"}, **levels)
    assert found == [["", True, "object"], ["a", False, "any"]]
    assert why == []
    deep = {f"L{n}": level(n) for n in range(200)}
    _, why = fields(read, {"$ref": "#/components/schemas/L0"}, **deep)
    assert "has too many schemas; not all are compared" in why


def test_fences_and_json_in_a_yaml_file(read):
    found = read(
        fenced_yml="Here it is:\n```yaml\nopenapi: 3.0.0\npaths:\n  /a:\n    get: {}\n```\nBye",
        json_yaml=json.dumps(ONE | {"paths": {"/c": {"get": {}}}}, indent="\t"),
    )
    assert operations(found, "path") == [["/a"], ["/c"]]
    assert reasons(found) == ["what stands around the fences is not read"]


def test_other_encodings_are_read(read):
    text = json.dumps(ONE).replace("/a", "/ministère")
    found = read(a_json=text.encode("utf-16"), b_yaml=b"\xef\xbb\xbf" + text.encode())
    assert operations(found, "path", "also_in") == [["/ministère", "api/a.json"]]


def test_links_are_not_followed(tmp_path):
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps(ONE))
    api = tmp_path / "bb-kit" / "api"
    api.mkdir(parents=True)
    try:
        (api / "a.json").symlink_to(secret)
        (api / "more").symlink_to(tmp_path)
    except OSError:
        pytest.skip("this system makes no symbolic links")
    found = read_folder(api.parent, "own:kit")
    assert operations(found) == []
    assert sorted(found.unusable["file"]) == ["api/a.json", "api/more"]


def test_without_a_folder_of_interfaces_everything_below_is_searched(tmp_path):
    folder = tmp_path / "bb-kit-main"
    (folder / "definitions").mkdir(parents=True)
    (folder / "definitions" / "kit.json").write_text(json.dumps(ONE))
    (folder / "README.md").write_text("words")
    (folder / ".git").mkdir()
    (folder / ".git" / "a.json").write_text("{")
    found = read_folder(folder, "own:kit")
    assert operations(found, "building_block", "file") == [["own:kit", "definitions/kit.json"]]
    assert found.unusable.empty
    with pytest.raises(SourceError, match="is not a folder"):
        read_folder(tmp_path / "missing", "own:kit")


def test_what_people_name_and_is_no_interface_is_refused(tmp_path):
    for wrong in (None, 3, [], b"x", ""):
        with pytest.raises(ArgumentError, match="Give the path"):
            read_interface(wrong)
    for wrong in ("nowhere.yaml", "\0", "x" * 5_000, tmp_path / "x"):
        with pytest.raises(ArgumentError, match="There is no file or folder"):
            read_interface(wrong)
    with pytest.raises(ArgumentError, match="Save the file and give its path"):
        read_interface("https://example.org/openapi.yaml")
    with pytest.raises(ArgumentError, match=r"holds no operation .*there is no YAML or JSON"):
        read_interface(tmp_path)
    path = tmp_path / "a.json"
    path.write_text('{"openapi": ')
    with pytest.raises(ArgumentError, match=r"a\.json holds no .*a\.json is not JSON: line 1, col"):
        read_interface(path)


def test_a_template_that_somebody_names_is_read(tmp_path):
    text = json.dumps(ONE | {"info": {"title": "Petstore"}, "paths": {"/pets": {"get": {}}}})
    for name in ("petstore", "x.txt", "a.yaml"):
        (tmp_path / name).write_text(text)
        assert len(read_interface(tmp_path / name).operations) == 1
