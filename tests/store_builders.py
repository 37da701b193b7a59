"""Databases, keys, registrations and signals for tests of the store and its commands.

Everybody is fictional: municipality 9901, organisations 0000000100000000000N.
"""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pysodium
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from keys.pseudonym import (
    KeyVersion,
    RowKeySecret,
    parse_index_scalar,
    parse_ledger_name_key,
)
from signal_index.identifiers import new_uuid7
from signal_index.keyring import IndexKeys, YearKeys
from signal_index.ledger import DisclosureKey, ReceiptKey, ReceiptKeys
from signal_index.row_keys import RowKeyRing
from signal_index.store.acts import Recorder
from signal_index.store.connect import DatabaseRole, open_engine, transaction
from signal_index.store.registry import (
    OrganisationRecord,
    SourceRecord,
    add_organisation,
    add_source,
)
from signal_index.tables.registry import contact_holder
from signal_index.tables.signals import signal
from signal_index.wire.sources import SourceState
from tests.databases import copy_migrated

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
MUNICIPALITY = "9901"
YEARS = (2026, 2027)
DATABASES = ("sqlite", "postgresql")


def an_oin(number: int = 1) -> str:
    """Give the OIN of a fictional organisation."""
    return f"{100000000000:012d}{number:08d}"


SOURCE = an_oin(2)


@dataclass
class FakeClock:
    """A clock that stands still until it is moved."""

    moment: datetime = NOW

    def __call__(self) -> datetime:
        return self.moment

    def move(self, step: timedelta) -> None:
        """Let time go by."""
        self.moment += step


def some_year_keys(years: tuple[int, ...] = YEARS) -> YearKeys:
    """Give fresh disclosure keys."""
    return YearKeys({y: DisclosureKey(y, secrets.token_bytes(32)) for y in years})


def one_receipt_key(seed: bytes, kid: str) -> ReceiptKeys:
    """Give a receipt key that has no successor."""
    begins = datetime.min.replace(tzinfo=UTC)
    return ReceiptKeys.join([(begins, ReceiptKey(seed, kid))], [])


def some_index_keys(years: tuple[int, ...] = YEARS) -> IndexKeys:
    """Give fresh keys of a serving index, in memory only."""
    scalar = pysodium.crypto_core_ristretto255_scalar_random()
    return IndexKeys(
        disclosures=some_year_keys(years).disclosures,
        scalars={KeyVersion(1): parse_index_scalar(scalar)},
        ring=RowKeyRing(lambda: {1: RowKeySecret(AESSIV(secrets.token_bytes(64)))}),
        ledger_names={y: parse_ledger_name_key(secrets.token_bytes(32)) for y in years},
        receipts=one_receipt_key(secrets.token_bytes(32), "receipt-key"),
    )


def a_recorder(clock: FakeClock | None = None) -> Recorder:
    """Give a recorder with keys of its own."""
    return Recorder(some_year_keys(), "operator:test", clock or FakeClock())


def database_url(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of a database of this test's own; of SQLite there is no file yet."""
    if kind == "sqlite":
        return f"sqlite+aiosqlite:///{folder}/index.sqlite"
    url: str = request.getfixturevalue("postgres")
    return url


@asynccontextmanager
async def a_store(
    url: str, role: DatabaseRole | None = DatabaseRole.OWNER
) -> AsyncIterator[AsyncEngine]:
    """Give an engine, in a role, on a migrated database.

    A SQLite file that is not there is made; a PostgreSQL database must be migrated.
    """
    copy_migrated(url)
    engine = open_engine(url, role)
    yield engine
    await engine.dispose()


@asynccontextmanager
async def owning(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction as the owner, for what no serving process may read or change."""
    url = engine.url.render_as_string(hide_password=False)
    owner = open_engine(url, DatabaseRole.OWNER, pool_size=1)
    try:
        async with transaction(owner) as connection:
            yield connection
    finally:
        await owner.dispose()


async def register_source(
    conn: AsyncConnection, oin: str = SOURCE, *, categories: tuple[str, ...] = ()
) -> None:
    """Register an organisation that is a source, as an administrator would."""
    organisation = OrganisationRecord(oin, "Bron", "source-agency", MUNICIPALITY)
    await add_organisation(conn, organisation, now=NOW)
    source = SourceRecord(
        oin,
        "income-support",
        frozenset(categories or ("bijstand",)),
        frozenset({MUNICIPALITY}),
        7,
        state=SourceState.LIVE,
    )
    await add_source(conn, source, now=NOW)


async def insert_contact_holder(conn: AsyncConnection, oin: str = SOURCE) -> UUID:
    """Insert a contact holder of a source."""
    made = uuid4()
    row = {
        "id": made,
        "organisation": oin,
        "municipality": MUNICIPALITY,
        "details": {"function": "consulent", "phone": "+31201234567"},
        "last_verified": TODAY,
        "updated_at": NOW,
    }
    await conn.execute(insert(contact_holder).values(row))
    return made


def a_signal_row(holder: UUID, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """Give the row of an active signal, with some columns otherwise."""
    row = {
        "row_key": secrets.token_bytes(16),
        "id": new_uuid7(NOW),
        "seal": secrets.token_bytes(32),
        "key_version": 1,
        "source": SOURCE,
        "submitted_by": SOURCE,
        "reference": uuid4(),
        "version": 1,
        "notice_digest": secrets.token_bytes(32),
        "category": "bijstand",
        "municipality": MUNICIPALITY,
        "contact_holder": holder,
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2027, 12, 31),
        "informed_code": "discussed",
        "informed_on": date(2026, 1, 1),
        "state": "active",
        "confirmed_on": NOW.date() - timedelta(days=1),
        "ended_on": None,
    }
    return {**row, **changes}


async def insert_signals(conn: AsyncConnection, *rows: dict[str, Any]) -> None:
    """Insert rows of signals."""
    await conn.execute(insert(signal), list(rows))


SETTINGS = """
database_url = "{database_url}"
upkeep = "in-process"
keys = "keys"
key_config = "key-config.json"
key_pins = "pins.json"
accepted_key_origin = "dealt"
audience = "https://index.example"
ledger_origin = "index.example/ledger"
checkpoint_file = "outside/checkpoint.json"
unwitnessed_until = 2099-12-31
host = "127.0.0.1"
port = 8100
problem_base = "https://index.example/v1/problems"
security_contact = "mailto:veilig@index.example"
security_expires = 2027-06-30

[[issuers]]
issuer = "http://localhost:9000"
algorithms = ["PS256"]
"""


def write_settings(
    folder: Path, url: str = "sqlite+aiosqlite:///data/index.sqlite", extra: str = ""
) -> Path:
    """Write a settings file; `extra` stands before the rest of it."""
    path = folder / "index.toml"
    path.write_text(extra + SETTINGS.format(database_url=url), encoding="utf-8")
    return path
