"""The line on a figure that says what is made up: it is there when it must be, and goes."""

import pytest

import govstack_kit as kit
from govstack_kit.planning.selected import Option
from govstack_kit.selection.business_case import illustration_case
from govstack_kit.views._layout import wrap
from govstack_kit.views.made_up import CASE, is_made_up, made_up
from govstack_kit.views.style import SMALL
from govstack_kit.widgets import demonstrating


@pytest.fixture
def plan(framework):
    found = kit.Plan.new(title="Demonstration")
    demonstrating.fill(found, framework)
    return found


def test_all_that_a_figure_rests_on_is_named(plan):
    assert made_up(plan, "options") == "Made-up costs and fits, for practice"
    assert made_up(plan, "systems", "options", "phases") == (
        "Made-up systems, costs and fits, phases, for practice"
    )
    assert made_up(plan, CASE) == "Made-up costs, for practice"
    assert made_up(plan) == made_up(plan, "systems", "options", "phases")


def test_what_a_team_has_made_its_own_is_no_longer_marked(plan):
    for option in plan.options[1:]:
        option.note = "Our tender of May"
    assert made_up(plan, "options") == "Partly made-up costs and fits, for practice"
    plan.options[0].note = ""
    assert made_up(plan, "options") == ""
    assert made_up(plan, "options", "phases") == "Made-up phases, for practice"
    assert not is_made_up(Option(id="a", name="A"))


def test_the_framework_s_own_illustration_is_called_hypothetical(plan):
    plan.business_case = illustration_case()
    assert made_up(plan, CASE) == "Hypothetical costs, for practice"
    plan.business_case.note = "From the budget of 2027"
    assert made_up(plan, CASE) == ""


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
    assert wrap(text, width, SMALL, most=most) == lines
