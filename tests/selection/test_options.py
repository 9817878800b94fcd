"""Options of a plan: existing systems among them, what is unknown stays unknown, side by side."""

import math

import pandas as pd
import pytest

from govstack_kit import (
    GovStackKitError,
    Plan,
    UnknownKeyError,
    best_set,
    best_set_of_plan,
    compare_options,
    needs,
    options,
)

PAYMENTS, CONSENT, IDENTITY = (f"govstack:{name}" for name in ("payments", "consent", "identity"))
FACTS = ["kind", "licence", "open_source", "build_cost", "integration_cost", "annual_cost"]


def system(plan, key, serves, **values):
    plan.add("systems", system=key, name=values.pop("name", key.title()), **values)
    for block, quality in serves.items():
        values = {"building_block": block, "quality": quality}
        plan.add("system_building_blocks", system=key, **values)


def option(plan, key, covers, *, answers=(), **values):
    plan.add("options", option=key, name=values.pop("name", key.title()), **values)
    for block, fit in covers.items():
        plan.add("option_building_blocks", option=key, building_block=block, fit=fit)
    for requirement in answers:
        plan.add("answers", option=key, requirement=requirement, answer="met")


@pytest.fixture
def plan():
    plan = Plan.new(title="Advice for farmers")
    serves = {
        "govstack:digital-registries": "well",
        "govstack:registration": "partly",
        CONSENT: "poorly",
        IDENTITY: None,
    }
    about = {"licence": "MIT", "open_source": "yes", "annual_cost": 4000, "added_annual_cost": 40}
    system(plan, "register", serves, name="Farmer register", **about)
    system(plan, "idle", {}, name="Old server")
    return plan


def test_existing_systems_are_options_by_themselves(framework, plan):
    frame = options(framework, plan)
    assert frame["fit"].fillna(-1).tolist() == [0.2, 1.0, -1, 0.5]
    assert set(frame["kind"]) == {"system"}
    assert set(frame["build_cost"]) == {0}
    assert frame["integration_cost"].isna().all()
    assert set(frame["open_source"]) == {"yes"}


def test_of_a_system_only_what_its_use_here_adds_counts(framework, plan):
    assert set(options(framework, plan)["annual_cost"]) == {40}  # not the 4,000 spent anyway
    plan.set("systems", "register", added_annual_cost=None)
    assert options(framework, plan)["annual_cost"].isna().all()


def test_keys_that_are_no_building_blocks_are_refused(framework, plan):
    values = {"building_block": "identity", "quality": "well"}
    plan.add("system_building_blocks", system="idle", **values)
    option(plan, "hub", {"paymnts": 1})
    for asked in (options, best_set_of_plan, compare_options):
        with pytest.raises(UnknownKeyError) as caught:
            asked(framework, plan)
        assert "no building block 'identity'. Did you mean govstack:identity" in str(caught.value)
        assert "no building block 'paymnts'. Did you mean dif:payments or govstack:payments" in str(
            caught.value
        )
    plan.set("option_building_blocks", ("hub", "paymnts"), building_block="own:payments")
    plan.remove("system_building_blocks", ("idle", "identity"))
    assert "own:payments" in options(framework, plan)["building_block"].tolist()


def test_an_option_takes_the_place_of_its_system_and_fills_from_it(framework, plan):
    option(plan, "r", {}, kind="system", system="register", integration_cost=9)
    frame = options(framework, plan)
    assert set(frame["option"]) == {"r"}
    assert frame["integration_cost"].tolist() == [9] * 4
    assert frame["annual_cost"].tolist() == [40] * 4
    plan.add("option_building_blocks", option="r", building_block=PAYMENTS, fit=0.3)
    plan.set("options", "r", build_cost=7)
    frame = options(framework, plan)
    assert frame[["building_block", "fit", "build_cost"]].to_numpy().tolist() == [
        [PAYMENTS, 0.3, 7]
    ]


def test_a_system_whose_use_is_priced_can_be_chosen(framework, plan):
    needed = pd.DataFrame({"building_block": ["govstack:registration"]})
    left_out = best_set(options(framework, plan), needed, {"years": 5})
    assert left_out.status == "impossible"
    assert left_out.unknowns[["option", "what"]].to_numpy().tolist() == [
        ["register", "integration cost"]
    ]
    plan.set("systems", "register", integration_cost=90)
    frame = options(framework, plan)
    assert frame["integration_cost"].tolist() == [90] * 4
    assert frame["build_cost"].tolist() == [0] * 4
    found = best_set(frame, needed, {"years": 5})
    assert found.chosen["option"].tolist() == ["register"]
    assert found.cost == 90 + 5 * 40
    assert found.unknowns["what"].tolist() == []
    # What an option says of its system itself goes first.
    option(plan, "r", {}, kind="system", system="register")
    assert set(options(framework, plan)["integration_cost"]) == {90}
    plan.set("options", "r", integration_cost=0)
    assert set(options(framework, plan)["integration_cost"]) == {0}


def test_an_option_with_the_key_of_a_system_does_not_hide_it(framework, plan):
    option(plan, "register", {"govstack:cms": 1})
    assert set(options(framework, plan)["option"]) == {"register", "register-existing"}


def test_products_take_their_licence_from_the_tables(framework):
    plan = Plan.new(title="Payments")
    option(plan, "a", {PAYMENTS: 0.5}, product="dpg:mojaloop")
    option(plan, "b", {PAYMENTS: 0.5}, product="dpg:mojaloop", licence="Own terms")
    option(plan, "c", {PAYMENTS: 0.5}, licence="CC-BY-NC-4.0")
    option(plan, "d", {PAYMENTS: 0.5}, licence="MIT", open_source="no")
    table = framework.product_licences
    printed = table.loc[table["product"] == "dpg:mojaloop", "licence"].item()
    frame = options(framework, plan)
    assert frame["licence"].tolist() == [printed, "Own terms", "CC-BY-NC-4.0", "MIT"]
    assert frame["open_source"].tolist() == ["yes", "", "no", "no"]
    assert frame["build_cost"].isna().all()


def test_the_demonstration_is_marked_and_rests_on_the_tables(framework):
    plan = Plan.demonstration()
    links = framework.product_building_blocks
    published = set(zip(links["product"], links["building_block"], strict=True))
    wanted = set(needs(framework, plan)["building_block"])
    covers = plan.option_building_blocks.merge(plan.options, on="option")
    assert wanted == set(covers["building_block"])
    assert covers["building_block"].value_counts().min() >= 2
    products = covers[covers["kind"] == "product"]
    assert set(zip(products["product"], products["building_block"], strict=True)) <= published
    for notes in (plan.options["note"], plan.option_building_blocks["note"]):
        assert notes.str.contains("made up for the demonstration").all()


def test_a_plan_is_chosen_for_without_being_changed(framework):
    plan = Plan.demonstration()
    before = plan.copy()
    found = best_set_of_plan(framework, plan)
    assert found.status == "proved"
    assert len(found.chosen) == 10
    assert found.chosen["why"].str.endswith(".").all()
    assert found.chosen["cost"].sum() == pytest.approx(found.cost)
    strict = best_set_of_plan(framework, plan, check_requirements=True)
    assert strict.status == "impossible"
    assert "is known to meet the requirement" in strict.sentences()[1]
    assert plan.diff(before).empty
    with pytest.raises(GovStackKitError, match=r"check_requirements is True or False"):
        best_set_of_plan(framework, plan, check_requirements="yes")


def test_a_fit_follows_from_answers_where_the_team_gave_none(framework):
    plan = Plan.new(title="Consent")
    asked = framework.requirements.query("building_block == 'govstack:consent'")
    asked = asked[asked["same_as"].isna()]
    keys = asked.loc[asked["level"].isin(["REQUIRED", "RECOMMENDED"]), "requirement"].tolist()
    option(plan, "judged", {CONSENT: None}, answers=keys[:5])
    option(plan, "told", {CONSENT: 0.9})
    found = options(framework, plan).set_index("option")
    assert found.loc["judged", "fit"] == pytest.approx(5 / len(keys))
    assert found.loc["judged", ["fit_lowest", "fit_highest"]].tolist() == pytest.approx(
        [5 / len(keys), 1]
    )
    assert found.loc["told", ["fit", "fit_lowest", "fit_highest"]].tolist() == [0.9, 0.9, 0.9]
    assert found["fit_from"].tolist() == ["answers", "entered"]


def test_blocks_of_2019_are_offered_as_the_blocks_that_they_count_as(framework):
    plan = Plan.new(title="Old words")
    fees = plan.add("use_cases", name="Fees")
    plan.add("use_case_building_blocks", use_case=fees, building_block="dif:payments")
    costs = {"build_cost": 1, "integration_cost": 1, "annual_cost": 1}
    option(plan, "old", {"dif:payments": 0.9, PAYMENTS: 0.4}, **costs)
    found = options(framework, plan)
    assert found[["building_block", "fit"]].to_numpy().tolist() == [[PAYMENTS, 0.9]]
    best = best_set_of_plan(framework, plan)
    assert best.chosen[["building_block", "option"]].to_numpy().tolist() == [[PAYMENTS, "old"]]


@pytest.mark.parametrize("wrong", [None, "kenya.govplan.json", pd.DataFrame(), 3, {}])
def test_neither_a_plan_nor_tables(framework, plan, wrong):
    for asked in (options, compare_options):
        with pytest.raises(GovStackKitError, match=r"^A framework, as govstack_kit.load"):
            asked(wrong, plan)
        with pytest.raises(GovStackKitError, match=r"^Give a plan after the tables"):
            asked(framework, wrong)


# --- side by side ---------------------------------------------------------------------------------


@pytest.fixture
def payments():
    plan = Plan.new(title="Payments")
    about = {"licence": "MIT", "integration_cost": 10, "added_annual_cost": 2}
    system(plan, "till", {PAYMENTS: "partly"}, **about)
    system(plan, "idle", {}, name="Old server", added_annual_cost=7)
    costs = {"build_cost": 1, "integration_cost": 1, "annual_cost": 1}
    option(plan, "m", {PAYMENTS: 0.9}, product="dpg:mojaloop", **costs)
    return plan


def test_an_option_has_what_its_product_and_its_system_say(framework, payments):
    option(payments, "o", {}, kind="system", system="till")
    table = compare_options(framework, payments).set_index("option")
    assert table.index.tolist() == ["m", "o"]
    assert table.loc["m", ["licence", "open_source"]].tolist() == ["Apache-2.0", "yes"]
    assert table.loc["o", ["licence", "open_source", "covers"]].tolist() == [
        *("MIT", "yes", "Payments"),
    ]
    # Nothing to build, 10 to integrate, 2 a year for the 5 years of the rules.
    assert table.loc["o", ["build_cost", "integration_cost", "total_cost"]].tolist() == [0, 10, 20]
    assert table.loc["o", ["fit", "fit_from"]].tolist() == [0.5, "entered"]  # serves it partly


def test_systems_that_serve_a_block_are_compared_without_being_entered(framework, payments):
    table = compare_options(framework, payments)
    assert table["option"].tolist() == ["m", "till"]
    assert table["kind"].tolist() == ["product", "system"]
    assert table["total_cost"].tolist() == [1 + 1 + 5 * 1, 0 + 10 + 5 * 2]
    assert compare_options(framework, payments, "till")["name"].tolist() == ["Till"]
    with pytest.raises(UnknownKeyError, match=r"no option 'idle'"):
        compare_options(framework, payments, "idle")
    with pytest.raises(UnknownKeyError, match=r"no building block 'payment'. Did you mean"):
        compare_options(framework, payments, building_blocks="payment")
    assert payments.options["option"].tolist() == ["m"]
    assert payments.row("options", "m")["licence"] is None


def test_facts_are_those_of_the_options(framework):
    plan = Plan.demonstration()
    ours = options(framework, plan).drop_duplicates("option").set_index("option")
    table = compare_options(framework, plan).set_index("option")
    assert set(table.index) == set(ours.index)
    assert len(table) > 5
    for key, row in table.iterrows():
        assert row[FACTS].fillna(-1).tolist() == ours.loc[key, FACTS].fillna(-1).tolist()
    means = options(framework, plan).groupby("option")["fit"].mean()
    assert table["fit"].to_dict() == pytest.approx(means.to_dict())


def test_a_fit_is_what_was_entered_and_else_what_answers_say(framework):
    plan = Plan.new(title="Consent")
    answer = ["consent:579d86c7"]  # 1 of 20 checks of Consent
    option(plan, "hand", {CONSENT: 0.9}, answers=answer)
    option(plan, "judged", {CONSENT: None}, answers=answer)
    option(plan, "both", {CONSENT: None, IDENTITY: 0.6}, answers=answer)
    option(plan, "unknown", {CONSENT: None, IDENTITY: None})
    option(plan, "half", {CONSENT: None, IDENTITY: 0.6})
    table = compare_options(framework, plan).set_index("option")
    fits = table[["fit", "fit_lowest", "fit_highest"]]
    assert fits.loc["hand"].tolist() == [0.9, 0.9, 0.9]
    assert fits.loc["judged"].tolist() == pytest.approx([1 / 20, 1 / 20, 1])
    low = (1 / 20 + 0.6) / 2
    assert fits.loc["both"].tolist() == pytest.approx([low, low, (1 + 0.6) / 2])
    assert fits.loc["unknown"].fillna(-1).tolist() == [-1, 0, 1]
    assert fits.loc["half"].tolist() == pytest.approx([0.3, 0.3, 0.8])
    assert table["fit_from"].tolist() == ["entered", "answers", "both", "", "entered"]


def test_options_side_by_side(framework):
    plan = Plan.new(title="Payments")
    costs = {"build_cost": 100, "integration_cost": 20, "annual_cost": 10}
    covers, answer = {PAYMENTS: None, CONSENT: None}, ["consent:579d86c7"]
    option(plan, "m", covers, product="dpg:mojaloop", answers=answer, **costs)
    option(plan, "own", {CONSENT: None}, kind="own build", build_cost=5)
    plan.set("rules", years=4)
    table = compare_options(framework, plan).set_index("option")
    assert table.loc["m", "total_cost"] == 100 + 20 + 4 * 10
    assert math.isnan(table.loc["own", "total_cost"])
    assert table["of_blocks"].tolist() == [2, 2]
    assert table["blocks"].tolist() == [2, 1]
    assert table.loc["m", "stage"] == "dpg"
    # Of Payments nothing is known, of the 20 checks of Consent one is met: the mean of 0 and 1/20.
    assert table.loc["m", "fit"] == pytest.approx(1 / 40)
    assert table.loc["m", "fit_highest"] == pytest.approx(1)
    assert math.isnan(table.loc["own", "fit"])
    assert table.loc["own", "open_source"] == ""
    consent = compare_options(framework, plan, building_blocks=CONSENT).set_index("option")
    assert consent.loc["m", ["blocks", "of_blocks"]].tolist() == [1, 1]
    assert consent.loc["m", ["fit", "answered"]].tolist() == pytest.approx([1 / 20, 1 / 20])


def test_nothing_to_compare_is_an_empty_table(framework):
    plan = Plan.new(title="Nothing")
    assert compare_options(framework, plan).empty
    assert options(framework, plan).empty
    option(plan, "one", {})
    assert compare_options(framework, plan)["of_blocks"].tolist() == [0]
