"""The one way in which a service of ours serves: uvicorn, behind our door.

Its access log is off; a peer's word for where a request comes from counts only of a
proxy that the limits trust.
"""

import signal
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import Any, Final, Literal

import uvicorn
from starlette.types import ASGIApp

from keys.edge.door import Door, GuardedConnection
from keys.edge.errors import CannotListen
from keys.edge.limits import EdgeLimits, Seen
from keys.reaching import is_this_machine

GRACE_SECONDS: Final = 10
"""How long requests in hand may take when it is told to stop."""


def make_server(
    app: ASGIApp,
    place: tuple[str, int],
    limits: EdgeLimits,
    tell: Callable[[Seen], None],
    *,
    headers: Mapping[str, str] | None = None,
    lifespan: Literal["auto", "off"] = "auto",
    kind: type[uvicorn.Server] = uvicorn.Server,
) -> uvicorn.Server:
    """Make a server for an application at a host and port.

    `tell`: hears each second of what was refused at the door. `headers`: those that the
    service gives with every answer, for the refusals that no application sees. Raises
    `CannotListen` where it would serve another machine without TLS.
    """
    door = Door(limits, headers or {}, tell)
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
