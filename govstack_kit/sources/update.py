"""Updating the tables from upstream: download, read, check, show, ask, write.

The installed tables change in one step at the very end, when the new ones have been written beside
them and found valid. Whatever happens before leaves them as they were.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
import time
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from govstack_kit.errors import ArgumentError, TablesError, UpdateError
from govstack_kit._paths import bundled
from govstack_kit.framework import installed, schema
from govstack_kit.framework.framework import Framework, load
from govstack_kit.framework.writing import previous, remove_package, write_csv, write_package
from govstack_kit.sources import _checkouts as checkouts
from govstack_kit.sources._archives import unpack
from govstack_kit.sources._downloads import FULL, Downloads
from govstack_kit.sources._ours import records
from govstack_kit.sources.assemble import PUBLISHED, Assembly, assemble
from govstack_kit.sources.changes import affected, compare, described

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class Options:
    """What ``govstack-kit update`` was asked to do.

    Attributes
    ----------
    local : pathlib.Path or None
        A folder of upstream repositories to read; without it they are downloaded.
    into : pathlib.Path or None
        The folder of the data package to write; without it the user's own.
    plans : pathlib.Path
        Where plans are looked for.
    diff, unplaced : pathlib.Path or None
        CSV files to write all changes to, and what could not be placed.
    """

    local: Path | None = None
    into: Path | None = None
    plans: Path = Path()
    diff: Path | None = None
    unplaced: Path | None = None


def update(options: Options, *, say: Callable[[str], None], confirm: Callable[[str], bool]) -> bool:
    """Update the installed tables from upstream.

    Parameters
    ----------
    options
        What to read and where to write.
    say
        Is told what happens, line by line.
    confirm
        Is asked whether to write the changes that were shown.

    Returns
    -------
    bool
        Whether anything was written.

    Raises
    ------
    UpdateError
        If upstream cannot be reached or read, or the tables cannot be written.
    TablesError
        If the new tables are not valid. The installed ones are unchanged in every case.
    """
    target = options.into or installed.own_folder()
    if target is None:
        raise ArgumentError(
            f"{installed.VARIABLE} is empty, which forbids tables of your own. Unset it, or name a "
            "folder with --into."
        )
    with _full_disk_told(), _warnings_told(say):
        if options.local is None:
            with _downloaded(_before(options), say) as folder:
                return _from(folder, options, target, say, confirm)
        return _from(options.local, options, target, say, confirm)


def reset(say: Callable[[str], None]) -> None:
    """Remove the user's updated tables, so that those that come with the kit are used."""
    folder = installed.own_folder()
    if folder is not None and remove_package(folder):
        say(f"The updated tables in {folder} were removed.")
    else:
        say("There were no updated tables.")
    say("The tables that come with the kit are used.")


def _before(options: Options) -> Framework:
    """Return the tables that the new ones are compared with."""
    if options.into is None:
        return load()
    if (options.into / installed.DESCRIPTOR).is_file():
        return load(options.into)
    return load(bundled=True)


def _frames(framework: Framework) -> dict[str, pd.DataFrame]:
    return {name: getattr(framework, name) for name in schema.tables()}


def _assembled(folder: Path, before: Framework, options: Options) -> Assembly:
    """Return the new tables.

    Our words about what is published come from the kit, which may have learned some since the last
    update. Only the rows of publications that are missing now are those of that update.
    """
    if options.into is not None:
        return assemble(folder, before)
    kit = load(bundled=True)
    assembly = assemble(folder, kit)
    if not assembly.missing or schema.folder() == bundled("data"):
        return assembly
    return assemble(folder, _laid_over(kit, before, assembly.missing))


def _laid_over(kit: Framework, before: Framework, missing: list[str]) -> Framework:
    """Return the tables of the kit with the rows that an update has of the missing sources."""
    frames = _frames(kit)
    for name in PUBLISHED:
        ours, theirs = frames[name], getattr(before, name)
        parts = [ours[~ours["source"].isin(missing)], theirs[theirs["source"].isin(missing)]]
        if len(ours) and ours["source"].iloc[0] in missing:
            parts.reverse()
        frames[name] = pd.concat(parts)
    for name in ("sectors", "building_blocks"):  # what an update has found in addition
        frames[name] = pd.concat([frames[name], getattr(before, name)])
    keys = {name: list(schema.table(name).key) for name in frames}
    return Framework(
        {
            name: frame.drop_duplicates(keys[name], ignore_index=True)
            for name, frame in frames.items()
        }
    )


def _from(
    folder: Path,
    options: Options,
    target: Path,
    say: Callable[[str], None],
    confirm: Callable[[str], bool],
) -> bool:
    """Read the repositories in a folder, show the changes, and write them if they are wanted."""
    before = _before(options)
    assembly = _assembled(folder, before, options)
    changes = compare(_frames(before), assembly.tables)
    _show(assembly, changes, options, say)
    texts = None if options.into else assembly.texts
    if changes.empty:
        if texts is None or _stored(texts, target / installed.TEXTS):
            say("Nothing has changed upstream.")
            return False
        say("The tables are up to date. The published texts can be stored for you.")
    if not confirm(f"Write this to {target}?"):
        return False
    about = {"edition": installed.bundled_edition(), "made": time.strftime("%Y-%m-%d")}
    try:
        write_package(assembly.tables, target, texts=texts, about=None if options.into else about)
    except TablesError as error:
        raise TablesError(
            "the new tables, so nothing was written and the installed ones are unchanged",
            error.problems,
        ) from None
    say(f"Written to {target}.")
    if previous(target).is_dir():
        say(f"What was there before is in {previous(target)}.")
    if options.into is None:
        say("The kit uses these tables from now on.")
        say("To go back to those that came with it: govstack-kit update --reset")
    return True


def _stored(texts: pd.DataFrame, path: Path) -> bool:
    """Return whether a file holds these texts."""
    if not path.is_file():
        return False
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        return next(rows, []) == list(texts.columns) and list(rows) == texts.to_numpy().tolist()


def _show(
    assembly: Assembly, changes: pd.DataFrame, options: Options, say: Callable[[str], None]
) -> None:
    """Say what was read, what would change, and which plans that touches."""
    say(f"Read: {', '.join(assembly.repositories)}.")
    if assembly.missing:
        say(f"Not there, so that their installed rows are kept: {', '.join(assembly.missing)}.")
    for why in assembly.unplaced.loc[assembly.unplaced["why"].str.endswith("are kept"), "why"]:
        say(f"Attention: {why}.")
    if len(assembly.unplaced):
        hint = "" if options.unplaced else " (list them with --unplaced FILE)"
        say(f"{len(assembly.unplaced)} places upstream have no row here{hint}.")
    for line in described(changes):
        say(line)
    plans, unread = affected(changes, options.plans)
    for plan, found in plans.groupby("plan"):
        keys = [f"{row.key} ({row.change})" for row in found.itertuples()]
        more = f" and {len(keys) - 8} more" if len(keys) > 8 else ""  # noqa: PLR2004
        say(f"Your plan {plan} uses {', '.join(keys[:8])}{more}.")
    for sentence in unread:
        say(sentence)
    for path, frame in ((options.diff, changes), (options.unplaced, assembly.unplaced)):
        if path is not None:
            rows = frame.astype(str).to_numpy().tolist()
            write_csv(path, list(frame.columns), rows)
            say(f"{len(rows)} rows written to {path}.")


@contextmanager
def _warnings_told(say: Callable[[str], None]) -> Iterator[None]:
    """Say once, as a sentence, what loading would warn of each time."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        schema.folder()
    for warning in told:
        say(str(warning.message))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Your updated tables")
        yield


@contextmanager
def _full_disk_told() -> Iterator[None]:
    """Turn what the system says about a disk into a sentence."""
    try:
        yield
    except UpdateError:
        raise
    except OSError as error:
        if error.errno in FULL:
            why = "The disk is full. Free some space, then give the same command again."
        elif isinstance(error, PermissionError):
            why = f"You may not write to {error.filename}. Choose another place with --into."
        else:
            why = f"A file could not be read or written ({error})."
        raise UpdateError(f"{why} The installed tables are unchanged.") from None


@contextmanager
def _downloaded(before: Framework, say: Callable[[str], None]) -> Iterator[Path]:
    """Download and unpack every repository, into a folder that is removed at the end."""
    repositories = list(checkouts.known_repositories(records(before)["sources"]))
    downloads = Downloads(say)
    archives, _ = downloads.all(repositories)
    if not archives:
        raise UpdateError(
            "None of the repositories could be downloaded, so nothing was changed. Try again "
            "later, or read copies that you have: govstack-kit update --from FOLDER"
        )
    folder = Path(tempfile.mkdtemp(prefix="unpacked-", dir=downloads.folder))
    try:
        versions = []
        for repository, archive in archives.items():
            try:
                unpacked = unpack(archive, folder / repository)
            except UpdateError:
                downloads.forget(archive)
                raise
            versions.append((repository, unpacked.commit, unpacked.date))
            for name in unpacked.left:
                say(f"{repository}: {name} was left in its archive.")
        header = ("repository", "commit", "committed")
        with (folder / checkouts.LISTED).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *versions])
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
