"""The reader of use cases: the published ones in full, and every way of writing met elsewhere.

The numbers of the published pages were established by hand (facts/govstack) and, here again, by
reading their lines without the reader. The small pages are made up.
"""

import random
import re
import time
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from govstack_kit.framework.framework import Framework
from govstack_kit.upstream import use_case_page
from govstack_kit.upstream.printed_names import PrintedNames

LINKS = {"targets": "use_case_targets", "stakeholders": "stakeholders", "documents": "documents",
         "examples": "examples", "sections": "sections"}  # fmt: skip


class Reading:
    """The pages of a folder as tables, steps called by their use case, and what has no place."""

    def __init__(self, folder, names):
        left = []
        pages = use_case_page.read_folder(folder, names, lambda *place: left.append(place))
        self.unplaced = pd.DataFrame(left, columns=["file", "line", "text", "why"])
        self._counts = Counter()
        self._rows = {"use_cases": [], "step_workflows": [], "step_building_blocks": [],
                      "use_case_building_blocks": [], "steps": []}  # fmt: skip
        for page in pages:
            about = {"use_case": page.use_case, "location": page.location, "title": page.title}
            about |= {"name": page.name, "note": page.note, "text": page.text}
            self._rows["use_cases"].append(about | {f"the_{k}": v for k, v in page.fields.items()})
            for table, rows in page.tables.items():
                for row in rows:
                    self._add(page.use_case, table, row)

    def _add(self, use_case, table, row):
        order = row["order"] if table == "steps" else row["step"]
        if table == "building_blocks":
            table = "step_building_blocks" if order else "use_case_building_blocks"
        table = LINKS.get(table, "step_workflows" if table == "workflows" else table)
        row = row | {"use_case": use_case, "step": f"{use_case}.{order}"}
        known = bool(row.get("workflow", row.get("building_block", "x")))
        self._counts[table, row["step"]] += known or table == "step_workflows"
        if known:
            row["position"] = self._counts[table, row["step"]]
            self._rows.setdefault(table, []).append(row)

    def __getitem__(self, table):
        return pd.DataFrame(self._rows.get(table, []))


@pytest.fixture(scope="module")
def names(framework):
    return PrintedNames(framework)


@pytest.fixture(scope="module")
def folder(upstream):
    return upstream / "GovStackWorkingGroup" / "product-use-cases"


@pytest.fixture(scope="module")
def reading(folder, names):
    return Reading(folder, names)


@pytest.fixture
def read(tmp_path, names):
    """Read made-up pages by name, or one page called page.md."""

    def read_pages(page="", **pages):
        for name, text in {"page": page, **pages}.items():
            if text:
                file = tmp_path / f"{name}.md"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
        return Reading(tmp_path, names)

    return read_pages


def rows(reading, table, *columns):
    found = reading[table]
    return [tuple(row) for row in found[list(columns)].astype(str).to_numpy()] if len(found) else []


def whys(reading):
    return reading.unplaced.set_index("text")["why"].to_dict()


def lines_under(folder, title):
    """Yield file, number and text of the lines between a title and the next one, by hand."""
    for file in sorted(folder.glob("use-cases/*.md")):
        inside = False
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            bare = line.replace("&#x20;", "").strip("#* ").lower()
            is_title = line.startswith("#") or (line.startswith("**") and len(bare.split()) < 4)
            if bare in title and is_title:
                inside = True
            elif line.startswith("#") or (is_title and "building block" in bare):
                inside = False
            elif inside and line.strip():
                yield file.name, number, line


class TestPublished:
    def test_every_use_case(self, reading, facts):
        expected = [
            (
                f["id"],
                f["id_published"],
                f["name"],
                f["sector"],
                f["version"],
                f["status_published"],
                f["file"],
            )
            for f in facts("govstack/use_cases")
        ]
        columns = ("use_case", "the_id", "name", "the_sector", "the_version")
        found = rows(reading, "use_cases", *columns, "the_status", "location")
        assert len(found) == 16
        assert sorted(found) == sorted(expected)
        assert reading["use_cases"]["text"].str.len().min() > 200

    def test_what_was_corrected_says_so(self, reading):
        notes = reading["use_cases"].set_index("use_case")["note"]
        assert notes[notes != ""].to_dict() == {
            "INF-1": "Printed as URB-1",
            "INST-2": "Printed as INST-1",
        }
        steps = reading["steps"].set_index("step")["note"]
        assert steps[steps != ""].to_dict() == {"EDU-1.8": "Printed as 7"}

    def test_every_step(self, reading, facts, folder):
        expected = [
            (f["use_case"], f["step"], f["printed_number"], f["name"], f["line"])
            for f in facts("govstack/steps")
        ]
        columns = ("use_case", "order", "printed_number", "name", "line")
        assert sorted(rows(reading, "steps", *columns)) == sorted(expected)
        headings = [
            line
            for file in folder.glob("use-cases/*.md")
            for line in file.read_text(encoding="utf-8").splitlines()
            if re.match(r"### \**(Step )?\d+ [-\u2013] ", line)
        ]
        assert len(reading["steps"]) == len(headings) == 137

    def test_every_workflow_mention(self, reading, facts):
        mentions = facts("govstack/step_workflows")
        named = {
            (f"{f['use_case']}.{f['step']}", f["bullet"], f["position"], f["workflow_printed"])
            for f in mentions
            if f["match"] != "freetext"
        }
        found = rows(reading, "step_workflows", "step", "bullet", "position", "printed")
        assert set(found) == named
        assert len(found) == 390
        free = {f["workflow_printed"] for f in mentions if f["match"] == "freetext"}
        unplaced = reading.unplaced[reading.unplaced["why"].str.contains("workflow")]
        assert set(unplaced["text"]) == free
        assert len(unplaced) == 14
        assert len(mentions) == 390 + 14

    def test_workflows_are_those_established_by_hand(self, reading, framework, facts):
        ids = {name.lower(): i for i, name in framework.workflows[["workflow", "name"]].to_numpy()}
        expected = {
            (f"{f['use_case']}.{f['step']}", f["position"], ids[f["workflow"].lower()])
            for f in facts("govstack/step_workflows")
            if f["workflow"]
        }
        found = set(rows(reading, "step_workflows", "step", "position", "workflow"))
        assert len(expected) == 388
        assert {w for *_, w in found - expected} == {
            "strategy-development",  # two names that the framework knows from this page alone
            "selection-and-identification",
        }
        assert expected < found

    def test_names_that_the_framework_lacks_are_unplaced(self, framework, folder):
        tables = framework.tables() | {"workflows": framework.workflows.query("generic")}
        reading = Reading(folder, PrintedNames(Framework(tables)))
        assert len(reading["step_workflows"]) == 388
        assert reading.unplaced["why"].str.contains("workflow").sum() == 16

    def test_the_bundled_table_follows(self, reading, framework):
        ours = framework.step_workflows.query("source == 'govstack-use-cases'")
        links = reading["step_workflows"].drop_duplicates(["step", "workflow"])
        columns = ["step", "workflow", "position", "printed"]
        assert {*map(tuple, ours[columns].to_numpy())} == {*map(tuple, links[columns].to_numpy())}
        repeated = reading["step_workflows"].query("note == 'Listed twice'")
        assert repeated["step"].tolist() == ["AGR-1.5", "AGR-2.8", "CLMT-1.8"]

    def test_each_line_under_workflows_is_accounted_for(self, reading, folder):
        location = reading["use_cases"].set_index("use_case")["location"]
        links = reading["step_workflows"]
        placed = {
            (Path(location[step.rpartition(".")[0]]).name, line)
            for step, line in links[["step", "line"]].to_numpy()
        }
        placed |= {(Path(f).name, n) for f, n in reading.unplaced[["file", "line"]].to_numpy()}
        listed = {
            (f, n) for f, n, text in lines_under(folder, ("workflows",)) if not text.startswith(" ")
        }
        assert len(listed) > 340
        assert listed <= placed

    def test_every_block_of_a_step(self, reading, facts):
        expected = {
            (
                f"{f['use_case']}.{f['step']}",
                f["position"],
                f["bb_printed"],
                f["repo"].replace("bb-", "govstack:"),
            )
            for f in facts("govstack/step_bbs")
        }
        columns = ("step", "position", "printed", "building_block")
        found = rows(reading, "step_building_blocks", *columns)
        assert set(found) == expected
        assert len(found) == len(expected) == 533

    def test_every_block_of_a_use_case(self, reading, facts):
        expected = {
            (f["use_case"], f["bb_printed"], f["repo"].replace("bb-", "govstack:"))
            for f in facts("govstack/use_case_bbs")
        }
        found = rows(reading, "use_case_building_blocks", "use_case", "printed", "building_block")
        assert set(found) == expected
        assert len(found) == len(expected) == 140

    def test_each_line_under_building_blocks_is_one_block(self, folder):
        titles = ("building blocks", "building block workflows")
        listed = list(lines_under(folder, titles))
        assert len(listed) == 533 + 140

    def test_every_goal(self, reading, facts):
        expected = {
            (f["use_case"], f["corrected"], f["goal"], f["printed"])
            for f in facts("govstack/use_case_sdgs")
        }
        found = rows(reading, "use_case_targets", "use_case", "sdg", "goal", "printed")
        assert set(found) == expected
        assert len(found) == 25
        notes = reading["use_case_targets"].query("note != ''")
        assert rows(reading, "use_case_targets", "use_case", "note").count(("EGOV-1", "")) == 2
        assert dict(notes[["use_case", "note"]].to_numpy()) == {
            "EGOV-1": "Printed as 9.C",
            "INST-3": "Printed as 3: the name is of goal 16",
        }

    def test_stakeholders_and_sources(self, reading, folder):
        by_hand = sum(
            text.lstrip().startswith("* ") or (text.startswith("| ") and "---" not in text)
            for *_, text in lines_under(folder, ("stakeholders",))
        )
        assert len(reading["stakeholders"]) == by_hand
        sources = sum(text.count("](") for *_, text in lines_under(folder, ("source documents",)))
        assert len(reading["documents"]) == sources
        assert reading["documents"]["url"].str.startswith("http").all()

    def test_every_other_page_is_reported_once(self, reading, folder):
        skipped = reading.unplaced.query("line == 0")
        pages = {p.relative_to(folder).as_posix() for p in folder.rglob("*.md")}
        assert set(skipped["file"]) == pages - set(reading["use_cases"]["location"])
        assert skipped["file"].is_unique
        why = skipped.set_index("file")["why"]
        for page in ("em-b2g-uc2-sgp-sporting-goods-procurement.md", "SUMMARY.md"):
            assert why[page] == "not a use case: it has no ID such as AGR-1"

    def test_nothing_else_is_unplaced(self, reading):
        assert set(reading.unplaced.query("line > 0")["file"]) == {
            "use-cases/ai-chatbot-discoverability-government-services.md"
        }


SUMMARY = """# FUN-1 - Kites

## Product Use Case Summary

| ID      | FUN-1     |
| ------- | --------- |
| Name    | Kites     |
| Sector  | Leisure   |
| Version | 1.0       |
| Status  | Proposed. |

Children &amp; parents fly kites.&#x20;
"""


def step(*lines):
    return SUMMARY + "\n## Steps\n\n### 1 - Fly\n\nUp.\n\n" + "\n".join(lines) + "\n"


class TestPage:
    def test_a_whole_page(self, read):
        reading = read(
            step(
                "**Workflows**\n\n* **Marketplace** to buy strings\n\n**Example Implementation**\n",
                "[A kite](https://example.org/kite)\n\n**Building Blocks**\n\n[**Consent**](x)\n",
                "## Contributors\n\n* Ann",
            )
        )
        case = reading["use_cases"].iloc[0]
        assert case["text"] == "Children & parents fly kites."
        assert (case["the_sector"], case["the_status"]) == ("Leisure", "Proposed.")
        assert rows(reading, "steps", "step", "name", "text") == [("FUN-1.1", "Fly", "Up.")]
        assert rows(reading, "step_workflows", "workflow", "line", "text") == [
            ("marketplace", "22", "Marketplace to buy strings")
        ]
        assert rows(reading, "examples", "text", "url") == [("A kite", "https://example.org/kite")]
        assert rows(reading, "step_building_blocks", "building_block") == [("govstack:consent",)]
        assert rows(reading, "sections", "title", "text") == [("Contributors", "- Ann")]
        assert reading.unplaced.empty

    def test_summary_in_html_without_header(self, read):
        rows_ = "".join(
            f'<tr><td width="3"><strong>{k}</strong></td><td>{v}</td></tr>'
            for k, v in {"ID": "FUN-2", "Name": "Tops &#x26; hoops", "Toy": "yes"}.items()
        )
        reading = read(
            "## Product use case summary\n\n<table data-header-hidden><thead><tr><th></th><th></th>"
            f"</tr></thead><tbody>{rows_}</tbody></table>\n\nThey turn.\n\n## Steps\n\n"
            "### 1. Turn\n"
        )
        found = rows(reading, "use_cases", "use_case", "name", "text")
        assert found == [("FUN-2", "Tops & hoops", "They turn.")]
        assert whys(reading) == {"Toy: yes": "Not a field of the summary of a use case."}

    def test_no_summary_at_all(self, read):
        reading = read("# FUN-4-Kites\n\nUp.\n\n## Steps\n\n### 1 - Fly\n")
        found = rows(reading, "use_cases", "use_case", "name", "text", "note")
        assert found == [("FUN-4", "Kites", "Up.", "Printed without an ID")]

    def test_no_steps(self, read):
        reading = read(SUMMARY)
        assert len(reading["use_cases"]) == 1
        assert whys(reading) == {"FUN-1": "A use case without steps."}

    def test_sections_by_other_names(self, read):
        reading = read(
            SUMMARY + "\n### Participants\n\nWho takes part:\n\n* Ann\n  * her aunt\n* Bob\n\n"
            "### SDG Targets\n\n1.3: safety\n\n### References\n\n"
            "[Wind](https://example.org/w) and air\n\n* Own work\n\n"
            "## Preconditions / Triggers\n\n* Wind\n"
        )
        assert rows(reading, "stakeholders", "text") == [("Ann",), ("her aunt",), ("Bob",)]
        assert rows(reading, "use_case_targets", "sdg") == [("1.3",)]
        sources = rows(reading, "documents", "text", "url")
        assert sources == [("Wind", "https://example.org/w"), ("Own work", "")]
        assert rows(reading, "sections", "title", "text") == [
            ("Participants", "Who takes part:"),
            ("Preconditions / Triggers", "- Wind"),
        ]

    def test_stakeholders_in_a_table(self, read):
        page = SUMMARY + "\n## Stakeholders\n\n| Ann | flies |\n| --- | --- |\n| Bob | runs |\n"
        assert rows(read(page), "stakeholders", "text", "line") == [
            ("Ann: flies", "16"),
            ("Bob: runs", "18"),
        ]

    def test_front_matter_and_layout_marks(self, read):
        reading = read(
            "---\ndescription: From the coast\n---\n\n" + SUMMARY + '\n{% hint style="x" %}\nLook\n'
        )
        assert rows(reading, "use_cases", "use_case") == [("FUN-1",)]
        assert reading["use_cases"]["text"].item().endswith("\n\nLook")
        assert rows(reading, "sections", "text") == [("description: From the coast",)]


class TestSteps:
    @pytest.mark.parametrize(
        "heading",
        [
            "### 1 - Fly",
            "### Step 1 - Fly",
            "### **1 - Fly**&#x20;",
            "### Step 1: Fly",
            "### 1. Fly",
            "#### 1 \u2013 Fly",
            "## 1) Fly",
            "### step 1 — Fly",
            "### _Step 1 - **Fly**_",
        ],
    )
    def test_numbers(self, read, heading):
        reading = read(
            SUMMARY + f"\n## Steps\n\n{heading}\n\nUp.\n\n**Workflows**\n\n* Marketplace\n"
        )
        found = rows(reading, "steps", "step", "printed_number", "name", "text", "note")
        assert found == [("FUN-1.1", "1", "Fly", "Up.", "")]
        assert rows(reading, "step_workflows", "step") == [("FUN-1.1",)]

    def test_duplicate_missing_and_no_numbers(self, read):
        reading = read(
            SUMMARY + "\n## Steps\n\n### 1 - A\n\n### 1 - B\n\n### C\n\n### 7 - D\n\n## End\n\nx\n"
        )
        assert rows(reading, "steps", "step", "name", "note") == [
            ("FUN-1.1", "A", ""),
            ("FUN-1.2", "B", "Printed as 1"),
            ("FUN-1.3", "C", "Printed without a number"),
            ("FUN-1.4", "D", "Printed as 7"),
        ]
        assert rows(reading, "sections", "title") == [("End",)]

    def test_steps_as_high_as_their_heading(self, read):
        reading = read(
            SUMMARY + "\n## Steps\n\n## 1 - A\n\n## Workflows\n\n* Marketplace\n\n## 2 - B\n\n"
            "## Contributors\n\n* Ann\n"
        )
        assert rows(reading, "steps", "name") == [("A",), ("B",)]
        assert rows(reading, "step_workflows", "step") == [("FUN-1.1",)]
        assert rows(reading, "sections", "title") == [("Contributors",)]

    def test_numbered_sections_are_no_steps(self, read):
        reading = read(
            SUMMARY + "\n## 1. Stakeholders\n\n* Ann\n\n## 2. Steps\n\n### 1. A\n\n"
            "## 3. Building blocks\n\n* Consent\n"
        )
        assert rows(reading, "steps", "name") == [("A",)]
        assert rows(reading, "stakeholders", "text") == [("Ann",)]
        assert rows(reading, "use_case_building_blocks", "building_block") == [
            ("govstack:consent",)
        ]

    def test_titles_inside_the_text_of_a_step(self, read):
        page = step("**High winds**\n\nDo not.\n\n#### At night\n\nNever.\n")
        assert rows(read(page), "steps", "text") == [
            ("Up.\n\nHigh winds\n\nDo not.\n\nAt night\n\nNever.",)
        ]

    def test_text_between_steps_and_the_first_one_is_kept(self, read):
        reading = read(SUMMARY + "\n## Steps\n\nIn order.\n\n### 1 - A\n")
        assert rows(reading, "sections", "title", "text") == [("Steps", "In order.")]


class TestWorkflows:
    @pytest.mark.parametrize(
        ("line", "found"),
        [
            ("* **Client Education** for all", ["client-education"]),
            ("* **Client Education:** for all", ["client-education"]),
            ("* **Client Education**: for all", ["client-education"]),
            ("* **Client Education** - for all", ["client-education"]),
            ("* **Client education: of all**", ["client-education"]),
            ("* The **Client Education** workflow", ["client-education"]),
            ("* Client education", ["client-education"]),
            ("* Client education \u2013 for all", ["client-education"]),
            ("* **e-Marketplace**", ["marketplace"]),
            ("* **Client Education Workflows**", ["client-education"]),
            ("* **Work Planning &amp; Coordination**&#x20;", ["work-planning-and-coordination"]),
            ("* **Supply-chain management**", ["supply-chain-management"]),
            ("**Client Education** for all", ["client-education"]),
            ("1. **Client Education** for all", ["client-education"]),
            ("<mark>**Client Education**</mark> for all", ["client-education"]),
            ("* **Marketplace / Client Education** x", ["marketplace", "client-education"]),
            ("* **Marketplace/ Client Education**", ["marketplace", "client-education"]),
            ("* **Marketplace** / **Client Education** x", ["marketplace", "client-education"]),
            ("* **Marketplace** and **Client Education** x", ["marketplace", "client-education"]),
            ("**Marketplace**\\\n**Client Education**", ["marketplace", "client-education"]),
            ("* Such as:\n  * **Marketplace** for x", ["marketplace"]),
            ("* **Marketplace** with a **Procurement** in its text", ["marketplace"]),
        ],
    )
    def test_found(self, read, line, found):
        reading = read(step("**Workflows**\n", line))
        assert reading["step_workflows"]["workflow"].tolist() == found
        expected = ["Such as:"] if "Such" in line else []
        assert reading.unplaced["text"].tolist() == expected

    @pytest.mark.parametrize(
        ("line", "why"),
        [
            ("* **Kite flying** for all", "\u201cKite flying\u201d is not the name of a workflow."),
            ("* Analytics module counts kites", "Text that names no workflow."),
            ("* Procurement officer decides", "Text that names no workflow."),
        ],
    )
    def test_unplaced(self, read, line, why):
        reading = read(step("**Workflows**\n", line))
        assert reading["step_workflows"].empty
        assert rows(reading, "steps", "text") == [("Up.",)]
        assert rows(reading, "sections", "text") == []
        unplaced = reading.unplaced.iloc[0]
        assert (unplaced["file"], unplaced["line"], unplaced["why"]) == ("page.md", 22, why)
        assert len(reading.unplaced) == 1

    def test_one_of_two_unknown(self, read):
        reading = read(
            step("**Workflows**\n", "* **Marketplace / Flying** x", "* **Marketplace** y")
        )
        columns = ("workflow", "bullet", "note")
        assert rows(reading, "step_workflows", *columns) == [
            ("marketplace", "1", ""),
            ("marketplace", "2", "Listed twice"),
        ]
        assert len(reading.unplaced) == 1

    def test_nested_details_stay_with_their_bullet(self, read):
        reading = read(step("#### Workflows\n", "* **Marketplace** x\n  * with strings\n*\n"))
        text = reading["step_workflows"]["text"].item()
        assert text == "Marketplace x\n  - with strings"
        assert reading.unplaced.empty

    @pytest.mark.parametrize(
        "title",
        [
            "**Workflows**",
            "&#x20;**Workflows**",
            "**Workflows**:&#x20;",
            "#### Workflows:",
            "\\\n**Workflows**",
            "**Workflows:**",
            "##### Involved workflows",
            "**Workflow**",
        ],
    )
    def test_titles(self, read, title):
        reading = read(step(title + "\n\n* **Marketplace**"))
        assert rows(reading, "step_workflows", "workflow") == [("marketplace",)]
        assert rows(reading, "steps", "text") == [("Up.",)]


class TestBuildingBlocks:
    @pytest.mark.parametrize(
        ("line", "found"),
        [
            ("* [**Consent**](https://govstack.gitbook.io/bb-consent/)", ["consent"]),
            ("[Consent ](http://127.0.0.1:5000/o/abc)", ["consent"]),
            ("**Consent**&#x20;", ["consent"]),
            ("Consent Building Block", ["consent"]),
            ("* The Consent BB", ["consent"]),
            ("* Digital Registries", ["digital-registries"]),
            ("* Payment", ["payments"]),
            ("* e-Signature", ["esignature"]),
            ("* Work flow and Algorithm", ["workflow"]),
            ("* Scheduling", ["scheduler"]),
            ("**Workflow**", ["workflow"]),
            ("Workflow", ["workflow"]),
            ("* **Consent** for flying", ["consent"]),
            ("* Consent \u2013 of the owner", ["consent"]),
            ("[Consent](a), [Payments](b)", ["consent", "payments"]),
            ("| Consent | x |\n| --- | --- |\n| Payments | y |", ["consent", "payments"]),
        ],
    )
    def test_found(self, read, line, found):
        reading = read(step("**Building Blocks**\n", line))
        blocks = reading["step_building_blocks"]["building_block"].tolist()
        assert blocks == [f"govstack:{name}" for name in found]
        assert reading.unplaced.empty

    @pytest.mark.parametrize(
        ("line", "why"),
        [
            ("* Teleportation", "Not the name of a building block."),
            ("* [9.1 Ask](https://govstack.gitbook.io/bb-consent/9-workflows)", "Not the name"),
            ("* Artificial Intelligence", "Not the name"),
        ],
    )
    def test_unplaced(self, read, line, why):
        reading = read(step("**Building Blocks**\n", line))
        assert reading["step_building_blocks"].empty
        assert reading.unplaced["why"].str.contains(why).tolist() == [True]

    @pytest.mark.parametrize(
        "title",
        [
            "**Building Blocks**",
            "#### Building Blocks&#x20;",
            "**Building Block Workflows**",
            "### **Building Blocks\u200b**",
            "#### Building Blocks for Workflows",
        ],
    )
    def test_titles(self, read, title):
        reading = read(step(title + "\n\n* Consent"))
        assert rows(reading, "step_building_blocks", "step") == [("FUN-1.1",)]

    def test_details_below_a_block(self, read):
        reading = read(
            step("**Building Block Workflows**\n\n[**Consent**](x)\n\n* Future Workflow")
        )
        assert rows(reading, "step_building_blocks", "printed") == [("Consent",)]
        assert whys(reading) == {"Future Workflow": "Not the name of a building block."}

    def test_future_blocks_are_not_used(self, read):
        reading = read(
            SUMMARY
            + "\n## Building Blocks\n\n* Consent\n\n### Future building blocks\n\n* Payments\n"
        )
        assert rows(reading, "use_case_building_blocks", "printed") == [("Consent",)]
        assert rows(reading, "sections", "title") == [("Future building blocks",)]

    def test_the_address_of_a_link_is_kept(self, read):
        page = step("**Building Blocks**\n", "* [Consent](https://govstack.gitbook.io/bb-consent)")
        assert rows(read(page), "step_building_blocks", "url") == [
            ("https://govstack.gitbook.io/bb-consent",)
        ]

    def test_listed_twice(self, read):
        page = step("**Building Blocks**\n", "* Consent\n* Consent BB")
        assert rows(read(page), "step_building_blocks", "note") == [("",), ("Listed twice",)]

    @pytest.mark.parametrize(
        "title", ["**Example Implementation**", "**Example of Implementation**"]
    )
    def test_examples_to_do(self, read, title):
        reading = read(step(title + "\n\nTo do\n\n**Building Blocks**\n\nConsent"))
        assert reading["examples"].empty
        assert whys(reading) == {"To do": "No link to an example."}


class TestGoals:
    @pytest.mark.parametrize(
        ("line", "sdg", "printed", "note"),
        [
            ("* [**SDG 2**](https://x.org/sdgs/zero_hunger): Zero Hunger", "2", "2", ""),
            ("* **SDG 2**: [Zero Hunger](https://x.org/sdgs/zero\\_hunger)", "2", "2", ""),
            ("* SDG2 - Zero hunger", "2", "2", ""),
            ("* Goal 9.C \u2013 access", "9.c", "9.C", "Printed as 9.C"),
            (
                "* [11.b:](https://x.org/sdgs/sustainable_cities_and_communiti) By",
                "11.b",
                "11.b",
                "",
            ),
            ("**Target 8.2** Achieve", "8.2", "8.2", ""),
            ("8.10: banks", "8.10", "8.10", ""),
            ("12.7.1: Number of", "12.7", "12.7", "Printed as indicator 12.7.1"),
            ("* Zero Hunger", "2", "", "Printed without its number"),
            ("* Helps with SDG 3 most", "3", "3", ""),
            ("* SDG 3: Zero Hunger", "2", "3", "Printed as 3: the name is of goal 2"),
            ("* SDG 8.99", "8", "8.99", "There is no target 8.99"),
        ],
    )
    def test_one(self, read, line, sdg, printed, note):
        reading = read(SUMMARY + f"\n## Sustainable Development Goals (SDGs)\n\n{line}\n")
        columns = ("sdg", "printed", "note", "line")
        assert rows(reading, "use_case_targets", *columns) == [(sdg, printed, note, "16")]

    def test_no_goal(self, read):
        reading = read(SUMMARY + "\n## SDG Targets\n\n* SDG 18: Fun\n* 3 million kites\n* Peace\n")
        assert reading["use_case_targets"].empty
        assert set(reading.unplaced["text"]) >= {"SDG 18: Fun", "3 million kites", "Peace"}


class TestIdentifiers:
    def page(self, title, identifier):
        table = f"| ID | {identifier} |\n| -- | -- |\n| Name | N |"
        return f"# {title}\n\n## Summary\n\n{table}\n\n## Steps\n\n### 1 - A\n"

    def test_two_of_three_win(self, read):
        reading = read(**{"fun-2-kites": self.page("FUN-2 - Kites", "TOY-1")})
        assert rows(reading, "use_cases", "use_case", "note") == [("FUN-2", "Printed as TOY-1")]

    def test_a_duplicate_gets_the_name_of_its_file(self, read):
        reading = read(a=self.page("FUN-1", "FUN-1"), **{"fun-2-b": self.page("FUN-1", "FUN-1")})
        assert rows(reading, "use_cases", "use_case", "location", "note") == [
            ("FUN-1", "a.md", ""),
            ("FUN-2", "fun-2-b.md", "Printed as FUN-1"),
        ]
        assert rows(reading, "steps", "step") == [("FUN-1.1",), ("FUN-2.1",)]

    def test_a_copy_is_reported_and_the_linked_one_read(self, read):
        page = self.page("FUN-1 - Kites", "FUN-1")
        reading = read(
            **{"a/kites": page, "b/my kites": page, "SUMMARY": "* [Kites](b/my%20kites.md)\n"}
        )
        assert rows(reading, "use_cases", "location") == [("b/my kites.md",)]
        why = reading.unplaced.set_index("file")["why"]
        assert why["a/kites.md"] == "not read: FUN-1 has been read from another page"

    def test_order_is_that_of_numbers(self, read):
        reading = read(**{f"p{n}": self.page("x", f"FUN-{n}") for n in (10, 9, 1)})
        found = reading["use_cases"]["use_case"].tolist()
        assert found == ["FUN-1", "FUN-9", "FUN-10"]

    def test_a_template_kept_for_a_use_case(self, read):
        reading = read(self.page("FUN-1 - Kites", "\\<Abbreviation - Index>"))
        note = "Printed as <Abbreviation - Index>"
        assert rows(reading, "use_cases", "use_case", "note") == [("FUN-1", note)]

    def test_long_and_small_identifiers(self, read):
        reading = read(self.page("x", "inst-toy-1"))
        assert rows(reading, "use_cases", "use_case", "the_id") == [("INST-TOY-1", "inst-toy-1")]

    def test_pages_that_are_none(self, read):
        reading = read(
            README="# Kites\n\nWelcome.\n",
            template=self.page("\\<Use Case Template>", "\\<Index>"),
            other=self.page("eM-G2P-UC2-Kites", "MKT"),
            example="# FUN-01-Registration-Example1\n\n![](x.png)\n",
        )
        assert reading["use_cases"].empty
        why = reading.unplaced.set_index("file")["why"]
        for name in ("README", "template", "other"):
            assert why[f"{name}.md"] == "not a use case: it has no ID such as AGR-1"
        assert "it has no summary and no steps" in why["example.md"]
        assert set(reading.unplaced["line"]) == {0}


class TestBadInput:
    def test_empty_folder(self, tmp_path, names):
        reading = Reading(tmp_path, names)
        assert reading["use_cases"].empty
        assert reading.unplaced["why"].tolist() == ["there is no markdown file in this folder"]

    def test_binary_and_huge_files_do_not_stop_the_others(self, read, tmp_path):
        (tmp_path / "binary.md").write_bytes(b"# FUN-2\0\1\2")
        with (tmp_path / "huge.md").open("wb") as file:
            file.truncate(100_000_000)
        reading = read(SUMMARY)
        assert len(reading["use_cases"]) == 1
        why = reading.unplaced.query("line == 0").set_index("file")["why"]
        assert why["binary.md"] == "binary.md is not a text file"
        assert "huge.md has 100 MB" in why["huge.md"]

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_encodings(self, tmp_path, names, encoding):
        text = SUMMARY.replace("Leisure", "Loisirs d'\u00e9t\u00e9").replace("\n", "\r\n")
        (tmp_path / "x.md").write_bytes(text.encode(encoding))
        reading = Reading(tmp_path, names)
        assert rows(reading, "use_cases", "the_sector") == [("Loisirs d'\u00e9t\u00e9",)]

    def test_links_are_not_followed(self, tmp_path, names):
        outside = tmp_path / "outside"
        inside = tmp_path / "inside"
        outside.mkdir()
        inside.mkdir()
        (outside / "x.md").write_text(SUMMARY)
        try:
            (inside / "folder").symlink_to(outside)
            (inside / "x.md").symlink_to(outside / "x.md")
        except OSError:
            pytest.skip("this system makes no symbolic links")
        assert Reading(inside, names)["use_cases"].empty

    def test_truncated_anywhere(self, tmp_path, names):
        page = step("**Workflows**\n\n* **Marketplace**\n\n**Building Blocks**\n\n[**Consent**](x)")
        for end in range(0, len(page), 7):
            (tmp_path / "x.md").write_text(page[:end])
            reading = Reading(tmp_path, names)
            assert len(reading["use_cases"]) + len(reading.unplaced) >= 1

    @pytest.mark.parametrize(
        "noise",
        [
            *("[" * 5000, "> " * 3000, "* a\n" + " " * 3000 + "* b", "*" * 9000),
            *("<div>" * 9000, "<table><tr><td>" * 3000, "<b>" * 9000, "<p>" * 9000, "<br>" * 9000),
        ],
    )
    def test_deep_nesting_ends_soon(self, read, noise):
        start = time.process_time()
        reading = read(step(noise))
        assert len(reading["steps"]) == 1 or "nested too deeply" in reading.unplaced["why"].item()
        assert time.process_time() - start < 5

    @pytest.mark.parametrize("seed", range(20))
    def test_any_order_of_lines(self, tmp_path, names, seed):
        kinds = step("**Workflows**\n\n* **Marketplace** / x\n\n**Building Blocks**").split("\n")
        kinds += ["<table><tr><td>ID", "---", "| ID | A-1", "## Steps", "  * **", "[](", "{% x %}"]
        kinds += [
            "**1 - A**",
            "## SDG Targets",
            "SDG",
            "## Stakeholders",
            "<td>",
            "&#x0;",
            "\u200b",
        ]
        chance = random.Random(seed)  # noqa: S311 - no secret
        lines = chance.choices(kinds, k=chance.randrange(30))
        file = tmp_path / "fun-1.md"
        file.write_text("\n".join(lines), encoding="utf-8")
        reading = Reading(tmp_path, names)
        assert len(reading["use_cases"]) + len(reading.unplaced) >= 1
        steps = {*rows(reading, "steps", "step")}
        for name in ("step_workflows", "step_building_blocks", "examples"):
            assert {*rows(reading, name, "step")} <= steps
