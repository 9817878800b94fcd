"""Suggestions: what they are worth, what they rest on, and that no answer leaks into that."""

import csv
import importlib.util
import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import govstack_kit
from govstack_kit.errors import ArgumentError
from govstack_kit.planning import suggest as module
from govstack_kit.planning.search import search_targets, search_words
from govstack_kit.planning.suggest import (
    Step,
    Suggester,
    label_words,
    published_use_cases,
    suggester,
)

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("workflow", "building_block")


def rows(table):
    with (ROOT / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def published_links(layer):
    """Steps and labels that are published; a block of 2019 is what does the same or less today."""
    today = {}
    for row in rows("building_block_crosswalk"):
        if row["relation"] in ("exact", "broader"):
            today.setdefault(row["dif"], []).append(row["govstack"])
    return {
        (row["step"], label)
        for row in rows(f"step_{layer}s")
        for label in today.get(row[layer], [row[layer]])
        if not label.startswith("dif:")
    }


def steps_by_label(layer):
    of = {}
    for step, label in published_links(layer):
        of.setdefault(label, set()).add(step)
    return of


@pytest.fixture(scope="module")
def framework():
    return govstack_kit.load()


@pytest.fixture(scope="module")
def suggest(framework):
    return suggester(framework)


@pytest.fixture(scope="module")
def bench():
    """The benchmark as a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        where = ROOT / "benchmarks" / "suggest.py"
        spec = importlib.util.spec_from_file_location("benchmark_suggest", where)
        module = importlib.util.module_from_spec(spec)
        patch.setitem(sys.modules, "benchmark_suggest", module)
        spec.loader.exec_module(module)
        yield module


def with_tables(framework, **changed):
    """The framework with some tables replaced."""
    names = framework.describe()["table"]
    return govstack_kit.Framework({name: getattr(framework, name) for name in names} | changed)


NOBODY = ("", "")


def made(name, description="", workflows=(), blocks=(), neighbours=(NOBODY, NOBODY)):
    """A step with what it has."""
    uses = {"workflow": tuple(workflows), "building_block": tuple(blocks)}
    return Step(name, description, *neighbours, uses)


def ranked(suggest, layer, *words, top=99, plan=(), rejected=(), **has):
    """What is suggested for a step; `has` is what :func:`made` takes beside its words."""
    return suggest.rank(layer, made(*words, **has), plan=plan, rejected=rejected, top=top)


def workflows(suggest, *words, **options):
    return ranked(suggest, "workflow", *words, **options)


def blocks(suggest, *words, **options):
    return ranked(suggest, "building_block", *words, **options)


# The measures, by hand


def test_average_precision_by_hand(bench):
    of = bench.measures.average_precision
    assert of({0}, [0, 1, 2]) == 1
    assert of({2}, [0, 1, 2]) == pytest.approx(1 / 3)
    assert of({0, 2}, [0, 1, 2]) == pytest.approx((1 / 1 + 2 / 3) / 2)
    assert of({1, 3}, [0, 1, 2, 3]) == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert of({0, 5}, [0, 1]) == pytest.approx(1 / 2)  # what is not ranked is not found


def test_recall_by_hand(bench):
    of = bench.measures.recall_at
    assert of(3, {0, 3}, [0, 1, 2, 3]) == 1 / 2
    assert of(1, {0, 1, 2, 3}, [0, 1, 2, 3]) == 1 / 4
    assert of(5, {7}, [1, 2, 3]) == 0


def test_ranking_puts_equals_in_their_order(bench):
    assert bench.measures.ranking([0.2, 0.9, 0.2, 0.5]) == [1, 3, 0, 2]


def test_intervals_resample_use_cases(bench):
    values = np.array([[0.0], [0.0], [0.0], [1.0]])
    mean, low, high = bench.measures.intervals(values, ["a", "a", "a", "b"], 4000)[0]
    assert (mean, low, high) == (0.25, 0, 1)  # drawing one case twice happens half of the time
    mean, low, high = bench.measures.intervals(values, ["a", "b", "c", "d"], 4000)[0]
    assert mean == 0.25
    assert high < 1
    same = bench.measures.intervals(np.full((4, 1), 0.5), list("aabb"), 100)[0]
    assert same.tolist() == [0.5, 0.5, 0.5]


# What suggestions are worth


def average_precision_again(wanted, ranked):
    """Average precision by its definition, written apart from the benchmark's."""
    total = 0
    for label in wanted:
        if label in ranked:
            upto = ranked[: ranked.index(label) + 1]
            total += len([r for r in upto if r in wanted]) / len(upto)
    return total / len(wanted)


@pytest.mark.parametrize(("layer", "margin"), [("workflow", 0.08), ("building_block", 0.12)])
def test_unseen_use_cases_are_ranked_better_than_by_frequency(framework, layer, margin):
    links = pd.DataFrame(sorted(published_links(layer)), columns=["step", layer])
    ours, usual = [], []
    for left_out in ("AGR-2", "FINC-1", "HLTC-2", "INST-3"):
        others = [case for case in published_use_cases(framework) if case != left_out]
        unseen = Suggester(framework, use_cases=others)
        steps = [row for row in rows("steps") if row["use_case"] == left_out]
        steps.sort(key=lambda row: int(row["order"]))
        known = links[links["step"].str.rsplit(".", n=1).str[0].isin(others)]
        frequent = known[layer].value_counts().sort_index().sort_values(ascending=False).index
        texts = [NOBODY, *[(row["name"], row["summary"]) for row in steps], NOBODY]
        for place, row in enumerate(steps, start=1):
            wanted = set(links.loc[links["step"] == row["step"], layer])
            if not wanted:
                continue
            beside = (texts[place - 1], texts[place + 1])
            found = ranked(unseen, layer, row["name"], row["summary"], neighbours=beside)
            ours.append(average_precision_again(wanted, found[layer].tolist()))
            usual.append(average_precision_again(wanted, frequent.tolist()))
            assert left_out not in " ".join(found["reason"])
    assert len(ours) > 30
    assert np.mean(ours) > np.mean(usual) + margin


def test_shipped_weights_are_those_that_tuning_chooses(bench, framework):
    this = bench.task(framework)
    everything = range(len(this.steps))
    for layer in LAYERS:
        assert bench.tune(this, layer, everything) == bench.suggest.WEIGHTS[layer]


def test_the_task_is_the_published_one(bench, framework):
    this = bench.task(framework)
    published = {row["use_case"] for row in rows("use_cases") if row["catalogue"] == "govstack"}
    steps = [row for row in rows("steps") if row["use_case"] in published]
    assert this.ranked == len(steps) == 137
    plain = {row["step"]: " ".join(re.findall(r"\w+", row["name"].lower())) for row in steps}
    cases = {}
    for row in steps:
        cases.setdefault(plain[row["step"]], set()).add(row["use_case"])
    assert sum(this.new) == sum(len(cases[plain[row["step"]]]) == 1 for row in steps) == 61
    assert len(this.places("workflow")) == 132
    assert len(this.places("building_block")) == 136
    learned = dict.fromkeys(this.cases)
    assert list(learned) == published_use_cases(framework)  # as the kit, in its order
    linked = {step for layer in LAYERS for step, _ in published_links(layer)}
    assert set(learned) == {step.rsplit(".", 1)[0] for step in linked}
    assert set(learned) - published == set(bench.FULL_MODELS)
    assert set(bench.task(framework, also=()).cases) == published


def test_use_cases_of_a_country_are_not_learned_from_unasked(framework):
    cases = framework.use_cases.copy()
    cases.loc[cases["use_case"] == "AGR-1", "catalogue"] = "own"
    everything = published_use_cases(framework)
    assert "AGR-1" in everything
    theirs = with_tables(framework, use_cases=cases)
    assert published_use_cases(theirs) == [case for case in everything if case != "AGR-1"]


@pytest.fixture(scope="module")
def weights(bench):
    """Weights that need no tuning, for tests of what may be known."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench, "tune", lambda _, layer, __: bench.suggest.WEIGHTS[layer])
        yield


@pytest.mark.usefixtures("weights")
@pytest.mark.parametrize("layer", LAYERS)
def test_a_use_case_taken_away_teaches_nothing(bench, framework, layer):
    """Whatever it publishes about itself, as steps or as a whole, its cold scores are the same."""
    case = "AGR-2"
    this = bench.task(framework)
    scores = bench.ours(this, layer, bench.folds(this, layer, [case]))
    table = getattr(framework, f"step_{layer}s")
    own = table["step"].str.startswith(f"{case}.")
    first = table[layer][own].iloc[0]
    keep = ~own | ~table.duplicated("step")
    wrong = table[keep].copy()
    wrong.loc[own[keep], layer] = first
    lists = framework.use_case_building_blocks
    other = with_tables(
        framework,
        **{f"step_{layer}s": wrong},
        use_case_building_blocks=lists[lists["use_case"] != case],
    )
    that = bench.task(other)
    again = bench.ours(that, layer, bench.folds(that, layer, [case]))
    for setting in ("name only", "text", "(a) cold", "(b) warm"):
        np.testing.assert_array_equal(scores[setting], again[setting])
    assert not np.array_equal(scores["(c) plan"], again["(c) plan"])  # this one may look back


def test_tuning_looks_at_known_steps_only(bench, framework):
    this = bench.task(framework)
    cases = ("AGR-1", "EDU-1", "HLTC-1", "dif-remote-learning")
    known = [i for i, case in enumerate(this.cases) if case in cases]
    table = framework.step_workflows
    other = table[table["step"].str.rsplit(".", n=1).str[0].isin(cases)]
    less = bench.task(with_tables(framework, step_workflows=other))
    assert bench.tune(this, "workflow", known) == bench.tune(less, "workflow", known)


@pytest.mark.usefixtures("weights")
def test_plan_setting_looks_back_only(bench, framework):
    case, layer = "AGR-2", "building_block"
    this = bench.task(framework)
    place = [i for i, of in enumerate(this.cases) if of == case][3]
    scores = bench.ours(this, layer, bench.folds(this, layer, [case]))["(c) plan"][place]
    table = framework.step_building_blocks
    order = table["step"].str.extract(rf"^{case}\.(\d+)$")[0].astype(float)
    that = bench.task(with_tables(framework, step_building_blocks=table[~(order > 4)]))
    again = bench.ours(that, layer, bench.folds(that, layer, [case]))["(c) plan"][place]
    np.testing.assert_array_equal(scores, again)


@pytest.mark.usefixtures("weights")
def test_an_ancestor_is_left_out_with_its_descendant(bench, framework):
    """With or without the ancestor's links and examples, its descendant is ranked the same."""
    case, ancestor = "EDU-1", "dif-remote-learning"
    layer = "workflow"
    table, examples = framework.step_workflows, framework.workflow_examples
    cut = with_tables(
        framework,
        step_workflows=table[~table["step"].str.startswith(ancestor)],
        workflow_examples=examples[examples["use_case"] != ancestor],
    )
    whole, less = bench.task(framework), bench.task(cut)
    assert not set(whole.families) - set(whole.cases[: whole.ranked])  # each model has a descendant
    assert whole.ranked == less.ranked == 137
    for asked, same in ((case, True), ("FINC-1", False)):
        scores, again = (
            bench.ours(this, layer, bench.folds(this, layer, [asked]))["(a) cold"][:137]
            for this in (whole, less)
        )
        assert np.array_equal(scores, again) == same


@pytest.mark.usefixtures("weights")
@pytest.mark.parametrize(("setting", "known"), [("(d)", 1), ("(e)", 2)])
def test_the_same_layer_is_measured_one_label_after_the_other(bench, framework, setting, known):
    """By hand for one step with three workflows: what is known, what is ranked, and the mean."""
    layer, case = "workflow", "AGR-1"
    this = bench.task(framework)
    of = bench.folds(this, layer, [case])
    found = bench.accepted(this, layer, of, setting)
    place = next(i for i in of[0].asked if this.uses[layer][i].sum() == 3)
    step, has = this.steps[place], set(this.steps[place].uses[layer])
    values = []
    for mine in ({one} if known == 1 else has - {one} for one in has):
        asked = replace(step, uses={layer: tuple(mine)})
        scores = dict(zip(this.labels[layer], of[0].learned.ask(asked).scores, strict=True))
        ranked = sorted((label for label in scores if label not in mine), key=lambda x: -scores[x])
        values.append(average_precision_again(has - mine, ranked))
    assert found[f"(a)+{setting}"][place, 2] == pytest.approx(np.mean(values))
    single = [i for i in of[0].asked if this.uses[layer][i].sum() == 1]
    assert np.isnan(found["(a) cold"][single]).all()


@pytest.mark.usefixtures("weights")
def test_the_check_from_outside_has_not_seen_the_models(bench, framework, monkeypatch):
    """Nothing that the models say of themselves is learned: no step, weight or example."""
    built, tuned = [], []

    class Watched(Suggester):
        def __init__(self, framework, **options):
            built.append((framework, options))
            super().__init__(framework, **options)

    def tune(this, layer, known):
        tuned.append({this.cases[i] for i in known})
        bench.views_of(this, known)
        return bench.suggest.WEIGHTS[layer]

    monkeypatch.setattr(bench.suggest, "Suggester", Watched)
    monkeypatch.setattr(bench, "tune", tune)
    bench.show_outside(framework)
    ((told, options),) = built
    govstack = {row["use_case"] for row in rows("use_cases") if row["catalogue"] == "govstack"}
    assert set(options["use_cases"]) == govstack
    assert set(options["weights"]) == set(LAYERS)
    assert tuned == [govstack] * 2
    assert told.workflow_examples.empty


def test_standing_together_by_hand(bench):
    uses = np.array([[1, 1, 0], [1, 0, 0], [0, 1, 1], [0, 0, 1]], dtype=float)
    shares = bench.measures.beside(uses, [0])
    assert shares == pytest.approx([1 + 0.0005, 0.5 + 0.0005, 0.0005])
    both = bench.measures.beside(uses, [0, 1])
    assert both == pytest.approx([0.75 + 0.0005, 0.75 + 0.0005, 0.25 + 0.0005])


def test_a_verdict_needs_the_whole_interval(bench):
    assert bench.measures.verdict(0.85, 0.83, 0.82) == "beats"
    assert bench.measures.verdict(0.85, 0.81, 0.82) == "higher, within chance"
    assert bench.measures.verdict(0.825, 0.821, 0.82) == "ties"
    assert bench.measures.verdict(0.815, 0.7, 0.82) == "ties"
    assert bench.measures.verdict(0.8, 0.7, 0.82) == "lower"


def test_one_inversion_equals_leaving_each_group_out():
    random = np.random.default_rng(1)
    features = random.normal(size=(12, 5))
    kernel, uses = features @ features.T, (random.random((12, 3)) < 0.4).astype(float)
    groups = list("aaabbbbccddd")
    quick = module.estimate_left_out(kernel, uses, groups, 0.7)
    for group in set(groups):
        out = np.array([g == group for g in groups])
        slow = module.estimate(
            kernel[np.ix_(~out, ~out)], kernel[np.ix_(out, ~out)], uses[~out], 0.7
        )
        np.testing.assert_allclose(quick[out], slow, atol=1e-8)


def test_no_use_case_describes_a_label(framework):
    """Names that use cases print, and workflows that one of them adds, give no words."""
    printed = framework.workflow_names.query("kind == 'as printed'")
    assert len(printed)
    workflows = framework.workflows["workflow"].tolist()
    without = with_tables(
        framework, workflow_names=framework.workflow_names.query("kind != 'as printed'")
    )
    described = label_words(framework, "workflow", workflows)
    assert described == label_words(without, "workflow", workflows)
    added = framework.workflows.query("not generic")["workflow"]
    assert all(described[workflows.index(workflow)] == [] for workflow in added)


# What a suggestion is


def test_shape_and_order(suggest, framework):
    for layer in LAYERS:
        found = ranked(suggest, layer, "Registration of farmers", top=7)
        assert found.columns.tolist() == ["rank", layer, "name", "score", "reason"]
        assert found["rank"].tolist() == list(range(1, 8))
        assert found["score"].is_monotonic_decreasing
        names = getattr(framework, f"{layer}s").set_index(layer)["name"]
        assert found["name"].tolist() == names[found[layer]].tolist()
        assert found["reason"].str.endswith(".").all()


def test_examples_a_participant_would_try(suggest):
    first = workflows(suggest, "Pay the school fee", "Parents pay by mobile phone.")
    assert first["name"].iloc[0] == "Financial services"
    assert "Payments" in blocks(suggest, "Pay the school fee")["name"].head(2).tolist()
    told = workflows(suggest, "Tell parents about the programme", "by radio and text message")
    assert told["name"].iloc[0] == "Client communication"
    stock = workflows(suggest, "Follow the vaccines", "through the supply chain and transport")
    assert "Supply chain management" in stock["name"].head(3).tolist()


def test_reasons_name_real_steps_that_use_it_and_share_the_words(suggest):
    sources = {
        row["use_case"]: f"{row['name']}, 2019 framework"
        if row["catalogue"] == "dif"
        else row["use_case"]
        for row in rows("use_cases")
    }
    published = {(sources[row["use_case"]], row["order"]): row for row in rows("steps")}
    text = "A farmer pays the fee by mobile phone and gets a receipt after registration"
    named = 0
    for layer in LAYERS:
        links = published_links(layer)
        for row in ranked(suggest, layer, "Fee payment", text).to_dict("records"):
            quoted = r"“([^”]+)” \(([^()]+), step (\d+)\), which shares ([^.]*?)(?=, by|, and|\.)"
            for name, case, order, words in re.findall(quoted, row["reason"]):
                step = published[case, order]
                assert step["name"] == name
                assert (step["step"], row[layer]) in links
                for word in re.findall(r"“([^”]+)”", words):
                    assert word in f"fee payment {text}".lower()
                    assert word[:3] in f"{step['name']} {step['summary']}".lower()
                named += 1
    assert named > 10


def test_steps_of_the_2019_framework_are_named_as_such(suggest):
    found = workflows(suggest, "Register in the marketplace")
    reason = found.set_index("workflow").loc["identification-and-registration", "reason"]
    assert "“Register in the marketplace” (Market linkage, 2019 framework, step 2)" in reason
    assert "dif-" not in " ".join(found["reason"])


def test_reasons_count_what_is_published(suggest):
    chosen = ["financial-services"]
    found = blocks(suggest, "Fee", workflows=chosen).set_index("name")
    linked = {step for step, _ in published_links("building_block")}
    both = steps_by_label("workflow")[chosen[0]] & linked
    with_payments = steps_by_label("building_block")["govstack:payments"]
    expected = f"{len(both & with_payments)} of the {len(both)} published steps with"
    assert (
        f"catalogue links it to Financial services, and {expected}"
        in (found.loc["Payments", "reason"])
    )


def test_same_input_same_output_in_another_process(suggest):
    program = (
        "import govstack_kit; from govstack_kit.planning.suggest import Step, suggester;"
        "s = suggester(govstack_kit.load());"
        "step = Step('Visit the clinic', 'A nurse sees the child');"
        "print(s.rank('workflow', step, top=18).to_json());"
        "print(s.rank('building_block', step, top=18).to_json())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        ).stdout
        for seed in ("1", "2")
    }
    here = [
        ranked(suggest, layer, "Visit the clinic", "A nurse sees the child", top=18).to_json()
        for layer in LAYERS
    ]
    assert printed == {"\n".join(here) + "\n"}


def test_chosen_and_rejected_are_not_suggested_again(suggest):
    everything = blocks(suggest, "Payment")
    assert len(everything) == 15
    gone = everything["building_block"].iloc[:3].tolist()
    rejected = blocks(suggest, "Payment", rejected=gone)
    chosen = blocks(suggest, "Payment", blocks=gone)
    assert rejected["building_block"].tolist() == everything["building_block"].iloc[3:].tolist()
    assert set(chosen["building_block"]) == set(rejected["building_block"])


def test_suggesting_changes_no_argument_and_no_later_answer(suggest):
    chosen, rejected = ["financial-services"], ["govstack:consent"]
    plan = [made("Registration", "", [], ["govstack:wallet"])]
    before = blocks(suggest, "Payment")
    blocks(suggest, "Payment", workflows=chosen, rejected=rejected, plan=plan)
    assert chosen == ["financial-services"]
    assert rejected == ["govstack:consent"]
    assert plan == [made("Registration", "", [], ["govstack:wallet"])]
    pd.testing.assert_frame_equal(before, blocks(suggest, "Payment"))


def test_accepted_choices_of_the_plan_are_evidence(suggest):
    def place(**kwargs):
        found = blocks(suggest, "Show the certificate", "at the border", **kwargs)
        row = found.set_index("building_block").loc["govstack:wallet"]
        return row["rank"], row["reason"]

    plan = [
        made("Issue the certificate", "on a phone", (), ["govstack:wallet"]),
        made("Renew the certificate", "on a phone", (), ["govstack:wallet"]),
    ]
    without, _ = place()
    rank, reason = place(plan=iter(plan))
    assert rank < without
    assert "Your step “Issue the certificate” is alike and uses it too." in reason
    undecided = [made("Issue the certificate")]
    assert place(plan=undecided)[0] == without


def test_the_other_layer_is_evidence(suggest):
    cold = blocks(suggest, "Step seven").set_index("building_block")["rank"]
    warm = blocks(suggest, "Step seven", workflows=["financial-services"])
    warm = warm.set_index("building_block")["rank"]
    assert warm["govstack:payments"] < cold["govstack:payments"]
    back = workflows(suggest, "Step seven", blocks=["govstack:payments"])
    assert "financial-services" in back["workflow"].head(3).tolist()


def test_raised_by_hand():
    """A label that was no surprise raises nothing; half a surprise raises by half."""
    together = np.array([[0.23, 0.1, -0.05], [0.1, 0.18, 0], [-0.05, 0, 0.1]])
    added = module.raised(together, [0], np.array([0.5, 0.2, 0.2]))
    assert added == pytest.approx([0.23 / 0.25 / 2, 0.1 / 0.25 / 2, -0.05 / 0.25 / 2])
    assert module.raised(together, [0], np.array([1.0, 0.2, 0.2])) == pytest.approx([0, 0, 0])
    two = module.raised(np.diag([0.18, 0.08]), [0, 1], np.array([0.0, 0.5]))
    assert two == pytest.approx([0.18 / 0.2, 0.08 / 0.1 / 2])


def test_surplus_by_hand():
    uses, said = np.array([[1.0, 1], [0, 0]]), np.array([[0.5, 0.75], [0.5, 0.25]])
    expected = [[0.25, 0.125], [0.125, 0.0625]]  # left: 0.5, 0.25 and -0.5, -0.25
    assert module.surplus(uses, said).tolist() == expected


def test_the_same_layer_is_evidence_with_its_count(suggest):
    def place(*chosen):
        found = blocks(suggest, "Step seven", blocks=chosen)
        row = found.set_index("building_block").loc["govstack:messaging"]
        return row["score"], row["reason"]

    of = steps_by_label("building_block")
    paid = of["govstack:payments"]
    both = len(paid & of["govstack:messaging"])
    score, reason = place("govstack:payments")
    assert score > place()[0]
    assert (
        f"Often together with Payments, which this step has: in {both} of the {len(paid)} "
        "published steps with it."
    ) in reason
    assert "together" not in place()[1]
    assert "together" not in place("our:own")[1]


def test_what_seldom_stands_together_is_not_given_as_a_reason(suggest):
    of = steps_by_label("workflow")
    total = len(set.union(*of.values()))
    told = of["client-communication"]
    found = workflows(suggest, "Qqqq", workflows=["client-communication"])
    for row in found.to_dict("records"):
        other = of.get(row["workflow"], set())
        more = len(told & other) / len(told) > len(other) / total
        assert more == ("ogether with Client communication" in row["reason"])
        often = len(told & other) >= len(told) / 2
        assert ("Often together" in row["reason"]) == (more and often)


def test_blocks_of_2019_teach_what_they_are_today(bench, framework):
    step = next(
        step
        for step in bench.suggest.published_steps(framework, ["dif-market-linkage"])
        if step.order == 3
    )
    assert set(step.uses["building_block"]) == {
        "govstack:digital-registries",
        "govstack:messaging",
        "govstack:payments",
        "govstack:workflow",
    }  # artificial intelligence has no block of GovStack


def test_neighbours_are_evidence_with_or_without_description(suggest):
    alone = blocks(suggest, "The next thing")
    beside = blocks(
        suggest,
        "The next thing",
        neighbours=(("Data Verification and Validation", ""), ("Payment", "Pay")),
        top=99,
    )
    assert alone["building_block"].tolist() != beside["building_block"].tolist()
    assert "stands between steps like these" in " ".join(beside["reason"])


def test_ids_the_framework_does_not_have_are_passed_over(suggest):
    plain = workflows(suggest, "Payment")
    odd = workflows(suggest, "Payment", blocks=["our:own", ""], rejected=["x"])
    pd.testing.assert_frame_equal(plain, odd)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize(
    "text", ["", "   ", "農家の登録", "تسجيل المزارعين", "🙂🚜", "1", "?!", "qqqq xx"]
)
def test_texts_without_a_known_word_are_ranked_by_frequency(suggest, layer, text):
    found = ranked(suggest, layer, text, text)
    counts = pd.Series([label for _, label in published_links(layer)]).value_counts()
    used = counts.reindex(found[layer], fill_value=0).tolist()
    assert all(earlier >= later for earlier, later in pairwise(used))
    assert (
        found["reason"]
        .str.contains("no words in common with published steps; most used first", regex=False)
        .all()
    )


@pytest.mark.parametrize(
    "text",
    [
        "word " * 2000,
        "x" * 10_000,
        "Registro de agricultores y pago de la tasa",
        "<script>alert('pay')</script><b>Payment</b>",
        "=cmd|' /C calc'!A0",
        "a\x00b\ud800\n\t",
        "<" * 5000,
        "é" * 10_000,
        None,
        float("nan"),
    ],
)
def test_odd_texts_are_no_trouble(suggest, framework, text):
    for layer in LAYERS:
        found = ranked(
            suggest,
            layer,
            text,
            text,
            neighbours=((text, None), ("", text)),
            plan=[made(text, text, ["marketplace"], ["govstack:gis"])],
            top=99,
        )
        assert len(found) == (18 if layer == "workflow" else 15)
        assert found["reason"].str.len().between(10, 2000).all()
        assert not found["reason"].str.contains("<script|\ud800|\x00", regex=True).any()
        found.to_json().encode("utf-8")
    search_targets(framework, text)
    search_words(framework, text)


def test_markup_is_not_read(suggest):
    marked = workflows(suggest, "<p class='payment'>Visit</p>", "")
    assert marked["workflow"].tolist() == workflows(suggest, "Visit", "")["workflow"].tolist()


def test_top_below_one_and_unknown_use_cases_are_refused(suggest, framework):
    with pytest.raises(ArgumentError, match="1 or more, not 0"):
        workflows(suggest, "Payment", top=0)
    with pytest.raises(ArgumentError, match="1 or more, not -1"):
        search_words(framework, "pay", top=-1)
    with pytest.raises(govstack_kit.UnknownKeyError, match="AGR-2"):
        Suggester(framework, use_cases=["AGR2"])


def test_what_is_learned_is_solved_once(suggest, monkeypatch):
    """How quick that makes a step is printed by the benchmark, never tested."""
    first = workflows(
        suggest, "Payment", "A farmer pays the fee.", neighbours=(("Visit", ""), ("Refund", ""))
    )

    def refuse(*_):
        pytest.fail("solved again")

    monkeypatch.setattr(np.linalg, "solve", refuse)
    monkeypatch.setattr(np.linalg, "inv", refuse)
    again = workflows(
        suggest, "Payment", "A farmer pays the fee.", neighbours=(("Visit", ""), ("Refund", ""))
    )
    pd.testing.assert_frame_equal(first, again)


def test_nothing_heavy_is_loaded():
    program = (
        "import sys; import govstack_kit.planning.suggest;"
        "print(*[m for m in ('sklearn', 'scipy', 'matplotlib', 'torch') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.strip() == ""


# Search


@pytest.mark.parametrize(
    ("text", "expected", "within"),
    [
        ("school fees", {"4.1", "4.3"}, 2),
        ("job training", {"4.4", "8.6"}, 2),
        ("birth certificates for all children", {"16.9"}, 1),
        ("pay taxes online", {"17.1"}, 1),
        ("clean drinking water in villages", {"6.1", "6.b"}, 3),
        ("vaccinate children", {"3.b"}, 1),
        ("farmers sell their harvest", {"2.3"}, 3),
        ("cash transfers to poor families", {"1.3", "1.2"}, 3),
        ("shcool fees", {"4.1"}, 2),
        ("4.1", set(), 1),
    ],
)
def test_targets_that_a_ministry_would_look_for(framework, text, expected, within):
    found = search_targets(framework, text)
    assert expected <= set(found["target"].head(within))
    assert found.columns.tolist() == ["rank", "target", "goal", "name", "score", "reason"]


def test_a_respelled_word_is_said(framework):
    reason = search_targets(framework, "shcool fees")["reason"].iloc[0]
    assert "“shcool” is read as “school”." in reason


def test_every_search_word_finds_its_target(framework):
    missed = [
        (row["target"], row["word"])
        for row in rows("sdg_target_words")
        if row["target"] not in set(search_targets(framework, row["word"], top=6)["target"])
    ]
    assert missed == []


def test_search_words_are_complete_tidy_and_sorted():
    targets = [row["target"] for row in rows("sdg_targets")]
    words = rows("sdg_target_words")
    by_target = {target: [r["word"] for r in words if r["target"] == target] for target in targets}
    assert sum(map(len, by_target.values())) == len(words)
    assert all(3 <= len(of) <= 8 for of in by_target.values())
    assert all(of == sorted(of, key=lambda w: (w.casefold(), w)) for of in by_target.values())
    assert list(dict.fromkeys(row["target"] for row in words)) == targets
    assert {row["source"] for row in words} == {"govstack-kit"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("awareness campaign", "Client communication"),
        ("pay the fee", "Payments"),
        ("land registry", "Digital Registries"),
        ("digital signature", "E-Signature"),
        ("book an appointment", "Scheduler"),
        ("e-learning course", "eLearning"),
    ],
)
def test_components_in_the_words_of_a_team(framework, text, name):
    found = search_words(framework, text)
    assert name in found["name"].head(2).tolist()
    assert set(found["layer"]) <= set(LAYERS)


def test_only_generic_workflows_and_blocks_without_a_twin(framework):
    found = search_words(framework, " ".join(framework.building_blocks["name"]), top=99)
    twins = {
        row["dif"]
        for row in rows("building_block_crosswalk")
        if row["relation"] in ("exact", "broader")
    }
    assert not twins & set(found["building_block"].dropna())
    dif = found["building_block"].fillna("").str.startswith("dif:")
    assert dif.any()
    assert found.loc[dif, "reason"].str.contains("2019 framework").all()
    officials = search_words(framework, "strategy development selection", top=99)
    assert "strategy-development" not in set(officials["workflow"])


def test_nothing_found_is_an_empty_frame(framework):
    for search in (search_targets, search_words):
        found = search(framework, "農家 🙂")
        assert found.empty
        assert found.columns[0] == "rank"


def test_a_step_of_nothing_but_evidence_needs_no_name(suggest):
    step = module.Step("", "", uses={"workflow": ("financial-services",)})
    evidence = suggest.learned["building_block"].ask(step)
    assert not evidence.silent
    assert evidence.scores.argmax() == suggest.labels["building_block"].index("govstack:payments")
    assert suggest.learned["building_block"].ask(replace(step, uses={})).silent


def test_steps_of_the_plan_without_a_label_of_the_layer_are_no_stumbling_block(framework):
    without = made("Survey", "Staff survey the wells.", ("data-collection-and-reporting",))
    paying = made("Pay the bill", "The household pays.", (), ("govstack:payments",))
    found = blocks(
        suggester(framework), "Pay the fine", "The household pays a fine.", plan=[without, paying]
    )
    reason = found.set_index("building_block").loc["govstack:payments", "reason"]
    assert "Your step “Pay the bill” is alike and uses it too." in reason
