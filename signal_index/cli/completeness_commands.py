"""`disclose`: what a day's entries say of their requests, for `reconcile`."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from signal_index import clock
from signal_index.cli.console import SettingsFile, run, say
from signal_index.cli.recording import administering
from signal_index.cli.registration import ACTIVITY
from signal_index.key_files import load_year_keys
from signal_index.ledger import Kind
from signal_index.settings import load_settings
from signal_index.store.acts import Act
from signal_index.store.connect import DatabaseRole, open_engine
from signal_index.upkeep.disclose import Disclosing, disclose_day

Day = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="A UTC day.")]
Into = Annotated[Path, typer.Option(help="A new file; it is compressed (gzip).")]


def disclose_command(day: Day, settings: SettingsFile, into: Into) -> None:
    """Write which requests and tickets a day's entries name; `reconcile` reads it.

    It opens who asked, by which tickets, what was shown and whether it was a repeat:
    for an officer or auditor. It never opens about whom. That it was opened is itself
    recorded, before anything is written.
    """
    opened = run(lambda: _disclose(settings, day.date(), into))
    say(f"{opened} entries around {day.date()} written to {into}")


async def _disclose(file: Path, day: date, into: Path) -> int:
    settings = load_settings(file)
    what = {"act": "day-opened", "day": day.isoformat()}
    async with administering(settings) as (conn, recorder):
        await recorder.record(conn, Act(what, Kind.COMPLETENESS, ACTIVITY))
    url = settings.admin_database_url or settings.database_url
    engine = open_engine(url, DatabaseRole.OWNER)
    keys = load_year_keys(settings.keys)
    try:
        disclosing = Disclosing(engine, keys, settings.ledger_origin)
        return await disclose_day(disclosing, day, into, now=clock.now())
    finally:
        await engine.dispose()
