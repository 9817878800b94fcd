"""Text that fits, colours and fonts that follow matplotlib's settings, and what figures tell."""

import itertools

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import font_manager
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex, to_rgb

import govstack_kit as gk
from govstack_kit.views import alternative_text, canvas, quadrant_chart, style
from govstack_kit.views.canvas import clean, text_width, wrap


@pytest.fixture(scope="module")
def frame(framework):
    return gk.reuse(framework, "workflow")


def test_lines_fit_and_lose_nothing():
    text = "Unconditional social cash transfer for Antidisestablishmentarianism"
    for width in (30, 60, 120, 400):
        lines = wrap(text, width, 9)
        assert all(text_width(line, 9) <= width for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert clean("a\u200d\ufe0fb\x00c") == "abc"
    assert wrap("", 100, 9) == [""]


@pytest.mark.parametrize(
    ("text", "width", "most", "lines"),
    [
        ("Half-year 1", 42, 0, ["Half-", "year 1"]),
        ("/vouchers/{id}/status", 80, 0, ["/vouchers/{id}/", "status"]),
        ("Payments 65 %", 50, 0, ["Payments", "65 %"]),
        ("One two three four", 40, 2, ["One two", "three…"]),
    ],
)
def test_lines_are_cut_where_people_would(text, width, most, lines):
    assert wrap(text, width, style.SMALL, most=most) == lines


def test_letters_of_another_script_are_drawn_where_the_computer_has_a_font(monkeypatch):
    installed = [font for font in font_manager.fontManager.ttflist if font.name == "DejaVu Sans"]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", installed)
    monkeypatch.setattr(canvas, "_FONT_OF_SCRIPT", {})
    canvas._families_for.cache_clear()
    assert clean("农村 village") == "□ village"
    canvas._families_for.cache_clear()
    monkeypatch.setattr(canvas, "_FONT_OF_SCRIPT", {"CJK": "STIXGeneral"})
    assert canvas.families("农")[-1] == "STIXGeneral"
    canvas._families_for.cache_clear()


def test_colours_and_fonts_are_those_that_somebody_has_set(frame, drawn):
    dark = {"text.color": "white", "figure.facecolor": "black", "font.family": "serif"}
    cycle = {"axes.prop_cycle": mpl.cycler(color=["#FFAA00", "#00FFAA"])}
    with mpl.rc_context(dark | cycle | {"font.size": 30}):
        figure = drawn(gk.plot_reuse(frame)).assert_readable()
        assert to_hex(figure.figure.get_facecolor()) == "#000000"
        assert {text.get_fontfamily()[0] for text in figure.ax.texts} == {"DejaVu Serif"}
        assert figure.ax.texts[0].get_color() == "#ffffff"
        bar = next(iter(figure.shapes("bar:").values()))
        assert to_hex(bar.get_facecolor()) == "#00ffaa"
    figure = drawn(gk.plot_reuse(frame))
    assert {text.get_fontfamily()[0] for text in figure.ax.texts} == {"DejaVu Sans"}
    assert figure.ax.texts[0].get_color() == style.INK.lower()


def simulated(colour, kind):
    """Return a colour as people with a colour vision deficiency see it (Machado et al. 2009)."""
    seen = {
        "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
        "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                   [-0.011820, 0.042940, 0.968881]],
    }[kind]  # fmt: skip
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return np.clip(np.array(seen) @ linear, 0, 1)


def test_what_differs_differs_by_more_than_colour_and_can_be_read():
    paper = style.colour("paper")
    assert style.LAYERS["workflow"].round != style.LAYERS["building_block"].round
    for layer in style.LAYERS:
        assert style.contrast(style.colour(layer), paper) >= 4.5
        assert style.contrast(style.colour(layer), style.colour("stripe")) >= 4.5
    assert style.contrast(style.colour("muted"), style.colour("stripe")) >= 4.5
    quadrants = [quadrant.colour for quadrant in quadrant_chart.QUADRANTS.values()]
    for colour in quadrants:
        assert style.contrast(style.colour(colour), style.colour(colour, 0.09)) >= 4.5
    for kind in ("protan", "deutan"):
        for one, other in itertools.pairwise([*quadrants, quadrants[0]]):
            seen = [simulated(style.colour(colour), kind) for colour in (one, other)]
            assert np.abs(seen[0] - seen[1]).max() > 0.03


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
    assert style.amount(value) == said


def test_lines_of_a_scale_are_round_and_hold_every_value():
    for low, high in ((0, 0), (0, 1e15), (-5, 3.2), (2.31e6, 4.29e6), (0.001, 0.0011)):
        found = style.ticks(low, high)
        assert found[0] <= low
        assert found[-1] >= high
        assert 2 <= len(found) <= 8


def test_options_are_named_in_the_signature_and_notes_stand_beneath_the_title(frame, drawn):
    import inspect

    options = list(inspect.signature(gk.plot_reuse).parameters)
    assert options == ["frame", "by", "ax", "title", "source", "note"]
    figure = drawn(gk.plot_reuse(frame, title="Ours", source="Source: us", note="Made up"))
    assert figure.texts[0] == "Ours"
    assert figure.texts[2] == "Made up"
    assert figure.ax.texts[2].get_color() == style.colour("orange")
    assert figure.texts[-1] == "Source: us"
    assert not any("drawn by" in text for text in drawn(gk.plot_reuse(frame, source="")).texts)


def test_the_alternative_text_tells_title_rows_and_nothing_of_other_figures(framework):
    figure, _ = gk.plot_journey(gk.journey(framework, "AGR-2"))
    text = alternative_text(figure)
    assert text.startswith("Rural Advisory Service for Farmers. User journey of AGR-2")
    assert "Digital Registries: step 2, step 3, step 4, 3 of 8 steps." in text
    assert "Goal 2: Zero Hunger." in text
    assert alternative_text(plt.figure()) == ""
    both, axes = plt.subplots(1, 2)
    for layer, ax in zip(("workflow", "building_block"), axes, strict=True):
        gk.plot_reuse(gk.reuse(framework, layer), ax=ax)
    assert alternative_text(both).count("How many use cases each") == 2
