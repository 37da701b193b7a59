"""`signal-source find`: which case of our own a reference at the index is about."""

import json
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from sources.agency_keys import load_keys
from sources.cli.edge import refusing_plainly
from sources.cli.plain import PlainConsole
from sources.clock import day_of, now
from sources.corrections import find_records
from sources.errors import NoSuchCase
from sources.outbox.store import Outbox
from sources.profile import load_profile
from sources.settings import load_settings


def find_command(
    reference: Annotated[
        UUID, typer.Argument(help="Het kenmerk, zoals op de pagina Signalen.")
    ],
    *,
    settings: Annotated[Path, typer.Option(help="agency.toml van deze organisatie.")],
    file: Annotated[Path, typer.Option(help="Uw registratie.")],
    profile: Annotated[Path, typer.Option(help="Het profiel van die registratie.")],
    as_json: Annotated[bool, typer.Option("--json", help="Geef JSON.")] = False,
) -> None:
    """Zoek de zaak bij een kenmerk, in uw eigen bestand. Er gaat niets de deur uit."""
    with refusing_plainly():
        given = load_settings(settings)
        read = load_profile(profile)
        with Outbox(given.outbox, load_keys(given.keys).outbox, alone=False) as outbox:
            place = find_records(outbox, file, read, day_of(now())).get(reference)
        if place is None:
            raise NoSuchCase
    if as_json:
        typer.echo(json.dumps({"line": place.line, "record": place.record}))
        return
    where = place.record if place.line is None else f"regel {place.line}"
    PlainConsole().print(f"{file.name}: {where}.")
