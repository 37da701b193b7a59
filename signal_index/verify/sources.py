"""Where the verifier reads a ledger: a folder, an exported file, or HTTP.

All three hold the same paths below one prefix (c2sp.org/tlog-tiles): `checkpoint`,
`tile/0/000`, `tile/entries/000`.

- A source says None for what is not there; every other failure is `CannotJudge`.
- Nothing is trusted for where it comes from: the checkpoint's signature decides.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from signal_index.proof import MAX_NOTE_BYTES
from signal_index.verify.errors import CannotJudge

_THIS_MACHINE = {"127.0.0.1", "::1", "localhost"}
_ABSENT = {401, 403, 404}
_TIMEOUT = 30.0
DAMAGE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError)
"""What reading an archive that was cut off, changed or encrypted raises."""
_NO_ANSWER = (HTTPException, OSError, ValueError)
_LARGEST = 256 * (2 + 65_535)  # a bundle of the longest leaves


class LedgerSource(Protocol):
    """Gives what a path below the ledger's prefix holds."""

    @property
    def has_entries(self) -> bool:
        """Whether entries must be there: true for every export."""

    def read(self, path: str) -> bytes | None:
        """Give the bytes at a path, or None where nothing is there."""


class FolderSource:
    """A folder, as `signal-index export` or a mirror of the tiles makes it."""

    has_entries = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, path: str) -> bytes | None:
        """Give the bytes of a file below the folder."""
        try:
            return (self._folder / path).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as cause:
            raise CannotJudge("a file of the ledger cannot be read") from cause


class ArchiveSource:
    """One exported file (zip) with the same paths in it."""

    has_entries = True

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = set(archive.namelist())

    def read(self, path: str) -> bytes | None:
        """Give the bytes of a member."""
        if path not in self._names:
            return None
        if self._archive.getinfo(path).file_size > _LARGEST:
            raise CannotJudge("the exported file holds more than a ledger does")
        try:
            return self._archive.read(path)
        except (*DAMAGE, OSError, ValueError) as cause:
            raise CannotJudge("the exported file is damaged") from cause


class CheckpointFile:
    """A checkpoint by itself, as somebody kept it: nothing else of the ledger."""

    has_entries = False

    def __init__(self, note: bytes) -> None:
        self._note = note

    def read(self, path: str) -> bytes | None:
        """Give the checkpoint; nothing else is there."""
        return self._note if path == "checkpoint" else None


class HttpSource:
    """The public tiles of a year; entries only with an auditor's token.

    One connection for all of them, by way of the machine's proxy where it has one.
    """

    def __init__(self, address: str, token: str | None) -> None:
        """Take where the ledger is; raises `CannotJudge` where that is nowhere."""
        try:
            self._connection = _connect(urlsplit(address))
        except (HTTPException, ValueError) as cause:
            raise CannotJudge("there is no ledger at that place") from cause
        self._prefix = urlsplit(address).path.rstrip("/") + "/"
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self.has_entries = token is not None

    def read(self, path: str) -> bytes | None:
        """Give the body at a path; None where the server does not show it."""
        status, body = self._ask(path)
        if status in _ABSENT:
            return None
        if status != HTTPStatus.OK:
            raise CannotJudge(f"the server answers {status}")
        if len(body) > _LARGEST:
            raise CannotJudge("the server gives more than a ledger holds")
        return body

    def _ask(self, path: str) -> tuple[int, bytes]:
        try:
            return self._ask_once(path)
        except _NO_ANSWER:
            self.close()  # the server may have ended a connection that was idle
        try:
            return self._ask_once(path)
        except _NO_ANSWER as cause:
            raise CannotJudge("the server with the ledger does not answer") from cause

    def _ask_once(self, path: str) -> tuple[int, bytes]:
        self._connection.request("GET", self._prefix + path, headers=self._headers)
        with self._connection.getresponse() as answer:
            return answer.status, answer.read(_LARGEST + 1)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


def _connect(parts: SplitResult) -> HTTPConnection:
    if parts.scheme == "http":
        return HTTPConnection(parts.netloc, timeout=_TIMEOUT)
    host = parts.hostname or ""
    proxy = getproxies().get("https")
    if proxy is None or proxy_bypass(host):
        return HTTPSConnection(host, parts.port, timeout=_TIMEOUT)
    via = urlsplit(proxy if "//" in proxy else f"//{proxy}")
    made = HTTPSConnection(via.hostname or "", via.port, timeout=_TIMEOUT)
    made.set_tunnel(host, parts.port)
    return made


def _verify_private(address: str) -> None:
    """Raise `CannotJudge` for http to another machine: a token may go along."""
    parts = urlsplit(address)
    if parts.scheme == "http" and parts.hostname not in _THIS_MACHINE:
        raise CannotJudge("http leads to this machine alone; use https")


@contextmanager
def open_source(place: str, *, token: str | None = None) -> Iterator[LedgerSource]:
    """Open a URL, a folder, an exported file or a kept checkpoint; or `CannotJudge`."""
    if place.startswith(("https://", "http://")):
        _verify_private(place)
        with closing(HttpSource(place, token)) as source:
            yield source
        return
    path = Path(place)
    if path.is_dir():
        yield FolderSource(path)
        return
    try:
        if path.stat().st_size <= MAX_NOTE_BYTES and not zipfile.is_zipfile(path):
            yield CheckpointFile(path.read_bytes())
            return
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as cause:
        raise CannotJudge("there is no ledger at that place") from cause
    with archive:
        yield ArchiveSource(archive)
