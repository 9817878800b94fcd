"""Align and Map: what the links lead to, that it ends, and that decisions are kept."""

import importlib.util
import random
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

import govstack_kit
from govstack_kit.planning import decompose
from govstack_kit.planning.model import Actor, Component
from govstack_kit.planning.suggest import StepChoices, suggester

ROOT = Path(__file__).resolve().parents[2]
MODELS = ["dif-market-linkage", "dif-maternal-and-newborn-health", "dif-remote-learning"]
MEDIATOR = "govstack:information-mediator"
SAME = ("exact", "narrower", "broader")


def made(*names, **fields):
    """A plan with the use case ``service`` whose steps have these names."""
    plan = govstack_kit.Plan.new(title="A plan")
    use_case = plan.add_use_case("Service", **fields)
    for name in names:
        use_case.add_step(name)
    return plan, use_case


def template(framework, use_case, *, blocks=True):
    plan = govstack_kit.Plan.new(title="A plan")
    added = plan.add_published(framework, use_case)
    if not blocks:
        for part in (added, *added.steps):
            part.building_blocks = []
    return plan, added


def accept_all(framework, plan, use_case, limit=decompose.LIMIT, most=12):
    """Accept all that is proposed until nothing new appears; return the sizes of the rounds."""
    sizes = []
    while not decompose.settled(framework, plan, use_case.id):
        found = decompose.proposals(framework, plan, use_case.id, limit=limit)
        assert len(found), "not settled, and nothing is proposed"
        sizes.append(len(found))
        assert len(sizes) <= most, "it does not end"
        for row in found.itertuples():
            decompose.accept(plan, use_case.id, row)
    return sizes


# --- Map follows the published links ------------------------------------------------------------


@pytest.fixture(scope="module")
def published(rows):
    """The links, derived from the tables apart from the kit's code."""
    names = {row["building_block"]: row for row in rows("building_blocks")}
    every = {key for key, row in names.items() if row["every_workflow"] == "true"}
    ends = defaultdict(dict)
    for row in rows("building_block_crosswalk"):
        if row["dif"] and row["dif"] not in every:
            ends[row["dif"]][row["govstack"]] = row["relation"]
    strong, related, beyond = set(), set(), set()
    for row in rows("workflow_building_blocks"):
        for block, relation in ends[row["building_block"]].items():
            pair = row["workflow"], block or row["building_block"]
            {"related": related, "none": beyond}.get(relation, strong).add(pair)
    of = defaultdict(lambda: (set(), set()))
    for place, layer in enumerate(("workflow", "building_block")):
        for row in rows(f"step_{layer}s"):
            if not row["step"].startswith("dif-"):
                of[row["step"]][place].add(row[layer])
    of = {step: pair for step, pair in of.items() if pair[0] and pair[1]}
    return strong, related - strong, beyond, of


@pytest.mark.parametrize("use_case", ["AGR-2", "HLTC-1", "INST-3", *MODELS])
def test_every_strong_link_is_proposed_and_every_proposal_is_a_link(framework, published, use_case):
    strong, related, beyond, of = published
    plan, added = template(framework, use_case, blocks=False)
    found = decompose.proposals(framework, plan, added.id, limit=None)
    blocks = found[(found["layer"] == "building_block") & (found["step"] != "")]
    proposed = set(zip(blocks["step"], blocks["key"], strict=True))
    workflows = {step.id: step.accepted("workflow") for step in added.steps}
    expected = {(s, b) for s, keys in workflows.items() for w, b in strong | beyond if w in keys}
    assert expected <= proposed
    for step, block in proposed - expected:
        pairs = {(workflow, block) for workflow in workflows[step]}
        shares = []
        for workflow, _ in pairs:
            with_it = [blocks for keys, blocks in of.values() if workflow in keys]
            both = sum(block in keys for keys in with_it)
            shares.append(both / len(with_it) if len(with_it) >= 5 else 0)
        usual = max(shares) >= 0.5
        assert pairs & related or usual, (step, block)
    assert not blocks["key"].isin([MEDIATOR, "dif:security"]).any()
    assert set(found.loc[found["step"] == "", "key"]) == {MEDIATOR, "dif:security"}


def test_a_chain_names_the_way_and_the_count(framework, published):
    *_, of = published
    plan, use_case = made("Registration")
    use_case.steps[0].choose("workflow", "identification-and-registration")
    found = decompose.proposals(framework, plan, "service").set_index("key")
    with_it = [blocks for keys, blocks in of.values() if "identification-and-registration" in keys]
    both = sum("govstack:identity" in blocks for blocks in with_it)
    assert found.loc["govstack:identity", "chain"] == (
        "Registration → Identification and registration → Identity (framework's catalogue: "
        f"Identification and authentication; {both} of {len(with_it)} published GovStack steps "
        "with this workflow)"
    )
    assert found.loc["govstack:identity", "description"] == (
        "Registration uses Identity to confirm who a person is."
    )
    assert "related only" in found.loc["govstack:registration", "chain"]
    assert "GovStack has no such block" in found.loc["dif:mobility-management", "chain"]
    strength = found["strength"]
    assert strength["govstack:identity"] > strength["govstack:registration"]
    assert strength["govstack:registration"] > strength["dif:mobility-management"]
    assert strength.is_monotonic_decreasing
    assert strength.between(0, 1).all()


def test_foundational_blocks_are_those_of_the_table(framework, rows):
    listed = {
        r["building_block"] for r in rows("building_blocks") if r["category"] == "foundational"
    }
    plan, added = template(framework, "AGR-2", blocks=False)
    found = decompose.proposals(framework, plan, added.id, limit=None)
    assert set(found.loc[found["foundational"], "key"]) == listed & set(found["key"])
    assert found["foundational"].any()
    assert not found["foundational"].all()


def test_a_block_leads_to_workflows_only_in_steps_that_have_none(framework):
    plan, use_case = made("Pay the fee", "Tell people")
    use_case.steps[0].choose("building_block", "govstack:payments")
    use_case.steps[1].choose("building_block", "govstack:payments")
    use_case.steps[1].choose("workflow", "client-communication")
    found = decompose.proposals(framework, plan, "service")
    workflows = found[found["layer"] == "workflow"]
    assert set(workflows["step"]) == {"pay-the-fee"}
    assert "financial-services" in set(workflows["key"])
    assert len(workflows) <= 3
    assert found["layer"].tolist() == sorted(found["layer"], reverse=True)  # workflows first
    assert "published GovStack steps with this building block" in workflows["chain"].iloc[0]


def test_a_block_of_2019_leads_to_the_govstack_block_that_does_the_same(framework):
    plan, use_case = made("Check the person")
    use_case.steps[0].choose("building_block", "dif:identification-and-authentication")
    found = decompose.proposals(framework, plan, "service").query("layer == 'building_block'")
    assert found["key"].tolist() == ["govstack:identity"]
    assert "exact" in found["chain"].item()


def test_links_go_from_the_whole_use_case_too_and_what_a_step_has_is_not_repeated(framework):
    plan, use_case = made("Pay")
    use_case.choose("workflow", "financial-services")
    found = decompose.proposals(framework, plan, "service", limit=None)
    assert set(found["step"]) == {""}
    assert {"govstack:payments", "govstack:identity"} <= set(found["key"])
    use_case.steps[0].choose("building_block", "govstack:payments")
    found = decompose.proposals(framework, plan, "service", limit=None).query("step == ''")
    assert "govstack:payments" not in set(found["key"])
    assert "govstack:identity" in set(found["key"])


# --- the mediator -------------------------------------------------------------------------------


def mediator(framework, plan):
    found = decompose.proposals(framework, plan, "service", limit=None)
    return found[(found["step"] == "") & (found["key"] == MEDIATOR)]


def test_the_mediator_is_proposed_when_two_parts_are_connected(framework):
    plan, use_case = made("Pay", "Post")
    use_case.steps[0].choose("building_block", "govstack:payments")
    assert mediator(framework, plan).empty
    use_case.steps[1].systems.append(plan.add_system("Ledger").id)
    assert "1 building block and 1 existing system" in mediator(framework, plan)["chain"].item()
    use_case.steps[1].systems.clear()
    use_case.steps[1].choose("building_block", "govstack:messaging")
    chain = mediator(framework, plan)["chain"].item()
    assert "judged by this project: 2 building blocks have to exchange data" in chain
    assert "the framework says" not in chain
    assert mediator(framework, plan)["foundational"].item()
    use_case.steps[0].choose("workflow", "financial-services")
    assert (
        "the framework says that it matters in every" in mediator(framework, plan)["chain"].item()
    )
    use_case.steps[1].choose("building_block", MEDIATOR)
    assert mediator(framework, plan).empty


# --- deciding -----------------------------------------------------------------------------------


@pytest.mark.parametrize("use_case", ["AGR-2", "INST-1", "dif-rural-advisory-service", *MODELS])
@pytest.mark.parametrize("blocks", [True, False])
def test_accepting_all_ends_in_a_few_rounds(framework, use_case, blocks):
    plan, added = template(framework, use_case, blocks=blocks)
    sizes = accept_all(framework, plan, added)
    assert all(size <= decompose.LIMIT for size in sizes)
    assert len(sizes) <= 8
    again, added = template(framework, use_case, blocks=blocks)
    assert len(accept_all(framework, again, added, limit=None)) <= 3
    plan.data()


@pytest.mark.parametrize("seed", range(12))
def test_deciding_at_random_ends_and_nothing_decided_comes_back(framework, seed):
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    workflows = framework.workflows["workflow"].tolist()
    blocks = framework.building_blocks["building_block"].tolist()
    plan, use_case = made(*(f"Step {n}" for n in range(chance.randint(1, 6))))
    for part in (use_case, *use_case.steps):
        for layer, keys in (("workflow", workflows), ("building_block", [*blocks, "own:till"])):
            for key in chance.sample(keys, chance.randint(0, 3)):
                chance.choice([part.choose, part.choose, part.reject])(layer, key)
    decided = set()
    for _ in range(30):
        found = decompose.proposals(framework, plan, "service")
        ends = set(zip(found["step"], found["layer"], found["key"], strict=True))
        assert len(ends) == len(found)
        assert not ends & decided
        decided |= ends
        assert decompose.settled(framework, plan, "service") == found.empty
        if found.empty:
            break
        for _, row in found.iterrows():
            chance.choice([decompose.accept, decompose.reject])(plan, "service", row)
    assert decompose.settled(framework, plan, "service")


def test_what_is_accepted_leads_further(framework):
    plan, use_case = made("Pay the fee")
    use_case.steps[0].choose("building_block", "govstack:payments")
    row = (
        decompose.proposals(framework, plan, "service").query("key == 'financial-services'").iloc[0]
    )
    before = set(decompose.proposals(framework, plan, "service", limit=None)["key"])
    assert "govstack:messaging" not in before
    choice = decompose.accept(plan, "service", row)
    assert (choice.origin, choice.accepted, choice.reason) == ("mapped", True, row["chain"])
    assert choice.description == row["description"]
    after = set(decompose.proposals(framework, plan, "service", limit=None)["key"])
    assert "govstack:messaging" in after


@pytest.mark.parametrize("form", ["series", "tuple", "dict"])
def test_a_row_is_taken_in_any_form_with_the_words_of_the_team(framework, form):
    plan, use_case = made("Pay the fee")
    use_case.steps[0].choose("workflow", "financial-services")
    found = decompose.proposals(framework, plan, "service").query("name == 'Payments'")
    found = found.assign(description="Parents pay by phone")
    row = {
        "series": found.iloc[0],
        "tuple": next(found.itertuples()),
        "dict": found.iloc[0].to_dict(),
    }[form]
    choice = decompose.accept(plan, "service", row, "Agreed with the treasury")
    assert use_case.steps[0].building_blocks == [choice]
    assert choice.description == "Parents pay by phone"
    assert choice.reason == "Agreed with the treasury"


def test_rejecting_for_the_whole_use_case_holds_for_its_steps(framework):
    plan, use_case = made("Pay", "Pay again")
    for step in use_case.steps:
        step.choose("workflow", "financial-services")
    found = decompose.proposals(framework, plan, "service", limit=None).query("name == 'Payments'")
    assert len(found) == 2
    decompose.reject(plan, "service", found.iloc[0], "Cash only")
    rejected = use_case.steps[0].building_blocks[0]
    assert (rejected.accepted, rejected.reason) == (False, "Cash only")
    found = decompose.proposals(framework, plan, "service", limit=None).query("name == 'Payments'")
    assert found["step"].tolist() == ["pay-again"]
    use_case.reject("building_block", "govstack:payments")
    found = decompose.proposals(framework, plan, "service", limit=None)
    assert "govstack:payments" not in set(found["key"])


def test_an_own_word_that_is_mapped_counts_as_accepted(framework):
    plan, use_case = made("Pay")
    use_case.steps[0].own_words.append(Component(words="Till", key="financial-services"))
    found = decompose.proposals(framework, plan, "service", limit=None)
    assert "govstack:payments" in set(found["key"])
    use_case.steps[0].reject("workflow", "financial-services")
    assert decompose.settled(framework, plan, "service")


def test_the_cut_keeps_the_strongest(framework):
    plan, added = template(framework, "INST-1", blocks=False)
    whole = decompose.proposals(framework, plan, added.id, limit=None)
    assert len(whole) > 60
    pd.testing.assert_frame_equal(decompose.proposals(framework, plan, added.id), whole.head(20))
    pd.testing.assert_frame_equal(
        decompose.proposals(framework, plan, added.id, limit=3), whole.head(3)
    )
    empty = decompose.proposals(framework, made()[0], "service")
    assert list(empty.columns) == list(whole.columns)
    assert (empty.dtypes == whole.dtypes).all()


def test_what_cannot_be_used_is_refused_in_a_sentence(framework):
    plan, _ = made("Pay")
    with pytest.raises(govstack_kit.ArgumentError, match="limit is the number"):
        decompose.proposals(framework, plan, "service", limit=0)
    with pytest.raises(govstack_kit.UnknownKeyError, match="no use case 'servise'"):
        decompose.proposals(framework, plan, "servise")
    for row in ("Payments", {"key": "x"}, None):
        with pytest.raises(govstack_kit.ArgumentError, match="not a row of proposals"):
            decompose.accept(plan, "service", row)
    wrong = {"step": "gone", "layer": "workflow", "key": "procurement"}
    for decide in (decompose.accept, decompose.reject):
        with pytest.raises(govstack_kit.UnknownKeyError, match="no step 'gone'"):
            decide(plan, "service", wrong)
    with pytest.raises(govstack_kit.ArgumentError, match="'workflow' or 'building_block'"):
        decompose.suggestions(framework, plan, "service", "pay", "target")
    with pytest.raises(govstack_kit.ArgumentError, match="'define', 'align' or 'map'"):
        decompose.blockers(plan, "service", "plan")
    with pytest.raises(govstack_kit.ArgumentError, match="top is the number"):
        decompose.align_components(framework, plan, "service", top=0)


def test_hostile_names_stay_text_and_large_use_cases_are_quick(framework):
    plan, use_case = made("<script>alert(1)</script>", "=cmd|' /C calc'!A0", "رسوم 👩‍🌾")
    for step in use_case.steps:
        step.choose("workflow", "financial-services")
        step.choose("building_block", "own:<b>till</b>")
    accept_all(framework, plan, use_case)
    assert any(
        "<script>alert(1)</script> → Fin" in c.reason for c in use_case.steps[0].building_blocks
    )
    plan, use_case = made(*(f"Step {n}" for n in range(200)))
    for step in use_case.steps:
        step.choose("workflow", "client-case-management")
    found = decompose.proposals(framework, plan, "service")
    assert len(found) == decompose.LIMIT
    assert len(decompose.blockers(plan, "service", "map", framework)[0]) < 400


# --- Align --------------------------------------------------------------------------------------


def test_suggestions_leave_out_what_is_decided_and_use_the_plan(framework):
    plan, use_case = made("Outreach", "Registration of traders", "Pay the fee")
    first, middle, last = use_case.steps
    plain = decompose.suggestions(framework, plan, "service", middle.id, "building_block", top=20)
    assert list(plain.columns) == ["rank", "key", "name", "score", "reason"]
    best, second, third = plain["key"][:3]
    middle.choose("building_block", best)
    middle.reject("building_block", second)
    use_case.reject("building_block", third)
    first.choose("workflow", "client-communication")
    last.choose("building_block", "govstack:gis")
    last.reject("workflow", "procurement")
    found = decompose.suggestions(framework, plan, "service", middle.id, "building_block", top=20)
    assert not {best, second, third} & set(found["key"])
    assert any("Pay the fee" in reason for reason in found["reason"])
    expected = suggester(framework).building_blocks(
        middle.name,
        chosen_building_blocks=[best],
        neighbours=[("Outreach", ""), ("Pay the fee", "")],
        plan_context=[StepChoices("Pay the fee", building_blocks=["govstack:gis"])],
        rejected=[second, third],
        top=20,
    )
    pd.testing.assert_frame_equal(found.rename(columns={"key": "building_block"}), expected)
    assert len(decompose.suggestions(framework, plan, "service", last.id, "workflow")) == 8


def test_own_words_are_looked_up_until_they_are_decided(framework):
    plan, use_case = made("Apply")
    use_case.own_words.append(Component(words="Awareness campaign"))
    use_case.steps[0].own_words += [
        Component(words="Soil sample", sector_specific=True),
        Component(words="Identity check", kind="building_block"),
        Component(words="zzzzqqq"),
    ]
    found = decompose.align_components(framework, plan, "service", top=3)
    assert found["words"].unique().tolist() == ["Awareness campaign", "Identity check"]
    assert found.groupby("words")["rank"].max().max() <= 3
    first = found[found["rank"] == 1].set_index("words")
    assert first.loc["Awareness campaign", "key"] == "client-communication"
    assert first.loc["Awareness campaign", "step"] == ""
    assert first.loc["Identity check", ["step", "layer", "key"]].tolist() == [
        *("apply", "building_block", "govstack:identity"),
    ]
    use_case.own_words[0].key = "client-communication"
    assert set(decompose.align_components(framework, plan, "service")["words"]) == {
        "Identity check"
    }
    nothing = decompose.align_components(framework, made()[0], "service")
    assert list(nothing.columns) == list(found.columns)


# --- what is there, and what is missing ---------------------------------------------------------


def test_relations_are_all_that_is_accepted_each_with_a_line(framework):
    plan, use_case = template(framework, "AGR-2")
    found = decompose.relations(framework, plan, use_case.id)
    table = plan.choice_table(framework).query("status == 'accepted'")
    keys = ["order", "step", "layer", "key"]
    assert set(found[keys].itertuples(index=False)) == set(table[keys].itertuples(index=False))
    assert found["description"].str.len().gt(20).all()
    assert (found["origin"] == "published").all()
    steps = {step.name for step in use_case.steps} | {use_case.name}
    assert all(line.startswith(tuple(steps)) for line in found["description"])
    assert found["generic"].all()


def test_what_is_specific_stays_and_is_marked(framework):
    plan, use_case = made("Visit the farm")
    step = use_case.steps[0]
    step.own_words += [
        Component(words="Soil test", sector_specific=True, description="Taken once a year"),
        Component(words="Visit plan", key="work-planning-and-coordination"),
        Component(words="Open question"),
    ]
    step.choose("building_block", "own:farm-book", description="What the farmer writes down")
    step.choose("workflow", "strategy-development")
    step.reject("building_block", "own:other")
    found = decompose.specific(plan, "service", framework)
    assert sorted(found["name"]) == ["Soil test", "Strategy development", "farm book"]
    assert not found["generic"].any()
    everything = decompose.relations(framework, plan, "service").set_index("name")
    assert everything.loc["Work planning and coordination", "generic"]
    assert everything.loc["Soil test", "description"] == "Taken once a year"
    assert len(everything) == 4
    pd.testing.assert_frame_equal(decompose.specific(plan, "service"), found)


def test_blockers_go_one_by_one_as_they_are_met(framework):
    plan, use_case = made()
    assert len(decompose.blockers(plan, "service", "define")) == 3
    use_case.objectives.append("Shorter queues")
    use_case.actors.append(Actor(name="Parent"))
    for name in ("Apply", "Check", "Pay", "Tell", "End"):
        use_case.add_step(name, actors=["Parent"])
    assert decompose.blockers(plan, "service", "define") == []
    use_case.steps[0].actors.append("Clerk")
    assert decompose.blockers(plan, "service", "define") == [
        "Add “Clerk” to the actors, or take them out of the steps."
    ]
    target, bare = decompose.blockers(plan, "service", "align")
    assert "SDG target" in target
    assert "“Apply”, “Check”, “Pay” and 2 more" in bare
    (nothing,) = decompose.blockers(plan, "service", "map")
    assert nothing.startswith("Nothing is aligned yet")
    use_case.choose("target", "4.1")
    for step in use_case.steps[:3]:
        step.choose("workflow", "financial-services")
    use_case.steps[3].own_words.append(Component(words="Bell", sector_specific=True))
    use_case.steps[4].own_words.append(Component(words="Farewell"))
    bare, words = decompose.blockers(plan, "service", "align")
    assert "for “End”" in bare
    assert "“Farewell”" in words
    use_case.steps[4].own_words[0].key = "client-communication"
    assert decompose.blockers(plan, "service", "align") == []
    (left,) = decompose.blockers(plan, "service", "map", framework)
    count = len(decompose.proposals(framework, plan, "service", limit=None))
    assert left.startswith(f"{count} proposals are undecided")
    accept_all(framework, plan, use_case)
    assert decompose.blockers(plan, "service", "map", framework) == []


# --- the benchmark ------------------------------------------------------------------------------


def test_the_benchmark_finds_most_of_what_is_published(framework):
    where = ROOT / "benchmarks" / "decompose.py"
    spec = importlib.util.spec_from_file_location("benchmark_decompose", where)
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    held = bench.left_out(framework, bench.CUTS["all links"])
    assert held.recall > 0.93
    assert bench.left_out(framework, bench.CUTS["strong links"]).precision > 0.35
    for model in [*MODELS, "dif-rural-advisory-service"]:
        step, whole, _ = bench.outside(framework, model, bench.CUTS["all links"])
        assert step.recall > 0.7
        assert whole.recall > 0.85
        assert step.both <= min(step.proposed, step.published)
