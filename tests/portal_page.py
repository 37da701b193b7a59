"""The page for citizens with its parties in memory: a broker, a provider, the world.

    async with open_portal(world, tmp_path) as town:
        page = await town.log_in(a_bsn(1))

The broker is the fake provider of the desk's tests; index and key holders are real.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from desk.key_files import create_portal_keys
from keys.bsn import Bsn
from portal.app import create_app
from portal.reaching import Portal
from portal.settings import SUBSTANTIAL, PortalSettings, load_settings
from signal_index.ledger import note_key
from tests.citizen_builders import CHECKPOINT_KEY
from tests.desk_provider import FakeProvider
from tests.holders_builders import AUDIENCE, LOOKUP_OIN
from tests.tokens import ISSUER, portal_claims
from tests.witness_builders import COSIGNER
from tests.world import LEDGER_ORIGIN, World

BASE = "https://mijn.test"
BROKER = "https://broker.test"

SETTINGS = f"""
base_url = "{BASE}"
host = "127.0.0.1"
port = 8400
organisation = "{LOOKUP_OIN}"
organisation_name = "Gemeente Voorbeeld"
index_url = "https://index.test"
index_audience = "{AUDIENCE}"
pins = "pins.json"
accepted_key_origin = "dealt"
known_config = "known-config.json"
request_key = "given-key.jwk"
checkpoint_key = "checkpoint.vkey"
ledger_origin = "{LEDGER_ORIGIN}"
witnesses = ["{COSIGNER.public.encode()}"]
witness_quorum = 1
security_contact = "mailto:veilig@mijn.example"
security_expires = 2027-06-30

[broker]
issuer = "{BROKER}"
client_id = "desk"
client_key = "broker-client.jwk"
token_algorithms = ["Ed25519"]

[machine]
issuer = "{ISSUER}"
client_id = "portal"
client_key = "oidc-client.jwk"
service_scopes = ["own-view"]
token_algorithms = ["Ed25519"]

[help]
phone = "+31182555900"
address = "Raadhuisplein 1, Voorbeeldstad"
officer = "functionaris@voorbeeld.example"
leave_to = "https://weer.example"
"""
HOLDER = '\n[[holders]]\nindex = {index}\nid = "{id}"\nurl = "{url}"\n'


@dataclass
class PortalTown:
    """The page, its broker, and the browser of one computer."""

    world: World
    folder: Path
    app: Starlette
    broker: FakeProvider
    browser: httpx.AsyncClient

    @property
    def portal(self) -> Portal:
        portal: Portal = self.app.state.portal
        return portal

    @property
    def settings(self) -> PortalSettings:
        return load_settings(self.folder / "portal.toml")

    def another_browser(self) -> httpx.AsyncClient:
        return _browser(self.app, self.broker)

    def say(self, number: Bsn | None, **changed: object) -> None:
        """Have the broker say of whoever comes that they are this citizen."""
        now = int(self.world.clock().timestamp())
        said: dict[str, Any] = {"acr": SUBSTANTIAL, "auth_time": now}
        if number is not None:
            said["bsn"] = number.digits
        self.broker.id_claims = {**said, **changed}

    async def log_in(
        self,
        number: Bsn | None,
        browser: httpx.AsyncClient | None = None,
        **changed: object,
    ) -> httpx.Response:
        """Log in as this citizen, and give the page to which that leads."""
        self.say(number, **changed)
        return await (browser or self.browser).get("/inloggen", follow_redirects=True)


@asynccontextmanager
async def open_portal(
    world: World, folder: Path, **changed: str
) -> AsyncIterator[PortalTown]:
    """Open the page; `changed` are lines of its settings, by their beginning."""
    broker = _prepare(world, folder, changed)
    app = create_app(
        load_settings(folder / "portal.toml"), world.clock, _Wires(world, broker)
    )
    async with app.router.lifespan_context(app), _browser(app, broker) as browser:
        yield PortalTown(world, folder, app, broker, browser)


def _prepare(world: World, folder: Path, changed: dict[str, str]) -> FakeProvider:
    create_portal_keys(folder, "Ed25519")
    key = world.holders.portal.key
    given = folder / "given-key.jwk"
    given.touch(mode=0o600)
    given.write_text(json.dumps(key.jwk), "utf-8")
    pins = [each.config_key.jwk for each in world.holders.config.holders]
    (folder / "pins.json").write_text(json.dumps({"pins": pins}), "utf-8")
    vkey = note_key(CHECKPOINT_KEY, f"{LEDGER_ORIGIN}/2026").encode()
    (folder / "checkpoint.vkey").write_text(vkey, "utf-8")
    text = SETTINGS
    for line, value in changed.items():
        text = text.replace(line, value)
    for index, place in world.holders.places.items():
        text += HOLDER.format(index=index, id=place.id, url=place.url)
    (folder / "portal.toml").write_text(text, "utf-8")
    client = json.loads((folder / "broker-client.jwk").read_text("utf-8"))
    return FakeProvider(BROKER, "", client, world.clock)


def _browser(app: Starlette, broker: FakeProvider) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=BASE,
        transport=httpx.ASGITransport(app, raise_app_exceptions=False),
        mounts={BROKER: httpx.ASGITransport(broker.app)},
    )


class _Wires(httpx.AsyncBaseTransport):
    """The network of the portal's own machine."""

    def __init__(self, world: World, broker: FakeProvider) -> None:
        self._holders = world.holders.client()
        self._apps: dict[str, httpx.AsyncBaseTransport] = {
            "index.test": httpx.ASGITransport(world.app, raise_app_exceptions=False),
            "login.test": httpx.ASGITransport(_machine_provider(world)),
            "broker.test": httpx.ASGITransport(broker.app),
        }

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        app = self._apps.get(request.url.host)
        if app is None:
            return await self._holders.send(request)
        return await app.handle_async_request(request)


def _machine_provider(world: World) -> Starlette:
    """The municipality's own provider, of which the portal's machine has a token."""

    async def discover(_request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": ISSUER,
                "authorization_endpoint": f"{ISSUER}/auth",
                "token_endpoint": f"{ISSUER}/token",
                "jwks_uri": f"{ISSUER}/jwks",
            }
        )

    async def give_token(_request: Request) -> Response:
        token = world.issuer.sign(portal_claims(world.clock()))
        return JSONResponse({"access_token": token, "token_type": "Bearer"})

    return Starlette(
        routes=[
            Route("/.well-known/openid-configuration", discover),
            Route("/token", give_token, methods=["POST"]),
        ]
    )
