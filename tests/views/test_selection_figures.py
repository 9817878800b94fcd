"""The figures of needs, systems, options, costs and time: true to their tables, and readable."""

import itertools
import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex

import govstack_kit as gk
from govstack_kit import views
from govstack_kit.errors import ArgumentError
from govstack_kit.results import Result
from govstack_kit.views import style

LONG = "a-very-long-name-of-a-public-service-that-everybody-in-the-country-needs"


@dataclass
class Made(Result):
    """A result with the tables and attributes that a test gives it."""

    given: dict
    currency: str = "USD"
    aim: str = "cost"
    optimal: bool = True
    overlap: float = 0.5
    basis: str = "given in the plan"
    notes: tuple = ()
    draws: int = 100
    impossible: float = 0.0
    more: dict = field(default_factory=dict)

    def sentences(self):
        return [*self.notes]

    def tables(self):
        return self.given


@pytest.fixture(scope="module")
def plan():
    return gk.Plan.demonstration()


# --- needs and systems ----------------------------------------------------------------------------


def test_needs_have_bars_as_long_as_their_weights(framework, plan, drawn):
    frame = gk.needs(framework, plan)
    figure = drawn(views.plot_needs(frame)).assert_readable(widest=style.PAGE)
    lengths = figure.lengths("bar:")
    assert set(lengths) == set(frame["building_block"])
    for block, weight in zip(frame["building_block"], frame["weight"], strict=True):
        share = lengths[block] / max(lengths.values())
        assert share == pytest.approx(weight / frame["weight"].max())
    hatched = {block for block, bar in figure.shapes("bar:").items() if bar.get_hatch()}
    assert hatched == set(frame.loc[~frame["specified"], "building_block"])
    first = frame.iloc[0]
    assert style.per_cent(first["weight"]) in figure.texts
    assert figure.beside(first["name"]) == f"{first['steps']} steps, 1 use case"
    assert {"foundational", "other"} <= set(figure.texts)


def matrix(systems, blocks=(("Payments", "several competing"), ("GIS", "not needed"))):
    index = pd.MultiIndex.from_tuples(blocks, names=["building_block", "state"])
    return pd.DataFrame(systems, index=index).astype("str")


def test_marks_are_filled_as_far_as_blocks_are_served(drawn):
    served = {"Till": ["well", "poorly"], "Bank": ["partly", ""], "Desk": ["not judged", ""]}
    figure = drawn(views.plot_coverage(matrix(served))).assert_readable(widest=style.PAGE)
    marks = figure.shapes("mark:")
    assert set(marks) == {"Payments:1", "Payments:2", "Payments:3", "GIS:1"}
    filled = {}
    for name, mark in marks.items():
        box = mark.get_bbox()
        inner = [
            p.get_bbox() for p in figure.ax.patches if not p.get_gid() and hasattr(p, "get_bbox")
        ]
        own = [b for b in inner if b.x0 == box.x0 and abs(b.y1 - box.y1) < 1e-6]
        filled[name] = round(abs(own[0].height / box.height), 2) if own else None
    assert filled == {"Payments:1": None, "Payments:2": 0.55, "Payments:3": None, "GIS:1": 0.2}
    assert marks["Payments:3"].get_hatch()
    assert not marks["Payments:1"].get_hatch()
    about = "3 systems, 1 needed building block: 1 by several competing systems."
    assert figure.texts[1] == about
    assert {"BUILDING BLOCKS NEEDED", "SERVED, NOT NEEDED"} <= set(figure.texts)
    assert (
        "Payments: Till well, Bank partly, Desk not judged, several competing."
        in views.alternative_text(figure.figure)
    )


def test_the_systems_of_a_plan_are_drawn_any_number_of_them_and_none(
    framework, plan, drawn, awkward
):
    figure = drawn(views.plot_coverage(gk.selection.coverage_matrix(framework, plan)))
    assert "partial" in figure.assert_readable().texts
    many = {f"A system with quite a long name, number {n}": ["well", ""] for n in range(29)}
    figure = drawn(views.plot_coverage(matrix(many | {awkward: ["", "well"]}), title=awkward))
    assert len(figure.assert_readable().shapes("mark:")) == 30
    figure = drawn(views.plot_coverage(matrix({}, [("Payments", "nothing")]))).assert_readable()
    assert figure.texts[1] == "0 systems, 1 needed building block: 1 served by nothing."
    with pytest.raises(ArgumentError, match="'superb'"):
        views.plot_coverage(matrix({"Till": ["superb", ""]}))


def fits(number, ruleset="govspecs-2.0"):
    """Return a table of how options meet two conditions."""
    rows = []
    for place, (rule, verdict) in itertools.product(
        range(number), (("all", "fails"), ("over 50 %", "passes"), ("reported", "reported"))
    ):
        met, unknown = 6 + place % 3, place % 4
        about = {"option": f"o{place}", "option_name": f"Option {place}", "rule": rule}
        about |= {"building_block": "govstack:payments", "building_block_name": "Payments"}
        about |= {"ruleset": ruleset, "level": 1, "condition": f"REQUIRED {rule}"}
        numbers = {"met": met, "partly": 2, "not_met": 1, "unknown": unknown}
        total = sum(numbers.values())
        numbers |= {"total": total, "lowest": met / total, "highest": (met + unknown) / total}
        rows.append(about | numbers | {"verdict": verdict, "caveat": "Not the set that is meant."})
    return pd.DataFrame(rows)


def test_bars_of_options_show_the_shares_of_their_checks(drawn):
    frame = fits(3)
    figure = drawn(views.plot_fit(frame)).assert_readable(widest=style.PAGE)
    for row in frame.to_dict("records"):
        gid = f"{row['option']}:govstack:payments:1:{row['condition']}"
        widths = {
            part: figure.lengths(f"{part}:").get(gid, 0)
            for part in ("met", "partly", "not_met", "unknown")
        }
        whole = sum(widths.values())
        for part, width in widths.items():
            assert width / whole == pytest.approx(row[part] / row["total"])
    assert figure.texts[0] == "How far 3 options meet govspecs-2.0"
    assert {"Option 1: Payments", "met", "not met", "limit of the rule"} <= set(figure.texts)
    assert "60 % to 70 %: fails" in figure.texts or "fails" in " ".join(figure.texts)
    assert figure.texts.count("Not the set that is meant.") == 1


def test_what_is_not_asked_or_not_published_has_no_bar(framework, plan, drawn):
    frame = fits(1).assign(total=0, verdict="no published requirements here", caveat="")
    figure = drawn(views.plot_fit(frame)).assert_readable()
    assert figure.texts.count("no published requirements here") == 3
    assert not figure.shapes("met:")
    assert (
        "No option has been asked yet."
        in drawn(views.plot_fit(fits(1).assign(rule="not asked"))).texts
    )
    figure = drawn(views.plot_fit(fits(25))).assert_readable()
    assert "and 15 more: see the table" in figure.texts
    asked = gk.fit(framework, plan, rulesets="govspecs-2.0", options="digit")
    assert drawn(asked.figure()).assert_readable().texts[0] == "How far DIGIT meets govspecs-2.0"


# --- the best set ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def best(framework, plan):
    return gk.best_set_of_plan(framework, plan)


def test_the_best_set_has_a_bar_as_long_as_its_cost(best, drawn):
    figure = drawn(best.figure(note="Made-up costs")).assert_readable(widest=style.PAGE)
    costs = best.options.set_index("option")["cost"]
    lengths = figure.lengths("bar:")
    assert list(lengths) == costs.index.tolist()
    for option, length in lengths.items():
        assert length / max(lengths.values()) == pytest.approx(costs[option] / costs.max())
    assert figure.texts[0] == "8 options for 10 building blocks cost 1.67 million USD"
    assert figure.texts[2] == "Made-up costs"
    assert {"product", "existing system"} <= set(figure.texts)


def made_set(costs, **more):
    keys = ["govstack:registration", "dif:registration"]
    chosen = {"building_block": keys, "building_block_name": "Registration", "option": "o0"}
    options = {"option": [f"o{n}" for n in range(len(costs))], "name": "National " * 33}
    options |= {"kind": "product", "cost": costs}
    tables = {"options": pd.DataFrame(options), "constraints": more.get("constraints")}
    return Made(tables | {"chosen": pd.DataFrame(chosen | {"part": ["main", "helps"]})})


def test_unknown_costs_are_not_zero_and_names_that_are_alike_are_told_apart(drawn):
    figure = drawn(views.plot_best_set(made_set([math.nan, 5.0]))).assert_readable(style.PAGE)
    assert list(figure.shapes("bar:")) == ["o1"]
    assert "unknown" in figure.texts
    assert figure.texts[0].endswith("cost an amount that is not known")
    assert "Registration (govstack), Registration (dif) (helps)" in figure.texts
    assert "kept, serves no block" in figure.texts
    assert any(text.endswith("…") for text in figure.texts)


def test_an_impossible_set_is_said_in_a_sentence(framework, plan, drawn):
    options, needs = gk.options(framework, plan), gk.needs(framework, plan)
    found = gk.best_set(options, needs, {"budget": 1})
    assert "No set of options is possible." in drawn(views.plot_best_set(found)).texts


@pytest.mark.parametrize("aim", ["cost", "fit"])
def test_what_rules_cost_is_written_beside_them(aim, drawn):
    rules = pd.DataFrame({"rule": ["budget", "keep", "most"], "difference": [0.2, 0.0, math.nan]})
    rules["setting"] = ["the budget of 300", "the rule to keep DIGIT", "the limit of 2 options"]
    made = made_set([1.0], constraints=rules)
    made.aim = aim
    figure = drawn(views.plot_constraints(made)).assert_readable(widest=style.PAGE)
    assert list(figure.shapes("bar:")) == ["budget"]
    assert {"The budget of 300", "0.2", "nothing", "not known"} <= set(figure.texts)
    nothing = drawn(views.plot_constraints(made_set([1.0], constraints=rules[:0])))
    assert "No rule limits the choice." in nothing.texts


def test_stability_shows_shares_and_marks_the_best_set(framework, plan, drawn):
    study = gk.selection.best_set_stability_of_plan(framework, plan, draws=50, seed=1)
    figure = drawn(study.figure()).assert_readable(widest=style.PAGE)
    whole = study.shares[study.shares["building_block"] == ""].set_index("option")
    lengths, bars = figure.lengths("bar:"), figure.shapes("bar:")
    assert set(bars) == set(whole.index[(whole["share"] > 0) | whole["chosen"]])
    longest = max(lengths.values()) / whole["share"].max()
    for key, bar in bars.items():
        assert lengths[key] / longest == pytest.approx(whole.loc[key, "share"], abs=0.005)
        filled = to_hex(bar.get_facecolor()) != style.colour("paper")
        assert filled == whole.loc[key, "chosen"]
    study = Made({"shares": study.shares}, impossible=1.0)
    sentence = "In no draw was any set of options possible."
    assert sentence in drawn(views.plot_best_set_stability(study)).texts


# --- costs and time -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def case(framework, plan):
    return gk.business_case(framework, plan)


def test_bars_of_the_business_case_are_as_long_as_the_money(case, drawn):
    figure = drawn(case.figure()).assert_readable(widest=style.PAGE)
    rows = case.components.set_index("component")
    unit = figure.lengths("alone:")["build_cost"] / rows.loc["build_cost", "alone"]
    for which in ("alone", "shared"):
        lengths = figure.lengths(f"{which}:")
        assert list(lengths) == [name for name in rows.index if name != "total"]
        for name, length in lengths.items():
            assert length == pytest.approx(unit * rows.loc[name, which])
    gap = figure.lengths("gap:")
    assert gap["shared"] == pytest.approx(unit * rows.loc["total", "saving"])
    assert figure.texts[0] == "Sharing saves 5.57 million USD in 5 years, 38 % of the cost"
    assert "5.57 million saved" in figure.texts
    assert set(case.summary.dropna(subset="alone")["quantity"]) <= set(figure.texts)
    assert set(case.notes) <= set(figure.texts)


def made_case(alone, shared):
    saving = alone - shared
    money = {"alone": alone, "shared": shared, "saving": saving}
    summary = [{"quantity": "Cost", "how": "5 years", "unit": "USD", **money}]
    components = [{"component": "build_cost", **money}, {"component": "total", **money}]
    projects = [{"name": LONG, "overlaps": True}]
    tables = {"summary": summary, "components": components, "projects": projects}
    return Made({name: pd.DataFrame(rows) for name, rows in tables.items()})


def test_what_is_dearer_shared_and_costs_of_zero_are_said(drawn):
    figure = drawn(views.plot_business_case(made_case(100.0, 200.0))).assert_readable(style.PAGE)
    assert figure.texts[0] == "Sharing costs 100 USD in 5 years more"
    assert set(figure.shapes("gap:")) == {"alone"}
    figure = drawn(views.plot_business_case(made_case(0.0, 0.0))).assert_readable()
    assert figure.texts[0] == "Sharing saves 0 USD in 5 years"
    made = made_case(10.0, 5.0)
    made.overlap, made.basis = math.nan, "The costs are those of the set of options"
    assert "1 project, The costs are" in drawn(views.plot_business_case(made)).texts[1]


def test_the_bars_of_the_tornado_end_at_the_savings(framework, plan, drawn):
    table = gk.selection.business_case_tornado(framework, plan)
    figure = drawn(views.plot_tornado(table)).assert_readable(widest=style.PAGE)
    lows, highs = figure.shapes("low:"), figure.shapes("high:")
    base = figure.shapes("base")[""].get_path().vertices[0, 0]
    rows = table.set_index("input")
    first = rows.iloc[0]
    unit = (highs[rows.index[0]].get_center()[0] - base) / (
        first["saving_at_high"] - first["saving"]
    )
    for name, row in rows.iterrows():
        for marks, at in ((lows, "saving_at_low"), (highs, "saving_at_high")):
            place = base + unit * (row[at] - row["saving"])
            assert marks[name].get_center()[0] == pytest.approx(place, abs=1e-6)
        assert to_hex(lows[name].get_facecolor()) == style.colour("paper")
    assert "35 % to 65 %" in figure.texts
    many = pd.concat([table] * 3).assign(input=[f"{LONG} {n}" for n in range(3 * len(table))])
    assert any(
        t.endswith("matter less: see the table") for t in drawn(views.plot_tornado(many)).texts
    )
    assert drawn(views.plot_tornado(table[:0])).texts[1] == "No input is given."


def made_roadmap(names, phases, budget=100.0):
    """Return a roadmap that builds one block and brings one use case a phase."""
    ends = list(itertools.accumulate(months for _, months in phases))
    starts, count = [0.0, *ends[:-1]], len(phases)
    blocks = pd.DataFrame({"building_block": [f"b{n}" for n in range(len(names))], "name": names})
    blocks["foundational"], blocks["use_cases"], blocks["cost"] = True, 1, 60.0
    at = [n % count for n in range(len(names))]
    blocks["status"], blocks["start"], blocks["end"] = (
        "built",
        [starts[n] for n in at],
        [ends[n] for n in at],
    )
    cases = pd.DataFrame({"use_case": [f"u{n}" for n in range(len(names))], "name": names})
    cases["blocks"], cases["status"], cases["waits_for"] = 1, "goes live", ""
    cases["month"] = [ends[n] for n in at]
    frame = pd.DataFrame({"name": [name for name, _ in phases], "end": ends})
    frame["budget"], frame["spent"], frame["blocks"] = budget, 60.0, 1
    curve = pd.DataFrame({"month": [0.0, *ends, ends[-1] + 12]})
    curve["phase_name"] = ["", *frame["name"], ""]
    curve["live"] = [0, *(sum(place <= n for place in at) for n in range(count)), len(names)]
    curve["value"], curve["most"] = curve["month"] ** 1.5 / 4, curve["month"] * len(names)
    curve["rate"] = curve["live"]
    steps = pd.DataFrame({"step": [f"s{n}" for n in range(len(names))], "name": names})
    steps["use_case"], steps["month"] = "u0", [math.nan, *[0.0] * (len(names) - 1)]
    releases = pd.DataFrame([{"use_case": "u0", "month": 0.0, "started": 1, "of_steps": 2}])
    tables = {"blocks": blocks, "use_cases": cases, "phases": frame, "curve": curve}
    return Made(tables | {"steps": steps, "releases": releases})


def test_the_roadmap_of_the_demonstration_is_complete(framework, plan, drawn):
    road = gk.roadmap(framework, plan)
    figure = drawn(road.figure()).assert_readable(widest=style.PAGE)
    for name in (*road.blocks["name"], *road.use_cases["name"], *road.phases["name"]):
        assert name in figure.texts
    assert set(figure.shapes("built:")) == set(road.blocks.dropna(subset="end")["building_block"])
    assert {"foundational", "goes live", *road.blocks["options"]} <= set(figure.texts)
    blocks = road.blocks.set_index("building_block")
    built = figure.shapes("built:")
    ends = {key: bar.get_x() + bar.get_width() for key, bar in built.items()}
    for one, other in itertools.permutations(built, 2):
        if blocks.loc[one, "phase"] < blocks.loc[other, "phase"]:
            assert ends[one] <= built[other].get_x()
    figure = drawn(views.plot_value_curve(road)).assert_readable(widest=style.PAGE)
    line = figure.shapes("curve:")["value"].get_path().vertices
    limit = figure.shapes("curve:")["most"].get_path().vertices
    along = (line[:, 0] - line[0, 0]) / (line[-1, 0] - line[0, 0])
    assert along == pytest.approx((road.curve["month"] / road.curve["month"].iloc[-1]).to_numpy())
    up = (line[0, 1] - line[:, 1]) / (limit[0, 1] - limit[-1, 1])
    assert up == pytest.approx((road.curve["value"] / road.curve["most"].iloc[-1]).to_numpy())
    assert any(text.startswith("Live after month") for text in figure.texts)


def test_what_waits_is_there_already_or_has_no_limit_is_said(drawn):
    road = made_roadmap(
        ["Identity", "Payments", "Wallet"], [("Start", 12), ("Growth", 6)], math.nan
    )
    blocks, cases = road.given["blocks"], road.given["use_cases"]
    blocks.loc[0, ["status", "start", "end"]] = ["there from the start", 0.0, 0.0]
    blocks.loc[1, ["status", "start", "end"]] = ["not built", math.nan, math.nan]
    cases.loc[1, ["status", "month", "waits_for"]] = ["not live", math.nan, "Payments"]
    cases.loc[2, ["status", "month", "blocks"]] = ["not live", math.nan, 0]
    road.given["phases"].loc[1, "spent"] = math.nan
    figure = drawn(views.plot_roadmap(road)).assert_readable(widest=style.PAGE)
    said = {
        "not built",
        "there already",
        "waits for Payments",
        "no building blocks yet",
        "not live",
    }
    assert said | {"60, no limit", "no limit"} <= set(figure.texts)
    assert figure.texts[0] == "1 of 3 use cases live within 18 months, 2 of 3 steps can start"
    assert {"1 of 2", "cannot start", "at once"} <= set(figure.texts)
    assert set(figure.shapes("built:")) == {"b2"}
    cases.loc[0, "month"] = 0.0
    figure = drawn(views.plot_value_curve(road)).assert_readable()
    assert {"Live at once: Identity.", "Not live: Payments and Wallet."} <= {
        text if text.endswith(".") else f"{text}." for text in figure.texts
    }


@pytest.mark.parametrize("plot", [views.plot_roadmap, views.plot_value_curve])
@pytest.mark.parametrize("phases", [1, 5, 12])
def test_awkward_names_and_many_phases_are_readable(plot, phases, awkward, drawn):
    names = [
        (f"{LONG} {n}" if n % 2 else f"{awkward} {n}", 0.5 + 11 * (n % 3)) for n in range(phases)
    ]
    drawn(plot(made_roadmap([awkward, LONG, "x"], names))).assert_readable()


def test_more_rows_than_can_be_drawn_are_counted_and_nothing_live_is_said(drawn):
    road = made_roadmap([f"Case {n:03}" for n in range(70)], [("Start", 12)])
    figure = drawn(views.plot_roadmap(road)).assert_readable()
    assert figure.texts.count("and 10 more: see the table") == 2
    road.given["curve"]["most"] = 0.0
    assert "Nothing can go live." in drawn(views.plot_value_curve(road)).texts


# --- what first, links, interfaces ----------------------------------------------------------------


def candidates(scores):
    rows = []
    for number, (importance, feasibility) in enumerate(scores):
        letter = "not yet placed"
        if not math.isnan(importance + feasibility):
            letter = {
                (True, True): "A",
                (True, False): "B",
                (False, True): "C",
                (False, False): "D",
            }[importance >= 3, feasibility >= 3]
        rows.append((f"c{number}", f"Service {number}", importance, feasibility, letter))
    columns = ["candidate", "name", "importance", "feasibility", "quadrant"]
    return pd.DataFrame(rows, columns=columns)


def test_a_disc_stands_at_its_scores_or_beside_a_dot_there_in_its_quadrant(drawn):
    close = [(i, f) for i in (2.95, 3, 3.05) for f in (2.95, 3, 3.05) for _ in range(2)]
    table = candidates([*close, (1.0, 5.0), (5.0, 1.0)])
    figure = drawn(gk.plot_quadrants(table)).assert_readable()
    fields, dots, discs = (figure.shapes(name) for name in ("field:", "dot:", "candidate:"))
    assert len(dots) > 10
    low, high = discs["c18"].get_center(), discs["c19"].get_center()
    for row in table.to_dict("records"):
        disc, square = discs[row["candidate"]], fields[row["quadrant"]]
        x, y = disc.get_center()
        assert square.get_x() - 1e-6 <= x <= square.get_x() + square.get_width()
        assert square.get_y() <= y <= square.get_y() + square.get_height() + 1e-6
        exact = (
            low[0] + (high[0] - low[0]) * (row["importance"] - 1) / 4,
            high[1] + (low[1] - high[1]) * (row["feasibility"] - 1) / 4,
        )
        shown = dots.get(row["candidate"], disc)
        assert shown.get_center() == pytest.approx(exact, abs=1e-6)


def test_shares_stand_beside_the_names_and_show_in_the_discs(drawn):
    table = candidates([(4, 4.5), (4, 2), (2, 4), (1, 2)])
    shares = pd.DataFrame(
        [("c0", "A", 1.0), ("c1", "B", 0.62), ("c1", "A", 0.3), ("c1", "D", 0.08), ("c1", "C", 0.0),
         ("c2", "C", 0.9), ("c2", "A", 0.1), ("c3", "D", 0.999), ("c3", "B", 0.001)],
        columns=["candidate", "quadrant", "share"],
    )  # fmt: skip
    figure = drawn(gk.plot_quadrants(table, stability=shares)).assert_readable()
    said = {
        "Service 0": "A 100 %",
        "Service 1": "B 62 %, A 30 %, D 8 %",
        "Service 2": "C 90 %, A 10 %",
        "Service 3": "D > 99 %, B < 1 %",
    }
    assert {name: figure.beside(name) for name in said} == said
    faces = {key: to_hex(disc.get_facecolor()) for key, disc in figure.shapes("candidate:").items()}
    assert {key for key, face in faces.items() if face == style.colour("paper")} == {"c1"}
    assert "in fewer than 90 % in its own" in figure.texts[1]
    figure = drawn(gk.plot_quadrants(table))
    assert not any("%" in text for text in figure.texts)


def test_who_is_not_placed_is_listed_and_too_many_are_counted(drawn):
    nan = math.nan
    figure = drawn(gk.plot_quadrants(candidates([(4.0, 4.0), (nan, 4.0), (nan, nan)])))
    assert set(figure.assert_readable().shapes("candidate:")) == {"c0"}
    assert figure.texts.index("Not yet placed") < figure.texts.index("Service 2")
    assert "2 not yet placed, because too few questions are answered." in figure.texts[1]
    chance = np.random.default_rng(1)
    scores = [*map(tuple, chance.integers(4, 21, (80, 2)) / 4), *[(nan, 3.0)] * 70]
    figure = drawn(gk.plot_quadrants(candidates(scores))).assert_readable()
    assert len(figure.shapes("candidate:")) == 60
    assert "and 30 more candidates: see the table" in figure.texts


@pytest.mark.parametrize(
    "systems",
    [range(1, 51), [2, 3], [1, 2], range(1, 5), [3, 400], [1, 10**6], [7, 8, 9], [50], [1]],
)
def test_links_are_curves_or_bars_that_end_at_the_numbers(systems, drawn):
    frame = gk.planning.integration_links(systems)
    figure = drawn(views.plot_integration(frame)).assert_readable(widest=style.PAGE)
    last = frame.iloc[-1]
    for name in ("point_to_point", "shared"):
        number = int(last[name])
        assert f"{number:,} link{'s' * (number != 1)}" in figure.texts
        if len(frame) > 1:
            path = figure.shapes("curve:")[name].get_path().vertices
            heights, grown = path[0, 1] - path[:, 1], frame[name] - frame[name].iloc[0]
            ratio = heights[-1] / max(grown.iloc[-1], 1)
            assert heights == pytest.approx(grown * ratio, abs=1e-6)
    if len(frame) == 1 and last["point_to_point"]:
        lengths = figure.lengths("bar:")
        ratio = lengths["point_to_point"] / lengths["shared"]
        assert ratio == pytest.approx(last["point_to_point"] / last["shared"], rel=0.5)


def operations(*states, path="/vouchers"):
    scores = {"there": 0.75, "near": 0.4, "missing": 0.0}
    frame = pd.DataFrame({"state": list(states), "method": "DELETE", "matched_method": "POST"})
    frame["path"] = [f"{path}/{at}" for at in range(len(states))]
    frame["matched_path"] = [path if state != "missing" else "" for state in states]
    return frame.assign(score=[scores[state] for state in states], differences=2)


def test_operations_are_there_once_in_their_state_with_their_score(drawn):
    frame = operations("there", "there", "near", "missing")
    figure = drawn(views.plot_conformance(frame)).assert_readable(widest=style.PAGE)
    # (0.75 + 0.75 + 0.4 + 0) / 4 = 0.475
    assert figure.texts[0] == "2 of 4 published operations are there: score 48 %"
    assert figure.texts.count("75 %") == 2
    assert {"near: POST /vouchers", "there; 2 differences", "missing"} <= set(figure.texts)
    shares = figure.lengths("share:")
    assert shares["there"] == pytest.approx(2 * shares["near"])
    long = (
        "/a-very-long-path/{withAVeryLongParameter}/of-a-service/that-everybody-needs/$5_a^2/農村"
    )
    states = list(itertools.islice(itertools.cycle(["there", "near", "missing"]), 45))
    figure = drawn(views.plot_conformance(operations(*states, path=long))).assert_readable()
    assert "and 5 more, whose scores are no lower: see the table" in figure.texts
    assert "No operation is published." in drawn(views.plot_conformance(frame[:0])).texts


# --- what all figures share -----------------------------------------------------------------------


def test_figures_stay_on_the_axes_of_a_caller(framework, plan, case, best):
    figure, axes = plt.subplots(2, 2, figsize=(22, 16))
    before, spots = plt.get_fignums(), axes.flat
    for made, plot in (
        (gk.needs(framework, plan), views.plot_needs),
        (case, views.plot_business_case),
        (best, views.plot_best_set),
        (candidates([(4, 4)]), gk.plot_quadrants),
    ):
        ax = next(spots)
        assert plot(made, ax=ax, title="Ours", source="") == (figure, ax)
        assert ax.texts[0].get_text() == "Ours"
    assert plt.get_fignums() == before


FIGURES = [name for name in views.__all__ if name.startswith("plot_") and name != "plot_graph"]


@pytest.mark.parametrize("name", FIGURES)
def test_a_wrong_subject_says_what_to_pass(name, best):
    for wrong in ("plan", None, 3, pd.DataFrame({"a": [1]})):
        with pytest.raises(ArgumentError, match=r"ass what \w+\("):
            getattr(views, name)(wrong)
    if name not in ("plot_best_set", "plot_constraints"):
        with pytest.raises(ArgumentError, match=r"ass what \w+\("):
            getattr(views, name)(best)
    assert not plt.get_fignums()
