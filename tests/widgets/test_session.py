"""The open plan behind the guided parts: changed, saved, undone, and never lost. No browser."""

import errno
import json
import os

import pytest

import govstack_kit as gk
from govstack_kit.planning import plan_file
from govstack_kit.widgets.session import VARIABLE, Session, plans_folder

HOSTILE = [
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "رسوم المدرسة",
    "👩‍🌾 fees",
    "x" * 300,
]


@pytest.fixture
def session(tmp_path, framework):
    return Session(folder=tmp_path, framework=framework)


@pytest.fixture
def again(tmp_path, framework):
    """Open the folder as a new kernel does."""
    return lambda: Session(folder=tmp_path, framework=framework)


def files(folder):
    return sorted(path.name for path in folder.glob("*.json"))


def add(name):
    return lambda plan: plan.add("use_cases", name=name)


def start(session, name="School fees"):
    return session.change("Start", add(name), fresh=True)


def step(name):
    return lambda plan: plan.add("steps", use_case=plan.use_cases["use_case"].iloc[-1], name=name)


def steps(plan):
    return plan.steps["name"].tolist()


def names(plan):
    return plan.use_cases["name"].tolist()


def summary(text):
    return lambda plan: plan.set("use_cases", "school-fees", summary=text)


def fail(monkeypatch, number):
    def write(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(plan_file.storage, "write_whole", write)


# --- the demonstration ------------------------------------------------------------------------


def test_the_demonstration_is_shown_and_never_written(session, tmp_path):
    assert session.demonstrating
    assert session.plan.row("use_cases", session.use_case)["based_on"] == "AGR-2"
    assert len(session.plan.steps) == 8
    assert session.plan.path is None
    assert "first change makes a plan of your own" in session.saved_at
    assert files(tmp_path) == []
    assert repr(session) == "<Session: the demonstration plan, 1 use case>"


def test_the_first_change_makes_a_plan_of_ones_own(session, tmp_path):
    shown = session.plan
    session.change("Add step", step("Harvest"))
    assert not session.demonstrating
    assert session.plan is not shown
    assert len(shown.steps) == 8
    assert files(tmp_path) == ["my-plan.govplan.json"]
    assert session.saved_at.startswith("Saved at ")
    assert session.title == "Rural Advisory Service for Farmers"


def test_a_fresh_start_has_nothing_of_the_demonstration(session):
    start(session)
    assert names(session.plan) == ["School fees"]
    assert session.use_case == "school-fees"
    assert session.plan.candidates.empty


def test_looking_without_changing_makes_no_file(session, tmp_path):
    assert session.change("Nothing", lambda _: None) is None
    assert session.demonstrating
    assert files(tmp_path) == []


def test_a_file_that_is_there_is_never_overwritten(session, tmp_path):
    (tmp_path / "my-plan.govplan.json").write_text("not ours")
    start(session)
    assert session.plan.path.name == "my-plan 2.govplan.json"
    assert (tmp_path / "my-plan.govplan.json").read_text() == "not ours"


# --- changes ----------------------------------------------------------------------------------


def test_a_change_is_saved_at_once_and_told(session, again):
    told = []
    session.observe(lambda change: told.append(change["new"]), names="changed")
    assert start(session) == session.use_case == "school-fees"
    assert len(told) == 1
    assert names(again().plan) == ["School fees"]


def test_a_change_that_fails_halfway_changes_nothing(session, again):
    start(session)

    def half(plan):
        step("Pay")(plan)
        step("")(plan)

    with pytest.raises(gk.TablesError, match="empty"):
        session.change("Add two steps", half)
    assert steps(session.plan) == []
    assert session.plan.undoable == "Start"
    assert steps(again().plan) == []


def test_a_failed_first_change_leaves_the_demonstration(session, tmp_path):
    with pytest.raises(ZeroDivisionError):
        session.change("Fail", lambda plan: plan.remove("use_cases", session.use_case) or 1 / 0)
    assert session.demonstrating
    assert len(session.plan.use_cases) == 1
    assert files(tmp_path) == []


@pytest.mark.parametrize("name", ["", "   ", "\n", "x" * 301, "\x00"])
def test_names_that_cannot_be_are_refused_in_a_sentence(session, name):
    start(session)
    session.guard(session.change)("Add step", step(name))
    assert steps(session.plan) == []
    assert session.notice.endswith(".")
    assert "Traceback" not in session.notice


@pytest.mark.parametrize("name", HOSTILE)
def test_any_writing_is_kept_as_it_is(session, again, name):
    start(session, name)
    session.change("Add step", step(name))
    plan = again().plan
    assert (names(plan), steps(plan)) == ([name], [name])


def test_undo_and_redo_are_saved_too(session, again):
    start(session)
    session.change("Add step", step("Pay"))
    session.undo()
    assert session.notice == "Undone: Add step."
    assert steps(session.plan) == steps(again().plan) == []
    session.redo()
    assert steps(again().plan) == ["Pay"]
    session.undo()
    session.change("Add step", step("Check"))
    assert session.plan.redoable == ""


def test_undo_goes_back_to_the_start_and_no_further(session):
    start(session)
    session.undo()
    session.undo()
    assert session.use_case == ""
    session.redo()
    assert session.use_case == "school-fees"


def test_a_text_that_is_typed_is_one_step_of_undo(session, again):
    start(session)
    for text in ("Par", "Parents p", "Parents pay"):
        session.change("Change in short", summary(text), typing="summary")
    assert again().plan.row("use_cases", "school-fees")["summary"] == "Parents pay"
    session.undo()
    assert session.plan.row("use_cases", "school-fees")["summary"] is None
    assert session.plan.undoable == "Start"


def test_a_refusal_while_typing_leaves_what_was_typed_before(session):
    start(session)
    session.change("Rename", lambda plan: plan.set("plan", title="Kenya"), typing="title")
    with pytest.raises(gk.TablesError):
        session.change("Rename", lambda plan: plan.set("plan", title=""), typing="title")
    assert session.title == "Kenya"


# --- results that are kept --------------------------------------------------------------------


def test_a_result_is_worked_out_again_only_when_its_tables_change(session):
    start(session)
    worked = []

    def count():
        return session.remember("steps", lambda: worked.append(1) or len(worked), "steps")

    assert [count(), count()] == [1, 1]
    session.change("Rename", lambda plan: plan.set("plan", title="Kenya"))
    assert count() == session.remembered("steps", "steps") == 1
    session.change("Add step", step("Pay"))
    assert session.remembered("steps", "steps") is None
    assert count() == 2
    session.undo()
    assert count() == 3


# --- opening ----------------------------------------------------------------------------------


def test_a_new_kernel_finds_the_newest_plan(session, again, tmp_path):
    start(session)
    path = gk.Plan.new(title="Newer").save(tmp_path / "newer")
    os.utime(path, ns=(2 * 10**18, 2 * 10**18))
    found = again()
    assert found.title == "Newer"
    assert found.saved_at == "Opened from newer.govplan.json"


def test_a_plan_that_is_started_is_saved_at_once_and_opened_next(session, again, tmp_path):
    start(session)
    session.start("Ministry of Education", country="Kenya")
    assert session.plan.path == tmp_path / "ministry-of-education.govplan.json"
    assert session.saved_at.startswith("Saved at ")
    assert again().plan.row("plan")["country"] == "Kenya"
    assert names(gk.Plan.open(tmp_path / "my-plan")) == ["School fees"]


def test_a_plan_that_is_started_overwrites_nothing(session, tmp_path):
    for number in (1, 2):
        session.start("Kenya")
        session.change("Start", add(f"Service {number}"))
    assert files(tmp_path) == ["kenya 2.govplan.json", "kenya.govplan.json"]
    assert names(gk.Plan.open(tmp_path / "kenya")) == ["Service 1"]


def test_a_plan_that_cannot_be_read_is_told_and_left_alone(session, again, tmp_path):
    start(session)
    bad = tmp_path / "bad.govplan.json"
    bad.write_text('{"title": "Bad", "use_cases": [')
    os.utime(bad, ns=(2 * 10**18, 2 * 10**18))
    found = again()
    assert found.use_case == "school-fees"
    assert "bad.govplan.json cannot be used" in found.notice
    assert bad.read_text() == '{"title": "Bad", "use_cases": ['


def test_a_truncated_plan_is_opened_from_its_kept_version(session, again):
    start(session)
    whole = session.plan.path.read_bytes()
    session.plan.path.write_bytes(whole[: len(whole) // 2])
    found = again()
    assert found.use_case == "school-fees"
    assert "pened instead" in found.notice


def test_a_plan_of_a_newer_version_keeps_what_is_unknown(session, again):
    start(session)
    path = session.plan.path
    data = json.loads(path.read_text())
    path.write_text(json.dumps(data | {"form": 99, "moonshots": ["x"]}))
    found = again()
    assert "newer version of the kit" in found.notice
    found.change("Add step", step("Pay"))
    found.undo()
    data = json.loads(path.read_text())
    assert (data["form"], data["moonshots"]) == (99, ["x"])


def test_a_named_plan_is_opened_or_made_by_the_first_change(tmp_path, framework):
    first = Session(tmp_path / "kenya", framework=framework)
    assert (first.demonstrating, first.title) == (False, "Kenya")
    assert files(tmp_path) == []
    first.change("Start", add("School fees"))
    assert files(tmp_path) == ["kenya.govplan.json"]
    assert Session(tmp_path / "kenya", framework=framework).use_case == "school-fees"


def test_a_named_plan_that_is_damaged_is_not_overwritten(tmp_path, framework):
    bad = tmp_path / "kenya.govplan.json"
    bad.write_text("{")
    session = Session(bad, framework=framework)
    assert "cannot be used" in session.notice
    session.change("Start", add("School fees"))
    assert session.plan.path.name == "kenya 2.govplan.json"
    assert bad.read_text() == "{"


def test_the_folder_is_beside_the_notebooks_or_where_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    assert plans_folder() == tmp_path / "my-plans"
    (tmp_path / "guided").mkdir()
    monkeypatch.chdir(tmp_path / "guided")
    assert plans_folder() == tmp_path / "my-plans"
    monkeypatch.setenv(VARIABLE, str(tmp_path / "elsewhere"))
    assert gk.open_session().folder == tmp_path / "elsewhere"


# --- what can go wrong ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "disk is full"), (errno.EACCES, "may not"), (errno.EROFS, "only be read")],
)
def test_what_cannot_be_saved_is_kept_and_tried_again(session, again, monkeypatch, number, said):
    start(session)
    with monkeypatch.context() as patch:
        fail(patch, number)
        session.change("Add step", step("Pay"))
        assert said in session.notice
        assert "Nothing is lost" in session.notice
        assert session.saved_at == "Not saved yet"
        assert steps(session.plan) == ["Pay"]
        assert steps(again().plan) == []
    session.change("Add step", step("Check"))
    assert session.notice == ""
    assert steps(again().plan) == ["Pay", "Check"]


def test_a_folder_that_cannot_be_made(tmp_path, framework):
    (tmp_path / "file").write_text("")
    session = Session(folder=tmp_path / "file" / "plans", framework=framework)
    start(session)
    assert session.saved_at == "Not saved yet"
    assert session.use_case == "school-fees"
    session.folder = tmp_path
    session.change("Add step", step("Pay"))
    assert session.plan.path == tmp_path / "my-plan.govplan.json"


def test_the_same_change_again_is_saved_if_it_was_not(session, monkeypatch):
    start(session)
    for full in (True, False):
        with monkeypatch.context() as patch:
            if full:
                fail(patch, errno.ENOSPC)
            session.change("Rename", lambda plan: plan.set("plan", title="Kenya"))
    assert gk.Plan.open(session.plan.path).row("plan")["title"] == "Kenya"


def test_unexpected_errors_are_sentences_and_go_to_a_log(session, tmp_path):
    start(session)
    assert session.guard(lambda: {}["nothing"])() is None
    assert session.notice.startswith("Something went wrong; your work is saved.")
    assert "KeyError" not in session.notice
    assert "KeyError: 'nothing'" in (tmp_path / "govstack-kit.log").read_text()


def test_expected_errors_are_shown_as_they_are(session, tmp_path):
    assert session.guard(session.plan.row)("use_cases", "nowhere") is None
    assert session.notice.startswith("There is no service 'nowhere'")
    assert not (tmp_path / "govstack-kit.log").exists()


# --- two windows ------------------------------------------------------------------------------


def test_two_windows_see_the_changes_of_each_other(session, again):
    start(session)
    other = again()
    other.change("Add step", step("Pay"))
    session.change("Add step", step("Check"))
    assert "Another window" in session.notice
    assert sorted(steps(session.plan)) == ["Check", "Pay"]
    assert other.refresh()
    assert steps(other.plan) == steps(session.plan)
    assert not other.refresh()


def test_changes_of_different_cells_join_by_themselves(session, again):
    start(session)
    other = again()
    other.change("Describe", lambda plan: plan.set("use_cases", "school-fees", sector="Education"))
    session.change("Describe", summary("Parents pay"))
    row = again().plan.row("use_cases", "school-fees")
    assert (row["sector"], row["summary"]) == ("Education", "Parents pay")
    assert session.doubled == {}
    session.undo()
    row = again().plan.row("use_cases", "school-fees")
    assert (row["sector"], row["summary"]) == ("Education", None)


@pytest.mark.parametrize("take_other", [True, False])
def test_of_the_same_cell_both_values_are_kept_until_one_is_chosen(session, again, take_other):
    start(session)
    other = again()
    other.change("Describe", summary("By post"))
    session.change("Describe", summary("By phone"))
    cell = ("use_cases", "school-fees", "summary")
    assert session.plan.row("use_cases", "school-fees")["summary"] == "By phone"
    assert session.doubled == {cell: "By post"}
    other.refresh()
    assert other.doubled == {cell: "By post"}
    session.settle(cell, take_other=take_other)
    assert session.doubled == {}
    (conflict,) = again().plan.rows("conflicts")
    row = again().plan.row("use_cases", "school-fees")
    assert row["summary"] == conflict["kept"] == ("By post" if take_other else "By phone")
    assert conflict["other"] == ("By phone" if take_other else "By post")


def test_two_windows_with_unsaved_work_lose_nothing(session, again, monkeypatch, tmp_path):
    start(session)
    other = again()
    with monkeypatch.context() as patch:
        fail(patch, errno.ENOSPC)
        session.change("Add step", step("Ours"))
    other.change("Add step", step("Theirs"))
    session.change("Add step", step("Ours too"))
    assert sorted(steps(again().plan)) == ["Ours", "Ours too", "Theirs"]
    assert len(files(tmp_path)) == 1


def test_a_long_text_said_differently_leaves_a_plan_that_opens(session, again):
    start(session)
    other = again()
    other.change("Describe", summary("a" * 20_000))
    session.change("Describe", summary("b" * 20_000))
    assert len(again().plan.rows("conflicts")) == 1


def test_a_file_that_another_window_broke_is_not_taken_over(session):
    start(session)
    session.plan.path.write_text("{")
    session.change("Add step", step("Pay"))
    assert steps(gk.Plan.open(session.plan.path)) == ["Pay"]
    assert "conflict" in session.plan.path.name


def test_a_file_that_was_deleted_is_written_again(session):
    start(session)
    session.plan.path.unlink()
    session.change("Add step", step("Pay"))
    assert steps(gk.Plan.open(session.plan.path)) == ["Pay"]


# --- versions ---------------------------------------------------------------------------------


def test_an_earlier_version_is_brought_back_and_taken_back(session, again):
    start(session)
    session.change("Add step", step("Pay"))
    session.change("Describe", summary("Parents pay"))
    first = gk.Plan.history(session.plan.path)["path"].iloc[-1]
    session.bring_back(first)
    assert (steps(again().plan), session.plan.row("use_cases", "school-fees")["summary"]) == (
        [],
        None,
    )
    session.undo()
    assert steps(again().plan) == ["Pay"]
