"""Time of tracing every node of the framework, against pandas merges and networkx by hand.

python benchmarks/trace.py            check that all answers agree, then measure and print
python benchmarks/trace.py --json     the same, printed as JSON

What each baseline is and does not do is in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING, Any

import networkx as nx
import pandas as pd

import govstack_kit

if TYPE_CHECKING:
    from collections.abc import Callable

    from govstack_kit import Framework

ENDS = {"down": ("above", "below"), "up": ("below", "above")}
ANSWER = ["start", "direction", "node", "distance"]
SHOWN = ["direction", "distance", "layer", "node", "label"]

NODES = {  # layer: table, column of the key, column of the label
    "goal": ("sdg_goals", "goal", "name"),
    "target": ("sdg_targets", "target", "label"),
    "indicator": ("sdg_indicators", "indicator", "indicator"),
    "sector": ("sectors", "sector", "name"),
    "use_case": ("use_cases", "use_case", "name"),
    "step": ("steps", "step", "name"),
    "workflow": ("workflows", "workflow", "name"),
    "building_block": ("building_blocks", "building_block", "name"),
}
LINKS = [  # table, layer above, layer below; both ends are columns of the table
    ("sdg_targets", "goal", "target"),
    ("sdg_indicators", "target", "indicator"),
    ("use_cases", "sector", "use_case"),
    ("steps", "use_case", "step"),
    ("use_case_workflows", "use_case", "workflow"),
    ("use_case_building_blocks", "use_case", "building_block"),
    ("step_workflows", "step", "workflow"),
    ("step_building_blocks", "step", "building_block"),
    ("workflow_building_blocks", "workflow", "building_block"),
]


# --- by hand, with pandas -------------------------------------------------------------------------


def node_table(framework: Framework) -> pd.DataFrame:
    """Return one row a node: its id, layer and label."""
    parts = []
    for layer, (table, key, label) in NODES.items():
        frame = getattr(framework, table)
        ids = f"{layer}:" + frame[key].astype(str)
        parts.append(pd.DataFrame({"node": ids, "layer": layer, "label": frame[label]}))
    return pd.concat(parts, ignore_index=True)


def edge_table(framework: Framework) -> pd.DataFrame:
    """Return one row an edge, from what is served to what serves it."""

    def edges(upper: str, above: pd.Series[Any], lower: str, below: pd.Series[Any]) -> pd.DataFrame:
        ends = {"above": f"{upper}:" + above.astype(str), "below": f"{lower}:" + below.astype(str)}
        return pd.DataFrame(ends)

    parts = []
    for table, upper, lower in LINKS:
        frame = getattr(framework, table)
        parts.append(edges(upper, frame[upper], lower, frame[lower]))
    served = framework.use_case_targets
    at_target, at_goal = served[served["target"].notna()], served[served["target"].isna()]
    parts.append(edges("target", at_target["target"], "use_case", at_target["use_case"]))
    parts.append(edges("goal", at_goal["goal"], "use_case", at_goal["use_case"]))
    pairs = framework.building_block_crosswalk.dropna(subset=["dif", "govstack"])
    parts.append(edges("building_block", pairs["dif"], "building_block", pairs["govstack"]))
    blocks, workflows = framework.building_blocks, framework.workflows
    everywhere = workflows[workflows["generic"]].merge(
        blocks[blocks["every_workflow"]], how="cross", suffixes=("", "_block")
    )
    parts.append(
        edges("workflow", everywhere["workflow"], "building_block", everywhere["building_block"])
    )
    return pd.concat(parts, ignore_index=True).drop_duplicates(ignore_index=True)


def merges_per_node(nodes: pd.DataFrame, edges: pd.DataFrame, start: str) -> pd.DataFrame:
    """Answer for one node: merge the nodes just reached with the edges until nothing is new."""
    found = []
    for direction, (here, there) in ENDS.items():
        frontier = pd.DataFrame({"node": [start]})
        seen = {start}
        distance = 0
        while len(frontier):
            distance += 1
            ends = frontier.merge(edges, left_on="node", right_on=here)[there].drop_duplicates()
            frontier = ends[~ends.isin(seen)].to_frame("node")
            seen.update(frontier["node"])
            found.append(frontier.assign(direction=direction, distance=distance))
    answer = pd.concat(found, ignore_index=True).merge(nodes, on="node")
    return answer.sort_values(["direction", "distance", "layer", "label"])[SHOWN]


def merges_at_once(nodes: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    """Answer for all nodes in one frame: the same merges with a column for the start."""
    found = []
    for direction, (here, there) in ENDS.items():
        step = edges.rename(columns={here: "node", there: "next"})
        frontier = pd.DataFrame({"start": nodes["node"], "node": nodes["node"]})
        seen = frontier
        distance = 0
        while len(frontier):
            distance += 1
            ends = frontier.merge(step, on="node")[["start", "next"]].drop_duplicates()
            ends = ends.rename(columns={"next": "node"})
            old = ends.merge(seen, on=["start", "node"], how="left", indicator=True)["_merge"]
            frontier = ends[(old == "left_only").to_numpy()]
            seen = pd.concat([seen, frontier])
            found.append(frontier.assign(direction=direction, distance=distance))
    answer = pd.concat(found, ignore_index=True).merge(nodes, on="node")
    order = ["start", "direction", "distance", "layer", "label"]
    return answer.sort_values(order)[["start", *SHOWN]]


# --- the four ways, for all nodes -----------------------------------------------------------------


def kit_all(framework: Framework, nodes: list[str]) -> pd.DataFrame:
    """Trace every node with the kit."""
    answers = {node: govstack_kit.trace(framework, node) for node in nodes}
    result: pd.DataFrame = pd.concat(answers, names=["start"]).reset_index("start")
    return result


def per_node_all(nodes: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    """Trace every node with merges, one after the other."""
    answers = {node: merges_per_node(nodes, edges, node) for node in nodes["node"]}
    result: pd.DataFrame = pd.concat(answers, names=["start"]).reset_index("start")
    return result


def networkx_all(graph: nx.DiGraph[Any]) -> dict[tuple[str, str], set[str]]:
    """Return the nodes in reach of every node; no distance, no label, no order."""
    down = {(node, "down"): nx.descendants(graph, node) for node in graph}
    return down | {(node, "up"): nx.ancestors(graph, node) for node in graph}


def verify(
    answers: dict[str, pd.DataFrame], reach: dict[tuple[str, str], set[str]], nodes: pd.DataFrame
) -> int:
    """Stop if any two ways disagree; return the number of rows on which all agree."""
    sets = {
        name: set(map(tuple, frame[ANSWER].itertuples(index=False)))
        for name, frame in answers.items()
    }
    first, *others = sets
    for name in others:
        if sets[first] != sets[name]:
            example = min(sets[first] ^ sets[name])
            sys.exit(f"The answers of {first} and {name} differ, for example in {example}.")
    flat = {(start, way, node) for (start, way), found in reach.items() for node in found}
    if flat != {row[:3] for row in sets[first]}:
        sys.exit("The answers of networkx differ from the others.")
    for name, frame in answers.items():
        labels = frame[["node", "layer", "label"]].drop_duplicates().astype(str)
        if len(labels.merge(nodes.astype(str))) != len(labels):
            sys.exit(f"The labels of {name} are wrong.")
    return len(flat)


def best(run: Callable[[], object], seconds: list[float]) -> None:
    """Run once and note the time."""
    begun = time.perf_counter()
    run()
    seconds.append(time.perf_counter() - begun)


def main(arguments: list[str]) -> int:
    """Verify, measure and print."""
    parser = argparse.ArgumentParser(description="Benchmark of govstack_kit.trace().")
    parser.add_argument("--runs", type=int, default=3, help="runs of each way (3)")
    parser.add_argument("--json", action="store_true", help="print the ratios as JSON")
    args = parser.parse_args(arguments)
    if args.runs < 1:
        parser.error("--runs is a number from 1 on")
    framework = govstack_kit.load()
    graph = govstack_kit.to_graph(framework)
    nodes, edges = node_table(framework), edge_table(framework)
    starts = list(graph)
    at_once = "merges, all nodes at once"
    per_node = "merges, node by node"
    kit = "the kit"
    answers = {
        kit: kit_all(framework, starts),
        per_node: per_node_all(nodes, edges),
        at_once: merges_at_once(nodes, edges),
    }
    rows = verify(answers, networkx_all(graph), nodes)
    ways: dict[str, Callable[[], object]] = {
        kit: lambda: [govstack_kit.trace(framework, node) for node in starts],
        per_node: lambda: [merges_per_node(nodes, edges, node) for node in starts],
        at_once: lambda: merges_at_once(nodes, edges),
        "networkx, sets only": lambda: networkx_all(graph),
        "preparing the kit's graph": lambda: govstack_kit.to_graph(framework),
        "preparing the edge table": lambda: (node_table(framework), edge_table(framework)),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(args.runs):
        for name, run in ways.items():
            best(run, seconds[name])
    minimum = {name: min(values) for name, values in seconds.items()}
    others = [name for name in ways if name != kit and not name.startswith("preparing")]
    ratios = {name: minimum[kit] / minimum[name] for name in others}
    if args.json:
        print(json.dumps({"nodes": len(starts), "rows": rows, "ratios": ratios}, indent=2))
        return 0
    print(f"{len(starts)} nodes, {len(edges)} edges, {rows} rows of answers: all ways agree")
    print(f"minimum of {args.runs} runs\n")
    for name, value in minimum.items():
        ratio = f"   kit / this: {ratios[name]:.3g}" if name in ratios else ""
        print(f"{name:28}{value * 1e3:9.1f} ms{ratio}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
