"""One page with `<signal-flags>`, and the path behind it that leads to the desk.

What a real regiesysteem does as well, and where it stands here:

1. the element comes from its own origin, with subresource integrity (`pages`);
2. a closed list of paths goes on to the desk, with the user's access token, which the
   browser never gets (`FORWARDED`);
3. `pins` is answered from a file of its own: whoever may choose the pins of the key
   holders can make up holders, and that must not be the desk;
4. only its own page may ask: the element's header, which a foreign page cannot send,
   and what browsers say about the origin (`verify_own_page`).

A real one finds the user by its own session; this one has a single user.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.regiesysteem.pages import PAGE_HEADERS, Pages, load_pages

RELAY: Final = "/signals"
FORWARDED: Final = {
    "/key-config": "GET",
    "/catalogue": "GET",
    "/evaluations": "POST",
    "/lookups": "POST",
    "/lookups/{entry:uuid}/outcome": "POST",
    "/lookups/{entry:uuid}/follow": "POST",
}
MAX_BODY: Final = 64 * 1024


@dataclass(frozen=True)
class Neighbours:
    """Where the desk is, how to get the user's token, and the pins we were given."""

    desk: str
    fetch_token: Callable[[], Awaitable[str]]
    pins: Path
    accepted_key_origin: str


def create_app(neighbours: Neighbours) -> Starlette:
    """Give the example as an ASGI app."""
    pages = load_pages()
    http = httpx.AsyncClient(timeout=15.0, trust_env=False)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await http.aclose()

    async def forward(request: Request) -> Response:
        verify_own_page(request)
        return await _pass_on(request, http, neighbours)

    async def show_pins(request: Request) -> Response:
        verify_own_page(request)
        found = json.loads(neighbours.pins.read_bytes())
        trust = {
            "pins": found["pins"],
            "acceptedKeyOrigin": neighbours.accepted_key_origin,
        }
        return Response(json.dumps(trust), media_type="application/json")

    routes = [
        Route(f"{RELAY}{path}", forward, methods=[method])
        for path, method in FORWARDED.items()
    ]
    routes.append(Route(f"{RELAY}/pins", show_pins))
    return Starlette(routes=[*routes, *_page_routes(pages)], lifespan=lifespan)


def verify_own_page(request: Request) -> None:
    """Refuse with 403 what did not come from a `<signal-flags>` on our own page."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    if request.headers.get("x-signal-flags") != "1" or site != "same-origin":
        raise HTTPException(403)


async def _pass_on(
    request: Request, http: httpx.AsyncClient, neighbours: Neighbours
) -> Response:
    body = await request.body()
    if len(body) > MAX_BODY:
        raise HTTPException(413)
    path = request.url.path.removeprefix(RELAY)
    headers = {
        "Authorization": f"Bearer {await neighbours.fetch_token()}",
        "Content-Type": "application/json",
    }
    if "x-reference" in request.headers:
        headers["X-Reference"] = request.headers["x-reference"]
    url = f"{neighbours.desk}/relay/v1{path}"
    try:
        answer = await http.request(request.method, url, content=body, headers=headers)
    except httpx.TransportError:
        raise HTTPException(502) from None
    kept = {"Cache-Control": "no-store"}
    if "retry-after" in answer.headers:
        kept["Retry-After"] = answer.headers["retry-after"]
    media_type = answer.headers.get("content-type")
    return Response(answer.content, answer.status_code, kept, media_type)


def _page_routes(pages: Pages) -> list[Route]:
    async def show_page(_request: Request) -> Response:
        return Response(pages.html, media_type="text/html", headers=PAGE_HEADERS)

    async def show_file(request: Request) -> Response:
        found = pages.files.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        return Response(found.data, media_type=found.media_type)

    return [Route("/", show_page), Route("/static/{name}", show_file)]
