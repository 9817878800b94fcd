"""The question what each building block must do: parts of it, by what the services use."""

import ipywidgets
import pytest

from govstack_kit.widgets import selecting
from govstack_kit.widgets.models import Session

VOUCHERS = "6.2"


@pytest.fixture
def session(tmp_path, framework):
    """A plan of one service: one step needs the block for payments and a marketplace."""
    session = Session(tmp_path / "plan", framework=framework)

    def start(plan):
        case = plan.add_from_list("Seeds", "1. Order")
        case.steps[0].description = "Farmers buy seeds, <b>and pay</b> by phone."
        case.steps[0].choose("building_block", "govstack:payments")
        case.steps[0].choose("building_block", "govstack:emarketplace")

    session.change("Start", start)
    return session


@pytest.fixture
def panel(session):
    wizard = selecting.wizard(session)
    wizard.go([panel.key for panel in wizard.model.panels].index("requirements"))
    panel = wizard.model.panel
    panel.which.value = "govstack:payments"
    return panel


def every(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from every(child)


def shown(control):
    return control.layout.display != "none"


def press(panel, label):
    buttons = [p for p in every(panel.widget) if isinstance(p, ipywidgets.Button)]
    next(button for button in buttons if button.description == label).click()


def listed(panel):
    """Return all requirements that the list has, page after page."""
    found = [row.question for row in panel.verdicts.rows]
    while shown(panel._after):
        panel._after.click()
        found += [row.question for row in panel.verdicts.rows]
    return found


def test_what_is_not_seen_in_use_is_folded_but_counted(panel):
    found = listed(panel)
    assert "77 requirements in 5 parts not seen in use are folded away" in panel.folded.value
    assert "72 of them still count as needed" in panel.folded.value
    assert len(found) == 178 - 77
    assert not any("not seen in use" in question.about for question in found)
    press(panel, "Show what is not seen in use")
    assert not shown(panel._folded_row)
    unseen = listed(panel)
    assert len(unseen) == 77
    assert not {q.key for q in found} & {q.key for q in unseen}
    assert "Vouchers, section 6.1 · not seen in use" in unseen[0].about
    needed = [q for q in unseen if q.decision == "needed"]  # folding decides nothing
    assert [q.tag for q in needed].count("required") == 67
    assert [q.tag for q in needed].count("without a level") == 5  # key functionalities
    panel.filter.value = ""
    assert len(listed(panel)) == 178


def test_a_part_is_decided_as_a_whole_and_undone(panel, session):
    options = {key: label for label, key in panel.part.options}
    assert options[VOUCHERS] == "Vouchers (33): not seen in use"
    assert options[""] == "all parts (178)"
    panel.part.value = VOUCHERS
    panel.reason.value = "\u200b"  # nobody can read it
    assert panel.filter.value == ""  # all of it is shown, though it is not seen in use
    assert not shown(panel._folded_row)
    assert "all 33 of this list" in panel.all.value
    press(panel, "Not for us")
    assert "Say why first" in session.notice
    panel.reason.value = "Accounts only"
    press(panel, "Not for us")
    assert len(session.plan.decisions) == 33
    assert {d.reason for d in session.plan.decisions} == {"Accounts only"}
    assert panel.part.value == VOUCHERS
    session.undo()
    assert session.plan.decisions == []
    session.redo()
    press(panel, "As the kit proposes")
    assert session.plan.decisions == []
    panel.part.value = ""
    assert panel.filter.value == "used"
    assert shown(panel._folded_row)


def test_the_evidence_is_shown_as_inferred_and_as_text(panel):
    assert "always needed: 12; not seen in use: 5" in panel.why.value
    assert "Nobody publishes" in panel.why.value
    panel.which.value = "govstack:emarketplace"
    panel.part.value = "6.3"
    assert "Seen in use: step 1 Order: buy, order. Nobody publishes" in panel.why.value
    assert panel.evidence.value == ""
    press(panel, "Show why")
    assert "What your services use of eMarketplace (inferred, not published)" in (
        panel.evidence.value
    )
    assert "used with Payments in Seeds" in panel.evidence.value
    assert panel._evidence.description == "Hide why"
    press(panel, "Hide why")
    assert panel.evidence.value == ""


def test_evidence_is_escaped(panel, session):
    def rename(plan):
        plan.use_cases[0].steps[0].name = "<script>vouchers"

    session.change("Rename", rename)
    panel.part.value = VOUCHERS
    press(panel, "Show why")
    for text in (panel.why.value, panel.evidence.value):
        assert "&lt;script&gt;vouchers" in text
        assert "<script" not in text


def test_another_block_opens_with_all_its_parts(panel):
    panel.part.value = VOUCHERS
    panel.which.value = "govstack:emarketplace"
    assert panel.part.value == ""
    assert panel.filter.value == "used"
    assert "Orders (8): seen in use" in dict(panel.part.options)
    panel.which.value = ""  # what holds for every block is one part
    assert [key for _, key in panel.part.options] == ["", "5"]
    assert panel.why.value == ""
    assert not shown(panel._folded_row)
    assert not shown(panel._evidence)


def test_steps_in_another_language_are_said_to_be_unread(panel, session):
    assert panel.unread.value == ""

    def in_swahili(plan):
        step = plan.use_cases[0].steps[0]
        step.name = "Malipo ya mbegu"
        step.description = "Mkulima ananunua mbegu na kulipa kwa simu."

    session.change("Translate", in_swahili)
    assert "The kit reads English words only" in panel.unread.value
    assert "“not seen in use” means little here" in panel.unread.value
    panel.which.value = ""  # what holds for every block is always needed: nothing is inferred
    assert panel.unread.value == ""
    session.undo()
    panel.which.value = "govstack:payments"
    assert panel.unread.value == ""
