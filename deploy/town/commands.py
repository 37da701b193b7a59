"""Run one of our own commands to its end, as its user would, and quickly.

The command's own entry point runs with its arguments, in its folder and in a process of
its own; only the reading of our packages is shared (`deploy.town.forking`). Where the
time or the memory of a command is measured, `deploy.town.processes.run_command` starts
it from nothing.

Proven by tests/contract/test_forked_commands.py.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from deploy.town.processes import environment, raise_if_failed


def run(command: Sequence[str], folder: Path) -> str:
    """Run `signal-…` with its arguments in this folder and give what it printed.

    Raises `PartyFailed` with its words where its exit code is not 0.
    """
    code, printed, complained = attempt(command, folder)
    raise_if_failed(command, code, printed + complained)
    return printed


def attempt(command: Sequence[str], folder: Path) -> tuple[int, str, str]:
    """Run a command and give its exit code, what it printed and what it complained.

    A code below 0 is the signal that ended it.
    """
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as wrong:
        code = _FORKER.run(command, folder, said, wrong)
        said.seek(0)
        wrong.seek(0)
        return code, said.read(), wrong.read()


@dataclass
class _Forker:
    """The process that forks, from the first command until this process ends."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    asking: socket.socket | None = None
    process: subprocess.Popen[bytes] | None = None

    def run(
        self, command: Sequence[str], folder: Path, said: IO[str], wrong: IO[str]
    ) -> int:
        """Run a command with these files to write to, and give its exit code."""
        asking = self._open()
        ended, end = os.pipe()
        try:
            request = json.dumps([str(folder), list(command)]).encode()
            socket.send_fds(asking, [request], [said.fileno(), wrong.fileno(), end])
        finally:
            os.close(end)
        with os.fdopen(ended, "rb") as told:  # its end comes with the process's own
            return int(told.read() or b"-1")

    def _open(self) -> socket.socket:
        with self.lock:
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


_SERVE = "from deploy.town.forking import main; main()"
_FORKER = _Forker()
