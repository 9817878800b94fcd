"""The figures: every element of the data is on them, once, readable, in the right place."""

import csv
import itertools
from collections import Counter
from functools import cache
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex

import govstack_kit as kit
from govstack_kit.views import style
from govstack_kit.views._layout import clean, text_width, wrap
from govstack_kit.views.layered import LANE, collect

DATA = Path(__file__).parents[1] / "data"
SMALLEST = 8
AWKWARD = (
    "Cost $5_a^2 and $6 \\frac{1}{2} %d {} <b> 農村 👩‍🌾 مرحبا שלום é\u0301 \x07\n\ttab \ud800"
)


@cache
def rows(table):
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


USE_CASES = [row["use_case"] for row in rows("use_cases")]
PUBLISHED = [row["use_case"] for row in rows("use_cases") if row["catalogue"] == "govstack"]


@pytest.fixture(scope="module")
def framework():
    return kit.load()


@pytest.fixture(scope="module")
def graph(framework):
    return kit.to_graph(framework)


@pytest.fixture(autouse=True)
def _leave_no_figure():
    before = dict(mpl.rcParams)
    yield
    plt.close("all")
    assert dict(mpl.rcParams) == before


def texts(ax):
    return [" ".join(text.get_text().split()) for text in ax.texts]


def shapes(ax, prefix):
    return {p.get_gid(): p for p in ax.patches if (p.get_gid() or "").startswith(prefix)}


def cells(ax, layer):
    """Return the (key, number of column) of each mark."""
    found = [gid.removeprefix(f"mark:{layer}:").rsplit(":", 1) for gid in shapes(ax, "mark:")
             if gid.startswith(f"mark:{layer}:")]  # fmt: skip
    return {(key, int(column)) for key, column in found}


def assert_readable(fig, ax, smallest=SMALLEST):
    """No text overlaps another, is too small, or leaves the figure; every shape is in it too."""
    ax.apply_aspect()
    renderer = fig.canvas.get_renderer()
    boxes = np.array([text.get_window_extent(renderer).extents for text in ax.texts])
    left, bottom, right, top = boxes.T
    slack = 0.5  # half a pixel
    overlap = (
        (left[:, None] < right[None] - slack)
        & (left[None] < right[:, None] - slack)
        & (bottom[:, None] < top[None] - slack)
        & (bottom[None] < top[:, None] - slack)
    )
    np.fill_diagonal(overlap, val=False)
    pairs = [(ax.texts[a].get_text(), ax.texts[b].get_text()) for a, b in np.argwhere(overlap)]
    assert not pairs
    for box in [*boxes, *(patch.get_window_extent(renderer).extents for patch in ax.patches)]:
        assert box[0] >= -1
        assert box[1] >= -1
        assert box[2] <= fig.bbox.width + 1
        assert box[3] <= fig.bbox.height + 1
    assert min(text.get_fontsize() for text in ax.texts) >= smallest
    assert {text.get_fontfamily()[0] for text in ax.texts} == {"DejaVu Sans"}


def assert_inside(ax, text_of, shape):
    """The text that begins with `text_of` lies within a shape."""
    renderer = ax.figure.canvas.get_renderer()
    (text,) = [t for t in ax.texts if " ".join(t.get_text().split()) == text_of]
    inner, outer = text.get_window_extent(renderer), shape.get_window_extent(renderer)
    assert outer.x0 <= inner.x0 <= inner.x1 <= outer.x1
    assert outer.y0 <= inner.y0 <= inner.y1 <= outer.y1


def made_up(steps, label="Verify eligibility documents at the municipal office for the first time"):
    names = itertools.cycle([label, "Payment", "Supercalifragilisticexpialidocious application"])
    found = [("goal", "goal:2", f"Goal 2: {label}", 0, "#DDA63A")]
    found += [("target", "target:0.0", "Target without a colour", 0, None)]
    found += [("use_case", "use_case:MY-1", label, 0, "")]
    found += [("step", f"step:MY-1.{n}", next(names), n, "") for n in range(1, steps + 1)]
    for layer, number in itertools.product(("workflow", "building_block"), range(3)):
        name = f"{number} {label}" if number else "Short"
        uses = [n for n in range(1, steps + 1) if (n + number) % 3 == 0] or [0]
        found += [(layer, f"{layer}:{number}", name, n, "") for n in uses]
    return pd.DataFrame(found, columns=["layer", "node", "label", "step", "colour"])


# --- the user journey ---------------------------------------------------------------------------


def test_the_journey_names_every_element_of_the_worked_example(framework):
    fig, ax = kit.plot_user_journey(kit.journey(framework, "AGR-2"))
    shown = texts(ax)
    steps = [row for row in rows("steps") if row["use_case"] == "AGR-2"]
    ids = {step["step"] for step in steps}
    expected = [step["name"] for step in steps] + [step["order"] for step in steps]
    expected += [row["name"] for row in rows("use_cases") if row["use_case"] == "AGR-2"]
    for layer in ("workflow", "building_block"):
        names = {row[layer]: row["name"] for row in rows(f"{layer}s")}
        expected += {names[row[layer]] for row in rows(f"step_{layer}s") if row["step"] in ids}
    assert not Counter(expected) - Counter(shown)
    assert "Goal 2: Zero Hunger" in shown
    assert any("AGR-2" in text for text in shown)
    assert shown[-1] == style.SOURCE
    assert fig is ax.figure


@pytest.mark.parametrize("use_case", USE_CASES)
def test_every_journey_is_readable_and_marks_each_published_link(framework, use_case):
    fig, ax = kit.plot_user_journey(kit.journey(framework, use_case))
    assert_readable(fig, ax)
    order = {row["step"]: int(row["order"]) for row in rows("steps") if row["use_case"] == use_case}
    for layer in ("workflow", "building_block"):
        links = rows(f"step_{layer}s")
        used = {(row[layer], order[row["step"]]) for row in links if row["step"] in order}
        assert cells(ax, layer) == used
        whole = rows(f"use_case_{layer}s")
        whole = {row[layer] for row in whole if row["use_case"] == use_case}
        bars = {gid.removeprefix(f"whole:{layer}:") for gid in shapes(ax, f"whole:{layer}:")}
        assert bars == whole - {key for key, _ in used}


def test_a_mark_stands_in_the_column_of_its_step_and_the_row_of_its_name(framework):
    _, ax = kit.plot_user_journey(kit.journey(framework, "AGR-2"))
    renderer = ax.figure.canvas.get_renderer()
    mark = shapes(ax, "mark:building_block:govstack:payments:")
    (place,) = mark.values()
    middle = place.get_window_extent(renderer)
    number = next(text for text in ax.texts if text.get_text() == "7")
    name = next(text for text in ax.texts if text.get_text() == "Payments")
    number, name = number.get_window_extent(renderer), name.get_window_extent(renderer)
    assert (number.x0 + number.x1) / 2 == pytest.approx((middle.x0 + middle.x1) / 2, abs=2)
    assert (name.y0 + name.y1) / 2 == pytest.approx((middle.y0 + middle.y1) / 2, abs=2)
    at = texts(ax).index("Payments")
    assert texts(ax)[at + 1] == "1 of 8 steps"


def test_goals_have_the_colours_of_the_table_and_text_that_can_be_read_on_them(framework):
    colours = {row["goal"]: row["colour"] for row in rows("sdg_goals")}
    _, ax = kit.plot_user_journey(kit.journey(framework, "AGR-2"))
    chips = shapes(ax, "goal:")
    assert {gid: to_hex(chip.get_facecolor()).upper() for gid, chip in chips.items()} == {
        f"goal:{goal}": colours[goal] for goal in ("2", "8")
    }
    assert_inside(ax, "Goal 2: Zero Hunger", chips["goal:2"])
    for colour in colours.values():
        assert style.contrast(style.text_on(colour), colour) >= 3.9


def test_the_journey_says_what_is_missing(framework):
    _, ax = kit.plot_user_journey(kit.journey(framework, "dif-digital-microinsurance"))
    assert "No steps are published." in texts(ax)
    assert texts(ax).count("None are named.") == 2
    _, ax = kit.plot_user_journey(kit.journey(framework, "dif-rural-advisory-service"))
    assert "named for the whole use case, not for a step" in texts(ax)
    assert all(shape.get_hatch() for shape in shapes(ax, "whole:").values())


@pytest.mark.parametrize("steps", [0, 1, 2, 5, 12, 13, 40])
def test_journeys_of_any_length_are_readable(steps):
    fig, ax = kit.plot_user_journey(made_up(steps))
    assert_readable(fig, ax)
    assert fig.get_figwidth() < 26
    numbers = [text for text in texts(ax) if text.isdigit()]
    assert Counter(numbers) == dict.fromkeys(map(str, range(1, steps + 1)), 1 if steps < 13 else 2)
    assert texts(ax).count("Payment") == (steps + 1) // 3
    assert len(cells(ax, "workflow")) == sum(made_up(steps).query("layer == 'workflow'").step > 0)


def test_text_is_never_parsed_and_odd_characters_never_warn():
    fig, ax = kit.plot_user_journey(made_up(5, AWKWARD), title=AWKWARD, source=AWKWARD)
    assert_readable(fig, ax)
    fig.canvas.draw()  # warnings about glyphs are errors here
    shown = texts(ax)[0]
    assert "$5_a^2 and $6 \\frac{1}{2} %d {} <b> □ □ مرحبا שלום" in shown
    assert not any(text.get_parse_math() for text in ax.texts)


def test_an_element_named_for_steps_and_for_the_whole_has_marks_and_a_bar():
    frame = made_up(3)
    more = frame.query("node == 'workflow:0'").assign(step=0)
    _, ax = kit.plot_user_journey(pd.concat([frame, more]))
    assert ("0", 3) in cells(ax, "workflow")
    assert "whole:workflow:0" in shapes(ax, "whole:")


# --- the architecture ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "chosen", [["AGR-2"], ["AGR-1", "HLTC-2"], ["AGR-1", "AGR-2", "HLTC-2"], PUBLISHED, USE_CASES]
)
def test_architectures_are_readable_and_count_the_published_links(framework, chosen):
    fig, ax = kit.plot_architecture(kit.architecture(framework, use_cases=chosen))
    assert_readable(fig, ax)
    shown = texts(ax)
    step_of = {row["step"]: row["use_case"] for row in rows("steps") if row["use_case"] in chosen}
    for layer in ("workflow", "building_block"):
        uses = {
            (row[layer], step_of[row["step"]])
            for row in [*rows(f"step_{layer}s")]
            if row["step"] in step_of
        }
        named = rows(f"use_case_{layer}s")
        uses |= {(row[layer], row["use_case"]) for row in named if row["use_case"] in chosen}
        assert len(cells(ax, layer)) == len(uses)
    names = {row["use_case"]: row["name"] for row in rows("use_cases")}
    drawn = [key for key in chosen if key in PUBLISHED]
    assert all(any(text.endswith(names[key]) for text in shown) for key in drawn)
    assert all(key in shown for key in drawn)


def test_the_architecture_shows_the_number_of_steps_and_of_use_cases(framework):
    _, ax = kit.plot_architecture(kit.architecture(framework))
    steps = Counter(
        row["step"].rsplit(".", 1)[0]
        for row in rows("step_building_blocks")
        if row["building_block"] == "govstack:payments" and row["step"].split(".")[0] in PUBLISHED
    )
    shown = texts(ax)
    at = shown.index("Payments")
    numbers = list(itertools.takewhile(str.isdigit, shown[at + 1 :]))
    assert Counter(map(int, numbers)) == Counter(steps.values())
    assert shown[at + 1 + len(numbers)] == f"{len(steps)} of 16"
    blocks = shown.index("BUILDING BLOCKS")
    shares = [int(text.split()[0]) for text in shown[blocks:] if text.endswith(" of 16")]
    assert shares == sorted(shares, reverse=True)


def test_blocks_of_the_same_name_are_told_apart(framework):
    both = ["AGR-2", "dif-market-linkage"]
    _, ax = kit.plot_architecture(kit.architecture(framework, use_cases=both))
    assert {"Messaging (govstack)", "Messaging (dif)"} <= set(texts(ax))


# --- the matrix ---------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", ["workflow", "building_block"])
@pytest.mark.parametrize("use_case", PUBLISHED)
def test_matrices_are_readable_and_complete(framework, use_case, layer):
    matrix = kit.step_matrix(framework, use_case, layer)
    fig, ax = kit.plot_step_matrix(matrix)
    assert_readable(fig, ax)
    links = [row for row in rows(f"step_{layer}s") if row["step"].rsplit(".", 1)[0] == use_case]
    assert len(shapes(ax, "mark:")) == len(links)
    names = {row[layer]: row["name"] for row in rows(f"{layer}s")}
    used = Counter(names[row[layer]] for row in links)
    assert set(used) <= set(texts(ax))
    if links:
        totals = texts(ax)[texts(ax).index("Steps that use it") + 1 : -1]
        assert sorted(map(int, totals)) == sorted(used.values())


# --- reuse --------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["use_cases", "sectors", "goals", "steps"])
@pytest.mark.parametrize("layer", ["workflow", "building_block"])
def test_bars_are_as_long_as_the_numbers_say(framework, layer, by):
    frame = kit.reuse(framework, layer)
    fig, ax = kit.plot_reuse(frame, by=by)
    assert_readable(fig, ax)
    lengths = {gid[4:]: bar.get_width() for gid, bar in shapes(ax, "bar:").items()}
    values = frame.set_index("name")[by]
    values = values[values > 0]
    assert {name: round(v / values.max(), 6) for name, v in values.items()} == {
        name: round(length / max(lengths.values()), 6) for name, length in lengths.items()
    }
    assert texts(ax).count("not used yet") == sum(frame[by] == 0)
    shown = [int(text) for text in texts(ax) if text.isdigit()]
    assert shown == sorted(values, reverse=True)


def test_bars_show_steps_beside_use_cases(framework):
    _, ax = kit.plot_reuse(kit.reuse(framework, "building_block"))
    at = texts(ax).index("Identity")
    assert texts(ax)[at : at + 3] == ["Identity", "16", "84 steps"]


# --- the layered graph --------------------------------------------------------------------------


@pytest.mark.parametrize("use_case", USE_CASES)
def test_layered_graphs_are_readable_and_draw_the_published_links(graph, use_case):
    fig, ax = kit.plot_layered_graph(graph, use_case)
    assert_readable(fig, ax)
    edges = {tuple(gid.removeprefix("edge:").rsplit(" ", 1)) for gid in shapes(ax, "edge:")}
    order = {row["step"] for row in rows("steps") if row["use_case"] == use_case}
    for layer in ("workflow", "building_block"):
        links = {
            (f"step:{row['step']}", f"{layer}:{row[layer]}")
            for row in rows(f"step_{layer}s")
            if row["step"] in order
        }
        drawn = {(a, b) for a, b in edges if a.startswith("step:") and b.startswith(layer)}
        assert drawn == links
    possible = {(a, b) for a, b in edges if a.startswith("workflow:")}
    assert not possible if use_case in PUBLISHED else all(":dif:" in b for _, b in possible)
    for gid, shape in shapes(ax, "node:").items():
        node = gid.removeprefix("node:")
        if node.startswith(("workflow:", "building_block:")):
            assert_inside_any(ax, graph.nodes[node]["label"], shape)


def assert_inside_any(ax, label, shape):
    renderer = ax.figure.canvas.get_renderer()
    outer = shape.get_window_extent(renderer)
    found = [t for t in ax.texts if " ".join(t.get_text().split()) == label]
    boxes = [text.get_window_extent(renderer) for text in found]
    assert any(
        outer.x0 <= b.x0 <= b.x1 <= outer.x1 and outer.y0 <= b.y0 <= b.y1 <= outer.y1 for b in boxes
    )


def crossings(drawing, middle):
    steps = {node: place for place, node in enumerate(drawing.columns[2])}
    right = {node.removeprefix(LANE): place for place, node in enumerate(middle)}
    ends = [(steps[a], right[b]) for a, b in drawing.edges if a in steps and b in right]
    pairs = itertools.combinations(ends, 2)
    return sum((a - c) * (b - d) < 0 for (a, b), (c, d) in pairs)


@pytest.mark.parametrize("use_case", ["AGR-2", "FINC-1", "INST-1"])
def test_the_order_of_a_column_saves_crossings(graph, use_case):
    drawing = collect(graph, f"use_case:{use_case}")
    middle = drawing.columns[3]
    assert crossings(drawing, middle) < 0.9 * crossings(drawing, sorted(middle))
    lanes = [node.removeprefix(LANE) for node in middle if node.startswith(LANE)]
    assert drawing.columns[4] == lanes


def test_a_highlight_is_strong_and_all_else_is_faded(graph):
    _, ax = kit.plot_layered_graph(graph, "AGR-2", highlight="Payments")
    edges = shapes(ax, "edge:")
    widest = max(edge.get_linewidth() for edge in edges.values())
    strong = {gid.removeprefix("edge:") for gid, e in edges.items() if e.get_linewidth() == widest}
    assert strong == {
        "goal:2 use_case:AGR-2",
        "goal:8 use_case:AGR-2",
        "use_case:AGR-2 step:AGR-2.7",
        "step:AGR-2.7 building_block:govstack:payments",
    }
    faded = shapes(ax, "node:")["node:building_block:govstack:consent"]
    assert to_hex(faded.get_facecolor()).upper() == style.PAPER
    assert "ways through Payments" in texts(ax)[1]


def test_a_highlighted_step_leads_both_ways(graph):
    _, ax = kit.plot_layered_graph(graph, "dif-market-linkage", highlight="dif-market-linkage.1")
    edges = shapes(ax, "edge:")
    widest = max(edge.get_linewidth() for edge in edges.values())
    strong = {gid.removeprefix("edge:") for gid, e in edges.items() if e.get_linewidth() == widest}
    assert "target:2.3 use_case:dif-market-linkage" in strong
    assert "step:dif-market-linkage.1 workflow:client-communication" in strong
    assert not any(edge.startswith("step:dif-market-linkage.2") for edge in strong)


# --- what all figures share ---------------------------------------------------------------------


def test_a_figure_on_the_axes_of_a_caller_stays_within_them(framework, graph):
    fig, axes = plt.subplots(2, 3, figsize=(16, 9), layout="constrained")
    before = plt.get_fignums()
    spots = axes.flat
    for frame, plot in [
        (kit.journey(framework, "AGR-2"), kit.plot_user_journey),
        (kit.architecture(framework, use_cases=["AGR-1", "HLTC-2"]), kit.plot_architecture),
        (kit.step_matrix(framework, "AGR-2"), kit.plot_step_matrix),
        (kit.reuse(framework, "workflow"), kit.plot_reuse),
    ]:
        ax = next(spots)
        assert plot(frame, ax=ax) == (fig, ax)
    assert kit.plot_layered_graph(graph, "AGR-2", ax=next(spots))[0] is fig
    kit.plot_user_journey(made_up(0).iloc[:0], ax=next(spots))
    assert plt.get_fignums() == before
    fig.canvas.draw()
    renderer = fig.canvas.get_renderer()
    for ax in axes.flat:
        room = ax.get_window_extent(renderer)
        assert room.width > 300
        for text in ax.texts:
            box = text.get_window_extent(renderer)
            assert room.x0 - 1 <= box.x0
            assert box.x1 <= room.x1 + 1
            assert room.y0 - 1 <= box.y0
            assert box.y1 <= room.y1 + 1


def test_settings_of_the_user_change_nothing(framework):
    plain, _ = kit.plot_reuse(kit.reuse(framework, "workflow"))
    with mpl.rc_context({"text.color": "red", "font.family": "serif", "font.size": 30}):
        other, ax = kit.plot_reuse(kit.reuse(framework, "workflow"))
        assert_readable(other, ax)
        assert "red" not in {text.get_color() for text in ax.texts}
    assert tuple(plain.get_size_inches()) == tuple(other.get_size_inches())


EMPTY = {
    "journey": (kit.plot_user_journey, ["layer", "node", "label", "step", "colour"]),
    "architecture": (
        kit.plot_architecture,
        ["sector", "use_case", "use_case_name", "layer", "node", "label", "steps"],
    ),
    "matrix": (kit.plot_step_matrix, []),
    "reuse": (kit.plot_reuse, ["workflow", "name", "use_cases", "sectors", "goals", "steps"]),
}


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_frame_gives_a_sentence(name):
    plot, columns = EMPTY[name]
    fig, ax = plot(pd.DataFrame(columns=columns))
    assert_readable(fig, ax)
    assert len(ax.texts) == 3
    assert texts(ax)[1].endswith(".")


@pytest.mark.parametrize("name", EMPTY)
@pytest.mark.parametrize("wrong", ["AGR-2", None, 3])
def test_a_wrong_subject_says_what_to_pass(name, wrong):
    with pytest.raises(kit.ArgumentError, match=rf"Pass what govstack_kit\.\w*{name}\("):
        EMPTY[name][0](wrong)
    assert not plt.get_fignums()


def test_wrong_arguments_say_what_is_allowed(framework, graph):
    with pytest.raises(kit.ArgumentError, match="no column layer, node"):
        kit.plot_user_journey(framework.steps)
    with pytest.raises(kit.ArgumentError, match="True and False only"):
        kit.plot_step_matrix(framework.steps)
    with pytest.raises(kit.ArgumentError, match="'use_cases', 'sectors', 'goals', 'steps'"):
        kit.plot_reuse(kit.reuse(framework, "workflow"), by="money")
    with pytest.raises(kit.ArgumentError, match=r"to_graph\(framework\)"):
        kit.plot_layered_graph(framework, "AGR-2")
    with pytest.raises(kit.ArgumentError, match="is a step"):
        kit.plot_layered_graph(graph, "AGR-2.1")
    with pytest.raises(kit.UnknownNodeError, match="AGR-2"):
        kit.plot_layered_graph(graph, "AGR2")
    with pytest.raises(kit.UnknownNodeError, match="highlight is a node of the drawing"):
        kit.plot_layered_graph(graph, "AGR-2", highlight="govstack:wallet")
    assert not plt.get_fignums()


def test_layers_differ_by_more_than_colour_and_can_be_read():
    workflow, block = style.LAYERS["workflow"], style.LAYERS["building_block"]
    assert workflow.round != block.round
    for layer in style.LAYERS.values():
        assert style.contrast(layer.colour, style.PAPER) >= 4.5
        assert style.contrast(layer.colour, style.STRIPE) >= 4.5


def test_lines_fit_and_lose_nothing():
    text = "Unconditional social cash transfer for Antidisestablishmentarianism"
    for width in (30, 60, 120, 400):
        lines = wrap(text, width, 9)
        assert all(text_width(line, 9) <= width for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert clean("a\u200d\ufe0fb\x00c") == "abc"
    assert wrap("", 100, 9) == [""]
