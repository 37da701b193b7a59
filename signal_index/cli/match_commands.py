"""`loop match`: do the daily run of matches now, for a trial or after a long outage.

`--existing` puts what stood before in boxes first: needed once, after the act was
opened, and after a source that had tried out went live.
"""

from pathlib import Path
from typing import Annotated

import typer

from keys.events import EventLog
from policy.decide import load_policy
from signal_index import clock
from signal_index.cli.console import SettingsFile, run, say
from signal_index.cli.recording import name_operator
from signal_index.key_files import load_keys
from signal_index.settings import load_settings
from signal_index.store.acts import Recorder
from signal_index.store.connect import DatabaseRole, open_database, reading
from signal_index.store.match_existing import BoxedPart
from signal_index.store.schema import verify_schema
from signal_index.upkeep.matching import MatchUpkeep
from signal_index.upkeep.matching_existing import box_what_stands

Existing = Annotated[
    bool,
    typer.Option(
        "--existing", help="Also among what was published before the act was opened."
    ),
]


def match_now(settings: SettingsFile, *, existing: Existing = False) -> None:
    """Look for matches now, in each municipality that opened the act."""
    boxed, found = run(lambda: _match(settings, existing=existing))
    if boxed is not None:
        say(f"{boxed.boxed} signals that stood were looked at")
        if boxed.unreadable:
            say(f"{boxed.unreadable} could not be: their seals do not open")
    say(f"{found} matches found")


async def _match(file: Path, *, existing: bool) -> tuple[BoxedPart | None, int]:
    settings = load_settings(file)
    keys = load_keys(settings.keys)
    recorder = Recorder(keys, name_operator(), clock.now)
    engine = open_database(settings, DatabaseRole.OWNER, pool_size=1)
    try:
        async with reading(engine) as conn:
            await verify_schema(conn)
        log = EventLog(typer.get_text_stream("stderr"), clock.now)
        upkeep = MatchUpkeep(
            engine, recorder, keys, load_policy(), log, clock.now, settings.match_hour
        )
        boxed = await box_what_stands(upkeep, keys) if existing else None
        return boxed, await upkeep.run_now()
    finally:
        await engine.dispose()
