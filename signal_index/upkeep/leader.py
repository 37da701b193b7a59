"""Leads the upkeep while the seat is ours: sequencing, telling, erasing, counting.

- `running_upkeep` is for the lifespan of a serving process; `lead` for a process of its
  own (`signal-index upkeep`). Any number may run: one leads.
- The ledger is compared with what was signed before the first job runs. A process that
  would lead at its start and finds another ledger does not start; one that takes the
  seat over later says so and tries again after a while, signing nothing.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from keys.events import EventLog
from keys.watching import Followed
from policy.catalogue import load_catalogue
from policy.decide import load_policy
from signal_index.errors import SettingsRefused, StartRefused
from signal_index.events import Event
from signal_index.key_files import load_leader_keys
from signal_index.keyring import LeaderKeys, YearKeys
from signal_index.settings import JoiningAt, Settings, load_settings
from signal_index.signing_files import follow_checkpoint_keys, load_signing_key
from signal_index.store.acts import Recorder
from signal_index.store.connect import (
    DatabaseRole,
    is_sqlite,
    open_database,
    transaction,
)
from signal_index.store.found_entries import compare_entries, note_differences
from signal_index.store.logins import verify_login
from signal_index.store.registered import compare_registered
from signal_index.upkeep.cosigning import Cosigners, open_witnesses
from signal_index.upkeep.counting import COUNT_SECONDS, STOCK_SECONDS, Counting
from signal_index.upkeep.expiry import Erasure
from signal_index.upkeep.leadership import (
    DatabaseLeadership,
    FileLeadership,
    Leadership,
)
from signal_index.upkeep.matching import MATCH_SECONDS, MatchUpkeep
from signal_index.upkeep.notices import DUE_SECONDS, OPEN_SECONDS, NoticeUpkeep
from signal_index.upkeep.picking import Picking
from signal_index.upkeep.processing_log import (
    LOG_SECONDS,
    ProcessingLog,
    open_collector,
    register_of,
)
from signal_index.upkeep.refusing import TELL_SECONDS, Refusing
from signal_index.upkeep.schedule import Job, Schedule
from signal_index.upkeep.sequencer import Sequencer, sequence_once, verify_start
from signal_index.upkeep.watching import WATCH_SECONDS, Watching, open_security

ACTOR = "upkeep"
SEQUENCE_SECONDS = 0.5
CLEAN_SECONDS = 60.0
ERASE_SECONDS = 3600.0
PICK_SECONDS = 3600.0
KEY_CHECK_SECONDS = 86_400.0
COMPARE_SECONDS = 86_400.0
COMPARED = timedelta(days=8)
"""How far back it is held each day by what entries are found; all: `ledger compare`."""

_ELECTION_SECONDS = 2.0
_REFUSED_SECONDS = 30.0
_YEAR_END_MONTH = 12


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Everything the leader needs, opened."""

    sequencer: Sequencer
    erasure: Erasure
    counting: Counting
    picking: Picking
    notices: NoticeUpkeep
    matching: MatchUpkeep
    watching: Watching
    keys: YearKeys
    leadership: Leadership
    log: EventLog
    clock: Callable[[], datetime]
    processing: ProcessingLog | None = None
    refusing: Refusing | None = None

    def jobs(self) -> Sequence[Job]:
        """Give what the leader does, and how often."""
        processing, refusing = self.processing, self.refusing
        records = processing and Job("log-processing", LOG_SECONDS, processing.run)
        telling = refusing and Job("tell-holders", TELL_SECONDS, refusing.tell)
        return (
            *((records,) if records else ()),
            *((telling,) if telling else ()),
            Job("sequence", SEQUENCE_SECONDS, self._sequence),
            Job("open-boxes", OPEN_SECONDS, self.notices.open),
            Job("tell-due", DUE_SECONDS, self.notices.tell_due),
            Job("watch", WATCH_SECONDS, self.watching.run),
            Job("match", MATCH_SECONDS, self.matching.run_daily),
            Job("clean", CLEAN_SECONDS, self.erasure.clean),
            Job("erase", ERASE_SECONDS, self._erase),
            Job("count", COUNT_SECONDS, self.counting.run),
            Job("pick-reviews", PICK_SECONDS, self.picking.run),
            Job("take-stock", STOCK_SECONDS, self.counting.take_stock),
            Job("check-keys", KEY_CHECK_SECONDS, self._check_keys),
            Job("compare-registered", COMPARE_SECONDS, self._compare),
        )

    async def _sequence(self) -> None:
        await sequence_once(self.sequencer, now=self.clock())

    async def _erase(self) -> None:
        await self.matching.say_unreadable()
        await self.erasure.run_daily()

    async def _compare(self) -> None:
        """Say of how many things the ledger says otherwise: registered, or entries."""
        now = self.clock()
        async with transaction(self.erasure.engine) as conn:
            found = await compare_registered(
                conn,
                self.keys,
                first_kept_year=self.erasure.first_kept_year(),
                closed=self.erasure.closed_before(),
            )
            entries, _ = await compare_entries(
                conn,
                self.keys,
                first_kept_year=self.erasure.first_kept_year(),
                since=now - COMPARED,
            )
            await note_differences(conn, entries, now)
        differ = Counter(one.thing[0] for one in found.differences)
        differ.update(f"entry {one.how}" for one in entries)
        for what, count in sorted(differ.items()):
            self.log.write(Event.REGISTRATIONS_DIFFER, what=what, count=count)

    async def _check_keys(self) -> None:
        today = self.clock()
        needed = today.year + (today.month == _YEAR_END_MONTH)
        if needed not in self.keys.disclosures:
            self.log.write(Event.KEYS_MISSING, year=needed)
        first_kept = self.erasure.first_kept_year()
        for year in sorted(year for year in self.keys.disclosures if year < first_kept):
            self.log.write(Event.KEYS_OVERDUE, year=year)
        await self.watching.check_decoys(needed)


@asynccontextmanager
async def running_upkeep(
    settings: Settings,
    engine: AsyncEngine,
    log: EventLog,
    *,
    clock: Callable[[], datetime],
) -> AsyncIterator[None]:
    """Do the upkeep beside a serving process, where the settings say so.

    Raises `StartRefused` where this process would lead and the ledger is not the one
    that was signed.
    """
    if settings.upkeep == "separate":
        yield
        return
    async with (
        opened_upkeep(settings, engine, log, clock=clock) as upkeep,
        _seat(upkeep.leadership),
    ):
        if await upkeep.leadership.take():
            await verify_start(upkeep.sequencer, now=upkeep.clock())
        leading = asyncio.create_task(lead(upkeep))
        try:
            yield
        finally:
            leading.cancel()
            with suppress(asyncio.CancelledError):
                await leading


@asynccontextmanager
async def opened_upkeep(
    settings: Settings,
    engine: AsyncEngine | None,
    log: EventLog,
    *,
    clock: Callable[[], datetime],
) -> AsyncIterator[Upkeep]:
    """Open what the leader needs: on PostgreSQL engines in the roles of its jobs."""
    async with (
        open_witnesses(settings, log) as witnesses,
        open_collector(settings) as collector,
        httpx.AsyncClient(trust_env=False) as client,
        _opened_engines(settings, engine) as engines,
        AsyncExitStack() as stack,
    ):
        keys = load_leader_keys(settings.keys)
        opening = open_security(settings, keys, log, clock)
        security = await stack.enter_async_context(opening)
        watching = Watching(engines.erasing, keys, security, clock)
        upkeep = _upkeep(settings, engines, keys, witnesses, watching, log=log)
        if settings.joining is not None:
            holders = _follow_holders(settings, settings.joining, log)
            find_key = partial(load_signing_key, settings.keys)
            refusing = Refusing(engines.erasing, find_key, holders, client, log, clock)
            upkeep = replace(upkeep, refusing=refusing)
        if collector is not None:
            register = register_of(settings)
            processing = ProcessingLog(
                engines.erasing, keys, collector, register, log, clock
            )
            upkeep = replace(upkeep, processing=processing)
        yield upkeep


def _follow_holders(
    settings: Settings, joining: JoiningAt, log: EventLog
) -> Callable[[], Mapping[str, str]]:
    """Give where each holder is, by its name; followed where a file says it."""
    file = settings.file
    if file is None:
        return lambda: _by_name(joining)

    def read(file: Path = file) -> Mapping[str, str]:
        found = load_settings(file).joining
        if found is None:
            raise SettingsRefused("joining: names no holders any more")
        return _by_name(found)

    def tell(refusal: Exception) -> None:
        log.write(Event.HOLDERS_REFUSED, reason=str(refusal))

    return Followed([file], read, tell).get


def _by_name(joining: JoiningAt) -> Mapping[str, str]:
    return {one.id: one.url.rstrip("/") for one in joining.holders}


@dataclass(frozen=True, slots=True)
class _Engines:
    """The database in the role of the sequencer, and in that of the upkeep."""

    sequencing: AsyncEngine
    erasing: AsyncEngine


@asynccontextmanager
async def _opened_engines(
    settings: Settings, engine: AsyncEngine | None
) -> AsyncIterator[_Engines]:
    if engine is not None and is_sqlite(engine):
        yield _Engines(engine, engine)
        return
    if settings.database_url.startswith("sqlite"):
        raise SettingsRefused("upkeep: on SQLite it runs in the serving process")
    sequencing = open_database(settings, DatabaseRole.SEQUENCER, pool_size=4)
    erasing = open_database(settings, DatabaseRole.UPKEEP, pool_size=2)
    try:
        await verify_login(settings, sequencing, DatabaseRole.SEQUENCER)
        await verify_login(settings, erasing, DatabaseRole.UPKEEP)
        yield _Engines(sequencing, erasing)
    finally:
        await erasing.dispose()
        await sequencing.dispose()


async def lead(upkeep: Upkeep) -> None:
    """Wait for the seat, lead while it is ours, and so on until cancelled."""
    async with _seat(upkeep.leadership):
        while True:
            if await upkeep.leadership.is_held() or await upkeep.leadership.take():
                await _lead_once(upkeep)
            await asyncio.sleep(_ELECTION_SECONDS)


@asynccontextmanager
async def _seat(leadership: Leadership) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await leadership.leave()


async def _lead_once(upkeep: Upkeep) -> None:
    try:
        await verify_start(upkeep.sequencer, now=upkeep.clock())
    except (StartRefused, SQLAlchemyError, OSError) as refusal:
        kind = type(refusal).__name__
        upkeep.log.write(Event.UPKEEP_FAILED, job="verify-start", kind=kind)
        await upkeep.leadership.leave()
        await asyncio.sleep(_REFUSED_SECONDS)
        return
    schedule = Schedule(upkeep.log)
    schedule.start(upkeep.jobs(), now=upkeep.clock())
    upkeep.log.write(Event.LEADING)
    try:
        while True:
            await asyncio.sleep(_ELECTION_SECONDS)
            if not await upkeep.leadership.is_held():
                break
        upkeep.log.write(Event.LEADERSHIP_LOST)
    finally:
        await schedule.stop()
        await upkeep.leadership.leave()


def _upkeep(
    settings: Settings,
    engines: _Engines,
    keys: LeaderKeys,
    witnesses: Cosigners | None,
    watching: Watching,
    *,
    log: EventLog,
) -> Upkeep:
    clock = watching.clock
    leadership: Leadership
    if is_sqlite(engines.sequencing):
        leadership = FileLeadership(settings.leader_lock or _lock_of(settings))
    else:
        leadership = DatabaseLeadership(engines.sequencing)
    sequencer = Sequencer(
        engines.sequencing,
        follow_checkpoint_keys(
            settings.keys, watching.security.tell_successor, clock, settings.own_folder
        ),
        settings.ledger_origin,
        settings.checkpoint_file,
        witnesses,
    )
    recorder = Recorder(keys, ACTOR, clock)
    catalogue = load_catalogue()
    erasure = Erasure(
        engines.erasing, recorder, catalogue, log, clock, settings.ledger_years
    )
    notices = NoticeUpkeep(engines.erasing, recorder, keys, catalogue, log, clock)
    matching = MatchUpkeep(
        engines.erasing, recorder, keys, load_policy(), log, clock, settings.match_hour
    )
    counting = Counting(engines.erasing, keys, clock, erasure.first_kept_year, log)
    picking = Picking(engines.erasing, recorder, clock)
    return Upkeep(
        sequencer,
        erasure,
        counting,
        picking,
        notices,
        matching,
        watching,
        keys,
        leadership,
        log,
        clock,
    )


def _lock_of(settings: Settings) -> Path:
    database = make_url(settings.database_url).database
    return Path(f"{database}.leader")
