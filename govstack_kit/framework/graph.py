"""The framework as a graph, and the way back.

Definitions
-----------
A *node* is a row of one of the tables in :data:`LAYERS`; its id is the layer, a colon and the key:
``use_case:AGR-2``, ``building_block:govstack:payments``. An *edge* runs downwards, from what is
served to what serves it: goal → target → use case → step → workflow → building block. *Down* from a
node is everything it needs, *up* is everything that needs it. Building blocks of the 2019 framework
lead on to the GovStack blocks that the crosswalk gives for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import networkx as nx
import pandas as pd

from govstack_kit.errors import ArgumentError, quote
from govstack_kit.framework import schema
from govstack_kit.framework.tables import Framework

if TYPE_CHECKING:
    from collections.abc import Iterator

    Graph = nx.DiGraph[Any]


class Layer(NamedTuple):
    """A layer of the graph: the table its nodes come from and the column that labels them."""

    table: str
    label: str


class Link(NamedTuple):
    """A kind of edge: the table it comes from and the columns that name its two ends."""

    table: str
    above: tuple[str, str]  # layer, column
    below: tuple[str, str]
    relation: str


LAYERS = {
    "goal": Layer("sdg_goals", "name"),
    "target": Layer("sdg_targets", "label"),
    "indicator": Layer("sdg_indicators", "indicator"),
    "sector": Layer("sectors", "name"),
    "use_case": Layer("use_cases", "name"),
    "step": Layer("steps", "name"),
    "workflow": Layer("workflows", "name"),
    "building_block": Layer("building_blocks", "name"),
}

LINKS = (
    Link("sdg_targets", ("goal", "goal"), ("target", "target"), "has target"),
    Link("sdg_indicators", ("target", "target"), ("indicator", "indicator"), "is measured by"),
    Link("use_cases", ("sector", "sector"), ("use_case", "use_case"), "has use case"),
    Link("steps", ("use_case", "use_case"), ("step", "step"), "has step"),
    Link("use_case_workflows", ("use_case", "use_case"), ("workflow", "workflow"), "uses"),
    Link(
        "use_case_building_blocks",
        ("use_case", "use_case"),
        ("building_block", "building_block"),
        "uses",
    ),
    Link("step_workflows", ("step", "step"), ("workflow", "workflow"), "uses"),
    Link("step_building_blocks", ("step", "step"), ("building_block", "building_block"), "uses"),
    Link(
        "workflow_building_blocks",
        ("workflow", "workflow"),
        ("building_block", "building_block"),
        "runs on",
    ),
)
"""Tables whose rows are edges; a table of nodes is here too when a column names the node above."""

_NODE_TABLES = {layer.table for layer in LAYERS.values()}


def node_id(layer: str, key: object) -> str:
    """Return the id of a node.

    Examples
    --------
    >>> node_id("goal", 2)
    'goal:2'
    """
    return f"{layer}:{key}"


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    columns = list(frame.columns)
    values = (frame[name].astype(object).where(frame[name].notna(), None) for name in columns)
    for row in zip(*values, strict=True):
        yield dict(zip(columns, row, strict=True))


def _add_edges(graph: Graph, framework: Framework) -> None:
    for link in LINKS:
        (upper, above), (lower, below) = link.above, link.below
        record = link.table not in _NODE_TABLES
        for number, row in enumerate(_rows(getattr(framework, link.table))):
            graph.add_edge(
                node_id(upper, row[above]),
                node_id(lower, row[below]),
                relation=link.relation,
                source=row["source"],
                table=link.table if record else None,
                row=row if record else None,
                number=number,
            )
    for number, row in enumerate(_rows(framework.use_case_targets)):
        served = node_id("target", row["target"]) if row["target"] else node_id("goal", row["goal"])
        graph.add_edge(
            served,
            node_id("use_case", row["use_case"]),
            relation="is served by",
            source=row["source"],
            table="use_case_targets",
            row=row,
            number=number,
        )
    for number, row in enumerate(_rows(framework.building_block_crosswalk)):
        if row["dif"] and row["govstack"]:
            graph.add_edge(
                node_id("building_block", row["dif"]),
                node_id("building_block", row["govstack"]),
                relation=f"{row['relation']} match",
                source=row["source"],
                table="building_block_crosswalk",
                row=row,
                number=number,
            )
    _add_every_workflow(graph, framework)


def _add_every_workflow(graph: Graph, framework: Framework) -> None:
    """Link the blocks that the framework calls important in every workflow to the generic ones."""
    blocks = framework.building_blocks
    workflows = framework.workflows
    for block in _rows(blocks[blocks["every_workflow"]]):
        for workflow in workflows.loc[workflows["generic"], "workflow"]:
            ends = node_id("workflow", workflow), node_id("building_block", block["building_block"])
            if not graph.has_edge(*ends):
                graph.add_edge(
                    *ends, relation="runs on", source=block["source"], table=None, row=None
                )


def to_graph(framework: Framework) -> Graph:
    """Return the framework as a directed graph.

    Parameters
    ----------
    framework
        The tables.

    Returns
    -------
    networkx.DiGraph
        Nodes carry ``layer`` (a key of :data:`LAYERS`), ``key``, ``label``, ``source`` and ``row``
        (the row of the table as a dict). Edges carry ``relation``, ``source``, and ``table``,
        ``row`` and ``number`` (place in the table) where a table of links has a row for them.
        ``graph.graph["tables"]`` keeps the tables that are neither nodes nor edges. The graph has
        no cycle.

    See Also
    --------
    from_graph : the way back.

    Examples
    --------
    >>> import govstack_kit
    >>> graph = govstack_kit.to_graph(govstack_kit.load())
    >>> graph.nodes["target:2.3"]["label"]
    "Double small producers' farm output and income"
    """
    graph: Graph = nx.DiGraph()
    for layer, (table, label) in LAYERS.items():
        key = schema.table(table).key[0]
        for row in _rows(getattr(framework, table)):
            graph.add_node(
                node_id(layer, row[key]),
                layer=layer,
                key=str(row[key]),
                label=str(row[label]),
                source=row["source"],
                row=row,
            )
    _add_edges(graph, framework)
    edge_tables = {link.table for link in LINKS} | {"use_case_targets"}
    graph.graph["tables"] = {
        name: getattr(framework, name)
        for name in schema.tables()
        if name not in _NODE_TABLES | edge_tables
    }
    return graph


def from_graph(graph: Graph) -> Framework:
    """Return the tables that a graph was made from, without what has been removed from it since.

    Parameters
    ----------
    graph
        A graph that :func:`to_graph` made; nodes and edges may have been removed since.

    Returns
    -------
    Framework
        Its nodes, links and remaining tables, in the order of the graph. Every row that refers to a
        removed one goes with it: without a use case there are no steps of it, and so on. Links that
        are columns of a table of nodes (the goal of a target) go only with one of their nodes.

    Raises
    ------
    ArgumentError
        If the graph, or a node of it, does not come from :func:`to_graph`.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> again = govstack_kit.from_graph(govstack_kit.to_graph(framework))
    >>> again.steps.equals(framework.steps)
    True
    """
    check(graph)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in schema.tables()}
    for node, data in graph.nodes(data=True):
        if "row" not in data:
            raise ArgumentError(f"The node {quote(node)} has no row: it was added to the graph.")
        rows[LAYERS[data["layer"]].table].append(data["row"])
    kept = graph.graph["tables"]
    recorded = [edge for _, _, edge in graph.edges(data=True) if edge.get("table")]
    for edge in sorted(recorded, key=lambda edge: edge["number"]):
        rows[edge["table"]].append(edge["row"])
    frames: dict[str, pd.DataFrame] = {}
    for name, definition in schema.tables().items():  # tables come after those they refer to
        if name == "building_block_crosswalk":  # rows without counterpart are no edges
            pairs = [(row["dif"], row["govstack"]) for row in _rows(kept[name])]
            edges = {(row["dif"], row["govstack"]) for row in rows[name]}
            frame = kept[name][[None in pair or pair in edges for pair in pairs]]
        elif name in kept:
            frame = kept[name]
        else:
            types = {f.name: "bool" for f in definition.fields if f.type == "boolean"}
            frame = pd.DataFrame(rows[name], columns=list(definition.columns))
            frame = frame.astype({**definition.dtypes, **types})
        for key in definition.foreign_keys:
            frame = frame[
                frame[key.field].isna() | frame[key.field].isin(frames[key.table][key.target])
            ]
        frames[name] = frame.reset_index(drop=True)
    return Framework(frames)


def check(graph: object) -> None:
    """Raise ArgumentError if this is not a graph that :func:`to_graph` made."""
    if not isinstance(graph, nx.DiGraph) or "tables" not in graph.graph:
        raise ArgumentError(
            f"A framework or its graph is needed here, not this {type(graph).__name__}: "
            "use govstack_kit.load() or govstack_kit.to_graph(framework)."
        )
