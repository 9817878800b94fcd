"""The list with a figure, through its model: no browser."""

import re

import matplotlib as mpl
import pytest

import govstack_kit as gk

mpl.use("Agg")


@pytest.fixture
def drawn():
    return []


@pytest.fixture
def box(drawn):
    framework = gk.load()

    def draw(case):
        drawn.append(case)
        return gk.plot_user_journey(gk.journey(framework, case))

    cases = {"Market Linkage": "AGR-1", "<b>Telemedicine</b>": "HLTC-2", "Nowhere": "XYZ-1"}
    return gk.choose_figure(cases, draw, description="Use case")


def test_the_first_option_is_drawn_at_once(box, drawn):
    assert drawn == ["AGR-1"]
    assert 'alt="Use case: Market Linkage"' in box.children[1].value


def test_a_choice_draws_another_picture_and_escapes_its_name(box, drawn):
    before = box.children[1].value
    box.children[0].value = "HLTC-2"
    assert drawn == ["AGR-1", "HLTC-2"]
    assert box.children[1].value != before
    assert "&lt;b&gt;Telemedicine" in box.children[1].value
    assert re.search(r"src=\"data:image/png;base64,iVBOR", box.children[1].value)


def test_what_cannot_be_drawn_is_a_sentence_and_leaves_no_figure_open(box):
    import matplotlib.pyplot as plt

    box.children[0].value = "XYZ-1"
    assert "XYZ-1" in box.children[1].value
    assert "<img" not in box.children[1].value
    assert plt.get_fignums() == []


def test_nothing_to_choose_from():
    with pytest.raises(gk.ArgumentError, match="nothing to choose"):
        gk.choose_figure({}, print, description="Use case")
