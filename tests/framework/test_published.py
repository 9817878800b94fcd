"""The bundled tables say what was published; every difference is explained in errata.csv."""

import hashlib
import json
import re
from collections import Counter

import pytest
from frictionless import Package

UPDATE = "govstack-kit validate data --update-hashes"
TABLES = [
    "sources", "sdg_goals", "sdg_targets", "sdg_target_words", "sdg_indicators", "sectors",
    "use_cases", "use_case_targets", "steps", "workflows", "workflow_names", "workflow_words",
    "workflow_examples",
    "building_blocks", "building_block_names", "building_block_words", "building_block_functions",
    "building_block_crosswalk", "step_workflows", "step_building_blocks",
    "workflow_building_blocks", "use_case_workflows", "use_case_building_blocks",
    "requirements", "key_functionalities", "building_block_parts", "part_sections",
    "api_operations", "api_fields", "api_parts",
    "products", "product_licences", "product_goals", "countries", "product_countries",
    "product_building_blocks", "prioritisation_criteria", "rulesets", "ruleset_rules",
    "savings_illustration",
    "savings_checks", "errata",
    "product_lists", "sdg_indicator_changes", "texts", "engagement_streams",
    "engagement_opportunities", "community_channels", "partners", "safeguards",
    "reference_costs", "reference_cost_building_blocks",
]  # fmt: skip
OWN_WORDS = {
    "sdg_targets": "label",
    "use_cases": "summary",
    "steps": "summary",
    "workflows": "summary",
    "workflow_examples": "example",
    "building_blocks": "summary",
    "building_block_functions": "function",
    "building_block_crosswalk": "reason",
    "requirements": "title",
    "building_block_parts": "name",
    "product_building_blocks": "reason",
    "errata": "reason",
}


def slug(name):
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def words(text):
    return re.findall(r"[a-z0-9]+", text.lower())


@pytest.fixture(scope="module")
def errata(rows):
    """What was printed where the tables differ: (table, key, column) → (printed, corrected)."""
    return {
        (row["table"], row["key"], row["column"]): (row["printed"], row["corrected"])
        for row in rows("errata")
    }


@pytest.fixture
def govstack(rows):
    """Rows of a table that come from the published use cases of GovStack."""
    return lambda table: [r for r in rows(table) if r["source"] == "govstack-use-cases"]


@pytest.fixture
def dif(rows):
    """Rows of a table that come from the framework of 2019."""
    return lambda table: [r for r in rows(table) if r["source"] == "dif-2019"]


def test_the_package_is_the_tables_and_nothing_else(data):
    descriptor = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    assert [resource["name"] for resource in descriptor["resources"]] == TABLES
    assert {path.stem for path in data.glob("*.csv")} == set(TABLES)


# ------------------------------------------------------------------ Sustainable Development Goals


def test_17_goals(rows, facts):
    ours = [(r["goal"], r["name"], r["colour"]) for r in rows("sdg_goals")]
    assert ours == [(r["goal"], r["name"], r["colour"]) for r in facts("sdg/sdg_goals")]
    assert len(ours) == 17


def test_169_targets_in_order(rows, facts):
    ours = [(r["target"], r["goal"], r["kind"]) for r in rows("sdg_targets")]
    assert ours == [(r["target"], r["goal"], r["kind"]) for r in facts("sdg/sdg_targets")]
    assert len(ours) == 169
    place = Counter()
    for row in rows("sdg_targets"):
        place[row["goal"]] += 1
        assert int(row["order"]) == place[row["goal"]]


def test_251_current_indicators_and_what_became_of_the_printed_ones(rows, facts, errata):
    ours = {r["indicator"]: r for r in rows("sdg_indicators")}
    current = {r["indicator"]: r for r in facts("sdg/indicators_current")}
    assert list(ours) == list(current)
    assert len(ours) == 251
    for code, row in ours.items():
        assert words(row["name"]) == words(current[code]["name"])
        assert row["support"] == current[code]["support"]
        assert code.rpartition(".")[0] == row["target"]
    assert Counter(r["support"] for r in ours.values()) == {
        "two sources": 225, "wording differs": 23, "one source": 3,
    }  # fmt: skip
    printed = {r["indicator"] for r in facts("sdg/sdg_indicators")}
    assert len(printed) == 243
    gone = {r["indicator"] for r in rows("sdg_indicator_changes")}
    assert printed - set(ours) == {"1.a.3", "13.3.2", "17.6.2"} <= gone
    assert len(rows("sdg_indicator_changes")) == len(facts("sdg/indicators_removed")) == 62
    assert errata["sdg_indicators", "8.4.2", "indicator"] == ("", "8.4.2")


def test_official_texts_in_other_languages(rows, facts):
    """All of the facts, but for English names of indicators and texts of an older meaning."""
    found = Counter((r["table"], r["column"]) for r in rows("texts"))
    goals = facts("sdg/translations/goals")
    full = [r for r in goals if "only the short name" not in r["note"]]
    others = [r for r in facts("sdg/translations/indicators") if r["language"] != "en"]
    kept = [r for r in others if not r["note"].startswith("older meaning")]
    assert found == {
        ("sdg_goals", "name"): len(goals),
        ("sdg_goals", "official"): len(full),
        ("sdg_targets", "official"): len(facts("sdg/translations/targets")),
        ("sdg_indicators", "name"): len(kept),
    }
    keys = {(t, r[c]) for t, c in (("sdg_goals", "goal"), ("sdg_targets", "target"),
            ("sdg_indicators", "indicator")) for r in rows(t)}  # fmt: skip
    assert {(r["table"], r["key"]) for r in rows("texts")} <= keys


@pytest.mark.parametrize(
    ("table", "fact", "key"),
    [
        ("engagement_streams", "engagement/engagement_streams", "stream"),
        ("engagement_opportunities", "engagement/engagement_opportunities", "opportunity"),
        ("community_channels", "engagement/community_channels", "channel"),
        ("partners", "engagement/partners", "partner"),
        ("reference_costs", "costs/reference_costs", "name"),
    ],
)
def test_rows_are_those_of_the_facts(rows, facts, table, fact, key):
    ours, theirs = rows(table), facts(fact)
    assert [r[key] for r in ours] == [r.get(key, r.get("item")) for r in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert all(one[c] == other[c] for c in ("url", "low", "high", "currency") if c in one)


def test_questions_on_safeguards_and_readiness(rows, facts):
    ours = {r["safeguard"]: r for r in rows("safeguards")}
    theirs = {r["safeguard"]: r for r in facts("safeguards/safeguards")}
    theirs |= {r["precondition"]: r for r in facts("safeguards/readiness")}
    assert ours.keys() == theirs.keys()
    assert all(ours[key]["question"] == theirs[key]["question"] for key in ours)
    asked = {r["phase"] for r in ours.values() if r["kind"] == "legal basis"}
    assert asked <= {"select", "map"}
    assert not [r for r in ours.values() if r["phase"] == "define" and r["building_block"]]


# --------------------------------------------------------------------------------- GovStack


def test_16_use_cases(govstack, facts, errata):
    ours = {row["use_case"]: row for row in govstack("use_cases")}
    printed = facts("govstack/use_cases")
    assert set(ours) == {row["id"] for row in printed}
    assert len(printed) == 16
    for row in printed:
        case = ours[row["id"]]
        assert (case["name"], case["version"], case["location"]) == (
            row["name"],
            row["version"],
            row["file"],
        )
        compared = [
            ("use_case", row["id_published"], case["use_case"]),
            ("status", row["status_published"], case["status"]),
            ("sector", row["sector"], case["sector"]),
        ]
        for column, before, after in compared:
            erratum = errata.get(("use_cases", row["id"], column))
            same = slug(before) == slug(after) and not before.endswith(".")
            assert (erratum is None) is same, (row["id"], column)
            if erratum:
                assert erratum[0] == before
                assert erratum[1].lower() == after.lower()


def test_25_links_to_goals_and_targets(govstack, facts, errata):
    ours = govstack("use_case_targets")
    printed = facts("govstack/use_case_sdgs")
    assert {(r["use_case"], r["sdg"], r["goal"]) for r in ours} == {
        (r["use_case"], r["corrected"], r["goal"]) for r in printed
    }
    assert len(ours) == len(printed) == 25
    for row in ours:
        assert row["target"] == (row["sdg"] if "." in row["sdg"] else "")
    for row in printed:
        erratum = errata.get(("use_case_targets", f"{row['use_case']} | {row['corrected']}", "sdg"))
        changed = row["printed"] != row["corrected"]
        assert erratum == ((row["printed"], row["corrected"]) if changed else None)


def test_137_steps(govstack, facts, errata):
    ours = {row["step"]: row for row in govstack("steps")}
    printed = facts("govstack/steps")
    assert set(ours) == {f"{row['use_case']}.{row['step']}" for row in printed}
    assert len(printed) == 137
    for row in printed:
        key = f"{row['use_case']}.{row['step']}"
        step = ours[key]
        assert (step["use_case"], step["order"]) == (row["use_case"], row["step"])
        erratum = errata.get(("steps", key, "name"))
        assert erratum in (None, (row["name"], step["name"])) or erratum[1] == row["name"]
        assert erratum or step["name"] == row["name"]
        erratum = errata.get(("steps", key, "order"))
        changed = row["printed_number"] != row["step"]
        assert erratum == ((row["printed_number"], row["step"]) if changed else None)


def test_404_workflow_bullets_are_links_duplicates_or_no_workflows(govstack, rows, facts, errata):
    kept = {(r["step"], r["workflow"]): r for r in govstack("step_workflows")}
    seen, told = Counter(), Counter()
    bullets = facts("govstack/step_workflows")
    for row in bullets:
        step = f"{row['use_case']}.{row['step']}"
        if row["match"] == "freetext":
            before, after = errata["step_workflows", f"{step} | bullet {row['bullet']}", "workflow"]
            assert row["workflow_printed"].startswith(before.removesuffix(" …"))
            assert after == ""
            told["free text"] += 1
            continue
        workflow = slug(row["workflow"] or row["workflow_printed"])
        seen[step, workflow] += 1
        if seen[step, workflow] == 1:
            link = kept[step, workflow]
            assert (link["printed"], link["position"]) == (
                row["workflow_printed"],
                row["position"],
            )
            told["link"] += 1
        else:
            assert errata["step_workflows", f"{step} | {workflow}", "workflow"] == (
                row["workflow_printed"],
                workflow,
            )
            told["duplicate"] += 1
    assert set(seen) == set(kept)
    assert told == {"link": 387, "duplicate": 3, "free text": 14}
    assert len(bullets) == told.total() == 404
    extra = {r["workflow"] for r in rows("workflows") if r["generic"] == "false"}
    assert extra == {slug(r["workflow_printed"]) for r in bullets if r["match"] == "none"}


def test_533_links_of_steps_to_blocks(govstack, facts):
    ours = sorted(
        (r["step"], r["building_block"], r["printed"], r["position"])
        for r in govstack("step_building_blocks")
    )
    assert ours == sorted(
        (
            f"{r['use_case']}.{r['step']}",
            r["repo"].replace("bb-", "govstack:", 1),
            r["bb_printed"],
            r["position"],
        )
        for r in facts("govstack/step_bbs")
    )
    assert len(ours) == 533


def test_140_links_of_use_cases_to_blocks(govstack, facts):
    ours = sorted(
        (r["use_case"], r["building_block"], r["printed"])
        for r in govstack("use_case_building_blocks")
    )
    assert ours == sorted(
        (r["use_case"], r["repo"].replace("bb-", "govstack:", 1), r["bb_printed"])
        for r in facts("govstack/use_case_bbs")
    )
    assert len(ours) == 140


def test_blocks_that_the_lists_of_use_cases_leave_out_are_told(rows, errata):
    of_step = {
        (r["step"].rpartition(".")[0], r["building_block"]) for r in rows("step_building_blocks")
    }
    listed = {(r["use_case"], r["building_block"]) for r in rows("use_case_building_blocks")}
    left_out = {
        pair for pair in of_step - listed if pair[0] in {use_case for use_case, _ in listed}
    }
    told = {tuple(key.split(" | ")) for t, key, _ in errata if t == "use_case_building_blocks"}
    assert left_out == told


def test_other_names_are_exactly_those_printed(rows, facts):
    """Every name that is not the name itself, in other letters, is an alias and the reverse."""
    names = {r["workflow"]: r["name"] for r in rows("workflows")}
    read = {
        (slug(r["workflow"]), r["workflow_printed"])
        for r in facts("govstack/step_workflows")
        if r["workflow"] and r["workflow_printed"].lower() != names[slug(r["workflow"])].lower()
    }
    aliases = [r for r in rows("workflow_names") if r["kind"] == "as printed"]
    assert {(r["workflow"], r["name"]) for r in aliases} == read

    names = {r["building_block"]: r["name"] for r in rows("building_blocks")}
    read = {
        (block, r["bb_printed"])
        for table in ("step_bbs", "use_case_bbs")
        for r in facts(f"govstack/{table}")
        if (block := r["repo"].replace("bb-", "govstack:", 1))
        and r["bb_printed"].lower() != names[block].lower()
    }
    aliases = [r for r in rows("building_block_names") if r["kind"] == "as printed"]
    assert {(r["building_block"], r["name"]) for r in aliases} == read


def test_15_blocks_of_govstack(rows, shared):
    ours = {r["building_block"] for r in rows("building_blocks") if r["catalogue"] == "govstack"}
    named = {
        line.split(",")[0].rpartition("/bb-")[2]
        for line in (shared / "upstream/SOURCES.csv").read_text(encoding="utf-8").splitlines()
        if "/bb-" in line.split(",")[0]
    }
    assert ours == {f"govstack:{name}" for name in named}
    assert len(ours) == 15


def test_sources_are_at_the_commits_that_were_read(rows, shared):
    read = {}
    lists = [shared / place / "SOURCES.csv" for place in ("upstream", "upstream_more")]
    lines = [line for path in lists for line in path.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        repository, commit, date = line.split(",")[:3]
        read[f"https://github.com/{repository}"] = commit[:12], date
    # These are cited for some facts only, and were not read as repositories.
    cited = {"govstack-testing-webapp", "govstack-map"}
    cited |= {"govstack-process", "sdg-translations"}
    ours = {
        r["url"]: (r["version"], r["date"])
        for r in rows("sources")
        if "github.com" in r["url"] and r["source"] not in cited
    }
    assert len(ours) >= 15
    assert ours == {url: read[url] for url in ours}


# --------------------------------------------------------------- the framework of 2019 (DIF)


def test_7_use_cases_of_the_framework(dif, facts, errata):
    ours = {r["use_case"]: (r["name"], r["sector"]) for r in dif("use_cases")}
    printed = facts("dif/use_cases")
    assert ours == {f"dif-{r['id']}": (r["name"], slug(r["sector"])) for r in printed}
    assert len(printed) == 7
    assert not [key for table, key, _ in errata if table == "use_cases" and key.startswith("dif-")]


def test_16_targets_of_the_framework(dif, facts):
    ours = {(r["use_case"], r["target"]) for r in dif("use_case_targets")}
    printed = facts("dif/use_case_targets")
    assert ours == {(f"dif-{r['use_case']}", r["target"]) for r in printed}
    assert len(dif("use_case_targets")) == len(printed) == 16
    inferred = [r["target"] for r in dif("use_case_targets") if r["note"].startswith("Inferred")]
    assert inferred == [r["target"] for r in printed if "inferred" in r["source"]] == ["3.3"]


def test_15_steps_of_the_framework_and_7_of_figure_9(dif, facts):
    ours = {(r["use_case"], r["order"]): r["name"] for r in dif("steps")}
    printed = {
        (f"dif-{r['use_case']}", r["step_order"]): r["step_name"]
        for r in facts("dif/use_case_steps")
    }
    figure = {
        ("dif-rural-advisory-service", r["order"]): r["item"]
        for r in facts("dif/rural_advisory_figure9")
        if r["layer"] == "step"
    }
    assert (len(printed), len(figure)) == (15, 7)
    assert ours == printed | figure


@pytest.mark.parametrize(
    ("column", "prefix", "count"), [("workflow", "", 12), ("building_block", "dif:", 14)]
)
def test_workflows_and_blocks_of_figure_9(dif, facts, column, prefix, count):
    table, layer = f"use_case_{column}s", column.replace("_", "-")
    ours = [(r[column], r["printed"], r["position"]) for r in dif(table)]
    assert {r["use_case"] for r in dif(table)} == {"dif-rural-advisory-service"}
    assert ours == [
        (prefix + r["ref"], r["item"], r["order"])
        for r in facts("dif/rural_advisory_figure9")
        if r["layer"] == layer
    ]
    assert len(ours) == count


def test_workflows_of_the_steps_of_the_framework(dif, facts, errata):
    def key(row):
        return f"dif-{row['use_case']}.{row['step_order']}"

    printed = {(key(r), r["workflow"]) for r in facts("dif/step_workflows")}
    figure = {
        (key(r), r["id"]) for r in facts("dif/figure_only_step_links") if r["layer"] == "workflow"
    }
    ours = {(r["step"], r["workflow"]) for r in dif("step_workflows")}
    wrong = ("dif-maternal-and-newborn-health.7", "procurement")
    assert ours == (printed | figure) - {wrong}
    assert errata["step_workflows", f"{wrong[0]} | financial-services", "workflow"] == (
        "Procurement",
        "financial-services",
    )
    assert len(printed) == 30
    assert len(ours) == 33


def test_49_links_of_the_steps_of_the_framework_to_blocks(dif, facts):
    ours = {(r["step"], r["building_block"]) for r in dif("step_building_blocks")}
    assert ours == {
        (f"dif-{r['use_case']}.{r['step_order']}", f"dif:{r['building_block']}")
        for r in facts("dif/step_building_blocks")
    }
    assert len(ours) == 49


def test_16_generic_workflows_and_23_blocks_with_their_other_names(dif, rows, facts):
    workflows = {r["workflow"]: r["name"] for r in rows("workflows") if r["generic"] == "true"}
    assert workflows == {r["id"]: r["name"] for r in facts("dif/workflows")}
    assert len(workflows) == 16
    blocks = {r["building_block"]: r["name"] for r in dif("building_blocks")}
    assert blocks == {f"dif:{r['id']}": r["name"] for r in facts("dif/building_blocks")}
    assert len(blocks) == 23
    for layer, prefix in (("workflow", ""), ("building_block", "dif:")):
        assert {(r[layer], r["name"]) for r in dif(f"{layer}_names")} == {
            (prefix + r["id"], name)
            for r in facts(f"dif/{layer}s")
            for name in r["other_names"].split(";")
            if name
        }


def test_86_catalogue_links(dif, facts):
    ours = {(r["workflow"], r["building_block"]) for r in dif("workflow_building_blocks")}
    assert ours == {
        (r["workflow"], f"dif:{r['building_block']}") for r in facts("dif/building_block_workflows")
    }
    assert len(ours) == 86
    everywhere = [
        r["building_block"] for r in dif("building_blocks") if r["every_workflow"] == "true"
    ]
    assert everywhere == ["dif:information-mediator", "dif:security"]


def test_48_examples_of_workflows(dif, facts):
    ours = {(r["workflow"], r["use_case"]): r["example"] for r in dif("workflow_examples")}
    assert ours == {
        (r["workflow"], f"dif-{r['use_case']}"): r["example"]
        for r in facts("dif/workflow_use_cases")
    }
    assert len(ours) == 48


def test_functions_of_the_blocks_of_the_framework(dif, facts):
    ours = Counter(r["building_block"] for r in dif("building_block_functions"))
    assert ours == Counter(
        f"dif:{r['building_block']}" for r in facts("dif/building_block_functions")
    )


# --------------------------------------------------------------------------- made by the kit


def test_crosswalk_has_every_block_and_says_where_there_is_no_counterpart(rows):
    crosswalk = rows("building_block_crosswalk")
    for catalogue, column, count in (("dif", "dif", 23), ("govstack", "govstack", 15)):
        blocks = {
            r["building_block"] for r in rows("building_blocks") if r["catalogue"] == catalogue
        }
        assert {r[column] for r in crosswalk} - {""} == blocks
        assert len(blocks) == count
    for row in crosswalk:
        assert (row["relation"] == "none") is not bool(row["dif"] and row["govstack"]), row
    alone = [r["dif"] or r["govstack"] for r in crosswalk if r["relation"] == "none"]
    paired = {
        r[column] for r in crosswalk if r["relation"] != "none" for column in ("dif", "govstack")
    }
    assert len(alone) == len(set(alone))
    assert not paired & set(alone)
    exact = [r for r in crosswalk if r["relation"] == "exact"]
    assert len({r["dif"] for r in exact}) == len({r["govstack"] for r in exact}) == len(exact)


def test_errata_name_what_is_there(rows, errata):
    assert [int(r["erratum"]) for r in rows("errata")] == list(range(1, len(errata) + 1))
    for table, key, column in errata:
        assert table in TABLES
        row = rows(table)[0]
        assert column in row
        if " bullet " not in key and table != "use_case_building_blocks":
            parts = key.split(" | ")
            found = [r for r in rows(table) if list(r.values())[: len(parts)] == parts]
            assert len(found) == (column != "requirement"), key  # or it is left out
            if not found:
                continue
            corrected = errata[table, key, column][1]
            assert slug(found[0][column]) == slug(corrected), key


def test_every_row_has_a_source_that_exists(rows):
    known = {row["source"] for row in rows("sources")}
    used = {row["source"] for table in TABLES for row in rows(table)}
    assert used == known


@pytest.mark.parametrize("table", [t for t, c in OWN_WORDS.items() if c == "summary"])
def test_summaries_are_short(rows, table):
    for row in rows(table):
        text = row["summary"]
        assert 1 <= len(re.findall(r"[.!?](?=\s|$)", text)) <= 3, text
        assert len(text.split()) <= 60, text
        assert re.fullmatch(r"[A-Z].*[.!?]", text), text


def test_our_words_are_our_own(rows, shared):
    """No text of ours has eight words in a row of any document it speaks of."""
    published = set()
    for path in (shared / "upstream").rglob("*.md"):
        read = words(path.read_text(encoding="utf-8", errors="replace"))
        published.update(zip(*(read[start:] for start in range(8)), strict=False))
    assert len(published) > 100_000
    copied = [
        (table, " ".join(run))
        for table, column in OWN_WORDS.items()
        for row in rows(table)
        for run in zip(*(words(row[column])[start:] for start in range(8)), strict=False)
        if run in published
    ]
    assert not copied


def test_nothing_speaks_of_the_workshop(rows):
    found = [
        (table, text)
        for table in TABLES
        for row in rows(table)
        for text in row.values()
        if re.search(r"\.\./shared|/work/|upstream", text)
    ]
    assert not found


# ----------------------------------------------------------------------------- the package


def test_package_is_valid_for_frictionless(data):
    report = Package(str(data / "datapackage.json")).validate()
    assert report.valid, f"{report.to_summary()}\nIf only hashes differ: {UPDATE}"


def test_hashes_are_fresh(data):
    descriptor = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    stale = []
    for resource in descriptor["resources"]:
        raw = (data / resource["path"]).read_bytes()
        if (resource["hash"], resource["bytes"]) != (
            f"sha256:{hashlib.sha256(raw).hexdigest()}",
            len(raw),
        ):
            stale.append(resource["path"])
    assert not stale, f"These files changed since their hash was recorded: {stale}. Run: {UPDATE}"


def test_tables_are_plain_utf8(data):
    for path in data.glob("*.csv"):
        raw = path.read_bytes()
        assert not raw.startswith(b"\xef\xbb\xbf"), path
        assert b"\r" not in raw, path
        assert raw.endswith(b"\n"), path
        raw.decode("utf-8")


# -------------------------------------------------- requirements, interfaces and products

# Counted by eye and by grep in the chapters of the specifications, before any program read them.
REQUIREMENTS = {
    "cloud-infrastructure-hosting": (90, 0),
    "cms": (0, 16),
    "consent": (18, 4),
    "digital-registries": (47, 2),
    "emarketplace": (133, 3),
    "esignature": (31, 7),
    "gis": (46, 5),
    "information-mediator": (36, 5),
    "messaging": (6, 28),
    "payments": (112, 49),
    "registration": (42, 4),
    "scheduler": (82, 4),
    "identity": (46, 3),
    "cross-functional": (0, 0),
    "security": (0, 0),
    "wallet": (26, 10),
    "workflow": (25, 5),
}
OPERATIONS = {
    "consent": 42, "digital-registries": 15, "emarketplace": 74, "esignature": 12, "gis": 67,
    "identity": 15, "information-mediator": 26, "messaging": 4, "payments": 36, "registration": 13,
    "scheduler": 37, "workflow": 9,
}  # fmt: skip


def test_requirements_by_specification_and_kind(rows):
    found = Counter((r["requirement"].split(":")[0], r["kind"]) for r in rows("requirements"))
    assert {
        block: (found[block, "functional"], found[block, "cross-cutting"]) for block, _ in found
    } == REQUIREMENTS
    levels = Counter(r["level"] for r in rows("requirements"))
    assert levels == {"REQUIRED": 737 + 49 + 19, "RECOMMENDED": 176 + 59, "OPTIONAL": 36}
    assert {
        block: found["cross-functional", block] + found["security", block]
        for block in ("cross-functional", "superseded")
    } == {"cross-functional": 78, "superseded": 113}


def test_titles_of_requirements_are_short_and_our_own(rows):
    titles = [r["title"] for r in rows("requirements")]
    assert all(1 <= len(title.split()) <= 12 for title in titles)
    within = Counter(
        (r["requirement"].split(":")[0], r["kind"], r["title"]) for r in rows("requirements")
    )
    assert max(within.values()) == 1


def test_operations_by_building_block(rows):
    found = Counter(r["building_block"].removeprefix("govstack:") for r in rows("api_operations"))
    assert dict(found) == OPERATIONS


def test_every_digital_public_good_of_the_snapshot(rows, shared):
    folder = shared / "upstream" / "DPGAlliance" / "publicgoods-candidates" / "nominees"
    goods = {
        path.stem
        for path in folder.glob("*.json")
        if json.loads(path.read_text(encoding="utf-8")).get("stage") == "DPG"
    }
    ours = {r["product"].removeprefix("dpg:") for r in rows("products") if r["stage"] == "dpg"}
    assert len(goods) == 165
    assert ours == goods


def test_every_block_has_candidates_with_evidence(rows):
    links = rows("product_building_blocks")
    found = Counter(r["building_block"] for r in links)
    current = {r["building_block"] for r in rows("building_blocks") if r["status"] == "current"}
    few = {block for block in current if found[block] < 3}
    assert few <= {"govstack:identity", "govstack:scheduler"}  # two each are known
    assert min(found[block] for block in current) == 2
    same = {r["dif"] for r in rows("building_block_crosswalk") if r["relation"] != "none"}
    of_2019 = {r["building_block"] for r in rows("building_blocks")} - current - same
    assert {block for block in of_2019 if found[block] < 2} <= {"govstack:wallet"}
    who = {"curated": {"kit"}, "declared": {"product"}, "listed": {"publisher", "atlas"}}
    for row in links:
        assert row["reason"].endswith(".")
        assert (row["evidence"] == "curated") == (row["source"] == "govstack-kit")
        assert row["said_by"] in who[row["evidence"]]
        assert (row["said_by"] == "atlas") == (row["source"] == "dpi-atlas")
    login = {"atlas:janssen-project", "atlas:wso2-identity-server", "known:keycloak"}
    assert not [r for r in links if r["product"] in login and "identi" in r["building_block"]]


def test_every_good_of_may_2026_is_a_product_and_says_so(rows, facts):
    products = {r["product"] for r in rows("products")}
    found = {r["product"] for r in rows("product_lists") if r["date"] == "2026-05"}
    assert found <= products
    for fact in facts("products/atlas_2026_products"):
        new = fact["in_kit"] == "no"
        keys = [f"atlas:{fact['product_2026']}"] if new else fact["kit_product"].split(";")
        assert found & set(keys), fact["name"]
    registry = {r["product"] for r in rows("product_lists") if r["date"] == "2024-08-19"}
    assert registry == {p for p in products if p.startswith("dpg:")}


def test_where_products_of_the_registry_are_in_use_is_what_it_says(rows, upstream):
    reviews = upstream / "DPGAlliance" / "publicgoods-candidates" / "digitalpublicgoods"
    known = {row["product"] for row in rows("products")}
    printed = set()
    files = sorted(reviews.glob("*.json"))
    for file in files:
        places = json.loads(file.read_text(encoding="utf-8"))["locations"]
        product = f"dpg:{file.stem}"
        for relation, key in (
            ("deployed", "deploymentCountries"),
            ("developed", "developmentCountries"),
        ):
            printed |= {(product, name, relation) for name in places[key] if name}
    assert len(files) == 166
    ours = [r for r in rows("product_countries") if r["source"] == "dpg-registry"]
    assert {(r["product"], r["country"], r["relation"]) for r in ours} == {
        row for row in printed if row[0] in known
    }
    assert Counter(r["relation"] for r in ours) == {"deployed": 2408, "developed": 562}
    assert len({r["product"] for r in ours}) == 160  # six of the 166 are no product of the kit
    others = [r for r in rows("product_countries") if r["source"] != "dpg-registry"]
    assert {(r["relation"], r["source"]) for r in others} == {("deployed", "dpi-atlas")}


def test_every_country_of_a_product_has_its_codes_and_region(rows):
    countries = {row["country"]: row for row in rows("countries")}
    assert {row["country"] for row in rows("product_countries")} <= set(countries)
    assert {row["source"] for row in countries.values()} == {"govstack-kit"}
    by_code = {}
    for row in countries.values():
        by_code.setdefault(row["code"], set()).add(
            (row["code3"], row["region"], row["subregion"], row["part"])
        )
    assert {len(found) for found in by_code.values()} == {1}
    assert len({next(iter(found))[0] for found in by_code.values()}) == len(by_code) == 250
    regions = Counter(next(iter(found))[1] for found in by_code.values())
    # Antarctica is in no region of M49; two of the names in the registry are not in M49.
    assert regions == {
        "Africa": 60, "Americas": 57, "Asia": 50, "Europe": 51, "Oceania": 29, "": 3,
    }  # fmt: skip
