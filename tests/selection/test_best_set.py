"""The best set: by hand, explained truthfully, clear about what cannot be."""

import math

import numpy as np
import pandas as pd
import pytest

from govstack_kit import (
    GovStackKitError,
    Plan,
    TablesError,
    UnknownKeyError,
    best_set,
    best_set_of_plan,
)

COSTS = ("build_cost", "integration_cost", "annual_cost")


def frame(*rows):
    """Return options given as (option, block, fit, build, integration, annual, more by name)."""
    names = ["option", "building_block", "fit", *COSTS]
    return pd.DataFrame([dict(zip(names, row[:6], strict=True)) | dict(row[6:]) for row in rows])


def needed(*blocks, weights=None):
    return pd.DataFrame({"building_block": blocks, "weight": weights or [1.0] * len(blocks)})


# ---------------------------------------------------------------------------- by hand, and why


SUITE = frame(
    ("suite", "payments", 0.8, 100, 20, 10),
    ("suite", "wallet", 0.7, 100, 20, 10),
    ("purse", "wallet", 0.9, 30, 10, 4),
    ("till", "payments", 0.6, 90, 10, 10),
    ("till", "registry", 0.5, 90, 10, 10),
    ("ledger", "registry", 0.9, 60, 10, 6),
)


def test_integration_counts_once_for_each_product_and_not_for_each_block():
    found = best_set(SUITE, needed("payments", "wallet"), {"years": 5})
    assert found.cost == 100 + 20 + 5 * 10
    assert found.options["option"].tolist() == ["suite"]
    assert found.chosen["cost"].tolist() == [85, 85]
    assert found.chosen["fit"].tolist() == [0.8, 0.7]
    assert found.fit == pytest.approx(0.75)


def test_it_says_why_in_numbers_that_hold():
    found = best_set(SUITE, needed("payments", "wallet", "registry"), {"years": 5})
    # till 150 and purse 60 cover all; suite 170 and ledger 100 would be the next
    assert found.cost == 210
    why = found.chosen.set_index("building_block")["why"]
    assert why["payments"].startswith("It is chosen for registry as well")
    assert "with suite, costs 60 more." in why["payments"]
    assert why["wallet"] == (
        "The best set without it here, with suite, costs 60 more. "
        "No other fits this block better (90\xa0%)."
    )
    best = best_set(SUITE, needed("payments", "wallet", "registry"), {"leave_out": ["till"]})
    assert best.cost - found.cost == 60


def test_alternatives_never_only_add_to_a_better_set():
    found = best_set(SUITE, needed("payments", "wallet"), {"years": 5}, alternatives=5)
    assert found.alternatives["options"].tolist() == ["purse, till"]
    assert found.alternatives["difference"].tolist() == [40]
    assert found.alternatives["instead"].tolist() == ["purse and till instead of suite"]


def test_each_rule_is_priced_by_solving_without_it():
    rules = {"years": 5, "least_fit": 0.7, "keep": ["purse"], "most_options": 3, "budget": 999}
    found = best_set(SUITE, needed("payments", "wallet", "registry"), rules)
    assert found.cost == 170 + 60 + 100
    priced = found.constraints.set_index("rule")
    assert priced["difference"].to_dict() == {
        "budget": 0,
        "least_fit": 120,
        "most_options": 0,
        "keep": 60,
    }
    assert priced.loc["keep", "option"] == "purse"
    assert "Without the least fit of 70\xa0%, the best set costs 120 less." in found.sentences()


def test_the_aim_of_fit_takes_the_best_within_the_budget_and_then_the_cheapest():
    needs = needed("payments", "wallet", weights=[3, 1])
    assert best_set(SUITE, needs, {"aim": "fit"}).options["option"].tolist() == ["suite", "purse"]
    poor = best_set(SUITE, needs, {"aim": "fit", "budget": 180})
    assert poor.options["option"].tolist() == ["suite"]
    assert poor.fit == pytest.approx((3 * 0.8 + 0.7) / 4)
    assert poor.constraints["difference"].tolist() == [pytest.approx(0.05)]
    twins = frame(("dear", "wallet", 0.5, 9, 0, 0), ("cheap", "wallet", 0.5, 8, 0, 0))
    assert best_set(twins, needed("wallet"), {"aim": "fit"}).cost == 8


def test_the_order_of_rows_changes_nothing():
    first = best_set(SUITE, needed("payments", "wallet", "registry"))
    second = best_set(SUITE[::-1], needed("registry", "wallet", "payments"))
    pd.testing.assert_frame_equal(first.chosen, second.chosen)
    pd.testing.assert_frame_equal(first.alternatives, second.alternatives)


def test_idle_options_that_cost_nothing_are_not_chosen():
    free = frame(("a", "wallet", 0.9, 0, 0, 0), ("b", "wallet", 0.5, 0, 0, 0))
    found = best_set(free, needed("wallet"))
    assert found.options["option"].tolist() == ["a"]
    assert best_set(free, needed("wallet"), {"keep": ["b"]}).cost == 0


def test_several_options_meet_requirements_together_only_where_that_is_asked():
    asked = pd.DataFrame({"requirement": ["r1", "r2"], "building_block": "wallet"})
    said = [("suite", "r1", "met"), ("purse", "r2", "met"), ("purse", "r1", "partly")]
    answers = pd.DataFrame(said, columns=["option", "requirement", "answer"])
    given = {"requirements": asked, "answers": answers}
    alone = best_set(SUITE, needed("wallet"), **given)
    assert alone.status == "impossible"
    assert alone.constraints.loc[alone.constraints["binds"], "rule"].tolist() == ["requirements"]
    both = best_set(SUITE, needed("wallet"), **given, together=True)
    assert both.chosen[["option", "part"]].to_numpy().tolist() == [
        ["purse", "main"],
        ["suite", "helps"],
    ]


# ---------------------------------------------------------------------------------- collisions


def test_blocks_that_no_option_is_for_are_named_first():
    found = best_set(SUITE, needed("payments", "scheduler"), {"budget": 1})
    assert found.status == "impossible"
    assert found.sentences() == [
        "No set of options is possible.",
        "No option covers scheduler. Add one, for example an own build.",
    ]


def test_each_rule_that_makes_a_set_possible_when_it_is_left_out_is_named_with_its_price():
    rules = {"years": 5, "budget": 250, "most_options": 2, "least_fit": 0.1, "most_vendors": 9}
    needs = needed("payments", "wallet", "registry")
    assert best_set(SUITE, needs, rules).status == "proved"
    rules |= {"least_fit": 0.7}
    least = "the least fit of 70\xa0%"
    found = best_set(SUITE, needs, rules)
    assert found.sentences() == [
        "No set of options is possible.",
        "Without the budget of 250, a set that costs 270 is possible, with a fit of 80\xa0%.",
        f"Without {least}, a set that costs 210 is possible, with a fit of 67\xa0%.",
    ]
    for rule, helps, cost in found.constraints[["rule", "binds", "cost_without"]].to_numpy():
        without = {name: value for name, value in rules.items() if name != rule}
        again = best_set(SUITE, needs, without)
        assert helps == (again.status == "proved")
        assert not helps or cost == again.cost


def test_where_no_rule_alone_helps_all_are_named():
    two = frame(
        ("a", "p", 0.8, 50, 0, 0, ("open_source", "no")),
        ("c", "q", 0.8, 50, 0, 0, ("open_source", "yes")),
    )
    rules = {"keep": ["a"], "open_source_only": True, "budget": 60}
    found = best_set(two, needed("p", "q"), rules)
    assert found.sentences()[1] == (
        "No set is possible under the budget of 60, the rule to take open source only and the rule "
        "to keep a. To leave out one of them is not enough."
    )
    assert best_set(two, needed("p", "q"), {"keep": ["a"]}).status == "proved"


def test_a_requirement_that_nobody_meets_is_named():
    asked = pd.DataFrame({"requirement": ["r1"], "building_block": ["wallet"]})
    found = best_set(SUITE, needed("wallet"), requirements=asked)
    assert "is known to meet the requirement r1" in found.sentences()[1]


def test_a_rule_that_there_is_not_is_refused():
    with pytest.raises(UnknownKeyError, match=r"no name in rules 'buget'. Did you mean budget"):
        best_set(SUITE, needed("wallet"), {"buget": 1000})


def test_what_a_budget_costs_says_what_it_does_not_count():
    three = frame(
        *(("o0", "p", 0.5, 130, 0, 0), ("o2", "p", 0.3, 60, 0, 0), ("o4", "p", 0.8, None, 0, 0))
    )
    found = best_set(three, needed("p"), {"aim": "fit", "budget": 100})
    note = found.constraints["note"].item()
    assert note == (
        "Without the budget of 100, the best set fits 20 percentage points better (options whose "
        "cost is not known are not counted)."
    )


def test_a_poor_fit_is_called_out():
    poor = frame(("mail", "p", 0.2, 0, 0, 0))
    assert "mail fits p by 20\xa0% only: be sure that this is enough" in " ".join(
        best_set(poor, needed("p")).sentences()
    )
    fair = best_set(SUITE, needed("payments")).sentences()
    assert not any("only: be sure" in sentence for sentence in fair)


# ------------------------------------------------------------------------- unknown and absurd


def test_what_nobody_knows_is_never_zero():
    unknown = frame(
        ("cheap", "wallet", 0.9, 1, np.nan, 1),
        ("vague", "wallet", np.nan, 1, 1, 1),
        ("known", "wallet", 0.5, 50, 10, 1),
    )
    found = best_set(unknown, needed("wallet"))
    assert found.options["option"].tolist() == ["known"]
    assert found.unknowns[["option", "what", "treated"]].to_numpy().tolist() == [
        ["vague", "fit", "not counted as covering it"],
        ["cheap", "integration cost", "left out"],
    ]
    assumed = best_set(unknown, needed("wallet"), assume={"integration_cost": 20, "fit": 0.4})
    assert assumed.options["option"].tolist() == ["vague"]
    assert set(assumed.unknowns["treated"]) == {"taken as 20", "taken as 0.4"}
    by_fit = best_set(unknown, needed("wallet"), {"aim": "fit"})
    assert by_fit.options["option"].tolist() == ["cheap"]
    assert math.isnan(by_fit.cost)
    assert "an unknown amount" in by_fit.sentences()[0]


def test_unknown_licences_and_vendors_are_not_taken_for_the_best():
    bare = SUITE.assign(kind="product", vendor="", open_source="")
    needs = needed("payments", "wallet", "registry")
    assert best_set(bare, needs, {"open_source_only": True}).status == "impossible"
    assert best_set(bare, needs, {"most_vendors": 1}).status == "impossible"
    assert best_set(bare, needs, {"most_vendors": 2}).cost == 210
    own = bare.assign(kind="own build")
    assert best_set(own, needs, {"most_vendors": 1}).cost == 210


def test_the_number_that_is_missing_is_named():
    unknown = frame(
        ("till", "payments", 0.8, 100, np.nan, 10),
        ("vague", "payments", np.nan, 1, 1, 1),
        ("purse", "wallet", 0.9, 30, 10, 4),
    )
    found = best_set(unknown, needed("payments", "wallet"))
    assert found.sentences()[1] == (
        "No option with known costs and fits covers payments: the fit of vague and the integration "
        "cost of till are missing. Fill it in, say what to assume, or add another option."
    )


MONEY = {"build_cost": 5, "integration_cost": 1, "annual_cost": 1}
HUB = pd.DataFrame([{"option": "hub", "building_block": "wallet", "fit": 0.5, **MONEY}])
WALLET = needed("wallet")
ASKED = pd.DataFrame({"requirement": ["r"], "building_block": ["wallet"]})
MET = pd.DataFrame({"option": ["hub"], "requirement": ["r"], "answer": ["met"]})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"options": None}, "Give options as a DataFrame; for a plan, ask best_set_of_plan"),
        ({"options": pd.DataFrame()}, "options, option: column “option” is missing"),
        ({"options": HUB.drop(columns="fit")}, "options, fit: column “fit” is missing"),
        (
            {"options": pd.concat([HUB] * 2, axis=1)},
            "options: column “option” stands twice",
        ),
        ({"options": pd.concat([HUB] * 2)}, "“hub | wallet” stands more than once"),
        ({"options": HUB.assign(option=None)}, "options, row 2, option: is empty"),
        ({"options": HUB.assign(option=pd.NA)}, "options, row 2, option: is empty"),
        ({"options": HUB.assign(building_block=" ")}, "options, row 2, building_block: is empty"),
        ({"options": HUB.assign(build_cost=True)}, "row 2, build_cost: “true” is not a number"),
        ({"options": HUB.assign(build_cost=-1)}, "row 2, build_cost: “-1” is out of range"),
        ({"options": HUB.assign(build_cost=1e308)}, "row 2, build_cost: “1000"),
        (
            {"options": HUB.assign(annual_cost=np.inf)},
            "row 2, annual_cost: “Infinity” is not a number",
        ),
        ({"options": HUB.assign(fit="good")}, "row 2, fit: “good” is not a number"),
        ({"options": HUB.assign(fit=1.2)}, "row 2, fit: “1.2” is out of range. Allowed: from 0"),
        ({"options": HUB.assign(open_source=True)}, "“true” is not allowed here. Allowed: yes, no"),
        ({"options": HUB.assign(kind="sistem")}, "Did you mean system?"),
        (
            {"options": pd.concat([HUB, HUB.assign(building_block="pay", build_cost=9)])},
            "row 3, build_cost: an option has one cost, and this one several",
        ),
        ({"needs": "wallet"}, "Give needs as a DataFrame; for a plan"),
        ({"needs": WALLET.iloc[:0]}, "needs: no building block is needed"),
        ({"needs": WALLET.assign(building_block=None)}, "needs, row 2, building_block: is empty"),
        ({"needs": pd.concat([WALLET] * 2)}, "“wallet” stands more than once"),
        ({"needs": WALLET.assign(weight=0)}, "needs, weight: all weights are 0"),
        ({"needs": WALLET.assign(weight=-1)}, "needs, row 2, weight: “-1” is out of range"),
        ({"needs": WALLET.assign(weight=True)}, "needs, row 2, weight: “true” is not a number"),
        ({"needs": WALLET.assign(weight=math.nan)}, "needs, row 2, weight: is empty"),
        ({"requirements": pd.concat([ASKED] * 2, axis=1)}, "column “requirement” stands twice"),
        ({"answers": MET.assign(option=math.nan)}, "answers, row 2, option: is empty"),
        ({"answers": MET.assign(option="hob")}, "“hob” is not in options"),
        ({"answers": MET.assign(answer="mett")}, "answers, row 2, answer: “mett” is not allowed"),
        ({"rules": "cheapest"}, "Give rules by name, as in {'years': 5}, not 'cheapest'"),
        ({"rules": ["years"]}, "Give rules by name"),
        ({"rules": {"aim": "speed"}}, "rules, row 2, aim: “speed” is not allowed here"),
        ({"rules": {"keep": ["hub"], "leave_out": ["hub"]}}, "“hub” is both kept and left out"),
        ({"rules": {"keep": "hob"}}, "Did you mean hub"),
        ({"assume": 0.5}, "Give assume by name, as in {'fit': 0.5}, not 0.5"),
        ({"assume": {"{x}": 1}}, "There is no name in assume '{x}'"),
        ({"assume": {"fit": 2}}, "assume, row 2, fit: “2” is out of range"),
        ({"together": "yes"}, "together is True or False, not 'yes'"),
        ({"explain": None}, "explain is True or False, not None"),
        ({"seconds": math.nan}, "seconds is a number from 0.01 to 1,000,000, not nan"),
        ({"seconds": 0}, "seconds is a number from 0.01"),
        ({"seconds": 10**400}, "seconds is a number from 0.01"),
        ({"alternatives": -1}, "alternatives is a whole number from 0 to 50, not -1"),
        ({"alternatives": True}, "alternatives is a whole number"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(changed, said):
    given = {"options": HUB, "needs": WALLET, "requirements": ASKED, "answers": MET} | changed
    before = given["options"].copy() if isinstance(given["options"], pd.DataFrame) else None
    with pytest.raises(GovStackKitError) as caught:
        best_set(**given)
    assert said in str(caught.value)
    if before is not None:
        pd.testing.assert_frame_equal(given["options"], before)


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(TablesError) as caught:
        best_set(HUB.assign(build_cost=-5, fit=2), WALLET.assign(weight=None), {"keep": ["x"]})
    assert caught.value.problems["table"].tolist() == [
        *["options"] * 2,
        "needs",
        "option_decisions",
    ]


def test_a_plan_and_frames_that_are_mixed_up_name_each_other(framework):
    plan = Plan.demonstration()
    with pytest.raises(GovStackKitError, match=r"ask best_set_of_plan"):
        best_set(framework, plan)
    with pytest.raises(GovStackKitError, match=r"ask best_set\(options, needs\)"):
        best_set_of_plan(HUB, WALLET)
    with pytest.raises(GovStackKitError, match=r"Give a plan after the tables"):
        best_set_of_plan(framework, WALLET)


def test_an_option_that_is_kept_needs_all_its_costs():
    both = pd.concat([HUB.assign(annual_cost=None), HUB.assign(option="till")])
    found = best_set(both, WALLET, {"keep": ["hub"]})
    assert found.sentences()[1].startswith("Without the rule to keep hub, a set that costs 11 is")
    assert found.unknowns["what"].tolist() == ["annual cost"]
    assert best_set(both, WALLET, {"keep": ["hub"], "aim": "fit"}).status == "proved"


def test_what_is_odd_and_can_be_used_is_used():
    assert best_set(HUB, needed("wallet", "gis")).status == "impossible"
    both = pd.concat([HUB, HUB.assign(building_block="bill")])
    for weight in (1e300, 1e-300):
        needs = needed("wallet", "bill").assign(weight=weight)
        assert best_set(both, needs).chosen["weight"].tolist() == [0.5, 0.5]
    found = best_set(HUB.assign(annual_cost=math.nan), WALLET)
    assert found.status == "impossible"
    assert found.unknowns["what"].tolist() == ["annual cost"]
    assert best_set(HUB.iloc[:0], WALLET, answers=MET.iloc[:0]).status == "impossible"


def test_costs_of_all_sizes_are_compared_exactly():
    for scale in (1e-6, 1.0, 1e9):
        options = SUITE.assign(**{name: SUITE[name] * scale for name in COSTS})
        found = best_set(options, needed("payments", "wallet", "registry"), alternatives=0)
        assert found.cost == pytest.approx(210 * scale, rel=1e-12)
        tight = best_set(options, needed("wallet"), {"budget": 60 * scale * (1 - 1e-6)})
        assert tight.status == "impossible"
        assert best_set(options, needed("wallet"), {"budget": 60 * scale}).status == "proved"


def test_a_huge_cost_of_one_option_does_not_hide_what_the_others_differ_by():
    rows = [
        (f"{block}{number}", block, 0.8, 20_000 + 500 * number, 0, 0)
        for block in ("payments", "wallet", "registry")
        for number in range(4)
    ]
    for giant in (1e8, 1e12, 1e15):
        options = frame(*rows, ("giant", "wallet", 0.3, giant, 0, 0))
        for rules in ({"aim": "fit"}, {"aim": "fit", "budget": 1e6}, {"aim": "cost"}):
            found = best_set(options, needed("payments", "wallet", "registry"), rules)
            assert found.options["option"].tolist() == ["payments0", "registry0", "wallet0"]
            assert found.cost == 60_000


def test_of_sets_that_fit_the_same_one_with_known_costs_is_taken():
    options = frame(
        ("vague", "wallet", 0.9, None, 0, 0),
        ("clear", "wallet", 0.9, 700, 0, 0),
        ("till", "payments", 0.5, 500, 0, 0),
    )
    found = best_set(options, needed("wallet", "payments"), {"aim": "fit"})
    assert (set(found.options["option"]), found.cost) == ({"clear", "till"}, 1200)


def test_a_rule_that_makes_an_equally_good_set_dearer_or_worse_binds():
    dear = frame(("dear", "wallet", 0.8, 100, 0, 0), ("cheap", "wallet", 0.8, 10, 0, 0))
    row = best_set(dear, needed("wallet"), {"aim": "fit", "keep": ["dear"]}).constraints.iloc[0]
    assert (row["binds"], row["cost_without"], row["difference"]) == (True, 10, 0)
    assert row["note"] == "Without the rule to keep dear, the best set fits the same for 90 less."
    poor = frame(("poor", "wallet", 0.8, 10, 0, 0), ("good", "wallet", 0.9, 10, 0, 0))
    row = best_set(poor, needed("wallet"), {"keep": ["poor"]}).constraints.iloc[0]
    assert row["note"] == (
        "Without the rule to keep poor, the best set fits 10 percentage points better for the same "
        "cost."
    )


def test_advice_that_is_followed_to_the_letter_helps():
    options = frame(("one", "wallet", 2 / 3, 1234.4, 0, 0))
    tight = best_set(options, needed("wallet"), {"budget": 1000})
    assert (
        "Without the budget of 1,000, a set that costs 1,235 is possible" in tight.sentences()[-1]
    )
    assert best_set(options, needed("wallet"), {"budget": 1235}).status == "proved"


def test_what_is_left_out_as_unknown_is_named_where_one_option_remains():
    options = frame(("known", "wallet", 0.5, 10, 0, 0), ("vague", "wallet", 0.9, None, 0, 0))
    assert best_set(options, needed("wallet")).chosen["why"].tolist() == [
        "It is the only option for this block whose fit and costs are known; left out: vague."
    ]


def test_what_is_kept_and_serves_nothing_is_told():
    options = pd.concat([SUITE, frame(("crane", "harbour", 0.9, 500, 0, 0))])
    found = best_set(options, needed("wallet"), {"keep": ["crane"]})
    assert found.cost == 560
    assert "crane serves no building block that is needed, and costs 500." in found.sentences()
