"""The application of a key holder: its routes behind the gate, and what it does beside.

Beside answering it erases each hour, and looks each second what was replaced.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

import anyio
from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route

from keys.edge.gate import Gate, Gated
from keys.edge.limits import EdgeLimits
from keys.events import EventLog
from keys.holder.app import ROUTES, Edge
from keys.holder.document import PREFIX
from keys.holder.errors import RequestRefused
from keys.holder.evaluations import MAX_BODY, Holder
from keys.holder.events import Event
from keys.holder.opening import name_key
from keys.holder.renewing import Renewed
from keys.security.events import SecurityLog, name_account
from keys.security.sending import AlarmsTo, open_sender, sending

HOUR_SECONDS: Final = 3600
RENEW_SECONDS: Final = 1


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """What the process does beside answering, at its times and at its end."""

    erase: Callable[[], None]
    renew: Callable[[Holder], Renewed | None]
    close: Callable[[], None]


def build_app(
    holder: Holder,
    log: EventLog,
    housekeeping: Housekeeping | None = None,
    limits: EdgeLimits = EdgeLimits(),  # noqa: B008 - frozen
    alarms: AlarmsTo | None = None,
) -> Starlette:
    """Build the holder's application; its alarms go to `alarms` while it serves."""
    key, id_ = name_key(holder.keys), holder.keys.identity.id
    sender = open_sender(alarms, id_, log)
    security = SecurityLog(log, partial(name_account, key), sender, holder.now)
    edge = Edge(holder, log, security)
    gate = Gate(limits, find_body_limit)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        if housekeeping is None:
            yield
            return
        async with sending(sender), anyio.create_task_group() as tasks:
            tasks.start_soon(_erase_hourly, housekeeping, log)
            tasks.start_soon(_renew, edge, housekeeping, log)
            yield
            tasks.cancel_scope.cancel()
        housekeeping.close()
        log.write(Event.STOPPED)

    app = Starlette(
        routes=[
            Route(PREFIX + one.path, partial(one.endpoint, edge), methods=[one.method])
            for one in ROUTES
        ],
        exception_handlers={
            RequestRefused: edge.refuse,
            HTTPException: edge.misroute,
            Exception: edge.fail,
        },
        lifespan=lifespan,
        middleware=[Middleware(Gated, gate=gate, refuse=edge.refuse_unread)],
    )
    app.router.redirect_slashes = False
    return app


def find_body_limit(path: str) -> int:
    """Give how many bytes of a body are taken at a path."""
    takes = {PREFIX + "/evaluations", PREFIX + "/refused"}
    return MAX_BODY if path in takes else 0


async def _erase_hourly(housekeeping: Housekeeping, log: EventLog) -> None:
    while True:
        try:
            await run_sync(housekeeping.erase)
        except RequestRefused as error:
            log.write(Event.FAILED, kind=type(error).__name__)
        await anyio.sleep(HOUR_SECONDS)


async def _renew(edge: Edge, housekeeping: Housekeeping, log: EventLog) -> None:
    while True:
        try:
            await edge.tell_restored()
        except RequestRefused as error:
            log.write(Event.FAILED, kind=type(error).__name__)
        await anyio.sleep(RENEW_SECONDS)
        await edge.renew(housekeeping.renew)
        edge.remind()
