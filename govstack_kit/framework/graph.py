"""The framework as a graph, and questions that are paths.

Definitions
-----------
A *node* is a row of one of the tables in :data:`LAYERS`; its id is the layer, a colon and the key:
``use_case:AGR-2``, ``building_block:govstack:payments``. An *edge* runs downwards, from what is
served to what serves it: goal → target → use case → step → workflow → building block. *Down* from a
node is everything it needs, *up* is everything that needs it. Building blocks of the 2019 framework
lead on to the GovStack blocks that the crosswalk gives for them.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from weakref import WeakKeyDictionary

import networkx as nx
import pandas as pd

from govstack_kit._errors import ArgumentError, UnknownNodeError, did_you_mean, nearest
from govstack_kit.framework import schema
from govstack_kit.framework.tables import Framework

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Graph = nx.DiGraph[Any]

Direction = Literal["down", "up", "both"]


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

_GRAPHS: WeakKeyDictionary[Framework, Graph] = WeakKeyDictionary()  # made once per framework
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
    for row in _rows(framework.building_block_crosswalk):
        if row["dif"] and row["govstack"]:
            graph.add_edge(
                node_id("building_block", row["dif"]),
                node_id("building_block", row["govstack"]),
                relation=f"{row['relation']} match",
                source=row["source"],
                table="building_block_crosswalk",
                row=row,
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
    """Return the tables that a graph was made from, with what has been changed in it since.

    Parameters
    ----------
    graph
        A graph that :func:`to_graph` made; nodes and edges may have been removed since.

    Returns
    -------
    Framework
        Its nodes, edges and remaining tables, in the order of the graph.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> again = govstack_kit.from_graph(govstack_kit.to_graph(framework))
    >>> again.steps.equals(framework.steps)
    True
    """
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in schema.tables()}
    for _, node in graph.nodes(data=True):
        rows[LAYERS[node["layer"]].table].append(node["row"])
    kept = graph.graph["tables"]
    recorded = [edge for _, _, edge in graph.edges(data=True) if edge["table"] in rows]
    for edge in sorted(recorded, key=lambda edge: edge.get("number", 0)):
        rows[edge["table"]].append(edge["row"])
    frames = {}
    for name, definition in schema.tables().items():
        if name in kept:
            frames[name] = kept[name]
            continue
        frame = pd.DataFrame(rows[name], columns=list(definition.columns))
        types = {f.name: "bool" for f in definition.fields if f.type == "boolean"}
        frames[name] = frame.astype({**definition.dtypes, **types})
    return Framework(frames)


def _resolve(graph: Graph, node: str) -> str:
    """Return the id of `node`, which may be an id, a key or a name."""
    if not isinstance(node, str):
        raise ArgumentError(
            f"A node is named by text, not by the {type(node).__name__} {node!r}: "
            "write it in quotation marks, for example '2.3' or 'goal:2'."
        )
    if node in graph:
        return node
    wanted = node.strip().lower()
    by_key: list[str] = [
        n for n, d in graph.nodes(data=True) if wanted in (n.lower(), d["key"].lower())
    ]
    found = by_key or [n for n, d in graph.nodes(data=True) if d["label"].lower() == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownNodeError(f"{node!r} may mean {' or '.join(sorted(found))}: use one of these.")
    names = {d["label"]: n for n, d in graph.nodes(data=True)}
    names |= {d["key"]: n for n, d in graph.nodes(data=True)} | {n: n for n in graph}
    near = dict.fromkeys(names[name] for name in nearest(node, names))
    hint = f"Did you mean {' or '.join(near)}?" if near else ""
    hint = hint or f"A node is written layer:key; layers are {', '.join(LAYERS)}."
    raise UnknownNodeError(f"There is no node {node!r} in the graph. {hint}")


def _as_graph(subject: Framework | Graph) -> Graph:
    if not isinstance(subject, Framework):
        return subject
    if subject not in _GRAPHS:
        _GRAPHS[subject] = nx.freeze(to_graph(subject))
    return _GRAPHS[subject]


def _reach(graph: Graph, start: str, *, up: bool) -> list[tuple[str, int, str, str]]:
    """Return each node in reach with its distance, the node before it, and their relation."""
    step = graph.pred if up else graph.succ
    seen = {start: 0}
    found: list[tuple[str, int, str, str]] = []
    queue = [start]
    for node in queue:  # breadth first: the list grows while it is read
        for other, edge in step[node].items():
            if other not in seen:
                seen[other] = seen[node] + 1
                found.append((other, seen[other], node, edge["relation"]))
                queue.append(other)
    return found


_TRACE = ["direction", "distance", "layer", "node", "label", "relation", "via"]


def trace(
    subject: Framework | Graph,
    node: str,
    *,
    direction: Direction = "both",
    layers: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Return everything a node needs and everything that needs it, through all layers.

    Parameters
    ----------
    subject
        The framework or its graph.
    node
        The id of a node (``use_case:AGR-2``), its key (``AGR-2``) or its name.
    direction
        ``down`` for what it needs, ``up`` for what needs it, ``both`` for one after the other.
    layers
        Layers to keep in the answer; without it, all. The way may lead through other layers.

    Returns
    -------
    pandas.DataFrame
        One row a node and direction, nearest first: ``direction`` (``down`` or ``up``);
        ``distance`` (number of edges on the shortest way); ``layer``; ``node`` (id); ``label``;
        ``relation`` and ``via`` (the last edge of one shortest way and the node it comes from).

    Raises
    ------
    UnknownNodeError
        If no node or more than one answers to `node`; the message names the nearest.
    ArgumentError
        If `direction` or `layers` has a value that does not exist, or `node` is not text.

    Examples
    --------
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> needs = govstack_kit.trace(framework, "AGR-2.7", layers=["building_block"])
    >>> needs.query("distance == 1")["label"].tolist()
    ['Messaging', 'Payments', 'Scheduler', 'Workflow', 'eMarketplace']
    """
    graph = _as_graph(subject)
    start = _resolve(graph, node)
    if direction not in ("down", "up", "both"):
        raise ArgumentError(f"direction is 'down', 'up' or 'both', not {direction!r}.")
    kept = set(LAYERS) if layers is None else {layers} if isinstance(layers, str) else set(layers)
    if wrong := sorted(kept - set(LAYERS)):
        raise ArgumentError(
            f"There is no layer {wrong[0]!r}. {did_you_mean(wrong[0], LAYERS)} "
            f"Layers: {', '.join(LAYERS)}."
        )
    order = {layer: place for place, layer in enumerate(LAYERS)}
    nodes = graph.nodes
    rows = []
    for way in ("down", "up") if direction == "both" else (direction,):
        reached = [
            (way, distance, nodes[n]["layer"], n, nodes[n]["label"], relation, via)
            for n, distance, via, relation in _reach(graph, start, up=way == "up")
            if nodes[n]["layer"] in kept
        ]
        reached.sort(key=lambda row: (row[1], order[row[2]], row[4], row[3]))
        rows += reached
    return pd.DataFrame(rows, columns=_TRACE).astype(
        {name: "int64" if name == "distance" else "str" for name in _TRACE}
    )


def paths(subject: Framework | Graph, start: str, end: str, *, limit: int = 1000) -> pd.DataFrame:
    """Return the ways that lead down from one node to another, shortest first.

    Parameters
    ----------
    subject
        The framework or its graph.
    start, end
        Two nodes, as in :func:`trace`; if only `end` leads down to `start`, they are exchanged.
    limit
        The largest number of ways to look for.

    Returns
    -------
    pandas.DataFrame
        One row a node on a way: ``path`` (number of the way, from 1), ``position`` (from 0),
        ``layer``, ``node`` (id), ``label``, ``relation`` (to the node before it, empty for the
        first). Empty when no way leads from one to the other.

    Raises
    ------
    UnknownNodeError
        If no node or more than one answers to `start` or `end`.
    ArgumentError
        If `limit` is below 1.

    Examples
    --------
    >>> import govstack_kit
    >>> ways = govstack_kit.paths(govstack_kit.load(), "goal:2", "AGR-2.7")
    >>> ways["node"].tolist()
    ['goal:2', 'use_case:AGR-2', 'step:AGR-2.7']
    """
    if limit < 1:
        raise ArgumentError(f"limit is the number of ways to look for, at least 1, not {limit}.")
    graph = _as_graph(subject)
    first, last = _resolve(graph, start), _resolve(graph, end)
    if not nx.has_path(graph, first, last):
        first, last = last, first
    between = (nx.descendants(graph, first) & nx.ancestors(graph, last)) | {first, last}
    ways = islice(nx.all_simple_paths(graph.subgraph(between), first, last), limit)
    rows = []
    for number, way in enumerate(sorted(ways, key=lambda way: (len(way), way)), start=1):
        for position, node in enumerate(way):
            data = graph.nodes[node]
            relation = graph.edges[way[position - 1], node]["relation"] if position else ""
            rows.append((number, position, data["layer"], node, data["label"], relation))
    columns = ["path", "position", "layer", "node", "label", "relation"]
    whole = {"path", "position"}
    return pd.DataFrame(rows, columns=columns).astype(
        {name: "int64" if name in whole else "str" for name in columns}
    )
