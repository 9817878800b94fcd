"""The graph against networkx, against the csv module, and against hand-written merges."""

from collections import Counter
from itertools import pairwise

import networkx as nx
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import govstack_kit
from govstack_kit import ArgumentError, UnknownNodeError, from_graph, paths, to_graph, trace
from govstack_kit.framework import graph as module
from govstack_kit.framework import schema

LAYERS = {
    "goal": "sdg_goals",
    "target": "sdg_targets",
    "indicator": "sdg_indicators",
    "sector": "sectors",
    "use_case": "use_cases",
    "step": "steps",
    "workflow": "workflows",
    "building_block": "building_blocks",
}


@pytest.fixture(scope="module")
def edges(rows):
    """Every edge, made of the files by hand: (from, to) → relation."""
    found = {}

    def add(table, above, below, relation):
        for row in rows(table):
            found[f"{above}:{row[above]}", f"{below}:{row[below]}"] = relation

    add("sdg_targets", "goal", "target", "has target")
    add("sdg_indicators", "target", "indicator", "is measured by")
    add("use_cases", "sector", "use_case", "has use case")
    add("steps", "use_case", "step", "has step")
    add("workflow_building_blocks", "workflow", "building_block", "runs on")
    for above in ("use_case", "step"):
        for below in ("workflow", "building_block"):
            add(f"{above}_{below}s", above, below, "uses")
    for row in rows("use_case_targets"):
        served = f"target:{row['target']}" if row["target"] else f"goal:{row['goal']}"
        found[served, f"use_case:{row['use_case']}"] = "is served by"
    for row in rows("building_block_crosswalk"):
        if row["relation"] != "none":
            ends = f"building_block:{row['dif']}", f"building_block:{row['govstack']}"
            found[ends] = f"{row['relation']} match"
    generic = [r["workflow"] for r in rows("workflows") if r["generic"] == "true"]
    for block in ("information-mediator", "security"):  # in every workflow, says the framework
        for workflow in generic:
            found[f"workflow:{workflow}", f"building_block:dif:{block}"] = "runs on"
    return found


# -------------------------------------------------------------------------------- the graph


def test_nodes_are_the_rows_of_the_tables(graph, rows):
    expected = {
        f"{layer}:{next(iter(row.values()))}": layer
        for layer, table in LAYERS.items()
        for row in rows(table)
    }
    assert dict(graph.nodes(data="layer")) == expected
    assert len(expected) == 17 + 169 + 244 + 9 + 23 + 159 + 18 + 38
    assert list(module.LAYERS) == list(LAYERS)


def test_edges_are_the_published_links(graph, edges):
    assert {(a, b): relation for a, b, relation in graph.edges(data="relation")} == edges


def test_every_node_and_edge_has_its_attributes(graph, framework):
    known = set(framework.sources["source"])
    for node, data in graph.nodes(data=True):
        assert node == f"{data['layer']}:{data['key']}"
        assert isinstance(data["label"], str)
        assert data["label"]
        assert data["source"] in known
        assert data["row"][schema.table(LAYERS[data["layer"]]).key[0]] is not None
    for _, _, data in graph.edges(data=True):
        assert data["relation"]
        assert data["source"] in known


def test_no_cycle_and_nothing_alone(graph):
    assert isinstance(graph, nx.DiGraph)
    assert nx.is_directed_acyclic_graph(graph)
    assert not list(nx.selfloop_edges(graph))
    # The framework uses the other blocks; these two lead nowhere, and the crosswalk says so.
    alone = {node for node, degree in graph.degree if degree == 0}
    assert {"building_block:govstack:cloud-infrastructure-hosting"} <= alone
    assert {graph.nodes[node]["layer"] for node in alone} <= {"building_block", "workflow"}


def test_the_graph_of_a_framework_is_its_callers_own(framework):
    first = to_graph(framework)
    first.remove_node("use_case:AGR-2")
    assert "use_case:AGR-2" in to_graph(framework)
    assert not trace(framework, "AGR-2").empty


# ------------------------------------------------------------------- the way back to tables


def without_loose_ends(framework):
    """Say whether every foreign key leads somewhere."""
    for definition in schema.tables().values():
        frame = getattr(framework, definition.name)
        for key in definition.foreign_keys:
            known = getattr(framework, key.table)[key.target]
            if not frame[key.field].dropna().isin(known).all():
                return False
    return True


def test_there_and_back(framework, graph):
    again = from_graph(graph)
    for table in schema.tables():
        assert_frame_equal(getattr(again, table), getattr(framework, table))


def test_a_use_case_removed_takes_all_of_its_rows_along(framework):
    graph = to_graph(framework)
    graph.remove_node("use_case:AGR-2")
    left = from_graph(graph)
    assert without_loose_ends(left)
    for table in schema.tables():
        before, after = getattr(framework, table), getattr(left, table)
        gone = pd.Series(data=False, index=before.index)
        if "use_case" in before:
            gone |= before["use_case"] == "AGR-2"
        if "step" in before:
            gone |= before["step"].str.startswith("AGR-2.")
        assert_frame_equal(after, before[~gone].reset_index(drop=True))
    assert len(left.steps) == len(framework.steps) - 8


@pytest.mark.parametrize(
    "node",
    ["goal:2", "target:2.3", "sector:agriculture", "step:AGR-2.3", "workflow:marketplace",
     "building_block:govstack:payments", "building_block:dif:payments"],
)  # fmt: skip
def test_a_node_removed_leaves_no_loose_ends(framework, node):
    graph = to_graph(framework)
    graph.remove_node(node)
    left = from_graph(graph)
    assert without_loose_ends(left)
    layer, _, key = node.partition(":")
    for table in schema.tables():
        frame = getattr(left, table)
        if layer in frame:
            assert key not in set(frame[layer].astype("str"))
    again = to_graph(left)
    assert nx.is_directed_acyclic_graph(again)
    assert set(again) <= set(graph)


def test_links_removed_are_gone_and_nothing_else(framework):
    graph = to_graph(framework)
    removed = [
        ("step:AGR-2.7", "building_block:govstack:payments", "step_building_blocks"),
        ("workflow:procurement", "building_block:dif:emarketplace", "workflow_building_blocks"),
        ("goal:2", "use_case:AGR-2", "use_case_targets"),
        ("building_block:dif:payments", "building_block:govstack:payments",
         "building_block_crosswalk"),
    ]  # fmt: skip
    for above, below, _ in removed:
        graph.remove_edge(above, below)
    left = from_graph(graph)
    for table in schema.tables():
        fewer = sum(edge[2] == table for edge in removed)
        assert len(getattr(left, table)) == len(getattr(framework, table)) - fewer, table


def test_an_empty_graph_gives_empty_tables(graph):
    empty = from_graph(graph.subgraph([]))
    assert empty.steps.empty
    assert empty.building_block_names.empty
    assert len(empty.sources) > 0
    assert empty.steps.dtypes.equals(govstack_kit.load().steps.dtypes)


def test_other_graphs_are_refused(framework):
    with pytest.raises(ArgumentError, match="not this DiGraph: use govstack_kit"):
        from_graph(nx.DiGraph([(1, 2)]))
    with pytest.raises(ArgumentError, match="not this DataFrame"):
        trace(framework.steps, "AGR-2")
    with pytest.raises(ArgumentError, match="not this NoneType"):
        paths(None, "AGR-2", "AGR-2.1")
    graph = to_graph(framework)
    graph.add_edge("use_case:AGR-2", "mine:1")
    with pytest.raises(ArgumentError, match="'mine:1' has no row"):
        from_graph(graph)


def test_an_edge_of_ones_own_does_no_harm(framework):
    graph = to_graph(framework)
    graph.add_edge("use_case:AGR-2", "building_block:dif:terminology", relation="could use")
    found = trace(graph, "AGR-2", direction="down").query("relation == 'could use'")
    assert found["node"].tolist() == ["building_block:dif:terminology"]
    assert from_graph(graph).steps.equals(framework.steps)


# ------------------------------------------------------------------------------------ trace


@pytest.mark.parametrize("direction", ["down", "up"])
def test_trace_of_every_node_against_networkx(graph, direction):
    seen = graph if direction == "down" else graph.reverse(copy=False)
    for node in graph:
        expected = nx.single_source_shortest_path_length(seen, node)
        found = trace(graph, node, direction=direction)
        reached = dict(zip(found["node"], found["distance"], strict=True))
        assert len(reached) == len(found)
        assert {node: 0} | reached == expected
        for row in found.itertuples():
            ends = (row.via, row.node) if direction == "down" else (row.node, row.via)
            assert graph.edges[ends]["relation"] == row.relation
            assert expected[row.via] == row.distance - 1


def blocks_by_merges(framework, use_case):
    """Return the blocks in reach of a use case, as one would with pandas alone."""
    f = framework
    steps = f.steps[f.steps["use_case"] == use_case][["step"]]
    whole = pd.DataFrame({"use_case": [use_case]})
    workflows = pd.concat([
        steps.merge(f.step_workflows, on="step")["workflow"],
        whole.merge(f.use_case_workflows, on="use_case")["workflow"],
    ])  # fmt: skip
    blocks = pd.concat([
        steps.merge(f.step_building_blocks, on="step")["building_block"],
        whole.merge(f.use_case_building_blocks, on="use_case")["building_block"],
        workflows.to_frame().merge(f.workflow_building_blocks, on="workflow")["building_block"],
    ])  # fmt: skip
    if workflows.isin(f.workflows.query("generic")["workflow"]).any():
        blocks = pd.concat([blocks, f.building_blocks.query("every_workflow")["building_block"]])
    across = blocks.to_frame("dif").merge(f.building_block_crosswalk, on="dif")["govstack"]
    return set(pd.concat([blocks, across]).dropna())


@pytest.mark.parametrize(
    "use_case", ["AGR-2", "EGOV-1", "INST-3", "dif-rural-advisory-service", "dif-market-linkage"]
)
def test_trace_of_a_use_case_against_merges(framework, use_case):
    found = trace(framework, use_case, direction="down", layers=["building_block"])
    expected = blocks_by_merges(framework, use_case)
    assert set(found["node"]) == {f"building_block:{block}" for block in expected}
    assert len(expected) > 5


@pytest.mark.parametrize("block", ["govstack:identity", "govstack:wallet", "dif:elearning"])
def test_trace_up_from_a_block_against_merges(framework, block):
    cases = framework.use_cases["use_case"]
    expected = {f"use_case:{c}" for c in cases if block in blocks_by_merges(framework, c)}
    found = trace(framework, block, direction="up", layers="use_case")
    assert set(found["node"]) == expected


def test_trace_up_to_goals_against_merges(framework):
    served = framework.use_case_targets.query("use_case == 'HLTC-3'")["goal"]
    found = trace(framework, "HLTC-3", direction="up", layers=["goal"])
    assert set(found["node"]) == {f"goal:{goal}" for goal in served} == {"goal:3"}


def test_trace_is_tidy_and_the_same_each_time(framework, graph):
    found = trace(framework, "AGR-2")
    assert list(found) == ["direction", "distance", "layer", "node", "label", "relation", "via"]
    assert found["distance"].dtype == "int64"
    assert set(found.dtypes.drop("distance").astype(str)) == {"str"}
    assert_frame_equal(found, trace(graph, "AGR-2"))
    assert_frame_equal(found, trace(govstack_kit.load(), "AGR-2"))
    down, up = (trace(framework, "AGR-2", direction=way) for way in ("down", "up"))
    assert_frame_equal(found, pd.concat([down, up], ignore_index=True))
    assert down["distance"].is_monotonic_increasing


def test_trace_of_layers(framework):
    both = trace(framework, "AGR-2", layers=iter(["step", "workflow"]))
    assert set(both["layer"]) == {"step", "workflow"}
    assert len(trace(framework, "AGR-2", layers="step")) == 8
    assert trace(framework, "AGR-2", layers=[]).empty
    empty = trace(framework, "indicator:1.1.1", direction="down")
    assert empty.empty
    assert empty.dtypes.equals(both.dtypes)


# ----------------------------------------------------------------------- how nodes are named


@pytest.mark.parametrize(
    ("name", "node"),
    [
        ("use_case:AGR-2", "use_case:AGR-2"),
        ("AGR-2", "use_case:AGR-2"),
        ("agr-2", "use_case:AGR-2"),
        ("  AGR-2\n", "use_case:AGR-2"),
        ("USE_CASE:AGR-2", "use_case:AGR-2"),
        ("Rural advisory service for farmers", "use_case:AGR-2"),
        ("2.3", "target:2.3"),
        ("2", "goal:2"),
        ("zero hunger", "goal:2"),
        ("govstack:payments", "building_block:govstack:payments"),
        ("Identity", "building_block:govstack:identity"),
    ],
)
def test_names_of_nodes(framework, name, node):
    assert_frame_equal(trace(framework, name), trace(framework, node))


@pytest.mark.parametrize(
    ("name", "suggested"),
    [
        ("AGR2", ["use_case:AGR-2"]),
        ("2.33", ["target:2.3"]),
        ("paymnts", ["building_block:dif:payments", "building_block:govstack:payments"]),
        ("govstack:paymnts", ["building_block:govstack:payments"]),
        ("goal 2", ["goal:2"]),
        ("rural advisory", ["use_case:AGR-2", "use_case:dif-rural-advisory-service"]),
        ("", ["layers are goal, target,"]),
        ("  \t ", ["layers are goal, target,"]),
        ("zzzzzzzz", ["layers are goal, target,"]),
        ("x" * 1_000_000, ["x…' in the graph"]),
    ],
)
def test_unknown_nodes_have_suggestions(framework, name, suggested):
    with pytest.raises(UnknownNodeError, match="There is no node") as caught:
        trace(framework, name)
    for part in suggested:
        assert part in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("name", "nodes"),
    [
        ("Payments", ["building_block:dif:payments", "building_block:govstack:payments"]),
        ("market linkage", ["use_case:AGR-1", "use_case:dif-market-linkage"]),
    ],
)
def test_names_of_several_nodes(framework, name, nodes):
    with pytest.raises(UnknownNodeError, match="may mean") as caught:
        trace(framework, name)
    assert all(node in str(caught.value) for node in nodes)


@pytest.mark.parametrize("name", [2.3, 2, None, ["AGR-2"], b"AGR-2"])
def test_nodes_are_named_by_text(framework, name):
    with pytest.raises(ArgumentError, match=r"in quotation marks, for example '2.3' or 'goal:2'"):
        trace(framework, name)


def test_wrong_direction_and_layers(framework):
    with pytest.raises(ArgumentError, match="direction is 'down', 'up' or 'both', not 'left'"):
        trace(framework, "AGR-2", direction="left")
    with pytest.raises(ArgumentError, match=r"no layer 'blocks'\. Did you mean building_block\?"):
        trace(framework, "AGR-2", layers=["step", "blocks"])
    with pytest.raises(ArgumentError, match="Layers: goal, target"):
        trace(framework, "AGR-2", layers=[1, None, "step"])


# ------------------------------------------------------------------------------------ paths


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("goal:2", "building_block:govstack:payments"),
        ("sector:health", "workflow:decision-support"),
        ("use_case:AGR-2", "building_block:dif:security"),
        ("workflow:client-case-management", "building_block:govstack:esignature"),
    ],
)
def test_paths_are_all_simple_paths_shortest_first(framework, graph, start, end):
    found = paths(framework, start, end)
    ways = [group["node"].tolist() for _, group in found.groupby("path")]
    expected = nx.all_simple_paths(graph, start, end)
    assert ways == sorted(expected, key=lambda way: (len(way), way))
    assert found["path"].drop_duplicates().tolist() == list(range(1, len(ways) + 1))
    first = found[found["path"] == 1]
    assert first["position"].tolist() == list(range(len(first)))
    assert first["relation"].iloc[0] == ""
    for (one, other), relation in zip(pairwise(ways[0]), first["relation"][1:], strict=True):
        assert graph.edges[one, other]["relation"] == relation
    limited = paths(framework, start, end, limit=2)
    assert_frame_equal(limited, found[found["path"] <= 2])


def test_paths_upwards_are_those_downwards(framework):
    down = paths(framework, "2.3", "dif:payments")
    assert len(down) > 3
    assert_frame_equal(paths(framework, "dif:payments", "2.3"), down)


def test_paths_between_strangers_and_to_oneself(framework):
    none = paths(framework, "AGR-1", "AGR-2")
    assert none.empty
    assert list(none) == ["path", "position", "layer", "node", "label", "relation"]
    same = paths(framework, "AGR-2", "use_case:AGR-2")
    assert same["node"].tolist() == ["use_case:AGR-2"]
    assert same.dtypes.equals(none.dtypes)


def test_wrong_paths(framework):
    with pytest.raises(ArgumentError, match="at least 1, not 0"):
        paths(framework, "2", "AGR-2", limit=0)
    with pytest.raises(UnknownNodeError, match="Did you mean use_case:AGR-2"):
        paths(framework, "2", "AGR2")
    with pytest.raises(UnknownNodeError, match="no node 'nowhere at all'"):
        paths(framework, "nowhere at all", "AGR-2")


def test_trace_and_paths_end_in_a_graph_with_a_cycle(framework):
    """A crosswalk of one's own may lead back; every question still has an end."""
    graph = to_graph(framework)
    ends = "building_block:govstack:payments", "building_block:dif:payments"
    graph.add_edge(*ends, relation="narrower match", source="own")
    assert Counter(trace(graph, ends[0], direction="down")["node"]).most_common(1)[0][1] == 1
    assert len(paths(graph, *ends)) == 2
