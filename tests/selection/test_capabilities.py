"""Capabilities: what is inferred to be used, on which evidence, and how well."""

from pathlib import Path

import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit.framework import schema
from govstack_kit.planning._words import spelled
from govstack_kit.selection import needs
from govstack_kit.selection.capabilities import capabilities


def made(*steps, name="Fees", summary=""):
    """Return a plan with one use case; a step is its name, its words and its blocks."""
    plan = kit.Plan.new(title="A plan")
    case = plan.add_use_case(name, summary=summary)
    for step, words, blocks in steps:
        added = case.add_step(step, description=words)
        for block in blocks.split():
            added.choose("building_block", f"govstack:{block}")
    return plan


def part(framework, plan, block, capability):
    found = capabilities(framework, plan, block)
    return found[found["capability"] == capability].iloc[0]


# --- what is listed about specifications ----------------------------------------------------------


def test_every_published_section_and_key_functionality_has_its_capability(rows):
    published = {
        (row["building_block"], ".".join(row["section"].split(".")[:2]))
        for row in rows("requirements")
        if row["kind"] == "functional"
    }
    judged = {row["capability"]: row for row in rows("capabilities")}
    assert len(judged) == len(published) == 103
    assert {(row["building_block"], row["section"]) for row in judged.values()} == published
    for key, row in judged.items():
        assert key == f"{row['building_block'].removeprefix('govstack:')}:{row['section']}"
    functions = {(r["building_block"], r["section"]) for r in rows("key_functionalities")}
    listed = [
        (judged[row["capability"]]["building_block"], row["section"])
        for row in rows("capability_sections")
        if row["kind"] == "key functionality"
    ]
    assert len(listed) == len(set(listed))
    assert set(listed) <= functions
    left = {(block, section) for block, section in functions - set(listed)}
    assert {(block, section.partition(".")[0]) for block, section in left} == {
        ("govstack:cms", "4"),  # no functional requirements are published for it
        ("govstack:wallet", "4"),
    }


def test_requirements_on_vouchers_are_together_wherever_they_stand(framework, rows):
    plan = made(("Payment", "", "payments"))
    found = needs.requirements(framework, plan, "Payments")
    mine = found[found["capability"] == "6.2"]
    on_vouchers = found["title"].str.contains("voucher", case=False)
    assert set(found.loc[on_vouchers, "requirement"]) <= set(mine["requirement"])
    # 16 of the section, its key functionality, 8 on orchestration, 8 cross-cutting
    kinds = mine.groupby(["kind", mine["section"].str[:3]]).size()
    assert kinds.to_dict() == {
        ("functional", "6.2"): 16,
        ("functional", "6.1"): 8,
        ("cross-cutting", "5.1"): 1,
        ("cross-cutting", "5.3"): 7,
        ("key functionality", "4.2"): 1,
    }
    known = set(found["requirement"].str.partition(":")[2]) | set(found["section"])
    moved = [r for r in rows("capability_sections") if r["kind"] == "requirement"]
    assert {row["capability"].partition(":")[0] for row in moved} == {"payments"}
    assert {row["section"] for row in moved} <= known


def test_one_thing_calls_for_a_capability_of_the_version_that_was_read(rows):
    versions = {row["building_block"]: row["version"] for row in rows("building_blocks")}
    words = {row["capability"] for row in rows("capability_words")}
    assert {row["capability"] for row in rows("capability_workflows")} <= words
    judged = rows("capabilities")
    assert len({(row["building_block"], row["name"]) for row in judged}) == len(judged)
    for row in judged:
        said = (
            row["always"] == "true",
            row["other_building_block"] != "",
            row["capability"] in words,
        )
        assert said.count(True) == 1, row
        assert row["version"] == ".".join(versions[row["building_block"]].split(".")[:2])
    for row in rows("capability_words"):
        assert spelled(row["word"]), row


# --- evidence -------------------------------------------------------------------------------------


def test_words_of_the_steps_that_use_the_block_are_evidence(framework):
    steps = (("Payment", "", "payments"), ("Help", "People get a voucher.", "messaging"))
    plan = made(*steps)
    assert part(framework, plan, "Payments", "6.2")["use"] == "not seen in use"  # another step
    plan.use_cases[0].steps[0].description = "Redeem the coupons, or the vouchers"
    found = part(framework, plan, "Payments", "6.2")
    assert found[["title", "use", "steps"]].tolist() == ["Vouchers", "seen in use", 1]
    assert found["evidence"] == "step 1 Payment: coupons, redeem, vouchers"
    assert found[["requirements", "required"]].tolist() == [33, 30]  # see below
    plan.use_cases[0].steps[0].reject("building_block", "govstack:payments")
    plan.use_cases[0].steps[1].choose("building_block", "govstack:payments", reason="For coupons")
    found = part(framework, plan, "Payments", "6.2")
    assert found["evidence"] == "step 2 Help: coupons, voucher"


def test_a_group_of_words_has_to_be_there_as_a_whole(framework):
    plan = made(("Outreach", "A page on social welfare", "emarketplace"))
    assert part(framework, plan, "eMarketplace", "6.16")["use"] == "not seen in use"
    plan.use_cases[0].steps[0].as_is = "Media of many kinds"
    found = part(framework, plan, "eMarketplace", "6.16")
    assert found["evidence"] == "step 1 Outreach: social media"


def test_workflows_are_evidence_where_words_are_few(framework):
    plan = made(("Step", "", "scheduler"))
    plan.use_cases[0].steps[0].choose("workflow", "client-communication")
    found = part(framework, plan, "Scheduler", "6.3")
    assert found["evidence"] == "step 1 Step: workflow Client communication"
    plan.use_cases[0].steps[0].reject("workflow", "client-communication")
    assert part(framework, plan, "Scheduler", "6.3")["use"] == "not seen in use"


def test_a_block_named_for_the_whole_use_case_may_be_used_in_any_step(framework):
    plan = made(("Outreach", "Vouchers", "messaging"))
    plan.use_cases[0].choose("building_block", "govstack:payments", reason="No coupons")
    found = part(framework, plan, "Payments", "6.2")
    assert found["evidence"] == "step 1 Outreach: vouchers; Fees: coupons"
    plan.use_cases[0].add_step("Pay").choose("building_block", "govstack:payments")
    assert part(framework, plan, "Payments", "6.2")["evidence"] == "Fees: coupons"


def test_evidence_of_several_use_cases_names_them_and_is_cut(framework):
    plan = made(*((f"Pay {n}", "vouchers", "payments") for n in range(5)))
    plan.add_use_case("Seeds")
    found = part(framework, plan, "Payments", "6.2")
    assert found["evidence"].startswith("Fees, step 1 Pay 0: vouchers; Fees, step 2")
    assert found["evidence"].endswith("Pay 2: vouchers and 2 more")
    assert found["steps"] == 5
    plan.use_cases[1].name = "Fees"  # two use cases and steps of one name are still two
    plan.use_cases[1].add_step("Pay 0", description="Coupons").choose(
        "building_block", "govstack:payments"
    )
    assert part(framework, plan, "Payments", "6.2")["steps"] == 6


def test_a_specification_of_another_version_is_read_by_its_titles_alone(framework):
    tables = {name: getattr(framework, name) for name in schema.tables()}
    blocks = tables["building_blocks"]
    blocks.loc[blocks["building_block"] == "govstack:payments", "version"] = "4.0"
    later = kit.Framework(tables)
    plan = made(("Payment", "Divide the batches by rules of each provider", "payments"))
    found = part(later, plan, "Payments", "6.9")
    assert found[["title", "use"]].tolist() == ["Section 6.9", "seen in use"]
    assert {"batches", "divide", "rules"} <= set(found["evidence"].split(": ")[1].split(", "))
    assert part(later, plan, "Payments", "6.14")["use"] == "not seen in use"
    assert part(later, plan, "Payments", "4")["title"] == "Other key functionalities"
    blocks.loc[blocks["building_block"] == "govstack:payments", "version"] = "3.0.9"
    again = kit.Framework({**tables, "building_blocks": blocks})
    assert part(again, plan, "Payments", "6.9")["title"] == "Payments in batches"


OVER = {
    "sources": "source,title,publisher\nours,Our review,Ministry of Water\n",
    "building_blocks": (
        "building_block,name,catalogue,every_workflow,summary,source\n"
        "own:meters,Meters,own,false,Reads meters.,ours\n"
    ),
    "requirements": (
        "requirement,building_block,kind,section,level,title,order,location,line,fingerprint,source\n"
        "meters:6.1-01,own:meters,functional,6.1,REQUIRED,Store readings,1,a,1,0123456789ab,ours\n"
        "meters:6.2-01,own:meters,functional,6.2,REQUIRED,Detect leaks,2,a,2,0123456789ac,ours\n"
        "meters:6.3-01,own:meters,functional,6.3,REQUIRED,Bill users,3,a,3,0123456789ad,ours\n"
    ),
    "capabilities": (
        "capability,building_block,section,name,always,other_building_block,version,source\n"
        "meters:6.1,own:meters,6.1,Readings,true,,,ours\n"
        "meters:6.2,own:meters,6.2,Leaks,false,,,ours\n"
        "meters:6.3,own:meters,6.3,Bills,false,govstack:payments,,ours\n"
        "payments:6.2,govstack:payments,6.2,Coupons,false,,3.0,ours\n"
        "payments:6.14,govstack:payments,6.14,Safety,true,,4.0,ours\n"
    ),
    "capability_sections": (
        "capability,kind,section,source\npayments:6.2,requirement,6.15,ours\n"
    ),
    "capability_words": (
        "capability,word,source\nmeters:6.2,water loss,ours\nmeters:6.3,invoice,ours\n"
        "payments:6.2,stamp,ours\n"
    ),
    "capability_workflows": "capability,workflow,source\nmeters:6.2,remote-monitoring,ours\n",
}  # fmt: skip


def test_a_country_lays_its_own_judgement_over(framework, tmp_path):
    for table, text in OVER.items():
        (tmp_path / f"{table}.csv").write_text(text, encoding="utf-8")
    ours = kit.load(tmp_path, extend=True)
    plan = made(("Walk", "Losses of water, stamps and invoices", "payments"))
    step = plan.use_cases[0].steps[0]
    step.choose("building_block", "own:meters")
    found = capabilities(ours, plan, "own:meters").set_index("capability")
    assert found.loc["6.1", ["title", "use"]].tolist() == ["Readings", "always"]
    assert found.loc["6.2", ["title", "use", "evidence"]].tolist() == [
        "Leaks", "seen in use", "step 1 Walk: water losses",
    ]  # fmt: skip
    assert found.loc["6.3", ["title", "evidence"]].tolist() == [
        "Bills",
        "used with Payments in Fees",
    ]
    step.reject("building_block", "govstack:payments")
    assert part(ours, plan, "own:meters", "6.3")["evidence"] == "step 1 Walk: invoices"
    step.description = ""
    assert part(ours, plan, "own:meters", "6.3")["use"] == "not seen in use"
    step.choose("workflow", "remote-monitoring")
    assert part(ours, plan, "own:meters", "6.2")["evidence"] == (
        "step 1 Walk: workflow Remote monitoring"
    )
    plan = made(("Pay", "A stamp or a voucher", "payments"))
    found = part(ours, plan, "Payments", "6.2")
    assert found[["title", "evidence"]].tolist() == ["Coupons", "step 1 Pay: voucher, stamp"]
    before = capabilities(framework, plan, "Payments").set_index("capability")
    moved = before.loc["6.15", "requirements"]
    assert moved > 0
    assert found["requirements"] == before.loc["6.2", "requirements"] + moved
    assert part(ours, plan, "Payments", "6.14")["title"] == "Section 6.14"  # 3.0 is here, not 4.0


# --- the table ------------------------------------------------------------------------------------


def test_the_table_adds_up_and_has_what_is_seen_first(framework):
    plan = kit.Plan.new(title="Cash")
    plan.add_published(framework, "INST-1")
    needs.add_requirement(plan, framework, "Payments", "Work offline")
    found = capabilities(framework, plan)
    rows = needs.requirements(framework, plan).query("not own")
    assert found["requirements"].sum() == len(rows)
    for column, decision in (
        ("needed", "needed"),
        ("later", "later"),
        ("not_for_us", "not for us"),
    ):
        assert found[column].sum() == (rows["decision"] == decision).sum()
    assert not found.duplicated(["building_block", "capability"]).any()
    payments = found[found["name"] == "Payments"]
    assert payments["use"].unique().tolist() == ["seen in use", "always", "not seen in use"]
    assert payments["title"].tolist()[-1] == "Vouchers"
    assert payments.loc[payments["use"] == "always", "capability"].tolist()[-2:] == ["6.15", "5"]
    assert found["name"].iloc[-1] == "Every building block"
    assert (found.loc[found["use"] != "seen in use", "evidence"] == "").all()
    assert (found.loc[found["use"] == "seen in use", "evidence"] != "").all()
    empty = capabilities(framework, kit.Plan.new(title="x"))
    assert empty.empty
    pd.testing.assert_series_equal(empty.dtypes, found.dtypes)
    with pytest.raises(kit.UnknownKeyError, match="Payments"):
        capabilities(framework, plan, "Paymnts")


def test_a_capability_or_all_that_is_not_seen_is_decided_at_once(framework):
    plan = kit.Plan.new(title="Cash")
    plan.add_published(framework, "INST-1")
    before = capabilities(framework, plan)
    vouchers = {"building_block": "Payments", "capability": "6.2"}
    assert needs.decide(plan, framework, "not for us", "Accounts only", **vouchers) == 33
    assert part(framework, plan, "Payments", "6.2")[["not_for_us", "decided"]].tolist() == [33, 33]
    assert needs.decide(plan, framework, "default", use="not seen in use") == 33
    assert plan.decisions == []
    unseen = before[before["use"] == "not seen in use"]
    assert needs.decide(plan, framework, "later", "Not seen", use="not seen in use") == (
        unseen["requirements"].sum()
    )
    after = capabilities(framework, plan)
    assert after.loc[after["later"] != before["later"], "use"].unique() == ["not seen in use"]
    assert needs.requirements(framework, plan)["use"].value_counts().to_dict() == (
        before.groupby("use")["requirements"].sum().to_dict()
    )


# --- how well -------------------------------------------------------------------------------------


def test_what_is_inferred_agrees_with_what_was_judged_by_hand(framework):
    """The use cases of the second sample were read after the words had been written."""
    judged = pd.read_csv(Path(__file__).parent / "judged_use.csv", dtype="str")
    judged = judged[(judged["sample"] == "second") & (judged["judged"] != "base")]
    found = []
    for use_case in judged["use_case"].unique():
        plan = kit.Plan.new(title=use_case)
        plan.add_published(framework, use_case)
        found.append(capabilities(framework, plan).assign(use_case=use_case))
    keys = ["use_case", "building_block", "capability"]
    both = judged.merge(pd.concat(found), on=keys, how="left", validate="one_to_one")
    said, right = both["use"] != "not seen in use", both["judged"] == "used"
    assert len(both) == 73
    assert (said & right).sum() == 40  # of 43 that are used
    assert (said & ~right).sum() == 7  # of 30 that are not
