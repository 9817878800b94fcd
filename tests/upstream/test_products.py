"""The readers of registry and atlas: the published products in full, and every form met elsewhere.

The numbers of the published files were counted without the reader, with ``ls``, ``grep`` and by
hand: 228 nominees, 2 archived, 166 reviews of which 5 are links. The small files are made up.
"""

import json
from collections import Counter

import pytest

from govstack_kit.interfaces.plain_files import LARGEST
from govstack_kit.upstream.printed_names import PrintedNames
from govstack_kit.upstream.products import CSV, MANUAL, read_atlas, read_registry

KIT = {"name": "Kit", "stage": "nominee", "type": ["software"], "SDGs": [{"SDGNumber": 3}]}
REVIEW = {
    "name": "Kit",
    "locations": {"developmentCountries": ["Kenya"], "deploymentCountries": ["Kenya", "Togo"]},
}
HEADER = "id,name,website,licenses,sdgs"


class Reading(dict):
    """Products by key, and what has no place."""

    def __init__(self, read, folder, names):
        self.left = []
        found = read(folder, lambda *place: self.left.append(place), names)
        super().__init__((product.product, product) for product in found)
        assert len(self) == len(found)

    def why(self):
        return {file: why for file, _, _, why in self.left}


@pytest.fixture(scope="module")
def names(framework):
    return PrintedNames(framework)


@pytest.fixture(scope="module")
def registry(upstream, names):
    return Reading(read_registry, upstream / "DPGAlliance" / "publicgoods-candidates", names)


@pytest.fixture(scope="module")
def atlas(upstream, names):
    return Reading(read_atlas, upstream / "mgifford" / "dpg-dpi-govstack-map", names)


@pytest.fixture
def read(tmp_path, names):
    """Read a made-up copy of the registry: contents by path, without the ending."""

    def read_files(contents):
        for name, content in contents.items():
            path = tmp_path / f"{name}.json"
            path.parent.mkdir(exist_ok=True)
            raw = content if isinstance(content, bytes) else json.dumps(content).encode()
            path.write_bytes(raw)
        return Reading(read_registry, tmp_path, names)

    return read_files


@pytest.fixture
def read_both(tmp_path, names):
    """Read a made-up copy of the atlas: its products by hand, and its table."""

    def read_files(projects="[]", table=HEADER):
        for name, content in ((MANUAL, projects), (CSV, table)):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Reading(read_atlas, tmp_path, names)

    return read_files


# ------------------------------------------------------------------------------ the registry


def test_every_published_product(registry):
    assert Counter(p.stage for p in registry.values()) == {"dpg": 165, "nominee": 63, "listed": 2}
    listed = [key for key, product in registry.items() if product.stage == "listed"]
    assert listed == ["dpg:public-utility-data-liberation-project", "dpg:yallakhedmeh"]
    goals = Counter(goal for product in registry.values() for goal in product.goals)
    assert (goals[3], goals[14], len(goals)) == (97, 2, 17)
    licences = Counter(licence for product in registry.values() for licence in product.licences)
    assert (licences["GPL-3.0"], licences["Apache-2.0"]) == (43, 38)  # GPL-3.0: 45 printed
    assert registry.left == []


def test_published_products_that_share_a_review(registry):
    shared = {
        "commcare": ("commcare-android", "commcare-cloud"),
        "mifos-community-app": ("mifos-android", "mifos-mobile", "mifos-web-app"),
    }
    for review, others in shared.items():
        countries = registry[f"dpg:{review}"].countries
        assert countries
        assert all(registry[f"dpg:{other}"].countries == countries for other in others)


def test_a_published_product_in_full(registry):
    product = registry["dpg:odk"]
    assert (product.name, product.stage, product.kind) == ("ODK", "dpg", "software")
    assert product.website == "https://getodk.org"
    assert product.repository == "https://github.com/getodk/central"
    assert product.goals == [2, 3, 4, 16, 17]
    assert product.licences == ["Apache-2.0"]


def test_no_contact_person_is_read(registry):
    assert not any("yanokwa" in str(vars(product)) for product in registry.values())


def test_a_product_with_its_review(read):
    found = read({"nominees/kit": KIT, "digitalpublicgoods/kit": REVIEW})
    assert found.left == []
    assert found["dpg:kit"].stage == "nominee"
    assert found["dpg:kit"].location == "nominees/kit.json"
    assert found["dpg:kit"].countries == [
        ("Kenya", "deployed"),
        ("Togo", "deployed"),
        ("Kenya", "developed"),
    ]


def test_the_newest_form_with_one_numbered_file(read):
    record = {
        "name": "Kit: the Tool",
        "stage": "DPG",
        "categories": ["Open Software", "Open AI Model"],
        "website": " https://example.org ",
        "repositories": [{"name": "main", "url": "https://example.org/kit"}],
        "sdgs": [{"sdg": "SDG16: Peace\u00b8 Justice and Strong Institutions", "relevance": "x"}],
        "openlicenses": [{"openLicense": "MIT", "openLicenseEvidenceURLs": "https://x.org"}],
        "locations": {"deploymentCountries": ["Togo"]},
        "organizations": [{"name": "Kit Inc", "org_type": "owner", "contact_email": "a@b.c"}],
    }
    raw = b"\t" + json.dumps(record).encode()
    found = read({"10001": raw, "package": {"words": 1}, "schema": {"$schema": "x"}})
    product = found["dpg:kit-the-tool"]
    assert (product.kind, product.website) == ("aimodel, software", "https://example.org")
    assert (product.goals, product.licences) == ([16], ["MIT"])
    assert product.countries == [("Togo", "deployed")]
    assert list(found) == ["dpg:kit-the-tool"]


@pytest.mark.parametrize(
    ("goals", "numbers", "refused"),
    [
        ([{"SDGNumber": 3}, {"SDGNumber": 3}], [3], 0),
        ([3, "4", 5.0, "SDG 6", "SDG-07", "Goal 8: Work", "sdg9"], [3, 4, 5, 6, 7, 8, 9], 0),
        (["No poverty", "Industry, Innovation and Infrastructure"], [1, 9], 0),
        ({"sdg": "SDG16: Peace"}, [16], 0),
        ([0, 18], [], 2),
        (["SDG 0", "SDG 18", "SDG 2030", "Happiness"], [], 4),
        ([{"evidence": "x"}, [4]], [], 0),
        (None, [], 0),
        (17, [17], 0),
    ],
)
def test_goals_however_they_are_written(read, goals, numbers, refused):
    found = read({"nominees/kit": KIT | {"SDGs": goals}})
    assert found["dpg:kit"].goals == numbers
    assert [why for *_, why in found.left] == ["not one of the 17 goals"] * refused


def test_strings_in_place_of_lists_and_missing_fields(read):
    record = {"name": "Kit", "stage": "dpg", "type": "software", "license": "MIT"}
    record["repositories"] = "https://example.org/kit"
    found = read({"nominees/kit": record, "nominees/bare": {"stage": "nominee"}})
    product = found["dpg:kit"]
    assert (product.stage, product.kind, product.licences) == ("dpg", "software", ["MIT"])
    assert product.repository == "https://example.org/kit"
    assert found["dpg:bare"].name == "bare"
    assert found.left == []


def test_wrong_types_are_left_out(read):
    record = KIT | {
        "website": ["https://example.org"],
        "license": [{"licenseURL": "x"}, 5, {"spdx": ["MIT"], "contact": "someone@example.org"}],
        "stage": 3,
    }
    found = read({"nominees/kit": record, "digitalpublicgoods/kit": REVIEW | {"locations": "x"}})
    product = found["dpg:kit"]
    assert (product.website, product.licences, product.countries) == ("", ["5"], [])
    assert product.stage == "listed"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b'{"name": "Kit", ', "is not JSON"),
        (b"", "is not JSON"),
        (b"\0\1\2", "is not a text file"),
        (b"[" * 100_000, "nested too deeply"),
        (b'"' + b"x" * LARGEST + b'"', "MB"),
    ],
)
def test_files_that_cannot_be_read_are_noted(read, raw, why):
    found = read({"nominees/kit": KIT, "nominees/bad": raw})
    assert list(found) == ["dpg:kit"]
    assert why in found.why()["nominees/bad.json"]


def test_links_and_links_unpacked_as_files(read, tmp_path):
    files = {f"nominees/{name}": KIT | {"name": name.title()} for name in ("kit", "c", "d")}
    files |= {"digitalpublicgoods/kit": REVIEW, "digitalpublicgoods/c": b"kit.json"}
    read(files | {"digitalpublicgoods/e": b"../../x.json"})
    try:
        (tmp_path / "digitalpublicgoods" / "d.json").symlink_to("kit.json")
        (tmp_path / "digitalpublicgoods" / "f.json").symlink_to("/etc/hostname")
    except OSError:
        pytest.skip("this system makes no symbolic links")
    found = read({})
    assert found["dpg:c"].countries == found["dpg:d"].countries == found["dpg:kit"].countries
    assert found["dpg:kit"].countries
    assert set(found.why()) == {"digitalpublicgoods/e.json", "digitalpublicgoods/f.json"}


def test_a_product_twice(read):
    found = read({"nominees/kit": KIT, "archive/kit": KIT})
    assert {key: product.stage for key, product in found.items()} == {"dpg:kit": "nominee"}


# ------------------------------------------------------------------------------ the atlas


def test_the_published_atlas(atlas):
    assert Counter(product.location for product in atlas.values()) == {CSV: 218, MANUAL: 34}
    goals = Counter(goal for product in atlas.values() for goal in product.goals)
    assert goals[3] == 88  # grep -oE 'SDG-0?3\b'
    countries = Counter(c for product in atlas.values() for c, _ in product.countries)
    assert countries["Kenya"] == 64
    assert atlas.left == []


def test_every_published_link_to_a_building_block(atlas):
    links = {key: product.blocks for key, product in atlas.items() if product.blocks}
    by = Counter(by for blocks in links.values() for _, by in blocks)
    assert by == {"atlas": 13, "govstack": 12}
    assert sorted(links["atlas:diia-engine"]) == [
        ("govstack:digital-registries", "govstack"),
        ("govstack:workflow", "govstack"),
    ]
    assert links["atlas:mosip"] == [("govstack:identity", "atlas")]
    assert sorted(links["atlas:opentenure"]) == [
        ("govstack:digital-registries", "atlas"),
        ("govstack:gis", "atlas"),
    ]


def test_of_a_product_in_both_files_the_one_by_hand_is_read(read_both):
    projects = "- {id: kit, name: Kit, licenses: [MIT], sdgs: [SDG-3, SDG-04]}"
    found = read_both(projects, f'{HEADER}\nkit,"Kit, the tool",,GPL-3.0; MIT,SDG 5\nnew,N,,A; B,9')
    assert (found["atlas:kit"].name, found["atlas:kit"].licences) == ("Kit", ["MIT"])
    assert found["atlas:kit"].goals == [3, 4]
    assert (found["atlas:new"].licences, found["atlas:new"].goals) == (["A", "B"], [9])


def test_building_blocks_by_name(read_both):
    projects = """
- id: a
  govstack_building_blocks: [payments, PAYMENT BB, Registration APIs, Content Management System]
- {id: b, govstack_building_blocks: Scheduler, govstack_listed: true}
- {id: c, govstack_building_blocks: [Teleportation, [7]]}
"""
    found = read_both(projects)
    assert [block for block, _ in found["atlas:a"].blocks] == [
        "govstack:payments",
        "govstack:payments",
        "govstack:registration",
        "govstack:cms",
    ]
    assert found["atlas:b"].blocks == [("govstack:scheduler", "govstack")]
    assert found["atlas:c"].blocks == []
    assert [why for *_, why in found.left] == ["not the name of a building block of GovStack"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("- id: [", "not plain YAML"),
        (b"\0\1", "is not a text file"),
        ("just words", "not a product with an id"),
        ("- words", "not a product with an id"),
        ("- {name: Kit}", "not a product with an id"),
        ("a: &a [x]\nb: [*a, *a]", "not a product with an id"),
    ],
)
def test_broken_projects_are_noted(read_both, content, why):
    assert why in read_both(content).left[0][3]
