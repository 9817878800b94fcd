"""Map: what the links lead to, that it ends, and that decisions are kept."""

import importlib.util
import random
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

from govstack_kit import Plan, TablesError, UnknownKeyError
from govstack_kit.errors import ArgumentError
from govstack_kit.planning.mapping import LIMIT, decide_proposal, proposals
from govstack_kit.planning.starting_points import add_published
from govstack_kit.planning.suggest import Step, suggester, suggestions

ROOT = Path(__file__).resolve().parents[2]
MODELS = ["dif-market-linkage", "dif-maternal-and-newborn-health", "dif-remote-learning"]
MEDIATOR = "govstack:information-mediator"
LAYERS = ("workflow", "building_block")


def made(*names):
    """A plan with the use case ``service`` whose steps have these names, and their keys."""
    plan = Plan.new(title="A plan")
    plan.add("use_cases", name="Service")
    return plan, *[plan.add("steps", use_case="service", name=name) for name in names]


def choose(plan, owner, layer, *keys, **values):
    """Accept workflows or blocks for a step, or for the service as a whole."""
    kind = "use_case" if owner == "service" else "step"
    for key in keys:
        plan.put(f"{kind}_{layer}s", (owner, key), **values)


def template(framework, use_case, *, blocks=True):
    plan = Plan.new(title="A plan")
    added = add_published(framework, plan, use_case)
    if not blocks:
        for table in ("step_building_blocks", "use_case_building_blocks"):
            plan.replace(table, plan.table(table).head(0))
    return plan, added


def proposed(framework, plan, use_case="service", *, every=True):
    """The proposals with ``key``, whatever the layer, and ``step`` empty for the whole."""
    found = proposals(framework, plan, use_case, every=every)
    key = found["workflow"].fillna(found["building_block"])
    return found.assign(key=key, step=found["step"].fillna(""))


def accept_all(framework, plan, use_case, *, every=False, most=12):
    """Accept all that is proposed until nothing new appears; return the sizes of the rounds."""
    sizes = []
    while len(found := proposals(framework, plan, use_case, every=every)):
        sizes.append(found.groupby(["layer", "name"]).ngroups)
        assert len(sizes) <= most, "it does not end"
        with plan.change("Accept"):
            for row in found.to_dict("records"):
                decide_proposal(plan, row, "accepted")
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
    found = proposed(framework, plan, added)
    blocks = found[(found["layer"] == "building_block") & (found["step"] != "")]
    ends = set(zip(blocks["step"], blocks["key"], strict=True))
    workflows = plan.step_workflows.groupby("step")["workflow"].agg(list).to_dict()
    expected = {(s, b) for s, keys in workflows.items() for w, b in strong | beyond if w in keys}
    assert expected <= ends
    for step, block in ends - expected:
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
    plan, step = made("Registration")
    choose(plan, step, "workflow", "identification-and-registration")
    found = proposed(framework, plan).set_index("key")
    with_it = [blocks for keys, blocks in of.values() if "identification-and-registration" in keys]
    both = sum("govstack:identity" in blocks for blocks in with_it)
    assert found.loc["govstack:identity", "chain"] == (
        "Registration → Identification and registration → Identity (framework's catalogue: "
        f"Identification and authentication; {both} of {len(with_it)} published GovStack steps "
        "with this workflow)"
    )
    assert found.loc["govstack:identity", "description"] == (
        "Registration uses Identity: gives each person one foundational identity "
        "and confirms who somebody is."
    )
    assert "related only" in found.loc["govstack:registration", "chain"]
    assert "GovStack has no such block" in found.loc["dif:mobility-management", "chain"]
    strength = found["strength"]
    assert strength["govstack:registration"] > strength["dif:mobility-management"]
    assert strength.between(0, 1).all()


def test_foundational_blocks_are_those_of_the_table(framework, rows):
    listed = {
        r["building_block"] for r in rows("building_blocks") if r["category"] == "foundational"
    }
    plan, added = template(framework, "AGR-2", blocks=False)
    found = proposed(framework, plan, added)
    assert set(found.loc[found["foundational"], "key"]) == listed & set(found["key"])
    assert found["foundational"].any()
    assert not found["foundational"].all()


def test_a_block_leads_to_workflows_also_in_steps_that_have_one(framework):
    plan, pay, tell = made("Pay the fee", "Tell people that the fee was paid")
    for step in (pay, tell):
        choose(plan, step, "building_block", "govstack:payments")
    choose(plan, tell, "workflow", "client-communication")
    found = proposed(framework, plan, every=False).query("workflow == 'financial-services'")
    assert set(found["step"]) == {pay, tell}
    assert "published GovStack steps with this building block" in found["chain"].iloc[0]
    assert len(proposed(framework, plan).query("layer == 'workflow' and step == @pay")) <= 3


def test_only_what_the_step_supports_is_asked(framework):
    """Both steps have the same workflow, whose links lead to the same blocks."""
    plan, remind, ask = made("Send a reminder by SMS", "Ask for consent to share the data")
    for step in (remind, ask):
        choose(plan, step, "workflow", "client-case-management")
    found = proposed(framework, plan, every=False)
    blocks = {step: set(found.loc[found["step"] == step, "key"]) for step in (remind, ask)}
    assert "govstack:messaging" in blocks[remind]
    assert "govstack:consent" not in blocks[remind]
    assert "govstack:consent" in blocks[ask]
    both = proposed(framework, plan).query("key == 'govstack:consent'")
    assert set(both["step"]) == {remind, ask}
    assert found["asked"].all()
    whole = proposed(framework, plan)
    assert len(whole) > 3 * len(found)
    assert set(found["chain"]) == set(whole.loc[whole["asked"], "chain"])


def test_what_is_proposed_for_several_steps_is_one_question_and_the_strongest_comes_first(
    framework,
):
    plan, added = template(framework, "AGR-2", blocks=False)
    found = proposed(framework, plan, added, every=False)
    groups = found["layer"] + found["key"]
    order = list(dict.fromkeys(groups))
    assert groups.tolist() == [group for group in order for _ in range((groups == group).sum())]
    best = found.groupby(groups, sort=False)["strength"].max()
    assert best.is_monotonic_decreasing
    assert len(order) <= LIMIT < len(found)


def test_a_block_of_2019_leads_to_the_govstack_block_that_does_the_same(framework):
    plan, step = made("Check the person")
    choose(plan, step, "building_block", "dif:identification-and-authentication")
    found = proposals(framework, plan, "service").query("layer == 'building_block'")
    assert found["building_block"].tolist() == ["govstack:identity"]
    assert "does the same" in found["chain"].item()


def test_links_go_from_the_whole_use_case_too_and_what_a_step_has_is_not_repeated(framework):
    plan, step = made("Pay")
    choose(plan, "service", "workflow", "financial-services")
    found = proposed(framework, plan)
    assert set(found["step"]) == {""}
    assert {"govstack:payments", "govstack:identity"} <= set(found["key"])
    choose(plan, step, "building_block", "govstack:payments")
    found = proposed(framework, plan).query("step == ''")
    assert "govstack:payments" not in set(found["key"])
    assert "govstack:identity" in set(found["key"])


@pytest.mark.parametrize("name", ["Procurement", "Marketplace", "Health", "Education", "Finance"])
def test_a_service_may_be_called_like_a_workflow_or_a_sector(framework, name):
    plan = Plan.new(title="A plan")
    case = plan.add("use_cases", name=name)
    step = plan.add("steps", use_case=case, name=name)
    choose(plan, step, "workflow", "procurement", "marketplace")
    assert 1 <= len(suggestions(framework, plan, step, "building_block")) <= 4
    assert len(suggestions(framework, plan, case, "workflow", top=8)) == 8
    assert accept_all(framework, plan, case)
    laid = plan.framework(framework)
    chosen = set(laid.step_workflows.query("step == @step")["workflow"])
    assert {"procurement", "marketplace"} <= chosen


# --- the mediator -------------------------------------------------------------------------------


def mediator(framework, plan):
    found = proposed(framework, plan)
    return found[(found["step"] == "") & (found["key"] == MEDIATOR)]


def test_the_mediator_is_proposed_when_two_parts_are_connected(framework):
    plan, pay, post = made("Pay", "Post")
    choose(plan, pay, "building_block", "govstack:payments")
    assert mediator(framework, plan).empty
    ledger = plan.add("systems", name="Ledger")
    plan.add("step_systems", step=post, system=ledger)
    assert "1 building block and 1 existing system" in mediator(framework, plan)["chain"].item()
    plan.remove("step_systems", (post, ledger))
    choose(plan, post, "building_block", "govstack:messaging")
    chain = mediator(framework, plan)["chain"].item()
    assert "judged by this project: 2 building blocks have to exchange data" in chain
    assert "the framework says" not in chain
    assert mediator(framework, plan)["foundational"].item()
    choose(plan, pay, "workflow", "financial-services")
    chain = mediator(framework, plan)["chain"].item()
    assert "the framework says that it matters in every" in chain
    choose(plan, post, "building_block", MEDIATOR)
    assert mediator(framework, plan).empty


# --- deciding -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("use_case", "blocks"),
    [("AGR-2", False), ("dif-rural-advisory-service", True), ("dif-remote-learning", True)],
)
def test_accepting_all_ends_in_a_few_rounds(framework, use_case, blocks):
    plan, added = template(framework, use_case, blocks=blocks)
    sizes = accept_all(framework, plan, added)
    assert all(size <= LIMIT for size in sizes)
    assert len(sizes) <= 8
    again, added = template(framework, use_case, blocks=blocks)
    assert len(accept_all(framework, again, added, every=True)) <= 8


@pytest.mark.parametrize("seed", range(6))
def test_deciding_at_random_ends_and_nothing_decided_comes_back(framework, seed):
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    workflows = framework.workflows["workflow"].tolist()
    blocks = framework.building_blocks["building_block"].tolist()
    plan, *steps = made(*(f"Step {n}" for n in range(chance.randint(1, 6))))
    for owner in ("service", *steps):
        for layer, keys in (("workflow", workflows), ("building_block", [*blocks, "own:till"])):
            for key in chance.sample(keys, chance.randint(0, 3)):
                status = chance.choice(["accepted", "accepted", "rejected"])
                choose(plan, owner, layer, key, status=status)
    decided = set()
    for _ in range(30):
        found = proposed(framework, plan, every=False)
        ends = set(zip(found["step"], found["layer"], found["key"], strict=True))
        assert len(ends) == len(found)
        assert not ends & decided
        decided |= ends
        if found.empty:
            break
        for _, row in proposals(framework, plan, "service").iterrows():
            decide_proposal(plan, row, chance.choice(["accepted", "rejected"]))
    assert proposals(framework, plan, "service").empty


def test_what_is_accepted_leads_further(framework):
    plan, step = made("Pay the fee")
    choose(plan, step, "building_block", "govstack:payments")
    row = proposals(framework, plan, "service").query("workflow == 'financial-services'").iloc[0]
    assert "govstack:messaging" not in set(proposed(framework, plan)["key"])
    decide_proposal(plan, row, "accepted")
    chosen = plan.row("step_workflows", (step, "financial-services"))
    assert (chosen["origin"], chosen["status"]) == ("mapped", "accepted")
    assert chosen["reason"] == row["chain"]
    assert chosen["description"] == row["description"]
    assert "govstack:messaging" in set(proposed(framework, plan)["key"])


@pytest.mark.parametrize("form", ["series", "dict"])
def test_a_row_is_taken_with_the_words_of_the_team(framework, form):
    plan, step = made("Pay the fee")
    choose(plan, step, "workflow", "financial-services")
    found = proposals(framework, plan, "service").query("name == 'Payments'")
    found = found.assign(description="Parents pay by phone")
    row = found.iloc[0] if form == "series" else found.iloc[0].to_dict()
    decide_proposal(plan, row, "accepted", reason="Agreed with the treasury")
    (chosen,) = plan.rows("step_building_blocks")
    assert chosen["description"] == "Parents pay by phone"
    assert chosen["reason"] == "Agreed with the treasury"


def test_rejecting_for_the_whole_use_case_holds_for_its_steps(framework):
    plan, pay, again = made("Pay", "Pay again")
    for step in (pay, again):
        choose(plan, step, "workflow", "financial-services")
    found = proposed(framework, plan).query("name == 'Payments'")
    assert len(found) == 2
    decide_proposal(plan, found.iloc[0], "rejected", reason="Cash only")
    (rejected,) = plan.rows("step_building_blocks")
    assert (rejected["status"], rejected["reason"]) == ("rejected", "Cash only")
    found = proposed(framework, plan).query("name == 'Payments'")
    assert found["step"].tolist() == [again]
    choose(plan, "service", "building_block", "govstack:payments", status="rejected")
    assert "govstack:payments" not in set(proposed(framework, plan)["key"])


def test_an_own_word_that_is_mapped_counts_as_accepted(framework):
    plan, step = made("Pay")
    plan.add("own_words", use_case="service", step=step, name="Till", key="financial-services")
    assert "govstack:payments" in set(proposed(framework, plan)["key"])
    choose(plan, step, "workflow", "financial-services", status="rejected")
    assert proposals(framework, plan, "service").empty


def test_no_more_is_asked_than_can_be_talked_through(framework):
    plan, added = template(framework, "INST-1", blocks=False)
    whole = proposals(framework, plan, added, every=True)
    assert len(whole) > 60
    asked = proposals(framework, plan, added)
    pd.testing.assert_frame_equal(asked, whole[whole["asked"]].reset_index(drop=True))
    assert asked.groupby(["layer", "name"]).ngroups <= LIMIT
    empty = proposals(framework, made()[0], "service")
    assert list(empty.columns) == list(whole.columns)
    assert (empty.dtypes == whole.dtypes).all()


def test_what_cannot_be_used_is_refused_in_a_sentence(framework):
    plan, step = made("Pay")
    with pytest.raises(UnknownKeyError, match=r"no service 'servise'.*service"):
        proposals(framework, plan, "servise")
    for row in ("Payments", {"key": "x"}, None, []):
        with pytest.raises(ArgumentError, match="not a row of proposals"):
            decide_proposal(plan, row, "accepted")
    choose(plan, step, "workflow", "financial-services")
    row = proposals(framework, plan, "service").iloc[0]
    with pytest.raises(TablesError, match="“maybe” is not allowed"):
        decide_proposal(plan, row, "maybe")
    with pytest.raises(UnknownKeyError, match="no step 'gone'"):
        decide_proposal(plan, row.to_dict() | {"step": "gone"}, "accepted")
    assert plan.step_building_blocks.empty
    with pytest.raises(ArgumentError, match="'workflow' or 'building_block'"):
        suggestions(framework, plan, step, "target")
    with pytest.raises(UnknownKeyError, match=r"no step 'servise'.*service"):
        suggestions(framework, plan, "servise", "workflow")


def test_hostile_names_stay_text_and_large_use_cases_are_quick(framework):
    plan, *steps = made("<script>alert(1)</script>", "=cmd|' /C calc'!A0", "رسوم 👩\u200d🌾")
    for step in steps:
        choose(plan, step, "workflow", "financial-services")
        choose(plan, step, "building_block", "own:<b>till</b>")
    accept_all(framework, plan, "service")
    reasons = plan.step_building_blocks["reason"].fillna("")
    assert reasons.str.contains("<script>alert(1)</script> → Fin", regex=False).any()
    plan, *steps = made(*(f"Step {n}" for n in range(200)))
    links = [{"step": step, "workflow": "client-case-management"} for step in steps]
    plan.add_rows({"step_workflows": links})
    found = proposals(framework, plan, "service")
    assert 1 <= found["name"].nunique() <= LIMIT
    assert len(found) > 200


# --- what is suggested for a step of a plan -------------------------------------------------------


def test_suggestions_leave_out_what_is_decided_and_look_at_the_steps_around(framework):
    plan, _, middle, last = made("Outreach", "Registration of traders", "Pay the fee")
    plain = suggestions(framework, plan, middle, "building_block", top=20)
    columns = ["rank", "building_block", "name", "score", "likely", "about", "reason"]
    assert list(plain.columns) == columns
    best, second, third = plain["building_block"][:3]
    choose(plan, middle, "building_block", best)
    choose(plan, middle, "building_block", second, status="rejected")
    choose(plan, "service", "building_block", third, status="rejected")
    choose(plan, middle, "workflow", "identification-and-registration")
    found = suggestions(framework, plan, middle, "building_block", top=20)
    assert not {best, second, third} & set(found["building_block"])
    uses = {"building_block": (best,), "workflow": ("identification-and-registration",)}
    asked = Step("Registration of traders", "", ("Outreach", ""), ("Pay the fee", ""), uses)
    expected = suggester(framework).rank("building_block", asked, rejected=[second, third], top=20)
    pd.testing.assert_frame_equal(found, expected)
    few = suggestions(framework, plan, last, "workflow")
    every = suggestions(framework, plan, last, "workflow", top=99)
    assert few["workflow"].tolist() == every.loc[every["likely"], "workflow"].tolist()
    assert few["score"].iloc[-1] >= few["score"].iloc[0] / 2


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
