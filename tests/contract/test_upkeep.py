"""The upkeep: one leader, and none on a ledger that was put back; both databases."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from keys.events import EventLog
from signal_index import clock
from signal_index.errors import LedgerRolledBack, SettingsRefused
from signal_index.key_files import create_key_folder, load_year_keys
from signal_index.ledger import Kind
from signal_index.settings import Settings, load_settings
from signal_index.store.acts import Act, Recorder
from signal_index.store.connect import DatabaseRole, open_engine, transaction
from signal_index.upkeep.leader import opened_upkeep, running_upkeep
from signal_index.upkeep.leadership import (
    DatabaseLeadership,
    FileLeadership,
    Leadership,
)
from signal_index.upkeep.schedule import Job, Schedule
from tests.store_builders import DATABASES, NOW, a_store, database_url, write_settings

pytestmark = pytest.mark.anyio


@dataclass
class Seats:
    """Two candidates for one seat."""

    first: Leadership
    second: Leadership


@pytest.fixture(params=DATABASES)
async def seats(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Seats]:
    if request.param == "sqlite":
        path = tmp_path / "leader"
        yield Seats(FileLeadership(path), FileLeadership(path))
        return
    url = database_url(request.param, request, tmp_path)
    async with a_store(url, DatabaseRole.SEQUENCER) as one:
        other = open_engine(url, DatabaseRole.SEQUENCER)
        yield Seats(DatabaseLeadership(one), DatabaseLeadership(other))
        await other.dispose()


async def test_one_leads_and_the_other_follows_when_it_leaves(seats: Seats) -> None:
    assert await seats.first.take()
    assert not await seats.second.take()
    assert await seats.first.is_held()
    assert not await seats.second.is_held()
    await seats.first.leave()
    assert await seats.second.take()
    await seats.second.leave()


async def test_leaving_a_seat_one_never_had_is_harmless(seats: Seats) -> None:
    await seats.first.leave()
    assert await seats.second.take()
    await seats.second.leave()


async def test_a_leader_whose_session_was_cut_knows_it(postgres: str) -> None:
    async with a_store(postgres, DatabaseRole.SEQUENCER) as engine:
        seat = DatabaseLeadership(engine)
        assert await seat.take()
        owner = open_engine(postgres, None)
        async with transaction(owner) as conn:
            await conn.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks "
                    "WHERE locktype = 'advisory' AND database = "
                    "(SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            )
        assert not await seat.is_held()
        await seat.leave()
        assert await seat.take()
        await seat.leave()
        await owner.dispose()


@dataclass
class House:
    """An index with its settings and keys, not yet serving."""

    settings: Settings
    engine: AsyncEngine
    stream: io.StringIO

    @property
    def log(self) -> EventLog:
        return EventLog(self.stream, clock.now)

    def said(self) -> list[str]:
        return [
            json.loads(line)["event"] for line in self.stream.getvalue().splitlines()
        ]

    async def record(self) -> None:
        recorder = Recorder(load_year_keys(self.settings.keys), "test", clock.now)
        async with transaction(self.engine) as conn:
            act = Act({"act": "tested"}, Kind.ADMINISTRATION)
            await recorder.record(conn, act)

    async def count(self, table: str) -> int:
        async with transaction(self.engine) as conn:
            found = await conn.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - ours
        return int(found or 0)


@pytest.fixture(params=DATABASES)
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    url = database_url(request.param, request, tmp_path)
    settings = load_settings(write_settings(tmp_path, url))
    settings.checkpoint_file.parent.mkdir()
    this_year = clock.now().year
    create_key_folder(
        settings.keys,
        key_version=1,
        years=(this_year,),
        origin_base=settings.ledger_origin,
    )
    async with a_store(url) as engine:
        yield House(settings, engine, io.StringIO())


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await holds():  # noqa: ASYNC110 - we watch a database
            await asyncio.sleep(0.1)


async def test_what_is_recorded_comes_into_the_tree_and_is_signed(house: House) -> None:
    await house.record()

    async def signed() -> bool:
        return await house.count("ledger_checkpoint") > 0

    async with running_upkeep(house.settings, house.engine, house.log, clock=clock.now):
        await _until(signed)
    assert await house.count("ledger_pending") == 0
    assert house.settings.checkpoint_file.exists()
    assert "leading" in house.said()


async def test_a_ledger_that_was_put_back_stops_the_start(house: House) -> None:
    await house.record()

    async def signed() -> bool:
        return await house.count("ledger_checkpoint") > 0

    async with running_upkeep(house.settings, house.engine, house.log, clock=clock.now):
        await _until(signed)
    await _empty_the_ledger(house)
    with pytest.raises(LedgerRolledBack):
        async with running_upkeep(
            house.settings, house.engine, house.log, clock=clock.now
        ):
            pytest.fail("it started")


async def _empty_the_ledger(house: House) -> None:
    url = house.engine.url.render_as_string(hide_password=False)
    operator = open_engine(url, None)
    async with transaction(operator) as conn:
        if url.startswith("sqlite"):
            found = await conn.scalars(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            )
            for name in found.all():
                await conn.execute(text(f"DROP TRIGGER {name}"))
        else:
            await conn.execute(text("SET LOCAL session_replication_role = replica"))
            for table in ("checkpoint", "tile", "leaf", "tree"):
                disable = f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER"
                await conn.execute(text(disable))
        for table in ("checkpoint", "tile", "leaf", "tree"):
            await conn.execute(text(f"DELETE FROM ledger_{table}"))  # noqa: S608 - ours
    await operator.dispose()


async def test_missing_keys_of_the_year_are_reported(house: House) -> None:
    late = NOW.replace(month=12, day=1)
    async with opened_upkeep(
        house.settings, house.engine, house.log, clock=lambda: late
    ) as upkeep:
        check = next(job for job in upkeep.jobs() if job.name == "check-keys")
        await check.run()
    assert house.said() == ["keys-missing"]


async def test_upkeep_of_its_own_process_is_not_for_sqlite(tmp_path: Path) -> None:
    settings = load_settings(write_settings(tmp_path))
    log = EventLog(io.StringIO(), clock.now)
    with pytest.raises(SettingsRefused):
        async with opened_upkeep(settings, None, log, clock=clock.now):
            pytest.fail("it opened")


class Flaky:
    """A job that fails the first time, and counts."""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure
        self.runs = 0

    async def run(self) -> None:
        self.runs += 1
        if self.runs == 1:
            raise self.failure


async def _run_for_a_while(job: Flaky) -> list[dict[str, str]]:
    stream = io.StringIO()
    schedule = Schedule(EventLog(stream, clock.now))
    schedule.start([Job("flaky", 0.05, job.run)], now=clock.now())
    await asyncio.sleep(0.4)
    await schedule.stop()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def test_a_job_that_fails_is_reported_and_runs_again() -> None:
    job = Flaky(OSError("a secret detail"))
    lines = await _run_for_a_while(job)
    assert job.runs > 1
    assert [(line["event"], line["job"], line["kind"]) for line in lines] == [
        ("upkeep-failed", "flaky", "OSError")
    ]
    assert "secret" not in str(lines)


async def test_a_job_that_refuses_the_ledger_waits_for_a_person() -> None:
    job = Flaky(LedgerRolledBack("smaller"))
    lines = await _run_for_a_while(job)
    assert job.runs == 1
    assert [line["kind"] for line in lines] == ["LedgerRolledBack"]


async def test_stopping_lets_a_running_job_finish() -> None:
    finished = asyncio.Event()

    async def slow() -> None:
        await asyncio.sleep(0.2)
        finished.set()

    schedule = Schedule(EventLog(io.StringIO(), clock.now))
    schedule.start([Job("slow", 60, slow)], now=clock.now())
    await asyncio.sleep(0.05)
    await schedule.stop()
    assert finished.is_set()
