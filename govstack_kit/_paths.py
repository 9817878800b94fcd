"""Where the bundled data and notebooks are, in a checkout and in an installed package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def bundled(name: str) -> Path:
    """Return the bundled folder `name` (``data`` or ``notebooks``).

    An installed package carries the folder inside itself; a checkout has it beside the package.

    Examples
    --------
    >>> (bundled("data") / "datapackage.json").is_file()
    True
    """
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
