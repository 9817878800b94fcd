"""The open plan behind the guided parts: changed, saved, undone, and never lost. No browser."""

import errno
import json
import os

import pytest

import govstack_kit as gk
from govstack_kit.planning import _writing
from govstack_kit.widgets import places
from govstack_kit.widgets.models import Session
from govstack_kit.widgets.progress import FILE
from govstack_kit.widgets.undoing import MOST

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
    return lambda plan: plan.add_use_case(name)


def step(name):
    return lambda plan: plan.use_cases[-1].add_step(name)


def fail(monkeypatch, number):
    def write(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(_writing, "write", write)


# --- the demonstration ------------------------------------------------------------------------


def test_the_demonstration_is_shown_and_never_written(session, tmp_path):
    assert session.demonstrating
    assert session.use_case.based_on == "AGR-2"
    assert len(session.use_case.steps) == 8
    assert len(session.plan.candidates) == 10
    assert session.path is None
    assert "first change makes a plan of your own" in session.saved_at
    assert files(tmp_path) == []
    assert repr(session) == "<Session: the demonstration plan, 1 use case>"


def test_the_first_change_makes_a_plan_of_ones_own(session, tmp_path):
    shown = session.plan
    session.change("Add step", step("Harvest"))
    assert not session.demonstrating
    assert session.plan is not shown
    assert len(shown.use_cases[0].steps) == 8
    assert files(tmp_path) == ["my-plan.govplan.json"]
    assert session.saved_at.startswith("Saved at ")
    assert session.plan.title == "Rural Advisory Service for Farmers"


def test_a_fresh_start_has_nothing_of_the_demonstration(session):
    session.change("Start", add("School fees"), fresh=True)
    assert [case.name for case in session.plan.use_cases] == ["School fees"]
    assert session.plan.candidates == []


def test_looking_without_changing_makes_no_file(session, tmp_path):
    assert session.change("Nothing", lambda _: None) is None
    assert session.demonstrating
    assert files(tmp_path) == []


def test_a_file_that_is_there_is_never_overwritten(session, tmp_path):
    (tmp_path / "my-plan.govplan.json").write_text("not ours")
    session.change("Start", add("School fees"), fresh=True)
    assert session.path.name == "my-plan-2.govplan.json"
    assert (tmp_path / "my-plan.govplan.json").read_text() == "not ours"


# --- changes ----------------------------------------------------------------------------------


def test_a_change_is_saved_at_once_and_told(session, again):
    told = []
    session.observe(lambda change: told.append(change["new"]), names="changed")
    case = session.change("Start", add("School fees"), fresh=True)
    assert session.use_case is case
    assert len(told) == 1
    assert [case.name for case in again().plan.use_cases] == ["School fees"]


def test_a_change_that_fails_halfway_changes_nothing(session, again):
    session.change("Start", add("School fees"), fresh=True)

    def half(plan):
        plan.use_cases[0].add_step("Pay")
        plan.use_cases[0].add_step("")

    with pytest.raises(gk.PlanError, match="give it a name"):
        session.change("Add two steps", half)
    assert session.use_case.steps == []
    assert session.undoable == "Start"
    assert again().use_case.steps == []


def test_a_failed_first_change_leaves_the_demonstration(session, tmp_path):
    with pytest.raises(ZeroDivisionError):
        session.change("Fail", lambda plan: plan.use_cases.clear() or 1 / 0)
    assert session.demonstrating
    assert len(session.plan.use_cases) == 1
    assert files(tmp_path) == []


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "\n", "x" * 301, "\x00"])
def test_names_that_cannot_be_are_refused_in_a_sentence(session, name):
    session.change("Start", add("School fees"), fresh=True)
    session.guard(session.change)("Add step", step(name))
    assert session.use_case.steps == []
    assert session.notice.endswith(".") or "name" in session.notice
    assert "Traceback" not in session.notice


@pytest.mark.parametrize("name", HOSTILE)
def test_any_writing_is_kept_as_it_is(session, again, name):
    session.change("Start", add(name), fresh=True)
    session.change("Add step", step(name))
    case = again().use_case
    assert (case.name, case.steps[0].name) == (name, name)


def test_two_hundred_steps(session, again):
    steps = "\n".join(["Pay the fee"] * 200)
    session.change("Start", lambda plan: plan.add_from_list("Long", steps), fresh=True)
    session.change("Move", lambda plan: plan.use_cases[0].move_step(200, 1))
    assert len(again().use_case.steps) == 200
    session.undo()
    assert len(session.use_case.steps) == 200


# --- undo -------------------------------------------------------------------------------------


def test_undo_and_redo_are_saved_too(session, again):
    session.change("Start", add("School fees"), fresh=True)
    session.change("Add step", step("Pay"))
    session.undo()
    assert session.notice == "Undone: Add step."
    assert session.use_case.steps == []
    assert again().use_case.steps == []
    assert (session.undoable, session.redoable) == ("Start", "Add step")
    session.redo()
    assert [s.name for s in again().use_case.steps] == ["Pay"]
    session.undo()
    session.change("Add step", step("Check"))
    assert session.redoable == ""


def test_undo_goes_back_to_the_start_and_no_further(session):
    session.change("Start", add("School fees"), fresh=True)
    session.undo()
    session.undo()
    assert session.use_case is None
    session.redo()
    assert session.use_case.name == "School fees"


def test_the_history_is_bounded(session):
    for number in range(MOST + 5):
        session.change("Rename", lambda plan, n=number: setattr(plan, "title", f"Plan {n}"))
    for _ in range(MOST + 5):
        session.undo()
    assert session.plan.title == "Plan 4"


def test_undo_keeps_the_plan_itself(session):
    session.change("Start", add("School fees"), fresh=True)
    plan, identity, revision = session.plan, session.plan.plan_id, session.plan.revision
    session.undo()
    assert session.plan is plan
    assert session.plan.plan_id == identity
    assert session.plan.revision == revision + 1


def test_undo_goes_on_when_the_cells_are_run_again(session, again):
    session.change("Start", add("School fees"), fresh=True)
    session.change("Add step", step("Pay"))
    session.change("Add step", step("Check"))
    session.undo()
    later = again()
    assert (later.undoable, later.redoable) == ("Add step", "Add step")
    later.undo()
    assert again().use_case.steps == []
    assert (again().undoable, again().redoable) == ("Start", "Add step")
    assert session.undoable == "Add step"  # its own changes are its own


def test_undo_ends_at_what_others_have_saved(session, again):
    session.change("Start", add("School fees"), fresh=True)
    elsewhere = gk.Plan.open(session.path)
    elsewhere.add_use_case("Grants")
    elsewhere.save()
    assert again().undoable == ""


def test_what_could_not_be_saved_is_not_undone_elsewhere(session, again, monkeypatch):
    session.change("Start", add("School fees"), fresh=True)
    with monkeypatch.context() as patch:
        fail(patch, errno.ENOSPC)
        session.change("Add step", step("Pay"))
    assert again().undoable == "Start"


# --- opening ----------------------------------------------------------------------------------


def test_a_new_kernel_finds_the_newest_plan(session, again, tmp_path):
    session.change("Start", add("School fees"), fresh=True)
    other = gk.Plan.new(title="Newer")
    path = other.save(tmp_path / "newer")
    os.utime(path, ns=(2 * 10**18, 2 * 10**18))
    found = again()
    assert found.plan.title == "Newer"
    assert found.saved_at == "Opened from newer.govplan.json"


def test_a_plan_that_is_started_is_saved_at_once_and_opened_next(session, again, tmp_path):
    session.change("Start", add("School fees"), fresh=True)
    told = []
    session.observe(lambda _: told.append((session.path, session.saved_at)), names="changed")
    session.start("Ministry of Education")
    assert session.path == tmp_path / "ministry-of-education.govplan.json"
    assert told == [(session.path, session.saved_at)]
    assert session.saved_at.startswith("Saved at ")
    assert again().plan.title == "Ministry of Education"
    assert gk.Plan.open(tmp_path / "my-plan").use_cases[0].name == "School fees"


def test_a_plan_that_is_started_overwrites_nothing(session, tmp_path):
    for number in (1, 2):
        session.start("Kenya")
        session.change("Start", add(f"Service {number}"))
    assert files(tmp_path) == ["kenya-2.govplan.json", "kenya.govplan.json"]
    assert gk.Plan.open(tmp_path / "kenya").use_cases[0].name == "Service 1"


def test_a_plan_that_is_started_and_cannot_be_saved_is_told(session, monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        fail(patch, errno.ENOSPC)
        session.start("Kenya")
        assert "the disk is full" in session.notice
        assert (session.path, session.saved_at) == (None, "Not saved yet")
        assert session.target == tmp_path / "kenya.govplan.json"
    session.change("Start", add("School fees"))
    assert session.path == tmp_path / "kenya.govplan.json"


def test_a_plan_that_cannot_be_read_is_told_and_left_alone(session, again, tmp_path):
    session.change("Start", add("School fees"), fresh=True)
    bad = tmp_path / "bad.govplan.json"
    bad.write_text('{"title": "Bad", "use_cases": [')
    os.utime(bad, ns=(2 * 10**18, 2 * 10**18))
    found = again()
    assert found.use_case.name == "School fees"
    assert "bad.govplan.json cannot be used: it is not complete JSON" in found.notice
    assert bad.read_text() == '{"title": "Bad", "use_cases": ['


def test_a_truncated_plan_is_opened_from_its_kept_version(session, again):
    session.change("Start", add("School fees"), fresh=True)
    whole = session.path.read_bytes()
    session.path.write_bytes(whole[: len(whole) // 2])
    found = again()
    assert found.use_case.name == "School fees"
    assert "the newest good version" in found.notice


def test_a_plan_of_a_newer_version_keeps_what_is_unknown(session, again):
    session.change("Start", add("School fees"), fresh=True)
    data = json.loads(session.path.read_text())
    data |= {"schema_version": 99, "moonshots": ["x"]}
    session.path.write_text(json.dumps(data))
    found = again()
    assert "newer version of the kit" in found.notice
    found.change("Add step", step("Pay"))
    found.undo()
    data = json.loads(found.path.read_text())
    assert (data["schema_version"], data["moonshots"]) == (99, ["x"])


def test_a_named_plan_is_opened_or_made_by_the_first_change(tmp_path, framework):
    first = Session(tmp_path / "kenya", framework=framework)
    assert (first.demonstrating, first.plan.title) == (False, "Kenya")
    assert files(tmp_path) == []
    first.change("Start", add("School fees"))
    assert files(tmp_path) == ["kenya.govplan.json"]
    assert Session(tmp_path / "kenya", framework=framework).use_case.name == "School fees"


def test_a_named_plan_that_is_damaged_is_not_overwritten(tmp_path, framework):
    bad = tmp_path / "kenya.govplan.json"
    bad.write_text("{")
    session = Session(bad, framework=framework)
    assert "cannot be used" in session.notice
    session.change("Start", add("School fees"))
    assert session.path.name == "kenya-2.govplan.json"
    assert bad.read_text() == "{"


def test_the_folder_is_beside_the_notebooks_or_where_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.delenv(places.VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    assert places.plans_folder() == tmp_path / "my-plans"
    (tmp_path / "guided").mkdir()
    monkeypatch.chdir(tmp_path / "guided")
    assert places.plans_folder() == tmp_path / "my-plans"
    monkeypatch.setenv(places.VARIABLE, str(tmp_path / "elsewhere"))
    assert places.plans_folder() == tmp_path / "elsewhere"
    assert gk.open_session().folder == tmp_path / "elsewhere"


# --- what can go wrong ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EACCES, "you may not do that there"),
        (errno.EROFS, "that place can only be read"),
    ],
)
def test_what_cannot_be_saved_is_kept_and_tried_again(session, again, monkeypatch, number, said):
    session.change("Start", add("School fees"), fresh=True)
    with monkeypatch.context() as patch:
        fail(patch, number)
        session.change("Add step", step("Pay"))
        assert said in session.notice
        assert "Nothing is lost" in session.notice
        assert session.saved_at == "Not saved yet"
        assert [s.name for s in session.use_case.steps] == ["Pay"]
        assert again().use_case.steps == []
    session.change("Add step", step("Check"))
    assert session.notice == ""
    assert [s.name for s in again().use_case.steps] == ["Pay", "Check"]


def test_a_folder_that_cannot_be_made(tmp_path, framework):
    (tmp_path / "file").write_text("")
    session = Session(folder=tmp_path / "file" / "plans", framework=framework)
    session.change("Start", add("School fees"), fresh=True)
    assert "cannot be made" in session.notice
    assert session.use_case.name == "School fees"
    session.folder = tmp_path
    session.change("Add step", step("Pay"))
    assert session.path == tmp_path / "my-plan.govplan.json"


def test_the_same_change_again_is_saved_if_it_was_not(session, monkeypatch):
    session.change("Start", add("School fees"), fresh=True)
    with monkeypatch.context() as patch:
        fail(patch, errno.ENOSPC)
        session.change("Rename", lambda plan: setattr(plan, "title", "Kenya"))
    session.change("Rename", lambda plan: setattr(plan, "title", "Kenya"))
    assert gk.Plan.open(session.path).title == "Kenya"


def test_two_windows_see_the_changes_of_each_other(session, again):
    session.change("Start", add("School fees"), fresh=True)
    other = again()
    other.change("Add step", step("Pay"))
    session.change("Add step", step("Check"))
    assert "changed in another window" in session.notice
    assert [s.name for s in session.use_case.steps] == ["Pay", "Check"]
    other.refresh()
    assert [s.name for s in other.use_case.steps] == ["Pay", "Check"]
    assert other.undoable == ""


def test_two_windows_with_unsaved_work_lose_nothing(session, again, monkeypatch, tmp_path):
    session.change("Start", add("School fees"), fresh=True)
    other = again()
    with monkeypatch.context() as patch:
        fail(patch, errno.ENOSPC)
        session.change("Add step", step("Ours"))
    other.change("Add step", step("Theirs"))
    session.change("Add step", step("Ours too"))
    assert "was saved by another window" in session.notice
    assert "conflict" in session.path.name
    assert [s.name for s in gk.Plan.open(session.path).use_cases[0].steps] == ["Ours", "Ours too"]
    assert [s.name for s in gk.Plan.open(other.path).use_cases[0].steps] == ["Theirs"]
    session.change("Add step", step("More"))
    assert session.notice == ""
    assert len(files(tmp_path)) == 2


def test_a_file_that_another_window_broke_is_not_taken_over(session):
    session.change("Start", add("School fees"), fresh=True)
    session.path.write_text("{")
    session.change("Add step", step("Pay"))
    assert "conflict" in session.path.name
    assert [s.name for s in gk.Plan.open(session.path).use_cases[0].steps] == ["Pay"]


def test_a_file_that_was_deleted_is_written_again(session):
    session.change("Start", add("School fees"), fresh=True)
    session.path.unlink()
    session.change("Add step", step("Pay"))
    assert [s.name for s in gk.Plan.open(session.path).use_cases[0].steps] == ["Pay"]


def test_unexpected_errors_are_sentences_and_go_to_a_log(session, tmp_path):
    session.change("Start", add("School fees"), fresh=True)
    assert session.guard(lambda: {}["nothing"])() is None
    assert session.notice.startswith("Something went wrong; your work is saved.")
    assert "KeyError" not in session.notice
    assert "KeyError: 'nothing'" in (tmp_path / "govstack-kit.log").read_text()


def test_expected_errors_are_shown_as_they_are(session, tmp_path):
    assert session.guard(session.plan.use_case)("nowhere") is None
    assert session.notice.startswith("The plan has no use case 'nowhere'.")
    assert not (tmp_path / "govstack-kit.log").exists()


def test_what_was_confirmed_is_found_again(session, again, tmp_path):
    session.change("Start", add("School fees"), fresh=True)
    session.confirm("part/school-fees/name", "mark")
    assert again().progress == {"part/school-fees/name": "mark"}
    (tmp_path / FILE).write_text("[1, {")
    assert again().progress == {}
