"""What may not be kept is erased, and that it was is recorded; on both databases."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncEngine

from keys.events import EventLog
from policy.catalogue import load_catalogue
from signal_index.errors import KeyFilesRefused
from signal_index.ledger import Kind
from signal_index.store.acts import Act, Recorder
from signal_index.store.connect import DatabaseRole, open_engine, reading, transaction
from signal_index.store.erasure import BATCH
from signal_index.tables.ledger import ledger_person
from signal_index.tables.lookups import lookup_repeat, spent_ticket
from signal_index.tables.signals import tombstone
from signal_index.upkeep.expiry import Erasure, derive_terms
from tests.store_builders import (
    DATABASES,
    MUNICIPALITY,
    NOW,
    SOURCE,
    FakeClock,
    a_signal_row,
    a_store,
    database_url,
    insert_contact_holder,
    insert_signals,
    register_source,
    some_year_keys,
)

pytestmark = pytest.mark.anyio

YESTERDAY = NOW.date() - timedelta(days=1)


@dataclass
class Kept:
    """A database with signals, and the upkeep that erases in its own role."""

    owner: AsyncEngine
    erasure: Erasure

    async def insert(self, *changes: dict[str, Any]) -> None:
        async with transaction(self.owner) as conn:
            holder = await insert_contact_holder(conn)
            await insert_signals(
                conn, *(a_signal_row(holder, **change) for change in changes)
            )

    async def count(self, table: str, where: str = "true") -> int:
        statement = f"SELECT count(*) FROM {table} WHERE {where}"  # noqa: S608 - ours
        async with reading(self.owner) as conn:
            return int(await conn.scalar(text(statement)) or 0)


@pytest.fixture(params=DATABASES)
async def kept(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Kept]:
    url = database_url(request.param, request, tmp_path)
    async with a_store(url) as owner:
        async with transaction(owner) as conn:
            await register_source(conn)
        engine = (
            owner
            if request.param == "sqlite"
            else open_engine(url, DatabaseRole.UPKEEP)
        )
        clock = FakeClock()
        recorder = Recorder(some_year_keys(), "upkeep", clock)
        log = EventLog(io.StringIO(), clock)
        yield Kept(owner, Erasure(engine, recorder, load_catalogue(), log, clock, 5))
        await engine.dispose()


OVER = {
    "valid until yesterday": {"valid_until": YESTERDAY},
    "not confirmed for two years": {"confirmed_on": NOW.date() - timedelta(days=732)},
    "ended": {"state": "ended", "ended_on": NOW.date()},
    "of a category that left the catalogue": {
        "category": "vergeten",
        "valid_until": YESTERDAY,
    },
}
LIVING = {
    "valid until today": {"valid_until": NOW.date()},
    "confirmed almost two years ago": {
        "confirmed_on": NOW.date() - timedelta(days=729)
    },
    "restricted, whatever its dates": {
        "state": "restricted",
        "valid_until": YESTERDAY,
    },
}


@pytest.mark.parametrize("change", OVER.values(), ids=OVER)
async def test_a_signal_whose_time_is_over_is_erased(
    kept: Kept, change: dict[str, Any]
) -> None:
    await kept.insert(change)
    await kept.erasure.run()
    assert await kept.count("signal") == 0
    assert await kept.count("ledger_entry", "kind = 'erasure'") == 1


@pytest.mark.parametrize("change", LIVING.values(), ids=LIVING)
async def test_a_signal_whose_time_is_not_over_stays(
    kept: Kept, change: dict[str, Any]
) -> None:
    await kept.insert(change)
    await kept.erasure.run()
    assert await kept.count("signal") == 1


async def test_a_day_is_one_entry_whether_anything_ended_or_not(kept: Kept) -> None:
    lengths = "length(sealed) = (SELECT min(length(sealed)) FROM ledger_disclosure)"
    for days, change in enumerate((None, {"valid_until": YESTERDAY})):
        if change is not None:
            await kept.insert(change)
        for _ in range(2):  # a process that starts anew does it once a day
            await kept.erasure.run_daily()
        assert await kept.count("ledger_entry", "kind = 'erasure'") == days + 1
        assert await kept.count("ledger_disclosure", lengths) == days + 1
        assert isinstance(kept.erasure.clock, FakeClock)
        kept.erasure.clock.move(timedelta(days=1))


async def test_a_day_that_was_killed_between_its_parts_goes_on_the_same_day(
    kept: Kept,
) -> None:
    await kept.insert(*({"valid_until": YESTERDAY} for _ in range(BATCH + 1)))
    recorder = replace(kept.erasure.recorder, clock=partial(next, iter([NOW])))
    with pytest.raises(RuntimeError, match="StopIteration"):  # at the second part
        await replace(kept.erasure, recorder=recorder).run_daily()
    assert await kept.count("signal") == 1
    for _ in range(2):
        await kept.erasure.run_daily()
        assert await kept.count("signal") == 0
        assert await kept.count("ledger_entry", f"municipality = '{MUNICIPALITY}'") == 2


async def test_nothing_is_erased_that_cannot_be_recorded(kept: Kept) -> None:
    await kept.insert({"valid_until": YESTERDAY})
    assert isinstance(kept.erasure.clock, FakeClock)
    kept.erasure.clock.move(timedelta(days=365 * 3))
    with pytest.raises(KeyFilesRefused):
        await kept.erasure.run()
    assert await kept.count("signal") == 1


async def test_what_entries_say_is_erased_by_whole_years(kept: Kept) -> None:
    keys = some_year_keys((2020, 2021))
    for year in (2020, 2021):
        last = FakeClock(NOW.replace(year=year, month=12, day=31))
        async with transaction(kept.owner) as conn:
            act = Act({"act": "old"}, Kind.ADMINISTRATION)
            await Recorder(keys, "test", last).record(conn, act)
            await conn.execute(
                insert(ledger_person).values(year=year, find_person=bytes(16), number=1)
            )
    await kept.erasure.run()
    assert await kept.count("ledger_disclosure", "year = 2020") == 0
    assert await kept.count("ledger_disclosure", "year = 2021") == 1
    assert await kept.count("ledger_person") == 1
    assert await kept.count("ledger_entry", "year = 2020") == 1
    of_years = "kind = 'erasure' AND municipality IS NULL"
    assert await kept.count("ledger_entry", of_years) == 1


async def test_a_tombstone_lives_until_its_day(kept: Kept) -> None:
    rows = [_a_tombstone(YESTERDAY), _a_tombstone(NOW.date())]
    async with transaction(kept.owner) as conn:
        await conn.execute(insert(tombstone), rows)
    await kept.erasure.run()
    assert await kept.count("tombstone") == 1
    assert await kept.count("ledger_entry", "kind = 'erasure'") == 1


async def test_what_lookups_left_behind_goes_when_it_has_expired(kept: Kept) -> None:
    async with transaction(kept.owner) as conn:
        for until in (NOW - timedelta(seconds=1), NOW + timedelta(minutes=1)):
            await conn.execute(insert(spent_ticket).values(jti=uuid4(), until=until))
            await conn.execute(insert(lookup_repeat).values(_a_repeat(until)))
    await kept.erasure.clean()
    assert await kept.count("spent_ticket") == 1
    assert await kept.count("lookup_repeat") == 1


def test_every_category_has_terms_and_so_has_every_other() -> None:
    catalogue = load_catalogue()
    terms = derive_terms(catalogue, date(2026, 11, 22))
    named = [name for one in terms if not one.excluding for name in one.categories]
    others = [one.categories for one in terms if one.excluding]
    assert sorted(named) == sorted(id_.value for id_ in catalogue.categories)
    assert others == [frozenset(named)]


def test_no_category_outlives_two_years_without_confirmation() -> None:
    terms = derive_terms(load_catalogue(), date(2026, 11, 22))
    assert min(one.confirmed_before for one in terms) >= date(2024, 11, 21)


def _a_tombstone(until: date) -> dict[str, object]:
    return {
        "source": SOURCE,
        "reference": uuid4(),
        "municipality": MUNICIPALITY,
        "version": 2,
        "year": 2026,
        "sealed": bytes(32),
        "until": until,
    }


def _a_repeat(until: datetime) -> dict[str, object]:
    return {
        "req": uuid4().bytes * 2,
        "municipality": MUNICIPALITY,
        "organisation": SOURCE,
        "subject": "jan",
        "body_digest": bytes(32),
        "until": until,
    }
