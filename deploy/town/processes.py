"""Start the town's processes, wait until each itself serves, and stop all of them.

Every process writes its output to a file of its own in the town's `log` folder,
so that `--check` can search it. A process that dies while the others start is
reported at once by name with the last lines it wrote, in one message.
"""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.town.forking import PROGRAMS
from deploy.town.forks import environment, start_fork
from deploy.town.readiness import (
    LOOK_AGAIN_SECONDS,
    PATIENCE_SECONDS,
    NotReady,
    Process,
    is_ready,
)

STOP_SECONDS = 10


class PartyFailed(Exception):
    """A process did not start, or a command ended badly; holds what it said."""


@dataclass(frozen=True)
class Party:
    """One process: its name, its command, and where it says that it is well."""

    name: str
    command: Sequence[str]
    health: str


@dataclass
class Processes:
    """The running processes of one town; leaving the block stops them all.

    `forks`: our own programs start as forks, which is quicker; not where their time or
    memory is measured.
    """

    folder: Path
    log: Path
    forks: bool = False
    running: dict[str, Process] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        self.log.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop_all()
        self._stack.close()

    def start(self, party: Party) -> None:
        """Start one process in its own group; its output goes to `log/NAME.log`."""
        output = self._stack.enter_context(self._path(party.name).open("ab"))
        if self.forks and Path(party.command[0]).name in PROGRAMS:
            self.running[party.name] = start_fork(
                party.command, self.folder, output, output
            )
            return
        self.running[party.name] = subprocess.Popen(  # noqa: S603 - our own commands
            list(party.command),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def start_together(self, parties: Sequence[Party]) -> None:
        """Start several processes at once and wait until each of them serves.

        Raises `PartyFailed` naming the first that ended, that stayed silent, or in
        whose place another process listens.
        """
        for party in parties:
            self.start(party)
        deadline = time.monotonic() + PATIENCE_SECONDS
        waiting = list(parties)
        while waiting := [party for party in waiting if not self._is_ready(party)]:
            if time.monotonic() > deadline:
                raise PartyFailed(self._describe(waiting[0].name, "is silent"))
            time.sleep(LOOK_AGAIN_SECONDS)

    def stop(self, name: str) -> None:
        """Ask one process to stop; end it after ten seconds."""
        process = self.running.pop(name)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def stop_all(self) -> None:
        """Stop every process, last started first."""
        for process in self.running.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for name in reversed(list(self.running)):
            self.stop(name)

    def find_dead(self) -> str | None:
        """Name a process that has ended by itself, if any."""
        for name, process in self.running.items():
            if process.poll() is not None:
                return name
        return None

    def _is_ready(self, party: Party) -> bool:
        try:
            return is_ready(self.running[party.name], party.health)
        except NotReady as reason:
            raise PartyFailed(self._describe(party.name, str(reason))) from None

    def _path(self, name: str) -> Path:
        return self.log / f"{name}.log"

    def _describe(self, name: str, what: str) -> str:
        """Say what became of a process, with its last words."""
        lines = self._path(name).read_text(errors="replace").splitlines()
        return "\n".join([f"{name} {what}:", *lines[-15:]])


def run_command(command: Sequence[str], folder: Path) -> str:
    """Run one command from nothing to its end, and give its output.

    Raises `PartyFailed` with its words where its exit code is not 0.
    """
    done = subprocess.run(  # noqa: S603 - our own commands
        list(command),
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    raise_if_failed(command, done.returncode, done.stdout + done.stderr)
    return done.stdout


def raise_if_failed(command: Sequence[str], code: int, said: str) -> None:
    """Raise `PartyFailed` with the last words of a command that ended badly."""
    if code != 0:
        name = " ".join(command[:3])
        raise PartyFailed(f"{name} gave {code}:\n{said[-2000:]}")
