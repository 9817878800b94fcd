"""Updating the tables from upstream: download, read, check, show, ask, write.

The installed tables change in one step at the very end, when the new ones have been found valid.
Whatever happens before leaves them as they were. A plan is *affected* where it names what was
changed or removed: where its file has the key of such a row between quotation marks, or all parts
of the key of a link.
"""

from __future__ import annotations

import time
import warnings
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from govstack_kit.errors import ArgumentError, UpdateError
from govstack_kit.framework import installed
from govstack_kit.framework.framework import DECLARED, load
from govstack_kit.tables import storage
from govstack_kit.tables.difference import difference
from govstack_kit.tables.package import csv_bytes, write_file
from govstack_kit.upstream.assemble import KEPT, assemble
from govstack_kit.upstream.repositories import downloaded, known_repositories
from govstack_kit.words import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from govstack_kit.framework.framework import Framework
    from govstack_kit.upstream.assemble import Assembly

_SHOWN = 5  # keys named for each kind of change
_TOLD = ("name", "level", "version", "status", "stage")  # columns whose values are told in full
_PLACE = ("section", "order", "location", "line", "position")  # a row that only moved differs here


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
        New CSV files to write all changes to, and what could not be placed.
    asks : bool
        Whether somebody is there to answer; nobody removes use cases otherwise.
    """

    local: Path | None = None
    into: Path | None = None
    plans: Path = Path()
    diff: Path | None = None
    unplaced: Path | None = None
    asks: bool = True


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
    ArgumentError
        If a folder or file cannot be what it is meant to be.
    """
    target = options.into.absolute() if options.into else installed.own_folder()
    if target is None:
        raise ArgumentError(
            f"{installed.VARIABLE} is empty, which forbids tables of your own. Unset it, or name a "
            "folder with --into."
        )
    for path in (options.diff, options.unplaced):
        if path is not None and path.exists():
            raise ArgumentError(f"{path} is there already. Name a new file, or remove that one.")
    with _told(say):
        before = _before(options)
        urls = [*before.sources["url"].dropna(), *load(bundled=True).sources["url"].dropna()]
        known = list(known_repositories(urls))  # also those that a newer kit knows
        with nullcontext(options.local) if options.local else downloaded(known, say) as folder:
            assembly, changes, whole = _compared(folder, before, options, say)
        _show(assembly, changes, options, say)
        texts = None if options.into else assembly.texts
        stored = target / installed.TEXTS
        retired = assembly is not whole and options.asks
        if changes.empty and not retired:
            if texts is None or (stored.is_file() and stored.read_bytes() == csv_bytes(texts)):
                say("Nothing has changed upstream.")
                return False
            say("The tables are up to date. The published texts can be stored for you.")
        if not confirm(f"Write this to {target}?"):
            return False
        if retired and confirm("Remove what is not published any more, too?"):
            assembly = whole
        about = {"edition": installed.bundled_edition(), "made": time.strftime("%Y-%m-%d")}
        own = None if options.into else about  # what the user's own tables were laid over
        installed.write_package(assembly.tables, target, texts=texts, about=own)
    say(f"Written to {target}.")
    if installed.previous(target).is_dir():
        say(f"What was there before is in {installed.previous(target)}.")
    if options.into is None:
        say("The kit uses these tables from now on.")
        say("To go back to those that came with it: govstack-kit update --reset")
    return True


def reset(say: Callable[[str], None]) -> None:
    """Remove the user's updated tables, so that those that come with the kit are used."""
    folder = installed.own_folder()
    if folder is not None and installed.remove_package(folder):
        say(f"The updated tables in {folder} were removed.")
    else:
        say("There were no updated tables.")
    say("The tables that come with the kit are used.")


@contextmanager
def _told(say: Callable[[str], None]) -> Iterator[None]:
    """Turn errors of the system into sentences, and say once what loading would warn of."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        installed.folder()
    for warning in told:
        say(str(warning.message))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Your updated tables")
        try:
            yield
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            why = storage.said(error)
            raise UpdateError(
                f"{place}{why[:1].upper()}{why[1:]}. Free some space, or choose another place with "
                "--into, then give the same command again. The installed tables are unchanged."
            ) from None


def _before(options: Options) -> Framework:
    """Return the tables that the new ones are compared with."""
    if options.into is None:
        return load()
    if (options.into / installed.DESCRIPTOR).is_file():
        return load(options.into)
    return load(bundled=True)


def _compared(
    folder: Path, before: Framework, options: Options, say: Callable[[str], None]
) -> tuple[Assembly, pd.DataFrame, Assembly]:
    """Return the new tables, what they change, and the same without the use cases that are gone.

    Nobody removes use cases without being asked, so the new tables still have them.
    """
    assembly = whole = _assembled(folder, before, options)
    changes = difference(before.tables(), whole.tables, DECLARED)
    gone = changes.query("table == 'use_cases' and change == 'removed'")["row"]
    if len(gone):
        say(f"Use cases that are not published any more, and stay: {listed(gone)}.")
        assembly = _assembled(folder, before, options, keep_use_cases=True)
        changes = difference(before.tables(), assembly.tables, DECLARED)
    return assembly, changes, whole


def _assembled(
    folder: Path, before: Framework, options: Options, *, keep_use_cases: bool = False
) -> Assembly:
    """Return the new tables.

    Our words about what is published come from the kit, which may have learned some since the last
    update. Only the rows of publications that are missing now are those of that update.
    """
    ours = before if options.into else load(bundled=True)
    return assemble(folder, ours, before=before, keep_use_cases=keep_use_cases)


def _show(
    assembly: Assembly, changes: pd.DataFrame, options: Options, say: Callable[[str], None]
) -> None:
    """Say what was read, what would change, and which plans that touches."""
    say(f"Read: {', '.join(assembly.repositories)}.")
    if assembly.missing:
        say(f"Not there, so that their installed rows are kept: {', '.join(assembly.missing)}.")
    for place in assembly.unplaced.to_dict("records"):
        if place["why"].endswith(KEPT):
            say(f"Attention: {place['file']}: {place['why']}.")
    if len(assembly.unplaced):
        hint = "" if options.unplaced else " (list them with --unplaced FILE)"
        say(f"{len(assembly.unplaced)} places upstream have no row here{hint}.")
    for sentence in (*described(changes), *affected(changes, options.plans)):
        say(sentence)
    for path, frame in ((options.diff, changes), (options.unplaced, assembly.unplaced)):
        if path is not None:
            write_file(path, csv_bytes(frame))
            say(f"{len(frame)} rows written to {path}.")


def described(changes: pd.DataFrame) -> Iterator[str]:
    """Yield changes as lines to read: each table with its counts and its first few keys.

    Examples
    --------
    >>> import pandas as pd
    >>> from govstack_kit.tables.difference import CHANGES
    >>> found = pd.DataFrame([("steps", "AGR-2.9", "", "added", "", "Fly")], columns=CHANGES)
    >>> list(described(found))
    ['steps: 1 added', '    added: AGR-2.9 (“Fly”)']
    """
    placed = (changes["change"] != "changed") | changes["column"].isin(_PLACE)
    moved = placed.groupby([changes["table"], changes["row"]]).transform("all")
    moved &= changes["change"] == "changed"
    changes = changes.assign(change=changes["change"].mask(moved, "moved"))
    for table in changes["table"].unique():
        found = changes[changes["table"] == table]
        kinds = {kind: _named(found[found["change"] == kind]) for kind in found["change"].unique()}
        yield f"{table}: {', '.join(f'{len(keys)} {change}' for change, keys in kinds.items())}"
        for change, keys in kinds.items():
            shown = [f"{key} ({', '.join(what)})" if what else key for key, what in keys.items()]
            more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
            yield f"    {change}: {'; '.join(shown[:_SHOWN])}{more}"


def _named(changes: pd.DataFrame) -> dict[str, list[str]]:
    """Return the keys of some changes, each with what changed in its row."""
    found: dict[str, list[str]] = {}
    for row in changes.to_dict("records"):
        what = row["column"]
        if what in _TOLD:
            what = f"{what}: “{row['before']}” → “{row['after']}”"
        label = row["after"] or row["before"]
        if row["change"] in ("added", "removed") and label and label not in row["row"]:
            what = f"“{label}”"
        elif row["change"] == "moved":
            what = ""
        found.setdefault(row["row"], []).extend(filter(None, [what]))
    return found


def affected(changes: pd.DataFrame, folder: Path) -> Iterator[str]:
    """Yield a sentence for each plan in a folder that names a row that was changed or removed.

    Parameters
    ----------
    changes
        As :func:`~govstack_kit.tables.difference.difference` returns them.
    folder
        Where plans are looked for: its files whose names end in ``.govplan.json``.
    """
    touched = changes[changes["change"] != "added"].drop_duplicates(["table", "row", "change"])
    for path in sorted(folder.glob("*.govplan.json")) if folder.is_dir() else ():
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            yield f"{path.name} could not be searched ({str(error).splitlines()[0]})."
            continue
        keys = [
            f"{row['row']} ({row['change']})"
            for row in touched.to_dict("records")
            if row["row"] and all(f'"{part}"' in text for part in row["row"].split(" | "))
        ]
        more = f" and {len(keys) - 8} more" if len(keys) > 8 else ""  # noqa: PLR2004
        if keys:
            yield f"Your plan {path.name} uses {', '.join(keys[:8])}{more}."
