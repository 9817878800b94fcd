"""What a use case has so far, and what is missing."""

import pytest

from govstack_kit import Plan, UnknownKeyError
from govstack_kit.errors import ArgumentError
from govstack_kit.planning.mapping import decide_proposal, proposals, relations, review
from govstack_kit.planning.starting_points import add_published


@pytest.fixture
def service():
    plan = Plan.new(title="A plan")
    plan.add("use_cases", name="Service")
    return plan


def test_relations_are_all_that_is_accepted_each_with_a_line(framework):
    plan = Plan.new(title="A plan")
    case = add_published(framework, plan, "AGR-2")
    found = relations(framework, plan, case)
    expected = {("target", case, sdg) for sdg in plan.use_case_targets["sdg"]}
    for layer in ("workflow", "building_block"):
        for kind in ("use_case", "step"):
            table = plan.table(f"{kind}_{layer}s")
            expected |= {(layer, *row) for row in table[[kind, layer]].itertuples(index=False)}
    key = found["target"].fillna(found["workflow"]).fillna(found["building_block"])
    owner = found["step"].fillna(case)
    assert set(zip(found["layer"], owner, key, strict=True)) == expected
    assert found["description"].str.len().gt(20).all()
    assert (found["origin"] == "published").all()
    names = (*plan.steps["name"], *plan.use_cases["name"])
    assert all(line.startswith(names) for line in found["description"])
    assert found["generic"].all()
    assert found["order"].is_monotonic_increasing


def test_what_is_specific_stays_and_is_marked(framework, service):
    plan = service
    step = plan.add("steps", use_case="service", name="Visit the farm")
    own = {"use_case": "service", "step": step}
    plan.add("own_words", **own, name="Soil test", sector_specific=True, description="Once a year")
    plan.add("own_words", **own, name="Visit plan", key="work-planning-and-coordination")
    plan.add("own_words", **own, name="Open question")
    told = "What the farmer writes down"
    plan.add("step_building_blocks", step=step, building_block="own:farm-book", description=told)
    plan.add("step_workflows", step=step, workflow="strategy-development")
    plan.add("step_building_blocks", step=step, building_block="own:other", status="rejected")
    everything = relations(framework, plan, "service").set_index("name")
    specific = everything[~everything["generic"]]
    assert sorted(specific.index) == ["Soil test", "Strategy development", "farm book"]
    assert everything.loc["Work planning and coordination", "generic"]
    assert everything.loc["Soil test", "description"] == "Once a year"
    assert len(everything) == 4


def test_what_is_missing_goes_as_it_is_met(framework, service):
    plan = service

    def missing(part):
        return review(framework, plan, "service", part)

    assert "define them first" in missing("align")[0]
    steps = [
        plan.add("steps", use_case="service", name=name)
        for name in ("Apply", "Check", "Pay", "Tell", "End")
    ]
    target, bare = missing("align")
    assert "SDG target" in target
    assert "“Apply”, “Check”, “Pay” and 2 more" in bare
    (nothing,) = missing("map")
    assert nothing.startswith("Nothing is aligned yet")
    plan.add("use_case_targets", use_case="service", sdg="4.1")
    for step in steps[:3]:
        plan.add("step_workflows", step=step, workflow="financial-services")
    own = {"use_case": "service", "kind": "workflow"}
    plan.add("own_words", **own, step=steps[3], name="Bell", sector_specific=True)
    farewell = plan.add("own_words", **own, step=steps[4], name="Farewell")
    bare, words = missing("align")
    assert "for “End”" in bare
    assert "“Farewell”" in words
    plan.set("own_words", farewell, key="client-communication")
    assert missing("align") == []
    (left,) = missing("map")
    count = len(proposals(framework, plan, "service"))
    assert left.startswith(f"{count} proposals are undecided")
    assert len(left) < 400
    while len(found := proposals(framework, plan, "service")):
        for row in found.to_dict("records"):
            decide_proposal(plan, row, "accepted")
    assert missing("map") == []


def test_what_cannot_be_used_is_refused_in_a_sentence(framework, service):
    with pytest.raises(ArgumentError, match="part is 'align' or 'map'"):
        review(framework, service, "service", "plan")
    with pytest.raises(UnknownKeyError, match=r"no service 'servise'.*service"):
        review(framework, service, "servise", "map")
    with pytest.raises(UnknownKeyError, match=r"no service 'servise'.*service"):
        relations(framework, service, "servise")
