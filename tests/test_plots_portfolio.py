"""The figures of a portfolio: every number is there, once, readable, in the right place."""

import itertools

import matplotlib as mpl

mpl.use("Agg")

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

import govstack_kit as kit

AWKWARD = "Cost $5_a^2 <b> 農村 👩‍🌾 مرحبا é\u0301 \x07 \ud800"
LONG = "a-very-long-name-of-a-public-service-that-everybody-in-the-country-needs"


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


def assert_readable(fig, ax, smallest=8):
    """No text overlaps another, is too small, or leaves the figure; every shape is in it too."""
    ax.apply_aspect()
    renderer = fig.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer).extents for text in ax.texts]
    for (a, one), (b, two) in itertools.combinations(zip(ax.texts, boxes, strict=True), 2):
        apart = (
            one[2] <= two[0] + 0.5
            or two[2] <= one[0] + 0.5
            or one[3] <= two[1] + 0.5
            or two[3] <= one[1] + 0.5
        )
        assert apart, (a.get_text(), b.get_text())
    for box in [*boxes, *(patch.get_window_extent(renderer).extents for patch in ax.patches)]:
        assert box[0] >= -1
        assert box[1] >= -1
        assert box[2] <= fig.bbox.width + 1
        assert box[3] <= fig.bbox.height + 1
    assert min(text.get_fontsize() for text in ax.texts) >= smallest


def made(names, layer="building_block", seed=1):
    numbers = np.random.default_rng(seed).integers(0, 12, (len(names), len(names)))
    index = pd.Index(names, name="use_case")
    columns = pd.Index(names, name=layer)
    return pd.DataFrame(np.maximum(numbers, numbers.T), index=index, columns=columns)


# --- the overlap --------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", ["workflow", "building_block"])
def test_the_overlap_shows_each_number_in_its_cell(framework, layer):
    matrix = kit.overlap_matrix(framework, layer)
    fig, ax = kit.plot_overlap(matrix)
    assert_readable(fig, ax)
    renderer = fig.canvas.get_renderer()
    marks = shapes(ax, "mark:")
    names = matrix.index.tolist()
    expected = {
        f"mark:{one}:{place + 1}"
        for one, (place, other) in itertools.product(names, enumerate(names))
        if one != other and matrix.loc[one, other]
    }
    assert set(marks) == expected
    at = {
        (round((box.x0 + box.x1) / 2), round((box.y0 + box.y1) / 2)): text.get_text()
        for text in ax.texts
        for box in (text.get_window_extent(renderer),)
        if text.get_text().isdigit()
    }
    for gid, mark in marks.items():
        _, name, place = gid.split(":")
        box = mark.get_window_extent(renderer)
        middle = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        near = [said for (x, y), said in at.items() if abs(x - middle[0]) < 3 > abs(y - middle[1])]
        assert near == [str(matrix.loc[name, names[int(place) - 1]])]
    uses = [matrix.loc[name, name] for name in names]
    assert texts(ax)[0] == f"How many {layer.replace('_', ' ')}s each two use cases share"
    assert [int(t) for t in texts(ax) if t.isdigit()].count(uses[0]) >= 1


def test_the_more_is_shared_the_darker(framework):
    matrix = kit.overlap_matrix(framework, "workflow")
    _, ax = kit.plot_overlap(matrix)
    darkness = {}
    for gid, mark in shapes(ax, "mark:").items():
        _, name, place = gid.split(":")
        number = matrix.loc[name, matrix.columns[int(place) - 1]]
        darkness.setdefault(number, set()).add(round(sum(mark.get_facecolor()[:3]), 4))
    assert all(len(shades) == 1 for shades in darkness.values())
    ordered = [darkness[number].pop() for number in sorted(darkness)]
    assert len(ordered) > 2
    assert ordered == sorted(ordered, reverse=True)


@pytest.mark.parametrize("names", [["A"], ["A", LONG], [f"{LONG}-{n}" for n in range(30)]])
@pytest.mark.parametrize("layer", ["workflow", "building_block"])
def test_overlaps_of_any_size_are_readable(names, layer):
    fig, ax = kit.plot_overlap(made(names, layer))
    assert_readable(fig, ax)
    assert fig.get_figwidth() < 26


def test_names_of_use_cases_are_text():
    fig, ax = kit.plot_overlap(made([AWKWARD, "B"]), title=AWKWARD, source=AWKWARD)
    fig.canvas.draw()
    assert_readable(fig, ax)
    assert not any(text.get_parse_math() for text in ax.texts)


def test_a_portfolio_of_plans_is_drawn(framework):
    one, two = (kit.Plan.new(title=title) for title in ("Education", "Health"))
    for plan in (one, two):
        plan.add_published(framework, "AGR-2")
    both = kit.combine(framework, [one, two])
    chosen = both.use_cases.query("catalogue == 'own'")["use_case"].tolist()
    fig, ax = kit.plot_overlap(kit.overlap_matrix(both, "building_block", [*chosen, "AGR-2"]))
    assert_readable(fig, ax)
    assert texts(ax).count("10") == 6 + 3
    fig, ax = kit.plot_architecture(kit.architecture(both, use_cases=chosen))
    assert_readable(fig, ax)


# --- the links ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "systems",
    [range(1, 51), [2, 3], [1, 2], range(1, 5), [3, 400], [1, 10**6], range(2, 12), [7, 8, 9]],
)
def test_curves_are_readable_and_end_at_the_numbers(systems):
    frame = kit.integration_links(systems)
    fig, ax = kit.plot_integration(frame)
    assert_readable(fig, ax)
    last = frame.iloc[-1]
    for name in ("point_to_point", "shared"):
        number = int(last[name])
        assert f"{number:,} link{'s' * (number != 1)}" in texts(ax)
        path = shapes(ax, "curve:")[f"curve:{name}"].get_path().vertices
        assert len(path) == len(frame)
        heights = path[0, 1] - path[:, 1]
        grown = frame[name] - frame[name].iloc[0]
        ratio = heights[-1] / max(grown.iloc[-1], 1)
        assert heights == pytest.approx(grown * ratio, abs=1e-6)
    assert str(f"{last['systems']:,}") in texts(ax)


def test_both_curves_have_one_scale():
    _, ax = kit.plot_integration(kit.integration_links([1, 3, 50]))
    curves = {gid: p.get_path().vertices for gid, p in shapes(ax, "curve:").items()}
    pairs, shared = curves["curve:point_to_point"], curves["curve:shared"]
    assert pairs[1] == pytest.approx(shared[1])  # three systems: three links either way
    assert (pairs[0, 1] - pairs[2, 1]) / (shared[0, 1] - shared[2, 1]) == pytest.approx(1225 / 49)


@pytest.mark.parametrize("systems", [1, 2, 50, 10**6])
def test_one_number_gives_two_bars(systems):
    frame = kit.integration_links(systems)
    fig, ax = kit.plot_integration(frame)
    assert_readable(fig, ax)
    bars = [bar.get_width() for bar in shapes(ax, "bar:").values()]
    expected = [n for n in (frame["point_to_point"].item(), systems) if n]
    assert [bar / max(bars) for bar in bars] == pytest.approx([n / max(expected) for n in expected])


# --- what all figures share ---------------------------------------------------------------------


def test_figures_on_the_axes_of_a_caller_stay_within_them(framework):
    fig, axes = plt.subplots(1, 2, figsize=(16, 7), layout="constrained")
    before = plt.get_fignums()
    assert kit.plot_overlap(kit.overlap_matrix(framework, "workflow"), ax=axes[0])[0] is fig
    frame = kit.integration_links(range(1, 30))
    assert kit.plot_integration(frame, ax=axes[1]) == (fig, axes[1])
    assert plt.get_fignums() == before
    fig.canvas.draw()
    renderer = fig.canvas.get_renderer()
    for ax in axes:
        room = ax.get_window_extent(renderer)
        for text in ax.texts:
            box = text.get_window_extent(renderer)
            assert room.x0 - 1 <= box.x0 <= box.x1 <= room.x1 + 1
            assert room.y0 - 1 <= box.y0 <= box.y1 <= room.y1 + 1


def test_empty_frames_give_a_sentence_and_wrong_ones_an_error(framework):
    for plot, frame in (
        (kit.plot_overlap, made([])),
        (kit.plot_integration, kit.integration_links([])),
    ):
        fig, ax = plot(frame)
        assert_readable(fig, ax)
        assert texts(ax)[1].endswith(".")
        plt.close(fig)
        for wrong in ("AGR-2", None):
            with pytest.raises(kit.ArgumentError, match=r"Pass what govstack_kit\."):
                plot(wrong)
    with pytest.raises(kit.ArgumentError, match="same use cases as rows and as columns"):
        kit.plot_overlap(kit.step_matrix(framework, "AGR-2"))
    with pytest.raises(kit.ArgumentError, match="whole numbers"):
        kit.plot_overlap(made(["A", "B"]) / 2)
    with pytest.raises(kit.ArgumentError, match="no column systems"):
        kit.plot_integration(framework.steps)
    assert not plt.get_fignums()
