"""Alone against shared: the published illustration, hand-computed cases, and nonsense refused."""

import json
import math

import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit.errors import ArgumentError, PlanError
from govstack_kit.framework.framework import DECLARED
from govstack_kit.planning.starting_points import add_published
from govstack_kit.selection.business_case import (
    business_case,
    business_case_tornado,
    illustration,
    shared_blocks,
)
from govstack_kit.selection.roadmap import roadmap

COSTS = ("build_cost", "integration_cost", "annual_cost", "staff_cost")


def plan_with(*projects, **values):
    """Return a plan whose projects have these costs, in the order of COSTS."""
    plan = kit.Plan.new(title="Case")
    for number, costs in enumerate(projects, start=1):
        given = dict(zip(COSTS, costs, strict=False))
        plan.add("projects", project=f"p{number}", name=f"Project {number}", **given)
    plan.set("business_case", **{"overlap": 0.5, "years": 2} | values)
    return plan


def summary(found, column="shared"):
    table = found.tables()["summary"]
    return dict(zip(table["quantity"], table[column], strict=True))


# --- the illustration of 2019 -------------------------------------------------------------------


@pytest.fixture(scope="module")
def printed(shared):
    """The numbers of figure 5 by panel, as they were read from the document."""
    read = json.loads((shared / "facts/dif/savings.json").read_text(encoding="utf-8"))
    return {panel["panel"]: panel for panel in read["panels"]}


def test_every_number_of_figure_5_is_in_the_table(printed, rows):
    ours = {r["item"]: (int(r["panel"]), r["printed"]) for r in rows("savings_illustration")}
    expected = {}
    for sector, count in printed[1]["icon_count_by_sector"].items():
        expected[f"projects-{sector.lower()}"] = (1, count)
    expected |= {
        "projects": (1, printed[1]["pilot_projects"]),
        "people": (1, printed[1]["people_served"]),
        "sectors": (1, printed[1]["sector_count"]),
        "investment-alone": (2, printed[2]["donor_investment"]),
        "cost-per-person-alone": (2, printed[2]["average_cost_per_person"]),
        "people-at-scale": (2, printed[2]["cohort_at_scale"]),
        "cost-at-scale-alone": (2, printed[2]["cost_of_scaling"]),
        "overlapping-projects": (3, printed[3]["overlapping_projects"]),
        "overlap": (3, printed[3]["overlap_percent"]),
        "systems-replaced": (4, printed[4]["distinct_systems_replaced"]),
        "shared-sets": (4, printed[4]["shared_sets"]),
        "investment-before": (4, printed[4]["donor_investment"]["from"]),
        "investment-shared": (4, printed[4]["donor_investment"]["to"]),
        "cost-per-person-before": (4, printed[4]["average_cost_per_person"]["from"]),
        "cost-per-person-shared": (4, printed[4]["average_cost_per_person"]["to"]),
        "people-at-scale-shared": (4, printed[4]["cohort_at_scale"]),
        "cost-at-scale-before": (4, printed[4]["cost_of_scaling"]["from"]),
        "cost-at-scale-shared": (4, printed[4]["cost_of_scaling"]["to"]),
        "people-before": (5, printed[5]["cohort_served"]["from"]),
        "people-platform": (5, printed[5]["cohort_served"]["to"]),
        "cost-per-person-platform-before": (5, printed[5]["average_cost_per_person"]["from"]),
        "cost-per-person-platform": (5, printed[5]["average_cost_per_person"]["to"]),
        "shift-before": (6, printed[6]["donor_investment"]["from"]),
        "shift-after": (6, printed[6]["donor_investment"]["to"]),
        "population-before": (6, printed[6]["population_served"]["from"]),
        "population-after": (6, printed[6]["population_served"]["to"]),
    }
    assert ours == {item: (panel, str(value)) for item, (panel, value) in expected.items()}
    assert {r["source"] for r in rows("savings_illustration")} == {"dif-2019"}


def test_every_number_of_figure_5_is_given_or_computed(framework):
    found = illustration(framework)
    assert set(found["item"]) == set(framework.savings_illustration["item"])
    assert found["panel"].is_monotonic_increasing
    assert found["agrees"].isna().equals(found["formula"] == "given")
    agree = found[found["agrees"].fillna(value=False)].set_index("item")
    assert agree["computed"].round(2).to_dict() == {
        "projects": 14,
        "sectors": 3,
        "cost-per-person-alone": 857.14,
        "cost-at-scale-alone": 857e6,
        "systems-replaced": 12,
        "investment-before": 6e6,
        "cost-per-person-before": 857,
        "cost-per-person-shared": 285.71,
        "people-at-scale-shared": 1e6,
        "cost-at-scale-before": 857e6,
        "cost-at-scale-shared": 285e6,
        "people-before": 1e6,
        "cost-per-person-platform-before": 857,
        "cost-per-person-platform": 57,
        "shift-before": 857e6,
        "shift-after": 285e6,
    }


def test_what_does_not_follow_in_figure_5_is_said(framework):
    found = illustration(framework).dropna(subset="agrees")
    wrong = found[~found["agrees"].astype(bool)]
    computed = list(zip(wrong["item"], wrong["computed"].round(3), strict=True))
    assert computed == [
        ("overlap", 85.714),  # 12 of 14
        ("overlap", 66.667),  # 4 of 6 million
        ("overlap", 84.848),  # 4 / 6 of 14 / 11
        ("investment-shared", 2_700_000),
        ("investment-shared", 1_800_000),
        ("investment-shared", 2_100_000),
        ("investment-shared", 1_285_714.286),
        ("cost-per-person-platform-before", 285),
        ("shift-before", 6_000_000),
        ("shift-after", 2_000_000),
        ("population-before", 0.2),
    ]
    assert wrong["note"].str.len().min() > 20


@pytest.mark.parametrize("formula", ["__import__('os')", "people ** 9", "projects[0]", "nothing"])
def test_a_formula_is_arithmetic_and_nothing_else(framework, formula):
    tables = {name: getattr(framework, name) for name in DECLARED}
    checks = tables["savings_checks"].copy()
    checks.loc[0, "formula"] = formula
    with pytest.raises(ArgumentError, match="has a formula with"):
        illustration(kit.Framework(tables | {"savings_checks": checks}))


def test_the_illustration_put_in_as_a_business_case_saves_less_than_is_printed(framework):
    # No costs of single projects are printed: all are taken to cost the same.
    printed = framework.savings_illustration.set_index("item")["printed"]
    number = int(printed["projects"])
    each = int(printed["investment-alone"]) / number
    plan = plan_with(
        *[(each,)] * number,
        years=1,
        overlap=int(printed["overlap"]) / 100,
        people_at_scale=int(printed["people-at-scale"]),
    )
    overlaps = [place < int(printed["overlapping-projects"]) for place in range(number)]
    people = int(printed["people"]) // number
    plan.replace("projects", plan.projects.assign(overlaps=overlaps, people_served=people))
    found = business_case(framework, plan)
    # 12 / 14 of 6 million overlap by 70 %: 3.6 million, paid once and not 12 times.
    assert found.summary["alone"].round(6).tolist()[:2] == [6e6, round(6e6 / 7e3, 6)]
    assert summary(found)["Cost"] == pytest.approx(6e6 - 3.6e6 * 11 / 12)
    at_scale = summary(found, "alone")["Cost at scale, if each person costs as much"]
    assert at_scale == pytest.approx(857_142_857.14, abs=0.01)
    plan.set("business_case", overlap=4 / 6 * 14 / 11)
    assert summary(business_case(framework, plan))["Cost"] == pytest.approx(2e6)
    plan.set("business_case", overlap=0.7)
    plan.replace("projects", plan.projects.assign(overlaps=True))
    assert summary(business_case(framework, plan))["Cost"] == pytest.approx(2.1e6)


def test_50_systems_need_1225_links_or_50(framework):
    found = business_case(framework, plan_with(*[(0, 10)] * 50))
    assert summary(found, "alone")["Links between the projects"] == 1225
    assert summary(found)["Links between the projects"] == 50
    assert summary(found)["Cost"] == pytest.approx(500 * 50 / 1225)


# --- own numbers --------------------------------------------------------------------------------


def test_a_case_computed_by_hand(framework):
    plan = plan_with((100, 30, 10, 5), (60, 30, 20, 5), (40, 30, 30, 5), people_at_scale=1000)
    people = {"people_served": [50, 30, 20], "overlaps": [True, True, False]}
    plan.replace("projects", plan.projects.assign(**people))
    found = business_case(framework, plan)
    # Half of 100 and 60 is shared, at half of the dearer one: 80 of 160 become 50.
    # Half of 10 and 20, twice: 30 of 60 become 20; staff: 10 of 20 become 5; three links stay.
    rows = found.components.set_index("component")
    assert rows["alone"].to_dict() == dict(
        zip([*COSTS, "total"], [200, 90, 120, 30, 440], strict=True)
    )
    assert rows["saving"].to_dict() == pytest.approx(
        dict(zip([*COSTS, "total"], [30, 0, 10, 5, 45], strict=True))
    )
    assert rows.loc["total", "share"] == pytest.approx(45 / 440)
    assert rows["paid"].tolist() == ["once", "once", "every year", "every year", "2 years"]
    projects = found.projects.set_index("project")
    # 30 is saved on 160 of build, 10 on 60 of run, 5 on 20 of staff, in proportion.
    assert projects["saving"].to_dict() == pytest.approx(
        {"p1": 100 * 30 / 160 + 20 / 6 + 2.5, "p2": 60 * 30 / 160 + 40 / 6 + 2.5, "p3": 0}
    )
    assert projects["shared"].sum() == pytest.approx(rows.loc["total", "shared"])
    assert summary(found, "alone")["Cost per person served"] == pytest.approx(4.4)
    each, nothing = (
        summary(found)[name]
        for name in (
            "Cost at scale, if each person costs as much",
            "Cost per person at scale, if nothing more is spent",
        )
    )
    assert (each, nothing) == pytest.approx((3950, 0.395))
    assert found.sentences()[:3] == [
        "Over 2 years, 3 projects cost 440 USD alone and 395 USD shared.",
        "Sharing saves 45 USD, 10 % of it.",
        "The overlap is 50 %: given in the plan.",
    ]


def test_integration_can_be_shared_like_the_rest(framework):
    plan = plan_with((0, 40), (0, 40))
    assert summary(business_case(framework, plan))["Cost"] == 160  # two links in place of one
    assert "Sharing costs 80 USD more." in business_case(framework, plan).sentences()
    assert summary(business_case(framework, plan, links=False))["Cost"] == 60


def test_missing_numbers_are_named_and_never_zero(framework):
    found = business_case(framework, plan_with((100, None, 10), (60, None, None), (40, None, 10)))
    assert found.left_out.to_numpy().tolist() == [["p2", "Project 2", "to run"]]
    assert found.projects["project"].tolist() == ["p1", "p3"]
    assert found.components["component"].tolist() == ["build_cost", "annual_cost", "total"]
    assert summary(found, "alone")["Cost"] == 180
    assert math.isnan(summary(found)["Cost per person served"])
    said = " ".join(found.notes)
    assert "Project 2 is left out on both sides; its cost is not known: to run." in said
    assert "No project has a cost for to connect and staff cost: that is left out, not zero" in said


def test_nobody_served_is_not_divided_by(framework):
    plan = plan_with((100,), (100,), people_at_scale=0)
    plan.replace("projects", plan.projects.assign(people_served=0))
    found = business_case(framework, plan)
    assert found.summary.loc[1:3, ["alone", "shared"]].isna().all(axis=None)


def test_one_project_alone_shares_nothing(framework):
    found = business_case(framework, plan_with((100, 10, 5, 5)))
    assert found.summary["saving"].iloc[0] == 0
    assert found.notes[-1].startswith("Fewer than two projects overlap")
    assert set(business_case_tornado(framework, plan_with((100, 10)))["swing"]) == {0}


@pytest.mark.parametrize(
    ("projects", "said"),
    [
        ((), "has no projects"),
        (((),), "No project of the business case has a cost"),
        (((1,), (None, 1)), "No project has all its costs: Project 1 lacks to connect; Project 2"),
    ],
)
def test_what_is_missing_is_said(framework, projects, said):
    for ask in (business_case, business_case_tornado):
        with pytest.raises(PlanError, match=said):
            ask(framework, plan_with(*projects))


@pytest.mark.parametrize("wrong", [1.01, -0.1, "70 %", float("nan"), 70])
def test_a_spread_is_from_0_to_1(framework, wrong):
    plan = plan_with((1, 1))
    with pytest.raises(ArgumentError, match="spread is above 0 and at most 1"):
        business_case_tornado(framework, plan, spread=wrong)


def test_the_plan_stays_as_it_is(framework):
    plan = plan_with((100, 30, 10, 5), (60, 30, 20, 5))
    before = plan.copy()
    business_case(framework, plan), business_case_tornado(framework, plan)
    assert plan.diff(before).empty


def test_small_amounts_such_as_millions_keep_their_decimals(framework):
    # Half of 0.7 is shared, and of that the dearest, 0.4, is paid: 0.7 - 0.5 x (0.7 - 0.4).
    found = business_case(framework, plan_with((0.4,), (0.3,), years=5)).sentences()
    assert found[0] == "Over 5 years, 2 projects cost 0.7 USD alone and 0.55 USD shared."


def test_the_saving_of_the_demonstration_says_what_it_rests_on(framework):
    found = business_case(framework, kit.Plan.demonstration())
    # Integration: 780,000 alone; 10 links become 5, so half of it is saved.
    assert found.on_links == 390_000
    said = found.sentences()
    before = ", before what the Information Mediator itself costs."
    assert said[1] == f"Sharing saves 5,565,000 USD, 38 % of it{before}"
    assert said[3].startswith("390,000 USD is saved on integration: 10 links between pairs of")
    assert said[4].startswith("5,175,000 USD is saved by the overlap")
    assert found.left_out.empty


# --- the overlap derived from use cases ---------------------------------------------------------


def test_the_overlap_is_derived_from_the_blocks_that_use_cases_share(framework):
    plan = plan_with((10,), (10,), (10,), overlap=None)
    blocks = {"fees": ("identity", "payments"), "news": ("identity", "messaging"), "maps": ("gis",)}
    for number, (name, keys) in enumerate(blocks.items(), start=1):
        case = plan.add("use_cases", name=name.capitalize())
        plan.set("projects", f"p{number}", use_case=case)
        for key in keys:
            link = {"use_case": case, "building_block": f"govstack:{key}"}
            plan.add("use_case_building_blocks", **link)
    share, said = shared_blocks(framework, plan)
    assert share == 2 / 5  # identity twice, of five needs
    assert said.startswith("derived: 2 of 5 needs of 3 use cases")
    found = business_case(framework, plan)
    assert (found.overlap, found.basis) == (share, said)
    assert "upper bound" in found.notes[-1]
    plan.set("projects", "p3", use_case=None)
    assert shared_blocks(framework, plan)[0] == 2 / 4


def test_an_overlap_that_nobody_knows_is_asked_for(framework):
    plan = plan_with((10,), (10,), overlap=None)
    with pytest.raises(PlanError, match="cannot be derived: that needs two use cases"):
        business_case(framework, plan)


def test_a_block_of_2019_and_its_counterpart_are_one_block_to_share(framework):
    plan = kit.Plan.new(title="Two services")
    for name, block in (("One", "dif:payments"), ("Two", "govstack:payments")):
        case = plan.add("use_cases", name=name)
        plan.add("use_case_building_blocks", use_case=case, building_block=block)
    assert shared_blocks(framework, plan)[0] == 1.0


def test_projects_name_use_cases_by_what_they_were_made_from(framework):
    plan = plan_with((), ())
    for key in ("AGR-2", "INST-1", "HLTC-2"):
        add_published(framework, plan, key)
    for project, key in (("p1", "AGR-2"), ("p2", "INST-1")):
        plan.set("projects", project, use_case=key)
    assert shared_blocks(framework, plan)[1] == (
        "derived: 16 of 18 needs of 2 use cases are for building blocks that others need too"
    )


# --- the costs of a set of options ----------------------------------------------------------------


def two_services():
    """Two services with a block in common, and an option for each block."""
    plan = kit.Plan.new(title="Two services")
    for name, keys in (("Fees", ("identity", "payments")), ("News", ("identity", "messaging"))):
        case = plan.add("use_cases", name=name)
        for key in keys:
            link = {"use_case": case, "building_block": f"govstack:{key}"}
            plan.add("use_case_building_blocks", **link)
    for key, costs in (
        ("identity", (100, 20, 8)),
        ("payments", (60, 0, 6)),
        ("messaging", (4, 1, 2)),
    ):
        given = dict(zip(COSTS, costs, strict=False))
        option = plan.add("options", name=key.capitalize(), **given)
        plan.add("option_building_blocks", option=option, building_block=f"govstack:{key}", fit=1)
    plan.add("phases", name="All")
    return plan


def test_a_plan_without_projects_is_compared_by_its_set_of_options(framework):
    plan = two_services()
    found = business_case(framework, plan)
    rows = found.components.set_index("component")
    assert rows["alone"].to_dict() == {
        "build_cost": 264, "integration_cost": 41, "annual_cost": 24 * 5, "total": 425,
    }  # fmt: skip
    assert rows["shared"].to_dict() == {
        "build_cost": 164, "integration_cost": 21, "annual_cost": 16 * 5, "total": 265,
    }  # fmt: skip
    assert found.projects["use_case"].tolist() == ["fees", "news"]
    assert found.projects["shared"].tolist() == [60 + 60 + 5 * (4 + 6), 60 + 5 + 5 * (4 + 2)]
    assert math.isnan(found.overlap)
    assert found.sentences()[2].startswith("These are the costs of the set of options")
    # One total: what is paid once is what the roadmap spends.
    once = rows.loc[["build_cost", "integration_cost"], "shared"].sum()
    assert roadmap(framework, plan).phases["spent"].sum() == once
    inputs = business_case_tornado(framework, plan, spread=0.5).set_index("input")
    assert inputs["swing"].to_dict() == {
        "To build": 100,
        "Years": 40,
        "To run": 40,
        "To connect": 20,
    }


def test_an_unknown_cost_of_an_option_is_not_zero(framework):
    plan = two_services()
    plan.set("options", "messaging", annual_cost=None)
    plan.add("option_decisions", option="messaging", decision="chosen")
    plan.add("option_decisions", option="identity", decision="chosen")
    plan.add("option_decisions", option="payments", decision="chosen")
    found = business_case(framework, plan)
    assert found.left_out.to_numpy().tolist() == [["news", "News", "to run"]]


# --- what matters -------------------------------------------------------------------------------


def test_the_tornado_by_hand(framework):
    plan = plan_with((100, 30, 10), (60, 30, 20), (40, 30, 30), years=2)
    found = business_case_tornado(framework, plan, spread=0.5).set_index("input")
    # Build: half of 200 - 100; run: half of 60 - 30, twice; three projects need three links.
    assert found["saving"].unique().tolist() == [80]
    build = found.loc["To build"]
    assert build[["low", "high"]].tolist() == [100, 300]
    assert build[["saving_at_low", "saving_at_high", "swing"]].tolist() == [55, 105, 50]
    assert found.loc["Years", ["low", "high", "swing"]].tolist() == [1, 3, 30]
    assert found.loc["Overlap", ["low", "high", "swing"]].tolist() == [0.25, 0.75, 80]
    assert found.loc["To connect", "swing"] == 0
    # With project 1 at half, 50 + 60 + 40 - 60 of build and 10 + 40 + 60 - 60 of run, by half.
    assert found.loc["All costs of Project 1", "saving_at_low"] == 45 + 25
    assert found.index[0] == "Overlap"
    assert found["swing"].is_monotonic_decreasing


def test_an_overlap_that_is_varied_stays_a_share(framework):
    plan = plan_with((100,), (100,), overlap=0.9)
    found = business_case_tornado(framework, plan).set_index("input").loc["Overlap"]
    assert found[["low", "high", "saving_at_high"]].tolist() == pytest.approx([0.63, 1, 100])
    plan.set("business_case", overlap=0)
    none = business_case_tornado(framework, plan).set_index("input").loc["Overlap"]
    assert none[["low", "high", "swing"]].tolist() == [0, 0, 0]
    assert isinstance(none, pd.Series)
