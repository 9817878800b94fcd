"""Questions one at a time: states, what is missing, and what is drawn when. No browser."""

import ipywidgets
import pytest

import govstack_kit as gk
from govstack_kit.widgets import parts
from govstack_kit.widgets.models import Session
from govstack_kit.widgets.wizard import BLOCKED, DONE, IN_PROGRESS, NOT_STARTED, Panel, Wizard


class Field(Panel):
    """A question about one field of the plan."""

    help = "One line."

    def __init__(self, session, key, title, after=""):
        super().__init__(session)
        self.key, self.short, self.title, self.after = key, key.capitalize(), title, after
        self.field = key
        self.built = self.shown = 0

    def build(self):
        self.built += 1
        self.control = parts.line(self.short)
        self.on(self.control, self.set)
        return [self.control, self.button("Break", lambda: 1 / 0)]

    def set(self, text):
        self.session.change(f"Set {self.field}", lambda plan: setattr(plan, self.field, text))

    def update(self):
        self.shown += 1
        self.control.value = self.value

    @property
    def value(self):
        return getattr(self.session.plan, self.field)

    def waits_for(self):
        return "" if not self.after or getattr(self.session.plan, self.after) else "Country first."

    def blockers(self):
        return [] if self.value else [f"Write the {self.field}."]

    def answer(self):
        return [self.value, self.session.plan.country] if self.value else None


@pytest.fixture
def session(tmp_path, framework):
    return Session(tmp_path / "plan", framework=framework)


@pytest.fixture
def panels(session):
    session.plan.language = ""
    return [
        Field(session, "country", "Whose <plan> is it?"),
        Field(session, "title", "What is it called?"),
        Field(session, "language", "Which language?", after="country"),
    ]


@pytest.fixture
def wizard(session, panels):
    return Wizard(session, "A <b>test</b>", lambda: panels, ending="All is done.",
                  beneath=lambda: parts.sentence(session.plan.title))  # fmt: skip


def text(wizard):
    """Return all HTML that the wizard shows."""
    return " ".join(
        part.value for part in every(wizard.widget) if isinstance(part, ipywidgets.HTML)
    )


def every(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from every(child)


def states(wizard):
    return [wizard.model.state(panel) for panel in wizard.model.panels]


def press(wizard, label):
    (button,) = [
        part
        for part in every(wizard.widget)
        if isinstance(part, ipywidgets.Button) and part.description == label
    ]
    assert not button.disabled
    button.click()


def test_it_starts_at_the_first_question_and_says_how_many_there_are(wizard):
    assert "Question 1 of 3 · 0 done" in text(wizard)
    assert "Whose &lt;plan&gt; is it?" in text(wizard)
    assert "A &lt;b&gt;test&lt;/b&gt;" in text(wizard)
    assert states(wizard) == [NOT_STARTED, IN_PROGRESS, BLOCKED]


def test_only_the_open_question_is_built_and_brought_up_to_date(wizard, panels, session):
    assert [panel.built for panel in panels] == [1, 0, 0]
    session.change("Rename", lambda plan: setattr(plan, "title", "New"))
    assert [panel.shown for panel in panels] == [2, 0, 0]
    wizard.go(1)
    assert [(panel.built, panel.shown) for panel in panels] == [(1, 2), (1, 1), (0, 0)]


def test_nothing_is_done_while_out_of_sight(wizard, panels, session):
    wizard.visible = False
    session.change("Rename", lambda plan: setattr(plan, "title", "New"))
    assert [panel.shown for panel in panels] == [1, 0, 0]
    wizard.reveal()
    assert [panel.shown for panel in panels] == [2, 0, 0]
    assert "New" in text(wizard)


def test_what_is_missing_stands_beside_the_disabled_button(wizard, panels):
    assert wizard._next.disabled
    assert "<li>Write the country.</li>" in text(wizard)
    panels[0].control.value = "Kenya"
    assert not wizard._next.disabled
    assert "Write the country" not in text(wizard)


def test_next_confirms_and_goes_on(wizard, panels):
    panels[0].control.value = "Kenya"
    press(wizard, "Next")
    assert states(wizard) == [DONE, IN_PROGRESS, NOT_STARTED]
    assert "Question 2 of 3 · 1 done" in text(wizard)
    assert wizard._follower.count == 1
    press(wizard, "Back")
    assert wizard.model.panel is panels[0]
    assert wizard._back.disabled


def test_what_changes_beneath_is_no_longer_confirmed(wizard, panels, session):
    panels[0].control.value = "Kenya"
    press(wizard, "Next")
    press(wizard, "Next")
    assert states(wizard)[:2] == [DONE, DONE]
    session.change("Move", lambda plan: setattr(plan, "country", "Uganda"))
    assert states(wizard)[:2] == [IN_PROGRESS, IN_PROGRESS]
    session.undo()
    assert states(wizard)[:2] == [DONE, DONE]


def test_a_blocked_question_says_what_it_waits_for_and_has_no_controls(wizard, panels, session):
    wizard.go(2)
    assert text(wizard).count("Country first.") == 1
    assert wizard._next.disabled
    assert panels[2].built == 0
    assert not wizard._back.disabled
    session.change("Set", lambda plan: setattr(plan, "country", "Kenya"))
    assert panels[2].built == 1
    assert "Country first." not in text(wizard)


def test_the_end_is_told(wizard, panels):
    panels[0].control.value = "Kenya"
    press(wizard, "Next")
    press(wizard, "Next")
    panels[2].control.value = "sw"
    press(wizard, "Finish")
    assert states(wizard) == [DONE] * 3
    assert "All is done." in text(wizard)
    assert wizard._next.disabled


def test_it_goes_on_where_the_team_left_off(wizard, panels, session, framework):
    panels[0].control.value = "Kenya"
    press(wizard, "Next")
    later = Session(session.path, framework=framework)
    again = Wizard(later, "A <b>test</b>", lambda: [
        Field(later, "country", "Whose?"), Field(later, "title", "What?"),
        Field(later, "language", "Which?"),
    ])  # fmt: skip
    assert again.model.current == 1
    assert states(again)[0] == DONE


def test_undo_and_redo_say_what_they_do(wizard, panels):
    assert wizard._undo.disabled
    panels[0].control.value = "Kenya"
    assert wizard._undo.tooltip == "Undo: Set country"
    press(wizard, "Undo")
    assert panels[0].control.value == ""
    assert "Undone: Set country." in text(wizard)
    press(wizard, "Redo")
    assert panels[0].control.value == "Kenya"


@pytest.mark.usefixtures("wizard")
def test_showing_a_value_is_no_answer(panels, session):
    session.change("Set", lambda plan: setattr(plan, "country", "Kenya"))
    assert panels[0].control.value == "Kenya"
    assert session.undoable == "Set"
    session.undo()
    assert session.undoable == ""


def test_errors_are_sentences_wherever_they_happen(wizard, panels, session, capsys):
    press(wizard, "Break")
    assert 'role="alert"' in text(wizard)
    assert "Something went wrong" in text(wizard)
    panels[0].update = lambda: 1 / 0
    session.change("Rename", lambda plan: setattr(plan, "title", "<i>New</i>"))
    assert "Something went wrong" in text(wizard)
    assert capsys.readouterr() == ("", "")


def test_what_is_refused_is_told_and_escaped(wizard, panels, session):
    wizard.go(1)
    panels[1].control.value = ""
    assert "give it a name" in text(wizard)
    assert session.plan.title == "Plan"
    session.notice = "<script>"
    assert "&lt;script&gt;" in text(wizard)


def test_questions_may_come_and_go(wizard, panels):
    panels[0].control.value = "Kenya"
    press(wizard, "Next")
    panels.insert(0, Field(panels[0].session, "language", "New one"))
    panels[0].key = "other"
    wizard._refresh()
    assert wizard.model.panel.title == "What is it called?"
    del panels[1:]
    wizard._refresh()
    assert wizard.model.panel is panels[0]
    wizard.go(99)
    assert wizard.model.current == 0


def test_many_questions_are_in_a_list_few_have_buttons(session, panels, wizard):
    assert [chip.description for chip in wizard._chips.children] == [
        "○ 1 Country", "◐ 2 Title", "· 3 Language"
    ]  # fmt: skip
    assert [chip.tooltip for chip in wizard._chips.children] == states(wizard)
    assert [chip.disabled for chip in wizard._chips.children] == [False, False, True]
    for number in range(20):
        panels.append(Field(session, "title", f"Again {number}"))
        panels[-1].key = f"k{number}"
    wizard._refresh()
    (choice,) = wizard._chips.children
    assert choice.description == "Go to question"
    choice.value = 10
    assert wizard.model.panel.title == "Again 7"


def test_one_question_alone_has_no_way_on(session, panels):
    wizard = Wizard(session, "One", lambda: panels[:1])
    assert "Question 1 of 1" not in text(wizard)
    assert wizard._next.layout.display == "none"


def test_what_another_window_saved_is_seen_when_going_on(wizard, panels, session):
    panels[0].control.value = "Kenya"
    other = gk.Plan.open(session.path)
    other.title = "From there"
    other.save()
    press(wizard, "Next")
    assert panels[1].control.value == "From there"
    assert "changed in another window" in text(wizard)
