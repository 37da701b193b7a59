"""Who writes in the database changes what is registered: the ledger tells otherwise."""

from __future__ import annotations

import json
import sqlite3
import uuid
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from signal_index.store.connect import transaction
from signal_index.store.registered import Difference, compare_registered
from signal_index.wire.values import Phone
from tests.builders import a_contact_holder
from tests.contact_desk import IMPOSTOR, change_details
from tests.index_office import Office
from tests.store_builders import an_oin
from tests.world import World

AGENCY = an_oin(2)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    for step in (("migrate",), ("keys", "create")):
        assert made.run(*step)[0] == 0
    assert made.load()[0] == 0
    return made


def test_what_was_registered_by_commands_is_as_the_ledger_says(office: Office) -> None:
    code, said = office.run("ledger", "compare")
    assert (code, said.splitlines()[-1].endswith("0 differ")) == (0, True), said
    for step in (
        ("source", "go-live", AGENCY, "--without-rehearsal", "Werk en Inkomen"),
        ("source", "to-trial", AGENCY),
        ("organisation", "end", AGENCY, "--because", "stopped"),
    ):
        assert office.run(*step)[0] == 0, step
        assert office.run("ledger", "compare")[0] == 0, step


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE organisation SET name = 'Bank'", "organisation"),
        ("UPDATE client SET kind = 'machine', organisation = '{it}'", "client"),
        ("UPDATE signer SET jwk = '{{}}'", "signer"),
        ("UPDATE source SET state = 'live'", "source"),
        ("UPDATE coverage SET category = 'schuldhulpverlening'", "source"),
        ("UPDATE client SET ended_at = NULL, ended_because = NULL", ""),
        (
            "INSERT INTO signer (organisation, kid, municipality, jwk, registered_at) "
            "SELECT organisation, 'thief', municipality, jwk, registered_at "
            "FROM signer",
            "thief: not-recorded",
        ),
        ("DELETE FROM signer", "gone"),
    ],
)
def test_what_sql_changed_is_named(office: Office, change: str, named: str) -> None:
    with closing(sqlite3.connect(office.folder / "data" / "index.sqlite")) as found:
        found.execute(change.format(it=AGENCY))
        found.commit()
    code, said = office.run("ledger", "compare")
    assert (code == 1, named in said) == (bool(named), True), said


@pytest.mark.anyio
async def test_whom_to_call_is_held_by_what_its_organisation_stored(
    world: World,
) -> None:
    other = uuid.uuid4()
    for contact in (None, other):
        stored = await world.put_contact(
            world.debt_help, a_contact_holder(), contact=contact
        )
        assert stored.is_success
    assert await _contacts(world) == []
    await change_details(world, {"phone": IMPOSTOR})
    thing = ("contact-holder", str(world.debt_help.contact))
    assert await _contacts(world) == [Difference(thing, "changed", ("details",))]
    world.clock.forward(timedelta(minutes=1))
    mended = a_contact_holder(phone=Phone("+31101234599"))
    assert (await world.put_contact(world.debt_help, mended)).status_code == 200
    assert await _contacts(world) == []


@pytest.mark.anyio
async def test_a_day_of_confirming_beside_the_details_is_held_too(
    world: World,
) -> None:
    assert (
        await world.put_contact(world.debt_help, a_contact_holder())
    ).status_code == 200
    await world.run_sql(
        "UPDATE contact_holder SET last_verified = '2026-11-22' WHERE id = :id",
        id=world.debt_help.contact.hex,
    )
    assert [one.how for one in await _contacts(world)] == ["changed"]


@pytest.mark.anyio
async def test_a_contact_holder_that_nobody_recorded_is_named(world: World) -> None:
    """Also one whose details are those of another, but for a number."""
    contact = uuid.uuid4()
    stored = await world.put_contact(
        world.debt_help, a_contact_holder(), contact=contact
    )
    assert stored.status_code == 201
    copied = (
        "INSERT INTO contact_holder (id, organisation, municipality, details, "
        "last_verified, updated_at) SELECT :new, organisation, municipality, :said, "
        "last_verified, updated_at FROM contact_holder WHERE id = :id"
    )
    details = json.dumps({"phone": IMPOSTOR, "lastVerified": "2026-11-23"})
    new = uuid.uuid4()
    await world.run_sql(copied, new=new.hex, said=details, id=contact.hex)
    thing = ("contact-holder", str(new))
    assert await _contacts(world) == [Difference(thing, "not-recorded")]


async def _contacts(world: World) -> list[Difference]:
    """What differs of contact holders, but for those that the tests set up by SQL."""
    async with transaction(world.engine) as conn:
        found = await compare_registered(conn, world.index.keys)
    set_up = {str(agency.contact) for agency in world.agencies.values()}
    set_up.remove(str(world.debt_help.contact))
    return [
        one
        for one in found.differences
        if one.thing[0] == "contact-holder" and one.thing[1] not in set_up
    ]
