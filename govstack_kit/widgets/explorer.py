"""The layered picture of one use case, to be explored with mouse or keyboard.

Definitions
-----------
The picture shows what :func:`govstack_kit.plot_layered_graph` draws, in the same columns and the
same order. A *box* is a node of the graph; *what it needs* are the boxes to its right on the ways
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


def _as_graph(subject: Framework | Graph) -> Graph:
    from govstack_kit.framework.graph import check, to_graph  # noqa: PLC0415 - loads networkx
    from govstack_kit.framework.framework import Framework  # noqa: PLC0415 - loads pandas

    if isinstance(subject, Framework):
        return to_graph(subject)
    if hasattr(subject, "framework"):
        raise ArgumentError("A plan is shown together with the framework: pass plan.framework().")
    check(subject)
    return subject


def _web(address: object) -> str:
    """Return an address if it is one of the web; nothing that a click might run."""
    text = str(address or "").strip()
    return text if text.lower().startswith(("https://", "http://")) else ""


class _Describer:
    """Says in words what the boxes of one picture are."""

    def __init__(self, graph: Graph, steps: int) -> None:
        self.graph, self.steps = graph, steps
        table = graph.graph["tables"].get("sources")
        rows = [] if table is None else table.astype(object).where(table.notna(), None)
        self.sources = {} if table is None else {row["source"]: row for row in _records(rows)}

    def _label(self, layer: str, key: object) -> str:
        node = f"{layer}:{key}"
        return str(self.graph.nodes[node]["label"]) if node in self.graph else str(key)

    def number(self, layer: str, row: Row) -> str:
        """Return what stands before the name of a box."""
        if layer in ("goal", "target"):
            return f"{layer.title()} {row[layer]}"
        return str(row["order"]) if layer == "step" else ""

    def about(self, layer: str, row: Row) -> str:
        """Return one or two sentences about what a box is."""
        if layer == "goal":
            return "One of the 17 Sustainable Development Goals."
        if layer == "target":
            return f"A target of SDG {row['goal']}, {self._label('goal', row['goal'])}."
        if layer == "use_case":
            sector = self._label("sector", row.get("sector"))
            return f"A use case: a service for people, told in steps. Sector: {sector}."
        if layer == "step":
            return f"Step {row['order']} of {self.steps} of the use case."
        if layer == "workflow":
            return _WORKFLOWS[bool(row.get("generic"))]
        told = [_CATALOGUES.get(str(row.get("catalogue")), "A building block.")]
        if row.get("category") == "foundational":
            told.append("Foundational: other building blocks depend on it.")
        if row.get("status") == "draft":
            told.append("Its specification is still a draft.")
        return " ".join(told)

    def shared(self, node: str, layer: str, case: str) -> str:
        """Return how many other use cases use a workflow or block."""
        if layer not in _USED:
            return ""
        users: set[str] = set()
        for above, _, edge in self.graph.in_edges(node, data=True):
            if edge["relation"] == "uses":
                data = self.graph.nodes[above]
                users.add(data["row"]["use_case"])
        others = len(users - {self.graph.nodes[case]["key"]})
        if not others:
            return "No other use case of these tables uses it."
        return f"{others} other use case{'s use' if others > 1 else ' uses'} it too."

    def source(self, name: object) -> tuple[str, str]:
        """Return how a source is named, and its address on the web."""
        row = self.sources.get(str(name))
        if row is None:
            return str(name or ""), ""
        parts = [row["title"], row["publisher"], row["version"], row["date"]]
        return ", ".join(str(part) for part in parts if part), _web(row.get("url"))

    def box(self, node: str, case: str) -> Row:
        """Return what is shown of a box."""
        data = self.graph.nodes[node]
        layer, row = data["layer"], data["row"]
        summary = str(row.get("summary") or "")
        source, link = self.source(data["source"])
        return {
            "layer": layer,
            "key": data["key"],
            "number": self.number(layer, row),
            "label": str(data["label"]).strip() or "(without a name)",
            "about": self.about(layer, row),
            "summary": "" if summary == data["label"] else summary,
            "shared": self.shared(node, layer, case),
            "specification": _web(row.get("url")),
            "source": source,
            "link": link,
        }


def _records(frame: Any) -> list[Row]:  # noqa: ANN401 - a frame, or no rows at all
    return [dict(row) for row in frame.to_dict("records")] if len(frame) else []


def _colours(graph: Graph, node: str, layer: str) -> Row:
    """Return the colours of a box, as the static figure has them."""
    from govstack_kit.views import style  # noqa: PLC0415 - loads matplotlib

    look = style.LAYERS[layer]
    face, edge = style.PAPER, look.colour
    if layer in ("goal", "target"):
        goals = [n for n in (node, *graph.predecessors(node)) if n.startswith("goal:")]
        colour = graph.nodes[goals[0]]["row"].get("colour") if goals else None
        face = edge = style.goal_colour(colour)
    elif layer == "use_case":
        face = look.colour
    elif layer in _USED:
        face = style.tint(look.colour, 0.13)
    return {"face": face, "edge": edge, "ink": style.text_on(face), "round": look.round}


def picture_of(subject: Framework | Graph, use_case: str) -> Row:
    """Return the picture of a use case as plain data, ready for JSON.

    Parameters
    ----------
    subject
        The framework, that of a plan, or the graph of either.
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
        If `subject` is something else, or `use_case` is of another layer.

    Examples
    --------
    >>> import govstack_kit
    >>> picture = picture_of(govstack_kit.load(), "AGR-2")
    >>> picture["title"], len(picture["links"])
    ('Rural Advisory Service for Farmers', 69)
    """
    from govstack_kit.framework.graph import resolve  # noqa: PLC0415 - loads networkx
    from govstack_kit.views import layered, style  # noqa: PLC0415 - loads matplotlib

    graph = _as_graph(subject)
    case = resolve(graph, use_case)
    if (layer := graph.nodes[case]["layer"]) != "use_case":
        raise ArgumentError(f"{quote(use_case)} is a {layer}; this picture is of one use case.")
    drawing = layered.collect(graph, case)
    steps = sum(node != layered.WHOLE for node in drawing.columns[2])
    describer = _Describer(graph, steps)
    boxes: dict[str, Row] = {}
    for node in (n for column in drawing.columns for n in column if not n.startswith(layered.LANE)):
        if node == layered.WHOLE:
            boxes[node] = _whole(describer, case) | _colours(graph, case, "step")
        else:
            boxes[node] = describer.box(node, case)
            boxes[node] |= _colours(graph, node, boxes[node]["layer"])
    _tell_apart(boxes)
    columns = [
        {
            "name": name[0].upper() + name[1:],
            "layer": layer,
            "one": style.LAYERS[layer].one,
            "colour": style.LAYERS[layer].colour,
            "boxes": nodes,
        }
        for (layer, name), nodes in zip(layered.HEADS.items(), drawing.columns, strict=True)
    ]
    links = []
    for above, below in drawing.edges:
        layer = boxes[below]["layer"]
        possible = (above, below) in drawing.possible
        relation = "can run on" if possible else "uses" if layer in _USED else "has step"
        if layer == "use_case":
            relation = "is served by"
        colour = style.LAYERS[layer if layer in _USED else "step"].colour
        links.append(
            {"above": above, "below": below, "relation": relation}
            | {"colour": colour, "possible": possible}
        )
    title = boxes[case]["label"]
    return {"case": case, "title": title, "columns": columns, "boxes": boxes, "links": links}


def _whole(describer: _Describer, case: str) -> Row:
    """Return the box on which everything hangs that is named for no step."""
    box = describer.box(case, case)
    return box | {
        "layer": "step",
        "key": "",
        "label": "Named for the whole use case",
        "about": "Not a step: workflows and building blocks that are named for the use case as a "
        "whole, and for none of its steps.",
        "summary": "",
        "dashed": True,
    }


def _tell_apart(boxes: dict[str, Row]) -> None:
    """Add the catalogue to blocks of the same name."""
    blocks = [box for box in boxes.values() if box["layer"] == "building_block"]
    names = Counter(box["label"].casefold() for box in blocks)
    for box in blocks:
        if names[box["label"].casefold()] > 1:
            box["label"] += f" ({box['key'].split(':')[0]})"


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

        def __init__(self, subject: Framework | Graph, use_case: str) -> None:
            super().__init__()
            self.draw(subject, use_case)

        def draw(self, subject: Framework | Graph, use_case: str) -> None:
            """Show another use case, or the same one after it changed; keep what is selected."""
            picture = picture_of(subject, use_case)
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


def explore(subject: Framework | Graph, use_case: str) -> anywidget.AnyWidget:
    """Return an interactive picture of one use case, from goals to building blocks.

    Click a box, or reach it with Tab and the arrow keys and press Enter: its details appear and the
    ways through it are drawn strong. Escape clears the choice. The picture can be enlarged, moved,
    and shown as a table.

    Parameters
    ----------
    subject
        The framework, that of a plan (``plan.framework(framework)``), or the graph of either.
    use_case
        A use case: its key, its name, or its id in the graph.

    Returns
    -------
    anywidget.AnyWidget
        The picture. Its ``selected`` is the id of the box that is chosen, or None; it may be set,
        also by key or name. ``draw(subject, use_case)`` shows another one, or the same after it
        changed.

    Raises
    ------
    UnknownNodeError
        If there is no such use case.
    ArgumentError
        If `subject` is something else, or `use_case` is of another layer.

    See Also
    --------
    plot_layered_graph : the same as a figure.

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
    return _explorer()(subject, use_case)
