"""govstack-kit update: against a server on this computer, and against all that can go wrong."""

import errno
import json
import os
import sys
import zipfile

import pandas as pd
import pytest

import govstack_kit
from govstack_kit import cli
from govstack_kit.framework import installed
from govstack_kit.framework.framework import DECLARED
from govstack_kit.framework.installed import update_hashes
from govstack_kit.tables.difference import CHANGES, difference
from govstack_kit.upstream import repositories, update
from govstack_kit.upstream.assemble import assemble

PLACES = ["installed.bundled", "framework.bundled_folder"]  # where the kit's own tables are
PAYMENTS = "GovStackWorkingGroup/bb-payments"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Folders of a user of their own; downloads fail without a second attempt."""
    monkeypatch.setenv("GOVSTACK_KIT_DATA", str(tmp_path / "home" / "data"))
    monkeypatch.setenv("GOVSTACK_KIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(repositories, "RETRIES", 0)
    monkeypatch.chdir(tmp_path)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return tmp_path / "home"


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command line in this process; return exit code, output and error output."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["govstack-kit", *map(str, words)])
        try:
            cli.main()
            code = 0
        except SystemExit as exit_:
            code = exit_.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture(autouse=True)
def install(monkeypatch, bare_package):
    """Let a package be the one that comes with the kit: at first the bare one."""

    def install(folder):
        for place in PLACES:
            monkeypatch.setattr(f"govstack_kit.framework.{place}", lambda _: folder)
        installed.bundled_edition.cache_clear()

    install(bare_package)
    yield install
    installed.bundled_edition.cache_clear()


@pytest.fixture
def kit(install, described_package):
    """Let the described tables be the ones that come with the kit."""
    install(described_package)


@pytest.fixture
def whole_kit(install, data):
    """Let the tables of the kit be those that it really has."""
    install(data)


def untouched(home):
    return not list(home.rglob("*"))


# ------------------------------------------------------------------------------ the happy path


@pytest.mark.usefixtures("server")
def test_update_writes_what_upstream_says(run, home, framework):
    code, out, err = run("update", "--yes")
    assert (code, err) == (0, "")
    assert "bb-payments: " in out
    assert "requirements: 4 added" in out
    assert f"Written to {home / 'data'}." in out
    assert "govstack-kit update --reset" in out
    new = govstack_kit.load()
    assert "payments:ff187ca9" in new.requirements["requirement"].tolist()
    assert new.published_text("requirements", "payments:ff187ca9") == "Vouchers are printed"
    sources = new.sources.set_index("source")
    assert sources.loc["govstack-bb-payments", "version"] == "c0ffee000000"
    assert sources.loc["govstack-bb-payments", "date"] == "2026-03-04"
    assert len(new.sdg_targets) == len(framework.sdg_targets)
    code, out, _ = run("update", "--reset")
    assert (code, f"in {home / 'data'} were removed" in out) == (0, True)
    assert "payments:ff187ca9" not in govstack_kit.load().requirements["requirement"].tolist()
    code, out, _ = run("update", "--reset")
    assert out.startswith("There were no updated tables.")


@pytest.mark.usefixtures("server", "kit")
def test_a_changed_upstream_is_told_row_by_row(run, world, tmp_path):
    assert run("update", "--yes")[0] == 0
    world.change("agr-2.md", "1 - Information Campaign", "1 - Campaign by radio")
    world.change("6-functional-requirements.md", "* Vouchers have a date (OPTIONAL)\n", "")
    plan = {"steps": [{"step": "AGR-2.1"}], "answers": {"payments:d85d2826": "yes"}}
    (tmp_path / "mali.govplan.json").write_text(json.dumps(plan))
    (tmp_path / "peru.govplan.json").write_text('["AGR-2.2"]')
    code, out, err = run("update", "--yes", "--diff", "diff.csv", "--unplaced", "left.csv")
    assert (code, err) == (0, "")
    assert "changed: AGR-2.1 (name: “Information Campaign” → “Campaign by radio”, note)" in out
    assert "    removed: payments:d85d2826 (“Ours: payments:d85d2826”)\n" in out
    assert (
        "Your plan mali.govplan.json uses AGR-2.1 (changed), payments:d85d2826 (removed).\n" in out
    )
    assert "peru" not in out
    assert "What was there before is in" in out
    listed = (tmp_path / "diff.csv").read_text(encoding="utf-8")
    assert "requirements,payments:d85d2826,,removed,Ours: payments:d85d2826,\n" in listed
    assert "steps,AGR-2.1,name,changed,Information Campaign,Campaign by radio\n" in listed
    assert (tmp_path / "left.csv").read_text(encoding="utf-8").startswith("file,line,text,why\n")
    new = govstack_kit.load().requirements.set_index("requirement")["title"]
    assert new["payments:ff187ca9"] == "Ours: payments:ff187ca9"


def test_nothing_new_is_said_and_not_downloaded_again(run, server):
    assert run("update", "--yes")[0] == 0
    server.asked.clear()
    code, out, err = run("update", "--yes")
    assert (code, err) == (0, "")
    assert out.endswith("Nothing has changed upstream.\n")
    assert f"{PAYMENTS}: unchanged since the last download" in out
    assert {method for method, _ in server.asked} == {"HEAD"}
    server.tags = False  # a server that does not say which version it has
    run("update", "--yes")
    assert ("GET", PAYMENTS) in server.asked


def test_an_archive_damaged_in_the_cache_is_downloaded_again(run, server, tmp_path):
    assert run("update", "--yes")[0] == 0
    (path,) = (tmp_path / "cache").glob("*bb-payments-*.zip")
    path.write_bytes(b"PK, or not")
    code, _, err = run("update", "--yes")
    assert code == 1
    assert "is damaged or incomplete" in err
    assert "Give the same command again" in err
    server.asked.clear()
    assert run("update", "--yes")[0] == 0
    assert ("GET", PAYMENTS) in server.asked
    assert zipfile.is_zipfile(path)


@pytest.mark.usefixtures("server")
def test_without_an_answer_nothing_is_written(run, home, monkeypatch):
    code, out, err = run("update")
    assert code == 1
    assert "requirements: 4 added" in out
    assert err == "Nothing was written. To write these changes, repeat with --yes.\n"
    assert untouched(home)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    for answer, written in ((False, False), (True, True)):
        monkeypatch.setattr(cli.typer, "confirm", lambda _, a=answer: a)
        code, out, err = run("update")
        assert (code, err) == (0, "")
        assert "Use cases that are not published any more, and stay: HLTC-3.\n" in out
        assert ("Nothing was written." in out) is not written
        assert untouched(home) is not written


def test_from_a_folder_without_the_network(run, world, home, monkeypatch):
    monkeypatch.setenv("GOVSTACK_KIT_UPSTREAM", "http://127.0.0.1:1")
    code, _, err = run("update", "--from", world.folder, "--yes")
    assert (code, err) == (0, "")
    assert "local copy" in govstack_kit.load().sources["version"].tolist()
    assert (home / "data" / "published_texts.csv").is_file()


def test_maintainers_write_into_a_folder(run, world, home, tmp_path):
    (tmp_path / "mine").mkdir()
    code, out, err = run("update", "--from", world.folder, "--into", tmp_path / "mine", "--yes")
    assert (code, err) == (0, "")
    assert "payments:ff187ca9" in (tmp_path / "mine" / "requirements.csv").read_text("utf-8")
    assert not (tmp_path / "mine" / "published_texts.csv").exists()
    assert "govstack_kit" not in json.loads((tmp_path / "mine" / "datapackage.json").read_text())
    assert untouched(home)
    code, out, _ = run("update", "--from", world.folder, "--into", tmp_path / "mine", "--yes")
    assert out.endswith("Nothing has changed upstream.\n")


@pytest.mark.usefixtures("kit")
def test_the_texts_are_offered_where_only_they_are_missing(run, world):
    code, out, err = run("update", "--from", world.folder, "--yes")
    assert (code, err) == (0, "")
    assert "The published texts can be stored for you." in out
    assert govstack_kit.load().published_text("requirements", "payments:ff187ca9")
    assert run("update", "--from", world.folder)[1].endswith("Nothing has changed upstream.\n")


def test_an_empty_variable_forbids_tables_of_ones_own(run, world, monkeypatch):
    monkeypatch.setenv("GOVSTACK_KIT_DATA", "")
    code, _, err = run("update", "--from", world.folder, "--yes")
    assert code == 1
    assert err.startswith("GOVSTACK_KIT_DATA is empty, which forbids tables of your own.")


@pytest.mark.usefixtures("kit")
def test_a_new_edition_of_the_kit_brings_its_own_words(run, world, home):
    """An update is laid over what comes with the kit, not over the update before."""
    assert run("update", "--from", world.folder, "--yes")[0] == 0
    path = home / "data" / "requirements.csv"
    path.write_text(path.read_text("utf-8").replace("Ours: payments:ff187ca9", "Old"), "utf-8")
    update_hashes(home / "data")
    assert run("update", "--from", world.folder, "--yes")[0] == 0
    titles = govstack_kit.load().requirements.set_index("requirement")["title"]
    assert titles["payments:ff187ca9"] == "Ours: payments:ff187ca9"


@pytest.mark.usefixtures("kit")
def test_repositories_that_only_a_newer_kit_knows_are_fetched(run, server, home):
    assert run("update", "--yes")[0] == 0
    path = home / "data" / "sources.csv"
    rows = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(row for row in rows if "bb-identity" not in row), "utf-8")
    update_hashes(home / "data")
    server.asked.clear()
    run("update", "--yes")
    asked = {repository for _, repository in server.asked}
    assert {f"GovStackWorkingGroup/{name}" for name in ("bb-identity", "cfr-architecture")} <= asked


def test_damaged_tables_of_ones_own_are_replaced(run, world, home):
    assert run("update", "--from", world.folder, "--yes")[0] == 0
    (home / "data" / "steps.csv").write_text("x")
    code, out, err = run("update", "--from", world.folder, "--yes")
    assert (code, err) == (0, "")
    assert out.count("have been changed since they were written (steps.csv)") == 1
    assert "AGR-2.1" in govstack_kit.load().steps["step"].tolist()


# ------------------------------------------------------------------------------ what goes wrong


def test_no_network(run, home, monkeypatch):
    monkeypatch.setenv("GOVSTACK_KIT_UPSTREAM", "http://127.0.0.1:1")
    code, _, err = run("update", "--yes")
    assert code == 1
    assert err.startswith("There is no connection to http://127.0.0.1:1, or it broke off (Conn")
    assert "govstack-kit update --from FOLDER" in err
    assert len(err.splitlines()) == 1
    assert untouched(home)


def test_a_proxy_that_does_not_answer(run, home, server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    code, _, err = run("update", "--yes")
    assert (code, server.asked) == (1, [])
    assert "(ProxyError)" in err
    assert "HTTPS_PROXY" in err
    assert untouched(home)


@pytest.mark.parametrize("code", [404, 500])
@pytest.mark.usefixtures("kit")
def test_a_repository_that_cannot_be_had_is_skipped(run, server, code):
    server.answers[PAYMENTS] = (code, b"")
    server.world.change("agr-2.md", "1 - Information Campaign", "1 - Campaign by radio")
    done, out, err = run("update", "--yes")
    assert (done, err) == (0, "")
    assert f"{PAYMENTS} was skipped: " in out
    assert str(code) in out
    assert "installed rows are kept: " in out
    assert "requirements: " not in out
    new = govstack_kit.load()
    assert "payments:ff187ca9" in new.requirements["requirement"].tolist()
    assert new.steps.set_index("step").loc["AGR-2.1", "name"] == "Campaign by radio"


@pytest.mark.usefixtures("kit")
def test_rows_of_a_skipped_repository_are_those_of_the_update_before(run, server, world):
    world.change(
        "6-functional-requirements.md", "# 6 Functional", "## 6.0 B\n* New (REQUIRED)\n\n# 6 F"
    )
    assert run("update", "--yes")[0] == 0
    before = govstack_kit.load().requirements["requirement"].tolist()
    assert "payments:11507a0e" in before
    server.answers[PAYMENTS] = (404, b"")
    world.change("agr-2.md", "1 - Information Campaign", "1 - Campaign by radio")
    assert run("update", "--yes")[0] == 0
    assert govstack_kit.load().requirements["requirement"].tolist() == before


def test_no_repository_at_all(run, server, home):
    for repository in ("x", *_all(server)):
        server.answers[repository] = (404, b"")
    code, _, err = run("update", "--yes")
    assert code == 1
    assert err.startswith("None of the repositories could be downloaded")
    assert untouched(home)


def _all(server):
    folder = server.world.folder
    return [p.relative_to(folder).as_posix() for p in folder.glob("*/*")]


@pytest.mark.parametrize("cut", [True, False])
def test_a_truncated_archive(run, server, home, world, cut):
    body = world.archive(PAYMENTS)
    server.answers[PAYMENTS] = ("cut" if cut else 200, body[: len(body) // 2])
    code, _, err = run("update", "--yes")
    assert code == 1
    assert len(err.splitlines()) == 1
    assert "broke off" in err if cut else "is damaged or incomplete" in err
    assert untouched(home)
    del server.answers[PAYMENTS]
    before = {r for method, r in server.asked if method == "GET" and r < PAYMENTS}
    server.asked.clear()
    assert run("update", "--yes")[0] == 0
    asked = {r for method, r in server.asked if method == "GET"}
    assert PAYMENTS in asked
    assert before
    assert not before & asked  # what the first run had finished is not downloaded again


@pytest.mark.usefixtures("server")
def test_an_interrupted_run_keeps_what_it_has_finished(run, home, monkeypatch):
    unpack = repositories._unpack

    def interrupted(archive, target):
        if "bb-payments" in archive.name:
            raise KeyboardInterrupt
        return unpack(archive, target)

    with monkeypatch.context() as patch:
        patch.setattr(repositories, "_unpack", interrupted)
        code, _, err = run("update", "--yes")
    assert code == 1
    assert err.startswith("Stopped. The installed tables are unchanged, and finished downloads")
    assert untouched(home)


def test_an_attempt_is_repeated(run, server, monkeypatch):
    monkeypatch.setattr(repositories, "RETRIES", 1)

    class Once(dict):
        def get(self, name):
            first = server.asked.count(("GET", PAYMENTS)) == 0
            return ("cut", b"half") if name == PAYMENTS and first else None

    server.answers = Once()
    assert run("update", "--yes")[0] == 0
    assert server.asked.count(("GET", PAYMENTS)) == 2


def test_a_hostile_archive(run, server, tmp_path, monkeypatch):
    """Nothing is written outside the folder, and what would fill the disk is refused."""
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("../../../evil.md", "/tmp/evil.md", "a/../../evil.md"):  # noqa: S108
            archive.writestr(name, "x")
        link = zipfile.ZipInfo("a/link.md")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    server.answers[PAYMENTS] = (200, path.read_bytes())
    assert run("update", "--yes")[0] == 0
    assert not list(tmp_path.rglob("evil.md"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/bomb.md", b"0" * 1_000_001)
    monkeypatch.setattr(repositories, "LARGEST", 1_000_000)
    server.answers[PAYMENTS] = (200, path.read_bytes())
    code, _, err = run("update", "--yes")
    assert code == 1
    assert "far more than any repository" in err
    assert not list((tmp_path / "cache").glob("unpacked-*"))


@pytest.mark.usefixtures("server")
def test_an_archive_without_end(run, home, monkeypatch):
    monkeypatch.setattr(repositories, "LARGEST", 100)
    code, _, err = run("update", "--yes")
    assert code == 1
    assert "has more than 0 MB, which no repository has that the kit reads" in err
    assert untouched(home)


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("call", [(os, "fsync"), (repositories.tempfile, "mkdtemp")])
def test_a_full_disk(run, home, tmp_path, monkeypatch, call):
    monkeypatch.setattr(*call, full)
    code, _, err = run("update", "--yes")
    assert code == 1
    assert "he disk is full. Free some space" in err
    assert "unchanged" in err
    assert untouched(home)
    code, _, err = run("update", "--diff", "diff.csv")
    assert (code, (tmp_path / "diff.csv").exists()) == (1, False)


def test_a_place_where_one_may_not_write(run, world, home, monkeypatch):
    def forbidden(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", str(home))

    monkeypatch.setattr(installed, "write_package", forbidden)
    code, _, err = run("update", "--from", world.folder, "--yes")
    assert code == 1
    assert err.startswith(f"{home}: You may not do that there.")


def test_what_others_wrote_stays(run, world, tmp_path):
    """Also what stands where the package before is kept, and in the folder one is in."""
    for name in ("mine", "mine.previous"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "notes").write_text("ours")
    for number in range(2):
        world.change(
            "agr-2.md", "| 1.0 |" if not number else f"| {number}.0 |", f"| {number + 1}.0 |"
        )
        assert run("update", "--from", world.folder, "--into", "mine", "--yes")[0] == 0
    for name in ("mine", "mine.previous"):
        assert (tmp_path / name / "notes").read_text() == "ours"
        assert (tmp_path / name / "steps.csv").is_file()
    assert not list(tmp_path.glob(".*"))


def test_into_the_folder_one_is_in(run, world, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    code, out, err = run("update", "--from", world.folder, "--into", ".", "--yes")
    assert (code, err) == (0, "")
    assert f"Written to {tmp_path / 'here'}." in out
    assert (tmp_path / "here" / "steps.csv").is_file()


@pytest.mark.parametrize("option", ["--diff", "--unplaced"])
def test_a_file_that_is_there_is_not_overwritten(run, world, home, tmp_path, option):
    (tmp_path / "list.csv").write_text("ours")
    code, _, err = run("update", "--from", world.folder, option, "list.csv", "--yes")
    assert code == 1
    assert err == "list.csv is there already. Name a new file, or remove that one.\n"
    assert (tmp_path / "list.csv").read_text() == "ours"
    assert untouched(home)


def test_text_that_looks_like_a_formula_stays_text(run, world, home, tmp_path):
    world.change("agr-2.md", "1 - Information Campaign", '1 - =HYPERLINK("x","y")')
    assert run("update", "--from", world.folder, "--diff", "diff.csv", "--yes")[0] == 0
    for path in (tmp_path / "diff.csv", home / "data" / "steps.csv"):
        assert "'=HYPERLINK(" in path.read_text(encoding="utf-8")
    steps = govstack_kit.load().steps.set_index("step")
    assert steps.loc["AGR-2.1", "name"].startswith("=HYPERLINK(")


def test_tables_that_are_not_valid_are_not_written(run, world, home, monkeypatch):
    def broken(*words, **more):
        assembly = assemble(*words, **more)
        assembly.tables["requirements"]["level"] = "PERHAPS"
        return assembly

    monkeypatch.setattr(update, "assemble", broken)
    code, _, err = run("update", "--from", world.folder, "--yes")
    assert code == 1
    assert "problems in the tables that were to be written to" in err
    assert "requirements, row 2, level: “PERHAPS” is not allowed here" in err
    assert untouched(home)


@pytest.mark.usefixtures("server", "kit")
def test_what_moved_is_told_apart_from_what_changed(run, world):
    """The chapter is renumbered, two swap places, one has another level."""
    page = (
        "# 6 Functional Requirements\n## 6.4 Receipts\n* A receipt is sent (REQUIRED)\n"
        "## 6.5 Vouchers\n* Vouchers have a date (OPTIONAL)\n* Vouchers are printed (REQUIRED)\n"
    )
    world.write(world.path("6-functional-requirements.md"), page)
    code, out, _ = run("update", "--yes")
    assert code == 0
    assert "requirements: 2 moved, 1 changed" in out or "requirements: 1 changed, 2 moved" in out
    assert "    moved: payments:d85d2826; payments:ff187ca9\n" in out
    assert "(section, level: “RECOMMENDED” → “REQUIRED”, order, line)" in out
    assert "removed" not in out


@pytest.mark.usefixtures("kit")
@pytest.mark.parametrize("answer", [True, False])
def test_use_cases_are_removed_only_when_somebody_says_so(run, world, monkeypatch, answer):
    """They may be retired: of two one is gone."""
    page = "# KIT-1 - Kites\n## Steps\n### 1 - Fly\n"
    world.write("GovStackWorkingGroup/product-use-cases/kites.md", page)
    assert run("update", "--from", world.folder, "--yes")[0] == 0
    (world.folder / "GovStackWorkingGroup/product-use-cases/kites.md").unlink()
    world.change("agr-2.md", "1 - Information Campaign", "1 - Campaign by radio")
    world.change("6-functional-requirements.md", "* Vouchers have a date (OPTIONAL)\n", "")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(cli.typer, "confirm", lambda q: answer or "Write this" in q)
    code, out, _ = run("update", "--from", world.folder)
    assert code == 0
    assert "Use cases that are not published any more, and stay: KIT-1.\n" in out
    new = govstack_kit.load()
    assert ("KIT-1" in new.use_cases["use_case"].tolist()) is not answer
    assert ("KIT-1.1" in new.steps["step"].tolist()) is not answer
    assert "Campaign by radio" in new.steps["name"].tolist()
    assert "payments:d85d2826" not in new.requirements["requirement"].tolist()
    assert run("update", "--from", world.folder, "--yes")[0] == 0  # which does not remove them
    assert ("KIT-1" in govstack_kit.load().use_cases["use_case"].tolist()) is not answer


@pytest.mark.usefixtures("kit")
def test_a_chapter_that_seems_lost_is_pointed_out(run, world):
    world.path("6-functional-requirements.md").unlink()
    code, out, _ = run("update", "--from", world.folder, "--yes")
    assert code == 0
    assert "Attention: bb-payments: no functional requirements were found where 3 are" in out
    assert "payments:ff187ca9" in govstack_kit.load().requirements["requirement"].tolist()


@pytest.mark.parametrize("words", [["--from", "nowhere"], ["--from", "."]])
def test_a_folder_that_is_no_upstream(run, home, words):
    code, _, err = run("update", *words, "--yes")
    assert code == 1
    assert "nowhere" in err or "holds no repository that the kit reads" in err
    assert untouched(home)


# ------------------------------------------------------------------------- the published snapshot


@pytest.mark.slow
@pytest.mark.usefixtures("server", "whole_kit")
def test_the_snapshot_by_way_of_the_server(run, snapshot, world, framework):
    """Every repository goes through an archive, the server, the cache and back."""
    world.folder = snapshot
    code, out, err = run("update", "--yes", "--diff", "diff.csv")
    assert (code, err) == (0, "")
    assert "were kept" not in out
    listed = pd.read_csv("diff.csv")  # nothing but the commit and date that the server makes up
    assert set(listed["table"]) == {"sources"}
    assert set(listed["column"]) == {"version", "date"}
    new = govstack_kit.load()
    for table in DECLARED:
        assert table == "sources" or getattr(new, table).equals(getattr(framework, table)), table
    assert len(new.requirements) == 1076
    assert len(new.api_operations) == 350
    assert len(new.products.query("stage == 'dpg'")) == 165
    assert new.published_text("steps", "AGR-2.1")


# ------------------------------------------------------------------------- changes in words


@pytest.fixture
def changes(framework):
    """A step renamed, a use case removed with nothing else, a sector added, a link removed."""
    tables = framework.tables()
    forestry = pd.DataFrame([("forestry", "Forestry", "govstack-kit", None)])
    forestry.columns = tables["sectors"].columns
    new = {
        "sectors": pd.concat([tables["sectors"], forestry]),
        "use_cases": tables["use_cases"].iloc[1:],
        "steps": tables["steps"].replace("Outreach Communication", "Outreach"),
        "step_building_blocks": tables["step_building_blocks"].iloc[1:],
    }
    return difference({name: tables[name] for name in new}, new, DECLARED)


def test_changes_in_words(changes):
    assert list(update.described(changes.query("row == 'AGR-1.1' or change != 'changed'"))) == [
        "sectors: 1 added",
        "    added: forestry (“Forestry”)",
        "use_cases: 1 removed",
        "    removed: AGR-1 (“Market Linkage”)",
        "steps: 1 changed",
        "    changed: AGR-1.1 (name: “Outreach Communication” → “Outreach”)",
        "step_building_blocks: 1 removed",
        "    removed: AGR-1.1 | govstack:messaging",
    ]


def test_many_changes_are_counted():
    rows = [("steps", f"A-1.{n // 2}", "note", "changed", "1", "2") for n in range(18)]
    found = list(update.described(pd.DataFrame(rows, columns=CHANGES)))
    assert found[0] == "steps: 9 changed"
    assert found[1].endswith("A-1.4 (note, note) and 4 more")


def plan(folder, name, content):
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / f"{name}.govplan.json").write_text(text, encoding="utf-8")


def test_plans_that_name_a_changed_row(changes, tmp_path):
    plan(tmp_path, "a", {"use_cases": [{"id": "AGR-1", "steps": {"AGR-1.1": {"blocks": []}}}]})
    plan(tmp_path, "b", ["AGR-1.1", {"deep": {"er": ["govstack:messaging"]}}])
    plan(tmp_path, "c", {"country": "forestry", "text": "speaks of AGR-1 and AGR-1.1", "n": 1})
    (tmp_path / "d.govplan.json").mkdir()
    (tmp_path / "e.govplan.json").write_bytes(b"\xff\xff")
    (tmp_path / "other.json").write_text('"AGR-1"')
    *found, fourth, fifth = update.affected(changes, tmp_path)
    assert found == [
        "Your plan a.govplan.json uses AGR-1 (removed), AGR-1.1 (changed).",
        "Your plan b.govplan.json uses AGR-1.1 (changed), AGR-1.1 | govstack:messaging (removed).",
    ]
    assert fourth.startswith("d.govplan.json could not be searched")
    assert fifth.startswith("e.govplan.json could not be searched")
    assert list(update.affected(changes, tmp_path / "nowhere")) == []
