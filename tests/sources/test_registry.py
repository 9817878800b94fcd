"""The reader of the registry: the published products in full, and every form met elsewhere.

The numbers of the published files were counted without the reader, with ``ls``, ``grep`` and by
hand: 228 nominees, 2 archived, 166 reviews of which 5 are copies of another file. The small files
are made up.
"""

import json
from pathlib import Path

import pytest

from govstack_kit.sources import _plain
from govstack_kit.sources._reading import LARGEST, SourceError
from govstack_kit.sources.atlas import read_atlas
from govstack_kit.sources.registry import TABLES, read_registry, same_products

UPSTREAM = Path(__file__).resolve().parents[3] / "shared" / "upstream"
REGISTRY = UPSTREAM / "DPGAlliance" / "publicgoods-candidates"
ATLAS = UPSTREAM / "mgifford" / "dpg-dpi-govstack-map"
published = pytest.mark.skipif(
    not REGISTRY.is_dir() or not ATLAS.is_dir(),
    reason="the published repositories are not beside the repo",
)
KIT = {"name": "Kit", "stage": "nominee", "type": ["software"], "SDGs": [{"SDGNumber": 3}]}
REVIEW = {
    "name": "Kit",
    "platformIndependence": {"mandatoryDepsCreateMoreRestrictions": "No"},
    "privacy": {"isPrivacyCompliant": "Yes", "privacyComplianceList": ["- GDPR", ""]},
    "standards": {"supportStandards": "Unknown", "standardsList": ["FHIR", "FHIR", "OpenAPI"]},
    "doNoHarm": {"dataPrivacySecurity": {"collectsPII": "No"}},
    "locations": {"developmentCountries": ["Kenya"], "deploymentCountries": ["Kenya", "Togo"]},
}


@pytest.fixture(scope="module")
def reading():
    return read_registry(REGISTRY)


@pytest.fixture
def read(tmp_path):
    """Read a made-up checkout: contents by path, without the ending."""

    def read_files(contents):
        for name, content in contents.items():
            path = tmp_path / f"{name}.json"
            path.parent.mkdir(exist_ok=True)
            raw = content if isinstance(content, bytes) else json.dumps(content).encode()
            path.write_bytes(raw)
        return read_registry(tmp_path)

    return read_files


def column(reading, table, *columns):
    found = reading.tables[table]
    return found[list(columns)].to_numpy().tolist()


def places(reading):
    return reading.unplaced[["file", "text", "why"]].to_numpy().tolist()


def facts(reading):
    return [tuple(fact) for fact in column(reading, "product_facts", "fact", "value")]


@published
def test_every_published_product(reading):
    products = reading.tables["products"]
    assert products["stage"].value_counts().to_dict() == {"DPG": 165, "nominee": 63, "archived": 2}
    assert products["product"].is_unique
    assert (products["name"] != "").all()
    archived = products.query("stage == 'archived'")["product"].tolist()
    assert archived == ["dpg:public-utility-data-liberation-project", "dpg:yallakhedmeh"]


@published
def test_published_numbers_of_every_table(reading):
    assert {name: len(table) for name, table in reading.tables.items()} == {
        "products": 230,
        "product_names": 111,
        "product_types": 260,
        "product_licences": 249,  # 254 printed, 5 of them again
        "product_goals": 581,
        "product_repositories": 313,  # 324 printed, 11 without an address
        "product_organisations": 269,
        "product_sectors": 159,
        "product_countries": 2871,  # 2327 of deployment, 544 of development
        "product_facts": 1484,
    }
    goals = reading.tables["product_goals"]["goal"].value_counts()
    assert (goals[3], goals[14], len(goals)) == (97, 2, 17)
    types = reading.tables["product_types"]["type"].value_counts().to_dict()
    assert types == {"software": 198, "content": 27, "data": 20, "aimodel": 11, "standard": 4}
    licences = reading.tables["product_licences"]["licence"].value_counts()
    assert (licences["GPL-3.0"], licences["Apache-2.0"]) == (43, 38)  # GPL-3.0: 45 printed


@published
def test_published_copies_of_reviews_and_what_has_no_place(reading):
    shared = reading.tables["products"].query("review != '' and review != product")
    assert dict(zip(shared["product"], shared["review"], strict=True)) == {
        "dpg:commcare-android": "dpg:commcare",
        "dpg:commcare-cloud": "dpg:commcare",
        "dpg:mifos-android": "dpg:mifos-community-app",
        "dpg:mifos-mobile": "dpg:mifos-community-app",
        "dpg:mifos-web-app": "dpg:mifos-community-app",
    }
    assert (reading.tables["products"]["review"] == "").sum() == 64  # 230 less 166
    why = reading.unplaced["why"]
    assert len(why) == 16
    assert why.str.startswith("the same answers as").sum() == 5
    assert (why == "no repository by its url").sum() == 11
    reviewed = set(reading.tables["product_facts"]["product"])
    assert not reviewed & set(shared["product"])


@published
def test_a_published_product_in_full(reading):
    def rows(table):
        return reading.tables[table].query("product == 'dpg:odk'").iloc[:, 1:-1].to_numpy().tolist()

    (product,) = rows("products")
    assert product[:6] == [
        "ODK",
        "DPG",
        "software",
        "https://getodk.org",
        "https://github.com/getodk/central",
        "dpg:odk",
    ]
    assert [goal for goal, _ in rows("product_goals")] == [2, 3, 4, 16, 17]
    url = "https://github.com/getodk/central/blob/master/LICENSE"
    assert rows("product_licences") == [["Apache-2.0", url]]
    assert rows("product_organisations") == [["Get ODK Inc", "owner", "https://getodk.org"]]
    assert rows("product_facts") == [
        ["collects_personal_data", "yes"],
        ["platform_independent", "yes"],
        ["privacy_compliant", "yes"],
        ["privacy_law", "GDPR"],
        ["standard", "ODK XForms (built on W3C XForms)"],
        ["standard", "OpenROSA"],
        ["standard", "XLSForm"],
        ["standards_supported", "yes"],
    ]


@published
def test_no_contact_person_is_read(reading):
    for table in reading.tables.values():
        assert not table.astype("str").apply(lambda c: c.str.contains("yanokwa")).any().any()


@published
def test_published_products_of_both_lists(reading):
    pairs = same_products(reading, read_atlas(ATLAS))
    assert len(pairs) == 106
    by = dict(zip(zip(pairs["registry"], pairs["atlas"], strict=True), pairs["by"], strict=True))
    assert by["dpg:x-road", "atlas:x-road"] == "repository, website, name"
    assert by["dpg:openmined", "atlas:syft"] == "website"
    # The atlas has this product under two ids.
    assert by["dpg:modular-open-source-identity-platform", "atlas:mosip"] == "name"


def test_a_product_with_its_review(read):
    reading = read({"nominees/kit": KIT, "digitalpublicgoods/kit": REVIEW})
    assert reading.unplaced.empty
    assert column(reading, "products", "product", "stage", "review", "location") == [
        ["dpg:kit", "nominee", "dpg:kit", "nominees/kit.json"]
    ]
    assert facts(reading) == [
        ("collects_personal_data", "no"),
        ("platform_independent", "yes"),
        ("privacy_compliant", "yes"),
        ("privacy_law", "GDPR"),
        ("standard", "FHIR"),
        ("standard", "OpenAPI"),
        ("standards_supported", "unknown"),
    ]
    assert column(reading, "product_countries", "country", "relation") == [
        ["Kenya", "deployment"],
        ["Kenya", "development"],
        ["Togo", "deployment"],
    ]


def test_the_older_form_with_screenings(read):
    review = {
        "name": "Kit",
        "dependencies": {
            "mandatoryDepsCreateMoreRestrictions": "Yes",
            "isSoftwarePltIndependent": "No",
        },
        "privacy": {"locIntlComplianceList": ["An act"]},
        "locations": {"developmentCounties": ["Kenya"]},
    }
    kit = KIT | {"repositoryURL": "https://example.org/kit", "license": "MIT; GPL-3.0"}
    reading = read({"nominees/kit": kit, "screening/kit": review, "screening/schema": {"a": 1}})
    assert facts(reading) == [("platform_independent", "no"), ("privacy_law", "An act")]
    assert column(reading, "products", "repository") == [["https://example.org/kit"]]
    assert column(reading, "product_licences", "licence") == [["GPL-3.0"], ["MIT"]]
    assert column(reading, "product_countries", "relation") == [["development"]]
    assert places(reading) == [
        ["screening/schema.json", "schema", "no review of a product: it has no name"]
    ]


def test_the_newer_review_goes_first(read):
    older = REVIEW | {"standards": {"standardsList": ["Old"]}}
    reading = read({"nominees/kit": KIT, "screening/kit": older, "digitalpublicgoods/kit": REVIEW})
    assert ("standard", "Old") not in facts(reading)
    assert places(reading) == [["screening/kit.json", "kit", "an older review of the same product"]]


def test_the_newest_form_with_one_numbered_file(read):
    record = {
        "id": "10001",
        "name": "Kit: the Tool",
        "stage": "DPG",
        "aliases": ["KT"],
        "categories": ["Open Software", "Open AI Model"],
        "website": " https://example.org ",
        "repositories": [{"name": "main", "url": "https://example.org/kit"}],
        "sdgs": [{"sdg": "SDG16: Peace\u00b8 Justice and Strong Institutions", "relevance": "x"}],
        "openlicenses": [{"openLicense": "MIT", "openLicenseEvidenceURLs": "https://x.org"}],
        "openStandards": ["IATI", " JSON "],
        "dataPrivacySecurity": {"collectsPII": "PII data is NOT collected NOT stored."},
        "platformIndependence": {"isPlatformIndependent": "Yes"},
        "privacy": [{"privacyCompliance": "GDPR", "privacyComplianceURL": "https://x.org"}],
        "locations": {"deploymentCountries": ["Togo"]},
        "organizations": [{"name": "Kit Inc", "org_type": "owner", "contact_email": "a@b.c"}],
    }
    raw = b"\t" + json.dumps(record).encode()
    reading = read({"10001": raw, "package": {"scripts": 1}, "schema": {"$schema": "x"}})
    assert column(reading, "products", "product", "type", "website", "review") == [
        ["dpg:kit-the-tool", "software", "https://example.org", "dpg:kit-the-tool"]
    ]
    assert column(reading, "product_types", "type") == [["aimodel"], ["software"]]
    assert column(reading, "product_goals", "goal") == [[16]]
    assert column(reading, "product_licences", "licence", "url") == [["MIT", "https://x.org"]]
    assert facts(reading) == [
        ("collects_personal_data", "no"),
        ("platform_independent", "yes"),
        ("privacy_law", "GDPR"),
        ("standard", "IATI"),
        ("standard", "JSON"),
    ]
    assert places(reading) == [["package.json", "scripts", "not the file of a product"]]


@pytest.mark.parametrize(
    ("goals", "numbers", "refused"),
    [
        ([{"SDGNumber": 3}, {"SDGNumber": 3}], [3], []),
        ([3, "4", 5.0, "SDG 6", "SDG-07", "Goal 8: Work", "sdg9"], [3, 4, 5, 6, 7, 8, 9], []),
        ("SDG 3, SDG 4; 5", [3, 4, 5], []),
        (["No poverty", "Industry, Innovation and Infrastructure"], [1, 9], []),
        ({"sdg": "SDG16: Peace"}, [16], []),
        ([0, 18, -1, True, 1e300], [], ["-1", "0", "18", "1e+300", "True"]),
        (["SDG 0", "SDG 18", "SDG 2030", "Happiness"], [], None),
        ([{"evidence": "x"}, [4]], [], ["[4]", "evidence"]),
        (None, [], []),
        (17, [17], []),
    ],
)
def test_goals_however_they_are_written(read, goals, numbers, refused):
    reading = read({"nominees/kit": KIT | {"SDGs": goals}})
    assert [goal for (goal,) in column(reading, "product_goals", "goal")] == numbers
    expected = [str(g) for g in goals] if refused is None else refused
    assert sorted(text for _, text, _ in places(reading)) == sorted(expected)
    assert all(why == "not one of the 17 goals" for _, _, why in places(reading))


def test_strings_in_place_of_lists_and_missing_fields(read):
    record = {
        "name": "Kit",
        "stage": "dpg",
        "type": "software",
        "license": "MIT",
        "repositories": "https://example.org/kit",
        "organizations": "Kit Inc",
        "sectors": "Health",
        "aliases": ["", "KT"],
    }
    reading = read({"nominees/kit": record, "nominees/bare": {"stage": "nominee"}})
    for table, name, expected in (
        ("product_types", "type", "software"),
        ("product_licences", "licence", "MIT"),
        ("product_repositories", "url", "https://example.org/kit"),
        ("product_organisations", "name", "Kit Inc"),
        ("product_sectors", "sector", "Health"),
        ("product_names", "name", "KT"),
    ):
        assert column(reading, table, "product", name) == [["dpg:kit", expected]]
    assert column(reading, "products", "product", "name", "stage") == [
        ["dpg:bare", "bare", "nominee"],
        ["dpg:kit", "Kit", "DPG"],
    ]
    assert places(reading) == [["nominees/bare.json", "dpg:bare", "a product without a name"]]


def test_wrong_types_are_noted_without_their_content(read):
    record = KIT | {
        "website": ["https://example.org"],
        "license": [{"licenseURL": "x"}, 5, {"spdx": ["MIT"]}],
        "organizations": [{"contact_email": "someone@example.org"}],
        "stage": 3,
    }
    review = REVIEW | {"standards": ["FHIR"], "locations": "Kenya", "privacy": 7}
    reading = read({"nominees/kit": record, "digitalpublicgoods/kit": review})
    found = places(reading)
    assert [
        "nominees/kit.json",
        "https://example.org",
        "under website stands more than a text",
    ] in found
    assert ["nominees/kit.json", "5", "no licence by its spdx or openLicense or name"] in found
    assert ["nominees/kit.json", "with contact_email", "no organisation by its name"] in found
    assert ["nominees/kit.json", "3", "not a stage: DPG, nominee or archived"] in found
    assert ["digitalpublicgoods/kit.json", "Kenya", "locations holds no answers by name"] in found
    assert not any("someone@" in text for _, text, _ in found)
    assert len(found) == 9


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b'{"name": "Kit", ', "is not JSON"),
        (b"", "is not JSON"),
        (b"\0\1\2", "is not a text file"),
        (b'["a", "b"]', "holds no answers by name"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"n": ' + b"9" * 5000 + b"}", "too long"),
        (b'"' + b"x" * LARGEST + b'"', "more than a source may have"),
    ],
)
def test_files_that_cannot_be_read_are_noted(read, raw, why):
    reading = read({"nominees/kit": KIT, "nominees/bad": raw})
    assert len(reading.tables["products"]) == 1
    ((file, _, reason),) = places(reading)
    assert file == "nominees/bad.json"
    assert why in reason


def test_other_encodings_are_read(read):
    text = json.dumps(KIT | {"name": "Système"}, ensure_ascii=False)
    reading = read({"nominees/a": text.encode("utf-16"), "nominees/b": text.encode("cp1252")})
    assert column(reading, "products", "name") == [["Système"], ["Système"]]


def test_copies_links_and_links_unpacked_as_files(read, tmp_path):
    files = {f"nominees/{name}": KIT | {"name": name.title()} for name in ("kit", "b", "c", "d")}
    review = REVIEW | {"name": "Kit"}
    files |= {"digitalpublicgoods/kit": review, "digitalpublicgoods/b": review}
    read(files | {"digitalpublicgoods/c": b"kit.json", "digitalpublicgoods/e": b"../../x.json"})
    try:
        (tmp_path / "digitalpublicgoods" / "d.json").symlink_to("kit.json")
        (tmp_path / "digitalpublicgoods" / "f.json").symlink_to("/etc/hostname")
    except OSError:
        pytest.skip("this system makes no symbolic links")
    reading = read({})
    assert dict(column(reading, "products", "product", "review")) == dict.fromkeys(
        ("dpg:b", "dpg:c", "dpg:d", "dpg:kit"), "dpg:kit"
    )
    same = "the same answers as kit.json: they are listed with that product"
    found = {file: why for file, _, why in places(reading)}
    assert [found[f"digitalpublicgoods/{name}.json"] for name in "bcd"] == [same] * 3
    assert "is not JSON" in found["digitalpublicgoods/e.json"]
    assert "not followed" in found["digitalpublicgoods/f.json"]
    assert len(found) == 5


def test_a_review_alone_a_product_twice_and_other_files(read, tmp_path):
    reading = read({"nominees/kit": KIT, "archive/kit": KIT, "digitalpublicgoods/lone": REVIEW})
    assert column(reading, "products", "product", "stage") == [
        ["dpg:kit", "nominee"],
        ["dpg:lone", ""],
    ]
    found = {file: why for file, _, why in places(reading)}
    assert found["archive/kit.json"] == "already read from nominees/kit.json"
    (tmp_path / "nominees" / "notes.txt").write_text("words")
    assert ["nominees/notes.txt", "notes.txt", "no JSON file of a product"] in places(read({}))


def test_a_folder_must_be_there_and_have_products(tmp_path):
    with pytest.raises(SourceError, match="is not a folder"):
        read_registry(tmp_path / "missing")
    reading = read_registry(tmp_path)
    assert list(reading.tables) == list(TABLES)
    assert reading.tables["product_goals"].dtypes["goal"] == "int64"
    assert len(reading.unplaced) == 1


def test_products_are_matched_by_repository_website_or_name(tmp_path):
    def reading(folder, products):
        for slug, record in products.items():
            path = tmp_path / folder / "nominees" / f"{slug}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({"stage": "DPG"} | record))
        return read_registry(tmp_path / folder)

    family = {"website": "https://family.org"}
    one = reading(
        "one",
        {
            "a": {"name": "Alpha", "repositories": ["https://github.com/Org/Alpha.git"]},
            "b": {"name": "Beta", "website": "http://www.beta.org/"},
            "c": {"name": "Gamma Tool", "aliases": ["GT"]},
            "d": {"name": "Delta"} | family,
            "e": {"name": "Epsilon"} | family,
            "f": {"name": "Zeta"},
        },
    )
    two = reading(
        "two",
        {
            "m": {"name": "Else", "repositories": ["github.com/org/alpha/tree/main"]},
            "n": {"name": "BETA", "website": "https://beta.org"},
            "o": {"name": "G.T."},
            "p": {"name": "Delta!"} | family,
        },
    )
    assert same_products(one, two).to_numpy().tolist() == [
        ["dpg:a", "dpg:m", "repository"],
        ["dpg:b", "dpg:n", "website, name"],
        ["dpg:c", "dpg:o", "name"],
        ["dpg:d", "dpg:p", "name"],
    ]
    empty = read_registry(tmp_path)
    assert same_products(empty, two).empty
    assert list(same_products(empty, two).columns) == ["registry", "atlas", "by"]


def test_addresses_that_are_none_match_nothing():
    assert _plain.address("n/a") == ""
    assert _plain.address("http://[broken") == ""
    assert _plain.address("https://x.org") != _plain.address("https://x.org/kit")
