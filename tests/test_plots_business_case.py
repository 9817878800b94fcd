"""The figures of a business case: lengths are the money, and everything can be read."""

import itertools

import matplotlib as mpl

mpl.use("Agg")

import pytest
from matplotlib import pyplot as plt

import govstack_kit as kit
from govstack_kit.planning.selected import BusinessCase, Project
from govstack_kit.selection.business_case import (
    business_case,
    demonstration_case,
    illustration_case,
    tornado,
)
from govstack_kit.views import style
from govstack_kit.views._amounts import amount, ticks
from govstack_kit.views.business_case import PARTS, plot_business_case, plot_tornado

AWKWARD = "Cost $5_a^2 <b> 農村 👩‍🌾 مرحبا é\u0301 tab"
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
    found = ((patch.get_gid() or "", patch) for patch in ax.patches)
    return {gid.removeprefix(prefix): patch for gid, patch in found if gid.startswith(prefix)}


def assert_readable(fig, ax):
    ax.apply_aspect()
    fig.canvas.draw()
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
    assert min(text.get_fontsize() for text in ax.texts) >= style.SMALL


def plan_of(case):
    plan = kit.Plan.new(title="Case")
    plan.business_case = case
    return plan


def awkward(number, **fields):
    """Return a case of projects with awkward names and very different costs."""
    return BusinessCase(
        overlap=0.4,
        currency="francs",
        projects=[
            Project(
                id=f"p{n}",
                name=f"{LONG if n % 2 else AWKWARD} {n}",
                build=10.0**n,
                run=3 * 10.0**n,
                integration=7,
                people=0,
                people_served=n + 1,
            )
            for n in range(number)
        ],
        **fields,
    )


@pytest.fixture
def usual():
    return plan_of(demonstration_case())


def test_bars_are_as_long_as_the_money(usual):
    found = business_case(usual)
    fig, ax = plot_business_case(found)
    assert_readable(fig, ax)
    rows = found.components.set_index("component")
    for which in ("alone", "shared"):
        bars = shapes(ax, f"{which}:")
        assert list(bars) == list(PARTS)
        scale = shapes(ax, "alone:")["build"].get_width() / rows.loc["build", "alone"]
        for name, bar in bars.items():
            assert bar.get_width() == pytest.approx(scale * rows.loc[name, which])
    gap = shapes(ax, "gap:")["shared"].get_width() + 2
    assert gap == pytest.approx(scale * rows.loc["total", "saving"])
    shown = texts(ax)
    assert shown[0] == "Sharing saves 5.57 million USD in 5 years, 38 % of the cost"
    assert (
        shown[1]
        == "5 projects, 5 of them overlapping by 50 % (given in the plan). All money in USD."
    )
    assert set(found.summary["quantity"]) <= set(shown)
    assert "5.57 million saved" in shown
    assert fig.get_figwidth() * 72 <= style.PAGE


def test_the_illustration_of_2019_can_be_drawn():
    plan = plan_of(illustration_case())
    fig, ax = plot_business_case(business_case(plan))
    assert_readable(fig, ax)
    shown = texts(ax)
    assert "2.7 million" in shown
    assert any(text.startswith("No project has a cost for integration") for text in shown)


def test_what_is_dearer_shared_is_said():
    plan = plan_of(BusinessCase(overlap=0, projects=[
        Project(id=key, name=key, build=1, integration=50) for key in "ab"
    ]))  # fmt: skip
    fig, ax = plot_business_case(business_case(plan))
    assert_readable(fig, ax)
    assert texts(ax)[0] == "Sharing costs 100 USD in 5 years more"
    assert set(shapes(ax, "gap:")) == {"alone"}


@pytest.mark.parametrize("number", [1, 4, 13])
@pytest.mark.parametrize("people", [None, 5_000_000])
def test_awkward_projects_are_readable(number, people):
    plan = plan_of(awkward(number, people_at_scale=people))
    fig, ax = plot_business_case(business_case(plan))
    assert_readable(fig, ax)
    table = tornado(plan)
    fig, ax = plot_tornado(table)
    assert_readable(fig, ax)
    assert not any(text.get_parse_math() for text in ax.texts)
    assert len(shapes(ax, "bar:")) == min(len(table), 15)


def test_costs_of_zero_are_drawn():
    plan = plan_of(BusinessCase(overlap=1, projects=[Project(id="a", name="A", build=0)]))
    assert_readable(*plot_business_case(business_case(plan)))
    assert_readable(*plot_tornado(tornado(plan)))


def test_the_bars_of_the_tornado_end_at_the_savings(usual):
    table = tornado(usual)
    fig, ax = plot_tornado(table)
    assert_readable(fig, ax)
    lows, highs = shapes(ax, "low:"), shapes(ax, "high:")
    base = shapes(ax, "base")[""].get_path().vertices[0, 0]
    rows = table.set_index("input")
    first = rows.iloc[0]
    scale = (highs[rows.index[0]].get_center()[0] - base) / (
        first["saving_at_high"] - first["saving"]
    )
    for name, row in rows.iterrows():
        for marks, at in ((lows, "saving_at_low"), (highs, "saving_at_high")):
            x = marks[name].get_center()[0]
            assert x == pytest.approx(base + scale * (row[at] - row["saving"]), abs=1e-6)
        assert mpl.colors.to_hex(lows[name].get_facecolor()) == style.PAPER.lower()
    heights = [bar.get_y() for bar in shapes(ax, "bar:").values()]
    assert heights == sorted(heights)
    assert "35 to 65 %" in texts(ax)


def test_an_empty_tornado_gives_a_sentence(usual):
    fig, ax = plot_tornado(tornado(usual).iloc[:0])
    assert_readable(fig, ax)
    assert texts(ax)[1] == "No input is given."


def test_the_figures_stay_on_the_axes_of_a_caller(usual):
    fig, axes = plt.subplots(1, 2, figsize=(22, 9))
    before = plt.get_fignums()
    found = plot_business_case(business_case(usual), ax=axes[0], title="Ours", source="")
    assert found == (fig, axes[0])
    assert plot_tornado(tornado(usual), ax=axes[1], title="Ours", source="") == (fig, axes[1])
    assert plt.get_fignums() == before
    assert [texts(ax)[0] for ax in axes] == ["Ours", "Ours"]


@pytest.mark.parametrize("wrong", ["plan", None, 3])
def test_a_wrong_subject_says_what_to_pass(wrong, usual):
    with pytest.raises(kit.ArgumentError, match=r"Pass what govstack_kit\.business_case\(plan\)"):
        plot_business_case(wrong)
    with pytest.raises(kit.ArgumentError, match=r"Pass what govstack_kit\.tornado\(plan\)"):
        plot_tornado(wrong)
    with pytest.raises(kit.ArgumentError, match="no column saving"):
        plot_tornado(tornado(usual).drop(columns="saving"))
    assert not plt.get_fignums()


def test_parts_can_be_told_apart_without_colour():
    faces = [part.colour for part in PARTS.values()]
    for (one, beside), (a, b) in zip(
        itertools.pairwise(PARTS.values()), itertools.pairwise(faces), strict=True
    ):
        assert one.hatch != beside.hatch or style.contrast(a, b) >= 2


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (0.126, "0.13"),
        (9.995, "10"),
        (999, "999"),
        (1_000, "1,000"),
        (999_600, "1 million"),
        (9_165_000, "9.17 million"),
        (-2_500_000, "-2.5 million"),
        (2.85e11, "285 billion"),
    ],
)
def test_amounts_are_short(value, said):
    assert amount(value) == said


def test_lines_are_round_and_hold_every_value():
    for low, high in ((0, 0), (0, 1e15), (-5, 3.2), (2.31e6, 4.29e6), (0.001, 0.0011)):
        found = ticks(low, high)
        assert found[0] <= low
        assert found[-1] >= high
        assert 2 <= len(found) <= 8
