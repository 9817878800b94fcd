"""The graph against networkx, against the csv module, and against hand-written merges."""

import json
from collections import Counter
from itertools import pairwise

import networkx as nx
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import govstack_kit
from govstack_kit import paths, save_graph, to_graph, trace
from govstack_kit.errors import ArgumentError, UnknownNodeError
from govstack_kit.framework import graph as module

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
    assert len(expected) == 17 + 169 + 251 + 9 + 23 + 159 + 18 + 38
    assert list(module.LAYERS) == list(LAYERS)


def test_edges_are_the_published_links(graph, edges):
    assert {(a, b): relation for a, b, relation in graph.edges(data="relation")} == edges


def test_every_node_and_edge_has_its_attributes(graph, framework):
    known = set(framework.sources["source"])
    for node, data in graph.nodes(data=True):
        assert node == f"{data['layer']}:{data['key']}"
        assert str(data[data["layer"]]) == data["key"]
        assert data["label"]
        assert data["source"] in known
    for _, _, data in graph.edges(data=True):
        assert data["relation"]
        assert data["from_source"] in known
    steps = framework.steps.set_index("step")
    assert graph.nodes["step:AGR-2.3"]["order"] == steps.loc["AGR-2.3", "order"] == 3
    assert graph.nodes["goal:2"]["colour"] == "#DDA63A"


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


def test_other_graphs_are_refused(framework):
    for subject in (nx.DiGraph([(1, 2)]), framework.steps, None, "graph"):
        for ask in (trace, lambda g, n: paths(g, n, n), lambda g, _: save_graph(g, "x.json")):
            with pytest.raises(ArgumentError, match=f"not this {type(subject).__name__}"):
                ask(subject, "AGR-2")
    with pytest.raises(ArgumentError, match=r"comes first, not this Series"):
        to_graph(framework.steps["name"])


def test_an_edge_and_a_layer_of_ones_own(framework):
    graph = to_graph(framework)
    graph.add_edge("use_case:AGR-2", "building_block:dif:terminology", relation="could use")
    graph.add_node("office:north", label="Northern office")
    graph.add_edge("office:north", "use_case:AGR-2", relation="runs")
    graph.add_edge("use_case:AGR-2", "mine:1")  # without a word about it
    found = trace(graph, "AGR-2").set_index("node")
    assert found.loc["building_block:dif:terminology", "relation"] == "could use"
    assert found.loc["office:north", ["layer", "label"]].tolist() == ["office", "Northern office"]
    assert found.loc["mine:1", ["layer", "label", "relation"]].tolist() == ["mine", "mine:1", ""]
    assert trace(graph, "AGR-2", layers="office")["node"].tolist() == ["office:north"]
    assert len(trace(graph, "northern office", direction="down", layers="step")) == 8
    assert paths(graph, "north", "mine:1")["node"].tolist()[-1] == "mine:1"
    with pytest.raises(ArgumentError, match=r"no layer 'offices'\. Did you mean office\?"):
        trace(graph, "AGR-2", layers="offices")


# ------------------------------------------------------------------------ for other programs


@pytest.fixture(scope="module")
def everything(graph):
    return dict(graph.nodes(data=True))


def test_attributes_are_plain(graph):
    values = [v for _, data in graph.nodes(data=True) for v in data.values()]
    values += [v for *_, data in graph.edges(data=True) for v in data.values()]
    assert {type(value) for value in values} == {str, int, bool}
    assert {type(value) for value in graph.graph.values()} == {str}
    assert "" not in values


def test_the_writers_of_networkx_work(graph, tmp_path, everything):
    nx.write_graphml(graph, tmp_path / "g.graphml")
    nx.write_gexf(graph, tmp_path / "g.gexf")
    nx.write_gml(graph, tmp_path / "g.gml")
    assert nx.read_graphml(tmp_path / "g.graphml").nodes["goal:2"] == everything["goal:2"]
    table = nx.to_pandas_edgelist(graph)
    assert len(table) == graph.number_of_edges()
    again = nx.node_link_graph(json.loads(json.dumps(nx.node_link_data(graph))))
    assert dict(again.nodes(data=True)) == everything
    assert nx.cytoscape_data(graph)["directed"]


@pytest.mark.parametrize("given", ["framework", "graph"])
def test_saved_graphs_are_the_graph(request, given, graph, tmp_path, everything):
    subject = request.getfixturevalue(given)
    read = {
        "g.graphml": nx.read_graphml,
        "g.gexf": nx.read_gexf,
        "g.json": lambda p: nx.node_link_graph(
            json.loads(p.read_text(encoding="utf-8")), edges="links"
        ),
    }
    for name, reader in read.items():
        again = reader(save_graph(subject, tmp_path / name))
        assert set(again) == set(graph)
        assert set(again.edges) == set(graph.edges)
        node = dict(again.nodes["target:2.3"])
        node["key"] = node.pop("networkx_key", node.get("key"))  # GEXF has a word of its own
        assert node == everything["target:2.3"]
    edges = pd.read_csv(save_graph(subject, tmp_path / "g.CSV"))
    assert set(zip(edges["from"], edges["to"], strict=True)) == set(graph.edges)
    row = edges.set_index(["from", "to"]).loc["use_case:AGR-2", "step:AGR-2.7"]
    assert row["from_layer"] == "use_case"
    assert row["relation"] == "has step"


def test_what_cannot_be_saved_is_a_sentence(graph, tmp_path):
    with pytest.raises(ArgumentError, match=r"names no form that a graph can have"):
        save_graph(graph, tmp_path / "g.xlsx")
    with pytest.raises(ArgumentError, match="cannot be written: there is no such folder"):
        save_graph(graph, tmp_path / "no" / "g.json")
    with pytest.raises(ArgumentError, match="Name the file to save to, not 5"):
        save_graph(graph, 5)
    assert not list(tmp_path.iterdir())


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
    with pytest.raises(
        ArgumentError, match=r"in quotation marks, for example '2.3' or 'goal:2', not"
    ):
        trace(framework, name)


def test_wrong_direction_and_layers(framework):
    with pytest.raises(ArgumentError, match="direction is 'down', 'up' or 'both', not 'left'"):
        trace(framework, "AGR-2", direction="left")
    with pytest.raises(ArgumentError, match=r"no layer 'blocks'\. Did you mean building_block\?"):
        trace(framework, "AGR-2", layers=["step", "blocks"])
    with pytest.raises(ArgumentError, match=r"Name layers, for example \['step'\], not 5"):
        trace(framework, "AGR-2", layers=5)
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
    for limit in (0, "all", 2.5, None):
        with pytest.raises(ArgumentError, match=f"at least 1, not {limit!r}"):
            paths(framework, "2", "AGR-2", limit=limit)
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


@pytest.mark.parametrize("name", ["Procurement", "Payments", "Health", "Financial Services"])
def test_a_service_may_be_called_like_something_else(framework, name):
    """It is meant by its name and its key, although a workflow, block or sector has them too."""
    key = name.lower().replace(" ", "-")
    tables = framework.tables()
    tables["use_cases"] = tables["use_cases"].replace("Rural Advisory Service for Farmers", name)
    for table, frame in tables.items():
        if "use_case" in frame:
            tables[table] = frame.assign(use_case=frame["use_case"].replace("AGR-2", key))
    mine = govstack_kit.Framework(tables)
    for called in (name, key, f"use_case:{key}"):
        assert len(trace(mine, called, direction="down", layers="step")) == 8
    for other in ("workflow:procurement", "sector:health", "building_block:govstack:payments"):
        assert not trace(mine, other).empty
