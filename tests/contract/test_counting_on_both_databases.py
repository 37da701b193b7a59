"""The upkeep counts each day's lookups, in the roles it has; both databases."""

import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from keys.events import EventLog
from keys.municipality import MunicipalityCode
from signal_index.ledger import Entry, Outcome
from signal_index.overview.counts import Counts, add_all
from signal_index.overview.days import Stage
from signal_index.overview.figures import follow_up, follow_up_of_flags, total
from signal_index.overview.sealing import open_counts
from signal_index.store.connect import DatabaseRole, open_engine, reading, transaction
from signal_index.store.ledger import insert_entries
from signal_index.store.outcomes import (
    LookupOutcome,
    erase_outcomes,
    store_outcome,
)
from signal_index.store.overview import (
    erase_counts,
    find_counted,
    find_days,
    forget_counts,
)
from signal_index.store.registry import OrganisationRecord, add_organisation
from signal_index.store.scope import OfficerScope
from signal_index.upkeep.counting import Counting
from tests.ledger_builders import OIN
from tests.overview_builders import WORKDAY, YEAR_KEYS, a_lookup
from tests.store_builders import DATABASES, FakeClock, a_store, an_oin, database_url

pytestmark = pytest.mark.anyio
DAY = WORKDAY.date()
TOWN = OfficerScope(MunicipalityCode("9901"), None)
LATER = timedelta(days=17)


@dataclass
class Office:
    """A database as the web role and the upkeep see it, and a clock."""

    web: AsyncEngine
    upkeep: AsyncEngine
    owner: AsyncEngine
    clock: FakeClock = field(default_factory=lambda: FakeClock(WORKDAY))
    written: io.StringIO = field(default_factory=io.StringIO)

    @property
    def log(self) -> EventLog:
        return EventLog(self.written, self.clock)

    @property
    def counting(self) -> Counting:
        return Counting(self.upkeep, YEAR_KEYS, self.clock, lambda: 2021, self.log)

    async def record(self, *entries: Entry) -> None:
        async with transaction(self.web) as conn:
            await insert_entries(conn, entries)

    async def say(self, entry: Entry, flag: int, outcome: str) -> None:
        said = LookupOutcome(entry.id, flag, "9901", outcome, uuid4())
        async with transaction(self.web) as conn:
            await store_outcome(conn, said, YEAR_KEYS.disclosures)

    async def read(self, first: date = DAY, last: date = DAY) -> Counts:
        async with reading(self.web) as conn:
            days = await find_days(conn, TOWN, first, last)
        return add_all(
            open_counts(
                one.place,
                one.sealed,
                key=YEAR_KEYS.get_disclosure_key(one.place.day.year),
            )
            for one in days
        )

    async def stages(self) -> Sequence[tuple[date, Stage, int]]:
        async with reading(self.web) as conn:
            found = await find_counted(conn, date(2025, 1, 1), date(2027, 12, 31))
        return sorted((one.day, one.stage, one.lookups) for one in found.values())


@pytest.fixture(params=DATABASES)
async def office(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Office]:
    url = database_url(request.param, request, tmp_path)
    async with a_store(url) as owner:
        web = open_engine(url, DatabaseRole.WEB)
        upkeep = open_engine(url, DatabaseRole.UPKEEP)
        async with transaction(owner) as conn:
            town = OrganisationRecord(OIN, "Gemeente", "municipality", "9901")
            await add_organisation(conn, town, now=WORKDAY)
        yield Office(web, upkeep, owner)
        await upkeep.dispose()
        await web.dispose()


async def test_nothing_was_looked_up_and_nothing_is_counted(office: Office) -> None:
    await office.counting.run()
    assert await office.stages() == []


async def test_a_day_is_counted_while_it_goes_on(office: Office) -> None:
    await office.record(a_lookup(), a_lookup(outcome=Outcome.REFUSED, person=2))
    await office.counting.run()
    found = total(await office.read())
    assert (found.lookups, found.hits, found.refused) == (2, 1, 1)
    assert await office.stages() == [(DAY, Stage.PROVISIONAL, 2)]


async def test_counting_again_replaces_what_was_counted(office: Office) -> None:
    await office.record(a_lookup())
    await office.counting.run()
    await office.record(a_lookup(WORKDAY + timedelta(hours=1), person=2))
    office.clock.move(timedelta(hours=2))
    await office.counting.run()
    assert total(await office.read()).lookups == 2


async def test_days_that_were_missed_are_counted_when_it_runs_again(
    office: Office,
) -> None:
    await office.record(a_lookup(), a_lookup(WORKDAY + timedelta(days=2)))
    office.clock.move(LATER)
    await office.counting.run()
    stages = await office.stages()
    assert [lookups for _, _, lookups in stages] == [1, 0, 1, *[0] * 15]
    assert stages[0] == (DAY, Stage.SETTLED, 1)


async def test_a_lookup_about_the_same_person_within_thirty_days_is_repeated(
    office: Office,
) -> None:
    await office.record(
        a_lookup(WORKDAY - timedelta(days=31), person=1),
        a_lookup(WORKDAY - timedelta(days=29), person=2),
        a_lookup(WORKDAY - timedelta(days=1), person=3, outcome=Outcome.REFUSED),
        *(a_lookup(person=person) for person in (1, 2, 3, 4)),
    )
    await office.counting.run()
    assert total(await office.read()).repeated == 1


async def test_what_came_of_it_counts_per_lookup_and_per_flag(office: Office) -> None:
    said, silent = a_lookup(person=1, flags=3), a_lookup(person=2, flags=2)
    await office.record(said, silent)
    await office.say(said, 0, "not-reachable")
    await office.say(said, 2, "not-reachable")
    await office.say(said, 2, "contact-made")  # changed
    office.clock.move(LATER)
    await office.counting.run()
    counts = await office.read()
    found = follow_up(counts, ("contact-made", "not-reachable"))
    assert (found.asked, found.missing) == (2, 1)
    assert found.said == {"contact-made": 1}
    flags = follow_up_of_flags(counts)
    assert (flags.asked, flags.missing) == (5, 3)
    assert flags.said == {"contact-made": 1, "not-reachable": 1}


async def test_more_lookups_than_a_batch_are_all_counted(office: Office) -> None:
    await office.record(
        *(a_lookup(WORKDAY + timedelta(seconds=n), person=n) for n in range(450))
    )
    await office.counting.run()
    assert total(await office.read()).lookups == 450


async def test_an_officer_of_another_place_reads_nothing(office: Office) -> None:
    await office.record(a_lookup())
    await office.counting.run()
    elsewhere = OfficerScope(MunicipalityCode("9902"), None)
    another = OfficerScope(MunicipalityCode("9901"), an_oin(7))
    async with reading(office.web) as conn:
        assert await find_days(conn, elsewhere, DAY, DAY) == []
        assert await find_days(conn, another, DAY, DAY) == []


async def test_the_database_shows_neither_hits_nor_users_nor_teams(
    office: Office,
) -> None:
    await office.record(a_lookup())
    await office.counting.run()
    async with reading(office.owner) as conn:
        rows = (await conn.execute(text("SELECT * FROM overview_day"))).all()
    (row,) = rows
    for secret in (b"user-1", b"west", b"wmo-onderzoek", b"answered"):
        assert secret not in bytes(row.sealed)


async def test_a_day_that_is_forgotten_is_counted_anew(office: Office) -> None:
    await office.record(a_lookup())
    office.clock.move(LATER)
    await office.counting.run()
    await office.record(a_lookup(person=2))
    await office.counting.run()
    assert total(await office.read()).lookups == 1
    async with transaction(office.owner) as conn:
        assert await forget_counts(conn, DAY, DAY) == 1
    await office.counting.run()
    assert total(await office.read()).lookups == 2


async def test_erasing_a_year_erases_what_came_of_its_flags(office: Office) -> None:
    lookup = a_lookup()
    await office.record(lookup)
    await office.say(lookup, 0, "contact-made")
    async with transaction(office.upkeep) as conn:
        assert await erase_outcomes(conn, 2026) == 0
        assert await erase_outcomes(conn, 2027) == 1


async def test_erasing_a_year_erases_its_counts_too(office: Office) -> None:
    await office.record(a_lookup())
    await office.counting.run()
    async with transaction(office.upkeep) as conn:
        assert await erase_counts(conn, 2026) == 0
        assert await erase_counts(conn, 2027) == 2
    assert total(await office.read()).lookups == 0
