"""Answers of the questions against counts made with the csv module alone."""

from collections import defaultdict

import pytest
from pandas.testing import assert_frame_equal

from govstack_kit import (
    UnknownKeyError,
    architecture,
    journey,
    links,
    overlap,
    reuse,
    step_matrix,
)
from govstack_kit.errors import ArgumentError
from govstack_kit.framework.questions import counterparts

FIGURE_9 = "dif-rural-advisory-service"
BARE = "dif-digital-microinsurance"  # no steps, no workflows, no blocks
BOTH = pytest.mark.parametrize("layer", ["workflow", "building_block"])


@pytest.fixture(scope="module")
def count(rows):
    """Count by hand what each workflow or block of some use cases serves."""

    def by_hand(layer, chosen):
        sector = {r["use_case"]: r["sector"] for r in rows("use_cases")}
        goals = defaultdict(set)
        for row in rows("use_case_targets"):
            goals[row["use_case"]].add(row["goal"])
        case_of = {r["step"]: r["use_case"] for r in rows("steps")}
        steps, cases = defaultdict(set), defaultdict(set)
        for row in rows(f"step_{layer}s"):
            if case_of[row["step"]] in chosen:
                steps[row[layer]].add(row["step"])
                cases[row[layer]].add(case_of[row["step"]])
        for row in rows(f"use_case_{layer}s"):
            if row["use_case"] in chosen:
                cases[row[layer]].add(row["use_case"])
        return {
            name: (
                len(served),
                len({sector[case] for case in served}),
                len({goal for case in served for goal in goals[case]}),
                len(steps[name]),
            )
            for name, served in cases.items()
        }

    return by_hand


@pytest.fixture(scope="module")
def published(rows):
    return [r["use_case"] for r in rows("use_cases") if r["catalogue"] == "govstack"]


# ----------------------------------------------------------------------------- reuse, uses


def test_reuse_of_blocks_against_the_published_facts(framework, facts):
    """Identity: 84 steps, 16 use cases; each block as often as the use cases print it."""
    steps, cases = defaultdict(set), defaultdict(set)
    for row in facts("govstack/step_bbs"):
        steps[row["repo"]].add((row["use_case"], row["step"]))
        cases[row["repo"]].add(row["use_case"])
    for row in facts("govstack/use_case_bbs"):
        cases[row["repo"]].add(row["use_case"])
    found = reuse(framework, "building_block").set_index("building_block")
    for repo, served in cases.items():
        row = found.loc[repo.replace("bb-", "govstack:", 1)]
        assert (row["use_cases"], row["steps"]) == (len(served), len(steps[repo]))
    assert found.loc["govstack:identity", ["use_cases", "steps"]].tolist() == [16, 84]
    assert found["steps"].sum() == 533
    unused = found[found["use_cases"] == 0]
    assert set(unused.index) == {
        "govstack:cms",
        "govstack:wallet",
        "govstack:cloud-infrastructure-hosting",
    }
    assert (unused.drop(columns="name") == 0).all(axis=None)


@BOTH
@pytest.mark.parametrize(
    "chosen",
    [None, ["AGR-2"], ["HLTC-3", "AGR-2", "EGOV-1"], [FIGURE_9], [BARE], ["AGR-1", FIGURE_9]],
)
def test_reuse_against_counts_by_hand(framework, count, published, layer, chosen):
    found = reuse(framework, layer, use_cases=chosen)
    assert list(found) == [layer, "name", "use_cases", "sectors", "goals", "steps"]
    expected = count(layer, chosen or published)
    for row in found.itertuples(index=False):
        assert tuple(row[2:]) == expected.pop(row[0], (0, 0, 0, 0)), row
    assert not expected
    assert found[layer].is_unique
    assert_frame_equal(
        found,
        found.sort_values(
            ["use_cases", "steps", "name"], ascending=[False, False, True], ignore_index=True
        ),
    )


def test_reuse_shows_all_of_the_catalogues_concerned(framework):
    def catalogues(chosen):
        blocks = reuse(framework, "building_block", use_cases=chosen)["building_block"]
        return blocks.str.partition(":")[0].value_counts().to_dict()

    assert catalogues(None) == {"govstack": 15}
    assert catalogues(FIGURE_9) == {"dif": 23}
    assert catalogues(BARE) == {"dif": 23}
    assert catalogues([FIGURE_9, "AGR-2"]) == {"dif": 23, "govstack": 15}
    assert len(reuse(framework, "workflow")) == 18


@BOTH
def test_uses_are_the_links(framework, rows, published, layer):
    found = links(framework, layer)
    of_steps = found.dropna(subset=["step"])
    case_of = {r["step"]: (r["use_case"], int(r["order"])) for r in rows("steps")}
    assert sorted(of_steps.itertuples(index=False, name=None)) == sorted(
        (case_of[r["step"]][0], r["step"], case_of[r["step"]][1], r[layer])
        for r in rows(f"step_{layer}s")
        if case_of[r["step"]][0] in published
    )
    whole = found[found["step"].isna()]
    assert (whole["order"] == 0).all()
    known = set(zip(of_steps["use_case"], of_steps[layer], strict=True))
    assert (
        set(zip(whole["use_case"], whole[layer], strict=True))
        == {
            (r["use_case"], r[layer])
            for r in rows(f"use_case_{layer}s")
            if r["use_case"] in published
        }
        - known
    )
    assert found["order"].dtype == "int64"


def test_uses_of_a_figure_that_has_no_links_of_steps(framework):
    found = links(framework, "workflow", use_cases=[FIGURE_9])
    assert len(found) == 12
    assert found["step"].isna().all()
    assert len(links(framework, "building_block", use_cases=[FIGURE_9])) == 14


# ---------------------------------------------------------------------------------- overlap


@BOTH
def test_overlap_against_counts_by_hand(framework, count, rows, layer):
    chosen = ["HLTC-2", "AGR-2", FIGURE_9]
    found = overlap(framework, layer, chosen)
    assert list(found) == [layer, "name", *chosen, "shared_by"]
    assert set(found[layer]) == set(count(layer, chosen))
    listed = {(r["use_case"], r[layer]) for r in rows(f"use_case_{layer}s")}
    for row in found.to_dict("records"):
        for case in chosen:
            of_case = count(layer, [case]).get(row[layer], (0, 0, 0, 0))
            only_listed = (case, row[layer]) in listed and of_case[3] == 0
            assert row[case] == (1 if only_listed else of_case[3])
        assert row["shared_by"] == sum(row[case] > 0 for case in chosen)
    assert found["shared_by"].is_monotonic_decreasing


def test_overlap_of_one_with_itself_and_of_none(framework):
    one = overlap(framework, "workflow", "AGR-2")
    assert (one["shared_by"] == 1).all()
    none = overlap(framework, "workflow", [BARE])
    assert none.empty
    assert list(none) == ["workflow", "name", BARE, "shared_by"]
    mixed = overlap(framework, "workflow", [BARE, "AGR-2"])
    assert (mixed[BARE] == 0).all()


# ---------------------------------------------------------------------- journey, step_matrix


def test_journey_of_agr_2(framework, rows):
    drawn = journey(framework, "AGR-2")
    assert drawn["layer"].drop_duplicates().tolist() == [
        "goal",
        "use_case",
        "step",
        "workflow",
        "building_block",
    ]
    parts = dict(iter(drawn.groupby("layer")))
    assert parts["goal"][["node", "colour"]].to_numpy().tolist() == [
        ["goal:2", "#DDA63A"],
        ["goal:8", "#A21942"],
    ]
    steps = [r for r in rows("steps") if r["use_case"] == "AGR-2"]
    assert parts["step"]["label"].tolist() == [r["name"] for r in steps]
    assert parts["step"]["step"].tolist() == list(range(1, 9))
    for layer in ("workflow", "building_block"):
        expected = {
            (f"{layer}:{r[layer]}", int(r["step"].rpartition(".")[2]))
            for r in rows(f"step_{layer}s")
            if r["step"].startswith("AGR-2.")
        }
        found = parts[layer][["node", "step"]].itertuples(index=False, name=None)
        assert {place for place in found if place[1]} == expected


def test_journey_of_figure_9(framework):
    drawn = journey(framework, FIGURE_9)
    assert drawn["layer"].value_counts().to_dict() == {
        "building_block": 14,
        "workflow": 12,
        "step": 7,
        "target": 2,
        "use_case": 1,
    }
    targets = drawn[drawn["layer"] == "target"]
    assert targets["label"].str.startswith("Target 2.").all()
    assert set(targets["colour"]) == {"#DDA63A"}
    assert set(drawn.query("layer == 'workflow'")["step"]) == {0}


def test_every_use_case_can_be_drawn(framework, rows):
    nodes = set(framework.use_cases["use_case"])
    for case in nodes:
        drawn = journey(framework, case)
        assert drawn.notna().all(axis=None)
        assert (drawn["layer"] == "use_case").sum() == 1
        assert (drawn["layer"] == "step").sum() == sum(r["use_case"] == case for r in rows("steps"))
    assert set(journey(framework, BARE)["layer"]) == {"target", "use_case"}


@BOTH
def test_step_matrix_against_the_links(framework, rows, layer):
    names = {r[layer]: r["name"] for r in rows(f"{layer}s")}
    for case in framework.use_cases["use_case"]:
        matrix = step_matrix(framework, case, layer)
        steps = {r["step"]: r for r in rows("steps") if r["use_case"] == case}
        labels = [f"{r['order']} {r['name']}" for r in steps.values()]
        assert matrix.index.tolist() == labels
        crosses = {
            (f"{steps[r['step']]['order']} {steps[r['step']]['name']}", names[r[layer]])
            for r in rows(f"step_{layer}s")
            if r["step"] in steps
        }
        stacked = {(row, column) for row in labels for column in matrix if matrix.loc[row, column]}
        assert stacked == crosses
        assert set(matrix) == {name for _, name in crosses}
        used = matrix.sum()
        assert used.tolist() == sorted(used, reverse=True)
        assert set(matrix.dtypes.astype(str)) <= {"bool"}


# ----------------------------------------------------------------------------- architecture


def test_architecture_is_all_uses(framework, count, published):
    drawn = architecture(framework)
    assert list(drawn) == [
        "sector",
        "use_case",
        "use_case_name",
        "layer",
        "node",
        "label",
        "steps",
    ]
    assert set(drawn["use_case"]) == set(published)
    assert not drawn.duplicated(["use_case", "node"]).any()
    assert drawn.notna().all(axis=None)
    for layer in ("workflow", "building_block"):
        part = drawn[drawn["layer"] == layer]
        for case, group in part.groupby("use_case"):
            nodes = group["node"].str.removeprefix(f"{layer}:")
            found = dict(zip(nodes, group["steps"], strict=True))
            assert found == {name: n[3] for name, n in count(layer, [case]).items()}


def test_architecture_of_few(framework):
    assert architecture(framework, use_cases=[BARE]).empty
    figure = architecture(framework, use_cases=FIGURE_9)
    assert figure["layer"].value_counts().to_dict() == {"building_block": 14, "workflow": 12}
    assert set(figure["steps"]) == {0}
    assert set(figure["sector"]) == {"Agriculture"}


# -------------------------------------------------------------------- how use cases are named


ASKED = {
    "links": lambda framework, chosen: links(framework, "workflow", use_cases=chosen),
    "reuse": lambda framework, chosen: reuse(framework, "building_block", use_cases=chosen),
    "overlap": lambda framework, chosen: overlap(framework, "building_block", chosen),
    "architecture": lambda framework, chosen: architecture(framework, use_cases=chosen),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_use_cases_are_named_in_any_iterable(framework, ask):
    expected = ask(framework, ["AGR-2", "HLTC-2"])
    assert_frame_equal(ask(framework, ("AGR-2", "HLTC-2")), expected)
    assert_frame_equal(ask(framework, (name for name in ["AGR-2", "HLTC-2"])), expected)
    assert_frame_equal(ask(framework, ["AGR-2", "HLTC-2", "AGR-2"]), expected)
    assert_frame_equal(ask(framework, {"AGR-2": 1, "HLTC-2": 2}.keys()), expected)
    cases = framework.use_cases["use_case"]
    assert_frame_equal(ask(framework, cases[cases.isin(["AGR-2", "HLTC-2"])]), expected)
    assert_frame_equal(ask(framework, "AGR-2"), ask(framework, ["AGR-2"]))


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_unknown_and_no_use_cases(framework, ask):
    with pytest.raises(UnknownKeyError, match=r"no use case 'AGR2'. Did you mean AGR-2"):
        ask(framework, "AGR2")
    with pytest.raises(UnknownKeyError) as caught:
        ask(framework, ["AGR-1", "zzzz", 5, "HLTC3"])
    assert str(caught.value) == (
        "There is no use case 'zzzz'. There is no use case 5. There is no use case 'HLTC3'. "
        "Did you mean HLTC-3 or HLTC-4 or HLTC-2? All are in framework.use_cases."
    )
    with pytest.raises(ArgumentError, match="at least one use case, for example"):
        ask(framework, [])


@pytest.mark.parametrize("ask", [journey, step_matrix])
def test_questions_about_one_use_case(framework, ask):
    with pytest.raises(UnknownKeyError, match=r"no use case 'AGR-99'\. Did you mean"):
        ask(framework, "AGR-99")
    for wrong in (["AGR-1", "AGR-2"], None, 2):
        with pytest.raises(ArgumentError, match="Name one use case, for example 'AGR-2', not"):
            ask(framework, wrong)


@pytest.mark.parametrize(
    "ask",
    [
        links,
        reuse,
        lambda framework, layer: overlap(framework, layer, ["AGR-1"]),
        lambda framework, layer: step_matrix(framework, "AGR-1", layer),
    ],
)
@pytest.mark.parametrize("layer", ["workflows", "", None, 1])
def test_wrong_layer(framework, ask, layer):
    with pytest.raises(ArgumentError, match="layer is 'workflow' or 'building_block', not"):
        ask(framework, layer)


@pytest.mark.parametrize(
    "ask",
    [
        lambda framework: links(framework, "workflow"),
        lambda framework: reuse(framework, "building_block"),
        lambda framework: overlap(framework, "building_block", ["AGR-1"]),
        lambda framework: journey(framework, "AGR-2"),
        lambda framework: step_matrix(framework, "AGR-2"),
        architecture,
    ],
)
@pytest.mark.parametrize("wrong", [None, "AGR-2", 5, ["x"]])
def test_a_framework_comes_first(framework, ask, wrong):
    assert not ask(framework).empty
    with pytest.raises(
        ArgumentError, match=r"A framework, as govstack_kit.load\(\) returns it, comes"
    ):
        ask(wrong)


def test_use_cases_are_several_texts(framework):
    for wrong in (5, 2.5, True):
        with pytest.raises(
            ArgumentError, match=r"Name use cases, for example \['AGR-1', 'AGR-2'\], not"
        ):
            overlap(framework, "building_block", wrong)
    with pytest.raises(UnknownKeyError, match="There is no use case "):
        overlap(framework, "building_block", [["AGR-1", "AGR-2"]])


# ---------------------------------------------------------------------- across the crosswalk


@pytest.fixture(scope="module")
def same(rows):
    """The pairs of blocks that count as the same, from the file."""
    found = rows("building_block_crosswalk")
    return {
        (r["dif"], r["govstack"])
        for r in found
        if r["relation"] in ("exact", "narrower", "broader")
    }


def test_counterparts_are_those_of_the_crosswalk(framework, same):
    assert {(d, g) for d, found in counterparts(framework).items() for g in found} == same


def test_a_model_of_2019_is_compared_with_a_use_case_of_govstack(framework, same):
    pair = ["dif-market-linkage", "AGR-1"]
    apart = overlap(framework, "building_block", pair)
    assert (apart["shared_by"] == 1).all()
    blocks = {
        case: set(links(framework, "building_block", use_cases=case)["building_block"])
        for case in pair
    }
    as_govstack = {g for d, g in same if d in blocks[pair[0]]}
    both = overlap(framework, "building_block", pair, as_catalogue="govstack")
    shared = both.query("shared_by == 2")["building_block"]
    assert set(shared) == as_govstack & blocks[pair[1]]
    assert len(shared) == 5
    bare = {d for d in blocks[pair[0]] if d not in {d for d, _ in same}}
    assert set(both["building_block"]) == as_govstack | bare | blocks[pair[1]]
    as_dif = overlap(framework, "building_block", pair, as_catalogue="dif")
    assert (as_dif["shared_by"] == 2).sum() == 5


def test_reuse_across_the_crosswalk(framework, rows):
    everything = [r["use_case"] for r in rows("use_cases")]
    found = reuse(framework, "building_block", use_cases=everything, as_catalogue="govstack")
    apart = reuse(framework, "building_block", use_cases=everything)
    counted = found.set_index("building_block")["use_cases"]
    separate = apart.set_index("building_block")["use_cases"]
    assert counted["govstack:payments"] == (
        separate["govstack:payments"] + separate["dif:payments"]
    )
    assert counted["dif:payments"] == 0
    assert found["steps"].sum() == apart["steps"].sum()
    assert_frame_equal(
        reuse(framework, "workflow", as_catalogue="govstack"), reuse(framework, "workflow")
    )
    with pytest.raises(ArgumentError, match="as_catalogue is 'govstack' or 'dif', not 'own'"):
        reuse(framework, "building_block", as_catalogue="own")
