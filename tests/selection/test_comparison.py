"""Options side by side are those that the choice is made of, with the same facts."""

import math

import pytest

import govstack_kit as kit
from govstack_kit.planning.selected import Answer, Cover, Option, Service, System
from govstack_kit.selection.comparison import compare, profile
from govstack_kit.selection.options import demonstration_options, options

PAYMENTS, CONSENT, IDENTITY = (f"govstack:{name}" for name in ("payments", "consent", "identity"))
FACTS = ["name", "kind", "licence", "open_source", "build_cost", "integration_cost", "annual_cost"]


@pytest.fixture
def plan():
    plan = kit.Plan.new(title="Payments")
    plan.systems = [
        System(
            id="till",
            name="Till",
            licence="MIT",
            integration_cost=10,
            annual_cost=2,
            serves=[Service(key=PAYMENTS, quality="partly")],
        ),
        System(id="idle", name="Old server", annual_cost=7),
    ]
    plan.options = [
        Option(
            id="m",
            name="M",
            product="dpg:mojaloop",
            covers=[Cover(key=PAYMENTS, fit=0.9)],
            build_cost=1,
            integration_cost=1,
            annual_cost=1,
        )
    ]
    return plan


def test_an_option_has_what_its_product_and_its_system_say(framework, plan):
    plan.options = [*plan.options, Option(id="o", name="O", kind="system", system="till")]
    table = compare(framework, plan).set_index("option")
    assert table.index.tolist() == ["m", "o"]
    assert table.loc["m", ["licence", "open_source"]].tolist() == ["Apache-2.0", "yes"]
    assert table.loc["o", ["licence", "open_source", "covers"]].tolist() == [
        *("MIT", "yes", "Payments"),
    ]
    # Nothing to build, 10 to integrate, 2 a year for the 5 years of the rules.
    assert table.loc["o", ["build_cost", "integration_cost", "total_cost"]].tolist() == [0, 10, 20]
    assert table.loc["o", ["fit", "fit_from"]].tolist() == [0.5, "entered"]  # serves it partly


def test_systems_that_serve_a_block_are_compared_without_being_entered(framework, plan):
    table = compare(framework, plan)
    assert table["option"].tolist() == ["m", "till"]
    assert table["kind"].tolist() == ["product", "system"]
    assert table["total_cost"].tolist() == [1 + 1 + 5 * 1, 0 + 10 + 5 * 2]
    assert compare(framework, plan, "till")["name"].tolist() == ["Till"]
    assert len(profile(table)) == 2 * 4
    with pytest.raises(kit.UnknownKeyError, match="no option 'idle'"):
        compare(framework, plan, "idle")
    assert [option.id for option in plan.options] == ["m"]
    assert plan.options[0].licence == ""


def test_facts_are_those_of_the_options(framework, plan):
    plan.options = [*plan.options, *demonstration_options(framework)]
    ours = options(plan, framework).drop_duplicates("option").set_index("option")
    table = compare(framework, plan).set_index("option")
    assert set(table.index) == set(ours.index)
    assert len(table) > 5
    for key, row in table.iterrows():
        assert row[FACTS].fillna(-1).tolist() == ours.loc[key, FACTS].fillna(-1).tolist()
    means = options(plan, framework).groupby("option")["fit"].mean()
    assert table["fit"].to_dict() == pytest.approx(means.to_dict())


def test_a_fit_is_what_was_entered_and_else_what_answers_say(framework, plan):
    answer = [Answer(key="consent:6.1-01", answer="met")]  # 1 of 22 checks of Consent
    plan.options = [
        Option(id="hand", name="Hand", covers=[Cover(key=CONSENT, fit=0.9)], answers=answer),
        Option(id="judged", name="Judged", covers=[Cover(key=CONSENT)], answers=answer),
        Option(
            id="both",
            name="Both",
            covers=[Cover(key=CONSENT), Cover(key=IDENTITY, fit=0.6)],
            answers=answer,
        ),
        Option(id="unknown", name="Unknown", covers=[Cover(key=CONSENT), Cover(key=IDENTITY)]),
        Option(id="half", name="Half", covers=[Cover(key=CONSENT), Cover(key=IDENTITY, fit=0.6)]),
    ]
    plan.systems = []
    table = compare(framework, plan).set_index("option")
    fits = table[["fit", "fit_lowest", "fit_highest"]]
    assert fits.loc["hand"].tolist() == [0.9, 0.9, 0.9]
    assert fits.loc["judged"].tolist() == pytest.approx([1 / 22, 1 / 22, 1])
    low = (1 / 22 + 0.6) / 2
    assert fits.loc["both"].tolist() == pytest.approx([low, low, (1 + 0.6) / 2])
    assert fits.loc["unknown"].fillna(-1).tolist() == [-1, 0, 1]
    assert fits.loc["half"].tolist() == pytest.approx([0.3, 0.3, 0.8])
    assert table["fit_from"].tolist() == ["entered", "answers", "both", "", "entered"]
    assert table["answered"].tolist() == pytest.approx([1 / 22, 1 / 22, 1 / 22, 0, 0])
    axis = profile(compare(framework, plan)).query("axis == 'Fits the blocks'")
    assert axis["note"].tolist() == [
        *("entered by hand", "", "partly entered by hand", "", "entered by hand"),
    ]
    assert axis["value"].tolist()[0] == 0.9
    assert math.isnan(axis["value"].tolist()[3])
