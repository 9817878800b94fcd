"""What callers give by mistake is refused in a sentence of the kit's, whatever they ask for."""

import math
from pathlib import Path

import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit.planning.prioritise import rank
from govstack_kit.planning.selected import Option, Phase
from govstack_kit.selection.answers import take_answers
from govstack_kit.selection.business_case import illustration_case, shared_blocks
from govstack_kit.selection.checks import checks, unused_answers
from govstack_kit.selection.comparison import profile
from govstack_kit.selection.maturity import maturity_ratings, maturity_scores
from govstack_kit.selection.needs import (
    blocks_needed,
    remarks,
    remove_requirement,
    summary,
    undecided,
)
from govstack_kit.selection.options import answers
from govstack_kit.selection.roadmap import dependencies

WRONG = (None, "kenya.govplan.json", Path("data"), pd.DataFrame(), 3, {})
CONSENT = "govstack:consent"


def both(call):
    """Return a call that is given the tables and a plan, asked in the other order."""
    return lambda plan, framework: call(framework, plan)


OF_PLAN_AND_TABLES = {
    "add_requirement": lambda p, f: kit.add_requirement(p, f, "", "Read messages aloud"),
    "best_set_of_plan": both(kit.best_set_of_plan),
    "compare": both(kit.compare),
    "coverage": both(kit.coverage),
    "coverage_matrix": both(kit.coverage_matrix),
    "decide": lambda p, f: kit.decide(p, f, "later", building_block="Consent"),
    "dependencies": both(dependencies),
    "fit": both(kit.fit),
    "fit_rows": both(lambda f, p: kit.fit_rows(f, p, "one", CONSENT, "kit-fit")),
    "fit_scores": both(kit.fit_scores),
    "joint_requirements": both(kit.joint_requirements),
    "needs": both(kit.needs),
    "proposals": both(lambda f, p: kit.proposals(f, p, "AGR-2")),
    "relations": both(lambda f, p: kit.relations(f, p, "AGR-2")),
    "remarks": both(remarks),
    "requirements": both(kit.requirements),
    "requirements of a block": both(lambda f, p: kit.requirements(f, p, "Consent")),
    "roadmap": lambda p, f: kit.roadmap(f, p, {}),
    "stability_of_plan": both(lambda f, p: kit.stability_of_plan(f, p, draws=1)),
    "suggestions": both(lambda f, p: kit.suggestions(f, p, "AGR-2", "enrollment", "workflow")),
    "summary": both(summary),
    "take": lambda p, f: kit.take(p, f, "atlas:drupal"),
    "undecided": both(undecided),
    "unused_answers": both(unused_answers),
}
OF_PLAN = {
    "answers": answers,
    "add_inventory": lambda p: kit.add_inventory(p, []),
    "business_case": kit.business_case,
    "combine": lambda p: kit.combine(kit.load(), p),
    "maturity_ratings": maturity_ratings,
    "maturity_scores": maturity_scores,
    "options": kit.options,
    "rank": rank,
    "remove_requirement": lambda p: remove_requirement(p, "own"),
    "sensitivity": kit.sensitivity,
    "shared_blocks": shared_blocks,
    "take_answers": lambda p: take_answers(p, "one", []),
    "tornado": kit.tornado,
}
OF_TABLES = {
    "blocks_needed": lambda f: blocks_needed(f, ["AGR-2"]),
    "adds": lambda f: kit.adds(f, "building_block", ["AGR-2"], "HLTC-2"),
    "checks": checks,
    "filter_effect": kit.filter_effect,
    "read_answers": lambda f: kit.read_answers(b"", f),
    "shortlist": kit.shortlist,
    "overlap_matrix": lambda f: kit.overlap_matrix(f, "building_block"),
}


@pytest.fixture(scope="module")
def plan(framework):
    plan = kit.Plan.new(title="Advice for farmers")
    plan.add_published(framework, "AGR-2")
    plan.options = [Option(id="one", name="One", covers=[{"key": CONSENT, "fit": 0.5}])]
    plan.phases = [Phase(id="all", name="All")]
    plan.business_case = illustration_case()
    return plan


@pytest.mark.parametrize("name", OF_PLAN_AND_TABLES)
def test_neither_a_plan_nor_tables(framework, plan, name):
    for wrong in WRONG:
        with pytest.raises(kit.ArgumentError, match=r"^Give (a plan|a list of plans), not "):
            OF_PLAN_AND_TABLES[name](wrong, framework)
        with pytest.raises(kit.ArgumentError, match=r"^Give the tables as govstack_kit\.load\(\)"):
            OF_PLAN_AND_TABLES[name](plan, wrong)


@pytest.mark.parametrize("name", OF_PLAN)
def test_no_plan(name):
    for wrong in WRONG:
        with pytest.raises(kit.ArgumentError, match=r"^Give (a plan|a list of plans), not "):
            OF_PLAN[name](wrong)


@pytest.mark.parametrize("name", OF_TABLES)
def test_no_tables(name):
    for wrong in WRONG:
        with pytest.raises(kit.ArgumentError, match=r"^Give the tables as "):
            OF_TABLES[name](wrong)


def test_optional_tables_and_plans_are_none_or_right(framework, plan, tmp_path):
    file = tmp_path / "systems.csv"
    for wrong in WRONG[1:]:
        for call in (kit.options, kit.business_case, kit.tornado, shared_blocks):
            with pytest.raises(kit.ArgumentError, match=r"^Give the tables as "):
                call(plan, wrong)
        with pytest.raises(kit.ArgumentError, match=r"^Give the tables as "):
            kit.inventory_template(file, None, wrong)
        with pytest.raises(kit.ArgumentError, match=r"^Give a plan, not "):
            kit.inventory_template(file, wrong)
        with pytest.raises(kit.ArgumentError, match=r"^Give a plan, not "):
            kit.shortlist(framework, plan=wrong)
        with pytest.raises(kit.ArgumentError, match=r"^Give a plan, not "):
            checks(framework, plan=wrong)
        with pytest.raises(kit.ArgumentError, match=r"^Give the tables as "):
            kit.answer_sheet(file.with_suffix(".xlsx"), wrong, CONSENT)
    assert not file.exists()


# --- frames -------------------------------------------------------------------------------------

MONEY = {"build_cost": 5, "integration_cost": 1, "annual_cost": 1}
OPTIONS = pd.DataFrame([{"option": "hub", "building_block": "wallet", "fit": 0.5, **MONEY}])
NEEDS = pd.DataFrame({"building_block": ["wallet"], "weight": [1.0]})
ASKED = pd.DataFrame({"requirement": ["r"], "building_block": ["wallet"]})
MET = pd.DataFrame({"option": ["hub"], "requirement": ["r"], "answer": ["met"]})


def best(**changed):
    given = {"options": OPTIONS, "needs": NEEDS, "requirements": ASKED, "answers": MET}
    return kit.best_set(**(given | changed))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"options": None}, "The frame of options is a DataFrame, not None"),
        ({"options": pd.DataFrame()}, "The frame of options has no column option, building_block"),
        ({"options": OPTIONS.drop(columns="fit")}, "The frame of options has no column fit"),
        ({"options": pd.concat([OPTIONS] * 2, axis=1)}, "several columns called 'option'"),
        ({"options": pd.concat([OPTIONS] * 2)}, "there are several rows for hub"),
        ({"options": OPTIONS.assign(option=None)}, "The frame of options has 1 row without option"),
        ({"options": OPTIONS.assign(option=math.nan)}, "has 1 row without option: fill it in"),
        ({"options": OPTIONS.assign(building_block=" ")}, "has 1 row without building block"),
        ({"options": OPTIONS.assign(option=pd.NA)}, "has 1 row without option: fill it in"),
        (
            {"options": OPTIONS.assign(build_cost=True)},
            "The build cost of options must be numbers, or empty where nobody knows them, not True",
        ),
        ({"options": OPTIONS.assign(fit=True)}, "The fit of options must be numbers, or empty"),
        ({"options": OPTIONS.assign(build_cost=-1)}, "The build cost of options is from 0 to"),
        ({"options": OPTIONS.assign(build_cost=1e308)}, "The build cost of options is from 0 to"),
        ({"options": OPTIONS.assign(fit="good")}, "The fit of options must be numbers, or empty"),
        ({"needs": "wallet"}, "The frame of needs is a DataFrame, not 'wallet'"),
        ({"needs": NEEDS.iloc[:0]}, "No building block is needed"),
        ({"needs": NEEDS.assign(building_block=None)}, "The frame of needs has 1 row without"),
        ({"needs": pd.concat([NEEDS] * 2)}, "these are there twice: wallet"),
        ({"needs": NEEDS.assign(weight=0)}, "All weights are 0"),
        ({"needs": NEEDS.assign(weight=True)}, "Weights of building blocks must be numbers"),
        ({"needs": NEEDS.assign(weight=math.nan)}, "Weights are numbers from 0 on"),
        ({"requirements": pd.concat([ASKED] * 2, axis=1)}, "The frame of requirements has several"),
        ({"answers": MET.assign(option=math.nan)}, "The frame of answers has 1 row without option"),
        ({"rules": "cheapest"}, "Rules are given by name, as in {'years': 5}, not 'cheapest'"),
        ({"rules": ["years"]}, "Rules are given by name"),
        ({"assume": 0.5}, "Assumptions are given by name, as in {'fit': 0.5}, not 0.5"),
        ({"assume": {"{x}": 1}}, "Nothing called '{x}' can be assumed"),
        ({"together": "yes"}, "together is True or False, not 'yes'"),
        ({"explain": None}, "explain is True or False, not None"),
        ({"seconds": math.nan}, "seconds is a number above 0, such as 60, not nan"),
        ({"seconds": 10**400}, "seconds is a number above 0"),
    ],
)
def test_frames_for_the_best_set_are_checked(changed, said):
    with pytest.raises(kit.ArgumentError) as caught:
        best(**changed)
    assert said in str(caught.value)
    if set(changed) <= {"options", "needs", "rules", "together", "assume"}:
        with pytest.raises(kit.ArgumentError) as caught:
            kit.stability(**({"options": OPTIONS, "needs": NEEDS} | changed), draws=1)
        assert said in str(caught.value)


def test_what_is_odd_and_can_be_used_is_used():
    assert best(needs=pd.concat([NEEDS, NEEDS.assign(building_block="gis")])).status == "impossible"
    for weight in (1e308, 1e-308):
        twice = pd.DataFrame({"building_block": ["wallet", "bill"], "weight": weight})
        options = pd.concat([OPTIONS, OPTIONS.assign(building_block="bill")])
        assert best(needs=twice, options=options).chosen["weight"].tolist() == [0.5, 0.5]
    found = best(options=OPTIONS.assign(annual_cost=math.nan))
    assert found.status == "impossible"
    assert found.unknowns["what"].tolist() == ["annual cost"]
    assert best(options=OPTIONS.iloc[:0], answers=MET.iloc[:0]).status == "impossible"


def test_frames_that_the_kit_made_come_back_as_they_were(framework, plan):
    compared = kit.compare(framework, plan)
    judged = kit.fit(framework, plan, rulesets="govspecs-2.0")
    for call, frame, said in (
        (profile, compared, "compare(framework, plan)"),
        (kit.verdicts, judged, "fit(framework, plan)"),
        (kit.conformance_summary, None, "conformance(published, candidate)"),
    ):
        wrong = [None, "x", pd.DataFrame(), plan]
        if isinstance(frame, pd.DataFrame):
            assert call(frame.iloc[:0]).empty
            wrong += [frame.drop(columns="name"), pd.concat([frame] * 2, axis=1)]
        for given in wrong:
            with pytest.raises(kit.ArgumentError) as caught:
                call(given)
            assert str(caught.value).startswith(f"Give what govstack_kit.{said} returns, with all")
    with pytest.raises(kit.ArgumentError, match="Give what"):
        profile(compared.assign(blocks="two"))
    with pytest.raises(kit.ArgumentError, match="Give what"):
        kit.verdicts(judged.assign(level="first"))
    unknown = kit.verdicts(judged.assign(verdict=None))["verdict"]
    assert set(unknown) == {"cannot be told yet"}


def test_requirements_are_a_frame(framework, plan):
    for wrong in (3, "x", pd.DataFrame(), [CONSENT]):
        for call in (kit.fit, kit.compare, kit.fit_scores, unused_answers):
            with pytest.raises(kit.ArgumentError, match="The frame of requirements "):
                call(framework, plan, requirements=wrong)


def test_words_and_numbers_where_others_belong(framework, plan, tmp_path):
    frame = pd.DataFrame({"a": [1]})
    for call, said in (
        (lambda: kit.roadmap(framework, plan, {}, deadlines=frame), "Deadlines are given by name"),
        (lambda: kit.roadmap(framework, plan, {}, deadlines=["p"]), "Deadlines are given by name"),
        (lambda: kit.roadmap(framework, plan, {}, seconds=math.nan), "seconds is a number above 0"),
        (lambda: kit.business_case(plan, links=frame), "links is True or False"),
        (lambda: kit.tornado(plan, links="no"), "links is True or False"),
        (lambda: kit.take(plan, framework, frame), "There is no product"),
        (lambda: kit.fit_rows(framework, plan, "one", CONSENT, "kit-fit", level=frame), "no level"),
        (lambda: kit.adds(framework, "building_block", 3, "AGR-2"), "Name use cases by their keys"),
        (lambda: kit.overlap_matrix(framework, "workflow", 3), "Name use cases by their keys"),
        (lambda: kit.suggestions(framework, plan, "AGR-2", "x", ["workflow"]), "layer is"),
        (lambda: kit.proposals(framework, plan, frame), "The plan has no use case"),
        (lambda: kit.best_set_of_plan(framework, plan, check_requirements=frame), "is True or"),
        (
            lambda: kit.answer_sheet(tmp_path / "a.xlsx", framework, CONSENT, "one"),
            "Give the option itself, not 'one'",
        ),
    ):
        with pytest.raises(kit.GovStackKitError) as caught:
            call()
        assert said in str(caught.value)
    for priority in (3, "1", frame, [frame], {"AGR-2": 1}, [True], [1, 1]):
        with pytest.raises(kit.ArgumentError, match="Give priority as numbers from 0 to"):
            blocks_needed(framework, ["AGR-2"], priority=priority)
    for seed in (-1, math.nan, "one", None):
        with pytest.raises(kit.ArgumentError, match="seed is a whole number from 0 on"):
            kit.sensitivity(plan, seed=seed)
