"""The layered picture of one use case, to be explored with mouse or keyboard.

Definitions
-----------
The picture shows what :func:`govstack_kit.plot_graph` draws, in the same columns and the same
order. A *box* is a node of the graph; *what it needs* are the boxes to its right on the ways
through it, *what needs it* those to its left. A box is *possible* where only the catalogue of
workflows leads to it: the workflow can run on the block, but no use is published. Sizes and places
are worked out in the browser, which knows its fonts and its width; what is shown of a box comes
from here as plain data, and every text of it is shown as text.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govstack_kit.errors import ArgumentError, UnknownNodeError, quote

if TYPE_CHECKING:
    import anywidget
    import networkx as nx

    from govstack_kit.framework.framework import Framework

    Graph = nx.DiGraph[Any]
    Row = dict[str, Any]

_HERE = Path(__file__).parent
_PARTS = ("explorer_layout.js", "explorer_details.js", "explorer_moves.js", "explorer.js")
_USED = ("workflow", "building_block")
_WORKFLOWS = {
    True: "A generic workflow: work that is done alike in many services.",
    False: "A workflow that a use case adds; it is not one of the generic ones.",
}
_CATALOGUES = {
    "govstack": "A building block of GovStack: software that many services can share.",
    "dif": "A building block of the SDG Digital Investment Framework, which many services can "
    "share.",
    "own": "A component of this sector, named by the team. It is not a generic building block.",
}
_WHOLE = (
    "Not a step: workflows and building blocks that are named for the use case as a whole, and for "
    "none of its steps."
)


def _web(address: object) -> str:
    """Return an address if it is one of the web; nothing that a click might run."""
    text = str(address or "").strip()
    return text if text.lower().startswith(("https://", "http://")) else ""


# --- what is said of a box ------------------------------------------------------------------------


def _label(graph: Graph, layer: str, key: object) -> str:
    node = f"{layer}:{key}"
    return str(graph.nodes[node]["label"]) if node in graph else str(key)


def _about(graph: Graph, row: Row, steps: int) -> str:
    """Return one or two sentences about what a box is."""
    layer = row["layer"]
    if layer == "building_block":
        told = [_CATALOGUES.get(str(row.get("catalogue")), "A building block.")]
        if row.get("category") == "foundational":
            told.append("Foundational: other building blocks depend on it.")
        if row.get("status") == "draft":
            told.append("Its specification is still a draft.")
        return " ".join(told)
    if layer == "workflow":
        return _WORKFLOWS[bool(row.get("generic"))]
    if layer == "step":
        return f"Step {row['order']} of {steps} of the use case."
    if layer == "use_case":
        sector = _label(graph, "sector", row.get("sector"))
        return f"A use case: a service for people, told in steps. Sector: {sector}."
    if layer == "target":
        return f"A target of SDG {row['goal']}, {_label(graph, 'goal', row['goal'])}."
    return "One of the 17 Sustainable Development Goals."


def _shared(graph: Graph, node: str, case: str) -> str:
    """Return how many other use cases use a workflow or block."""
    users = {
        graph.nodes[above]["use_case"]
        for above, _, edge in graph.in_edges(node, data=True)
        if edge["relation"] == "uses"
    }
    others = len(users - {graph.nodes[case]["key"]})
    if not others:
        return "No other use case of these tables uses it."
    return f"{others} other use case{'s use' if others > 1 else ' uses'} it too."


def _source(framework: Framework, name: object) -> tuple[str, str]:
    """Return how a source is named, and its address on the web."""
    table = framework.sources
    found = table[table["source"] == str(name)].to_dict("records")
    if not found:
        return str(name or ""), ""
    parts = [found[0][column] for column in ("title", "publisher", "version", "date")]
    return ", ".join(part for part in parts if isinstance(part, str)), _web(found[0].get("url"))


def _box(framework: Framework, graph: Graph, node: str, case: str) -> Row:
    """Return what is shown of a box."""
    row = graph.nodes[node]
    layer = row["layer"]
    number = str(row["order"]) if layer == "step" else ""
    if layer in ("goal", "target"):
        number = f"{layer.title()} {row['key']}"
    summary = str(row.get("summary") or "")
    source, link = _source(framework, row.get("source"))
    steps = sum(below.startswith("step:") for below in graph.successors(case))
    return {
        "layer": layer,
        "key": row["key"],
        "number": number,
        "label": str(row["label"]).strip() or "(without a name)",
        "about": _about(graph, row, steps),
        "summary": "" if summary == row["label"] else summary,
        "shared": _shared(graph, node, case) if layer in _USED else "",
        "specification": _web(row.get("url")),
        "source": source,
        "link": link,
        **_colours(graph, node),
    }


def _colours(graph: Graph, node: str) -> Row:
    """Return the colours of a box, as the static figure has them."""
    from govstack_kit.views import layered_chart, style  # noqa: PLC0415 - loads matplotlib

    face, edge = layered_chart.box_colours(graph, node)
    look = style.LAYERS[layered_chart.layer_of(graph, node)]
    return {"face": face, "edge": edge, "ink": style.text_on(face), "round": look.round}


def picture_of(framework: Framework, use_case: str) -> Row:
    """Return the picture of a use case as plain data, ready for JSON.

    Parameters
    ----------
    framework
        The framework, or that of a plan.
    use_case
        A use case: its key, its name, or its id in the graph.

    Returns
    -------
    dict
        ``case`` (id of its node); ``title``; ``columns`` (``name``, ``layer``, ``one``, ``colour``,
        ``boxes``: ids from top to bottom, and *lanes*, through which links pass a column);
        ``boxes`` (what is shown of each, by id); ``links`` (``above``, ``below``, ``relation``,
        ``colour``, ``possible``).

    Raises
    ------
    UnknownNodeError
        If there is no such use case.
    ArgumentError
        If `framework` is something else, or `use_case` is of another layer.

    Examples
    --------
    >>> import govstack_kit
    >>> picture = picture_of(govstack_kit.load(), "AGR-2")
    >>> picture["title"], len(picture["links"])
    ('Rural Advisory Service for Farmers', 69)
    """
    from govstack_kit.framework.framework import check  # noqa: PLC0415 - loads pandas
    from govstack_kit.framework.graph import as_graph, resolve  # noqa: PLC0415 - loads networkx
    from govstack_kit.views import layered_chart, style  # noqa: PLC0415 - loads matplotlib

    check(framework)
    graph = as_graph(framework)
    case = resolve(graph, use_case)
    if (layer := graph.nodes[case]["layer"]) != "use_case":
        raise ArgumentError(f"{quote(use_case)} is a {layer}; this picture is of one use case.")
    drawing = layered_chart.drawing_of(graph, case)
    boxes: dict[str, Row] = {}
    for node in (node for column in drawing.columns for node in column):
        if node == layered_chart.WHOLE:
            boxes[node] = _box(framework, graph, case, case) | _colours(graph, node)
            boxes[node] |= {"layer": "step", "key": "", "label": "Named for the whole use case"}
            boxes[node] |= {"about": _WHOLE, "summary": "", "dashed": True}
        elif not node.startswith(layered_chart.LANE):
            boxes[node] = _box(framework, graph, node, case)
    _tell_apart(boxes)
    columns = [
        {
            "name": head[0].upper() + head[1:],
            "layer": layer,
            "one": style.LAYERS[layer].one,
            "colour": style.colour(layer),
            "boxes": nodes,
        }
        for (layer, (head, *_)), nodes in zip(
            layered_chart.COLUMNS.items(), drawing.columns, strict=True
        )
    ]
    links = [
        _link(above, below, boxes[below]["layer"], possible=(above, below) in drawing.possible)
        for above, below in drawing.edges
    ]
    title = boxes[case]["label"]
    return {"case": case, "title": title, "columns": columns, "boxes": boxes, "links": links}


def _link(above: str, below: str, layer: str, *, possible: bool) -> Row:
    from govstack_kit.views import style  # noqa: PLC0415 - loads matplotlib

    relation = {"use_case": "is served by", "step": "has step"}.get(layer, "uses")
    colour = style.colour(layer if layer in _USED else "step")
    found = {"above": above, "below": below, "relation": "can run on" if possible else relation}
    return found | {"colour": colour, "possible": possible}


def _tell_apart(boxes: dict[str, Row]) -> None:
    """Add the catalogue to blocks of the same name."""
    blocks = [box for box in boxes.values() if box["layer"] == "building_block"]
    names = Counter(box["label"].casefold() for box in blocks)
    for box in blocks:
        if names[box["label"].casefold()] > 1:
            box["label"] += f" ({box['key'].split(':')[0]})"


# --- the widget -----------------------------------------------------------------------------------


@cache
def _explorer() -> type[anywidget.AnyWidget]:
    import anywidget  # noqa: PLC0415 - heavy, and only needed where a widget is shown
    import traitlets  # noqa: PLC0415 - comes with it

    class Explorer(anywidget.AnyWidget):  # type: ignore[misc]
        """The layered picture of a use case; `selected` is the box that is chosen, or None."""

        _esm = "\n".join((_HERE / name).read_text(encoding="utf-8") for name in _PARTS)
        _css = (_HERE / "explorer.css").read_text(encoding="utf-8")
        picture = traitlets.Dict(read_only=True).tag(sync=True)
        selected = traitlets.Unicode(None, allow_none=True).tag(sync=True)

        def __init__(self, framework: Framework, use_case: str) -> None:
            super().__init__()
            self.draw(framework, use_case)

        def draw(self, framework: Framework, use_case: str) -> None:
            """Show another use case, or the same one after it changed; keep what is selected."""
            picture = picture_of(framework, use_case)
            with self.hold_sync():
                if self.selected not in picture["boxes"]:
                    self.selected = None
                self.set_trait("picture", picture)

        @traitlets.validate("selected")
        def _known(self, proposal: dict[str, Any]) -> str | None:
            wanted: str | None = proposal["value"]
            boxes: dict[str, Row] = self.picture.get("boxes", {})
            if wanted is None or wanted in boxes:
                return wanted
            plain = wanted.strip().casefold()
            found = [
                node
                for node, box in boxes.items()
                if plain in (box["key"].casefold(), box["label"].casefold())
            ]
            if len(found) == 1:
                return found[0]
            raise UnknownNodeError(
                f"The picture has {'several boxes' if found else 'no box'} {quote(wanted)}. "
                f"Select one of {', '.join(found or boxes)}, or None."
            )

        def __repr__(self) -> str:
            boxes, links = len(self.picture["boxes"]), len(self.picture["links"])
            return f"<Explorer of {quote(self.picture['title'])}: {boxes} boxes, {links} links>"

    return Explorer


def explore(framework: Framework, use_case: str) -> anywidget.AnyWidget:
    """Return an interactive picture of one use case, from goals to building blocks.

    Click a box, or reach it with Tab and the arrow keys and press Enter: its details appear and the
    ways through it are drawn strong. Escape clears the choice. The picture can be enlarged, moved,
    and shown as a table.

    Parameters
    ----------
    framework
        The framework, or that of a plan: ``plan.framework(framework)``.
    use_case
        A use case: its key, its name, or its id in the graph.

    Returns
    -------
    anywidget.AnyWidget
        The picture. Its ``selected`` is the id of the box that is chosen, or None; it may be set,
        also by key or name. ``draw(framework, use_case)`` shows another one, or the same after it
        changed.

    Raises
    ------
    UnknownNodeError
        If there is no such use case.
    ArgumentError
        If `framework` is something else, or `use_case` is of another layer.

    See Also
    --------
    plot_graph : the same as a figure.

    Examples
    --------
    >>> import govstack_kit
    >>> picture = govstack_kit.explore(govstack_kit.load(), "AGR-2")
    >>> picture
    <Explorer of 'Rural Advisory Service for Farmers': 31 boxes, 69 links>
    >>> picture.selected = "Payments"
    >>> picture.selected
    'building_block:govstack:payments'
    """
    return _explorer()(framework, use_case)
