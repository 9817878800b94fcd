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

from functools import partial
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple

from govstack_kit.views import style
from govstack_kit.views.canvas import Canvas, Sample, text_height, wrap
from govstack_kit.views.style import LEADING, MARGIN, SMALL, USED

if TYPE_CHECKING:
    from collections.abc import Sequence

    import networkx as nx

    Graph = nx.DiGraph[Any]
    Edge = tuple[str, str]
    Point = tuple[float, float]

WHOLE = "whole:use case"
LANE = "lane:"
PASS = 9.0  # height of a lane
# The columns from left to right: what stands over each, its width, and the room after it.
COLUMNS = {
    "goal": ("SDG goals and targets", 150.0, 46.0),
    "use_case": ("use case", 130.0, 60.0),
    "step": ("steps", 165.0, 140.0),
    "workflow": ("workflows", 170.0, 96.0),
    "building_block": ("building blocks", 150.0, 0.0),
}
WIDTH = 2 * MARGIN + sum(width + gap for _, width, gap in COLUMNS.values())
CATALOGUE = "the catalogue of workflows says that the workflow can run on the block"


class Drawing(NamedTuple):
    """The columns from left to right, the links, and those links that are only possible."""

    columns: list[list[str]]
    edges: list[Edge]
    possible: set[Edge]


def drawing_of(graph: Graph, case: str) -> Drawing:
    """Return what is drawn of a use case, given by its id in the graph."""

    def of(nodes: Sequence[str], *layers: str) -> list[str]:
        return [node for node in nodes if graph.nodes[node].get("layer") in layers]

    def below(node: str) -> list[str]:
        return list(graph.successors(node))

    served = of(list(graph.predecessors(case)), "goal", "target")
    steps = sorted(of(below(case), "step"), key=lambda s: (graph.nodes[s]["order"], s))
    edges = [(above, case) for above in served] + [(case, step) for step in steps]
    links = [(step, used) for step in steps for used in of(below(step), *USED)]
    by_step = {used for _, used in links}
    whole = [(WHOLE, used) for used in of(below(case), *USED) if used not in by_step]
    if whole:
        edges.append((case, WHOLE))
        steps.append(WHOLE)
    edges += links + whole
    drawn = list(dict.fromkeys(used for _, used in links + whole))
    workflows, blocks = set(of(drawn, "workflow")), set(of(drawn, "building_block"))
    possible: set[Edge] = set()
    if graph.nodes[case].get("catalogue") == "dif":
        possible = {(w, b) for w in workflows for b in blocks if graph.has_edge(w, b)}

    places = {step: (number + 0.5) / len(steps) for number, step in enumerate(steps)}
    linked = {node: [places[a] for a, b in edges if b == node and a in places] for node in drawn}
    middle = sorted(drawn, key=lambda node: fmean(linked[node]))
    lanes = [node if node in workflows else LANE + node for node in middle]
    right = [node for node in middle if node in blocks]
    return Drawing([served, [case], steps, lanes, right], [*edges, *sorted(possible)], possible)


def box_colours(graph: Graph, node: str) -> tuple[str, str]:
    """Return the colours of the face and the edge of a box."""
    layer = layer_of(graph, node)
    if layer in ("goal", "target"):
        goal = next((n for n in (node, *graph.predecessors(node)) if n.startswith("goal:")), node)
        face = style.colour(graph.nodes[goal].get("colour"))
        return face, face
    shares = {"use_case": 1.0, "step": 0.0}
    return style.colour(layer, shares.get(layer, 0.13)), style.colour(layer)


def layer_of(graph: Graph, node: str) -> str:
    """Return the layer of a node; what is named for the whole use case stands among steps."""
    return "step" if node == WHOLE else str(graph.nodes[node]["layer"])


def label_of(graph: Graph, node: str) -> str:
    """Return what stands in a box."""
    if node == WHOLE:
        return "Named for the whole use case"
    data = graph.nodes[node]
    if data["layer"] in ("goal", "target"):
        return f"{data['layer'].title()} {data['key']}: {data['label']}"
    return f"{data['order']}  {data['label']}" if data["layer"] == "step" else str(data["label"])


class Box(NamedTuple):
    """A box of a node, or a lane: its left upper corner, its size and the lines in it."""

    x: float
    y: float
    width: float
    height: float
    lines: list[str]

    @property
    def ends(self) -> tuple[Point, Point]:
        """Return the middles of its left and of its right side."""
        middle = self.y + self.height / 2
        return (self.x, middle), (self.x + self.width, middle)


def draw_layers(canvas: Canvas, graph: Graph, case: str) -> None:
    """Draw a use case, given by its id in the graph, in columns of boxes with links between."""
    drawing = drawing_of(graph, case)
    boxes = _place(canvas, graph, drawing)
    for edge in drawing.edges:
        (above, below), possible = edge, edge in drawing.possible
        layer = layer_of(graph, below)
        points = [boxes[above].ends[1], boxes[below].ends[0]]
        if (lane := boxes.get(LANE + below)) and not possible:
            points[1:1] = lane.ends
        pale = style.colour(layer if layer in USED else "step", 0.35 if possible else 0.6)
        look: Any = {"line": 1.1, "dashed": possible, "z": 1 if possible else 2}
        canvas.path(points, pale, curved=True, gid=f"edge:{above} {below}", **look)
    for node, box in boxes.items():
        if not node.startswith(LANE):
            _draw_box(canvas, graph, node, box)
    if drawing.possible:
        canvas.y += 6
        line = partial(canvas.path, colour="blue", dashed=True)
        canvas.legend([Sample(CATALOGUE, 34, lambda x, y: line([(x, y), (x + 34, y)]))])
    for step in drawing.columns[2]:
        names = [label_of(graph, below) for above, below in drawing.edges if above == step]
        canvas.say(f"{label_of(graph, step)}: {', '.join(names) or 'nothing'}.")


def _place(canvas: Canvas, graph: Graph, drawing: Drawing) -> dict[str, Box]:
    """Write the heads of the columns, and return the box of each node and lane, centred."""
    x, rule = MARGIN, canvas.y + SMALL * LEADING + 3
    columns: list[dict[str, Box]] = []
    for (layer, of), nodes in zip(COLUMNS.items(), drawing.columns, strict=True):
        head, width, between = of
        canvas.write(x, canvas.y, head.upper(), colour=layer, bold=True)
        canvas.path([(x, rule), (x + width, rule)], layer, line=1.4)
        if all(node.startswith(LANE) for node in nodes):
            canvas.write(x, rule + 8, style.NONE, colour="muted")
        columns.append({})
        for node in nodes:
            lane = node.startswith(LANE)
            lines = [] if lane else wrap(label_of(graph, node), width - 18, SMALL, bold=True)
            height = PASS if lane else text_height(lines, SMALL) + 12
            columns[-1][node] = Box(x, 0.0, width, height, lines)
        x += width + between
    top, placed = rule + 16, {}
    tall = max(sum(box.height + 9 for box in boxes.values()) for boxes in columns)
    for boxes in columns:
        free = tall - sum(box.height for box in boxes.values())
        gap = min(free / (len(boxes) + 1), 34)
        y = top + (free - gap * (len(boxes) - 1)) / 2
        for node, box in boxes.items():
            placed[node] = box._replace(y=y)
            y += box.height + gap
    canvas.y = top + tall
    return placed


def _draw_box(canvas: Canvas, graph: Graph, node: str, box: Box) -> None:
    (face, edge), layer = box_colours(graph, node), layer_of(graph, node)
    look: Any = {"face": face, "edge": edge, "line": 1.2, "dashed": node == WHOLE, "z": 3}
    radius = 9 if style.LAYERS[layer].round else 2.5
    canvas.box(*box[:4], radius=radius, gid=f"node:{node}", **look)
    (x, y), ink = box.ends[0], style.text_on(face)
    canvas.write(x + 9, y, box.lines, colour=ink, va="center", bold=layer == "use_case")
