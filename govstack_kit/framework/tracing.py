"""Questions about the framework that are paths: what a node needs, and how one leads to another.

Nodes, edges and directions are those of :mod:`govstack_kit.framework.graph`.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary

import networkx as nx
import pandas as pd

from govstack_kit.errors import ArgumentError, UnknownNodeError, did_you_mean, nearest, quote
from govstack_kit.framework.graph import LAYERS, check, to_graph
from govstack_kit.framework.tables import Framework

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Graph = nx.DiGraph[Any]

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
