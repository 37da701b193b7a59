"""The world in memory: an index, three key holders, three agencies, one municipality.

    async with open_world(tmp_path) as world:
        await world.publish(world.debt_help, [a_bsn(1)])
        answer = await world.look_up([a_bsn(1)])

Everything but the network is real: tickets, policy, ledger, SQLite (or PostgreSQL where
a test gives its URL). The clock stands still until a test sets it.
"""

from __future__ import annotations

import asyncio
import io
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import ASGIApp

from keys.base64url import encode_b64u
from keys.bsn import Bsn
from keys.events import EventLog
from keys.security.events import SecurityLog
from keys.security_text import make_security_text
from policy.decide import Policy, load_policy
from signal_index.api.context import Index, Names
from signal_index.api.gather import Gatherer
from signal_index.api.key_config_view import KeyConfigView
from signal_index.api.lookup_run import make_run
from signal_index.api.policy_view import AdoptionTrust, PolicyView
from signal_index.api.tokens import TokenVerifier
from signal_index.api.witnessing import WitnessRule
from signal_index.app import build_app, failure_log, limits_for, make_standing
from signal_index.key_files import create_key_folder, load_keys
from signal_index.keyring import IndexKeys, YearKeys
from signal_index.notice import (
    Batch,
    NoticeKey,
    new_notice_key,
    sign_batch,
    sign_contact,
)
from signal_index.store.connect import DatabaseRole, open_engine
from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.signals import BatchBody, Notice
from signal_index.wire.values import Oin
from tests.builders import a_contact_holder, a_notice, about
from tests.contact_builders import known_source, public_key
from tests.databases import copy_migrated
from tests.holders_builders import AUDIENCE, FakeClock, Holders, some_holders
from tests.store_builders import owning
from tests.tokens import TokenIssuer, officer_claims, person_claims, source_claims
from tests.world_registry import AGENCIES, register_town

PROBLEMS = "http://index.test/v1/problems"
SECURITY_TEXT = make_security_text("mailto:veilig@index.test", date(2027, 6, 30))
LEDGER_ORIGIN = "index.test/ledger"


@dataclass
class Agency:
    """A source agency as tests drive it."""

    oin: str
    category: str
    key: NoticeKey = field(default_factory=new_notice_key)
    contact: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass
class World:
    """All of it, and short ways to use it."""

    holders: Holders
    index: Index
    app: ASGIApp
    issuer: TokenIssuer
    log: io.StringIO
    agencies: dict[str, Agency]

    @property
    def clock(self) -> FakeClock:
        return self.holders.clock

    @property
    def engine(self) -> AsyncEngine:
        return self.index.engine

    @property
    def debt_help(self) -> Agency:
        return self.agencies["debt-help"]

    @property
    def income_support(self) -> Agency:
        return self.agencies["income-support"]

    @property
    def veilig_thuis(self) -> Agency:
        return self.agencies["veilig-thuis"]

    def http(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://index.test")

    def a_token(self, **changed: object) -> str:
        return self.issuer.sign(person_claims(self.clock(), **changed))

    def an_officer(self, role: str = "privacy-officer", **changed: object) -> str:
        """A token of the municipality's officer; `org=TEAM_OIN, client_id="desk-team"`
        makes it the neighbourhood team's."""
        return self.issuer.sign(officer_claims(self.clock(), role, **changed))

    def a_source_token(self, agency: Agency, **changed: object) -> str:
        return self.issuer.sign(source_claims(self.clock(), agency.oin, **changed))

    async def send(
        self, method: str, path: str, token: str, body: object = None
    ) -> httpx.Response:
        async with self.http() as client:
            headers = {"authorization": f"Bearer {token}"}
            return await client.request(
                method, f"/v1{path}", json=body, headers=headers
            )

    async def ask(self, numbers: Sequence[Bsn], **changed: object) -> dict[str, Any]:
        """The body of a lookup of these persons, with two fresh tickets."""
        subject = str(changed.pop("subject", "user-1"))
        given = await self.holders.look_up(numbers, subject)
        body: dict[str, Any] = {
            "keyVersion": self.index.key_config.key_version,
            "tickets": list(given.tickets),
            "subjects": [
                {"pseudonym": encode_b64u(n.encoded), "informed": "discussed"}
                for n in given.pseudonyms
            ],
            "municipality": "9901",
            "purpose": "schuldhulp-toegang",
            "legalBasis": "wgs-4",
            "caseReference": encode_b64u(bytes(32)),
            "breakGlass": None,
        }
        return {**body, **changed}

    async def look_up(
        self, numbers: Sequence[Bsn], **changed: object
    ) -> list[dict[str, Any]]:
        """Look these persons up and give the answers, which must be there."""
        body = await self.ask(numbers, **changed)
        answer = await self.send("POST", "/lookups", self.a_token(), body)
        assert answer.status_code == 200, answer.text
        answers: list[dict[str, Any]] = answer.json()["answers"]
        return answers

    async def publish(
        self, agency: Agency, numbers: Sequence[Bsn], **changed: object
    ) -> list[Notice]:
        """Publish one notice about each of these persons; all must be accepted."""
        notices = [
            a_notice(
                agency.contact,
                source=Oin(agency.oin),
                category=agency.category,
                **changed,
            )
            for _ in numbers
        ]
        answer = await self.send_batch(agency, notices, numbers)
        assert answer.status_code == 200, answer.text
        outcomes = {one["outcome"] for one in answer.json()["results"]}
        assert outcomes == {"accepted"}, answer.text
        return notices

    async def send_batch(
        self, agency: Agency, notices: Sequence[Notice], numbers: Sequence[Bsn]
    ) -> httpx.Response:
        """Send these notices, each about the person at its place."""
        given = await self.holders.prepare_publication(numbers)
        bound = [
            about(notice, n)
            for notice, n in zip(notices, given.pseudonyms, strict=True)
        ]
        batch = Batch(uuid.uuid4(), tuple(notice for notice, _ in bound))
        token = sign_batch(agency.key, batch, iss=Oin(agency.oin), now=self.clock())
        version = self.index.key_config.key_version
        body = BatchBody(
            keyVersion=version, batch=token, subjects=[proof for _, proof in bound]
        ).model_dump(mode="json")
        bearer = self.a_source_token(agency)
        return await self.send("POST", "/signal-batches", bearer, body)

    async def put_contact(
        self,
        agency: Agency,
        holder: ContactHolder,
        *,
        contact: uuid.UUID | None = None,
        token: str | None = None,
        **beside: str,
    ) -> httpx.Response:
        """Store a contact holder of this agency, signed by it: its own, or another."""
        id_ = contact or agency.contact
        said = sign_contact(
            agency.key,
            id_,
            Oin(agency.oin),
            holder,
            iss=Oin(agency.oin),
            now=self.clock(),
        )
        bearer = token or self.a_source_token(agency)
        body = {"contactHolder": said, **beside}
        return await self.send("PUT", f"/contact-holders/{id_}", bearer, body)

    async def run_sql(self, *statements: str, **values: object) -> None:
        """Do what the operator of the database can."""
        async with owning(self.engine) as conn:
            for statement in statements:
                await conn.execute(text(statement), values)


@asynccontextmanager
async def open_world(
    folder: Path, database_url: str | None = None, keys: IndexKeys | None = None
) -> AsyncIterator[World]:
    """Open a world on SQLite in this folder, or on this database.

    Its town is registered once and copied (`register_world`): to a file here, and to
    PostgreSQL by the fixture `registered_postgres`.
    """
    if database_url is None:
        path = folder / "index.sqlite"
        shutil.copy(await asyncio.to_thread(_registered_file), path)
        database_url = f"sqlite+aiosqlite:///{path}"
    async with _opened(database_url, keys) as world:
        yield world


async def register_world(url: str) -> None:
    """Register everybody in a migrated database; each agency leaves a contact."""
    async with _opened(url) as world:
        now, catalogue = world.clock(), world.index.catalogue
        await register_town(url, world.agencies, catalogue, now)
        for agency in world.agencies.values():
            await _store_contact(world, agency)


@asynccontextmanager
async def _opened(url: str, keys: IndexKeys | None = None) -> AsyncIterator[World]:
    first, *others = _agencies().values()
    holders = some_holders(
        organisations=[known_source(one.oin, one.key) for one in others],
        notice_keys=[public_key(first.key)],
    )
    engine = open_engine(url, DatabaseRole.WEB)
    try:
        issuer, stream = TokenIssuer(), io.StringIO()
        index, app = _make_index(engine, holders, issuer, stream, keys)
        agencies = {name: replace(agency) for name, agency in _agencies().items()}
        yield World(holders, index, app, issuer, stream, agencies)
        await index.lookups.finish()
    finally:
        await engine.dispose()


@cache
def _registered_file() -> Path:
    """A SQLite database in which the world is registered."""
    path = Path(tempfile.mkdtemp(prefix="signal-index-")) / "town.sqlite"
    url = f"sqlite+aiosqlite:///{path}"
    copy_migrated(url)
    asyncio.run(register_world(url))
    return path


@cache
def _agencies() -> Mapping[str, Agency]:
    """The agencies of all worlds; a test that changes one changes its own copy."""
    return {name: Agency(oin, category) for (name, category), oin in AGENCIES.items()}


@cache
def _shipped_policy() -> Policy:
    return load_policy()


@asynccontextmanager
async def restarted(world: World) -> AsyncIterator[World]:
    """Open the same world anew: its database, keys and parties, no memory."""
    url = world.engine.url.render_as_string(hide_password=False)
    engine = open_engine(url, DatabaseRole.WEB)
    try:
        index, app = _make_index(engine, world.holders, world.issuer, world.log)
        yield replace(world, index=index, app=app)
        await index.lookups.finish()
    finally:
        await engine.dispose()


def _make_index(
    engine: AsyncEngine,
    holders: Holders,
    issuer: TokenIssuer,
    stream: io.StringIO,
    keys: IndexKeys | None = None,
) -> tuple[Index, ASGIApp]:
    keys, clock = keys or index_keys(), holders.clock
    log = EventLog(stream, clock)
    trust = AdoptionTrust(keys.receipts, LEDGER_ORIGIN)
    shipped = _shipped_policy()
    policy = PolicyView(Policy(shipped.catalogue, shipped.book), trust, log)
    index = Index(
        engine=engine,
        keys=keys,
        key_configs=KeyConfigView(holders.config),
        names=Names(AUDIENCE, LEDGER_ORIGIN, PROBLEMS, SECURITY_TEXT),
        clock=clock,
        tokens=TokenVerifier([issuer.settings], AUDIENCE, issuer),
        standing=make_standing(engine, policy, keys, log, lambda: clock().timestamp()),
        policy=policy,
        lookups=Gatherer(
            make_run(engine, keys, clock), limits_for(engine), failure_log(log)
        ),
        events=log,
        security=make_security(keys, log, clock),
        witnessing=WitnessRule(date(2099, 12, 31)),
    )
    app = build_app(PROBLEMS, log)
    app.state.index = index
    return index, app


def make_security(
    keys: YearKeys, log: EventLog, clock: Callable[[], datetime]
) -> SecurityLog:
    """The security stream on a log, without a SOC."""
    return SecurityLog(
        log, lambda oin, sub: keys.name_account(oin, sub, clock()), clock=clock
    )


async def _store_contact(world: World, agency: Agency) -> None:
    answer = await world.put_contact(agency, a_contact_holder())
    assert answer.status_code == 201, answer.text


@cache
def index_keys() -> IndexKeys:
    """The secrets of the index of all tests."""
    folder = Path(tempfile.mkdtemp(prefix="signal-index-")) / "keys"
    years = (2026, 2027)
    create_key_folder(folder, key_version=1, years=years, origin_base=LEDGER_ORIGIN)
    return load_keys(folder)
