"""Options of a plan: existing systems among them, what is unknown stays unknown."""

import json

import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit.planning.selected import Answer, Cover, Option, Service, System
from govstack_kit.selection import _demonstration
from govstack_kit.selection.needs import needs
from govstack_kit.selection.optimise import best_set, best_set_of_plan
from govstack_kit.selection.options import answers, demonstration_options, options


@pytest.fixture
def plan():
    plan = kit.Plan.new(title="Advice for farmers")
    plan.systems = [
        System(
            id="register",
            name="Farmer register",
            licence="MIT",
            open_source="yes",
            annual_cost=40,
            serves=[
                Service(key="govstack:digital-registries", quality="well"),
                Service(key="govstack:registration", quality="partly"),
                Service(key="govstack:consent", quality="poorly"),
                Service(key="govstack:identity"),
            ],
        ),
        System(id="idle", name="Old server"),
    ]
    return plan


def test_existing_systems_are_options_by_themselves(plan):
    frame = options(plan)
    assert frame["fit"].fillna(-1).tolist() == [0.2, 1.0, -1, 0.5]
    assert set(frame["kind"]) == {"system"}
    assert set(frame["build_cost"]) == {0}
    assert set(frame["annual_cost"]) == {40}
    assert frame["integration_cost"].isna().all()
    assert set(frame["open_source"]) == {"yes"}


def test_keys_that_are_no_building_blocks_are_refused_where_tables_are_given(plan, framework):
    plan.systems[1].serves = [Service(key="identity", quality="well")]
    plan.options = [Option(id="hub", name="Hub", covers=[Cover(key="paymnts", fit=1)])]
    said = (
        "2 keys are no building blocks:\n"
        "- The system 'Old server' serves 'identity', which is no building block. "
        "Did you mean govstack:identity?\n"
        "- The option 'Hub' covers 'paymnts', which is no building block. "
        "Did you mean govstack:payments"
    )
    for asked in (lambda: options(plan, framework), lambda: best_set_of_plan(framework, plan)):
        with pytest.raises(kit.ArgumentError) as caught:
            asked()
        assert str(caught.value).startswith(said)
    with pytest.raises(kit.ArgumentError, match="The option 'Hub' covers 'paymnts'"):
        kit.compare(framework, plan)
    assert "paymnts" in options(plan)["building_block"].tolist()  # without tables, as it stands
    plan.options[0].covers = [Cover(key="own:payments", fit=1)]
    plan.systems[1].serves = []
    assert "own:payments" in options(plan, framework)["building_block"].tolist()


def test_an_option_takes_the_place_of_its_system_and_fills_from_it(plan):
    plan.options = [Option(id="r", name="Register", kind="system", system="register")]
    plan.options[0].integration_cost = 9
    frame = options(plan)
    assert set(frame["option"]) == {"r"}
    assert frame["integration_cost"].tolist() == [9] * 4
    assert frame["annual_cost"].tolist() == [40] * 4
    plan.options[0].covers = [Cover(key="govstack:payments", fit=0.3)]
    plan.options[0].build_cost = 7
    frame = options(plan)
    assert frame[["building_block", "fit", "build_cost"]].to_numpy().tolist() == [
        ["govstack:payments", 0.3, 7]
    ]


def test_a_system_whose_integration_is_priced_can_be_chosen(plan):
    needed = pd.DataFrame({"building_block": ["govstack:registration"]})
    left_out = best_set(options(plan), needed, {"years": 5})
    assert left_out.status == "impossible"
    assert left_out.unknowns[["option", "what"]].to_numpy().tolist() == [
        ["register", "integration cost"]
    ]
    plan.systems[0].integration_cost = 90
    frame = options(plan)
    assert frame["integration_cost"].tolist() == [90] * 4
    assert frame["build_cost"].tolist() == [0] * 4
    found = best_set(frame, needed, {"years": 5})
    assert found.chosen["option"].tolist() == ["register"]
    assert found.cost == 90 + 5 * 40
    assert found.unknowns["what"].tolist() == []
    # What an option says of its system itself goes first.
    plan.options = [Option(id="r", name="Register", kind="system", system="register")]
    assert set(options(plan)["integration_cost"]) == {90}
    plan.options[0].integration_cost = 0
    assert set(options(plan)["integration_cost"]) == {0}


def test_plan_files_from_before_systems_had_an_integration_cost_still_open(tmp_path, plan):
    data = plan.data()
    for system in data["systems"]:
        del system["integration_cost"]
    path = tmp_path / "old.govplan.json"
    path.write_text(json.dumps(data, default=str))
    opened = kit.Plan.open(path)
    assert opened.notices == []
    assert [system.integration_cost for system in opened.systems] == [None, None]
    opened.systems[0].integration_cost = 7.5
    assert kit.Plan.open(opened.save()).systems[0].integration_cost == 7.5
    with pytest.raises(kit.PlanError, match="Integration cost must be at least 0"):
        opened.systems[0].integration_cost = -1


def test_an_option_with_the_id_of_a_system_does_not_hide_it(plan):
    plan.options = [Option(id="register", name="New", covers=[Cover(key="govstack:cms", fit=1)])]
    assert set(options(plan)["option"]) == {"register", "register-existing"}


def test_products_take_their_licence_from_the_tables(framework):
    plan = kit.Plan.new(title="Payments")
    cover = [Cover(key="govstack:payments", fit=0.5)]
    plan.options = [
        Option(id="a", name="A", product="dpg:mojaloop", covers=cover),
        Option(id="b", name="B", licence="Own terms", product="dpg:mojaloop", covers=cover),
        Option(id="c", name="C", licence="CC-BY-NC-4.0", covers=cover),
        Option(id="d", name="D", open_source="no", licence="MIT", covers=cover),
    ]
    table = framework.product_licences
    printed = table.loc[table["product"] == "dpg:mojaloop", "licence"].item()
    frame = options(plan, framework)
    assert frame["licence"].tolist() == [printed, "Own terms", "CC-BY-NC-4.0", "MIT"]
    assert frame["open_source"].tolist() == ["yes", "", "no", "no"]
    assert frame["build_cost"].isna().all()


@pytest.mark.parametrize("twice", [("met", "partly"), ("partly", "met")])
def test_answers_are_a_frame_and_the_worse_counts(twice):
    plan = kit.Plan.new(title="Payments")
    said = [*(Answer(key="r1", answer=answer) for answer in twice), Answer(key="r2")]
    plan.options = [Option(id="a", name="A", answers=said)]
    assert answers(plan).to_numpy().tolist() == [["a", "r1", "partly"], ["a", "r2", "unknown"]]


def test_the_demonstration_is_marked_and_rests_on_the_tables(framework):
    found = demonstration_options(framework)
    links = framework.product_building_blocks
    published = set(zip(links["product"], links["building_block"], strict=True))
    plan = kit.Plan.new(title="Advice for farmers")
    plan.add_published(framework, "AGR-2")
    wanted = set(needs(framework, plan)["building_block"])
    covered = [cover.key for option in found for cover in option.covers]
    assert wanted == set(covered)
    assert all(covered.count(block) >= 2 for block in wanted)
    for option in found:
        assert option.note == _demonstration.MADE_UP
        for cover in option.covers:
            assert cover.note == _demonstration.MADE_UP
            if option.kind == "product":
                assert (option.product, cover.key) in published
    assert len({option.id for option in found}) == len(found)


def test_products_that_the_tables_lack_are_left_out(framework):
    tables = {name: getattr(framework, name) for name in framework.describe()["table"]}
    tables["products"] = tables["products"].head(0)
    kinds = {option.kind for option in demonstration_options(kit.Framework(tables))}
    assert kinds == {"system", "own build"}


def test_a_plan_is_chosen_for_without_being_changed(framework):
    plan = kit.Plan.new(title="Advice for farmers")
    plan.add_published(framework, "AGR-2")
    plan.options = demonstration_options(framework)
    before = plan.model_dump_json()
    found = best_set_of_plan(framework, plan)
    assert found.status == "proved"
    assert len(found.chosen) == 10
    assert found.chosen["why"].str.endswith(".").all()
    assert found.chosen["cost"].sum() == pytest.approx(found.cost)
    strict = best_set_of_plan(framework, plan, check_requirements=True)
    assert strict.status == "impossible"
    assert "is known to meet the requirement" in strict.collisions[0]
    assert plan.model_dump_json() == before
    assert isinstance(found.unknowns, pd.DataFrame)


def test_a_fit_follows_from_answers_where_the_team_gave_none():
    framework = kit.load()
    plan = kit.Plan.new(title="Consent")
    asked = framework.requirements.query("building_block == 'govstack:consent'")
    keys = asked.loc[asked["level"].isin(["REQUIRED", "RECOMMENDED"]), "requirement"].tolist()
    met = [Answer(key=key, answer="met") for key in keys[:5]]
    plan.options = [
        Option(id="judged", name="Judged", covers=[Cover(key="govstack:consent")], answers=met),
        Option(id="told", name="Told", covers=[Cover(key="govstack:consent", fit=0.9)]),
    ]
    found = options(plan, framework).set_index("option")
    assert found.loc["judged", "fit"] == pytest.approx(5 / len(keys))
    assert found.loc["judged", ["fit_lowest", "fit_highest"]].tolist() == pytest.approx(
        [5 / len(keys), 1]
    )
    assert found.loc["told", ["fit", "fit_lowest", "fit_highest"]].tolist() == [0.9, 0.9, 0.9]
    assert "fit_lowest" not in options(plan)


def test_blocks_of_2019_are_offered_as_the_blocks_that_they_count_as(framework):
    plan = kit.Plan.new(title="Old words")
    plan.add_use_case("Fees").choose("building_block", "dif:payments")
    both = [Cover(key="dif:payments", fit=0.9), Cover(key="govstack:payments", fit=0.4)]
    plan.options = [
        Option(id="old", name="Old", covers=both, build_cost=1, integration_cost=1, annual_cost=1)
    ]
    found = options(plan, framework)
    assert found[["building_block", "fit"]].to_numpy().tolist() == [["govstack:payments", 0.9]]
    best = kit.best_set_of_plan(framework, plan)
    assert best.chosen[["building_block", "option"]].to_numpy().tolist() == [
        ["govstack:payments", "old"]
    ]
