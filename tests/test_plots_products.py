"""The figures of products: readable, complete, and true to the frames."""

import itertools
import math

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit.planning.selected import Answer, Cover, Option
from govstack_kit.selection.checks import checks
from govstack_kit.selection.comparison import compare, profile
from govstack_kit.selection.compliance import fit
from govstack_kit.selection.maturity import CATEGORIES, maturity_ratings
from govstack_kit.views import _radar, products, style
from govstack_kit.views.products import plot_fit, plot_radar

NAMES = ("Mojaloop", "OpenG2P", "A platform with a rather long name of many words", "D", "E", "F")
ANSWERS = ("met", "met", "partly", "met", "unknown", "not met", "met")


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def texts(ax):
    return [" ".join(text.get_text().split()) for text in ax.texts]


def shapes(ax, prefix):
    found = ((patch.get_gid() or "", patch) for patch in ax.patches)
    return {gid.removeprefix(prefix): patch for gid, patch in found if gid.startswith(prefix)}


def assert_readable(fig, ax):
    ax.apply_aspect()
    renderer = fig.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer).extents for text in ax.texts]
    for (one, box), (other, beside) in itertools.combinations(
        zip(texts(ax), boxes, strict=True), 2
    ):
        apart = (
            box[0] >= beside[2] - 0.5
            or beside[0] >= box[2] - 0.5
            or box[1] >= beside[3] - 0.5
            or beside[1] >= box[3] - 0.5
        )
        assert apart, (one, other)
    for box in boxes:
        assert box[0] >= -1
        assert box[1] >= -1
        assert box[2] <= fig.bbox.width + 1
        assert box[3] <= fig.bbox.height + 1
    assert min(text.get_fontsize() for text in ax.texts) >= style.SMALL
    assert not any(text.get_parse_math() for text in ax.texts)
    fig.canvas.draw()  # warnings about glyphs are errors here


def plan_of(framework, number=2, block="govstack:payments"):
    plan = kit.Plan.new(title="Products")
    keys = checks(framework, block)["requirement"].tolist()
    for place, name in enumerate(NAMES[:number]):
        pattern = itertools.cycle(ANSWERS[: 3 + place])
        plan.options = [
            *plan.options,
            Option(
                id=f"o{place}",
                name=name,
                covers=[Cover(key=block)],
                answers=[Answer(key=k, answer=a) for k, a in zip(keys, pattern, strict=False)],
                maturity={c.id: (n * place) % 4 for n, c in enumerate(CATEGORIES[: 7 - place])},
            ),
        ]
    return plan


@pytest.mark.parametrize("number", [1, 3])
def test_bars_of_any_number_of_options_are_readable(framework, number):
    fig, ax = plot_fit(fit(framework, plan_of(framework, number), rulesets="govspecs-2.0"))
    assert_readable(fig, ax)
    shown = texts(ax)
    for name in NAMES[:number]:
        assert f"{name}: Payments" in shown
    assert {"met", "unknown", "partly", "not met", "range", "limit of the rule"} <= set(shown)
    assert fig.get_figwidth() * 72 <= style.PAGE


def test_lengths_of_bars_are_the_shares(framework):
    frame = fit(framework, plan_of(framework), rulesets="govstack-testing-2024-as-published")
    _, ax = plot_fit(frame)
    for row in frame[frame["rule"] != "not asked"].to_dict("records"):
        gid = f"{row['option']}:{row['block']}:{row['level']}:{row['condition']}"
        for part in ("met", "partly", "not_met", "unknown"):
            bars = shapes(ax, f"{part}:")
            if not row[part]:
                assert gid not in bars
                continue
            share = bars[gid].get_width() / products.BAR
            assert share == pytest.approx(row[part] / row["total"])
        ranges = shapes(ax, "range:")
        assert (gid in ranges) == (row["highest"] > row["lowest"])
        if gid in ranges:
            (start, _), (end, _) = ranges[gid].get_path().vertices
            assert (end - start) / products.BAR == pytest.approx(row["highest"] - row["lowest"])


def test_what_else_is_counted_is_written_once_beneath_the_bars(framework):
    frame = fit(framework, plan_of(framework, 2), rulesets="govspecs-2.0")
    (caveat,) = set(frame["caveat"]) - {""}
    fig, ax = plot_fit(frame)
    assert_readable(fig, ax)
    assert texts(ax).count(caveat) == 1
    (said,) = (text for text, words in zip(ax.texts, texts(ax), strict=True) if words == caveat)
    assert (said.get_fontsize(), said.get_color()) == (style.SMALL, style.MUTED)
    bars = [patch.get_y() + patch.get_height() for patch in shapes(ax, "met:").values()]
    assert said.get_position()[1] > max(bars)  # y runs downwards
    _, ax = plot_fit(frame[frame["caveat"] == ""])
    assert caveat not in texts(ax)
    _, ax = plot_fit(frame.assign(caveat=None))
    assert not {"None", "nan"} & set(texts(ax))


def test_nothing_published_is_a_sentence_and_never_a_full_bar(framework):
    plan = plan_of(framework, 1)
    plan.options[0].covers = [Cover(key="govstack:identity")]
    frame = fit(framework, plan, building_blocks="govstack:identity", rulesets="govspecs-2.0")
    fig, ax = plot_fit(frame)
    assert_readable(fig, ax)
    assert texts(ax).count("no published requirements here") == 2
    bars = [gid for part in ("met", "unknown") for gid in shapes(ax, f"{part}:")]
    assert {gid.split(":")[-1] for gid in bars} == {"REQUIRED of the core set"}


def test_shares_are_never_rounded_to_all_or_nothing():
    assert [style.per_cent(share) for share in (0, 0.001, 0.5, 0.999, 1)] == [
        *("0 %", "1 %", "50 %", "99 %", "100 %"),
    ]


def test_many_bars_are_cut_with_a_word(framework):
    frame = fit(framework, plan_of(framework, 3))
    _, ax = plot_fit(frame)
    asked = int((frame["rule"] != "not asked").sum())
    assert f"and {asked - products.MOST_BARS} more: see the table" in texts(ax)
    assert len(shapes(ax, "met:")) <= products.MOST_BARS
    assert "Mojaloop: Payments, govstack-testing-2023, level 2" in texts(ax)


@pytest.mark.parametrize("number", [1, 2, 5])
def test_a_radar_is_readable_and_has_all_its_values(framework, number):
    frame = maturity_ratings(plan_of(framework, number))
    fig, ax = plot_radar(frame)
    assert_readable(fig, ax)
    shown = texts(ax)
    assert set(NAMES[:number]) <= set(shown)
    for category in CATEGORIES:
        assert shown.count(category.name) == 2  # at its spoke and in the table
    assert fig.get_figwidth() * 72 <= style.PAGE
    missing = int(frame["value"].isna().sum())
    assert shown.count(_radar.NONE) == missing == sum(range(number))


def test_points_of_a_radar_stand_where_the_values_say(framework):
    frame = profile(compare(framework, plan_of(framework, 1)))
    _, ax = plot_radar(frame)
    marks = [patch for patch in ax.patches if patch.get_gid() == "mark:o0"]
    assert len(marks) == 4
    places = [mark.get_center() for mark in marks]
    (x, top), (right, y) = places[0], places[1]
    assert top == pytest.approx(y - _radar.REACH * frame["value"][0])
    assert right == pytest.approx(x + _radar.REACH * frame["value"][1])
    assert places[2] == pytest.approx((x, y + _radar.REACH * frame["value"][2]))
    assert places[3] == pytest.approx((x - _radar.REACH * frame["value"][3], y))


def test_a_radar_says_which_fits_were_entered_by_hand(framework):
    plan = plan_of(framework, 3)
    assert "entered by hand" not in texts(plot_radar(profile(compare(framework, plan)))[1])[1]
    for option in plan.options[:2]:
        option.covers = [Cover(key="govstack:payments", fit=0.5)]
    fig, ax = plot_radar(profile(compare(framework, plan)))
    assert_readable(fig, ax)
    assert texts(ax)[1].endswith("Fits the blocks, entered by hand: Mojaloop, OpenG2P.")


def test_what_is_not_known_is_a_gap_and_no_zero():
    values = [1.0, math.nan, 0.0, 0.5, 0.25]
    frame = pd.DataFrame({"option": "a", "name": "A", "axis": list("vwxyz"), "value": values})
    _, ax = plot_radar(frame)
    marks = [patch for patch in ax.patches if patch.get_gid() == "mark:a"]
    assert len(marks) == 4
    line = next(patch for patch in ax.patches if patch.get_gid() == "line:a")
    assert (
        len(line.get_path().vertices) == 2 * 3
    )  # of five lines, the two beside the gap are left out
    assert texts(ax).count(_radar.NONE) == 1
    assert texts(ax).count("0 %") == 1


def test_options_are_told_apart_without_colour(framework):
    _, ax = plot_radar(maturity_ratings(plan_of(framework, 5)))
    lines = [shapes(ax, "line:")[f"o{place}"] for place in range(5)]
    assert len({str(line.get_linestyle()) for line in lines}) == 5
    assert len({mark for _, _, mark in _radar.LOOKS}) == 5
    for colour, _, _ in _radar.LOOKS:
        assert style.contrast(colour, style.PAPER) >= 4.5


def test_more_than_five_options_are_said_to_be_left_out(framework):
    fig, ax = plot_radar(maturity_ratings(plan_of(framework, 6)))
    assert_readable(fig, ax)
    assert "1 more options are not drawn" not in texts(ax)[1]
    assert "One more option is not drawn" in texts(ax)[1]
    assert "F" not in texts(ax)


def test_empty_frames_give_a_sentence(framework):
    plan = kit.Plan.new(title="Empty")
    assert "No option has been asked yet." in texts(plot_fit(fit(framework, plan))[1])
    assert "three axes" in texts(plot_radar(maturity_ratings(plan))[1])[1]


@pytest.mark.parametrize("plot", [plot_fit, plot_radar])
def test_a_wrong_subject_says_what_to_pass(plot):
    with pytest.raises(kit.ArgumentError, match="Pass what"):
        plot("mojaloop")
    with pytest.raises(kit.ArgumentError, match="no column option, name"):
        plot(pd.DataFrame({"value": [1]}))
    assert not plt.get_fignums()


def test_the_figures_stay_on_the_axes_of_a_caller(framework):
    plan = plan_of(framework)
    fig, axes = plt.subplots(1, 2, figsize=(20, 9))
    assert plot_fit(fit(framework, plan, rulesets="kit-fit"), ax=axes[0]) == (fig, axes[0])
    assert plot_radar(maturity_ratings(plan), ax=axes[1]) == (fig, axes[1])
    fig.canvas.draw()
    assert plt.get_fignums() == [fig.number]


def test_settings_of_the_user_change_nothing(framework):
    frame = maturity_ratings(plan_of(framework))
    plain, _ = plot_radar(frame)
    with mpl.rc_context({"text.color": "red", "font.family": "serif", "font.size": 30}):
        other, ax = plot_radar(frame)
        assert_readable(other, ax)
    assert tuple(plain.get_size_inches()) == tuple(other.get_size_inches())
