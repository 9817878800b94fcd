"""Downloading one interface that somebody asked for by its address.

Only http and https are spoken, on each step of a redirection as well, and never back from https to
http; what arrives is limited in size and time, compressed or not. The file is not kept: an
interface is asked for again when it is compared again, because it may have changed.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from govstack_kit.errors import ArgumentError
from govstack_kit.sources._reading import LARGEST

if TYPE_CHECKING:
    from pathlib import Path

TIMEOUT = (15, 60)  # seconds to connect, and without a byte
LONGEST = 300  # seconds for the whole file
REDIRECTIONS = 5
_PIECE = 1 << 16


def is_address(value: object) -> bool:
    """Return whether a text is the address of a file elsewhere.

    Examples
    --------
    >>> is_address("https://example.org/openapi.yaml"), is_address("openapi.yaml")
    (True, False)
    """
    return isinstance(value, str) and "://" in value[:16]


def shown(address: str) -> str:
    """Return an address without a name, password or key that it may carry.

    Examples
    --------
    >>> shown("https://me:secret@example.org/openapi.yaml?key=secret")
    'https://example.org/openapi.yaml'
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return "the address"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def fetch(address: str, folder: Path) -> Path:
    """Download a file into a folder and return where it is.

    Raises
    ------
    ArgumentError
        If it cannot be had, with the reason.
    """
    import requests  # noqa: PLC0415 - came with pooch, only where something is downloaded

    began = time.monotonic()
    secure = address.lower().startswith("https://")
    try:
        with requests.Session() as session:
            for _ in range(REDIRECTIONS + 1):
                _check(address, secure=secure)
                headers = {"User-Agent": "govstack-kit"}
                with session.get(
                    address, headers=headers, stream=True, timeout=TIMEOUT, allow_redirects=False
                ) as answer:
                    if answer.is_redirect:
                        address = urljoin(address, answer.headers["location"])
                        continue
                    if not answer.ok:
                        raise ArgumentError(
                            f"{shown(address)} cannot be had: the server says HTTP "
                            f"{answer.status_code}. Check the address in a browser."
                        )
                    path = folder / _name(address)
                    _save(answer.iter_content(_PIECE), path, address, began)
                    return path
    except (requests.RequestException, OSError, ValueError) as error:
        if isinstance(error, ArgumentError):
            raise
        raise ArgumentError(
            f"{shown(address)} cannot be had ({type(error).__name__}). Check the address and the "
            "network, or HTTPS_PROXY if there is a proxy; or save the file and give its path."
        ) from None
    raise ArgumentError(f"{shown(address)} is only redirected, more than {REDIRECTIONS} times.")


def _check(address: str, *, secure: bool) -> None:
    """Refuse what is not to be asked."""
    scheme = urlsplit(address).scheme.lower()
    if scheme not in (("https",) if secure else ("http", "https")):
        allowed = "https" if secure else "http and https"
        raise ArgumentError(
            f"{shown(address)} is not asked: only addresses with {allowed} are, and redirections "
            "from https stay with it. Save the file and give its path."
        )


def _name(address: str) -> str:
    """Return a file name of our own with the ending of the address."""
    path = urlsplit(address).path.lower()
    ending = next((end for end in (".json", ".yaml", ".yml") if path.endswith(end)), "")
    return f"interface{ending}"


def _save(pieces: object, path: Path, address: str, began: float) -> None:
    """Write what arrives, as long as it is small enough and arrives soon enough."""
    size = 0
    with path.open("wb") as file:
        for piece in pieces:  # type: ignore[attr-defined]
            size += len(piece)
            if size > LARGEST or time.monotonic() - began > LONGEST:
                raise ArgumentError(
                    f"{shown(address)} has more than {LARGEST / 1e6:,.0f} MB or takes longer than "
                    f"{LONGEST / 60:.0f} minutes. Give the interface alone, saved as a file."
                )
            file.write(piece)
