"""Put the desk together: routes, headers, problems, and the nightly check."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Final

import httpx
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from desk import (
    entry,
    estimates,
    own_lookups,
    own_reviews,
    problems,
    refused_forms,
    register,
    relay,
    screens,
    session_life,
)
from desk.agency.routers import ROUTERS as AGENCYS
from desk.assets import STATIC
from desk.desk import Desk, build_desk
from desk.errors import DeskError
from desk.following import pages as following_pages
from desk.following import relay as following_relay
from desk.handing import pages as handing_pages
from desk.headers import SecurityHeaders
from desk.housekeeping import keep_house
from desk.involved import pages as involved_pages
from desk.involved import relay as involved_relay
from desk.officer import completeness, policy
from desk.officer.routers import ROUTERS
from desk.own_pages import OwnPagesOnly
from desk.refused_forms import RefusedFormsKept
from desk.settings import DeskSettings
from keys.edge.gate import Gate, Gated
from keys.security.sending import sending

BODY_MAXIMUM: Final = 64 * 1024
UPLOAD_MAXIMUM: Final = 2 * 1024 * 1024 + BODY_MAXIMUM
"""What the index takes of a file, and the form around it."""
UPLOAD_PATHS: Final = frozenset({completeness.PAGE, policy.PREVIEW})

HTTP_LIMITS: Final = httpx.Limits(max_connections=100, max_keepalive_connections=20)


def create_app(
    settings: DeskSettings,
    clock: Callable[[], datetime],
    transport: httpx.AsyncBaseTransport | None = None,
) -> FastAPI:
    """Give the desk as an ASGI app; `transport` is for tests with parties in memory."""
    http = httpx.AsyncClient(
        transport=transport, limits=HTTP_LIMITS, trust_env=False, timeout=10.0
    )
    desk = build_desk(settings, http, clock)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await desk.database.prepare()
        await desk.ledger_watch.load()
        chores = asyncio.create_task(keep_house(desk, clock))
        async with sending(desk.security.sender):
            yield
        chores.cancel()
        with suppress(asyncio.CancelledError):
            await chores
        await http.aclose()
        await desk.database.close()

    return _assemble(desk, lifespan)


def find_body_limit(path: str) -> int:
    """Give how many bytes of a body are taken at a path."""
    return UPLOAD_MAXIMUM if path in UPLOAD_PATHS else BODY_MAXIMUM


def _assemble(desk: Desk, lifespan: Callable[..., object]) -> FastAPI:
    app = FastAPI(
        lifespan=lifespan,  # type: ignore[arg-type]  # FastAPI's own type is private
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.desk = desk
    pages = (screens.router, own_lookups.router, own_reviews.router)
    own = (*pages, entry.router, session_life.router, relay.router)
    beside = (
        estimates.router,
        involved_relay.router,
        involved_pages.router,
        following_pages.router,
        following_relay.router,
        handing_pages.router,
        register.router,
    )
    routers = (*own, *beside, *ROUTERS, *AGENCYS, refused_forms.router)
    register.verify_path_is_free(desk.settings.register_path, routers)
    for router in routers:
        # as they are: including them would make each route once more for this app
        app.router.routes.extend(router.routes)
    # Pages hold secrets and stay as they are (BREACH); files that all may see do not.
    app.mount("/static", GZipMiddleware(StaticFiles(directory=STATIC)))
    app.add_middleware(RefusedFormsKept)
    app.add_middleware(OwnPagesOnly)
    gate = Gate(desk.settings.edge, find_body_limit)
    app.add_middleware(Gated, gate=gate, refuse=problems.refuse_unread)
    app.add_middleware(SecurityHeaders, https=not desk.settings.loopback)
    app.add_exception_handler(DeskError, problems.answer_desk_error)
    app.add_exception_handler(RequestValidationError, problems.answer_invalid_body)
    app.add_exception_handler(HTTPException, problems.answer_http_error)
    app.add_exception_handler(Exception, problems.answer_unexpected)
    return app
