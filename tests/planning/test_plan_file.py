import errno
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import filelock
import pytest

from govstack_kit import Plan, PlanFileError
from govstack_kit.errors import PlanConflictError, PlanFileWarning
from govstack_kit.planning import plan_file
from govstack_kit.tables import storage


@pytest.fixture
def plan():
    plan = Plan.new(title="School services", country="Kenya")
    fees = plan.add("use_cases", name="School fees", sector="Education")
    for name in ("Apply", "Check", "Pay"):
        plan.add("steps", use_case=fees, name=name)
    return plan


@pytest.fixture
def saved(plan, tmp_path):
    plan.save(tmp_path / "kenya")
    return plan


def title(plan):
    return plan.row("plan")["title"]


def kept(path: Path) -> list[Path]:
    return [version.path for version in plan_file.versions(path)]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_saved_plan_opens_as_it_was(saved, tmp_path):
    again = Plan.open(tmp_path / "kenya")
    assert again.diff(saved).empty
    assert (again.saved, again.notice, again.revision) == (True, "", 1)
    assert saved.path == tmp_path / "kenya.govplan.json"


def test_the_file_is_a_data_package_with_one_row_a_line(saved):
    lines = saved.path.read_text(encoding="utf-8").splitlines()
    assert sum('"name": "Apply"' in line for line in lines) == 1
    data = json.loads(saved.path.read_bytes())
    assert {"name", "resources", "revision", "created", "updated"} <= set(data)
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.Package(data).validate()
    assert report.valid, report.flatten(["message"])[:5]


def test_text_that_looks_like_the_writing_of_the_file_stays(plan, tmp_path):
    odd = 'a "@row0@" b \\ "\n{"resources": []}'
    plan.set("use_cases", "school-fees", description=odd)
    again = Plan.open(plan.save(tmp_path / "odd"))
    assert again.row("use_cases", "school-fees")["description"] == odd


def test_saving_twice_writes_once(saved):
    raw = saved.path.read_bytes()
    assert saved.save() == saved.path
    assert (saved.revision, saved.path.read_bytes(), len(kept(saved.path))) == (1, raw, 1)
    saved.set("plan", title="New")
    assert not saved.saved
    saved.save()
    assert (saved.revision, len(kept(saved.path))) == (2, 2)
    saved.undo()
    assert not saved.saved


def test_a_plan_without_a_file_asks_for_one(plan):
    with pytest.raises(PlanFileError, match="in no file yet: name one"):
        plan.save()


def test_another_plan_is_never_overwritten(saved):
    other = Plan.new(title="Other")
    with pytest.raises(PlanFileError, match="which this plan was not opened from"):
        other.save(saved.path)
    assert other.path is None
    assert title(Plan.open(saved.path)) == "School services"


def test_two_writers_are_noticed_and_nothing_is_lost(saved):
    one, two = Plan.open(saved.path), Plan.open(saved.path)
    one.set("use_cases", "school-fees", name="One")
    one.save()
    two.set("use_cases", "school-fees", name="Two")
    assert two.changed_elsewhere
    with pytest.raises(PlanConflictError, match="saved by another window or person") as found:
        two.save()
    assert found.value.saved_as.name.startswith("kenya (conflict 2")
    assert Plan.open(saved.path).use_cases["name"].item() == "One"
    assert Plan.open(found.value.saved_as).use_cases["name"].item() == "Two"
    two.set("use_cases", "school-fees", name="Two again")  # goes on in its own file
    assert two.save() == found.value.saved_as
    merged, conflicts = Plan.merge(one, two, base=saved)
    assert conflicts[["column", "kept", "other"]].values.tolist() == [["name", "One", "Two again"]]
    assert merged.conflicts["other"].tolist() == ["Two again"]


def test_a_second_conflict_in_the_same_minute_has_a_name_of_its_own(saved):
    plans = [Plan.open(saved.path) for _ in range(3)]
    for number, plan in enumerate(plans):
        plan.set("plan", title=f"Plan {number}")
    plans[0].save()
    for plan in plans[1:]:
        with pytest.raises(PlanConflictError):
            plan.save()
    titles = {title(Plan.open(path)) for path in saved.path.parent.glob("*.govplan.json")}
    assert titles == {"Plan 0", "Plan 1", "Plan 2"}


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda raw: raw[: len(raw) // 2], "it is not complete JSON: line"),
        (lambda _: b"", "it is empty"),
        (lambda raw: b"\0" * len(raw), "it is empty"),
        (lambda raw: b"\xff" + raw, "not text in UTF-8"),
        (lambda _: b"[1, 2]", "it is no plan"),
        (lambda _: b'{"resources": [{"name": 1, "data": []}]}', "it is no plan"),
        (lambda _: b'{"schema_version": 3, "title": "x"}', "before the first release"),
        (lambda _: b"[" * 200_000, "nested too deeply"),
        (lambda raw: raw.replace(b'"School fees"', b'""'), "is empty"),
        (lambda raw: raw.replace(b'"revision": 2', b'"revision": NaN'), "it has NaN"),
        (lambda raw: raw.replace(b'"revision": 2', b'"revision": "x"'), "revision"),
        (lambda raw: raw.replace(b'"school-fees.pay"', b'"school-fees.check"'), "more than once"),
        (lambda raw: raw + b" " * plan_file.LARGEST, "larger than 20 MB"),
    ],
)
def test_a_damaged_file_opens_as_its_newest_good_version(saved, damage, said):
    saved.set("plan", title="Newest")
    saved.save()
    saved.path.write_bytes(damage(saved.path.read_bytes()))
    with pytest.warns(PlanFileWarning, match="Opened instead: the newest good version") as warned:
        plan = Plan.open(saved.path)
    assert said in str(warned[0].message)
    assert title(plan) == "Newest"
    damaged = saved.path.read_bytes()
    plan.set("plan", title="Repaired")
    plan.save()
    assert title(Plan.open(saved.path)) == "Repaired"
    if len(damaged) <= plan_file.LARGEST:
        assert damaged in [path.read_bytes() for path in kept(saved.path)]


def test_damaged_versions_are_passed_over(saved):
    saved.set("plan", title="Second")
    saved.save()
    for path in (saved.path, kept(saved.path)[0]):
        path.write_text("{", encoding="utf-8")
    with pytest.warns(PlanFileWarning, match="revision 1"):
        assert title(Plan.open(saved.path)) == "School services"
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
    with pytest.raises(PlanFileError, match=r"no plan file .*kenia.* In this folder: kenya.gov"):
        Plan.open(saved.path.with_name("kenia"))
    folder = saved.path.with_name("folder.json")
    folder.mkdir()
    with pytest.raises(PlanFileError, match="is no file"):
        Plan.open(folder)
    with pytest.raises(PlanFileError, match="is not the name of a file"):
        Plan.open("a\0b")
    with pytest.raises(PlanFileError, match="is not the name of a file"):
        Plan.open(5)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_a_pipe_or_a_device_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "zero.json").symlink_to("/dev/zero")
    for name in ("pipe.json", "zero.json"):
        with pytest.raises(PlanFileError, match="is no file"):
            Plan.open(tmp_path / name)


def full(*_args):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("what", ["fsync", "replace"])
def test_a_full_disk_leaves_plan_and_file_alone(saved, monkeypatch, what):
    raw, there = saved.path.read_bytes(), names(saved.path.parent)
    saved.set("plan", title="Not saved")
    if what == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(PlanFileError, match=r"could not be saved: the disk is full\. Nothing is"):
        saved.save()
    monkeypatch.undo()
    assert (saved.path.read_bytes(), names(saved.path.parent)) == (raw, there)
    assert len(kept(saved.path)) == 1
    assert (title(saved), saved.revision, saved.saved) == ("Not saved", 1, False)
    saved.save()
    assert title(Plan.open(saved.path)) == "Not saved"


def test_a_disk_that_fills_up_between_the_two_writes_leaves_the_file_alone(saved, monkeypatch):
    saved.set("plan", title="Second")
    write = storage.write_whole
    monkeypatch.setattr(
        storage, "write_whole", lambda path, raw: (full if path == saved.path else write)(path, raw)
    )
    with pytest.raises(PlanFileError, match="disk is full"):
        saved.save()
    assert title(Plan.open(saved.path)) == "School services"


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_read_only_folder_is_said(saved, monkeypatch, number):
    def refuse(_path, _raw):
        raise OSError(number, os.strerror(number))

    saved.set("plan", title="Not saved")
    monkeypatch.setattr(storage, "write_whole", refuse)
    with pytest.raises(PlanFileError, match=r"(may not do that there|can only be read)\. Nothing"):
        saved.save()
    assert title(Plan.open(saved.path)) == "School services"


def test_a_folder_that_is_not_there_is_said(plan, tmp_path):
    with pytest.raises(PlanFileError, match="there is no such folder"):
        plan.save(tmp_path / "nowhere" / "kenya")


def test_a_plan_that_is_too_large_is_not_written(saved, monkeypatch):
    monkeypatch.setattr(plan_file, "LARGEST", 2_000)
    saved.set("business_case", note="x" * 3_000)
    with pytest.raises(PlanFileError, match="a plan file may have"):
        saved.save()


def test_the_newest_twenty_and_one_a_day_are_kept(tmp_path):
    path, history = tmp_path / "kenya.govplan.json", tmp_path / plan_file.HISTORY
    history.mkdir()
    start = datetime(2026, 1, 1, 8, tzinfo=UTC)
    for hour in range(0, 24 * 100, 6):  # a hundred days, four versions a day
        moment = start + timedelta(hours=hour)
        name = f"kenya.{moment.strftime('%Y%m%dT%H%M%S%fZ')}.r{hour:06d}.govplan.json"
        (history / name).write_text("{}", encoding="utf-8")
    other = history / "kenya.north.20260101T080000000000Z.r000001.govplan.json"
    other.write_text("{}", encoding="utf-8")
    everything = plan_file.versions(path)
    plan_file.prune(everything)
    left = plan_file.versions(path)
    days = [version.saved.date() for version in left]
    assert left[:20] == everything[:20]
    assert len(left) == 20 + plan_file.DAYS - len(set(days[:20]))
    assert len(set(days)) == plan_file.DAYS
    assert other.exists()


def test_versions_are_listed_and_open(saved):
    saved.set("plan", title="Second")
    saved.save()
    listed = Plan.history(saved.path)
    assert listed["revision"].tolist() == [2, 1]
    assert title(Plan.open(listed["path"][1])) == "School services"


def test_a_clock_that_was_set_back_does_not_confuse_versions(saved, monkeypatch):
    class Yesterday(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) - timedelta(days=1)

    monkeypatch.setattr(plan_file, "datetime", Yesterday)
    saved.set("plan", title="Second")
    saved.save()
    assert Plan.history(saved.path)["revision"].tolist() == [2, 1]


def test_a_link_is_followed_once_and_stays_a_link(saved, tmp_path):
    shortcut = tmp_path / "desktop" / "plan.govplan.json"
    shortcut.parent.mkdir()
    shortcut.symlink_to(saved.path)
    plan = Plan.open(shortcut)
    plan.set("plan", title="Through the link")
    assert plan.save() == saved.path
    assert shortcut.is_symlink()
    assert title(Plan.open(saved.path)) == "Through the link"
    assert names(shortcut.parent) == ["plan.govplan.json"]


def test_a_history_that_leads_elsewhere_is_refused(plan, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / plan_file.HISTORY).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PlanFileError, match="is a link to another place"):
        plan.save(tmp_path / "kenya")


def test_files_that_killed_processes_left_are_swept(saved):
    left = saved.path.parent / f".0123{storage.TEMPORARY}"
    left.write_text("half", encoding="utf-8")
    fresh = saved.path.parent / f".4567{storage.TEMPORARY}"
    fresh.write_text("half", encoding="utf-8")
    os.utime(left, (0, 0))
    saved.set("plan", title="Second")
    saved.save()
    assert (left.exists(), fresh.exists()) == (False, True)


def test_a_writer_that_does_not_let_go_is_said(saved, monkeypatch):
    monkeypatch.setattr(plan_file, "PATIENCE", 0.05)
    saved.set("plan", title="Second")
    with (
        filelock.FileLock(saved.path.parent / plan_file.HISTORY / ".lock"),
        pytest.raises(PlanFileError, match="another window or program has been saving"),
    ):
        saved.save()
    saved.save()


def test_a_program_that_holds_the_file_for_a_moment_is_waited_for(tmp_path, monkeypatch):
    calls = []
    real = Path.replace

    def busy(self, target):
        calls.append(target)
        if len(calls) < 3:
            raise PermissionError(errno.EACCES, "The process cannot access the file")
        return real(self, target)

    monkeypatch.setattr(storage, "WINDOWS", True)
    monkeypatch.setattr(Path, "replace", busy)
    storage.write_whole(tmp_path / "x", b"x")
    assert (len(calls), (tmp_path / "x").read_bytes()) == (3, b"x")


def test_what_a_newer_version_wrote_survives(saved):
    data = json.loads(saved.path.read_bytes())
    data |= {"form": 9, "weather": "dry", "_path": "x", "save": 1}
    risks = {"name": "risks", "schema": {"fields": [{"name": "risk"}], "primaryKey": ["risk"]}}
    data["resources"].append(risks | {"data": [{"risk": "rain", "odds": [1, 2]}]})
    steps = next(table for table in data["resources"] if table["name"] == "steps")
    steps["data"][0]["colour"] = {"r": 1}
    saved.path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.warns(PlanFileWarning, match="newer version of the kit"):
        plan = Plan.open(saved.path)
    plan.add("steps", use_case="school-fees", name="Confirm")
    plan.move("steps", "school-fees.confirm", 1)
    plan.save()
    again = json.loads(saved.path.read_bytes())
    assert (again["form"], again["weather"], again["save"]) == (9, "dry", 1)
    tables = {table["name"]: table["data"] for table in again["resources"]}
    assert tables["risks"] == [{"risk": "rain", "odds": [1, 2]}]
    assert [row.get("colour") for row in tables["steps"]] == [None, {"r": 1}, None, None]


def test_a_plan_written_elsewhere_without_its_settings_opens(saved):
    data = json.loads(saved.path.read_bytes())
    data["resources"] = [t for t in data["resources"] if t["name"] not in ("rules", "plan")]
    saved.path.write_text(json.dumps(data), encoding="utf-8")
    plan = Plan.open(saved.path)
    assert (plan.row("rules")["years"], len(plan.steps)) == (5, 3)


def test_nothing_of_the_plan_runs_or_is_written_elsewhere(tmp_path):
    plan = Plan.new(title="../../etc/passwd", country="<script>")
    plan.add("use_cases", name="=cmd|' /C calc'!A0", use_case="a", sector="{{7*7}}")
    plan.save(tmp_path / "x")
    assert names(tmp_path) == [plan_file.HISTORY, "x.govplan.json"]
    assert title(Plan.open(tmp_path / "x")) == "../../etc/passwd"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_process_killed_while_saving_loses_nothing(tmp_path):
    rounds = 25
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
