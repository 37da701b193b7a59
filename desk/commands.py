"""`signal-desk`: serve the desk, make its keys, hand out its receipts."""

import asyncio
from collections.abc import Collection
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console

from desk import clock, held_reports
from desk.app import create_app
from desk.database import Database
from desk.desk import build_desk
from desk.errors import DeskError
from desk.events import LOG, Event, log_event, log_to_stderr
from desk.headers import HEADERS
from desk.held_reports import HeldReport, ProvenPerson
from desk.key_files import (
    ClientAlgorithm,
    create_keys,
    create_notice_key,
    create_source_keys,
)
from desk.ledger_watch import LedgerState
from desk.own_seal import OwnSeal, read_notes_key
from desk.receipt_file import write_receipts
from desk.receipts import Receipts, load_receipt_rules
from desk.settings import DeskSettings, load_settings
from keys.edge.errors import CannotListen
from keys.edge.server import make_server, serve_until_told
from keys.events import tell_refused
from keys.security.events import SecurityEvent

app = typer.Typer(
    help="The desk: what people of one organisation see of the signal index.",
    no_args_is_help=True,
    add_completion=False,
)
keys_app = typer.Typer(help="The desk's own keys.", no_args_is_help=True)
app.add_typer(keys_app, name="keys")
console = Console()
complaints = Console(stderr=True)


@app.callback()
def desk() -> None:
    """Group the commands."""


@app.command()
def serve(
    settings: Annotated[Path, typer.Option(help="The desk's settings, a TOML file.")],
) -> None:
    """Serve the desk until told to stop."""
    try:
        found = load_settings(settings)
        server = make_server(
            create_app(found, clock.now),
            (found.host, found.port),
            found.edge,
            partial(tell_refused, LOG, SecurityEvent.LIMIT_REACHED),
            headers=HEADERS,
        )
    except (DeskError, CannotListen) as error:
        complaints.print(f"signal-desk: {error}", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    log_to_stderr()
    log_event(Event.STARTED, host=found.host, port=found.port)
    if not serve_until_told(server):
        complaints.print("signal-desk: it cannot listen at that address")
        raise typer.Exit(1)
    log_event(Event.STOPPED)


@app.command("receipts")
def keep_receipts(
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="A UTC day.")],
    settings: Annotated[Path, typer.Option(help="The desk's settings, a TOML file.")],
    into: Annotated[Path, typer.Option(help="A new file.")],
) -> None:
    """Write what the index promised this desk on a day; `reconcile` reads it.

    Leaves and promises only: whom it was about, why and what was shown are not in it.
    """
    try:
        count = asyncio.run(_write_receipts(settings, day.date(), into))
    except DeskError as error:
        complaints.print(f"signal-desk: {error}", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    said = f"{count} receipts of {day.date()} written to {into}"
    console.print(said, markup=False, soft_wrap=True)


@app.command("ledger")
def look_at_ledger(
    settings: Annotated[Path, typer.Option(help="The desk's settings, a TOML file.")],
) -> None:
    """Look once at the ledger that this desk is shown, as `serve` does each minute.

    Exit code 0: it is the one that the witnesses see. 1: two were shown that contradict
    each other, now or before. 2: nothing proves it now.
    """
    try:
        state = asyncio.run(_look_at_ledger(settings))
    except DeskError as error:
        complaints.print(f"signal-desk: {error}", markup=False, soft_wrap=True)
        raise typer.Exit(_UNJUDGED) from None
    console.print(_SAID[state], markup=False, soft_wrap=True)
    raise typer.Exit(_CODES.get(state, _UNJUDGED))


_UNJUDGED = 2
_CODES = {LedgerState.PROVEN: 0, LedgerState.FORKED: 1}
_SAID = {
    LedgerState.PROVEN: "Proven: witnesses see the ledger that this desk is shown.",
    LedgerState.FORKED: "Forked: this desk was shown two ledgers that contradict each "
    "other. Both are in its database (`ledger_seen`): keep it, and call.",
    LedgerState.UNPROVEN: "Not proven: in the last ten minutes no quorum of witnesses "
    "confirmed the ledger that this desk is shown.",
    LedgerState.TRIAL: "Not proven: in this trial no witness looks on.",
}


async def _look_at_ledger(settings: Path) -> LedgerState:
    found = load_settings(settings)
    async with httpx.AsyncClient(trust_env=False, timeout=10.0) as http:
        desk = build_desk(found, http, clock.now)
        try:
            await desk.database.prepare()
            await desk.ledger_watch.look()
            return desk.ledger_watch.state
        finally:
            await desk.database.close()


async def _write_receipts(settings: Path, day: date, into: Path) -> int:
    found = load_settings(settings)
    database = Database(found.database, found.database_authority)
    try:
        return await write_receipts(_open_receipts(found, database), day, into)
    finally:
        await database.close()


def _open_receipts(settings: DeskSettings, database: Database) -> Receipts:
    rules = load_receipt_rules(settings, _say_refused)
    seal = OwnSeal(read_notes_key(settings.notes_key))
    return Receipts(database, rules, clock.now, seal)


@app.command("hold-report")
def hold_one_report(
    proofs: Annotated[Path, typer.Argument(help="The ZIP of proofs of a report.")],
    settings: Annotated[Path, typer.Option(help="The desk's settings, a TOML file.")],
    person: Annotated[Path, typer.Option(help="What holders proved of the number.")],
    pins: Annotated[Path, typer.Option(help="pins.json: whose key holders.")],
    made: Annotated[datetime, typer.Option(help="When the report was made, UTC.")],
) -> None:
    """Hold a citizen's report against what this desk was promised about them.

    Asks for the number and the code that goes with the file, without showing them. Exit
    code 1: the report lacks a lookup of this desk. An embargo leaves some out too: this
    is for a privacy officer, never for the citizen to read.
    """
    number = typer.prompt("Number", hide_input=True, err=True).strip()
    code = typer.prompt("Code", hide_input=True, err=True)
    try:
        named = held_reports.read_person(person, pins, number, code)
        entries = held_reports.read_entries(proofs)
        moment = made.replace(tzinfo=UTC)
        held = asyncio.run(_hold_report(settings, named, entries, moment))
    except DeskError as error:
        complaints.print(f"signal-desk: {error}", markup=False, soft_wrap=True)
        raise typer.Exit(_UNJUDGED) from None
    for entry in held.lacking:
        console.print(f"not in the report: {entry}", markup=False, soft_wrap=True)
    console.print(f"{held.known} lookups held, {len(held.lacking)} not in the report")
    raise typer.Exit(1 if held.lacking else 0)


async def _hold_report(
    settings: Path, person: ProvenPerson, entries: Collection[str], made: datetime
) -> HeldReport:
    found = load_settings(settings)
    database = Database(found.database, found.database_authority)
    seal = OwnSeal(read_notes_key(found.notes_key))
    try:
        kept = _open_receipts(found, database)
        return await held_reports.hold_report(kept, seal, person, entries, made)
    finally:
        await database.close()


def _say_refused(refusal: Exception) -> None:
    typer.echo(f"successor of a key: {refusal}", err=True)


@keys_app.command()
def create(
    into: Annotated[Path, typer.Option(help="Folder for the key files.")],
    client_algorithm: Annotated[
        ClientAlgorithm,
        typer.Option(help="What the identity provider wants the desk to sign with."),
    ] = "PS256",
) -> None:
    """Make the request key, the OIDC client key, the case-reference and notes key."""
    try:
        made = create_keys(into, client_algorithm)
    except DeskError as error:
        complaints.print(f"signal-desk: {error}", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    for path in made:
        console.print(str(path), markup=False, soft_wrap=True)


@keys_app.command("contacts")
def make_notice_key(
    into: Annotated[Path, typer.Option(help="An empty folder for it.")],
) -> None:
    """Make the key with which a desk signs contact persons.

    The public file goes to the administrator of the index (`signal-index signer add`)
    and to each key holder (`signal-keys organisation add-notice-key`).
    """
    try:
        made = create_notice_key(into)
    except DeskError as error:
        complaints.print(f"signal-desk: {error}", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    for path in made:
        console.print(str(path), markup=False, soft_wrap=True)


@keys_app.command("hand-signals")
def create_for_hand_signals(
    into: Annotated[Path, typer.Option(help="Folder for the key files.")],
) -> None:
    """Make the notice key and the source's request key, to signal by hand."""
    try:
        made = create_source_keys(into)
    except DeskError as error:
        complaints.print(f"signal-desk: {error}", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    for path in made:
        console.print(str(path), markup=False, soft_wrap=True)
