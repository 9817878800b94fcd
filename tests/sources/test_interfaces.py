"""The reader of interfaces: the published files in full, and every way of writing met elsewhere.

The numbers of the published files were counted without the reader: lines that open a method, at the
indentation of methods (``grep -cE '^ {2,4}"?(get|post|put|delete)"? *:'``, and of six blanks in
JSON). The small files are made up.
"""

import json
import time
from pathlib import Path

import pytest

from govstack_kit.sources._reading import LARGEST, SourceError
from govstack_kit.sources.interfaces import COLUMNS, METHODS, read_all_interfaces, read_interfaces

UPSTREAM = Path(__file__).resolve().parents[3] / "shared" / "upstream" / "GovStackWorkingGroup"
published = pytest.mark.skipif(
    not UPSTREAM.is_dir(), reason="the published repositories are not beside the repo"
)
COUNTS = {
    "govstack:consent": 42,
    "govstack:digital-registries": 15,  # 10 and 4 in YAML, 1 more in a JSON twin
    "govstack:emarketplace": 74,
    "govstack:esignature": 12,
    "govstack:gis": 67,
    "govstack:information-mediator": 26,
    "govstack:messaging": 4,
    "govstack:payments": 36,
    "govstack:registration": 13,
    "govstack:scheduler": 37,
    "govstack:workflow": 9,
}
ONE = {"openapi": "3.0.0", "info": {"title": "Kit", "version": 1}, "paths": {"/a": {"get": {}}}}


@pytest.fixture(scope="module")
def reading():
    return read_all_interfaces(UPSTREAM)


@pytest.fixture
def read(tmp_path):
    """Read made-up files of a block called kit, by their names in ``api``."""

    def read_files(**contents):
        api = tmp_path / "bb-kit" / "api"
        api.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            path = api / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(exist_ok=True)
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                text = content if isinstance(content, str) else json.dumps(content, indent=1)
                path.write_text(text, encoding="utf-8")
        return read_interfaces(tmp_path / "bb-kit")

    return read_files


def operations(reading, *columns):
    frame = reading.tables["api_operations"]
    return frame[list(columns or ("method", "path"))].to_numpy().tolist()


def reasons(reading):
    return reading.unplaced["why"].tolist()


@published
def test_every_published_operation_by_block(reading):
    found = reading.tables["api_operations"]
    assert found.groupby("building_block").size().to_dict() == COUNTS
    assert list(found.columns) == list(COLUMNS)
    assert set(found["method"]) <= {method.upper() for method in METHODS}
    assert found["path"].str.startswith("/").all()
    assert (found["line"] > 0).all()
    assert not found.duplicated(["building_block", "file", "method", "path"]).any()
    key = ["building_block", "file", "position"]
    assert found[key].equals(found[key].sort_values(key, ignore_index=True))


@published
def test_published_twins_have_one_row(reading):
    found = reading.tables["api_operations"]
    twins = found[found["also_in"] != ""]
    assert twins["building_block"].value_counts().to_dict() == {
        "govstack:emarketplace": 74,
        "govstack:digital-registries": 14,
        "govstack:messaging": 4,
    }
    assert twins["file"].str.endswith(".yaml").all()
    assert found.loc[found["note"] != "", "path"].tolist() == [
        "/data/{registryName}/{versionNumber}/{ID}/delete",
        "/data/myPersonalDataUsage",
    ]
    only = found[found["path"] == "/data/mcts/createEntries"]
    assert only["file"].str.endswith("1.3.0.json").item()


@published
def test_a_published_operation_in_full(reading):
    found = reading.tables["api_operations"].query("operation == 'getVoucherStatus'")
    assert found.to_dict("records") == [
        {
            "building_block": "govstack:payments",
            "file": "api/Voucher API YAMLs/VoucherStatus.yml",
            "position": 1,
            "method": "GET",
            "path": "/vouchers/{serialNumber}",
            "base": "",
            "operation": "getVoucherStatus",
            "title": "Retrieve voucher status.",
            "api_title": "Voucher Status API",
            "api_version": "1.0.1",
            "form": "openapi-3",
            "parameters": 2,
            "request_required": False,
            "deprecated": False,
            "also_in": "",
            "line": 8,
            "note": "",
        }
    ]


@published
def test_published_files_without_operations_are_noted(reading):
    why = dict(zip(reading.unplaced["file"], reading.unplaced["why"], strict=True))
    assert len(why) == len(reading.unplaced) == 23
    empty = [file for file, reason in why.items() if reason == "an empty placeholder"]
    assert len(empty) == 9  # the files of no length
    assert "no interface" in why["bb-information-mediator/api/GovStack_Configuration.yaml"]
    assert "line 1" in why["bb-registration/api/ExamplePayload.json"]
    sheet = "bb-consent/api/GovStack Consent BB API endpoints - endpoints.csv"
    assert "spreadsheet" in why[sheet]
    assert "bb-scheduler/api/test.txt" in why
    # Three files of payments print the parameters of an operation twice, and YAML has the last.
    again = [file for file, reason in why.items() if "printed twice in the same place" in reason]
    assert {file.split("/")[2] for file in again} == {"G2P API YAMLs"}
    assert len(again) == 3
    # A page of prose with the interface between fences was published as YAML: it is read.
    assert "fences" in why["bb-payments/api/P2G API YAMLs/billInquiryBillerResponse.yml"]


def test_swagger_2_with_its_body_and_form_fields(read):
    reading = read(
        swagger_yaml="""
swagger: 2.0
info: {title: Old, version: 1.0}
paths:
  /a/{id}:
    parameters:
      - {name: id, in: path, required: true}
      - {$ref: '#/parameters/Page'}
    post:
      deprecated: true
      parameters:
        - {name: id, in: path, required: true}
        - {name: body, in: body, required: true}
    put:
      parameters: [{name: file, in: formData, required: false}]
parameters:
  Page: {name: page, in: query}
"""
    )
    columns = ("method", "form", "api_version", "parameters", "request_required", "deprecated")
    assert operations(reading, *columns) == [
        ["POST", "swagger-2", "1.0", 2, True, True],
        ["PUT", "swagger-2", "1.0", 2, False, False],
    ]
    assert reading.unplaced.empty


def test_openapi_3_with_references(read):
    spec = ONE | {
        "paths": {
            "/a": {"POST": {"requestBody": {"$ref": "#/components/requestBodies/B"}}},
            "/b": {"$ref": "#/components/pathItems/P"},
            "/c": {"$ref": "other.yaml#/c"},
            "x-internal": "note",
        },
        "components": {
            "requestBodies": {"B": {"required": True}},
            "pathItems": {"P": {"get": {"operationId": "b"}}},
        },
    }
    reading = read(a_json=spec)
    assert operations(reading, "method", "path", "operation", "request_required") == [
        ["POST", "/a", "", True],
        ["GET", "/b", "b", False],
    ]
    assert reasons(reading) == ["a path in another file, not followed"]


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
    reading = read(a_json=spec)
    assert sorted(operations(reading, "path", "method", "operation", "parameters")) == [
        ["/gone", "GET", "beside", 0],
        ["/own", "POST", "", 0],
        ["/own", "PUT", "mine", 0],
        ["/people/{id}", "GET", "user", 2],
        ["/users/{id}", "GET", "user", 1],
        ["/v", "POST", "", 0],
        ["/v", "PUT", "u", 0],
    ]
    parts = reading.tables["api_parts"].query("path == '/people/{id}'")
    assert parts[["place", "name", "required"]].to_numpy().tolist() == [
        ["path", "id", True],
        ["query", "limit", False],
        ["query", "z", True],
    ]
    assert sorted(reading.unplaced[["text", "why"]].to_numpy().tolist()) == [
        [
            "#/components/pathItems/A",
            "a path that only leads back to itself, so that it says nothing",
        ],
        ["#/components/pathItems/Z", "a path that refers to nothing in this file"],
        ["other.yaml#/far", "a path in another file, not followed"],
    ]


def test_many_blanks_behind_a_path_cost_nothing(read):
    blanks = " " * 150_000
    text = f"openapi: 3.0.0\npaths:\n  /b : {{get: {{}}}}\nx-a: |\n  /a{blanks}b\n  '/c{blanks}'\n"
    start = time.process_time()
    reading = read(a_yaml=text)
    assert time.process_time() - start < 2  # it took half a minute
    assert operations(reading, "path", "line") == [["/b", 3]]


def test_fields_that_old_yaml_takes_for_false_and_true(read):
    names = ["on", "no", "yes", "off", "true", "null", "1.10", "200"]
    text = f"""\
openapi: 3.0.0
paths:
  /a:
    get:
      parameters:
        - {{in: query, name: no, required: yes}}
        - {{in: query, name: off, required: no}}
      responses:
        200:
          content:
            application/json:
              schema: {{type: object, required: [{", ".join(names)}], properties: {{
                {", ".join(f"{name}: {{type: string}}" for name in names)}}}}}
"""
    reading = read(a_yaml=text)
    parts, fields = reading.tables["api_parts"], reading.tables["api_fields"]
    assert parts[["place", "name", "required", "status"]].to_numpy().tolist() == [
        ["query", "no", True, ""],
        ["query", "off", False, ""],
        ["response", "", True, "200"],
    ]
    assert fields["name"].tolist() == names
    assert fields["required"].all()


def test_references_to_a_status(read):
    text = """\
openapi: 3.0.0
paths:
  /a: {get: {responses: {200: {content: {text/csv: {schema: {type: string}}}}}}}
  /b: {get: {responses: {200: {$ref: '#/paths/~1a/get/responses/200'}}}}
  /c: {get: {responses: {200: {}, '200': {description: again}}}}
"""
    reading = read(a_yaml=text)
    parts = reading.tables["api_parts"]
    assert parts[["path", "type"]].to_numpy().tolist() == [
        ["/a", "string"],
        ["/b", "string"],
        ["/c", "any"],
    ]
    assert reading.unplaced[["text", "why"]].to_numpy().tolist() == [
        ["200", "is printed twice in the same place; the last is read"]
    ]


def test_of_several_media_one_with_a_schema_is_read(read):
    filled = {"schema": {"properties": {"a": {"type": "string"}}}}
    other = {"schema": {"properties": {"b": {"type": "string"}}}}

    def answering(**content):
        content = {name.replace("__", "/"): value for name, value in content.items()}
        return {"get": {"responses": {"200": {"content": content}}}}

    paths = {
        "/1": answering(application__json={}, **{"application__vnd.x+json": filled}),
        "/2": answering(application__json={"schema": {}}, **{"application__x+json": filled}),
        "/3": answering(application__json=filled, application__a=other),
        "/4": answering(application__json={}, text__xml=filled),
    }
    reading = read(a_json=ONE | {"paths": paths})
    parts, fields = reading.tables["api_parts"], reading.tables["api_fields"]
    names = dict(zip(fields["field_list"], fields["name"], strict=True))
    found = {
        path: names[held] for path, held in zip(parts["path"], parts["field_list"], strict=True)
    }
    assert found == dict.fromkeys(paths, "a")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "an empty placeholder"),
        ("# later\n", "an empty placeholder"),
        ({"openapi": "3.0.0", "paths": {}}, "no operation: its paths are empty"),
        ({"openapi": "3.0.0", "components": {}}, "a fragment without paths"),
        (ONE | {"info": {"title": "Swagger Petstore"}}, "a template: Swagger Petstore"),
        (ONE | {"paths": {"/pets": {"get": {}}, "/pets/{id}": {"get": {}}}}, "a template: Kit"),
        (ONE | {"info": {"title": "<Name of the API>"}}, "a template: <Name of the API>"),
        ({"data": [1]}, "no interface: it holds data"),
        ([1, 2], "holds no interface, but a list or a text"),
        ("just words", "holds no interface, but a list or a text"),
        ({"openapi": "4.0.0", "paths": {}}, "version 4.0.0 is not known"),
        ("openapi: [", "not plain YAML"),
        (b"\0\1\2\3", "is not a text file"),
        ("a: !!python/object/apply:os.system [true]", "not plain YAML"),
        ("[" * 5000, "nested too deeply"),
        (b"openapi: 3.0.0\n#" + b" " * LARGEST, "more than a source may have"),
    ],
)
def test_what_is_no_interface_is_noted(read, content, why):
    reading = read(a_yaml=content)
    assert operations(reading) == []
    assert reading.unplaced["file"].tolist() == ["api/a.yaml"]
    assert why in reasons(reading)[0]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('{"openapi": "3.0.0", "paths": {', "is not JSON: line 1"),
        ("# remark\n{}", "is not JSON: line 1"),
        ("9" * 5000, "too long"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_broken_json_is_noted(read, content, why):
    assert why in reasons(read(a_json=content))[0]


def test_paths_and_methods_of_templates_or_without_sense_are_noted(read):
    paths = {
        "/<path>": {"get": {}},
        "/endpoint": {"get": {}},
        "/a": {"get": None, "post": [], "gett": {}, "summary": "fine", "x-note": 1},
        "/b": {"parameters": []},
        "/c": ["get"],
        "/d": {"delete": {"parameters": {"name": "id", "in": "path"}, "summary": ["x"]}},
    }
    reading = read(a_json=ONE | {"paths": paths})
    assert operations(reading, "method", "path", "parameters") == [["DELETE", "/d", 1]]
    assert sorted(reasons(reading)) == [
        "a path without any method",
        "a path without any method",
        "an operation without any content",
        "an operation without any content",
        "gett is no method",
        "the path of a template",
        "the path of a template",
    ]


def test_paths_and_info_of_wrong_types_are_noted(read):
    reading = read(a_json={"openapi": "3.0.0", "info": ["x"], "paths": ["/a"]})
    assert operations(reading) == []
    assert "info holds no names with values" in reasons(reading)
    assert "paths holds no names with values" in reasons(reading)


def test_twins_by_title_or_by_name_and_what_only_one_has(read):
    more = {"/A": {"get": {}}, "/b/{x}": {"put": {}}, "/c": {"get": {}}}
    reading = read(
        a_yaml="openapi: 3.0.0\ninfo: {title: Kit}\npaths: {/a: {get: {}}, '/b/{id}': {put: {}}}",
        other_json=ONE | {"paths": more},
        a_json={"openapi": "3.0.0", "info": {"title": "Another"}, "paths": {"/a": {"get": {}}}},
        same__path_yaml=ONE | {"info": {"title": "Different"}},
    )
    assert operations(reading, "file", "path", "also_in", "note") == [
        ["api/a.yaml", "/a", "api/a.json; api/other.json", "api/other.json writes /A"],
        ["api/a.yaml", "/b/{id}", "api/other.json", "api/other.json writes /b/{x}"],
        ["api/other.json", "/c", "", ""],
        ["api/same/path.yaml", "/a", "", ""],
    ]


@pytest.mark.parametrize("name", ["a_yaml", "a_json"])
def test_a_path_printed_twice_loses_no_operation(read, name):
    text = '{"openapi": "3.0.0", "paths": {\n "/a": {"get": {}},\n "/a": {"post": {}}}}\n'
    reading = read(**{name: text})
    assert operations(reading, "method", "path", "line") == [["GET", "/a", 2], ["POST", "/a", 3]]
    assert reasons(reading) == ["the path is printed twice; both are read"]
    again = read(**{name: text.replace("post", "get")})
    assert operations(again) == [["GET", "/a"]]
    assert "is printed twice" in reasons(again)


ONE_LINE = (
    '{"openapi": "3.0.0", "paths": {"/a": {"get": {}}, "/a": {"post": {}}, "/b": {"put": {}}}}'
)


@pytest.mark.parametrize("name", ["a_yaml", "a_json"])
def test_a_path_printed_twice_in_one_line_loses_no_operation(read, name):
    reading = read(**{name: ONE_LINE})
    found = [["GET", "/a"], ["POST", "/a"], ["PUT", "/b"]]
    assert operations(reading) == found
    assert reasons(reading) == ["the path is printed twice; both are read"]
    assert reading.unplaced["text"].tolist() == ["/a"]
    spaced = read(**{name: ONE_LINE.replace('"/a": {"post"', '"/a" : {"post"')})
    assert operations(spaced) == found


@pytest.mark.parametrize("name", ["a_yaml", "a_json"])
def test_other_names_printed_twice_are_noted(read, name):
    text = (
        '{"openapi": "3.0.0", "paths": {"/a": {"get": {"x": 1, "x": 2}, "get": {}}},\n'
        ' "paths": {"/a": {"put": {}}, "/b": {"get": {}}}}'
    )
    reading = read(**{name: text})
    assert operations(reading) == [["GET", "/a"], ["PUT", "/a"], ["GET", "/b"]]
    found = dict(zip(reading.unplaced["text"], reasons(reading), strict=True))
    assert found["paths"] == "is printed twice; both are read"
    assert found["get"] == "is printed twice in the same place; the last is read"
    assert found["/a"] == "the path is printed twice; both are read"
    many = ", ".join(f'"n{n}": {{"a": 1, "a": 2}}' for n in range(150))
    reading = read(**{name: ONE_LINE.replace("{", f'{{"x-many": {{{many}}}, ', 1)})
    assert "50 more names are printed twice" in reasons(reading)


def test_names_that_yaml_merges_are_not_printed_twice(read):
    text = """\
openapi: 3.0.0
x-all: &all {get: {}, put: {}}
paths:
  /a: {<<: *all, get: {summary: own}}
  /b: *all
"""
    reading = read(a_yaml=text)
    assert len(operations(reading)) == 4
    assert reasons(reading) == []


def test_nesting_that_attacks_is_refused_in_a_sentence(read):
    for text in ('{"a":' * 100_000, '{"a": 1, "a":' * 5_000 + "1" + "}" * 5_000):
        assert "a.json is nested too deeply" in reasons(read(a_json=text))


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
        "parameters": [{"in": "query", "name": "at", "schema": {"type": "string"}}],
        "requestBody": content | {"required": True},
        "responses": {"201": own},
    }
    data = ONE | {
        "servers": [{"url": "https://example.org/v1"}],
        "paths": {"/orders/{id}": {"post": post}},
        "components": {"schemas": {"Money": money, "Order": order}},
    }
    reading = read(a_json=data)
    assert reading.tables["api_operations"]["base"].tolist() == ["/v1"]
    parts, fields = reading.tables["api_parts"], reading.tables["api_fields"]
    columns = ["place", "name", "required", "type", "status", "media", "field_list"]
    assert parts[columns].to_numpy().tolist() == [
        ["path", "id", True, "any", "", "", ""],
        ["query", "at", False, "string", "", "", ""],
        ["request", "", True, "object", "", "json", "kit:Order"],
        ["response", "", True, "object", "201", "json", "kit:Money"],
    ]
    assert fields.iloc[:, :6].to_numpy().tolist() == [
        ["kit:Money", 1, "sum", True, "number", ""],
        ["kit:Order", 1, "paid", True, "object", "kit:Money"],
        ["kit:Order", 2, "items", False, "array", "kit:Order.items"],
        ["kit:Order", 3, "within", False, "object", "kit:Order"],
        ["kit:Order.items", 1, "[]", True, "object", "kit:Order.items[]"],
        ["kit:Order.items[]", 1, "sum", False, "number", ""],
    ]


def test_a_method_within_a_request_is_read(read):
    """Older files of the payments block were written so."""
    path = {"description": "x", "request": {"method": "POST", "parameters": [{"name": "id"}]}}
    reading = read(a_json=ONE | {"paths": {"/a": path}})
    assert operations(reading, "method", "path", "parameters") == [["POST", "/a", 1]]


def test_fences_tabs_and_json_in_a_yaml_file(read):
    reading = read(
        fenced_yml="Here it is:\n```yaml\nopenapi: 3.0.0\npaths:\n  /a:\n    get: {}\n```\nBye",
        tabs_yml="openapi: 3.0.0\npaths:\n\t/b:\n\t\tget: {}\n",
        json_yaml=json.dumps(ONE | {"paths": {"/c": {"get": {}}}}, indent="\t"),
    )
    assert operations(reading, "path", "line") == [["/a", 5], ["/c", 8], ["/b", 3]]
    assert sum("fences" in why for why in reasons(reading)) == 1


def test_a_file_without_version_is_read_by_its_other_keys(read):
    reading = read(
        a_json={"paths": {"/a": {"get": {}}}, "components": {}},
        b_json={"paths": {"/a": {"get": {}}}, "definitions": {}},
    )
    assert operations(reading, "file", "form") == [
        ["api/a.json", "openapi-3"],
        ["api/b.json", "swagger-2"],
    ]


def test_other_encodings_are_read(read):
    text = json.dumps(ONE).replace("Kit", "Ministère")
    reading = read(a_json=text.encode("utf-16"), b_yaml=b"\xef\xbb\xbf" + text.encode())
    assert operations(reading, "api_title") == [["Ministère"]]


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
    reading = read_interfaces(api.parent)
    assert operations(reading) == []
    assert reading.unplaced["file"].tolist() == ["api/a.json", "api/more"]


def test_without_a_folder_of_interfaces_everything_below_is_searched(tmp_path):
    folder = tmp_path / "bb-kit-main"
    (folder / "definitions").mkdir(parents=True)
    (folder / "definitions" / "kit.json").write_text(json.dumps(ONE))
    (folder / "README.md").write_text("words")
    (folder / ".git").mkdir()
    (folder / ".git" / "a.json").write_text("{")
    reading = read_interfaces(folder)
    assert operations(reading, "building_block", "file") == [
        ["govstack:kit", "definitions/kit.json"]
    ]
    assert reading.unplaced.empty
    assert operations(read_interfaces(folder, "own:kit"), "building_block") == [["own:kit"]]


def test_a_folder_must_be_there(tmp_path):
    for read_folder in (read_interfaces, read_all_interfaces):
        with pytest.raises(SourceError, match="is not a folder"):
            read_folder(tmp_path / "missing")


def test_a_folder_without_blocks_says_so(tmp_path):
    reading = read_all_interfaces(tmp_path)
    assert reading.tables["api_operations"].empty
    assert reading.tables["api_operations"].dtypes["parameters"] == "int64"
    assert reasons(reading) == ["holds no repository whose name begins with bb-"]


def test_all_blocks_name_the_repository_of_what_is_unplaced(tmp_path):
    for name in ("bb-b", "bb-a"):
        (tmp_path / name / "api").mkdir(parents=True)
        (tmp_path / name / "api" / "a.json").write_text(json.dumps(ONE))
        (tmp_path / name / "api" / "notes.txt").write_text("words")
    reading = read_all_interfaces(tmp_path)
    assert operations(reading, "building_block") == [["govstack:a"], ["govstack:b"]]
    assert reading.unplaced["file"].tolist() == ["bb-a/api/notes.txt", "bb-b/api/notes.txt"]
