"""An agency would say something of a citizen in what its contact holders are called."""

from __future__ import annotations

import pytest

from signal_index.errors import TooManyContactHolders
from signal_index.store.connect import transaction
from signal_index.store.contact_labels import LabelRecord, approve_label
from signal_index.store.contacts import store_contact_holder
from signal_index.wire.values import Label
from tests.builders import a_contact_holder, a_stored_contact
from tests.holders_builders import a_bsn
from tests.source_administrators import an_administrator
from tests.world import World

pytestmark = pytest.mark.anyio


async def test_a_contact_holder_is_called_by_a_word_that_the_municipality_knows(
    world: World,
) -> None:
    agency, text = world.debt_help, "Team Sinds mei"
    token = an_administrator(world, agency)
    said = a_contact_holder(function=Label(text))
    refused = await world.put_contact(agency, said, token=token)
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["field"]) == (400, "function")
    assert error["code"] == "not-on-the-list"
    assert text not in refused.text
    approved = LabelRecord(agency.oin, text, "college", world.clock().date())
    async with transaction(world.engine) as conn:
        await approve_label(conn, approved, now=world.clock())
    assert (await world.put_contact(agency, said, token=token)).status_code == 200
    registered = (await world.send("GET", "/own-registration", token)).json()
    assert registered["contactNames"] == [text]
    assert {text, "Schuldhulpverlener"} < set(registered["contactFunctions"])


async def test_an_agency_has_no_more_contact_holders_than_its_signals_give_room_for(
    world: World,
) -> None:
    agency = world.debt_help
    owner, now = (agency.oin, "9901"), world.clock()
    known = a_stored_contact(agency.oin, id=agency.contact, at=now)
    another = a_stored_contact(agency.oin, at=now)
    async with transaction(world.engine) as conn:
        with pytest.raises(TooManyContactHolders):
            await store_contact_holder(conn, owner, another, most=1, now=now)
        assert not await store_contact_holder(conn, owner, known, most=1, now=now)
    await world.publish(agency, [a_bsn(number) for number in range(1, 41)])
    async with transaction(world.engine) as conn:
        assert await store_contact_holder(conn, owner, another, most=1, now=now)
