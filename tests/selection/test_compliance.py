"""Fit and verdicts from answers: vectors computed by hand from the published counts of Consent.

Consent publishes 16 REQUIRED and 2 RECOMMENDED functional requirements, 3 REQUIRED and 1
RECOMMENDED cross-cutting ones, 3 key functionalities and 42 operations; 111 REQUIRED and 4 OPTIONAL
cross-cutting requirements hold for every block.
"""

import itertools
from collections import Counter

import numpy as np
import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit.framework import schema
from govstack_kit.planning.selected import Answer, Cover, Option, OwnRequirement
from govstack_kit.selection import needs
from govstack_kit.selection import rulesets as rules
from govstack_kit.selection.checks import checks, unused_answers
from govstack_kit.selection.compliance import fit, fit_rows, fit_scores, verdicts

BLOCK = "govstack:consent"
NOTHING = "no published requirements here"
SAME = ("exact", "broader", "narrower")
PRINTED, MEANT = "govstack-testing-2024-as-published", "govstack-testing-2024-as-meant"


@pytest.fixture(scope="module")
def keys(rows):
    """The keys of what can be answered for Consent, read without the kit."""
    found = {"core": [], "required": [], "cross": [], "recommended": []}
    for row in rows("requirements"):
        if row["building_block"] == "" and row["level"] == "REQUIRED":
            found["core"].append(row["requirement"])
        if row["building_block"] == BLOCK:
            kind = {"functional": "required", "cross-cutting": "cross"}[row["kind"]]
            group = kind if row["level"] == "REQUIRED" else "recommended"
            found[group].append(row["requirement"])
    found["key"] = [
        r["key_functionality"] for r in rows("key_functionalities") if r["building_block"] == BLOCK
    ]
    found["api"] = [
        f"{BLOCK} {r['method']} {r['path']}"
        for r in rows("api_operations")
        if r["building_block"] == BLOCK
    ]
    found["container"] = ["deployment:container"]
    found["architecture"] = ["architecture:required-apis"]
    return found


def plan_of(*answers, block=BLOCK):
    """Return a plan with one option; each argument is keys, how many, and their answer."""
    plan = kit.Plan.new(title="Consent")
    given = {}
    for group, number, answer in answers:
        for key in [key for key in group if key not in given][:number]:
            given[key] = answer
    plan.options = [
        Option(
            id="one",
            name="One",
            covers=[Cover(key=block)],
            answers=[Answer(key=key, answer=answer) for key, answer in given.items()],
        )
    ]
    return plan


def condition(frame, name, level=1):
    return frame[(frame["condition"] == name) & (frame["level"] == level)].iloc[0]


def numbers(row):
    return tuple(int(row[name]) for name in ("met", "partly", "not_met", "unknown", "total"))


def said(framework, plan, ruleset):
    found = verdicts(fit(framework, plan, rulesets=ruleset, building_blocks=BLOCK))
    return dict(zip(found["level"], found["verdict"], strict=True))


def test_the_counts_that_the_vectors_stand_on(keys):
    assert {name: len(found) for name, found in keys.items()} == {
        "core": 111,
        "required": 16,
        "cross": 3,
        "recommended": 3,
        "key": 3,
        "api": 42,
        "container": 1,
        "architecture": 1,
    }


def test_govspecs_counts_every_required_one_and_reports_the_recommended(framework, keys):
    everything = [(keys["core"], 111, "met"), (keys["required"], 16, "met")]
    plan = plan_of(*everything, (keys["cross"], 3, "met"), (keys["recommended"], 1, "met"))
    frame = fit(framework, plan, rulesets="govspecs-2.0")
    assert frame["condition"].tolist() == [
        *("REQUIRED of the core set", "REQUIRED of the block", "RECOMMENDED"),
    ]
    assert numbers(condition(frame, "REQUIRED of the core set")) == (111, 0, 0, 0, 111)
    assert numbers(condition(frame, "REQUIRED of the block")) == (19, 0, 0, 0, 19)
    recommended = condition(frame, "RECOMMENDED")
    assert numbers(recommended) == (1, 0, 0, 2, 3)
    assert recommended["verdict"] == "reported"
    assert (recommended["lowest"], recommended["highest"]) == pytest.approx((1 / 3, 1))
    assert said(framework, plan, "govspecs-2.0") == {1: "passes"}


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [("not met", "fails"), ("partly", "fails"), ("unknown", "cannot be told yet")],
)
def test_one_requirement_decides_under_govspecs(framework, keys, answer, verdict):
    plan = plan_of(
        (keys["required"], 1, answer),
        (keys["required"], 16, "met"),
        (keys["cross"], 3, "met"),
        (keys["core"], 111, "met"),
    )
    frame = fit(framework, plan, rulesets="govspecs-2.0")
    row = condition(frame, "REQUIRED of the block")
    assert row["share"] == row["lowest"] == pytest.approx(18 / 19)
    assert row["highest"] == pytest.approx(1 if answer == "unknown" else 18 / 19)
    assert verdicts(frame)["verdict"].tolist() == [verdict]
    assert verdicts(frame)["because"].item() == f"REQUIRED of the block: 1 {answer}, of 19."


def test_all_unknown_is_never_met_and_leaves_the_whole_range(framework):
    frame = fit(framework, plan_of())
    asked = frame[~frame["rule"].isin(["not asked", "reported"])]
    assert (asked["met"] == 0).all()
    assert (asked["unknown"] == asked["total"]).all()
    assert (asked["lowest"] == 0).all()
    assert (asked["highest"] == 1).all()
    assert set(asked["verdict"]) == {"cannot be told yet"}
    assert set(verdicts(frame)["verdict"]) == {"cannot be told yet", "reported"}


# 114 cross-cutting ones: over half is 58, over 90 % is 103. 16 functional ones: 9 and 15.
@pytest.mark.parametrize(
    ("met", "printed", "meant"),
    [
        ((57, 16), ("fails", "fails"), ("fails", "fails")),  # exactly the half is not over it
        ((58, 15), ("passes", "passes"), ("passes", "fails")),
        ((58, 14), ("fails", "fails"), ("passes", "fails")),  # 14 of 16 are 87.5 %
        ((58, 9), ("fails", "fails"), ("passes", "fails")),
        ((114, 8), ("fails", "fails"), ("fails", "fails")),
        ((103, 15), ("passes", "passes"), ("passes", "passes")),
        ((102, 15), ("passes", "passes"), ("passes", "fails")),  # 102 of 114 are 89.5 %
    ],
)
def test_both_readings_of_2024(framework, keys, met, printed, meant):
    cross, functional = met
    every = [*keys["core"], *keys["cross"]]
    plan = plan_of(
        (every, cross, "met"),
        (every, 114, "not met"),
        (keys["required"], functional, "met"),
        (keys["required"], 16, "partly"),
        *((keys[name], 42, "met") for name in ("api", "container", "architecture")),
    )
    assert tuple(said(framework, plan, PRINTED).values()) == printed
    assert tuple(said(framework, plan, MEANT).values()) == meant


def test_deployment_and_interfaces_of_2024_are_answers_too(framework, keys):
    good = [(keys["core"] + keys["cross"], 114, "met"), (keys["required"], 16, "met")]
    assert said(framework, plan_of(*good), PRINTED) == dict.fromkeys((1, 2), "cannot be told yet")
    one = [
        *good,
        (keys["container"], 1, "met"),
        (keys["api"], 1, "met"),
        (keys["api"], 42, "not met"),
    ]
    assert said(framework, plan_of(*one), PRINTED) == {1: "passes", 2: "fails"}
    none = [*good, (keys["container"], 1, "not met"), (keys["api"], 42, "met")]
    none += [(keys["architecture"], 1, "met")]
    assert said(framework, plan_of(*none), PRINTED) == {1: "fails", 2: "passes"}
    frame = fit(framework, plan_of(*none), rulesets=PRINTED)
    assert condition(frame, "REQUIRED architecture APIs")["verdict"] == "not asked"
    assert condition(frame, "Deployable as a container", 2)["verdict"] == "not asked"


def test_the_schema_of_2023(framework, keys):
    all_but = [(keys["key"], 3, "met"), (keys["core"] + keys["cross"], 114, "met")]
    one = plan_of(*all_but, (keys["required"], 1, "met"), (keys["required"], 16, "not met"))
    assert said(framework, one, "govstack-testing-2023") == {1: "passes", 2: "fails"}
    none = plan_of(*all_but, (keys["required"], 16, "partly"))
    assert said(framework, none, "govstack-testing-2023") == {1: "fails", 2: "fails"}
    every = plan_of(*all_but, (keys["required"], 16, "met"))
    assert said(framework, every, "govstack-testing-2023") == {1: "passes", 2: "passes"}
    key = plan_of((keys["key"], 2, "met"), *all_but, (keys["required"], 16, "met"))
    key.options[0].answers[2].answer = "unknown"
    open_ = dict.fromkeys((1, 2), "cannot be told yet")
    assert said(framework, key, "govstack-testing-2023") == open_


def test_the_table_of_2023_asks_less_of_the_core_set_and_more_beside_it(framework, keys):
    plan = plan_of(
        (keys["key"], 3, "met"),
        (keys["core"], 1, "met"),
        (keys["core"], 111, "not met"),
        (keys["cross"], 1, "met"),
        (keys["container"], 1, "met"),
        (keys["api"], 1, "met"),
    )
    assert said(framework, plan, "govstack-testing-2023-table") == {1: "passes", 2: "fails"}
    assert said(framework, plan, "govstack-testing-2023")[1] == "fails"


def test_identity_publishes_nothing_and_is_never_complete(framework, keys):
    every = (keys["core"], 111, "met")
    plan = plan_of(every, (keys["container"], 1, "met"), block="govstack:identity")
    frame = fit(framework, plan)
    row = condition(frame.query("ruleset == 'govspecs-2.0'"), "REQUIRED of the block")
    assert (row["total"], row["verdict"]) == (0, NOTHING)
    empty = frame[(frame["total"] == 0) & (frame["rule"] != "not asked")]
    assert empty[["share", "lowest", "highest"]].isna().all(axis=None)
    assert set(empty["verdict"]) == {NOTHING}
    found = verdicts(frame)
    assert set(found["verdict"]) == {NOTHING, "cannot be told yet"}
    assert found.iloc[0]["verdict"] == NOTHING
    assert fit_scores(framework, plan)[["fit", "lowest", "highest"]].isna().all(axis=None)


def test_every_block_and_option_without_any_answer_has_a_row(framework, rows):
    blocks = framework.building_blocks["building_block"].tolist()
    same = {r["dif"] for r in rows("building_block_crosswalk") if r["relation"] in SAME}
    assert (len(blocks), len(same)) == (38, 11)  # of 2019, which count as those of GovStack
    plan = kit.Plan.new(title="All")
    plan.options = [Option(id="one", name="One"), Option(id="two", name="Two")]
    frame = fit(framework, plan, building_blocks=blocks, rulesets="govspecs-2.0")
    assert frame.groupby("option").size().to_dict() == {"one": 27 * 3, "two": 27 * 3}
    assert frame["option"].is_monotonic_increasing
    published = set(framework.requirements["building_block"].dropna())
    nothing = frame.query("condition == 'REQUIRED of the block' and total == 0")
    assert set(nothing["building_block"]) == set(blocks) - published - same
    assert not (frame["lowest"] > 0).any()


def test_a_plan_without_options_gives_empty_frames(framework):
    plan = kit.Plan.new(title="None")
    frame = fit(framework, plan)
    assert frame.empty
    assert verdicts(frame).empty
    assert fit_scores(framework, plan).empty
    assert frame.dtypes.equals(fit(framework, plan_of()).dtypes)


def test_the_kits_own_figure_counts_partly_half_and_unknown_nothing(framework, keys):
    plan = plan_of(
        (keys["required"], 4, "met"),
        (keys["required"], 6, "partly"),  # two more
        (keys["required"], 7, "not met"),  # one more
        (keys["core"], 111, "met"),
    )
    answers = Counter(answer.answer for answer in plan.options[0].answers)
    assert answers == {"met": 115, "partly": 6, "not met": 6}
    row = fit_scores(framework, plan).iloc[0]
    # 16 + 2 functional and 3 + 1 cross-cutting: 22 checks, of which 16 are answered
    assert row["checks"] == 22
    assert row["fit"] == row["lowest"] == pytest.approx((4 + 0.5 * 6) / 22)
    assert row["highest"] == pytest.approx((4 + 0.5 * 6 + 6) / 22)
    assert row["answered"] == pytest.approx(16 / 22)


def test_every_figure_opens_into_its_rows(framework, keys):
    everything = list(itertools.chain.from_iterable(keys.values()))
    answers = itertools.cycle(["met", "partly", "met", "not met", "unknown", "met", "not met"])
    plan = plan_of()
    plan.options[0].answers = [
        Answer(key=key, answer=answer)
        for key, answer in zip(everything[::2], answers, strict=False)
    ]
    frame = fit(framework, plan)
    seen = 0
    for ruleset in rules.RULESETS:
        opened = fit_rows(framework, plan, "one", BLOCK, ruleset)
        assert not opened.duplicated(["level", "condition", "requirement"]).any()
        for (level, name), group in opened.groupby(["level", "condition"]):
            row = condition(frame[frame["ruleset"] == ruleset], name, level)
            counts = Counter(group["answer"])
            answered = counts["met"], counts["partly"], counts["not met"], counts["unknown"]
            assert numbers(row) == (*answered, len(group))
            assert group["counts"].isna().sum() == row["unknown"]
            assert group["counts"].sum() / len(group) == pytest.approx(row["share"])
            seen += 1
    assert seen == len(frame)
    one = fit_rows(framework, plan, "one", BLOCK, PRINTED, condition="REQUIRED functional", level=2)
    assert one["requirement"].tolist() == keys["required"]


def test_a_row_of_the_fit_opens_as_it_stands(framework):
    plan = plan_of()
    frame = fit(framework, plan, rulesets=MEANT)
    opened = 0
    for frame_of_rows in (frame, frame.astype({"level": "float64"})):
        for _, row in frame_of_rows.iterrows():
            where = (row["option"], row["building_block"], row["ruleset"])
            given = {"condition": row["condition"], "level": row["level"]}
            found = fit_rows(framework, plan, *where, **given)
            assert len(found) == row["total"]
            assert set(found["level"]) <= {int(row["level"])}
            opened += 1
    assert opened == 2 * 10  # 5 conditions a level
    everything = fit_rows(framework, plan, "one", BLOCK, MEANT)
    for missing in (None, pd.NA, float("nan"), np.float64("nan"), pd.NaT):
        found = fit_rows(framework, plan, "one", BLOCK, MEANT, level=missing)
        pd.testing.assert_frame_equal(found, everything)


@pytest.mark.parametrize("level", [True, np.True_, "1", 1.5, 3, np.int64(0), [1], 10**400])
def test_what_is_no_level_is_refused(framework, level):
    with pytest.raises(kit.ArgumentError, match=r"has no level .*\. Allowed: 1, 2\."):
        fit_rows(framework, plan_of(), "one", BLOCK, MEANT, level=level)


def test_only_what_the_plan_needs_counts_if_it_says_so(framework, keys):
    needed = checks(framework, BLOCK).query("kind in ('functional', 'cross-cutting')")
    needed = needed.assign(decision="needed", own=False)
    needed.loc[needed["requirement"].isin(keys["required"][:6]), "decision"] = "not for us"
    own = {"requirement": "sms", "building_block": BLOCK, "kind": "functional", "section": ""}
    own |= {"level": "REQUIRED", "title": "Ask by SMS", "decision": "needed", "own": True}
    needed = pd.concat([needed, pd.DataFrame([own])], ignore_index=True)
    plan = plan_of((keys["required"], 16, "met"))
    plan.options[0].answers += [Answer(key="sms", answer="partly")]
    frame = fit(framework, plan, rulesets=["govspecs-2.0", "kit-fit"], requirements=needed)
    assert dict(zip(frame["condition"], frame["considered"], strict=True)) == {
        "REQUIRED of the core set": "all published",  # of which the frame says nothing
        "REQUIRED of the block": "needed by the plan",
        "RECOMMENDED": "needed by the plan",
        "Fit": "needed by the plan",
    }
    assert numbers(condition(frame, "REQUIRED of the block")) == (10, 0, 0, 3, 13)
    assert numbers(condition(frame, "Fit")) == (10, 1, 0, 6, 17)  # the own one counts here only
    none = fit(framework, plan, rulesets="kit-fit", requirements=needed.assign(decision="later"))
    assert none["verdict"].tolist() == ["no needed requirements here"]


def test_what_counts_is_said_row_by_row(framework, rows):
    """The plan needs Consent; the option covers GIS and Identity too, which it does not need."""
    plan = plan_of()
    covers = (BLOCK, "govstack:gis", "govstack:identity")
    plan.options[0].covers = [Cover(key=key) for key in covers]
    step = plan.add_from_list("Ask", "1. Ask for consent").steps[0]
    step.choose("building_block", BLOCK)
    needs.decide(plan, framework, "not for us", "x", requirements=["security:5.5.1-01"])
    wanted = needs.requirements(framework, plan)
    rulesets = ["govspecs-2.0", MEANT, "govstack-testing-2023", "kit-fit"]
    frame = fit(framework, plan, rulesets=rulesets, requirements=wanted)
    first = frame[frame["level"] == 1].set_index(["building_block", "ruleset", "condition"])
    of_gis = [r for r in rows("requirements") if r["building_block"] == "govstack:gis"]
    levels = Counter((r["level"], r["kind"]) for r in of_gis)
    required = levels["REQUIRED", "functional"] + levels["REQUIRED", "cross-cutting"]
    recommended = levels["RECOMMENDED", "functional"] + levels["RECOMMENDED", "cross-cutting"]
    assert (required, recommended) == (42, 8)
    needed, published = "needed by the plan", "all published"
    part = "needed by the plan, all published of the rest"
    nothing = "no published requirements here"
    none_needed = "no needed requirements here"
    open_ = "cannot be told yet"
    said = {
        (BLOCK, "govspecs-2.0", "REQUIRED of the core set"): (110, needed, open_),
        (BLOCK, "govspecs-2.0", "REQUIRED of the block"): (19, needed, open_),
        (BLOCK, "govspecs-2.0", "RECOMMENDED"): (0, needed, none_needed),
        (BLOCK, MEANT, "REQUIRED cross-cutting"): (110 + 3, needed, open_),
        (BLOCK, MEANT, "Service APIs"): (42, published, open_),
        (BLOCK, MEANT, "Deployable as a container"): (1, published, open_),
        (BLOCK, "govstack-testing-2023", "Key functionalities"): (3, needed, open_),
        (BLOCK, "kit-fit", "Fit"): (19, needed, "reported"),
        ("govstack:gis", "govspecs-2.0", "REQUIRED of the core set"): (110, needed, open_),
        ("govstack:gis", "govspecs-2.0", "REQUIRED of the block"): (42, published, open_),
        ("govstack:gis", "govspecs-2.0", "RECOMMENDED"): (8, published, "reported"),
        ("govstack:gis", "kit-fit", "Fit"): (50, published, "reported"),
        ("govstack:identity", "govspecs-2.0", "REQUIRED of the core set"): (110, needed, open_),
        ("govstack:identity", "govspecs-2.0", "REQUIRED of the block"): (0, published, nothing),
        ("govstack:identity", "kit-fit", "Fit"): (0, published, nothing),
    }
    cross = levels["REQUIRED", "cross-cutting"]
    said["govstack:gis", MEANT, "REQUIRED cross-cutting"] = (110 + cross, part, open_)
    shown = first[["total", "considered", "verdict"]]
    assert {key: tuple(shown.loc[key]) for key in said} == said
    without = fit(framework, plan, rulesets=rulesets)
    assert set(without["considered"]) == {published}


@pytest.mark.parametrize("given", [None, "dif:payments", ["dif:payments", "govstack:payments"]])
def test_blocks_of_2019_are_judged_as_what_they_count_as(framework, given):
    plan = kit.Plan.new(title="Payments")
    plan.options = [
        Option(
            id="one",
            name="One",
            covers=[Cover(key="dif:payments"), Cover(key="govstack:payments")],
            answers=[Answer(key="payments:6.1-01", answer="met"), Answer(key="sms", answer="met")],
        )
    ]
    plan.own_requirements = [
        OwnRequirement(id="sms", building_block="dif:payments", title="Pay by SMS")
    ]
    frame = fit(framework, plan, rulesets=["govspecs-2.0", "kit-fit"], building_blocks=given)
    assert set(frame["building_block"]) == {"govstack:payments"}
    assert set(frame["block"]) == {"Payments"}
    assert numbers(condition(frame, "REQUIRED of the block")) == (1, 0, 0, 142, 143)
    assert not frame.duplicated(["ruleset", "condition"]).any()
    assert condition(frame, "Fit")["met"] == 2
    wanted = needs.requirements(framework, plan, "Payments")
    same = fit(framework, plan, rulesets="govspecs-2.0", requirements=wanted, building_blocks=given)
    assert numbers(condition(same, "REQUIRED of the block")) == (1, 0, 0, 142, 143)
    opened = fit_rows(framework, plan, "one", "dif:payments", "govspecs-2.0")
    assert set(opened["building_block"]) == {"", "govstack:payments"}
    pd.testing.assert_frame_equal(
        checks(framework, "dif:payments", plan=plan),
        checks(framework, "govstack:payments", plan=plan),
    )


def test_one_figure_bears_the_key_that_the_option_has_for_the_block(framework):
    plan = kit.Plan.new(title="Consent")
    asked = ["consent:6.1-01", "payments:6.1-01"]
    answers = [Answer(key=key, answer="met") for key in asked]
    covers = [Cover(key="dif:consent-management"), Cover(key=BLOCK)]
    plan.options = [
        Option(id="old", name="Old", covers=covers[:1], answers=answers),
        Option(id="both", name="Both", covers=covers, answers=answers[:1]),
        Option(id="none", name="None"),
    ]
    found = fit_scores(framework, plan)
    pay = pytest.approx(1 / (143 + 19))  # 143 REQUIRED and 19 RECOMMENDED
    assert found[["option", "building_block", "fit"]].to_numpy().tolist() == [
        ["old", "dif:consent-management", pytest.approx(1 / 22)],
        ["old", "govstack:payments", pay],  # answered, though nobody says that it covers it
        ["both", "dif:consent-management", pytest.approx(1 / 22)],
        ["both", BLOCK, pytest.approx(1 / 22)],
    ]
    named = fit_scores(framework, plan, building_blocks=["dif:consent-management", BLOCK])
    assert named[["option", "building_block"]].to_numpy().tolist() == [
        [option, key] for option in ("old", "both", "none") for key in [c.key for c in covers]
    ]
    assert named["checks"].tolist() == [22] * 6
    assert kit.options(plan, framework).query("option == 'old'")["fit"].item() == (
        pytest.approx(1 / 22)
    )


def test_a_block_of_2019_that_counts_as_several_is_judged_as_each(framework):
    tables = {name: getattr(framework, name) for name in schema.tables()}
    crosswalk = tables["building_block_crosswalk"]
    crosswalk.loc[crosswalk["dif"] == "dif:registration", "relation"] = "broader"
    ours = kit.Framework(tables)
    plan = plan_of(block="dif:registration")
    plan.options[0].covers.append(Cover(key="dif:elearning"))  # counts as itself
    found = fit(ours, plan, rulesets=rules.KIT)
    assert found["block"].tolist() == [
        *("Digital Registries", "Identity", "Registration", "eLearning"),
    ]
    plan.options[0].answers = [Answer(key="registration:6.1-01", answer="met")]
    scores = fit_scores(ours, plan)
    assert scores["building_block"].tolist() == ["dif:registration", "dif:elearning"]
    whole = found.set_index("block")["total"]
    checks_ = whole["Digital Registries"] + whole["Identity"] + whole["Registration"]
    assert scores["checks"].tolist() == [checks_, 0]
    assert scores["fit"].tolist()[0] == pytest.approx(1 / checks_)


def test_needs_of_a_plan_fit_in(framework):
    plan = plan_of()
    use_case = plan.add_from_list("Ask", "1. Ask for consent")
    use_case.steps[0].choose("building_block", BLOCK)
    wanted = needs.requirements(framework, plan)
    frame = fit(framework, plan, rulesets="govspecs-2.0", requirements=wanted)
    assert numbers(condition(frame, "REQUIRED of the block")) == (0, 0, 0, 19, 19)
    assert numbers(condition(frame, "REQUIRED of the core set")) == (0, 0, 0, 111, 111)


def test_own_requirements_of_the_plan_count_without_a_frame_too(framework):
    plan = plan_of()
    plan.own_requirements = [
        OwnRequirement(id="sms", building_block=BLOCK, title="By SMS"),
        OwnRequirement(id="fax", building_block=BLOCK, title="By fax", decision="not for us"),
        OwnRequirement(id="rain", building_block="own:weather", title="Says when it rains"),
    ]
    plan.options[0].covers = [Cover(key=BLOCK), Cover(key="own:weather")]
    plan.options[0].answers = [Answer(key="rain", answer="met")]
    found = fit_scores(framework, plan).set_index("building_block")
    assert found["checks"].to_dict() == {BLOCK: 23, "own:weather": 1}
    assert found.loc["own:weather", "fit"] == 1
    opened = fit_rows(framework, plan, "one", "own:weather", rules.KIT)
    assert opened["title"].tolist() == ["Says when it rains"]


def test_of_two_answers_to_one_check_the_less_favourable_counts(framework, keys):
    plan = plan_of((keys["required"], 1, "met"))
    plan.options[0].answers += [Answer(key=keys["required"][0], answer="not met")]
    assert numbers(condition(fit(framework, plan, rulesets=rules.KIT), "Fit")) == (0, 0, 1, 21, 22)


def test_evidence_is_counted_only_with_somebody_who_says_so(framework, keys):
    plan = plan_of((keys["required"], 3, "met"), (keys["required"], 4, "partly"))
    first, second, _, partly = plan.options[0].answers[:4]
    first.evidence, first.by = "Test report", "Vendor"
    second.evidence = "Test report"
    partly.evidence, partly.by = "Test report", "Vendor"
    assert condition(fit(framework, plan, rulesets=rules.KIT), "Fit")["evidenced"] == 1


def test_blocks_are_those_covered_or_answered_for(framework):
    plan = kit.Plan.new(title="Two")
    plan.options = [
        Option(
            id="one",
            name="One",
            covers=[Cover(key="govstack:payments")],
            answers=[Answer(key="consent:6.1-01"), Answer(key="security:5.5.1-01")],
        )
    ]
    frame = fit(framework, plan, rulesets=rules.KIT)
    assert frame["building_block"].tolist() == [BLOCK, "govstack:payments"]
    assert frame["block"].tolist() == ["Consent", "Payments"]


def test_the_plan_and_the_framework_stay_as_they_are(framework, keys):
    plan = plan_of((keys["required"], 3, "met"))
    before, tables = plan.model_dump(), framework.requirements
    fit(framework, plan)
    assert plan.model_dump() == before
    pd.testing.assert_frame_equal(framework.requirements, tables)


def test_answers_that_nothing_asks_for_are_named(framework):
    plan = plan_of((["consent:6.1-1", "deployment:container", "consent:6.1-01"], 3, "met"))
    plan.own_requirements = [OwnRequirement(id="sms", building_block=BLOCK, title="By SMS")]
    plan.options[0].answers += [Answer(key="sms", answer="met")]
    found = unused_answers(framework, plan)
    assert found["requirement"].tolist() == ["consent:6.1-1"]
    assert "consent:6.1-01" in found["near"].item()


def test_wrong_names_say_what_there_is(framework):
    plan = plan_of()
    with pytest.raises(kit.UnknownKeyError, match="no building block 'payments'"):
        fit(framework, plan, building_blocks="payments")
    with pytest.raises(kit.UnknownKeyError, match="no option 'on'"):
        fit(framework, plan, options="on")
    with pytest.raises(kit.ArgumentError, match="no ruleset"):
        fit(framework, plan, rulesets="2.0")
    with pytest.raises(kit.ArgumentError, match=r"no level 3\. Allowed: 1, 2"):
        fit_rows(framework, plan, "one", BLOCK, PRINTED, level=3)
    with pytest.raises(kit.ArgumentError, match="no condition 'Fit'"):
        fit_rows(framework, plan, "one", BLOCK, "govspecs-2.0", condition="Fit")
    with pytest.raises(kit.ArgumentError, match="no column building_block, kind"):
        fit(framework, plan, requirements=pd.DataFrame({"requirement": []}))
    with pytest.raises(kit.ArgumentError, match=r"Give what govstack_kit\.fit"):
        verdicts(pd.DataFrame())


# --- a core set that is not the ruleset's own -----------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "verdict"), [("met", "passes"), ("not met", "fails"), ("unknown", "cannot be told")]
)
def test_a_verdict_that_rests_on_another_core_set_says_so(framework, rows, keys, answer, verdict):
    core = [row for row in rows("requirements") if not row["building_block"]]
    assert {row["requirement"].split(":")[0] for row in core} == {"security"}
    assert {row["source"] for row in core} == {"govstack-specifications"}
    plan = plan_of(
        *((keys["core"], 1, answer), (keys["core"], 111, "met")),
        *((keys["required"], 16, "met"), (keys["cross"], 3, "met")),
    )
    frame = fit(framework, plan, rulesets="govspecs-2.0")
    found = verdicts(frame).iloc[0]
    assert found["verdict"].startswith(verdict)
    assert found["because"].endswith(rules.NOT_ITS_OWN)
    assert found["because"].count(rules.NOT_ITS_OWN) == 1
    said = dict(zip(frame["condition"], frame["caveat"], strict=True))
    assert said == {
        "REQUIRED of the core set": rules.NOT_ITS_OWN,
        "REQUIRED of the block": "",
        "RECOMMENDED": rules.NOT_ITS_OWN,
    }


def test_a_verdict_that_does_not_rest_on_it_says_nothing_of_it(framework, keys):
    plan = plan_of((keys["required"], 1, "not met"), (keys["core"], 111, "met"))
    found = verdicts(fit(framework, plan, rulesets=["govspecs-2.0", "kit-fit"]))
    assert found["because"].tolist()[0] == "REQUIRED of the block: 1 not met, 18 unknown, of 19."
    assert not found["because"].str.contains("core set").any()


def test_every_condition_on_a_core_set_of_its_own_bears_the_caveat():
    table = rules.rulesets()
    named = table["condition"].str.contains("core set")
    assert set(table.loc[named, "caveat"]) == {rules.NOT_ITS_OWN}
    assert set(table.loc[table["caveat"] != "", "ruleset"]) == {
        *("govspecs-2.0", "govstack-testing-2023-table"),
    }
