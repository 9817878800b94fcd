"""The reader of the atlas: the published files in full, and made-up ones with every mistake.

The numbers of the published files were counted without the reader, with ``grep -c`` and by eye.
"""

import csv
import json
from pathlib import Path

import pytest

import govstack_kit
from govstack_kit.sources._reading import SourceError
from govstack_kit.sources.atlas import CSV, DEPLOYMENTS, TABLES, read_atlas

UPSTREAM = Path(__file__).resolve().parents[3] / "shared" / "upstream" / "mgifford"
ATLAS = UPSTREAM / "dpg-dpi-govstack-map"
published = pytest.mark.skipif(
    not ATLAS.is_dir(), reason="the published atlas is not beside the repo"
)
HEADER = "id,name,category,project_type,maturity_level,governance_model,website,licenses,sdgs"
KIT = """- id: kit
  name: Kit
  category: Tools
  project_type: DPG
  maturity_level: mature
  governance_model: foundation
  website: https://example.org
  repository_urls: [https://example.org/git, https://example.org/git2]
  licenses: [MIT]
  sdgs: [SDG-3, SDG-04]
  deployment_countries: [Kenya, Togo]
  dpi_domains: [health]
  standards_alignment: [FHIR]
  steward_organizations: [kit-inc]
  last_updated: 2026-05-20T00:00:00.000Z
"""


@pytest.fixture(scope="module")
def reading():
    return read_atlas(ATLAS)


@pytest.fixture
def read(tmp_path):
    """Read a made-up checkout: YAML files by name, the table, and the deployments of the site."""

    def read_files(csv=HEADER, site='{"deployments": []}', **manual):
        names = ("projects", "organizations", "standards", "deployments", "relationships")
        files = {f"data/manual/{name}.yml": manual.get(name, "[]") for name in names}
        for name, content in (files | {CSV: csv, DEPLOYMENTS: site}).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_atlas(tmp_path)

    return read_files


def column(reading, table, *columns):
    return reading.tables[table][list(columns)].to_numpy().tolist()


def places(reading):
    return reading.unplaced[["file", "line", "text", "why"]].to_numpy().tolist()


@published
def test_published_numbers_of_every_table(reading):
    assert {name: len(table) for name, table in reading.tables.items()} == {
        "products": 252,
        "product_goals": 596,
        "product_countries": 4442,
        "product_domains": 45,
        "product_licences": 260,
        "product_repositories": 34,
        "product_standards": 90,
        "product_organisations": 70,
        "product_building_blocks": 25,
        "organisations": 41,
        "standards": 10,
        "deployments": 28,
        "relationships": 76,
    }
    assert reading.unplaced.empty
    assert reading.tables["products"]["location"].value_counts().to_dict() == {
        CSV: 218,
        "data/manual/projects.yml": 34,
    }
    goals = reading.tables["product_goals"]["goal"].value_counts()
    assert goals[3] == 88  # grep -oE 'SDG-0?3\b'
    countries = reading.tables["product_countries"]["country"].value_counts()
    assert countries["Kenya"] == 64


@published
def test_every_published_link_to_a_building_block(reading):
    links = reading.tables["product_building_blocks"]
    assert column(reading, "product_building_blocks", "product", "building_block", "listed_by") == [
        [f"atlas:{product}", f"govstack:{block}", by]
        for product, block, by in (
            ("apache-fineract", "payments", "atlas"),
            ("baserow", "digital-registries", "govstack"),
            ("camunda-platform", "workflow", "govstack"),
            ("digit", "digital-registries", "atlas"),
            ("digit", "registration", "atlas"),
            ("digit", "workflow", "atlas"),
            ("diia-engine", "digital-registries", "govstack"),
            ("diia-engine", "workflow", "govstack"),
            ("mifos-payment-hub-ee", "payments", "govstack"),
            ("mojaloop", "payments", "atlas"),
            ("mosip", "identity", "atlas"),
            ("opencrvs", "registration", "govstack"),
            ("openg2p", "digital-registries", "atlas"),
            ("openg2p", "payments", "atlas"),
            ("openg2p", "workflow", "atlas"),
            ("openimis", "digital-registries", "govstack"),
            ("openspp", "digital-registries", "govstack"),
            ("openspp", "workflow", "govstack"),
            ("opentenure", "digital-registries", "atlas"),
            ("opentenure", "gis", "atlas"),
            ("prozorro-sale", "emarketplace", "govstack"),
            ("rapidpro", "messaging", "atlas"),
            ("rapidpro", "workflow", "atlas"),
            ("sovereign-cloud-stack", "cloud-infrastructure-hosting", "govstack"),
            ("x-road", "information-mediator", "govstack"),
        )
    ]
    assert links["compliance_level"].isin([0, 2]).all()
    assert (links["compliance_level"] == 2).equals(links["listed_by"] == "govstack")
    assert links.query("listed_by == 'govstack'")["product"].nunique() == 10
    assert set(links["building_block"]) <= set(
        govstack_kit.load().building_blocks["building_block"]
    )
    assert (links["note"] != "").all()


@published
def test_published_products_are_the_ones_that_are_named(reading):
    known = set(reading.tables["products"]["product"])
    for name, table in reading.tables.items():
        if "product" in table:
            assert set(table["product"]) <= known, name
    keys = known | {f"atlas:{key}" for key in reading.tables["organisations"]["organisation"]}
    keys |= {f"atlas:{key}" for key in reading.tables["standards"]["standard"]}
    relationships = reading.tables["relationships"]
    assert set("atlas:" + relationships["source"]) | set("atlas:" + relationships["target"]) <= keys


@published
def test_lines_of_published_entries(reading):
    products = reading.tables["products"].set_index("product")
    lines = (ATLAS / "data/manual/projects.yml").read_text(encoding="utf-8").split("\n")
    for product, row in products[products["location"].str.endswith(".yml")].iterrows():
        assert lines[row["line"] - 1] == f"- id: {product.removeprefix('atlas:')}"
    rows = (ATLAS / CSV).read_text(encoding="utf-8").split("\n")
    assert rows[products.loc["atlas:zamba", "line"] - 1].startswith('"zamba"')


def test_a_product_in_both_files_that_agree(read):
    row = "kit,Kit,Tools,DPG,mature,foundation,https://example.org,MIT,SDG-04; SDG-3"
    reading = read(projects=KIT, csv=f"{HEADER}\n{row}\n")
    assert reading.unplaced.empty
    assert column(reading, "products", "product", "repository", "last_updated", "line") == [
        ["atlas:kit", "https://example.org/git", "2026-05-20T00:00:00.000Z", 1]
    ]
    assert column(reading, "product_goals", "goal", "location") == [
        [3, "data/manual/projects.yml"],
        [4, "data/manual/projects.yml"],
    ]
    assert len(reading.tables["product_repositories"]) == 2
    assert column(reading, "product_organisations", "organisation", "relation") == [
        ["kit-inc", "steward"]
    ]


def test_disagreements_are_noted_and_the_yaml_is_kept(read):
    row = 'kit,"Kit, the tool",Tools,DPG,mature,foundation,https://example.org,GPL-3.0,SDG-3'
    reading = read(projects=f"# remark\n{KIT}", csv=f"{HEADER}\n{row}\nnew,New,,,,,,,SDG 99\n")
    assert column(reading, "products", "product", "name") == [
        ["atlas:kit", "Kit"],
        ["atlas:new", "New"],
    ]
    assert column(reading, "product_licences", "licence") == [["MIT"]]
    only = "only in the {} file; the YAML is kept"
    assert places(reading) == [
        [CSV, 2, "GPL-3.0", f"licenses of kit: {only.format('CSV')}"],
        [CSV, 2, "Kit, the tool", "name is “Kit” in the YAML file, which is kept"],
        [CSV, 2, "MIT", f"licenses of kit: {only.format('YAML')}"],
        [CSV, 2, "SDG-04", f"sdgs of kit: {only.format('YAML')}"],
        [CSV, 3, "SDG 99", "not one of the 17 goals"],
    ]


def test_a_product_of_the_yaml_that_the_table_lacks(read):
    reading = read(projects=KIT, csv=f"{HEADER}\nother,Other,,,,,,,\n")
    why = "a product of the YAML file that the CSV file does not have"
    assert places(reading) == [[CSV, 0, "kit", why]]


def test_building_blocks_by_name(read):
    projects = """
- id: a
  govstack_building_blocks: [payments, PAYMENT BB, Registration APIs, Content Management System]
  govstack_notes: because
- id: b
  govstack_building_blocks: Scheduling
  govstack_listed: true
  govstack_compliance_level: 1
- id: c
  govstack_building_blocks: [Teleportation, 7]
- id: d
  govstack_listed: true
"""
    reading = read(projects=projects)
    names = ("product", "printed", "building_block", "listed_by", "compliance_level", "note")
    assert column(reading, "product_building_blocks", *names) == [
        ["atlas:a", "Content Management System", "govstack:cms", "atlas", 0, "because"],
        ["atlas:a", "PAYMENT BB", "govstack:payments", "atlas", 0, "because"],
        ["atlas:a", "Registration APIs", "govstack:registration", "atlas", 0, "because"],
        ["atlas:a", "payments", "govstack:payments", "atlas", 0, "because"],
        ["atlas:b", "Scheduling", "govstack:scheduler", "govstack", 1, ""],
        ["atlas:c", "Teleportation", "", "atlas", 0, ""],
    ]
    assert [(line, why) for _, line, _, why in places(reading)] == [
        (9, "no building block by its name"),
        (9, "not the name of a building block of GovStack"),
        (11, "listed by GovStack without a building block"),
    ]


def test_the_other_files(read):
    reading = read(
        projects="- id: kit",
        organizations="- {id: inc, name: Inc, country: Togo, associated_projects: [kit]}\n"
        "- {id: inc, name: Again}\n- {name: Nameless}\n",
        standards="- {id: fhir, name: FHIR, related_projects: kit}",
        deployments="- {country: Togo, project: kit, deployment_type: pilot, confidence: 0.5}\n"
        "- {country: Togo, project: kit, deployment_type: pilot}\n- {country: Togo}\n",
        site=json.dumps({"deployments": [{"project": "kit", "country": "Togo"}]}),
        relationships="- {source: kit, target: fhir, type: implements, confidence: high}",
    )
    assert column(reading, "organisations", "organisation", "country") == [["inc", "Togo"]]
    assert column(reading, "product_organisations", "organisation", "relation") == [
        ["inc", "project"]
    ]
    assert column(reading, "product_standards", "product", "standard") == [["atlas:kit", "FHIR"]]
    assert column(reading, "deployments", "product", "country", "confidence") == [
        ["atlas:kit", "Togo", 0.5]
    ]
    assert column(reading, "relationships", "source", "relation", "target") == [
        ["kit", "implements", "fhir"]
    ]
    assert reading.tables["relationships"]["confidence"].isna().all()
    assert sorted(why for _, _, _, why in places(reading)) == [
        "an entry with this key is there already",
        "an entry with this key is there already",
        "an entry without id or name",
        "an entry without project or country",
        "not in the YAML file of deployments",
    ]


def test_deployments_of_the_site_are_compared(read):
    site = [{"project": "kit", "country": "Togo", "deployment_type": "x"}, {"project": "b"}]
    reading = read(site=json.dumps(site), projects="- {id: kit}", csv=HEADER)
    assert [text for _, _, text, _ in places(reading)] == ["b, ,", "kit, Togo, x"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("- id: [", "not plain YAML"),
        (b"\0\1", "is not a text file"),
        ("!!python/name:os.system", "not plain YAML"),
        ("just words", "not an entry with fields"),
        ("- words", "not an entry with fields"),
        ("- {name: Kit}", "a product without id"),
        ("- {id: kit}\n- {id: kit}", "a product with this id is there already"),
        ("- {id: kit, name: [a]}", "under name stands more than a text"),
        ("a: &a [x]\nb: [*a, *a]", "a product without id"),
    ],
)
def test_broken_projects_are_noted(read, content, why):
    reading = read(projects=content)
    assert why in places(reading)[0][3]


def test_a_list_below_its_name_is_read(read):
    reading = read(projects="projects:\n  - id: kit\n")
    assert column(reading, "products", "product", "line") == [["atlas:kit", 0]]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("name,website\nKit,x", "the file has no column called id"),
        ("", "the file has no column called id"),
        (f"{HEADER}\nkit,Kit\n", "2 cells where 9 belong"),
        (f"{HEADER}\n,Kit,,,,,,,\n", "a row without id"),
        (f"{HEADER}\nkit,,,,,,,,\nkit,,,,,,,,", "a second row"),
        (b"PK\3\4\0\0", "is not a text file"),
    ],
)
def test_broken_tables_are_noted(read, content, why):
    assert why in places(read(csv=content))[0][3]


def test_a_cell_beyond_the_limit_of_the_parser_is_noted(read):
    before = csv.field_size_limit(100_000)  # a setting of the whole process, which others change
    try:
        assert "not valid CSV" in places(read(csv=f"{HEADER}\n" + "x" * 200_000))[0][3]
    finally:
        csv.field_size_limit(before)


def test_missing_files_and_links_are_noted(tmp_path):
    secret = tmp_path / "secret.yml"
    secret.write_text("- id: secret")
    folder = tmp_path / "atlas"
    (folder / "data" / "manual").mkdir(parents=True)
    try:
        (folder / "data" / "manual" / "projects.yml").symlink_to(secret)
    except OSError:
        pytest.skip("this system makes no symbolic links")
    reading = read_atlas(folder)
    assert list(reading.tables) == list(TABLES)
    assert reading.tables["products"].empty
    assert reading.tables["product_goals"].dtypes["goal"] == "int64"
    assert len(reading.unplaced) == 7
    assert set(reading.unplaced["why"]) == {"the file is missing, or a link"}
    with pytest.raises(SourceError, match="is not a folder"):
        read_atlas(tmp_path / "missing")
