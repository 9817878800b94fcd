"""The sizes and hashes that ``datapackage.json`` records of its files, and writing them anew.

A *hash* is the SHA-256 of the bytes of a file. :func:`govstack_kit.load` reads the bundled files
without examining them as long as their hashes agree, so whoever edits a table brings them up to
date: ``govstack-kit validate data --update-hashes``.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from govstack_kit.errors import ArgumentError

if TYPE_CHECKING:
    from pathlib import Path


def _descriptor(file: Path) -> dict[str, Any]:
    """Read a ``datapackage.json``, or say what is wrong with it."""
    try:
        descriptor = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ArgumentError(
            f"There is no datapackage.json in {file.parent}, so there are no hashes to update. "
            "Only the folder of a whole data package has one."
        ) from None
    except OSError as error:
        raise ArgumentError(f"{file} cannot be read ({error.strerror}).") from None
    except ValueError as error:
        raise ArgumentError(f"{file} is not valid JSON: {error}.") from None
    resources = descriptor.get("resources") if isinstance(descriptor, dict) else None
    if not isinstance(resources, list) or not all(
        isinstance(resource, dict) and isinstance(resource.get("path"), str)
        for resource in resources
    ):
        raise ArgumentError(f"{file} has no list of resources, each with the path of its file.")
    return dict(descriptor)


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
        If ``datapackage.json`` is missing or damaged, or one of its files cannot be read, or the
        new text cannot be written; nothing is changed then.

    Examples
    --------
    >>> from govstack_kit.framework import schema
    >>> update_hashes(schema.folder())
    []
    """
    file = folder / "datapackage.json"
    descriptor = _descriptor(file)
    changed = []
    for resource in descriptor["resources"]:
        path = resource["path"]
        try:
            raw = (folder / path).read_bytes()
        except OSError as error:
            raise ArgumentError(
                f"{file} names {path!r}, which cannot be read ({error.strerror})."
            ) from None
        record = {"bytes": len(raw), "hash": f"sha256:{hashlib.sha256(raw).hexdigest()}"}
        if any(resource.get(name) != value for name, value in record.items()):
            resource.update(record)
            changed.append(path)
    if changed:
        text = json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n"
        part = file.with_name(f".{file.name}.{os.getpid()}.part")
        try:
            part.write_text(text, encoding="utf-8", newline="\n")
            part.replace(file)  # at once: a reader sees the old text or the new one
        except OSError as error:
            raise ArgumentError(f"{file} cannot be written ({error.strerror}).") from None
        finally:
            part.unlink(missing_ok=True)
    return changed
