"""The figures: each a pure function of a tidy frame or of a result.

Definitions
-----------
A figure computes nothing about the framework or the plan: it counts the marks that it draws, and
that is all. Every function returns ``(figure, axes)``, shows nothing, and leaves matplotlib's
settings alone. All take the same options, by keyword:

ax
    Axes to draw on; without it, a figure of its own, as large as its content needs. On the axes of
    a caller the same drawing is scaled to fit, letters included.
title
    Title; without it, a sentence of the kit's own.
source
    Where the content comes from, written below the figure; empty for nothing.
note
    A warning beneath the title, such as :func:`govstack_kit.views.made_up_note` returns; in figures
    of costs and systems.

Colours and font follow matplotlib's settings where somebody has changed them
(:mod:`govstack_kit.views.style`); :func:`govstack_kit.views.alternative_text` tells a figure in
sentences.
"""

from __future__ import annotations

import math
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Unpack

from govstack_kit.errors import ArgumentError, one_of, quote
from govstack_kit.framework.graph import as_graph, resolve
from govstack_kit.selection.compliance import NOT_ASKED, REPORTED
from govstack_kit.selection.problem import ASSUMED
from govstack_kit.views import bar_chart, grid_chart, layered_chart, quadrant_chart, style
from govstack_kit.views.bar_chart import Bar, Look, Part, Sign, draw_bars, plain
from govstack_kit.views.canvas import Canvas, Page, figure, matrix_of, nothing, rows_of
from govstack_kit.views.grid_chart import Mark, Row, elements, new_grid
from govstack_kit.views.style import GAP, USED, amount, per_cent
from govstack_kit.views.timeline_chart import Curve, draw_curves, timeline_of
from govstack_kit.words import count, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from govstack_kit.framework.framework import Framework
    from govstack_kit.framework.graph import Graph
    from govstack_kit.interfaces.conformance import Conformance
    from govstack_kit.selection.best_set import BestSet
    from govstack_kit.selection.business_case import BusinessCase
    from govstack_kit.selection.compliance import Compliance
    from govstack_kit.selection.roadmap import Roadmap
    from govstack_kit.selection.sensitivity import Stability
    from govstack_kit.views.canvas import Options

    Figured = tuple[Figure, Axes]
    Frame = pd.DataFrame
    Record = dict[str, Any]

PUBLISHED = "published GovStack use cases and SDG Digital Investment Framework"
PLAN = "the plan"
SCORES = "the scores and weights of the plan; quadrants of GovStack's Implementation Playbook"
ANSWERS = "the answers in the plan; requirements of GovStack"
CHOICE = "the options, rules and costs of the plan"
COSTS = "the costs of the plan"
PHASES = "the phases, costs and values of the plan"
FEW_STEPS, YEAR = 24, 12  # steps of a roadmap that are drawn one by one; months
BEST_SET, ROADMAP = "best_set(options, needs, rules)", "roadmap(framework, plan)"

# More than these are counted, not drawn.
MOST_BARS, MOST_OPTIONS, MOST_INPUTS, MOST_OPERATIONS = 60, 30, 15, 40

MEASURES = {"use_cases": "use case", "sectors": "sector", "goals": "SDG goal", "steps": "step"}
LINKS = {
    "point_to_point": ("One link for each pair of systems", "orange"),
    "shared": ("One link each, through a shared mediator", "blue"),
}
NEEDS = {  # by whether a block is foundational, and whether it is published what it must do
    (True, True): Look("foundational", "blue"),
    (False, True): Look("other", "sky"),
    (True, False): Look("foundational, no requirements in the tables", "", "blue", "////"),
    (False, False): Look("no requirements in the tables", "", "sky", "////"),
}
WHOLE = {"named for the whole use case, not for a step": Mark(hatched=True)}
COVERAGE = {  # how far a mark is filled
    "well": Mark(said="well"),
    "partly": Mark(filled=0.55, said="partly"),
    "poorly": Mark(filled=0.2, said="poorly"),
    "not judged": Mark(hatched=True, said="not judged"),
}
COVERED = {
    "nothing": "served by nothing",
    "partial": "in part",
    "one": "by one system",
    "several competing": "by several competing systems",
}
CHECKS = {
    "met": Look("met", "blue"),
    "unknown": Look("unknown", "paper", "faded", "////"),
    "partly": Look("partly", "#B9D4E6", "blue", "...."),
    "not_met": Look("not met", "orange"),
}
STATES = {
    "there": Look("there", "green", "green"),
    "near": Look("near", "paper", "orange", "////"),
    "missing": Look("missing", "paper", "grey"),
}
REST = Look("", "bar")
LIMITS = {"over 50 %": 0.5, "over 90 %": 0.9, "all": 1.0}
KINDS = {
    "product": Look("product", "blue"),
    "system": Look("existing system", "green"),
    "own build": Look("own build", "orange"),
}
COMPONENTS = {
    "build_cost": Look("Build, once", "blue"),
    "integration_cost": Look("Integration, once", "grey", "paper", "////"),
    "annual_cost": Look("Run, every year", "sky"),
    "staff_cost": Look("People, every year", "sand", "paper", "...."),
}


def _assumed(result: BestSet | BusinessCase | Roadmap) -> list[str]:
    """Return the sentences of a result that say what was assumed, as nobody knows it."""
    return [said for said in result.sentences() if said.startswith(ASSUMED)]


def _told_apart(rows: list[Record], key: str) -> list[Record]:
    """Return rows whose names are told apart where several keys share one."""
    names = style.distinct([str(row["name"]) for row in rows], [str(row[key]) for row in rows])
    return [row | {"name": name} for row, name in zip(rows, names, strict=True)]


def _draw_bars(
    page: Page,
    bars: Sequence[Bar],
    looks: Iterable[Look] = (),
    **room: Any,  # noqa: ANN401 - as of draw_bars
) -> Figured:
    """Draw bars, and say what those of the looks mean that are there, if there are several."""
    canvas = Canvas(page)
    drawn = {part.look.name for bar in bars for part in bar.parts if part.look}
    shown = [look for look in looks if look.name in drawn]
    if len(shown) > 1:
        bar_chart.parts_legend(canvas, shown)
        canvas.y += 6
    draw_bars(canvas, bars, **room)
    return canvas.finish()


# --- the framework --------------------------------------------------------------------------------


@figure
def plot_journey(frame: Frame, **options: Unpack[Options]) -> Figured:
    """Draw a use case as a journey: goals, steps as arrows, workflows and blocks beneath.

    Parameters
    ----------
    frame
        What :func:`govstack_kit.journey` returns.
    **options
        ``ax``, ``title``, ``source`` and ``note``, as in all figures.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `frame` is not such a frame.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> from matplotlib import pyplot
    >>> figure, axes = gk.plot_journey(gk.journey(gk.load(), "AGR-2"))
    >>> axes.texts[0].get_text()
    'Rural Advisory Service for Farmers'
    >>> pyplot.close(figure)
    """
    records = rows_of(frame, "layer node label step colour", "journey(framework, use_case)")
    if not records:
        return nothing(options, PUBLISHED, "User journey", "This use case is empty so far.")
    of = {layer: [r for r in records if r["layer"] == layer] for layer in style.LAYERS}
    steps = sorted(of["step"], key=lambda record: record["step"])
    case = of["use_case"][0] if of["use_case"] else {"label": "User journey", "node": ""}
    about = f"User journey of {str(case['node']).removeprefix('use_case:')}"
    page = Page(options, PUBLISHED, case["label"], f"{about}: steps, workflows, building blocks")
    labels = [str(record["label"]) for layer in USED for record in of[layer]]
    grid = grid_chart.step_grid(page, labels, steps)
    grid_chart.draw_chips(grid.canvas, of["goal"] + of["target"])
    grid_chart.draw_steps(grid, steps)
    places = {step["step"]: place for place, step in enumerate(steps)}
    for layer in USED:
        rows = []
        for name, node, own in elements(of[layer]):
            marks = {places[r["step"]]: Mark() for r in own if r["step"] in places}
            note = f"{len(marks)} of {count(len(steps), 'step')}" if marks else ""
            whole = any(record["step"] == 0 for record in own)
            rows.append(Row(name, marks, note, node, whole))
        grid.band(layer, rows, least=13)
        grid.canvas.y += GAP
    if any(record["step"] == 0 for layer in USED for record in of[layer]):
        grid.legend("step", WHOLE)
    grid_chart.draw_step_list(grid.canvas, steps)
    return grid.canvas.finish()


@figure
def plot_architecture(frame: Frame, **options: Unpack[Options]) -> Figured:
    """Draw what several use cases are made of: sectors, use cases, workflows, building blocks.

    The number in a mark says how many steps use the workflow or block; the more, the darker.

    Parameters
    ----------
    frame
        What :func:`govstack_kit.architecture` returns.
    **options
        ``ax``, ``title``, ``source`` and ``note``, as in all figures.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `frame` is not such a frame.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> from matplotlib import pyplot
    >>> frame = gk.architecture(gk.load(), use_cases=["AGR-2", "HLTC-2"])
    >>> figure, axes = gk.plot_architecture(frame)
    >>> axes.texts[0].get_text()
    'What 2 use cases are made of'
    >>> pyplot.close(figure)
    """
    columns = "sector use_case use_case_name layer node label steps"
    records = rows_of(frame, columns, "architecture(framework, use_cases=[...])")
    if not records:
        sentence = "None of the use cases names a workflow or a building block."
        return nothing(options, PUBLISHED, "Architecture", sentence)
    cases = list({record["use_case"]: record for record in records}.values())
    places = {case["use_case"]: place for place, case in enumerate(cases)}
    most = max(*(record["steps"] for record in records), 1)
    of = {u: list(elements([r for r in records if r["layer"] == u])) for u in USED}
    total = count(len(cases), "use case")
    numbers = [count(len({case["sector"] for case in cases}), "sector"), total]
    numbers += [count(len(of[u]), style.LAYERS[u].one, style.LAYERS[u].many) for u in USED]
    what = f"What {total} are made of" if len(cases) > 1 else f"What {cases[0]['use_case']} needs"
    meaning = "The number in a mark says how many steps use it; the more, the darker."
    page = Page(options, PUBLISHED, what, f"{', '.join(numbers)}. {meaning}")
    grid = grid_chart.sector_grid(page, [name for u in USED for name, _, _ in of[u]], cases)
    for layer in USED:
        rows = []
        for name, node, own in sorted(of[layer], key=lambda found: (-len(found[2]), found[0])):
            steps = {places[record["use_case"]]: record["steps"] for record in own}
            marks = {at: Mark(str(n), n / most, hatched=not n) for at, n in steps.items()}
            rows.append(Row(name, marks, f"{len(marks)} of {len(places)}", node))
        grid.band(layer, rows, least=19, padding=3, note_head="use cases")
        grid.canvas.y += GAP
    if any(not record["steps"] for record in records):
        grid.legend("step", WHOLE)
    return grid.canvas.finish()


@figure
def plot_step_matrix(matrix: Frame, **options: Unpack[Options]) -> Figured:
    """Draw which step uses which workflow or building block.

    Parameters
    ----------
    matrix
        What :func:`govstack_kit.step_matrix` returns: steps as rows, True where a step uses it.
    **options
        ``ax``, ``title``, ``source`` and ``note``, as in all figures.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `matrix` is not such a frame.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> from matplotlib import pyplot
    >>> figure, axes = gk.plot_step_matrix(gk.step_matrix(gk.load(), "AGR-2"))
    >>> axes.texts[0].get_text()
    'Which step uses which building block'
    >>> pyplot.close(figure)
    """
    matrix = matrix_of(matrix, ["step"], "step_matrix(framework, use_case)")
    layer = _layer_of(matrix)
    one, many, *_ = style.LAYERS[layer]
    head = f"Which step uses which {one}"
    if matrix.empty:
        return nothing(options, PUBLISHED, head, f"No step names a {one}.")
    names = [str(name) for name in matrix.columns]
    about = f"{count(len(matrix), 'step')}, {count(len(names), one, many)}"
    page, rows = Page(options, PUBLISHED, head, about), []
    for step, used in zip(matrix.index, matrix.to_numpy().tolist(), strict=True):
        marks = {place: Mark() for place, does in enumerate(used) if does}
        rows.append(Row(str(step), marks, f"{len(marks)} of {len(names)}", str(step)))
    steps, width = [row.name for row in rows], max(min(520 / len(names), 72), 34)
    grid = new_grid(page, steps, names, width, radius=7.5, connected=False)
    grid.upright(layer)
    totals = enumerate(matrix.to_numpy().sum(axis=0).tolist())
    marks = {place: Mark(str(total), 0.0) for place, total in totals}
    rows.append(Row("Steps that use it", marks, bold=True))
    grid.band("step", rows, marks=layer, least=15)
    return grid.canvas.finish()


def _layer_of(matrix: Frame) -> str:
    """Return what the columns of a matrix are about, or its cells count."""
    return str(matrix.columns.name) if matrix.columns.name in USED else "building_block"


@figure
def plot_reuse(frame: Frame, *, by: str = "use_cases", **options: Unpack[Options]) -> Figured:
    """Draw how much each workflow or building block is used, the most used first.

    Parameters
    ----------
    frame
        What :func:`govstack_kit.reuse` returns.
    by
        What the bars count: ``use_cases``, ``sectors``, ``goals`` or ``steps``.
    **options
        ``ax``, ``title``, ``source`` and ``note``, as in all figures.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `frame` is not such a frame, or `by` none of the four.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> from matplotlib import pyplot
    >>> figure, axes = gk.plot_reuse(gk.reuse(gk.load(), "building_block"))
    >>> axes.texts[0].get_text()
    'How many use cases each building block serves'
    >>> pyplot.close(figure)
    """
    records = rows_of(frame, f"name {' '.join(MEASURES)}", "reuse(framework, layer)")
    layer = "workflow" if "workflow" in frame.columns else "building_block"
    measure, look = MEASURES[one_of(by, MEASURES, "by")], style.LAYERS[layer]
    head = f"How many {measure}s each {look.one} serves"
    if not records:
        return nothing(options, PUBLISHED, head, f"There is no {look.one} to count.")
    records.sort(key=lambda record: -record[by])
    beside, bars = "steps" if by != "steps" else "use_cases", []
    for record in _told_apart(records, layer):
        value, more = record[by], count(record[beside], MEASURES[beside])
        said = (f"{value:,}", more) if value else ("not used yet",)
        bars.append(plain(record["name"], value, Look("", look.colour), *said))
    unused = sum(not record[by] for record in records)
    about = count(len(bars), look.one, look.many) + (f", {unused} not used yet" if unused else "")
    about += f". In bold, the number of {measure}s; beside it, of {MEASURES[beside]}s."
    return _draw_bars(Page(options, PUBLISHED, head, about), bars, names=230)


@figure
def plot_graph(subject: Framework | Graph, use_case: str, **options: Unpack[Options]) -> Figured:
    """Draw one use case of the graph: from goals over steps to workflows and building blocks.

    Parameters
    ----------
    subject
        The framework, that of a plan, or the graph of either.
    use_case
        A use case: its key, its name or its id in the graph.
    **options
        ``ax``, ``title``, ``source`` and ``note``, as in all figures.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    UnknownNodeError
        If `use_case` is not in the graph.
    ArgumentError
        If `subject` or `use_case` is something else.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> from matplotlib import pyplot
    >>> figure, axes = gk.plot_graph(gk.load(), "AGR-2")
    >>> axes.texts[0].get_text()
    'Rural Advisory Service for Farmers'
    >>> pyplot.close(figure)
    """
    graph = as_graph(subject)
    case = graph.nodes[resolve(graph, use_case)]
    if (layer := case["layer"]) != "use_case":
        raise ArgumentError(f"{quote(use_case)} is a {layer}; this figure is of one use case.")
    about = f"Links of {case['key']}, from goals to building blocks"
    canvas = Canvas(Page(options, PUBLISHED, case["label"], about), layered_chart.WIDTH)
    layered_chart.draw_layers(canvas, graph, f"use_case:{case['key']}")
    return canvas.finish()


# --- what services have in common -----------------------------------------------------------------


@figure
def plot_overlap(matrix: Frame, **options: Unpack[Options]) -> Figured:
    """Draw how many workflows or building blocks each two use cases share.

    The number in a mark says how many they share; the more, the darker. What a use case uses itself
    stands at the right.

    Parameters
    ----------
    matrix
        What :func:`govstack_kit.overlap_matrix` returns.
    **options
        ``ax``, ``title``, ``source`` and ``note``, as in all figures.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `matrix` is not such a frame.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> from matplotlib import pyplot
    >>> matrix = gk.overlap_matrix(gk.load(), "building_block", ["AGR-2", "HLTC-2"])
    >>> figure, axes = gk.plot_overlap(matrix)
    >>> axes.texts[0].get_text()
    'How many building blocks each two use cases share'
    >>> pyplot.close(figure)
    """
    matrix = matrix_of(matrix, ["use_case"], "overlap_matrix(framework, layer, use_cases)")
    names = [str(name) for name in matrix.index]
    layer = _layer_of(matrix)
    head = f"How many {style.LAYERS[layer].many} each two use cases share"
    if matrix.empty:
        return nothing(options, PUBLISHED, head, "There are no use cases to compare.")
    meaning = "The number in a mark says how many two of them share; the more, the darker."
    page = Page(options, PUBLISHED, head, f"{count(len(names), 'use case')}. {meaning}")
    values: list[list[int]] = matrix.to_numpy().tolist()
    shared = [n for at, row in enumerate(values) for to, n in enumerate(row) if at != to and n]
    most, least, rows = max(shared, default=1), min(shared, default=1), []
    for at, (name, row) in enumerate(zip(names, values, strict=True)):
        strength = {to: (n - least + 1) / (most - least + 1) for to, n in enumerate(row) if n}
        marks = {to: Mark(str(row[to]), share) for to, share in strength.items() if to != at}
        rows.append(Row(name, marks, str(row[at]), name))
    width = max(min(560 / len(names), 72), 34)
    grid = new_grid(page, names, names, width, radius=10.5, connected=False)
    grid.upright("use_case")
    grid.band("use_case", rows, marks=layer, least=21, padding=4, note_head="uses itself")
    return grid.canvas.finish()


@figure
def plot_integration(frame: Frame, **options: Unpack[Options]) -> Figured:
    """Draw how many links systems need: one for each pair, or one each through a mediator.

    Several numbers of systems give two curves, one number gives two bars.

    Parameters
    ----------
    frame
        What :func:`govstack_kit.planning.integration_links` returns.
    **options
        ``ax``, ``title``, ``source`` and ``note``, as in all figures.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `frame` is not such a frame.

    Examples
    --------
    >>> import pandas as pd
    >>> from matplotlib import pyplot
    >>> frame = pd.DataFrame({"systems": [5, 50], "point_to_point": [10, 1225], "shared": [5, 50]})
    >>> figure, axes = plot_integration(frame)
    >>> axes.texts[0].get_text()
    'Links between 50 systems: 1,225 in pairs, 50 shared'
    >>> pyplot.close(figure)
    """
    records = rows_of(frame, "systems point_to_point shared", "integration_links(systems)")
    if not records:
        return nothing(options, "", "Links between systems", "There are no systems.")
    records.sort(key=lambda record: record["systems"])
    most = {name: int(value) for name, value in records[-1].items()}
    first, last = int(records[0]["systems"]), most["systems"]
    pairs, shared = (f"{most[name]:,}" for name in LINKS)
    head = f"Links between {count(last, 'system')}: {pairs} in pairs, {shared} shared"
    about = "n systems that exchange data need n (n - 1) / 2 links two by two, and n links through"
    page = Page(options, "", head, f"{about} an Information Mediator.")
    canvas, bars, curves = Canvas(page), [], []
    for name, (said, colour) in LINKS.items():
        links = count(most[name], "link")
        points = [(float(record["systems"]), float(record[name])) for record in records]
        curves.append(Curve(points, colour, links, said, name, dashed=name == "shared"))
        bars.append(plain(said, most[name], Look("", colour), links, key=name))
    if first < last:
        between = [n for n in style.ticks(first, last) if first < n < last]
        draw_curves(canvas, curves, [first, *between, last], "systems")
    else:
        draw_bars(canvas, bars, names=220)
    return canvas.finish()


@figure
def plot_quadrants(
    frame: Frame, *, stability: Frame | None = None, **options: Unpack[Options]
) -> Figured:
    """Draw candidate services by importance and feasibility, in the quadrants A to D.

    Parameters
    ----------
    frame
        What :func:`govstack_kit.prioritise` returns.
    stability
        What :func:`govstack_kit.planning.prioritise_stability` returns for the same plan; with it,
        the figure says how sure the place of each candidate is.
    **options
        ``ax``, ``title``, ``source`` and ``note``, as in all figures.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `frame` or `stability` is not such a frame.

    Examples
    --------
    >>> import pandas as pd
    >>> from matplotlib import pyplot
    >>> scores = {"importance": 4.2, "feasibility": 3.7, "quadrant": "A"}
    >>> frame = pd.DataFrame([{"candidate": "permits", "name": "Permits", **scores}])
    >>> figure, axes = plot_quadrants(frame)
    >>> axes.texts[0].get_text()
    'Which of 1 candidate to digitise first'
    >>> pyplot.close(figure)
    """
    columns = "candidate name importance feasibility quadrant"
    records, study = rows_of(frame, columns, "prioritise(plan)"), []
    if stability is not None:
        study = rows_of(stability, "candidate quadrant share", "prioritise_stability(plan)")
    if not records:
        return nothing(options, SCORES, "What to digitise first", "No candidate is named yet.")
    candidates = quadrant_chart.candidates_of(records, study)
    head = f"Which of {count(len(records), 'candidate')} to digitise first"
    about = "Scores run from 1 to 5; 3 or more is high."
    if others := sum(not candidate.letter for candidate in candidates):
        about += f" {others} not yet placed, because too few questions are answered."
    if study:
        about += " Shares: how often each lands in a quadrant when the weights are varied. Hollow: "
        about += "in fewer than 90 % in its own."
    canvas = Canvas(Page(options, SCORES, head, about), quadrant_chart.WIDTH)
    quadrant_chart.draw_quadrants(canvas, candidates)
    return canvas.finish()


# --- needs and systems ----------------------------------------------------------------------------


@figure
def plot_needs(frame: Frame, **options: Unpack[Options]) -> Figured:
    """Draw how much each building block is needed, the most needed first.

    Parameters
    ----------
    frame
        What :func:`govstack_kit.needs` returns.
    **options
        ``ax``, ``title``, ``source`` and ``note``, as in all figures.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `frame` is not such a frame.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> from matplotlib import pyplot
    >>> figure, axes = plot_needs(gk.needs(gk.load(), gk.Plan.demonstration()))
    >>> axes.texts[0].get_text()
    'Which building blocks are needed most'
    >>> pyplot.close(figure)
    """
    columns = "building_block name steps use_cases weight foundational specified"
    records = rows_of(frame, columns, "needs(framework, plan)")
    head = "Which building blocks are needed most"
    if not records:
        return nothing(options, PLAN, head, "No step has an accepted building block so far.")
    records.sort(key=lambda record: -record["weight"])
    bars = []
    for row in _told_apart(records, "building_block"):
        weight, look = row["weight"], NEEDS[bool(row["foundational"]), bool(row["specified"])]
        note = f"{count(int(row['steps']), 'step')}, {count(int(row['use_cases']), 'use case')}"
        bars.append(plain(row["name"], weight, look, per_cent(weight), note, row["building_block"]))
    about = f"{count(len(records), 'building block')}. In bold, the share of all needs."
    return _draw_bars(Page(options, PLAN, head, about), bars, NEEDS.values())


@figure
def plot_coverage(matrix: Frame, **options: Unpack[Options]) -> Figured:
    """Draw which existing system serves which building block, and how well.

    Parameters
    ----------
    matrix
        What :func:`govstack_kit.selection.coverage_matrix` returns.
    **options
        ``ax``, ``title``, ``source`` and ``note``, as in all figures.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `matrix` is not such a frame.

    Examples
    --------
    >>> import pandas as pd
    >>> from matplotlib import pyplot
    >>> index = pd.MultiIndex.from_tuples([("Payments", "one")], names=["building_block", "state"])
    >>> figure, axes = plot_coverage(pd.DataFrame({"IFMIS": ["well"]}, index=index))
    >>> axes.texts[0].get_text()
    'What our systems serve already'
    >>> pyplot.close(figure)
    """
    head, named = "What our systems serve already", ["building_block", "state"]
    matrix = matrix_of(matrix, named, "coverage_matrix(framework, plan)")
    if not len(matrix):
        sentence = "No building block is needed so far, and no system is listed that serves one."
        return nothing(options, PLAN, head, sentence)
    systems = [str(name) for name in matrix.columns]
    bands: dict[bool, list[Row]] = {True: [], False: []}
    states = [str(state) for _, state in matrix.index]
    for (name, state), served in zip(matrix.index, matrix.to_numpy().tolist(), strict=True):
        found = {at: one_of(how, COVERAGE, "A cell") for at, how in enumerate(served) if how}
        marks = {at: COVERAGE[how] for at, how in found.items()}
        look: Any = {"colour": "orange" if state in ("nothing", "partial") else "ink"}
        said = state.replace("not needed", "")
        row = Row(str(name), marks, said, str(name), bold=state != "one", **look)
        bands[state != "not needed"].append(row)
    said = [f"{states.count(s)} {words}" for s, words in COVERED.items() if s in states]
    about = f"{count(len(systems), 'system')}, {count(len(bands[True]), 'needed building block')}"
    page = Page(options, PLAN, head, ": ".join(filter(None, (about, ", ".join(said)))) + ".")
    width = max(min(360 / max(len(systems), 1), 72), 26)
    blocks = [str(name) for name, _ in matrix.index]
    grid = new_grid(page, blocks, systems, width, radius=10.5, connected=False)
    grid.upright("use_case")
    for head, rows in zip(
        ("building blocks needed", "served, not needed"), bands.values(), strict=True
    ):
        if rows:
            grid.band("building_block", rows, head=head, least=19, padding=7)
            grid.canvas.y += GAP
    grid.legend("building_block", COVERAGE)
    return grid.canvas.finish()


@figure
def plot_fit(fit: Compliance | Frame, **options: Unpack[Options]) -> Figured:
    """Draw how far options meet requirements, with what is unknown and the range it leaves.

    What a bar counts beyond its ruleset (the caveat) is written beneath the bars.

    Parameters
    ----------
    fit
        What :func:`govstack_kit.fit` returns, or some rows of its table of that name.
    **options
        ``ax``, ``title``, ``source`` and ``note``, as in all figures.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `frame` is not such a frame.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> from matplotlib import pyplot
    >>> met = gk.fit(gk.load(), gk.Plan.demonstration(), rulesets="govspecs-2.0", options="digit")
    >>> figure, axes = plot_fit(met)
    >>> axes.texts[0].get_text()
    'How far DIGIT meets govspecs-2.0'
    >>> pyplot.close(figure)
    """
    columns = "option option_name building_block building_block_name ruleset level condition rule"
    columns += " verdict caveat met partly not_met unknown total lowest highest"
    records = rows_of(fit, columns, "fit(framework, plan)", "fit")
    records = [record for record in records if record["rule"] != NOT_ASKED]
    if not records:
        return nothing(options, ANSWERS, "Requirements met", "No option has been asked yet.")
    names, sets, levels = (
        {str(r[key]) for r in records} for key in ("option_name", "ruleset", "level")
    )
    who, verb = (*names, "meets") if len(names) == 1 else (count(len(names), "option"), "meet")
    by = ", ".join(sets) if len(sets) == 1 else "the requirements"
    shown, bars, group = records[:MOST_BARS], [], ""
    for record in shown:
        head = f"{record['option_name']}: {record['building_block_name']}"
        head += f", {record['ruleset']}" if len(sets) > 1 else ""
        head += f", level {record['level']}" if len(levels) > 1 else ""
        bars.append(_checks_bar(record, head if head != group else ""))
        group = head
    about = "Shares of the checks of each condition; the numbers count checks. At the right, the "
    about += "lowest and the highest share that the unknown ones leave possible."
    canvas = Canvas(Page(options, ANSWERS, f"How far {who} {verb} {by}", about))
    bar_chart.parts_legend(canvas, list(CHECKS.values()), limit="limit of the rule")
    canvas.y += 10
    draw_bars(canvas, bars, notes=168, full=1)
    for caveat in dict.fromkeys(record["caveat"] for record in shown if record["caveat"]):
        canvas.y += 4
        canvas.line(caveat, colour="muted")
    canvas.more(len(records) - len(shown))
    return canvas.finish()


def _checks_bar(record: Record, head: str) -> Bar:
    """Return the bar of a condition: its checks, the limit, and the range it may reach."""
    rule, total = str(record["rule"]), record["total"]
    name = str(record["condition"]) + ("" if rule == REPORTED else f": {rule}")
    if not total:
        return Bar(name, (), str(record["verdict"]), head=head)
    gid = ":".join(str(record[key]) for key in ("option", "building_block", "level", "condition"))
    parts = [
        Part(record[key] / total, look, str(record[key]), f"{key}:{gid}")
        for key, look in CHECKS.items()
    ]
    low, high = record["lowest"], record["highest"]
    signs = [Sign("limit", LIMITS[rule])] if rule in LIMITS else []
    said = " to ".join(dict.fromkeys([per_cent(low), per_cent(high)]))
    said += "" if record["verdict"] == REPORTED else f": {record['verdict']}"
    return Bar(name, parts, note=said, signs=signs, head=head)


# --- the best set ---------------------------------------------------------------------------------


@figure
def plot_best_set(best: BestSet, **options: Unpack[Options]) -> Figured:
    """Draw the options of the best set, the dearest first, with the blocks that each serves.

    Parameters
    ----------
    best
        What :func:`govstack_kit.best_set` returns.
    **options
        ``ax``, ``title``, ``source`` and ``note``, as in all figures.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `best` is no best set.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> from matplotlib import pyplot
    >>> figure, axes = plot_best_set(gk.best_set_of_plan(gk.load(), gk.Plan.demonstration()))
    >>> axes.texts[0].get_text()
    '8 options for 10 building blocks cost 1.67 million USD'
    >>> pyplot.close(figure)
    """
    rows, chosen = (rows_of(best, "", BEST_SET, name) for name in ("options", "chosen"))
    if not rows:
        return nothing(options, CHOICE, "The best set", "No set of options is possible.")
    served: dict[str, list[str]] = {}
    names = [str(row["building_block_name"]) for row in chosen]
    keys = [str(row["building_block"]) for row in chosen]
    for row, name in zip(chosen, style.distinct(names, keys), strict=True):
        helps = "" if row["part"] == "main" else " (helps)"
        served.setdefault(row["option"], []).append(f"{name}{helps}")
    bars, total = [], sum(row["cost"] for row in rows)
    for row in rows:
        cost, note = row["cost"], served.get(row["option"], ["kept, serves no block"])
        length, said = (0.0, "unknown") if math.isnan(cost) else (cost, amount(cost))
        bars.append(plain(row["name"], length, _kind(row), said, ", ".join(note), row["option"]))
    costs = "costs" if len(bars) == 1 else "cost"
    known = f"{amount(total)} {best.currency}".rstrip()
    costs += " an amount that is not known" if math.isnan(total) else f" {known}"
    head = f"{count(len(bars), 'option')} for {count(len(set(keys)), 'building block')} {costs}"
    about = "Cost of each option over the years, counted once, and the blocks that it serves."
    about = " ".join([about, *_assumed(best)])
    return _draw_bars(Page(options, CHOICE, head, about), bars, KINDS.values())


def _kind(row: Record, *, filled: bool = True) -> Look:
    """Return the look of an option's bar: its kind, and hollow if it is not chosen."""
    look = KINDS.get(str(row["kind"]), Look("", "grey"))
    return look._replace(face=look.face if filled else "paper", edge=look.face)


@figure
def plot_constraints(best: BestSet, **options: Unpack[Options]) -> Figured:
    """Draw what each rule costs: how much better the best set would be without it.

    Parameters
    ----------
    best
        What :func:`govstack_kit.best_set` returns.
    **options
        ``ax``, ``title``, ``source`` and ``note``, as in all figures.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `best` is no best set.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> from matplotlib import pyplot
    >>> figure, axes = plot_constraints(gk.best_set_of_plan(gk.load(), gk.Plan.demonstration()))
    >>> axes.texts[0].get_text()
    'What the rules cost'
    >>> pyplot.close(figure)
    """
    rules = rows_of(best, "", BEST_SET, "constraints")
    cost, bars = best.aim == "cost", []
    head = "What the rules cost" if cost else "What the rules cost in fit"
    if not rules:
        return nothing(options, CHOICE, head, "No rule limits the choice.")
    for row in rules:
        gain, setting = row["difference"], str(row["setting"])
        said = "nothing" if not gain else amount(gain) if cost else f"{gain:.3g}"
        length, said = (0.0, "not known") if math.isnan(gain) else (max(gain, 0.0), said)
        name = setting[:1].upper() + setting[1:]
        bars.append(plain(name, length, Look("", "blue"), said, key=row["rule"]))
    unit = "cheaper" if cost else "better in fit (0 to 1)"
    about = f"How much {unit} the best set would be without each rule, the others standing."
    return _draw_bars(Page(options, CHOICE, head, about), bars)


@figure
def plot_best_set_stability(stability: Stability, **options: Unpack[Options]) -> Figured:
    """Draw how often each option stays in the best set when numbers are uncertain.

    Options of the best set with the numbers as they are have a filled bar, others a hollow one.

    Parameters
    ----------
    stability
        What :func:`govstack_kit.best_set_stability` returns.
    **options
        ``ax``, ``title``, ``source`` and ``note``, as in all figures.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `stability` is something else.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> from matplotlib import pyplot
    >>> framework, plan = gk.load(), gk.Plan.demonstration()
    >>> study = gk.selection.best_set_stability_of_plan(framework, plan, draws=50)
    >>> figure, axes = plot_best_set_stability(study)
    >>> axes.texts[0].get_text()
    'How often each option stays in the best set'
    >>> pyplot.close(figure)
    """
    records = rows_of(stability, "", "best_set_stability(options, needs, rules)", "shares")
    head = "How often each option stays in the best set"
    whole = [record for record in records if not record["building_block"]]
    if not whole:
        return nothing(options, CHOICE, head, "There is nothing to choose yet.")
    if stability.impossible >= 1:
        return nothing(options, CHOICE, head, "In no draw was any set of options possible.")
    blocks: dict[str, list[str]] = {}
    for row in records:
        if row["building_block"]:
            said = f"{row['building_block_name']} {per_cent(float(row['share']))}"
            blocks.setdefault(row["option"], []).append(said)
    ever, bars = [row for row in whole if row["share"] > 0 or row["chosen"]], []
    for row in ever[:MOST_OPTIONS]:
        share, look = row["share"], _kind(row, filled=row["chosen"])
        note = ", ".join(blocks.get(row["option"], []))
        bars.append(plain(row["option_name"], share, look, per_cent(share), note, row["option"]))
    about = f"{stability.draws:,} draws. Filled: in the best set with the numbers as they are; "
    about += "hollow: not."
    if stability.impossible > 0:
        about += f" In {per_cent(stability.impossible)} of the draws no set was possible."
    if len(whole) > len(bars):
        about += f" {count(len(whole) - len(bars), 'option')} not shown: seldom or never chosen."
    page = Page(options, CHOICE, head, about)
    return _draw_bars(page, bars, KINDS.values(), full=1.0)


# --- costs and time -------------------------------------------------------------------------------


@figure
def plot_business_case(case: BusinessCase, **options: Unpack[Options]) -> Figured:
    """Draw what projects cost alone and shared, what for, and what that means for each person.

    Parameters
    ----------
    case
        What :func:`govstack_kit.business_case` returns.
    **options
        ``ax``, ``title``, ``source`` and ``note``, as in all figures.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `case` is no business case.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> from matplotlib import pyplot
    >>> figure, axes = plot_business_case(gk.business_case(gk.load(), gk.Plan.demonstration()))
    >>> axes.texts[0].get_text()
    'Sharing saves 5.57 million USD in 5 years, 38 % of the cost'
    >>> pyplot.close(figure)
    """
    made_by, money = "business_case(framework, plan)", ("alone", "shared", "saving")
    wanted = "summary", "components", "projects"
    summary, components, projects = (rows_of(case, "", made_by, name) for name in wanted)
    total, saving, bars = summary[0], summary[0]["saving"], []
    looks = {row["component"]: COMPONENTS.get(row["component"]) for row in components}
    for which, gap in (("alone", -saving), ("shared", saving)):
        parts = [
            Part(float(row[which]), look, amount(float(row[which])), f"{which}:{row['component']}")
            for row in components
            if (look := looks[row["component"]])
        ]
        if gap > 0:
            word, colour = ("saved", "green") if which == "shared" else ("less", "orange")
            look = Look(word, "paper", colour, dashed=True)
            parts.append(Part(gap, look, f"{amount(gap)} {word}", f"gap:{which}"))
        bars.append(Bar(which.capitalize(), parts, amount(float(total[which]))))
    head = f"Sharing {'saves' if saving >= 0 else 'costs'} {amount(abs(saving))} {case.currency}"
    head += f" in {total['how']}" + (" more" if saving < 0 else "")
    if total["alone"] and saving >= 0:
        head += f", {per_cent(saving / total['alone'])} of the cost"
    overlapping = sum(bool(row["overlaps"]) for row in projects)
    shared = case.basis
    if not math.isnan(case.overlap):
        shared = f"{overlapping} of them overlapping by {per_cent(case.overlap)} ({case.basis})"
    about = f"{count(len(projects), 'project')}, {shared}. All money in {case.currency}."
    about = " ".join([about, *_assumed(case)])
    canvas = Canvas(Page(options, COSTS, head, about))
    room = draw_bars(canvas, bars, tall=40)
    bar_chart.parts_legend(canvas, list(filter(None, looks.values())), first=room.start)
    canvas.y += 14
    known = [row for row in summary if not math.isnan(row["alone"])]
    told = [(row["quantity"], f"{row['how']}; {row['unit']}", row) for row in known]
    bar_chart.draw_table(canvas, money, told)
    for said in case.notes:
        canvas.y += 3
        canvas.line(said, colour="muted")
        canvas.say(said)
    return canvas.finish()


@figure
def plot_tornado(frame: Frame, **options: Unpack[Options]) -> Figured:
    """Draw how the saving changes with each input: the widest bar matters most.

    The end of a bar with a full circle is where the input is high, the one with an open circle
    where it is low.

    Parameters
    ----------
    frame
        What :func:`govstack_kit.selection.business_case_tornado` returns.
    **options
        ``ax``, ``title``, ``source`` and ``note``, as in all figures.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `frame` is not such a frame.

    Examples
    --------
    >>> import pandas as pd
    >>> from matplotlib import pyplot
    >>> saving = {"saving_at_low": 1e6, "saving": 2e6, "saving_at_high": 3e6}
    >>> given = {"input": "Overlap", "low": 0.3, "high": 0.6, "unit": "share"}
    >>> frame = pd.DataFrame([{**given, **saving}])
    >>> figure, axes = plot_tornado(frame)
    >>> axes.texts[0].get_text()
    'What matters most for the saving: overlap'
    >>> pyplot.close(figure)
    """
    columns = "input low high unit saving_at_low saving saving_at_high"
    records = rows_of(frame, columns, "business_case_tornado(framework, plan)")
    if not records:
        return nothing(options, COSTS, "What matters for the saving", "No input is given.")
    ranges, base, name = [], records[0]["saving"], str(records[0]["input"])
    for row in records[:MOST_INPUTS]:
        span = f"{amount(row['low'])} to {amount(row['high'])} {row['unit']}"
        if row["unit"] == "share":
            span = f"{per_cent(row['low'])} to {per_cent(row['high'])}"
        ranges.append((row["input"], span, row["saving_at_low"], row["saving_at_high"]))
    head = f"What matters most for the saving: {name[:1].lower()}{name[1:]}"
    about = f"The saving is {amount(base)} as things stand. Each bar: the saving when that input "
    about += "alone is low (open circle) or high (full circle)."
    canvas = Canvas(Page(options, COSTS, head, about))
    bar_chart.draw_ranges(canvas, ranges, base, "as things stand")
    canvas.more(len(records) - MOST_INPUTS, " inputs that matter less")
    return canvas.finish()


@figure
def plot_roadmap(roadmap: Roadmap, **options: Unpack[Options]) -> Figured:
    """Draw a roadmap: phases, the building blocks built in each, and when use cases go live.

    A bar says in which phase a block is built; the pale band behind it, that it is there from then
    on, and how many of its safeguards are open; at the right, what serves it. A diamond marks the
    month from which a use case is live; before it stands how many of its steps can start. The steps
    of a single use case follow one by one.

    Parameters
    ----------
    roadmap
        What :func:`govstack_kit.roadmap` returns.
    **options
        ``ax``, ``title``, ``source`` and ``note``, as in all figures.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `roadmap` is no roadmap.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> from matplotlib import pyplot
    >>> figure, axes = plot_roadmap(gk.roadmap(gk.load(), gk.Plan.demonstration()))
    >>> axes.texts[0].get_text()
    '1 of 1 use case live within 36 months'
    >>> pyplot.close(figure)
    """
    wanted = "blocks", "use_cases", "steps", "releases", "phases", "curve"
    found = (rows_of(roadmap, "", ROADMAP, name) for name in wanted)
    blocks, cases, steps, releases, phases, curve = found
    spent = sum(phase["spent"] for phase in phases)
    about = f"{count(sum(int(phase['blocks']) for phase in phases), 'building block')} built"
    if not math.isnan(spent):
        about += f" for {amount(spent)} {roadmap.currency}".rstrip() + ", paid once"
    if steps:
        early = sum(step["month"] <= YEAR for step in steps)
        about += f"; {early} of {count(len(steps), 'step')} can start in the first year"
    proof = "it is proven that no other order brings more value"
    proof = proof if roadmap.optimal else "the search was stopped before it was proven best"
    number, end = sum(row["status"] == "goes live" for row in cases), float(phases[-1]["end"])
    head = f"{number} of {count(len(cases), 'use case')} live within {end:g} months"
    if steps and number < len(cases):
        started = sum(step["month"] <= end for step in steps)
        head += f", {started} of {count(len(steps), 'step')} can start"
    blocks, cases = _told_apart(blocks, "building_block"), _told_apart(cases, "use_case")
    one = len({step["use_case"] for step in steps}) == 1 and len(steps) <= FEW_STEPS
    steps = _told_apart(steps, "step") if one else []
    for case in cases:
        case["releases"] = [row for row in releases if row["use_case"] == case["use_case"]]
    names = [row["name"] for row in (*blocks, *cases, *steps)]
    months = [0.0, *(phase["end"] for phase in phases), curve[-1]["month"]]
    about = " ".join([f"{about}; {proof}.", *_assumed(roadmap)])
    timeline = timeline_of(Page(options, PHASES, head, about), names, months)
    timeline.phases(phases)
    timeline.rows("building_block", blocks)
    timeline.rows("use_case", cases)
    if steps:
        timeline.rows("step", steps)
    timeline.legend()
    return timeline.grid.canvas.finish()


@figure
def plot_value_curve(roadmap: Roadmap, **options: Unpack[Options]) -> Figured:
    """Draw the value that has come in by each month, and what it could be at the very most.

    A diamond stands where use cases go live, with how many are live from then on; beneath, they
    are named.

    Parameters
    ----------
    roadmap
        What :func:`govstack_kit.roadmap` returns.
    **options
        ``ax``, ``title``, ``source`` and ``note``, as in all figures.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If `roadmap` is no roadmap.

    Examples
    --------
    >>> import govstack_kit as gk
    >>> from matplotlib import pyplot
    >>> figure, axes = plot_value_curve(gk.roadmap(gk.load(), gk.Plan.demonstration()))
    >>> axes.texts[0].get_text()
    'Value comes in from month 12'
    >>> pyplot.close(figure)
    """
    points, cases = (rows_of(roadmap, "", ROADMAP, name) for name in ("curve", "use_cases"))
    last, lives = points[-1], [0, *(point["live"] for point in points)]
    if not last["most"]:
        return nothing(options, PHASES, "The value that comes in", "Nothing can go live.")
    first = next((f"in from month {point['month']:g}" for point in points if point["rate"]), "")
    head = f"Value comes {first}" if first else "No value comes in yet"
    about = "Value of each use case, counted for each month by the share of its steps that can "
    about += "start. The dashed line: all of it from the start."
    about = " ".join([about, *_assumed(roadmap)])
    canvas = Canvas(Page(options, PHASES, head, about))
    value, most = ([(p["month"], p[name]) for p in points] for name in ("value", "most"))
    whole, ours = amount(last["most"]), amount(last["value"])
    said = "if all were live from the start"
    curves = [Curve(most, "muted", whole, said, "most", dashed=True)]
    curves.append(Curve(value, "green", ours, "with this roadmap", "value", filled=True))
    arrived = [live if live > fewer else 0 for fewer, live in pairwise(lives)]
    signs = {at: f"{live} live" for at, live in zip(value, arrived, strict=True) if live}
    draw_curves(canvas, curves, [month for month, _ in value], "months", signs)
    for case in cases:
        case["month"] = math.inf if math.isnan(case["month"]) else case["month"]
    cases.sort(key=itemgetter("month"))
    for month, arriving in groupby(cases, key=itemgetter("month")):
        said = listed((case["name"] for case in arriving), most=MOST_BARS)
        head = f"Live after month {month:g}" if month else "Live at once"
        said = f"{'Not live' if month == math.inf else head}: {said}"
        canvas.line(said)
        canvas.say(f"{said}.")
    return canvas.finish()


# --- interfaces -----------------------------------------------------------------------------------


@figure
def plot_conformance(conformance: Conformance | Frame, **options: Unpack[Options]) -> Figured:
    """Draw which published operations a product offers, and how well each agrees.

    At the top how many are there, near and missing; beneath, the operations with their scores. Of
    more than 40, the 40 with the lowest scores that are not complete are drawn.

    Parameters
    ----------
    conformance
        What :func:`govstack_kit.conformance` returns, or its table of operations.
    **options
        ``ax``, ``title``, ``source`` and ``note``, as in all figures.

    Returns
    -------
    tuple
        The figure and the axes.

    Raises
    ------
    ArgumentError
        If it is something else.

    Examples
    --------
    >>> import pandas as pd
    >>> from matplotlib import pyplot
    >>> found = {"state": "there", "score": 0.75, "differences": 1}
    >>> matched = {"matched_method": "GET", "matched_path": "/payees"}
    >>> frame = pd.DataFrame([{"method": "GET", "path": "/payees", **found, **matched}])
    >>> figure, axes = plot_conformance(frame)
    >>> axes.texts[0].get_text()
    '1 of 1 published operation is there: score 75 %'
    >>> pyplot.close(figure)
    """
    columns = "method path state score differences matched_method matched_path"
    made_by = "conformance(framework, interface)"
    records = rows_of(conformance, columns, made_by, "operations")
    if not records:
        sentence = "No operation is published."
        return nothing(options, "", "What the interface offers", sentence)
    numbers = {state: sum(row["state"] == state for row in records) for state in STATES}
    score = per_cent(sum(row["score"] for row in records) / len(records))
    verb = "is" if numbers["there"] == 1 else "are"
    head = f"{numbers['there']} of {count(len(records), 'published operation')} {verb} there"
    about = "The score runs from 0 to 100 %, with weights of the kit's own; it is the mean over the"
    about += " published operations."
    canvas = Canvas(Page(options, "", f"{head}: score {score}", about))
    states = [Part(number, STATES[s], str(number), f"share:{s}") for s, number in numbers.items()]
    draw_bars(canvas, [Bar("", states)], names=0)
    bar_chart.parts_legend(canvas, list(STATES.values()))
    canvas.y += 8
    order = sorted(range(len(records)), key=lambda at: (float(records[at]["score"]), at))
    bars = [_operation_bar(records[at]) for at in sorted(order[:MOST_OPERATIONS])]
    draw_bars(canvas, bars, names=230, notes=148, striped=True)
    canvas.more(len(records) - len(bars), ", whose scores are no lower")
    return canvas.finish()


def _operation_bar(row: Record) -> Bar:
    """Return the bar of an operation: how well it agrees, and what is the matter with it."""
    note = state = str(row["state"])
    if state == "near":
        other = "" if row["matched_method"] == row["method"] else f"{row['matched_method']} "
        note = f"near: {other}{row['matched_path']}"
    elif state == "there":
        number = row["differences"]
        note = f"there; {count(number, 'difference') if number else 'no difference'}"
    look = STATES[state]._replace(name="", face=STATES[state].edge, hatch="")
    parts = Part(row["score"], look, gid=f"operation:{state}"), Part(1 - row["score"], REST)
    return Bar(f"{row['method']} {row['path']}", parts, per_cent(row["score"]), note)
