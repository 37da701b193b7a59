"""Callers try routes that are not theirs: a publisher looks up, a person publishes."""

from __future__ import annotations

from pathlib import Path

import pytest

from signal_index.store.accounts import EVERYONE, suspend_account
from signal_index.store.connect import transaction
from tests.builders import a_contact_holder, a_delivery
from tests.holders_builders import LOOKUP_OIN, a_bsn
from tests.ledger_reading import count_entries
from tests.world import World, open_world

pytestmark = pytest.mark.anyio
ONE = a_bsn(1)


async def _lookup_status(world: World, token: str) -> int:
    body = await world.ask([ONE])
    return (await world.send("POST", "/lookups", token, body)).status_code


async def test_a_publisher_cannot_look_up(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        token = world.a_source_token(world.debt_help)
        assert await _lookup_status(world, token) == 403


async def test_a_publisher_that_has_itself_given_the_scope_cannot_look_up(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as world:
        token = world.a_source_token(
            world.debt_help, scope="publish lookup", roles=["generalist"]
        )
        assert await _lookup_status(world, token) == 403


async def test_a_person_of_an_agency_cannot_look_up(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        token = world.a_source_token(
            world.debt_help, sub="clerk", scope="lookup", roles=["generalist"]
        )
        assert await _lookup_status(world, token) == 403


@pytest.mark.parametrize(
    "changed",
    [
        {"scope": "openid"},
        {"client_id": "agent-0002"},
        {"client_id": "unheard-of"},
        {"org": "00000009999999999999"},
        {"sub": "desk"},
    ],
)
async def test_a_token_for_something_else_opens_no_lookup(
    tmp_path: Path, changed: dict[str, object]
) -> None:
    async with open_world(tmp_path) as world:
        assert await _lookup_status(world, world.a_token(**changed)) == 403


async def test_no_token_opens_no_lookup(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        assert await _lookup_status(world, "") == 401


async def test_a_person_cannot_publish(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        token = world.a_token(scope="publish lookup", roles=["source-publisher"])
        agency, said = world.debt_help, a_contact_holder()
        answer = await world.put_contact(agency, said, token=token)
        assert answer.status_code == 403


async def test_an_agency_cannot_speak_for_another(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        token = world.a_source_token(world.income_support)
        wire = a_delivery().model_dump(mode="json")
        answer = await world.send("POST", "/deliveries", token, wire)
        assert answer.status_code == 403


async def test_an_agency_cannot_change_anothers_contact_holder(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        agency, other = world.income_support, world.debt_help.contact
        answer = await world.put_contact(agency, a_contact_holder(), contact=other)
        assert answer.status_code == 404


async def test_nobody_sees_another_users_lookups(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        (part,) = await world.look_up([ONE])
        other = world.a_token(sub="user-2")
        path = f"/lookups/{part['entryId']}/outcome"
        said = {"outcome": "contact-made", "flag": None}
        assert (await world.send("POST", path, other, said)).status_code == 404
        mine = await world.send("GET", "/own-lookups", other)
        assert mine.json()["items"] == []


@pytest.mark.parametrize("subject", ["user-1", EVERYONE])
async def test_a_suspended_account_is_refused_within_ten_seconds(
    tmp_path: Path, subject: str
) -> None:
    async with open_world(tmp_path) as world:
        token = world.a_token()
        assert await _lookup_status(world, token) == 200
        async with transaction(world.engine) as conn:
            await suspend_account(conn, LOOKUP_OIN, subject, now=world.clock())
        world.clock.moment = world.clock.moment.replace(second=10)
        assert await _lookup_status(world, token) == 403
        assert await count_entries(world, "lookup", outcome="refused") == 1
        history = await world.send("GET", "/own-lookups", token)
        assert history.status_code == 403
