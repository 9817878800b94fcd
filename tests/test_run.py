"""run.py without the network: every decision it takes and every sentence it says."""

import ast
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

SCRIPT = Path(__file__).parent.parent / "run.py"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """run.py as a module, set on a made-up project folder."""
    spec = importlib.util.spec_from_file_location("run", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder = tmp_path / "project folder"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("[project]\n")
    (folder / "constraints.txt").write_text("pandas==3.0\n")
    monkeypatch.setattr(module, "HERE", folder)
    monkeypatch.setattr(module, "VENV", folder / ".venv")
    return module


@pytest.fixture
def installed(run, monkeypatch):
    """The same, with an environment that looks ready for `lab`."""
    monkeypatch.setattr(run, "tool", lambda _: Path(sys.executable))
    run.VENV.mkdir()
    (run.VENV / run.LOCK).touch()
    stamp(run, [])
    return run


def stamp(run, extras):
    (run.VENV / run.STAMP).write_text(json.dumps(run.fingerprint(extras)))


def script(text):
    """Return the command of a program that stands in for pip."""
    return [sys.executable, "-c", text]


# --- an old Python ---


def test_the_syntax_is_readable_for_python_3_6():
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_the_version_is_checked_before_anything_an_old_python_cannot_do():
    body = ast.parse(SCRIPT.read_text(encoding="utf-8")).body
    check = next(
        at
        for at, node in enumerate(body)
        if isinstance(node, ast.Expr) and "check_python" in ast.dump(node)
    )
    functions = [node.name for node in body[:check] if isinstance(node, ast.FunctionDef)]
    assert functions == ["check_python"]


def test_only_the_standard_library_is_imported():
    names = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(ast.parse(SCRIPT.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


@pytest.mark.parametrize("found", [(3, 6, 15), (3, 10, 13), (2, 7, 18)])
def test_an_old_python_is_told_what_is_needed_and_where_to_get_it(run, found):
    with pytest.raises(SystemExit) as stopped:
        run.check_python(found)
    message = str(stopped.value)
    assert f"this is Python {found[0]}.{found[1]}." in message
    assert "needs Python 3.11 or newer" in message
    assert "https://www.python.org/downloads/" in message


@pytest.mark.parametrize("found", [(3, 11, 0), (3, 14, 2), (4, 0, 0)])
def test_a_new_python_passes(run, found):
    run.check_python(found)


def test_the_oldest_python_is_that_of_the_project(run):
    required = re.search(
        r'requires-python = ">=(\d+)\.(\d+)"', SCRIPT.with_name("pyproject.toml").read_text()
    )
    assert tuple(map(int, required.groups())) == run.OLDEST_PYTHON


# --- messages ---

LOGS = {
    "does not answer": [
        "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError(...)'",
        "Failed to establish a new connection: [Errno 111]",
        "ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed'))",
        "[Errno -3] Temporary failure in name resolution",
        "[Errno 11001] getaddrinfo failed",
        "pip._vendor.urllib3.exceptions.ReadTimeoutError: Read timed out.",
        # without a network it is often the build step that gives up
        "Connection refused\nERROR: Failed to build 'govstack-kit'",
    ],
    "disk is full": [
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        "[WinError 112] There is not enough space on the disk",
    ],
    "certificate": ["SSLError(SSLCertVerificationError(1, 'certificate verify failed'))"],
    "cannot be written to": [
        "[Errno 13] Permission denied: '/srv/kit/.venv'",
        "[WinError 5] Access is denied: 'C:\\\\kit'",
        "[Errno 30] Read-only file system: '/media/cdrom/.venv'",
    ],
    "apt install python3-venv": [
        "The virtual environment was not created successfully because ensurepip is not available.",
        "No module named 'venv'",
    ],
    "file of the kit is in use": [
        "[WinError 32] The process cannot access the file because it is being used",
    ],
    "nothing ready-made": [
        "ERROR: Failed building wheel for numpy",
        "ERROR: No matching distribution found for pandas==3.1.1",
    ],
}


@pytest.mark.parametrize(("part", "text"), [(k, text) for k, v in LOGS.items() for text in v])
def test_what_pip_says_becomes_advice(run, part, text):
    advice = run.explain(f"Collecting pandas\n{text}\n")
    assert part in advice
    assert "start again" in advice
    assert "{" not in advice


def test_unknown_words_give_no_advice(run):
    assert run.explain("Collecting pandas\nSuccessfully installed pandas") == ""


def test_advice_about_the_network_names_the_proxy_and_working_without(run):
    advice = run.explain("Network is unreachable")
    assert "HTTPS_PROXY" in advice
    assert "afterwards everything works without it" in advice


def test_a_failed_command_stops_with_advice_the_log_and_its_telling_lines(run):
    run.VENV.mkdir()
    command = script("print('ERROR: No space left'); print('note: not pip'); raise SystemExit(1)")
    with pytest.raises(SystemExit) as stopped:
        run.run_logged(command, "It did not work.")
    message = str(stopped.value)
    assert "The disk is full" in message
    assert str(run.VENV / run.LOG) in message
    assert "    ERROR: No space left" in message
    assert "note:" not in message


def test_a_failure_nobody_foresaw_still_shows_the_log(run):
    run.VENV.mkdir()
    with pytest.raises(SystemExit, match=r"(?s)It did not work\..*    a riddle"):
        run.run_logged(script("print('a riddle'); raise SystemExit(1)"), "It did not work.")


def test_what_the_site_sets_for_its_own_python_does_not_reach_ours(run, monkeypatch):
    for name in ("PYTHONPATH", "PIP_TARGET", "MPLBACKEND"):
        monkeypatch.setenv(name, "elsewhere")
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.org:8080")
    run.VENV.mkdir()
    names = ["PYTHONPATH", "PIP_TARGET", "MPLBACKEND", "PIP_USER", "HTTPS_PROXY"]
    run.run_logged(script(f"import os; print([os.getenv(n) for n in {names}])"), "")
    seen = ast.literal_eval((run.VENV / run.LOG).read_text())
    assert seen == [None, None, None, "0", "http://proxy.example.org:8080"]


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("", "working"),
        ("Collecting pandas>=3.0 (from x)\n  Downloading a\nCollecting numpy", "numpy, package 2"),
        ("Collecting pandas\nInstalling collected packages: pandas", "unpacking 1 packages"),
        ("Collecting pandas\nWARNING: Retrying (Retry(total=4", "trying again"),
    ],
)
def test_progress_says_what_pip_is_doing(run, log, words):
    assert words in run.activity(log)


# --- what is left to do ---


def test_a_fresh_folder_is_set_up_from_nothing(run):
    assert run.needed([]) == "rebuild"


def test_a_ready_environment_is_left_alone(installed, monkeypatch, capsys):
    monkeypatch.setattr(installed, "run_logged", lambda *_: pytest.fail("nothing was to be run"))
    assert installed.needed([]) == ""
    installed.set_up([])
    assert "done by an earlier start" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_file_leads_to_an_update_in_place(installed, name):
    (installed.HERE / name).write_text("changed")
    assert installed.needed([]) == "update"


def test_lab_is_content_with_what_test_installed_but_not_the_reverse(installed):
    assert installed.needed(["test"]) == "update"
    stamp(installed, ["test"])
    assert installed.needed([]) == ""


def test_a_moved_folder_is_rebuilt(installed, tmp_path, monkeypatch):
    moved = (tmp_path / "moved").resolve()
    installed.HERE.rename(moved)
    monkeypatch.setattr(installed, "HERE", moved)
    monkeypatch.setattr(installed, "VENV", moved / ".venv")
    assert installed.needed([]) == "rebuild"


def test_another_python_is_given_an_environment_of_its_own(installed, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))
    assert installed.needed([]) == "rebuild"


@pytest.mark.parametrize("text", ["", "{"])
def test_a_half_written_stamp_is_no_stamp(installed, text):
    (installed.VENV / installed.STAMP).write_text(text)
    assert installed.needed([]) == "rebuild"


def test_a_lost_python_is_replaced(installed, monkeypatch):
    monkeypatch.setattr(installed, "tool", lambda name: installed.VENV / name)
    assert installed.needed([]) == "rebuild"


# --- setting up ---


@pytest.fixture
def pip(run, monkeypatch):
    """Record what would be run, and let a test decide how it goes."""
    seen = SimpleNamespace(commands=[], log="", fails=False)

    def stand_in(command, otherwise):
        seen.commands.append([str(word) for word in command])
        (run.VENV / run.LOG).write_text(seen.log)
        if seen.fails:
            raise SystemExit(otherwise)

    monkeypatch.setattr(run, "run_logged", stand_in)
    return seen


def test_setting_up_makes_the_environment_then_installs_with_the_pinned_versions(run, pip):
    run.set_up(["test"])
    venv, install = pip.commands
    assert venv == [sys.executable, "-m", "venv", str(run.VENV)]
    assert install[0] == str(run.tool("python"))
    assert install[-4:] == ["-c", "constraints.txt", "-e", ".[test]"]
    assert json.loads((run.VENV / run.STAMP).read_text()) == run.fingerprint(["test"])


def test_jupyterlab_is_kept_from_showing_news(run, pip):
    run.set_up([])
    page = json.loads((run.VENV / "etc/jupyter/labconfig/page_config.json").read_text())
    assert page["disabledExtensions"] == {"@jupyterlab/apputils-extension:announcements": True}
    assert pip.commands[1][-1] == "."


def test_an_environment_of_somebody_else_is_left_alone(installed, pip):
    (installed.VENV / installed.LOCK).unlink()
    (installed.VENV / installed.STAMP).unlink()
    (installed.VENV / "precious.txt").write_text("mine")
    with pytest.raises(SystemExit, match="rename or remove it"):
        installed.set_up([])
    assert (installed.VENV / "precious.txt").read_text() == "mine"
    assert pip.commands == []


def test_a_broken_environment_is_emptied_first(run, pip):
    leftover = run.VENV / "lib" / "half" / "made.py"
    leftover.parent.mkdir(parents=True)
    leftover.write_text("")
    (run.VENV / run.LOCK).touch()
    run.set_up([])
    assert not (run.VENV / "lib").exists()
    assert len(pip.commands) == 2


def test_an_interrupted_installation_leaves_no_stamp(installed, pip):
    (installed.HERE / "constraints.txt").write_text("changed")
    pip.fails, pip.log = True, "Collecting pandas\nInstalling collected packages: pandas"
    with pytest.raises(SystemExit, match="could not be installed"):
        installed.set_up([])
    assert installed.needed([]) == "rebuild"


def test_an_update_that_got_nowhere_leaves_the_old_environment_in_use(installed, pip):
    old = (installed.HERE / "constraints.txt").read_text()
    (installed.HERE / "constraints.txt").write_text("changed")
    pip.fails, pip.log = True, "Connection refused"
    with pytest.raises(SystemExit):
        installed.set_up([])
    assert installed.needed([]) == "update"
    (installed.HERE / "constraints.txt").write_text(old)
    assert installed.needed([]) == ""


def test_a_python_without_venv_is_told_how_to_get_it(run, pip, monkeypatch):
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "ensurepip" else True
    )
    with pytest.raises(SystemExit, match="sudo apt install python3-venv"):
        run.set_up([])
    assert pip.commands == []


def test_a_full_disk_is_noticed_before_the_download(run, pip, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10**9))
    with pytest.raises(SystemExit, match="The disk is full"):
        run.set_up([])
    assert pip.commands == []


def test_the_environment_is_not_pulled_from_under_the_python_that_runs(run, pip, monkeypatch):
    monkeypatch.setattr(sys, "prefix", str(run.VENV))
    with pytest.raises(SystemExit, match="Type deactivate"):
        run.set_up([])
    assert pip.commands == []


def test_a_folder_that_cannot_be_written_to_is_said_to_be_so(run, monkeypatch):
    def refuse(self, **_):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(SystemExit) as stopped:
        run.main(["lab", "--no-browser"])
    assert f"The folder {run.HERE} cannot be written to" in str(stopped.value)
    assert "home folder" in str(stopped.value)


def test_a_second_start_waits_for_the_first_and_does_nothing_twice(installed, pip, capsys):
    (installed.VENV / installed.STAMP).unlink()
    with installed.only_one():
        second = threading.Thread(target=installed.set_up, args=([],))
        second.start()
        second.join(timeout=1.2)
        assert second.is_alive()
        assert "Waiting for it to finish" in capsys.readouterr().out
        stamp(installed, [])
    second.join(timeout=10)
    assert not second.is_alive()
    assert pip.commands == []


# --- the folder of a team ---


@pytest.fixture
def home(run, tmp_path, monkeypatch):
    monkeypatch.setattr(run.Path, "home", lambda: tmp_path / "home")
    (tmp_path / "checkout" / ".git").mkdir(parents=True)
    return tmp_path


def test_work_is_kept_in_a_folder_of_the_home_folder_unless_another_is_named(run, home):
    assert run.own_folder(None) == home / "home" / "my-work"
    assert run.own_folder(str(home / "kenya")) == home / "kenya"


def test_the_folder_is_asked_for_once(run, home, monkeypatch):
    monkeypatch.setattr(run.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _question: str(home / "nepal"))
    assert run.own_folder(None) == home / "nepal"
    run.VENV.mkdir(parents=True, exist_ok=True)
    (run.VENV / "folder.txt").write_text(str(home / "nepal"))
    monkeypatch.setattr("builtins.input", lambda _question: pytest.fail("asked twice"))
    assert run.own_folder(None) == home / "nepal"


def test_work_is_never_kept_in_what_is_under_version_control(run, home):
    with pytest.raises(SystemExit, match="under version control") as stopped:
        run.own_folder(str(home / "checkout" / "my-work"))
    assert str(home / "home" / "my-work") in str(stopped.value)


@pytest.mark.parametrize("command", ["lab", "app"])
def test_fresh_copies_are_made_before_notebooks_or_app_open(run, home, monkeypatch, command):
    started, start = [], run.start
    monkeypatch.setattr(run, "set_up", lambda _: run.VENV.mkdir(parents=True, exist_ok=True))
    monkeypatch.setattr(run, "start", lambda words: started.append(words[1:]) or start(script("")))
    assert run.main([command, str(home / "kenya"), "--port", "8890", "--no-browser"]) == 0
    assert started == [
        ["new", "--quiet", home / "kenya"],
        [command, home / "kenya", "--port", "8890", "--no-browser"],
    ]
    assert run.own_folder(None) == home / "kenya"


# --- the command line ---


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["frobnicate"], ["'frobnicate'", "lab", "test"]),
        (["lab", "--port", "abc"], ["'abc' is not a port", "1024", "65535"]),
        (["lab", "--port", "80"], ["'80' is not a port"]),
        (["lab", "--port", "70000"], ["'70000' is not a port"]),
        (["test", "--only", "nonsense"], ["'nonsense'", "lint", "notebooks", "data"]),
    ],
)
def test_a_wrong_command_line_gets_a_sentence_and_exit_code_2(run, capsys, words, parts):
    with pytest.raises(SystemExit) as stopped:
        run.main(words)
    said = capsys.readouterr().err
    assert stopped.value.code == 2
    assert all(part in said for part in parts)
    assert "usage" not in said


def test_no_command_prints_help(run, capsys):
    assert run.main([]) == 0
    said = capsys.readouterr().out
    assert "lab " in said
    assert "test " in said


def test_ctrl_c_is_no_traceback(run, monkeypatch, capsys):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "set_up", interrupted)
    assert run.main(["test"]) == 130
    assert "Stopped" in capsys.readouterr().out


# --- the checks ---


@pytest.fixture
def outcomes(run, monkeypatch):
    """Stand-ins for the checks: two that pass and one, in their middle, that fails."""
    monkeypatch.setattr(run, "set_up", lambda _: None)
    commands = {
        name: script(f"raise SystemExit({code})")
        for name, code in {"lint": 0, "types": 3, "data": 0}.items()
    }
    monkeypatch.setattr(run, "checks", lambda: commands)


@pytest.mark.usefixtures("outcomes")
def test_all_checks_run_and_one_failure_is_the_verdict(run, capfd):
    assert run.main(["test"]) == 1
    lines = capfd.readouterr().out.splitlines()
    assert lines[-1] == "checks: 2 passed, 1 failed"
    summary = lines[lines.index("== summary") + 1 :]
    assert [line.split()[:2] for line in summary[:3]] == [
        ["lint", "passed"],
        ["types", "FAILED"],
        ["data", "passed"],
    ]


@pytest.mark.usefixtures("outcomes")
def test_only_some_checks_on_request(run, capfd):
    assert run.main(["test", "--only", "data", "--only", "lint"]) == 0
    said = capfd.readouterr().out
    assert said.endswith("checks: 2 passed, 0 failed\n")
    assert "types" not in said


@pytest.mark.parametrize("asked", [[], ["--cover"]])
def test_the_reach_of_the_tests_is_measured_where_asked(run, monkeypatch, capfd, asked):
    monkeypatch.setattr(run, "set_up", lambda _: None)
    monkeypatch.setattr(run, "checks", lambda: {"tests": script("import sys; print(sys.argv)")})
    assert run.main(["test", *asked]) == 0
    assert ("'--cov=govstack_kit']" in capfd.readouterr().out) == bool(asked)


def test_the_unit_tests_are_those_of_the_folders(run):
    assert run.checks()["tests"][-2:] == ["tests", "govstack_kit"]


def test_the_sanitiser_is_passed_to_nbval_once_it_exists(run):
    assert "--nbval-sanitize-with" not in run.checks()["notebooks"]
    file = run.HERE / "tests" / "notebooks" / "sanitize.cfg"
    file.parent.mkdir(parents=True)
    file.touch()
    command = run.checks()["notebooks"]
    assert command[command.index("--nbval-sanitize-with") + 1] == file


# --- starting and ending programs ---


def test_a_program_that_ignores_the_end_is_ended(run, monkeypatch):
    monkeypatch.setattr(run, "PATIENCE", 0.2)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('!'); time.sleep(60)"
    process = run.start(script(deaf), subprocess.PIPE)
    assert process.stdout.read(1) == b"!"
    run.stop(process)
    assert process.returncode
    process.stdout.close()
