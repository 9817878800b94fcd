"""Versions set aside when two windows had a plan open: brought together, settled, undone."""

import errno

import ipywidgets
import pytest

import govstack_kit as gk
from govstack_kit.planning import _writing, history
from govstack_kit.planning.model import Candidate
from govstack_kit.widgets import plans, versions
from govstack_kit.widgets.models import Session


def shown(widget):
    """Return the widgets that are not hidden."""
    if widget.layout.display != "none":
        yield widget
        for child in getattr(widget, "children", ()):
            yield from shown(child)


def text(wizard):
    return " ".join(
        part.value for part in shown(wizard.widget) if isinstance(part, ipywidgets.HTML)
    )


def button(wizard, name):
    return next(
        part
        for part in shown(wizard.widget)
        if isinstance(part, ipywidgets.Button) and part.description == name
    )


def names(wizard):
    return [one.description for one in shown(wizard.widget) if isinstance(one, ipywidgets.Button)]


def describe(field, value):
    return lambda plan: setattr(plan.use_cases[0].steps[0], field, value)


def add(name):
    return lambda plan: plan.use_cases[0].add_step(name)


@pytest.fixture
def two(tmp_path, framework, monkeypatch):
    """Return two windows: one has the plan, the other a version that was set aside."""
    path = tmp_path / "kenya"
    ours = Session(path, framework=framework)
    ours.change(
        "Start",
        lambda plan: plan.add_from_list("School fees", "1. Registration\n2. Payment"),
        fresh=True,
    )
    ours.change("Describe", describe("as_is", "on paper"))
    theirs = Session(path, framework=framework)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(_writing, "write", full)
        theirs.change("Describe", describe("as_is", "by <b>phone</b>"))
    ours.change("Describe", describe("as_is", "by post"))
    ours.change("Describe", describe("to_be", "online"))
    ours.change("Remove", lambda plan: plan.use_cases[0].remove_step(plan.use_cases[0].steps[1].id))
    theirs.change("Add", add("Receipt"))
    assert theirs.notice.endswith("Bring the two together in the part “Your plan”.")
    return ours, theirs


def step_names(session):
    return [step.name for step in session.use_case.steps]


def test_a_version_set_aside_is_shown_brought_in_and_taken_back(two):
    ours, theirs = two
    wizard = plans.wizard(ours)
    assert [path.name for path in versions.beside(ours.plan)] == [theirs.path.name]
    said = text(wizard)
    assert "Versions set aside" in said
    assert "how it is done today: “by post” here, “by &lt;b&gt;phone&lt;/b&gt;” there." in said
    assert "how it should be done: “online” is only here." in said
    assert "steps: “Receipt” is only there." in said
    before = ours.plan.data()
    button(wizard, "Bring this version in").click()
    assert step_names(ours) == ["Registration", "Receipt"]  # what one removed is gone
    first = ours.use_case.steps[0]
    assert (first.as_is, first.to_be) == ("by post", "online")
    assert "1 thing that both say differently" in ours.notice
    (double,) = ours.plan.conflicts
    assert (double.kept, double.other) == ("by post", "by <b>phone</b>")
    assert gk.Plan.open(ours.path).data() == ours.plan.data()
    assert theirs.path.is_file()
    assert "It was brought in already." in text(wizard)
    ours.undo()
    after = ours.plan.data()
    assert {k: v for k, v in after.items() if k not in ("revision", "updated")} == {
        k: v for k, v in before.items() if k not in ("revision", "updated")
    }
    assert "Said differently" not in text(wizard)


def test_what_both_say_is_exchanged_or_kept(two):
    ours, _ = two
    wizard = plans.wizard(ours)
    button(wizard, "Bring this version in").click()
    assert "Kept: “by post”. The other: “by &lt;b&gt;phone&lt;/b&gt;”." in text(wizard)
    button(wizard, "Use the other").click()
    assert ours.use_case.steps[0].as_is == "by <b>phone</b>"
    assert ours.plan.conflicts == []
    assert "✓ Exchanged" in names(wizard)  # the row stays under the finger
    button(wizard, "Keep").click()
    assert ours.notice == "This is settled already. Undo takes it back."
    ours.undo()
    assert ours.use_case.steps[0].as_is == "by post"
    button(wizard, "Keep").click()
    assert ours.use_case.steps[0].as_is == "by post"
    assert ours.plan.conflicts == []


def test_who_works_in_the_version_set_aside_is_led_back_to_the_plan(two):
    ours, theirs = two
    wizard = plans.wizard(theirs)
    assert "You work in the one that was set aside; the plan itself is kenya" in text(wizard)
    button(wizard, "Open kenya.govplan.json and bring this version in").click()
    assert theirs.path == ours.path
    assert step_names(theirs) == ["Registration", "Receipt"]
    ours.refresh()
    assert step_names(ours) == ["Registration", "Receipt"]


def test_what_was_changed_since_or_is_no_single_value_can_only_be_kept(two):
    ours, _ = two
    versions.bring_in(ours, versions.beside(ours.plan)[0])
    ours.change("Describe", describe("as_is", "by radio"))
    wizard = plans.wizard(ours)
    assert "Keep" in names(wizard)
    assert "Use the other" not in names(wizard)
    with pytest.raises(gk.PlanError, match="was changed since"):
        versions.settle(ours, 0, other=True)
    assert ours.use_case.steps[0].as_is == "by radio"
    with pytest.raises(gk.PlanError, match="settled already"):
        versions.settle(ours, 7, other=False)


def test_without_the_common_version_nothing_is_lost_either(two):
    ours, theirs = two
    for version in history.versions(ours.path):
        version.path.unlink()
    assert versions.common(ours.path, theirs.path) is None
    versions.bring_in(ours, theirs.path)
    assert step_names(ours) == ["Registration", "Payment", "Receipt"]  # who removed it is unknown
    assert [double.other for double in ours.plan.conflicts] == ["by <b>phone</b>"]


def test_the_common_version_is_the_one_both_started_from(two):
    ours, theirs = two
    base = versions.common(ours.path, theirs.path)
    assert base.use_cases[0].steps[0].as_is == "on paper"
    assert [step.name for step in base.use_cases[0].steps] == ["Registration", "Payment"]
    assert versions.common(theirs.path, ours.path) is None


def test_other_plans_and_broken_versions_are_not_offered(two, framework):
    ours, theirs = two
    theirs.path.with_name("kenya (conflict 2030-01-01 0000).govplan.json").write_text("{")
    other = Session(theirs.path.with_name("kenya (conflict 2030-01-02 0000)"), framework=framework)
    other.change("Start", lambda plan: plan.add_use_case("Other"), fresh=True)
    assert versions.beside(ours.plan) == [theirs.path]
    theirs.path.unlink()
    with pytest.raises(gk.PlanError, match="cannot be used any more"):
        versions.bring_in(ours, theirs.path)
    wizard = plans.wizard(ours)
    assert "Versions set aside" not in text(wizard)


def test_the_demonstration_has_no_versions(tmp_path, framework):
    wizard = plans.wizard(Session(folder=tmp_path, framework=framework))
    assert "Versions set aside" not in text(wizard)
    assert gk.guide_plan(Session(folder=tmp_path, framework=framework)).children


def plan_with(name, score):
    plan = gk.Plan.new(title="Kenya")
    plan.plan_id = "one"
    case = plan.add_from_list("School fees", "1. Registration\n2. Registration")
    case.steps[1].name = name
    plan.candidates = [Candidate(id=key, name=key, scores={"gain": score}) for key in "ab"]
    plan.candidates[1].scores = {"gain": 5.0}
    return plan


def test_names_and_scores_are_found_again_and_what_is_twice_the_same_is_not(framework, tmp_path):
    ours, theirs = plan_with("Payment", 2.0), plan_with("Pay <b>", 4.0)
    both, _ = gk.Plan.merge(ours, theirs)
    ways = [versions.where_it_stands(both, double) for double in both.conflicts]
    assert ways == [
        ("use_cases", 0, "steps", 1, "name"),
        ("candidates", 0, "scores", "gain"),
    ]
    both.save(tmp_path / "both")
    session = Session(tmp_path / "both", framework=framework)
    versions.settle(session, 0, other=True)
    versions.settle(session, 0, other=True)
    assert session.use_case.steps[1].name == "Pay <b>"
    assert session.plan.candidates[0].scores == {"gain": 4.0}
    assert gk.Plan.open(session.path).conflicts == []
    twins = both.conflicts[0].model_copy(update={"kept": "Registration"})
    both.use_cases[0].steps[1].name = "Registration"
    assert versions.where_it_stands(both, twins) is None  # two steps of that name
