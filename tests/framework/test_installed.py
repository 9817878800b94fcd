"""The user's own tables: preferred when whole and known, else left aside with a warning."""

import errno
import json
import shutil
import warnings
from pathlib import Path

import pandas as pd
import pytest

import govstack_kit
from govstack_kit import TablesError, UnknownKeyError
from govstack_kit.errors import ArgumentError
from govstack_kit.framework import installed
from govstack_kit.framework.installed import previous, remove_package, write_package
from govstack_kit.tables import storage
from govstack_kit.tables.storage import bundled

TEXTS = pd.DataFrame([("steps", "AGR-2.1", "A, “long”\ntext")], columns=["table", "key", "text"])


@pytest.fixture
def tables(framework):
    """The bundled tables with another name for AGR-2."""
    found = framework.tables()
    found["use_cases"] = found["use_cases"].replace("Rural Advisory Service for Farmers", "Ours")
    return found


@pytest.fixture(scope="module")
def written(framework, tmp_path_factory):
    """Tables of the user's own, as an update writes them."""
    found = framework.tables()
    found["use_cases"] = found["use_cases"].replace("Rural Advisory Service for Farmers", "Ours")
    folder = tmp_path_factory.mktemp("written") / "data"
    write_package(found, folder, texts=TEXTS, about={"edition": installed.bundled_edition()})
    return folder


@pytest.fixture
def own(tmp_path, monkeypatch, written):
    """Those tables in a place where a test may change them."""
    folder = tmp_path / "share" / "data"
    shutil.copytree(written, folder)
    monkeypatch.setenv(installed.VARIABLE, str(folder))
    return folder


def name_of(framework):
    return framework.use_cases.set_index("use_case").loc["AGR-2", "name"]


def change_descriptor(folder, change):
    path = folder / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    change(descriptor)
    path.write_text(json.dumps(descriptor), encoding="utf-8")


# ------------------------------------------------------------------------------- which are used


def test_load_prefers_the_users_own_tables(own):
    assert name_of(govstack_kit.load()) == "Ours"
    assert installed.folder() == own
    assert name_of(govstack_kit.load(bundled=True)) != "Ours"
    assert name_of(govstack_kit.load(bundled("data"))) != "Ours"


def test_an_empty_variable_means_those_of_the_kit(own, monkeypatch):
    assert own.is_dir()
    monkeypatch.setenv(installed.VARIABLE, "")
    assert name_of(govstack_kit.load()) != "Ours"
    assert installed.own_folder() is None


def test_without_the_variable_they_are_in_the_folder_of_the_system(monkeypatch, tmp_path):
    monkeypatch.delenv(installed.VARIABLE)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    folder = installed.own_folder()
    assert (folder.name, folder.parent.name) == ("data", "govstack-kit")
    assert installed.folder() == bundled("data")


def test_additions_are_laid_over_the_users_own_tables(own, tmp_path):
    assert own.is_dir()
    additions = tmp_path / "mine"
    additions.mkdir()
    (additions / "sectors.csv").write_text("sector,name,source\ntoys,Toys,govstack-kit\n")
    assert name_of(govstack_kit.load(additions, extend=True)) == "Ours"


def test_tables_of_another_version_are_left_aside_with_a_warning(own):
    def older(descriptor):
        del descriptor["resources"][3]["schema"]["fields"][-1]

    change_descriptor(own, older)
    with pytest.warns(UserWarning, match=r"older or newer version .* so the tables that come with"):
        assert name_of(govstack_kit.load()) != "Ours"


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda own: (own / "steps.csv").write_text("x"), r"changed since .*steps\.csv"),
        (lambda own: (own / "steps.csv").unlink(), r"cannot be read .*steps\.csv"),
        (lambda own: (own / "datapackage.json").write_text("{"), "datapackage.json is damaged"),
        (lambda own: (own / "datapackage.json").write_text("[]"), "datapackage.json is damaged"),
        (lambda own: (own / "datapackage.json").write_bytes(b"\xff\xfe"), "is damaged"),
    ],
)
def test_damaged_tables_are_left_aside_with_a_warning(own, damage, said):
    damage(own)
    with pytest.warns(UserWarning, match=rf"(?s){said}.*govstack-kit update --reset"):
        assert name_of(govstack_kit.load()) != "Ours"


def test_tables_laid_over_others_are_used_with_a_warning(own):
    change_descriptor(own, lambda d: d["govstack_kit"].update(edition="other"))
    with pytest.warns(UserWarning, match="comes with tables that have changed since"):
        assert name_of(govstack_kit.load()) == "Ours"


def test_other_words_in_the_descriptor_do_no_harm(own):
    change_descriptor(own, lambda d: d["resources"][0].update(description="Other words"))
    assert name_of(govstack_kit.load()) == "Ours"


def test_bundled_takes_no_folder(own):
    with pytest.raises(ArgumentError, match="takes no folder"):
        govstack_kit.load(own, bundled=True)


# ------------------------------------------------------------------------------ published texts


def test_published_texts_are_there_after_an_update(own):
    framework = govstack_kit.load()
    assert framework.published_text("steps", "AGR-2.1") == "A, “long”\ntext"
    assert framework.published_text("steps", "AGR-2.2") is None
    assert govstack_kit.load(bundled=True).published_text("steps", "AGR-2.1") is None
    assert len(govstack_kit.validate(own)) == 0  # published_texts.csv is no table, and no fault


def test_published_texts_of_unknown_rows(framework):
    with pytest.raises(UnknownKeyError, match=r"AGR-2\.99"):
        framework.published_text("steps", "AGR-2.99")
    with pytest.raises(UnknownKeyError, match="no table 'stairs'"):
        framework.published_text("stairs", "AGR-2.1")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n", b'table,key,text\n"a'])
def test_damaged_texts_are_none(own, content):
    (own / "published_texts.csv").write_bytes(content)
    assert govstack_kit.load().published_text("steps", "AGR-2.1") is None


# -------------------------------------------------------------------------------------- writing


def test_a_package_written_anew_has_the_bytes_of_the_bundled_one(framework, tmp_path, data):
    write_package(framework.tables(), tmp_path / "new")
    for path in (tmp_path / "new").iterdir():
        assert path.read_bytes() == (data / path.name).read_bytes(), path.name


def test_the_package_before_is_kept_and_other_files_too(own, tables):
    (own / "notes.txt").write_text("mine")
    (own / "folder").mkdir()
    (own / "folder" / "x.txt").write_text("deep")
    tables["use_cases"] = tables["use_cases"].replace("Ours", "Newer")
    write_package(tables, own, about={"edition": installed.bundled_edition()})
    assert name_of(govstack_kit.load()) == "Newer"
    assert "Ours" in (previous(own) / "use_cases.csv").read_text(encoding="utf-8")
    assert (own / "notes.txt").read_text() == "mine"
    assert (own / "folder" / "x.txt").read_text() == "deep"
    assert not (own / "published_texts.csv").exists()
    assert {path.name for path in own.parent.iterdir()} == {"data", "data.previous"}


def test_tables_that_are_not_valid_change_nothing(own, tables):
    tables["steps"] = tables["steps"].replace("AGR-2", "AGR-X")
    with pytest.raises(TablesError, match="“AGR-X” is not in use_cases"):
        write_package(tables, own)
    assert name_of(govstack_kit.load()) == "Ours"
    assert {path.name for path in own.parent.iterdir()} == {"data"}


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_changes_nothing(own, tables, monkeypatch):
    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_package(tables, own)
    assert name_of(govstack_kit.load()) == "Ours"
    assert {path.name for path in own.parent.iterdir()} == {"data"}


@pytest.mark.parametrize("stop", [OSError("in use"), KeyboardInterrupt()])
@pytest.mark.parametrize("at", [1, 30, 60])
def test_an_update_that_is_stopped_half_way_is_undone(own, tables, monkeypatch, stop, at):
    replace, done = Path.replace, []

    def stopping(path, target):
        if path.suffix == ".csv" and path.parent != path.parents[1]:
            done.append(path)
            if len(done) == at:
                raise stop
        return replace(path, target)

    before = {path.name: path.read_bytes() for path in own.iterdir()}
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", stopping)
        with pytest.raises(type(stop)):
            write_package(tables, own)
    assert {path.name: path.read_bytes() for path in own.iterdir()} == before
    assert name_of(govstack_kit.load()) == "Ours"
    assert {path.name for path in own.parent.iterdir()} == {"data"}


def test_files_that_no_update_wrote_are_never_touched(own, tables, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "steps.csv").write_text("mine")
    with pytest.raises(ArgumentError, match=r"has a file steps\.csv that no update wrote"):
        write_package(tables, mine)
    assert [path.name for path in mine.iterdir()] == ["steps.csv"]
    previous(own).mkdir()
    (previous(own) / "mine.txt").write_text("mine")
    write_package(tables, own)
    write_package(tables, own)
    assert (previous(own) / "mine.txt").read_text() == "mine"
    assert remove_package(own)
    assert [path.name for path in previous(own).iterdir()] == ["mine.txt"]


def test_the_current_folder_may_be_written_to(tables, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for _ in range(2):
        write_package(tables, Path())
    assert name_of(govstack_kit.load(Path())) == "Ours"


def test_removing_leaves_what_is_not_ours(own, tables):
    write_package(tables, own)
    (own / "notes.txt").write_text("mine")
    assert remove_package(own)
    assert [path.name for path in own.parent.rglob("*")] == ["data", "notes.txt"]
    assert not remove_package(own)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert name_of(govstack_kit.load()) != "Ours"


def test_texts_of_upstream_are_no_formulas(own, tables):
    tables["use_cases"] = tables["use_cases"].replace("Ours", "=HYPERLINK(1)")
    write_package(tables, own, about={"edition": installed.bundled_edition()})
    assert ",'=HYPERLINK(1)," in (own / "use_cases.csv").read_text(encoding="utf-8")
    assert name_of(govstack_kit.load()) == "=HYPERLINK(1)"
    assert name_of(govstack_kit.load(own)) == "=HYPERLINK(1)"


# --------------------------------------------------------------------------------------- hashes


@pytest.fixture
def folder(data, tmp_path):
    """A copy of the bundled package."""
    return Path(shutil.copytree(data, tmp_path / "package"))


def test_hashes_are_brought_up_to_date(folder):
    assert installed.update_hashes(folder) == []
    before = (folder / "datapackage.json").read_bytes()
    (folder / "sectors.csv").write_bytes((folder / "sectors.csv").read_bytes() + b"\n")
    assert installed.update_hashes(folder) == ["sectors.csv"]
    raw = (folder / "sectors.csv").read_bytes()
    assert installed.hashes(folder)["sectors.csv"] == installed.hash_of(raw)
    assert (folder / "datapackage.json").read_bytes() != before


@pytest.mark.parametrize(
    ("damage", "match"),
    [
        (
            lambda folder: (folder / "datapackage.json").unlink(),
            "datapackage.json cannot be read: there is no such folder",
        ),
        (lambda folder: (folder / "datapackage.json").write_text("{"), "is damaged"),
        (lambda folder: (folder / "datapackage.json").write_text('{"resources": [1]}'), "damaged"),
        (lambda folder: (folder / "steps.csv").unlink(), r"steps\.csv: there is no such folder"),
    ],
)
def test_hashes_of_what_is_damaged(folder, damage, match):
    damage(folder)
    with pytest.raises(ArgumentError, match=match):
        installed.update_hashes(folder)


def test_hashes_that_cannot_be_written(folder, monkeypatch):
    (folder / "sectors.csv").write_text("x")
    before = (folder / "datapackage.json").read_bytes()
    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(ArgumentError, match="the disk is full"):
        installed.update_hashes(folder)
    assert (folder / "datapackage.json").read_bytes() == before
