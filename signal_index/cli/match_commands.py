"""`loop match`: do the daily run of matches now, for a trial or after a long outage."""

from datetime import timedelta
from pathlib import Path

import typer

from keys.events import EventLog
from policy.decide import load_policy
from signal_index import clock
from signal_index.cli.console import SettingsFile, run, say
from signal_index.cli.recording import name_operator
from signal_index.key_files import load_year_keys
from signal_index.settings import load_settings
from signal_index.store.acts import Recorder
from signal_index.store.connect import DatabaseRole, open_engine, reading
from signal_index.store.schema import verify_schema
from signal_index.upkeep.matching import MatchUpkeep


def match_now(settings: SettingsFile) -> None:
    """Look for matches now, in each municipality that opened the act."""
    found = run(lambda: _match(settings))
    say(f"{found} matches found")


async def _match(file: Path) -> int:
    settings = load_settings(file)
    recorder = Recorder(load_year_keys(settings.keys), name_operator(), clock.now)
    url = settings.admin_database_url or settings.database_url
    engine = open_engine(url, DatabaseRole.OWNER, pool_size=1)
    try:
        async with reading(engine) as conn:
            await verify_schema(conn)
        log = EventLog(typer.get_text_stream("stderr"), clock.now)
        upkeep = MatchUpkeep(
            engine, recorder, load_policy(), log, clock.now, settings.match_hour
        )
        return await upkeep.run(clock.now() + timedelta(days=1))
    finally:
        await engine.dispose()
