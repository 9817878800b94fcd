"""What guided parts show as HTML, and the list with a figure; no browser."""

import re

import matplotlib as mpl
import pandas as pd
import pytest

import govstack_kit as gk
from govstack_kit.widgets import markup

mpl.use("Agg")


@pytest.fixture
def drawn():
    return []


@pytest.fixture
def box(drawn, framework):
    def draw(case):
        drawn.append(case)
        return gk.plot_journey(gk.journey(framework, case))

    cases = {"Market Linkage": "AGR-1", "<b>Telemedicine</b>": "HLTC-2", "Nowhere": "XYZ-1"}
    return gk.widgets.choose_figure(cases, draw, description="Use case")


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

    before = plt.get_fignums()
    box.children[0].value = "XYZ-1"
    assert "XYZ-1" in box.children[1].value
    assert "<img" not in box.children[1].value
    assert plt.get_fignums() == before


def test_nothing_to_choose_from():
    with pytest.raises(gk.errors.ArgumentError, match="nothing to choose"):
        gk.widgets.choose_figure({}, print, description="Use case")


def test_tables_are_escaped_short_and_say_where_there_is_nothing():
    frame = pd.DataFrame({"<b>": ["<script>", None], "Share": [0.5, float("nan")]})
    found = markup.table(frame, "What <is> there")
    assert "<script" not in found
    assert "&lt;b&gt;" in found
    assert ">0.5<" in found
    assert "nan" not in found.lower()
    assert "60 more rows" in markup.table(pd.DataFrame({"n": range(100)}), "Many")
    assert "Nothing yet." in markup.table(frame.head(0), "None")


# --- what follows the open plan -------------------------------------------------------------------


@pytest.fixture
def places(monkeypatch):
    """Return what stands in each place of a notebook, in the order of its cells."""
    found = []

    class Place:
        def __init__(self, shown):
            self.shown = shown
            found.append(self)

        def update(self, shown):
            self.shown = shown

    monkeypatch.setattr(markup, "display", lambda shown, **_: Place(shown))
    return found


def services(session):
    def named():
        return list(session.names("use_cases").values())

    return named


def test_what_follows_a_plan_is_a_sentence_first_and_the_result_after_a_change(places, tmp_path):
    session = gk.open_session(tmp_path / "ours")
    gk.widgets.follow(session, "Your services.")(services(session))
    assert "Your services. This will stand here" in places[0].shown.data
    session.change("Add", lambda plan: plan.add("use_cases", name="<b>School fees"))
    assert places[0].shown.data == '<p dir="auto">&lt;b&gt;School fees</p>'


def test_what_is_costly_says_that_the_plan_has_changed(places, tmp_path):
    session = gk.open_session(tmp_path / "ours")
    gk.widgets.follow(session, "Your services.", costly=True)(services(session))
    session.change("Add", lambda plan: plan.add("use_cases", name="School fees"))
    assert "has changed since: press ▶▶" in places[0].shown.data


def test_a_cell_that_is_run_again_follows_once(places, tmp_path):
    session = gk.open_session(tmp_path / "ours")
    for _ in range(2):
        gk.widgets.follow(session, "Your services.")(services(session))
    session.change("Add", lambda plan: plan.add("use_cases", name="School fees"))
    assert "will stand here" in places[0].shown.data
    assert "School fees" in places[1].shown.data


def test_what_a_plan_lacks_is_said_and_keys_are_not(places, tmp_path, framework):
    session = gk.open_session(tmp_path / "ours")
    follow = gk.widgets.follow(session, "This.")
    follow(lambda: gk.roadmap(framework, session.plan).sentences())
    follow(lambda: gk.plot_journey(gk.journey(session.laid, session.use_case)))
    follow(lambda: gk.readable(session.plan.steps))
    assert "The plan has no phases" in places[0].shown.data
    assert places[1].shown.data == places[2].shown.data == f'<p dir="auto">This. {markup.EMPTY}</p>'
