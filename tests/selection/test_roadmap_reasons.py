"""Why use cases do not go live: every reason holds when it is tested by trying out all orders."""

import itertools
import random
import re
from collections import Counter

import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit.planning.selected import Dependency, Phase, Value
from govstack_kit.selection import _phases
from govstack_kit.selection._roadmap_sets import Paid
from govstack_kit.selection._roadmap_tables import planned as planned_of
from govstack_kit.selection._roadmap_task import Task
from govstack_kit.selection.roadmap import roadmap

A, B, C, D = (f"govstack:{name}" for name in ("identity", "payments", "messaging", "wallet"))
BLOCKS = {"Identity": A, "Payments": B, "Messaging": C, "Wallet": D}
NEVER = 99


def planned(cases, budgets, values=(), **needs):
    """Return a plan: the blocks and value of each use case, budgets, what needs what."""
    plan = kit.Plan.new(title="Roadmap")
    for key, blocks in cases.items():
        use_case = plan.add_use_case(key.capitalize())
        for block in blocks:
            use_case.choose("building_block", block)
    plan.phases = [
        Phase(id=f"p{n}", name=f"Phase {n}", months=12, budget=budget)
        for n, budget in enumerate(budgets, start=1)
    ]
    plan.values = [Value(key=key, value=v) for key, v in zip(cases, values, strict=False)]
    plan.dependencies = [
        Dependency(key=BLOCKS[block.capitalize()], needs=first) for block, first in needs.items()
    ]
    return plan


def reason_of(found, case):
    return found.use_cases.set_index("use_case").loc[case, "reason"]


# --- by hand ------------------------------------------------------------------------------------


def test_a_dependency_that_keeps_it_out_is_named(framework):
    # Payments (100) only fit in phase 2, which they fill; Identity (50) would fit in phase 1.
    plan = planned({"fees": [B], "news": [B, A]}, [80, 100], [3, 1], identity=[B])
    assert reason_of(roadmap(framework, plan, {A: 50, B: 100}), "news") == (
        "It needs Identity and Payments: 150; the phases have 180, but cannot pay for them while "
        "Identity comes no earlier than Payments."
    )
    plan.dependencies = [Dependency(key=C, needs=[D])]
    assert set(roadmap(framework, plan, {A: 50, B: 100}).use_cases["status"]) == {"goes live"}


def test_a_deadline_that_keeps_it_out_is_named(framework):
    plan = planned({"fees": [A], "news": [B]}, [100], [3, 1])
    found = roadmap(framework, plan, {A: 100, B: 100}, deadlines={"news": "p1"})
    assert reason_of(found, "fees") == (
        "It needs Identity: 100; the phases have 100, but cannot pay for it while News must be "
        "live by Phase 1."
    )
    assert reason_of(roadmap(framework, plan, {A: 100, B: 100}), "news") == (
        "It waits for Payments: 100; after what goes live, all phases together have 0, and no "
        "order with it is worth more."
    )


def test_what_there_would_be_room_for_in_a_worse_order_says_so(framework):
    # Fees (60) fill phase 1 best; Post (80) would only fit there if Fees came a year later.
    plan = planned({"fees": [A], "post": [B]}, [80, 60], [9, 1])
    plan.dependencies = [Dependency(key=C, needs=[D])]
    assert reason_of(roadmap(framework, plan, {A: 60, B: 80}), "post") == (
        "It waits for Payments: 80; after what goes live, all phases together have 80, but no "
        "order with it is worth more."
    )


def test_all_the_money_may_be_too_little_for_one_use_case(framework):
    plan = planned({"fees": [A, B, C]}, [50, 50])
    assert reason_of(roadmap(framework, plan, {A: 40, B: 40, C: 30}), "fees") == (
        "It needs Identity, Messaging and Payments: 110; all phases together have 100."
    )


def test_a_search_that_was_stopped_claims_no_more_than_it_knows(framework, monkeypatch):
    real = _phases.solve
    monkeypatch.setattr(
        _phases, "solve", lambda problem, s: real(problem, s)._replace(optimal=False, bound=99.0)
    )
    plan = planned({"fees": [A], "news": [B]}, [100], [3, 1])
    said = reason_of(roadmap(framework, plan, {A: 100, B: 100}), "news")
    assert said.endswith("have 0, and no order with it was found that is worth more.")


def test_a_block_names_all_use_cases_that_wait_for_it(framework):
    plan = planned({"fees": [A, C], "post": [B, C]}, [10], payments=[A])
    found = roadmap(framework, plan, {A: 5, B: 5, C: 50})
    reasons = found.blocks.set_index("building_block")["reason"]
    assert reasons[A] == "Only Fees and Post would need it, which do not go live."
    assert reasons[B] == "Only Post would need it, which does not go live."


# --- by trying out all orders -------------------------------------------------------------------

KINDS = ("dear", "divided", "money", "deadline", "dependency", "worth")


def drawn(seed):
    """Return a small roadmap to plan, made up: the task, what is bought together, deadlines."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    keys = list(BLOCKS)[: draw.randint(2, 4)]
    cases = [f"Case {n}" for n in range(draw.randint(2, 4))]
    needs = [
        (case, key)
        for case in cases
        for key in draw.sample(keys, min(draw.choice((1, 1, 2, 3)), len(keys)))
    ]
    pairs = [(b, f) for f, b in itertools.combinations(draw.sample(keys, len(keys)), 2)]
    order = [pair for pair in pairs if draw.random() < 0.25]
    bought = {(key,): draw.randint(2, 5) for key in keys}
    shared = {}
    if draw.random() < 0.3:  # one option for two blocks
        bought = {tuple(keys[:2]): draw.randint(2, 5)} | dict(list(bought.items())[2:])
        shared = {"option": Paid("Suite", bought[tuple(keys[:2])], tuple(keys[:2]))}
    costs = {b[0]: float(cost) for b, cost in bought.items()}
    if shared:
        costs |= {keys[0]: 0.0, keys[1]: 0.0, "option": float(shared["option"].cost)}
    phases = draw.randint(1, 3)
    task = Task(
        needs=pd.DataFrame(needs, columns=["use_case", "building_block"]),
        costs=costs,
        phases=[(f"p{n}", f"Phase {n}", 12.0, float(draw.randint(3, 6))) for n in range(phases)],
        worth={case: float(draw.randint(1, 3)) for case in cases},
        remarks=[],
        people={},
        cases={case: case for case in cases},
        names={key: key for key in keys},
        foundational=set(),
        order=pd.DataFrame(order, columns=["building_block", "needs"]).assign(basis="plan"),
        there={},
        shared=shared,
        options={},
        after=12.0,
        seconds=20.0,
        currency="",
    )
    due = {draw.choice(cases): draw.randrange(phases)} if draw.random() < 0.6 else {}
    return task, bought, order, due


def orders(task, bought, order, due):
    """Yield the phase in which each use case goes live, for every order that keeps the rules."""
    keys = [key for blocks in bought for key in blocks]
    budgets = [budget for *_, budget in task.phases]
    needs = task.needs.groupby("use_case")["building_block"].agg(list).to_dict()
    for places in itertools.product([*range(len(budgets)), NEVER], repeat=len(keys)):
        at = dict(zip(keys, places, strict=True))
        if any(at[first] > at[block] for block, first in order):
            continue
        spent = [0] * len(budgets)
        for blocks, cost in bought.items():
            if (when := min(at[key] for key in blocks)) != NEVER:
                spent[when] += cost
        if any(much > budget for much, budget in zip(spent, budgets, strict=True)):
            continue
        live = {case: max(at[key] for key in blocks) for case, blocks in needs.items()}
        if all(live[case] <= by for case, by in due.items()):
            yield live


def rules_in(reason):
    """Return the dependencies and deadlines that a reason names."""
    names = "|".join(BLOCKS)
    order = re.findall(rf"({names}) comes no earlier than ({names})", reason)
    due = re.findall(r"(Case \d) must be live by Phase (\d)", reason)
    return order, {case: int(phase) for case, phase in due}


def check_reason(row, found, problem):
    """Test a reason by what it says, and return of which kind it is."""
    task, bought, order, due = problem
    case, reason = row["use_case"], row["reason"]
    whole = sum(budget for *_, budget in task.phases)

    def possible(order=(), due=()):
        return any(live[case] != NEVER for live in orders(task, bought, order, dict(due)))

    if "no phase has more than" in reason:
        assert not possible(order)
        return "dear"
    if "so divided" in reason:
        assert not possible()  # even if there were no dependencies
        assert int(re.search(r": (\d+);", reason)[1]) <= whole
        return "divided"
    if reason.startswith("It needs") and "all phases together have" in reason:
        assert not possible(order)
        assert whole < int(re.search(r": (\d+);", reason)[1])
        return "money"
    if " while " in reason:
        late = "must be live" in reason
        assert possible()
        assert possible(order) == late  # with a deadline, it is no dependency alone
        assert not possible(*rules_in(reason))
        return "deadline" if late else "dependency"
    assert "no order with it" in reason
    assert found["optimal"]
    assert int(re.search(r"together have (\d+),", reason)[1]) == found["phases"]["left"].sum()
    horizon = 12 * (len(task.phases) + 1)
    worths = [
        sum(task.worth[c] * (horizon - 12 * (at + 1)) for c, at in live.items() if at != NEVER)
        for live in orders(task, bought, order, due)
        if live[case] != NEVER
    ]
    assert max(worths) <= found["worth"] + 1e-6
    return "worth"


def test_every_reason_is_true():
    seen = Counter()
    for seed in range(300):
        task, _, _, due = problem = drawn(seed)
        if not any(orders(*problem)):
            with pytest.raises(kit.PlanError, match="cannot all hold"):
                planned_of(task, due)
            continue
        found = planned_of(task, due)
        for row in found["use_cases"].to_dict("records"):
            if row["status"] != "goes live":
                seen[check_reason(row, found, problem)] += 1
    assert min(seen[kind] for kind in KINDS) >= 3, seen
