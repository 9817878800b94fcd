"""The framework as a graph: what a node needs, what needs it, and how one leads to another.

Definitions
-----------
A *node* is a row of one of the tables in :data:`LAYERS`; its id is the layer, a colon and the key:
``use_case:AGR-2``, ``building_block:govstack:payments``. An *edge* runs downwards, from what is
served to what serves it: goal → target → use case → step → workflow → building block. *Down* from a
node is everything it needs, *up* is everything that needs it. Building blocks of the 2019 framework
lead on to the GovStack blocks that the crosswalk gives for them.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from weakref import WeakKeyDictionary

import networkx as nx
import pandas as pd

from govstack_kit import errors
from govstack_kit.errors import ArgumentError, UnknownNodeError, quote
from govstack_kit.framework.framework import DECLARED, Framework, check
from govstack_kit.tables import package

if TYPE_CHECKING:
    from collections.abc import Iterator

    Graph = nx.DiGraph[Any]

Direction = Literal["down", "up", "both"]
_NODES = (
    *("sdg_goals", "sdg_targets", "sdg_indicators", "sectors"),
    *("use_cases", "steps", "workflows", "building_blocks"),
)
LAYERS = {DECLARED[table].key[0]: table for table in _NODES}
"""The tables that nodes come from, by their layer."""


class Link(NamedTuple):
    """A kind of edge: the table it comes from, the layers of its two ends, and what it is called.

    An end is the column that is called after its layer, or the one named behind a colon.
    """

    table: str
    above: str
    below: str
    relation: str


LINKS = (
    Link("sdg_targets", "goal", "target", "has target"),
    Link("sdg_indicators", "target", "indicator", "is measured by"),
    Link("use_cases", "sector", "use_case", "has use case"),
    Link("steps", "use_case", "step", "has step"),
    Link("use_case_workflows", "use_case", "workflow", "uses"),
    Link("use_case_building_blocks", "use_case", "building_block", "uses"),
    Link("step_workflows", "step", "workflow", "uses"),
    Link("step_building_blocks", "step", "building_block", "uses"),
    Link("workflow_building_blocks", "workflow", "building_block", "runs on"),
    Link("use_case_targets", "target", "use_case", "is served by"),
    Link("use_case_targets", "goal", "use_case", "is served by"),  # where no target is named
    Link("building_block_crosswalk", "building_block:dif", "building_block:govstack", ""),
)
_GRAPHS: WeakKeyDictionary[Framework, Graph] = WeakKeyDictionary()  # made once per framework
_WEAK = "related match"  # two blocks that overlap, not two that correspond
_NEAR = 4  # nodes suggested for a wrong name
_TITLE = "The framework as a graph"


def node_id(layer: str, key: object) -> str:
    """Return the id of a node.

    Examples
    --------
    >>> node_id("goal", 2)
    'goal:2'
    """
    return f"{layer}:{key}"


# --- the graph ------------------------------------------------------------------------------------


def to_graph(framework: Framework) -> Graph:
    """Return the framework as a directed graph.

    Parameters
    ----------
    framework
        The tables.

    Returns
    -------
    networkx.DiGraph
        Nodes carry ``layer`` (a key of :data:`LAYERS`), ``key``, ``label`` and what else their row
        says; edges carry ``relation``, ``from_source`` and what else the row of their table says.
        All attributes are plain: texts, numbers, true or false, and none where nothing is known,
        so that the graph can be written in every format. It has no cycle.

    Examples
    --------
    >>> import govstack_kit
    >>> graph = govstack_kit.to_graph(govstack_kit.load())
    >>> graph.nodes["target:2.3"]["label"]
    "Double small producers' farm output and income"
    """
    check(framework)
    graph: Graph = nx.DiGraph(title=_TITLE)
    for layer, table in LAYERS.items():
        declared = DECLARED[table]
        for row in package.records(getattr(framework, table)):
            key = row[declared.key[0]]
            named = {"layer": layer, "key": str(key), "label": str(row[declared.label])}
            graph.add_node(node_id(layer, key), **row | named)
    for link in LINKS:
        (upper, _, above), (lower, _, below) = link.above.partition(":"), link.below.partition(":")
        above, below = above or upper, below or lower
        for row in package.records(getattr(framework, link.table)):
            named_closer = link.relation == "is served by" and upper == "goal" and "target" in row
            if above not in row or below not in row or named_closer:
                continue
            ends = node_id(upper, row.pop(above)), node_id(lower, row.pop(below))
            named = {"relation": link.relation or f"{row['relation']} match"}
            named["from_source"] = row.pop("source")  # other programs call one end the source
            more = {} if link.table in LAYERS.values() else row
            graph.add_edge(*ends, **more | named)
    _add_every_workflow(graph, framework)
    return graph


def _add_every_workflow(graph: Graph, framework: Framework) -> None:
    """Link the blocks that the framework calls important in every workflow to the generic ones."""
    blocks, workflows = framework.building_blocks, framework.workflows
    for block in package.records(blocks[blocks["every_workflow"]]):
        for workflow in workflows.loc[workflows["generic"], "workflow"]:
            ends = node_id("workflow", workflow), node_id("building_block", block["building_block"])
            if not graph.has_edge(*ends):
                graph.add_edge(*ends, relation="runs on", from_source=block["source"])


def as_graph(subject: Framework | Graph) -> Graph:
    """Return the graph of a framework, made once; a graph is returned as it is."""
    if isinstance(subject, Framework):
        if subject not in _GRAPHS:
            _GRAPHS[subject] = nx.freeze(to_graph(subject))
        return _GRAPHS[subject]
    if not isinstance(subject, nx.DiGraph) or "title" not in subject.graph:
        raise ArgumentError(
            f"A framework or its graph is needed here, not this {type(subject).__name__}: "
            "use govstack_kit.load() or govstack_kit.to_graph(framework)."
        )
    return subject


def save_graph(subject: Framework | Graph, path: str | Path) -> Path:
    """Save the graph for other programs.

    Parameters
    ----------
    subject
        The framework or its graph.
    path
        Where to: its ending says in which form. ``.graphml`` and ``.gexf`` (Gephi, yEd, …),
        ``.json`` (nodes and links, as networkx reads them) or ``.csv`` (one edge a row, with the
        layers and names of its ends).

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ArgumentError
        If the ending is another one, or the file cannot be written.

    Examples
    --------
    >>> import govstack_kit, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp(), "framework.graphml")
    >>> govstack_kit.save_graph(govstack_kit.load(), file).name
    'framework.graphml'
    """
    graph, path = (
        as_graph(subject),
        Path(errors.expected(path, (str, Path), "Name the file to save to")),
    )
    buffer = io.BytesIO()
    form = path.suffix.lower()
    if form == ".graphml":
        nx.write_graphml(graph, buffer)
    elif form == ".gexf":
        nx.write_gexf(graph, buffer)
    elif form == ".json":
        text = json.dumps(nx.node_link_data(graph, edges="links"), ensure_ascii=False, indent=1)
        buffer.write(text.encode())
    elif form == ".csv":
        buffer.write(b"\xef\xbb\xbf" + package.csv_bytes(_edges(graph)))
    else:
        raise ArgumentError(
            f"{path.name} names no form that a graph can have: end it in .graphml, .gexf, .json "
            "or .csv."
        )
    return package.write_file(path, buffer.getvalue())


def _edges(graph: Graph) -> pd.DataFrame:
    """Return one row an edge, with what its ends are."""
    rows = []
    for above, below, edge in graph.edges(data=True):
        ends = {"from": above, "to": below, "relation": edge.get("relation", "")}
        for side, node in (("from", above), ("to", below)):
            layer, _, label = _about(graph, node)
            ends |= {f"{side}_layer": layer, f"{side}_label": label}
        rows.append(ends | {"from_source": edge.get("from_source", "")})
    return pd.DataFrame(rows)


# --- nodes by name --------------------------------------------------------------------------------


def _about(graph: Graph, node: Any) -> tuple[str, str, str]:  # noqa: ANN401 - or of one's own
    """Return layer, key and label of a node, which may be one of somebody's own."""
    data = graph.nodes[node]
    try:
        return data["layer"], data["key"], data["label"]
    except KeyError:
        layer, _, key = str(node).partition(":")
        return data.get("layer", layer), data.get("key", key), data.get("label", str(node))


def resolve(graph: Graph, node: str) -> str:
    """Return the id of `node`, which may be an id, a key or a name.

    Where a use case has the same key or name as something else, it is meant: a service may be
    called *Procurement*, although a workflow is.
    """
    wanted = "A node is named by text in quotation marks, for example '2.3' or 'goal:2'"
    errors.expected(node, str, wanted)
    if node in graph:
        return node
    named = {n: (n.lower(), *(part.lower() for part in _about(graph, n)[1:])) for n in graph}
    bare = node.strip().lower()
    found: list[str] = [n for n, names in named.items() if bare in names[:2]]
    found = found or [n for n, names in named.items() if bare == names[2]]
    cases = [n for n in found if n.startswith("use_case:")]
    found = cases if len(cases) == 1 else found
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownNodeError(
            f"{quote(node)} may mean {' or '.join(sorted(found))}: use one of these."
        )
    by_name: dict[str, list[str]] = {}  # lower case: labels differ in nothing but their case
    for n, names in named.items():
        for name in set(names):
            by_name.setdefault(name, []).append(n)
    near = dict.fromkeys(n for name in errors.nearest(node.strip(), by_name) for n in by_name[name])
    hint = f"Did you mean {' or '.join([*near][:_NEAR])}?" if near else ""
    hint = hint or f"A node is written layer:key; layers are {', '.join(LAYERS)}."
    raise UnknownNodeError(f"There is no node {quote(node)} in the graph. {hint}")


# --- paths ----------------------------------------------------------------------------------------


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
                last[other] = node, edge.get("relation", "")
                queue.append(other)
            elif last.get(other, ("", ""))[1] == _WEAK and distance[other] == further:
                last[other] = node, edge.get("relation", "")  # of two equally short ways the better
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
    types = {name: "int64" if name in numbers else "str" for name in columns}
    frame = pd.DataFrame(rows, columns=columns)
    return frame if rows else frame.astype(types)


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
        Layers to keep in the answer; without it, all, and those that you have added to the graph.
        The way may lead through other layers.

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
    graph = as_graph(subject)
    start = resolve(graph, node)
    errors.one_of(direction, ("down", "up", "both"), "direction")
    errors.expected(layers, (Iterable, type(None)), "Name layers, for example ['step']")
    kept = None if layers is None else {layers} if isinstance(layers, str) else set(layers)
    order = {layer: place for place, layer in enumerate(LAYERS)}
    if kept is not None and kept - order.keys():  # perhaps a layer of somebody's own
        there = [*order, *(_about(graph, n)[0] for n in graph)]
        if wrong := sorted(map(str, kept - set(there))):
            layers_there = list(dict.fromkeys(there))
            raise ArgumentError(
                f"There is no layer {quote(wrong[0])}. "
                f"{errors.did_you_mean(wrong[0], layers_there)} Layers: {', '.join(layers_there)}."
            )
    rows = []
    for way in ("down", "up") if direction == "both" else (direction,):
        reached = []
        for n, distance, via, relation in _reach(graph, start, up=way == "up"):
            layer, _, label = _about(graph, n)
            order.setdefault(layer, len(order))
            if kept is None or layer in kept:
                reached.append((way, distance, layer, n, label, relation, via))
        reached.sort(key=lambda row: (row[1], order[row[2]], row[4], row[3]))
        rows += reached
    columns = ["direction", "distance", "layer", "node", "label", "relation", "via"]
    return _typed(rows, columns, numbers=("distance",))


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
        If `limit` is no number from 1 on.

    Examples
    --------
    >>> import govstack_kit
    >>> ways = govstack_kit.paths(govstack_kit.load(), "goal:2", "AGR-2.7")
    >>> ways["node"].tolist()
    ['goal:2', 'use_case:AGR-2', 'step:AGR-2.7']
    """
    if not isinstance(limit, int) or limit < 1:
        raise ArgumentError(
            f"limit is the number of ways to look for, at least 1, not {quote(limit)}."
        )
    graph = as_graph(subject)
    first, last = resolve(graph, start), resolve(graph, end)
    if not nx.has_path(graph, first, last):
        first, last = last, first
    between = ({first} | nx.descendants(graph, first)) & ({last} | nx.ancestors(graph, last))
    rows = []
    ways = islice(_ways(graph, first, last, between), limit)
    for number, way in enumerate(ways, start=1):
        for position, node in enumerate(way):
            layer, _, label = _about(graph, node)
            edge = graph.edges[way[position - 1], node] if position else {}
            rows.append((number, position, layer, node, label, edge.get("relation", "")))
    columns = ["path", "position", "layer", "node", "label", "relation"]
    return _typed(rows, columns, numbers=("path", "position"))
