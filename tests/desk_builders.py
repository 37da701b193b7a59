"""A desk with its parties in memory: a fake provider and index, real key holders.

    town = some_town(tmp_path)
    async with town.serve() as desk:
        browser = town.browser(desk)
        await log_in(browser)

The fakes implement what docs/wire-formats.md says of those parties and no more. One
clock for all, which stands still until somebody moves it.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from desk.app import create_app
from desk.key_files import create_keys, create_source_keys
from desk.settings import DeskSettings, load_settings
from keys.jose import parse_private_key
from signal_index.ledger import note_key
from signal_index.notice import NoticeKey, parse_notice_key
from signal_index.proof import origin_of
from tests.contact_builders import SIGNED_BY, SIGNING_KEY, known_source
from tests.desk_index import CHECKPOINT_KEY, RECEIPT_KEY, FakeIndex
from tests.desk_provider import FakeProvider
from tests.holders_builders import (
    LOOKUP_OIN,
    FakeClock,
    Holders,
    Organisation,
    a_lookup_organisation,
    some_holders,
)
from tests.loopback_cookies import LoopbackCookies
from tests.unreachable import unreachable
from tests.witness_builders import COSIGNER

BASE = "http://localhost:8000"
ISSUER = "http://localhost:9100"
INDEX = "http://localhost:8200"
AUDIENCE = "https://index.test"
ORIGIN = "index.example/ledger"
OTHER_CLIENT = "case-system"
HOLDER_PORT = 8100

SETTINGS = """
base_url = "{base}"
host = "127.0.0.1"
port = 8000
organisation = "{oin}"
organisation_name = "Gemeente Voorbeeldstad"
database = "desk.sqlite3"
index_url = "{index}"
index_audience = "{audience}"
pins = "pins.json"
accepted_key_origin = "dealt"
request_key = "request-key.jwk"
case_reference_key = "case-reference.key"
notes_key = "notes.key"
notice_key = "notice-key.jwk"
security_contact = "mailto:veilig@desk.example"
security_expires = 2027-06-30

[identity]
issuer = "{issuer}"
client_id = "desk"
client_key = "oidc-client.jwk"
token_algorithms = ["Ed25519"]
case_system_clients = ["{other}"]

[ledger]
origin = "{origin}"
receipt_key = "receipt.public.jwk"
checkpoint_key = "checkpoint.vkey"
witnesses = ["{witness}"]
witness_quorum = 1
"""
HOLDER = '\n[[holders]]\nindex = {index}\nid = "{id}"\nurl = "{url}"\n'


class Browser(httpx.AsyncClient):
    """A client and the cookies it keeps."""

    def __init__(
        self,
        *,
        base_url: str,
        mounts: dict[str, httpx.AsyncBaseTransport | None],
        kept: dict[str, str],
    ) -> None:
        super().__init__(base_url=base_url, mounts=mounts, transport=unreachable())
        self.kept = kept

    async def request(
        self,
        method: str,
        url: httpx.URL | str,
        **kwargs: Any,  # noqa: ANN401 - as in httpx
    ) -> httpx.Response:
        """Ask; of a form that was refused, give the page that it leads to."""
        answer = await super().request(method, url, **kwargs)
        where = answer.headers.get("location", "")
        return await self.get(where) if "/refused/" in where else answer

    async def send_form(self, path: str, fields: dict[str, str]) -> httpx.Response:
        """Send a form, and follow nothing."""
        return await self.send(self.build_request("POST", path, data=fields))


@dataclass
class Town:
    """One desk's settings, and the parties it talks to."""

    folder: Path
    clock: FakeClock
    holders: Holders
    organisation: Organisation
    provider: FakeProvider
    index: FakeIndex
    down: set[str] = field(default_factory=set)

    @property
    def settings(self) -> DeskSettings:
        return load_settings(self.folder / "desk.toml")

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[FastAPI]:
        """Give a started desk."""
        app = create_app(self.settings, self.clock, _Wires(self))
        async with app.router.lifespan_context(app):
            yield app

    def browser(self, desk: FastAPI) -> Browser:
        """An HTTP client that keeps cookies as a browser on this machine does."""
        app = httpx.ASGITransport(desk, raise_app_exceptions=False)
        cookies = LoopbackCookies(app)
        mounts: dict[str, httpx.AsyncBaseTransport | None] = {
            BASE: cookies,
            ISSUER: httpx.ASGITransport(self.provider.app),
        }
        return Browser(base_url=BASE, mounts=mounts, kept=cookies.kept)


class _Wires(httpx.AsyncBaseTransport):
    """What the desk reaches over HTTP; a party in `down` does not answer."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._parties = {
            ISSUER: httpx.ASGITransport(town.provider.app),
            INDEX: httpx.ASGITransport(town.index.app),
        }

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        origin = f"{request.url.scheme}://{request.url.netloc.decode()}"
        if origin in self._town.down:
            raise httpx.ConnectError("down")
        party = self._parties.get(origin)
        if party is not None:
            return await party.handle_async_request(request)
        path, place = request.url.path, self._town.holders.places[_number(request)]
        kind = {"Content-Type": "application/json"}
        body = await request.aread()
        holders = self._town.holders.client()  # as they are now: one may be another
        asked = holders.build_request(
            request.method, place.url + path, content=body, headers=kind
        )
        return await holders.send(asked, stream=True)


def _number(request: httpx.Request) -> int:
    return (request.url.port or 0) - HOLDER_PORT


def some_town(folder: Path) -> Town:
    """Make keys, settings and parties; everyone knows everyone."""
    create_keys(folder, "Ed25519")
    create_source_keys(folder)
    request_key = _read_json(folder / "request-key.jwk")
    organisation = _as_organisation(request_key)
    clock = FakeClock()
    signs = known_source(SIGNED_BY, SIGNING_KEY)
    own = known_source(organisation.oin, _read_notice_key(folder))
    known = [organisation.entry, signs, own]
    holders = some_holders(organisations=known, audience=AUDIENCE)
    holders.clock = clock
    client_key = _read_json(folder / "oidc-client.public.jwk")
    provider = FakeProvider(
        issuer=ISSUER, audience=AUDIENCE, client_key=client_key, clock=clock
    )
    index = FakeIndex(origin=ORIGIN, clock=clock)
    _write_public_files(folder, holders)
    _write_settings(folder, organisation.oin, holders)
    return Town(folder, clock, holders, organisation, provider, index)


async def log_in(browser: httpx.AsyncClient, to: str = "/lookup") -> httpx.Response:
    """Walk the whole way in, as a browser does; give the page one lands on."""
    return await browser.get("/login", params={"to": to}, follow_redirects=True)


def csrf_of(page: httpx.Response) -> str:
    """Give the token that a page holds."""
    return page.text.split('name="csrf-token" content="')[1].split('"')[0]


def a_lookup(
    tickets: Sequence[str], pseudonyms: Sequence[str], **changes: object
) -> dict[str, Any]:
    """Give a lookup's body as the page sends it."""
    body: dict[str, Any] = {
        "keyVersion": 1,
        "tickets": list(tickets),
        "subjects": [
            {"pseudonym": each, "informed": "discussed"} for each in pseudonyms
        ],
        "municipality": "9901",
        "purpose": "wmo-onderzoek",
        "legalBasis": "wmo-2015-2.3.2",
        "caseReference": "Z-2026-001234",
        "breakGlass": None,
    }
    return body | changes


def _as_organisation(request_key: dict[str, Any]) -> Organisation:
    made = a_lookup_organisation()
    key = parse_private_key(request_key)
    entry = made.entry.model_copy(
        update={"oin": "00000001800000009901", "request_key": key.public}
    )
    return Organisation(entry, key)


def _write_public_files(folder: Path, holders: Holders) -> None:
    pins = [each.config_key.jwk for each in holders.config.holders]
    (folder / "pins.json").write_text(json.dumps({"pins": pins}))
    (folder / "receipt.public.jwk").write_text(json.dumps(RECEIPT_KEY.public_jwk))
    vkey = note_key(CHECKPOINT_KEY, origin_of(ORIGIN, 2026)).encode()
    (folder / "checkpoint.vkey").write_text(vkey)


def _write_settings(folder: Path, oin: str, holders: Holders) -> None:
    text = SETTINGS.format(
        base=BASE,
        oin=oin,
        index=INDEX,
        audience=AUDIENCE,
        issuer=ISSUER,
        other=OTHER_CLIENT,
        origin=ORIGIN,
        witness=COSIGNER.public.encode(),
    )
    for number, place in holders.places.items():
        url = f"http://localhost:{HOLDER_PORT + number}"
        text += HOLDER.format(index=number, id=place.id, url=url)
    (folder / "desk.toml").write_text(text)


def _read_notice_key(folder: Path) -> NoticeKey:
    return parse_notice_key((folder / "notice-key.jwk").read_bytes())


def _read_json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


__all__ = ["LOOKUP_OIN", "Town", "a_lookup", "csrf_of", "log_in", "some_town"]
