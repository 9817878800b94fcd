"""Controls from the declarations of tables: what is typed, refused, added, moved, decided."""

import pytest

import govstack_kit as gk
from govstack_kit.widgets.choices import Choice, Choices, Ticks
from govstack_kit.widgets.fields import Form, Result, Rows
from govstack_kit.widgets.session import Session
from govstack_kit.widgets.wizard import DONE, IN_PROGRESS, Question, Wizard

NOT = "This is not saved"
LONG = "x" * 300


@pytest.fixture
def systems(session, page):
    """A page with the list of systems, which are Till and Hub, and one more question."""

    def start(plan):
        plan.add("systems", name="Till", users=123)
        plan.add("systems", name="Hub")

    session.change("Start", start)
    columns = ["name", "owner", "description", "users", "since", "open_source", "annual_cost"]
    return page(
        Wizard(
            session,
            "Systems",
            [
                Question("systems", "S", "Which?", "", lambda s: [Rows(s, "systems", columns)],
                         waits=lambda _s: ""),
                Question("case", "C", "How much?", "", lambda s: [Form(s, "business_case")],
                         waits=lambda _s: ""),
            ],
        )
    )  # fmt: skip


def till(session):
    return session.plan.row("systems", "till")


# --- fields -----------------------------------------------------------------------------------


def test_what_is_left_in_a_field_is_saved_tidied(systems, session):
    systems.field("Owner").value = "  Central   bank "
    assert gk.Plan.open(session.plan.path).row("systems", "till")["owner"] == "Central bank"
    systems.field("Open source").value = "yes"
    assert till(session)["open_source"] == "yes"
    systems.field("Open source").value = ""
    assert till(session)["open_source"] is None


def test_a_text_that_means_the_same_is_left_alone_while_people_type(systems, session):
    systems.field("Description").value = "It keeps "
    assert till(session)["description"] == "It keeps"
    assert systems.field("Description").value == "It keeps "
    systems.field("Description").value = "It keeps money"
    session.undo()
    assert systems.field("Description").value == ""


@pytest.mark.parametrize(
    ("typed", "saved", "shown"),
    [("5000", 5000, "5,000"), ("1 200 000", 1_200_000, "1,200,000"), ("", None, "")],
)
def test_numbers_are_read_as_people_write_them(systems, session, typed, saved, shown):
    systems.field("Users").value = typed
    assert till(session)["users"] == saved
    assert systems.field("Users").value == shown


@pytest.mark.parametrize(("typed", "saved"), [("50 %", 0.5), ("50", 0.5), ("12.5", 0.125)])
def test_a_share_is_typed_and_shown_in_per_cent(systems, session, typed, saved):
    systems.press("Next")
    systems.field("Overlap").value = typed
    assert session.plan.row("business_case")["overlap"] == saved
    assert systems.field("Overlap").value.endswith("\N{NO-BREAK SPACE}%")


def test_money_is_called_after_the_currency_of_the_plan(systems, session):
    assert systems.field("Annual cost").description == "Annual cost (USD)"
    session.change("Pay", lambda plan: plan.set("business_case", currency="KES"))
    assert systems.field("Annual cost").description == "Annual cost (KES)"


@pytest.mark.parametrize(
    ("label", "wrong"),
    [
        ("Users", "many"),
        ("Users", "1.5"),
        ("Users", "nan"),
        ("Users", "=1+1"),
        ("Annual cost", "-1"),
        ("Annual cost", "9" * 20),
        ("Annual cost", "1,200 300"),
        ("In use since", "12"),
        ("Name", " "),
        ("Name", "x" * 301),
        ("Owner", "x" * 2_001),
    ],
)
def test_what_is_refused_stays_with_a_sentence_beneath(systems, session, label, wrong):
    before = till(session)
    systems.field(label).value = wrong
    assert NOT in systems.beneath(label)
    assert "Traceback" not in systems.beneath(label)
    session.change("Else", lambda plan: plan.set("plan", language="sw"))
    assert systems.field(label).value == wrong
    assert till(session) == before
    systems.press("Next")
    assert systems.head["question"] == "Which?"
    assert systems.states[0] == IN_PROGRESS
    assert "is not saved" in systems.head["lacks"][0]


@pytest.mark.parametrize("right", ["5000", "123", ""])
def test_it_stays_until_it_is_right(systems, session, right):
    systems.field("Users").value = "many"
    assert systems.beneath("Users").endswith("your plan still says “123”.")
    systems.field("Owner").value = "Central bank"
    session.undo()
    assert (systems.field("Users").value, till(session)["users"]) == ("many", 123)
    systems.field("Users").value = right
    assert systems.beneath("Users") == ""
    assert till(session)["users"] == (int(right) if right else None)
    session.change("Else", lambda plan: plan.set("systems", "till", users=7))
    assert systems.field("Users").value == "7"
    systems.press("Next")
    assert systems.states[0] == DONE


def test_hostile_entries_are_shown_as_text(systems):
    systems.field("Users").value = "<script>alert(1)</script>"
    assert "<script" not in systems.text()
    assert "&lt;script" in systems.text()


def test_it_belongs_to_the_row_that_it_was_typed_for(systems, session):
    systems.field("Users").value = "many"
    systems.field("Systems today").value = "hub"
    assert (systems.field("Users").value, systems.beneath("Users")) == ("", "")
    said = [said for said, _ in systems.field("Systems today").options]
    assert said == ["1. Till ⚠", "2. Hub"]
    systems.press("Next")
    assert systems.head["lacks"] == ["Correct “Users” of “Till”: it is not saved."]
    systems.press("Move up")
    systems.field("Systems today").value = "till"
    assert NOT in systems.beneath("Users")
    systems.press("Remove system")
    assert systems.head["lacks"] == []
    session.undo()
    systems.field("Systems today").value = "till"
    assert systems.field("Users").value == "many"


def test_it_is_not_shown_in_another_plan(systems, session):
    systems.field("Users").value = "many"
    session.start("Another plan")
    session.change("Add", lambda plan: plan.add("systems", name="Till", users=5))
    assert (systems.field("Users").value, systems.beneath("Users")) == ("5", "")


def test_it_outlasts_the_step_from_the_demonstration_to_a_plan_of_ones_own(demonstration, page):
    part = Rows(demonstration, "systems", ["name", "users", "hosting"])
    shown = page(Wizard(demonstration, "S", [
        Question("s", "S", "?", "", lambda _s: [part], waits=lambda _s: ""),
    ]))  # fmt: skip
    shown.field("Users").value = "many"
    shown.field("Hosting").value = "Here"
    assert not demonstration.demonstrating
    assert NOT in shown.beneath("Users")


def test_what_two_windows_said_is_shown_at_its_field(systems, session, framework):
    other = Session(session.plan.path, framework=framework)
    other.change("Owner", lambda plan: plan.set("systems", "till", owner="<b>Bank</b>"))
    systems.field("Owner").value = "Ministry"
    assert "Another window says: “&lt;b&gt;Bank&lt;/b&gt;”." in systems.text()
    systems.press("Take that")
    assert till(session)["owner"] == systems.field("Owner").value == "<b>Bank</b>"
    assert "Another window says" not in systems.text()
    assert session.plan.rows("conflicts")[0]["other"] == "Ministry"


# --- lists ------------------------------------------------------------------------------------


def test_rows_are_added_with_enter_moved_and_removed(systems, session):
    adding = systems.field("Add a system: name")
    adding.value = "Post"
    assert adding.value == ""
    assert systems.field("Systems today").value == "post"
    assert systems.field("Name").value == "Post"
    systems.press("Move up")
    assert session.plan.systems["name"].tolist() == ["Till", "Post", "Hub"]
    assert systems.field("Systems today").value == "post"
    systems.press("Remove system")
    assert session.plan.systems["name"].tolist() == ["Till", "Hub"]
    session.undo()
    assert session.plan.systems["name"].tolist() == ["Till", "Post", "Hub"]


def test_moving_past_the_end_changes_nothing(systems, session):
    systems.press("Move up")
    assert session.plan.undoable == "Start"


def test_a_name_that_is_there_already_is_not_added_again(systems, session):
    systems.field("Add a system: name").value = "tILL"
    assert "There is a system called “tILL” already." in session.notice
    assert len(session.plan.systems) == 2
    assert systems.field("Add a system: name").value == "tILL"
    systems.field("Add a system: name").value = ""


def test_a_row_that_another_window_removed_is_gone(systems, session, framework):
    other = Session(session.plan.path, framework=framework)
    other.change("Remove", lambda plan: plan.remove("systems", "till"))
    systems.press("Back")
    session.refresh()
    assert [said for said, _ in systems.field("Systems today").options] == ["1. Hub"]


def test_links_are_ticked(fees, page):
    part = Ticks(fees, "step_actors", owner=lambda: "school-fees.payment")
    shown = page(Wizard(fees, "T", [Question("t", "T", "?", "", lambda _s: [part])]))
    shown.tick("Parent")
    assert fees.plan.step_actors.values.tolist() == [["school-fees.payment", "school-fees.parent"]]
    shown.tick("Parent", on=False)
    assert fees.plan.step_actors.empty


# --- deciding ---------------------------------------------------------------------------------

BLOCKS = [
    Choice(f"govstack:{key}", key.capitalize(), f"Why {key}")
    for key in ("payments", "identity", "messaging", "consent")
]


@pytest.fixture
def choices(fees, page):
    """A page with four blocks to decide about for the step Payment, two at a time."""
    part = Choices(
        fees, "step_building_blocks", lambda: BLOCKS, owner=lambda: "school-fees.payment",
        reasons=True, most=2,
        values=lambda choice: {"origin": "suggested", "reason": choice.why},
    )  # fmt: skip
    return page(Wizard(fees, "C", [Question("c", "C", "?", "", lambda _s: [part])]))


def decided(session):
    return session.plan.step_building_blocks[["building_block", "status", "reason"]].values.tolist()


def test_things_are_accepted_turned_down_and_taken_back(choices, fees):
    choices.press("Accept: Payments")
    choices.press("Not for us: Identity")
    assert decided(fees) == [
        ["govstack:payments", "accepted", "Why payments"],
        ["govstack:identity", "rejected", "Why identity"],
    ]
    choices.press("✓ Accepted: Payments")
    choices.press("Accept: Identity")
    assert [row[:2] for row in decided(fees)] == [["govstack:identity", "accepted"]]


def test_lines_stay_where_they_are_and_more_are_shown_on_demand(choices):
    def names():
        return [line["name"] for line, _, _ in choices.lines()]

    assert names() == ["Payments", "Identity"]
    choices.press("Accept: Identity")
    assert names() == ["Payments", "Identity"]
    (element,) = choices.elements("choices")
    assert element.state["left"] == 2
    element.tell({"press": "more"})
    assert names() == ["Payments", "Identity", "Messaging", "Consent"]
    assert element.state["left"] == 0


def test_a_reason_goes_into_a_decision(choices, fees):
    choices.press("Accept: Payments")
    (element,) = choices.elements("choices")
    element.tell({"explain": "govstack:payments", "text": "Parents asked"})
    element.tell({"explain": "govstack:identity", "text": "Nobody decided"})
    assert decided(fees) == [["govstack:payments", "accepted", "Parents asked"]]


def test_one_line_can_decide_about_several_rows(fees, page):
    rows = tuple(
        ("step_building_blocks", step, "govstack:consent") for step in fees.plan.steps["step"]
    )
    part = Choices(
        fees, "step_building_blocks", lambda: [Choice("c", "Consent for 2 steps", rows=rows)]
    )
    shown = page(Wizard(fees, "C", [Question("c", "C", "?", "", lambda _s: [part])]))
    shown.press("Accept: Consent for 2 steps")
    assert fees.plan.step_building_blocks["step"].tolist() == [row[1] for row in rows]
    fees.change(
        "Change", lambda plan: plan.set("step_building_blocks", rows[0][1:], status="rejected")
    )
    assert next(shown.lines())[0]["status"] == ""
    shown.press("Accept: Consent")
    shown.press("✓ Accepted: Consent")
    assert fees.plan.step_building_blocks.empty


def test_other_decisions_have_other_words(fees, page):
    part = Choices(
        fees, "requirement_decisions", lambda: [Choice("r-1", "Pays")],
        column="decision", verdicts="requirement",
    )  # fmt: skip
    shown = page(Wizard(fees, "C", [Question("c", "C", "?", "", lambda _s: [part])]))
    shown.press("Later: Pays")
    assert fees.plan.requirement_decisions["decision"].tolist() == ["later"]


# --- results ----------------------------------------------------------------------------------


def test_a_long_result_is_worked_out_on_demand_and_blocks_until_then(fees, page):
    made = []
    part = Result(fees, "r", lambda: made.append(1) or len(made), lambda n: f"<p>Result {n}</p>",
                  tables=["steps"], verb="Work it out")  # fmt: skip
    shown = page(Wizard(fees, "R", [Question("r", "R", "?", "", lambda _s: [part])]))
    assert made == []
    assert part.wrong() == ["Press “Work it out”."]
    shown.press("Work it out")
    assert "Result 1" in shown.text()
    fees.change("Rename", lambda plan: plan.set("plan", title="x"))
    assert "Result 1" in shown.text()
    fees.change("Remove", lambda plan: plan.remove("steps", "school-fees.payment"))
    assert "Result" not in shown.text()


def test_what_prevents_a_result_is_a_sentence(fees, page):
    def work():
        raise gk.errors.ArgumentError("No costs <yet>.")

    part = Result(fees, "r", work, str)
    shown = page(Wizard(fees, "R", [Question("r", "R", "?", "", lambda _s: [part])]))
    assert "No costs &lt;yet&gt;." in shown.text()
    shown.press("Next")
    assert part.wrong() == ["No costs <yet>."]
