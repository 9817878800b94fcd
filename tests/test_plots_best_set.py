"""The figures of the best set: every number is there, readable, and means what it says."""

import itertools

import matplotlib as mpl

mpl.use("Agg")

import pandas as pd
import pytest
from matplotlib import pyplot as plt

from govstack_kit import ArgumentError
from govstack_kit.selection.optimise import best_set
from govstack_kit.selection.sensitivity import stability
from govstack_kit.views import style
from govstack_kit.views.best_set import plot_best_set, plot_constraints, plot_stability

NAMES = ["Cost $5_a^2 <b> 農村", "A very long name of an option that nobody can remember" * 2, "C"]


@pytest.fixture(autouse=True)
def _leave_no_figure():
    before = dict(mpl.rcParams)
    yield
    plt.close("all")
    assert dict(mpl.rcParams) == before


@pytest.fixture(scope="module")
def options():
    return pd.DataFrame(
        {
            "option": ["a", "a", "b", "b", "c", "c"],
            "name": [name for name in NAMES for _ in range(2)],
            "kind": ["product"] * 2 + ["system"] * 2 + ["own build"] * 2,
            "building_block": ["pay", "wallet", "pay", "registry", "wallet", "registry"],
            "fit": [0.8, 0.6, 0.5, 0.9, 0.7, 0.8],
            "build_cost": [100.0, 100.0, 80.0, 80.0, 60.0, 60.0],
            "integration_cost": 10.0,
            "annual_cost": 2.0,
        }
    )


@pytest.fixture(scope="module")
def needs():
    names = ["Payments", "Wallet", "Digital registries"]
    return pd.DataFrame({"building_block": ["pay", "wallet", "registry"], "name": names})


def texts(ax):
    return [" ".join(text.get_text().split()) for text in ax.texts]


def bars(ax):
    return {p.get_gid()[4:]: p for p in ax.patches if (p.get_gid() or "").startswith("bar:")}


def assert_readable(fig, ax):
    """No text overlaps another or leaves the figure, and none is too small."""
    ax.apply_aspect()
    renderer = fig.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer).extents for text in ax.texts]
    for (a, one), (b, two) in itertools.combinations(zip(ax.texts, boxes, strict=True), 2):
        across = one[2] <= two[0] + 0.5 or two[2] <= one[0] + 0.5
        assert across or one[3] <= two[1] + 0.5 or two[3] <= one[1] + 0.5, (a, b)
    for box in boxes:
        assert box[0] >= -1
        assert box[1] >= -1
        assert box[2] <= fig.bbox.width + 1
        assert box[3] <= fig.bbox.height + 1
    assert fig.get_figwidth() * 72 <= style.PAGE
    assert min(text.get_fontsize() for text in ax.texts) >= style.SMALL


def test_the_best_set_has_a_bar_as_long_as_its_cost(options, needs):
    found = best_set(options, needs, {"keep": ["a"]})
    fig, ax = plot_best_set(found.options, found.chosen)
    assert_readable(fig, ax)
    drawn = {key: bar.get_width() for key, bar in bars(ax).items()}
    costs = found.options.set_index("option")["cost"]
    assert list(drawn) == costs.index.tolist()
    for key, width in drawn.items():
        assert width / max(drawn.values()) == pytest.approx(costs[key] / costs.max())
    said = texts(ax)
    assert said[0] == f"{len(costs)} options for 3 building blocks cost {found.cost:,.0f}"
    assert {"product", "own build"} <= set(said)


def test_blocks_of_the_same_name_are_two_and_long_names_are_cut():
    keys = ["govstack:registration", "dif:registration"]
    found = pd.DataFrame(
        {"building_block": keys, "name": "Registration", "option": "x", "part": ["main", "helps"]}
    )
    chosen = {"option": ["x"], "name": "National " * 33, "kind": "product", "cost": 5.0}
    fig, ax = plot_best_set(pd.DataFrame(chosen), found, currency="USD", note="Made-up costs")
    assert_readable(fig, ax)
    said = texts(ax)
    assert said[0] == "1 option for 2 building blocks costs 5 USD"
    assert said[2] == "Made-up costs"
    assert mpl.colors.to_hex(ax.texts[2].get_color()).upper() == style.WARNING
    assert "Registration (govstack), Registration (dif) (helps)" in said
    (cut,) = (text for text in said if text.endswith("…"))
    assert cut.startswith("National National")


def test_unknown_costs_are_not_drawn_as_zero(options, needs):
    found = best_set(options.assign(annual_cost=float("nan")), needs, {"aim": "fit"})
    fig, ax = plot_best_set(found.options, found.chosen)
    assert_readable(fig, ax)
    assert not bars(ax)
    assert "unknown" in texts(ax)
    assert "an amount that is not known" in texts(ax)[0]


def test_an_impossible_set_is_said_in_a_sentence(options, needs):
    found = best_set(options, needs, {"budget": 1})
    _, ax = plot_best_set(found.options, found.chosen)
    assert "No set of options is possible." in texts(ax)
    _, ax = plot_constraints(found.constraints)
    assert "No rule limits the choice." in texts(ax)


@pytest.mark.parametrize("aim", ["cost", "fit"])
def test_what_rules_cost_is_written_beside_them(options, needs, aim):
    rules = {"aim": aim, "least_fit": 0.6, "budget": 300, "keep": ["a"], "most_options": 2}
    found = best_set(options, needs, rules)
    assert found.status == "proved"
    fig, ax = plot_constraints(found.constraints, aim=aim)
    assert_readable(fig, ax)
    binding = found.constraints[found.constraints["binds"]]
    assert len(bars(ax)) == len(binding)
    assert texts(ax).count("nothing") == len(found.constraints) - len(binding)


def test_stability_shows_shares_and_marks_the_best_set(options, needs):
    frame = stability(options, needs, draws=100, costs=0.6, executor="none", progress=False)
    fig, ax = plot_stability(frame)
    assert_readable(fig, ax)
    whole = frame[frame["building_block"] == ""].set_index("option")
    shown = bars(ax)
    assert set(shown) == set(whole.index[whole["share"] > 0])
    longest = max(bar.get_width() for bar in shown.values()) / whole["share"].max()
    for key, bar in shown.items():
        assert bar.get_width() / longest == pytest.approx(whole.loc[key, "share"], abs=0.005)
        filled = mpl.colors.to_hex(bar.get_facecolor()).upper() != style.PAPER
        assert filled == whole.loc[key, "chosen"]


def test_stability_without_any_set_says_so(options, needs):
    given = {"draws": 5, "executor": "none", "progress": False}
    _, ax = plot_stability(stability(options, needs, {"budget": 1}, **given))
    assert "In no draw was any set of options possible." in texts(ax)


def test_figures_fit_the_axes_of_the_caller_and_refuse_other_frames(options, needs):
    found = best_set(options, needs)
    figure, axes = plt.subplots()
    assert plot_best_set(found.options, found.chosen, ax=axes) == (figure, axes)
    for draw in (plot_constraints, plot_stability, lambda frame: plot_best_set(frame, frame)):
        with pytest.raises(ArgumentError, match="no column"):
            draw(pd.DataFrame({"x": [1]}))
