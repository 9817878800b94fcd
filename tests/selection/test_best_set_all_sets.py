"""The best set of small made-up problems is the best of all sets, whichever way it is found."""

import itertools
import math
from typing import Any, NamedTuple

import pandas as pd
import pytest
from hypothesis import strategies as st

from govstack_kit import best_set

COSTS = ("build_cost", "integration_cost", "annual_cost")
ABOUT = ("kind", "vendor", "open_source")
FITS = (0.5, 1.0, 0.7, 0.2, 0.5, 1.0, 0.7, 0.2, 0.5, 1.0, 0.7, 1.0, 0.5, 1.0, 0.0, math.nan)
NUMBERS = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)  # small, so that there are ties and zeros
COST = (*NUMBERS * 7, 5e6, math.nan)  # beside a huge one the others are still told apart


class Made(NamedTuple):
    """A small problem with odd rules."""

    options: list[dict[str, Any]]  # with the fit of each block in "fits"
    weights: dict[str, float]
    rules: dict[str, Any]
    asked: list[tuple[str, str]] | None  # requirement and block
    said: list[tuple[str, str, str]]  # option, requirement and answer
    together: bool

    def given(self):
        """Return what best_set() takes."""
        rows = [
            {name: value for name, value in option.items() if name != "fits"}
            | {"building_block": block, "fit": fit}
            for option in self.options
            for block, fit in option["fits"].items()
        ]
        return {
            "options": pd.DataFrame(rows),
            "needs": pd.DataFrame(self.weights.items(), columns=["building_block", "weight"]),
            "rules": self.rules,
            "requirements": self.asked
            and pd.DataFrame(self.asked, columns=["requirement", "building_block"]),
            "answers": self.asked
            and pd.DataFrame(self.said, columns=["option", "requirement", "answer"]),
            "together": self.together,
        }


@st.composite
def problems(draw, pick):
    def any_of(*values):
        return pick(draw, values)

    def sometimes(name, *values):
        return {name: any_of(*values)} if any_of(0, 0, 0, 1) else {}

    blocks = [f"b{number}" for number in range(any_of(1, 2, 3, 4))]
    options = []
    for number in range(any_of(2, 4, 5, 6, 7, 8, 8, 8)):
        first = any_of(*blocks)
        covers = [block for block in blocks if block == first or any_of(0, 1)]
        options.append(
            {"option": f"o{number}"}
            | {name: any_of(*COST) for name in COSTS}
            | {"kind": any_of("product", "system", "own build", "product")}
            | {"vendor": any_of("", "a", "b", "c"), "open_source": any_of("yes", "yes", "no", "")}
            | {"fits": {block: any_of(*FITS) for block in covers}}
        )
    keys = [option["option"] for option in options]
    rules = {"aim": any_of("cost", "fit"), "years": any_of(1, 2, 3)}
    rules |= sometimes("budget", *(float(amount) for amount in range(5, 61, 5)))
    rules |= sometimes("least_fit", 0.2, 0.5, 0.6)
    rules |= sometimes("most_options", 1, 2, 3)
    rules |= sometimes("most_vendors", 1, 2)
    rules["open_source_only"] = bool(any_of(0, 0, 0, 1))
    rules["keep"] = any_of([], [], [], [], keys[:1])
    rules["leave_out"] = any_of([], [], keys[1:2])
    asked, said = None, []
    if any_of(0, 1):
        asked = [(f"r{number}", any_of(*blocks)) for number in range(any_of(1, 2, 3, 6))]
        words = ("met", "met", "met", "met", "met", "met", "met", "partly")
        said = [(key, requirement, any_of(*words)) for key in keys for requirement, _ in asked]
    weights = {block: any_of(1.0, 2.0, 3.0) for block in blocks}
    return Made(options, weights, rules, asked, said, bool(any_of(0, 1)))


def tried(made):
    """Return (cost, fit, options) of every allowed set, by trying all of them in plain Python."""
    rules, weight = made.rules, made.weights
    about = {option["option"]: option for option in made.options}
    fits = {
        (key, block): fit
        for key, option in about.items()
        for block, fit in option["fits"].items()
        if not math.isnan(fit) and fit > 0 and fit >= rules.get("least_fit", 0)
    }
    met = {(key, requirement) for key, requirement, answer in made.said if answer == "met"}
    cost = {
        key: row["build_cost"] + row["integration_cost"] + rules["years"] * row["annual_cost"]
        for key, row in about.items()
    }
    wanted = {block: [r for r, of in made.asked or [] if of == block] for block in weight}
    costly = rules["aim"] == "cost" or "budget" in rules
    usable = [
        key
        for key in sorted(about)
        if key not in rules["leave_out"]
        and (not costly or not math.isnan(cost[key]))
        and (not rules["open_source_only"] or about[key]["open_source"] == "yes")
    ]
    found = []
    for size in range(1, len(usable) + 1):
        for chosen in itertools.combinations(usable, size):
            if not set(rules["keep"]) <= set(chosen) or size > rules.get("most_options", 99):
                continue
            total = sum(cost[key] for key in chosen)
            if total > rules.get("budget", math.inf):
                continue
            vendors = {about[k]["vendor"] for k in chosen if about[k]["vendor"]}
            bare = [k for k in chosen if not about[k]["vendor"] and about[k]["kind"] == "product"]
            if len(vendors) + len(bare) > rules.get("most_vendors", 99):
                continue
            fit, allowed = 0.0, True
            for block, share in weight.items():
                able = [key for key in chosen if (key, block) in fits]
                if made.together:
                    allowed &= all(any((k, r) in met for k in able) for r in wanted[block])
                else:
                    able = [k for k in able if all((k, r) in met for r in wanted[block])]
                allowed &= bool(able)
                fit += share * max((fits[k, block] for k in able), default=0)
            if allowed:
                found.append((total, fit / sum(weight.values()), chosen))
    return found


@pytest.mark.parametrize("aim", ["cost", "fit"])
def test_the_best_set_is_the_best_of_all_sets(aim, pick, check_all):
    possible = 0

    def check(made):
        nonlocal possible
        made.rules["aim"] = aim
        found = best_set(**made.given(), alternatives=2, explain=False)
        sets = tried(made)
        if not sets:
            assert found.status == "impossible"
            assert found.sentences()[1:]
            return
        possible += 1
        assert found.status == "proved"
        assert found.gap == 0
        names = tuple(sorted(found.options["option"]))
        (cost, _), *rest = {(c, round(f, 9)) for c, f, chosen in sets if chosen == names}
        assert not rest
        if aim == "cost":
            assert found.cost == min(c for c, _, _ in sets) == cost
            best = max(f for c, f, _ in sets if c == cost)  # ties: the better fit
            assert found.fit == pytest.approx(best, abs=1e-9)
        else:
            top = max(f for _, f, _ in sets)
            assert found.fit == pytest.approx(top, abs=1e-6)
            if known := [c for c, f, _ in sets if f > top - 1e-9 and not math.isnan(c)]:
                assert cost == min(known)  # ties: the cheaper, and an unknown cost comes last
        _check_alternatives(found, sets, names, aim)

    check_all(check, problems(pick), 100)
    assert possible >= 50


def _check_alternatives(found, sets, names, aim):
    """Each alternative is the best of the sets that contain none of those before it."""
    before = [set(names)]
    for row in found.alternatives.to_dict("records"):
        left = [s for s in sets if not any(known <= set(s[2]) for known in before)]
        mine = tuple(row["options"].split(", "))
        assert mine in [chosen for _, _, chosen in left]
        if aim == "cost":
            assert row["cost"] == min(c for c, _, _ in left)
        else:
            assert row["fit"] == pytest.approx(max(f for _, f, _ in left), abs=1e-6)
        before.append(set(mine))
    if len(found.alternatives) < 2:
        assert not [s for s in sets if not any(known <= set(s[2]) for known in before)]
