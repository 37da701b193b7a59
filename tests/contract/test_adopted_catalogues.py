"""What a municipality adopted also holds for commands and for the upkeep."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from keys.events import EventLog
from keys.municipality import MunicipalityCode
from policy.bundle import Bundle, shipped_bundle
from policy.catalogue import load_catalogue
from policy.vocabulary import Assurance, Caller, CallerKind, OrganisationKind, Role
from signal_index.cli.items import SourceItem, parse_item
from signal_index.cli.registration import Registrar
from signal_index.errors import CoverageRefused
from signal_index.store.acts import Recorder
from signal_index.store.approvals import Matter, request_approval
from signal_index.store.connect import DatabaseRole, open_engine, reading, transaction
from signal_index.store.policies import StoredAdoption, insert_adoption, insert_bundle
from signal_index.upkeep.expiry import Erasure
from tests.ledger_builders import RECEIPT_KEY
from tests.store_builders import (
    DATABASES,
    NOW,
    SOURCE,
    FakeClock,
    a_recorder,
    a_signal_row,
    a_store,
    an_oin,
    database_url,
    insert_contact_holder,
    insert_signals,
    register_source,
    some_year_keys,
)

pytestmark = pytest.mark.anyio

PLACE = MunicipalityCode("9901")
MONTHS_AGO = NOW.date() - timedelta(days=240)


@pytest.fixture(params=DATABASES)
async def owner(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[AsyncEngine]:
    async with a_store(database_url(request.param, request, tmp_path)) as engine:
        async with transaction(engine) as conn:
            await register_source(conn)
        yield engine


def _changed(old: str, new: str) -> Bundle:
    shipped = shipped_bundle()
    texts = dict(shipped.catalogue)
    assert old in texts["categories.toml"]
    texts["categories.toml"] = texts["categories.toml"].replace(old, new, 1)
    return Bundle(texts, shipped.rules)


async def _adopt(owner: AsyncEngine, bundle: Bundle) -> None:
    caller = Caller(
        kind=CallerKind.PERSON,
        subject="anke",
        organisation=SOURCE,
        organisation_kind=OrganisationKind.MUNICIPALITY,
        municipality=PLACE,
        active=True,
        roles=frozenset({Role.PRIVACY_OFFICER}),
        trainings=(),
        assurance=Assurance.HIGH,
    )
    matter = Matter("policy-activation", PLACE, bundle.digest, "policy-wider")
    async with transaction(owner) as conn:
        await insert_bundle(conn, bundle, now=NOW)
        asked = await request_approval(conn, matter, caller, RECEIPT_KEY, now=NOW)
        made = StoredAdoption(PLACE, 1, bundle.digest, asked.id, NOW, "signed")
        await insert_adoption(conn, made)


async def _erase(owner: AsyncEngine) -> set[str]:
    """Let the upkeep erase, in its own role; gives whose signals are left."""
    url = owner.url.render_as_string(hide_password=False)
    engine = open_engine(url, DatabaseRole.UPKEEP)
    clock = FakeClock()
    recorder = Recorder(some_year_keys(), "upkeep", clock)
    log = EventLog(io.StringIO(), clock)
    await Erasure(engine, recorder, load_catalogue(), log, clock, 5).run()
    await engine.dispose()
    async with reading(owner) as conn:
        return set(await conn.scalars(text("SELECT municipality FROM signal")))


async def test_a_shorter_life_holds_where_it_was_adopted_and_nowhere_else(
    owner: AsyncEngine,
) -> None:
    async with transaction(owner) as conn:
        holder = await insert_contact_holder(conn)
        rows = [
            a_signal_row(holder, municipality=place, confirmed_on=MONTHS_AGO)
            for place in ("9901", "9902")
        ]
        await insert_signals(conn, *rows)
    assert await _erase(owner) == {"9901", "9902"}
    await _adopt(owner, _changed("maximum_life_months = 24", "maximum_life_months = 6"))
    assert await _erase(owner) == {"9902"}


async def test_a_source_is_registered_by_the_adopted_catalogue(
    owner: AsyncEngine,
) -> None:
    values = {
        "oin": an_oin(2),
        "kind": "income-support",
        "categories": ["ww-uitkering"],
        "municipalities": ["9901"],
        "rhythm_days": 7,
        "submitters": [],
    }

    async def register() -> None:
        async with transaction(owner) as conn:
            registrar = Registrar(conn, a_recorder(), load_catalogue())
            await registrar.register(parse_item(SourceItem, values))

    with pytest.raises(CoverageRefused):
        await register()
    both = 'publishers = ["uwv", "income-support"]'
    await _adopt(owner, _changed('publishers = ["uwv"]', both))
    await register()
    async with reading(owner) as conn:
        covered = await conn.scalars(text("SELECT category FROM coverage"))
        assert "ww-uitkering" in set(covered)
