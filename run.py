"""Open the guided notebooks or the app, or prove that everything works.

    python run.py app     set up once, then open the guided parts as a page without code
    python run.py lab     set up once, then open the notebooks in JupyterLab
    python run.py test    set up once, then run every check, test and notebook

Standard library only, because this file runs before anything is installed. Its syntax stays
readable for Python 3.6, so that an old Python meets a sentence and not a SyntaxError.
"""

import argparse
import contextlib
import errno
import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn, TextIO

OLDEST_PYTHON = (3, 11)


def check_python(found: tuple) -> None:
    """Stop with a sentence where Python is older than the kit supports."""
    if tuple(found[:2]) < OLDEST_PYTHON:
        sys.exit(
            "GovStack Kit needs Python {}.{} or newer; this is Python {}.{}. Get a newer one from "
            "https://www.python.org/downloads/ (or your system's software centre) and start again "
            "with it, for example: python3.13 run.py lab".format(*OLDEST_PYTHON, *found[:2])
        )


check_python(sys.version_info)  # first: an old Python cannot evaluate the annotations below

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
LOG, STAMP, LOCK = "setup.log", "setup.json", "setup.lock"  # all inside .venv
PORTS = range(1024, 65536)
BYTES_NEEDED = 1_200_000_000  # the test environment takes 0.85 GB, and pip needs room to unpack
# Without its news plugin, JupyterLab opens no popup and asks nothing of the network.
NO_NEWS = '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}'
PATIENCE = 5  # seconds a program has to end by itself
SILENCE = 15  # seconds without a line on a screen that keeps every line

# What pip, venv and the operating system write when something outside the kit is in the way, and
# what to tell the user. The order matters: a full disk or a dead network also breaks builds.
REASONS = {
    r"No space left|\[Errno 28\]|not enough space|WinError 112|quota exceeded": "The disk is "
    "full. Setting up needs about 1.2 GB. Free some space, then start again.",
    r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError": "The network answers with a "
    "certificate that Python does not trust, as some office networks do. Ask your IT desk for its "
    "certificate file, set PIP_CERT to the path of that file, then start again.",
    r"NewConnectionError|Failed to establish a new connection|NameResolutionError|getaddrinfo"
    r"|name resolution|ProxyError|Cannot connect to proxy|[Tt]imed out|ConnectTimeoutError"
    r"|Connection (refused|reset|aborted)|Network is unreachable|Max retries exceeded": "The "
    "packages could not be downloaded, because the package index does not answer. Check the "
    "network, then start again. Behind a proxy, first set HTTPS_PROXY to its address, for example "
    "http://proxy.example.org:8080. Only setting up needs the network; afterwards everything "
    "works without it.",
    r"WinError 32": "A file of the kit is in use. Close every JupyterLab and terminal that uses "
    "this folder, then start again.",
    r"[Pp]ort \d+ is (not available|already in use)": "Another program took the port in the same "
    "moment. Start again.",
    r"Permission denied|Access is denied|Read-only file system|Operation not permitted": "The "
    "folder {here} cannot be written to. Copy the whole folder into your home folder and start "
    "again from there.",
    r"No module named '?(venv|ensurepip)|ensurepip is not": "This Python lacks the modules that "
    "make environments (venv, ensurepip). On Debian and Ubuntu: sudo apt install python3-venv. "
    "Elsewhere, install Python from https://www.python.org/downloads/. Then start again.",
    r"Failed (to build|building)|metadata-generation-failed|No matching distribution": "A package "
    "offers nothing ready-made for this Python ({python}). Use a 64-bit Python from 3.11 to 3.14, "
    "then start again.",
}


def say(text: str) -> None:
    """Print at once, so that our lines and those of started programs keep their order."""
    print(text, flush=True)


def explain(text: str) -> str:
    """Turn the words of pip, venv or the operating system into advice; "" if none is known."""
    python = "{}.{}, {}-bit".format(*sys.version_info[:2], 64 if sys.maxsize > 2**32 else 32)
    known = (advice for pattern, advice in REASONS.items() if re.search(pattern, text))
    return next(known, "").format(here=HERE, python=python)


def stop_with_log(log: Path, otherwise: str) -> NoReturn:
    """Stop, saying why as far as the log tells, and where to read more."""
    text = log.read_text(encoding="utf-8", errors="replace")
    lines = [line.strip()[:200] for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"(?i)^(?!note).*error", line)] or lines
    tail = "\n    ".join(telling[-6:])
    sys.exit(f"\n{explain(text) or otherwise}\n\nThe log is {log}. It says:\n    {tail}")


def tool(name: str) -> Path:
    """Return where the environment keeps a program."""
    return VENV / (f"Scripts/{name}.exe" if os.name == "nt" else f"bin/{name}")


def start(command: list, output: TextIO | None = None, **more: str) -> subprocess.Popen:
    """Start a program without what would leak other installations into ours."""
    strangers = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "MPLBACKEND")
    env = {name: value for name, value in os.environ.items() if name not in strangers}
    # PIP_USER=0 also overrules a "user = true" in the site's pip.conf, which breaks environments.
    env.update({"PIP_USER": "0", "PYTHONNOUSERSITE": "1", "PYTHONIOENCODING": "utf-8"}, **more)
    streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT}
    return subprocess.Popen([str(word) for word in command], cwd=HERE, env=env, **streams)


def stop(process: subprocess.Popen) -> None:
    """End a program as gently as it allows; Ctrl-C in a terminal has reached it already."""
    for ask in (lambda: None, process.terminate, process.kill):
        ask()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=PATIENCE)
            return


# --- setting up, once ---------------------------------------------------------------------------


def fingerprint(extras: list[str]) -> dict:
    """Describe the environment wanted: a stamp that says the same means nothing is left to do."""
    files = [(HERE / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
    return {
        "python": list(sys.version_info[:2]),
        "folder": str(HERE),  # an environment contains its own path, so a moved one is broken
        "files": hashlib.sha256(b"\0".join(files)).hexdigest(),
        "extras": extras,
    }


def needed(extras: list[str]) -> str:
    """Say what setting up has to do: "rebuild", "update", or "" for nothing."""
    wanted = fingerprint(extras)
    try:
        found = json.loads((VENV / STAMP).read_text(encoding="utf-8"))
        # The environment leans on the Python it was made from: only a start shows it still exists.
        subprocess.run([tool("python"), "-c", ""], check=True, capture_output=True)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return "rebuild"
    if any(found[part] != wanted[part] for part in ("python", "folder")):
        return "rebuild"
    complete = found["files"] == wanted["files"] and {*extras} <= {*found["extras"]}
    return "" if complete else "update"


def take_lock(handle: TextIO) -> bool:
    """Try to take a lock, which the system drops when this process ends, however it ends."""
    try:
        if os.name == "nt":
            import msvcrt  # noqa: PLC0415 - exists on Windows only

            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - exists elsewhere only

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        # Some network folders know no locks: better to go on there than to wait for ever.
        return problem.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Let a second start wait while a first one sets up the same folder."""
    VENV.mkdir(exist_ok=True)
    with (VENV / LOCK).open("a") as handle:
        if not take_lock(handle):
            say("Another start is setting up this folder. Waiting for it to finish.")
            while not take_lock(handle):
                time.sleep(0.5)
        yield


def activity(log: str) -> str:
    """Say in words what pip is doing, from what it has logged so far."""
    seen = re.findall(r"^(Collecting|Installing|WARNING: Retrying)\s+([\w.-]*)", log, re.MULTILINE)
    verb, name = seen[-1] if seen else ("", "")
    count = sum(verb == "Collecting" for verb, _ in seen)
    return {
        "Collecting": f"fetching {name}, package {count}",
        "Installing": f"unpacking {count} packages",
        "WARNING: Retrying": "no answer from the package index, trying again",
    }.get(verb, "working")


def run_logged(command: list, otherwise: str) -> None:
    """Run a command with its output in the log, showing every moment that it is alive."""
    log, begun, told = VENV / LOG, time.monotonic(), 0.0
    live, width = sys.stdout.isatty(), shutil.get_terminal_size().columns - 1
    with log.open("a", encoding="utf-8") as output:
        process = start(command, output)
        try:
            while process.poll() is None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=0.5)
                seconds = time.monotonic() - begun
                doing = activity(log.read_text(encoding="utf-8", errors="replace"))
                line = f"  {seconds:4.0f} s  {doing}"
                if live:
                    print("\r" + line[:width].ljust(width), end="\r", flush=True)
                elif seconds - told >= SILENCE:
                    told = seconds
                    say(line)
        finally:
            stop(process)
    if process.returncode:
        stop_with_log(log, otherwise)
    say(f"  done in {time.monotonic() - begun:.0f} s".ljust(width if live else 0))


def build_venv() -> None:
    """Make .venv anew in place of whatever is left of an older or half-made one."""
    if os.path.realpath(sys.prefix) == os.path.realpath(VENV):
        sys.exit(
            "The environment in .venv must be made anew, and you started run.py with its own "
            "Python. Type deactivate (or open a new terminal), then start again."
        )
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        sys.exit(explain("No module named 'ensurepip'"))
    if shutil.disk_usage(HERE).free < BYTES_NEEDED:
        sys.exit(explain("No space left"))
    for path in VENV.iterdir():
        if path.name != LOCK:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    run_logged([sys.executable, "-m", "venv", VENV], "The environment could not be made.")


def set_up(extras: list[str]) -> None:
    """Bring .venv to what pyproject.toml and constraints.txt ask for, if it is not there yet."""
    if not needed(extras):
        say("Steps 1 and 2 of 3 were done by an earlier start.")
        return
    if VENV.is_dir() and any(VENV.iterdir()) and not (VENV / LOCK).exists():
        sys.exit(
            f"There is a folder {VENV} that another program made. It is left alone: rename or "
            "remove it, then start again."
        )
    with only_one():
        todo = needed(extras)
        if not todo:  # the start we waited for did it all
            return
        wanted = json.dumps(fingerprint(extras))  # now: the files may change while pip works
        log, stamp = VENV / LOG, VENV / STAMP
        before = stamp.read_bytes() if todo == "update" else b""
        for file in (log, stamp):  # without a stamp it counts as half-made, until all is done
            file.unlink(missing_ok=True)
        if todo == "rebuild":
            say(f"Step 1 of 3: making a Python environment in {VENV} (about 10 seconds)")
            build_venv()
        say("Step 2 of 3: installing JupyterLab, pandas and the rest (about 2 minutes, once)")
        project = "." + (f"[{','.join(extras)}]" if extras else "")
        options = ["--disable-pip-version-check", "--no-input", "install", "--progress-bar=off"]
        command = [tool("python"), "-m", "pip", *options, "-c", "constraints.txt", "-e", project]
        try:
            run_logged(command, "The packages could not be installed.")
        except SystemExit:
            if before and b"Installing collected" not in log.read_bytes():
                stamp.write_bytes(before)  # pip changed nothing: what was there still works
            raise
        page = VENV / "etc" / "jupyter" / "labconfig" / "page_config.json"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(NO_NEWS, encoding="utf-8")
        stamp.write_text(wanted, encoding="utf-8")


# --- python run.py lab, app ---------------------------------------------------------------------


def versioned(folder: Path) -> Path | None:
    """Return the folder under version control that a folder is in, if any."""
    inside = (place for place in (folder, *folder.parents) if (place / ".git").exists())
    return next(inside, None)


def own_folder(named: str | None) -> Path:
    """Return the folder in which a team works: named now, named once before, or asked for.

    It is never part of what is under version control: there, a team's work would be in the way of
    whoever updates the kit, and the next team would find it in its fresh copies.
    """
    kept, usual = VENV / "folder.txt", Path.home() / "my-work"
    text = named or (kept.read_text(encoding="utf-8") if kept.is_file() else "")
    if not text and sys.stdin.isatty():
        say("Where shall your work be kept: notebooks to work on, and your plans?")
        with contextlib.suppress(EOFError):
            text = input(f"Name a folder, or press Enter for {usual}: ").strip()
    folder = Path(text or usual).expanduser().absolute()
    inside = versioned(folder)
    if inside:
        sys.exit(
            f"{folder} is in {inside}, which is under version control. Work is kept in a folder of "
            f"its own. Start again and name another one, for example {usual}."
        )
    return folder


def open_kit(args: argparse.Namespace) -> int:
    """Set up, put fresh copies into the team's folder, and open the notebooks or the app on it."""
    folder = own_folder(args.folder)
    set_up(["all"])
    (VENV / "folder.txt").write_text(str(folder), encoding="utf-8")
    say(f"Step 3 of 3: opening {folder} (a few seconds)")
    ports = ["--port", str(args.port)] if args.port else []
    quiet = ["--no-browser"] if args.no_browser else []
    code = 0
    for words in (["new", "--quiet", folder], [args.command, folder, *ports, *quiet]):
        process = start([tool("govstack-kit"), *words])
        try:
            code = code or process.wait()
        except KeyboardInterrupt:  # the program has it too, and ends in its own way
            with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
                process.wait(PATIENCE)
        finally:
            stop(process)
    return code


# --- python run.py test -------------------------------------------------------------------------


def checks() -> dict[str, list]:
    """Return the command of every check by its name, in the order they run."""
    module = [tool("python"), "-m"]
    pytest = [*module, "pytest", "-n"]
    # loadfile, or the cells of one notebook would be spread over several kernels
    nbval = ["--dist", "loadfile", "--nbval", "--nbval-current-env", "--nbval-cell-timeout=120"]
    sanitize = HERE / "tests" / "notebooks" / "sanitize.cfg"
    nbval += ["--nbval-sanitize-with", sanitize] if sanitize.exists() else []
    return {
        "lint": [*module, "ruff", "check", "."],
        "format": [*module, "ruff", "format", "--check", "."],
        "types": [*module, "mypy"],
        "imports": [tool("lint-imports")],
        # one more than cores, for browser tests wait most of their time
        "tests": [*pytest, "3", "--doctest-modules", "tests", "govstack_kit"],
        "notebooks": [*pytest, "2", *nbval, "notebooks"],
        "data": [*module, "frictionless", "validate", "data/datapackage.json"],
    }


def test(args: argparse.Namespace) -> int:
    """Set up, run all checks even where one fails, and end with one line that counts them."""
    set_up(["all", "test"])
    chosen = {name: line for name, line in checks().items() if not args.only or name in args.only}
    if args.cover and "tests" in chosen:  # half as long again, so only where somebody asks
        chosen["tests"] = [*chosen["tests"], "--cov=govstack_kit"]
    say(f"Step 3 of 3: running {len(chosen)} checks: {', '.join(chosen)}")
    results = []
    for name, command in chosen.items():
        begun = time.monotonic()
        say(f"\n== {name}: {' '.join([Path(command[0]).stem, *map(str, command[1:])])}")
        # Whoever has updated tables or plans of their own still tests what comes with the kit.
        plans = {"GOVSTACK_KIT_PLANS": str(VENV / "no-plans")} if name == "notebooks" else {}
        # The checks run on all cores already: threads within them would only take turns.
        process = start(command, GOVSTACK_KIT_DATA="", OMP_NUM_THREADS="1", **plans)
        try:
            verdict = "FAILED" if process.wait() else "passed"
        finally:
            stop(process)
        results.append(f"  {name:10} {verdict} {time.monotonic() - begun:6.1f} s")
        say(results[-1])
    failed = sum("FAILED" in line for line in results)
    say("\n".join(["\n== summary", *results]))
    say(f"\nchecks: {len(results) - failed} passed, {failed} failed")
    return min(failed, 1)


# --- the command line ---------------------------------------------------------------------------


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one sentence instead of a page of usage."""

    def error(self, message: str) -> NoReturn:
        """Stop with the sentence and the usual exit code of a wrong command line."""
        self.exit(2, f"{message}\nType python run.py for help.\n")


def port_number(text: str) -> int:
    """Read a port from the command line."""
    if text.isdecimal() and int(text) in PORTS:
        return int(text)
    raise argparse.ArgumentTypeError(
        f"{text!r} is not a port; give a whole number from {PORTS[0]} to {PORTS[-1]}"
    )


def main(argv: list[str]) -> int:
    """Run one command; every expected failure ends in a sentence, never in a traceback."""
    names = list(checks())
    parser = Parser(prog="python run.py", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(title="commands", metavar="command", required=True)
    shown = {"lab": "the notebooks, with the code to see", "app": "the guided parts, without code"}
    for name, what in shown.items():
        one = commands.add_parser(name, help=f"set up once, then open {what}")
        where = "the folder you work in (default: the last one; it is asked for once)"
        one.add_argument("folder", nargs="?", help=where)
        one.add_argument("--port", type=port_number, help="where to listen (default: a free port)")
        one.add_argument(
            "--no-browser", action="store_true", help="print the address, open nothing"
        )
        one.set_defaults(run=open_kit, command=name)
    two = commands.add_parser("test", help="set up once, then run every check, test and notebook")
    only = f"run only this check ({', '.join(names)}); may be given several times"
    cover = "also measure how much of the package the tests reach, and ask for 90 %%"
    two.add_argument("--cover", action="store_true", help=cover)
    two.add_argument("--only", action="append", metavar="NAME", choices=names, help=only)
    two.set_defaults(run=test)
    if not argv:
        parser.print_help()
        return 0
    args = parser.parse_args(argv)
    try:
        return args.run(args)
    except KeyboardInterrupt:
        say("\nStopped. Start again at any time.")
        return 130
    except OSError as problem:
        sys.exit(explain(str(problem)) or f"That did not work: {problem}")


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a folder's name may not fit an old console
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end like Ctrl-C, JupyterLab too
    sys.exit(main(sys.argv[1:]))
