"""`migrate`, `serve` and `upkeep`: what a service manager runs.

- What libraries log is reduced to where it came from: lines on stderr are JSON from a
  closed list (`signal_index.events`).
- SIGTERM lets running requests and jobs finish.
"""

import asyncio
import gc
import signal
import sys
from functools import partial
from pathlib import Path

import typer

from keys.edge.errors import CannotListen
from keys.edge.server import make_server, serve_until_told
from keys.events import EventLog, take_over_logging, tell_refused
from keys.security.events import SecurityEvent
from signal_index import clock
from signal_index.cli.console import SettingsFile, run, say
from signal_index.errors import StartRefused
from signal_index.events import Event
from signal_index.settings import Settings, load_settings
from signal_index.store.connect import DatabaseRole, open_database, reading
from signal_index.store.logins import list_logins
from signal_index.store.schema import migrate as migrate_database
from signal_index.store.schema import verify_schema
from signal_index.upkeep.leader import lead, opened_upkeep

_ALLOCATIONS_PER_ROUND = 50_000


def migrate(settings: SettingsFile) -> None:
    """Bring the database to the schema of this version."""
    run(lambda: _migrate(settings))
    say("the database has the schema of this version")


def serve(settings: SettingsFile) -> None:
    """Serve the API, with the upkeep beside it where the settings say so."""
    # FastAPI is loaded only where it serves: the other commands start in half the time.
    from signal_index.api.edge import SECURITY_HEADERS  # noqa: PLC0415
    from signal_index.app import create_app  # noqa: PLC0415

    log = _open_log()
    loaded = open_settings(settings, log)
    try:
        server = make_server(
            create_app(loaded),
            (loaded.host, loaded.port),
            loaded.edge,
            partial(tell_refused, log, SecurityEvent.LIMIT_REACHED),
            headers=SECURITY_HEADERS,
        )
    except CannotListen as refusal:
        log.write(Event.START_REFUSED, reason=str(refusal))
        raise typer.Exit(1) from None
    _spare_the_collector()
    if not serve_until_told(server):
        raise typer.Exit(1)
    log.write(Event.STOPPED)


def upkeep(settings: SettingsFile) -> None:
    """Do the upkeep in a process of its own, beside others that wait (PostgreSQL)."""
    log = _open_log()
    loaded = open_settings(settings, log)
    run(lambda: _lead(loaded, log))
    log.write(Event.STOPPED)


def _spare_the_collector() -> None:
    """Take what was loaded at start out of the garbage collector's rounds.

    A few hundred thousand objects of libraries live as long as the process; going
    through them again and again took a sixth of a lookup (docs/performance.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS_PER_ROUND, 20, 100)


def _open_log() -> EventLog:
    log = EventLog(sys.stderr, clock.now)
    take_over_logging(log)
    return log


def open_settings(file: Path, log: EventLog) -> Settings:
    """Give the settings of a process; its log says what holds in a trial alone."""
    try:
        settings = load_settings(file)
    except StartRefused as refusal:
        log.write(Event.START_REFUSED, reason=str(refusal))
        raise typer.Exit(1) from None
    if settings.has_one_login:
        log.write(Event.ONE_LOGIN_FOR_ALL)
    return settings


async def _migrate(file: Path) -> None:
    settings = load_settings(file)
    engine = open_database(settings, None, pool_size=1)
    try:
        await migrate_database(engine, list_logins(settings))
        settings.checkpoint_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    finally:
        await engine.dispose()


async def _lead(settings: Settings, log: EventLog) -> None:
    await _verify(settings)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with opened_upkeep(settings, None, log, clock=clock.now) as opened:
        leading = asyncio.create_task(lead(opened))
        stopping = asyncio.create_task(stopped.wait())
        await asyncio.wait({leading, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        leading.cancel()
        await asyncio.gather(leading, stopping, return_exceptions=True)


async def _verify(settings: Settings) -> None:
    engine = open_database(settings, DatabaseRole.UPKEEP, pool_size=1)
    try:
        async with reading(engine) as conn:
            await verify_schema(conn)
    finally:
        await engine.dispose()
