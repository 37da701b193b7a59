"""What a process starts with: remembered, recorded, and never taken back a version."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.config import parse_pins
from policy.bundle import shipped_bundle
from signal_index.errors import KeyConfigUnusable
from signal_index.proof import Group
from signal_index.store.activations import (
    OfferedConfig,
    accept_key_config,
    record_policy_activation,
)
from signal_index.store.connect import transaction
from signal_index.store.key_steps import find_key_steps
from tests.dealing import Dealing, DealingPlan, deal_key, sign_config
from tests.store_builders import DATABASES, NOW, a_recorder, a_store, database_url

pytestmark = pytest.mark.anyio

PLAN = DealingPlan(
    holders=3,
    threshold=2,
    valid_from=NOW - timedelta(days=1),
    valid_until=NOW + timedelta(days=30),
)


@pytest.fixture(scope="module")
def dealing() -> Dealing:
    return deal_key(PLAN)


@pytest.fixture(params=DATABASES)
async def conn(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[AsyncConnection]:
    url = database_url(request.param, request, tmp_path)
    async with a_store(url) as engine, transaction(engine) as connection:
        yield connection


def _offered(dealing: Dealing, **changes: object) -> OfferedConfig:
    config = dealing.config.model_copy(update=changes)
    signed = sign_config(config, [holder.config_key for holder in dealing.holders])
    return OfferedConfig(signed, parse_pins(dealing.pins), "dealt")


async def _kinds(conn: AsyncConnection) -> list[str]:
    found = await conn.scalars(text("SELECT kind FROM ledger_entry"))
    return [str(kind) for kind in found]


async def test_a_config_is_accepted_and_recorded_once(
    conn: AsyncConnection, dealing: Dealing
) -> None:
    first = await accept_key_config(conn, _offered(dealing), a_recorder())
    again = await accept_key_config(conn, _offered(dealing), a_recorder())
    assert first == again == dealing.config
    assert await _kinds(conn) == ["key"]


async def test_what_is_recorded_of_a_config_is_what_its_holders_signed(
    conn: AsyncConnection, dealing: Dealing
) -> None:
    recorder = a_recorder()
    await accept_key_config(conn, _offered(dealing), recorder)
    renewed = dealing.config.model_copy(update={"serial": 2})
    await accept_key_config(conn, _offered(dealing, serial=2), recorder)
    found = await find_key_steps(conn, recorder.keys.disclosures, most=9)
    said = [dict(one.group(Group.WHAT)) for one in found]
    said.sort(key=lambda one: int(str(one["serial"])))
    assert [one.pop("pad") for one in said]
    assert said == [
        {
            "act": "config-activated",
            "serial": config.serial,
            "version": 1,
            "epoch": 1,
            "origin": "dealt",
            "config": hashlib.sha256(config.encode()).hexdigest(),
            "transcript": None,
        }
        for config in (dealing.config, renewed)
    ]


async def test_an_older_config_is_refused_also_after_a_restart(
    conn: AsyncConnection, dealing: Dealing
) -> None:
    await accept_key_config(conn, _offered(dealing, serial=2), a_recorder())
    with pytest.raises(KeyConfigUnusable, match="ConfigRolledBack"):
        await accept_key_config(conn, _offered(dealing), a_recorder())


async def test_another_key_under_the_same_version_is_refused(
    conn: AsyncConnection, dealing: Dealing
) -> None:
    await accept_key_config(conn, _offered(dealing), a_recorder())
    other = deal_key(PLAN)
    with pytest.raises(KeyConfigUnusable):
        await accept_key_config(conn, _offered(other, serial=2), a_recorder())


async def test_a_dealt_key_is_refused_where_a_ceremony_is_expected(
    conn: AsyncConnection, dealing: Dealing
) -> None:
    offered = replace(_offered(dealing), accepted_origin="distributed")
    with pytest.raises(KeyConfigUnusable, match="ConfigOriginRefused"):
        await accept_key_config(conn, offered, a_recorder())
    assert await _kinds(conn) == []


async def test_a_policy_is_recorded_when_it_is_first_used(
    conn: AsyncConnection,
) -> None:
    policy = shipped_bundle()
    assert await record_policy_activation(conn, policy, a_recorder())
    assert not await record_policy_activation(conn, policy, a_recorder())
    assert await _kinds(conn) == ["policy"]
