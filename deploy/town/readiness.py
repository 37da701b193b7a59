"""Whether a process that was started serves: that process, and no other in its place.

A port answers for whoever listens there, such as the server of another town. So the
kernel is asked first whose the listening socket is (/proc/net/tcp, /proc/PID/fd); no
server has to tell anything about itself for that.
"""

import socket
import sys
import time
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import httpx

PATIENCE_SECONDS = 60
"""For one that hangs: what ends, or is not the one that listens, shows at once."""
LOOK_AGAIN_SECONDS = 0.05
_LISTENS = "0A"
_WILDCARDS = {"0.0.0.0", "::"}  # noqa: S104 - recognised, not listened on


class Process(Protocol):
    """A process that was started, as `subprocess.Popen` has it."""

    @property
    def pid(self) -> int:
        """Its number."""

    def poll(self) -> int | None:
        """Give the exit code, or None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the exit code; raises `subprocess.TimeoutExpired`."""

    def send_signal(self, sig: int, /) -> None:
        """Send it a signal, unless it has ended."""


class NotReady(Exception):
    """The process will not serve there; says what was seen."""


def wait_until_ready(process: Process, health: str) -> None:
    """Wait until this process answers at its health address.

    Raises `NotReady` at once when it has ended or another process listens there, and
    after a minute of silence.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_ready(process, health):
        if time.monotonic() > deadline:
            raise NotReady("is silent")
        time.sleep(LOOK_AGAIN_SECONDS)


def is_ready(process: Process, health: str) -> bool:
    """Whether this process itself listens there and answers without an error.

    Raises `NotReady` when it has ended, or when another process listens there.
    """
    if process.poll() is not None:
        raise NotReady("ended")
    listening = _find_listeners(health)
    if not listening:
        return False
    try:
        own = _read_sockets(process.pid)
    except PermissionError:  # it lets nobody look into it (keys.memory) but root
        own = listening
    foreign = listening - own
    # Looked up again: a process that ends in between has let go of its own sockets.
    if foreign & _find_listeners(health):
        raise NotReady(f"does not listen at {health}: another process does")
    if foreign:
        return False
    try:
        return httpx.get(health, timeout=2).status_code < 500
    except httpx.TransportError:
        return False


def _find_listeners(url: str) -> set[str]:
    """Name every listening socket that a connection to this address may reach."""
    parts = urlsplit(url)
    found = socket.getaddrinfo(parts.hostname, parts.port, type=socket.SOCK_STREAM)
    reached = {str(address[0]) for *_, address in found} | _WILDCARDS
    tables = Path("/proc/net").glob("tcp*")  # tcp6 is not everywhere
    rows = [
        line.split()
        for table in tables
        for line in table.read_text("ascii").splitlines()[1:]
    ]
    return {
        f"socket:[{row[9]}]"
        for row in rows
        if row[3] == _LISTENS and _reaches(row[1], reached, parts.port)
    }


def _reaches(local: str, reached: set[str], port: int | None) -> bool:
    """Whether a row's local address, in the kernel's notation, is one of these."""
    address, number = local.split(":")
    words = (address[start : start + 8] for start in range(0, len(address), 8))
    packed = b"".join(int(word, 16).to_bytes(4, sys.byteorder) for word in words)
    return int(number, 16) == port and str(ip_address(packed)) in reached


def _read_sockets(pid: int) -> set[str]:
    """Name the sockets that a process has open; none once it has ended."""
    found = set()
    with suppress(FileNotFoundError, ProcessLookupError):  # ended
        for each in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed while we looked
                found.add(str(each.readlink()))
    return found
