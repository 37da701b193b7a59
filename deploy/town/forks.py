"""Start our own programs as forks of one process, and watch them as any other process.

Each runs by its own entry point, with its arguments, in its folder and in a process and
session of its own; only the reading of our packages is shared (`deploy.town.forking`).

Proven by tests/contract/test_forked_commands.py.
"""

import atexit
import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

SHARED = "TOWN_FORKER"
"""Names the socket of one process that forks for all that runs side by side."""
READ_WITHIN_SECONDS = 120.0


class Fork:
    """A running fork, with as much of `subprocess.Popen` as is asked of it.

    An exit code below 0 is the signal that ended it.
    """

    def __init__(self, told: IO[bytes]) -> None:
        self._told = told
        self._code: int | None = None
        self.pid = int(told.readline())

    def poll(self) -> int | None:
        """Give the exit code, or None while it runs."""
        return self._code if self._code is not None else self._listen(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the exit code; raises `subprocess.TimeoutExpired`."""
        code = self._code if self._code is not None else self._listen(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def _listen(self, timeout: float | None) -> int | None:
        if not select.select([self._told], [], [], timeout)[0]:
            return None
        with self._told:
            self._code = int(self._told.read())
        return self._code


def start_fork(
    command: Sequence[str], folder: Path, said: IO[Any], complained: IO[Any]
) -> Fork:
    """Start `signal-…` with its arguments in a folder, writing to these two files."""
    asking = _FORKER.open()
    told, tells = os.pipe()
    try:
        request = json.dumps([str(folder), list(command)]).encode()
        files = [said.fileno(), complained.fileno(), tells]
        socket.send_fds(asking, [request], files)
    finally:
        os.close(tells)
    return Fork(os.fdopen(told, "rb", buffering=0))


def environment() -> dict[str, str]:
    """Pass on our own environment, for output without colours."""
    return {**os.environ, "NO_COLOR": "1", "COLUMNS": "100"}  # noqa: TID251 - passed on


@dataclass
class _Forker:
    """The process that forks, from the first of them until this process ends."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    asking: socket.socket | None = None
    process: subprocess.Popen[bytes] | None = None

    def open(self) -> socket.socket:
        """Give the socket on which it is asked; starts it the first time."""
        with self.lock:
            if self.asking is None and SHARED in os.environ:  # noqa: TID251 - deploy/test's
                self.asking = _call(Path(os.environ[SHARED]))  # noqa: TID251 - as above
            if self.asking is None:
                self.asking, theirs = socket.socketpair(
                    socket.AF_UNIX, socket.SOCK_SEQPACKET
                )
                with theirs:
                    number = str(theirs.fileno())
                    self.process = subprocess.Popen(  # noqa: S603 - our own code
                        [sys.executable, "-c", _SERVE, number],
                        env=environment(),
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL,
                        pass_fds=[theirs.fileno()],
                        start_new_session=True,
                    )
            return self.asking

    def close(self) -> None:
        """End it; what was forked goes on."""
        with self.lock:
            if self.asking is not None:
                self.asking.close()
            if self.process is not None:
                self.process.wait()


def _call(place: Path) -> socket.socket:
    """Call the process that forks for everybody, once it has read what it forks."""
    deadline = time.monotonic() + READ_WITHIN_SECONDS
    while not place.with_name("ready").exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"nobody forks at {place}")
        time.sleep(0.05)
    asking = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    asking.connect(str(place))
    return asking


_SERVE = "from deploy.town.forking import main; main()"
_FORKER = _Forker()
atexit.register(_FORKER.close)
