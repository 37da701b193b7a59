"""Serve the receiver of events beside the agent, with the extra `receiver`."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial

import uvicorn

from keys.edge.errors import CannotListen, TooFewFiles
from keys.edge.server import make_server
from keys.events import tell_refused
from sources.errors import InvalidAgencySettings
from sources.events import LOG, Event
from sources.feed_settings import ReceiverRow
from sources.receiving.app import Keep, Receiver, make_app
from sources.receiving.signatures import EventSender, parse_sender


@asynccontextmanager
async def receiving(receiver: ReceiverRow, keep: Keep) -> AsyncIterator[None]:
    """Receive events, each kept with `keep`; raises `InvalidAgencySettings`."""
    try:
        server = make_server(
            make_app(Receiver(_load_senders(receiver), keep), receiver.edge),
            (receiver.host, receiver.port),
            receiver.edge,
            partial(tell_refused, LOG, Event.REFUSED_AT_DOOR),
            lifespan="off",
            kind=_Server,
        )
    except TooFewFiles:
        raise InvalidAgencySettings(
            "receiver.edge.connections: dit proces mag minder bestanden openen dan "
            "daarvoor nodig zijn (ulimit -Hn)."
        ) from None
    except CannotListen:
        raise InvalidAgencySettings(
            "receiver.host: buiten deze machine luistert de ontvanger alleen met een "
            "certificaat (receiver.edge.certificate en private_key)."
        ) from None
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
