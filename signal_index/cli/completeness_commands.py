"""What leaves the ledger on request: `disclose` for `reconcile`, and `nen7513`.

Both are recorded before anything is written.
"""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer

from signal_index import clock
from signal_index.cli.console import SettingsFile, run, say
from signal_index.cli.recording import administering
from signal_index.key_files import load_year_keys
from signal_index.ledger import Kind
from signal_index.proof import JsonObject
from signal_index.settings import load_settings
from signal_index.store.acts import Act
from signal_index.store.connect import DatabaseRole, open_database
from signal_index.store.opened_days import Span
from signal_index.upkeep.disclose import Disclosing, disclose_day
from signal_index.upkeep.nen7513 import Exporting, Form, export_nen7513

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
    what: JsonObject = {"act": "day-opened", "day": day.isoformat()}
    async with administering(settings) as (conn, recorder):
        await recorder.record(conn, Act(what, Kind.COMPLETENESS))
    engine = open_database(settings, DatabaseRole.OWNER)
    keys = load_year_keys(settings.keys)
    try:
        disclosing = Disclosing(engine, keys, settings.ledger_origin)
        return await disclose_day(disclosing, day, into, now=clock.now())
    finally:
        await engine.dispose()


First = Annotated[
    datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First UTC day.")
]
Last = Annotated[
    datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="Last UTC day.")
]
Organisation = Annotated[
    str | None, typer.Option(help="OIN: only what this organisation did.")
]
IntoFile = Annotated[Path, typer.Option(help="A new file.")]
AsForm = Annotated[Form, typer.Option("--form", help="How it is written.")]


def nen7513_command(
    *,
    settings: SettingsFile,
    first: First,
    last: Last,
    into: IntoFile,
    organisation: Organisation = None,
    form: AsForm = "csv",
) -> None:
    """Write the entries of a period with the fields of NEN 7513, as CSV or JSON.

    It names accounts, and which client is the same as which within this file. That it
    was made is itself recorded, before anything is written.
    """
    days = (first.date(), last.date())
    count = run(lambda: _nen7513(settings, days, organisation, into, form))
    say(f"{count} entries written to {into}")


async def _nen7513(
    file: Path,
    days: tuple[date, date],
    organisation: str | None,
    into: Path,
    form: Form,
) -> int:
    settings = load_settings(file)
    first, last = days
    what: JsonObject = {
        "act": "nen7513-exported",
        "from": first.isoformat(),
        "until": last.isoformat(),
    }
    async with administering(settings) as (conn, recorder):
        await recorder.record(conn, Act(what, Kind.REPORT, organisation))
    engine = open_database(settings, DatabaseRole.OWNER)
    keys = load_year_keys(settings.keys)
    span = Span(_midnight(first), _midnight(last + timedelta(days=1)))
    try:
        exporting = Exporting(engine, keys, settings.ledger_origin, organisation)
        return await export_nen7513(exporting, span, into, form)
    finally:
        await engine.dispose()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
