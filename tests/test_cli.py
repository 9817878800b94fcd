"""The command govstack-kit: what it does, and the sentences it fails with."""

import errno
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from importlib.metadata import version
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from govstack_kit import cli
from govstack_kit.tables.storage import bundled

START = "guided/00-start-here.ipynb"


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command as its entry point does; return exit code, output and errors."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["govstack-kit", *map(str, words)])
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A small folder in place of the bundled notebooks."""
    folder = tmp_path / "bundled"
    for name in (
        START,
        "guided/01-explore.ipynb",
        "guided/figure.png",
        "analyst/own.csv",
        "analyst/notes.bak",
        "guided/.ipynb_checkpoints/01-explore-checkpoint.ipynb",
        ".hidden/secret.ipynb",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"original {name}", encoding="utf-8")
    monkeypatch.setattr(cli, "bundled", lambda _: folder)
    return folder


WANTED = ["analyst/own.csv", START, "guided/01-explore.ipynb", "guided/figure.png"]


def files(folder):
    found = (path for path in folder.rglob("*") if not path.is_dir())
    return sorted(path.relative_to(folder).as_posix() for path in found)


# --- the command as a whole -----------------------------------------------------------------------


def test_help_names_the_commands():
    result = CliRunner().invoke(cli.app, ["--help"])
    assert result.exit_code == 0
    for command in ("new", "lab", "app", "validate", "template", "update"):
        assert f"\n  {command} " in result.output


@pytest.mark.parametrize("command", ["new", "lab", "app", "validate", "template", "update"])
def test_each_command_has_help(command):
    result = CliRunner().invoke(cli.app, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_version():
    result = CliRunner().invoke(cli.app, ["--version"])
    assert result.output == f"govstack-kit {version('govstack-kit')}\n"


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from govstack_kit import cli; sys.argv = ['govstack-kit', '--help']\n"
        "try: cli.main()\n"
        "except SystemExit: pass\n"
        "heavy = {'pandas', 'numpy', 'networkx', 'matplotlib', 'frictionless', 'jupyterlab'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_is_installed_and_fails_without_a_traceback(tmp_path):
    command = shutil.which("govstack-kit", path=Path(sys.executable).parent)
    done = subprocess.run(
        [command, "lab", "nowhere"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("There is no folder")
    assert "Traceback" not in done.stderr


def test_errors_of_the_system_are_sentences_too(run, monkeypatch):
    def broken():
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(cli, "app", broken)
    assert run() == (1, "", "That did not work: [Errno 5] Input/output error\n")


# --- new ------------------------------------------------------------------------------------------


def test_new_copies_notebooks_and_companions_only(run, source, tmp_path):
    mine = tmp_path / "deep" / "mine"
    code, out, err = run("new", mine)
    assert (code, err) == (0, "")
    assert files(mine) == WANTED
    for name in WANTED:
        assert (mine / name).read_bytes() == (source / name).read_bytes()
    assert f"4 files copied to {mine}." in out
    assert out.splitlines()[-1] == f"To open the notebooks: govstack-kit lab {mine}"
    assert "kept" not in out


@pytest.mark.usefixtures("source")
def test_new_never_overwrites(run, tmp_path):
    mine = tmp_path / "mine"
    (mine / "guided").mkdir(parents=True)
    (mine / START).write_text("my answers", encoding="utf-8")
    (mine / "own.txt").write_text("my file", encoding="utf-8")
    code, out, _ = run("new", mine)
    assert code == 0
    assert out.splitlines()[0] == f"kept: {mine / START}"
    assert "3 files copied" in out
    assert (mine / START).read_text(encoding="utf-8") == "my answers"
    assert files(mine) == sorted([*WANTED, "own.txt"])
    code, out, _ = run("new", mine)
    assert code == 0
    assert out.count("kept: ") == 4
    assert "0 files copied" in out
    (mine / "guided/figure.png").unlink()
    assert "1 file copied" in run("new", mine)[1]


@pytest.mark.usefixtures("source")
def test_new_keeps_a_link_that_leads_nowhere(run, tmp_path):
    mine = tmp_path / "mine"
    (mine / "guided").mkdir(parents=True)
    try:
        (mine / START).symlink_to(tmp_path / "gone")
    except OSError:
        pytest.skip("this system lets only administrators make links")
    assert f"kept: {mine / START}" in run("new", mine)[1]
    assert not (tmp_path / "gone").exists()


@pytest.mark.usefixtures("source")
def test_new_puts_quotation_marks_where_the_next_command_needs_them(run, tmp_path):
    out = run("new", tmp_path / "my notebooks")[1]
    mark = '"' if os.name == "nt" else "'"
    assert f"lab {mark}{tmp_path / 'my notebooks'}{mark}" in out


@pytest.mark.usefixtures("source")
def test_new_where_a_file_is_in_the_way(run, tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("a file", encoding="utf-8")
    for folder in (taken, taken / "below"):
        code, out, err = run("new", folder)
        assert (code, out) == (1, "")
        assert str(taken) in err
        assert "a folder" in err
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "guided").write_text("a file", encoding="utf-8")
    code, _, err = run("new", mine)
    assert code == 1
    assert f"{mine / 'guided'}: a file stands where a folder is needed. Choose another" in err


@pytest.mark.parametrize("inside", ["", "framework", "mine/deep"])
def test_new_refuses_the_installed_package(run, inside):
    package = Path(cli.__file__).parent / inside
    code, _, err = run("new", package)
    assert code == 1
    assert "is part of the installed package" in err
    assert "Choose another folder, for example: govstack-kit new" in err
    assert not (package / "guided").exists()


def test_new_refuses_the_bundled_notebooks_themselves(run, source):
    assert run("new", source / "mine")[0] == 1
    assert not (source / "mine").exists()


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "you may not do that there"),
        (errno.EROFS, "that place can only be read"),
        (errno.ENOSPC, "the disk is full"),
        (errno.EIO, "the disk reports an error"),
    ],
)
def test_new_says_why_it_cannot_write(run, tmp_path, monkeypatch, number, words):
    def refuse(_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    code, out, err = run("new", tmp_path / "mine")
    assert (code, out) == (1, "")
    assert words in err
    assert files(tmp_path / "mine") == []


@pytest.mark.usefixtures("source")
@pytest.mark.skipif(
    os.name == "nt" or getattr(os, "geteuid", int)() == 0, reason="nothing is forbidden here"
)
def test_new_in_a_folder_without_permission(run, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    code, _, err = run("new", tmp_path / "locked" / "mine")
    assert code == 1
    assert "you may not do that there" in err


@pytest.mark.usefixtures("source")
def test_new_interrupted_leaves_no_half_notebook(run, tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    assert run("new", tmp_path / "mine")[0] != 0
    assert files(tmp_path / "mine") == []


KILLED = """
import os, sys
from pathlib import Path
from govstack_kit import cli

bundled = Path(sys.argv.pop())
cli.bundled = lambda _: bundled
flush, done = os.fsync, []
os.fsync = lambda file: os._exit(9) if len(done) == 2 else done.append(flush(file))
cli.main()
"""


def test_new_killed_in_the_middle_is_finished_by_the_next(run, source, tmp_path):
    mine = tmp_path / "mine"
    killed = [sys.executable, "-c", KILLED, "new", str(mine), str(source)]
    assert subprocess.run(killed, check=False).returncode == 9
    whole = [name for name in files(mine) if not Path(name).name.startswith(".")]
    assert whole == WANTED[:1]
    assert "3 files copied" in run("new", mine)[1]
    for name in WANTED:
        assert (mine / name).read_bytes() == (source / name).read_bytes()


def test_new_without_notebooks_to_copy(run, tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "bundled", lambda _: tmp_path / "nothing")
    code, _, err = run("new", tmp_path / "mine")
    assert code == 1
    assert err == "This installation has no notebooks. Install govstack-kit again.\n"
    assert not (tmp_path / "mine").exists()


def test_new_copies_the_notebooks_that_come_with_the_kit(run, tmp_path):
    assert run("new", tmp_path / "mine")[0] == 0
    assert (tmp_path / "mine" / START).is_file()


# --- lab ------------------------------------------------------------------------------------------


@pytest.fixture
def started(monkeypatch):
    """Note the command that would start JupyterLab, and start something harmless."""
    commands = []
    real = subprocess.Popen

    def start(command, **options):
        commands.append(command)
        ends = "raise SystemExit(3)" if "--ServerApp.port=50999" in command else "pass"
        return real([sys.executable, "-c", ends], **options)

    monkeypatch.setattr(cli.subprocess, "Popen", start)
    before = signal.getsignal(signal.SIGTERM)
    yield commands
    signal.signal(signal.SIGTERM, before)


def notebooks(folder):
    (folder / "guided").mkdir(parents=True)
    text = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    (folder / START).write_text(text, encoding="utf-8")
    return folder


def test_lab_opens_the_first_notebook_of_a_folder(run, started, tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "_has_screen", lambda: True)
    code, out, _ = run("lab", notebooks(tmp_path / "mine"))
    assert code == 0
    assert "JupyterLab has ended." in out
    (command,) = started
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={(tmp_path / 'mine').resolve()}" in command
    assert f"--LabApp.default_url=/lab/tree/{START}" in command
    assert "--LabApp.news_url=None" in command
    assert "--ServerApp.open_browser=True" in command
    assert not any("port" in word for word in command)


def test_a_text_browser_in_a_terminal_is_no_screen(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(cli.webbrowser, "get", lambda: "lynx")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    assert not cli._has_screen()
    monkeypatch.setenv("DISPLAY", ":0")
    assert cli._has_screen()
    monkeypatch.setattr(cli.webbrowser, "get", lambda: (_ for _ in ()).throw(cli.webbrowser.Error))
    assert not cli._has_screen()


def test_lab_finds_the_current_folder_and_a_checkout(run, started, tmp_path, monkeypatch):
    notebooks(tmp_path / "checkout" / "notebooks")
    monkeypatch.chdir(tmp_path / "checkout")
    assert run("lab", "--no-browser", "--port", "50123")[0] == 0
    assert f"--ServerApp.root_dir={Path.cwd()}" in started[0]
    assert f"--LabApp.default_url=/lab/tree/notebooks/{START}" in started[0]
    assert "--ServerApp.open_browser=False" in started[0]
    assert "--ServerApp.port=50123" in started[0]


def test_lab_without_notebooks_says_to_make_some(run, started, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("lab")
    assert (code, out) == (1, "")
    assert f"has no notebook called {START}" in err
    assert "    govstack-kit new my-notebooks\n    govstack-kit lab my-notebooks\n" in err
    code, _, err = run("lab", "away")
    assert code == 1
    assert err.startswith(f"There is no folder {Path('away').absolute()}.")
    assert "govstack-kit new away" in err
    assert started == []


def test_lab_on_a_port_that_is_taken(run, started, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, _, err = run("lab", notebooks(tmp_path / "mine"), "--port", port)
    assert code == 1
    assert err.startswith(f"Port {port} is taken by another program")
    assert started == []


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize("port", ["80", "99999", "none"])
def test_lab_on_a_port_that_is_none(run, port):
    code, _, err = run("lab", "--port", port)
    assert code == 2
    assert "--port" in err


@pytest.mark.usefixtures("started")
def test_lab_that_cannot_run(run, tmp_path):
    code, _, err = run("lab", notebooks(tmp_path / "mine"), "--port", "50999")
    assert (code, err) == (1, "JupyterLab could not run; the lines above say why.\n")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="only other systems can ask a program to end")
def test_lab_really_starts_and_ends(tmp_path):
    places = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    env = os.environ | {f"JUPYTER_{name}": str(tmp_path / name) for name in places}
    words = ["-m", "govstack_kit.cli", "lab", str(notebooks(tmp_path / "mine")), "--no-browser"]
    log = tmp_path / "log"
    with (
        log.open("w") as output,
        subprocess.Popen([sys.executable, *words], stdout=output, stderr=output, env=env) as lab,
    ):
        try:
            until = time.monotonic() + 60
            while "?token=" not in log.read_text() and time.monotonic() < until:
                time.sleep(0.2)
            address = next(word for word in log.read_text().split() if "?token=" in word)
            with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 - our server
                page = answer.read().decode()
        finally:
            lab.terminate()
    assert lab.returncode == 0, log.read_text()
    assert f"/lab/tree/{START}?token=" in address
    assert '"news": {"disabled": true}' in page
    assert "JupyterLab has ended." in log.read_text()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(address, timeout=5)  # noqa: S310


# --- validate -------------------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path):
    return Path(shutil.copytree(bundled("data"), tmp_path / "data"))


def rows_of(folder):
    """Count rows without the code under test; no cell of the bundled tables has a line break."""
    return sum(len(path.read_bytes().splitlines()) - 1 for path in folder.glob("*.csv"))


def test_validate_counts_what_it_examined(run):
    code, out, err = run("validate")
    assert (code, err) == (0, "")
    count = len(list(bundled("data").glob("*.csv")))
    assert out == f"No problems in {count} tables, {rows_of(bundled('data')):,} rows.\n"


def test_validate_lists_every_problem_and_updates_nothing(run, data):
    steps = data / "steps.csv"
    text = steps.read_text(encoding="utf-8")
    steps.write_text(text.replace("AGR-2.1,AGR-2,1,", "AGR-2.1,AGR2,one,", 1), encoding="utf-8")
    row = next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith("AGR-2.1,"))
    before = (data / "datapackage.json").read_bytes()
    code, out, err = run("validate", data, "--update-hashes")
    assert code == 1
    assert f"steps, row {row}, use_case: “AGR2” is not in use_cases." in out
    assert f"steps, row {row}, order: “one” is not a whole number. Allowed: a whole number." in out
    assert err == f"{len(out.splitlines())} problems in {data}.\n"
    assert (data / "datapackage.json").read_bytes() == before


def test_validate_of_a_folder_that_is_not_there(run, tmp_path):
    code, out, err = run("validate", tmp_path / "away")
    assert code == 1
    assert out.startswith(
        "Problem: away: this is no folder that can be read: there is no such folder. Give"
    )
    assert err == f"1 problem in {tmp_path / 'away'}.\n"


def test_validate_extend_counts_only_what_the_user_adds(run, tmp_path):
    text = "sector,name,source,note\nforestry,Forestry,govstack-kit,\n"
    (tmp_path / "sectors.csv").write_text(text, encoding="utf-8")
    code, out, _ = run("validate", tmp_path, "--extend", "--update-hashes")
    assert out == "No problems in 1 table, 1 row, together with the tables of the kit.\n"
    assert code == 1  # there is no datapackage.json to update


def test_validate_updates_hashes(run, data):
    goals = data / "sdg_goals.csv"
    goals.write_bytes(goals.read_bytes().replace(b"No Poverty", b"An end to poverty", 1))
    code, out, _ = run("validate", data, "--update-hashes")
    assert code == 0
    assert out.splitlines()[1] == "datapackage.json updated: sdg_goals.csv."
    text = (data / "datapackage.json").read_text(encoding="utf-8")
    descriptor = json.loads(text)
    assert text == json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n"
    for resource in descriptor["resources"]:
        raw = (data / resource["path"]).read_bytes()
        assert resource["bytes"] == len(raw)
        assert resource["hash"] == f"sha256:{hashlib.sha256(raw).hexdigest()}"


# --- template -------------------------------------------------------------------------------------


def test_template_writes_a_workbook_to_fill_in(run, tmp_path):
    file = tmp_path / "ours.xlsx"
    code, out, err = run("template", file, "steps", "sectors")
    assert (code, err) == (0, "")
    assert f"validate {file} --extend" in out
    assert openpyxl.load_workbook(file).sheetnames == ["About", "Steps", "Sectors", "Lists"]
    assert run("validate", file, "--extend")[2] == f"1 problem in {file}.\n"
    assert "exists already" in run("template", file)[2]
    assert "Did you mean steps" in run("template", tmp_path / "b.xlsx", "stepz")[2]
