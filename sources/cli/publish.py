"""`signal-source publish`: send one file's signals and close its delivery."""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import httpx
import typer
from rich.console import Console
from rich.table import Table

from keys.client import HolderPlace, HolderTransport, Signer
from keys.config import parse_pins
from keys.errors import ConfigRefused
from signal_index.notice import DeliveryKind
from signal_index.notice import Oin as IndexOin
from sources.agency_keys import AgencyKeys, load_keys
from sources.cli.edge import Bars, refusing_plainly
from sources.clock import now
from sources.errors import InvalidAgencySettings
from sources.events import start_logging
from sources.outbox.deliveries import OpenDelivery, find_rejects
from sources.outbox.store import Outbox
from sources.profile import load_profile
from sources.publisher.holders import HolderEvaluator, Trust
from sources.publisher.http_index import HttpIndex
from sources.publisher.identity import ClientIdentity, Tokens
from sources.publisher.parties import Evaluator, Index
from sources.publisher.patience import Patience
from sources.publisher.pipeline import Sender
from sources.publisher.run import Run, Task
from sources.rejects import write_rejects
from sources.settings import AgencySettings, load_settings

TIMEOUT: Final = httpx.Timeout(120.0, connect=10.0)
Summary = dict[str, object]


def publish_command(  # noqa: PLR0913 - one for each option of the command
    file: Annotated[Path, typer.Argument(help="Het bestand van de registratie.")],
    settings: Annotated[Path, typer.Option(help="agency.toml van deze organisatie.")],
    profile: Annotated[Path, typer.Option(help="Het profiel van deze registratie.")],
    *,
    delta: Annotated[
        bool,
        typer.Option("--delta/--full", help="Alleen wijzigingen, of alles (volledig)."),
    ] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Ook als meer dan 20 % ontbreekt.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Geef de samenvatting als JSON.")
    ] = False,
) -> None:
    """Publiceer de signalen uit een bestand en sluit de levering af."""
    if as_json or not sys.stderr.isatty():
        start_logging()
    with refusing_plainly():
        given = load_settings(settings)
        kind = DeliveryKind.DELTA if delta else DeliveryKind.FULL
        task = Task(file, load_profile(profile), kind, confirm)
        summaries = asyncio.run(_publish(given, task, quiet=as_json))
    if as_json:
        typer.echo(json.dumps(summaries[-1] | {"resumed": summaries[:-1]}))
    else:
        _show(summaries)


async def _publish(
    settings: AgencySettings, task: Task, *, quiet: bool
) -> list[Summary]:
    keys = load_keys(settings.keys)
    settings.rejects.mkdir(mode=0o700, parents=True, exist_ok=True)
    files: dict[UUID, Path] = {}
    sender = Sender(
        IndexOin(settings.organisation), IndexOin(settings.source), keys.notice, now
    )
    with Outbox(settings.outbox, keys.outbox) as outbox, Bars(quiet=quiet) as bars:

        def report(delivery: OpenDelivery) -> None:
            path = settings.rejects / _name(delivery)
            write_rejects(path, find_rejects(outbox, delivery.id))
            files[delivery.id] = path

        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            parties = _make_parties(client, settings, keys, outbox)
            run = Run(outbox, parties, sender, bars, report)
            closed = await run.publish(task)
    return [_summarise(delivery, files) for delivery in closed]


def _make_parties(
    client: httpx.AsyncClient,
    settings: AgencySettings,
    keys: AgencyKeys,
    outbox: Outbox,
) -> tuple[Evaluator, Index]:
    patience = Patience(now)
    places = {
        place.index: HolderPlace(place.id, place.url)
        for place in settings.holders.places
    }
    signer = Signer(settings.organisation, settings.source, keys.request, now)
    try:
        pins = parse_pins(settings.holders.pins.read_bytes())
    except (OSError, ConfigRefused):
        raise InvalidAgencySettings("Het bestand met pins is niet bruikbaar.") from None
    trust = Trust(pins, settings.holders.accepted_origin, now)
    identity = ClientIdentity(
        settings.identity.issuer,
        settings.identity.client_id,
        settings.index.audience,
        keys.client,
    )
    evaluator = HolderEvaluator(
        HolderTransport(client, places, signer), outbox, trust, patience
    )
    tokens = Tokens(client, identity, patience)
    return evaluator, HttpIndex(client, settings.index.url, tokens, patience)


def _name(delivery: OpenDelivery) -> str:
    moment = delivery.ends.strftime("%Y%m%dT%H%M%SZ")
    return f"{delivery.profile}-{moment}-{str(delivery.id)[:8]}.csv"


def _summarise(delivery: OpenDelivery, files: Mapping[UUID, Path]) -> Summary:
    return {
        "delivery": str(delivery.id),
        "profile": delivery.profile,
        "kind": delivery.kind.value,
        **asdict(delivery.counts),
        "rejectsFile": str(files[delivery.id]),
    }


def _show(summaries: list[Summary]) -> None:
    for summary in summaries:
        table = Table(title=f"Levering {summary['profile']}", show_header=False)
        for label, name in _LABELS:
            table.add_row(label, str(summary[name]))
        console = Console()
        console.print(table)
        if summary["rejected"]:
            console.print(
                f"Afgewezen records: {summary['rejectsFile']}", soft_wrap=True
            )


_LABELS: Final = (
    ("Gelezen", "read"),
    ("Verstuurd", "accepted"),
    ("Ongewijzigd", "unchanged"),
    ("Ingetrokken", "withdrawn"),
    ("Afgewezen", "rejected"),
)
