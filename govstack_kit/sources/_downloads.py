"""Downloading archives of repositories into a cache.

Beside each archive the cache holds a record: where it came from, what the server calls this version
of it (``ETag`` or ``Last-Modified``), and its hash. The next time the server is asked only whether
there is a newer one. What a broken run has finished is not even asked about by the run after it; an
archive that it has not finished starts again from its beginning, since the servers of GitHub make
archives as they send them and cannot go on in the middle.
"""

from __future__ import annotations

import errno
import json
import os
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govstack_kit.errors import UpdateError

if TYPE_CHECKING:
    from collections.abc import Callable

UPSTREAM = "https://github.com"
VARIABLE = "GOVSTACK_KIT_UPSTREAM"
CACHE = "GOVSTACK_KIT_CACHE"
RETRIES = 2  # after the first attempt, with a pause of 1 and then 2 seconds
TIMEOUT = (15, 60)  # seconds to connect, and without a byte
LARGEST = 500 * 1024 * 1024  # bytes of one archive
STALE = 24 * 3600  # seconds after which a broken run is forgotten
_PLACES = ("refs/heads/main", "HEAD")  # the branch that all have today; whatever it is called
_MISSING = (404, 410, 451)
FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


class MissingError(Exception):
    """A repository is not there, or cannot be had; the message says why."""


class _Unchanged(Exception):  # noqa: N818 - no error
    """The server has no newer version than the one in the cache."""


def cache_folder() -> Path:
    """Return where archives are kept: the user's cache, or what GOVSTACK_KIT_CACHE names."""
    import pooch  # noqa: PLC0415 - only where something is downloaded

    named = os.environ.get(CACHE, "").strip()
    return Path(named).expanduser() if named else Path(pooch.os_cache("govstack-kit"))


class _Progress:
    """Draws how much of an archive has arrived; where it is not seen, only counts."""

    def __init__(self, name: str, number: str) -> None:
        self.total, self._done, self._drawn = 0, 0, 0.0
        self._name, self._seen = f"{number} {name}", sys.stderr.isatty()

    def update(self, size: int) -> None:
        """Add `size` bytes."""
        self._done += size
        if self._done > LARGEST:
            raise UpdateError(
                f"The archive of {self._name.rpartition(' ')[2]} has more than "
                f"{LARGEST / 1e6:,.0f} MB, which no repository has that the kit reads. "
                "Nothing was changed."
            )
        if self._seen and time.monotonic() - self._drawn > 0.1:  # noqa: PLR2004 - seconds
            self._drawn = time.monotonic()
            self._draw()

    def _draw(self) -> None:
        shown = f"{self._done / 1e6:6.1f} MB"
        if self.total:
            filled = min(20 * self._done // self.total, 20)
            shown = f"[{'#' * filled}{'.' * (20 - filled)}] {shown} of {self.total / 1e6:.1f}"
        sys.stderr.write(f"\r{self._name} {shown} ")
        sys.stderr.flush()

    def reset(self) -> None:
        """Start anew; called when an archive is whole."""
        self._done = 0

    def close(self) -> None:
        """Remove what has been drawn."""
        if self._seen:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _status(error: Any) -> int:  # noqa: ANN401 - one of requests
    return int(error.response.status_code)


class Downloads:
    """Downloads the archives of repositories, each once.

    Parameters
    ----------
    say
        Is told what happens, in sentences.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._base = (os.environ.get(VARIABLE, "").strip() or UPSTREAM).rstrip("/")
        self.folder = cache_folder()
        self._broken = self.folder / "unfinished"
        self._since = float("inf")

    def all(self, repositories: list[str]) -> tuple[dict[str, Path], dict[str, str]]:
        """Return the archive of each repository, and why some could not be had.

        Raises
        ------
        UpdateError
            If the network cannot be reached, or a file cannot be written.
        """
        found: dict[str, Path] = {}
        missing: dict[str, str] = {}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._begin()
            for number, repository in enumerate(repositories, start=1):
                try:
                    found[repository] = self._one(repository, f"{number}/{len(repositories)}")
                except MissingError as error:
                    missing[repository] = str(error)
                    self._say(f"{repository} was skipped: {error}")
            self._broken.unlink(missing_ok=True)
        except UpdateError:
            raise
        except OSError as error:
            raise UpdateError(self._told(error)) from None
        return found, missing

    def _begin(self) -> None:
        """Note that a run has begun, or remember when the last one did that was broken off."""
        now = time.time()
        started = self._broken.stat().st_mtime if self._broken.is_file() else 0.0
        if now - started < STALE:
            self._since = started
            self._say("The last update broke off: what it had downloaded is used.")
        else:
            self._broken.write_text("", encoding="utf-8")

    def _one(self, repository: str, number: str) -> Path:
        """Return the archive of one repository, from the cache if there is no newer one."""
        name = re.sub(r"[^A-Za-z0-9._-]", "-", f"{repository}.zip")
        path = self.folder / name
        record = self._record(path)
        if record and record["time"] >= self._since:
            return path
        for place in _PLACES:
            url = f"{self._base}/{repository}/archive/{place}.zip"
            try:
                self._download(url, path, record if record.get("url") == url else {}, number)
            except _Unchanged:
                self._keep(path, record | {"time": time.time()})
                self._say(f"{number} {repository}: unchanged since the last download")
                return path
            except MissingError:
                if place == _PLACES[-1]:
                    raise
            else:
                size = path.stat().st_size / 1e6
                self._say(f"{number} {repository}: {size:.1f} MB")
                return path
        raise AssertionError  # the loop returns or raises

    def _record(self, path: Path) -> dict[str, Any]:
        """Return what is known of an archive in the cache; nothing if it is not the one known."""
        import pooch  # noqa: PLC0415 - only where something is downloaded

        try:
            record = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            if record["hash"] == pooch.file_hash(str(path)) and record["time"] > 0:
                return dict(record)
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return {}

    def forget(self, path: Path) -> None:
        """Remove an archive from the cache, because it is of no use."""
        path.unlink(missing_ok=True)
        path.with_suffix(".json").unlink(missing_ok=True)

    def _download(self, url: str, path: Path, record: dict[str, Any], number: str) -> None:
        """Download an archive to its place in the cache, whole or not at all."""
        import pooch  # noqa: PLC0415 - only where something is downloaded
        from requests import exceptions  # noqa: PLC0415 - came with pooch

        asked = {"If-None-Match": "etag", "If-Modified-Since": "modified"}
        headers = {name: record[key] for name, key in asked.items() if record.get(key)}
        seen: dict[str, str] = {}

        def look(response: Any, **_: object) -> None:  # noqa: ANN401 - one of requests
            if response.is_redirect:
                return
            if response.status_code == 304:  # noqa: PLR2004 - not modified
                response.close()
                raise _Unchanged
            if response.status_code in _MISSING:
                response.close()
                raise MissingError(f"{url} does not exist (HTTP {response.status_code}).")
            seen["etag"] = response.headers.get("ETag", "")
            seen["modified"] = response.headers.get("Last-Modified", "")

        name = f"{path.name}.new"
        new = self.folder / name
        new.unlink(missing_ok=True)
        fetcher = pooch.create(
            path=str(self.folder),
            base_url="",
            registry={name: None},
            urls={name: url},
            retry_if_failed=RETRIES,
        )
        downloader = pooch.HTTPDownloader(
            progressbar=_Progress(path.stem, number),
            chunk_size=1 << 16,
            headers={"User-Agent": "govstack-kit"} | headers,
            hooks={"response": look},
            timeout=TIMEOUT,
        )
        logger = pooch.get_logger()
        level = logger.level
        logger.setLevel("CRITICAL")  # what it would say, we say
        try:
            fetcher.fetch(name, downloader=downloader)
        except exceptions.HTTPError as error:
            raise MissingError(f"the server says HTTP {_status(error)}.") from None
        finally:
            logger.setLevel(level)
        self.forget(path)
        new.replace(path)
        record = {"url": url, "hash": pooch.file_hash(str(path)), "time": time.time()}
        self._keep(path, record | seen)

    @staticmethod
    def _keep(path: Path, record: dict[str, Any]) -> None:
        path.with_suffix(".json").write_text(json.dumps(record), encoding="utf-8")

    def _told(self, error: OSError) -> str:
        """Say why nothing could be downloaded, and what to do."""
        from requests import exceptions  # noqa: PLC0415 - came with pooch

        kept = "What has been downloaded is kept for the next attempt; the tables are unchanged."
        if error.errno in FULL:
            return f"The disk is full. Free some space, then give the same command again. {kept}"
        if isinstance(error, exceptions.ProxyError):
            return f"The proxy did not answer; check HTTPS_PROXY. {kept}"
        if isinstance(error, exceptions.SSLError):
            return (
                f"The connection to {self._base} is not secure: the certificate could not be "
                f"checked. On a network with its own certificates, set REQUESTS_CA_BUNDLE. {kept}"
            )
        if isinstance(error, exceptions.ChunkedEncodingError):
            return f"A download broke off. Give the same command again. {kept}"
        if isinstance(error, (exceptions.ConnectionError, exceptions.Timeout)):
            return (
                f"There is no connection to {self._base}. Check the network, or HTTPS_PROXY if "
                "there is a proxy, and give the same command again; or read copies that you have: "
                f"govstack-kit update --from FOLDER. {kept}"
            )
        return f"Downloading failed ({error}). Give the same command again. {kept}"
