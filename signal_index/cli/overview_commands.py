"""`overview recount`: have days counted anew that were counted as settled."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from signal_index.cli.console import SettingsFile, run, say
from signal_index.cli.recording import administering
from signal_index.ledger import Kind
from signal_index.proof import JsonObject
from signal_index.settings import load_settings
from signal_index.store.acts import Act
from signal_index.store.overview import forget_counts

overview_app = typer.Typer(no_args_is_help=True, help="Counts for the overview.")

First = Annotated[
    datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")
]
Last = Annotated[
    datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day.")
]


@overview_app.command("recount")
def recount(first: First, last: Last, settings: SettingsFile) -> None:
    """Forget what was counted of these days; the upkeep counts them anew."""
    days = run(lambda: _forget(settings, first.date(), last.date()))
    say(f"{days} days will be counted anew within a minute")


async def _forget(file: Path, first: date, last: date) -> int:
    async with administering(load_settings(file)) as (conn, recorder):
        days = await forget_counts(conn, first, last)
        what: JsonObject = {
            "act": "overview-recount",
            "from": first.isoformat(),
            "until": last.isoformat(),
            "days": days,
        }
        await recorder.record(conn, Act(what, Kind.ADMINISTRATION))
    return days
