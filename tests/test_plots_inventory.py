"""The figures of needs and of existing systems: every fact is there, readable, in its place."""

import itertools

import matplotlib as mpl

mpl.use("Agg")

import pandas as pd
import pytest
from matplotlib import pyplot as plt

import govstack_kit as kit
from govstack_kit.selection.inventory import coverage_matrix
from govstack_kit.selection.needs import blocks_needed, needs
from govstack_kit.views import style
from govstack_kit.views.inventory import plot_coverage, plot_needs

AWKWARD = "Cost $5_a^2 <b> 農村 👩‍🌾 مرحبا é\u0301 \x07 \ud800"


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


def assert_readable(fig, ax):
    """No text overlaps another, is too small, or leaves the figure; every shape is in it too."""
    ax.apply_aspect()
    renderer = fig.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer).extents for text in ax.texts]
    for (a, one), (b, two) in itertools.combinations(zip(ax.texts, boxes, strict=True), 2):
        apart = one[2] <= two[0] + 0.5 or two[2] <= one[0] + 0.5
        apart = apart or one[3] <= two[1] + 0.5 or two[3] <= one[1] + 0.5
        assert apart, (a.get_text(), b.get_text())
    for box in [*boxes, *(patch.get_window_extent(renderer).extents for patch in ax.patches)]:
        assert box[0] >= -1
        assert box[1] >= -1
        assert box[2] <= fig.bbox.width + 1
        assert box[3] <= fig.bbox.height + 1
    assert fig.get_figwidth() * 72 <= style.PAGE
    assert min(text.get_fontsize() for text in ax.texts) >= style.SMALL


def made(systems, framework, block="govstack:payments"):
    plan = kit.Plan.new(title="Ours")
    plan.add_use_case("Trade").add_step("Pay").choose("building_block", block)
    for name, serves in systems.items():
        listed = [{"key": key, "quality": quality} for key, quality in serves.items()]
        plan.add_system(name, serves=listed)
    return coverage_matrix(framework, plan)


def test_bars_are_as_long_as_the_weights(framework):
    frame = blocks_needed(framework, ["AGR-2", "dif-market-linkage"])
    fig, ax = plot_needs(frame)
    assert_readable(fig, ax)
    bars = {gid: bar.get_width() for gid, bar in shapes(ax, "bar:").items()}
    bars.pop("bar:legend")
    assert set(bars) == {f"bar:{block}" for block in frame["building_block"]}
    longest = max(bars.values())
    for block, weight in zip(frame["building_block"], frame["weight"], strict=True):
        assert bars[f"bar:{block}"] / longest == pytest.approx(weight / frame["weight"].max())
    hatched = {gid for gid, bar in shapes(ax, "bar:").items() if bar.get_hatch()} - {"bar:legend"}
    assert hatched == {f"bar:{b}" for b in frame.loc[~frame["specified"], "building_block"]}
    said = texts(ax)
    first = frame.iloc[0]
    assert f"{first['weight']:.0%}".replace("%", " %") in said
    assert f"{first['steps']} steps, {first['use_cases']} use cases" in said
    assert {"foundational", "other", "nothing is published that it must do"} <= set(said)


def test_marks_are_filled_as_far_as_blocks_are_served(framework):
    systems = {
        "Till": {"govstack:payments": "well", "govstack:gis": "poorly"},
        "Bank": {"govstack:payments": "partly"},
        "Desk": {"govstack:payments": ""},
    }
    matrix = made(systems, framework)
    fig, ax = plot_coverage(matrix)
    assert_readable(fig, ax)
    marks = shapes(ax, "mark:")
    places = {name: place for place, name in enumerate(matrix.columns, start=1)}
    assert set(marks) == {f"mark:Payments:{place}" for place in places.values()} | {
        f"mark:GIS:{places['Till']}"
    }
    filled = {}
    for gid, mark in marks.items():
        box = mark.get_bbox()
        inner = [
            p.get_bbox()
            for p in ax.patches
            if p is not mark and hasattr(p, "get_bbox") and not p.get_gid()
        ]
        own = [b for b in inner if b.x0 == box.x0 and abs(b.y1 - box.y1) < 1e-6]
        filled[gid] = abs(own[0].height / box.height) if own else None
    assert filled[f"mark:Payments:{places['Till']}"] == pytest.approx(1)
    assert filled[f"mark:Payments:{places['Bank']}"] == pytest.approx(0.55)
    assert filled[f"mark:GIS:{places['Till']}"] == pytest.approx(0.2)
    assert marks[f"mark:Payments:{places['Desk']}"].get_hatch()
    said = texts(ax)
    assert "3 systems, 1 needed building block: 1 by several competing systems." in said
    assert said.count("several competing") == 1
    assert {"BUILDING BLOCKS NEEDED", "SERVED, NOT NEEDED"} <= set(said)


@pytest.mark.parametrize("number", [1, 30])
def test_any_number_of_systems_is_readable(framework, number):
    systems = {
        f"A system with quite a long name, number {n}": {"govstack:payments": "well"}
        for n in range(number)
    }
    fig, ax = plot_coverage(made(systems, framework))
    assert_readable(fig, ax)
    assert len(shapes(ax, "mark:")) == number
    assert sum(text == "Payments" for text in texts(ax)) == (1 if number == 1 else 2)


def test_gaps_are_named_where_nothing_serves(framework):
    fig, ax = plot_coverage(made({}, framework))
    assert_readable(fig, ax)
    assert "No system serves any of them." in texts(ax)
    assert "nothing" in texts(ax)


def test_names_are_text(framework):
    fig, ax = plot_coverage(made({AWKWARD: {"govstack:gis": "well"}}, framework), title=AWKWARD)
    fig.canvas.draw()
    assert_readable(fig, ax)
    frame = blocks_needed(framework, ["AGR-2"]).assign(name=AWKWARD)
    fig, ax = plot_needs(frame, source=AWKWARD)
    fig.canvas.draw()
    assert not any(text.get_parse_math() for text in ax.texts)


def test_empty_frames_give_a_sentence_and_wrong_ones_an_error(framework):
    empty = kit.Plan.new(title="x")
    for plot, frame in (
        (plot_needs, needs(framework, empty)),
        (plot_coverage, coverage_matrix(framework, empty)),
    ):
        fig, ax = plot(frame)
        assert_readable(fig, ax)
        assert "so far" in texts(ax)[1]
        plt.close(fig)
        for wrong in ("AGR-2", None, pd.DataFrame({"a": [1]})):
            with pytest.raises(kit.ArgumentError, match="ass what "):
                plot(wrong)
    matrix = made({"Till": {"govstack:payments": "well"}}, framework).replace("well", "superb")
    with pytest.raises(kit.ArgumentError, match="'superb'; allowed: well, partly"):
        plot_coverage(matrix)
    assert not plt.get_fignums()


def test_figures_keep_to_the_axes_of_a_caller(framework):
    fig, axes = plt.subplots(1, 2, figsize=(16, 7))
    assert plot_needs(blocks_needed(framework, ["AGR-2"]), ax=axes[0]) == (fig, axes[0])
    matrix = made({"Till": {"govstack:payments": "well"}}, framework)
    assert plot_coverage(matrix, ax=axes[1]) == (fig, axes[1])
    assert len(plt.get_fignums()) == 1
