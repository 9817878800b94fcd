"""Which tables are installed, those that come with the kit or the user's own, and writing them.

``govstack-kit update`` writes a data package to a folder of the user's own. It is used as long as
its files are as they were written and its tables have the columns that this version of the kit
knows; otherwise the tables that come with the kit are, and a warning says so in a sentence. A
*hash* is the SHA-256 of the bytes of a file; the descriptor of a package records that of each.

The environment variable ``GOVSTACK_KIT_DATA`` names another folder; empty, it means that only the
tables that come with the kit are wanted.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govstack_kit.errors import ArgumentError
from govstack_kit.tables import storage
from govstack_kit.tables.schema import read as read_schema
from govstack_kit.tables.storage import bundled

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

VARIABLE = "GOVSTACK_KIT_DATA"
DESCRIPTOR = "datapackage.json"
TEXTS = "published_texts.csv"  # the published texts, beside the tables and no part of the package
ABOUT = "govstack_kit"  # what an update notes in the descriptor
DECLARED = read_schema(bundled("data") / DESCRIPTOR)
"""The tables of the framework, as they are declared."""
_AGAIN = "Run govstack-kit update once more, or govstack-kit update --reset to remove them."


# --- which are used -------------------------------------------------------------------------------


def own_folder() -> Path | None:
    """Return where the user's own tables are or would be; nothing if none are wanted."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named).expanduser().absolute() if named.strip() else None
    from platformdirs import user_data_path  # noqa: PLC0415 - only where the folder is looked for

    return user_data_path("govstack-kit", appauthor=False) / "data"


def descriptor_of(folder: Path) -> dict[str, Any]:
    """Return the descriptor of a data package.

    Raises
    ------
    ArgumentError
        If there is none, or it lists no tables.
    """
    file = folder / DESCRIPTOR
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if all(isinstance(resource["path"], str) for resource in found["resources"]):
            return found
    except OSError as error:
        raise ArgumentError(
            f"{file} cannot be read: {storage.said(error)}. A whole data package has this file."
        ) from None
    except (ValueError, KeyError, TypeError):
        pass
    raise ArgumentError(f"{file} is damaged: it is not JSON with a list of resources.")


def hash_of(raw: bytes) -> str:
    """Return the hash of the bytes of a file."""
    return hashlib.sha256(raw).hexdigest()


def hashes(folder: Path) -> dict[str, str]:
    """Return the hash that a data package records of each of its files."""
    resources = descriptor_of(folder)["resources"]
    return {r["path"]: str(r.get("hash", "")).removeprefix("sha256:") for r in resources}


@cache
def bundled_edition() -> str:
    """Return what tells the tables that come with the kit from those of another version.

    Examples
    --------
    >>> len(bundled_edition())
    64
    """
    return hash_of(json.dumps(sorted(hashes(bundled("data")).items())).encode())


def _form(descriptor: Mapping[str, Any]) -> list[Any]:
    """Return the tables and columns with their rules, without the words that explain them."""
    return [
        [
            resource["name"],
            resource["path"],
            [[f["name"], f["type"], f.get("constraints")] for f in resource["schema"]["fields"]],
            resource["schema"]["primaryKey"],
            resource["schema"].get("foreignKeys"),
        ]
        for resource in descriptor["resources"]
    ]


def _trouble(folder: Path) -> str:
    """Return why a folder cannot be used as the installed tables; nothing if it can."""
    try:
        if _form(descriptor_of(folder)) != _form(descriptor_of(bundled("data"))):
            return "were made for an older or newer version of the kit"
        for name, recorded in hashes(folder).items():
            if recorded != hash_of((folder / name).read_bytes()):
                return f"have been changed since they were written ({name})"
    except OSError as error:
        return f"cannot be read ({storage.said(error)}: {Path(error.filename or folder).name})"
    except (ArgumentError, KeyError, TypeError):
        return f"cannot be read ({DESCRIPTOR} is damaged)"
    return ""


def folder() -> Path:
    """Return the folder of the installed tables: the user's own if usable, else the bundled one.

    Warns
    -----
    UserWarning
        If the user has tables of their own that cannot be used, or that an update of the kit left
        behind; the sentence says what to do.

    Examples
    --------
    >>> (folder() / "datapackage.json").is_file()
    True
    """
    own = own_folder()
    if own is None or not (own / DESCRIPTOR).is_file():
        return bundled("data")
    if trouble := _trouble(own):
        warnings.warn(
            f"Your updated tables in {own} {trouble}, so the tables that come with the kit are "
            f"used. {_AGAIN}",
            stacklevel=3,
        )
        return bundled("data")
    if descriptor_of(own).get(ABOUT, {}).get("edition", "") != bundled_edition():
        warnings.warn(
            f"Your updated tables in {own} are in use, but this version of the kit comes with "
            f"tables that have changed since. {_AGAIN}",
            stacklevel=3,
        )
    return own


# --- writing --------------------------------------------------------------------------------------


def _recorded(descriptor: dict[str, Any], files: Mapping[str, bytes]) -> bytes:
    """Return a descriptor as bytes, with the size and hash of each file."""
    for resource in descriptor["resources"]:
        raw = files[resource["path"]]
        resource |= {"bytes": len(raw), "hash": f"sha256:{hash_of(raw)}"}
    return (json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n").encode()


def update_hashes(folder: Path) -> list[str]:
    """Write the size and hash of each file of a data package into its ``datapackage.json``.

    The tables are not examined here: do that first with :func:`govstack_kit.validate`.

    Parameters
    ----------
    folder
        The folder that holds ``datapackage.json``.

    Returns
    -------
    list of str
        The names of the files whose record has changed; where none has, nothing is written.

    Raises
    ------
    ArgumentError
        If ``datapackage.json`` is missing or damaged, or a file cannot be read or written; nothing
        is changed then.

    Examples
    --------
    >>> update_hashes(bundled("data"))
    []
    """
    descriptor, before = descriptor_of(folder), hashes(folder)
    try:
        files = {name: (folder / name).read_bytes() for name in before}
        changed = [name for name, raw in files.items() if hash_of(raw) != before[name]]
        if changed:
            storage.write_whole(folder / DESCRIPTOR, _recorded(descriptor, files))
    except OSError as error:
        raise ArgumentError(
            f"{error.filename or folder}: {storage.said(error)}. The descriptor is as it was."
        ) from None
    return changed


def previous(folder: Path) -> Path:
    """Return where the package is kept that `folder` held before the last one."""
    place = folder.absolute()
    return place.with_name(f"{place.name}.previous")


def _own_files() -> list[str]:
    return [DESCRIPTOR, TEXTS, *(table.path for table in DECLARED.values())]


def write_package(
    tables: Mapping[str, pd.DataFrame],
    folder: Path,
    *,
    texts: pd.DataFrame | None = None,
    about: Mapping[str, str] | None = None,
) -> None:
    """Write a data package to a folder: checked and as a whole, or not at all.

    Parameters
    ----------
    tables
        A frame for every table of the framework.
    folder
        Where it belongs; made if need be. The package that is there is kept beside it, in a folder
        with ``.previous`` after its name; files that belong to no package are left alone.
    texts
        Published texts, with the columns ``table``, ``key`` and ``text``, to be kept beside it.
    about
        What to note in the descriptor of how it came about.

    Raises
    ------
    TablesError
        If the tables are not valid; nothing is changed then.
    ArgumentError
        If the folder has files with the names of tables that no package wrote.
    OSError
        If a file cannot be written; nothing is changed then either.

    Examples
    --------
    >>> import tempfile, govstack_kit
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write_package(govstack_kit.load().tables(), Path(place, "mine"))
    ...     len(govstack_kit.load(Path(place, "mine")).sdg_targets)
    169
    """
    from govstack_kit.tables import package, validate  # noqa: PLC0415 - they load pandas

    cells = {name: package.cells_of(tables[name], table) for name, table in DECLARED.items()}
    problems = validate.Problems()
    validate.check(cells, DECLARED, {}, problems)
    package.refuse(problems.frame(), f"the tables that were to be written to {folder}")
    files = {DECLARED[name].path: package.csv_bytes(rows) for name, rows in cells.items()}
    more = {ABOUT: dict(about)} if about else {}
    described = _recorded(descriptor_of(bundled("data")) | more, files)
    if texts is not None:
        files[TEXTS] = package.csv_bytes(texts)
    files[DESCRIPTOR] = described
    for place in (folder, previous(folder)):
        there = [name for name in _own_files() if (place / name).exists()]
        if there and DESCRIPTOR not in there:
            raise ArgumentError(
                f"{place} has a file {there[0]} that no update wrote. Choose another folder."
            )
    _put(files, folder.absolute())


def _put(files: Mapping[str, bytes], folder: Path) -> None:
    """Put files in the place of those there, which are kept; undo everything if that fails."""
    stage, kept = folder / f".{os.getpid()}.new", previous(folder)
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    old = [name for name in _own_files() if (folder / name).is_file()]
    moved: list[tuple[Path, Path]] = []
    try:
        stage.mkdir(parents=True)
        for name, raw in files.items():
            storage.write_whole(stage / name, raw)
        kept.mkdir(exist_ok=True)
        for source, target, names in ((folder, kept, old), (stage, folder, files)):
            for name in names:
                (source / name).replace(target / name)
                moved.append((source / name, target / name))
    except BaseException:  # an interruption too: the package before goes back to its place
        for source, target in reversed(moved):
            target.replace(source)
        shutil.rmtree(stage, ignore_errors=True)
        for path in (kept, *made):
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        raise
    stage.rmdir()
    if not any(kept.iterdir()):
        kept.rmdir()


def remove_package(folder: Path) -> bool:
    """Remove a data package and the one before it; return whether there was one.

    Only files that a package consists of are removed, and folders that are empty then.
    """
    found = (folder / DESCRIPTOR).is_file()
    for place in (folder, previous(folder)):
        for name in _own_files() if (place / DESCRIPTOR).is_file() else ():
            (place / name).unlink(missing_ok=True)
        if place.is_dir() and not any(place.iterdir()):
            place.rmdir()
    return found
