"""Suggestions and search: what they are worth, what they rest on, and texts of any kind."""

import csv
import importlib.util
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import govstack_kit
from govstack_kit.errors import ArgumentError
from govstack_kit.planning.search import search_targets, search_words
from govstack_kit.planning.suggest import (
    SHOWN,
    Step,
    Suggester,
    published_steps,
    published_use_cases,
    suggester,
)
from govstack_kit.planning.terms import Phrases, terms

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("workflow", "building_block")
TWINS = ("exact", "broader")


def rows(table):
    with (ROOT / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def framework():
    return govstack_kit.load()


@pytest.fixture(scope="module")
def suggest(framework):
    return suggester(framework)


@pytest.fixture(scope="module")
def bench():
    """The benchmark as a module."""
    where = ROOT / "benchmarks" / "suggest.py"
    spec = importlib.util.spec_from_file_location("benchmark_suggest", where)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def with_tables(framework, **changed):
    """The framework with some tables replaced."""
    names = framework.describe()["table"]
    return govstack_kit.Framework({name: getattr(framework, name) for name in names} | changed)


def ranked(suggest, layer, *words, top=99, rejected=(), **step):
    return suggest.rank(layer, Step(*words, **step), rejected=rejected, top=top)


def first(suggest, layer, name, description=""):
    return ranked(suggest, layer, name, description, top=1)["name"].item()


# --- the words of the step decide -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("Sign the contract electronically", "E-Signature"),
        ("Show farms on a map", "GIS"),
        ("Send an SMS to the parents", "Messaging"),
        ("Collect the licence fee", "Payments"),
        ("Book an appointment at the office", "Scheduler"),
        ("The patient agrees to share her data", "Consent"),
        ("Teachers take an online course", "eLearning"),
        ("Households are asked in a survey on tablets", "Data collection"),
        ("Envoyer un SMS aux parents", "Messaging"),
        ("Payer les frais de dossier", "Payments"),
        ("Signer le contrat par voie électronique", "E-Signature"),
        ("Sned a mesage to the farmers", "Messaging"),
    ],
)
def test_the_words_of_a_step_lead_to_its_block(suggest, text, block):
    assert first(suggest, "building_block", text) == block


@pytest.mark.parametrize(
    ("text", "workflow"),
    [
        ("Pay the scholarship", "Financial services"),
        ("Deliver the vaccines to the clinics", "Supply chain management"),
        ("Call for tenders", "Procurement"),
        ("Teach mothers how to feed a baby", "Client education"),
        ("Numériser les archives", "Content management"),
    ],
)
def test_the_words_of_a_step_lead_to_its_workflow(suggest, text, workflow):
    assert first(suggest, "workflow", text) == workflow


def test_each_kind_of_evidence_counts(suggest):
    """Neighbours, what the step has in the other layer, and a description change the scores."""
    plain = ranked(suggest, "building_block", "The next thing")
    for step in (
        {"before": ("Data verification and validation", ""), "after": ("Payment", "Pay")},
        {"uses": {"workflow": ("marketplace",)}},
        {"description": "Farmers sell their harvest online."},
    ):
        other = ranked(suggest, "building_block", "The next thing", **step)
        assert other["building_block"].tolist() != plain["building_block"].tolist()


def test_what_is_frequent_is_not_suggested_for_everything(suggest):
    """Identity and the mediator stand in most published steps."""
    texts = [row["name"] for row in rows("steps")][::7]
    shown = [suggest.rank("building_block", Step(text))["name"].tolist() for text in texts]
    plain = ["Plant the trees", "Print the book", "Repair the road", "Sell the harvest"]
    for text in plain:
        assert "Identity" not in suggest.rank("building_block", Step(text))["name"].tolist()
    assert max(sum(name in few for few in shown) for name in ("Identity", "Consent")) < len(texts)


def test_up_to_four_are_likely_and_those_near_the_best(suggest):
    for text in ("Pay the fee", "Registration", "qqqq", "The nurse visits the mother at home"):
        for layer in LAYERS:
            every = ranked(suggest, layer, text)
            few = suggest.rank(layer, Step(text))
            assert 1 <= len(few) <= SHOWN
            assert few["likely"].all()
            assert few["name"].tolist() == every["name"].head(len(few)).tolist()
            assert (few["score"] >= few["score"].iloc[0] / 2).all()
            assert not every["likely"].iloc[len(few) :].any()


def test_what_is_decided_is_not_suggested_again_and_unknown_keys_are_passed_over(suggest):
    every = ranked(suggest, "building_block", "Pay the fee")
    best, second = every["building_block"][:2]
    uses = {"building_block": (best, "our:own", "")}
    rest = ranked(suggest, "building_block", "Pay the fee", uses=uses, rejected=[second, "x"])
    assert rest["building_block"].tolist() == every["building_block"].tolist()[2:]


def test_blocks_are_govstacks_and_those_of_2019_that_it_lacks(suggest):
    twins = {r["dif"] for r in rows("building_block_crosswalk") if r["relation"] in TWINS}
    labels = suggest.labels["building_block"]
    assert not twins & set(labels)
    assert {"dif:elearning", "dif:analytics-and-business-intelligence"} <= set(labels)
    assert "dif:registration" not in labels  # GovStack has a block of that name
    assert sum(label.startswith("govstack:") for label in labels) == 15
    generic = {r["workflow"] for r in rows("workflows") if r["generic"] == "true"}
    assert set(suggest.labels["workflow"]) == generic


def test_blocks_of_2019_teach_what_they_are_today(framework):
    steps = published_steps(framework, ["dif-market-linkage"])
    step = next(step for step in steps if step.order == 3)
    assert set(step.uses["building_block"]) == {
        "dif:artificial-intelligence",
        "govstack:digital-registries",
        "govstack:messaging",
        "govstack:payments",
        "govstack:workflow",
    }


# --- reasons --------------------------------------------------------------------------------------


def test_a_suggestion_says_what_it_does_and_why(suggest, framework):
    found = ranked(suggest, "building_block", "Pay the fee", top=1).iloc[0]
    summary = framework.building_blocks.set_index("building_block")["summary"]
    assert summary["govstack:payments"].startswith(found["about"])
    assert "The step says “pay” and “fee”." in found["reason"]
    assert "Published steps like it use this: “" in found["reason"]


def test_a_reason_names_steps_that_use_it(suggest):
    uses = {layer: {} for layer in LAYERS}
    for step in published_steps(govstack_kit.load(), published_use_cases(govstack_kit.load())):
        for layer in LAYERS:
            uses[layer][step.title] = step.uses[layer]
    for text in ("Registration of traders", "Payment", "Data verification", "Farm visit"):
        for layer in LAYERS:
            for row in ranked(suggest, layer, text).to_dict("records"):
                named = [title for title in uses[layer] if title in row["reason"]]
                assert all(row[layer] in uses[layer][title] for title in named)
                words = {word.strip(".,") for word in text.lower().split()}
                said = row["reason"].split("Published")[0].split("“")[1:]
                quoted = {word for part in said for word in part.split("”")[0].split()}
                assert quoted <= words


def test_without_evidence_it_says_so(suggest):
    reasons = ranked(suggest, "building_block", "qqqq xx")["reason"]
    assert reasons.str.startswith("No word of the step speaks of it; ").all()


# --- texts of any kind ----------------------------------------------------------------------------


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize(
    "text", ["", "   ", "農家の登録", "تسجيل المزارعين", "🙂🚜", "1", "?!", "qqqq xx", "किसान"]
)
def test_texts_without_a_known_word_are_ranked_by_frequency(suggest, layer, text):
    found = ranked(suggest, layer, text, text)
    published = suggest.published[layer]
    often = dict(zip(suggest.labels[layer], published.frequency, strict=True))
    assert all(often[a] >= often[b] for a, b in pairwise(found[layer]))


@pytest.mark.parametrize(
    "text",
    [
        "word " * 2000,
        "The clerk checks the form, and then the farmer pays the fee at the office. " * 34,
        "x" * 10_000,
        "pay",
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
        found = ranked(suggest, layer, text, text, before=(text, None), after=("", text))
        assert len(found) == len(suggest.labels[layer])
        assert found["reason"].str.len().between(10, 20_000).all()
        assert np.isfinite(found["score"]).all()
        assert not found["reason"].str.contains("<script|\ud800|\x00", regex=True).any()
        found.to_json().encode("utf-8")
    search_targets(framework, text)
    search_words(framework, text)


def test_markup_is_not_read(suggest):
    marked = ranked(suggest, "workflow", "<p class='payment'>Visit</p>")
    assert marked["workflow"].tolist() == ranked(suggest, "workflow", "Visit")["workflow"].tolist()


def test_top_below_one_and_unknown_use_cases_are_refused(suggest, framework):
    with pytest.raises(ArgumentError, match="1 or more, not 0"):
        ranked(suggest, "workflow", "Payment", top=0)
    with pytest.raises(ArgumentError, match="1 or more, not -1"):
        search_words(framework, "pay", top=-1)
    with pytest.raises(govstack_kit.UnknownKeyError, match="AGR-2"):
        Suggester(framework, use_cases=["AGR2"])


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


# --- tables of words ------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", LAYERS)
def test_every_label_has_phrases_in_both_languages(suggest, layer):
    words = rows(f"{layer}_words")
    for language in ("en", "fr"):
        have = {row[layer] for row in words if row["language"] == language}
        assert set(suggest.labels[layer]) <= have
    assert {row["source"] for row in words} == {"govstack-kit"}
    for row in words:
        assert row["phrase"] == " ".join(row["phrase"].split())
        assert terms(row["phrase"], row["language"]), row  # else it would never be found


@pytest.mark.parametrize(
    ("language", "phrase", "text"),
    [
        ("es", "cobrar la tasa", "El municipio cobra la tasa"),
        ("sw", "lipa ada", "Mzazi anataka kulipa: lipa ada ya shule"),
        ("ar", "دفع الرسوم", "يجب دفع الرسوم في المكتب"),
        ("zh", "缴费", "家长在线缴费"),
        ("hi", "शुल्क", "माता-पिता शुल्क देते हैं"),
        ("en", "zakat", "Give the zakat"),
    ],
)
def test_a_ministry_adds_words_of_its_own_in_any_language(tmp_path, language, phrase, text):
    (tmp_path / "building_block_words.csv").write_text(
        f"building_block,language,phrase,source\ngovstack:payments,{language},{phrase},govstack-kit\n",
        encoding="utf-8",
    )
    own = govstack_kit.load(tmp_path, extend=True)
    found = ranked(Suggester(own), "building_block", text, top=1).iloc[0]
    assert found["name"] == "Payments"
    assert "The step says" in found["reason"]
    assert search_words(own, text, top=1)["name"].item() == "Payments"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("govstack:paymens,en,tithe,,govstack-kit", "govstack:payments"),
        ("govstack:payments,English,tithe,,govstack-kit", "English"),
        ("govstack:payments,en,,,govstack-kit", "hrase"),
        ("govstack:payments,en,tithe,faint,govstack-kit", "weak"),
    ],
)
def test_mistakes_in_own_words_are_named(tmp_path, row, said):
    head = "building_block,language,phrase,strength,source\n"
    (tmp_path / "building_block_words.csv").write_text(head + row + "\n", encoding="utf-8")
    with pytest.raises(govstack_kit.TablesError, match=said):
        govstack_kit.load(tmp_path, extend=True)


def test_a_phrase_counts_where_all_its_words_stand_and_less_if_many_have_it():
    phrases = Phrases([(0, "en", "pay the fee", 1), (1, "en", "fee", 1), (0, "en", "fee", 1)], 3)
    scores, why = phrases.find(terms("She pays the yearly fee"), "en")
    assert scores[0] > scores[1] > scores[2] == 0
    assert why == {0: ["pays fee"], 1: ["fee"]}
    only, _ = Phrases([(1, "en", "fee", 1)], 3).find(terms("A fee"), "en")
    assert only[1] > scores[1]
    assert not phrases.find(terms("She pays the clerk of the new office a fee"), "fr")[0].any()


# --- the benchmark --------------------------------------------------------------------------------


def test_measures_by_hand(bench):
    assert bench.average_precision({"a", "c"}, ["a", "b", "c"]) == pytest.approx((1 + 2 / 3) / 2)
    assert bench.average_precision({"b", "x"}, ["a", "b"]) == pytest.approx(1 / 4)
    found = bench.measured([{"a"}, {"b", "c"}], [(["a", "b"], 1), (["a", "b", "c"], 3)])
    assert found == (0.5, 1, 1, 3 / 4, 2)


def test_a_use_case_taken_away_teaches_nothing(bench, framework):
    """Whatever it and its ancestor publish about themselves, it is ranked the same."""
    case, ancestor = "AGR-2", "dif-rural-advisory-service"
    hidden = f"{case}.|{ancestor}."
    links, examples = framework.step_workflows, framework.workflow_examples
    less = with_tables(
        framework,
        step_workflows=links[~links["step"].str.match(hidden)],
        workflow_examples=examples[~examples["use_case"].isin([case, ancestor])],
    )
    some, other = bench.without(framework, case), bench.without(less, case)
    for step in published_steps(framework, [case]):
        pd.testing.assert_frame_equal(
            some.rank("workflow", Step(step.name, step.description), top=99),
            other.rank("workflow", Step(step.name, step.description), top=99),
        )


@pytest.mark.parametrize(("layer", "margin"), [("workflow", 0.08), ("building_block", 0.12)])
def test_unseen_use_cases_are_ranked_better_than_by_frequency(bench, framework, layer, margin):
    ours, usual = [], []
    for left_out in ("AGR-2", "FINC-1", "HLTC-2", "INST-3"):
        unseen = bench.without(framework, left_out)
        often = -unseen.published[layer].frequency
        frequent = [unseen.labels[layer][place] for place in np.argsort(often, kind="stable")]
        for step in published_steps(framework, [left_out]):
            if wanted := set(step.uses[layer]):
                asked = Step(step.name, step.description, step.before, step.after)
                found = unseen.rank(layer, asked, top=99)
                ours.append(bench.average_precision(wanted, found[layer].tolist()))
                usual.append(bench.average_precision(wanted, frequent))
                assert left_out not in " ".join(found["reason"])
    assert len(ours) > 30
    assert np.mean(ours) > np.mean(usual) + margin


def test_use_cases_of_a_country_are_not_learned_from_unasked(framework):
    cases = framework.use_cases.copy()
    cases.loc[cases["use_case"] == "AGR-1", "catalogue"] = "own"
    everything = published_use_cases(framework)
    assert "AGR-1" in everything
    theirs = with_tables(framework, use_cases=cases)
    assert published_use_cases(theirs) == [case for case in everything if case != "AGR-1"]


# --- search ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected", "within"),
    [
        ("children are undernourished", {"2.2"}, 1),
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


@pytest.mark.parametrize("text", ["municipality", "the municipality", "first", "first of all"])
def test_words_that_only_look_alike_find_nothing(framework, text):
    assert search_targets(framework, text).empty


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
        ("online course", "eLearning"),
        ("e-learning course", "eLearning"),
    ],
)
def test_components_in_the_words_of_a_team(framework, text, name):
    found = search_words(framework, text)
    assert name in found["name"].head(2).tolist()
    assert set(found["layer"]) <= set(LAYERS)


def test_names_are_found_by_themselves(framework):
    for table in (rows("workflows"), rows("building_blocks")):
        for row in table:
            found = search_words(framework, row["name"])["name"].str.casefold().tolist()
            twin = row.get("catalogue") == "dif" or row.get("generic") == "false"
            assert twin or found[0] == row["name"].casefold()
    found = search_words(framework, "Registration")["name"].tolist()
    assert "Digital Registries" not in found[: found.index("Registration")]
    assert search_words(framework, "online course")["name"].iloc[0] == "eLearning"


def test_only_generic_workflows_and_blocks_without_a_twin(framework):
    found = search_words(framework, " ".join(framework.building_blocks["name"]), top=99)
    twins = {r["dif"] for r in rows("building_block_crosswalk") if r["relation"] in TWINS}
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
