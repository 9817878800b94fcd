"""The figures of the framework: every element is on them, once, readable, in the right place."""

import itertools
from collections import Counter

import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex

import govstack_kit as gk
from govstack_kit.errors import ArgumentError, UnknownNodeError
from govstack_kit.views import layered_chart, style

LABEL = "Verify eligibility documents at the municipal office for the first time"
USED = ("workflow", "building_block")


@pytest.fixture(scope="module")
def cases(rows):
    return [row["use_case"] for row in rows("use_cases")]


@pytest.fixture(scope="module")
def published(rows):
    return [row["use_case"] for row in rows("use_cases") if row["catalogue"] == "govstack"]


def cells(figure, layer):
    """Return the (key, number of column) of each mark."""
    found = [gid.rsplit(":", 1) for gid in figure.shapes(f"mark:{layer}:")]
    return {(key, int(column)) for key, column in found}


def made_up(steps, label=LABEL):
    names = itertools.cycle([label, "Payment", "Supercalifragilisticexpialidocious application"])
    found = [("goal", "goal:2", f"Goal 2: {label}", 0, "#DDA63A")]
    found += [("target", "target:0.0", "Target without a colour", 0, None)]
    found += [("use_case", "use_case:MY-1", label, 0, "")]
    found += [("step", f"step:MY-1.{n}", next(names), n, "") for n in range(1, steps + 1)]
    for layer, number in itertools.product(USED, range(3)):
        name = f"{number} {label}" if number else "Short"
        uses = [n for n in range(1, steps + 1) if (n + number) % 3 == 0] or [0]
        found += [(layer, f"{layer}:{number}", name, n, "") for n in uses]
    return pd.DataFrame(found, columns=["layer", "node", "label", "step", "colour"])


# --- the journey ----------------------------------------------------------------------------------


def test_the_journey_names_every_element_of_the_worked_example(framework, rows, drawn):
    figure = drawn(gk.plot_journey(gk.journey(framework, "AGR-2")))
    steps = [row for row in rows("steps") if row["use_case"] == "AGR-2"]
    ids = {step["step"] for step in steps}
    expected = [step["name"] for step in steps] + [step["order"] for step in steps]
    expected += [row["name"] for row in rows("use_cases") if row["use_case"] == "AGR-2"]
    for layer in USED:
        names = {row[layer]: row["name"] for row in rows(f"{layer}s")}
        expected += {names[row[layer]] for row in rows(f"step_{layer}s") if row["step"] in ids}
    assert not Counter(expected) - Counter(figure.texts)
    assert "Goal 2: Zero Hunger" in figure.texts
    assert "AGR-2" in figure.texts[1]
    assert figure.texts[-1].startswith("Source: published GovStack use cases")


def test_every_journey_is_readable_and_marks_each_published_link(framework, rows, cases, drawn):
    for use_case in cases:
        figure = drawn(gk.plot_journey(gk.journey(framework, use_case))).assert_readable()
        steps = [row for row in rows("steps") if row["use_case"] == use_case]
        order = {row["step"]: int(row["order"]) for row in steps}
        for layer in USED:
            links = rows(f"step_{layer}s")
            used = {(row[layer], order[row["step"]]) for row in links if row["step"] in order}
            assert cells(figure, layer) == used
            whole = [row for row in rows(f"use_case_{layer}s") if row["use_case"] == use_case]
            named = {row[layer] for row in whole} - {key for key, _ in used}
            assert set(figure.shapes(f"whole:{layer}:")) == named
        plt.close(figure.figure)


def test_a_mark_stands_in_the_column_of_its_step_and_the_row_of_its_name(framework, drawn):
    figure = drawn(gk.plot_journey(gk.journey(framework, "AGR-2")))
    renderer = figure.figure.canvas.get_renderer()
    (mark,) = figure.shapes("mark:building_block:govstack:payments:").values()
    middle = mark.get_window_extent(renderer)
    number, name = (
        next(text for text in figure.ax.texts if text.get_text() == said).get_window_extent(
            renderer
        )
        for said in ("7", "Payments")
    )
    assert (number.x0 + number.x1) / 2 == pytest.approx((middle.x0 + middle.x1) / 2, abs=2)
    assert (name.y0 + name.y1) / 2 == pytest.approx((middle.y0 + middle.y1) / 2, abs=2)
    assert figure.beside("Payments") == "1 of 8 steps"


def test_goals_have_the_colours_of_the_table_and_text_that_can_be_read(framework, rows, drawn):
    colours = {row["goal"]: row["colour"] for row in rows("sdg_goals")}
    figure = drawn(gk.plot_journey(gk.journey(framework, "AGR-2")))
    chips = figure.shapes("goal:")
    faces = {goal: to_hex(chip.get_facecolor()).upper() for goal, chip in chips.items()}
    assert faces == {goal: colours[goal] for goal in ("2", "8")}
    for colour in colours.values():
        assert style.contrast(style.text_on(colour), colour) >= 3.9


def test_the_journey_says_what_is_missing(framework, drawn):
    figure = drawn(gk.plot_journey(gk.journey(framework, "dif-digital-microinsurance")))
    assert "No steps are published." in figure.texts
    assert figure.texts.count("None are named.") == 2
    figure = drawn(gk.plot_journey(gk.journey(framework, "dif-rural-advisory-service")))
    assert "named for the whole use case, not for a step" in figure.texts
    assert all(shape.get_hatch() for shape in figure.shapes("whole:").values())


@pytest.mark.parametrize("steps", [0, 1, 2, 5, 12, 13, 40])
def test_journeys_of_any_length_are_readable(steps, drawn):
    figure = drawn(gk.plot_journey(made_up(steps))).assert_readable()
    assert figure.figure.get_figwidth() < 26
    numbers = [text for text in figure.texts if text.isdigit()]
    assert Counter(numbers) == dict.fromkeys(map(str, range(1, steps + 1)), 1 if steps < 13 else 2)
    assert figure.texts.count("Payment") == (steps + 1) // 3
    assert len(cells(figure, "workflow")) == sum(
        made_up(steps).query("layer == 'workflow'").step > 0
    )


def test_text_is_never_parsed_and_odd_characters_never_warn(awkward, drawn):
    made = gk.plot_journey(made_up(5, awkward), title=awkward, source=awkward)
    said = drawn(made).assert_readable().texts[0]
    assert said.startswith("Cost $5_a^2 and $6 \\frac{1}{2} %d {} <b>")
    assert "مرحبا שלום" in said


def test_an_element_named_for_steps_and_for_the_whole_has_marks_and_a_bar(drawn):
    frame = made_up(3)
    more = frame.query("node == 'workflow:0'").assign(step=0)
    figure = drawn(gk.plot_journey(pd.concat([frame, more])))
    assert ("0", 3) in cells(figure, "workflow")
    assert "workflow:0" in figure.shapes("whole:")


# --- the architecture -----------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2, 3, 16, None])
def test_architectures_are_readable_and_count_the_published_links(  # noqa: PLR0913, PLR0917
    framework, rows, cases, published, number, drawn
):
    chosen = published[:number] if number else cases
    made = gk.plot_architecture(gk.architecture(framework, use_cases=chosen))
    figure = drawn(made).assert_readable()
    step_of = {row["step"]: row["use_case"] for row in rows("steps") if row["use_case"] in chosen}
    for layer in USED:
        links = rows(f"step_{layer}s")
        uses = {(row[layer], step_of[row["step"]]) for row in links if row["step"] in step_of}
        named = rows(f"use_case_{layer}s")
        uses |= {(row[layer], row["use_case"]) for row in named if row["use_case"] in chosen}
        assert len(cells(figure, layer)) == len(uses)
    names = {row["use_case"]: row["name"] for row in rows("use_cases")}
    for key in set(chosen) & set(published):
        assert key in figure.texts
        assert any(text.endswith(names[key]) for text in figure.texts)


def test_the_architecture_shows_the_number_of_steps_and_of_use_cases(
    framework, rows, published, drawn
):
    figure = drawn(gk.plot_architecture(gk.architecture(framework)))
    steps = Counter(
        row["step"].rsplit(".", 1)[0]
        for row in rows("step_building_blocks")
        if row["building_block"] == "govstack:payments" and row["step"].split(".")[0] in published
    )
    at = figure.texts.index("Payments")
    assert figure.texts[at + 1] == f"{len(steps)} of 16"
    numbers = list(itertools.takewhile(str.isdigit, figure.texts[at + 2 :]))
    assert Counter(map(int, numbers)) == Counter(steps.values())
    blocks = figure.texts.index("BUILDING BLOCKS")
    shares = [int(text.split()[0]) for text in figure.texts[blocks:] if text.endswith(" of 16")]
    assert shares == sorted(shares, reverse=True)


def test_blocks_of_the_same_name_are_told_apart(framework, drawn):
    both = ["AGR-2", "dif-market-linkage"]
    figure = drawn(gk.plot_architecture(gk.architecture(framework, use_cases=both)))
    assert {"Messaging (govstack)", "Messaging (dif)"} <= set(figure.texts)


# --- matrices -------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", USED)
def test_step_matrices_are_readable_and_complete(framework, rows, published, layer, drawn):
    names = {row[layer]: row["name"] for row in rows(f"{layer}s")}
    for use_case in published:
        matrix = gk.step_matrix(framework, use_case, layer)
        figure = drawn(gk.plot_step_matrix(matrix)).assert_readable()
        links = [row for row in rows(f"step_{layer}s") if row["step"].rsplit(".", 1)[0] == use_case]
        used = Counter(names[row[layer]] for row in links)
        assert set(used) <= set(figure.texts)
        if links:
            at = figure.texts.index("Steps that use it") + 1
            totals = [int(text) for text in figure.texts[at:] if text.isdigit()]
            assert sorted(totals) == sorted(used.values())
        marks = [name for name in figure.shapes("mark:") if not name.startswith(":")]
        assert len(marks) == len(links)
        plt.close(figure.figure)


def made_matrix(names, layer="building_block"):
    numbers = [[(7 * a + 3 * b + a * b) % 12 for b in range(len(names))] for a in range(len(names))]
    index = pd.Index(names, name="use_case", dtype="str")
    frame = pd.DataFrame(numbers, index=index, columns=pd.Index(names, name=layer, dtype="str"))
    return frame.astype("int64")


@pytest.mark.parametrize("layer", USED)
def test_the_overlap_shows_each_number_the_more_the_darker(framework, layer, drawn):
    matrix = gk.overlap_matrix(framework, layer)
    figure = drawn(gk.plot_overlap(matrix)).assert_readable()
    darkness, names = {}, matrix.index.tolist()
    for gid, mark in figure.shapes("mark:").items():
        name, place = gid.split(":")
        number = matrix.loc[name, names[int(place) - 1]]
        darkness.setdefault(number, set()).add(round(sum(mark.get_facecolor()[:3]), 4))
    assert all(len(shades) == 1 for shades in darkness.values())
    ordered = [darkness[number].pop() for number in sorted(darkness)]
    assert ordered == sorted(ordered, reverse=True)
    one, other = names[:2]
    assert f"{one}: {other} {matrix.loc[one, other]}," in gk.views.alternative_text(figure.figure)
    marks = {
        f"{a}:{n + 1}" for a in names for n, b in enumerate(names) if a != b and matrix.loc[a, b]
    }
    assert set(figure.shapes("mark:")) == marks


@pytest.mark.parametrize("number", [1, 2, 30])
def test_overlaps_of_any_size_are_readable(number, awkward, drawn):
    names = [f"a-very-long-name-of-a-public-service-that-all-need-{n}" for n in range(number)]
    names[0] = awkward
    figure = drawn(gk.plot_overlap(made_matrix(names))).assert_readable()
    assert figure.figure.get_figwidth() < 26


# --- reuse ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["use_cases", "sectors", "goals", "steps"])
@pytest.mark.parametrize("layer", USED)
def test_bars_are_as_long_as_the_numbers_say(framework, layer, by, drawn):
    frame = gk.reuse(framework, layer)
    figure = drawn(gk.plot_reuse(frame, by=by)).assert_readable(widest=style.PAGE)
    values = frame.set_index("name")[by]
    values = values[values > 0]
    lengths = figure.lengths("bar:")
    assert {name: round(length / max(lengths.values()), 6) for name, length in lengths.items()} == {
        name: round(value / values.max(), 6) for name, value in values.items()
    }
    assert figure.texts.count("not used yet") == sum(frame[by] == 0)
    assert [int(text) for text in figure.texts if text.isdigit()] == sorted(values, reverse=True)


def test_bars_show_steps_beside_use_cases(framework, drawn):
    figure = drawn(gk.plot_reuse(gk.reuse(framework, "building_block")))
    at = figure.texts.index("Identity")
    assert figure.texts[at : at + 3] == ["Identity", "84 steps", "16"]


# --- the layered graph ----------------------------------------------------------------------------


def test_layered_graphs_are_readable_and_draw_the_published_links(  # noqa: PLR0913, PLR0917
    framework, graph, rows, cases, published, drawn
):
    for use_case in cases:
        figure = drawn(gk.plot_graph(framework, use_case)).assert_readable()
        edges = {tuple(gid.rsplit(" ", 1)) for gid in figure.shapes("edge:")}
        steps = {row["step"] for row in rows("steps") if row["use_case"] == use_case}
        for layer in USED:
            links = {
                (f"step:{row['step']}", f"{layer}:{row[layer]}")
                for row in rows(f"step_{layer}s")
                if row["step"] in steps
            }
            below = {(a, b) for a, b in edges if a.startswith("step:") and b.startswith(layer)}
            assert below == links
        possible = {(a, b) for a, b in edges if a.startswith("workflow:")}
        assert not possible if use_case in published else all(":dif:" in b for _, b in possible)
        renderer = figure.figure.canvas.get_renderer()
        inner = {
            said: [t.get_window_extent(renderer) for t in figure.ax.texts
                   if " ".join(t.get_text().split()) == said]
            for said in figure.texts
        }  # fmt: skip
        for node, shape in figure.shapes("node:").items():
            if node.startswith(USED):
                outer = shape.get_window_extent(renderer)
                boxes = inner[graph.nodes[node]["label"]]
                assert any(outer.x0 <= b.x0 <= b.x1 <= outer.x1 and outer.y0 <= b.y0 for b in boxes)
        plt.close(figure.figure)


def crossings(drawing, middle):
    steps = {node: place for place, node in enumerate(drawing.columns[2])}
    right = {node.removeprefix(layered_chart.LANE): place for place, node in enumerate(middle)}
    ends = [(steps[a], right[b]) for a, b in drawing.edges if a in steps and b in right]
    pairs = itertools.combinations(ends, 2)
    return sum((a - c) * (b - d) < 0 for (a, b), (c, d) in pairs)


@pytest.mark.parametrize("use_case", ["AGR-2", "FINC-1", "INST-1"])
def test_the_order_of_a_column_saves_crossings(graph, use_case):
    drawing = layered_chart.drawing_of(graph, f"use_case:{use_case}")
    middle = drawing.columns[3]
    assert crossings(drawing, middle) < 0.9 * crossings(drawing, sorted(middle))
    lanes = [n.removeprefix(layered_chart.LANE) for n in middle if n.startswith(layered_chart.LANE)]
    assert drawing.columns[4] == lanes


# --- what all figures share -----------------------------------------------------------------------


def test_a_figure_on_the_axes_of_a_caller_stays_within_them(framework):
    figure, axes = plt.subplots(2, 3, figsize=(16, 9), layout="constrained")
    before, spots = plt.get_fignums(), axes.flat
    for frame, plot in [
        (gk.journey(framework, "AGR-2"), gk.plot_journey),
        (gk.architecture(framework, use_cases=["AGR-1", "HLTC-2"]), gk.plot_architecture),
        (gk.step_matrix(framework, "AGR-2"), gk.plot_step_matrix),
        (gk.reuse(framework, "workflow"), gk.plot_reuse),
        (made_up(0).iloc[:0], gk.plot_journey),
    ]:
        ax = next(spots)
        assert plot(frame, ax=ax) == (figure, ax)
    assert gk.plot_graph(framework, "AGR-2", ax=next(spots))[0] is figure
    assert plt.get_fignums() == before
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    for ax in axes.flat:
        room = ax.get_window_extent(renderer)
        assert room.width > 200
        for text in ax.texts:
            box = text.get_window_extent(renderer)
            assert room.x0 - 1 <= box.x0 <= box.x1 <= room.x1 + 1
            assert room.y0 - 1 <= box.y0 <= box.y1 <= room.y1 + 1


EMPTY = {
    "journey": (gk.plot_journey, ["layer", "node", "label", "step", "colour"]),
    "architecture": (
        gk.plot_architecture,
        ["sector", "use_case", "use_case_name", "layer", "node", "label", "steps"],
    ),
    "step_matrix": (gk.plot_step_matrix, []),
    "reuse": (gk.plot_reuse, ["workflow", "name", "use_cases", "sectors", "goals", "steps"]),
    "overlap_matrix": (gk.plot_overlap, []),
}


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_frame_gives_a_sentence_and_a_wrong_one_says_what_to_pass(name, drawn):
    plot, columns = EMPTY[name]
    figure = drawn(plot(pd.DataFrame(columns=columns))).assert_readable()
    assert len(figure.texts) == 3
    assert figure.texts[1].endswith(".")
    plt.close(figure.figure)
    for wrong in ("AGR-2", None, 3):
        with pytest.raises(ArgumentError, match=rf"pass what {name}\("):
            plot(wrong)
    assert not plt.get_fignums()


def test_wrong_arguments_say_what_is_allowed(framework):
    with pytest.raises(ArgumentError, match="no column layer, node"):
        gk.plot_journey(framework.steps)
    with pytest.raises(ArgumentError, match="named by step: pass what"):
        gk.plot_step_matrix(framework.steps)
    with pytest.raises(ArgumentError, match="'use_cases', 'sectors', 'goals' or 'steps'"):
        gk.plot_reuse(gk.reuse(framework, "workflow"), by="money")
    with pytest.raises(ArgumentError, match="named by use_case: pass what"):
        gk.plot_overlap(gk.step_matrix(framework, "AGR-2"))
    with pytest.raises(ArgumentError, match=r"to_graph\(framework\)"):
        gk.plot_graph("framework", "AGR-2")
    with pytest.raises(ArgumentError, match="is a step"):
        gk.plot_graph(framework, "AGR-2.1")
    with pytest.raises(UnknownNodeError, match="AGR-2"):
        gk.plot_graph(framework, "AGR2")
    assert not plt.get_fignums()
