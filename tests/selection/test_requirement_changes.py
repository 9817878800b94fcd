"""Plans that meet newer tables: what stands, what changed, what is gone, what is new.

``requirements_23Q4.csv`` has what eight specifications required in their edition of 2023 (branch
23Q4 of their repositories): names, levels, fingerprints, and our titles where we have the text.
"""

from pathlib import Path

import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit.errors import UnknownKeyError
from govstack_kit.framework.framework import DECLARED
from govstack_kit.selection import compliance, needs
from govstack_kit.selection.requirement_changes import carry_over, requirement_changes, sentence

BEFORE = Path(__file__).with_name("requirements_23Q4.csv")
CONSENT, PAYMENTS = "govstack:consent", "govstack:payments"
BLOCKS = ["Payments", "Digital Registries"]
FIRST, SECOND = "payments:6b1e3140", "payments:af4f86cc"
PRINTED = "digital-registries:DRS-1"


def with_requirements(framework, change):
    """Return tables whose requirements `change` was given to alter."""
    tables = {name: getattr(framework, name) for name in DECLARED}
    return kit.Framework(tables | {"requirements": change(tables["requirements"].copy())})


def decided(framework, *keys, decision="not for us"):
    plan = kit.Plan.new(title="Before")
    needs.decide(framework, plan, decision, "Because", requirements=keys)
    return plan


def standing(framework, plan):
    found = pd.concat(needs.requirements(framework, plan, block) for block in BLOCKS)
    return found.loc[found["decided"], "requirement"].tolist()


def test_nothing_changes_on_the_same_tables(framework):
    plan = decided(framework, FIRST, PRINTED)
    found = requirement_changes(framework, plan)
    assert found.empty
    assert sentence(found) == ""
    row = plan.row("requirement_decisions", FIRST)
    title = framework.requirements.set_index("requirement").loc[FIRST, "title"]
    assert (row["said"], row["fingerprint"][:8]) == (title, "6b1e3140")


@pytest.mark.parametrize("block", ["payments", "digital-registries"])
def test_a_chapter_is_renumbered_and_its_requirements_swap_places(framework, block):
    keys = [k for k in framework.requirements["requirement"] if k.startswith(f"{block}:")][:5]
    plan = decided(framework, *keys)

    def turned(frame):
        frame["section"] = frame["section"].str.replace("6.", "7.", regex=False)
        return frame.iloc[::-1].reset_index(drop=True)

    newer = with_requirements(framework, turned)
    assert requirement_changes(newer, plan).empty
    assert sorted(standing(newer, plan)) == sorted(keys)


def test_two_texts_swap_their_published_identifiers(framework):
    """Neither decision stands for the other text; each is led to its own."""
    one, two = PRINTED, "digital-registries:DRS-2"
    plan = decided(framework, one)
    needs.decide(framework, plan, "later", requirements=[two])
    said = framework.requirements.set_index("requirement")[["title", "fingerprint"]]

    def swapped(frame):
        names = {one: two, two: one}
        return frame.assign(requirement=frame["requirement"].replace(names))

    newer = with_requirements(framework, swapped)
    assert standing(newer, plan) == []
    found = requirement_changes(newer, plan).set_index("requirement")
    assert found["change"].to_dict() == {one: "changed", two: "changed"}
    assert found.loc[one, ["title", "said", "successor", "same_text"]].tolist() == [
        said.loc[one, "title"], "not for us", two, True,
    ]  # fmt: skip
    carry_over(newer, plan)
    decisions = plan.requirement_decisions.set_index("requirement")["decision"].to_dict()
    assert decisions == {two: "not for us", one: "later"}
    assert sorted(standing(newer, plan)) == sorted([one, two])
    assert requirement_changes(newer, plan).empty


def test_a_block_disappears_and_nothing_is_lost(framework):
    plan = decided(framework, FIRST, SECOND)
    plan.add("options", option="hub", name="Hub")
    plan.add_rows({"answers": [{"option": "hub", "requirement": FIRST, "answer": "met"}]})
    newer = with_requirements(framework, lambda f: f[f["building_block"] != PAYMENTS])
    newer = kit.Framework(
        {name: getattr(newer, name) for name in DECLARED}
        | {"key_functionalities": newer.key_functionalities.query("building_block != @PAYMENTS")}
    )
    found = requirement_changes(newer, plan)
    assert found[["change", "requirement", "said"]].to_numpy().tolist() == [
        ["gone", FIRST, "not for us; met"], ["gone", SECOND, "not for us"],
    ]  # fmt: skip
    assert sentence(found).startswith("2 requirements that this plan decided on or has answers to")
    assert len(plan.requirement_decisions) == 2
    assert not requirement_changes(framework, plan).shape[0]  # once the block is back
    assert sorted(standing(framework, plan)) == sorted([FIRST, SECOND])


def test_what_is_new_is_told_once(framework):
    older = with_requirements(framework, lambda f: f[~f["requirement"].isin([FIRST, SECOND])])
    plan = decided(older, "payments:5fbc6f1d", decision="later")
    found = requirement_changes(framework, plan)
    assert found[["change", "requirement"]].to_numpy().tolist() == [["new", FIRST], ["new", SECOND]]
    assert sentence(found) == "2 requirements came new into blocks that were decided on."
    carry_over(framework, plan)
    assert requirement_changes(framework, plan).empty


def test_another_wording_is_proposed_and_never_taken(framework):
    title = framework.requirements.set_index("requirement").loc[FIRST, "title"]
    plan = decided(framework, FIRST)
    plan.add("options", option="hub", name="Hub")
    plan.add_rows({"answers": [{"option": "hub", "requirement": FIRST, "answer": "met"}]})

    def reworded(frame):
        mine = frame["requirement"] == FIRST
        frame.loc[mine, ["requirement", "fingerprint", "title"]] = [
            "payments:00aa11bb", "00aa11bb22cc", f"{title} today",
        ]  # fmt: skip
        return frame

    newer = with_requirements(framework, reworded)
    (row,) = requirement_changes(newer, plan).query("change == 'gone'").to_dict("records")
    assert (row["title"], row["successor"]) == (title, "payments:00aa11bb")
    assert (row["said"], row["same_text"]) == ("not for us; met", False)
    carry_over(newer, plan)  # only what has the same text
    assert standing(newer, plan) == []
    with pytest.raises(UnknownKeyError, match="There is no requirement 'payments:1'"):
        carry_over(newer, plan, {FIRST: "payments:1"})
    carry_over(newer, plan, {FIRST: row["successor"]})
    assert standing(newer, plan) == ["payments:00aa11bb"]
    assert plan.answers["requirement"].tolist() == ["payments:00aa11bb"]
    assert plan.undo()
    assert plan.answers["requirement"].tolist() == [FIRST]


def test_an_answer_never_counts_for_another_text(framework):
    plan = kit.Plan.new(title="Registry")
    plan.add("options", option="one", name="One")
    given = {"option": "one", "requirement": PRINTED, "answer": "met", "by": "Vendor"}
    plan.add_rows({"answers": [given | {"fingerprint": "0123456789ab", "said": "Another text"}]})
    found = compliance.fit(framework, plan, building_blocks="govstack:digital-registries").fit
    assert found["met"].sum() == 0
    assert requirement_changes(framework, plan)["change"].tolist() == ["changed"]


@pytest.mark.parametrize(
    ("block", "stay", "led"),  # Digital Registries has other numbers for 11 texts
    [
        ("consent", 19, 0), ("digital-registries", 13, 11), ("identity", 48, 0),
        ("messaging", 28, 0), ("payments", 108, 0), ("registration", 35, 0),
        ("scheduler", 86, 0), ("workflow", 30, 0),
    ],
)  # fmt: skip
def test_plans_made_on_the_edition_of_2023(framework, block, stay, led):
    """Every decision stands for its own text, or waits, with what it was about."""
    before = pd.read_csv(BEFORE, dtype=str).fillna({"title": "Only in 2023"})
    mine = before[before["requirement"].str.startswith(f"{block}:")]
    plan = kit.Plan.new(title="Of 2023")
    decisions = mine.rename(columns={"title": "said"})[["requirement", "fingerprint", "said"]]
    plan.replace("requirement_decisions", decisions.assign(decision="needed", reason="2023"))
    now = framework.requirements.set_index("requirement")
    stands = plan.requirement_decisions[needs.still_said(framework, plan.requirement_decisions)]
    marks = now["fingerprint"].reindex(stands["requirement"])
    assert marks.isna().sum() == now["same_as"].reindex(stands["requirement"]).notna().sum()
    assert (
        marks.dropna() == stands.set_index("requirement")["fingerprint"][marks.dropna().index]
    ).all()
    found = requirement_changes(framework, plan)
    assert len(stands) + len(found) == len(mine)
    repeated = now["same_as"].reindex(mine["requirement"]).notna().sum()
    assert len(stands) == stay - repeated
    assert set(found["title"]) <= set(mine["title"])
    carry_over(framework, plan)
    assert len(plan.requirement_decisions) == len(mine)
    after = needs.still_said(framework, plan.requirement_decisions).sum()
    assert after == stay - repeated + led
