"""Run one of our own commands to its end, as its user would, and quickly (a fork).

Where the time or the memory of a command is measured,
`deploy.town.processes.run_command` starts it from nothing.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from deploy.town.forks import start_fork
from deploy.town.processes import raise_if_failed


def run(command: Sequence[str], folder: Path) -> str:
    """Run `signal-…` with its arguments in this folder and give what it printed.

    Raises `PartyFailed` with its words where its exit code is not 0.
    """
    code, printed, complained = attempt(command, folder)
    raise_if_failed(command, code, printed + complained)
    return printed


def attempt(command: Sequence[str], folder: Path) -> tuple[int, str, str]:
    """Run a command and give its exit code, what it printed and what it complained."""
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as wrong:
        code = start_fork(command, folder, said, wrong).wait()
        said.seek(0)
        wrong.seek(0)
        return code, said.read(), wrong.read()
