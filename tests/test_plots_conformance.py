"""The figure of conformance: every operation is there, once, readable, in its state."""

import itertools

import matplotlib as mpl

mpl.use("Agg")

import pandas as pd
import pytest
from matplotlib import pyplot as plt

from govstack_kit import ArgumentError
from govstack_kit.views import style
from govstack_kit.views.conformance import MOST, STATES, plot_conformance

LONG = "/a-very-long-path/{withAVeryLongParameter}/of-a-service/that-everybody-needs/$5_a^2/農村"


@pytest.fixture(autouse=True)
def _leave_no_figure():
    before = dict(mpl.rcParams)
    yield
    plt.close("all")
    assert dict(mpl.rcParams) == before


def made(*states, path="/vouchers", compared="in full"):
    scores = {"there": 0.75, "near": 0.4, "missing": 0.0}
    return pd.DataFrame(
        {
            "method": "DELETE",
            "path": [f"{path}/{at}" for at in range(len(states))],
            "state": list(states),
            "matched_method": "POST",
            "matched_path": [path if state != "missing" else "" for state in states],
            "score": [scores[state] for state in states],
            "compared": compared,
            "differences": 2,
        }
    )


def texts(ax):
    return [" ".join(text.get_text().split()) for text in ax.texts]


def test_states_scores_and_what_differs():
    fig, ax = plot_conformance(made("there", "there", "near", "missing"))
    said = texts(ax)
    # (0.75 + 0.75 + 0.4 + 0) / 4 = 0.475
    assert said[0] == "2 of 4 published operations are there: score 48 %"
    assert [f"{n} {s}" for n, s in zip((2, 1, 1), STATES, strict=True)] == said[2:5]
    assert said.count("75 %") == 2
    assert "near: POST /vouchers" in said
    assert "there; 2 differences" in said
    discs = [p for p in ax.patches if (p.get_gid() or "").startswith("operation:")]
    faces = [mpl.colors.to_hex(disc.get_facecolor()).upper() for disc in discs]
    there = STATES["there"].colour
    assert faces == [there, there, style.PAPER, style.PAPER]
    shares = {p.get_gid(): p.get_width() for p in ax.patches if "share:" in (p.get_gid() or "")}
    assert shares["share:there"] == pytest.approx(2 * shares["share:near"])
    assert fig.get_size_inches()[0] <= 14


def test_text_is_readable_and_inside():
    states = list(itertools.islice(itertools.cycle(STATES), MOST + 5))
    fig, ax = plot_conformance(made(*states, path=LONG))
    ax.apply_aspect()
    renderer = fig.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer).extents for text in ax.texts]
    for one, two in itertools.combinations(boxes, 2):
        assert (
            one[2] <= two[0] + 0.5
            or two[2] <= one[0] + 0.5
            or one[3] <= two[1] + 0.5
            or two[3] <= one[1] + 0.5
        )
    for box in [*boxes, *(patch.get_window_extent(renderer).extents for patch in ax.patches)]:
        assert box[0] >= -1
        assert box[1] >= -1
        assert box[2] <= fig.bbox.width + 1
        assert box[3] <= fig.bbox.height + 1
    assert "And 5 more, whose scores are no lower: see the table." in texts(ax)
    drawn = [p for p in ax.patches if (p.get_gid() or "").startswith("operation:")]
    assert len(drawn) == MOST
    for state in STATES.values():
        assert style.contrast(state.colour, style.PAPER) >= 4.5


def test_presence_only_nothing_and_wrong_frames():
    _, ax = plot_conformance(made("there", compared="presence only"), title="Ours")
    assert texts(ax)[0] == "Ours"
    assert "Only presence was compared" in texts(ax)[1]
    assert "there; parts not compared" in texts(ax)
    _, ax = plt.subplots()
    assert plot_conformance(made().astype({"state": "str"}), ax=ax)[1] is ax
    assert "No operation is published." in texts(ax)
    with pytest.raises(ArgumentError, match="no column state"):
        plot_conformance(made("there").drop(columns="state"))
