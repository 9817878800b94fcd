import builtins
import errno
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from govstack_kit import Plan, PlanConflictError, PlanError, PlanFileError, PlanFileWarning
from govstack_kit.planning import _writing, files, history


def kept(path: Path) -> list[Path]:
    return [version.path for version in history.versions(path)]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_saved_plan_opens_as_it_was(saved, tmp_path):
    again = Plan.open(tmp_path / "kenya")
    assert again == saved
    assert again.saved
    assert again.notices == []
    assert saved.path == tmp_path / "kenya.govplan.json"


def test_the_file_is_the_same_for_the_same_plan_and_readable(saved):
    raw = saved.path.read_bytes()
    assert files.encode(Plan.open(saved.path).data()) == raw
    assert raw.endswith(b"}\n")
    assert b'\n  "title": "School services",\n' in raw


def test_saving_twice_writes_once(saved):
    raw = saved.path.read_bytes()
    assert saved.save() == saved.path
    assert (saved.revision, saved.path.read_bytes(), len(kept(saved.path))) == (1, raw, 1)
    saved.title = "New"
    assert not saved.saved
    saved.save()
    assert (saved.revision, len(kept(saved.path))) == (2, 2)


def test_a_plan_without_a_file_asks_for_one(plan):
    with pytest.raises(PlanFileError, match="in no file yet: name one"):
        plan.save()


def test_another_plan_is_never_overwritten(saved):
    other = Plan.new(title="Other")
    with pytest.raises(PlanFileError, match="which this plan was not opened from"):
        other.save(saved.path)
    assert other.path is None
    assert Plan.open(saved.path).title == saved.title


def test_two_writers_are_noticed_and_nothing_is_lost(saved):
    one, two = Plan.open(saved.path), Plan.open(saved.path)
    one.use_cases[0].name = "One"
    one.save()
    two.use_cases[0].name = "Two"
    with pytest.raises(PlanConflictError, match="saved by another window or person") as found:
        two.save()
    assert found.value.saved_as.name.startswith("kenya (conflict 2")
    assert Plan.open(saved.path).use_cases[0].name == "One"
    assert Plan.open(found.value.saved_as).use_cases[0].name == "Two"
    two.use_cases[0].name = "Two again"  # goes on in its own file, without another conflict
    assert two.save() == found.value.saved_as
    merged, conflicts = Plan.merge(one, two, base=saved)
    assert conflicts[["field", "kept", "other"]].values.tolist() == [["name", "One", "Two again"]]
    assert merged.conflicts[0].other == "Two again"


def test_a_second_conflict_in_the_same_minute_has_a_name_of_its_own(saved):
    plans = [Plan.open(saved.path) for _ in range(3)]
    for number, plan in enumerate(plans):
        plan.title = f"Plan {number}"
    plans[0].save()
    for plan in plans[1:]:
        with pytest.raises(PlanConflictError):
            plan.save()
    titles = {Plan.open(path).title for path in saved.path.parent.glob("*.govplan.json")}
    assert titles == {"Plan 0", "Plan 1", "Plan 2"}


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda raw: raw[: len(raw) // 2], "it is not complete JSON: line"),
        (lambda _: b"", "it is empty"),
        (lambda raw: b"\0" * len(raw), "it is empty"),
        (lambda raw: b"\xff" + raw, "not text in UTF-8"),
        (lambda _: b"[1, 2]", "a plan file starts with {"),
        (lambda _: b"[" * 200_000, "nested too deeply"),
        (
            lambda raw: raw.replace(b'"own_words": []', b'"odd": ' + b"[" * 200 + b"]" * 200),
            "deeply",
        ),
        (
            lambda raw: raw.replace(b'"revision": 2', b'"revision": ' + b"9" * 5000),
            "cannot be read",
        ),
        (lambda raw: raw.replace(b'"School fees"', b'""'), "Use case 1, name is empty"),
        (lambda raw: raw.replace(b'"revision": 2', b'"revision": NaN'), "it has NaN"),
        (lambda raw: raw.replace(b'"country"', b'"title"'), "it says 'title' twice"),
        (lambda raw: raw + b" " * files.LARGEST, "larger than 20 MB"),
    ],
)
def test_a_damaged_file_opens_as_its_newest_good_version(saved, damage, said):
    saved.title = "Newest"
    saved.save()
    saved.path.write_bytes(damage(saved.path.read_bytes()))
    with pytest.warns(PlanFileWarning, match="Opened instead: the newest good version") as warned:
        plan = Plan.open(saved.path)
    assert said in str(warned[0].message)
    assert plan.title == "Newest"
    damaged = saved.path.read_bytes()
    plan.title = "Repaired"
    plan.save()
    assert Plan.open(saved.path).title == "Repaired"
    aside = list(saved.path.parent.glob("kenya (too large *"))
    assert damaged in [path.read_bytes() for path in (*kept(saved.path), *aside)]


def test_damaged_versions_are_passed_over(saved):
    saved.title = "Second"
    saved.save()
    for path in (saved.path, kept(saved.path)[0]):
        path.write_text("{", encoding="utf-8")
    with pytest.warns(PlanFileWarning, match="revision 1"):
        assert Plan.open(saved.path).title == "School services"
    for path in kept(saved.path):
        path.write_text("{", encoding="utf-8")
    with pytest.raises(PlanFileError, match=r"None of the 2 kept versions in .* can be used"):
        Plan.open(saved.path)


def test_a_deleted_file_opens_as_its_newest_version_and_is_saved_again(saved):
    saved.path.unlink()
    with pytest.warns(PlanFileWarning, match="it is gone"):
        plan = Plan.open(saved.path)
    plan.save()
    assert saved.path.is_file()


def test_a_missing_file_is_said_with_what_is_there(saved):
    with pytest.raises(
        PlanFileError, match=r"no plan file .*kenia.* In this folder: kenya.govplan"
    ):
        Plan.open(saved.path.with_name("kenia"))
    folder = saved.path.with_name("folder.json")
    folder.mkdir()
    with pytest.raises(PlanFileError, match="is a folder"):
        Plan.open(folder)
    with pytest.raises(PlanFileError, match="is not the name of a file"):
        Plan.open("a\0b")


@pytest.mark.parametrize("name", ["write", "fsync", "replace"])
def test_a_full_disk_leaves_plan_and_file_alone(saved, monkeypatch, name):
    raw, there = saved.path.read_bytes(), names(saved.path.parent)
    saved.title = "Not saved"

    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    if name == "write":
        monkeypatch.setattr(_writing.os, "fdopen", full)
    else:
        monkeypatch.setattr(_writing.os, name, full)
    with pytest.raises(
        PlanFileError, match=r"could not be saved: the disk is full\. Nothing is lost"
    ):
        saved.save()
    monkeypatch.undo()
    assert (saved.path.read_bytes(), names(saved.path.parent)) == (raw, there)
    assert len(kept(saved.path)) == 1
    assert (saved.title, saved.revision, saved.saved) == ("Not saved", 1, False)
    saved.save()
    assert Plan.open(saved.path).title == "Not saved"


def test_a_disk_that_fills_up_between_the_two_writes_leaves_the_file_alone(saved, monkeypatch):
    saved.title = "Second"
    write = _writing.write

    def full_for_the_plan(path, raw):
        if path == saved.path:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, raw)

    monkeypatch.setattr(_writing, "write", full_for_the_plan)
    with pytest.raises(PlanFileError, match="disk is full"):
        saved.save()
    assert Plan.open(saved.path).title == "School services"


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_read_only_folder_is_said(saved, monkeypatch, number):
    saved.title = "Not saved"
    real = os.open

    def refuse(path, flags, *args):
        if flags & os.O_CREAT:
            raise OSError(number, os.strerror(number))
        return real(path, flags, *args)

    monkeypatch.setattr(_writing.os, "open", refuse)
    with pytest.raises(PlanFileError, match=r"(may not do that there|can only be read)\. Nothing"):
        saved.save()
    monkeypatch.undo()
    assert Plan.open(saved.path).title == "School services"


def test_a_folder_that_is_not_there_is_said(plan, tmp_path):
    with pytest.raises(PlanFileError, match="there is no such folder"):
        plan.save(tmp_path / "nowhere" / "kenya")


def test_a_file_that_cannot_be_read_is_said(saved, monkeypatch):
    def refuse(_self):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(PlanFileError, match="cannot be read: you may not"):
        Plan.open(saved.path)


def test_a_plan_that_is_too_large_is_not_written(saved, monkeypatch):
    monkeypatch.setattr(files, "LARGEST", 2_000)
    saved.objectives = ["x" * 3_000]
    with pytest.raises(PlanFileError, match="a plan file may have"):
        saved.save()


def test_what_cannot_be_used_is_not_saved(saved):
    raw = saved.path.read_bytes()
    saved.use_cases.append(saved.use_cases[0])
    with pytest.raises(PlanError, match="two use cases with the id"):
        saved.save()
    assert saved.path.read_bytes() == raw


def test_the_newest_twenty_and_one_a_day_are_kept(tmp_path):
    path = tmp_path / "kenya.govplan.json"
    history.folder(path).mkdir()
    start = datetime(2026, 1, 1, 8, tzinfo=UTC)
    for hour in range(0, 24 * 100, 6):  # a hundred days, four versions a day
        moment = start + timedelta(hours=hour)
        name = f"kenya.{moment.strftime('%Y%m%dT%H%M%S%fZ')}.r{hour:06d}.govplan.json"
        (history.folder(path) / name).write_text("{}", encoding="utf-8")
    other = history.folder(path) / "kenya.north.20260101T080000000000Z.r000001.govplan.json"
    other.write_text("{}", encoding="utf-8")
    everything = history.versions(path)
    history.prune(everything)
    left = history.versions(path)
    days = [version.saved.date() for version in left]
    assert left[:20] == everything[:20]
    assert len(left) == 20 + history.DAYS - len(set(days[:20]))
    assert len(set(days)) == history.DAYS
    assert other.exists()


def test_versions_are_listed_and_open(saved):
    saved.title = "Second"
    saved.save()
    listed = Plan.history(saved.path)
    assert listed["revision"].tolist() == [2, 1]
    old = Plan.open(listed["path"][1])
    assert old.title == "School services"


def test_a_clock_that_was_set_back_does_not_confuse_versions(saved, monkeypatch):
    class Yesterday(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) - timedelta(days=1)

    monkeypatch.setattr(history, "datetime", Yesterday)
    saved.title = "Second"
    saved.save()
    assert Plan.history(saved.path)["revision"].tolist() == [2, 1]


def test_a_link_is_followed_once_and_stays_a_link(saved, tmp_path):
    shortcut = tmp_path / "desktop" / "plan.govplan.json"
    shortcut.parent.mkdir()
    shortcut.symlink_to(saved.path)
    plan = Plan.open(shortcut)
    plan.title = "Through the link"
    assert plan.save() == saved.path
    assert shortcut.is_symlink()
    assert Plan.open(saved.path).title == "Through the link"
    assert names(shortcut.parent) == ["plan.govplan.json"]


def test_a_history_that_leads_elsewhere_is_refused(plan, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / history.FOLDER).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PlanFileError, match="is a link to another place"):
        plan.save(tmp_path / "kenya")


def test_files_that_killed_processes_left_are_swept(saved):
    left = saved.path.parent / f".0123{_writing.TEMPORARY}"
    left.write_text("half", encoding="utf-8")
    fresh = saved.path.parent / f".4567{_writing.TEMPORARY}"
    fresh.write_text("half", encoding="utf-8")
    os.utime(left, (0, 0))
    saved.title = "Second"
    saved.save()
    assert (left.exists(), fresh.exists()) == (False, True)


def test_a_writer_that_does_not_let_go_is_said(saved, monkeypatch):
    monkeypatch.setattr(_writing, "_WAIT", 0.05)
    saved.title = "Second"
    with _writing.only_writer(history.folder(saved.path) / ".lock"):  # noqa: SIM117 - order matters
        with pytest.raises(PlanFileError, match="another window or program has been saving"):
            saved.save()
    saved.save()


def test_a_program_that_holds_the_file_for_a_moment_is_waited_for(saved, monkeypatch):
    monkeypatch.setattr(_writing, "_PAUSE", 0.0)
    calls = []
    real = os.replace

    def busy(source, target):
        calls.append(target)
        if len(calls) < 3:
            raise PermissionError(errno.EACCES, "The process cannot access the file")
        real(source, target)

    monkeypatch.setattr(_writing, "WINDOWS", True)
    monkeypatch.setattr(_writing.os, "replace", busy)
    source = saved.path.with_name("x")
    source.write_text("x", encoding="utf-8")
    _writing._replace(source, saved.path.with_name("y"))
    assert len(calls) == 3


def test_odd_names_and_characters_in_unknown_fields_survive(saved):
    data = saved.data()
    odd = {"_path": "x", "save": 1, "__class__": "y", "model_fields": []}
    halves = {"a\ud800b": "c\udfffd"}
    data["use_cases"][0] |= odd
    saved.path.write_text(json.dumps(data | odd | halves), encoding="utf-8")
    plan = Plan.open(saved.path)
    assert plan.path == saved.path
    plan.title = "Changed"
    plan.save()
    again = json.loads(saved.path.read_text(encoding="utf-8"))
    assert {key: again[key] for key in odd} == odd
    assert again["a?b"] == "c?d"
    assert {key: again["use_cases"][0][key] for key in odd} == odd


def test_nothing_of_the_plan_runs_or_is_written_elsewhere(tmp_path, monkeypatch):
    plan = Plan.new(title="../../etc/passwd", country="<script>")
    plan.add_use_case("=cmd|' /C calc'!A0", id="a", sector="{{7*7}}")
    opened = []
    real = builtins.open
    monkeypatch.setattr(builtins, "open", lambda *a, **k: opened.append(a) or real(*a, **k))
    plan.save(tmp_path / "x")
    assert names(tmp_path) == [".govplan-history", "x.govplan.json"]
    assert json.loads((tmp_path / "x.govplan.json").read_bytes())["title"] == "../../etc/passwd"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_process_killed_while_saving_loses_nothing(tmp_path):
    rounds = 120
    program = Path(__file__).with_name("killed.py")
    found = subprocess.run(
        [sys.executable, str(program), str(tmp_path / "plan"), str(rounds), "4"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    lines = [line.split() for line in found.stdout.splitlines()]
    assert len(lines) == rounds
    for acknowledged, opened, good in lines:
        assert good == "True"
        assert int(acknowledged) <= int(opened) <= int(acknowledged) + 1
    assert int(lines[-1][1]) > rounds  # the children did save between the kills
