"""The figure of quadrants: everybody is in the right place, readable, and as sure as computed."""

import itertools
import math

import matplotlib as mpl

mpl.use("Agg")

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex, to_rgb

import govstack_kit as kit
from govstack_kit.planning.model import Candidate
from govstack_kit.planning.prioritise import default_criteria, demonstration_candidates
from govstack_kit.views import quadrants, style

NAMES = [
    "Business licence",
    "School fee waiver for families with low incomes in the northern districts",
    "Land title search",
    "Cost $5_a^2 %d {} <b> 農村 👩‍🌾 مرحبا e\u0301 \x07 tab",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
]


@pytest.fixture(autouse=True)
def _leave_no_figure():
    before = dict(mpl.rcParams)
    yield
    plt.close("all")
    assert dict(mpl.rcParams) == before


def plan_of(scores):
    """Return a plan with candidates of one importance and one feasibility each; None is open."""
    plan = kit.Plan.new(title="What first?")
    plan.candidates = [
        Candidate(
            id=f"c{number}",
            name=f"{NAMES[number % len(NAMES)]} {number}",
            scores={
                c.id: importance if c.kind == "importance" else feasibility
                for c in default_criteria()
            },
        )
        for number, (importance, feasibility) in enumerate(scores)
    ]
    return plan


def grid(number):
    """Return as many places as asked for, many of them shared, and one that is open."""
    places = itertools.cycle([(2, 4), (2, 4), (3, 3), (4.5, 4.4), (4.6, 4.5), (5, 5), (1, 1)])
    return [*itertools.islice(places, number - 1), (None, 3)]


def wavering(plan):
    """Return shares that differ from candidate to candidate."""
    rows = []
    for number, row in enumerate(kit.rank(plan).to_dict("records")):
        if row["quadrant"] == "not yet placed":
            rows.append((row["candidate"], row["quadrant"], 1.0))
            continue
        sure = [1.0, 0.95, 0.62, 0.3, 0.997][number % 5]
        others = [letter for letter in "ABCD" if letter != row["quadrant"]]
        shares = {row["quadrant"]: sure, others[0]: 1 - sure, others[1]: 0, others[2]: 0}
        rows += [(row["candidate"], letter, share) for letter, share in shares.items()]
    return pd.DataFrame(rows, columns=["candidate", "quadrant", "share"])


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
    for box in [*boxes, *(patch.get_window_extent(renderer).extents for patch in ax.patches)]:
        assert box[0] >= -1
        assert box[1] >= -1
        assert box[2] <= fig.bbox.width + 1
        assert box[3] <= fig.bbox.height + 1
    assert min(text.get_fontsize() for text in ax.texts) >= style.SMALL
    assert {text.get_fontfamily()[0] for text in ax.texts} == {"DejaVu Sans"}


@pytest.fixture
def demonstration():
    plan = kit.Plan.new(title="What first?")
    plan.candidates = demonstration_candidates()
    return plan


def test_the_demonstration_is_readable_and_complete(demonstration):
    table = kit.rank(demonstration)
    fig, ax = kit.plot_quadrants(table, sensitivity=kit.sensitivity(demonstration))
    assert_readable(fig, ax)
    shown = texts(ax)
    assert set(table["name"]) <= set(shown)
    for number in range(1, 11):
        assert shown.count(str(number)) >= 2  # in its disc and in the list
    for letter, meaning in (("A", "Do first"), ("D", "Postpone")):
        assert shown.count(f"{letter}: {meaning}") == 2
    assert "Feasibility →" in shown
    assert "Strategic importance and impact →" in shown
    assert shown[-1] == quadrants.SOURCE
    assert fig.get_figwidth() <= 14


@pytest.mark.parametrize("number", [1, 2, 5, 10, 25, 40])
@pytest.mark.parametrize("sensitive", [False, True])
def test_any_number_of_candidates_is_readable(number, sensitive):
    plan = plan_of(grid(number))
    shares = wavering(plan) if sensitive else None
    fig, ax = kit.plot_quadrants(kit.rank(plan), sensitivity=shares)
    assert_readable(fig, ax)
    fig.canvas.draw()  # warnings about glyphs are errors here
    assert len(shapes(ax, "candidate:")) == number - 1
    assert not any(text.get_parse_math() for text in ax.texts)


def test_25_candidates_at_random_never_cover_each_other():
    for seed in range(6):
        chance = np.random.default_rng(seed)
        plan = plan_of(chance.integers(4, 21, (25, 2)) / 4)
        fig, ax = kit.plot_quadrants(kit.rank(plan), sensitivity=kit.sensitivity(plan))
        assert_readable(fig, ax)
        discs = [disc.get_center() for disc in shapes(ax, "candidate:").values()]
        dots = [dot.get_center() for dot in shapes(ax, "dot:").values()]
        for one, other in itertools.combinations(discs, 2):
            assert math.dist(one, other) >= 2 * quadrants.RADIUS
        for disc, dot in itertools.product(discs, dots):
            assert math.dist(disc, dot) >= quadrants.RADIUS
        plt.close(fig)


def test_everybody_at_one_place_is_still_readable():
    plan = plan_of([(4, 4)] * 25)
    fig, ax = kit.plot_quadrants(kit.rank(plan))
    assert_readable(fig, ax)
    assert len({dot.get_center() for dot in shapes(ax, "dot:").values()}) == 1


def test_discs_stand_where_the_scores_say():
    places = [(1, 1), (5, 5), (1, 5), (5, 1), (3, 3), (2, 4.5)]
    plan = plan_of(places)
    _, ax = kit.plot_quadrants(kit.rank(plan))
    at = {key: disc.get_center() for key, disc in shapes(ax, "candidate:").items()}
    (left, low), (right, high) = at["c0"], at["c1"]
    for number, (importance, feasibility) in enumerate(places):
        x = left + (right - left) * (importance - 1) / 4
        y = low + (high - low) * (feasibility - 1) / 4
        assert at[f"c{number}"] == pytest.approx((x, y), abs=1e-6)
    assert left < right
    assert low > high  # y grows downwards
    (x0, y0), (x1, y1) = (
        (box.get_x(), box.get_y()) for box in (shapes(ax, "field:")[k] for k in "CB")
    )
    assert at["c4"] == pytest.approx((x1, y1), abs=1e-6)  # the middle, where the quadrants meet
    assert x0 < x1
    assert y0 < y1


def test_a_disc_that_steps_aside_stays_in_its_quadrant_with_a_dot_at_the_exact_place():
    close = [(i, f) for i in (2.95, 3, 3.05) for f in (2.95, 3, 3.05) for _ in range(2)]
    table = kit.rank(plan_of(close))
    _, ax = kit.plot_quadrants(table)
    fields = shapes(ax, "field:")
    dots, discs = shapes(ax, "dot:"), shapes(ax, "candidate:")
    assert len(dots) > 10
    for row in table.to_dict("records"):
        disc, field = discs[row["candidate"]], fields[row["quadrant"]]
        x, y = disc.get_center()
        assert field.get_x() - 1e-6 <= x <= field.get_x() + field.get_width()
        assert field.get_y() <= y <= field.get_y() + field.get_height() + 1e-6
        if row["candidate"] in dots:
            half = quadrants.SIDE / 2 - quadrants.EDGE
            middle = fields["B"].get_x(), fields["B"].get_y()
            exact = (
                middle[0] + half * (row["importance"] - 3) / 2,
                middle[1] - half * (row["feasibility"] - 3) / 2,
            )
            assert dots[row["candidate"]].get_center() == pytest.approx(exact, abs=1e-6)


def test_shares_stand_beside_the_names_and_show_in_the_discs():
    plan = plan_of([(4, 4.5), (4, 2), (2, 4), (1, 2), (4.5, 4)])
    for candidate in plan.candidates:
        candidate.name = f"Service {candidate.id}"
    shares = pd.DataFrame(
        [
            ("c0", "A", 1.0),
            *(("c1", "B", 0.62), ("c1", "A", 0.3), ("c1", "D", 0.08), ("c1", "C", 0.0)),
            *(("c2", "C", 0.9), ("c2", "A", 0.1)),
            *(("c3", "D", 0.999), ("c3", "B", 0.001)),
            *(("c4", "B", 0.7), ("c4", "A", 0.3)),
        ],
        columns=["candidate", "quadrant", "share"],
    )
    _, ax = kit.plot_quadrants(kit.rank(plan), sensitivity=shares)
    shown = texts(ax)
    said = {
        "c0": "A 100 %",
        "c1": "B 62 %, A 30 %, D 8 %",
        "c2": "C 90 %, A 10 %",
        "c3": "D > 99 %, B < 1 %",
        "c4": "B 70 %, A 30 %",
    }
    for key, text in said.items():
        assert shown[shown.index(f"Service {key}") + 1] == text
    faces = {key: to_hex(d.get_facecolor()).upper() for key, d in shapes(ax, "candidate:").items()}
    hollow = {key for key, face in faces.items() if face == style.PAPER}
    assert hollow == {"c1", "c4"}
    assert any(text.startswith("firm: in its quadrant in 90 %") for text in shown)


def test_without_a_study_nothing_is_said_of_how_sure_a_place_is(demonstration):
    _, ax = kit.plot_quadrants(kit.rank(demonstration))
    assert not any("%" in text for text in texts(ax))
    assert not any(text.startswith("firm") for text in texts(ax))
    faces = {to_hex(d.get_facecolor()).upper() for d in shapes(ax, "candidate:").values()}
    assert style.PAPER not in faces


def test_who_is_not_placed_is_listed_and_not_drawn():
    plan = plan_of([(4, 4), (None, 4), (None, None)])
    fig, ax = kit.plot_quadrants(kit.rank(plan), sensitivity=kit.sensitivity(plan))
    assert_readable(fig, ax)
    assert set(shapes(ax, "candidate:")) == {"c0"}
    shown = texts(ax)
    assert shown.index("Not yet placed") < shown.index("Land title search 2")
    assert "2 not yet placed, because too few questions are answered." in shown[1]


def test_more_candidates_than_can_be_numbered_are_dots():
    chance = np.random.default_rng(1)
    plan = plan_of([*(chance.integers(4, 21, (300, 2)) / 4), *[(None, 3)] * 100])
    fig, ax = kit.plot_quadrants(kit.rank(plan), sensitivity=kit.sensitivity(plan))
    assert_readable(fig, ax)
    assert len(shapes(ax, "candidate:")) == 300
    assert any(text.startswith("More than 60 candidates") for text in texts(ax))
    assert "and 40 more: see the table" in texts(ax)
    assert fig.get_figheight() < 40


def simulated(colour, kind):
    """Return a colour as people with a colour vision deficiency see it (Machado et al. 2009)."""
    seen = {
        "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
        "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                   [-0.011820, 0.042940, 0.968881]],
        "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
    }[kind]  # fmt: skip
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return np.clip(np.array(seen) @ linear, 0, 1)


def test_quadrants_can_be_told_apart_without_colour_and_read_with_it():
    colours = [quadrant.colour for quadrant in quadrants.QUADRANTS.values()]
    for colour in colours:
        assert style.contrast(colour, style.PAPER) >= 4.5
        assert style.contrast(colour, style.tint(colour, 0.09)) >= 4.5
    vertical = [(colours[0], colours[1]), (colours[2], colours[3])]
    across = [(colours[0], colours[2]), (colours[1], colours[3])]
    for kind, (one, other) in itertools.product(("protan", "deutan"), vertical + across):
        assert np.abs(simulated(one, kind) - simulated(other, kind)).max() > 0.03, (kind, one)
    sides = {(q.important, q.feasible) for q in quadrants.QUADRANTS.values()}
    assert len(sides) == 4


def test_the_figure_stays_on_the_axes_of_a_caller(demonstration):
    fig, axes = plt.subplots(1, 2, figsize=(20, 9), layout="constrained")
    before = plt.get_fignums()
    table = kit.rank(demonstration)
    assert kit.plot_quadrants(table, ax=axes[0]) == (fig, axes[0])
    assert kit.plot_quadrants(table.iloc[:0], ax=axes[1])[0] is fig
    assert plt.get_fignums() == before
    fig.canvas.draw()
    renderer = fig.canvas.get_renderer()
    for ax in axes:
        room = ax.get_window_extent(renderer)
        for text in ax.texts:
            box = text.get_window_extent(renderer)
            assert room.x0 - 1 <= box.x0
            assert box.x1 <= room.x1 + 1


def test_settings_of_the_user_change_nothing(demonstration):
    table = kit.rank(demonstration)
    plain, _ = kit.plot_quadrants(table)
    with mpl.rc_context({"text.color": "red", "font.family": "serif", "font.size": 30}):
        other, ax = kit.plot_quadrants(table)
        assert_readable(other, ax)
    assert tuple(plain.get_size_inches()) == tuple(other.get_size_inches())


def test_an_empty_frame_gives_a_sentence():
    plan = kit.Plan.new(title="Empty")
    fig, ax = kit.plot_quadrants(kit.rank(plan), sensitivity=kit.sensitivity(plan))
    assert_readable(fig, ax)
    assert texts(ax)[1] == "No candidate is named yet."


@pytest.mark.parametrize("wrong", ["AGR-2", None, 3])
def test_a_wrong_subject_says_what_to_pass(wrong, demonstration):
    with pytest.raises(kit.ArgumentError, match=r"Pass what govstack_kit\.rank\(plan\)"):
        kit.plot_quadrants(wrong)
    with pytest.raises(kit.ArgumentError, match="no column quadrant"):
        kit.plot_quadrants(kit.rank(demonstration).drop(columns="quadrant"))
    with pytest.raises(kit.ArgumentError, match=r"govstack_kit\.sensitivity\(plan\)"):
        kit.plot_quadrants(kit.rank(demonstration), sensitivity=kit.rank(demonstration))
    assert not plt.get_fignums()
