"""The command ``govstack-kit``: notebooks of one's own, the app, and tables: new, checked, updated.

What a command needs is imported when it runs, so that ``govstack-kit --help`` answers at once.
Every expected failure ends in a sentence on the error stream and exit code 1, never a traceback.
"""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import signal
import socket
import subprocess
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from govstack_kit.errors import ArgumentError, GovStackKitError, needed, problem_sentence
from govstack_kit.tables import storage
from govstack_kit.tables.storage import bundled
from govstack_kit.words import count

if TYPE_CHECKING:
    from collections.abc import Iterator

START = Path("guided", "00-start-here.ipynb")
COPIED = {".ipynb", ".css", ".csv", ".jpg", ".json", ".md", ".png", ".svg", ".txt"}
"""Endings of notebooks and of what they read or show."""
PLANS = "my-plans"  # what a team works on stays where it is
APP_PORTS = range(8866, 8966)
Port = Annotated[
    int | None, typer.Option(min=1024, max=65535, help="Where to listen; else a free port.")
]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Print the address, open nothing.")]

app = typer.Typer(
    help="The SDG Digital Investment Framework and GovStack as tables, a graph and notebooks.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: quicker, and easier on screen readers
)


def _command(*words: str | Path) -> str:
    """Return a command as a user types it, with quotation marks where the system needs them."""
    texts = ["govstack-kit", *map(str, words)]
    return subprocess.list2cmdline(texts) if os.name == "nt" else shlex.join(texts)


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer hands the value over by position
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - only needed here

        typer.echo(f"govstack-kit {version('govstack-kit')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


# --- govstack-kit new -----------------------------------------------------------------------------


def _notebook_files(source: Path) -> Iterator[Path]:
    """Yield the notebooks under `source` and what they need, as paths relative to it."""
    for path in sorted(source.rglob("*")):
        place = path.relative_to(source)
        hidden = any(part.startswith((".", "__")) or part == PLANS for part in place.parts)
        if not hidden and path.suffix.lower() in COPIED and path.is_file():
            yield place


def _copy(source: Path, target: Path) -> bool:
    """Copy a file whole or not at all; return False, changing nothing, if `target` exists."""
    if os.path.lexists(target):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    storage.write_whole(target, source.read_bytes())
    return True


def _elsewhere() -> str:
    return f"Choose another folder, for example: {_command('new', Path.home() / 'my-notebooks')}"


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Your folder; made if need be.")],
    *,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing if all is well.")] = False,
) -> None:
    """Copy the notebooks into a folder of your own, leaving existing files alone."""
    source = bundled("notebooks")
    files = list(_notebook_files(source))
    if not files:
        raise GovStackKitError("This installation has no notebooks. Install govstack-kit again.")
    place = Path(os.path.realpath(folder))
    if any(place.is_relative_to(own) for own in (Path(__file__).resolve().parent, source)):
        raise GovStackKitError(
            f"{folder} is part of the installed package, where an update would delete your work. "
            f"{_elsewhere()}"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        copied = [_copy(source / file, folder / file) for file in files]
    except OSError as error:
        place = error.filename or folder
        why = f"The notebooks cannot be copied to {place}: {storage.said(error)}"
        raise GovStackKitError(f"{why}. {_elsewhere()}") from None
    if quiet:
        return
    for file, done in zip(files, copied, strict=True):
        if not done:
            typer.echo(f"kept: {folder / file}")
    if not all(copied):
        typer.echo("To have the original of a kept file again, rename yours and repeat this.")
    typer.echo(f"{count(sum(copied), 'file')} copied to {folder}.")
    typer.echo(f"To open the notebooks: {_command('lab', folder)}")


# --- govstack-kit lab -----------------------------------------------------------------------------


def _start_notebook(folder: Path) -> Path:
    """Return the first notebook, relative to `folder`."""
    for start in (START, Path("notebooks") / START):
        if (folder / start).is_file():
            return start
    there = f"{folder.absolute()} has no notebook called {START.as_posix()}."
    problem = there if folder.is_dir() else f"There is no folder {folder.absolute()}."
    wanted = "my-notebooks" if folder == Path() else folder
    raise GovStackKitError(
        f"{problem} First make a folder of notebooks, then open it:\n"
        f"    {_command('new', wanted)}\n    {_command('lab', wanted)}"
    )


def _is_free(port: int) -> bool:
    """Return whether nobody listens on a port."""
    with socket.socket() as probe:
        if os.name != "nt":  # elsewhere a port rests for a minute after use, yet may be taken
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _has_screen() -> bool:
    """Return whether a window can open; a text browser inside the terminal does not count."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    desktop = os.name == "nt" or sys.platform == "darwin" or any(map(os.getenv, screens))
    with contextlib.suppress(webbrowser.Error):
        return bool(desktop and webbrowser.get())
    return False


def _check_port(port: int | None) -> None:
    """Say so if the port that was asked for is taken."""
    if port is not None and not _is_free(port):
        raise ArgumentError(
            f"Port {port} is taken by another program, perhaps by one of ours that is still open. "
            "Give another number, or leave out --port to have a free one found."
        )


@app.command()
def lab(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder made by govstack-kit new.")
    ] = Path(),
    *,
    port: Port = None,
    no_browser: NoBrowser = False,
) -> None:
    """Open JupyterLab at the first notebook of DIR, or of the current folder."""
    start = _start_notebook(folder)
    options = [
        f"--ServerApp.root_dir={folder.resolve()}",
        f"--ServerApp.open_browser={not no_browser and _has_screen()}",
        "--ServerApp.ip=127.0.0.1",  # only this computer can reach it, and only with the token,
        "--ServerApp.allow_root=True",  # so root, the usual user of containers, may run it too
        "--Application.log_level=ERROR",  # which still shows the address
        f"--LabApp.default_url=/lab/tree/{start.as_posix()}",
        "--LabApp.news_url=None",  # no popup on the first start, and nothing asked of the network
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    _check_port(port)
    if port is not None:
        options += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    typer.echo("Opening JupyterLab. Keep this window open while you work.")
    typer.echo("To end, save your notebooks and press Ctrl-C.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end like Ctrl-C, JupyterLab too
    # Without an input, JupyterLab ends on Ctrl-C without asking once more.
    command = [sys.executable, "-m", "jupyterlab", *options]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        try:
            failed = process.wait() != 0
        except KeyboardInterrupt:
            process.terminate()
            failed = False
    if failed:
        raise GovStackKitError("JupyterLab could not run; the lines above say why.")
    typer.echo("JupyterLab has ended.")


# --- govstack-kit app -----------------------------------------------------------------------------


@app.command("app")
def guided(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder of your notebooks or plans.")
    ] = Path(),
    *,
    port: Port = None,
    no_browser: NoBrowser = False,
) -> None:
    """Open the guided parts as a page without code, on the plans in DIR or the current folder."""
    needed("solara")
    from govstack_kit.widgets.app import address, kept_token, serve  # noqa: PLC0415 - see above

    if folder.exists() and not folder.is_dir():
        raise GovStackKitError(f"{folder} is a file. Name the folder that your plans are in.")
    _check_port(port)
    port = port or next(filter(_is_free, APP_PORTS))
    token = kept_token()
    typer.echo(f"The app is at {address(port, token)}")
    typer.echo("Keep this window open while you work. To end, press Ctrl-C: all work is saved.")
    typer.echo("The same parts are notebooks, too: start again with lab in place of app.")
    serve(folder, port, token, browser=not no_browser and _has_screen())
    typer.echo("The app has ended.")


# --- govstack-kit validate, template --------------------------------------------------------------


@app.command()
def validate(
    path: Annotated[
        Path | None,
        typer.Argument(help="A folder of CSV files or a workbook (default: the kit's own tables)."),
    ] = None,
    *,
    extend: Annotated[
        bool, typer.Option("--extend", help="They add to the tables of the kit.")
    ] = False,
    update_hashes: Annotated[
        bool,
        typer.Option(
            "--update-hashes", help="If all is well, record sizes and hashes in datapackage.json."
        ),
    ] = False,
) -> None:
    """List every problem in tables, with what is allowed and what to do."""
    from govstack_kit.framework import framework, installed  # noqa: PLC0415 - see above

    path = path or bundled("data")
    beside = framework.load().tables() if extend else None
    tables, found = framework.examine(path, beside)
    for problem in found.to_dict("records"):
        typer.echo(f"{problem['level'].capitalize()}: {problem_sentence(problem)}")
    if problems := int((found["level"] == "problem").sum()):
        raise GovStackKitError(f"{count(problems, 'problem')} in {path}.")
    typer.echo(
        f"No problems in {count(len(tables), 'table')}, "
        f"{count(sum(map(len, tables.values())), 'row')}"
        f"{', together with the tables of the kit' if extend else ''}."
    )
    if update_hashes:
        changed = installed.update_hashes(path)
        typer.echo(f"datapackage.json updated: {', '.join(changed) or 'nothing had changed'}.")


@app.command()
def template(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new workbook (.xlsx).")],
    tables: Annotated[
        list[str] | None, typer.Argument(help="The tables (default: those usually added to).")
    ] = None,
) -> None:
    """Write a workbook to fill in with rows of your own."""
    from govstack_kit.framework.framework import OWN, save_template  # noqa: PLC0415 - see above

    save_template(file, tables=tables or OWN)
    typer.echo(f"Fill in {file}, then check it: {_command('validate', file, '--extend')}")


# --- govstack-kit update --------------------------------------------------------------------------


def _confirmed(question: str, *, yes: bool) -> bool:
    """Ask before writing, unless the answer was given with the command."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise GovStackKitError("Nothing was written. To write these changes, repeat with --yes.")
    if typer.confirm(question):
        return True
    typer.echo("Nothing was written.")
    return False


@app.command()
def update(  # noqa: PLR0913 - one argument for each option
    *,
    local: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="Read these copies, without the network."),
    ] = None,
    into: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write there, not to your own folder.")
    ] = None,
    plans: Annotated[
        Path, typer.Option(metavar="DIR", help="Where your plans are (default: here).")
    ] = Path(),
    diff: Annotated[Path | None, typer.Option(metavar="FILE", help="List all changes.")] = None,
    unplaced: Annotated[
        Path | None, typer.Option(metavar="FILE", help="List what could not be placed.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking.")] = False,
    reset: Annotated[
        bool, typer.Option("--reset", help="Remove your updated tables; use those of the kit.")
    ] = False,
) -> None:
    """Fetch what GovStack and the registries publish today, show what changed, and use it."""
    from govstack_kit.upstream import update as updating  # noqa: PLC0415 - see above

    if reset:
        updating.reset(typer.echo)
        return
    options = updating.Options(local, into, plans, diff, unplaced, asks=not yes)
    try:
        updating.update(options, say=typer.echo, confirm=lambda q: _confirmed(q, yes=yes))
    except (KeyboardInterrupt, typer.Abort):
        raise GovStackKitError(
            "Stopped. The installed tables are unchanged, and finished downloads are kept."
        ) from None


def main() -> None:
    """Run the command; turn every error of the kit into a sentence."""
    for stream in (sys.stdout, sys.stderr):  # an old console may lack a letter of a name
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except (GovStackKitError, OSError) as error:
        ours = isinstance(error, GovStackKitError)
        typer.echo(str(error) if ours else f"That did not work: {error}", err=True)
    else:
        return
    sys.exit(1)


if __name__ == "__main__":
    main()
