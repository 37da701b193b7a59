"""Run our own commands by forks of one process that has read our packages already.

`deploy.town.forks` starts it and asks over a socket. With each request come three open
files: where the program writes, where it complains, and where its number and at the end
its exit code are to be written. Most commands work for hundredths of a second; to start
Python and to read the packages takes one or two, forty times in a town. This process
ends when nobody holds the other end of the socket any more.
"""

import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PROGRAMS = {
    "signal-desk": "desk",
    "signal-index": "signal_index",
    "signal-keys": "keys",
    "signal-source": "sources",
}
LONGEST_REQUEST = 65_536
Entry = Callable[[], None]


def wait_for_work(asked: socket.socket) -> Entry | None:
    """Fork for each request; what returns an entry is a fork, which is to run it."""
    entries = {name: _read_whole(package) for name, package in PROGRAMS.items()}
    gc.freeze()  # what every fork shares is not to be copied for being counted
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


def _read_whole(package: str) -> Entry:
    """Import all of a package, also what its verbs import when they run."""
    path = importlib.import_module(package).__path__
    for module in pkgutil.walk_packages(path, f"{package}."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    entry: Entry = importlib.import_module(f"{package}.__main__").main
    return entry


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
    os.chdir(folder)
    sys.argv = list(command)
    return entries[Path(command[0]).name]


def main() -> None:
    """Fork for whoever holds the other end of the socket with this number."""
    with socket.socket(fileno=int(sys.argv[1])) as asked:
        entry = wait_for_work(asked)
    if entry:
        entry()
