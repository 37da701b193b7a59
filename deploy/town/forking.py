"""Run our own commands by forks of one process that has read our packages already.

`deploy.town.forks` starts it and asks over a socket. With each request come three open
files: where the program writes, where it complains, and where its number and at the end
its exit code are to be written. Most commands work for hundredths of a second; to start
Python and to read the packages takes one or two, forty times in a town. This process
ends when nobody holds the other end of the socket any more.

Two things differ from a program that is started by hand. What they seal under a
passphrase costs a guess the least that the product opens, for a town's passphrases lie
beside what they open (the cost of the product itself is tried by
tests/contract/test_ceremony_commands.py). And they leave without taking their modules
down.
"""

import atexit
import functools
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

PROGRAMS = {
    "signal-desk": "desk",
    "signal-index": "signal_index",
    "signal-keys": "keys",
    "signal-policy": "policy",
    "signal-portal": "portal",
    "signal-source": "sources",
}
LONGEST_REQUEST = 65_536
LEAST_COST = 2**14
Entry = Callable[[], None]


def wait_for_work(asked: socket.socket) -> Entry | None:
    """Fork for each request; what returns an entry is a fork, which is to run it."""
    entries = _read_all()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody here asks how a fork ended
    while True:
        request, files, _, _ = socket.recv_fds(asked, LONGEST_REQUEST, 3)
        if not request:
            return None
        if os.fork() == 0:
            asked.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _report(files[2])
            folder, command = json.loads(request)
            return _become(entries, folder, command, files)
        for file in files:
            os.close(file)


def take_callers(waiting: socket.socket) -> socket.socket:
    """Read all that is ours once, and give each caller a process that forks for it.

    What returns is such a process, with its caller's socket. It is said that somebody
    may call (a file `ready` beside the socket) when everything has been read.
    """
    _read_all()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    Path(waiting.getsockname()).with_name("ready").touch()
    while True:
        asked, _ = waiting.accept()
        if os.fork() == 0:
            waiting.close()
            return asked
        asked.close()


@cache
def _read_all() -> Mapping[str, Entry]:
    """Give the entry of each program, whose package has been read whole."""
    entries = {name: _read_whole(package) for name, package in PROGRAMS.items()}
    seal_lightly()
    gc.freeze()  # what every fork shares is not to be copied for being counted
    return entries


def _read_whole(package: str) -> Entry:
    """Import all of a package, also what its verbs import when they run."""
    path = importlib.import_module(package).__path__
    for module in pkgutil.walk_packages(path, f"{package}."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    entry: Entry = importlib.import_module(f"{package}.__main__").main
    return entry


def seal_lightly() -> None:
    """Have commands in this process seal at the least cost that the product opens.

    Half of what a town's start cost was sealing its shares, and opening them.
    """
    product = importlib.import_module("keys.sealing").PassphraseSealer
    cheap = functools.partial(product, cost=LEAST_COST)
    vars(importlib.import_module("keys.sealer_options")).update(PassphraseSealer=cheap)


def _report(told: int) -> None:
    """Fork once more: the child goes on, its parent tells its number and exit code."""
    child = os.fork()
    if child == 0:
        os.setsid()  # what a terminal sends to whoever asked is not for it
        return
    os.write(told, f"{child}\n".encode())
    _, status = os.waitpid(child, 0)
    os.write(told, str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(
    entries: Mapping[str, Entry],
    folder: str,
    command: Sequence[str],
    files: Sequence[int],
) -> Entry:
    for place, file in enumerate(files[:2], start=1):
        os.dup2(file, place)
    for file in files:
        os.close(file)
    # Anew, as where Python starts: what is a terminal now was none here.
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(  # noqa: SIM115
        2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False
    )
    os.chdir(folder)
    sys.argv = list(command)
    return entries[Path(command[0]).name]


def main() -> None:
    """Fork for whoever holds the other end of the socket with this number.

    Or, with the path of a socket, for everybody who calls there.
    """
    codes: list[int] = []
    atexit.register(leave, codes)  # the first to be told: it runs when all else has
    if sys.argv[1].isdecimal():
        asked = socket.socket(fileno=int(sys.argv[1]))
    else:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as waiting:
            waiting.bind(sys.argv[1])
            waiting.listen()
            asked = take_callers(waiting)
    with asked:
        entry = wait_for_work(asked)
    if entry:
        run_to_its_end(entry, codes)


def run_to_its_end(entry: Entry, codes: list[int]) -> None:
    """Run a program; keep the exit code of one that ends by saying it."""
    try:
        entry()
        codes.append(0)
    except SystemExit as end:
        if isinstance(end.code, int):
            codes.append(end.code)
        raise


def leave(codes: list[int]) -> None:
    """End here, when threads have ended and all that waits for the end was done.

    Python would then let go of every object of every package: each page that forks
    share would be copied first, a hundred megabytes a command, and thrown away.
    """
    for code in codes:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
