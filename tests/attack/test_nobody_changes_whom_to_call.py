"""Who runs the index, or writes in its database, would have somebody else called."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from signal_index.notice import (
    new_notice_key,
    sign_contact,
)
from signal_index.wire.values import Oin, Phone
from tests.builders import a_contact_holder
from tests.contact_desk import (
    IMPOSTOR,
    ONE,
    Desk,
    change_details,
    open_desk,
    read_details,
    write_details,
)
from tests.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(world: World, tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(world, tmp_path) as opened:
        yield opened


async def test_what_the_source_signed_is_shown(world: World, desk: Desk) -> None:
    await world.publish(world.debt_help, [ONE])
    contact = await desk.read()
    assert contact is not None
    assert contact["phone"] == a_contact_holder().phone
    assert desk.faults == []


@pytest.mark.parametrize(
    "change",
    [
        {"phone": IMPOSTOR},
        {"function": "Teamleider"},
        {"name": "B. Bos"},
        {"outOfHoursPhone": IMPOSTOR},
        {"officeHours": [{"days": ["mon"], "from": "00:00", "to": "23:59"}]},
        {"officeHours": []},
        {"deputy": {"function": "Teamleider", "phone": IMPOSTOR}},
        {"absentUntil": "2027-01-01"},
        {"lastVerified": "2026-11-22"},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_changed_details_are_shown_to_nobody(
    world: World, desk: Desk, change: Mapping[str, object]
) -> None:
    await world.publish(world.debt_help, [ONE])
    await change_details(world, change)
    assert await desk.read() is None
    assert desk.faults == ["changed"]
    assert desk.alarms == ["contact-refused"]


async def test_without_its_signature_a_number_is_shown_to_nobody(
    world: World, desk: Desk
) -> None:
    await world.publish(world.debt_help, [ONE])
    await change_details(world, {"phone": IMPOSTOR, "signature": None})
    assert await desk.read() is None
    assert desk.faults == ["unsigned"]


async def test_two_contact_holders_of_one_source_do_not_change_places(
    world: World, desk: Desk
) -> None:
    agency, other = world.debt_help, uuid.uuid4()
    said = a_contact_holder(phone=Phone(IMPOSTOR))
    await world.put_contact(agency, said, contact=other)
    await world.publish(agency, [ONE])
    await write_details(
        world, str(agency.contact), await read_details(world, str(other))
    )
    assert await desk.read() is None
    assert desk.faults == ["changed"]


async def test_the_number_of_another_organisation_is_not_shown(
    world: World, desk: Desk
) -> None:
    await world.publish(world.debt_help, [ONE])
    theirs = world.income_support.contact
    await world.run_sql("UPDATE signal SET contact_holder = :theirs", theirs=theirs.hex)
    assert await desk.read() is None
    assert desk.faults == ["key-unknown"]


async def test_an_older_number_does_not_come_back_over_a_newer_one(
    world: World, desk: Desk
) -> None:
    agency = world.debt_help
    await world.publish(agency, [ONE])
    old = await read_details(world, str(agency.contact))
    world.clock.forward(timedelta(minutes=1))
    new = a_contact_holder(phone=Phone("+31101234599"))
    assert (await world.put_contact(agency, new)).status_code == 200
    contact = await desk.read()
    assert contact is not None
    assert contact["phone"] == "+31101234599"
    await write_details(world, str(agency.contact), old)
    assert await desk.read() is None
    assert desk.faults == ["older"]


async def test_an_old_number_is_not_passed_off_as_lately_confirmed(
    world: World, desk: Desk
) -> None:
    await world.publish(world.debt_help, [ONE])
    world.clock.forward(timedelta(days=200))
    today = world.clock().date().isoformat()
    await world.run_sql("UPDATE contact_holder SET last_verified = :on", on=today)
    assert await desk.read() is None
    assert desk.faults == ["stale"]


async def test_the_index_stores_nothing_that_its_caller_did_not_sign(
    world: World,
) -> None:
    agency = world.debt_help
    body = {"contactHolder": a_contact_holder().model_dump(mode="json")}
    path, token = f"/contact-holders/{agency.contact}", world.a_source_token(agency)
    assert (await world.send("PUT", path, token, body)).status_code == 400
    agency.key = new_notice_key()
    answer = await world.put_contact(agency, a_contact_holder())
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (
        403,
        "signature-invalid",
    )


async def test_an_older_signature_is_not_stored_over_a_newer_one(world: World) -> None:
    agency = world.debt_help
    own = Oin(agency.oin)
    old = sign_contact(
        agency.key,
        agency.contact,
        own,
        a_contact_holder(phone=Phone("+31101234500")),
        iss=own,
        now=world.clock() - timedelta(days=1),
    )
    assert (await world.put_contact(agency, a_contact_holder())).status_code == 200
    path, token = f"/contact-holders/{agency.contact}", world.a_source_token(agency)
    answer = await world.send("PUT", path, token, {"contactHolder": old})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"]) == (400, "iat")


async def test_who_changes_what_another_changed_meanwhile_overwrites_nothing(
    world: World,
) -> None:
    """Of two who read the same, the second hears that something else stands now."""
    agency = world.debt_help
    assert (await world.put_contact(agency, a_contact_holder())).status_code == 200
    details = await read_details(world, str(agency.contact))
    read = details["signature"]["value"]
    answers = []
    for number in ("+31101234501", "+31101234502"):
        world.clock.forward(timedelta(minutes=1))
        changed = a_contact_holder(phone=Phone(number))
        answers.append(await world.put_contact(agency, changed, replaces=read))
    assert [one.status_code for one in answers] == [200, 409]
    assert answers[1].json()["type"].endswith("/contact-changed")
    stands = await read_details(world, str(agency.contact))
    assert stands["phone"] == "+31101234501"


async def test_who_changes_what_is_gone_meanwhile_brings_nothing_back(
    world: World,
) -> None:
    agency = world.debt_help
    assert (await world.put_contact(agency, a_contact_holder())).status_code == 200
    read = (await read_details(world, str(agency.contact)))["signature"]["value"]
    await world.run_sql("DELETE FROM contact_holder")
    changed = a_contact_holder(phone=Phone("+31101234509"))
    answer = await world.put_contact(agency, changed, replaces=read)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/contact-changed")
    assert (await world.put_contact(agency, changed)).status_code == 201
