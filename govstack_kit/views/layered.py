"""The layered drawing of one use case: goals, use case, steps, workflows, building blocks.

Definitions
-----------
Only published links are drawn: goals and targets to the use case, its steps, and the workflows and
blocks that these are published to use. What is published for the use case as a whole, and for no
step, hangs on a box of its own. For use cases of the 2019 framework, the links of its catalogue
from workflows to blocks are there too, dashed, where both ends are in the drawing. Links from steps
to a block pass the column of workflows together, in a *lane* between the boxes. Workflows, lanes
and blocks are ordered by the mean place of what they are linked to (barycentre), which keeps
crossings few; steps stay in their order.
"""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple

import networkx as nx

from govstack_kit.errors import ArgumentError, UnknownNodeError
from govstack_kit.framework.graph import resolve
from govstack_kit.views import style
from govstack_kit.views._layout import Canvas, text_height, wrap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    Graph = nx.DiGraph[Any]
    Edge = tuple[str, str]

WHOLE = "whole:use case"
HEADS = {
    "goal": "SDG goals and targets",
    "use_case": "use case",
    "step": "steps",
    "workflow": "workflows",
    "building_block": "building blocks",
}
WIDTHS = (150.0, 130.0, 165.0, 170.0, 150.0)
BETWEEN = (46.0, 60.0, 140.0, 96.0, 0.0)  # after each column
LANE = "lane:"
PASS = 9.0  # height of a lane
USED = ("workflow", "building_block")


class Drawing(NamedTuple):
    """The columns from left to right, the links, and those links that are only possible."""

    columns: list[list[str]]
    edges: list[Edge]
    possible: set[Edge]

    def on_the_way(self, node: str) -> set[Edge]:
        """Return the links on all ways through a node."""
        found: set[Edge] = set()
        for near, far in ((1, 0), (0, 1)):
            reached = [node]
            for place in reached:  # grows while it is read
                for edge in self.edges:
                    if edge[near] == place and edge not in found:
                        found.add(edge)
                        reached.append(edge[far])
        return found


def _of(graph: Graph, nodes: Sequence[str], *layers: str) -> list[str]:
    return [node for node in nodes if graph.nodes[node].get("layer") in layers]


def _mean_place(node: str, edges: Sequence[Edge], places: Mapping[str, float]) -> float:
    linked = [places[above] for above, below in edges if below == node and above in places]
    return fmean(linked) if linked else 1.0


def collect(graph: Graph, case: str) -> Drawing:
    """Return what is drawn of a use case."""
    below = list(graph.successors(case))
    served = _of(graph, list(graph.predecessors(case)), "goal", "target")
    steps = sorted(
        _of(graph, below, "step"), key=lambda step: (graph.nodes[step]["row"]["order"], step)
    )
    edges = [(above, case) for above in served] + [(case, step) for step in steps]
    links = [(s, used) for s in steps for used in _of(graph, list(graph.successors(s)), *USED)]
    by_step = {used for _, used in links}
    whole = [(WHOLE, used) for used in _of(graph, below, *USED) if used not in by_step]
    if whole:
        edges.append((case, WHOLE))
        steps.append(WHOLE)
    edges += links + whole
    drawn = list(dict.fromkeys(used for _, used in links + whole))
    workflows, blocks = _of(graph, drawn, "workflow"), _of(graph, drawn, "building_block")
    possible: set[Edge] = set()
    if graph.nodes[case]["row"].get("catalogue") == "dif":
        possible = {(w, b) for w in workflows for b in blocks if graph.has_edge(w, b)}

    places = {step: (number + 0.5) / len(steps) for number, step in enumerate(steps)}
    middle = sorted(drawn, key=lambda node: _mean_place(node, edges, places))
    workflows = [node for node in middle if node in set(workflows)]
    blocks = [node for node in middle if node in set(blocks)]
    return Drawing(
        [served, [case], steps, [n if n in set(workflows) else LANE + n for n in middle], blocks],
        [*edges, *sorted(possible)],
        possible,
    )


class _Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    lines: list[str]

    @property
    def left(self) -> tuple[float, float]:
        return self.x, self.y + self.height / 2

    @property
    def right(self) -> tuple[float, float]:
        return self.x + self.width, self.y + self.height / 2


def _label(graph: Graph, node: str) -> str:
    if node == WHOLE:
        return "Named for the whole use case"
    data = graph.nodes[node]
    prefix = {"goal": f"Goal {data['key']}: ", "target": f"Target {data['key']}: "}
    if data["layer"] == "step":
        return f"{data['row']['order']}  {data['label']}"
    return prefix.get(data["layer"], "") + str(data["label"])


def _place(graph: Graph, drawing: Drawing, top: float) -> tuple[dict[str, _Box], float]:
    """Return the box of each node and lane, each column centred, and where they end."""
    columns: list[list[_Box]] = []
    x = style.MARGIN
    for nodes, width, between in zip(drawing.columns, WIDTHS, BETWEEN, strict=True):
        columns.append([])
        for node in nodes:
            lane = node.startswith(LANE)
            lines = [] if lane else wrap(_label(graph, node), width - 18, style.SMALL, bold=True)
            height = PASS if lane else text_height(lines, style.SMALL) + 12
            columns[-1].append(_Box(x, top, width, height, lines))
        x += width + between
    tall = max(sum(box.height + 9 for box in boxes) for boxes in columns)
    placed = {}
    for nodes, boxes in zip(drawing.columns, columns, strict=True):
        taken = sum(box.height for box in boxes)
        gap = min((tall - taken) / (len(boxes) + 1), 34)
        y = top + (tall - taken - gap * (len(boxes) - 1)) / 2
        for node, box in zip(nodes, boxes, strict=True):
            placed[node] = box._replace(y=y)
            y += box.height + gap
    return placed, top + tall


class _Painter(NamedTuple):
    """What is drawn, where, and what is strong; without a choice, everything is."""

    canvas: Canvas
    graph: Graph
    drawing: Drawing
    boxes: Mapping[str, _Box]
    chosen: str | None

    def draw(self) -> None:
        strong = set(self.drawing.edges)
        if self.chosen:
            strong = self.drawing.on_the_way(self.chosen)
        lit = {node for edge in strong for node in edge} | {self.chosen}
        for edge in sorted(self.drawing.edges, key=lambda edge: edge in strong):
            self.draw_edge(edge, strong=edge in strong)
        for node in self.boxes:
            if not node.startswith(LANE):
                self.draw_box(node, strong=not self.chosen or node in lit)

    def draw_edge(self, edge: Edge, *, strong: bool) -> None:
        above, below = edge
        layer = "step" if below == WHOLE else self.graph.nodes[below]["layer"]
        colour = style.LAYERS[layer if layer in USED else "step"].colour
        possible = edge in self.drawing.possible
        share = 0.16 if not strong else 1.0 if self.chosen else 0.35 if possible else 0.6
        points = [self.boxes[above].right, self.boxes[below].left]
        lane = self.boxes.get(LANE + below)
        if lane and not possible:
            points[1:1] = [lane.left, lane.right]
        self.canvas.path(
            points,
            colour=style.tint(colour, share),
            line=2.0 if strong and self.chosen else 1.1,
            dashed=possible,
            curved=True,
            z=1 if not strong or possible else 2,
            gid=f"edge:{above} {below}",
        )

    def draw_box(self, node: str, *, strong: bool) -> None:
        layer = "step" if node == WHOLE else self.graph.nodes[node]["layer"]
        look, box = style.LAYERS[layer], self.boxes[node]
        face, edge = style.PAPER, look.colour
        if layer in ("goal", "target"):
            face = edge = style.goal_colour(_goal(self.graph, node)["row"].get("colour"))
        elif layer == "use_case":
            face = look.colour
        elif layer in USED:
            face = style.tint(look.colour, 0.13)
        ink = style.text_on(face)
        if not strong:
            face, edge, ink = style.PAPER, style.RULE, style.FADED
        self.canvas.box(
            *box[:4],
            face=face,
            edge=edge,
            radius=9 if look.round else 2.5,
            line=1.2,
            dashed=node == WHOLE,
            z=3,
            gid=f"node:{node}",
        )
        x, y = box.left
        bold = layer == "use_case"
        self.canvas.write(x + 9, y, box.lines, style.SMALL, colour=ink, va="center", bold=bold)


def _goal(graph: Graph, node: str) -> dict[str, Any]:
    """Return the data of a goal, or of the goal of a target."""
    goals = [node, *graph.predecessors(node)]
    found: dict[str, Any] = graph.nodes[next(n for n in goals if n.startswith("goal:"))]
    return found


def _draw_heads(canvas: Canvas, y: float, drawing: Drawing) -> float:
    """Name the columns, and say which are empty; return where that ends."""
    x = style.MARGIN
    rule = y + style.SMALL * style.LEADING + 3
    for layer, width, gap, column in zip(HEADS, WIDTHS, BETWEEN, drawing.columns, strict=True):
        colour = style.LAYERS[layer].colour
        canvas.write(x, y, HEADS[layer].upper(), style.SMALL, colour=colour, bold=True)
        canvas.path([(x, rule), (x + width, rule)], colour=colour, line=1.4)
        if all(node.startswith(LANE) for node in column):
            canvas.write(x, rule + 8, style.NONE, style.SMALL, colour=style.MUTED)
        x += width + gap
    return rule + 16


def plot_layered_graph(  # noqa: PLR0913 - the options that all figures have, and one
    graph: Graph,
    node: str,
    *,
    highlight: str | None = None,
    ax: Axes | None = None,
    title: str | None = None,
    source: str = style.SOURCE,
) -> tuple[Figure, Axes]:
    """Draw one use case of the graph: from goals over steps to workflows and building blocks.

    Parameters
    ----------
    graph
        What :func:`govstack_kit.to_graph` returns.
    node
        A use case: its id in the graph, its key or its name.
    highlight
        A node of the drawing; the ways through it are drawn strong, all else faded.
    ax
        Axes to draw on; without it, a figure of its own.
    title
        Title; without it, the name of the use case.
    source
        Where the content comes from, written below the figure; empty for nothing.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    UnknownNodeError
        If `node` is not in the graph, or `highlight` not in the drawing.
    ArgumentError
        If `graph` is no graph, or `node` no use case.

    Examples
    --------
    >>> import govstack_kit
    >>> from matplotlib import pyplot
    >>> graph = govstack_kit.to_graph(govstack_kit.load())
    >>> figure, axes = govstack_kit.plot_layered_graph(graph, "AGR-2", highlight="Payments")
    >>> axes.texts[0].get_text()
    'Rural Advisory Service for Farmers'
    >>> pyplot.close(figure)
    """
    if not isinstance(graph, nx.DiGraph):
        raise ArgumentError(
            f"This figure is drawn from the graph, not from the {type(graph).__name__} "
            f"{str(graph)[:60]!r}. Pass what govstack_kit.to_graph(framework) returns."
        )
    case = resolve(graph, node)
    if (layer := graph.nodes[case]["layer"]) != "use_case":
        raise ArgumentError(f"{node!r} is a {layer}; this figure is drawn of one use case.")
    drawing = collect(graph, case)
    chosen = None
    if highlight is not None:
        drawn = {name for edge in drawing.edges for name in edge} | {case}
        try:
            chosen = resolve(graph.subgraph(drawn), highlight)
        except UnknownNodeError as error:
            raise UnknownNodeError(f"highlight is a node of the drawing. {error}") from None
    canvas = Canvas(2 * style.MARGIN + sum(WIDTHS) + sum(BETWEEN), ax)
    about = f"Links of {graph.nodes[case]['key']}, from goals to building blocks"
    if chosen:
        about += f"; strong: all ways through {graph.nodes[chosen]['label']}"
    y = canvas.heading(title or graph.nodes[case]["label"], about)
    y = _draw_heads(canvas, y, drawing)
    boxes, y = _place(graph, drawing, y)
    _Painter(canvas, graph, drawing, boxes, chosen).draw()
    if drawing.possible:
        y += 12
        colour = style.LAYERS["building_block"].colour
        canvas.path([(style.MARGIN, y), (style.MARGIN + 34, y)], colour=colour, dashed=True)
        text = "the catalogue of workflows says that the workflow can run on the block"
        canvas.write(style.MARGIN + 42, y, text, style.SMALL, va="center")
    return canvas.finish(y, source)
