"""What is over of citizens' requests goes after two years; what is open stays."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import text

from keys.events import EventLog
from signal_index import clock
from signal_index.ledger import Group
from signal_index.store.acts import Recorder
from signal_index.store.connect import DatabaseRole, open_engine, reading
from signal_index.upkeep.expiry import Erasure
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ONE = a_bsn(1)
TWO_YEARS = timedelta(days=2 * 365 + 2)
TABLES = ("access_request", "correction", "embargo")


@pytest.fixture
async def desk(desk: CitizensDesk) -> CitizensDesk:
    await desk.world.publish(desk.world.debt_help, [ONE])
    return desk


async def counts(desk: CitizensDesk) -> dict[str, int]:
    async with reading(desk.world.engine) as conn:
        return {
            table: int(await conn.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608 - ours
            for table in TABLES
        }


async def erase_later(desk: CitizensDesk, after: timedelta) -> None:
    """Run upkeep so much later, in its own role, with the keys of today's year.

    The ledger of the tests has keys for two years only, so that the record is made
    under the clock of now.
    """
    world = desk.world
    url = world.engine.url.render_as_string(hide_password=False)
    engine = open_engine(url, DatabaseRole.UPKEEP, pool_size=2)
    try:
        erasure = Erasure(
            engine,
            Recorder(world.index.keys, "upkeep", world.clock),
            world.index.catalogue,
            EventLog(io.StringIO(), world.clock),
            lambda: world.clock() + after,
            5,
        )
        await erasure.run()
    finally:
        await engine.dispose()


async def close_everything(desk: CitizensDesk) -> None:
    request = await desk.register()
    path = f"/access-requests/{request['id']}/closing"
    await desk.send("POST", path, {"closing": "answered"})
    (signal,) = (await desk.report(ONE))["signals"]
    made = await desk.enter_correction(signal)
    await desk.answer(made, "changed")
    await desk.place_embargo(ONE)


async def end_embargo_yesterday(desk: CitizensDesk) -> None:
    """As its owner: the database erases by its own day, which no test changes."""
    yesterday = clock.now().date() - timedelta(days=1)
    await desk.end_embargoes(yesterday.isoformat())


async def test_what_ended_two_years_ago_goes_and_is_recorded(
    desk: CitizensDesk,
) -> None:
    await close_everything(desk)
    await end_embargo_yesterday(desk)
    assert await counts(desk) == {"access_request": 2, "correction": 1, "embargo": 1}
    await erase_later(desk, TWO_YEARS + timedelta(days=31))
    assert await counts(desk) == {"access_request": 1, "correction": 0, "embargo": 0}
    acts = [
        entry[Group.WHAT] or {} for entry in await open_entries(desk.world, "erasure")
    ]
    (said,) = [one for one in acts if one["act"] == "erased"]
    assert said["counts"] == {"access_request": 1, "correction": 1, "embargo": 1}


async def test_nothing_goes_before_its_time(desk: CitizensDesk) -> None:
    await close_everything(desk)
    await erase_later(desk, timedelta(days=700))
    assert await counts(desk) == {"access_request": 2, "correction": 1, "embargo": 1}
