"""The figures of a roadmap: every block and use case at its time, readable whatever the names."""

import itertools

import matplotlib as mpl

mpl.use("Agg")

import pytest
from matplotlib import pyplot as plt

import govstack_kit as kit
from govstack_kit.planning.selected import Phase, Service
from govstack_kit.selection.roadmap import roadmap
from govstack_kit.views import style
from govstack_kit.views.roadmap import plot_roadmap, plot_value_curve

A, B, C, D = (f"govstack:{name}" for name in ("identity", "payments", "messaging", "wallet"))
AWKWARD = "Cost $5_a^2 <b> 農村 👩‍🌾 مرحبا é\u0301 tab"
LONG = "a-very-long-name-of-a-public-service-that-everybody-in-the-country-needs"
FIGURES = (plot_roadmap, plot_value_curve)


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


def made(framework, cases, phases, costs=None):
    """Return a roadmap of use cases and their blocks, and of (name, months, budget)."""
    plan = kit.Plan.new(title="Roadmap")
    for name, blocks in cases.items():
        use_case = plan.add_use_case(name)
        for block in blocks:
            use_case.choose("building_block", block)
    plan.phases = [
        Phase(id=f"p{n}", name=name, months=months, budget=budget)
        for n, (name, months, budget) in enumerate(phases)
    ]
    system = plan.add_system("Register")
    system.serves = [Service(key="govstack:digital-registries", quality="well")]
    return roadmap(framework, plan, costs or dict.fromkeys((A, B, C, D), 100))


@pytest.fixture(scope="module")
def usual(framework):
    cases = {
        "Fees": [A, B, "govstack:digital-registries"],
        "News": [C, A],
        "Later": [],
        "Papers": [D],
    }
    return made(framework, cases, [("Start", 12, 250), ("Growth", 6, 100)],
                {A: 150, B: 60, C: 90, D: 9e9})  # fmt: skip


def test_the_usual_roadmap_is_complete(usual):
    fig, ax = plot_roadmap(usual)
    assert_readable(fig, ax)
    shown = texts(ax)
    for name in (*usual.blocks["name"], *usual.use_cases["name"], "Start", "Growth"):
        assert name in shown
    assert shown[0] == "2 of 4 use cases live within 18 months"
    assert shown[1].startswith("3 building blocks built for 300 USD, paid once; it is")
    assert set(shapes(ax, "built:")) == {A, B, C}
    assert "there:govstack:digital-registries" in {p.get_gid() for p in ax.patches}
    assert "not built" in shown
    assert "there already" in shown
    assert "waits for Wallet" in shown
    assert "no building blocks yet" in shown
    assert fig.get_figwidth() * 72 <= style.PAGE


def test_bars_and_diamonds_stand_where_the_months_say(usual):
    _, ax = plot_roadmap(usual)
    built, lines = shapes(ax, "built:"), shapes(ax, "diamond:")
    blocks = usual.blocks.set_index("building_block")
    ends = {key: bar.get_x() + bar.get_width() for key, bar in built.items()}
    starts = {key: bar.get_x() for key, bar in built.items()}
    for one, other in itertools.permutations(built, 2):
        same = blocks.loc[one, "phase"] == blocks.loc[other, "phase"]
        assert (starts[one] == starts[other]) == same
        if blocks.loc[one, "phase"] < blocks.loc[other, "phase"]:
            assert ends[one] <= starts[other]
    middle = {key: d.get_xy()[:, 0].mean() for key, d in lines.items()}
    months = usual.use_cases.dropna(subset=["month"]).set_index("use_case")["month"]
    assert set(middle) == set(months.index)
    for one, other in itertools.combinations(months.index, 2):
        assert (middle[one] < middle[other]) == (months[one] < months[other])


def test_the_curve_has_every_point(usual):
    fig, ax = plot_value_curve(usual)
    assert_readable(fig, ax)
    line = shapes(ax, "curve:")["value"].get_path().vertices
    limit = shapes(ax, "curve:")["most"].get_path().vertices
    curve = usual.curve
    assert len(line) == len(curve)
    x = (line[:, 0] - line[0, 0]) / (line[-1, 0] - line[0, 0])
    assert x == pytest.approx((curve["month"] / curve["month"].iloc[-1]).to_numpy())
    up = (line[0, 1] - line[:, 1]) / (limit[0, 1] - limit[-1, 1])
    assert up == pytest.approx((curve["value"] / curve["most"].iloc[-1]).to_numpy())
    shown = texts(ax)
    assert shown[0] == "Value comes in from month 12"
    assert "Live after month 12:" in shown
    assert "Not live:" in shown
    assert set(shapes(ax, "live:")) == {"12", "18"}


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("phases", [1, 5, 12])
def test_awkward_names_and_many_phases_are_readable(framework, figure, phases):
    cases = {AWKWARD: [A], LONG: [B, C], "x": [A, D]}
    named = [
        (f"{LONG} {n}" if n % 2 else f"{AWKWARD} {n}", 0.5 + 11 * (n % 3), 100)
        for n in range(phases)
    ]
    found = made(framework, cases, named)
    fig, ax = figure(found)
    fig.canvas.draw()  # warnings about glyphs are errors here
    assert_readable(fig, ax)
    assert not any(text.get_parse_math() for text in ax.texts)


@pytest.mark.parametrize("figure", FIGURES)
def test_a_roadmap_on_which_nothing_goes_live_is_drawn(framework, figure):
    found = made(framework, {"Fees": [A]}, [("Start", 12, 1)])
    fig, ax = figure(found)
    assert_readable(fig, ax)
    assert texts(ax)[0] in {"0 of 1 use case live within 12 months", "No value comes in yet"}


def test_what_is_live_from_the_start_and_without_budget_is_drawn(framework):
    registry = "govstack:digital-registries"
    found = made(framework, {"Fees": [registry], "News": [C]}, [("Start", 12, None)])
    for figure in FIGURES:
        fig, ax = figure(found)
        assert_readable(fig, ax)
    assert "Live at once:" in texts(ax)
    assert any("100, no limit" in text for text in texts(plot_roadmap(found)[1]))


def test_more_rows_than_can_be_drawn_are_counted(framework):
    cases = {f"Case {n:03}": [A] for n in range(70)}
    fig, ax = plot_roadmap(made(framework, cases, [("Start", 12, None)]))
    assert_readable(fig, ax)
    assert "and 10 more: see the table" in texts(ax)


@pytest.mark.parametrize("figure", FIGURES)
def test_the_figure_stays_on_the_axes_of_a_caller(usual, figure):
    fig, ax = plt.subplots(figsize=(14, 9))
    before = plt.get_fignums()
    assert figure(usual, ax=ax, title="Ours", source="") == (fig, ax)
    assert plt.get_fignums() == before
    assert texts(ax)[0] == "Ours"


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("wrong", ["plan", None, 3])
def test_a_wrong_subject_says_what_to_pass(figure, wrong):
    with pytest.raises(kit.ArgumentError, match=r"Pass what govstack_kit\.roadmap\(framework"):
        figure(wrong)
    assert not plt.get_fignums()
