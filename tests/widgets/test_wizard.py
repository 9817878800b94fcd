"""Questions one at a time: states, what is missing, and what is drawn when. No browser."""

import pytest

import govstack_kit as gk
from govstack_kit.widgets.fields import Form, Text, button
from govstack_kit.widgets.wizard import (
    BLOCKED,
    DONE,
    IN_PROGRESS,
    NOT_STARTED,
    Question,
    Wizard,
    lacking,
    there,
)


class Counted(Form):
    """A form that counts how often it is brought up to date."""

    shown = 0

    def show(self):
        self.shown += 1
        super().show()


def field(column, title, after="", *, missing=True, table="plan"):
    """Return a question about one column of the plan."""

    def waits(session):
        there = not after or session.plan.row("plan")[after]
        return [] if there else [f"First say the {after}."]

    needs = {"table": table, "columns": [column], "said": f"Write the {column}."}
    return Question(
        column,
        column.capitalize(),
        title,
        "One line.",
        lambda session: [Counted(session, table, [column])],
        **({"missing": lambda session: lacking(session, needs)} if missing else {}),
        waits=waits,
        answered=lambda session: there(session, needs),
    )


@pytest.fixture
def questions():
    return [
        field("country", "Whose <plan> is it?"),
        field("title", "What is it called?"),
        field("note", "What else?", after="country", table="business_case"),
    ]


@pytest.fixture
def wizard(session, questions):
    return Wizard(
        session,
        "A <b>test</b>",
        lambda _session: questions,
        ending="All is done.",
        beneath=lambda session: session.title,
    )


@pytest.fixture
def shown(wizard, page):
    return page(wizard)


def built(wizard):
    return list(wizard._parts)


def test_it_starts_at_the_first_question_and_says_how_each_stands(shown):
    assert shown.head["question"] == "Whose <plan> is it?"
    assert (shown.head["title"], shown.head["current"], shown.head["done"]) == (
        "A <b>test</b>",
        0,
        1,
    )
    assert shown.states == [IN_PROGRESS, DONE, BLOCKED]
    assert shown.foot["back"] is False


def test_only_the_open_question_is_built_and_brought_up_to_date(wizard, shown, session):
    assert built(wizard) == ["country"]
    (form,) = wizard.parts
    before = form.shown
    session.change("Rename", lambda plan: plan.set("plan", title="New"))
    assert form.shown == before + 1
    wizard.go(1)
    assert built(wizard) == ["country", "title"]
    session.change("Rename", lambda plan: plan.set("plan", title="Newer"))
    assert form.shown == before + 1
    assert shown.field("Title").value == "Newer"


def test_nothing_is_done_while_out_of_sight(wizard, session):
    (form,) = wizard.parts
    wizard.visible, before = False, form.shown
    session.change("Rename", lambda plan: plan.set("plan", title="New"))
    assert form.shown == before
    wizard.reveal()
    assert form.shown > before
    assert wizard._sum.value == "New"


def test_next_pressed_too_early_goes_to_what_is_missing_and_says_it_there(wizard, shown):
    assert shown.head["lacks"] == []
    assert shown.beneath("Country") == ""
    shown.press("Next")
    assert shown.head["question"] == "Whose <plan> is it?"
    assert shown.head["lacks"] == ["Write the country."]
    assert shown.beneath("Country") == "Write the country."
    assert wizard._head.attend.startswith("lacks")
    shown.field("Country").value = "Kenya"
    assert shown.head["lacks"] == []
    assert shown.beneath("Country") == ""


def test_next_goes_on_and_back_back_with_the_focus_on_the_question(wizard, shown):
    shown.field("Country").value = "Kenya"
    shown.press("Next")
    assert shown.head["question"] == "What is it called?"
    assert wizard._head.attend == "question 1"
    assert shown.states == [DONE, DONE, NOT_STARTED]
    shown.press("Back")
    assert wizard._head.attend == "question 2"
    assert shown.head["question"] == "Whose <plan> is it?"


def test_a_blocked_question_says_what_it_waits_for_and_has_no_controls(wizard, shown, session):
    wizard.go(2)
    assert shown.head["help"] == "First say the country."
    assert built(wizard) == ["country"]
    shown.press("Next")
    assert shown.head["lacks"] == ["First say the country."]
    session.change("Set", lambda plan: plan.set("plan", country="Kenya"))
    assert built(wizard) == ["country", "note"]
    assert shown.head["help"] == "One line."


def test_the_end_is_told(wizard, shown):
    shown.field("Country").value = "Kenya"
    wizard.go(2)
    assert shown.foot["next"] == "Finish"
    shown.field("Note").value = "x"
    shown.press("Finish")
    assert shown.states == [DONE] * 3
    assert (shown.foot["ending"], shown.foot["next"]) == ("All is done.", "")


def test_finish_says_what_is_still_open(session, page):
    wizard = Wizard(session, "T", [field("country", "Whose?"), field("title", "What?")])
    wizard.go(1)
    page(wizard).press("Finish")
    assert "“Country”" in page(wizard).foot["notice"]


def test_it_goes_on_where_the_team_left_off_whoever_opens_it(session, questions, framework):
    session.change("Set", lambda plan: plan.set("plan", country="Kenya"))
    later = gk.widgets.Session(session.plan.path, framework=framework)
    again = Wizard(later, "A test", questions)
    assert again.current == 2
    assert [again.state(question) for question in again.questions] == [DONE, DONE, IN_PROGRESS]


def test_the_demonstration_is_opened_at_its_start(demonstration, questions):
    assert Wizard(demonstration, "A test", questions).current == 0


def test_what_may_stay_open_is_done_once_it_was_seen(session, page):
    optional = field("note", "Which?", missing=False, table="business_case")
    wizard = Wizard(session, "T", [field("country", "Whose?"), optional])
    assert page(wizard).states == [IN_PROGRESS, NOT_STARTED]
    wizard.go(1)
    assert page(wizard).states == [IN_PROGRESS, DONE]


def test_undo_and_redo_say_what_they_do(shown):
    assert shown.head["undo"] == ""
    shown.field("Country").value = "Kenya"
    assert shown.head["undo"] == "Change country of plan"
    shown.press("Undo")
    assert shown.field("Country").value == ""
    assert shown.foot["notice"] == "Undone: Change country of plan."
    shown.press("Redo")
    assert shown.field("Country").value == "Kenya"


def test_showing_a_value_is_no_change(shown, session):
    session.change("Set", lambda plan: plan.set("plan", country="Kenya"))
    assert shown.field("Country").value == "Kenya"
    assert session.plan.undoable == "Set"
    session.undo()
    assert session.plan.undoable == ""


def test_errors_are_sentences_wherever_they_happen(session, page, capsys):
    def parts(session):
        broken = Text(session, lambda: "")
        broken.widget = button(session, "Break", lambda: 1 / 0)
        return [Text(session, lambda: 1 / 0 if session.title == "Bad" else ""), broken]

    wizard = Wizard(session, "T", [Question("k", "K", "K?", "", parts)])
    page(wizard).press("Break")
    assert page(wizard).foot["notice"].startswith("Something went wrong")
    session.change("Rename", lambda plan: plan.set("plan", title="Bad"))
    assert page(wizard).foot["notice"].startswith("Something went wrong")
    assert capsys.readouterr() == ("", "")


def test_questions_may_come_and_go(wizard, shown, questions):
    shown.field("Country").value = "Kenya"
    shown.press("Next")
    questions.insert(0, field("language", "New one"))
    wizard.show()
    assert shown.head["question"] == "What is it called?"
    del questions[1:]
    wizard.show()
    assert shown.head["question"] == "New one"
    wizard.go(99)
    assert wizard.current == 0


def test_one_question_alone_has_no_way_on(session, questions, page):
    foot = page(Wizard(session, "One", questions[:1])).foot
    assert (foot["next"], foot["back"]) == ("", False)


def test_what_another_window_saved_is_seen_when_going_on(shown, session):
    shown.field("Country").value = "Kenya"
    other = gk.Plan.open(session.plan.path)
    other.set("plan", title="From there")
    other.save()
    shown.press("Next")
    assert shown.field("Title").value == "From there"
    assert "another window has saved" in shown.foot["notice"]
