"""Candidates, filters and what they cost, against the tables read without the kit."""

import pytest

from govstack_kit import Framework, GovStackKitError, Plan, UnknownKeyError, shortlist
from govstack_kit.selection.shortlist import add_product, filter_effect, is_open_source


@pytest.fixture
def plan():
    return Plan.new(title="Payments")


def test_every_published_link_is_a_candidate_with_its_evidence(framework, rows):
    whole = shortlist(framework)
    found = whole[whole["via"] == ""]
    links = {(r["building_block"], r["product"]): r for r in rows("product_building_blocks")}
    assert len(found) == len(links) == 188
    assert whole.loc[whole["via"] != "", "building_block"].str.startswith("dif:").all()
    for row in found.to_dict("records"):
        link = links[row["building_block"], row["product"]]
        for name in ("evidence", "said_by", "reason", "url", "source"):
            assert row[name] == link[name]
        assert row["note"].startswith(link["note"])
    assert found["product_name"].ne("").all()


def test_licences_goals_and_stage_are_those_on_record(framework, rows):
    found = shortlist(framework).drop_duplicates("product").set_index("product")
    licences, goals = {}, {}
    listed = {r["product"] for r in rows("product_lists") if r["status"] == "digital public good"}
    for row in rows("product_licences"):
        licences.setdefault(row["product"], set()).add(row["licence"])
    for row in rows("product_goals"):
        goals.setdefault(row["product"], []).append(int(row["goal"]))
    for row in rows("products"):
        if row["product"] not in found.index:
            continue
        one = found.loc[row["product"]]
        assert set(one["licence"].split(", ")) - {""} == licences.get(row["product"], set())
        served = sorted(goals.get(row["product"], []))
        assert one["goals"] == ", ".join(map(str, served))
        assert one["stage"] == row["stage"]
        assert (one["digital_public_good"] == "yes") == (row["product"] in listed)
    assert found.loc["atlas:baserow", "open_source"] == ""  # no licence on record is no answer


def test_filters_keep_what_is_known_to_fit(framework):
    everything = shortlist(framework)
    openly = shortlist(framework, open_source=True)
    assert set(openly["open_source"]) == {"yes"}
    unknown = everything.loc[everything["open_source"] == "", "product"].nunique()
    assert unknown == 6
    kept = shortlist(framework, open_source=True, keep_unknown=True)
    assert len(kept) == len(everything) - everything["open_source"].eq("no").sum()
    health = shortlist(framework, goal=3)
    assert all("3" in goals.split(", ") for goals in health["goals"])
    assert "13" in shortlist(framework, goal=13)["goals"].iloc[0].split(", ")
    assert set(shortlist(framework, evidence=["listed", "declared"])["evidence"]) == {
        *("listed", "declared"),
    }
    both = shortlist(framework, goal=[3], evidence="listed")
    assert set(both["product"]) == set(health["product"]) & set(
        everything.loc[everything["evidence"] == "listed", "product"]
    )


@pytest.mark.parametrize("block", ["govstack:payments", "govstack:wallet", "govstack:scheduler"])
def test_the_effect_of_a_filter_is_what_the_shortlist_shows(framework, block):
    blocks = [block, "govstack:identity", "govstack:digital-registries"]
    filters = {"digital_public_good": True, "goal": 1, "open_source": True}
    effect = filter_effect(framework, blocks, **filters).set_index("filter")
    assert effect.index.tolist() == [
        *("none", "open_source", "digital_public_good", "goal", "all together"),
    ]
    whole = shortlist(framework, blocks)
    for name in effect.index:
        asked = {} if name == "none" else {name: filters[name]} if name in filters else filters
        stay = shortlist(framework, blocks, **asked)
        assert effect.loc[name, "candidates"] == stay["product"].nunique()
        assert effect.loc[name, "left_out"] == (
            whole["product"].nunique() - stay["product"].nunique()
        )
        assert effect.loc[name, "blocks_covered"] == stay["building_block"].nunique()
        lost = [key for key in blocks if key not in set(stay["building_block"])]
        assert effect.loc[name, "blocks_lost"] == len(lost)


def test_a_digital_public_good_stands_on_either_list(framework):
    blocks = ["govstack:wallet", "govstack:scheduler"]
    effect = filter_effect(framework, blocks, digital_public_good=True)
    assert effect["candidates"].tolist() == [6, 3]  # all three of May 2026
    assert effect["lost"].tolist() == ["", "Scheduler"]


def test_the_language_is_only_what_the_plan_says(framework, plan):
    block = "govstack:payments"
    plan.set("options", add_product(framework, plan, "dpg:mojaloop"), languages="French; English")
    plan.set("options", add_product(framework, plan, "dpg:openg2p", block), languages="Hindi")
    found = shortlist(framework, block, plan=plan, language="french")
    assert found["product_name"].tolist() == ["Mojaloop"]
    assert found["option"].tolist() == ["mojaloop"]
    effect = filter_effect(framework, block, plan=plan, language="French").iloc[1]
    assert effect[["candidates", "left_out", "not_known"]].tolist() == [1, 5, 4]
    assert effect["note"].startswith("No list publishes it")
    assert effect["note"].endswith("No language is known of 4 products.")
    kept = shortlist(framework, block, plan=plan, language="French", keep_unknown=True)
    assert len(kept) == 5
    assert "OpenG2P" not in set(kept["product_name"])


NUMBERS = ["candidates", "left_out", "blocks_covered", "blocks_lost"]


def test_a_filter_of_which_nothing_is_known_cannot_be_applied(framework):
    found = filter_effect(framework, language="French", goal=3).set_index("filter")
    said = found.loc["language"]
    assert said["note"] == "Cannot be applied: no language is known of any candidate."
    assert said[NUMBERS].isna().all()
    assert (said["lost"], said["not_known"]) == ("", found.loc["none", "candidates"])
    together = found.loc["all together"]
    assert together[NUMBERS].tolist() == found.loc["goal", NUMBERS].tolist()
    assert together["note"] == "Without language: that cannot be applied."
    linked = framework.product_building_blocks.query("building_block != 'dif:security'")
    fewer = Framework(framework.tables() | {"product_building_blocks": linked})
    alone = filter_effect(fewer, "dif:security", language="French").iloc[1]
    assert alone[NUMBERS].tolist() == [0, 0, 0, 0]  # nothing to leave out is no lack of knowledge


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("Africa", None),
        ("East Africa", None),
        ("Kenya", {"KE"}),
        ("ken", {"KE"}),
        ("Viet Nam", {"VN"}),
        ("côte d'IVOIRE", {"CI"}),
    ],
)
def test_a_region_is_where_lists_say_that_a_product_is_in_use(framework, rows, asked, codes):
    places = rows("countries")
    if codes is None:
        column = {"Africa": "region", "East Africa": "part"}[asked]
        value = {"Africa": "Africa", "East Africa": "Eastern Africa"}[asked]
        codes = {row["code"] for row in places if row[column] == value}
    names = {row["country"] for row in places if row["code"] in codes}
    links = [r for r in rows("product_countries") if r["relation"] == "deployed"]
    candidates = {row["product"] for row in rows("product_building_blocks")}
    known = {row["product"] for row in links} & candidates
    there = {row["product"] for row in links if row["country"] in names} & candidates
    assert there
    assert set(shortlist(framework, region=asked)["product"]) == there
    effect = filter_effect(framework, region=asked).iloc[1]
    assert effect[["candidates", "left_out", "not_known"]].tolist() == [
        *(len(there), len(candidates) - len(there), len(candidates) - len(known)),
    ]
    unknown = len(candidates) - len(known)
    assert effect["note"].endswith(f"in use there. No country is known of {unknown} products.")
    kept = shortlist(framework, region=asked, keep_unknown=True)
    assert set(kept["product"]) == there | (candidates - known)


def test_no_candidate_loses_what_the_registry_says_of_it(framework, rows):
    registered = {p for p in shortlist(framework)["product"] if p.startswith("dpg:")}
    told = {r["product"] for r in rows("product_countries")} & registered
    assert len(registered) == 62
    silent = {"dpg:african-storybook", "dpg:ekshop", "dpg:h5p", "dpg:openhim"}
    assert registered - told == silent
    dhis2 = shortlist(framework).query("product == 'dpg:dhis2'").iloc[0]
    assert "Kenya" in dhis2["deployed_in"].split("; ")
    assert dhis2["developed_in"] != ""


def test_what_the_plan_says_of_regions_counts_too(framework, plan):
    block = "govstack:wallet"
    product = shortlist(framework, block)["product"].iloc[0]
    option = add_product(framework, plan, product, block)
    before = set(shortlist(framework, block, region="Africa")["product"])
    assert product not in before
    for said in ("Kenya", "Western Africa", "africa"):
        plan.set("options", option, regions=said)
        found = shortlist(framework, block, plan=plan, region="Africa")
        assert set(found["product"]) == before | {product}
    plan.set("options", option, regions="ECOWAS")
    found = shortlist(framework, block, plan=plan, region="ecowas")
    assert found["product"].tolist() == [product]
    plan.set("options", option, regions="Africa")  # which does not say that it is in Kenya
    assert product not in set(shortlist(framework, block, plan=plan, region="KE")["product"])


def test_blocks_of_2019_get_the_candidates_of_the_crosswalk(framework, rows):
    found = shortlist(framework, ["dif:payments", "dif:workflow-and-algorithm"])
    relation = {(r["dif"], r["govstack"]): r["relation"] for r in rows("building_block_crosswalk")}
    said = {"dif:payments": "govstack:payments", "dif:workflow-and-algorithm": "govstack:workflow"}
    direct = {(r["building_block"], r["product"]) for r in rows("product_building_blocks")}
    for row in found.to_dict("records"):
        if (row["building_block"], row["product"]) in direct:
            continue
        key = said[row["building_block"]]
        assert row["via"] == f"{key} ({relation[row['building_block'], key]})"


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"goal": 18}, r"18 is no goal\. Allowed: 1, 2"),
        ({"goal": True}, "True is no goal"),
        ({"evidence": "rumour"}, r"'rumour' is no evidence\. Allowed: listed, declared, curated"),
        ({"evidence": []}, "Name at least one evidence"),
        ({"open_source": "yes"}, "open_source is True or False"),
        ({"language": 3}, "language is a text"),
        ({"region": 3}, "region is a text, such as 'Kenya'"),
        ({"region": "Afrika"}, "'Afrika' is no country or region .* Did you mean Africa"),
        ({"langauge": "French"}, r"no filter 'langauge'\. Did you mean language"),
    ],
)
def test_wrong_filters_say_what_is_allowed(framework, filters, said):
    with pytest.raises(GovStackKitError, match=said):
        shortlist(framework, **filters)
    with pytest.raises(GovStackKitError, match=said):
        filter_effect(framework, **filters)


@pytest.mark.parametrize(
    ("licence", "open_"),
    [
        ("MIT", "yes"),
        ("GPL-2.0-or-later", "yes"),
        ("AGPL-3.0, GPL-3.0", "yes"),
        ("CC-BY-NC-SA-3.0", "no"),
        ("MIT, CC-BY-NC-SA-3.0", "no"),
        ("MIT, Vendor terms", ""),
        ("", ""),
    ],
)
def test_open_source_is_judged_by_the_licence(licence, open_):
    assert is_open_source(licence) == open_


def test_every_licence_on_record_is_judged(rows):
    judged = {r["licence"]: is_open_source(r["licence"]) for r in rows("product_licences")}
    assert "" not in judged.values()
    assert {name for name, open_ in judged.items() if open_ == "no"} == {
        *("CC-BY-NC-4.0", "CC-BY-NC-SA-3.0", "CC-BY-NC-SA-4.0", "Proprietary", "SUL-1.0"),
    }


def test_adding_a_candidate_puts_it_into_the_plan_once(framework, plan):
    option = add_product(framework, plan, "dpg:openg2p", "govstack:payments")
    row = plan.row("options", option)
    assert (option, row["kind"], row["licence"], row["open_source"]) == (
        *("openg2p", "product", "GPL-3.0", "yes"),
    )
    (cover,) = plan.rows("option_building_blocks", option=option)
    assert cover["fit"] is None
    assert cover["note"].startswith("listed: ")
    plan.set("option_building_blocks", (option, "govstack:payments"), fit=0.7)
    assert add_product(framework, plan, "dpg:openg2p") == option
    covers = plan.option_building_blocks.set_index("building_block")
    assert set(covers.index) == {
        *("govstack:payments", "govstack:digital-registries", "govstack:workflow"),
    }
    assert covers.loc["govstack:payments", "fit"] == 0.7
    assert len(plan.options) == 1
    add_product(framework, plan, "dpg:openg2p", "dif:security")
    assert plan.row("option_building_blocks", (option, "dif:security"))["note"] is None
    plan.undo()
    assert len(plan.option_building_blocks) == 3


def test_adding_never_takes_a_key_that_is_there(framework, plan):
    plan.add("options", option="mojaloop", name="Our own fork")
    assert add_product(framework, plan, "dpg:mojaloop") == "mojaloop-2"


def test_what_does_not_exist_is_not_added(framework, plan):
    with pytest.raises(UnknownKeyError, match=r"no product 'mojaloop'\. Did you mean dpg:moja"):
        add_product(framework, plan, "mojaloop")
    with pytest.raises(UnknownKeyError, match=r"no building block 'payment'"):
        add_product(framework, plan, "dpg:mojaloop", "payment")
    with pytest.raises(UnknownKeyError, match=r"no product"):
        add_product(framework, plan, ["dpg:mojaloop"])
    assert plan.options.empty


def test_a_wrong_kind_of_argument_is_told(framework):
    for wrong in (None, "kenya", 3, {}):
        for asked in (shortlist, filter_effect):
            with pytest.raises(GovStackKitError, match=r"^A framework, as govstack_kit.load"):
                asked(wrong)
            if wrong is not None:
                with pytest.raises(GovStackKitError, match=r"^Give a plan"):
                    asked(framework, plan=wrong)
        with pytest.raises(GovStackKitError, match=r"^Give a plan after"):
            add_product(framework, wrong, "dpg:mojaloop")
