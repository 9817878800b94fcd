"""Writing tables as a data package: whole, checked and then put in place, or not at all.

The package is written to a new folder beside its place and validated there. Only then does it take
the place of the one before, which stays beside it with ``.previous`` after its name.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from typing import TYPE_CHECKING, Any

from govstack_kit.errors import TablesError
from govstack_kit._paths import bundled
from govstack_kit.framework import installed, schema
from govstack_kit.framework.framework import to_cells
from govstack_kit.framework.validate import examine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV file in the form of the kit: commas, quotation marks where needed, plain lines.

    The bytes are on the disk when this returns.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
        file.flush()
        os.fsync(file.fileno())


def previous(folder: Path) -> Path:
    """Return where the package is kept that `folder` held before the last one."""
    return folder.with_name(f"{folder.name}.previous")


def write_package(
    tables: Mapping[str, pd.DataFrame],
    folder: Path,
    *,
    texts: pd.DataFrame | None = None,
    about: Mapping[str, str] | None = None,
) -> None:
    """Write a data package to a folder, in place of the one that is there.

    Parameters
    ----------
    tables
        A frame for every table of the schema.
    folder
        Where it belongs; made if need be. Files that are no part of a package are carried over.
    texts
        Published texts, with the columns ``table``, ``key`` and ``text``, to be kept beside it.
    about
        What to note in the descriptor of how it came about.

    Raises
    ------
    TablesError
        If the tables are not valid; nothing is changed then.
    OSError
        If a file cannot be written; nothing is changed then either.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import govstack_kit
    >>> framework = govstack_kit.load()
    >>> tables = {name: getattr(framework, name) for name in schema.tables()}
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write_package(tables, Path(place, "mine"))
    ...     len(govstack_kit.load(Path(place, "mine")).sdg_targets)
    169
    """
    folder = folder.absolute()
    new = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    try:
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        _write(tables, new, texts, about)
        _, problems = examine(new)
        if len(problems):
            raise TablesError(f"the tables that were to be written to {folder}", problems)
        _carry_over(folder, new)
        _swap(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _write(
    tables: Mapping[str, pd.DataFrame],
    folder: Path,
    texts: pd.DataFrame | None,
    about: Mapping[str, str] | None,
) -> None:
    descriptor: dict[str, Any] = json.loads(
        (bundled("data") / installed.DESCRIPTOR).read_text(encoding="utf-8")
    )
    for resource in descriptor["resources"]:
        table = schema.table(resource["name"])
        path = folder / table.file
        write_csv(path, table.columns, to_cells(tables[table.name], table))
        raw = path.read_bytes()
        resource["bytes"] = len(raw)
        resource["hash"] = f"sha256:{hashlib.sha256(raw).hexdigest()}"
    if about:
        descriptor[installed.ABOUT] = dict(about)
    if texts is not None:
        write_csv(folder / installed.TEXTS, list(texts.columns), texts.to_numpy().tolist())
    text = json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n"
    (folder / installed.DESCRIPTOR).write_text(text, encoding="utf-8", newline="\n")


def _carry_over(old: Path, new: Path) -> None:
    """Copy what is no part of a package, such as a note that somebody put beside the tables."""
    own = {table.file for table in schema.tables().values()}
    own |= {installed.DESCRIPTOR, installed.TEXTS}
    for path in sorted(old.iterdir()) if old.is_dir() else ():
        if path.name in own or path.suffix == ".part":
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, new / path.name, symlinks=True)
        else:
            shutil.copy2(path, new / path.name, follow_symlinks=False)


def _swap(new: Path, folder: Path) -> None:
    """Put `new` in the place of `folder`, whose package is kept; undo everything if that fails."""
    before = previous(folder)
    shutil.rmtree(before, ignore_errors=True)
    moved = folder.exists()
    if moved:
        folder.rename(before)
    try:
        new.rename(folder)
    except BaseException:  # an interruption too: the package before goes back to its place
        if moved and not folder.exists():
            before.rename(folder)
        raise


def remove_package(folder: Path) -> bool:
    """Remove a data package and the one before it; return whether there was one.

    Only files that a package consists of are removed, and folders that are empty then.
    """
    own = [table.file for table in schema.tables().values()]
    found = (folder / installed.DESCRIPTOR).is_file()
    for place in (folder, previous(folder)):
        for name in (installed.DESCRIPTOR, *own, installed.TEXTS):
            (place / name).unlink(missing_ok=True)
        if place.is_dir() and not any(place.iterdir()):
            place.rmdir()
    return found
