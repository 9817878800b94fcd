"""Why no set is possible: every collision, and which rules would be enough to give up."""

import pandas as pd
import pytest

from govstack_kit import PlanError, best_set

COLUMNS = ["option", "building_block", "fit", "build_cost", "open_source"]


def options(*rows):
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.assign(integration_cost=0, annual_cost=0)


def needed(*blocks):
    return pd.DataFrame({"building_block": list(blocks)})


TWO = options(("a", "p", 0.8, 50, "no"), ("c", "q", 0.8, 50, "yes"))


def test_two_rules_that_each_make_it_impossible_are_both_named():
    rules = {"keep": ["a"], "open_source_only": True, "budget": 60}
    found = best_set(TWO, needed("p", "q"), rules)
    assert set(found.colliding) == {"open_source_only", "budget"}
    assert found.collisions[-1] == "To give up one of them alone is not enough."
    assert any(
        one.startswith("Without that, nothing is possible under") for one in found.collisions
    )
    for given_up in rules:
        left = {key: rule for key, rule in rules.items() if key != given_up}
        assert best_set(TWO, needed("p", "q"), left).status == "impossible"
    assert best_set(TWO, needed("p", "q"), {"keep": ["a"]}).status == "proved"


def test_what_is_said_to_be_enough_is_enough():
    three = pd.concat([TWO, options(("b", "p", 0.6, 90, "yes"))])
    rules = {"open_source_only": True, "budget": 120, "most_options": 5}
    found = best_set(three, needed("p", "q"), rules)
    assert set(found.colliding) == {"open_source_only", "budget"}
    assert found.collisions[-1] == (
        "It would be enough to give up the budget of 120 or the rule to take open source only."
    )
    for given_up in found.colliding:
        left = {key: rule for key, rule in rules.items() if key != given_up}
        assert best_set(three, needed("p", "q"), left).status == "proved"


def test_a_block_without_options_does_not_hide_what_else_collides():
    found = best_set(TWO, needed("p", "q", "r"), {"budget": 60})
    assert found.collisions[0].startswith("No option with known costs covers r.")
    assert found.colliding == ("budget",)
    assert "a budget of 100 would be enough." in found.collisions[-1]


def test_a_rule_that_there_is_not_is_refused():
    with pytest.raises(PlanError, match=r"no field .buget.\. Did you mean budget"):
        best_set(TWO, needed("p"), {"buget": 1000})


def test_what_a_budget_costs_says_what_it_does_not_count():
    three = options(("o0", "p", 0.5, 130, ""), ("o2", "p", 0.3, 60, ""), ("o4", "p", 0.8, None, ""))
    found = best_set(three, needed("p"), {"aim": "fit", "budget": 100})
    note = found.constraints["note"].item()
    assert note.startswith(
        "Without the budget of 100, the fit would be 20 percentage points higher."
    )
    assert note.endswith("Options whose cost is not known are not counted in this.")


def test_a_poor_fit_is_called_out():
    poor = options(("mail", "p", 0.2, 0, "yes"))
    assert "mail fits p by 20 % only: be sure that this is enough" in " ".join(
        best_set(poor, needed("p")).summary()
    )
    fair = best_set(TWO, needed("p", "q")).summary()
    assert not any("only: be sure" in sentence for sentence in fair)
