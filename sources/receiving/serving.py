"""Serve the receiver of events beside the agent, with the extra `receiver`."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import uvicorn

from sources.errors import InvalidAgencySettings
from sources.feed_settings import ReceiverRow
from sources.receiving.app import Keep, Receiver, make_app
from sources.receiving.signatures import EventSender, parse_sender

MOST_CONNECTIONS: Final = 128
GRACE_SECONDS: Final = 10


@asynccontextmanager
async def receiving(receiver: ReceiverRow, keep: Keep) -> AsyncIterator[None]:
    """Receive events, each kept with `keep`; raises `InvalidAgencySettings`."""
    server = _Server(
        uvicorn.Config(
            make_app(Receiver(_load_senders(receiver), keep)),
            host=receiver.host,
            port=receiver.port,
            access_log=False,
            log_config=None,
            server_header=False,
            lifespan="off",
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """A server that leaves signals to the agent, which stops both."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def _load_senders(receiver: ReceiverRow) -> dict[str, EventSender]:
    found: dict[str, EventSender] = {}
    for row in receiver.senders:
        try:
            jwk = row.jwk.read_bytes()
        except OSError:
            raise InvalidAgencySettings(
                "De sleutel van een afzender is niet te lezen."
            ) from None
        sender = parse_sender(jwk, frozenset(row.sources), row.feed)
        if sender.kid in found:
            raise InvalidAgencySettings("Twee afzenders hebben dezelfde kid.")
        found[sender.kid] = sender
    return found
