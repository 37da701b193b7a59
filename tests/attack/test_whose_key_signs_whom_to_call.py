"""Who has a key, or has holders say so, would sign whom to call for somebody else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from keys.holder.organisations import collect_organisations
from signal_index.notice import (
    new_notice_key,
    parse_signed_contact,
    parse_signer_key,
    sign_contact,
)
from signal_index.wire.values import Oin, Phone
from tests.builders import a_contact_holder
from tests.contact_builders import known_source
from tests.contact_desk import (
    IMPOSTOR,
    ONE,
    Desk,
    change_details,
    let_state,
    open_desk,
    write_details,
)
from tests.world import Agency, World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(world: World, tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(world, tmp_path) as opened:
        yield opened


async def test_a_key_that_only_the_index_knows_is_no_key(
    world: World, desk: Desk
) -> None:
    """Its operator registers a signer of their own, and signs with it."""
    agency = world.debt_help
    await world.publish(agency, [ONE])
    agency.key = new_notice_key()
    await world.run_sql(
        "INSERT INTO signer (organisation, kid, municipality, jwk, registered_at)"
        " VALUES (:oin, :kid, '9901', :jwk, '2026-11-01 00:00:00')",
        oin=agency.oin,
        kid=agency.key.kid,
        jwk=agency.key.encode_public().decode(),
    )
    world.index.standing.forget()
    said = a_contact_holder(phone=Phone(IMPOSTOR))
    assert (await world.put_contact(agency, said)).status_code == 200
    assert await desk.read() is None
    assert desk.faults == ["key-unknown"]


async def test_who_has_a_key_signs_for_no_source_but_its_own(
    world: World, desk: Desk
) -> None:
    """Who runs the index is often a source as well, with a key that holders know."""
    await world.publish(world.debt_help, [ONE])
    await write_details(
        world, str(world.debt_help.contact), _sign_for(world, world.income_support)
    )
    assert await desk.read() is None
    assert desk.faults == ["key-unknown"]


async def test_who_sends_for_a_partner_signs_for_it_once_holders_say_so(
    world: World, desk: Desk
) -> None:
    await world.publish(world.debt_help, [ONE])
    await write_details(
        world, str(world.debt_help.contact), _sign_for(world, world.income_support)
    )
    _let_sign_for(world, [1], world.income_support, world.debt_help)
    assert await desk.read() is None, "one holder alone says so"
    world.clock.forward(timedelta(seconds=61))
    _let_sign_for(world, [2], world.income_support, world.debt_help)
    contact = await desk.read()
    assert contact is not None
    assert contact["phone"] == IMPOSTOR


def _sign_for(world: World, by: Agency) -> dict[str, Any]:
    """Another number for the debt-help agency's contact, which another agency signs."""
    own, said = world.debt_help, a_contact_holder(phone=Phone(IMPOSTOR))
    source = Oin(own.oin)
    token = sign_contact(
        by.key, own.contact, source, said, iss=Oin(by.oin), now=world.clock()
    )
    signer = parse_signer_key(by.oin, by.key.encode_public())
    _, signature = parse_signed_contact(token, signer, now=world.clock())
    more = {"source": source, "signature": signature.model_dump(mode="json")}
    return said.model_dump(mode="json") | more


async def test_one_holder_alone_vouches_for_no_key(world: World, desk: Desk) -> None:
    await world.publish(world.debt_help, [ONE])
    known = collect_organisations([known_source(world.debt_help.oin)])
    let_state(world, [1, 2], known)
    assert await desk.read() is None
    assert desk.faults == ["key-unknown"]


async def test_holders_that_say_nothing_make_no_false_alarm_of_a_source(
    world: World, desk: Desk
) -> None:
    """Else whoever stops two holders buries the alarm about a changed number."""
    await world.publish(world.debt_help, [ONE])
    for index in (1, 2):
        world.holders.holders[index].fault = _state_nothing
    assert await desk.read() is None
    assert (desk.faults, desk.alarms) == (["no-holders"], [])
    await change_details(world, {"signature": None})
    assert await desk.read() is None
    assert desk.alarms == ["contact-refused"]


async def test_what_holders_stated_counts_for_ten_minutes(
    world: World, desk: Desk
) -> None:
    await world.publish(world.debt_help, [ONE])
    assert await desk.read() is not None
    for index in (1, 2):
        world.holders.holders[index].fault = _state_nothing
    world.clock.forward(timedelta(minutes=9))
    assert await desk.read() is not None
    world.clock.forward(timedelta(minutes=1))
    assert await desk.read() is None
    assert desk.faults == ["no-holders"]


def _let_sign_for(
    world: World, holders: Sequence[int], by: Agency, source: Agency
) -> None:
    """Do what operators of holders do: let an agency sign for another one's flags."""
    entry = known_source(by.oin, by.key).model_copy(update={"partners": (source.oin,)})
    let_state(world, holders, collect_organisations([entry]))


async def _state_nothing(
    request: httpx.Request, honest: httpx.AsyncBaseTransport
) -> httpx.Response:
    answer = await honest.handle_async_request(request)
    if not request.url.path.endswith("/notice-keys"):
        return answer
    return httpx.Response(200, content=b"garbage")
