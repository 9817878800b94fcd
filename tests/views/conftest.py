"""What the tests of figures share: what stands on an axes, and whether all of it can be read."""

import matplotlib as mpl

mpl.use("Agg")

import numpy as np
import pytest
from matplotlib import pyplot as plt

from govstack_kit.views import style


class Drawn:
    """A figure and what tests ask of it."""

    def __init__(self, made):
        self.figure, self.ax = made

    @property
    def texts(self):
        return [" ".join(text.get_text().split()) for text in self.ax.texts]

    def shapes(self, prefix):
        """Return the shapes whose names begin with a prefix, by the rest of the name."""
        found = ((patch.get_gid() or "", patch) for patch in self.ax.patches)
        return {gid.removeprefix(prefix): p for gid, p in found if gid.startswith(prefix)}

    def lengths(self, prefix):
        return {name: patch.get_width() for name, patch in self.shapes(prefix).items()}

    def beside(self, text):
        """Return the text that follows another one."""
        return self.texts[self.texts.index(text) + 1]

    def assert_readable(self, widest=None):
        """No text overlaps another, is too small, or leaves the figure; every shape is in it."""
        self.ax.apply_aspect()
        self.figure.draw_without_rendering()  # warnings about glyphs are errors here
        renderer, ax = self.figure.canvas.get_renderer(), self.ax
        boxes = np.array([text.get_window_extent(renderer).extents for text in ax.texts])
        left, bottom, right, top = boxes.T
        slack = 0.5  # half a pixel
        overlap = (
            (left[:, None] < right[None] - slack)
            & (left[None] < right[:, None] - slack)
            & (bottom[:, None] < top[None] - slack)
            & (bottom[None] < top[:, None] - slack)
        )
        np.fill_diagonal(overlap, val=False)
        pairs = [(self.texts[a], self.texts[b]) for a, b in np.argwhere(overlap)]
        assert not pairs
        shapes = [patch.get_window_extent(renderer).extents for patch in ax.patches]
        all_of_them = np.array([*boxes, *shapes])
        assert (all_of_them[:, :2] >= -1).all()
        assert (all_of_them[:, 2] <= self.figure.bbox.width + 1).all()
        assert (all_of_them[:, 3] <= self.figure.bbox.height + 1).all()
        assert min(text.get_fontsize() for text in ax.texts) >= style.SMALL
        assert not any(text.get_parse_math() for text in ax.texts)
        if widest:
            assert self.figure.get_figwidth() * 72 <= widest
        return self


@pytest.fixture(autouse=True)
def _leave_no_figure():
    """Close what a test has drawn, and see that matplotlib's settings are left alone."""
    before = dict(mpl.rcParams)
    yield
    plt.close("all")
    assert dict(mpl.rcParams) == before


@pytest.fixture
def drawn():
    """Return what makes a figure easy to ask: ``drawn(plot_needs(frame))``."""
    return Drawn


@pytest.fixture(scope="session")
def awkward():
    """A name with what breaks markup, formulas and fonts."""
    return (
        "Cost $5_a^2 and $6 \\frac{1}{2} %d {} <b> 農村 👩‍🌾 مرحبا שלום é\u0301 \x07\n\ttab \ud800"
    )
