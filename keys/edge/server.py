"""The one way in which a service of ours serves: uvicorn, behind our door.

Its access log is off; a peer's word for where a request comes from counts only of a
proxy that the limits trust. It may open as many files as its limits can need.
"""

import signal
import ssl
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from importlib import import_module
from types import FrameType
from typing import Any, Final, Literal

import uvicorn
from starlette.types import ASGIApp

from keys.edge.door import Door, GuardedConnection
from keys.edge.errors import CannotListen, TooFewFiles
from keys.edge.limits import PATIENCE, EdgeLimits, Seen
from keys.reaching import is_this_machine

GRACE_SECONDS: Final = 10
"""How long requests in hand may take when it is told to stop."""
SPARE_FILES: Final = 256
"""What a service has open beside connections: its database, other parties, its log."""


def make_server(
    app: ASGIApp,
    place: tuple[str, int],
    limits: EdgeLimits,
    tell: Callable[[Seen], None],
    *,
    headers: Mapping[str, str] | None = None,
    lifespan: Literal["auto", "off"] = "auto",
    kind: type[uvicorn.Server] = uvicorn.Server,
    patience: float = PATIENCE,
) -> uvicorn.Server:
    """Make a server for an application at a host and port.

    `tell`: hears each second of what was refused at the door. `headers`: those that the
    service gives with every answer, for the refusals that no application sees. Raises
    `CannotListen` where it would serve another machine without TLS, or may not have as
    many connections as its limits say.
    """
    _allow_files(limits.connections)
    door = Door(limits, headers or {}, tell, patience)
    connection: Any = partial(GuardedConnection, door=door)
    host, port = place
    if limits.certificate is None and not is_this_machine(host):
        raise CannotListen(
            "host: off this machine it listens with edge.certificate alone"
        )
    return kind(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=connection,
            ws="none",
            lifespan=lifespan,
            access_log=False,
            log_config=None,
            server_header=False,
            forwarded_allow_ips=list(limits.trusted_proxies),
            timeout_graceful_shutdown=GRACE_SECONDS,
            **_tls(limits),
        )
    )


def verify_files(connections: int, most: int) -> int:
    """Give how many files are needed, or raise `TooFewFiles` where fewer may be open.

    `most`: below 0 where there is no bound. Beyond what a process may have the system
    refuses everybody, whoever took them all.
    """
    needed = 2 * connections + SPARE_FILES  # those inside, and those put off
    if 0 <= most < needed:
        raise TooFewFiles(f"edge.connections: this process may open {most} files")
    return needed


def _allow_files(connections: int) -> None:
    """Let this process open as many files as its limits can need."""
    if sys.platform == "win32":  # which has no such bound
        return
    resource = import_module("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = verify_files(connections, hard)
    if 0 <= soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def _tls(limits: EdgeLimits) -> dict[str, Any]:
    if limits.certificate is None:
        return {}
    asked = {
        "ssl_ca_certs": str(limits.client_authority),
        "ssl_cert_reqs": ssl.CERT_REQUIRED,
    }
    return {
        "ssl_certfile": limits.certificate,
        "ssl_keyfile": limits.private_key,
        **(asked if limits.client_authority else {}),
    }


def serve_until_told(server: uvicorn.Server) -> bool:
    """Serve until SIGTERM or SIGINT, and return; False where it could not start."""
    # uvicorn raises the signal again once it has shut down; this lets us end with 0.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ignore)
    with suppress(SystemExit):  # uvicorn's own exit code for a start that failed
        server.run()
    return server.started


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: the server has already stopped."""
