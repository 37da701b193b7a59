"""`ledger succeed`: after a restored backup or a fork, the recorded way to go on."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from keys.events import EventLog
from signal_index import clock
from signal_index.cli.console import SettingsFile, run, say
from signal_index.cli.recording import administering
from signal_index.proof import origin_of
from signal_index.settings import load_settings
from signal_index.signing_files import load_checkpoint_keys, write_renamed_key
from signal_index.store.connect import DatabaseRole, open_database
from signal_index.upkeep.cosigning import open_witnesses
from signal_index.upkeep.ledger_parts import Sequencer
from signal_index.upkeep.succession import Decision, find_refusal, succeed

ledger_app = typer.Typer(no_args_is_help=True, help="The ledger as a whole.")

From = Annotated[
    str, typer.Option("--from", help="The name of the ledger that is given up.")
]
By = Annotated[str, typer.Option(help="Role of whoever decided, as privacy-officer.")]
On = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Day of decision.")]


@ledger_app.command("succeed")
def succeed_command(settings: SettingsFile, from_: From, by: By, on: On) -> None:
    """Begin the ledger anew, under the name that ledger_origin now says.

    Only where the sequencer refuses to sign on, because a backup came back or the
    ledger was changed. What was lost cannot be made again; this records that, and who
    decided.
    """
    public = run(lambda: _succeed(settings, from_, by, on))
    say("the ledger begins anew; tell every desk, auditor and witness its new name,")
    say(f"and give them {public}")


async def _succeed(file: Path, old: str, by: str, on: datetime) -> Path:
    settings = load_settings(file)
    decision = Decision(settings.ledger_origin, by, on.date())
    engine = open_database(settings, DatabaseRole.OWNER, pool_size=2)
    log = EventLog(typer.get_text_stream("stderr"), clock.now)
    try:
        async with open_witnesses(settings, log) as witnesses:
            sequencer = Sequencer(
                engine,
                load_checkpoint_keys(settings.keys, clock.now()),
                old,
                settings.checkpoint_file,
                witnesses,
            )
            refusal = await find_refusal(sequencer, now=clock.now())
        async with administering(settings) as (conn, recorder):
            made = await succeed(conn, recorder, sequencer, decision, refusal)
        origin = origin_of(made.origin, made.at.year)
        return write_renamed_key(settings.keys, origin, made.generation, made.at)
    finally:
        await engine.dispose()
