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

from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from weakref import WeakKeyDictionary

import networkx as nx
import pandas as pd

from govstack_kit.errors import ArgumentError, UnknownNodeError, did_you_mean, nearest, quote
from govstack_kit.framework import schema
from govstack_kit.framework.framework import Framework

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


Direction = Literal["down", "up", "both"]

_GRAPHS: WeakKeyDictionary[Framework, Graph] = WeakKeyDictionary()  # made once per framework
_WEAK = "related match"  # two blocks that overlap, not two that correspond
_NEAR = 4  # nodes suggested for a wrong name


def resolve(graph: Graph, node: str) -> str:
    """Return the id of `node`, which may be an id, a key or a name."""
    if not isinstance(node, str):
        raise ArgumentError(
            f"A node is named by text, not by the {type(node).__name__} {quote(node)}: "
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
        raise UnknownNodeError(
            f"{quote(node)} may mean {' or '.join(sorted(found))}: use one of these."
        )
    names: dict[str, list[str]] = {}  # lower case, because labels differ in nothing but their case
    for n, data in graph.nodes(data=True):
        for name in {n.lower(), data["key"].lower(), data["label"].lower()}:
            names.setdefault(name, []).append(n)
    near = dict.fromkeys(n for name in nearest(node.strip(), names) for n in names[name])
    hint = f"Did you mean {' or '.join([*near][:_NEAR])}?" if near else ""
    hint = hint or f"A node is written layer:key; layers are {', '.join(LAYERS)}."
    raise UnknownNodeError(f"There is no node {quote(node)} in the graph. {hint}")


def _as_graph(subject: Framework | Graph) -> Graph:
    if not isinstance(subject, Framework):
        check(subject)
        return subject
    if subject not in _GRAPHS:
        _GRAPHS[subject] = nx.freeze(to_graph(subject))
    return _GRAPHS[subject]


def _reach(graph: Graph, start: str, *, up: bool) -> list[tuple[str, int, str, str]]:
    """Return each node in reach with its distance, the node before it, and their relation."""
    step = graph.pred if up else graph.succ
    distance = {start: 0}
    last: dict[str, tuple[str, str]] = {}
    queue = [start]
    for node in queue:  # breadth first: the list grows while it is read
        further = distance[node] + 1
        for other, edge in step[node].items():
            if other not in distance:
                distance[other] = further
                last[other] = node, edge["relation"]
                queue.append(other)
            elif last.get(other, ("", ""))[1] == _WEAK and distance[other] == further:
                last[other] = node, edge["relation"]  # of two equally short ways, the better
    return [(node, distance[node], *last[node]) for node in queue[1:]]


def _ways(graph: Graph, first: str, last: str, between: set[str]) -> Iterator[list[str]]:
    """Yield the ways from `first` to `last` through `between`, shortest first, then by name."""
    queue = [[first]] if first in between else []
    while queue:
        yield from (way for way in queue if way[-1] == last)
        queue = [
            [*way, node]
            for way in queue
            if way[-1] != last
            for node in sorted(graph.succ[way[-1]])
            if node in between and node not in way
        ]


def _typed(rows: list[Any], columns: list[str], *, numbers: tuple[str, ...]) -> pd.DataFrame:
    """Return rows as a frame; only a frame without rows has to be told its types."""
    frame = pd.DataFrame(rows, columns=columns)
    if rows:
        return frame
    return frame.astype({name: "int64" if name in numbers else "str" for name in columns})


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
    start = resolve(graph, node)
    if direction not in ("down", "up", "both"):
        raise ArgumentError(f"direction is 'down', 'up' or 'both', not {quote(direction)}.")
    kept = set(LAYERS) if layers is None else {layers} if isinstance(layers, str) else set(layers)
    if wrong := sorted(map(str, kept - set(LAYERS))):
        raise ArgumentError(
            f"There is no layer {quote(wrong[0])}. {did_you_mean(wrong[0], LAYERS)} "
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
    return _typed(rows, _TRACE, numbers=("distance",))


def paths(subject: Framework | Graph, start: str, end: str, *, limit: int = 1000) -> pd.DataFrame:
    """Return the ways that lead down from one node to another, shortest first.

    Parameters
    ----------
    subject
        The framework or its graph.
    start, end
        Two nodes, as in :func:`trace`; if only `end` leads down to `start`, they are exchanged.
    limit
        The largest number of ways to return; the shortest are returned.

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
    first, last = resolve(graph, start), resolve(graph, end)
    if not nx.has_path(graph, first, last):
        first, last = last, first
    between = ({first} | nx.descendants(graph, first)) & ({last} | nx.ancestors(graph, last))
    rows = []
    ways = islice(_ways(graph, first, last, between), limit)
    for number, way in enumerate(ways, start=1):
        for position, node in enumerate(way):
            data = graph.nodes[node]
            relation = graph.edges[way[position - 1], node]["relation"] if position else ""
            rows.append((number, position, data["layer"], node, data["label"], relation))
    columns = ["path", "position", "layer", "node", "label", "relation"]
    return _typed(rows, columns, numbers=("path", "position"))
