"""Which tables are installed: those that come with the kit, or the user's own newer ones.

``govstack-kit update`` writes a data package to a folder of the user's own. It is used as long as
its files are as they were written and its tables have the columns that this version of the kit
knows; otherwise the tables that come with the kit are, and a warning says so in a sentence.

The environment variable ``GOVSTACK_KIT_DATA`` names another folder; empty, it means that only the
tables that come with the kit are wanted.
"""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from functools import cache
from pathlib import Path
from typing import Any

from govstack_kit._paths import bundled

VARIABLE = "GOVSTACK_KIT_DATA"
DESCRIPTOR = "datapackage.json"
TEXTS = "texts.csv"  # the published texts, beside the tables and no part of the package
ABOUT = "govstack_kit"  # what an update notes in the descriptor
_AGAIN = "Run govstack-kit update once more, or govstack-kit update --reset to remove them."


def own_folder() -> Path | None:
    """Return where the user's own tables are or would be; nothing if none are wanted."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named).expanduser().absolute() if named.strip() else None
    from platformdirs import user_data_path  # noqa: PLC0415 - only where the folder is looked for

    return user_data_path("govstack-kit", appauthor=False) / "data"


@cache
def _bundled_descriptor() -> dict[str, Any]:
    return dict(json.loads((bundled("data") / DESCRIPTOR).read_text(encoding="utf-8")))


def edition(descriptor: dict[str, Any]) -> str:
    """Return what tells the contents of one data package from those of another.

    Examples
    --------
    >>> edition({"resources": []}) == edition({"resources": [{"path": "a.csv", "hash": "1"}]})
    False
    """
    found = [[resource["path"], resource.get("hash", "")] for resource in descriptor["resources"]]
    return hashlib.sha256(json.dumps(sorted(found)).encode()).hexdigest()


def bundled_edition() -> str:
    """Return the edition of the tables that come with the kit."""
    return edition(_bundled_descriptor())


def _form(descriptor: dict[str, Any]) -> list[Any]:
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
        descriptor = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
        if _form(descriptor) != _form(_bundled_descriptor()):
            return "were made for an older or newer version of the kit"
        for name, recorded in hashes(folder).items():
            if recorded != hashlib.sha256((folder / name).read_bytes()).hexdigest():
                return f"have been changed since they were written ({name})"
    except OSError as error:
        return f"cannot be read ({error.strerror}: {Path(error.filename or folder).name})"
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"cannot be read ({DESCRIPTOR} is damaged)"
    return ""


def hashes(folder: Path) -> dict[str, str]:
    """Return the hash that a data package gives for each of its files."""
    descriptor = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    return {r["path"]: r["hash"].removeprefix("sha256:") for r in descriptor["resources"]}


def edition_noted(folder: Path) -> str:
    """Return the edition of the kit's own tables that an update was laid over."""
    descriptor = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    return str(descriptor.get(ABOUT, {}).get("edition", ""))


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
    trouble = _trouble(own)
    if trouble:
        warnings.warn(
            f"Your updated tables in {own} {trouble}, so the tables that come with the kit are "
            f"used. {_AGAIN}",
            stacklevel=4,
        )
        return bundled("data")
    if edition_noted(own) != bundled_edition():
        warnings.warn(
            f"Your updated tables in {own} are in use, but this version of the kit comes with "
            f"tables that have changed since. {_AGAIN}",
            stacklevel=4,
        )
    return own
