"""Somebody breaks one contact holder in the database: nothing else is lost by it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from tests.builders import a_contact_holder
from tests.contact_desk import (
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


@pytest.mark.parametrize(
    "change",
    [
        {"function": ""},
        {"function": "<b>Teamleider</b>"},
        {"phone": "06"},
        {"name": "1234567890"},
        {"deputy": None, "outOfHoursPhone": "0"},
        {"officeHours": [{"days": ["mon"], "from": "09:00", "to": "17:00"}] * 4},
    ],
    ids=str,
)
async def test_what_cannot_be_a_contact_holder_costs_no_other_flag(
    world: World, desk: Desk, change: Mapping[str, object]
) -> None:
    """One row that somebody broke would else take every lookup of its persons."""
    await world.publish(world.debt_help, [ONE])
    await change_details(world, change)
    assert await desk.read() is None
    assert desk.faults == ["changed"]


@pytest.mark.parametrize(
    "change",
    [
        {"function": None},
        {"phone": 31101234567},
        {"phone": "\ud800"},
        {"lastVerified": "yesterday"},
        {"deputy": "Teamleider"},
        {"officeHours": [{"days": ["mon"], "from": "17:00", "to": "09:00"}]},
        {"signature": "none"},
    ],
    ids=str,
)
async def test_what_cannot_be_read_is_refused_as_what_nobody_signed(
    world: World, desk: Desk, change: Mapping[str, object]
) -> None:
    """The index answers all the same, and the alarm names whose row was broken."""
    await world.publish(world.debt_help, [ONE])
    await change_details(world, change)
    assert await desk.read() is None
    assert desk.faults == ["unsigned"]


@pytest.mark.parametrize("details", ["[]", '"none"', "7", "null"])
async def test_details_that_are_no_details_cost_no_other_flag(
    world: World, desk: Desk, details: str
) -> None:
    await world.publish(world.debt_help, [ONE])
    await world.run_sql("UPDATE contact_holder SET details = :it", it=details)
    assert await desk.read() is None
    assert desk.faults == ["unsigned"]


@pytest.mark.parametrize("at", [None, 2**31 - 1])
async def test_a_source_mends_what_somebody_broke_in_the_database(
    world: World, desk: Desk, at: int | None
) -> None:
    """Also where the row says that it was signed in a thousand years, or by nobody."""
    agency = world.debt_help
    await world.publish(agency, [ONE])
    details = await read_details(world, str(agency.contact))
    signature = None if at is None else details["signature"] | {"at": at}
    await write_details(world, str(agency.contact), details | {"signature": signature})
    token = world.a_source_token(agency)
    listed = await world.send("GET", "/contact-holders", token)
    assert listed.status_code == 200, listed.text
    assert await desk.read() is None
    assert (await world.put_contact(agency, a_contact_holder())).status_code == 200
    assert await desk.read() is not None
