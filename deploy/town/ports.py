"""Ports of this machine that are held: nobody is given one that another has.

A port that was only looked up is free until somebody takes it; so the launcher keeps a
socket bound to each of its ports for as long as its servers may need it.

- Bound and not listening: the kernel gives the port to nobody who asks for any, and a
  connection is refused while no server of ours runs there. With SO_REUSEADDR on both
  sides, as uvicorn, Node and PostgreSQL set it, a server may bind and listen beside it.
- That same option would let two launchers bind one port that both ask for by number.
  Hence a claim beside it, a Linux abstract socket named for address and port: one
  holder in a network namespace, and gone with its process, however that ends.
"""

import socket
from contextlib import ExitStack
from types import TracebackType
from typing import Self

LOOPBACK = "127.0.0.1"


class Ports:
    """Holds ports until the block is left; every launcher and test takes them here."""

    def __init__(self) -> None:
        self._held = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._held.close()

    def hold(self, preferred: int | None = None, host: str = LOOPBACK) -> int:
        """Hold `preferred` where nobody has it, else any free port, and name it.

        Raises `OSError` where this machine has no port left on that host.
        """
        if preferred is not None:
            try:
                return self._hold(preferred, host)
            except OSError:
                pass
        return self._hold(0, host)

    def _hold(self, port: int, host: str) -> int:
        with ExitStack() as held:
            bound = held.enter_context(socket.socket())
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((host, port))
            number = int(bound.getsockname()[1])
            claim = held.enter_context(socket.socket(socket.AF_UNIX))
            claim.bind(f"\0signal-index-port-{host}:{number}")
            self._held.push(held.pop_all())
        return number
