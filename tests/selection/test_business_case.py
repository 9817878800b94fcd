"""Alone against shared: the published illustration, hand-computed cases, and nonsense refused."""

import json
import math

import numpy as np
import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit.planning.selected import BusinessCase, Project
from govstack_kit.selection._roadmap_inputs import money
from govstack_kit.selection._sharing import link_factor
from govstack_kit.selection.business_case import (
    business_case,
    demonstration_case,
    illustration,
    illustration_case,
    shared_blocks,
    tornado,
)


def plan_with(*projects, **fields):
    """Return a plan whose projects have these costs: build, integration, run, people."""
    plan = kit.Plan.new(title="Case")
    names = ("build", "integration", "run", "people")
    plan.business_case = BusinessCase(
        projects=[
            Project(id=f"p{n}", name=f"Project {n}", **dict(zip(names, costs, strict=False)))
            for n, costs in enumerate(projects, start=1)
        ],
        **{"overlap": 0.5, "years": 2} | fields,
    )
    return plan


def summary(found, column="shared"):
    return dict(zip(found.summary["quantity"], found.summary[column], strict=True))


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
    assert agree.loc["cost-per-person-shared", "note"] == (
        "Cut off, not rounded: that would be 286."
    )
    assert agree.loc["cost-per-person-alone", "note"] == "Rounded to a whole number."


def test_what_does_not_follow_in_figure_5_is_said(framework):
    found = illustration(framework).dropna(subset="agrees")
    wrong = found[~found["agrees"].astype(bool)]
    computed = [
        (item, round(value, 3))
        for item, value in zip(wrong["item"], wrong["computed"], strict=True)
    ]
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


def test_the_illustration_put_in_as_a_business_case_saves_less_than_is_printed():
    plan = kit.Plan.new(title="Figure 5")
    plan.business_case = illustration_case()
    found = business_case(plan)
    # 12 / 14 of 6 million overlap by 70 %: 3.6 million, paid once and not 12 times.
    assert found.summary["alone"].round(6).tolist()[:2] == [6e6, round(6e6 / 7e3, 6)]
    assert summary(found)["Cost"] == pytest.approx(6e6 - 3.6e6 * 11 / 12)
    at_scale = summary(found, "alone")["Cost at scale, if each person costs as much"]
    assert at_scale == pytest.approx(857_142_857.14, abs=0.01)
    exact = business_case(plan, overlap=4 / 6 * 14 / 11)
    assert summary(exact)["Cost"] == pytest.approx(2e6)
    plan.business_case.projects[-1].overlaps = plan.business_case.projects[-2].overlaps = True
    assert summary(business_case(plan))["Cost"] == pytest.approx(2.1e6)


def test_50_systems_need_1225_links_or_50():
    plan = plan_with(*[(0, 10)] * 50)
    found = business_case(plan)
    assert summary(found, "alone")["Links between the projects"] == 1225
    assert summary(found)["Links between the projects"] == 50
    assert summary(found)["Cost"] == pytest.approx(500 * 50 / 1225)
    assert [link_factor(n) for n in (1, 2, 3, 5)] == [1, 2, 1, 0.5]


# --- own numbers --------------------------------------------------------------------------------


def test_a_case_computed_by_hand():
    plan = plan_with((100, 30, 10, 5), (60, 30, 20, 5), (40, 30, 30, 5), people_at_scale=1000)
    plan.business_case.projects[2].overlaps = False
    for project, people in zip(plan.business_case.projects, (50, 30, 20), strict=True):
        project.people_served = people
    found = business_case(plan)
    # Half of 100 and 60 is shared, at half of the dearer one: 80 of 160 become 50.
    # Half of 10 and 20, twice: 30 of 60 become 20; people: 10 of 20 become 5; three links stay.
    rows = found.components.set_index("component")
    assert rows["alone"].to_dict() == {
        "build": 200, "integration": 90, "run": 120, "people": 30, "total": 440,
    }  # fmt: skip
    assert rows["saving"].to_dict() == pytest.approx(
        {"build": 30, "integration": 0, "run": 10, "people": 5, "total": 45}
    )
    assert rows.loc["total", "share"] == pytest.approx(45 / 440)
    years = found.years.groupby("year")[["alone", "saving"]].sum()
    assert years.to_numpy() == pytest.approx(np.array([[365, 37.5], [75, 7.5]]))
    projects = found.projects.set_index("project")
    # 30 is saved on 160 of build, 10 on 60 of run, 5 on 20 of people, in proportion.
    assert projects["saving"].to_dict() == pytest.approx(
        {"p1": 100 * 30 / 160 + 20 / 6 + 2.5, "p2": 60 * 30 / 160 + 40 / 6 + 2.5, "p3": 0}
    )
    assert projects["shared"].sum() == pytest.approx(rows.loc["total", "shared"])
    assert projects.loc["p1", "alone_per_person"] == pytest.approx((100 + 30 + 20 + 10) / 50)
    assert summary(found, "alone")["Cost per person served"] == pytest.approx(4.4)
    each, nothing = (summary(found)[name] for name in (
        "Cost at scale, if each person costs as much",
        "Cost per person at scale, if nothing more is spent",
    ))  # fmt: skip
    assert (each, nothing) == pytest.approx((3950, 0.395))
    assert found.sentences()[0] == "Over 2 years, 3 projects cost 440 USD alone and 395 USD shared."
    assert found.sentences()[1] == "Sharing saves 45 USD, 10 % of it."
    assert found.sentences()[2] == "The overlap is 50 %: given in the plan."


def test_integration_can_be_shared_like_the_rest():
    plan = plan_with((0, 40), (0, 40))
    assert summary(business_case(plan))["Cost"] == 160  # two links in place of one
    assert "Sharing costs 80 USD more." in business_case(plan).sentences()
    assert summary(business_case(plan, links=False))["Cost"] == 60


def test_missing_numbers_are_named_and_never_zero():
    plan = plan_with((100, None, 10), (60, None, None), (40, None, 10))
    found = business_case(plan)
    assert found.left_out.to_numpy().tolist() == [["p2", "Project 2", "run"]]
    assert found.projects["project"].tolist() == ["p1", "p3"]
    assert found.components["component"].tolist() == ["build", "run", "total"]
    assert summary(found, "alone")["Cost"] == 180
    assert math.isnan(summary(found)["Cost per person served"])
    said = " ".join(found.notes)
    assert "Project 2 is left out on both sides, because its cost is not known: run." in said
    assert "No project has a cost for integration and people: that is left out, not zero." in said
    assert "How many people are served is not known for Project 1 and Project 3" in said


def test_one_project_alone_shares_nothing():
    found = business_case(plan_with((100, 10, 5, 5)))
    assert found.summary["saving"].iloc[0] == 0
    assert found.notes[-1].startswith("Fewer than two projects overlap")
    assert tornado(plan_with((100, 10)))["swing"].tolist() == [0] * 4


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"projects": []}, "has no projects"),
        ({"projects": [Project(id="a", name="A")]}, "No project of the business case has a cost"),
        (
            {"projects": [Project(id="a", name="A", build=1), Project(id="b", name="B", run=1)]},
            "No project has all its costs: A lacks run; B lacks build",
        ),
        (
            {
                "projects": [Project(id="a", name="A", build=1, people_served=0)],
                "people_at_scale": 0,
            },
            "A serves 0 people.*At scale, 0 people",
        ),
        (
            {"projects": [Project(id="a", name="A", build=1), Project(id="A", name="B", build=1)]},
            "Two projects have the id 'a'",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(change, said):
    plan = plan_with((1, 1))
    plan.business_case = BusinessCase(**{"overlap": 0.5} | change)
    for ask in (business_case, tornado):
        with pytest.raises(kit.PlanError, match=said):
            ask(plan)


@pytest.mark.parametrize("wrong", [1.01, -0.1, "70 %", True, float("nan"), 70])
def test_a_share_is_from_0_to_1(wrong):
    plan = plan_with((1, 1))
    with pytest.raises(kit.ArgumentError, match=r"overlap is a share from 0 to 1, such as 0\.7"):
        business_case(plan, overlap=wrong)
    with pytest.raises(kit.ArgumentError, match="spread is above 0 and at most 1"):
        tornado(plan, spread=wrong)
    with pytest.raises(kit.PlanError, match="Overlap"):
        plan.business_case.overlap = wrong if wrong is not True else 2


def test_the_plan_stays_as_it_is():
    plan = plan_with((100, 30, 10, 5), (60, 30, 20, 5))
    before = plan.data()
    business_case(plan), tornado(plan)
    assert plan.data() == before


# --- the overlap derived from use cases ---------------------------------------------------------


def three_services():
    plan = plan_with((10,), (10,), (10,), overlap=None)
    blocks = {"fees": ("identity", "payments"), "news": ("identity", "messaging"), "maps": ("gis",)}
    for (name, keys), project in zip(blocks.items(), plan.business_case.projects, strict=True):
        use_case = plan.add_use_case(name.capitalize())
        project.use_case = use_case.id
        for key in keys:
            use_case.choose("building_block", f"govstack:{key}")
    return plan


def test_the_overlap_is_derived_from_the_blocks_that_use_cases_share(framework):
    plan = three_services()
    share, said = shared_blocks(plan, framework)
    assert share == 2 / 5  # identity twice, of five needs
    assert said.startswith("derived: 2 of 5 needs of 3 use cases")
    found = business_case(plan, framework)
    assert (found.overlap, found.basis) == (share, said)
    assert "upper bound" in found.notes[-1]
    plan.business_case.projects[2].use_case = ""
    assert shared_blocks(plan, framework)[0] == 2 / 4
    assert business_case(plan, framework, overlap=0.1).basis == "given for this calculation"


def test_an_overlap_that_nobody_knows_is_asked_for(framework):
    plan = plan_with((10,), (10,), overlap=None)
    plan.add_use_case("Fees").choose("building_block", "govstack:payments")
    plan.add_use_case("Empty")
    with pytest.raises(kit.PlanError, match="cannot be derived: that needs two use cases"):
        business_case(plan, framework)


# --- what matters -------------------------------------------------------------------------------


def test_the_tornado_by_hand():
    plan = plan_with((100, 30, 10), (60, 30, 20), (40, 30, 30), years=2)
    found = tornado(plan, spread=0.5).set_index("input")
    # Build: half of 200 - 100; run: half of 60 - 30, twice; three projects need three links.
    assert found["saving"].unique().tolist() == [80]
    build = found.loc["Cost to build"]
    assert build[["low", "base", "high"]].tolist() == [100, 200, 300]
    assert build[["saving_at_low", "saving_at_high", "swing"]].tolist() == [55, 105, 50]
    assert found.loc["Years", ["low", "high", "swing"]].tolist() == [1, 3, 30]
    assert found.loc["Overlap", ["low", "high", "swing"]].tolist() == [0.25, 0.75, 80]
    assert found.loc["Cost of integration", "swing"] == 0
    # With project 1 at half, 50 + 60 + 40 - 60 of build and 10 + 40 + 60 - 60 of run, by half.
    assert found.loc["All costs of Project 1", "saving_at_low"] == 45 + 25
    assert found.index[0] == "Overlap"
    assert found["swing"].is_monotonic_decreasing


def test_an_overlap_that_is_varied_stays_a_share():
    found = tornado(plan_with((100,), (100,), overlap=0.9)).set_index("input").loc["Overlap"]
    assert found[["low", "high", "saving_at_high"]].tolist() == pytest.approx([0.63, 1, 100])
    none = tornado(plan_with((100,), (100,), overlap=0)).set_index("input").loc["Overlap"]
    assert none[["low", "high", "swing"]].tolist() == [0, 0, 0]


def test_the_demonstration_says_that_it_is_made_up(framework):
    case = demonstration_case()
    assert case.note.startswith("Illustration only")
    assert {p.use_case for p in case.projects} <= set(framework.use_cases["use_case"])
    plan = kit.Plan.new(title="Demonstration")
    plan.business_case = case
    found = business_case(plan)
    assert 0 < found.summary["share"].iloc[0] < 0.5
    assert found.left_out.empty
    assert isinstance(tornado(plan), pd.DataFrame)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(999.999, "1,000"), (0.004, "0.004"), (-0.0, "0"), (12.5, "12.5"), (math.nan, "not known")],
)
def test_amounts_are_written_whole(value, shown):
    assert money(value) == shown


def test_small_amounts_such_as_millions_keep_their_decimals():
    plan = kit.Plan.new(title="In millions")
    plan.business_case.projects = [
        Project(id="a", name="A", build=0.4),
        Project(id="b", name="B", build=0.3),
    ]
    # Half of 0.7 is shared, and of that the dearest, 0.4, is paid: 0.7 - 0.5 x (0.7 - 0.4).
    found = business_case(plan, overlap=0.5).sentences()
    assert found[0] == "Over 5 years, 2 projects cost 0.7 USD alone and 0.55 USD shared."


def test_a_block_of_2019_and_its_counterpart_are_one_block_to_share():
    plan = kit.Plan.new(title="Two services")
    plan.add_use_case("One").choose("building_block", "dif:payments")
    plan.add_use_case("Two").choose("building_block", "govstack:payments")
    share, said = shared_blocks(plan)
    assert share == 1.0
    assert said.startswith("derived: 2 of 2 needs of 2 use cases")


@pytest.mark.parametrize("build", [-1, 1e16, math.nan, math.inf, True])
def test_costs_that_cannot_be_are_refused_in_a_sentence(build):
    with pytest.raises(
        kit.PlanError, match=r"^This cannot stand in a plan: Build must be a[^\n]*$"
    ):
        Project(id="a", name="A", build=build)


def test_projects_name_use_cases_by_what_they_were_made_from(framework):
    plan = kit.Plan.new(title="Three services")
    for key in ("AGR-2", "INST-1", "HLTC-2"):
        plan.add_published(framework, key)
    plan.business_case.projects = [
        Project(id="advice", name="Advice", use_case="AGR-2"),
        Project(id="cash", name="Cash", use_case="INST-1"),
    ]
    _, said = shared_blocks(plan, framework)
    assert (
        said
        == "derived: 16 of 18 needs of 2 use cases are for building blocks that others need too"
    )


def test_an_illustration_of_fewer_rows_is_checked_as_far_as_it_goes(framework):
    class Fewer:
        savings_illustration = framework.savings_illustration.query("item != 'investment-shared'")

    found = illustration(Fewer())
    assert "investment-shared" not in set(found["item"])
    assert len(found) > 20


# --- what the saving rests on, and the mediator ---------------------------------------------------

BEFORE = ", before what the Information Mediator itself costs."


def test_the_saving_of_the_demonstration_says_what_it_rests_on():
    plan = kit.Plan.new(title="Demonstration")
    plan.business_case = demonstration_case()
    found = business_case(plan)
    # Integration: 780,000 alone; 10 links become 5, so half of it is saved.
    assert found.on_links == 390_000
    assert math.isnan(found.mediator)
    said = found.sentences()
    assert said[1] == f"Sharing saves 5,565,000 USD, 38 % of it{BEFORE}"
    assert said[3].startswith("390,000 USD is saved on integration: 10 links between pairs of")
    assert said[4].startswith("5,175,000 USD is saved by the overlap")
    assert said[5:] == list(found.notes)
    assert len(found.notes) == 1
    assert "itself costs is not given, and in none of these numbers: if it is" in said[5]
    assert "more than 390,000 USD over 5 years, integration through it saves nothing" in said[5]


def test_the_mediator_is_charged_to_sharing_when_its_cost_is_given():
    plan = plan_with((100, 60, 10), (60, 30, 20), (40, 30, 30), (0, 80, 0))
    before = business_case(plan)
    plan.business_case.mediator_build, plan.business_case.mediator_run = 50, 7
    found = business_case(plan)
    assert found.mediator == 50 + 2 * 7
    rows, first = (one.components.set_index("component") for one in (found, before))
    assert rows["alone"].equals(first["alone"])
    more = (rows["shared"] - first["shared"]).to_dict()
    assert more == pytest.approx({"build": 0, "integration": 50, "run": 14, "total": 64})
    years = (
        found.years.groupby("year")["shared"].sum() - before.years.groupby("year")["shared"].sum()
    )
    assert years.tolist() == pytest.approx([57, 7])
    borne = found.projects["shared"] - before.projects["shared"]
    assert borne.tolist() == pytest.approx([64 * cost / 200 for cost in (60, 30, 30, 80)])
    saved = before.summary["saving"].iloc[0] - 64
    assert found.summary["saving"].iloc[0] == pytest.approx(saved)
    assert "The Information Mediator itself costs 64 USD over 2 years" in found.rests[-1]
    assert not any("Mediator" in note for note in found.notes)
    assert BEFORE not in found.sentences()[1]
    table = tornado(plan, spread=0.5).set_index("input")
    assert table.loc["Cost of the Information Mediator", ["low", "base", "high"]].tolist() == [
        *(32, 64, 96),
    ]
    assert table.loc["Cost of the Information Mediator", "swing"] == pytest.approx(64)
    assert table["saving"].tolist() == pytest.approx([saved] * len(table))


def test_links_alone_save_only_before_the_mediator():
    plan = plan_with(*[(None, 100)] * 8)
    for project in plan.business_case.projects:
        project.overlaps = False
    said = business_case(plan).sentences()
    # 28 links become 8: 20 of 28, 71 %.
    assert said[1] == f"Sharing saves 571.43 USD, 71 % of it{BEFORE}"
    assert said[3].startswith("All that is saved is saved on integration: 28 links")
    plan.business_case.mediator_run = 400  # a year, of two
    found = business_case(plan)
    assert found.sentences()[1] == "Sharing costs 228.57 USD more."
    assert found.notes[0] == (
        "What the Information Mediator costs to build is not given: it is left out, not zero."
    )
    assert found.components["component"].tolist() == ["integration", "run", "total"]
    assert found.components["alone"].tolist() == [800, 0, 800]


def test_a_mediator_between_nobody_is_not_charged():
    one = plan_with((100, 10), mediator_build=5)
    assert business_case(one).summary["saving"].iloc[0] == 0
    assert "is not charged, because there is one project." in " ".join(business_case(one).notes)
    two = plan_with((0, 40), (0, 40), mediator_build=5)
    found = business_case(two, links=False)
    assert summary(found)["Cost"] == 60
    assert "because integration is shared like other costs." in " ".join(found.notes)
    assert summary(business_case(two))["Cost"] == 165


@pytest.mark.parametrize("cost", [-1, float("nan"), float("inf"), "many"])
def test_a_mediator_costs_an_amount(cost):
    with pytest.raises(kit.PlanError):
        plan_with((1, 1)).business_case.mediator_build = cost
