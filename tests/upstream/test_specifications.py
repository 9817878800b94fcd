"""The reader of specifications, on the published ones and on made-up snippets of every shape.

The counts below were made by reading the chapters, section by section, before the reader was run.
They follow the rules told in ``requirement_chapters``: one item is one requirement, also where its
level is printed twice; two different levels in one item are two.
"""

import time

import pandas as pd
import pytest

from govstack_kit.interfaces.plain_files import SourceError
from govstack_kit.upstream import specifications

# block, kind: REQUIRED, RECOMMENDED, OPTIONAL
COUNTED = {
    # 6.2 line 46 prints REQUIRED twice for one item; 6.3 line 71 has two levels; five conditions
    ("cloud-infrastructure-hosting", "functional"): (63, 20, 7),
    ("cms", "cross-cutting"): (12, 4, 0),  # headings; chapter 6 is still the template's example
    ("consent", "cross-cutting"): (3, 1, 0),
    ("consent", "functional"): (16, 2, 0),
    ("digital-registries", "cross-cutting"): (2, 0, 0),  # both raised from RECOMMENDED
    # DRS-1 to DRS-37: 31 REQUIRED; 7 OPTIONAL in capitals and 9 in lower case inside items
    ("digital-registries", "functional"): (31, 0, 16),
    ("emarketplace", "cross-cutting"): (1, 2, 0),
    ("emarketplace", "functional"): (89, 42, 2),  # one RECOMMENDED without closing bracket
    ("esignature", "cross-cutting"): (7, 0, 0),
    ("esignature", "functional"): (28, 2, 1),
    ("gis", "cross-cutting"): (4, 1, 0),
    ("gis", "functional"): (38, 7, 1),
    ("information-mediator", "cross-cutting"): (3, 2, 0),
    ("information-mediator", "functional"): (10, 26, 0),
    ("messaging", "cross-cutting"): (20, 8, 0),
    ("messaging", "functional"): (6, 0, 0),
    ("payments", "cross-cutting"): (40, 9, 0),  # 16 headings and 33 rows of four tables
    ("payments", "functional"): (103, 10, 0),  # 6.2.3 prints REQUIRED twice for one item
    ("registration", "cross-cutting"): (4, 0, 0),
    ("registration", "functional"): (38, 3, 1),
    ("scheduler", "cross-cutting"): (2, 2, 0),
    ("scheduler", "functional"): (70, 8, 4),
    ("identity", "cross-cutting"): (3, 0, 0),
    ("identity", "functional"): (46, 0, 0),
    # 9 of development, 12 deployment, 19 architecture, 8 quality, 16 security, 14 data
    ("cross-functional", "cross-functional"): (19, 59, 0),
    ("security", "superseded"): (111, 0, 4),  # rows of 20 tables; 5.7.5 prints REQUIRE
    ("wallet", "cross-cutting"): (3, 7, 0),
    ("wallet", "functional"): (11, 15, 0),
    ("workflow", "cross-cutting"): (4, 1, 0),
    ("workflow", "functional"): (21, 4, 0),
}
# block: file's chapter, line, section, level, how the text starts
SPOTS = {
    "identity": [
        (5, 21, "5.1.2", "REQUIRED", "Multi-Factor Authentication"),
        (6, 101, "6.4", "REQUIRED", "Identity Building Block must offer an API for Subscribers"),
    ],
    "cross-functional": [
        (6, 15, "6.1", "REQUIRED", "All application source code"),
        (6, 107, "6.5", "REQUIRED", "Sensitive data is not exposed"),
    ],
    "cloud-infrastructure-hosting": [
        (6, 9, "6.1", "REQUIRED", "Asset management for"),
        (6, 30, "6.2", "REQUIRED", "In public clouds"),
        (6, 106, "6.5", "REQUIRED", "Metering: Usage information"),
    ],
    "cms": [
        (5, 15, "5", "REQUIRED", "Security"),
        (5, 82, "5", "RECOMMENDED", "Open source license"),
        (5, 132, "5", "RECOMMENDED", "Data decoupling"),
    ],
    "consent": [
        (5, 21, "5.1.3", "RECOMMENDED", "Follow GovStack Access"),
        (6, 19, "6.1", "RECOMMENDED", "It shall be possible"),
        (6, 33, "6.3", "REQUIRED", "All consent logs"),
    ],
    "digital-registries": [
        (5, 15, "5.2", "REQUIRED", "Comply with high quality"),
        (6, 19, "6.1", "REQUIRED", "Create Registries"),
        (6, 62, "6.1", "OPTIONAL", "GeoPoint"),
        (6, 402, "6.2", "OPTIONAL", "Statistical queries via API"),
    ],
    "emarketplace": [
        (5, 13, "5.2", "RECOMMENDED", "All transactions must be"),
        (6, 213, "6.23", "RECOMMENDED", "The subscriber should be"),
        (6, 177, "6.19", "OPTIONAL", "The interface may have"),
    ],
    "esignature": [
        (5, 11, "5.1", "REQUIRED", "Hardware Security Module"),
        (6, 40, "6.5", "OPTIONAL", "Optionally can support"),
        (6, 54, "6.7", "REQUIRED", "Certificates shall have any"),
    ],
    "gis": [
        (5, 27, "5.4", "REQUIRED", "Exception Handling"),
        (6, 18, "6.1", "OPTIONAL", "The map display may"),
        (6, 109, "6.8", "REQUIRED", "The Routing service must"),
    ],
    "information-mediator": [
        (5, 17, "5.1.2", "RECOMMENDED", "Databases should not"),
        (6, 14, "6.1", "RECOMMENDED", "There should be"),
        (6, 114, "6.8", "REQUIRED", "The team in charge"),
    ],
    "messaging": [
        (5, 115, "5.1.24", "REQUIRED", "Support queuing mechanism"),
        (5, 155, "5.2.5", "REQUIRED", "UTF-8"),
        (6, 37, "6.2.1", "REQUIRED", "Allow Messaging request"),
    ],
    "payments": [
        (5, 15, "5.1.2", "RECOMMENDED", "Registration Requirements"),
        (5, 119, "5.3.3", "RECOMMENDED", ""),
        (6, 66, "6.2.1", "RECOMMENDED", "Alternative design options"),
        (6, 196, "6.11", "REQUIRED", "Application or event logs"),
        (6, 262, "6.16.1", "RECOMMENDED", "G2P bulk disbursement"),
    ],
    "registration": [
        (5, 30, "5.1.3", "REQUIRED", "Support for Accessibility"),
        (6, 21, "6.1", "REQUIRED", "Provide an Applicant Dashboard"),
        (6, 493, "6.3.2", "OPTIONAL", "Voice guide feature"),
    ],
    "scheduler": [
        (5, 13, "5.1.1", "RECOMMENDED", "Source code considerations"),
        (6, 97, "6.9", "REQUIRED", "This sub-block must"),
        (6, 128, "6.13", "OPTIONAL", "This sub-block may"),
    ],
    "security": [
        (5, 33, "5.7.5", "REQUIRED", "Standard Connectors and"),
        (5, 37, "5.8.2", "OPTIONAL", "Multiple OTP Methods"),
        (5, 45, "5.10.10", "REQUIRED", "Day Zero Infection"),
    ],
    "wallet": [
        (5, 42, "5.1.3", "REQUIRED", "Selective Disclosure"),
        (6, 10, "6.1", "REQUIRED", "The credential issuer"),
        (6, 67, "6.5", "RECOMMENDED", "The credential issuer"),
    ],
    "workflow": [
        (5, 33, "5.3.1", "REQUIRED", "BPMN"),
        (6, 14, "6.1", "RECOMMENDED", "Should allow users"),
        (6, 44, "6.4", "REQUIRED", "Must allow an administrator"),
    ],
}
FUNCTIONALITIES = {
    "identity": ["4.2", *(f"4.2.{n}" for n in range(1, 7)), *(f"4.{n}" for n in range(2, 6))],
    "cloud-infrastructure-hosting": [f"4.{n}" for n in range(1, 8)],
    "cms": ["4"] * 5,
    "consent": ["4.1", "4.2", "4.3"],
    "digital-registries": ["4.1", "4.2"],
    "emarketplace": [f"4.{n}" for n in range(1, 12)],
    "esignature": [f"4.{n}" for n in range(1, 13)],
    "gis": [f"4.{n}" for n in range(1, 9)],
    "information-mediator": [f"4.{n}" for n in range(1, 7)],
    "messaging": ["4.1", "4.2"],
    "payments": [f"4.{n}" for n in range(1, 17)],
    "registration": ["4.1", "4.2", "4.3"],
    "scheduler": [f"4.{n}" for n in range(1, 14)],
    "wallet": [*(f"4.{n}" for n in range(1, 6)), *(f"4.6.{n}" for n in range(1, 7))],
    "workflow": [f"4.{n}" for n in range(1, 5)],
}
VERSIONS = {
    "cross-functional": "2.1.0",
    "identity": "1.0.2",
    "cloud-infrastructure-hosting": "1.0.1",
    "cms": "0.1",
    "consent": "1.0.0",  # two more are planned
    "digital-registries": "3.0.0-alpha",
    "emarketplace": "0.1",
    "esignature": "1.0",
    "gis": "0.4",
    "information-mediator": "1.1.1",
    "messaging": "1.0",
    "payments": "3.0",
    "registration": "1.0",
    "scheduler": "1.1",
    "wallet": "1.0.0",
    "workflow": "1.0",
}
HEAD = "# 6 Functional Requirements\n\n## 6.1 Loans\n\n"


class Reading:
    """Specifications as tables, and what has no place."""

    def __init__(self, *folders, block=None):
        self.requirements, self.functionalities, self.versions, left = [], [], {}, []
        for folder in folders:
            below = f"{folder.name}/" if len(folders) > 1 else ""

            def note(file, *place, below=below):
                left.append((below + file, *place))

            found = specifications.read(folder, note, block)
            for rows, more in (
                (self.requirements, found.requirements),
                (self.functionalities, found.key_functionalities),
            ):
                rows += [row | {"location": below + row["location"]} for row in more]
            self.versions |= found.versions
        self.requirements = pd.DataFrame(self.requirements, columns=COLUMNS)
        self.functionalities = pd.DataFrame(self.functionalities, columns=["building_block", "name",
            "section", "text", "order", "location", "line"])  # fmt: skip
        self.unplaced = pd.DataFrame(left, columns=["file", "line", "text", "why"])


COLUMNS = ["requirement", "building_block", "kind", "section", "section_title", "level",
           "level_note", "identifier", "text", "order", "location", "line",
           "fingerprint", "observability", "mutability"]  # fmt: skip


@pytest.fixture(scope="module")
def repositories(snapshot):
    return snapshot / "GovStackWorkingGroup"


@pytest.fixture(scope="module")
def published(repositories):
    shared = [repositories / "cfr-architecture", repositories / "specifications"]
    return Reading(*sorted(repositories.glob("bb-*")), *shared)


@pytest.fixture
def repository(tmp_path):
    """Write a repository: ``repository({"spec/6-…md": text})`` is its folder."""

    def write(contents, name="bb-library"):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        for path, text in contents.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return folder

    return write


@pytest.fixture
def chapter(repository):
    """Read a made-up chapter 6: rows of (section, level, text), and the reasons of the unplaced."""

    def read(text, head=HEAD):
        contents = {
            "spec/SUMMARY.md": "* [6 Functional Requirements](6-functional-requirements.md)",
            "spec/6-functional-requirements.md": head + text,
        }
        reading = Reading(repository(contents))
        found = reading.requirements
        left = reading.unplaced[reading.unplaced.file.str.endswith("requirements.md")]
        return found, left

    return read


def levels(found):
    return list(zip(found["level"], found["text"], strict=True))


def test_counts_by_level(published):
    found = published.requirements
    counted = {
        (block, kind, level): number
        for (block, kind), numbers in COUNTED.items()
        for level, number in zip(("REQUIRED", "RECOMMENDED", "OPTIONAL"), numbers, strict=True)
        if number
    }
    block = found["requirement"].str.partition(":")[0]
    assert found.groupby([block, "kind", "level"]).size().to_dict() == counted


@pytest.mark.parametrize("block", SPOTS)
def test_spots(published, block):
    found = published.requirements
    mine = found[found["requirement"].str.startswith(f"{block}:")]
    for number, line, section, level, start in SPOTS[block]:
        there = mine[
            (mine["line"] == line) & mine["location"].str.contains(rf"/{number}[-.]", regex=True)
        ]
        assert any(
            row.section == section and row.level == level and row.text.startswith(start)
            for row in there.itertuples()
        ), (block, line, there[["section", "level", "text"]].to_dict("records"))


def test_names_are_unique_and_stable(published, repositories):
    found = published.requirements
    assert found["requirement"].is_unique
    form = r"[a-z-]+:(DRS-\d+|govstack-[a-z-]+#req-\d+|[0-9a-f]{8}(-2)?)"
    assert found["requirement"].str.fullmatch(form).all()
    assert found["requirement"].str.fullmatch(r".*:[0-9a-f]{8}-2").sum() == 2  # printed twice
    assert all(
        key.partition(":")[2][:8] in mark or identifier in key
        for key, mark, identifier in found[["requirement", "fingerprint", "identifier"]].itertuples(
            index=False
        )
    )
    assert found["text"].str.strip().astype(bool).all()
    assert not found["text"].str.contains(r"\((?:REQUIRED|RECOMMENDED|OPTIONAL)\)").any()
    alone = Reading(repositories / "bb-payments").requirements
    together = found[found["building_block"] == "govstack:payments"]
    assert alone["requirement"].tolist() == together["requirement"].tolist()
    assert alone["location"].iloc[0] == "spec/5-cross-cutting-requirements.md"
    orders = found.groupby(found["requirement"].str.partition(":")[0])["order"].agg(list)
    assert all(order == list(range(1, len(order) + 1)) for order in orders)


def test_notes(published):
    found = published.requirements.set_index("requirement")
    assert (found["level_note"] == "CONDITIONALLY REQUIRED").sum() == 3
    assert (found["level_note"] == "one of 2 levels in one item").sum() == 6
    assert (found["level_note"] == "printed 2 times").sum() == 2
    raised = found[found["level_note"] == "RECOMMENDED before"]
    assert len(raised) == 2
    assert found.loc["security:ea5e8b61", "level_note"] == "printed REQUIRE"
    assert found["identifier"].str.startswith("DRS-").sum() == 47


def test_every_marker_is_accounted_for(published, repositories):
    """No line with a level in capitals is without a row or a note."""
    known = {(row.location, row.line) for row in published.requirements.itertuples()} | {
        (row.file, row.line) for row in published.unplaced.itertuples()
    }
    chapters = [
        path
        for form in ("bb-*/spec/5-cross*.md", "bb-*/spec/6-func*.md")
        for path in repositories.glob(form)
    ]
    assert len(chapters) == 30
    inside_items = {  # continuations of an item that starts at the line given
        ("bb-payments/spec/6-functional-requirements.md", 84): 82,
        ("bb-cms/spec/5-cross-cutting-requirements.md", 6): 6,
        ("bb-wallet/spec/5-cross-cutting-requirements.md", 14): 13,
        ("bb-wallet/spec/5-cross-cutting-requirements.md", 25): 24,
    }
    for path in chapters:
        name = path.relative_to(repositories).as_posix()
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            if any(level in line for level in ("REQUIRED", "RECOMMENDED", "OPTIONAL")):
                assert (name, inside_items.get((name, number), number)) in known


def test_key_functionalities(published):
    found = published.functionalities
    sections = found.groupby("building_block")["section"].agg(list).to_dict()
    assert sections == {f"govstack:{block}": there for block, there in FUNCTIONALITIES.items()}
    assert found["name"].astype(bool).all()
    wallet = found[found["building_block"] == "govstack:wallet"]
    assert wallet["name"].iloc[0] == "Credential Discovery"
    about = published.unplaced[published.unplaced["why"].str.startswith("speaks about")]
    assert len(about) == 6  # scope, scenarios, users and terms


def test_versions(published):
    expected = {f"govstack:{block}": version for block, version in VERSIONS.items()}
    assert published.versions == expected


def test_stale_copies_and_examples_are_left_out(published):
    left = published.unplaced
    stale = left[left["why"].str.startswith("another copy")]
    assert stale["file"].tolist() == [
        "bb-registration/spec/3-key-digital-functionalities.md",
        "bb-registration/spec/4-cross-cutting-requirements.md",
        "bb-registration/spec/5-functional-requirements.md",
    ]
    assert (left["why"] == "stands in an example").sum() == 8  # 5 of the template, 3 parameters


@pytest.mark.parametrize(
    ("item", "level"),
    [
        ("Lend books (REQUIRED)", "REQUIRED"),
        (r"Lend books \(REQUIRED\)", "REQUIRED"),
        (r"\[OPTIONAL] Lend books", "OPTIONAL"),
        ("Lend books(REQUIRED).", "REQUIRED"),
        ("Lend books **(RECOMMENDED)**", "RECOMMENDED"),
        ("Lend books (**REQUIRED**)", "REQUIRED"),
        ("Lend books (optional)", "OPTIONAL"),
        ("Lend books (Recommended).", "RECOMMENDED"),
        ("Lend books  (RECOMMENDED", "RECOMMENDED"),
        ("(REQUIRED) Lend books", "REQUIRED"),
        ("Lend books (DRAFT)", "DRAFT"),
        ("Lend books (DEPRECATED)", "DEPRECATED"),
        ("Lend books (REQUIRE)", "REQUIRED"),
        ("Lend books (RECOMENDED)", "RECOMMENDED"),
        ("Lend books&#x20;(REQUIRED)&#x20;", "REQUIRED"),
        ("Lend books (\nREQUIRED )", "REQUIRED"),
        ("Lend books <mark>(REQUIRED)</mark>", "REQUIRED"),
    ],
)
def test_markers(chapter, item, level):
    found, left = chapter(f"* {item}\n")
    assert [(got, text.rstrip(".")) for got, text in levels(found)] == [(level, "Lend books")]
    assert left.empty


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ("Fill in (required fields must be filled) the form", "speaks of a level"),
        ("It is REQUIRED to lend", "speaks of a level"),
        ("A name is mandatory(required) or optional;", "speaks of a level"),
        ("A level (REQUIRED, RECOMMENDED or OPTIONAL)", "without choosing"),
        ("Lend books (NOT REQUIRED)", "speaks of a level"),
        ("Save the text (draft)", "speaks of a level"),
        ("Lend (see the REQUIRED part of it)", "speaks of a level"),
    ],
)
def test_words_that_are_no_markers(chapter, item, why):
    found, left = chapter(f"* {item}\n")
    assert found.empty
    assert left["why"].str.contains(why, regex=False).any()


def test_a_sentence_with_must_is_no_marker(chapter):
    found, left = chapter("6.1.1 The library MUST lend.\n\n6.1.2 It MAY post.")
    assert found.empty
    assert left.empty


@pytest.mark.parametrize(
    ("item", "note"),
    [
        ("Lend (REQUIRED for cities)", "REQUIRED for cities"),
        ("Lend (REQUIRED if open, OPTIONAL otherwise)", "REQUIRED if open, OPTIONAL otherwise"),
        ("Lend (CONDITIONALLY REQUIRED)", "CONDITIONALLY REQUIRED"),
        ("Lend (REQUIRED/OPTIONAL)", "REQUIRED/OPTIONAL"),
        ("Lend (REQUIRED) (OPTIONAL)", "one of 2 levels in one item"),
        ("Lend (REQUIRED), always (REQUIRED)", "printed 2 times"),
        ("Lend. From **[OPTIONAL]** to **[REQUIRED]**", "OPTIONAL before"),
    ],
)
def test_one_requirement_with_a_note(chapter, item, note):
    found, _ = chapter(f"* {item}\n")
    assert found[["level", "level_note"]].to_numpy().tolist() == [["REQUIRED", note]]


def test_two_levels_in_one_item(chapter):
    found, _ = chapter("* Lend (REQUIRED) and, if wished, post (OPTIONAL) books")
    assert levels(found) == [("REQUIRED", "Lend books"), ("OPTIONAL", "and, if wished, post books")]
    found, _ = chapter("Export to paper, (optional: to film) (REQUIRED)")
    assert levels(found) == [("REQUIRED", "Export to paper"), ("OPTIONAL", "to film")]


def test_details_belong_to_their_item(chapter):
    found, left = chapter(
        "* Lend (REQUIRED):\n  * books\n  * maps (OPTIONAL)\n    * old ones\n\n"
        "  and so on\n* Other\n"
    )
    assert levels(found) == [("REQUIRED", "Lend\nbooks\nand so on"), ("OPTIONAL", "maps\nold ones")]
    assert left["why"].tolist() == ["no level is printed, though its neighbours have one"]


def test_paragraphs(chapter):
    found, _ = chapter("Lend these (REQUIRED)\n\n* books\n* maps\n\nPost them (OPTIONAL)\n")
    assert levels(found) == [("REQUIRED", "Lend these\nbooks\nmaps"), ("OPTIONAL", "Post them")]


@pytest.mark.parametrize(
    "text", ["* Post them\n\n(OPTIONAL)", "* Lend books **REQUIRED**", "## 6.2 A\n\nREQUIRED"]
)
def test_a_level_that_stands_apart_is_told(chapter, text):
    found, left = chapter(text)
    assert found.empty
    assert len(left) == 1


def test_a_heading_is_the_requirement(chapter):
    found, _ = chapter(
        "### **6**.1**.1 Lend** (REQUIRED) <a href='#x' id='x'></a>\n\nAll.\n\n* a\n"
    )
    row = found.iloc[0]
    assert (row["requirement"], row["section_title"]) == ("library:2a92b3ff", "Lend")
    assert row["text"] == "Lend\nAll.\na"


def test_a_heading_over_items_with_levels_only_groups(chapter):
    found, left = chapter("### 6.1.1 Lend (REQUIRED)\n\n* a (REQUIRED)\n* b (OPTIONAL)\n")
    assert levels(found) == [("REQUIRED", "a"), ("OPTIONAL", "b")]
    assert left["why"].tolist() == ["each item below has a level of its own"]


def test_published_identifiers(chapter):
    found, left = chapter(
        "#### **LIB-1: Lend**\n\n* Books are lent. (REQUIRED)\n* by hand\n"
        "  * by post (optional)\n\n#### LIB-2 Post (OPTIONAL)\n\n"
        "#### LIB-3\n\nNothing.\n\n## 6.2 More\n\n* FR-4: Keep (REQUIRED)"
    )
    assert found["identifier"].tolist() == ["LIB-1", "LIB-1", "LIB-2", "FR-4"]
    assert found["section"].tolist() == ["6.1", "6.1", "6.1", "6.2"]
    assert found["text"].tolist()[0] == "Lend\nBooks are lent.\nby hand"
    assert found["requirement"].tolist()[2] == "library:LIB-2"  # LIB-1 names two
    assert found["requirement"].is_unique
    assert left["why"].tolist() == ["no level is printed"]


def test_tables(chapter):
    found, left = chapter(
        "| Requirement | Type (Must/Should/May) |\n| - | - |\n"
        "| Lend | REQUIRED |\n| Post | Optional |\n| ? | |\n"
        "\n| Name | What | **Optionality (REQUIRED, OPTIONAL)** |\n| - | - | - |\n"
        "| Keep | for ever | **RECOMMENDED** |\n| Sell | old ones (OPTIONAL) | |\n"
    )
    assert levels(found) == [
        ("REQUIRED", "Lend"),
        ("OPTIONAL", "Post"),
        ("RECOMMENDED", "Keep: for ever"),
        ("OPTIONAL", "Sell: old ones"),
    ]
    assert left["text"].tolist() == ["?"]


def test_html(chapter):
    found, left = chapter(
        "<table data-header-hidden><thead><tr><th></th><th></th></tr></thead><tbody>\n"
        "<tr><td><strong>Requirement</strong></td><td>Type (Must/ Should)</td></tr>\n"
        "<tr><td><p><strong>6.1.1 Lend</strong></p><p>all</p></td><td><br>REQUIRED</td></tr>\n\n"
        "<tr><td>Post</td><td>Optional</td></tr></tbody></table>\n\n"
        "<ul><li>Keep (REQUIRED)</li><li>Sell (DRAFT)</li></ul>\n\nBuy (OPTIONAL)\n"
    )
    assert found["section"].tolist() == ["6.1.1", "6.1", "6.1", "6.1", "6.1"]
    assert found["level"].tolist() == ["REQUIRED", "OPTIONAL", "REQUIRED", "DRAFT", "OPTIONAL"]
    assert found["line"].tolist() == [7, 9, 11, 11, 13]
    assert left.empty
    found, _ = chapter("<table><tr><td>Lend</td><td>REQUIRED</td></tr>\n\n* Keep (OPTIONAL)\n")
    assert found["level"].tolist() == ["REQUIRED", "OPTIONAL"]


@pytest.mark.parametrize(
    "text",
    [
        "<Requirement> (REQUIRED)",
        "* (REQUIRED)",
        "### <Name> (REQUIRED)",
        "_\\<Example Functional Requirements>_\n\n* Lend (REQUIRED)\n\n### 6.1.1 Post (REQUIRED)",
        "### Example of a request\n\n* name (REQUIRED)",
        '{% hint style="success" %}\nWrite it.\n\n* Like this (REQUIRED)\n{% endhint %}',
        "```\n#7 Lend (REQUIRED)\n```",
    ],
)
def test_templates_and_placeholders(chapter, text):
    found, left = chapter(text)
    assert found.empty
    why = "a placeholder|an example|of the template|a piece of code"
    assert left["why"].str.contains(why).any()


def test_inline_form_of_the_second_model(chapter):
    found, left = chapter(
        "### #1 Use ink (REQUIRED IMMUTABLE OBSERVABLE) (previously 5.18)\n\n"
        "`lib-cfr#req-1`\n\nAll.\n\n### #2 Use paper\n\n`lib-cfr#req-2`\n\nOld.\n"
    )
    assert found[["identifier", "level"]].to_numpy().tolist() == [["lib-cfr#req-1", "REQUIRED"]]
    assert left["why"].tolist() == ["no level is printed"]


SUMMARY = """# Table of contents

* [Library](README.md)
* [1 Version History](1-version-history/README.md)
  * [Release Notes](1-version-history/notes.md)
* [4 Key Digital Functionalities](4-key-digital-functionalities.md)
* [5 Cross Functional Requirements](five.md)
* [6 Functional Requirements](6%20needs/README.md#top)
  * [6.1 Loans](6%20needs/6.1-loans.md)
* [10 Other](10-other.md)
  * [10.5 Cross Functional Standards](10.5-cross-functional-standards.md)
"""


def test_the_table_of_contents_decides(repository):
    needs = ("spec/6 needs/README.md", "spec/6 needs/6.1-loans.md")
    history = "| Version | Date |\n| - | - |\n| v1.0 | |\n| x | |"
    folder = repository(
        {
            "spec/SUMMARY.md": SUMMARY,
            "spec/five.md": "* Be quiet (REQUIRED)",
            "spec/6 needs/README.md": "# 6 Functional Requirements\n\n* Open (REQUIRED)",
            "spec/6 needs/6.1-loans.md": "# 6.1 Loans\n\n* Lend (OPTIONAL)",
            "spec/6-functional-requirements.md": "* Old (REQUIRED)",
            "spec/10.5-cross-functional-standards.md": "* Standard (REQUIRED)",
            "spec/1-version-history/README.md": history,
            "spec/1-version-history/notes.md": "### v1.0.0\n\n_Release date: 3 May 2024_",
            "spec/4-key-digital-functionalities.md": "## Lend\nlends\n## Post books\nAll.",
        }
    )
    reading = Reading(folder)
    found = reading.requirements
    assert found["requirement"].tolist() == [
        "library:4ee80569",
        "library:2348f998",
        "library:5d59b2b9",
    ]
    assert found["kind"].tolist() == ["cross-cutting", "functional", "functional"]
    assert reading.functionalities["name"].tolist() == ["Lend", "Post books"]
    assert reading.versions == {"govstack:library": "1.0"}
    assert reading.unplaced[["file", "why"]].to_numpy().tolist() == [
        [
            "spec/6-functional-requirements.md",
            f"another copy of the chapter: {', '.join(needs)} is read",
        ],
    ]


def test_without_a_table_of_contents(repository):
    folder = repository(
        {
            "spec/5-functional-requirements.md": "* Old (REQUIRED)",
            "spec/6-functional-requirements/README.md": "* Lend (REQUIRED)",
            "spec/Cross_Cutting_Requirements.md": "* Be quiet (REQUIRED)",
        }
    )
    reading = Reading(folder)
    assert reading.requirements["requirement"].tolist() == ["library:4ee80569", "library:5d59b2b9"]
    assert reading.unplaced["why"].tolist().count("missing: chapters are known by their names") == 1
    assert "spec/5-functional-requirements.md" in reading.unplaced["file"].tolist()


def test_links_that_lead_nowhere_or_outside(repository, tmp_path):
    (tmp_path / "secret.md").write_text("* Secret (REQUIRED)")
    contents = (
        "* [5 Cross-Cutting Requirements](../../secret.md)\n"
        "* [5 Cross-Cutting Requirements](/etc/passwd)\n"
        "* [5 Cross-Cutting Requirements](https://example.org/5.md)\n"
        "* [5 Cross-Cutting Requirements](link.md)\n"
        "* [6 Functional Requirements](gone.md)\n"
    )
    folder = repository(
        {"spec/SUMMARY.md": contents, "spec/6-functional-requirements.md": "* Lend (REQUIRED)"}
    )
    (folder / "spec" / "link.md").symlink_to(tmp_path / "secret.md")
    reading = Reading(folder)
    assert reading.requirements["text"].tolist() == ["Lend"]
    why = reading.unplaced[reading.unplaced["line"] > 0]["why"].tolist()
    assert why == ["leads to no file in this folder"] * 5


@pytest.mark.parametrize(
    ("raw", "texts"),
    [
        (("\ufeff" + HEAD + "* Bücher (REQUIRED)").encode("utf-8"), ["Bücher"]),
        ((HEAD + "* Bücher (REQUIRED)").encode("utf-16"), ["Bücher"]),
        ((HEAD + "* Bücher (REQUIRED)").encode("cp1252"), ["B\ufffdcher"]),
        ((HEAD + "* Books (REQUIRED)\r\n* Maps (OPT").replace("\n", "\r\n").encode(), None),
        (b"\x89PNG\0\0\0", []),
        (b"", []),
        (b"---\ndescription: cut off", []),
    ],
)
def test_files_as_they_come(repository, raw, texts):
    reading = Reading(repository({"spec/6-functional-requirements.md": raw}))
    found = reading.requirements["text"].tolist()
    assert found == (["Books"] if texts is None else texts)
    if raw.startswith(b"\x89"):
        assert "6-functional-requirements.md is not a text file" in reading.unplaced["why"].tolist()


def test_a_marker_that_is_cut_off(chapter):
    found, _ = chapter("* Lend (REQUIR")
    assert found[["level", "level_note"]].to_numpy().tolist() == [["REQUIRED", "printed REQUIR"]]


def test_empty_and_missing_folders(tmp_path):
    reading = Reading(tmp_path)
    assert reading.requirements.empty
    assert reading.unplaced["why"].str.startswith("no chapter with the").sum() == 4
    with pytest.raises(SourceError, match="there is no folder"):
        Reading(tmp_path / "gone")


def test_the_block_can_be_said(repository):
    folder = repository({"spec/6-functional-requirements.md": "* Lend (REQUIRED)"})
    for path, block in ((folder, "ours:books"), (folder / "spec", None)):
        found = Reading(path, block=block).requirements.iloc[0]
        assert found["building_block"] == (block or "govstack:library")
    assert found["requirement"] == "library:5d59b2b9"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        "(REQUIRED) " * 5_000,
        "<" * 10_000,
        "{%" * 10_000,
        "* " * 3_000 + "a (REQUIRED)",
        "* a (REQUIRED)\n" * 1_500,
        "a (REQUIRED)\n\n" * 1_500,
    ],
)
def test_text_made_to_be_slow(chapter, text):
    start = time.process_time()
    chapter(text)
    assert time.process_time() - start < 5
