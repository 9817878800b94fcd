"""Tables put together from checkouts: what upstream says, in our words where we have some."""

import json
import shutil

import pytest

from govstack_kit import Framework
from govstack_kit.errors import ArgumentError
from govstack_kit.framework.framework import DECLARED
from govstack_kit.framework.installed import write_package
from govstack_kit.tables.difference import difference
from govstack_kit.upstream.assemble import assemble
from govstack_kit.upstream.our_words import NEW, NEW_TEXT
from govstack_kit.upstream.specifications import fingerprint


def compare(framework, tables):
    return difference(framework.tables(), tables, DECLARED)


def row(frame, key):
    (found,) = frame[frame.iloc[:, 0] == key].to_dict("records")
    return {name: "" if value != value else value for name, value in found.items()}  # noqa: PLR0124


# ------------------------------------------------------------------------- the published snapshot


@pytest.mark.parametrize("table", DECLARED)
def test_the_snapshot_gives_the_installed_rows(published, framework, table):
    before, after = getattr(framework, table), published.tables[table]
    assert after.equals(before)
    assert after.dtypes.equals(before.dtypes)


def test_the_snapshot_changes_nothing(published, framework):
    changes = compare(framework, published.tables)
    assert changes.values.tolist() == []


def test_counts_of_the_snapshot(published):
    """Established by reading the sources; see the tests of the readers."""
    counts = {name: len(published.tables[name]) for name in DECLARED}
    assert counts["requirements"] == 1076
    assert counts["key_functionalities"] == 114
    assert counts["api_operations"] == 350
    stages = published.tables["products"]["stage"].value_counts()
    assert stages["dpg"] == 165


def test_requirements_of_the_snapshot(published):
    requirements = published.tables["requirements"]
    assert requirements["requirement"].is_unique
    security = requirements[requirements["requirement"].str.startswith("security:")]
    assert len(security) == 113  # of 115: two are headings, as the errata say
    assert set(security["source"]) == {"govstack-specifications"}
    shared = requirements[requirements["building_block"].isna()]
    assert shared["kind"].value_counts().to_dict() == {"superseded": 113, "cross-functional": 78}
    for _, block in requirements.groupby(["source", "kind"]):
        assert block["order"].tolist() == list(range(1, len(block) + 1))
    assert (requirements["title"].str.split().str.len() <= 13).all()
    texts = published.texts[published.texts["table"] == "requirements"].set_index("key")["text"]
    found = requirements.set_index("requirement")["fingerprint"]
    assert (texts.map(fingerprint) == found[texts.index]).all()


def test_versions_of_the_snapshot(published, snapshot):
    sources = published.tables["sources"].set_index("source")
    assert published.missing == []
    listed = (snapshot / "SOURCES.csv").read_text(encoding="utf-8")
    for source in ("govstack-use-cases", "govstack-bb-payments", "dpg-registry", "dpi-atlas"):
        repository = sources.loc[source, "url"].removeprefix("https://github.com/")
        version, date = sources.loc[source, ["version", "date"]]
        assert f"{repository},{version}" in listed
        assert date in listed


# ------------------------------------------------------------------------------- made-up upstream


@pytest.fixture
def first(world, bare):
    """The made-up upstream once assembled, and described by somebody."""
    tables = assemble(world.folder, bare).tables
    requirements = tables["requirements"]
    requirements["title"] = [f"Ours: {key}" for key in requirements["requirement"]]
    requirements["note"] = None
    return Framework(tables)


def test_new_rows_say_that_they_are_new(world, bare):
    world.write(
        "GovStackWorkingGroup/product-use-cases/kites.md",
        "# KIT-1 - Kites\n## Summary\n| ID | KIT-1 |\n| - | - |\n| Sector | Toys & Games |\n"
        "## Steps\n### 1 - Fly\nIt goes up.",
    )
    tables = assemble(world.folder, bare).tables
    use_case, step = row(tables["use_cases"], "KIT-1"), row(tables["steps"], "KIT-1.1")
    assert (use_case["summary"], use_case["sector"]) == (NEW_TEXT, "toys-games")
    assert NEW in use_case["note"]
    assert (step["name"], step["summary"], step["note"]) == ("Fly", NEW_TEXT, NEW)
    assert row(tables["sectors"], "toys-games")["note"] == NEW
    requirement = row(tables["requirements"], "payments:ff187ca9")
    assert (requirement["title"], requirement["level"]) == ("Vouchers are printed", "REQUIRED")
    assert requirement["note"] == NEW
    assert row(tables["requirements"], "security:7d06961f")["building_block"] == ""


def test_our_words_stay_with_known_rows_and_others_go(world, bare):
    tables = assemble(world.folder, bare).tables
    before = row(bare.use_cases, "AGR-2")
    assert row(tables["use_cases"], "AGR-2")["summary"] == before["summary"]
    assert row(tables["steps"], "AGR-2.2")["name"] == "Registration"
    ids = tables["use_cases"]["use_case"]
    assert ids[~ids.str.startswith("dif-")].tolist() == ["AGR-2"]
    dif = bare.steps[bare.steps["source"] == "dif-2019"]
    assert dif["step"].isin(tables["steps"]["step"]).all()
    assert set(tables["step_workflows"]["step"]) <= set(tables["steps"]["step"])
    for carried in ("sdg_targets", "workflows", "building_block_crosswalk", "errata"):
        assert tables[carried].equals(getattr(bare, carried))


def test_a_step_put_in_between_moves_no_summary(world, bare):
    names = bare.steps.query("use_case == 'AGR-2'").head(3)[["name", "summary"]].values.tolist()
    steps = "".join(f"### {n} - {name}\n" for n, (name, _) in enumerate(names, 1))
    page = "# AGR-2 - Rural Advisory Service for Farmers\n## Steps\n"
    name = "GovStackWorkingGroup/product-use-cases/use-cases/agr-2.md"
    world.write(name, page + "### 1 - Wake up\n" + steps)
    tables = assemble(world.folder, bare).tables
    assert row(tables["steps"], "AGR-2.1")["summary"] == NEW_TEXT
    for number, (step, summary) in enumerate(names, start=2):
        found = row(tables["steps"], f"AGR-2.{number}")
        assert (found["name"], found["summary"]) == (step, summary)


def test_a_renamed_step_keeps_its_summary_and_says_so(world, bare):
    name, summary = bare.steps.set_index("step").loc["AGR-2.1", ["name", "summary"]]
    page = "# AGR-2 - Advice\n## Steps\n### 1 - Advice by letter\n"
    world.write("GovStackWorkingGroup/product-use-cases/use-cases/agr-2.md", page)
    tables = assemble(world.folder, bare).tables
    found = row(tables["steps"], "AGR-2.1")
    assert (found["name"], found["summary"]) == ("Advice by letter", summary)
    assert f"Called “{name}” when its summary was written" in found["note"]
    assert "Called “Rural" in row(tables["use_cases"], "AGR-2")["note"]


def test_known_corrections_stay_corrected(world, bare):
    world.write(
        "GovStackWorkingGroup/product-use-cases/a.md",
        "# HLTC-3 - Ambulances\n## Summary\n| ID | HLTC-3 |\n| - | - |\n| Sector | SDG 3 |\n"
        "## Steps\n### 1 - Physcial Delivery of Goods\n",
    )
    tables = assemble(world.folder, bare).tables
    assert row(tables["use_cases"], "HLTC-3")["sector"] == "health"
    assert row(tables["steps"], "HLTC-3.1")["name"] == "Physical Delivery of Goods"


def test_requirements_keep_their_names_and_titles_wherever_they_stand(world, first):
    """One comes before, two swap places, the chapter is renumbered, lines break elsewhere."""
    page = (
        "# 6 Functional Requirements\n## 7.3 Receipts\n* A Receipt\n  is sent. (RECOMMENDED)\n"
        "## 7.4 Vouchers\n* New: of paper; (REQUIRED)\n* Vouchers have a date (OPTIONAL)\n"
        "* Vouchers are printed (REQUIRED)\n"
    )
    world.write(world.path("6-functional-requirements.md"), page)
    requirements = assemble(world.folder, first).tables["requirements"]
    found = requirements.set_index("requirement")[["section", "order", "title"]]
    assert found.loc["payments:ff187ca9"].tolist() == ["7.4", 4, "Ours: payments:ff187ca9"]
    assert found.loc["payments:d85d2826"].tolist() == ["7.4", 3, "Ours: payments:d85d2826"]
    assert found.loc["payments:21f46c6a"].tolist() == ["7.3", 1, "Ours: payments:21f46c6a"]
    assert found.query("order == 2")["title"].tolist() == ["New"]


def test_another_text_never_has_the_name_of_the_one_before(world, first):
    world.change("6-functional-requirements.md", "A receipt is", "Two receipts are")
    requirements = assemble(world.folder, first).tables["requirements"].set_index("requirement")
    assert "payments:21f46c6a" not in requirements.index
    assert "Ours: payments:21f46c6a" not in requirements["title"].tolist()
    found = requirements.query("section == '6.2'")
    assert found["title"].tolist() == ["Two receipts are sent"]
    assert found["note"].tolist() == [NEW]
    world.change("6-functional-requirements.md", "Two receipts are", "Receipts: two of them are")
    requirements = assemble(world.folder, first).tables["requirements"]
    assert requirements.query("section == '6.2'")["title"].tolist() == ["two of them are sent"]


def test_published_identifiers_may_be_given_to_another_text(world, first):
    """Then the title is not taken over; where both texts are there, each keeps its own."""
    name = "GovStackWorkingGroup/bb-payments/spec/6-functional-requirements.md"
    page = (
        "# 6 Functional Requirements\n### PAY-1 Print\nA (REQUIRED)\n### PAY-2 Send\nB (REQUIRED)\n"
    )
    world.write(name, page)
    tables = assemble(world.folder, first).tables
    tables["requirements"]["title"] = "Ours " + tables["requirements"]["requirement"]
    world.write(name, page.replace("PAY-1", "PAY-3").replace("PAY-2", "PAY-1"))
    again = assemble(world.folder, Framework(tables)).tables["requirements"]
    titles = again.set_index("requirement")["title"]
    assert titles["payments:PAY-3"] == "Ours payments:PAY-1"
    assert titles["payments:PAY-1"] == "Ours payments:PAY-2"


def test_equal_texts_keep_their_own_titles(world, first):
    name = "GovStackWorkingGroup/bb-payments/spec/6-functional-requirements.md"
    page = "# 6 Functional Requirements\n## 6.1 A\n* Same (REQUIRED)\n## 6.2 B\n* Same (REQUIRED)\n"
    world.write(name, page)
    tables = assemble(world.folder, first).tables
    tables["requirements"]["title"] = "Ours " + tables["requirements"]["requirement"]
    again = assemble(world.folder, Framework(tables)).tables["requirements"]
    assert again["title"].tolist() == tables["requirements"]["title"].tolist()


def test_assembling_twice_changes_nothing(world, first):
    again = assemble(world.folder, first)
    assert compare(first, again.tables).values.tolist() == []


def test_a_chapter_that_is_gone_keeps_its_rows_with_a_sentence(world, first):
    world.path("6-functional-requirements.md").rename(
        world.path("bb-payments/api/pay.yaml").with_name("x.md")
    )
    found = assemble(world.folder, first)
    kept = found.tables["requirements"]["requirement"].tolist()
    assert [key for key in kept if key.startswith("payments:")] == [
        "payments:ff187ca9", "payments:d85d2826", "payments:21f46c6a",
    ]  # fmt: skip
    (why,) = found.unplaced.query("file == 'bb-payments' and text.str.startswith('functional')")[
        "why"
    ]
    assert why.startswith("no functional requirements were found where 3 are installed")


def test_a_requirement_that_is_gone_goes(world, first):
    world.change("6-functional-requirements.md", "* Vouchers have a date (OPTIONAL)\n", "")
    changes = compare(first, assemble(world.folder, first).tables)
    changes = changes[changes["table"] == "requirements"]
    assert changes.query("change == 'removed'")["row"].tolist() == ["payments:d85d2826"]


def test_a_new_repository_makes_a_new_block(world, bare, tmp_path):
    page = "# 6 Functional Requirements\n## 6.1 A\n* Wind is there (REQUIRED)\n"
    world.write("GovStackWorkingGroup/bb-kite-flying/spec/6-functional-requirements.md", page)
    tables = assemble(world.folder, bare).tables
    block = row(tables["building_blocks"], "govstack:kite-flying")
    assert (block["name"], block["summary"], block["note"]) == ("Kite flying", NEW_TEXT, NEW)
    assert row(tables["sources"], "govstack-bb-kite-flying")["publisher"] == "GovStack"
    assert (
        row(tables["requirements"], "kite-flying:d0afa4f8")["source"] == "govstack-bb-kite-flying"
    )
    write_package(tables, tmp_path / "data")  # which raises if anything is not valid


def test_a_repository_without_rows_is_no_source_and_one_with_a_licence_says_so(world, bare):
    folder = "GovStackWorkingGroup"
    world.write(f"{folder}/bb-ux/spec/README.md", "# UX\n")
    world.write(f"{folder}/bb-wind/spec/6-functional-requirements.md", "# 6\n* Blows (REQUIRED)\n")
    world.write(f"{folder}/bb-wind/LICENSE", "\n   Apache License\n   Version 2.0\n")
    sources = assemble(world.folder, bare).tables["sources"].set_index("source")
    assert "govstack-bb-ux" not in sources.index
    assert sources.loc["govstack-bb-wind", "licence"] == "Apache-2.0"


def test_products_of_both_lists_are_one(world, bare):
    tables = assemble(world.folder, bare).tables
    assert tables["products"]["product"].tolist() == ["atlas:reel", "dpg:kite"]
    kite = row(tables["products"], "dpg:kite")
    assert (kite["stage"], kite["kind"], kite["same_as"]) == ("dpg", "software", "atlas:kite")
    links = tables["product_building_blocks"][["product", "building_block", "evidence"]]
    assert links.values.tolist() == [
        ["atlas:reel", "govstack:messaging", "listed"],
        ["dpg:kite", "govstack:payments", "listed"],
    ]
    assert tables["product_licences"].values.tolist() == [["dpg:kite", "MIT", "dpg-registry"]]
    goals = tables["product_goals"][["product", "goal"]].values.tolist()
    assert goals == [["atlas:reel", 3], ["dpg:kite", 2]]


def test_where_products_are_in_use_comes_with_them(world, bare):
    world.write(
        "DPGAlliance/publicgoods-candidates/digitalpublicgoods/kite.json",
        '{"name": "Kite", "locations": {"deploymentCountries": ["Kenya", "Kiteland"], '
        '"developmentCountries": ["Fiji"]}}',
    )
    world.change(
        "projects.yml",
        "id: reel, name: Reel, ",
        "id: reel, name: Reel, deployment_countries: [Chile], ",
    )
    tables = assemble(world.folder, bare).tables
    found = tables["product_countries"]
    assert found.values.tolist() == [
        ["atlas:reel", "Chile", "deployed", "dpi-atlas"],
        ["dpg:kite", "Kenya", "deployed", "dpg-registry"],
        ["dpg:kite", "Kiteland", "deployed", "dpg-registry"],
        ["dpg:kite", "Fiji", "developed", "dpg-registry"],
    ]


def test_curated_links_stay_and_their_products_with_them(world, bare):
    tables = assemble(world.folder, bare).tables
    curated = ["dpg:hope", "govstack:gis", "curated", "kit", "We say so."]
    curated += [None, "govstack-kit", None]
    tables["product_building_blocks"].loc[99] = curated
    known = ["known:rope", "Rope", "listed", None, None, None, None, "govstack-kit", None]
    tables["products"].loc[99] = known
    tables["products"].loc[98] = ["dpg:hope", "Hope", "nominee", *[None] * 4, "dpg-registry", None]
    again = assemble(world.folder, Framework(tables)).tables
    assert again["products"]["product"].tolist() == [
        "atlas:reel",
        "dpg:hope",
        "dpg:kite",
        "known:rope",
    ]
    assert "We say so." in again["product_building_blocks"]["reason"].tolist()
    (world.path("hope.json")).unlink()
    gone = assemble(world.folder, Framework(tables)).tables
    assert "dpg:hope" not in gone["products"]["product"].tolist()
    assert "We say so." not in gone["product_building_blocks"]["reason"].tolist()
    assert "known:rope" in gone["products"]["product"].tolist()


def test_a_link_that_the_atlas_takes_back_goes(world, first):
    world.change("projects.yml", "govstack_building_blocks: [Messaging], ", "")
    tables = assemble(world.folder, first).tables
    products = tables["product_building_blocks"]["product"].tolist()
    assert products == ["dpg:kite"]


def test_values_without_a_place_are_told(world, bare):
    world.write(
        "GovStackWorkingGroup/product-use-cases/a.md",
        "# AB-CD-1 - Two sectors\n## Steps\n### 1 - A\n",
    )
    world.change("agr-2.md", "| Status | Published |", "| Status | Nearly |")
    found = assemble(world.folder, bare)
    places = found.unplaced.set_index("file")["why"]
    assert "use_cases “AB-CD-1” has the wrong form" in places["product-use-cases/a.md"].iloc[0]
    why = "the status of the table use_cases “nearly” is not allowed here"
    assert places["product-use-cases/use-cases/agr-2.md"] == why
    assert row(found.tables["use_cases"], "AGR-2")["status"] == ""


# ------------------------------------------------------------------------- folders and versions


def test_a_second_copy_is_told(world, bare):
    world.write("GovStackWorkingGroup/bb-template/spec/x.md", "# 6")
    shutil.copytree(
        world.folder / "GovStackWorkingGroup" / "bb-payments", world.folder / "bb-payments"
    )
    unplaced = assemble(world.folder, bare).unplaced
    why = unplaced[unplaced["line"] == 0].set_index("file")["why"]
    assert "a second copy" in why["upstream/GovStackWorkingGroup/bb-payments"]


def test_repositories_without_the_folders_of_their_owners(world, bare, tmp_path):
    """As one has them after unpacking a few archives into one folder."""
    for repository in ("product-use-cases", "bb-payments"):
        place = world.folder / "GovStackWorkingGroup" / repository
        shutil.copytree(place, tmp_path / "flat" / f"{repository}-main")
    flat, whole = assemble(tmp_path / "flat", bare), assemble(world.folder, bare)
    assert flat.repositories == ["bb-payments", "product-use-cases"]
    for table in ("use_cases", "steps", "step_workflows", "api_operations", "key_functionalities"):
        assert flat.tables[table].equals(whole.tables[table])


def test_one_checkout_alone(world, bare):
    found = assemble(world.folder / "GovStackWorkingGroup" / "bb-payments", bare)
    assert found.repositories == ["bb-payments"]
    assert "govstack-use-cases" in found.missing
    assert found.tables["use_cases"].equals(bare.use_cases)
    assert len(found.tables["requirements"]) == 3


@pytest.mark.parametrize("place", ["nowhere", "."])
def test_a_folder_without_repositories(tmp_path, bare, place):
    (tmp_path / "notes").mkdir()
    with pytest.raises(
        ArgumentError, match=r"There is no folder|holds no repository .*bb-payments"
    ):
        assemble(tmp_path / place, bare)


def version(world, bare, source="govstack-bb-payments"):
    found = row(assemble(world.folder, bare).tables["sources"], source)
    return found["version"], found["date"]


def test_versions_from_a_list_from_git_or_unknown(world, bare):
    assert version(world, bare) == ("local copy", "")
    git = world.folder / "GovStackWorkingGroup" / "bb-payments" / ".git"
    (git / "refs" / "heads").mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    (git / "refs" / "heads" / "main").write_text("a" * 40)
    assert version(world, bare) == ("a" * 12, "")
    listed = f"GovStackWorkingGroup/bb-payments,{'1' * 40},2026-02-03T10:00"
    text = f"repository,commit,committed\n{listed}\n"
    (world.folder / "SOURCES.csv").write_text(text)
    assert version(world, bare) == ("1" * 12, "2026-02-03")


def test_an_unchanged_local_copy_keeps_its_version(world, first):
    tables = first.tables()
    tables["sources"].loc[tables["sources"]["source"] == "govstack-bb-payments", "version"] = "old"
    assert version(world, Framework(tables))[0] == "old"
    world.change("pay.yaml", "make", "create")
    assert version(world, Framework(tables))[0] == "local copy"


def test_links_are_not_followed(world, bare, tmp_path):
    outside = tmp_path / "bb-secret" / "spec"
    outside.mkdir(parents=True)
    (outside / "6-functional-requirements.md").write_text("# 6\n* Secret (REQUIRED)")
    (world.folder / "bb-secret").symlink_to(tmp_path / "bb-secret")
    assert "bb-secret" not in assemble(world.folder, bare).repositories


def test_damaged_files_are_told_and_the_rest_is_read(world, bare):
    world.path("kite.json").write_bytes(b"\x00\x01\x02")
    world.path("pay.yaml").write_text("a: &a [*a, *a]", encoding="utf-8")
    (world.folder / "SOURCES.csv").write_bytes(b"\x00")
    found = assemble(world.folder, bare)
    files = found.unplaced["file"].tolist()
    assert {
        "bb-payments/api/pay.yaml",
        "publicgoods-candidates/nominees/kite.json",
        "SOURCES.csv",
    } <= {*files}
    assert "payments:ff187ca9" in found.tables["requirements"]["requirement"].tolist()


def test_texts_are_those_of_rows_that_are_there(world, bare):
    texts = assemble(world.folder, bare).texts
    assert set(texts["table"]) == {"steps", "requirements", "key_functionalities", "products"}
    by_key = texts.set_index(["table", "key"])["text"]
    assert by_key["requirements", "payments:ff187ca9"] == "Vouchers are printed"
    assert by_key["products", "dpg:kite"] == "It flies."
    assert ("products", "dpg:hope") not in by_key
    assert json.loads(world.path("kite.json").read_text())["description"] == "It flies."
