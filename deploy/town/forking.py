"""Run our own commands by forks of one process that has read our packages already.

`deploy.town.commands` starts it and asks over a socket. With each request come three
open files: where the command writes, where it complains, and where its exit code is to
be written. A command works for hundredths of a second; to start Python and to read the
packages takes one or two, thirty times in a town's founding. This process ends when
nobody holds the other end of the socket any more.
"""

import gc
import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence

PROGRAMS = {
    "signal-desk": "desk.__main__",
    "signal-index": "signal_index.__main__",
    "signal-keys": "keys.__main__",
    "signal-source": "sources.__main__",
}
LONGEST_REQUEST = 65_536
Entry = Callable[[], None]


def wait_for_work(asked: socket.socket) -> Entry | None:
    """Fork for each request; what returns an entry is a fork, which is to run it."""
    entries: Mapping[str, Entry] = {
        name: importlib.import_module(module).main for name, module in PROGRAMS.items()
    }
    gc.freeze()  # what every fork shares is not to be copied for being counted
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody here asks how a fork ended
    while True:
        request, files, _, _ = socket.recv_fds(asked, LONGEST_REQUEST, 3)
        if not request:
            return None
        if os.fork() == 0:
            asked.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _report_end_of_fork(files[2])
            folder, command = json.loads(request)
            return _become(entries, folder, command, files)
        for file in files:
            os.close(file)


def _report_end_of_fork(ended: int) -> None:
    """Fork once more: the child goes on, its parent waits and reports its exit code."""
    child = os.fork()
    if child == 0:
        return
    _, status = os.waitpid(child, 0)
    os.write(ended, str(os.waitstatus_to_exitcode(status)).encode())
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
    return entries[command[0]]


def main() -> None:
    """Fork for whoever holds the other end of the socket with this number."""
    with socket.socket(fileno=int(sys.argv[1])) as asked:
        entry = wait_for_work(asked)
    if entry:
        entry()
